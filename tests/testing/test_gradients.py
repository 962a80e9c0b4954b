"""check_gradients: silent where all is right, and to the point where something is wrong."""

from __future__ import annotations

import functools
import itertools
import math
import operator
import random
import re
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd
from autograd import (
    Primitive,
    Reduction,
    Value,
    cos,
    elu,
    exp,
    log,
    log1p,
    maximum,
    relu,
    sin,
    sqrt,
    tanh,
    where,
)
from autograd.engine.operands import as_float
from autograd.testing import (
    Expression,
    GradientError,
    KinkError,
    chain_rule,
    check_gradients,
    expressions,
    numerical,
)
from autograd.testing import gradients as checker
from nn import MLP, Module, Neuron
from tests.campaign import most_calls
from tests.engine.test_gradients import MOST_USED, ORDINARY
from tests.oracle import PRIMITIVES, ROWS
from tests.programs import environment

EXAMPLES = settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
NOT_SMOOTH = {
    "ceil",
    "floor",
    "round",
    "sign",
    "floor_divide",
    "remainder",
    "fmod",
    "trunc",
    "where",
}
SMOOTH = [
    name
    for name, row in ROWS.items()
    if not row.supporting and name not in NOT_SMOOTH and not isinstance(PRIMITIVES[name], Reduction)
]
REDUCTIONS = [
    name
    for name, row in ROWS.items()
    if not row.supporting and isinstance(PRIMITIVES[name], Reduction) and name != "dot"
]

versine = Primitive("versine", lambda x: 2 * math.sin(x / 2) ** 2, lambda x, out: sin(x))
no_versine = Primitive("versine", versine.forward, lambda x, out: -sin(x))
ratio = Primitive("ratio", lambda a, b: a / b, lambda a, b, out: 1 / b, lambda a, b, out: -out / b)
swapped = Primitive("ratio", ratio.forward, *reversed(ratio.derivatives))


def number(x: Any) -> float:
    """The number alone, which a rule must not take: it leaves the record."""
    return x.data if isinstance(x, Value) else as_float(x)


# ── What is right passes ──────────────────────────────────────────────────────


@pytest.mark.parametrize("name", SMOOTH)
@EXAMPLES
@given(data=st.data())
def test_every_row_of_the_table_passes(name: str, data: st.DataObject) -> None:
    intervals = st.one_of([st.floats(low, high) for low, high in ROWS[name].intervals])
    operands = data.draw(st.tuples(*[intervals] * PRIMITIVES[name].arity))
    check_gradients(PRIMITIVES[name], *operands, skip_kinks=True)


@pytest.mark.parametrize("name", REDUCTIONS)
@EXAMPLES
@given(numbers=st.lists(st.floats(-50, 50), min_size=1, max_size=4))
def test_every_reduction_passes(name: str, numbers: list[float]) -> None:
    check_gradients(PRIMITIVES[name], numbers, skip_kinks=True)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(expressions(MOST_USED, inputs=ORDINARY))
def test_every_generated_expression_passes(expression: Expression) -> None:
    check_gradients(expression, *expression.point, skip_kinks=True)


class Pair(NamedTuple):
    """Two numbers, by name."""

    first: Any
    second: Any


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (lambda x: x**3, (2,)),
        (lambda x, y: log(x) * y, (Value(2.0), 3.0)),
        (lambda w: tanh(w["a"][0] * w["b"]), ({"a": [0.5, 7.0], "b": 2.0},)),
        (lambda pair: pair.first * pair.second, (Pair(2.0, 3.0),)),
        (lambda x: (x[0] @ x[1]).exp(), (np.array([[0.5, -1.0], [0.25, 1.5]]),)),
        (lambda w: w["a"] * 2 - w["b"], ({"a": np.arange(3), "b": np.float64(0.5)},)),
        (lambda x: np.sum(x**3), (np.array([Value(1.0), 2.0], dtype=object),)),
        (lambda x: {"sum": x[0] + x[1], "parts": [x[0] * 2, (x[1],)]}, ((1.0, 2.0),)),
        (lambda x: 3.0, (1.0,)),
        (lambda x: x, (1.0,)),
        (autograd.softmax, ([1.0, 2.0, 3.0],)),
        (autograd.dot, ([1.0, 2.0], [3.0, -4.0])),
        (versine, (0.5,)),
        (ratio, (0.5, 0.7)),
        (lambda x: autograd.grad(lambda y: x * y**3)(x), (1.5,)),
    ],
)
def test_functions_of_all_shapes_pass(
    function: Callable[..., Any], inputs: tuple[Any, ...]
) -> None:
    check_gradients(function, *inputs, order=3)


def loss(model: Any) -> Any:
    return (model([0.3, -0.5]) - 1) ** 2 + (model([0.1, 0.2]) + 1) ** 2


def test_a_network_passes_and_is_left_as_it_was() -> None:
    model = MLP(2, [3, 1], activation="tanh", rng=random.Random(1))
    loss(model).backward()
    before = [(p.data, p.grad, p.has_grad) for p in model.parameters()]
    check_gradients(loss, model)
    check_gradients(lambda model, scale: loss(model) * scale, model, 2.0)
    assert [(p.data, p.grad, p.has_grad) for p in model.parameters()] == before


def test_networks_may_be_in_containers_among_numbers() -> None:
    models = [MLP(2, [1], rng=random.Random(seed)) for seed in range(2)]

    def mixed(team: Any) -> Any:
        return loss(team["models"][0]) + team["share"] * loss(team["models"][1])

    check_gradients(mixed, {"models": models, "share": 0.5})
    with pytest.raises(GradientError) as error:
        check_gradients(lambda team: no_versine(1 + team["b"][1].parameters()[2]), {"b": models})
    assert message(error).startswith(
        "The derivative of the function by team['b'][1].layers.0.neurons.0.b is wrong"
    )


def test_an_array_is_left_as_it_was() -> None:
    numbers = np.array([[1.0, 2.0]])
    x = Value(2.0, label="x")
    mixed = np.array([x, 3], dtype=object)
    check_gradients(lambda a, b: (a * b).sum(), numbers, mixed)
    assert numbers.dtype == float
    assert numbers.tolist() == [[1.0, 2.0]]
    assert mixed[0] is x
    assert not x.has_grad


def test_inputs_are_left_as_they_were() -> None:
    x = Value(2.0, label="x")
    (x * 3).backward()
    check_gradients(lambda x: x * x, x)
    assert (x.data, x.grad, x.label) == (2.0, 3.0, "x")


# ── What is wrong is named ────────────────────────────────────────────────────


