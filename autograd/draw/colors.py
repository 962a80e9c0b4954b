"""The colours of pictures: themes, and the scale that gives numbers a colour.

Blue stands for negative numbers and orange for positive ones, a pair that readers with any
colour vision can tell apart. The strength of the colour shows the size of the number, on a
logarithmic scale that fits the numbers in the picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from autograd.draw.picture import Ramp, Swatch

# Evenly spaced colours, from the largest negative number over 0 to the largest positive one.
Stops: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a picture; the defaults are those of a light page.

    Attributes:
        background: of the page.
        text: of the letters on the page.
        muted: of less important letters.
        box: of the box of a computed value.
        leaf: of the box of a leaf.
        folded: of the box of a folded group.
        stroke: of the outlines of boxes.
        edge: of the arrows.
        frames: of the frames, in turns from the outermost inwards.
        frame_stroke: of the outlines of frames.
        frame_text: of the titles of frames.
        highlight: of marked boxes and arrows.
        alarm: of the boxes of numbers that are not finite.
        stops: of the scale of boxes.
        lines: of the scale of arrows.
        dashes: True if negative numbers have dashed outlines, because the stops do not
            tell them from positive ones.
    """

    background: str = "#ffffff"
    text: str = "#111827"
    muted: str = "#4b5563"
    box: str = "#ffffff"
    leaf: str = "#eef2f7"
    folded: str = "#e5e7eb"
    stroke: str = "#4b5563"
    edge: str = "#6b7280"
    frames: tuple[str, ...] = ("#fafafa", "#f3f4f6")
    frame_stroke: str = "#cbd5e1"
    frame_text: str = "#475569"
    highlight: str = "#a21caf"
    alarm: str = "#facc15"
    stops: Stops = ("#2b7bba", "#9cc8e6", "#f4f4f4", "#fbc28a", "#e6802a")
    lines: Stops = ("#1d5f99", "#7fb2d8", "#b4b8be", "#f0a860", "#c05f0c")
    dashes: bool = False


THEMES: Final = {
    "light": Theme(),
    "dark": Theme(
        background="#111827",
        text="#f3f4f6",
        muted="#c3c9d4",
        box="#1f2937",
        leaf="#2b3646",
        folded="#374151",
        stroke="#9ca3af",
        edge="#9ca3af",
        frames=("#151d2b", "#1a2434"),
        frame_stroke="#475569",
        frame_text="#cbd5e1",
        highlight="#f0abfc",
        alarm="#fde047",
        stops=("#6db7ee", "#2d5f88", "#262e3a", "#85501b", "#f79a4b"),
        lines=("#7cc4f8", "#3f78a5", "#565f6d", "#a3692c", "#fba55b"),
    ),
    "print": Theme(
        text="#000000",
        muted="#000000",
        leaf="#ffffff",
        folded="#ffffff",
        stroke="#000000",
        edge="#000000",
        frames=("none",),
        frame_stroke="#000000",
        frame_text="#000000",
        highlight="#000000",
        alarm="#000000",
        stops=("#a6a6a6", "#ffffff", "#a6a6a6"),
        lines=("#000000", "#b0b0b0", "#000000"),
        dashes=True,
    ),
}

_MOST_DECADES: Final = 6.0  # the most that the scale spans, below the largest number
_LEAST_DECADES: Final = math.log10(2.0)  # the least that the scale spans
_FAINTEST: Final = 0.25  # the position of the smallest of these sizes
_MOST_SWATCHES: Final = 3  # of each sign; more numbers get a ramp
_RAMP_STEPS: Final = 8


@dataclass(frozen=True, slots=True)
class Scale:
    """The positions of numbers between the colours of a ramp.

    The scale fits the numbers in the picture: the largest has the strongest colour, the
    smallest the faintest, and the colours between them follow the logarithm.

    Attributes:
        numbers: those in the picture, sorted, each once.
        low: the logarithm of the size with the faintest colour, which smaller ones share;
            0 has a colour of its own.
        high: the logarithm of the largest size.
    """

    numbers: tuple[float, ...]
    low: float
    high: float

    @classmethod
    def of(cls, numbers: Iterable[float]) -> Scale | None:
        """The scale that fits these numbers; None if none is finite.

        >>> Scale.of([0.01, -10.0, 0.0])
        Scale(numbers=(-10.0, 0.0, 0.01), low=-2.0, high=1.0)
        """
        finite = sorted({number + 0.0 for number in numbers if math.isfinite(number)})
        if not finite:
            return None
        sizes = [math.log10(abs(number)) for number in finite if number] or [0.0]
        high = max(sizes)
        low = min(max(min(sizes), high - _MOST_DECADES), high - _LEAST_DECADES)
        return cls(tuple(finite), low, high)

    def position(self, number: float) -> float:
        """The position of a finite number, from -1 to 1; only that of 0 is 0.

        >>> scale = Scale((), -2.0, 2.0)
        >>> scale.position(0.0), scale.position(-100.0), scale.position(0.01)
        (0.0, -1.0, 0.25)
        """
        if number == 0.0:
            return 0.0
        share = (math.log10(abs(number)) - self.low) / (self.high - self.low)
        place = _FAINTEST + (1.0 - _FAINTEST) * min(max(share, 0.0), 1.0)
        return math.copysign(place, number)

    def legend(self, stops: Stops, formatted: Callable[[float], str]) -> list[Swatch | Ramp]:
        """The entries of the legend: a swatch for each number, or a ramp for many."""
        entries: list[Swatch | Ramp] = []
        for sign in (-1, 0, 1):
            side = [number for number in self.numbers if (number > 0) - (number < 0) == sign]
            texts = {formatted(number): number for number in side}
            if len(texts) <= _MOST_SWATCHES:
                entries += [
                    Swatch(blend(stops, self.position(number)), text)
                    for text, number in texts.items()
                ]
            else:
                entries.append(self._ramp(stops, side[0], side[-1], formatted))
        return entries

    def _ramp(
        self, stops: Stops, first: float, last: float, formatted: Callable[[float], str]
    ) -> Ramp:
        """The colours from one number to another of the same sign."""
        start, end = self.position(first), self.position(last)
        places = [start + (end - start) * step / _RAMP_STEPS for step in range(_RAMP_STEPS + 1)]
        faintest = math.copysign(10.0**self.low, first)
        least = f"≤ {formatted(faintest)}" if 0.0 < first < faintest else formatted(first)
        most = f"≥ {formatted(faintest)}" if faintest < last < 0.0 else formatted(last)
        return Ramp(tuple([blend(stops, place) for place in places]), (least, most))


def blend(stops: Stops, position: float) -> str:
    """The colour at a position, from -1 to 1, on a ramp of evenly spaced colours.

    >>> blend(("#000000", "#ffffff"), 0.0)
    '#808080'
    """
    place = (position + 1.0) / 2.0 * (len(stops) - 1)
    before = min(int(place), len(stops) - 2)
    share = place - before
    mixed = [
        round(a + (b - a) * share) for a, b in zip(_rgb(stops[before]), _rgb(stops[before + 1]))
    ]
    return "#" + "".join([f"{channel:02x}" for channel in mixed])


def readable_on(fill: str) -> str:
    """Black or white, the colour of letters with more contrast to ``fill``.

    >>> readable_on("#ffffff"), readable_on("#2b7bba")
    ('#000000', '#000000')
    """
    return max("#000000", "#ffffff", key=lambda color: contrast(color, fill))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as the guidelines WCAG 2 define it.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    lighter, darker = sorted([_luminance(one), _luminance(other)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in [channel / 255.0 for channel in _rgb(color)]
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
