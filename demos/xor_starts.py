"""XOR from 2,000 random starts, beside which the articles' figures are judged.

This is the articles' own NumPy program, with one more axis: it trains the network
of `demos.xor` from many starts at once. The figures that the articles print, and
those of the demo, are then set beside what the other starts reach. Run it from the
root of the repository (2,000 starts take about half a minute)::

    python -m demos.xor_starts
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

try:
    import numpy as np
    import numpy.typing as npt
    from tqdm import tqdm
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "this program needs NumPy and tqdm: pip install numpy tqdm"
    ) from error

from demos.output import run_program
from demos.xor import (
    ARTICLE_A,
    ARTICLE_B,
    EPOCHS_BETWEEN_REPORTS,
    INPUTS,
    LEARNED_WITHIN,
    TARGETS,
    make_model,
)

Array: TypeAlias = "npt.NDArray[np.float64]"

RATE = 0.1
X = np.array(INPUTS, dtype=float)
Y = np.array(TARGETS, dtype=float)[:, None]


@dataclass
class Outcome:
    """The result of training; the last axis of every array is that of the starts."""

    losses: dict[str, Array]  # mean squared errors, by the epoch
    hidden: Array  # of shape (case, neuron, start)
    predictions: Array  # of shape (case, start)

    @property
    def learned(self) -> npt.NDArray[np.bool_]:
        """For each start, True if every prediction is close to its target."""
        learned: npt.NDArray[np.bool_] = (abs(self.predictions - Y) < LEARNED_WITHIN).all(axis=0)
        return learned


def sigmoid(a: Array) -> Array:
    """1 / (1 + exp(-a)) of each element."""
    y: Array = 1 / (1 + np.exp(-a))
    return y


def random_weights(starts: int, seed: int) -> tuple[Array, Array]:
    """Normal weights of shapes (input, neuron, start) and (neuron, start).

    The first start is that of ``python -m demos.xor``.
    """
    generator = np.random.default_rng(seed)
    w1 = generator.standard_normal((len(X[0]), 4, starts))
    w2 = generator.standard_normal((4, starts))
    hidden, output = make_model(random.Random(1)).layers
    w1[:, :, 0] = np.array([[w.data for w in neuron.w] for neuron in hidden.neurons]).T
    w2[:, 0] = [w.data for w in output.neurons[0].w]
    return w1, w2


def train(w1: Array, w2: Array, epochs: int, rate: float = RATE) -> Outcome:
    """Full-batch gradient descent from all starts; the biases start from 0."""
    w1, w2 = w1.copy(), w2.copy()
    b1, b2 = np.zeros(w1.shape[1:]), np.zeros(w2.shape[1:])
    losses = {}
    for epoch in tqdm(range(epochs), desc="training", unit="epoch", leave=False):
        hidden = sigmoid(np.tensordot(X, w1, axes=1) + b1)
        predictions = sigmoid((hidden * w2).sum(axis=1) + b2)
        if epoch % EPOCHS_BETWEEN_REPORTS == 0:
            losses[f"Loss at epoch {epoch}"] = np.square(Y - predictions).mean(axis=0)
        output_delta = (Y - predictions) * predictions * (1 - predictions)
        hidden_delta = output_delta[:, None] * w2 * hidden * (1 - hidden)
        w2 += rate * (hidden * output_delta[:, None]).sum(axis=0)
        b2 += rate * output_delta.sum(axis=0)
        w1 += rate * np.tensordot(X.T, hidden_delta, axes=1)
        b1 += rate * hidden_delta.sum(axis=0)
    hidden = sigmoid(np.tensordot(X, w1, axes=1) + b1)
    return Outcome(losses, hidden, sigmoid((hidden * w2).sum(axis=1) + b2))


def comparison(outcome: Outcome) -> Iterator[str]:
    """A table in Markdown: the demo, the articles, and the spread of all starts.

    In brackets after a figure is the percentage of the starts that are below it.
    """
    yield "| | the demo | article A | article B | 1 % | median | 99 % |"
    yield "|---|---|---|---|---|---|---|"
    rows = dict(outcome.losses)
    for (a, b), target, predictions in zip(INPUTS, TARGETS, outcome.predictions, strict=True):
        rows[f"{a} xor {b} = {target}"] = predictions
    for name, numbers in rows.items():
        cells = [
            "-" if figure is None else f"{figure:.4f} ({(numbers < figure).mean():.0%})"
            for figure in (numbers[0], ARTICLE_A.get(name), ARTICLE_B.get(name))
        ]
        cells += [f"{number:.4f}" for number in np.percentile(numbers, [1, 50, 99])]
        yield f"| {name} | {' | '.join(cells)} |"


def failures(outcome: Outcome) -> Iterator[str]:
    """The starts that have not learned, each with the two cases that it does not tell apart."""
    learned = outcome.learned
    yield f"{learned.sum()} of {learned.size} starts have learned XOR."
    if learned.all():
        return
    yield "The others, with their predictions, the two cases that are furthest from their targets,"
    yield "and the largest difference of a hidden neuron's output between these two."
    yield ""
    yield "| start | 0 xor 0 | 0 xor 1 | 1 xor 0 | 1 xor 1 | two cases | difference |"
    yield "|---|---|---|---|---|---|---|"
    for start in np.flatnonzero(~learned):
        predictions = outcome.predictions[:, start]
        first, second = sorted(np.argsort(abs(Y[:, 0] - predictions))[-2:])
        hidden = outcome.hidden[:, :, start]
        cells = [f"{prediction:.3f}" for prediction in predictions]
        cells.append(" and ".join([f"{a} xor {b}" for a, b in (INPUTS[first], INPUTS[second])]))
        cells.append(f"{abs(hidden[first] - hidden[second]).max():.3f}")
        yield f"| {start} | {' | '.join(cells)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train from all starts, and print the comparison and what has failed."""
    parser = argparse.ArgumentParser(
        prog="python -m demos.xor_starts", description="Learn XOR from many random starts."
    )
    parser.add_argument("--starts", type=int, default=2000, help="default: %(default)s")
    parser.add_argument("--epochs", type=int, default=10_000, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of the starts (default: %(default)s)")
    options = parser.parse_args(arguments)
    for name, least in [("starts", 1), ("epochs", 1), ("seed", 0)]:
        if getattr(options, name) < least:
            parser.error(f"--{name} must be {least} or more, got {getattr(options, name)}")
    outcome = train(*random_weights(options.starts, options.seed), options.epochs)
    print("\n".join([*comparison(outcome), "", *failures(outcome)]))
    return 0


if __name__ == "__main__":
    run_program(main)
