"""check_gradients: compare the chain rule with differences of the function's values."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from typing import Any, Final

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
from autograd.testing.operations import first_fault, kinks, wrong_rules, wrong_rules_of_rules
from autograd.testing.outside import Plain, reason
from autograd.testing.outside import first_fault as first_fault_outside
from autograd.testing.uses import Use

__tracebackhide__ = True  # pytest shows the user's line and the message

_ONE_BY_ONE: Final = 64  # the most inputs that are moved one by one
_SECOND_ONE_BY_ONE: Final = 8  # the same for second derivatives
_DIRECTIONS: Final = 2  # in which all move at once where there are more
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
    gradient: Callable[..., Any] | None = None,
) -> None:
    """Check every derivative of a function at a point against differences of its values.

    The gradients that `Value.backward` and `gradients` give are compared, and up to
    ``order`` the derivatives of these. The bound on the error of the differences is
    estimated along with them, so that there is no tolerance to be chosen; where mpmath is
    installed and the function can be carried out with 60 digits, first derivatives are
    compared with those too. It is also checked that what the engine promises holds for
    this function: that a second backward pass doubles the gradients of the leaves exactly,
    for one, and that forward mode, which is `jvp` and `hvp`, gives what reverse mode does.

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
        gradient: a derivative from elsewhere, to check in place of ours: a function of the same
            inputs that returns what `grad` by all of them would return, or `jacobian` if
            ``function`` returns a container. The inputs may be tensors of PyTorch or JAX too, the
            two functions are called with floats, not Values, and only first derivatives are
            compared.

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
    >>> check_gradients(math.hypot, 3.0, 4.0, gradient=lambda x, y: (x / 5.0, y / 5.0))
    """
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise ValueError(f"order is a whole number from 1 on, got {order!r}")
    if not tolerance >= 0.0:
        raise ValueError(f"tolerance is a number from 0 on, got {tolerance!r}")
    if not inputs:
        raise TypeError("check_gradients() needs the inputs to call the function with")
    if gradient is not None:
        plain = Plain(function, inputs, "check_gradients()")
        found = first_fault_outside(plain, gradient, tolerance, skip_kinks)
        if found:
            raise (KinkError if found.is_kink else GradientError)(found.text)
        return
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
        check.forward_mode(order)
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
            precise = self._precise_slopes(j) or [None for _ in found]
            for i, place in enumerate(self.function.output_names):
                # For x * abs(x) at 0 floats show no derivative, and 60 digits do.
                difference = (found[i].problem == "rough" and precise[i]) or found[i]
                what = f"derivative of {place} by {name}"
                self._hold(what, chain[i][j], difference, 1, [], i, j)
            self._hold_to_60_digits(j, [derivatives[j] for derivatives in chain], precise)

    def _precise_slopes(self, j: int) -> list[Slope | None]:
        """The derivatives by input j to 60 digits; nothing where there are none.

        A module keeps its parameters, which are floats.
        """
        if self.function.parameters or find_spec("mpmath") is None:
            return []
        from autograd.testing.precise import precise_slopes

        return precise_slopes(self.function.outputs, self.point, j)

    def _hold_to_60_digits(
        self, j: int, chain: Sequence[Adjoint], precise: Sequence[Slope | None]
    ) -> None:
        """Raise an error if a derivative by input j is off, and a rule is to blame.

        If none is, that is due to rounding in the function: ``log(1 + x * x)`` is 0 all
        around 1e-10, and so is what it is multiplied by.
        """
        for i, (derivative, exact) in enumerate(zip(chain, precise, strict=True)):
            if exact is None:
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
        unit = [float(i == j) for i in range(len(self.names))]
        self._compare(order, unit, self.names[j], self._slopes(order, j))

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
    ) -> None:
        """Raise an error if two derivatives of output i by input j differ, or one is missing."""
        if difference.problem:
            if not self._skip_kinks:
                origin = _first(self._graphs(order, rates, i)[1], kinks)
                raise self._no(what, _reason(difference, origin))
            self._kinks += 1
            return
        off = abs(derivative.value - difference.value)
        bound = difference.error + derivative.error + self._tolerance * abs(difference.value)
        if off <= bound:
            return
        # The chain rule is applied to numbers that were rounded.
        leaves, traced = self._graphs(order, rates, i)
        [again] = gradients(traced[-1], [leaves[j]])
        if off <= bound + noise(again):
            return
        fault = _first(traced, wrong_rules) or _first(traced, wrong_rules_of_rules)
        origin = "" if fault else _first(traced, kinks)
        if not origin:
            by = f"differences of the {_ordinal(order - 1)}" if order > 1 else "differences"
            raise GradientError(
                f"The {what} is wrong: {derivative.value!r} by the chain rule, "
                f"{difference} by {by}.\n  {fault or _NOT_RECORDED}\n  {self._where()}"
            )
        if not self._skip_kinks:
            raise self._no(what, f"it comes from {origin}, which has none.")
        self._kinks += 1

    def _no(self, what: str, reason: str) -> KinkError:
        return KinkError(
            f"There is no {what} here: {reason}\n"
            "  Check at another point, or pass skip_kinks=True to leave out what does "
            f"not exist.\n  {self._where()}"
        )

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
        return f"At {', '.join([*shown[:_SHOWN_INPUTS], *more])}"


def _first(outs: Sequence[Value], look: Callable[[Use], Iterable[str]]) -> str:
    """The first fault that ``look`` finds in their graphs; else an empty string."""
    return next(filter(None, (first_fault(topological_order(out), look) for out in outs)), "")


def _reason(difference: Slope, origin: str) -> str:
    found = reason(difference)
    return f"{found} It comes from {origin}." if origin else found


def _along(rates: Sequence[float], derivatives: Sequence[Adjoint]) -> Adjoint:
    """The rate of change in a direction in which each input moves at its own rate."""
    pairs = list(zip(rates, derivatives, strict=True))
    return Adjoint(
        sum(rate * derivative.value for rate, derivative in pairs),
        sum(abs(rate) * derivative.error for rate, derivative in pairs),
    )


def _ordinal(order: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(order, f"{order}th")
