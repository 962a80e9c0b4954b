"""Derivatives to 60 digits of functions that can be carried out with that many."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from mpmath import mp, mpf

import autograd
from autograd import Primitive, Value, dot, exp, log, relu, tanh, where
from autograd.testing import FORMULAS, GradientError, check_gradients, expressions
from autograd.testing.expression import Expression
from autograd.testing.numerical import Slope
from autograd.testing.precise import Precise, precise_slopes


def slope(function: Callable[[Any], Any], x: float) -> Slope | None:
    """Of a function of one number."""
    [found] = precise_slopes(lambda point: [function(point[0])], [x], 0) or [None]
    return found


@pytest.mark.parametrize(
    ("function", "x", "exact"),
    [
        (lambda x: exp(x) * 3 - 1, 2.0, lambda x: 3 * mp.exp(x)),
        (lambda x: 1 / (2 + x) - 5 * x, -0.75, lambda x: -1 / (2 + x) ** 2 - 5),
        (lambda x: exp(x) + 1e15, 1e-300, mp.exp),
        (lambda x: (1 + x) - 1 + x * x, 1e-9, lambda x: 1 + 2 * x),
        (lambda x: dot([x, 2.0, x], [x, x, 3.0]), 0.5, lambda x: 2 * x + 5),
        (lambda x: where(x > 0, x.sin(), 7.0), 0.5, mp.cos),
        (lambda x: where(x > 0, x.sin(), 7.0), -0.5, lambda x: mpf(0)),
        (lambda x: x**2 if 1 <= x < 3 else -x, 2.0, lambda x: 2 * x),
        (lambda x: x**2 if 2 >= x > 0 else -x, 2.5, lambda x: mpf(-1)),
        (lambda x: Value(3.0) * x + Value(1.0), 0.1, lambda x: mpf(3)),
        (lambda x: 10**x, 300.0, lambda x: mpf(10) ** x * mp.log(10)),
    ],
)
def test_the_slope_is_right_to_the_last_digit(
    function: Callable[[Any], Any], x: float, exact: Callable[[Any], Any]
) -> None:
    found = slope(function, x)
    assert found is not None
    with mp.workdps(60):
        expected = exact(mpf(x))
    assert abs(found.value - expected) <= found.error <= 3e-16 * abs(expected) + 1e-18


def unknown(x: Any) -> Any:
    """An operation without a formula."""
    return Primitive("unknown", math.cosh, lambda x, out: autograd.sinh(x))(x)


@pytest.mark.parametrize(
    "function",
    [
        unknown,
        lambda x: Value(x.data),
        lambda x: math.exp(x),
        lambda x: log(x - 5),
        lambda x: Value(2.0).maximum(x),
        lambda x: [1.0][x > 0],
    ],
)
def test_a_function_that_cannot_be_carried_out_so_has_none(function: Callable[[Any], Any]) -> None:
    assert slope(function, 2.0) is None


def test_there_is_none_at_a_kink_or_at_a_jump() -> None:
    assert slope(relu, 0.0) is None
    assert slope(autograd.floor, 3.0) is None
    assert slope(abs, 1e-30) == Slope(1.0, slope(abs, 1e-30).error)  # type: ignore[union-attr]


# Where several numbers meet in a kink, as in clamp(x, 0, 0), an expression expects the value
# by convention, and one number moved alone need not show a kink.
SMOOTH = ["+", "-", "*", "/", "exp", "log1p", "sin", "tanh", "arctan", "sigmoid", "softplus"]


@given(expressions([*SMOOTH, "sum", "dot", "logsumexp"]))
def test_it_is_what_the_expressions_expect(expression: Expression) -> None:
    expected = expression.exact().gradient
    for i, derivative in enumerate(expected):
        point: Sequence[float] = expression.point
        found = precise_slopes(lambda numbers: [expression(*numbers)], point, i)
        if found and found[0] is not None and derivative.error < math.inf:
            assert abs(found[0].value - derivative.number) <= found[0].error + derivative.error


def test_a_fault_too_small_for_differences_of_floats_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # tanh is 1 to the last digit there, and its slope is lost in differences of that.
    textbook = Primitive("tanh", tanh.forward, lambda x, out: 1.0 - out * out)
    monkeypatch.setitem(FORMULAS, textbook, FORMULAS[tanh])
    with pytest.raises(GradientError) as error:
        check_gradients(lambda x: textbook(x) * 2, 20.0, order=1)
    assert str(error.value) == (
        "The derivative of the function by x is wrong: 0.0 by the chain rule, "
        "3.398683404233271e-17 ± 1e-32 by differences of 60 digits.\n"
        "  The rule of tanh for x is at fault: at tanh(20.0) it gives 0.0, and should give "
        "1.6993417021166355e-17.\n"
        "  At x = 20.0"
    )


def test_what_rounding_inside_a_function_has_lost_is_no_fault() -> None:
    check_gradients(lambda x: log(1 + x * x) ** 3, 1e-10, order=1)


def test_numbers_of_60_digits_refuse_what_has_fewer() -> None:
    with pytest.raises(TypeError, match=r"^expected a real number, got the str 'x'"):
        Precise(mpf(1)).add("x")
    with pytest.raises(TypeError, match=r"^unsupported operand .*'Precise' and 'str'"):
        Precise(mpf(1)) + "x"


@pytest.mark.parametrize("x", [5e-324, 1e-310, 1e-300])
def test_a_tiny_number_takes_no_more_digits_than_it_has_zeros(x: float) -> None:
    digits = []

    def function(inputs: Sequence[Any]) -> Sequence[Any]:
        digits.append(mp.dps)
        return [autograd.exp(inputs[0]) * 3.0]

    [found] = precise_slopes(function, [x], 0)
    assert found is not None
    assert abs(found.value - 3.0) <= found.error < 1e-14
    assert len(digits) == 5
    assert max(digits) <= 100 - math.log10(x) + 1
