"""The layer of each box: a pass of the layout.

Sugiyama, Tagawa and Toda (1981) draw a graph in layers, so that every edge leads
from a layer to a later one. Edges that close a cycle are turned round first, as
in Gansner, Koutsofios, North and Vo (1993). Layers are then counted back from
the results, so that a leaf is just before the first box that uses it, and boxes
move towards the side with more of their edges: the step of the network simplex
method of the same paper that matters in graphs of computations.

If all edges between two frames lead from one to the other, the second begins in a
layer after the last of the first, so that they can be side by side. So does one that is
to follow another, unless a path leads from it to that. The border
vertices that achieve this are Sander's (1996).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from autograd.draw.layout.items import OUTSIDE, Nesting, topological_order
from autograd.draw.picture import Picture

_COLUMN: Final = 8  # the least height of a column of leaves of one box, in leaves


def assign_layers(picture: Picture, nesting: Nesting) -> tuple[list[int], list[bool]]:
    """Layers such that every edge leads to a later layer, unless it is turned.

    Returns:
        The layer of each box, from 0 on; every layer has a box. And for each edge, True if it
        is turned: if it leads back to an earlier layer, since it closes a cycle.

    >>> from autograd.draw.picture import Box, Edge
    >>> picture = Picture((Box(()),) * 3, (Edge(0, 1), Edge(1, 2), Edge(2, 0)))
    >>> assign_layers(picture, Nesting(picture))
    ([0, 1, 2], [False, False, True])
    """
    edges = [(edge.tail, edge.head) for edge in picture.edges]
    graph = _LayerGraph(len(picture.boxes), edges)
    turned = [False] * len(edges)
    if len(topological_order(graph.inputs, graph.users)) < graph.boxes:
        rank = graph.depth_first_ranks()
        turned = [rank[tail] > rank[head] for tail, head in edges]
        edges = [edge[::-1] if turn else edge for edge, turn in zip(edges, turned)]
        graph = _LayerGraph(len(picture.boxes), edges)
    columns = graph.columns_of_leaves(nesting.frames)
    if picture.frames:
        graph.add_borders(nesting, edges)
    for leaf, next_leaf in columns:
        graph.join(leaf, next_leaf)
    layers = graph.latest_layers()
    graph.tighten(layers)
    used = {layer: number for number, layer in enumerate(sorted(set(layers[: graph.boxes])))}
    return [used[layer] for layer in layers[: graph.boxes]], turned


class _LayerGraph:
    """A graph of the boxes and, numbered after them, the begin and the end of each frame.

    An edge spans at least one layer. An edge from the begin of a frame, or to the end of
    one, may stay within a layer.
    """

    def __init__(self, boxes: int, edges: Sequence[tuple[int, int]]) -> None:
        self.boxes = boxes
        self.inputs: list[list[int]] = [[] for _ in range(boxes)]
        self.users: list[list[int]] = [[] for _ in range(boxes)]
        for tail, head in edges:
            self.join(tail, head)

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

    def columns_of_leaves(self, frames: Sequence[int]) -> list[tuple[int, int]]:
        """Pairs of leaves of one frame to be put side by side, if one box has many leaves.

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
            leaves.sort(key=frames.__getitem__)
            pairs += [
                (one, other)
                for i, (one, other) in enumerate(pairwise(leaves), 1)
                if i % columns and frames[one] == frames[other]
            ]
        return pairs

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
        for vertex in reversed(topological_order(self.inputs, self.users)):
            if self.users[vertex]:
                layers[vertex] = self._before_its_users(vertex, layers)
        return layers

    def tighten(self, layers: list[int]) -> None:
        """Move each box with more inputs than users to its inputs, then the others to their users.

        This shortens the sum of the lengths of the edges.
        """
        order = topological_order(self.inputs, self.users)
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

    def add_borders(self, nesting: Nesting, edges: Sequence[tuple[int, int]]) -> None:
        """Add the frames, with edges between those that can be side by side."""
        for neighbours in (self.inputs, self.users):
            neighbours.extend([[] for _ in range(2 * len(nesting.parents))])
        for box, frame in enumerate(nesting.frames):
            if frame != OUTSIDE:
                self.join(self.begin(frame), box)
                self.join(box, self.end(frame))
        for frame, parent in enumerate(nesting.parents):
            if parent != OUTSIDE:
                self.join(self.begin(parent), self.begin(frame))
                self.join(self.end(frame), self.end(parent))
        pairs = self._one_way_pairs(nesting, edges)
        pairs += self._with_their_leaves(pairs, nesting.frames)
        self._join_without_cycles(pairs)
        follows = [
            (self.end(before), self.begin(frame))
            for frame, before in enumerate(nesting.follows)
            if before is not None
        ]
        self._join_without_cycles(follows)

    def _join_without_cycles(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Add edges, but for those that would be on a cycle, or behind one."""
        for one, other in pairs:
            self.join(one, other)
        settled = set(topological_order(self.inputs, self.users))
        if len(settled) < len(self.users):
            # A path leads from a later frame back to an earlier one, through others.
            on_cycles = {pair for pair in pairs if pair[1] not in settled}
            for one, other in on_cycles:
                self.users[one].remove(other)
                self.inputs[other].remove(one)

    def _one_way_pairs(
        self, nesting: Nesting, edges: Sequence[tuple[int, int]]
    ) -> list[tuple[int, int]]:
        """Pairs of frames or boxes, in the same frame, with edges from the first but none back.

        Of the first frame, its end is given, and of the second its begin.
        """
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for tail, head in edges:
            start, end = nesting.frames[tail], nesting.frames[head]
            if start == end:
                continue
            common = nesting.common(start, end)
            one = leaving = tail
            if start != common:
                frame = nesting.outermost(start, common)
                one, leaving = self.begin(frame), self.end(frame)
            other = head if end == common else self.begin(nesting.outermost(end, common))
            found[one, other] = leaving, other
        return [pair for (one, other), pair in found.items() if (other, one) not in found]

    def _with_their_leaves(
        self, pairs: Sequence[tuple[int, int]], frames: Sequence[int]
    ) -> list[tuple[int, int]]:
        """Pairs of a frame before a box and a leaf that only this box uses."""
        return [
            (one, leaf)
            for one, box in pairs
            if one >= self.boxes > box
            for leaf in self.inputs[box]
            if leaf < self.boxes
            and frames[leaf] == frames[box]
            and all(each >= self.boxes for each in self.inputs[leaf])
            and all(each == box or each >= self.boxes for each in self.users[leaf])
        ]
