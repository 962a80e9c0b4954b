"""Check a great many generated expressions against 60 digits, and print what was covered.

    nice python -m tests.generated --count 100000 --processes 2

Each expression is evaluated, differentiated by ``backward()`` and by `gradients`, and every
fifth one differentiated twice; each number is held to what `autograd.testing` allows it,
a bound derived for that expression. Printed are the operations and how many expressions have
them; how close the numbers come to their bounds and how tight these are; and, if there are
any, the expressions that fail, and how to draw them again.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings

import autograd
from autograd.testing import Expression, expressions
from autograd.testing.strategies import offered

CHUNK = 500  # each is drawn from a seed of its own
TWICE = 5  # one in so many expressions is differentiated twice


@dataclass
class Tally:
    """Counts and worst errors over some expressions."""

    drawn: int = 0
    sizes: Counter[int] = field(default_factory=Counter)
    inputs: Counter[int] = field(default_factory=Counter)
    shared: int = 0
    operations: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    left_open: Counter[str] = field(default_factory=Counter)
    worst: dict[str, tuple[float, str]] = field(default_factory=dict)
    tightness: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def add(self, expression: Expression, origin: str) -> None:
        """Check one expression, and note what it is of."""
        order = 2 if self.drawn % TWICE == 0 else 1
        self.drawn += 1
        self.sizes[len(expression.steps)] += 1
        self.inputs[len(expression.point)] += 1
        positions = [x for step in expression.steps for x in step.operands if isinstance(x, int)]
        self.shared += len(positions) > len(set(positions))
        self.operations.update({step.operation.name for step in expression.steps})
        for what, actual, expected in expression.comparisons(order):
            kind = "value" if what == "the value" else "second" if what[1] == "/" else "first"
            self.compared[kind] += 1
            if expected.error == math.inf:
                self.left_open[kind] += 1
                continue
            if not expected.allows(actual):
                self.failures.append(
                    f"{origin}: {what} is {actual!r}, should be {float(expected.number)!r}, "
                    f"to within {expected.error:.1e}, in\n{expression}"
                )
            elif expected.error:
                ratio = float(abs(actual - expected.number)) / expected.error
                if ratio > self.worst.get(kind, (0.0, ""))[0]:
                    self.worst[kind] = (ratio, f"{what} in\n{expression}")
            if expected.number:
                relative = expected.error / float(abs(expected.number))
                self.tightness.setdefault(kind, []).append(relative)

    def merge(self, other: Tally) -> None:
        """Add what was found in other expressions."""
        self.drawn += other.drawn
        self.shared += other.shared
        for mine, theirs in (
            (self.sizes, other.sizes),
            (self.inputs, other.inputs),
            (self.operations, other.operations),
            (self.compared, other.compared),
            (self.left_open, other.left_open),
        ):
            mine.update(theirs)  # type: ignore[arg-type]
        for kind, worst in other.worst.items():
            self.worst[kind] = max(worst, self.worst.get(kind, (0.0, "")))
        for kind, numbers in other.tightness.items():
            self.tightness.setdefault(kind, []).extend(numbers)
        self.failures += other.failures


def draw(number: int, count: int, max_size: int) -> Tally:
    """Check ``count`` expressions, those of seed ``number``."""
    tally = Tally()

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(expressions(max_size=max_size))
    def look(expression: Expression) -> None:
        if tally.drawn < count:
            tally.add(expression, f"seed {number}")

    look()
    return tally


def report(tally: Tally, seconds: float) -> None:
    print(f"{'operation':<14}{'expressions':>12}    " * 2)
    names = sorted(primitive.name for primitive in offered())
    rows = [f"{name:<14}{tally.operations[name]:>12}" for name in names]
    half = (len(rows) + 1) // 2
    for left, right in zip(rows, [*rows[half:], ""]):
        print(f"{left}    {right}".rstrip())
    missing = [name for name in names if not tally.operations[name]]
    print(f"\noperations that never came up: {', '.join(missing) or 'none'}")
    print("operations in an expression:", dict(sorted(tally.sizes.items())))
    print("inputs of an expression:", dict(sorted(tally.inputs.items())))
    print(f"expressions in which a number is used more than once: {tally.shared}")
    print(f"\n{'':<8}{'compared':>10}{'left open':>11}{'worst':>8}{'median':>10}{'99 in 100':>11}")
    for kind, compared in tally.compared.items():
        left_open = tally.left_open[kind]
        bounds = tally.tightness.get(kind, [])
        hundredths = statistics.quantiles(bounds, n=100) if len(bounds) > 1 else [math.nan] * 99
        worst, _ = tally.worst.get(kind, (0.0, ""))
        print(
            f"{kind:<8}{compared:>10}{left_open / compared:>11.2%}{worst:>8.2f}"
            f"{hundredths[49]:>10.1e}{hundredths[98]:>11.1e}"
        )
    print("left open: at a kink, a jump or a pole; worst: the greatest error, as a part of the")
    print("bound; median, 99 in 100: the bound, as a part of the number")
    engine = "compiled" if autograd.__compiled__ else "interpreted"
    print(f"\n{tally.drawn} expressions, {engine} engine, {seconds:.0f} s")
    for failure in tally.failures[:20]:
        print(f"\nFAILED {failure}")
    print(f"\nfailures: {len(tally.failures)}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2000, help="how many expressions")
    parser.add_argument("--max-size", type=int, default=12, help="operations in each, at most")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0, help="the first of the seeds")
    options = parser.parse_args(arguments)
    sizes = [min(CHUNK, options.count - done) for done in range(0, options.count, CHUNK)]
    seeds = range(options.seed, options.seed + len(sizes))
    start = time.perf_counter()
    tally = Tally()
    with ProcessPoolExecutor(options.processes) as pool:
        for part in pool.map(draw, seeds, sizes, [options.max_size] * len(sizes)):
            tally.merge(part)
    report(tally, time.perf_counter() - start)
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
