"""The sizes of boxes, labels and frames.

The widths of texts are rounded up to a grid, so that other numbers in the same boxes
leave everything in its place.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Final

from autograd.draw import text
from autograd.draw.layout.coordinates import Borders
from autograd.draw.picture import Line, Picture

LABEL_SCALE: Final = 0.85  # the size of an edge's label, as a multiple of the font size
_SIDE_PADDING: Final = 0.7  # beside the text in a box
_TOP_PADDING: Final = 0.35  # above and below it
_WIDTH_GRID: Final = 1.5  # the width of a text is rounded up to a multiple of this
_ARRIVAL_GAP: Final = 0.4  # between lines that arrive at one box,
_MOST_FOR_ARRIVALS: Final = 24.0  # unless they take more room than this
_FRAME_GAP: Final = 0.8  # from a frame to anything outside
FRAME_PADDING: Final = 0.9  # from a frame to anything inside


class Sizes:
    """The sizes of everything in one picture, in pixels.

    Attributes:
        font: the font size.
        sideways: True if the computation runs from side to side.
        texts: the lines of each box, as they are shown.
        headers: the lines at the head of each frame.
        lengths: of each box, its size along the computation.
        breadths: of each box, its size across, with room for the lines that arrive.
    """

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.font = picture.font_size
        self.sideways = picture.direction in ("LR", "RL")
        self.texts = [text.split(box.lines) for box in picture.boxes]
        titles = [[Line(frame.title, bold=True)] if frame.title else [] for frame in picture.frames]
        self.headers = [text.split(lines) for lines in titles]
        self.lengths: list[float] = []
        self.breadths: list[float] = []
        arriving = Counter(edge.head for edge in picture.edges)
        for box, lines in enumerate(self.texts):
            width, height = text.size_of(lines, self.font)
            width = max(width, self.font / 2) + 2 * _SIDE_PADDING * self.font
            height = max(height, self.font) + 2 * _TOP_PADDING * self.font
            length, breadth = self.turn(self._rounded_up(width), height)
            room = min(_ARRIVAL_GAP * arriving[box], _MOST_FOR_ARRIVALS) * self.font
            self.lengths.append(length)
            self.breadths.append(max(breadth, room))

    def turn(self, width: float, height: float) -> tuple[float, float]:
        """Turn a width and a height into a length along and a breadth across, or back."""
        return (width, height) if self.sideways else (height, width)

    def _rounded_up(self, width: float) -> float:
        grid = _WIDTH_GRID * self.font
        return grid * math.ceil(width / grid - 1e-9)

    def label(self, label: str) -> tuple[float, float]:
        """The width and height of the label of an edge."""
        width, height = text.size_of(text.split([Line(label)]), LABEL_SCALE * self.font)
        return self._rounded_up(width), height

    def header(self, frame: int) -> tuple[float, float]:
        """The width and height of the lines at the head of a frame, with their padding."""
        width, height = text.size_of(self.headers[frame], self.font)
        width = self._rounded_up(width + 2 * _SIDE_PADDING * self.font)
        return width, height + (0.6 if height else FRAME_PADDING) * self.font

    def borders(self) -> Borders:
        """The room that frames need across the layers, with that for their headers."""
        padding, gap = FRAME_PADDING * self.font, _FRAME_GAP * self.font / 2
        sizes = [self.header(frame) for frame in range(len(self.headers))]
        if self.sideways:
            before = [height for _, height in sizes]
            return Borders(gap, before, padding, [height + padding for height in before])
        least = [max(width, 2 * padding) for width, _ in sizes]
        return Borders(gap, [padding] * len(sizes), padding, least)
