"""A browser with a page in it, driven as by a reader: by mouse and by keyboard.

A test module that imports this one is skipped where there is no browser.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograd import Graph

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Error, Page

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser"])), None)
if CHROMIUM is None or find_spec("playwright") is None:
    pytest.skip("needs chromium and playwright", allow_module_level=True)


class Reader:
    """A reader of a page.

    Attributes:
        tab: the tab of the browser.
        errors: what went wrong in the program of the page.
        dialogs: what the page has asked, which it never should.
    """

    def __init__(self, tab: Page, path: Path) -> None:
        self.tab = tab
        self.path = path
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        tab.on("pageerror", self._fail)
        tab.on("dialog", self._dismiss)

    def leave(self) -> None:
        """Hear no more of the tab, which others use."""
        self.tab.remove_listener("pageerror", self._fail)
        self.tab.remove_listener("dialog", self._dismiss)

    def _fail(self, error: Error) -> None:
        self.errors.append(str(error))

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def open(self, snapshot: Graph, hash: str = "", **options: Any) -> Reader:
        """Open the page of a graph, and give it the focus."""
        return self.visit(snapshot.save(self.path, **options), hash)

    def visit(self, path: Path, hash: str = "") -> Reader:
        """Open a page, and give it the focus."""
        self.tab.goto("about:blank")
        self.tab.goto(path.as_uri() + hash)
        self.wait("page !== undefined")
        self.tab.focus(".stage")
        return self

    def ask(self, expression: str) -> Any:
        """The value of an expression, of the program's ``page``, ``stage`` and ``trainer``."""
        return self.tab.evaluate(f"(({{page, stage, trainer}}) => {expression})(graphPage)")

    def wait(self, condition: str) -> None:
        """Wait until a condition holds, for 30 s at most."""
        end = time.monotonic() + 30.0
        while not self.tab.evaluate(
            "window.graphPage !== undefined &&"
            f" (({{page, stage, trainer}}) => {condition})(graphPage)"
        ):
            assert time.monotonic() < end, condition
            self.tab.wait_for_timeout(5)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.tab.keyboard.press(key)

    def texts(self, selector: str) -> list[str]:
        """The texts of the elements of a selector."""
        found: list[str] = self.tab.locator(selector).all_text_contents()
        return found

    def place(self, name: str) -> tuple[float, float]:
        """Where the middle of the box of a value or of a folded group is on the screen."""
        x, y = self.ask(
            f"""(() => {{
                const {{ scene, graph }} = page;
                const box = scene.boxes.findIndex((_, b) => scene.isValue(b)
                    ? graph.short[scene.nodes[b][0]] === {name!r} : scene.texts[b][0] === {name!r});
                const {{ x, y, width, height }} = scene.boxes[box];
                const {{ left, top }} = stage.element.getBoundingClientRect();
                return [(x + width / 2 - stage.camera.x) * stage.camera.scale + left,
                        (y + height / 2 - stage.camera.y) * stage.camera.scale + top];
            }})()"""
        )
        return x, y

    @property
    def camera(self) -> Any:
        """The place and the scale of the camera."""
        return self.ask("[stage.camera.x, stage.camera.y, stage.camera.scale]")

    @property
    def said(self) -> str:
        """What a screen reader was told last."""
        return self.texts(".spoken")[0]


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    """A tab of a browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        browser.close()


@pytest.fixture
def reader(tab: Page, tmp_path: Path) -> Iterator[Reader]:
    """A reader, for whom nothing goes wrong to the end."""
    found = Reader(tab, tmp_path / "page.html")
    yield found
    found.leave()
    assert found.errors == []
    assert found.dialogs == []
