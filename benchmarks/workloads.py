"""The programs that are timed.

A workload is given a library, prepares what is not to be timed, and returns a
function that takes one sample: seconds for each of its parts, and a few of the
numbers computed, by which the libraries are held against each other.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, TypeAlias

from benchmarks import transformer
from benchmarks.libraries import Library, Program, plain_network


@dataclass
class Sample:
    """Seconds for each part of a workload, per what it counts, and numbers to check."""

    seconds: dict[str, float]
    numbers: list[float] = field(default_factory=list)


Sampler: TypeAlias = Callable[[], Sample]


@dataclass(frozen=True)
class Workload:
    """A program to time.

    Attributes:
        title: its name in the table.
        prepare: from a library and a size to a sampler.
        size: the number of steps, points or operations.
        small: the least size of use, to warm up with and to test.
        rounds: its share of the rounds, less than 1 for slow workloads.
    """

    title: str
    prepare: Callable[[Library, int], Sampler]
    size: int
    small: int
    rounds: float = 1.0


# ── A single operation ────────────────────────────────────────────────────────

X, Y = 1.25, 0.75

OPERATIONS: Final[dict[str, Program]] = {
    "add": lambda library, v: v[0] + v[1],
    "add a constant": lambda library, v: v[0] + 2.0,
    "multiply": lambda library, v: v[0] * v[1],
    "multiply by a constant": lambda library, v: v[0] * 2.0,
    "divide": lambda library, v: v[0] / v[1],
    "cube": lambda library, v: v[0] ** 3,
    "negate": lambda library, v: -v[0],
    "exp": lambda library, v: library.exp(v[0]),
    "log": lambda library, v: library.log(v[0]),
    "tanh": lambda library, v: library.tanh(v[0]),
    "relu": lambda library, v: library.relu(v[0]),
}


def operation(name: str) -> Callable[[Library, int], Sampler]:
    """Record one operation; record it and call backward; each of them ``size`` times."""
    program = OPERATIONS[name]

    def prepare(library: Library, size: int) -> Sampler:
        # The loop is inside a program, since some libraries record only there.
        def repeated(library: Library, v: list[Any]) -> Any:
            out = program(library, v)
            for _ in range(size - 1):
                out = program(library, v)
            return out

        def sample() -> Sample:
            recorded = library.run(repeated, [X, Y])
            start = time.perf_counter()
            for _ in range(size // 10):
                result = library.run(program, [X, Y])
            both = (time.perf_counter() - start) / (size // 10)
            seconds = {"record": recorded.forward / size, "record and backward": both}
            return Sample(seconds, [result.value, *result.gradients[: _arity(name)]])

        return sample

    return prepare


def _arity(name: str) -> int:
    return 2 if name in ("add", "multiply", "divide") else 1


def multiplication(library: Library, size: int) -> Sampler:
    """Record one multiplication of two values, and drop it; the loop is in the figure."""

    def repeated(_: Library, v: list[Any]) -> Any:
        x, y = v
        out = x * y
        for _i in range(size - 1):
            out = x * y
        return out

    def sample() -> Sample:
        result = library.run(repeated, [X, Y])
        return Sample({"record": result.forward / size}, [result.value])

    return sample


# ── Networks ──────────────────────────────────────────────────────────────────


def two_crescents(size: int) -> tuple[list[list[float]], list[int]]:
    """Points of two classes, 1 and -1, in crescents that reach into each other."""
    rng = random.Random(1337)
    points, classes = [], []
    for i in range(size):
        angle = math.pi * rng.random()
        upper = i % 2 == 0
        x = math.cos(angle) if upper else 1 - math.cos(angle)
        y = math.sin(angle) if upper else 0.5 - math.sin(angle)
        points.append([x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)])
        classes.append(1 if upper else -1)
    return points, classes


def random_network(sizes: list[int], seed: int) -> list[float]:
    """For each neuron its weights, evenly drawn from -1 to 1, and its bias, 0."""
    rng = random.Random(seed)
    numbers = []
    for inputs, outputs in pairwise(sizes):
        for _ in range(outputs):
            numbers += [rng.uniform(-1, 1) for _ in range(inputs)] + [0.0]
    return numbers


def max_margin_step(library: Library, size: int) -> Sampler:
    """micrograd's demo: 2-16-16-1, ReLU, max-margin loss with L2, on ``size`` points."""
    points, classes = two_crescents(size)
    sizes = [2, 16, 16, 1]
    numbers = random_network(sizes, seed=3)

    def sample() -> Sample:
        parameters, predict = library.network(numbers, sizes, ["relu", "relu", ""])

        def loss(parameters: list[Any]) -> Any:
            scores = [predict(parameters, point) for point in points]
            losses = [library.relu(1 + -y * score) for y, score in zip(classes, scores)]
            data_loss = sum(losses) * (1.0 / len(losses))
            return data_loss + 1e-4 * sum(p * p for p in parameters)

        start = time.perf_counter()
        before = library.step(parameters, loss, rate=0.1)
        step = time.perf_counter() - start
        return Sample({"step": step}, [before, *map(library.number, parameters[:10])])

    return sample


