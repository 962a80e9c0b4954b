"""The table: every operation, its value and derivatives, over the whole range of floats.

`tests.oracle` says in 60 digits and more what each row should give; here every row is
held to that. `python -m tests.worst_errors` prints how close the rows come.
"""

# ruff: noqa: E501 - the special points are aligned by hand

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from autograd.engine import table
from autograd.engine.primitive import Primitive, Reduction
from autograd.testing import units_off
from tests.oracle import (
    PRIMITIVES,
    ROWS,
    Row,
    Tangent,
    UndefinedError,
    number_of,
    second_derivative,
    too_far_off,
    without_a_sentence,
    without_an_entry,
)

inf, nan = math.inf, math.nan

EXAMPLES = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
FEWER = settings(EXAMPLES, max_examples=12)

PUBLIC = [name for name, row in ROWS.items() if not row.supporting]
SECOND_BOUND = 16  # of what `Row.exact_conditioned` calls a fair unit

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, inf, -inf, nan, 5e-324, 1e-310, 1e-200, -1e-200]
SPECIAL += [1e200, -1e200, 1e308, -1e308, 710.0, -745.0, 1024.0, -2.0, 1e16]
FEW_SPECIAL = [0.0, -0.0, 1.0, -2.0, 0.5, inf, -inf, nan, 5e-324, 1e308, -745.0]

each_row = pytest.mark.parametrize("name", ROWS)
each_public_row = pytest.mark.parametrize("name", PUBLIC)


def same(a: float, b: float) -> bool:
    return a == b or (a != a and b != b)


# ── Where to look ─────────────────────────────────────────────────────────────


def of_any_size() -> st.SearchStrategy[float]:
    return st.builds(math.ldexp, st.floats(-2.0, 2.0), st.integers(-1074, 1022))


def next_to_something_special() -> st.SearchStrategy[float]:
    centre = st.sampled_from([0.5, 1.0, 2.0, 3.0, math.pi / 2, math.pi, 10.0, 88.0, 0.1, 1e8])
    offset = st.builds(math.ldexp, st.floats(-1.0, 1.0), st.integers(-53, 0))
    sign = st.sampled_from([-1.0, 1.0])
    return st.builds(lambda s, c, d: s * c * (1.0 + d), sign, centre, offset)


def numbers(row: Row) -> st.SearchStrategy[float]:
    """Floats of any size, next to special points, and in the row's intervals of interest."""
    return st.one_of(
        of_any_size(),
        next_to_something_special(),
        st.sampled_from([x for x in SPECIAL if math.isfinite(x)]),
        *[st.floats(low, high) for low, high in row.intervals],
    )


def ordinary_numbers(row: Row) -> st.SearchStrategy[float]:
    """Floats of ordinary size."""
    size = st.floats(1e-3, 30.0)
    inside = [(max(low, -30.0), min(high, 30.0)) for low, high in row.intervals if low < 30.0]
    return st.one_of(
        size, size.map(lambda x: -x), *[st.floats(low, high) for low, high in inside]
    ).filter(lambda x: abs(x) >= 1e-3)


def variables_of(name: str) -> int:
    """The number of variables that are drawn for a row; 2 of a sequence."""
    primitive = PRIMITIVES[name]
    if isinstance(primitive, Reduction):
        return 2
    return ROWS[name].variables(primitive, primitive.arity)


def chosen(name: str, count: int) -> st.SearchStrategy[tuple[float, ...]]:
    """The operands that choose among formulas, beside that many variables."""
    each = count if isinstance(PRIMITIVES[name], Reduction) else 1
    return st.tuples(*[st.sampled_from(among) for among in ROWS[name].choices for _ in range(each)])


@cache  # each draw of an example asks for it, and a new one is validated anew
def operand_lists(
    name: str, each: Callable[[Row], st.SearchStrategy[float]]
) -> st.SearchStrategy[list[float]]:
    """Operands of a row: as many as it takes, and related to each other where that matters."""
    primitive, row = PRIMITIVES[name], ROWS[name]
    count = st.just(row.variables(primitive, primitive.arity))
    if isinstance(primitive, Reduction):
        count = st.integers(1, 5)
        if primitive.sequences == 2:
            count = st.integers(1, 3) if row.choices else st.sampled_from([2, 4])

    # The same strategy for each example: one that is made anew is validated and described anew.
    @cache
    def of_number(n: int) -> st.SearchStrategy[list[float]]:
        apart = st.lists(each(row), min_size=n, max_size=n)
        alike = apart
        if isinstance(primitive, Reduction):
            factors = st.lists(st.floats(-3.0, 3.0), min_size=n, max_size=n)
            alike = st.builds(lambda x, near: [x * factor for factor in near], each(row), factors)
        elif row.related is not None:
            related = row.related
            alike = st.builds(lambda x, z: [x, related(x, z)], each(row), st.floats(-40.0, 40.0))
        variables = st.one_of(apart, alike).filter(lambda xs: all(map(math.isfinite, xs)))
        return st.tuples(variables, chosen(name, n)).map(lambda parts: [*parts[0], *parts[1]])

    return count.flatmap(of_number)


def assert_close(name: str, operands: list[float], position: int, actual: float) -> None:
    """``actual`` is the value of the row (position -1) or a derivative, within its bound."""
    primitive, row = PRIMITIVES[name], ROWS[name]
    try:
        exact = row.exact(primitive, operands, position)
    except UndefinedError:
        return  # such points are in the tables of special points below
    if exact is None:
        assert actual != actual, f"{name}{operands} has no real value, but gives {actual}"
        return
    error = units_off(actual, exact, row.scale(primitive, operands, position))
    if error <= row.bound(position):
        return
    places = [position] if position >= 0 else []
    message = too_far_off(name, operands, called(*places), error, row.bound(position))
    assert abs(mpf(actual) - exact) <= row.rounding(primitive, operands, *places), message


def called(*operands: int) -> str:
    """The value, or its derivative by these operands in turn."""
    return " of ".join([*[f"the derivative by operand {i}" for i in operands[::-1]], "the value"])


def units_between(actual: float, exact: Any, unit: Any) -> float:
    return float(abs(mpf(actual) - exact) / unit) if math.isfinite(actual) else inf


# ── Every row is accurate ─────────────────────────────────────────────────────


def test_every_row_of_the_table_has_an_oracle() -> None:
    for name in PRIMITIVES:
        assert name in ROWS, without_an_entry(name)
    assert set(ROWS) == set(PRIMITIVES)


