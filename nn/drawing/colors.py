"""The colours of networks, those of the pictures of graphs: orange is positive, blue negative.

Readers who confuse red with green tell these apart as well as anybody; how strong a
colour and how wide a line is shows the size of the number.
"""

from __future__ import annotations

import math
from typing import Final

TEXT: Final = "#111827"
MUTED: Final = "#4b5563"
STROKE: Final = "#4b5563"
INPUT: Final = "#eef2f7"
NEURON: Final = "#ffffff"
PAGE: Final = "#ffffff"
NOT_FINITE: Final = "#a21caf"

_ZERO: Final = "#b4b8be"
_POSITIVE: Final = ("#f0a860", "#c05f0c")  # from the smallest number to the largest
_NEGATIVE: Final = ("#7fb2d8", "#1d5f99")


def line_color(strength: float) -> str:
    """The colour of an arrow of that strength, from -1 to 1.

    >>> line_color(1.0), line_color(-1.0), line_color(0.0)
    ('#c05f0c', '#1d5f99', '#b4b8be')
    """
    if math.isnan(strength):
        return NOT_FINITE
    if strength == 0.0:
        return _ZERO
    weak, strong = _POSITIVE if strength > 0 else _NEGATIVE
    share = min(abs(strength), 1.0)
    return "#" + "".join(
        f"{round(int(weak[i : i + 2], 16) * (1 - share) + int(strong[i : i + 2], 16) * share):02x}"
        for i in (1, 3, 5)
    )


def line_width(strength: float) -> float:
    """The width of that arrow, in pixels."""
    return 2.0 if math.isnan(strength) else 0.8 + 2.2 * min(abs(strength), 1.0)


def text_color(weight: float) -> str:
    """The colour of a weight that is written out: dark enough to be read."""
    if math.isnan(weight) or math.isinf(weight):
        return NOT_FINITE
    return MUTED if weight == 0.0 else "#a34f08" if weight > 0 else _NEGATIVE[1]
