"""The pictures of pages in docs: `python -m tests.page.picture` takes them anew, with chromium."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from autograd import graph
from demos import xor
from demos.output import OutputFolder
from tests.page.browsing import CHROMIUM
from tests.page.examples import hand

if TYPE_CHECKING:
    from playwright.sync_api import Page

DOCS = Path(__file__).parent.parent.parent / "docs"


def main() -> None:
    """Take the pictures: of the hand example, at a step that adds to a sum; and of training."""
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "page.html")
        graph(hand()).save(path, title="Backpropagation by hand", theme="light")
        xor.save_page(xor.make_model(random.Random(1)), OutputFolder(Path(folder)))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1240, "height": 700}, reduced_motion="reduce")
        tab.goto(f"{path.as_uri()}#step=25&select=6")
        _take(tab, "page.png")
        tab.goto(Path(folder, "xor.html").as_uri())
        for _ in range(2):
            tab.get_by_role("button", name="1,000 steps").click()
            tab.wait_for_function("graphPage.trainer.left === 0")
        _take(tab, "training.png")
        browser.close()


def _take(tab: Page, name: str) -> None:
    tab.wait_for_timeout(1000)
    tab.screenshot(path=DOCS / name)


if __name__ == "__main__":
    main()
