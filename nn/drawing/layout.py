"""The place of everything in the picture of a network.

Each column of units is centred, and every arrow is a straight line. The weights between
two columns are written below each other, each on its arrow, at the same share of every
arrow's length, chosen so that no two texts touch. If n units lead to m, and both columns
are equally high, the n * m texts are evenly spaced at the share (n - 1) / (n * m - 1).
Columns are pulled apart until the texts fit.

All lengths are in pixels.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from autograd.draw import Line
from nn.drawing.colors import THEME
from nn.drawing.content import Column, Link, NetworkContent, Unit

FONT: Final = 12.0  # the size of letters in circles and on arrows
LINE: Final = 15.0  # from one line of text to the next
TITLE_FONT: Final = 15.0

_MARGIN: Final = 16.0
_SMALLEST_RADIUS: Final = 20.0
_BETWEEN_CIRCLES: Final = 16.0
_ARROWHEAD: Final = 9.0
_LEAST_DISTANCE: Final = 150.0  # from the middle of a column to that of the next
_MOST_DISTANCE: Final = 460.0  # the same, if only texts need the room
_STEEPEST: Final = 1.8  # the slope of an arrow at most; steeper ones touch other circles
_MOST_LABELS: Final = 40  # between two columns
_SHARES: Final = 60  # of an arrow's length, that are tried
_TIGHT: Final = 1.1  # the least room of a text, in multiples of its height
_COMFORTABLE: Final = 1.4  # the wanted room of a text
_HIGH: Final = 600.0  # columns beyond this height are not pulled apart for more room
_STRETCH_FACTORS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.15, 1.3, 1.5)


# A unit of one of the kinds of circles, a text on a ground that hides arrows, or a bare text.
Kind: TypeAlias = Literal["input", "neuron", "gap", "label", "text"]


@dataclass(frozen=True, slots=True)
class Shape:
    """Lines of text around a point, and what is drawn behind them.

    Attributes:
        kind: of the shape.
        x: of the point.
        y: of the point.
        width: of the shape, the diameter of a circle.
        height: of the shape.
        lines: the text.
        name: its identifier in Graphviz's source; "" for a label or a bare text.
        tooltip: shown while the pointer rests on it.
        font: the size of the letters.
    """

    kind: Kind
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]
    name: str = ""
    tooltip: str = ""
    font: float = FONT


@dataclass(frozen=True, slots=True)
class Arrow:
    """A link and its place, from circle to circle.

    Attributes:
        strength: the weight as a share of the largest finite one, from -1 to 1; not finite
            if the weight is not.
    """

    link: Link
    tail: Shape
    head: Shape
    strength: float


@dataclass(frozen=True, slots=True)
class Diagram:
    """A network with a place for everything, from ``left`` and ``top`` on to the right and down."""

    left: float
    top: float
    width: float
    height: float
    title: str
    circles: list[Shape]
    arrows: list[Arrow]
    labels: list[Shape]
    texts: list[Shape]


def place(network: NetworkContent) -> Diagram:
    """Give everything in ``network`` a place, its middle at the height 0."""
    radii = [max(map(_radius, column.units)) for column in network.columns]
    gaps = [_Gap(network, i, radii) for i in range(len(radii) - 1)]
    heights = _column_heights(network.columns, radii, gaps)
    xs = [0.0]
    for gap, ends in zip(gaps, pairwise(heights)):
        xs.append(xs[-1] + gap.distance(*ends))
    columns = [
        [
            Shape(unit.kind, x, y, 2 * radius, 2 * radius, unit.lines, unit.name, unit.tooltip)
            for unit, y in zip(column.units, _evenly(len(column.units), height))
        ]
        for column, x, height, radius in zip(network.columns, xs, heights, radii)
    ]
    arrows = _arrows(network.links, columns)
    labels = [
        _label(xs[-1] + radii[-1] + 8 + _size(unit.beside)[0] / 2, circle.y, unit.beside)
        for unit, circle in zip(network.columns[-1].units, columns[-1])
        if unit.beside
    ]
    for i, (gap, ends) in enumerate(zip(gaps, pairwise(heights))):
        share, _ = gap.share(*ends)
        if share:
            labels += [_label_on(arrow, share) for arrow in arrows if arrow.link.tail[0] == i]
    circles = [circle for column in columns for circle in column]
    texts = _texts(network, circles, labels, xs)
    shapes = [*circles, *labels, *texts]
    left = min([shape.x - shape.width / 2 for shape in shapes]) - _MARGIN
    right = max([shape.x + shape.width / 2 for shape in shapes]) + _MARGIN
    top = min([shape.y - shape.height / 2 for shape in shapes]) - _MARGIN
    bottom = max([shape.y + shape.height / 2 for shape in shapes]) + _MARGIN
    size = right - left, bottom - top
    return Diagram(left, top, *size, network.title, circles, arrows, labels, texts)


class _Gap:
    """The room between two neighbouring columns.

    Attributes:
        links: between the columns.
        sizes: the numbers of units in the columns.
        radii: of their circles.
        least: the least distance of the columns, so that their headings do not touch.
        is_labelled: True if the weights are few enough to be written.
        wide: the width of the widest label.
        high: the height of the highest label.
    """

    def __init__(self, network: NetworkContent, i: int, radii: Sequence[float]) -> None:
        left, right = network.columns[i : i + 2]
        self.links = [link for link in network.links if link.tail[0] == i]
        self.sizes = len(left.units), len(right.units)
        self.radii = radii[i], radii[i + 1]
        self.least = (width(left.heading) + width(right.heading)) / 2 + FONT
        self.is_labelled = 0 < len(self.links) <= _MOST_LABELS
        sizes = [_size(link.lines) for link in self.links]
        self.wide = max([wide for wide, _ in sizes], default=0.0)
        self.high = max([high for _, high in sizes], default=0.0)

    def distance(self, *heights: float) -> float:
        """The distance between the middles of the columns, if they have these heights."""
        room = _LEAST_DISTANCE
        if self.is_labelled:
            wide, (tails, heads) = self.wide, self.sizes
            # Wide enough for the share at which all texts are evenly spaced, from either end.
            evenly = tails * heads - 1
            near_tails = (self.radii[0] + wide / 2 + 4) * evenly / max(tails - 1, 1)
            near_heads = (self.radii[1] + wide / 2 + 4 + _ARROWHEAD) * evenly / max(heads - 1, 1)
            wanted = min(near_tails, near_heads, _MOST_DISTANCE)
            room = max(room, sum(self.radii) + 2.2 * wide + 20.0, wanted)
        return max(room, self.least, sum(heights) / 2 / _STEEPEST)

    def share(self, *heights: float) -> tuple[float, float]:
        """The share of the arrows' length at which weights are written, and the room of each.

        The share is 0 if they do not fit.
        """
        if not self.is_labelled:
            return 0.0, 0.0
        distance, wide, high = self.distance(*heights), self.wide, self.high
        first = (self.radii[0] + wide / 2 + 4) / distance
        last = 1 - (self.radii[1] + wide / 2 + 4 + _ARROWHEAD) / distance
        tails, heads = (_evenly(size, height) for size, height in zip(self.sizes, heights))
        ends = [(tails[link.tail[1]], heads[link.head[1]]) for link in self.links]
        best, room = 0.0, _TIGHT * high
        for i in range(_SHARES + 1):
            share = first + (last - first) * i / _SHARES
            ys = sorted(tail + share * (head - tail) for tail, head in ends)
            # More than twice the height of a text is no better.
            least = min([b - a for a, b in pairwise(ys)] + [2 * high])
            if least > room + 0.01 or (
                best and least >= room - 0.01 and abs(share - 0.5) < abs(best - 0.5)
            ):
                best, room = share, max(room, least)
        return best, room / high


def _column_heights(
    columns: Sequence[Column], radii: Sequence[float], gaps: Sequence[_Gap]
) -> list[float]:
    """The distance from the first circle of each column to its last."""
    compact = [
        (len(column.units) - 1) * (2 * radius + _BETWEEN_CIRCLES)
        for column, radius in zip(columns, radii)
    ]
    highest = max(compact)

    def stretched(by: float) -> list[float]:
        """The heights, pulled apart: up to 1 towards the highest column, beyond 1 all of them."""
        share = min(by, 1.0)
        return [
            0.0 if len(column.units) == 1 else ((1 - share) * height + share * highest) * max(by, 1)
            for column, height in zip(columns, compact)
        ]

    def readability(by: float) -> float:
        """A score: the number of weights that are written, and their room."""
        heights = stretched(by)
        most = _COMFORTABLE if max(heights) <= max(highest, _HIGH) else 1.0
        found = 0.0
        for gap, ends in zip(gaps, pairwise(heights)):
            share, room = gap.share(*ends)
            if share:
                found += len(gap.links) * (1 + min(room, most))
        return round(found, 6)

    return stretched(max(_STRETCH_FACTORS, key=readability))


def _evenly(count: int, height: float) -> list[float]:
    """Evenly spaced coordinates around 0."""
    return [height * (i / (count - 1) - 0.5) if count > 1 else 0.0 for i in range(count)]


def _arrows(links: Sequence[Link], columns: Sequence[Sequence[Shape]]) -> list[Arrow]:
    """The arrows, the strongest last, so that they lie on top."""
    sizes = [abs(link.weight) for link in links if math.isfinite(link.weight)]
    largest = max(sizes, default=0.0) or 1.0
    arrows = []
    for link in links:
        (left, tail), (right, head) = link.tail, link.head
        strength = link.weight / largest
        arrows.append(Arrow(link, columns[left][tail], columns[right][head], strength))
    return sorted(arrows, key=lambda arrow: min(2.0, abs(arrow.strength)))  # 2 for nan too


def _label_on(arrow: Arrow, share: float) -> Shape:
    """The text on an arrow, at a share of the distance between the circles' middles."""
    x = arrow.tail.x + share * (arrow.head.x - arrow.tail.x)
    y = arrow.tail.y + share * (arrow.head.y - arrow.tail.y)
    return _label(x, y, arrow.link.lines, arrow.link.tooltip)