def message(error: pytest.ExceptionInfo[Exception]) -> str:
    """The message, with all but the first four digits, and the bounds, left out."""
    return re.sub(r"(\d\.\d{4})\d+", r"\1", re.sub(r" ± 1e-1[1-5]", "", str(error.value)))


def test_a_wrong_sign() -> None:
    with pytest.raises(GradientError) as error:
        check_gradients(lambda angle: 2 * no_versine(angle) + 1, 0.5)
    assert message(error) == (
        "The derivative of the function by angle is wrong: -0.9588 by the chain rule, "
        "0.9588 by differences.\n"
        "  The rule of versine for x is at fault: at versine(0.5) it gives -0.4794, differences "
        "0.4794. Its sign is wrong.\n"
        "  At angle = 0.5"
    )


def test_swapped_rules() -> None:
    with pytest.raises(GradientError) as error:
        check_gradients(swapped, 0.5, 0.8)
    assert message(error) == (
        "The derivative of ratio() by a is wrong: -0.7812 by the chain rule, "
        "1.25 by differences.\n"
        "  The rule of ratio for a is at fault: at ratio(0.5, 0.8) it gives -0.7812, differences "
        "1.25. That is what the rule for b gives: are the two swapped?\n"
        "  At a = 0.5, b = 0.8"
    )


def off_by(part: float) -> list[Primitive]:
    """Sines of which the first, or the second, derivative is off by that part of it."""
    cosine = Primitive("cosine", math.cos, lambda x, out: -sin(x) * (1 + part))
    return [
        Primitive("sine", math.sin, lambda x, out: cos(x) * (1 + part)),
        Primitive("sine", math.sin, lambda x, out: cosine(x)),
    ]


@pytest.mark.parametrize("x", [0.3, 0.5, 0.9, 1.3, 2.1])
def test_a_rule_that_is_off_in_the_tenth_digit(x: float) -> None:
    for sine in off_by(1e-10):
        with pytest.raises(GradientError, match="is wrong"):
            check_gradients(sine, x)
    for sine in off_by(0.0):
        check_gradients(sine, x)


def test_a_rule_that_leaves_the_record() -> None:
    cut = Primitive("versine", versine.forward, lambda x, out: math.sin(number(x)))
    check_gradients(cut, 0.5, order=1)
    with pytest.raises(GradientError) as error:
        check_gradients(cut, 0.5)
    assert message(error) == (
        "The second derivative of versine() by x is wrong: 0.0 by the chain rule, "
        "0.8775 by differences of the first.\n"
        "  The rule of versine for x is right, but not its own derivative by x: at versine(0.5) "
        "that is 0.0, by differences 0.8775. A rule is to use nothing but operators and "
        "operations of autograd: `.data`, float() and the functions of math leave the record.\n"
        "  At x = 0.5"
    )


def test_a_mixed_second_derivative() -> None:
    cut = Primitive(
        "scaled", lambda x, y: x * y, lambda x, y, out: number(y), lambda x, y, out: number(x)
    )
    with pytest.raises(GradientError, match=r"^The second derivative of scaled.. by y and x is wr"):
        check_gradients(cut, 0.5, 2.0)


def test_a_rule_that_is_wrong_to_third_order_only() -> None:
    cut = Primitive("cut", math.cos, lambda x, out: -sin(x))
    deep = Primitive("deep", math.sin, lambda x, out: Cosine(x))
    check_gradients(cut, 0.5, order=3)
    check_gradients(deep, 0.5, order=2)
    with pytest.raises(GradientError, match=r"^The third derivative of deep.. by x is wrong"):
        check_gradients(deep, 0.5, order=3)


Cosine = Primitive("cosine", math.cos, lambda x, out: -math.sin(number(x)) * x / number(x))


def test_a_rule_that_says_one_thing_to_floats_and_another_to_values() -> None:
    two_faced = Primitive(
        "two_faced", math.sin, lambda x, out: 2 * cos(x) if isinstance(x, Value) else cos(x)
    )
    with pytest.raises(GradientError) as error:
        check_gradients(lambda x: two_faced(x) * 3, 0.5)
    assert message(error) == (
        "gradients() gives x = 0.5 the gradient 5.2654. It is used once, by two_faced, and what "
        "it is handed adds up to 2.6327.\n  At x = 0.5"
    )


def test_a_function_that_leaves_the_record() -> None:
    with pytest.raises(GradientError) as error:
        check_gradients(lambda x: x * x.data, 3.0)
    assert message(error) == (
        "The derivative of the function by x is wrong: 3.0 by the chain rule, "
        "6 by differences.\n"
        "  Each recorded operation is right by itself, so part of the computation has left the "
        "record: look for `.data`, float() and the functions of math, and for a loop that stops as "
        "soon as its value has settled, before the derivative has.\n"
        "  At x = 3.0"
    )


def heron(a: Value, tolerance: float = 1e-15) -> Any:
    """The square root, by a loop that ends once the value is right."""
    root = a
    while True:
        better = 0.5 * (root + a / root)
        if abs(better - root) <= tolerance:
            return better
        root = better


def test_a_loop_that_stops_before_the_derivative_has_settled() -> None:
    check_gradients(heron, 4.0)
    with pytest.raises(GradientError) as error:
        check_gradients(heron, 1.0)
    assert message(error) == (
        "The second derivative of heron() by a is wrong: 0.0 by the chain rule, "
        "-0.25 by differences of the first.\n"
        "  Each recorded operation is right by itself, but next to this point 12 of them are "
        "recorded and here 3: look for a loop that stops as soon as its value has settled, before "
        "the derivative has, for a branch that is taken here alone, and for a value kept from "
        "another call.\n"
        "  At a = 1.0"
    )


def kepler(mean: Value, eccentricity: Value) -> Any:
    """The eccentric anomaly, by Picard's iteration."""
    anomaly = mean
    while True:
        better = mean + eccentricity * sin(anomaly)
        if abs(better - anomaly) < 1e-14:
            return better
        anomaly = better


def quarter_turns(angle: Value) -> Any:
    """An angle, reduced to less than a right one, of which the multiples are kept as numbers."""
    return where(angle > 1.5, angle.data + 0.0, angle)


@pytest.mark.parametrize(
    ("function", "inputs", "order"),
    [
        (kepler, (0.0, 0.3), 1),
        (lambda a: heron(a, 1e-9) * a, (1.0,), 2),
        (lambda x: tanh(x) if abs(x - 0.5) > 1e-9 else math.tanh(0.5), (0.5,), 1),
        (lambda x: [2 * x, tanh(x) if x > 0.5 or x < 0.5 else math.tanh(0.5)], (0.5,), 1),
    ],
)
def test_where_more_is_recorded_next_to_the_point_the_message_says_so(
    function: Any, inputs: tuple[float, ...], order: int
) -> None:
    with pytest.raises(GradientError, match=r"but next to this point .* are recorded and h"):
        check_gradients(function, *inputs, order=order)


