"""Rules that are derived from the formula of an operation; for `Primitive.from_formula`.

The formula is carried out on numbers that note each step, as `Value` records it, and the chain
rule is applied to the steps. These numbers may be of any kind that operations take: of floats a
rule gives a float; of Values it gives a Value, which can be differentiated again; of the symbols
behind `explain` it gives a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import eq, ge, gt, le, lt
from typing import Any

from autograd.engine.operands import as_float
from autograd.engine.operators import Numeric
from autograd.engine.primitive import Primitive, derivers


class _Steps:
    """The steps of a formula: for each its operation, operands and result.

    Attributes:
        numbers: the inputs of the formula, then the result of each step.
        operations: the operation of each step; None for an input.
        operands: the operands of each step.
        sources: for each operand its index among the numbers; -1 for a constant.
    """

    __slots__ = ("numbers", "operands", "operations", "sources")

    def __init__(self) -> None:
        self.numbers: list[Any] = []
        self.operations: list[Primitive | None] = []
        self.operands: list[tuple[Any, ...]] = []
        self.sources: list[list[int]] = []

    def add(
        self, number: Any, op: Primitive | None, operands: tuple[Any, ...], sources: list[int]
    ) -> _Noted:
        """The number that stands for the next step."""
        self.numbers.append(number)
        self.operations.append(op)
        self.operands.append(operands)
        self.sources.append(sources)
        return _Noted(self, len(self.numbers) - 1)

    def local_derivatives(self, step: int) -> list[Any]:
        """The derivatives of a step by those of its operands that are no constants."""
        op, operands, out = self.operations[step], self.operands[step], self.numbers[step]
        assert op is not None
        varying = [source >= 0 for source in self.sources[step]]
        if op.derivatives:  # a rule for each operand; a constant's is not touched
            return [rule(*operands, out) for rule, varies in zip(op.derivatives, varying) if varies]
        return [x for x, varies in zip(op.local_derivatives(operands, out), varying) if varies]


class _Noted(Numeric):
    """A number in a formula, which notes what is computed from it; `number` may be of any kind."""

    __slots__ = ("index", "steps")

    def __init__(self, steps: _Steps, index: int) -> None:
        self.steps = steps
        self.index = index

    @property
    def number(self) -> Any:
        return self.steps.numbers[self.index]

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """Carry out ``primitive`` and note it."""
        numbers = tuple([_number(x) for x in operands])
        sources = [x.index if isinstance(x, _Noted) else -1 for x in operands]
        return self.steps.add(primitive._call_on_any(numbers), primitive, numbers, sources)

    @property
    def data(self) -> Any:
        """An error: what is computed from it would have no derivative."""
        raise AttributeError(
            "a formula is made of operators and operations of autograd, without .data: rules made "
            "by hand may do what they like"
        )

    # A formula may branch as its numbers do.

    def __eq__(self, other: object) -> Any:
        return eq(self.number, _number(other))

    def __lt__(self, other: Any) -> Any:
        return lt(self.number, _number(other))

    def __le__(self, other: Any) -> Any:
        return le(self.number, _number(other))

    def __gt__(self, other: Any) -> Any:
        return gt(self.number, _number(other))

    def __ge__(self, other: Any) -> Any:
        return ge(self.number, _number(other))

    def __bool__(self) -> bool:
        return bool(self.number)

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return repr(self.number)


def _number(operand: Any) -> Any:
    return operand.number if isinstance(operand, _Noted) else operand


class Evaluated:
    """The value of an operation, by its formula."""

    __slots__ = ("formula",)

    def __init__(self, formula: Callable[..., Any]) -> None:
        self.formula = formula

    def __call__(self, *operands: Any) -> Any:
        """The value at these operands."""
        out = _carried_out(self.formula, operands, _Steps())
        return out.number if isinstance(out, _Noted) else as_float(out)


class Differentiated:
    """The derivative of an operation by one of its operands, by the chain rule on its formula."""

    __slots__ = ("formula", "position")

    def __init__(self, formula: Callable[..., Any], position: int) -> None:
        self.formula = formula
        self.position = position

    def __call__(self, *arguments: Any) -> Any:
        """The derivative at these operands, which are followed by the value."""
        steps = _Steps()
        out = _carried_out(self.formula, arguments[:-1], steps)
        if not isinstance(out, _Noted):  # a constant
            return 0.0
        rates: list[Any] = [None for _ in steps.numbers]
        rates[out.index] = 1.0
        for step in range(out.index, self.position, -1):
            rate = rates[step]
            if rate is None or steps.operations[step] is None:
                continue
            sources = [source for source in steps.sources[step] if source >= 0]
            for source, local in zip(sources, steps.local_derivatives(step)):
                share = _product(local, rate)
                known = rates[source]
                rates[source] = share if known is None else known + share
        derivative = rates[self.position]
        return 0.0 if derivative is None else derivative


def _carried_out(formula: Callable[..., Any], operands: Sequence[Any], steps: _Steps) -> Any:
    return formula(*[steps.add(operand, None, (), []) for operand in operands])


def _product(local: Any, rate: Any) -> Any:
    """The product of the two; of a 1, which is most often one of them, the other."""
    if type(rate) is float and rate == 1.0:
        return local
    return rate if type(local) is float and local == 1.0 else local * rate


def derived(formula: Callable[..., Any], count: int) -> tuple[Any, list[Any]]:
    """The value of a formula of ``count`` operands, and its derivative rules."""
    return Evaluated(formula), [Differentiated(formula, i) for i in range(count)]


# What messages about operands call it.
_shown: Any = _Noted
_shown.__name__ = "Value"
derivers.append(derived)
