"""A pass for speed: equal rows with what they take side by side, to be carried out eight at a time.

Each of the eight is a row of its own, whose terms are added in their order: the bits are the same.
What each operand of eight rows is has to lie side by side too, or be the same cell for all of them.
Where it does not, rows that copy it are put before.
"""

from __future__ import annotations

from typing import Final

from autograd.native import append, i64, vec
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
        rows = _Rows(program)
        blocks = rows.blocks()
        self.places = _places(program, blocks)
        packing = _Packing(program, self.places)
        row: i64 = 0
        done: i64 = 0
        while done < len(blocks):
            while row < blocks[done]:
                packing.new.copy(row)
                row += 1
            # Copies before all that do not need each other, which then follow each other.
            begin, packing.filled = done, 0
            while done < len(blocks) and blocks[done] == row + (done - begin) * EIGHT:
                # What gradients start with is not there yet when values are computed.
                is_first = blocks[done] == program.forward and done > begin
                if is_first or not rows.need_only(blocks[done], row):
                    break
                packing.prepare(blocks[done])
                done += 1
            packing.filled = 0
            while begin < done:
                packing.add(row)
                begin += 1
                row += EIGHT
        while row < len(program.kinds):
            packing.new.copy(row)
            row += 1
        self.program = packing.new.finished()
        self.blocks = list(packing.blocks)


