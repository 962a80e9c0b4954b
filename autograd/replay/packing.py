"""A pass for speed: equal rows with what they take side by side, to be carried out eight at a time.

Each of the eight is a row of its own, whose terms are added in their order: the bits are the same.
What each operand of eight rows is has to lie side by side too, or be the same cell for all of them.
Where it does not, rows that copy it are put before.
"""

from __future__ import annotations

from typing import Final

from autograd.native import i64, vec
from autograd.replay.levels import EIGHT
from autograd.replay.optimizer import Rewriting
from autograd.replay.program import CASES, PART, SUM, Program


class Packed:
    """A program of which eight rows at a time can be carried out at once.

    Of each operand the cells of the eight rows are the same or follow each other; of a product one
    of the two operands follows, and the other is the same in all products of the row, or in none.

    Attributes:
        program: the program, with copies, and with its inputs in another order.
        blocks: the rows at which eight begin.
        places: for each input its cell.
    """

    def __init__(self, program: Program) -> None:
        blocks = _blocks(program)
        self.places = _places(program, blocks)
        packing = _Packing(program, self.places)
        row: i64 = 0
        done: i64 = 0
        while done < len(blocks):
            while row < blocks[done]:
                packing.new.copy(row)
                row += 1
            # Copies before all that do not need each other, which then follow each other.
            ready = [packing.prepared(row)]
            done += 1
            while done < len(blocks) and blocks[done] == row + len(ready) * EIGHT:
                # What gradients start with is not there yet when values are computed.
                is_first = blocks[done] == program.forward
                if is_first or not _needs_only(program, blocks[done], row):
                    break
                ready.append(packing.prepared(blocks[done]))
                done += 1
            for block in ready:
                packing.add(block)
            row += len(ready) * EIGHT
        while row < len(program.kinds):
            packing.new.copy(row)
            row += 1
        self.program = packing.new.finished()
        self.blocks = packing.blocks


def _blocks(program: Program) -> list[int]:
    """The rows at which eight equal rows begin that do not need each other."""
    found: list[int] = []
    row: i64 = 0
    while row < len(program.kinds):
        if _is_block(program, row):
            row = _aligned(program, row)
            found.append(row)
            row += EIGHT
        else:
            row += 1
    return found


def _aligned(program: Program, row: i64) -> i64:
    """The row from which on eight are regular: this one or one of the next; or else this one."""
    for start in (row, row + _regular(program, row), row + _regular(program, row) - 1):
        if _is_block(program, start) and _regular(program, start) == EIGHT:
            return start
    return row


def _regular(program: Program, row: i64) -> i64:
    """How many of eight rows have operands that are equally far from each other.

    Inputs and constants do not count: where they lie elsewhere, they are laid out or copied once.
    """
    inputs, starts, cells = program.inputs, program.starts, program.cells
    regular = EIGHT
    for at in range(starts[row + 1] - starts[row]):
        step = cells[starts[row + 1] + at] - cells[starts[row] + at]
        for lane in range(2, regular):
            before = cells[starts[row + lane - 1] + at]
            cell = cells[starts[row + lane] + at]
            if cell - before != step and (cell >= inputs or before >= inputs):
                regular = lane
                break
    return regular


def _is_block(program: Program, row: i64) -> bool:
    kinds, starts = program.kinds, program.starts
    end = row + EIGHT
    kind = kinds[row]
    if end > len(kinds) or row < program.forward < end:
        return False
    if kind != SUM and kind != CASES and (kind < 0 or not program.operations[kind].by_eight):
        return False
    length = starts[row + 1] - starts[row]
    for other in range(row + 1, end):
        if kinds[other] != kind or starts[other + 1] - starts[other] != length:
            return False
    return _needs_only(program, row, row)


def _needs_only(program: Program, row: i64, first: i64) -> bool:
    """True if eight rows need none from ``first`` on."""
    starts, cells = program.starts, program.cells
    before = program.inputs + first
    return all(cells[at] < before for at in range(starts[row], starts[row + EIGHT]))


def _places(program: Program, blocks: list[int]) -> vec[i64]:
    """For each input its cell, so that those of eight rows follow each other where they can."""
    inputs, starts, cells = program.inputs, program.starts, program.cells
    places = vec[i64]([-1] * inputs)
    following: i64 = 0
    for first in blocks:
        row: i64 = first
        for at in range(starts[row + 1] - starts[row]):
            is_free = True
            earlier: i64 = -1
            for lane in range(EIGHT):
                cell = cells[starts[row + lane] + at]
                if cell < 0 or cell >= inputs or places[cell] >= 0 or cell == earlier:
                    is_free = False
                    break
                earlier = cell
            if is_free:
                for lane in range(EIGHT):
                    cell = cells[starts[row + lane] + at]
                    if places[cell] < 0:
                        places[cell] = following
                        following += 1
    for cell in range(inputs):
        if places[cell] < 0:
            places[cell] = following
            following += 1
    return places


