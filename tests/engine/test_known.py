"""record() of operations whose slopes are numbers already, and backward() of several outputs."""

from __future__ import annotations

import copy
import gc
import math
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import (
    AnomalyError,
    Primitive,
    Value,
    backward,
    detect_anomaly,
    explain,
    formula,
    grad,
    gradients,
    graph,
    hessian,
    jacobian,
    jvp,
    no_grad,
    record,
    topological_order,
)
from autograd.testing import Expression, GradientError, check_gradients, expressions


def recorded_anew(root: Value) -> tuple[list[Value], list[Value]]:
    """The graph of ``root``, and one of the same shape whose operations are all known numbers."""
    order = topological_order(root)
    twins: dict[Value, Value] = {}
    for value in order:
        if value.op is None:
            twins[value] = Value(value.data)
            continue
        locals_ = iter(value.local_derivatives)
        inputs = [twins[x] if isinstance(x, Value) else x for x in value.operands]
        # Not looked at where an input is a number.
        slopes = [next(locals_) if isinstance(x, Value) else math.nan for x in inputs]
        twins[value] = record(value.data, inputs, slopes, name=value.op.name)
    return order, [twins[value] for value in order]


@settings(max_examples=50)
@given(expressions())
def test_the_same_program_recorded_with_known_slopes_has_the_same_gradients(
    expression: Expression,
) -> None:
    _, root = expression.on_values()
    order, twins = recorded_anew(root)
    root.backward()
    twins[-1].backward()
    for value, twin in zip(order, twins, strict=True):
        assert repr(twin) == repr(value)
        assert repr(twin.local_derivatives) == repr(value.local_derivatives)
        assert repr(twin.operands) == repr(value.operands)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_it_shows_its_inputs_and_slopes_in_order(count: int) -> None:
    inputs = [Value(float(i)) for i in range(count)]
    slopes = [10.0 + i for i in range(count)]
    y = record(7, inputs, slopes, name="blend")
    assert (y.data, y.inputs, y.operands) == (7.0, tuple(inputs), tuple(inputs))
    assert y.local_derivatives == tuple(slopes)
    assert y.op is not None
    assert (y.op.name, y.op.symbol, y.op.arity, y._op) == ("blend", "blend", count, "blend")
    assert repr(y) == "Value(7.0, op=blend)"


def test_a_number_among_the_inputs_is_a_constant() -> None:
    x = Value(3.0)
    mixed: list[list[Value | float]] = [[x, 2.0], [2.0, x], [2.0, x, 5]]
    for inputs in mixed:
        y = record(6.0, inputs, [4.0, 8.0, 16.0][: len(inputs)])
        assert y.operands == tuple(inputs)
        assert y.inputs == (x,)
        place = 0 if inputs[0] is x else 1
        assert y.local_derivatives == ((4.0, 8.0)[place],)
    assert record(6.0, [2.0], [3.0]).operands == (2.0,)
    leaf = record(6.0, (), ())
    assert (leaf.op, leaf.data, leaf.inputs) == (None, 6.0, ())


def test_the_same_input_twice_gets_both_shares() -> None:
    x = Value(3.0)
    record(9.0, (x, x), (3.0, 3.0)).backward()
    assert x.grad == 6.0


def test_within_no_grad_it_is_a_leaf() -> None:
    x = Value(3.0)
    with no_grad():
        for inputs in ([x], [x, x], [x, x, x]):
            y = record(9.0, inputs, [1.0] * len(inputs))
            assert (y.op, y.inputs, y.operands) == (None, (), ())


def test_it_copies_and_pickles() -> None:
    x = Value(3.0, "x")
    mixed: list[list[Value | float]] = [[x], [x, 2.0], [x, x, 2.0, x]]
    for inputs in mixed:
        y = record(9.0, inputs, range(1, len(inputs) + 1), name="thing")
        for twin in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
            assert twin.op is y.op
            assert [repr(operand) for operand in twin.operands] == [*map(repr, y.operands)]
            assert twin.local_derivatives == y.local_derivatives
            twin.backward()
            assert twin.inputs[0].grad == sum(y.local_derivatives)
    assert x.grad == 0.0


