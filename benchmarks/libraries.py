"""The differences between the libraries that are compared, in how each writes a program.

A **program** is a function of a library and of a list of numbers that it has
made differentiable. It computes one of them from the others, with operators and
with the functions that are here.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Program: TypeAlias = Callable[["Library", list[Any]], Any]
Predict: TypeAlias = Callable[[list[Any], Sequence[float]], Any]


@dataclass
class Pass:
    """One run of a program forward and backward: seconds, and what came out."""

    forward: float
    backward: float
    free: float
    value: float
    gradients: list[float]


class Library:
    """The libraries with an object for each number, on which ``backward()`` is called.

    Attributes:
        version: of the package.
    """

    version = ""
    _value: Any = None

    def leaf(self, number: float) -> Any:
        """A number to differentiate by."""
        return self._value(number)

    def number(self, value: Any) -> float:
        """The number that a differentiable one holds."""
        return float(value.data)

    def gradient(self, leaf: Any) -> float:
        """The derivative that a backward pass has left in ``leaf``."""
        return float(leaf.grad)

    def largest(self, values: list[Any]) -> float:
        """The largest of the numbers that differentiable ones hold."""
        return max([self.number(value) for value in values])

    def take(self, rows: Sequence[Any], index: int) -> Any:
        """One of the rows."""
        return rows[index]

    def exp(self, x: Any) -> Any:
        """E raised to ``x``."""
        return x.exp()

    def log(self, x: Any) -> Any:
        """The natural logarithm."""
        return x.log()

    def tanh(self, x: Any) -> Any:
        """The hyperbolic tangent."""
        return x.tanh()

    def relu(self, x: Any) -> Any:
        """The larger of 0 and ``x``."""
        return x.relu()

    def sigmoid(self, x: Any) -> Any:
        """The logistic function."""
        return 1.0 / (1.0 + self.exp(-x))

    def run(self, program: Program, numbers: Sequence[float]) -> Pass:
        """Differentiate ``program`` at ``numbers``, with the clock on each part."""
        leaves = [self.leaf(number) for number in numbers]
        start = time.perf_counter()
        root = program(self, leaves)
        recorded = time.perf_counter()
        root.backward()
        done = time.perf_counter()
        value = self.number(root)
        gradients = [self.gradient(leaf) for leaf in leaves]
        before = time.perf_counter()
        del root
        after = time.perf_counter()
        return Pass(recorded - start, done - recorded, after - before, value, gradients)

    def derivatives(
        self,
        function: Callable[[list[Any]], Any],  # noqa: ARG002
        point: list[float],  # noqa: ARG002
        direction: list[float],  # noqa: ARG002
    ) -> dict[str, Callable[[], Any]]:
        """The call for each kind of derivative of a function of a list of numbers."""
        raise Lacking("not part of the comparison")

    def parameters(self, numbers: Sequence[float]) -> list[Any]:
        """The parameters of a network, to be trained by `step`."""
        return [self.leaf(number) for number in numbers]

    def network(
        self, numbers: Sequence[float], sizes: Sequence[int], activations: Sequence[str]
    ) -> tuple[list[Any], Predict]:
        """A multi-layer perceptron: its parameters, and how it predicts from inputs.

        ``numbers`` are, neuron by neuron, the weights and then the bias.
        """
        return self.parameters(numbers), plain_network(self, sizes, activations)

    def step(self, parameters: list[Any], loss: Callable[[list[Any]], Any], rate: float) -> float:
        """One step of gradient descent; returns the loss before it."""
        for parameter in parameters:
            parameter.grad = 0.0
        out = loss(parameters)
        out.backward()
        for parameter in parameters:
            parameter.data -= rate * parameter.grad
        return self.number(out)


def plain_network(library: Library, sizes: Sequence[int], activations: Sequence[str]) -> Predict:
    """A perceptron written out, for libraries that bring none of scalars."""

    def predict(parameters: list[Any], x: Sequence[float]) -> Any:
        signals: Sequence[Any] = x
        position = 0
        for size, activation in zip(sizes[1:], activations):
            outputs = []
            for _ in range(size):
                weights = parameters[position : position + len(signals)]
                position += len(signals)
                total = parameters[position]
                position += 1
                for weight, signal in zip(weights, signals):
                    total = total + weight * signal
                outputs.append(getattr(library, activation)(total) if activation else total)
            signals = outputs
        return signals[0]

    return predict


class Chainrule(Library):
    """The library at hand; the environment says which of its engines."""

    def __init__(self) -> None:
        import autograd
        import nn

        self.version = f"{autograd.__version__}, " + (
            "compiled" if autograd.__compiled__ else "interpreted"
        )
        self._mlp = nn.MLP
        self._value = autograd.Value
        self._autograd = autograd

    def largest(self, values: list[Any]) -> float:
        """The largest of the numbers, by a function that a compiled function follows."""
        found: float = self._autograd.max([value.data for value in values])
        return found

    def take(self, rows: Sequence[Any], index: int) -> Any:
        """One of the rows, by a function that a compiled function follows."""
        return self._autograd.take(rows, index)

    def derivatives(
        self, function: Callable[[list[Any]], Any], point: list[float], direction: list[float]
    ) -> dict[str, Callable[[], Any]]:
        """By its functions of functions; "function" is recording alone, for comparison."""
        ours = self._autograd
        gradient = ours.grad(function)
        return {
            "function": lambda: [function([ours.Value(x) for x in point]).data],
            "gradient": lambda: gradient(point),
            "jvp": lambda: list(ours.jvp(function, (point,), (direction,))),
            "hvp": lambda: ours.hvp(function, (point,), (direction,)),
        }

    def sigmoid(self, x: Any) -> Any:
        """The logistic function."""
        return x.sigmoid()

    def network(
        self, numbers: Sequence[float], sizes: Sequence[int], activations: Sequence[str]
    ) -> tuple[list[Any], Predict]:
        """Its own perceptron."""
        names = [activation or "linear" for activation in activations]
        model = self._mlp(sizes[0], list(sizes[1:]), activation=names)
        return own_network(model, numbers)


def own_network(model: Any, numbers: Sequence[float]) -> tuple[list[Any], Predict]:
    """The parameters of a library's own network, set to ``numbers``, and its prediction."""
    parameters = model.parameters()
    for parameter, number in zip(parameters, numbers, strict=True):
        parameter.data = number
    return parameters, lambda _, x: model(x)


