"""Pictures of networks: numbers and places, with and without Graphviz."""

from __future__ import annotations

import base64
import json
import math
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import graphviz
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, no_grad
from nn import MLP, Layer, Module, Neuron, draw_network, init
from nn.drawing.layout import FONT, LINE, Diagram, Shape, place, width
from nn.drawing.reading import Reader
from tests.drawings import HOSTILE, any_text, dot_texts, svg_texts
from tests.programs import environment

ROOT = Path(__file__).parent.parent.parent

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs the dot program")


def article_network() -> MLP:
    """The articles' network: 2-2-1, sigmoid, without biases, w11 leading from x1 to h1."""
    model = MLP(2, [2, 1], activation=["sigmoid", "sigmoid"], bias=False)
    weights = {"w11": 0.2, "w21": 0.2, "w12": 0.3, "w22": 0.3, "w13": 0.3, "w23": 0.9}
    for parameter, (label, number) in zip(model.parameters(), weights.items(), strict=True):
        parameter.label, parameter.data = label, number
    return model


def network(sizes: list[int], seed: int = 1, **options: Any) -> MLP:
    model = MLP(sizes[0], sizes[1:], init=init.normal(), rng=random.Random(seed), **options)
    for parameter in model.parameters():
        parameter.data = parameter.data or 0.25
    return model


def diagram(model: Any, inputs: Any = None, target: Any = None, title: str = "") -> Diagram:
    return place(Reader(model, inputs, target, 4).content(title))


def words_in(shape: Shape) -> tuple[str, ...]:
    """The lines of text of a shape."""
    return tuple(line.text for line in shape.lines)


def facts(svg: str) -> dict[str, dict[str, float]]:
    """The numbers in each circle of an SVG, by the name in it."""
    found: dict[str, dict[str, float]] = {}
    for group in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        texts = [element.text or "" for element in group.iter("{http://www.w3.org/2000/svg}text")]
        if any(element.tag.endswith("circle") for element in group):
            pairs = [line.split(" = ") for line in texts[1:] if " = " in line]
            found[texts[0]] = {name: float(number) for name, number in pairs}
    return found


def weights(svg: str) -> dict[str, tuple[float, float | None]]:
    """The labelled weights of an SVG and their gradients, by label."""
    texts = svg_texts(svg)
    found: dict[str, tuple[float, float | None]] = {}
    for line, following in pairwise(texts):
        weight = re.fullmatch(r"(w\d+) = (\S+)", line)
        gradient = re.fullmatch(r"grad (\S+)", following)
        if weight:
            found[weight[1]] = float(weight[2]), float(gradient[1]) if gradient else None
    return found


# ── The numbers ───────────────────────────────────────────────────────────────


def test_the_articles_network_looks_as_on_the_blackboard() -> None:
    drawn = diagram(article_network(), [Value(0.35, "x1"), Value(0.7, "x2")], 0.5)
    assert [words_in(circle) for circle in drawn.circles] == [
        ("x1", "0.35"),
        ("x2", "0.7"),
        ("h1", "a = 0.21", "y = 0.5523", "δ = -0.002728"),
        ("h2", "a = 0.315", "y = 0.5781", "δ = -0.008071"),
        ("O3", "a = 0.686", "y = 0.6651", "δ = -0.03677"),
    ]
    assert {words_in(label) for label in drawn.labels} == {
        ("target = 0.5", "target - y = -0.1651"),
        ("w11 = 0.2", "grad 0.0009547"),
        ("w21 = 0.2", "grad 0.001909"),
        ("w12 = 0.3", "grad 0.002825"),
        ("w22 = 0.3", "grad 0.00565"),
        ("w13 = 0.3", "grad 0.02031"),
        ("w23 = 0.9", "grad 0.02126"),
    }
    assert [words_in(text)[0] for text in drawn.texts] == [
        "inputs",
        "sigmoid",
        "sigmoid",
        "Orange weights are positive, blue ones negative; the wider, the larger.",
        "a: the weighted inputs; y: the output, the activation of a",
        "δ = -∂E/∂a; grad = ∂E/∂w; E = ½ Σ (target - y)² = 0.01362",
    ]


