"""The rounding error of a function of floats, estimated from its values alone.

What rounding does to the values shows in how far they are off a smooth curve through points close
to one another. The points are farther apart for a function that computes in single precision, or in
half: it does not tell numbers that differ in later digits.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from autograd.testing.numerical import direction, moved, values_at

Function: TypeAlias = Callable[[Sequence[float]], Sequence[float]]

_SPACING: Final = 1e-6  # of points next to one another, as a part of each input
_LEAST_SPACING: Final = 8.0  # the same in units of the precision
# The points on each side. Rounding keeps step with equal distances now and then.
_PLACES: Final = [k + 0.618 * k * k % 1.0 for k in range(12)]
_WINDOW: Final = 5  # of points, in which all but the rounding is taken for a cubic
_SAFETY: Final = 6.0
_ONE_SIDED: Final = 100.0  # the ratio of what the two sides show from which a jump is on one

_DOUBLE: Final = sys.float_info.epsilon
_COARSER: Final = (2.0**-23, 2.0**-10, 2.0**-7)  # of single precision, half and bfloat16
_UNNOTICED: Final = 1.0 / 16.0  # of a unit of these, which rounding takes away
_SHORT: Final = 7  # bits, which all of these have
_TRIALS: Final = (-0.31, -0.17, -0.07, 0.05, 0.13, 0.29)


def rounding(function: Function, point: Sequence[float]) -> list[float]:
    """A bound on the rounding error of each number that ``function`` gives, as far as it shows.

    To what scatters is added the change due to the rounding of the inputs.

    >>> [error] = rounding(lambda x: [(1.0 + x[0]) - 1.0], [1e-9])
    >>> 1e-17 < error < 1e-14
    True
    """
    unit = _precision(function, point)
    return [
        own + 2.0 * unit * by_inputs + 4.0 * math.ulp(x)
        for x, own, by_inputs in zip(
            function(point),
            scatter(function, point),
            _from_samples(function, point, direction(point, seed=0), unit, _steepest),
            strict=True,
        )
    ]


def scatter(function: Function, point: Sequence[float]) -> list[float]:
    """How far each number that ``function`` gives is off a smooth curve close to the point."""
    unit = _precision(function, point)
    found = _from_samples(function, point, direction(point, seed=0), unit, _off_a_curve)
    if unit == _DOUBLE:
        return found
    # What is added to a small number is rounded too, and so are the larger numbers farther off.
    rates = direction(_at_least_one(point), seed=1)
    farther = _from_samples(function, point, rates, unit, _off_a_curve)
    steps = [
        min(unit * size, step)
        for size, step in zip(
            sizes(function, point), _least_steps(function, point, rates, unit), strict=True
        )
    ]
    return [max(x, y) + 2.0 * step for x, y, step in zip(found, farther, steps, strict=True)]


def _least_steps(
    function: Function, point: Sequence[float], rates: Sequence[float], unit: float
) -> list[float]:
    """The least difference of two of the larger values: a unit in their last place, or more."""
    lengths = [_spacing(unit) * place for place in (*_PLACES, *[-0.83 * x for x in _PLACES])]
    count = len(function(point))
    rows = [values_at(function, moved(point, x, rates), count) for x in (*lengths, *_TRIALS)]
    found = []
    for column in zip(*rows, strict=True):
        numbers = [x for x in column if math.isfinite(x)]
        least = max(map(abs, numbers), default=0.0) / 4.0
        larger = sorted({x for x in numbers if abs(x) >= least})
        found.append(min([b - a for a, b in pairwise(larger)], default=0.0))
    return found


def sizes(function: Function, point: Sequence[float]) -> list[float]:
    """The size of each number that ``function`` gives, at the point and a good way around it."""
    count = len(function(point))
    rows = [
        values_at(function, moved(point, length, rates), count)
        for rates in (direction(point, seed=0), direction(_at_least_one(point), seed=0))
        for length in (0.0, *_TRIALS, *[_SPACING * place for place in _PLACES])
    ]
    return [
        max((abs(x) for x in column if math.isfinite(x)), default=0.0)
        for column in zip(*rows, strict=True)
    ]


def _precision(function: Function, point: Sequence[float]) -> float:
    """The relative precision that a function works with: that of floats, or one more coarse.

    A function of less precision does not tell numbers of few bits from those next to them.
    """
    trials = [
        [*map(_short, moved(point, length, rates))]
        for rates in (direction(point, seed=0), direction(_at_least_one(point), seed=0))
        for length in _TRIALS
    ]
    count = len(function(point))
    found = _DOUBLE
    for unit in _COARSER:
        for trial in trials:
            beside = [x * (1.0 + _UNNOTICED * unit) for x in trial]
            one, other = values_at(function, trial, count), values_at(function, beside, count)
            if any(x != y and not math.isnan(x - y) for x, y in zip(one, other, strict=True)):
                return found
        found = unit
    return found


def _short(x: float) -> float:
    mantissa, exponent = math.frexp(x)
    return math.ldexp(round(math.ldexp(mantissa, _SHORT)), exponent - _SHORT)


def _at_least_one(point: Sequence[float]) -> list[float]:
    return [max(1.0, abs(x)) for x in point]


def _from_samples(
    function: Function,
    point: Sequence[float],
    rates: Sequence[float],
    unit: float,
    measure: Callable[[Sequence[float], float], float],
) -> list[float]:
    """What is measured on both sides of the point; on one, if a jump or a kink is on the other."""
    spacing = _spacing(unit)
    count = len(function(point))
    sides = []
    for side in (spacing, -0.83 * spacing):
        rows = [values_at(function, moved(point, side * place, rates), count) for place in _PLACES]
        sides.append([measure(column, spacing) for column in zip(*rows, strict=True)])
    sides = [[x if math.isfinite(x) else 0.0 for x in side] for side in sides]
    both = [sorted(pair) for pair in zip(*sides, strict=True)]
    return [low if high > _ONE_SIDED * low else high for low, high in both]


def _spacing(unit: float) -> float:
    """That of points next to one another, if a function has that precision."""
    return max(_SPACING, _LEAST_SPACING * unit)


def _steepest(samples: Sequence[float], spacing: float) -> float:
    pairs = zip(pairwise(samples), pairwise(_PLACES), strict=True)
    return max(abs(b - a) / ((t - s) * spacing) for (a, b), (s, t) in pairs)


def _off_a_curve(samples: Sequence[float], _: float) -> float:
    """The greatest of the divided differences, of a norm at which they are rounding errors."""
    return _SAFETY * max(
        abs(sum(x * weight for x, weight in zip(samples[i : i + _WINDOW], weights, strict=True)))
        for i, weights in enumerate(_WEIGHTS)
    )


def _weights(places: Sequence[float]) -> list[float]:
    """Those of the values at some places in their divided difference, of norm 1."""
    weights = [1.0 / math.prod(x - y for y in places if y != x) for x in places]
    return [weight / math.hypot(*weights) for weight in weights]


_WEIGHTS: Final = [_weights(_PLACES[i : i + _WINDOW]) for i in range(len(_PLACES) - _WINDOW + 1)]
