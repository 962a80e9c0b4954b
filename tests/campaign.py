"""Plant faults that `check_gradients` has to find and name, and check programs that are right.

    python -m tests.campaign faults [count] [seed]
    python -m tests.campaign programs [count] [seed]

A fault is a rule of the table that is off by 1e-12 to 1 of its derivative, in the midst of another
computation; what is not found, or found and not named, is printed. The programs are expressions of
all operations on floats of any size, and a verdict against one is a false alarm. The longest check,
and the most calls of a function by one, are printed too.
"""

from __future__ import annotations

import itertools
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import autograd
from autograd import Primitive, Value
from autograd.testing import Expression, GradientError, KinkError, check_gradients, expressions
from autograd.testing.formulas import FORMULAS
from tests.false_alarms import SMOOTH
from tests.oracle import PRIMITIVES, ROWS

# What the faulty operation is a part of: y is its result, x its first operand.
PLACES: Final[dict[str, Callable[[Value, Value], Any]]] = {
    "alone": lambda y, x: y,
    "a product": lambda y, x: 3.0 * y * (x + 5.0),
    "a sum of many": lambda y, x: autograd.sum([y, x, x * x, 2.0]),
    "a composition": lambda y, x: autograd.tanh(0.1 * y) + autograd.exp(0.1 * x),
    "a branch": lambda y, x: autograd.where(x > -1e9, y, x) * 2.0,
    "a list": lambda y, x: [x * x, {"y": y - x}],
    "a loop": lambda y, x: looped(y, x),
    "used twice": lambda y, x: y * y + y,
    "a softmax": lambda y, x: autograd.logsumexp([0.1 * y, 0.1 * x, 0.0]),
    "a quotient": lambda y, x: y / (2.0 + x * x),
}


def looped(y: Value, x: Value) -> Value:
    for _ in range(4):
        y = 0.5 * y + 0.1 * autograd.sin(x)
    return y


@dataclass(frozen=True)
class Planted:
    """A fault, and where it is."""

    name: str
    operand: int
    size: float
    place: str
    point: tuple[float, ...]

    def outcome(self) -> str:
        """The verdict: ``named``, ``found`` without the name, ``missed`` or ``kink``."""
        right = PRIMITIVES[self.name]
        rules = list(right.derivatives)
        rule, factor = rules[self.operand], 1.0 + self.size
        rules[self.operand] = lambda *operands: rule(*operands) * factor
        wrong = Primitive(self.name, right.forward, *rules)
        FORMULAS[wrong] = FORMULAS[right]
        try:
            check_gradients(
                lambda *operands: PLACES[self.place](wrong(*operands), operands[0]),
                *self.point,
                order=1,
            )
        except GradientError as error:
            named = f"The rule of {self.name} for " in str(error)
            return "named" if named else "found"
        except KinkError:
            return "kink"
        finally:
            del FORMULAS[wrong]
        return "missed"


def faults(count: int, number: int) -> Iterator[Planted]:
    """Faults in all rules in turn, of all sizes, where there is a derivative."""
    chance = random.Random(number)
    rules = [
        (name, i)
        for name in SMOOTH
        if PRIMITIVES[name] in FORMULAS and not ROWS[name].supporting
        for i in range(len(PRIMITIVES[name].derivatives))
    ]
    for name, i in itertools.islice(itertools.cycle(rules), count):
        primitive = PRIMITIVES[name]
        low, high = min(ROWS[name].intervals, key=lambda ends: abs(ends[0] + ends[1]))
        while True:
            point = tuple(
                chance.uniform(max(low, -3.0), min(high, 3.0)) for _ in primitive.derivatives
            )
            slope = primitive.derivatives[i](*point, primitive(*point))
            if abs(slope) > 1e-6:
                break
        size = 10.0 ** chance.uniform(-12.0, 0.0) * chance.choice([-1.0, 1.0])
        yield Planted(name, i, size, chance.choice([*PLACES]), point)


def main_faults(count: int = 500, number: int = 1) -> None:
    outcomes: Counter[str] = Counter()
    for fault in faults(count, number):
        outcome = fault.outcome()
        outcomes[outcome] += 1
        if outcome != "named":
            print(f"{outcome}: {fault}", flush=True)
    print(dict(outcomes))


def main_programs(count: int = 1000, number: int = 1) -> None:
    outcomes: Counter[str] = Counter()
    longest, most = 0.0, 0

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        expressions(
            inputs=st.floats(allow_nan=False, allow_infinity=False),
            allow_nan=True,
            allow_infinity=True,
            max_size=6,
        )
    )
    def run(expression: Expression) -> None:
        nonlocal longest, most
        calls = itertools.count()

        def counted(*numbers: Any) -> Any:
            next(calls)
            return expression(*numbers)

        start = time.process_time()
        try:
            check_gradients(counted, *expression.point, skip_kinks=True)
            outcome = "passed"
        except Exception as error:
            outcome = "alarm"
            print(f"{type(error).__name__}: {error}\n  {expression!r}", flush=True)
        outcomes[outcome] += 1
        longest = max(longest, time.process_time() - start)
        most = max(most, next(calls))

    run()
    print(dict(outcomes), f"longest {longest:.1f} s, most {most} calls")


if __name__ == "__main__":
    logging.disable()  # of checks that could not have 60 digits
    {"faults": main_faults, "programs": main_programs}[sys.argv[1]](*map(int, sys.argv[2:]))
