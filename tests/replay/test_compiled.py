"""compile(): what it takes, what a call returns, when it is recorded and when it is checked."""

from __future__ import annotations

import copy
import math
import pickle
import random
import re
import threading
import warnings
from collections import deque, namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import CompileError, CompileWarning, Value, no_grad, where
from autograd import compile as compile  # noqa: A004  # as users import it
from autograd.engine.recording import observer, switches
from autograd.replay.checks import difference, with_changes
from autograd.replay.recording.outside import Indices
from nn import MLP, Module
from tests.replaying import bits
from tests.threads import run_at_once


def recordings(function: Any) -> int:
    """The number of programs of a compiled function."""
    return len(function.programs)


# ── What is called, and how ───────────────────────────────────────────────────


def test_a_call_returns_what_the_function_returns() -> None:
    w = Value(3.0, "w")

    @compile
    def loss(x: Any, y: Any) -> Any:
        return (w * x - y) ** 2

    assert [loss(x, 1.0).data for x in (1.0, 2.0, 3.0)] == [4.0, 25.0, 64.0]
    assert repr(loss(1.0, 1.0)) == "Value(4.0, op=loss)"
    assert repr(loss) == "<compiled loss: 1 program>"


def test_the_decorator_takes_options() -> None:
    calls = []

    def function(x: Any) -> Any:
        calls.append(0)
        return 2 * x

    double = compile(check=True)(function)
    assert [double(1.0), double(2.0), double(3.0)] == [2.0, 4.0, 6.0]
    assert len(calls) == 6


def test_compiling_twice_is_compiling_once() -> None:
    double = compile(lambda x: 2 * x)
    assert compile(double) is double


choice: Any = where  # mistakes among the rest

CHOICES: list[Any] = [
    lambda x, _: choice(True, x, 1j),
    lambda x, w: choice(False, None, x) + choice(True, w, "a"),
    lambda x, w: choice(x > 0.0, w, 1j),
    lambda x, w: choice(x > 0.0, "a", w),
    lambda x, _: choice(x > 0.0, None, 1j),
    lambda x, w: choice(w > 0.0, x, 1j),
    lambda x, w: choice(w, x, 1.0),
    lambda x, w: choice(x, w, 1.0),
    lambda x, _: choice(x, x, 1.0),
    lambda x, w: choice(1, x, w),
    lambda x, w: choice(None, x, w),
    lambda x, w: choice([True, False], x, w),
    lambda x, w: choice(np.array([True, False]), x, w).tolist(),
    lambda x, w: choice(np.array([x, -x]) > 0.0, x, w).tolist(),
    lambda x, _: choice(np.array([x, -x]) > 0.0, x, 2.0).tolist(),
    lambda x, w: choice(x > 0.0, np.array([1.0, 2.0]), w).tolist(),
    lambda x, _: choice(x > 0.0, 10**400, x),
]


@pytest.mark.parametrize("number", range(len(CHOICES)))
@pytest.mark.parametrize("calls", [(1.5, -1.5, 0.0), (2, -2, 0)])
def test_a_choice_is_what_it_is_with_all_operands(number: int, calls: tuple[Any, ...]) -> None:
    w = Value(3.0)
    function = CHOICES[number]
    compiled = compile(lambda x: function(x, w))
    for x in calls:
        try:
            expected = function(x, w)
        except Exception as error:
            with pytest.raises(type(error), match=f"^{re.escape(str(error))}$"):
                compiled(x)
        else:
            assert bits(compiled(x)) == bits(expected)


NUMPY: list[Callable[[Any], Any]] = [
    lambda x: np.float64(2.0) * x,
    lambda x: x - np.float64(2.0),
    lambda x: np.float32(0.1) / x,
    lambda x: x ** np.float32(0.1),
    lambda x: np.int64(3) + x,
    lambda x: x // np.int64(3),
    lambda x: np.uint8(3) * x,
    lambda x: np.float64(1.0) < x,
    lambda x: [(np.float64(2.0) * x).imag, (np.float64(2.0) > x).imag],
    lambda x: [np.int64(2) < x, x <= np.float32(1.5), x == np.uint8(3)],
    lambda x: [np.array([1.0, 2.0]) * x, x - np.array([1.0, 2.0])],
]


@pytest.mark.parametrize("number", range(len(NUMPY)))
@pytest.mark.parametrize("calls", [(1.5, 0.5, 3.0), (1, 2, 5)])
def test_a_number_of_numpy_gives_a_number_of_numpy(number: int, calls: tuple[Any, ...]) -> None:
    function = NUMPY[number]
    compiled = compile(function, check=True)
    for x in calls:
        found, expected = compiled(x), function(x)
        assert repr(found) == repr(expected)
        assert type(found) is type(expected)


LOOKS: list[Callable[[Any], Any]] = [
    lambda x: np.maximum(x, 0.5),
    lambda x: np.minimum(x, np.float64(0.5)),
    lambda x: np.fmax(np.float64(0.5), x),
    lambda x: np.expm1(x),
    lambda x: np.hypot(x, 0.5),
    lambda x: np.floor(x),
    lambda x: np.power(x, 0.5),
    lambda x: np.logical_and(x, 0.5),
    lambda x: np.logical_or(0.5, x),
    lambda x: [np.isnan(x), np.isfinite(x), np.signbit(x)],
    lambda x: [np.copysign(1.0, x), np.logaddexp(x, 0.5), np.heaviside(x, 0.5)],
    lambda x: list(np.modf(x)),
    lambda x: np.exp(x, dtype=np.float32),
    lambda x: np.maximum(x, np.array(0.5)),
    lambda x: [np.add(x > 0.5, x > 0.5), np.invert(x > 0.5)],
    lambda x: np.add(x, np.float32(0.1)),
]


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("number", range(len(LOOKS)))
@pytest.mark.parametrize("is_of_numpy", [False, True])
def test_a_function_of_numpys_of_a_number_is_exact(number: int, is_of_numpy: bool) -> None:
    def function(x: Any) -> Any:
        return LOOKS[number](x[0] if is_of_numpy else x)

    compiled = compile(function, check=True, programs=100)
    for x in (1.0, math.nan, -1.5, 0.3, -0.0, math.inf, 1.0):
        given = np.array([x]) if is_of_numpy else x
        found, expected = compiled(given), function(given)
        assert repr(found) == repr(expected)
        assert type(found) is type(expected)


def test_a_function_of_numpys_of_a_whole_number_is_exact() -> None:
    def function(i: Any) -> Any:
        return [np.fmod(i, 2), np.reciprocal(i), np.expm1(i), np.maximum(i, 2.5), np.power(i, 2)]

    compiled = compile(function, check=True)
    for i in (1, 3, 4):
        assert repr(compiled(i)) == repr(function(i))


def test_a_function_of_numpys_of_a_number_is_a_guard() -> None:
    w = Value(2.0)
    greater = compile(lambda x: np.maximum(x, 0.5) * w)
    assert [greater(x).data for x in (1.0, 1.0, 3.0, 1.0)] == [2.0, 2.0, 6.0, 2.0]
    assert len(greater.programs) == 2
    assert "guard" in str(greater.programs[0])
    assert "numpy.maximum() at" in str(greater.programs[0])


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.divide(1.0, x),
        lambda x: np.remainder(3, x),
        lambda x: np.floor_divide(x, x),
        lambda x: np.divide(True, x),
        lambda x: np.sqrt(np.divide(x, 0.0)),
    ],
)
def test_functions_of_numpys_divide_by_zero(function: Any) -> None:
    w = Value(1.0)
    compiled = compile(lambda x: w * float(function(x)), check=True)
    for x in (0.5, 3.0, 0.0, -0.0, math.nan, 2.0):
        assert bits(compiled(x).data) == bits(float(function(x)))