def test_a_row_without_an_oracle_is_told_where_it_belongs() -> None:
    assert without_an_entry("softcap") == (
        "softcap of autograd/engine/table.py has no entry in ROWS of tests/oracle.py: add\n"
        '    "softcap": Row(value, (derivative by each operand, ...)),\n'
        "in mpmath, as a textbook has it; if the package is to offer it, put its name into __all__ "
        'of the table too. CONTRIBUTING.md, "A new operation", shows one step by step.'
    )


def test_a_row_without_a_sentence_is_told_where_it_belongs() -> None:
    assert without_a_sentence("softcap") == (
        'softcap does not say what it computes: add\n    softcap: "...",\n'
        'to the last part of autograd/engine/table.py, "In a line each"'
    )


def test_a_row_that_misses_its_bound_is_told_what_can_be_done() -> None:
    assert too_far_off("softcap", [0.5, 30.0], called(1, 0), 812.25, 16.0) == (
        "the derivative by operand 0 of the derivative by operand 1 of the value of softcap at "
        "0.5, 30.0 is 812 units off, and may be 16. Is the table right there? Then compute it so "
        "that nothing cancels, overflows or vanishes (autograd/engine/floats.py), or say in its "
        "row of tests/oracle.py: formula= if the bound is that of its formula, scales= if terms "
        "cancel near a zero, bounds= and because= if this is the best there is; digits= if it is "
        "the oracle that has too few."
    )


def test_a_row_may_be_held_to_what_its_formula_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    naive = Primitive(
        "naive",
        lambda x: 1.0 - math.cos(x),
        lambda x, out: table.cos(0.0) * table.sin(x) + (table.cos(x) - table.cos(x)),
    )
    row = Row(lambda x: 1 - mp.cos(x), (mp.sin,), formula=lambda x: 1 - table.cos(x))
    monkeypatch.setitem(ROWS, "naive", row)

    def units(x: float, *places: int) -> float:
        exact = row.exact(naive, [x], places[0] if places else -1)
        return float(row.rounding(naive, [x], *places) / math.ulp(float(exact)))

    assert 4.0 < units(2.0) < 16.0
    assert units(1e-5) > 1e9  # the cosine is rounded to a multiple of 2**-53
    assert 4.0 < units(2.0, 0) < 32.0
    assert units(1e-5, 0) > 1e4  # as is what is added and taken away
    assert 4.0 < float(row.rounding(naive, [0.5], 0, 0) / math.ulp(math.cos(0.5))) < 64.0
    for x in (1e-5, 0.5, 2.0, 3.0):
        slope = naive.local_derivatives([x], 0.0)[0]
        with mp.workdps(30):
            assert abs(naive.evaluate([x]) - (1 - mp.cos(x))) <= row.rounding(naive, [x])
            assert abs(slope - mp.sin(x)) <= row.rounding(naive, [x], 0)
            assert abs(math.sin(x) * 1.01 - mp.sin(x)) > row.rounding(naive, [x], 0) or x < 1e-4
    assert row.rounding(naive, [1e-5], 0) < 1e-14


def test_a_name_is_used_once() -> None:
    rows = [row for row in vars(table).values() if isinstance(row, Primitive)]
    assert len(rows) == len(PRIMITIVES)


@each_row
def test_a_row_goes_by_its_own_name(name: str) -> None:
    found = [key for key, value in vars(table).items() if value is PRIMITIVES[name]]
    assert found in ([name], [name + "_"])  # the underscore keeps Python's sum and max usable


@each_row
def test_a_row_says_what_it_computes(name: str) -> None:
    assert PRIMITIVES[name].summary, without_a_sentence(name)
    assert PRIMITIVES[name].symbol


@each_row
def test_a_bound_above_the_usual_has_a_reason(name: str) -> None:
    row = ROWS[name]
    assert row.because or not (row.scales or any(bound > 4.0 for bound in row.bounds))


@each_row
@EXAMPLES
@given(data=st.data())
def test_values_and_derivatives_are_accurate(name: str, data: st.DataObject) -> None:
    primitive = PRIMITIVES[name]
    operands = data.draw(operand_lists(name, numbers))
    out = primitive.evaluate(operands)
    assert_close(name, operands, -1, out)
    if not ROWS[name].supporting:
        local = primitive.local_derivatives(operands, out)
        assert len(local) == len(operands)
        for position, derivative in enumerate(local):
            assert_close(name, operands, position, derivative)


def test_the_slope_of_a_power_keeps_the_digits_of_a_subnormal_exponent() -> None:
    operands = [9.27992232600795e-30, 5e-324]
    assert_close("power", operands, 0, PRIMITIVES["power_slope"].evaluate(operands))


@pytest.mark.parametrize("operands", [[-1.0, 0.5], [-1.0, -1.5]])
def test_a_power_of_a_negative_number_has_no_slope_in_its_exponent(operands: list[float]) -> None:
    """Of these two the formula is a product of imaginary numbers, which is real."""
    assert_close("power_rate", operands, -1, PRIMITIVES["power_rate"].evaluate(operands))


SIZES = [5e-324, 1e-307, 1e-200, 1e-8, 1.0, 1e200, 8e307]


@pytest.mark.parametrize("name", [name for name in ROWS if variables_of(name) == 2])
@settings(FEWER, max_examples=2)
@given(data=st.data())
def test_a_number_of_any_size_may_meet_one_of_any_other(name: str, data: st.DataObject) -> None:
    primitive, row = PRIMITIVES[name], ROWS[name]
    digits = st.floats(1.0, 2.0)
    first, second = data.draw(digits), data.draw(digits)
    orders = data.draw(chosen(name, 2))
    # Power has few exponents that are not beyond all bounds.
    related = [row.related] if row.related is not None and name.startswith("power") else []
    sizes = [size for size in SIZES if size < 1e3 or not row.shift_invariant]
    for x, y in itertools.product(sizes, repeat=2):
        for sign in (1.0, -1.0):
            others = [find(x * first, math.log10(y) / 9.0) for find in related]
            for other in (sign * y * second, *others):
                operands = [x * first, other, *orders]
                out = primitive.evaluate(operands)
                assert_close(name, operands, -1, out)
                if not row.supporting:
                    for position, slope in enumerate(primitive.local_derivatives(operands, out)):
                        assert_close(name, operands, position, slope)


@pytest.mark.parametrize("operands", [(1e-310, 1.23456789e-5), (3e-318, 1.2345e-9)])
def test_the_slope_of_a_power_keeps_its_digits_where_the_power_overflows(
    operands: tuple[float, float],
) -> None:
    power = PRIMITIVES["power"]
    slope = power.local_derivatives(operands, power.evaluate(operands))[0]
    assert_close("power", list(operands), 0, slope)


