"""Random graphs of Values, and their tapes.

Run a great many, and compare replay with the engine bit for bit::

    nice python -m tests.replay.graphs --count 100000
"""

from __future__ import annotations

import argparse
import math
import operator
import random
import struct
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

import autograd
from autograd import Value
from autograd.engine import table
from autograd.engine.order import topological_order
from autograd.engine.primitive import Choice, Primitive, Reduction
from autograd.replay.lift import lift
from autograd.replay.tape import Tape, choose

SPECIAL: Final = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1e308, -1e308, 1.0]

# The operations of the table; those that are most of a real graph come up most often.
ALL: Final = [x for x in vars(table).values() if isinstance(x, Primitive)]
FREQUENT: Final = [table.add, table.multiply, table.subtract, table.negative]


def numbers(rng: random.Random, count: int) -> list[float]:
    """Numbers, the edges of floating point among them."""
    return [
        rng.choice(SPECIAL) if rng.random() < 0.15 else round(rng.gauss(0.0, 2.0), 3)
        for _ in range(count)
    ]


def graph(rng: random.Random, leaves: Sequence[Value], size: int) -> Value:
    """A random graph on these leaves, in which Values are used once or several times."""
    pool: list[Any] = list(leaves)
    for _ in range(size):
        op: Any = rng.choice(FREQUENT if rng.random() < 0.6 else ALL)
        count = rng.randint(1, 4) * op.sequences if isinstance(op, Reduction) else op.arity
        operands = [
            # The last ones most often, so that there are chains.
            rng.choice(pool[-3:] if rng.random() < 0.6 else pool)
            if rng.random() < 0.85
            else rng.choice([*numbers(rng, 1), 1.0, -1.0, 0.5])
            for _ in range(count)
        ]
        if isinstance(op, Reduction):
            out = op(*op.split(operands))
        elif isinstance(op, Choice):
            out = op(True, *operands, Value(0.0))
        else:
            out = op(*operands)
        if isinstance(out, Value):
            pool.append(out)
    last: Value = pool[-1]
    return last


def tape_of(root: Value, leaves: Sequence[Value]) -> Tape:
    """The tape of a graph, whose inputs are these leaves."""
    tape = Tape("graph")
    entries = {leaf: tape.input(leaf.data) for leaf in leaves}
    for value in topological_order(root):
        if value in entries:
            continue
        if value.op is None:
            entries[value] = tape.constant(value.data, "")
            continue
        operands = []
        flows = []
        for position, operand in enumerate(value.operands):
            if isinstance(operand, Value):
                flows.append(position)
                operands.append(entries[operand])
            else:
                operands.append(tape.constant(operand, ""))
        entries[value] = tape.row(value.op, tuple(operands), tuple(flows), value.data)
    tape.leaves = [entries[leaf] for leaf in leaves]
    tape.outputs = [entries[root]]
    tape.roots = [0]
    return tape


def choice() -> Tape:
    """The tape of ``where(x > 1, x * x, -x) * x``, recorded at 2."""
    tape = Tape("choice")
    x = tape.input(2.0)
    flag = tape.row(operator.gt, (x, tape.constant(1.0, "")), (), 1.0)
    square = tape.row(table.multiply, (x, x), (0, 1), 4.0)
    other = tape.row(table.negative, (x,), (0,), -2.0)
    taken = tape.row(choose, (flag, square, other), (1, 2), 4.0)
    out = tape.row(table.multiply, (taken, x), (0, 1), 8.0)
    tape.leaves, tape.outputs, tape.roots = [x], [out], [0]
    return tape


def bits(numbers: Sequence[float]) -> list[bytes]:
    """The bits of numbers, by which they are compared; those of all nans are the same."""
    return [struct.pack("d", x) if x == x else b"nan" for x in numbers]


def eager(root: Value, leaves: Sequence[Value], seed: float) -> list[float]:
    """The value of a graph, and the gradients of its leaves."""
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward(seed)
    return [root.data, *[leaf.grad for leaf in leaves]]


def replayed(
    replay: Any, numbers: Sequence[float], seed: float, sums: Sequence[float]
) -> list[float]:
    """The same by a program, which starts from these sums."""
    run = replay.run(numbers)
    reached = run.reached(0)
    grads = list(sums)
    found = run.add_shares(0, seed, [grads[leaf] for leaf in reached])
    for leaf, total in zip(reached, found):
        grads[leaf] = total
    return [*run.outputs, *grads]


def difference(seed: int) -> str | None:
    """What a replay of the graph of this seed does otherwise than the engine, or None."""
    rng = random.Random(seed)
    point = numbers(rng, rng.randint(1, 5))
    size = rng.choice([3, 10, 40])
    structure = rng.random()
    leaves = [Value(number) for number in point]
    root = graph(random.Random(structure), leaves, size)
    if root.op is None:
        return None
    replay = lift(tape_of(root, leaves))
    for turn in range(3):
        gradient = rng.choice([1.0, -0.0, 0.0, rng.gauss(0.0, 1.0), *SPECIAL])
        expected = eager(root, leaves, gradient)
        found = replayed(replay, point, gradient, [0.0 for _ in leaves])
        if bits(expected) != bits(found):
            return f"seed {seed}, run {turn}, {point}: {found} replayed, {expected} as it is"
        # Another point: the same operations on other numbers.
        point = numbers(rng, len(leaves))
        leaves = [Value(number) for number in point]
        root = graph(random.Random(structure), leaves, size)
    return None


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2000, help="how many graphs")
    parser.add_argument("--seed", type=int, default=0, help="the first of the seeds")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    differences = [
        found
        for seed in range(options.seed, options.seed + options.count)
        if (found := difference(seed)) is not None
    ]
    engine = "compiled" if autograd.__compiled__ else "interpreted"
    for found in differences[:20]:
        print(found)
    seconds = time.perf_counter() - start
    print(f"{options.count} graphs, {engine} engine, {seconds:.0f} s")
    print(f"differences: {len(differences)}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
