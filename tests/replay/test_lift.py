"""What `lift` makes of a tape gives the bits that the engine gives."""

from __future__ import annotations

import operator
import random
import re
import time
import unicodedata
from array import array
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Primitive, Value, relu, sigmoid, tanh, where
from autograd.engine import table
from autograd.replay.bound import Links, ListBound, Part
from autograd.replay.lift import Replay, lift
from autograd.replay.lists import ListMachine
from autograd.replay.machine import native_machine
from autograd.replay.program import Program
from autograd.replay.tape import Tape
from tests.replay.graphs import bits, choice, difference, eager, graph, numbers, replayed, tape_of

MACHINES = [ListMachine, *([native_machine] if autograd.__compiled__ else [])]


@pytest.fixture(params=MACHINES, ids=lambda made: made.__name__)
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Each machine in turn, as that which `lift` takes."""
    monkeypatch.setattr("autograd.replay.lift.machine", request.param)
    return request.param


@pytest.mark.parametrize("first", range(0, 150, 50))
@pytest.mark.usefixtures("either")
def test_random_graphs_are_replayed_bit_for_bit(first: int) -> None:
    found = [difference(seed) for seed in range(first, first + 50)]
    assert [text for text in found if text is not None] == []


@pytest.mark.usefixtures("either")
def test_a_run_stays_as_it_was_after_others() -> None:
    x = Value(3.0)
    replay = lift(tape_of(x * x * x, [x]))
    first, second = replay.run([3.0]), replay.run([2.0])
    assert first is not None
    assert second is not None
    for _ in range(2):
        assert first.add_shares(0, 1.0, [0.0]) == [27.0]
        assert second.add_shares(0, 2.0, [0.5]) == [24.5]
    assert (first.outputs, second.outputs) == ([27.0], [8.0])


def test_shares_are_added_one_after_the_other_to_the_sum_so_far() -> None:
    x = Value(1.0)
    run = lift(tape_of(x * 1e16 + x * -1e16 + x * 3.0, [x])).run([1.0])
    assert run is not None
    assert run.add_shares(0, 1.0, [1.0]) == [((1.0 + 3.0) + 1e16) - 1e16]


@pytest.mark.usefixtures("either")
def test_shares_are_added_to_the_gradients_of_values() -> None:
    x, y = Value(3.0), Value(2.0)
    run = lift(tape_of(x * y * y, [x, y])).run([3.0, 2.0])
    assert run is not None
    x.grad, y.grad = 0.5, 1.0
    run.add_to(0, 2.0, [[x, y][leaf] for leaf in run.reached(0)])
    assert (x.grad, y.grad) == (8.5, 25.0)


@pytest.mark.usefixtures("either")
def test_an_error_leaves_every_gradient_as_it_was() -> None:
    answer: list[Any] = [1.0]
    odd = Primitive("odd", lambda x: x, lambda x, out: answer[0])
    x, y = Value(3.0), Value(2.0)
    run = lift(tape_of(odd(x) * y, [x, y])).run([3.0, 2.0])
    assert run is not None
    answer[0] = "one"
    with pytest.raises(TypeError, match=r"^odd\(\) or a derivative rule of it: "):
        run.add_to(0, 1.0, [[x, y][leaf] for leaf in run.reached(0)])
    assert (x.grad, y.grad) == (0.0, 0.0)


def test_leaves_are_reached_in_the_order_of_their_last_shares() -> None:
    x, y, z = Value(1.0), Value(2.0), Value(3.0)
    run = lift(tape_of((x * y) * (x + 1.0), [x, y, z])).run([1.0, 2.0, 3.0])
    assert run is not None
    assert run.reached(0) == [0, 1]  # the sum is completed last, and goes first
    other = lift(tape_of((x + 1.0) * (x * y), [x, y, z])).run([1.0, 2.0, 3.0])
    assert other is not None
    assert other.reached(0) == [1, 0]


@pytest.mark.usefixtures("either")
def test_each_root_has_gradients_of_its_own() -> None:
    tape = Tape("both")
    x = tape.input(2.0)
    square = tape.row(table.multiply, (x, x), (0, 1), 4.0)
    cube = tape.row(table.multiply, (square, x), (0, 1), 8.0)
    tape.leaves, tape.outputs, tape.roots = [x], [square, cube], [0, 1]
    run = lift(tape).run([3.0])
    assert run is not None
    assert run.outputs == [9.0, 27.0]
    assert run.add_shares(1, 1.0, [0.0]) == [27.0]
    assert run.add_shares(0, 1.0, [0.0]) == [6.0]


# ── Choices and guards ────────────────────────────────────────────────────────


@pytest.mark.parametrize(("x", "value", "slope"), [(3.0, 27.0, 27.0), (0.5, -0.25, -1.0)])
@pytest.mark.usefixtures("either")
def test_a_gradient_goes_the_way_that_a_choice_takes(x: float, value: float, slope: float) -> None:
    run = lift(choice()).run([x])
    assert run is not None
    assert (run.outputs, run.add_shares(0, 1.0, [0.0])) == ([value], [slope])


def guarded(seen: list[float]) -> Tape:
    """The tape of a look at x, which was 2, between two calls of a function."""

    def noted(x: float) -> float:
        seen.append(x)
        return x

    tape = Tape("guarded")
    x = tape.input(2.0)
    tape.row(noted, (x,), (), 2.0)
    tape.guard(x, "truth", "train.py:43: if x > 0")
    tape.row(noted, (x,), (), 2.0)
    tape.outputs = [x]
    return tape


@pytest.mark.usefixtures("either")
def test_a_guard_ends_a_run_before_what_follows_it() -> None:
    seen: list[float] = []
    replay = lift(guarded(seen))
    assert replay.run([2.5]) is None
    assert seen == [2.5]
    run = replay.run([2.0])
    assert run is not None
    assert (run.outputs, seen) == ([2.0], [2.5, 2.0, 2.0])


@pytest.mark.parametrize("made", MACHINES)
@pytest.mark.parametrize(
    ("recorded", "given", "holds"),
    [
        (0.0, -0.0, False),
        (-0.0, -0.0, True),
        (float("nan"), -float("nan"), True),
        (float("nan"), 0.0, False),
        (float("inf"), float("inf"), True),
    ],
)
def test_a_guard_compares_bits(made: Any, recorded: float, given: float, holds: bool) -> None:
    tape = Tape("guarded")
    tape.guard(tape.input(recorded), "text", "")
    tape.outputs = [0]
    run = lift_on(made, tape).run([given])
    assert (run is not None) is holds


def lift_on(made: Any, tape: Tape) -> Replay:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograd.replay.lift.machine", made)
        return lift(tape)


# ── Operations of the user's ──────────────────────────────────────────────────


@pytest.mark.usefixtures("either")
def test_an_error_of_a_function_comes_through() -> None:
    tape = Tape("ratio")
    x = tape.input(2.0)
    tape.row(operator.truediv, (tape.constant(1.0, ""), x), (), 0.5)  # of no further use
    tape.outputs = [x]
    replay = lift(tape)
    with pytest.raises(ZeroDivisionError):
        replay.run([0.0])
    run = replay.run([4.0])
    assert run is not None
    assert run.outputs == [4.0]


@pytest.mark.usefixtures("either")
def test_operations_of_the_users_are_called() -> None:
    def slope(x: Any, _: Any) -> Any:
        return 3.0 * x * x if x > 0 else 0.0  # it branches, so it cannot be traced

    cube = Primitive("cube", lambda x: x**3, slope)
    x = Value(2.0)
    replay = lift(tape_of(cube(x) * x, [x]))
    for number in (2.0, -3.0, 0.5):
        leaf = Value(number)
        expected = eager(cube(leaf) * leaf, [leaf], 1.5)
        assert replayed(replay, [number], 1.5, [0.0]) == expected


@pytest.mark.usefixtures("either")
def test_what_a_users_operation_returns_is_checked() -> None:
    answer: list[Any] = [1.0]
    odd = Primitive("odd", lambda x: answer[0], lambda x, out: 1.0)
    x = Value(2.0)
    replay = lift(tape_of(odd(x), [x]))
    answer[0] = "one"
    with pytest.raises(TypeError, match=r"^odd\(\) or a derivative rule of it: "):
        replay.run([2.0])


@pytest.mark.usefixtures("either")
def test_threads_may_use_the_same_run() -> None:
    def slow(x: float) -> float:
        time.sleep(0.0001)  # another thread has its turn
        return x * 2.0

    double = Primitive("double", slow, lambda x, out: slow(1.0))
    x = Value(3.0)
    run = lift(tape_of(double(x) * x, [x])).run([3.0])
    assert run is not None

    def totals(seed: float) -> list[list[float]]:
        return [run.add_shares(0, seed, [0.0]) for _ in range(20)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(totals, [1.0, 2.0, 3.0, 4.0]))
    assert found == [[[12.0 * seed]] * 20 for seed in (1.0, 2.0, 3.0, 4.0)]


# ── Python ────────────────────────────────────────────────────────────────────


def test_the_source_of_a_program_gives_the_same_bits() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        leaves = [Value(x, "xy"[i]) for i, x in enumerate(numbers(rng, 2))]
        root = graph(rng, leaves, 15)
        if root.op is not None:
            replay = lift(tape_of(root, leaves))
            scope: dict[str, Any] = {}
            exec(replay.source(), scope)
            point = [leaf.data for leaf in leaves]
            run = replay.run(point)
            assert run is not None
            values, sums = scope["program"](point, 0.75)
            assert bits(values) == bits([root.data])
            expected = run.add_shares(0, 0.75, [0.0] * len(sums))
            assert bits(sums) == bits(expected)


@pytest.mark.parametrize(
    ("function", "argument"),
    [
        (lambda i: i % 3 + i // 3, 7),
        (lambda i: sum(divmod(i, 3)), 7),
        (lambda i: (i << 2) + (i & 6) + (~i ^ 3), 37),
        (lambda i: (i * 5 + 1) ** 2 + abs(-i) + (+i), 3),
        (lambda i: round(i, -1), 37),
        (lambda x: round(x, 2) + round(x), 1.2375),
        (lambda x: x % 3.0 + x // 2.0 + (x > 2.0), 7.5),
        (lambda x: x % 2 + x**3 + round(x, 1), np.float64(7.53)),
    ],
)
def test_the_source_has_functions_of_whole_numbers_and_of_numpys(
    function: Any, argument: Any
) -> None:
    w = Value(3.0, "w")
    compiled = autograd.compile(lambda given: w * function(given))
    result = compiled(argument)
    (replay,) = compiled.programs
    scope: dict[str, Any] = {}
    exec(replay.source(), scope)
    given = [replay.tape.data[entry] for entry in replay.tape.inputs]
    assert bits(scope["program"](given)[0]) == bits([result.data])


def test_labels_that_are_one_name_in_python_are_none_in_the_source() -> None:
    x, y = Value(2.0, "fi"), Value(5.0, "\N{LATIN SMALL LIGATURE FI}")
    assert "fi" == unicodedata.normalize("NFKC", y.label)
    compiled = autograd.compile(lambda: x - y)
    result = compiled()
    scope: dict[str, Any] = {}
    exec(compiled.programs[0].source(), scope)
    assert scope["program"]([2.0, 5.0])[0] == [result.data] == [-3.0]


W, B, U = Value(2.0, "w"), Value(-1.0, "b"), Value(0.5, "u")

# Functions, and on which choices the gradients of each result depend.
CHOOSING: list[tuple[Any, list[Any]]] = [
    (lambda x, y: where(x > y, W * x, B * y) ** 2, [lambda x, y: x > y]),
    (  # one within another
        lambda x, y: where(x > y, where(x > 2.0, W * x, U * y), B * y) * W,
        [lambda x, y: (x > y, x > y and x > 2.0)],
    ),
    (
        lambda x, y: where(x > y, W * x, U) + where(x > 2.0, B, tanh(U) * y),
        [lambda x, y: (x > y, x > 2.0)],
    ),
    (lambda x, y: where(x > y, W * x, y), [lambda x, y: x > y]),  # there are none if it is y
    (
        lambda x, y: [where(x > y, W * x, B * y), where(x > 2.0, W, B) ** 3, tanh(W * B)],
        [lambda x, y: x > y, lambda x, y: x > 2.0, lambda x, y: ()],
    ),
    (
        lambda x, y: [tanh(W * x), sum([relu(U * y), sigmoid(B)]), x + y, tanh(B) * sigmoid(W)],
        [lambda x, y: ()] * 3,
    ),
    (lambda x, y: [W, W * x, x + y, x * W], [lambda x, y: ()] * 2),
]
POINTS = [(1.0, 3.0), (3.0, 1.0), (2.5, 2.75), (1.5, 0.25)]


@pytest.mark.parametrize(("function", "ways"), CHOOSING)
@pytest.mark.parametrize("recorded", POINTS)
def test_the_source_has_the_gradients_of_each_result_or_says_that_choices_go_another_way(
    function: Any, ways: list[Any], recorded: tuple[float, float]
) -> None:
    compiled = autograd.compile(function)
    compiled(*recorded)
    (replay,) = compiled.programs
    scope: dict[str, Any] = {}
    exec(replay.source(), scope)
    names = ["program", *[f"program_{place + 1}" for place in replay.tape.roots[1:]]]
    assert [name for name in scope if name.startswith("program")] == names
    assert len(names) == len(ways)
    further = [replay.tape.data[entry] for entry in replay.tape.inputs[2:]]
    message = r"^where\(\) goes another way: these are the gradients where v\d+ [!=]= 0\.0$"
    for point in POINTS:
        given = [*point, *further]
        run = replay.run(given)
        for root, (name, way) in enumerate(zip(names, ways)):
            sums = [0.125] * len(run.reached(root))
            if way(*point) != way(*recorded):
                with pytest.raises(AssertionError, match=message):
                    scope[name](given, 0.75, sums)
            else:
                values, gradients = scope[name](given, 0.75, sums)
                assert bits(values) == bits(run.outputs)
                assert bits(gradients) == bits(run.add_shares(root, 0.75, sums))


def test_a_program_prints_the_gradients_of_each_result_and_the_way_of_choices() -> None:
    compiled = autograd.compile(lambda x, y: [where(x > y, W * x, B * y), tanh(W)])
    compiled(1.0, 3.0)
    lines = str(compiled.programs[0]).splitlines()
    assert " terms made of them for result 1 in " in lines[0]
    assert lines[1:] == SEVERAL
    many = autograd.compile(lambda: [W * float(k) for k in range(40)])
    many()
    text = str(many.programs[0])
    assert text.count("gradients of result ") == 10
    assert text.endswith("\n... gradients of 30 more results ...")


SEVERAL = """\
values:
     1  v1 = gt(x1, x2)
     2  v2 = w * x1
     3  v3 = b * x2
     4  v4 = choose(v1, v2, v3)
     5  v5 = tanh(w)
        return v4, v5, v1
