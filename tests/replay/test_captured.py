"""The references of programs to the Values that they share."""

from __future__ import annotations

import gc

from autograd import Value
from autograd.replay.captured import Captured


def test_references_are_counted_when_programs_have_come_or_gone() -> None:
    w, b, other = Value(1.0), Value(2.0), Value(3.0)
    first = Captured([w, b], [0, 1])
    elsewhere = Captured([other], [0])
    assert [*first.references] == [0, 1, 1]
    assert first.recount()
    assert not first.recount()

    second = Captured([b], [0])
    leaves = [0]
    second.reached(leaves)
    assert [*first.references] == [3, 1, 1]  # of any there may be three more
    assert [*second.references] == [3, 1]
    assert [*elsewhere.references] == [0, 1]
    assert first.recount()
    assert [*first.references] == [0, 1, 4]
    assert second.reached(leaves) is second.reached(leaves)
    assert not first.recount()

    third = Captured([w], [0])
    assert [*third.references] == [1, 1]
    assert [*first.references] == [1, 1, 4]
    del second, third
    gc.collect()
    assert first.recount()
    assert [*first.references] == [0, 1, 1]


def test_values_among_the_arguments_are_told_from_captured_ones() -> None:
    w, x = Value(1.0), Value(1.0)
    captured = Captured([w], [0])
    assert captured.are_any([x, w])
    assert not captured.are_any([x])
    assert not captured.are_any([])