@pytest.mark.parametrize("x", [-37.000001, -37.1, -37.7, -38.3])
def test_gelu_keeps_its_digits_where_it_vanishes(x: float) -> None:
    assert_close("gelu", [x], -1, PRIMITIVES["gelu"].evaluate([x]))


@each_row
@FEWER
@given(data=st.data())
def test_second_derivatives_are_accurate(name: str, data: st.DataObject) -> None:
    primitive, row = PRIMITIVES[name], ROWS[name]
    operands = data.draw(operand_lists(name, ordinary_numbers))
    variables = operands[: row.variables(primitive, len(operands))]
    assume(len(variables) <= 3 or name == "dot")
    assume(len(set(variables)) == len(variables))  # ties are among the special points below
    assume(all(1e-6 < abs(x) < 1e6 for x in variables))
    assume(not (name == "hard_tanh" and abs(operands[0]) == 1.0))
    assume(not (name in ("remainder", "fmod") and math.fmod(*operands) == 0.0))
    out = primitive.evaluate(operands)
    assume(out == out)
    for i, j in itertools.product(range(len(variables)), repeat=2):
        try:
            if row.supporting:  # its derivative is the second derivative of some row
                exact, unit = row.exact_conditioned(primitive, operands, i)
                actual = primitive.local_derivatives(operands, out)[i]
            else:
                exact, unit = row.exact_conditioned(primitive, operands, i, j)
                actual = second_derivative(primitive, operands, i, j)
        except UndefinedError:
            continue
        error = units_between(actual, exact, unit)
        places = [i] if row.supporting else [i, j]
        message = too_far_off(name, operands, called(*places), error, SECOND_BOUND)
        if error > SECOND_BOUND:
            assert abs(mpf(actual) - exact) <= row.rounding(primitive, operands, *places), message


# The oracle itself: its derivatives are the derivatives of its values.
ORDINARY = [0.3, 0.7, 1.9, -0.4, -2.6]


@each_public_row
def test_the_oracle_agrees_with_itself(name: str) -> None:
    primitive, row = PRIMITIVES[name], ROWS[name]
    count = 2 if isinstance(primitive, Reduction) else primitive.arity
    compared = 0
    for point in itertools.permutations(ORDINARY, count):
        for position in range(count):
            slope = row.exact(primitive, point, position)
            if slope is None:
                continue

            def value(moving: Any, point: Any = point, position: int = position) -> Any:
                moved = [mpf(x) for x in point]
                moved[position] = moving
                return row.value(moved) if isinstance(primitive, Reduction) else row.value(*moved)

            with mp.workdps(60):
                assert mp.almosteq(mp.diff(value, point[position]), slope, 1e-20, 1e-20)
            compared += 1
    assert compared or name == "arccosh"


# ── Every rule is transparent ─────────────────────────────────────────────────


@each_row
@FEWER
@given(data=st.data())
def test_a_rule_gives_the_same_number_whether_or_not_it_is_traced(
    name: str, data: st.DataObject
) -> None:
    primitive = PRIMITIVES[name]
    operands = data.draw(operand_lists(name, numbers))
    plain = primitive.local_derivatives(operands, primitive.evaluate(operands))
    traced = [Tangent(x, 1.0) for x in operands]
    out = traced[0].apply(primitive, tuple(traced))
    # A product of many numbers may be rounded in another order.
    allowed = float(len(operands)) if name == "prod" else 0.0
    for derivative, number in zip(
        map(number_of, primitive.local_derivatives(traced, out)), plain, strict=True
    ):
        assert same(derivative, number) or units_off(derivative, mpf(number)) <= allowed


# ── Every row follows IEEE arithmetic ─────────────────────────────────────────


def special_operands(name: str) -> list[tuple[float, ...]]:
    primitive = PRIMITIVES[name]
    if isinstance(primitive, Reduction):
        return [*itertools.product(SPECIAL, repeat=2), *itertools.product(FEW_SPECIAL, repeat=4)]
    return list(
        itertools.product(SPECIAL if primitive.arity < 3 else FEW_SPECIAL, repeat=primitive.arity)
    )


@each_row
def test_nothing_raises_and_everything_is_a_float(name: str) -> None:
    primitive = PRIMITIVES[name]
    for operands in special_operands(name):
        if isinstance(primitive, Reduction) and primitive.sequences == 2 and len(operands) % 2:
            continue
        out = primitive.evaluate(operands)
        local = primitive.local_derivatives(operands, out)
        assert type(out) is float, operands
        assert [type(x) for x in local] == [float] * len(operands), operands


@each_row
def test_nothing_raises_when_it_is_differentiated_twice(name: str) -> None:
    primitive = PRIMITIVES[name]
    arity = primitive.arity or 2
    orders = [[1.0, inf, nan]] * (arity - 2)  # or other further operands
    for operands in itertools.product(*[FEW_SPECIAL] * min(arity, 2), *orders):
        for i, j in itertools.product(range(len(operands)), repeat=2):
            assert type(second_derivative(primitive, operands, i, j)) is float, operands


# A derivative with respect to an operand that the result is proportional to, apart from
# the other operands, is the factor, and does not know what the operand is.
PROPORTIONAL = {
    ("add", 0), ("add", 1), ("subtract", 0), ("subtract", 1), ("multiply", 0), ("multiply", 1),
    ("divide", 0), ("negative", 0), ("where", 0), ("xlogy", 0), ("leaky_relu", 1), ("elu", 1),
    ("over_square", 0), ("in_domain", 0), ("two_slopes", 1), ("elu_slope", 1), ("damped", 0),
    ("damped", 1), ("deg2rad", 0), ("rad2deg", 0), ("quotient_derivative", 0), ("sum", 0), ("mean", 0), ("prod", 0), ("dot", 0),
}  # fmt: skip

# Where an operand does not matter, whatever it is, nan does not matter either.
NAN_DOES_NOT_MATTER: list[tuple[str, Callable[..., bool]]] = [
    ("power", lambda x, y: x == 1.0 or y == 0.0),
    ("power_slope", lambda x, y: y == 0.0),
    ("power_derivative", lambda x, y, m, n: n < 1.0 and y in range(int(m)) if m < inf else False),
    ("damped", lambda x, weight: weight == 0.0),
    ("hypot", lambda x, y: math.isinf(x) or math.isinf(y)),
    ("norm", lambda x, y: math.isinf(x) or math.isinf(y)),
    ("leaky_relu", lambda x, slope: x > 0.0),
    ("elu", lambda x, alpha: x > 0.0),
    ("two_slopes", lambda x, left: x > 0.0),
    ("elu_slope", lambda x, alpha: x > 0.0),
]


