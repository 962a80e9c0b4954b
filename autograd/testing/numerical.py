"""Derivatives from the values of a function alone, each with a bound on its error.

`check_gradients` compares the chain rule with them, so they do not use it.
Central differences are taken with steps that shrink, from about a third of the argument
down, and extrapolated to a step of 0 as Richardson did; of the many estimates that this
gives, the one with the least error bound is taken (Ridders 1982). Its bound adds up

* the change of the estimate by the last extrapolation, for the truncation;
* its difference from all finer steps, as noise that grows as the step shrinks; at least a
  unit in the last place of the function;
* the difference of the slopes to the left and to the right, extrapolated likewise. It
  vanishes where the function is smooth, and does not next to a kink.

Where no estimate is good enough, `Slope.problem` has the reason.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

__tracebackhide__ = True  # pytest shows the user's lines

_EXTRAPOLATIONS: Final = 6  # of the table of extrapolations
# As parts of the argument, or of 1 where that is smaller.
_FIRST_STEP: Final = 0.309
_LAST_STEP: Final = 2e-13
# Steps that halve, or are whole numbers, are blind to what repeats with them, such as the
# treads of `floor`.
_RATIO: Final = 1.9
_FINER_STEPS: Final = 3  # that an estimate is tried on, at least
_ENOUGH: Final = 1e-10  # a relative bound at which no better is looked for
_RESOLVED: Final = 1e-3  # the relative bound up to which an estimate says anything
_NOISE: Final = 100.0  # units in the last place of the function, which may be all there is
_SAFETY: Final = 2.0
_GREATEST_RATE: Final = sys.float_info.max / 2.0  # at which an input moves

_Point = TypeVar("_Point")

# What a function raises next to the point if it is not defined there.
OUT_OF_DOMAIN: Final = (ArithmeticError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Slope:
    """The derivative of a function at a point, from its values alone.

    Attributes:
        value: the derivative; nan where there is none.
        error: a bound on the error of ``value``.
        problem: why there is no derivative: ``"kink"``, where the slopes to the left
            and to the right differ; ``"edge"``, where the function is not finite on one
            side at least; ``"rough"``, where the differences do not converge, as at a
            jump; or nothing.
        left: the slope to the left of a kink; nan elsewhere.
        right: the slope to the right of a kink; nan elsewhere.
        step: the shortest step that they come from; nan where they say nothing.
        at: the value of the function at the point, if that has been rounded but once.
    """

    value: float
    error: float
    problem: str = ""
    left: float = math.nan
    right: float = math.nan
    step: float = field(default=math.nan, compare=False)
    at: float = field(default=math.nan, compare=False)

    def __str__(self) -> str:
        """The derivative to the digits that are known, and the bound as a power of 10.

        >>> str(Slope(0.123456789, 2.5e-5))
        '0.1235 ± 1e-04'
        """
        if not 0.0 < self.error < math.inf:
            return repr(self.value)
        exponent = math.ceil(math.log10(self.error))
        size = math.floor(math.log10(abs(self.value))) if self.value else exponent
        known = min(17, max(1, size - exponent + 1))
        return f"{self.value:.{known}g} ± 1e{exponent:03d}"


@dataclass(slots=True)
class _Estimate:
    """An extrapolated slope; ``error`` grows where finer steps disagree."""

    row: int
    column: int
    step: float
    value: float
    truncation: float
    noise: float

    @property
    def error(self) -> float:
        return self.truncation + self.noise

    def compare(self, finer: Sequence[float], step: float) -> None:
        """Take the difference from the row of a finer step for noise."""
        moved = abs(finer[self.column] - self.value)
        self.noise = max(self.noise, moved * step / self.step)


def slope(function: Callable[[float], float], x: float) -> Slope:
    """The derivative of ``function`` at ``x``, from its values around ``x``.

    >>> import math
    >>> estimate = slope(math.exp, 1.0)
    >>> abs(estimate.value - math.e) <= estimate.error <= 1e-12
    True
    >>> kink = slope(abs, 0.0)
    >>> kink.problem, kink.left, kink.right
    ('kink', -1.0, 1.0)
    """
    return slopes(lambda at: [function(at)], x)[0]


def slopes(
    function: Callable[[float], Sequence[float]], x: float, noise: Sequence[float] = ()
) -> list[Slope]:
    """The derivative of each of the numbers that ``function`` gives, at ``x``.

    Args:
        function: called until the estimates are good: usually 20 times, at most 180.
        x: the point.
        noise: a bound on the rounding error of each of its numbers, if that is known to be more
            than a unit in the last place. Far from 1 it does not show in the values:
            ``log(1 + x * x)`` is exactly 0 all around 1e-10.
    """
    centre = function(x)
    noise = noise or [0.0] * len(centre)
    if not math.isfinite(x):
        return [Slope(math.nan, math.inf, "edge") for _ in centre]
    scales = [max(abs(x), 1.0), abs(x)] if 0.0 < abs(x) < 1.0 else [max(abs(x), 1.0)]
    attempts: list[list[_Differences]] = []
    for scale in scales:
        tables = [_Differences(x, *each) for each in zip(centre, noise, strict=True)]
        for step in _steps(scale):
            above = values_at(function, x + step, len(centre))
            below = values_at(function, x - step, len(centre))
            for table, high, low in zip(tables, above, below, strict=True):
                table.add(step, high, low)
            if all(table.is_good_enough() for table in tables):
                break
        attempts.append(tables)
        if all(any(table.best() for table in tables_of_one) for tables_of_one in zip(*attempts)):
            break
    return [_conclusion(tables_of_one) for tables_of_one in zip(*attempts)]


def direction(point: Sequence[float], seed: int) -> list[float]:
    """A direction in which every input moves, each by a part of its size."""
    chance = random.Random(seed)
    sizes = [min(abs(x) or 1.0, _GREATEST_RATE) for x in point]
    return [chance.choice((-1.0, 1.0)) * chance.uniform(0.5, 1.5) * size for size in sizes]


def moved(point: Sequence[float], length: float, rates: Sequence[float]) -> list[float]:
    """The point that far along a direction."""
    return [x + length * rate for x, rate in zip(point, rates, strict=True)]


def values_at(
    function: Callable[[_Point], Sequence[float]], x: _Point, count: int
) -> Sequence[float]:
    """The values at ``x``; nan where the function is not defined."""
    try:
        return function(x)
    except OUT_OF_DOMAIN:
        return [math.nan] * count


def _steps(scale: float) -> Iterator[float]:
    step = _FIRST_STEP * scale
    while step > max(_LAST_STEP * scale, sys.float_info.min):
        yield step
        step /= _RATIO


class _Extrapolation:
    """Richardson's table: a row for each step, each column with one more power removed."""

    def __init__(self, first_power: int, power_step: int) -> None:
        self._first_power = first_power
        self._power_step = power_step
        self.rows: list[list[float]] = []

    def add(self, number: float) -> None:
        """Add a row: ``number``, and what it is extrapolated to."""
        row = [number]
        for column in range(min(len(self.rows), _EXTRAPOLATIONS)):
            factor = _RATIO ** (self._first_power + self._power_step * column)
            row.append(row[column] + (row[column] - self.rows[-1][column]) / (factor - 1.0))
        self.rows.append(row)

    def extrapolated(self) -> Iterator[tuple[int, float, float]]:
        """For each column of the last row its number, the value, and its last change."""
        row = self.rows[-1]
        for column in range(1, len(row)):
            before = (row[column - 1], self.rows[-2][column - 1])
            yield column, row[column], max([abs(row[column] - x) for x in before])


