"""Derivatives of functions, in both modes and of any order."""

from __future__ import annotations

import gc
import itertools
import math
import random
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import (
    Value,
    exp,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    sin,
    value_and_grad,
    vjp,
)
from autograd.contexts import observed_by
from autograd.engine.recording import Observer
from autograd.testing import Expression, expressions
from autograd.testing.expression import apply
from benchmarks.libraries import Chainrule, plain_network
from benchmarks.workloads import random_network, two_crescents
from tests.engine.test_gradients import MOST_USED, ORDINARY
from tests.threads import run_at_once


@given(expressions(MOST_USED, inputs=ORDINARY))
def test_gradients_are_those_of_backward(expression: Expression) -> None:
    inputs, out = expression.on_values()
    slopes = [slope.data for slope in gradients(out, inputs)]
    assert all(x.grad == 0.0 for x in inputs)
    out.backward()
    assert slopes == pytest.approx([x.grad for x in inputs], rel=1e-9, abs=1e-9, nan_ok=True)


@given(expressions(max_size=5))
def test_second_derivatives_agree_with_sixty_digits(expression: Expression) -> None:
    inputs, out = expression.on_values()
    gradients(out, inputs)[0].backward()
    for x, expected in zip(inputs, expression.exact(order=2).hessian[0], strict=True):
        assert expected.allows(x.grad)


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


def test_a_function_that_does_not_depend_on_its_argument_has_slope_zero() -> None:
    assert grad(lambda x: 5.0)(1.0) == 0.0
    assert grad(lambda x: Value(5.0) * 2)(1.0) == 0.0
    assert [g.data for g in gradients(Value(2.0), [Value(1.0)])] == [0.0]


def test_the_derivative_of_a_value_with_respect_to_itself_and_to_interior_values() -> None:
    x = Value(3.0)
    y = x * x
    z = y * y
    assert [g.data for g in gradients(z, [z, y, x])] == [1.0, 18.0, 108.0]


def test_the_derivatives_of_a_value_are_recorded_within_no_grad_too() -> None:
    x = Value(2.0)
    y = x**3
    with no_grad():
        slope = gradients(y, x)
    assert gradients(slope, x).data == 12.0
    slope.backward()
    assert (slope.data, x.grad) == (12.0, 12.0)


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


# ── Shapes ────────────────────────────────────────────────────────────────────

Line = namedtuple("Line", ["slope", "height"])


def test_argnums_chooses_the_arguments_and_options_are_passed_on() -> None:
    def function(x: Any, y: Any, *, scale: float) -> Any:
        return x * y * y * scale

    assert grad(function, argnums=1)(5.0, 3.0, scale=10.0) == 300.0
    assert grad(function, argnums=-1)(5.0, 3.0, scale=10.0) == 300.0
    assert grad(function, argnums=(1, 0))(5.0, 3.0, scale=10.0) == (300.0, 90.0)
    assert grad(function, argnums=(-1,))(5.0, 3.0, scale=10.0) == (300.0,)
    assert value_and_grad(function, argnums=(0, 1))(5.0, 3.0, scale=1.0) == (45.0, (9.0, 30.0))
    assert jvp(function, (5.0, 3.0), (1.0, 0.0), scale=10.0) == (450.0, 90.0)
    assert vjp(function, 5.0, 3.0, scale=10.0)[1](1.0) == (90.0, 300.0)
    assert hvp(function, (5.0, 3.0), (0.0, 1.0), 1, scale=10.0) == 100.0


def test_a_derivative_has_the_shape_of_what_it_is_by() -> None:
    parameters = {"w": [1.0, (2.0, 3)], "line": Line(4.0, 5), "x": 6.0}

    def function(p: Any) -> Any:
        return p["w"][0] * p["w"][1][0] * p["w"][1][1] + p["line"].slope * p["x"] + p["line"].height

    slopes = grad(function)(parameters)
    assert slopes == {"w": [6.0, (3.0, 2.0)], "line": Line(6.0, 1.0), "x": 4.0}
    assert type(slopes["line"]) is Line
    assert list(slopes) == ["w", "line", "x"]
    ordered = grad(lambda p: p["b"] * p["a"])(OrderedDict(b=2.0, a=3.0))
    assert ordered == OrderedDict(b=3.0, a=2.0)
    assert type(ordered) is OrderedDict


