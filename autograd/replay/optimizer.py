"""Passes: functions that make of a program one that gives the same bits with fewer rows.

Nothing is ever added in another order, and no product fused with the sum it is added to, so all
that a pass may do are the steps that are exact in IEEE arithmetic:

* ``-0.0 + x`` is x, and ``1.0 * x`` is x (``0.0 + x`` is not, if x is -0.0);
* ``x + y`` is ``y + x``, and ``x - y`` is ``x + -1.0 * y``;
* what is computed twice from the same numbers is the same, also where it is a part of a function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from autograd.engine import floats
from autograd.native import i64, vec
from autograd.replay.program import (
    GUARD,
    MINUS_ZERO,
    ONE,
    PART,
    SUM,
    Operation,
    Program,
)

_GONE: Final[i64] = -(1 << 60)  # in place of the cell of a row that nothing refers to any more


class Rewriting:
    """A program that is made of another, row by row.

    Attributes:
        program: the new one.
        place: for each row of the old one its cell in the new.
    """

    def __init__(self, old: Program) -> None:
        self.old = old
        self.inputs = old.inputs
        self.program = Program(old.inputs, len(old.cells))
        self.program.operations = list(old.operations)
        for number in old.constants:  # in the same order, so that they keep their cells
            self.program.constant(number)
        self.place = vec[i64]([_GONE] * len(old.kinds))

    def moved(self, cell: i64) -> i64:
        """A cell of the old program, in the new one."""
        return cell if cell < self.inputs else self.place[cell - self.inputs]

    def copy(self, row: i64) -> None:
        """Add a row as it is."""
        old, program = self.old, self.program
        cells = old.cells
        for at in range(old.starts[row], old.starts[row + 1]):
            program.push(self.moved(cells[at]))
        self.add(row, old.kinds[row])

    def add(self, row: i64, kind: i64) -> None:
        """End a row of the new program, which is in the place of one of the old."""
        self.place[row] = self.program.close(kind)
        if row < self.old.forward:
            self.program.forward = len(self.program.kinds)

    def finished(self) -> Program:
        """The new program."""
        old, program = self.old, self.program
        program.trim()
        program.outputs = [self.moved(cell) for cell in old.outputs]
        program.values = old.values
        for cell, label in old.labels.items():
            place = self.moved(cell)
            if place != _GONE:
                program.labels.setdefault(place, label)
        return program


# ── Rows that nothing needs ───────────────────────────────────────────────────


def _needed(program: Program) -> vec[i64]:
    """For each row, 1 if an output depends on it, or the way of the run; else 0."""
    inputs, kinds = program.inputs, program.kinds
    starts, cells = program.starts, program.cells
    count: i64 = len(kinds)
    live = vec[i64]([0] * count)
    for output in program.outputs:
        if output >= inputs:
            live[output - inputs] = 1
    row = count
    while row > 0:
        row -= 1
        if live[row] == 0 and (kinds[row] >= 0 or kinds[row] == GUARD) and _is_kept(program, row):
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


def _is_kept(program: Program, row: i64) -> bool:
    """True if a row has an effect besides its number: it may end the run, or raise an error."""
    kind = program.kinds[row]
    if kind < 0:
        return kind == GUARD
    return row < program.forward and not program.operations[kind].is_pure


def without_dead(program: Program) -> Program:
    """The program without rows that no output needs."""
    live = _needed(program)
    new = Rewriting(program)
    for row in range(len(program.kinds)):
        if live[row] == 1:
            new.copy(row)
    return new.finished()


# ── Constants and aliases ─────────────────────────────────────────────────────


def folded(program: Program) -> Program:
    """The program without rows that are a constant, or the same number as another cell."""
    new = Rewriting(program)
    kinds, starts, cells = program.kinds, program.starts, program.cells
    for row in range(len(kinds)):
        kind = kinds[row]
        start, end = starts[row], starts[row + 1]
        first = new.moved(cells[start]) if end > start else ONE
        if kind == SUM and first == MINUS_ZERO and end > start + 1:
            # -0.0 + 1.0 * x is x.
            a, b = new.moved(cells[start + 1]), new.moved(cells[start + 2])
            if a == ONE or b == ONE:
                first = b if a == ONE else a
                start += 2
        if kind == SUM and end == start + 1:
            new.place[row] = first
            continue
        if kind == GUARD and first == new.moved(cells[start + 1]):
            continue
        known = first < 0
        for at in range(start + 1, end):
            if not known:
                break
            known = new.moved(cells[at]) < 0
        if known:
            listed = [first, *[new.moved(cells[at]) for at in range(start + 1, end)]]
            number = _constant(new.program, kind, listed[: end - start])
            if number is not None:
                new.place[row] = new.program.constant(number)
                continue
        if end > start:
            new.program.push(first)
        for at in range(start + 1, end):
            new.program.push(new.moved(cells[at]))
        new.add(row, kind)
    return new.finished()


def _constant(program: Program, kind: i64, cells: list[int]) -> float | None:
    """What a row of constants gives; None if only a run tells."""
    numbers = [program.constants[~cell] for cell in cells]
    if kind == SUM:
        total = numbers[0]
        for at in range(1, len(numbers), 2):
            total += numbers[at] * numbers[at + 1]
        return total
    if kind < 0:
        return None
    operation: Operation = program.operations[kind]
    if operation.parts or not operation.is_pure:
        return None
    number: float = operation.evaluate(numbers)
    return number


# ── Sums of products ──────────────────────────────────────────────────────────


def fused(program: Program) -> Program:
    """The program in which sums that are used once are part of the sum that uses them.

    A sum begins where the sum begins that it is continued from: ``(a * b + c * d) + e * f`` is one
    row, and so is ``e * f + (a * b + c * d)``, since addition is commutative.
    """
    fusing = _Fusing(program)
    new = Rewriting(program)
    for row in range(len(program.kinds)):
        if fusing.absorbed[row] == 1:
            continue
        if program.kinds[row] == SUM:
            fusing.write(row, new)
            new.add(row, SUM)
        else:
            new.copy(row)
    return new.finished()


# What may become of a sum: it stays, it is a product that is used once, or another sum that is.
_STAYS: Final[i64] = 0
_PRODUCT: Final[i64] = 1
_CHAIN: Final[i64] = 2


class _Fusing:
    """Which sums become part of others.

    Attributes:
        absorbed: for each row, 1 if it is no longer one of its own, else 0.
        before: for each sum the row that it continues; -1 if it begins by itself.
        swapped: for each sum, 1 if that is its second operand, else 0.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        inputs, kinds = program.inputs, program.kinds
        starts, cells = program.starts, program.cells
        count: i64 = len(kinds)
        self.absorbed = absorbed = vec[i64]([0] * count)
        self.before = before = vec[i64]([-1] * count)
        self.swapped = swapped = vec[i64]([0] * count)
        uses = _uses(program)
        fate = vec[i64]([_STAYS] * count)
        for row in range(count):
            if kinds[row] != SUM:
                continue
            start, end = starts[row], starts[row + 1]
            if uses[row] == 1:
                is_product = end == start + 3 and cells[start] == MINUS_ZERO
                fate[row] = _PRODUCT if is_product else _CHAIN
            first = cells[start] - inputs
            continued: i64 = -1
            if first >= 0 and fate[first] != _STAYS:
                continued = first
            if end == start + 3 and cells[start + 1] == ONE:
                second = cells[start + 2] - inputs
                is_chain = second >= 0 and fate[second] == _CHAIN
                if is_chain and (continued < 0 or fate[continued] == _PRODUCT):
                    continued = second
                    swapped[row] = 1
            if continued >= 0:
                before[row] = continued
                absorbed[continued] = 1
            # What is left of the terms: 1.0 times a product is that product.
            for at in range(start + 1, end, 2):
                other = first if swapped[row] == 1 else cells[at + 1] - inputs
                if other >= 0 and cells[at] == ONE and fate[other] == _PRODUCT:
                    absorbed[other] = 1

    def write(self, row: i64, new: Rewriting) -> None:
        """Push the cells of a sum with all that it absorbs."""
        program, to = self.program, new.program
        inputs, starts, cells = program.inputs, program.starts, program.cells
        before, absorbed = self.before, self.absorbed
        # The rows that it continues, the first one at the end.
        chain: list[int] = [row]
        at = before[row]
        while at >= 0:
            chain.append(at)
            at = before[at]
        to.push(new.moved(cells[starts[chain[-1]]]))
        for k in range(len(chain) - 1, -1, -1):
            part: i64 = chain[k]
            start, end = starts[part], starts[part + 1]
            for term in range(start + 1, end, 2):
                a = cells[term]
                b = cells[start] if self.swapped[part] == 1 else cells[term + 1]
                if a == ONE and b >= inputs and absorbed[b - inputs] == 1:
                    product = starts[b - inputs]
                    a = cells[product + 1]
                    b = cells[product + 2]
                to.push(new.moved(a))
                to.push(new.moved(b))


