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
from autograd.native import append, i64, vec
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
        place: for each input and each row of the old one, by its cell, its cell in the new.
    """

    def __init__(self, old: Program) -> None:
        self.old = old
        self.inputs = old.inputs
        self.program = Program(old.inputs, len(old.cells))
        self.program.operations = list(old.operations)
        for number in old.constants:  # in the same order, so that they keep their cells
            self.program.constant(number)
        self.place = vec[i64]([_GONE] * (old.inputs + len(old.kinds)))
        for cell in range(old.inputs):
            self.place[cell] = cell

    def moved(self, cell: i64) -> i64:
        """A cell of the old program, in the new one."""
        return cell if cell < 0 else self.place[cell]

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
    live = _needed(program)
    if all(live[row] == 1 for row in range(len(live))):
        return program
    new = Rewriting(program)
    for row in range(len(program.kinds)):
        if live[row] == 1:
            new.copy(row)
    return new.finished()


# ── Constants and aliases ─────────────────────────────────────────────────────


def folded(program: Program) -> Program:
    """The program without rows that are a constant, or the same number as another cell."""
    new = Rewriting(program)
    inputs, place = program.inputs, new.place
    kinds, starts, cells = program.kinds, program.starts, program.cells
    for row in range(len(kinds)):
        kind = kinds[row]
        start, end = starts[row], starts[row + 1]
        known = True
        for at in range(start, end):
            if new.moved(cells[at]) >= 0:
                known = False
                break
        first = new.moved(cells[start]) if end > start else ONE
        if kind == SUM and first == MINUS_ZERO and end > start + 1:
            # -0.0 + 1.0 * x is x.
            a, b = new.moved(cells[start + 1]), new.moved(cells[start + 2])
            if a == ONE or b == ONE:
                first = b if a == ONE else a
                start += 2
        if kind == SUM and end == start + 1:
            place[inputs + row] = first
            continue
        if kind == GUARD and first == new.moved(cells[start + 1]):
            continue
        if known:
            listed = [first, *[new.moved(cells[at]) for at in range(start + 1, end)]]
            number = _constant(new.program, kind, listed[: end - start])
            if number is not None:
                place[inputs + row] = new.program.constant(number)
                continue
        if end > start:
            to = new.program.reserve(end - start) - start
            new.program.cells[start + to] = first
            for at in range(start + 1, end):
                new.program.cells[to + at] = new.moved(cells[at])
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
        self.chain = vec[i64]()
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
        before, absorbed, swapped = self.before, self.absorbed, self.swapped
        place = new.place
        # The rows that it continues, the first one at the end.
        chain = self.chain
        length: i64 = 0
        part = row
        while part >= 0:
            if length == len(chain):
                chain = append(chain, 0)
            chain[length] = part
            length += 1
            part = before[part]
        self.chain = chain
        first = cells[starts[chain[length - 1]]]
        to.push(first if first < 0 else place[first])
        while length > 0:
            length -= 1
            part = chain[length]
            start, end = starts[part], starts[part + 1]
            for term in range(start + 1, end, 2):
                a = cells[term]
                b = cells[start] if swapped[part] == 1 else cells[term + 1]
                if a == ONE and b >= inputs and absorbed[b - inputs] == 1:
                    product = starts[b - inputs]
                    a = cells[product + 1]
                    b = cells[product + 2]
                to.push(a if a < 0 else place[a])
                to.push(b if b < 0 else place[b])


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
    pure = vec[i64]([1 if x.is_pure and not x.parts else 0 for x in program.operations])
    kinds, inputs, place = program.kinds, program.inputs, new.place
    for row in range(count):
        kind = kinds[row]
        if kind in (PART, GUARD) or (kind >= 0 and pure[kind] == 0):
            new.copy(row)
            continue
        slot = _slot(new, row, table)
        if table[slot] >= 0:
            place[inputs + row] = inputs + table[slot]
        else:
            table[slot] = len(new.program.kinds)
            new.copy(row)
    return new.finished()


def _slot(new: Rewriting, row: i64, table: vec[i64]) -> i64:
    """Where a row that computes the same as this one is in the table, or else a free slot."""
    old, made, place = new.old, new.program, new.place
    start, end = old.starts[row], old.starts[row + 1]
    of_old, cells, kind = old.cells, made.cells, old.kinds[row]
    number = kind
    for at in range(start, end):
        cell = of_old[at]
        number = ((number ^ (cell if cell < 0 else place[cell])) * 1000003) & 0xFFFFFFFFFF
        number ^= number >> 21
    last: i64 = len(table) - 1
    slot = number & last
    while table[slot] >= 0:
        other = table[slot]
        begin = made.starts[other]
        equal = made.kinds[other] == kind and made.starts[other + 1] - begin == end - start
        at = start
        while equal and at < end:
            cell = of_old[at]
            equal = (cell if cell < 0 else place[cell]) == cells[begin + at - start]
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
