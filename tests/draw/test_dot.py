"""Pictures in Graphviz's language: the source, and the texts that dot shows."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess

import graphviz
import pytest
from hypothesis import given, settings

from autograd import Value, graph
from autograd.draw import picture_of, to_digraph, to_svg
from autograd.draw.picture import Box, Edge, Frame, Legend, Line, Picture, Ramp, Swatch
from autograd.draw.text import lines_of
from tests.drawings import HOSTILE, any_text, dot_texts, network, svg_texts

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs the dot program")


def everywhere(text: str) -> Picture:
    """A picture with ``text`` in every place of a text."""
    boxes = (
        Box((Line(text),), tooltip=text, frame=0, id="plain"),
        Box((Line(text, bold=True), Line(text, color="#ff0000"), Line(text, scale=0.8))),
        Box((Line(text),), shape="oval"),
        Box((Line("bare"),), shape="text"),
    )
    edges = (Edge(0, 1, text, tooltip=text), Edge(1, 2), Edge(3, 2))
    frames = (Frame(text),)
    entries = (Swatch("#00ff00", text), Ramp(("#000000", "#ffffff"), (text, text)))
    legend = Legend(entries, title=text)
    return Picture(boxes, edges, frames, legend=legend, caption=text, title=text)


# The number of times that `everywhere` shows its text: boxes 5, edge 1, frame 1, swatch 1,
# ramp 2, the legend's title, caption and title.
TIMES = 13


def words(texts: list[str]) -> list[str]:
    """Texts without the space around them, which a layout may change."""
    return sorted(" ".join(text.split()) for text in texts if text.strip())


@needs_dot
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_shown_as_they_are(text: str) -> None:
    svg = to_digraph(everywhere(text)).pipe().decode()
    expected = ["bare", *lines_of(text) * TIMES]
    assert words(dot_texts(svg)) == words(expected)
    assert not re.search(r"<(script|b|i)\b", svg, re.I)


@needs_dot
@settings(max_examples=25)
@given(any_text())
def test_any_text_is_shown_as_it_is(text: str) -> None:
    svg = to_digraph(everywhere(text)).pipe().decode()
    assert words(dot_texts(svg)) == words(["bare", *lines_of(text) * TIMES])


@needs_dot
@settings(max_examples=25)
@given(any_text())
def test_the_program_reads_back_every_label_of_a_value(label: str) -> None:
    source = graph(Value(1.0, label) * 2.0).to_dot().source
    read = subprocess.run(["dot", "-Tjson"], input=source.encode(), capture_output=True, check=True)
    labels = [thing["label"] for thing in json.loads(read.stdout)["objects"]]
    assert len(labels) == 2
    first = re.sub(r"<[^>]*>", "\n", labels[0])
    shown = [line for line in html.unescape(first.replace("\\\\", "\\")).split("\n") if line]
    assert shown == [*[line or " " for line in lines_of(label) if label], "1", "grad –"]


@given(any_text())
def test_what_is_quoted_in_the_source_is_the_text(text: str) -> None:
    """The source is read by the rules of the language, without the program dot."""
    picture = Picture((Box((Line("x"),)),) * 2, (Edge(0, 1, text),))
    line = next(line for line in to_digraph(picture).source.split("\t") if "->" in line)
    found = re.search(r'label=("(?:[^"\\]|\\.)*"|\S+)', line)
    if not text:
        assert found is None
        return
    assert found is not None
    quoted = found[1][1:-1].replace('\\"', '"') if found[1][0] == '"' else found[1]
    shown = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], quoted)
    assert shown.replace("&amp;", "&") == "\n".join(lines_of(text))


@given(any_text())
def test_the_source_can_be_written_whatever_the_text(text: str) -> None:
    to_digraph(everywhere(text)).source.encode()


def test_boxes_go_by_their_ids_and_others_by_their_position() -> None:
    boxes = (Box((Line("a"),), id="value0"), Box((Line("b"),), id="value1"), Box((Line("c"),)))
    source = to_digraph(Picture(boxes)).source
    assert re.findall(r"^\t(\S+) \[label=", source, re.M) == ["value0", "value1", "box2"]


def test_only_a_line_of_another_size_says_its_size() -> None:
    lines = (Line("large", scale=1.25), Line("plain", color="#ff0000"), Line("small", scale=0.8))
    source = to_digraph(Picture((Box(lines),))).source
    found = re.search(r"fontsize=([\d.]+)", source)
    assert found is not None
    shown = {text: float(size) for size, text in re.findall(r'POINT-SIZE="(.*?)">(\w+)', source)}
    assert shown == {"large": 1.25 * float(found[1]), "small": 0.8 * float(found[1])}
    assert "<B>" not in source


def test_frames_are_clusters_within_each_other() -> None:
    frames = (Frame("outer"), Frame("inner", parent=0), Frame("other"))
    boxes = (
        Box((Line("a"),), frame=1, id="a"),
        Box((Line("b"),), frame=0, id="b"),
        Box((Line("c"),), id="c"),
        Box((Line("d"),), frame=2, id="d"),
    )
    source = to_digraph(Picture(boxes, frames=frames)).source
    depth = 0
    places: dict[str, int] = {}
    for line in source.splitlines():
        found = re.match(r"\s*(\w+) \[label=", line)
        if found:
            places[found[1]] = depth
        depth += line.count("{") - line.count("}")
    assert places == {"a": 3, "b": 2, "c": 1, "d": 2}
    assert source.count("subgraph cluster") == 3


@needs_dot
def test_a_picture_laid_out_by_dot_says_the_same_as_our_own() -> None:
    for options in [{}, {"depth": 3, "local_derivatives": "both"}, {"frames": False}]:
        snapshot = network([2, 1], 1)
        picture = picture_of(snapshot, max_boxes=None, title="title", **options)  # type: ignore[arg-type]
        assert words(dot_texts(to_digraph(picture).pipe().decode())) == words(
            svg_texts(to_svg(picture))
        )


@needs_dot
def test_the_classic_style_shows_every_text_of_its_shapes() -> None:
    picture = picture_of(
        network([2, 1], 1), max_boxes=None, style="classic", title="title", color_by=None
    )
    assert {box.shape for box in picture.boxes} == {"box", "oval", "text"}
    expected = [line.text for box in picture.boxes for line in box.lines]
    expected += [frame.title for frame in picture.frames]
    shown = dot_texts(to_digraph(picture).pipe().decode())
    assert words(shown) == words([*expected, picture.title])


@needs_dot
def test_dot_has_nothing_to_complain_about(capfd: pytest.CaptureFixture[str]) -> None:
    for options in [{"depth": 1}, {"theme": "print"}, {"theme": "dark", "path_from": 0}]:
        network([3, 1], 2).to_dot(**options).pipe()  # type: ignore[arg-type]
    assert capfd.readouterr().err == ""


def test_the_format_is_handed_on() -> None:
    digraph = to_digraph(Picture((Box((Line("x"),)),)), "pdf")
    assert isinstance(digraph, graphviz.Digraph)
    assert digraph.format == "pdf"
