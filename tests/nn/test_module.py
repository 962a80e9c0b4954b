"""Module: which parameters it finds, and how they are named."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Value
from nn import MLP, Module
from tests.identity import are


class Bag(Module):
    """Whatever it is given, as attributes."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


def test_parameters_are_found_in_attributes_containers_and_modules() -> None:
    a, b, c, d, e = (Value(i) for i in range(5))
    module = Bag(a=a, items=[b, (c, {"key": d})], inner=Bag(e=e), name="bag", size=3)
    assert [name for name, _ in module.named_parameters()] == [
        "a",
        "items.0",
        "items.1.0",
        "items.1.1.key",
        "inner.e",
    ]
    assert are([parameter for _, parameter in module.named_parameters()], [a, b, c, d, e])
    assert are(module.parameters(), [a, b, c, d, e])


def test_parameters_are_found_in_arrays() -> None:
    values = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    module = Bag(weights=np.array(values, dtype=object), numbers=np.ones(3))
    assert [name for name, _ in module.named_parameters()] == [
        "weights.0.0",
        "weights.0.1",
        "weights.1.0",
        "weights.1.1",
    ]
    assert are(module.parameters(), values[0] + values[1])


def test_a_shared_parameter_counts_once() -> None:
    shared = Value(1.0)
    module = Bag(first=shared, second=[shared], inner=Bag(shared=shared))
    assert [name for name, _ in module.named_parameters()] == ["first"]
    assert are(module.parameters(), [shared])


def test_a_computed_value_is_not_a_parameter() -> None:
    weight = Value(1.0)
    assert are(Bag(output=weight * 2, weight=weight).parameters(), [weight])


def test_modules_that_refer_to_each_other_are_walked_once() -> None:
    child = Bag(weight=Value(1.0))
    parent = Bag(child=child)
    vars(child)["parent"] = parent
    assert [name for name, _ in parent.named_parameters()] == ["child.weight"]


def test_zero_grad_clears_every_parameter() -> None:
    model = MLP(2, [2, 1])
    model([1.0, 2.0]).backward()
    assert any(parameter.grad != 0 for parameter in model.parameters())
    model.zero_grad()
    assert [parameter.grad for parameter in model.parameters()] == [0.0] * 9


def test_zero_grad_follows_a_subclass_that_lists_its_own_parameters() -> None:
    class Chosen(Bag):
        def parameters(self) -> list[Value]:
            return [self.named_parameters()[0][1]]

    first, second = Value(1.0), Value(2.0)
    first.grad = second.grad = 5.0
    Chosen(first=first, second=second).zero_grad()
    assert (first.grad, second.grad) == (0.0, 5.0)


def test_the_parameters_of_a_network_are_named_by_their_place() -> None:
    names = [name for name, _ in MLP(1, [2, 1]).named_parameters()]
    assert names == [
        "layers.0.neurons.0.w.0",
        "layers.0.neurons.0.b",
        "layers.0.neurons.1.w.0",
        "layers.0.neurons.1.b",
        "layers.1.neurons.0.w.0",
        "layers.1.neurons.0.w.1",
        "layers.1.neurons.0.b",
    ]


def test_arrays_of_values_are_all_found() -> None:
    class Arrays(Module):
        def __init__(self) -> None:
            self.arrays = [
                np.array([[Value(i), Value(i)], [Value(i), Value(i)]]) for i in range(20)
            ]

    parameters = Arrays().parameters()
    assert [parameter.data for parameter in parameters] == [i // 4 for i in range(80)]
