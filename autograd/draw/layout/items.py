"""What has to be given a place in a layered drawing: boxes, labels, and stretches of lines.

An edge that passes by layers would, in the textbook, get a dummy vertex in each of
them, and a line along a chain of 20,000 boxes as many. Here it is one item with a
first and a last layer, a straight stretch, as in Eiglsperger, Siebenhaller and
Kaufmann (2005); and all long edges that leave one box share theirs, from which they
branch off where they are needed. So there are at most two items for each box and
one for each label, and all that follows takes time in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

OUTSIDE = -1  # the frame of what lies in none


@dataclass(slots=True)
class Items:
    """The items of a drawing, an entry of each list for each; the boxes stand first.

    Attributes:
        first: the first layer that it stands in.
        last: the last one; a box and a label stand in one layer only.
        before: what room it needs across the layers, on the side of lower coordinates.
        after: the same on the other side.
        frame: the innermost frame that it lies in, or `OUTSIDE`.
        inputs: the items that a line leads from to it, each in an earlier layer.
        users: the items that a line leads to.
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
        """Add an item; its index."""
        self.first.append(first)
        self.last.append(last)
        self.before.append(before)
        self.after.append(after)
        self.frame.append(frame)
        self.inputs.append([])
        self.users.append([])
        return len(self.first) - 1

    def join(self, tail: int, head: int) -> None:
        """A line leads from one item to another."""
        self.users[tail].append(head)
        self.inputs[head].append(tail)


@dataclass(frozen=True, slots=True)
class Nesting:
    """Which frames lie in which, and the layers that each of them spans.

    Attributes:
        parents: of each frame, the one that it lies in, or `OUTSIDE`.
        depths: of each frame, how many lie around it.
        first: of each frame, the layer that it begins in.
        last: of each frame, the last layer with a box of it; before the first where it has none.
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
        """From the parent of each frame, and the layer and the frame of each box.

        A frame begins ``lead`` layers before its first box, if there are as many.
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
        """The innermost frame around both frames, each of which counts as around itself."""
        while one != other:
            if other == OUTSIDE or (one != OUTSIDE and self.depths[one] >= self.depths[other]):
                one = self.parents[one]
            else:
                other = self.parents[other]
        return one

    def around(self, frame: int, first: int, last: int) -> int:
        """The innermost of ``frame`` and the frames around it that spans these layers."""
        while frame != OUTSIDE and not self.first[frame] <= first <= last <= self.last[frame]:
            frame = self.parents[frame]
        return frame
