"""The picture of a network as SVG, written without any other program."""

from __future__ import annotations

import math
from html import escape

from autograd.draw import Line, pixels
from nn.drawing.colors import THEME, line_color, line_width
from nn.drawing.layout import FONT, LINE, Arrow, Diagram, Shape


def to_svg(diagram: Diagram) -> str:
    """The diagram as an SVG; the same diagram always gives the same text."""
    place = " ".join(map(pixels, (diagram.left, diagram.top, diagram.width, diagram.height)))
    name = escape(diagram.title or "A neural network")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels(diagram.width)}" '
        f'height="{pixels(diagram.height)}" viewBox="{place}" role="img" aria-label="{name}" '
        f'font-family="Helvetica,Arial,DejaVu Sans,sans-serif" font-size="{pixels(FONT)}" '
        f'text-anchor="middle" fill="{THEME.text}">',
        f'<rect x="{pixels(diagram.left)}" y="{pixels(diagram.top)}" width="100%" '
        f'height="100%" fill="{THEME.background}"/>',
        *map(_arrow, diagram.arrows),
        *map(_shape, (*diagram.circles, *diagram.labels, *diagram.texts)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _arrow(arrow: Arrow) -> str:
    color, width = line_color(arrow.strength), line_width(arrow.strength)
    tail, head = arrow.tail, arrow.head
    length = math.dist((tail.x, tail.y), (head.x, head.y))
    across, down = (head.x - tail.x) / length, (head.y - tail.y) / length
    x1, y1 = tail.x + across * tail.width / 2, tail.y + down * tail.width / 2
    x2, y2 = head.x - across * head.width / 2, head.y - down * head.width / 2
    long, half = 5.0 + 1.5 * width, 2.0 + 0.8 * width
    x, y = x2 - across * long, y2 - down * long
    corners = [(x2, y2), (x - down * half, y + across * half), (x + down * half, y - across * half)]
    points = " ".join(f"{pixels(a)},{pixels(b)}" for a, b in corners)
    return (
        f"<g>{_tooltip(arrow.link.tooltip)}"
        f'<path d="M{pixels(x1)},{pixels(y1)}L{pixels(x)},{pixels(y)}" stroke="{color}" '
        f'stroke-width="{pixels(width)}"/><polygon points="{points}" fill="{color}"/></g>'
    )


def _shape(shape: Shape) -> str:
    ground = ""
    if shape.kind in ("input", "neuron"):
        fill = THEME.leaf if shape.kind == "input" else THEME.box
        ground = (
            f'<circle cx="{pixels(shape.x)}" cy="{pixels(shape.y)}" '
            f'r="{pixels(shape.width / 2)}" fill="{fill}" stroke="{THEME.stroke}"/>'
        )
    elif shape.kind == "label":
        ground = (
            f'<rect x="{pixels(shape.x - shape.width / 2)}" '
            f'y="{pixels(shape.y - shape.height / 2)}" width="{pixels(shape.width)}" '
            f'height="{pixels(shape.height)}" rx="3" fill="{THEME.background}"/>'
        )
    first = shape.y - (len(shape.lines) - 1) / 2 * LINE
    texts = "".join(
        _text(line, shape.x, first + i * LINE, shape.font) for i, line in enumerate(shape.lines)
    )
    return texts if shape.kind == "text" else f"<g>{_tooltip(shape.tooltip)}{ground}{texts}</g>"


def _text(line: Line, x: float, y: float, size: float) -> str:
    weight = ' font-weight="bold"' if line.bold else ""
    scale = "" if size == FONT else f' font-size="{pixels(size)}"'
    fill = f' fill="{line.color}"' if line.color else ""
    return (
        f'<text x="{pixels(x)}" y="{pixels(y + 0.35 * size)}"{scale}{weight}{fill}>'
        f"{escape(line.text)}</text>"
    )


def _tooltip(tooltip: str) -> str:
    return f"<title>{escape(tooltip)}</title>" if tooltip else ""