class Micrograd(Library):
    """Karpathy's micrograd."""

    def __init__(self) -> None:
        engine = importlib.import_module("micrograd.engine")
        from importlib.metadata import version

        self.version = version("micrograd")
        self._value = engine.Value
        self._nn = importlib.import_module("micrograd.nn")

    def network(
        self, numbers: Sequence[float], sizes: Sequence[int], activations: Sequence[str]
    ) -> tuple[list[Any], Predict]:
        """Its own perceptron, which knows ReLU alone."""
        if list(activations) != ["relu"] * (len(activations) - 1) + [""]:
            raise Lacking("no exp")
        return own_network(self._nn.MLP(sizes[0], list(sizes[1:])), numbers)

    def exp(self, x: Any) -> Any:  # noqa: ARG002
        """Not there, and so nothing that is made of it."""
        raise Lacking("no exp")

    def log(self, x: Any) -> Any:  # noqa: ARG002
        """Not there."""
        raise Lacking("no log")

    def tanh(self, x: Any) -> Any:  # noqa: ARG002
        """Not there."""
        raise Lacking("no tanh")


class MicrogptValue(Library):
    """The Value of microgpt, as this benchmark writes it down."""

    def __init__(self) -> None:
        from benchmarks.microgpt_value import Value

        self._value = Value

    def tanh(self, x: Any) -> Any:  # noqa: ARG002
        """Not there."""
        raise Lacking("no tanh")


