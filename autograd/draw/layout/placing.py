"""From the coordinates along and across the layers to those in the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autograd.draw.layout.extents import LayerExtents
from autograd.draw.layout.places import Layout, Panel, Point, Rectangle, Route
from autograd.draw.layout.routing import RETURN_GAP, RETURN_ROOM, Geometry
from autograd.draw.layout.rows import LayerRow, rows_of
from autograd.draw.layout.sizes import Sizes
from autograd.draw.layout.skeleton import LINE_GAP, Skeleton
from autograd.draw.picture import Picture


def geometry_of(
    sizes: Sizes,
    skeleton: Skeleton,
    extents: LayerExtents,
    coordinates: list[float],
    sides: Sequence[tuple[float, float]],
) -> Geometry:
    """The geometry of the drawing, its layers broken into rows."""
    items, starts, ends = skeleton.items, extents.starts, extents.ends
    least = min([place - room for place, room in zip(coordinates, items.before)])
    most = max([place + room for place, room in zip(coordinates, items.after)])
    rows = rows_of(items, starts, ends, most - least, sizes.font, skeleton.stride)
    row_of = [number for number, row in enumerate(rows) for _ in range(row.first, row.last + 1)]
    room_start = max(extents.before, default=0.0)
    room_end = max(extents.after, default=0.0)
    shifts, floors = _stack(skeleton, sizes.font, rows, row_of, coordinates, sides)
    return Geometry(
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
        box_sizes=sizes.box_sizes,
        font_size=sizes.font,
    )


def _stack(
    skeleton: Skeleton,
    font: float,
    rows: Sequence[LayerRow],
    row_of: Sequence[int],
    coordinates: Sequence[float],
    sides: Sequence[tuple[float, float]],
) -> tuple[list[float], list[float]]:
    """For each row, the shift of coordinates across the layers, and the row's end across."""
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
    extents: LayerExtents,
    geometry: Geometry,
    sides: Sequence[tuple[float, float]],
    routes: Sequence[Route],
) -> Layout:
    """The layout: everything in the coordinates of the picture."""
    view = _view(picture, sizes, geometry)
    boxes = [
        view.rectangle(geometry, item, box_size.length, box_size.breadth / 2, box_size.breadth / 2)
        for item, box_size in enumerate(sizes.box_sizes)
    ]
    labels = [
        None if item is None else _label_place(sizes, geometry, view, edge.label, item)
        for edge, item in zip(picture.edges, skeleton.labels)
    ]
    width, height = sizes.turn(view.length, geometry.floors[-1])
    return Layout(
        width=width,
        height=height,
        boxes=boxes,
        texts=sizes.texts,
        panels=_panels(skeleton, extents, geometry, view, sides),
        headers=sizes.headers,
        routes=[
            [tuple([view.point(*each) for each in piece]) for piece in route] for route in routes
        ],
        stretches=skeleton.stretches,
        labels=labels,
    )


def _view(picture: Picture, sizes: Sizes, geometry: Geometry) -> _View:
    returning = max(len(row.returns) for row in geometry.rows)
    margin = (RETURN_ROOM + RETURN_GAP * returning) * sizes.font if returning else 0.0
    length = max(stop - begin for begin, stop in zip(geometry.begins, geometry.stops)) + 2 * margin
    return _View(length, margin, sizes.sideways, picture.direction in ("RL", "BT"))


def _label_place(sizes: Sizes, geometry: Geometry, view: _View, label: str, item: int) -> Rectangle:
    length, breadth = sizes.turn(*sizes.label(label))
    gap = LINE_GAP * sizes.font / 4
    before, after = (breadth + gap, -gap) if sizes.sideways else (-gap, breadth + gap)
    return view.rectangle(geometry, item, length, before, after)


def _panels(
    skeleton: Skeleton,
    extents: LayerExtents,
    geometry: Geometry,
    view: _View,
    sides: Sequence[tuple[float, float]],
) -> list[Panel]:
    """The frames, cut at the ends of rows."""
    panels = []
    for frame, (first, last) in enumerate(zip(skeleton.nesting.first, skeleton.nesting.last)):
        if first > last:
            continue
        rows = range(geometry.row_of[first], geometry.row_of[last] + 1)
        for row in rows:
            start = geometry.starts[first] - extents.before[frame] - geometry.begins[row]
            end = geometry.ends[last] + extents.after[frame] - geometry.begins[row]
            if row > rows[0]:
                start = 0.0
            if row < rows[-1]:
                end = geometry.stops[row] - geometry.begins[row]
            begin, stop = (side + geometry.shifts[row] for side in sides[frame])
            panels.append(Panel(frame, view.between((start, begin), (end, stop))))
    return panels


@dataclass(frozen=True, slots=True)
class _View:
    """The direction of a picture, which turns coordinates along and across into x and y.

    Attributes:
        length: of the picture, along the layers.
        margin: before the first item of a row.
        sideways: True if the layers are beside each other, not below each other.
        mirrored: True if the computation runs from right to left or upwards.
    """

    length: float
    margin: float
    sideways: bool
    mirrored: bool

    def point(self, along: float, across: float) -> Point:
        """The x and y of a point."""
        along = self.length - self.margin - along if self.mirrored else along + self.margin
        return (along, across) if self.sideways else (across, along)

    def between(self, one: Point, other: Point) -> Rectangle:
        """The rectangle between two corners."""
        (x, y), (far_x, far_y) = self.point(*one), self.point(*other)
        return Rectangle(min(x, far_x), min(y, far_y), abs(x - far_x), abs(y - far_y))

    def rectangle(
        self, geometry: Geometry, item: int, length: float, before: float, after: float
    ) -> Rectangle:
        """The rectangle of an item, from its length along and its sizes on both sides across."""
        layer = geometry.items.first[item]
        row = geometry.row_of[layer]
        middle = (geometry.starts[layer] + geometry.ends[layer]) / 2 - geometry.begins[row]
        place = geometry.coordinates[item] + geometry.shifts[row]
        return self.between(
            (middle - length / 2, place - before), (middle + length / 2, place + after)
        )
