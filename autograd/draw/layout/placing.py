"""The last step of a layered drawing: from its own coordinates to those of the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autograd.draw.layout.extents import Extents
from autograd.draw.layout.places import Layout, Panel, Path, Point, Rectangle
from autograd.draw.layout.routing import RETURN_GAP, RETURN_ROOM, Ground
from autograd.draw.layout.rows import Row, rows_of
from autograd.draw.layout.sizes import Sizes
from autograd.draw.layout.skeleton import LINE_GAP, Skeleton
from autograd.draw.picture import Picture


def ground_of(
    sizes: Sizes,
    skeleton: Skeleton,
    extents: Extents,
    coordinates: list[float],
    sides: Sequence[tuple[float, float]],
) -> Ground:
    """The layers broken into rows, and where items and rows are."""
    items, starts, ends = skeleton.items, extents.starts, extents.ends
    least = min([place - room for place, room in zip(coordinates, items.before)])
    most = max([place + room for place, room in zip(coordinates, items.after)])
    rows = rows_of(items, starts, ends, most - least, sizes.font, skeleton.stride)
    row_of = [number for number, row in enumerate(rows) for _ in range(row.first, row.last + 1)]
    room_start = max(extents.before, default=0.0)
    room_end = max(extents.after, default=0.0)
    shifts, floors = _stack(skeleton, sizes.font, rows, row_of, coordinates, sides)
    return Ground(
        items=items,
        coordinates=coordinates,
        starts=starts,
        ends=ends,
        rows=rows,
        row_of=row_of,
        begins=[starts[row.first] - room_start for row in rows],
        stops=[ends[row.last] + room_end for row in rows],
        shifts=shifts,
        floors=floors,
        fronts=sizes.fronts,
        font_size=sizes.font,
    )


def _stack(
    skeleton: Skeleton,
    font: float,
    rows: Sequence[Row],
    row_of: Sequence[int],
    coordinates: Sequence[float],
    sides: Sequence[tuple[float, float]],
) -> tuple[list[float], list[float]]:
    """What to add to coordinates across the layers in each row, and where each row is over."""
    items, nesting = skeleton.items, skeleton.nesting
    least, most = [math.inf] * len(rows), [-math.inf] * len(rows)
    spans = [
        (first, last, place - before, place + after)
        for first, last, place, before, after in zip(
            items.first, items.last, coordinates, items.before, items.after
        )
    ]
    spans += [(first, last, *side) for first, last, side in zip(nesting.first, nesting.last, sides)]
    for first, last, begin, end in spans:
        if first <= last:
            for row in range(row_of[first], row_of[last] + 1):
                least[row] = min(least[row], begin)
                most[row] = max(most[row], end)
    shifts, floors = [], []
    top = 0.0
    for row, (begin, end) in enumerate(zip(least, most)):
        shifts.append(top - begin)
        floors.append(top + end - begin)
        returning = len(rows[row].returns)
        top = floors[-1] + (2 * RETURN_ROOM + RETURN_GAP * max(returning - 1, 0)) * font
    return shifts, floors


def placed(
    picture: Picture,
    sizes: Sizes,
    skeleton: Skeleton,
    extents: Extents,
    ground: Ground,
    sides: Sequence[tuple[float, float]],
    paths: Sequence[Path],
) -> Layout:
    """Everything in its place in the picture."""
    view = _view(picture, sizes, ground)
    boxes = [
        view.rectangle(ground, item, front.length, front.breadth / 2, front.breadth / 2)
        for item, front in enumerate(sizes.fronts)
    ]
    labels = [
        None if item is None else _label_place(sizes, ground, view, edge.label, item)
        for edge, item in zip(picture.edges, skeleton.labels)
    ]
    width, height = sizes.turn(view.length, ground.floors[-1])
    return Layout(
        width=width,
        height=height,
        boxes=boxes,
        texts=sizes.texts,
        panels=_panels(skeleton, extents, ground, view, sides),
        headers=sizes.headers,
        paths=[
            [tuple([view.point(*each) for each in stretch]) for stretch in path] for path in paths
        ],
        stretches=skeleton.stretches,
        labels=labels,
    )


def _view(picture: Picture, sizes: Sizes, ground: Ground) -> _View:
    returning = max(len(row.returns) for row in ground.rows)
    margin = (RETURN_ROOM + RETURN_GAP * returning) * sizes.font if returning else 0.0
    length = max(stop - begin for begin, stop in zip(ground.begins, ground.stops)) + 2 * margin
    return _View(length, margin, sizes.sideways, picture.direction in ("RL", "BT"))


def _label_place(sizes: Sizes, ground: Ground, view: _View, label: str, item: int) -> Rectangle:
    length, breadth = sizes.turn(*sizes.label(label))
    gap = LINE_GAP * sizes.font / 4
    before, after = (breadth + gap, -gap) if sizes.sideways else (-gap, breadth + gap)
    return view.rectangle(ground, item, length, before, after)


def _panels(
    skeleton: Skeleton,
    extents: Extents,
    ground: Ground,
    view: _View,
    sides: Sequence[tuple[float, float]],
) -> list[Panel]:
    """The frames, cut where a row ends."""
    panels = []
    for frame, (first, last) in enumerate(zip(skeleton.nesting.first, skeleton.nesting.last)):
        if first > last:
            continue
        rows = range(ground.row_of[first], ground.row_of[last] + 1)
        for row in rows:
            start = ground.starts[first] - extents.before[frame] - ground.begins[row]
            end = ground.ends[last] + extents.after[frame] - ground.begins[row]
            if row > rows[0]:
                start = 0.0
            if row < rows[-1]:
                end = ground.stops[row] - ground.begins[row]
            begin, stop = (side + ground.shifts[row] for side in sides[frame])
            panels.append(Panel(frame, view.between((start, begin), (end, stop))))
    return panels


@dataclass(frozen=True, slots=True)
class _View:
    """How the coordinates of a drawing become those of a picture.

    Attributes:
        length: of the picture, along the layers.
        margin: before what stands first in a row.
        sideways: whether the layers stand beside each other, not below.
        mirrored: whether the first of them is the last of the picture.
    """

    length: float
    margin: float
    sideways: bool
    mirrored: bool

    def point(self, along: float, across: float) -> Point:
        """Where a point is in the picture."""
        along = self.length - self.margin - along if self.mirrored else along + self.margin
        return (along, across) if self.sideways else (across, along)

    def between(self, one: Point, other: Point) -> Rectangle:
        """The rectangle between two corners."""
        (x, y), (far_x, far_y) = self.point(*one), self.point(*other)
        return Rectangle(min(x, far_x), min(y, far_y), abs(x - far_x), abs(y - far_y))

    def rectangle(
        self, ground: Ground, item: int, length: float, before: float, after: float
    ) -> Rectangle:
        """The rectangle of an item, from its size along the layers and on its sides."""
        layer = ground.items.first[item]
        row = ground.row_of[layer]
        middle = (ground.starts[layer] + ground.ends[layer]) / 2 - ground.begins[row]
        place = ground.coordinates[item] + ground.shifts[row]
        return self.between(
            (middle - length / 2, place - before), (middle + length / 2, place + after)
        )
