"""Passes: functions that make of a program one that gives the same bits with fewer rows.

Most leave out a row here and there, and do so in place: what they are given is theirs to change.
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
        place: for each input, row and constant of the old one, by its cell, its cell in the new.
    """

    def __init__(self, old: Program) -> None:
        self.old = old
        self.inputs = old.inputs
        self.program = old.without_rows(len(old.cells) // 8)
        self.place = unmoved(old)

    def copy(self, row: i64) -> None:
        """Add a row as it is."""
        old, place = self.old, self.place
        cells, start, end = old.cells, old.starts[row], old.starts[row + 1]
        to = self.program.reserve(end - start) - start
        new = self.program.cells
        for at in range(start, end):
            new[to + at] = place[cells[at]]
        self.add(row, old.kinds[row])

    def add(self, row: i64, kind: i64) -> None:
        """End a row of the new program, which is in the place of one of the old."""
        program = self.program
        self.place[self.inputs + row] = program.close(kind)
        if row < self.old.forward:
            program.forward = len(program.kinds)

    def add_alike(self, row: i64, rows: i64) -> None:
        """End so many rows alike, in the places of this one and the next ones of the old."""
        program, place, following = self.program, self.place, self.inputs + row
        first = program.close_alike(self.old.kinds[row], rows)
        for cell in range(first, first + rows):
            place[following] = cell
            following += 1
        if row < self.old.forward:
            program.forward = len(program.kinds)

    def finished(self) -> Program:
        """The new program."""
        return _completed(self.program, self.old, self.place)


def unmoved(old: Program) -> vec[i64]:
    """The cells of a program after a pass by those before, where so far no row has one."""
    constants: i64 = len(old.constants)
    place = vec[i64]([_GONE] * (old.inputs + len(old.kinds) + constants))
    for cell in range(-constants, old.inputs):
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
            new_cells[filled] = place[cells[at]]
            filled += 1
        new_starts[k + 1] = filled
        if row < old.forward:
            new.forward = k + 1
    new.set_rows(new_kinds, new_starts, new_cells)
    return _completed(new, old, place)


def _completed(new: Program, old: Program, place: vec[i64]) -> Program:
    """The new program, with what else the old one has."""
    outputs, found = vec[i64]([0] * len(old.outputs)), old.outputs
    for index in range(len(outputs)):
        outputs[index] = place[found[index]]
    new.outputs, new.values, new.ways = outputs, old.values, old.ways
    labels, new.labels = old.labels, {}
    for cell, label in labels.items():
        moved = place[cell]
        if moved != _GONE:
            new.labels.setdefault(moved, label)
    return new


def _shortened(program: Program, rows: i64, forward: i64, place: vec[i64]) -> Program:
    """The program that has only so many rows left, with its cells by those that they had."""
    program.set_rows(program.kinds[:rows], program.starts[: rows + 1], program.cells)
    program.forward = forward
    return _completed(program, program, place)


# ── Rows that nothing needs ───────────────────────────────────────────────────


def _needed(program: Program) -> vec[i64]:
    """For each row, 1 if an output depends on it, or the way of the run; else 0."""
    inputs, kinds = program.inputs, program.kinds
    starts, cells = program.starts, program.cells
    count: i64 = len(kinds)
    live = vec[i64]([0] * count)
    outputs = program.outputs
    for index in range(len(outputs)):
        output = outputs[index]
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
    kinds, starts, cells, inputs = program.kinds, program.starts, program.cells, program.inputs
    live = _needed(program)
    count: i64 = len(kinds)
    kept: i64 = 0
    while kept < count and live[kept] == 1:
        kept += 1
    if kept == count:
        return program
    place = unmoved(program)
    for cell in range(inputs, inputs + kept):
        place[cell] = cell
    end = filled = starts[kept]
    forward = min(kept, program.forward)
    for row in range(kept, count):
        start, end = end, starts[row + 1]
        if live[row] == 0:
            continue
        place[inputs + row] = inputs + kept
        kinds[kept] = kinds[row]
        kept += 1
        if row < program.forward:
            forward = kept
        for at in range(start, end):
            cells[filled] = place[cells[at]]
            filled += 1
        starts[kept] = filled
    return _shortened(program, kept, forward, place)


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
        operand = new.place[program.cells[program.starts[row]]]
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
    """The program in which equal rows of equal operands are one row.

    Each row is moved to the end of those that are kept, to be compared with them.
    """
    kinds, starts, cells, inputs = program.kinds, program.starts, program.cells, program.inputs
    pure = vec[bool]([x.is_pure and not x.parts for x in program.operations])
    place = unmoved(program)
    count: i64 = len(kinds)
    size: i64 = 16
    while size < 2 * count:
        size *= 2
    table = vec[i64]([-1] * size)  # rows that are kept, by what they compute
    kept: i64 = 0
    forward: i64 = 0
    end: i64 = 0
    for row in range(count):
        start, end = end, starts[row + 1]
        number = kind = kinds[row]
        filled = starts[kept]
        for at in range(start, end):
            cell = place[cells[at]]
            cells[filled] = cell
            filled += 1
            number = ((number ^ cell) * 1000003) & 0xFFFFFFFFFF
        number ^= number >> 21
        kinds[kept] = kind
        starts[kept + 1] = filled
        equal: i64 = -1
        if kind in (SUM, CASES) or (kind >= 0 and pure[kind]):
            slot = number & (size - 1)
            while table[slot] >= 0 and not _are_equal(program, kept, table[slot]):
                slot = (slot + 1) & (size - 1)
            equal = table[slot]
            if equal < 0:
                table[slot] = kept
        place[inputs + row] = inputs + (kept if equal < 0 else equal)
        if equal < 0:
            kept += 1
            if row < program.forward:
                forward = kept
    return _shortened(program, kept, forward, place)


def _are_equal(program: Program, row: i64, other: i64) -> bool:
    """True if two rows compute the same."""
    starts, cells = program.starts, program.cells
    begin, end = starts[row], starts[row + 1]
    further = starts[other] - begin
    if program.kinds[row] != program.kinds[other] or starts[other + 1] - end != further:
        return False
    return all(cells[at] == cells[further + at] for at in range(begin, end))


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
