"""Derivatives to 60 digits, of functions that can be carried out with that many.

`check_gradients` calls a function with numbers of mpmath where it can: where each
operation that it uses has a formula in `autograd.testing.formulas`. Differences of such
numbers leave nothing to be estimated. Where a function cannot be so carried out, since it
uses an operation of one's own, NumPy or `.data`, or takes too much `Work`, there are the
differences of its floats.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from operator import eq, ge, gt, le, lt
from typing import Any, Final, Self

from mpmath import mp, mpf

from autograd.engine import table
from autograd.engine.operands import Traced, as_float, kind_of
from autograd.engine.primitive import Primitive
from autograd.engine.value import Value
from autograd.testing.exact import Local, UndefinedError
from autograd.testing.formulas import FORMULAS, Number
from autograd.testing.numerical import Slope
from autograd.testing.uses import RULE_ROUNDING, Use

__tracebackhide__ = True  # pytest shows the user's lines

_WORKING_DIGITS: Final = 100
_STEP: Final = mpf(10) ** -20
# Steps to the left and right of unlike lengths, in two ways: at a kink the two disagree.
_ENDS: Final = ((-5, 2), (-1, 3))
_SPARE: Final = 40  # digits that the differences, and what cancels in the function, may take
# The greatest difference of the slopes to the left and to the right, as a part of the function.
_SMOOTH: Final = mpf(10) ** -12
# Of numbers of 100 digits, in a whole check: a second or two.
MOST_OPERATIONS: Final = 100_000
# Of 2, four times that of a float. Larger numbers take work without bound.
GREATEST_EXPONENT: Final = 4096


def _exponent(number: Any) -> int:
    """The size of the exponent of 2."""
    return abs(mp.mag(number)) if number and mp.isfinite(number) else 0


class WorkError(Exception):
    """To carry out a function with 60 digits takes more work than a check may do."""


class Work:
    """The work that a check does with 60 digits.

    Attributes:
        limit: the most operations on two numbers of 100 digits; one on 400 digits counts as 4,
            and one on large exponents as up to 9.
        done: the number of those that have been done.
        problem: the reason why a function was given up, and no other begun; empty if none was.
    """

    def __init__(self, limit: int = MOST_OPERATIONS) -> None:
        self.limit = limit
        self.done = 0
        self.problem = ""

    def add(self, numbers: Sequence[Any]) -> None:
        """Count an operation on these numbers.

        Raises:
            WorkError: it is one too many.
        """
        weight = 1 + max(map(_exponent, numbers)) // 512
        self.done += max(1, len(numbers) - 1) * weight * (mp.dps // _WORKING_DIGITS)
        if self.done > self.limit:
            self.give_up(f"it takes more than {self.limit:,} operations")

    def give_up(self, problem: str) -> None:
        """Remember the reason, also if the function handles the error.

        Raises:
            WorkError: always.
        """
        self.problem = self.problem or problem
        raise WorkError(self.problem)


class Precise(Number):
    """A number of 60 digits, which goes through operations as a Value does."""

    __slots__ = ("work",)

    def __init__(self, number: Any, work: Work | None = None) -> None:
        super().__init__(number)
        self.work = work or Work()

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Self:
        """Carry out ``primitive`` by its formula.

        Raises:
            LookupError: there is no formula for it.
            UndefinedError: there is no real result, or more than one.
            WorkError: the result is too large or too small, or the work too much.
        """
        numbers = [_mpmath_number(operand) for operand in operands]
        self.work.add(numbers)
        # `where` is handed the operand that was taken.
        found = numbers[0] if primitive is table.where else Local(primitive, {}).value(numbers)
        if _exponent(found) > GREATEST_EXPONENT:
            self.work.give_up(f"{primitive.name}() leaves the range of 2**±{GREATEST_EXPONENT}")
        return type(self)(found, self.work)

    # Compiled, those of Numeric would first ask a Value on the left, which takes no such number.

    def __radd__(self, other: Any) -> Any:  # other + self
        return self._right(table.add, other)

    def __rsub__(self, other: Any) -> Any:  # other - self
        return self._right(table.subtract, other)

    def __rmul__(self, other: Any) -> Any:  # other * self
        return self._right(table.multiply, other)

    # A function branches on these numbers as it does on Values.

    def _compared(self, comparison: Callable[[Any, Any], Any], other: Any) -> Any:
        try:
            return bool(comparison(self.number, _mpmath_number(other)))
        except TypeError:
            return NotImplemented

    def __eq__(self, other: object) -> Any:
        return self._compared(eq, other)

    def __lt__(self, other: Any) -> Any:
        return self._compared(lt, other)

    def __le__(self, other: Any) -> Any:
        return self._compared(le, other)

    def __gt__(self, other: Any) -> Any:
        return self._compared(gt, other)

    def __ge__(self, other: Any) -> Any:
        return self._compared(ge, other)

    def __bool__(self) -> bool:
        return bool(self.number)

    def __hash__(self) -> int:
        return id(self)


def precise_slopes(
    function: Callable[[Sequence[Any]], Sequence[Any]],
    point: Sequence[float],
    i: int,
    work: Work | None = None,
) -> list[Slope]:
    """The derivative of each number that ``function`` gives by number ``i`` of the point.

    At a kink or a jump an element has the problem. The list is empty if the function cannot be
    carried out so: whatever it raises then is due to a number that it does not know.

    >>> from autograd import exp
    >>> [slope] = precise_slopes(lambda x: [exp(x[0]) * x[1]], [1.0, 3.0], 0)
    >>> slope.value, slope.error < 2e-15  # 3 e
    (8.154845485377136, True)
    """
    scale = _scale(point[i])
    with mp.workdps(_WORKING_DIGITS + _zeros(scale)):
        unit = [scale * (i == j) for j in range(len(point))]
        places = [[(steps, unit)] for steps in (-2, -1, 0, 1, 2)]
        values = _outputs(function, point, places, work or Work())
        return [_from_five_values(each, scale) for each in zip(*values, strict=True)]


def precise_derivatives(
    function: Callable[[Sequence[Any]], Sequence[Any]],
    point: Sequence[float],
    directions: Sequence[Sequence[float]],
    work: Work,
) -> list[Slope]:
    """The same for derivatives of higher order: one along each of the directions, in turn."""
    scales = [
        min(_scale(x) / abs(mpf(rate)) for x, rate in zip(point, rates, strict=True) if rate)
        for rates in directions
    ]
    order, most_zeros = len(directions), max(map(_zeros, scales))
    # A derivative may be as small as the one after it times the step, which so is shorter.
    with mp.workdps(_WORKING_DIGITS + order * (2 * _SPARE + most_zeros)):
        units = [
            [_STEP * scale * mpf(rate) for rate in rates]
            for scale, rates in zip(scales, directions, strict=True)
        ]
        found, at = [], []
        for ends in _ENDS:
            corners = [*product(ends, repeat=order)]
            places = [[*zip(corner, units, strict=True)] for corner in corners]
            outputs = _outputs(function, point, [*places, []], work)
            if not outputs:
                return []
            *values, at = outputs
            signs = [math.prod([1 if end > 0 else -1 for end in corner]) for corner in corners]
            width = mp.fprod([(ends[1] - ends[0]) * _STEP**2 * scale for scale in scales])
            found.append([mp.fdot(signs, each) / width for each in zip(*values, strict=True)])
        return [_from_two_ways(*each) for each in zip(*found, at, strict=True)]


def _scale(x: float) -> Any:
    """The unit of steps from ``x``."""
    return abs(mpf(x)) or mpf(1)


def _zeros(scale: Any) -> int:
    """The number of zeros after the point: a small step has to show in a function that is not."""
    return max(0, -int(mp.log10(scale)))


def _outputs(
    function: Callable[[Sequence[Any]], Sequence[Any]],
    point: Sequence[float],
    places: Sequence[Sequence[tuple[Any, Sequence[Any]]]],
    work: Work,
) -> list[list[Any]]:
    """The numbers that the function gives some steps along directions away; nothing if it fails."""
    found = []
    try:
        for place in places if not work.problem else ():
            numbers = [mpf(x) for x in point]
            for steps, unit in place:
                numbers = [x + steps * _STEP * by for x, by in zip(numbers, unit, strict=True)]
            outputs = function([Precise(x, work) for x in numbers])
            found.append([*map(_mpmath_number, outputs)])
    except Exception:
        return []
    lengths = {len(each) for each in found}
    return [] if work.problem or len(lengths) > 1 else found


def _from_five_values(values: Sequence[Any], scale: Any) -> Slope:
    """The derivative from five values: at -2, -1, 0, 1 and 2 steps from the point."""
    far_below, below, at, above, far_above = values
    step = _STEP * scale
    left, right = (at - below) / step, (above - at) / step
    apart, size = abs(right - left), max(map(abs, values)) / scale
    # Twice as far from the point they differ twice as much, unless this is a kink.
    farther = abs(far_above - 2 * at + far_below) / (2 * step)
    value = float((left + right) / 2)
    if apart > _SMOOTH * (abs(left) + abs(right) + size) and apart > 0.75 * farther:
        # Across a jump the slopes are those of the steps.
        problem = "kink" if apart < 1.5 * farther else "rough"
        return Slope(math.nan, math.inf, problem, float(left), float(right), at=float(at))
    if not math.isfinite(value):
        return Slope(math.nan, math.inf, "edge", at=float(at))
    truncation = abs((left + right) / 2 - (far_above - far_below) / (4 * step))
    rounding = size * mpf(10) ** (_SPARE - mp.dps)
    return Slope(value, float(truncation + apart + rounding) + math.ulp(value), at=float(at))


def _from_two_ways(one: Any, other: Any, at: Any) -> Slope:
    """The derivative from differences in two ways; at a kink these are as far apart as it is."""
    value, apart = float((one + other) / 2), float(abs(one - other))
    if not math.isfinite(value):
        return Slope(math.nan, math.inf, "edge", at=float(at))
    return Slope(value, apart + math.ulp(value), at=float(at))


def has_kink(use: Use) -> bool:
    """True if the operation has a kink or a jump at its operands, by the formula."""

    def value(numbers: Sequence[Any]) -> list[Any]:
        return [numbers[0].apply(use.primitive, tuple(numbers))]

    moving = [i for i in use.moving if math.isfinite(use.operands[i])]
    slopes = [slope for i in moving for slope in precise_slopes(value, use.operands, i)]
    return any(slope.problem for slope in slopes)


def imprecise_rules(use: Use) -> Iterator[str]:
    """The rules that are off by more than rounding, described."""
    for i, rule, exact in _rules_and_formulas(use):
        # Where terms cancel, a rule may lose digits as the formula written in floats would.
        size = max(abs(exact), 1) if FORMULAS[use.primitive].cancels else abs(exact)
        if not _is_rounded(rule, exact, size):
            yield (
                f"The rule of {use.primitive.name} for {use.name(i)} is at fault: at "
                f"{use.shown} it gives {rule!r}, and should give {float(exact)!r}."
            )


def has_precise_rule(use: Use, operand: int) -> bool:
    """True if the rule for that operand is right to the last digits, by the formula."""
    return any(
        i == operand and _is_rounded(rule, exact, abs(exact))
        for i, rule, exact in _rules_and_formulas(use)
    )


def is_undefined(use: Use, operand: int) -> bool:
    """True if the formula has no real derivative by that operand, and the rule gives nan."""
    if use.primitive not in FORMULAS or not math.isnan(use.rules(use.operands)[operand]):
        return False
    return all(i != operand for i, _, _ in _rules_and_formulas(use))


def _rules_and_formulas(use: Use) -> Iterator[tuple[int, float, Any]]:
    """For each operand that matters its position, and the derivative by the rule and exactly."""
    if use.primitive not in FORMULAS or use.primitive is table.where:
        return
    if not all(map(math.isfinite, use.operands)):  # more digits would have led to others
        return
    rules = use.rules(use.operands)
    with mp.workdps(_WORKING_DIGITS):
        numbers = [mpf(x) for x in use.operands]
        for i in use.moving:
            try:
                Local(use.primitive, {}).value(numbers)  # without one there is no derivative
                exact = Local(use.primitive, {}).slope(i)(numbers)
            except UndefinedError:
                continue
            if abs(exact) <= sys.float_info.max:  # else the rule gives inf
                yield i, rules[i], exact


def _is_rounded(rule: float, exact: Any, size: Any) -> bool:
    return bool(abs(rule - exact) <= RULE_ROUNDING * size + sys.float_info.min)


def _mpmath_number(operand: Any) -> Any:
    """The mpmath number of an operand."""
    if isinstance(operand, Precise):
        return operand.number
    if isinstance(operand, Value):
        return mpf(operand.data)
    if isinstance(operand, Traced):
        raise TypeError(f"{kind_of(operand)} has not that many digits")
    return mpf(as_float(operand))
