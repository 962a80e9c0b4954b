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
from collections.abc import Callable, Mapping, Reversible, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final, Literal, TypeAlias

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


@st.composite
def values(  # noqa: D417 - Hypothesis passes `draw`
    draw: st.DrawFn,
    min_value: float | None = None,
    max_value: float | None = None,
    *,
    allow_nan: bool | None = None,
    allow_infinity: bool | None = None,
    allow_subnormal: bool | None = None,
    width: Literal[16, 32, 64] = 64,
    exclude_min: bool = False,
    exclude_max: bool = False,
    labels: st.SearchStrategy[str] | None = None,
) -> Value:
    """A strategy for leaf Values; the options are those of Hypothesis's ``floats()``.

    Args:
        min_value: no number is less.
        max_value: no number is greater.
        allow_nan: True allows nan; None allows it where there are no bounds.
        allow_infinity: the same for inf and -inf, allowed where the bounds leave room.
        allow_subnormal: the same for numbers so small that they have fewer digits.
        width: each number is one that a float of 16, 32 or 64 bits represents.
        exclude_min: True leaves out the least number itself.
        exclude_max: True leaves out the greatest number itself.
        labels: a strategy for the labels; None leaves the Values without.

    Raises:
        InvalidArgument: an option makes no sense; raised when the test runs.

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
    number = draw(
        st.floats(
            min_value,
            max_value,
            allow_nan=allow_nan,
            allow_infinity=allow_infinity,
            allow_subnormal=allow_subnormal,
            width=width,
            exclude_min=exclude_min,
            exclude_max=exclude_max,
        )
    )
    return Value(number) if labels is None else Value(number, draw(labels))


@st.composite
def expressions(  # noqa: D417 - Hypothesis passes `draw`
    draw: st.DrawFn,
    operations: Reversible[Primitive | str] | None = None,
    *,
    inputs: st.SearchStrategy[float | Value] | None = None,
    min_size: int = 1,
    max_size: int = 8,
    min_inputs: int = 1,
    max_inputs: int = 3,
    allow_nan: bool = False,
    allow_infinity: bool = False,
    formulas: Mapping[Primitive, Any] | None = None,
) -> Expression:
    """A strategy for expressions: operations on shared inputs and on each other's results.

    Unless nan or infinities are allowed, every number in an expression, and every local
    derivative, is finite, at most 1e15 in size and, unless it is 0, at least 1e-20, so that
    products of them neither overflow nor vanish.

    An expression shrinks to few operations on simple numbers, and prints as the program that
    computes it.

    Args:
        operations: the operations to use, your own included, or names of those in the table,
            such as ``"tanh"`` or ``"*"``; None means all that the package offers. An expression
            shrinks towards the first of them.
        inputs: a strategy for the numbers of inputs and constants, or for Values of them; None
            means numbers from -10 to 10.
        min_size: the least number of operations.
        max_size: the greatest number of operations.
        min_inputs: the least number of inputs.
        max_inputs: the greatest number of inputs.
        allow_nan: True allows results of nan. Where this or the next is True, results and
            derivatives are of any size.
        allow_infinity: True allows infinite results.
        formulas: for each operation of your own its exact value: a function of mpmath numbers,
            or a `Formula`. It is needed for `Expression.exact` and `check`.

    Raises:
        InvalidArgument: an option makes no sense, or no operation is defined for the inputs;
            raised when the test runs.

    >>> from hypothesis import find
    >>> print(find(expressions(["tanh", "+"]), lambda e: len(e.steps) > 1))
    from autograd import Value, tanh
    x0 = Value(0.0)
    x1 = tanh(x0)
    out = tanh(x1)
    """
    chosen = _chosen(operations)
    _check_sizes(min_size=min_size, max_size=max_size)
    _check_sizes(min_inputs=min_inputs, max_inputs=max_inputs)
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
    attempts = _attempts(
        chosen,
        inputs.map(_number),
        range(min_size, max_size + 1),
        range(min_inputs, max_inputs + 1),
        lambda point: _Assembly(point, allow_nan, allow_infinity, own),
    )
    assemblies = []
    for _ in range(_ATTEMPTS):
        assembly = draw(attempts)
        expression = assembly.finished()
        if len(expression.steps) >= min_size and len(expression.point) >= min_inputs:
            return expression
        assemblies.append(assembly)
    different = {(tuple(assembly.point), assembly.tried) for assembly in assemblies}
    if any(assembly.steps for assembly in assemblies) or len(different) < _DIFFERENT:
        reject()
    raise InvalidArgument(
        f"in {_ATTEMPTS} attempts no operation had a result: {assemblies[-1].refused} has none "
        "that is allowed; draw the inputs from where the operations are defined, or pass "
        "allow_nan=True and allow_infinity=True"
    )


# To doctest, a strategy is no function of this module.
__test__ = {strategy.__name__: strategy.__doc__ for strategy in (values, expressions)}

# ── Options ───────────────────────────────────────────────────────────────────


def offered() -> list[Primitive]:
    """The operations of the table that the package offers, those of arithmetic first."""
    return [
        primitive
        for primitive in FORMULAS
        if primitive in (table.share, table.log_share)  # the elements of softmax
        or is_offered(primitive)
    ]


def _chosen(operations: Reversible[Primitive | str] | None) -> tuple[Primitive, ...]:
    if operations is None:
        return tuple(offered())
    if isinstance(operations, (str, Primitive)):
        raise InvalidArgument(f"operations is a list, such as ['+', 'tanh']: pass [{operations!r}]")
    if not isinstance(operations, Reversible):
        raise InvalidArgument(
            f"operations is a list, such as ['+', 'tanh'], and {operations!r} is not ordered: a "
            "failure could not be reproduced; pass sorted(...) of the names"
        )
    chosen = tuple(map(_named_operation, operations))
    if not chosen:
        raise InvalidArgument("operations is empty: name one, such as ['+'], or pass None for all")
    return chosen


def _named_operation(choice: Primitive | str) -> Primitive:
    if isinstance(choice, Primitive):
        return choice
    named = {primitive.symbol: primitive for primitive in offered()}
    named |= {primitive.name: primitive for primitive in offered()}
    if isinstance(choice, str) and choice in named:
        return named[choice]
    hint = "pass"
    if isinstance(choice, str) and choice:
        written = choice.lower()
        near = [name for name in named if name.startswith(written)]
        near += get_close_matches(written, named)
        near.sort(key=lambda name: sorted(name) != sorted(written))  # two letters are swapped
        hint = f"did you mean {near[0]!r}? Pass" if near else hint
    raise InvalidArgument(
        f"no operation of the table is named {choice!r}: "
        f"{hint} a name such as 'tanh' or '*', or a Primitive"
    )


def _check_sizes(**sizes: int) -> None:
    """Check two options, the least and the greatest number of something."""
    for name, size in sizes.items():
        if not isinstance(size, int) or isinstance(size, bool):
            raise InvalidArgument(f"{name} must be a whole number, got {size!r}")
        if size < 1:
            raise InvalidArgument(f"{name} must be at least 1, got {size}")
    (least, at_least), (most, at_most) = sizes.items()
    if at_least > at_most:
        raise InvalidArgument(
            f"{least}={at_least} is more than {most}={at_most}: raise the one or lower the other"
        )


def _number(drawn: float | Value) -> float:
    """The number that a strategy for inputs has drawn."""
    try:
        return drawn.data if isinstance(drawn, Value) else as_float(drawn)
    except TypeError:
        raise InvalidArgument(
            f"inputs is a strategy of numbers, such as st.floats(-1, 1); it has drawn {drawn!r}"
        ) from None


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

_ATTEMPTS: Final = 50  # at an expression of the wanted size, each with other inputs
_DIFFERENT: Final = 10  # attempts, to say that the inputs are to blame: some repeat the simplest


@st.composite
def _attempts(
    draw: st.DrawFn,
    operations: tuple[Primitive, ...],
    inputs: st.SearchStrategy[float],
    sizes: range,
    counts: range,
    begin: Callable[[list[float]], _Assembly],
) -> _Assembly:
    joins = min(counts[0] - 1, sizes[-1])  # operations that may be needed to join the inputs
    least, most = max(sizes[0] - joins, 0), sizes[-1] - joins
    assembly = begin(draw(st.lists(inputs, min_size=counts[0], max_size=counts[-1])))
    for draft in draw(st.lists(_drafts(operations, inputs), min_size=least, max_size=most)):
        assembly.add(*draft)
    if joins:
        wide = tuple(x for x in operations if x.arity != 1)
        if not wide:
            raise InvalidArgument(
                f"min_inputs={counts[0]} needs an operation of two operands, and "
                f"{operations[0].name} has one: add one to the list, such as '+'"
            )
        for _ in range(joins):
            assembly.join(*draw(_drafts(wide, inputs)), sizes[0])
    return assembly


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
        operands.append(choice if choice < 40 else draw(inputs))
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
        self.tried = 0  # operations
        self.refused = ""  # the last one without a result

    def add(self, operation: Primitive, choices: list[int | float]) -> None:
        """Add a step, if its result is of an allowed size."""
        self.tried += 1
        operands: list[int | float] = []
        for choice in choices:
            operands.append(self.position(choice, operands) if isinstance(choice, int) else choice)
        # Where the operation is not defined, it may be defined for another first operand.
        others = [i for i in reversed(range(len(self.exact))) if i != operands[0]]
        for first in [operands[0], *others]:
            if self.take(Step(operation, (first, *operands[1:]))):
                return

    def join(self, operation: Primitive, choices: list[int | float], least: int) -> None:
        """Add a step that joins inputs to the result, if there are any that it does not need.

        Or any step, if there are less than the ``least`` number.
        """
        needed = self.needed()
        missing = [i for i in range(len(self.point)) if i not in needed]
        if not missing:
            if len(self.steps) < least:
                self.add(operation, choices)
            return
        newest = len(self.exact) - 1
        first = [*missing[: len(choices) - 1], newest]
        rest = [self.position(x, first) if isinstance(x, int) else x for x in choices[len(first) :]]
        for joined in (first, first[::-1]):
            if self.take(Step(operation, (*joined, *rest))):
                return

    def take(self, step: Step) -> bool:
        """Add the step, if its result is of an allowed size; True if it is."""
        with mp.workdps(DIGITS):
            result = self.result(step)
        if result is None:
            numbers = [float(self.exact[x]) if isinstance(x, int) else x for x in step.operands]
            self.refused = f"{step.operation.name}({', '.join(map(repr, numbers))})"
            return False
        self.unused = [i for i in self.unused if i not in step.operands]
        self.unused.append(len(self.exact))
        self.exact.append(result)
        self.steps.append(step)
        return True

    def position(self, choice: int, others: Sequence[int | float]) -> int:
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

    def needed(self) -> set[int]:
        """The positions of the inputs and steps that the newest number depends on."""
        count = len(self.point)
        needed = {len(self.exact) - 1}
        for i in reversed(range(count, len(self.exact))):
            if i in needed:
                needed.update(x for x in self.steps[i - count].operands if isinstance(x, int))
        return needed

    def finished(self) -> Expression:
        """The expression, without the steps and inputs that the result does not depend on."""
        count = len(self.point)
        places = {old: new for new, old in enumerate(sorted(self.needed()))}

        def placed(step: Step) -> Step:
            operands = [places[x] if isinstance(x, int) else x for x in step.operands]
            return Step(step.operation, tuple(operands))

        point = tuple(self.point[i] for i in places if i < count)
        steps = tuple(placed(self.steps[i - count]) for i in places if i >= count)
        return Expression(point, steps, self.formulas)
