"""The content of a picture from a model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count, pairwise, product
from typing import Any, Final

from autograd import Value
from autograd.draw import Line
from nn.activations import Activation, activation_name, layer_function, linear
from nn.drawing.colors import THEME, text_color
from nn.drawing.content import Column, Link, NetworkContent, Unit
from nn.drawing.passes import run
from nn.init import zeros
from nn.layers import MLP, Dropout, Layer, Linear, Neuron, Sequential

_MOST_COLUMNS: Final = 11  # the inputs, and ten layers
_MOST_UNITS: Final = 16  # of a column
_MOST_DETAILED: Final = 8  # of a column whose circles hold more than the output
_LONGEST_LABEL: Final = 12  # in characters
_LONGEST_IN_CIRCLE: Final = 6

_COLORS: Final = "Orange weights are positive, blue ones negative; the wider, the larger."


def _layers(model: Any) -> list[Layer]:
    """The layers that a model consists of."""
    if isinstance(model, MLP):
        return model.layers
    if isinstance(model, Layer):
        return [model]
    if isinstance(model, Neuron):
        return [_layer([model])]
    if isinstance(model, Linear):
        biases: Any = model.bias or [None] * model.out_features
        return [_layer([_neuron(*each) for each in zip(model.weight, biases)])]
    if isinstance(model, Sequential):
        return _layers_of_sequential(model)
    raise TypeError(
        f"draw_network() draws an MLP, a Layer, a Neuron, a Linear or a Sequential of these, "
        f"got {model!r}; autograd.graph(y) draws how a Value was computed, whatever by"
    )


def _layers_of_sequential(model: Sequential) -> list[Layer]:
    layers: list[Layer] = []
    for module in model:
        if isinstance(module, Dropout):
            continue  # which a prediction passes through as it is
        if not isinstance(module, Activation) or not layers:
            layers += _layers(module)
            continue
        # The activation of the layer before: another layer, so that the model is not changed.
        before = layers.pop()
        shared = layer_function(module.function)
        own = linear if shared else module.function
        neurons = [_neuron(neuron.w, neuron.b, own) for neuron in before.neurons]
        layers.append(_layer(neurons, shared))
    return layers


def _layer(neurons: list[Neuron], activation: Any = None) -> Layer:
    """A layer of neurons that exist, with an activation for all."""
    layer = Layer(1, 1, init=zeros())  # no random numbers are spent on it
    layer.neurons, layer.activation = neurons, activation
    return layer


def _neuron(weights: list[Value], bias: Any, activation: Any = linear) -> Neuron:
    neuron = Neuron(1, activation=activation, init=zeros())
    neuron.w, neuron.b = weights, bias
    return neuron


class Reader:
    """A network while it is being read, with the arguments of `draw_network`.

    Column 0 holds the inputs, column i the layer i - 1.
    """

    def __init__(self, model: Any, inputs: Any, target: Any, precision: int) -> None:
        self.layers = _layers(model)
        if inputs is None and target is not None:
            raise ValueError("a target is compared with the output for inputs: pass inputs too")
        self.computed = None if inputs is None else run(self.layers, inputs, target)
        self.precision = precision
        given = [None] * len(self.layers[0].neurons[0].w) if inputs is None else inputs
        labels = [x.label if isinstance(x, Value) else "" for x in given]
        self.names = [[label or f"x{i}" for i, label in enumerate(labels, 1)]]
        # The neurons are numbered consecutively, as in the articles: h1, h2, O3.
        numbers = count(1)
        for letter, layer in zip(["h"] * (len(self.layers) - 1) + ["O"], self.layers):
            self.names.append([f"{letter}{next(numbers)}" for _ in layer.neurons])
        # The indices of the columns and rows that are shown, and None for a gap.
        self.columns = _indices_shown(len(self.names), _MOST_COLUMNS, 5)
        self.rows = [_indices_shown(len(column), _MOST_UNITS, 6) for column in self.names]

    def content(self, title: str) -> NetworkContent:
        """The content of the picture."""
        left_out = len(self.names) - len(self.columns) + 1
        gap = Column("", (_gap("gap", "⋯", f"{left_out} layers"),))
        columns = [gap if i is None else self._column(i) for i in self.columns]
        links: list[Link] = []
        for place, (left, right) in enumerate(pairwise(self.columns)):
            if left is not None and right is not None:
                links += self._links(place, right)
        return NetworkContent(columns, links, _one_line(title, 200), self._notes())

    # ── Columns ───────────────────────────────────────────────────────────────

    def _column(self, i: int) -> Column:
        gap = _gap(f"gap{i}", "⋮", f"{self._hidden(i)} more")
        unit = partial(self._neuron, i - 1) if i else self._input
        units = [gap if row is None else unit(row) for row in self.rows[i]]
        return Column(self._heading(self.layers[i - 1]) if i else "inputs", units)

    def _heading(self, layer: Layer) -> str:
        """The activation of a layer."""
        if layer.activation is not None:
            return activation_name(layer.activation)
        names = dict.fromkeys(activation_name(neuron.activation) for neuron in layer.neurons)
        return _one_line(", ".join(names), 24)

    def _input(self, row: int) -> Unit:
        name = self.names[0][row]
        lines = [Line(_one_line(name, _LONGEST_LABEL), bold=True)]
        tooltip = f"input {row + 1}: {name}"
        if self.computed is not None:
            lines.append(Line(self._formatted(self.computed.inputs[row])))
            tooltip += f" = {self.computed.inputs[row]!r}"
        return Unit(f"x{row + 1}", tuple(lines), "input", tooltip=_one_line(tooltip))

    def _neuron(self, i: int, row: int) -> Unit:
        """A neuron of layer ``i``; in a large layer, its circle contains only the output."""
        layer, name, computed = self.layers[i], self.names[i + 1][row], self.computed
        facts = self._facts(i, row)
        texts = [f"{key} = {self._formatted(number)}" for key, number in facts.items()]
        if len(layer.neurons) > _MOST_DETAILED:
            texts = [] if computed is None else [self._formatted(computed.outputs[i][row])]
        tooltip = [f"{name} ({self._heading(layer)})"]
        tooltip += [f"{key} = {number!r}" for key, number in facts.items()]
        bias = layer.neurons[row].b
        if bias is not None and computed is not None and computed.gradients:
            tooltip.append(f"gradient of the bias = {computed.gradients[bias]!r}")
        lines = (Line(name, bold=True), *map(Line, texts))
        return Unit(name, lines, "neuron", self._beside(i, row), " · ".join(tooltip))

    def _facts(self, i: int, row: int) -> dict[str, float]:
        """The numbers of a neuron by their names."""
        facts: dict[str, float] = {}
        if self.computed is not None:
            facts["a"] = self.computed.sums[i][row]
            facts["y"] = self.computed.outputs[i][row]
            if self.computed.target is not None:
                facts["δ"] = self.computed.deltas[i][row]
        bias = self.layers[i].neurons[row].b
        if bias is None:
            return facts
        label = _one_line(bias.label)
        is_shown = 0 < len(label) <= _LONGEST_IN_CIRCLE and label not in facts
        return {label if is_shown else "b": bias.data, **facts}

    def _beside(self, i: int, row: int) -> tuple[Line, ...]:
        """The text beside a neuron: the target of an output."""
        if i < len(self.layers) - 1 or self.computed is None or self.computed.target is None:
            return ()
        wanted = self.computed.target[row]
        error = f"target - y = {self._formatted(wanted - self.computed.outputs[i][row])}"
        return Line(f"target = {self._formatted(wanted)}"), Line(error, color=THEME.muted)

    # ── Links ─────────────────────────────────────────────────────────────────

    def _links(self, place: int, i: int) -> Iterator[Link]:
        """The weights into column ``i`` from the column at ``place`` in the picture."""
        ends = product(enumerate(self.rows[i]), enumerate(self.rows[i - 1]))
        for (right, head), (left, tail) in ends:
            if head is None or tail is None:
                continue
            weight = self.layers[i - 1].neurons[head].w[tail]
            label, number = weight.label, self._formatted(weight.data)
            text = f"{_one_line(label, _LONGEST_LABEL)} = {number}" if label else number
            lines = [Line(text, color=text_color(weight.data))]
            names = f"{self.names[i - 1][tail]} → {self.names[i][head]}"
            tooltip = f"{names} · {label or 'weight'} = {weight.data!r}"
            if self.computed is not None and self.computed.gradients:
                gradient = self.computed.gradients[weight]
                lines.append(Line(f"grad {self._formatted(gradient)}", color=THEME.muted))
                tooltip += f" · gradient = {gradient!r}"
            start, end = (place, left), (place + 1, right)
            yield Link(start, end, weight.data, tuple(lines), _one_line(tooltip))

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
                    f"E = ½ Σ (target - y)² = {self._formatted(self.computed.loss)}"
                )
        if any(len(layer.neurons) > _MOST_DETAILED for layer in self.layers):
            held = "no bias" if self.computed is None else "the output alone"
            notes.append(f"In layers of more than {_MOST_DETAILED} neurons, circles hold {held}.")
        shown = [i for i in self.columns if i is not None]
        counts = {
            "layers": len(self.names) - len(shown),
            "inputs": self._hidden(0),
            "neurons": sum(self._hidden(i) for i in shown if i),
        }
        parts = [f"{count} {noun}" for noun, count in counts.items() if count]
        if parts:
            notes.append(f"Left out, with their weights: {', '.join(parts)}")
        return notes

    def _hidden(self, i: int) -> int:
        """The number of units of a column that are left out."""
        return len(self.names[i]) - len(self.rows[i]) + self.rows[i].count(None)

    def _formatted(self, number: float) -> str:
        return f"{number + 0.0:.{self.precision}g}"  # -0.0 + 0.0 is 0.0


def _gap(name: str, dots: str, text: str) -> Unit:
    """A unit in place of those left out."""
    return Unit(name, (Line(dots, bold=True), Line(text)), "gap")


def _indices_shown(count: int, most: int, first: int) -> list[int | None]:
    """The indices that are shown of ``count``: all, or the first and the last two around a gap."""
    if count <= most:
        return list(range(count))
    return [*range(first), None, count - 2, count - 1]


def _one_line(text: str, longest: int = 400) -> str:
    """``text`` in one line, with a replacement character for each that cannot be printed."""
    line = "".join(
        character if character.isprintable() else "\ufffd"
        for character in text.replace("\n", " ").replace("\t", " ")
    )
    return line if len(line) <= longest else line[: longest - 1] + "…"
