"""The picture of a network as a `graphviz.Digraph`.

Every node has the place that `layout` gave it. ``layout=neato`` and the exclamation marks
behind the places make Graphviz keep them, so that the neurons stay in order and no two
weights are written on each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import graphviz

from nn.drawing.colors import THEME, line_color, line_width, text_color
from nn.drawing.layout import FONT, LINE, Arrow, Circle, Diagram, Label, Text
from nn.drawing.svg import to_svg

_PIXELS_PER_INCH = 96
_POINTS_PER_PIXEL = 0.75
_SVG = "image/svg+xml"


class NetworkDigraph(graphviz.Digraph):  # type: ignore[misc]  # graphviz comes without types
    """The picture of a network: a `graphviz.Digraph` that does not need Graphviz's programs.

    ``source``, ``save``, ``render`` and ``pipe`` are those of `graphviz.Digraph`. `to_svg` needs
    no program, and notebooks show that SVG where there is no ``dot``.
    """

    _diagram: Diagram | None = None

    @classmethod
    def of(cls, diagram: Diagram, format: str) -> NetworkDigraph:
        """The picture that ``diagram`` describes."""
        digraph = cls("network", format=format, engine="neato")
        digraph._diagram = diagram
        _add(digraph, diagram)
        return digraph

    def to_svg(self) -> str:
        """The picture as SVG, drawn by this library, without later additions to the digraph."""
        if self._diagram is None:
            raise ValueError("a part of a network's picture has no SVG of its own")
        return to_svg(self._diagram)

    def copy(self) -> NetworkDigraph:
        """An independent copy."""
        twin: NetworkDigraph = super().copy()
        twin._diagram = self._diagram
        return twin

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: Any
    ) -> dict[str, bytes | str]:
        """The picture in a notebook: drawn by ``dot``, or else the SVG of this library."""
        try:
            bundle: dict[str, bytes | str] = super()._repr_mimebundle_(include, exclude)
        except graphviz.ExecutableNotFound:
            if self._diagram is None:
                raise
            bundle = {_SVG: self.to_svg()} if include is None or _SVG in include else {}
        return bundle


def _add(digraph: NetworkDigraph, diagram: Diagram) -> None:
    size = f"{FONT * _POINTS_PER_PIXEL:g}"
    digraph.attr(
        "graph",
        layout="neato",
        splines="line",
        outputorder="edgesfirst",
        bgcolor=THEME.background,
        pad="0.1",
    )
    digraph.attr(
        "node",
        shape="circle",
        fixedsize="true",
        style="filled",
        color=THEME.stroke,
        fontname="Helvetica",
        fontsize=size,
        fontcolor=THEME.text,
        margin="0",
    )
    for circle in diagram.circles:
        digraph.node(circle.unit.name, **_circle(circle))
    for arrow in diagram.arrows:
        digraph.edge(arrow.tail.unit.name, arrow.head.unit.name, **_arrow(arrow))
    for i, label in enumerate(diagram.labels):
        digraph.node(f"label{i}", **_label(label))
    for i, text in enumerate(diagram.texts):
        digraph.node(f"text{i}", **_text(text))


def _circle(circle: Circle) -> dict[str, str]:
    lines = [_line(line, bold=i == 0) for i, line in enumerate(circle.unit.lines)]
    attributes = _at(circle.x, circle.y, 2 * circle.radius, 2 * circle.radius)
    attributes["label"] = f"<{'<BR/>'.join(lines)}>"
    attributes["tooltip"] = _plain(circle.unit.tooltip)
    if circle.unit.kind == "gap":
        return attributes | {"shape": "plaintext", "style": "solid"}
    return attributes | {"fillcolor": THEME.leaf if circle.unit.kind == "input" else THEME.box}


def _arrow(arrow: Arrow) -> dict[str, str]:
    width = line_width(arrow.strength)
    return {
        "color": line_color(arrow.strength),
        "penwidth": f"{width * _POINTS_PER_PIXEL:.2f}",
        "arrowsize": f"{0.4 + 0.12 * width:.2f}",
        "tooltip": _plain(arrow.link.tooltip),
    }


def _label(label: Label) -> dict[str, str]:
    color = THEME.text if label.arrow is None else text_color(label.arrow.link.weight)
    lines = [
        _line(line, color=color if i == 0 else THEME.muted) for i, line in enumerate(label.lines)
    ]
    return _at(label.x, label.y, label.width, label.height) | {
        "label": f"<{'<BR/>'.join(lines)}>",
        "shape": "box",
        "penwidth": "0",
        "fillcolor": f"{THEME.background}e6",
        "tooltip": "" if label.arrow is None else _plain(label.arrow.link.tooltip),
    }


def _text(text: Text) -> dict[str, str]:
    line = _line(text.text, text.bold, THEME.text if text.bold else THEME.muted)
    return _at(text.x, text.y, 1.0, LINE) | {
        "label": f"<{line}>",
        "shape": "plaintext",
        "style": "solid",
        "fixedsize": "false",
        "fontsize": f"{text.size * _POINTS_PER_PIXEL:g}",
    }


def _at(x: float, y: float, width: float, height: float) -> dict[str, str]:
    """The place and the size of a node, in inches from the bottom up."""
    return {
        "pos": f"{x / _PIXELS_PER_INCH:.4f},{-y / _PIXELS_PER_INCH:.4f}!",
        "width": f"{width / _PIXELS_PER_INCH:.4f}",
        "height": f"{height / _PIXELS_PER_INCH:.4f}",
    }


def _line(text: str, bold: bool = False, color: str = THEME.text) -> str:
    """A line in Graphviz's markup, which knows backslashes and refuses a lone "]"."""
    shown = escape(text).replace("\\", "\\\\").replace("]", "&#93;") or " "
    if bold:
        shown = f"<B>{shown}</B>"
    return shown if color == THEME.text else f'<FONT COLOR="{color}">{shown}</FONT>'


def _plain(text: str) -> str:
    """``text``, escaped so that Graphviz shows it as it is."""
    shown = text.replace("\\", "\\\\").replace("&", "&amp;").replace("\n", "\\n")
    plain: str = graphviz.nohtml(shown)
    return plain or " "
