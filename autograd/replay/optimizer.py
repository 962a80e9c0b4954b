"""Passes: functions that make of a program one that gives the same bits with fewer rows.

What is computed twice from the same numbers is the same, also where it is a part of a function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from autograd.engine import floats
from autograd.native import i64, vec
from autograd.replay.program import CASES, GUARD, PART, SUM, Operation, Program

_GONE: Final[i64] = -(1 << 60)  # in place of the cell of a row that nothing refers to any more


class Rewriting:
    """A program that is made of another, row by row.

    Attributes:
        program: the new one.
        place: for each input and each row of the old one, by its cell, its cell in the new.
    """

    def __init__(self, old: Program) -> None:
        self.old = old
        self.inputs = old.inputs
        self.program = old.without_rows(len(old.cells) // 4)
        self.place = unmoved(old)

    def copy(self, row: i64) -> None:
        """Add a row as it is."""
        old, place = self.old, self.place
        cells, start, end = old.cells, old.starts[row], old.starts[row + 1]
        to = self.program.reserve(end - start) - start
        new = self.program.cells
        for at in range(start, end):
            cell = cells[at]
            new[to + at] = cell if cell < 0 else place[cell]
        self.add(row, old.kinds[row])

    def add(self, row: i64, kind: i64) -> None:
        """End a row of the new program, which is in the place of one of the old."""
        program = self.program
        self.place[self.inputs + row] = program.close(kind)
        if row < self.old.forward:
            program.forward = len(program.kinds)

    def finished(self) -> Program:
        """The new program."""
        return _completed(self.program, self.old, self.place)


def unmoved(old: Program) -> vec[i64]:
    """The cells of a new program by those of the old one, where so far only inputs have one."""
    place = vec[i64]([_GONE] * (old.inputs + len(old.kinds)))
    for cell in range(old.inputs):
        place[cell] = cell
    return place


def rearranged(old: Program, rows: vec[i64], place: vec[i64]) -> Program:
    """The program of some rows of another, in this order, with its cells by those of the old."""
    new = old.without_rows()
    kinds, starts, cells = old.kinds, old.starts, old.cells
    count: i64 = len(rows)
    new_kinds = vec[i64]([0] * count)
    new_starts = vec[i64]([0] * (count + 1))
    new_cells = new.cells
    filled: i64 = 0
    for k in range(count):
        row = rows[k]
        new_kinds[k] = kinds[row]
        for at in range(starts[row], starts[row + 1]):
            cell = cells[at]
            new_cells[filled] = cell if cell < 0 else place[cell]
            filled += 1
        new_starts[k + 1] = filled
        if row < old.forward:
            new.forward = k + 1
    new.set_rows(new_kinds, new_starts, new_cells)
    return _completed(new, old, place)


def _completed(new: Program, old: Program, place: vec[i64]) -> Program:
    """The new program, with what else the old one has."""
    outputs = vec[i64]([0] * len(old.outputs))
    for index in range(len(outputs)):
        output = old.outputs[index]
        outputs[index] = output if output < 0 else place[output]
    new.outputs, new.values = outputs, old.values
    for cell, label in old.labels.items():
        moved: i64 = cell if cell < 0 else place[cell]
        if moved != _GONE:
            new.labels.setdefault(moved, label)
    return new


# ── Rows that nothing needs ───────────────────────────────────────────────────


def _needed(program: Program) -> vec[i64]:
    """For each row, 1 if an output depends on it, or the way of the run; else 0."""
    inputs, kinds = program.inputs, program.kinds
    starts, cells = program.starts, program.cells
    count: i64 = len(kinds)
    live = vec[i64]([0] * count)
    for index in range(len(program.outputs)):
        output = program.outputs[index]
        if output >= inputs:
            live[output - inputs] = 1
    may_act = vec[i64]([0 if x.is_pure else 1 for x in program.operations])
    row = count
    while row > 0:
        row -= 1
        kind = kinds[row]
        # It may end the run, or raise an error.
        if kind == GUARD or (kind >= 0 and may_act[kind] == 1 and row < program.forward):
            live[row] = 1
        if live[row] == 1:
            for at in range(starts[row], starts[row + 1]):
                cell = cells[at]
                if cell >= inputs:
                    live[cell - inputs] = 1
    for row in range(count):
        if kinds[row] == PART:  # the parts of a row stay together
            live[row] = live[cells[starts[row]] - inputs]
    return live


def without_dead(program: Program) -> Program:
    """The program without rows that no output needs."""
    live, place = _needed(program), unmoved(program)
    rows = vec[i64]([0] * len(live))
    kept: i64 = 0
    for row in range(len(live)):
        if live[row] == 1:
            place[program.inputs + row] = program.inputs + kept
            rows[kept] = row
            kept += 1
    return program if kept == len(rows) else rearranged(program, rows[:kept], place)


# ── Functions of a function ───────────────────────────────────────────────────

# Functions that begin with one, and what they go on with; True if that takes the operand too.
_BEGINNINGS: Final[dict[Any, tuple[Any, Any, bool]]] = {
    floats.sigmoid: (floats.decay, floats.logistic, True),
    floats.bell: (floats.decay, floats.bump, False),
}


def parted(program: Program) -> Program:
    """The program in which what several functions begin with is a row, which they can share."""
    begun = [x.source in _BEGINNINGS for x in program.operations]
    if True not in begun:
        return program
    new = Rewriting(program)
    kinds: dict[Any, int] = {}
    for row in range(len(program.kinds)):
        kind = program.kinds[row]
        if kind < 0 or not begun[kind]:
            new.copy(row)
            continue
        first, second, takes_operand = _BEGINNINGS[program.operations[kind].source]
        operand = program.cells[program.starts[row]]
        if operand >= 0:
            operand = new.place[operand]
        new.program.push(operand)
        beginning = new.program.close(_kind_of(new.program, first, kinds))
        if takes_operand:
            new.program.push(operand)
        new.program.push(beginning)
        new.add(row, _kind_of(new.program, second, kinds))
    return new.finished()


def _kind_of(program: Program, function: Any, kinds: dict[Any, int]) -> i64:
    """The kind of the rows of a function of `floats`."""
    if function not in kinds:
        kinds[function] = len(program.operations)
        name = function.__name__
        needs = "from autograd.engine import floats"
        program.operations.append(Operation(name, function, f"floats.{name}", needs))
    return kinds[function]


# ── Rows that are computed twice ──────────────────────────────────────────────


def shared(program: Program) -> Program:
    """The program in which equal rows of equal operands are one row."""
    kinds, starts, cells, inputs = program.kinds, program.starts, program.cells, program.inputs
    pure = vec[bool]([x.is_pure and not x.parts for x in program.operations])
    place = unmoved(program)
    count: i64 = len(kinds)
    size: i64 = 16
    while size < 2 * count:
        size *= 2
    table = vec[i64]([-1] * size)  # rows, by what they compute
    rows = vec[i64]([0] * count)
    kept: i64 = 0
    for row in range(count):
        kind = kinds[row]
        equal: i64 = -1
        if kind in (SUM, CASES) or (kind >= 0 and pure[kind]):
            number = kind
            for at in range(starts[row], starts[row + 1]):
                cell = cells[at]
                number = ((number ^ (cell if cell < 0 else place[cell])) * 1000003) & 0xFFFFFFFFFF
                number ^= number >> 21
            slot = number & (size - 1)
            while table[slot] >= 0 and not _are_equal(program, row, table[slot], place):
                slot = (slot + 1) & (size - 1)
            equal = table[slot]
            if equal < 0:
                table[slot] = row
        if equal >= 0:
            place[inputs + row] = place[inputs + equal]
        else:
            place[inputs + row] = inputs + kept
            rows[kept] = row
            kept += 1
    return program if kept == count else rearranged(program, rows[:kept], place)


def _are_equal(program: Program, row: i64, other: i64, place: vec[i64]) -> bool:
    """True if two rows compute the same."""
    starts, cells = program.starts, program.cells
    begin, length = starts[row], starts[row + 1] - starts[row]
    if program.kinds[row] != program.kinds[other] or starts[other + 1] - starts[other] != length:
        return False
    further = starts[other] - begin
    for at in range(begin, begin + length):
        x, y = cells[at], cells[further + at]
        if x != y and (x < 0 or y < 0 or place[x] != place[y]):
            return False
    return True


PASSES: Final[tuple[Callable[[Program], Program], ...]] = (
    without_dead,
    parted,
    shared,
)


def optimized(program: Program) -> Program:
    """The program after all passes."""
    for one in PASSES:
        program = one(program)
    return program
