"""Plant faults that `check_gradients` has to find and name, and check programs that are right.

    python -m tests.campaign faults [count] [seed]
    python -m tests.campaign programs [count] [seed]
    python -m tests.campaign rows [points of each] [seed]

A fault is a rule of the table that is off by 1e-12 to 1 of its derivative, in the midst of another
computation; what is not found, or found and not named, is printed. The programs are expressions of
all operations on floats of any size, and the rows are single operations at points of all sizes: a
verdict against one is a false alarm, and so is a check that does more than it may. The rate, the
longest check, and the most work that one has done, are printed too.
"""

from __future__ import annotations

import itertools
import logging
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import autograd
from autograd import Primitive, Reduction, Value
from autograd.testing import Expression, GradientError, KinkError, check_gradients, expressions
from autograd.testing.formulas import FORMULAS
from autograd.testing.precise import MOST_OPERATIONS, Precise
from tests.oracle import PRIMITIVES, ROWS
from tests.worst_errors import draw_operands

STAIRS: Final = {
    *("ceil", "floor", "floor_divide", "fmod", "remainder", "round", "sign", "trunc", "where")
}
SMOOTH: Final = [name for name, row in ROWS.items() if name not in STAIRS and not row.choices]

# ── Faults ────────────────────────────────────────────────────────────────────

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


# ── What is right ─────────────────────────────────────────────────────────────

BATCH: Final = 500  # programs that are drawn with one seed, and then forgotten
ORDER: Final = 2


def most_calls(width: int) -> int:
    """The most calls of a function of so many numbers in a check of order 2.

    At the point, and for differences of each order by each number, which are repeated; and next to
    the point for each derivative that is in doubt.
    """
    return 60 + 2 * 180 * width * ORDER + 240 * (width + width**2)


@dataclass
class Tally:
    """The outcomes of checks, and their work.

    Attributes:
        alarms: the verdicts against what is right, with what it is.
        calls: the most calls of a function by a check, as a part of those that it may make.
        operations: the most that it has done with 60 digits, as a part of the same.
        seconds: the most processor time of a check.
        count: of all checks.
    """

    alarms: list[str]
    calls: float = 0.0
    operations: float = 0.0
    seconds: float = 0.0
    count: int = 0

    def check(self, function: Callable[..., Any], *inputs: Any, steps: int, shown: str) -> None:
        """Check what is right, of so many operations on so many numbers."""
        calls = {"floats": 0, "60 digits": 0}

        def counted(*arguments: Any) -> Any:
            numbers = arguments[0] if isinstance(arguments[0], list) else arguments
            is_precise = isinstance(numbers[0], Precise)
            calls["60 digits" if is_precise else "floats"] += 1
            return function(*arguments)

        start = time.process_time()
        try:
            check_gradients(counted, *inputs, order=ORDER, skip_kinks=True)
        except Exception as error:
            self._alarm(f"{type(error).__name__}: {error}", shown)
        self.seconds = max(self.seconds, time.process_time() - start)
        self.count += 1
        width = sum(len(x) if isinstance(x, list) else 1 for x in inputs)
        self.calls = max(self.calls, calls["floats"] / most_calls(width))
        self.operations = max(self.operations, calls["60 digits"] * steps / MOST_OPERATIONS)

    def _alarm(self, message: str, shown: str) -> None:
        self.alarms.append(message)
        print(f"{message}\n  {shown}", flush=True)

    def __str__(self) -> str:
        seconds = time.process_time()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return (
            f"{self.count} checks, {len(self.alarms)} false alarms; at most {self.calls:.2f} of "
            f"the calls that a check may make, {self.operations:.2f} of the operations with 60 "
            f"digits, {self.seconds:.1f} s; {self.count / seconds:.1f} a second, {memory:.0f} MB"
        )


ANY_SIZE: Final = expressions(
    inputs=st.floats(allow_nan=False, allow_infinity=False),
    allow_nan=True,
    allow_infinity=True,
    max_size=6,
)


def programs(count: int, number: str) -> list[Expression]:
    """Expressions of all operations on floats of any size, the same for the same number."""
    drawn: list[Expression] = []

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(ANY_SIZE)
    def draw(expression: Expression) -> None:
        drawn.append(expression)

    draw()
    return drawn


def main_programs(count: int = 1000, number: int = 1) -> None:
    tally = Tally([])
    for done in range(0, count, BATCH):
        for expression in programs(min(BATCH, count - done), f"{number}, {done}"):
            steps = len(expression.steps)
            tally.check(expression, *expression.point, steps=steps, shown=repr(expression))
        print(tally, flush=True)


def arguments(primitive: Primitive, operands: list[float]) -> list[Any]:
    if not isinstance(primitive, Reduction):
        return operands
    half = len(operands) // 2
    return [operands] if primitive.sequences == 1 else [operands[:half], operands[half:]]


def main_rows(points: int = 20, number: int = 1) -> None:
    chance = random.Random(number)
    tally = Tally([])
    for name, row in ROWS.items():
        primitive = PRIMITIVES[name]
        for _ in range(points if not row.choices and name != "where" else 0):
            inputs = arguments(primitive, draw_operands(primitive, row, chance))
            tally.check(primitive, *inputs, steps=1, shown=f"{name}{tuple(inputs)}")
    print(tally)


if __name__ == "__main__":
    logging.disable()  # of checks that could not have 60 digits
    commands: dict[str, Callable[[int, int], None]] = {
        "faults": main_faults,
        "programs": main_programs,
        "rows": main_rows,
    }
    commands[sys.argv[1]](*map(int, sys.argv[2:]))