def test_where_as_much_is_recorded_next_to_the_point_the_record_is_suspected() -> None:
    with pytest.raises(GradientError, match="so part of the computation has left the record"):
        check_gradients(quarter_turns, 2.0)


@pytest.mark.parametrize(
    ("function", "inputs", "named"),
    [
        (lambda w: w[1] * no_versine(w[0]["k"]), ([{"k": 0.5}, 2.0],), "by w[0]['k'] is"),
        (lambda p: p.first * no_versine(p.second), (Pair(2.0, 0.5),), "by p.second is"),
        (lambda w: no_versine(w[1, 0]), (np.full((2, 2), 0.5),), "by w[1, 0] is"),
        (lambda w: w * no_versine(0.5 * w[1]), (np.ones(2),), "of the function[0] by w[1] is"),
        (no_versine, (Value(0.5, label="angle"),), "by x (labelled 'angle') is"),
        (lambda x: [x, no_versine(x)], (0.5,), "of the function[1] by x"),
        (lambda *numbers: no_versine(numbers[1]), (1.0, 0.5), "by input 1 is"),
        (loss, (MLP(2, [1], activation=[no_versine], rng=random.Random(3)),), "by model.layers.0"),
    ],
)
def test_the_input_is_named(function: Any, inputs: tuple[Any, ...], named: str) -> None:
    with pytest.raises(GradientError, match=re.escape(named)):
        check_gradients(function, *inputs)


def test_among_many_inputs_a_second_derivative_is_found_and_named() -> None:
    cut = Primitive("cut", math.sin, lambda x, out: math.cos(number(x)))

    def function(weights: list[Value]) -> Any:
        return autograd.sum([x * x for x in weights]) + cut(weights[7])

    weights = [0.5 * i for i in range(12)]
    with pytest.raises(GradientError) as error:
        check_gradients(function, weights)
    assert str(error.value).startswith(
        "The second derivative of function() by weights[7] and weights[7] is wrong: 2.0 by"
    )
    assert str(error.value).endswith(
        "At weights[0] = 0.0, weights[1] = 0.5, weights[2] = 1.0, weights[3] = 1.5, "
        "weights[4] = 2.0, weights[5] = 2.5, and 6 more"
    )


def test_a_derivative_of_nan_is_wrong_where_there_is_one() -> None:
    broken = Primitive("broken", lambda x: x * x, lambda x, out: x * math.nan)
    with pytest.raises(GradientError, match=r"is wrong: nan by the chain rule, 4 ±"):
        check_gradients(broken, 2.0)


@given(st.sampled_from(SMOOTH), st.sampled_from([-1.0, 0.0, 1.0 + 1e-6, 2.0]), st.data())
def test_a_wrong_factor_in_any_rule_is_found(name: str, factor: float, data: st.DataObject) -> None:
    row = PRIMITIVES[name]
    i = data.draw(st.integers(0, row.arity - 1))
    operands = [0.3 + 0.2 * j for j in range(row.arity)]
    if name == "arccosh":
        operands = [1.3]
    rules = list(row.derivatives)
    right = rules[i]
    rules[i] = lambda *operands: right(*operands) * factor
    if right(*operands, row(*operands)) != 0.0:
        with pytest.raises(GradientError, match=f"^The derivative of {name}.. by .* is wrong"):
            check_gradients(Primitive(name, row.forward, *rules), *operands)


def test_forward_mode_is_held_to_reverse_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    jvp, hvp = autograd.jvp, autograd.hvp
    with monkeypatch.context() as patch:
        patch.setattr(checker, "jvp", lambda *call: (None, [2 * x for x in jvp(*call)[1]]))
        with pytest.raises(GradientError) as error:
            check_gradients(tanh, 0.5)
        assert message(error) == (
            "jvp() of tanh() is 1.5728 along [1.0], by reverse mode 0.7864.\n  At x = 0.5"
        )
    with monkeypatch.context() as patch:
        patch.setattr(checker, "hvp", lambda *call: [x + 1 for x in hvp(*call)])
        with pytest.raises(GradientError) as error:
            check_gradients(lambda x: x["a"] ** 2, {"a": 1.0})
        assert message(error) == (
            "hvp() of the function by x['a'] is 3.0 along [1.0], by reverse mode 2.0.\n"
            "  At x['a'] = 1.0"
        )


def test_among_very_many_inputs_a_derivative_is_found_and_named() -> None:
    def function(weights: list[Value]) -> Any:
        return autograd.sum([x * x for x in weights]) + versine(weights[70])

    def wrong(weights: list[Value]) -> Any:
        return autograd.sum([x * x for x in weights]) + no_versine(weights[70])

    weights = [0.1 * i for i in range(80)]
    check_gradients(function, weights)
    with pytest.raises(GradientError, match=r"^The derivative of wrong.. by weights.70. is wrong"):
        check_gradients(wrong, weights)
    with pytest.raises(KinkError, match=r"^There is no derivative of the function by weights\[0\]"):
        check_gradients(lambda weights: autograd.sum([abs(x) for x in weights]), weights)


# ── Two functions in one ──────────────────────────────────────────────────────


def test_a_function_that_answers_otherwise_for_floats_is_found() -> None:
    with pytest.raises(GradientError) as error:
        check_gradients(lambda a: a * a if type(a) is float else a, 3.0)
    assert str(error.value) == (
        "the function is 3.0 for Values and 9.0 for floats. So what is differentiated is not the "
        "function that floats go through: look for isinstance(), type() and hasattr().\n"
        "  At a = 3.0"
    )


@pytest.mark.parametrize(
    ("function", "inputs", "found"),
    [
        (lambda x: x.data * 2 if hasattr(x, "data") else 3 * x, 3.0, "function is 6.0 for Values"),
        (lambda x: [x, x if isinstance(x, Value) else -x], 3.0, "function[1] is 3.0 for Values"),
        (lambda w: w if w.dtype == object else w * 2, np.array([1.0]), "function[0] is 1.0 for V"),
        (lambda w: w[0] if isinstance(w[0], Value) else w, [1.0, 2.0], "returns 1 numbers for Va"),
        (lambda x: tanh(x) if isinstance(x, Value) else tanh(x) + 1e-14, 0.5, "for floats. So"),
        (lambda x: 0.0 * x if isinstance(x, Value) else math.nan, 0.5, "0.0 for Values and nan"),
        (lambda x: 1.0 if type(x) is float else sin(x) / x, 0.0, "nan for Values"),
    ],
)
def test_it_is_found_in_all_shapes(function: Any, inputs: Any, found: str) -> None:
    with pytest.raises(GradientError, match=re.escape(found)):
        check_gradients(function, inputs, skip_kinks=True)


