"""From a tape to a program: a row for each entry, and for each gradient the sum of its shares.

The rows are what the engine computes, one by one; `optimizer.py` makes fewer of them. Gradients are
pulled, not pushed: that of an entry is one row, whose terms are the shares that it gets, each a
local derivative times the gradient of a user, in the order in which a backward pass adds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from autograd.engine import table
from autograd.engine.primitive import Choice, Reduction
from autograd.replay import operations
from autograd.replay.program import (
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
from autograd.replay.rules import Steps, steps_of_gradient, steps_of_rule
from autograd.replay.shares import Shares
from autograd.replay.tape import Guard, Slope, Tape, choose

# Operations whose rows are sums of products, written with these in place of the operands.
_X: Final = -10
_Y: Final = -11
_AS_SUMS: Final[dict[Any, tuple[int, int, int]]] = {
    table.add: (_X, ONE, _Y),
    table.subtract: (_X, MINUS_ONE, _Y),
    table.multiply: (MINUS_ZERO, _X, _Y),
    table.negative: (MINUS_ZERO, MINUS_ONE, _X),
    table.square: (MINUS_ZERO, _X, _X),
}


def sources_of(tape: Tape, flags: Sequence[bool]) -> list[Sequence[int]]:
    """For each entry those that it passes its gradient to, where the flags of choices are these."""
    sources: list[Sequence[int]] = []
    choices = 0
    for entry, flows in enumerate(tape.flows):
        operands = tape.operands[entry]
        if tape.ops[entry] is choose and flows:
            taken = 1 if flags[choices] else 2
            choices += 1
            sources.append((operands[taken],) if taken in flows else ())
        elif len(flows) == len(operands):
            sources.append(operands)
        else:
            sources.append([operands[position] for position in flows])
    if tape.same_leaf:
        same = tape.same_leaf
        return [[same.get(entry, entry) for entry in each] for each in sources]
    return sources


def choices_of(tape: Tape) -> list[int]:
    """The flags by which gradients choose their way, as entries."""
    return [
        tape.operands[entry][0]
        for entry, op in enumerate(tape.ops)
        if op is choose and tape.flows[entry]
    ]


def lowered(tape: Tape, shares: Shares | None = None, root: int = 0) -> Program:
    """The program of a tape, with the gradients of the entry ``root`` if its shares are given.

    Its inputs are those of the tape; then the gradient of the root; and for each entry of
    ``shares.ends`` that is a leaf the sum that its shares are added to.
    """
    leaves = set(tape.leaves)
    ends = [] if shares is None else [entry for entry in shares.ends if entry in leaves]
    lowering = _Lowering(tape, 0 if shares is None else 1 + len(ends))
    program = lowering.program
    program.outputs = [lowering.cells[entry] for entry in (*tape.outputs, *choices_of(tape))]
    program.values = len(program.outputs)
    program.forward = len(program.kinds)
    if shares is not None:
        lowering.differentiate(shares, root, ends)
    return program


class _Lowering:
    def __init__(self, tape: Tape, further: int) -> None:
        self.tape = tape
        self.program = Program(len(tape.inputs) + further)
        self.operations: dict[Any, int] = {}
        self.rules: dict[Any, Steps | None] = {}
        self.gradients: dict[Any, list[int]] = {}
        self.cells = [0] * len(tape.ops)
        for cell, entry in enumerate(tape.inputs):
            self.cells[entry] = cell
        for entry in tape.constants:
            self.cells[entry] = self.program.constant(tape.data[entry])
        guards = iter(tape.guards)
        guard = next(guards, None)
        for entry, op in enumerate(tape.ops):
            while guard is not None and guard.before == entry:
                self.guard(guard)
                guard = next(guards, None)
            if op is not None:
                self.cells[entry] = self.emit(op, [self.cells[x] for x in tape.operands[entry]])
        while guard is not None:
            self.guard(guard)
            guard = next(guards, None)
        for entry, label in tape.labels.items():
            self.program.labels.setdefault(self.cells[entry], label)

    def guard(self, guard: Guard) -> None:
        """Add a row that looks whether an entry is the number that it was."""
        value = self.program.constant(guard.value)
        cell = self.program.add(GUARD, [self.cells[guard.entry], value])
        self.program.labels[cell] = f"{guard.look} at {guard.place}"

    def emit(self, op: Any, cells: list[int]) -> int:
        """Add the rows of an operation; returns the cell of its result."""
        pattern = _AS_SUMS.get(op)
        if pattern is not None:
            x, y = cells[0], cells[-1]
            return self.program.add(SUM, [x if c == _X else y if c == _Y else c for c in pattern])
        if isinstance(op, Slope):
            return self.slope(op.primitive, op.position, cells)
        if isinstance(op, Choice):
            return cells[0]
        return self.call(op, cells, None)

    def call(self, op: Any, cells: list[int], place: int | None) -> int:
        """Add an elementwise row: of an operation, or of its derivative by one operand."""
        key = (op, place)
        kind = self.operations.get(key)
        if kind is None:
            kind = self.operations[key] = len(self.program.operations)
            self.program.operations.append(_operation(op, place))
        return self.program.add(kind, cells)

    # ── Derivatives ───────────────────────────────────────────────────────────

    def slope(self, op: Any, place: int, cells: list[int]) -> int:
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

    def slopes(self, op: Reduction, cells: list[int]) -> list[int]:
        """The same of a reduction, by each of its operands."""
        steps = steps_of_gradient(op, len(cells) - 1)
        if steps is not None:
            return self.carried_out(steps, cells)
        head = self.call(op, cells, -1)
        return [head, *[self.program.add(PART, [head]) for _ in cells[2:]]]

    def carried_out(self, steps: Steps, cells: list[int]) -> list[int]:
        """The cells of what a rule gives, for these of its operands and the output."""
        known = list(cells)

        def cell(reference: Any) -> int:
            return (
                self.program.constant(reference) if type(reference) is float else known[reference]
            )

        for op, references in steps.steps:
            known.append(self.emit(op, [cell(x) for x in references]))
        return [cell(x) for x in steps.results]

    def differentiate(self, shares: Shares, root: int, ends: Sequence[int]) -> None:
        """Add the rows of gradients, and make those of ``ends`` outputs."""
        program = self.program
        seed = len(self.tape.inputs)
        gradients = [ZERO] * len(self.cells)
        gradients[root] = seed
        # That of the root may be -0.0, and then a sum that begins with 0.0 is another number.
        from_zero = program.add(SUM, [ZERO, ONE, seed])
        for entry in shares.order[1:]:
            terms = self.terms(entry, shares, gradients)
            if len(terms) == 2 and terms[0] == ONE:
                # A sum that began with 0.0 is never -0.0: to add it to 0.0 leaves it as it is.
                gradients[entry] = from_zero if terms[1] == seed else terms[1]
            else:
                gradients[entry] = program.add(SUM, [ZERO, *terms])
        for place, entry in enumerate(ends):
            terms = self.terms(entry, shares, gradients)
            program.outputs.append(program.add(SUM, [seed + 1 + place, *terms]))

    def terms(self, entry: int, shares: Shares, gradients: list[int]) -> list[int]:
        """The shares of an entry: for each a local derivative and a gradient."""
        terms = []
        for share in range(shares.starts[entry], shares.starts[entry + 1]):
            user = shares.users[share]
            terms.append(self.local(user, shares.places[share]))
            terms.append(gradients[user])
        return terms

    def local(self, entry: int, place: int) -> int:
        """The cell of the local derivative of an entry by the operand of that flow."""
        tape = self.tape
        op: Any = tape.ops[entry]
        if op is table.add or op is choose or isinstance(op, Choice):
            return ONE
        position = tape.flows[entry][place]
        operands = tape.operands[entry]
        if op is table.multiply:
            return self.cells[operands[1 - position]]
        return self.slope(op, position, [*[self.cells[x] for x in operands], self.cells[entry]])


def _operation(op: Any, place: int | None) -> Operation:
    if place is None:
        return operations.forward(op)
    if place < 0:
        return operations.derivatives(op)
    return operations.derivative(op, place)
