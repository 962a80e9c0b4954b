"""Diagnosis: the troubles of a network that does not learn, from one pass through its graph.

>>> from random import Random
>>> from nn import MLP, data, losses
>>> model = MLP(2, [4] * 9 + [1], activation="sigmoid", rng=Random(5))
>>> diagnosis = diagnose(model, data.xor(), losses.mse_loss)
>>> [trouble.kind for trouble in diagnosis.troubles]
['vanishing']
>>> print(f"{diagnosis.ratio:.0e}")  # of the first layer's delta to the last layer's
5e-06

`print(diagnosis)` shows a table of the layers, and of each trouble what it is and what to try; a
notebook shows the same, and ``diagnosis.plot()`` draws it.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from autograd import (
    Primitive,
    Value,
    arctan,
    erf,
    hard_tanh,
    no_grad,
    norm,
    relu,
    sigmoid,
    softsign,
    tanh,
    topological_order,
)
from nn.checks import counted
from nn.data import batches
from nn.layers import Neuron
from nn.module import Module, evaluating
from nn.plotting import panels
from nn.randomness import Seed, generator
from nn.steps import one_value
from nn.training import Data, History, Loss, bad_operation

# Activations that are flat on both sides, with their slope at 0, which is the greatest.
_SATURATING: Final[dict[Primitive, float]] = {
    op: op.derivatives[0](0.0, op(0.0)) for op in (arctan, erf, hard_tanh, sigmoid, softsign, tanh)
}

# The thresholds: `python -m tests.nn.diagnosing` makes 50 networks with a trouble and 50 without.
_VANISHING: Final = 1e-3  # ratio of the first layer's delta to the last layer's
_EXPLODING: Final = 1e3
_FLAT: Final = 0.05  # a slope that counts as saturated, as a part of the greatest
_IDLE: Final = {"dead": 0.8, "saturated": 0.5}  # parts of the units of a layer
_FEWEST_SAMPLES: Final = 4  # by which a unit can be judged
_LEARNED: Final = 0.1  # of the loss of a constant: less, and gradients need not be large any more
_GAP: Final = 1.5  # ratio of the validation loss to the training loss
_LOST: Final = 0.5  # part of what training has gained over a constant that new samples lose

_TITLES: Final = {
    "not finite": "A number that is not finite",
    "dead": "Dead units",
    "saturated": "Saturated units",
    "vanishing": "Vanishing gradient",
    "exploding": "Exploding gradient",
    "overfitting": "Overfitting",
}
_REMEDIES: Final = {
    "not finite": "smaller weights at the start, a smaller learning rate, or clipped gradients "
    "(nn.optim.clip_grad_norm).",
    "dead": "a smaller learning rate, biases that start from 0, inputs of mean 0 "
    '(nn.data.standardise), or "leaky_relu" or "elu", which are never quite flat.',
    "saturated": "smaller weights at the start, inputs of mean 0 and standard deviation 1 "
    "(nn.data.standardise), or a smaller learning rate.",
    "vanishing": 'an activation of slope 1, such as "relu" or "elu"; weights whose size fits the '
    "layer, such as init.kaiming_normal(); fewer layers; or a normalisation or a shortcut in each.",
    "exploding": "smaller weights at the start, such as init.xavier_uniform(); clipped gradients "
    "(nn.optim.clip_grad_norm); or a normalisation in each layer.",
    "overfitting": "more samples; early stopping (patience=10 in fit); weight decay (AdamW); "
    "Dropout; or fewer units.",
}


@dataclass(frozen=True)
class LayerReport:
    """Observations of one layer, which is a module with parameters of its own.

    Attributes:
        name: the path to the layer in the model; of a part of a `Sequential` also its kind.
        parameters: the number of its parameters.
        gradient: the norm of the gradient of its parameters.
        delta: the root mean square, over samples and units, of the gradient that reaches what its
            parameters are used in.
        last_delta: that of its last use, where each sample uses it again and again; else `delta`.
        uses: the number of times that a sample uses it, one after the other.
        units: the number of its relus, sigmoids and the like.
        dead: the number of relus that are 0 in every sample.
        saturated: the number of units that are flat in every sample.
    """

    name: str
    parameters: int
    gradient: float
    delta: float
    last_delta: float
    uses: int
    units: int
    dead: int
    saturated: int


@dataclass(frozen=True)
class Trouble:
    """A trouble that a diagnosis has found.

    Attributes:
        kind: ``"not finite"``, ``"dead"``, ``"saturated"``, ``"vanishing"``, ``"exploding"`` or
            ``"overfitting"``.
        message: what was seen, in numbers.
        remedy: what to try.
    """

    kind: str
    message: str
    remedy: str


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What `diagnose` has found.

    Attributes:
        layers: the layers, from the inputs on.
        troubles: what is wrong; nothing, if all is well.
        ratio: the delta of the first layer divided by that of the last; nan if there is none.
        loss: the loss on the training samples.
        validation_loss: that on the validation samples, or None.
        constant_loss: that on the training samples, if the model gave its mean output for each;
            nan where outputs differ in length.
        samples: the number of training samples.
    """

    layers: list[LayerReport]
    troubles: list[Trouble]
    ratio: float
    loss: float
    validation_loss: float | None
    constant_loss: float
    samples: int

    def plot(self) -> Any:
        """A figure of matplotlib: deltas, dead and saturated units, and losses.

        Raises:
            ModuleNotFoundError: matplotlib is not installed.
        """
        figure, axes = panels("diagnosis.plot()", 2 if self.validation_loss is None else 3)
        names = [layer.name for layer in self.layers]
        axes[0].set_title("delta of each layer")
        axes[0].plot(names, [layer.delta for layer in self.layers], "o-")
        if self.layers[-1].last_delta > 0.0:
            axes[0].set_yscale("log")
            axes[0].margins(y=0.15)  # room for the words at the limits
            for limit, kind in [(_VANISHING, "vanishing"), (_EXPLODING, "exploding")]:
                place = limit * self.layers[-1].last_delta
                axes[0].axhline(place, color="gray", linestyle="--")
                axes[0].annotate(kind, (0, place), color="gray", va="bottom")
        axes[1].set_title("part of the units")
        for offset, kind in [(-0.2, "dead"), (0.2, "saturated")]:
            parts = [getattr(layer, kind) / max(1, layer.units) for layer in self.layers]
            axes[1].bar([place + offset for place in range(len(names))], parts, 0.4, label=kind)
        axes[1].set_xticks(range(len(names)), names)
        axes[1].set_ylim(0.0, 1.0)
        axes[1].legend()
        for each in axes[:2]:
            each.tick_params("x", rotation=90)
        if self.validation_loss is not None:
            axes[2].set_title("loss")
            axes[2].bar(
                ["training", "validation", "constant"],
                [self.loss, self.validation_loss, self.constant_loss],
            )
        return figure

    def __repr__(self) -> str:
        lines = [self._summary(), ""]
        rows = [_COLUMNS, *map(_cells, self.layers)]
        widths = [max(map(len, column)) for column in zip(*rows)]
        for name, *cells in rows:
            numbers = "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths[1:]))
            lines.append(f"{name:<{widths[0]}}{numbers}".rstrip())
        lines += ["", self._ratio()]
        for title, trouble in self._titled():
            lines += ["", title, textwrap.fill(trouble.message, 88, **_INDENT)]
            lines.append(textwrap.fill(f"Try {trouble.remedy}", 88, **_INDENT))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in _COLUMNS)
        rows = [
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(layer)) + "</tr>"
            for layer in self.layers
        ]
        troubles = [
            f"<p><b>{escape(title)}.</b> {escape(trouble.message)}<br>"
            f"Try {escape(trouble.remedy)}</p>"
            for title, trouble in self._titled()
        ]
        return (
            f"<p>{escape(self._summary())}</p><table><tr>{head}</tr>{''.join(rows)}</table>"
            f"<p>{escape(self._ratio())}</p>{''.join(troubles)}"
        )

    def _titled(self) -> list[tuple[str, Trouble]]:
        return [(_TITLES[trouble.kind], trouble) for trouble in self.troubles]

    def _summary(self) -> str:
        count = len(self.troubles)
        found = "No trouble found" if not count else counted(count, "trouble")
        text = f"{found} in {counted(len(self.layers), 'layer')}, "
        text += f"by {counted(self.samples, 'sample')}. Loss {self.loss:.4g}"
        if self.validation_loss is not None:
            text += f", on validation data {self.validation_loss:.4g}"
        return f"{text}."

    def _ratio(self) -> str:
        return f"The delta of the first layer is {self.ratio:.2g} times that of the last."


