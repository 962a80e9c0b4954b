"""Places: what a layout consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from autograd.draw.picture import Line

Point: TypeAlias = tuple[float, float]
Path: TypeAlias = list[tuple[Point, ...]]
"""The start; then of each stretch its end, after two control points where it is a curve."""


class Rectangle(NamedTuple):
    """A rectangle in the picture, in pixels from its top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Panel:
    """A frame, or the part of it that stands in one row."""

    frame: int
    place: Rectangle


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture with a place for everything.

    Attributes:
        width: in pixels.
        height: in pixels.
        boxes: the place of each box.
        texts: the lines of each box, as they are shown.
        panels: the frames, outer ones before those in them.
        headers: the lines at the head of each frame.
        paths: of each edge, from its tail to its head; where a curve bends, two control
            points stand before the end of the stretch.
        stretches: of each edge, the number of the straight stretch that it leads along, past
            layers, and shares with others that lead to or from the same box; or None.
        labels: of each edge, the place of its label, or None.
    """

    width: float
    height: float
    boxes: list[Rectangle]
    texts: list[list[Line]]
    panels: list[Panel]
    headers: list[list[Line]]
    paths: list[Path]
    stretches: list[int | None]
    labels: list[Rectangle | None]
