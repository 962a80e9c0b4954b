"""Recording: passes within a call, stand-ins, places, and what is left when it fails."""

from __future__ import annotations

import functools
import gc
import math
import operator
import random
import sys
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import CompileError, Value, compile, exp, no_grad, tanh, where  # noqa: A004
from autograd.engine import table
from autograd.replay.lift import lift
from autograd.replay.recording.places import place
from autograd.replay.tape import Slope, Tape, backward_pass, choose, gradient_of
from tests.replay.test_effects import bits, state

NUMBERS = [0.7, -1.3, 0.0, -0.0, 2.5]


def interior(w: Value, x: float) -> Any:
    a = w * x
    b = tanh(a) + a
    b.backward()
    return [a.grad, b.grad, w.grad]


def interior_twice(w: Value, x: float) -> Any:
    a = w * x
    (a * a).backward()
    first = a.grad
    (a * 3.0 + w).backward()
    return [first, a.grad, w.grad]


def of_a_leaf_that_is_made_here(w: Value, x: float) -> Any:
    y, z = Value(x), Value(x)
    (y * w * y + z).backward()
    return [y.grad, z.grad, w.grad]


def of_data_that_has_changed(w: Value, x: float) -> Any:
    y = w * x
    w.data = x + 1.0
    (y * w).backward()
    return [w.grad, w.data]


def of_data_of_a_leaf_that_is_made_here(w: Value, x: float) -> Any:
    y = Value(x)
    z = y * w
    y.data = y.data + 1.0
    (z * y).backward()
    return [y.grad, w.grad]


def of_a_choice(w: Value, x: float) -> Any:
    a = w * x
    chosen = where(a > 0.5, a * a, exp(a))
    (chosen * w).backward()
    return [a.grad, w.grad]


def of_what_no_gradient_reaches(w: Value, x: float) -> Any:
    with no_grad():
        a = w * x
    b = a * w
    b.backward()
    return [a.grad, b.grad, w.grad]


def of_a_leaf(w: Value, x: float) -> Any:
    w.backward(x)
    w.backward()
    return [w.grad]


def with_a_gradient(w: Value, x: float) -> Any:
    w.grad = x
    (w * 2.0).backward(x)
    (w * w).backward()
    return [w.grad]


def of_several(w: Value, x: float) -> Any:
    a = w * x
    b = a * a
    autograd.sum([a, b, a]).backward(0.5)
    return [a.grad, b.grad, w.grad]


def many(w: Value, x: float) -> Any:
    for _ in range(40):
        loss = (w * x - 1.0) ** 2
        w.grad = 0.0
        loss.backward()
        w.data -= 0.1 * w.grad
    return [w.data, loss.grad]


@pytest.mark.parametrize(
    "function",
    [
        interior,
        interior_twice,
        of_a_leaf_that_is_made_here,
        of_data_that_has_changed,
        of_data_of_a_leaf_that_is_made_here,
        of_a_choice,
        of_what_no_gradient_reaches,
        of_a_leaf,
        with_a_gradient,
        of_several,
        many,
    ],
)
def test_passes_within_a_call_leave_what_they_leave_as_it_is(
    function: Callable[[Value, float], Any],
) -> None:
    compiled = compile(function)
    for earlier in (0.0, -0.0, 1.5):
        for x in NUMBERS:
            ours, theirs = Value(0.3, "w"), Value(0.3, "w")
            ours.grad = theirs.grad = earlier
            assert bits(compiled(ours, x)) == bits(function(theirs, x))
            assert state([ours]) == state([theirs])
    assert len(compiled.programs) <= len(NUMBERS)  # an upstream gradient is looked at


def test_a_pass_is_one_entry_of_the_tape() -> None:
    w = [Value(0.1 * i) for i in range(20)]
    step = compile(lambda: autograd.sum([tanh(x * x) for x in w]).backward())
    step()
    tape = step.programs[0].tape
    assert tape.ops.count(backward_pass) == 1
    assert tape.ops.count(gradient_of) == len(w)


def gradients_of_pass(tape: Tape, entry: int, numbers: list[float]) -> dict[int, float]:
    """The gradient of each entry that a pass reaches, by the loops of autograd/engine/node.py."""
    root, seed, *pairs = tape.operands_of(entry)
    uses, stack = {root: 1}, [root]
    while stack:
        user = stack.pop()
        for position in tape.flows_of(user):
            source = tape.operands_of(user)[position]
            if source not in uses:
                uses[source] = 0
                stack.append(source)
            uses[source] += 1
    gradients = {end: numbers[start] for end, start in zip(pairs[::2], pairs[1::2])}
    gradients[root] = numbers[seed]
    complete = [root]
    while complete:
        user = complete.pop()
        operands = [*tape.operands_of(user), user]
        for position in tape.flows_of(user):
            local = Slope(tape.op(user), position).evaluate([numbers[k] for k in operands])
            source = operands[position]
            gradients[source] = gradients.get(source, 0.0) + local * gradients[user]
            uses[source] -= 1
            if uses[source] == 0:
                complete.append(source)
    return gradients