def _label(x: float, y: float, lines: tuple[Line, ...], tooltip: str = "") -> Shape:
    return Shape("label", x, y, *_size(lines), lines, tooltip=tooltip)


def _texts(
    network: NetworkContent, circles: Sequence[Shape], labels: Sequence[Shape], xs: Sequence[float]
) -> list[Shape]:
    """The title and the headings above, and the notes below."""
    top = min([circle.y - circle.height / 2 for circle in circles])
    bottom = max([circle.y + circle.height / 2 for circle in circles])
    left = min([circle.x - circle.width / 2 for circle in circles])
    right = max([shape.x + shape.width / 2 for shape in (*circles, *labels)])
    middle = (left + right) / 2
    texts = [_text(middle, top - 3.2 * LINE, network.title, True)] if network.title else []
    texts += [_text(x, top - LINE, column.heading) for x, column in zip(xs, network.columns)]
    notes = list(network.notes)
    unwritten = len(network.links) - sum(bool(label.tooltip) for label in labels)
    if unwritten:
        notes.append(f"For want of room, {unwritten} weights are not written.")
    return texts + [_text(middle, bottom + (i + 1.8) * LINE, each) for i, each in enumerate(notes)]


def _text(x: float, y: float, text: str, title: bool = False) -> Shape:
    size = TITLE_FONT if title else FONT
    line = Line(text, bold=title, color=None if title else THEME.muted)
    return Shape("text", x, y, width(text, size, title), 1.3 * size, (line,), font=size)


