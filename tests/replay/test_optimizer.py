"""The rows that are made of a tape, and each pass by itself: they all give the same bits."""

from __future__ import annotations

import inspect
import math
import operator
import random
from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest

import autograd
from autograd import Value
from autograd.engine import table
from autograd.replay import operations
from autograd.replay.levels import levelled
from autograd.replay.lift import Replay
from autograd.replay.lists import ListMachine
from autograd.replay.lowering import lowered
from autograd.replay.machine import machine
from autograd.replay.optimizer import (
    PASSES,
    optimized,
    parted,
    shared,
    without_dead,
)
from autograd.replay.packing import Packed
from autograd.replay.program import (
    BY_EIGHT,
    CASES,
    GUARD,
    MINUS_ZERO,
    ONE,
    SUM,
    ZERO,
    Operation,
    Program,
)
from autograd.replay.reach import below_root, choices_of
from autograd.replay.shares import SHIFT
from autograd.replay.tape import Tape
from autograd.replay.writing import describe
from tests.replay.graphs import bits, choice, graph, numbers, tape_of

X, Y, Z = 0, 1, 2

SPECIAL = [0.0, -0.0, 1.0, -2.5, 5e-324, -1e-310, 1e300, -1e300, 700.5, -800.0, math.inf, math.nan]


def rows(program: Program) -> list[str]:
    """The rows of a program, in text."""
    lines = describe({1: program}, program.inputs, {}).splitlines()
    return [line[8:].split("  #")[0] for line in lines if line[:1] == " "]


def add(program: Program, x: int, y: int) -> int:
    return program.add(SUM, [x, ONE, y])


def multiply(program: Program, x: int, y: int) -> int:
    return program.add(SUM, [MINUS_ZERO, x, y])


def finished(program: Program, *outputs: int) -> Program:
    program.set_outputs(outputs)
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
    program = lowered(tape, below_root(tape, tape.outputs[0], [])[1])
    points = [numbers(rng, 3) for _ in range(3)]
    further = numbers(rng, program.inputs - 3)

    def results(program: Program, places: Sequence[int] | None = None) -> list[bytes]:
        machine = ListMachine(program)
        found: list[float] = []
        for point in points:
            given = [*point, *further]
            for number, place in zip([*point, *further], places or range(program.inputs)):
                given[place] = number
            state = machine.forward(given)
            assert state is not None
            values = [Value(0.0) for _ in given[4:]]
            for value, grad in zip(values, given[4:]):
                value.grad = grad
            machine.add_shares(state, given[3], values)
            found += [*machine.values(state, program.values), *[value.grad for value in values]]
        return bits(found)

    expected = results(program)
    for one in PASSES:
        assert results(one(program)) == expected, one.__name__
    made = optimized(program)
    assert results(made) == expected
    assert without_dead(made) is made
    for form in program, made:
        beside = levelled(form)
        assert results(beside) == expected
        packed = Packed(beside)
        assert results(packed.program, [*packed.places]) == expected


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
    program = optimized(lowered(tape, below_root(tape, tape.outputs[0], [])[1]))
    assert len(program.kinds) - program.forward == 1  # the sum of y


def test_a_row_that_may_raise_an_error_is_carried_out_though_nothing_needs_it() -> None:
    program = Program(3)
    program.operations = [operations.operation_of(divmod), operations.operation_of(table.exp)]
    program.add(0, [X, Y])
    program.add(1, [X])
    assert rows(without_dead(finished(program, X))) == ["v1 = divmod(x1, x2)", "return x1"]


# ── Rows of a tape ────────────────────────────────────────────────────────────


