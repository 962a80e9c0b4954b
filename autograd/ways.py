"""The ways from a leaf to the root of a graph, and what each contributes to the gradient.

By the chain rule, a way contributes the product of the local derivatives along
it, and the derivative is the sum over all ways. There may be more ways than
could ever be listed, so they are counted and summed node by node, and only those
that contribute most are listed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

from autograd.snapshot import Graph, Node


@dataclass(frozen=True, slots=True)
class Way:
    """One way from a leaf to the root.

    Attributes:
        nodes: the ids of the nodes on it, the leaf first and the root last.
        positions: for each node but the first, which of its `Node.inputs` the way comes in by.
        local_derivatives: the local derivative of each of these steps.
        product: the product of the local derivatives.
    """

    nodes: tuple[int, ...]
    positions: tuple[int, ...]
    local_derivatives: tuple[float, ...]
    product: float


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways from a leaf to the root; iterating gives those that are listed.

    Attributes:
        graph: the graph.
        leaf: the id of the node where they begin.
        listed: the ways with the largest products, the largest first.
        count: how many ways there are in all.
        total: the sum of the products of all of them, which is the derivative.
        nodes: the ids of all nodes that are on some way.
    """

    graph: Graph = field(repr=False)
    leaf: int
    listed: tuple[Way, ...]
    count: int
    total: float
    nodes: frozenset[int]

    def __iter__(self) -> Iterator[Way]:
        return iter(self.listed)

    def __len__(self) -> int:
        return len(self.listed)

    def __str__(self) -> str:
        leaf, root = self.graph.name(self.leaf), self.graph.name(self.graph.root)
        ways = "1 way" if self.count == 1 else f"{self.count} ways"
        lines = [f"{ways} from {leaf} to {root}, whose products add up to {self.total:g}"]
        for way in self.listed:
            factors = " * ".join([f"{local:g}" for local in way.local_derivatives])
            names = " -> ".join([self.graph.name(id) for id in way.nodes])
            lines.append(f"  {way.product:g} = {factors or 1}: {names}")
        if self.count > len(self.listed):
            lines.append(f"  and {self.count - len(self.listed)} more")
        return "\n".join(lines)


def ways(graph: Graph, leaf: Node, limit: int) -> Ways:
    """The ways from ``leaf`` to the root; see `Graph.path`."""
    if limit < 0:
        raise ValueError(f"at most {limit} ways cannot be listed: limit is 0 or more")
    above = {leaf.id, *[node.id for node in graph.descendants(leaf)]}
    counts = {leaf.id: 1}
    for node in graph.nodes[leaf.id + 1 :]:
        if node.id in above:
            counts[node.id] = sum([counts.get(source, 0) for source in node.inputs])
    on_a_way = {graph.root.id} & above
    for node in reversed(graph.nodes):
        if node.id in on_a_way and node.id != leaf.id:
            on_a_way.update([source for source in node.inputs if source in above])
    return Ways(
        graph,
        leaf.id,
        tuple(_largest(graph, leaf, on_a_way, limit)),
        counts.get(graph.root.id, 0),
        graph.adjoints()[leaf.id],
        frozenset(on_a_way),
    )


# A step into a node: the node, the position among its inputs, the local derivative.
_Step = tuple[int, int, float]


def _largest(graph: Graph, leaf: Node, on_a_way: set[int], limit: int) -> Iterator[Way]:
    """The ways with the largest products, by size, the largest first.

    A best-first search from the leaf. What a beginning can still become is known
    exactly: its product times the largest product from where it has come to.
    """
    steps: dict[int, list[_Step]] = {id: [] for id in on_a_way}
    for id in on_a_way:
        node = graph[id]
        for position, source in enumerate(node.inputs):
            if source in on_a_way and id != leaf.id:
                steps[source].append((id, position, node.local_derivatives[position]))
    best = {graph.root.id: 0.0}
    for id in sorted(on_a_way - best.keys(), reverse=True):
        best[id] = max([_size(local) + best[above] for above, _, local in steps[id]])
    # The order in which beginnings were met settles a tie, so that the result is reproducible.
    serial = 0
    beginnings: list[tuple[float, int, float, int, _Trail | None]] = []
    if leaf.id in on_a_way:
        beginnings.append((-best[leaf.id], serial, 0.0, leaf.id, None))
    while beginnings and limit > 0:
        _, _, size, id, trail = heappop(beginnings)
        if id == graph.root.id:
            limit -= 1
            yield _way(leaf.id, trail)
            continue
        for step in steps[id]:
            above, _, local = step
            serial += 1
            reach = size + _size(local)
            heappush(beginnings, (-(reach + best[above]), serial, reach, above, (step, trail)))


_Trail = tuple[_Step, "_Trail | None"]


def _size(local: float) -> float:
    """The logarithm of the size of a local derivative, a number that adds up along a way."""
    if local == 0.0:
        return _ZERO
    return math.log(abs(local)) if math.isfinite(local) else -_ZERO


# In place of the logarithms of 0 and inf, whose sum would be nan.
_ZERO = -1e9


def _way(leaf: int, trail: _Trail | None) -> Way:
    steps: list[_Step] = []
    while trail is not None:
        step, trail = trail
        steps.append(step)
    steps.reverse()
    local_derivatives = tuple([local for _, _, local in steps])
    return Way(
        (leaf, *[id for id, _, _ in steps]),
        tuple([position for _, position, _ in steps]),
        local_derivatives,
        math.prod(local_derivatives),
    )
