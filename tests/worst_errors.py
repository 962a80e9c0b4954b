"""Print the worst errors of the table that a random search finds.

    python -m tests.worst_errors [points per row] [name ...]

For the value of each row and for its derivative with respect to each operand: the worst
error in units in the last place, the bound that the tests hold it to, and where it was.
For a row with a scale, the unit is that of the terms (see `tests.oracle.Row`).
"""

from __future__ import annotations

import math
import random
import sys

from autograd.engine.primitive import Primitive, Reduction
from autograd.testing import units_off
from tests.oracle import PRIMITIVES, ROWS, Row, UndefinedError

NEAR = [0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 10.0, math.pi / 2, math.pi, 0.1, 1.5, 2.5, 709.78, 1e8]


def draw(row: Row, chance: random.Random) -> float:
    """A float of any size, of ordinary size, next to a special point, or in an interval."""
    kind = chance.randrange(5)
    if kind == 0:
        return chance.choice((-1.0, 1.0)) * math.ldexp(
            1.0 + chance.random(), chance.randint(-1074, 1022)
        )
    if kind == 1:
        return chance.choice((-1.0, 1.0)) * math.pow(10.0, chance.uniform(-3.0, 3.0))
    if kind == 2:
        offset = chance.choice((-1.0, 1.0)) * math.pow(2.0, chance.uniform(-53.0, 0.0))
        return chance.choice((-1.0, 1.0)) * chance.choice(NEAR) * (1.0 + offset)
    low, high = chance.choice(row.intervals)
    return chance.uniform(low, high)


def draw_operands(primitive: Primitive, row: Row, chance: random.Random) -> list[float]:
    if isinstance(primitive, Reduction):
        count = chance.randint(1, 3) if row.choices else chance.randint(1, 5)
        if primitive.sequences == 2 and not row.choices:
            count = 2 * chance.randint(1, 3)
        chosen = [chance.choice(choices) for choices in row.choices for _ in range(count)]
        if chance.random() < 0.5:
            return [*[draw(row, chance) for _ in range(count)], *chosen]
        size = draw(row, chance)
        others = [chance.gauss(0.0, 10.0) for _ in range(count)]
        return [*[size + x if row.shift_invariant else size * x for x in others], *chosen]
    operands = [draw(row, chance) for _ in range(row.variables(primitive, primitive.arity))]
    if row.related is not None and chance.random() < 0.7:
        ordinary = chance.choice((chance.gauss(0.0, 1.0), chance.uniform(-40.0, 40.0)))
        operands[1] = row.related(operands[0], ordinary)
    return [*operands, *[chance.choice(choices) for choices in row.choices]]


def main(points: int, names: list[str]) -> None:
    print(f"{'row':<16}{'of':<8}{'worst':>9}{'bound':>7}  where")
    for name, row in ROWS.items():
        if names and name not in names:
            continue
        primitive = PRIMITIVES[name]
        chance = random.Random(name)
        worst: dict[int, tuple[float, list[float]]] = {}
        for _ in range(points):
            operands = draw_operands(primitive, row, chance)
            if not all(math.isfinite(x) for x in operands):
                continue
            out = primitive.evaluate(operands)
            actual = [out] if row.supporting else [out, *primitive.local_derivatives(operands, out)]
            for position, number in enumerate(actual, start=-1):
                try:
                    exact = row.exact(primitive, operands, position)
                except UndefinedError:
                    continue
                if exact is None:
                    error = 0.0 if number != number else math.inf
                else:
                    error = units_off(number, exact, row.scale(primitive, operands, position))
                place = 0 if isinstance(primitive, Reduction) and position > 0 else position
                if place not in worst or error > worst[place][0]:
                    worst[place] = (error, operands)
        for position, (error, operands) in sorted(worst.items()):
            of = "value" if position == -1 else f"d/d{position}"
            bound = row.bound(position)
            mark = " !" if error > bound else ""
            print(f"{name:<16}{of:<8}{error:>9.2f}{bound:>7g}  {operands}{mark}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    count = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else 2000
    main(count, arguments)