def derivatives(library: Library, size: int) -> Sampler:
    """Derivatives of the same network's loss by its 337 parameters, as of a function."""
    points, classes = two_crescents(size)
    sizes = [2, 16, 16, 1]
    numbers = random_network(sizes, seed=3)
    rng = random.Random(5)
    direction = [rng.uniform(-1, 1) for _ in numbers]
    predict = plain_network(library, sizes, ["relu", "relu", ""])

    def loss(parameters: list[Any]) -> Any:
        scores = [predict(parameters, point) for point in points]
        losses = [library.relu(1 + -y * score) for y, score in zip(classes, scores)]
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)

    calls = library.derivatives(loss, numbers, direction)

    def sample() -> Sample:
        taken = Sample({})
        for name, call in calls.items():
            start = time.perf_counter()
            found = call()
            taken.seconds[name] = time.perf_counter() - start
            taken.numbers += found[:10]
        return taken

    return sample


def xor_epoch(library: Library, size: int) -> Sampler:
    """The demo's network on the four cases of XOR: ``size`` epochs, the time of one."""
    cases = [((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0)]
    sizes = [2, 4, 1]
    numbers = random_network(sizes, seed=1)

    def sample() -> Sample:
        parameters, predict = library.network(numbers, sizes, ["sigmoid", "sigmoid"])

        def loss(parameters: list[Any]) -> Any:
            return sum((target - predict(parameters, x)) ** 2 / 2 for x, target in cases)

        start = time.perf_counter()
        losses = [library.step(parameters, loss, rate=0.1) for _ in range(size)]
        return Sample({"epoch": (time.perf_counter() - start) / size}, losses[:1] + losses[-1:])

    return sample


def transformer_step(library: Library, size: int) -> Sampler:
    """microgpt's graph for ``size`` predictions, forward and backward."""
    numbers = transformer.random_parameters()

    def sample() -> Sample:
        result = library.run(
            lambda library, parameters: transformer.loss(
                library, parameters, transformer.tokens(size)
            ),
            numbers,
        )
        seconds = {
            "forward and backward": result.forward + result.backward,
            "forward": result.forward,
            "backward": result.backward,
        }
        return Sample(seconds, [result.value, *result.gradients[-5:]])

    return sample


# ── Depth ─────────────────────────────────────────────────────────────────────


def chain(library: Library, size: int) -> Sampler:
    """A chain of ``size`` operations: recorded, differentiated and freed; per operation."""

    def program(_: Library, v: list[Any]) -> Any:
        x, y = v
        out = x
        for _i in range(size // 2):
            out = out * y + x
        return out

    def sample() -> Sample:
        result = library.run(program, [0.5, 0.5])
        seconds = {
            "record, backward and free": result.forward + result.backward + result.free,
            "record": result.forward,
            "backward": result.backward,
            "free": result.free,
        }
        return Sample(
            {part: time / size for part, time in seconds.items()},
            [result.value, *result.gradients],
        )

    return sample


WORKLOADS: Final[dict[str, Workload]] = {
    "multiplication": Workload("one multiplication", multiplication, 50_000, 5),
    "max-margin": Workload("2-16-16-1, 100 points", max_margin_step, 100, 3),
    "derivatives": Workload("2-16-16-1, 100 points, as a function", derivatives, 100, 3),
    "xor": Workload("XOR", xor_epoch, 20, 2),
    "transformer": Workload("transformer, 8 predictions", transformer_step, 8, 2, rounds=0.6),
    "chain": Workload("chain of a million", chain, 1_000_000, 20, rounds=0.3),
    **{
        f"operation: {name}": Workload(name, operation(name), 5_000, 10, rounds=0.5)
        for name in OPERATIONS
    },
}