def test_it_is_drawn_and_explained() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    y = record(6.0, (a, b), (3.0, 2.0), name="product")
    y.label = "y"
    assert "product" in graph(y).to_svg(local_derivatives="both")
    assert str(graph(y).path(a)).splitlines()[1] == "  3 = 3: a -> y"
    assert formula(y, "plain") == "product(a, b)"
    text = str(explain(y, a))
    assert "y = product(a, b) = product(2, 3) = 6" in text
    assert "∂y/∂a = product′₁(a, b) = product′₁(2, 3) = 3" in text
    assert y.op is not None
    assert str(y.op.__doc__).startswith("product(x1, x2)")


def square(x: Any) -> Any:
    data = x.data if isinstance(x, Value) else x
    return record(data**2, [x], [2 * data], name="square")


def test_functions_of_numbers_have_their_first_derivatives() -> None:
    assert grad(square)(3.0) == 6.0
    assert jacobian(lambda x: [square(x), 5 * x])(3.0) == [6.0, 5.0]
    assert jvp(square, (3.0,), (2.0,)) == (9.0, 12.0)
    check_gradients(lambda x: float(square(x).data), 3.0, gradient=grad(square))
    with pytest.raises(GradientError, match=r"9\.0 by the given gradient, 6 ±"):
        check_gradients(
            lambda x: x**2,
            3.0,
            gradient=grad(lambda x: record(x.data**2, [x], [3 * x.data])),
        )


@pytest.mark.parametrize(
    "derivative",
    [
        lambda: hessian(square)(3.0),
        lambda: grad(grad(square))(3.0),
        lambda: gradients(square(Value(3.0)), []) or gradients(y := square(Value(3.0)), y.inputs),
        lambda: grad(square)(Value(3.0)),
    ],
)
def test_a_second_derivative_is_refused_with_the_reason(derivative: Callable[[], Any]) -> None:
    with pytest.raises(TypeError) as caught:
        derivative()
    assert str(caught.value) == (
        "'square' was recorded with numbers for its local derivatives, and these have no "
        "derivatives: backward() and derivatives of functions of numbers are all that record() "
        "allows. For second derivatives, and for derivatives that are Values, declare the "
        "operation as an autograd.Primitive"
    )


def test_an_anomaly_names_it() -> None:
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"^product\(Value\(2\.0\)\) is inf"):
        record(math.inf, [Value(2.0)], [1.0], name="product")
    with detect_anomaly():
        y = record(1.0, [Value(2.0)], [math.inf], name="product")
        with pytest.raises(AnomalyError, match=r"the local derivative inf times the gradient 1\.0"):
            y.backward()


@pytest.mark.skipif(not autograd.__compiled__, reason="the collector knows all interpreted Values")
def test_what_is_computed_from_tracked_values_is_tracked() -> None:
    class Owner:
        def double(self, x: float) -> float:
            return 2 * x

        def slope(self, *_: Any) -> float:
            return 2.0

    owner = Owner()
    y = Primitive("double", owner.double, owner.slope)(Value(1.0))
    for inputs in ([y], [y, y], [y, y, y]):
        z = record(1.0, inputs, [1.0] * len(inputs))
        assert gc.is_tracked(y)
        assert gc.is_tracked(z)


X = Value(2.0)


@pytest.mark.parametrize(
    ("arguments", "kind", "text"),
    [
        (
            (X, [X], [1.0]),
            TypeError,
            "record() takes the value as numbers, got a Value: pass its .data, or declare an "
            "autograd.Primitive, whose rules may be differentiated",
        ),
        (
            (1.0, [X], [X]),
            TypeError,
            "record() takes the local derivatives as numbers, got a Value: pass its .data, or "
            "declare an autograd.Primitive, whose rules may be differentiated",
        ),
        (
            (1.0, X, [1.0]),
            TypeError,
            "record() takes the inputs as a sequence, such as (x, y), got a Value",
        ),
        (
            (1.0, [X], 1.0),
            TypeError,
            "record() takes the local derivatives as a sequence, such as (x, y), got a float",
        ),
        (
            (1.0, [X, X], [1.0]),
            ValueError,
            "record() takes a local derivative for each input, got 1 for 2",
        ),
        (
            (1.0, [X, None], [1.0, 2.0]),
            TypeError,
            "record() takes numbers and Values: expected a real number, got None: pass 0.0 if "
            "nothing is meant",
        ),
        (
            ("one", [X], [1.0]),
            TypeError,
            "record() takes numbers and Values: expected a real number, got the str 'one': "
            "convert it first, with float(...)",
        ),
        (
            (1.0, [X], [1.0], 3),
            TypeError,
            "a primitive is named and written by strings, got 3",
        ),
    ],
)
def test_what_record_refuses(arguments: Sequence[Any], kind: type[Exception], text: str) -> None:
    with pytest.raises(kind) as caught:
        record(*arguments)
    assert str(caught.value) == text


