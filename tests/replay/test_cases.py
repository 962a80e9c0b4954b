"""Sums of cases: terms that are there only where their flag is not 0.0."""

from __future__ import annotations

import math
from typing import Any

import pytest

import autograd
from autograd.replay.lists import ListMachine
from autograd.replay.machine import native_machine
from autograd.replay.optimizer import PASSES, optimized
from autograd.replay.program import CASES, MINUS_ZERO, ONE, ZERO, Program
from autograd.replay.writing import describe, source
from tests.replay.graphs import bits

MACHINES = [ListMachine, *([native_machine] if autograd.__compiled__ else [])]


def program_of_cases() -> Program:
    """Of flags f and g and numbers x and y: the one that is set; and a sum of products."""
    program = Program(4)
    f, g, x, y = range(4)
    taken = program.add(CASES, [MINUS_ZERO, f, ONE, x, g, ONE, y])
    total = program.add(CASES, [ZERO, f, x, y, ONE, x, x, g, y, y])
    program.set_outputs([taken, total])
    program.forward = 2
    return program


def expected(f: float, g: float, x: float, y: float) -> list[float]:
    total = 0.0
    if f:
        total += x * y
    total += x * x
    if g:
        total += y * y
    return [x if f else y, total]


POINTS = [
    [1.0, 0.0, -0.0, math.inf],
    [0.0, 1.0, math.nan, -0.0],
    [1.0, 0.0, 0.1, math.nan],
    [0.0, 1.0, 1e16, 1.5],
    [-0.0, 1.0, 3.0, 5e-324],
]


@pytest.mark.parametrize("make", MACHINES)
@pytest.mark.parametrize("point", POINTS)
def test_a_case_whose_flag_is_not_set_is_left_out(make: Any, point: list[float]) -> None:
    program = program_of_cases()
    for each in [program, *[one(program) for one in PASSES], optimized(program)]:
        machine = make(each)
        assert bits(machine.values(machine.forward(point), 2)) == bits(expected(*point))


def test_equal_sums_of_cases_are_one_row() -> None:
    program = program_of_cases()
    again = program.add(CASES, [MINUS_ZERO, 0, ONE, 2, 1, ONE, 3])
    program.set_outputs([*program.outputs, again])
    program.forward = 3
    assert len(optimized(program).kinds) == 2
    assert optimized(program).terms() == 5


def test_cases_are_written_as_they_are_computed() -> None:
    program = program_of_cases()
    assert [line[8:] for line in describe({1: program}, 4, {}).splitlines()[1:]] == [
        "v1 = (x3 if x1) + (x4 if x2)",
        "v2 = 0.0 + (x3 * x4 if x1) + x3 * x3 + (x4 * x4 if x2)",
        "return v1, v2",
    ]
    namespace: dict[str, Any] = {}
    exec(source("cases", {1: program}, 4, 2), namespace)
    for point in POINTS:
        assert bits(namespace["program"](point)) == bits(expected(*point))
