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
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from autograd import Value, gradients
from autograd.engine.primitive import Primitive, Reduction
from tests.oracle import PRIMITIVES, ROWS, Row, is_real, real

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
    assume(name not in ("remainder", "floor_divide") or math.fmod(*operands) != 0.0)
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