def _uses(program: Program) -> vec[i64]:
    """How often each row is used."""
    inputs, cells = program.inputs, program.cells
    uses = vec[i64]([0] * len(program.kinds))
    for at in range(len(cells)):
        cell = cells[at]
        if cell >= inputs:
            uses[cell - inputs] += 1
    for output in program.outputs:
        if output >= inputs:
            uses[output - inputs] += 1
    return uses


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
        operand = new.moved(program.cells[program.starts[row]])
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
    new = Rewriting(program)
    count: i64 = len(program.kinds)
    size: i64 = 16
    while size < 2 * count:
        size *= 2
    table = vec[i64]([-1] * size)  # rows of the new program, by what they compute
    for row in range(count):
        if not _may_be_shared(program, row):
            new.copy(row)
            continue
        slot = _slot(new, row, table)
        if table[slot] >= 0:
            new.place[row] = new.inputs + table[slot]
        else:
            table[slot] = len(new.program.kinds)
            new.copy(row)
    return new.finished()


def _may_be_shared(program: Program, row: i64) -> bool:
    kind = program.kinds[row]
    if kind < 0:
        return kind != PART and kind != GUARD
    return program.operations[kind].is_pure and not program.operations[kind].parts


def _slot(new: Rewriting, row: i64, table: vec[i64]) -> i64:
    """Where a row that computes the same as this one is in the table, or else a free slot."""
    old, place, inputs = new.old, new.place, new.inputs
    start, end = old.starts[row], old.starts[row + 1]
    kinds, starts, cells = new.program.kinds, new.program.starts, new.program.cells
    kind = old.kinds[row]
    number = kind
    for at in range(start, end):
        number = ((number ^ new.moved(old.cells[at])) * 1000003) & 0xFFFFFFFFFF
        number ^= number >> 21
    last: i64 = len(table) - 1
    slot = number & last
    while table[slot] >= 0:
        other = table[slot]
        begin = starts[other]
        equal = kinds[other] == kind and starts[other + 1] - begin == end - start
        at = start
        while equal and at < end:
            cell = old.cells[at]
            moved = cell if cell < inputs else place[cell - inputs]
            equal = moved == cells[begin + at - start]
            at += 1
        if equal:
            return slot
        slot = (slot + 1) & last
    return slot


PASSES: Final[tuple[Callable[[Program], Program], ...]] = (
    folded,
    without_dead,
    fused,
    parted,
    shared,
    without_dead,
)


def optimized(program: Program) -> Program:
    """The program after all passes."""
    for one in PASSES:
        program = one(program)
    return program
