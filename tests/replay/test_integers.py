"""Integers of NumPy's among the arguments: followed where they can be, else a part of the key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import CompileError, Value, compile, take  # noqa: A004  # as users import it

LARGE = 2**16 + 1


def both(function: Callable[..., Any], calls: list[Any]) -> Any:
    """The compiled function, which has given what the function itself gives for each argument."""
    compiled = compile(function)
    for argument in calls:
        expected, found = function(argument), compiled(argument)
        if isinstance(expected, Value):
            expected, found = expected.data, found.data
        assert type(found) is type(expected)
        assert np.array_equal(expected, found)
    return compiled


@pytest.mark.parametrize(
    "function",
    [
        lambda y: Value(3.0) * (1 - 2 * y[0]) + y[1] / 4,
        lambda y: sum(Value(0.5) * each + each**2 for each in y),
        lambda y: take([Value(2.0), Value(3.0), Value(5.0)], y[0]) * y[1],
        lambda y: Value(2.0) * y[0] if y.shape == (2,) else 0.0,
    ],
)
def test_those_in_an_array_are_followed(function: Any) -> None:
    calls = [np.array(pair) for pair in ([1, 2], [0, 7], [2, -3], [1, 0])]
    assert len(both(function, calls).programs) == 1


def test_one_by_itself_is_followed() -> None:
    w = Value(3.0)
    assert len(both(lambda y: w * y + y // 2, [np.int64(k) for k in (3, -4, 0, 9)]).programs) == 1


@pytest.mark.parametrize(
    "function",
    [
        lambda y: np.arange(9.0)[y].sum() * Value(2.0),  # NumPy wants integers for an index
        lambda y: Value(2.0) * y[y == 1].sum(),
        lambda y: y,
        lambda y: y[0],
        lambda y: y.mean(),
        lambda y: int(y[0] << 62),  # of 2 it overflows
    ],
)
def test_where_the_function_needs_themselves_there_are_more_programs(function: Any) -> None:
    calls = [np.array(pair) for pair in ([1, 2], [2, 1], [1, 2], [3, 1])]
    assert len(both(function, calls).programs) > 1


@pytest.mark.parametrize("kind", [np.int32, np.uint8, np.bool_])
def test_those_of_other_types_are_not_followed(kind: Any) -> None:
    calls = [np.array(pair, dtype=kind) for pair in ([200, 100], [0, 1], [200, 100])]
    assert len(both(lambda y: Value(2.0) * (y + y)[0], calls).programs) == 2


def test_large_ones_are_not_followed() -> None:
    calls = [np.array([k]) for k in (LARGE, -LARGE, LARGE)]
    assert len(both(lambda y: float(y[0] % 10), calls).programs) == 2
    # The exact number would have as many bits.
    both(lambda y: Value(2.0) * float(2**y), [np.int64(2**33), np.int64(2**62)])


def test_those_of_an_array_without_elements_or_with_many_are_not_followed() -> None:
    for count in (0, 2**16 + 1):
        calls = [np.full(count, k) for k in (1, 2)]
        compiled = both(lambda y: Value(1.0) + len(y) + sum(y[:1].tolist()), calls)
        assert len(compiled.programs) == (1 if count == 0 else 2)
    calls = [np.array(k) for k in (1, 2, 3)]
    assert len(both(lambda y: Value(2.0) * y, calls).programs) == 1


def test_a_step_that_needs_themselves_is_taken_once() -> None:
    w = Value(1.0)

    @compile
    def step(y: Any) -> Any:
        w.data += 1.0
        return y[0]

    for k in range(4):
        assert step(np.array([k])) == k
        assert w.data == k + 2.0


def test_an_error_of_the_function_is_its_own() -> None:
    w = Value(2.0)

    @compile
    def checked(y: Any) -> Any:
        if y[0] > 5:
            raise ValueError("too large")
        return w * y[0]

    for _ in range(2):
        assert [checked(np.array([k])).data for k in (1, 2, 3)] == [2.0, 4.0, 6.0]
        with pytest.raises(ValueError, match=r"^too large$"):
            checked(np.array([9]))
    assert len(checked.programs) == 1


def test_to_change_an_array_of_them_is_an_error() -> None:
    def changes(y: Any) -> Any:
        y[0] = 7
        return Value(1.0) * y[1]

    with pytest.raises(CompileError) as caught:
        compile(changes)(np.array([1, 2]))
    assert str(caught.value) == (
        "changes() changes an argument, which a replay would not do: work on a copy, and return it"
    )