def test_arithmetic_by_functions_of_numpys_is_followed() -> None:
    w = Value(2.0)

    def function(x: Any) -> Any:
        total = np.subtract(np.add(np.multiply(x, 3.0), np.int64(2)), np.negative(x))
        size = np.sqrt(np.square(x)) + np.abs(x) + np.reciprocal(np.float64(2.0) ** x)
        return (np.divide(total, 7.0) + np.remainder(size, 1.5)) * w

    compiled = compile(function, check=True)
    for x in (1.0, 0.3, 2.5, 7.0):
        assert bits(compiled(x)) == bits(function(x))
    assert len(compiled.programs) == 1


ELEMENTS: list[Callable[[Any], Any]] = [
    lambda x: np.array([1.0, 2.0]) * x,
    lambda x: np.subtract(x, [1.0, 2.0]),
    lambda x: np.multiply.outer(np.array([1.0, 2.0]), x),
    lambda x: np.add(np.array([1.0, 2.0]), x, out=np.zeros(2, dtype=object)),
    lambda x: np.exp(np.array([1.0, 2.0]), where=x > 0.0, out=np.zeros(2)),
    lambda x: np.exp(1.0, where=x > 0.0),
    lambda x: np.ma.filled(np.ma.array([1.0, 2.0]) * x),
    lambda x: np.multiply(x, np.array(Value(2.0))),
    lambda x: np.tanh(np.array([Value(2.0)]) * x),
]


def floats(result: Any) -> list[float]:
    """The numbers of a Value, a number, or an array of these."""
    return [x.data if isinstance(x, Value) else float(x) for x in np.ravel(result)]


@pytest.mark.parametrize("function", ELEMENTS)
def test_a_number_beside_an_array_or_a_value_is_followed(function: Callable[[Any], Any]) -> None:
    compiled = compile(function)
    for x in (1.5, 1.5, 0.5, 3.0):
        assert floats(compiled(x)) == floats(function(x))
    assert len(compiled.programs) == 1


def test_a_whole_number_chooses_where_a_function_of_numpys_adds() -> None:
    def counts(i: Any) -> Any:
        count = np.zeros(3)
        np.add.at(count, i, 1.0)
        return count

    compiled = compile(counts)
    for i in (1, 1, 0, 2):
        assert compiled(i).tolist() == counts(i).tolist()


def test_other_numbers_of_numpys_compare_with_a_number() -> None:
    def function(x: Any) -> Any:
        pairs = [(y < x, y >= x, y == x) for y in (np.longdouble(2.0), np.float32(0.5))]
        return [bool(flag) for flags in pairs for flag in flags]

    compiled = compile(function)
    for x in (1.0, 0.5, 2.0, math.nan):
        assert compiled(x) == function(x)


def test_where_on_a_number_is_followed() -> None:
    w = Value(3.0)
    chosen = compile(lambda x: choice(x, w, 1.0).data)
    assert [chosen(x) for x in (1.5, 0.0, math.nan, -0.0)] == [3.0, 1.0, 3.0, 1.0]
    assert len(chosen.programs) == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (3, "compile() takes a function, got an int"),
        (MLP, "compile() takes a function, got the class MLP"),
        (None, None),
    ],
)
def test_what_is_no_function_is_refused(wrong: Any, message: str | None) -> None:
    if message is None:
        assert callable(compile(wrong))  # a decorator
        return
    with pytest.raises(TypeError) as caught:
        compile(wrong)
    assert str(caught.value) == message


def test_what_does_not_return_is_refused() -> None:
    def generator() -> Any:
        yield 1

    async def coroutine() -> Any:
        return 1

    async def both() -> Any:
        yield 1

    for function, kind in [
        (generator, "a generator"),
        (coroutine, "a coroutine"),
        (both, "an asynchronous generator"),
    ]:
        with pytest.raises(TypeError) as caught:
            compile(function)
        name = function.__name__
        assert str(caught.value) == (
            f"compile() takes a function that returns, and {name}() is {kind}"
        )


def test_the_limit_is_a_positive_number() -> None:
    with pytest.raises(
        ValueError, match=r"^programs is the number of programs, at least 1, got 0$"
    ):
        compile(abs, programs=0)


def test_a_compiled_function_is_documented_and_pickled_as_the_function_is() -> None:
    assert named.__doc__ == "Nothing happens to x."
    assert named.__name__ == "named"
    assert pickle.loads(pickle.dumps(named)) is named
    assert copy.deepcopy(named) is named


@compile
def named(x: Any) -> Any:
    """Nothing happens to x."""
    return x


class Model(Module):
    """A parameter, which may be frozen."""

    def __init__(self) -> None:
        self.a = Value(2.0)
        self.frozen = False

    @compile
    def loss(self, x: Any) -> Any:
        """The product of the parameter and x."""
        return (self.a.detach() if self.frozen else self.a) * x


def test_a_method_follows_its_object() -> None:
    first = Model()
    second = copy.deepcopy(first)
    second.a.data = 5.0
    assert [first.loss(1.0).data, second.loss(1.0).data] == [2.0, 5.0]
    assert [first.loss(3.0).data, second.loss(3.0).data] == [6.0, 15.0]
    first.frozen = True
    assert first.loss(3.0).inputs == ()
    first.frozen = False
    assert first.loss(3.0).inputs == (first.a,)


# ── Arguments ─────────────────────────────────────────────────────────────────

Pair = namedtuple("Pair", "x y")


@dataclass
class Sample:
    """A number with a label."""

    x: float
    label: str = "s"


@pytest.mark.parametrize(
    ("function", "arguments", "programs"),
    [
        (lambda x: x * 2, [(1.0,), (2.0,)], 1),
        (lambda x: x * 2, [(1.0,), (2,), (3,), (2.0,), (2**60,)], 3),
        (lambda x: x if x is not None else 1.0, [(1.0,), (None,)], 2),
        (lambda x, how="a": x * len(how), [(1.0,), (2.0, "a"), (2.0, "bc")], 3),
        (lambda xs: sum(xs), [([1.0, 2.0],), ([3.0, 4.0],), ([5.0],), ((1.0, 2.0),)], 3),
        (lambda d: d["x"] * d["y"], [({"x": 1.0, "y": 2.0},), ({"x": 3.0, "y": 4.0},)], 1),
        (lambda p: p.x * p.y, [(Pair(1.0, 2.0),), (Pair(3.0, 4.0),)], 1),
        (lambda s: s.x * 2, [(Sample(1.0),), (Sample(2.0),), (Sample(2.0, "t"),)], 2),
        (lambda flag: 1.0 if flag else 2.0, [(True,), (False,), (True,)], 2),
        (lambda s: sum(s), [({1.0, 2.0},), ({2.0, 1.0},), ({3.0},)], 2),
    ],
)
def test_what_is_among_the_arguments(function: Any, arguments: Any, programs: int) -> None:
    compiled = compile(function, check=True)
    for given in arguments:
        result, expected = compiled(*given), function(*given)
        assert (result, type(result)) == (expected, type(expected))
    assert recordings(compiled) == programs


def test_keywords_are_arguments() -> None:
    scaled = compile(lambda x, scale=1.0: x * scale)
    assert [scaled(2.0), scaled(2.0, scale=3.0), scaled(2.0, scale=4.0)] == [2.0, 6.0, 8.0]
    assert recordings(scaled) == 2


def test_arrays_of_floats_are_inputs() -> None:
    numpy = pytest.importorskip("numpy")
    w = Value(2.0)
    double = compile(lambda x: x * 2)
    total = compile(lambda x: sum(w * each for each in x))
    for x in ([1.0, 2.0], [3.0, 4.0], [5.0, 6.0]):
        array = numpy.array(x)
        assert (double(array) == array * 2).all()
        assert double(array).dtype == float
        assert total(array).data == 2 * sum(x)
    assert (recordings(double), recordings(total)) == (1, 1)


