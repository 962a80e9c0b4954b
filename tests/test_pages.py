"""The pages of docs: each picture is what the code above it draws.

Their examples run as doctests. ``python -m tests.test_pages`` draws the pictures anew.
"""

from __future__ import annotations

import doctest
import re
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.drawings import dot_texts, svg_texts

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "pictures.md"
SHOWN = re.findall(r"\((\w+)\.svg\)", PAGE.read_text("utf-8"))

# Laid out by dot, each beside the same picture of the library's own layout.
BY_DOT = {"graphviz": "example", "xor_graphviz": "whole"}
PICTURES = [name for name in SHOWN if name not in BY_DOT]


@cache
def drawn() -> dict[str, Any]:
    """The drawings of the examples of the page, by name: as SVG, or for dot as a Digraph."""
    text = PAGE.read_text("utf-8")
    test = doctest.DocTestParser().get_doctest(text, {}, "pictures", str(PAGE), 0)
    doctest.DocTestRunner(verbose=False).run(test, clear_globs=False)
    return {name: test.globs[name] for name in SHOWN}


def test_the_page_shows_pictures() -> None:
    assert len(SHOWN) == len(set(SHOWN)) == 10 + len(BY_DOT)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_the_page_draws(name: str) -> None:
    """To the last digit that is shown: those behind it, in tooltips, depend on the machine."""
    kept = (DOCS / f"{name}.svg").read_text("utf-8")
    assert svg_texts(kept) == svg_texts(drawn()[name])
    tags = [element.tag for element in ElementTree.fromstring(kept).iter()]
    assert tags == [element.tag for element in ElementTree.fromstring(drawn()[name]).iter()]


@pytest.mark.parametrize(("name", "own"), BY_DOT.items())
def test_a_picture_of_dot_says_what_the_page_draws(name: str, own: str) -> None:
    """Positions by dot depend on its version and its fonts."""
    kept = (DOCS / f"{name}.svg").read_text("utf-8")
    assert sorted(dot_texts(kept)) == sorted(svg_texts(drawn()[own]))
    numbers = re.findall(r">grad (\S+)</FONT>", drawn()[name].source)
    assert sorted(numbers) == sorted(
        text.removeprefix("grad ") for text in dot_texts(kept) if text.startswith("grad ")
    )


if __name__ == "__main__":
    for name, picture in drawn().items():
        svg = picture.pipe(encoding="utf-8") if name in BY_DOT else picture
        (DOCS / f"{name}.svg").write_text(svg, "utf-8")