_COLUMNS: Final = ["layer", "parameters", "gradient", "delta", "units", "dead", "saturated"]
_INDENT: Final[Mapping[str, Any]] = {"initial_indent": "  ", "subsequent_indent": "  "}


def _cells(layer: LayerReport) -> list[str]:
    delta = f"{layer.delta:.2g}"
    if layer.uses > 1:
        delta += f" to {layer.last_delta:.2g} in {layer.uses} uses"
    units = [str(count) if layer.units else "" for count in (layer.units, layer.dead)]
    saturated = str(layer.saturated) if layer.units else ""
    return [layer.name, str(layer.parameters), f"{layer.gradient:.2g}", delta, *units, saturated]


def diagnose(
    model: Callable[[Any], Any],
    data: Data,
    loss: Loss,
    *,
    validation: Data | None = None,
    history: History | None = None,
    samples: int = 100,
    seed: Seed = 0,
) -> Diagnosis:
    """Find the troubles of a model: gradients that vanish or explode, idle units, overfitting.

    The model, its gradients and its mode are left as they are.

    Args:
        model: is called with the inputs of one sample.
        data: the training data, as for `fit`.
        loss: as for `fit`.
        validation: data that was not trained on; without it overfitting cannot be told.
        history: of the training, to say when the validation loss was least.
        samples: the most samples of either data to look at, drawn at random.
        seed: see `nn.randomness`.

    Raises:
        TypeError: ``model`` is not a `Module`.
        ValueError: it has no parameter that the loss depends on.
    """
    if not isinstance(model, Module):
        raise TypeError(f"diagnose() reads the parameters of a Module, got {model!r}")
    rng = generator(seed)
    with evaluating(model):
        inputs, targets = next(batches(data, samples, rng))
        outputs = [model(x) for x in inputs]
        total = one_value(loss(outputs, targets))
        layers, is_finite = _read(model, total)
        with no_grad():
            constant = _constant_loss(outputs, targets, loss)
        troubles: list[Trouble] = []
        if is_finite:
            troubles += _idle_units(layers) if len(outputs) >= _FEWEST_SAMPLES else []
            troubles += _vanishing_or_exploding(layers)
            if total.data < _LEARNED * constant:
                troubles = [trouble for trouble in troubles if trouble.kind == "exploding"]
        else:
            found = bad_operation(model, (inputs, targets), loss)
            troubles = [_trouble("not finite", f"The loss or a gradient is not: {found}")]
        validated = None
        if validation is not None:
            inputs, targets = next(batches(validation, samples, rng))
            with no_grad():
                validated = loss([model(x) for x in inputs], targets).data
            troubles += _overfitting(total.data, validated, constant, history)
    ratio = layers[0].delta / layers[-1].last_delta if layers[-1].last_delta else math.nan
    return Diagnosis(layers, troubles, ratio, total.data, validated, constant, len(outputs))


