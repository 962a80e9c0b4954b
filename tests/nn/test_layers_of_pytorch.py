"""Linear, LayerNorm, Embedding, Dropout, Sequential and Activation."""

from __future__ import annotations

import copy
import pickle
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, graph, no_grad, tanh
from autograd.testing import check_gradients
from nn import (
    ACTIVATIONS,
    LAYER_ACTIVATIONS,
    MLP,
    Activation,
    Dropout,
    Embedding,
    Layer,
    LayerNorm,
    Linear,
    Module,
    ReLU,
    Sequential,
    Softmax,
    Tanh,
    draw_network,
)


def numbers(output: Any) -> Any:
    """The numbers in an output."""
    if isinstance(output, list):
        return [numbers(each) for each in output]
    return output.data if isinstance(output, Value) else output


def test_linear_is_a_layer_of_linear_neurons() -> None:
    layer, linear = Layer(3, 2, nonlin=False, rng=1), Linear(3, 2, rng=2)
    layer.neurons[0].b.data, layer.neurons[1].b.data = 0.25, -1.0
    linear.load_state_dict(layer.state_dict())
    x = [0.1, -0.7, 0.3]
    assert numbers(linear(x)) == numbers(layer(x))
    assert list(linear.state_dict()) == list(layer.state_dict()) == ["weight", "bias"]
    assert (linear.in_features, linear.out_features, len(linear.weight)) == (3, 2, 2)
    assert list(Linear(3, 2, bias=False).state_dict()) == ["weight"]


def test_parameters_are_named_as_in_the_state() -> None:
    names = [name for name, _ in Sequential(Tanh(), Linear(2, 1)).named_parameters()]
    assert names == ["1.weight.0.0", "1.weight.0.1", "1.bias.0"]


def test_layer_norm_agrees_with_numpy() -> None:
    norm = LayerNorm(4)
    rng = random.Random(1)
    for parameter in norm.parameters():
        parameter.data = rng.gauss(0, 1)
    x = np.array([0.5, -2.0, 3.0, 0.25])
    scaled = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    expected = scaled * norm.state_dict()["weight"] + norm.state_dict()["bias"]
    np.testing.assert_allclose(numbers(norm(list(x))), expected, rtol=1e-14)
    check_gradients(lambda xs: norm(xs)[1], x.tolist())


def test_an_embedding_gives_rows_of_parameters() -> None:
    table = Embedding(5, 2, rng=1)
    [second, fourth] = table([1, np.int64(3)])
    (second[0] * fourth[1]).backward()
    assert table.weight[1][0].grad == table.weight[3][1].data
    assert numbers(table(np.array([[0, 1], [2, 3]]))) == [
        [table.state_dict()["weight"][i] for i in row] for row in ([0, 1], [2, 3])
    ]


def test_a_compiled_embedding_is_one_program_for_all_indices() -> None:
    table = Embedding(5, 2, rng=1)
    total = autograd.compile(lambda words: sum(x.data for row in table(words) for x in row))
    for words in ([1, 2], [4, 0], [3, 3], [True, 2]):
        assert total(words) == sum(x.data for row in table(words) for x in row)
    assert len(total.programs) == 2  # True is no index that is followed
    for wrong in (5, -1):
        with pytest.raises(IndexError, match=f"^there is no row {wrong} in an Embedding of 5"):
            total([wrong, 0])


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        (5, IndexError, "there is no row 5 in an Embedding of 5 rows"),
        (-1, IndexError, "there is no row -1 in an Embedding of 5 rows"),
        (np.int64(-1), IndexError, "there is no row -1 in an Embedding of 5 rows"),
        (1.0, TypeError, "an index is a whole number, got 1.0"),
        (Value(1.0), TypeError, r"an index is a whole number, got Value\(1.0\)"),
    ],
)
def test_an_index_of_no_row_is_refused(index: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"^{message}$"):
        Embedding(5, 2)(index)


