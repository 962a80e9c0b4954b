"""draw_dot, save and the methods of a snapshot: arguments, results and errors."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import graphviz
import pytest
from hypothesis import given

from autograd import Value, graph
from autograd.draw import DotError, draw_dot, files, picture_of, save, to_digraph, to_svg
from autograd.draw.text import lines_of
from tests.drawings import HOSTILE, SVG, any_text, dot_texts, example, network, svg_texts
from tests.programs import ROOT, environment

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs the dot program")


@pytest.fixture
def no_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


@pytest.fixture
def no_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)


# ── draw_dot ──────────────────────────────────────────────────────────────────


def test_a_drawing_is_a_digraph_that_can_be_changed() -> None:
    dot = draw_dot(example())
    assert isinstance(dot, graphviz.Digraph)
    assert dot.format == "svg"
    dot.node("note", "mine")
    assert "note [label=mine]" in dot.source


def test_the_call_of_micrograd_users_is_understood() -> None:
    dot = draw_dot(example(), format="png", rankdir="TB")
    assert dot.format == "png"
    assert "rankdir=TB" in dot.source
    assert draw_dot(example(), "pdf", "BT").format == "pdf"
    assert "rankdir=LR" in draw_dot(example()).source


def test_every_value_is_a_node_and_every_use_an_edge() -> None:
    x = Value(3.0, "x")
    lines = draw_dot((x * x).tanh()).source.splitlines()
    nodes = [line.split()[0] for line in lines if line.startswith("\tvalue") and "->" not in line]
    assert nodes == ["value0", "value1", "value2"]
    uses = [line.strip().partition(" [")[0] for line in lines if "->" in line]
    assert uses == ["value0 -> value1", "value0 -> value1", "value1 -> value2"]


def test_options_reach_the_picture() -> None:
    source = draw_dot(example(), style="classic", theme="dark", local_derivatives="numbers").source
    assert "operation2" in source
    assert 'bgcolor="#111827"' in source
    assert (
        source
        == graph(example())
        .to_dot(style="classic", theme="dark", local_derivatives="numbers")
        .source
    )


def test_a_snapshot_is_drawn_as_it_was() -> None:
    x = Value(3.0, "x")
    y = x * 2
    snapshot = graph(y)
    before = draw_dot(y).source
    y.backward()
    assert draw_dot(snapshot).source == before != draw_dot(y).source


def test_a_drawing_of_a_long_sum_folds_it() -> None:
    total = Value(0.0)
    for _ in range(5_000):
        total = total + 1
    assert draw_dot(total).source.count("->") == 7
    assert draw_dot(total, max_boxes=None).source.count("->") == 5_000


@pytest.mark.parametrize("wrong", [3.0, "x", None, [Value(1.0)]])
def test_only_a_value_or_a_snapshot_can_be_drawn(wrong: Any, tmp_path: Path) -> None:
    kind = type(wrong).__name__
    with pytest.raises(TypeError) as error:
        draw_dot(wrong)
    assert str(error.value) == f"draw_dot() draws the graph of a Value, got a {kind}"
    with pytest.raises(TypeError) as error:
        save(wrong, tmp_path / "a.svg")
    assert str(error.value) == f"save() draws the graph of a Value, got a {kind}"
    assert os.listdir(tmp_path) == []


def test_an_unknown_rankdir_or_format_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^rankdir must be one of 'LR', 'RL', 'TB', 'BT', got 'left'$"
    ):
        draw_dot(Value(1.0), rankdir="left")
    with pytest.raises(ValueError, match="unknown format: 'jpgg'"):
        draw_dot(Value(1.0), format="jpgg")
    with pytest.raises(TypeError, match=r"^draw_dot\(\) takes the direction as rankdir$"):
        draw_dot(Value(1.0), direction="TB")


@pytest.mark.usefixtures("no_graphviz")
def test_without_the_package_graphviz_an_svg_is_drawn_and_the_rest_says_what_is_missing(
    tmp_path: Path,
) -> None:
    said = "need the package graphviz: pip install graphviz$"
    with pytest.raises(ModuleNotFoundError, match=said):
        draw_dot(example())
    with pytest.raises(ModuleNotFoundError, match=said):
        save(example(), tmp_path / "a.png")
    assert save(example(), tmp_path / "a.svg").read_text() == graph(example()).to_svg()


# ── save ──────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("no_dot")
def test_an_svg_needs_no_other_program(tmp_path: Path) -> None:
    path = save(example(), tmp_path / "new" / "graph.svg", theme="dark")
    assert path == tmp_path / "new" / "graph.svg"
    assert path.read_text() == graph(example()).to_svg(theme="dark")
    assert path.read_text() == to_svg(picture_of(graph(example()), theme="dark"))
    assert svg_texts(path.read_text())[:3] == ["x", "3", "grad –"]


@needs_dot
def test_an_svg_may_be_laid_out_by_dot(tmp_path: Path) -> None:
    path = save(example(), tmp_path / "graph.svg", layout="dot")
    assert b"Generated by graphviz" in path.read_bytes()
    assert set(dot_texts(path.read_text())) >= {"x", "y", "3", "-0.5", "grad –", "tanh"}


@needs_dot
@pytest.mark.parametrize(("suffix", "start"), [(".PNG", b"\x89PNG"), (".pdf", b"%PDF")])
def test_save_writes_the_format_of_the_suffix(tmp_path: Path, suffix: str, start: bytes) -> None:
    path = graph(example()).save(tmp_path / f"graph{suffix}")
    assert path == tmp_path / f"graph{suffix}"
    assert path.read_bytes().startswith(start)
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.usefixtures("no_dot")
@pytest.mark.parametrize("suffix", [".dot", ".gv", ".DOT"])
def test_the_source_can_be_asked_for(tmp_path: Path, suffix: str) -> None:
    path = graph(example()).save(str(tmp_path / f"graph{suffix}"))
    assert path.read_text() == draw_dot(example()).source


@pytest.mark.usefixtures("no_dot")
@pytest.mark.parametrize(
    ("name", "options"),
    [("graph.gif", {}), ("graph.png", {"layout": "dot"}), ("graph.svg", {"layout": "dot"})],
)
def test_what_needs_dot_says_so_and_what_installs_it(
    tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    with pytest.raises(RuntimeError) as error:
        save(example(), tmp_path / name, **options)
    assert str(error.value) == (
        f"a picture laid out by Graphviz, such as this {name[5:]}, needs its program dot, which is "
        "not installed: `apt install graphviz` (Debian, Ubuntu), `brew install graphviz` (macOS) "
        "or `winget install graphviz` (Windows) brings it; "
        "without it, pip install resvg-py draws a .png, pip install cairosvg a .pdf, and an "
        '.svg with layout="own" needs nothing'
    )
    assert os.listdir(tmp_path) == []


def test_a_path_without_a_known_format_is_refused_and_nothing_written(tmp_path: Path) -> None:
    for name, options, said in [
        ("graph", {}, r"graph' names no picture format: add a suffix such as \.svg or \.png$"),
        (
            "graph.nosuch",
            {},
            r"^\.nosuch is no format of pictures: take \.svg, \.png, \.pdf, \.dot, "
            "or another that Graphviz writes$",
        ),
        (
            "graph.gif",
            {"layout": "own"},
            r'^a \.gif picture is laid out by Graphviz: take layout="dot", or save an \.svg, '
            r"\.png or \.pdf$",
        ),
        ("graph.svg", {"layout": "neat"}, "^layout must be one of 'own', 'dot', got 'neat'$"),
        ("graph.svg", {"depth": -1}, "^depth must be None or a whole number from 0 up, got -1$"),
    ]:
        with pytest.raises(ValueError, match=said):
            save(example(), tmp_path / name, **options)  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == []


def test_a_graph_too_large_for_dot_is_not_handed_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_FOR_DOT", 8)
    save(example(), tmp_path / "small.dot")
    x = Value(1.0)
    large = x * x * x * x * x
    said = (
        "^dot might take minutes over 5 boxes and 8 edges: fold the graph, with max_boxes or "
        'depth, or save an .svg with layout="own"$'
    )
    for name in ["a.png", "a.svg"]:
        with pytest.raises(ValueError, match=said):
            save(large, tmp_path / name, layout="dot")
    save(large, tmp_path / "a.svg")
    assert sorted(os.listdir(tmp_path)) == ["a.svg", "small.dot"]


def test_a_file_gets_the_usual_permissions_and_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    (tmp_path / "link.dot").symlink_to(tmp_path / "target.dot")
    save(example(), tmp_path / "link.dot")
    assert (tmp_path / "link.dot").is_symlink()
    modes = {(tmp_path / name).stat().st_mode for name in ("usual", "target.dot")}
    assert len(modes) == 1


def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    for mode in (0o600, 0o664, 0o444):
        path.touch()
        path.chmod(mode)
        save(example(), path)
        assert path.stat().st_mode & 0o777 == mode


def test_a_private_file_stays_private_while_it_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.svg"
    path.touch(0o600)
    modes = []
    write_bytes = Path.write_bytes

    def watched(draft: Path, content: bytes) -> int:
        modes.append(draft.stat().st_mode & 0o777)
        return write_bytes(draft, content)

    monkeypatch.setattr(Path, "write_bytes", watched)
    save(example(), path)
    assert modes == [path.stat().st_mode & 0o777]


def test_folders_on_the_way_to_a_file_are_made(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        path = save(example(), tmp_path / "of the" / "report" / name)
        assert path.read_text("utf-8").endswith("</svg>\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_or_a_device_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "pipe.svg"
    os.mkfifo(path)
    with pytest.raises(OSError, match=r"pipe\.svg' is a pipe or a device: name a file$"):
        save(example(), path)
    assert path.is_fifo()
    (tmp_path / "null.svg").symlink_to("/dev/null")
    with pytest.raises(OSError, match=r"null\.svg' is a pipe or a device: name a file$"):
        save(example(), tmp_path / "null.svg")
    assert sorted(os.listdir(tmp_path)) == ["null.svg", "pipe.svg"]


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path) -> None:
    longest = os.pathconf(tmp_path, "PC_NAME_MAX")
    path = save(example(), tmp_path / ("a" * (longest - 4) + ".svg"))
    assert path.read_text().startswith("<svg")
    too_long = tmp_path / ("a" * (longest - 3) + ".svg")
    with pytest.raises(OSError, match="File name too long") as raised:
        save(example(), too_long)
    assert raised.value.filename == str(too_long)


def test_an_error_names_the_file_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.svg"

    def full(draft: Path, _: bytes) -> None:
        raise OSError(28, "No space left on device", str(draft))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as raised:
        save(example(), path)
    assert str(raised.value) == f"[Errno 28] No space left on device: {str(path)!r}"
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["a.svg", "a.png", "a.pdf", "a.plain"])
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("", "dot wrote no {format} picture (0 bytes)"),
        ("echo >&2 no fonts; echo ' '", "dot wrote no {format} picture (no fonts)"),
        ("cat > /dev/null; echo some text", "dot wrote no {format} picture (10 bytes)"),
        ("echo half; echo >&2 no memory; exit 3", "dot failed (no memory)"),
        ("kill -9 $$", "dot failed (exit status -9)"),
        ("sleep 60", "dot took more than 0.2 seconds"),
    ],
)
def test_a_dot_that_fails_leaves_the_old_picture(
    name: str, script: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    format = name[2:]
    if format == "plain" and "some text" in script:
        return  # which such a picture may be
    dot, path = tmp_path / "dot", tmp_path / name
    dot.write_text(f"#!/bin/sh\n{script}\n")
    dot.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(files, "SECONDS_FOR_DOT", 0.2 if "sleep" in script else 60.0)
    path.write_text("a good picture")
    reason = reason.format(format=format)
    with pytest.raises(DotError) as raised:
        save(example(), path, layout="dot")
    assert raised.value.reason == reason
    assert str(raised.value) == (
        f"a picture laid out by Graphviz, such as this .{format}, needs its program dot, and "
        f"{reason}; the program is {dot}; without it, pip install resvg-py draws a .png, pip "
        'install cairosvg a .pdf, and an .svg with layout="own" needs nothing'
    )
    assert path.read_text() == "a good picture"
    assert sorted(os.listdir(tmp_path)) == sorted([name, "dot"])


@needs_dot
@pytest.mark.parametrize("format", ["svg", "png", "pdf", "ps", "eps", "jpg", "jpeg", "gif", "json"])
def test_what_dot_writes_is_known_for_a_picture(format: str, tmp_path: Path) -> None:
    path = save(example(), tmp_path / f"a.{format}", layout="dot")
    assert path.stat().st_size > 0


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.svg").mkdir()
    with pytest.raises(IsADirectoryError, match=r"is a folder: name a file in it$"):
        save(example(), tmp_path / "a.svg")


def test_a_failed_write_leaves_the_old_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(example(), tmp_path / "graph.svg")
    before = path.read_bytes()

    def full(source: str, target: Path) -> None:
        raise OSError(28, f"no space left for {source} as {target}")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        save(Value(1.0), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["graph.svg"]


# ── The same graph, the same bytes ────────────────────────────────────────────

PROGRAM = """
from autograd import graph
from tests.drawings import network
snapshot = network([3, 3, 1], 2)
for options in [{}, {"depth": 2}, {"max_boxes": None, "path_from": 0}, {"depth": 0}]:
    print(snapshot.to_svg(**options), snapshot.to_dot(**options).source)
