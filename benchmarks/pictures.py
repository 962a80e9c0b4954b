"""The time that pictures take, laid out by this library and by the ``dot`` program.

Run it from the root of the repository::

    python -m benchmarks.pictures

Both are given the same boxes and edges and write SVG, and that is timed. A line is
added for each picture as it is done. ``dot`` is left out where it is not installed, and
ended where it takes longer than ``--patience`` seconds.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autograd import Value
from autograd import sum as total
from autograd.draw.picture import Box, Edge, Line, Picture
from autograd.draw.svg import to_svg
from autograd.engine.order import topological_order
from benchmarks import transformer
from benchmarks.libraries import LIBRARIES
from nn import MLP


@dataclass(frozen=True)
class Subject:
    """Something to draw.

    Attributes:
        title: its name in the table.
        make: the result of the computation whose graph is drawn.
    """

    title: str
    make: Callable[[], Value]


def batch(samples: int) -> Callable[[], Value]:
    """The loss of a 2-16-16-1 network on so many samples."""

    def make() -> Value:
        rng = random.Random(1)
        model = MLP(2, [16, 16, 1], rng=rng)
        inputs = [[rng.random(), rng.random()] for _ in range(samples)]
        loss: Value = total([(model(each) - 1.0) ** 2 for each in inputs])
        return loss

    return make


def language_model(length: int) -> Callable[[], Value]:
    """The loss of the transformer on a word of so many letters."""

    def make() -> Value:
        parameters = [Value(number) for number in transformer.random_parameters()]
        loss = transformer.loss(LIBRARIES["chainrule"](), parameters, transformer.tokens(length))
        assert isinstance(loss, Value)
        return loss

    return make


def chain(length: int) -> Callable[[], Value]:
    """``length`` operations one after the other, and the first value added at the end."""

    def make() -> Value:
        first = value = Value(0.5)
        for _ in range(length):
            value = value.sin()
        return value + first

    return make


def fan(leaves: int) -> Callable[[], Value]:
    """The sum of so many leaves, as one operation."""
    return lambda: total([Value(1.0) for _ in range(leaves)])


SUBJECTS = [
    Subject("2-16-16-1 network, 2 samples", batch(2)),
    Subject("2-16-16-1 network, 10 samples", batch(10)),
    Subject("2-16-16-1 network, 70 samples", batch(70)),
    Subject("transformer, 2 letters", language_model(2)),
    Subject("transformer, 6 letters", language_model(6)),
    Subject("chain of 20,000", chain(20_000)),
    Subject("sum of 10,000 leaves", fan(10_000)),
]


def picture_of(root: Value) -> Picture:
    """A box for each value, with its operation and its number, and an edge for each input."""
    boxes: list[Box] = []
    edges: list[Edge] = []
    numbers: dict[Value, int] = {}
    for value in topological_order(root):
        numbers[value] = len(boxes)
        edges += [Edge(numbers[each], len(boxes)) for each in value.inputs]
        symbol = value.op.symbol if value.op else "leaf"
        boxes.append(Box((Line(symbol, bold=True), Line(f"{value.data:.4g}"))))
    return Picture(tuple(boxes), tuple(edges))


def dot_source(picture: Picture) -> str:
    """The same boxes and edges in the language of ``dot``."""
    lines = ["digraph {", "rankdir=LR", "node [shape=box]"]
    for number, box in enumerate(picture.boxes):
        label = "\\n".join(line.text for line in box.lines)
        lines.append(f'{number} [label="{label}"]')
    lines += [f"{edge.tail} -> {edge.head}" for edge in picture.edges]
    return "\n".join([*lines, "}"])


def seconds_here(picture: Picture) -> tuple[float, int]:
    """Seconds that this library takes, and the length of the SVG."""
    start = time.perf_counter()
    svg = to_svg(picture)
    return time.perf_counter() - start, len(svg.encode())


def seconds_of_dot(picture: Picture, patience: float) -> float | None:
    """Seconds that ``dot`` takes; None where it takes longer than ``patience``."""
    start = time.perf_counter()
    try:
        subprocess.run(
            ["dot", "-Tsvg"],
            input=dot_source(picture).encode(),
            capture_output=True,
            check=True,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        return None
    return time.perf_counter() - start


def measure(subject: Subject, rounds: int, patience: float) -> str:
    """The line of the table for one subject: medians over the rounds, both taking turns."""
    picture = picture_of(subject.make())
    ours: list[float] = []
    theirs: list[float] = []
    given_up = shutil.which("dot") is None
    size = 0
    for _ in range(rounds):
        seconds, size = seconds_here(picture)
        ours.append(seconds)
        if not given_up:
            other = seconds_of_dot(picture, patience)
            given_up = other is None
            theirs += [] if other is None else [other]
    dot = f"{statistics.median(theirs):.2f} s" if theirs else "not installed"
    if given_up and shutil.which("dot"):
        dot = f"more than {patience:.0f} s"
    return (
        f"| {subject.title} | {len(picture.boxes):,} | {len(picture.edges):,} "
        f"| {statistics.median(ours):.2f} s | {dot} | {size / 1e6:.1f} MB |"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="median of so many (3)")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds for dot (60)")
    parser.add_argument("--only", default="", help="pictures whose title has this in it")
    options = parser.parse_args(arguments)
    print("| | boxes | edges | this library | dot | SVG |")
    print("|---|---|---|---|---|---|")
    for subject in SUBJECTS:
        if options.only in subject.title:
            print(measure(subject, options.rounds, options.patience), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
