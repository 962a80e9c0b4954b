"""value_arrays: arrays of Values in the shapes of hypothesis.extra.numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import find, given
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.extra.numpy import array_shapes

from autograd import Value
from autograd.testing import check_gradients, value_arrays, values


@given(st.data())
def test_each_element_is_a_value_of_its_own(data: st.DataObject) -> None:
    shape = data.draw(array_shapes(max_dims=3, max_side=4, min_side=0))
    x = data.draw(value_arrays(shape))
    assert x.shape == shape
    assert x.dtype == object
    assert all(isinstance(element, Value) and element.op is None for element in x.flat)
    assert len({id(element) for element in x.flat}) == x.size


@given(value_arrays(array_shapes(max_dims=2, max_side=3), elements=st.floats(-2.0, 2.0)))
def test_elements_may_be_numbers(x: Any) -> None:
    assert all(-2.0 <= element.data <= 2.0 for element in x.flat)


@given(value_arrays(2, elements={"min_value": 1.0, "max_value": 3.0}))
def test_they_go_through_numpy(x: Any) -> None:
    check_gradients(lambda x: np.sum(np.log(x) * x), x)


def test_they_shrink_to_simple_numbers_and_print_as_code() -> None:
    found = find(value_arrays((1, 2)), lambda x: x[0, 1] > 1.5)
    assert repr(found) == "array([[Value(0.0), Value(2.0)]], dtype=object)"
    labelled = find(value_arrays(1, elements=values(labels=st.just("x"))), lambda x: True)
    assert labelled[0].label == "x"


def test_elements_of_another_kind_are_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"elements is a strategy, such as values\("):
        value_arrays(1, elements=1.0)  # type: ignore[arg-type]
