"""Initialisers, which draw the weights of a network before training.

An initialiser is a function of a random generator and of the number of inputs
of the neuron, and returns one weight.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TypeAlias

Initializer: TypeAlias = Callable[[Random, int], float]


def uniform(low: float = -1.0, high: float = 1.0) -> Initializer:
    """Weights drawn uniformly between ``low`` and ``high``.

    >>> weight = uniform(-0.5, 0.5)(Random(0), 3)
    >>> -0.5 <= weight <= 0.5
    True
    """
    return lambda rng, inputs: rng.uniform(low, high)


def normal(mean: float = 0.0, std: float = 1.0) -> Initializer:
    """Weights drawn from the normal distribution of that mean and standard deviation.

    >>> normal(std=0.0)(Random(0), 3)
    0.0
    """
    return lambda rng, inputs: rng.gauss(mean, std)
