"""The page by keyboard and by ear, in colours that can be told apart, and by the rules of axe-core.

The last are tested where the variable AXE is the path of ``axe.min.js``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd import Graph, Value, graph
from tests.page.browsing import Reader, reader, tab
from tests.page.examples import hand, xor

__all__ = ["reader", "tab"]  # the fixtures

AXE = os.environ.get("AXE", "")
needs_axe = pytest.mark.skipif(not AXE, reason="needs axe-core, at the path AXE")


def violations(reader: Reader) -> Any:
    """The rules of axe-core that the page breaks as it is now."""
    return reader.tab.evaluate(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>"
        " [id, ...nodes.map(({ html }) => html.slice(0, 200))]))"
    )


@needs_axe
@pytest.mark.parametrize(("theme", "example"), [("light", xor), ("dark", hand)])
def test_the_page_breaks_no_rule_of_axe(
    reader: Reader, theme: Any, example: Callable[[], Graph | Value]
) -> None:
    shown = example()
    reader.open(shown if isinstance(shown, Graph) else graph(shown), theme=theme)
    reader.tab.evaluate(Path(AXE).read_text("utf-8"))
    reader.ask("page.goTo(page.steps.turn + 3)")
    reader.press("ArrowLeft")
    assert violations(reader) == []
    reader.ask("page.select(0)")
    reader.press("Alt+ArrowUp", "/")
    reader.tab.keyboard.type("w")
    assert violations(reader) == []
    reader.press("Escape", "?")
    assert violations(reader) == []


def test_every_box_of_a_step_can_be_reached_and_is_spoken(reader: Reader) -> None:
    reader.open(graph(hand()))
    for key in ("Tab", "Tab", "Tab"):
        reader.press(key)
        assert reader.tab.evaluate("document.activeElement.matches('button, input, select')")
    reader.tab.focus(".stage")
    spoken = set()
    for _ in range(10):
        reader.press("ArrowLeft")
        spoken.add(reader.said.split(",")[0])
    assert {"E", "v₂₂", "v₂₁", "a₃"} <= spoken
