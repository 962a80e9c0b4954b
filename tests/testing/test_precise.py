"""Derivatives to 60 digits of functions that can be carried out with that many."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import mpmath
import pytest
from hypothesis import given
from mpmath import mp, mpf

import autograd
from autograd import Primitive, Value, cosh, dot, exp, log, relu, sigmoid, sin, tanh, where
from autograd.testing import FORMULAS, GradientError, KinkError, check_gradients, expressions
from autograd.testing.exact import Local, UndefinedError
from autograd.testing.expression import Expression
from autograd.testing.numerical import Slope
from autograd.testing.precise import (
    Precise,
    Work,
    precise_derivatives,
    precise_slopes,
)

UNARY = {
    primitive.name: primitive
    for primitive in FORMULAS
    if primitive.arity == 1 and primitive.name != "where"
}


def slope(function: Callable[[Any], Any], x: float) -> Slope | None:
    """Of a function of one number."""
    found = precise_slopes(lambda point: [function(point[0])], [x], 0)
    return found[0] if found else None


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


class ForeignError(Exception):
    """An error of the user's own."""


@pytest.mark.parametrize(
    "error",
    [AssertionError, RuntimeError, NotImplementedError, RecursionError, OSError, ForeignError],
)
def test_a_function_that_refuses_a_foreign_number_passes(error: type[Exception]) -> None:
    def guarded(x: Any) -> Any:
        if not isinstance(x, (Value, float)):
            raise error("not one of mine")
        return x * x

    assert slope(guarded, 2.0) is None
    check_gradients(guarded, 2.0)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: [x * x] if isinstance(x, (Value, float)) else [x, x],
        lambda x: [x * x] if isinstance(x, (Value, float)) else [x] * (2 + (x > 2)),
        lambda x: x * x if isinstance(x, (Value, float)) else None,
        lambda x: x * x if isinstance(x, (Value, float)) else x * 0,
        lambda x: x * x if isinstance(x, (Value, float)) else math.nan,
        lambda x: {Value: lambda y: y * y, float: lambda y: y * y}[type(x)](x),
        lambda x: type(x)(2.0) * x,
    ],
)
def test_a_function_that_does_something_else_with_a_foreign_number_passes(
    function: Callable[[Any], Any],
) -> None:
    check_gradients(function, 2.0)


# ── The work has a bound ──────────────────────────────────────────────────────


def newton(price: Any) -> Any:
    """Newton's steps for arctan(x) = 0, which become longer where it begins too far from it."""
    x = 2.0 * price
    for _ in range(40):
        x = x - autograd.arctan(x) * (1 + x * x)
    return x


def never_ending(x: Any) -> Any:
    """With floats it ends at once."""
    while isinstance(x, Precise) or x < 1:
        x = x + 1e-3 * (1 - x)
    return x * 1


def handled(x: Any) -> Any:
    """The error for too much work is not the end of it."""
    try:
        return sigmoid(exp(exp(x)))
    except Exception:
        return x


@pytest.mark.parametrize(
    ("function", "x", "problem"),
    [
        (lambda x: sigmoid(exp(exp(x))), 22.0, "exp() leaves the range of 2**±4096"),
        (lambda x: exp(-exp(exp(x))), 22.0, "exp() leaves the range of 2**±4096"),
        (lambda x: sin(x ** (x**x)), 40.0, "power() leaves the range of 2**±4096"),
        (lambda x: 1 / exp(-(x**9)), 9.0, "exp() leaves the range of 2**±4096"),
        (lambda x: cosh(x**8) * 0, 90.0, "cosh() leaves the range of 2**±4096"),
        (lambda x: reduce(lambda y, _: y * y, range(99), x), 2.0, "multiply() leaves the range"),
        (lambda x: reduce(lambda y, _: y / 1e300, range(99), x), 2.0, "divide() leaves the range"),
        (newton, 0.8, "multiply() leaves the range of 2**±4096"),
        (never_ending, 2.0, "it takes more than 10,000 operations"),
        (handled, 22.0, "exp() leaves the range of 2**±4096"),
    ],
)
def test_the_work_is_bounded_whatever_the_function(
    function: Callable[[Any], Any], x: float, problem: str
) -> None:
    work = Work(10_000)
    assert precise_slopes(lambda point: [function(point[0])], [x], 0, work) == []
    assert problem in work.problem
    assert work.done <= 10_000 + 1


