"""Value: construction, the graph it records, and backward()."""

from __future__ import annotations

import gc
import itertools
import linecache
import math
import operator
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from functools import partial
from types import FrameType
from typing import Any, Self

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, topological_order
from autograd.engine import node as node_module
from autograd.engine.passes import passes
from autograd.engine.primitive import Primitive, Reduction
from autograd.engine.table import add, divide, multiply, negative, power, subtract
from autograd.testing import Expression, expressions
from tests.identity import are
from tests.programs import ROOT, environment
from tests.threads import run_at_once

numbers = st.floats(min_value=-1e6, max_value=1e6)
any_float = st.floats()


# ── Construction ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "number",
    [3, 3.0, True, Fraction(3, 2), np.float64(3), np.float32(3), np.int64(3), np.bool_(True)],
    ids=lambda number: type(number).__name__,
)
def test_data_is_a_python_float_whatever_number_it_came_from(number: Any) -> None:
    value = Value(number)
    assert type(value.data) is float
    assert value.data == float(number)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("3", "expected a real number, got the str '3': convert it first, with float(...)"),
        (b"3", "expected a real number, got the bytes b'3': convert it first, with float(...)"),
        (None, "expected a real number, got None: pass 0.0 if nothing is meant"),
        (1 + 2j, "expected a real number, got the complex number (1+2j): pass its .real or .imag"),
        (
            np.complex64(1),
            "expected a real number, got the complex number (1+0j): pass its .real or .imag",
        ),
        (
            [1.0],
            "expected a real number, got a list: "
            "make one Value of each element, such as [Value(x) for x in data]",
        ),
        (
            np.array([1.0]),
            "expected a real number, got an ndarray: "
            "make one Value of each element, such as [Value(x) for x in data]",
        ),
        (
            np.array(1.0),
            "expected a real number, got an ndarray of one number: pass its .item()",
        ),
        (
            Value(1.0),
            "expected a real number, got a Value: "
            "use it as it is, or its .data for the number alone",
        ),
        (Decimal(1), "expected a real number, got a Decimal: pass an int or a float"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_what_is_not_a_real_number_is_refused_with_the_way_out(wrong: Any, message: str) -> None:
    with pytest.raises(TypeError) as error:
        Value(wrong)
    assert str(error.value) == message
    value = Value(7.0)
    with pytest.raises(TypeError) as error:
        value.data = wrong
    assert str(error.value) == message
    with pytest.raises(TypeError) as error:
        value.grad = wrong
    assert str(error.value) == message
    assert (value.data, value.grad) == (7.0, 0.0)


def test_a_label_that_is_not_a_string_is_refused() -> None:
    message = (
        r"^a label is a string, got {}; "
        r"an operation of your own is recorded with autograd\.record, or declared with "
        r"autograd\.Primitive$"
    )
    with pytest.raises(TypeError, match=message.format("5")):
        Value(1.0, 5)  # type: ignore[arg-type]
    # as programs do that record their own operations in micrograd's way
    with pytest.raises(TypeError, match=message.format(r"\(Value\(2\.0\),\)")):
        Value(1.0, (Value(2.0),))  # type: ignore[arg-type]
    value = Value(1.0, "x")
    with pytest.raises(TypeError, match=message.format("5")):
        value.label = 5  # type: ignore[assignment]
    assert value.label == "x"


def test_data_and_grad_can_be_assigned_and_stay_floats() -> None:
    value = Value(1.0)
    value.data = np.int64(4)
    value.grad = 0
    assert (value.data, value.grad) == (4.0, 0.0)
    assert type(value.data) is type(value.grad) is float


def test_a_new_value_has_no_history_and_no_gradient() -> None:
    value = Value(2.0, "x")
    assert value.label == "x"
    assert value.grad == 0.0
    assert not value.has_grad
    assert value.op is None
    assert (value.inputs, value.operands, value.local_derivatives) == ((), (), ())
    assert value._prev == ()
    assert value._op == ""


def test_a_value_does_not_leave_the_graph_silently() -> None:
    for leave in (math.exp, float, lambda x: math.hypot(1.0, x), complex):
        with pytest.raises(TypeError) as error:
            leave(Value(1.0))
        assert str(error.value) == (
            "a Value is not turned into a float, which would leave the graph: take x.data for the "
            "number alone, [x.data for x in values] for an array of floats, "
            'f"{x:.2f}" in place of "%.2f" % x, and autograd.exp in place of math.exp, as for '
            "every function of math"
        )
    # What has a meaning for Values keeps it.
    assert [type(f(Value(1.5))) for f in (math.floor, math.ceil, round, abs)] == [Value] * 4


def test_repr_shows_what_is_known_and_nothing_else() -> None:
    x = Value(3.0, label="x")
    assert repr(x) == "Value(3.0, label='x')"
    product = x * 2
    assert repr(product) == "Value(6.0, op=multiply)"
    product.backward()
    assert repr(x) == "Value(3.0, grad=2.0, label='x')"
    assert repr(product) == "Value(6.0, grad=1.0, op=multiply)"


def test_a_value_is_formatted_as_its_number() -> None:
    x = Value(3.14159, "x")
    assert f"{x:.2f} {x}" == "3.14 Value(3.14159, label='x')"


def test_an_int_beyond_the_range_of_floats_is_infinite() -> None:
    assert [Value(10**400).data, (Value(1.0) * -(10**400)).data] == [math.inf, -math.inf]
    assert Value(1.0) < 10**400


def test_a_scalar_of_numpy_beyond_double_precision_is_rounded() -> None:
    assert type(Value(np.longdouble(3)).data) is float
    with pytest.raises(TypeError, match="got the complex number"):
        Value(np.clongdouble(1))


def test_a_gradient_set_by_hand_is_shown_and_one_set_to_zero_is_not() -> None:
    x = Value(1.0)
    x.grad = 2.0
    assert repr(x) == "Value(1.0, grad=2.0)"
    x.grad = 0.0
    assert (x.has_grad, repr(x)) == (False, "Value(1.0)")


def test_attributes_that_do_not_exist_cannot_be_set() -> None:
    with pytest.raises(AttributeError):
        Value(1.0).gradient = 2.0  # type: ignore[attr-defined]


# ── What is recorded ──────────────────────────────────────────────────────────

OPERATORS: list[tuple[Callable[[Any, Any], Any], Primitive]] = [
    (operator.add, add),
    (operator.sub, subtract),
    (operator.mul, multiply),
    (operator.truediv, divide),
    (operator.pow, power),
]


def same(x: Any, y: Any) -> bool:
    """Equal to the last bit, nan and the sign of zero included."""
    return (math.isnan(x) and math.isnan(y)) or (
        x == y and math.copysign(1, x) == math.copysign(1, y)
    )


@pytest.mark.parametrize(
    ("operation", "primitive"), OPERATORS, ids=lambda x: getattr(x, "name", "")
)
@given(any_float, any_float)
def test_an_operator_records_what_the_table_says(
    operation: Callable[[Any, Any], Any], primitive: Primitive, x: float, y: float
) -> None:
    out = primitive.forward(x, y)
    locals_ = [rule(x, y, out) for rule in primitive.derivatives]
    a, b = Value(x), Value(y)
    for result, operands, inputs, expected in [
        (operation(a, b), (a, b), (a, b), locals_),
        (operation(a, y), (a, y), (a,), locals_[:1]),
        (operation(x, b), (x, b), (b,), locals_[1:]),
        (operation(a, a), (a, a), (a, a), None),
    ]:
        assert result.op is primitive
        assert are(result.inputs, inputs)
        assert are(result._prev, inputs)
        assert result._op == primitive.symbol
        if expected is not None:
            assert same(result.data, out)
            assert len(result.local_derivatives) == len(expected)
            assert all(map(same, result.local_derivatives, expected))
            for got, operand in zip(result.operands, operands, strict=True):
                assert got is operand or same(got, operand)


@given(any_float)
def test_a_function_of_one_value_records_what_the_table_says(x: float) -> None:
    for method in ["exp", "log", "tanh", "sigmoid", "relu", "__neg__", "__abs__"]:
        a = Value(x)
        result = getattr(a, method)()
        assert result.op is not None
        assert same(result.data, result.op.forward(x))
        assert are(result.operands, [a])
        assert are(result.inputs, [a])
        assert same(result.local_derivatives[0], result.op.derivatives[0](x, result.data))


def test_the_operators_work_with_numbers_of_any_kind_on_either_side() -> None:
    for number in [2, 2.0, True, Fraction(2), np.float64(2), np.float32(2), np.int64(2)]:
        for operation, primitive in OPERATORS:
            for result, expected in [
                (operation(Value(3.0), number), primitive(3.0, number)),
                (operation(number, Value(3.0)), primitive(number, 3.0)),
            ]:
                assert type(result) is Value
                assert type(result.data) is float
                assert result.data == expected


def test_plus_is_the_value_itself() -> None:
    x = Value(1.0)
    assert +x is x


@pytest.mark.parametrize("operation", [operation for operation, _ in OPERATORS])
def test_an_operator_declines_what_is_not_a_number(operation: Callable[[Any, Any], Any]) -> None:
    for wrong in [{2}, None, 2j]:
        with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for"):
            operation(Value(1.0), wrong)
        with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for"):
            operation(wrong, Value(1.0))


def test_topological_order_puts_inputs_first_and_each_value_once() -> None:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    total = a + b
    product = total * a
    root = product - total
    assert are(topological_order(root), [a, b, total, product, root])
    assert are(topological_order(a), [a])


# ── backward ──────────────────────────────────────────────────────────────────


def test_a_diamond_of_sixty_levels_is_walked_once_per_value() -> None:
    x = Value(1.0)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert y.data == x.grad == 2.0**60


def test_leaves_accumulate_and_interior_values_are_set_afresh() -> None:
    a, b = Value(0.1), Value(0.7)
    product = a * b
    root = product.tanh() + a
    root.backward()
    first = a.grad, b.grad, product.grad, root.grad
    root.backward()
    assert (a.grad, b.grad, product.grad, root.grad) == (2 * first[0], 2 * first[1], *first[2:])


@given(
    st.one_of(
        expressions(max_size=12),
        expressions(inputs=any_float, max_size=12, allow_nan=True, allow_infinity=True),
    )
)
def test_backward_twice_doubles_the_gradients_of_leaves_to_the_last_bit(
    expression: Expression,
) -> None:
    inputs, out = expression.on_values()
    extra = autograd.sum([inputs[0], *inputs, 1.0]) * 0.1
    root = out * inputs[0] + extra * inputs[-1]
    root.backward()
    once = [x.grad for x in inputs]
    root.backward()
    assert all(same(x.grad, 2 * grad) for x, grad in zip(inputs, once, strict=True))


def test_a_pass_adds_to_what_a_leaf_has() -> None:
    x = Value(1.0)
    y = x * 0.3 + x * 0.8 + x * 0.6
    x.grad = 100.0
    y.backward()
    assert x.grad == 100.0 + ((0.3 + 0.8) + 0.6)


def test_an_interior_value_shows_the_last_pass_whatever_root_it_came_from() -> None:
    x = Value(3.0)
    shared = x * x
    (shared * 10).backward()
    assert shared.grad == 10.0
    (shared * 7).backward()
    assert shared.grad == 7.0
    shared.backward()
    assert shared.grad == 1.0
    assert x.grad == 6.0 * (10 + 7 + 1)


def test_backward_from_a_leaf_adds_its_derivative_with_respect_to_itself() -> None:
    x = Value(3.0)
    x.backward()
    x.backward()
    assert x.grad == 2.0
    assert x.has_grad


def test_has_grad_tells_a_gradient_of_zero_from_none() -> None:
    x, unused = Value(2.0), Value(2.0)
    y = x * 0
    assert [value.has_grad for value in (x, y)] == [False, False]
    y.backward()
    assert [value.has_grad for value in (x, y, unused)] == [True, True, False]
    assert x.grad == 0.0


def test_zero_times_infinity_is_nan_in_the_chain_rule_as_in_ieee_arithmetic() -> None:
    x = Value(0.0)
    (x.log() * 0).backward()
    assert math.isnan(x.grad)


def test_a_chain_of_a_million_operations_is_recorded_differentiated_and_freed() -> None:
    x = Value(1.0)
    y = x
    for _ in range(500_000):
        y = y * 1.0 + x
    y.backward()
    assert (y.data, x.grad) == (500_001.0, 500_001.0)
    del y


def test_a_graph_is_freed_by_reference_counting_alone() -> None:
    gc.collect()
    gc.disable()
    try:
        x = Value(1.0)
        y = (x * x + x).tanh() * x
        y.backward()
        del x, y
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_gradient_may_be_given_to_begin_with() -> None:
    x, y = Value(2.0), Value(5.0)
    product = x * y
    product.backward(3)
    assert (x.grad, y.grad, product.grad) == (15.0, 6.0, 3.0)
    product.backward(gradient=-1.0)
    assert (x.grad, y.grad, product.grad) == (10.0, 4.0, -1.0)
    x.backward(0.5)
    assert x.grad == 10.5
    product.backward(0.0)
    assert (product.grad, product.has_grad) == (0.0, True)


@pytest.mark.parametrize("wrong", [Value(1.0), "1", None, [1.0], 1j])
def test_a_gradient_to_begin_with_is_a_number(wrong: Any) -> None:
    x = Value(2.0)
    y = x * x
    with pytest.raises(TypeError, match=r"^expected a real number, got "):
        y.backward(wrong)
    assert (x.grad, x.has_grad, y.has_grad) == (0.0, False, False)


class Interruption:
    """Raises KeyboardInterrupt at a line of node.py, and once more at a line of the clean-up.

    The lines are counted from 0 in the order in which they are run.
    """

    def __init__(self, line: int, line_of_clean_up: int | None = None) -> None:
        self.lines = [line] if line_of_clean_up is None else [line, line_of_clean_up]
        self.raised = 0
        self._count = 0
        self._tracer = sys.gettrace()
        self._restore = node_module._restore

    def __enter__(self) -> Self:
        node_module._restore = self._traced_restore  # type: ignore[assignment]
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._tracer)
        node_module._restore = self._restore

    def _traced_restore(self, *lists: Any) -> None:
        self._count = 0
        sys.settrace(self._trace)  # which the first exception has ended
        self._restore(*lists)

    def _trace(self, frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename != node_module.__file__:
            return None
        # Python takes and releases the lock of a with statement without looking for Ctrl-C.
        source = linecache.getline(node_module.__file__, frame.f_lineno).split()
        if event == "line" and source[0] not in ("with", "try:") and self.raised < len(self.lines):
            if self._count == self.lines[self.raised]:
                self.raised += 1
                raise KeyboardInterrupt
            self._count += 1
        return self._trace


def graph_with_gradients() -> tuple[Value, list[Value]]:
    """A root, and every value of its graph; some of them have gradients of earlier passes."""
    x, y, z = Value(3.0), Value(2.0), Value(5.0)
    shared = x * x
    (shared * 10).backward()
    y.grad = 7.0
    root = autograd.sum([shared * y, shared, z * 2])
    root.backward(0.25)
    x.grad = 100.0
    z.grad = 0.0
    product = root * x
    return product, topological_order(product)


def shown(values: list[Value]) -> list[tuple[float, bool]]:
    return [(value.grad, value.has_grad) for value in values]


def interrupted_passes(line_of_clean_up: int | None = None) -> Iterator[int]:
    """Check a pass interrupted at its line 0, 1, 2 and so on, until none is left."""
    for line in itertools.count():
        root, values = graph_with_gradients()
        _, others = graph_with_gradients()
        before = shown(values)
        others[-1].backward()
        after = shown(others)
        with suppress(KeyboardInterrupt), Interruption(line, line_of_clean_up) as interrupted:
            root.backward()
        assert not passes.turn._is_owned()
        if interrupted.raised == 0:
            return
        # Once a pass is complete, Ctrl-C can only come too late.
        is_complete = interrupted.raised == 1 and shown(values) == after
        if not is_complete:
            assert shown(values) == before
            root.backward()
            assert shown(values) == after
        yield interrupted.raised


@pytest.mark.skipif(autograd.__compiled__, reason="compiled code is not interrupted")
def test_a_pass_interrupted_at_any_line_leaves_every_gradient_as_it_was() -> None:
    assert len(list(interrupted_passes())) > 100


@pytest.mark.skipif(autograd.__compiled__, reason="compiled code is not interrupted")
def test_a_second_interruption_in_the_clean_up_changes_nothing_about_that() -> None:
    for line_of_clean_up in range(0, 49, 6):
        assert 2 in list(interrupted_passes(line_of_clean_up))


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space of the process")
def test_a_pass_without_memory_leaves_the_gradients_of_leaves_as_they_were() -> None:
    program = """if True:
        import gc
        import resource
        import autograd
        from autograd import Value

        gc.disable()  # it looks in vain for cycles in the graph as that grows
        x, y = Value(1.0), Value(1.0)
        terms = [x * y for _ in range(100_000)]
        (x * 5).backward()
        terms[7].backward(0.0)
        root = autograd.sum(terms)
        for _ in range(200_000):
            root = root * y + 0.0
        inside = root
        for _ in range(50_000):
            root = root + 0.0
        inside.grad = 3.0
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        with open("/proc/self/statm") as file:
            pages = int(file.read().split()[0])
        hoard = []  # so that what is free within the process does not help
        resource.setrlimit(resource.RLIMIT_AS, (pages * 4096, hard))
        for size in (65_536, 4_096, 1_024):
            try:
                while True:
                    hoard.append(bytes(size))
            except MemoryError:
                pass
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        failures = 0
        # in pages of 4 KiB
        for margin in (0, 32, 64, 128, 256, 1_024, 4_096, 16_384, 65_536, 262_144):
            with open("/proc/self/statm") as file:
                pages = int(file.read().split()[0])
            resource.setrlimit(resource.RLIMIT_AS, ((pages + margin) * 4096, hard))
            try:
                root.backward()
            except MemoryError:
                failures += 1
                failed = True
            else:
                failed = False
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
            if not failed:
                break
            assert (x.grad, x.has_grad, y.grad) == (5.0, True, 0.0), (margin, x, y)
            if not autograd.__compiled__:
                assert (inside.grad, inside.has_grad) == (3.0, True), (margin, inside)
        assert failures > 1, margin
        assert (x.grad, y.grad, inside.grad) == (100_005.0, 20_000_100_000.0, 1.0), (x, y, inside)
        root.backward()
        assert (x.grad, y.grad, inside.grad) == (200_005.0, 40_000_200_000.0, 1.0), (x, y, inside)
    """
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment(),
        cwd=ROOT,
        check=False,
    )
    assert result.stderr == ""