def test_dropout_keeps_the_mean_in_training_and_everything_otherwise() -> None:
    drop = Dropout(0.25, rng=3)
    found = numbers(drop([Value(3.0)] * 10_000))
    assert set(found) == {0.0, 4.0}
    assert sum(found) / 10_000 == pytest.approx(3.0, rel=0.03)
    assert numbers(Dropout(0.25, rng=3)([Value(3.0)] * 10_000)) == found
    x = [Value(1.0), Value(2.0)]
    assert drop.eval()(x) is x
    assert Dropout(0.0)(x) is x
    for p in (1.0, -0.1, "a"):
        with pytest.raises(ValueError, match="p is a probability from 0 to below 1, got"):
            Dropout(p)  # type: ignore[arg-type]


def test_train_and_eval_reach_every_module() -> None:
    model = Sequential(Linear(2, 2), Sequential(Dropout()))
    assert model.training
    assert model.eval() is model
    assert not model[1][0].training
    assert model.train()[1][0].training


@given(st.integers(1, 3), st.sampled_from([1, 2]), st.sampled_from(["tanh", "softmax"]))
def test_a_layer_of_one_output_works_inside_a_stack(samples: int, outputs: int, last: str) -> None:
    if last == "softmax" and outputs == 1:
        last = "relu"
    stacks: list[Any] = [
        Sequential(Linear(2, 1, rng=1), "tanh", Linear(1, 3, rng=2), Linear(3, outputs), last),
        Sequential(Layer(2, 1), Sequential(Layer(1, 1), Layer(1, outputs))),
        MLP(2, [1, 1, outputs]),
        Sequential(MLP(2, [1]), MLP(1, [outputs])),
    ]
    batch = [[0.5 * i, -1.0] for i in range(samples)]
    for model in stacks:
        assert numbers(model(batch)) == [numbers(model(x)) for x in batch]
        single = numbers(model([0.5, 1.0]))
        assert isinstance(single, float) if outputs == 1 else len(single) == outputs


def test_a_single_input_need_not_be_in_a_list() -> None:
    for layer in (Linear(1, 2), Layer(1, 2), MLP(1, [2])):
        assert numbers(layer(0.5)) == numbers(layer([0.5])) == numbers(layer(Value(0.5)))


class Attention(Module):
    """The mean of all vectors of a sequence, beside each: a module that needs the whole of it."""

    def __call__(self, xs: list[list[Any]]) -> Any:
        """Each vector with the mean."""
        means: list[Any] = [sum(column, Value(0.0)) / len(xs) for column in zip(*xs)]
        return [x + means for x in xs]


def test_a_sequence_passes_whole_through_a_stack_with_a_module_of_ones_own() -> None:
    model = Sequential(LayerNorm(2), Attention(), Linear(4, 3))
    assert [len(row) for row in model([[1.0, 2.0], [3.0, 5.0], [8.0, 1.0]])] == [3, 3, 3]


def test_modules_of_a_sequential_are_reached_by_position() -> None:
    first = Linear(2, 2)
    model = Sequential(first, tanh, Linear(2, 1))
    assert (len(model), model[0], model[-1].out_features) == (3, first, 1)
    assert next(iter(model)) is first
    assert [name for name, _ in model.named_modules()] == ["", "0", "1", "2"]
    with pytest.raises(ValueError, match="a Sequential needs a module"):
        Sequential()
    with pytest.raises(TypeError, match="a Sequential is made of modules and activations, got 3"):
        Sequential(3)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_activation_is_a_module(name: str) -> None:
    expected = [ACTIVATIONS[name](Value(x)).data for x in (-0.5, 2.0)]
    for module in (Activation(name), Sequential(name), Sequential(ACTIVATIONS[name])):
        assert numbers(module([Value(-0.5), Value(2.0)])) == expected
        assert numbers(module([[Value(-0.5)], [Value(2.0)]])) == [[y] for y in expected]


@pytest.mark.parametrize("name", LAYER_ACTIVATIONS)
def test_activations_of_layers_apply_to_each_row(name: str) -> None:
    rows = [[Value(1.0), Value(2.0)], [Value(0.0), Value(-3.0)]]
    expected = [[y.data for y in LAYER_ACTIVATIONS[name](row)] for row in rows]
    assert numbers(Activation(name)(rows)) == expected
    with pytest.raises(ValueError, match=f"^{name} compares the outputs of a layer"):
        Activation(name)([Value(1.0)])


