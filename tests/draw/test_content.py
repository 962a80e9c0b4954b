"""The content of pictures: texts, colours, marks, and errors."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Graph, Primitive, Value, clamp, graph
from autograd import sum as total
from autograd.draw import DotOptions, PictureOptions, draw_dot, picture_of, save, to_svg
from autograd.draw.colors import THEMES, Scale, blend, contrast, readable_on
from autograd.draw.options import complete_options
from autograd.draw.picture import Box, Picture, Ramp, Swatch
from nn import MLP, Neuron
from tests.drawings import contents, edges, example, lines_of, network
from tests.programs import ROOT

# ── Boxes ─────────────────────────────────────────────────────────────────────


def test_a_box_shows_label_operation_number_and_gradient() -> None:
    x = Value(3.0, "x")
    y = (x * 2.0).tanh()
    y.label = "y"
    assert contents(picture_of(graph(y))) == {
        "value0": ["x", "3", "grad –"],
        "value1": ["(·) * 2", "6", "grad –"],
        "value2": ["y", "tanh", "1", "grad –"],
    }


def test_a_gradient_is_a_dash_until_a_backward_pass_and_then_a_number() -> None:
    x = Value(3.0, "x")
    y = x * 0.0
    assert contents(picture_of(graph(y)))["value0"][-1] == "grad –"
    y.backward()
    assert contents(picture_of(graph(y)))["value0"][-1] == "grad 0"
    assert contents(picture_of(graph(x + y)))["value2"][-1] == "grad –"


def test_small_gradients_are_not_rounded_to_zero() -> None:
    x = Value(1e-9, "x")
    (x * 1e-12).backward()
    assert contents(picture_of(graph(x)))["value0"] == ["x", "1e-09", "grad 1e-12"]


def test_what_has_no_label_has_its_name_as_a_parameter() -> None:
    neuron = Neuron(1)
    neuron.b.label = "bias"
    snapshot = graph(neuron([Value(2.0)]))
    assert [lines[0] for lines in contents(picture_of(snapshot)).values()][:3] == [
        "bias",
        "w.0",
        "2",
    ]
    # Without frames, the name contains its groups.
    unframed = [lines[0] for lines in contents(picture_of(snapshot, frames=False)).values()]
    assert unframed[:3] == ["bias", "Neuron.w.0", "2"]


@pytest.mark.parametrize(
    ("root", "written"),
    [
        (2 - Value(3.0), "2 - (·)"),
        (Value(3.0) - 2, "(·) - 2"),
        (Value(3.0) ** 2, "(·) ** 2"),
        (-Value(3.0), "neg"),
        (Value(3.0).maximum(0.25), "max(·, 0.25)"),
        (clamp(Value(3.0), 0, 1), "clamp(·, 0, 1)"),
        (total([Value(3.0), 5.0, Value(1.0)]), "sum(·, 5, ·)"),
        (total([Value(3.0), 5.0]), "sum(·, 5)"),
        (total([Value(3.0)] * 4 + [1.0] * 3), "sum (3 of 7 constant)"),
        (total([Value(3.0)] * 7), "sum"),
    ],
    ids=str,
)
def test_constants_stand_in_the_operation(root: Value, written: str) -> None:
    assert lines_of(picture_of(graph(root)).boxes[-1])[0] == written


def test_in_the_classic_style_operations_and_constants_are_apart() -> None:
    x = Value(3.0, "x")
    picture = picture_of(graph(2 - x * x), style="classic", local_derivatives="numbers")
    assert [(box.id, box.shape, lines_of(box)) for box in picture.boxes] == [
        ("value0", "box", ["x", "3", "grad –"]),
        ("operation1", "oval", ["*"]),
        ("value1", "box", ["9", "grad –"]),
        ("operation2", "oval", ["-"]),
        ("constant2_0", "text", ["2"]),
        ("value2", "box", ["-7", "grad –"]),
    ]
    assert sorted(edges(picture)) == [
        ("constant2_0", "operation2", ""),
        ("operation1", "value1", ""),
        ("operation2", "value2", ""),
        ("value0", "operation1", "3"),
        ("value0", "operation1", "3"),
        ("value1", "operation2", "-1"),
    ]


def test_a_zero_has_no_sign_except_in_tooltips_and_as_a_constant() -> None:
    x = Value(-0.0, "x")
    y = (x * 2.0).relu() * -1.0 + Value(-0.0) * -0.0
    y.backward()
    picture = picture_of(graph(y), local_derivatives="both", max_boxes=None)
    texts = [line for box in picture.boxes for line in lines_of(box)]
    texts += [label.rpartition(" = ")[2] for _, _, label in edges(picture)]
    assert [text for text in texts if "-0" in text.split()] == ["(·) * -0"]
    assert "grad 0" in texts
    assert "data -0.0" in picture.boxes[0].tooltip
    folded = picture_of(graph(sum([Value(-0.0) for _ in range(60)], Value(0.0))))
    assert "values 0" in [line for box in folded.boxes for line in lines_of(box)]


def test_a_label_in_a_frame_does_not_repeat_the_path_of_the_frame() -> None:
    model = MLP(1, [1])
    for name, parameter in model.named_parameters():
        parameter.label = name
    neuron = model.layers[0].neurons[0]
    output = model([Value(2.0, "layers.0.x")])
    output.label = "MLP.layers.0.neurons.0.out"
    snapshot = graph(output)
    shown = picture_of(snapshot, local_derivatives="symbols")
    assert neuron.b.label == "layers.0.neurons.0.b"
    named = [line.text for box in shown.boxes for line in box.lines if line.scale > 1.0]
    assert sorted(named) == ["b", "layers.0.x", "out", "w.0"]
    assert "w.0" in [label for _, _, label in edges(shown)]
    unframed = [lines_of(box)[0] for box in picture_of(snapshot, frames=False).boxes]
    assert {"layers.0.neurons.0.b", "MLP.layers.0.neurons.0.out"} <= set(unframed)


def test_without_frames_a_folded_group_says_where_it_is() -> None:
    picture = picture_of(network([2, 1], 1), frames=False, depth=2)
    titles = [lines_of(box)[0] for box in picture.boxes]
    assert "MLP.layers.0.neurons.1 (Neuron)" in titles
    assert "MLP.layers.1.neurons.0 (Neuron)" in titles


def test_an_operation_of_ones_own_is_drawn_with_its_symbol() -> None:
    cube = Primitive("cube", lambda x: x**3, lambda x, out: 3.0 * x * x, symbol="x³ & <more>")
    picture = picture_of(graph(cube(Value(2.0))), local_derivatives="numbers")
    assert lines_of(picture.boxes[1]) == ["x³ & <more>", "8", "grad –"]
    assert edges(picture) == [("value0", "value1", "12")]


def test_what_is_rounded_stands_in_full_in_the_tooltip() -> None:
    neuron = Neuron(1)
    neuron.w[0].data = 1 / 3
    snapshot = graph(neuron([1.0]))
    picture = picture_of(snapshot)
    tooltips = {lines_of(box)[0]: box.tooltip for box in picture.boxes}
    assert tooltips["w.0"] == "Neuron.w.0\ndata 0.3333333333333333\ngrad –"
    [product] = [node for node in snapshot if node.op is not None and node.op.symbol == "*"]
    name = snapshot.name(product)  # as formulas and explanations call it
    assert tooltips["(·) * 1"] == f"{name}\nNeuron\nmultiply\ndata 0.3333333333333333\ngrad –"
    assert "local derivative 1.0" in {edge.tooltip for edge in picture.edges}


def test_precision_counts_significant_digits() -> None:
    x = Value(1 / 3, "x")
    for precision, text in [(1, "0.3"), (4, "0.3333"), (17, "0.33333333333333331")]:
        assert contents(picture_of(graph(x), precision=precision))["value0"][1] == text


# ── Edges ─────────────────────────────────────────────────────────────────────


def test_an_operand_used_twice_has_two_edges() -> None:
    x = Value(3.0)
    assert edges(picture_of(graph(x * x))) == [("value0", "value1", "")] * 2


def test_local_derivatives_stand_on_the_edges_where_asked_for() -> None:
    a, b = Value(6.0, "a"), Value(4.0, "b")
    snapshot = graph(a * b + 1.0)
    labels = {
        how: [label for _, _, label in edges(picture_of(snapshot, local_derivatives=how))]
        for how in (None, "numbers", "symbols", "both")
    }
    assert labels == {
        None: ["", "", ""],
        "numbers": ["4", "6", "1"],
        "symbols": ["b", "a", "1"],
        "both": ["b = 4", "a = 6", "1"],
    }


def test_a_number_that_is_its_own_formula_is_said_once() -> None:
    picture = picture_of(graph(2 - Value(3.0)), local_derivatives="both")
    assert [label for _, _, label in edges(picture)] == ["-1"]


# ── Colours ───────────────────────────────────────────────────────────────────


def box_of(picture: Picture, id: str) -> Box:
    return next(box for box in picture.boxes if box.id == id)


def channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:], 16)


def signed() -> Value:
    """A value whose inputs have the gradients 100, -0.01, 0."""
    x, y, z = Value(1.0, "x"), Value(2.0, "y"), Value(0.0, "z")
    out = x * 100.0 - y * 0.01 + z * 0.0
    out.backward()
    return out


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_gradients_are_blue_below_zero_and_orange_above(theme: Any) -> None:
    picture = picture_of(graph(signed()), theme=theme)
    fills = {lines_of(box)[0]: box.fill for box in picture.boxes}
    red, _, blue = channels(fills["x"])
    assert red > blue + 100
    red, _, blue = channels(fills["y"])
    assert blue > red
    assert fills["z"] == THEMES[theme].stops[2]
    assert picture.legend is not None
    assert picture.legend.title == "gradient"
    assert [(entry.color, entry.text) for entry in picture.legend.entries] == [  # type: ignore[union-attr]
        (fills["(·) * 0.01"], "-1"),
        (fills["y"], "-0.01"),
        (fills["z"], "0"),
        (fills["+"], "1"),
        (fills["x"], "100"),
    ]
    assert fills["x"] == THEMES[theme].stops[-1]


def test_a_print_has_dashes_for_the_sign_and_no_colours() -> None:
    picture = picture_of(graph(signed()), theme="print")
    boxes = {lines_of(box)[0]: box for box in picture.boxes}
    assert (boxes["x"].dashed, boxes["y"].dashed, boxes["z"].dashed) == (False, True, False)
    for box in picture.boxes:
        assert len(set(channels(box.fill))) == 1
    assert channels(boxes["x"].fill) < channels(boxes["y"].fill) < channels(boxes["z"].fill)
    assert picture.legend is not None
    assert picture.legend.title == "gradient (dashed: negative)"


def test_a_print_has_no_dashes_where_a_number_is_not_finite() -> None:
    picture = picture_of(graph(Value(-math.inf, "x") * 2.0), color_by="value", theme="print")
    assert [box.dashed for box in picture.boxes] == [False, False]


def test_boxes_may_show_values_and_edges_local_derivatives() -> None:
    snapshot = graph(Value(-2.0, "x") * Value(3.0, "y"))
    by_value = picture_of(snapshot, color_by="value")
    red, _, blue = channels(box_of(by_value, "value0").fill)
    assert blue > red
    red, _, blue = channels(box_of(by_value, "value1").fill)
    assert red > blue
    by_edge = picture_of(snapshot, color_by="local derivative")
    assert {box.fill for box in by_edge.boxes} == {THEMES["light"].leaf, THEMES["light"].box}
    red, _, blue = channels(by_edge.edges[0].color)  # into x: y is 3
    assert red > blue
    red, _, blue = channels(by_edge.edges[1].color)
    assert blue > red
    assert by_edge.legend is not None
    assert by_edge.legend.title == "local derivative"
    plain = picture_of(snapshot, color_by=None)
    assert plain.legend is None
    assert {edge.color for edge in plain.edges} == {THEMES["light"].edge}


def test_without_a_backward_pass_there_is_no_scale_of_gradients() -> None:
    picture = picture_of(graph(example()))
    assert picture.legend is None
    assert {box.fill for box in picture.boxes} == {THEMES["light"].leaf, THEMES["light"].box}


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_what_is_not_finite_has_the_colour_of_alarm(bad: float) -> None:
    x = Value(bad, "x")
    y = x * Value(2.0, "y")
    picture = picture_of(graph(y), color_by="value")
    assert [box.fill for box in picture.boxes] == [
        "#facc15",
        THEMES["light"].stops[-1],
        "#facc15",
    ]
    assert picture.legend is not None
    assert picture.legend.entries[1].text == "inf or nan"  # type: ignore[union-attr]
    by_edge = picture_of(graph(y), color_by="local derivative")
    assert by_edge.edges[1].color == "#facc15"
    assert by_edge.edges[1].width > by_edge.edges[0].width


def test_a_folded_group_has_the_colour_of_its_strongest_gradient() -> None:
    snapshot = network([3, 1], 1)
    picture = picture_of(snapshot, depth=0)
    strongest = max(
        [node.grad for node in snapshot if node.group is not None and node.grad is not None],
        key=abs,
    )
    outside = [node.grad for node in snapshot if node.group is None and node.grad is not None]
    scale = Scale.of([strongest, *outside])
    assert scale is not None
    assert box_of(picture, "group0").fill == blend(THEMES["light"].stops, scale.position(strongest))


@given(st.floats(allow_nan=False, allow_infinity=False), st.lists(st.floats(), min_size=1))
def test_a_place_on_the_scale_has_the_sign_of_the_number_and_grows_with_it(
    number: float, others: list[float]
) -> None:
    scale = Scale.of([number, *others])
    assert scale is not None
    place = scale.position(number)
    assert -1.0 <= place <= 1.0
    assert (place > 0.0) == (number > 0.0)
    assert (place < 0.0) == (number < 0.0)
    assert abs(scale.position(number / 2.0)) <= abs(place)
    assert scale.position(-number) == -place


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=12))
def test_a_legend_has_the_colours_of_the_numbers_shown_and_no_others(numbers: list[float]) -> None:
    scale = Scale.of(numbers)
    assert scale is not None
    stops = THEMES["light"].stops
    colors = {blend(stops, scale.position(number)) for number in numbers}
    ends = set()
    for entry in scale.legend(stops, repr):
        ends |= {entry.color} if isinstance(entry, Swatch) else {entry.colors[0], entry.colors[-1]}
        texts = (entry.text,) if isinstance(entry, Swatch) else entry.texts
        for text in texts:
            if text[0] not in "≤≥":
                assert float(text) in numbers
    assert ends <= colors
    assert max(map(abs, map(scale.position, numbers))) in (0.0, 1.0)


def test_a_zero_has_no_sign_in_a_legend() -> None:
    scale = Scale.of([-0.0, 1.0])
    assert scale is not None
    zero, one = scale.legend(THEMES["light"].stops, str)
    assert isinstance(zero, Swatch)
    assert isinstance(one, Swatch)
    assert (zero.text, one.text) == ("0.0", "1.0")


def test_numbers_that_differ_have_colours_that_differ() -> None:
    """The gradients of the README's example, the least of which is a third of the greatest."""
    scale = Scale.of([0.7864, 1.0, 1.573, -2.359])
    assert scale is not None
    places = [scale.position(number) for number in (0.7864, 1.0, 1.573, 2.359)]
    assert places[0] == 0.25
    assert places[-1] == 1.0
    assert min(after - before for before, after in pairwise(places)) > 0.15


