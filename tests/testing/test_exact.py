"""The oracle of expressions, and its error bounds."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from autograd import (
    Primitive,
    Reduction,
    Value,
    exp,
    log,
    maximum,
    multiply,
    relu,
    sin,
    subtract,
    tanh,
)
from autograd.testing import FORMULAS, Expected, Expression, Formula, Step, expressions

SMOOTH = ["+", "-", "*", "/", "sin", "exp", "tanh", "arctan2", "logsumexp", "norm", "sigmoid"]


def compose(expression: Expression, numbers: tuple[Any, ...]) -> Any:
    """The value of the expression by formulas alone, in mpmath."""

    def apply(operation: Primitive, operands: list[Any]) -> Any:
        value = FORMULAS[operation].value
        exact = [mpf(x) for x in operands]
        return value(exact) if isinstance(operation, Reduction) else value(*exact)

    return expression.evaluate(numbers, apply)[-1]


@settings(max_examples=50)
@given(expressions(SMOOTH, inputs=st.floats(0.5, 3.0), max_size=4))
def test_derivatives_are_those_of_the_composed_formulas(expression: Expression) -> None:
    expected = expression.exact(order=2)
    count = len(expression.point)
    with mp.workdps(120):
        point = tuple(mpf(x) for x in expression.point)

        def agrees(known: Expected, *orders: int) -> None:
            slope = mp.diff(lambda *at: compose(expression, at), point, orders)
            if known.error != math.inf:
                assert abs(known.number - slope) < mpf(10) ** -20 * (1 + abs(slope))

        value = compose(expression, point)
        assert abs(expected.value.number - value) < mpf(10) ** -50 * (1 + abs(value))
        for i in range(count):
            agrees(expected.gradient[i], *[int(k == i) for k in range(count)])
            for j in range(count):
                agrees(expected.hessian[i][j], *[(k == i) + (k == j) for k in range(count)])


def of_one(operation: Primitive, x: float, **options: Any) -> Expression:
    return Expression((x,), (Step(operation, (0,)),), **options)


def test_a_bound_is_a_few_units_in_the_last_place() -> None:
    expected = of_one(sin, 0.7).exact(order=2)
    for known, size in [
        (expected.value, math.sin(0.7)),
        (expected.gradient[0], math.cos(0.7)),
        (expected.hessian[0][0], -math.sin(0.7)),
    ]:
        assert float(known.number) == pytest.approx(size, rel=1e-15)
        assert 4e-16 < known.error / abs(size) < 5e-14


def test_a_bound_grows_where_numbers_cancel() -> None:
    # log(exp(x)) is x, but exp(1e-9) is known to 1e-16, and so its logarithm to no more digits.
    direct = of_one(sin, 1e-9)
    around = Expression((1e-9,), (Step(exp, (0,)), Step(log, (1,)), Step(sin, (2,))))
    assert direct.exact().value.error < 1e-23
    assert 1e-16 < around.exact().value.error < 1e-14
    around.check()


@pytest.mark.parametrize("size", [1e-13, 1e-3])
def test_an_operation_that_is_slightly_off_is_found(size: float) -> None:
    off = Primitive("off", lambda x: math.sin(x) * (1 + size), *sin.derivatives)
    with pytest.raises(AssertionError, match=r"^the value is 0\.64.* should be 0\.64.* to within"):
        of_one(off, 0.7, formulas={off: mp.sin}).check()
    steep = Primitive("steep", sin.forward, lambda x, out: (1 + size) * math.cos(_data(x)))
    of_one(steep, 0.7, formulas={steep: mp.sin}).check(order=0)
    with pytest.raises(AssertionError, match=r"^d out / d x0 is 0\.76.* should be 0\.76"):
        of_one(steep, 0.7, formulas={steep: mp.sin}).check()


def _data(x: Any) -> float:
    return x.data if isinstance(x, Value) else x


def test_a_rule_that_leaves_the_graph_is_found_in_the_second_derivative() -> None:
    flat = Primitive("flat", sin.forward, lambda x, out: math.cos(_data(x)))
    expression = of_one(flat, 0.7, formulas={flat: mp.sin})
    expression.check()
    with pytest.raises(AssertionError) as error:
        expression.check(order=2)
    assert str(error.value) == (
        "d/dx0 of d out / d x0 is 0.0, should be -0.644217687237691 to within 1.2e-14, "
        "in x0 = Value(0.7); out = flat(x0)"
    )


def test_a_kink_has_a_first_derivative_by_convention_and_no_second() -> None:
    expected = of_one(relu, 0.0).exact(order=2)
    assert expected.gradient[0].number == 0
    assert expected.gradient[0].error < 1e-30
    assert expected.hessian[0][0].error == math.inf
    tie = Expression((3.0, 3.0), (Step(maximum, (0, 1)),)).exact(order=2)
    assert [float(slope.number) for slope in tie.gradient] == [0.5, 0.5]
    assert all(bend.error == math.inf for row in tie.hessian for bend in row)


def test_a_kink_within_reach_of_rounding_widens_the_bound() -> None:
    # x - 3 (x / 3) is rounding alone, so that relu may be on either side.
    steps = (Step(multiply, (0, 1 / 3)), Step(multiply, (1, 3.0)))
    expression = Expression((0.1,), (*steps, Step(subtract, (0, 2)), Step(relu, (3,))))
    slope = expression.exact().gradient[0]
    assert slope.error == math.inf or slope.error > float(abs(slope.number)) / 2


def test_nothing_is_said_of_numbers_that_overflow_or_of_what_is_undefined() -> None:
    assert of_one(exp, 800.0).exact().value.error == math.inf
    assert of_one(log, -1.0).exact().value.error == math.inf
    of_one(log, -1.0).check(order=2)


def test_a_number_is_allowed_within_its_bound_and_no_further() -> None:
    number = Expected(mpf(1), 1e-15)
    assert number.allows(1.0 + 2**-52)
    assert not number.allows(1.0 + 2**-49)
    assert not number.allows(math.nan)
    assert not number.allows(math.inf)
    assert Expected(mp.nan, math.inf).allows(math.nan)


def test_a_derivative_that_a_formula_leaves_out_is_found_by_differences() -> None:
    cube = Primitive("cube", lambda x: x * x * x, lambda x, out: 3.0 * x * x)
    expected = of_one(cube, 2.0, formulas={cube: lambda x: x**3}).exact(order=2)
    assert (float(expected.gradient[0].number), float(expected.hessian[0][0].number)) == (
        12.0,
        12.0,
    )
    own = Formula(lambda x: x**3, (lambda x: 3 * x**2,))
    assert of_one(cube, 2.0, formulas={cube: own}).exact().gradient[0].number == 12


def test_as_many_numbers_as_inputs_are_asked_for() -> None:
    with pytest.raises(TypeError) as error:
        of_one(tanh, 0.5)(1.0, 2.0)
    assert str(error.value) == "this expression has 1 input, got 2 arguments"
    assert of_one(tanh, 0.5)(0.0) == 0.0
