"""The pages of docs: each picture is what the code above it draws.

Their examples run as doctests. ``python -m tests.test_pages`` draws the pictures anew.
"""

from __future__ import annotations

import doctest
import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.drawings import svg_texts

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "pictures.md"
PICTURES = re.findall(r"\((\w+)\.svg\)", PAGE.read_text("utf-8"))


@cache
def drawn() -> dict[str, str]:
    """What the examples of the page have drawn, by name."""
    text = PAGE.read_text("utf-8")
    test = doctest.DocTestParser().get_doctest(text, {}, "pictures", str(PAGE), 0)
    doctest.DocTestRunner(verbose=False).run(test, clear_globs=False)
    return {name: test.globs[name] for name in PICTURES}


def test_the_page_shows_pictures() -> None:
    assert len(PICTURES) == len(set(PICTURES)) == 9


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_the_page_draws(name: str) -> None:
    """To the last digit that is shown: those behind it, in tooltips, depend on the machine."""
    kept = (DOCS / f"{name}.svg").read_text("utf-8")
    assert svg_texts(kept) == svg_texts(drawn()[name])
    tags = [element.tag for element in ElementTree.fromstring(kept).iter()]
    assert tags == [element.tag for element in ElementTree.fromstring(drawn()[name]).iter()]


if __name__ == "__main__":
    for name, svg in drawn().items():
        (DOCS / f"{name}.svg").write_text(svg, "utf-8")
