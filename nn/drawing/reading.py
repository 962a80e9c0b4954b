"""From a model to what its picture shows."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from autograd import Value
from nn.drawing.content import Column, Link, Network, Unit
from nn.drawing.passes import Pass, run
from nn.layers import MLP, Layer, Neuron, activation_name

_MOST_COLUMNS: Final = 11  # the inputs, and ten layers
_MOST_UNITS: Final = 16  # of a column
_MOST_DETAILED: Final = 8  # of a column whose circles hold more than the output
_LONGEST_LABEL: Final = 12  # in characters
_LONGEST_IN_CIRCLE: Final = 6

_COLORS: Final = "Orange weights are positive, blue ones negative; the wider, the larger."


def read(model: Any, inputs: Any, target: Any, title: Any, precision: Any) -> Network:
    """What `draw_network` is to show; its arguments are explained there."""
    layers = _layers(model)
    if not isinstance(title, str):
        raise TypeError(f"title is a string, got {title!r}")
    digits = _precision(precision)
    if inputs is None and target is not None:
        raise ValueError("a target is compared with the output for inputs: pass inputs too")
    computed = None if inputs is None else run(layers, inputs, target)
    names = [_labels(inputs, len(layers[0].neurons[0].w)), *_neuron_names(layers)]
    return _Reader(layers, names, computed, digits).network(title)


def _layers(model: Any) -> list[Layer]:
    """The layers that a model consists of."""
    if isinstance(model, MLP):
        return model.layers
    if isinstance(model, Layer):
        return [model]
    if isinstance(model, Neuron):
        alone = Layer(1, 1, init=lambda rng, inputs: 0.0)  # no random numbers are spent on it
        alone.neurons = [model]
        return [alone]
    raise TypeError(
        f"draw_network() draws an MLP, a Layer or a Neuron, got {model!r}; "
        "autograd.graph(y) draws how a Value was computed, whatever by"
    )


def _precision(precision: Any) -> int:
    try:
        digits = operator.index(precision)
    except TypeError:
        raise TypeError(f"precision is a whole number, got {precision!r}") from None
    if not 1 <= digits <= 17:
        raise ValueError(f"precision is from 1 to 17 significant digits, got {digits}")
    return digits


def _labels(inputs: Any, count: int) -> list[str]:
    """What the inputs are called: as they are labelled, or else by their number."""
    given = [None] * count if inputs is None else list(inputs)
    labels = [x.label if isinstance(x, Value) else "" for x in given]
    return [label or f"x{i}" for i, label in enumerate(labels, 1)]


def _neuron_names(layers: Sequence[Layer]) -> list[list[str]]:
    """What the neurons are called, numbered through as in the articles' h1, h2 and O3."""
    names: list[list[str]] = []
    number = 1
    for layer in layers:
        letter = "O" if layer is layers[-1] else "h"
        names.append([f"{letter}{number + i}" for i in range(len(layer.neurons))])
        number += len(layer.neurons)
    return names


