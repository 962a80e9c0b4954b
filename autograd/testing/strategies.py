"""Hypothesis strategies: Values, expressions of them, and small networks with data.

>>> from hypothesis import given
>>> from autograd.testing import values
>>> @given(values(min_value=-1, max_value=1))
... def test_tanh_flattens(x):
...     x.tanh().backward()
...     assert 0.0 < x.grad <= 1.0
>>> test_tanh_flattens()
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from mpmath import mp, mpf

import autograd
from autograd import primitives as table
from autograd.primitives import Primitive, Reduction, as_float
from autograd.testing.exact import DIGITS, LEAST, Local, UndefinedError, is_tame
from autograd.testing.expression import Expression, Step, print_indented
from autograd.testing.formulas import FORMULAS
from autograd.value import Value

if TYPE_CHECKING:
    from nn import MLP


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
        allow_nan: whether nan may come up; None allows it where there are no bounds.
        allow_infinity: the same for inf and -inf, allowed where the bounds leave room.
        allow_subnormal: the same for numbers so small that they have fewer digits.
        exclude_min: whether the least number itself is left out.
        exclude_max: whether the greatest number itself is left out.
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

    Unless nan or infinities are allowed, every number on the way through an expression, and
    every derivative, is finite, and neither so large nor so small (beyond 1e15 and, except
    for 0, below 1e-20) that products of them would overflow or vanish.

    An expression shrinks to few operations on simple numbers, and prints as the code that
    builds it.

    Args:
        operations: what to build of: operations, those of one's own included, or names of
            those in the table, such as ``"tanh"`` or ``"*"``; None stands for all that the
            package offers.
        inputs: a strategy for the numbers that inputs and constants stand for; None stands
            for numbers from -10 to 10.
        min_size: how many operations there are at least.
        max_size: how many there are at most.
        max_inputs: how many inputs there are at most.
        allow_nan: whether a number or a derivative may be nan; then they are of any size.
        allow_infinity: whether a number or a derivative may be infinite; the same.
        formulas: what operations of one's own should give: for each a function of mpmath
            numbers, or a `Formula`. It is needed for `Expression.exact` and `check`.

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
    return _expressions(
        chosen, inputs, min_size, max_size, max_inputs, allow_nan, allow_infinity, own
    )


@dataclass(repr=False)
class Network:
    """A small network, with data to train it on.

    Attributes:
        model: an `nn.MLP`.
        inputs: the inputs of each sample.
        targets: for each sample what each output should be.
    """

    model: MLP
    inputs: list[list[float]]
    targets: list[list[float]]
    _built: str

    def loss(self) -> Value:
        """The mean of the squared errors over all samples and outputs."""
        errors = []
        for sample, target in zip(self.inputs, self.targets):
            outputs = self.model(sample)
            for output, wanted in zip(outputs if isinstance(outputs, list) else [outputs], target):
                errors.append((output - wanted) * (output - wanted))
        mean: Value = autograd.mean(errors)
        return mean

    def __repr__(self) -> str:
        return "\n".join(self._code())

    def _code(self) -> list[str]:
        numbers = [parameter.data for parameter in self.model.parameters()]
        return [
            "from nn import MLP",
            f"model = {self._built}",
            f"for parameter, number in zip(model.parameters(), {numbers}):",
            "    parameter.data = number",
            f"inputs = {self.inputs}",
            f"targets = {self.targets}",
        ]

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """Print one statement to a line, indented, in Hypothesis's reports."""
        print_indented(printer, self._code())