class _Entries:
    """A tape with three inputs and what is computed from them."""

    def __init__(self) -> None:
        self.tape = Tape("f")
        for number in (2.0, 3.0, 5.0):
            self.tape.input(number)

    def constant(self, number: float) -> int:
        return self.tape.constant(number, "")

    def entry(self, op: Any, *operands: int) -> int:
        return self.tape.row(op, operands, (), 0.0)

    def add(self, x: int, y: int) -> int:
        return self.entry(table.add, x, y)

    def subtract(self, x: int, y: int) -> int:
        return self.entry(table.subtract, x, y)

    def multiply(self, x: int, y: int) -> int:
        return self.entry(table.multiply, x, y)

    def rows(self, *outputs: int) -> list[str]:
        self.tape.outputs = [*outputs]
        return rows(lowered(self.tape))


def test_what_is_computed_from_constants_is_a_constant() -> None:
    f = _Entries()
    one = f.entry(table.exp, f.add(f.constant(0.5), f.constant(-0.5)))
    assert f.rows(f.add(X, one)) == ["v1 = x1 + 1.0", "return v1"]


def test_a_number_times_1_is_that_number_and_plus_0_is_not() -> None:
    f = _Entries()
    other = f.add(f.multiply(X, f.constant(1.0)), f.constant(0.0))
    assert f.rows(f.multiply(f.constant(1.0), other)) == ["v1 = x1 + 0.0", "return v1"]
    f = _Entries()
    none = f.constant(-0.0)
    total = f.add(none, f.multiply(X, Y))
    assert f.rows(f.add(none, total), f.add(f.add(none, f.add(X, Y)), Z)) == [
        "v1 = x1 * x2",
        "v2 = x1 + x2 + x3",
        "return v1, v2",
    ]


def test_a_function_that_may_have_an_effect_is_called_of_constants_too() -> None:
    f = _Entries()
    one = f.constant(1.0)
    f.entry(divmod, X, Y)
    assert f.rows(f.entry(divmod, one, one)) == [
        "v1 = divmod(x1, x2)",
        "v2 = divmod(1.0, 1.0)",
        "return v2",
    ]


def test_a_guard_on_a_constant_is_no_row() -> None:
    f = _Entries()
    f.tape.guard(f.constant(2.0), "truth", "")
    assert f.rows(X) == ["return x1"]


def test_what_no_output_needs_is_not_computed() -> None:
    f = _Entries()
    total = f.add(X, Y)
    f.entry(table.exp, f.add(total, Z))
    assert f.rows(f.add(total, X)) == ["v1 = x1 + x2 + x1", "return v1"]


def test_a_sum_of_products_becomes_one_row_in_the_order_of_the_additions() -> None:
    f = _Entries()
    total = f.add(f.multiply(X, Y), f.multiply(Y, Z))
    total = f.add(f.add(total, X), f.multiply(X, X))
    assert f.rows(total) == ["v1 = x1 * x2 + x2 * x3 + x1 + x1 * x1", "return v1"]


def test_a_sum_is_continued_from_its_right_operand_too() -> None:
    f = _Entries()
    total = f.add(f.add(X, Y), f.multiply(Y, Z))
    total = f.add(f.multiply(X, X), total)
    assert f.rows(total) == ["v1 = x1 + x2 + x2 * x3 + x1 * x1", "return v1"]


def test_two_sums_are_not_merged_since_that_would_be_another_order() -> None:
    for order in (0, 1), (1, 0):
        f = _Entries()
        pairs = ((X, Y), (Y, Z))
        total = {k: f.add(*pairs[k]) for k in order}  # whichever comes first
        assert f.rows(f.add(total[0], total[1])) == [
            "v1 = x2 + x3",
            "v2 = x1 + x2 + v1",
            "return v2",
        ]


def test_what_is_used_twice_keeps_a_row_of_its_own() -> None:
    f = _Entries()
    product = f.multiply(X, Y)
    f.tape.guard(f.add(X, Z), "truth", "")
    other = f.add(f.add(X, Z), f.subtract(Y, Z))
    assert f.rows(f.add(product, product), f.multiply(other, Z), other) == [
        "v1 = x1 * x2",
        "v2 = x1 + x3",
        "guard v2 is 0.0",
        "v4 = x2 - x3",
        "v5 = x1 + x3 + v4",
        "v6 = v1 + v1",
        "v7 = v5 * x3",
        "return v6, v7, v5",
    ]


