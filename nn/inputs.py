"""The inputs that a module is handed: one sample, a list of numbers, or a list of samples."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Set
from reprlib import repr as shown
from typing import Any, Final, TypeAlias

from autograd import Value
from nn.checks import counted

# A list or array of Values and numbers, or one of such lists.
Inputs: TypeAlias = Collection[Any]

NUMBERS: Final = (Value, float, int)


def is_batch(taker: str, size: int, x: Any) -> bool:
    """True for a list of samples, False for one: a list of ``size`` inputs.

    The depth of nesting decides, or the dimension of an array, and never a length.

    Raises:
        TypeError: ``x`` is no list.
        ValueError: it has another length, or is nested deeper.
    """
    if isinstance(x, (list, tuple)) and len(x) == size and type(x[0]) in NUMBERS:
        return False  # as nearly always; whatever else there is in it, no weight multiplies a list
    return _checked_depth(taker, size, x, most=2) == 2


def check_sample(taker: str, size: int, x: Any) -> None:
    """Refuse inputs that are not one list of length ``size``."""
    _checked_depth(taker, size, x, most=1)


def _checked_depth(taker: str, size: int, x: Any, most: int) -> int:
    depth = _depth(x)
    if depth == 1 and len(x) != size:
        raise ValueError(f"this {taker} takes {counted(size, 'input')}, got {len(x)}")
    if not 1 <= depth <= most:
        error = ValueError if depth else TypeError
        what = f"a list of {counted(size, 'input')}, each a number or a Value"
        or_several = ", or a list of such samples" if most > 1 else ""
        shape = getattr(x, "shape", ())
        got = f"an array of shape {shape}" if shape else shown(x)
        raise error(f"this {taker} takes {what}{or_several}; got {got}, of type {type(x).__name__}")
    return depth


def _depth(x: Any, most: int = 3) -> int:
    """The depth to which lists are nested in ``x``: 0 for a number, at most ``most``."""
    if hasattr(x, "__array__"):  # of NumPy, or of a library that agrees with it
        x = x.__array__()
        if x.dtype != object:
            return int(x.ndim)
        x = x.tolist()
    # The elements of a dictionary or a set are not the numbers in it, or have no order.
    if (
        most == 0
        or isinstance(x, (str, bytes, bytearray, Mapping, Set))
        or not (hasattr(x, "__len__") and hasattr(x, "__iter__"))
    ):
        return 0
    return 1 + max([_depth(element, most - 1) for element in x], default=0)


def each_number(function: Callable[[Any], Any], x: Any) -> Any:
    """The results of a function for a number, or for each in lists of them, to any depth of these.

    >>> each_number(abs, [[-1.0], [2.0, -3.0]])
    [[1.0], [2.0, 3.0]]
    """
    if not hasattr(x, "__len__"):
        return function(x)
    return [each_number(function, part) for part in x]


def each_of(x: Any) -> Iterator[Any]:
    """The numbers in lists or arrays of them, to any depth, from left to right.

    >>> list(each_of([[-1.0], [2.0, -3.0]]))
    [-1.0, 2.0, -3.0]
    """
    elements = x.tolist() if hasattr(x, "tolist") else x
    if not isinstance(elements, (list, tuple)):
        yield elements
        return
    for element in elements:
        yield from each_of(element)


def of_each(function: Callable[[Any], Any], batch: Any) -> list[Any]:
    """The results for the samples of a batch; an error notes the sample."""
    results = []
    for i, x in enumerate(batch.__array__().tolist() if hasattr(batch, "__array__") else batch):
        try:
            results.append(function(x))
        except Exception as error:
            error.add_note(f"This is sample {i} of the batch.")
            raise
    return results


def check_elements(x: Inputs) -> None:
    """Refuse inputs that a weight cannot be multiplied by."""
    for position, element in enumerate(x):
        try:
            if isinstance(Value(0.0) * element, Value):
                continue
        except TypeError:
            pass
        raise TypeError(
            f"input {position} must be a number or a Value; got {shown(element)}, "
            f"of type {type(element).__name__}"
        ) from None
