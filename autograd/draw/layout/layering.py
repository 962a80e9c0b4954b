"""The layer of each box: a pass of the layout.

Sugiyama, Tagawa and Toda (1981) draw a graph in layers, so that every edge leads
from a layer to a later one. Edges that close a cycle are turned round first, as
in Gansner, Koutsofios, North and Vo (1993). Layers are then counted back from
the results, so that a leaf is just before the first box that uses it, and boxes
move towards the side with more of their edges: the step of the network simplex
method of the same paper that matters in graphs of computations.

If all edges between two frames lead from one to the other, the second begins in a
layer after the last of the first, so that they can be side by side. The border
vertices that achieve this are Sander's (1996).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

_COLUMN: Final = 8  # the least height of a column of leaves of one box, in leaves

Neighbours: TypeAlias = list[list[int]]  # of each vertex: a box, or a border of a frame


@dataclass(frozen=True, slots=True)
class Layering:
    """The layer of each box, and the edges that had to be turned round.

    Attributes:
        layers: of each box, from 0 on; every layer has a box.
        turned: of each edge, True if it leads back to an earlier layer.
    """

    layers: list[int]
    turned: list[bool]


def assign_layers(
    tails: Sequence[int],
    heads: Sequence[int],
    frames: Sequence[int | None],
    parents: Sequence[int | None],
) -> Layering:
    """Layers such that every edge leads to a later layer, unless it is turned.

    Args:
        tails: of each edge, the index of the box that it leaves.
        heads: of each edge, the index of the box that it enters.
        frames: of each box, its frame or None.
        parents: of each frame, the frame that it lies in or None.

    >>> assign_layers([0, 1, 0], [1, 2, 2], [None, None, None], []).layers
    [0, 1, 2]
    >>> assign_layers([0, 1], [1, 0], [None, None], []).turned
    [False, True]
    """
    graph = _LayerGraph.of(len(frames), tails, heads)
    turned = [False] * len(tails)
    if len(graph.topological_order()) < len(frames):
        rank = graph.depth_first_ranks()
        turned = [rank[tail] > rank[head] for tail, head in zip(tails, heads)]
        tails, heads = (
            [head if turn else tail for tail, head, turn in zip(tails, heads, turned)],
            [tail if turn else head for tail, head, turn in zip(tails, heads, turned)],
        )
        graph = _LayerGraph.of(len(frames), tails, heads)
    columns = graph.columns_of_leaves()
    if parents:
        graph = _with_borders(graph, tails, heads, frames, parents)
    for leaf, next_leaf in columns:
        graph.join(leaf, next_leaf)
    layers = graph.latest_layers()
    graph.tighten(layers)
    return Layering(_without_gaps(layers[: len(frames)]), turned)


class _LayerGraph:
    """A graph of the boxes and, numbered after them, the begin and the end of each frame.

    An edge spans at least one layer. An edge from the begin of a frame, or to the end of
    one, may stay within a layer.
    """

    def __init__(self, boxes: int, frames: int) -> None:
        self.boxes = boxes
        self.inputs: Neighbours = [[] for _ in range(boxes + 2 * frames)]
        self.users: Neighbours = [[] for _ in range(boxes + 2 * frames)]

    @classmethod
    def of(
        cls, boxes: int, tails: Sequence[int], heads: Sequence[int], frames: int = 0
    ) -> _LayerGraph:
        graph = cls(boxes, frames)
        for tail, head in zip(tails, heads):
            graph.join(tail, head)
        return graph

    def join(self, tail: int, head: int) -> None:
        self.inputs[head].append(tail)
        self.users[tail].append(head)

    def begin(self, frame: int) -> int:
        return self.boxes + 2 * frame

    def end(self, frame: int) -> int:
        return self.boxes + 2 * frame + 1

    def has_length(self, tail: int, head: int) -> bool:
        """True if an edge must lead to a later layer."""
        begins = tail >= self.boxes and (tail - self.boxes) % 2 == 0
        ends = head >= self.boxes and (head - self.boxes) % 2 == 1
        return not (begins or ends)

    def columns_of_leaves(self) -> list[tuple[int, int]]:
        """Pairs of leaves to be put side by side, if one box has many leaves.

        In one column, the leaves of a long sum would be a very long strip.
        """
        pairs = []
        for box, inputs in enumerate(self.inputs):
            if len(inputs) <= _COLUMN:
                continue
            leaves = [
                each for each in inputs if self.users[each] == [box] and not self.inputs[each]
            ]
            columns = max(round(math.sqrt(len(leaves) / _COLUMN)), 1)
            pairs += [pair for i, pair in enumerate(pairwise(leaves), 1) if i % columns]
        return pairs

    def topological_order(self) -> list[int]:
        """The vertices in topological order, without those that a cycle leads to."""
        waiting_for = [len(each) for each in self.inputs]
        order = [vertex for vertex, count in enumerate(waiting_for) if not count]
        for vertex in order:
            for user in self.users[vertex]:
                waiting_for[user] -= 1
                if not waiting_for[user]:
                    order.append(user)
        return order

    def depth_first_ranks(self) -> list[int]:
        """Ranks that rise along every edge, except where a depth-first search closes a cycle."""
        count = len(self.users)
        rank = [-1] * count
        seen = [False] * count
        next_rank = count
        for start in sorted(range(count), key=lambda vertex: bool(self.inputs[vertex])):
            if seen[start]:
                continue
            seen[start] = True
            stack = [(start, iter(self.users[start]))]
            while stack:
                vertex, rest = stack[-1]
                user = next((user for user in rest if not seen[user]), None)
                if user is None:
                    stack.pop()
                    next_rank -= 1
                    rank[vertex] = next_rank
                else:
                    seen[user] = True
                    stack.append((user, iter(self.users[user])))
        return rank

    def latest_layers(self) -> list[int]:
        """For each vertex, minus the length of the longest path from it to a result."""
        layers = [0] * len(self.users)
        for vertex in reversed(self.topological_order()):
            if self.users[vertex]:
                layers[vertex] = self._before_its_users(vertex, layers)
        return layers

    def tighten(self, layers: list[int]) -> None:
        """Move each box with more inputs than users to its inputs, then the others to their users.

        This shortens the sum of the lengths of the edges.
        """
        order = self.topological_order()
        for vertex in order:
            inputs = [each for each in self.inputs[vertex] if self.inputs[each]]
            if len(inputs) > len(self.users[vertex]) and vertex < self.boxes:
                layers[vertex] = max(
                    [layers[each] + self.has_length(each, vertex) for each in inputs]
                )
        for vertex in reversed(order):
            if self.users[vertex] and len(self.inputs[vertex]) <= len(self.users[vertex]):
                layers[vertex] = self._before_its_users(vertex, layers)

    def _before_its_users(self, vertex: int, layers: Sequence[int]) -> int:
        users = self.users[vertex]
        if vertex < self.boxes and max(users) < self.boxes:  # almost always, and much faster
            return min([layers[user] for user in users]) - 1
        return min([layers[user] - self.has_length(vertex, user) for user in users])


def _with_borders(
    graph: _LayerGraph,
    tails: Sequence[int],
    heads: Sequence[int],
    frames: Sequence[int | None],
    parents: Sequence[int | None],
) -> _LayerGraph:
    """The graph with borders, and edges between those of frames that can be side by side."""
    boxes = graph.boxes
    bordered = _LayerGraph.of(boxes, tails, heads, len(parents))
    for box, frame in enumerate(frames):
        if frame is not None:
            bordered.join(bordered.begin(frame), box)
            bordered.join(box, bordered.end(frame))
    for frame, parent in enumerate(parents):
        if parent is not None:
            bordered.join(bordered.begin(parent), bordered.begin(frame))
            bordered.join(bordered.end(frame), bordered.end(parent))
    pairs = _one_way_pairs(boxes, tails, heads, frames, parents)
    pairs += _with_their_leaves(bordered, pairs, frames)
    for one, other in pairs:
        bordered.join(one, other)
    settled = set(bordered.topological_order())
    if len(settled) < len(bordered.users):
        # A path leads from a later frame back to an earlier one, through others.
        on_cycles = {pair for pair in pairs if pair[1] not in settled}
        for one, other in on_cycles:
            bordered.users[one].remove(other)
            bordered.inputs[other].remove(one)
    return bordered


def _one_way_pairs(
    boxes: int,
    tails: Sequence[int],
    heads: Sequence[int],
    frames: Sequence[int | None],
    parents: Sequence[int | None],
) -> list[tuple[int, int]]:
    """Pairs of frames or boxes, in the same frame, with edges from the first but none back.

    Of the first frame, its end is given, and of the second its begin.
    """
    depths: list[int] = []
    for parent in parents:
        depths.append(0 if parent is None else depths[parent] + 1)
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for tail, head in zip(tails, heads):
        start, end = frames[tail], frames[head]
        if start == end:
            continue
        one, other = tail, head
        leaving, entering = tail, head
        while start != end:
            if end is None or (start is not None and depths[start] >= depths[end]):
                assert start is not None
                one, leaving, start = boxes + 2 * start, boxes + 2 * start + 1, parents[start]
            else:
                other, entering, end = boxes + 2 * end, boxes + 2 * end, parents[end]
        found[one, other] = leaving, entering
    return [pair for (one, other), pair in found.items() if (other, one) not in found]


def _with_their_leaves(
    graph: _LayerGraph, pairs: Sequence[tuple[int, int]], frames: Sequence[int | None]
) -> list[tuple[int, int]]:
    """Pairs of a frame before a box and a leaf that only this box uses."""
    return [
        (one, leaf)
        for one, box in pairs
        if one >= graph.boxes > box
        for leaf in graph.inputs[box]
        if leaf < graph.boxes
        and frames[leaf] == frames[box]
        and all(each >= graph.boxes for each in graph.inputs[leaf])
        and all(each == box or each >= graph.boxes for each in graph.users[leaf])
    ]


def _without_gaps(layers: list[int]) -> list[int]:
    """The same layers, counted from 0 with none left empty."""
    number = {layer: i for i, layer in enumerate(sorted(set(layers)))}
    return [number[layer] for layer in layers]
