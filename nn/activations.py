"""The activations by name, for `Neuron` and `Layer`, and as modules, for `Sequential`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from reprlib import repr as shown
from typing import Any, Final, Literal, TypeAlias, cast, get_args

import autograd
from autograd import Value, output_of
from nn.inputs import each_number
from nn.module import Module

ActivationFunction: TypeAlias = Callable[[Value], Value]
LayerFunction: TypeAlias = Callable[[Sequence[Value]], list[Value]]

ActivationName: TypeAlias = Literal[
    "elu",
    "gelu",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "mish",
    "relu",
    "sigmoid",
    "silu",
    "softplus",
    "softsign",
    "tanh",
]
LayerActivationName: TypeAlias = Literal["log_softmax", "softmax"]
AnyActivation: TypeAlias = ActivationName | LayerActivationName | ActivationFunction | LayerFunction


def linear(x: Value) -> Value:
    """No activation: the weighted sum as it is."""
    return x


ACTIVATIONS: Final[dict[str, ActivationFunction]] = {
    name: linear if name == "linear" else getattr(autograd, name)
    for name in get_args(ActivationName)
}

# These need the sums of all neurons of a layer at once.
LAYER_ACTIVATIONS: Final[dict[str, LayerFunction]] = {
    name: getattr(autograd, name) for name in get_args(LayerActivationName)
}


class Activation(Module):
    """An activation as a module, applied to each number of what it is called with.

    `softmax` and `log_softmax` are applied to each innermost list.

    Args:
        activation: a function of a Value, or a name: see `ACTIVATIONS` and `LAYER_ACTIVATIONS`.

    Attributes:
        function: that function.

    >>> Activation("relu")([[-1.0, 2.0], [3.0, -4.0]])
    [[0.0, 2.0], [3.0, 0.0]]
    >>> Softmax()([1.0, 1.0])
    [0.5, 0.5]
    """

    def __init__(self, activation: str | ActivationFunction | LayerFunction) -> None:
        self._layer_function = layer_function(activation)
        self.function: Any = self._layer_function or function_of(activation)

    def __call__(self, x: Any) -> Any:
        """The activation of a number, or of each in lists of them."""
        if self._layer_function is None:
            return output_of(self, each_number(self.function, x))
        if hasattr(x, "__len__") and len(x) > 0 and hasattr(x[0], "__len__"):
            return [self(row) for row in x]
        check_several(self._layer_function, len(x) if hasattr(x, "__len__") else 1)
        return output_of(self, self._layer_function(x))

    def __repr__(self) -> str:
        name = activation_name(self.function)
        return f"{_PYTORCH_NAMES[name]}()" if name in _PYTORCH_NAMES else f"Activation({name})"


# PyTorch's names.
ELU: Final = partial(Activation, "elu")
GELU: Final = partial(Activation, "gelu")
Hardtanh: Final = partial(Activation, "hard_tanh")
Identity: Final = partial(Activation, "linear")
LeakyReLU: Final = partial(Activation, "leaky_relu")
LogSigmoid: Final = partial(Activation, "log_sigmoid")
LogSoftmax: Final = partial(Activation, "log_softmax")
Mish: Final = partial(Activation, "mish")
ReLU: Final = partial(Activation, "relu")
Sigmoid: Final = partial(Activation, "sigmoid")
SiLU: Final = partial(Activation, "silu")
Softmax: Final = partial(Activation, "softmax")
Softplus: Final = partial(Activation, "softplus")
Softsign: Final = partial(Activation, "softsign")
Tanh: Final = partial(Activation, "tanh")

_PYTORCH_NAMES: Final = {
    part.args[0]: name for name, part in list(globals().items()) if isinstance(part, partial)
}


def check_known(choice: Any) -> None:
    """Refuse a choice that is no activation, and no name of one."""
    names = sorted([*ACTIVATIONS, *LAYER_ACTIVATIONS])
    if not callable(choice) and choice not in names:
        raise ValueError(
            f"no activation is named {shown(choice)}: choose {', '.join(map(repr, names))}, "
            "or pass a function"
        )


def layer_function(choice: Any) -> LayerFunction | None:
    """The activation of a whole layer, if ``choice`` is one or names one."""
    for name, function in LAYER_ACTIVATIONS.items():
        if choice is function or (isinstance(choice, str) and choice == name):
            return function
    return None


def check_several(activation: LayerFunction, outputs: int) -> None:
    """Refuse an activation of a whole layer for a single output."""
    if outputs == 1:
        [constant] = activation([Value(0.0)])
        raise ValueError(
            f"{activation_name(activation)} compares the outputs of a layer, and of a single "
            f"one it is always {constant.data:g}, with gradient 0: take 2 outputs or more, or the "
            'activation "sigmoid"'
        )


def function_of(choice: Any) -> ActivationFunction:
    """The activation of a neuron."""
    check_known(choice)
    shared = layer_function(choice)
    if shared is not None:
        name = activation_name(shared)
        raise ValueError(
            f"{name} compares the outputs of a layer, and a neuron has only one: "
            f"Layer(nin, nout, activation={name!r}) takes it"
        )
    return cast(ActivationFunction, choice if callable(choice) else ACTIVATIONS[choice])


def display_name(activation: ActivationFunction | LayerFunction) -> str:
    """The name of an activation as part of the name of a class, such as ``"HardTanh"``."""
    name = activation_name(activation)
    return "ReLU" if name == "relu" else name.strip("<>").title().replace("_", "")


def activation_name(activation: ActivationFunction | LayerFunction) -> str:
    """The name of an activation, such as ``"relu"``; "" if it has none."""
    return str(getattr(activation, "__name__", None) or getattr(activation, "name", ""))
