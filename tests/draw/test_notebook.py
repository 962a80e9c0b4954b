"""Pictures in notebooks: the formats they get, and what they show."""

from __future__ import annotations

import base64
import html
import importlib.util
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from autograd import Value, graph
from autograd.draw import draw_dot
from tests.drawings import HOSTILE, dot_texts, example, svg_texts
from tests.programs import ROOT
from tests.test_copying import calls_of

needs_notebooks = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("nbconvert", "ipykernel")),
    reason="needs nbconvert and ipykernel",
)


needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs the dot program")


def shown(thing: Any) -> dict[str, str]:
    """The formats that IPython asks an object for."""
    bundle: dict[str, str] = thing._repr_mimebundle_(include=None, exclude=None)
    return bundle


def image(bundle: dict[str, str]) -> str:
    """The SVG within the HTML of a bundle."""
    found = re.fullmatch(
        r'<img src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)" alt="([^"<>]*)">',
        bundle["text/html"],
    )
    assert found is not None
    assert html.unescape(found[2]) == bundle["text/plain"]
    return base64.b64decode(found[1]).decode()


def test_a_value_shows_its_graph_inline_as_an_image_and_as_text() -> None:
    root = example()
    root.backward()
    bundle = shown(root)
    assert set(bundle) == {"text/plain", "text/html", "image/svg+xml"}
    assert bundle["text/plain"] == repr(root)
    assert bundle["image/svg+xml"] == graph(root).to_svg() == image(bundle)


def test_a_snapshot_shows_the_graph_as_it_was() -> None:
    root = example()
    snapshot = graph(root)
    before = shown(snapshot)
    root.backward()
    assert shown(snapshot) == before != shown(graph(root))
    assert before["text/plain"] == "<graph of 5 nodes>"
    assert svg_texts(image(before))[:3] == ["x", "3", "grad –"]


@needs_dot
def test_a_digraph_shows_what_dot_draws_inline_and_as_an_image() -> None:
    picture = draw_dot(example())
    bundle = shown(picture)
    assert set(bundle) == {"text/html", "image/svg+xml"}
    assert dot_texts(image({"text/plain": repr(picture), **bundle}))[:2] == ["x", "3"]
    assert shown(picture) == bundle


def test_a_leaf_is_text_and_so_is_a_value_whose_graph_is_too_large_to_draw_in_passing() -> None:
    assert shown(Value(3.0, "x")) == {"text/plain": "Value(3.0, label='x')"}
    total = Value(0.0)
    for _ in range(4999):
        total = total + 1
    assert "image/svg+xml" in shown(total)
    total = total + 1
    assert shown(total) == {"text/plain": "Value(5000.0, op=add)"}
    assert "image/svg+xml" in shown(graph(total))


def test_a_value_whose_graph_is_too_large_is_shown_in_as_many_steps_however_large_it_is() -> None:
    total = Value(0.0)
    totals = [total := total + 1 for _ in range(10_000)]
    assert calls_of(lambda: shown(totals[5_000])) == calls_of(lambda: shown(totals[-1]))


@pytest.mark.parametrize("label", HOSTILE)
def test_no_label_can_get_out_of_the_image(label: str) -> None:
    root = Value(1.0, label) * 2
    root.label = label
    bundle = shown(root)
    assert image(bundle) == bundle["image/svg+xml"]


