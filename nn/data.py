"""Small data sets, and ways to cut and scale them.

Each data set is a pair of lists: the inputs of each sample, and its target. All are made from a
seed, without dependencies; the digits come with scikit-learn.

>>> inputs, targets = moons(4, noise=0.0, seed=1)
>>> len(inputs), targets
(4, [0, 1, 0, 1])
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

from nn.checks import check_count, needed_by
from nn.randomness import Seed, generator

Points: TypeAlias = list[list[float]]
T = TypeVar("T")


def xor() -> tuple[Points, list[int]]:
    """The four cases of exclusive or.

    >>> xor()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    cases = [(a, b) for a in (0, 1) for b in (0, 1)]
    return [[float(a), float(b)] for a, b in cases], [a ^ b for a, b in cases]


def moons(count: int = 100, *, noise: float = 0.1, seed: Seed = 0) -> tuple[Points, list[int]]:
    """Two half circles that reach into each other, classes 0 and 1 by turns.

    Args:
        count: the number of samples.
        noise: the standard deviation of what is added to each coordinate; the radius is 1.
        seed: see `nn.randomness`.
    """

    def place(label: int, turn: float) -> tuple[float, float]:
        x, y = math.cos(math.pi * turn), math.sin(math.pi * turn)
        return (1.0 - x, 0.5 - y) if label else (x, y)

    return _classes(count, 2, place, noise, seed)


def circles(
    count: int = 100, *, factor: float = 0.5, noise: float = 0.1, seed: Seed = 0
) -> tuple[Points, list[int]]:
    """A circle of radius 1, class 0, around one of radius ``factor``, class 1."""

    def place(label: int, turn: float) -> tuple[float, float]:
        radius = factor if label else 1.0
        angle = 2.0 * math.pi * turn
        return radius * math.cos(angle), radius * math.sin(angle)

    return _classes(count, 2, place, noise, seed)


def spirals(
    count: int = 100, *, classes: int = 2, turns: float = 1.0, noise: float = 0.02, seed: Seed = 0
) -> tuple[Points, list[int]]:
    """Arms that wind around the origin, from radius 0 to 1 in so many turns."""

    def place(label: int, turn: float) -> tuple[float, float]:
        angle = 2.0 * math.pi * (turns * turn + label / classes)
        return turn * math.cos(angle), turn * math.sin(angle)

    return _classes(count, classes, place, noise, seed)


def blobs(
    count: int = 100, *, classes: int = 3, noise: float = 0.2, seed: Seed = 0
) -> tuple[Points, list[int]]:
    """Clouds around points that lie evenly on the circle of radius 1."""

    def place(label: int, _: float) -> tuple[float, float]:
        angle = 2.0 * math.pi * label / classes
        return math.cos(angle), math.sin(angle)

    return _classes(count, classes, place, noise, seed)


def sine(count: int = 100, *, noise: float = 0.1, seed: Seed = 0) -> tuple[Points, list[float]]:
    """Numbers from -pi to pi, each with its sine as target.

    >>> inputs, targets = sine(3, noise=0.0)
    >>> all(target == math.sin(x) for [x], target in zip(inputs, targets))
    True
    """
    rng = _checked_generator(count, noise, seed)
    numbers = [rng.uniform(-math.pi, math.pi) for _ in range(count)]
    return [[x] for x in numbers], [math.sin(x) + rng.gauss(0.0, noise) for x in numbers]


def digits() -> tuple[Points, list[int]]:
    """The 1,797 handwritten digits of scikit-learn: 64 brightnesses from 0 to 1 each.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.
    """
    with needed_by("nn.data.digits()", "scikit-learn"):
        from sklearn.datasets import load_digits
    data = load_digits()
    return (data.data / 16.0).tolist(), data.target.tolist()


# ── Cutting and scaling ───────────────────────────────────────────────────────


def batches(
    data: tuple[Sequence[Any], Sequence[Any]], size: int, seed: Seed = 0, *, shuffle: bool = True
) -> Iterator[tuple[list[Any], list[Any]]]:
    """The samples in batches, in random order; the last may be smaller.

    >>> [len(inputs) for inputs, targets in batches(xor(), 3)]
    [3, 1]
    """
    inputs, targets = _paired(data)
    check_count("size", size)
    order = list(range(len(inputs)))
    if shuffle:
        generator(seed).shuffle(order)
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        yield [inputs[i] for i in chosen], [targets[i] for i in chosen]


def split(
    data: tuple[Sequence[Any], Sequence[Any]], part: float = 0.8, seed: Seed = 0
) -> tuple[tuple[list[Any], list[Any]], tuple[list[Any], list[Any]]]:
    """Two sets of samples, drawn at random: ``part`` of them to train on, the rest to validate.

    >>> train, validation = split(moons(10))
    >>> len(train[0]), len(validation[0])
    (8, 2)
    """
    inputs, _ = _paired(data)
    if not 0.0 < part < 1.0:
        raise ValueError(f"part is between 0 and 1, got {part!r}")
    first = round(part * len(inputs))
    if not 0 < first < len(inputs):
        raise ValueError(f"{len(inputs)} samples cannot be split so that both parts have one")
    [(inputs, targets)] = batches(data, len(inputs), seed)
    return (inputs[:first], targets[:first]), (inputs[first:], targets[first:])


def standardise(inputs: Sequence[Sequence[float]]) -> tuple[Points, Callable[[Any], Points]]:
    """The inputs with mean 0 and standard deviation 1 in each column.

    Returns:
        The inputs, and a function that scales others, such as the validation data, alike. A
        column in which all numbers are equal is only moved.

    >>> scaled, scale = standardise([[1.0, 5.0], [3.0, 5.0]])
    >>> scaled, scale([[2.0, 6.0]])
    ([[-1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0]])
    """
    columns = list(zip(*inputs, strict=True))
    means = [statistics.fmean(column) for column in columns]
    sizes = [statistics.pstdev(column) or 1.0 for column in columns]

    def scale(rows: Any) -> Points:
        return [
            [(x - mean) / size for x, mean, size in zip(row, means, sizes, strict=True)]
            for row in rows
        ]

    return scale(inputs), scale


def _classes(
    count: int,
    classes: int,
    place: Callable[[int, float], tuple[float, float]],
    noise: float,
    seed: Seed,
) -> tuple[Points, list[int]]:
    rng = _checked_generator(count, noise, seed)
    labels = [i % classes for i in range(count)]
    points = [place(label, rng.random()) for label in labels]
    return [[x + rng.gauss(0.0, noise), y + rng.gauss(0.0, noise)] for x, y in points], labels


def _checked_generator(count: int, noise: float, seed: Seed) -> Any:
    check_count("count", count)
    if not noise >= 0.0:
        raise ValueError(f"noise is a number from 0 on, got {noise!r}")
    return generator(seed)


def _paired(data: tuple[Sequence[T], Sequence[Any]]) -> tuple[Sequence[T], Sequence[Any]]:
    inputs, targets = data
    if len(inputs) != len(targets) or not len(inputs):
        raise ValueError(
            f"data is a pair of inputs and targets, as many of each; got {len(inputs)} and "
            f"{len(targets)}"
        )
    return inputs, targets