def test_the_scale_spans_a_factor_of_2_at_least_and_six_powers_of_ten_at_most() -> None:
    for numbers, low, high in [
        ([1e-10, 0.1, -100.0], -4.0, 2.0),
        ([0.99, 1.0], -math.log10(2.0), 0.0),
        ([0.0], -math.log10(2.0), 0.0),
    ]:
        scale = Scale.of(numbers)
        assert scale is not None
        assert (scale.low, scale.high) == pytest.approx((low, high), abs=1e-15)
    assert Scale.of([math.nan, math.inf]) is None
    assert Scale.of([]) is None


def test_the_end_of_a_ramp_says_that_smaller_numbers_look_the_same() -> None:
    for sign, text in [(1.0, "≤ 0.001"), (-1.0, "≥ -0.001")]:
        scale = Scale.of([sign * size for size in (1e-9, 1.0, 10.0, 1000.0)])
        assert scale is not None
        (ramp,) = scale.legend(THEMES["light"].stops, lambda number: f"{number:g}")
        assert isinstance(ramp, Ramp)
        assert text in ramp.texts
        assert f"{sign * 1000:g}" in ramp.texts


@given(st.floats(-1.0, 1.0), st.sampled_from(["light", "dark", "print"]))
def test_letters_can_be_read_on_every_colour(place: float, theme: str) -> None:
    """WCAG 2 requires a contrast of 4.5."""
    fill = blend(THEMES[theme].stops, place)
    assert contrast(readable_on(fill), fill) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_letters_can_be_read_on_whatever_else_there_is(theme: Any) -> None:
    for fill in (theme.box, theme.leaf, theme.folded, theme.background):
        assert contrast(theme.text, fill) >= 4.5
        assert contrast(theme.muted, fill) >= 4.5
    for fill in theme.frames:
        if fill != "none":
            assert contrast(theme.frame_text, fill) >= 4.5
    assert contrast(readable_on(theme.alarm), theme.alarm) >= 4.5