def test_passes_at_the_same_time_add_up_as_one_after_the_other() -> None:
    x, y = Value(3.0), Value(2.0)
    shared = x * x
    common = shared * y + shared
    own = [(x * y + shared) * k for k in range(1, 5)]
    errors: list[BaseException] = []

    def work(root: Value) -> None:
        try:
            for _ in range(100):
                root.backward()
                common.backward()
        except BaseException as error:
            errors.append(error)

    run_at_once(partial(work, root) for root in own)
    assert errors == []
    # The derivatives of common are 6 y + 6 = 18 and 9; those of the others k (y + 6) and k x.
    assert x.grad == 100 * (4 * 18 + (1 + 2 + 3 + 4) * 8)
    assert y.grad == 100 * (4 * 9 + (1 + 2 + 3 + 4) * 3)


# ── Laws ──────────────────────────────────────────────────────────────────────


def gradients(function: Callable[..., Value], *points: float) -> tuple[float, ...]:
    """The value of ``function`` at ``points``, and its derivative by each."""
    inputs = [Value(point) for point in points]
    out = function(*inputs)
    out.backward()
    return (out.data, *[x.grad for x in inputs])


@given(expressions(inputs=numbers, allow_nan=True, allow_infinity=True), numbers)
def test_to_begin_with_a_gradient_is_to_multiply_by_it(
    expression: Expression, gradient: float
) -> None:
    inputs, out = expression.on_values()
    out.backward(gradient)
    others, other_out = expression.on_values()
    (other_out * gradient).backward()
    for one, other in zip(inputs, others, strict=True):
        assert same(one.grad, other.grad)