"""


def test_another_run_of_the_program_gives_the_same_bytes() -> None:
    """The order of sets, which differs between processes, has no influence."""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            capture_output=True,
            check=True,
            cwd=ROOT,
            env=environment(PYTHONHASHSEED=seed, PYTHONIOENCODING="utf-8"),
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert outputs.pop().count(b"<svg ") == 4


def test_other_numbers_leave_every_box_in_its_place() -> None:
    """If they are equally wide, only numbers and colours change."""
    first, second = (network([2, 1], 1, seed) for seed in (1, 2))
    pictures = [picture_of(snapshot) for snapshot in (first, second)]
    assert len({tuple(box.id for box in picture.boxes) for picture in pictures}) == 1
    ends = [[(edge.tail, edge.head) for edge in picture.edges] for picture in pictures]
    assert ends[0] == ends[1]
    assert to_digraph(pictures[0]).source != to_digraph(pictures[1]).source


# ── Labels that could do harm ─────────────────────────────────────────────────

ELEMENTS = {
    *("svg", "g", "defs", "rect", "ellipse", "path", "text", "title", "marker"),
    *("linearGradient", "stop"),
}


@given(any_text(), any_text())
def test_any_label_survives_in_an_svg_and_nothing_in_it_is_markup(one: str, other: str) -> None:
    root = Value(1.0, one) * Value(2.0, "y")
    root.label = other
    root.backward()
    svg = graph(root).to_svg(title=other, path_from=0, local_derivatives="both")
    tree = ElementTree.fromstring(svg.encode())
    for element in tree.iter():
        assert element.tag.removeprefix(SVG) in ELEMENTS
        for name, content in element.attrib.items():
            assert not name.lower().startswith("on")
            assert "href" not in name.lower()
            assert "javascript" not in content.lower() or name == "aria-label"
    texts = [text for text in svg_texts(svg) if text]
    for label in (one, other):
        for line in lines_of(label):
            assert not line or line in texts


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_leaves_no_script_behind(label: str) -> None:
    svg = graph(Value(1.0, label) * 2.0).to_svg(title=label)
    assert "<script" not in svg
    assert "<!--" not in svg
    assert not re.search(r"<[^>]*\son\w+\s*=", re.sub(r'"[^"]*"', '""', svg))
