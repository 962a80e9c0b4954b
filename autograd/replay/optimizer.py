"""Passes: functions that make of a program one that gives the same bits with fewer rows.

Nothing is ever added in another order, and no product fused with the sum it is added to, so all
that a pass may do are the steps that are exact in IEEE arithmetic:

* ``-0.0 + x`` is x, and ``1.0 * x`` is x (``0.0 + x`` is not, if x is -0.0);
* ``x + y`` is ``y + x``, and ``x - y`` is ``x + -1.0 * y``;
* what is computed twice from the same numbers is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from autograd.replay.program import GUARD, MINUS_ZERO, ONE, PART, SUM, Operation, Program

_GONE: Final = -(1 << 60)  # in place of the cell of a row that nothing refers to any more


class _Rewriting:
    """A program that is made of another, row by row.

    Attributes:
        program: the new one.
        place: for each row of the old one its cell in the new.
    """

    def __init__(self, old: Program) -> None:
        self.old = old
        self.program = Program(old.inputs)
        self.program.operations = list(old.operations)
        for number in old.constants:  # in the same order, so that they keep their cells
            self.program.constant(number)
        self.place: list[int] = []

    def cells(self, cells: list[int]) -> list[int]:
        """These cells of the old program, in the new one."""
        inputs, place = self.old.inputs, self.place
        return [c if c < inputs else place[c - inputs] for c in cells]

    def finished(self, forward: int) -> Program:
        """The new program, of whose rows the values need so many."""
        old, program = self.old, self.program
        program.outputs = self.cells(old.outputs)
        program.values = old.values
        program.forward = forward
        for cell, label in old.labels.items():
            place = self.cells([cell])[0]
            if place != _GONE:
                program.labels.setdefault(place, label)
        return program


# ── Rows that nothing needs ───────────────────────────────────────────────────


def is_kept(program: Program, row: int) -> bool:
    """True if a row has an effect besides its number: it may end the run."""
    kind = program.kinds[row]
    if kind < 0:
        return kind == GUARD
    return row < program.forward and not program.operations[kind].is_pure


def needed(program: Program) -> list[bool]:
    """For each row, True if an output depends on it, or the way of the run."""
    inputs, kinds = program.inputs, program.kinds
    starts, cells = program.starts, program.cells
    live = [False] * len(kinds)
    for cell in program.outputs:
        if cell >= inputs:
            live[cell - inputs] = True
    for row in range(len(kinds) - 1, -1, -1):
        if live[row] or is_kept(program, row):
            live[row] = True
            for at in range(starts[row], starts[row + 1]):
                if cells[at] >= inputs:
                    live[cells[at] - inputs] = True
    for row, kind in enumerate(kinds):
        if kind == PART:  # the parts of a row stay together
            live[row] = live[cells[starts[row]] - inputs]
    return live


def without_dead(program: Program) -> Program:
    """The program without rows that no output needs."""
    live = needed(program)
    new = _Rewriting(program)
    forward = 0
    for row, kind in enumerate(program.kinds):
        if live[row]:
            new.place.append(new.program.add(kind, new.cells(program.row(row))))
            forward += row < program.forward
        else:
            new.place.append(_GONE)
    return new.finished(forward)


# ── Constants and aliases ─────────────────────────────────────────────────────


def folded(program: Program) -> Program:
    """The program without rows that are a constant, or the same number as another cell."""
    new = _Rewriting(program)
    forward = 0
    for row, kind in enumerate(program.kinds):
        cells = new.cells(program.row(row))
        if kind == SUM:
            cells = _without_ones(cells)
            if len(cells) == 1:
                new.place.append(cells[0])
                continue
        if kind == GUARD and cells[0] == cells[1]:
            new.place.append(_GONE)
            continue
        if max(cells, default=0) < 0:
            number = _constant(new.program, kind, cells)
            if number is not None:
                new.place.append(new.program.constant(number))
                continue
        new.place.append(new.program.add(kind, cells))
        forward += row < program.forward
    return new.finished(forward)


def _without_ones(cells: list[int]) -> list[int]:
    """The cells of a sum, which begins with x rather than with -0.0 + 1.0 * x."""
    if cells[0] == MINUS_ZERO and ONE in cells[1:3]:
        return [cells[1] if cells[2] == ONE else cells[2], *cells[3:]]
    return cells


def _constant(program: Program, kind: int, cells: list[int]) -> float | None:
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
    new = _Rewriting(program)
    forward = 0
    for row, kind in enumerate(program.kinds):
        if fusing.absorbed[row]:
            new.place.append(_GONE)
            continue
        cells = fusing.whole(row) if kind == SUM else program.row(row)
        new.place.append(new.program.add(kind, new.cells(cells)))
        forward += row < program.forward
    return new.finished(forward)


class _Fusing:
    """Which sums become part of others.

    Attributes:
        absorbed: for each row, True if it is no longer one of its own.
        before: for each sum the row that it continues; -1 if it begins by itself.
        swapped: for each sum, True if that is its second operand.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        inputs, kinds = program.inputs, program.kinds
        starts, cells = program.starts, program.cells
        count = len(kinds)
        self.absorbed = [False] * count
        self.before = [-1] * count
        self.swapped = [False] * count
        uses = self._uses()
        # For each row: 0 if it stays, 1 if it is a product that is used once, 2 if another sum.
        single = [0] * count
        for row in range(count):
            start = starts[row]
            length = starts[row + 1] - start
            if kinds[row] != SUM:
                continue
            if uses[row] == 1:
                single[row] = 1 if length == 3 and cells[start] == MINUS_ZERO else 2
            first = cells[start] - inputs
            continued = first if first >= 0 and single[first] else -1
            if length == 3 and cells[start + 1] == ONE and (continued < 0 or single[first] == 1):
                second = cells[start + 2] - inputs
                if second >= 0 and single[second] == 2:
                    continued = second
                    self.swapped[row] = True
            if continued >= 0:
                self.before[row] = continued
                self.absorbed[continued] = True
            # What is left of the terms: 1.0 times a product is that product.
            rest = cells[start] if self.swapped[row] else -1
            for at in range(start + 1, start + length, 2):
                other = rest if self.swapped[row] else cells[at + 1]
                if cells[at] == ONE and other >= inputs and single[other - inputs] == 1:
                    self.absorbed[other - inputs] = True

    def _uses(self) -> list[int]:
        """How often each row is used."""
        program = self.program
        inputs = program.inputs
        uses = [0] * len(program.kinds)
        for cell in program.cells:
            if cell >= inputs:
                uses[cell - inputs] += 1
        for cell in program.outputs:
            if cell >= inputs:
                uses[cell - inputs] += 1
        return uses

    def whole(self, row: int) -> list[int]:
        """The cells of a sum with all that it absorbs."""
        program = self.program
        inputs, starts, cells = program.inputs, program.starts, program.cells
        chain = [row]
        while self.before[chain[-1]] >= 0:
            chain.append(self.before[chain[-1]])
        last = chain[-1]
        total = [cells[starts[last]]]
        for part in reversed(chain):
            start, end = starts[part], starts[part + 1]
            for at in range(start + 1, end, 2):
                a, b = cells[at], cells[at + 1]
                if self.swapped[part]:
                    b = cells[start]
                if a == ONE and b >= inputs and self.absorbed[b - inputs]:
                    product = starts[b - inputs]
                    a, b = cells[product + 1], cells[product + 2]
                total.append(a)
                total.append(b)
        return total


# ── Rows that are computed twice ──────────────────────────────────────────────


def shared(program: Program) -> Program:
    """The program in which equal rows of equal operands are one row."""
    new = _Rewriting(program)
    known: dict[tuple[int, ...], int] = {}
    forward = 0
    for row, kind in enumerate(program.kinds):
        cells = new.cells(program.row(row))
        is_pure = kind == SUM or (kind >= 0 and program.operations[kind].is_pure)
        if is_pure and not (kind >= 0 and program.operations[kind].parts):
            key = (kind, *cells)
            found = known.get(key)
            if found is not None:
                new.place.append(found)
                continue
            known[key] = new.program.inputs + len(new.program.kinds)
        new.place.append(new.program.add(kind, cells))
        forward += row < program.forward
    return new.finished(forward)


PASSES: Final[tuple[Callable[[Program], Program], ...]] = (
    folded,
    without_dead,
    fused,
    shared,
    without_dead,
)


def optimized(program: Program) -> Program:
    """The program after all passes."""
    for one in PASSES:
        program = one(program)
    return program
