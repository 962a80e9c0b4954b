"""The page in a notebook: the widget, and the frame around the page in a browser."""

from __future__ import annotations

import html
import math
import re
import sys
from typing import Any

import pytest

from autograd import Value, graph

anywidget = pytest.importorskip("anywidget")


def neuron() -> tuple[Value, Value, Value]:
    """Two inputs, and what is computed from them."""
    w, x = Value(0.5, "w"), Value(2.0, "x")
    return w, x, (w * x).tanh()


# ── The widget in Python ──────────────────────────────────────────────────────


def test_what_is_changed_in_the_page_becomes_the_data_of_the_values() -> None:
    w, x, y = neuron()
    widget = graph(y).widget()
    widget.set_state({"changes": {"0": "0.9"}})
    assert (w.data, x.data) == (0.9, 2.0)
    widget.set_state({"changes": {"0": "0.9", "1": "-inf"}})
    assert (w.data, x.data) == (0.9, -math.inf)
    x.data = 7.0  # what the page says again is no change
    widget.set_state({"changes": {"0": "-0", "1": "-inf"}})
    assert (str(w.data), x.data) == ("-0.0", 7.0)
    widget.set_state({"changes": {}})
    assert (w.data, x.data) == (0.5, 2.0)


def test_what_python_changes_arrives_in_the_page_when_a_cell_has_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Events:
        def __init__(self) -> None:
            self.heard: list[Any] = []

        def register(self, event: str, function: Any) -> None:
            assert event == "post_run_cell"
            self.heard.append(function)

        def unregister(self, event: str, function: Any) -> None:
            assert event == "post_run_cell"
            self.heard.remove(function)

    class Shell:
        events = Events()

    events = Shell.events
    monkeypatch.setattr("autograd.page.widget.get_ipython", lambda: Shell)
    w, _, y = neuron()
    widget = graph(y).widget()
    w.data = 0.1
    assert widget.changes == {}
    [after_cell] = events.heard
    after_cell("the result of the cell")
    assert widget.changes == {"0": "0.1"}
    w.data = math.nan
    widget.update()
    assert widget.changes == {"0": "nan"}
    assert math.isnan(w.data)
    w.data = 0.5
    widget.update()
    assert widget.changes == {}
    widget.close()
    widget.close()
    assert events.heard == []


def test_a_notebook_without_python_shows_the_page_in_a_frame() -> None:
    _, _, y = neuron()
    snapshot = graph(y)
    bundle, _ = snapshot.widget(title="a < b", theme="dark", height=300)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    [page] = re.findall(r'srcdoc="([^"]*)"', bundle["text/html"])
    assert html.unescape(page) == snapshot.to_html(title="a < b", theme="dark")
    assert 'sandbox="allow-scripts allow-downloads"' in bundle["text/html"]
    assert "height: 300px" in bundle["text/html"]


@pytest.mark.parametrize("height", [0, 1.5, "high", None])
def test_a_height_is_a_number_of_pixels(height: Any) -> None:
    with pytest.raises(
        ValueError, match=r"^the height of a widget is in pixels, 1 or more: got " + repr(height)
    ):
        graph(neuron()[2]).widget(height=height)


def test_without_anywidget_an_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "autograd.page.widget", raising=False)
    with pytest.raises(
        ModuleNotFoundError,
        match=r"^a widget needs the package anywidget: pip install anywidget brings it$",
    ):
        graph(neuron()[2]).widget()
