"""The steps of `fit`: compiled they are what they are otherwise, and what is not known is not."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import autograd
from autograd import Value
from nn import (
    MLP,
    Dropout,
    Embedding,
    History,
    LayerNorm,
    Linear,
    Module,
    Sequential,
    accuracy,
    data,
    fit,
    losses,
    optim,
    schedules,
)
from nn.steps import obstacle
from nn.training import DivergedError

MOONS = data.moons(12, seed=1)
ALL = (MOONS[0], MOONS[1])  # in one batch
BCE = losses.binary_cross_entropy_with_logits


def network(**options: Any) -> MLP:
    return MLP(2, [3, 1], activation=["tanh", "linear"], rng=random.Random(1), **options)


def state(model: Module, optimizer: optim.Optimizer, history: History) -> str:
    """All that training has changed, to the bit."""
    gradients = [(x.grad, x.has_grad) for x in model.parameters()]
    return repr([model.state_dict(), optimizer.state_dict(), gradients, history.epochs])


def trained(
    make: Callable[[], Any],
    optimizer: Callable[..., optim.Optimizer],
    loss: Any = BCE,
    moons: Any = MOONS,
    **options: Any,
) -> tuple[str, History]:
    model = make()
    moving = optimizer(model.parameters())
    options = {"epochs": 12, "batch_size": 5, "progress": False} | options
    history = fit(model, moons, loss, moving, **options)
    return state(model, moving, history), history


@pytest.mark.parametrize(
    "optimizer",
    [
        partial(optim.SGD, lr=0.1, momentum=0.9, nesterov=True),
        partial(optim.Adam, lr=schedules.warmup(schedules.cosine(0.05, steps=30), steps=5)),
        partial(optim.AdamW, lr=0.05, weight_decay=0.1),
    ],
)
def test_compiled_steps_are_the_steps_to_the_last_bit(optimizer: Any) -> None:
    ours, history = trained(network, optimizer, metrics=[accuracy])
    theirs, eager = trained(network, optimizer, metrics=[accuracy], compiled=False)
    assert (history.obstacle, eager.obstacle) == ("", "it was not asked for")
    assert ours == theirs


@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        (losses.mse_loss, MOONS[1]),
        (partial(losses.huber_loss, delta=0.5), [0.5 * t for t in MOONS[1]]),
        (losses.hinge_loss, [2 * t - 1 for t in MOONS[1]]),
    ],
)
def test_whole_numbers_among_the_targets_are_as_floats(loss: Any, targets: Any) -> None:
    optimizer = partial(optim.SGD, lr=0.1)
    ours, history = trained(network, optimizer, loss, (MOONS[0], targets))
    theirs, _ = trained(network, optimizer, loss, (MOONS[0], targets), compiled=False)
    assert history.obstacle == ""
    assert ours == theirs


def test_several_outputs_and_their_probabilities() -> None:
    def make() -> Any:
        return Sequential(Linear(2, 3, rng=1), LayerNorm(3), "relu", Linear(3, 2, rng=2))

    chances = [[1.0 - t, float(t)] for t in MOONS[1]]
    optimizer = partial(optim.RMSprop, lr=0.02)
    ours, history = trained(make, optimizer, losses.cross_entropy, (MOONS[0], chances))
    theirs, _ = trained(make, optimizer, losses.cross_entropy, (MOONS[0], chances), compiled=False)
    assert history.obstacle == ""
    assert ours == theirs


class Remembering(Module):
    """A model of the user's, which keeps its last output."""

    def __init__(self) -> None:
        self.inner = network()
        self.last: Any = None

    def __call__(self, x: Any) -> Any:
        """The output."""
        self.last = self.inner(x)
        return self.last


def own(y: Any, t: Any) -> Any:
    return losses.mse_loss(y, t)


def with_dropout() -> Any:
    return Sequential(Linear(2, 3, rng=1), Dropout(0.5, rng=3), Linear(3, 1, rng=2))


