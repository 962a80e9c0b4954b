"""Compiled functions against the functions themselves: random ones, called with random numbers.

    python -m tests.replaying 10000 7

makes 10,000 functions from the seed 7, calls each several times, as it is and compiled without
checks, and compares results, gradients and errors to the bit.
"""

from __future__ import annotations

import copy
import math
import random
import struct
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

import autograd
from autograd import CompileError, CompileWarning, Value, no_grad, take
from autograd.replay.compiled import Compiled

SPECIAL = [0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 2.0, 5e-324, 1e308, 1e200, -1e-200]

UNARY = [
    autograd.tanh,
    autograd.exp,
    autograd.log,
    autograd.relu,
    autograd.sqrt,
    autograd.sigmoid,
    autograd.absolute,
    autograd.sin,
    autograd.softplus,
    autograd.square,
    autograd.gelu,
    autograd.negative,
    autograd.floor,
]
BINARY = [
    autograd.maximum,
    autograd.divide,
    autograd.power,
    autograd.hypot,
    autograd.logaddexp,
    autograd.remainder,
    autograd.minimum,
    autograd.leaky_relu,
]
REDUCTIONS = [autograd.sum, autograd.prod, autograd.norm, autograd.logsumexp, autograd.mean]
OPERATORS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    lambda a, b: 2 * a - b,
    lambda a, b: a**2 + 3 * b,
]

Step = Callable[[list[Any]], Any]


def number(rng: random.Random, special: float = 0.2) -> float:
    """A float, one of the special ones with that probability."""
    return rng.choice(SPECIAL) if rng.random() < special else rng.gauss(0, 2)


def data(x: Any) -> Any:
    return x.data if isinstance(x, Value) else x


