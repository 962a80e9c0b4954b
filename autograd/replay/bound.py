"""Bound: a program whose last inputs are read from Values, and whose last outputs change them.

The Values are those that a function has found outside, which are the same in each call, and those
among its arguments. To read and to write thousands of them is one call of C where the engine is
compiled (`bound.c`), and else a loop over them here.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from operator import attrgetter, le
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from autograd.engine.value import Value

if TYPE_CHECKING:
    from autograd.native import i64, vec

Pairs: TypeAlias = "Sequence[int] | vec[i64]"  # one after the other


class Part(IntEnum):
    """What of a Value an input or an output is."""

    DATA = 0
    GRAD = 1
    HAS_GRAD = 2
    UNREACHED = 3  # a grad, of a Value that no backward pass has reached

    __hash__ = int.__hash__  # that of an Enum is a function of Python's


class Links(NamedTuple):
    """Which Values a program is bound to, by indices: first those of a call, then those captured.

    Attributes:
        captured: the Values that are the same in each call.
        numbers: how many floats a call gives; they are the first inputs.
        arguments: how many Values it gives.
        kept: the number of outputs that are not changes: those come first.
        sources: for each of the other inputs two numbers: the `Part`, and the index of the Value.
        changes: the same for each of the other outputs, which changes that part. A grad that is
            changed is that of a Value which a backward pass has reached; where that varies, a
            change of `HAS_GRAD` comes after that of the grad.
        references: for each captured Value as many references as there are to it after it has been
            replaced, that of the tuple of these being one, when they were counted last; and before
            these, how many more there may be now. Nothing if no Value is ever replaced.
        recount: counts them anew, and returns how many fewer there may be more then.
    """

    captured: tuple[Value, ...]
    numbers: int
    arguments: int
    kept: int
    sources: Pairs
    changes: Pairs
    references: array[int] = array("q")
    recount: Callable[[], int] = int


_READ: Final[Any] = {
    Part.DATA: attrgetter("_data"),
    Part.GRAD: attrgetter("_grad"),
    Part.HAS_GRAD: lambda value: float(value.has_grad),
}


class ListBound:
    """A program for lists of numbers, bound to Values; what the kernel binds has these methods.

    Each takes the floats and the Values of a call as lists.
    """

    def __init__(self, machine: Any, links: Links) -> None:
        self._machine = machine
        self._links = links
        self._read = [(_READ[part], i) for part, i in _pairs(links.sources)]
        # Part by part: a loop over one attribute is several times as fast as one that chooses.
        self._data: list[tuple[int, int]] = []
        self._grads: list[tuple[int, int, int]] = []
        self._flags: list[tuple[int, int]] = []
        for (part, i), cell in zip(_pairs(links.changes), machine.program.outputs[links.kept :]):
            if part == Part.DATA:
                self._data.append((i, cell))
            elif part == Part.HAS_GRAD:
                self._flags.append((i, cell))
            else:
                self._grads.append((i, cell, 0 if part == Part.GRAD else -1))

    def forward(self, numbers: list[float], values: list[Value]) -> Any:
        """The state after a run; None if a guard ends it, or a Value has been replaced."""
        if self.is_stale():
            return None
        found = [*values, *self._links.captured]
        return self._machine.forward([*numbers, *[read(found[i]) for read, i in self._read]])

    def apply(self, run: list[float], values: list[Value]) -> None:
        """Change the Values as a run does: all of them, also if Ctrl-C comes meanwhile."""
        if not self._links.changes:
            return
        found = [*values, *self._links.captured]
        try:
            self._write(found, run)
        except BaseException:
            self._write(found, run)
            raise

    def _write(self, found: list[Value], run: list[float]) -> None:
        for i, cell in self._data:
            found[i]._data = run[cell]
        for i, cell, awaited in self._grads:
            value = found[i]
            value._grad = run[cell]
            value._awaited = awaited
        for i, cell in self._flags:
            found[i]._awaited = 0 if run[cell] else -1

    def repeat(
        self, numbers: list[float], values: list[Value], times: int
    ) -> tuple[list[float], int, BaseException | None]:
        """Runs one after the other, each applied.

        It ends early where a guard does, an operation that raises an error, or a signal: the
        Values are as after a whole run.

        Returns:
            The outputs that are not changes, of all runs one after the other; how many runs there
            were; and an error that a signal has raised between two of them, such as
            KeyboardInterrupt: the caller is to raise it.

        Raises:
            BaseException: the first run has raised it.
        """
        kept: list[float] = []
        runs = 0
        try:
            while runs < times:
                state = self.forward(numbers, values)
                if state is None:
                    break
                self.apply(state, values)
                kept += self._machine.values(state, self._links.kept)
                runs += 1
        except BaseException as error:
            if not runs:
                raise
            return kept, runs, None if isinstance(error, Exception) else error
        return kept, runs, None

    def is_stale(self) -> bool:
        """True if a captured Value has been replaced: only programs refer to it."""
        references = self._links.references
        if not references:
            return False
        held = [*map(sys.getrefcount, self._links.captured)]
        more = references[0] + _UNSEEN
        if not any(map(le, held, [known + more for known in references[1:]])):
            return False
        fewer = self._links.recount()
        references[0] -= fewer
        return any(map(le, held, [known + _UNSEEN for known in references[1:]]))


def _pairs(numbers: Pairs) -> Iterator[tuple[int, int]]:
    return zip(numbers[::2], numbers[1::2])


# The references that `map` adds, by which it hands an object on.
_UNSEEN: Final = min(map(sys.getrefcount, (object(),))) - 1
