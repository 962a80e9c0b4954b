"""The graph that microgpt builds: a character-level transformer, number by number.

One layer of width 16 with 4 heads, a context of 16 and 27 characters; RMS norm,
a ReLU MLP of 64, no biases. A name of 7 letters, and so 8 predictions, makes
about 60,000 operations.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from benchmarks.libraries import Library

WIDTH = 16
HEADS = 4
CONTEXT = 16
VOCABULARY = 27

# The name of each matrix, its rows (outputs) and columns (inputs), in order.
SHAPES = {
    "token": (VOCABULARY, WIDTH),
    "position": (CONTEXT, WIDTH),
    "query": (WIDTH, WIDTH),
    "key": (WIDTH, WIDTH),
    "value": (WIDTH, WIDTH),
    "attended": (WIDTH, WIDTH),
    "expand": (4 * WIDTH, WIDTH),
    "contract": (WIDTH, 4 * WIDTH),
    "output": (VOCABULARY, WIDTH),
}

Vector = list[Any]

# To train on, of 3 to 11 letters.
NAMES = """
ada alan albert alexander ana anna anton barbara benjamin bertha carl carla charlotte chloe clara
daniel david diana edith eleanor elisabeth emil emily emma erik eva fatima felix frida gabriella
george grace hannah hedwig helen ida ines isaac ivan jonathan julia karim karl katherine lea leo
lina louise ludwig magdalena maria max maya mina nadia nina noah olga oliver oscar paul peter rosa
ruth samuel sara sebastian sofia theodor tom victoria wilhelmina yusuf zoe
""".split()  # noqa: SIM905


def random_parameters() -> list[float]:
    """All weights, matrix by matrix and row by row."""
    rng = random.Random(42)
    count = sum(rows * columns for rows, columns in SHAPES.values())
    return [rng.gauss(0.0, 0.08) for _ in range(count)]


def tokens(length: int) -> list[int]:
    """A word between two marks (26), so that there are ``length`` predictions to make."""
    rng = random.Random(7)
    return [26, *[rng.randrange(26) for _ in range(length - 1)], 26]


def word_of(name: str) -> list[int]:
    """The tokens of a name, between two marks."""
    return [26, *[ord(letter) - ord("a") for letter in name], 26]


def loss(library: Library, parameters: Vector, word: Sequence[int]) -> Any:
    """The mean of the negative log-likelihoods of each next token."""
    weights = _matrices(parameters)
    length = len(word) - 1
    keys: list[Vector] = []
    values: list[Vector] = []
    losses = []
    for position in range(length):
        logits = _logits(library, weights, word[position], position, keys, values)
        probabilities = _softmax(library, logits)
        losses.append(-library.log(library.take(probabilities, word[position + 1])))
    return sum(losses) * (1 / length)


def _matrices(parameters: Vector) -> dict[str, list[Vector]]:
    numbers = iter(parameters)
    return {
        name: [[next(numbers) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in SHAPES.items()
    }


def _logits(
    library: Library,
    weights: dict[str, list[Vector]],
    token: int,
    position: int,
    keys: list[Vector],
    values: list[Vector],
) -> Vector:
    x = _add(library.take(weights["token"], token), weights["position"][position])
    x = _normalise(x)

    normal = _normalise(x)
    query = _linear(weights["query"], normal)
    keys.append(_linear(weights["key"], normal))
    values.append(_linear(weights["value"], normal))
    attended: Vector = []
    size = WIDTH // HEADS
    for head in range(HEADS):
        part = slice(head * size, (head + 1) * size)
        scores = [_dot(query[part], key[part]) * size**-0.5 for key in keys]
        shares = _softmax(library, scores)
        for i in range(part.start, part.stop):
            attended.append(_dot(shares, [value[i] for value in values]))
    x = _add(_linear(weights["attended"], attended), x)

    hidden = [library.relu(h) for h in _linear(weights["expand"], _normalise(x))]
    x = _add(_linear(weights["contract"], hidden), x)
    return _linear(weights["output"], x)


def _add(x: Vector, y: Vector) -> Vector:
    return [a + b for a, b in zip(x, y)]


def _dot(x: Vector, y: Vector) -> Any:
    return sum(a * b for a, b in zip(x, y))


def _linear(matrix: list[Vector], x: Vector) -> Vector:
    return [_dot(row, x) for row in matrix]


def _normalise(x: Vector) -> Vector:
    mean_square = sum(a * a for a in x) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    return [a * scale for a in x]


def _softmax(library: Library, logits: Vector) -> Vector:
    largest = library.largest(logits)
    exponentials = [library.exp(logit - largest) for logit in logits]
    total = sum(exponentials)
    return [e / total for e in exponentials]
