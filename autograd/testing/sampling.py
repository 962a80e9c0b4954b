"""The values of a function that is checked, and its derivatives, at the point and next to it."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from autograd.engine.differential import differential
from autograd.engine.order import topological_order
from autograd.engine.value import Value
from autograd.functional import gradients
from autograd.testing.chain_rule import Adjoint, is_same, noise
from autograd.testing.inputs import Function
from autograd.testing.numerical import Slope, direction, moved, slopes

if TYPE_CHECKING:
    from autograd.testing.precise import Work

__tracebackhide__ = True  # pytest shows the user's line and the message

ONE_BY_ONE: Final = 64  # the most inputs that are moved one by one
_HAS_MPMATH: Final = find_spec("mpmath") is not None
# The calls at the point, to find chance that seldom shows, and the operations in all of them.
_MOST_REPEATS: Final = 50
_REPEATED_OPERATIONS: Final = 2_000
_CHANCE: Final = (
    "where a function draws random numbers, it has to seed their generator itself, and where it "
    "keeps something from call to call, it has to start afresh"
)
_OTHER_ORDER: Final = (
    "they differ by rounding alone, as where Values are added up in the order of a set, which "
    "changes from call to call"
)


class Samples:
    """The values and derivatives of a function, which has to give the same in each call.

    Derivatives of higher order are *contracted*: those of the derivatives of one order less along
    a direction.

    Attributes:
        function: the function; its parameters are moved with the inputs.
        names: the name of each input.
        point: the numbers that the inputs hold.
        contraction: the direction of all orders but the last.
        is_small: True if there are so few inputs that they are moved one by one.
    """

    def __init__(self, function: Function) -> None:
        self.function = function
        self.names = function.names
        self.point = function.point
        self.contraction = direction(self.point, seed=0) if len(self.names) > 1 else [1.0]
        self.is_small = len(self.names) <= ONE_BY_ONE
        self._noise: dict[int, list[float]] = {}
        self._values: list[float] = []  # at the point
        self._calls: list[tuple[Sequence[float], list[float]]] = []  # of the last differences
        self._repeated_orders: set[int] = set()
        self._work_left: Work | None = None

    # ── At the point ──────────────────────────────────────────────────────────

    def begin(self) -> None:
        """Call the function at the point: it has to give numbers, and the same ones once more."""
        self._values = self.function.values(self.point)
        if not self._values:
            raise ValueError(
                "check_gradients() differentiates each number that a function returns, and what "
                f"{self.function.name} returns holds none"
            )
        _, outputs = self.record()
        operations = sum(map(count_operations, outputs))
        for _ in range(min(_MOST_REPEATS, _REPEATED_OPERATIONS // (operations + 1))):
            self._hold_values(self._values, self.function.values(self.point))

    def record(self) -> tuple[list[Value], list[Value]]:
        """The record of the function at the point, where it gives what it gave before."""
        leaves, outputs = self.function.record(self.point)
        self._hold_values(self._values, [out.data for out in outputs])
        return leaves, outputs

    def call(self, inputs: Sequence[Value]) -> list[Value]:
        """The outputs for Values at the point, where the function gives what it gave before."""
        outputs = self.function.call(inputs)
        self._hold_values(self._values, [out.data for out in outputs])
        return outputs

    def repeat_on_floats(self, before: Sequence[float]) -> None:
        """Call the function many times more at the point, with floats and with Values."""
        for _ in range(_MOST_REPEATS):
            self._hold_values(before, self.function.on_floats(self.point))
            self.record()

    def repeat(self) -> None:
        """Check that where differences were taken last, the function gives the same once more."""
        calls, self._calls = self._calls, []
        for point, before in calls:
            self._hold_values(before, self.function.values(point))

    def _hold_values(self, before: Sequence[float], again: Sequence[float]) -> None:
        places = [f"{place} is" for place in self.function.output_names]
        if len(before) != len(again):
            counts = f"the count of numbers that {self.function.name} returns is"
            places, before, again = [counts], [len(before)], [len(again)]
        for place, x, y in zip(places, before, again, strict=True):
            if not is_same(x, y):
                cause = _OTHER_ORDER if math.isclose(x, y, rel_tol=1e-12) else _CHANCE
                raise ValueError(f"{place} {x!r} and then {y!r} for the same inputs: {cause}")

    # ── Derivatives by the chain rule ─────────────────────────────────────────

    def unit(self, j: int) -> list[float]:
        """The direction in which input j moves alone."""
        return [float(i == j) for i in range(len(self.names))]

    def weights(self, group: Sequence[int]) -> list[float]:
        """The factors of the derivatives by some inputs in their sum."""
        return [1.0] if len(group) == 1 else [self.contraction[j] for j in group]

    def contracted(
        self, order: int, rates: Sequence[float], leaves: list[Value], out: Value
    ) -> Value:
        """A Value whose derivatives are those of that order; ``rates`` is the last direction."""
        for each in range(order - 1):
            last = rates if each == order - 2 else self.contraction
            varying = [(x, rate) for x, rate in zip(leaves, last, strict=True) if rate]
            traced = gradients(out, [x for x, _ in varying])
            terms = [slope * rate for slope, (_, rate) in zip(traced, varying, strict=True)]
            out = functools.reduce(operator.add, terms)
        return out

    def graphs(self, order: int, rates: Sequence[float], i: int) -> tuple[list[Value], list[Value]]:
        """The inputs, and for each order up to that one the Value to differentiate."""
        leaves, outputs = self.record()
        orders = range(1, order + 1)
        return leaves, [self.contracted(each, rates, leaves, outputs[i]) for each in orders]

    # ── Derivatives by differences ────────────────────────────────────────────

    def slopes(self, order: int, j: int, groups: Sequence[Sequence[int]] = ()) -> list[Slope]:
        """The differences of the derivatives of one order less as input j moves.

        There is one for each output in the first order, and in a higher one for each output and
        group, the derivatives by the inputs of which are added up.
        """
        return self._differences(
            order, self.point[j], lambda to: [*self.point[:j], to, *self.point[j + 1 :]], groups
        )

    def slopes_along(
        self, order: int, rates: Sequence[float], groups: Sequence[Sequence[int]] = ()
    ) -> list[Slope]:
        """The same as all inputs move, each at its own rate."""
        return self._differences(order, 0.0, lambda to: self.moved(to, rates), groups)

    def moved(self, length: float, rates: Sequence[float]) -> list[float]:
        """The point that far along a direction."""
        return moved(self.point, length, rates)

    def _differences(
        self,
        order: int,
        centre: float,
        to_point: Callable[[float], list[float]],
        groups: Sequence[Sequence[int]],
    ) -> list[Slope]:
        noise = self._noise_at(order - 1)
        self._calls = []
        found = slopes(
            lambda to: self.derivatives_at(order - 1, to_point(to), groups), centre, noise
        )
        if order not in self._repeated_orders and (self.is_small or order == 1):
            self._repeated_orders.add(order)
            self.repeat()
        return found

    def derivatives_at(
        self, order: int, point: Sequence[float], groups: Sequence[Sequence[int]]
    ) -> list[float]:
        """The values; or of each output the derivatives of that order, contracted.

        Those by the inputs of each group are added up.
        """
        if order == 0:
            values = self.function.values(point)
            self._note(point, values)
            return values
        leaves, outputs = self.function.record(point)
        self._note(point, [out.data for out in outputs])
        found = []
        for out in outputs:
            traced = self.contracted(order, self.contraction, leaves, out)
            by_inputs = differential([traced], leaves, traced=False).pull_back([1.0])
            for group in groups:
                pairs = zip(self.weights(group), group, strict=True)
                found.append(sum([weight * (by_inputs[j] or 0.0) for weight, j in pairs]))
        return found

    def _note(self, point: Sequence[float], values: list[float]) -> None:
        """Keep a call of the function, so that it can be repeated."""
        self._calls.append((point, values))
        if point == self.point:
            self._hold_values(self._values, values)
        if len(values) != len(self._values):
            raise ValueError("the differences of another count of numbers cannot be taken")

    def _noise_at(self, order: int) -> list[float]:
        """A bound on the rounding error of each of `derivatives_at` the point, if it is known."""
        if order > 0 and not self.is_small:
            return []
        if order not in self._noise:
            leaves, numbers = self.record()
            if order > 0:
                traced = [self.contracted(order, self.contraction, leaves, x) for x in numbers]
                numbers = [x for out in traced for x in gradients(out, leaves)]
            self._noise[order] = [noise(x) for x in numbers]
        return self._noise[order]

    # ── Derivatives to 60 digits ──────────────────────────────────────────────

    def precise_slopes(self, j: int) -> list[Slope]:
        """The first derivatives by input j to 60 digits; nothing where there are none."""
        if not self._has_60_digits():
            return []
        from autograd.testing.precise import precise_slopes

        return precise_slopes(self._precise_outputs, self.point, j, self._work())

    def precise_derivatives(self, order: int, rates: Sequence[float], j: int) -> list[Slope]:
        """The same of those of a higher order."""
        if not self._has_60_digits():
            return []
        from autograd.testing.precise import precise_derivatives

        directions = [*[self.contraction] * (order - 2), rates, self.unit(j)]
        return precise_derivatives(self._precise_outputs, self.point, directions, self._work())

    def missing(self) -> str:
        """The reason why floats alone were compared, if it is the bound on the work."""
        problem = self._work_left.problem if self._work_left else ""
        return problem and f"Floats alone were compared: with 60 digits {problem}."

    def _has_60_digits(self) -> bool:
        """True if 60 digits may be asked for: a module keeps its parameters, which are floats."""
        return _HAS_MPMATH and not self.function.parameters

    def _precise_outputs(self, numbers: Sequence[Any]) -> list[Any]:
        """The outputs of the function for numbers that it may not know."""
        names = self.function.output_names
        try:
            outputs = self.function.outputs(numbers)
        finally:
            self.function.output_names = names
        if len(outputs) != len(names):
            raise ValueError("the function returns something else for numbers of 60 digits")
        return outputs

    def _work(self) -> Work:
        """The work that may be done with 60 digits."""
        if self._work_left is None:
            from autograd.testing.precise import Work

            self._work_left = Work()
        return self._work_left


def count_operations(out: Value) -> int:
    """The number of operations in the graph of a value."""
    return sum(value.op is not None for value in topological_order(out))


def rate_along(rates: Sequence[float], derivatives: Sequence[Adjoint]) -> Adjoint:
    """The rate of change in a direction in which each input moves at its own rate."""
    pairs = list(zip(rates, derivatives, strict=True))
    return Adjoint(
        sum(rate * derivative.value for rate, derivative in pairs),
        sum(abs(rate) * derivative.error for rate, derivative in pairs),
    )
