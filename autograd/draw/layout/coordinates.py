"""The coordinate of each item across the layers: a pass of the layout.

The order becomes separation constraints between items that are neighbours in some layer;
frames take part with their two borders. Items are aligned into blocks that stay straight,
as in Brandes and Koepf (2002): an alignment is taken only if it crosses no more important
one. Each block then moves to the barycentre of its neighbours, until a constraint stops
it. The constraints are met by pushing everything apart in one direction, then in the
other, and taking the mean of both, which meets them too.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from autograd.draw.layout.items import MANY_ITEMS, OUTSIDE, Items, by_layer, topological_order

_ROUNDS: Final = 12
_ROUNDS_OF_MANY: Final = 6
_BUNDLED: Final = 2  # a stretch with more lines that branch off need not be aligned

# For each block: other blocks, and the least distance from each.
Bounds: TypeAlias = list[list[tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Borders:
    """The room that the borders of frames need across the layers.

    Attributes:
        outer: the distance from a border to anything outside.
        before: of each frame, the distance from its border of lower coordinate to anything
            inside.
        after: the distance from the other border to anything inside, for all frames.
        least: of each frame, the least distance from border to border.
    """

    outer: float
    before: Sequence[float]
    after: float
    least: Sequence[float]


def coordinates_across(
    items: Items, borders: Borders, sequence: Sequence[int]
) -> tuple[list[float], list[tuple[float, float]]]:
    """The coordinate of each item, and the two coordinates of the borders of each frame.

    The borders of a frame without boxes are both at 0.

    Args:
        items: to place.
        borders: the room that frames need.
        sequence: the items and frames in the order of `order`.
    """
    rank = [0] * len(sequence)
    for position, entry in enumerate(sequence):
        rank[entry] = position
    blocks = _blocks(items, rank)
    lower, upper = _bounds(items, borders, rank, blocks)
    first_border = len(lower) - 2 * len(items.nesting.parents)
    places = [0.0] * len(lower)
    turns = topological_order(lower, [[block for block, _ in bounds] for bounds in upper])
    assert len(turns) == len(lower), "alignments that do not cross leave no cycle"
    neighbours = _neighbours(items, blocks, len(lower))
    for round in range(_ROUNDS if len(items) < MANY_ITEMS else _ROUNDS_OF_MANY):
        _attract(places, neighbours, turns if round % 2 else turns[::-1])
        places = _push_apart(places, first_border, lower, upper, turns)
    for direction in (turns, turns[::-1]):
        _straighten(places, neighbours, lower, upper, direction)
    coordinates = [places[block] for block in blocks[: len(items)]]
    return coordinates, _frame_borders(items, borders, coordinates, places, blocks)


# ── Blocks ────────────────────────────────────────────────────────────────────


def _blocks(items: Items, rank: Sequence[int]) -> list[int]:
    """The block of each item, and one for each border of a frame."""
    aligned_with = list(range(len(items)))
    for tail, head in _alignments(items, rank):
        aligned_with[head] = tail
    blocks = [-1] * len(rank)
    count = 0
    for item in sorted(range(len(items)), key=items.first.__getitem__):
        if aligned_with[item] == item:
            blocks[item] = count
            count += 1
        else:
            blocks[item] = blocks[aligned_with[item]]
    for border in range(len(items), len(rank)):
        blocks[border] = count
        count += 1
    return blocks


def _alignments(items: Items, rank: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The lines between neighbouring layers that are to be straight; no two of them cross."""
    heights = _heights(items)
    for leaf in _leaves_of_longest_paths(items, heights):
        heights[leaf] = 1  # so that it can be aligned with the longest path from it
    arriving = by_layer(items.first)
    starting: list[list[int]] = [[] for _ in arriving]
    ending: list[list[int]] = [[] for _ in range(max(items.last) + 1)]
    for entry, first, last, _ in items.spans():
        if first < last:
            starting[first].append(rank[entry])
            ending[last].append(rank[entry])
    passing: list[int] = []
    for layer in range(len(arriving) - 1):
        for ended in ending[layer]:
            del passing[bisect_left(passing, ended)]
        for started in starting[layer]:
            insort(passing, started)
        yield from _alignments_into(items, rank, heights, arriving[layer + 1], passing)


