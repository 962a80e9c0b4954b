"""check_gradients: compare the chain rule with differences of the function's values."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from autograd.functional import hvp, jvp
from autograd.testing.chain_rule import (
    Adjoint,
    adjoints,
    broken_promise,
    derivatives,
    derivatives_among,
    is_close,
    is_moderate,
    is_same,
    noise,
)
from autograd.testing.inputs import Function
from autograd.testing.numerical import Slope, direction
from autograd.testing.outside import Fault, Plain
from autograd.testing.outside import first_fault as first_fault_outside
from autograd.testing.sampling import ONE_BY_ONE, Samples, rate_along
from autograd.testing.verdicts import Claim, Verdicts, ordinal

__tracebackhide__ = True  # pytest shows the user's line and the message

_LOG: Final = logging.getLogger(__name__)

_SECOND_ONE_BY_ONE: Final = 8  # the most inputs moved one by one for second derivatives
_DIRECTIONS: Final = 2  # in which all move at once where there are more
_TWO_FUNCTIONS: Final = (
    "So what is differentiated is not the function that floats go through: look for "
    "isinstance(), type() and hasattr()."
)


class GradientError(AssertionError):
    """A derivative is wrong, or the engine breaks a promise; the message says which."""


class KinkError(ValueError):
    """A function has no derivative at the point where it was to be checked."""


def check_gradients(
    function: Callable[..., Any],
    *inputs: Any,
    order: int | None = None,
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

    The work has a bound. For each input and order the function, or the derivatives of one order
    less, are computed at most 180 times for differences of floats, and once more each to find
    chance; for each derivative in doubt 240 times more. In 60 digits it does at most 100,000
    operations, which takes a few seconds, on numbers within 2**±4096; where that is
    not enough floats alone are compared, and a warning in the log and the messages say so.
    Whatever error the function raises for a number of 60 digits, it is then left without them.

    The function is called many times, and has to give the same each time for the same inputs.
    One call is with plain floats: if the function can take them, it has to give what it gives
    for Values.

    Args:
        function: takes numbers, computes with them as with Values, and returns a number.
            It may be an operation that you have declared. Where it returns a container
            of numbers, each of them is checked.
        inputs: the arguments of the call: numbers, Values, and modules of `nn`, whose parameters
            are then varied, or lists, tuples and dicts of these, or NumPy arrays of numbers.
            All are left as they were.
        order: the highest order of derivatives to check: 2, unless you say otherwise. Each order
            beyond the first makes it take several times as long.
        tolerance: a relative error that is allowed besides, for rules that only approximate.
        skip_kinks: leave out derivatives that do not exist, rather than raise an error.
        gradient: a derivative from elsewhere, to check in place of ours: a function of the same
            inputs that returns what `grad` by all of them would return, or `jacobian` if
            ``function`` returns a container. The inputs may be tensors of PyTorch or JAX too, the
            two functions are called with floats, not Values, and first derivatives alone are
            compared, so that no other order can be asked for.

    Raises:
        GradientError: a derivative is wrong, or is that of another function than the one for
            floats. The message names the input, both numbers and, where a single operation is
            to blame, the rule of that operation.
        KinkError: the function is not differentiable at this point, or overflows, so that
            there is nothing to compare with.
        TypeError: an input or an output is not a number.
        ValueError: there is no number in the inputs, or in what the function returns; or the
            function gives one value, and then another, for the same inputs.

    >>> from autograd import log, tanh
    >>> check_gradients(lambda x, y: log(x) * y, 2.0, 3.0)
    >>> check_gradients(lambda weights: tanh(weights["a"][0] * 2), {"a": [0.5]}, order=3)
    >>> check_gradients(abs, 0.0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.testing.gradients.KinkError: There is no derivative of abs() by x here: ...
    >>> check_gradients(math.hypot, 3.0, 4.0, gradient=lambda x, y: (x / 5.0, y / 5.0))
    """
    if order is None:
        order = 2 if gradient is None else 1
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise ValueError(f"order is a whole number from 1 on, got {order!r}")
    if gradient is not None and order > 1:
        raise ValueError(
            f"order is {order}, and of a gradient that is passed first derivatives alone are "
            "compared: leave order out"
        )
    if not tolerance >= 0.0:
        raise ValueError(f"tolerance is a number from 0 on, got {tolerance!r}")
    if not inputs:
        raise TypeError("check_gradients() needs the inputs to call the function with")
    if gradient is not None:
        plain = Plain(function, inputs, "check_gradients()")
        _raise(first_fault_outside(plain, gradient, tolerance, skip_kinks))
        return
    check = _Check(Function(function, inputs), tolerance, skip_kinks)
    for name, number in zip(check.names, check.point, strict=True):
        if not math.isfinite(number):
            raise ValueError(
                f"check_gradients() moves each input a little, so it has to be finite; "
                f"{name} is {number!r}"
            )
    if not check.names:
        raise ValueError("check_gradients() varies the numbers of its inputs, and they hold none")
    before = [(x, x._data, x._grad, x._awaited) for x in check.function.parameters]
    try:
        check.values()
        check.promises()
        check.first_derivatives()
        for each in range(2, order + 1):
            check.higher_derivatives(each)
        check.own_rules()
        check.forward_mode(order)
        check.tell_what_is_missing()
    finally:
        for parameter, data, grad, awaited in before:
            parameter.data, parameter._grad, parameter._awaited = data, grad, awaited


