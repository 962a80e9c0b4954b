"""The places that a layout consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from autograd.draw.picture import Line

Point: TypeAlias = tuple[float, float]
Route: TypeAlias = list[tuple[Point, ...]]
"""The line of an edge: its start, then the end of each piece, after the two control points
of a curve."""


class Rectangle(NamedTuple):
    """A rectangle in the picture, in pixels from its top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Panel:
    """A frame, or the part of it in one row."""

    frame: int
    place: Rectangle


@dataclass(frozen=True, slots=True)
class Layout:
    """The place of everything in a picture.

    Attributes:
        width: in pixels.
        height: in pixels.
        boxes: the place of each box.
        texts: the lines of each box, as they are shown.
        panels: the frames, outer ones before those in them.
        headers: the lines at the head of each frame.
        routes: the line of each edge, from its tail to its head.
        stretches: of each edge, the number of the straight stretch past layers that it shares
            with other edges from or to the same box; or None.
        labels: of each edge, the place of its label, or None.
    """

    width: float
    height: float
    boxes: list[Rectangle]
    texts: list[list[Line]]
    panels: list[Panel]
    headers: list[list[Line]]
    routes: list[Route]
    stretches: list[int | None]
    labels: list[Rectangle | None]
