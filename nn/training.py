"""Training: `fit` goes through the data again and again, and keeps what happened.

>>> from random import Random
>>> from nn import MLP, data, losses
>>> from nn.optim import Adam
>>> model = MLP(2, [8, 1], activation=["tanh", "linear"], rng=Random(0))
>>> optimizer = Adam(model.parameters(), lr=0.05)
>>> history = fit(model, data.moons(40), losses.binary_cross_entropy_with_logits, optimizer,
...               epochs=20, batch_size=10, metrics=[accuracy], progress=False)
>>> history
History of 20 epochs, the last: loss 0.07769, accuracy 0.975
"""

from __future__ import annotations

import math
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from random import Random
from reprlib import repr as shown
from types import FrameType
from typing import Any, Final, TypeAlias

from autograd import AnomalyError, Value, detect_anomaly, no_grad
from nn.checks import check_count, counted
from nn.data import batches
from nn.module import Module, evaluating
from nn.optim import Optimizer
from nn.plotting import panels
from nn.state import Where, check_model, read_parts, write_parts
from nn.steps import Steps, obstacle

Data: TypeAlias = tuple[Sequence[Any], Sequence[Any]]
Loss: TypeAlias = Callable[[list[Any], list[Any]], Any]
Metric: TypeAlias = Callable[[list[Any], list[Any]], float]

_LEAST_PROGRESS: Final = 1e-12  # by which a loss has to fall to count as better


class DivergedError(ArithmeticError):
    """A loss or a gradient is inf or nan; the message names the operation that gave it first."""


class History:
    """What happened in training, epoch by epoch.

    Attributes:
        epochs: for each epoch its numbers by name: ``"loss"``, the metrics, and those of the
            validation data as ``"validation loss"`` and so on.
        stopped: why training ended early: ``"interrupted"`` by Ctrl-C, ``"no progress"``,
            ``"callback"`` or "".
        obstacle: why the steps were not compiled, such as ``"2 draws random numbers"``; "" if they
            were.

    >>> history = History([{"loss": 0.5}, {"loss": 0.25}])
    >>> history["loss"], len(history)
    ([0.5, 0.25], 2)
    """

    def __init__(self, epochs: Sequence[dict[str, float]] = ()) -> None:
        self.epochs: list[dict[str, float]] = list(epochs)
        self.stopped = ""
        self.obstacle = ""

    def names(self) -> list[str]:
        """The names of the numbers of the last epoch."""
        return list(self.epochs[-1]) if self.epochs else []

    def __getitem__(self, name: str) -> list[float]:
        """The number of that name of each epoch."""
        if self.epochs and name not in self.names():
            known = ", ".join(map(repr, self.names()))
            raise KeyError(f"there is no {name!r} in this history: {known}")
        return [epoch[name] for epoch in self.epochs]

    def __len__(self) -> int:
        return len(self.epochs)

    def plot(self) -> Any:
        """A figure of matplotlib: the losses, and the metrics where there are any.

        Raises:
            ModuleNotFoundError: matplotlib is not installed.
        """
        losses = [name for name in self.names() if name.endswith("loss")]
        others = [name for name in self.names() if not name.endswith("loss")]
        figure, axes = panels("history.plot()", 2 if others else 1)
        for each, names in zip(axes, [losses, others]):
            for name in names:
                each.plot(range(1, len(self) + 1), self[name], label=name)
            each.set_xlabel("epoch")
            each.xaxis.get_major_locator().set_params(integer=True)
            each.legend()
        return figure

    def __repr__(self) -> str:
        if not self.epochs:
            return "History of 0 epochs"
        stopped = f" ({self.stopped})" if self.stopped else ""
        return f"History of {counted(len(self), 'epoch')}{stopped}, the last: {_summary(self)}"