# ── Marks ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("style", ["one box", "classic"])
def test_every_way_from_a_leaf_to_the_root_is_marked(style: Any) -> None:
    x, y = Value(3.0, "x"), Value(2.0, "y")
    side = x * y
    out = side.tanh() + x * 2.0 + y
    snapshot = graph(out)
    picture = picture_of(snapshot, path_from="x", style=style)
    marked = {box.id for box in picture.boxes if box.stroke == THEMES["light"].highlight}
    on_paths = snapshot.path(x).nodes
    assert {id for id in marked if id.startswith("value")} == {f"value{id}" for id in on_paths}
    assert "value" + str(snapshot[y].id) not in marked
    for edge in picture.edges:
        ends = picture.boxes[edge.tail].id, picture.boxes[edge.head].id
        assert (edge.color == THEMES["light"].highlight) == (set(ends) <= marked)
        assert (edge.width > 1.0) == (set(ends) <= marked)
    assert picture.caption == "2 paths lead from x to the root; the derivative is 2."


def test_the_operation_that_computed_the_beginning_of_the_ways_is_not_on_them() -> None:
    x = Value(3.0, "x")
    start = x.tanh()
    start.label = "start"
    picture = picture_of(graph(start * 2.0), path_from="start", style="classic")
    marked = [box.id for box in picture.boxes if box.stroke_width > 1.0]
    assert marked == ["value1", "operation2", "value2"]
    assert [edge.width > 1.0 for edge in picture.edges].count(True) == 2


