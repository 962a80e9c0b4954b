"""The lines of the edges: a pass of the layout.

A line runs straight along the layers at the coordinate of its item, where nothing else
is. It changes to another coordinate only in the gaps between layers, along a curve that
starts and ends in the direction of the computation. At the end of a row it turns back to
the beginning of the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from autograd.draw.layout.geometry import ARROW, RETURN_GAP, RETURN_ROOM, Geometry
from autograd.draw.layout.places import Route
from autograd.draw.layout.skeleton import Chain

_PORT_GAP: Final = 0.75  # between lines that enter the same box, in font sizes
_STRAIGHT: Final = 0.25  # coordinates nearer to each other than this count as equal, in pixels


def routes_of(geometry: Geometry) -> list[Route]:
    """The route of each edge, along and across, from its tail to its head."""
    heads = _head_ports(geometry)
    tails = _tail_ports(geometry, heads)
    return [
        _route(geometry, chain, tail, head)
        for chain, tail, head in zip(geometry.skeleton.chains, tails, heads)
    ]


# ── Ports ─────────────────────────────────────────────────────────────────────


def _head_ports(geometry: Geometry) -> list[float]:
    """The distance from the middle of its last box at which each line arrives.

    A line that can arrive straight does so; the others arrive beside it, in the order in
    which they come, so that no two cross there.
    """
    arriving: dict[int, list[tuple[float, int]]] = {}
    for number, chain in enumerate(geometry.skeleton.chains):
        place = geometry.coordinates[chain.items[-2]]
        arriving.setdefault(chain.items[-1], []).append((place, number))
    ports = [0.0] * len(geometry.skeleton.chains)
    for box, lines in arriving.items():
        if len(lines) == 1:
            continue
        lines.sort()
        middle = geometry.coordinates[box]
        below = sum([place < middle - _STRAIGHT for place, _ in lines])
        straight = sum([abs(place - middle) <= _STRAIGHT for place, _ in lines])
        center = below + (straight - 1) / 2
        most = geometry.sizes.breadths[box] / 2 - 0.4 * geometry.sizes.font
        gap = min(_PORT_GAP * geometry.sizes.font, most / max(center, len(lines) - 1 - center))
        for position, (_, number) in enumerate(lines):
            ports[number] = (position - center) * gap
    return ports


def _tail_ports(geometry: Geometry, heads: Sequence[float]) -> list[float]:
    """The distance from the middle of its first box at which each line leaves.

    Parallel lines leave side by side, and lines that lead back arrive apart from them.
    """
    together: dict[tuple[int, ...], list[int]] = {}
    ports = [0.0] * len(geometry.skeleton.chains)
    for number, chain in enumerate(geometry.skeleton.chains):
        if chain.back:
            ports[number] = 0.3 * geometry.sizes.breadths[chain.items[0]]
        elif len(chain.items) == 2:
            together.setdefault(chain.items, []).append(number)
    for numbers in together.values():
        if len(numbers) > 1:
            middle = sum([heads[number] for number in numbers]) / len(numbers)
            for number in numbers:
                ports[number] = heads[number] - middle
    return ports


# ── Routes ────────────────────────────────────────────────────────────────────


def _route(geometry: Geometry, chain: Chain, tail_port: float, head_port: float) -> Route:
    items, starts, ends = geometry.items, geometry.starts, geometry.ends
    tail, head = chain.items[0], chain.items[-1]
    arrow = ARROW * geometry.sizes.font
    leaving, arriving = (arrow, 0.0) if chain.back else (0.0, arrow)
    layer = items.first[tail]
    row = geometry.row_of[layer]
    place = geometry.coordinates[tail] + tail_port
    middle = (starts[layer] + ends[layer]) / 2
    start = middle + geometry.sizes.lengths[tail] / 2 + leaving
    route: Route = [((start - geometry.begins[row], place + geometry.shifts[row]),)]
    for one, other in zip(chain.items, chain.items[1:]):
        goal = geometry.coordinates[other] + (head_port if other == head else 0.0)
        layer = items.first[other]
        while geometry.row_of[layer - 1] > row:
            _return(geometry, route, row, one, place, place)
            row += 1
        if geometry.row_of[layer] > row:
            _return(geometry, route, row, one, place, goal)
            row += 1
        elif abs(goal - place) > _STRAIGHT:
            # A curve between two layers.
            begin, shift = geometry.begins[row], geometry.shifts[row]
            start = ends[layer - 1] + leaving - begin
            stop = starts[layer] - (arriving if other == head else 0.0) - begin
            if route[-1][-1][0] < start:
                route.append(((start, place + shift),))
            middle = (start + stop) / 2
            route.append(((middle, place + shift), (middle, goal + shift), (stop, goal + shift)))
        place, leaving = goal, 0.0
    layer = items.first[head]
    middle = (starts[layer] + ends[layer]) / 2
    stop = middle - geometry.sizes.lengths[head] / 2 - arriving
    route.append(((stop - geometry.begins[row], route[-1][-1][1]),))
    return _reversed(route) if chain.back else route


def _reversed(route: Route) -> Route:
    """The route from its end to its start."""
    turned: Route = [(route[-1][-1],)]
    for piece, before in zip(reversed(route), reversed(route[:-1])):
        turned.append((*reversed(piece[:-1]), before[-1]))
    return turned


def _return(
    geometry: Geometry, route: Route, row: int, item: int, place: float, goal: float
) -> None:
    """Continue from the end of a row to the start of the next, on a track of its own."""
    size, tracks = geometry.sizes.font, geometry.tracks[row]
    gap, room, track = RETURN_GAP * size, RETURN_ROOM * size, tracks[item]
    right = geometry.stops[row] - geometry.begins[row] + room + track * gap
    low = geometry.floors[row] + room + track * gap
    left = -room - (len(tracks) - 1 - track) * gap
    here, there = place + geometry.shifts[row], goal + geometry.shifts[row + 1]
    corners = [(right, here), (right, low), (left, low), (left, there)]
    radius = min(0.6 * size, (low - here) / 2, (there - low) / 2)
    for (x, y), (next_x, next_y) in zip(corners, [*corners[1:], (0.0, there)]):
        before_x, before_y = route[-1][-1]
        start = (_towards(x, before_x, radius), _towards(y, before_y, radius))
        route.append((start,))
        route.append(((x, y), (x, y), (_towards(x, next_x, radius), _towards(y, next_y, radius))))


def _towards(one: float, other: float, distance: float) -> float:
    """The coordinate ``distance`` from ``one`` towards ``other``, at most ``other`` itself."""
    if abs(other - one) < _STRAIGHT:
        return one
    return one + math.copysign(min(distance, abs(other - one)), other - one)