# ── Sizes of texts ────────────────────────────────────────────────────────────


def _radius(unit: Unit) -> float:
    """The radius of a circle around the lines of a unit."""
    corners = [_SMALLEST_RADIUS]
    for i, line in enumerate(unit.lines):
        middle = (i - (len(unit.lines) - 1) / 2) * LINE
        wide = width(line.text, FONT, line.bold)
        corners.append(math.hypot(wide / 2, abs(middle) + FONT / 2) + 4)
    return math.ceil(max(corners))


def _size(lines: Sequence[Line]) -> tuple[float, float]:
    """The width and the height of lines below each other."""
    return max([width(line.text) for line in lines], default=0.0) + 6, len(lines) * LINE + 1


def width(text: str, size: float = FONT, bold: bool = False) -> float:
    """The width that a line of text needs at most, in the usual sans-serif fonts."""
    return sum(map(_letter_width, text)) * size * (1.1 if bold else 1.0)


def _letter_width(letter: str) -> float:
    """The width of a letter, as a multiple of the size of the font."""
    if unicodedata.east_asian_width(letter) in "WF" or letter in "mwMW@%⋯":
        return 1.05
    if letter in " .,:;|!'il()[]-/":
        return 0.42
    return 0.64 if letter.islower() or letter.isdigit() else 0.84
