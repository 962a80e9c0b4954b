"""check_gradients: compare the chain rule with differences of the function's values."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any, Final

from autograd.engine.differential import differential
from autograd.engine.order import topological_order
from autograd.engine.value import Value
from autograd.functional import gradients, hvp, jvp
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
from autograd.testing.numerical import Slope, direction, slopes
from autograd.testing.operations import (
    first_fault,
    kinks,
    overflows,
    wrong_rules,
    wrong_rules_of_rules,
)
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
    "record: look for `.data`, float() and the functions of math, and for a loop that stops as "
    "soon as its value has settled, before the derivative has."
)
_NEARBY: Final = (1e-3, -1e-3, 1e-6, -1e-6)  # where loops may take more steps than at the point
_CHANCE: Final = (
    "where a function draws random numbers, it has to seed their generator itself, and where it "
    "keeps something from call to call, it has to start afresh"
)
_OTHER_ORDER: Final = (
    "they differ by rounding alone, as where Values are added up in the order of a set, which "
    "changes from call to call"
)
_TWO_FUNCTIONS: Final = (
    "So what is differentiated is not the function that floats go through: look for "
    "isinstance(), type() and hasattr()."
)
# The calls at the point, to find chance that seldom shows, and the operations in all of them.
_MOST_REPEATS: Final = 50
_REPEATED_OPERATIONS: Final = 2_000


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
    if not check.names:
        raise ValueError("check_gradients() varies the numbers of its inputs, and they hold none")
    before = [(x, x._data, x._grad, x._awaited) for x in check.function.parameters]
    try:
        check.values()
        check.values_on_floats()
        check.promises()
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
        self._is_small = len(self.names) <= _ONE_BY_ONE
        # Second derivatives by many inputs are added up in groups, one of each a few along.
        self._groups = [range(g, len(self.names), _ONE_BY_ONE) for g in range(_ONE_BY_ONE)]
        self._noise: dict[int, list[float]] = {}
        self._values: list[float] = []  # at the point
        self._calls: list[tuple[Sequence[float], list[float]]] = []  # of the last differences
        self._repeated_orders: set[int] = set()
        self._kinks = 0  # that have been left out

    # ── The values, and what the engine promises ──────────────────────────────

    def values(self) -> None:
        """Check that the function gives numbers, and the same ones once more, recorded."""
        self._values = self.function.values(self.point)
        if not self._values:
            raise ValueError(
                "check_gradients() differentiates each number that a function returns, and what "
                f"{self.function.name} returns holds none"
            )
        _, outputs = self._record()
        operations = sum(map(_operations, outputs))
        for _ in range(min(_MOST_REPEATS, _REPEATED_OPERATIONS // (operations + 1))):
            self._hold_values(self._values, self.function.values(self.point))

    def _record(self) -> tuple[list[Value], list[Value]]:
        """The record of the function at the point, where it gives what it gave before."""
        leaves, outputs = self.function.record(self.point)
        self._hold_values(self._values, [out.data for out in outputs])
        return leaves, outputs

    def _call(self, inputs: Sequence[Value]) -> list[Value]:
        """The outputs for Values at the point, where the function gives what it gave before."""
        outputs = self.function.call(inputs)
        self._hold_values(self._values, [out.data for out in outputs])
        return outputs

    def _repeat(self) -> None:
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

    def values_on_floats(self) -> None:
        """Check that plain floats give what Values do, if the function can take them."""
        if len(self.function.parameters) == len(self.names):
            return
        try:
            plain = self.function.on_floats(self.point)
        except Exception:  # whatever is raised by a function that needs Values
            return
        _, outputs = self._record()
        if len(plain) != len(outputs):
            counts = f"{len(outputs)} numbers for Values and {len(plain)} for floats"
            raise GradientError(f"{self.function.name} returns {counts}. {_TWO_FUNCTIONS}")
        for place, number, out in zip(self.function.output_names, plain, outputs, strict=True):
            if not is_same(number, out.data) and not abs(number - out.data) <= 2.0 * noise(out):
                for _ in range(_MOST_REPEATS):  # it may be chance
                    self._hold_values(plain, self.function.on_floats(self.point))
                    self._record()
                raise GradientError(
                    f"{place} is {out.data!r} for Values and {number!r} for floats. "
                    f"{_TWO_FUNCTIONS}\n  {self._where()}"
                )

    def promises(self) -> None:
        """Check what `backward` and `gradients` do on the record of the function."""
        leaves, outputs = self._record()
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
        _, rates = jvp(self._call, (self.point,), (tangents,))
        leaves, outputs = self._record()
        for i, out in enumerate(outputs):
            place = self.function.output_names[i]
            found = adjoints(out)
            if is_moderate(found):
                reverse = _along(tangents, derivatives_among(found, leaves))
                self._same_in_both(f"jvp() of {place}", rates[i], reverse)
            if order == 1 or self._kinks:
                continue
            found = adjoints(self._contracted(2, tangents, leaves, out))
            if is_moderate(found):
                products = hvp(
                    lambda inputs, i=i: self._call(inputs)[i], (self.point,), (tangents,)
                )
                for name, product, derivative in zip(
                    self.names, products, derivatives_among(found, leaves), strict=True
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

        Many inputs are moved all at once, and halves of them only where that shows a difference.
        """
        leaves, outputs = self._record()
        chain = [derivatives(out, leaves) for out in outputs]
        for j in range(len(self.names)) if self._is_small else self._suspects(chain):
            found = self._slopes(1, j)
            precise = self._precise_slopes(j) or [None for _ in found]
            for i, place in enumerate(self.function.output_names):
                # For x * abs(x) at 0 floats show no derivative, and 60 digits do.
                difference = (found[i].problem == "rough" and precise[i]) or found[i]
                what = f"derivative of {place} by {self.names[j]}"
                self._hold(what, chain[i][j], difference, 1, [], i, j)
            self._hold_to_60_digits(j, [derivatives[j] for derivatives in chain], precise)

    def _suspects(self, chain: Sequence[Sequence[Adjoint]]) -> Iterator[int]:
        """The inputs by which a first derivative seems wrong or missing."""
        remaining = list(range(len(self.names)))
        for seed in range(_DIRECTIONS):
            rates = direction(self.point, seed)
            if not self._agree_along(rates, remaining, chain):
                for j in self._suspects_among(list(remaining), rates, chain):
                    remaining.remove(j)
                    yield j

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
        found = self._slopes_along(1, moving)
        return all(
            _agree(_along(moving, by_inputs), difference)
            for by_inputs, difference in zip(chain, found, strict=True)
        )

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

            leaves, outputs = self._record()
            fault = _first([outputs[i]], imprecise_rules, leaves[j])
            if fault:
                raise GradientError(
                    f"The derivative of {self.function.output_names[i]} by {self.names[j]} is "
                    f"wrong: {derivative.value!r} by the chain rule, {exact} by differences of "
                    f"60 digits.\n  {fault}\n  {self._where()}"
                )

    def higher_derivatives(self, order: int) -> None:
        """Check the derivatives of that order against differences of those of one order less."""
        everything = range(len(self.names))
        if len(everything) <= _SECOND_ONE_BY_ONE:
            for j in everything:
                self._along_input(order, j, everything)
            return
        for seed in range(_DIRECTIONS if self._is_small else 1):
            rates = direction(self.point, seed + 1)
            inputs = everything if self._is_small else self._off(order, rates, self._groups)
            if not inputs:
                continue
            try:
                self._along(order, rates, inputs)
            except GradientError:  # to name the other input too
                if self._is_small:
                    for j in everything:
                        self._along_input(order, j, everything)
                else:
                    for j in self._off(order, rates, [[j] for j in inputs])[:1]:
                        self._along_input(order, j, [j])
                raise

    def _off(
        self, order: int, rates: Sequence[float], groups: Sequence[Sequence[int]]
    ) -> list[int]:
        """The inputs of the groups by which the sums of derivatives along a direction are off."""
        differences = iter(self._slopes_along(order, rates, groups))
        leaves, outputs = self._record()  # after that: the parameters of a module have moved
        inputs: dict[int, None] = {}
        for out in outputs:
            by_inputs = derivatives(self._contracted(order, rates, leaves, out), leaves)
            for group in groups:
                total = _along(self._weights(group), [by_inputs[j] for j in group])
                if not _agree(total, next(differences)):
                    inputs.update(dict.fromkeys(group))
        return sorted(inputs)

    def _weights(self, group: Sequence[int]) -> list[float]:
        """The factors of the derivatives by some inputs in their sum."""
        return [1.0] if len(group) == 1 else [self._contraction[j] for j in group]

    def _along_input(self, order: int, k: int, inputs: Sequence[int]) -> None:
        unit = [float(i == k) for i in range(len(self.names))]
        found = self._slopes(order, k, [[j] for j in inputs])
        self._compare(order, unit, self.names[k], inputs, found)

    def _along(self, order: int, rates: Sequence[float], inputs: Sequence[int]) -> None:
        found = self._slopes_along(order, rates, [[j] for j in inputs])
        self._compare(order, rates, "along a direction", inputs, found)

    def _compare(
        self,
        order: int,
        rates: Sequence[float],
        along: str,
        inputs: Sequence[int],
        found: Sequence[Slope],
    ) -> None:
        """Check the derivatives along a direction of those by some of the inputs."""
        differences = iter(found)
        leaves, outputs = self._record()
        for i, out in enumerate(outputs):
            by_inputs = derivatives(self._contracted(order, rates, leaves, out), leaves)
            for j in inputs:
                what = (
                    f"{_ordinal(order)} derivative of {self.function.output_names[i]} by "
                    f"{self._by(order, self.names[j], along)}"
                )
                self._hold(what, by_inputs[j], next(differences), order, rates, i, j)

    def _by(self, order: int, name: str, along: str) -> str:
        if len(self.names) == 1:
            return name
        return f"{name} and {along}" + ", and along a direction" * (order > 2)

    def _slopes(self, order: int, j: int, groups: Sequence[Sequence[int]] = ()) -> list[Slope]:
        """The differences of the derivatives of one order less as input j moves."""
        return self._differences(
            order, self.point[j], lambda to: [*self.point[:j], to, *self.point[j + 1 :]], groups
        )

    def _slopes_along(
        self, order: int, rates: Sequence[float], groups: Sequence[Sequence[int]] = ()
    ) -> list[Slope]:
        """The same as all inputs move, each at its own rate."""
        return self._differences(
            order,
            0.0,
            lambda to: [x + to * rate for x, rate in zip(self.point, rates, strict=True)],
            groups,
        )

    def _differences(
        self,
        order: int,
        centre: float,
        moved: Callable[[float], list[float]],
        groups: Sequence[Sequence[int]],
    ) -> list[Slope]:
        noise = self._noise_at(order - 1)
        self._calls = []
        found = slopes(lambda to: self._derivatives_at(order - 1, moved(to), groups), centre, noise)
        if order not in self._repeated_orders and (self._is_small or order == 1):
            self._repeated_orders.add(order)
            self._repeat()
        return found

    def _derivatives_at(
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
            traced = self._contracted(order, self._contraction, leaves, out)
            by_inputs = differential([traced], leaves, traced=False).pull_back([1.0])
            for group in groups:
                pairs = zip(self._weights(group), group, strict=True)
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
        """A bound on the rounding error of each of `_derivatives_at` the point, if it is known."""
        if order > 0 and not self._is_small:
            return []
        if order not in self._noise:
            leaves, numbers = self._record()
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
            self._repeat()
            if not self._skip_kinks:
                leaves, traced = self._graphs(order, rates, i)
                raise self._no(what, _reason(difference, traced, leaves[j] if order == 1 else None))
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
        self._repeat()
        fault = _first(traced, wrong_rules, leaves[j])
        fault = fault or _first(traced, wrong_rules_of_rules, leaves[j])
        reason = "" if fault else _reason(difference, traced, leaves[j] if order == 1 else None)
        if not reason:
            by = f"differences of the {_ordinal(order - 1)}" if order > 1 else "differences"
            raise GradientError(
                f"The {what} is wrong: {derivative.value!r} by the chain rule, "
                f"{difference} by {by}.\n  {fault or self._unrecorded(i)}\n  {self._where()}"
            )
        if not self._skip_kinks:
            raise self._no(what, reason)
        self._kinks += 1

    def _unrecorded(self, i: int) -> str:
        """The likely cause where derivatives of output i are wrong, and every rule is right."""
        here = _operations(self._record()[1][i])
        for length in _NEARBY:
            moved = [x + length * y for x, y in zip(self.point, self._contraction, strict=True)]
            try:
                there = _operations(self.function.record(moved)[1][i])
            except (ArithmeticError, LookupError, TypeError, ValueError):
                continue
            if there > here:
                return (
                    "Each recorded operation is right by itself, but next to this point "
                    f"{there} of them are recorded and here {here}: look for a loop that stops as "
                    "soon as its value has settled, before the derivative has, for a branch that "
                    "is taken here alone, and for a value kept from another call."
                )
        return _NOT_RECORDED

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
        leaves, outputs = self._record()
        orders = range(1, order + 1)
        return leaves, [self._contracted(each, rates, leaves, outputs[i]) for each in orders]

    def _where(self) -> str:
        shown = [f"{name} = {x!r}" for name, x in zip(self.names, self.point, strict=True)]
        more = [f"and {len(shown) - _SHOWN_INPUTS} more"] if len(shown) > _SHOWN_INPUTS else []
        return f"At {', '.join([*shown[:_SHOWN_INPUTS], *more])}"


def _operations(out: Value) -> int:
    return sum(value.op is not None for value in topological_order(out))


def _first(
    outs: Sequence[Value], look: Callable[[Use], Iterable[str]], by: Value | None = None
) -> str:
    """The first fault that ``look`` finds in their graphs; else an empty string."""
    return next(filter(None, (first_fault(topological_order(out), look, by) for out in outs)), "")


def _reason(difference: Slope, traced: Sequence[Value], by: Value | None) -> str:
    """The reason why there is no derivative; empty if there should be one."""
    overflow = "" if difference.problem == "kink" else _first(traced, overflows)
    if overflow:
        return f"{overflow}."
    origin = _first(traced, kinks, by)
    if not difference.problem:
        return origin and f"it comes from {origin}, which has none."
    found = reason(difference)
    return f"{found} It comes from {origin}." if origin else found


def _along(rates: Sequence[float], derivatives: Sequence[Adjoint]) -> Adjoint:
    """The rate of change in a direction in which each input moves at its own rate."""
    pairs = list(zip(rates, derivatives, strict=True))
    return Adjoint(
        sum(rate * derivative.value for rate, derivative in pairs),
        sum(abs(rate) * derivative.error for rate, derivative in pairs),
    )


def _agree(derivative: Adjoint, difference: Slope) -> bool:
    bound = derivative.error + difference.error
    return not difference.problem and abs(derivative.value - difference.value) <= bound


def _ordinal(order: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(order, f"{order}th")
