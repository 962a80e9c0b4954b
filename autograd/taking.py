"""take: a row of a list, by an index that a compiled function follows."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar, overload

from autograd.engine.arrays import is_array
from autograd.engine.operands import counted, kind_of

if TYPE_CHECKING:
    from autograd.typed import Array

R = TypeVar("R")


@overload
def take(rows: Sequence[R], i: SupportsIndex) -> R: ...
@overload
def take(rows: Array, i: SupportsIndex) -> Any: ...
def take(rows: Any, i: SupportsIndex) -> Any:
    """The row at index ``i``: ``rows[i]``.

    Args:
        rows: a list, a tuple or an array: of Values, of numbers, or of rows of these, as an
            embedding is.
        i: a whole number, from the end if it is negative.

    Raises:
        IndexError: there is no such row.
        TypeError: ``rows`` has no rows, or ``i`` is no whole number.

    >>> from autograd import Value, take
    >>> embedding = [[Value(0.5), Value(-1.0)], [Value(2.0), Value(3.0)]]
    >>> take(embedding, 1)
    [Value(2.0), Value(3.0)]
    """
    if not isinstance(rows, (list, tuple)) and not (is_array(rows) and rows.ndim > 0):
        raise TypeError(f"take() chooses from a list, tuple or array, got {kind_of(rows)}")
    number = _whole(i)
    if not -len(rows) <= number < len(rows):
        raise IndexError(f"take() of {counted(len(rows), 'row')}: index {number} is out of range")
    return rows[number]


def _whole(i: Any) -> int:
    kind = type(i).__name__
    if kind in ("bool", "bool_"):
        raise TypeError(f"take() takes a whole number, got the bool {bool(i)}")
    try:
        return index(i)
    except TypeError:
        raise TypeError(f"take() takes a whole number, got {i!r}") from None