def networks(
    *,
    activations: Sequence[str] | None = None,
    numbers: st.SearchStrategy[float] | None = None,
    max_inputs: int = 3,
    max_outputs: int = 2,
    max_width: int = 3,
    max_layers: int = 2,
    max_samples: int = 3,
) -> st.SearchStrategy[Network]:
    """A strategy for small networks, of `nn.MLP`, with data to train them on.

    Args:
        activations: names of activations to choose from, as in `nn.ACTIVATIONS`; None stands
            for all of them.
        numbers: a strategy for weights, biases, inputs and targets; None stands for numbers
            from -2 to 2.
        max_inputs: how many inputs a network has at most.
        max_outputs: how many outputs.
        max_width: how many neurons a hidden layer has at most.
        max_layers: how many layers there are at most, that of the outputs included.
        max_samples: how many samples of data there are at most.

    Raises:
        InvalidArgument: an option makes no sense; the message says what to pass.

    >>> from hypothesis import find
    >>> find(networks(activations=["tanh"]), lambda network: True)
    from nn import MLP
    model = MLP(1, [1], activation=['linear'])
    for parameter, number in zip(model.parameters(), [0.0, 0.0]):
        parameter.data = number
    inputs = [[0.0]]
    targets = [[0.0]]
    """
    from nn import ACTIVATIONS

    _check_sizes(
        max_inputs=max_inputs,
        max_outputs=max_outputs,
        max_width=max_width,
        max_layers=max_layers,
        max_samples=max_samples,
    )
    names = list(ACTIVATIONS) if activations is None else list(activations)
    for name in names:
        if name not in ACTIVATIONS:
            known = ", ".join(map(repr, ACTIVATIONS))
            raise InvalidArgument(f"no activation is named {name!r}: choose from {known}")
    if not names:
        raise InvalidArgument("activations is empty: name one, such as ['tanh'], or pass None")
    if numbers is None:
        numbers = st.floats(-2.0, 2.0).map(_without_the_smallest)
    elif not isinstance(numbers, st.SearchStrategy):
        raise InvalidArgument(
            f"numbers is a strategy of numbers, such as st.floats(-1, 1); got {numbers!r}"
        )
    return _networks(names, numbers, max_inputs, max_outputs, max_width, max_layers, max_samples)


# ── Options ───────────────────────────────────────────────────────────────────


def offered() -> list[Primitive]:
    """The operations of the table that the package offers, those of arithmetic first."""
    return [
        primitive
        for primitive in FORMULAS
        if primitive in (table.share, table.log_share)  # the elements of softmax
        or getattr(autograd, primitive.name, None) is primitive
    ]


def _chosen(operations: Iterable[Primitive | str] | None) -> tuple[Primitive, ...]:
    if operations is None:
        return tuple(offered())
    if isinstance(operations, (str, Primitive)):
        raise InvalidArgument(f"operations is a list, such as ['+', 'tanh']: pass [{operations!r}]")
    chosen = tuple(map(_operation, operations))
    if not chosen:
        raise InvalidArgument("operations is empty: name one, such as ['+'], or pass None for all")
    return chosen


def _operation(choice: Primitive | str) -> Primitive:
    if isinstance(choice, Primitive):
        return choice
    for primitive in offered():
        if choice in (primitive.name, primitive.symbol):
            return primitive
    raise InvalidArgument(
        f"no operation of the table is named {choice!r}: "
        "pass a name such as 'tanh' or '*', or a Primitive"
    )


def _check_sizes(**sizes: Any) -> None:
    for name, size in sizes.items():
        if not isinstance(size, int) or isinstance(size, bool):
            raise InvalidArgument(f"{name} must be a whole number, got {size!r}")
        if size < 1:
            raise InvalidArgument(f"{name} must be at least 1, got {size}")
    least, most = sizes.get("min_size", 1), sizes.get("max_size", 1)
    if "max_size" in sizes and least > most:
        raise InvalidArgument(
            f"min_size={least} is more than max_size={most}: raise the one or lower the other"
        )


def _without_the_smallest(number: float) -> float:
    """The number, or 0 where it is next to nothing."""
    return number if abs(number) >= LEAST else 0.0


# ── Drawing ───────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1000)
def _integers(greatest: int, least: int = 0) -> st.SearchStrategy[int]:
    return st.integers(least, greatest)


