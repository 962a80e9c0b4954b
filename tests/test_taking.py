"""take(rows, i) is rows[i], in a function that runs as it is."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from autograd import Value, take


@pytest.mark.parametrize("i", [0, 2, -1, -3, np.int64(1), np.array(1)])
@pytest.mark.parametrize("rows", [[1, 2.0, "x"], (Value(1.0), [2.0], {}), [[], (), None]])
def test_a_row_is_the_very_object_in_the_list(rows: Any, i: Any) -> None:
    assert take(rows, i) is rows[i]


def test_a_row_of_an_array_is_numpys() -> None:
    array = np.arange(6.0).reshape(3, 2)
    assert take(array, -1).tolist() == [4.0, 5.0]
    assert type(take(array[:, 0], 1)) is np.float64


def test_gradients_go_to_the_row_itself() -> None:
    rows = [Value(2.0), Value(3.0)]
    (take(rows, 1) * take(rows, -1)).backward()
    assert [(row.grad, row.has_grad) for row in rows] == [(0.0, False), (6.0, True)]


@pytest.mark.parametrize(
    ("rows", "i", "message"),
    [
        ([1.0] * 5, 9, "take() of 5 rows: index 9 is out of range"),
        ([1.0] * 5, -6, "take() of 5 rows: index -6 is out of range"),
        (np.zeros((1, 2)), 1, "take() of 1 row: index 1 is out of range"),
        ([], 0, "take() of 0 rows: index 0 is out of range"),
    ],
)
def test_an_index_out_of_range_is_an_error(rows: Any, i: int, message: str) -> None:
    with pytest.raises(IndexError, match=f"^{re.escape(message)}$"):
        take(rows, i)


@pytest.mark.parametrize(
    ("rows", "i", "message"),
    [
        ({0: 1.0}, 0, "take() chooses from a list, tuple or array, got a dict"),
        ("abc", 0, "take() chooses from a list, tuple or array, got a str"),
        (np.array(3.0), 0, "take() chooses from a list, tuple or array, got an ndarray"),
        ([1.0], 1.5, "take() takes a whole number, got 1.5"),
        ([1.0], "0", "take() takes a whole number, got '0'"),
        ([1.0], Value(0.0), "take() takes a whole number, got Value(0.0)"),
        ([1.0], True, "take() takes a whole number, got the bool True"),
        ([1.0], np.False_, "take() takes a whole number, got the bool False"),
    ],
)
def test_what_is_no_list_and_what_is_no_index_is_named(rows: Any, i: Any, message: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        take(rows, i)
