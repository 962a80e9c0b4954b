"""The sixth step of a layered drawing: the lines.

A line runs straight along the layers at the coordinate of its item, where nothing
else stands, and changes to another coordinate only in the gaps between layers,
where no boxes are, along a curve that starts and ends in the direction of the
computation. At the end of a row it turns back to the beginning of the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from autograd.draw.layout.items import Items
from autograd.draw.layout.places import Path
from autograd.draw.layout.rows import Row

ARROW: Final = 0.55  # the length of an arrowhead, in font sizes
RETURN_GAP: Final = 0.5  # between lines that return to the next row, in font sizes
RETURN_ROOM: Final = 1.4  # from a row to the nearest such line
_PORT_GAP: Final = 0.75  # between lines that enter the same box
_STRAIGHT: Final = 0.25  # two coordinates nearer than this are taken for one, in pixels


@dataclass(frozen=True, slots=True)
class Chain:
    """The items that an edge leads through.

    Attributes:
        items: from the one in the first layer on, both boxes included.
        back: whether the edge leads against the layers, from the last to the first.
    """

    items: tuple[int, ...]
    back: bool


@dataclass(frozen=True, slots=True)
class Frontage:
    """How an item stands in its layer.

    Attributes:
        length: its size along the layers.
        breadth: its size across them.
        oval: whether its outline is an ellipse.
    """

    length: float
    breadth: float
    oval: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """Where items, layers and rows are.

    Attributes:
        items: all of them.
        coordinates: of each item, across the layers, within its row.
        starts: where each layer starts.
        ends: where each layer ends.
        rows: the rows of the drawing.
        row_of: the row of each layer.
        begins: of each row, what its coordinates along the layers are counted from.
        stops: of each row, the coordinate along the layers where it is over.
        shifts: of each row, what is added to coordinates across the layers.
        floors: of each row, the coordinate across where it is over, shift included.
        fronts: of each box.
        font_size: in pixels.
    """

    items: Items
    coordinates: list[float]
    starts: list[float]
    ends: list[float]
    rows: list[Row]
    row_of: list[int]
    begins: list[float]
    stops: list[float]
    shifts: list[float]
    floors: list[float]
    fronts: list[Frontage]
    font_size: float


def paths_of(ground: Ground, chains: Sequence[Chain]) -> list[Path]:
    """The path of each chain in the coordinates of the drawing, in the direction of its edge."""
    heads = _head_ports(ground, chains)
    tails = _tail_ports(ground, chains, heads)
    tracks = _tracks(ground)
    paths = []
    loops: dict[int, int] = {}
    for chain, tail, head in zip(chains, tails, heads):
        if len(chain.items) > 1:
            paths.append(_path(ground, chain, tail, head, tracks))
        else:
            number = loops.get(chain.items[0], 0)
            loops[chain.items[0]] = number + 1
            paths.append(_loop(ground, chain, number))
    return paths


# ── Ports ─────────────────────────────────────────────────────────────────────


def _head_ports(ground: Ground, chains: Sequence[Chain]) -> list[float]:
    """How far from the middle of its last box each line arrives.

    What can arrive straight does so, and the others beside it in the order in which
    they come, so that none crosses another there.
    """
    arriving: dict[int, list[tuple[float, int]]] = {}
    for number, chain in enumerate(chains):
        if len(chain.items) > 1:
            place = ground.coordinates[chain.items[-2]]
            arriving.setdefault(chain.items[-1], []).append((place, number))
    ports = [0.0] * len(chains)
    for box, lines in arriving.items():
        if len(lines) == 1:
            continue
        lines.sort()
        middle = ground.coordinates[box]
        below = sum([place < middle - _STRAIGHT for place, _ in lines])
        straight = sum([abs(place - middle) <= _STRAIGHT for place, _ in lines])
        center = below + (straight - 1) / 2
        most = ground.fronts[box].breadth / 2 - 0.4 * ground.font_size
        gap = min(_PORT_GAP * ground.font_size, most / max(center, len(lines) - 1 - center))
        for position, (_, number) in enumerate(lines):
            ports[number] = (position - center) * gap
    return ports


def _tail_ports(ground: Ground, chains: Sequence[Chain], heads: Sequence[float]) -> list[float]:
    """How far from the middle of its first box each line leaves it.

    Parallel lines do so side by side, and what leads back arrives apart from them.
    """
    together: dict[tuple[int, ...], list[int]] = {}
    ports = [0.0] * len(chains)
    for number, chain in enumerate(chains):
        if chain.back:
            ports[number] = 0.3 * ground.fronts[chain.items[0]].breadth
        elif len(chain.items) == 2:
            together.setdefault(chain.items, []).append(number)
    for numbers in together.values():
        if len(numbers) > 1:
            middle = sum([heads[number] for number in numbers]) / len(numbers)
            for number in numbers:
                ports[number] = heads[number] - middle
    return ports


def _outline(ground: Ground, box: int, port: float) -> float:
    """Half the length of a box, along the layers, where a line meets it."""
    front = ground.fronts[box]
    half = front.length / 2
    if front.oval:
        half *= math.sqrt(max(1 - (2 * port / front.breadth) ** 2, 0.0))
    return half


# ── Paths ─────────────────────────────────────────────────────────────────────


def _path(
    ground: Ground, chain: Chain, tail_port: float, head_port: float, tracks: list[dict[int, int]]
) -> Path:
    items, starts, ends = ground.items, ground.starts, ground.ends
    tail, head = chain.items[0], chain.items[-1]
    arrow = ARROW * ground.font_size
    layer = items.first[tail]
    row = ground.row_of[layer]
    begin, shift = ground.begins[row], ground.shifts[row]
    place = ground.coordinates[tail] + tail_port
    middle = (starts[layer] + ends[layer]) / 2
    start = middle + _outline(ground, tail, tail_port) + (arrow if chain.back else 0.0)
    path: Path = [((start - begin, place + shift),)]
    leaving = arrow if chain.back else 0.0
    for one, other in zip(chain.items, chain.items[1:]):
        goal = ground.coordinates[other] + (head_port if other == head else 0.0)
        layer = items.first[other]
        while ground.row_of[layer - 1] > row:
            _return(ground, path, row, tracks[row][one], place, place)
            row += 1
        if ground.row_of[layer] > row:
            _return(ground, path, row, tracks[row][one], place, goal)
            row += 1
        elif abs(goal - place) > _STRAIGHT:
            begin, shift = ground.begins[row], ground.shifts[row]
            arriving = arrow if other == head and not chain.back else 0.0
            _curve(
                path,
                ends[layer - 1] + leaving - begin,
                starts[layer] - arriving - begin,
                place + shift,
                goal + shift,
            )
        place, leaving = goal, 0.0
    begin, shift = ground.begins[row], ground.shifts[row]
    layer = items.first[head]
    middle = (starts[layer] + ends[layer]) / 2
    stop = middle - _outline(ground, head, head_port) - (0.0 if chain.back else arrow)
    path.append(((stop - begin, path[-1][-1][1]),))
    return _reversed(path) if chain.back else path


def _curve(path: Path, start: float, stop: float, place: float, goal: float) -> None:
    """Change from one coordinate to another between two layers."""
    if path[-1][-1][0] < start:
        path.append(((start, place),))
    middle = (start + stop) / 2
    path.append(((middle, place), (middle, goal), (stop, goal)))


def _loop(ground: Ground, chain: Chain, number: int) -> Path:
    """A line from a box to itself, beside it; further ones of the same box around it."""
    box = chain.items[0]
    layer = ground.items.first[box]
    row = ground.row_of[layer]
    front = ground.fronts[box]
    size = ground.font_size
    middle = (ground.starts[layer] + ground.ends[layer]) / 2 - ground.begins[row]
    place = ground.coordinates[box] + ground.shifts[row]
    reach = front.length * (number + 1) / (2 * number + 4)
    half = front.breadth / 2
    if front.oval:
        half *= math.sqrt(1 - (2 * reach / front.length) ** 2)
    far = place - front.breadth / 2 - loop_room(number + 1, size)
    return [
        ((middle + reach, place - half),),
        (
            (middle + reach, far),
            (middle - reach, far),
            (middle - reach, place - half - ARROW * size),
        ),
    ]


def loop_room(count: int, font_size: float) -> float:
    """How far so many lines from a box to itself stand out beside it."""
    return (ARROW + 0.8 + 0.6 * count) * font_size if count else 0.0


def _reversed(path: Path) -> Path:
    """The same line from its end to its start."""
    turned: Path = [(path[-1][-1],)]
    for stretch, before in zip(reversed(path), reversed(path[:-1])):
        turned.append((*reversed(stretch[:-1]), before[-1]))
    return turned


# ── From row to row ───────────────────────────────────────────────────────────


def _tracks(ground: Ground) -> list[dict[int, int]]:
    """For each row, the track of each item whose line returns; the lowest line turns first."""
    return [
        {
            item: track
            for track, item in enumerate(
                sorted(row.returns, key=ground.coordinates.__getitem__, reverse=True)
            )
        }
        for row in ground.rows
    ]


def _return(ground: Ground, path: Path, row: int, track: int, place: float, goal: float) -> None:
    """Go on from the end of a row to the start of the next, on a track that none crosses."""
    size = ground.font_size
    outermost = len(ground.rows[row].returns) - 1
    gap, room = RETURN_GAP * size, RETURN_ROOM * size
    right = ground.stops[row] - ground.begins[row] + room + track * gap
    low = ground.floors[row] + room + track * gap
    left = -room - (outermost - track) * gap
    here, there = place + ground.shifts[row], goal + ground.shifts[row + 1]
    corners = [(right, here), (right, low), (left, low), (left, there)]
    radius = min(0.6 * size, (low - here) / 2, (there - low) / 2)
    for (x, y), (next_x, next_y) in zip(corners, [*corners[1:], (0.0, there)]):
        before_x, before_y = path[-1][-1]
        start = (_towards(x, before_x, radius), _towards(y, before_y, radius))
        path.append((start,))
        path.append(((x, y), (x, y), (_towards(x, next_x, radius), _towards(y, next_y, radius))))


def _towards(one: float, other: float, distance: float) -> float:
    """The point so far from one on the way to the other, or one where they are the same."""
    if abs(other - one) < _STRAIGHT:
        return one
    return one + math.copysign(min(distance, abs(other - one)), other - one)
