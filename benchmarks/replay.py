"""The time that a compiled function takes, against the function as it is, and against others.

Run it from the root of the repository::

    python -m benchmarks.replay

The first table has the figures of `figures.py`. The second one is about single functions: value and
gradient are taken in turns, as the engine records and differentiates them, by a compiled function
and ``backward()``, by its program alone, and with a Value as in microgpt. The times are those of
the processor; shown are medians, and ratios of them.
"""

from __future__ import annotations

import argparse
import contextlib
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import autograd
from autograd import Value
from benchmarks import figures, transformer
from benchmarks.__main__ import machine, table
from benchmarks.libraries import Chainrule, Library, MicrogptValue, plain_network
from benchmarks.workloads import random_network, two_crescents


@dataclass(frozen=True)
class Workload:
    """A function to differentiate.

    Attributes:
        title: its name in the table.
        numbers: the numbers of its parameters.
        loss: the function, of a library and the parameters.
    """

    title: str
    numbers: Sequence[float]
    loss: Callable[[Library, list[Any]], Any]


def of_transformer(length: int) -> Workload:
    """microgpt's graph, for so many predictions."""
    return Workload(
        f"transformer, {length} predictions",
        transformer.random_parameters(),
        lambda library, parameters: transformer.loss(
            library, parameters, transformer.tokens(length)
        ),
    )


def of_xor() -> Workload:
    """The loss of a 2-4-1 network on the four cases of XOR."""
    cases = [((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0)]

    def loss(library: Library, parameters: list[Any]) -> Any:
        predict = plain_network(library, [2, 4, 1], ["sigmoid", "sigmoid"])
        return sum((target - predict(parameters, x)) ** 2 / 2 for x, target in cases)

    return Workload("XOR, an epoch", random_network([2, 4, 1], seed=1), loss)


def of_crescents(count: int) -> Workload:
    """micrograd's demo: 2-16-16-1, ReLU, max-margin loss with L2, on so many points."""
    points, classes = two_crescents(count)
    sizes = [2, 16, 16, 1]

    def loss(library: Library, parameters: list[Any]) -> Any:
        predict = plain_network(library, sizes, ["relu", "relu", ""])
        scores = [predict(parameters, point) for point in points]
        losses = [library.relu(1 + -y * score) for y, score in zip(classes, scores)]
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)

    return Workload(f"2-16-16-1, {count} points", random_network(sizes, seed=3), loss)


@dataclass
class Result:
    """Seconds of processor time of each way, and what the program consists of."""

    recording: float
    eager: float
    replay: float
    program: float
    microgpt: float
    operations: int
    rows: int
    terms: int


def measure(workload: Workload, rounds: int) -> Result:
    """The medians of so many rounds.

    Raises:
        SystemExit: a compiled function gives other gradients than the function itself.
    """
    ours, theirs = Chainrule(), MicrogptValue()
    leaves = [Value(number) for number in workload.numbers]
    others = [theirs.leaf(number) for number in workload.numbers]
    compiled = autograd.compile(lambda: workload.loss(ours, leaves))

    recording = timed(lambda: compiled().backward())
    (replay,) = compiled.programs
    inputs = [replay.tape.data[entry] for entry in replay.tape.inputs]
    sums = [Value(0.0) for _ in replay.tape.leaves]

    def program() -> None:
        run = replay.run(inputs)
        assert run is not None
        run.add_to(0, 1.0, sums[: len(run.reached(0))])

    ways: dict[str, Callable[[], Any]] = {
        "eager": lambda: workload.loss(ours, leaves).backward(),
        "replay": lambda: compiled().backward(),
        "program": program,
        "microgpt": lambda: workload.loss(theirs, others).backward(),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        found = [gradients(ways[name], leaves) for name in ("eager", "replay")]
        if repr(found[0]) != repr(found[1]):
            raise SystemExit(f"{workload.title}: a compiled function gives other gradients")
        for name, way in ways.items():
            taken[name].append(timed(way, times=1 if name in ("eager", "microgpt") else 10))
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    return Result(
        recording,
        medians["eager"],
        medians["replay"],
        medians["program"],
        medians["microgpt"],
        sum(op is not None for op in replay.tape.ops),
        len(replay.program.kinds),
        replay.program.terms(),
    )


def gradients(way: Callable[[], Any], leaves: Sequence[Value]) -> list[float]:
    """The gradients that a way to compute them leaves."""
    for leaf in leaves:
        leaf.grad = 0.0
    way()
    return [leaf.grad for leaf in leaves]


def timed(way: Callable[[], Any], times: int = 1) -> float:
    """Seconds of processor time for one call, the mean of so many."""
    start = time.process_time()
    for _ in range(times):
        way()
    return (time.process_time() - start) / times


def versions() -> str:
    """The versions of what is compared, as far as it is installed."""
    found = [f"Python {platform.python_version()}"]
    for name in ("torch", "jax", "casadi", "numpy", "micrograd"):
        with contextlib.suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    return ", ".join(found)


def main() -> None:
    """Measure all workloads and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay")
    parser.add_argument("--rounds", type=int, default=11, help="default: %(default)s")
    parser.add_argument("--only", default="", help="figures with this in their title, no others")
    options = parser.parse_args()
    engine = "compiled" if autograd.__compiled__ else "interpreted"
    print(f"Machine: {machine()}; {engine} engine; {versions()}\n")
    heading = ["figure", "wanted", "found", "met", "ours", "theirs"]
    print(table(heading, figures.rows(options.only)), flush=True)
    if options.only:
        return
    rows = []
    for workload in (of_xor(), of_crescents(100), of_transformer(8), of_transformer(16)):
        found = measure(workload, options.rounds)
        rows.append(
            [
                workload.title,
                f"{found.operations:,}",
                f"{found.rows:,}",
                f"{found.terms:,}",
                *[f"{1e6 * x:,.4g} µs" for x in (found.eager, found.replay, found.program)],
                f"{found.eager / found.replay:.3g}x",
                f"{found.eager / found.program:.3g}x",
                f"{found.microgpt / found.replay:.3g}x",
                f"{found.microgpt / found.program:.3g}x",
                f"{found.recording / found.eager:.3g}",
            ]
        )
    heading = ["value and gradient", "operations", "rows", "terms"]
    heading += ["eager", "compiled", "its program alone", "eager / compiled", "eager / program"]
    heading += ["microgpt's Value / compiled", "/ program", "first call, in eager evaluations"]
    print(table(heading, rows))


if __name__ == "__main__":
    main()
