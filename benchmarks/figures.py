"""The figures for compiled functions, each against another way to compute the same."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, pairwise
from typing import Any, Final, TypeAlias

import autograd
from autograd import Value, exp, hessian, log, relu, zero_grad
from benchmarks import peers, training, transformer
from benchmarks.libraries import Chainrule
from benchmarks.workloads import random_network
from nn.optim import Adam

Way: TypeAlias = Callable[[], Any]

# Seconds of processor time: ours, and theirs.
Pair: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Figure:
    """A ratio to reach.

    Attributes:
        title: what is compared.
        wanted: the ratio, of their time over ours, at least; or of ours over theirs, at most.
        measure: takes both.
        at_most: True for the second.
        compiled: True if it is about the compiled engine.
    """

    title: str
    wanted: float
    measure: Callable[[], Pair]
    at_most: bool = False
    compiled: bool = True


def seconds(way: Way, times: int = 1) -> float:
    """Processor time of one call, the mean of so many."""
    start = time.process_time()
    for _ in range(times):
        way()
    return (time.process_time() - start) / times


def in_turns(ours: Way, theirs: Way, *, rounds: int = 7, times: tuple[int, int] = (1, 1)) -> Pair:
    """The medians of samples that are taken in turns, each of so many calls; after one of each.

    The first calls of a sample find in the caches what the other way has left there. So a sample
    of the faster way is to last as long as one of the other, or 20 ms.
    """
    ours()
    theirs()
    samples = [(seconds(ours, times[0]), seconds(theirs, times[1])) for _ in range(rounds)]
    found, others = zip(*samples)
    return statistics.median(found), statistics.median(others)


# ── microgpt ──────────────────────────────────────────────────────────────────

# One name of each length.
SOME: Final = list({len(name): name for name in transformer.NAMES}.values())
WORDS: Final = [transformer.word_of(name) for name in SOME]


def step_against(
    theirs: Callable[[], Callable[[list[int]], float]],
    times: tuple[int, int],
    words: list[list[int]] = WORDS,
) -> Pair:
    """A step of training, after all lengths have been recorded and checked; the mean of lengths."""
    step = autograd.compile(training.of_names(0).step)
    for _ in range(9):
        for word in words:
            step(word)
    peer = theirs()

    def over(one: Callable[[list[int]], Any]) -> Way:
        return lambda: [one(word) for word in words]

    ours, others = in_turns(over(step), over(peer), rounds=5, times=times)
    return ours / len(words), others / len(words)


def all_steps(count: int = 1000) -> Pair:
    """So many steps with all recording; those of the peer by a mean of some."""
    peer = peers.microgpt_training()
    words = cycle(WORDS)
    some = 2 * len(WORDS)

    def ours() -> None:
        made = training.of_names(count, SOME)
        step = autograd.compile(made.step)
        for arguments in made.arguments:
            step(*arguments)

    found, theirs = in_turns(ours, lambda: peer(next(words)), rounds=3, times=(1, some))
    return found, count * theirs


def gradient_step(word: list[int]) -> Callable[[], float]:
    """Value and gradient of the transformer: the gradients are left in its parameters."""
    library = Chainrule()
    parameters = [Value(number) for number in transformer.random_parameters()]

    @autograd.compile
    def step() -> float:
        zero_grad(parameters)
        loss = transformer.loss(library, parameters, word)
        loss.backward()
        number: float = loss.data
        return number

    for _ in range(9):
        step()
    return step


def against_casadi() -> Pair:
    """A function of value and gradient, called from Python."""
    word = transformer.tokens(8)
    return in_turns(gradient_step(word), peers.casadi_gradient(word), times=(250, 20))


def against_plain_c() -> Pair:
    """The program alone, as the C is: value and gradient of numbers."""
    word = transformer.tokens(8)
    step = gradient_step(word)
    (replay,) = step.programs  # type: ignore[attr-defined]
    inputs = [replay.tape.data[entry] for entry in replay.tape.inputs]
    return in_turns(lambda: replay.run(inputs), peers.plain_value(word), times=(200, 400))


# ── Small networks ────────────────────────────────────────────────────────────


def xor_against(theirs: Callable[[], Callable[[int], Any]], times: tuple[int, int]) -> Pair:
    """10,000 epochs by `repeat`."""
    epoch = autograd.compile(training.of_xor(0).step)
    epoch.repeat(100)
    peer = theirs()
    return in_turns(lambda: epoch.repeat(10_000), lambda: peer(10_000), rounds=5, times=times)


def crescents_against(theirs: Callable[[int], Way], times: int) -> Pair:
    """A step on 100 points."""
    step = autograd.compile(training.of_crescents(0).step)
    for _ in range(600):  # of the comparisons with the function, one is left for 2,500 more
        step()
    return in_turns(step, theirs(100), rounds=5, times=(500, times))


def against_torch_on_digits() -> Pair:
    """An epoch of 64-32-10 with batches of 32 and Adam."""
    batches = peers.digits(32)
    theirs = peers.torch_digits(batches)
    numbers = random_network([64, 32, 10], seed=1)
    parameters = [Value(number) for number in numbers]
    optimizer = Adam(parameters)

    def layer(x: Any, start: int, size: int) -> list[Any]:
        width = len(x) + 1
        rows = [parameters[start + i * width : start + (i + 1) * width] for i in range(size)]
        return [row[-1] + sum(w * p for w, p in zip(row, x)) for row in rows]

    @autograd.compile
    def step(pixels: Any, targets: Any) -> float:
        losses = []
        for x, target in zip(pixels, targets):
            logits = layer([relu(h) for h in layer(x, 0, 32)], 65 * 32, 10)
            largest = autograd.max([logit.data for logit in logits])
            total = log(sum(exp(logit - largest) for logit in logits))
            losses.append(total - sum(t * (logit - largest) for t, logit in zip(target, logits)))
        loss = sum(losses) / len(losses)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        number: float = loss.data
        return number

    given = [(x.tolist(), [[float(k == c) for k in range(10)] for c in y]) for x, y in batches]

    def epoch() -> None:
        for pixels, targets in given:
            step(pixels, targets)

    for _ in range(3):
        for pixels, targets in given[:3]:
            step(pixels, targets)
    return in_turns(epoch, theirs, rounds=3)


# ── Against the engine ────────────────────────────────────────────────────────


def rosenbrock(x: Any) -> Any:
    """Rosenbrock's function, in as many dimensions as there are numbers."""
    return sum(100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2 for a, b in pairwise(x))


