"""The legend of a picture in SVG."""

from __future__ import annotations

from typing import Final

from autograd.draw import text
from autograd.draw.elements import attribute, quoted, rectangle, text_elements
from autograd.draw.layout import Rectangle
from autograd.draw.picture import Legend, Line, Picture, Ramp, Swatch

# In font sizes.
_RAMP: Final = (8.0, 0.8)  # the width and the height of a ramp
_LEGEND_GAP: Final = 1.6  # between entries


def legend_elements(picture: Picture, room: float, prefix: str) -> tuple[list[str], float, float]:
    """The legend in rows as wide as the picture, and its width and height."""
    if picture.legend is None:
        return [], 0.0, 0.0
    size = picture.font_size
    room = max(room, 40 * size)
    row_height = 2.6 * size
    x, y, widest = 0.0, 0.8 * size, 0.0
    elements = [f'<g fill="{attribute(picture.text_color)}">']
    for number, (entry, width) in enumerate(_legend_entries(picture.legend, size)):
        if x and x + width > room:
            x, y = 0.0, y + row_height
        elements.append(_legend_entry(entry, x, y, size, f"{prefix}-ramp{number}"))
        widest = max(widest, x + width)
        x += width + _LEGEND_GAP * size
    elements.append("</g>")
    return elements, widest, y + row_height


def _legend_entries(legend: Legend, size: float) -> list[tuple[Line | Swatch | Ramp, float]]:
    """The entries of the legend, each with its width."""
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
    """The width that a ramp needs so that the texts along it do not touch."""
    widest = max([text.width(each, 0.85 * size) for each in map(text.clean, ramp.texts)], default=0)
    return (widest + 0.6 * size) * max(len(ramp.texts) - 1, 1)


def _legend_entry(entry: Line | Swatch | Ramp, x: float, y: float, size: float, name: str) -> str:
    if isinstance(entry, Line):
        return text_elements([entry], x, y, size, "start")
    if isinstance(entry, Swatch):
        line = Line(" ".join(text.lines_of(entry.text)))
        patch = Rectangle(x, y + 0.15 * size, size, size)
        return (
            f'<rect {rectangle(patch)} rx="2" fill="{attribute(entry.color)}" '
            f'stroke="{attribute(entry.stroke)}" stroke-width="0.5"/>'
            f"{text_elements([line], x + 1.5 * size, y, size, 'start')}"
        )
    return _ramp(entry, x, y, size, name)


def _ramp(ramp: Ramp, x: float, y: float, size: float, name: str) -> str:
    width, height = max(_RAMP[0] * size, _ramp_texts_width(ramp, size)), _RAMP[1] * size
    steps = max(len(ramp.colors) - 1, 1)
    stops = "".join(
        f'<stop offset={quoted(100 * i / steps, "%")} stop-color="{attribute(color)}"/>'
        for i, color in enumerate(ramp.colors)
    )
    texts = []
    for i, each in enumerate(ramp.texts):
        anchor = "start" if i == 0 else "end" if i == len(ramp.texts) - 1 else "middle"
        place = x + width * i / max(len(ramp.texts) - 1, 1)
        line = Line(text.clean(each), scale=0.85)
        shown = text_elements([line], place, y + 0.9 * size, size, anchor)
        texts.append(f'<g text-anchor="{anchor}">{shown}</g>')
    return (
        f'<defs><linearGradient id="{name}">{stops}</linearGradient></defs>'
        f'<rect {rectangle(Rectangle(x, y, width, height))} rx="2" fill="url(#{name})"/>'
        f"{''.join(texts)}"
    )
