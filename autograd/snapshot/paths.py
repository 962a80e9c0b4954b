"""The paths from a leaf to the root of a graph, and the contribution of each to the gradient.

By the chain rule, a path contributes the product of the local derivatives along
it, and the derivative is the sum over all paths. There may be more paths than
could ever be listed, so they are counted and summed node by node, and only those
that contribute most are listed: `strongest_paths` finds them, also for `diagnosis`
and `explain`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from reprlib import repr as shown
from typing import Final, Generic, NamedTuple, TypeVar

from autograd.snapshot import Node, Snapshot

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Path:
    """One path from a leaf to the root.

    Attributes:
        nodes: the ids of the nodes on it, the leaf first and the root last.
        positions: for each node after the first, the index in its `Node.inputs` of the one before.
        local_derivatives: the local derivative of each of these steps.
        product: the product of the local derivatives.
    """

    nodes: tuple[int, ...]
    positions: tuple[int, ...]
    local_derivatives: tuple[float, ...]
    product: float


@dataclass(frozen=True, slots=True)
class Paths:
    """All paths from a leaf to the root; iterating gives those that are listed.

    Attributes:
        graph: the graph.
        leaf: the id of the node that they begin at.
        listed: the paths with the largest products, the largest first.
        count: the number of all paths.
        total: the sum of the products of all of them, which is the derivative.
        nodes: the ids of all nodes that are on some path.
    """

    graph: Snapshot = field(repr=False)
    leaf: int
    listed: tuple[Path, ...]
    count: int
    total: float
    nodes: frozenset[int]

    def __iter__(self) -> Iterator[Path]:
        return iter(self.listed)

    def __len__(self) -> int:
        return len(self.listed)

    def __str__(self) -> str:
        leaf, root = self.graph.name(self.leaf), self.graph.name(self.graph.root)
        number = "1 path" if self.count == 1 else f"{_count_text(self.count)} paths"
        total = _number_text(self.total)
        lines = [f"{number} from {leaf} to {root}, whose products add up to {total}"]
        for path in self.listed:
            factors = _shortened([_number_text(local) for local in path.local_derivatives], " * ")
            names = _shortened([self.graph.name(id) for id in path.nodes], " -> ")
            lines.append(f"  {_number_text(path.product)} = {factors or 1}: {names}")
        if self.count > len(self.listed):
            lines.append(f"  and {_count_text(self.count - len(self.listed))} more")
        return "\n".join(lines)


def _number_text(number: float) -> str:
    """The number as text, a zero without its sign."""
    return f"{number + 0.0:g}"


def _count_text(count: int) -> str:
    """The count as text, if large by its size: Python writes at most some 4300 digits."""
    return str(count) if count <= _MOST_WRITTEN else f"more than {_MOST_WRITTEN:.0e}"


_MOST_WRITTEN: Final = 10**18
_SHOWN_AT_AN_END: Final = 6  # steps at either end of a path that is printed


def _shortened(parts: list[str], sign: str) -> str:
    """The parts with a sign between them, and an ellipsis where there are many."""
    if len(parts) > 2 * _SHOWN_AT_AN_END + 1:
        parts = [*parts[:_SHOWN_AT_AN_END], "...", *parts[-_SHOWN_AT_AN_END:]]
    return sign.join(parts)


def paths(graph: Snapshot, leaf: Node, limit: int) -> Paths:
    """The paths from ``leaf`` to the root; see `Graph.path`."""
    if not isinstance(limit, int) or limit < 0:
        raise ValueError(f"limit is the number of paths listed, 0 or more; got {shown(limit)}")
    on_a_path = frozenset([leaf.id, *[node.id for node in graph.descendants(leaf)]])
    steps: dict[int, list[PathStep[tuple[int, float]]]] = {}
    for id in sorted(on_a_path - {leaf.id}):
        node = graph[id]
        for position, (source, local) in enumerate(zip(node.inputs, node.local_derivatives)):
            if source in on_a_path:
                step = PathStep(id, logarithm_of(local), (position, local))
                steps.setdefault(source, []).append(step)
    count, found = strongest_paths(graph.root.id, steps, limit)[leaf.id]
    listed = tuple([_as_path(leaf.id, path) for path in found[:limit]])
    return Paths(graph, leaf.id, listed, count, graph.adjoints()[leaf.id], on_a_path)


def _as_path(leaf: int, path: LinkedPath[tuple[int, float]] | None) -> Path:
    steps = list(steps_of(path))
    nodes = (leaf, *[step.user for step in steps])
    positions, locals_ = zip(*[step.item for step in steps]) if steps else ((), ())
    return Path(nodes, positions, locals_, math.prod(locals_))


# ── The strongest paths ───────────────────────────────────────────────────────


class PathStep(NamedTuple, Generic[_Item]):
    """A step of a path, from a node to one that uses it.

    Attributes:
        user: the id of the node that uses it.
        logarithm: the logarithm of the size of the local derivative.
        item: an object for the caller.
    """

    user: int
    logarithm: float
    item: _Item


class LinkedPath(NamedTuple, Generic[_Item]):
    """A path from a node to the root as a linked list, so that paths share their ends.

    Attributes:
        logarithm: the logarithm of the size of the product along the path.
        first: its first step.
        rest: the path from there on; None at the root.
    """

    logarithm: float
    first: PathStep[_Item]
    rest: LinkedPath[_Item] | None


class Strongest(NamedTuple, Generic[_Item]):
    """The number of paths from a node to the root, and the strongest of them, in order."""

    number: int
    paths: list[LinkedPath[_Item] | None]


def strongest_paths(
    root: int,
    steps: dict[int, list[PathStep[_Item]]],
    limit: int,
    most: float = math.inf,
) -> dict[int, Strongest[_Item]]:
    """For each node, the paths to the root that have the largest products.

    From the root down, each node extends the strongest paths of its users, for the rest of
    a strongest path is itself one of the strongest from the node where it begins.

    Args:
        root: the id of the node where the paths end.
        steps: for each node, by id, the steps to its users, which have larger ids.
        limit: the greatest number of paths kept for a node; of equals, the first.
        most: the number up to which paths are counted.
    """
    found: dict[int, Strongest[_Item]] = {root: Strongest(1, [None])}
    for id in sorted(steps, reverse=True):
        count = 0
        paths: list[LinkedPath[_Item] | None] = []
        for step in steps[id]:
            if step.user in found:
                strongest = found[step.user]
                count += strongest.number
                for rest in strongest.paths:
                    before = 0.0 if rest is None else rest.logarithm
                    paths.append(LinkedPath(step.logarithm + before, step, rest))
        if len(paths) > min(limit, 1):  # most nodes have one path, which needs no sorting
            paths = nlargest(limit, paths, key=lambda path: path.logarithm if path else 0.0)
        found[id] = Strongest(int(min(count, most)), paths)
    return found


def steps_of(path: LinkedPath[_Item] | None) -> Iterable[PathStep[_Item]]:
    """The steps of a path, from its beginning to the root."""
    while path is not None:
        yield path.first
        path = path.rest


def logarithm_of(local: float) -> float:
    """The logarithm of the size of a local derivative, finite even for 0 and inf."""
    if local == 0.0:
        return _LOGARITHM_OF_ZERO
    return math.log(abs(local)) if math.isfinite(local) else -_LOGARITHM_OF_ZERO


# In place of -inf: the sum of the logarithms of 0 and inf would be nan.
_LOGARITHM_OF_ZERO: Final = -1e9