@given(numbers, numbers)
def test_addition_and_multiplication_commute(x: float, y: float) -> None:
    assert gradients(lambda a, b: a + b, x, y) == gradients(lambda a, b: b + a, x, y)
    assert gradients(lambda a, b: a * b, x, y) == gradients(lambda a, b: b * a, x, y)


@given(numbers, numbers)
def test_subtraction_is_addition_of_the_negative(x: float, y: float) -> None:
    assert gradients(lambda a, b: a - b, x, y) == gradients(lambda a, b: a + -b, x, y)
    assert gradients(lambda a, b: a - b, x, y) == gradients(lambda a, b: -(b - a), x, y)


@given(numbers, numbers, numbers)
def test_multiplication_distributes_over_addition(x: float, y: float, z: float) -> None:
    left = gradients(lambda a, b, c: a * (b + c), x, y, z)
    right = gradients(lambda a, b, c: a * b + a * c, x, y, z)
    scale = max(map(abs, (x * y, x * z, x, y, z)))
    assert left == pytest.approx(right, rel=1e-15, abs=4e-16 * scale)


@given(st.floats(min_value=0.1, max_value=10), st.floats(min_value=0.1, max_value=10))
def test_division_undoes_multiplication(x: float, y: float) -> None:
    data, dx, dy = gradients(lambda a, b: a * b / b, x, y)
    assert (data, dx) == pytest.approx((x, 1.0), rel=1e-15)
    assert abs(dy) <= 1e-15 * x / y


