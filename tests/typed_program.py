"""A user's program, with the types that it has and the mistakes that type checkers find in it.

mypy and pyright read it; it is not run. Each ``type: ignore`` is an error that must be found: both
report one that is not needed.
"""

from collections.abc import Sequence
from typing import assert_type

import numpy as np
import numpy.typing as npt

import autograd
from autograd import Value, grad, record
from nn import MLP, Neuron


def operators(x: Value, n: float) -> None:
    assert_type(x * x, Value)
    assert_type(2 * x - n / x, Value)
    assert_type(-(x**2) + abs(x), Value)
    assert_type(x % 2 // n, Value)
    assert_type(x.tanh(), Value)
    assert_type(x > 0, bool)
    assert_type(x.data, float)
    assert_type(divmod(x, 2), tuple[Value, Value])
    assert_type(round(x, 2), Value)
    x + "1"  # type: ignore[operator]
    x / "1"  # type: ignore[operator]
    x ** "1"  # type: ignore[operator]
    x.maximum("1")  # type: ignore[arg-type]
    x.tanhh()  # type: ignore[attr-defined]


def leaves(x: Value) -> None:
    assert_type(Value(np.float64(1)), Value)
    assert_type(record(6.0, [x, 2], (2.0, 3.0), name="product"), Value)
    x.data = np.float64(1)
    Value("1")  # type: ignore[arg-type]
    Value(1.0, 2)  # type: ignore[arg-type]
    Value(6.0, (x, x), "*")  # type: ignore[arg-type]
    x.data = "1"  # type: ignore[assignment]
    x.velocity = 0.0  # type: ignore[attr-defined]
    x.backward("1")  # type: ignore[arg-type]
    record(6.0, x, 2.0)  # type: ignore[arg-type]
    record(6.0, ["x"], [2.0])  # type: ignore[list-item]


def operations(x: Value, n: float, array: npt.NDArray[np.float64], either: Value | float) -> None:
    assert_type(autograd.exp(x), Value)
    assert_type(autograd.exp(n), float)
    assert_type(autograd.exp(3), float)
    assert_type(autograd.exp(np.float32(3)), float)
    assert_type(autograd.exp(array), npt.NDArray[np.float64])
    assert_type(autograd.exp(either), Value | float)
    assert_type(autograd.maximum(x, 0), Value)
    assert_type(autograd.maximum(0, x), Value)
    assert_type(autograd.maximum(n, 0), float)
    assert_type(autograd.leaky_relu(x), Value)
    assert_type(autograd.leaky_relu(n, 0.1), float)
    assert_type(autograd.clamp(x, 0, 1), Value)
    assert_type(autograd.where(n > 0, x, 0), Value)
    autograd.exp()  # type: ignore[call-overload]
    autograd.exp(x, x)  # type: ignore[call-overload]
    autograd.exp("1")  # type: ignore[call-overload]
    autograd.exp([x])  # type: ignore[call-overload]
    autograd.maximum(x)  # type: ignore[call-overload]
    autograd.where(x, x, 0)  # type: ignore[call-overload]


def of_sequences(xs: list[Value], numbers: Sequence[float]) -> None:
    assert_type(autograd.sum(xs), Value)
    assert_type(autograd.sum(x * x for x in xs), Value)
    assert_type(autograd.logsumexp(numbers), float)
    assert_type(autograd.dot(xs, numbers), Value)
    assert_type(autograd.softmax(xs), list[Value])
    assert_type(autograd.softmax(numbers), list[float])
    autograd.sum(xs[0])  # type: ignore[call-overload]


def derivatives(model: MLP, x: Value) -> None:
    def cube(x: Value) -> Value:
        return x**3

    assert_type(grad(cube)(2.0), float)
    assert_type(grad(cube)(x), Value)
    assert_type(grad(lambda p: p[0] * p[1])([1.0, 2.0]), list[float])
    assert_type(grad(lambda model: model([1.0]))(model), dict[str, float])
    grad(2.0)  # type: ignore[call-overload]


def models() -> None:
    model = MLP(2, [4, 1], activation=["tanh", "sigmoid"])
    loss = (model([1.0, 2.0]) - 1) ** 2
    assert_type(loss, Value)
    assert_type([output - 1 for output in model([[1.0, 2.0], [3.0, 4.0]])], list[Value])
    assert_type(Neuron(2)([1.0, 2.0]), Value)
    assert_type(MLP(2, [3])([1.0, 2.0])[0], Value)
    assert_type(autograd.softmax(MLP(2, [3])([1.0, 2.0])), list[Value])
    MLP(2, [1], activation="rellu")  # type: ignore[arg-type]
    Neuron(2, activation="softmaxx")  # type: ignore[arg-type]
