"""The items of a layered drawing: boxes, labels, and straight stretches of lines.

In the textbook, an edge that passes by layers gets a dummy vertex in each of them: 20,000
vertices for a line along 20,000 boxes. Here it gets one item with a first and a last
layer, a straight stretch, as in Eiglsperger, Siebenhaller and Kaufmann (2005). All long
edges that leave one box share one stretch and branch off from it. So a drawing has at most
two items for each box and one for each label, and every pass takes time in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

OUTSIDE: Final = -1  # the frame of an item that lies in no frame
MANY_ITEMS: Final = 5000  # from this number on, passes are repeated less often


@dataclass(slots=True)
class Items:
    """The items of a drawing, the boxes first; each list has an entry for each item.

    Attributes:
        first: the first layer of the item.
        last: its last layer, which is the first for a box and for a label.
        before: the room across the layers on its side of lower coordinates.
        after: the room on its other side.
        frame: the innermost frame that it lies in, or `OUTSIDE`.
        inputs: the items with a line to it, each in an earlier layer.
        users: the items with a line from it, each in a later layer.
    """

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


@dataclass(frozen=True, slots=True)
class Nesting:
    """The nesting of the frames, and the layers that each frame spans.

    Attributes:
        parents: of each frame, the frame that it lies in, or `OUTSIDE`.
        depths: of each frame, the number of frames around it.
        first: of each frame, its first layer.
        last: of each frame, its last layer; less than the first if the frame has no box.
    """

    parents: list[int]
    depths: list[int]
    first: list[int]
    last: list[int]

    @classmethod
    def of(
        cls,
        parents: Sequence[int | None],
        layers: Sequence[int],
        frames: Sequence[int | None],
        lead: int = 0,
    ) -> Nesting:
        """The nesting, from the parent of each frame and the layer and frame of each box.

        A frame begins ``lead`` layers before its first box, but not before layer 0.
        """
        plain = [OUTSIDE if parent is None else parent for parent in parents]
        depths: list[int] = []
        for parent in plain:
            depths.append(0 if parent == OUTSIDE else depths[parent] + 1)
        beyond = max(layers, default=0) + 1
        first, last = [beyond] * len(plain), [-1] * len(plain)
        for layer, frame in zip(layers, frames):
            if frame is not None:
                first[frame] = min(first[frame], max(layer - lead, 0))
                last[frame] = max(last[frame], layer)
        for frame in reversed(range(len(plain))):
            parent = plain[frame]
            if parent != OUTSIDE:
                first[parent] = min(first[parent], first[frame])
                last[parent] = max(last[parent], last[frame])
        return cls(plain, depths, first, last)

    def common(self, one: int, other: int) -> int:
        """The innermost frame that contains both frames; a frame contains itself."""
        while one != other:
            if other == OUTSIDE or (one != OUTSIDE and self.depths[one] >= self.depths[other]):
                one = self.parents[one]
            else:
                other = self.parents[other]
        return one

    def around(self, frame: int, first: int, last: int) -> int:
        """The innermost frame that contains ``frame`` and spans these layers."""
        while frame != OUTSIDE and not self.first[frame] <= first <= last <= self.last[frame]:
            frame = self.parents[frame]
        return frame
