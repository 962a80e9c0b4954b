"""Module: which parameters it finds, and how they are named."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

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


def test_an_array_without_dimensions_may_hold_a_parameter() -> None:
    scale = Value(2.0)
    assert Bag(scale=np.array(scale, dtype=object)).named_parameters() == [("scale.0", scale)]


def python_calls(function: Callable[[], object]) -> int:
    """The number of calls of Python functions that a call of ``function`` makes."""
    count = 0

    def note(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("biased", [True, False])
def test_a_walk_makes_no_call_for_each_parameter(biased: bool) -> None:
    def calls(inputs: int) -> tuple[int, int]:
        model = MLP(inputs, [3, 2], bias=biased)
        parameters = model.parameters()
        hashes = python_calls(lambda: set(parameters))  # of the interpreted engine
        return python_calls(model.zero_grad), python_calls(model.parameters) - hashes

    assert calls(500) == calls(20)


def test_a_walk_sees_what_has_changed_since_the_last_one() -> None:
    model = MLP(2, [2, 1])
    before = model.parameters()
    model.layers[0].neurons.append(model.layers[0].neurons[0])
    assert model.parameters() == before  # shared
    added, replaced = Value(1.0), Value(2.0)
    model.layers[1].neurons[0].w.append(added)
    old, model.layers[0].neurons[0].w[1] = model.layers[0].neurons[0].w[1], replaced
    vars(model)["scale"] = scale = Value(3.0)
    for parameter in (added, replaced, scale, old):
        parameter.grad = 5.0
    found = model.parameters()
    assert {added, replaced, scale} <= set(found)
    assert old not in set(found)
    assert found == [parameter for _, parameter in model.named_parameters()]
    model.zero_grad()
    assert [added.grad, replaced.grad, scale.grad, old.grad] == [0.0, 0.0, 0.0, 5.0]


def test_modules_and_containers_may_be_nested_to_any_depth() -> None:
    weight = Value(1.0)
    module: Any = Bag(weight=weight)
    container: Any = [weight]
    for _ in range(2_000):
        module, container = Bag(inner=module), [container]
    both = Bag(container=container, module=module)
    weight.grad = 5.0
    [(name, parameter)] = both.named_parameters()
    assert parameter is weight
    assert name == "container" + ".0" * 2_001
    assert both.parameters() == [weight]
    assert len(both.named_modules()) == 2_002
    both.zero_grad()
    assert weight.grad == 0.0


def test_a_container_that_holds_itself_is_walked_once() -> None:
    weight = Value(1.0)
    names: dict[str, Any] = {"weight": weight}
    names["self"] = [names]
    assert Bag(names=names).named_parameters() == [("names.weight", weight)]
    assert Bag(names=names).parameters() == [weight]


def test_zero_grad_leaves_computed_values_alone() -> None:
    module: Any = Bag(weight=Value(2.0))
    module.output = module.weight * 3
    module.output.backward()
    module.zero_grad()
    assert (module.weight.grad, module.output.grad) == (0.0, 1.0)
