"""Statistics of many numbers, for a line or two of text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statistics:
    """The count, the range and the norm of some numbers, and the number of special ones.

    Attributes:
        count: of all numbers.
        least: the least finite number; nan if there is none.
        largest: the largest finite number; nan if there is none.
        norm: the square root of the sum of all squares; inf or nan if a number is.
        zeros: the number of zeros.
        not_finite: the number of inf and nan.
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
    """The Euclidean norm; nan if there is a nan, where `math.hypot` prefers inf."""
    return math.nan if any(map(math.isnan, numbers)) else math.hypot(*numbers)
