"""detect_anomaly: the text of the error, and that nothing is lost."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import (
    AnomalyError,
    Value,
    absolute,
    anomaly,
    detect_anomaly,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    logaddexp,
    no_grad,
    sinc,
    sqrt,
    tanh,
    value_and_grad,
    vjp,
)
from autograd import sum as total
from autograd.testing import Expression, expressions

HERE = re.escape(__file__)


def message_of(function: Callable[[], object]) -> str:
    with pytest.raises(AnomalyError) as error, detect_anomaly():
        function()
    return str(error.value)


def test_a_bad_value_is_reported_with_its_operation_inputs_place_and_way() -> None:
    p = Value(-1.0, "p")

    def program() -> Value:
        q = p.relu() * 3
        return q.log() + 1  # the culprit

    assert re.fullmatch(
        r"log\(Value\(0\.0\)\) is -inf\.\n"
        rf'  Recorded in "{HERE}", line \d+, in program: return q\.log\(\) \+ 1  # the culprit\n'
        r"  From a leaf: Value\(-1\.0, label='p'\) -> relu -> multiply -> log",
        message_of(program),
    )


def test_a_bad_gradient_is_reported_where_it_arises() -> None:
    x = Value(0.0, "x")

    def program() -> None:
        root = (x * x).sqrt()
        root.backward()

    assert re.fullmatch(
        r"The gradient that sqrt\(Value\(0\.0\)\) hands to "
        r"Value\(0\.0, grad=inf, op=multiply\) is inf: "
        r"the local derivative inf times the gradient 1\.0\.\n"
        rf'  Recorded in "{HERE}", line \d+, in program: root = \(x \* x\)\.sqrt\(\)\n'
        r"  From a leaf: Value\(0\.0, label='x'\) -> multiply -> sqrt",
        message_of(program),
    )


def test_gradients_that_add_up_to_infinity_are_reported() -> None:
    x = Value(1e-10, "x")
    x.grad = 1.5e308
    message = message_of(lambda: (x * 1e308).backward())
    assert message.startswith(
        "The gradients handed to Value(1e-10, grad=inf, label='x') add up to inf."
    )


def test_the_operands_are_shown_with_labels_and_constants() -> None:
    x = Value(2.0, "x")
    assert message_of(lambda: x / 0).startswith("divide(Value(2.0, label='x'), 0.0) is inf.")
    assert message_of(lambda: total([x, 1e308, 1e308])).startswith(
        "sum(Value(2.0, label='x'), 1e+308, 1e+308) is inf."
    )


def test_the_way_is_the_shortest() -> None:
    far, near = Value(1.0, "far"), Value(0.0, "near")

    def program() -> Value:
        x = far
        for _ in range(5):
            x = x + 0
        return (x * near).log()

    assert message_of(program).endswith("From a leaf: Value(0.0, label='near') -> multiply -> log")


def test_the_line_is_that_of_the_user_also_where_the_library_computes() -> None:
    neuron = nn.Neuron(1, activation=lambda x: x)
    neuron.b.data = float("inf")
    assert f'Recorded in "{__file__}"' in message_of(lambda: neuron([1.0]))


def test_a_value_recorded_before_is_said_to_be() -> None:
    x = Value(0.0, "x")
    root = x.sqrt()
    assert "\n  Recorded before detect_anomaly() was entered\n" in message_of(root.backward)


def test_an_interrupted_check_leaves_every_gradient_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    x = Value(2.0)
    y = x * x
    y.backward()
    monkeypatch.setattr(anomaly._Detector, "carried", interrupt)
    with detect_anomaly(), pytest.raises(KeyboardInterrupt):
        (y * 3).backward()
    assert (x.grad, y.grad) == (4.0, 1.0)


def test_a_failed_backward_leaves_every_gradient_as_it_was() -> None:
    x, y = Value(0.0), Value(2.0)
    product = x * y
    product.backward()
    root = product.sqrt() + y
    before = [(value.grad, value.has_grad) for value in (x, y, product, root)]
    message_of(root.backward)
    assert [(value.grad, value.has_grad) for value in (x, y, product, root)] == before


# ── Derivatives of functions ──────────────────────────────────────────────────


def root_times(x: Any) -> Any:
    return sqrt(x) * x  # at 0 an infinite derivative


def recorded_in(function: str, path: str) -> str:
    return (
        f'\n  Recorded in "{__file__}", line LINE, in {function}: '
        f"{lines[function]}\n  From a leaf: {path}"
    )


lines = {
    "root_times": "return sqrt(x) * x  # at 0 an infinite derivative",
    "cubed_root": "return x**1.5  # at 0 an infinite second derivative",
    "steep": "return y * 1e308 + y * 1e308",
}

GRADIENT = (
    "The gradient that sqrt(Value(0.0)) hands to Value(0.0) is nan: "
    "the local derivative inf times the gradient 0.0."
    + recorded_in("root_times", "Value(0.0) -> sqrt")
)
TANGENT = (
    "The tangent that Value(0.0) hands to sqrt(Value(0.0)) is inf: "
    "the local derivative inf times the tangent 1.0."
    + recorded_in("root_times", "Value(0.0) -> sqrt")
)


@pytest.mark.parametrize(
    ("differentiate", "message"),
    [
        (lambda: grad(root_times)(0.0), GRADIENT),
        (lambda: value_and_grad(root_times)(0.0), GRADIENT),
        (lambda: jacobian(root_times)(0.0), TANGENT),
        (lambda: jacobian(lambda p: root_times(p[0]) * p[1])([0.0, 1.0]), GRADIENT),
        (lambda: jvp(root_times, (0.0,), (1.0,)), TANGENT),
        (lambda: vjp(root_times, 0.0)[1](1.0), GRADIENT),
        (lambda: hessian(root_times)(0.0), GRADIENT),
        (lambda: hvp(root_times, (0.0,), (1.0,)), GRADIENT),
        (lambda: gradients(root_times(x := Value(0.0)), x), GRADIENT),
    ],
    ids=[
        "grad",
        "value_and_grad",
        "jacobian, forward mode",
        "jacobian, reverse mode",
        "jvp",
        "vjp",
        "hessian",
        "hvp",
        "gradients",
    ],
)
def test_derivatives_of_functions_are_watched(
    differentiate: Callable[[], object], message: str
) -> None:
    assert re.sub(r"line \d+", "line LINE", message_of(differentiate)) == message


def cubed_root(x: Any) -> Any:
    return x**1.5  # at 0 an infinite second derivative


def test_second_derivatives_are_watched() -> None:
    message = (
        "The change of the gradient that power(Value(0.0), 1.5) hands to Value(0.0) is inf: "
        "its derivative inf by Value(0.0) times the tangent 1.0."
        + recorded_in("cubed_root", "Value(0.0) -> power")
    )
    for differentiate in (
        lambda: hessian(cubed_root)(0.0),
        lambda: hvp(cubed_root, (0.0,), (1.0,)),
    ):
        assert re.sub(r"line \d+", "line LINE", message_of(differentiate)) == message
    # Of grad(grad()), the derivative is itself a function, recorded where it was called.
    assert re.fullmatch(
        r"The gradient that \w+\(Value\(0\.0\), .*\) hands to Value\(0\.0, op=multiply\) is inf: "
        r"the local derivative inf times the gradient .*\n"
        rf'  Recorded in "{HERE}", line \d+, in <lambda>: .*grad\(grad\(cubed_root\)\)\(0\.0\)\),\n'
        r"  From a leaf: Value\(0\.0\) -> multiply -> .*",
        message_of(lambda: grad(grad(cubed_root))(0.0)),
    )
    # A change that an operation passes on.
    assert message_of(lambda: hessian(lambda x: (-1e200 * x).square() * 1e-80)(0.0)).startswith(
        "The change of the gradient that multiply(-1e+200, Value(0.0)) hands to Value(0.0) is inf: "
        "the local derivative -1e+200 times the change of the gradient "
    )


def steep(x: Any) -> Any:
    y = x * 1e-300
    return y * 1e308 + y * 1e308


def test_sums_that_are_not_finite_are_told_from_what_follows() -> None:
    message = "The gradients handed to Value(5e-301, op=multiply) add up to inf." + recorded_in(
        "steep", "Value(0.5) -> multiply -> multiply"
    )
    assert re.sub(r"line \d+", "line LINE", message_of(lambda: grad(steep)(0.5))) == message
    assert message_of(lambda: steep(Value(0.5)).backward()).startswith(
        "The gradients handed to Value(5e-301, grad=inf, op=multiply) add up to inf."
    )
    assert message_of(
        lambda: jvp(lambda x: (x * 1e308 + x * 1e308) * 1e-308 + x, (0.5,), (1.0,))
    ).startswith("The tangents handed to add(Value(5e+307), Value(5e+307)) add up to inf.\n")
    assert message_of(
        lambda: hessian(lambda x: 4e307 * (x * x) + 6e307 * (x * x))(1e-3)
    ).startswith("The changes of the gradient handed to Value(0.001) add up to inf.\n")


def test_a_share_that_is_nan_is_told_from_the_sum_that_it_spoils() -> None:
    x = Value(0.0, "x")
    message = message_of(lambda: (x * 2 + sqrt(x) * x).backward())
    assert message.startswith("The gradient that sqrt(Value(0.0, label='x')) hands to ")


@given(expressions(max_size=8, inputs=st.floats(-1e200, 1e200)))
def test_grad_is_watched_as_backward_is(expression: Expression) -> None:
    points = expression.point

    def complaint(function: Callable[[], object]) -> str:
        try:
            with detect_anomaly():
                function()
        except AnomalyError as error:
            return re.sub(r", grad=[^,)]*", "", str(error)).partition("\n")[0]
        return ""

    by_every = tuple(range(len(points)))
    derivative = grad(expression, by_every)
    by_grad = complaint(lambda: derivative(*points))
    assert by_grad == complaint(lambda: expression.on_values()[1].backward())
    slopes = derivative(*points)
    if not by_grad:
        assert all(math.isfinite(x) for x in slopes)
        with detect_anomaly():
            assert derivative(*points) == slopes


def test_intermediate_results_of_derivatives_are_no_anomalies() -> None:
    # Rules that come by way of an infinity to the right number.
    functions: list[Callable[[Any], Any]] = [sinc, tanh, absolute, lambda x: logaddexp(x, 1e308)]
    with detect_anomaly():
        x = Value(0.0)
        for function in functions:
            assert math.isfinite(gradients(function(x), x).data)
            assert math.isfinite(hessian(function)(0.0))


def test_what_vjp_returned_before_is_watched_too() -> None:
    _, pull_back = vjp(root_times, 0.0)
    assert message_of(lambda: pull_back(1.0)) == (
        "The function that vjp() returned gives nan. "
        "To learn where it comes from, call vjp() itself within detect_anomaly() too."
    )
    with detect_anomaly():
        _, pull_back = vjp(root_times, 0.0)
    assert math.isnan(pull_back(1.0)[0])


def test_finite_numbers_pass_and_give_the_same_gradients() -> None:
    x = Value(3.0)
    with detect_anomaly():
        y = (x * x + x).log()
        y.backward()
    watched = x.grad
    x.grad = 0.0
    y.backward()
    assert x.grad == watched


def test_outside_the_context_and_in_other_threads_nothing_is_checked() -> None:
    results = []
    with detect_anomaly():
        thread = threading.Thread(target=lambda: results.append(Value(0.0).log().data))
        thread.start()
        thread.join()
    results.append(Value(0.0).log().data)
    assert results == [float("-inf")] * 2


def test_what_is_not_recorded_is_not_checked() -> None:
    with detect_anomaly(), no_grad():
        assert Value(0.0).log().data == float("-inf")
