"""Training steps: backward passes within a compiled function, and what they change."""

from __future__ import annotations

import _thread
import math
import random
import struct
import sys
import threading
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import CompileError, Value
from autograd import compile as compile  # noqa: A004  # as users import it
from autograd.replay.captured import Captured
from nn import MLP, init, schedules
from nn.optim import SGD, Adam, AdamW, Optimizer, RMSprop, clip_grad_norm


def bits(numbers: Any) -> list[Any]:
    """The bits of floats; every nan is the same."""
    return ["nan" if x != x else struct.pack("d", x) for x in numbers]


def state(values: list[Value]) -> list[Any]:
    """All that is in Values."""
    return [
        *bits(x.data for x in values),
        *bits(x.grad for x in values),
        *[x.has_grad for x in values],
    ]


def as_it_is(function: Any) -> Any:
    """The function itself."""
    return function


both_ways: list[Any] = [compile, as_it_is]

# ── Whole programs ────────────────────────────────────────────────────────────

CASES = [((0.0, 0.0), 0), ((0.0, 1.0), 1), ((1.0, 0.0), 1), ((1.0, 1.0), 0)]


def xor(decorator: Callable[..., Any], epochs: int) -> Any:
    """The XOR network, trained with plain Python; returns losses and parameters."""
    model = MLP(
        2, [4, 1], activation=["sigmoid", "sigmoid"], init=init.normal(), rng=random.Random(1)
    )

    @decorator
    def epoch() -> Any:
        loss: Any = sum((target - model(x)) ** 2 / 2 for x, target in CASES)
        model.zero_grad()
        loss.backward()
        for parameter in model.parameters():
            parameter.data -= 0.1 * parameter.grad
        return loss.data

    repeat = getattr(epoch, "repeat", lambda times: [epoch() for _ in range(times)])
    return bits(repeat(epochs)), state(model.parameters()), epoch


def test_xor_is_trained_to_the_same_bits() -> None:
    losses, parameters, epoch = xor(compile, 200)
    assert (losses, parameters) == xor(as_it_is, 200)[:2]
    assert len(epoch.programs) == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda parameters: SGD(parameters, lr=0.05),
        lambda parameters: SGD(parameters, lr=0.02, momentum=0.9, weight_decay=0.01),
        lambda parameters: RMSprop(parameters, lr=0.01),
        lambda parameters: Adam(parameters, lr=0.01),
    ],
)
@pytest.mark.parametrize("targets", [list, np.array, lambda x: np.array(x, dtype=int)])
def test_batches_with_an_optimizer_and_a_schedule(make: Any, targets: Any) -> None:
    ends = []
    for decorator in both_ways:
        rng = random.Random(5)
        rows = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(18)]
        classes = targets([rng.choice([-1.0, 1.0]) for _ in rows])
        model = MLP(2, [4, 1], rng=random.Random(1))
        optimizer = make(model.parameters())

        def step(xs: Any, ys: Any, model: Any = model, optimizer: Any = optimizer) -> Any:
            losses = [autograd.relu(1 - y * model(x)) for x, y in zip(xs, ys)]
            loss = sum(losses) / len(xs)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss.data

        step = decorator(step)
        losses = []
        for _ in range(3):
            optimizer.param_groups[0]["lr"] *= 0.9
            for k in range(0, 18, 8):
                losses.append(step(rows[k : k + 8], classes[k : k + 8]))
        ends.append((bits(losses), state(model.parameters())))
        programs = getattr(step, "programs", None)
        assert programs is None or len(programs) == 2  # the last batch is smaller
    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    "schedule",
    [
        schedules.step(0.1, every=3, factor=0.5),
        schedules.linear(0.1, 0.01, steps=8),
        schedules.cosine(0.1, steps=8),
        schedules.warmup(schedules.cosine(0.1, steps=8), steps=4),
    ],
)
def test_a_schedule_is_followed(schedule: Any) -> None:
    ends = []
    for decorator in both_ways:
        w = Value(2.0)
        optimizer = SGD([w], lr=schedule, momentum=0.5)

        def step(x: Any, w: Any = w, optimizer: Any = optimizer) -> Any:
            optimizer.zero_grad()
            ((w - x) ** 2).backward()
            optimizer.step()
            return w.data

        step = decorator(step)
        ends.append((bits([step(0.1 * i) for i in range(12)]), state([w])))
        assert len(getattr(step, "programs", "1")) == 1
    assert ends[0] == ends[1]


