"""no_grad and enable_grad."""

from __future__ import annotations

import asyncio
import threading

import pytest

from autograd import Value, clamp, enable_grad, is_recording, no_grad, relu
from autograd.engine.recording import Alteration, Share, switches


def everything(x: Value) -> list[Value]:
    """One result of each kind of operation."""
    return [x + x, x * 2, 2 - x, x / 3, x.exp(), x**x, clamp(x, 0.0, 1.0), relu(x)]


def test_nothing_is_recorded_within_no_grad() -> None:
    x = Value(0.5)
    recorded = [value.data for value in everything(x)]
    with no_grad():
        results = everything(x)
    assert [value.data for value in results] == recorded
    for value in results:
        assert value.op is None
        assert (value.inputs, value.operands, value.local_derivatives) == ((), (), ())
        value.backward()
        assert value.grad == 1.0
    assert x.grad == 0.0


def test_recording_goes_on_afterwards_also_after_an_error() -> None:
    try:
        with no_grad():
            assert not is_recording()
            raise RuntimeError
    except RuntimeError:
        pass
    assert is_recording()
    assert not switches.altered
    assert (Value(1.0) + 1).op is not None


def test_contexts_nest() -> None:
    with no_grad():
        with enable_grad():
            assert is_recording()
            with no_grad():
                assert not is_recording()
            assert is_recording()
        assert not is_recording()
    assert is_recording()


def test_no_grad_decorates_a_function() -> None:
    @no_grad()
    def double(x: Value) -> Value:
        return x * 2

    assert double(Value(3.0)).op is None
    assert double(Value(3.0)).data == 6.0
    assert is_recording()


def test_one_thread_does_not_turn_off_recording_in_another() -> None:
    inside, outside = threading.Event(), threading.Event()
    seen: list[bool] = []

    def quiet() -> None:
        with no_grad():
            inside.set()
            outside.wait(10)
            seen.append((Value(1.0) + 1).op is None)

    thread = threading.Thread(target=quiet)
    thread.start()
    assert inside.wait(10)
    assert is_recording()
    assert (Value(1.0) + 1).op is not None
    outside.set()
    thread.join()
    assert seen == [True]


def test_threads_that_come_and_go_leave_recording_as_it_was() -> None:
    def enter_and_leave() -> None:
        for _ in range(200):
            with no_grad():
                Value(1.0) + 1

    threads = [threading.Thread(target=enter_and_leave) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (switches.count, switches.altered) == (0, False)


def test_one_asynchronous_task_does_not_turn_off_recording_in_another() -> None:
    async def quiet() -> bool:
        with no_grad():
            await asyncio.sleep(0)
            return is_recording()

    async def both() -> list[bool]:
        async def other() -> bool:
            await asyncio.sleep(0)
            return is_recording()

        return list(await asyncio.gather(quiet(), other(), quiet()))

    assert asyncio.run(both()) == [False, True, False]


def test_detach_starts_a_graph_of_its_own() -> None:
    x = Value(3.0, "x")
    square = x * x
    square.label = "square"
    copy = square.detach()
    assert (copy.data, copy.label, copy.op, copy.inputs) == (9.0, "square", None, ())
    (copy * x).backward()
    assert (x.grad, copy.grad, square.grad) == (9.0, 3.0, 0.0)
    copy.data = 1.0
    assert square.data == 9.0


def test_asking_for_recording_where_it_is_on_slows_nothing_down() -> None:
    assert not switches.altered
    with enable_grad():
        assert is_recording()
        assert not switches.altered  # each operation would look why
        with no_grad(), enable_grad(), enable_grad():
            assert is_recording()
            assert switches.altered
    assert not switches.altered


def test_an_alteration_that_is_refused_counts_for_nothing() -> None:
    before = switches.count
    with pytest.raises(TypeError, match="positional argument"):
        Alteration(None, None)  # type: ignore[call-arg]
    assert switches.count == before


@pytest.mark.parametrize("name", ["note", "__dict__"])
def test_a_share_of_an_edge_has_no_room_for_anything_else(name: str) -> None:
    x = Value(1.0)
    share = Share("gradient", x, x, x, 1.0, 2.0, 3.0)
    with pytest.raises(AttributeError):
        setattr(share, name, {})
    assert (share.factor, share.rate, share.total) == (1.0, 2.0, 3.0)
