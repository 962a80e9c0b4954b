"""The frame of a widget in a browser, with a model as a notebook has one."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from autograd import Graph, Value, graph
from autograd.page.bundle import MODULES
from tests.page.browsing import Reader, reader, tab

__all__ = ["reader", "tab"]  # the fixtures

MODEL = """
<!DOCTYPE html>
<body data-jp-theme-light="false"><div id="cell"></div>
<script>
class Model {
  constructor(state) { this.state = state; this.heard = new Set(); this.saved = 0; }
  get(key) { return this.state[key]; }
  set(key, value) { this.state[key] = value; for (const each of [...this.heard]) each(); }
  on(_, handler) { this.heard.add(handler); }
  off(_, handler) { this.heard.delete(handler); }
  save_changes() { this.saved++; }
}
const model = new Model(STATE);
WIDGET
let leave = widget.render({ model, el: document.getElementById("cell") });
</script>
"""


class Notebook:
    """A page with the widget of a graph below its only cell."""

    def __init__(self, reader: Reader, snapshot: Graph, changes: dict[str, str]) -> None:
        self.tab = reader.tab
        state = {"page": snapshot.to_html(), "title": "a graph", "height": 500, "changes": changes}
        text = json.dumps(state).replace("<", "\\u003c")
        widget = (
            (MODULES / "widget.js").read_text("utf-8").replace("export default", "const widget =")
        )
        reader.path.write_text(MODEL.replace("STATE", text).replace("WIDGET", widget), "utf-8")
        self.tab.goto(reader.path.as_uri())
        self.wait("page !== undefined")

    @property
    def frame(self) -> Any:
        return self.tab.frames[-1]

    def ask(self, expression: str) -> Any:
        """The value of an expression in the frame."""
        return self.frame.evaluate(f"(({{page, stage}}) => {expression})(window.graphPage ?? {{}})")

    def wait(self, condition: str) -> None:
        """Wait until a condition holds in the frame, for 30 s at most."""
        end = time.monotonic() + 30.0
        while not self.holds(condition):
            assert time.monotonic() < end, condition
            self.tab.wait_for_timeout(5)

    def holds(self, condition: str) -> bool:
        """True if the page in the frame is there, and a condition holds in it."""
        from playwright.sync_api import Error

        try:
            return bool(self.ask(f"page !== undefined && {condition}"))
        except Error:  # the frame is about to be another
            return False

    @property
    def changes(self) -> Any:
        """The changes that Python knows."""
        return self.tab.evaluate("model.state.changes")


@pytest.fixture
def notebook(reader: Reader) -> Notebook:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    return Notebook(reader, graph((w * x).tanh()), {})


def test_a_change_in_the_page_reaches_the_model_and_is_not_told_back(notebook: Notebook) -> None:
    notebook.ask("page.edit(0, 0.9, 'type')")
    notebook.tab.wait_for_function("model.saved === 1")
    assert notebook.changes == {"0": "0.9"}
    notebook.ask("page.undo()")
    notebook.tab.wait_for_function("model.saved === 2")
    assert notebook.changes == {}
    assert notebook.ask("page.undone.length") == 1  # a change that had come back would end it


def test_a_change_of_the_model_reaches_the_page(notebook: Notebook) -> None:
    notebook.tab.evaluate("model.set('changes', { 0: '0.25', 1: '-inf', 2: '9', 3: 'x' })")
    notebook.wait("page.graph.tape.value[0] === 0.25")
    assert notebook.ask("[...page.graph.tape.value].slice(1, 4).map(String)") == [
        "-Infinity",
        "-Infinity",  # which is computed, and no number can be given to it
        "-1",
    ]
    notebook.tab.evaluate("model.set('changes', {})")
    notebook.wait("page.graph.tape.value[0] === 0.5")


def test_a_page_that_is_shown_again_has_the_changes(reader: Reader) -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    notebook = Notebook(reader, graph(w * x), {"1": "3.5"})
    notebook.wait("page.graph.tape.value[1] === 3.5")


def test_a_cell_that_runs_again_leaves_one_page_and_hears_no_more_of_the_old_one(
    notebook: Notebook,
) -> None:
    for _ in range(3):
        notebook.tab.evaluate(
            "leave(); leave = widget.render({ model, el: document.getElementById('cell') }); 0"
        )
    notebook.wait("page !== undefined")
    assert notebook.tab.locator("iframe").count() == 1
    assert notebook.tab.evaluate("model.heard.size") == 1
    notebook.ask("page.edit(0, 0.9, 'type')")
    notebook.tab.wait_for_function("model.saved > 0")
    assert notebook.tab.evaluate("model.saved") == 1


def test_the_page_has_the_theme_of_the_notebook_and_cannot_reach_it(notebook: Notebook) -> None:
    assert notebook.ask("document.documentElement.dataset.theme") == "dark"
    assert (
        notebook.ask(
            "(() => { try { return parent.document.title } catch (error) { return error.name } })()"
        )
        == "SecurityError"
    )


def test_an_untouched_page_begins_anew_in_a_frame_of_another_size(notebook: Notebook) -> None:
    view = "[stage.camera.width, stage.camera.height, stage.view]"
    began = notebook.ask(view)
    notebook.tab.evaluate("document.querySelector('iframe').style.height = '900px'")
    notebook.wait(f"stage.camera.height > {began[1] + 100}")
    assert notebook.ask("stage.view === stage.begun")
    assert notebook.ask(view)[2] != began[2]
    assert notebook.ask("stage.camera.sees(page.scene.whole)")
