"""Numerical derivatives: within their own bound of the truth, and that bound is tight."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd import absolute, elu, floor, relu, sign, topological_order
from autograd.testing import Expression, expressions
from autograd.testing.chain_rule import noise
from autograd.testing.numerical import Slope, slope, slopes
from tests.oracle import PRIMITIVES, ROWS, UndefinedError

NOT_SMOOTH = {"ceil", "floor", "round", "sign", "trunc", "where"}
SMOOTH = sorted(
    name
    for name, row in ROWS.items()
    if PRIMITIVES[name].arity == 1 and name not in NOT_SMOOTH and not row.supporting
)

# None of them magnifies the rounding errors of its operands.
TAME = [*"+-*", "neg", "abs", "relu", "square", "exp", "tanh", "sigmoid", "arctan", "logaddexp"]


@pytest.mark.parametrize("name", SMOOTH)
@settings(max_examples=15)
@given(data=st.data())
def test_the_true_derivative_of_an_operation_lies_within_the_bound(
    name: str, data: st.DataObject
) -> None:
    row, primitive = ROWS[name], PRIMITIVES[name]
    x = data.draw(st.one_of([st.floats(low, high) for low, high in row.intervals]))
    try:
        exact = row.exact(primitive, [x], 0)
    except UndefinedError:
        exact = None
    assume(exact is not None and abs(exact) < 1e300)
    found = slope(primitive, x)
    if not found.problem:
        assert abs(found.value - float(exact)) <= found.error


@settings(max_examples=150)
@given(expressions(TAME, inputs=st.floats(-2, 2).filter(lambda x: abs(x) > 1e-3)))
def test_the_true_derivative_of_an_expression_lies_within_the_bound(expression: Expression) -> None:
    _, out = expression.on_values()
    for value in topological_order(out):
        assume(abs(value.data) < 1e3)
        if value.op in (absolute, relu):
            assume(abs(value.inputs[0].data) > 1e-4)
    # As `check_gradients` does, which knows how far rounding disturbs the values.
    x, *others = expression.point
    [found] = slopes(lambda at: [expression(at, *others)], x, [noise(out)])
    exact = expression.exact().gradient[0].number
    assume(exact == exact)  # nan where nothing can be said
    assert not found.problem
    assert abs(found.value - exact) <= found.error
    assert found.error <= 1e-5 * max(1.0, abs(exact)), "the bound is of use"


@pytest.mark.parametrize(
    ("function", "x", "exact", "tightness"),
    [
        (math.exp, 1.0, math.e, 1e-12),
        (math.sin, 1e6, math.cos(1e6), 1e-10),
        (math.cos, 1e-9, -1e-9, 1e-4),  # the values are known to 1e-16 only
        (lambda x: 1 / x, 1e-100, -1e200, 1e-9),
        (lambda x: math.sin(1000 * x), 0.3, 1000 * math.cos(300), 1e-10),
        (lambda x: x**50, 1.0, 50.0, 1e-10),
        (lambda x: math.exp(-1e6 * x * x), 1e-3, -2e3 / math.e, 1e-11),
        (lambda x: (x + 1e8) - 1e8, 1.1, 1.0, 1e-6),  # noise of 1e-8
        (lambda x: 1 + max(x, 0.0), 1e-9, 1.0, 1e-5),  # next to a kink
        (lambda x: max(x, 0.0), 1e-9, 1.0, 1e-12),
    ],
)
def test_the_bound_holds_and_is_tight(
    function: Callable[[float], float], x: float, exact: float, tightness: float
) -> None:
    found = slope(function, x)
    assert found.problem == ""
    assert abs(found.value - exact) <= found.error <= tightness * abs(exact)


def test_a_derivative_of_nothing_is_zero_to_the_last_unit() -> None:
    assert slope(lambda x: 3.0, 1.0).value == 0.0
    assert slope(lambda x: 3.0, 1.0).error < 1e-13
    assert slope(relu, -3.0) == Slope(0.0, slope(relu, -3.0).error)


@pytest.mark.parametrize(
    ("function", "x", "left", "right"),
    [
        (abs, 0.0, -1.0, 1.0),
        (relu, 0.0, 0.0, 1.0),
        (lambda x: 1 + max(x, 0.0), 0.0, 0.0, 1.0),
        (lambda x: abs(x - 3) * x, 3.0, -3.0, 3.0),
        (lambda x: abs(math.sin(x)), math.pi, -1.0, 1.0),
        (lambda x: 2 * x + 1e-3 * max(x, 0.0), 0.0, 2.0, 2.001),
        (lambda x: math.exp(x) + 1e-4 * max(x, 0.0), 0.0, 1.0, 1.0001),
        (lambda x: x * x + 1e-5 * abs(x - 1), 1.0, 2.0 - 1e-5, 2.0 + 1e-5),
    ],
)
def test_a_kink_shows_in_the_two_slopes(
    function: Callable[[float], float], x: float, left: float, right: float
) -> None:
    found = slope(function, x)
    assert found.problem == "kink"
    assert found.left == pytest.approx(left, abs=1e-6)
    assert found.right == pytest.approx(right, abs=1e-6)
    assert 0.0 < found.step <= 1.0
    assert math.isnan(found.value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_does_not_vary_has_a_derivative_everywhere(x: float) -> None:
    assert slope(lambda _: 0.0, x).value == slope(lambda _: 1.0, x).value == 0.0
    assert slope(lambda _: 0.0, 13.7).problem == ""


def test_a_kink_of_the_derivative_is_none_of_the_function() -> None:
    found = slope(lambda x: elu(x), 0.0)
    assert abs(found.value - 1.0) <= found.error <= 1e-8


@pytest.mark.parametrize(
    ("function", "x", "problem"),
    [
        (math.sqrt, 0.0, "edge"),  # raises to the left
        (lambda x: math.log(x), 1e-320, "edge"),
        (lambda x: math.inf, 1.0, "edge"),
        (lambda x: x, math.inf, "edge"),
        (floor, 1.0, "rough"),
        (sign, 0.0, "rough"),
        (lambda x: math.floor(x + 1e-12), 1.0, "rough"),  # a jump next to the point
        (lambda x: math.copysign(abs(x) ** (1 / 3), x), 0.0, "rough"),  # infinitely steep
        (lambda x: math.sin(1 / x) if x else 0.0, 0.0, "rough"),
    ],
)
def test_where_there_is_no_derivative_the_reason_is_told(
    function: Callable[[float], float], x: float, problem: str
) -> None:
    assert slope(function, x).problem == problem


def test_treads_that_look_like_a_ramp_from_afar_are_told_from_one() -> None:
    for x in (1.5, 25.303530854832744, 77.39573640566206, 766.9951029051191):
        found = slope(floor, x)
        assert abs(found.value) <= found.error <= 1e-6 or found.problem == "rough"


def test_noise_that_does_not_show_is_counted_in() -> None:
    function = lambda x: [math.log(1 + x * x)]  # noqa: E731
    [blind] = slopes(function, 1e-10)
    assert blind.value == 0.0
    [told] = slopes(function, 1e-10, [2.2e-16])
    assert abs(told.value - 2e-10) <= told.error <= 1e-12


def test_several_functions_are_differentiated_at_once() -> None:
    found = slopes(lambda x: [x * x, abs(x), math.exp(x)], 0.0)
    assert [each.problem for each in found] == ["", "kink", ""]
    assert abs(found[2].value - 1.0) <= found[2].error <= 1e-12


def test_few_values_are_enough() -> None:
    calls: list[float] = []

    def counted(x: float) -> float:
        calls.append(x)
        return math.exp(x)

    slope(counted, 1.0)
    assert len(calls) <= 25
    assert slope(lambda x: counted(abs(x)), 0.0).problem == "kink"
    assert len(calls) <= 25 + 180


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Slope(0.479425538604203, 1.3e-13), "0.479425538604 ± 1e-12"),
        (Slope(0.0, 5e-324), "0 ± 1e-323"),
        (Slope(1e-17, 1e-15), "1e-17 ± 1e-15"),
    ],
)
def test_as_many_digits_are_shown_as_are_known(found: Slope, text: str) -> None:
    assert str(found) == text