def test_jacobians_and_hessians_of_containers_are_containers_of_containers() -> None:
    def function(p: Any, q: Any) -> Any:
        return {"product": p["x"] * p["y"] * q, "pair": (p["x"], 2 * q)}

    point = {"x": 3.0, "y": 5.0}
    assert jacobian(function)(point, 2.0) == {
        "product": {"x": 10.0, "y": 6.0},
        "pair": ({"x": 1.0, "y": 0.0}, {"x": 0.0, "y": 0.0}),
    }
    assert jacobian(function, argnums=(1, 0))(point, 2.0)["pair"] == (
        (0.0, {"x": 1.0, "y": 0.0}),
        (2.0, {"x": 0.0, "y": 0.0}),
    )
    assert hessian(lambda p: p["x"] ** 2 * p["y"])(point) == {
        "x": {"x": 10.0, "y": 6.0},
        "y": {"x": 6.0, "y": 0.0},
    }
    assert hessian(lambda x, y: x**2 * y, (0, 1))(3.0, 5.0) == ((10.0, 6.0), (6.0, 0.0))
    assert hessian(lambda x: x**3)(2.0) == 12.0


def test_arrays_hold_values_inside_and_floats_outside() -> None:
    kinds = set()

    def function(x: Any) -> Any:
        kinds.add((x.dtype.kind, x.shape))
        return np.sum(np.tanh(x) ** 2)

    x = np.array([[0.5, -1.0, 2.0], [0.1, 0.2, 0.3]])
    slopes: Any = grad(function)(x)
    assert (slopes.dtype, slopes.shape) == (np.float64, (2, 3))
    assert kinds == {("O", (2, 3))}
    np.testing.assert_allclose(slopes, 2 * np.tanh(x) / np.cosh(x) ** 2, rtol=1e-14)
    assert hessian(function)(x).shape == (2, 3, 2, 3)
    value, again = value_and_grad(function)(x)
    assert type(value) is float
    np.testing.assert_array_equal(again, slopes)


def test_a_jacobian_of_arrays_is_one_array_of_both_shapes() -> None:
    matrix = np.arange(6.0).reshape(2, 3)
    by_vector = jacobian(lambda x: matrix @ x)(np.ones(3))
    assert by_vector.dtype == np.float64
    np.testing.assert_array_equal(by_vector, matrix)
    by_matrix = jacobian(lambda m: m @ np.ones(3))(matrix)
    assert by_matrix.shape == (2, 2, 3)
    np.testing.assert_array_equal(by_matrix, np.einsum("ij,k->ijk", np.eye(2), np.ones(3)))
    mixed = jacobian(lambda x: (x[0] * x[1], x**2))(np.array([3.0, 5.0]))
    np.testing.assert_array_equal(mixed[0], [5.0, 3.0])
    np.testing.assert_array_equal(mixed[1], [[6.0, 0.0], [0.0, 10.0]])


def test_arrays_of_no_dimension_and_of_integers_and_of_nothing() -> None:
    slope: Any = grad(lambda x: x**3)(np.array(2.0))
    assert (slope.shape, slope.dtype, float(slope)) == ((), np.float64, 12.0)
    np.testing.assert_array_equal(grad(lambda x: x[0] * x[1])(np.array([2, 3])), [3.0, 2.0])
    assert grad(lambda x: 1.0)(np.array([])).shape == (0,)
    assert jacobian(lambda x: [])([1.0]) == []
    assert grad(lambda p: 5.0)({}) == {}
    assert type(grad(lambda x: x * x)(np.float64(3.0))) is float


def test_arrays_within_a_derivative_are_arrays_of_values() -> None:
    x = np.array([1.0, 2.0])

    def squared_slope(x: Any) -> Any:
        slopes = grad(lambda y: np.sum(y**3))(x)
        assert slopes.dtype == object
        return np.sum(slopes**2)

    np.testing.assert_allclose(grad(squared_slope)(x), 36 * x**3, rtol=1e-14)


def test_tangents_and_weights_may_come_in_any_order_and_as_integers() -> None:
    def function(p: Any) -> Any:
        return {"sum": p["a"] + p["b"], "product": p["a"] * p["b"]}

    out, rates = jvp(function, ({"a": 3.0, "b": 5.0},), ({"b": 1, "a": 0},))
    assert out == {"sum": 8.0, "product": 15.0}
    assert rates == {"sum": 1.0, "product": 3.0}
    assert type(rates["sum"]) is float
    _, pull_back = vjp(function, {"a": 3.0, "b": 5.0})
    assert pull_back({"product": 1, "sum": 10}) == ({"a": 15.0, "b": 13.0},)


def test_gradients_come_in_the_shape_of_the_inputs() -> None:
    x, y = Value(2.0), Value(5.0)
    product = x**3 * y
    slopes = gradients(product, {"x": x, "both": (x, y)})
    assert slopes["x"].data == slopes["both"][0].data == 60.0
    assert slopes["both"][1].data == 8.0
    assert gradients(product, y).data == 8.0
    array = np.array([x, y], dtype=object)
    assert [slope.data for slope in gradients(product, array)] == [60.0, 8.0]


# ── Modes ─────────────────────────────────────────────────────────────────────


