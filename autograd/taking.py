"""take: a row of a list, by an index that a compiled function follows."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar, overload

from autograd.engine.arrays import is_array
from autograd.engine.operands import Traced, counted, kind_of
from autograd.engine.recording import follower

if TYPE_CHECKING:
    from autograd.typed import Array

R = TypeVar("R")


@overload
def take(rows: Sequence[R], i: SupportsIndex) -> R: ...
@overload
def take(rows: Array, i: SupportsIndex) -> Any: ...
def take(rows: Any, i: SupportsIndex) -> Any:
    """The row at index ``i``: ``rows[i]``.

    A function that is compiled follows it: one program stands for all indices, where ``rows[i]`` is
    a program for each.

    Args:
        rows: a list, a tuple or an array: of Values, of numbers, or of rows of these, as an
            embedding is. In a compiled function such rows have the same length, or the same keys;
            of others each index is a program.
        i: a whole number, from the end if it is negative.

    Raises:
        IndexError: there is no such row.
        TypeError: ``rows`` has no rows, or ``i`` is no whole number.

    >>> from autograd import Value, compile, take
    >>> embedding = [[Value(0.5), Value(-1.0)], [Value(2.0), Value(3.0)]]
    >>> take(embedding, 1)
    [Value(2.0), Value(3.0)]
    >>> @compile
    ... def product(token):
    ...     x, y = take(embedding, token)
    ...     return x.data * y.data
    >>> product(0), product(1), product
    (-0.5, 6.0, <compiled product: 1 program>)
    """
    if not isinstance(rows, (list, tuple)) and not (is_array(rows) and rows.ndim > 0):
        raise TypeError(f"take() chooses from a list, tuple or array, got {kind_of(rows)}")
    watcher = follower() if isinstance(i, Traced) else None
    if watcher is not None:
        taken = watcher.take(rows, i)
        if taken is not NotImplemented:
            return taken
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