def _constant_loss(outputs: list[Any], targets: list[Any], loss: Loss) -> float:
    """The loss if the model gave its mean output for every sample."""
    try:
        mean = _mean(outputs)
    except ValueError:  # the outputs are lists of different lengths
        return math.nan
    return float(loss([mean] * len(targets), targets).data)


def _mean(outputs: Sequence[Any]) -> Any:
    if hasattr(outputs[0], "__len__"):
        return [_mean(column) for column in zip(*outputs, strict=True)]
    return sum(outputs) / len(outputs)


# ── The graph ─────────────────────────────────────────────────────────────────


def _read(model: Module, total: Value) -> tuple[list[LayerReport], bool]:
    """The layers, and True if the loss and all gradients are finite; no gradient is changed."""
    order = topological_order(total)
    before = [(value, value.grad) for value in order if value.op is None]
    for value, _ in before:
        value.grad = 0.0
    try:
        total.backward()
        reading = _Reading(model, order)
        return reading.layers(), reading.is_finite
    finally:
        for value, gradient in before:
            value.grad = gradient


class _Reading:
    """The graph of a loss after a backward pass, as the layers see it.

    A *use* is a value that a parameter is an input of. Its adjoint is the delta of the unit that
    it is part of, and does not depend on the size of the inputs, or cancel between samples as the
    gradient of the parameter does. The depth of a value is the number of uses on the longest
    path to it.
    """

    def __init__(self, model: Module, order: list[Value]) -> None:
        self.owners = _owners(model)
        self.is_finite = math.isfinite(order[-1].data)
        # Of each layer the adjoints of its uses by their depth, and the depths of each parameter.
        self.adjoints: dict[str, dict[int, list[float]]] = {}
        self.uses: dict[Value, set[int]] = {}
        self.activations: list[Value] = []
        self.depths: dict[Value, int] = {}
        for value in order:
            depth, parameters = 0, []
            for source in value.inputs:
                if source in self.owners:
                    parameters.append(source)
                depth = max(depth, self.depths[source])
            self.depths[value] = depth + 1 if parameters else depth
            for parameter in parameters:
                by_depth = self.adjoints.setdefault(self.owners[parameter], {})
                by_depth.setdefault(depth, []).append(value.grad)
                self.uses.setdefault(parameter, set()).add(depth)
            if value.op is relu or value.op in _SATURATING:
                self.activations.append(value)
            self.is_finite = self.is_finite and math.isfinite(value.grad)
        if not self.uses:
            raise ValueError("the loss depends on no parameter of the model")
        self.last_depth = depth

    def layers(self) -> list[LayerReport]:
        """The layers that the loss depends on, from the inputs on."""
        units = self._units()
        reports = []
        used = [name for name in dict.fromkeys(self.owners.values()) if name in self.adjoints]
        for name in sorted(used, key=lambda name: min(self.adjoints[name])):
            by_depth = self.adjoints[name]
            parameters = [x for x, owner in self.owners.items() if owner == name]
            repetitions = max(len(self.uses.get(x, ())) for x in parameters)
            if repetitions == 1:
                first = last = [adjoint for adjoints in by_depth.values() for adjoint in adjoints]
            else:
                first, last = by_depth[min(by_depth)], by_depth[max(by_depth)]
            own = [flat for owner, flat in units if owner == name]
            reports.append(
                LayerReport(
                    name=name,
                    parameters=len(parameters),
                    gradient=norm([x.grad for x in parameters]),
                    delta=_root_mean_square(first),
                    last_delta=_root_mean_square(last),
                    uses=repetitions,
                    units=len(own),
                    dead=own.count("dead"),
                    saturated=own.count("saturated"),
                )
            )
        return reports

    def _units(self) -> list[tuple[str, str]]:
        """For each unit its layer, and ``"dead"``, ``"saturated"`` or ``""``.

        A unit is an activation of what the same parameter was used in.
        """
        activations: dict[tuple[Value, Primitive], list[Value]] = {}
        for value in self.activations:
            parameter = self._nearest_parameter(value)
            if parameter is not None and value.op is not None:
                activations.setdefault((parameter, value.op), []).append(value)
        return [
            (self.owners[parameter], self._state(op, values))
            for (parameter, op), values in activations.items()
        ]

    def _nearest_parameter(self, activation: Value) -> Value | None:
        values = list(activation.inputs)
        for _ in range(_NEAR):
            for value in values:
                if value in self.owners:
                    return value
            values = [source for value in values for source in value.inputs]
        return None

    def _state(self, op: Primitive, values: list[Value]) -> str:
        if op is relu:
            return "dead" if all(value.data == 0.0 for value in values) else ""
        if any(abs(x.local_derivatives[0]) > _FLAT * _SATURATING[op] for x in values):
            return ""
        # An output, which no parameter is used after, should be flat where the answer is sure.
        is_output = self.depths[values[0]] == self.last_depth
        return "" if is_output else "saturated"