def _alignments_into(
    items: Items,
    rank: Sequence[int],
    heights: Sequence[int],
    layer: Sequence[int],
    passing: Sequence[int],
) -> Iterator[tuple[int, int]]:
    """The alignments that end in one layer: longest paths first, then medians."""
    candidates = []
    for head in layer:
        if items.first[head] < items.last[head] and len(items.users[head]) > _BUNDLED:
            continue
        # Most leaves are not aligned: held straight, their lines would form stairs.
        alone = len(items.inputs[head]) == 1
        tails = [
            tail
            for tail in items.inputs[head]
            if (heights[tail] or (alone and len(items.users[tail]) == 1))
            and items.last[tail] + 1 == items.first[head]
        ]
        tails.sort(key=rank.__getitem__)
        for position, tail in enumerate(tails):
            off_median = abs(2 * position - len(tails) + 1)
            candidates.append((-heights[tail], off_median, rank[head], rank[tail], tail, head))
    candidates.sort()
    taken: list[tuple[int, int]] = []
    used: set[int] = set()
    for *_, head_rank, tail_rank, tail, head in candidates:
        if tail in used or head in used:
            continue
        position = bisect_left(taken, (tail_rank, head_rank))
        if position and taken[position - 1][1] > head_rank:
            continue
        if position < len(taken) and taken[position][1] < head_rank:
            continue
        if bisect_left(passing, tail_rank) != bisect_left(passing, head_rank):
            continue
        if not _crosses_ends_of_frames_only(items, tail, head):
            continue
        taken.insert(position, (tail_rank, head_rank))
        used.add(tail)
        used.add(head)
        yield tail, head


def _crosses_ends_of_frames_only(items: Items, tail: int, head: int) -> bool:
    """True if a line leaves frames after their last layer and enters them at their first."""
    start, end = items.frame[tail], items.frame[head]
    if start == end:
        return True
    common = items.nesting.common(start, end)
    while start != common:
        if items.nesting.last[start] != items.last[tail]:
            return False
        start = items.nesting.parents[start]
    while end != common:
        if items.nesting.first[end] != items.first[head]:
            return False
        end = items.nesting.parents[end]
    return True


def _leaves_of_longest_paths(items: Items, heights: Sequence[int]) -> set[int]:
    """The leaves where the longest paths to the results begin, one for each result."""
    leaves = set()
    for item, users in enumerate(items.users):
        if not users:
            while items.inputs[item]:
                item = max(items.inputs[item], key=heights.__getitem__)
            leaves.add(item)
    return leaves


def _heights(items: Items) -> list[int]:
    """For each item, the number of lines on the longest path to it."""
    heights = [0] * len(items)
    for item in sorted(range(len(items)), key=items.first.__getitem__):
        if items.inputs[item]:
            heights[item] = max([heights[each] for each in items.inputs[item]]) + 1
    return heights


# ── Constraints ───────────────────────────────────────────────────────────────


def _bounds(
    items: Items, borders: Borders, rank: Sequence[int], blocks: Sequence[int]
) -> tuple[Bounds, Bounds]:
    """For each block, its least distances from blocks before it, and from blocks after it."""
    room_before = items.before + [borders.outer, borders.after] * len(items.nesting.parents)
    room_after = items.after + [
        room for before in borders.before for room in (before, borders.outer)
    ]
    distances: dict[tuple[int, int], float] = {}
    for one, other in _neighboured(items, rank):
        key = blocks[one], blocks[other]
        room = room_after[one] + room_before[other]
        if room > distances.get(key, 0.0):
            distances[key] = room
    for frame, least in enumerate(borders.least):
        begin = items.begin(frame)
        if items.nesting.first[frame] <= items.nesting.last[frame]:
            distances[blocks[begin], blocks[begin + 1]] = least
    count = max(blocks, default=-1) + 1
    lower: Bounds = [[] for _ in range(count)]
    upper: Bounds = [[] for _ in range(count)]
    for (one, other), distance in distances.items():
        lower[other].append((one, distance))
        upper[one].append((other, distance))
    return lower, upper


