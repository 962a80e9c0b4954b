"""Neuron, Layer and MLP: micrograd's, with their activation and initialisation open to choice."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias, TypedDict, Unpack, cast

from autograd import (
    Value,
    elu,
    gelu,
    hard_tanh,
    leaky_relu,
    mish,
    output_of,
    relu,
    sigmoid,
    silu,
    softplus,
    softsign,
    tanh,
)
from nn.init import Initializer, uniform
from nn.module import Module

Activation: TypeAlias = Callable[[Value], Value]


def linear(x: Value) -> Value:
    """No activation: the weighted sum as it is."""
    return x


ACTIVATIONS: Final[dict[str, Activation]] = {
    "elu": elu,
    "gelu": gelu,
    "hard_tanh": hard_tanh,
    "leaky_relu": leaky_relu,
    "linear": linear,
    "mish": mish,
    "relu": relu,
    "sigmoid": sigmoid,
    "silu": silu,
    "softplus": softplus,
    "softsign": softsign,
    "tanh": tanh,
}


class NeuronOptions(TypedDict, total=False):
    """What a `Layer` hands on to each of its neurons; see `Neuron`."""

    nonlin: bool
    activation: str | Activation
    init: Initializer | None
    rng: random.Random | None


class Neuron(Module):
    """The activation of a bias plus a weighted sum of the inputs.

    Args:
        nin: the number of inputs.
        nonlin: False leaves the activation out, as in micrograd.
        activation: a function of a Value, or the name of one in `ACTIVATIONS`, such
            as ``"relu"``, ``"sigmoid"``, ``"tanh"`` or ``"linear"``.
        init: draws each weight; None stands for ``uniform(-1, 1)``. The bias is 0.
        rng: the random generator to draw from; None stands for the one that
            ``random.seed`` seeds.

    Attributes:
        w: the weights, one for each input.
        b: the bias.
        activation: the function.

    Raises:
        ValueError: there is no input, or no activation of that name.

    >>> neuron = Neuron(2, activation="tanh", init=lambda rng, inputs: 0.5)
    >>> neuron([1.0, -1.0])
    Value(0.0, op=tanh)
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str | Activation = "relu",
        init: Initializer | None = None,
        rng: random.Random | None = None,
    ) -> None:
        _check_size("nin", nin)
        if rng is not None and not hasattr(rng, "uniform"):
            raise TypeError(f"rng is a generator, such as random.Random(42); got {rng!r}")
        init = uniform() if init is None else init
        rng = _global_generator() if rng is None else rng
        self.w = [Value(init(rng, nin)) for _ in range(nin)]
        self.b = Value(0.0)
        function = _activation(activation)
        self.activation = function if nonlin else linear

    def __call__(self, x: Sequence[Value | float]) -> Value:
        """The output for the inputs ``x``, which are Values or numbers.

        Raises:
            ValueError: there are not as many inputs as weights.
        """
        if len(x) != len(self.w):
            raise ValueError(f"this neuron takes {len(self.w)} inputs, got {len(x)}")
        # From the bias on and from left to right, as micrograd adds, so that the
        # rounding is the same too.
        weighted_sum = self.b
        for weight, value in zip(self.w, x, strict=True):
            weighted_sum = weighted_sum + weight * value
        return output_of(self, self.activation(weighted_sum))

    def __repr__(self) -> str:
        return f"{_display_name(self.activation)}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons side by side, each of which sees all of the inputs.

    Args:
        nin: the number of inputs.
        nout: the number of neurons, and so of outputs.
        options: handed on to each `Neuron`.

    Attributes:
        neurons: the neurons.

    >>> Layer(3, 2, activation="sigmoid")
    Layer of [SigmoidNeuron(3), SigmoidNeuron(3)]
    """

    def __init__(self, nin: int, nout: int, **options: Unpack[NeuronOptions]) -> None:
        _check_size("nout", nout)
        self.neurons = [Neuron(nin, **options) for _ in range(nout)]

    def __call__(self, x: Sequence[Value | float]) -> Any:
        """The list of outputs for the inputs ``x``; of a single neuron, its output alone."""
        outputs = [neuron(x) for neuron in self.neurons]
        return output_of(self, outputs[0] if len(outputs) == 1 else outputs)

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron: layers one after the other.

    Args:
        nin: the number of inputs.
        nouts: the number of neurons of each layer; the last is the number of outputs.
        activation: a name or a function, as `Neuron` takes it, for all layers but the
            last, which stays linear; or a list with one for each layer, the last included.
        init: draws each weight, neuron by neuron; None stands for ``uniform(-1, 1)``.
        rng: the random generator to draw from; None stands for the one that
            ``random.seed`` seeds.

    Attributes:
        layers: the layers.

    Raises:
        TypeError: ``nouts`` is not a list of sizes.
        ValueError: a size is below 1, or there is not one activation for each layer.

    >>> model = MLP(2, [4, 1], activation=["tanh", "sigmoid"])
    >>> 0.0 < model([0.5, -0.5]).data < 1.0
    True
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: str | Activation | Sequence[str | Activation] = "relu",
        init: Initializer | None = None,
        rng: random.Random | None = None,
    ) -> None:
        sizes = [nin, *nouts] if isinstance(nouts, Iterable) else [nin]
        if len(sizes) == 1 or isinstance(nouts, str):
            raise TypeError(f"nouts lists the size of each layer, such as [4, 1]; got {nouts!r}")
        if isinstance(activation, (list, tuple)):
            activations = activation
        else:
            hidden = _activation(cast("str | Activation", activation))
            activations = [hidden] * (len(sizes) - 2) + ["linear"]
        if len(activations) != len(sizes) - 1:
            raise ValueError(
                f"{len(sizes) - 1} layers need as many activations, got {len(activations)}"
            )
        self.layers = [
            Layer(inputs, outputs, activation=each, init=init, rng=rng)
            for inputs, outputs, each in zip(sizes, sizes[1:], activations)
        ]

    def __call__(self, x: Sequence[Value | float]) -> Any:
        """The output of the last layer for the inputs ``x``: a Value, or a list of several."""
        for layer in self.layers[:-1]:
            output = layer(x)
            x = output if isinstance(output, list) else [output]
        return output_of(self, self.layers[-1](x))

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"


def _global_generator() -> random.Random:
    """The generator behind the functions of `random`, which offers the same methods."""
    return cast(random.Random, random)


def _check_size(name: str, size: Any) -> None:
    try:
        size = operator.index(size)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, got {size!r}") from None
    if size < 1:
        raise ValueError(f"{name} must be at least 1, got {size}")


def _activation(choice: str | Activation) -> Activation:
    if callable(choice):
        return choice
    if not isinstance(choice, str) or choice not in ACTIVATIONS:
        known = ", ".join(repr(name) for name in ACTIVATIONS)
        raise ValueError(f"no activation is named {choice!r}: choose {known}, or pass a function")
    return ACTIVATIONS[choice]


def _display_name(activation: Activation) -> str:
    name = getattr(activation, "__name__", None) or getattr(activation, "name", "")
    return "ReLU" if name == "relu" else str(name).strip("<>").title().replace("_", "")