def _root_mean_square(numbers: Sequence[float]) -> float:
    return norm(numbers) / math.sqrt(len(numbers))


_NEAR: Final = 4  # a parameter is multiplied, its product added, and perhaps scaled


def _owners(model: Module) -> dict[Value, str]:
    """The layer of each parameter: the innermost module around it, or the layer of a neuron."""
    owners = dict.fromkeys(model.parameters(), type(model).__name__)
    for path, module in model.named_modules():
        if path and not isinstance(module, Neuron):
            name = f"{path} ({type(module).__name__})" if path.isdigit() else path
            owners.update(dict.fromkeys(module.parameters(), name))
    return owners


# ── Verdicts ──────────────────────────────────────────────────────────────────


def _idle_units(layers: list[LayerReport]) -> list[Trouble]:
    found = []
    for kind, meaning in _MEANINGS.items():
        counts = [
            f"{getattr(layer, kind)} of {layer.units} units of {layer.name}"
            for layer in layers
            if getattr(layer, kind) >= _IDLE[kind] * max(1, layer.units)
        ]
        if counts:
            found.append(_trouble(kind, f"{', '.join(counts)}: {meaning}."))
    return found


_MEANINGS: Final = {
    "dead": "0 in every sample, so that they learn nothing",
    "saturated": "flat in every sample, so that little gradient passes",
}


