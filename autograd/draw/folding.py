"""The folding of a graph: values share a box, so that the picture is small enough to read.

A group is either open, drawn as a frame around its content, or folded into one box. The
**depth** is the number of levels of groups that are open: at depth 0 a model is one box,
at depth 1 each of its layers, and so on. Chosen groups can be open among folded ones: one
neuron, or one sample, and what is around it.

If there are too many values outside of groups, they are contracted by **cones**: a value,
and all values that were computed for it alone. Only one value of a cone is used outside of
it, so that contracting cones closes no cycle. A neuron that is not declared a group, or a
long sum, is a cone. If cones do not suffice, the whole computation is divided into a few
consecutive sections, each of them one box.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final, Literal

from autograd.snapshot import Snapshot

_ENDS_SHOWN: Final = 3  # consecutive operations before and after the contracted ones
_SMALLEST_CONE: Final = 3
_SMALLEST_BUNDLE: Final = 3
_SECTIONS: Final = 5


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a graph that one box stands for.

    Attributes:
        kind: a value, a folded group, operations contracted into one box, or leaves with
            the same users.
        nodes: the ids of the nodes, in order.
        group: the id of the folded group, or of the group that the part lies in.
    """

    kind: Literal["value", "group", "operations", "leaves"]
    nodes: tuple[int, ...]
    group: int | None