def raises(error: type[Exception]) -> Any:
    raise error("no floats")


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (lambda x: raises(AssertionError) if isinstance(x, float) else x.exp(), 0.5),
        (lambda x: raises(RuntimeError) if isinstance(x, float) else x.exp(), 0.5),
        (lambda x: "a number" if isinstance(x, float) else x.exp(), 0.5),
        (lambda x: x.exp() + x.label.count("x"), 0.5),  # floats have neither
        (lambda x: x ** (1 / 3) if x < -1 else x, -8.0),  # a complex number, of a float
        (lambda x: x**400 * 1e-300, 1e3),  # an OverflowError
        (lambda x: math.exp(x) if isinstance(x, float) else x.exp(), 3.3),
        (lambda x: np.log(x @ x) / np.mean(x), np.array([0.1] * 40)),
        (lambda x: x % 0.7 + x // 0.7 + round(x) + abs(x), -3.3),
    ],
)
def test_a_function_that_cannot_take_floats_or_takes_them_as_values_passes(
    function: Any, inputs: Any
) -> None:
    check_gradients(function, inputs, skip_kinks=True)


def test_a_warning_that_floats_give_rise_to_is_not_passed_on() -> None:
    def warns(x: Any) -> Any:
        if isinstance(x, float):
            warnings.warn("floats", RuntimeWarning, stacklevel=1)
        return 2 * x

    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        check_gradients(warns, 0.5)
    assert not found


def test_what_is_random_for_floats_alone_is_no_second_function() -> None:
    chance = random.Random(1)
    with pytest.raises(ValueError, match="for the same inputs"):
        check_gradients(lambda x: chance.random() if isinstance(x, float) else x, 1.0)


# ── The work that a check takes, in calls ─────────────────────────────────────


def counted(function: Callable[..., Any], calls: list[int]) -> Callable[..., Any]:
    """The function, which adds to a count each time that it is called."""

    def call(*inputs: Any) -> Any:
        calls[0] += 1
        return function(*inputs)

    return call


MANY = [0.1 + 0.001 * i for i in range(600)]


@pytest.mark.parametrize("k", [0, 333, 599])
def test_one_wrong_input_of_many_is_named_after_few_calls(k: int) -> None:
    calls = [0]

    def function(weights: list[Value]) -> Any:
        return autograd.sum([x * x for x in weights]) + no_versine(weights[k])

    with pytest.raises(GradientError, match=rf"by input 0\[{k}\] is wrong(.|\n)*The rule of versi"):
        check_gradients(counted(function, calls), MANY)
    assert calls[0] < 300  # one by one it takes that for 14 inputs


def test_several_wrong_inputs_of_many_are_no_more_work() -> None:
    calls = [0]
    with pytest.raises(GradientError, match=r"by input 0\[0\] is wrong"):
        check_gradients(counted(lambda w: autograd.sum([no_versine(x) for x in w]), calls), MANY)
    assert calls[0] < 450


def test_one_wrong_second_derivative_of_many_is_named_after_few_calls() -> None:
    cut = Primitive("cut", math.sin, lambda x, out: math.cos(number(x)))
    calls = [0]

    def function(weights: list[Value]) -> Any:
        return autograd.sum([x * x for x in weights]) + cut(weights[333])

    with pytest.raises(GradientError, match=r"by input 0\[333\] and input 0\[333\] is wrong"):
        check_gradients(counted(function, calls), MANY)
    assert calls[0] < 250


def test_one_kink_of_many_inputs_is_named_after_few_calls() -> None:
    calls = [0]

    def function(weights: list[Value]) -> Any:
        return autograd.sum([x * x for x in weights]) + relu(weights[333] - MANY[333])

    with pytest.raises(KinkError, match=r"by input 0\[333\] here: .* It comes from relu\(0.0\)"):
        check_gradients(counted(function, calls), MANY)
    assert calls[0] < 1000


def test_next_to_a_skipped_kink_of_many_inputs_a_fault_is_found() -> None:
    def function(weights: list[Value]) -> Any:
        return autograd.sum([x * x for x in weights]) + abs(weights[3]) + no_versine(weights[70])

    with pytest.raises(GradientError, match=r"by weights\[70\] is wrong"):
        check_gradients(function, [0.1 * (i - 3) for i in range(100)], skip_kinks=True)


def test_what_is_not_recorded_is_named_among_many_inputs() -> None:
    with pytest.raises(GradientError, match=r"by w\[70\] is wrong.*\n.*has left the record"):
        check_gradients(lambda w: autograd.dot(w, w) + w[70] * w[70].data, MANY)


def test_second_derivatives_of_many_inputs_take_little_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls, sweeps, entries = [0], [0], [0]
    adjoints = counted(chain_rule.adjoints, sweeps)
    monkeypatch.setattr(chain_rule, "adjoints", adjoints)
    monkeypatch.setattr(checker, "adjoints", adjoints)
    monkeypatch.setattr(numerical._Differences, "add", counted(numerical._Differences.add, entries))
    check_gradients(counted(lambda w: autograd.sum([tanh(x) * x for x in w]), calls), MANY)
    assert calls[0] < 150
    assert sweeps[0] < 10  # of the graph in the plainest form
    assert entries[0] < 2_000  # of tables of differences


def test_a_rule_of_a_sum_of_many_is_checked_by_the_one_operand_that_moves() -> None:
    evaluations = [0]
    total = Reduction(
        "total", counted(lambda xs: math.fsum(xs), evaluations), lambda xs, out: [1.0] * len(xs)
    )
    with pytest.raises(GradientError, match=r"by w\[333\] is wrong(.|\n)*rule of versine"):
        check_gradients(
            lambda w: total([x if i != 333 else no_versine(x) for i, x in enumerate(w)]), MANY
        )
    assert evaluations[0] < 400


# ── Where there is no derivative ──────────────────────────────────────────────


def test_a_kink_is_no_fault() -> None:
    with pytest.raises(KinkError) as error:
        check_gradients(lambda x: 3 * relu(x - 1), 1.0)
    assert str(error.value) == (
        "There is no derivative of the function by x here: the slope is 0 to the left and 3 to "
        "the right, a kink. It comes from relu(0.0).\n"
        "  Check at another point, or pass skip_kinks=True to leave out what does not exist.\n"
        "  At x = 1.0"
    )
    assert not isinstance(error.value, AssertionError)


