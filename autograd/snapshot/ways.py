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
from heapq import nlargest
from typing import Final

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
        ways = "1 way" if self.count == 1 else f"{_written(self.count)} ways"
        total = _plain(self.total)
        lines = [f"{ways} from {leaf} to {root}, whose products add up to {total}"]
        for way in self.listed:
            factors = _shortened([_plain(local) for local in way.local_derivatives], " * ")
            names = _shortened([self.graph.name(id) for id in way.nodes], " -> ")
            lines.append(f"  {_plain(way.product)} = {factors or 1}: {names}")
        if self.count > len(self.listed):
            lines.append(f"  and {_written(self.count - len(self.listed))} more")
        return "\n".join(lines)


def _plain(number: float) -> str:
    """A number; a zero without its sign."""
    return f"{number + 0.0:g}"


def _written(count: int) -> str:
    """A count; Python writes no number of more than some 4300 digits."""
    return str(count) if count < _MANY else f"more than {_MANY:.0e}"


_MANY: Final = 10**18
_SHOWN: Final = 6  # steps at either end of a way that is printed


def _shortened(parts: list[str], sign: str) -> str:
    """The parts with a sign between them, and an ellipsis where there are many."""
    if len(parts) > 2 * _SHOWN + 1:
        parts = [*parts[:_SHOWN], "...", *parts[-_SHOWN:]]
    return sign.join(parts)


def ways(graph: Graph, leaf: Node, limit: int) -> Ways:
    """The ways from ``leaf`` to the root; see `Graph.path`."""
    if not isinstance(limit, int) or limit < 0:
        raise ValueError(f"limit is how many ways are listed, 0 or more; got {limit!r}")
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


@dataclass(frozen=True, slots=True)
class _Rest:
    """A way from some node on to the root: its first step, and how it goes on from there."""

    size: float  # the logarithm of the product
    node: int
    position: int
    local: float
    rest: _Rest | None


def _largest(graph: Graph, leaf: Node, on_a_way: set[int], limit: int) -> list[Way]:
    """The ways with the largest products, by size, the largest first.

    From the root down, each node keeps the largest of the ways that go on from it; a
    way that is among the largest goes on as one of them.
    """
    steps: dict[int, list[tuple[int, int, float]]] = {id: [] for id in on_a_way}
    for id in sorted(on_a_way - {leaf.id}):
        node = graph.nodes[id]
        for position, source in enumerate(node.inputs):
            if source in on_a_way:
                steps[source].append((id, position, node.local_derivatives[position]))
    kept: dict[int, list[_Rest | None]] = {graph.root.id: [None]}
    for id in sorted(on_a_way - {graph.root.id}, reverse=True):
        rests = [
            _Rest(size_of(local) + (rest.size if rest else 0.0), above, position, local, rest)
            for above, position, local in steps[id]
            for rest in kept[above]
        ]
        largest = nlargest(limit, rests, key=lambda rest: rest.size)
        kept[id] = [*largest]
    return [_way(leaf.id, rest) for rest in kept.get(leaf.id, [])[:limit]]


def size_of(local: float) -> float:
    """The logarithm of the size of a local derivative, a number that adds up along a way."""
    if local == 0.0:
        return _ZERO
    return math.log(abs(local)) if math.isfinite(local) else -_ZERO


# In place of the logarithms of 0 and inf, whose sum would be nan.
_ZERO = -1e9


def _way(leaf: int, rest: _Rest | None) -> Way:
    steps: list[_Rest] = []
    while rest is not None:
        steps.append(rest)
        rest = rest.rest
    local_derivatives = tuple([step.local for step in steps])
    return Way(
        (leaf, *[step.node for step in steps]),
        tuple([step.position for step in steps]),
        local_derivatives,
        math.prod(local_derivatives),
    )
