"""Networks with a trouble, and without, for `nn.diagnose` to tell apart.

``python -m tests.nn.diagnosing`` diagnoses 50 of each, and prints all that is not as expected. The
thresholds were set with ``--tuning``, which has other seeds, sizes, activations and data.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from autograd import Value
from nn import MLP, Module, data, losses
from nn.activations import ActivationName
from nn.diagnosis import Diagnosis, diagnose
from nn.init import Initializer
from nn.optim import Adam
from nn.training import accuracy, evaluate, fit

BCE = losses.binary_cross_entropy_with_logits
Samples = tuple[list[Any], list[Any]]
Make = Callable[[int, Random], Samples]


@dataclass(frozen=True)
class Pool:
    """What the cases are drawn from."""

    name: str
    counts: Sequence[int]  # of samples
    widths: Sequence[int]
    depths: Sequence[int]
    flat: Sequence[ActivationName]  # activations that saturate
    open: Sequence[ActivationName]  # activations that do not
    classes: Sequence[Callable[..., Samples]]
    curve: Callable[[float], float]


TUNING = Pool(
    "tuning",
    counts=[30, 50, 80],
    widths=[8, 10, 16],
    depths=[8, 10],
    flat=["sigmoid", "tanh"],
    open=["relu", "elu"],
    classes=[data.moons, data.circles],
    curve=lambda x: math.sin(2.0 * x),
)
HELD_OUT = Pool(
    "held out, fourth draw",
    counts=[30, 50, 80],
    widths=[9, 12, 20],
    depths=[7, 9, 12, 14],
    flat=["sigmoid", "tanh", "softsign", "hard_tanh"],
    open=["relu", "leaky_relu", "silu", "gelu", "elu", "mish"],
    classes=[data.spirals, data.blobs, data.moons],
    curve=lambda x: abs(x) + 0.5 * math.cos(5.0 * x),
)


SMALL = replace(HELD_OUT, name="small", counts=[10], widths=[8], depths=[7])


def scaled(scale: float) -> Initializer:
    """Weights whose standard deviation is a multiple of 1 / sqrt(inputs)."""
    return lambda rng, inputs, outputs: rng.gauss(0.0, scale / math.sqrt(inputs))


def right_size(activation: ActivationName) -> Initializer:
    """Xavier's for activations of slope 1 at 0, and He's for those that cut off a half."""
    return scaled(1.0 if activation in ("tanh", "softsign", "hard_tanh", "elu") else math.sqrt(2))


def points(pool: Pool, rng: Random, count: int = 0) -> Samples:
    """Points of two classes, standardised."""
    make = rng.choice(pool.classes)
    options = {"classes": 2} if make in (data.blobs, data.spirals) else {}
    if make is data.spirals:
        options["turns"] = 0.5  # type: ignore[assignment]
    inputs, targets = make(count or rng.choice(pool.counts), seed=rng, **options)
    return data.standardise(inputs)[0], targets


def curve(pool: Pool, rng: Random, count: int, noise: float) -> Samples:
    inputs = [[rng.uniform(-2.0, 2.0)] for _ in range(count)]
    return inputs, [pool.curve(x) + rng.gauss(0.0, noise) for [x] in inputs]


class Recurrent(Module):
    """A state that is multiplied by one weight again and again."""

    def __init__(self, weight: float, width: int, rng: Random) -> None:
        self.states = [[Value(weight * w) for w in row] for row in rotation(width, rng)]
        self.out = [Value(rng.gauss(0.0, 1.0)) for _ in range(width)]

    def __call__(self, sequence: Sequence[float]) -> Value:
        """The output after the last number."""
        state: list[Any] = [0.0] * len(self.out)
        for x in sequence:
            state = [sum(w * s for w, s in zip(row, state)) + x for row in self.states]
        return sum((w * s for w, s in zip(self.out, state)), Value(0.0))


def rotation(width: int, rng: Random) -> list[list[float]]:
    """A matrix that moves each of the states to another place."""
    order = list(range(width))
    rng.shuffle(order)
    return [
        [1.0 if column == order[row] else 0.0 for column in range(width)] for row in range(width)
    ]


# ── With a trouble ────────────────────────────────────────────────────────────


def deep(pool: Pool, rng: Random, activation: ActivationName, init: Initializer) -> Diagnosis:
    width, depth = rng.choice(pool.widths), rng.choice(pool.depths)
    model = MLP(2, [width] * depth + [1], activation=activation, init=init, rng=rng)
    return diagnose(model, points(pool, rng), BCE)


def recurrent(rng: Random, weight: float) -> Diagnosis:
    model = Recurrent(weight, rng.choice([2, 3]), rng)
    steps = rng.choice([30, 40])
    inputs = [[rng.gauss(0.0, 1.0) for _ in range(steps)] for _ in range(8)]
    return diagnose(model, (inputs, [rng.gauss(0.0, 1.0) for _ in inputs]), losses.mse_loss)


def vanishing(pool: Pool, rng: Random, number: int) -> Diagnosis:
    if number % 5 == 4:
        return recurrent(rng, rng.uniform(0.3, 0.7))
    if number % 5 == 3:
        return deep(pool, rng, rng.choice(pool.open), scaled(rng.uniform(0.1, 0.4)))
    return deep(pool, rng, "sigmoid", scaled(rng.uniform(0.5, 1.5)))


def exploding(pool: Pool, rng: Random, number: int) -> Diagnosis:
    if number % 5 == 4:
        return recurrent(rng, rng.uniform(1.4, 2.0))
    return deep(pool, rng, rng.choice(pool.open), scaled(rng.uniform(5.0, 9.0)))


def shallow(pool: Pool, rng: Random, activation: ActivationName, scale: float) -> MLP:
    widths = [rng.choice(pool.widths) for _ in range(rng.choice([1, 2, 3]))]
    return MLP(2, [*widths, 1], activation=activation, init=scaled(scale), rng=rng)


def dead(pool: Pool, rng: Random, number: int) -> Diagnosis:
    """By biases, by inputs that are far from 0, or by one update that was far too large."""
    model = shallow(pool, rng, "relu", math.sqrt(2))
    inputs, targets = points(pool, rng)
    layer = rng.choice(model.layers[:-1])
    if number % 3 == 0:
        for neuron in layer.neurons:
            neuron.b.data -= rng.uniform(20.0, 50.0)
    elif number % 3 == 1:
        layer = model.layers[0]
        for neuron in layer.neurons[: math.ceil(0.9 * len(layer.neurons))]:
            neuron.b.data = -rng.uniform(0.0, 1.0)
            for weight in neuron.w:
                weight.data = -abs(weight.data)
        inputs = [[x - min(column) for x, column in zip(row, zip(*inputs))] for row in inputs]
    else:
        for neuron in layer.neurons:
            neuron.b.data -= 1000.0  # as after a step in the direction of a very large gradient
    return diagnose(model, (inputs, targets), BCE)


def saturated(pool: Pool, rng: Random, number: int) -> Diagnosis:
    """By weights that are too large, biases that are, or inputs that are."""
    activation = rng.choice(pool.flat)
    inputs, targets = points(pool, rng)
    size = rng.uniform(200.0, 1000.0)
    if number % 3 == 0:
        model = shallow(pool, rng, activation, size)
    elif number % 3 == 1:
        model = shallow(pool, rng, activation, 1.0)
        for neuron in rng.choice(model.layers[:-1]).neurons:
            neuron.b.data = rng.choice([-1.0, 1.0]) * size
    else:
        model = shallow(pool, rng, activation, 1.0)
        inputs = [[size * x + size * 3.0 for x in row] for row in inputs]
    return diagnose(model, (inputs, targets), BCE)


def overfitting(pool: Pool, rng: Random, number: int) -> Diagnosis:
    """Few samples and many parameters, until the noise has been learned."""
    width = rng.choice([16, 20])
    activation: ActivationName = rng.choice(["tanh", pool.open[-1]])
    if number % 2:
        training, validation = (curve(pool, rng, count, 0.5) for count in (8, 60))
        loss, inputs = losses.mse_loss, 1
    else:
        training, validation = (points(pool, rng, count) for count in (14, 60))
        for samples in (training, validation):
            samples[1][:] = [t if rng.random() < 0.65 else 1 - t for t in samples[1]]
        loss, inputs = BCE, 2
    model = MLP(inputs, [width, 1], activation=activation, init=scaled(3.0), rng=rng)
    optimizer = Adam(model.parameters(), lr=0.03)
    for _ in range(6):
        history = fit(model, training, loss, optimizer, epochs=100, progress=False)
        if history["loss"][-1] < 0.05:
            break
    return diagnose(model, training, loss, validation=validation)


# ── Without ───────────────────────────────────────────────────────────────────


def healthy(pool: Pool, rng: Random, number: int) -> Iterator[Diagnosis]:
    """A network with weights of the right size, before training and after, if it learns."""
    activation = rng.choice([*pool.flat, *pool.open] if number % 3 else list(pool.open))
    if number % 3 == 0:
        # Narrower deep ones of relus often lose all their units, and are not in health.
        sizes = [rng.choice(pool.widths)] * rng.choice(pool.depths[:3])
    else:
        sizes = [rng.choice(pool.widths) for _ in range(rng.choice([1, 2]))]
    count = 4 * rng.choice(pool.counts[:2])
    if number % 4 == 1:
        training, validation = (curve(pool, rng, each, 0.2) for each in (count, 60))
        loss, inputs = losses.mse_loss, 1
    else:
        whole = points(pool, rng, count + 60)
        training, validation = data.split(whole, count / (count + 60), seed=rng)
        loss, inputs = BCE, 2
    model = MLP(inputs, [*sizes, 1], activation=activation, init=right_size(activation), rng=rng)
    yield diagnose(model, training, loss, validation=validation)
    optimizer = Adam(model.parameters(), lr=0.02 if len(sizes) < 3 else 0.005)
    fit(model, training, loss, optimizer, epochs=25, batch_size=20, progress=False)
    end = evaluate(model, training, loss, [accuracy] if loss is BCE else [])
    learned = end["accuracy"] >= 0.9 if loss is BCE else end["loss"] < 0.1
    if learned:  # else it is no example of health
        yield diagnose(model, training, loss, validation=validation)


TROUBLES = [vanishing, exploding, dead, saturated, overfitting]


# Flat units pass no gradient on, and large weights make for sums that are all negative.
CONSEQUENCES = {"saturated": ["vanishing"], "exploding": ["dead"]}


def kinds(diagnosis: Diagnosis) -> list[str]:
    return [trouble.kind for trouble in diagnosis.troubles]


def provoked(pool: Pool, number: int) -> tuple[str, list[str]]:
    """The trouble of one network, and those that are found in it."""
    make = TROUBLES[number % len(TROUBLES)]
    rng = Random(f"{pool.name} {number}")
    return make.__name__, kinds(make(pool, rng, number // len(TROUBLES)))


def is_right(expected: str, found: list[str]) -> bool:
    """True if the trouble was found, and no other but what it brings about."""
    return expected in found and set(found) <= {expected, *CONSEQUENCES.get(expected, ())}


def found_in_health(pool: Pool, number: int) -> list[list[str]]:
    """The troubles that are found in one healthy network, before training and after."""
    rng = Random(f"{pool.name}, healthy {number}")
    return [kinds(diagnosis) for diagnosis in healthy(pool, rng, number)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.nn.diagnosing", description=__doc__)
    parser.add_argument("--tuning", action="store_true", help="the cases that set the thresholds")
    parser.add_argument("--count", type=int, default=50, help="of each (default: %(default)s)")
    options = parser.parse_args()
    pool = TUNING if options.tuning else HELD_OUT
    right = silent = 0
    for number in range(options.count):
        expected, found = provoked(pool, number)
        right += is_right(expected, found)
        if found != [expected]:
            print(f"provoked {number}: {expected}, found {found}", flush=True)
        in_health = found_in_health(pool, number)
        silent += not any(in_health)
        if any(in_health) or len(in_health) == 1:
            print(f"healthy {number}: found {in_health}", flush=True)
    print(f"Right in {right} of {options.count}, silent in {silent} of {options.count}.")
    return 0 if right == silent == options.count else 1


if __name__ == "__main__":
    sys.exit(main())
