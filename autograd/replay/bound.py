"""Bound: a program whose last inputs are read from Values, and whose last outputs change them.

The Values are those that a function has found outside, which are the same in each call, and those
among its arguments. To read and to write thousands of them is one call of C where the engine is
compiled (`bound.c`), and else a loop over them here.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from enum import IntEnum
from operator import le
from typing import Any, Final, NamedTuple, Protocol

from autograd.engine.value import Value


class Part(IntEnum):
    """What of a Value an input or an output is."""

    DATA = 0
    GRAD = 1
    HAS_GRAD = 2

    __hash__ = int.__hash__  # that of an Enum is a function of Python's


_DATA: Final = 0
_GRAD: Final = 1


class Change(NamedTuple):
    """What becomes of a Value.

    Attributes:
        part: its data, its grad, or whether a backward pass has reached it: 1.0 if so, else 0.0.
        value: the index of the Value.
        awaited: for its grad the count of uses that it then has: 0 if a backward pass has reached
            it, else -1; where that varies there is a change of it as well, after that of the grad.
    """

    part: Part
    value: int
    awaited: int


class Links(NamedTuple):
    """Which Values a program is bound to, by indices: first those of a call, then those captured.

    Attributes:
        captured: the Values that are the same in each call.
        numbers: how many floats a call gives; they are the first inputs.
        arguments: how many Values it gives.
        kept: the number of outputs that are not changes: those come first.
        sources: for each of the other inputs what of which Value it is.
        changes: for each of the other outputs what it changes.
    """

    captured: tuple[Value, ...]
    numbers: int
    arguments: int
    kept: int
    sources: Sequence[tuple[Part, int]]
    changes: Sequence[Change]

    def arrays(self) -> tuple[array[int], array[int]]:
        """The sources and the changes for `bound.c`.

        A source has a third number, the index of the change that sets it, or -1. The third of a
        change is that of the change which says whether a pass has reached it, if there is one.
        """
        set_by = {change[:2]: i for i, change in enumerate(self.changes)}
        sources = array("i")
        for part, index in self.sources:
            data_or_grad = Part.DATA if part is Part.DATA else Part.GRAD
            sources.extend((part, index, set_by.get((data_or_grad, index), -1)))
        changes = array("i")
        for part, index, awaited in self.changes:
            changes.extend((part, index, set_by.get((Part.HAS_GRAD, index), awaited)))
        return sources, changes


class Bound(Protocol):
    """A program that is bound to Values.

    Each method takes the Values of a call as a list.
    """

    def forward(self, numbers: list[float], values: list[Value]) -> Any:
        """The state after a run; None if a guard ends it."""

    def apply(self, state: Any, values: list[Value]) -> None:
        """Change the Values as a run does: all of them, also if Ctrl-C comes meanwhile."""

    def repeat(
        self, numbers: list[float], values: list[Value], times: int
    ) -> tuple[list[list[float]], BaseException | None]:
        """Runs one after the other, each applied.

        It ends early where a guard does, an operation that raises an error, or a signal: the
        Values are as after a whole run.

        Returns:
            The outputs of each run that are not changes, and an error that a signal has raised
            between two runs, such as KeyboardInterrupt: the caller is to raise it.

        Raises:
            BaseException: the first run has raised it.
        """

    def is_stale(self, references: array[int]) -> bool:
        """True if there are no more references than these to one of the captured Values.

        That to the tuple of captured Values counts as one.
        """


class ListBound:
    """A program for lists of numbers, bound to Values."""

    def __init__(self, machine: Any, links: Links) -> None:
        self._machine = machine
        self._links = links

    def forward(self, numbers: list[float], values: list[Value]) -> Any:
        """The state after a run; None if a guard ends it."""
        found = [*values, *self._links.captured]
        read = [
            found[index]._data
            if part == _DATA
            else found[index]._grad
            if part == _GRAD
            else float(found[index].has_grad)
            for part, index in self._links.sources
        ]
        return self._machine.forward([*numbers, *read])

    def apply(self, state: Any, values: list[Value]) -> None:
        """Change the Values as a run does."""
        links = self._links
        if not links.changes:
            return
        found = [*values, *links.captured]
        count = links.kept + len(links.changes)
        numbers = self._machine.values(state, count)[links.kept :]
        try:
            self._write(found, numbers)
        except BaseException:
            self._write(found, numbers)
            raise

    def _write(self, found: list[Value], numbers: list[float]) -> None:
        for (part, index, awaited), number in zip(self._links.changes, numbers):
            value = found[index]
            if part == _DATA:
                value._data = number
            elif part == _GRAD:
                value._grad = number
                value._awaited = awaited
            else:
                value._awaited = 0 if number else -1

    def repeat(
        self, numbers: list[float], values: list[Value], times: int
    ) -> tuple[list[list[float]], BaseException | None]:
        """Runs one after the other, each applied."""
        steps: list[list[float]] = []
        try:
            while len(steps) < times:
                state = self.forward(numbers, values)
                if state is None:
                    break
                self.apply(state, values)
                steps.append(self._machine.values(state, self._links.kept))
        except Exception:
            if not steps:
                raise
        except BaseException as interruption:
            if not steps:
                raise
            return steps, interruption
        return steps, None

    def is_stale(self, references: array[int]) -> bool:
        """True if there are no more references than these to one of the captured Values."""
        counts = map(sys.getrefcount, self._links.captured)
        return any(map(le, counts, [known + _UNSEEN for known in references]))


# The references that `map` adds, by which it hands an object on.
_UNSEEN: Final = min(map(sys.getrefcount, (object(),))) - 1