@given(st.floats(min_value=0.1, max_value=10), st.integers(min_value=-5, max_value=5))
def test_a_whole_power_is_repeated_multiplication(x: float, n: int) -> None:
    def product(a: Value) -> Value:
        out = a * 0 + 1
        for _ in range(abs(n)):
            out = out * a
        return out if n >= 0 else 1 / out

    assert gradients(lambda a: a**n, x) == pytest.approx(gradients(product, x), rel=1e-14)


@given(st.floats(min_value=0.1, max_value=10), st.floats(min_value=-3, max_value=3))
def test_a_power_is_the_exponential_of_a_logarithm(x: float, y: float) -> None:
    left = gradients(lambda a, b: a**b, x, y)
    right = gradients(lambda a, b: (b * a.log()).exp(), x, y)
    assert left == pytest.approx(right, rel=1e-13)


@given(st.floats(min_value=-5, max_value=5), st.floats(min_value=-5, max_value=5))
def test_the_gradient_of_a_sum_is_the_sum_of_the_gradients(x: float, y: float) -> None:
    def f(a: Value, b: Value) -> Value:
        return (a * b).tanh()

    def g(a: Value, b: Value) -> Value:
        return (a - b).sigmoid()

    both = gradients(lambda a, b: f(a, b) + g(a, b), x, y)
    apart = [p + q for p, q in zip(gradients(f, x, y), gradients(g, x, y), strict=True)]
    assert both == pytest.approx(apart, rel=1e-15, abs=1e-15)


