"""Which module each value of a graph belongs to."""

from __future__ import annotations

import copy
import gc
import pickle
import random
import weakref
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from autograd import Graph, Value, graph, no_grad, output_of
from nn import MLP, Layer, Module, Neuron


def places(snapshot: Graph) -> Counter[str]:
    """How many nodes there are in each place."""
    return Counter(snapshot.place(node) for node in snapshot)


def test_a_neuron_has_its_parameters_its_sum_and_its_activation() -> None:
    neuron = Neuron(2, activation="tanh")
    x = [Value(1.0, "x0") * 2, Value(2.0, "x1")]
    y = neuron(x)
    loss = (y - 1) ** 2
    snapshot = graph(loss)
    [group] = snapshot.groups
    assert (group.name, group.kind, group.parent) == ("Neuron", "Neuron", None)
    assert [snapshot[id].name for id in group.parameters] == ["b", "w.0", "w.1"]
    inside = [node for node in snapshot if node.group == 0]
    # Three parameters, two products, two sums and the activation.
    assert Counter(node.op.name if node.op else "leaf" for node in inside) == {
        "leaf": 3,
        "multiply": 2,
        "add": 2,
        "tanh": 1,
    }
    assert snapshot["x1"].group is None
    assert snapshot[x[0]].group is None  # the 2 * x0 before it
    assert snapshot[y].group == 0
    assert snapshot.root.group is None


def test_a_model_has_layers_that_have_neurons() -> None:
    model = MLP(2, [3, 1], rng=random.Random(0))
    snapshot = graph(model([Value(1.0), 2.0]))
    assert [(group.name, group.kind, group.parent) for group in snapshot.groups] == [
        ("MLP", "MLP", None),
        ("layers.0", "Layer", 0),
        ("neurons.0", "Neuron", 1),
        ("neurons.1", "Neuron", 1),
        ("neurons.2", "Neuron", 1),
        ("layers.1", "Layer", 0),
        ("neurons.0", "Neuron", 5),
    ]
    assert [len(group.parameters) for group in snapshot.groups] == [13, 9, 3, 3, 3, 4, 4]
    # In a hidden neuron: 3 parameters, 2 products, 2 sums, relu. In the last: 4 + 3 + 3.
    assert places(snapshot) == {
        "": 1,
        "MLP.layers.0.neurons.0": 8,
        "MLP.layers.0.neurons.1": 8,
        "MLP.layers.0.neurons.2": 8,
        "MLP.layers.1.neurons.0": 10,
    }


def test_the_samples_of_a_batch_are_told_apart_within_each_neuron() -> None:
    model = Layer(1, 2)
    outputs = [model([Value(float(i))]) for i in range(3)]
    total = sum((y for output in outputs for y in output), start=Value(0.0))
    snapshot = graph(total)
    counts = places(snapshot)
    for neuron in ("Layer.neurons.0", "Layer.neurons.1"):
        assert counts[neuron] == 2  # the parameters belong to all samples
        for sample in range(3):
            assert counts[f"{neuron}.sample {sample}"] == 3
    for sample, output in enumerate(outputs):
        for number, y in enumerate(output):
            assert snapshot.place(y) == f"Layer.neurons.{number}.sample {sample}"


def test_two_models_of_one_class_are_told_apart() -> None:
    first, second = MLP(1, [1]), MLP(1, [1])
    snapshot = graph(second([first([1.0])]))
    assert [group.name for group in snapshot.groups if group.parent is None] == ["MLP 1", "MLP 2"]
    assert snapshot.place(first.layers[0].neurons[0].b) == "MLP 1.layers.0.neurons.0"
    assert snapshot.place(snapshot.root) == "MLP 2.layers.0.neurons.0"


def test_a_module_that_is_fed_with_its_own_output_belongs_to_each_call_in_turn() -> None:
    neuron = Neuron(1, activation="tanh")
    first = neuron([1.0])
    second = neuron([first])
    snapshot = graph(second)
    assert snapshot.place(first) == "Neuron.sample 0"
    assert snapshot.place(second) == "Neuron.sample 1"
    assert places(snapshot) == {"Neuron": 2, "Neuron.sample 0": 3, "Neuron.sample 1": 3}