def test_the_numbers_are_those_of_60_digits() -> None:
    svg = draw_network(article_network(), [0.35, 0.7], 0.5, precision=17).to_svg()

    def sigmoid(a: Any) -> Any:
        return 1 / (1 + mpmath.exp(-a))

    with mpmath.workdps(60):
        # The weights are the floats next to 0.2, 0.3 and 0.9, and so are the inputs.
        w11, w21, w12, w22, w13, w23, x1, x2, target = map(
            mpmath.mpf, (0.2, 0.2, 0.3, 0.3, 0.3, 0.9, 0.35, 0.7, 0.5)
        )
        a1, a2 = w11 * x1 + w21 * x2, w12 * x1 + w22 * x2
        y3, y4 = sigmoid(a1), sigmoid(a2)
        a3 = w13 * y3 + w23 * y4
        y5 = sigmoid(a3)
        delta5 = y5 * (1 - y5) * (target - y5)
        delta3, delta4 = y3 * (1 - y3) * w13 * delta5, y4 * (1 - y4) * w23 * delta5
        expected = {
            "h1": {"a": a1, "y": y3, "δ": delta3},
            "h2": {"a": a2, "y": y4, "δ": delta4},
            "O3": {"a": a3, "y": y5, "δ": delta5},
        }
        gradients = {
            "w11": -delta3 * x1,
            "w21": -delta3 * x2,
            "w12": -delta4 * x1,
            "w22": -delta4 * x2,
            "w13": -delta5 * y3,
            "w23": -delta5 * y4,
        }
        drawn = facts(svg)
        for name, numbers in expected.items():
            got = drawn[name]
            assert got == {key: pytest.approx(float(n), rel=1e-14) for key, n in numbers.items()}
    written = weights(svg)
    assert written.keys() == gradients.keys()
    for name, gradient in gradients.items():
        assert written[name][1] == pytest.approx(float(gradient), rel=1e-14)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 3), min_size=2, max_size=4),
    st.integers(0, 1000),
    st.sampled_from(["relu", "tanh", "sigmoid", "linear"]),
    st.booleans(),
)
def test_sums_outputs_and_gradients_are_those_of_the_model(
    sizes: list[int], seed: int, activation: str, bias: bool
) -> None:
    last = "softmax" if sizes[-1] > 1 else "sigmoid"
    activations = [activation] * (len(sizes) - 2) + [last]
    model = network(sizes, seed, activation=activations, bias=bias)
    rng = random.Random(seed)
    x = [rng.gauss(0, 1) for _ in range(sizes[0])]
    target = [rng.random() for _ in range(sizes[-1])]
    for i, neuron in enumerate(n for layer in model.layers for n in layer.neurons):
        for j, weight in enumerate(neuron.w):
            weight.label = f"w{i}{j}"
    svg = draw_network(model, x, target, precision=17).to_svg()

    output = model(x)
    outputs = output if isinstance(output, list) else [output]
    loss = sum([(t - y) ** 2 / 2 for t, y in zip(target, outputs)], Value(0.0))
    loss.backward()
    drawn = facts(svg)
    neurons = [neuron for layer in model.layers for neuron in layer.neurons]
    names = [name for name in drawn if name[0] in "hO"]
    assert len(names) == len(neurons)
    for name, neuron in zip(names, neurons):
        if bias:
            # The bias is added to the sum, so that its derivative is that of the sum.
            assert drawn[name]["b"] == neuron.b.data
            assert drawn[name]["δ"] == pytest.approx(-neuron.b.grad, rel=1e-12, abs=1e-300)
        else:
            assert "b" not in drawn[name]
    assert [drawn[name]["y"] for name in names[-len(outputs) :]] == [y.data for y in outputs]
    written = weights(svg)
    for weight in [weight for neuron in neurons for weight in neuron.w]:
        assert written[weight.label][0] == weight.data
        assert written[weight.label][1] == pytest.approx(weight.grad, rel=1e-12, abs=1e-300)


def test_without_inputs_there_are_weights_and_biases_alone() -> None:
    drawn = diagram(network([2, 2, 1]))
    assert [words_in(circle) for circle in drawn.circles] == [
        ("x1",),
        ("x2",),
        ("h1", "b = 0.25"),
        ("h2", "b = 0.25"),
        ("O3", "b = 0.25"),
    ]
    assert all(len(words_in(label)) == 1 for label in drawn.labels)
    assert len(drawn.labels) == 6


def test_without_a_target_there_are_no_deltas() -> None:
    svg = draw_network(article_network(), [0.35, 0.7]).to_svg()
    assert facts(svg)["h1"] == {"a": 0.21, "y": 0.5523}
    assert "δ" not in svg
    assert "grad" not in svg


def test_a_layer_and_a_neuron_are_networks_of_one_layer() -> None:
    def units(model: Module) -> list[str]:
        return [words_in(circle)[0] for circle in diagram(model).circles]

    assert units(Layer(2, 3)) == ["x1", "x2", "O1", "O2", "O3"]
    assert units(Neuron(2)) == ["x1", "x2", "O1"]


def test_a_layer_that_is_used_twice_is_drawn_twice() -> None:
    model = network([2, 2, 2], activation=["tanh", "tanh"])
    model.layers[1] = model.layers[0]
    drawn = diagram(model, [0.5, -1.0], [0.0, 1.0])
    assert [words_in(circle)[0] for circle in drawn.circles] == [
        "x1",
        "x2",
        "h1",
        "h2",
        "O3",
        "O4",
    ]
    beside = [label for label in drawn.labels if words_in(label)[0].startswith("target")]
    assert [label.y for label in beside] == [circle.y for circle in drawn.circles[4:]]
    outputs = [words_in(circle)[3] for circle in drawn.circles[4:]]
    assert outputs == [f"y = {y.data:.4g}" for y in model([0.5, -1.0])]


