"""The picture of a page in docs: ``python -m tests.page.picture`` takes it anew, with chromium."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from autograd import graph
from tests.page.browsing import CHROMIUM
from tests.page.examples import hand

DOCS = Path(__file__).parent.parent.parent / "docs"


def main() -> None:
    """Take the picture: of the hand example, at a step that adds to a sum."""
    from playwright.sync_api import sync_playwright

    error = hand()
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "page.html")
        graph(error).save(path, title="Backpropagation by hand", theme="light")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1240, "height": 700}, reduced_motion="reduce")
        tab.goto(f"{path.as_uri()}#step=25&select=6")
        tab.wait_for_timeout(500)
        tab.screenshot(path=DOCS / "page.png")
        browser.close()


if __name__ == "__main__":
    main()
