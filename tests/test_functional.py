"""grad and gradients: derivatives that can be differentiated again."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from mpmath import mp

import autograd
from autograd import Value, grad, gradients, no_grad
from tests.expressions import Step, programs, run_on_mpmath, run_on_values
from tests.test_gradients import assume_smooth_and_tame, difference_quotient, points


@given(programs(), points)
def test_gradients_are_those_of_backward(program: list[Step], point: list[float]) -> None:
    inputs = [Value(number) for number in point]
    results = run_on_values(program, inputs)
    slopes = [slope.data for slope in gradients(results[-1], inputs)]
    assert [x.grad for x in inputs] == [0.0, 0.0]
    results[-1].backward()
    assert slopes == pytest.approx([x.grad for x in inputs], rel=1e-9, abs=1e-9, nan_ok=True)


@given(programs(max_steps=5), points)
def test_second_derivatives_agree_with_fifty_digits(
    program: list[Step], point: list[float]
) -> None:
    inputs = [Value(number) for number in point]
    results = run_on_values(program, inputs)
    assume_smooth_and_tame(program, [value.data for value in results])
    assume(all(abs(value.data) < 20 for value in results))
    gradients(results[-1], inputs)[0].backward()
    with mp.workdps(70):
        exact = [mp.mpf(number) for number in point]

        def slope(at: list[object]) -> object:
            step = mp.mpf(10) ** -20
            return difference_quotient(lambda x: run_on_mpmath(program, x)[-1], at, 0, step)

        for i, x in enumerate(inputs):
            curvature = difference_quotient(slope, exact, i, mp.mpf(10) ** -15)
            assume(abs(curvature) < 1e6)
            assert abs(x.grad - curvature) <= 1e-8 * (1 + abs(curvature))


def test_derivatives_of_any_order() -> None:
    function: Callable[..., Any] = autograd.sin
    for expected in [math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x), math.sin]:
        function = grad(function)
        assert function(0.7) == pytest.approx(expected(0.7), rel=1e-15)


def test_numbers_give_floats_and_values_give_values() -> None:
    cube = grad(lambda x: x**3)
    assert type(cube(2)) is float
    x = Value(2.0)
    slope = cube(x)
    assert isinstance(slope, Value)
    slope.backward()
    assert (slope.data, x.grad) == (12.0, 12.0)


def test_a_derivative_within_a_derivative_is_by_its_own_variable() -> None:
    # d/dx (x * d/dy (x + y)) is 1; confusing the two variables gives 2.
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    # and the same where the inner point is the outer variable itself
    assert grad(lambda x: x * grad(lambda y: x * y)(x))(3.0) == 6.0


def test_mixed_derivatives() -> None:
    def f(x: Value, y: Value) -> Value:
        return x**3 * y

    assert grad(grad(f), 1)(2.0, 5.0) == grad(grad(f, 1), 0)(2.0, 5.0) == 12.0
    assert grad(grad(grad(f), 1))(2.0, 5.0) == 12.0


def test_a_derivative_within_a_function_depends_on_what_that_closes_over() -> None:
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * z)(1.0))(1.0))(1.0) == 1.0


def test_a_keyword_argument_counts_as_an_argument() -> None:
    scale = Value(4.0)
    slope = grad(lambda x, scale: x * x * scale)(3.0, scale=scale)
    slope.backward()
    assert (slope.data, scale.grad) == (24.0, 6.0)


@pytest.mark.parametrize("wrong", [None, [1.0], "1"])
def test_a_function_that_gives_no_number_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError) as error:
        grad(lambda x: wrong)(1.0)
    assert str(error.value) == (
        "grad() differentiates a function that returns one number, "
        f"and this one returned a {type(wrong).__name__}"
    )
    assert type(grad(lambda x: x * x)(1.0)) is float


def test_wrong_arguments_are_refused() -> None:
    x = Value(1.0)
    with pytest.raises(TypeError, match=r"^argnum is the number of one argument.*got \(0, 1\)$"):
        grad(lambda x: x, argnum=(0, 1))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^gradients\(\) differentiates a Value, got a float$"):
        gradients(2.0, [x])  # type: ignore[arg-type]
    for wrong in (x, [2.0]):
        with pytest.raises(TypeError, match=r"^gradients\(\) takes a list of the Values"):
            gradients(x * 2, wrong)  # type: ignore[arg-type]


def test_a_function_that_does_not_depend_on_its_argument_has_slope_zero() -> None:
    assert grad(lambda x: 5.0)(1.0) == 0.0
    assert grad(lambda x: Value(5.0) * 2)(1.0) == 0.0
    assert [g.data for g in gradients(Value(2.0), [Value(1.0)])] == [0.0]


def test_the_derivative_of_a_value_with_respect_to_itself_and_to_interior_values() -> None:
    x = Value(3.0)
    y = x * x
    z = y * y
    assert [g.data for g in gradients(z, [z, y, x])] == [1.0, 18.0, 108.0]


def test_argnum_chooses_the_argument_and_options_are_passed_on() -> None:
    def function(x: float, y: float, *, scale: float) -> float:
        return x * y * y * scale

    assert grad(function, argnum=1)(5.0, 3.0, scale=10.0) == 300.0
    with pytest.raises(TypeError) as error:
        grad(function, argnum=2)(5.0, 3.0, scale=1.0)
    assert str(error.value) == (
        "grad() is to differentiate by argument 2, "
        "but the function was called with 2 positional arguments"
    )


def test_a_derivative_is_taken_within_no_grad_too() -> None:
    with no_grad():
        assert grad(lambda x: x * x)(3.0) == 6.0


def test_a_constant_operand_is_not_differentiated() -> None:
    # The rule of x**y for y takes the logarithm of x, which at -2 is nan.
    slope = gradients(Value(-2.0) ** 3, [x := Value(-2.0)])
    assert [g.data for g in slope] == [0.0]
    x = Value(-2.0)
    [slope_of_cube] = gradients(x**3, [x])
    names = {value.op.name for value in autograd.topological_order(slope_of_cube) if value.op}
    assert "power_rate" not in names
    slope_of_cube.backward()
    assert x.grad == -12.0
