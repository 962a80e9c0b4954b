"""The places of boxes and lines for each way of folding that a page offers.

The page writes the numbers itself, and other ones after an edit or during a step. So there is
room for any number in a box, and beside a line for a step: its upstream gradient times the local
derivative, and their product.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from autograd.draw.content import Drawing, operation_text
from autograd.draw.folding import Folding, Part, fold
from autograd.draw.layout import layout
from autograd.draw.options import complete_options
from autograd.draw.picture import Box, Line
from autograd.draw.summary import SMALL, contents
from autograd.draw.svg import path_data
from autograd.page.columns import packed, tenths
from autograd.snapshot import Node, Snapshot

# Up to so many values, each innermost group has a scene where it alone is open.
_MOST_FOR_EACH_GROUP: Final = 2000
_MOST_GROUPS: Final = 40
# Up to so many boxes, a scene stays in one row, along which the page moves.
_MOST_IN_A_ROW: Final = 300
# Up to so many values, there is room beside the lines.
_MOST_LABELLED: Final = 1000
# More values outside of groups are also offered with most of them in a few boxes.
_MOST_TO_READ: Final = 60

_NUMBER: Final = "-0.00000"  # as wide as numbers of 4 digits are
_STEP: Final = "0.00 x 0.0000\n= -0.00000"  # narrower than some, which reach into the gap beside it


def scenes(graph: Snapshot) -> list[dict[str, Any]]:
    """The scenes of a graph, those with more boxes first."""
    found: dict[tuple[Part, ...], Folding] = {}
    for folding in _foldings(graph):
        found.setdefault(folding.parts, folding)
    ordered = sorted(found.values(), key=lambda folding: -len(folding.parts))
    return [_scene(graph, folding) for folding in ordered]


def _foldings(graph: Snapshot) -> Iterator[Folding]:
    full = fold(graph, None, None)
    yield full
    for depth in range(full.full_depth - 1, -1, -1):
        folding = fold(graph, depth, None)
        if len(folding.parts) > 1:
            yield folding
    if len(graph.groups) <= _MOST_GROUPS and len(graph) <= _MOST_FOR_EACH_GROUP:
        around = {group.parent for group in graph.groups}
        for group in graph.groups:
            if group.parent is not None and group.id not in around:
                yield fold(graph, None, None, [group.id])
    if len(full.parts) > _MOST_TO_READ and not graph.groups:
        yield fold(graph, None, _MOST_TO_READ)


class _Roomy(Drawing):
    """A drawing with room for numbers other than those of the graph."""

    def _add_value(self, node: Node) -> None:
        name = self.graph.short_name(node)
        above = [Line(name, bold=True, scale=1.1)] if name else []
        if node.op is not None or not name:
            operation = "" if node.op is None else operation_text(node, self._constant)
            shown = operation if name else f"{self.graph.name(node)} {operation}"
            above.append(Line(shown, bold=not name))
        grad = Line(f"grad {_NUMBER}", scale=SMALL)
        self._add_box([node], node.group, Box((*above, Line(_NUMBER), grad)))

    def _summary(self, part: Part, nodes: Sequence[Node]) -> Sequence[Line]:
        ranges = [f"{what} {_NUMBER} to {_NUMBER}" for what in ("values", "grads")]
        return [Line(line, scale=SMALL) for line in (*contents(part, nodes), *ranges)]

    def _local_derivative(self, *_: Any) -> str:
        return self._count(1)

    def _count(self, uses: int) -> str:  # noqa: ARG002  # a line for many has the same room
        return _STEP if len(self.graph) <= _MOST_LABELLED else ""


def _scene(graph: Snapshot, folding: Folding) -> dict[str, Any]:
    options = complete_options({"color_by": None, "max_boxes": None})
    wraps = len(folding.parts) > _MOST_IN_A_ROW
    picture = replace(_Roomy(graph, folding, options).picture(), wraps=wraps)
    placed = layout(picture)
    opened = sorted(folding.open)
    return {
        "open": opened,
        "width": round(placed.width, 1),
        "height": round(placed.height, 1),
        "count": len(placed.boxes),
        "boxes": tenths(chain.from_iterable(placed.boxes)),
        "part": packed("i", folding.part_of),
        "kinds": {i: part.kind for i, part in enumerate(folding.parts) if part.kind != "value"},
        "folds": {i: part.group for i, part in enumerate(folding.parts) if part.kind == "group"},
        "texts": {
            i: [line.text for line in lines[:-2]]
            for i, (part, lines) in enumerate(zip(folding.parts, placed.texts))
            if part.kind != "value"
        },
        "paths": [path_data(route) for route in placed.routes],
        "labels": tenths(chain.from_iterable([place or (0, 0, 0, 0) for place in placed.labels])),
        "frames": [
            [opened[panel.frame], *[round(number, 1) for number in panel.place]]
            for panel in placed.panels
        ],
    }
