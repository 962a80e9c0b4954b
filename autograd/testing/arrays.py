"""A Hypothesis strategy for NumPy arrays of Values, in the shapes of hypothesis.extra.numpy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.extra import numpy as arrays_of
from numpy import object_
from numpy.typing import NDArray

from autograd.engine.value import Value
from autograd.testing.strategies import values

Shape: TypeAlias = (
    int | tuple[int, ...] | st.SearchStrategy[int] | st.SearchStrategy[tuple[int, ...]]
)


def value_arrays(
    shape: Shape,
    *,
    elements: st.SearchStrategy[Value | float] | Mapping[str, Any] | None = None,
) -> st.SearchStrategy[NDArray[object_]]:
    """A strategy for arrays of leaf Values, as ``arrays()`` of hypothesis.extra.numpy is of floats.

    Each element is a Value of its own. For functions of floats there is ``arrays(float, shape)``.

    Args:
        shape: a whole number, a tuple of them, or a strategy for one, such as
            ``array_shapes()``.
        elements: a strategy for the elements, Values or numbers; or the options of `values`,
            in a dict; None means any number.

    Raises:
        InvalidArgument: elements is neither, or an option makes no sense.

    >>> from hypothesis import find
    >>> x = find(value_arrays((2, 1), elements={"min_value": 3}), lambda x: True)
    >>> x.tolist()
    [[Value(3.0)], [Value(3.0)]]
    """
    if elements is None or isinstance(elements, Mapping):
        elements = values(**(elements or {}))
    elif not isinstance(elements, st.SearchStrategy):
        raise InvalidArgument(
            f"elements is a strategy, such as values(min_value=0), or its options in a dict; "
            f"got {elements!r}"
        )
    leaves = elements.map(lambda x: x if isinstance(x, Value) else Value(x))
    return arrays_of.arrays(object, shape, elements=leaves, fill=st.nothing())
