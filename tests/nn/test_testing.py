"""The strategy for networks: what it draws, what it shrinks to, how it prints."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from autograd import gradients, tanh
from autograd.testing import values
from nn import MLP
from nn.testing import Network, networks
from tests.testing.test_strategies import WITHOUT_DATABASE, simplest


@given(networks(max_inputs=2, max_width=4, max_layers=3))
def test_a_network_has_data_that_fits(network: Network) -> None:
    assert len(network.inputs) == len(network.targets) <= 3
    for sample, target in zip(network.inputs, network.targets, strict=True):
        outputs = network.model(sample)
        assert len(sample) <= 2
        assert len(target) == (len(outputs) if isinstance(outputs, list) else 1)
    *hidden, _ = network.model.layers
    assert len(hidden) <= 2
    assert all(len(layer.neurons) <= 4 for layer in hidden)
    loss = network.loss()
    parameters = network.model.parameters()
    slopes = [slope.data for slope in gradients(loss, parameters)]
    loss.backward()
    assert [parameter.grad for parameter in parameters] == pytest.approx(slopes, rel=1e-9, abs=1e-9)


@given(networks())
def test_the_printed_code_builds_the_network(network: Network) -> None:
    scope: dict[str, Any] = {}
    exec(str(network), scope)
    twin = Network(scope["model"], scope["inputs"], scope["targets"])
    assert repr(twin.model) == repr(network.model)
    assert twin.loss().data == network.loss().data


def test_a_network_shrinks_to_a_small_one() -> None:
    network = simplest(networks(), lambda network: network.loss().data > 1.0)
    assert str(network) == (
        "from nn import MLP\n"
        "model = MLP(1, [1], activation=['linear'])\n"
        "for parameter, number in zip(model.parameters(), [0.0, 0.0]):\n"
        "    parameter.data = number\n"
        "inputs = [[0.0]]\n"
        "targets = [[2.0]]"
    )


@given(
    networks(max_layers=3, numbers=st.floats() | st.just(-5e-324)),
    st.sampled_from([lambda x: [x], lambda x: (x,), lambda x: {"a": x}]),
)
def test_within_a_container_it_is_printed_as_the_call_that_makes_it(
    network: Network, contain: Callable[[Any], Any]
) -> None:
    again = eval(repr(contain(network)), {"MLP": MLP, "Network": Network})
    assert repr(again) == repr(contain(network))
    assert "\n" not in repr(again)


def test_the_numbers_for_the_parameters_are_as_many() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Network(MLP(1, [1]), [[0.0]], [[0.0]], [1.0])


@given(
    networks(
        activations="tanh",
        numbers=values(-1, 1) | st.just(0),
        min_inputs=2,
        min_outputs=2,
        min_width=3,
        min_layers=2,
        min_samples=2,
    )
)
def test_sizes_are_kept(network: Network) -> None:
    assert len(network.inputs) >= 2
    assert all(len(sample) >= 2 for sample in network.inputs)
    assert all(len(target) == 2 for target in network.targets)
    hidden, last = network.model.layers
    assert [neuron.activation for neuron in hidden.neurons] == [tanh] * 3
    assert len(last.neurons) == 2
    assert all(-1.0 <= x <= 1.0 for sample in network.inputs for x in sample)


@given(st.sets(networks(max_inputs=1, max_layers=1), min_size=2, max_size=4))
def test_networks_can_be_hashed(several: set[Network]) -> None:
    assert len(several) >= 2


def test_a_report_shows_one_statement_to_a_line() -> None:
    @WITHOUT_DATABASE
    @given(networks(activations=["tanh"], max_inputs=1, max_outputs=1, max_layers=1))
    def fails(network: Network) -> None:
        assert network.loss().data > 1e9

    with pytest.raises(AssertionError) as error:
        fails()
    report = "\n".join(error.value.__notes__)
    assert "    network=\n        from nn import MLP\n        model = MLP(1, [1]" in report


def test_where_hypothesis_is_missing_the_way_out_is_named() -> None:
    program = "import sys; sys.modules['hypothesis'] = None; import nn.testing"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: nn.testing needs hypothesis: pip install hypothesis"
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: networks(activations=["tahn"]),
            "no activation is named 'tahn': did you mean 'tanh'? Choose from 'elu', 'gelu', "
            "'hard_tanh', 'leaky_relu', 'linear', 'log_sigmoid', 'mish', 'relu', 'sigmoid', "
            "'silu', 'softplus', 'softsign', 'tanh'",
        ),
        (
            lambda: networks(activations=[]),
            "activations is empty: name one, such as ['tanh'], or pass None",
        ),
        (
            lambda: networks(numbers=1.0),  # type: ignore[arg-type]
            "numbers is a strategy of numbers, such as st.floats(-1, 1); got 1.0",
        ),
        (
            lambda: networks(numbers=st.just("x")),  # type: ignore[arg-type]
            "numbers is a strategy of numbers, such as st.floats(-1, 1); it has drawn 'x'",
        ),
        (
            lambda: networks(activations={"tanh"}),  # type: ignore[arg-type]
            "activations is a list, such as ['relu', 'tanh'], and {'tanh'} is not ordered: a "
            "failure could not be reproduced; pass sorted(...) of the names",
        ),
        (
            lambda: networks(min_width=4),
            "min_width=4 is more than max_width=3: raise the one or lower the other",
        ),
        *[
            (partial(networks, **dict[str, Any]([(name, 0)])), f"{name} must be at least 1, got 0")
            for name in ("max_inputs", "max_outputs", "max_width", "max_layers", "max_samples")
        ],
    ],
)
def test_an_option_that_makes_no_sense_is_refused_when_it_is_drawn(
    make: Callable[[], st.SearchStrategy[Network]], message: str
) -> None:
    strategy = make()
    with pytest.raises(InvalidArgument) as error:
        simplest(strategy, lambda network: True)
    assert str(error.value) == message