@pytest.mark.parametrize(
    ("function", "inputs", "reason"),
    [
        (abs, (0.0,), "a kink. It comes from absolute(0.0)."),
        (maximum, (1.0, 1.0), "a kink. It comes from maximum(1.0, 1.0)."),
        (sqrt, (0.0,), "the values on the two sides are not all finite. It comes from sqrt(0.0)."),
        (log, (-1.0,), "the values on the two sides are not all finite. It comes from log(-1.0)."),
        (autograd.floor, (2.0,), "differences do not converge, as at a jump or in noise. It comes"),
        (autograd.hypot, (0.0, 0.0), "a kink. It comes from hypot(0.0, 0.0)."),
        (autograd.clamp, (0.0, 0.0, 0.0), "it comes from clamp(0.0, 0.0, 0.0), which has none."),
        (autograd.xlogy, (0.0, 0.0), "It comes from xlogy(0.0, 0.0)."),
        (
            lambda x: autograd.floor(x * 3e7) * autograd.ceil(x * 1e8),
            (0.7312345,),
            "from floor(21937035.0), which",
        ),
    ],
)
def test_the_reason_is_told(function: Any, inputs: tuple[float, ...], reason: str) -> None:
    with pytest.raises(KinkError, match=re.escape(reason)):
        check_gradients(function, *inputs)
    check_gradients(function, *inputs, skip_kinks=True)


@pytest.mark.parametrize(
    ("function", "inputs", "reason"),
    [
        (lambda x: 1 / (1 + autograd.exp(x)), (900.0,), "exp(900.0) overflows."),
        (autograd.exp, (900.0,), "exp(900.0) overflows."),
        (lambda x: 1 / autograd.cosh(x), (-800.0,), "cosh(-800.0) overflows."),
        (lambda x: 1 / (1 + x**400), (1e3,), "power(1000.0, 400.0) overflows."),
        (
            lambda x, y: autograd.exp(x) / (autograd.exp(x) + autograd.exp(y)),
            (1.0, 1e3),
            "exp(1000.0) overflows.",
        ),
        (lambda x, y: sqrt(x * x + y * y), (1e200, 1.0), "multiply(1e+200, 1e+200) overflows."),
        (lambda x: autograd.sum([x, x]) / 2, (1.7e308,), "sum(1.7e+308, 1.7e+308) overflows."),
        (lambda x: 1 / x, (5e-324,), "divide(1.0, 5e-324) overflows."),
        (lambda x: 1 / x, (1e-200,), "the derivative of divide(1.0, 1e-200) overflows."),
        (log, (1e-310,), "the derivative of log(1e-310) overflows."),
    ],
)
def test_what_overflows_is_told_from_what_has_no_derivative(
    function: Any, inputs: tuple[float, ...], reason: str
) -> None:
    with pytest.raises(KinkError, match=re.escape(f" here: {reason}\n")):
        check_gradients(function, *inputs)
    check_gradients(function, *inputs, skip_kinks=True)


@pytest.mark.parametrize(
    ("function", "x", "origin"),
    [
        (log, 0.0, "It comes from log(0.0)."),
        (lambda x: 1 / x, 0.0, "It comes from divide(1.0, 0.0)."),
        (sqrt, 0.0, "It comes from sqrt(0.0)."),
        (autograd.arctanh, 1.0, "It comes from arctanh(1.0)."),
        (autograd.arcsin, 1.0, "It comes from arcsin(1.0)."),
        (lambda x: x**-2.5, 0.0, "It comes from power(0.0, -2.5)."),
    ],
)
def test_a_pole_is_no_overflow(function: Any, x: float, origin: str) -> None:
    with pytest.raises(KinkError, match=re.escape(origin)):
        check_gradients(function, x)


def test_a_kink_of_the_first_derivative() -> None:
    check_gradients(elu, 0.0, 1.0, order=1)
    with pytest.raises(KinkError, match=r"^There is no second derivative of elu.. by x and x here"):
        check_gradients(elu, 0.0, 1.0)


own_sine = Primitive("own_sine", math.sin, lambda x, out: cos(x))
rough_sine = Primitive("rough_sine", math.sin, lambda x, out: cos(x) * 1.001)


@pytest.mark.parametrize("size", [1e-3, 1e-5, 1e-9])
@pytest.mark.parametrize(
    "bend",
    [
        lambda b, size: b + size * relu(b),
        lambda b, size: own_sine(b) + size * relu(b),
        lambda b, size: b * b + size * b * abs(b),  # of the derivative
        lambda b, size: own_sine(b) - size * autograd.hard_tanh(1 + b),
    ],
)
def test_a_slight_kink_is_told(bend: Callable[[Any, float], Any], size: float) -> None:
    with pytest.raises(KinkError, match="a kink"):
        check_gradients(lambda b: bend(b, size), 0.0)
    check_gradients(lambda b: bend(b, size), 0.0, skip_kinks=True)
    check_gradients(lambda b: bend(b, size), 0.25)


@pytest.mark.parametrize(
    "function",
    [
        lambda b: rough_sine(b) + 1e-3 * relu(b),
        lambda b: rough_sine(b) + abs(b),
        lambda b: rough_sine(2 + b) * relu(b),
        lambda b: rough_sine(b) + relu(b - 1e-11),
        lambda b: [abs(b), rough_sine(1 + b) + relu(b)][1],
    ],
)
def test_a_rule_is_looked_at_where_a_kink_hides_its_fault(function: Callable[[Any], Any]) -> None:
    for skip_kinks in (False, True):
        with pytest.raises(GradientError, match=r"The rule of rough_sine for x is at fault"):
            check_gradients(function, 0.0, skip_kinks=skip_kinks)


def test_a_rule_is_looked_at_where_its_part_is_small() -> None:
    with pytest.raises(GradientError) as error:
        check_gradients(lambda x: 1e8 + rough_sine(x) * 1e-3, 0.5, order=1)
    assert str(error.value).startswith(
        "A derivative of the function is wrong, which differences of the function do not show.\n"
        "  The rule of rough_sine for x is at fault: at rough_sine(0.5) it gives 0.87846014"
    )
    check_gradients(lambda x: 1e8 + own_sine(x) * 1e-3, 0.5)
    check_gradients(lambda x: 1e8 + rough_sine(x) * 1e-3, 0.5, tolerance=0.01)


# ── Structure that is finer than the steps of differences ─────────────────────


