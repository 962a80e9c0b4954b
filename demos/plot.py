"""Charts as SVG, for the demos: lines, and the answers of a classifier.

A chart needs no other program and no font of its own. Its lines differ in colour and in dashes,
so that neither good colour vision nor a colour printer is needed, and it is light on a light page
and dark on a dark one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from html import escape
from itertools import groupby, product
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from nn import History

WIDTH, HEIGHT = 560, 320  # of the plotted area, in pixels
LEFT, TOP, BOTTOM = 84, 48, 56  # its margins
CHARACTER = 7.0  # the width of a character of the legend, at most
COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]  # of Okabe and Ito, seen on black and white
DASHES = ["none", "9 4", "2 3", "9 3 2 3"]
DOT = '<circle cx="{x}" cy="{y}" r="4" fill="{color}"/>'
SQUARE = '<path d="M{x} {y}m-3.5 -3.5h7v7h-7z" fill="{color}"/>'
SHADES, COLUMNS, ROWS = 5, 80, 56  # of each class, and places at which a classifier is asked
DARK = """<style>@media (prefers-color-scheme: dark) {
.chart text { fill: #ddd } .chart .panel { fill: #161616 } .chart .grid { stroke: #444 }
}</style>"""


class Axis(NamedTuple):
    """The numbers from ``low`` to ``high``, logarithms on a logarithmic axis, and their pixels."""

    low: float
    high: float
    log: bool
    first: float
    last: float

    def place(self, number: float) -> float:
        """The pixel of a number."""
        scaled = math.log10(number) if self.log else number
        share = (scaled - self.low) / (self.high - self.low)
        return round(self.first + share * (self.last - self.first), 2)

    def number(self, share: float) -> float:
        """The number at a share of a linear axis."""
        return self.low + share * (self.high - self.low)

    def ticks(self) -> list[float]:
        """About six round numbers; on a logarithmic axis powers of ten, or 1, 2 and 5 times these.

        >>> Axis(-0.03, 1.03, log=False, first=0, last=100).ticks()
        [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
        >>> Axis(-5.7, 1.5, log=True, first=0, last=100).ticks()
        [1e-05, 0.0001, 0.001, 0.01, 0.1, 1.0, 10.0]
        >>> Axis(-1.5, -0.2, log=True, first=0, last=100).ticks()
        [0.05, 0.1, 0.2, 0.5]
        """
        low, high = self.low, self.high
        if self.log:
            exponents = _multiples(low, high, 1)
            if len(exponents) > 2:
                every = math.ceil(len(exponents) / 8)
                return [float(f"1e{n}") for n in exponents if n % every == 0]
            decades = range(math.floor(low), math.ceil(high))
            numbers = [float(f"{digit}e{n}") for n in decades for digit in (1, 2, 5)]
            ticks = [number for number in numbers if low <= math.log10(number) <= high]
            if len(ticks) > 2:
                return ticks
            low, high = 10**low, 10**high
        rough = (high - low) / 6
        power = math.floor(math.log10(rough))
        digit = next(digit for digit in (1, 2, 5, 10) if digit * 10.0**power >= rough)
        return [float(f"{n * digit}e{power}") for n in _multiples(low, high, digit * 10.0**power)]


def line_chart(
    lines: Mapping[str, Sequence[tuple[float, float]]],
    *,
    title: str,
    x: str,
    y: str,
    log_x: bool = False,
    log_y: bool = False,
    dots: Collection[str] = (),
) -> str:
    """The SVG of a chart of several lines, each a name and its points.

    Args:
        lines: by name, the points ``(x, y)`` of each line, in the order in which they are joined.
        title: the heading of the chart.
        x: the quantity on the horizontal axis, with its unit if it has one.
        y: the quantity on the vertical axis, likewise.
        log_x: True for a logarithmic horizontal axis.
        log_y: True for a logarithmic vertical axis.
        dots: the names of lines whose points are shown as dots and not joined.

    Raises:
        ValueError: there is no point, or one that has no place on its axis.

    >>> svg = line_chart({"halved": [(0, 1.0), (1, 0.5)]}, title="Halves", x="step", y="size")
    >>> svg.count("<polyline"), svg.count(">halved</text>")
    (1, 1)
    """
    points = [point for line in lines.values() for point in line]
    across = _axis([point[0] for point in points], log_x, LEFT, LEFT + WIDTH)
    up = _axis([point[1] for point in points], log_y, TOP + HEIGHT, TOP)
    elements = [
        *_grid(across, up),
        *(
            _line(
                n,
                name,
                [(across.place(a), up.place(b)) for a, b in line],
                DOT if name in dots else None,
            )
            for n, (name, line) in enumerate(lines.items())
        ),
    ]
    return _chart(elements, list(lines), title, x, y)


def loss_chart(history: History, title: str) -> str:
    """The SVG of both losses of a classifier by epoch."""
    lines = {name: list(enumerate(history[name], 1)) for name in ("loss", "validation loss")}
    return line_chart(lines, title=title, x="epoch", y="cross-entropy", log_y=True)


def boundary_chart(
    classes: Mapping[str, Sequence[Sequence[float]]],
    answer: Callable[[float, float], float],
    *,
    title: str,
    x: str,
    y: str,
) -> str:
    """The SVG of the points of two classes, over the answers of a classifier.

    Args:
        classes: by name, the points ``(x, y)`` of each class.
        answer: the probability of the second class at a point. The darker the shade, the surer it
            is; a line is drawn where it is 1/2.
        title: the heading of the chart.
        x: the quantity on the horizontal axis.
        y: the quantity on the vertical axis.

    >>> points = {"left": [(0.0, 0.0)], "right": [(2.0, 1.0)]}
    >>> svg = boundary_chart(points, lambda x, y: x / 2, title="Halves", x="x", y="y")
    >>> svg.count("<circle"), svg.count('class="boundary"')  # each class is in the legend too
    (2, 1)
    """
    points = [point for each in classes.values() for point in each]
    across = _axis([point[0] for point in points], False, LEFT, LEFT + WIDTH)
    up = _axis([point[1] for point in points], False, TOP + HEIGHT, TOP)
    answers = [
        [answer(across.number((column + 0.5) / COLUMNS), up.number(1 - (row + 0.5) / ROWS))
         for column in range(COLUMNS)]
        for row in range(ROWS)
    ]  # fmt: skip
    places = [[(across.place(a), up.place(b)) for a, b in each] for each in classes.values()]
    elements = [*_grid(across, up), *_shades(answers), _boundary(answers)]
    for n, (name, each) in enumerate(zip(classes, places)):
        elements.append(_line(n, name, each, (DOT, SQUARE)[n % 2]))
    return _chart(elements, list(classes), title, x, y)


def _shades(answers: Sequence[Sequence[float]]) -> list[str]:
    """An area for each shade, of rectangles that span equal answers of a row."""
    width, height = WIDTH / COLUMNS, HEIGHT / ROWS
    areas: dict[int, str] = {}
    for row, numbers in enumerate(answers):
        shades = [round((2.0 * number - 1.0) * SHADES) for number in numbers]
        for shade, run in groupby(range(COLUMNS), shades.__getitem__):
            first, *rest = run
            corner = f"M{LEFT + first * width:g} {TOP + row * height:.6g}"
            across = (1 + len(rest)) * width
            areas[shade] = areas.get(shade, "") + f"{corner}h{across:g}v{height:.6g}h{-across:g}z"
    return [
        f'<path fill="{COLORS[shade > 0]}" fill-opacity="{0.5 * abs(shade) / SHADES:g}" d="{d}"/>'
        for shade, d in sorted(areas.items())
    ]


def _boundary(answers: Sequence[Sequence[float]]) -> str:
    """The line where the answer is 1/2, square by square between four places."""
    found = []
    for row, column in product(range(ROWS - 1), range(COLUMNS - 1)):
        around = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
        crossings = []
        for (r0, c0), (r1, c1) in zip(around, [*around[1:], around[0]]):
            first, second = answers[r0][c0] - 0.5, answers[r1][c1] - 0.5
            if (first > 0.0) != (second > 0.0):
                share = first / (first - second)
                x = LEFT + (c0 + share * (c1 - c0) + 0.5) * WIDTH / COLUMNS
                y = TOP + (r0 + share * (r1 - r0) + 0.5) * HEIGHT / ROWS
                crossings.append(f"{x:.2f} {y:.2f}")
        found += [f"M{start}L{end}" for start, end in zip(crossings[::2], crossings[1::2])]
    return (
        f'<path class="boundary" fill="none" stroke="#888" stroke-width="2" d="{"".join(found)}"/>'
    )


def _chart(elements: Sequence[str], names: Sequence[str], title: str, x: str, y: str) -> str:
    """A chart of these elements, with room for a legend of these names."""
    legend = LEFT + WIDTH + 52 + CHARACTER * max(map(len, names))
    width = max(legend, LEFT + 1.25 * CHARACTER * len(title))
    size = f'width="{width:g}" height="{TOP + HEIGHT + BOTTOM}"'
    turned = f'transform="translate(20 {TOP + HEIGHT / 2:g}) rotate(-90)"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} class="chart" role="img" '
            f'aria-label="{escape(title)}" font-family="sans-serif" font-size="13">',
            DARK,
            f'<rect class="panel" fill="#fff" {size}/>',
            _caption(LEFT, 28, title, "start", 'font-size="16"'),
            _caption(LEFT + WIDTH / 2, TOP + HEIGHT + 44, x),
            _caption(0, 0, y, "middle", turned),
            *elements,
            "</svg>\n",
        ]
    )


def _axis(numbers: Sequence[float], log: bool, first: float, last: float) -> Axis:
    """An axis for these numbers, with a little room at both ends."""
    if not numbers:
        raise ValueError("a chart needs at least one point")
    for number in numbers:
        if not math.isfinite(number) or (log and number <= 0):
            scale = "a logarithmic axis" if log else "an axis"
            raise ValueError(f"{number} has no place on {scale}: leave the point out")
    scaled = [math.log10(number) if log else number for number in numbers]
    low, high = min(scaled), max(scaled)
    room = 0.03 * max(high - low, abs(high) / 1000) or 1.0
    return Axis(low - room, high + room, log, first, last)


def _multiples(low: float, high: float, step: float) -> range:
    """The integers n for which ``n * step`` is between the two numbers."""
    return range(math.ceil(low / step), math.floor(high / step) + 1)


def _grid(across: Axis, up: Axis) -> list[str]:
    """A line and a number for each tick of both axes."""
    bottom, right = TOP + HEIGHT, LEFT + WIDTH
    elements = []
    for tick in across.ticks():
        place = across.place(tick)
        elements.append(f'<path class="grid" stroke="#ddd" d="M{place} {TOP}V{bottom}"/>')
        elements.append(_caption(place, bottom + 20, _tick_label(tick)))
    for tick in up.ticks():
        place = up.place(tick)
        elements.append(f'<path class="grid" stroke="#ddd" d="M{LEFT} {place}H{right}"/>')
        elements.append(_caption(LEFT - 8, place + 4, _tick_label(tick), "end"))
    return elements


def _line(index: int, name: str, places: Sequence[tuple[float, float]], mark: str | None) -> str:
    """A line, or marks, and its entry in the legend, to the right of the chart."""
    color = COLORS[index % len(COLORS)]
    dash = DASHES[(index + index // len(COLORS)) % len(DASHES)]
    stroke = f'fill="none" stroke="{color}" stroke-width="2" stroke-dasharray="{dash}"'
    left, top = LEFT + WIDTH + 12, TOP + 16 + 22 * index
    key = [(left, top), (left + 26, top)]
    if mark is not None:
        marks = [*places, (left + 13, top)]
        drawn = "".join(mark.format(x=x, y=y, color=color) for x, y in marks)
    else:
        corners = [" ".join(f"{x},{y}" for x, y in line) for line in (places, key)]
        drawn = f'<polyline {stroke} points="{corners[0]}"/><path {stroke} d="M{corners[1]}"/>'
    return drawn + _caption(left + 34, top + 4, name, "start")


def _caption(x: float, y: float, text: str, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" {more}>{escape(text)}</text>'


def _tick_label(tick: float) -> str:
    """A number as a chart shows it.

    >>> _tick_label(0.25), _tick_label(1e-12)
    ('0.25', '10⁻¹²')
    """
    short = f"{tick:g}"
    digits, _, exponent = (short if float(short) == tick else f"{tick:.12g}").partition("e")
    if not exponent:
        return digits
    power = "10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return power if digits == "1" else f"{digits}·{power}"
