"""The elements of SVG that pictures are written in."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from autograd.draw import text
from autograd.draw.layout import Rectangle
from autograd.draw.picture import Line

_BASELINE: Final = 0.97  # from the top of a line to its baseline, in font sizes
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def text_elements(lines: Sequence[Line], x: float, top: float, size: float, anchor: str) -> str:
    """Lines below each other, from ``top`` on; the group around them has the same anchor."""
    elements = []
    for line in lines:
        height = size * line.scale
        if line.text:
            bold = ' font-weight="bold"' if line.bold else ""
            color = f' fill="{attribute(line.color)}"' if line.color else ""
            scale = "" if line.scale == 1 else f" font-size={quoted(height)}"
            elements.append(
                f"<text x={quoted(x)} y={quoted(top + _BASELINE * height)}"
                f"{scale}{bold}{color}{_direction(line.text, anchor)}>{_escaped(line.text)}</text>"
            )
        top += height * text.LINE_HEIGHT
    return "".join(elements)


def _direction(shown: str, anchor: str) -> str:
    """The attributes of a text that begins with a right-to-left letter, or ""."""
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


def group(attributes: str, elements: Sequence[str]) -> list[str]:
    """The elements in a group with these attributes; nothing where there are none."""
    return [f"<g {attributes}>", *elements, "</g>"] if elements else []


def tooltip_element(tooltip: str) -> str:
    """The element of a tooltip, or ""."""
    if not tooltip:
        return ""
    return f"<title>{_escaped(chr(10).join(text.lines_of(tooltip)))}</title>"


def rectangle(place: Rectangle) -> str:
    """The attributes of a rectangle."""
    x, y, width, height = place
    return f"x={quoted(x)} y={quoted(y)} width={quoted(width)} height={quoted(height)}"


def dashes(dashed: bool) -> str:
    """The attribute of a dashed outline, or ""."""
    return ' stroke-dasharray="4 3"' if dashed else ""


def attribute(given: str) -> str:
    """A string as the value of an attribute, without the quotes."""
    return _escaped(text.clean(given))


def _escaped(shown: str) -> str:
    return shown.translate(_ESCAPES)


def quoted(number: float, unit: str = "") -> str:
    """A number as the value of an attribute, with its quotes."""
    return f'"{pixels(number)}{unit}"'


@lru_cache(maxsize=1 << 14)  # most numbers recur: coordinates of layers and sizes of boxes
def pixels(number: float) -> str:
    """A number of pixels, rounded to tenths, as short as possible."""
    rounded = f"{number:.1f}"
    if rounded.endswith(".0"):
        rounded = rounded[:-2]
    return "0" if rounded == "-0" else rounded
