"""A backward pass in a tape, in numbers: what `backward_pass` and `gradient_of` stand for.

Programs have rows for it (`lowering.py`). The loops here, which are those of
autograd/engine/node.py, are for where a tape is carried out entry by entry.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd.engine.primitive import Primitive
from autograd.replay.tape import Slope, Tape, choose, take


def gradients_of_pass(tape: Tape, entry: int, numbers: Sequence[float]) -> dict[int, float]:
    """The gradient of each entry that a pass reaches, given the numbers of all entries before it.

    >>> from autograd import multiply
    >>> from autograd.replay.tape import backward_pass
    >>> tape = Tape("square")
    >>> x, seed, zero = tape.input(3.0), tape.constant(1.0, ""), tape.constant(0.0, "")
    >>> square = tape.row(multiply, (x, x), (0, 1), 9.0)
    >>> pass_ = tape.row(backward_pass, (square, seed, x, zero), (), 0.0)
    >>> gradients_of_pass(tape, pass_, tape.data)[x]
    6.0
    """
    root, seed, *pairs = tape.operands_of(entry)
    uses = {root: 1}
    stack = [root]
    while stack:
        for source, _ in _steps(tape, stack.pop(), numbers):
            if source not in uses:
                uses[source] = 0
                stack.append(source)
            uses[source] += 1
    gradients = {end: numbers[start] for end, start in zip(pairs[::2], pairs[1::2])}
    gradients[root] = numbers[seed]
    complete = [root]
    while complete:
        user = complete.pop()
        for source, position in _steps(tape, user, numbers):
            share = _local(tape, user, position, numbers) * gradients[user]
            gradients[source] = gradients.get(source, 0.0) + share
            uses[source] -= 1
            if uses[source] == 0:
                complete.append(source)
    return gradients


def _steps(tape: Tape, entry: int, numbers: Sequence[float]) -> list[tuple[int, int]]:
    """The entries that an entry hands shares to, each with its position among the operands."""
    operands = tape.operands_of(entry)
    flows = tape.flows_of(entry)
    if tape.ops[entry] is choose:
        flows = [i for i in flows if i == (1 if numbers[operands[0]] else 2)]
    sources = [(_taken(tape, operands[i], numbers), i) for i in flows]
    return [(tape.same_leaf[source], i) for source, i in sources]


def _taken(tape: Tape, entry: int, numbers: Sequence[float]) -> int:
    """The entry itself, or what it takes if it is a `take`."""
    if tape.ops[entry] is not take:
        return entry
    operands = tape.operands_of(entry)
    return next(x for flag, x in zip(operands[::2], operands[1::2]) if numbers[flag] != 0.0)


def _local(tape: Tape, entry: int, position: int, numbers: Sequence[float]) -> float:
    op = tape.ops[entry]
    if op is choose:
        return 1.0
    assert isinstance(op, Primitive)
    arguments = [*tape.operands_of(entry), entry]
    return Slope(op, position).evaluate([numbers[k] for k in arguments])
