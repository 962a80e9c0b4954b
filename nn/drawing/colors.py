"""The colours of networks, those of the pictures of graphs: orange is positive, blue negative.

The strength of a colour and the width of a line show the size of the number.
"""

from __future__ import annotations

import math
from typing import Final

from autograd.draw import THEMES, blend

THEME: Final = THEMES["light"]
_NOT_FINITE: Final = THEME.highlight
_POSITIVE_TEXT: Final = "#a34f08"  # darker than any line, so that it can be read


def line_color(strength: float) -> str:
    """The colour of an arrow of a strength from -1 to 1.

    >>> line_color(1.0), line_color(-1.0), line_color(0.0)
    ('#c05f0c', '#1d5f99', '#b4b8be')
    """
    if not math.isfinite(strength):
        return _NOT_FINITE
    # The faintest colour of an arrow is halfway between that of 0 and the strongest.
    position = math.copysign(0.5 + 0.5 * abs(strength), strength) if strength else 0.0
    return blend(THEME.lines, position)


def line_width(strength: float) -> float:
    """The width of an arrow of a strength from -1 to 1, in pixels."""
    return 0.8 + 2.2 * abs(strength) if math.isfinite(strength) else 2.0


def text_color(weight: float) -> str:
    """The colour of the text of a weight, dark enough to be read."""
    if not math.isfinite(weight):
        return _NOT_FINITE
    return THEME.muted if weight == 0.0 else _POSITIVE_TEXT if weight > 0 else THEME.lines[0]
