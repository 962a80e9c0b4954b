"""The places of boxes and lines for each way of folding that a page offers.

The page writes the numbers itself, and other ones after an edit or during a step. So there is
room for any number in a box, and beside a line for a step: its upstream gradient times the local
derivative, and their product.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from autograd.draw.content import Drawing, operation_text
from autograd.draw.folding import Folding, Part, fold
from autograd.draw.layout import layout
from autograd.draw.options import complete_options
from autograd.draw.picture import Box, Edge, Frame, Line
from autograd.draw.summary import SMALL, contents
from autograd.draw.svg import path_data
from autograd.page.columns import packed, tenths
from autograd.snapshot import Node, Snapshot
from autograd.snapshot.grouping import Group

# More values outside of open groups are contracted, and of the groups those of two levels are open
# together at most.
_MOST_APART: Final = 2000
_MOST_BOXES: Final = 100
_MOST_LEVELS: Final = 2
# Up to so many values, there is a scene with a box for each, although they are in groups.
_MOST_AT_ONCE: Final = 5000
# So many groups have a scene where they alone are open. In a large graph fewer have one, since a
# scene takes time for its boxes, and for all values.
_MOST_GROUPS: Final = 40
_MOST_BOXES_ALONE: Final = 5000
_VALUES_AS_A_BOX: Final = 100
# Up to so many boxes, a scene stays in one row, along which the page moves.
_MOST_IN_A_ROW: Final = 300
# Up to so many values, there is room beside the lines.
_MOST_LABELLED: Final = 1000
# More values outside of groups are also offered with most of them in a few boxes.
_MOST_TO_READ: Final = 60

_NUMBER: Final = "-0.00000"  # as wide as numbers of 4 digits are
_NUMBERS: Final = (Line(_NUMBER), Line(f"grad {_NUMBER}", scale=SMALL))
_STEP: Final = "0.00 x 0.0000\n= -0.00000"  # narrower than some, which reach into the gap beside it


def scenes(graph: Snapshot) -> list[dict[str, Any]]:
    """The scenes of a graph, those with more boxes first."""
    found: dict[tuple[Part, ...], Folding] = {}
    for folding in _foldings(graph):
        found.setdefault(folding.parts, folding)
    ordered = sorted(found.values(), key=lambda folding: -len(folding.parts))
    return [_scene(graph, folding, _turns(folding, ordered)) for folding in ordered]


def _foldings(graph: Snapshot) -> Iterator[Folding]:
    is_large = len(graph) > _MOST_APART
    full = fold(graph, None, None)
    if len(graph) <= _MOST_AT_ONCE or not graph.groups:
        yield full
    limit = _MOST_BOXES if is_large else None
    deepest = full.full_depth - 1
    for depth in range(min(deepest, _MOST_LEVELS) if is_large else deepest, -1, -1):
        folding = fold(graph, depth, limit)
        if len(folding.parts) > 1:
            yield folding
    room = _MOST_BOXES_ALONE
    for group in _opened_alone(graph, full.levels, is_large):
        folding = fold(graph, None, limit, [group])
        room -= len(folding.parts) + len(graph) // _VALUES_AS_A_BOX
        if is_large and room < 0:
            break
        yield folding
    if len(full.parts) > _MOST_TO_READ and not graph.groups:
        yield fold(graph, None, _MOST_TO_READ)


def _opened_alone(graph: Snapshot, levels: Sequence[int], is_large: bool) -> list[int]:
    """The groups that have a scene where they alone are open, with those around them.

    Of a small graph these are the innermost ones; of a large one first one of each level, each in
    the one before, then the others by their levels.
    """
    inside: dict[int | None, list[int]] = {}
    for group in graph.groups:
        inside.setdefault(group.parent, []).append(group.id)
    if not is_large:
        innermost = [group.id for group in graph.groups if group.id not in inside]
        return innermost if len(graph.groups) <= _MOST_GROUPS else []
    chosen: list[int] = []
    nested = inside.get(None, [])
    while nested:
        chosen.append(nested[0])
        nested = inside.get(nested[0], [])
    chosen += sorted(range(len(levels)), key=levels.__getitem__)
    return [id for id in dict.fromkeys(chosen) if levels[id] > 1][:_MOST_GROUPS]


class _Roomy(Drawing):
    """A drawing with room for numbers other than those of the graph."""

    def _add_value(self, node: Node) -> None:
        name = self.graph.short_name(node)
        above = [Line(name, bold=True, scale=1.1)] if name else []
        if node.op is not None or not name:
            operation = "" if node.op is None else operation_text(node, self._constant)
            shown = operation if name else f"{self.graph.name(node)} {operation}"
            above.append(Line(shown, bold=not name))
        self.boxes.append(Box((*above, *_NUMBERS), frame=self._frame(node.group)))

    def _summary(self, part: Part, nodes: Sequence[Node]) -> Sequence[Line]:
        ranges = [f"{what} {_NUMBER} to {_NUMBER}" for what in ("values", "grads")]
        return [Line(line, scale=SMALL) for line in (*contents(part, nodes), *ranges)]

    def _add_box(self, nodes: Sequence[Node], group: int | None, box: Box) -> None:  # noqa: ARG002
        self.boxes.append(Box(box.lines, frame=self._frame(group)))  # the page colours it

    def _frame(self, group: int | None) -> int | None:
        return None if group is None else self.frame_of.get(group)

    def _add_edge(self, node: Node, position: int, source: int, formulas: Sequence[str]) -> None:  # noqa: ARG002
        tail, head = self.folding.part_of[source], self.folding.part_of[node.id]
        self.edges.append(Edge(self.exits[tail], self.entries[head], self._count(1)))

    def _count(self, uses: int) -> str:  # noqa: ARG002  # a line for many has the same room
        return _STEP if len(self.graph) <= _MOST_LABELLED else ""


def _turns(folding: Folding, all_: Sequence[Folding]) -> dict[int, int]:
    """For each group that is open or a box, the scene to open or close it.

    That is the one in which most of the others are as they were.
    """
    far = [2 * len(folding.open - x.open) + len(x.open - folding.open) for x in all_]
    nearest = sorted(range(len(all_)), key=lambda view: (far[view], -view))
    boxes = {part.group for part in folding.parts if part.kind == "group"}
    found: dict[int, int] = {}
    for group in sorted({group for group in boxes if group is not None} | folding.open):
        for view in nearest:
            if (group in all_[view].open) != (group in folding.open):
                found[group] = view
                break
    return found


def _name(graph: Snapshot, folding: Folding, depth: int) -> str:
    """What a scene is called, by what is open in it."""
    if all(part.kind == "value" for part in folding.parts):
        return "everything"
    around = {graph.groups[group].parent for group in folding.open}
    match [group for group in graph.groups if group.id in folding.open - around]:
        case []:
            return "folded"
        case [innermost]:
            return f"only {graph.place(innermost)}"
    return f"open to depth {depth}"


def _samples_in_rows(
    frames: Sequence[Frame], groups: Sequence[Group], length: int
) -> tuple[Frame, ...]:
    """The frames, with the samples of each module side by side, so many in a row."""
    found = list(frames)
    samples: dict[int | None, list[int]] = {}
    for frame, group in enumerate(groups):
        if group.kind == "sample":
            before = samples.setdefault(group.parent, [])
            if length > 1 and len(before) % length:
                found[frame] = replace(found[frame], follows=before[-1])
            before.append(frame)
    return tuple(found)


def _scene(graph: Snapshot, folding: Folding, turns: dict[int, int]) -> dict[str, Any]:
    options = complete_options({"color_by": None, "max_boxes": None})
    wraps = len(folding.parts) > _MOST_IN_A_ROW
    picture = replace(_Roomy(graph, folding, options).picture(), wraps=wraps)
    placed = layout(picture)
    opened = sorted(folding.open)
    in_a_row = round(math.sqrt(placed.height / placed.width))
    frames = _samples_in_rows(picture.frames, [graph.groups[id] for id in opened], in_a_row)
    if any(frame.follows is not None for frame in frames):
        placed = layout(replace(picture, frames=frames))
    levels = folding.levels
    depth = max([levels[group] for group in opened], default=0)
    return {
        "name": _name(graph, folding, depth),
        "even": all(x in folding.open or level > depth for x, level in enumerate(levels)),
        "open": opened,
        "width": round(placed.width, 1),
        "height": round(placed.height, 1),
        "count": len(placed.boxes),
        "boxes": tenths(chain.from_iterable(placed.boxes)),
        "part": packed("i", folding.part_of),
        "kinds": {i: part.kind for i, part in enumerate(folding.parts) if part.kind != "value"},
        "turns": turns,
        "folds": {i: part.group for i, part in enumerate(folding.parts) if part.kind == "group"},
        "texts": {
            i: [line.text for line in lines[:-2]]
            for i, (part, lines) in enumerate(zip(folding.parts, placed.texts))
            if part.kind != "value"
        },
        "paths": "".join([path_data(route) for route in placed.routes]),  # each begins with M
        "labels": tenths(chain.from_iterable([place or (0, 0, 0, 0) for place in placed.labels])),
        "frames": [
            [opened[panel.frame], *[round(number, 1) for number in panel.place]]
            for panel in placed.panels
        ],
    }