pairs = st.tuples(st.floats(-2, 2), st.floats(-2, 2))


def inner(x: Iterable[float], y: Iterable[float]) -> Any:
    return sum(a * b for a, b in zip(x, y, strict=True))


@given(expressions(MOST_USED, inputs=ORDINARY, max_inputs=2), pairs, pairs)
def test_forward_mode_reverse_mode_and_the_jacobian_agree(
    expression: Expression, direction: tuple[float, float], weights: tuple[float, float]
) -> None:
    def function(x: Any) -> Any:
        return expression.evaluate(x, apply)[-2:]

    point = list(expression.point)
    tangent = list(direction[: len(point)])
    rows = jacobian(function)(point)
    values, rates = jvp(function, (point,), (tangent,))
    again, pull_back = vjp(function, point)
    [shares] = pull_back(list(weights))
    assume(all(abs(x) < 1e6 for x in (*values, *rows[0], *rows[1])))
    assert values == again == [x.data for x in function([Value(x) for x in point])]
    for i in range(2):
        assert rates[i] == pytest.approx(inner(rows[i], tangent), rel=1e-9, abs=1e-9)
    for share, column in zip(shares, zip(*rows, strict=True), strict=True):
        assert share == pytest.approx(inner(column, weights), rel=1e-9, abs=1e-9)


def flat(rows: Any) -> list[float]:
    return list(itertools.chain.from_iterable(rows))


@given(expressions(MOST_USED, inputs=ORDINARY, max_inputs=2, max_size=6), pairs)
def test_every_combination_of_modes_gives_the_same_second_derivatives(
    expression: Expression, direction: tuple[float, float]
) -> None:
    def function(x: Any) -> Any:
        return expression(*x)

    point = list(expression.point)
    tangent = list(direction[: len(point)])
    assume(abs(function(point)) < 1e3)
    rows = hessian(function)(point)
    assume(all(abs(x) < 1e6 for x in flat(rows)))
    close = pytest.approx(flat(rows), rel=1e-9, abs=1e-9)
    units = [[float(i == j) for j in range(len(point))] for i in range(len(point))]
    assert flat(zip(*rows, strict=True)) == close
    assert flat(jacobian(grad(function))(point)) == close
    assert flat(jvp(grad(function), (point,), (unit,))[1] for unit in units) == close
    assert (
        flat(grad(lambda x, unit=unit: jvp(function, (x,), (unit,))[1])(point) for unit in units)
        == close
    )
    expected = [inner(row, tangent) for row in rows]
    assert hvp(function, (point,), (tangent,)) == pytest.approx(expected, rel=1e-8, abs=1e-8)


class Counter(Observer):
    """Counts the operations that are recorded."""

    def __init__(self) -> None:
        self.count = 0

    def recorded(self, value: Any) -> None:  # noqa: ARG002
        """Count one more."""
        self.count += 1


@contextmanager
def counted() -> Iterator[Counter]:
    counter = Counter()
    with observed_by(lambda: counter):
        yield counter


def test_a_jacobian_is_taken_in_the_mode_that_takes_fewer_sweeps() -> None:
    def spread(x: Any) -> Any:  # one input, many outputs
        for _ in range(30):
            x = sin(x)
        return [sin(x) for _ in range(40)]

    def gather(p: Any) -> Any:  # many inputs, one output
        total = sum(sin(x) for x in p)
        for _ in range(30):
            total = sin(total)
        return [total]

    many = [Value(1.0) for _ in range(40)]
    for function, point in ((spread, Value(1.0)), (gather, many)):
        with counted() as counter:
            jacobian(function)(point)
        # To record the function and one sweep takes some 70 operations each, and the local
        # derivatives as many. In the other order there would be 40 sweeps.
        assert 200 < counter.count < 400


def test_the_function_is_called_once_whatever_is_asked_for() -> None:
    calls = []

    def function(p: Any) -> Any:
        calls.append(len(p))
        return p[0] ** 2 * p[1] + p[2]

    point = [1.0, 2.0, 3.0]
    for ask in (
        lambda: value_and_grad(function)(point),
        lambda: jacobian(function)(point),
        lambda: hessian(function)(point),
        lambda: hvp(function, (point,), (point,)),
        lambda: jvp(function, (point,), (point,)),
        lambda: vjp(function, point)[1](1.0),
    ):
        calls.clear()
        ask()
        assert calls == [3]


def test_a_product_with_the_hessian_may_take_part_of_the_arguments() -> None:
    def function(x: Any, y: Any) -> Any:
        return x**3 * y

    assert hvp(function, (2.0, 5.0), (1.0, 10.0)) == 180.0  # 6 x y + 10 * 3 x**2
    assert hvp(function, (2.0, 5.0), (1.0, 10.0), argnums=1) == 12.0
    assert hvp(function, (2.0, 5.0), (1.0, 10.0), argnums=(1, 0)) == (12.0, 180.0)
    assert jvp(grad(function), (2.0, 5.0), (1.0, 10.0))[1] == 180.0


