"""check_gradients: compare the chain rule with differences of the function's values."""

from __future__ import annotations

import functools
import logging
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from autograd.engine.order import topological_order
from autograd.engine.value import Value
from autograd.functional import gradients, hvp, jvp
from autograd.testing.chain_rule import (
    Adjoint,
    broken_promise,
    derivatives,
    is_close,
    is_moderate,
    noise,
)
from autograd.testing.inputs import Function
from autograd.testing.numerical import Slope, direction, slopes
from autograd.testing.operations import (
    fine_steps,
    first_fault,
    kinks,
    wrong_own_rules,
    wrong_own_rules_of_rules,
    wrong_rules,
    wrong_rules_of_rules,
)
from autograd.testing.uses import Use

if TYPE_CHECKING:
    from autograd.testing.precise import Work

__tracebackhide__ = True  # pytest shows the user's line and the message

_LOG: Final = logging.getLogger(__name__)

_ONE_BY_ONE: Final = 64  # the most inputs that are moved one by one
_SECOND_ONE_BY_ONE: Final = 8  # the same for second derivatives
_DIRECTIONS: Final = 2  # in which all move at once where there are more
_BETWEEN_STEPS: Final = 0.77  # no whole number of steps
_WEAK: Final = 1e-6  # the relative bound from which a fault of a rule may pass
_SURE: Final = 1e-12  # the same up to which 60 digits are believed
_SHOWN_INPUTS: Final = 6  # inputs that a message lists
_NOT_RECORDED: Final = (
    "Each recorded operation is right by itself, so part of the computation has left the "
    "record: look for `.data`, float() and the functions of math."
)


class GradientError(AssertionError):
    """A derivative is wrong, or the engine breaks a promise; the message says which."""


class KinkError(ValueError):
    """A function has no derivative at the point where it was to be checked."""


def check_gradients(
    function: Callable[..., Any],
    *inputs: Any,
    order: int = 2,
    tolerance: float = 0.0,
    skip_kinks: bool = False,
) -> None:
    """Check every derivative of a function at a point against differences of its values.

    The gradients that `Value.backward` and `gradients` give are compared, and up to
    ``order`` the derivatives of these. The bound on the error of the differences is
    estimated along with them, so that there is no tolerance to be chosen; where mpmath is
    installed and the function can be carried out with 60 digits, first derivatives are
    compared with those too. It is also checked that what the engine promises holds for
    this function: that a second backward pass doubles the gradients of the leaves exactly,
    for one, and that forward mode, which is `jvp` and `hvp`, gives what reverse mode does.

    The work has a bound. For each input and order the function, or the derivatives of one order
    less, are computed at most 180 times for differences of floats. In 60 digits it does at most
    100,000 operations, which takes a few seconds, on numbers within 2**±4096; where that is
    not enough floats alone are compared, and a warning in the log and the messages say so.
    Whatever error the function raises for a number of 60 digits, it is then left without them.

    Args:
        function: takes numbers, computes with them as with Values, and returns a number.
            It may be an operation that you have declared. Where it returns a container
            of numbers, each of them is checked.
        inputs: the arguments of the call: numbers, Values, and modules of `nn`, whose parameters
            are then varied, or lists, tuples and dicts of these, or NumPy arrays of numbers.
            All are left as they were.
        order: the highest order of derivatives to check. Each order beyond the first
            makes it take several times as long.
        tolerance: a relative error that is allowed besides, for rules that only approximate.
        skip_kinks: leave out derivatives that do not exist, rather than raise an error.

    Raises:
        GradientError: a derivative is wrong. The message names the input, both numbers
            and, where a single operation is to blame, the rule of that operation.
        KinkError: the function is not differentiable at this point, so that there is
            nothing to compare with.
        TypeError: an input or an output is not a number.
        ValueError: the function gives one value, and then another, for the same inputs.

    >>> from autograd import log, tanh
    >>> check_gradients(lambda x, y: log(x) * y, 2.0, 3.0)
    >>> check_gradients(lambda weights: tanh(weights["a"][0] * 2), {"a": [0.5]}, order=3)
    >>> check_gradients(abs, 0.0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.testing.gradients.KinkError: There is no derivative of abs() by x here: ...
    """
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise ValueError(f"order is a whole number from 1 on, got {order!r}")
    if not tolerance >= 0.0:
        raise ValueError(f"tolerance is a number from 0 on, got {tolerance!r}")
    if not inputs:
        raise TypeError("check_gradients() needs the inputs to call the function with")
    check = _Check(Function(function, inputs), tolerance, skip_kinks)
    for name, number in zip(check.names, check.point, strict=True):
        if not math.isfinite(number):
            raise ValueError(
                f"check_gradients() moves each input a little, so it has to be finite; "
                f"{name} is {number!r}"
            )
    before = [(x, x._data, x._grad, x._awaited) for x in check.function.parameters]
    try:
        check.values()
        check.promises()
        if not check.names:
            return
        check.first_derivatives()
        for each in range(2, order + 1):
            check.higher_derivatives(each)
        check.own_rules()
        check.forward_mode(order)
        check.tell_what_is_missing()
    finally:
        for parameter, data, grad, awaited in before:
            parameter.data, parameter._grad, parameter._awaited = data, grad, awaited