def _raise(fault: Fault | None) -> None:
    """Raise the error of a fault, if there is one."""
    if fault:
        raise (KinkError if fault.is_kink else GradientError)(fault.text)


class _Check:
    def __init__(self, function: Function, tolerance: float, skip_kinks: bool) -> None:
        self.function = function
        self.names = function.names
        self.point = function.point
        self._samples = Samples(function)
        self._verdicts = Verdicts(self._samples, tolerance, skip_kinks)
        # Second derivatives by many inputs are added up in groups, one of each a few along.
        self._groups = [range(g, len(self.names), ONE_BY_ONE) for g in range(ONE_BY_ONE)]
        self._left_out: set[int] = set()  # of many inputs those at kinks, where these are skipped

    # ── The values, and what the engine promises ──────────────────────────────

    def values(self) -> None:
        """Check that Values give the same numbers in each call, and floats too if they can."""
        self._samples.begin()
        if len(self.function.parameters) == len(self.names):
            return
        try:
            plain = self.function.on_floats(self.point)
        except Exception:  # whatever is raised by a function that needs Values
            return
        _, outputs = self._samples.record()
        if len(plain) != len(outputs):
            counts = f"{len(outputs)} numbers for Values and {len(plain)} for floats"
            raise GradientError(f"{self.function.name} returns {counts}. {_TWO_FUNCTIONS}")
        for place, number, out in zip(self.function.output_names, plain, outputs, strict=True):
            if not is_same(number, out.data) and not abs(number - out.data) <= 2.0 * noise(out):
                self._samples.repeat_on_floats(plain)  # it may be chance
                raise GradientError(
                    f"{place} is {out.data!r} for Values and {number!r} for floats. "
                    f"{_TWO_FUNCTIONS}\n  {self._verdicts.where()}"
                )

    def promises(self) -> None:
        """Check what `backward` and `gradients` do on the record of the function."""
        leaves, outputs = self._samples.record()
        for out in outputs:
            broken = broken_promise(out, dict(zip(leaves, self.names, strict=True)))
            if broken:
                raise GradientError(f"{broken}\n  {self._verdicts.where()}")

    def forward_mode(self, order: int) -> None:
        """Check that forward mode gives what reverse mode does, along one direction.

        Not by the parameters of a module, which stay the Values that they are, nor where
        the two may lose digits in different places, or at a kink.
        """
        if self.function.parameters:
            return
        samples, tangents = self._samples, self._samples.contraction
        _, rates = jvp(samples.call, (self.point,), (tangents,))
        leaves, outputs = samples.record()
        for i, out in enumerate(outputs):
            place = self.function.output_names[i]
            found = adjoints(out)
            if is_moderate(found):
                reverse = rate_along(tangents, derivatives_among(found, leaves))
                self._same_in_both(f"jvp() of {place}", rates[i], reverse)
            if order == 1 or self._verdicts.kinks:
                continue
            found = adjoints(samples.contracted(2, tangents, leaves, out))
            if is_moderate(found):
                products = hvp(
                    lambda inputs, i=i: samples.call(inputs)[i], (self.point,), (tangents,)
                )
                for name, product, derivative in zip(
                    self.names, products, derivatives_among(found, leaves), strict=True
                ):
                    self._same_in_both(f"hvp() of {place} by {name}", product, derivative)

    def _same_in_both(self, what: str, forward: float, reverse: Adjoint) -> None:
        if not is_close(forward, reverse):
            raise GradientError(
                f"{what} is {forward!r} along {self._samples.contraction}, "
                f"by reverse mode {reverse.value!r}.\n  {self._verdicts.where()}"
            )

    # ── First derivatives ─────────────────────────────────────────────────────

    def first_derivatives(self) -> None:
        """Check the derivative of each output by each input.

        Many inputs are moved all at once, and halves of them only where that shows a difference.
        """
        leaves, outputs = self._samples.record()
        chain = [derivatives(out, leaves) for out in outputs]
        for j in range(len(self.names)) if self._samples.is_small else self._suspects(chain):
            self._first_derivatives_by(j, [by_inputs[j] for by_inputs in chain])

    def _first_derivatives_by(self, j: int, chain: Sequence[Adjoint]) -> None:
        rates = self._samples.unit(j)
        precise: Sequence[Slope | None] = self._samples.precise_slopes(j) or [None] * len(chain)
        if self._verdicts.are_left_out(precise):
            return
        differences = self._samples.slopes(1, j)
        claims = []
        for i, (derivative, found, exact) in enumerate(
            zip(chain, differences, precise, strict=True)
        ):
            # Differences of floats do not tell a slight kink from a curve.
            slight = not found.problem and exact is not None and exact.problem == "kink"
            difference = exact if exact and slight else found
            what = f"derivative of {self.function.output_names[i]} by {self.names[j]}"
            claims.append(Claim(what, 1, rates, i, j, derivative, difference, exact))
        for claim in claims:
            _raise(self._verdicts.of(claim))
        for claim in claims:
            _raise(self._verdicts.by_60_digits(claim))

    def _suspects(self, chain: Sequence[Sequence[Adjoint]]) -> Iterator[int]:
        """The inputs by which a first derivative seems wrong or missing."""
        remaining = list(range(len(self.names)))
        for seed in range(_DIRECTIONS):
            rates = direction(self.point, seed)
            agree = self._agree_along(rates, remaining, chain)
            if not agree and self._verdicts.skip_kinks and not self._left_out:
                self._left_out = self._behind_kinks()
                remaining = [j for j in remaining if j not in self._left_out]
                agree = self._agree_along(rates, remaining, chain)
            if not agree:
                for j in self._suspects_among(list(remaining), rates, chain):
                    remaining.remove(j)
                    yield j

    def _behind_kinks(self) -> set[int]:
        """The inputs that an operation at a kink depends on."""
        leaves, outputs = self._samples.record()
        found = self._verdicts.behind_kinks(outputs)
        return {j for j, leaf in enumerate(leaves) if leaf in found}

    def _suspects_among(
        self, inputs: Sequence[int], rates: Sequence[float], chain: Sequence[Sequence[Adjoint]]
    ) -> Iterator[int]:
        """The same of some inputs, which show a difference when they are moved at once."""
        if len(inputs) == 1:
            yield inputs[0]
            return
        middle = len(inputs) // 2
        first, second = inputs[:middle], inputs[middle:]
        is_in_first = not self._agree_along(rates, first, chain)
        if is_in_first:
            yield from self._suspects_among(first, rates, chain)
        if not is_in_first or not self._agree_along(rates, second, chain):
            yield from self._suspects_among(second, rates, chain)

    def _agree_along(
        self, rates: Sequence[float], inputs: Sequence[int], chain: Sequence[Sequence[Adjoint]]
    ) -> bool:
        moving = [0.0] * len(rates)
        for j in inputs:
            moving[j] = rates[j]
        found = self._samples.slopes_along(1, moving)
        return all(
            _agree(rate_along(moving, by_inputs), difference)
            for by_inputs, difference in zip(chain, found, strict=True)
        )

    # ── Derivatives of higher order ───────────────────────────────────────────

    def higher_derivatives(self, order: int) -> None:
        """Check the derivatives of that order against differences of those of one order less."""
        everything = range(len(self.names))
        if len(everything) <= _SECOND_ONE_BY_ONE:
            for j in everything:
                _raise(self._along_input(order, j, everything))
            return
        is_small = self._samples.is_small
        for seed in range(_DIRECTIONS if is_small else 1):
            rates = direction(self.point, seed + 1)
            for j in self._left_out:
                rates[j] = 0.0
            if not any(rates):
                return
            inputs = everything if is_small else self._off(order, rates, self._moving_groups())
            fault = self._along(order, rates, inputs) if inputs else None
            if not fault or fault.is_kink:
                _raise(fault)
                continue
            # To name the other input too.
            suspects = everything if is_small else self._off(order, rates, [[j] for j in inputs])
            for j in suspects if is_small else suspects[:1]:
                _raise(self._along_input(order, j, everything if is_small else [j]))
            _raise(fault)

    def _moving_groups(self) -> list[list[int]]:
        groups = [[j for j in group if j not in self._left_out] for group in self._groups]
        return [group for group in groups if group]

    def _off(
        self, order: int, rates: Sequence[float], groups: Sequence[Sequence[int]]
    ) -> list[int]:
        """The inputs of the groups by which the sums of derivatives along a direction are off."""
        samples = self._samples
        differences = iter(samples.slopes_along(order, rates, groups))
        leaves, outputs = samples.record()  # after that: the parameters of a module have moved
        inputs: dict[int, None] = {}
        for out in outputs:
            by_inputs = derivatives(samples.contracted(order, rates, leaves, out), leaves)
            for group in groups:
                total = rate_along(samples.weights(group), [by_inputs[j] for j in group])
                if not _agree(total, next(differences)):
                    inputs.update(dict.fromkeys(group))
        return sorted(inputs)

    def _along_input(self, order: int, k: int, inputs: Sequence[int]) -> Fault | None:
        found = self._samples.slopes(order, k, [[j] for j in inputs])
        return self._compare(order, self._samples.unit(k), self.names[k], inputs, found)

    def _along(self, order: int, rates: Sequence[float], inputs: Sequence[int]) -> Fault | None:
        found = self._samples.slopes_along(order, rates, [[j] for j in inputs])
        return self._compare(order, rates, "along a direction", inputs, found)

    def _compare(
        self,
        order: int,
        rates: Sequence[float],
        along: str,
        inputs: Sequence[int],
        found: Sequence[Slope],
    ) -> Fault | None:
        """The first fault of the derivatives along a direction of those by some of the inputs."""
        differences = iter(found)
        leaves, outputs = self._samples.record()
        for i, out in enumerate(outputs):
            by_inputs = derivatives(self._samples.contracted(order, rates, leaves, out), leaves)
            for j in inputs:
                what = (
                    f"{ordinal(order)} derivative of {self.function.output_names[i]} by "
                    f"{self._by(order, self.names[j], along)}"
                )
                claim = Claim(what, order, rates, i, j, by_inputs[j], next(differences))
                fault = self._verdicts.of(claim)
                if fault:
                    return fault
        return None

    def _by(self, order: int, name: str, along: str) -> str:
        if len(self.names) == 1:
            return name
        return f"{name} and {along}" + ", and along a direction" * (order > 2)

    # ── In the end ────────────────────────────────────────────────────────────

    def own_rules(self) -> None:
        """Check the user's rules one by one where differences of the whole tell too little."""
        _raise(self._verdicts.own_rules())

    def tell_what_is_missing(self) -> None:
        """Log the reason why floats alone were compared, if that is not due to the function."""
        if self._samples.missing():
            _LOG.warning(
                "Derivatives of %s are right. %s", self.function.name, self._verdicts.where()
            )


def _agree(derivative: Adjoint, difference: Slope) -> bool:
    bound = derivative.error + difference.error
    return not difference.problem and abs(derivative.value - difference.value) <= bound