def test_numbers_of_numpy_stay_such() -> None:
    numpy = pytest.importorskip("numpy")
    ratio = compile(lambda x: 1.0 / x[0])
    assert ratio(numpy.array([2.0])) == 0.5
    with numpy.errstate(divide="ignore"):
        assert ratio(numpy.array([0.0])) == math.inf  # of a float, an error
    assert type(ratio(numpy.array([4.0]))) is numpy.float64


def test_arrays_of_whole_numbers_are_a_path_each() -> None:
    numpy = pytest.importorskip("numpy")
    values = numpy.linspace(0.0, 3.0, 10)
    chosen = compile(lambda indices: values[indices].sum())
    for indices in ([1, 2], [3, 4], [1, 2]):
        assert chosen(numpy.array(indices)) == values[indices].sum()
    assert recordings(chosen) == 2


def test_values_among_the_arguments_are_inputs() -> None:
    product = compile(lambda x, y: x * y + x)
    for x, y in [(2.0, 3.0), (4.0, 5.0), (6.0, 7.0)]:
        a, b = Value(x), Value(y) * 1.0
        out = product(a, b)
        out.backward()
        assert (out.data, a.grad, b.grad) == (x * y + x, y + 1.0, x)
    assert recordings(product) == 1


def test_the_same_value_twice_is_another_structure() -> None:
    product = compile(lambda x, y: x * y)
    a, b = Value(2.0), Value(3.0)
    for x, y in [(a, b), (a, a), (b, b), (b, a)]:
        assert product(x, y).data == x.data * y.data
    square = product(b, b)
    square.backward()
    assert b.grad == 6.0
    assert recordings(product) == 2


def test_a_value_may_be_an_argument_and_captured() -> None:
    w, b = Value(2.0), Value(5.0)
    product = compile(lambda x: w * x)
    for x in (b, w, b, w):
        w.grad = b.grad = 0.0
        product(x).backward()
        slopes = (w.grad, b.grad)
        w.grad = b.grad = 0.0
        (w * x).backward()
        assert slopes == (w.grad, b.grad)


# ── An argument that the function finds elsewhere as well ─────────────────────


class Twice:
    """A Value, and a compiled function of it that finds the same Value as an attribute too."""

    def __init__(self, function: Callable[[Any, Any], Any], **options: Any) -> None:
        self.w = Value(0.5, "w")
        self.function = function
        self.compiled: Any = compile(self._counted, **options)
        self._runs = [[0]]  # which is no part of the key

    def _counted(self, x: Any) -> Any:
        self._runs[0][0] += 1
        return self.function(x, self.w)

    @property
    def runs(self) -> int:
        """How often the function itself has run."""
        return self._runs[0][0]


def test_a_write_to_an_argument_is_seen_where_it_is_read_elsewhere() -> None:
    def written(x: Any, w: Any) -> float:
        w.data = 2.0
        return 1.0 / float(x.data)

    f = Twice(written)
    f.w.data = 0.0
    assert (f.compiled(f.w), f.w.data) == (0.5, 2.0)


def test_what_a_given_up_recording_goes_on_with_changes_nothing() -> None:
    w, b = Value(2.0, "w"), Value(1.0, "b")

    def step(v: Value) -> Value:
        b.data = b.data * 0.5
        z = w * b  # w is v
        try:
            z.data * 1.0
        finally:
            z.backward()
        return v * z

    seen = []
    for function in (step, compile(step)):
        w.grad = b.grad = 0.0
        b.data = 1.0
        seen.append((function(w).data, w.grad, b.grad, b.data))
    assert seen[0] == seen[1] == (2.0, 0.5, 2.0, 0.5)


def test_a_loop_over_an_argument_that_is_changed_elsewhere_ends() -> None:
    def counting(x: Any, w: Any) -> float:
        for _ in range(100):
            if x.data >= 3.0:
                return float(x.data)
            w.data += 1.0
        raise TimeoutError

    f = Twice(counting)
    assert f.compiled(f.w) == 3.5


def test_no_error_is_raised_for_the_number_that_an_argument_had_before() -> None:
    def refusing(x: Any, w: Any) -> Any:
        w.data = 5.0
        if x.data < 2.0:
            raise ValueError("small")
        return x.data

    f = Twice(refusing)
    assert f.compiled(f.w) == 5.0


inverse: Any = autograd.Primitive("inverse", lambda x: 1.0 / x, lambda _, out: -out * out)


def test_an_operation_that_fails_at_the_old_number_of_an_argument_does_not_fail() -> None:
    def inverted(x: Any, w: Any) -> Any:
        x.data = 4.0
        return inverse(w)

    f = Twice(inverted)
    f.w.data = 0.0
    assert f.compiled(f.w).data == 0.25


def has_grad_written(w: Any) -> bool:
    w.grad = 0.0
    return bool(w.has_grad)


def passed_back(root: Any, w: Any) -> float:
    root.backward()
    return float(w.grad)


def set_back(w: Any) -> float:
    autograd.zero_grad([w])
    return float(w.grad)


# The ways in which a function may meet a Value that it finds.
MEETINGS: dict[str, Callable[[Any], Any]] = {
    "data": lambda w: w.data,
    "item": lambda w: w.item(),
    "grad": lambda w: w.grad,
    "has_grad": lambda w: w.has_grad,
    "a written grad": has_grad_written,
    "zero_grad": set_back,
    "repr": repr,
    "format": "{:.3f}".format,
    "truth": bool,
    "a comparison": lambda w: w < 1.0,
    "a comparison with it": lambda w: 1.0 == w,
    "its copy": lambda w: w.detach().data,
    "a product of two": lambda w: (w * w).data,
    "a sum with a number": lambda w: (w + 1.0).data,
    "a quotient": lambda w: (1.0 / w).data,
    "a function": lambda w: autograd.exp(w).data,
    "a list": lambda w: autograd.logsumexp([w, 1.0]).data,
    "where": lambda w: where(True, w, 1.0).data,
    "take": lambda w: autograd.take([w, w], 0).data,
    "no_grad": lambda w: no_grad()(lambda: w * w)().data,
    "its gradient": lambda w: passed_back(w * 3.0, w),
    "a pass from it": lambda w: passed_back(w, w),
    "grad()": lambda w: autograd.grad(lambda x: x * w)(2.0),
    "what is returned": lambda w: (w, [w]),
    "a graph": lambda w: autograd.gradients(w * w, [w])[0].data,
    "a compiled function": lambda w: compile(lambda x: (x * w).data)(w),
}


@pytest.mark.parametrize("meeting", MEETINGS)
def test_a_call_is_not_recorded_that_meets_an_argument_elsewhere(meeting: str) -> None:
    met = MEETINGS[meeting]
    f = Twice(lambda x, w: (x.data, met(w), x.grad))
    expected = f.function(f.w, f.w)
    f.w.grad = 0.0
    assert repr(f.compiled(f.w)) == repr(expected)
    assert repr(f.compiled) == "<compiled _counted: 0 programs>"


def test_derivatives_of_a_graph_from_outside_are_by_the_argument_itself() -> None:
    w = Value(3.0)
    square = w * w
    slope = compile(lambda x: autograd.gradients(square, [x])[0].data)
    assert slope(w) == 6.0


def test_an_argument_in_a_container_is_found_elsewhere_too() -> None:
    f = Twice(lambda xs, w: xs["all"][0].data + w.data)
    assert f.compiled({"all": [f.w]}) == 1.0
    assert recordings(f.compiled) == 0


def test_an_argument_that_is_passed_twice_is_found_elsewhere_too() -> None:
    w = Value(0.5)
    total = compile(lambda x, y: x.data + y.data + w.data)
    assert total(w, w) == 1.5
    assert recordings(total) == 0


