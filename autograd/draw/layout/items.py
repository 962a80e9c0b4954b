"""The items of a layered drawing: boxes, labels, and straight stretches of lines.

In the textbook, an edge that passes by layers gets a dummy vertex in each of them: 20,000
vertices for a line along 20,000 boxes. Here it gets one item with a first and a last
layer, a straight stretch, as in Eiglsperger, Siebenhaller and Kaufmann (2005). All long
edges that leave one box share one stretch and branch off from it. So a drawing has at most
two items for each box and one for each label, and every pass takes time in proportion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass, field
from typing import Final

from autograd.draw.picture import Picture

OUTSIDE: Final = -1  # the frame of an item that lies in no frame
MANY_ITEMS: Final = 5000  # from this number on, passes are repeated less often


class Nesting:
    """The nesting of the frames, and the layers that each frame spans.

    Attributes:
        frames: of each box, the innermost frame that it lies in, or `OUTSIDE`.
        parents: of each frame, the frame that it lies in, or `OUTSIDE`.
        follows: of each frame, another one that ends before it begins, or None.
        depths: of each frame, the number of frames around it.
        first: of each frame, its first layer.
        last: of each frame, its last layer; less than the first if the frame has no box.
    """

    def __init__(self, picture: Picture) -> None:
        self.frames = [OUTSIDE if box.frame is None else box.frame for box in picture.boxes]
        self.parents = [OUTSIDE if each.parent is None else each.parent for each in picture.frames]
        self.follows = [each.follows for each in picture.frames]
        self.depths: list[int] = []
        for parent in self.parents:
            self.depths.append(0 if parent == OUTSIDE else self.depths[parent] + 1)
        self.first: list[int] = []
        self.last: list[int] = []

    def span(self, layers: Sequence[int], lead: int) -> None:
        """Find the layers of the frames from those of the boxes.

        A frame begins ``lead`` layers before its first box, but not before layer 0.
        """
        self.first = [max(layers) + 1] * len(self.parents)
        self.last = [-1] * len(self.parents)
        for layer, frame in zip(layers, self.frames):
            if frame != OUTSIDE:
                self._widen(frame, max(layer - lead, 0), layer)
        for frame in reversed(range(len(self.parents))):
            if self.parents[frame] != OUTSIDE:
                self._widen(self.parents[frame], self.first[frame], self.last[frame])

    def _widen(self, frame: int, first: int, last: int) -> None:
        self.first[frame] = min(self.first[frame], first)
        self.last[frame] = max(self.last[frame], last)

    def common(self, one: int, other: int) -> int:
        """The innermost frame that contains both frames; a frame contains itself."""
        while one != other:
            if other == OUTSIDE or (one != OUTSIDE and self.depths[one] >= self.depths[other]):
                one = self.parents[one]
            else:
                other = self.parents[other]
        return one

    def outermost(self, frame: int, within: int) -> int:
        """The outermost frame that contains ``frame`` and lies in the frame ``within``."""
        while self.parents[frame] != within:
            frame = self.parents[frame]
        return frame

    def around(self, frame: int, first: int, last: int) -> int:
        """The innermost frame that contains ``frame`` and spans these layers."""
        while frame != OUTSIDE and not self.first[frame] <= first <= last <= self.last[frame]:
            frame = self.parents[frame]
        return frame


@dataclass(slots=True)
class Items:
    """The items of a drawing, the boxes first; each list has an entry for each item.

    Attributes:
        nesting: of the frames.
        first: the first layer of the item.
        last: its last layer, which is the first for a box and for a label.
        before: the room across the layers on its side of lower coordinates.
        after: the room on its other side.
        frame: the innermost frame that it lies in, or `OUTSIDE`.
        inputs: the items with a line to it, each in an earlier layer.
        users: the items with a line from it, each in a later layer.
    """

    nesting: Nesting
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    frame: list[int] = field(default_factory=list)
    inputs: list[list[int]] = field(default_factory=list)
    users: list[list[int]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.first)

    def add(self, first: int, last: int, before: float, after: float, frame: int) -> int:
        """Add an item and return its index."""
        self.first.append(first)
        self.last.append(last)
        self.before.append(before)
        self.after.append(after)
        self.frame.append(frame)
        self.inputs.append([])
        self.users.append([])
        return len(self.first) - 1

    def join(self, tail: int, head: int) -> None:
        """Add a line from ``tail`` to ``head``."""
        self.users[tail].append(head)
        self.inputs[head].append(tail)

    def begin(self, frame: int) -> int:
        """The number of the begin of a frame, after those of all items; its end is the next."""
        return len(self.first) + 2 * frame

    def spans(self) -> Iterator[tuple[int, int, int, int]]:
        """Each item, and the begin of each frame with boxes: first and last layer, and frame."""
        yield from zip(range(len(self.first)), self.first, self.last, self.frame)
        nesting = self.nesting
        for frame, (first, last) in enumerate(zip(nesting.first, nesting.last)):
            if first <= last:
                yield self.begin(frame), first, last, nesting.parents[frame]


def by_layer(layers: Sequence[int]) -> list[list[int]]:
    """For each layer, the positions at which it is in ``layers``."""
    grouped: list[list[int]] = [[] for _ in range(max(layers) + 1)]
    for position, layer in enumerate(layers):
        grouped[layer].append(position)
    return grouped


def topological_order(inputs: Iterable[Sized], users: Sequence[list[int]]) -> list[int]:
    """The vertices of a graph in topological order, without those that a cycle leads to."""
    waiting_for = [len(each) for each in inputs]
    order = [vertex for vertex, count in enumerate(waiting_for) if not count]
    for vertex in order:
        for user in users[vertex]:
            waiting_for[user] -= 1
            if not waiting_for[user]:
                order.append(user)
    return order
