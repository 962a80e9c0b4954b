"""Where everything in a picture goes, found without any other program.

The steps are those of every layered drawing since Sugiyama, Tagawa and Toda (1981),
each in a module: layers, the order in them, coordinates across them, and the lines.
Nothing is left to chance, so the same picture always gets the same layout; and only
structure and the sizes of boxes enter, rounded up to a grid, so that other numbers
in the same boxes leave everything in its place.

What can be relied upon: no two boxes overlap; a box lies in its frame; frames
overlap only where one lies in the other; every edge leads onwards, unless it closes
a cycle; no edge and no label touches a box that it does not belong to.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from autograd.draw import text
from autograd.draw.layout.coordinates import Borders, across
from autograd.draw.layout.items import OUTSIDE, Items, Nesting
from autograd.draw.layout.layering import assign_layers
from autograd.draw.layout.ordering import order
from autograd.draw.layout.routing import (
    ARROW,
    RETURN_GAP,
    RETURN_ROOM,
    Chain,
    Frontage,
    Ground,
    Path,
    Point,
    loop_room,
    paths_of,
)
from autograd.draw.layout.rows import Row, rows_of
from autograd.draw.picture import Edge, Frame, Line, Picture

LABEL_SCALE: Final = 0.85  # the size of an edge's label, as a multiple of the font size

# All in font sizes.
_SIDE_PADDING: Final = 0.7  # beside the text in a box
_TOP_PADDING: Final = 0.35  # above and below it
_WIDTH_GRID: Final = 1.5  # the width that a text is given is a multiple of this
_BOX_GAP: Final = 0.9  # between boxes of the same layer
_LINE_GAP: Final = 0.6  # between lines that run side by side
_LAYER_GAP: Final = 1.6  # between layers, besides the arrowhead
_WIDEST_GAP: Final = 9.0
_STEEPNESS: Final = 0.1  # how much of the farthest climb in a gap is added to its width
_ARRIVAL_GAP: Final = 0.4  # between lines that arrive at one box,
_ARRIVALS: Final = 24.0  # as far as they then take no more room than this
_FRAME_PADDING: Final = 0.9  # from a frame to what is in it
_FRAME_GAP: Final = 0.8  # from a frame to what is outside


class Rectangle(NamedTuple):
    """A rectangle in the picture, in pixels from its top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Panel:
    """A frame, or the part of it that stands in one row."""

    frame: int
    place: Rectangle


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture with a place for everything.

    Attributes:
        width: in pixels.
        height: in pixels.
        boxes: the place of each box.
        texts: the lines of each box, as they are shown.
        panels: the frames, outer ones before those in them.
        headers: the lines at the head of each frame.
        paths: of each edge, from its tail to its head; where a curve bends, two control
            points stand before the end of the stretch.
        stretches: of each edge, the number of the straight stretch that it leads along, past
            layers, and shares with others that lead to or from the same box; or None.
        labels: of each edge, the place of its label, or None.
    """

    width: float
    height: float
    boxes: list[Rectangle]
    texts: list[list[Line]]
    panels: list[Panel]
    headers: list[list[Line]]
    paths: list[Path]
    stretches: list[int | None]
    labels: list[Rectangle | None]


def layout(picture: Picture) -> Layout:
    """Find a place for every box, frame, edge and label.

    Raises:
        ValueError: an edge or a box names a box or frame that there is not, or the parent
            of a frame does not stand before it.
    """
    _check(picture)
    if not picture.boxes:
        headers: list[list[Line]] = [[] for _ in picture.frames]
        return Layout(0.0, 0.0, [], [], [], headers, [], [], [])
    return _Drawing(picture).layout()


def _check(picture: Picture) -> None:
    for number, edge in enumerate(picture.edges):
        for box in (edge.tail, edge.head):
            if not 0 <= box < len(picture.boxes):
                raise ValueError(f"edge {number} names box {box} of {len(picture.boxes)}")
    for number, each in enumerate(picture.boxes):
        if each.frame is not None and not 0 <= each.frame < len(picture.frames):
            raise ValueError(f"box {number} names frame {each.frame} of {len(picture.frames)}")
    for number, frame in enumerate(picture.frames):
        if frame.parent is not None and not 0 <= frame.parent < number:
            raise ValueError(
                f"frame {number} has the parent {frame.parent}: a parent stands before it"
            )


class _Drawing:
    """A picture on its way to a layout; *along* is the direction of the computation."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.size = picture.font_size
        self.sideways = picture.direction in ("LR", "RL")
        self.texts = [text.split(box.lines) for box in picture.boxes]
        self.headers = [text.split(_header(frame)) for frame in picture.frames]
        self.fronts = self._fronts()
        frames = [box.frame for box in picture.boxes]
        tails = [edge.tail for edge in picture.edges]
        heads = [edge.head for edge in picture.edges]
        parents = [frame.parent for frame in picture.frames]
        layering = assign_layers(tails, heads, frames, parents)
        # A label has a layer of its own, before the one that its edge leads to.
        self.stride = 2 if any(map(self._is_labelled, picture.edges)) else 1
        self.turned = layering.turned
        layers = [self.stride * layer for layer in layering.layers]
        self.nesting = Nesting.of(parents, layers, frames, self.stride - 1)
        self.items = Items()
        self.label_items: list[int | None] = [None] * len(picture.edges)
        self.stretches: list[int | None] = [None] * len(picture.edges)
        self._add_boxes(layers)
        self.chains = self._add_edges()

    def layout(self) -> Layout:
        """Place the items, and all else by them."""
        borders = self._borders()
        sequence = order(self.items, self.nesting)
        coordinates, sides = across(self.items, self.nesting, borders, sequence)
        self.starting, self.ending = self._frame_room_along()
        starts, ends = self._layers_along(coordinates)
        return self._in_rows(coordinates, sides, starts, ends)

    # ── Sizes ─────────────────────────────────────────────────────────────────

    def _turn(self, width: float, height: float) -> tuple[float, float]:
        """The size along the layers and that across, or back."""
        return (width, height) if self.sideways else (height, width)

    def _box_size(self, number: int) -> tuple[float, float]:
        shape = self.picture.boxes[number].shape
        width, height = text.size_of(self.texts[number], self.size)
        width, height = max(width, self.size / 2), max(height, self.size)
        if shape == "oval":  # the smallest ellipse around the text
            width, height = math.sqrt(2) * width, math.sqrt(2) * height
            width = max(width, height)
        elif shape == "box":
            width += 2 * _SIDE_PADDING * self.size
            height += 2 * _TOP_PADDING * self.size
        return self._rounded_up(width), height

    def _rounded_up(self, width: float) -> float:
        grid = _WIDTH_GRID * self.size
        return grid * math.ceil(width / grid - 1e-9)

    def _fronts(self) -> list[Frontage]:
        """The boxes as they stand in their layers, with room for the lines that arrive."""
        arriving = Counter(edge.head for edge in self.picture.edges)
        fronts = []
        for number, box in enumerate(self.picture.boxes):
            length, breadth = self._turn(*self._box_size(number))
            room = min(_ARRIVAL_GAP * arriving[number], _ARRIVALS) * self.size
            fronts.append(Frontage(length, max(breadth, room), box.shape == "oval"))
        return fronts

    def _is_labelled(self, edge: Edge) -> bool:
        """Whether a label is placed: not of an edge from a box to itself."""
        return bool(edge.label) and edge.tail != edge.head

    def _label_size(self, label: str) -> tuple[float, float]:
        width, height = text.size_of(text.split([Line(label)]), LABEL_SCALE * self.size)
        return self._rounded_up(width), height

    def _header_size(self, frame: int) -> tuple[float, float]:
        """The size of what stands at the head of a frame, with the padding around it."""
        width, height = text.size_of(self.headers[frame], self.size)
        width = self._rounded_up(width + 2 * _SIDE_PADDING * self.size)
        return width, height + (0.6 if height else _FRAME_PADDING) * self.size

    def _borders(self) -> Borders:
        """The room that frames need across the layers: for their titles, on one side of them."""
        padding, gap = _FRAME_PADDING * self.size, _FRAME_GAP * self.size / 2
        sizes = [self._header_size(frame) for frame in range(len(self.headers))]
        if self.sideways:
            before = [height for _, height in sizes]
            return Borders(gap, before, padding, [height + padding for height in before])
        least = [max(width, 2 * padding) for width, _ in sizes]
        return Borders(gap, [padding] * len(sizes), padding, least)

    # ── Items ─────────────────────────────────────────────────────────────────

    def _add_boxes(self, layers: Sequence[int]) -> None:
        gap = _BOX_GAP * self.size / 2
        loops = Counter(edge.tail for edge in self.picture.edges if edge.tail == edge.head)
        for number, (box, layer, front) in enumerate(zip(self.picture.boxes, layers, self.fronts)):
            room = front.breadth / 2 + gap
            before = room + loop_room(loops[number], self.size)
            self.items.add(layer, layer, before, room, OUTSIDE if box.frame is None else box.frame)

    def _add_edges(self) -> list[Chain]:
        """Join the boxes by lines; the chain of items that each edge leads through."""
        layers = self.items.first[: len(self.picture.boxes)]
        ways: list[tuple[int, int]] = []  # the first and the last box of each edge
        goals: list[int] = []  # the layer of what it leads to first: its label or its last box
        for edge, turned in zip(self.picture.edges, self.turned):
            first, last = (edge.head, edge.tail) if turned else (edge.tail, edge.head)
            ways.append((first, last))
            goals.append(layers[last] - self._is_labelled(edge))
        stretches = self._add_stretches(ways, goals)
        joined: set[tuple[int, int]] = set()
        chains = []
        for number, ((first, last), goal) in enumerate(zip(ways, goals)):
            chain = [first]
            if goal > layers[first] + 1:
                self.stretches[number] = stretches[first, self.turned[number]]
                chain.append(stretches[first, self.turned[number]])
            if self._is_labelled(self.picture.edges[number]):
                chain.append(self._add_label(number, last))
            if first != last:
                chain.append(last)
            for pair in pairwise(chain):
                if pair not in joined:
                    joined.add(pair)
                    self.items.join(*pair)
            chains.append(Chain(tuple(chain), self.turned[number]))
        return chains

    def _add_stretches(
        self, ways: list[tuple[int, int]], goals: list[int]
    ) -> dict[tuple[int, bool], int]:
        """The straight stretches that edges share which pass by layers.

        One for all that leave a box, and one for those that lead back to it.
        """
        farthest: dict[tuple[int, bool], int] = {}
        nearest: dict[tuple[int, bool], int] = {}  # the innermost frame around all other ends
        for (first, last), goal, turned in zip(ways, goals, self.turned):
            if goal > self.items.first[first] + 1:
                key, frame = (first, turned), self.items.frame[last]
                nearest[key] = self.nesting.common(nearest.get(key, frame), frame)
                farthest[key] = max(farthest.get(key, 0), goal - 1)
        room = _LINE_GAP * self.size / 2
        stretches = {}
        for (box, turned), last_layer in farthest.items():
            layer = self.items.first[box] + 1
            frame = self.nesting.around(nearest[box, turned], layer, last_layer)
            stretches[box, turned] = self.items.add(layer, last_layer, room, room, frame)
        return stretches

    def _add_label(self, number: int, last: int) -> int:
        """The item of a label: its edge runs below it, or on its left where that runs down."""
        width, height = self._label_size(self.picture.edges[number].label)
        gap = _LINE_GAP * self.size / 2
        breadth = height if self.sideways else width
        layer = self.items.first[last] - 1
        frame = self.nesting.around(self.items.frame[last], layer, layer)
        before, after = (breadth + gap, gap) if self.sideways else (gap, breadth + gap)
        item = self.items.add(layer, layer, before + 1, after + 1, frame)
        self.label_items[number] = item
        return item

    # ── Along the layers ──────────────────────────────────────────────────────

    def _layers_along(self, coordinates: Sequence[float]) -> tuple[list[float], list[float]]:
        """Where each layer starts and ends."""
        lengths = self._layer_lengths()
        gaps = self._layer_gaps(coordinates)
        if self.sideways:
            self._widen_for_headers(lengths, gaps)
        starts = list(accumulate(lengths[:-1], initial=0.0))
        for layer, room in enumerate(accumulate(gaps, initial=0.0)):
            starts[layer] += room
        return starts, [start + length for start, length in zip(starts, lengths)]

    def _layer_lengths(self) -> list[float]:
        lengths = [0.0] * (max(self.items.last) + 1)
        for layer, front in zip(self.items.first, self.fronts):
            lengths[layer] = max(lengths[layer], front.length)
        for edge, item in zip(self.picture.edges, self.label_items):
            if item is not None:
                length, _ = self._turn(*self._label_size(edge.label))
                layer = self.items.first[item]
                lengths[layer] = max(lengths[layer], length)
        return lengths

    def _layer_gaps(self, coordinates: Sequence[float]) -> list[float]:
        """The room after each layer but the last, for arrows, curves and the sides of frames."""
        climbs = [0.0] * max(self.items.last)
        for item, inputs in enumerate(self.items.inputs):
            if inputs:
                layer = self.items.first[item] - 1
                climb = max([abs(coordinates[each] - coordinates[item]) for each in inputs])
                climbs[layer] = max(climbs[layer], climb)
        arrow = ARROW * (1 + any(self.turned)) * self.size
        widest, plain = _WIDEST_GAP * self.size, _LAYER_GAP * self.size / self.stride
        gaps = [
            plain + min(_STEEPNESS * climb, widest) + (0.0 if (layer + 1) % self.stride else arrow)
            for layer, climb in enumerate(climbs)
        ]
        room_before, room_after = [0.0] * (len(gaps) + 1), [0.0] * (len(gaps) + 1)
        for frame, (first, last) in enumerate(zip(self.nesting.first, self.nesting.last)):
            if first <= last:
                room_before[first] = max(room_before[first], self.starting[frame])
                room_after[last] = max(room_after[last], self.ending[frame])
        return [gap + room_after[i] + room_before[i + 1] for i, gap in enumerate(gaps)]

    def _frame_room_along(self) -> tuple[list[float], list[float]]:
        """From each frame's side to its first layer, and from its last layer to its other side."""
        padding = _FRAME_PADDING * self.size
        count = len(self.headers)
        starting, ending = [padding] * count, [padding] * count
        if not self.sideways:
            heights = [self._header_size(frame)[1] for frame in range(count)]
            if self.picture.direction == "TB":
                starting = heights
            else:
                ending = heights
        nesting = self.nesting
        inner_start, inner_end = [0.0] * count, [0.0] * count
        for frame in reversed(range(count)):
            starting[frame] += inner_start[frame]
            ending[frame] += inner_end[frame]
            parent = nesting.parents[frame]
            if parent != OUTSIDE and nesting.first[frame] == nesting.first[parent]:
                inner_start[parent] = max(inner_start[parent], starting[frame])
            if parent != OUTSIDE and nesting.last[frame] == nesting.last[parent]:
                inner_end[parent] = max(inner_end[parent], ending[frame])
        return starting, ending

    def _widen_for_headers(self, lengths: list[float], gaps: list[float]) -> None:
        """Make the layers of a frame longer where its title would not fit above them."""
        for frame in reversed(range(len(self.headers))):
            first, last = self.nesting.first[frame], self.nesting.last[frame]
            if first > last:
                continue
            missing = self._header_size(frame)[0] - self.starting[frame] - self.ending[frame]
            missing -= lengths[first]
            layer = first
            while missing > 0 and layer < last:
                missing -= gaps[layer] + lengths[layer + 1]
                layer += 1
            if missing > 0:
                for layer in range(first, last + 1):
                    lengths[layer] += missing / (last + 1 - first)

    # ── In rows ───────────────────────────────────────────────────────────────

    def _in_rows(
        self,
        coordinates: list[float],
        sides: list[tuple[float, float]],
        starts: list[float],
        ends: list[float],
    ) -> Layout:
        """Everything in its place in the picture."""
        items = self.items
        least = min([place - room for place, room in zip(coordinates, items.before)])
        most = max([place + room for place, room in zip(coordinates, items.after)])
        rows = rows_of(items, starts, ends, most - least, self.size, self.stride)
        row_of = [number for number, row in enumerate(rows) for _ in range(row.first, row.last + 1)]
        room_start = max(self.starting, default=0.0)
        room_end = max(self.ending, default=0.0)
        shifts, floors = self._stack(rows, row_of, coordinates, sides)
        ground = Ground(
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
            fronts=self.fronts,
            font_size=self.size,
        )
        return self._finish(ground, sides)

    def _stack(
        self,
        rows: Sequence[Row],
        row_of: Sequence[int],
        coordinates: Sequence[float],
        sides: Sequence[tuple[float, float]],
    ) -> tuple[list[float], list[float]]:
        """What to add to coordinates across the layers in each row, and where each row is over."""
        items, nesting = self.items, self.nesting
        least, most = [math.inf] * len(rows), [-math.inf] * len(rows)
        spans = [
            (first, last, place - before, place + after)
            for first, last, place, before, after in zip(
                items.first, items.last, coordinates, items.before, items.after
            )
        ]
        spans += [
            (first, last, *side) for first, last, side in zip(nesting.first, nesting.last, sides)
        ]
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
            top = floors[-1] + (2 * RETURN_ROOM + RETURN_GAP * max(returning - 1, 0)) * self.size
        return shifts, floors

    def _finish(self, ground: Ground, sides: Sequence[tuple[float, float]]) -> Layout:
        """From the coordinates of the drawing to those of the picture."""
        view = self._view(ground)
        boxes = [
            view.rectangle(ground, item, front.length, front.breadth / 2, front.breadth / 2)
            for item, front in enumerate(self.fronts)
        ]
        labels = [
            None if item is None else self._label_place(ground, view, edge.label, item)
            for edge, item in zip(self.picture.edges, self.label_items)
        ]
        paths = [
            [tuple([view.point(*each) for each in stretch]) for stretch in path]
            for path in paths_of(ground, self.chains)
        ]
        width, height = self._turn(view.length, ground.floors[-1])
        return Layout(
            width=width,
            height=height,
            boxes=boxes,
            texts=self.texts,
            panels=self._panels(ground, view, sides),
            headers=self.headers,
            paths=paths,
            stretches=self.stretches,
            labels=labels,
        )

    def _view(self, ground: Ground) -> _View:
        returning = max(len(row.returns) for row in ground.rows)
        margin = (RETURN_ROOM + RETURN_GAP * returning) * self.size if returning else 0.0
        length = max(stop - begin for begin, stop in zip(ground.begins, ground.stops)) + 2 * margin
        return _View(length, margin, self.sideways, self.picture.direction in ("RL", "BT"))

    def _label_place(self, ground: Ground, view: _View, label: str, item: int) -> Rectangle:
        length, breadth = self._turn(*self._label_size(label))
        gap = _LINE_GAP * self.size / 4
        before, after = (breadth + gap, -gap) if self.sideways else (-gap, breadth + gap)
        return view.rectangle(ground, item, length, before, after)

    def _panels(
        self, ground: Ground, view: _View, sides: Sequence[tuple[float, float]]
    ) -> list[Panel]:
        """The frames, cut where a row ends."""
        panels = []
        for frame, (first, last) in enumerate(zip(self.nesting.first, self.nesting.last)):
            if first > last:
                continue
            rows = range(ground.row_of[first], ground.row_of[last] + 1)
            for row in rows:
                start = ground.starts[first] - self.starting[frame] - ground.begins[row]
                end = ground.ends[last] + self.ending[frame] - ground.begins[row]
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


def _header(frame: Frame) -> list[Line]:
    """The lines at the head of a frame."""
    title = [Line(frame.title, bold=True)] if frame.title else []
    return [*title, *frame.subtitle]