def test_what_is_subtracted_may_be_a_constant_times_a_cell() -> None:
    f = _Entries()
    rate = f.constant(0.5)
    moved = f.subtract(X, f.multiply(rate, Y))
    kept = f.subtract(Z, f.multiply(X, Y))
    other = f.subtract(Z, f.add(X, Y))
    twice = f.entry(table.negative, f.entry(table.negative, f.multiply(Z, rate)))
    assert f.rows(moved, kept, other, f.subtract(Y, twice)) == [
        "v1 = x1 + -0.5 * x2",
        "v2 = x1 * x2",
        "v3 = x3 - v2",
        "v4 = x1 + x2",
        "v5 = x3 - v4",
        "v6 = x2 + -0.5 * x3",
        "return v1, v3, v5, v6",
    ]


def test_to_divide_by_a_power_of_2_is_to_multiply() -> None:
    for divisor, expected in (
        (2.0, "v1 = x2 + 0.5 * x1"),
        (-0.25, "v1 = x2 + -4.0 * x1"),
        (3.0, "v1 = divide(x1, 3.0)"),
        (5e-324, "v1 = divide(x1, 5e-324)"),
        (0.0, "v1 = divide(x1, 0.0)"),
    ):
        f = _Entries()
        assert f.rows(f.add(Y, f.entry(table.divide, X, f.constant(divisor))))[0] == expected


def test_a_product_by_a_constant_is_one_row_whichever_way_round_it_is_written() -> None:
    f = _Entries()
    half, two = f.constant(0.5), f.constant(2.0)
    halves = [f.multiply(X, half), f.multiply(half, X), f.entry(table.divide, X, two)]
    sums = [f.add(Y, f.multiply(*pair)) for pair in ((X, half), (half, X))]
    f.tape.outputs = [*halves, *sums]
    assert rows(shared(lowered(f.tape))) == [
        "v1 = 0.5 * x1",
        "v2 = x2 + 0.5 * x1",
        "return v1, v1, v1, v2, v2",
    ]


def test_of_a_share_the_constant_comes_first_too() -> None:
    weight = Value(2.0, "weight")

    @autograd.compile
    def slope(x: float, y: float) -> float:
        weight.grad = 0.0
        ((weight * x + weight * y) * 0.25).backward()
        found = weight.grad
        weight.grad = 0.0
        return found

    assert [slope(3.0, 4.0), slope(5.0, 7.0)] == [1.75, 3.0]
    assert rows(slope.programs[0].program) == ["v1 = 0.0 + 0.25 * x2 + 0.25 * x1", "return v1, 0.0"]


def test_the_derivative_of_a_square_is_a_product() -> None:
    for exponent, expected in ((2.0, "v2 = 2.0 * x1"), (3.0, "v2 = power_slope(x1, 3.0)")):
        x = Value(3.0)
        replay = Replay(tape_of(x**exponent, [x]))
        assert rows(replay.program)[2] == expected
        for number in SPECIAL:
            run = replay.run([number])
            leaf = Value(number)
            (leaf**exponent).backward(0.75)
            assert run is not None
            assert bits(run.add_shares(0, 0.75, [0.0])) == bits([leaf.grad])


def test_a_sum_times_1_is_a_part_of_what_uses_that() -> None:
    for same in (False, True):
        f = _Entries()
        total = f.add(f.multiply(X, Y), Z)
        total = f.entry(table.where, total) if same else f.multiply(f.constant(1.0), total)
        assert f.rows(f.add(X, total)) == ["v1 = x1 * x2 + x3 + x1", "return v1"]


