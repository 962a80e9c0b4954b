"""An operation is set once, and operations that call operations keep to Python's limit of depth."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import Primitive, Reduction, Value, grad, tanh

DEEP = 5_000
ATTRIBUTES = [
    "name",
    "forward",
    "derivatives",
    "symbol",
    "defaults",
    "summary",
    "formula",
    "plain",
    "unicode",
    "latex",
    "kinks",
    "arity",
    "rules",
]


def identity(x: float) -> float:
    return x


def identity_slope(*inputs_and_output: Any) -> Any:  # noqa: ARG001
    return 1.0


def refusal(name: str, operation: str) -> str:
    return re.escape(
        f"cannot change {name} of <primitive {operation}>: an operation stays as it was declared; "
        "declare another one instead"
    )


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_what_an_operation_is_cannot_be_changed(name: str) -> None:
    same = Primitive("same", identity, identity_slope)
    before = getattr(same, name)
    with pytest.raises(AttributeError, match=refusal(name, "same")):
        setattr(same, name, same)
    with pytest.raises(AttributeError, match=refusal(name, "same")):
        delattr(same, name)
    assert getattr(same, name) == before


@pytest.mark.parametrize("name", ["gradient", "of_nothing", "sequences"])
def test_what_a_reduction_is_cannot_be_changed(name: str) -> None:
    with pytest.raises(AttributeError, match=refusal(name, "sum")):
        setattr(autograd.sum, name, autograd.sum)
    with pytest.raises(AttributeError, match=refusal(name, "sum")):
        delattr(autograd.sum, name)


def test_an_operation_may_be_computed_by_another() -> None:
    steep = Primitive("steep", tanh, lambda x, out: 3.0)
    assert steep(0.5) == tanh(0.5)
    assert steep(Value(0.5)).data == tanh(0.5)
    assert grad(steep)(0.5) == 3.0


@pytest.mark.parametrize("operand", [1.0, Value(1.0)], ids=["float", "Value"])
def test_a_value_that_calls_its_own_operation_is_a_recursion_error(operand: Any) -> None:
    endless: Primitive = Primitive("endless", lambda x: endless(x), identity_slope)
    with pytest.raises(RecursionError):
        endless(operand)
    total: Reduction = Reduction("total", lambda xs: total(xs), lambda xs, out: [1.0])
    with pytest.raises(RecursionError):
        total([operand])


def test_a_rule_that_calls_itself_is_a_recursion_error() -> None:
    endless: Primitive = Primitive(
        "endless", identity, lambda x, out: endless.derivatives[0](x, out)
    )
    with pytest.raises(RecursionError):
        endless(Value(1.0)).backward()
    nested: Primitive = Primitive("nested", identity, lambda x, out: grad(nested)(x))
    with pytest.raises(RecursionError):
        grad(nested)(1.0)


@pytest.mark.parametrize("operand", [1.0, Value(1.0)], ids=["float", "Value"])
@pytest.mark.parametrize(
    "function", [lambda inner: inner, lambda inner: inner.__call__], ids=["operation", "method"]
)
def test_operations_within_one_another_have_a_limit_of_depth(
    function: Callable[[Primitive], Any], operand: Any
) -> None:
    deep: Primitive = tanh
    for _ in range(DEEP):
        deep = Primitive("deep", function(deep), identity_slope)
    with pytest.raises(RecursionError):
        deep(operand)


def test_reductions_within_one_another_have_a_limit_of_depth() -> None:
    deep: Reduction = autograd.sum
    for _ in range(DEEP):
        deep = Reduction("deep", deep.evaluate, deep.local_derivatives)
    with pytest.raises(RecursionError):
        deep([1.0])
    with pytest.raises(RecursionError):
        deep.local_derivatives([1.0], 1.0)


def test_the_derivative_rules_name_the_operands_and_the_forward_function_if_they_do_not() -> None:
    named = Primitive("scaled", lambda a, b: a * b, lambda x, y, out: y, lambda x, y, out: x)
    assert named.parameters() == ["x", "y"]
    unnamed = Primitive("scaled", lambda a, b: a * b, lambda *_: 1.0, lambda *_: 1.0)
    assert unnamed.parameters() == ["a", "b"]