class Squared(Module):
    """A module of one's own around a layer, with a parameter of its own."""

    def __init__(self) -> None:
        self.scale = Value(2.0)
        self.inner = Layer(1, 2, activation="tanh")

    def __call__(self, x: Sequence[Any]) -> dict[str, Any]:
        """Two squares."""
        hidden = self.inner(x)
        return output_of(self, {"squares": [(h * self.scale) ** 2 for h in hidden]})


def test_a_module_of_ones_own_is_a_group_by_noting_its_output() -> None:
    module = Squared()
    squares = module([3.0])["squares"]
    snapshot = graph(squares[0] + squares[1])
    assert [group.name for group in snapshot.groups] == [
        "Squared",
        "inner",
        "neurons.0",
        "neurons.1",
    ]
    assert snapshot.place(module.scale) == "Squared"
    assert snapshot[module.scale].name == "scale"
    assert places(snapshot) == {
        "": 1,
        "Squared": 5,  # the parameter, two products and two squares
        "Squared.inner.neurons.0": 5,
        "Squared.inner.neurons.1": 5,
    }


def test_what_calls_of_two_modules_share_belongs_to_neither() -> None:
    shared = Value(1.5)

    class Part(Module):
        def __init__(self) -> None:
            self.own = Value(3.0)
            self.shared = shared

        def __call__(self, x: Value) -> Value:
            return output_of(self, self.own * x)

    first, second = Part(), Part()
    doubled = shared * 2
    snapshot = graph(first(doubled) + second(doubled))
    assert snapshot.place(doubled) == ""
    assert snapshot.place(first.own) == "Part 1"
    assert snapshot.place(second.own) == "Part 2"


def test_what_a_module_returned_is_known_to_the_value() -> None:
    model = MLP(1, [1])
    y = model([1.0])
    assert [type(call.module).__name__ for call in y.calls] == ["Neuron", "Layer", "MLP"]
    assert y.calls[-1].module is model
    assert (y * 1).calls == ()


def test_a_label_may_be_given_before_and_after() -> None:
    y = Neuron(1, nonlin=False)([1.0])
    assert (y.label, len(y.calls)) == ("", 1)
    y.label = "y"
    assert (y.label, len(y.calls)) == ("y", 1)
    assert output_of(Neuron(1), y).label == "y"
    assert len(y.calls) == 2
    with pytest.raises(TypeError, match=r"^a label is a string, got 5"):
        y.label = 5  # type: ignore[assignment]
    assert y.label == "y"


def test_a_leaf_is_no_output_of_a_call() -> None:
    neuron = Neuron(1)
    with no_grad():
        assert neuron([1.0]).calls == ()
    x = Value(1.0)
    assert output_of(neuron, x).calls == ()
    assert output_of(neuron, [1.0, None, x]) == [1.0, None, x]


def test_copies_have_no_groups() -> None:
    y = Neuron(1)([1.0])
    y.label = "y"
    for copied in (copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y)), y.detach()):
        assert (copied.label, copied.calls) == ("y", ())


def test_a_module_may_keep_its_output_and_is_freed_all_the_same() -> None:
    class Remembers(Module):
        def __init__(self) -> None:
            self.weight = Value(2.0)

        def __call__(self, x: Value) -> Value:
            self.last = output_of(self, self.weight * x)
            return self.last

    gc.disable()
    try:
        module = Remembers()
        y = module(Value(3.0))
        alive = weakref.ref(module)
        del module
        assert alive() is None
    finally:
        gc.enable()
    assert [call.module for call in y.calls] == [None]
    assert graph(y).groups == ()


def test_a_long_chain_of_calls_is_freed_without_recursion() -> None:
    neuron = Neuron(1, nonlin=False)
    y = Value(1.0)
    for _ in range(100_000):
        y = neuron([y])
    del y