@each_row
def test_nan_propagates(name: str) -> None:
    primitive = PRIMITIVES[name]
    count = primitive.arity or 2
    for others in itertools.product([0.0, 1.0, 0.5, -3.0, 2.0, inf], repeat=count - 1):
        for position in range(count):
            operands = [*others[:position], nan, *others[position:]]
            out = primitive.evaluate(operands)
            if not any(row == name and spared(*operands) for row, spared in NAN_DOES_NOT_MATTER):
                assert out != out, operands
            derivative = primitive.local_derivatives(operands, out)[position]
            place = 0 if isinstance(primitive, Reduction) else position
            exponent = operands[1] if name.startswith("power") else None
            if (name, place) not in PROPORTIONAL and exponent not in (0.0, 1.0, 2.0):
                assert derivative != derivative, operands


# ── Special points ────────────────────────────────────────────────────────────

# fmt: off
SPECIAL_POINTS = [
    # row           operands                    value               derivatives
    # The terms overflow here, and the result does not.
    ("inversion",   (0.0, 1e-320),              0.0,                [inf, 0.0]),
    ("inversion",   (0.0, 0.0),                 nan,                [nan, nan]),
    ("inversion",   (5e-324, 1e-8),             4.940656458412465e-308, [1e16, -9.881312916824931e-300]),
    ("inversion",   (5e-324, 5e-324),           inf,                [0.0, -inf]),
    ("quotient_derivative", (1e308, 1e300, 3.0), -0.0,              [0.0, 0.0, nan]),
    ("quotient_derivative", (1e308, 1e77, 3.0), -6.000000000000001,             [-6e-308, 2.4e-76, nan]),
    ("cbrt_derivative", (0.0, 3.0),             inf,                [nan, nan]),
    ("cbrt_derivative", (-inf, 2.0),            0.0,                [0.0, nan]),
    ("quotient_derivative", (1.0, -0.0, 2.0),   -inf,               [-inf, -inf, nan]),
    ("power_derivative", (0.0, 4.0, 4.0, 0.0),  24.0,               [0.0, -inf, nan, nan]),
    ("power_derivative", (0.0, 4.0, 5.0, 0.0),  0.0,                [0.0, inf, nan, nan]),
    ("power_derivative", (-0.0, 4.0, 3.0, 0.0), 0.0,                [24.0, 0.0, nan, nan]),
    ("power_derivative", (nan, 4.0, 5.0, 0.0),  0.0,                [0.0, nan, nan, nan]),
    ("power_derivative", (inf, 4.0, 4.0, 0.0),  24.0,               [0.0, inf, nan, nan]),
    ("power_derivative", (inf, 4.0, 5.0, 1.0),  0.0,                [0.0, 0.0, nan, nan]),
    ("power_derivative", (0.0, 0.5, 2.0, 0.0),  -inf,               [inf, inf, nan, nan]),
    ("power_derivative", (0.0, 0.0, 0.0, 3.0),  -inf,               [inf, inf, nan, nan]),
    ("power_derivative", (-2.0, 5.0, 3.0, 0.0), 240.0,              [-240.0, nan, nan, nan]),
    ("power_derivative", (-2.0, 2.5, 3.0, 0.0), nan,                [nan, nan, nan, nan]),
    ("power_derivative", (2.0, 3.0, 1.0, 100.0), nan,               [nan, nan, nan, nan]),
    ("norm_derivative", (0.0, 0.0, 1.0, 1.0),   nan,                [nan, nan, nan, nan]),
    ("norm_derivative", (nan, 1.0, 1.0, 1.0),   nan,                [nan, nan, nan, nan]),
    ("component",   (1.0, nan),                 nan,                [nan, nan]),
    ("component",   (inf, 1.0),                 1.0,                [0.0, 0.0]),
    ("norm_derivative", (inf, 1.0, 2.0, 0.0),   0.0,                [0.0, 0.0, nan, nan]),
    ("norm_derivative", (inf, -inf, 1.0, 2.0),  nan,                [nan, nan, nan, nan]),
    ("norm_derivative", (3.0, 4.0, 0.0, 0.0),   5.0,                [0.6, 0.8, nan, nan]),
    ("logsumexp_derivative", (inf, 0.0, 2.0, 1.0), 0.0,             [0.0, 0.0, nan, nan]),
    ("logsumexp_derivative", (inf, inf, 2.0, 1.0), nan,             [nan, nan, nan, nan]),
    ("logsumexp_derivative", (-inf, 0.0, 2.0, 1.0), 0.0,            [0.0, 0.0, nan, nan]),
    ("logsumexp_derivative", (0.0, 0.0, 2.0, 1.0), 0.0,             [0.125, -0.125, nan, nan]),
    ("exp2_derivative", (1024.6, 2.0),          1.309135136959798e308, [9.07423329155642e307, nan]),
    ("exp2_derivative", (1025.0, 1.0),          inf,                [1.7274141694893189e308, nan]),
    ("over_square", (1.79e308, 1.375),          1.79e308 / 1.375**2, [1 / 1.375**2, -1.79e308 / 1.375**3 * 2]),

    ("relu",        (0.0,),                     0.0,                [0.0]),
    ("relu",        (nan,),                     nan,                [nan]),
    ("absolute",    (0.0,),                     0.0,                [0.0]),
    ("absolute",    (-0.0,),                    0.0,                [0.0]),
    ("absolute",    (nan,),                     nan,                [nan]),
    ("sign",        (0.0,),                     0.0,                [0.0]),
    ("sign",        (2.0,),                     1.0,                [0.0]),
    ("leaky_relu",  (0.0, 0.01),                0.0,                [0.01, 0.0]),
    ("leaky_relu",  (0.0, -1.0),                0.0,                [0.0, 0.0]),   # convex, like abs
    ("leaky_relu",  (0.0, 3.0),                 0.0,                [1.0, 0.0]),   # concave
    ("elu",         (0.0, 1.0),                 0.0,                [1.0, 0.0]),
    ("elu",         (1000.0, 1.0),              1000.0,             [1.0, 0.0]),
    ("elu",         (-1000.0, 1.0),             -1.0,               [0.0, -1.0]),
    ("maximum",     (1.0, 1.0),                 1.0,                [0.5, 0.5]),
    ("maximum",     (0.0, -0.0),                0.0,                [0.5, 0.5]),
    ("maximum",     (inf, inf),                 inf,                [0.5, 0.5]),
    ("maximum",     (nan, 1.0),                 nan,                [nan, nan]),
    ("maximum",     (1.0, nan),                 nan,                [nan, nan]),
    ("minimum",     (1.0, 1.0),                 1.0,                [0.5, 0.5]),
    ("minimum",     (2.0, 1.0),                 1.0,                [0.0, 1.0]),
    ("max",         (2.0, 1.0, 2.0, 2.0),       2.0,                [1 / 3, 0.0, 1 / 3, 1 / 3]),
    ("min",         (2.0, 1.0, 1.0),            1.0,                [0.0, 0.5, 0.5]),
    ("max",         (2.0, nan),                 nan,                [nan, nan]),
    ("clamp",       (0.0, 0.0, 1.0),            0.0,                [1.0, 0.0, 0.0]),
    ("clamp",       (1.0, 0.0, 1.0),            1.0,                [1.0, 0.0, 0.0]),
    ("clamp",       (2.0, 0.0, 1.0),            1.0,                [0.0, 0.0, 1.0]),
    ("clamp",       (-2.0, 0.0, 1.0),           0.0,                [0.0, 1.0, 0.0]),
    ("clamp",       (nan, 0.0, 1.0),            nan,                [nan, nan, nan]),
    ("clamp",       (3.0, 2.0, 1.0),            1.0,                [0.0, 0.0, 1.0]),  # low above high
    ("hard_tanh",   (1.0,),                     1.0,                [1.0]),
    ("sqrt",        (0.0,),                     0.0,                [inf]),
    ("sqrt",        (-0.0,),                    -0.0,               [inf]),
    ("sqrt",        (-1.0,),                    nan,                [nan]),
    ("sqrt",        (inf,),                     inf,                [0.0]),
    ("cbrt",        (0.0,),                     0.0,                [inf]),
    ("cbrt",        (-8.0,),                    -2.0,               [1 / 12]),
    ("hypot",       (0.0, 0.0),                 0.0,                [0.0, 0.0]),
    ("hypot",       (1e200, 1e200),             1.414213562373095e200, [0.7071067811865475, 0.7071067811865475]),
    ("hypot",       (5e-324, 5e-324),           5e-324,             [0.7071067811865475, 0.7071067811865475]),
    ("hypot",       (inf, 1.0),                 inf,                [1.0, 0.0]),
    ("hypot",       (inf, inf),                 inf,                [nan, nan]),
    ("hypot",       (inf, nan),                 inf,                [nan, nan]),
    ("norm",        (0.0, 0.0),                 0.0,                [0.0, 0.0]),
    ("norm",        (3.0, -4.0),                5.0,                [0.6, -0.8]),
    ("arctan2",     (0.0, 0.0),                 0.0,                [nan, nan]),
    ("arctan2",     (0.0, -1.0),                math.pi,            [-1.0, 0.0]),
    ("arctan2",     (-0.0, -1.0),               -math.pi,           [-1.0, 0.0]),
    ("arctan2",     (1e200, 1e200),             math.pi / 4,        [5e-201, -5e-201]),
    ("arctan2",     (1e-200, 1e-200),           math.pi / 4,        [5e199, -5e199]),
    ("arctan2",     (1.0, inf),                 0.0,                [0.0, 0.0]),
    ("log",         (0.0,),                     -inf,               [inf]),
    ("log",         (-0.0,),                    -inf,               [inf]),
    ("log",         (-1.0,),                    nan,                [nan]),
    ("log1p",       (-1.0,),                    -inf,               [inf]),
    ("log1p",       (-2.0,),                    nan,                [nan]),
    ("log2",        (-1.0,),                    nan,                [nan]),
    ("log10",       (0.0,),                     -inf,               [inf]),
    ("exp",         (1000.0,),                  inf,                [inf]),
    ("exp",         (-1000.0,),                 0.0,                [0.0]),
    ("exp2",        (1024.0,),                  inf,                [1.2460659279417838e308]),
    ("exp2",        (1025.0,),                  inf,                [inf]),
    ("expm1",       (-40.0,),                   -1.0,               [4.248354255291589e-18]),
    ("sigmoid",     (40.0,),                    1.0,                [4.248354255291589e-18]),
    ("sigmoid",     (-1000.0,),                 0.0,                [0.0]),
    ("log_sigmoid", (-1000.0,),                 -1000.0,            [1.0]),
    ("softplus",    (20.5,),                    20.500000001250154, [0.9999999987498462]),
    ("softplus",    (1000.0,),                  1000.0,             [1.0]),
    ("tanh",        (20.0,),                    1.0,                [1.6993417021166355e-17]),
    ("tanh",        (-1000.0,),                 -1.0,               [0.0]),
    ("silu",        (-1000.0,),                 0.0,                [0.0]),
    ("silu",        (-inf,),                    0.0,                [0.0]),
    ("silu",        (inf,),                     inf,                [1.0]),
    ("gelu",        (0.0,),                     0.0,                [0.5]),
    ("gelu",        (-inf,),                    0.0,                [0.0]),
    ("gelu",        (inf,),                     inf,                [1.0]),
    ("mish",        (-inf,),                    0.0,                [0.0]),
    ("mish",        (0.0,),                     0.0,                [0.6]),
    ("softsign",    (-inf,),                    -1.0,               [0.0]),
    ("logaddexp",   (1000.0, 1000.0),           1000.6931471805599, [0.5, 0.5]),
    ("logaddexp",   (-inf, 0.0),                0.0,                [0.0, 1.0]),
    ("logaddexp",   (inf, 0.0),                 inf,                [1.0, 0.0]),
    ("logaddexp",   (inf, inf),                 inf,                [nan, nan]),
    ("logaddexp",   (-inf, -inf),               -inf,               [nan, nan]),
    ("logsumexp",   (-1000.0, -1000.0),         -999.3068528194401, [0.5, 0.5]),
    ("logsumexp",   (-inf,),                    -inf,               [1.0]),
    ("power",       (0.0, 0.0),                 1.0,                [0.0, -inf]),
    ("power",       (5e-324, 2.0**54),          0.0,                [0.0, 0.0]),
    ("power",       (5e-324, -(2.0**54)),       inf,                [-inf, -inf]),
    ("power",       (1e308, 2.0**54),           inf,                [inf, inf]),
    ("power",       (1e308, -(2.0**54)),        0.0,                [0.0, 0.0]),
    ("power",       (0.5, inf),                 0.0,                [0.0, 0.0]),
    ("power",       (0.5, -inf),                inf,                [-inf, -inf]),
    ("power",       (2.0, inf),                 inf,                [inf, inf]),
    ("power",       (2.0, -inf),                0.0,                [0.0, 0.0]),
    ("power",       (nan, 0.0),                 1.0,                [0.0, nan]),
    ("power",       (inf, 0.0),                 1.0,                [0.0, inf]),
    ("power",       (0.0, 2.0),                 0.0,                [0.0, 0.0]),
    ("power",       (0.0, 1.0),                 0.0,                [1.0, 0.0]),
    ("power",       (0.0, 0.5),                 0.0,                [inf, 0.0]),
    ("power",       (0.0, -1.0),                inf,                [-inf, -inf]),
    ("power",       (-2.0, 3.0),                -8.0,               [12.0, nan]),
    ("power",       (-2.0, 0.5),                nan,                [nan, nan]),
    ("power",       (-2.0, -2000.0),            0.0,                [-0.0, nan]),
    ("power",       (1.0, nan),                 1.0,                [nan, nan]),
    ("power",       (2.0, 3.0),                 8.0,                [12.0, 5.545177444479562]),
    ("xlogy",       (0.0, 0.0),                 0.0,                [-inf, nan]),
    ("xlogy",       (0.0, 2.0),                 0.0,                [0.6931471805599453, 0.0]),
    ("xlogy",       (1.0, -2.0),                nan,                [nan, nan]),
    ("arcsin",      (1.0,),                     math.pi / 2,        [inf]),
    ("arcsin",      (2.0,),                     nan,                [nan]),
    ("arccos",      (1.0,),                     0.0,                [-inf]),
    ("arccosh",     (1.0,),                     0.0,                [inf]),
    ("arccosh",     (1e200,),                   461.2101657793691,  [1e-200]),
    ("arccosh",     (0.0,),                     nan,                [nan]),
    ("arcsinh",     (1e200,),                   461.2101657793691,  [1e-200]),
    ("arctanh",     (1.0,),                     inf,                [inf]),
    ("arctanh",     (-1.0,),                    -inf,               [inf]),
    ("arctanh",     (2.0,),                     nan,                [nan]),
    ("sinc",        (0.0,),                     1.0,                [0.0]),
    ("sinc",        (inf,),                     0.0,                [0.0]),
    ("sin",         (inf,),                     nan,                [nan]),
    ("floor",       (1.5,),                     1.0,                [0.0]),
    ("floor",       (inf,),                     inf,                [0.0]),
    ("ceil",        (-0.5,),                    -0.0,               [0.0]),
    ("round",       (2.5,),                     2.0,                [0.0]),
    ("round",       (1.5,),                     2.0,                [0.0]),
    ("round",       (-0.5,),                    -0.0,               [0.0]),
    ("trunc",       (-1.5,),                    -1.0,               [0.0]),
    ("trunc",       (-0.5,),                    -0.0,               [0.0]),
    ("trunc",       (inf,),                     inf,                [0.0]),
    ("round_to",    (2.675, 2.0),               2.67,               [0.0, 0.0]),
    ("round_to",    (1250.0, -2.0),             1200.0,             [0.0, 0.0]),
    ("round_to",    (1.7e308, -308.0),          inf,                [0.0, 0.0]),
    ("round_to",    (inf, 2.0),                 inf,                [0.0, 0.0]),
    ("round_to",    (nan, 2.0),                 nan,                [nan, nan]),
    ("deg2rad",     (180.0,),                   math.pi,            [math.pi / 180]),
    ("rad2deg",     (inf,),                     inf,                [180 / math.pi]),
    ("fmod",        (7.0, 3.0),                 1.0,                [1.0, -2.0]),
    ("fmod",        (-7.0, 3.0),                -1.0,               [1.0, 2.0]),
    ("fmod",        (-1.0, inf),                -1.0,               [1.0, 0.0]),
    ("fmod",        (1.0, 0.0),                 nan,                [nan, nan]),
    ("fmod",        (inf, 1.0),                 nan,                [nan, nan]),
    ("fmod",        (1.0, 0.1),                 math.fmod(1, 0.1),  [1.0, -9.0]),
    ("remainder",   (7.0, 3.0),                 1.0,                [1.0, -2.0]),
    ("remainder",   (-7.0, 3.0),                2.0,                [1.0, 3.0]),
    ("remainder",   (-1.0, inf),                inf,                [1.0, 1.0]),
    ("remainder",   (1.0, 0.0),                 nan,                [nan, nan]),
    ("remainder",   (inf, 1.0),                 nan,                [nan, nan]),
    ("remainder",   (1.0, 0.1),                 1.0 % 0.1,          [1.0, -9.0]),
    ("divide",      (1.0, 0.0),                 inf,                [inf, -inf]),
    ("divide",      (1.0, -0.0),                -inf,               [-inf, -inf]),
    ("divide",      (0.0, 0.0),                 nan,                [inf, nan]),
    ("divide",      (5e-324, 1e-5),             4.94066e-319,       [99999.99999999999, -4.9406564584124654e-314]),
    ("erfc",        (30.0,),                    0.0,                [-0.0]),
    ("sum",         (1e308, 1e308, -1e308),     1e308,              [1.0, 1.0, 1.0]),
    ("sum",         (1e308, 1e308),             inf,                [1.0, 1.0]),
    ("sum",         (1e308, 1e308, -inf),       -inf,               [1.0, 1.0, 1.0]),
    ("sum",         (inf, -inf),                nan,                [1.0, 1.0]),
    ("mean",        (1e308, 1.5e308),           1.25e308,           [0.5, 0.5]),
    ("prod",        (1e200, 1e200, 1e-300),     1e100,              [1e-100, 1e-100, inf]),
    ("prod",        (0.0, 3.0, 5.0),            0.0,                [15.0, 0.0, 0.0]),
    ("prod",        (0.0, 0.0, 5.0),            0.0,                [0.0, 0.0, 0.0]),
    ("dot",         (1e200, 1e200, 1e200, -1e200), 0.0,             [1e200, -1e200, 1e200, 1e200]),
]

