"""The order of the items in each layer: a pass of the layout.

It is one sequence of all items and frames, the order in every layer, chosen so that few
lines cross. A frame and its content are consecutive in the sequence, so a frame keeps its
side of everything else in all layers that it spans (Sander, 1996). The sequence comes
from a depth-first walk, which draws trees without a crossing, and from barycentre sweeps
(Sugiyama, Tagawa and Toda, 1981) that start from there; the best sequence is kept.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from typing import Final

from autograd.draw.layout.items import MANY_ITEMS, OUTSIDE, Items, by_layer

_SWEEPS: Final = 8
_SWEEPS_OF_MANY: Final = 4
_FEWER_CROSSINGS: Final = 0.7  # the share of crossings that justifies another order of the frames


def order(items: Items) -> list[int]:
    """The items and frames in one sequence, which orders every layer.

    Frames are in the order of their numbers, unless another order saves many crossings.

    Returns:
        For an item, its index; for frame ``f``, ``len(items) + 2 * f`` as its begin and
        ``len(items) + 2 * f + 1`` as its end.
    """
    best, fewest = _sweeps(items, as_numbered=bool(items.nesting.parents))
    if items.nesting.parents and fewest:
        free, crossings = _sweeps(items, as_numbered=False)
        if crossings < _FEWER_CROSSINGS * fewest:
            return free
    return best


def _sweeps(items: Items, as_numbered: bool) -> tuple[list[int], int]:
    """The best sequence of all sweeps, and the number of crossings in it."""
    starting, ending = by_layer(items.first), by_layer(items.last)
    places = _depth_first_places(items)
    sequence = _sequence(items, places, as_numbered)
    _spread_along(items, starting, sequence, places)
    best = sequence
    fewest = _crossings(items, starting, places)
    for _ in range(_SWEEPS if len(items) < MANY_ITEMS else _SWEEPS_OF_MANY):
        if not fewest:
            break
        for layer in starting:
            _sweep(items, layer, items.inputs, places)
        for layer in reversed(ending):
            _sweep(items, layer, items.users, places)
        sequence = _sequence(items, places, as_numbered)
        _spread_along(items, starting, sequence, places)
        crossings = _crossings(items, starting, places)
        if crossings <= fewest:
            best, fewest = sequence, crossings
        elif len(items) >= MANY_ITEMS:
            break
    return best, fewest


def spread(wanted: Sequence[float], before: Sequence[float], after: Sequence[float]) -> list[float]:
    """Places in the given order without overlaps, as near as possible to the wanted ones.

    They minimize the sum of the squares of the distances: isotonic regression by pooling
    adjacent violators (Ayer and others, 1955).

    >>> spread([0.0, 0.0, 9.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0])
    [-1.0, 1.0, 9.0]
    """
    sums: list[float] = []
    counts: list[int] = []
    offsets: list[float] = []
    offset = 0.0
    for i, place in enumerate(wanted):
        if i:
            offset += after[i - 1] + before[i]
        offsets.append(offset)
        total, count = place - offset, 1
        while sums and sums[-1] * count >= total * counts[-1]:
            total += sums.pop()
            count += counts.pop()
        sums.append(total)
        counts.append(count)
    means = [total / count for total, count in zip(sums, counts) for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets)]


def _depth_first_places(items: Items) -> list[float]:
    """A place for each item, from depth-first walks from the results to their inputs."""
    places = [0.0] * len(items)
    seen = [False] * len(items)
    free = 0.0
    for result in range(len(items)):
        if items.users[result]:
            continue
        seen[result] = True
        stack: list[tuple[int, list[int], int]] = [(result, [], 0)]
        while stack:
            item, found, position = stack.pop()
            inputs = items.inputs[item]
            while position < len(inputs) and seen[inputs[position]]:
                position += 1
            if position < len(inputs):
                found.append(inputs[position])
                seen[inputs[position]] = True
                stack.append((item, found, position + 1))
                stack.append((inputs[position], [], 0))
            elif found:
                places[item] = (places[found[0]] + places[found[-1]]) / 2
            else:
                places[item] = free + items.before[item]
                free += items.before[item] + items.after[item]
    return places


def _sweep(
    items: Items, layer: list[int], neighbours: list[list[int]], places: list[float]
) -> None:
    """Move the items of a layer as near as possible to the barycentres of their neighbours."""
    wanted = []
    for item in layer:
        near = neighbours[item]
        place = places[item]
        if len(near) == 1:
            place = places[near[0]]
        elif near:
            place = sum([places[each] for each in near]) / len(near)
        wanted.append((place, places[item], item))
    wanted.sort()
    _spread_layer(items, [item for _, _, item in wanted], [place for place, _, _ in wanted], places)


def _spread_layer(items: Items, layer: list[int], wanted: list[float], places: list[float]) -> None:
    before, after = items.before, items.after
    spaced = spread(wanted, [before[item] for item in layer], [after[item] for item in layer])
    for item, place in zip(layer, spaced):
        places[item] = place


def _spread_along(
    items: Items, starting: list[list[int]], sequence: list[int], places: list[float]
) -> None:
    """Change the places so that they are in the order of the sequence in each layer."""
    rank = [0] * len(items)
    for position, entry in enumerate(sequence):
        if entry < len(items):
            rank[entry] = position
    for layer in starting:
        layer = sorted(layer, key=rank.__getitem__)
        _spread_layer(items, layer, [places[item] for item in layer], places)


def _sequence(items: Items, places: Sequence[float], as_numbered: bool) -> list[int]:
    """All items sorted by place; those of a frame together, at the mean of their places.

    Args:
        items: to put into a sequence.
        places: of the items.
        as_numbered: True if frames in the same frame are to be in the order of their
            numbers; they exchange their means for that.
    """
    if not items.nesting.parents:
        return sorted(range(len(items)), key=lambda item: (places[item], item))
    means = _frame_means(items, places)
    if as_numbered:
        means = _in_order(means, items.nesting.parents)
    members: list[list[tuple[float, int]]] = [[] for _ in items.nesting.parents]
    members.append([])  # those of OUTSIDE
    for item, frame in enumerate(items.frame):
        members[frame].append((places[item], item))
    for frame, parent in enumerate(items.nesting.parents):
        members[parent].append((means[frame], items.begin(frame)))
    sequence = []
    rest = sorted(members[OUTSIDE], reverse=True)
    while rest:
        _, entry = rest.pop()
        sequence.append(entry)
        inside, ends = divmod(entry - len(items), 2)
        if inside >= 0 and not ends:
            rest.append((0.0, entry + 1))
            rest.extend(sorted(members[inside], reverse=True))
    return sequence


def _frame_means(items: Items, places: Sequence[float]) -> list[float]:
    """For each frame, the mean place of all items in it."""
    sums = [0.0] * len(items.nesting.parents)
    counts = [0] * len(items.nesting.parents)
    for item, frame in enumerate(items.frame):
        if frame != OUTSIDE:
            sums[frame] += places[item]
            counts[frame] += 1
    for frame in reversed(range(len(sums))):
        parent = items.nesting.parents[frame]
        if parent != OUTSIDE:
            sums[parent] += sums[frame]
            counts[parent] += counts[frame]
    return [total / count if count else 0.0 for total, count in zip(sums, counts)]


def _in_order(means: Sequence[float], parents: Sequence[int]) -> list[float]:
    """The means, sorted among the frames of each parent."""
    siblings: dict[int, list[int]] = {}
    for frame, parent in enumerate(parents):
        siblings.setdefault(parent, []).append(frame)
    ordered = [0.0] * len(means)
    for frames in siblings.values():
        for frame, mean in zip(frames, sorted([means[frame] for frame in frames])):
            ordered[frame] = mean
    return ordered


def _crossings(items: Items, starting: list[list[int]], places: Sequence[float]) -> int:
    """The number of crossings between lines that enter the same layer."""
    total = 0
    for layer in starting:
        lines = [(places[tail], places[head]) for head in layer for tail in items.inputs[head]]
        lines.sort()
        passed: list[float] = []
        for _, place in lines:
            total += len(passed) - bisect_right(passed, place)
            insort(passed, place)
    return total
