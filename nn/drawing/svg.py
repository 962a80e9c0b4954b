"""The picture of a network as SVG, written without any other program."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from nn.drawing.colors import THEME, line_color, line_width, text_color
from nn.drawing.layout import FONT, LINE, Arrow, Circle, Diagram, Label, Text


def to_svg(diagram: Diagram) -> str:
    """The diagram as an SVG; the same diagram always gives the same text."""
    place = " ".join(_pixels(x) for x in (diagram.left, diagram.top, diagram.width, diagram.height))
    name = escape(diagram.title or "A neural network")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_pixels(diagram.width)}" '
        f'height="{_pixels(diagram.height)}" viewBox="{place}" role="img" aria-label="{name}" '
        f'font-family="Helvetica,Arial,DejaVu Sans,sans-serif" font-size="{_pixels(FONT)}" '
        f'text-anchor="middle" fill="{THEME.text}">',
        f'<rect x="{_pixels(diagram.left)}" y="{_pixels(diagram.top)}" width="100%" '
        f'height="100%" fill="{THEME.background}"/>',
        *map(_arrow, diagram.arrows),
        *map(_circle, diagram.circles),
        *map(_label, diagram.labels),
        *map(_text, diagram.texts),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _arrow(arrow: Arrow) -> str:
    color, width = line_color(arrow.strength), line_width(arrow.strength)
    tail, head = arrow.tail, arrow.head
    length = math.dist((tail.x, tail.y), (head.x, head.y))
    across, down = (head.x - tail.x) / length, (head.y - tail.y) / length
    x1, y1 = tail.x + across * tail.radius, tail.y + down * tail.radius
    x2, y2 = head.x - across * head.radius, head.y - down * head.radius
    long, half = 5.0 + 1.5 * width, 2.0 + 0.8 * width
    x, y = x2 - across * long, y2 - down * long
    corners = [(x2, y2), (x - down * half, y + across * half), (x + down * half, y - across * half)]
    points = " ".join(f"{_pixels(a)},{_pixels(b)}" for a, b in corners)
    return (
        f"<g>{_tooltip(arrow.link.tooltip)}"
        f'<path d="M{_pixels(x1)},{_pixels(y1)}L{_pixels(x)},{_pixels(y)}" stroke="{color}" '
        f'stroke-width="{_pixels(width)}"/><polygon points="{points}" fill="{color}"/></g>'
    )


def _circle(circle: Circle) -> str:
    unit = circle.unit
    drawn = ""
    if unit.kind != "gap":
        fill = THEME.leaf if unit.kind == "input" else THEME.box
        drawn = (
            f'<circle cx="{_pixels(circle.x)}" cy="{_pixels(circle.y)}" '
            f'r="{_pixels(circle.radius)}" fill="{fill}" stroke="{THEME.stroke}"/>'
        )
    texts = "".join(
        _line(line, circle.x, y, FONT, bold=i == 0)
        for i, (line, y) in enumerate(_spaced(unit.lines, circle.y))
    )
    return f"<g>{_tooltip(unit.tooltip)}{drawn}{texts}</g>"


def _label(label: Label) -> str:
    color = THEME.text if label.arrow is None else text_color(label.arrow.link.weight)
    texts = "".join(
        _line(line, label.x, y, FONT, color=THEME.muted if i else color)
        for i, (line, y) in enumerate(_spaced(label.lines, label.y))
    )
    tooltip = "" if label.arrow is None else _tooltip(label.arrow.link.tooltip)
    return (
        f'<g>{tooltip}<rect x="{_pixels(label.x - label.width / 2)}" '
        f'y="{_pixels(label.y - label.height / 2)}" width="{_pixels(label.width)}" '
        f'height="{_pixels(label.height)}" rx="3" fill="{THEME.background}" fill-opacity="0.9"/>'
        f"{texts}</g>"
    )


def _text(text: Text) -> str:
    return _line(
        text.text, text.x, text.y, text.size, text.bold, THEME.text if text.bold else THEME.muted
    )


def _spaced(lines: Sequence[str], y: float) -> list[tuple[str, float]]:
    """Lines below each other, around a height."""
    return [(line, y + (i - (len(lines) - 1) / 2) * LINE) for i, line in enumerate(lines)]


def _line(
    line: str, x: float, y: float, size: float, bold: bool = False, color: str = THEME.text
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    scale = "" if size == FONT else f' font-size="{_pixels(size)}"'
    fill = "" if color == THEME.text else f' fill="{color}"'
    return (
        f'<text x="{_pixels(x)}" y="{_pixels(y + 0.35 * size)}"{scale}{weight}{fill}>'
        f"{escape(line)}</text>"
    )


def _tooltip(tooltip: str) -> str:
    return f"<title>{escape(tooltip)}</title>" if tooltip else ""


def _pixels(number: float) -> str:
    """A number of pixels, rounded to tenths, as short as possible."""
    return f"{round(number, 1) + 0.0:.1f}".removesuffix(".0")