SECOND_DERIVATIVES = [
    # row           operands            with respect to  second derivative
    ("power",       (0.0, 2.0),         (0, 0),          2.0),
    ("power",       (0.0, 1.0),         (0, 0),          0.0),
    ("power",       (0.0, 0.0),         (0, 0),          0.0),
    ("power",       (nan, 0.0),         (0, 0),          0.0),
    ("power",       (2.0, 0.0),         (0, 0),          0.0),
    ("power",       (0.0, 1.5),         (0, 0),          inf),
    ("power",       (0.0, 0.5),         (0, 0),          -inf),
    ("power",       (0.0, -1.0),        (0, 0),          inf),
    ("power",       (-2.0, 3.0),        (0, 0),          -12.0),
    ("power",       (2.0, 3.0),         (0, 0),          12.0),
    ("power",       (2.0, 3.0),         (1, 1),          3.843624111345611),
    ("power",       (0.0, 2.0),         (1, 1),          0.0),
    ("power",       (0.0, 2.0),         (0, 1),          0.0),
    ("power",       (0.0, 2.0),         (1, 0),          0.0),
    ("sqrt",        (0.0,),             (0, 0),          -inf),
    ("sqrt",        (inf,),             (0, 0),          0.0),
    ("log",         (0.0,),             (0, 0),          -inf),
    ("log1p",       (1e-20,),           (0, 0),          -1.0),
    ("sinc",        (0.0,),             (0, 0),          -math.pi**2 / 3),
    ("logaddexp",   (0.0, 1000.0),      (0, 0),          0.0),
    ("logaddexp",   (1000.0, 1000.0),   (0, 0),          0.25),
    ("logaddexp",   (1000.0, 1000.0),   (0, 1),          -0.25),
    ("logaddexp",   (inf, 0.0),         (0, 0),          0.0),
    ("logaddexp",   (0.0, -40.0),       (0, 0),          4.248354255291589e-18),
    ("logsumexp",   (0.0, -40.0),       (0, 0),          4.248354255291589e-18),
    ("share",       (0.0, -1000.0),     (0, 0),          0.0),
    ("elu",         (0.0, 1.0),         (0, 0),          0.0),
    ("elu",         (-1.0, 1.0),        (0, 0),          0.36787944117144233),
    ("elu",         (1000.0, 1.0),      (0, 0),          0.0),
    ("elu",         (-1000.0, 1.0),     (0, 0),          0.0),
    ("sigmoid",     (0.0,),             (0, 0),          0.0),
    ("sigmoid",     (-40.0,),           (0, 0),          4.248354255291589e-18),
    ("softplus",    (20.5,),            (0, 0),          1.2501528648238605e-09 * (1 - 1.2501528648238605e-09)),
    ("log_sigmoid", (0.0,),             (0, 0),          -0.25),
    ("gelu",        (0.0,),             (0, 0),          0.7978845608028654),
    ("gelu",        (-40.0,),           (0, 0),          0.0),
    ("gelu",        (-inf,),            (0, 0),          0.0),
    ("silu",        (-1000.0,),         (0, 0),          0.0),
    ("silu",        (0.0,),             (0, 0),          0.5),
    ("silu",        (inf,),             (0, 0),          0.0),
    ("mish",        (inf,),             (0, 0),          0.0),
    ("mish",        (-inf,),            (0, 0),          0.0),
    ("erf",         (0.0,),             (0, 0),          0.0),
    ("erf",         (30.0,),            (0, 0),          0.0),
    ("erf",         (inf,),             (0, 0),          0.0),
    ("erfc",        (-inf,),            (0, 0),          0.0),
    ("gauss",       (1e200, 1.0),       (0, 0),          0.0),
    ("gauss",       (-inf, 0.5),        (0, 0),          0.0),
    ("gelu_slope",  (0.0,),             (0, 0),          0.0),
    ("gelu_slope",  (-40.0,),           (0, 0),          0.0),
    ("gelu_slope",  (1e155,),           (0, 0),          0.0),
    ("gelu_slope",  (-1e200,),          (0, 0),          0.0),
    ("gelu_slope",  (inf,),             (0, 0),          0.0),
    ("silu_slope",  (inf,),             (0, 0),          0.0),
    ("arctan2",     (1e-320, 0.0),      (0, 0),          0.0),
    ("mish_slope",  (1.7e308,),         (0, 0),          0.0),
    ("mish_slope",  (-inf,),            (0, 0),          0.0),
    ("arcsin",      (1.0,),             (0, 0),          inf),
    ("arcsin",      (-1.0,),            (0, 0),          -inf),
    ("arccos",      (1.0,),             (0, 0),          -inf),
    ("arccosh",     (1.0,),             (0, 0),          -inf),
    ("arccosh",     (1e200,),           (0, 0),          0.0),
    ("arcsinh",     (0.0,),             (0, 0),          0.0),
    ("arctanh",     (1.0,),             (0, 0),          inf),
    ("arctanh",     (-1.0,),            (0, 0),          -inf),
    ("cbrt",        (-8.0,),            (0, 0),          1 / 144),
    ("arctan2",     (0.0, -1.0),        (0, 0),          0.0),
    ("arctan2",     (1e-200, 1e-200),   (0, 0),          -inf),
    ("hypot",       (3.0, 4.0),         (0, 0),          0.128),
    ("hypot",       (3.0, 4.0),         (1, 1),          0.072),
    ("hypot",       (1e200, 1e200),     (0, 0),          3.5355339059327375e-201),
    ("absolute",    (0.0,),             (0, 0),          0.0),
    ("relu",        (0.0,),             (0, 0),          0.0),
    ("relu",        (nan,),             (0, 0),          nan),
    ("remainder",   (7.0, 3.0),         (1, 1),          0.0),
    ("xlogy",       (0.0, 2.0),         (0, 0),          0.0),
    ("xlogy",       (0.0, 2.0),         (1, 1),          0.0),
    ("prod",        (0.0, 0.0, 5.0),    (0, 1),          5.0),
]
# fmt: on


