"""A Value compares, and is true or false, as its number is; a set or a dict tells Values apart."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf

import autograd
from autograd import Value, grad, sin
from autograd.testing.precise import Precise
from nn import MLP, Neuron

COMPARISONS: list[Callable[[Any, Any], Any]] = [
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
]

NUMBERS = st.one_of(
    st.floats(),
    st.integers(),
    st.booleans(),
    st.fractions(),
    st.decimals(allow_nan=False),
    # Those that are close to one another, or not floats.
    st.sampled_from([0, 0.0, -0.0, 1, 1.0, True, 0.1, Fraction(1, 10), Decimal("0.1")]),
    st.sampled_from([2.0**53, 2**53 + 1, 10**400, -(10**400), math.inf, math.nan]),
)


def outcome(comparison: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
    """The result of a comparison, or the kind of error: nan has no order among decimals."""
    try:
        return comparison(x, y)
    except ArithmeticError as error:
        return type(error)


@given(st.floats(), NUMBERS)
@pytest.mark.parametrize("comparison", COMPARISONS)
def test_a_value_compares_as_its_number_does(
    comparison: Callable[[Any, Any], Any], x: float, y: Any
) -> None:
    assert outcome(comparison, Value(x), y) is outcome(comparison, x, y)
    assert outcome(comparison, y, Value(x)) is outcome(comparison, y, x)
    if isinstance(y, float):
        assert comparison(Value(x), Value(y)) is comparison(x, y)
        assert comparison(Value(x), Value(y) * 1) is comparison(x, y)
        assert comparison(Value(x), autograd.sum([Value(y)])) is comparison(x, y)


@given(st.floats())
def test_a_value_is_true_or_false_as_its_number_is(x: float) -> None:
    assert bool(Value(x)) is bool(x)
    assert bool(autograd.sum([Value(x)])) is bool(x)
    assert (not Value(x)) is (not x)
    assert (Value(x) or 5.0) == (x or 5.0) or math.isnan(x)


@pytest.mark.parametrize("comparison", COMPARISONS)
@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16, np.int64, np.uint8, np.bool_])
def test_a_scalar_of_numpy_compares_as_the_float_that_it_holds(
    kind: Any, comparison: Callable[[Any, Any], Any]
) -> None:
    for x in (0.0, 1.0, 0.1, 3.0, math.nan):
        for y in (kind(0), kind(1), kind(0.1), kind(3)):
            assert comparison(Value(x), y) is comparison(x, float(y))
            assert bool(comparison(y, Value(x))) is comparison(float(y), x)


@pytest.mark.parametrize(
    "other", ["2.0", None, [2.0], (2.0,), {2.0}, object(), Value, "Value(2.0)"]
)
def test_a_value_equals_nothing_that_is_no_number(other: Any) -> None:
    x = Value(2.0)
    assert (x == other) is (other == x) is False
    assert (x != other) is (other != x) is True
    assert x.__eq__(other) is NotImplemented
    for comparison in COMPARISONS[2:]:
        with pytest.raises(
            TypeError, match=r"^'[<>]=?' not supported between instances of 'Value'"
        ):
            comparison(x, other)


def test_complex_numbers_are_equal_or_not_and_have_no_order() -> None:
    x = Value(2.0)
    assert x == 2 + 0j
    assert x != 2 + 1j
    with pytest.raises(
        TypeError, match=r"^'<' not supported between instances of 'Value' and 'complex'$"
    ):
        x < 2j  # type: ignore[operator]  # noqa: B015


def test_an_object_that_knows_values_is_asked() -> None:
    class Anything:
        def __eq__(self, other: object) -> bool:
            return isinstance(other, Value)

        __hash__ = None  # type: ignore[assignment]

    assert Value(2.0) == Anything()
    assert Anything() == Value(2.0)


# ── What this makes of programs ───────────────────────────────────────────────


def test_a_branch_on_equality_goes_the_way_of_floats() -> None:
    def sinc(x: Any) -> Any:
        return 1.0 if x == 0 else sin(x) / x

    assert sinc(Value(0.0)) == sinc(0.0) == 1.0
    assert grad(sinc)(0.0) == 0.0
    assert grad(sinc)(0.5) == pytest.approx((0.5 * math.cos(0.5) - math.sin(0.5)) / 0.25)


def test_a_branch_on_truth_goes_the_way_of_floats() -> None:
    def f(x: Any) -> Any:
        return x.log() if x else x * 5

    assert f(Value(0.0)) == 0.0
    assert grad(f)(0.0) == 5.0
    assert grad(f)(4.0) == 0.25


def test_nan_is_unequal_to_itself() -> None:
    nan, x = Value(math.nan), Value(1.0)
    assert nan != nan
    assert not nan == nan  # noqa: SIM201
    assert x == x


def test_membership_is_by_number() -> None:
    x = Value(1.0)
    assert x in (0.0, 1.0)
    assert x in [Value(0.0), Value(1.0)]
    assert x not in (0.0, 2.0)
    assert 1.0 in [x]


@pytest.mark.parametrize(("x", "expected"), [(0.0, "zero"), (1.0, "one"), (2.0, "other")])
def test_a_match_statement_compares_by_number(x: float, expected: str) -> None:
    match Value(x):
        case 0:
            found = "zero"
        case 1.0:
            found = "one"
        case _:
            found = "other"
    assert found == expected


def test_values_sort_and_have_a_greatest_and_a_least() -> None:
    values = [Value(x) for x in (3.0, 1.0, 2.0)]
    assert [x.data for x in sorted(values)] == [1.0, 2.0, 3.0]
    assert max(values) is values[0]
    assert min(values) is values[1]
    assert values.count(Value(2.0)) == 1
    assert any(values)
    assert not all([*values, Value(0.0)])


# ── The two surprises ─────────────────────────────────────────────────────────


def test_a_bias_of_zero_is_false_and_is_there() -> None:
    neuron = Neuron(2)
    assert not neuron.b
    assert neuron.b is not None
    assert Neuron(2, bias=False).b is None


def test_lists_find_any_equal_number_and_sets_and_dictionaries_the_value() -> None:
    model = MLP(2, [2, 1])
    parameters = model.parameters()
    bias = model.layers[1].neurons[0].b
    assert bias in parameters
    assert parameters.index(bias) == parameters.index(model.layers[0].neurons[0].b)  # also 0.0
    assert Value(0.0) in parameters
    assert Value(0.0) not in set(parameters)
    assert [i for i, p in enumerate(parameters) if p is bias] == [8]
    places = {p: i for i, p in enumerate(parameters)}
    assert len(places) == len(parameters) == 9
    assert places[bias] == 8
    copy = list(parameters)
    copy.remove(bias)
    assert any(p is bias for p in copy)


def test_hash_is_identity() -> None:
    x = Value(1.0)
    y = x * 1
    assert hash(x) == id(x)
    assert hash(y) == id(y)
    assert len({x, y, Value(1.0), x}) == 3
    assert 1.0 not in {x}
    assert {x: "x", y: "y"}[x] == "x"
    x.data = 2.0
    assert x in {x}


# ── NumPy ─────────────────────────────────────────────────────────────────────


def array(*numbers: float) -> Any:
    return np.array([Value(x) for x in numbers], dtype=object)


def floats(values: Any) -> list[float]:
    return [x.data if isinstance(x, Value) else float(x) for x in np.atleast_1d(values)]


def test_numpy_takes_the_branches_of_floats() -> None:
    x, plain = array(0.0, 0.5, -2.0, 0.0), np.array([0.0, 0.5, -2.0, 0.0])
    assert floats(np.where(x == 0, 7.0, x)) == [7.0, 0.5, -2.0, 7.0]
    assert (x == 0).tolist() == [True, False, False, True]
    assert (x != 0).tolist() == [False, True, True, False]
    assert (x == plain).all()
    assert (plain == x).all()
    assert np.any(x)
    assert not np.all(x)
    assert not np.any(array(0.0, 0.0))
    assert np.count_nonzero(x) == 2
    assert np.nonzero(x)[0].tolist() == [1, 2]
    assert np.sign(x).tolist() == [0, 1, -1, 0]
    assert [y.data for y in np.unique(x)] == [-2.0, 0.0, 0.5]
    assert np.isin(x, [0.0, 5.0]).tolist() == [True, False, False, True]
    assert np.isin(x, array(0.5)).tolist() == [False, True, False, False]
    assert np.array_equal(x, array(0.0, 0.5, -2.0, 0.0))
    assert np.logical_not(x).tolist() == [True, False, False, True]
    assert np.argmax(x) == 1
    assert np.trim_zeros(x).shape == (2,)


def test_numpy_finds_nan() -> None:
    x = array(1.0, math.nan, 3.0)
    assert (x != x).tolist() == [False, True, False]
    total: Any = np.nansum(x)
    assert total.data == 4.0
    total.backward()
    assert [y.grad for y in x] == [1.0, 0.0, 1.0]
    assert floats(np.nanprod(x)) == [3.0]
    assert floats(np.nanmax(x)) == [3.0]
    assert floats(np.where(x == x, x, 0.0)) == [1.0, 0.0, 3.0]


def test_sinc_of_numpy_is_right_or_an_error() -> None:
    x = array(0.5, 0.0)
    np.sum(np.sinc(x[:1])).backward()
    slope = (0.5 * math.pi * math.cos(0.5 * math.pi) - math.sin(0.5 * math.pi)) / (0.25 * math.pi)
    assert x[0].grad == pytest.approx(slope, rel=1e-14)
    # In the place of 0 it puts a float, and then asks that for a method `sin`.
    with pytest.raises(TypeError, match="float which has no callable sin method"):
        np.sinc(x)
    np.sum([autograd.sinc(y) for y in x]).backward()
    assert [y.grad for y in x] == pytest.approx([2 * slope, 0.0])


# ── The numbers of 60 digits ──────────────────────────────────────────────────


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False))
@pytest.mark.parametrize("comparison", COMPARISONS)
def test_precise_numbers_compare_as_values_do(
    comparison: Callable[[Any, Any], Any], x: float, y: float
) -> None:
    precise = Precise(mpf(x))
    for number in (x, y):
        for other in (number, Value(number), Precise(mpf(number))):
            assert comparison(precise, other) is comparison(x, number)
            assert comparison(other, precise) is comparison(number, x)
    assert bool(precise) is bool(x)
    assert precise != "text"
    assert len({precise, Precise(mpf(x))}) == 2
