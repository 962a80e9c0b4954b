"""Neuron, Layer and MLP."""

from __future__ import annotations

import math
import random
import re
from typing import Any

import numpy as np
import pytest

from autograd import Value, tanh
from nn import ACTIVATIONS, MLP, Layer, Neuron, init


def test_a_neuron_is_the_activation_of_a_bias_and_a_weighted_sum() -> None:
    neuron = Neuron(2, activation="tanh", rng=random.Random(0))
    neuron.b.data = 0.25
    w0, w1 = (weight.data for weight in neuron.w)
    output = neuron([Value(0.5), -2.0])
    assert output.data == math.tanh(0.25 + w0 * 0.5 + w1 * -2.0)
    output.backward()
    slope = 1 - output.data**2
    got = [parameter.grad for parameter in neuron.parameters()]
    assert got == pytest.approx([slope * 0.5, slope * -2.0, slope])


def test_weights_are_drawn_neuron_by_neuron_and_biases_start_at_zero() -> None:
    model = MLP(2, [3, 1], rng=random.Random(5))
    expected = random.Random(5)
    for layer in model.layers:
        for neuron in layer.neurons:
            assert [w.data for w in neuron.w] == [expected.uniform(-1, 1) for _ in neuron.w]
            assert neuron.b.data == 0.0


def test_without_a_generator_the_weights_follow_random_seed() -> None:
    random.seed(5)
    model = MLP(2, [3, 1])
    expected = MLP(2, [3, 1], rng=random.Random(5))
    assert [p.data for p in model.parameters()] == [p.data for p in expected.parameters()]


def test_an_initialiser_is_handed_the_generator_and_the_number_of_inputs() -> None:
    generator = random.Random(1)
    calls: list[tuple[random.Random, int]] = []

    def count(rng: random.Random, inputs: int) -> float:
        calls.append((rng, inputs))
        return float(len(calls))

    model = MLP(2, [2, 1], init=count, rng=generator)
    assert [[w.data for w in n.w] for layer in model.layers for n in layer.neurons] == [
        [1.0, 2.0],
        [3.0, 4.0],
        [5.0, 6.0],
    ]
    assert calls == [(generator, 2)] * 6


def test_initialisers_draw_from_the_distribution_they_name() -> None:
    assert init.uniform(2, 3)(random.Random(1), 1) == random.Random(1).uniform(2, 3)
    assert init.normal(2, 3)(random.Random(1), 1) == random.Random(1).gauss(2, 3)


def names(model: MLP) -> list[str]:
    return [repr(layer.neurons[0]) for layer in model.layers]


def test_one_activation_is_for_all_layers_but_the_last() -> None:
    assert names(MLP(2, [4, 3, 1])) == ["ReLUNeuron(2)", "ReLUNeuron(4)", "LinearNeuron(3)"]
    assert names(MLP(2, [4, 1], activation="sigmoid")) == ["SigmoidNeuron(2)", "LinearNeuron(4)"]
    assert names(MLP(2, [4, 1], activation=tanh)) == ["TanhNeuron(2)", "LinearNeuron(4)"]


def test_a_list_has_an_activation_for_each_layer() -> None:
    def double(x: Value) -> Value:
        return x * 2

    model = MLP(1, [1, 1], activation=["tanh", double], init=lambda rng, inputs: 1.0)
    assert names(model) == ["TanhNeuron(1)", "DoubleNeuron(1)"]
    assert model([0.5]).data == 2 * math.tanh(0.5)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_chosen_by_its_name(name: str) -> None:
    neuron = Neuron(1, activation=name, init=lambda rng, inputs: 1.0)
    expected = ACTIVATIONS[name](Value(0.5))
    assert neuron([0.5]).data == expected.data


def test_repr_is_that_of_micrograd() -> None:
    assert repr(MLP(2, [1, 1])) == "MLP of [Layer of [ReLUNeuron(2)], Layer of [LinearNeuron(1)]]"


def test_a_layer_of_one_neuron_gives_its_output_alone() -> None:
    assert isinstance(Layer(2, 1)([1.0, 2.0]), Value)
    assert len(Layer(2, 3)([1.0, 2.0])) == 3
    assert isinstance(MLP(2, [3])([1.0, 2.0]), list)


def test_sizes_may_come_in_any_sequence() -> None:
    for sizes in ([3, 1], (3, 1), range(3, 0, -2), np.array([3, 1])):
        assert repr(MLP(2, sizes)) == repr(MLP(2, [3, 1]))  # type: ignore[arg-type]


def test_nonlin_false_leaves_the_activation_out() -> None:
    assert repr(Neuron(3, False)) == repr(Neuron(3, nonlin=False)) == "LinearNeuron(3)"
    assert repr(Layer(3, 1, nonlin=False)) == "Layer of [LinearNeuron(3)]"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Neuron(0), ValueError, "nin must be at least 1, got 0"),
        (lambda: Layer(2, 0), ValueError, "nout must be at least 1, got 0"),
        (lambda: MLP(2, [3, -1]), ValueError, "nout must be at least 1, got -1"),
        (
            lambda: MLP(2, 4),  # type: ignore[arg-type]
            TypeError,
            "nouts lists the size of each layer, such as [4, 1]; got 4",
        ),
        (
            lambda: MLP(2, []),
            TypeError,
            "nouts lists the size of each layer, such as [4, 1]; got []",
        ),
        (
            lambda: MLP(2, [4, 1], activation=["tanh"]),
            ValueError,
            "2 layers need as many activations, got 1",
        ),
        (
            lambda: Neuron(2, activation="rellu"),
            ValueError,
            "no activation is named 'rellu': choose 'elu', 'gelu', 'hard_tanh', 'leaky_relu', "
            "'linear', 'mish', 'relu', 'sigmoid', 'silu', 'softplus', 'softsign', 'tanh', "
            "or pass a function",
        ),
        (
            lambda: MLP(2, [1], activation="rellu"),
            ValueError,
            "no activation is named 'rellu': choose 'elu', 'gelu', 'hard_tanh', 'leaky_relu', "
            "'linear', 'mish', 'relu', 'sigmoid', 'silu', 'softplus', 'softsign', 'tanh', "
            "or pass a function",
        ),
        (lambda: MLP(2, [4.5, 1]), TypeError, "nout must be a whole number, got 4.5"),  # type: ignore[list-item]
        (
            lambda: MLP(2, [4, 1], rng=42),  # type: ignore[arg-type]
            TypeError,
            "rng is a generator, such as random.Random(42); got 42",
        ),
        (
            lambda: MLP(2, [4, 1])([1.0, 2.0, 3.0]),
            ValueError,
            "this neuron takes 2 inputs, got 3",
        ),
    ],
)
def test_bad_input_is_refused_with_the_way_out(
    make: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        make()
