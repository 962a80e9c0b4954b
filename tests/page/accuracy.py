"""How far the rules in JavaScript are from the exact values of the oracle.

    python -m tests.page.accuracy [points per row] [name ...]

draws points as `tests.worst_errors` does, and as many of special ones, has Node compute every row
there, and prints the worst error of each, as that command does for Python.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Mapping, Sequence

from mpmath import mpf

from autograd.engine.primitive import Reduction
from autograd.testing import units_off
from tests.engine.test_table import SECOND_BOUND
from tests.oracle import PRIMITIVES, ROWS, UndefinedError
from tests.page.nodejs import AllRules, as_json, from_json, run
from tests.worst_errors import draw_operands

SPECIAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    2.0,
    -2.0,
    3.0,
    math.inf,
    -math.inf,
    math.nan,
    5e-324,
    -1e-310,
]
SPECIAL += [1e-200, 1e200, -1e308, 1.7e308, 710.0, -745.0, 1024.0, 1e16]

SCRIPT = """
const answer = data.map(([name, points]) => points.map((point) => {
  const xs = point.map(Number);
  const { forward, derivatives, gradient } = rules[name];
  const out = gradient ? forward(xs) : forward(...xs);
  return [out, ...(gradient ? gradient(xs, out) : derivatives.map((by) => by(...xs, out)))];
}));
"""

Point = list[float]


def drawn(name: str, count: int) -> list[Point]:
    """Operands of a row: as many random ones, and as many special ones."""
    primitive, row, chance = PRIMITIVES[name], ROWS[name], random.Random(name)
    points = [draw_operands(primitive, row, chance) for _ in range(count)]
    for _ in range(count):
        point = draw_operands(primitive, row, chance)
        for place in range(row.variables(primitive, len(point))):
            point[place] = chance.choice(SPECIAL)
        points.append(point)
    return points


def computed(points: Mapping[str, Sequence[Point]]) -> dict[str, list[list[float]]]:
    """The value of each row at each point, followed by its derivatives, as Node has them."""
    data = [
        [name, [[as_json(x) for x in point] for point in those]] for name, those in points.items()
    ]
    answers = run(AllRules(), SCRIPT, data)
    return {
        name: [[from_json(x) for x in found] for found in those]
        for name, those in zip(points, answers, strict=True)
    }


def errors(name: str, point: Point, found: Sequence[float]) -> list[float]:
    """How far off the value and the derivatives are, in parts of what they may be off.

    Where the oracle has no answer, that of Python is the right one.
    """
    primitive = PRIMITIVES[name]
    out = primitive.evaluate(point)
    right = [out, *primitive.local_derivatives(point, out)]
    return [
        error(name, point, place, *numbers)
        for place, numbers in enumerate(zip(found, right, strict=True), start=-1)
    ]


def error(name: str, point: Point, place: int, found: float, by_python: float) -> float:
    """How far off the value is, at place -1, or a derivative; 0 for what Python gives as well."""
    primitive, row = PRIMITIVES[name], ROWS[name]
    if found == by_python or found != found or by_python != by_python:
        same = (found != found) == (by_python != by_python)
        same_sign = found != 0.0 or math.copysign(1.0, found) == math.copysign(1.0, by_python)
        return 0.0 if same and same_sign else math.inf
    is_second = row.supporting and place >= 0  # as the derivatives of these are
    exact, unit, bound = mpf(by_python), mpf(math.ulp(by_python)), row.bound(place)
    try:
        if is_second and all(1e-3 <= abs(x) <= 30.0 for x in point):
            exact, unit = row.exact_conditioned(primitive, point, place)
        elif not is_second and all(map(math.isfinite, point)):
            exact = row.exact(primitive, point, place)
    except UndefinedError:
        pass
    if is_second:
        return float(abs(found - exact) / unit) / SECOND_BOUND
    return units_off(found, exact, row.scale(primitive, point, place)) / bound


def main(count: int, names: Sequence[str]) -> None:
    points = {name: drawn(name, count) for name in names or ROWS}
    found = computed(points)
    print(f"{'row':<22}{'of':<8}{'worst':>9}{'bound':>7}  where")
    for name in points:
        worst: dict[int, tuple[float, Point]] = {}
        for point, numbers in zip(points[name], found[name], strict=True):
            for place, each in enumerate(errors(name, point, numbers), start=-1):
                place = 0 if isinstance(PRIMITIVES[name], Reduction) and place > 0 else place
                worst[place] = max(worst.get(place, (-1.0, [])), (each, point))
        for place, (each, point) in sorted(worst.items()):
            of = "value" if place == -1 else f"d/d{place}"
            bound = (
                SECOND_BOUND if ROWS[name].supporting and place >= 0 else ROWS[name].bound(place)
            )
            mark = " !" if each > 1.0 else ""
            print(f"{name:<22}{of:<8}{each * bound:>9.2f}{bound:>7g}  {point}{mark}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(int(arguments.pop(0)) if arguments and arguments[0].isdigit() else 500, arguments)
