"""Each pass by itself: the rows that it leaves, and that they give the same bits."""

from __future__ import annotations

import random
from typing import Any

import pytest

from autograd import Value
from autograd.engine import table
from autograd.replay import operations
from autograd.replay.lists import ListMachine
from autograd.replay.lowering import choices_of, flows_of, lowered
from autograd.replay.optimizer import PASSES, folded, fused, optimized, shared, without_dead
from autograd.replay.program import MINUS_ONE, MINUS_ZERO, ONE, SUM, ZERO, Program
from autograd.replay.shares import Flows, shares_of
from autograd.replay.tape import Tape
from autograd.replay.writing import describe
from tests.replay.graphs import bits, choice, graph, numbers, tape_of

X, Y, Z = 0, 1, 2


def rows(program: Program) -> list[str]:
    """The rows of a program, in text."""
    lines = describe(program, program.inputs, {}).splitlines()
    return [line[8:].split("  #")[0] for line in lines if line[:1] == " "]


def add(program: Program, x: int, y: int) -> int:
    return program.add(SUM, [x, ONE, y])


def multiply(program: Program, x: int, y: int) -> int:
    return program.add(SUM, [MINUS_ZERO, x, y])


def finished(program: Program, *outputs: int) -> Program:
    program.outputs = list(outputs)
    program.values = len(outputs)
    program.forward = len(program.kinds)
    return program


@pytest.mark.parametrize("seed", range(60))
def test_every_pass_leaves_the_bits_as_they_are(seed: int) -> None:
    rng = random.Random(seed)
    leaves = [Value(x) for x in numbers(rng, 3)]
    root = graph(rng, leaves, 25)
    if root.op is None:
        return
    tape = tape_of(root, leaves)
    shares = shares_of(flows_of(tape, []), tape.outputs[0])
    program = lowered(tape, shares, tape.outputs[0])
    points = [numbers(rng, 3) for _ in range(3)]
    further = numbers(rng, program.inputs - 3)

    def results(program: Program) -> list[bytes]:
        machine = ListMachine(program)
        found: list[float] = []
        for point in points:
            state = machine.forward(point)
            assert state is not None
            found += machine.values(state, program.values) + machine.backward(state, further)
        return bits(found)

    expected = results(program)
    for one in PASSES:
        assert results(one(program)) == expected, one.__name__
    assert results(optimized(program)) == expected


# ── Dead rows ─────────────────────────────────────────────────────────────────


def test_rows_that_no_output_needs_are_left_out() -> None:
    program = Program(3)
    product = multiply(program, X, Y)
    add(program, product, Z)
    assert rows(without_dead(finished(program, product))) == ["v1 = x1 * x2", "return v1"]


def test_a_gradient_that_nobody_asks_for_is_not_computed() -> None:
    x, y = Value(2.0), Value(3.0)
    tape = tape_of(x.exp() * y, [x, y])
    tape.leaves = tape.leaves[1:]
    shares = shares_of(flows_of(tape, []), tape.outputs[0])
    program = optimized(lowered(tape, shares, tape.outputs[0]))
    assert len(program.kinds) - program.forward == 1  # the sum of y


def test_a_row_that_may_raise_an_error_is_carried_out_though_nothing_needs_it() -> None:
    program = Program(3)
    program.operations = [operations.forward(divmod), operations.forward(table.exp)]
    program.add(0, [X, Y])
    program.add(1, [X])
    assert rows(without_dead(finished(program, X))) == ["v1 = divmod(x1, x2)", "return x1"]


# ── Constants and aliases ─────────────────────────────────────────────────────


def test_what_is_computed_from_constants_is_a_constant() -> None:
    program = Program(3)
    program.operations = [operations.forward(table.exp)]
    total = add(program, program.constant(0.5), program.constant(-0.5))
    one = program.add(0, [total])
    assert rows(folded(finished(program, add(program, X, one)))) == ["v1 = x1 + 1.0", "return v1"]


def test_a_number_times_1_is_that_number_and_plus_0_is_not() -> None:
    program = Program(3)
    same = multiply(program, X, ONE)
    other = add(program, same, ZERO)
    twice = multiply(program, ONE, other)
    assert rows(folded(finished(program, twice))) == ["v1 = x1 + 0.0", "return v1"]