gradients of result 1:
        where v1 == 0.0
     6  v6 = 0.0 + seed
     7  v7 = sum1 + x2 * v6  # 1 product; 1 addition
        return v7
gradients of result 2:
     6  v6 = tanh_slope(w)
     7  v7 = sum1 + v6 * seed  # 1 product; 1 addition
        return v7""".splitlines()


def test_a_label_is_that_of_what_a_value_is_before_a_step() -> None:
    q = Value(1.0, "q")

    @autograd.compile
    def step(x: float) -> None:
        (q * x).backward()
        q.data -= 0.1 * q.grad
        q.data *= x
        q.grad = 0.0

    step(2.0)
    text = str(step.programs[0])
    assert re.search(r"v\d+ = q \+ -0\.1 \* v\d+  #", text)
    assert "[x1, q, x3] = inputs" in step.programs[0].source()


def test_a_constant_is_shown_with_the_lines_of_what_it_is_made_of() -> None:
    w, b = Value(2.0, "w"), Value(-1.0, "b")

    def printed(function: Any) -> str:
        compiled = autograd.compile(function)
        compiled(1.0)
        return str(compiled.programs[0])

    def folded(x: float) -> Any:
        w.grad = 0.0
        y = w * 3.0
        (y * 7.0).backward()
        return w.grad, w.grad * x

    quarter = printed(lambda x: w * x / 4.0)
    assert re.search(r" v2 = 0\.25 \* v1  # 0\.25 from test_lift\.py:\d+: .* / 4\.0\)\n", quarter)
    minus = printed(lambda x: b - 0.3 * (w * x))
    assert re.search(r" v2 = b \+ -0\.3 \* v1  # .*; -0\.3 from test_lift\.py:.* 0\.3 \* ", minus)
    assert re.search(r"-2\.0 from test_lift\.py:.* 2 \* w", printed(lambda x: x - 2 * w))
    made = r"21\.0 from test_lift\.py:\d+: y = w \* 3\.0 and test_lift\.py:\d+: \(y \* 7\.0\).*"
    text = printed(folded)
    assert re.search(rf" v1 = 21\.0 \* x1  # {made}\n", text)
    assert re.search(rf" return 21\.0, v1, .*  # {made}\Z", text)
    assert not re.search(r"[^\d.][01]\.0 from", printed(lambda x: x - w * 0.5 / 0.5))


def test_a_program_prints_its_rows_and_where_they_come_from() -> None:
    w, x = Value(0.5), Value(3.0)
    tape = tape_of((w * x + 0.25).tanh() - w * w, [w, x])
    tape.labels = {0: "w", 1: "x"}
    tape.constants = dict.fromkeys(tape.constants, "train.py:12: bias = 0.25")
    tape.guard(tape.outputs[0], "truth", "train.py:43: if loss > 0")
    replay = lift(tape)
    replay.seconds = 0.001
    assert str(replay) == PRINTED


PRINTED = """\
graph: 5 operations recorded, and 11 rows with 11 terms made of them in 1 ms; a run takes 176 bytes
values:
     1  v1 = w * x + 0.25  # 1 product; 1 addition; 0.25 from train.py:12: bias = 0.25
     2  v2 = tanh(v1)
     3  v3 = w * w
     4  v4 = v2 - v3
     5  guard v4 is 0.6913755384972874  # truth at train.py:43: if loss > 0
        return v4
