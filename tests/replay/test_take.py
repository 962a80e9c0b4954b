"""take() in compiled functions: one program for all indices, and the engine's bits."""

from __future__ import annotations

import functools
import json
import math
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    Value,
    exp,
    gradients,
    logsumexp,
    no_grad,
    softmax,
    take,
    topological_order,
    zero_grad,
)
from autograd import compile as compile  # noqa: A004  # as users import it
from tests.replaying import bits

Made = tuple[Callable[..., Any], list[Value]]


def matrix(rows: int, columns: int, rng: random.Random) -> list[list[Value]]:
    return [[Value(rng.gauss(0.0, 1.0)) for _ in range(columns)] for _ in range(rows)]


def trace(make: Callable[[], Made], calls: Sequence[Any], compiled: bool) -> tuple[Any, int]:
    """All that can be seen of calls, none of which is compared, and the number of programs."""
    function, parameters = make()
    called: Any = compile(function) if compiled else function
    found = []
    for arguments in calls:
        result = called(*arguments)
        found.append(bits([result, [[p.data, p.grad, p.has_grad] for p in parameters]]))
        for program in called._all if compiled else []:
            program.next_check = 10**9
    return found, len(called.programs) if compiled else 0


def programs(make: Callable[[], Made], calls: Sequence[Any]) -> int:
    """The number of programs for these calls, which give what the function itself gives."""
    expected, _ = trace(make, calls, compiled=False)
    found, count = trace(make, calls, compiled=True)
    assert found == expected
    return count


PAIRS = [(i, j) for i in (0, 2, -1, 1, -4) for j in (1, 3, -3, 1)]


def step(loss_of: Callable[..., Value], zero: str = "before") -> Callable[[], Made]:
    """A training step on the loss of four rows of three parameters, and of two indices."""

    def make() -> Made:
        rows = matrix(4, 3, random.Random(1))
        parameters = [w for row in rows for w in row]

        def function(i: Any, j: Any) -> float:
            if zero == "before":
                zero_grad(parameters)
            loss = loss_of(rows, i, j)
            loss.backward()
            for w in parameters:
                w.data -= 0.1 * w.grad
            if zero == "after":
                zero_grad(parameters)
            return loss.data

        return function, parameters

    return make


def softmax_by_hand(scores: Sequence[Value]) -> list[Value]:
    exponentials = [exp(score) for score in scores]
    total = sum(exponentials[1:], exponentials[0])
    return [x / total for x in exponentials]


def product(rows: list[list[Value]], x: Sequence[Value]) -> list[Value]:
    return [sum((w * a for w, a in zip(row, x)), Value(0.0)) for row in rows]


# ── Which entry gets a share ──────────────────────────────────────────────────

