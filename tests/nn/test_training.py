"""fit: what it trains, what it keeps, and how it ends."""

from __future__ import annotations

import math
import os
import random
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, is_recording
from nn import MLP, Dropout, Linear, Module, Sequential, data, losses, schedules
from nn.optim import SGD, Adam
from nn.training import DivergedError, History, accuracy, evaluate, fit, load_checkpoint

MOONS = data.moons(24, seed=1)
BCE = losses.binary_cross_entropy_with_logits


def made() -> tuple[MLP, Adam]:
    model = MLP(2, [4, 1], activation="tanh", rng=random.Random(2))
    return model, Adam(model.parameters(), lr=schedules.cosine(0.1, 40))


def numbers(model: Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


def test_fit_is_the_loop_that_one_would_write() -> None:
    model, optimizer = made()
    history = fit(model, MOONS, BCE, optimizer, epochs=5, progress=False)
    by_hand, own = made()
    losses_by_hand = []
    for epoch in range(1, 6):
        [(inputs, targets)] = data.batches(MOONS, 24, random.Random(f"0 {epoch}"))
        own.zero_grad()
        loss = BCE([by_hand(x) for x in inputs], targets)
        loss.backward()
        own.step()
        losses_by_hand.append(loss.data)
    assert numbers(model) == numbers(by_hand)
    assert history["loss"] == losses_by_hand


@settings(max_examples=10)
@given(st.integers(0, 4), st.sampled_from([1, 5, 24, None]))
def test_going_on_gives_the_run_without_interruption(first: int, batch: int | None) -> None:
    model, optimizer = made()
    whole = fit(model, MOONS, BCE, optimizer, epochs=5, batch_size=batch, progress=False)
    part, own = made()
    options: dict[str, Any] = {"batch_size": batch, "progress": False}
    history = fit(part, MOONS, BCE, own, epochs=first, **options)
    resumed = Adam(part.parameters(), lr=schedules.cosine(0.1, 40))
    resumed.load_state_dict(own.state_dict())
    history = fit(part, MOONS, BCE, resumed, epochs=5, history=History(history.epochs), **options)
    assert numbers(part) == numbers(model)
    assert history.epochs == whole.epochs


def test_validation_and_metrics_are_measured_without_a_record() -> None:
    recorded = []

    class Watched(MLP):
        def __call__(self, x: Any) -> Any:
            recorded.append(is_recording())
            return super().__call__(x)

    model = Watched(2, [2, 1], rng=random.Random(1))
    validation = data.moons(6, seed=2)
    optimizer = SGD(model.parameters(), lr=0.1)
    history = fit(
        model,
        MOONS,
        BCE,
        optimizer,
        epochs=1,
        metrics=[accuracy],
        validation=validation,
        progress=False,
    )
    assert recorded == [True] * 24 + [False] * 6
    assert list(history.epochs[0]) == [
        "loss",
        "accuracy",
        "validation loss",
        "validation accuracy",
    ]
    measured = evaluate(model, validation, BCE, [accuracy])
    assert measured == {name: history[f"validation {name}"][0] for name in ("loss", "accuracy")}


def test_a_metric_is_given_the_target_of_each_output() -> None:
    given: list[tuple[float, int]] = []

    def noted(outputs: list[Value], targets: list[int]) -> float:
        given.extend(zip([output.data for output in outputs], targets, strict=True))
        return 0.0

    model = MLP(2, [2, 1], rng=random.Random(1))
    optimizer = SGD(model.parameters(), lr=0.0)
    options: dict[str, Any] = {"epochs": 1, "batch_size": 5, "progress": False}
    fit(model, MOONS, BCE, optimizer, metrics=[noted], **options)
    assert sorted(given) == sorted(zip([model(x).data for x in MOONS[0]], MOONS[1], strict=True))


class _Modes(Module):
    """Notes which mode it is in when it is called."""

    def __init__(self) -> None:
        self.w = Value(0.5)
        self.called: list[bool] = []

    def __call__(self, x: float) -> Value:
        self.called.append(self.training)
        return self.w * x


def test_a_module_knows_whether_it_is_being_trained() -> None:
    model = _Modes()
    samples = ([1.0, 2.0], [1.0, 2.0])
    optimizer = SGD([model.w], lr=0.0)
    fit(model, samples, losses.mse_loss, optimizer, epochs=2, validation=samples, progress=False)
    assert model.called == [True, True, False, False] * 2
    assert not model.training


def test_training_ends_when_nothing_gets_better() -> None:
    model = _Modes()
    samples = ([1.0, 2.0], [1.0, 2.0])
    history = fit(
        model,
        samples,
        losses.mse_loss,
        SGD([model.w], lr=0.0),
        epochs=50,
        patience=3,
        progress=False,
    )
    assert (len(history), history.stopped) == (4, "no progress")


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("at", [1, 3, 4, 7])
def test_interruption_ends_training_after_the_step(at: int, tmp_path: Path) -> None:
    """Of epochs of two steps, those are in the history that are whole."""
    model = _Modes()
    steps = []

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        if is_recording():
            steps.append(model.w.data)
            if len(steps) == at:
                os.kill(os.getpid(), signal.SIGINT)
        return losses.mse_loss(outputs, targets)

    handler = signal.getsignal(signal.SIGINT)
    optimizer = SGD([model.w], lr=0.1)
    samples = ([1.0, 2.0], [1.0, 2.0])
    options: dict[str, Any] = {"batch_size": 1, "validation": samples, "progress": False}
    path = tmp_path / "checkpoint.json"
    history = fit(model, samples, loss, optimizer, epochs=50, checkpoint=path, **options)
    assert (len(steps), len(history), history.stopped) == (at, at // 2, "interrupted")
    assert all(list(epoch) == ["loss", "validation loss"] for epoch in history.epochs)
    assert model.w.data != steps[-1]  # the step was taken
    assert not model.training
    assert signal.getsignal(signal.SIGINT) is handler
    assert path.exists() == (at > 1)
    if path.exists():
        assert load_checkpoint(model, optimizer, path).epochs == history.epochs


@pytest.mark.usefixtures("interruptible")
def test_an_interruption_in_the_last_step_of_all_has_cut_nothing_short() -> None:
    model = _Modes()

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return losses.mse_loss(outputs, targets)

    history = fit(model, ([1.0], [1.0]), loss, SGD([model.w]), epochs=1, progress=False)
    assert (len(history), history.stopped) == (1, "")


@pytest.mark.usefixtures("interruptible")
def test_a_second_interruption_is_not_put_off() -> None:
    model = _Modes()

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        return losses.mse_loss(outputs, targets)

    with pytest.raises(KeyboardInterrupt):
        fit(model, ([1.0], [1.0]), loss, SGD([model.w]), progress=False)


@pytest.mark.usefixtures("interruptible")
def test_an_interruption_that_is_ignored_changes_nothing() -> None:
    model = _Modes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return losses.mse_loss(outputs, targets)

    history = fit(model, ([1.0], [1.0]), loss, SGD([model.w]), epochs=3, progress=False)
    assert (len(history), history.stopped) == (3, "")
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_loss_that_is_no_number_names_epoch_batch_and_operation() -> None:
    model = _Modes()
    model.w.data = 2.0
    samples = ([1.0, 0.0, 1.0], [1.0, 1.0, 1.0])

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        return sum((output.log() - t) ** 2 for output, t in zip(outputs, targets, strict=True))

    with pytest.raises(
        DivergedError, match=r"the loss is inf in epoch 1, batch \d: log\(Value\(0\.0\)\) is -inf"
    ):
        fit(model, samples, loss, SGD([model.w], lr=0.0), batch_size=1, progress=False)
    assert model.w.data == 2.0


def test_a_gradient_that_is_no_number_is_found_before_the_step() -> None:
    model = _Modes()
    model.w.data = 0.0

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        return sum(output.sqrt() for output in outputs) - sum(targets)

    with pytest.raises(
        DivergedError,
        match=r"the sum of the gradients is inf in epoch 1, batch 1: The gradient that sqrt\(",
    ):
        fit(model, ([1.0], [1.0]), loss, SGD([model.w], lr=0.1), progress=False)
    assert model.w.data == 0.0


def test_a_loss_that_is_not_a_value_is_refused() -> None:
    model = _Modes()
    with pytest.raises(TypeError, match=r"a loss returns one Value, got \[.*nn.losses has some"):
        fit(
            model,
            ([1.0], [1.0]),
            lambda outputs, targets: losses.mse_loss(outputs, targets, reduction="none"),
            SGD([model.w]),
            progress=False,
        )


def test_arguments_that_make_no_sense_are_refused() -> None:
    model, optimizer = made()
    with pytest.raises(TypeError, match=r"loss is a function of .*mse_loss; got 'mse'"):
        fit(model, MOONS, "mse", optimizer)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"optimizer is one of nn\.optim, .*; got None"):
        fit(model, MOONS, BCE, None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="patience must be at least 1, got 0"):
        fit(model, MOONS, BCE, optimizer, patience=0)


def test_callbacks_see_the_history_after_each_epoch() -> None:
    model, optimizer = made()
    lengths: list[int] = []
    fit(
        model,
        MOONS,
        BCE,
        optimizer,
        epochs=3,
        callbacks=[lambda history: lengths.append(len(history))],
        progress=False,
    )
    assert lengths == [1, 2, 3]


def test_a_callback_that_returns_true_ends_training() -> None:
    model, optimizer = made()

    def is_long(history: History) -> bool:
        return len(history) == 2

    history = fit(model, MOONS, BCE, optimizer, epochs=9, callbacks=[is_long], progress=False)
    assert (len(history), history.stopped) == (2, "callback")


def test_a_metric_is_known_by_its_name() -> None:
    class Count:
        def __call__(self, outputs: list[Any], _: list[Any]) -> float:
            return len(outputs)

    model, _ = made()
    metrics: list[Any] = [accuracy, partial(accuracy), Count()]
    assert list(evaluate(model, MOONS, BCE, metrics)) == ["loss", "accuracy", "Count"]


def test_evaluation_leaves_the_mode_of_each_module() -> None:
    model = Sequential(Linear(2, 1), Dropout(0.5))
    model.train()
    model[1].eval()
    evaluate(model, MOONS, BCE)
    assert (model.training, model[1].training) == (True, False)


def test_progress_is_shown_by_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    model, optimizer = made()
    fit(model, MOONS, BCE, optimizer, epochs=2)
    assert "2/2" in capsys.readouterr().err


def test_progress_is_shown_by_a_line_without_tqdm(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, optimizer = made()
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    fit(model, MOONS, BCE, optimizer, epochs=4, history=History([{"loss": 1.0}]))
    shown = capsys.readouterr().err
    assert shown.startswith("\repoch 2 of 4, not compiled: loss ")
    assert shown.endswith("\n")
    assert {len(line) for line in shown[1:-1].split("\r")} == {79}  # each covers the one before


def test_a_history_that_lacks_a_name_says_which_it_has() -> None:
    with pytest.raises(KeyError, match="there is no 'accuracy' in this history: 'loss'"):
        History([{"loss": 1.0}])["accuracy"]
    assert repr(History()) == "History of 0 epochs"
    assert math.isnan(History([{"loss": math.nan}])["loss"][0])


def test_a_history_plots_losses_and_metrics_apart() -> None:
    pytest.importorskip("matplotlib")
    figure = History([{"loss": 1.0, "accuracy": 0.5}, {"loss": 0.5, "accuracy": 1.0}]).plot()
    assert [len(axes.lines) for axes in figure.axes] == [1, 1]
    assert figure._repr_png_().startswith(b"\x89PNG")  # which a notebook asks for
    assert all(tick == int(tick) for axes in figure.axes for tick in axes.get_xticks())