def accuracy(outputs: list[Any], targets: list[Any]) -> float:
    """The part of the samples whose class is right: a metric for `fit`.

    The class is that of the greatest of several outputs. A single output is a logit, which is
    above 0 for class 1.

    >>> accuracy([[0.1, 2.0], [3.0, 0.0]], [1, 1]), accuracy([-1.5, 0.5], [0, 1])
    (0.5, 1.0)
    """
    return sum(map(_is_right, outputs, targets)) / len(outputs)


def fit(
    model: Callable[[Any], Any],
    data: Data,
    loss: Loss,
    optimizer: Optimizer,
    *,
    epochs: int = 100,
    batch_size: int | None = None,
    seed: int = 0,
    validation: Data | None = None,
    metrics: Sequence[Metric] = (),
    patience: int | None = None,
    callbacks: Sequence[Callable[[History], bool | None]] = (),
    history: History | None = None,
    progress: bool = True,
    checkpoint: Where | None = None,
    compiled: bool = True,
) -> History:
    """Train a model.

    Ctrl-C ends training after the step that is being taken. What has been learned is kept; an
    epoch that was cut short is not in the history, which has numbers of all the data alone.

    Args:
        model: is called with the inputs of one sample.
        data: the inputs of each sample, and the targets.
        loss: a function of the list of outputs and the list of targets of a batch, such as those
            of `nn.losses`.
        optimizer: moves the parameters, once for each batch.
        epochs: the number of times to go through the data, those in ``history`` included.
        batch_size: the number of samples in a step; None means all.
        seed: of the order of the samples, which is another in each epoch.
        validation: data that is not trained on; its loss and metrics are taken after each epoch.
        metrics: functions of outputs and targets, such as `accuracy`; each is known by its name.
        patience: ends training after so many epochs in which the validation loss, or without
            validation data the loss, was not less than ever before.
        callbacks: called with the history after each epoch; one that returns True ends training.
        history: that of an earlier call, to go on where it ended: with the parameters and the
            state of the optimiser of then, the result is that of one call, to the last bit.
        progress: True shows a bar, by tqdm where it is installed, or else one line.
        checkpoint: a ``.json`` file to write after each whole epoch; `load_checkpoint` reads it.
        compiled: True records a step once and replays it, to the same bits, where the model and
            the loss are made of what this package has and draw no random numbers; the
            ``obstacle`` of the history says what was in the way. Metrics then get outputs that are
            leaves.

    Returns:
        The history. The model is left in evaluation mode.

    Raises:
        TypeError: ``loss`` is no function, or ``optimizer`` no optimiser.
        ValueError: ``patience`` or ``batch_size`` is below 1, or data are not as many of each.
        DivergedError: a loss or a gradient is inf or nan. The parameters are those before that
            step.
    """
    _check_arguments(loss, optimizer, patience)
    if checkpoint is not None:
        check_model("fit(checkpoint=...)", model)
    history = History() if history is None else history
    history.stopped = ""
    size = len(data[0]) if batch_size is None else batch_size
    left = (epochs - len(history)) * math.ceil(len(data[0]) / max(size, 1))
    wanted = obstacle(model, data, loss, optimizer, left) if compiled else "it was not asked for"
    steps = Steps(model, loss, optimizer, wanted)
    history.obstacle = steps.obstacle
    begun = False
    with _interruption() as interrupted, _progress(epochs, history, progress) as show:
        while len(history) < epochs and not history.stopped:
            epoch = len(history) + 1
            order = Random(f"{seed} {epoch}")  # of this epoch, whatever came before
            # Compiled steps leave it so, which saves a walk through the modules.
            is_kept = begun and not (steps.obstacle or callbacks or metrics)
            if isinstance(model, Module) and not is_kept:
                model.train()
            begun = True
            outputs: list[Any] = []
            targets: list[Any] = []
            total = 0.0
            for number, batch in enumerate(batches(data, size, order), start=1):
                if interrupted():
                    break
                found, number_of_loss = _step(steps, model, batch, loss, (epoch, number))
                outputs += found
                targets += batch[1]
                total += number_of_loss * len(found)
            else:
                record = {"loss": total / len(outputs), **_measured(metrics, outputs, targets)}
                if validation is not None:
                    measured = evaluate(model, validation, loss, metrics)
                    record |= {f"validation {name}": number for name, number in measured.items()}
                history.epochs.append(record)
                history.obstacle = steps.obstacle
                asked = [callback(history) for callback in callbacks]
                if callbacks or metrics:
                    steps.look()
                show(history)
                if any(answer is True for answer in asked):
                    history.stopped = "callback"
                elif patience is not None and _is_stuck(history, patience):
                    history.stopped = "no progress"
                if checkpoint is not None:
                    save_checkpoint(model, optimizer, history, checkpoint)
            if interrupted() and len(history) < epochs:
                history.stopped = "interrupted"
    if isinstance(model, Module):
        model.eval()
    return history


