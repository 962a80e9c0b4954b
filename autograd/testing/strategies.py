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

import functools
import math
import threading
from collections.abc import Callable, Mapping, Reversible
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final, Literal

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from mpmath import mp, mpf

from autograd.engine import table
from autograd.engine.operands import as_float
from autograd.engine.primitive import Primitive, Reduction
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
        inputs = _ORDINARY
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
        inputs,
        range(min_size, max_size + 1),
        range(min_inputs, max_inputs + 1),
        lambda room, most: _Assembly(room, most, allow_nan, allow_infinity, own),
    )
    assemblies = []
    for _ in range(_ATTEMPTS):
        assembly = draw(attempts)
        expression = assembly.finished()
        if len(expression.steps) >= min_size and len(expression.point) >= min_inputs:
            return expression
        assemblies.append(assembly)
    different = {tuple(assembly.drawn) for assembly in assemblies}
    if any(assembly.finished().steps for assembly in assemblies) or len(different) < _DIFFERENT:
        reject()
    raise InvalidArgument(
        f"in {_ATTEMPTS} attempts no operation had a result: {assemblies[-1].refused} has none "
        "that is allowed; draw the inputs from where the operations are defined, or pass "
        "allow_nan=True and allow_infinity=True"
    )


# To doctest, a strategy is no function of this module.
__test__ = {strategy.__name__: strategy.__doc__ for strategy in (values, expressions)}

# ── Options ───────────────────────────────────────────────────────────────────


@functools.cache
def offered() -> tuple[Primitive, ...]:
    """The operations of the table that the package offers, those of arithmetic first."""
    return tuple(
        primitive
        for primitive in FORMULAS
        if primitive in (table.share, table.log_share)  # the elements of softmax
        or is_offered(primitive)
    )


@functools.cache
def _named() -> dict[str, Primitive]:
    """The same, by symbol and by name."""
    by_symbol = {primitive.symbol: primitive for primitive in offered()}
    return by_symbol | {primitive.name: primitive for primitive in offered()}


def _chosen(operations: Reversible[Primitive | str] | None) -> tuple[Primitive, ...]:
    if operations is None:
        return offered()
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
    named = _named()
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


def _is_not_the_smallest(number: float) -> bool:
    """True unless the number is next to nothing."""
    return not number or abs(number) >= LEAST


# ── Drawing ───────────────────────────────────────────────────────────────────

# An expression is drawn as a tree: an operation, and for each operand another tree or a leaf.
# Hypothesis shrinks to the fewest choices, and among as many to the least. For that it puts a part
# of a tree in place of the whole; where a whole number up to 10 decides what follows, it tries
# lower ones with other choices after them, such as a single operation in place of the expression;
# and in place of a tree it tries a new input of the same value. For that a tree is one of several
# strategies, among them the inputs as they are, and what is drawn from it is the value, a float.


@dataclass(frozen=True)
class _Shared:
    """An input or a step that is there: the first input, or one counted from the last."""

    choice: int | None


@dataclass(frozen=True)
class _Constant:
    """A number that does not vary."""

    number: Any


_ORDINARY: Final = st.floats(-10.0, 10.0).filter(_is_not_the_smallest)
_UP_TO_TEN: Final = st.integers(0, 10)
_ONE_STEP: Final = 2  # of the sizes of an expression, those below are of one operation
_TWO_STEPS: Final = 4  # and those of two
_FIRST_INPUT: Final = st.just(_Shared(None))
_ANY_NUMBER: Final = _UP_TO_TEN.map(_Shared)
_TREES: Final = 7  # of 11 operands, where there is room
_TERMS: Final = st.integers(1, 4)  # of a sequence
_SEVERAL_TERMS: Final = st.integers(2, 4)

_ATTEMPTS: Final = 50  # at an expression of the wanted size, each with other inputs
_DIFFERENT: Final = 10  # attempts, to say that the inputs are to blame: some repeat the simplest