def approximately(expected: Any) -> Any:
    return pytest.approx(expected, rel=4e-15, abs=0.0, nan_ok=True)


@pytest.mark.parametrize(("name", "operands", "value", "derivatives"), SPECIAL_POINTS)
def test_special_points(
    name: str, operands: tuple[float, ...], value: float, derivatives: list[float]
) -> None:
    out = PRIMITIVES[name].evaluate(operands)
    assert out == approximately(value)
    assert PRIMITIVES[name].local_derivatives(operands, out) == approximately(derivatives)


@pytest.mark.parametrize(("name", "operands", "places", "expected"), SECOND_DERIVATIVES)
def test_second_derivatives_at_special_points(
    name: str, operands: tuple[float, ...], places: tuple[int, int], expected: float
) -> None:
    actual = second_derivative(PRIMITIVES[name], operands, *places)
    assert actual == approximately(expected)


@pytest.mark.parametrize(
    ("name", "operands"),
    [("sqrt", (-0.0,)), ("ceil", (-0.5,)), ("round", (-0.4,)), ("floor", (-0.0,)), ("sin", (-0.0,)),
     ("multiply", (-1.0, 0.0)), ("minimum", (0.0, -0.0)), ("minimum", (-0.0, 0.0)), ("cbrt", (-0.0,)),
     ("silu", (-inf,)), ("divide", (-1.0, inf)), ("gelu", (-inf,)), ("min", (0.0, -0.0))],
)  # fmt: skip
def test_signed_zeros_are_kept(name: str, operands: tuple[float, ...]) -> None:
    out = PRIMITIVES[name].evaluate(operands)
    assert out == 0.0
    assert math.copysign(1.0, out) == -1.0