def test_a_difference_is_the_sum_with_a_product_by_minus_1() -> None:
    f = _Entries()
    assert f.rows(f.add(f.subtract(X, Y), Z)) == ["v1 = x1 - x2 + x3", "return v1"]


def test_a_long_sum_from_either_side_is_one_row() -> None:
    f = _Entries()
    left, right = X, X
    for _ in range(30_000):
        left, right = f.add(left, Y), f.add(Y, right)
    f.tape.outputs = [left, right]
    assert [lowered(f.tape).starts[k] for k in (1, 2)] == [60_001, 120_002]


def test_the_gradient_of_a_pass_that_is_used_once_is_a_part_too() -> None:
    weight, velocity = Value(2.0, "weight"), Value(0.5, "velocity")

    @autograd.compile
    def step(x: float) -> float:
        weight.grad = 0.0
        (weight * x + weight * weight).backward()
        velocity.data = 0.9 * velocity.data + weight.grad
        weight.grad = 0.0
        return velocity.data

    assert [step(3.0), step(3.0)] == [0.9 * 0.5 + 7.0, 0.9 * (0.9 * 0.5 + 7.0) + 7.0]
    assert rows(step.programs[0].program) == [
        "v1 = 0.0 + weight + weight + x1 + 0.9 * velocity",
        "return v1, v1, 0.0",
    ]


def test_a_gradient_that_a_second_pass_adds_to_is_part_of_the_sum() -> None:
    weight, other = Value(2.0, "weight"), Value(0.5, "other")

    @autograd.compile
    def slopes(x: float, y: float) -> tuple[float, float]:
        weight.grad = other.grad = 0.0
        (weight * x * other).backward()
        (weight * y).backward()
        (weight * weight * y).backward()
        found = weight.grad, other.grad
        weight.grad = other.grad = 0.0
        return found

    assert [slopes(3.0, 4.0), slopes(5.0, 7.0)] == [(21.5, 6.0), (37.5, 10.0)]
    assert rows(slopes.programs[0].program)[3:] == [
        "v4 = 0.0 + x1 * v2",
        "v5 = x2 + v4",
        "v6 = 0.0 + x2",
        "v7 = weight * v6 + weight * v6 + v5",
        "return v7, v3, 0.0, 0.0",
    ]


# ── Rows that are computed twice ──────────────────────────────────────────────


def test_equal_rows_of_equal_operands_are_one() -> None:
    program = Program(3)
    program.operations = [operations.operation_of(table.exp)]
    first, second = program.add(0, [X]), program.add(0, [X])
    product = multiply(program, first, second)
    assert rows(shared(finished(program, product))) == ["v1 = exp(x1)", "v2 = v1 * v1", "return v2"]


def test_what_two_functions_begin_with_is_computed_once() -> None:
    program = Program(1)
    program.operations = [
        operations.operation_of(x) for x in (table.sigmoid, table.bell, table.exp)
    ]
    outs = [program.add(kind, [X]) for kind in (0, 1, 2)]
    assert rows(shared(parted(finished(program, *outs)))) == [
        "v1 = decay(x1)",
        "v2 = logistic(x1, v1)",
        "v3 = bump(v1)",
        "v4 = exp(x1)",
        "return v2, v3, v4",
    ]


def test_a_function_that_may_have_an_effect_is_called_each_time() -> None:
    program = Program(3)
    program.operations = [operations.operation_of(divmod)]
    out = multiply(program, program.add(0, [X, Y]), program.add(0, [X, Y]))
    assert len(shared(finished(program, out)).kinds) == 3


# ── Rows side by side ─────────────────────────────────────────────────────────


def test_rows_that_do_not_need_each_other_come_side_by_side_by_kind() -> None:
    program = Program(3)
    first = multiply(program, X, Y)
    second = add(program, first, Z)
    third = multiply(program, Y, Z)
    fourth = add(program, third, X)
    beside = levelled(finished(program, second, fourth))
    assert rows(beside) == [
        "v1 = x1 * x2",
        "v2 = x2 * x3",
        "v3 = v1 + x3",
        "v4 = v2 + x1",
        "return v3, v4",
    ]