def test_one_pull_back_serves_many_weights() -> None:
    value, pull_back = vjp(lambda x, y: (x * y, x - y), 3.0, 5.0)
    assert value == (15.0, -2.0)
    assert pull_back((1.0, 0.0)) == (5.0, 3.0)
    assert pull_back((0.0, 1.0)) == (1.0, -1.0)
    weight = Value(2.0)
    first, _ = pull_back((weight, 0.0))
    first.backward()
    assert (first.data, weight.grad) == (10.0, 5.0)


def test_a_derivative_of_infinity_stays_where_it_is() -> None:
    assert jacobian(lambda x: [autograd.sqrt(x), x * 2])(0.0) == [math.inf, 2.0]
    assert jacobian(lambda p: [autograd.sqrt(p[0]) + p[1], p[1]])([0.0, 1.0]) == [
        [math.inf, 1.0],
        [0.0, 1.0],
    ]


# ── Derivatives within derivatives ────────────────────────────────────────────

# Functions that differentiate a function of one number, forwards and in reverse.
DIFFERENTIATE: dict[str, Callable[[Callable[[Any], Any]], Callable[[Any], Any]]] = {
    "grad": grad,
    "value_and_grad": lambda f: lambda x: value_and_grad(f)(x)[1],
    "vjp": lambda f: lambda x: vjp(f, x)[1](1.0)[0],
    "jvp": lambda f: lambda x: jvp(f, (x,), (1.0,))[1],
    "jacobian": jacobian,
    # The derivative of p f(x) by p is f(x), and that of this by x is what is wanted.
    "hvp": lambda f: lambda x: hvp(lambda p, y: p * f(y), (1.0, x), (0.0, 1.0)),
}


@pytest.mark.parametrize(("outer", "inner"), list(itertools.product(DIFFERENTIATE, repeat=2)))
def test_a_derivative_within_another_is_by_its_own_variable(outer: str, inner: str) -> None:
    d, e = DIFFERENTIATE[outer], DIFFERENTIATE[inner]
    # The inner function closes over the outer variable; its point does not depend on it.
    assert d(lambda x: x * e(lambda y: x + y)(1.0))(3.0) == 1.0
    assert d(lambda x: x * e(lambda y: x * y)(1.0))(3.0) == 6.0
    assert d(lambda x: e(lambda y: x * y * y)(2.0))(3.0) == 4.0
    # The inner point is the outer variable itself, or computed from it.
    assert d(lambda x: x * e(lambda y: x * y)(x))(3.0) == 6.0
    assert d(lambda x: e(lambda y: x * y * y)(x))(3.0) == 12.0
    assert d(lambda x: e(lambda y: y**3)(x * x))(2.0) == 96.0  # 3 x**4
    # The inner function does not depend on the outer variable, or not on its own.
    assert d(lambda x: x * e(lambda y: y * y)(2.0))(3.0) == 4.0
    assert d(lambda x: x + e(lambda y: x)(2.0))(3.0) == 1.0
    assert d(lambda x: x + e(lambda y: 7.0)(x))(3.0) == 1.0
    # The derivative of x * y by y, less x, is 0, wherever it is taken.
    assert d(lambda x: e(lambda y: x * y)(x) - x)(3.0) == 0.0

    def closing_over_a_result(x: Any) -> Any:
        z = x * x
        return e(lambda y: z * y**3)(x) + z  # 3 x**4 + x**2

    assert d(closing_over_a_result)(3.0) == 330.0


@pytest.mark.parametrize(
    ("first", "second", "third"), list(itertools.product(["grad", "jvp", "jacobian"], repeat=3))
)
def test_three_levels(first: str, second: str, third: str) -> None:
    a, b, c = DIFFERENTIATE[first], DIFFERENTIATE[second], DIFFERENTIATE[third]
    assert a(lambda x: b(lambda y: c(lambda z: x * y * z)(1.0))(1.0))(1.0) == 1.0
    assert a(b(c(lambda x: x**5)))(2.0) == 240.0
    # d/dz x y z = x y; y times that, by y: 2 x y; x times that, at y = x: 2 x**3.
    assert a(lambda x: x * b(lambda y: y * c(lambda z: x * y * z)(x))(x))(3.0) == 54.0