def test_the_greater_of_two_zeros_is_the_positive_one() -> None:
    for operands in [(0.0, -0.0), (-0.0, 0.0)]:
        assert math.copysign(1.0, table.maximum(*operands)) == 1.0
        assert math.copysign(1.0, table.max(operands)) == 1.0


# ── Softmax ───────────────────────────────────────────────────────────────────


def test_softmax_of_far_apart_numbers_is_accurate() -> None:
    assert table.softmax([0.0, 1000.0]) == [0.0, 1.0]
    assert table.softmax([0.0, -40.0])[1] == approximately(4.248354255291589e-18)
    with mp.workdps(60):
        exact = float(mp.exp(mpf(0.1) - mpf(700.3)))  # the difference is not a float
    assert table.softmax([700.3, 0.1])[1] == approximately(exact)
    assert table.log_softmax([0.0, -40.0])[0] == approximately(-4.248354255291589e-18)
    assert table.log_softmax([0.0, 1000.0]) == [-1000.0, 0.0]
    assert table.softmax([]) == table.log_softmax([]) == []


def test_softmax_of_traced_numbers_has_accurate_derivatives() -> None:
    xs = [Tangent(0.0, 1.0), -40.0, -80.0]
    first, second, third = table.softmax(xs)
    assert [first.number, second.number, third.number] == table.softmax([0.0, -40.0, -80.0])
    tiny = 4.248354255291589e-18
    assert first.rate == approximately(tiny)  # 1 - out has no digits left here
    assert second.rate == approximately(-tiny)
    first, second, third = table.log_softmax(xs)
    assert first.rate == approximately(tiny)
    assert second.rate == approximately(-1.0)


