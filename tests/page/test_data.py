"""The data of a page: columns, formulas as trees, and the places of boxes and lines."""

from __future__ import annotations

import json
import math
import random
import re
import zlib
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Graph, Primitive, Reduction, Value, graph
from autograd.draw import text
from autograd.draw.colors import THEMES, blend, contrast
from autograd.engine import table
from autograd.page.columns import packed, tenths
from autograd.page.data import page_data
from autograd.page.document import to_html
from autograd.page.formulas import MOST_OPERANDS, trees_of
from autograd.page.mathml import ATOM, NEGATIVE, PRODUCT, SUM, TIGHT, fragment
from autograd.page.operations import LEAF, Operations
from autograd.page.scenes import scenes
from autograd.testing.expression import Expression
from autograd.testing.strategies import expressions
from autograd.words.notation import NOTATIONS
from autograd.words.typesetting import pattern
from nn import MLP
from tests.drawings import HOSTILE, network
from tests.page.examples import hand, readme, xor


def data_of(snapshot: Graph) -> dict[str, Any]:
    """The data as the page reads them."""
    read: dict[str, Any] = json.loads(
        json.dumps(page_data(snapshot, Operations(snapshot), ""), allow_nan=False)
    )
    return read


def unpacked(column: str, kind: str) -> Any:
    return np.frombuffer(b64decode(column), np.dtype(kind).newbyteorder("<"))


@given(st.lists(st.floats(allow_subnormal=True)))
def test_a_column_holds_every_number_to_the_bit(numbers: list[float]) -> None:
    assert unpacked(packed("d", numbers), "f8").tobytes() == np.array(numbers).tobytes()


@given(st.lists(st.floats(-1e6, 1e6)))
def test_places_are_kept_to_a_tenth_of_a_pixel(numbers: list[float]) -> None:
    assert np.allclose(unpacked(tenths(numbers), "i4") / 10.0, numbers, atol=0.05001, rtol=0)


def test_a_graph_is_read_back_from_its_columns() -> None:
    snapshot = network([2, 1], 2)
    data = data_of(snapshot)["graph"]
    operands = iter(unpacked(data["operand"], "i4").tolist())
    constants = unpacked(data["constants"], "f8").tolist()
    leaves = iter(unpacked(data["data"], "f8").tolist())
    kinds, counts = unpacked(data["op"], "u2").tolist(), unpacked(data["arity"], "u4").tolist()
    assert data["count"] == len(kinds) == len(counts) == len(snapshot)
    for node, kind, count in zip(snapshot, kinds, counts):
        if node.op is None:
            assert (kind, count) == (LEAF, 0)
            assert next(leaves) == node.data
            continue
        assert data["ops"][kind]["name"] == node.op.name
        read = [next(operands) for _ in range(count)]
        assert len(snapshot) not in node.inputs
        assert [x if x < len(snapshot) else constants[x - len(snapshot)] for x in read] == [
            *node.operands
        ]
    assert [*operands] == [*leaves] == []


def test_nothing_is_stored_that_the_page_computes() -> None:
    x, w = Value(3.0, "x"), Value(2.0, "w")
    y = (w * x).tanh()
    before = data_of(graph(y))
    y.backward()
    assert data_of(graph(y)) == before
    assert unpacked(before["graph"]["data"], "f8").tolist() == [2.0, 3.0]


def test_what_the_page_cannot_compute_is_stored_with_its_local_derivatives() -> None:
    def forward(x: float) -> float:
        return math.floor(x) if float(x) > 2 else x

    strange = Primitive("strange", forward, lambda x, out: math.inf)
    y = strange(Value(3.5, "x")) * 2.0
    data = data_of(graph(y))["graph"]
    assert data["locals"] == {"1": ["Infinity"]}
    assert unpacked(data["data"], "f8").tolist() == [3.5, 3.0]


def test_names_are_those_of_explain() -> None:
    x, rate = Value(2.0, "x1"), Value(0.5, "learning rate")
    y = (x * rate + 1.0).sigmoid()
    y.label = "alpha"
    data = data_of(graph(y))
    assert set(data["names"].values()) == {"x₁", "“learning rate”", "α"}
    assert set(data["short"].values()) == {"x1", "learning rate", "alpha"}
    y.label = ""
    assert "α" not in data_of(graph(y))["names"].values()
    # v and its id, as explain writes it
    assert f"v{NOTATIONS['unicode'].subscript(str(len(graph(y)) - 1))} = σ(" in str(
        autograd.explain(y)
    )