@pytest.mark.parametrize("outer", DIFFERENTIATE)
def test_jacobians_and_hessians_within_a_derivative(outer: str) -> None:
    d = DIFFERENTIATE[outer]

    def with_a_jacobian(x: Any) -> Any:
        rows = jacobian(lambda v: [x * v[0], v[1] ** 2 * x])([x, x])
        return x * rows[1][1] + rows[0][0]  # 2 x**3 + x

    assert d(with_a_jacobian)(3.0) == 55.0

    def with_a_hessian(x: Any) -> Any:
        return hessian(lambda v: x * v[0] ** 2 * v[1])([x, x])[0][1]  # 2 x**2

    assert d(with_a_hessian)(3.0) == 12.0

    def with_a_product(x: Any) -> Any:
        return hvp(lambda v: x * v[0] ** 2 * v[1], ([x, 1.0],), ([x, 0.0],))[0]  # 2 x**2

    assert d(with_a_product)(3.0) == 12.0


def test_hessians_and_jacobians_nest() -> None:
    def function(p: Any) -> Any:
        return exp(p[0]) * p[1] ** 3

    x = [0.5, 2.0]
    e = math.exp(0.5)
    third = jacobian(hessian(function))(x)
    assert third[1][1] == pytest.approx([6 * 2 * e, 6 * e], rel=1e-14)
    assert third[0][1] == pytest.approx([12 * e, 12 * e], rel=1e-14)
    fourth = hessian(lambda p: hessian(function)(p)[1][1])(x)
    assert fourth[0] == pytest.approx([12 * e, 6 * e], rel=1e-14)
    assert fourth[1] == pytest.approx([6 * e, 0.0], rel=1e-14)


def test_a_step_of_gradient_descent_can_be_differentiated() -> None:
    def after_a_step(x: Any, rate: Any) -> Any:
        return x - rate * grad(lambda y: y**4)(x)

    assert grad(after_a_step, (0, 1))(2.0, 0.1) == pytest.approx((1 - 0.1 * 48, -32.0))


def test_a_derivative_within_no_grad_is_a_constant_of_the_one_outside() -> None:
    def function(x: Any) -> Any:
        with no_grad():
            first = grad(lambda y: y**3)(x)  # 12
            second = hessian(lambda y: y**3)(x)  # 12
        assert isinstance(first, Value)
        return x * first + x * second

    assert grad(function)(2.0) == 24.0


# ── What users write ──────────────────────────────────────────────────────────


def test_loops_branches_and_early_returns() -> None:
    def function(x: Any, n: int) -> Any:
        total = 1.0
        for k in range(n):
            if x > 2:
                return total * x
            total = total + x**k
            while total > 100:
                total = total / 2
        return total

    assert grad(function)(1.5, 3) == 1 + 2 * 1.5
    assert grad(function)(2.5, 3) == 1.0
    assert grad(function)(1.5, 0) == 0.0