# ── where: the branch not taken is not there ──────────────────────────────────


def test_where_takes_one_of_two_numbers() -> None:
    assert table.where(True, 1, 2) == 1.0
    assert table.where(0, 1, 2) == 2.0
    assert type(table.where(True, 1, 2)) is float


def test_the_branch_not_taken_contributes_nothing() -> None:
    x = Tangent(0.0, 1.0)
    broken = table.log(x)
    assert (broken.number, broken.rate) == (-inf, inf)
    out = table.where(x.number > 0.0, broken, 2.0 * x)
    assert (out.number, out.rate) == (0.0, 2.0)


def test_where_gives_a_traced_result_whichever_branch_is_taken() -> None:
    x = Tangent(3.0, 1.0)
    out = table.where(False, x, 5)
    assert isinstance(out, Tangent)
    assert (out.number, out.rate) == (5.0, 0.0)


def test_where_refuses_a_traced_condition() -> None:
    with pytest.raises(TypeError, match=r"condition of where\(\) is True or False, such as x > 0"):
        table.where(Tangent(1.0, 1.0), 1, 2)
    with pytest.raises(TypeError, match=r"where\(\) takes a condition and 2 operands, got 2$"):
        table.where(True, 1)
    with pytest.raises(TypeError, match="expected a real number"):
        table.where(True, 1, "2")


# ── Calling ───────────────────────────────────────────────────────────────────


def test_operands_with_a_default_may_be_left_out() -> None:
    assert table.leaky_relu(-2) == -0.02
    assert table.leaky_relu(-2, 0.5) == -1.0
    assert table.elu(-1) == math.expm1(-1)
    assert table.leaky_relu(Tangent(-2.0, 1.0)).rate == 0.01


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: table.exp(), TypeError, r"exp\(\) takes 1 operand, got 0"),
        (lambda: table.add(1), TypeError, r"add\(\) takes 2 operands, got 1"),
        (lambda: table.elu(), TypeError, r"elu\(\) takes 1 to 2 operands, got 0"),
        (lambda: table.elu(1, 2, 3), TypeError, r"elu\(\) takes 1 to 2 operands, got 3"),
        (lambda: table.sum(1, 2), TypeError, r"sum\(\) takes 1 sequence, got 2$"),
        (lambda: table.dot([1]), TypeError, r"dot\(\) takes 2 sequences, got 1$"),
        (lambda: table.sum(3), TypeError, r"sum\(\) takes a sequence of numbers, .* got an int"),
        (lambda: table.sum("12"), TypeError, r"sum\(\) takes a sequence of numbers, .* got a str"),
        (lambda: table.sum(["12"]), TypeError, r"convert it first, with float"),
        (lambda: table.dot([1, 2], [3]), ValueError, r"dot\(\) of sequences .* lengths: 2 and 1"),
        (lambda: table.mean([]), ValueError, r"mean\(\) of nothing has no value"),
        (lambda: table.max([]), ValueError, r"max\(\) of nothing has no value"),
        (lambda: table.min([]), ValueError, r"min\(\) of nothing has no value"),
        (lambda: table.logsumexp([]), ValueError, r"logsumexp\(\) of nothing has no value"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    call: Callable[[], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()


def test_a_reduction_takes_any_iterable() -> None:
    assert table.sum(x for x in (1, 2, 3)) == 6.0
    assert table.prod({2: "two", 3: "three"}) == 6.0
    assert table.dot((1, 2), iter([3, 4])) == 11.0
    assert table.norm(range(2)) == 1.0


def test_a_reduction_of_nothing_is_neutral() -> None:
    assert table.sum([]) == 0.0
    assert table.prod([]) == 1.0
    assert table.norm([]) == 0.0
    assert table.dot([], []) == 0.0


def test_a_reduction_of_traced_numbers_is_traced() -> None:
    x = Tangent(3.0, 1.0)
    assert table.sum([1, x, x]).rate == 2.0
    assert table.dot([x, 2], [x, 5]).rate == 6.0
    assert table.max([1.0, x]).rate == 1.0


def test_local_derivatives_are_a_list_for_every_kind_of_row() -> None:
    assert table.multiply.local_derivatives((6.0, 7.0), 42.0) == [7.0, 6.0]
    assert table.sum.local_derivatives((6.0, 7.0), 13.0) == [1.0, 1.0]
    assert table.where.local_derivatives((6.0,), 6.0) == [1.0]


def test_nothing_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert table.exp(1000) == inf