class _Drawing:
    """An expression in the making."""

    def __init__(self, draw: st.DrawFn, inputs: st.SearchStrategy[float], tame: bool, own: Any):
        self.draw = draw
        self.inputs = inputs
        self.tame = tame
        self.own = own
        self.point: list[float] = []
        self.steps: list[Step] = []
        self.exact: list[Any] = []  # the number that each input and step gives
        self.unused: list[int] = []

    def number(self) -> float:
        return as_float(self.draw(self.inputs))

    def add_input(self) -> None:
        """Draw one input more."""
        number = self.number()
        self.unused.append(len(self.exact))
        self.point.append(number)
        self.exact.append(mpf(number))

    def operand(self, others: list[int | float], *, constant: bool) -> int | float:
        """A position, for preference of what is not used yet, or a constant."""
        newest_first = range(len(self.exact) - 1, -1, -1)
        unused = [i for i in reversed(self.unused) if i not in others]
        candidates = [*unused, *[i for i in newest_first if i not in unused]]
        count = len(candidates)
        choice = self.draw(_integers(3 * count + (count if constant else 0)))
        if choice > 3 * count:
            return self.number()
        return candidates[choice] if choice < count else candidates[0]

    def add_step(self, operation: Primitive) -> None:
        """Draw the operands, and add the step if its result is of a size to go on with."""
        count = len(operation.derivatives)
        if operation is table.where:
            count = 3
        if isinstance(operation, Reduction):
            count = operation.sequences * self.draw(_integers(4, least=1))
        values = 2 if operation is table.where else 1  # so that the result is a Value
        operands: list[int | float] = []
        for i in range(count):
            operands.append(self.operand(operands, constant=i >= values))
        # Where the operation is not defined, it may be so for another first operand.
        firsts = [operands[0], *[i for i in reversed(range(len(self.exact))) if i != operands[0]]]
        for first in firsts:
            step = Step(operation, (first, *operands[1:]))
            result = self.result(step)
            if result is not None:
                self.unused = [i for i in self.unused if i not in step.operands]
                self.unused.append(len(self.exact))
                self.exact.append(result)
                self.steps.append(step)
                return

    def result(self, step: Step) -> Any:
        """The number that the step gives; None if it, or a derivative, is out of bounds."""
        numbers = [self.exact[x] if isinstance(x, int) else mpf(x) for x in step.operands]
        if not self.tame:
            return mp.nan
        if step.operation not in FORMULAS and step.operation not in self.own:
            return _result_by_rules(step.operation, numbers)
        local = Local(step.operation, self.own)
        try:
            result = local.value(numbers)
            slopes = [local.slope(i)(numbers) for i in range(len(numbers))]
        except UndefinedError:
            return None
        return result if all(map(is_tame, [result, *slopes])) else None

    def finished(self, min_size: int) -> Expression:
        """The expression, without the steps and inputs that the result does not depend on."""
        count = len(self.point)
        needed = {len(self.exact) - 1}
        for i in reversed(range(count, len(self.exact))):
            if i in needed:
                needed.update(x for x in self.steps[i - count].operands if isinstance(x, int))
        places = {old: new for new, old in enumerate(sorted(needed))}
        steps = tuple(
            Step(
                step.operation, tuple(places[x] if isinstance(x, int) else x for x in step.operands)
            )
            for i, step in enumerate(self.steps, start=count)
            if i in needed
        )
        if len(steps) < min_size:
            reject()
        point = tuple(x for i, x in enumerate(self.point) if i in needed)
        return Expression(point, steps, self.own)


def _result_by_rules(operation: Primitive, numbers: list[Any]) -> Any:
    """The same for an operation without a formula, by its own account."""
    operands = [float(x) for x in numbers]
    out = as_float(operation.evaluate(operands))
    slopes = [as_float(slope) for slope in operation.local_derivatives(operands, out)]
    return mpf(out) if all(map(is_tame, [out, *slopes])) else None


@st.composite
def _expressions(
    draw: st.DrawFn,
    operations: tuple[Primitive, ...],
    inputs: st.SearchStrategy[float],
    min_size: int,
    max_size: int,
    max_inputs: int,
    allow_nan: bool,
    allow_infinity: bool,
    own: dict[Primitive, Any],
) -> Expression:
    with mp.workdps(DIGITS):
        drawing = _Drawing(draw, inputs, not (allow_nan or allow_infinity), own)
        for _ in range(draw(_integers(max_inputs, least=1))):
            drawing.add_input()
        for _ in range(draw(_integers(max_size, least=min_size))):
            drawing.add_step(operations[draw(_integers(len(operations) - 1))])
        return drawing.finished(min_size)


@st.composite
def _networks(
    draw: st.DrawFn,
    activations: list[str],
    numbers: st.SearchStrategy[float],
    max_inputs: int,
    max_outputs: int,
    max_width: int,
    max_layers: int,
    max_samples: int,
) -> Network:
    from nn import MLP

    inputs, outputs = draw(_integers(max_inputs, least=1)), draw(_integers(max_outputs, least=1))
    hidden = [draw(_integers(max_width, least=1)) for _ in range(draw(_integers(max_layers - 1)))]
    chosen = [draw(st.sampled_from(activations)) for _ in hidden]
    sizes = [*hidden, outputs]
    chosen.append("linear")
    model = MLP(inputs, sizes, activation=chosen)
    for parameter in model.parameters():
        parameter.data = draw(numbers)

    def sample(size: int) -> list[float]:
        return [as_float(draw(numbers)) for _ in range(size)]

    samples = range(draw(_integers(max_samples, least=1)))
    return Network(
        model,
        [sample(inputs) for _ in samples],
        [sample(outputs) for _ in samples],
        f"MLP({inputs}, {sizes}, activation={chosen})",
    )
