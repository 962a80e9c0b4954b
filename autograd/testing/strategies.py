"""Hypothesis strategies: Values, and expressions of them. `nn.testing` has networks.

>>> from hypothesis import given
>>> from autograd.testing import values
>>> @given(values(min_value=-700, max_value=700))
... def test_exp_is_its_own_derivative(x):
...     y = x.exp()
...     y.backward()
...     assert x.grad == y.data
>>> test_exp_is_its_own_derivative()
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from mpmath import mp, mpf

from autograd.engine import table
from autograd.engine.primitive import Primitive, Reduction, as_float
from autograd.engine.value import Value
from autograd.testing.exact import DIGITS, LEAST, Local, UndefinedError, is_tame
from autograd.testing.expression import Expression, Step, apply, is_offered
from autograd.testing.formulas import FORMULAS


def values(
    *,
    min_value: float | None = None,
    max_value: float | None = None,
    allow_nan: bool | None = None,
    allow_infinity: bool | None = None,
    allow_subnormal: bool | None = None,
    exclude_min: bool = False,
    exclude_max: bool = False,
    labels: st.SearchStrategy[str] | None = None,
) -> st.SearchStrategy[Value]:
    """A strategy for leaf Values; the options are those of Hypothesis's ``floats()``.

    Args:
        min_value: no number is less.
        max_value: no number is greater.
        allow_nan: True allows nan; None allows it where there are no bounds.
        allow_infinity: the same for inf and -inf, allowed where the bounds leave room.
        allow_subnormal: the same for numbers so small that they have fewer digits.
        exclude_min: True leaves out the least number itself.
        exclude_max: True leaves out the greatest number itself.
        labels: a strategy for the labels; None leaves the Values without.

    Raises:
        InvalidArgument: an option makes no sense; the message says what to pass.

    >>> from hypothesis import find
    >>> find(values(min_value=2), lambda x: x.data > 2.5)
    Value(3.0)
    """
    for name, bound in (("min_value", min_value), ("max_value", max_value)):
        if isinstance(bound, Value):
            raise InvalidArgument(f"{name} is a number, not a Value: pass its .data")
    if labels is not None and not isinstance(labels, st.SearchStrategy):
        raise InvalidArgument(
            f"labels is a strategy of strings, such as st.sampled_from(['x', 'w']); got {labels!r}"
        )
    numbers = st.floats(
        min_value,
        max_value,
        allow_nan=allow_nan,
        allow_infinity=allow_infinity,
        allow_subnormal=allow_subnormal,
        exclude_min=exclude_min,
        exclude_max=exclude_max,
    )
    numbers.validate()
    return numbers.map(Value) if labels is None else st.builds(Value, numbers, labels)


def expressions(
    operations: Iterable[Primitive | str] | None = None,
    *,
    inputs: st.SearchStrategy[float] | None = None,
    min_size: int = 1,
    max_size: int = 8,
    max_inputs: int = 3,
    allow_nan: bool = False,
    allow_infinity: bool = False,
    formulas: Mapping[Primitive, Any] | None = None,
) -> st.SearchStrategy[Expression]:
    """A strategy for expressions: operations on shared inputs and on each other's results.

    Unless nan or infinities are allowed, every number in an expression, and every local
    derivative, is finite, at most 1e15 in size and, unless it is 0, at least 1e-20, so that
    products of them neither overflow nor vanish.

    An expression shrinks to few operations on simple numbers, and prints as the code that
    builds it.

    Args:
        operations: the operations to use, your own included, or names of those in the table,
            such as ``"tanh"`` or ``"*"``; None means all that the package offers.
        inputs: a strategy for the numbers of inputs and constants; None means numbers from
            -10 to 10.
        min_size: the least number of operations.
        max_size: the greatest number of operations.
        max_inputs: the greatest number of inputs.
        allow_nan: True allows results of nan. Where this or the next is True, results and
            derivatives are of any size.
        allow_infinity: True allows infinite results.
        formulas: for each operation of your own its exact value: a function of mpmath numbers,
            or a `Formula`. It is needed for `Expression.exact` and `check`.

    Raises:
        InvalidArgument: an option makes no sense; the message says what to pass.

    >>> from hypothesis import find
    >>> find(expressions(["tanh", "+"]), lambda e: len(e.steps) > 1)
    from autograd import Value, tanh
    x0 = Value(0.0)
    x1 = tanh(x0)
    out = tanh(x1)
    """
    chosen = _chosen(operations)
    _check_sizes(min_size=min_size, max_size=max_size, max_inputs=max_inputs)
    if inputs is None:
        inputs = st.floats(-10.0, 10.0).map(_without_the_smallest)
    elif not isinstance(inputs, st.SearchStrategy):
        raise InvalidArgument(
            f"inputs is a strategy of numbers, such as st.floats(-1, 1); got {inputs!r}"
        )
    own = dict(formulas or {})
    for primitive in own:
        if not isinstance(primitive, Primitive):
            raise InvalidArgument(
                f"formulas maps operations to functions, and {primitive!r} is not an operation: "
                "pass {operation: lambda x: ...}"
            )

    @st.composite
    def drawn(draw: st.DrawFn) -> Expression:
        point = draw(st.lists(inputs, min_size=1, max_size=max_inputs))
        drafts = draw(st.lists(_drafts(chosen, inputs), min_size=min_size, max_size=max_size))
        with mp.workdps(DIGITS):
            assembly = _Assembly([as_float(x) for x in point], allow_nan, allow_infinity, own)
            for draft in drafts:
                assembly.add(*draft)
        expression = assembly.finished()
        if len(expression.steps) < min_size:
            reject()
        return expression

    return drawn()


# ── Options ───────────────────────────────────────────────────────────────────


def offered() -> list[Primitive]:
    """The operations of the table that the package offers, those of arithmetic first."""
    return [
        primitive
        for primitive in FORMULAS
        if primitive in (table.share, table.log_share)  # the elements of softmax
        or is_offered(primitive)
    ]


def _chosen(operations: Iterable[Primitive | str] | None) -> tuple[Primitive, ...]:
    if operations is None:
        return tuple(offered())
    if isinstance(operations, (str, Primitive)):
        raise InvalidArgument(f"operations is a list, such as ['+', 'tanh']: pass [{operations!r}]")
    chosen = tuple(map(_named_operation, operations))
    if not chosen:
        raise InvalidArgument("operations is empty: name one, such as ['+'], or pass None for all")
    return chosen


def _named_operation(choice: Primitive | str) -> Primitive:
    if isinstance(choice, Primitive):
        return choice
    named = {primitive.symbol: primitive for primitive in offered()}
    named |= {primitive.name: primitive for primitive in offered()}
    if choice in named:
        return named[choice]
    raise InvalidArgument(
        f"no operation of the table is named {choice!r}: "
        "pass a name such as 'tanh' or '*', or a Primitive"
    )


def _check_sizes(**sizes: int) -> None:
    for name, size in sizes.items():
        if not isinstance(size, int) or isinstance(size, bool):
            raise InvalidArgument(f"{name} must be a whole number, got {size!r}")
        if size < 1:
            raise InvalidArgument(f"{name} must be at least 1, got {size}")
    least, most = sizes["min_size"], sizes["max_size"]
    if least > most:
        raise InvalidArgument(
            f"min_size={least} is more than max_size={most}: raise the one or lower the other"
        )


def _without_the_smallest(number: float) -> float:
    """The number, or 0 where it is next to nothing."""
    return number if abs(number) >= LEAST else 0.0


# ── Drawing ───────────────────────────────────────────────────────────────────

# Hypothesis draws drafts, which are valid after any others, so that it can leave out any of
# them when it looks for a simpler expression. `_Assembly` makes steps of them.


# An operation, and for each operand a constant, as a float, or a choice, as an int.
_Draft: TypeAlias = tuple[Primitive, list[int | float]]

_NEWEST: Final = 24  # choices below this take the newest number, those above any other
_CHOICES: Final = st.integers(0, 39)
_CHOICES_WITH_CONSTANTS: Final = st.integers(0, 47)


@st.composite
def _drafts(
    draw: st.DrawFn, operations: tuple[Primitive, ...], inputs: st.SearchStrategy[float]
) -> _Draft:
    operation = draw(st.sampled_from(operations))
    count = 3 if operation is table.where else operation.arity
    if isinstance(operation, Reduction):
        count = operation.sequences * draw(st.integers(1, 4))
    varying = 2 if operation is table.where else 1  # so that the result is a Value
    operands: list[int | float] = []
    for i in range(count):
        choice = draw(_CHOICES if i < varying else _CHOICES_WITH_CONSTANTS)
        operands.append(choice if choice < 40 else as_float(draw(inputs)))
    return operation, operands


@dataclass
class _Assembly:
    """An expression that is put together from drafts."""

    point: list[float]
    allow_nan: bool
    allow_infinity: bool
    formulas: dict[Primitive, Any]
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tame = not (self.allow_nan or self.allow_infinity)
        # The number of each input and step: exact, or a float where any size is allowed.
        self.exact: list[Any] = [mpf(x) if self.tame else x for x in self.point]
        self.unused = list(range(len(self.point)))

    def add(self, operation: Primitive, choices: list[int | float]) -> None:
        """Add a step, if its result is of an allowed size."""
        operands: list[int | float] = []
        for choice in choices:
            operands.append(self.position(choice, operands) if isinstance(choice, int) else choice)
        # Where the operation is not defined, it may be defined for another first operand.
        others = [i for i in reversed(range(len(self.exact))) if i != operands[0]]
        for first in [operands[0], *others]:
            step = Step(operation, (first, *operands[1:]))
            result = self.result(step)
            if result is not None:
                self.unused = [i for i in self.unused if i not in step.operands]
                self.unused.append(len(self.exact))
                self.exact.append(result)
                self.steps.append(step)
                return

    def position(self, choice: int, others: list[int | float]) -> int:
        """The position of the number for a choice: preferably the newest that is not used yet."""
        unused = [i for i in reversed(self.unused) if i not in others]
        used = [i for i in reversed(range(len(self.exact))) if i not in unused]
        return [*unused, *used][max(0, choice - _NEWEST) % len(self.exact)]

    def result(self, step: Step) -> Any:
        """The number that the step gives; None if it, or a derivative, is out of bounds."""
        numbers = [self.exact[x] if isinstance(x, int) else x for x in step.operands]
        if not self.tame:
            number = as_float(apply(step.operation, numbers))
            allowed = math.isfinite(number) or (
                self.allow_nan if math.isnan(number) else self.allow_infinity
            )
            return number if allowed else None
        try:
            found = self.local(step.operation, [mpf(x) for x in numbers])
        except UndefinedError:
            return None
        return found[0] if all(map(is_tame, found)) else None

    def local(self, operation: Primitive, numbers: list[Any]) -> list[Any]:
        """The value and the derivatives of an operation: by its formula, else by its own rules."""
        if operation in FORMULAS or operation in self.formulas:
            formula = Local(operation, self.formulas)
            slopes = [formula.slope(i)(numbers) for i in range(len(numbers))]
            return [formula.value(numbers), *slopes]
        operands = [float(x) for x in numbers]
        out = as_float(operation.evaluate(operands))
        return [mpf(as_float(x)) for x in (out, *operation.local_derivatives(operands, out))]

    def finished(self) -> Expression:
        """The expression, without the steps and inputs that the result does not depend on."""
        count = len(self.point)
        needed = {len(self.exact) - 1}
        for i in reversed(range(count, len(self.exact))):
            if i in needed:
                needed.update(x for x in self.steps[i - count].operands if isinstance(x, int))
        places = {old: new for new, old in enumerate(sorted(needed))}

        def placed(step: Step) -> Step:
            operands = [places[x] if isinstance(x, int) else x for x in step.operands]
            return Step(step.operation, tuple(operands))

        point = tuple(self.point[i] for i in places if i < count)
        steps = tuple(placed(self.steps[i - count]) for i in places if i >= count)
        return Expression(point, steps, self.formulas)
