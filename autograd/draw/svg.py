"""Pictures as SVG, written without any other program.

The document is self-contained: no script, no style sheet, no font or other file, so it
looks the same in a page, in a notebook and as an image. Texts from outside are escaped, so
no label can become markup.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Final, TypeAlias

from autograd.draw import text
from autograd.draw.elements import (
    attribute,
    dashes,
    group,
    pixels,
    quoted,
    rectangle,
    text_elements,
    tooltip_element,
)
from autograd.draw.layout import ARROW, LABEL_SCALE, Layout, Rectangle, Route, layout
from autograd.draw.legend import legend_elements
from autograd.draw.options import check_picture
from autograd.draw.picture import Box, Line, Picture

_FONTS: Final = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"

# All in font sizes.
_MARGIN: Final = 1.0  # around the picture
_ROUNDING: Final = 0.35  # of the corners of boxes
_TITLE_SCALE: Final = 1.25

Stroke: TypeAlias = tuple[float, str, bool]  # of an edge: width, colour, dashed


def to_svg(picture: Picture) -> str:
    """The picture as an SVG document, laid out by this library.

    The same picture always gives the same text.

    Raises:
        ValueError: the picture is in the style ``"classic"``, which has ovals.

    >>> from autograd.draw.picture import Edge
    >>> x, y = Box((Line("x"),)), Box((Line("x < 1"),))
    >>> "x &lt; 1" in to_svg(Picture((x, y), (Edge(0, 1),)))
    True
    """
    check_picture("to_svg", picture)
    if any(box.shape != "box" for box in picture.boxes):
        raise ValueError(
            'style="classic" is laid out by Graphviz alone: take to_dot() or draw_dot(), '
            'or save with layout="dot"'
        )
    placed = layout(picture)
    frames = _frames(picture, placed)
    edges = _edges(picture, placed)
    fronts = [*_boxes(picture, placed), *_labels(picture, placed), *_headers(picture, placed)]
    # A page may contain several pictures, and equal ids would clash.
    content = "".join([*frames, *chain.from_iterable(edges.values()), *fronts])
    prefix = f"g{hashlib.sha256(content.encode()).hexdigest()[:10]}"
    body = [*frames, *_edge_groups(edges, prefix), *fronts]

    size, margin = picture.font_size, _MARGIN * picture.font_size
    heading = Line(picture.title, bold=True, scale=_TITLE_SCALE)
    title, title_width, title_height = _outside(picture, heading, 0.0, 0.6)
    caption, caption_width, caption_height = _outside(picture, Line(picture.caption), 0.8, 0.0)
    legend, legend_width, legend_height = legend_elements(picture, placed.width, prefix)
    width = max(placed.width, title_width, caption_width, legend_width) + 2 * margin
    below = margin + title_height + placed.height
    elements = [
        *_moved(margin, margin, title),
        *_moved(margin, margin + title_height, body),
        *_moved(margin, below, caption),
        *_moved(margin, below + caption_height, legend),
    ]
    height = below + caption_height + legend_height + margin
    definitions = [_arrowhead(size, stroke, _arrow_id(prefix, n)) for n, stroke in enumerate(edges)]
    return _document(picture, definitions, elements, width, height)


def _document(
    picture: Picture, definitions: list[str], elements: list[str], width: float, height: float
) -> str:
    spoken = picture.title or f"graph of {len(picture.boxes)} boxes, {len(picture.edges)} edges"
    size = f'width="{pixels(width)}" height="{pixels(height)}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
            f'viewBox="0 0 {pixels(width)} {pixels(height)}" role="img" '
            f'aria-label="{attribute(spoken)}" font-family="{_FONTS}" '
            f'font-size="{pixels(picture.font_size)}" xml:space="preserve">',
            *([f"<defs>{''.join(definitions)}</defs>"] if definitions else []),
            f'<rect {size} fill="{attribute(picture.background)}"/>',
            *elements,
            "</svg>\n",
        ]
    )


def _moved(x: float, y: float, elements: Sequence[str]) -> list[str]:
    return group(f'transform="translate({pixels(x)} {pixels(y)})"', elements)


# ── Frames and boxes ──────────────────────────────────────────────────────────


def _frames(picture: Picture, placed: Layout) -> list[str]:
    elements = []
    for panel in placed.panels:
        frame = picture.frames[panel.frame]
        elements.append(
            f"<rect {rectangle(panel.place)} rx={quoted(0.5 * picture.font_size)} "
            f'fill="{attribute(frame.fill)}" stroke="{attribute(frame.stroke)}"/>'
        )
    return elements


def _headers(picture: Picture, placed: Layout) -> list[str]:
    """The titles of the frames, above the lines that enter them."""
    size = picture.font_size
    elements = []
    for panel in placed.panels:
        frame = picture.frames[panel.frame]
        x, y = panel.place.x + 0.7 * size, panel.place.y + 0.3 * size
        room = panel.place.width - 1.2 * size
        lines = [_fitted(line, size, room) for line in placed.headers[panel.frame]]
        shown = text_elements(lines, x, y, size, "start")
        if shown:
            # A stroke below the letters: not every program knows how to paint it behind them.
            ground = attribute(picture.background if frame.fill == "none" else frame.fill)
            elements.append(
                f'<g aria-hidden="true" fill="{ground}" stroke="{ground}" '
                f'stroke-width="{pixels(0.25 * size)}" stroke-linejoin="round">{shown}</g>'
            )
            elements.append(f'<g fill="{attribute(frame.text_color)}">{shown}</g>')
    return elements


def _fitted(line: Line, size: float, room: float) -> Line:
    """The line, shortened to the room, where a frame is cut at the end of a row."""
    shown = line.text
    while shown and text.width(shown, size * line.scale, line.bold) > room:
        shown = shown[:-2] + "…" if len(shown) > 2 else ""
    return replace(line, text=shown)


def _boxes(picture: Picture, placed: Layout) -> list[str]:
    elements = []
    size = picture.font_size
    for box, place, lines in zip(picture.boxes, placed.boxes, placed.texts):
        height = sum([line.scale for line in lines]) * size * text.LINE_HEIGHT
        top = place.y + (place.height - height) / 2
        content = _outline(box, place, size) + text_elements(
            lines, place.x + place.width / 2, top, size, "middle"
        )
        name = f' data-id="{attribute(box.id)}"' if box.id else ""
        tooltip = tooltip_element(box.tooltip)
        elements.append(f'<g{name} fill="{attribute(box.text_color)}">{tooltip}{content}</g>')
    return group('text-anchor="middle"', elements)


def _outline(box: Box, place: Rectangle, size: float) -> str:
    return (
        f"<rect {rectangle(place)} rx={quoted(_ROUNDING * size)} "
        f'fill="{attribute(box.fill)}" stroke="{attribute(box.stroke)}"'
        f"{'' if box.stroke_width == 1 else f' stroke-width={quoted(box.stroke_width)}'}"
        f"{dashes(box.dashed)}/>"
    )


# ── Edges ─────────────────────────────────────────────────────────────────────


def _edges(picture: Picture, placed: Layout) -> dict[Stroke, list[str]]:
    """The edges of each stroke, thin ones first, so that marked ones lie on top."""
    strokes: dict[Stroke, list[str]] = {}
    for edge in picture.edges:
        strokes.setdefault((edge.width, edge.color, edge.dashed), [])
    strokes = dict(sorted(strokes.items(), key=lambda stroke: stroke[0][0]))
    farthest: dict[tuple[int, Stroke], Route] = {}
    for edge, route, stretch in zip(picture.edges, placed.routes, placed.stretches):
        stroke = edge.width, edge.color, edge.dashed
        rest = route
        if stretch is not None:
            rest, goes_farther = _beyond(farthest.get((stretch, stroke), []), route)
            if goes_farther:
                farthest[stretch, stroke] = route
        line, tooltip = f'<path d="{path_data(rest)}"', tooltip_element(edge.tooltip)
        strokes[stroke].append(f"{line}>{tooltip}</path>" if tooltip else f"{line}/>")
    return strokes


def _beyond(drawn: Route, route: Route) -> tuple[Route, bool]:
    """The part of a route that is not in one that is drawn, and True if it goes farther.

    Lines from one box share a stretch, which would be darker if each of them drew it.
    """
    shared = 0
    while shared < min(len(drawn), len(route)) and drawn[shared] == route[shared]:
        shared += 1
    if not shared or shared == len(route):
        return route, not drawn
    (x, y), ours = route[shared - 1][-1], route[shared]
    theirs = drawn[shared] if shared < len(drawn) else route[shared - 1]
    (our_x, our_y), (their_x, their_y) = ours[0], theirs[0]
    one_direction = (our_x - x) * (their_y - y) == (our_y - y) * (their_x - x)
    if len(ours) > 1 or len(theirs) > 1 or not one_direction:
        return ([((x, y),), *route[shared:]] if shared > 1 else route), False
    if abs(our_x - x) + abs(our_y - y) > abs(their_x - x) + abs(their_y - y):
        return [theirs, *route[shared:]], True
    return [ours, *route[shared + 1 :]], False


def _edge_groups(edges: dict[Stroke, list[str]], prefix: str) -> list[str]:
    elements: list[str] = []
    for number, ((width, color, dashed), lines) in enumerate(edges.items()):
        elements += group(
            f'fill="none" stroke="{attribute(color)}" stroke-width={quoted(width)}'
            f'{dashes(dashed)} marker-end="url(#{_arrow_id(prefix, number)})"',
            lines,
        )
    return elements


def _arrow_id(prefix: str, number: int) -> str:
    return f"{prefix}-arrow{number}"


def _arrowhead(size: float, stroke: Stroke, name: str) -> str:
    """A triangle, the same for all widths of lines, from the end of the line to the box."""
    _, color, _ = stroke
    length = pixels(ARROW * size)
    return (
        f'<marker id="{name}" viewBox="0 0 10 8" refX="0.5" refY="4" markerWidth="{length}" '
        f'markerHeight={quoted(0.8 * ARROW * size)} markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0,0L10,4L0,8z" fill="{attribute(color)}"/></marker>'
    )


def path_data(route: Route) -> str:
    """A line, as the data of a path."""
    ((x, y),) = route[0]
    here = pixels(x), pixels(y)
    words = [f"M{here[0]},{here[1]}"]
    for piece in route[1:]:
        there = pixels(piece[-1][0]), pixels(piece[-1][1])
        if len(piece) > 1:
            (x1, y1), (x2, y2), _ = piece
            words.append(
                f"C{pixels(x1)},{pixels(y1)} {pixels(x2)},{pixels(y2)} {there[0]},{there[1]}"
            )
        elif here[1] == there[1]:
            if here[0] != there[0]:
                words.append(f"H{there[0]}")
        elif here[0] == there[0]:
            words.append(f"V{there[1]}")
        else:
            words.append(f"L{there[0]},{there[1]}")
        here = there
    return "".join(words)


def _labels(picture: Picture, placed: Layout) -> list[str]:
    """The labels, above their lines, or on the right where these run down."""
    size = picture.font_size
    anchor = "middle" if picture.direction in ("LR", "RL") else "start"
    elements = []
    for edge, place in zip(picture.edges, placed.labels):
        if place is not None:
            x = place.x + (place.width / 2 if anchor == "middle" else 0)
            color = edge.label_color or edge.color
            lines = text.split([Line(edge.label, color=color, scale=LABEL_SCALE)])
            elements.append(text_elements(lines, x, place.y, size, anchor))
    return group(f'text-anchor="{anchor}"', elements)


# ── Around the graph ──────────────────────────────────────────────────────────


def _outside(
    picture: Picture, line: Line, above: float, below: float
) -> tuple[list[str], float, float]:
    """Text at the left, with room above and below it; and its width and height."""
    if not line.text:
        return [], 0.0, 0.0
    size, lines = picture.font_size, text.split([line])
    width, height = text.size_of(lines, size)
    shown = text_elements(lines, 0, above * size, size, "start")
    element = f'<g fill="{attribute(picture.text_color)}">{shown}</g>'
    return [element], width, height + (above + below) * size
