"""Operations on NumPy arrays: carried out for each element, with NumPy's broadcasting.

NumPy is not imported here: whoever has an array has imported it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any


def is_array(thing: Any) -> bool:
    """True for an array of NumPy's, which has elements."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(thing, numpy.ndarray)


def elementwise(function: Callable[..., Any], operands: Sequence[Any]) -> Any:
    """``function`` of the elements of arrays; of arrays without an axis, what it returns.

    The array has floats if ``function`` returns nothing else, and else objects, such as Values.
    """
    numpy: Any = sys.modules["numpy"]
    with numpy.errstate(all="ignore"):  # operations answer inf and nan without a warning
        results = numpy.frompyfunc(function, len(operands), 1)(*operands)
    return of_floats(results) if is_array(results) else results


def as_given(container: Any, numbers: list[Any]) -> list[Any] | Any:
    """The numbers, in an array if ``container`` is one."""
    if type(container) is list or not is_array(container):
        return numbers
    numpy: Any = sys.modules["numpy"]
    return of_floats(numpy.array(numbers, dtype=object))


def of_floats(array: Any) -> Any:
    """An array of objects as one of floats, if these are all it has."""
    return array.astype(float) if all(type(x) is float for x in array.flat) else array
