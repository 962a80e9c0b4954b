"""Three trainings, as they are written with this library: to be run as they are, or compiled.

`figures.py` times them, and tests/replay/exactness.py holds them against the engine bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any, Final

from autograd import Value, relu, zero_grad
from benchmarks import transformer
from benchmarks.libraries import Chainrule, plain_network
from benchmarks.workloads import random_network, two_crescents
from nn.optim import Adam


@dataclass
class Training:
    """A step, and what it is called with.

    Attributes:
        step: takes one step and returns the loss before it.
        arguments: those of each step.
        values: the parameters.
    """

    step: Callable[..., float]
    arguments: list[tuple[Any, ...]]
    values: list[Value]


# microgpt's.
RATE: Final = 0.01
BETAS: Final = (0.85, 0.99)


def of_names(steps: int, names: Sequence[str] = transformer.NAMES, every: int = 1) -> Training:
    """microgpt: a name at each step, by Adam, for each ``every``-th parameter."""
    library = Chainrule()
    parameters = [Value(number) for number in transformer.random_parameters()]
    optimizer = Adam(parameters[::every], lr=RATE, betas=BETAS)

    def step(word: list[int]) -> float:
        loss = transformer.loss(library, parameters, word)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        number: float = loss.data
        return number

    words = islice(cycle(map(transformer.word_of, names)), steps)
    return Training(step, [(word,) for word in words], parameters)


XOR: Final = [((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0)]


def of_xor(steps: int, rate: float = 0.5) -> Training:
    """A 2-4-1 network on the four cases of XOR, by gradient descent."""
    library = Chainrule()
    predict = plain_network(library, [2, 4, 1], ["sigmoid", "sigmoid"])
    parameters = [Value(number) for number in random_network([2, 4, 1], seed=1)]

    def epoch() -> float:
        loss = sum((target - predict(parameters, x)) ** 2 / 2 for x, target in XOR)
        zero_grad(parameters)
        loss.backward()
        for parameter in parameters:
            parameter.data -= rate * parameter.grad
        number: float = loss.data
        return number

    return Training(epoch, [()] * steps, parameters)


def of_crescents(steps: int, points: int = 100) -> Training:
    """micrograd's demo: 2-16-16-1, ReLU, max-margin loss with L2, by gradient descent."""
    library = Chainrule()
    inputs, classes = two_crescents(points)
    sizes = [2, 16, 16, 1]
    predict = plain_network(library, sizes, ["relu", "relu", ""])
    parameters = [Value(number) for number in random_network(sizes, seed=3)]

    def step() -> float:
        losses = [relu(1 + -y * predict(parameters, x)) for x, y in zip(inputs, classes)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)
        zero_grad(parameters)
        loss.backward()
        for parameter in parameters:
            parameter.data -= 0.1 * parameter.grad
        number: float = loss.data
        return number

    return Training(step, [()] * steps, parameters)
