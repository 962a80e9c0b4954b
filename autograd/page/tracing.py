"""What a function computes, found by carrying it out on symbols.

That works where the function is transparent: written with operators and operations of this
package, without looking at its numbers. Derivative rules are; the function of an operation of
one's own may be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, NoReturn, TypeAlias

from autograd.engine import table
from autograd.engine.operands import as_float
from autograd.engine.operators import Numeric
from autograd.engine.primitive import Primitive

# An argument or a step, by its number, or else a constant.
Reference: TypeAlias = int | float

OF_THE_TABLE: Final = frozenset(row for row in vars(table).values() if isinstance(row, Primitive))


class Trace:
    """The steps of a function, and what it gives.

    Attributes:
        count: the number of arguments, which have the numbers from 0 on.
        steps: operations of the table, each with what it is applied to; they have the numbers
            after those of the arguments.
        results: what the function gives: one number, or a list.
    """

    __slots__ = ("count", "results", "steps")

    def __init__(self, count: int) -> None:
        self.count = count
        self.steps: list[tuple[Primitive, tuple[Reference, ...]]] = []
        self.results: list[Reference] = []

    def evaluate(self, arguments: Sequence[float]) -> list[float]:
        """What the function gives for these arguments."""
        numbers = list(arguments)

        def number(x: Reference) -> float:
            return numbers[x] if isinstance(x, int) else x

        for primitive, operands in self.steps:
            numbers.append(primitive.evaluate([number(x) for x in operands]))
        return [number(x) for x in self.results]


class Symbol(Numeric):
    """An argument of a function that is traced, or the result of a step."""

    __slots__ = ("number", "trace")

    def __init__(self, trace: Trace, number: int) -> None:
        self.trace = trace
        self.number = number

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """Note the operation; of one that is not of the table, what it is made of."""
        if primitive not in OF_THE_TABLE:
            return primitive.evaluate(operands)
        steps = self.trace.steps
        steps.append((primitive, tuple([_reference(x) for x in operands])))
        return Symbol(self.trace, self.trace.count + len(steps) - 1)

    def _looked_at(self, *_: object) -> NoReturn:
        raise TypeError("a symbol has no number that one could look at")

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _looked_at
    __hash__ = None  # type: ignore[assignment]


def _reference(x: Any) -> Reference:
    return x.number if isinstance(x, Symbol) else as_float(x)


def traced(function: Callable[[list[Any]], Any], count: int) -> Trace:
    """The steps of a function of a list of that many numbers.

    Raises:
        Exception: whatever the function raises, where it takes no symbols.
    """
    trace = Trace(count)
    out = function([Symbol(trace, number) for number in range(count)])
    trace.results = [_reference(x) for x in (out if isinstance(out, (list, tuple)) else [out])]
    return trace


def traced_rules(primitive: Primitive) -> list[Trace]:
    """The steps of each derivative rule of an operation, which take its operands and the output."""
    count = primitive.arity + 1
    return [traced(partial(_with_each, rule), count) for rule in primitive.derivatives]


def _with_each(rule: Callable[..., Any], numbers: list[Any]) -> Any:
    return rule(*numbers)
