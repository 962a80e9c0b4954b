"""New names, letter by letter, from a small transformer.

The model reads the letters of a name so far and says how likely each letter is to come next;
drawing from these probabilities again and again writes a new name. Large language models do the
same; this one has a single block, one head of attention, and two thousand parameters. Two of its
modules are not part of `nn` and are written here, as one's own would be: `CausalSelfAttention`, by
which a letter looks back at those before it, and `RMSNorm`. A picture shows where each letter of a
name looks.

Run it from the root of the repository; a file with a name on each line takes the place of the list
that comes with it::

    python -m demos.names
    python -m demos.names --file my_names.txt
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from autograd import Value, dot, mean, no_grad, output_of, softmax
from demos.output import OutputFolder, add_output_options, run_program
from demos.plot import DARK, line_chart
from nn import Embedding, Linear, Module, data, diagnose, fit, init
from nn.losses import cross_entropy
from nn.optim import Adam
from nn.schedules import cosine, warmup

Vector = list[Value]
END = "."  # stands before the first letter and after the last
OWN_NAMES = Path(__file__).parent / "names.txt"


class RMSNorm(Module):
    """A vector divided by its root mean square, then a gain for each number.

    Source: Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
    """

    def __init__(self, size: int) -> None:
        self.gain = [Value(1.0) for _ in range(size)]

    def __call__(self, x: Vector) -> Vector:
        """The vector, of the same length."""
        scale = (mean([number * number for number in x]) + 1e-5) ** -0.5
        return output_of(self, [number * scale * gain for number, gain in zip(x, self.gain)])


class CausalSelfAttention(Module):
    """Each vector of a sequence becomes a mixture of itself and those before it.

    Source: Vaswani and others, "Attention Is All You Need" (2017).
    """

    def __init__(self, size: int, rng: random.Random) -> None:
        self.query, self.key, self.value, self.out = (
            Linear(size, size, bias=False, rng=rng) for _ in range(4)
        )

    def weights(self, sequence: Sequence[Vector]) -> list[Vector]:
        """For each vector the parts that it takes of those up to itself, which add up to 1."""
        keys = [self.key(x) for x in sequence]
        scale = len(sequence[0]) ** -0.5
        return [
            softmax([dot(query, key) * scale for key in keys[:count]])
            for count, query in enumerate(map(self.query, sequence), start=1)
        ]

    def __call__(self, sequence: Sequence[Vector]) -> list[Vector]:
        """A sequence of the same length."""
        values = [self.value(x) for x in sequence]
        mixed = [
            [dot(row, column) for column in zip(*values[: len(row)])]
            for row in self.weights(sequence)
        ]
        return output_of(self, [self.out(x) for x in mixed])


class NameModel(Module):
    """A transformer of one block: what the next letter is, after each letter of a name.

    Args:
        letters: the number of different letters, the end included.
        longest: the greatest number of letters to read.
        size: the length of the vectors.
        rng: draws the weights.
    """

    def __init__(self, letters: int, longest: int, size: int, rng: random.Random) -> None:
        small = init.normal(std=0.3)
        self.letter = Embedding(letters, size, init=small, rng=rng)
        self.place = Embedding(longest, size, init=small, rng=rng)
        self.norm = RMSNorm(size)
        self.attention = CausalSelfAttention(size, rng)
        self.norm2 = RMSNorm(size)
        self.widen = Linear(size, 2 * size, rng=rng)
        self.narrow = Linear(2 * size, size, rng=rng)
        self.norm3 = RMSNorm(size)
        self.head = Linear(size, letters, rng=rng)

    def embedded(self, letters: Sequence[int]) -> list[Vector]:
        """A vector for each letter, which depends on its place."""
        return [
            added(self.letter(letter), self.place(place)) for place, letter in enumerate(letters)
        ]

    def __call__(self, letters: Sequence[int]) -> list[Vector]:
        """For each letter the logits of the one that follows it."""
        sequence = self.embedded(letters)
        looked_back = self.attention([self.norm(x) for x in sequence])
        sequence = [added(x, more) for x, more in zip(sequence, looked_back)]
        thought = [
            self.narrow([number.relu() for number in self.widen(self.norm2(x))]) for x in sequence
        ]
        sequence = [added(x, more) for x, more in zip(sequence, thought)]
        return output_of(self, [self.head(self.norm3(x)) for x in sequence])


def added(x: Vector, y: Vector) -> Vector:
    """The sum of two vectors."""
    return [a + b for a, b in zip(x, y, strict=True)]


def loss(outputs: list[Any], targets: list[Any]) -> Value:
    """The mean cross-entropy of all the letters of a batch of names."""
    logits = [each for name in outputs for each in name]
    found: Value = cross_entropy(logits, [letter for name in targets for letter in name])
    return found


def samples_of(names: Sequence[str], alphabet: str) -> tuple[list[list[int]], list[list[int]]]:
    """Each name as the letters that are read, and those that follow them.

    >>> samples_of(["ab"], ".ab")
    ([[0, 1, 2]], [[1, 2, 0]])
    """
    letters = [[alphabet.index(letter) for letter in f"{END}{name}{END}"] for name in names]
    return [each[:-1] for each in letters], [each[1:] for each in letters]


def new_name(model: NameModel, alphabet: str, longest: int, rng: random.Random) -> str:
    """A name that the model writes."""
    letters = [0]
    with no_grad():
        while len(letters) < longest:
            logits = [
                logit / 0.7 for logit in model(letters)[-1]
            ]  # below 1: the likelier more often
            weights = [probability.data for probability in softmax(logits)]
            [letter] = rng.choices(range(len(alphabet)), weights)
            if letter == 0:
                break
            letters.append(letter)
    return "".join(alphabet[letter] for letter in letters[1:])


def draw_attention(name: str, weights: Sequence[Sequence[float]]) -> str:
    """The SVG of a triangle of squares: the darker, the more a letter takes of an earlier one."""
    cell, left, top = 34, 60, 76
    side = cell * len(weights)
    size = f'width="{max(left + side + 20, 420)}" height="{top + side + 20}"'
    letters = list(f"{END}{name}")
    elements = []
    for row, (letter, parts) in enumerate(zip(letters, weights)):
        y = top + row * cell
        elements.append(
            f'<text x="{left - 16}" y="{y + 22}" text-anchor="end">{escape(letter)}</text>'
        )
        elements.append(
            f'<text x="{left + (row + 0.5) * cell}" y="{top - 8}" text-anchor="middle">'
            f"{escape(letter)}</text>"
        )
        for column, part in enumerate(parts):
            elements.append(
                f'<rect x="{left + column * cell}" y="{y}" width="{cell - 2}" height="{cell - 2}" '
                f'fill="#0072b2" fill-opacity="{0.08 + 0.92 * part:.3f}"><title>{escape(letter)} '
                f"takes {part:.2f} of {escape(letters[column])}</title></rect>"
            )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} class="chart" role="img" '
            'aria-label="Attention" font-family="sans-serif" font-size="16">',
            DARK,
            f'<rect class="panel" fill="#fff" {size}/>',
            f'<text x="16" y="28">Where each letter of {escape(name)} looks back</text>',
            *elements,
            "</svg>\n",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Train on a list of names, then write new ones and draw what one of them looks at."""
    parser = argparse.ArgumentParser(prog="python -m demos.names", description="Write new names.")
    parser.add_argument("--file", type=_names, default=str(OWN_NAMES), help="a name on each line")
    parser.add_argument("--epochs", type=int, default=12, help="default: %(default)s")
    parser.add_argument("--size", type=int, default=12, help="of vectors (default: %(default)s)")
    parser.add_argument("--count", type=int, default=10, help="new names (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    add_output_options(parser)
    options = parser.parse_args(arguments)
    if min(options.epochs, options.size, options.count) < 1:
        parser.error("--epochs, --size and --count must be 1 or more")
    output = OutputFolder(options.output, options.layout)
    names: list[str] = options.file
    alphabet = END + "".join(sorted(set("".join(names))))
    longest = max(map(len, names)) + 1
    rng = random.Random(options.seed)

    training, validation = data.split(samples_of(names, alphabet), 0.9, seed=options.seed)
    model = NameModel(len(alphabet), longest, options.size, rng)
    print(
        f"{len(names)} names of {len(alphabet) - 1} letters; {len(model.parameters())} parameters"
    )
    batch = 8
    steps = options.epochs * -(-len(training[0]) // batch)
    optimizer = Adam(model.parameters(), lr=warmup(cosine(0.02, steps), max(1, steps // 10)))
    history = fit(
        model,
        training,
        loss,
        optimizer,
        epochs=options.epochs,
        batch_size=batch,
        validation=validation,
    )
    print(history)
    print(diagnose(model, training, loss, validation=validation, history=history, samples=40))

    written = [new_name(model, alphabet, longest, rng) for _ in range(options.count)]
    print("New names: " + ", ".join(name + "*" * (name in names) for name in written))
    print("A star marks those that are in the list.")
    shown = max(written, key=len) or names[0]
    [read], _ = samples_of([shown], alphabet)
    with no_grad():
        sequence = [model.norm(x) for x in model.embedded(read)]
        weights = [[part.data for part in row] for row in model.attention.weights(sequence)]
    output.save_chart(draw_attention(shown, weights), "names_attention")
    curves = {name: list(enumerate(history[name], 1)) for name in ("loss", "validation loss")}
    output.save_chart(
        line_chart(curves, title="Names: the losses", x="epoch", y="cross-entropy of a letter"),
        "names_losses",
    )
    output.say_how_to_look()
    return 0


def _names(text: str) -> list[str]:
    """The names in a file, in small letters."""
    try:
        lines = Path(text).read_text("utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be read: {error}") from None
    names = list(dict.fromkeys(line.lower().replace(END, "") for line in lines))
    if len(names) < 10:
        raise argparse.ArgumentTypeError(
            f"{text!r} has {len(names)} different names, of 10 at least"
        )
    return names


if __name__ == "__main__":
    run_program(main)