class _Grammar(threading.local):
    """The strategies for parts of expressions, made once, and what they add to in this thread."""

    assembly: _Assembly

    def __init__(
        self, operations: tuple[Primitive, ...], inputs: st.SearchStrategy[float | Value]
    ) -> None:
        self.inputs = inputs
        # Those of one operand make the fewest choices, and so are what the others shrink to.
        self.operations = st.sampled_from(sorted(operations, key=lambda x: x.arity != 1))
        self.trees = _trees(self)
        leaves = [_FIRST_INPUT, inputs, _ANY_NUMBER, inputs.map(_Constant)]
        self.leaves = st.one_of(leaves)
        self.operands = st.one_of([*leaves, *[_trees(self) for _ in range(_TREES)]])


_grammar = functools.lru_cache(maxsize=64)(_Grammar)


@st.composite
def _attempts(
    draw: st.DrawFn,
    operations: tuple[Primitive, ...],
    inputs: st.SearchStrategy[float | Value],
    sizes: range,
    counts: range,
    begin: Callable[[int, int], _Assembly],
) -> _Assembly:
    joins = min(counts[0] - 1, sizes[-1])  # operations that may be needed to join the inputs
    wide = tuple(x for x in operations if x.arity != 1)
    if joins and not wide:
        raise InvalidArgument(
            f"min_inputs={counts[0]} needs an operation of two operands, and "
            f"{operations[0].name} has one: add one to the list, such as '+'"
        )
    grammar = _grammar(operations, inputs)
    least, most = max(sizes[0] - joins, 0), sizes[-1] - joins
    size = draw(_UP_TO_TEN)
    few = 1 if size < _ONE_STEP else 2 if size < _TWO_STEPS else most
    assembly = grammar.assembly = begin(min(max(few, least), most), counts[-1])
    # The first input is drawn before the tree, no part of which so depends on what is left of it.
    assembly.input(_number(draw(inputs)))
    assembly.wanted = least
    assembly.out = _operand(draw, grammar)
    assembly.room = 0
    for _ in range(joins):
        if assembly.has(sizes[0], counts[0]):
            break
        operation = draw(st.sampled_from(wide))
        left_out = assembly.left_out()
        other = left_out[0] if left_out else assembly.input(_number(draw(inputs)))
        count = _count(draw, operation, 2)
        rest = [_operand(draw, grammar, may_be_constant=True) for _ in range(count - 2)]
        assembly.join(operation, [assembly.out, other], rest)
    return assembly


@st.composite
def _trees(draw: st.DrawFn, grammar: _Grammar) -> float:
    """The value of a tree, of as many operations as are wanted or more, which is added."""
    assembly = grammar.assembly
    wanted = assembly.wanted
    assembly.room -= 1
    operation = draw(grammar.operations)
    varying = 2 if operation is table.where else 1  # so that the result is a Value
    operands = []
    for i in range(_count(draw, operation)):
        assembly.wanted = max(wanted - 1, 0) if i == 0 else 0
        operands.append(_operand(draw, grammar, may_be_constant=i >= varying))
    return assembly.add(operation, operands)


def _operand(draw: st.DrawFn, grammar: _Grammar, *, may_be_constant: bool = False) -> int | float:
    """The position of the result of a tree, or of a leaf; or a constant."""
    assembly = grammar.assembly
    assembly.latest = None
    if assembly.wanted:
        drawn: Any = draw(grammar.trees)
    else:
        drawn = draw(grammar.operands if assembly.room else grammar.leaves)
    assembly.drawn.append(repr(drawn))
    if assembly.latest is not None:
        return assembly.latest
    if isinstance(drawn, _Shared):
        return assembly.shared(drawn.choice)
    number = _number(drawn.number if isinstance(drawn, _Constant) else drawn)
    if isinstance(drawn, _Constant) and may_be_constant:
        return number
    return assembly.inputs[-1] if assembly.is_full() else assembly.input(number)


def _count(draw: st.DrawFn, operation: Primitive, least: int = 1) -> int:
    """The number of operands, at least so many of a sequence."""
    if operation is table.where:
        return 3
    if not isinstance(operation, Reduction):
        return operation.arity
    terms = _TERMS if least <= operation.sequences else _SEVERAL_TERMS
    return operation.sequences * draw(terms)


