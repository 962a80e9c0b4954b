"""The rows of a long drawing, broken as a text into lines: a pass of the layout.

In one row, 20,000 boxes would be a very long ribbon. A drawing that is much longer than
wide is cut between layers, where few lines pass, and each line that is cut returns to the
beginning of the next row.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from autograd.draw.layout.items import Items
from autograd.draw.layout.skeleton import Skeleton

_LEAST_LENGTH: Final = 200.0  # a shorter drawing stays in one row, in font sizes
_LEAST_RATIO: Final = 4.0  # a drawing with less length by breadth stays in one row
_RATIO: Final = 1.6  # the wanted length by breadth of all rows together
_SHORTEST_ROW: Final = 110.0  # in font sizes
_MOST_RETURNS: Final = 24  # lines that return from one row to the next


@dataclass(frozen=True, slots=True)
class LayerRow:
    """Layers that form one row, and the lines that continue in the next.

    Attributes:
        first: the first layer.
        last: the last layer.
        returns: the items with a line that continues beyond the last layer.
    """

    first: int
    last: int
    returns: tuple[int, ...] = ()


def rows_of(
    skeleton: Skeleton, starts: Sequence[float], ends: Sequence[float], breadth: float
) -> list[LayerRow]:
    """The rows that the layers are broken into.

    Args:
        skeleton: the items in the layers.
        starts: the coordinate at which each layer starts.
        ends: the coordinate at which each layer ends.
        breadth: of the drawing, across the layers.
    """
    whole, font = [LayerRow(0, len(starts) - 1)], skeleton.sizes.font
    length = ends[-1] - starts[0]
    is_short = length < _LEAST_LENGTH * font or length < _LEAST_RATIO * breadth
    if is_short or not skeleton.picture.wraps:
        return whole
    target = max(_SHORTEST_ROW * font, math.sqrt(_RATIO * length * (breadth + 2 * font)))
    cuts = _cuts(skeleton, starts, ends, length / math.ceil(length / target))
    returns = _returns(skeleton.items, cuts)
    if max(map(len, returns), default=0) > _MOST_RETURNS:
        return whole
    bounds = [-1, *cuts, len(starts) - 1]
    return [
        LayerRow(first + 1, last, leaving)
        for first, last, leaving in zip(bounds, bounds[1:], [*returns, ()])
    ]


def _passing(items: Items, layers: int) -> list[int]:
    """For each layer, the number of items with a line beyond it."""
    changes = [0] * (layers + 1)
    for first, last, users in zip(items.first, items.last, items.users):
        if users:
            changes[first] += 1
            changes[last + 1] -= 1
    passing = []
    count = 0
    for change in changes[:-1]:
        count += change
        passing.append(count)
    return passing


def _cuts(
    skeleton: Skeleton, starts: Sequence[float], ends: Sequence[float], length: float
) -> list[int]:
    """The layers after which a row ends: few lines pass there, near the wanted length.

    A row ends with a layer of boxes.
    """
    passing, stride = _passing(skeleton.items, len(starts)), skeleton.stride
    cuts: list[int] = []
    layer = 0
    while ends[-1] - starts[layer] > 1.2 * length:
        start = starts[layer]
        least = bisect_left(ends, start + 0.8 * length)
        most = max(bisect_right(ends, start + 1.1 * length), least + stride)
        possible = [each for each in range(least, most) if each % stride == 0]
        aim = start + length
        cut = min(possible, key=lambda each: (passing[each], abs(ends[each] - aim)))
        if cut >= len(ends) - 1:
            break
        cuts.append(cut)
        layer = cut + 1
    return cuts


def _returns(items: Items, cuts: Sequence[int]) -> list[tuple[int, ...]]:
    """For each cut, the items whose lines pass it."""
    returns: list[list[int]] = [[] for _ in cuts]
    for item, (first, last) in enumerate(zip(items.first, items.last)):
        if items.users[item]:
            for cut in range(bisect_left(cuts, first), bisect_right(cuts, last)):
                returns[cut].append(item)
    return [tuple(each) for each in returns]
