"""Runs programs in pure Python, over a list of numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import cache
from itertools import groupby
from typing import Any, Final, TypeAlias

from autograd.engine.value import Value
from autograd.replay.program import CASES, GUARD, MINUS_ONE, MINUS_ZERO, ONE, PART, SUM, Program

# A loop over rows of a kind, in place; it returns False if a guard ends the run.
_Loop: TypeAlias = "Callable[[list[float], Any], bool | None]"
_Row: TypeAlias = "tuple[_Loop, tuple[Any, ...]]"

_LONGEST: Final = 64  # terms of a sum that a loop writes out


class ListMachine:
    """A program, prepared to be run; machines of the kernel have the same methods.

    The state that a run leaves is here a list of its numbers: `Program` says where each is.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._rest = [*[0.0] * len(program.kinds), *reversed(program.constants)]
        self._forward = _grouped(program, range(program.forward))
        self._backward = _grouped(program, range(program.forward, len(program.kinds)))
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


def _grouped(program: Program, rows: range) -> list[tuple[_Loop, list[Any]]]:
    """The loops to carry out, each with the rows that it is for."""
    steps = [_step(program, row) for row in rows if program.kinds[row] != PART]
    groups = groupby(steps, key=lambda step: step[0])
    return [(loop, [row for _, row in group]) for loop, group in groups]


def _step(program: Program, row: int) -> _Row:
    """The loop that a row is for, and what this takes."""
    kind, cells, out = program.kinds[row], program.row(row), program.inputs + row
    if kind == GUARD:
        return _guards, tuple(cells)
    if kind == SUM:
        count = len(cells) // 2
        if count > _LONGEST:
            return _long_sums, (out, cells[0], [*zip(cells[1::2], cells[2::2])])
        return _sum(out, cells)
    if kind == CASES:
        return _cases, (out, cells[0], [*zip(cells[1::3], cells[2::3], cells[3::3])])
    operation = program.operations[kind]
    if operation.parts:
        return _parts, (out, operation.function, cells)
    if operation.takes_list:
        return _loop("out, f, xs", "f([run[x] for x in xs])"), (out, operation.function, cells)
    if operation.source is operator.truediv:
        return _loop("out, x, y", "run[x] / run[y]"), (out, *cells)
    names = [f"x{i}" for i in range(len(cells))]
    number = f"f({', '.join([f'run[{x}]' for x in names])})"
    return _loop(", ".join(["out", "f", *names]), number), (out, operation.function, *cells)


def _carried_out(groups: list[tuple[_Loop, list[Any]]], run: list[float]) -> bool:
    """Carry out groups of rows, in place; False if a guard ends the run."""
    return all(loop(run, rows) is not False for loop, rows in groups)


# ── Loops ─────────────────────────────────────────────────────────────────────

# None uses sum(), which from Python 3.12 on rounds a sum of floats once.


@cache
def _sums_of(shape: str) -> _Loop:
    """The loop for sums whose terms are of these kinds, written out, which is twice as fast.

    A ``*`` is a product, a ``+`` or ``-`` one number; a sum that starts with ``-0.0`` starts with
    its first term instead.
    """
    names = ["out"]
    total = ""
    for i, kind in enumerate(shape):
        names.append(f"a{i}")
        term = f"run[a{i}]"
        if kind == "*":
            names.append(f"b{i}")
            term += f" * run[b{i}]"
        total += ("-" if kind == "-" else " + " if total else "") + term
    return _loop(f"{', '.join(names)},", total)


@cache
def _loop(names: str, number: str) -> _Loop:
    """A loop that sets the first of the cells of each row to this number."""
    scope: dict[str, Any] = {}
    exec(f"def loop(run, rows):\n    for {names} in rows:\n        run[out] = {number}\n", scope)
    loop: _Loop = scope["loop"]
    return loop


def _sum(out: int, cells: list[int]) -> _Row:
    """The loop for a sum of products, and its cells."""
    shape, needed = "", [out]
    if cells[0] != MINUS_ZERO or len(cells) == 1:
        shape, needed = "+", [out, cells[0]]
    for a, b in zip(cells[1::2], cells[2::2]):
        if a in (ONE, MINUS_ONE):
            shape += "+" if a == ONE else "-"
            needed.append(b)
        else:
            shape += "*"
            needed += [a, b]
    return _sums_of(shape), tuple(needed)


def _long_sums(run: list[float], rows: list[Any]) -> None:
    for out, first, terms in rows:
        total = run[first]
        for a, b in terms:
            total += run[a] * run[b]
        run[out] = total


def _cases(run: list[float], rows: list[Any]) -> None:
    for out, first, terms in rows:
        total = run[first]
        for flag, a, b in terms:
            if run[flag] != 0.0:
                total += run[a] * run[b]
        run[out] = total


def _parts(run: list[float], rows: list[Any]) -> None:
    for out, function, cells in rows:
        found = function([run[cell] for cell in cells])
        run[out : out + len(found)] = found


def _guards(run: list[float], rows: list[Any]) -> bool:
    return all(run[x] == run[y] != 0.0 or repr(run[x]) == repr(run[y]) for x, y in rows)
