"""What goes wrong elsewhere when functions are recorded, and what becomes of it here."""

from __future__ import annotations

import math
import random
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import autograd
from autograd import CompileError, CompileWarning, Value
from autograd import compile as compile  # noqa: A004  # as users import it
from nn import MLP, Module


def test_a_nan_takes_the_branch_that_it_takes() -> None:
    w = Value(2.0)
    compiled = compile(lambda x: w * x if x < 1 else w)
    assert [compiled(x).data for x in (0.5, math.nan, 3.0, -1.0)] == [1.0, 2.0, 2.0, -2.0]
    assert len(compiled.programs) == 2


def test_the_builtin_max_of_numbers_in_ever_new_orders_ends_in_a_warning() -> None:
    w = Value(2.0)
    rng = random.Random(0)
    rows = [[rng.random() for _ in range(6)] for _ in range(40)]

    def greatest(xs: Any) -> Any:
        return max((w * x).data for x in xs) * w

    compiled = compile(greatest, programs=8)
    with pytest.warns(CompileWarning, match=r"truth at test_hazards.py:\d+: return max\(\(w"):
        assert [compiled(row).data for row in rows] == [4.0 * max(row) for row in rows]
    followed = compile(lambda xs: autograd.max([(w * x).data for x in xs]) * w)
    assert [followed(row).data for row in rows] == [4.0 * max(row) for row in rows]
    assert len(followed.programs) == 1


def test_a_whole_number_is_a_path() -> None:
    values = [Value(float(k)) for k in range(5)]
    functions: list[Any] = [
        lambda i: values[i] * 2.0,
        lambda i: sum((values[k] for k in range(i)), Value(0.0)),
        lambda i: {1: values[1], 2: values[2]}.get(i, values[0]) * i,
        lambda i: values[1] * len(f"{i}"),
        lambda i: values[2] * max(i, 3) * [10, 20, 30, 40, 50][i],
    ]
    for function in functions:
        compiled = compile(function, check=True)
        assert [compiled(i).data for i in (1, 2, 4, 1)] == [function(i).data for i in (1, 2, 4, 1)]
        assert len(compiled.programs) == 3


def test_a_generator_that_is_made_anew_gives_the_same_numbers() -> None:
    compiled = compile(lambda x: x * random.Random(3).random())
    assert [compiled(x) for x in (1.0, 2.0, 3.0)] == [
        x * random.Random(3).random() for x in (1.0, 2.0, 3.0)
    ]


def test_a_count_in_a_list_is_found_at_the_second_call() -> None:
    w, n = Value(2.0), [0]

    def counted(x: Any) -> Any:
        n[0] += 1
        return w * x + n[0]

    compiled = compile(counted)
    assert compiled(1.0).data == 3.0
    with pytest.raises(CompileError, match=r"The constant 1.0 of the recording is 3.0 now"):
        compiled(1.0)


def test_a_count_that_no_result_depends_on_is_not_found() -> None:
    w, calls = Value(2.0), [0]

    def counted(x: Any) -> Any:
        calls[0] += 1
        return w * x

    compiled = compile(counted)
    for _ in range(20):
        compiled(1.0)
    assert calls == [3]  # recorded, and compared at calls 2 and 8


class Outer:
    """An object with a number one object away."""

    def __init__(self) -> None:
        self.inner: Any = type("Inner", (), {})()
        self.inner.rate = 0.5


def test_a_number_two_objects_away_is_found_at_the_next_comparison() -> None:
    for check, wrong in [(False, 20), (True, 0)]:
        held = [Outer()]
        compiled = compile(lambda x, held=held: x * held[0].inner.rate, check=check)
        assert [compiled(1.0) for _ in range(11)] == [0.5] * 11
        held[0].inner.rate = 3.0
        assert [compiled(1.0) for _ in range(wrong)] == [0.5] * wrong
        with pytest.raises(CompileError, match=r"The constant 0.5 of the recording is 3.0 now"):
            compiled(1.0)


def test_moments_as_floats_in_a_list_are_an_error_and_parameters_stay() -> None:
    w = Value(2.0)
    moments = [0.0]

    def smoothed(x: Any) -> Any:
        moments[0] = 0.9 * moments[0] + 0.1 * (w * x).data
        return w * moments[0]

    with pytest.raises(CompileError, match=r"^smoothed\(\) keeps a number outside of itself in a"):
        compile(smoothed)(1.0)
    assert w.data == 2.0


def test_a_gradient_goes_through_a_value_computed_outside() -> None:
    w = Value(2.0)
    outer = w * 3
    compiled = compile(lambda x: outer * x)
    for x in (1.0, 2.0, 3.0):
        w.grad = 0.0
        compiled(x).backward()
        assert (outer.grad, w.grad) == (x, 3 * x)


def test_an_exception_on_one_path_is_raised_again() -> None:
    w = Value(2.0)
    compiled: Any = compile(lambda x: w * x if x < 5 else int("no"))
    assert [compiled(x).data for x in (1.0, 2.0)] == [2.0, 4.0]
    for _ in range(3):
        with pytest.raises(ValueError, match=r"^invalid literal"):
            compiled(9.0)
    assert compiled(3.0).data == 6.0
    assert len(compiled.programs) == 1