@pytest.mark.parametrize(("label", "shown"), [("b1", "b1"), ("y", "b"), ("a long label", "b")])
def test_a_bias_goes_by_its_label_where_there_is_room(label: str, shown: str) -> None:
    model = network([1, 1, 1])
    model.layers[0].neurons[0].b.label = label
    lines = words_in(diagram(model, [1.0]).circles[1])
    assert [line.split(" = ")[0] for line in lines] == ["h1", shown, "a", "y"]


def test_a_column_is_headed_by_its_activation() -> None:
    def double(x: Value) -> Value:
        return 2 * x

    model = MLP(1, [1, 1, 2], activation=[double, "leaky_relu", "softmax"])
    headings = [words_in(text)[0] for text in diagram(model).texts][:4]
    assert headings == ["inputs", "double", "leaky_relu", "softmax"]


def test_minus_zero_is_written_as_zero() -> None:
    model = Neuron(1, activation="linear", init=lambda rng, inputs, outputs: -0.0)
    drawn = diagram(model, [-0.0], 0)
    texts = [line for circle in drawn.circles for line in words_in(circle)]
    texts += [line for label in drawn.labels for line in words_in(label)]
    assert not any(re.search(r"-0\b(?!\.)", text) for text in texts)


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_numbers_that_are_not_finite_are_drawn(number: float) -> None:
    model = article_network()
    model.layers[0].neurons[0].w[0].data = number
    picture = draw_network(model, [0.35, 0.7], 0.5)
    assert f"w11 = {number:g}" in svg_texts(picture.to_svg())
    assert "#a21caf" in picture.source


# ── The model stays as it is ──────────────────────────────────────────────────


def state(values: list[Value]) -> list[tuple[Any, ...]]:
    return [(repr(v.data), repr(v.grad), v.has_grad, v.label, v.op, v.inputs) for v in values]


@pytest.mark.parametrize("trained", [False, True])
def test_the_model_and_its_inputs_stay_as_they_are(trained: bool) -> None:
    model = network([2, 3, 2], activation=["relu", "softmax"])
    start = Value(0.5, "start")
    x = [start * 2, Value(0.25, "x2")]
    values = [*model.parameters(), start, *x]
    if trained:
        (model(x)[0] * 3).backward()
    before, attributes = state(values), [vars(module) for _, module in model.named_modules()]
    attributes = [dict(each) for each in attributes]
    draws = random.getstate()
    draw_network(model, x, [0.0, Value(1.0)])
    draw_network(model.layers[0].neurons[0], x, 1.0)
    assert state(values) == before
    assert [vars(module) for _, module in model.named_modules()] == attributes
    assert random.getstate() == draws


def test_deltas_are_there_also_where_nothing_is_recorded() -> None:
    expected = draw_network(article_network(), [0.35, 0.7], 0.5).source
    with no_grad():
        assert draw_network(article_network(), [0.35, 0.7], 0.5).source == expected


def test_the_same_network_gives_the_same_bytes() -> None:
    program = (
        "import random\nfrom nn import MLP, draw_network\n"
        "model = MLP(2, [4, 3], activation=['tanh', 'softmax'], rng=random.Random(1))\n"
        "picture = draw_network(model, [0.5, -1.0], [0, 1, 0], title='t')\n"
        "print(picture.source, picture.to_svg())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            cwd=ROOT,
            env=environment(PYTHONHASHSEED=seed, PYTHONIOENCODING="utf-8"),
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


# ── Places ────────────────────────────────────────────────────────────────────


def boxes(shapes: list[Shape]) -> Iterator[tuple[float, float, float, float]]:
    """The left, right, top and bottom edges of shapes."""
    for shape in shapes:
        yield (
            shape.x - shape.width / 2,
            shape.x + shape.width / 2,
            shape.y - shape.height / 2,
            shape.y + shape.height / 2,
        )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=5), st.sampled_from([None, 0, 1]))
def test_nothing_lies_on_anything_else(sizes: list[int], passes: int | None) -> None:
    x = None if passes is None else [0.5] * sizes[0]
    drawn = diagram(network(sizes), x, [1.0] * sizes[-1] if passes else None, "title")
    for one, other in combinations(boxes([*drawn.circles, *drawn.labels]), 2):
        apart = max(
            one[0] - other[1], other[0] - one[1], one[2] - other[3], other[2] - one[3]
        )  # along the axis where they are furthest apart
        assert apart >= 0