def test_a_function_that_may_have_an_effect_is_called_of_constants_too() -> None:
    program = Program(3)
    program.operations = [operations.forward(divmod)]
    out = program.add(0, [ONE, ONE])
    assert rows(folded(finished(program, out))) == ["v1 = divmod(1.0, 1.0)", "return v1"]


# ── Sums of products ──────────────────────────────────────────────────────────


def test_a_sum_of_products_becomes_one_row_in_the_order_of_the_additions() -> None:
    program = Program(3)
    total = add(program, multiply(program, X, Y), multiply(program, Y, Z))
    total = add(program, add(program, total, X), multiply(program, X, X))
    assert rows(fused(finished(program, total))) == [
        "v1 = x1 * x2 + x2 * x3 + x1 + x1 * x1",
        "return v1",
    ]


def test_a_sum_is_continued_from_its_right_operand_too() -> None:
    program = Program(3)
    total = add(program, add(program, X, Y), multiply(program, Y, Z))
    total = add(program, multiply(program, X, X), total)
    assert rows(fused(finished(program, total))) == [
        "v1 = x1 + x2 + x2 * x3 + x1 * x1",
        "return v1",
    ]


def test_two_sums_are_not_merged_since_that_would_be_another_order() -> None:
    program = Program(3)
    first, second = add(program, X, Y), add(program, Y, Z)
    assert rows(fused(finished(program, add(program, first, second)))) == [
        "v1 = x2 + x3",
        "v2 = x1 + x2 + v1",
        "return v2",
    ]


def test_what_is_used_twice_keeps_a_row_of_its_own() -> None:
    program = Program(3)
    product = multiply(program, X, Y)
    total = add(program, product, product)
    assert rows(fused(finished(program, total))) == ["v1 = x1 * x2", "v2 = v1 + v1", "return v2"]


def test_a_difference_is_the_sum_with_a_product_by_minus_1() -> None:
    program = Program(3)
    difference = program.add(SUM, [X, MINUS_ONE, Y])
    assert rows(fused(finished(program, add(program, difference, Z)))) == [
        "v1 = x1 - x2 + x3",
        "return v1",
    ]


# ── Rows that are computed twice ──────────────────────────────────────────────


def test_equal_rows_of_equal_operands_are_one() -> None:
    program = Program(3)
    program.operations = [operations.forward(table.exp)]
    first, second = program.add(0, [X]), program.add(0, [X])
    product = multiply(program, first, second)
    assert rows(shared(finished(program, product))) == ["v1 = exp(x1)", "v2 = v1 * v1", "return v2"]


def test_a_function_that_may_have_an_effect_is_called_each_time() -> None:
    program = Program(3)
    program.operations = [operations.forward(divmod)]
    out = multiply(program, program.add(0, [X, Y]), program.add(0, [X, Y]))
    assert len(shared(finished(program, out)).kinds) == 3


# ── The order of shares ───────────────────────────────────────────────────────


def test_choices_leave_out_the_operand_that_is_not_taken() -> None:
    tape = choice()
    assert [tape.ops[entry].__name__ for entry in choices_of(tape)] == ["gt"]
    taken = tape.operands_of(tape.outputs[0])[0]
    for flag, entry in ((True, 2), (False, 3)):
        flows = flows_of(tape, [flag])
        assert [*flows.entries[flows.starts[taken] : flows.starts[taken + 1]]] == [
            tape.operands_of(taken)[entry - 1]
        ]


def test_the_value_that_is_completed_last_hands_its_shares_down_first() -> None:
    # 0 is used by 1 and by 2, which 3 uses in that order.
    flows = Flows()
    for sources in [], [0], [0], [1, 2]:
        for position, source in enumerate(sources):
            flows.add(source, position)
        flows.close()
    shares = shares_of(flows, 3)
    assert ([*shares.order], shares.ends) == ([3, 2, 1], [0])
    assert [*shares.users[shares.starts[0] : shares.starts[1]]] == [2, 1]


def test_an_operation_with_a_tape_of_nothing_else_is_a_program() -> None:
    tape = Tape("nothing")
    tape.outputs = [tape.constant(1.5, "")]
    program: Any = optimized(lowered(tape))
    assert rows(program) == ["return 1.5"]