@pytest.mark.parametrize(
    ("make", "loss", "moons", "lr", "what"),
    [
        (with_dropout, BCE, MOONS, 0.1, "1 draws random numbers"),
        (
            lambda: Remembering(),
            BCE,
            MOONS,
            0.1,
            "the model is a Remembering, which is not of this package",
        ),
        (
            lambda: MLP(2, [2, 1], activation=lambda x: x * x, rng=1),
            BCE,
            MOONS,
            0.1,
            "layers.0.neurons.0 has a function or an object that is not of this package",
        ),
        (network, own, MOONS, 0.1, "the loss is not one of nn.losses"),
        (
            network,
            partial(BCE, weights=[1.0] * 12),
            ALL,
            0.1,
            "the loss has options that are not numbers",
        ),
        (
            lambda: MLP(2, [2], rng=1),
            losses.cross_entropy,
            MOONS,
            0.1,
            "the targets are indices of classes",
        ),
        (network, BCE, (MOONS[0], [Value(0.5)] * 12), 0.1, "the targets are not all numbers"),
        (
            network,
            BCE,
            ([[Value(0.5), 1.0]] * 12, MOONS[1]),
            0.1,
            "the inputs are not all numbers",
        ),
        (
            network,
            BCE,
            MOONS,
            lambda steps: 0.1,
            "the learning rate is not a schedule of nn.schedules",
        ),
        (
            network,
            BCE,
            MOONS,
            schedules.warmup(lambda steps: 0.1, steps=2),
            "the learning rate is not a schedule of nn.schedules",
        ),
    ],
)
def test_what_might_do_more_than_compute_is_not_compiled(
    make: Any, loss: Any, moons: Any, lr: Any, what: str
) -> None:
    options: dict[str, Any] = {"epochs": 40, "batch_size": None} if moons is ALL else {}
    optimizer = partial(optim.SGD, lr=lr)
    ours, history = trained(make, optimizer, loss, moons, **options)
    theirs, _ = trained(make, optimizer, loss, moons, compiled=False, **options)
    assert history.obstacle == what
    assert ours == theirs


def test_obstacles_that_need_no_training() -> None:
    adam = optim.Adam(network().parameters())
    assert obstacle(network(), MOONS, BCE, adam, 31) == "there are fewer than 32 steps"
    assert obstacle(lambda x: x, MOONS, BCE, adam, 32) == "the model is not a module"
    words = Sequential(Embedding(3, 2, rng=1), Linear(2, 1, rng=1))
    assert obstacle(words, ([0, 1], [0.0, 1.0]), BCE, adam, 32) == "0 takes whole numbers"


@pytest.mark.parametrize("attribute", ["momentum", "weight_decay"])
def test_what_a_callback_changes_counts_at_once(attribute: str) -> None:
    def run(compiled: bool) -> tuple[str, History]:
        model = network()
        sgd = optim.SGD(model.parameters(), lr=0.1, momentum=0.5)

        def change(history: History) -> None:
            if len(history) == 5:
                sgd.param_groups[0][attribute] = 0.25
            sgd.param_groups[0]["lr"] *= 0.99

        history = fit(
            model,
            MOONS,
            BCE,
            sgd,
            epochs=12,
            batch_size=4,
            callbacks=[change],
            progress=False,
            compiled=compiled,
        )
        return state(model, sgd, history), history

    (ours, history), (theirs, _) = run(True), run(False)
    assert history.obstacle == "a callback or a metric has changed the model or the optimiser"
    assert ours == theirs


def test_a_loss_that_overflows_names_the_operation_and_leaves_the_parameters() -> None:
    def run(compiled: bool) -> tuple[str, str]:
        model = network()
        sgd = optim.SGD(model.parameters(), lr=1e4)
        with pytest.raises(DivergedError) as error:
            fit(model, MOONS, losses.mse_loss, sgd, epochs=200, progress=False, compiled=compiled)
        return str(error.value), repr(model.state_dict())

    assert run(True) == run(False)


def test_a_model_that_is_given_values_of_the_users_runs_as_it_is() -> None:
    def make() -> Any:
        model = network()
        model.layers[0].neurons[0].b = autograd.exp(Value(0.0))  # computed outside of the steps
        return model

    optimizer = partial(optim.SGD, lr=0.1)
    with pytest.warns(UserWarning, match="the result of an operation"):
        ours, history = trained(make, optimizer)
    with pytest.warns(UserWarning, match="the result of an operation"):
        theirs, _ = trained(make, optimizer, compiled=False)
    assert "which was computed outside of the compiled function" in history.obstacle
    assert ours == theirs