@pytest.mark.parametrize("sizes", [[2, 1], [1, 9, 2], [9, 9, 9, 3, 1]])
@pytest.mark.parametrize("passes", [None, 0, 1])
def test_texts_are_above_and_below_the_circles_in_a_margin(
    sizes: list[int], passes: int | None
) -> None:
    x = None if passes is None else [0.5] * sizes[0]
    drawn = diagram(network(sizes), x, [1.0] * sizes[-1] if passes else None, "title")
    title, *headings = drawn.texts[: len(sizes) + 1]
    assert words_in(title) == ("title",)
    middles = sorted({circle.x for circle in drawn.circles})
    assert [heading.x for heading in headings] == middles
    lefts, rights, _, _ = zip(*boxes([*drawn.circles, *drawn.labels]))
    assert title.x == pytest.approx((min(lefts) + max(rights)) / 2)
    _, _, highest, lowest = zip(*boxes(drawn.circles))
    lines = [title, headings[0], *drawn.texts[len(sizes) + 1 :]]
    _, _, tops, bottoms = zip(*boxes(lines))
    assert bottoms[0] < tops[1] < bottoms[1] < min(highest)
    assert min(highest) - bottoms[1] < lines[1].height
    assert max(lowest) < tops[2] < max(lowest) + 2 * lines[2].height
    assert all(above <= below for above, below in pairwise([*bottoms[1:2], *tops[2:]]))

    lefts, rights, tops, bottoms = zip(*boxes([*drawn.circles, *drawn.labels, *drawn.texts]))
    margins = [
        min(lefts) - drawn.left,
        drawn.left + drawn.width - max(rights),
        min(tops) - drawn.top,
        drawn.top + drawn.height - max(bottoms),
    ]
    assert margins == pytest.approx([margins[0]] * 4)
    assert margins[0] > 0


@pytest.mark.parametrize("passes", [False, True])
def test_a_circle_is_as_large_as_its_text_needs(passes: bool) -> None:
    x, target = ([0.123456, 0.5], [1.0, 0.0]) if passes else (None, None)
    circles = diagram(network([2, 3, 2]), x, target).circles
    for column in {circle.x for circle in circles}:
        alike = [circle for circle in circles if circle.x == column]
        needed = max(
            math.hypot(width(line.text, FONT, line.bold) / 2, abs(y) + FONT / 2)
            for circle in alike
            for y, line in zip(middles_of_lines(circle), circle.lines, strict=True)
        )
        for circle in alike:
            assert circle.width == alike[0].width
            assert needed + 4 <= circle.width / 2 < max(needed + 5, 20.5)


def middles_of_lines(shape: Shape) -> list[float]:
    """How far below the middle of a shape its lines of text are, evenly and in order."""
    middle = (len(shape.lines) - 1) / 2
    return [(i - middle) * LINE for i in range(len(shape.lines))]


@pytest.mark.parametrize(("tails", "heads"), [(2, 2), (2, 3), (3, 2), (3, 3), (4, 2)])
@pytest.mark.parametrize("passes", [False, True])
def test_the_weights_between_two_columns_are_evenly_spaced(
    tails: int, heads: int, passes: bool
) -> None:
    x, target = ([0.5] * tails, [1.0] * heads) if passes else (None, None)
    drawn = diagram(network([tails, heads]), x, target)
    labels = [label for label in drawn.labels if label.tooltip]
    assert len(labels) == tails * heads
    ys = sorted(label.y for label in labels)
    gaps = [below - above for above, below in pairwise(ys)]
    # Shares of an arrow's length are tried in steps, so the even one is not met exactly.
    assert min(gaps) > 0.85 * max(gaps)
    # They stay clear of the circles, and of the heads of the arrows.
    left = max(circle.x + circle.width / 2 for circle in drawn.circles[:tails])
    right = min(circle.x - circle.width / 2 for circle in drawn.circles[tails:])
    for label in labels:
        assert left + 4 <= label.x - label.width / 2 + 1e-9
        assert label.x + label.width / 2 <= right - 4 - 9 + 1e-9


def middles_of(drawn: Diagram) -> list[float]:
    """Of the columns, from left to right."""
    return sorted({circle.x for circle in drawn.circles})


def far_apart(drawn: Diagram) -> float:
    """From the middle of the first column to that of the next."""
    first, second, *_ = middles_of(drawn)
    return second - first


@pytest.mark.parametrize(
    ("tails", "heads", "x"),
    [
        (3, 4, None),
        (4, 3, [-123456.7] * 4),
        (2, 3, [-123456.7] * 2),
        (3, 2, [Value(0.5, "M" * 12)] * 3),
    ],
)
def test_columns_are_as_far_apart_as_evenly_spaced_short_weights_need(
    tails: int, heads: int, x: Any
) -> None:
    model = network([tails, heads])
    for parameter in model.parameters():
        parameter.data = 1.0
    drawn = diagram(model, x)
    (wide,) = {label.width for label in drawn.labels if label.tooltip}
    left, right = drawn.circles[0].width / 2, drawn.circles[-1].width / 2
    # Counted from a circle's middle, the text ends clear of the circle and of the arrowhead.
    shares = (tails - 1) / (tails * heads - 1), (heads - 1) / (tails * heads - 1)
    needed = min((left + wide / 2 + 4) / shares[0], (right + wide / 2 + 4 + 9) / shares[1])
    assert far_apart(drawn) == pytest.approx(needed)


