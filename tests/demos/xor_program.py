"""The articles' XOR program in NumPy, which knows nothing of this library's derivatives."""

from __future__ import annotations

import random

import numpy as np

from nn import MLP


def numpy_training(
    model: MLP, epochs: int, rate: float, batch: int = 4, seed: int = 7
) -> list[np.ndarray]:
    """The articles' network in NumPy, from the weights that ``model`` has now."""
    hidden, output = model.layers
    w1 = np.array([[w.data for w in neuron.w] for neuron in hidden.neurons]).T
    w2 = np.array([[w.data for w in neuron.w] for neuron in output.neurons]).T
    b1, b2 = np.zeros((1, 4)), np.zeros((1, 1))
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    targets = np.array([[0], [1], [1], [0]])
    generator = random.Random(seed)
    order = [0, 1, 2, 3]
    for _ in range(epochs):
        if batch < 4:
            order = random_order(generator)
        for first in range(0, 4, batch):
            cases = order[first : first + batch]
            x, y = inputs[cases], targets[cases]
            h = 1 / (1 + np.exp(-(x @ w1 + b1)))
            out = 1 / (1 + np.exp(-(h @ w2 + b2)))
            delta2 = (y - out) * out * (1 - out)
            delta1 = delta2 @ w2.T * h * (1 - h)
            w2 += rate * h.T @ delta2
            b2 += rate * delta2.sum(axis=0)
            w1 += rate * x.T @ delta1
            b1 += rate * delta1.sum(axis=0)
    return [w1, b1, w2, b2]


def random_order(generator: random.Random) -> list[int]:
    order = [0, 1, 2, 3]
    generator.shuffle(order)
    return order
