"""draw_dot and save: what a picture contains, and that it arrives on disk whole."""

from __future__ import annotations

import html
import os
import re
import shutil
from pathlib import Path

import graphviz
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Primitive, Value
from autograd import sum as total
from autograd.draw import draw_dot, save

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs the dot program")
NASTY = '< > | { } " \\ & &lt; é'


def example() -> Value:
    x, y = Value(3.0, "x"), Value(-0.5, "y")
    return (x * y + 2).tanh()


def node_lines(source: str, prefix: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if re.match(rf"\s*{prefix}\w* \[", line)]


def edges(source: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if "->" in line]


def test_a_drawing_is_a_digraph_with_a_box_per_value_and_an_oval_per_operation() -> None:
    root = example()
    dot = draw_dot(root)
    assert isinstance(dot, graphviz.Digraph)
    assert dot.format == "svg"
    assert len(node_lines(dot.source, "value")) == 5
    assert len(node_lines(dot.source, "operation")) == 3
    for symbol in ["*", "+", "tanh"]:
        assert f"label={symbol}" in dot.source.replace('"', "")
    assert 'label="x | data 3"' in dot.source
    assert 'label="y | data -0.5"' in dot.source


def test_gradients_are_shown_after_a_backward_pass_and_only_then() -> None:
    x = Value(3.0, "x")
    y = x * 0.0
    assert "grad" not in draw_dot(y).source
    y.backward()
    assert 'label="x | data 3 | grad 0"' in draw_dot(y).source
    assert 'label="data 9 | grad' not in draw_dot(x * x).source


def test_small_gradients_are_not_rounded_to_zero() -> None:
    x = Value(1e-9, "x")
    (x * 1e-12).backward()
    assert "x | data 1e-09 | grad 1e-12" in draw_dot(x).source


def test_an_operand_used_twice_has_two_edges_with_its_local_derivatives() -> None:
    x = Value(3.0)
    assert edges(draw_dot(x * x).source) == [
        "operation1 -> value1",
        "value0 -> operation1 [label=3]",
        "value0 -> operation1 [label=3]",
    ]


def test_a_constant_is_drawn_without_a_box() -> None:
    source = draw_dot(2 - Value(3.0)).source
    assert node_lines(source, "constant") == ["constant1_0 [label=2 shape=plaintext]"]
    assert edges(source) == [
        "operation1 -> value1",
        "constant1_0 -> operation1",
        "value0 -> operation1 [label=-1]",
    ]


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert draw_dot(example()).source == draw_dot(example()).source


def test_rankdir_and_format_are_those_asked_for() -> None:
    dot = draw_dot(Value(1.0, "x"), format="png", rankdir="TB")
    assert dot.format == "png"
    assert "rankdir=TB" in dot.source
    assert 'label="{ x | data 1 }"' in dot.source


def test_a_graph_as_deep_as_a_long_sum_is_drawn() -> None:
    total = Value(0.0)
    for _ in range(5_000):
        total = total + 1
    assert len(edges(draw_dot(total).source)) == 15_000


def test_special_characters_of_a_label_are_escaped() -> None:
    source = draw_dot(Value(1.0, 'a<b>|{c}"\\&\nd')).source
    assert r'label="a\<b\>\|\{c\}\"\\&amp;\nd | data 1"' in source


@needs_dot
@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_special_characters_of_a_label_survive_in_the_picture(rankdir: str) -> None:
    svg = draw_dot(Value(1.0, NASTY), rankdir=rankdir).pipe().decode()
    texts = [
        html.unescape(text).replace("\xa0", " ") for text in re.findall(r"<text[^>]*>([^<]*)<", svg)
    ]
    assert texts == [NASTY, "data 1"]


@needs_dot
@settings(max_examples=20)
@given(
    st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), min_size=2)
)
def test_any_printable_labels_survive_in_the_picture(labels: list[str]) -> None:
    total = Value(0.0, "total")
    for label in labels:
        total = total + Value(1.0, label)
    svg = draw_dot(total).pipe().decode()
    texts = {html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)<", svg)}
    assert {"total", *labels} <= texts


