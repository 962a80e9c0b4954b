"""Learning-rate schedules: functions from the number of steps taken to the rate of the next one.

An optimiser takes one in place of a number: ``Adam(parameters, lr=cosine(0.01, steps=1000))``.
The formulas are those of optax, whose first step, too, has the number 0. They are written with
operations of `autograd`, so that a schedule can be drawn and differentiated like any function.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from autograd import cos, floor, minimum, where
from nn.checks import check_count

Schedule: TypeAlias = Callable[[Any], Any]


def step(initial: float, every: int, factor: float = 0.1) -> Schedule:
    """A rate that is multiplied by ``factor`` after each ``every`` steps.

    >>> rate = step(1.0, every=10, factor=0.5)
    >>> [rate(count) for count in (0, 9, 10, 25)]
    [1.0, 1.0, 0.5, 0.25]
    """
    check_count("every", every)
    return lambda count: initial * factor ** floor(count / every)


def linear(initial: float, end: float, steps: int) -> Schedule:
    """A rate that goes from ``initial`` to ``end`` in a straight line, and stays there.

    >>> rate = linear(1.0, 0.0, steps=4)
    >>> [rate(count) for count in (0, 1, 4, 100)]
    [1.0, 0.75, 0.0, 0.0]
    """
    check_count("steps", steps)
    return lambda count: initial + (end - initial) * _part(count, steps)


def cosine(initial: float, steps: int, end: float = 0.0) -> Schedule:
    """A rate that falls from ``initial`` to ``end`` along half a period of a cosine.

    Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017),
    without the restarts.

    >>> rate = cosine(1.0, steps=4)
    >>> [round(rate(count), 4) for count in (0, 1, 2, 4, 100)]
    [1.0, 0.8536, 0.5, 0.0, 0.0]
    """
    check_count("steps", steps)
    return lambda count: end + (initial - end) * (0.5 * (1.0 + cos(math.pi * _part(count, steps))))


def warmup(schedule: float | Schedule, steps: int, start: float = 0.0) -> Schedule:
    """A rate that rises in a straight line from ``start`` in so many steps, then ``schedule``.

    Args:
        schedule: the rate after the warm-up: a number, or a schedule that begins then.
        steps: the number of steps of the warm-up.
        start: the rate of the first step.

    >>> rate = warmup(linear(1.0, 0.0, steps=4), steps=2)
    >>> [rate(count) for count in (0, 1, 2, 3, 6)]
    [0.0, 0.5, 1.0, 0.75, 0.0]
    """
    check_count("steps", steps)
    after = schedule if callable(schedule) else lambda count: schedule
    rising = linear(start, after(0), steps)
    return lambda count: where(count < steps, rising(count), after(count - steps))


def _part(count: Any, steps: int) -> Any:
    return minimum(count, steps) / steps
