"""The middle of long lists left out: of terms, operands, uses, factors and statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

# Sums and lists longer than this are written with an ellipsis.
MOST_TERMS: Final = 8
# The greatest number of uses, or of contributions, that one equation shows.
MOST_CONTRIBUTIONS: Final = 6

_Item = TypeVar("_Item")
_Gap = TypeVar("_Gap")


def shortened(
    items: Sequence[_Item], gap: _Gap, most: int = MOST_TERMS, first: int = 3, last: int = 1
) -> list[_Item | _Gap]:
    """The items; of more than ``most`` the ``first``, ``gap``, and the ``last``.

    >>> shortened(range(20), "...")
    [0, 1, 2, '...', 19]
    """
    if len(items) <= most:
        return [*items]
    return [*items[:first], gap, *items[len(items) - last :]]


def ends(items: Sequence[_Item], limit: int) -> tuple[list[_Item], list[_Item]]:
    """The items to show before and after an ellipsis: all, or ``limit`` of more than that.

    >>> ends(range(9), 5)
    ([0, 1, 2], [7, 8])
    """
    if len(items) <= limit:
        return [*items], []
    return [*items[: (limit + 1) // 2]], [*items[len(items) - limit // 2 :]]