@pytest.mark.parametrize("sizes", [[7, 6], [9, 9]])
def test_columns_without_weights_are_as_near_as_the_steepest_arrow_allows(sizes: list[int]) -> None:
    drawn = diagram(network(sizes))
    assert not drawn.labels
    heights = [
        max(circle.y for circle in drawn.circles if circle.x == x) for x in middles_of(drawn)
    ]
    assert sum(heights) / far_apart(drawn) == pytest.approx(1.8)


@pytest.mark.parametrize(
    ("text", "needed"),  # the sum of the advance widths of DejaVu Sans, for a size of 1
    [
        ("0.5", 0.636 + 0.318 + 0.636),
        ("mwMW", 0.974 + 0.818 + 0.863 + 0.989),
        ("h1", 0.634 + 0.636),
        ("OQ", 0.787 + 0.787),
        ("\N{CJK UNIFIED IDEOGRAPH-6F22}", 1.0),
    ],
)
def test_a_text_has_the_room_that_it_needs_and_little_more(text: str, needed: float) -> None:
    assert needed <= width(text, size=1.0) <= 1.2 * needed


@pytest.mark.parametrize("sizes", [[1, 2], [1, 4], [2, 1], [4, 1]])
@pytest.mark.parametrize("x", [None, 0.5])
def test_weights_are_as_near_the_middle_as_two_heights_of_their_texts_allow(
    sizes: list[int], x: float | None
) -> None:
    drawn = diagram(network(sizes), None if x is None else [x] * sizes[0])
    arrows = {arrow.link.tooltip: arrow for arrow in drawn.arrows}
    tail, head = arrows[drawn.labels[0].tooltip].tail, arrows[drawn.labels[0].tooltip].head
    share = (drawn.labels[0].x - tail.x) / (head.x - tail.x)
    ys = sorted(label.y for label in drawn.labels)
    between = min(below - above for above, below in pairwise(ys)) / drawn.labels[0].height
    if sizes[0] == 1:  # in the middle there is more room than that
        assert between > 2
        assert share == pytest.approx(0.5, abs=0.01)
    else:
        assert 2 <= between < 2.05
        assert share < 0.5


def test_what_is_wanted_is_written_beside_the_outputs() -> None:
    drawn = diagram(network([2, 2]), [0.5, 1.0], [1.0, 0.0])
    beside = [label for label in drawn.labels if not label.tooltip]
    outputs = drawn.circles[2:]
    assert [label.y for label in beside] == [circle.y for circle in outputs]
    for label, circle in zip(beside, outputs, strict=True):
        # The text itself begins 3 pixels further to the right.
        assert label.x - label.width / 2 == pytest.approx(circle.x + circle.width / 2 + 8)


@pytest.mark.parametrize("sizes", [[2, 4, 1], [2, 16, 10, 1], [16, 16], [1, 16, 1], [3, 40, 40, 2]])
@pytest.mark.parametrize("passes", [False, True])
def test_no_arrow_passes_behind_a_circle(sizes: list[int], passes: bool) -> None:
    x, target = ([0.5] * sizes[0], [1.0] * sizes[-1]) if passes else (None, None)
    drawn = diagram(network(sizes), x, target)
    for arrow in drawn.arrows:
        across, down = arrow.head.x - arrow.tail.x, arrow.head.y - arrow.tail.y
        for circle in drawn.circles:
            if circle not in (arrow.tail, arrow.head) and circle.kind != "gap":
                share = (circle.x - arrow.tail.x) * across + (circle.y - arrow.tail.y) * down
                share = min(max(share / (across**2 + down**2), 0.0), 1.0)
                x0, y0 = arrow.tail.x + share * across, arrow.tail.y + share * down
                assert math.dist((x0, y0), (circle.x, circle.y)) > circle.width / 2


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=5))
def test_a_weight_is_written_on_its_arrow_or_counted_as_left_out(sizes: list[int]) -> None:
    drawn = diagram(network(sizes))
    arrows = {arrow.link.tooltip: arrow for arrow in drawn.arrows}
    assert len(arrows) == len(drawn.arrows)
    for label in drawn.labels:
        arrow = arrows[label.tooltip]
        tail, head = arrow.tail, arrow.head
        share = (label.x - tail.x) / (head.x - tail.x)
        assert 0 < share < 1
        assert label.y == pytest.approx(tail.y + share * (head.y - tail.y))
        # It is clear of the circles, and of the head of the arrow.
        assert tail.x + tail.width / 2 + 4 <= label.x - label.width / 2 + 1e-9
        assert label.x + label.width / 2 <= head.x - head.width / 2 - 4 - 9 + 1e-9
        assert words_in(label) == (f"{arrow.link.weight:.4g}",)
    notes = " ".join(words_in(text)[0] for text in drawn.texts)
    found = re.search(r"For want of room, (\d+) weights are not written", notes)
    total = sum(tails * heads for tails, heads in pairwise(sizes))
    assert len(drawn.labels) + (int(found[1]) if found else 0) == total == len(drawn.arrows)