class _Rows:
    """What is known of the rows of a program.

    Attributes:
        equal: from each row on, how many have its kind and length.
        last: for each row the greatest cell that it has.
        by_eight: for each operation, 1 if the kernel has it for eight rows at once.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        kinds, starts, cells = program.kinds, program.starts, program.cells
        row: i64 = len(kinds)
        self.equal = equal = vec[i64]([1] * row)
        self.last = last = vec[i64]([0] * row)
        self.by_eight = vec[bool]([x.by_eight for x in program.operations])
        length: i64 = -1
        while row > 0:
            row -= 1
            begin, end = starts[row], starts[row + 1]
            if end - begin == length and kinds[row] == kinds[row + 1]:
                equal[row] = equal[row + 1] + 1
            length = end - begin
            greatest: i64 = -1
            for at in range(begin, end):
                if cells[at] > greatest:
                    greatest = cells[at]
            last[row] = greatest

    def blocks(self) -> vec[i64]:
        """The rows at which eight equal rows begin that do not need each other."""
        found = vec[i64]()
        count: i64 = len(self.equal)
        row: i64 = 0
        while row < count:
            if self.is_block(row):
                row = self.aligned(row)
                found = append(found, row)
                row += EIGHT
            else:
                row += 1
        return found

    def is_block(self, row: i64) -> bool:
        """True if such eight begin here."""
        if row >= len(self.equal) or self.equal[row] < EIGHT:
            return False
        if row < self.program.forward < row + EIGHT:
            return False
        kind = self.program.kinds[row]
        if kind != SUM and kind != CASES and (kind < 0 or not self.by_eight[kind]):
            return False
        return self.need_only(row, row)

    def need_only(self, row: i64, first: i64) -> bool:
        """True if eight rows need none from ``first`` on."""
        last, before = self.last, self.program.inputs + first
        return all(last[each] < before for each in range(row, row + EIGHT))

    def aligned(self, row: i64) -> i64:
        """The row from which on eight are regular: this one or one of the next; or else this."""
        regular = self.regular(row)
        if regular < EIGHT:
            for start in range(row + regular, row + regular - 2, -1):
                if self.is_block(start) and self.regular(start) == EIGHT:
                    return start
        return row

    def regular(self, row: i64) -> i64:
        """How many of eight rows have operands that are equally far from each other.

        Inputs and constants do not count: where they lie elsewhere, they are laid out or copied.
        """
        cells, inputs = self.program.cells, self.program.inputs
        begin, end = self.program.starts[row], self.program.starts[row + 1]
        length = end - begin
        regular = EIGHT
        for at in range(begin, end):
            before = cells[at + length]
            step = before - cells[at]
            for lane in range(2, regular):
                cell = cells[at + lane * length]
                if cell - before != step and (cell >= inputs or before >= inputs):
                    regular = lane
                    break
                before = cell
        return regular


def _places(program: Program, blocks: vec[i64]) -> vec[i64]:
    """For each input its cell, so that those of eight rows follow each other where they can."""
    inputs, starts, cells = program.inputs, program.starts, program.cells
    places = vec[i64]([-1] * inputs)
    following: i64 = 0
    for block in range(len(blocks)):
        begin, end = starts[blocks[block]], starts[blocks[block] + 1]
        length = end - begin
        for at in range(begin, end):
            is_free = True
            earlier: i64 = -1
            for lane in range(EIGHT):
                cell = cells[at + lane * length]
                if cell < 0 or cell >= inputs or places[cell] >= 0 or cell == earlier:
                    is_free = False
                    break
                earlier = cell
            if is_free:
                for lane in range(EIGHT):
                    cell = cells[at + lane * length]
                    if places[cell] < 0:
                        places[cell] = following
                        following += 1
    for cell in range(inputs):
        if places[cell] < 0:
            places[cell] = following
            following += 1
    return places


_SCATTERED: Final[i64] = 2  # in place of a step: to be copied


class _Packing:
    """Packing in progress.

    Attributes:
        new: the program in the making.
        blocks: the rows of it at which eight begin.
        first: for each operand of eight rows the cell of the first of them.
        step: how far that of the next row is from there: 0 or 1. If that of the init is
            `_SCATTERED`, they are carried out one by one after all.
        filled: how many of these are in use.
        lanes: the cells of one operand of eight rows.
        copied: such cells that have been copied, eight after eight.
        copies: the first cell of each copy.
        table: the indices of copies, by what they are of.
    """

    def __init__(self, program: Program, places: vec[i64]) -> None:
        self.old = program
        self.new = Rewriting(program)
        for cell in range(program.inputs):
            self.new.place[cell] = places[cell]
        self.blocks = vec[i64]()
        self.first = vec[i64]()
        self.step = vec[i64]()
        self.filled: i64 = 0
        self.lanes = vec[i64]([0] * EIGHT)
        self.copied = vec[i64]()
        self.copies = vec[i64]()
        size: i64 = 16
        while size < len(program.cells) // 4:
            size *= 2
        self.table = vec[i64]([-1] * size)

    def prepare(self, row: i64) -> None:
        """Find out how the cells of eight rows lie, and copy those that lie elsewhere.

        Each copy takes about as long as it saves in a product: where there are more of them than
        products, the rows stay as they are.
        """
        at, length = self.old.starts[row], self.old.starts[row + 1] - self.old.starts[row]
        begin, end = self.filled, self.filled + length
        while len(self.step) < end:
            self.first, self.step = append(self.first, 0), append(self.step, 0)
        self.filled = end
        step, beyond, kind = self.step, at - begin, self.old.kinds[row]
        for k in range(begin, end):
            self.find(beyond + k, length, k)
        if kind == CASES:
            # Neither flags nor what they choose is worth copying.
            for k in range(begin + 1, end, 3):
                if step[k] != 0 or step[k + 1] + step[k + 2] != 1:
                    step[begin] = _SCATTERED
                    return
        for k in range(begin, end):
            if step[k] == 0 and (kind >= 0 or k == begin):
                step[k] = _SCATTERED
        copies: i64 = 0
        if kind == SUM:
            self.mark_what_differs(begin + 1, end)
            for k in range(begin, end):
                if step[k] == _SCATTERED:
                    slot = self.slot(beyond + k, length)
                    if self.table[slot] < 0 and not self.are_constants():
                        copies += 1
        if copies > length // 2 + 1:
            step[begin] = _SCATTERED
            return
        for k in range(begin, end):
            if step[k] == _SCATTERED:
                self.first[k], step[k] = self.copy(self.slot(beyond + k, length)), 1

    def find(self, at: i64, length: i64, k: i64) -> None:
        """Find out how the cells of one operand of eight rows lie."""
        cells, place = self.old.cells, self.new.place
        begin = place[cells[at]]
        by = place[cells[at + length]] - begin
        if by < 0 or by > 1:
            by = _SCATTERED
        for lane in range(1, EIGHT):
            if place[cells[at + lane * length]] != begin + lane * by:
                by = _SCATTERED
                break
        self.first[k], self.step[k] = begin, by

    def mark_what_differs(self, begin: i64, end: i64) -> None:
        """Have so many operands of products copied that these are alike.

        One of the two is to follow: the other is then the same for all rows, or follows as well,
        but in all products.
        """
        step = self.step
        uniform: i64 = 0
        for at in range(begin, end, 2):
            if step[at] == 0 and step[at + 1] == 0:
                step[at] = _SCATTERED
            if step[at] == 0 or step[at + 1] == 0:
                uniform += 1
        if uniform < (end - begin) // 2:
            for at in range(begin, end):
                if step[at] == 0:
                    step[at] = _SCATTERED

    def slot(self, at: i64, length: i64) -> i64:
        """Where in the table the copies are of the cells of one operand, or else a free slot.

        These cells are then in `lanes`.
        """
        cells, place, lanes = self.old.cells, self.new.place, self.lanes
        number: i64 = 0
        for lane in range(EIGHT):
            lanes[lane] = cell = place[cells[at + lane * length]]
            number = ((number ^ cell) * 1000003) & 0xFFFFFFFFFF
        number ^= number >> 21
        table, copied = self.table, self.copied
        last: i64 = len(table) - 1
        slot = number & last
        while table[slot] >= 0:
            begin = EIGHT * table[slot]
            lane = 0
            while lane < EIGHT and copied[begin + lane] == lanes[lane]:
                lane += 1
            if lane == EIGHT:
                break
            slot = (slot + 1) & last
        return slot

    def begin_block(self) -> None:
        """Note that a block begins, at a cell that is a multiple of eight.

        Numbers are loaded four at a time, which is faster if they lie in one line of a cache.
        """
        program = self.new.program
        while (program.inputs + len(program.kinds)) % EIGHT != 0:
            program.close(PART)
        self.blocks = append(self.blocks, len(program.kinds))

    def are_constants(self) -> bool:
        """True if all of `lanes` are."""
        lanes = self.lanes
        return all(lanes[lane] < 0 for lane in range(EIGHT))

    def copy(self, slot: i64) -> i64:
        """The first of eight cells with what is in `lanes`, whose slot in the table this is."""
        program, lanes = self.new.program, self.lanes
        if self.table[slot] >= 0:
            return self.copies[self.table[slot]]
        if self.are_constants():
            constants = program.constants
            constants += [0.0] * (-len(constants) % EIGHT)
            constants += [constants[~lanes[lane]] for lane in range(EIGHT - 1, -1, -1)]
            first: i64 = -len(constants)
        else:
            self.begin_block()
            first = program.inputs + len(program.kinds)
        for lane in range(EIGHT):
            self.copied = append(self.copied, lanes[lane])
            if first >= 0:
                program.push(lanes[lane])
                program.close(SUM)
        self.table[slot] = len(self.copies)
        self.copies = append(self.copies, first)
        return first

    def add(self, row: i64) -> None:
        """Add eight rows."""
        old, new, first, step = self.old, self.new, self.first, self.step
        begin, length = self.filled, old.starts[row + 1] - old.starts[row]
        self.filled = end = begin + length
        if step[begin] == _SCATTERED:
            for each in range(row, row + EIGHT):
                new.copy(each)
            return
        self.begin_block()
        to = new.program.reserve(EIGHT * length)
        cells = new.program.cells
        for k in range(begin, end):
            cell, by, at = first[k], step[k], to + k - begin
            for lane in range(EIGHT):
                cells[at + lane * length] = cell + lane * by
        new.add_alike(row, EIGHT)