# ── Several outputs ───────────────────────────────────────────────────────────


@settings(max_examples=40)
@given(expressions(), st.lists(st.floats(-8, 8), min_size=3, max_size=3))
def test_one_pass_of_several_outputs_is_that_of_their_weighted_sum(
    expression: Expression, weights: list[float]
) -> None:
    def outputs() -> tuple[list[Value], list[Value]]:
        leaves, root = expression.on_values()
        return leaves, [root, root * leaves[0], leaves[-1]]

    leaves, several = outputs()
    backward(several, weights)
    others, again = outputs()
    autograd.dot(again, weights).backward()
    assert repr(leaves + several) == repr(others + again)


def test_an_output_that_another_depends_on_gets_both() -> None:
    x = Value(3.0)
    a = x * x
    b = 5 * a
    backward([a, b])
    assert (a.grad, b.grad, x.grad) == (6.0, 1.0, 36.0)
    backward([a, b])
    assert (a.grad, b.grad, x.grad) == (6.0, 1.0, 72.0)


def test_a_leaf_may_be_an_output_and_twice() -> None:
    x = Value(3.0)
    backward([x, x, 2 * x], [1.0, 2.0, 4.0])
    assert x.grad == 11.0


def test_outputs_come_in_any_container() -> None:
    x = Value(3.0)
    backward({"a": x * x, "b": [2 * x]}, {"a": 1.0, "b": [10]})
    assert x.grad == 26.0
    backward(x * x, 2.0)
    assert x.grad == 38.0


def test_arrays_of_outputs() -> None:
    numpy = pytest.importorskip("numpy")
    x = Value(3.0)
    backward(numpy.array([[x, 2 * x]]), numpy.array([[1.0, 10.0]]))
    assert x.grad == 21.0


def test_a_seed_is_the_upstream_gradient() -> None:
    x = Value(3.0)
    y = x * x
    y.backward(2.0)
    assert (y.grad, x.grad) == (2.0, 12.0)


def test_a_pass_that_fails_leaves_the_gradients_as_they_were() -> None:
    x = Value(0.0)
    with detect_anomaly():
        a, b = x.sqrt(), 2 * x
        with pytest.raises(AnomalyError, match="local derivative inf"):
            backward([b, a])
    assert (x.grad, a.grad, b.grad, x.has_grad) == (0.0, 0.0, 0.0, False)


@pytest.mark.parametrize(
    ("arguments", "kind", "text"),
    [
        (([X, 1.0],), TypeError, "backward() takes Values; 1.0 at [1] is a number"),
        ((3.0,), TypeError, "backward() takes Values; 3.0 is a number"),
        (([],), ValueError, "backward() of no output: pass at least one Value"),
        (
            ([X, X], [1.0]),
            ValueError,
            "backward() takes gradients shaped as the outputs: there is no number at [1]",
        ),
        (
            ([X], [X]),
            TypeError,
            "backward() takes gradients that are numbers, got a Value at [0]: pass its .data, or "
            "differentiate with autograd.gradients()",
        ),
    ],
)
def test_what_backward_refuses(arguments: Sequence[Any], kind: type[Exception], text: str) -> None:
    before = X.grad
    with pytest.raises(kind) as caught:
        backward(*arguments)
    assert str(caught.value) == text
    assert X.grad == before