def test_what_may_raise_an_error_stays_behind_guards_and_effects_stay_in_order() -> None:
    def own(x: float) -> float:
        return x

    program = Program(3)
    program.operations = [operations.operation_of(operator.truediv), operations.operation_of(own)]
    ratio = program.add(0, [X, Y])
    called = program.add(1, [ratio])
    program.labels[program.add(GUARD, [called, ONE])] = "truth"
    again = program.add(1, [X])
    other = program.add(0, [X, Z])
    last = multiply(program, X, Z)
    beside = levelled(finished(program, called, again, other, last))
    assert [*beside.kinds] == [0, SUM, 1, GUARD, 1, 0]
    assert beside.row(5) == [X, Z]


def test_rows_are_told_apart_by_constants_and_ordered_by_what_they_share() -> None:
    program = Program(10)
    half = program.constant(0.5)

    def gradient(weight: int, x: int, slope: int) -> int:
        """What decay adds to the gradient of a weight, and two examples."""
        return program.add(SUM, [ZERO, weight, half, x, slope, x, slope + 1])

    outs = [gradient(w, x, slope) for w, x, slope in ((0, 4, 6), (1, ONE, 6), (2, 5, 6))]
    outs += [gradient(w, x, slope) for w, x, slope in ((3, 4, 8), (1, ONE, 8), (2, 5, 8))]
    beside = levelled(finished(program, *outs))
    assert [beside.row(k)[3:5] for k in range(6)] == [
        [4, 6], [5, 6], [4, 8], [5, 8], [ONE, 6], [ONE, 8],
    ]  # fmt: skip


def sums(program: Program, vectors: list[list[int]], numbers: list[int]) -> list[int]:
    """Eight rows: a sum of products of these vectors of cells and the same numbers."""
    return [
        program.add(SUM, [MINUS_ZERO, *[x for v, y in zip(vectors, numbers) for x in (v[k], y)]])
        for k in range(8)
    ]


def test_eight_equal_rows_on_cells_that_follow_each_other_are_packed_as_they_are() -> None:
    program = Program(24)
    outs = sums(program, [[*range(8)], [*range(8, 16)]], [16, 17])
    packed = Packed(finished(program, *outs))
    assert packed.blocks == [0]
    assert [packed.program.row(k)[1:] for k in range(8)] == [program.row(k)[1:] for k in range(8)]
    assert [*packed.places] == [*range(24)]


def test_what_is_the_same_for_eight_rows_is_laid_side_by_side_but_in_products() -> None:
    program = Program(24)
    program.operations = [Operation("divide", table.divide.forward, "", "")]
    outs = [program.add(SUM, [ONE, k, 16]) for k in range(8)]
    outs += [program.add(0, [8 + k, 16]) for k in range(8)]
    packed = Packed(finished(program, *outs))
    found = [packed.program.row(k) for k in range(24)]
    constants, ones, copies = packed.program.constants, found[8][0], packed.program.inputs
    assert packed.blocks == [0, 8, 16]
    assert found[:8] == [[16]] * 8
    assert found[8:16] == [[ones + k, k, 16] for k in range(8)]
    assert [constants[~(ones + k)] for k in range(8)] == [1.0] * 8
    assert found[16:] == [[8 + k, copies + k] for k in range(8)]


def test_inputs_are_laid_so_that_those_of_eight_rows_follow_each_other() -> None:
    program = Program(24)
    even, odd = [*range(0, 16, 2)], [*range(1, 16, 2)]
    packed = Packed(finished(program, *sums(program, [even, odd], [16, 17])))
    assert packed.blocks == [0]
    assert [packed.places[k] for k in even] == [*range(8)]
    assert [packed.places[k] for k in odd] == [*range(8, 16)]
    assert packed.program.row(7)[1:] == [7, 16, 15, 17]


