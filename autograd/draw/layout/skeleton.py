"""The skeleton of a drawing: its items in their layers, joined by lines, without coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from autograd.draw.layout.items import Items, Nesting
from autograd.draw.layout.layering import assign_layers
from autograd.draw.layout.sizes import Sizes
from autograd.draw.picture import Picture

_BOX_GAP: Final = 0.9  # between boxes of the same layer
LINE_GAP: Final = 0.6  # between lines that run side by side


@dataclass(frozen=True, slots=True)
class Chain:
    """The items that an edge leads through.

    Attributes:
        items: in the order of their layers, both boxes included.
        back: True if the edge leads from the last of them to the first.
        stretch: the one that is a straight stretch past layers, or None.
        label: the one that is the label of the edge, or None.
    """

    items: tuple[int, ...]
    back: bool
    stretch: int | None
    label: int | None


class Skeleton:
    """The items of a drawing in their layers.

    Attributes:
        picture: what is drawn.
        sizes: of everything in it.
        items: the boxes, the stretches of lines that pass by layers, and the labels.
        stride: boxes are in the layers whose numbers are multiples of this; the layers
            between them are for labels.
        chains: of each edge, the items that it leads through.
    """

    def __init__(self, picture: Picture, sizes: Sizes) -> None:
        self.picture = picture
        self.sizes = sizes
        nesting = Nesting(picture)
        layers, turned = assign_layers(picture, nesting)
        # A label has a layer of its own, before the one that its edge leads to.
        self.stride = 2 if any(edge.label for edge in picture.edges) else 1
        layers = [self.stride * layer for layer in layers]
        nesting.span(layers, self.stride - 1)
        self.items = Items(nesting)
        for layer, breadth, frame in zip(layers, sizes.breadths, nesting.frames):
            room = breadth / 2 + _BOX_GAP * sizes.font / 2
            self.items.add(layer, layer, room, room, frame)
        self.chains = self._add_edges(layers, turned)

    def _add_edges(self, layers: Sequence[int], turned: Sequence[bool]) -> list[Chain]:
        """Join the boxes by lines, and return the chain of items of each edge."""
        edges = self.picture.edges
        ends = [  # the first and the last box of each edge
            (edge.head, edge.tail) if back else (edge.tail, edge.head)
            for edge, back in zip(edges, turned)
        ]
        # Of each edge, the layer of its label, or else of its last box.
        goals = [layers[last] - bool(edge.label) for edge, (_, last) in zip(edges, ends)]
        stretches = self._add_stretches(ends, goals, turned)
        joined: set[tuple[int, int]] = set()
        chains = []
        for edge, (first, last), goal, back in zip(edges, ends, goals, turned):
            stretch = stretches[first, back] if goal > layers[first] + 1 else None
            label = self._add_label(edge.label, last) if edge.label else None
            items = tuple([x for x in (first, stretch, label, last) if x is not None])
            for pair in pairwise(items):
                if pair not in joined:
                    joined.add(pair)
                    self.items.join(*pair)
            chains.append(Chain(items, back, stretch, label))
        return chains

    def _add_stretches(
        self, ends: Sequence[tuple[int, int]], goals: Sequence[int], turned: Sequence[bool]
    ) -> dict[tuple[int, bool], int]:
        """The straight stretches of the edges that pass by layers.

        All such edges from a box share one, and all that lead back to it share another.
        """
        nesting = self.items.nesting
        farthest: dict[tuple[int, bool], int] = {}
        nearest: dict[tuple[int, bool], int] = {}  # the innermost frame around all other ends
        for (first, last), goal, back in zip(ends, goals, turned):
            if goal > self.items.first[first] + 1:
                key, frame = (first, back), self.items.frame[last]
                nearest[key] = nesting.common(nearest.get(key, frame), frame)
                farthest[key] = max(farthest.get(key, 0), goal - 1)
        room = LINE_GAP * self.sizes.font / 2
        stretches = {}
        for (box, back), last_layer in farthest.items():
            layer = self.items.first[box] + 1
            frame = nesting.around(nearest[box, back], layer, last_layer)
            stretches[box, back] = self.items.add(layer, last_layer, room, room, frame)
        return stretches

    def _add_label(self, label: str, last: int) -> int:
        """Add the item of a label: it is above its edge, or on the right of one that runs down."""
        width, height = self.sizes.label(label)
        gap = LINE_GAP * self.sizes.font / 2
        breadth = height if self.sizes.sideways else width
        layer = self.items.first[last] - 1
        frame = self.items.nesting.around(self.items.frame[last], layer, layer)
        before, after = (breadth + gap, gap) if self.sizes.sideways else (gap, breadth + gap)
        return self.items.add(layer, layer, before + 1, after + 1, frame)
