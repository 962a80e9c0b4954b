"""What can be said of many numbers in a line or two."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of a collection of numbers: how many there are, how large, and how many stand out.

    Attributes:
        count: of all numbers.
        least: the least of those that are finite; nan if none is.
        largest: the largest of those that are finite; nan if none is.
        norm: the square root of the sum of the squares of all of them; inf or nan if
            one of them is.
        zeros: how many are 0.
        not_finite: how many are inf or nan.
    """

    count: int
    least: float
    largest: float
    norm: float
    zeros: int
    not_finite: int


def statistics(numbers: Iterable[float]) -> Statistics:
    """The statistics of ``numbers``.

    >>> statistics([3.0, 0.0, -4.0])
    Statistics(count=3, least=-4.0, largest=3.0, norm=5.0, zeros=1, not_finite=0)
    >>> statistics([1.0, math.inf]).largest
    1.0
    """
    numbers = list(numbers)
    finite = [number for number in numbers if math.isfinite(number)]
    return Statistics(
        count=len(numbers),
        least=min(finite, default=math.nan),
        largest=max(finite, default=math.nan),
        norm=_norm(numbers),
        zeros=numbers.count(0.0),
        not_finite=len(numbers) - len(finite),
    )


def _norm(numbers: list[float]) -> float:
    """The Euclidean norm; nan wins over inf, which `math.hypot` has the other way round."""
    return math.nan if any(map(math.isnan, numbers)) else math.hypot(*numbers)