def test_an_inner_compiled_function_meets_an_argument_of_the_outer_one() -> None:
    w = Value(0.5)
    inner = compile(lambda x: w.data + x.data)

    @compile
    def outer(x: Any) -> float:
        w.data = 2.0
        return float(inner(x))

    assert outer(w) == 4.0
    assert (recordings(outer), recordings(inner)) == (0, 0)
    assert inner(Value(1.0)) == 3.0


def test_what_was_changed_before_an_argument_was_met_is_changed_once() -> None:
    b = Value(1.0)

    @compile
    def stepping(x: Any) -> float:
        b.data += 1.0
        (b * b).backward()
        return float(x.data * w.data)

    w = Value(0.5)
    assert stepping(w) == 0.25
    assert (b.data, b.grad) == (2.0, 4.0)


def test_nobody_follows_once_an_argument_was_met() -> None:
    f = Twice(lambda _, w: w.data)
    f.compiled(f.w)
    assert observer() is None
    assert not switches.followed


def test_the_function_runs_at_most_twice_for_an_argument_that_it_meets_and_then_once() -> None:
    f = Twice(lambda x, w: x.data + w.data)
    f.compiled(f.w)
    assert f.runs == 2
    f.compiled(f.w)
    assert f.runs == 3
    assert f.compiled.repeat(5, f.w) == [1.0] * 5
    assert f.runs == 8


def test_calls_with_other_arguments_are_recorded() -> None:
    f = Twice(lambda x, w: x.data + w.data)
    assert [f.compiled(x) for x in (f.w, Value(1.0), f.w, Value(2.0))] == [1.0, 1.5, 1.0, 2.5]
    assert recordings(f.compiled) == 1


def test_a_call_that_meets_no_argument_is_replayed_though_another_does() -> None:
    w, b = Value(0.5), Value(0.25)
    f = compile(lambda x: (w if x > 1.0 else b).data)
    assert [f(x) for x in (w, w, b, Value(2.0))] == [0.25, 0.25, 0.25, 0.5]


def test_clear_forgets_which_arguments_were_met() -> None:
    f = Twice(lambda x, w: x.data + w.data)
    f.compiled(f.w)
    f.compiled.clear()
    other, f.w = f.w, Value(4.0)
    assert f.compiled(other) == 4.5
    assert recordings(f.compiled) == 1