# ── Formulas ──────────────────────────────────────────────────────────────────


def called(name: str, count: int) -> Primitive:
    """The operation that a formula calls by a name, with so many operands."""
    found = {
        op
        for op in vars(table).values()
        if isinstance(op, Primitive)
        and (pattern(op, NOTATIONS["unicode"]) or op.name) == name
        and (isinstance(op, Reduction) or len(op.derivatives) == count)
    }
    return min(found, key=lambda op: isinstance(op, Reduction))  # max(x, y) may be maximum(x, y)


def evaluated(tree: Any, operands: list[float], out: float) -> float:
    """The number of a tree, by the operations that its signs stand for."""
    if isinstance(tree, (int, float, str)):
        return float(tree)
    if isinstance(tree, dict):
        if "x" in tree:
            return operands[tree["x"]]
        return out if "out" in tree else {"π": math.pi}[tree["s"]]
    kind, *parts = tree
    if kind in ("call", "as"):
        numbers = [evaluated(part, operands, out) for part in parts[1:]]
        if parts[0] == "⌊#1⌋":
            return float(table.floor(*numbers))
        op = called(parts[0], len(numbers))
        return float(op(numbers) if isinstance(op, Reduction) else op(*numbers))
    if kind == "+":
        signs = [-1.0 if minus else 1.0 for minus in parts[0]]
        return float(table.sum([s * evaluated(x, operands, out) for s, x in zip(signs, parts[1:])]))
    numbers = [evaluated(part, operands, out) for part in parts]
    if kind == "*":
        return float(table.prod(numbers))
    operations: dict[str, Any] = {
        "/": table.divide,
        "-": table.negative,
        "^": table.power,
        "mod": table.remainder,
        "root": table.sqrt,
    }
    return float(operations[kind](*numbers))


@settings(max_examples=40)
@given(expressions(max_size=4))
def test_trees_compute_what_the_operation_and_its_rules_do(expression: Expression) -> None:
    snapshot = graph(expression.on_values()[1])
    for node in snapshot:
        if node.op is None:
            continue
        operands = [x if isinstance(x, float) else snapshot[x].data for x in node.operands]
        if not all(1e-3 < abs(x) < 1e3 for x in operands):
            continue  # textbook formulas lose digits elsewhere
        formula, derivatives = trees_of(node)
        if formula is None:
            assert len(node.operands) > MOST_OPERANDS
            continue
        assert evaluated(formula, operands, node.data) == pytest.approx(node.data, 1e-6, 1e-9)
        known = [x for x in derivatives if x is not None]
        for tree, local in zip(known, node.local_derivatives, strict=True):
            if "′" not in json.dumps(tree, ensure_ascii=False):
                found = evaluated(tree, operands, node.data)
                assert found == pytest.approx(local, 1e-6, 1e-9, nan_ok=True)


def line(element: Any) -> str:
    """An element of MathML as a line, with ``a`` and ``b`` in the places of operands."""
    if isinstance(element, str):
        return element
    if isinstance(element, dict):
        shown = "ab"[element["x"]] if "x" in element else str(element.get("number", "out"))
        return f"{shown}@{element['within']}" if "within" in element else shown
    name, *children = element
    parts = [line(child) for child in children]
    return "/".join(parts) if name == "mfrac" else "".join(parts)


A, B = {"x": 0}, {"x": 1}