def test_activations_as_modules_have_the_names_of_pytorch() -> None:
    model = Sequential("linear", "silu", "hard_tanh", "log_softmax", tanh)
    assert repr(model) == "Sequential(Identity(), SiLU(), Hardtanh(), LogSoftmax(), Tanh())"
    assert repr(Activation(numbers)) == "Activation(numbers)"


def test_weights_are_shared_by_assignment() -> None:
    table, head = Embedding(3, 2, rng=1), Linear(2, 3, bias=False)
    head.weight = table.weight
    model = Sequential(table, head)
    assert len(model.parameters()) == 6
    assert list(model.state_dict()) == ["0.weight", "1.weight"]
    output = model(1)[2]
    output.backward()
    assert output.data == sum(a.data * b.data for a, b in zip(table.weight[1], table.weight[2]))
    assert table.weight[1][0].grad == table.weight[2][0].data


def test_a_graph_knows_the_modules_of_a_sequential() -> None:
    model = Sequential(Linear(2, 2), ReLU(), Linear(2, 1))
    output = model([1.0, 2.0])
    assert graph(output).place(output) == "Sequential.2"


def test_a_sequential_is_drawn_as_the_mlp_of_its_numbers() -> None:
    pytest.importorskip("graphviz")
    model = Sequential(Linear(2, 3), Tanh(), Dropout(), Linear(3, 2), Softmax())
    mlp = MLP(2, [3, 2], activation=["tanh", "softmax"])
    rows = iter(model.parameters())
    for layer, linear in zip(mlp.layers, (model[0], model[3])):
        layer.load_state_dict(linear.state_dict())
    assert sum(1 for _ in rows) == len(mlp.parameters())
    arguments: Any = ([1.0, 2.0], [0.0, 1.0])
    assert draw_network(model, *arguments).to_svg() == draw_network(mlp, *arguments).to_svg()
    with no_grad():
        assert numbers(model.eval()([1.0, 2.0])) == numbers(mlp([1.0, 2.0]))


def test_everything_random_takes_a_seed_or_a_generator() -> None:
    for make in (
        lambda rng: Layer(2, 2, rng=rng),
        lambda rng: MLP(2, [2, 1], rng=rng),
        lambda rng: Linear(2, 2, rng=rng),
        lambda rng: Embedding(2, 2, rng=rng),
    ):
        model: Any = make(7)
        assert make(random.Random(7)).state_dict() == model.state_dict()
        assert make(np.int64(7)).state_dict() == model.state_dict()
        drawn = make(np.random.default_rng(7)).state_dict()
        assert make(np.random.default_rng(8)).state_dict() != drawn
        assert make(np.random.default_rng(7)).state_dict() == drawn != model.state_dict()
        weights = [parameter.data for parameter in model.parameters() if parameter.data]
        assert len(set(weights)) == len(weights)
        with pytest.raises(TypeError, match="random numbers come from a seed, such as 42"):
            make("7")


def test_a_stack_copies_and_pickles() -> None:
    model = Sequential(Embedding(3, 2, rng=1), LayerNorm(2), Dropout(0.5, rng=2), Dropout(), "tanh")
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin.state_dict() == model.state_dict()
        assert not set(twin.parameters()) & set(model.parameters())
        assert numbers(twin.eval()([0, 2])) == numbers(model.eval()([0, 2]))


def test_every_activation_of_the_table_has_its_name() -> None:
    page = (Path(__file__).parents[2] / "docs/operations.md").read_text("utf-8")
    section = page.split("\n## Activations\n")[1].split("\n## ")[0].split("At special points")[0]
    names = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert "relu" in names
    assert set(names) <= ACTIVATIONS.keys()


def test_activations_are_those_of_pytorch() -> None:
    torch: Any = pytest.importorskip("torch")
    x = [-3.0, -0.5, 0.0, 0.25, 2.0]
    for name in {**ACTIVATIONS, **LAYER_ACTIVATIONS}:
        module = Activation(name)
        theirs = getattr(torch.nn, repr(module)[:-2])
        made = theirs(dim=-1) if name in LAYER_ACTIVATIONS else theirs()
        expected = made(torch.tensor(x, dtype=torch.float64)).tolist()
        assert numbers(module(list(map(Value, x)))) == pytest.approx(expected, rel=1e-14)