def _neighboured(items: Items, rank: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of items and borders that are neighbours in some layer, in their order.

    From layer to layer, an item or a frame starts between two neighbours and ends. When it
    has ended, these two need no constraint: each is already held apart from it.
    """
    layers = max(items.last) + 1
    starting: list[list[tuple[int, int, int]]] = [[] for _ in range(layers)]
    ended: list[list[tuple[int, int]]] = [[] for _ in range(layers + 1)]
    for entry, first, last, frame in items.spans():
        starting[first].append((frame, entry, entry if entry < len(items) else entry + 1))
        ended[last + 1].append((frame, rank[entry]))
    present: list[list[tuple[int, int, int]]] = [[] for _ in range(len(items.nesting.parents) + 1)]
    for layer in range(layers):
        for frame, former in ended[layer]:
            del present[frame][bisect_left(present[frame], (former, 0, 0))]
        for frame, begin, end in starting[layer]:
            siblings = present[frame]
            ranked = rank[begin], begin, end
            position = bisect_left(siblings, ranked)
            if position:
                yield siblings[position - 1][2], begin
            if position < len(siblings):
                yield end, siblings[position][1]
            if frame != OUTSIDE:
                yield items.begin(frame), begin
                yield end, items.begin(frame) + 1
            siblings.insert(position, ranked)


# ── Places ────────────────────────────────────────────────────────────────────


def _neighbours(items: Items, blocks: Sequence[int], count: int) -> list[list[int]]:
    """For each block, the blocks that lines join it to, once for each line."""
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for tail, users in enumerate(items.users):
        one = blocks[tail]
        for head in users:
            other = blocks[head]
            if one != other:
                neighbours[one].append(other)
                neighbours[other].append(one)
    return neighbours


def _attract(places: list[float], neighbours: list[list[int]], turns: Sequence[int]) -> None:
    """Move each block to the mean of its neighbours."""
    for block in turns:
        near = neighbours[block]
        if near:
            places[block] = sum([places[each] for each in near]) / len(near)


def _push_apart(
    places: list[float], first_border: int, lower: Bounds, upper: Bounds, turns: Sequence[int]
) -> list[float]:
    """Places near the given ones that keep all distances.

    A border, one of the blocks from ``first_border`` on, has no place of its own: it
    moves until a constraint stops it.
    """
    free = len(places) - first_border
    down = places[:first_border] + [-math.inf] * free
    for block in turns:
        place = down[block]
        for other, distance in lower[block]:
            if down[other] + distance > place:
                place = down[other] + distance
        down[block] = place
    up = places[:first_border] + [math.inf] * free
    for block in reversed(turns):
        place = up[block]
        for other, distance in upper[block]:
            if up[other] - distance < place:
                place = up[other] - distance
        up[block] = place
    # The borders of a frame without boxes are free on both sides.
    return [0.0 if one == -other else (one + other) / 2 for one, other in zip(down, up)]


def _straighten(
    places: list[float],
    neighbours: list[list[int]],
    lower: Bounds,
    upper: Bounds,
    turns: Sequence[int],
) -> None:
    """Move each block towards the nearer median of its neighbours, until a constraint stops it."""
    for block in turns:
        near = neighbours[block]
        if not near:
            continue
        least = max([places[other] + distance for other, distance in lower[block]], default=-1e18)
        most = min([places[other] - distance for other, distance in upper[block]], default=1e18)
        ordered = sorted([places[each] for each in near])
        low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
        wanted = low if abs(places[block] - low) <= abs(places[block] - high) else high
        places[block] = min(max(wanted, least), max(most, least))


def _frame_borders(
    items: Items,
    borders: Borders,
    coordinates: Sequence[float],
    places: Sequence[float],
    blocks: Sequence[int],
) -> list[tuple[float, float]]:
    """The borders of each frame, as near to its content as its least size allows."""
    begins = [math.inf] * len(items.nesting.parents)
    ends = [-math.inf] * len(items.nesting.parents)
    for item, frame in enumerate(items.frame):
        if frame != OUTSIDE:
            begins[frame] = min(begins[frame], coordinates[item] - items.before[item])
            ends[frame] = max(ends[frame], coordinates[item] + items.after[item])
    for frame in reversed(range(len(begins))):
        if items.nesting.first[frame] > items.nesting.last[frame]:
            begins[frame] = ends[frame] = 0.0
            continue
        begin = begins[frame] - borders.before[frame]
        limit = places[blocks[items.begin(frame) + 1]]
        end = min(max(ends[frame] + borders.after, begin + borders.least[frame]), limit)
        begin = min(begin, end - borders.least[frame])
        begins[frame], ends[frame] = begin, end
        parent = items.nesting.parents[frame]
        if parent != OUTSIDE:
            begins[parent] = min(begins[parent], begin - borders.outer)
            ends[parent] = max(ends[parent], end + borders.outer)
    return list(zip(begins, ends))