class _Reader:
    """A network while it is being read; column 0 holds the inputs, column i the layer i - 1."""

    def __init__(
        self, layers: Sequence[Layer], names: list[list[str]], computed: Pass | None, digits: int
    ) -> None:
        self.layers = layers
        self.names = names
        self.computed = computed
        self.digits = digits
        # The numbers of what is shown, and None for a gap.
        self.columns = _kept(len(names), _MOST_COLUMNS, 5)
        self.rows = [_kept(len(column), _MOST_UNITS, 6) for column in names]

    def network(self, title: str) -> Network:
        columns = [self._gap_column() if i is None else self._column(i) for i in self.columns]
        links = [
            link
            for place, (left, right) in enumerate(pairwise(self.columns))
            if left is not None and right is not None
            for link in self._links(place, right)
        ]
        return Network(tuple(columns), tuple(links), _shown(title, 200), tuple(self._notes()))

    # ── Columns ───────────────────────────────────────────────────────────────

    def _column(self, i: int) -> Column:
        units = [
            self._gap(i)
            if row is None
            else self._input(row)
            if i == 0
            else self._neuron(i - 1, row)
            for row in self.rows[i]
        ]
        return Column("inputs" if i == 0 else self._heading(self.layers[i - 1]), tuple(units))

    def _heading(self, layer: Layer) -> str:
        """The activation of a layer."""
        if layer.activation is not None:
            return activation_name(layer.activation)
        names = dict.fromkeys(activation_name(neuron.activation) for neuron in layer.neurons)
        return _shown(", ".join(names), 24)

    def _input(self, row: int) -> Unit:
        name = self.names[0][row]
        lines = [_shown(name, _LONGEST_LABEL)]
        tooltip = f"input {row + 1}: {name}"
        if self.computed is not None:
            lines.append(self._text(self.computed.inputs[row]))
            tooltip += f" = {self.computed.inputs[row]!r}"
        return Unit(f"x{row + 1}", tuple(lines), "input", tooltip=_shown(tooltip))

    def _neuron(self, i: int, row: int) -> Unit:
        layer = self.layers[i]
        neuron, name = layer.neurons[row], self.names[i + 1][row]
        facts: list[tuple[str, float]] = []
        bias = ""
        if neuron.b is not None:
            bias = neuron.b.label or "b"
            facts.append((bias if len(bias) <= _LONGEST_IN_CIRCLE else "b", neuron.b.data))
        beside: tuple[str, ...] = ()
        if self.computed is not None:
            output = self.computed.outputs[i][row]
            facts += [("a", self.computed.sums[i][row]), ("y", output)]
            if self.computed.target is not None:
                facts.append(("δ", self.computed.deltas[i][row]))
                if layer is self.layers[-1]:
                    wanted = self.computed.target[row]
                    beside = (
                        f"target = {self._text(wanted)}",
                        f"target - y = {self._text(wanted - output)}",
                    )
        told = [f"{key} = {number!r}" for key, number in facts]
        if bias and self.computed is not None and self.computed.slopes:
            told.append(f"gradient of {bias} = {self.computed.slopes[neuron.b]!r}")
        lines = [name, *[f"{_shown(key)} = {self._text(number)}" for key, number in facts]]
        if len(layer.neurons) > _MOST_DETAILED:
            lines = [name, *[self._text(number) for key, number in facts if key == "y"]]
        tooltip = " · ".join([f"{name} ({self._heading(layer)})", *told])
        return Unit(name, tuple(lines), "neuron", beside, _shown(tooltip))

    def _gap(self, i: int) -> Unit:
        left_out = len(self.names[i]) - len(self.rows[i]) + 1
        return Unit(f"gap{i}", ("⋮", f"{left_out} more"), "gap")

    def _gap_column(self) -> Column:
        """What stands for the layers left out."""
        left_out = len(self.names) - len(self.columns) + 1
        return Column("", (Unit("gap", ("⋯", f"{left_out} layers"), "gap"),))

    # ── Links ─────────────────────────────────────────────────────────────────

    def _links(self, place: int, i: int) -> list[Link]:
        """The weights that lead into column ``i``, from the one that stands at ``place``."""
        return [
            self._link(i, tail, head, (place, left), (place + 1, right))
            for right, head in enumerate(self.rows[i])
            for left, tail in enumerate(self.rows[i - 1])
            if head is not None and tail is not None
        ]

    def _link(
        self, i: int, tail: int, head: int, start: tuple[int, int], end: tuple[int, int]
    ) -> Link:
        weight = self.layers[i - 1].neurons[head].w[tail]
        label = weight.label
        number = self._text(weight.data)
        lines = [f"{_shown(label, _LONGEST_LABEL)} = {number}" if label else number]
        way = f"{self.names[i - 1][tail]} → {self.names[i][head]}"
        tooltip = f"{way} · {label or 'weight'} = {weight.data!r}"
        if self.computed is not None and self.computed.slopes:
            slope = self.computed.slopes[weight]
            lines.append(f"grad {self._text(slope)}")
            tooltip += f" · gradient = {slope!r}"
        return Link(start, end, weight.data, tuple(lines), _shown(tooltip))

    # ── Notes ─────────────────────────────────────────────────────────────────

    def _notes(self) -> list[str]:
        notes = [_COLORS]
        biased = any(neuron.b is not None for layer in self.layers for neuron in layer.neurons)
        if self.computed is not None:
            bias = "the bias (b) plus " if biased else ""
            notes.append(f"a: {bias}the weighted inputs; y: the output, the activation of a")
            if self.computed.loss is not None:
                of_bias = ", -δ for a bias" if biased else ""
                notes.append(
                    f"δ = -∂E/∂a; grad = ∂E/∂w{of_bias}; "
                    f"E = ½ Σ (target - y)² = {self._text(self.computed.loss)}"
                )
        if any(len(layer.neurons) > _MOST_DETAILED for layer in self.layers):
            held = "no bias" if self.computed is None else "the output alone"
            notes.append(f"In layers of more than {_MOST_DETAILED} neurons, circles hold {held}.")
        return notes + self._left_out()

    def _left_out(self) -> list[str]:
        shown = [i for i in self.columns if i is not None]
        parts = []
        for count, what in [
            (len(self.names) - len(shown), "layers"),
            (len(self.names[0]) - _count(self.rows[0]), "inputs"),
            (sum(len(self.names[i]) - _count(self.rows[i]) for i in shown if i), "neurons"),
        ]:
            if count:
                parts.append(f"{count} {what}")
        return [f"Left out, with their weights: {', '.join(parts)}"] if parts else []

    def _text(self, number: float) -> str:
        return f"{number + 0.0:.{self.digits}g}"  # which makes 0 of -0


def _kept(count: int, most: int, first: int) -> list[int | None]:
    """The numbers of what is shown of ``count``: all, or the first and two last around a gap."""
    if count <= most:
        return list(range(count))
    return [*range(first), None, count - 2, count - 1]


def _count(rows: Sequence[int | None]) -> int:
    return sum(row is not None for row in rows)


def _shown(text: str, longest: int = 400) -> str:
    """``text`` in one line, with a replacement character for what cannot stand there."""
    line = "".join(
        character if character.isprintable() else "\ufffd"
        for character in text.replace("\n", " ").replace("\t", " ")
    )
    return line if len(line) <= longest else line[: longest - 1] + "…"
