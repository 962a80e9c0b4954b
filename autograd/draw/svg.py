"""Pictures as SVG, written without any other program.

The document stands on its own: no script, no style sheet, no font or file from
elsewhere, so it looks the same in a page, in a notebook and as an image. Whatever
comes from outside is escaped, so no label can become markup.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from autograd.draw import text
from autograd.draw.layout import ARROW, LABEL_SCALE, Layout, Path, Rectangle, layout
from autograd.draw.picture import Box, Legend, Line, Picture, Ramp, Swatch

_FALLBACKS: Final = ("Helvetica", "Arial", "Liberation Sans", "DejaVu Sans", "sans-serif")

# All in font sizes.
_MARGIN: Final = 1.0  # around the picture
_ROUNDING: Final = 0.35  # of the corners of boxes
_BASELINE: Final = 0.97  # from the top of a line to what letters stand on
_RAMP: Final = (8.0, 0.8)  # the width and the height of a ramp in the legend
_LEGEND_GAP: Final = 1.6  # between the entries of the legend
_TITLE_SCALE: Final = 1.25

_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})

Style: TypeAlias = tuple[float, str, bool]  # of an edge: width, colour, dashed


def to_svg(picture: Picture) -> str:
    """The picture as an SVG document, laid out by this library.

    The same picture always gives the same text.

    Raises:
        ValueError: the parts of the picture do not fit together; see `layout`.

    >>> from autograd.draw.picture import Edge
    >>> x, y = Box((Line("x"),)), Box((Line("x < 1"),))
    >>> "x &lt; 1" in to_svg(Picture((x, y), (Edge(0, 1),)))
    True
    """
    placed = layout(picture)
    frames = _frames(picture, placed)
    edges = _edges(picture, placed)
    fronts = [*_boxes(picture, placed), *_labels(picture, placed), *_headers(picture, placed)]
    # Several pictures may stand in one page, where equal ids would clash.
    prefix = _digest(frames, *edges.values(), fronts)
    body = [*frames, *_edge_groups(edges, prefix), *fronts]

    size, margin = picture.font_size, _MARGIN * picture.font_size
    heading = Line(picture.title, bold=True, scale=_TITLE_SCALE)
    title, title_width, title_height = _outside(picture, heading, 0.0, 0.6)
    caption, caption_width, caption_height = _outside(picture, Line(picture.caption), 0.8, 0.0)
    legend, legend_width, legend_height = _legend(picture, placed.width, prefix)
    width = max(placed.width, title_width, caption_width, legend_width) + 2 * margin
    below = margin + title_height + placed.height
    content = [
        *_moved(margin, margin, title),
        *_moved(margin, margin + title_height, body),
        *_moved(margin, below, caption),
        *_moved(margin, below + caption_height, legend),
    ]
    height = below + caption_height + legend_height + margin
    definitions = [_arrowhead(size, style, _arrow_id(prefix, n)) for n, style in enumerate(edges)]
    return _document(picture, definitions, content, width, height)


def _document(
    picture: Picture, definitions: list[str], content: list[str], width: float, height: float
) -> str:
    background = _attribute(picture.background)
    family = _attribute(", ".join(dict.fromkeys([picture.font_family, *_FALLBACKS])))
    spoken = picture.title or f"graph of {len(picture.boxes)} boxes, {len(picture.edges)} edges"
    size = f'width="{_number(width)}" height="{_number(height)}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
            f'viewBox="0 0 {_number(width)} {_number(height)}" role="img" '
            f'aria-label="{_attribute(spoken)}" font-family="{family}" '
            f'font-size="{_number(picture.font_size)}" xml:space="preserve">',
            *([f"<defs>{''.join(definitions)}</defs>"] if definitions else []),
            *([f'<rect {size} fill="{background}"/>'] if picture.background != "none" else []),
            *content,
            "</svg>\n",
        ]
    )


def _moved(x: float, y: float, elements: Sequence[str]) -> list[str]:
    """The elements, moved; nothing where there are none."""
    if not elements:
        return []
    return [f'<g transform="translate({_number(x)} {_number(y)})">', *elements, "</g>"]


def _digest(*parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update("".join(part).encode())
    return f"g{digest.hexdigest()[:10]}"


# ── Frames and boxes ──────────────────────────────────────────────────────────


def _frames(picture: Picture, placed: Layout) -> list[str]:
    elements = []
    for panel in placed.panels:
        frame = picture.frames[panel.frame]
        outline = (
            f'<rect {_place(panel.place)} rx="{_number(0.5 * picture.font_size)}" '
            f'fill="{_attribute(frame.fill)}" stroke="{_attribute(frame.stroke)}"'
            f"{_dashes(frame.dashed)}"
        )
        elements.append(_with_tooltip("rect", outline, frame.tooltip))
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
        shown = _text(lines, x, y, size, "start")
        if shown:
            # A stroke below the letters: not every program knows how to paint it behind them.
            ground = picture.background if frame.fill == "none" else frame.fill
            if ground != "none":
                color = _attribute(ground)
                elements.append(
                    f'<g aria-hidden="true" fill="{color}" stroke="{color}" '
                    f'stroke-width="{_number(0.25 * size)}" stroke-linejoin="round">{shown}</g>'
                )
            elements.append(f'<g fill="{_attribute(frame.text_color)}">{shown}</g>')
    return elements


def _fitted(line: Line, size: float, room: float) -> Line:
    """The line, shortened to the room, where a frame is cut at the end of a row."""
    shown = line.text
    while shown and text.width(shown, size * line.scale, line.bold) > room:
        shown = shown[:-2] + "…" if len(shown) > 2 else ""
    return Line(shown, line.bold, line.color, line.scale)


def _boxes(picture: Picture, placed: Layout) -> list[str]:
    elements = ['<g text-anchor="middle">']
    size = picture.font_size
    for box, place, lines in zip(picture.boxes, placed.boxes, placed.texts):
        height = sum([line.scale for line in lines]) * size * text.LINE_HEIGHT
        top = place.y + (place.height - height) / 2
        content = _outline(box, place, size) + _text(
            lines, place.x + place.width / 2, top, size, "middle"
        )
        name = f' data-id="{_attribute(box.id)}"' if box.id else ""
        tooltip = _tooltip(box.tooltip)
        elements.append(f'<g{name} fill="{_attribute(box.text_color)}">{tooltip}{content}</g>')
    elements.append("</g>")
    return elements


def _outline(box: Box, place: Rectangle, size: float) -> str:
    if box.shape == "text":
        return ""
    style = (
        f'fill="{_attribute(box.fill)}" stroke="{_attribute(box.stroke)}"'
        f"{'' if box.stroke_width == 1 else f' stroke-width={_quoted(box.stroke_width)}'}"
        f"{_dashes(box.dashed)}/>"
    )
    if box.shape == "box":
        return f'<rect {_place(place)} rx="{_number(_ROUNDING * size)}" {style}'
    return (
        f"<ellipse cx={_quoted(place.x + place.width / 2)} cy={_quoted(place.y + place.height / 2)}"
        f" rx={_quoted(place.width / 2)} ry={_quoted(place.height / 2)} {style}"
    )


# ── Edges ─────────────────────────────────────────────────────────────────────


def _edges(picture: Picture, placed: Layout) -> dict[Style, list[str]]:
    """The edges of each style, thin ones first, so that what is marked lies on top."""
    styles: dict[Style, list[str]] = {}
    for edge in picture.edges:
        styles.setdefault((edge.width, edge.color, edge.dashed), [])
    styles = dict(sorted(styles.items(), key=lambda style: style[0][0]))
    farthest: dict[tuple[int, Style], Path] = {}
    for edge, path, stretch in zip(picture.edges, placed.paths, placed.stretches):
        style = edge.width, edge.color, edge.dashed
        rest = path
        if stretch is not None:
            rest, goes_farther = _beyond(farthest.get((stretch, style), []), path)
            if goes_farther:
                farthest[stretch, style] = path
        line = f'<path d="{_path(rest)}"'
        styles[style].append(_with_tooltip("path", line, edge.tooltip))
    return styles


def _beyond(drawn: Path, path: Path) -> tuple[Path, bool]:
    """What is left of a path where it has parted from one that is drawn; and if it goes farther.

    Lines from one box share a stretch, which would be darker if all of them drew it.
    """
    shared = 0
    while shared < min(len(drawn), len(path)) and drawn[shared] == path[shared]:
        shared += 1
    if not shared or shared == len(path):
        return path, not drawn
    (x, y), ours = path[shared - 1][-1], path[shared]
    theirs = drawn[shared] if shared < len(drawn) else path[shared - 1]
    if len(ours) > 1 or len(theirs) > 1:
        return ([((x, y),), *path[shared:]] if shared > 1 else path), False
    (our_x, our_y), (their_x, their_y) = ours[0], theirs[0]
    if (our_x - x) * (their_y - y) != (our_y - y) * (their_x - x):
        return ([((x, y),), *path[shared:]] if shared > 1 else path), False
    if abs(our_x - x) + abs(our_y - y) > abs(their_x - x) + abs(their_y - y):
        return [theirs, *path[shared:]], True
    return [ours, *path[shared + 1 :]], False


def _edge_groups(edges: dict[Style, list[str]], prefix: str) -> list[str]:
    elements = []
    for number, ((width, color, dashed), lines) in enumerate(edges.items()):
        elements.append(
            f'<g fill="none" stroke="{_attribute(color)}" stroke-width={_quoted(width)}'
            f'{_dashes(dashed)} marker-end="url(#{_arrow_id(prefix, number)})">'
        )
        elements += lines
        elements.append("</g>")
    return elements


def _arrow_id(prefix: str, number: int) -> str:
    return f"{prefix}-arrow{number}"


def _arrowhead(size: float, style: Style, name: str) -> str:
    """A triangle, the same for all widths of lines, from the end of the line to the box."""
    _, color, _ = style
    length = _number(ARROW * size)
    return (
        f'<marker id="{name}" viewBox="0 0 10 8" refX="0.5" refY="4" markerWidth="{length}" '
        f'markerHeight={_quoted(0.8 * ARROW * size)} markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0,0L10,4L0,8z" fill="{_attribute(color)}"/></marker>'
    )


def _path(path: Path) -> str:
    ((x, y),) = path[0]
    here = _number(x), _number(y)
    words = [f"M{here[0]},{here[1]}"]
    for stretch in path[1:]:
        there = _number(stretch[-1][0]), _number(stretch[-1][1])
        if len(stretch) > 1:
            (x1, y1), (x2, y2), _ = stretch
            words.append(
                f"C{_number(x1)},{_number(y1)} {_number(x2)},{_number(y2)} {there[0]},{there[1]}"
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
            elements.append(_text(lines, x, place.y, size, anchor))
    if elements:
        elements = [f'<g text-anchor="{anchor}">', *elements, "</g>"]
    return elements


# ── Around the graph ──────────────────────────────────────────────────────────


def _outside(
    picture: Picture, line: Line, above: float, below: float
) -> tuple[list[str], float, float]:
    """Text at the left, with room above and below it; and its width and height."""
    if not line.text:
        return [], 0.0, 0.0
    size, lines = picture.font_size, text.split([line])
    width, height = text.size_of(lines, size)
    shown = _text(lines, 0, above * size, size, "start")
    element = f'<g fill="{_attribute(picture.text_color)}">{shown}</g>'
    return [element], width, height + (above + below) * size


def _legend(picture: Picture, room: float, prefix: str) -> tuple[list[str], float, float]:
    """The legend in rows as wide as the picture, and its width and height."""
    if picture.legend is None:
        return [], 0.0, 0.0
    size = picture.font_size
    room = max(room, 40 * size)
    row_height = 2.6 * size
    x, y, widest = 0.0, 0.8 * size, 0.0
    elements = [f'<g fill="{_attribute(picture.text_color)}">']
    for number, (entry, width) in enumerate(_legend_entries(picture.legend, size)):
        if x and x + width > room:
            x, y = 0.0, y + row_height
        elements.append(_legend_entry(entry, x, y, size, f"{prefix}-ramp{number}"))
        widest = max(widest, x + width)
        x += width + _LEGEND_GAP * size
    elements.append("</g>")
    return elements, widest, y + row_height


def _legend_entries(legend: Legend, size: float) -> list[tuple[Line | Swatch | Ramp, float]]:
    """What stands in the legend, and how wide each is."""
    entries: list[tuple[Line | Swatch | Ramp, float]] = []
    if legend.title:
        title = Line(" ".join(text.lines_of(legend.title)), bold=True)
        entries.append((title, text.width(title.text, size, True)))
    for entry in legend.entries:
        if isinstance(entry, Swatch):
            shown = " ".join(text.lines_of(entry.text))
            entries.append((entry, 1.5 * size + text.width(shown, size)))
        else:
            entries.append((entry, max(_RAMP[0] * size, _ramp_texts_width(entry, size))))
    return entries


def _ramp_texts_width(ramp: Ramp, size: float) -> float:
    """How wide a ramp must be so that the texts along it do not touch."""
    widest = max([text.width(each, 0.85 * size) for each in map(text.clean, ramp.texts)], default=0)
    return (widest + 0.6 * size) * max(len(ramp.texts) - 1, 1)


def _legend_entry(entry: Line | Swatch | Ramp, x: float, y: float, size: float, name: str) -> str:
    if isinstance(entry, Line):
        return _text([entry], x, y, size, "start")
    if isinstance(entry, Swatch):
        line = Line(" ".join(text.lines_of(entry.text)))
        patch = Rectangle(x, y + 0.15 * size, size, size)
        return (
            f'<rect {_place(patch)} rx="2" fill="{_attribute(entry.color)}" '
            f'stroke="{_attribute(entry.stroke)}" stroke-width="0.5"/>'
            f"{_text([line], x + 1.5 * size, y, size, 'start')}"
        )
    return _ramp(entry, x, y, size, name)


def _ramp(ramp: Ramp, x: float, y: float, size: float, name: str) -> str:
    width, height = max(_RAMP[0] * size, _ramp_texts_width(ramp, size)), _RAMP[1] * size
    steps = max(len(ramp.colors) - 1, 1)
    stops = "".join(
        f'<stop offset={_quoted(100 * i / steps, "%")} stop-color="{_attribute(color)}"/>'
        for i, color in enumerate(ramp.colors)
    )
    texts = []
    for i, each in enumerate(ramp.texts):
        anchor = "start" if i == 0 else "end" if i == len(ramp.texts) - 1 else "middle"
        place = x + width * i / max(len(ramp.texts) - 1, 1)
        line = Line(text.clean(each), scale=0.85)
        shown = _text([line], place, y + 0.9 * size, size, anchor)
        texts.append(f'<g text-anchor="{anchor}">{shown}</g>')
    return (
        f'<defs><linearGradient id="{name}">{stops}</linearGradient></defs>'
        f'<rect {_place(Rectangle(x, y, width, height))} rx="2" fill="url(#{name})"/>'
        f"{''.join(texts)}"
    )


# ── Words of SVG ──────────────────────────────────────────────────────────────


def _text(lines: Sequence[Line], x: float, top: float, size: float, anchor: str) -> str:
    """Lines below each other, the first of which begins at ``top``; its group names the anchor."""
    elements = []
    for line in lines:
        height = size * line.scale
        if line.text:
            bold = ' font-weight="bold"' if line.bold else ""
            color = f' fill="{_attribute(line.color)}"' if line.color else ""
            scale = "" if line.scale == 1 else f" font-size={_quoted(height)}"
            elements.append(
                f"<text x={_quoted(x)} y={_quoted(top + _BASELINE * height)}"
                f"{scale}{bold}{color}{_direction(line.text, anchor)}>{_escaped(line.text)}</text>"
            )
        top += height * text.LINE_HEIGHT
    return "".join(elements)


def _direction(shown: str, anchor: str) -> str:
    """What a text that begins with a right-to-left letter needs to be set as it is read."""
    if shown.isascii():
        return ""
    for character in shown:
        strong = unicodedata.bidirectional(character)
        if strong == "L":
            return ""
        if strong in ("R", "AL"):
            # Its start is on the right; it still extends to the same side.
            turned = {"start": ' text-anchor="end"', "end": ' text-anchor="start"'}.get(anchor, "")
            return f' direction="rtl" unicode-bidi="embed"{turned}'
    return ""


def _with_tooltip(tag: str, start: str, tooltip: str) -> str:
    return f"{start}>{_tooltip(tooltip)}</{tag}>" if tooltip else f"{start}/>"


def _tooltip(tooltip: str) -> str:
    if not tooltip:
        return ""
    return f"<title>{_escaped(chr(10).join(text.lines_of(tooltip)))}</title>"


def _place(place: Rectangle) -> str:
    x, y, width, height = place
    return f"x={_quoted(x)} y={_quoted(y)} width={_quoted(width)} height={_quoted(height)}"


def _dashes(dashed: bool) -> str:
    return ' stroke-dasharray="4 3"' if dashed else ""


def _attribute(given: str) -> str:
    """A string as it stands between quotes."""
    return _escaped(text.clean(given))


def _escaped(shown: str) -> str:
    return shown.translate(_ESCAPES)


def _quoted(number: float, unit: str = "") -> str:
    return f'"{_number(number)}{unit}"'


@lru_cache(maxsize=1 << 14)  # most numbers come again: coordinates of layers and sizes of boxes
def _number(number: float) -> str:
    """In tenths of a pixel, as short as can be."""
    rounded = f"{number:.1f}"
    if rounded.endswith(".0"):
        rounded = rounded[:-2]
    return "0" if rounded == "-0" else rounded
