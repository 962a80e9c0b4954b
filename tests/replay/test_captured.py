"""The references of programs to the Values that they share."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import Value
from autograd.replay.captured import Captured


def test_references_are_counted_when_programs_have_come_or_gone() -> None:
    w, b, other = Value(1.0), Value(2.0), Value(3.0)
    first = Captured([w, b], [0, 1])
    elsewhere = Captured([other], [0])
    assert [*first.references] == [0, 1, 1]
    assert first.recount() == 0

    second = Captured([b], [0])
    leaves = [0]
    second.reached(leaves)
    assert [*first.references] == [3, 1, 1]  # of any there may be three more
    assert [*second.references] == [3, 1]
    assert [*elsewhere.references] == [0, 1]
    assert first.recount() == 3
    assert [*first.references] == [3, 1, 4]
    assert first.recount() == 0
    first.references[0] -= 3
    assert second.reached(leaves) is second.reached(leaves)

    third = Captured([w], [0])
    assert [*third.references] == [1, 1]
    assert [*first.references] == [1, 1, 4]
    del second, third
    gc.collect()
    assert first.recount() == 1
    assert [*first.references] == [1, 1, 1]


def test_a_count_that_is_interrupted_is_made_again() -> None:
    w = Value(1.0)
    first = Captured([w], [0])
    second = Captured([w], [0])
    places, is_over = 0, False
    while not is_over:  # one place after the other where a signal may be handled
        first._counted = -1
        first.references[1] = 1
        places += 1
        left = places

        def profile(frame: Any, event: str, argument: Any) -> None:  # noqa: ARG001
            nonlocal left
            left -= event in ("call", "c_return")
            if left == 0:
                sys.setprofile(None)
                raise KeyboardInterrupt

        try:
            sys.setprofile(profile)
            first.recount()
            is_over = True
        except KeyboardInterrupt:
            assert first.references[0] + first.references[1] >= 2
            first.recount()
        finally:
            sys.setprofile(None)
        assert [*first.references] == [1, 2]
    assert places > 5
    assert second.recount() == 1


def test_values_among_the_arguments_are_told_from_captured_ones() -> None:
    w, x = Value(1.0), Value(1.0)
    captured = Captured([w], [0])
    assert captured.are_any([x, w])
    assert not captured.are_any([x])
    assert not captured.are_any([])


def trained(w: Value) -> float:
    loss = (w * w - 3.0) ** 2
    loss.backward()
    w.data -= 0.1 * w.grad
    w.grad = 0.0
    return loss.data


@pytest.mark.parametrize(
    "function",
    [lambda w: autograd.tanh(w * w), lambda w: [w * 2.0, {"x": w.data}], trained],
    ids=["value", "container", "step"],
)
def test_a_program_that_nobody_uses_is_gone_without_the_collector(
    function: Callable[[Value], Any],
) -> None:
    w = Value(0.5)
    compiled = autograd.compile(lambda: function(w))
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            compiled()
        program = weakref.ref(compiled.programs[0])
        del compiled
        assert program() is None
    finally:
        gc.enable()