def test_a_function_that_meets_ever_new_arguments_runs_as_it_is_in_the_end() -> None:
    f = Twice(lambda x, w: x.data + w.data, programs=3)
    kept = [Value(float(i)) for i in range(6)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for i, f.w in enumerate(kept):
            assert f.compiled(f.w) == 2.0 * i
    assert f.runs == 2 + 2 + 2 + 1 + 1 + 1
    assert [str(each.message) for each in caught] == [
        "_counted() has been recorded 3 times and runs as it is from now on; what differs most: a "
        "Value that is an argument and that it reads from outside too"
    ]
    assert caught[0].filename == __file__


def everything_caught(x: Any, w: Any) -> Any:
    try:
        w.data = 2.0
    except:  # noqa: E722
        return -1.0
    return x.data


def an_end_that_returns(x: Any, w: Any) -> Any:
    try:
        w.data = 2.0
    finally:
        return x.data  # noqa: B012


def another_error(x: Any, w: Any) -> Any:
    try:
        w.data = 2.0
    except BaseException:
        raise ValueError from None
    return x.data


@pytest.mark.parametrize("function", [everything_caught, an_end_that_returns, another_error])
def test_no_handler_of_the_function_hides_that_an_argument_was_met(function: Any) -> None:
    f = Twice(function)
    assert f.compiled(f.w) == 2.0


def test_an_error_of_the_function_is_as_ever_after_an_argument_was_met() -> None:
    def dividing(x: Any, w: Any) -> Any:
        return x.data / (w.data - 0.5)

    f = Twice(dividing)
    with pytest.raises(ZeroDivisionError) as caught:
        f.compiled(f.w)
    assert caught.value.__context__ is None


def test_an_interruption_is_not_lost_after_an_argument_was_met() -> None:
    def interrupted(x: Any, w: Any) -> Any:
        try:
            return x.data + w.data
        finally:
            raise KeyboardInterrupt

    f = Twice(interrupted)
    with pytest.raises(KeyboardInterrupt):
        f.compiled(f.w)
    assert f.runs == 1


def test_a_number_that_was_kept_before_an_argument_was_met_is_an_error() -> None:
    kept = []

    def keeping(x: Any, w: Any) -> Any:
        kept.append(x.data)
        return w.data

    f = Twice(keeping)
    with pytest.raises(CompileError, match="keeps a number outside of itself in a list"):
        f.compiled(f.w)


def test_other_threads_call_a_function_while_it_runs_as_it_is_for_an_argument_it_meets() -> None:
    def waiting(x: Any, w: Any) -> Any:
        total = x.data + w.data
        if x is w:
            other = threading.Thread(target=f.compiled, args=(Value(1.0),))
            other.start()
            other.join(10.0)
            assert not other.is_alive()
        return total

    f = Twice(waiting)
    assert f.compiled(f.w) == 1.0
    assert recordings(f.compiled) == 1


def test_an_argument_that_has_taken_the_place_of_what_was_read_is_a_replaced_value() -> None:
    values = [[Value(2.0, "w")]]
    kept, x = values[0][0], Value(3.0)
    product = compile(lambda x: values[0][0].data * x.data, check=True)
    assert product(x) == 6.0
    values[0][0] = x
    with pytest.raises(CompileError, match="reads other Values now"):
        product(x)
    assert (kept.data, product(x)) == (2.0, 9.0)


# ── What is read from outside ─────────────────────────────────────────────────

rate = 0.1


def test_parameters_are_read_at_each_call() -> None:
    model = MLP(2, [3, 1], rng=random.Random(1))
    out = compile(lambda x: model(x))
    for _ in range(3):
        for parameter in model.parameters():
            parameter.data *= 1.5
        assert out([1.0, 2.0]).data == model([1.0, 2.0]).data
    assert recordings(out) == 1


def test_numbers_from_outside_are_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    scaled = compile(lambda x: x * rate)
    for new in (0.1, 0.2, 0.1):
        monkeypatch.setitem(globals(), "rate", new)
        assert scaled(1.0) == new
    assert recordings(scaled) == 2


def test_lists_and_attributes_from_outside_are_part_of_the_key() -> None:
    values, model = [Value(1.0), Value(2.0)], Model()
    total = compile(lambda x: sum(v * x for v in values) * (0.0 if model.frozen else 1.0))
    assert total(2.0).data == 6.0
    values.append(Value(5.0))
    assert total(2.0).data == 16.0
    model.frozen = True
    assert total(2.0).data == 0.0


def test_a_parameter_that_nobody_else_holds_any_more_has_been_replaced() -> None:
    model = MLP(2, [3, 1], rng=random.Random(1))
    out = compile(lambda x: model(x))
    for _ in range(3):
        out([1.0, 2.0])
    model.layers[0].neurons[0].w[0] = Value(9.0)
    assert out([1.0, 2.0]).data == model([1.0, 2.0]).data


def test_a_parameter_has_been_replaced_also_if_an_error_of_a_comparison_is_kept() -> None:
    parameters, fails = [Value(1.0), Value(2.0)], [False]

    def line(x: float) -> Value:
        if fails[0]:
            raise KeyError
        return parameters[0] * x + parameters[1]

    f = compile(line)
    f(1.0)
    fails[0] = True
    with pytest.raises(KeyError) as kept:
        f(1.0)  # which is compared
    fails[0] = False
    parameters[0] = Value(100.0)
    assert f(2.0).data == 202.0
    del kept


def test_a_parameter_has_been_replaced_also_if_other_programs_hold_it() -> None:
    values = [[Value(2.0)], [Value(3.0)]]  # a list of lists: replacing one is not seen
    loss = compile(lambda x: values[0][0] * values[1][0] * sum(x))
    slope = compile(autograd.grad(lambda x: values[0][0] ** 2 * x))
    gone = compile(lambda x: values[1][0] + x)
    for xs in ([1.0], [1.0, 2.0], [3.0], [1.0, 4.0]):
        loss(xs)
        assert gone(xs[0]).data == 3.0 + xs[0]
    assert [slope(1.0), slope(2.0), slope(3.0)] == [4.0] * 3
    del gone
    values[0][0] = Value(5.0)
    assert loss([1.0]).data == 15.0
    assert loss([1.0, 1.0]).data == 30.0
    assert slope(1.0) == 25.0
    values[1][0] = Value(7.0)
    assert [loss([1.0]).data, loss([1.0, 1.0]).data] == [35.0, 70.0]


def test_a_parameter_has_been_replaced_also_if_other_functions_name_it() -> None:
    holder = Scaling()
    w = holder.k
    ws = [[w]]
    of_list = compile(lambda x: ws[0][0].data * x)
    of_name = compile(lambda x: w.data * x)
    of_attribute = compile(lambda x: holder.k.data * x)
    for x in (1.0, 2.0, 3.0):
        assert [f(x) for f in (of_list, of_name, of_attribute)] == [2.0 * x] * 3
    ws[0][0] = holder.k = w = Value(9.0)
    assert [f(1.0) for f in (of_list, of_name, of_attribute)] == [9.0] * 3


def test_a_parameter_that_few_programs_hold_is_told_from_one_that_many_do() -> None:
    shared, own = Value(2.0), [[Value(3.0)]]
    others = [compile(lambda x, k=k: shared * x + k) for k in range(6)]
    both = compile(lambda x: shared * own[0][0] * x)
    for other in others:
        assert [other(1.0).data for _ in range(2)] == [2.0 + others.index(other)] * 2
    assert [both(x).data for x in (1.0, 2.0, 3.0)] == [6.0, 12.0, 18.0]
    assert len(both.programs) == 1
    own[0][0] = Value(5.0)
    assert [both(x).data for x in (1.0, 2.0, 3.0)] == [10.0, 20.0, 30.0]
    del others[1:]
    own[0][0] = Value(7.0)
    assert [both(x).data for x in (1.0, 2.0, 3.0)] == [14.0, 28.0, 42.0]


# ── Results ───────────────────────────────────────────────────────────────────


def test_results_are_in_containers_as_the_function_makes_them() -> None:
    w = Value(2.0, "w")

    def results(x: float) -> Any:
        out = w * x
        out.label = "out"
        flag = x > 1.0
        return [out, {"a": x * 2, "n": None}, ("text", 3), Pair(out, w), flag, Sample(x)]

    compiled = compile(results)
    for x in (1.0, 2.0, 3.0):
        out, plain, constants, pair, flag, sample = compiled(x)
        assert (out.data, out.label, plain) == (2 * x, "out", {"a": 2 * x, "n": None})
        assert (constants, pair.x is out, pair.y is w) == (("text", 3), True, True)
        assert (flag, sample) == (x > 1.0, Sample(x))
    assert recordings(compiled) == 1


def test_each_call_returns_containers_of_its_own() -> None:
    numpy = pytest.importorskip("numpy")
    made = compile(lambda x: ([x], numpy.arange(3)))
    first, second = made(1.0), made(2.0)
    first[0].append(0.0)
    first[1][0] = 9
    assert second[0] == [2.0]
    assert second[1].tolist() == [0, 1, 2]


def test_a_value_from_outside_is_returned_itself() -> None:
    w = Value(2.0)
    compiled = compile(lambda x: (w, x, Value(3.0)))
    x = Value(1.0)
    for _ in range(3):
        out = compiled(x)
        assert out[0] is w
        assert out[1] is x
        assert (out[2].data, out[2].op) == (3.0, None)


def test_without_recording_a_result_is_a_leaf() -> None:
    w = Value(2.0)
    out = compile(lambda x: w * x)
    assert out(1.0).inputs == (w,)
    with no_grad():
        assert [out(x).inputs for x in (1.0, 2.0)] == [(), ()]
    assert out(3.0).inputs == (w,)
    assert recordings(out) == 2


# ── Guards ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("function", "numbers", "programs"),
    [
        (lambda x: 2 * x if x > 0 else -x, (1.0, 2.0, -1.0, 3.0, 0.0), 2),
        (lambda x: x if x == x else 0.0, (1.0, math.nan, 2.0), 2),
        (lambda x: x if x else 5.0, (1.0, 0.0, -0.0, 2.0), 2),
        (lambda x: f"{x:.1f}", (1.0, 2.0, 1.0), 2),
        (lambda x: math.exp(x), (1.0, 2.0, 1.0), 2),
        (lambda x: [5.0, 6.0, 7.0][int(x)], (1.0, 1.5, 0.0), 2),
        (lambda x: {1.0: 3.0}.get(x, 4.0), (1.0, 2.0, 1.0), 2),
        (lambda x: x**0.5, (4.0, -4.0, 9.0, -math.inf, -1.0), 4),
        (lambda x: x**3.0, (4.0, -4.0), 1),
        (lambda x: (-2.0) ** x, (2.0, 0.5), 2),
        (lambda x: round(x), (1.2, 1.3, 2.0), 2),
        (lambda x: isinstance(x, float), (1.0, 2.0), 1),
        (lambda x: (x // 2, x % 2, divmod(x, 3), abs(-x), round(x, 1)), (1.26, -7.5), 1),
        (lambda x: where(x > 1.0, x, 0.0), (0.5, 1.0, 2.0), 1),
        (lambda x: (x > 1.0) * x + (x < 0.0), (0.5, -1.0, 2.0), 1),
        (lambda x: (x > 1.0) + (x < 0.0), (0.5, -1.0, 2.0), 3),
        (lambda x: autograd.max([x, 1.0]), (0.5, -1.0, 2.0), 1),
        (lambda x: max(x, 1.0), (0.5, -1.0, 2.0), 2),
    ],
)
def test_a_look_at_a_number_is_a_guard(function: Any, numbers: Any, programs: int) -> None:
    compiled = compile(function, check=True)
    for x in numbers:
        assert repr(compiled(x)) == repr(function(x))
    assert recordings(compiled) == programs


def test_a_loop_may_depend_on_values() -> None:
    w = Value(2.0)

    def doubled(x: float) -> Any:
        y = w * x
        while y < 50:
            y = y * 2
        return y

    compiled = compile(doubled)
    numbers = (2.0, 9.0, 1.5, 1.0, 30.0, 2.5)
    assert [compiled(x).data for x in numbers] == [doubled(x).data for x in numbers]
    assert recordings(compiled) == 4


def test_data_of_values_is_followed() -> None:
    w = Value(2.0)
    compiled = compile(lambda x: (w * x).data * w + w.item())
    for x in (1.0, 2.0, 3.0):
        w.data, w.grad = x + 1, 0.0
        out = compiled(x)
        out.backward()
        assert (out.data, w.grad) == (w.data * x * w.data + w.data, w.data * x)
    assert recordings(compiled) == 1


def test_an_error_of_the_function_is_an_error_of_a_replay() -> None:
    inverse = compile(lambda x: 1.0 / x)
    assert [inverse(1.0), inverse(2.0), inverse(4.0)] == [1.0, 0.5, 0.25]
    with pytest.raises(ZeroDivisionError, match=r"^float division by zero$"):
        inverse(0.0)
    assert inverse(8.0) == 0.125


def test_after_so_many_programs_the_function_runs_as_it_is() -> None:
    exponential = compile(lambda x: math.exp(x), programs=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [exponential(float(i)) for i in range(3)] == [math.exp(i) for i in range(3)]
    with pytest.warns(CompileWarning) as caught:
        assert exponential(5.0) == math.exp(5.0)
    line = "exponential = compile(lambda x: math.exp(x), programs=3)"
    number = test_after_so_many_programs_the_function_runs_as_it_is.__code__.co_firstlineno + 1
    assert [str(warning.message) for warning in caught] == [
        "<lambda>() has been recorded 3 times and runs as it is from now on; what differs most: "
        f"float() at test_compiled.py:{number}: {line}"
    ]
    assert caught[0].filename == __file__
    assert repr(exponential) == "<compiled <lambda>: 3 programs, runs as it is>"
    assert exponential(6.0) == math.exp(6.0)  # without another warning
    exponential.clear()
    assert repr(exponential) == "<compiled <lambda>: 0 programs>"


class Counter:
    """An object that counts."""

    def __init__(self) -> None:
        self.t = 0

    def step(self, x: Any) -> Any:
        """The product of the count and x."""
        self.t += 1
        return x * self.t


def test_the_warning_names_a_variable_from_outside() -> None:
    n = 0

    def counted(x: Any) -> Any:
        nonlocal n
        n += 1
        return x * n

    counter = Counter()
    for function, variable in [
        (counted, "n"),
        (counter.step, "step.__self__.t"),
        (lambda x: counter.step(x), "counter.t"),
    ]:
        compiled = compile(function, programs=4)
        for _ in range(4):
            compiled(1.0)
        with pytest.warns(CompileWarning) as caught:
            compiled(1.0)
        assert str(caught[0].message).endswith(
            f"what differs most: {variable}, which it reads from outside; pass it as an argument, "
            "or keep it in the data of a Value"
        )


def test_the_warning_names_an_argument() -> None:
    sized = compile(lambda x, text, scale: x * len(text) * scale, programs=2)
    for text in ("a", "ab"):
        sized(2.0, text, scale=1.0)
    with pytest.warns(CompileWarning, match="what differs most: argument 1, which is neither"):
        assert sized(2.0, "abc", scale=1.0) == 6.0


# ── Rows ──────────────────────────────────────────────────────────────────────


def test_map_calls_the_function_for_each_row() -> None:
    w = Value(2.0)
    weighed = compile(lambda xs, y, scale=1.0: sum(w * x for x in xs) * y * scale)
    rows = [[1.0], [1.0, 2.0], [3.0]]
    assert [v.data for v in weighed.map(rows, [1.0, 2.0, 3.0], scale=2.0)] == [4.0, 24.0, 36.0]
    assert recordings(weighed) == 2
    assert weighed.map([], []) == []
    for columns, got in [(([1.0], [1.0, 2.0]), "1, 2"), ((), "no column")]:
        with pytest.raises(ValueError, match=r"^<lambda>.map\(\) takes columns") as caught:
            weighed.map(*columns)
        assert str(caught.value) == f"<lambda>.map() takes columns of equal length, got {got}"


# ── What a replay would not do ────────────────────────────────────────────────


def line(function: Any, text: str) -> str:
    """The place of the line with that text, as errors name it."""
    import inspect

    lines, start = inspect.getsourcelines(function)
    found = next(i for i, source in enumerate(lines) if text in source)
    return f"test_compiled.py:{start + found}: {lines[found].strip()}"


def test_what_cannot_be_recorded_is_an_error() -> None:
    w = Value(2.0)

    def copies(x: Any) -> Any:
        return copy.copy(w) * x

    def knows(x: Any) -> Any:
        return autograd.record(1.0, [w], [1.0]) * x

    def observes(x: Any) -> Any:
        with autograd.detect_anomaly():
            return w * x

    def computes(x: Any) -> Any:
        y = w * x
        y.data = 3.0
        return y

    def looks(x: Any) -> Any:
        return (w * x).local_derivatives

    for function, deed, text in [
        (copies, "copies a Value", "copy.copy"),
        (knows, "calls record()", "record(1.0"),
        (observes, "observes operations, as detect_anomaly() does", "detect_anomaly"),
        (computes, "changes the data of a Value that it has computed", "y.data = "),
        (looks, "reads the local derivatives of a Value", "local_derivatives"),
    ]:
        with pytest.raises(CompileError) as caught:
            compile(function)(1.0)
        assert str(caught.value) == (
            f"{function.__name__}() {deed}, which a replay would not do: do it outside of the "
            f"compiled function; at {line(function, text)}"
        )
    assert (w.data, w.grad) == (2.0, 0.0)


class Keeps(Module):
    """A module that keeps its last output."""

    def __init__(self) -> None:
        self.p = Value(1.0)

    def __call__(self, x: Any) -> Any:
        """Twice the product of the parameter and x."""
        self.last = self.p * x
        return self.last * 2


def test_what_is_kept_outside_is_an_error() -> None:
    w, history = Value(2.0), []

    def keeps_a_value(x: Any) -> Any:
        history.append(w * x)
        return w * x

    def keeps_a_number(x: Any) -> Any:
        history.append((w * x).data)
        return w * x

    cases: list[tuple[Any, str]] = [
        (keeps_a_value, "keeps_a_value() keeps a Value outside of itself in a list"),
        (keeps_a_number, "keeps_a_number() keeps a number outside of itself in a list"),
        (Keeps(), "Keeps() keeps a Value outside of itself in a Keeps"),
    ]
    for function, what in cases:
        history.clear()
        with pytest.raises(CompileError) as caught:
            compile(function)(1.0)
        or_else = ", or keep it in the data of a Value" if "a number" in what else ""
        assert str(caught.value) == (
            f"{what}, which a replay would not do: return it instead{or_else}"
        )


def test_what_a_replay_would_not_make_anew_is_not_returned() -> None:
    w = Value(2.0)
    local = SimpleNamespace

    cases: list[tuple[Any, str]] = [
        (lambda x: deque([w * x]), "a Value in a deque"),
        (lambda x: {x}, "a number in a set"),
        (lambda x: [1.0, local(loss=w * x)], "a Value in a SimpleNamespace"),
        (lambda x: lambda: x + 1.0, "a number in a function"),
        (lambda x: iter([w * x]), "a Value in a list_iterator"),
    ]
    for function, what in cases:
        with pytest.raises(CompileError) as caught:
            compile(function)(1.0)
        assert str(caught.value) == (
            f"<lambda>() returns {what}, which a replay would not make anew: return a list, tuple, "
            "dict or dataclass"
        )
    assert compile(lambda x: (w * x, iter([1])))(3.0)[0].data == 6.0


def test_to_keep_a_value_that_was_passed_is_an_error_too() -> None:
    history: list[Any] = []
    plain = SimpleNamespace()

    def keeps(x: Any) -> Any:
        history.append(x)
        return x * x

    def sets(x: Any) -> Any:
        plain.last = x
        return x

    def keeps_all(xs: Any, i: Any) -> Any:
        plain.last = xs
        return autograd.take(xs, i) * xs[1]

    x, y = Value(3.0), Value(4.0)
    cases: list[tuple[Any, tuple[Any, ...], str]] = [
        (keeps, (x,), "list"),
        (sets, (x,), "SimpleNamespace"),
        (keeps_all, ([x, y], 1), "list"),
    ]
    for function, arguments, holder in cases:
        with pytest.raises(CompileError) as caught:
            compile(function)(*arguments)
        assert str(caught.value) == (
            f"{function.__name__}() keeps a Value outside of itself in a {holder}, which a replay "
            "would not do: return it instead"
        )

    def returns(x: Any) -> Any:
        cycle = [x]
        cycle.append(cycle)  # which the collector alone frees
        return [x, cycle[0] * x]

    same, product = compile(returns)(x)
    assert same is x
    assert product.data == 9.0


def test_a_number_that_was_kept_is_of_no_use_later() -> None:
    history: list[Any] = []

    def keeps(x: Any) -> Any:
        history.append(x)
        return x

    with pytest.raises(CompileError):
        compile(keeps)(1.0)
    with pytest.raises(CompileError) as caught:
        history[0] + 1.0
    assert str(caught.value) == (
        "a number of a call of keeps() is used after it: the function has kept it outside of "
        "itself, which a replay would not do: return it instead"
    )


def test_a_number_that_is_not_a_number_is_no_difference() -> None:
    compiled = compile(lambda x: (complex(x, 1.0), np.float32(x)), check=True)
    assert repr([compiled(math.nan) for _ in range(2)]) == repr(
        [(complex(math.nan, 1.0), np.float32(math.nan))] * 2
    )


def test_the_sign_of_a_part_is_a_difference() -> None:
    assert difference("x", complex(0.0, 1.0), complex(-0.0, 1.0), {}, Indices([])) == (
        "x is 1j replayed, (-0+1j) as it is"
    )


def test_differences_of_containers_say_where() -> None:
    numpy = pytest.importorskip("numpy")
    one, other = Value(1.0), Value(1.0)  # which look alike
    for replayed, result, expected in [
        ({one: 1.0, other: 2.0}, {one: 3.0, other: 2.0}, "r[Value(1.0)] is 1.0 replayed, 3.0"),
        ([1.0, [2.0]], [1.0, [-2.0]], "r[1][0] is 2.0 replayed, -2.0"),
        (numpy.zeros((1, 2)), numpy.ones((1, 2)), "r[(0, 0)] is 0.0 replayed, 1.0"),
        ([1.0], [1.0, 2.0], "r has the parts [0] replayed, [0, 1]"),
        ([1.0], (1.0,), "r is a list replayed, a tuple"),
    ]:
        assert difference("r", replayed, result, {}, Indices([])) == f"{expected} as it is"
        assert difference("r", result, copy.copy(result), {}, Indices([])) is None


def test_a_changed_argument_is_an_error() -> None:
    numpy = pytest.importorskip("numpy")

    def grows(xs: Any) -> Any:
        xs.append(1.0)
        return sum(xs)

    def sets(xs: Any) -> Any:
        xs[0] = 1
        return 1.0

    for function, argument in [
        (grows, [1.0]),
        (sets, [2.0]),
        (sets, {0: 1.0}),
        (sets, numpy.zeros(2)),
        (sets, numpy.zeros(2, dtype=int)),
    ]:
        before = copy.deepcopy(argument)
        with pytest.raises(CompileError) as caught:
            compile(function)(argument)
        assert str(caught.value) == (
            f"{function.__name__}() changes an argument, which a replay would not do: work on a "
            "copy, and return it"
        )
        assert repr(argument) == repr(before)


def test_a_leaf_of_the_call_cannot_be_returned_and_used() -> None:
    def both(x: Any) -> Any:
        leaf = Value(x)
        return leaf * 2, leaf

    with pytest.raises(CompileError) as caught:
        compile(both)(1.0)
    assert str(caught.value) == (
        "both() returns a leaf that it has made and computed with, which no gradient would reach "
        "in a replay: pass the leaf as an argument"
    )


def test_a_recursive_local_function_keeps_nothing() -> None:
    w = Value(2.0)

    def power(x: Any) -> Any:
        def times(n: int) -> Any:
            return w * x if n == 0 else times(n - 1) * x

        return times(3)

    compiled = compile(power)
    assert [compiled(x).data for x in (1.0, 2.0, 3.0)] == [2.0, 32.0, 162.0]


# ── Checks ────────────────────────────────────────────────────────────────────


def test_the_function_runs_at_calls_2_8_32() -> None:
    calls = 0

    def counted(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return x

    # Hidden in a list: a variable would be a part of the key.
    counter: list[Any] = [counted]
    compiled = compile(lambda x: counter[0](x))
    at = []
    for call in range(1, 140):
        before = calls
        compiled(1.0)
        if calls > before:
            at.append(call)
    assert at == [1, 2, 8, 32, 128]


def test_a_constant_that_changes_is_found() -> None:
    generator = random.Random(0)

    def noisy(x: Any) -> Any:
        return x * generator.random()

    compiled = compile(noisy)
    first = compiled(2.0)
    with pytest.raises(CompileError) as caught:
        compiled(2.0)
    rng = random.Random(0)
    a, b, c = rng.random(), rng.random(), rng.random()
    assert first == 2.0 * a
    assert str(caught.value) == (
        f"noisy() does not do again what was recorded: the result is {2 * a!r} replayed, "
        f"{2 * b!r} as it is. The constant {a!r} of the recording is {c!r} now, at "
        f"{line(noisy, 'random()')}. Pass it as an argument, or keep it in the data of a Value."
    )
    assert recordings(compiled) == 0


def test_a_constant_is_named_by_its_own_line_though_an_equal_one_is_elsewhere() -> None:
    found = iter([3.0, 2.0, 2.0])

    def counting(x: Any) -> Any:
        doubled = x * 2.0
        return doubled * next(found)

    compiled = compile(counting)
    compiled(5.0)
    with pytest.raises(CompileError) as caught:
        compiled(5.0)
    assert str(caught.value) == (
        "counting() does not do again what was recorded: the result is 30.0 replayed, 20.0 as it "
        f"is. The constant 3.0 of the recording is 2.0 now, at {line(counting, 'next(found)')}. "
        "Pass it as an argument, or keep it in the data of a Value."
    )


def test_a_replaced_value_is_found() -> None:
    held = [[Value(2.0)]]
    kept = held[0][0]
    compiled = compile(lambda x: held[0][0] * x, check=True)
    assert compiled(1.0).data == 2.0
    held[0][0] = Value(3.0)
    with pytest.raises(CompileError) as caught:
        compiled(1.0)
    assert str(caught.value) == (
        "<lambda>() does not do again what was recorded: the result is 2.0 replayed, 3.0 as it is. "
        "It reads other Values now than when it was recorded: one has been replaced, such as a "
        "parameter. Change the data of Values, or call clear()."
    )
    assert kept.data == 2.0


def test_another_computation_is_found() -> None:
    held = [[1.0]]

    def longer(x: Any) -> Any:
        held[0].append(1.0)
        return x if len(held[0]) < 3 else x * 2 + 1

    compiled = compile(longer)
    assert compiled(1.0) == 1.0
    with pytest.raises(CompileError, match="It computes something else now than when"):
        compiled(1.0)


def test_a_gradient_that_differs_is_found() -> None:
    w, held = Value(2.0), [[True]]
    compiled = compile(lambda x: (w if held[0][0] else w.detach()) * x, check=True)
    compiled(3.0)
    held[0][0] = False
    with pytest.raises(CompileError, match="the gradient of the result reaches a Value replayed"):
        compiled(3.0)
    assert w.grad == 0.0


def test_a_gradient_that_is_missing_is_found() -> None:
    w, held = Value(2.0, label="w"), [[False]]
    compiled = compile(lambda x: [x, (w if held[0][0] else w.data) * x], check=True)
    x = Value(3.0)
    compiled(x)
    held[0][0] = True
    with pytest.raises(CompileError) as caught:
        compiled(x)
    assert str(caught.value) == (
        "<lambda>() does not do again what was recorded: a gradient of the result[1] reaches w as "
        "it is only. It computes something else now than when it was recorded, and has not "
        "branched on a number. Pass what it depends on as an argument, or keep it in the data of a "
        "Value."
    )
    assert w.grad == 0.0


class Scaling:
    """A thing with a parameter."""

    def __init__(self) -> None:
        self.k = Value(2.0, "k")

    def __call__(self, x: Any) -> Any:
        """The product."""
        return self.k * x


def test_a_leaf_that_a_program_of_another_function_holds_is_not_missing() -> None:
    w = Value(3.0)
    inner = compile(lambda thing, x: thing(x))
    outer = compile(lambda x: inner(Scaling(), x) * w, check=True)
    for x in (0.5, 1.5, 2.5):
        outer(x).backward()
    assert w.grad == 9.0


def test_a_leaf_that_the_function_makes_is_not_missing() -> None:
    @partial(compile, check=True)
    def line(x: Any) -> Any:
        two, three = Value(2.0), Value(3.0)
        cycle: list[Any] = [three]
        cycle.append(cycle)
        return two * x + three, two * x

    for number in (1.0, 2.0):
        x = Value(number)
        sum(line(x)).backward()
        assert x.grad == 4.0


class Kept:
    """A Value two objects away, where a replacement is not seen; `held` holds the first one."""

    def __init__(self) -> None:
        self.held = Value(1.0, "first")
        self.values = [[self.held]]

    @property
    def there(self) -> Value:
        """The Value that is there now."""
        return self.values[0][0]

    def replace(self, data: float = 1.0) -> None:
        """Put another Value in the place of that one."""
        self.values[0][0] = Value(data, "second")


def set_data(value: Value, x: float) -> None:
    value.data = x


def set_grad(value: Value, x: float) -> None:
    value.grad = x


def set_grad_back(value: Value, _: float) -> None:
    autograd.zero_grad([value])


@pytest.mark.parametrize("change", [set_data, set_grad, set_grad_back])
def test_a_change_is_found_of_a_value_that_took_the_place_of_a_like_one(change: Any) -> None:
    kept = Kept()
    changing = compile(lambda x: change(kept.there, x), check=True)
    for _ in range(3):
        changing(2.0)
    kept.replace(7.0)
    with pytest.raises(CompileError, match="second is changed by the function only"):
        changing(2.0)


def test_a_change_of_a_value_that_has_come_to_others_is_found() -> None:
    w, values = Value(1.0, "w"), [[[Value(2.0, "first")]]]

    @partial(compile, check=True)
    def decayed() -> Any:
        for value in (w, *values[0][0]):
            value.data *= 0.5
        return w.data

    assert [decayed(), decayed()] == [0.5, 0.25]
    values[0][0].append(Value(4.0, "second"))
    with pytest.raises(CompileError, match="second is changed by the function only"):
        decayed()


def test_another_value_that_is_returned_is_found_though_it_is_equal() -> None:
    kept = Kept()
    found = compile(lambda: [kept.there], check=True)
    assert found()[0] is found()[0] is kept.held
    kept.replace()
    with pytest.raises(CompileError) as caught:
        found()
    assert str(caught.value) == (
        "<lambda>() does not do again what was recorded: the result[0] is first replayed, another "
        "Value as it is. It reads other Values now than when it was recorded: one has been "
        "replaced, such as a parameter. Change the data of Values, or call clear()."
    )


def test_values_that_the_function_makes_and_changes_are_no_difference() -> None:
    w = Value(3.0)
    inner = compile(make_and_change)

    @partial(compile, check=True)
    def made(x: Any) -> Any:
        return make_and_change(x) * w + inner(x)

    for number in (1.0, 2.0, 3.0, 4.0):
        assert made(number).data == (2.0 * number + 1.0) * 4.0


def make_and_change(x: Any) -> Any:
    total, cycle = Value(x), Value(0.0)
    total.data = 2.0 * x
    cycle.data = 1.0
    turning: list[Any] = [cycle]
    turning.append(turning)
    return total.data + cycle.data


def test_a_function_that_is_first_recorded_in_a_comparison_may_change_what_it_makes() -> None:
    inner = compile(make_and_change)
    outer = compile(lambda x: inner(x) + 1.0, check=True)
    assert [outer(1.0), outer(2.0)] == [4.0, 6.0]
    assert recordings(inner) == 1


def test_nothing_is_noted_once_a_comparison_is_over() -> None:
    def failing() -> None:
        assert switches.set_values == []
        raise LookupError

    with pytest.raises(LookupError):
        with_changes(failing)
    assert switches.set_values is None
    w = Value(1.0)
    assert with_changes(lambda: set_data(w, 2.0)) == (None, [w])
    assert switches.set_values is None


def test_what_another_thread_changes_meanwhile_is_no_difference() -> None:
    w, other = Value(1.0), Value(1.0)

    @compile(check=True)
    def product(x: Any) -> Any:
        thread = threading.Thread(target=set_data, args=(other, 2.0))
        thread.start()
        thread.join()
        return w * x

    assert [product(2.0).data for _ in range(3)] == [2.0, 2.0, 2.0]


def test_arithmetic_that_numpy_does_in_its_own_way_is_found_at_once() -> None:
    numpy = pytest.importorskip("numpy")
    sums = compile(lambda x: numpy.exp(x).sum())
    with pytest.raises(CompileError) as caught:
        sums(numpy.linspace(0.0, 3.0, 1000))
    assert str(caught.value).endswith(
        "The recorded operations are the same: the function depends on the kind of its numbers "
        "(isinstance, NumPy's own arithmetic)."
    )


def test_an_operation_that_depends_on_more_than_its_operands_is_found_at_once() -> None:
    rng = random.Random(0)
    noise = autograd.Primitive("noise", lambda x: x + rng.random(), lambda x, out: 1.0)
    with pytest.raises(CompileError) as caught:
        compile(lambda x: noise(Value(x)))(1.0)
    assert str(caught.value) == (
        "<lambda>() does not do again what was recorded: an operation gives another result for the "
        "same numbers."
    )


class Holder:
    """An object that holds another."""

    def __init__(self) -> None:
        self.inner = Counter()


def test_a_number_deeper_than_one_object_is_not_part_of_the_key() -> None:
    outer = Holder()
    compiled = compile(lambda x: x * outer.inner.t)
    assert [compiled(1.0), compiled(1.0)] == [0.0, 0.0]
    outer.inner.t = 3
    assert [compiled(1.0) for _ in range(5)] == [0.0] * 5  # as docs/compiling.md says
    with pytest.raises(CompileError, match=r"The constant 0.0 of the recording is 3.0 now"):
        compiled(1.0)


# ── Threads ───────────────────────────────────────────────────────────────────


def test_threads_compare_functions_of_the_same_values() -> None:
    weights = [Value(0.1 * k) for k in range(30)]
    for weight in weights:
        weight.grad = 1.0
    errors: list[Exception] = []

    def work(start: int) -> None:
        for k in range(6):
            total = compile(lambda x, k=k: sum((w * x + start + k).tanh() for w in weights))
            try:
                total(0.5)
                total(1.0)  # which is compared, with its gradient
            except CompileError as error:
                errors.append(error)

    run_at_once(partial(work, start) for start in range(8))
    assert errors == []
    assert [weight.grad for weight in weights] == [1.0] * 30


def test_an_argument_that_contains_itself_is_an_error_of_pythons() -> None:
    a_list: list[Any] = []
    a_list.append(a_list)
    a_dict: dict[str, Any] = {}
    a_dict["itself"] = a_dict
    for given in (a_list, a_dict):
        with pytest.raises(RecursionError):
            compile(lambda part: Value(1.5) * len(part))(given)


def test_threads_call_at_the_same_time() -> None:
    w = Value(2.0)

    def function(x: float) -> Any:
        return (w * x).exp() / (w * x) if x > 0 else w * x

    compiled = compile(function)
    right: list[bool] = []

    def work(seed: int) -> None:
        rng = random.Random(seed)
        numbers = [rng.gauss(0, 1) for _ in range(40)]
        right.append(all(compiled(x).data == function(x).data for x in numbers))

    run_at_once(partial(work, seed) for seed in range(4))
    assert right == [True] * 4
