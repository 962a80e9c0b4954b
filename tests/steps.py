"""Training steps on rows that indices choose, compiled and as they are: random ones.

    python -m tests.steps 2000 7

makes 2,000 steps from the seed 7. Each is called with several indices, and results, data and
gradients are compared to the bit; none of the calls is checked by `compile` itself.
"""

from __future__ import annotations

import copy
import random
import sys
from collections.abc import Callable
from typing import Any

import autograd
from autograd import Value, take, zero_grad
from tests.replaying import bits, campaign, number

UNARY = [autograd.tanh, autograd.exp, autograd.relu, autograd.negative, autograd.square]

Step = Callable[["State"], Value]


class State:
    """What a step has computed so far.

    Attributes:
        rows: the parameters, in rows.
        pool: Values, the latest last.
        indices: whole numbers, some of them computed from others.
    """

    def __init__(self, rows: list[list[Value]], i: Any, j: Any) -> None:
        self.rows = rows
        self.pool = [w for row in rows for w in row]
        self.indices = [i, j, (i + 2 * j) % 3, -i, j]


def probabilities(scores: list[Value]) -> list[Value]:
    exponentials = [autograd.exp(score) for score in scores]
    total = sum(exponentials[1:], exponentials[0])
    return [x / total for x in exponentials]


def step(rng: random.Random) -> Step:
    """One Value more, computed from those that there are."""
    u, v, w = rng.random(), rng.random(), rng.random()
    unary, reduction = rng.choice(UNARY), rng.choice([autograd.sum, autograd.logsumexp])
    minus = rng.random() < 0.5
    width = rng.randint(2, 4)

    def a(state: State) -> Value:
        return state.pool[int(u * len(state.pool))]

    def b(state: State) -> Value:
        return state.pool[-1 - int(v * min(5, len(state.pool)))]

    def index(state: State) -> Any:
        return state.indices[int(w * len(state.indices))]

    def row(state: State) -> list[Value]:
        taken: list[Value] = take(state.rows, index(state) % len(state.rows))
        return taken

    def some(state: State) -> list[Value]:
        start = int(v * (len(state.pool) - width))
        return state.pool[start : start + width]

    def computed(state: State) -> list[Value]:
        return [unary(x) * a(state) for x in some(state)]

    def chosen(rows: list[Value], state: State) -> Value:
        return take(rows, index(state) % len(rows))

    def difference(state: State) -> Value:
        scores = computed(state)
        parts = [reduction(scores), -chosen(scores, state)]
        return parts[0] + parts[1] if minus else parts[1] + parts[0]

    return rng.choice(
        [
            lambda s: a(s) * b(s),
            lambda s: a(s) + b(s),
            lambda s: unary(b(s)),
            lambda s: reduction(some(s)),
            lambda s: autograd.where(a(s) > b(s), a(s), b(s)),
            lambda s: sum((x * y for x, y in zip(row(s), some(s))), Value(0.5)),
            lambda s: row(s)[0] * row(s)[1] + b(s),
            lambda s: chosen(some(s), s) * b(s),
            lambda s: chosen(computed(s), s) * b(s),
            lambda s: chosen(computed(s), s),
            lambda s: chosen(probabilities(computed(s)), s).log(),
            lambda s: chosen([chosen(some(s), s), a(s), b(s)], s),
            difference,
        ]
    )


class Training:
    """A random training step, and the indices of a few calls."""

    def __init__(self, seed: str) -> None:
        rng = random.Random(seed)
        self.rows = [[Value(number(rng, 0.03)) for _ in range(2)] for _ in range(rng.randint(2, 4))]
        self._steps = [step(rng) for _ in range(rng.randint(2, 10))]
        self._twice = rng.random() < 0.3
        self._zero = rng.choice(["before", "after", "never"])
        self._looks = rng.random()
        self._returns = rng.random() < 0.4
        count = rng.randint(3, 7)
        self.calls = [(rng.randint(-2, 2), rng.randint(-2, 2)) for _ in range(count)]

    def function(self, i: Any, j: Any) -> Any:
        """The step."""
        state = State(self.rows, i, j)
        parameters = list(state.pool)
        if self._zero == "before":
            zero_grad(parameters)
        for each in self._steps:
            state.pool.append(each(state))
        loss = sum(state.pool[-3:], Value(0.0))
        if self._returns:
            return loss
        loss.backward()
        if self._twice:
            (loss * state.pool[-2]).backward()
        seen = [x.grad for x in state.pool if self._looks < 0.5]
        if self._looks < 0.1:
            seen += [1.0 for x in state.pool if x.has_grad]
        for w in parameters:
            w.data -= 0.1 * w.grad
        if self._zero == "after":
            zero_grad(parameters)
        return loss.data, seen

    def run(self, compiled: bool) -> list[Any]:
        """All that can be seen of the calls."""
        this = copy.deepcopy(self)
        function: Any = this.function
        if compiled:
            function = autograd.compile(function, programs=10_000)
        found = []
        for i, j in this.calls:
            result = function(i, j)
            for program in function._all if compiled else []:
                program.next_check = sys.maxsize
            parameters = [w for row in this.rows for w in row]
            if isinstance(result, Value):
                (result * 1.5 + parameters[0]).backward()
            found.append(bits([result, [[w.data, w.grad, w.has_grad] for w in parameters]]))
        self.programs = len(function.programs) if compiled else 0
        return found


if __name__ == "__main__":
    for outcome, times in campaign(Training, int(sys.argv[1]), int(sys.argv[2])).most_common(20):
        print(times, outcome)