def evaluate(
    model: Callable[[Any], Any], data: Data, loss: Loss, metrics: Sequence[Metric] = ()
) -> dict[str, float]:
    """The loss and the metrics of a model on data, by name, without a record of the graph."""
    inputs, targets = list(data[0]), list(data[1])
    with evaluating(model), no_grad():
        outputs = [model(x) for x in inputs]
        number = _number(loss(outputs, targets))
    return {"loss": number, **_measured(metrics, outputs, targets)}


# ── Checkpoints ───────────────────────────────────────────────────────────────


def save_checkpoint(model: Any, optimizer: Optimizer, history: History, path: Where) -> None:
    """Write to a ``.json`` file all that training needs to go on; see `nn.state` for its form.

    That is the parameters, the state of the optimiser, the history, and the state of each
    ``random.Random`` among the attributes of the modules and of the one that ``random.seed``
    seeds.

    Raises:
        OSError: the file cannot be written; one that was there is as before.
    """
    check_model("save_checkpoint()", model)
    states = {name: rng.getstate() for name, rng in _generators(model).items()}
    parts = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "history": history.epochs,
        "random": states,
    }
    write_parts(path, parts)


def load_checkpoint(model: Any, optimizer: Optimizer, path: Where) -> History:
    """Go back to where a checkpoint was written, with a model and an optimiser made as then.

    If anything fails, they are as before.

    Returns:
        The history, for ``fit(..., history=history)``, which goes on as if nothing had come
        between, to the last bit.

    Raises:
        nn.state.FileError: the file is damaged, of another kind, or of a newer version.
        ValueError: it is of another model or another optimiser.
        OSError: the file cannot be read.
    """
    check_model("load_checkpoint()", model)
    parts = read_parts(path, ["model", "optimizer", "history", "random"])
    generators, states = _generators(model), parts["random"]
    if generators.keys() != states.keys():
        raise ValueError(
            "this is the checkpoint of another model: it has the random generators "
            f"{sorted(states)}, and this one {sorted(generators)}"
        )
    before = model.state_dict()
    model.load_state_dict(parts["model"])
    try:
        optimizer.load_state_dict(parts["optimizer"])
    except BaseException:
        model.load_state_dict(before)
        raise
    for name, (version, words, gauss) in states.items():
        generators[name].setstate((version, tuple(words), gauss))
    return History(parts["history"])


def _generators(model: Any) -> dict[str, Any]:
    """The random generators that training may draw from, by name."""
    found: dict[str, Any] = {"random": random}
    for name, module in model.named_modules():
        for attribute, part in vars(module).items():
            if isinstance(part, Random):
                found[f"{name}.{attribute}".removeprefix(".")] = part
    return found


# ── One step ──────────────────────────────────────────────────────────────────


