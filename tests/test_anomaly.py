"""detect_anomaly: the text of the error, and that nothing is lost."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest

import nn
from autograd import AnomalyError, Value, detect_anomaly, no_grad
from autograd import sum as total

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


def test_a_failed_backward_leaves_every_gradient_as_it_was() -> None:
    x, y = Value(0.0), Value(2.0)
    product = x * y
    product.backward()
    root = product.sqrt() + y
    before = [(value.grad, value.has_grad) for value in (x, y, product, root)]
    message_of(root.backward)
    assert [(value.grad, value.has_grad) for value in (x, y, product, root)] == before


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