def regulated(proportional: Any, integral: Any, derivative: Any) -> Any:
    """The error of a control loop; with no gain at all it sums up to a clamp of the integral."""
    position, speed, total, last, cost = 0.0, 0.0, 0.0, 1.0, 0.0
    for _ in range(50):
        error = 1.0 - position
        total = autograd.clamp(total + error * 0.1, -2.0, 2.0)
        drive = proportional * error + integral * total + derivative * (error - last) / 0.1
        last = error
        speed = speed + (autograd.clamp(drive, -5.0, 5.0) - 0.5 * speed) * 0.1
        position = position + speed * 0.1
        cost = cost + error * error * 0.1
    return cost


def tick(price: Any) -> Any:
    """The price in whole ticks, and a fee that is continuous."""
    return autograd.round(price * 1e8) / 1e8 + 0.01 * price**2


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        *[(row, (x,)) for row in (autograd.floor, autograd.ceil) for x in (12345678.5, 1e12 + 0.5)],
        (autograd.floor, (123456789.5,)),
        (autograd.round, (123456789.3,)),
        (autograd.floor, (-98765432.1,)),
        (lambda x: x // 3.0, (123456789.5,)),
        (lambda x, y: x // y, (123456789.5, 3.0)),
        (lambda x, y: x % y, (123456789.5, 0.75)),
        (lambda t: autograd.round(t * 1e8) / 1e8, (0.512345678123,)),
        (lambda t: autograd.round(t * 1e8) / 1e8 * t, (0.512345678123,)),
        (lambda x: x * x * autograd.floor(x), (123456789.5,)),
        (lambda x: autograd.sign(sin(x * 1e9)) * x, (0.5,)),
        (lambda x: autograd.floor(x * 3e7) * autograd.ceil(x * 1e8) * 1e-16, (0.73123451,)),
        (tick, (101.123456789,)),
    ],
)
def test_steps_finer_than_those_of_differences_are_no_fault(
    function: Callable[..., Any], inputs: tuple[float, ...]
) -> None:
    check_gradients(function, *inputs)


@pytest.mark.parametrize(
    ("function", "inputs", "reason"),
    [
        (autograd.sinc, (-6.231276694994303e77,), "longer than those of sinc(-6.23"),
        (lambda x: autograd.round(x - 1e20), (1e20,), "longer than those of round(0.0)"),
        (
            lambda x: autograd.trunc(autograd.round(x - 4.6e242)),
            (4.6e242,),
            "longer than those of trunc(0.0)",
        ),
        (
            lambda x, y, z: autograd.prod([autograd.tan(y), x, x * 3e-10, z // -1.7e-294]),
            (-5.96e-8, -2.225e-313, 0.05),
            "floor_divide(0.05, ",
        ),
        (
            lambda x, y: autograd.cbrt(x) ** y,
            (-3e102, -9.5e306),
            "e+34, -9.5e+306), which has none.",
        ),
    ],
)
def test_where_numbers_are_too_large_for_differences_no_rule_is_blamed(
    function: Callable[..., Any], inputs: tuple[float, ...], reason: str
) -> None:
    with pytest.raises(KinkError, match=re.escape(reason)):
        check_gradients(function, *inputs)
    check_gradients(function, *inputs, skip_kinks=True)


def test_steps_too_long_for_an_operation_excuse_no_greater_fault() -> None:
    with pytest.raises(GradientError, match=r"0\.0 by the chain rule, 4 ± .* by differences"):
        check_gradients(lambda x: autograd.round(x - 1e20) + 3.0 * (x.data - 1e20), 1e20)


def falls(x: Any, y: Any) -> Any:
    """The sum of a number that is far below the rounding of the other, and of that."""
    return autograd.cbrt(x) * 2e15 + y


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (lambda x: autograd.sinc(autograd.sinc(x)), (101020863.45864712,)),
        (falls, (-1e-65, 7e67)),
        # Of the places at which 60 digits are asked for, log1p is defined at some.
        (lambda x: log1p(log1p(cos(x))), (7.696553476457959e223,)),
        (lambda x, y: where(y > 0, y, x), (-sys.float_info.max, 1.0)),
        (lambda x, y: autograd.erfc(autograd.xlogy(y, x / y)), (1.9e111, 1.9e111)),
        (lambda x: exp(-autograd.remainder(x, -1.5e-107)), (3.9e-179,)),
        # Floats overflow to nan here, and 60 digits do not.
        (lambda x, y: autograd.trunc(autograd.max([x, y**4 - y**4])), (-1.0, 1e200)),
    ],
)
def test_where_the_derivative_is_finer_than_steps_and_rounding_60_digits_decide(
    function: Callable[..., Any], inputs: tuple[float, ...]
) -> None:
    check_gradients(function, *inputs, skip_kinks=True)


@pytest.mark.parametrize(
    ("function", "inputs", "reason"),
    [
        (
            lambda y, x: autograd.ceil(autograd.arctan2(y, x)),
            (6.8e-289, -2e-215),
            "the derivative of inversion(-2e-215, 6.8e-289) overflows.",
        ),
        (
            lambda x, y: autograd.fmod(x, autograd.rad2deg(y)),
            (-5.459401430093405e16, 1e-70),
            "it comes from fmod(-5.459401430093405e+16, 5.729577951308232e-69), which has none.",
        ),
        (lambda x, y: autograd.fmod(x, 1 / y**3), (-1.5, 1e200), "power(1e+200, 3.0) overflows."),
        (
            lambda x: autograd.mish(x) * x * x,
            (-4e237,),
            "a product of the derivatives of several operations overflows.",
        ),
    ],
)
def test_what_is_beyond_the_floats_is_no_fault(
    function: Callable[..., Any], inputs: tuple[float, ...], reason: str
) -> None:
    with pytest.raises(KinkError, match=re.escape(reason)):
        check_gradients(function, *inputs)
    check_gradients(function, *inputs, skip_kinks=True)


@pytest.mark.parametrize("x", [-7.1581105948894e16, 2e-205])
def test_a_derivative_in_doubt_takes_few_calls_more(x: float) -> None:
    calls = itertools.count()

    def counted(x: Any) -> Any:
        next(calls)
        return autograd.sinc(x)

    check_gradients(counted, x, skip_kinks=True)
    assert next(calls) <= most_calls(1)