def _step(
    steps: Steps,
    model: Callable[[Any], Any],
    batch: tuple[list[Any], list[Any]],
    loss: Loss,
    place: tuple[int, int],
) -> tuple[list[Any], float]:
    """The outputs for a batch, and its loss; moves the parameters."""
    outputs, total, gradients = steps.differentiate(*batch)
    for name, number in [("loss", total), ("sum of the gradients", gradients)]:
        if not math.isfinite(number):
            raise DivergedError(
                f"the {name} is {number} in epoch {place[0]}, batch {place[1]}: "
                f"{bad_operation(model, batch, loss)}\n"
                "A smaller learning rate, or clipping the gradients, may help."
            )
    steps.move()
    return outputs, total


def _check_arguments(loss: Any, optimizer: Any, patience: int | None) -> None:
    if not callable(loss):
        raise TypeError(
            "loss is a function of outputs and targets, such as nn.losses.mse_loss; "
            f"got {shown(loss)}"
        )
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            "optimizer is one of nn.optim, such as nn.optim.Adam(model.parameters()); "
            f"got {shown(optimizer)}"
        )
    if patience is not None:
        check_count("patience", patience)


def bad_operation(
    model: Callable[[Any], Any], batch: tuple[list[Any], list[Any]], loss: Loss
) -> str:
    """The first operation that gives a loss or a gradient that is inf or nan, with its inputs."""
    try:
        with detect_anomaly():
            loss([model(x) for x in batch[0]], batch[1]).backward()
    except AnomalyError as error:
        return str(error)
    return "the same batch gives finite numbers now"


def _measured(
    metrics: Sequence[Metric], outputs: list[Any], targets: list[Any]
) -> dict[str, float]:
    return {_name(metric): _number(metric(outputs, targets)) for metric in metrics}


def _name(metric: Metric) -> str:
    while isinstance(metric, partial):
        metric = metric.func
    return str(getattr(metric, "__name__", type(metric).__name__))


def _number(result: Any) -> float:
    return float(result.data if isinstance(result, Value) else result)


def _is_right(output: Any, target: Any) -> bool:
    if not hasattr(output, "__len__"):
        return bool((output > 0.0) == bool(target))
    numbers = [_number(x) for x in output]
    return bool(numbers.index(max(numbers)) == target)


def _is_stuck(history: History, patience: int) -> bool:
    name = "validation loss" if "validation loss" in history.epochs[-1] else "loss"
    losses = history[name]
    if len(losses) <= patience:
        return False
    return min(losses[-patience:]) > min(losses[:-patience]) - _LEAST_PROGRESS


# ── Interruption and progress ─────────────────────────────────────────────────


@contextmanager
def _interruption() -> Iterator[Callable[[], bool]]:
    """A function that tells whether Ctrl-C was pressed; pressed twice, it interrupts at once."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is signal.SIG_IGN:
        # Another thread is not interrupted, and a shell has its background jobs ignore Ctrl-C.
        yield lambda: False
        return
    pressed: list[int] = []

    def press(number: int, frame: FrameType | None) -> None:
        if pressed and callable(before):
            before(number, frame)
        pressed.append(number)

    signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress(epochs: int, history: History, wanted: bool) -> Iterator[Callable[[History], None]]:
    """A function that shows how far training has come."""
    how = "not compiled" if history.obstacle else "compiled"
    if not wanted:
        yield lambda history: None
        return
    try:
        from tqdm.auto import tqdm
    except ModuleNotFoundError:

        def show(history: History) -> None:
            line = f"epoch {len(history)} of {epochs}, {how}: {_summary(history)}"
            print(f"\r{line:<79}", end="", flush=True, file=stderr)

        stderr = sys.stderr
        yield show
        print(file=stderr)
        return
    with tqdm(total=epochs, initial=len(history), unit="epoch", desc=how) as bar:

        def update(history: History) -> None:
            bar.set_postfix_str(_summary(history), refresh=False)
            bar.update()

        yield update


def _summary(history: History) -> str:
    return ", ".join(f"{name} {number:.4g}" for name, number in history.epochs[-1].items())
