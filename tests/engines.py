"""Run random programs on both engines, and compare every bit of what they compute.

    nice python -m tests.engines --count 100000

The programs share results and constants, and their inputs include 0.0, -0.0, inf, nan and numbers
from 5e-324 to 1e308. Of each, the value and the derivatives by ``backward()``, `gradients`, `grad`,
`jvp`, `jacobian` and `hvp` are computed. On each engine these are also compared with one another:
where every number is of moderate size, they agree within the rounding errors of their sums.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence

import autograd
from autograd import Value, gradients, table
from autograd.engine.primitive import Choice, Reduction
from autograd.testing import Expression, Step
from autograd.testing.chain_rule import adjoints, is_close, is_moderate
from autograd.testing.strategies import offered
from tests.programs import ROOT, environment

OPERATIONS = [op for op in offered() if not isinstance(op, Choice)]
SIMPLE = [table.add, table.subtract, table.multiply, table.divide, table.tanh, table.exp]
SPECIAL = [0.0, -0.0, 1.0, float("inf"), float("-inf"), float("nan"), 5e-324, 1e308, 1e-200, 1e200]
# At their kink there is no mixed second derivative by x and alpha: forward over reverse gives that
# of one order, reverse over reverse that of the other.
ASYMMETRIC = (table.leaky_relu, table.elu)
CHUNK = 100  # programs whose bits are compared together


def number(chance: random.Random) -> float:
    """An input or a constant."""
    kind = chance.random()
    if kind < 0.15:
        return chance.choice(SPECIAL)
    if kind < 0.25:
        return chance.choice((-1.0, 1.0)) * float(10.0 ** chance.uniform(-300, 300))
    return chance.uniform(-3.0, 3.0)


def program(seed: int) -> Expression:
    """The program of that number."""
    chance = random.Random(seed)
    point = tuple(number(chance) for _ in range(chance.randint(1, 3)))
    steps: list[Step] = []
    for _ in range(chance.randint(1, 8)):
        known = len(point) + len(steps)
        operation = chance.choice(SIMPLE if chance.random() < 0.3 else OPERATIONS)
        count = operation.arity
        if isinstance(operation, Reduction):
            count = operation.sequences * chance.randint(1, 4)
        operands: list[int | float] = [
            chance.randrange(known) if chance.random() < 0.8 else number(chance)
            for _ in range(count)
        ]
        # So that most results are used: the newest, or one at random.
        operands[0] = known - 1 if chance.random() < 0.7 else chance.randrange(known)
        steps.append(Step(operation, tuple(operands)))
    return Expression(point, tuple(steps))


def numbers(expression: Expression) -> tuple[list[float], str]:
    """All that the engine computes of a program, and what does not agree."""
    point = expression.point
    argnums = tuple(range(len(point)))
    leaves, out = expression.on_values()
    out.backward()
    by_backward = [leaf.grad for leaf in leaves]
    by_gradients = [slope.data for slope in gradients(out, leaves)]
    by_grad = list(autograd.grad(expression, argnums)(*point))
    by_jacobian = list(autograd.jacobian(expression, argnums)(*point))
    _, rate = autograd.jvp(expression, point, (1.0,) * len(point))
    products = list(autograd.hvp(expression, point, (1.0,) * len(point), argnums))
    found = [out.data, *by_backward, *by_gradients, *by_grad, *by_jacobian, rate, *products]
    return found, _disagreement(
        leaves, out, [by_backward, by_gradients, by_grad, by_jacobian], rate, products
    )


def _disagreement(
    leaves: Sequence[Value],
    out: Value,
    derivatives: Sequence[Sequence[float]],
    rate: float,
    products: Sequence[float],
) -> str:
    expected = adjoints(out)
    if not is_moderate(expected):
        return ""
    for found in derivatives:
        for leaf, slope in zip(leaves, found, strict=True):
            if leaf in expected and not is_close(slope, expected[leaf]):
                return f"a derivative is {slope!r}, and {expected[leaf].value!r}"
    total = autograd.sum([gradients(out, leaf) for leaf in leaves])
    forward = [expected[leaf] for leaf in leaves if leaf in expected]
    bound = sum(2.0 * each.error for each in forward) + 1e-15 * sum(
        abs(each.value) for each in forward
    )
    if abs(rate - total.data) > 2.0 * bound:
        return f"jvp() gives {rate!r}, and the gradient {total.data!r}"
    kinked = any(
        value.op in ASYMMETRIC and value.operands[0] == 0.0
        for value in autograd.topological_order(out)
    )
    second = adjoints(total)
    if is_moderate(second) and not kinked:
        for leaf, product in zip(leaves, products, strict=True):
            if leaf in second and not is_close(product, second[leaf]):
                return (
                    f"hvp() gives {product!r}, and the gradient of the gradient differs: "
                    + repr(second[leaf])
                )
    return ""


def run(count: int, seed: int) -> Iterator[str]:
    """A line for each chunk of programs: its number, and a digest of all bits; and complaints."""
    for start in range(seed, seed + count, CHUNK):
        digest = hashlib.sha256()
        for each in range(start, min(start + CHUNK, seed + count)):
            found, disagreement = numbers(program(each))
            digest.update(" ".join(x.hex() for x in found).encode())
            if disagreement:
                yield f"program {each}: {disagreement}"
        yield f"chunk {start}: {digest.hexdigest()}"


def differing(start: int) -> list[int]:
    """The programs of a chunk that the engines compute otherwise."""
    command = f"from tests.engines import *\nfor i in range({start}, {start + CHUNK}):\n"
    command += "    print([x.hex() for x in numbers(program(i))[0]])"
    lines = [
        subprocess.run(
            [sys.executable, "-c", command],
            cwd=ROOT,
            env=environment(CHAINRULE_COMPILE=engine),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for engine in "01"
    ]
    return [start + i for i, (one, other) in enumerate(zip(*lines, strict=True)) if one != other]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both engines side by side; 0 if nothing differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=1_000, help="programs (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first one")
    parser.add_argument("--one-engine", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one_engine:
        for line in run(options.count, options.seed):
            print(line, flush=True)
        return 0
    command = [sys.executable, "-m", "tests.engines", "--one-engine"]
    command += ["--count", str(options.count), "--seed", str(options.seed)]
    runs = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(CHAINRULE_COMPILE=engine),
            stdout=subprocess.PIPE,
            text=True,
        )
        for engine in "01"
    ]
    lines = [each.communicate()[0].splitlines() for each in runs]
    if any(each.returncode for each in runs):
        return 1
    complaints = [line for line in {*lines[0], *lines[1]} if line.startswith("program")]
    chunks = [[line for line in each if line.startswith("chunk")] for each in lines]
    pairs = zip(*chunks, strict=True)
    starts = [int(one.split()[1].rstrip(":")) for one, other in pairs if one != other]
    different = [each for start in starts for each in differing(start)]
    for line in [*sorted(complaints), *map("program {}: other bits".format, different)]:
        print(line)
    print(f"{options.count} programs: {len(different)} differ, {len(complaints)} disagree")
    return 1 if different or complaints else 0


if __name__ == "__main__":
    sys.exit(main())
