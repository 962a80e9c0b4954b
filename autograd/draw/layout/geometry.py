"""The coordinates of layers and rows along the computation, and of rows across it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from autograd.draw.layout.items import OUTSIDE
from autograd.draw.layout.rows import rows_of
from autograd.draw.layout.sizes import FRAME_PADDING
from autograd.draw.layout.skeleton import Skeleton

ARROW: Final = 0.55  # the length of an arrowhead, in font sizes
RETURN_GAP: Final = 0.5  # between lines that return to the next row, in font sizes
RETURN_ROOM: Final = 1.4  # from a row to the nearest such line
_LAYER_GAP: Final = 1.6  # between layers, besides the arrowhead
_MOST_FOR_CLIMB: Final = 9.0  # added to a gap at most
_FOR_CLIMB: Final = 0.1  # the share of the farthest climb in a gap that is added to it


class Geometry:
    """The coordinates of items, layers, frames and rows.

    Attributes:
        skeleton: the items in their layers.
        picture: what is drawn.
        sizes: of everything in it.
        items: of the skeleton.
        coordinates: of each item, across the layers, within its row.
        sides: the two coordinates of the borders of each frame, across the layers.
        before: the distance from the begin of each frame to its first layer.
        after: the distance from the last layer of each frame to its end.
        starts: the coordinate along at which each layer starts.
        ends: the coordinate along at which each layer ends.
        rows: the rows of the drawing.
        row_of: the row of each layer.
        tracks: of each row, the track of each line that returns, by its item; the lowest
            turns first.
        begins: of each row, the coordinate along at which it starts.
        stops: of each row, the coordinate along at which it ends.
        shifts: of each row, the shift of the coordinates across.
        floors: of each row, the shifted coordinate across at which it ends.
    """

    def __init__(
        self, skeleton: Skeleton, coordinates: list[float], sides: list[tuple[float, float]]
    ) -> None:
        self.skeleton = skeleton
        self.picture = skeleton.picture
        self.sizes = skeleton.sizes
        self.items = skeleton.items
        self.coordinates = coordinates
        self.sides = sides
        nesting, direction = self.items.nesting, self.picture.direction
        self.before = self._frame_room(nesting.first, direction == "TB")
        self.after = self._frame_room(nesting.last, direction == "BT")
        self.starts, self.ends = self._layers()
        item_sides = [
            (place - before, place + after)
            for place, before, after in zip(coordinates, self.items.before, self.items.after)
        ]
        breadth = max([end for _, end in item_sides]) - min([begin for begin, _ in item_sides])
        self.rows = rows_of(skeleton, self.starts, self.ends, breadth)
        self.row_of = [
            number for number, row in enumerate(self.rows) for _ in range(row.first, row.last + 1)
        ]
        self.tracks: list[dict[int, int]] = []
        for row in self.rows:
            lowest_first = sorted(row.returns, key=coordinates.__getitem__, reverse=True)
            self.tracks.append({item: track for track, item in enumerate(lowest_first)})
        room_start, room_end = max(self.before, default=0.0), max(self.after, default=0.0)
        self.begins = [self.starts[row.first] - room_start for row in self.rows]
        self.stops = [self.ends[row.last] + room_end for row in self.rows]
        self.shifts: list[float] = []
        self.floors: list[float] = []
        self._stack([*item_sides, *[side for side in sides for _ in range(2)]])

    def _stack(self, sides: Sequence[tuple[float, float]]) -> None:
        """Put the rows below each other, from the sides of all items and borders."""
        least, most = [math.inf] * len(self.rows), [-math.inf] * len(self.rows)
        for entry, first, last, _ in self.items.spans():
            for row in range(self.row_of[first], self.row_of[last] + 1):
                least[row] = min(least[row], sides[entry][0])
                most[row] = max(most[row], sides[entry][1])
        top = 0.0
        for begin, end, tracks in zip(least, most, self.tracks):
            self.shifts.append(top - begin)
            self.floors.append(top + end - begin)
            room = 2 * RETURN_ROOM + RETURN_GAP * max(len(tracks) - 1, 0)
            top = self.floors[-1] + room * self.sizes.font

    def _layers(self) -> tuple[list[float], list[float]]:
        """The coordinates at which each layer starts and ends."""
        lengths = self._layer_lengths()
        gaps = self._layer_gaps()
        if self.sizes.sideways:
            self._widen_for_headers(lengths, gaps)
        starts = list(accumulate(lengths[:-1], initial=0.0))
        for layer, room in enumerate(accumulate(gaps, initial=0.0)):
            starts[layer] += room
        return starts, [start + length for start, length in zip(starts, lengths)]

    def _layer_lengths(self) -> list[float]:
        lengths = [0.0] * (max(self.items.last) + 1)
        for layer, length in zip(self.items.first, self.sizes.lengths):
            lengths[layer] = max(lengths[layer], length)
        for edge, chain in zip(self.picture.edges, self.skeleton.chains):
            if chain.label is not None:
                length, _ = self.sizes.turn(*self.sizes.label(edge.label))
                layer = self.items.first[chain.label]
                lengths[layer] = max(lengths[layer], length)
        return lengths

    def _layer_gaps(self) -> list[float]:
        """The room after each layer but the last, for arrows, curves and the ends of frames."""
        stride, places = self.skeleton.stride, self.coordinates
        climbs = [0.0] * max(self.items.last)
        for item, inputs in enumerate(self.items.inputs):
            if inputs:
                layer = self.items.first[item] - 1
                climb = max([abs(places[each] - places[item]) for each in inputs])
                climbs[layer] = max(climbs[layer], climb)
        arrow = ARROW * (1 + any(chain.back for chain in self.skeleton.chains)) * self.sizes.font
        most, plain = _MOST_FOR_CLIMB * self.sizes.font, _LAYER_GAP * self.sizes.font / stride
        gaps = [
            plain + min(_FOR_CLIMB * climb, most) + (0.0 if (layer + 1) % stride else arrow)
            for layer, climb in enumerate(climbs)
        ]
        room_before, room_after = [0.0] * (len(gaps) + 1), [0.0] * (len(gaps) + 1)
        nesting = self.items.nesting
        for frame, (first, last) in enumerate(zip(nesting.first, nesting.last)):
            if first <= last:
                room_before[first] = max(room_before[first], self.before[frame])
                room_after[last] = max(room_after[last], self.after[frame])
        return [gap + room_after[i] + room_before[i + 1] for i, gap in enumerate(gaps)]

    def _frame_room(self, layers: Sequence[int], headed: bool) -> list[float]:
        """The distance from each frame's border to its first or last layer, given in ``layers``.

        ``headed`` is True if the headers of the frames are on this side.
        """
        room = [
            self.sizes.header(frame)[1] if headed else FRAME_PADDING * self.sizes.font
            for frame in range(len(layers))
        ]
        inside = [0.0] * len(layers)
        for frame, parent in reversed([*enumerate(self.items.nesting.parents)]):
            room[frame] += inside[frame]
            if parent != OUTSIDE and layers[frame] == layers[parent]:
                inside[parent] = max(inside[parent], room[frame])
        return room

    def _widen_for_headers(self, lengths: list[float], gaps: list[float]) -> None:
        """Make the layers of a frame longer if its title does not fit above them."""
        for frame in reversed(range(len(self.sizes.headers))):
            first, last = self.items.nesting.first[frame], self.items.nesting.last[frame]
            if first > last:
                continue
            missing = self.sizes.header(frame)[0] - self.before[frame] - self.after[frame]
            missing -= lengths[first]
            layer = first
            while missing > 0 and layer < last:
                missing -= gaps[layer] + lengths[layer + 1]
                layer += 1
            if missing > 0:
                for layer in range(first, last + 1):
                    lengths[layer] += missing / (last + 1 - first)
