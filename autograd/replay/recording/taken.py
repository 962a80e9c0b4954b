"""Takes of a call that is recorded: which rows an index may choose, and what stands for one.

A Value that is taken has a **twin**: a Value whose entry on the tape is the `take`, and whose place
in the engine's graph the row itself has that the index has chosen in this call.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from autograd.engine import table
from autograd.engine.arrays import is_array
from autograd.engine.node import Node
from autograd.engine.recording import differentiated
from autograd.engine.value import Value, _WideValue
from autograd.replay.recording.indices import Index, is_exact
from autograd.replay.recording.outside import Indices
from autograd.replay.recording.places import place
from autograd.replay.recording.standins import Number
from autograd.replay.tape import Tape, choose, take

_MOST: Final = 2**16  # numbers that are followed to take a row of them

_FLOAT: Final[Any] = float


# An index that has chosen, as an entry, and the line where it did.
Look: TypeAlias = "tuple[int, str]"


class Rows:
    """Values that an index may choose.

    Attributes:
        values: each once.
        flags: that of each, as an entry.
    """

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.flags: list[int] = []


class Twin:
    """What stands for a Value that an index has chosen.

    Attributes:
        value: the Value that stands for it.
        row: the one that was chosen.
        rows: all that may be.
        looks: what has chosen.
        version: the number of writes to data before.
    """

    def __init__(
        self,
        value: Value,
        row: Value,
        rows: Rows,
        looks: list[Look],
        version: int,
    ) -> None:
        self.value = value
        self.row = row
        self.rows = rows
        self.looks = looks
        self.version = version


class Takes:
    """The takes of a call.

    Attributes:
        looks: what has chosen, for each `take` of Values on the tape.
        version: the number of writes to data so far.
    """

    def __init__(self, recorder: Any) -> None:
        self.looks: dict[int, list[Look]] = {}
        self.version = 0
        self._recorder = recorder
        self._tape: Tape = recorder.tape
        self._twins: list[Twin] = []
        self._indices = Indices([])  # of the values of these
        self._flags: dict[tuple[int, int], list[int]] = {}
        self._known: dict[Any, Value] = {}
        # What stands for each row that has been chosen.
        self._chosen = Indices([])
        self._standing_for: list[list[Value]] = []

    def stop(self) -> None:
        """The call is over."""
        self._recorder = None
        self._twins = []
        self._indices = Indices([])
        self._known = {}
        self._standing_for = []

    def twin(self, value: Node) -> Twin | None:
        """What is known of a Value that stands for another; None of one that does not."""
        index = self._indices.find(value)
        return None if index < 0 else self._twins[index]

    # ── Rows ──────────────────────────────────────────────────────────────────

    def take(self, rows: Any, i: Any) -> Any:
        """The row of that index; NotImplemented if it cannot be followed."""
        if type(i) is not Index:
            return NotImplemented
        number = int(self._tape.data[i.entry])
        listed: list[Any] = list(rows)
        count = len(listed)
        if not -count <= number < count or not 0 < count * _width(listed) <= _MOST:
            return NotImplemented
        return self._row(listed, self._flags_of(i.entry, count), (i.entry, place()))

    def _row(self, rows: list[Any], flags: list[int], look: Look) -> Any:
        """What has in each place the number or the Value of the row that is chosen."""
        first: Any = rows[0]
        if all(row is first for row in rows):
            return first
        if isinstance(first, Value):
            return self._value(rows, flags, look)
        columns = _columns(rows)
        if columns is None:
            return self._number(rows, flags)
        taken = [self._row(column, flags, look) for column in columns]
        if isinstance(first, dict):
            return dict(zip(first, taken))
        if is_array(first):
            array = sys.modules["numpy"].empty(first.size, dtype=object)
            array[:] = taken
            return array.reshape(first.shape)
        return taken if type(first) is list else tuple(taken)

    def _number(self, rows: list[Any], flags: list[int]) -> Any:
        recorder, tape = self._recorder, self._tape
        entries: list[int] = [
            row.entry if type(row) in (Number, Index) else tape.constant(float(row), "")
            for row in rows
        ]
        chosen = 0.0
        for flag, entry in zip(flags, entries):
            tape.push(flag, False)
            tape.push(entry, False)
            if tape.data[flag] != 0.0:
                chosen = tape.data[entry]
        entry = tape.close(take, chosen)
        kind = _kind(rows[0])
        return recorder.index(entry) if kind is int else recorder.number(entry, kind)

    def _flags_of(self, index: int, count: int) -> list[int]:
        """For each of so many rows the entry that is 1.0 if this index chooses it, else 0.0."""
        known = self._flags.get((index, count))
        if known is not None:
            return known
        tape = self._tape
        number = tape.data[index]
        zero, size = tape.constant(0.0, ""), tape.constant(float(count), "")
        least = tape.constant(float(-count), "")
        for outcome in (
            tape.row(operator.ge, (index, least), (), float(number >= -count)),
            tape.row(operator.lt, (index, size), (), float(number < count)),
        ):
            tape.guard(outcome, "take() of an index out of range", place())
        is_negative = tape.row(operator.lt, (index, zero), (), float(number < 0.0))
        from_end = tape.row(table.add, (index, size), (), number + count)
        positive = number + count if number < 0.0 else number
        at = tape.row(choose, (is_negative, from_end, index), (), positive)
        flags: list[int] = []
        for k in range(count):
            row = tape.constant(float(k), "")
            flags.append(tape.row(operator.eq, (at, row), (), float(positive == k)))
        self._flags[index, count] = flags
        return flags

    # ── Values ────────────────────────────────────────────────────────────────

    def _value(self, rows: list[Any], flags: list[int], look: Look) -> Value:
        """The twin of the Value that is chosen."""
        merged, places = Rows(), Indices([])
        looks: dict[int, Look] = {look[0]: look}
        for flag, row in zip(flags, rows):
            twin = self.twin(row)
            if twin is None:
                self._merge(merged, places, flag, row)
                continue
            for each in twin.looks:
                looks.setdefault(each[0], each)
            for other, inner in zip(twin.rows.flags, twin.rows.values):
                self._merge(merged, places, self._both(table.multiply, flag, other), inner)
        key = (*merged.flags, *map(id, merged.values))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._twin(merged, list(looks.values()))
        return known

    def _merge(self, rows: Rows, places: Indices, flag: int, row: Value) -> None:
        """Add a row under a flag, which may be there under others."""
        at = places.find(row)
        if at < 0:
            places.add(row, len(rows.values))
            rows.values.append(row)
            rows.flags.append(flag)
        else:
            rows.flags[at] = self._both(table.add, rows.flags[at], flag)

    def _both(self, operation: Any, x: int, y: int) -> int:
        data = self._tape.data
        return self._tape.row(operation, (x, y), (), operation.forward(data[x], data[y]))

    def _twin(self, rows: Rows, looks: list[Look]) -> Value:
        data = self._tape.data
        chosen = next(row for flag, row in zip(rows.flags, rows.values) if data[flag] != 0.0)
        if len(rows.values) == 1:
            return chosen
        value = Value(chosen._data, chosen.label)
        twin = Twin(value, chosen, rows, looks, self.version)
        self._indices.add(value, len(self._twins))
        self._twins.append(twin)
        index = self._chosen.find(chosen)
        if index < 0:
            index = len(self._standing_for)
            self._chosen.add(chosen, index)
            self._standing_for.append([])
        self._standing_for[index].append(value)
        self._note(twin)
        return value

    def _note(self, twin: Twin) -> None:
        """Note the take that a twin stands for, of the data that the rows have now."""
        tape = self._tape
        entries: list[int] = [self._recorder.entry(row) for row in twin.rows.values]
        for flag, entry in zip(twin.rows.flags, entries):
            tape.push(flag, False)
            tape.push(entry, True)
        entry = tape.close(take, twin.row._data)
        tape.takes.append(entry)
        self.looks[entry] = twin.looks
        self._recorder.stands_for(twin.value, entry)

    def has_changed(self, row: Value, number: float) -> None:
        """The data of a Value is about to be this number, and so is that of what stands for it."""
        self.version += 1
        index = self._chosen.find(row)
        if index >= 0:
            for value in self._standing_for[index]:
                value._data = number

    def refresh(self, value: Value) -> None:
        """Take again what a twin stands for, if the data of rows may have changed since."""
        twin = self.twin(value)
        if twin is not None and twin.version != self.version:
            twin.version = self.version
            self._note(twin)

    def row(self, value: Value, how: str) -> Value:
        """The Value itself, where this one is a twin: Python looks which one it is."""
        twin = self.twin(value)
        if twin is None:
            return value
        for entry, line in twin.looks:
            self._tape.guard(entry, how, line)
        return twin.row

    def look_at(self, entries: Sequence[int], how: str) -> None:
        """Python looks at the graph, which has the rows that takes among these have chosen."""
        for entry in entries:
            for index, line in self.looks.get(entry, ()):
                self._tape.guard(index, how, line)

    def look_at_label(self, value: Value) -> None:
        """Python looks at the label of a Value, which may be that of any row."""
        twin = self.twin(value)
        if twin is not None and any(row.label != twin.row.label for row in twin.rows.values):
            self.row(value, "label")

    def fix(self, takes: Sequence[int]) -> None:
        """Let takes of Values be for the same indices only."""
        new = [entry for entry in takes if entry not in self._tape.fixed]
        self._tape.fixed.update(new)
        self.look_at(new, "take() of Values")

    def put_rows(self, value: Value) -> None:
        """Let a Value that was computed from twins refer to the rows themselves."""
        first, second = value._input0, value._input1
        if first is not None:
            value._input0 = self._itself(first)
        if second is not None:
            value._input1 = self._itself(second)
        if isinstance(value, _WideValue):
            value._operands = tuple(
                [self._itself(x) if isinstance(x, Value) else x for x in value._operands]
            )
            steps = value._steps
            for k in range(len(steps)):
                source, local = steps[k]
                steps[k] = (self._itself(source), local)

    def _itself(self, node: Any) -> Any:
        """A Value, or the row for which it stands."""
        twin = self.twin(node)
        return node if twin is None else twin.row


def _width(rows: list[Any]) -> int:
    """How many numbers a row has, if an index that chooses one can be followed; else 0."""
    first: Any = rows[0]
    if all(row is first for row in rows):
        return 1
    if isinstance(first, Value):
        is_of_values = all(isinstance(row, Value) for row in rows)
        return 1 if is_of_values and not differentiated.get() else 0
    columns = _columns(rows)
    if columns is None:
        number = _kind(first)
        return 1 if number is not None and all(_kind(row) is number for row in rows) else 0
    widths = [_width(column) for column in columns]
    return 0 if 0 in widths else sum(widths)


def _columns(rows: list[Any]) -> list[list[Any]] | None:
    """The parts of rows that are containers, place by place; nothing if their forms differ.

    None if they are no containers that can be followed.
    """
    first: Any = rows[0]
    kind: Any = type(first)
    if kind is list or kind is tuple:
        is_alike = all(type(row) is kind and len(row) == len(first) for row in rows)
        places: Any = range(len(first))
    elif kind is dict:
        places = list(first)
        is_alike = all(type(row) is dict and list(row) == places for row in rows)
    elif is_array(first):
        form = (first.shape, first.dtype)
        is_open = first.dtype == _FLOAT or first.dtype.kind == "O"
        is_alike = is_open and all(is_array(x) and (x.shape, x.dtype) == form for x in rows)
        places = range(first.size)
        if is_alike:
            rows = [row.ravel() for row in rows]
    else:
        return None
    return [[row[place] for row in rows] for place in places] if is_alike else []


def _kind(thing: Any) -> Any:
    """The type of a number that can be followed; None of anything else."""
    kind: Any = type(thing)
    if kind is Number:
        return thing.kind
    if kind is Index or (kind is int and is_exact(thing)):
        return int
    if kind is _FLOAT:
        return kind
    numpy: Any = sys.modules.get("numpy")
    return kind if numpy is not None and kind is numpy.float64 else None
