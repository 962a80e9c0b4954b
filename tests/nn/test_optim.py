"""Optimisers and schedules: their trajectories are PyTorch's and optax's."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value
from nn import MLP, optim, schedules
from nn.optim import SGD, Adam, AdamW, Optimizer, RMSprop
from tests.nn.trajectories import (
    INPUTS,
    OPTIMIZERS,
    SCHEDULES,
    SIZES,
    STEPS,
    STORED,
    TARGETS,
    weights,
)

KNOWN = json.loads(STORED.read_text("utf-8"))


def network() -> MLP:
    model = MLP(SIZES[0], SIZES[1:], activation=["tanh", "sigmoid"])
    for layer, rows in zip(model.layers, weights(), strict=True):
        for neuron, numbers in zip(layer.neurons, rows, strict=True):
            for weight, number in zip([*neuron.w, neuron.b], numbers, strict=True):
                weight.data = number
    return model


def train(model: MLP, optimizer: Optimizer, steps: int) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        errors = [model(x) - t for x, t in zip(INPUTS, TARGETS, strict=True)]
        loss: Any = sum(error * error for error in errors) / len(errors)
        loss.backward()
        optimizer.step()


@pytest.mark.parametrize("each", OPTIMIZERS)
def test_a_thousand_steps_equal_those_of_pytorch(each: str) -> None:
    name, options = OPTIMIZERS[each]
    model = network()
    train(model, getattr(optim, name)(model.parameters(), **options), STEPS)
    for parameter, expected in zip(model.parameters(), KNOWN["parameters"][each], strict=True):
        assert parameter.data == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("each", OPTIMIZERS)
def test_what_is_known_is_what_pytorch_gives(each: str) -> None:
    torch = pytest.importorskip("torch")
    from tests.nn.trajectories import by_pytorch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        found = by_pytorch(*OPTIMIZERS[each])
    finally:
        torch.set_default_dtype(before)
    assert found == pytest.approx(KNOWN["parameters"][each], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("each", SCHEDULES)
def test_schedules_are_those_of_optax(each: str) -> None:
    name, arguments, _, _ = SCHEDULES[each]
    rate = getattr(schedules, name)(*arguments)
    found = [rate(float(count)) for count in range(STEPS)][::37]
    assert found == pytest.approx(KNOWN["rates"][each], rel=1e-12, abs=1e-15)


def test_a_warm_up_leads_up_to_its_schedule() -> None:
    rate = schedules.warmup(schedules.linear(1.0, 0.0, 4), steps=2)
    assert [rate(count) for count in range(7)] == [0.0, 0.5, 1.0, 0.75, 0.5, 0.25, 0.0]
    assert [schedules.warmup(0.3, 3)(count) for count in (0, 3, 9)] == [0.0, 0.3, 0.3]


def test_an_optimiser_follows_its_schedule() -> None:
    x = Value(0.0)
    optimizer = SGD([x], lr=schedules.step(1.0, every=2, factor=0.5))
    places = []
    for _ in range(5):
        x.grad = -1.0
        optimizer.step()
        places.append(x.data)
    assert places == [1.0, 2.0, 2.5, 3.0, 3.25]


def test_groups_have_rates_of_their_own_and_can_change_them() -> None:
    x, y = Value(0.0), Value(0.0)
    groups: list[dict[str, Any]] = [{"params": [x], "lr": 0.5}, {"params": [y]}]
    optimizer = SGD(groups, lr=0.25)
    x.grad = y.grad = -1.0
    optimizer.step()
    optimizer.param_groups[1]["lr"] = 1.0
    optimizer.step()
    assert (x.data, y.data) == (1.0, 1.25)
    assert [group["lr"] for group in optimizer.param_groups] == [0.5, 1.0]
    with pytest.raises(ValueError, match="lr must be a number from 0 on, got -1"):
        optimizer.param_groups[0]["lr"] = -1
    with pytest.raises(KeyError, match="there is no option 'rate' here: 'lr', 'momentum'"):
        optimizer.param_groups[0]["rate"] = 1.0


MAKERS: dict[str, Callable[[list[Value]], Optimizer]] = {
    "sgd": lambda parameters: SGD(parameters, lr=0.1, momentum=0.9),
    "rmsprop": lambda parameters: RMSprop(parameters, momentum=0.5),
    "adam": lambda parameters: Adam(parameters, lr=schedules.cosine(0.1, 50)),
    "adamw": lambda parameters: AdamW(parameters),
}


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=10)
@given(st.integers(0, 20), st.integers(1, 20))
def test_resumption_gives_the_run_without_interruption(name: str, first: int, then: int) -> None:
    whole, part = network(), network()
    train(whole, MAKERS[name](whole.parameters()), first + then)
    optimizer = MAKERS[name](part.parameters())
    train(part, optimizer, first)
    state = json.loads(json.dumps(optimizer.state_dict()))
    resumed = MAKERS[name](part.parameters())
    resumed.load_state_dict(state)
    train(part, resumed, then)
    assert [x.data for x in part.parameters()] == [x.data for x in whole.parameters()]


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (RMSprop, {"lr": 1e-2, "alpha": 0.99, "eps": 1e-8, "weight_decay": 0, "momentum": 0}),
        (Adam, {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0}),
        (AdamW, {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 1e-2}),
    ],
)
def test_an_option_that_is_left_out_is_that_of_pytorch(
    make: Callable[[Any], Optimizer], options: dict[str, Any]
) -> None:
    [group] = make([Value(1.0)]).param_groups
    assert group.numbers() == options


def test_a_state_that_does_not_fit_changes_nothing() -> None:
    x, y = Value(1.0), Value(2.0)
    optimizer = Adam([x])
    x.grad = 1.0
    optimizer.step()
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match="this is the state of SGD, not of Adam"):
        optimizer.load_state_dict(SGD([x]).state_dict())
    with pytest.raises(ValueError, match=r"its groups have \[2\] parameters, and these \[1\]"):
        optimizer.load_state_dict(Adam([x, y]).state_dict())
    damaged = Adam([x]).state_dict()
    damaged["param_groups"][0]["eps"] = -1.0
    with pytest.raises(ValueError, match=r"eps must be a number from 0 on, got -1\.0"):
        optimizer.load_state_dict(damaged)
    for moments in ([0.5], [0.5, "x"], [0.5, None]):
        damaged = {**before, "steps": 7}
        damaged["param_groups"] = [{**before["param_groups"][0], "lr": 0.5, "moments": [moments]}]
        text = (
            f"this state is damaged: the moments of a parameter are {moments!r}, and have to be 2"
        )
        with pytest.raises(ValueError, match=re.escape(text)):
            optimizer.load_state_dict(damaged)
    damaged["param_groups"][0]["moments"] = []
    with pytest.raises(ValueError, match=r"its groups have \[0\] parameters, and these \[1\]"):
        optimizer.load_state_dict(damaged)
    assert optimizer.state_dict() == before


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5), st.floats(1e-3, 1e6))
def test_clipping_by_norm_keeps_the_direction(gradients: list[float], limit: float) -> None:
    parameters = [Value(0.0) for _ in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    before = optim.clip_grad_norm(parameters, limit)
    assert before == pytest.approx(math.hypot(*gradients), rel=1e-14)
    clipped = [parameter.grad for parameter in parameters]
    assert math.hypot(*clipped) <= max(limit, 0.0) * (1 + 1e-12)
    if before <= limit - 1e-6:
        assert clipped == gradients
    else:
        scale = limit / (before + 1e-6)
        assert clipped == pytest.approx([gradient * min(scale, 1.0) for gradient in gradients])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda x: SGD([]), ValueError, "there is no parameter to train"),
        (lambda x: SGD(x), TypeError, r"parameters is a list of Values, such as \[x\]; got Value"),
        (lambda x: SGD(cast(Any, 2.0)), TypeError, r"parameters is a list of Values, .* got 2\.0"),
        (
            lambda x: SGD(cast(Any, network())),
            TypeError,
            r"pass the parameters of the module: model\.param",
        ),
        (lambda x: SGD([x, 2.0]), TypeError, r"parameter 1 is not a Value: 2\.0"),
        (lambda x: SGD([x, x]), ValueError, "a parameter is given twice"),
        (lambda x: SGD([x * 2]), TypeError, "parameter 0 is the result of multiply, and only a"),
        (lambda x: SGD([x], lr=-1.0), ValueError, r"lr must be a number from 0 on, got -1\.0"),
        (
            lambda x: SGD([x], lr=cast(Any, "a")),
            ValueError,
            "lr must be a number from 0 on, got 'a'",
        ),
        (lambda x: SGD([x], nesterov=True), ValueError, "nesterov=True needs a momentum"),
        (lambda x: Adam([x], betas=(0.9, 1.0)), ValueError, "betas must be two numbers from 0 on"),
        (
            lambda x: Adam([x], betas=cast(Any, (0.9,))),
            ValueError,
            "betas must be two numbers from 0 on",
        ),
        (
            lambda x: Adam([{"params": [x], "momentum": 1}]),
            ValueError,
            "no option 'momentum': 'par",
        ),
        (lambda x: Adam([{"lr": 1}]), TypeError, "a group is a dict such as"),
        (lambda x: Adam([{"params": [x], "lr": -1}]), ValueError, "lr must be a number from 0 on"),
    ],
)
def test_what_cannot_be_trained_is_refused(
    make: Callable[[Any], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make(Value(1.0))
