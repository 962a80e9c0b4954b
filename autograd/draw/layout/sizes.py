"""Sizes: how much room everything in a picture needs, before any of it has a place.

The sizes of texts are rounded up to a grid, so that other numbers in the same boxes
leave everything in its place.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Final

from autograd.draw import text
from autograd.draw.layout.coordinates import Borders
from autograd.draw.layout.routing import Frontage
from autograd.draw.picture import Frame, Line, Picture

LABEL_SCALE: Final = 0.85  # the size of an edge's label, as a multiple of the font size
_SIDE_PADDING: Final = 0.7  # beside the text in a box
_TOP_PADDING: Final = 0.35  # above and below it
_WIDTH_GRID: Final = 1.5  # the width that a text is given is a multiple of this
_ARRIVAL_GAP: Final = 0.4  # between lines that arrive at one box,
_ARRIVALS: Final = 24.0  # as far as they then take no more room than this
_FRAME_GAP: Final = 0.8  # from a frame to what is outside
FRAME_PADDING: Final = 0.9  # from a frame to what is in it


class Sizes:
    """The sizes in one picture; *along* is the direction of the computation.

    Attributes:
        font: the font size, in pixels.
        sideways: whether the computation runs from side to side.
        texts: the lines of each box, as they are shown.
        headers: the lines at the head of each frame.
        fronts: the boxes as they stand in their layers, with room for the lines that arrive.
    """

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.font = picture.font_size
        self.sideways = picture.direction in ("LR", "RL")
        self.texts = [text.split(box.lines) for box in picture.boxes]
        self.headers = [text.split(_header(frame)) for frame in picture.frames]
        self.fronts = self._fronts()

    def turn(self, width: float, height: float) -> tuple[float, float]:
        """The size along the layers and that across, or back."""
        return (width, height) if self.sideways else (height, width)

    def _box_size(self, number: int) -> tuple[float, float]:
        shape = self.picture.boxes[number].shape
        width, height = text.size_of(self.texts[number], self.font)
        width, height = max(width, self.font / 2), max(height, self.font)
        if shape == "oval":  # the smallest ellipse around the text
            width, height = math.sqrt(2) * width, math.sqrt(2) * height
            width = max(width, height)
        elif shape == "box":
            width += 2 * _SIDE_PADDING * self.font
            height += 2 * _TOP_PADDING * self.font
        return self._rounded_up(width), height

    def _rounded_up(self, width: float) -> float:
        grid = _WIDTH_GRID * self.font
        return grid * math.ceil(width / grid - 1e-9)

    def _fronts(self) -> list[Frontage]:
        """The boxes as they stand in their layers, with room for the lines that arrive."""
        arriving = Counter(edge.head for edge in self.picture.edges)
        fronts = []
        for number, box in enumerate(self.picture.boxes):
            length, breadth = self.turn(*self._box_size(number))
            room = min(_ARRIVAL_GAP * arriving[number], _ARRIVALS) * self.font
            fronts.append(Frontage(length, max(breadth, room), box.shape == "oval"))
        return fronts

    def label(self, label: str) -> tuple[float, float]:
        """The width and height of the label of an edge."""
        width, height = text.size_of(text.split([Line(label)]), LABEL_SCALE * self.font)
        return self._rounded_up(width), height

    def header(self, frame: int) -> tuple[float, float]:
        """The size of what stands at the head of a frame, with the padding around it."""
        width, height = text.size_of(self.headers[frame], self.font)
        width = self._rounded_up(width + 2 * _SIDE_PADDING * self.font)
        return width, height + (0.6 if height else FRAME_PADDING) * self.font

    def borders(self) -> Borders:
        """The room that frames need across the layers: for their titles, on one side of them."""
        padding, gap = FRAME_PADDING * self.font, _FRAME_GAP * self.font / 2
        sizes = [self.header(frame) for frame in range(len(self.headers))]
        if self.sideways:
            before = [height for _, height in sizes]
            return Borders(gap, before, padding, [height + padding for height in before])
        least = [max(width, 2 * padding) for width, _ in sizes]
        return Borders(gap, [padding] * len(sizes), padding, least)


def _header(frame: Frame) -> list[Line]:
    """The lines at the head of a frame."""
    title = [Line(frame.title, bold=True)] if frame.title else []
    return [*title, *frame.subtitle]