def gives_the_bits_of_lists(program: Program) -> bool:
    """True if the machine at hand does, for inputs with special numbers among them."""
    given = [*SPECIAL, *[1.0 / k for k in range(2, int(program.inputs) - len(SPECIAL) + 2)]]
    given[16:19] = 0.0, 1.0, -3.0  # flags among them
    machines: list[Any] = [machine(program), ListMachine(program)]
    found, wanted = (bits(ready.values(ready.forward(given), program.values)) for ready in machines)
    return found == wanted


def test_cells_that_lie_elsewhere_are_copied_once() -> None:
    program = Program(24)
    backwards = [*range(7, -1, -1)]
    outs = sums(program, [[*range(8)]], [16]) + sums(program, [backwards], [17])
    outs += sums(program, [backwards], [16])
    packed = Packed(finished(program, *outs))
    assert packed.blocks == [0, 8, 16, 24]
    assert [packed.program.row(k) for k in range(8)] == [[k] for k in backwards]
    assert packed.program.row(17)[1:] == [24 + 1, 17]
    assert packed.program.row(31)[1:] == [24 + 7, 16]


def test_a_number_for_all_of_eight_rows_is_copied_where_others_vary() -> None:
    program = Program(24)
    outs = [program.add(SUM, [ZERO, k, 16, k, 8 + k]) for k in range(8)]
    packed = Packed(finished(program, *outs))
    assert packed.blocks == [0, 8]
    assert [packed.program.row(k) for k in range(8)] == [[16]] * 8
    assert packed.program.row(9)[1:] == [1, 25, 1, 9]


def test_constants_that_lie_elsewhere_are_laid_side_by_side_for_good() -> None:
    program = Program(8)
    numbers = [float(k % 3 + 2) for k in range(8)]
    outs = [
        program.add(SUM, [ZERO, program.constant(number), k]) for k, number in enumerate(numbers)
    ]
    packed = Packed(finished(program, *outs))
    assert packed.blocks == [0]
    found = [packed.program.constants[~packed.program.row(k)[1]] for k in range(8)]
    assert found == numbers


def test_rows_with_more_copies_than_products_are_not_packed() -> None:
    program = Program(16)
    first = sums(program, [[*range(8)]], [8])
    outs = [program.add(SUM, [first[step * k % 8] for step in (3, 5, 7)]) for k in range(8)]
    packed = Packed(finished(program, *outs))
    assert packed.blocks == [0]
    assert [packed.program.row(k) for k in range(8, 16)] == [program.row(k) for k in range(8, 16)]


def test_copies_for_gradients_come_after_all_rows_of_the_values() -> None:
    program = Program(32)
    outs = sums(program, [[*range(8)]], [8])
    finished(program, *outs)
    grads = sums(program, [[*range(16, 8, -1)], [*range(9, 17)]], [24, 25])
    program.set_outputs(outs, grads)
    packed = Packed(program)
    assert packed.program.forward == 8
    assert packed.blocks == [0, 8, 16]
    assert packed.program.row(8) != packed.program.row(16)


def test_blocks_begin_at_cells_that_are_multiples_of_eight() -> None:
    program = Program(13)
    first = program.add(SUM, [8, 9, 10, 11, 12])
    outs = [first, *sums(program, [[*range(8)]], [8])]
    packed = Packed(finished(program, *outs)).program
    assert [(packed.outputs[k] - packed.outputs[1], packed.outputs[1] % 8) for k in (1, 8)] == [
        (0, 0), (7, 0),
    ]  # fmt: skip


def test_cases_of_the_same_flags_are_packed() -> None:
    program = Program(24)
    outs = [program.add(CASES, [ZERO, 16, ONE, k, 17, 8 + k, 18]) for k in range(8)]
    outs += [program.add(CASES, [ZERO, k, ONE, k, 17, 8 + k, 18]) for k in range(8)]
    packed = Packed(finished(program, *outs))
    assert packed.blocks == [0]
    assert gives_the_bits_of_lists(program)


