"""Runs programs in pure Python, over a list of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final

from autograd.replay.program import GUARD, PART, SUM, Program

# What a step does. Kinds of rows that are frequent have a step of their own.
_PRODUCT: Final = 0
_SUM: Final = 1
_ONE: Final = 2
_TWO: Final = 3
_MORE: Final = 4
_LIST: Final = 5
_PARTS: Final = 6
_GUARD: Final = 7


class ListMachine:
    """A program, prepared to be run on lists of numbers: `Program` says where each number is."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._rest = [*[0.0] * len(program.kinds), *reversed(program.constants)]
        steps = [_step(program, row) for row in range(len(program.kinds))]
        self._forward = [step for step in steps[: program.forward] if step is not None]
        self._backward = [step for step in steps[program.forward :] if step is not None]
        self._values = program.outputs[: program.values]
        self._sums = program.outputs[program.values :]

    def forward(self, numbers: Sequence[float]) -> list[float] | None:
        """The numbers of a run, as far as the values need them; None if a guard ends it."""
        further = self.program.inputs - len(numbers)
        run = [*numbers, *[0.0] * further, *self._rest]
        return run if _carried_out(self._forward, run) else None

    def values(self, run: list[float]) -> list[float]:
        """The outputs of a run that are values."""
        return [run[cell] for cell in self._values]

    def backward(self, run: list[float], numbers: Sequence[float]) -> list[float]:
        """The other outputs, for these numbers in place of the last inputs."""
        inputs = self.program.inputs
        run = run[:]  # another thread may do the same
        run[inputs - len(numbers) : inputs] = numbers
        _carried_out(self._backward, run)
        return [run[cell] for cell in self._sums]


def _step(program: Program, row: int) -> tuple[Any, ...] | None:
    """What to do for a row: a kind of step, the cell of the row, and what else it takes."""
    kind, cells, out = program.kinds[row], program.row(row), program.inputs + row
    if kind == PART:
        return None
    if kind == GUARD:
        return (_GUARD, *cells, 0)
    if kind == SUM:
        if len(cells) == 3:
            return (_PRODUCT, out, cells[0], (cells[1], cells[2]))
        return (_SUM, out, cells[0], (itemgetter(*cells[1::2]), itemgetter(*cells[2::2])))
    operation = program.operations[kind]
    if operation.parts:
        return (_PARTS, out, operation.function, cells)
    if operation.takes_list:
        return (_LIST, out, operation.function, cells)
    if len(cells) == 1:
        return (_ONE, out, operation.function, cells[0])
    if len(cells) == 2:
        return (_TWO, out, operation.function, cells)
    return (_MORE, out, operation.function, cells)


def _carried_out(steps: list[tuple[Any, ...]], run: list[float]) -> bool:
    """Carry out steps, in place; False if a guard ends the run."""
    # Not sum(): from Python 3.12 on it rounds a sum of floats once.
    for step, out, first, more in steps:
        if step == _SUM:
            total = run[first]
            left, right = more
            for x, y in zip(left(run), right(run)):
                total += x * y
            run[out] = total
        elif step == _PRODUCT:
            x, y = more
            run[out] = run[first] + run[x] * run[y]
        elif step == _ONE:
            run[out] = first(run[more])
        elif step == _TWO:
            x, y = more
            run[out] = first(run[x], run[y])
        elif step == _MORE:
            run[out] = first(*[run[cell] for cell in more])
        elif step == _LIST:
            run[out] = first([run[cell] for cell in more])
        elif step == _PARTS:
            found = first([run[cell] for cell in more])
            run[out : out + len(found)] = found
        elif not _same(run[out], run[first]):
            return False
    return True


def _same(x: float, y: float) -> bool:
    """True if two numbers have the same bits, or are both nan."""
    if x == y:
        return x != 0.0 or str(x) == str(y)  # 0.0 and -0.0 are equal
    return x != x and y != y