@pytest.mark.parametrize("count", [20, 300])
def test_many_kinks_take_few_calls_where_they_are_left_out(count: int) -> None:
    calls = itertools.count()

    def hinges(xs: list[Value], relu: Callable[[Value], Value]) -> Any:
        next(calls)
        return autograd.sum([relu(x) for x in xs])

    check_gradients(lambda xs: hinges(xs, relu), [0.0] * count, skip_kinks=True)
    assert next(calls) < 1000
    off = Primitive("off", relu.forward, lambda x, out: 1.001 * (x > 0.0))
    with pytest.raises(GradientError, match="The rule of off for x is at fault"):
        check_gradients(
            lambda xs: hinges(xs[1:], relu) + off(xs[0]), [0.5] + [0.0] * count, skip_kinks=True
        )


def tax(income: Any) -> Any:
    if income > 40000:
        return 7000 + 0.4 * (income - 40000)
    return 1000 + 0.2 * (income - 10000) if income > 10000 else 0.1 * income


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (lambda y: maximum(1.0, y), (1 + 1e-11,)),
        (maximum, (1.0, 1 + 1e-11)),
        (autograd.minimum, (1.0, 1 + 2**-52)),
        (lambda a, b: maximum(a, b) ** 3, (1 + 1e-13, 1.0)),
        (lambda x: abs(x - 1) + x, (1 + 1e-12,)),
        (lambda x: relu(sin(x)), (math.pi,)),
        (lambda income: tax(income), (40000.000001,)),
        (lambda income: tax(income), (10000 - 1e-9,)),
        (lambda x, width: where(abs(x) <= width, x * x / 2, x * width), (1 + 1e-12, 1.0)),
        (lambda x: autograd.sum([relu(x - k * 1e-9) for k in range(5)]), (1 + 2.5e-9,)),
        (lambda x: x if x > 1.0 else 1.0 + 0 * x, (1 + 1e-11,)),
        (lambda x: autograd.max([x, x * x, 1.0]), (1 + 1e-10,)),
        (lambda x: where(x < 3, x, 6 - x), (3 - 1e-12,)),
        (lambda x, low: autograd.clamp(x, low, 2.0), (0.1 * 3, 0.3)),
        (regulated, (0.0, 0.0, 0.0)),
    ],
)
def test_next_to_a_kink_there_is_a_derivative(
    function: Callable[..., Any], inputs: tuple[float, ...]
) -> None:
    check_gradients(function, *inputs)


def newton(x: Any) -> Any:
    """The square root, by a loop that at 1 ends before it begins."""
    root = 1.0 + 0 * x
    while abs(root * root - x) > 1e-12:
        root = (root + x / root) / 2
    return root


def kepler_by_newton(mean: Any, eccentricity: Any) -> Any:
    """The eccentric anomaly, by a loop that at 0 ends before it begins."""
    found = mean
    while abs(found - eccentricity * sin(found) - mean) > 1e-12:
        step = found - eccentricity * sin(found) - mean
        found = found - step / (1 - eccentricity * cos(found))
    return found


def halved(x: Any) -> Any:
    """The square root, by halving an interval: its ends depend on x, and so does not the choice."""
    low, high = 0.0 * x, 1.0 + x
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * middle < x else (low, middle)
    return low


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (halved, (2.0,)),
        (newton, (1.0,)),
        (kepler_by_newton, (0.0, 0.3)),
        (lambda x: newton(x) * sin(x), (1.0,)),
    ],
)
def test_a_loop_whose_value_is_right_alone_is_a_fault(
    function: Callable[..., Any], inputs: tuple[float, ...]
) -> None:
    with pytest.raises(GradientError, match=r"is wrong: .* by the chain rule"):
        check_gradients(function, *inputs)


@pytest.mark.parametrize("at", [0.5, 123456789.5])
def test_a_fault_beside_steps_is_found(at: float) -> None:
    with pytest.raises(GradientError, match=r"is wrong.*\n.*The rule of versine for x is at fault"):
        check_gradients(lambda x: no_versine(x) * autograd.floor(x + 1), at)


@pytest.mark.parametrize("step", [autograd.floor, relu, autograd.sign, autograd.remainder])
def test_what_has_left_the_record_beside_steps_is_found(step: Any) -> None:
    moduli = (2.0,) if step is autograd.remainder else ()
    for x in (2.5, -2.5):
        with pytest.raises(GradientError, match="has left the record"):
            check_gradients(lambda x: step(x, *moduli) + x * x.data, x, skip_kinks=True)


def test_next_to_a_skipped_kink_a_fault_is_found() -> None:
    with pytest.raises(GradientError, match=r"by y is wrong.*\n.*The rule of versine"):
        check_gradients(lambda x, y: abs(x) + no_versine(y), 0.0, 0.5, skip_kinks=True)


# ── What is refused ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((), {}, "check_gradients() needs the inputs to call the function with"),
        ((2.0,), {"order": 0}, "order is a whole number from 1 on, got 0"),
        ((2.0,), {"order": True}, "order is a whole number from 1 on, got True"),
        ((2.0,), {"tolerance": -1.0}, "tolerance is a number from 0 on, got -1.0"),
        (
            ([2.0, "sum"],),
            {},
            "check_gradients() varies each of its inputs; at x[1]: expected a real number, got the "
            "str 'sum': convert it first, with float(...). What is not to be varied belongs into "
            "the function, such as lambda x: f(x, option)",
        ),
        (
            (np.array([[2.0, None]]),),
            {},
            "check_gradients() varies each of its inputs; at x[0, 1]: expected a real number, got "
            "None: pass 0.0 if nothing is meant. What is not to be varied belongs into the "
            "function, such as lambda x: f(x, option)",
        ),
        (
            (True,),
            {},
            "check_gradients() varies each of its inputs; at x: expected a real number, got the "
            "bool True. What is not to be varied belongs into the function, such as "
            "lambda x: f(x, option)",
        ),
    ],
)
def test_what_cannot_be_checked_is_refused(
    arguments: tuple[Any, ...], options: dict[str, Any], message: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(message)}$"):
        check_gradients(lambda x: x, *arguments, **options)


def test_what_is_returned_has_to_be_numbers() -> None:
    with pytest.raises(TypeError) as error:
        check_gradients(lambda x: [x, None], 1.0)
    assert str(error.value) == (
        "check_gradients() needs a function that returns numbers; the function[1] is not one: "
        "expected a real number, got None: pass 0.0 if nothing is meant"
    )


def test_a_function_with_chance_in_it_is_refused() -> None:
    chances = iter([0.25, 0.5])

    def dropout(x: Value) -> Value:
        return x * next(chances)

    with pytest.raises(ValueError, match="same inputs") as error:
        check_gradients(dropout, 2.0)
    assert str(error.value) == (
        "dropout() is 0.5 and then 1.0 for the same inputs: where a function draws random "
        "numbers, it has to seed their generator itself, and where it keeps something from call "
        "to call, it has to start afresh"
    )


