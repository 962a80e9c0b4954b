"""Print the counts of false alarms that `check_gradients` raises, and of faults that it misses.

    python -m tests.false_alarms [points per row] [expressions] [seed]

Every row of the table that is smooth nearly everywhere is checked at random points of all
sizes, then generated expressions; each alarm is printed, and should be looked at. Then a
fault is planted in a rule of each row: a wrong sign, a factor of 1.001, another rule of
the same row, or a rule that leaves the record; what passes then is a miss.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from hypothesis import HealthCheck, given, seed, settings

from autograd import Primitive, Reduction, Value
from autograd.testing import Expression, GradientError, KinkError, check_gradients, expressions
from tests.engine.test_gradients import MOST_USED, ORDINARY
from tests.oracle import PRIMITIVES, ROWS
from tests.worst_errors import draw_operands

STAIRS = {"ceil", "floor", "floor_divide", "fmod", "remainder", "round", "sign", "trunc"}
SMOOTH = [name for name, row in ROWS.items() if name not in {*STAIRS, "where"} and not row.choices]
GREATEST = 2.0**50  # beyond, every float is a whole number, even at last,
PERIODIC = {"power", "power_rate", "power_slope", "sinc"}  # and these repeat with them


def main(points: int = 100, count: int = 1000, number: int = 1) -> None:
    chance = random.Random(number)
    print("rows:", *counted(rows(points, chance)))
    print("expressions:", *counted(generated(count, number)))
    for name, fault in FAULTS.items():
        print(f"{name}:", *counted(planted(fault, points // 10 or 1, chance), silent=True))


def counted(outcomes: Iterable[str], *, silent: bool = False) -> list[str]:
    """The numbers of checks that passed, were at kinks and raised an alarm."""
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        counts[outcome.partition(":")[0]] += 1
        if outcome.startswith("alarm") and not silent:
            print(outcome)
    return [f"{count} {what}," for what, count in counts.most_common()]


def outcome(function: Callable[..., Any], *inputs: Any) -> str:
    try:
        check_gradients(function, *inputs)
    except KinkError:
        return "kink"
    except GradientError as error:
        return f"alarm: {error}"
    return "passed"


def arguments(primitive: Primitive, operands: list[float]) -> list[Any]:
    if not isinstance(primitive, Reduction):
        return operands
    half = len(operands) // 2
    return [operands] if primitive.sequences == 1 else [operands[:half], operands[half:]]


def rows(points: int, chance: random.Random) -> Iterator[str]:
    for name in SMOOTH:
        for _ in range(points):
            operands = draw_operands(PRIMITIVES[name], ROWS[name], chance)
            if name not in PERIODIC or all(abs(x) < GREATEST for x in operands):
                yield outcome(PRIMITIVES[name], *arguments(PRIMITIVES[name], operands))


def generated(count: int, number: int) -> list[str]:
    outcomes: list[str] = []

    @seed(number)
    @settings(
        max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(expressions(MOST_USED, inputs=ORDINARY))
    def run(expression: Expression) -> None:
        outcomes.append(outcome(expression, *expression.point))

    run()
    return outcomes


# ── Faults ────────────────────────────────────────────────────────────────────


def cut(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule, on the numbers alone."""
    return lambda *operands: rule(*[x.data if isinstance(x, Value) else x for x in operands])


Fault = Callable[[Sequence[Callable[..., Any]], int], Callable[..., Any]]

FAULTS: dict[str, Fault] = {
    "a wrong sign": lambda rules, i: lambda *operands: -rules[i](*operands),
    "a factor of 1.001": lambda rules, i: lambda *operands: rules[i](*operands) * 1.001,
    "another rule": lambda rules, i: rules[(i + 1) % len(rules)],
    "a rule that leaves the record": lambda rules, i: cut(rules[i]),
}


def planted(fault: Fault, points: int, chance: random.Random) -> Iterator[str]:
    """The outcomes at points where the fault changes a derivative by more than 0.0001."""
    for name in SMOOTH:
        primitive, row = PRIMITIVES[name], ROWS[name]
        for i, rule in enumerate(primitive.derivatives if not row.supporting else ()):
            rules = list(primitive.derivatives)
            rules[i] = fault(primitive.derivatives, i)
            for _ in range(points):
                low, high = row.intervals[-1]
                operands = [chance.uniform(max(low, -3.0), min(high, 3.0)) for _ in rules]
                out = primitive(*operands)
                step = 1e-3 if fault is FAULTS["a rule that leaves the record"] else 0.0
                moved = [x + step for x in operands]
                change = rule(*moved, primitive(*moved)) - rules[i](*operands, out)
                if abs(change) > 1e-4 * (step or 1.0):
                    yield outcome(Primitive(name, primitive.forward, *rules), *operands)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
