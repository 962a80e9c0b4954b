"""Initialisers: the distributions that they draw from."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable
from typing import Any

import pytest

from nn import Layer, Linear, init

INPUTS, OUTPUTS = 50, 30

# The standard deviation that each paper asks for, of 50 inputs and 30 outputs.
DEVIATIONS: dict[str, tuple[init.Initializer, float]] = {
    "xavier_uniform": (init.xavier_uniform(), math.sqrt(2 / 80)),
    "xavier_normal": (init.xavier_normal(gain=5 / 3), 5 / 3 * math.sqrt(2 / 80)),
    "kaiming_uniform": (init.kaiming_uniform(), math.sqrt(2 / 50)),
    "kaiming_normal": (init.kaiming_normal(), math.sqrt(2 / 50)),
    "fan_out": (init.kaiming_normal(gain=1.0, mode="fan_out"), math.sqrt(1 / 30)),
    "linear": (init.kaiming_uniform(gain=1.0), math.sqrt(1 / 50)),
}


@pytest.mark.parametrize("name", DEVIATIONS)
def test_weights_have_the_deviation_of_the_paper(name: str) -> None:
    initializer, deviation = DEVIATIONS[name]
    rng = random.Random(1)
    drawn = [initializer(rng, INPUTS, OUTPUTS) for _ in range(20_000)]
    assert statistics.fmean(drawn) == pytest.approx(0.0, abs=0.03 * deviation)
    assert statistics.pstdev(drawn) == pytest.approx(deviation, rel=0.02)
    if "normal" in name:
        assert max(drawn) > 3 * deviation
    elif name != "fan_out":
        assert 1.7 * deviation < max(drawn) <= math.sqrt(3) * deviation


def test_layers_hand_over_both_numbers() -> None:
    for layer in (
        Linear(INPUTS, OUTPUTS, init=init.xavier_uniform(), rng=1),
        Layer(INPUTS, OUTPUTS, init=init.xavier_uniform(), rng=1),
    ):
        largest = max(abs(x) for row in layer.state_dict()["weight"] for x in row)
        assert 0.99 * math.sqrt(6 / 80) < largest <= math.sqrt(6 / 80)
    weights = Linear(3, 2, init=init.zeros()).state_dict()["weight"]
    assert weights == [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_linear_starts_within_the_bound_of_pytorch() -> None:
    layer = Linear(INPUTS, OUTPUTS, rng=1)
    largest = max(abs(x) for row in layer.state_dict()["weight"] for x in row)
    assert 0.99 / math.sqrt(50) < largest <= 1 / math.sqrt(50)
    assert set(layer.state_dict()["bias"]) == {0.0}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: init.kaiming_normal(mode="in"), "mode is 'fan_in' or 'fan_out', got 'in'"),  # type: ignore[arg-type]
        (lambda: init.calculate_gain("gelu"), "no gain is known for 'gelu': 'linear', 'sigmoid',"),
    ],
)
def test_unknown_choices_are_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        make()


def test_bounds_and_deviations_are_those_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    functions = torch.nn.init
    for name in ("linear", "sigmoid", "tanh", "relu", "leaky_relu"):
        assert init.calculate_gain(name) == functions.calculate_gain(name)
    for ours, theirs in [
        (init.xavier_uniform(gain=5 / 3), lambda w: functions.xavier_uniform_(w, gain=5 / 3)),
        (init.xavier_normal(), functions.xavier_normal_),
        (init.kaiming_uniform(), lambda w: functions.kaiming_uniform_(w, nonlinearity="relu")),
        (
            init.kaiming_normal(mode="fan_out"),
            lambda w: functions.kaiming_normal_(w, nonlinearity="relu", mode="fan_out"),
        ),
    ]:
        rng = random.Random(1)
        drawn = [ours(rng, 300, 200) for _ in range(60_000)]
        weights = theirs(torch.empty(200, 300, dtype=torch.float64)).flatten()
        assert statistics.pstdev(drawn) == pytest.approx(weights.std().item(), rel=0.02)
