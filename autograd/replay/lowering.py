"""From a tape to a program: what a function computes, and its gradients, in few rows.

Gradients are pulled, not pushed: that of an entry is one row, whose terms are the shares that it
gets, each a local derivative times the gradient of a user, in the order in which a backward pass
adds them.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, Final

from autograd.engine import table
from autograd.engine.primitive import Choice, Reduction
from autograd.native import append, i64, u8, vec
from autograd.replay import operations
from autograd.replay.program import (
    CASES,
    GUARD,
    MINUS_ONE,
    MINUS_ZERO,
    ONE,
    SUM,
    ZERO,
    Program,
)
from autograd.replay.reach import below, choices_of, flags_of_takes
from autograd.replay.shares import MASK, SHIFT, Shares
from autograd.replay.slopes import Slopes
from autograd.replay.sums import (
    ADD,
    INNER,
    MULTIPLY,
    NEGATIVE,
    SQUARE,
    SUBTRACT,
    SUMS,
    Sums,
    terms,
)
from autograd.replay.tape import Guard, Slope, Tape, backward_pass, choose, gradient_of, take

# How an operation becomes a row, if it is not among `SUMS`.
_SAME: Final[u8] = 5
_TIMES_ONE: Final[u8] = 6
_CHOOSE: Final[u8] = 7
_CALL: Final[u8] = 8
_ACT: Final[u8] = 9  # a call that may have an effect, or raise an error
_PASS: Final[u8] = 10
_TAKE: Final[u8] = 11
_GRADIENT: Final[u8] = 12  # with the rows of its pass
_GIVEN: Final[u8] = 13  # not at all, as an input or a constant

_QUOTIENTS: Final[tuple[Any, ...]] = (table.divide, operator.truediv)

_WAYS: Final[dict[Any, int]] = {
    **SUMS,
    choose: 7,
    backward_pass: 10,
    take: 11,
    gradient_of: 12,
}

# What uses an entry: the only one, if that does no more than add or subtract it; or else this.
_NONE: Final[i64] = -1
_OTHERS: Final[i64] = -2


def lowered(
    tape: Tape, shares: Shares | None = None, outputs: Sequence[int] | None = None
) -> Program:
    """The program of a tape, with the gradients of a root if its shares are given.

    Its outputs are those of the tape, or these entries. Its inputs are those of the tape; then the
    gradient of the root; and for each of ``shares.ends`` that is a leaf the sum that its shares are
    added to.
    """
    ends = vec[i64]()
    edges: i64 = 0
    if shares is not None:
        edges = shares.starts[shares.count]
        for at in range(len(shares.ends)):
            if shares.leaves[at] >= 0:
                ends = append(ends, shares.ends[at])
    wanted = list(tape.outputs if outputs is None else outputs)
    if tape.roots:
        wanted += choices_of(tape) + flags_of_takes(tape)
    lowering = _Lowering(tape, 0 if shares is None else 1 + len(ends), wanted, edges)
    program = lowering.program
    program.outputs = vec[i64]([0] * len(wanted))
    for index in range(len(wanted)):
        program.outputs[index] = lowering.cells[wanted[index]]
    program.values = len(wanted)
    program.forward = len(program.kinds)
    if shares is not None:
        lowering.differentiate(shares, ends)
    return program


def _way(op: Any) -> u8:
    """How an operation becomes a row."""
    if op is None:
        return _GIVEN
    way = _WAYS.get(op)
    if way is None:
        way = 5 if isinstance(op, Choice) else 8 if operations.is_pure(op) else 9
    return way


class _Lowering:
    """A program that is being made.

    A sum that is used once, by an addition or a subtraction, gets no row: it is an **inner** sum.

    Attributes:
        program: the program.
        sums: its rows of sums.
        slopes: its rows of local derivatives.
        cells: the cell of each entry of the tape. Until a backward pass in the call has rows, that
            of the pass is the first ``gradient_of`` it, and that of each of these the next one.
        ways: for each entry how it became a row.
        users: for each entry what uses it, see `_OTHERS`.
        of_codes: for each code of an operation how entries with it become rows.
        reduced: the cells of the derivatives of reductions, by their entries.
        latest_pass: the entry of the pass that has got rows last, or 0.
        marks: if there are passes, zeros to mark entries for a while.
        sought: then as many cells of 0.0, for the gradients of entries that are asked for.
        gradients: for each entry the cell of its gradient, as far as a pass has reached it.
        locals: room for local derivatives.
    """

    def __init__(self, tape: Tape, further: i64, outputs: list[int], edges: i64) -> None:
        self.tape = tape
        starts, operands, count = tape.starts, tape.operands, tape.count
        self.of_codes = vec[u8]([_way(op) for op in tape.operations])
        self.reduced: dict[int, list[int]] = {}
        self.latest_pass: i64 = 0
        self.marks = vec[i64]()
        self.sought = vec[i64]()
        self.gradients = vec[i64]()
        self.locals = vec[i64]()
        self.ways = ways = vec[u8]([_GIVEN] * count)
        self.users = users = vec[i64]([_NONE] * count)
        self.cells = cells = vec[i64]([INNER] * count)
        for output in outputs:
            users[output] = _OTHERS
        guards = tape.guards
        for guard in guards:
            users[guard.entry] = _OTHERS
        room = self.find_users() + edges
        self.program = Program(len(tape.inputs) + further, room + room // 4)
        self.sums = Sums(self.program)
        self.slopes = Slopes(self.sums)
        for cell, place in enumerate(tape.inputs):
            cells[place] = cell
        for place in tape.constants:
            cells[place] = self.program.constant(tape.data[place])
        done: i64 = 0
        following: i64 = 0  # before which entry the next guard is
        for entry in range(count):
            while following <= entry:
                if done == len(guards):
                    following = count
                elif guards[done].before <= entry:
                    self.guard(guards[done])
                    done += 1
                else:
                    following = guards[done].before
            way = ways[entry]
            if way >= _GRADIENT or users[entry] == _NONE:
                continue
            start, end = starts[entry], starts[entry + 1]
            if way <= SQUARE:
                x, y = cells[operands[start]], cells[operands[end - 1]]
                is_inner = users[entry] >= 0 and self.is_inner(entry, x < 0 or y < 0)
                init, a, b = terms(way, x, y)
                cells[entry] = self.sums.total(init, a, b, is_inner)
            elif way == _SAME:
                cells[entry] = cells[operands[start]]
            elif way == _TIMES_ONE:
                x = cells[operands[start]]
                cells[entry] = cells[operands[start + 1]] if x == ONE else x
            elif way == _TAKE:
                cells[entry] = self.taken(start, end)
            elif way == _PASS:
                self.carry_back(entry)
            elif isinstance(tape.op(entry), Slope):
                op: Slope = tape.op(entry)
                taken = self.slopes.take_up(cells, operands, start, end)
                cells[entry] = self.slopes.slope(op.primitive, op.position, taken)
            else:
                reciprocal = ZERO
                last = cells[operands[end - 1]] if end > start else ZERO
                if last < 0 and tape.op(entry) in _QUOTIENTS:
                    reciprocal = self.program.reciprocal(last)
                if reciprocal != ZERO:
                    x, is_inner = cells[operands[start]], self.is_inner(entry, True)
                    cells[entry] = self.sums.total(MINUS_ZERO, x, reciprocal, is_inner)
                else:
                    for at in range(start, end):
                        self.program.push(cells[operands[at]])
                    cells[entry] = self.program.call(self.slopes.kind(tape.op(entry), None))
        while done < len(guards):
            self.guard(guards[done])
            done += 1
        for place, label in tape.labels.items():
            if cells[place] < INNER:
                self.program.labels.setdefault(cells[place], label)

    def find_users(self) -> i64:
        """Find `ways`, `users` and what asks for gradients; returns about how many cells rows have.

        An entry that is of no use is not a user.
        """
        codes, of_codes = self.tape.codes, self.of_codes
        starts, operands, data = self.tape.starts, self.tape.operands, self.tape.data
        ways, users, cells = self.ways, self.users, self.cells
        room: i64 = 0
        entry = self.tape.count
        start = starts[entry]
        while entry > 0:
            entry -= 1
            start, end = starts[entry], start
            way = of_codes[i64(codes[entry])]
            if way == _GIVEN:
                continue
            if way == MULTIPLY:
                has_one = data[operands[start]] == 1.0 or data[operands[end - 1]] == 1.0
                if has_one and self.is_times_one(entry):
                    way = _TIMES_ONE
            ways[entry] = way
            if users[entry] == _NONE:
                if way != _ACT and way != _PASS:
                    continue
                users[entry] = _OTHERS
            if way == _GRADIENT:
                cells[entry] = cells[operands[start]]
                cells[operands[start]] = entry
                continue
            if way != _PASS:
                room += end - start if users[entry] >= 0 else end - start + 1
            adds = way <= NEGATIVE or way in (_SAME, _TIMES_ONE)
            for at in range(start, end):
                operand = operands[at]
                # What shares are added to is every other operand of a pass.
                is_added = adds or (way == _PASS and at > start + 2 and (at - start) & 1 == 1)
                users[operand] = entry if is_added and users[operand] == _NONE else _OTHERS
        return room

    def is_times_one(self, entry: i64) -> bool:
        """True if a product is by a constant 1.0, which no gradient flows to."""
        tape = self.tape
        for at in range(tape.starts[entry], tape.starts[entry + 1]):
            operand = tape.operands[at]
            if tape.data[operand] == 1.0 and not tape.flows[at] and operand in tape.constants:
                return True
        return False

    def is_inner(self, entry: i64, has_constant: bool) -> bool:
        """True if a sum becomes part of the sum that is its only user."""
        user, ways = self.users[entry], self.ways
        same = entry
        while user >= 0 and _SAME <= ways[user] <= _TIMES_ONE:
            same, user = user, self.users[user]
        if user < 0:
            return False
        if ways[user] == _PASS or (ways[user] == ADD and ways[entry] == MULTIPLY):
            return True
        first = self.tape.operands[self.tape.starts[user]]
        is_product = ways[entry] >= NEGATIVE and ways[entry] != _GRADIENT
        if ways[user] == NEGATIVE or (ways[user] == SUBTRACT and first != same):
            # With the other sign it is a product still, of a constant with the other sign.
            return is_product and (has_constant or ways[entry] == NEGATIVE)
        if is_product or first == same:
            return True
        way = ways[first]
        is_sum = way <= SUBTRACT or _SAME <= way <= _TIMES_ONE or way == _GRADIENT
        return self.users[first] < 0 or not is_sum

    def guard(self, guard: Guard) -> None:
        """Add a row that looks whether an entry is the number that it was."""
        cell, number = self.cells[guard.entry], self.program.constant(guard.value)
        if cell != number:
            self.program.push(cell)
            self.program.push(number)
            self.program.labels[self.program.close(GUARD)] = f"{guard.look} at {guard.place}"

    # ── Other rows ────────────────────────────────────────────────────────────

    def taken(self, start: i64, end: i64) -> i64:
        """Add the row of a `take`, of pairs of a flag and a number."""
        program, operands = self.program, self.tape.operands
        program.push(MINUS_ZERO)
        for at in range(start, end, 2):
            program.push(self.cells[operands[at]])
            program.push(ONE)
            program.push(self.cells[operands[at + 1]])
        return program.close(CASES)

    # ── Derivatives ───────────────────────────────────────────────────────────

    def differentiate(self, shares: Shares, ends: vec[i64]) -> None:
        """Add the rows of gradients, and make those of ``ends`` outputs."""
        seed: i64 = len(self.tape.inputs)
        self.interior(shares, seed)
        total = seed
        for at in range(len(ends)):
            total += 1
            cell = self.sum_of_shares(ends[at], shares, total)
            self.program.outputs = append(self.program.outputs, cell)

    def carry_back(self, entry: i64) -> None:
        """Add the rows of the gradients of a backward pass within the call."""
        tape, cells, starts, operands = self.tape, self.cells, self.tape.starts, self.tape.operands
        if len(self.marks) == 0:
            self.marks = vec[i64]([0] * len(cells))
            self.sought = vec[i64]([ZERO] * len(cells))
        marks, sought = self.marks, self.sought
        start, end = starts[entry], starts[entry + 1]
        root, seed = operands[start], cells[operands[start + 1]]
        known = tape.passes.pop(entry, None)
        room = root - self.latest_pass
        shares: Shares = below(tape, root, marks, room)[1] if known is None else known
        self.latest_pass = entry
        entries = shares.entries
        self.interior(shares, seed)
        gradients = self.gradients
        for at in range(start + 2, end, 2):
            sought[operands[at]] = cells[operands[at + 1]]
        asking = cells[entry]
        while asking != INNER:
            place = operands[starts[asking] + 1]
            marks[place] = asking if marks[place] == 0 else _OTHERS
            asking = cells[asking]
        for index in shares.ends:
            place = entries[index]
            asking = marks[place]
            if asking != 0:
                is_inner = asking > 0 and self.is_inner(asking, False)
                gradients[place] = self.sum_of_shares(index, shares, sought[place], is_inner)
        for at in range(shares.count):
            place = entries[at]
            if marks[place] != 0:
                sought[place] = gradients[place]
                marks[place] = 0
        asking = cells[entry]
        while asking != INNER:
            place = operands[starts[asking] + 1]
            if marks[place] != 0:  # it is not reached after all
                sought[place] = self.sums.written(sought[place])
                marks[place] = 0
            following = cells[asking]
            cells[asking] = sought[place]
            asking = following
        for at in range(start + 2, end, 2):
            sought[operands[at]] = ZERO
        for at in range(shares.count):
            sought[entries[at]] = ZERO

    def interior(self, shares: Shares, seed: i64) -> None:
        """Add the rows of the gradients of all that hand shares down."""
        if len(self.gradients) == 0:
            self.gradients = vec[i64]([0] * len(self.cells))
        entries, order, gradients = shares.entries, shares.order, self.gradients
        starts, users, conditions = shares.starts, shares.users, shares.conditions
        gradients[entries[0]] = seed
        started = INNER  # what adds the seed to 0.0
        for at in range(1, shares.count - len(shares.ends)):
            index = order[at]
            entry, first = entries[index], starts[index]
            user, position = users[first] >> SHIFT, users[first] & MASK
            is_certain = len(conditions) == 0 or conditions[first] < 0
            is_alone = starts[index + 1] == first + 1 and is_certain
            if not is_alone or not self.is_passed_on(user, position):
                gradients[entry] = self.sum_of_shares(index, shares, ZERO)
            elif gradients[user] == seed:  # it may be -0.0
                if started == INNER:
                    started = self.program.product(ZERO, ONE, seed)
                gradients[entry] = started
            else:
                # A sum that began with 0.0 is never -0.0: to add it to 0.0 leaves it as it is.
                gradients[entry] = gradients[user]

    def is_passed_on(self, user: i64, position: i64) -> bool:
        """True if a local derivative is known to be 1."""
        way = self.ways[user]
        if way == SUBTRACT:
            return position == 0
        return way == ADD or _SAME <= way <= _CHOOSE

    def sum_of_shares(self, index: i64, shares: Shares, init: i64, is_inner: bool = False) -> i64:
        """The cell of a gradient: the sum of the shares, after ``init``."""
        first, end = shares.starts[index], shares.starts[index + 1]
        users, gradients = shares.users, self.gradients
        conditions, program = shares.conditions, self.program
        if end == first + 1 and len(conditions) == 0:
            user = users[first] >> SHIFT
            local = self.local(user, users[first] & MASK)
            return self.sums.total(init, local, gradients[user], is_inner)
        if len(self.locals) < end - first:
            self.locals = vec[i64]([0] * (2 * (end - first)))
        # The local derivatives first, which may be rows.
        locals_, starts, operands = self.locals, self.tape.starts, self.tape.operands
        ways, of_all = self.ways, self.cells
        kind = SUM
        for at in range(first, end):
            user, position = users[at] >> SHIFT, users[at] & MASK
            if ways[user] == MULTIPLY:
                locals_[at - first] = of_all[operands[starts[user] + 1 - position]]
            else:
                locals_[at - first] = self.local(user, position)
            if len(conditions) > 0 and conditions[at] >= 0:
                kind = CASES
        if kind == SUM and is_inner:
            for at in range(first, end):
                gradient = gradients[users[at] >> SHIFT]
                init = self.sums.total(init, locals_[at - first], gradient, True)
            return init
        if kind == SUM:
            self.sums.push(init)
            to = program.reserve(2 * (end - first))
            cells = program.cells
            for at in range(first, end):
                local, gradient = locals_[at - first], gradients[users[at] >> SHIFT]
                if gradient < 0:
                    local, gradient = gradient, local
                cells[to] = local
                cells[to + 1] = gradient
                to += 2
            return program.total()
        program.push(self.sums.written(init))
        for at in range(first, end):
            program.push(ONE if conditions[at] < 0 else self.cells[conditions[at]])
            program.push(locals_[at - first])
            program.push(gradients[users[at] >> SHIFT])
        return program.close(CASES)

    def local(self, entry: i64, position: i64) -> i64:
        """The cell of the local derivative of an entry by one of its operands."""
        if self.is_passed_on(entry, position):
            return ONE
        way = self.ways[entry]
        start, end = self.tape.starts[entry], self.tape.starts[entry + 1]
        operands, of_all = self.tape.operands, self.cells
        if way == MULTIPLY:
            return of_all[operands[start + 1 - position]]
        if way < MULTIPLY:
            return MINUS_ONE
        op = self.tape.op(entry)
        if isinstance(op, Reduction) and entry in self.reduced:
            return self.reduced[entry][position]
        slopes = self.slopes
        count = slopes.take_up(of_all, operands, start, end)
        slopes.steps[count] = of_all[entry]
        if not isinstance(op, Reduction):
            return slopes.slope(op, position, count + 1)
        found = self.reduced[entry] = slopes.slopes(op, count + 1)
        return found[position]