@given(st.floats(min_value=-5, max_value=5))
def test_the_chain_rule(x: float) -> None:
    inner, d_inner = gradients(lambda a: a * a.tanh(), x)
    outer, d_outer = gradients(lambda a: (a * 2).sigmoid(), inner)
    data, d_both = gradients(lambda a: (a * a.tanh() * 2).sigmoid(), x)
    assert data == outer
    assert d_both == pytest.approx(d_outer * d_inner, rel=1e-14, abs=1e-300)


# ── Operations that are declared wrongly ──────────────────────────────────────


def test_what_an_operation_gives_is_made_a_float() -> None:
    step = Primitive("step", lambda x: int(x > 0), lambda x, out: np.float32(0.5))
    result = step(Value(2.0))
    assert (type(result.data), result.data) == (float, 1.0)
    assert [type(local) for local in result.local_derivatives] == [float]


@pytest.mark.parametrize(
    "wrong",
    [
        Primitive("lost", lambda x: None, lambda x, out: 1.0),  # type: ignore[arg-type,return-value]
        Primitive("lost", lambda x: x, lambda x, out: None),
    ],
)
def test_an_operation_that_gives_no_number_is_named(wrong: Primitive) -> None:
    with pytest.raises(TypeError) as error:
        wrong(Value(1.0))
    assert str(error.value) == (
        "lost() or a derivative rule of it: "
        "expected a real number, got None: pass 0.0 if nothing is meant"
    )