class _Differences:
    """The differences of one function at one point, for steps that shrink, and what they say."""

    def __init__(self, x: float, centre: float, noise: float) -> None:
        self._x = x
        self._centre = centre
        self._noise = noise
        self.begin()

    def begin(self) -> None:
        """Forget the steps so far: the function is not finite there."""
        self.steps: list[float] = []
        self.left: list[float] = []
        self.right: list[float] = []
        self._size = abs(self._centre)
        self._spread: list[float] = []
        # A central difference is off by even powers of the step, and the difference of the
        # one-sided ones, beside what does not vanish, by odd powers.
        self._central = _Extrapolation(first_power=2, power_step=2)
        self._jumps = _Extrapolation(first_power=1, power_step=2)
        self._estimates: list[_Estimate] = []

    def add(self, step: float, above: float, below: float) -> None:
        """Take in the values of the function a step above and below the point."""
        up, down = self._x + step, self._x - step
        right = (above - self._centre) / (up - self._x)
        left = (self._centre - below) / (self._x - down)
        central = (above - below) / (up - down)
        if not (math.isfinite(right) and math.isfinite(left) and math.isfinite(central)):
            self.begin()
            return
        self.steps.append(step)
        self.right.append(right)
        self.left.append(left)
        values = (above, below, self._centre)
        self._size = max(map(abs, values))
        self._spread.append((max(values) - min(values)) / step)
        self._central.add(central)
        self._jumps.add(right - left)
        for estimate in self._estimates:
            estimate.compare(self._central.rows[-1], step)
        row = len(self.steps) - 1
        for column, value, moved in self._central.extrapolated():
            truncation = moved + abs(self._jumps.rows[-1][column])
            self._estimates.append(_Estimate(row, column, step, value, truncation, self.floor(row)))

    def floor(self, row: int) -> float:
        """The least error of the slope that rounding causes."""
        return 2.0 * max(math.ulp(self._size), self._noise) / self.steps[row]

    def best(self) -> _Estimate | None:
        """The estimate with the least error, of those that say anything and agree."""
        tried = len(self.steps) - _FINER_STEPS
        candidates = [
            estimate
            for estimate in self._estimates
            if estimate.row < tried
            and estimate.error
            <= max(
                _RESOLVED * abs(estimate.value),
                _RESOLVED * self._spread[estimate.row - estimate.column],
                _NOISE * self.floor(0),
                sys.float_info.min,  # of a function that is 0
            )
        ]
        best = _least(candidates)
        for other in candidates:
            # Such as the treads of a stair, which from far off is a ramp.
            if best and _disagree(best, other):
                return None
        return best

    def one_sided(self, differences: list[float]) -> _Estimate | None:
        """The limit of the differences on one side; None if they do not converge."""
        table = _Extrapolation(first_power=1, power_step=1)
        candidates: list[_Estimate] = []
        for row, (difference, step) in enumerate(zip(differences, self.steps, strict=True)):
            table.add(difference)
            for candidate in candidates:
                candidate.compare(table.rows[-1], step)
            for column, value, moved in table.extrapolated():
                if moved <= _RESOLVED * max(abs(value), self._spread[row]):
                    noise = self.floor(row)
                    candidates.append(_Estimate(row, column, step, value, moved, noise))
        return _least(candidates)

    def kink(self) -> Slope | None:
        """The kink, if the differences on the two sides converge to different limits."""
        left, right = self.one_sided(self.left), self.one_sided(self.right)
        if left is None or right is None or not _disagree(left, right):
            return None
        step = max(left.step, right.step)
        return Slope(math.nan, math.inf, "kink", left.value, right.value, step)

    def is_bent(self, best: _Estimate) -> bool:
        """True if the slopes on the two sides do not approach each other from that step on."""
        first, last = [
            self._jumps.rows[row][best.column] for row in (best.row, best.row + _FINER_STEPS)
        ]
        return abs(last - first) < 0.5 * abs(first)

    def is_good_enough(self) -> bool:
        """True if no finer step is needed, or could improve the estimate."""
        best = self.best()
        return best is not None and best.error <= max(
            _ENOUGH * abs(best.value), self.floor(len(self.steps) - 1)
        )


def _least(estimates: list[_Estimate]) -> _Estimate | None:
    """The estimate with the least error; None if there is none."""
    return min(estimates, key=lambda estimate: estimate.error, default=None)


def _disagree(one: _Estimate, other: _Estimate) -> bool:
    return abs(one.value - other.value) > 10.0 * (one.error + other.error)


def _conclusion(tables: Sequence[_Differences]) -> Slope:
    found = [(best, table) for table in tables if (best := table.best()) is not None]
    if found:
        best, table = min(found, key=lambda pair: pair[0].error)
        # The bound of a slight kink takes in the slopes on both sides.
        kink = table.kink() if table.is_bent(best) else None
        if kink and abs(kink.right - kink.left) < 4.0 * best.error:
            return kink
        return Slope(best.value, _SAFETY * best.error + math.ulp(best.value), step=best.step)
    if all(len(table.steps) <= _FINER_STEPS for table in tables):
        return Slope(math.nan, math.inf, "edge")
    kinks = filter(None, (table.kink() for table in tables))
    return next(kinks, Slope(math.nan, math.inf, "rough"))