@pytest.mark.parametrize(
    ("tree", "expected", "level"),
    [
        (A, "a", ATOM),
        (-2.0, "-2.0", NEGATIVE),
        (["+", [1, 0, 1], A, B, 2.0], "−a@2+b@2−2.0@2", SUM),
        (["*", 2.0, ["+", [0, 0], A, B]], "2.0@3·(a@0+b@2)", PRODUCT),
        (["-", ["*", A, B]], "−a@3·b@4", NEGATIVE),
        (["-", ["-", A]], "−(−a@2)", NEGATIVE),
        (["/", ["+", [0, 0], A, B], {"out": 1}], "a@0+b@2/out", TIGHT),
        (["^", ["/", A, B], ["-", A]], "(a/b)−a@2", TIGHT),
        (["mod", ["*", A, B], 3.0], "(a@3·b@4)mod3.0@4", SUM),
        (["call", "max", A, ["-", B]], "max(a,−b@2)", ATOM),
        (["as", "|#1|", ["+", [0, 0], A, B]], "|a@0+b@2|", ATOM),
        (["as", "@1′", ["root", {"s": "π"}]], "(π)′", ATOM),
        (["as", "[#1 = max(#*)]", A, B], "[a = max(a,b)]", ATOM),
    ],
)
def test_a_tree_is_written_with_the_parentheses_that_it_needs(
    tree: Any, expected: str, level: int
) -> None:
    written = fragment(tree)
    assert (line(written.shown), written.level) == (expected, level)


def test_a_formula_with_many_operands_is_left_out() -> None:
    many = graph(autograd.sum([Value(float(i)) for i in range(MOST_OPERANDS + 1)])).root
    assert trees_of(many) == (None, [None] * (MOST_OPERANDS + 1))


def test_a_pattern_is_stored_once_however_often_it_occurs() -> None:
    x = Value(0.5, "x")
    for _ in range(100):
        x = (x * 2.0 + 1.0).tanh()
    assert [each.get("text") for each in data_of(graph(x))["patterns"]] == [
        None,
        "(·) * 2",
        "(·) + 1",
        "tanh",
    ]


# ── Scenes ────────────────────────────────────────────────────────────────────


def test_there_is_a_scene_for_each_depth_and_one_for_each_innermost_group() -> None:
    snapshot = network([2, 1], 1)
    places = [[snapshot.place(snapshot.groups[g]) for g in s["open"]] for s in scenes(snapshot)]
    layers = ["MLP", "MLP.layers.0", "MLP.layers.1"]
    everything = [snapshot.place(group) for group in snapshot.groups]
    assert places[0] == everything
    assert [] in places
    assert ["MLP"] in places
    assert layers in [sorted(each) for each in places]
    for neuron in ("MLP.layers.0.neurons.0", "MLP.layers.0.neurons.1"):
        assert ["MLP", "MLP.layers.0", neuron] in places


def test_the_samples_of_a_neuron_are_side_by_side_where_all_would_be_a_strip() -> None:
    model = MLP(2, [16, 1], rng=random.Random(0))
    losses = [(model([Value(0.1 * n), Value(0.2)]) - 1.0) ** 2 for n in range(16)]
    snapshot = graph(autograd.sum(losses))
    everything = scenes(snapshot)[0]
    assert everything["height"] < 4 * everything["width"]
    places = {group: place for group, *place in everything["frames"]}
    samples = [g.id for g in snapshot.groups if g.kind == "sample" and g.parent == 2]
    x = [places[sample][0] for sample in samples]
    assert x[0] < x[1]  # ascending in each row, and each begins where the first does
    assert len(set(x)) < len(x)


def test_a_group_turns_in_the_scene_in_which_most_others_stay_as_they_are() -> None:
    snapshot = xor()
    found = scenes(snapshot)
    names = [scene["name"] for scene in found]
    groups = [snapshot.place(group) for group in snapshot.groups]
    for scene in found:
        assert scene["even"] == (not scene["name"].startswith("only MLP.layers"))
        for group, view in scene["turns"].items():
            assert (group in scene["open"]) != (group in found[view]["open"])
    turns = found[names.index("folded")]["turns"]
    assert [(groups[group], names[view]) for group, view in turns.items()] == [("MLP", "only MLP")]
    turns = found[names.index("open to depth 2")]["turns"]
    neuron = "MLP.layers.0.neurons.2"
    assert names[turns[groups.index(neuron)]] == f"only {neuron}"


def test_a_long_graph_without_groups_has_a_scene_that_contracts_it() -> None:
    x = Value(1.0, "x")
    for _ in range(200):
        x = x * 1.01
    everything, contracted = scenes(graph(x))
    assert everything["count"] == 201
    assert contracted["count"] <= 60
    assert set(contracted["kinds"].values()) == {"operations"}