@dataclass(frozen=True, slots=True)
class Folding:
    """A graph divided into parts, each of which is one box.

    Attributes:
        parts: of the graph; each node is in one of them.
        part_of: for each node, the position of its part.
        depth: the number of levels of groups that are all open.
        levels: the level of each group: 1 for an outermost group.
        open: the ids of the groups that are open, beneath ``depth`` too.
    """

    parts: tuple[Part, ...]
    part_of: list[int]
    depth: int
    levels: Sequence[int]
    open: frozenset[int]

    @property
    def full_depth(self) -> int:
        """The number of all levels."""
        return max(self.levels, default=0)

    @property
    def is_folded(self) -> bool:
        """True if a group is not open."""
        return len(self.open) < len(self.levels)

    @property
    def opens_below_depth(self) -> bool:
        """True if a group is open that is deeper than ``depth``."""
        return any(self.levels[id] > self.depth for id in self.open)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of the parts."""
        return frozenset(part.kind for part in self.parts)


def fold(
    graph: Snapshot,
    depth: int | None,
    max_boxes: int | None,
    open: Iterable[int] = (),
) -> Folding:
    """The graph folded to ``depth``, or as far as is necessary.

    Args:
        graph: the snapshot.
        depth: the number of levels of groups to leave open; None for as many as the limit
            allows, and for none if some are to be ``open``.
        max_boxes: the limit: at most so many boxes, and twice as many edges. If ``depth`` or
            ``open`` is given, values outside of folded groups are contracted to meet it; None
            for no limit.
        open: the ids of groups to leave open besides, with all that are around them.

    >>> from autograd import Value, graph
    >>> x = total = Value(1.0, "x")
    >>> for _ in range(1000):
    ...     total = total * 2.0
    >>> [len(part.nodes) for part in fold(Snapshot.of(total), None, 100).parts]
    [1, 1, 1, 1, 994, 1, 1, 1]
    """
    levels = _levels(graph)
    full = max(levels, default=0)
    chosen = _with_those_around(graph, open)
    if depth is None and chosen:
        depth = 0
    if max_boxes is None:
        return _by_groups(graph, levels, full if depth is None else min(depth, full), chosen)
    depths = range(full, -1, -1) if depth is None else [min(depth, full)]
    for each in depths:
        folding = _within(graph, _by_groups(graph, levels, each, chosen), max_boxes)
        if folding is not None:
            return folding
    if depth is not None and graph.groups:
        # What was asked for does not fit: contract as much as possible.
        folding = _by_groups(graph, levels, min(depth, full), chosen)
        folding = _with_samples_together(graph, folding)
        kept = _kept(graph, folding, max_boxes)
        contracted = _contracted(folding, _cones(graph, folding, kept), size=2)
        return _bundled(graph, _with_alike_together(graph, contracted, kept))
    return _sections(graph, _by_groups(graph, levels, 0, chosen))


def _with_those_around(graph: Snapshot, groups: Iterable[int]) -> set[int]:
    """These groups, and those that they lie in."""
    found: set[int] = set()
    for id in groups:
        around: int | None = id
        while around is not None and around not in found:
            found.add(around)
            around = graph.groups[around].parent
    return found


def _levels(graph: Snapshot) -> list[int]:
    """The level of each group: 1 for an outermost group."""
    levels: list[int] = []
    for group in graph.groups:
        levels.append(1 if group.parent is None else levels[group.parent] + 1)
    return levels


def _by_groups(
    graph: Snapshot, levels: Sequence[int], depth: int, chosen: Container[int]
) -> Folding:
    """Groups deeper than ``depth`` folded but for the chosen ones, and nothing else."""
    opened = frozenset([id for id, level in enumerate(levels) if level <= depth or id in chosen])
    folded: list[int | None] = []  # for each group, the outermost folded one that it is in
    for group in graph.groups:
        outer = None if group.parent is None else folded[group.parent]
        folded.append(group.id if outer is None and group.id not in opened else outer)
    members: dict[int, list[int]] = {}  # of folded groups, by the first node of each
    first: dict[int, int] = {}
    groups: dict[int, int | None] = {}
    for node in graph:
        outer = None if node.group is None else folded[node.group]
        if outer is None:
            members[node.id] = [node.id]
            groups[node.id] = node.group
        else:
            start = first.setdefault(outer, node.id)
            members.setdefault(start, []).append(node.id)
            groups[start] = outer
    starts = set(first.values())
    parts = [
        Part("group" if start in starts else "value", tuple(nodes), groups[start])
        for start, nodes in members.items()
    ]
    return _regrouped(Folding((), [0] * len(graph), depth, levels, opened), parts)


def _regrouped(folding: Folding, parts: Iterable[Part]) -> Folding:
    """The folding with other parts."""
    parts = tuple(sorted(parts, key=lambda part: part.nodes[0]))
    part_of = [0] * len(folding.part_of)
    for position, part in enumerate(parts):
        for id in part.nodes:
            part_of[id] = position
    return replace(folding, parts=parts, part_of=part_of)


def _fits(graph: Snapshot, folding: Folding, max_boxes: int) -> bool:
    if len(folding.parts) > max_boxes:
        return False
    part_of = folding.part_of
    pairs = {
        (part_of[source], part_of[node.id])
        for node in graph
        for source in node.inputs
        if part_of[source] != part_of[node.id]
    }
    return len(pairs) <= 2 * max_boxes


def _within(graph: Snapshot, folding: Folding, max_boxes: int) -> Folding | None:
    """The folding, contracted so far that it fits; None if it cannot fit.

    If anything is folded or contracted, the rest is contracted until it is easy to read.
    """
    folded = folding.is_folded
    if folded:
        folding = _bundled(graph, folding)
    fits = _fits(graph, folding, max_boxes)
    fixed = _loose(graph, folding).count(False)
    room = fixed + max_boxes // 4
    if (fits and not folded) or (fits and len(folding.parts) <= room):
        return folding
    if fixed > max_boxes:
        return None
    cones = _cones(graph, folding, _kept(graph, folding, max_boxes))
    counts = Counter([len(cone) for cone in cones if len(cone) >= _SMALLEST_CONE])
    sizes = sorted(counts, reverse=True) or [_SMALLEST_CONE]
    boxes = len(folding.parts)
    for size in sizes:
        boxes -= counts[size] * (size - 1)
        # With all cones contracted, bundling leaves may still make it fit.
        if boxes > room and size != sizes[-1]:
            continue
        contracted = _bundled(graph, _contracted(folding, cones, size))
        if _fits(graph, contracted, max_boxes):
            return contracted
    return folding if fits else None


def _loose(graph: Snapshot, folding: Folding) -> list[bool]:
    """For each part, True if it may be contracted: a value outside of the innermost groups."""
    outer = {None, *[group.parent for group in graph.groups]}
    return [part.kind != "group" and part.group in outer for part in folding.parts]


def _kept(graph: Snapshot, folding: Folding, max_boxes: int) -> set[int]:
    """The nodes that keep a box of their own while others are contracted."""
    loose = [part.nodes[0] for part in folding.parts if part.kind == "value"]
    kept = {graph.root.id}
    labelled = [id for id in loose if graph.nodes[id].label]
    if len(labelled) <= max_boxes // 4:
        kept.update(labelled)
    computed = [id for id in loose if graph.nodes[id].op is not None]
    heights = _heights(graph)
    beginning = [id for id in computed if heights[id] <= _ENDS_SHOWN]
    if len(beginning) <= 2 * _ENDS_SHOWN:
        kept.update(beginning)
    kept.update(_end(graph, set(computed)))
    return kept


def _heights(graph: Snapshot) -> list[int]:
    """For each node, the number of operations on the longest path to it from a leaf."""
    heights: list[int] = []
    for node in graph:
        heights.append(max([heights[source] + 1 for source in node.inputs], default=0))
    return heights


def _end(graph: Snapshot, computed: set[int]) -> list[int]:
    """The last operations of the graph, as far as each uses only the one before."""
    found = [graph.root.id]
    while len(found) < _ENDS_SHOWN:
        before = {id for id in graph.nodes[found[-1]].inputs if id in computed}
        if len(before) != 1:
            break
        found += before
    return found


def _cones(graph: Snapshot, folding: Folding, kept: set[int]) -> list[list[int]]:
    """The cones of the nodes that may be contracted."""
    loose = _loose(graph, folding)
    tops: list[int | None] = [None] * len(graph)  # for each node in a cone, the last node of it
    cones: dict[int, list[int]] = {}
    for node in reversed(graph.nodes):
        part = folding.part_of[node.id]
        if node.id in kept or not loose[part] or folding.parts[part].kind != "value":
            continue
        above = {tops[user] for user in graph.users(node)}
        top = above.pop() if len(above) == 1 else None
        if top is None or graph.nodes[top].group != node.group:
            top = node.id
        tops[node.id] = top
        cones.setdefault(top, []).append(node.id)
    return list(cones.values())


def _contracted(folding: Folding, cones: Iterable[Sequence[int]], size: int) -> Folding:
    """Each cone of at least ``size`` nodes as one part."""
    within: set[int] = set()
    merged: list[Part] = []
    for cone in cones:
        if len(cone) >= size:
            within.update(cone)
            group = folding.parts[folding.part_of[cone[0]]].group
            merged.append(Part("operations", tuple(sorted(cone)), group))
    rest = [part for part in folding.parts if part.nodes[0] not in within]
    return _regrouped(folding, [*rest, *merged])


def _bundled(graph: Snapshot, folding: Folding) -> Folding:
    """Leaves without a label that the same parts use as one part."""
    bundles: dict[tuple[frozenset[int], int | None], list[int]] = {}
    for part in folding.parts:
        node = graph.nodes[part.nodes[0]]
        if part.kind == "value" and node.op is None and not node.label and not node.name:
            users = frozenset(folding.part_of[user] for user in graph.users(node))
            bundles.setdefault((users, part.group), []).append(node.id)
    large = {key: ids for key, ids in bundles.items() if len(ids) >= _SMALLEST_BUNDLE}
    within = {id for ids in large.values() for id in ids}
    rest = [part for part in folding.parts if part.nodes[0] not in within]
    merged = [Part("leaves", tuple(ids), group) for (_, group), ids in large.items()]
    return _regrouped(folding, [*rest, *merged]) if merged else folding


def _with_samples_together(graph: Snapshot, folding: Folding) -> Folding:
    """The folded samples of each module as one part, if they are many: they are all alike."""
    samples: dict[int | None, list[Part]] = {}
    for part in folding.parts:
        if part.kind == "group" and part.group is not None:
            group = graph.groups[part.group]
            if group.kind == "sample":
                samples.setdefault(group.parent, []).append(part)
    many = {module: parts for module, parts in samples.items() if len(parts) >= _SMALLEST_BUNDLE}
    within = {part for parts in many.values() for part in parts}
    merged = [
        Part("operations", tuple(sorted([id for part in parts for id in part.nodes])), module)
        for module, parts in many.items()
    ]
    return _regrouped(folding, [*[part for part in folding.parts if part not in within], *merged])


def _with_alike_together(graph: Snapshot, folding: Folding, kept: Set[int]) -> Folding:
    """Operations that lead from the same parts to the same ones as one part, if they are many.

    So are the losses of samples. No cycle arises: what is before or after one is so for all.
    """
    part_of = folding.part_of
    alike: dict[tuple[frozenset[int], frozenset[int], int | None], list[Part]] = {}
    for position, (part, is_loose) in enumerate(zip(folding.parts, _loose(graph, folding))):
        nodes = [graph.nodes[id] for id in part.nodes]
        inputs = {part_of[source] for node in nodes for source in node.inputs} - {position}
        if is_loose and inputs and kept.isdisjoint(part.nodes):
            users = {part_of[user] for node in nodes for user in graph.users(node)} - {position}
            key = frozenset(inputs), frozenset(users), part.group
            alike.setdefault(key, []).append(part)
    many = [parts for parts in alike.values() if len(parts) >= _SMALLEST_BUNDLE]
    within = {part for parts in many for part in parts}
    merged = [
        Part(
            "operations", tuple(sorted([id for part in parts for id in part.nodes])), parts[0].group
        )
        for parts in many
    ]
    return _regrouped(folding, [*[part for part in folding.parts if part not in within], *merged])


def _sections(graph: Snapshot, folding: Folding) -> Folding:
    """The computation divided into a few sections, each of them one part, and the root.

    The parts are ordered by height, and every edge leads from a part to a higher one, so
    that no new cycle arises.
    """
    heights = _heights(graph)
    root = folding.part_of[graph.root.id]
    by_height: dict[int, list[int]] = {}
    for position, part in enumerate(folding.parts):
        if position != root:
            height = max([heights[id] for id in part.nodes])
            by_height.setdefault(height, []).extend(part.nodes)
    count = len(graph) - len(folding.parts[root].nodes)
    parts = [folding.parts[root]]
    collected: list[int] = []
    done = 0
    for height in sorted(by_height):
        collected += by_height[height]
        done += len(by_height[height])
        # The last section ends with the last node.
        if done * _SECTIONS >= count * len(parts):
            parts.append(Part("operations", tuple(sorted(collected)), None))
            collected = []
    return _regrouped(folding, parts)