gradients:
     6  v6 = 0.0 - seed
     7  v7 = 0.0 + seed
     8  v8 = tanh_slope(v1)
     9  v9 = 0.0 + v8 * v7  # 1 product; 1 addition
    10  v10 = sum1 + w * v6 + w * v6 + x * v9  # 3 products; 3 additions
    11  v11 = sum2 + w * v9  # 1 product; 1 addition
        return v10, v11"""


def test_a_program_without_rows_gives_what_it_is_given() -> None:
    program = Program(1)
    program.set_outputs([0])
    for made in MACHINES:
        machine: ListMachine = made(program)
        assert machine.values(machine.forward([2.5]), 1) == [2.5]


def test_a_long_chain_of_additions_is_one_row() -> None:
    x = Value(0.1)
    total: Any = x
    for _ in range(3_000):
        total = total + x * 0.1
    replay = lift(tape_of(total, [x]))
    assert len(replay.program.kinds) == 3
    assert "+ ... 2,900 more terms" in str(replay)
    scope: dict[str, Any] = {}
    exec(replay.source(), scope)
    assert scope["program"]([0.1])[0] == [total.data]
    assert replayed(replay, [0.1], 1.0, [0.0]) == eager(total, [x], 1.0)


# ── Values ────────────────────────────────────────────────────────────────────


def bound_to(tape: Tape, values: list[Value], kept: int = 0) -> ListBound:
    """A tape whose inputs are the data of these Values, and whose last outputs become that."""
    places = range(len(values))
    data = [x for i in places for x in (Part.DATA, i)]
    return lift(tape).bind(Links(tuple(values), 0, 0, kept, data, data))


def halving(then: Any = None) -> Tape:
    """The tape of ``x / 2``, which is an output twice; ``then`` is called of x as well."""
    tape = Tape("halving")
    x = tape.input(8.0)
    half = tape.row(table.multiply, (x, tape.constant(0.5, "")), (), 4.0)
    if then is not None:
        tape.row(then, (x,), (), 0.0)
    tape.outputs = [half, half]
    return tape


@pytest.mark.usefixtures("either")
def test_inputs_are_read_from_values_and_outputs_written_to_them() -> None:
    tape = Tape("mixed")
    inputs = [tape.input(0.0) for _ in range(5)]
    total = inputs[0]
    for k in inputs[1:]:
        total = tape.row(table.add, (total, k), (), 0.0)
    tape.outputs = [total, *inputs[1:4]]
    given, held = Value(20.0), Value(300.0)
    held.grad = 4000.0
    links = Links(
        (held,),
        numbers=1,
        arguments=1,
        kept=1,
        sources=[
            *(Part.DATA, 0),
            *(Part.DATA, 1),
            *(Part.GRAD, 1),
            *(Part.HAS_GRAD, 1),
        ],
        changes=[*(Part.DATA, 1), *(Part.UNREACHED, 1), *(Part.GRAD, 0)],
    )
    replay = lift(tape)
    bound = replay.bind(links)
    state = bound.forward([1.0], [given])
    assert replay.machine.values(state, 1) == [1.0 + 20.0 + 300.0 + 4000.0 + 1.0]
    assert (held.data, held.grad, given.grad) == (300.0, 4000.0, 0.0)
    bound.apply(state, [given])
    assert (held.data, held.grad, held.has_grad) == (20.0, 300.0, True)
    assert (given.data, given.grad, given.has_grad) == (20.0, 4000.0, True)


@pytest.mark.usefixtures("either")
def test_runs_that_are_repeated_are_as_runs_that_are_applied_one_by_one() -> None:
    def stepping() -> tuple[Replay, ListBound, list[Value]]:
        """Each step halves x, adds it to the grad of y, and tells whether y had one."""
        tape = Tape("stepping")
        x, grad, has_grad = tape.input(8.0), tape.input(0.0), tape.input(0.0)
        half = tape.row(table.multiply, (x, tape.constant(0.5, "")), (), 4.0)
        sum_ = tape.row(table.add, (grad, x), (), 8.0)
        tape.outputs = [has_grad, half, sum_]
        values = [Value(8.0), Value(1.0)]
        sources = [*(Part.DATA, 0), *(Part.GRAD, 1), *(Part.HAS_GRAD, 1)]
        changes = [*(Part.DATA, 0), *(Part.GRAD, 1)]
        replay = lift(tape)
        return replay, replay.bind(Links(tuple(values), 0, 0, 1, sources, changes)), values

    (replay, one, x), (_, all_, y) = stepping(), stepping()
    singly: list[float] = []
    for _ in range(3):
        state = one.forward([], [])
        singly += replay.machine.values(state, 1)
        one.apply(state, [])
    assert all_.repeat([], [], 3) == (singly, 3, None) == ([0.0, 1.0, 1.0], 3, None)
    for values in x, y:
        assert [(value.data, value.grad) for value in values] == [(1.0, 0.0), (1.0, 14.0)]


@pytest.mark.usefixtures("either")
def test_whether_a_pass_has_reached_a_value_may_vary() -> None:
    tape = Tape("varying")
    flag, has_grad = tape.input(1.0), tape.input(0.0)
    no = tape.row(table.subtract, (tape.constant(1.0, ""), flag), (), 0.0)
    tape.outputs = [has_grad, no, tape.constant(0.0, ""), flag]
    x, y = Value(1.0), Value(2.0)
    sources = [*(Part.DATA, 0), *(Part.HAS_GRAD, 1)]
    changes = [*(Part.DATA, 0), *(Part.GRAD, 1), *(Part.HAS_GRAD, 1)]
    bound = lift(tape).bind(Links((x, y), 0, 0, 1, sources, changes))
    for expected in [True, False]:
        bound.apply(bound.forward([], []), [])
        assert y.has_grad is expected
    assert bound.repeat([], [], 3) == ([0.0, 1.0, 0.0], 3, None)


@pytest.mark.usefixtures("either")
def test_outputs_become_inputs_all_at_once() -> None:
    tape = Tape("swap")
    x, y = tape.input(1.0), tape.input(2.0)
    tape.outputs = [y, x, y, x]
    values = [Value(1.0), Value(2.0)]
    kept, runs, _ = bound_to(tape, values, kept=2).repeat([], [], 3)
    assert (kept, runs) == ([2.0, 1.0, 1.0, 2.0, 2.0, 1.0], 3)
    assert [x.data for x in values] == [2.0, 1.0]


@pytest.mark.usefixtures("either")
def test_repetition_ends_before_a_run_that_a_guard_ends() -> None:
    tape = halving()
    flag = tape.row(operator.gt, (0, tape.constant(3.0, "")), (), 1.0)
    tape.guard(flag, "truth", "")
    x = Value(8.0)
    bound = bound_to(tape, [x], kept=1)
    assert bound.repeat([], [], 10) == ([4.0, 2.0], 2, None)
    assert bound.repeat([], [], 10) == ([], 0, None)
    assert x.data == 2.0


@pytest.mark.usefixtures("either")
def test_repetition_ends_before_a_run_that_raises_an_error() -> None:
    def refused(x: float) -> float:
        if x < 3.0:
            raise ValueError("too small")
        return x

    x = Value(8.0)
    bound = bound_to(halving(refused), [x], kept=1)
    assert bound.repeat([], [], 10) == ([4.0, 2.0], 2, None)
    with pytest.raises(ValueError, match="too small"):
        bound.repeat([], [], 10)
    assert x.data == 2.0


@pytest.mark.usefixtures("either")
def test_repetition_hands_over_an_interruption_with_the_whole_runs_before_it() -> None:
    def interrupted(x: float) -> float:
        if x < 3.0:
            raise KeyboardInterrupt
        return x

    x = Value(8.0)
    bound = bound_to(halving(interrupted), [x], kept=1)
    kept, runs, error = bound.repeat([], [], 10)
    assert (kept, runs, type(error), x.data) == ([4.0, 2.0], 2, KeyboardInterrupt, 2.0)
    with pytest.raises(KeyboardInterrupt):
        bound.repeat([], [], 10)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("more", [0, 1])
def test_a_value_that_nothing_else_refers_to_is_found(more: int) -> None:
    values = [Value(8.0)]
    counts = []

    def recount() -> int:
        counts.append(known[0])
        return known[0]

    tape = Tape("same")
    tape.outputs = [tape.input(8.0)]
    known = array("q", [more, 1])
    replay = lift(tape)
    bound = replay.bind(Links(tuple(values), 0, 0, 1, [Part.DATA, 0], [], known, recount))
    assert replay.machine.values(bound.forward([], []), 1) == [8.0]
    assert not bound.is_stale()
    assert counts == [1] * more  # two references might have been those of programs
    values.clear()
    assert bound.is_stale()
    assert bound.forward([], []) is None
    assert bound.repeat([], [], 2) == ([], 0, None)


# ── Division ──────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("either")
def test_python_s_division_raises_its_error() -> None:
    tape = Tape("ratio")
    x, y = tape.input(1.0), tape.input(2.0)
    tape.outputs = [tape.row(operator.truediv, (x, y), (), 0.5)]
    replay = lift(tape)
    run = replay.run([1.0, 3.0])
    assert run is not None
    assert run.outputs == [1.0 / 3.0]
    with pytest.raises(ZeroDivisionError) as found:
        replay.run([1.0, -0.0])
    with pytest.raises(ZeroDivisionError, match=f"^{found.value}$"):
        operator.truediv(1.0, -0.0)