@pytest.mark.parametrize("exponent", [700, 1023, 2.0**52, 2.0**80, 2.0**1000])
@pytest.mark.parametrize("name", sorted(UNARY))
def test_an_operation_on_huge_numbers_takes_no_work_without_bound(
    name: str, exponent: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What mpmath multiplies for each bit of a whole number is counted, not timed."""
    multiplied: list[int] = []
    library = mpmath.libmp
    pow_int = library.libmpf.mpf_pow_int

    def counted(number: Any, n: int, *rest: Any) -> Any:
        multiplied.append(n.bit_length())
        return pow_int(number, n, *rest)

    for module in (library.libmpf, library.libelefun, mpmath.ctx_mp_python):
        if hasattr(module, "mpf_pow_int"):
            monkeypatch.setattr(module, "mpf_pow_int", counted)
    for sign in (1.0, -1.0):
        with contextlib.suppress(UndefinedError), mp.workdps(400):
            Local(UNARY[name], {}).value([mpf(sign * exponent)])
    assert sum(multiplied) <= 200


def test_an_exponential_of_a_huge_number_is_right() -> None:
    with mp.workdps(60):
        for x in (mpf(2) ** 14, mpf(2) ** 20 + mpf(1) / 3, -(mpf(2) ** 18)):
            near = mpf(10) ** -57
            assert mp.almosteq(FORMULAS[exp].value(x), mp.exp(x), near)
            assert mp.almosteq(FORMULAS[cosh].value(x), mp.cosh(x), near)
            assert mp.almosteq(FORMULAS[autograd.sinh].value(x), mp.sinh(x), near)
            assert mp.almosteq(FORMULAS[autograd.expm1].value(x), mp.expm1(x), near)
            for base in (mpf("1.001"), mpf(-3)):
                y = mp.floor(x) if base < 0 else x
                assert mp.almosteq(FORMULAS[autograd.power].value(base, y), base**y, near)


def test_a_huge_even_power_of_minus_one_falls() -> None:
    exponent = 4.9e124  # less one it is odd, which 60 digits do not show
    with mp.workdps(60):
        assert Local(autograd.power, {}).slope(0)([mpf(-1), mpf(exponent)]) == -exponent


def test_a_subnormal_input_takes_the_digits_that_it_needs() -> None:
    digits: list[int] = []

    def noted(point: Sequence[Any]) -> list[Any]:
        digits.append(mp.dps)
        return [exp(point[0]) + 1e15]

    [found] = precise_slopes(noted, [5e-324], 0)
    assert found == Slope(1.0, found.error)
    assert set(digits) == {100 + 323}


def test_the_bound_is_for_the_whole_check() -> None:
    calls: list[Any] = []

    def noted(numbers: Sequence[Any]) -> Any:
        calls.append(numbers)
        return [reduce(lambda y, _: sin(y), range(100), x) for x in numbers]

    point, work = [0.1, 0.2, 0.3], Work(2000)
    assert len(precise_slopes(noted, point, 0, work)) == 3
    assert (work.done, len(calls)) == (1500, 5)
    assert precise_slopes(noted, point, 1, work) == []
    assert precise_slopes(noted, point, 2, work) == []
    assert precise_derivatives(noted, point, [[1.0, 0.0, 0.0]] * 2, work) == []
    assert (work.done, len(calls)) == (2001, 7)
    assert work.problem == "it takes more than 2,000 operations"


def test_large_numbers_and_many_digits_count_for_more() -> None:
    for x, counted in [(1.0, 5), (5e-324, 5 * 4 * 3), (1e300, 5 * 2)]:
        work = Work()
        assert precise_slopes(lambda point: [-point[0]], [x], 0, work)
        assert work.done == counted


def test_it_is_said_where_60_digits_could_not_be_had(caplog: pytest.LogCaptureFixture) -> None:
    missing = "Floats alone were compared: with 60 digits exp() leaves the range of 2**±4096."
    check_gradients(lambda x: sigmoid(-(x**9)), 9.0, order=1)
    assert caplog.messages == [
        "Derivatives of the function are right. At x = 9.0\n  "
        + missing.replace("exp()", "sigmoid()")
    ]
    with pytest.raises(KinkError) as error:
        check_gradients(lambda x: sigmoid(exp(exp(x))), 22.0, order=1)
    assert str(error.value).endswith(f"At x = 22.0\n  {missing}")
    caplog.clear()
    check_gradients(exp, 20.0)
    check_gradients(unknown, 20.0)
    assert not caplog.messages


def test_a_kink_is_told_from_a_jump() -> None:
    assert slope(relu, 0.0) == Slope(math.nan, math.inf, "kink", 0.0, 1.0)
    assert slope(autograd.floor, 3.0).problem == "rough"  # type: ignore[union-attr]
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
        if found and not found[0].problem and derivative.error < math.inf:
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


@pytest.mark.parametrize(
    ("right", "size", "function"),
    [
        # What cancels loses digits of its terms, and these are about 1.
        (autograd.mish, 2.5e-12, lambda y, x: tanh(0.1 * y) + exp(0.1 * x)),
        (autograd.silu, 6.9e-12, lambda y, x: y + x + x * x + 2.0),
        # Differences show these, but not those of the one operation.
        (autograd.cosh, 1.1e-11, lambda y, x: autograd.logsumexp([0.1 * y, 0.1 * x, 0.0])),
    ],
)
def test_a_small_fault_is_found_and_named(
    monkeypatch: pytest.MonkeyPatch, right: Primitive, size: float, function: Any
) -> None:
    [rule] = right.derivatives
    wrong = Primitive(right.name, right.forward, lambda x, out: rule(x, out) * (1.0 + size))
    monkeypatch.setitem(FORMULAS, wrong, FORMULAS[right])
    for x in (-1.9338495436935026, 2.23399546220445):
        with pytest.raises(GradientError, match=f"The rule of {right.name} for x is at fault"):
            check_gradients(lambda x: function(wrong(x), x), x, order=1)


def test_what_rounding_inside_a_function_has_lost_is_no_fault() -> None:
    check_gradients(lambda x: log(1 + x * x) ** 3, 1e-10, order=1)


def test_numbers_of_60_digits_refuse_what_has_fewer() -> None:
    with pytest.raises(TypeError, match=r"^expected a real number, got the str 'x'"):
        Precise(mpf(1)).add("x")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^unsupported operand .*'Precise' and 'str'"):
        Precise(mpf(1)) + "x"  # type: ignore[operator]


@pytest.mark.parametrize("x", [5e-324, 1e-310, 1e-300])
def test_a_tiny_number_takes_no_more_digits_than_it_has_zeros(x: float) -> None:
    digits = []

    def function(inputs: Sequence[Any]) -> Sequence[Any]:
        digits.append(mp.dps)
        return [autograd.exp(inputs[0]) * 3.0]

    [found] = precise_slopes(function, [x], 0)
    assert abs(found.value - 3.0) <= found.error < 1e-14
    assert len(digits) == 5
    assert max(digits) <= 100 - math.log10(x) + 1


@pytest.mark.parametrize(
    ("function", "x", "directions", "exact"),
    [
        (lambda x: [exp(x[0])], [1.0], [[1.0], [1.0]], math.e),
        (lambda x: [x[0] ** 2 * x[1] ** 3], [2.0, 3.0], [[1.0, 0.0], [0.0, 1.0]], 108.0),
        (lambda x: [x[0] ** 2 * x[1] ** 3], [2.0, 3.0], [[1.0, -1.0]] * 3, 30.0),
        (lambda x: [sin(x[0])], [1e-200], [[1.0]] * 3, -1.0),
        (lambda x: [x[0] * autograd.floor(x[0])], [123456789.5], [[1.0]] * 2, 0.0),
        (lambda x: [relu(x[0] - 1)], [1 + 1e-15], [[1.0]] * 2, 0.0),
    ],
)
def test_a_derivative_of_higher_order_is_right(
    function: Any, x: list[float], directions: list[list[float]], exact: float
) -> None:
    [found] = precise_derivatives(function, x, directions, Work())
    assert abs(found.value - exact) <= found.error <= 1e-15 * (1 + abs(exact))
    assert found.at == pytest.approx(function(x)[0])


@pytest.mark.parametrize(
    "function", [abs, lambda x: x * abs(x), lambda x: relu(x) ** 2, autograd.sign]
)
def test_there_is_no_second_derivative_at_a_kink(function: Callable[[Any], Any]) -> None:
    [found] = precise_derivatives(lambda x: [function(x[0])], [0.0], [[1.0], [1.0]], Work())
    assert found.error >= 0.4 * abs(found.value)
