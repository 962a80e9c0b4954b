"""The paths from a leaf to the root of a graph, and what each contributes to the gradient.

By the chain rule, a path contributes the product of the local derivatives along
it, and the derivative is the sum over all paths. There may be more paths than
could ever be listed, so they are counted and summed node by node, and only those
that contribute most are listed: `strongest` finds them, for whoever asks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Final, Generic, NamedTuple, TypeVar

from autograd.snapshot import Node, Snapshot

_Step = TypeVar("_Step")


@dataclass(frozen=True, slots=True)
class Path:
    """One path from a leaf to the root.

    Attributes:
        nodes: the ids of the nodes on it, the leaf first and the root last.
        positions: for each node but the first, which of its `Node.inputs` the path comes in by.
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
        leaf: the id of the node where they begin.
        listed: the paths with the largest products, the largest first.
        count: how many paths there are in all.
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
        ways = "1 way" if self.count == 1 else f"{_written(self.count)} ways"
        total = _plain(self.total)
        lines = [f"{ways} from {leaf} to {root}, whose products add up to {total}"]
        for path in self.listed:
            factors = _shortened([_plain(local) for local in path.local_derivatives], " * ")
            names = _shortened([self.graph.name(id) for id in path.nodes], " -> ")
            lines.append(f"  {_plain(path.product)} = {factors or 1}: {names}")
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
_SHOWN: Final = 6  # steps at either end of a path that is printed


def _shortened(parts: list[str], sign: str) -> str:
    """The parts with a sign between them, and an ellipsis where there are many."""
    if len(parts) > 2 * _SHOWN + 1:
        parts = [*parts[:_SHOWN], "...", *parts[-_SHOWN:]]
    return sign.join(parts)


def paths(graph: Snapshot, leaf: Node, limit: int) -> Paths:
    """The paths from ``leaf`` to the root; see `Graph.path`."""
    if not isinstance(limit, int) or limit < 0:
        raise ValueError(f"limit is how many ways are listed, 0 or more; got {limit!r}")
    above = {leaf.id, *[node.id for node in graph.descendants(leaf)]}
    on_a_path = {graph.root.id} & above
    steps: dict[int, list[Step[tuple[int, float]]]] = {}
    for node in reversed(graph.nodes):
        if node.id in on_a_path and node.id != leaf.id:
            on_a_path.update([source for source in node.inputs if source in above])
    for id in sorted(on_a_path - {leaf.id}):
        for position, (source, local) in enumerate(
            zip(graph[id].inputs, graph[id].local_derivatives)
        ):
            if source in on_a_path:
                step = Step(id, size_of(local), (position, local))
                steps.setdefault(source, []).append(step)
    found = strongest(graph.root.id, steps, limit).get(leaf.id, Found(0, []))
    return Paths(
        graph,
        leaf.id,
        tuple([_path(leaf.id, trail) for trail in found.trails[:limit]]),
        found.number,
        graph.adjoints()[leaf.id],
        frozenset(on_a_path),
    )


def _path(leaf: int, trail: Trail[tuple[int, float]] | None) -> Path:
    steps = list(steps_of(trail))
    local_derivatives = tuple([step.data[1] for step in steps])
    return Path(
        (leaf, *[step.above for step in steps]),
        tuple([step.data[0] for step in steps]),
        local_derivatives,
        math.prod(local_derivatives),
    )


# ── The strongest ─────────────────────────────────────────────────────────────


class Step(NamedTuple, Generic[_Step]):
    """A step towards the root: to which node, the logarithm of the factor, and what it is."""

    above: int
    size: float
    data: _Step


class Trail(NamedTuple, Generic[_Step]):
    """A path to the root: the logarithm of its product, its first step, and how it goes on."""

    size: float
    step: Step[_Step]
    rest: Trail[_Step] | None


class Found(NamedTuple, Generic[_Step]):
    """How many paths lead from a node to the root, and the strongest, the strongest first."""

    number: int
    trails: list[Trail[_Step] | None]


def strongest(
    root: int,
    steps: dict[int, list[Step[_Step]]],
    limit: int,
    most: float = math.inf,
) -> dict[int, Found[_Step]]:
    """For each node, the paths to the root that have the largest products.

    From the root down, each node keeps the strongest of the paths that go on from it; a
    path that is among the strongest goes on as one of them.

    Args:
        root: the id of the node where the paths end.
        steps: for each node, by id, the steps that lead on from it, to nodes of larger ids.
        limit: how many paths are kept for each node at most; of equals, the first.
        most: up to here paths are counted.
    """
    found: dict[int, Found[_Step]] = {root: Found(1, [None])}
    for id in sorted(steps, reverse=True):
        onwards = [step for step in steps[id] if step.above in found]
        trails = [
            Trail(step.size + (rest.size if rest else 0.0), step, rest)
            for step in onwards
            for rest in found[step.above].trails
        ]
        count = sum([found[step.above].number for step in onwards])
        if limit == 0 or len(trails) > 1:  # most have one, for which this would take long
            trails = nlargest(limit, trails, key=lambda trail: trail.size)
        found[id] = Found(int(min(count, most)), [*trails])
    return found


def steps_of(trail: Trail[_Step] | None) -> Iterable[Step[_Step]]:
    """The steps of a path, from its beginning to the root."""
    while trail is not None:
        yield trail.step
        trail = trail.rest


def size_of(local: float) -> float:
    """The logarithm of the size of a local derivative, a number that adds up along a path."""
    if local == 0.0:
        return _ZERO
    return math.log(abs(local)) if math.isfinite(local) else -_ZERO


# In place of the logarithms of 0 and inf, whose sum would be nan.
_ZERO: Final = -1e9