class _Block:
    """Eight rows.

    Attributes:
        row: the first of them.
        first: the cell of each operand of it.
        step: how far that of the next row is from there: 0 or 1.
        is_packed: False if they are carried out one by one after all.
    """

    def __init__(self, row: i64, first: vec[i64], step: vec[i64]) -> None:
        self.row = row
        self.first = first
        self.step = step
        self.is_packed = True


_SCATTERED: Final[i64] = 2  # in place of a step: to be copied


class _Packing:
    """Packing in progress.

    Attributes:
        new: the program in the making.
        blocks: the rows of it at which eight begin.
        copies: where cells were copied to, by these.
    """

    def __init__(self, program: Program, places: vec[i64]) -> None:
        self.old = program
        self.new = Rewriting(program)
        for cell in range(program.inputs):
            self.new.place[cell] = places[cell]
        self.blocks: list[int] = []
        self.copies: dict[tuple[int, ...], int] = {}

    def prepared(self, row: i64) -> _Block:
        """The cells of eight rows, of which those that lie elsewhere are copied.

        Each copy takes about as long as it saves in a product: where there are more of them than
        products, the rows stay as they are.
        """
        old = self.old
        length = old.starts[row + 1] - old.starts[row]
        first = vec[i64]([0] * length)
        step = vec[i64]([0] * length)
        for at in range(length):
            self.find(row, at, first, step)
        block = _Block(row, first, step)
        kind = old.kinds[row]
        is_sum = kind == SUM
        if kind == CASES:
            # Neither flags nor what they choose is worth copying.
            for at in range(1, length, 3):
                if step[at] != 0 or step[at + 1] + step[at + 2] != 1:
                    block.is_packed = False
                    return block
        for at in range(1 if kind < 0 and length > 1 else length):
            if step[at] == 0:
                step[at] = _SCATTERED
        if is_sum:
            _mark_what_differs(step)
        copies: i64 = 0
        for at in range(length):
            if step[at] == _SCATTERED:
                cells = self.cells(row, at)
                copies += 1 if max(cells) >= 0 and tuple(cells) not in self.copies else 0
        block.is_packed = not is_sum or copies <= length // 2 + 1
        for at in range(length):
            if block.is_packed and step[at] == _SCATTERED:
                first[at], step[at] = self.copied(self.cells(row, at)), 1
        return block

    def add(self, block: _Block) -> None:
        """Add eight rows."""
        program, first, step = self.new.program, block.first, block.step
        if block.is_packed:
            self.begin_block()
        for lane in range(EIGHT):
            if not block.is_packed:
                self.new.copy(block.row + lane)
                continue
            for at in range(len(first)):
                program.push(first[at] + lane * step[at])
            self.new.add(block.row + lane, self.old.kinds[block.row])

    def begin_block(self) -> None:
        """Note that a block begins, at a cell that is a multiple of eight.

        Numbers are loaded four at a time, which is faster if they lie in one line of a cache.
        """
        program = self.new.program
        while (program.inputs + len(program.kinds)) % EIGHT != 0:
            program.close(PART)
        self.blocks.append(len(program.kinds))

    def find(self, row: i64, at: i64, first: vec[i64], step: vec[i64]) -> None:
        """Find out how the cells of one operand of eight rows lie."""
        cells, place = self.old.cells, self.new.place
        start = self.old.starts[row]
        length = self.old.starts[row + 1] - start
        begin: i64 = 0
        by: i64 = 0
        for lane in range(EIGHT):
            cell = cells[start + lane * length + at]
            moved = cell if cell < 0 else place[cell]
            if lane == 0:
                begin = moved
            elif lane == 1:
                by = moved - begin
            if moved != begin + lane * by or by < 0 or by > 1:
                by = _SCATTERED
                break
        first[at], step[at] = begin, by

    def cells(self, row: i64, at: i64) -> list[int]:
        """The cells of one operand of eight rows."""
        old, new = self.old, self.new
        return [new.moved(old.cells[old.starts[row + lane] + at]) for lane in range(EIGHT)]

    def copied(self, cells: list[int]) -> i64:
        """The first of eight cells with what is in these."""
        key = tuple(cells)
        program = self.new.program
        found = self.copies.get(key)
        if found is None and max(cells) < 0:
            program.constants += [0.0] * (-len(program.constants) % 8)
            program.constants += [program.constants[~cell] for cell in reversed(cells)]
            found = self.copies[key] = ~(len(program.constants) - 1)
        elif found is None:
            self.begin_block()
            found = self.copies[key] = program.inputs + len(program.kinds)
            for cell in cells:
                program.push(cell)
                program.close(SUM)
        return found


def _mark_what_differs(step: vec[i64]) -> None:
    """Have so many operands of products copied that these are alike.

    One of the two is to follow: the other is then the same for all rows, or follows as well, but in
    all products.
    """
    uniform: i64 = 0
    for at in range(1, len(step), 2):
        if step[at] == 0 and step[at + 1] == 0:
            step[at] = _SCATTERED
        uniform += 1 if step[at] == 0 or step[at + 1] == 0 else 0
    if uniform < len(step) // 2:
        for at in range(1, len(step)):
            if step[at] == 0:
                step[at] = _SCATTERED