def moves(optimizer: Any, w: Value, step: int) -> None:
    """Change options between steps."""
    group = optimizer.param_groups[0]
    group["weight_decay"] = 0.01 * (step % 4)
    if "betas" in group.numbers():
        group["betas"] = (0.8, 0.9 + 0.005 * step)
        group["eps"] = 1e-8 * step
    else:
        group["momentum"] = 0.1 * (step % 3)
    if "nesterov" in group.numbers():
        group["nesterov"] = step % 3 == 2
    if step in (5, 6):
        group["lr"] = schedules.linear(0.1, 0.01 * step, steps=8)
    elif step == 7:
        optimizer.load_state_dict(type(optimizer)([w], lr=0.05).state_dict())


class Scaled(Optimizer):
    """An optimiser with options of all kinds."""

    def __init__(self, parameters: Any, lr: float, **options: Any) -> None:
        super().__init__(parameters, 0, lr=lr, **options)

    def update(self, group: Any, rate: float, steps: float) -> None:  # noqa: ARG002
        """Move each parameter of a group."""
        scale = group["scale"]
        name, factors = group["name"], group["factors"]
        for parameter, _ in group:
            step = rate * parameter.grad * (1.0 if scale is None else scale)
            parameter.data -= step * factors[len(name)]


def test_options_of_any_kind_are_of_a_program() -> None:
    scales = [1, 1, 2, 2.0, 1.5, None, True, 1, 3, 3, 1.5, 1.5]
    ends = []
    for decorator in both_ways:
        w = Value(2.0)
        optimizer = Scaled([w], lr=0.1, scale=None, name="", factors=[0.5, 2, 1.0])

        def step(w: Any = w, optimizer: Any = optimizer) -> Any:
            optimizer.zero_grad()
            (w**2).backward()
            optimizer.step()
            return w.data

        step = decorator(step)
        losses = []
        for i, scale in enumerate(scales):
            losses.append(step())
            group = optimizer.param_groups[0]
            group["scale"] = scale
            group["name"] = "abc"[: i % 3]
            group["factors"] = [0.5, i // 4, 1.0]
            assert (group["scale"], type(group["scale"])) == (scale, type(scale))
        ends.append((bits(losses), state([w])))
    assert ends[0] == ends[1]


@pytest.mark.parametrize("make", [SGD, RMSprop, Adam, AdamW])
def test_options_that_change_are_followed(make: Any) -> None:
    ends = []
    for decorator in both_ways:
        w = Value(2.0)
        optimizer = make([w], lr=0.1)

        def step(x: Any, w: Any = w, optimizer: Any = optimizer) -> Any:
            optimizer.zero_grad()
            ((w - x) ** 2).backward()
            optimizer.step()
            return w.data

        step = decorator(step)
        losses = []
        for k in range(12):
            losses.append(step(0.1 * k))
            moves(optimizer, w, k)
        ends.append((bits(losses), state([w])))
    assert ends[0] == ends[1]


def test_a_rate_that_a_step_changes_is_followed() -> None:
    ends = []
    for decorator in both_ways:
        w = Value(2.0)
        optimizer = SGD([w], lr=0.1, momentum=0.5)

        def step(w: Any = w, optimizer: Any = optimizer) -> Any:
            optimizer.zero_grad()
            (w**2).backward()
            optimizer.step()
            optimizer.param_groups[0]["lr"] *= 0.9
            return optimizer.param_groups[0]["lr"]

        step = decorator(step)
        ends.append((bits([step() for _ in range(12)]), state([w])))
        assert len(getattr(step, "programs", "1")) == 1
    assert ends[0] == ends[1]


def test_clipping_is_a_guard() -> None:
    ends = []
    for decorator in both_ways:
        model = MLP(2, [3, 1], rng=random.Random(1))

        def step(x: Any, y: Any, model: Any = model) -> Any:
            loss = (model(x) - y) ** 2
            model.zero_grad()
            loss.backward()
            clip_grad_norm(model.parameters(), 1.0)
            for parameter in model.parameters():
                parameter.data -= 0.05 * parameter.grad
            return loss.data

        step = decorator(step)
        rng = random.Random(3)
        losses = [step([rng.gauss(0, 1), 1.0], rng.gauss(0, 1)) for _ in range(30)]
        ends.append((bits(losses), state(model.parameters())))
    assert ends[0] == ends[1]


# ── One by one ────────────────────────────────────────────────────────────────


def both(make: Callable[[Value], Callable[..., Any]], calls: list[tuple[Any, ...]]) -> int:
    """Compare all that calls return and leave with the function itself; returns the programs."""
    ends = []
    programs = 0
    for decorator in (as_it_is, compile):
        w = Value(2.0, "w")
        function = decorator(make(w))
        seen = []
        for arguments in calls:
            result = function(*arguments)
            seen.append((repr(result), state([w])))
        ends.append(seen)
        programs = len(getattr(function, "programs", ()))
    assert ends[0] == ends[1]
    return programs


def test_gradients_of_earlier_passes_are_added_to() -> None:
    def make(w: Value) -> Any:
        def accumulate(x: Any) -> Any:
            (w * w * x).backward()
            return w.grad

        return accumulate

    assert both(make, [(1.0,), (0.5,), (-1.5,), (3.0,), (0.0,), (math.inf,), (1.0,)]) == 1


def test_shares_are_added_to_any_gradient_with_its_sign() -> None:
    def make(w: Value) -> Any:
        def accumulate(start: Any, x: Any, y: Any) -> Any:
            w.grad = start
            (w * x + w * y).backward()
            return w.grad

        return accumulate

    numbers = (-0.0, 0.0, 1.0, -1.0, math.inf, math.nan)
    both(make, [*product(numbers, repeat=3)])


@pytest.mark.parametrize("seed", [-0.0, 0.0, 2.0])
@pytest.mark.parametrize("earlier", [0.0, -0.0, 3.0])
def test_a_leaf_itself_goes_back(seed: float, earlier: float) -> None:
    def make(w: Value) -> Any:
        def step(x: Any) -> Any:
            w.backward(seed)
            found = w.grad, (w * x).data
            w.grad = earlier
            return found

        w.grad = earlier
        return step

    assert both(make, [(1.0,), (2.0,), (3.0,)]) == 1


def test_data_is_changed_and_read_again() -> None:
    def make(w: Value) -> Any:
        def move(x: Any) -> Any:
            before = w * x
            w.data = w.data * 0.5 + x
            after = w * x
            (before * after).backward()
            return w.data, after.data

        return move

    assert both(make, [(1.0,), (2.0,), (3.0,)]) == 1


def test_a_value_computed_before_and_after_a_change_is_returned() -> None:
    ends = []
    for decorator in both_ways:
        w, v = Value(2.0), Value(0.3)

        def function(x: Any, w: Any = w, v: Any = v) -> Any:
            before = w * x * v
            w.data -= 0.1
            return before * w + w * 1e16 - before * 1e16 * v + w * x

        mixed = decorator(function)
        rng = random.Random(0)
        seen = []
        for _ in range(10):
            w.grad = v.grad = 0.0
            mixed(rng.gauss(0, 1)).backward()
            seen.append(state([w, v]))
        ends.append(seen)
    assert ends[0] == ends[1]


def test_a_value_that_was_changed_first_is_an_input_of_the_result() -> None:
    w = Value(2.0)

    def moved(x: Any) -> Any:
        w.data = x
        return w * w * x

    compiled = compile(moved, check=True)
    for x in (3.0, 4.0):
        w.grad = 0.0
        out = compiled(x)
        assert (out.inputs, out.local_derivatives) == ((w,), (2 * x * x,))
        out.backward()
        assert w.grad == 2 * x * x
        with pytest.raises(CompileError, match=r"^moved\(\) changes the data of a Value"):
            autograd.gradients(out, w)


def test_has_grad_is_a_guard() -> None:
    def make(w: Value) -> Any:
        def first(x: Any) -> Any:
            known = w.has_grad
            (w * x).backward()
            return known, w.has_grad

        return first

    assert both(make, [(1.0,), (2.0,), (3.0,)]) == 2


def test_an_exception_leaves_values_as_before_the_call() -> None:
    w = Value(1.0)

    def bad(x: Any) -> Any:
        w.data += x
        if x > 2:
            raise KeyError("no")
        return 1.0 / (x - 2)

    compiled = compile(bad)
    for x, error in [(1.0, None), (1.5, None), (3.0, KeyError), (2.0, ZeroDivisionError)]:
        before = w.data
        if error is None:
            compiled(x)
            assert w.data == before + x
        else:
            with pytest.raises(error):
                compiled(x)
            assert w.data == before


def test_arguments_are_changed() -> None:
    def step(p: Any, x: Any) -> Any:
        p.grad = 0.0
        (p * p * x).backward()
        p.data -= 0.1 * p.grad
        return p

    compiled = compile(step)
    for number in (1.0, 2.0, 3.0):
        p, q = Value(number), Value(number)
        assert compiled(p, 0.5) is p
        step(q, 0.5)
        assert state([p]) == state([q])
    assert len(compiled.programs) == 1


def test_backward_stays_within_the_function() -> None:
    w = Value(2.0)
    outer = w * 3

    def through(x: Any) -> Any:
        (outer * x).backward()
        return x

    def by_argument(u: Any) -> Any:
        (u * 2).backward()
        return 1.0

    with pytest.raises(CompileError) as caught:
        compile(through)(1.0)
    assert str(caught.value).startswith(
        "through(): backward() reaches Value(6.0, op=multiply), which was computed outside of the "
        "compiled function; compute it inside, or call backward() outside; at test_effects.py:"
    )
    with pytest.raises(
        CompileError, match=r"reaches Value\(6.0, op=multiply\), which was computed"
    ):
        compile(by_argument)(outer)
    assert state([w, outer]) == state([Value(2.0), Value(6.0)])


def test_several_roots_go_back_at_once() -> None:
    def make(w: Value) -> Any:
        def all_at_once(x: Any) -> Any:
            autograd.backward([w * x, w * w], [1.0, 0.5])
            return w.grad

        return all_at_once

    assert both(make, [(1.0,), (2.0,), (3.0,)]) == 1


def test_later_passes_may_reach_far_more_than_is_new() -> None:
    w = [Value(0.01 * i - 0.5) for i in range(30)]

    def step(x: float) -> list[float]:
        y = Value(x)
        for i in range(300):
            y = autograd.tanh(y * w[i % 30] + w[i // 10])
        for root in (y, y * 2.0, w[0] * 3.0, y + w[1]):
            root.backward()
        found = [value.grad for value in w]
        for value in w:
            value.data -= 0.1 * value.grad
            value.grad = 0.0
        return [*found, y.data]

    compiled = compile(step)
    start = [value.data for value in w]
    outcomes = []
    for one in (step, compiled):
        for value, number in zip(w, start):
            value.data = number
        outcomes.append([bits(one(x)) for x in (0.3, -1.5, 0.0, 2.0)] + state(w))
    assert outcomes[0] == outcomes[1]
    assert len(compiled.programs) == 1


def test_the_gradient_of_an_intermediate_value_is_read() -> None:
    def make(w: Value) -> Any:
        def step(x: Any) -> Any:
            y = w * x
            z = y * y
            z.backward()
            return y.grad, z.grad

        return step

    assert both(make, [(1.0,), (2.0,), (3.0,)]) == 1


def test_a_frozen_value_keeps_its_data() -> None:
    a, d = Value(1.0), Value(2.0)

    @compile
    def train(x: Any) -> Any:
        loss = (a * x + d) ** 2
        a.grad = d.grad = 0.0
        loss.backward()
        a.data -= 0.1 * a.grad
        return loss.data

    train.repeat(3, 0.5)
    assert d.data == 2.0
    assert d.grad != 0.0


def test_a_change_that_differs_is_found() -> None:
    w, held = Value(2.0, "w"), [[0.5]]

    def step(x: Any) -> Any:
        w.data = w.data * held[0][0] + x
        return 1.0

    compiled = compile(step, check=True)
    compiled(1.0)
    held[0][0] = 0.25
    with pytest.raises(CompileError) as caught:
        compiled(1.0)
    assert "the data of w is 2.0 replayed, 1.5 as it is. The constant 0.5" in str(caught.value)


def test_a_change_by_the_function_alone_is_found() -> None:
    w, held = Value(2.0, "w"), [[False]]

    def step(x: Any) -> Any:
        if held[0][0]:
            w.data = 7.0
        return w.data * x

    compiled = compile(step, check=True)
    assert compiled(1.0) == 2.0
    held[0][0] = True
    with pytest.raises(CompileError, match=r"the result is 2.0 replayed, 7.0 as it is"):
        compiled(1.0)

    def quiet(x: Any) -> Any:
        y = w.data * x
        if held[0][0]:
            w.grad = 7.0
        return y

    held[0][0] = False
    compiled = compile(quiet, check=True)
    compiled(1.0)
    held[0][0] = True
    with pytest.raises(CompileError, match="the grad of w is changed by the function only"):
        compiled(1.0)


# ── repeat ────────────────────────────────────────────────────────────────────


def test_repeat_calls_so_many_times() -> None:
    q = Value(0.0)

    @compile
    def add(x: Any) -> Any:
        q.data += x
        return q.data

    assert add.repeat(4, 0.5) == [0.5, 1.0, 1.5, 2.0]
    assert add.repeat(0, 0.5) == []
    with pytest.raises(TypeError):
        add.repeat("3", 0.5)  # type: ignore[arg-type]


def interrupted(called: Callable[[], Any], at: int) -> bool:
    """Call something, and raise KeyboardInterrupt where a signal may be handled for the n-th time.

    Returns:
        True if it did not come so far.
    """
    left = at

    def profile(frame: Any, event: str, argument: Any) -> None:  # noqa: ARG001
        nonlocal left
        if event in ("call", "c_return"):
            left -= 1
            if left == 0:
                sys.setprofile(None)
                raise KeyboardInterrupt

    sys.setprofile(profile)
    try:
        called()
    except KeyboardInterrupt:
        return False
    finally:
        sys.setprofile(None)
    return True


@pytest.mark.skipif(not autograd.__compiled__, reason="signals come within an interpreted engine")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("calls_before", [0, 1])
def test_an_interruption_of_a_recording_or_a_comparison_leaves_no_half_step(
    calls_before: int,
) -> None:
    def step(w: Value, x: float) -> float:
        y = (w * x).tanh()
        y.backward()
        w.data -= 0.1 * w.grad
        w.grad *= 0.5
        return y.data

    after = Value(2.0)
    states = [(after.data, after.grad, after.has_grad)]
    for _ in range(calls_before + 2):
        step(after, 0.5)
        states.append((after.data, after.grad, after.has_grad))
    is_over, at = False, 0
    while not is_over:
        w = Value(2.0)
        compiled = compile(lambda x, w=w: step(w, x))
        for _ in range(calls_before):
            compiled(0.5)
        at += 1
        is_over = interrupted(partial(compiled, 0.5), at)
        taken = states.index((w.data, w.grad, w.has_grad))
        assert taken in (calls_before, calls_before + 1)
        compiled(0.5)
        assert (w.data, w.grad, w.has_grad) == states[taken + 1]


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_it_after_a_whole_call() -> None:
    p, q = Value(0.0), Value(0.0)

    @compile
    def add() -> Any:
        p.data += 1.0
        q.data += 1.0
        return q.data

    add()
    timer = threading.Timer(0.2, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        add.repeat(10**7)
    timer.join()
    assert p.data == q.data > 10


def test_an_interruption_of_a_count_of_references_leaves_a_whole_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recount, left = Captured.recount, [0]

    def counting(captured: Captured) -> int:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return recount(captured)

    monkeypatch.setattr(Captured, "recount", counting)
    p, q, r = Value(0.0), Value(1.0), Value(1.0)

    @compile
    def step() -> Any:
        p.data = p.data + r.data
        q.data = q.data * 1.5
        if p.data > 29.0:
            q.data = 1.0
        return p.data

    others = [compile(lambda: r.data * 2.0) for _ in range(12)]  # r may be held by programs only
    for function in [*others, step, step]:
        function()
    for program in step._all:
        program.next_check = sys.maxsize
    interruptions = 0
    for at in range(1, 12):
        p.data, q.data, left[0] = 0.0, 1.0, at
        try:
            assert step.repeat(40)[-1] == 40.0
        except KeyboardInterrupt:
            interruptions += 1
        assert q.data == (1.5**p.data if p.data <= 29.0 else 1.0 if p.data < 41.0 else None)
    assert interruptions > 0


def test_repeat_goes_through_guards_and_comparisons() -> None:
    def make(w: Value) -> Any:
        def step(x: Any) -> Any:
            if w.data > 3:
                w.data = 0.25
            w.data = w.data * 1.5 + x
            return w.data, [w.data * 2, "kept"]

        return step

    ends = []
    for decorator in both_ways:
        w = Value(1.0)
        step = decorator(make(w))
        if decorator is compile:
            ends.append((repr(step.repeat(100, 0.25)), state([w])))
        else:
            ends.append((repr([step(0.25) for _ in range(100)]), state([w])))
    assert ends[0] == ends[1]


def swap(a: Value, b: Value, x: Any) -> Any:
    """A step that puts the data of two Values into each other."""
    a.data, b.data = b.data, a.data
    return a.data * x


def accumulate(a: Value, b: Value, x: Any) -> Any:
    """A step that adds to gradients, and follows them."""
    (a * b * x).backward()
    a.data -= 0.125 * a.grad
    return b.grad


def reach(a: Value, b: Value, x: Any) -> Any:
    """A step that looks at whether a gradient was there."""
    if b.has_grad:
        autograd.zero_grad([b])
    else:
        (b * x).backward()
    a.data += b.grad
    return a.data


def approach(a: Value, b: Value, x: Any) -> Any:
    """A step on the way to a division by zero, and a guard before."""
    if a.data < -3.0:
        b.data += 2.0 * x
    a.data -= 1.0
    return 1.0 / (a.data + 8.0)


@pytest.mark.parametrize("step", [swap, accumulate, reach, approach])
@pytest.mark.parametrize("is_argument", [False, True])
def test_a_repeated_step_goes_on_from_the_last_one(step: Any, is_argument: bool) -> None:
    ends = []
    for decorator in both_ways:
        a, b = Value(1.5), Value(-0.75)
        given = [a] if is_argument else []

        def whole(x: Any, *values: Value, a: Value = a, b: Value = b) -> Any:
            return step(values[0] if values else a, b, x)

        function: Any = decorator(whole)
        results: list[Any] = []
        try:
            if decorator is compile:
                for _ in range(4):
                    results += function.repeat(10, 0.5, *given)
            else:
                results = [function(0.5, *given) for _ in range(40)]
        except ZeroDivisionError:
            results = []
            if decorator is as_it_is:  # it leaves half of the step that has failed
                a.data += 1.0
                b.data -= 1.0
        ends.append((bits(results), state([a, b])))
    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    ("forward", "rule"),
    [
        (lambda x, held: x + held.data, lambda x, held: 1.0),
        (lambda x, held: x, lambda x, held: held.data * x),
    ],
)
def test_an_operation_of_ones_own_has_operands_alone(forward: Any, rule: Any) -> None:
    held, w = Value(2.0), Value(3.0)
    look = autograd.Primitive(
        "look",
        lambda x: forward(x, held),
        lambda x, out: rule(x, held),
    )

    @compile
    def step(x: Any) -> Any:
        held.data = x
        return look(w)

    with pytest.raises(TypeError) as caught:
        step(1.5)
    assert str(caught.value) == (
        "look() or a derivative rule of it reads a Value that is no operand of it, which a "
        "compiled function would not follow: make it an operand"
    )
    assert held.data == 2.0


def test_an_operation_of_ones_own_runs_once_a_step_also_if_it_is_interrupted() -> None:
    w, left = Value(1.0), [20]

    def forward(x: float) -> float:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return x

    late = autograd.Primitive("late", forward, lambda x, out: 1.0)

    @compile
    def step() -> Any:
        w.data += 1.0
        return late(w * w).data

    step()
    step()
    assert left == [16]  # recorded and replayed, replayed and compared
    left[0], before = 4, w.data
    with pytest.raises(KeyboardInterrupt):
        step.repeat(6)
    assert (left, w.data) == ([0], before + 3.0)


def test_repeat_stops_at_an_error_with_values_as_before_that_call() -> None:
    w = Value(5.0)

    @compile
    def count_down() -> Any:
        w.data = w.data - 1.0
        return 1.0 / w.data

    with pytest.raises(ZeroDivisionError):
        count_down.repeat(10)
    assert w.data == 1.0


def test_repeat_of_a_function_of_values_returns_values() -> None:
    w = Value(2.0)
    square = compile(lambda x: w * w * x)
    outs = square.repeat(12, 3.0)
    assert [out.data for out in outs] == [12.0] * 12
    outs[-1].backward()
    assert w.grad == 12.0
    assert len({id(out) for out in outs}) == 12


def test_a_text_of_a_value_has_the_gradient_of_now() -> None:
    w = Value(2.0, "w")
    shown = compile(lambda: repr(w))
    assert shown() == shown() == "Value(2.0, label='w')"  # compared from now on at the call 8
    w.grad = 3.0
    assert shown() == "Value(2.0, grad=3.0, label='w')"
    w.grad = 0.0
    assert shown() == "Value(2.0, label='w')"