def test_nothing_is_loaded_for_drawing_until_something_is_shown() -> None:
    program = (
        "import sys, autograd; x = autograd.Value(1.0) * 2\n"
        "assert not [name for name in sys.modules if name.startswith('autograd.draw')]\n"
        "x._repr_mimebundle_()\n"
        "assert 'autograd.draw' in sys.modules and 'graphviz' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


class Shell:
    """What IPython runs code in; that of a notebook has a kernel."""


def in_ipython(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> list[Any]:
    """What is displayed from now on, in a stand-in for IPython with that shell."""
    displayed: list[Any] = []
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: shell  # type: ignore[attr-defined]
    display = types.ModuleType("IPython.display")
    display.display = lambda *shown, **options: displayed.append((shown, options))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    return displayed


def in_notebook(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is displayed from now on, in a stand-in for a notebook."""
    shell = Shell()
    shell.kernel = "a kernel"  # type: ignore[attr-defined]
    return in_ipython(monkeypatch, shell)


def test_show_shows_the_picture_below_the_cell_of_a_notebook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    displayed = in_notebook(monkeypatch)
    snapshot = graph(example())
    assert snapshot.show(local_derivatives="numbers") is None
    [((bundle,), options)] = displayed
    assert options == {"raw": True}
    assert bundle["text/plain"] == "<graph of 5 nodes>"
    assert bundle["image/svg+xml"] == snapshot.to_svg(local_derivatives="numbers") == image(bundle)


def test_show_shows_the_page_below_the_cell_of_a_notebook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    displayed = in_notebook(monkeypatch)
    snapshot = graph(example())
    monkeypatch.setitem(sys.modules, "anywidget", None)
    assert snapshot.show(title="a page") is None
    [((bundle,), options)] = displayed
    assert options == {"raw": True}
    assert bundle["text/plain"] == "<graph of 5 nodes>"
    assert html.escape(snapshot.to_html(title="a page")) in bundle["text/html"]


def test_show_shows_the_widget_where_anywidget_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("anywidget")
    import autograd.page.widget  # noqa: F401  # before IPython is a stand-in

    displayed = in_notebook(monkeypatch)
    snapshot = graph(example())
    assert snapshot.show(theme="dark") is None
    [((widget,), options)] = displayed
    assert options == {}
    assert widget.page == snapshot.to_html(theme="dark")


def test_show_opens_the_picture_from_ipython_in_a_terminal_and_where_it_is_told_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    shell = Shell()
    displayed = in_ipython(monkeypatch, shell)
    graph(example()).show()
    shell.kernel = "a kernel"  # type: ignore[attr-defined]
    graph(example()).show(opener=opened.append)
    assert len(opened) == 2
    assert displayed == []


@needs_notebooks
@pytest.mark.filterwarnings("default")  # a kernel's own warnings
def test_an_executed_notebook_displays_values_and_snapshots(tmp_path: Path) -> None:
    import nbformat  # type: ignore[import-not-found, unused-ignore]
    from nbconvert import HTMLExporter  # type: ignore[import-not-found, unused-ignore]
    from nbconvert.preprocessors import (  # type: ignore[import-not-found, unused-ignore]
        ExecutePreprocessor,
    )

    cells = [
        f"import sys; sys.path.insert(0, {str(ROOT)!r})",
        "from autograd import Value, graph\nx = Value(3.0, 'a <label>')\ny = x * x\ny.backward()",
        "y",
        "graph(y)",
        "x",
        "graph(y).show(local_derivatives='numbers')",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    ExecutePreprocessor(timeout=120).preprocess(notebook, {"metadata": {"path": str(tmp_path)}})
    data = [cell.outputs[0].data for cell in notebook.cells[2:]]
    for bundle in data[:2]:
        assert svg_texts(bundle["image/svg+xml"])[:3] == ["a <label>", "3", "grad 6"]
        assert svg_texts(image(bundle))[:3] == ["a <label>", "3", "grad 6"]
    assert data[2] == {"text/plain": "Value(3.0, grad=6.0, label='a <label>')"}
    assert "3" in svg_texts(image(data[3]))[3:]
    assert [len(cell.outputs) for cell in notebook.cells[2:]] == [1, 1, 1, 1]
    for sanitized in (False, True):  # as on a page of untrusted notebooks
        page, _ = HTMLExporter(sanitize_html=sanitized).from_notebook_node(notebook)
        assert page.count('src="data:image/svg+xml;base64,') == 3
        assert "a <label>" not in page