def test_an_argument_that_is_ignored_and_a_constant_result() -> None:
    assert grad(lambda x, y: x * 2, (0, 1))(1.0, 2.0) == (2.0, 0.0)
    assert hessian(lambda x: 3.0)([1.0, 2.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert hessian(lambda p: p[0] * 2)([1.0, 2.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert jacobian(lambda x: [1, x, 2.0])(3.0) == [0.0, 1.0, 0.0]
    assert jvp(lambda x: 7, (1.0,), (1.0,)) == (7.0, 0.0)
    assert vjp(lambda x: 7, 1.0)[1](1.0) == (0.0,)
    assert hvp(lambda x: 7, (1.0,), (1.0,)) == 0.0
    assert type(grad(lambda x: 7)(1)) is float


def test_a_closure_over_values_leaves_them_as_they_were() -> None:
    weight = Value(3.0)
    weight.grad = 5.0
    scaled = weight * 2
    assert grad(lambda x: x * x * scaled)(4.0) == 48.0
    assert hessian(lambda x: x * x * scaled)(4.0) == 12.0
    assert (weight.grad, scaled.grad, scaled.has_grad) == (5.0, 0.0, False)
    scaled.backward()
    assert weight.grad == 7.0


def test_containers_of_values_are_arguments_like_others() -> None:
    weights = [Value(2.0), Value(3.0)]
    slope = grad(lambda x, w: x**2 * w[0] * w[1])(4.0, weights)
    slope.backward()
    assert (slope.data, weights[0].grad, weights[1].grad) == (48.0, 24.0, 16.0)
    by_option = grad(lambda x, w: x**2 * w["a"])(4.0, w={"a": weights[0]})
    assert isinstance(by_option, Value)
    slopes = grad(lambda w: w[0] ** 2 * w[1])(weights)
    assert [s.data for s in slopes] == [12.0, 4.0]
    assert all(isinstance(s, Value) for s in slopes)
    in_an_array = grad(lambda x, w: x * w[0])(1.0, np.array(weights, dtype=object))
    assert isinstance(in_an_array, Value)


def test_the_same_value_as_two_arguments_is_two_variables() -> None:
    x = Value(3.0)
    slope = grad(lambda a, b: a * b * b)(x, x)
    assert slope.data == 9.0
    slope.backward()
    assert x.grad == 6.0


def test_operations_of_every_kind_are_differentiated_twice() -> None:
    def function(p: Any) -> Any:
        x, y, z = p
        long = autograd.logsumexp([x, y * z, 2.0]) + autograd.norm([x, 3.0, z])
        chosen = autograd.where(x > 0, x * y, z) + autograd.clamp(x * z, -5.0, 5.0)
        return long * chosen + autograd.dot([x, y], [z, x]) + x**y + x % 0.7 - 3 / z

    point = [0.6, 1.3, -0.8]
    rows = hessian(function)(point)
    assert flat(rows) == pytest.approx(flat(jacobian(grad(function))(point)), rel=1e-13)
    step = 1e-5
    for j in range(3):
        above = grad(function)([x + step * (i == j) for i, x in enumerate(point)])
        below = grad(function)([x - step * (i == j) for i, x in enumerate(point)])
        quotients = [(a - b) / (2 * step) for a, b in zip(above, below, strict=True)]
        assert [row[j] for row in rows] == pytest.approx(quotients, rel=1e-7)


def test_threads_may_differentiate_what_they_have_in_common() -> None:
    leaf = Value(1.0)
    shared = leaf
    for _ in range(300):
        shared = shared * 1.001
    expected = shared.data
    wrong: list[float] = []

    def differentiate() -> None:
        for _ in range(30):
            [by_leaf] = gradients(shared, [leaf])
            slope = grad(lambda x: x * shared)(2.0)
            wrong.extend(x for x in (by_leaf.data, slope) if abs(x - expected) > 1e-12)

    run_at_once([differentiate] * 4)
    assert wrong == []


def chain(x: Any, length: int) -> Any:
    y = x
    for _ in range(length // 2):
        y = y * 1.0 + x
    return y


def test_depth_is_no_limit() -> None:
    assert grad(chain)(2.0, 200_000) == 100_001.0
    assert jvp(lambda x: chain(x, 100_000), (2.0,), (1.0,)) == (100_002.0, 50_001.0)
    assert hvp(lambda x: chain(x, 100_000) * x, (2.0,), (1.0,)) == 100_002.0


def test_a_deep_gradient_is_differentiated_in_its_turn() -> None:
    assert grad(grad(lambda x: chain(x, 20_000) * x))(2.0) == 20_002.0


def test_graphs_are_freed_by_reference_counting_alone() -> None:
    def function(p: Any) -> Any:
        return sin(p["a"] * p["b"][0]) * exp(p["b"][1])

    point = {"a": 0.5, "b": [1.5, -0.5]}
    for ask in (
        lambda: value_and_grad(function)(point),
        lambda: hessian(function)(point),
        lambda: hvp(function, (point,), (point,)),
        lambda: vjp(function, point)[1](1.0),
        lambda: grad(lambda x: grad(lambda y: x * y * y)(x))(2.0),
        lambda: jacobian(grad(function))(point),
    ):
        gc.collect()
        gc.disable()
        try:
            ask()
            assert gc.collect() == 0
        finally:
            gc.enable()


def test_the_gradient_of_a_network_is_that_of_backward_and_so_is_its_change() -> None:
    library, sizes = Chainrule(), [2, 4, 1]
    inputs, targets = two_crescents(10)
    predict = plain_network(library, sizes, ["relu", ""])

    def loss(parameters: Any) -> Any:
        return sum((predict(parameters, x) - y) ** 2 for x, y in zip(inputs, targets, strict=True))

    numbers = random_network(sizes, seed=1)
    parameters = [Value(number) for number in numbers]
    loss(parameters).backward()
    assert grad(loss)(numbers) == pytest.approx([p.grad for p in parameters], rel=1e-13)
    rng = random.Random(0)
    direction = [rng.uniform(-1, 1) for _ in numbers]
    step = 1e-6
    above = grad(loss)([x + step * v for x, v in zip(numbers, direction, strict=True)])
    below = grad(loss)([x - step * v for x, v in zip(numbers, direction, strict=True)])
    quotients = [(a - b) / (2 * step) for a, b in zip(above, below, strict=True)]
    assert hvp(loss, (numbers,), (direction,)) == pytest.approx(quotients, rel=1e-6, abs=1e-7)


# ── What is refused ───────────────────────────────────────────────────────────


def refusal(function: Callable[[], Any], kind: type[Exception] = TypeError) -> str:
    with pytest.raises(kind) as error:
        function()
    return str(error.value)


@pytest.mark.parametrize("wrong", [None, "1", True])
def test_a_function_that_gives_no_number_is_refused(wrong: object) -> None:
    kind = type(wrong).__name__
    for name, differentiate in [("grad", grad), ("hessian", hessian)]:
        assert refusal(lambda d=differentiate: d(lambda x: wrong)(1.0)) == (  # type: ignore[misc]
            f"{name}() differentiates a function that returns one number, "
            f"and this one returned a {kind}"
        )
    assert refusal(lambda: jacobian(lambda x: wrong)(1.0)) == (
        f"jacobian() differentiates a function that returns numbers, and this one returned a {kind}"
    )
    assert type(grad(lambda x: x * x)(1.0)) is float


def test_a_function_that_gives_several_numbers_is_for_jacobian() -> None:
    assert refusal(lambda: grad(lambda x: [x])(1.0)) == (
        "grad() differentiates a function that returns one number, "
        "and this one returned a list: for the derivatives of several use jacobian()"
    )
    assert refusal(lambda: value_and_grad(lambda x: x * 2)(np.ones(2))) == (
        "value_and_grad() differentiates a function that returns one number, "
        "and this one returned an ndarray: for the derivatives of several use jacobian()"
    )
    for text in (
        refusal(lambda: hessian(lambda x: (x, x))(1.0)),
        refusal(lambda: hvp(lambda x: (x, x), (1.0,), (1.0,))),
    ):
        assert text.endswith(
            "() differentiates a function that returns one number, and this one returned a tuple: "
            "for the second derivatives of several use jacobian(jacobian(function))"
        )
    assert jacobian(jacobian(lambda x: (x**2, x**3)))(2.0) == (2.0, 12.0)


def test_a_wrong_number_within_a_result_is_named_by_its_place() -> None:
    assert refusal(lambda: jacobian(lambda x: {"a": [x, None]})(1.0)) == (
        "jacobian() differentiates a function that returns numbers, and this one returned a dict: "
        "at ['a'][1]: expected a real number, got None: pass 0.0 if nothing is meant"
    )


def test_an_argument_that_cannot_be_differentiated_by_is_named() -> None:
    def function(x: Any, data: Any, *rest: Any) -> Any:
        raise AssertionError(f"called with {x}, {data}, {rest}")

    assert refusal(lambda: grad(function, 1)(1.0, "2")) == (
        "grad() cannot differentiate by argument 1 (data): expected a real number, "
        "got the str '2': convert it first, with float(...)"
    )
    assert refusal(lambda: hessian(function, (0, -1))(1.0, {"w": [1.0, (2.0, None)]})) == (
        "hessian() cannot differentiate by argument 1 (data) at ['w'][1][1]: expected a real "
        "number, got None: pass 0.0 if nothing is meant"
    )
    assert refusal(lambda: jvp(function, (1.0, 2.0, Line(1.0, 1j)), (1.0, 1.0, 1.0))) == (
        "jvp() cannot differentiate by argument 2 at .height: expected a real number, "
        "got the complex number 1j: pass its .real or .imag"
    )
    assert refusal(lambda: vjp(function, np.array([[1.0, 2.0], [3.0, None]], dtype=object))) == (
        "vjp() cannot differentiate by argument 0 (x) at [1, 1]: expected a real number, "
        "got None: pass 0.0 if nothing is meant"
    )
    assert refusal(lambda: jacobian(function)([1.0, True])) == (
        "jacobian() cannot differentiate by argument 0 (x) at [1]: "
        "expected a real number, got the bool True"
    )
    assert refusal(lambda: grad(max)(None)) == (
        "grad() cannot differentiate by argument 0: expected a real number, "
        "got None: pass 0.0 if nothing is meant"
    )


def test_wrong_argnums_are_refused() -> None:
    wrong: Any
    for wrong in (1.0, "x", (0, "x"), [0]):
        assert refusal(lambda wrong=wrong: grad(sin, wrong)) == (  # type: ignore[misc]
            "argnums is the number of one argument, counted from 0, or a tuple of such numbers; "
            f"got {wrong!r}"
        )

    def function(x: Any, y: Any) -> Any:
        return x * y

    assert refusal(lambda: grad(function, 2)(5.0, 3.0)) == (
        "grad() is to differentiate by argument 2, "
        "but the function was called with 2 positional arguments"
    )
    assert refusal(lambda: jacobian(function, (0, -2))(x=5.0, y=3.0)) == (
        "jacobian() is to differentiate by argument 0, "
        "but the function was called with 0 positional arguments"
    )
    assert refusal(lambda: hessian(function, -2)(5.0)) == (
        "hessian() is to differentiate by argument -2, "
        "but the function was called with 1 positional argument"
    )
    assert refusal(lambda: grad(function, (0, -2))(5.0, 3.0), ValueError) == (
        "grad() is to differentiate by an argument twice: argnums=(0, -2)"
    )


def test_what_is_no_function_is_refused() -> None:
    wrong: Any = Value(2.0)
    assert refusal(lambda: grad(wrong)) == (
        "grad() takes a function, got a Value: gradients() differentiates a Value at hand"
    )
    wrong = 3.0
    assert refusal(lambda: jvp(wrong, (1.0,), (1.0,))) == "jvp() takes a function, got a float"
    for name in ("grad", "value_and_grad", "jacobian", "hessian", "vjp"):
        assert refusal(lambda name=name: getattr(autograd, name)(wrong)) == (  # type: ignore[misc]
            f"{name}() takes a function, got a float"
        )


def test_tangents_and_weights_of_another_shape_are_refused() -> None:
    def function(x: Any, p: Any) -> Any:
        return x * p["a"]

    primals = (1.0, {"a": 2.0})
    start = "jvp() takes tangents shaped as the primals: "
    cases: list[tuple[Any, str]] = [
        ((1.0,), "there is no number at [1]['a']"),
        ((1.0, 2.0), "there is no number at [1]['a']"),
        ((1.0, {"a": 1.0, "b": 2.0}), "there is a number too many, at [1]['b']"),
        ((1.0, {"a": 1.0}, 3.0), "there is a number too many, at [2]"),
        (1.0, "there is no number at [0]"),
    ]
    for tangents, problem in cases:
        text = refusal(lambda t=tangents: jvp(function, primals, t), ValueError)  # type: ignore[misc]
        assert text == start + problem
    assert refusal(lambda: jvp(function, primals, (1.0, {"a": None}))) == (
        start + "at [1]['a']: expected a real number, got None: pass 0.0 if nothing is meant"
    )
    assert refusal(lambda: hvp(function, primals, (1.0,)), ValueError) == (
        "hvp() takes tangents shaped as the primals: there is no number at [1]['a']"
    )
    _, pull_back = vjp(function, *primals)
    assert refusal(lambda: pull_back((1.0,)), ValueError) == (
        "what vjp() gives takes weights shaped as the value: there is not one number, but a tuple"
    )


def test_one_argument_of_jvp_and_hvp_may_stand_without_a_tuple() -> None:
    assert jvp(sin, 0.0, 2.0) == jvp(sin, (0.0,), (2.0,)) == (0.0, 2.0)

    def cube(p: Any) -> Any:
        return p["x"] ** 3 * p["y"]

    point, tangent = {"x": 2.0, "y": 5.0}, {"x": 1.0, "y": 10.0}
    assert jvp(cube, point, tangent) == jvp(cube, (point,), (tangent,)) == (40.0, 140.0)
    assert hvp(cube, point, tangent) == hvp(cube, (point,), (tangent,)) == {"x": 180.0, "y": 12.0}
    assert grad(lambda x: hvp(lambda y: y**3, x, 1.0))(2.0) == 6.0
    assert refusal(lambda: hvp(cube, point, {"x": 1.0}), ValueError) == (
        "hvp() takes tangents shaped as the primals: there is no number at [0]['y']"
    )


def test_gradients_takes_values() -> None:
    x = Value(1.0)
    wrong: Any = 2.0
    assert (
        refusal(lambda: gradients(wrong, [x])) == "gradients() differentiates a Value, got a float"
    )
    assert refusal(lambda: gradients(x * 2, [x, 2.0])) == (
        "gradients() takes the Values to differentiate by; 2.0 at [1] is a number"
    )
    assert refusal(lambda: gradients(x * 2, 2)) == (
        "gradients() takes the Values to differentiate by; 2.0 is a number"
    )
    assert refusal(lambda: gradients(x * 2, {"x": None})) == (
        "gradients() takes the Values to differentiate by; at ['x']: "
        "expected a real number, got None: pass 0.0 if nothing is meant"
    )


@pytest.mark.parametrize(
    "function",
    [math.exp, math.sqrt, lambda x: math.pow(x, 2.0), lambda x: math.fsum([x]), float, math.isnan],
)
def test_a_function_of_math_says_what_to_use_instead(function: Callable[[Any], Any]) -> None:
    advice = (
        "a Value is not turned into a float, which would leave the graph: take x.data for the "
        "number alone, [x.data for x in values] for an array of floats, "
        'f"{x:.2f}" in place of "%.2f" % x, and autograd.exp in place of math.exp, as for '
        "every function of math"
    )
    assert refusal(lambda: grad(function)(2.0)) == advice
    assert refusal(lambda: function(Value(2.0))) == advice


def test_an_error_of_the_function_itself_passes_through() -> None:
    def function(x: Any) -> Any:
        raise ZeroDivisionError(f"at {x.data}")

    assert refusal(lambda: grad(function)(1.0), ZeroDivisionError) == "at 1.0"
    assert type(grad(lambda x: x * x)(1.0)) is float  # no longer within a derivative
