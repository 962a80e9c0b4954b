"""Runs programs in pure Python, over a list of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, repeat
from typing import Any, Final, TypeAlias

from autograd.engine.value import Value
from autograd.replay.program import CASES, GUARD, ONE, PART, SUM, Program
from autograd.replay.writing import Writer

# A loop over rows of a kind, in place; it returns False if a guard ends the run.
_Loop: TypeAlias = "Callable[[list[float], Any], bool | None]"

_LONGEST: Final = 128  # cells of a sum that a loop writes out


class ListMachine:
    """A program, prepared to be run; machines of the kernel have the same methods.

    The state that a run leaves is here a list of its numbers: `Program` says where each is.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._rest = [*[0.0] * len(program.kinds), *reversed(program.constants)]
        loops = _Loops(program)
        self._forward = loops.of(range(program.forward))
        self._backward = loops.of(range(program.forward, len(program.kinds)))
        self._values = program.outputs[: program.values]
        self._sums = program.outputs[program.values :]

    def __reduce__(self) -> tuple[Any, ...]:
        return ListMachine, (self.program,)

    def forward(self, numbers: Sequence[float]) -> Any:
        """The state after a run of the rows that the values need; None if a guard ends it.

        The first inputs are given.
        """
        further = self.program.inputs - len(numbers)
        run = [*map(float, numbers), *[0.0] * further, *self._rest]
        return run if _carried_out(self._forward, run) else None

    def inputs(self, state: Any) -> list[float]:
        """All inputs of a run."""
        inputs: list[float] = state[: self.program.inputs]
        return inputs

    def values(self, state: Any, count: int) -> list[float]:
        """So many of the outputs of a run that are values, the first ones."""
        return [state[cell] for cell in self._values[:count]]

    def add_shares(self, state: Any, seed: float, values: Sequence[Value]) -> None:
        """Add to the gradients of Values, in place: to none of them if there is an error.

        The last inputs are the gradient ``seed`` and theirs, which become the other outputs.
        """
        inputs = self.program.inputs
        run = state[:]  # another thread may do the same
        run[inputs - len(values) - 1 : inputs] = [seed, *[value._grad for value in values]]
        _carried_out(self._backward, run)
        for value, cell in zip(values, self._sums):
            value._grad = run[cell]


def _carried_out(groups: list[tuple[_Loop, list[Any]]], run: list[float]) -> bool:
    """Carry out groups of rows, in place; False if a guard ends the run."""
    return all(loop(run, rows) is not False for loop, rows in groups)


# ── Loops ─────────────────────────────────────────────────────────────────────

# None uses sum(), which from Python 3.12 on rounds a sum of floats once.


class _Cells:
    """The names of the cells of a row in a loop, which notes those that it is asked for."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}

    def __getitem__(self, cell: int) -> str:
        return self.names.setdefault(cell, f"run[x{len(self.names)}]")


class _Loops:
    """The loops of a program: one for all rows that are the same statement but for their cells."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._writer = Writer(program, [f"f{i}" for i in range(len(program.operations))])
        self._scope = {f"f{i}": x.function for i, x in enumerate(program.operations)}
        self._known: dict[Any, _Loop] = {}

    def of(self, rows: range) -> list[tuple[_Loop, list[Any]]]:
        """The loops to carry out, each with the cells of the rows that it is for."""
        steps = [self._step(row) for row in rows if self.program.kinds[row] != PART]
        groups = groupby(steps, key=lambda step: step[0])
        return [(loop, [cells for _, cells in group]) for loop, group in groups]

    def _step(self, row: int) -> tuple[_Loop, tuple[Any, ...]]:
        """The loop that a row is for, and its cells."""
        program = self.program
        kind, cells = program.kinds[row], program.row(row)
        if kind == GUARD:
            return _guards, tuple(cells)
        if kind == SUM and len(cells) > _LONGEST:
            terms = zip(repeat(ONE), cells[1::2], cells[2::2])
            return _long_sums, (program.inputs + row, cells[0], [*terms])
        if kind == CASES and len(cells) > _LONGEST:
            terms = zip(cells[1::3], cells[2::3], cells[3::3])
            return _long_sums, (program.inputs + row, cells[0], [*terms])
        self._writer.names = names = _Cells()
        statements = "\n        ".join(self._writer.statements(row))
        key = statements, len(names.names)
        loop = self._known.get(key)
        if loop is None:
            loop = self._known[key] = self._made(*key)
        return loop, tuple(names.names)

    def _made(self, statements: str, count: int) -> _Loop:
        places = "".join([f"x{i}, " for i in range(count)])
        text = f"def loop(run, rows):\n    for {places}in rows:\n        {statements}\n"
        exec(text, self._scope)
        loop: _Loop = self._scope["loop"]
        return loop


def _long_sums(run: list[float], rows: list[Any]) -> None:
    for out, first, terms in rows:
        total = run[first]
        for flag, a, b in terms:
            if run[flag] != 0.0:
                total += run[a] * run[b]
        run[out] = total


def _guards(run: list[float], rows: list[Any]) -> bool:
    return all(run[x] == run[y] != 0.0 or repr(run[x]) == repr(run[y]) for x, y in rows)
