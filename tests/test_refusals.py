"""What a function of the package says of an argument that it does not take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import (
    Value,
    explain,
    formula,
    grad,
    gradients,
    graph,
    jvp,
    output_of,
    topological_order,
    where,
    zero_grad,
)
from autograd.draw import draw_dot, picture_of, to_digraph, to_svg
from nn import MLP, Layer, Neuron, draw_network

x = Value(3.0, "x")
y = x * x


def identity(number: Any) -> Any:
    return number


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: explain(y).paths(),
            ValueError,
            "paths() are those from a leaf: take explain(output, leaf).paths()",
        ),
        (
            lambda: topological_order(3),  # type: ignore[arg-type]
            TypeError,
            "topological_order() takes a Value, got an int",
        ),
        (
            lambda: zero_grad(3),  # type: ignore[arg-type]
            TypeError,
            "zero_grad() takes a list of Values, got an int",
        ),
        (
            lambda: zero_grad({"x": x}),  # type: ignore[dict-item]
            TypeError,
            "zero_grad() takes a list of Values, and a str is in it",
        ),
        (
            lambda: output_of(3, y),
            TypeError,
            "output_of() takes the module that was called, such as self in its __call__, "
            "got an int",
        ),
        (
            lambda: picture_of(3),  # type: ignore[arg-type]
            TypeError,
            "picture_of() takes a snapshot, such as autograd.graph(loss), got an int",
        ),
        (
            lambda: to_svg(graph(y)),  # type: ignore[arg-type]
            TypeError,
            "to_svg() takes a picture, such as picture_of(autograd.graph(loss)), got a Graph",
        ),
        (
            lambda: to_digraph(None),  # type: ignore[arg-type]
            TypeError,
            "to_digraph() takes a picture, such as picture_of(autograd.graph(loss)), "
            "got a NoneType",
        ),
        (
            lambda: graph(y).anomalies(vanishing=None),  # type: ignore[arg-type]
            TypeError,
            "saturated, vanishing and exploding are numbers, got a NoneType",
        ),
        (
            lambda: explain(Value(1.0), 3),
            KeyError,
            "explain() takes a leaf by itself, by its label or by its id, which is 0; got 3. "
            "For numbers of 3 digits pass digits=3",
        ),
        (
            lambda: draw_network(MLP(2, [1]), colour="red"),  # type: ignore[call-arg]
            TypeError,
            "there is no option 'colour': the options are format, inputs, precision, target, title",
        ),
        (
            lambda: draw_network(MLP(2, [1]), precison=3),  # type: ignore[call-arg]
            TypeError,
            "there is no option 'precison': did you mean 'precision'? The options are format, "
            "inputs, precision, target, title",
        ),
        (
            lambda: explain(y, digit=3),  # type: ignore[call-arg]
            TypeError,
            "there is no option 'digit': did you mean 'digits'? The options are digits, leaf, "
            "limit",
        ),
        (
            lambda: graph(y).explain(leef=x),  # type: ignore[call-arg]
            TypeError,
            "there is no option 'leef': did you mean 'leaf'? The options are digits, leaf, limit",
        ),
        (
            lambda: graph(y).path(x, limits=3),  # type: ignore[call-arg]
            TypeError,
            "there is no option 'limits': did you mean 'limit'? The option is limit",
        ),
        (
            lambda: graph(y).anomalies(vanish=1e-3),  # type: ignore[call-arg]
            TypeError,
            "there is no option 'vanish': did you mean 'vanishing'? The options are exploding, "
            "saturated, vanishing",
        ),
        (
            lambda: formula(y, stile="latex"),  # type: ignore[call-arg]
            TypeError,
            "there is no option 'stile': did you mean 'style'? The options are digits, limit, "
            "style",
        ),
        (lambda: graph(Value(1.0))[1], KeyError, "there is no node 1: the only id is 0"),
        (lambda: graph(y)[2], KeyError, "there is no node 2: ids go from 0 to 1"),
        (
            lambda: graph(y).find(3),  # type: ignore[arg-type]
            TypeError,
            "find() takes a pattern, such as 'w*', got an int",
        ),
        (
            lambda: draw_dot(y, 3),  # type: ignore[arg-type]
            TypeError,
            "format is the name of one, such as 'svg', got an int",
        ),
        (
            lambda: Neuron(2**63),
            ValueError,
            "nin must be at most 100,000,000, got 9.22e+18",
        ),
        (lambda: Layer(2, 10**9), ValueError, "nout must be at most 100,000,000, got 1e+09"),
        (
            lambda: MLP(2, [4, 3], activation="softmax"),
            ValueError,
            "the last layer is linear unless there is an activation for each layer: softmax of "
            "the outputs is activation=['relu', 'softmax']",
        ),
        (lambda: grad(3), TypeError, "grad() takes a function, got an int"),  # type: ignore[call-overload]
        (
            lambda: gradients(3, [x]),  # type: ignore[arg-type]
            TypeError,
            "gradients() differentiates a Value, got an int",
        ),
        (
            lambda: jvp(identity, None, 1.0),
            TypeError,
            "jvp() cannot differentiate by argument 0 (number): expected a real number, got None: "
            "pass 0.0 if nothing is meant",
        ),
        (
            lambda: grad(lambda x: object())(1.0),
            TypeError,
            "grad() differentiates a function that returns one number, and this one returned "
            "an object",
        ),
        (
            lambda: Value(object()),  # type: ignore[arg-type]
            TypeError,
            "expected a real number, got an object: pass an int or a float",
        ),
        (
            lambda: where(x, 1.0, 2.0),  # type: ignore[call-overload]
            TypeError,
            "the condition of where() is True or False, such as x > 0, not a Value",
        ),
        (
            lambda: autograd.sum(3),  # type: ignore[call-overload]
            TypeError,
            "sum() takes a sequence of numbers, such as a list, got an int",
        ),
        (
            lambda: graph(y)[object()],  # type: ignore[index]
            TypeError,
            "a node is found by a Value, an id or a label, not by an object",
        ),
    ],
)
def test_what_is_not_taken_is_refused_with_what_is(
    call: Callable[[], object], error: type[Exception], text: str
) -> None:
    with pytest.raises(error) as raised:
        call()
    assert raised.value.args[0] == text


def deep() -> Any:
    container: Any = 1.0
    for _ in range(3_000):
        container = [container]
    return container


def endless() -> Any:
    container: list[Any] = []
    container.append(container)
    return container


@pytest.mark.parametrize("make", [deep, endless])
@pytest.mark.parametrize(
    "call",
    [
        lambda wrong: grad(identity, argnums=wrong),
        lambda wrong: explain(y, digits=wrong),
        lambda wrong: formula(y, digits=wrong),
        lambda wrong: formula(y, limit=wrong),
        topological_order,
        lambda wrong: output_of(wrong, y),
        lambda wrong: Value(1.0, wrong),
        lambda wrong: setattr(Value(1.0), "label", wrong),
        lambda wrong: graph(y).to_svg(depth=wrong),
        lambda wrong: graph(y).to_svg(theme=wrong),
        lambda wrong: draw_dot(y, rankdir=wrong),
        lambda wrong: graph(y).path(x, limit=wrong),
        lambda wrong: Neuron(wrong),
        lambda wrong: Neuron(2, bias=wrong),
        lambda wrong: Neuron(2, activation=wrong),
        lambda wrong: Neuron(2, rng=wrong),
        lambda wrong: MLP(2, [wrong]),
        lambda wrong: MLP(2, [2], activation=wrong),
    ],
)
def test_deep_and_endless_containers_are_refused_in_a_line(
    make: Callable[[], Any], call: Callable[[Any], object]
) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        call(make())
    assert len(str(raised.value)) < 400