FOLLOWED: dict[str, Callable[..., Value]] = {
    "of leaves": lambda w, i, _: w[0][0] * take(w[1], i % 3) + w[0][1],
    "the same twice": lambda w, i, _: take(w, i)[0] * take(w, i)[0] * take(w, i)[1],
    "of two indices": lambda w, i, j: sum(
        ((a * b).tanh() + a for a, b in zip(take(w, i), take(w, j))), Value(0.0)
    ),
    "tied": lambda w, i, _: product(w, take(w, i))[1] * w[2][2],
    "computed": lambda w, i, j: take(w, (2 * i + j) % 4)[1] * take(w, abs(i) // 2 - 1)[1],
    "nested": lambda w, i, j: (
        take([take(w[0], i % 3), take(w[1], j % 3), w[2][0]], j % 3) * w[0][1]
    ),
    "of equal rows": lambda w, i, _: take([w[0][0], w[1][1], w[0][0], w[2][2]], i) * w[0][0],
    "of probabilities": lambda w, i, j: -take(softmax_by_hand(product(w, take(w, i))), j).log(),
    "after a logarithm": lambda w, i, j: (
        logsumexp(product(w, w[i % 1])) - take(product(w, w[0]), j)
    ),
    "cross-entropy": lambda w, i, j: (lambda scores: logsumexp(scores) - take(scores, j))(
        product(w, take(w, i))
    ),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_step_with_indices_is_one_program(name: str) -> None:
    assert programs(step(FOLLOWED[name]), PAIRS) == 1


@pytest.mark.parametrize("zero", ["after", "never"])
def test_gradients_may_be_kept_or_reset_at_the_end(zero: str) -> None:
    assert programs(step(FOLLOWED["of two indices"], zero), PAIRS) == 1


UNLIKE: dict[str, Callable[..., Value]] = {
    # Which score is complete last depends on the index, and so does the order of additions.
    "of the library's softmax": lambda w, _, j: -take(softmax(product(w, w[0])), j).log(),
    "completed last": lambda w, _, j: (lambda scores: -take(scores, j) + logsumexp(scores))(
        product(w, w[0])
    ),
    "of one list twice": lambda w, i, j: (lambda scores: take(scores, i) * take(scores, j))(
        [a * b for a, b in zip(w[0] + w[1][:1], w[2] + w[3])]
    ),
}


@pytest.mark.parametrize("name", UNLIKE)
def test_where_the_order_of_additions_depends_on_an_index_it_is_guarded(name: str) -> None:
    assert programs(step(UNLIKE[name]), PAIRS) > 1


def test_gradients_of_what_may_not_have_been_taken_are_followed() -> None:
    def make() -> Made:
        rows = matrix(4, 3, random.Random(1))

        def function(i: Any) -> Any:
            scores = product(rows, rows[0])
            chances = softmax_by_hand(scores)
            take(chances, i).log().backward()
            return chances[1].grad, scores[2].grad, [chance.grad for chance in chances]

        return function, rows[0]

    assert programs(make, [(0,), (1,), (3,), (1,)]) == 1


def test_whether_a_leaf_has_been_reached_is_known_in_the_call() -> None:
    def make() -> Made:
        w = [Value(1.0), Value(2.0), Value(3.0)]

        def function(i: Any, zero: bool) -> Any:
            if zero:
                zero_grad(w)
            (take(w, i) * 0.0).backward()
            return [1.0 if each.has_grad else 0.0 for each in w]

        return function, w

    assert programs(make, [(0, True), (0, True), (2, False), (2, True), (1, False)]) > 1


@pytest.mark.parametrize("made_here", [False, True])
def test_a_row_whose_gradient_is_set_to_zero_is_reached_by_later_passes_only(
    made_here: bool,
) -> None:
    def make() -> Made:
        w = [Value(1.0), Value(2.0), Value(3.0)]

        def function(i: Any, j: Any, x: float) -> Any:
            rows = [Value(k * x) for k in range(3)] if made_here else w
            (take(rows, i) * 1.0).backward()
            for row in rows:
                row.data *= x
            zero_grad(rows[:2])
            (take(rows, j) * 0.0).backward()
            return [row.has_grad for row in rows] if made_here else None

        return function, w

    count = programs(make, [(0, 1, 2.0), (1, 2, 2.0), (2, 2, 3.0), (2, 0, 2.0), (-1, 1, 0.5)])
    assert made_here or count == 1


def test_data_that_changes_after_a_row_was_taken_is_that_of_the_row() -> None:
    def make() -> Made:
        w = [Value(1.0), Value(2.0), Value(3.0)]

        def function(i: Any, x: float) -> Any:
            row = take(w, i)
            before = row.data
            for each in w:
                each.data = each.data * x
            return before, row.data, (row * 2.0).data

        return function, w

    assert programs(make, [(0, 2.0), (1, 3.0), (-1, 0.5)]) == 1


OPERATIONS: dict[str, Callable[[Value, Value], Any]] = {
    "a product": lambda row, w: row * w,
    "a product from the right": lambda row, w: w * row,
    "with a constant": lambda row, _: 2.0 - row,
    "with itself": lambda row, _: row / row + row,
    "of one": lambda row, _: row.tanh(),
    "of many": lambda row, w: autograd.prod([row, w, row]),
    "a comparison": lambda row, w: (row > 2.0) * w,
    "a choice": lambda row, w: autograd.where(True, row, w),
    "a text": lambda row, _: f"{row} {row!r}",
    "a gradient": lambda row, w: autograd.grad(lambda x: x * row)(w.data),
    "of both": lambda row, w: take([row, w], 1) * take([w, row], 1),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_on_a_row_has_the_data_of_now(name: str) -> None:
    def make() -> Made:
        w = [Value(1.0), Value(2.0), Value(3.0)]

        def function(i: Any, x: float) -> Any:
            row = take([take(w, i), w[0]], i % 2)
            before = OPERATIONS[name](row, w[1])
            for each in w:
                each.data *= x
            after = OPERATIONS[name](row, w[1])
            if isinstance(after, Value):
                after.backward()
            return before, after

        return function, w

    programs(make, [(0, 2.0), (1, 3.0), (-1, 0.5), (1, 2.0)])


LOOKS: dict[str, Callable[[Any], Any]] = {
    "a label": lambda row: row.label,
    "a leaf with its label": lambda row: row.detach(),
    "a text": repr,
    "the inputs": lambda row: (row * 2.0).inputs[0].label,
    "the operands": lambda row: (row * 2.0).operands[0].data,
    "the inputs of what was computed": lambda row: len(row.inputs),
    "the operands of what was computed": lambda row: row.operands,
    "the graph": lambda row: len(topological_order(row + row)),
}


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_at_which_row_was_taken_is_a_guard(name: str) -> None:
    look = LOOKS[name]

    def make() -> Made:
        w = [Value(1.0, "a"), Value(2.0, "b")]
        third = [w[1] * 3.0] if "computed" in name else [Value(4.0, "c")]
        return lambda i: look(take(w + third, i)), w

    assert programs(make, [(0,), (1,), (2,), (1,), (0,)]) == 3


def test_a_label_that_all_rows_have_is_no_look() -> None:
    def make() -> Made:
        w = [Value(1.0, "row"), Value(2.0, "row")]
        return lambda i: [take(w, i).label, take(w, i).detach() * 2.0], w

    assert programs(make, [(0,), (1,), (-1,)]) == 1


def test_a_row_that_was_taken_is_the_row() -> None:
    def make() -> Made:
        w = [Value(1.0), Value(2.0), Value(3.0)]

        def function(i: Any, x: float) -> Any:
            row = take(w, i)
            row.data = x
            row.backward()
            row.grad *= 2.0
            return w.index(row), row.grad, row.has_grad, w[0].grad

        return function, w

    assert programs(make, [(0, 2.0), (1, 3.0), (1, 0.5)]) == 2
    w = [Value(1.0), Value(2.0)]
    chosen = compile(lambda i: take(w, i))
    assert [chosen(i) for i in (0, 1, 0, -1)] == [w[0], w[1], w[0], w[1]]
    assert all(chosen(i) is w[i] for i in (0, 1, 0, -1))


def test_gradients_of_a_value_that_is_returned_are_the_engines() -> None:
    for name in ("tied", "of probabilities", "nested", "of two indices"):
        rows = matrix(4, 3, random.Random(1))
        parameters = [w for row in rows for w in row]
        loss_of = functools.partial(FOLLOWED[name], rows)
        compiled = compile(loss_of)
        found = []
        for called in (loss_of, compiled):
            zero_grad(parameters)
            for i, j in PAIRS[:5]:
                (called(i, j) * parameters[0]).backward()
                for program in compiled._all:
                    program.next_check = 10**9
            found.append(bits([[w.grad, w.has_grad] for w in parameters]))
        assert found[0] == found[1]
        assert len(compiled.programs) == 1


def test_rows_from_outside_that_are_no_leaves_are_guarded() -> None:
    x = Value(2.0)
    rows = [x * 3.0, x * x, x + 1.0]
    chosen = compile(lambda i: take(rows, i) * 2.0)
    for i in (0, 1, 2, 1):
        x.grad = 0.0
        chosen(i).backward()
        slope = x.grad
        x.grad = 0.0
        (rows[i] * 2.0).backward()
        assert x.grad == slope
    assert len(chosen.programs) == 3


def test_derivatives_of_functions_of_indices() -> None:
    def cubes(w: Any, i: Any) -> Any:
        return take(w, i) ** 3 * w[0]

    w = [2.0, 3.0, 5.0]
    calls = [0, 1, 2, -1, 1]
    assert [compile(autograd.grad(cubes))(w, i) for i in calls] == [
        autograd.grad(cubes)(w, i) for i in calls
    ]
    assert [autograd.grad(compile(cubes))(w, i) for i in calls] == [
        autograd.grad(cubes)(w, i) for i in calls
    ]
    with no_grad():
        values = [Value(x) for x in w]
        called = compile(lambda i: cubes(values, i).data)
        assert [called(i) for i in calls] == [cubes(values, i).data for i in calls]
    assert len(called.programs) == 1


def test_derivatives_by_a_row_that_was_taken() -> None:
    w = [Value(1.0), Value(2.0), Value(3.0)]

    def slope(i: Any) -> Any:
        row = take(w, i)
        return gradients(row * row * w[0], row).data

    compiled = compile(slope)
    assert [compiled(i) for i in (0, 1, 2, 1)] == [slope(i) for i in (0, 1, 2, 1)]


# ── Rows ──────────────────────────────────────────────────────────────────────

VALUES = [Value(1.5), Value(-2.0), Value(0.25)]

ROWS: dict[str, tuple[Callable[[Any], Any], int]] = {
    "floats": (lambda i: take([1.5, -0.0, 2.0], i), 1),
    "ints": (lambda i: take([3, 0, 7], i), 1),
    "a transition": (lambda i: take([1, 2, 0], take([1, 2, 0], i)), 1),
    "an array": (lambda i: take(np.array([1.5, -0.0, 2.0]), i), 1),
    "a matrix": (lambda i: take(np.arange(6.0).reshape(3, 2), i), 1),
    "dicts": (lambda i: take([{"w": VALUES[0], "n": k} for k in range(3)], i), 1),
    "tuples": (lambda i: take([(1.0, [VALUES[k].data]) for k in range(3)], i), 1),
    "objects": (lambda i: take(np.array(VALUES, dtype=object), i).data * 2.0, 1),
    "of two kinds": (lambda i: take([1.5, 2, 0.0], i), 4),
    "of unequal lengths": (lambda i: sum(take([[1.0], [1.0, 2.0], []], i)), 4),
    "texts": (lambda i: take(["a", "b", "c"], i), 4),
    "one object": (lambda i: take([VALUES[1]] * 3, i) * 2.0, 1),
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_all_kinds(name: str) -> None:
    function, count = ROWS[name]
    compiled = compile(function, check=True)
    for i in (0, 1, 2, -1):
        result, expected = compiled(i), function(i)
        assert bits(list(map(shown, [result]))) == bits(list(map(shown, [expected])))
        assert isinstance(result, Value) or type(result) is type(expected)
    assert len({p.tape.name for p in compiled.programs}) == 1
    assert len(compiled.programs) == count


def shown(thing: Any) -> Any:
    return [thing.tolist(), str(thing.dtype)] if isinstance(thing, np.ndarray) else thing


# ── Whole numbers ─────────────────────────────────────────────────────────────

ARITHMETIC: list[Callable[[Any, Any], Any]] = [
    lambda i, j: (i + j, i - j, i * j, -i, +i, abs(i), 2 - i, 3 * i),
    lambda i, j: (i // 3, i % 3, divmod(i, -4), 17 // (j * j + 1), i // (j + 9)),
    lambda i, j: (i & j, i | 6, 5 ^ j, ~i, i << 2, i >> 1, i**2, (i * i) ** 3),
    lambda i, j: (i / 3, 5 / (j + 9), round(i), round(i, -1), sum([i, j])),
    lambda i, j: (i * 0.5, 2.0**i, i - 0.5, VALUES[0] * i, i + VALUES[1], VALUES[2] ** j),
    lambda i, j: (i == j, i < j, i >= 2, i != 1.0, i < VALUES[0]),
    lambda i, j: autograd.where(i < j, i * 2.0, VALUES[0]),
    lambda i, _: (autograd.exp(i), Value(i) * 2.0, autograd.sum([i, VALUES[0]])),
]


@pytest.mark.parametrize("number", range(len(ARITHMETIC)))
def test_arithmetic_of_whole_numbers_is_followed(number: int) -> None:
    function = ARITHMETIC[number]
    compiled = compile(function, check=True)
    for i, j in [(3, 4), (-5, 2), (0, -3), (7, 0), (-1, -1)]:
        result, expected = compiled(i, j), function(i, j)
        assert bits(result) == bits(expected)
        assert re.sub(r", op=.*?\)", "", repr(result)) == re.sub(r", op=.*?\)", "", repr(expected))
    assert len(compiled.programs) == 1


def test_zero_times_a_negative_number_is_no_negative_zero() -> None:
    w = Value(1.0)
    product = compile(lambda i, j: (w * (i * j)).data)
    assert [math.copysign(1.0, product(*pair)) for pair in [(1, 2), (0, -3), (-3, 0)]] == [1.0] * 3


def test_whole_numbers_beyond_those_that_are_floats_stay_exact() -> None:
    square = compile(lambda i: i * i + 1, check=True)
    for i in (3, 10**9, 2**60, 94906267, -(2**53), 4):
        assert square(i) == i * i + 1
    power = compile(lambda i, j: i**j, check=True)
    assert [power(2, j) for j in (3, -1, 5, 70)] == [8, 0.5, 32, 2**70]
    shift = compile(lambda i, j: i << j, check=True)
    assert [shift(1, j) for j in (3, 60, 5, 2000)] == [8, 2**60, 32, 2**2000]


def test_an_error_of_whole_numbers_is_that_of_python() -> None:
    ratio = compile(lambda i: 6 / i)
    assert ratio(3) == 2.0
    with pytest.raises(ZeroDivisionError, match=r"^division by zero$"):
        ratio(0)
    assert [ratio(i) for i in (2, 4)] == [3.0, 1.5]
    assert len(ratio.programs) == 1


def test_what_looks_at_a_whole_number_finds_an_int() -> None:
    def looks(i: Any) -> Any:
        return (
            isinstance(i, int),
            f"{i:03d}",
            "ab"[i],
            "ab"[i > 0],
            list(range(i)),
            {1: 2}.get(i),
            [0] * i,
            f"{i.real} {i.imag}",
        )

    compiled = compile(looks, check=True)
    assert [compiled(i) for i in (0, 1, 0)] == [looks(0), looks(1), looks(0)]
    assert len(compiled.programs) == 2


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (lambda i: len(json.dumps([i])), TypeError, "Object of type int is not JSON serializable"),
        (lambda i: np.arange(3.0)[np.array([i])], IndexError, "arrays used as indices"),
    ],
)
def test_what_needs_an_int_of_python_is_an_error_at_the_first_call(
    function: Any, error: Any, message: str
) -> None:
    with pytest.raises(error, match=message):
        compile(function)(1)


# ── Errors ────────────────────────────────────────────────────────────────────


def test_an_index_out_of_range_is_an_error_at_replays_too() -> None:
    w = [Value(float(k)) for k in range(5)]

    @compile
    def step(i: Any) -> float:
        w[0].data = 7.0
        (take(w, i) * 2.0).backward()
        return take(w, i).data

    assert [step(i) for i in (1, 2, 3, -1)] == [1.0, 2.0, 3.0, 4.0]
    for i in (9, -6):
        before = [(each.data, each.grad, each.has_grad) for each in w]
        message = f"take() of 5 rows: index {i} is out of range"
        with pytest.raises(IndexError, match=f"^{re.escape(message)}$"):
            step(i)
        assert [(each.data, each.grad, each.has_grad) for each in w] == before
    assert len(step.programs) == 1


@pytest.mark.parametrize(
    ("i", "message"),
    [
        (1.0, "take() takes a whole number, got 1.0"),
        (True, "take() takes a whole number, got the bool True"),
    ],
)
def test_what_is_no_index_is_named_in_a_compiled_function(i: Any, message: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        compile(lambda i: take([1.0, 2.0], i))(i)
    with pytest.raises(TypeError, match=r"^take\(\) takes a whole number, got the bool True$"):
        compile(lambda x: take([1.0, 2.0], x > 0.5))(1.0)


def test_a_program_shows_what_an_index_takes() -> None:
    w = [Value(1.0, "a"), Value(2.0, "b")]

    @compile
    def step(i: Any) -> float:
        zero_grad(w)
        (take(w, i) * 3.0).backward()
        return w[0].grad

    step(0)
    text = str(step.programs[0])
    assert re.search(r"v(\d+) = eq\(v\d+, 0\.0\)", text)
    assert re.search(r"v\d+ = 0\.0 \+ \(3\.0 if v\d+\)", text)
    assert "take() of an index out of range at test_take.py" in text


def test_a_derivative_within_a_call_is_that_of_the_row_that_is_chosen() -> None:
    rows = [Value(0.5), Value(-2.0), Value(1.3)]

    def sloped(x: float, i: int) -> Any:
        row = take(rows, i)
        return autograd.grad(lambda a, b: autograd.remainder(a, b) * b)(x, row)

    compiled = autograd.compile(sloped)
    for i in (1, 1, 0, 2, -1):
        assert compiled(0.7, i).data == sloped(0.7, i).data == rows[i].data
