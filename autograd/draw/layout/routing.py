"""The lines of the edges: a pass of the layout.

A line runs straight along the layers at the coordinate of its item, where nothing else
is. It changes to another coordinate only in the gaps between layers, along a curve that
starts and ends in the direction of the computation. At the end of a row it turns back to
the beginning of the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from autograd.draw.layout.items import Items
from autograd.draw.layout.places import Route
from autograd.draw.layout.rows import LayerRow

ARROW: Final = 0.55  # the length of an arrowhead, in font sizes
RETURN_GAP: Final = 0.5  # between lines that return to the next row, in font sizes
RETURN_ROOM: Final = 1.4  # from a row to the nearest such line
_PORT_GAP: Final = 0.75  # between lines that enter the same box
_STRAIGHT: Final = 0.25  # coordinates nearer to each other than this count as equal, in pixels


@dataclass(frozen=True, slots=True)
class Chain:
    """The items that an edge leads through.

    Attributes:
        items: in the order of their layers, both boxes included.
        back: True if the edge leads from the last of them to the first.
    """

    items: tuple[int, ...]
    back: bool


@dataclass(frozen=True, slots=True)
class BoxSize:
    """The size of a box in its layer.

    Attributes:
        length: along the layers.
        breadth: across the layers.
    """

    length: float
    breadth: float


@dataclass(frozen=True, slots=True)
class Geometry:
    """The coordinates of items, layers and rows.

    Attributes:
        items: the items of the drawing.
        coordinates: of each item, across the layers, within its row.
        starts: the coordinate along at which each layer starts.
        ends: the coordinate along at which each layer ends.
        rows: the rows of the drawing.
        row_of: the row of each layer.
        begins: of each row, the coordinate along at which it starts.
        stops: of each row, the coordinate along at which it ends.
        shifts: of each row, the shift of the coordinates across.
        floors: of each row, the shifted coordinate across at which it ends.
        box_sizes: the size of each box.
        font_size: in pixels.
    """

    items: Items
    coordinates: list[float]
    starts: list[float]
    ends: list[float]
    rows: list[LayerRow]
    row_of: list[int]
    begins: list[float]
    stops: list[float]
    shifts: list[float]
    floors: list[float]
    box_sizes: list[BoxSize]
    font_size: float


def routes_of(geometry: Geometry, chains: Sequence[Chain]) -> list[Route]:
    """The route of each edge, along and across, from its tail to its head."""
    heads = _head_ports(geometry, chains)
    tails = _tail_ports(geometry, chains, heads)
    tracks = _tracks(geometry)
    return [
        _route(geometry, chain, tail, head, tracks)
        for chain, tail, head in zip(chains, tails, heads)
    ]


# ── Ports ─────────────────────────────────────────────────────────────────────


def _head_ports(geometry: Geometry, chains: Sequence[Chain]) -> list[float]:
    """The distance from the middle of its last box at which each line arrives.

    A line that can arrive straight does so; the others arrive beside it, in the order in
    which they come, so that no two cross there.
    """
    arriving: dict[int, list[tuple[float, int]]] = {}
    for number, chain in enumerate(chains):
        place = geometry.coordinates[chain.items[-2]]
        arriving.setdefault(chain.items[-1], []).append((place, number))
    ports = [0.0] * len(chains)
    for box, lines in arriving.items():
        if len(lines) == 1:
            continue
        lines.sort()
        middle = geometry.coordinates[box]
        below = sum([place < middle - _STRAIGHT for place, _ in lines])
        straight = sum([abs(place - middle) <= _STRAIGHT for place, _ in lines])
        center = below + (straight - 1) / 2
        most = geometry.box_sizes[box].breadth / 2 - 0.4 * geometry.font_size
        gap = min(_PORT_GAP * geometry.font_size, most / max(center, len(lines) - 1 - center))
        for position, (_, number) in enumerate(lines):
            ports[number] = (position - center) * gap
    return ports


def _tail_ports(geometry: Geometry, chains: Sequence[Chain], heads: Sequence[float]) -> list[float]:
    """The distance from the middle of its first box at which each line leaves.

    Parallel lines leave side by side, and lines that lead back arrive apart from them.
    """
    together: dict[tuple[int, ...], list[int]] = {}
    ports = [0.0] * len(chains)
    for number, chain in enumerate(chains):
        if chain.back:
            ports[number] = 0.3 * geometry.box_sizes[chain.items[0]].breadth
        elif len(chain.items) == 2:
            together.setdefault(chain.items, []).append(number)
    for numbers in together.values():
        if len(numbers) > 1:
            middle = sum([heads[number] for number in numbers]) / len(numbers)
            for number in numbers:
                ports[number] = heads[number] - middle
    return ports


# ── Routes ────────────────────────────────────────────────────────────────────


def _route(
    geometry: Geometry,
    chain: Chain,
    tail_port: float,
    head_port: float,
    tracks: list[dict[int, int]],
) -> Route:
    items, starts, ends = geometry.items, geometry.starts, geometry.ends
    tail, head = chain.items[0], chain.items[-1]
    arrow = ARROW * geometry.font_size
    layer = items.first[tail]
    row = geometry.row_of[layer]
    begin, shift = geometry.begins[row], geometry.shifts[row]
    place = geometry.coordinates[tail] + tail_port
    middle = (starts[layer] + ends[layer]) / 2
    start = middle + geometry.box_sizes[tail].length / 2 + (arrow if chain.back else 0.0)
    route: Route = [((start - begin, place + shift),)]
    leaving = arrow if chain.back else 0.0
    for one, other in zip(chain.items, chain.items[1:]):
        goal = geometry.coordinates[other] + (head_port if other == head else 0.0)
        layer = items.first[other]
        while geometry.row_of[layer - 1] > row:
            _return(geometry, route, row, tracks[row][one], place, place)
            row += 1
        if geometry.row_of[layer] > row:
            _return(geometry, route, row, tracks[row][one], place, goal)
            row += 1
        elif abs(goal - place) > _STRAIGHT:
            begin, shift = geometry.begins[row], geometry.shifts[row]
            arriving = arrow if other == head and not chain.back else 0.0
            _curve(
                route,
                ends[layer - 1] + leaving - begin,
                starts[layer] - arriving - begin,
                place + shift,
                goal + shift,
            )
        place, leaving = goal, 0.0
    begin, shift = geometry.begins[row], geometry.shifts[row]
    layer = items.first[head]
    middle = (starts[layer] + ends[layer]) / 2
    stop = middle - geometry.box_sizes[head].length / 2 - (0.0 if chain.back else arrow)
    route.append(((stop - begin, route[-1][-1][1]),))
    return _reversed(route) if chain.back else route


def _curve(route: Route, start: float, stop: float, place: float, goal: float) -> None:
    """Change from one coordinate to another between two layers."""
    if route[-1][-1][0] < start:
        route.append(((start, place),))
    middle = (start + stop) / 2
    route.append(((middle, place), (middle, goal), (stop, goal)))


def _reversed(route: Route) -> Route:
    """The route from its end to its start."""
    turned: Route = [(route[-1][-1],)]
    for piece, before in zip(reversed(route), reversed(route[:-1])):
        turned.append((*reversed(piece[:-1]), before[-1]))
    return turned


# ── From row to row ───────────────────────────────────────────────────────────


def _tracks(geometry: Geometry) -> list[dict[int, int]]:
    """For each row, the track of each line that returns, by its item; the lowest turns first."""
    return [
        {
            item: track
            for track, item in enumerate(
                sorted(row.returns, key=geometry.coordinates.__getitem__, reverse=True)
            )
        }
        for row in geometry.rows
    ]


def _return(
    geometry: Geometry, route: Route, row: int, track: int, place: float, goal: float
) -> None:
    """Continue from the end of a row to the start of the next, on a track of its own."""
    size = geometry.font_size
    outermost = len(geometry.rows[row].returns) - 1
    gap, room = RETURN_GAP * size, RETURN_ROOM * size
    right = geometry.stops[row] - geometry.begins[row] + room + track * gap
    low = geometry.floors[row] + room + track * gap
    left = -room - (outermost - track) * gap
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
