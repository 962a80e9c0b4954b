"""The linear map that a recorded computation is at its point, and that of its gradient."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from mpmath import mpf

import autograd
from autograd import Value, no_grad
from autograd.engine.differential import (
    _second_derivatives,
    _Walk,
    differential,
    differential_of_gradient,
)
from autograd.testing import Expression, expressions
from autograd.testing.expression import apply
from tests.engine.test_gradients import MOST_USED
from tests.oracle import PRIMITIVES, second_derivative


@given(expressions(MOST_USED, allow_nan=True, allow_infinity=True))
def test_the_floats_on_record_and_the_rules_give_the_same(expression: Expression) -> None:
    inputs = [Value(number) for number in expression.point]
    outputs = expression.evaluate(inputs, apply)[-2:]
    plain = differential(outputs, inputs, traced=False)
    traced = differential(outputs, inputs, traced=True)
    for weights in ([1.0, None], [None, 1.0], [2.0, -3.0]):
        for ours, theirs in zip(plain.pull_back(weights), traced.pull_back(weights), strict=True):
            number = theirs.data if isinstance(theirs, Value) else theirs
            assert (ours is None) is (number is None)
            if ours is not None:
                assert ours == number or (ours != ours and number != number)


def test_none_stands_for_no_dependence() -> None:
    x, y = Value(0.0), Value(1.0)
    root = x.sqrt()
    both = differential([root, y * 2, 3.0], [x, y], traced=False)
    assert both.pull_back([1.0, None, None]) == [math.inf, None]
    assert both.pull_back([None, 1.0, 1.0]) == [None, 2.0]
    assert both.push_forward([None, 1.0]) == [None, 2.0, None]
    assert both.matrix() == [[math.inf, None], [None, 2.0], [None, None]]
    # But 0 is a number, and 0 * inf is nan, as in IEEE arithmetic.
    assert math.isnan(both.pull_back([0.0, 1.0, 1.0])[0])
    assert math.isnan(both.push_forward([0.0, 1.0])[0])


def test_an_output_may_be_an_input_or_come_twice() -> None:
    x = Value(3.0)
    y = x * x
    map_of = differential([x, y, y], [x], traced=False)
    assert map_of.push_forward([2.0]) == [2.0, 12.0, 12.0]
    assert map_of.pull_back([1.0, 10.0, 100.0]) == [661.0]


def test_what_inputs_were_computed_from_is_not_looked_at_unless_asked_for() -> None:
    x = Value(3.0)
    y = x * x
    z = y * x
    assert differential([z], [x, y], traced=False).pull_back([1.0]) == [9.0, 3.0]
    whole = differential([z], [x, y], traced=False, independent=False)
    assert whole.pull_back([1.0]) == [27.0, 3.0]


def test_a_map_keeps_what_it_was_made_of_while_others_are_made() -> None:
    x = Value(3.0)
    y = x * x
    first = differential([y * 5], [x], traced=False)
    differential([y * 7, y], [x], traced=False)
    assert first.pull_back([1.0]) == first.push_forward([1.0]) == [30.0]


@pytest.mark.parametrize("name", ["add", "subtract", "multiply"])
def test_what_is_written_out_here_agrees_with_the_table(name: str) -> None:
    x, y = Value(3.0), Value(5.0)
    for operands in [(x, y), (x, x), (x, 5.0), (3.0, y)]:
        out = PRIMITIVES[name](*operands)
        rows = [differential_of_gradient(out, [x, y]).push_forward(v) for v in ([1, 2], [0, 1])]
        walk = _Walk([x, y], independent=True)
        walk.reach(out)
        by_the_table: dict[tuple[int, int], float] = {}
        for i, j, second in _second_derivatives(walk.order, out, walk.edges.sources(0)):
            by_the_table[i, j] = by_the_table.get((i, j), 0.0) + second

        def product(i: int, v: list[float], known: Any = by_the_table) -> float:
            return math.fsum(known.get((i, j), 0.0) * v[j] for j in range(2))

        for row, v in zip(rows, ([1.0, 2.0], [0.0, 1.0]), strict=True):
            assert [x or 0.0 for x in row] == [product(0, v), product(1, v)]


@pytest.mark.parametrize(
    ("name", "operands"),
    [
        ("divide", (3.0, 5.0)),
        ("power", (3.0, 2.5)),
        ("tanh", (0.7,)),
        ("hypot", (3.0, -4.0)),
        ("leaky_relu", (-2.0, 0.1)),
        ("clamp", (0.5, 0.0, 1.0)),
        ("logsumexp", (0.5, 1.0, -2.0)),
        ("norm", (3.0, -4.0, 12.0)),
        ("prod", (2.0, 3.0, 5.0)),
        ("dot", (2.0, 3.0, 5.0, 7.0)),
        ("sum", (2.0, 3.0)),
        ("where", (2.0,)),
    ],
)
def test_second_derivatives_of_an_operation_are_those_of_its_rules(
    name: str, operands: tuple[float, ...]
) -> None:
    primitive = PRIMITIVES[name]
    inputs = [Value(x) for x in operands]
    out = inputs[0].apply(primitive, tuple(inputs))
    rows = differential_of_gradient(out, inputs).matrix()
    for i, row in enumerate(rows):
        for j, number in enumerate(row):
            expected = second_derivative(primitive, operands, i, j)
            assert abs(mpf(number or 0.0) - expected) <= 4e-16 * max(1.0, abs(expected))


def test_an_operand_that_is_a_constant_is_left_out() -> None:
    x = Value(-2.0)
    # The rule of x**y for y is nan here, and so would its derivatives be.
    assert differential_of_gradient(x**3, [x]).push_forward([1.0]) == [-12.0]
    exponent = Value(3.0)  # a Value, but none of the inputs
    assert differential_of_gradient(x**exponent, [x]).push_forward([1.0]) == [-12.0]


def test_a_value_on_the_way_may_have_many_uses() -> None:
    x = Value(2.0)
    y = x
    for _ in range(40):
        y = y + y  # 2**40 paths
    assert differential([y], [x], traced=False).pull_back([1.0]) == [2.0**40]
    assert differential_of_gradient(y * y, [x]).push_forward([1.0]) == [2.0**81]


def test_nothing_is_left_behind_on_the_values() -> None:
    x = Value(2.0)
    y = autograd.sum([x * x, x])
    with no_grad():
        differential([y], [x], traced=False).pull_back([1.0])
    assert (x.grad, x.has_grad, y.has_grad) == (0.0, False, False)
    y.backward()
    assert x.grad == 5.0