def test_ways_are_marked_through_folded_groups() -> None:
    snapshot = network([2, 1], 1)
    leaf = snapshot.find("MLP.layers.0.neurons.1.w.0")[0]
    picture = picture_of(snapshot, depth=2, path_from=leaf)
    marked = [lines_of(box)[0] for box in picture.boxes if box.stroke_width > 1.0]
    assert marked == ["neurons.0 (Neuron)", "neurons.1 (Neuron)", "(·) - 1", "(·) ** 2", "loss"]
    assert sum(edge.width > 1.0 for edge in picture.edges) == 4
    assert picture.caption.startswith("1 path leads from ")


def test_a_leaf_to_mark_from_has_to_be_in_the_graph() -> None:
    with pytest.raises(KeyError, match="no node has the label 'nobody'"):
        picture_of(graph(example()), path_from="nobody")


# ── Options ───────────────────────────────────────────────────────────────────


def test_size_direction_title_and_background_are_those_asked_for() -> None:
    picture = picture_of(
        graph(example()), font_size=20, direction="BT", title="A <title>", theme="dark"
    )
    assert (picture.font_size, picture.direction) == (20.0, "BT")
    assert (picture.title, picture.background) == ("A <title>", "#111827")


def test_the_classic_style_is_left_to_graphviz(tmp_path: Path) -> None:
    snapshot = graph(example())
    options: Any = {"style": "classic"}
    said = (
        'style="classic" is laid out by Graphviz alone: take to_dot() or draw_dot(), '
        'or save with layout="dot"'
    )
    own: list[Callable[..., Any]] = [
        *(snapshot.to_svg, partial(snapshot.save, tmp_path / "a.svg")),
        partial(save, snapshot, tmp_path / "a.svg", layout="own"),
        lambda **options: to_svg(picture_of(snapshot, **options)),
    ]
    for draw in own:
        with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
            draw(**options)
    assert list(tmp_path.iterdir()) == []
    assert "operation2" in snapshot.to_dot(**options).source
    assert "operation2" in save(snapshot, tmp_path / "a.gv", **options).read_text()