def test_a_rule_must_give_a_derivative_for_each_operand() -> None:
    short = Reduction("short", lambda xs: math.fsum(xs), lambda xs, out: [1.0])
    with pytest.raises(
        ValueError, match=r"^the rule of short\(\) gave 1 derivatives for 3 operands$"
    ):
        short([Value(1.0), 2.0, Value(3.0)])


def test_a_rule_may_give_a_tuple() -> None:
    total = Reduction("total", lambda xs: math.fsum(xs), lambda xs, out: tuple(1.0 for _ in xs))
    x = Value(1.0)
    total([x, x, 2.0]).backward()
    assert x.grad == 2.0


def test_negation_has_its_own_row() -> None:
    x = Value(2.0)
    assert (-x).op is negative


def test_what_micrograds_descendants_and_numpy_call_a_number() -> None:
    x = Value(2.5)
    assert x.item() == 2.5
    assert type(x.item()) is float
    assert x.real is x
    assert x.conjugate() is x


@pytest.mark.parametrize(
    ("access", "text"),
    [
        (
            lambda x: x.softmax(),
            "softmax is of several Values: write autograd.softmax(values)",
        ),
        (
            lambda x: x._backward(),
            "a Value has no _backward: backward() multiplies the local_derivatives of its inputs; "
            "an operation of your own is autograd.record(data, inputs, local_derivatives) or a "
            "Primitive",
        ),
    ],
)
def test_an_attribute_of_others_is_an_error_that_names_the_function(
    access: Callable[[Any], Any], text: str
) -> None:
    with pytest.raises(AttributeError) as caught:
        access(Value(1.0))
    assert str(caught.value) == text
    with pytest.raises(AttributeError) as caught:
        Value(1.0)._backward = lambda: None
    assert str(caught.value).startswith("a Value has no _backward")
    assert not hasattr(Value(1.0), "softmax")