def test_programs_and_the_loop_over_numbers_agree_on_a_pass() -> None:
    rng = random.Random(3)
    for _ in range(30):
        tape = Tape("pass")
        entries = [tape.input(rng.choice([0.5, -2.0, 0.0, 1e200])) for _ in range(3)]
        ends = list(entries)
        seed, zero = tape.constant(rng.choice([1.0, -0.5]), ""), tape.constant(0.0, "")
        for _ in range(12):
            op = rng.choice([autograd.add, autograd.multiply, autograd.subtract, autograd.tanh])
            chosen = [rng.choice(entries) for _ in range(op.arity)]
            flows = [i for i in range(op.arity) if rng.random() < 0.9]
            number = op.evaluate([tape.data[k] for k in chosen])
            entries.append(tape.row(op, chosen, flows, number))
        pairs = [x for end in ends for x in (end, zero)]
        pass_ = tape.row(backward_pass, (entries[-1], seed, *pairs), (), 0.0)
        expected = gradients_of_pass(tape, pass_, [*tape.data])
        wanted = [entry for entry in entries if entry in expected]
        reached = [entry for entry in wanted if entry not in ends] or [entries[-1]]
        tape.outputs = [tape.row(gradient_of, (pass_, k), (), expected[k]) for k in reached]
        run = lift(tape).run([tape.data[k] for k in tape.inputs])
        assert run is not None
        assert bits(run.outputs) == bits(expected[k] for k in reached)


# ── Stand-ins ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "look",
    [
        lambda x: round(x > 0.5),
        lambda x: math.floor(x > 0.5) + math.trunc(x > 0.5),
        lambda x: divmod(x > 0.5, 2),
        lambda x: (x > 0.5) ** 2,
        lambda x: (x > 0.5) & True,
        lambda x: hash(x > 0.5) + hash(x),
        lambda x: f"{x > 0.5} {x:.3f}",
        lambda x: [isinstance(x, float), isinstance(x > 0.5, bool)],
        lambda x: [x.is_integer(), x.hex(), (x > 0.5).real, x.real, x.imag],
        lambda x: [(x > 0.5).imag, (x > 0.5).conjugate()],
        lambda x: (round(x, 2), round(x), int(x), math.ceil(x), math.floor(x), abs(-x)),
        lambda x: [x // 0.3, x % 0.3, x**2, 2.0**x, divmod(x, 0.25), -x, +x, bool(x)],
        lambda x: [1 - x, 1 / (x + 3.0), 3 // (x + 3.0), 2 % (x + 3.0), 5 * x, 1 + x],
    ],
)
def test_stand_ins_do_what_floats_and_bools_do(look: Callable[[float], Any]) -> None:
    compiled = compile(look)
    for x in (0.7, 0.2, -1.5):
        assert repr(compiled(x)) == repr(look(x))


def test_an_attribute_that_a_bool_does_not_have() -> None:
    with pytest.raises(AttributeError, match="'bool' object has no attribute 'shape'"):
        compile(lambda x: (x > 1.0).shape)(2.0)


# ── Places ────────────────────────────────────────────────────────────────────


def test_a_place_is_the_line_that_runs_and_not_that_of_a_library() -> None:
    found = [place() for _ in range(2)]
    assert found[0].endswith("found = [place() for _ in range(2)]")
    through = functools.partial(place)  # a call that no line stands for
    found.append(through())
    assert found[-1].endswith(": found.append(through())")


def test_places_of_functions_that_are_made_again_and_again() -> None:
    found = set()
    for i in range(300):
        scope: dict[str, Any] = {"place": place}
        exec(compile_line(i), scope)
        found.add(scope["where"])
    assert len(found) == 300


def compile_line(number: int) -> Any:
    """The code of a line that is nowhere but in its own file."""
    import builtins

    return builtins.compile("\n" * number + "where = place()", f"made_{number}.py", "exec")


# ── What is left ──────────────────────────────────────────────────────────────


class Owner:
    """An object that can be referred to weakly."""


def test_a_recording_that_fails_leaves_nothing_behind() -> None:
    def attempt() -> weakref.ref[Owner]:
        owner = Owner()
        kept: list[Any] = []

        def function(x: Any) -> Any:
            kept.append(x * 2.0)
            return owner and x

        with pytest.raises(CompileError, match="keeps a number"):
            compile(function)(1.0)
        return weakref.ref(owner)

    owner = attempt()
    gc.collect()
    assert owner() is None


def test_a_function_that_raises_leaves_no_stand_in_behind() -> None:
    before = sys.getrefcount(tanh)

    def function(x: Any) -> Any:
        [x * i for i in range(100)]
        raise ArithmeticError("as ever")

    for _ in range(5):
        with pytest.raises(ArithmeticError, match="as ever"):
            compile(function)(1.0)
    gc.collect()
    assert sys.getrefcount(tanh) == before


# ── The tape ──────────────────────────────────────────────────────────────────


def test_a_tape_has_each_entry_with_its_own_operation() -> None:
    tape = Tape("operations")
    x = tape.input(0.5)
    ops: list[Any] = [x for x in vars(table).values() if isinstance(x, autograd.Primitive)]
    ops += [choose, gradient_of, backward_pass, operator.truediv, operator.lt, Slope(table.tanh, 0)]
    entries = [tape.row(op, (x, x), (), 0.0) for op in [*ops, *ops]]
    assert [tape.op(entry) for entry in entries] == [*ops, *ops]
    assert tape.ops == [None, *ops, *ops]
    assert tape.choices == [entries[ops.index(choose)], entries[len(ops) + ops.index(choose)]]