def step(rng: random.Random) -> Step:
    """One step of a function: a number computed from those that there are."""
    u, v, t = rng.random(), rng.random(), rng.random()

    def a(pool: list[Any]) -> Any:
        return pool[int(u * len(pool))]

    def b(pool: list[Any]) -> Any:
        return pool[int(v * len(pool))]

    unary, binary = rng.choice(UNARY), rng.choice(BINARY)
    operator, reduction = rng.choice(OPERATORS), rng.choice(REDUCTIONS)
    constant, whole = number(rng, 0.1), rng.randint(-3, 3)

    def derivative(pool: list[Any]) -> Any:
        inner = autograd.grad(lambda x, y: operator(unary(x), binary(x, y) * y))
        return inner(data(a(pool)), b(pool))

    def curvature(pool: list[Any]) -> Any:
        inner = autograd.hessian(lambda x: operator(unary(x[0]), x[1] * x[0]) * b(pool))
        return inner([data(a(pool)), data(b(pool))])[0][1]

    def without(pool: list[Any]) -> Any:
        with no_grad():
            return operator(a(pool), b(pool))

    def i(pool: list[Any]) -> Any:
        """An index: the argument, or computed from it."""
        k = pool[7]
        return [k, k, (2 * k + whole) % 3, k - 1, -k, abs(k) // 2, k * whole % 2][int(t * 7)]

    def taken_of_exponentials(pool: list[Any]) -> Any:
        exponentials = [autograd.exp(x * 0.1) for x in [a(pool), b(pool), pool[1]]]
        total = sum(exponentials)
        return take([x / total for x in exponentials], i(pool))

    def taken_twice(pool: list[Any]) -> Any:
        rows = [pool[1], pool[2], pool[6]]
        return take([take(rows, i(pool)), pool[3], pool[0]], pool[7]) * take(rows, 1 - pool[7])

    def difference(pool: list[Any]) -> Any:
        rows = [operator(a(pool), x) for x in pool[:3]]
        return autograd.logsumexp(rows) - take(rows, i(pool))

    def branch(pool: list[Any]) -> Any:
        return a(pool) * 2 if a(pool) < b(pool) else b(pool) + 1

    def loop(pool: list[Any]) -> Any:
        out, count = a(pool), 0
        while count < 5 and abs(data(out)) < 3:
            out, count = out * 1.5 + 0.1, count + 1
        return out

    return rng.choice(
        [
            lambda pool: operator(a(pool), b(pool)),
            lambda pool: operator(a(pool), b(pool)),
            lambda pool: operator(a(pool), constant),
            lambda pool: operator(constant, b(pool)),
            lambda pool: operator(a(pool), whole),
            lambda pool: unary(a(pool)),
            lambda pool: unary(a(pool)),
            lambda pool: binary(a(pool), b(pool)),
            lambda pool: reduction(pool[int(u * len(pool)) :]),
            lambda pool: autograd.softmax(pool[-4:])[0],
            lambda pool: autograd.dot(pool[:2], pool[2:4]),
            lambda pool: autograd.where(a(pool) > b(pool), a(pool), b(pool)),
            lambda pool: autograd.where(a(pool) > 0, b(pool), constant),
            lambda pool: autograd.where(t > 0.5, a(pool), b(pool)),
            lambda pool: (a(pool) <= b(pool)) * a(pool),
            lambda pool: data(a(pool)) * b(pool),
            lambda pool: a(pool).detach() * b(pool) if isinstance(a(pool), Value) else b(pool),
            lambda pool: Value(data(a(pool))) * b(pool),
            lambda pool: Value(constant) + a(pool),
            lambda pool: data(a(pool)) % 3 + data(b(pool)) // 2,
            lambda pool: round(data(a(pool)), 1) * b(pool),
            lambda pool: round(data(a(pool))) * b(pool) if abs(data(a(pool))) < 3 else b(pool),
            lambda pool: data(a(pool)) ** 0.5,
            lambda pool: max(a(pool), b(pool)),
            lambda pool: sorted(pool[:3])[1],
            lambda pool: len(f"{data(a(pool)):.1f}") * b(pool),
            lambda pool: take([pool[1], pool[2], pool[6]], i(pool)) * a(pool),
            lambda pool: take([pool[1], pool[2], pool[1]], i(pool)) - a(pool),
            lambda pool: take([unary(x) for x in pool[:3]], i(pool)) * b(pool),
            lambda pool: sum(take([[pool[1], a(pool)], [pool[6], b(pool)]], i(pool))),
            lambda pool: take([constant, -0.0, 2.5], i(pool)) * b(pool),
            lambda pool: take([whole, 0, 5], i(pool)) * b(pool),
            lambda pool: i(pool) * a(pool) + pool[7] ** 2,
            taken_of_exponentials,
            taken_twice,
            difference,
            branch,
            loop,
            without,
            derivative,
            curvature,
        ]
    )


def effect(rng: random.Random) -> Callable[[list[Any], list[Value]], Any]:
    """One step of a function that changes parameters, or looks at their gradients."""
    u, t, constant = rng.random(), rng.random(), number(rng, 0.1)

    def a(pool: list[Any]) -> Any:
        return pool[int(u * len(pool))]

    def one(w: list[Value]) -> Value:
        return w[int(t * len(w))]

    def write(pool: list[Any], w: list[Value]) -> Any:
        one(w).data = data(a(pool)) * 0.5 if t < 0.7 else constant
        return one(w) * constant

    def back(pool: list[Any], w: list[Value]) -> Any:
        if isinstance(a(pool), Value):
            (a(pool) * constant + w[0]).backward()
        return one(w).grad

    def zero(pool: list[Any], w: list[Value]) -> Any:
        if t < 0.5:
            autograd.zero_grad(w)
        else:
            one(w).grad = 0.0 if t < 0.8 else constant
        return pool[0]

    def clip(_: list[Any], w: list[Value]) -> Any:
        if abs(one(w).grad) > 2:
            one(w).grad *= 0.5
        return one(w).grad * w[0]

    def look(pool: list[Any], w: list[Value]) -> Any:
        return a(pool) if one(w).has_grad else constant

    def descend(_: list[Any], w: list[Value]) -> Any:
        for parameter in w:
            parameter.data -= 0.01 * parameter.grad
        return w[1] * 1.0

    return rng.choice([write, back, back, zero, clip, look, descend])


class Case:
    """A random function with parameters, and the arguments of a few calls."""

    def __init__(self, seed: str, calls: int = 6) -> None:
        rng = random.Random(seed)
        self.parameters = [Value(number(rng, 0.15), f"w{i}") for i in range(3)]
        self._steps = [step(rng) for _ in range(rng.randint(2, 12))]
        trains = rng.random() < 0.4
        self._effects = [
            effect(rng) if trains and rng.random() < 0.4 else None for _ in self._steps
        ]
        self._returns = rng.choice(["value", "value", "list", "dict", "number", "leaf"])
        # A few arguments again and again, since a guard on a float needs the same one.
        pool = [number(rng) for _ in range(4)]
        lengths = [rng.randint(1, 2) for _ in range(calls)]
        self.calls = [
            (rng.choice(pool), [rng.choice(pool) for _ in range(n)], rng.randint(-3, 2))
            for n in lengths
        ]
        self.argument = Value(number(rng), "u")
        self.times = [rng.choice([1, 1, 1, 2, 5]) for _ in range(calls)]
        self._keeps_gradients = rng.random() < 0.3
        self.changes = [rng.random() < 0.3 for _ in range(calls)]

    def function(self, x: Any, xs: Any, u: Any, k: Any) -> Any:
        """The function."""
        w = self.parameters
        pool = [w[0] * x, w[1], w[2], w[0] + xs[0], x, xs[-1], u, k]
        for each, change in zip(self._steps, self._effects):
            pool.append(each(pool))
            if change is not None:
                pool.append(change(pool, w))
        out = sum(pool[6:]) + w[0] * 0
        if self._returns == "list":
            return [out, data(pool[-1])]
        if self._returns == "dict":
            return {"loss": out, "n": 3, "more": (data(out), None)}
        if self._returns == "number":
            return data(out)
        return w[1] if self._returns == "leaf" else out

    def run(self, compiled: bool) -> list[Any]:
        """All that can be seen of the calls."""
        this = copy.deepcopy(self)
        function = autograd.compile(this.function, programs=10_000) if compiled else this.function
        found = [this.seen(function, i) for i in range(len(this.calls))]
        self.programs = len(function.programs) if isinstance(function, Compiled) else 0
        return found

    def seen(self, function: Any, i: int) -> Any:
        """All that can be seen of one call."""
        x, xs, k = self.calls[i]
        leaves = [*self.parameters, self.argument]
        if self.changes[i]:
            self.parameters[1].data += 0.5
        before = [(leaf.data, leaf.grad, leaf.has_grad) for leaf in leaves]
        try:
            if isinstance(function, Compiled):
                results = function.repeat(self.times[i], x, xs, self.argument, k)
            else:
                results = [function(x, xs, self.argument, k) for _ in range(self.times[i])]
        except CompileError:
            raise
        except Exception as error:
            for leaf, (number, slope, reached) in zip(leaves, before):
                # A function as it is leaves what it has done so far.
                leaf.data, leaf.grad = number, slope
                if reached and slope == 0.0:
                    leaf._awaited = 0
            return type(error)
        changed = bits([[leaf.data, leaf.grad, leaf.has_grad] for leaf in leaves])
        if isinstance(function, Compiled):
            for program in function._all:
                program.next_check = sys.maxsize
        if not self._keeps_gradients:
            for leaf in leaves:
                leaf.grad = 0.0
        result = results[-1]
        root = result[0] if isinstance(result, list) else result
        root = root["loss"] if isinstance(root, dict) else root
        if isinstance(root, Value):
            (root * 1.5 + self.parameters[2]).backward()
        return bits([results, changed, leaves, [leaf.grad for leaf in leaves]])


def bits(thing: Any) -> Any:
    """Results in a form in which they are equal only if they are to the bit."""
    if isinstance(thing, Value):
        return "Value", bits(thing.data)
    if isinstance(thing, float):
        return "nan" if thing != thing else struct.pack("d", thing)
    if isinstance(thing, dict):
        return {key: bits(x) for key, x in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [bits(x) for x in thing]
    return thing


class Tried(Protocol):
    """A function with the arguments of a few calls.

    Attributes:
        programs: how many its calls were the last time, compiled.
    """

    programs: int

    def run(self, compiled: bool) -> list[Any]:
        """All that can be seen of the calls."""


def campaign(kind: Callable[[str], Tried], count: int, seed: int) -> Counter[str]:
    """Try so many functions; returns how many calls and programs there were, and how they ended."""
    found: Counter[str] = Counter()
    for i in range(count):
        tried = kind(f"{seed} {i}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            warnings.simplefilter("error", CompileWarning)
            eager = tried.run(compiled=False)
            try:
                replayed = tried.run(compiled=True)
            except CompileError as error:
                found[f"{error} ({seed} {i})"] += 1
                continue
        found["calls"] += len(eager)
        found["programs"] += tried.programs
        for k, (ours, theirs) in enumerate(zip(replayed, eager, strict=True)):
            if ours != theirs:
                name = type(tried).__name__
                found[f"differs: {name}('{seed} {i}') at call {k}: {ours} for {theirs}"] += 1
                break
    return found


if __name__ == "__main__":
    for outcome, times in campaign(Case, int(sys.argv[1]), int(sys.argv[2])).most_common(20):
        print(times, outcome)