@pytest.mark.parametrize(
    "sizes", [[2, 2, 1], [2, 4, 1], [3, 4, 3], [4, 4, 2], [1, 8, 1], [2, 8, 2]]
)
def test_all_weights_of_small_networks_are_written(sizes: list[int]) -> None:
    for x, target in [(None, None), ([0.5] * sizes[0], [1.0] * sizes[-1])]:
        drawn = diagram(network(sizes), x, target)
        assert not any("want of room" in words_in(text)[0] for text in drawn.texts)


def test_columns_follow_each_other_from_left_to_right() -> None:
    drawn = diagram(network([2, 3, 4, 1]))
    xs = [circle.x for circle in drawn.circles]
    assert xs == sorted(xs)
    assert len(set(xs)) == 4
    for arrow in drawn.arrows:
        assert arrow.tail.x < arrow.head.x


def test_thirty_neurons_are_all_shown() -> None:
    drawn = diagram(network([2, 16, 13, 1]))
    assert sum(circle.kind == "neuron" for circle in drawn.circles) == 30
    assert not any("Left out" in words_in(text)[0] for text in drawn.texts)
    assert len(drawn.arrows) == 2 * 16 + 16 * 13 + 13


def test_what_is_left_out_is_counted() -> None:
    drawn = diagram(network([20, 40, 40, 2]))
    kinds = [circle.kind for circle in drawn.circles]
    assert (kinds.count("input"), kinds.count("neuron"), kinds.count("gap")) == (8, 18, 3)
    gaps = [words_in(circle) for circle in drawn.circles if circle.kind == "gap"]
    assert gaps == [("⋮", "12 more"), ("⋮", "32 more"), ("⋮", "32 more")]
    texts = [words_in(text)[0] for text in drawn.texts]
    assert "Left out, with their weights: 12 inputs, 64 neurons" in texts
    assert "In layers of more than 8 neurons, circles hold no bias." in texts


def test_layers_in_the_middle_of_deep_networks_are_left_out() -> None:
    drawn = diagram(network([2, *[2] * 20]))
    names = [words_in(circle) for circle in drawn.circles]
    assert ("⋯", "14 layers") in names
    assert [name for name, *_ in names][-4:] == ["h37", "h38", "O39", "O40"]
    assert "Left out, with their weights: 14 layers" in [words_in(text)[0] for text in drawn.texts]


# ── The drawing ───────────────────────────────────────────────────────────────


def test_arrows_lead_from_rim_to_rim_and_show_the_size_of_their_weights() -> None:
    model = network([2, 3, 2])
    drawn = diagram(model)
    svg = ElementTree.fromstring(draw_network(model).to_svg())
    space = "{http://www.w3.org/2000/svg}"
    groups = [group for group in svg.iter(f"{space}g") if group.find(f"{space}path") is not None]
    widths = []
    for group, arrow in zip(groups, drawn.arrows, strict=True):
        path, head = group.find(f"{space}path"), group.find(f"{space}polygon")
        assert path is not None
        assert head is not None
        x1, y1, x2, y2 = map(float, re.findall(r"[-\d.]+", path.attrib["d"]))
        tip, left, right = [
            tuple(map(float, point.split(","))) for point in head.attrib["points"].split()
        ]
        tail_end = math.dist((x1, y1), (arrow.tail.x, arrow.tail.y))
        assert tail_end == pytest.approx(arrow.tail.width / 2, abs=0.08)
        head_end = math.dist(tip, (arrow.head.x, arrow.head.y))
        assert head_end == pytest.approx(arrow.head.width / 2, abs=0.08)
        # The line ends in the middle of the base of its head, which is at a right angle to it.
        base = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2
        assert base == pytest.approx((x2, y2), abs=0.08)
        along, across = (tip[0] - x2, tip[1] - y2), (right[0] - left[0], right[1] - left[1])
        long, broad = math.hypot(*along), math.hypot(*across)
        cosine = (along[0] * across[0] + along[1] * across[1]) / (long * broad)
        assert cosine == pytest.approx(0.0, abs=0.03)  # of corners rounded to 0.1
        assert 1.0 < long / broad < 1.5
        widths.append(float(path.attrib["stroke-width"]))
        assert 2 * widths[-1] < broad
    # The strongest arrows are drawn last, and the widest.
    sizes = [abs(arrow.link.weight) for arrow in drawn.arrows]
    assert sizes == sorted(sizes)
    assert widths == pytest.approx([0.8 + 2.2 * size / sizes[-1] for size in sizes], abs=0.051)