@dataclass
class _Assembly:
    """An expression that is put together.

    Attributes:
        room: the number of operations that may still be added.
        most_inputs: the greatest number of inputs.
        wanted: the least number of operations of the tree that is drawn next.
        latest: the position of the result of the tree that was drawn last; None after a leaf.
        numbers: the inputs and steps; the operands of a step are positions here.
        inputs: the positions of the inputs.
        out: the position of the result.
        drawn: the operands in words.
        refused: the last operation that has no result.
    """

    room: int
    most_inputs: int
    allow_nan: bool
    allow_infinity: bool
    formulas: dict[Primitive, Any]
    wanted: int = 0
    latest: int | float | None = None
    numbers: list[float | Step] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    out: int | float = 0
    drawn: list[str] = field(default_factory=list)
    refused: str = ""

    def __post_init__(self) -> None:
        self.tame = not (self.allow_nan or self.allow_infinity)
        # The number of each input and step: exact, or a float where any size is allowed.
        self.exact: list[Any] = []

    def input(self, number: float) -> int:
        """Add an input."""
        self.inputs.append(len(self.numbers))
        self.numbers.append(number)
        self.exact.append(mpf(number) if self.tame else number)
        return self.inputs[-1]

    def is_full(self) -> bool:
        """True if no input can be added."""
        return len(self.inputs) == self.most_inputs

    def shared(self, choice: int | None) -> int:
        """The position of the first input, or of an input or a step, counted from the last."""
        if choice is None:
            return self.inputs[0]
        return -1 - choice % len(self.numbers) + len(self.numbers)

    def add(self, operation: Primitive, operands: list[int | float]) -> float:
        """Add a step, if its result is of an allowed size; else the first operand is left."""
        self.latest = operands[0]
        # Where the operation is not defined, it may be defined for another first operand.
        others = [i for i in reversed(range(len(self.numbers))) if i != operands[0]]
        for first in [operands[0], *others]:
            if self.take(Step(operation, (first, *operands[1:]))):
                self.latest = len(self.numbers) - 1
                break
        # A constant is never the first operand.
        return float(self.exact[int(self.latest)])

    def join(
        self, operation: Primitive, joined: list[int | float], rest: list[int | float]
    ) -> None:
        """Add a step that joins a number to the result."""
        for first in (joined, joined[::-1]):
            if self.take(Step(operation, (*first, *rest))):
                self.out = len(self.numbers) - 1
                return

    def take(self, step: Step) -> bool:
        """Add the step, if its result is of an allowed size; True if it is."""
        with mp.workdps(DIGITS):
            result = self.result(step)
        if result is None:
            numbers = [float(self.exact[x]) if isinstance(x, int) else x for x in step.operands]
            self.refused = f"{step.operation.name}({', '.join(map(repr, numbers))})"
            return False
        self.numbers.append(step)
        self.exact.append(result)
        return True

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
        """The positions of the inputs and steps that the result depends on."""
        needed = {self.out}
        for i in reversed(range(len(self.numbers))):
            number = self.numbers[i]
            if i in needed and isinstance(number, Step):
                needed.update(x for x in number.operands if isinstance(x, int))
        return {x for x in needed if isinstance(x, int)}

    def left_out(self) -> list[int]:
        """The inputs that the result does not depend on."""
        needed = self.needed()
        return [x for x in self.inputs if x not in needed]

    def has(self, least_steps: int, least_inputs: int) -> bool:
        """True if the result depends on so many operations and inputs."""
        needed = self.needed()
        inputs = needed.intersection(self.inputs)
        return len(inputs) >= least_inputs and len(needed) - len(inputs) >= least_steps

    def finished(self) -> Expression:
        """The expression, without the steps and inputs that the result does not depend on."""
        needed = sorted(self.needed())
        inputs = [x for x in needed if x in self.inputs]
        steps = [x for x in needed if x not in self.inputs]
        places = {old: new for new, old in enumerate([*inputs, *steps])}

        def placed(step: Any) -> Step:
            operands = [places[x] if isinstance(x, int) else x for x in step.operands]
            return Step(step.operation, tuple(operands))

        point = tuple([x for x in map(self.numbers.__getitem__, inputs) if isinstance(x, float)])
        return Expression(point, tuple([placed(self.numbers[x]) for x in steps]), self.formulas)
