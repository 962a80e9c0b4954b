"""Neural networks of `autograd.Value`: modules, neurons, layers and a perceptron.

>>> import random
>>> from nn import MLP
>>> model = MLP(2, [3, 1], rng=random.Random(1))
>>> model
MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(3)]]
>>> len(model.parameters())
13
"""

from nn import init
from nn.drawing import draw_network
from nn.layers import ACTIVATIONS, LAYER_ACTIVATIONS, MLP, Layer, Neuron
from nn.module import Module

__all__ = [
    "ACTIVATIONS",
    "LAYER_ACTIVATIONS",
    "MLP",
    "Layer",
    "Module",
    "Neuron",
    "draw_network",
    "init",
]