class Torch(Library):
    """PyTorch on the CPU, a tensor for each number: the same program as all others."""

    def __init__(self) -> None:
        self._torch: Any = importlib.import_module("torch")
        self.version = self._torch.__version__

    def leaf(self, number: float) -> Any:
        """A tensor of no dimension."""
        return self._torch.tensor(number, dtype=self._torch.float64, requires_grad=True)

    def number(self, value: Any) -> float:
        """The number in a tensor."""
        return float(value.item())

    def gradient(self, leaf: Any) -> float:
        """The derivative that a backward pass has left in ``leaf``, if it came there."""
        return 0.0 if leaf.grad is None else float(leaf.grad)

    def step(self, parameters: list[Any], loss: Callable[[list[Any]], Any], rate: float) -> float:
        """One step of gradient descent; returns the loss before it."""
        for parameter in parameters:
            parameter.grad = None
        out = loss(parameters)
        out.backward()
        with self._torch.no_grad():
            for parameter in parameters:
                parameter -= rate * parameter.grad
        return self.number(out)


class Hips(Library):
    """HIPS autograd, which differentiates a function rather than a recorded number."""

    def __init__(self) -> None:
        from importlib.metadata import version

        self.version = version("autograd")
        self._numpy: Any = importlib.import_module("autograd.numpy")
        self._make_vjp: Any = importlib.import_module("autograd.core").make_vjp
        self._getval: Any = importlib.import_module("autograd.tracer").getval

    def number(self, value: Any) -> float:
        """The number in a box."""
        return float(self._getval(value))

    def exp(self, x: Any) -> Any:
        """E raised to ``x``."""
        return self._numpy.exp(x)

    def log(self, x: Any) -> Any:
        """The natural logarithm."""
        return self._numpy.log(x)

    def tanh(self, x: Any) -> Any:
        """The hyperbolic tangent."""
        return self._numpy.tanh(x)

    def relu(self, x: Any) -> Any:
        """The larger of 0 and ``x``."""
        return self._numpy.maximum(0.0, x)

    def run(self, program: Program, numbers: Sequence[float]) -> Pass:
        """Differentiate ``program`` at ``numbers``, with the clock on each part."""
        start = time.perf_counter()
        pull_back, value = self._trace(lambda leaves: program(self, leaves), numbers)
        recorded = time.perf_counter()
        gradients = pull_back(1.0)
        done = time.perf_counter()
        del pull_back
        after = time.perf_counter()
        gradients = [float(number) for number in gradients]
        return Pass(recorded - start, done - recorded, after - done, float(value), gradients)

    def _trace(self, function: Callable[[list[Any]], Any], numbers: Sequence[float]) -> Any:
        # One array, as its own examples have it: a list would cost the square of its length.
        def of_boxes(boxes: Any) -> Any:
            return function([boxes[i] for i in range(len(numbers))])

        return self._make_vjp(of_boxes, self._numpy.array(numbers))

    def parameters(self, numbers: Sequence[float]) -> list[Any]:
        """Plain numbers."""
        return list(numbers)

    def step(self, parameters: list[Any], loss: Callable[[list[Any]], Any], rate: float) -> float:
        """One step of gradient descent; returns the loss before it."""
        pull_back, value = self._trace(loss, parameters)
        for i, gradient in enumerate(pull_back(1.0)):
            parameters[i] -= rate * float(gradient)
        return float(value)


class Lacking(Exception):  # noqa: N818, it is an answer
    """A library has no means to run a program; the text says which."""


# The names under which `worker.py` is asked for them.
LIBRARIES: dict[str, Callable[[], Library]] = {
    "chainrule": Chainrule,
    "micrograd": Micrograd,
    "microgpt": MicrogptValue,
    "torch": Torch,
    "hips": Hips,
}
