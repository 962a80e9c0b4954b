"""Operators and methods: each records the row of the table that it stands for."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Primitive, Value
from autograd.engine import table
from autograd.engine.operators import Numeric
from tests.methods import SOURCE, source

UFUNCS = {
    # NumPy's name of a ufunc, and ours of the row where it differs
    **{name: name for name in vars(table) if isinstance(getattr(np, name, None), np.ufunc)},
    "rint": "round",
}


def test_every_row_that_numpy_has_a_ufunc_for_is_a_method() -> None:
    assert len(UFUNCS) > 40
    for name, row_name in UFUNCS.items():
        row = getattr(table, row_name)
        others = [2.0] * (row.arity - 1)
        result = getattr(Value(1.0), name)(*others)
        assert result.op is row
        assert result.operands[1:] == tuple(others)
        assert result.data == row(1.0, *others)


@pytest.mark.parametrize(
    ("operation", "row"),
    [
        (operator.neg, table.negative),
        (abs, table.absolute),
        (round, table.round),
        (math.floor, table.floor),
        (math.ceil, table.ceil),
        (math.trunc, table.trunc),
        (lambda x: x.sigmoid(), table.sigmoid),
        (lambda x: x.relu(), table.relu),
    ],
)
def test_operators_of_one_value(operation: Callable[[Any], Any], row: Primitive) -> None:
    x = Value(-1.5)
    result = operation(x)
    assert (result.op, result.inputs, result.data) == (row, (x,), row(-1.5))


@pytest.mark.parametrize(
    ("operation", "row"),
    [
        (operator.add, table.add),
        (operator.sub, table.subtract),
        (operator.mul, table.multiply),
        (operator.truediv, table.divide),
        (operator.floordiv, table.floor_divide),
        (operator.mod, table.remainder),
        (operator.pow, table.power),
    ],
)
def test_operators_of_two_values_and_of_a_value_and_a_number(
    operation: Callable[[Any, Any], Any], row: Primitive
) -> None:
    x, y = Value(7.0), Value(3.0)
    for left, right in [(x, y), (x, 3), (7, y)]:
        result = operation(left, right)
        assert (result.op, result.operands, result.data) == (row, (left, right), row(7.0, 3.0))


class Call(Numeric):
    """What is called on which operands."""

    def __init__(self, *call: Any) -> None:
        self.call = call

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Call:
        """The call itself."""
        return Call(primitive, *operands)


def test_any_traced_number_is_added_subtracted_and_multiplied() -> None:
    x, y = Call("x"), Call("y")
    operators = [
        (operator.add, table.add),
        (operator.sub, table.subtract),
        (operator.mul, table.multiply),
    ]
    for operation, row in operators:
        for left, right in [(x, y), (x, 3.0), (7.0, y)]:
            assert operation(left, right).call == (row, left, right)
        for left, right in [(x, None), (None, y)]:
            with pytest.raises(TypeError, match=r"^unsupported operand"):
                operation(left, right)


def test_the_methods_are_those_that_the_table_gives() -> None:
    assert SOURCE.read_text("utf-8") == source(), "run `python -m tests.methods`"


def test_every_function_of_numbers_is_a_method() -> None:
    x = Value(0.6)
    functions = [getattr(autograd, name) for name in table.__all__]
    for function in functions:
        if type(function) is not Primitive:  # a sequence, or where()
            assert not hasattr(x, getattr(function, "__name__", ""))
            continue
        others = [0.25, 0.75][: function.arity - 1]
        required = others[: len(others) - len(function.defaults)]
        for operands in (others, required):
            result = getattr(x, function.name)(*operands)
            assert repr(result) == repr(function(x, *operands))
            assert result.operands == function(x, *operands).operands


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("abs", table.absolute),
        ("fabs", table.absolute),
        ("radians", table.deg2rad),
        ("degrees", table.rad2deg),
        ("rint", table.round),
    ],
)
def test_a_method_of_another_name(name: str, row: Primitive) -> None:
    assert getattr(Value(-1.5), name)().op is row


@given(st.floats(), st.integers(-400, 400))
def test_rounding_to_digits_is_that_of_python(number: float, digits: int) -> None:
    x = Value(number)
    result = round(x, digits)
    try:
        expected = round(number, digits)
    except OverflowError:  # what is rounded up to is beyond the largest float
        expected = math.copysign(math.inf, number)
    assert repr(result.data) == repr(expected)
    assert (result.op, result.inputs, result.operands[1]) == (table.round_to, (x,), digits)
    result.backward()
    assert x.grad == 0.0 or math.isnan(number)


def test_the_number_of_digits_is_an_int() -> None:
    assert round(Value(1.25), np.int64(1)).data == 1.2
    with pytest.raises(TypeError, match=r"^'float' object cannot be interpreted as an integer$"):
        round(Value(1.25), 1.0)  # type: ignore[call-overload]


def test_divmod_gives_the_quotient_and_the_remainder() -> None:
    x, y = Value(-7.0), Value(3.0)
    pairs: list[Any] = [(x, y), (x, 3), (-7, y)]
    for left, right in pairs:
        quotient, remainder = divmod(left, right)
        assert [repr(quotient), repr(remainder)] == [repr(left // right), repr(left % right)]
        assert quotient.operands == remainder.operands == (left, right)
    pairs = [(x, "3"), ("7", y)]
    for left, right in pairs:
        with pytest.raises(TypeError, match=r"^unsupported operand type\(s\) for divmod\(\)"):
            divmod(left, right)


@pytest.mark.parametrize("name", ["maximum", "hypot", "add"])
def test_a_method_refuses_what_is_not_a_number(name: str) -> None:
    with pytest.raises(TypeError, match=r"^expected a real number, got the str '2'"):
        getattr(Value(1.0), name)("2")


def test_every_operation_is_a_function_of_the_package_on_values_and_floats() -> None:
    functions = [
        getattr(autograd, name)
        for name in vars(autograd)
        if isinstance(getattr(autograd, name), Primitive)
    ]
    assert len(functions) > 60
    for function in functions:
        if function is autograd.where:
            operands: tuple[Any, ...] = (True, 1.5, 2.0)
        elif isinstance(function, autograd.Reduction):
            operands = ([1.5, 2.0],) * function.sequences
        else:
            operands = (1.5, 0.5, 2.0)[: function.arity]
        number = function(*operands)
        assert type(number) is float

        def traced(x: Any) -> Any:
            return [Value(e) for e in x] if isinstance(x, list) else Value(x)

        first = 1 if function is autograd.where else 0
        value = function(*operands[:first], *map(traced, operands[first:]))
        assert isinstance(value, Value)
        assert value.op is function
        assert value.data == number or math.isnan(number)


def test_softmax_gives_a_list_on_values_and_floats() -> None:
    for function in (autograd.softmax, autograd.log_softmax):
        numbers = function([0.0, 1.0, 3.0])
        values = function([Value(0.0), 1.0, Value(3.0)])
        assert [value.data for value in values] == pytest.approx(numbers, rel=1e-15)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow"])
def test_an_operand_whose_class_cannot_be_told_is_refused(name: str) -> None:
    class Secretive(complex):
        @property  # type: ignore[misc]
        def __class__(self) -> Any:
            raise LookupError("it has no class")

    operator_of = getattr(operator, name)
    for operands in ((Value(2.0), Secretive(1j)), (Secretive(1j), Value(2.0))):
        with pytest.raises(LookupError, match="it has no class"):
            operator_of(*operands)
    assert (2.0 * Value(3.0)).data == 6.0
