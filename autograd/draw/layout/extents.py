"""The start and the end of each layer, the fourth step of a layered drawing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from autograd.draw.layout.items import OUTSIDE
from autograd.draw.layout.routing import ARROW
from autograd.draw.layout.sizes import FRAME_PADDING, Sizes
from autograd.draw.layout.skeleton import Skeleton
from autograd.draw.picture import Picture

_LAYER_GAP: Final = 1.6  # between layers, besides the arrowhead
_MOST_FOR_CLIMB: Final = 9.0  # added to a gap at most
_FOR_CLIMB: Final = 0.1  # the share of the farthest climb in a gap that is added to it


class LayerExtents:
    """The extents of layers and frames along the computation.

    Attributes:
        starts: the coordinate at which each layer starts.
        ends: the coordinate at which each layer ends.
        before: the distance from the begin of each frame to its first layer.
        after: the distance from the last layer of each frame to its end.
    """

    def __init__(
        self, picture: Picture, sizes: Sizes, skeleton: Skeleton, coordinates: Sequence[float]
    ) -> None:
        self.picture = picture
        self.sizes = sizes
        self.items = skeleton.items
        self.nesting = skeleton.nesting
        self.skeleton = skeleton
        self.font = sizes.font
        self.before, self.after = self._frame_room()
        self.starts, self.ends = self._layers(coordinates)

    def _layers(self, coordinates: Sequence[float]) -> tuple[list[float], list[float]]:
        """The coordinates at which each layer starts and ends."""
        lengths = self._layer_lengths()
        gaps = self._layer_gaps(coordinates)
        if self.sizes.sideways:
            self._widen_for_headers(lengths, gaps)
        starts = list(accumulate(lengths[:-1], initial=0.0))
        for layer, room in enumerate(accumulate(gaps, initial=0.0)):
            starts[layer] += room
        return starts, [start + length for start, length in zip(starts, lengths)]

    def _layer_lengths(self) -> list[float]:
        lengths = [0.0] * (max(self.items.last) + 1)
        for layer, box_size in zip(self.items.first, self.sizes.box_sizes):
            lengths[layer] = max(lengths[layer], box_size.length)
        for edge, item in zip(self.picture.edges, self.skeleton.labels):
            if item is not None:
                length, _ = self.sizes.turn(*self.sizes.label(edge.label))
                layer = self.items.first[item]
                lengths[layer] = max(lengths[layer], length)
        return lengths

    def _layer_gaps(self, coordinates: Sequence[float]) -> list[float]:
        """The room after each layer but the last, for arrows, curves and the ends of frames."""
        stride = self.skeleton.stride
        climbs = [0.0] * max(self.items.last)
        for item, inputs in enumerate(self.items.inputs):
            if inputs:
                layer = self.items.first[item] - 1
                climb = max([abs(coordinates[each] - coordinates[item]) for each in inputs])
                climbs[layer] = max(climbs[layer], climb)
        arrow = ARROW * (1 + any(self.skeleton.turned)) * self.font
        most, plain = _MOST_FOR_CLIMB * self.font, _LAYER_GAP * self.font / stride
        gaps = [
            plain + min(_FOR_CLIMB * climb, most) + (0.0 if (layer + 1) % stride else arrow)
            for layer, climb in enumerate(climbs)
        ]
        room_before, room_after = [0.0] * (len(gaps) + 1), [0.0] * (len(gaps) + 1)
        for frame, (first, last) in enumerate(zip(self.nesting.first, self.nesting.last)):
            if first <= last:
                room_before[first] = max(room_before[first], self.before[frame])
                room_after[last] = max(room_after[last], self.after[frame])
        return [gap + room_after[i] + room_before[i + 1] for i, gap in enumerate(gaps)]

    def _frame_room(self) -> tuple[list[float], list[float]]:
        """The distances before the first layer and after the last layer of each frame."""
        padding = FRAME_PADDING * self.font
        count = len(self.sizes.headers)
        starting, ending = [padding] * count, [padding] * count
        if not self.sizes.sideways:
            heights = [self.sizes.header(frame)[1] for frame in range(count)]
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
        """Make the layers of a frame longer if its title does not fit above them."""
        for frame in reversed(range(len(self.sizes.headers))):
            first, last = self.nesting.first[frame], self.nesting.last[frame]
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