def test_names_and_what_stands_for_units_left_out_are_bold() -> None:
    svg = ElementTree.fromstring(draw_network(network([20, 2]), title="t").to_svg())
    texts = list(svg.iter("{http://www.w3.org/2000/svg}text"))
    bold = [text.text for text in texts if text.get("font-weight") == "bold"]
    names = [f"x{i}" for i in (1, 2, 3, 4, 5, 6, 19, 20)]
    assert sorted(map(str, bold)) == sorted([*names, "⋮", "O1", "O2", "t"])


# ── Graphviz ──────────────────────────────────────────────────────────────────


def test_it_is_a_digraph_that_can_be_saved_copied_and_added_to(tmp_path: Path) -> None:
    picture = draw_network(article_network(), format="png")
    assert isinstance(picture, graphviz.Digraph)
    assert picture.format == "png"
    saved = Path(picture.save(tmp_path / "network.gv"))
    assert saved.read_text("utf-8") == picture.source
    twin = picture.copy()
    assert twin.source == picture.source
    assert twin.to_svg() == picture.to_svg()
    twin.node("note", "a note")
    assert twin.source != picture.source
    with twin.subgraph(name="more") as part:
        part.node("other")
    assert "other" in twin.source
    with pytest.raises(ValueError, match=r"^a part of a network's picture has no SVG of its own$"):
        part.to_svg()


@needs_dot
@pytest.mark.parametrize("sizes", [[2, 2, 1], [2, 16, 10, 1], [3, 40, 40, 2], [2] * 20])
def test_dot_keeps_to_the_places_and_has_nothing_to_complain_about(
    sizes: list[int], capfd: pytest.CaptureFixture[str]
) -> None:
    model, x, target = network(sizes), [0.5] * sizes[0], [1.0] * sizes[-1]
    # As a user runs it: the source says by itself which layout is wanted.
    source = draw_network(model, x, target, title="title").source
    read_back = subprocess.run(["dot", "-Tjson"], input=source.encode(), capture_output=True)
    assert read_back.stderr == b""
    nodes = {node["name"]: node["pos"] for node in json.loads(read_back.stdout)["objects"]}
    places = {
        circle.name: (0.75 * circle.x, -0.75 * circle.y)
        for circle in diagram(model, x, target, "title").circles
    }
    found = {name: tuple(map(float, nodes[name].split(","))) for name in places}
    # Graphviz moves the whole so that it begins at 0.
    shifts = [(found[name][0] - x, found[name][1] - y) for name, (x, y) in places.items()]
    for across, down in shifts:
        assert across == pytest.approx(shifts[0][0], abs=0.1)
        assert down == pytest.approx(shifts[0][1], abs=0.1)
    draw_network(model, x, target).pipe()
    assert capfd.readouterr().err == ""


def words(texts: list[str]) -> list[str]:
    return sorted(" ".join(text.split()) for text in texts if text.strip())


@needs_dot
def test_dot_says_the_same_as_the_svg_of_the_library() -> None:
    picture = draw_network(network([2, 3, 2]), [0.5, -1.0], [0.0, 1.0], title="<a> & \\b")
    assert words(dot_texts(picture.pipe().decode())) == words(svg_texts(picture.to_svg()))


def labelled(text: str) -> graphviz.Digraph:
    """A picture with ``text`` as every label."""
    model = network([2, 2, 1])
    for parameter in model.parameters():
        parameter.label = text
    return draw_network(model, [Value(0.5, text), Value(1.0, text)], 1.0, title=text)


def as_shown(text: str) -> str:
    line = text.replace("\n", " ").replace("\t", " ")
    return "".join(each if each.isprintable() else "\ufffd" for each in line)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_labels_are_text_in_the_svg(text: str) -> None:
    svg = labelled(text).to_svg()
    tags = {element.tag.split("}")[1] for element in ElementTree.fromstring(svg).iter()}
    assert tags == {"svg", "rect", "g", "title", "path", "polygon", "circle", "text"}
    assert as_shown(text) in svg_texts(svg)


@needs_dot
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_labels_are_text_for_dot(text: str) -> None:
    picture = labelled(text)
    svg = picture.pipe().decode()
    assert not re.search(r"<(script|b|i)\b", svg, re.I)
    assert words(dot_texts(svg)) == words(svg_texts(picture.to_svg()))


@settings(max_examples=50, deadline=None)
@given(any_text())
def test_any_label_can_be_written(text: str) -> None:
    picture = labelled(text)
    picture.source.encode()
    ElementTree.fromstring(picture.to_svg())


def test_long_labels_are_cut_and_whole_in_tooltips() -> None:
    model = article_network()
    label = "a label that is longer than there is room for"
    model.layers[0].neurons[0].w[0].label = label
    svg = draw_network(model).to_svg()
    assert "a label tha… = 0.2" in svg_texts(svg)
    assert f"{label} = 0.2" in svg