@pytest.mark.parametrize("beside", [0, 1, 3])
@pytest.mark.parametrize("count", [3, 4, 11])
def test_sums_that_share_operands_have_the_bits_of_each(beside: int, count: int) -> None:
    """Operands that are not shared come first, last, and among the others."""
    program = Program(200)
    outs = []
    for block in range(count):
        own = [[*range(100 + 8 * block, 108 + 8 * block)]] * beside
        vectors = [*own, *[[*range(8 * k, 8 * k + 8)] for k in range(6)], *own]
        outs += sums(program, vectors, [48 + (block + k) % 40 for k in range(len(vectors))])
    packed = Packed(finished(program, *outs))
    assert len(packed.blocks) == count
    assert gives_the_bits_of_lists(program)


def test_rows_that_need_each_other_are_not_packed() -> None:
    program = Program(3)
    out = X
    for _ in range(20):
        out = multiply(program, out, Y)
    assert Packed(finished(program, out)).blocks == []


@pytest.mark.parametrize("function", sorted(BY_EIGHT, key=operator.attrgetter("__name__")))
def test_a_function_of_eight_rows_gives_the_bits_of_the_one_of_floats(function: Any) -> None:
    arity = len(inspect.signature(function).parameters)
    points = [[*point] for point in product(SPECIAL, repeat=arity)]
    if function is operator.truediv:
        points = [[x, y] for x, y in points if y != 0.0]
    points += [[2.0 + k, 0.5 + k][:arity] for k in range(-len(points) % 8 + 8)]  # eights without
    program = Program(len(points) * arity)
    program.operations = [Operation(function.__name__, function, "", "")]
    outs = [program.add(0, [*range(k * arity, (k + 1) * arity)]) for k in range(len(points))]
    ready = machine(finished(program, *outs))
    state = ready.forward([x for point in points for x in point])
    assert bits(ready.values(state, len(outs))) == bits([function(*point) for point in points])


# ── The order of shares ───────────────────────────────────────────────────────


def test_choices_leave_out_the_operand_that_is_not_taken() -> None:
    tape = choice()
    assert [tape.op(entry).__name__ for entry in choices_of(tape)] == ["gt"]
    taken = tape.operands_of(tape.outputs[0])[0]
    for flag, entry in ((True, 2), (False, 3)):
        found, _ = below_root(tape, tape.outputs[0], [flag])
        flows, index = found.flows, [*found.flows.entries].index(taken)
        receivers = flows.receivers[flows.starts[index] : flows.starts[index + 1]]
        assert [x >> SHIFT for x in receivers] == [tape.operands_of(taken)[entry - 1]]


def test_the_value_that_is_completed_last_hands_its_shares_down_first() -> None:
    tape = Tape("order")
    x = tape.input(1.0)
    first, second = (tape.row(table.negative, (x,), (0,), -1.0) for _ in range(2))
    root = tape.row(table.add, (first, second), (0, 1), -2.0)
    _, shares = below_root(tape, root, ())
    assert [*shares.entries][: shares.count] == [root, second, first, x]
    assert [shares.entries[k] for k in [*shares.order][:3]] == [root, second, first]
    assert [shares.entries[k] for k in shares.ends] == [x]
    of_x = shares.starts[shares.ends[0]], shares.starts[shares.ends[0] + 1]
    assert [x >> SHIFT for x in shares.users[slice(*of_x)]] == [second, first]


def test_an_operation_with_a_tape_of_nothing_else_is_a_program() -> None:
    tape = Tape("nothing")
    tape.outputs = [tape.constant(1.5, "")]
    program: Any = optimized(lowered(tape))
    assert rows(program) == ["return 1.5"]