def test_a_box_has_room_for_numbers_of_four_digits_and_a_line_for_a_step() -> None:
    x = Value(1.0, "x")
    [scene] = scenes(graph(x * 2.0))
    boxes = unpacked(scene["boxes"], "i4").reshape(-1, 4) / 10
    labels = unpacked(scene["labels"], "i4").reshape(-1, 4) / 10
    assert min(boxes[:, 2]) >= text.width("grad -1.234e-05", 0.9 * 12.0)
    assert min(labels[:, 2]) >= text.width("0.1234 x 0.", 10.0)
    assert min(labels[:, 3]) >= 2 * 10.0


def test_a_scene_has_the_same_places_whatever_the_numbers() -> None:
    def places(number: float) -> Any:
        x, w = Value(number, "x"), Value(1.0, "w")
        return scenes(graph((w * x).tanh()))

    assert places(1.0) == places(-1.23456789e-200)


# ── The document ──────────────────────────────────────────────────────────────


def test_hostile_labels_are_neither_markup_nor_the_end_of_the_data() -> None:
    labels = [*HOSTILE, "</script><script>alert(1)</script>", "{{PROGRAM}}", "\u2028"]
    total = autograd.sum([Value(1.0, label) for label in labels])
    document = to_html(graph(total), title=labels[-3])
    plain = to_html(graph(autograd.sum([Value(1.0) for _ in labels])), title="x")
    for tag in ("<script", "</script", "<img", "<svg", "<title", "<svg"):
        assert document.count(tag) == plain.count(tag)


def test_the_pages_of_small_graphs_are_small() -> None:
    for snapshot in (graph(readme()[1]), graph(hand()), xor()):
        assert len(to_html(snapshot).encode()) <= 130_000


def test_the_policy_of_a_page_allows_its_own_program_and_style_alone() -> None:
    document = to_html(graph(Value(1.0) * 2.0))
    [policy] = [line for line in document.splitlines() if "Content-Security-Policy" in line]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert document.count("<script>") == 1
    contents = [
        document.partition("<style>")[2].partition("</style>")[0],
        document.partition("<script>")[2].partition("</script>")[0],
        zlib.decompress(
            b64decode(document.partition('id="program">')[2].partition("<")[0])
        ).decode(),
    ]
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in contents]
    assert re.findall("'sha256-([^']+)'", policy) == hashes
    assert "http" not in policy.replace("http-equiv", "")


def test_a_page_that_cannot_be_had_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    y = graph(Value(1.0) * 2.0)
    with pytest.raises(TypeError, match="options title, theme, data and output, and no depth: it"):
        y.save(tmp_path / "y.html", depth=1)
    with pytest.raises(TypeError, match="options title, theme, data and output, and no layout: "):
        y.save(tmp_path / "y.html", layout="own")
    with pytest.raises(TypeError, match="title must be a string, got 3"):
        y.save(tmp_path / "y.html", title=3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="theme must be one of 'light', 'dark', 'print', got 'x'"):
        y.to_html(theme="x")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"\.html is no picture, but a page: graph\(loss\)\.save"):
        autograd.draw.save(y, tmp_path / "y.html")
    monkeypatch.setattr("autograd.page.document.MOST_VALUES", 1)
    with pytest.raises(ValueError, match="a page holds up to 1 values, and this graph has 2: save"):
        y.save(tmp_path / "y.html")
    assert [*tmp_path.iterdir()] == []


def test_a_page_is_saved_as_it_is_made(tmp_path: Any) -> None:
    y = graph(Value(1.0, "x") * 2.0)
    path = y.save(tmp_path / "new" / "Y.HTML", title="a page", theme="dark")
    assert path.read_text("utf-8") == y.to_html(title="a page", theme="dark")


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_rings_of_a_step_stand_out_from_the_page(theme: Any) -> None:
    # 3 : 1 is what the guidelines WCAG 2 ask of graphics, 4.5 : 1 of text
    assert contrast(theme.highlight, theme.background) >= 4.5
    assert contrast(theme.text, blend((theme.background, theme.highlight), -0.84)) >= 4.5
    assert contrast(theme.muted, theme.background) >= 4.5