def test_an_int_is_not_made_of_a_value_without_a_word() -> None:
    with pytest.raises(TypeError) as caught:
        int(Value(2.5))
    assert str(caught.value) == (
        "a Value is not turned into an int, which would leave the graph: take int(x.data) for the "
        "number alone, or math.trunc(x), round(x) or math.floor(x) for a Value"
    )
    template = "%.2f"
    for leave in (lambda x: template % x, lambda x: math.sqrt(x), lambda x: complex(x)):
        with pytest.raises(TypeError, match=r"^a Value is not turned into a float, .*\{x:\.2f\}"):
            leave(Value(2.5))


def test_zero_grad_sets_the_gradients_of_leaves_back() -> None:
    x, y = Value(3.0), Value(4.0)
    product = x * y
    (product + y).backward()
    autograd.zero_grad(iter([x, product, y]))
    assert [x.grad, y.grad, product.grad] == [0.0, 0.0, 1.0]
    assert [x.has_grad, y.has_grad, product.has_grad] == [False, False, True]


def test_zero_grad_of_something_else_sets_nothing() -> None:
    x = Value(3.0)
    (x * x).backward()
    with pytest.raises(TypeError, match="and a float is in it"):
        autograd.zero_grad([x, 2.0])  # type: ignore[list-item]
    assert x.grad == 6.0
