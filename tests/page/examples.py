"""The small graphs whose pages are looked at most."""

from __future__ import annotations

import random

from autograd import Graph, Value, graph
from demos.articles import ARTICLES
from demos.hand_example import starting_weights
from demos.xor import half_squared_error, make_model


def readme() -> tuple[Value, Value]:
    """The neuron of the README: its weight and its output."""
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-0.3, "b")
    y = (w * x + b).tanh()
    y.label = "y"
    return w, y


def hand() -> Value:
    """The example of the articles, with the names of its values."""
    v = starting_weights(ARTICLES[0])
    x1, x2 = Value(0.35, "x1"), Value(0.7, "x2")
    a1, a2 = v["w11"] * x1 + v["w21"] * x2, v["w12"] * x1 + v["w22"] * x2
    y3, y4 = a1.sigmoid(), a2.sigmoid()
    a3 = v["w13"] * y3 + v["w23"] * y4
    y5 = a3.sigmoid()
    error = (Value(0.5, "target") - y5) ** 2 / 2
    for name, value in {"a1": a1, "a2": a2, "a3": a3, "y3": y3, "y4": y4, "y5": y5}.items():
        value.label = name
    error.label = "E"
    return error


def xor() -> Graph:
    """The graph of the loss of the XOR network for one case."""
    model = make_model(random.Random(1))  # which has to live for its groups to be known
    prediction = model([Value(0.0, "x1"), Value(1.0, "x2")])
    loss = half_squared_error(prediction, 1.0)
    prediction.label, loss.label = "prediction", "loss"
    return graph(loss)
