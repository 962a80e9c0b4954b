"""state_dict and load_state_dict; what a module reports of its parameters; its repr."""

from __future__ import annotations

import random
import re
import warnings
from collections import deque
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, no_grad, output_of
from nn import MLP, Dropout, Embedding, Layer, LayerNorm, Linear, Module, Neuron, Sequential


class Bag(Module):
    """Whatever it is given, as attributes."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


def ones(*shape: int) -> Any:
    """Nested lists of Values."""
    return [ones(*shape[1:]) for _ in range(shape[0])] if shape else Value(1.0)


def shapes(module: Module) -> dict[str, tuple[int, ...]]:
    return {name: np.shape(numbers) for name, numbers in module.state_dict().items()}


def test_the_state_has_the_names_and_shapes_of_pytorch() -> None:
    assert shapes(MLP(2, [4, 1])) == {
        "layers.0.weight": (4, 2),
        "layers.0.bias": (4,),
        "layers.1.weight": (1, 4),
        "layers.1.bias": (1,),
    }
    model = Sequential(Embedding(5, 3), LayerNorm(3), "tanh", Dropout(), Linear(3, 2, bias=False))
    assert shapes(model) == {
        "0.weight": (5, 3),
        "1.weight": (3,),
        "1.bias": (3,),
        "4.weight": (2, 3),
    }
    assert shapes(Neuron(3)) == {"w": (3,), "b": ()}
    layer = Layer(3, 2, bias=False)
    assert shapes(layer) == {"weight": (2, 3)}
    layer.neurons[1].b = Value(0.5)
    assert shapes(layer) == {"weight": (2, 3), "bias.1": ()}


def test_lists_that_agree_in_length_are_one_entry() -> None:
    module = Bag(
        scale=ones(),
        cube=ones(2, 3, 4),
        ragged=[ones(2), ones(3)],
        mixed=[ones(), Linear(1, 1), ones(2)],
        by_name={"a": ones(), "b": Bag(c=ones(1))},
        array=np.array(ones(2, 2)),
        nothing=[],
        number=3.0,
        name="bag",
    )
    assert shapes(module) == {
        "scale": (),
        "cube": (2, 3, 4),
        "ragged.0": (2,),
        "ragged.1": (3,),
        "mixed.0": (),
        "mixed.1.weight": (1, 1),
        "mixed.1.bias": (1,),
        "mixed.2": (2,),
        "by_name.a": (),
        "by_name.b.c": (1,),
        "array": (2, 2),
    }
    flat: list[float] = []
    for numbers in module.state_dict().values():
        flat += np.ravel(numbers).tolist()
    assert len(flat) == len(module.parameters())


@given(st.lists(st.floats(), min_size=13, max_size=13))
def test_a_state_that_is_loaded_gives_the_same_parameters(numbers: list[float]) -> None:
    model, twin = MLP(2, [3, 1]), MLP(2, [3, 1])
    for parameter, number in zip(model.parameters(), numbers):
        parameter.data = number
    twin.load_state_dict(model.state_dict())
    assert list(map(repr, twin.parameters())) == list(map(repr, model.parameters()))


def test_arrays_are_loaded_as_lists_are() -> None:
    linear = Linear(2, 3)
    linear.load_state_dict({"weight": np.arange(6.0).reshape(3, 2), "bias": np.arange(3)})
    assert linear.state_dict() == {
        "weight": [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]],
        "bias": [0.0, 1.0, 2.0],
    }


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda state: state.pop("1.bias"), "1.bias is missing"),
        (lambda state: state.update({"2.bias": [1.0]}), "2.bias is not in the model"),
        (
            lambda state: state.update({"0.weight": [[1.0, 2.0]]}),
            "0.weight has the shape (1, 2), and in the model (3, 2)",
        ),
        (
            lambda state: state.update({"1.bias": 1.0}),
            "1.bias has the shape (), and in the model (1,)",
        ),
        (
            lambda state: state.update({"1.bias": ["a"]}),
            "1.bias is ['a'], and not lists of numbers of shape (1,)",
        ),
        (
            lambda state: state.update({"0.weight": [[1.0], [2.0, 3.0]]}),
            "0.weight is [[1.0], [2.0, 3.0]], and not lists of numbers of shape (3, 2)",
        ),
        (
            lambda state: state.update({"1.bias": [10**400]}),
            "1.bias has a number beyond the range of floats",
        ),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_changed(
    change: Any, problem: str
) -> None:
    model = Sequential(Linear(2, 3, rng=1), Linear(3, 1, rng=2))
    before = model.state_dict()
    state = Sequential(Linear(2, 3), Linear(3, 1)).state_dict()
    change(state)
    with pytest.raises(ValueError, match=r"^this is not the state of such a Sequential:") as error:
        model.load_state_dict(state)
    assert str(error.value).splitlines()[1:] == [f"  {problem}"]
    assert model.state_dict() == before


def test_all_that_does_not_fit_is_named_up_to_ten() -> None:
    model = Sequential(*[Linear(1, 1) for _ in range(10)])
    with pytest.raises(ValueError, match=r"and 11 more$") as error:
        model.load_state_dict({"a": 1.0, **{f"{i}.bias": [[2.0]] for i in range(10)}})
    assert len(str(error.value).splitlines()) == 12
    with pytest.raises(TypeError, match=r"a state is a dict such as model.state_dict\(\), got 3"):
        model.load_state_dict(3)  # type: ignore[arg-type]


def test_a_state_may_be_in_part_if_one_says_so() -> None:
    model = Sequential(Linear(1, 1), Linear(1, 1))
    model.load_state_dict({"1.bias": [3.0], "extra": 1.0}, strict=False)
    assert model.state_dict()["1.bias"] == [3.0]
    with pytest.raises(ValueError, match="has the shape"):
        model.load_state_dict({"1.bias": 3.0}, strict=False)


def test_shared_parameters_are_in_each_place_and_must_agree() -> None:
    shared = Linear(2, 2, rng=1)
    model = Sequential(shared, "tanh", shared)
    state = model.state_dict()
    assert state["0.weight"] == state["2.weight"]
    model.load_state_dict(state)
    state["2.weight"] = [[0.0, 0.0], [0.0, 0.0]]
    with pytest.raises(ValueError, match=r"0\.weight share parameters in the model, but differ"):
        model.load_state_dict(state)


def test_modules_that_refer_to_each_other_have_a_state() -> None:
    child = Bag(weight=ones(2))
    parent = Bag(child=child)
    vars(child)["parent"] = [parent]
    assert shapes(parent) == {"child.weight": (2,)}
    deep: Any = Bag(weight=ones(1))
    for _ in range(1_200):
        deep = Bag(inner=deep)
    assert len(deep.state_dict()) == 1


# ── What is no parameter ──────────────────────────────────────────────────────


def test_a_parameter_that_is_a_result_is_reported() -> None:
    module = Bag(weights=[Value(0.5), Value(0.5) * 0.1], bias=Value(0.0))
    message = (
        "weights.1 of Bag is the result of an operation, Value(0.05, op=multiply), and so not "
        "among its parameters: make it of a number, such as Value(0.1 * number)"
    )
    for find in (module.parameters, module.named_parameters):
        with pytest.warns(UserWarning, match=f"^{re.escape(message)}$"):
            assert len(find()) == 2


def test_what_parameters_went_into_is_no_parameter_and_not_reported() -> None:
    module: Any = Bag(weight=Value(2.0))
    module.output = [module.weight * 3, (module.weight + 1).tanh()]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert module.parameters() == [module.weight]
        assert len(module.named_parameters()) == len(module.state_dict()) == 1


@pytest.mark.parametrize("kind", [set, frozenset, deque, lambda x: dict(enumerate(x)).values()])
def test_parameters_in_a_set_are_reported(kind: Any) -> None:
    held = kind([Value(1.0), Value(2.0)])
    for module in (Bag(held=held), Bag(held=kind([Linear(1, 1)]), inner=[held])):
        with pytest.warns(UserWarning, match=f"and parameters in a {type(held).__name__} are not"):
            module.parameters()
        with pytest.warns(UserWarning, match="put them into a list, a tuple or a dict"):
            module.state_dict()
    Bag(held=kind([1.0, 2.0])).parameters()
    Bag(held=kind([])).parameters()


# ── Words ─────────────────────────────────────────────────────────────────────


def test_the_repr_shows_what_a_module_is_made_of() -> None:
    module = Bag(scale=Value(2.0), layers=[Linear(2, 3), Linear(3, 1)], size=3)
    assert repr(module) == "Bag(scale=Value(2.0), layers=[Linear(2, 3), Linear(3, 1)])"
    assert repr(Sequential(Linear(2, 1, bias=False), Dropout(0.1), LayerNorm(1))) == (
        "Sequential(Linear(2, 1, bias=False), Dropout(0.1), LayerNorm(1))"
    )
    vars(module)["parent"] = module
    assert repr(module).endswith("parent=...)")


def test_the_repr_of_any_size_is_a_few_lines() -> None:
    with no_grad():
        for module in (
            MLP(5, [60] * 3),
            MLP(2, [47] * 10),
            Layer(1, 1_000),
            Linear(50, 100),
            Embedding(100, 3),
            Sequential(*[Linear(2, 2) for _ in range(1_000)]),
            Sequential(*[MLP(2, [20] * 3) for _ in range(5)]),
            Bag(layers=[Linear(2, 2)] * 100, weights=ones(30, 30), inner=Bag(w=ones(20, 20))),
            Bag(**{f"layer_{i}": Linear(2, 2) for i in range(100)}),
        ):
            assert len(repr(module)) < 900


def test_the_repr_of_small_networks_is_that_of_micrograd() -> None:
    random.seed(1)
    layer = f"Layer of [{', '.join(['ReLUNeuron(2)'] * 16)}]"
    assert repr(MLP(2, [16, 1])) == f"MLP of [{layer}, Layer of [LinearNeuron(16)]]"


class Twice(Module):
    """Its inner module, called twice, with a scale of its own."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.scale = inner, Value(2.0)

    def __call__(self, x: Any) -> Any:
        """The scaled outputs."""
        return output_of(self, [self.scale * y for y in self.inner(self.inner(x))])


