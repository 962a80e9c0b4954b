"""The picture of a network as SVG, written without any other program."""

from __future__ import annotations

import math
from html import escape

from nn.drawing.colors import (
    INPUT,
    MUTED,
    NEURON,
    PAGE,
    STROKE,
    TEXT,
    line_color,
    line_width,
    text_color,
)
from nn.drawing.layout import FONT, LINE, Arrow, Circle, Diagram, Label, Text


def to_svg(diagram: Diagram) -> str:
    """The diagram as an SVG; the same diagram always gives the same text."""
    place = " ".join(_number(x) for x in (diagram.left, diagram.top, diagram.width, diagram.height))
    name = escape(diagram.title or "A neural network")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_number(diagram.width)}" '
        f'height="{_number(diagram.height)}" viewBox="{place}" role="img" aria-label="{name}" '
        f'font-family="Helvetica,Arial,DejaVu Sans,sans-serif" font-size="{_number(FONT)}" '
        f'text-anchor="middle" fill="{TEXT}">',
        f'<rect x="{_number(diagram.left)}" y="{_number(diagram.top)}" width="100%" '
        f'height="100%" fill="{PAGE}"/>',
        *map(_arrow, diagram.arrows),
        *map(_circle, diagram.circles),
        *map(_label, diagram.labels),
        *map(_text, diagram.texts),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _arrow(arrow: Arrow) -> str:
    (x1, y1), (x2, y2) = arrow.ends()
    color, width = line_color(arrow.strength), line_width(arrow.strength)
    across, down = (x2 - x1), (y2 - y1)
    length = math.hypot(across, down)
    across, down = across / length, down / length
    long, half = 5.0 + 1.5 * width, 2.0 + 0.8 * width
    x, y = x2 - across * long, y2 - down * long
    corners = [(x2, y2), (x - down * half, y + across * half), (x + down * half, y - across * half)]
    points = " ".join(f"{_number(a)},{_number(b)}" for a, b in corners)
    return (
        f"<g>{_tooltip(arrow.link.tooltip)}"
        f'<path d="M{_number(x1)},{_number(y1)}L{_number(x)},{_number(y)}" stroke="{color}" '
        f'stroke-width="{_number(width)}"/><polygon points="{points}" fill="{color}"/></g>'
    )


def _circle(circle: Circle) -> str:
    unit = circle.unit
    drawn = ""
    if unit.kind != "gap":
        fill = INPUT if unit.kind == "input" else NEURON
        drawn = (
            f'<circle cx="{_number(circle.x)}" cy="{_number(circle.y)}" '
            f'r="{_number(circle.radius)}" fill="{fill}" stroke="{STROKE}"/>'
        )
    texts = [
        _line(line, circle.x, circle.y + (i - (len(unit.lines) - 1) / 2) * LINE, FONT, i == 0)
        for i, line in enumerate(unit.lines)
    ]
    return f"<g>{_tooltip(unit.tooltip)}{drawn}{''.join(texts)}</g>"


def _label(label: Label) -> str:
    color = TEXT if label.arrow is None else text_color(label.arrow.link.weight)
    texts = [
        _line(
            line,
            label.x,
            label.y + (i - (len(label.lines) - 1) / 2) * LINE,
            FONT,
            False,
            color if i == 0 else MUTED,
        )
        for i, line in enumerate(label.lines)
    ]
    tooltip = "" if label.arrow is None else _tooltip(label.arrow.link.tooltip)
    return (
        f'<g>{tooltip}<rect x="{_number(label.x - label.width / 2)}" '
        f'y="{_number(label.y - label.height / 2)}" width="{_number(label.width)}" '
        f'height="{_number(label.height)}" rx="3" fill="{PAGE}" fill-opacity="0.9"/>'
        f"{''.join(texts)}</g>"
    )


def _text(text: Text) -> str:
    return _line(text.text, text.x, text.y, text.size, text.bold, TEXT if text.bold else MUTED)


def _line(line: str, x: float, y: float, size: float, bold: bool = False, color: str = TEXT) -> str:
    weight = ' font-weight="bold"' if bold else ""
    scale = "" if size == FONT else f' font-size="{_number(size)}"'
    fill = "" if color == TEXT else f' fill="{color}"'
    return (
        f'<text x="{_number(x)}" y="{_number(y + 0.35 * size)}"{scale}{weight}{fill}>'
        f"{escape(line)}</text>"
    )


def _tooltip(tooltip: str) -> str:
    return f"<title>{escape(tooltip)}</title>" if tooltip else ""


def _number(number: float) -> str:
    """In tenths of a pixel, as short as can be."""
    return f"{round(number, 1) + 0.0:.1f}".removesuffix(".0")