def test_signatures_tell_the_options_with_their_types_and_defaults() -> None:
    common = set(PictureOptions.__annotations__)
    functions: list[tuple[Any, set[str]]] = [
        (picture_of, common | {"graph", "style"}),
        (draw_dot, (common | {"root", "format", "rankdir", "style"}) - {"direction"}),
        (save, common | {"root", "path", "layout", "style"}),
        (Graph.to_svg, common | {"self"}),
        (Graph.to_dot, common | {"self", "format", "style"}),
        (Graph.save, common | {"self", "path", "layout", "data", "output", "style"}),
    ]
    for function, expected in functions:
        parameters = inspect.signature(function).parameters
        assert set(parameters) == expected
        assert parameters["max_boxes"].default == 40
        assert parameters["theme"].annotation == Literal["light", "dark", "print"]
    listed = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "pictures.md").read_text("utf-8"), re.M)
    assert listed == [name for name in complete_options({}) if name != "style"]
    assert complete_options({}) == complete_options(
        complete_options({})
    )  # each default is one that is taken
    for name in complete_options({}):
        assert f"\n    {name}: " in inspect.cleandoc(
            f"{PictureOptions.__doc__}\n{DotOptions.__doc__}"
        ).replace("\n        ", "\n    ")


@pytest.mark.parametrize(
    ("option", "wrong", "said"),
    [
        (
            "local_derivatives",
            "all",
            "local_derivatives must be one of None, 'numbers', 'symbols', 'both', got 'all'",
        ),
        (
            "color_by",
            "grad",
            "color_by must be one of None, 'gradient', 'value', 'local derivative', got 'grad'",
        ),
        ("style", "new", "style must be one of 'one box', 'classic', got 'new'"),
        ("theme", "solarized", "theme must be one of 'light', 'dark', 'print', got 'solarized'"),
        ("direction", "up", "direction must be one of 'LR', 'RL', 'TB', 'BT', got 'up'"),
        ("depth", -1, "depth must be None or a whole number from 0 up, got -1"),
        ("depth", 1.5, "depth must be None or a whole number from 0 up, got 1.5"),
        ("max_boxes", 9, "max_boxes must be None or a whole number from 10 up, got 9"),
        ("max_boxes", "all", "max_boxes must be None or a whole number from 10 up, got 'all'"),
        ("precision", 0, "precision must be a whole number from 1 to 17, got 0"),
        ("precision", None, "precision must be a whole number from 1 to 17, got None"),
        ("font_size", 3, "font_size must be a number of pixels from 4 to 100, got 3"),
        ("font_size", math.nan, "font_size must be a number of pixels from 4 to 100, got nan"),
        ("font_size", "12", "font_size must be a number of pixels from 4 to 100, got '12'"),
        ("title", None, "title must be a string, got None"),
        ("frames", "yes", "frames must be True or False, got 'yes'"),
        ("theme", ["light"], "theme must be one of 'light', 'dark', 'print', got ['light']"),
    ],
)
def test_an_option_that_there_is_not_is_refused(option: str, wrong: Any, said: str) -> None:
    with pytest.raises((TypeError, ValueError)) as error:
        picture_of(graph(example()), **{option: wrong})
    assert str(error.value) == said