class _Check:
    def __init__(self, function: Function, tolerance: float, skip_kinks: bool) -> None:
        self.function = function
        self.names = function.names
        self.point = function.point
        self._tolerance = tolerance
        self._skip_kinks = skip_kinks
        # Derivatives beyond the second are taken along one direction for each order.
        self._contraction = direction(self.point, seed=0) if len(self.names) > 1 else [1.0]
        self._noise: dict[int, list[float]] = {}
        self._kinks = 0  # that have been left out
        self._work_left: Work | None = None
        self._bent: set[int] = set()  # the outputs at a kink, by 60 digits
        # The outputs, with the last order, where differences are too rough to tell a small fault.
        self._doubtful: dict[int, tuple[int, Sequence[float]]] = {}

    # ── The values, and what the engine promises ──────────────────────────────

    def values(self) -> None:
        """Check that the function gives the same values once more, recorded."""
        unrecorded = self.function.values(self.point)
        _, outputs = self.function.record(self.point)
        for place, out, before in zip(self.function.output_names, outputs, unrecorded, strict=True):
            if out.data != before and not (math.isnan(out.data) and math.isnan(before)):
                raise ValueError(
                    f"{place} is {before!r} and then {out.data!r} for the same inputs: where a "
                    "function draws random numbers, it has to seed their generator itself"
                )

    def promises(self) -> None:
        """Check what `backward` and `gradients` do on the record of the function."""
        leaves, outputs = self.function.record(self.point)
        for out in outputs:
            broken = broken_promise(out, dict(zip(leaves, self.names, strict=True)))
            if broken:
                raise GradientError(f"{broken}\n  {self._where()}")

    def forward_mode(self, order: int) -> None:
        """Check that forward mode gives what reverse mode does, along one direction.

        Not by the parameters of a module, which stay the Values that they are, nor where
        the two may lose digits in different places, or at a kink.
        """
        if self.function.parameters:
            return
        tangents = self._contraction
        _, rates = jvp(self.function.call, (self.point,), (tangents,))
        leaves, outputs = self.function.record(self.point)
        for i, out in enumerate(outputs):
            place = self.function.output_names[i]
            reverse = _along(tangents, derivatives(out, leaves))
            if is_moderate(out):
                self._same_in_both(f"jvp() of {place}", rates[i], reverse)
            traced = self._contracted(min(order, 2), tangents, leaves, out)
            if order > 1 and is_moderate(traced) and not self._kinks:
                products = hvp(
                    lambda inputs, i=i: self.function.call(inputs)[i], (self.point,), (tangents,)
                )
                for name, product, derivative in zip(
                    self.names, products, derivatives(traced, leaves), strict=True
                ):
                    self._same_in_both(f"hvp() of {place} by {name}", product, derivative)

    def _same_in_both(self, what: str, forward: float, reverse: Adjoint) -> None:
        if not is_close(forward, reverse):
            raise GradientError(
                f"{what} is {forward!r} along {self._contraction}, "
                f"by reverse mode {reverse.value!r}.\n  {self._where()}"
            )

    # ── Derivatives ───────────────────────────────────────────────────────────

    def first_derivatives(self) -> None:
        """Check the derivative of each output by each input.

        Many inputs are moved all at once, and one by one only if that shows a difference.
        """
        if len(self.names) > _ONE_BY_ONE and all(
            self._agree_along(direction(self.point, seed)) for seed in range(_DIRECTIONS)
        ):
            return
        leaves, outputs = self.function.record(self.point)
        chain = [derivatives(out, leaves) for out in outputs]
        for j, name in enumerate(self.names):
            found = self._slopes(1, j)
            unit = self._unit(j)
            precise: Sequence[Slope | None] = self._precise_slopes(j) or [None for _ in found]
            for i, place in enumerate(self.function.output_names):
                exact = precise[i]
                if exact and exact.problem:
                    self._bent.add(i)
                # Differences of floats do not tell a slight kink from a curve.
                slight = not found[i].problem and exact is not None and exact.problem == "kink"
                difference = exact if exact and slight else found[i]
                what = f"derivative of {place} by {name}"
                self._hold(what, chain[i][j], difference, 1, unit, i, j, exact)
            self._hold_to_60_digits(j, [derivatives[j] for derivatives in chain], precise)

    def _unit(self, j: int) -> list[float]:
        """The direction in which input j moves alone."""
        return [float(i == j) for i in range(len(self.names))]

    def _has_60_digits(self) -> bool:
        """True if 60 digits may be asked for: a module keeps its parameters, which are floats."""
        return not self.function.parameters and find_spec("mpmath") is not None

    def _precise_slopes(self, j: int) -> list[Slope]:
        """The derivatives by input j to 60 digits; nothing where there are none."""
        if not self._has_60_digits():
            return []
        from autograd.testing.precise import precise_slopes

        return precise_slopes(self._outputs, self.point, j, self._work())

    def _outputs(self, numbers: Sequence[Any]) -> list[Any]:
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

    def _hold_to_60_digits(
        self, j: int, chain: Sequence[Adjoint], precise: Sequence[Slope | None]
    ) -> None:
        """Raise an error if a derivative by input j is off, and a rule is to blame.

        If none is, that is due to rounding in the function: ``log(1 + x * x)`` is 0 all
        around 1e-10, and so is what it is multiplied by.
        """
        for i, (derivative, exact) in enumerate(zip(chain, precise, strict=True)):
            if exact is None or exact.problem:
                continue
            bound = exact.error + derivative.error + self._tolerance * abs(exact.value)
            if abs(derivative.value - exact.value) <= bound:
                continue
            from autograd.testing.precise import imprecise_rules

            fault = _first([self.function.record(self.point)[1][i]], imprecise_rules)
            if fault:
                raise GradientError(
                    f"The derivative of {self.function.output_names[i]} by {self.names[j]} is "
                    f"wrong: {derivative.value!r} by the chain rule, {exact} by differences of "
                    f"60 digits.\n  {fault}\n  {self._where()}"
                )

    def _agree_along(self, rates: Sequence[float]) -> bool:
        leaves, outputs = self.function.record(self.point)
        chain = [_along(rates, derivatives(out, leaves)) for out in outputs]
        found = self._slopes_along(1, rates)
        return all(
            not difference.problem
            and abs(derivative.value - difference.value) <= derivative.error + difference.error
            for derivative, difference in zip(chain, found, strict=True)
        )

    def higher_derivatives(self, order: int) -> None:
        """Check the derivatives of that order against differences of those of one order less."""
        if len(self.names) <= _SECOND_ONE_BY_ONE:
            for j in range(len(self.names)):
                self._along_input(order, j)
            return
        for seed in range(1, _DIRECTIONS + 1):
            try:
                self._along(order, direction(self.point, seed))
            except GradientError:
                for j in range(len(self.names)):  # to name the input
                    self._along_input(order, j)
                raise

    def _along_input(self, order: int, j: int) -> None:
        self._compare(order, self._unit(j), self.names[j], self._slopes(order, j))

    def _along(self, order: int, rates: Sequence[float]) -> None:
        self._compare(order, rates, "along a direction", self._slopes_along(order, rates))

    def _compare(
        self, order: int, rates: Sequence[float], along: str, found: Sequence[Slope]
    ) -> None:
        leaves, outputs = self.function.record(self.point)
        differences = iter(found)
        for i, out in enumerate(outputs):
            traced = self._contracted(order, rates, leaves, out)
            for j, derivative in enumerate(derivatives(traced, leaves)):
                what = (
                    f"{_ordinal(order)} derivative of {self.function.output_names[i]} by "
                    f"{self._by(order, self.names[j], along)}"
                )
                self._hold(what, derivative, next(differences), order, rates, i, j)

    def _by(self, order: int, name: str, along: str) -> str:
        if len(self.names) == 1:
            return name
        return f"{name} and {along}" + ", and along a direction" * (order > 2)

    def _slopes(self, order: int, j: int) -> list[Slope]:
        """The differences of the derivatives of one order less as input j moves."""

        def lower(to: float) -> list[float]:
            return self._derivatives_at(order - 1, [*self.point[:j], to, *self.point[j + 1 :]])

        return slopes(lower, self.point[j], self._noise_at(order - 1))

    def _slopes_along(self, order: int, rates: Sequence[float]) -> list[Slope]:
        """The same as all inputs move, each at its own rate."""

        def lower(length: float) -> list[float]:
            moved = [x + length * rate for x, rate in zip(self.point, rates, strict=True)]
            return self._derivatives_at(order - 1, moved)

        return slopes(lower, 0.0, self._noise_at(order - 1))

    def _derivatives_at(self, order: int, point: Sequence[float]) -> list[float]:
        """The derivatives of that order of each output by each input, contracted; or the values."""
        if order == 0:
            return self.function.values(point)
        leaves, outputs = self.function.record(point)
        found = []
        for out in outputs:
            traced = self._contracted(order, self._contraction, leaves, out)
            found += [derivative.value for derivative in derivatives(traced, leaves)]
        return found

    def _noise_at(self, order: int) -> list[float]:
        """A bound on the rounding error of each of `_derivatives_at` the point, if it is known."""
        if order > 0 and len(self.names) > _ONE_BY_ONE:
            return []
        if order not in self._noise:
            leaves, numbers = self.function.record(self.point)
            if order > 0:
                traced = [self._contracted(order, self._contraction, leaves, x) for x in numbers]
                numbers = [x for out in traced for x in gradients(out, leaves)]
            self._noise[order] = [noise(x) for x in numbers]
        return self._noise[order]

    def _contracted(
        self, order: int, rates: Sequence[float], leaves: list[Value], out: Value
    ) -> Value:
        """A Value whose derivatives are those of that order; ``rates`` is the last direction."""
        for each in range(order - 1):
            last = rates if each == order - 2 else self._contraction
            varying = [(x, rate) for x, rate in zip(leaves, last, strict=True) if rate]
            traced = gradients(out, [x for x, _ in varying])
            terms = [slope * rate for slope, (_, rate) in zip(traced, varying, strict=True)]
            out = functools.reduce(operator.add, terms)
        return out

    def own_rules(self) -> None:
        """Check the user's rules one by one where differences of the whole tell too little."""
        for i, (order, rates) in self._doubtful.items():
            traced = self._graphs(order, rates, i)[1]
            fault = _first(traced, wrong_own_rules)
            if not fault and order > 1:
                fault = _first(traced, wrong_own_rules_of_rules)
            if fault and not self._tolerance:
                raise GradientError(
                    f"A derivative of {self.function.output_names[i]} is wrong, which "
                    f"differences of the function do not show.\n  {fault}\n  {self._where()}"
                )

    # ── The verdict ───────────────────────────────────────────────────────────

    def _hold(
        self,
        what: str,
        derivative: Adjoint,
        difference: Slope,
        order: int,
        rates: Sequence[float],
        i: int,
        j: int,
        exact: Slope | None = None,
    ) -> None:
        """Raise an error if two derivatives of output i by input j differ, or one is missing."""
        off = abs(derivative.value - difference.value)
        bound = difference.error + derivative.error + self._tolerance * abs(difference.value)
        if off <= bound and not difference.problem:
            if derivative.value and difference.error > _WEAK * abs(difference.value):
                self._doubtful[i] = order, rates
            return
        # The chain rule is applied to numbers that were rounded.
        leaves, traced = self._graphs(order, rates, i)
        [again] = gradients(traced[-1], [leaves[j]])
        if off <= bound + noise(again) and not difference.problem:
            return
        allowed = derivative.error + noise(again)
        exact = exact or self._exact(order, rates, i, j, allowed)
        if exact and self._is_believed(exact, derivative.value, allowed, i):
            claim = (derivative.value, difference, order, rates, i, j)
            if not self._is_isolated(*claim) and (
                difference.problem or self._shows_closer(*claim) or _first(traced, fine_steps)
            ):
                return
        if difference.problem:
            self._doubtful[i] = order, rates
            self._skip(what, lambda: _reason(difference, _first(traced, kinks)))
            return
        fault = _first(traced, wrong_rules) or _first(traced, wrong_rules_of_rules)
        origin = "" if fault else _first(traced, kinks)
        if not origin:
            by = f"differences of the {_ordinal(order - 1)}" if order > 1 else "differences"
            raise GradientError(
                f"The {what} is wrong: {derivative.value!r} by the chain rule, "
                f"{difference} by {by}.\n  {fault or _NOT_RECORDED}\n  {self._where()}"
            )
        self._doubtful[i] = order, rates
        self._skip(what, lambda: f"it comes from {origin}, which has none.")

    def _exact(
        self, order: int, rates: Sequence[float], i: int, j: int, allowed: float
    ) -> Slope | None:
        """A derivative of higher order to 60 digits; None where there is none, as at a kink."""
        if order == 1 or i in self._bent or not self._has_60_digits():
            return None
        from autograd.testing.precise import precise_derivatives

        directions = [*[self._contraction] * (order - 2), rates, self._unit(j)]
        work = self._work()
        found = precise_derivatives(self._outputs, self.point, directions, work)
        if not found:
            return None
        rounding = 1e-40 * abs(found[i].at)  # of differences that are 0
        enough = _SURE * abs(found[i].value) + allowed + rounding
        return found[i] if found[i].error <= enough else None

    def _is_believed(self, exact: Slope, derivative: float, allowed: float, i: int) -> bool:
        """True if 60 digits confirm a derivative, and the function was carried out rightly."""
        if exact.problem:
            return False
        out = self.function.record(self.point)[1][i]
        same = abs(out.data - exact.at) <= noise(out) + math.ulp(out.data)
        bound = exact.error + allowed + self._tolerance * abs(exact.value)
        return same and abs(derivative - exact.value) <= bound

    def _is_isolated(
        self,
        derivative: float,
        difference: Slope,
        order: int,
        rates: Sequence[float],
        i: int,
        j: int,
    ) -> bool:
        """True if the chain rule itself is, on both sides, closer to the differences.

        The derivative then holds at the point alone, as where a loop ends before it begins.
        Elsewhere there are steps, or is a kink, nearer to the point than the differences see.
        """
        for side, value in ((-1.0, difference.left), (1.0, difference.right)):
            slope = value if difference.problem else difference.value
            length = side * _BETWEEN_STEPS * difference.step
            moved = [x + length * rate for x, rate in zip(self.point, rates, strict=True)]
            leaves, outputs = self.function.record(moved)
            traced = self._contracted(order, rates, leaves, outputs[i])
            [there] = derivatives(traced, [leaves[j]])
            apart = abs(derivative - slope)
            if not apart > _WEAK * abs(slope) or not abs(there.value - slope) < apart / 2:
                return False
        return True

    def _shows_closer(
        self,
        derivative: float,
        difference: Slope,
        order: int,
        rates: Sequence[float],
        i: int,
        j: int,
    ) -> bool:
        """True if shorter steps, or those to one side, show the derivative by the chain rule.

        They do not if a loop halves an interval: all steps show the slope that it ought to have.
        """
        place = i if order == 1 else i * len(self.names) + j
        apart = abs(derivative - difference.value)
        at = self._derivatives_at(order - 1, self.point)[place]
        step = difference.step
        while 8.0 * math.ulp(at) < apart * step:
            for length in (-step, step):
                moved = [x + length * rate for x, rate in zip(self.point, rates, strict=True)]
                value = self._derivatives_at(order - 1, moved)[place]
                if abs((value - at) / length - derivative) < apart / 4:
                    return True
            step /= 3.0
        return False

    def _skip(self, what: str, reason: Callable[[], str]) -> None:
        """Leave out a derivative that does not exist, or raise an error."""
        if not self._skip_kinks:
            self.own_rules()
            raise KinkError(
                f"There is no {what} here: {reason()}\n"
                "  Check at another point, or pass skip_kinks=True to leave out what does "
                f"not exist.\n  {self._where()}"
            )
        self._kinks += 1

    def _graphs(
        self, order: int, rates: Sequence[float], i: int
    ) -> tuple[list[Value], list[Value]]:
        """The inputs, and for each order up to that one the Value to differentiate."""
        leaves, outputs = self.function.record(self.point)
        orders = range(1, order + 1)
        return leaves, [self._contracted(each, rates, leaves, outputs[i]) for each in orders]

    def _where(self) -> str:
        shown = [f"{name} = {x!r}" for name, x in zip(self.names, self.point, strict=True)]
        more = [f"and {len(shown) - _SHOWN_INPUTS} more"] if len(shown) > _SHOWN_INPUTS else []
        missing = f"\n  {self._missing()}" if self._missing() else ""
        return f"At {', '.join([*shown[:_SHOWN_INPUTS], *more])}{missing}"

    def tell_what_is_missing(self) -> None:
        """Log the reason why floats alone were compared, if that is not due to the function."""
        if self._missing():
            _LOG.warning("Derivatives of %s are right. %s", self.function.name, self._where())

    def _missing(self) -> str:
        problem = self._work_left.problem if self._work_left else ""
        return problem and f"Floats alone were compared: with 60 digits {problem}."


def _first(outs: Sequence[Value], look: Callable[[Use], Iterable[str]]) -> str:
    """The first fault that ``look`` finds in their graphs; else an empty string."""
    return next(filter(None, (first_fault(topological_order(out), look) for out in outs)), "")


def _reason(difference: Slope, origin: str) -> str:
    reason = {
        "kink": f"the slope is {difference.left:.6g} to the left and "
        f"{difference.right:.6g} to the right, a kink.",
        "edge": "the values on the two sides are not all finite.",
        "rough": "differences do not converge, as at a jump or in noise.",
    }[difference.problem]
    return f"{reason} It comes from {origin}." if origin else reason


def _along(rates: Sequence[float], derivatives: Sequence[Adjoint]) -> Adjoint:
    """The rate of change in a direction in which each input moves at its own rate."""
    pairs = list(zip(rates, derivatives, strict=True))
    return Adjoint(
        sum(rate * derivative.value for rate, derivative in pairs),
        sum(abs(rate) * derivative.error for rate, derivative in pairs),
    )


def _ordinal(order: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(order, f"{order}th")