@pytest.mark.parametrize(("label", "shown"), [("n" * 12, "n" * 12), ("n" * 13, "n" * 11 + "…")])
def test_a_label_of_12_characters_is_whole(label: str, shown: str) -> None:
    model = article_network()
    model.layers[0].neurons[0].w[0].label = label
    assert f"{shown} = 0.2" in svg_texts(draw_network(model).to_svg())


# ── Without Graphviz ──────────────────────────────────────────────────────────


def test_a_notebook_shows_the_picture_without_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    picture = draw_network(article_network())
    shown = picture._repr_mimebundle_()
    assert set(shown) == {"image/svg+xml", "text/html"}
    assert shown["image/svg+xml"] == picture.to_svg()
    assert base64.b64encode(picture.to_svg().encode()).decode() in shown["text/html"]
    assert picture._repr_mimebundle_(exclude=["image/svg+xml"]) == {}
    assert picture._repr_mimebundle_(include=["image/png"]) == {}


@needs_dot
def test_a_notebook_shows_what_dot_draws() -> None:
    picture = draw_network(article_network())
    picture.node("note", "a note of one's own", pos="0,0!")
    shown = picture._repr_mimebundle_()
    assert set(shown) == {"image/svg+xml", "text/html"}
    assert "a note of one&#39;s own" in shown["image/svg+xml"]


def test_without_the_package_graphviz_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)
    monkeypatch.delitem(sys.modules, "nn.drawing.digraph", raising=False)
    with pytest.raises(ModuleNotFoundError) as raised:
        draw_network(article_network())
    assert str(raised.value) == (
        "draw_network() gives a graphviz.Digraph and needs the package graphviz: "
        "pip install graphviz"
    )


# ── Errors ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (
            lambda: draw_network(Value(1.0)),  # type: ignore[arg-type]
            TypeError,
            "draw_network() draws an MLP, a Layer, a Neuron, a Linear or a Sequential of these, "
            "got Value(1.0); autograd.graph(y) draws how a Value was computed, whatever by",
        ),
        (
            lambda: draw_network(article_network(), target=0.5),
            ValueError,
            "a target is compared with the output for inputs: pass inputs too",
        ),
        (
            lambda: draw_network(article_network(), 0.5),  # type: ignore[arg-type]
            TypeError,
            "this network takes a list of 2 inputs, each a number or a Value; "
            "got 0.5, of type float",
        ),
        (
            lambda: draw_network(article_network(), [[0.5, 1.0]]),  # type: ignore[list-item]
            ValueError,
            "this network takes a list of 2 inputs, each a number or a Value; "
            "got [[0.5, 1.0]], of type list",
        ),
        (
            lambda: draw_network(article_network(), [0.5]),
            ValueError,
            "this network takes 2 inputs, got 1",
        ),
        (
            lambda: draw_network(article_network(), [0.5, "a"]),  # type: ignore[list-item]
            TypeError,
            "input 1 must be a number or a Value; got 'a', of type str",
        ),
        (
            lambda: draw_network(article_network(), [0.5, 1], [0.5, 1]),
            ValueError,
            "the target of 1 output is a number; got [0.5, 1]",
        ),
        (
            lambda: draw_network(article_network(), [0.5, 1], "a"),  # type: ignore[arg-type]
            TypeError,
            "the target of 1 output is a number; got 'a'",
        ),
        (
            lambda: draw_network(Layer(2, 3), [0.5, 1], 0.5),
            TypeError,
            "the target of 3 outputs is a list of 3 numbers; got 0.5",
        ),
        (
            lambda: draw_network(Layer(2, 3), [0.5, 1], [0.5]),
            ValueError,
            "the target of 3 outputs is a list of 3 numbers; got [0.5]",
        ),
        (
            lambda: draw_network(article_network(), title=3),  # type: ignore[arg-type]
            TypeError,
            "title must be a string, got 3",
        ),
        (
            lambda: draw_network(article_network(), precision=0),
            ValueError,
            "precision must be a whole number from 1 to 17, got 0",
        ),
        (
            lambda: draw_network(article_network(), precision=4.5),  # type: ignore[arg-type]
            TypeError,
            "precision must be a whole number from 1 to 17, got 4.5",
        ),
    ],
)
def test_bad_arguments_are_refused_with_a_remedy(
    draw: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        draw()


def test_inputs_and_targets_may_be_values_or_arrays() -> None:
    expected = draw_network(article_network(), [0.35, 0.7], 0.5).source
    for x, target in [
        ((0.35, 0.7), [0.5]),
        (np.array([0.35, 0.7]), np.float64(0.5)),
        ([Value(0.35), Value(0.7)], Value(0.5)),
    ]:
        assert draw_network(article_network(), x, target).source == expected  # type: ignore[arg-type]
