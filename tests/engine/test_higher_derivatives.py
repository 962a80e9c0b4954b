"""Third and fourth derivatives of every row of the table, against mpmath.

A rule may be right, and differentiable, and yet of no use beyond: where it subtracts two
nearly equal terms, each derivative of it loses digits anew. What is allowed here is a
number of units, and the unit of error is that of `Row.exact_conditioned`: one in the last
place of the exact number, plus what the exact number changes by when each operand moves
by one in its own last place. A rule that consists of about ten rounded operations, none of
which cancels other than at a zero of the derivative itself, is off by no more than a few
such units for each time that it is differentiated.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from autograd import (
    Value,
    arctan2,
    cbrt,
    exp,
    exp2,
    gelu,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    log_softmax,
    logaddexp,
    logsumexp,
    mish,
    silu,
    softmax,
    softplus,
    vjp,
)
from autograd.engine.primitive import Primitive, Reduction
from autograd.testing import units_off
from tests.oracle import (
    PRIMITIVES,
    ROWS,
    Row,
    arctan2_derivative,
    cbrt_derivative,
    is_real,
    logsumexp_derivative,
    norm_derivative,
    power_derivative,
    quotient_derivative,
    real,
)

BOUND = 16.0
BY_FORMULA = 2.0**40  # a plain formula loses digits with each derivative; a wrong one has none
BOUNDS = {
    "mish": 64.0,  # near 0 its third derivative is 0.09, and its terms are of the size of 1
}
ORDERS = (3, 4)
DIGITS = 80

PUBLIC = [name for name, row in ROWS.items() if not row.supporting]


def arity(primitive: Primitive) -> int:
    if isinstance(primitive, Reduction):
        return 2 * primitive.sequences
    return primitive.arity


@cache  # each draw of an example asks for it, and a new one is validated anew
def operand_lists(name: str) -> st.SearchStrategy[list[float]]:
    """Operands of ordinary size, or somewhat near 0, around which the row is smooth."""
    small = st.builds(math.ldexp, st.floats(-1.0, 1.0), st.integers(-12, 0))
    count = arity(PRIMITIVES[name])
    return st.one_of(
        [
            st.lists(
                st.one_of(st.floats(max(low, -8.0), min(high, 8.0)), small).filter(
                    lambda x: abs(x) > 1e-4
                ),
                min_size=count,
                max_size=count,
            )
            for low, high in ROWS[name].intervals
            if low < 8.0
        ]
    )


def traced(primitive: Primitive, operands: Sequence[float]) -> dict[tuple[int, ...], float]:
    """All third and fourth derivatives, by the positions of the operands."""
    inputs = [Value(x) for x in operands]
    level: dict[tuple[int, ...], Value] = {(): inputs[0].apply(primitive, tuple(inputs))}
    found = {}
    for order in range(1, max(ORDERS) + 1):
        level = {
            (*by, j): slope
            for by, value in level.items()
            for j, slope in enumerate(gradients(value, inputs))
            if not by or j >= by[-1]
        }
        if order in ORDERS:
            found.update({by: value.data for by, value in level.items()})
    return found


def nested(function: Any, order: int) -> Any:
    """The derivative of that order of a function of one number."""
    for _ in range(order):
        function = grad(function)
    return function


def exact(row: Row, primitive: Primitive, operands: Sequence[Any], by: Sequence[int]) -> Any:
    def value(*numbers: Any) -> Any:
        if isinstance(primitive, Reduction):
            return row.value(list(numbers))
        return row.value(*numbers)

    orders = tuple(by.count(i) for i in range(len(operands)))
    derivative = mp.diff(value, tuple(operands), orders)
    if not is_real(derivative):
        raise ValueError("outside the domain")
    # mpmath takes differences, which leave a trace where nothing varies.
    return mpf(0) if abs(derivative) < mpf(10) ** (20 - DIGITS) else real(derivative)


def units(
    row: Row,
    primitive: Primitive,
    operands: Sequence[float],
    by: Sequence[int],
    derivative: float,
    bound: float,
) -> Any:
    """The error of a derivative; of the part of its unit that suffices for the bound, if one does.

    What the unit gains from a move of an operand takes as long to find as the number itself.
    """
    numbers = [mpf(x) for x in operands]
    number = exact(row, primitive, numbers, by)
    off = abs(mpf(derivative) - number) if math.isfinite(derivative) else mp.inf
    unit = mpf(math.ulp(float(number)))
    for k, x in enumerate(numbers):
        if off <= bound * unit:
            break
        size = max(1, abs(x)) if row.shift_invariant else x
        moved = [*numbers[:k], x + size * mpf(2) ** -30, *numbers[k + 1 :]]
        unit += abs(exact(row, primitive, moved, by) - number) * mpf(2) ** (30 - 52)
    return off / unit


@pytest.mark.parametrize("name", PUBLIC)
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_third_and_fourth_derivatives_agree_with_mpmath(name: str, data: st.DataObject) -> None:
    primitive, row = PRIMITIVES[name], ROWS[name]
    operands = data.draw(operand_lists(name))
    assume(all(x % 0.5 for x in operands))  # where there is a kink, one is at such a point
    assume(len(set(operands)) == len(operands))
    assume(name not in ("remainder", "floor_divide", "fmod") or math.fmod(*operands) != 0.0)
    assume(math.isfinite(primitive.evaluate(operands)))
    derivatives = traced(primitive, operands)
    assert len(derivatives) == sum(math.comb(len(operands) + order - 1, order) for order in ORDERS)
    with mp.workdps(DIGITS):
        bound = BOUNDS.get(name, BY_FORMULA if row.formula else BOUND)
        for by, derivative in derivatives.items():
            try:
                off = units(row, primitive, operands, by, derivative, bound)
            except (ValueError, ZeroDivisionError, OverflowError):
                continue
            assert off <= bound, f"{name}{operands} by {by}: {derivative}"


@pytest.mark.parametrize("x", [800.0, 801.0, 1e100, 1e154, 1e200, 1.7e308, math.inf])
@pytest.mark.parametrize(
    "name",
    ["erf", "erfc", "gelu", "mish", "silu", "sigmoid", "log_sigmoid", "softplus", "tanh"],
)
def test_where_a_bell_curve_has_vanished_so_have_all_its_derivatives(name: str, x: float) -> None:
    for far in (Value(x), Value(-x)):
        slope = far.apply(PRIMITIVES[name], (far,))
        [slope] = gradients(slope, [far])
        assert slope.data in (0.0, 1.0, -1.0)
        for _ in range(5):
            [slope] = gradients(slope, [far])
            assert slope.data == 0.0


def test_the_derivatives_of_several_orders_are_symmetric() -> None:
    x, y = Value(0.3), Value(-1.7)
    third = {}
    for by in itertools.product(range(2), repeat=3):
        value = x.arctan2(y)
        for i in by:
            value = gradients(value, [x, y])[i]
        third[by] = value.data
    for by, number in third.items():
        assert number == pytest.approx(third[tuple(sorted(by))], rel=1e-14)


def test_the_fourth_derivative_of_arctan_keeps_its_digits_near_its_zero() -> None:
    slope = x = Value(1e-7)
    slope = slope.arctan()
    for _ in range(4):
        [slope] = gradients(slope, [x])
    assert slope.data == pytest.approx(24e-7, rel=1e-12)  # 24 x (1 - x**2) / (1 + x**2)**4


# ── Powers at 0 and near it ───────────────────────────────────────────────────


def polynomial(t: Any) -> Any:
    return 1 + 2 * t + 3 * t**2 + 4 * t**3 + 5 * t**4


def tangent_of(function: Any, t: Any) -> Any:
    return jvp(function, (t,), (1.0,))[1]


def by_arrays(t: Any) -> Any:
    return ((np.arange(5) + 1) * t ** np.arange(5)).sum()


def by_numpy_power(t: Any) -> Any:
    return np.dot(np.arange(5) + 1, np.power(np.array([t] * 5), np.arange(5)))


def taylor(order: int) -> float:
    """The derivative of the polynomial at 0."""
    return math.factorial(order) * (order + 1.0) if order < 5 else 0.0


@pytest.mark.parametrize("function", [polynomial, by_arrays, by_numpy_power])
@pytest.mark.parametrize("order", range(8))
def test_a_polynomial_has_every_derivative_at_0(function: Any, order: int) -> None:
    assert nested(function, order)(0.0) == taylor(order)
    assert nested(function, order)(-0.0) == taylor(order)
    assert nested(function, order)(5e-324) == taylor(order)


@pytest.mark.parametrize("order", range(1, 7))
def test_a_polynomial_has_every_derivative_at_0_by_every_function(order: int) -> None:
    below = nested(polynomial, order - 1)
    expected = taylor(order)
    assert jvp(below, (0.0,), (1.0,))[1] == expected
    assert vjp(below, 0.0)[1](1.0) == (expected,)
    assert jacobian(below)(0.0) == expected
    x = Value(0.0)
    slope = polynomial(x)
    for _ in range(order):
        [slope] = gradients(slope, [x])
    assert slope.data == expected
    if order > 1:
        twice = nested(polynomial, order - 2)
        assert hessian(twice)(0.0) == expected
        assert hvp(twice, (0.0,), (1.0,)) == expected
    forward: Any = polynomial
    for _ in range(order):
        forward = partial(tangent_of, forward)
    assert forward(0.0) == expected


def test_the_jacobian_of_powers_of_a_vector_at_0() -> None:
    exponents = np.arange(5)
    np.testing.assert_array_equal(jacobian(lambda t: t**exponents)(0.0), [0, 1, 0, 0, 0])
    point = np.zeros(5)
    diagonal = jacobian(lambda xs: xs**exponents)(point)
    np.testing.assert_array_equal(diagonal, np.diag([0, 1, 0, 0, 0]))
    twice = hessian(lambda xs: (xs**exponents).sum())(point)
    np.testing.assert_array_equal(twice, np.diag([0, 0, 2, 0, 0]))


def test_a_base_of_0_is_differentiated_by_its_exponent() -> None:
    for order in range(1, 6):
        assert nested(lambda t: 0.0**t, order)(2.5) == 0.0
        assert nested(lambda t: 0**t, order)(0.0) == math.inf * (-1.0) ** order


@pytest.mark.parametrize(
    ("function", "x", "order", "expected"),
    [
        (lambda x: x**0, 0.0, 3, 0.0),
        (lambda x: exp(-(x**2)), 0.0, 6, -120.0),
        (lambda x: (1 + x**2) ** 0.5, 0.0, 6, 45.0),
        (lambda x: x**2, 1e-160, 5, 0.0),
        (lambda x: x**3 / 6, 0.0, 3, 1.0),
        (lambda x: abs(x) ** 2, 0.0, 3, 0.0),
        (lambda x: (x**2) ** 2, 0.0, 4, 24.0),
        (lambda x: x**-0.03, 7.8e-153, 2, 1.8578319867554066e307),
        (lambda x: x**9.8e-263, 9.8e-263, 2, -1.0204081632653062e262),
        (cbrt, 1e-160, 3, math.inf),
        (cbrt, -1e-160, 3, math.inf),
        (lambda y: arctan2(y, 1e-200), 5e-324, 3, -math.inf),
        (exp2, 1024.6, 2, 1.309135136959798e308),
        (lambda x: arctan2(x, 5e-324), 1e-8, 1, 4.940656458412465e-308),
    ],
)
def test_derivatives_that_are_known(function: Any, x: float, order: int, expected: float) -> None:
    assert nested(function, order)(x) == pytest.approx(expected, rel=1e-15, abs=0.0)


@pytest.mark.parametrize(("function", "x"), [(gelu, 38.5), (silu, 745.13), (mish, 745.13)])
def test_what_is_below_the_normal_numbers_keeps_the_digits_there_are(
    function: Any, x: float
) -> None:
    with mp.workdps(60):
        for order in (2, 3, 4):
            number = mp.diff(ROWS[function.name].value, mpf(-x), order)
            assert units_off(nested(function, order)(-x), number) <= 2.0
            if function is not mish:  # f(x) - f(-x) = x
                assert units_off(nested(function, order)(x), number * (-1) ** order) <= 2.0


# ── Any size with any ─────────────────────────────────────────────────────────


def of_any_size() -> st.SearchStrategy[float]:
    return st.builds(math.ldexp, st.floats(1.0, 2.0, exclude_max=True), st.integers(-1074, 1023))


EXACT: dict[str, Any] = {
    "reciprocal": lambda x, n: quotient_derivative(1, x, n),
    "square": lambda x, n: power_derivative(x, mpf(2), n, 0),
    "sqrt": lambda x, n: power_derivative(x, mpf(0.5), n, 0),
    "cbrt": cbrt_derivative,
    "log": lambda x, n: quotient_derivative(1, x, n - 1),
    "log2": lambda x, n: quotient_derivative(1, x, n - 1) / mp.log(2),
    "arctan": lambda x, n: arctan2_derivative(x, mpf(1), n, 0),
    "softsign": lambda x, n: quotient_derivative(-1, 1 + abs(x), n) * (mp.sign(x) ** (n + 1)),
    "divide": lambda x, y, m, n: 0 if m > 1 else quotient_derivative(1 if m else x, y, n),
    "power": power_derivative,
    "arctan2": arctan2_derivative,
    "hypot": lambda x, y, m, n: norm_derivative([x, y], [0] * m + [1] * n),
    "logaddexp": lambda x, y, m, n: logsumexp_derivative([x, y], [0] * m + [1] * n),
}


@pytest.mark.parametrize("name", EXACT)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_third_and_fourth_derivatives_are_right_at_operands_of_any_size(
    name: str, data: st.DataObject
) -> None:
    primitive = PRIMITIVES[name]
    signs = st.sampled_from([1.0, -1.0])
    signed = st.builds(lambda x, sign: x * sign, of_any_size(), signs)
    positive = name in ("sqrt", "log", "log2", "power")
    operands = [data.draw(of_any_size() if positive else signed) for _ in range(primitive.arity)]
    if name == "power":
        operands[1] = data.draw(st.one_of(signed, st.integers(-3, 5).map(float), st.floats(-5, 5)))
    assume(0.0 not in operands[: 1 if name == "power" else 2])
    with mp.workdps(400):
        for by, derivative in traced(primitive, operands).items():
            orders = [by.count(i) for i in range(len(operands))]
            number = EXACT[name](*map(mpf, operands), *orders)
            assert units_off(derivative, number) <= BOUND, f"{name}{operands} by {by}: {derivative}"


# ── Softmax and its kin between small, nearly equal numbers ───────────────────


def small_and_nearly_equal() -> st.SearchStrategy[list[float]]:
    size = st.builds(math.ldexp, st.floats(-1.0, 1.0), st.integers(-300, -3))
    apart = st.builds(math.ldexp, st.floats(-1.0, 1.0), st.integers(-52, 0))
    return st.builds(lambda x, d, e: [x, x * (1.0 + d), x * (1.0 + e)], size, apart, apart)


def differentiated(function: Any, numbers: list[float], by: Sequence[int]) -> Any:
    inputs = [Value(x) for x in numbers]
    value = function(inputs)
    for i in by:
        value = gradients(value, inputs)[i]
    return value.data


@settings(max_examples=15, deadline=None)
@given(numbers=small_and_nearly_equal(), count=st.sampled_from([2, 3]), data=st.data())
def test_softmax_and_its_kin_keep_their_digits_between_nearly_equal_numbers(
    numbers: list[float], count: int, data: st.DataObject
) -> None:
    numbers = numbers[:count]
    by = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=5))
    functions = {logsumexp: by, lambda xs: softmax(xs)[0]: [0, *by]}
    if count == 2:
        functions[lambda xs: logaddexp(*xs)] = by
    with mp.workdps(400):
        for function, places in functions.items():
            exact = logsumexp_derivative([mpf(x) for x in numbers], places)
            assert units_off(differentiated(function, numbers, by), exact) <= BOUND
        if len(by) > 1:  # the logarithm of a share is x less logsumexp
            exact = -logsumexp_derivative([mpf(x) for x in numbers], by)
            found = differentiated(lambda xs: log_softmax(xs)[0], numbers, by)
            assert units_off(found, exact) <= BOUND


@settings(max_examples=20, deadline=None)
@given(x=st.builds(math.ldexp, st.floats(-1.0, 1.0), st.integers(-1000, 4)))
def test_logaddexp_with_0_has_the_derivatives_of_softplus(x: float) -> None:
    for order in range(1, 6):
        of_softplus = nested(softplus, order)(x)
        of_logaddexp = nested(lambda t: logaddexp(t, 0), order)(x)
        lost = 1e-15 if x > 0.25 else 5e-324  # a unit of subnormal numbers
        assert of_logaddexp == pytest.approx(of_softplus, rel=1e-12, abs=lost)
