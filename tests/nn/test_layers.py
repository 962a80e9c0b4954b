"""Neuron, Layer and MLP."""

from __future__ import annotations

import copy
import math
import pickle
import random
import re
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import floats, lists

import autograd
from autograd import Value, graph, tanh
from nn import ACTIVATIONS, LAYER_ACTIVATIONS, MLP, Layer, Linear, Module, Neuron, Sequential, init


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


def test_an_initialiser_is_handed_the_generator_and_the_numbers_of_inputs_and_outputs() -> None:
    generator = random.Random(1)
    calls: list[tuple[random.Random, int, int]] = []

    def count(rng: random.Random, inputs: int, outputs: int) -> float:
        calls.append((rng, inputs, outputs))
        return float(len(calls))

    model = MLP(2, [2, 1], init=count, rng=generator)
    assert [[w.data for w in n.w] for layer in model.layers for n in layer.neurons] == [
        [1.0, 2.0],
        [3.0, 4.0],
        [5.0, 6.0],
    ]
    assert calls == [(generator, 2, 2)] * 4 + [(generator, 2, 1)] * 2


def test_initialisers_draw_from_the_distribution_they_name() -> None:
    assert init.uniform(2, 3)(random.Random(1), 1, 1) == random.Random(1).uniform(2, 3)
    assert init.normal(2, 3)(random.Random(1), 1, 1) == random.Random(1).gauss(2, 3)


def names(model: MLP) -> list[str]:
    return [repr(layer.neurons[0]) for layer in model.layers]


def test_one_activation_is_for_all_layers_but_the_last() -> None:
    assert names(MLP(2, [4, 3, 1])) == ["ReLUNeuron(2)", "ReLUNeuron(4)", "LinearNeuron(3)"]
    assert names(MLP(2, [4, 1], activation="sigmoid")) == ["SigmoidNeuron(2)", "LinearNeuron(4)"]
    assert names(MLP(2, [4, 1], activation=tanh)) == ["TanhNeuron(2)", "LinearNeuron(4)"]


