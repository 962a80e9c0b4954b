"""The page of a graph in a notebook: a widget for anywidget, and a frame that needs nothing.

In both the page stands in an ``<iframe srcdoc>`` with a sandbox. So it has its own styles and its
own keys, the notebook keeps its own, and a cell that runs again leaves nothing behind. Between the
frame and Python pass the inputs that have other numbers than in the snapshot, in both directions.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

import anywidget
import traitlets
from IPython import get_ipython

from autograd.page.bundle import MODULES
from autograd.page.document import frame
from autograd.snapshot import Snapshot


class GraphWidget(anywidget.AnyWidget):
    """The page of a graph below a cell, whose inputs are those of Python.

    What a reader changes in the page becomes the `data` of the Values at once. What Python changes
    arrives in the page when a cell has run, and on `update`.

    Attributes:
        page: the document.
        height: of the frame, in pixels.
        changes: the numbers of the inputs that are not as in the snapshot, as text, by their ids.
    """

    _esm: Final = (MODULES / "widget.js").read_text("utf-8")

    title = traitlets.Unicode().tag(sync=True)
    page = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    changes = traitlets.Dict().tag(sync=True)

    def __init__(self, graph: Snapshot, page: str, height: int) -> None:
        self._leaves = {
            str(node.id): (node.data, value)
            for node, value in zip(graph, graph.values)
            if node.op is None
        }
        super().__init__(page=page, height=height, title=repr(graph))
        if (shell := get_ipython()) is not None:
            shell.events.register("post_run_cell", self._after_cell)

    def update(self) -> None:
        """Show the numbers that the inputs have now."""
        self.changes = {
            id: repr(value.data)
            for id, (given, value) in self._leaves.items()
            if repr(value.data) != repr(given)
        }

    def close(self) -> None:
        """Let the page be: nothing passes any more."""
        if (shell := get_ipython()) is not None:
            with suppress(ValueError):  # if it has been closed before
                shell.events.unregister("post_run_cell", self._after_cell)
        super().close()

    def _after_cell(self, _: object) -> None:
        self.update()

    @traitlets.observe("changes")
    def _follow(self, change: dict[str, Any]) -> None:
        """Give the inputs that were changed in the page their numbers."""
        old, new = change["old"] or {}, change["new"]
        for id, (given, value) in self._leaves.items():
            if old.get(id) != new.get(id):
                value.data = float(new.get(id, given))

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget; and the page alone, for where no Python is."""
        bundle = super()._repr_mimebundle_(**options)
        if bundle is None:  # it has been closed
            return None
        data, metadata = bundle
        return {**data, "text/html": frame(self.page, self.title, self.height)}, metadata