def hessian_against_eager() -> Pair:
    """The Hessian at a point of 20 numbers."""
    point = [0.1 * i for i in range(20)]
    eager = hessian(rosenbrock)
    replayed = autograd.compile(eager)
    for _ in range(9):
        replayed(point)
    return in_turns(lambda: replayed(point), lambda: eager(point), times=(50, 1))


def recording() -> Pair:
    """The first call, with all that is made in it, against value and gradient by the engine."""
    library = Chainrule()
    parameters = [Value(number) for number in transformer.random_parameters()]
    word = transformer.tokens(8)

    def loss() -> Any:
        return transformer.loss(library, parameters, word)

    return in_turns(
        lambda: autograd.compile(loss)(), lambda: loss().backward(), rounds=5, times=(1, 3)
    )


def large_replay() -> Pair:
    """Value and gradient of 1.7 million operations: 2-16-16-1 on 2,600 points."""
    made = training.of_crescents(0, points=2600)
    step = autograd.compile(made.step)
    for _ in range(3):
        step()
    return in_turns(step, made.step, rounds=3, times=(5, 1))


FIGURES: Final = [
    Figure(
        "microgpt trained with Adam, a step after recording, against microgpt's Value",
        1000,
        lambda: step_against(peers.microgpt_training, (30, 1)),
    ),
    Figure("the same, 1,000 steps with all recording", 200, all_steps),
    Figure(
        "the same step, against PyTorch's tensors, one thread, a position after the other",
        40,
        lambda: step_against(peers.torch_training_by_position, (30, 1)),
    ),
    Figure(
        "the same step, against PyTorch's tensors, one thread, all positions at once",
        40,
        lambda: step_against(peers.torch_training, (30, 3)),
    ),
    Figure("value and gradient of the transformer, against CasADi's SX", 10, against_casadi),
    Figure(
        "XOR, 10,000 epochs by repeat, against the articles' NumPy program",
        50,
        lambda: xor_against(peers.numpy_xor, (10, 1)),
    ),
    Figure(
        "the same, against JAX (jit, fori_loop, its compilation not counted)",
        1,
        lambda: xor_against(peers.jax_xor, (10, 10)),
    ),
    Figure(
        "a step of 2-16-16-1 on 100 points, against PyTorch's tensors",
        30,
        lambda: crescents_against(peers.torch_crescents, 20),
    ),
    Figure(
        "the same step, against micrograd",
        8000,
        lambda: crescents_against(peers.micrograd_crescents, 1),
    ),
    Figure(
        "digits, 64-32-10 in batches of 32 with Adam, an epoch, against PyTorch, one thread",
        1,
        against_torch_on_digits,
    ),
    Figure(
        "Hessian of Rosenbrock's function in 20 dimensions, against the engine",
        50,
        hessian_against_eager,
    ),
    Figure(
        "recording 60,000 operations and making the program, in evaluations by the engine",
        4,
        recording,
        at_most=True,
    ),
    Figure(
        "value and gradient of the transformer's program, over plain C's of the value alone",
        3,
        against_plain_c,
        at_most=True,
    ),
    Figure("a step of 1.7 million operations, against the engine", 300, large_replay),
    Figure(
        "nothing compiled: microgpt trained with Adam, a step, against microgpt's Value",
        15,
        lambda: step_against(peers.microgpt_training, (1, 1), WORDS[2:5]),
        compiled=False,
    ),
]


def rows(chosen: str) -> list[list[str]]:
    """The rows of the table for the engine at hand; those whose title has ``chosen`` in it."""
    found = []
    for figure in FIGURES:
        if figure.compiled != autograd.__compiled__ or chosen not in figure.title:
            continue
        wanted = f"{'≤' if figure.at_most else '≥'} {figure.wanted:,g}x"
        try:
            ours, theirs = figure.measure()
        except ImportError as error:
            found.append([figure.title, wanted, f"not installed: {error}", "", "", ""])
            continue
        ratio = ours / theirs if figure.at_most else theirs / ours
        met = ratio <= figure.wanted if figure.at_most else ratio >= figure.wanted
        ratio_text = f"{float(f'{ratio:.3g}'):,g}x"
        found.append(
            [
                figure.title,
                wanted,
                ratio_text,
                "yes" if met else "no",
                duration(ours),
                duration(theirs),
            ]
        )
    return found


def duration(taken: float) -> str:
    """Seconds, in a unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if taken >= size:
            return f"{taken / size:.3g} {unit}"
    return f"{taken * 1e6:.3g} µs"
