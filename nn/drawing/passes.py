"""A pass through a network: sums, outputs, deltas and gradients.

The model is not changed: `autograd.gradients` leaves every ``grad`` as it is.
"""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd import Value, enable_grad, gradients
from nn.checks import counted
from nn.inputs import check_elements, check_sample
from nn.layers import Layer, weighted_sum


@dataclass(slots=True)
class Pass:
    """The numbers of one pass.

    Attributes:
        inputs: of the network.
        sums: of each layer, the inputs of its activation.
        outputs: of each layer.
        target: the wanted outputs of the last layer, if given.
        loss: half the squared error; None without a target.
        deltas: of each layer, minus the gradients of the loss with respect to the sums; empty
            without a target.
        gradients: of the loss with respect to the parameters; empty without a target.
    """

    inputs: list[float]
    sums: list[list[float]]
    outputs: list[list[float]]
    target: list[float] | None = None
    loss: float | None = None
    deltas: list[list[float]] = field(default_factory=list)
    gradients: dict[Value, float] = field(default_factory=dict)


def run(layers: Sequence[Layer], inputs: Any, target: Any) -> Pass:
    """Pass ``inputs`` through the layers, and back if there is a target.

    Raises:
        TypeError: something is not a number or a list of numbers.
        ValueError: there are too few or too many numbers.
    """
    check_sample("network", len(layers[0].neurons[0].w), inputs)
    check_elements(inputs)
    x = [_data(each) for each in inputs]
    wanted = None if target is None else _target(target, len(layers[-1].neurons))
    sums: list[list[Value]] = []
    outputs: list[list[Any]] = [x]
    with enable_grad():
        for layer in layers:
            sums.append([weighted_sum(n.w, n.b, outputs[-1]) for n in layer.neurons])
            y = [neuron.activation(a) for neuron, a in zip(layer.neurons, sums[-1])]
            outputs.append(y if layer.activation is None else list(layer.activation(y)))
        found = Pass(
            x,
            [[_data(a) for a in row] for row in sums],
            [[_data(y) for y in row] for row in outputs[1:]],
        )
        if wanted is not None:
            halves = [(t - y) ** 2 / 2 for t, y in zip(wanted, outputs[-1])]
            loss: Value = sum(halves, Value(0.0))
            parameters = [parameter for layer in layers for parameter in layer.parameters()]
            by_sums, by_parameters = gradients(loss, (sums, parameters))
            found.target, found.loss = wanted, loss.data
            found.deltas = [[-gradient.data for gradient in row] for row in by_sums]
            found.gradients = {p: gradient.data for p, gradient in zip(parameters, by_parameters)}
    return found


def _target(target: Any, count: int) -> list[float]:
    """The target of each output."""
    numbers = [target] if count == 1 and not hasattr(target, "__len__") else target
    try:
        check_sample("target", count, numbers)
        check_elements(numbers)
    except (TypeError, ValueError) as error:
        expected = "a number" if count == 1 else f"a list of {count} numbers"
        raise type(error)(
            f"the target of {counted(count, 'output')} is {expected}; got {reprlib.repr(target)}"
        ) from None
    return [_data(x) for x in numbers]


def _data(x: Any) -> float:
    number: float = (x if isinstance(x, Value) else Value(x)).data
    return number