@pytest.mark.parametrize("wrong", ["colour", "dept", "rank_dir", "formt", "layuot", "Theme"])
def test_an_option_that_there_is_not_is_an_error_that_names_the_nearest(
    wrong: str, tmp_path: Path
) -> None:
    snapshot = graph(example())
    common = {"colour": "color_by", "dept": "depth", "Theme": "theme"}
    draws: list[tuple[Callable[..., Any], dict[str, str]]] = [
        (snapshot.to_svg, {}),
        (snapshot.to_dot, {"formt": "format"}),
        (partial(picture_of, snapshot), {}),
        (partial(draw_dot, snapshot), {"formt": "format", "rank_dir": "rankdir"}),
        (partial(snapshot.save, tmp_path / "a.svg"), {"layuot": "layout"}),
        (partial(save, snapshot, tmp_path / "a.gv"), {"layuot": "layout"}),
    ]
    for draw, own in draws:
        with pytest.raises(TypeError) as error:
            draw(**{wrong: "TB"})
        message, _, listed = str(error.value).partition(" options are ")
        nearest = (common | own).get(wrong)
        if nearest is not None:
            assert message == f"there is no option {wrong!r}: did you mean {nearest!r}? The"
            assert nearest in listed.split(", ")
        else:
            assert message.startswith(f"there is no option {wrong!r}: ")
        names = listed.split(", ")
        assert {"color_by", "depth"} <= set(names)
        assert names == sorted(names)
        assert "path" not in names
    assert list(tmp_path.iterdir()) == []


def test_an_option_like_no_other_is_an_error_that_lists_all() -> None:
    message = (
        "there is no option 'zzz': the options are color_by, depth, direction, font_size, frames, "
        "local_derivatives, max_boxes, open, path_from, precision, theme, title"
    )
    with pytest.raises(TypeError, match=f"^{message}$"):
        graph(example()).to_svg(zzz=1)  # type: ignore[call-arg]
