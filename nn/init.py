"""Initialisers, which draw the weights of a network before training.

An initialiser is a function of a random generator, of the number of inputs of a layer (fan-in) and
of the number of its outputs (fan-out), and returns one weight. Those of Glorot and He keep the
variance of what passes through a layer as it is, forward and backward.

>>> from nn import Linear
>>> layer = Linear(6, 2, init=xavier_uniform(), rng=1)
>>> all(abs(weight.data) <= (6 / (6 + 2)) ** 0.5 for row in layer.weight for weight in row)
True
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Final, Literal, TypeAlias

Initializer: TypeAlias = Callable[[Random, int, int], float]
Mode: TypeAlias = Literal["fan_in", "fan_out"]

_GAINS: Final = {
    "linear": 1.0,
    "sigmoid": 1.0,
    "tanh": 5.0 / 3.0,
    "relu": math.sqrt(2.0),
    "leaky_relu": math.sqrt(2.0 / (1.0 + 0.01**2)),
}


def zeros() -> Initializer:
    """Weights that are 0.

    >>> zeros()(Random(0), 3, 2)
    0.0
    """
    return lambda rng, inputs, outputs: 0.0


def uniform(low: float = -1.0, high: float = 1.0) -> Initializer:
    """Weights drawn uniformly between ``low`` and ``high``.

    >>> weight = uniform(-0.5, 0.5)(Random(0), 3, 2)
    >>> -0.5 <= weight <= 0.5
    True
    """
    return lambda rng, inputs, outputs: rng.uniform(low, high)


def normal(mean: float = 0.0, std: float = 1.0) -> Initializer:
    """Weights drawn from the normal distribution of that mean and standard deviation.

    >>> normal(std=0.0)(Random(0), 3, 2)
    0.0
    """
    return lambda rng, inputs, outputs: rng.gauss(mean, std)


def xavier_uniform(gain: float = 1.0) -> Initializer:
    """Weights within ``gain * sqrt(6 / (inputs + outputs))`` of 0, for tanh and the like.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
    networks" (2010), equation 16.
    """
    return lambda rng, inputs, outputs: _uniform(rng, gain * math.sqrt(2.0 / (inputs + outputs)))


def xavier_normal(gain: float = 1.0) -> Initializer:
    """Normal weights of standard deviation ``gain * sqrt(2 / (inputs + outputs))``.

    Source: Glorot and Bengio (2010), equation 12, whose variance this is.
    """
    return lambda rng, inputs, outputs: rng.gauss(0.0, gain * math.sqrt(2.0 / (inputs + outputs)))


def kaiming_uniform(gain: float = _GAINS["relu"], mode: Mode = "fan_in") -> Initializer:
    """Weights within ``gain * sqrt(3 / inputs)`` of 0, for relu and the like.

    Source: He, Zhang, Ren and Sun, "Delving Deep into Rectifiers" (2015), equation 10, whose
    variance this is.

    Args:
        gain: see `calculate_gain`; that of relu is the root of 2.
        mode: ``"fan_out"`` keeps the variance of gradients and not that of outputs, by the number
            of outputs.
    """
    fan = _fan(mode)
    return lambda rng, inputs, outputs: _uniform(rng, gain / math.sqrt(fan(inputs, outputs)))


def kaiming_normal(gain: float = _GAINS["relu"], mode: Mode = "fan_in") -> Initializer:
    """Normal weights of standard deviation ``gain / sqrt(inputs)``, for relu and the like.

    Source: He, Zhang, Ren and Sun (2015), equation 10.

    Args:
        gain: see `calculate_gain`; that of relu is the root of 2.
        mode: ``"fan_out"`` divides by the root of the number of outputs instead.
    """
    fan = _fan(mode)
    return lambda rng, inputs, outputs: rng.gauss(0.0, gain / math.sqrt(fan(inputs, outputs)))


def calculate_gain(activation: str) -> float:
    """The factor that makes up for what an activation takes from the variance: PyTorch's table.

    Raises:
        ValueError: there is none for that activation.

    >>> calculate_gain("tanh")
    1.6666666666666667
    """
    if activation not in _GAINS:
        raise ValueError(f"no gain is known for {activation!r}: {', '.join(map(repr, _GAINS))}")
    return _GAINS[activation]


def _uniform(rng: Random, std: float) -> float:
    """A number from the uniform distribution around 0 of that standard deviation."""
    bound = math.sqrt(3.0) * std
    return rng.uniform(-bound, bound)


def _fan(mode: str) -> Callable[[int, int], int]:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode is 'fan_in' or 'fan_out', got {mode!r}")
    return lambda inputs, outputs: inputs if mode == "fan_in" else outputs
