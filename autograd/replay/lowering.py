"""From a tape to a program: a row for each entry, and for each gradient the sum of its shares.

The rows are what the engine computes, one by one; `optimizer.py` makes fewer of them. Gradients are
pulled, not pushed: that of an entry is one row, whose terms are the shares that it gets, each a
local derivative times the gradient of a user, in the order in which a backward pass adds them.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any, Final

from autograd.engine import table
from autograd.engine.primitive import Choice, Reduction
from autograd.native import append, i64, vec
from autograd.replay import operations
from autograd.replay.program import (
    CASES,
    GUARD,
    MINUS_ONE,
    MINUS_ZERO,
    ONE,
    PART,
    SUM,
    ZERO,
    Operation,
    Program,
)
from autograd.replay.reach import below, choices_of, flags_of_takes
from autograd.replay.rules import Steps, steps_of_gradient, steps_of_rule
from autograd.replay.shares import Shares
from autograd.replay.tape import Guard, Slope, Tape, backward_pass, choose, gradient_of, take

# How an operation becomes a row. The first five are sums of products.
_ADD: Final[i64] = 0
_SUBTRACT: Final[i64] = 1
_NEGATIVE: Final[i64] = 2
_MULTIPLY: Final[i64] = 3
_SQUARE: Final[i64] = 4
_SAME: Final[i64] = 5
_CHOOSE: Final[i64] = 6
_SLOPE: Final[i64] = 7
_CALL: Final[i64] = 8
_PASS: Final[i64] = 9
_GRADIENT: Final[i64] = 10
_TAKE: Final[i64] = 11

# Compiled code looks a function up by its name each time, but not a constant.
_GRADIENT_OF: Final[Any] = gradient_of
_ADDITION: Final[Any] = table.add
_PRODUCT: Final[Any] = table.multiply

_SUMS: Final[dict[Any, int]] = {
    table.add: 0,
    table.subtract: 1,
    table.negative: 2,
    table.multiply: 3,
    table.square: 4,
}


def _way(op: Any) -> int:
    """How an operation becomes a row."""
    if op in _SUMS:
        return _SUMS[op]
    if isinstance(op, Choice):
        return 5
    if op is choose:
        return 6
    if op is backward_pass:
        return 9
    if op is gradient_of:
        return 10
    if op is take:
        return 11
    return 7 if isinstance(op, Slope) else 8


def lowered(
    tape: Tape, shares: Shares | None = None, outputs: Sequence[int] | None = None
) -> Program:
    """The program of a tape, with the gradients of a root if its shares are given.

    Its outputs are those of the tape, or these entries. Its inputs are those of the tape; then the
    gradient of the root; and for each of ``shares.ends`` that is a leaf the sum that its shares are
    added to.
    """
    leaves = set(tape.leaves)
    ends: list[int] = []
    if shares is not None:
        ends = [index for index in shares.ends if shares.entries[index] in leaves]
    lowering = _Lowering(tape, 0 if shares is None else 1 + len(ends))
    program = lowering.program
    flags = [*choices_of(tape), *flags_of_takes(tape)]
    wanted = tape.outputs if outputs is None else outputs
    program.outputs = [lowering.cells[entry] for entry in (*wanted, *flags)]
    program.values = len(program.outputs)
    program.forward = len(program.kinds)
    if shares is not None:
        lowering.differentiate(shares, ends)
    program.trim()
    return program


class _Lowering:
    """A program that is being made.

    Attributes:
        program: the program.
        cells: the cell of each entry of the tape.
        ways: for each entry how it became a row.
        starts: where the cells of its operands begin in ``operands``, as in those of the tape.
        operands: the cells of the operands of all entries.
        passes: for each backward pass in the call the cells of the gradients that are wanted.
        wanted: for each entry, 1 if its gradient is, else 0.
        numbering: zeros for `below`.
        locals: room for local derivatives.
    """

    def __init__(self, tape: Tape, further: int) -> None:
        self.tape = tape
        ops: list[Any] = tape.ops
        starts, operands = tape.starts, tape.operands
        count: i64 = len(ops)
        self.program = Program(len(tape.inputs) + further, 4 * count)
        self.operations: dict[Any, int] = {}
        self.rules: dict[Any, Steps | None] = {}
        self.gradients: dict[Any, list[int]] = {}
        self.passes: dict[int, dict[int, int]] = {}
        self.wanted = vec[i64]([0] * count)
        self.numbering = vec[i64]([0] * count)
        self.locals = vec[i64]()
        self.cells = vec[i64]([0] * count)
        self.ways = vec[i64]([0] * count)
        self.starts = starts
        self.operands = vec[i64]([0] * len(operands))
        for cell, place in enumerate(tape.inputs):
            self.cells[place] = cell
        for place in tape.constants:
            self.cells[place] = self.program.constant(tape.data[place])
        for entry in range(count):
            if ops[entry] is _GRADIENT_OF:
                self.wanted[operands[starts[entry] + 1]] = 1
        guards = tape.guards
        done: i64 = 0
        ways: dict[Any, int] = {}
        latest: Any = None
        latest_way: i64 = _CALL
        way = latest_way
        for entry in range(count):
            while done < len(guards) and guards[done].before <= entry:
                self.guard(guards[done])
                done += 1
            op = ops[entry]
            if op is None:
                continue
            if op is _ADDITION:
                way = _ADD
            elif op is _PRODUCT:
                way = _MULTIPLY
            elif op is not latest:
                latest = op
                if op not in ways:
                    ways[op] = _way(op)
                latest_way = ways[op]
                way = latest_way
            else:
                way = latest_way
            self.ways[entry] = way
            start, end = starts[entry], starts[entry + 1]
            for at in range(start, end):
                self.operands[at] = self.cells[operands[at]]
            if way == _PASS:
                self.carry_back(entry)
            elif way == _GRADIENT:
                found = self.passes[operands[start]]
                self.cells[entry] = found.get(operands[start + 1], ZERO)
            else:
                self.cells[entry] = self.emit(way, op, self.operands, start, end)
        while done < len(guards):
            self.guard(guards[done])
            done += 1
        for place, label in tape.labels.items():
            self.program.labels.setdefault(self.cells[place], label)

    def guard(self, guard: Guard) -> None:
        """Add a row that looks whether an entry is the number that it was."""
        self.program.push(self.cells[guard.entry])
        self.program.push(self.program.constant(guard.value))
        self.program.labels[self.program.close(GUARD)] = f"{guard.look} at {guard.place}"

    def emit(self, way: i64, op: Any, cells: vec[i64], start: i64, end: i64) -> i64:
        """Add the rows of an operation on these cells; returns the cell of its result."""
        if way > _SQUARE:
            if way == _SAME:
                return cells[start]
            if way == _TAKE:
                return self.taken(cells, start, end)
            listed = [cells[at] for at in range(start, end)]
            if way == _SLOPE:
                return self.slope(op.primitive, op.position, listed)
            return self.call(op, listed, None)
        x = cells[start]
        y = cells[end - 1]
        init = x if way <= _SUBTRACT else MINUS_ZERO
        factor = x if way >= _MULTIPLY else ONE if way == _ADD else MINUS_ONE
        return self.program.product(init, factor, y)

    def taken(self, cells: vec[i64], start: i64, end: i64) -> i64:
        """Add the row of a `take`, of pairs of a flag and a number."""
        program = self.program
        program.push(MINUS_ZERO)
        for at in range(start, end, 2):
            program.push(cells[at])
            program.push(ONE)
            program.push(cells[at + 1])
        return program.close(CASES)

    def call(self, op: Any, cells: list[int], place: int | None) -> i64:
        """Add an elementwise row: of an operation, or of its derivative by one operand."""
        program = self.program
        is_quotient = place is None and (op is table.divide or op is operator.truediv)
        if is_quotient and cells[1] < 0:
            reciprocal = _exact_reciprocal(program.constants[~cells[1]])
            if reciprocal != 0.0:
                return program.product(MINUS_ZERO, cells[0], program.constant(reciprocal))
        key = (op, place)
        kind = self.operations.get(key)
        if kind is None:
            kind = self.operations[key] = len(program.operations)
            program.operations.append(_operation(op, place))
        return program.add(kind, cells)

    # ── Derivatives ───────────────────────────────────────────────────────────

    def slope(self, op: Any, place: int, cells: list[int]) -> i64:
        """The cell of a local derivative, from the cells of the operands and the output."""
        if isinstance(op, Reduction):
            at_once = (op, *cells)
            found = self.gradients.get(at_once)
            if found is None:
                found = self.gradients[at_once] = self.slopes(op, cells)
            return found[place]
        key = (op, place)
        if key not in self.rules:
            self.rules[key] = steps_of_rule(op, place)
        steps = self.rules[key]
        return self.call(op, cells, place) if steps is None else self.carried_out(steps, cells)[0]

    def slopes(self, op: Any, cells: list[int]) -> list[int]:
        """The same of a reduction, by each of its operands."""
        steps = steps_of_gradient(op, len(cells) - 1)
        if steps is not None:
            return self.carried_out(steps, cells)
        found: list[int] = [self.call(op, cells, -1)]
        for _ in cells[2:]:
            self.program.push(found[0])
            found.append(self.program.close(PART))
        return found

    def carried_out(self, steps: Steps, cells: list[int]) -> list[int]:
        """The cells of what a rule gives, for these of its operands and the output."""
        known = list(cells)
        for op, references in steps.steps:
            operands = vec[i64]()
            for reference in references:
                operands = append(operands, self.referred(reference, known))
            known.append(self.emit(_way(op), op, operands, 0, len(operands)))
        return [self.referred(reference, known) for reference in steps.results]

    def referred(self, reference: Any, known: list[int]) -> int:
        """The cell of an operand of a step, or of a result."""
        if type(reference) is float:
            return self.program.constant(reference)
        number: int = reference
        return known[number]

    def differentiate(self, shares: Shares, ends: list[int]) -> None:
        """Add the rows of gradients, and make those of ``ends`` outputs."""
        seed: i64 = len(self.tape.inputs)
        gradients = self.interior(shares, seed)
        total = seed
        for index in ends:
            total += 1
            cell = self.sum_of_shares(index, shares, gradients, total)
            self.program.outputs.append(cell)

    def carry_back(self, entry: i64) -> None:
        """Add the rows of the gradients of a backward pass within the call."""
        tape = self.tape
        start, end = tape.starts[entry], tape.starts[entry + 1]
        root, seed = tape.operands[start], self.cells[tape.operands[start + 1]]
        known = tape.passes.pop(entry, None)
        shares: Shares = below(tape, root, self.numbering)[1] if known is None else known
        entries = shares.entries
        gradients = self.interior(shares, seed)
        sums: dict[int, int] = {}
        for at in range(start + 2, end, 2):
            sums[tape.operands[at]] = self.cells[tape.operands[at + 1]]
        for index in shares.ends:
            if self.wanted[entries[index]] == 1:
                init = sums.get(entries[index], int(ZERO))
                gradients[index] = self.sum_of_shares(index, shares, gradients, init)
        found: dict[int, int] = dict(sums)  # of ends that are not reached after all
        for index in range(len(entries)):
            if self.wanted[entries[index]] == 1:
                found[entries[index]] = gradients[index]
        self.passes[entry] = found

    def interior(self, shares: Shares, seed: i64) -> vec[i64]:
        """Add the rows of the gradients of all that hand shares down; returns all their cells."""
        program = self.program
        order = shares.order
        gradients = vec[i64]([0] * (len(shares.starts) - 1))
        gradients[0] = seed
        # That of the root may be -0.0, and then a sum that begins with 0.0 is another number.
        from_zero = program.product(ZERO, ONE, seed)
        for at in range(1, len(order)):
            entry = order[at]
            same = self.gradient_passed_on(entry, shares)
            if same >= 0:
                # A sum that began with 0.0 is never -0.0: to add it to 0.0 leaves it as it is.
                gradients[entry] = from_zero if gradients[same] == seed else gradients[same]
            else:
                gradients[entry] = self.sum_of_shares(entry, shares, gradients, ZERO)
        return gradients

    def gradient_passed_on(self, entry: i64, shares: Shares) -> i64:
        """The only user of an entry, if that passes its gradient on as it is; else -1."""
        first = shares.starts[entry]
        is_certain = len(shares.conditions) == 0 or shares.conditions[first] < 0
        if shares.starts[entry + 1] == first + 1 and is_certain:
            user = shares.users[first]
            if self.is_passed_on(shares.entries[user], shares.positions[first]):
                return user
        return -1

    def is_passed_on(self, user: i64, position: i64) -> bool:
        """True if a local derivative is known to be 1."""
        way = self.ways[user]
        if way == _SUBTRACT:
            return position == 0
        return way == _ADD or _SAME <= way <= _CHOOSE

    def sum_of_shares(self, entry: i64, shares: Shares, gradients: vec[i64], init: i64) -> i64:
        """Add the row of a gradient: the sum of the shares, after ``init``."""
        first, end = shares.starts[entry], shares.starts[entry + 1]
        users, positions, entries = shares.users, shares.positions, shares.entries
        conditions, program = shares.conditions, self.program
        if len(self.locals) < end - first:
            self.locals = vec[i64]([0] * (2 * (end - first)))
        # The local derivatives first, which may be rows.
        locals_ = self.locals
        for at in range(first, end):
            locals_[at - first] = self.local(entries[users[at]], positions[at])
        kind = SUM
        if len(conditions) > 0:
            for at in range(first, end):
                if conditions[at] >= 0:
                    kind = CASES
        program.push(init)
        for at in range(first, end):
            if kind == CASES:
                flag = conditions[at]
                program.push(ONE if flag < 0 else self.cells[flag])
            program.push(locals_[at - first])
            program.push(gradients[users[at]])
        return program.close(kind)

    def local(self, entry: i64, position: i64) -> i64:
        """The cell of the local derivative of an entry by one of its operands."""
        if self.is_passed_on(entry, position):
            return ONE
        way = self.ways[entry]
        start, end = self.starts[entry], self.starts[entry + 1]
        operands = self.operands
        if way == _MULTIPLY:
            return operands[start + 1 - position]
        if way < _MULTIPLY:
            return MINUS_ONE
        op = self.tape.ops[entry]
        cells: list[int] = [operands[at] for at in range(start, end)]
        return self.slope(op, position, [*cells, self.cells[entry]])


def _exact_reciprocal(x: float) -> float:
    """1 / x for a power of 2, by which it is all the same to divide or to multiply; else 0."""
    mantissa, exponent = math.frexp(x)
    return 1.0 / x if abs(mantissa) == 0.5 and abs(exponent) < 1000 else 0.0


def _operation(op: Any, place: int | None) -> Operation:
    if place is None:
        made: Operation = operations.forward(op)
    elif place < 0:
        made = operations.derivatives(op)
    else:
        made = operations.derivative(op, place)
    return made
