"""The legend of a picture in SVG."""

from __future__ import annotations

from typing import Final

from autograd.draw import text
from autograd.draw.elements import attribute, group, quoted, rectangle, text_elements
from autograd.draw.layout import Rectangle
from autograd.draw.picture import Line, Picture, Ramp, Swatch

# In font sizes.
_RAMP: Final = (8.0, 0.8)  # the width and the height of a ramp
_LEGEND_GAP: Final = 1.6  # between entries
_ROW_HEIGHT: Final = 2.6


def legend_elements(picture: Picture, room: float, prefix: str) -> tuple[list[str], float, float]:
    """The legend in rows as wide as the picture, and its width and height."""
    if picture.legend is None:
        return [], 0.0, 0.0
    size = picture.font_size
    title = Line(text.clean(picture.legend.title), bold=True)
    x, y, widest = 0.0, 0.8 * size, text.width(title.text, size, True)
    elements = [text_elements([title], x, y, size, "start")]
    x += widest + _LEGEND_GAP * size
    for number, entry in enumerate(picture.legend.entries, 1):
        name = f"{prefix}-ramp{number}"
        element, width = _entry(entry, x, y, size, name)
        if x + width > max(room, 40 * size):
            x, y = 0.0, y + _ROW_HEIGHT * size
            element, _ = _entry(entry, x, y, size, name)
        elements.append(element)
        widest = max(widest, x + width)
        x += width + _LEGEND_GAP * size
    elements = group(f'fill="{attribute(picture.text_color)}"', elements)
    return elements, widest, y + _ROW_HEIGHT * size


def _entry(entry: Swatch | Ramp, x: float, y: float, size: float, name: str) -> tuple[str, float]:
    """An entry with its top left corner at a place, and its width."""
    if isinstance(entry, Ramp):
        return _ramp(entry, x, y, size, name)
    line = Line(text.clean(entry.text))
    patch = Rectangle(x, y + 0.15 * size, size, size)
    element = (
        f'<rect {rectangle(patch)} rx="2" fill="{attribute(entry.color)}" '
        f'stroke="{attribute(entry.stroke)}" stroke-width="0.5"/>'
        f"{text_elements([line], x + 1.5 * size, y, size, 'start')}"
    )
    return element, 1.5 * size + text.width(line.text, size)


def _ramp(ramp: Ramp, x: float, y: float, size: float, name: str) -> tuple[str, float]:
    lines = [Line(text.clean(each), scale=0.85) for each in ramp.texts]
    widest, _ = text.size_of(lines, size)
    # The two texts do not touch.
    width, height = max(_RAMP[0] * size, widest + 0.6 * size), _RAMP[1] * size
    steps = len(ramp.colors) - 1
    stops = "".join(
        f'<stop offset={quoted(100 * i / steps, "%")} stop-color="{attribute(color)}"/>'
        for i, color in enumerate(ramp.colors)
    )
    texts = [
        f'<g text-anchor="{side}">{text_elements([line], place, y + 0.9 * size, size, side)}</g>'
        for line, place, side in zip(lines, (x, x + width), ("start", "end"))
    ]
    element = (
        f'<defs><linearGradient id="{name}">{stops}</linearGradient></defs>'
        f'<rect {rectangle(Rectangle(x, y, width, height))} rx="2" fill="url(#{name})"/>'
        f"{''.join(texts)}"
    )
    return element, width