def test_a_list_has_an_activation_for_each_layer() -> None:
    def double(x: Value) -> Value:
        return x * 2

    model = MLP(1, [1, 1], activation=["tanh", double], init=lambda rng, inputs, outputs: 1.0)
    assert names(model) == ["TanhNeuron(1)", "DoubleNeuron(1)"]
    assert model([0.5]).data == 2 * math.tanh(0.5)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_chosen_by_its_name(name: Any) -> None:
    neuron = Neuron(1, activation=name, init=lambda rng, inputs, outputs: 1.0)
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
            lambda: Neuron(2, activation="rellu"),  # type: ignore[arg-type]
            ValueError,
            "no activation is named 'rellu': choose 'elu', 'gelu', 'hard_tanh', 'leaky_relu', "
            "'linear', 'log_sigmoid', 'log_softmax', 'mish', 'relu', 'sigmoid', 'silu', 'softmax', "
            "'softplus', 'softsign', 'tanh', or pass a function",
        ),
        (
            lambda: MLP(2, [1], activation="rellu"),  # type: ignore[arg-type]
            ValueError,
            "no activation is named 'rellu': choose 'elu', 'gelu', 'hard_tanh', 'leaky_relu', "
            "'linear', 'log_sigmoid', 'log_softmax', 'mish', 'relu', 'sigmoid', 'silu', 'softmax', "
            "'softplus', 'softsign', 'tanh', or pass a function",
        ),
        (lambda: MLP(2, [4.5, 1]), TypeError, "nout must be a whole number, got 4.5"),  # type: ignore[list-item]
        (
            lambda: MLP(2, [4, 1], rng="42"),  # type: ignore[arg-type]
            TypeError,
            "random numbers come from a seed, such as 42, a random.Random or a NumPy Generator; "
            "got '42'",
        ),
        (
            lambda: MLP(2, [4, 1])([1.0, 2.0, 3.0]),
            ValueError,
            "this MLP takes 2 inputs, got 3",
        ),
        (
            lambda: Layer(2, 1, activation="softmax"),
            ValueError,
            "softmax compares the outputs of a layer, and of a single one it is always 1, with "
            'gradient 0: take 2 outputs or more, or the activation "sigmoid"',
        ),
        (
            lambda: MLP(2, [3, 1], activation=["relu", autograd.log_softmax]),
            ValueError,
            "log_softmax compares the outputs of a layer, and of a single one it is always 0, with "
            'gradient 0: take 2 outputs or more, or the activation "sigmoid"',
        ),
        (
            lambda: Neuron(2, activation="softmax"),
            ValueError,
            "softmax compares the outputs of a layer, and a neuron has only one: "
            "Layer(nin, nout, activation='softmax') takes it",
        ),
    ],
)
def test_bad_input_is_refused_with_the_way_out(
    make: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        make()


# ── Without a bias ────────────────────────────────────────────────────────────


def test_a_network_without_biases_has_weights_alone() -> None:
    model = MLP(2, [3, 1], bias=False)
    names = [name for name, _ in model.named_parameters()]
    assert len(names) == 2 * 3 + 3
    assert all(".w." in name for name in names)
    assert Neuron(2, bias=False).b is None
    assert len(Layer(2, 3, bias=False).parameters()) == 6


@pytest.mark.parametrize(
    "make",
    [Neuron, lambda nin, **it: Layer(nin, 2, **it), lambda nin, **it: MLP(nin, [2, 1], **it)],
)
def test_a_bias_is_there_or_not(make: Any) -> None:
    with pytest.raises(TypeError) as error:
        make(2, bias=0.5)
    assert str(error.value) == "bias is True or False, and a bias starts from 0; got 0.5"


def test_without_a_bias_the_same_weights_are_drawn() -> None:
    with_biases = MLP(2, [3, 1], rng=random.Random(7))
    without = MLP(2, [3, 1], rng=random.Random(7), bias=False)
    drawn = [p.data for name, p in with_biases.named_parameters() if ".w." in name]
    assert [p.data for p in without.parameters()] == drawn


@given(lists(floats(-10, 10), min_size=4, max_size=4))
def test_without_a_bias_the_sum_is_the_one_written_by_hand(numbers: list[float]) -> None:
    neuron = Neuron(2, activation="sigmoid", bias=False)
    weights, x = numbers[:2], numbers[2:]
    for weight, number in zip(neuron.w, weights):
        weight.data = number
    output = neuron(x)
    w0, w1 = map(Value, weights)
    by_hand = (w0 * x[0] + w1 * x[1]).sigmoid()
    assert output.data == by_hand.data
    output.backward()
    by_hand.backward()
    assert [weight.grad for weight in neuron.w] == [w0.grad, w1.grad]


def test_a_network_without_biases_copies_and_pickles() -> None:
    model = MLP(2, [2, 2], activation=["relu", "softmax"], bias=False)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert [y.data for y in twin([0.5, -1.0])] == [y.data for y in model([0.5, -1.0])]


# ── Softmax ───────────────────────────────────────────────────────────────────


def cross_entropy(model: MLP, x: list[float], label: int) -> Value:
    probability: Value = model(x)[label]
    return -probability.log()


def precise_loss(layers: list[Any], x: list[float], label: int) -> Any:
    """The same loss in 60 digits, by the formulas of the textbook."""
    (hidden, hidden_biases), (output, output_biases) = layers
    sums = [
        mpmath.fdot(row, x) + bias for row, bias in zip(hidden, hidden_biases)
    ]  # a hidden layer of relus
    y = [max(a, mpmath.mpf(0)) for a in sums]
    sums = [mpmath.fdot(row, y) + bias for row, bias in zip(output, output_biases)]
    powers = [mpmath.exp(a) for a in sums]
    return -mpmath.log(powers[label] / mpmath.fsum(powers))


@pytest.mark.parametrize("seed", range(5))
def test_relu_and_softmax_agree_with_60_digits_forward_and_backward(seed: int) -> None:
    rng = random.Random(seed)
    model = MLP(3, [4, 3], activation=["relu", "softmax"], init=init.normal(), rng=rng)
    for parameter in model.parameters():
        parameter.data = rng.gauss(0, 1)
    x = [rng.gauss(0, 1) for _ in range(3)]
    loss = cross_entropy(model, x, seed % 3)
    loss.backward()

    parameters = model.parameters()
    places = {id(parameter): i for i, parameter in enumerate(parameters)}

    def at(*numbers: Any) -> Any:
        layers = [
            (
                [[numbers[places[id(w)]] for w in neuron.w] for neuron in layer.neurons],
                [numbers[places[id(neuron.b)]] for neuron in layer.neurons],
            )
            for layer in model.layers
        ]
        return precise_loss(layers, x, seed % 3)

    with mpmath.workdps(60):
        start = [mpmath.mpf(parameter.data) for parameter in parameters]
        assert loss.data == pytest.approx(float(at(*start)), rel=1e-14)
        for i, parameter in enumerate(parameters):
            order = tuple(int(i == j) for j in range(len(start)))
            # Central differences in 60 digits: their error is about 1e-20.
            step = mpmath.mpf("1e-20")
            moved = [[s + sign * step * o for s, o in zip(start, order)] for sign in (1, -1)]
            slope = float((at(*moved[0]) - at(*moved[1])) / (2 * step))
            assert parameter.grad == pytest.approx(slope, rel=1e-12, abs=1e-18)


def test_softmax_gives_probabilities_also_of_sums_that_exp_overflows() -> None:
    layer = Layer(1, 3, activation="softmax", init=lambda rng, inputs, outputs: 1.0)
    for neuron, bias in zip(layer.neurons, [1000.0, 1000.0, -1000.0]):
        neuron.b.data = bias
    assert [y.data for y in layer([0.0])] == [0.5, 0.5, 0.0]


@pytest.mark.parametrize("name", LAYER_ACTIVATIONS)
def test_an_activation_of_a_layer_is_chosen_by_its_name_or_as_a_function(name: Any) -> None:
    function = LAYER_ACTIVATIONS[name]
    sums = [y.data for y in Layer(2, 3, nonlin=False, rng=random.Random(1))([0.5, -1.0])]
    expected = [y.data for y in function([Value(a) for a in sums])]
    for choice in (name, function):
        layer = Layer(2, 3, activation=choice, rng=random.Random(1))
        assert [y.data for y in layer([0.5, -1.0])] == expected
        assert layer.activation is function
        plain = Layer(2, 3, activation=choice, nonlin=False, rng=random.Random(1))
        assert [y.data for y in plain([0.5, -1.0])] == sums


def test_a_softmax_layer_says_so() -> None:
    assert repr(Layer(1, 2, activation="softmax")) == (
        "SoftmaxLayer of [LinearNeuron(1), LinearNeuron(1)]"
    )


def test_a_graph_knows_what_belongs_to_a_softmax_layer() -> None:
    model = MLP(2, [2, 2], activation=["relu", "softmax"])
    probability = model([0.5, -1.0])[0]
    assert autograd.graph(probability).place(probability) == "MLP.layers.1"


# ── What a model is handed ────────────────────────────────────────────────────

MODELS = {
    "neuron": Neuron(2, rng=random.Random(1)),
    "layer": Layer(2, 3, rng=random.Random(1)),
    "MLP": MLP(2, [4, 1], rng=random.Random(1)),
}


@pytest.mark.parametrize("taker", MODELS)
@pytest.mark.parametrize(
    ("x", "described"),
    [
        (1.0, "1.0, of type float"),
        (3, "3, of type int"),
        (None, "None, of type NoneType"),
        (Value(1.0), "Value(1.0), of type Value"),
        ("ab", "'ab', of type str"),
        (b"ab", "b'ab', of type bytes"),
        ({0.5: 1, 1.5: 2}, "{0.5: 1, 1.5: 2}, of type dict"),
        ({0.5, 1.5}, "{0.5, 1.5}, of type set"),
        (np.array(1.0), "array(1.), of type ndarray"),
    ],
)
def test_what_is_no_list_of_inputs_is_refused(taker: str, x: Any, described: str) -> None:
    with pytest.raises(TypeError) as raised:
        MODELS[taker](x)  # type: ignore[operator]
    assert str(raised.value) == (
        f"this {taker} takes a list of 2 inputs, each a number or a Value, or a list of such "
        f"samples; got {described}"
    )


@pytest.mark.parametrize("taker", MODELS)
def test_a_generator_is_refused_and_left_as_it_is(taker: str) -> None:
    numbers = (float(i) for i in range(2))
    message = f"^this {taker} takes a list of 2 inputs, .*, of type generator$"
    with pytest.raises(TypeError, match=message):
        MODELS[taker](numbers)  # type: ignore[operator]
    assert list(numbers) == [0.0, 1.0]


@pytest.mark.parametrize("taker", MODELS)
@pytest.mark.parametrize("x", [[], [1.0], (1.0, 2.0, 3.0), np.ones(3), range(5)])
def test_the_number_of_inputs_must_be_right(taker: str, x: Any) -> None:
    with pytest.raises(ValueError, match=f"^this {taker} takes 2 inputs, got {len(x)}$"):
        MODELS[taker](x)  # type: ignore[operator]


@pytest.mark.parametrize("taker", MODELS)
@pytest.mark.parametrize(
    ("x", "problem"),
    [
        ([0.5, "a"], "input 1 must be a number or a Value; got 'a', of type str"),
        ([None, 0.5], "input 0 must be a number or a Value; got None, of type NoneType"),
        ([0.5, 1j], "input 1 must be a number or a Value; got 1j, of type complex"),
        ([0.5, [1.0]], "input 1 must be a number or a Value; got [1.0], of type list"),
        (
            [0.5, np.ones(2)],
            "input 1 must be a number or a Value; got array([1., 1.]), of type ndarray",
        ),
    ],
)
def test_an_input_that_is_no_number_is_named(taker: str, x: Any, problem: str) -> None:
    with pytest.raises(TypeError) as raised:
        MODELS[taker](x)  # type: ignore[operator]
    assert str(raised.value) == problem


@pytest.mark.parametrize("taker", MODELS)
def test_inputs_may_come_in_any_sequence(taker: str) -> None:
    model: Any = MODELS[taker]
    samples = [
        [1.0, 2.0],
        (1, 2),
        range(1, 3),
        np.array([1.0, 2.0]),
        np.array([Value(1.0), Value(2.0)]),
        {"a": 1.0, "b": 2.0}.values(),
    ]
    outputs = [model(x) for x in samples]
    flat = [[y.data for y in (out if isinstance(out, list) else [out])] for out in outputs]
    assert all(numbers == flat[0] for numbers in flat)


def test_a_module_of_ones_own_may_hold_no_bias() -> None:
    class Line(Module):
        def __init__(self) -> None:
            self.slope, self.offset = Value(2.0), None

    assert [name for name, _ in Line().named_parameters()] == ["slope"]


# ── Batches ───────────────────────────────────────────────────────────────────


@given(
    st.sampled_from(["neuron", "layer", "MLP", "softmax"]),
    st.lists(st.lists(st.floats(-10, 10), min_size=2, max_size=2), min_size=1, max_size=4),
    st.sampled_from([list, tuple, np.array]),
    st.sampled_from([list, tuple, np.array]),
)
def test_a_batch_gives_what_its_samples_give(
    taker: str, batch: list[list[float]], outer: Any, inner: Any
) -> None:
    rng = random.Random(1)
    model: Any = {
        "neuron": Neuron(2, activation="tanh", rng=rng),
        "layer": Layer(2, 3, activation="tanh", rng=rng),
        "MLP": MLP(2, [3, 1], activation="tanh", rng=rng),
        "softmax": MLP(2, [2, 2], activation=["tanh", "softmax"], rng=rng),
    }[taker]
    outputs = model(outer([inner(x) for x in batch]))
    assert type(outputs) is list
    assert [numbers(y) for y in outputs] == [numbers(model(x)) for x in batch]


def numbers(outputs: Any) -> Any:
    """The numbers of an output, or of a list of them."""
    return [y.data for y in outputs] if isinstance(outputs, list) else outputs.data


@pytest.mark.parametrize("taker", MODELS)
def test_two_samples_of_two_inputs_are_rows(taker: str) -> None:
    model: Any = MODELS[taker]
    first, second = model([[1.0, 2.0], [3.0, 4.0]])
    assert [numbers(first), numbers(second)] == [numbers(model([1.0, 2.0])), numbers(model([3, 4]))]


@pytest.mark.parametrize("taker", MODELS)
def test_the_depth_of_nesting_decides_and_not_a_length(taker: str) -> None:
    model: Any = MODELS[taker]
    assert len(model([[1.0, 2.0]])) == 1
    assert len(model(np.ones((3, 2)))) == 3
    assert model(np.ones((0, 2))) == []
    assert len(model(np.array([[Value(1.0), 2.0]], dtype=object))) == 1
    assert len(model([np.array([1, 2]), (Value(1.0), 2.0), range(2)])) == 3


def test_whatever_numpy_takes_for_an_array_is_one() -> None:
    class Frame:  # as that of pandas, which iterates over the names of its columns
        def __array__(self) -> Any:
            return np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

        def __len__(self) -> int:
            return 3

        def __iter__(self) -> Any:
            return iter([0, 1])

    model = Neuron(2, init=lambda rng, inputs, outputs: 1.0)
    assert numbers(model(Frame())) == [3.0, 7.0, 11.0]  # type: ignore[call-overload]


TAKEN = "takes a list of 2 inputs, each a number or a Value, or a list of such samples; got"


@pytest.mark.parametrize("taker", MODELS)
@pytest.mark.parametrize(
    ("x", "error", "problem", "notes"),
    [
        ([[1.0, 2.0], [3.0]], ValueError, "this {} takes 2 inputs, got 1", [1]),
        ([[1.0, 2.0], 3.0], TypeError, f"this {{}} {TAKEN} 3.0, of type float", [1]),
        ([[1.0, 2.0], "ab"], TypeError, f"this {{}} {TAKEN} 'ab', of type str", [1]),
        ([[]], ValueError, "this {} takes 2 inputs, got 0", [0]),
        (
            [[1.0, 2.0], [None, 1.0]],
            TypeError,
            "input 0 must be a number or a Value; got None, of type NoneType",
            [1],
        ),
        (
            np.ones((1, 2, 3)),
            ValueError,
            f"this {{}} {TAKEN} an array of shape (1, 2, 3), of type ndarray",
            [],
        ),
        ([[[1.0, 2.0]]], ValueError, f"this {{}} {TAKEN} [[[1.0, 2.0]]], of type list", []),
    ],
)
def test_what_is_no_batch_is_refused(
    taker: str, x: Any, error: type[Exception], problem: str, notes: list[int]
) -> None:
    with pytest.raises(error) as raised:
        MODELS[taker](x)  # type: ignore[operator]
    assert str(raised.value) == problem.format(taker)
    expected = [f"This is sample {i} of the batch." for i in notes]
    found = getattr(raised.value, "__notes__", [])
    assert [note for note in found if "module 0 of the MLP" not in note] == expected


def notes_of(model: Any, x: Any) -> list[str]:
    with pytest.raises((TypeError, ValueError, ZeroDivisionError)) as raised:
        model(x)
    return raised.value.__notes__


def test_an_error_in_a_stack_notes_the_module_that_raised_it() -> None:
    first, last = Linear(2, 3), Linear(4, 1)
    assert notes_of(Sequential(first, "tanh", last), [1.0, 2.0]) == [
        "This is module 2 of the Sequential: Linear(4, 1)."
    ]
    inner = Sequential("tanh", last)
    assert notes_of(Sequential(first, inner), [[0.0, 1.0], [1.0, 2.0]]) == [
        "This is module 1 of the Sequential: Linear(4, 1).",
        "This is module 1 of the Sequential: Sequential(Tanh(), Linear(4, 1)).",
        "This is sample 0 of the batch.",
    ]


def test_an_error_in_an_mlp_notes_the_layer() -> None:
    def inverse(x: Value) -> Value:
        return x * (1 // 0)

    model = MLP(2, [3, 2, 1], activation=["relu", inverse, "linear"], rng=1)
    assert notes_of(model, [1.0, 2.0]) == [
        "This is module 1 of the MLP: Layer of [InverseNeuron(3), InverseNeuron(3)]."
    ]


def test_lists_that_hold_themselves_or_are_very_deep_are_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    deep: Any = 1.0
    for _ in range(100_000):
        deep = [deep]
    for x in (endless, deep):
        with pytest.raises(ValueError, match=r"^this MLP takes a list of 2 inputs"):
            MLP(2, [1])(x)


def test_the_groups_of_a_batch_are_those_of_its_samples() -> None:
    model = MLP(2, [2, 1], rng=random.Random(1))
    batch = [[1.0, 2.0], [3.0, 4.0]]
    together: Value = sum(model(batch), Value(0.0))
    one_by_one: Value = sum([model(x) for x in batch], Value(0.0))
    assert graph(together).groups == graph(one_by_one).groups
    assert [node.group for node in graph(together)] == [node.group for node in graph(one_by_one)]
    assert "sample 1" in [group.name for group in graph(together).groups]
    assert graph(together).to_svg() == graph(one_by_one).to_svg()
