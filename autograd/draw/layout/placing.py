"""From the coordinates along and across the layers to those in the picture."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.draw.layout.geometry import RETURN_GAP, RETURN_ROOM, Geometry
from autograd.draw.layout.places import Layout, Panel, Point, Rectangle, Route
from autograd.draw.layout.skeleton import LINE_GAP


def placed(geometry: Geometry, routes: Sequence[Route]) -> Layout:
    """The layout: everything in the coordinates of the picture."""
    view, sizes, chains = _View(geometry), geometry.sizes, geometry.skeleton.chains
    boxes = [
        view.rectangle(item, length, breadth / 2, breadth / 2)
        for item, (length, breadth) in enumerate(zip(sizes.lengths, sizes.breadths))
    ]
    labels = [
        None if chain.label is None else view.label(edge.label, chain.label)
        for edge, chain in zip(geometry.picture.edges, chains)
    ]
    width, height = sizes.turn(view.length, geometry.floors[-1])
    return Layout(
        width=width,
        height=height,
        boxes=boxes,
        texts=sizes.texts,
        panels=view.panels(),
        headers=sizes.headers,
        routes=[view.route(route) for route in routes],
        stretches=[chain.stretch for chain in chains],
        labels=labels,
    )


class _View:
    """The direction of a picture, which turns coordinates along and across into x and y.

    Attributes:
        margin: before the first item of a row.
        length: of the picture, along the layers.
        mirrored: True if the computation runs from right to left or upwards.
    """

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.sizes = geometry.sizes
        returning = max(map(len, geometry.tracks))
        room = RETURN_ROOM + RETURN_GAP * returning if returning else 0.0
        self.margin = room * self.sizes.font
        lengths = [stop - begin for begin, stop in zip(geometry.begins, geometry.stops)]
        self.length = max(lengths) + 2 * self.margin
        self.mirrored = geometry.picture.direction in ("RL", "BT")

    def point(self, along: float, across: float) -> Point:
        """The x and y of a point."""
        along = self.length - self.margin - along if self.mirrored else along + self.margin
        return self.sizes.turn(along, across)

    def route(self, route: Route) -> Route:
        """The line of an edge in the picture."""
        if self.sizes.sideways and not self.mirrored and not self.margin:
            return route  # as most are
        return [tuple([self.point(*each) for each in piece]) for piece in route]

    def between(self, one: Point, other: Point) -> Rectangle:
        """The rectangle between two corners."""
        (x, y), (far_x, far_y) = self.point(*one), self.point(*other)
        return Rectangle(min(x, far_x), min(y, far_y), abs(x - far_x), abs(y - far_y))

    def rectangle(self, item: int, length: float, before: float, after: float) -> Rectangle:
        """The rectangle of an item, from its length along and its sizes on both sides across."""
        geometry, layer = self.geometry, self.geometry.items.first[item]
        row = geometry.row_of[layer]
        middle = (geometry.starts[layer] + geometry.ends[layer]) / 2 - geometry.begins[row]
        place = geometry.coordinates[item] + geometry.shifts[row]
        return self.between(
            (middle - length / 2, place - before), (middle + length / 2, place + after)
        )

    def label(self, label: str, item: int) -> Rectangle:
        """The rectangle of the label of an edge."""
        length, breadth = self.sizes.turn(*self.sizes.label(label))
        gap = LINE_GAP * self.sizes.font / 4
        before, after = (breadth + gap, -gap) if self.sizes.sideways else (-gap, breadth + gap)
        return self.rectangle(item, length, before, after)

    def panels(self) -> list[Panel]:
        """The frames, cut at the ends of rows."""
        geometry, nesting, panels = self.geometry, self.geometry.items.nesting, []
        for frame, (first, last) in enumerate(zip(nesting.first, nesting.last)):
            if first > last:
                continue
            rows = range(geometry.row_of[first], geometry.row_of[last] + 1)
            for row in rows:
                start = geometry.starts[first] - geometry.before[frame] - geometry.begins[row]
                end = geometry.ends[last] + geometry.after[frame] - geometry.begins[row]
                if row > rows[0]:
                    start = 0.0
                if row < rows[-1]:
                    end = geometry.stops[row] - geometry.begins[row]
                begin, stop = (side + geometry.shifts[row] for side in geometry.sides[frame])
                panels.append(Panel(frame, self.between((start, begin), (end, stop))))
        return panels
