"""check_against: two implementations of one function."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, log1p, softmax, softplus, sqrt
from autograd.testing import DifferenceError, KinkError, check_against

NUMBERS = st.floats(-30.0, 30.0)


@given(NUMBERS)
def test_two_that_take_values_agree_up_to_rounding(x: float) -> None:
    check_against(softplus, lambda x: autograd.log(1 + autograd.exp(x)), x)


@given(NUMBERS, NUMBERS)
def test_one_of_floats_agrees_with_one_of_values(x: float, y: float) -> None:
    check_against(lambda x, y: sqrt(1 + x * x + y * y), lambda x, y: math.hypot(1, x, y), x, y)


@given(st.floats(1e-6, 1.0))
def test_two_of_floats_agree_up_to_rounding(x: float) -> None:
    check_against(math.log1p, lambda x: math.log(1 + x), x)


@given(st.lists(NUMBERS, min_size=1, max_size=4))
def test_arrays_are_compared_with_lists(x: list[float]) -> None:
    def by_numpy(x: Any) -> Any:
        powers = np.exp(x - np.max(x))
        return powers / np.sum(powers)

    check_against(by_numpy, lambda x: softmax([*x]), np.array(x))


@given(NUMBERS, st.floats(1e-9, 1.0))
def test_a_value_that_differs_is_found(x: float, size: float) -> None:
    pairs: list[tuple[Any, Any]] = [
        (softplus, softplus),
        (math.sin, math.sin),
        (math.sin, autograd.sin),
    ]
    for one, two in pairs:
        with pytest.raises(DifferenceError):
            check_against(one, lambda x, two=two: two(x) + size, x)


def test_the_values_are_named() -> None:
    with pytest.raises(DifferenceError) as caught:
        check_against(math.sqrt, lambda x: x / 2, 2.0)
    first, place = str(caught.value).splitlines()
    assert first.startswith(
        "sqrt() is 1.4142135623730951 and the function is 1.0: rounding explains a difference of "
    )
    assert place == "  At x = 2.0"
    with pytest.raises(
        DifferenceError, match=r"^the first function is 1\.0 and the second function"
    ):
        check_against(lambda x: 1.0, lambda x: 2.0, 2.0)


def careless(x: Any) -> Any:
    """The square, of which half has left the record."""
    return x * (x.data if isinstance(x, Value) else x)


def test_a_derivative_that_differs_is_found_where_both_take_values() -> None:
    with pytest.raises(DifferenceError) as caught:
        check_against(lambda x: x * x, careless, 3.0)
    first, place = str(caught.value).splitlines()
    assert first.startswith(
        "The derivative of the function by x is 6.0 and that of careless() 3.0: differences of "
        "the function give 6 ± "
    )
    assert place == "  At x = 3.0"


@pytest.mark.parametrize("turned", [False, True])
def test_a_derivative_that_differs_is_found_where_one_takes_values(turned: bool) -> None:
    def plain(x: float) -> float:
        return float(x) ** 2

    pair = (plain, careless) if turned else (careless, plain)
    with pytest.raises(
        DifferenceError,
        match=r"^The derivative of plain\(\) by x is wrong: 3\.0 by the chain rule of careless\(\)",
    ):
        check_against(*pair, 3.0)


def test_a_function_that_takes_nothing_but_values_will_do() -> None:
    check_against(lambda x: x.log1p(), math.log1p, 0.5)
    check_against(lambda x: x.log1p(), log1p, 0.5)
    with pytest.raises(DifferenceError, match=r"give 6 ± 1e"):
        check_against(lambda x: x.square(), careless, 3.0)


def test_dicts_are_compared_by_their_keys() -> None:
    check_against(lambda x: {"a": x, "b": x * x}, lambda x: {"b": x * x, "a": x}, 3.0)
    with pytest.raises(DifferenceError, match=r"of the first function\['b'\] by x is 6\.0"):
        check_against(lambda x: {"a": x, "b": x * x}, lambda x: {"b": careless(x), "a": x}, 3.0)


def test_chance_is_found() -> None:
    chance = random.Random(1)
    with pytest.raises(ValueError, match="for the same inputs"):
        check_against(softplus, lambda x: softplus(x) + chance.random(), 1.0)


def test_other_shapes_differ() -> None:
    with pytest.raises(DifferenceError, match=r"the shape of .* a number too many, at \[1\]"):
        check_against(lambda x: [x], lambda x: [x, x], 1.0)
    check_against(lambda x: x, lambda x: np.array([x]), 1.0)


def test_conventions_at_a_kink_may_differ() -> None:
    def other(x: Any) -> Any:
        return autograd.maximum(x, -x)

    def steep(x: Any) -> Any:
        return x if x >= 0 else -x

    with pytest.raises(KinkError, match=r"the slope is -1 to the left and 1 to the right"):
        check_against(other, steep, 0.0)
    check_against(other, steep, 0.0, skip_kinks=True)


def test_a_root_that_underflows_is_a_kink() -> None:
    def distance(x: float) -> float:
        return math.sqrt(float(x) ** 2)

    with pytest.raises(KinkError, match=r"It comes from sqrt\(0\.0\), which has no derivative"):
        check_against(distance, lambda x: sqrt(x**2), 1e-170)
    check_against(distance, lambda x: sqrt(x**2), 1e-170, skip_kinks=True)


def test_nan_and_infinity_are_compared_too() -> None:
    check_against(lambda x: [math.nan, math.inf], lambda x: [math.nan, math.inf], 1.0)
    with pytest.raises(DifferenceError):
        check_against(lambda x: math.nan, lambda x: 1.0, 1.0)
    with pytest.raises(DifferenceError):
        check_against(lambda x: math.inf, lambda x: 1.0, 1.0)


def test_an_error_of_a_function_of_floats_is_its_own() -> None:
    def failing(x: float) -> float:
        raise OSError(f"no table of {x}")

    with pytest.raises(OSError, match=r"no table of"):
        check_against(math.sin, failing, 1.0)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="needs the inputs"):
        check_against(math.sin, math.sin)
    with pytest.raises(ValueError, match="tolerance is a number from 0 on, got -1"):
        check_against(math.sin, math.sin, 1.0, tolerance=-1)
    check_against(lambda x: x, lambda x: 1.001 * x, 1.0, tolerance=0.01)
