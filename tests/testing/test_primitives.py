"""check_primitive: it passes right operations, and its errors name the fault."""

from __future__ import annotations

import math
import re
import sys
from typing import Any

import pytest
from mpmath import mp, mpf

import autograd.testing
from autograd import Primitive, Value, arctan2, cos, erfc, exp, power, sin, tanh
from autograd.testing import check_primitive, units_off


def as_number(x: Any) -> float:
    """The number alone, which a rule must not take: it leaves the record."""
    return x.data if isinstance(x, Value) else float(x)


def test_operations_of_the_table_pass() -> None:
    check_primitive(tanh, mp.tanh, [0.3], [20.0], [-1e-8], [0.0])
    check_primitive(arctan2, mp.atan2, [1.0, 2.0], [1e200, 1e200], [-3e-200, 1e-200])
    check_primitive(power, mp.power, [2.0, 3.0], [0.1, -7.5])
    check_primitive(erfc, mp.erfc, [15.0], [-3.0])


def test_a_derivative_far_smaller_than_the_value_counts() -> None:
    check_primitive(tanh, mp.tanh, [30.0], [300.0])
    naive = Primitive("naive", math.tanh, lambda x, out: 1.0 - out * out)
    with pytest.raises(AssertionError, match=r"is 0\.0, should be 3\.50"):
        check_primitive(naive, mp.tanh, [30.0])


def test_what_cannot_be_checked_is_refused() -> None:
    with pytest.raises(ValueError, match="needs at least one point"):
        check_primitive(tanh, mp.tanh)
    with pytest.raises(TypeError, match=r"^sum\(\) takes a sequence"):
        check_primitive(autograd.sum, mp.fsum, [1.0, 2.0])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            Primitive("off", lambda x: math.sin(x) * (1 + 1e-15), lambda x, out: cos(x)),
            "off(0.7,) is 0.644217687237691",
        ),
        (
            Primitive("off", math.sin, lambda x, out: -cos(x)),
            "d off / d operand 0 at (0.7,) is -0.7648421872844885, should be 0.7648421872844885",
        ),
        (
            Primitive("off", math.sin, lambda x, out: math.cos(as_number(x))),
            "d/d operand 0 of d off / d operand 0 at (0.7,) is 0.0, should be -0.644217687237691",
        ),
    ],
)
def test_what_is_off_is_named(wrong: Primitive, message: str) -> None:
    with pytest.raises(AssertionError, match=f"^{re.escape(message)}"):
        check_primitive(wrong, mp.sin, [0.7])


def test_how_far_may_be_chosen() -> None:
    coarse = Primitive("coarse", lambda x: math.sin(x) * (1 + 1e-15), lambda x, out: cos(x))
    check_primitive(coarse, mp.sin, [0.7], units=20.0)
    with pytest.raises(AssertionError):
        check_primitive(coarse, mp.sin, [0.7], units=2.0)


def test_units_in_the_last_place() -> None:
    assert units_off(1.0, mpf(1)) == 0.0
    assert units_off(1.0 + 2**-52, mpf(1)) == 1.0
    assert units_off(5e-324, mpf(0)) == 1.0
    assert units_off(math.inf, mpf(2) ** 2000) == 0.0
    assert units_off(math.inf, mpf(sys.float_info.max)) == 1.0
    assert units_off(math.nan, mpf(1)) == units_off(1.0, mp.nan) == math.inf
    assert units_off(math.nan, mp.nan) == 0.0
    assert units_off(1.0, mpf(0), scale=mpf(1)) == 2.0**52


def test_a_declared_operation_does_all_that_ours_do() -> None:
    gaussian = Primitive(
        "gaussian", lambda x: math.exp(-x * x), lambda x, out: -2.0 * x * out, symbol="gauss"
    )
    check_primitive(gaussian, lambda x: mp.exp(-x * x), [0.0], [0.5], [-3.0])
    assert gaussian(2) == exp(-4.0)


def test_sine_is_its_own_oracle_to_the_fourth_unit() -> None:
    check_primitive(sin, mp.sin, *[[x * 0.37] for x in range(-20, 20) if x])
