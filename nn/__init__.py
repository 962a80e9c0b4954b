"""Neural networks of `autograd.Value`: modules to build, train and keep.

>>> import random
>>> from nn import MLP
>>> model = MLP(2, [3, 1], rng=random.Random(1))
>>> model
MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(3)]]
>>> len(model.parameters())
13

A classifier: hidden neurons with relu, and outputs that softmax turns into probabilities. Its
loss is the cross-entropy, minus the logarithm of the probability of the right class:

>>> model = MLP(2, [4, 3], activation=["relu", "softmax"], rng=random.Random(1))
>>> probabilities = model([0.5, -1.0])
>>> print(", ".join(f"{probability.data:.4f}" for probability in probabilities))
0.1688, 0.1505, 0.6808
>>> loss = -probabilities[0].log()
>>> loss.backward()
>>> bias = model.layers[1].neurons[0].b
>>> print(f"{bias.grad:.4f}")  # the probability, less 1
-0.8312

The same in PyTorch's names, with a module of one's own, which is a class with attributes and
``__call__``:

>>> class Residual(Module):
...     def __init__(self, width):
...         self.inner = Sequential(Linear(width, width), Tanh())
...     def __call__(self, x):
...         return [a + b for a, b in zip(x, self.inner(x))]
>>> deep = Sequential(Linear(2, 4), Residual(4), Linear(4, 3))
>>> list(deep.state_dict())
['0.weight', '0.bias', '1.inner.0.weight', '1.inner.0.bias', '2.weight', '2.bias']

`save` and `load` keep the parameters in a file, as JSON or for PyTorch.

`draw_network` draws a model with its weights, and with what they compute:

>>> from nn import draw_network
>>> picture = draw_network(model, inputs=[0.5, -1.0], target=[1, 0, 0])
>>> svg = picture.to_svg()
"""

import typing

import autograd

if not hasattr(autograd, "Value"):
    raise ImportError(
        f"nn needs the package autograd of chainrule, and {autograd.__file__} belongs to another "
        "library of that name, HIPS autograd, which was installed besides or over it: `pip "
        "uninstall autograd chainrule` removes both; then install the one that you want, or each "
        "in a virtual environment of its own"
    )

# isort: split

from nn import data, init, losses, optim, schedules
from nn.activations import (
    ACTIVATIONS,
    ELU,
    GELU,
    LAYER_ACTIVATIONS,
    Activation,
    Hardtanh,
    Identity,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from nn.diagnosis import Diagnosis, diagnose
from nn.layers import MLP, Dropout, Embedding, Layer, LayerNorm, Linear, Neuron, Sequential
from nn.module import Module
from nn.state import load, save
from nn.training import History, accuracy, evaluate, fit, load_checkpoint, save_checkpoint

if typing.TYPE_CHECKING:
    from nn.drawing import draw_network

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "LAYER_ACTIVATIONS",
    "MLP",
    "Activation",
    "Diagnosis",
    "Dropout",
    "Embedding",
    "Hardtanh",
    "History",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "Module",
    "Neuron",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Tanh",
    "accuracy",
    "data",
    "diagnose",
    "draw_network",
    "evaluate",
    "fit",
    "init",
    "load",
    "load_checkpoint",
    "losses",
    "optim",
    "save",
    "save_checkpoint",
    "schedules",
]


def __getattr__(name: str) -> object:
    if name != "draw_network":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from nn.drawing import draw_network  # not loaded before a picture is asked for

    return draw_network


def __dir__() -> list[str]:
    return [*globals(), "draw_network"]