@pytest.mark.parametrize("wrong", [3.0, "x", None, [Value(1.0)]])
def test_only_a_value_can_be_drawn(wrong: object) -> None:
    with pytest.raises(TypeError) as error:
        draw_dot(wrong)  # type: ignore[arg-type]
    assert (
        str(error.value) == f"draw_dot() draws the graph of a Value, got a {type(wrong).__name__}"
    )


def test_an_unknown_rankdir_or_format_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^rankdir must be one of LR, RL, TB, BT, got 'left'$"):
        draw_dot(Value(1.0), rankdir="left")
    with pytest.raises(ValueError, match="unknown format: 'jpgg'"):
        draw_dot(Value(1.0), format="jpgg")


# ── save ──────────────────────────────────────────────────────────────────────


@needs_dot
@pytest.mark.parametrize(("suffix", "start"), [(".svg", b"<?xml"), (".png", b"\x89PNG")])
def test_save_writes_the_format_of_the_suffix(tmp_path: Path, suffix: str, start: bytes) -> None:
    path = save(example(), tmp_path / f"graph{suffix}")
    assert path == tmp_path / f"graph{suffix}"
    assert path.read_bytes().startswith(start)
    assert os.listdir(tmp_path) == [path.name]


def test_without_the_dot_program_the_source_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    path = save(example(), tmp_path / "new" / "graph.svg")
    assert path == tmp_path / "new" / "graph.dot"
    assert path.read_text() == draw_dot(example()).source


def test_the_source_can_be_asked_for(tmp_path: Path) -> None:
    path = save(example(), str(tmp_path / "graph.dot"))
    assert path.read_text() == draw_dot(example()).source


def test_a_path_without_a_known_format_is_refused_and_nothing_written(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"names no picture format: add a suffix such as \.svg or \.png$"
    ):
        save(example(), tmp_path / "graph")
    with pytest.raises(ValueError, match="unknown format"):
        save(example(), tmp_path / "graph.nosuch")
    with pytest.raises(TypeError):
        save(3.0, tmp_path / "graph.dot")  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == []


def test_a_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    assert save(example(), tmp_path / "a.DOT").read_text() == draw_dot(example()).source


def test_a_file_gets_the_usual_permissions_and_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    (tmp_path / "link.dot").symlink_to(tmp_path / "target.dot")
    save(example(), tmp_path / "link.dot")
    assert (tmp_path / "link.dot").is_symlink()
    modes = {(tmp_path / name).stat().st_mode for name in ("usual", "target.dot")}
    assert len(modes) == 1


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.dot").mkdir()
    with pytest.raises(IsADirectoryError, match=r"is a folder: name a file in it$"):
        save(example(), tmp_path / "a.dot")


def test_characters_that_cannot_be_shown_are_replaced() -> None:
    source = draw_dot(Value(1.0, "a\0b\ud800c\rd")).source
    assert 'label="a\ufffdb\ufffdc\ufffdd | data 1"' in source
    source.encode()


def test_a_failed_write_leaves_the_old_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(example(), tmp_path / "graph.dot")
    before = path.read_bytes()

    def full(source: str, target: Path) -> None:
        raise OSError(28, f"no space left for {source} as {target}")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        save(Value(1.0), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["graph.dot"]


def test_operations_on_many_operands_are_drawn_in_order() -> None:
    x, y = Value(1.0, "x"), Value(2.0, "y")
    source = draw_dot(total([x, 5.0, y, x])).source
    assert edges(source) == [
        "operation2 -> value2",
        "value0 -> operation2 [label=1]",
        "constant2_1 -> operation2",
        "value1 -> operation2 [label=1]",
        "value0 -> operation2 [label=1]",
    ]


def test_an_operation_of_ones_own_is_drawn_with_its_symbol() -> None:
    cube = Primitive("cube", lambda x: x**3, lambda x, out: 3.0 * x * x, symbol="x³ & <more>")
    source = draw_dot(cube(Value(2.0, "x"))).source
    assert 'operation1 [label="x³ &amp; <more>" shape=oval]' in source
    brackets = Primitive("f", lambda x: x, lambda x, out: 1.0, symbol="<f>")
    assert 'operation1 [label="<f>" shape=oval]' in draw_dot(brackets(Value(2.0))).source
    assert "value0 -> operation1 [label=12]" in source
