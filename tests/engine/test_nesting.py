"""Operations whose values and rules take derivatives themselves, at any depth and in every mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    Primitive,
    Reduction,
    Value,
    divide,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    tanh,
    value_and_grad,
    vjp,
)

Function = Callable[[Any, Any], Any]

DEPTHS = [0, 1, 2, 3]


def softcap(x: Any, c: Any) -> Any:
    return c * tanh(divide(x, c))


def plain(depth: int) -> Function:
    """A function, written out."""
    if depth == 0:
        return softcap
    inner = plain(depth - 1)
    return lambda x, c: softcap(x, c) * inner(c, x) + x * inner(x, c)


def operation(depth: int) -> Function:
    """The same as an operation, which is made of one that is, and whose rules take gradients."""
    if depth == 0:
        f: Function = softcap
    else:
        inner = operation(depth - 1)
        f = lambda x, c: softcap(x, c) * inner(c, x) + x * inner(x, c)  # noqa: E731
    return Primitive(
        f"softcap{depth}",
        f,
        lambda x, c, out: grad(lambda t: f(t, c))(x),
        lambda x, c, out: grad(lambda t: f(x, t))(c),
    )


def close(number: Any) -> Any:
    return pytest.approx(number, rel=1e-9, abs=1e-12)


moderate = st.floats(0.3, 3.0) | st.floats(-3.0, -0.3)


@pytest.mark.parametrize("depth", DEPTHS)
def test_every_derivative_is_that_of_the_function_written_out(depth: int) -> None:
    f, op, point = plain(depth), operation(depth), (0.7, 3.0)

    def of(g: Function) -> list[Any]:
        """A function of the operation, in which its inputs have other uses too."""
        return [g, lambda x, c: x * g(x * c, c) + g(x, x), lambda x, c: g(g(x, c), x * c)]

    for ours, theirs in zip(of(op), of(f), strict=True):
        x, c = Value(point[0]), Value(point[1])
        out = ours(x, c)
        assert out.data == close(theirs(*point))
        expected = grad(theirs, (0, 1))(*point)
        assert [slope.data for slope in gradients(out, [x, c])] == close(list(expected))
        out.backward()
        assert (x.grad, c.grad) == close(expected)
        assert grad(ours, (0, 1))(*point) == close(expected)
        assert value_and_grad(ours)(*point) == close(value_and_grad(theirs)(*point))
        assert jvp(ours, point, (1.0, -2.0)) == close(jvp(theirs, point, (1.0, -2.0)))
        assert vjp(ours, *point)[1](2.0) == close(vjp(theirs, *point)[1](2.0))
        if depth < 3:
            assert grad(grad(ours))(*point) == close(grad(grad(theirs))(*point))
            assert hvp(ours, point, (1.0, -2.0)) == close(hvp(theirs, point, (1.0, -2.0)))
            assert hessian(ours)(*point) == close(hessian(theirs)(*point))


@given(moderate, moderate, st.integers(0, 2))
def test_the_gradients_are_right_wherever_they_are_taken(x: float, c: float, depth: int) -> None:
    expected = grad(plain(depth), (0, 1))(x, c)
    op = operation(depth)
    a, b = Value(x), Value(c)
    assert [slope.data for slope in gradients(op(a, b), [a, b])] == close(list(expected))
    assert grad(op, (0, 1))(x, c) == close(expected)


def test_a_reduction_may_take_gradients() -> None:
    def f(numbers: Any) -> Any:
        return tanh(numbers[0] * numbers[1]) * numbers[2]

    op = Reduction("product", lambda x: f(x), lambda x, out: grad(f)(list(x)))
    point = [0.3, 0.7, 2.0]
    expected = grad(f)(point)
    values = [Value(x) for x in point]
    out = op(values) * values[0]
    assert [x.data for x in gradients(op(values), values)] == close(expected)
    assert grad(op)(point) == close(expected)
    assert hessian(op)(point) == [close(row) for row in hessian(f)(point)]
    out.backward()
    assert values[1].grad == close(expected[1] * 0.3)


def test_a_rule_may_give_a_constant_to_which_many_paths_lead() -> None:
    def slope(*_: Any) -> Any:
        two = Value(1.0)
        for _time in range(100):
            two = (two + two) * 0.5
        return two + two

    op = Primitive("double", lambda x: 2 * x, slope)
    assert grad(lambda x: op(x) * x)(3.0) == 12.0


def test_a_rule_may_go_through_the_values_it_is_handed_in_any_way() -> None:
    used: list[Value] = []

    def slope(x: Any, out: Any) -> Any:
        for value in (x, out):
            if isinstance(value, Value):
                used.append(value)
                value.backward()
                gradients(value * x, [value])
                jacobian(lambda t, y=value: [t * y, t])(x)
                with pytest.raises(ZeroDivisionError):
                    grad(lambda t: t * (1 // 0))(x)
        return 2.0 * x

    op = Primitive("square", lambda x: x * x, slope)
    x = Value(3.0)
    y = x * 2
    [by_x, by_y] = gradients(op(y) * x + op(x) * y, [x, y])
    # (2 x)**2 x + x**2 2 x is 6 x**3, and y**2 x + x**2 y in y is 2 x y + x**2.
    assert (by_x.data, by_y.data) == (18.0 * 9.0, 2.0 * 3.0 * 6.0 + 9.0)
    assert used


def test_a_forward_function_may_call_backward_on_what_is_shared() -> None:
    shared = Value(5.0)
    y = shared * shared

    def value(x: float) -> float:
        y.backward()
        return x * y.data

    op = Primitive("scaled", value, lambda x, out: divide(out, x))
    x = Value(2.0)
    out = op(x) * y
    assert shared.grad == 10.0
    out.backward()
    assert (x.grad, shared.grad) == (25.0 * 25.0, 10.0 + 50.0 * 10.0)
    assert grad(lambda t: op(t) * y)(2.0) == 625.0


def test_a_value_on_which_an_outer_derivative_depends_is_no_number_for_a_rule() -> None:
    def outer(t: Any) -> Any:
        op = Primitive("hiding", lambda x: x, lambda x, out: t * x)
        return op(Value(2.0)) * t

    message = "^hiding\\(\\) or a derivative rule of it: expected a real number, got a Value"
    with pytest.raises(TypeError, match=message):
        grad(outer)(3.0)