class RefusedError(Exception):
    """An error with a number in an attribute."""

    def __init__(self, number: float) -> None:
        super().__init__("refused")
        self.number = number


def test_an_exception_has_numbers_and_not_what_stands_for_them() -> None:
    def refuse(x: Any) -> Any:
        try:
            return {1.0: 2.0}[x]
        except KeyError:
            raise RefusedError(x) from None

    for x in (3.0, 3):
        with pytest.raises(RefusedError) as caught:
            compile(refuse)(x)
        found = (caught.value.number, caught.value.__context__)
        assert repr(found) == f"({x!r}, KeyError({x!r}))"


def test_a_value_of_another_thread_is_an_error() -> None:
    w = Value(2.0)

    def apart(x: Any) -> Any:
        with ThreadPoolExecutor(1) as threads:
            return threads.submit(lambda: w * w).result() * x

    with pytest.raises(CompileError, match=r"^apart\(\) reads Value\(4.0, op=multiply\), which"):
        compile(apart)(1.0)


def test_a_neuron_that_was_removed_is_found() -> None:
    model = MLP(2, [3, 1], rng=random.Random(1))
    compiled = compile(lambda x: model(x))
    for _ in range(3):
        compiled([1.0, 2.0])
    model.layers[0].neurons.pop()
    with pytest.raises(ValueError, match=r"takes 3|got 2"):
        compiled([1.0, 2.0])
    with pytest.raises(ValueError, match=r"takes 3|got 2"):
        model([1.0, 2.0])


def test_a_state_that_is_loaded_is_followed() -> None:
    model, other = (MLP(2, [3, 1], rng=random.Random(seed)) for seed in (1, 2))
    compiled = compile(lambda x: model(x))
    compiled([1.0, 2.0])
    model.load_state_dict(other.state_dict())
    assert compiled([1.0, 2.0]).data == other([1.0, 2.0]).data


class Scaled(Module):
    """A module with a mode."""

    def __init__(self) -> None:
        self.p = Value(2.0)

    def __call__(self, x: Any) -> Any:
        """The product, twice as large in training."""
        return self.p * x * (2.0 if self.training else 1.0)


def test_the_mode_of_a_model_is_part_of_the_key() -> None:
    model = Scaled()
    for compiled in (compile(lambda x: model(x)), compile(model)):
        assert compiled(1.0).data == 4.0
        model.eval()
        assert compiled(1.0).data == 2.0
        model.train()
        assert [compiled(x).data for x in (1.0, 2.0)] == [4.0, 8.0]


def test_a_mask_as_an_argument_is_followed() -> None:
    weights = [Value(float(i + 1)) for i in range(4)]
    compiled = compile(lambda mask: sum(w * m for w, m in zip(weights, mask)))
    rng = random.Random(0)
    for _ in range(10):
        mask = [float(rng.random() < 0.5) for _ in weights]
        assert compiled(mask).data == sum(w.data * m for w, m in zip(weights, mask))
    assert len(compiled.programs) == 1


def test_an_iterator_is_gone_through_once() -> None:
    w = Value(2.0)
    compiled = compile(lambda xs: sum(w * x for x in xs), check=True)
    for _ in range(3):
        assert compiled(x for x in (1.0, 2.0)).data == 6.0
    assert len(compiled.programs) == 0


def test_fresh_objects_are_a_program_each() -> None:
    class Point:
        def __init__(self, x: float) -> None:
            self.x = x

    compiled = compile(lambda point: point.x * 2.0, programs=4)
    assert [compiled(Point(float(i))) for i in range(4)] == [0.0, 2.0, 4.0, 6.0]
    with pytest.warns(CompileWarning, match="what differs most: argument 0"):
        assert compiled(Point(5.0)) == 10.0


def test_a_rate_that_changes_at_each_call_ends_in_a_warning_and_is_right() -> None:
    settings = type("Settings", (), {})()
    settings.rate = 0.0
    compiled = compile(lambda x: x * settings.rate)
    results = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for i in range(40):
            settings.rate = float(i)
            results.append(compiled(2.0))
    assert results == [2.0 * i for i in range(40)]
    assert [str(warning.message) for warning in caught] == [
        "<lambda>() has been recorded 32 times and runs as it is from now on; what differs most: "
        "settings.rate, which it reads from outside; pass it as an argument, or keep it in the "
        "data of a Value"
    ]


def test_an_error_of_an_operation_of_ones_own_that_is_caught_is_a_guard() -> None:
    def positive(x: float) -> float:
        if x < 0:
            raise ValueError("negative")
        return x

    careful = autograd.Primitive("careful", positive, lambda x, out: 1.0)
    w = Value(2.0)

    def function(x: Any) -> Any:
        try:
            return careful(w * x)
        except ValueError:
            return w * 100.0

    compiled = compile(function)
    for x in (-1.0, -2.0, 1.0, -1.0, 2.0):
        assert compiled(x).data == function(x).data
