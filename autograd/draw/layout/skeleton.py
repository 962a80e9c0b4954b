"""The skeleton of a drawing: its items in their layers, joined by lines, without coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from autograd.draw.layout.items import OUTSIDE, Items, Nesting
from autograd.draw.layout.layering import assign_layers
from autograd.draw.layout.routing import Chain
from autograd.draw.layout.sizes import Sizes
from autograd.draw.picture import Picture

_BOX_GAP: Final = 0.9  # between boxes of the same layer
LINE_GAP: Final = 0.6  # between lines that run side by side


class Skeleton:
    """The items of a drawing in their layers.

    Attributes:
        items: the boxes, the stretches of lines that pass by layers, and the labels.
        nesting: of the frames.
        stride: boxes are in the layers whose numbers are multiples of this; the layers
            between them are for labels.
        turned: of each edge, True if it leads back to an earlier layer.
        chains: of each edge, the items that it leads through.
        labels: of each edge, the item of its label, or None.
        stretches: of each edge, the item of its straight stretch past layers, or None.
    """

    def __init__(self, picture: Picture, sizes: Sizes) -> None:
        self.picture = picture
        self.sizes = sizes
        self.font = sizes.font
        frames = [box.frame for box in picture.boxes]
        tails = [edge.tail for edge in picture.edges]
        heads = [edge.head for edge in picture.edges]
        parents = [frame.parent for frame in picture.frames]
        layering = assign_layers(tails, heads, frames, parents)
        # A label has a layer of its own, before the one that its edge leads to.
        self.stride = 2 if any(edge.label for edge in picture.edges) else 1
        self.turned = layering.turned
        layers = [self.stride * layer for layer in layering.layers]
        self.nesting = Nesting.of(parents, layers, frames, self.stride - 1)
        self.items = Items()
        self.labels: list[int | None] = [None] * len(picture.edges)
        self.stretches: list[int | None] = [None] * len(picture.edges)
        self._add_boxes(layers)
        self.chains = self._add_edges()

    def _add_boxes(self, layers: Sequence[int]) -> None:
        gap = _BOX_GAP * self.font / 2
        for box, layer, box_size in zip(self.picture.boxes, layers, self.sizes.box_sizes):
            room = box_size.breadth / 2 + gap
            self.items.add(layer, layer, room, room, OUTSIDE if box.frame is None else box.frame)

    def _add_edges(self) -> list[Chain]:
        """Join the boxes by lines, and return the chain of items of each edge."""
        layers = self.items.first[: len(self.picture.boxes)]
        ends: list[tuple[int, int]] = []  # the first and the last box of each edge
        goals: list[int] = []  # of each edge, the layer of its label, or else of its last box
        for edge, turned in zip(self.picture.edges, self.turned):
            first, last = (edge.head, edge.tail) if turned else (edge.tail, edge.head)
            ends.append((first, last))
            goals.append(layers[last] - bool(edge.label))
        stretches = self._add_stretches(ends, goals)
        joined: set[tuple[int, int]] = set()
        chains = []
        for number, ((first, last), goal) in enumerate(zip(ends, goals)):
            chain = [first]
            if goal > layers[first] + 1:
                self.stretches[number] = stretches[first, self.turned[number]]
                chain.append(stretches[first, self.turned[number]])
            if self.picture.edges[number].label:
                chain.append(self._add_label(number, last))
            chain.append(last)
            for pair in pairwise(chain):
                if pair not in joined:
                    joined.add(pair)
                    self.items.join(*pair)
            chains.append(Chain(tuple(chain), self.turned[number]))
        return chains

    def _add_stretches(
        self, ends: list[tuple[int, int]], goals: list[int]
    ) -> dict[tuple[int, bool], int]:
        """The straight stretches of the edges that pass by layers.

        All such edges from a box share one, and all that lead back to it share another.
        """
        farthest: dict[tuple[int, bool], int] = {}
        nearest: dict[tuple[int, bool], int] = {}  # the innermost frame around all other ends
        for (first, last), goal, turned in zip(ends, goals, self.turned):
            if goal > self.items.first[first] + 1:
                key, frame = (first, turned), self.items.frame[last]
                nearest[key] = self.nesting.common(nearest.get(key, frame), frame)
                farthest[key] = max(farthest.get(key, 0), goal - 1)
        room = LINE_GAP * self.font / 2
        stretches = {}
        for (box, turned), last_layer in farthest.items():
            layer = self.items.first[box] + 1
            frame = self.nesting.around(nearest[box, turned], layer, last_layer)
            stretches[box, turned] = self.items.add(layer, last_layer, room, room, frame)
        return stretches

    def _add_label(self, number: int, last: int) -> int:
        """Add the item of a label: it is above its edge, or on the right of one that runs down."""
        width, height = self.sizes.label(self.picture.edges[number].label)
        gap = LINE_GAP * self.font / 2
        breadth = height if self.sizes.sideways else width
        layer = self.items.first[last] - 1
        frame = self.nesting.around(self.items.frame[last], layer, layer)
        before, after = (breadth + gap, gap) if self.sizes.sideways else (gap, breadth + gap)
        item = self.items.add(layer, layer, before + 1, after + 1, frame)
        self.labels[number] = item
        return item