CHANCES: dict[str, tuple[Callable[[random.Random], Callable[..., Any]], Any]] = {
    "a number left out": (lambda chance: lambda x: x * x * (chance.random() < 0.5), 1.5),
    "a number seldom left out": (lambda chance: lambda x: x * x * (chance.random() < 0.9), 1.5),
    "a sample": (lambda chance: lambda w: (w * chance.choice([1.0, 2.0, 4.0]) - 3.0) ** 2, 1.5),
    "a sign that does not show at the point": (
        lambda chance: lambda x: x * chance.choice([1.0, -1.0]),
        0.0,
    ),
    "a slope of a kink": (lambda chance: lambda x: relu(x) * chance.choice([1.0, 2.0]), 0.0),
    "noise too small for the differences": (
        lambda chance: lambda x: tanh(x) + chance.choice([0.0, 1e-15]),
        0.1,
    ),
    "one of several outputs": (lambda chance: lambda x: [x, x * chance.choice([1, 1, 2])], 0.5),
    "a factor of many inputs": (
        lambda chance: lambda w: autograd.dot(w, w) * chance.choice([1.0, 2.0]),
        [0.1 * i for i in range(70)],
    ),
    "the count of outputs": (lambda chance: lambda x: [x] * chance.choice([1, 2]), 0.5),
}


@pytest.mark.parametrize("name", CHANCES)
def test_chance_is_found_where_the_first_calls_agree_and_kinks_are_skipped(name: str) -> None:
    make, inputs = CHANCES[name]
    for seed in range(100):
        with pytest.raises(ValueError, match="for the same inputs: "):
            check_gradients(make(random.Random(seed)), inputs, skip_kinks=True)


@pytest.mark.parametrize("first", [1, 2, 5, 9, 30])
def test_what_is_kept_from_call_to_call_is_found(first: int) -> None:
    calls = itertools.count()
    with pytest.raises(ValueError, match="from call to call, it has to start afresh"):
        check_gradients(lambda x: x if next(calls) < first else 2 * x, 0.5, skip_kinks=True)


def test_a_sum_in_the_order_of_a_set_is_told_from_chance() -> None:
    chance = random.Random(1)

    def function(weights: list[Value]) -> Any:
        return functools.reduce(operator.add, chance.sample(weights, k=len(weights)))

    with pytest.raises(ValueError, match=r"for the same inputs: they differ by rounding alone, as"):
        check_gradients(function, [0.1, 0.2, 0.3, 1e-9, 7.7])


def test_a_function_is_called_again_where_its_differences_were_taken() -> None:
    calls: Counter[float] = Counter()

    def counted(x: Value) -> Value:
        calls[x.data] += 1
        return x.exp()

    check_gradients(counted, 0.5, order=1)
    assert min(calls.values()) >= 2


def test_a_rule_that_approximates_may_be_allowed_to() -> None:
    rough = Primitive("rough", math.sin, lambda x, out: cos(x) * (1 + 1e-6))
    with pytest.raises(GradientError):
        check_gradients(rough, 0.5)
    check_gradients(rough, 0.5, tolerance=1e-5)


def test_an_error_of_the_function_itself_comes_through() -> None:
    def fails(x: Value) -> Value:
        raise LookupError("mine", x)

    with pytest.raises(LookupError, match="mine"):
        check_gradients(fails, 1.0)


def test_a_module_is_whatever_has_named_parameters() -> None:
    class Line(Module):
        def __init__(self) -> None:
            self.slope = Value(2.0)

    class Foreign:
        def __init__(self) -> None:
            self.slope = Value(2.0)

        def named_parameters(self) -> list[tuple[str, Value]]:
            return [("slope", self.slope)]

    for line in (Line(), Foreign()):
        check_gradients(lambda line: line.slope**2, line)
        with pytest.raises(GradientError, match=r"by line\.slope is wrong"):
            check_gradients(lambda line: no_versine(line.slope), line)


# ── What a failing test looks like ────────────────────────────────────────────

FAILING_TEST = """
import math
from autograd import Primitive, cos
from autograd.testing import check_gradients

versine = Primitive("versine", lambda x: 1 - math.cos(x), lambda x, out: cos(x))

def test_versine():
    check_gradients(versine, 0.5)
"""


def test_the_output_of_pytest_is_the_line_and_the_message(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(FAILING_TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"]
    root = str(Path(autograd.__file__).parent.parent)
    result = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment(PYTHONPATH=root, COLUMNS="200", PATH="", PYTEST_ADDOPTS=None),
    )
    lines = [line for line in result.stdout.splitlines() if line.strip()]
    assert result.returncode == 1
    assert len(lines) <= 14, result.stdout
    assert ">       check_gradients(versine, 0.5)" in lines
    shown = [line for line in lines if line.startswith("E  ")]
    assert len(shown) == 3
    assert "The derivative of versine() by x is wrong: 0.87758" in shown[0]
    assert "The rule of versine for x is at fault: at versine(0.5) it gives" in shown[1]
    assert shown[2].endswith("At x = 0.5")
    assert not any("autograd/testing" in line and "Error" not in line for line in lines)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * abs(x),
        lambda x: relu(x) ** 2,
        lambda x: where(x > 0, x * x, 0.0),
    ],
)
def test_a_derivative_that_exists_where_the_second_does_not_is_checked(
    function: Callable[[Any], Any],
) -> None:
    check_gradients(function, 0.0, order=1)


@pytest.mark.parametrize("inputs", [([],), ({}, ()), (np.empty((2, 0)),), (Module(),)])
def test_inputs_without_a_number_are_refused(inputs: tuple[Any, ...]) -> None:
    message = "check_gradients() varies the numbers of its inputs, and they hold none"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_gradients(lambda *inputs: 1.0, *inputs)


@pytest.mark.parametrize("returned", [[], {"losses": []}, (), np.empty(0)])
def test_a_result_without_a_number_is_refused(returned: Any) -> None:
    def losses(_: Value) -> Any:
        return returned

    message = (
        "check_gradients() differentiates each number that a function returns, and what losses() "
        "returns holds none"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_gradients(losses, 1.0)


def test_an_empty_container_beside_numbers_is_none_of_the_inputs() -> None:
    check_gradients(lambda x, others: {"out": x * x, "others": others}, 2.0, [])


def test_a_module_may_be_passed_twice() -> None:
    neuron = Neuron(1, activation="tanh")
    check_gradients(lambda a, b: a([3.0]) * b([5.0]), neuron, neuron)


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_an_input_that_cannot_be_moved_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match=r"has to be finite; x is (nan|inf)$"):
        check_gradients(lambda x: x * x, number)
