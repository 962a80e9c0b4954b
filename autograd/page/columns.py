"""Columns of numbers as text: their bytes in base64, which the page reads as a typed array."""

from __future__ import annotations

import sys
from array import array
from base64 import b64encode
from collections.abc import Iterable


def packed(code: str, numbers: Iterable[float]) -> str:
    """The numbers as text, the least significant byte of each first.

    Args:
        code: the type of the numbers, as `array.array` names it.
        numbers: the column.

    >>> packed("H", [1, 256])
    'AQAAAQ=='
    """
    column = array(code, numbers)
    if sys.byteorder == "big":
        column.byteswap()
    return b64encode(column.tobytes()).decode()


def tenths(numbers: Iterable[float]) -> str:
    """Numbers of pixels, packed as whole tenths."""
    return packed("i", [round(10.0 * number) for number in numbers])
