"""Graphs to draw, and functions that read the drawings."""

from __future__ import annotations

import random
import re
from xml.etree import ElementTree

from hypothesis import strategies as st

from autograd import Graph, Value, graph
from autograd.draw.picture import Box, Picture
from nn import MLP

SVG = "{http://www.w3.org/2000/svg}"

# Texts with a meaning in SVG, in DOT or in Graphviz's markup.
HOSTILE = [
    "<script>alert(1)</script>",
    "</text></svg><script>alert(1)</script>",
    "]]><!-- -->&lt;&#x41;&nbsp;",
    "quotes \" and ' and `",
    "back\\slash \\n \\N \\G {a|b} <f>",
    "<b>bold</b>",
    "<",
    ">",
    "<>",
    "]",
    "two\nlines",
    "\n",
    " ",
    "a\tb",
    "שלום",
    "مرحبا x",
    "\u202egnp.exe",
    "👩‍👩‍👧‍👦 🎉",
    "x\u0301\u0301\u0301",
    "\x00\x07\ud800\ufffe",
    "javascript:alert(1)",
    "onload=alert(1)",
    'x" onload="alert(1)',
]


def any_text() -> st.SearchStrategy[str]:
    """Labels, among them those that could do harm."""
    return st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=12))


def example() -> Value:
    x, y = Value(3.0, "x"), Value(-0.5, "y")
    return (x * y + 2).tanh()


def trained(sizes: list[int], samples: int, seed: int = 1) -> tuple[MLP, Value]:
    """A network, and its loss over a batch after a backward pass."""
    rng = random.Random(seed)
    model = MLP(2, sizes, rng=rng)
    loss = Value(0.0)
    for _ in range(samples):
        loss = loss + (model([Value(rng.gauss(0, 1)), Value(rng.gauss(0, 1))]) - 1) ** 2
    loss.label = "loss"
    loss.backward()
    return model, loss


def network(sizes: list[int], samples: int, seed: int = 1) -> Graph:
    """A snapshot of such a loss, taken while there still is a model to know the groups by."""
    model, loss = trained(sizes, samples, seed)
    snapshot = graph(loss)
    assert len(snapshot.groups) > len(model.layers)
    return snapshot


def lines_of(box: Box) -> list[str]:
    """The text of a box."""
    return [line.text for line in box.lines]


def contents(picture: Picture) -> dict[str, list[str]]:
    """The text of each box, by its id."""
    return {box.id: lines_of(box) for box in picture.boxes}


def edges(picture: Picture) -> list[tuple[str, str, str]]:
    """The ids of the two ends of each edge, and its label."""
    ids = [box.id for box in picture.boxes]
    return [(ids[edge.tail], ids[edge.head], edge.label) for edge in picture.edges]


def svg_texts(svg: str) -> list[str]:
    """Every text that an SVG shows, but for the ground below a title, which is not read out."""
    tree = ElementTree.fromstring(svg)
    hidden = {id(text) for ground in tree.iterfind(".//*[@aria-hidden]") for text in ground}
    return [text.text or "" for text in tree.iter(f"{SVG}text") if id(text) not in hidden]


def dot_texts(svg: str) -> list[str]:
    """Every text in an SVG that Graphviz has written, which is shown with its entities."""
    return [text.replace("\xa0", " ") for text in svg_texts(svg)]


def quoted(source: str) -> list[str]:
    """The quoted strings of a source in Graphviz's language."""
    return re.findall(r'"((?:[^"\\]|\\.)*)"', source)
