"""The picture of a network as a `graphviz.Digraph`.

Every node has the place that `layout` gave it. ``layout=neato`` and the exclamation marks
behind the places make Graphviz keep them, so that the neurons stay in order and no two
weights are written on each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import graphviz

from autograd.draw import dot_label, dot_text, with_image
from nn.drawing.colors import THEME, line_color, line_width
from nn.drawing.layout import FONT, LINE, Arrow, Diagram, Kind, Shape
from nn.drawing.svg import to_svg

_PIXELS_PER_INCH = 96
_POINTS_PER_PIXEL = 0.75
_SVG = "image/svg+xml"

# The attributes of each kind of shape that are not those of all nodes.
_KINDS: Final[dict[Kind, dict[str, str]]] = {
    "input": {"fillcolor": THEME.leaf},
    "neuron": {"fillcolor": THEME.box},
    "gap": {"shape": "plaintext", "style": "solid", "tooltip": " "},
    "label": {"shape": "box", "penwidth": "0", "fillcolor": THEME.background},
    "text": {"shape": "plaintext", "style": "solid", "fixedsize": "false"},
}


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
            fontsize=f"{FONT * _POINTS_PER_PIXEL:g}",
            fontcolor=THEME.text,
            margin="0",
        )
        for circle in diagram.circles:
            digraph.node(circle.name, **_node(circle))
        for arrow in diagram.arrows:
            digraph.edge(arrow.tail.name, arrow.head.name, **_edge(arrow))
        for shapes in (diagram.labels, diagram.texts):
            for i, shape in enumerate(shapes):
                digraph.node(f"{shape.kind}{i}", **_node(shape))
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
        return with_image(bundle, repr(self))


def _node(shape: Shape) -> dict[str, str]:
    """The attributes of a shape, its place in inches from the bottom up."""
    size = shape.font * _POINTS_PER_PIXEL
    # A text on the page has as much room as it takes.
    wide, high = (1.0, LINE) if shape.kind == "text" else (shape.width, shape.height)
    attributes = {
        "pos": f"{shape.x / _PIXELS_PER_INCH:.4f},{-shape.y / _PIXELS_PER_INCH:.4f}!",
        "width": f"{wide / _PIXELS_PER_INCH:.4f}",
        "height": f"{high / _PIXELS_PER_INCH:.4f}",
        "label": dot_label(shape.lines, size),
    }
    if shape.kind == "text":
        attributes["fontsize"] = f"{size:g}"
    else:
        attributes["tooltip"] = dot_text(shape.tooltip)
    return attributes | _KINDS[shape.kind]


def _edge(arrow: Arrow) -> dict[str, str]:
    width = line_width(arrow.strength)
    return {
        "color": line_color(arrow.strength),
        "penwidth": f"{width * _POINTS_PER_PIXEL:.2f}",
        "arrowsize": f"{0.4 + 0.12 * width:.2f}",
        "tooltip": dot_text(arrow.link.tooltip),
    }