def test_a_summary_counts_outputs_and_parameters() -> None:
    inner = Sequential(Linear(3, 3), Dropout(0.5), Linear(3, 3, bias=False))
    vars(inner)["2"].weight = vars(inner)["0"].weight
    model = Sequential(Embedding(5, 3), Twice(inner), MLP(3, [4, 2]))
    before = model.state_dict()
    assert str(model.summary()).splitlines() == [
        "            module                    outputs  parameters",
        "0           Embedding(5, 3)                 3          15",
        "1           Twice                           3           1",
        "1.inner.0   Linear(3, 3)                    3          12",
        "1.inner.1   Dropout(0.5)                    3           0",
        "1.inner.2   Linear(3, 3, bias=False)        3           0",
        "2.layers.0  Layer                           4          16",
        "2.layers.1  Layer                           2          10",
        "            in all                                     54",
    ]
    assert len(model.parameters()) == 54
    assert model.state_dict() == before


def test_a_summary_leaves_modes_and_gradients_alone() -> None:
    model = Sequential(Linear(2, 2), Dropout(0.5))
    model[1].eval()
    model.summary()
    assert (model.training, model[1].training) == (True, False)
    assert all(parameter.grad == 0.0 for parameter in model.parameters())
    assert repr(model.summary()) == str(model.summary())


def test_a_summary_of_ones_own_module_needs_inputs_for_its_outputs() -> None:
    model = Twice(Linear(2, 2))
    assert [line.split()[-2:] for line in model.summary().splitlines()[2:]] == [
        ["2)", "6"],
        ["all", "7"],
    ]
    assert [line.split()[-2:] for line in model.summary([1.0, 2.0]).splitlines()[1:3]] == [
        ["2", "1"],
        ["2", "6"],
    ]