def _vanishing_or_exploding(layers: list[LayerReport]) -> list[Trouble]:
    if layers[-1].last_delta == 0.0 or any(0 < layer.units == layer.dead for layer in layers):
        return []  # nothing is handed back, or not through the dead units
    found = []
    used = [layer for layer in layers if layer.last_delta > 0.0]
    changes = [(layer.delta / layer.last_delta, layer.name) for layer in used]
    across = layers[0].delta / layers[-1].last_delta
    least, greatest = min(changes), max(changes)
    if min(across, least[0]) < _VANISHING:
        found.append(_trouble("vanishing", _change(across, least, layers)))
    if max(across, greatest[0]) > _EXPLODING:
        found.append(_trouble("exploding", _change(across, greatest, layers)))
    return found


def _change(across: float, within: tuple[float, str], layers: list[LayerReport]) -> str:
    ratio, name = within
    if _strength(across) > _strength(ratio):
        return (
            f"What reaches {layers[0].name} is {across:.2g} times what reaches {layers[-1].name}, "
            f"through {counted(len(layers), 'layer')}."
        )
    [layer] = [layer for layer in layers if layer.name == name]
    return (
        f"What reaches the first use of {name} is {ratio:.2g} times what reaches its last, after "
        f"{layer.uses} uses."
    )


def _strength(ratio: float) -> float:
    """The orders of magnitude by which a ratio differs from 1."""
    return abs(math.log10(ratio)) if ratio > 0.0 else math.inf


def _overfitting(
    training: float, validation: float, constant: float, history: History | None
) -> list[Trouble]:
    if (
        not validation > _GAP * training
        or not validation - training > _LOST * (constant - training) > 0.0
    ):
        return []
    message = (
        f"The loss is {training:.3g} on the training data and {validation:.3g} on the validation "
        f"data. One answer for all, the mean output, has {constant:.3g}."
    )
    if history is not None and "validation loss" in history.names():
        losses = history["validation loss"]
        least = min(losses)
        message += f" It was least, {least:.3g}, in epoch {losses.index(least) + 1}."
    return [_trouble("overfitting", message)]


def _trouble(kind: str, message: str) -> Trouble:
    return Trouble(kind, message, _REMEDIES[kind])
