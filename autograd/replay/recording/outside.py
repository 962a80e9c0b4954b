"""Outside: the Values of a call that were not made in it, and what the call changes of them.

While a call is recorded, it changes these Values as it always does. Afterwards they are put back:
what was recorded is a program, and it is the program that then changes them.
"""

from __future__ import annotations

import math
from typing import Final

from autograd.engine.value import Value
from autograd.native import extend, i32, i64, vec
from autograd.replay.bound import Part
from autograd.replay.reach import NONE

UNREACHED: Final[i64] = -1  # the count of uses of a Value that no backward pass has reached
KEPT: Final[i64] = -2  # in place of it: the grad is not changed

# What of a Value an input or an output is.
DATA: Final[int] = int(Part.DATA)
GRAD: Final[int] = int(Part.GRAD)
HAS_GRAD: Final[int] = int(Part.HAS_GRAD)


_ROOM: Final = 32  # of what is new


class Indices:
    """The indices of Values, by their ids: a table of ids, each as near as it can be to its place.

    The Values are to be kept, so that no other has the id of one of them.
    """

    def __init__(self) -> None:
        self._table = vec[i64]([0] * (4 * _ROOM))  # of ids, each followed by the index
        self._count: i64 = 0

    def find(self, value: Value) -> i64:
        """The index of a Value, or -1."""
        key: i64 = id(value)
        table = self._table
        last: i64 = len(table) - 1
        at = _place(key) & last
        while table[at] != key:
            if table[at] == 0:
                return NONE
            at = (at + 2) & last
        return table[at + 1]

    def add(self, value: Value, index: i64) -> None:
        """Note the index of a Value that has none."""
        self._count += 1
        if 4 * self._count > len(self._table):
            before = self._table
            self._table = vec[i64]([0] * (4 * len(before)))
            for at in range(0, len(before), 2):
                if before[at] != 0:
                    self._put(before[at], before[at + 1])
        self._put(id(value), index)

    def _put(self, key: i64, index: i64) -> None:
        table = self._table
        last: i64 = len(table) - 1
        at = _place(key) & last
        while table[at] != 0:
            at = (at + 2) & last
        table[at] = key
        table[at + 1] = index


def _place(key: i64) -> i64:
    """Ids have most digits in common: their differences are multiples of the size of a Value."""
    return (((key >> 4) * 40503) >> 8) << 1


class Outside:
    """The Values of a call that were not made in it: its arguments, and those that it has found.

    Attributes:
        values: each once; the arguments first. What follows has an item for each, and room.
        data: the entry of its data, or -1.
        first: the entry of the data that it had before the call, or -1.
        grad: the entry of its grad, or -1.
        moved: 1 if its data is changed, else 0.
        reached: if its grad is changed, the count of uses that it then has; else `KEPT`.
        flag: where an index decides if a pass has reached it, what says so: during the call the
            index of a list of flags, and in the end an entry; else -1.
        arguments: the number of arguments.
        sources: for each input of the tape, after the floats among the arguments, the part of a
            Value that it is, the index of the Value, and 0.
        leaves: for each leaf of the tape the index of its Value.
    """

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.data = vec[i64]([0] * _ROOM)
        self.first = vec[i64]([0] * _ROOM)
        self.grad = vec[i64]([0] * _ROOM)
        self.moved = vec[i64]([0] * _ROOM)
        self.reached = vec[i64]([0] * _ROOM)
        self.flag = vec[i64]([0] * _ROOM)
        self.arguments = 0
        self.sources: list[int] = []
        self.leaves: list[int] = []
        self._indices = Indices()
        # What each was before the call.
        self._data = vec[float]([0.0] * _ROOM)
        self._grads = vec[float]([0.0] * _ROOM)
        self._awaited = vec[i64]([0] * _ROOM)

    def find(self, value: Value) -> i64:
        """The index of a Value, or -1."""
        return self._indices.find(value)

    def index(self, value: Value) -> i64:
        """The index of a Value, which may be new; it is as before the call then."""
        index = self.find(value)
        return self.add(value) if index < 0 else index

    def add(self, value: Value) -> i64:
        """The index of a Value that is new."""
        index: i64 = len(self.values)
        if index == len(self.data):
            self._make_room()
        self.data[index] = NONE
        self.first[index] = NONE
        self.grad[index] = NONE
        self.moved[index] = 0
        self.reached[index] = KEPT
        self.flag[index] = NONE
        self._data[index] = value._data
        self._grads[index] = value._grad
        self._awaited[index] = i64(value._awaited)
        self._indices.add(value, index)
        self.values.append(value)
        return index

    def _make_room(self) -> None:
        """Let there be room for twice as many."""
        self.data = extend(self.data, self.data)
        self.first = extend(self.first, self.first)
        self.grad = extend(self.grad, self.grad)
        self.moved = extend(self.moved, self.moved)
        self.reached = extend(self.reached, self.reached)
        self.flag = extend(self.flag, self.flag)
        self._data = extend(self._data, self._data)
        self._grads = extend(self._grads, self._grads)
        self._awaited = extend(self._awaited, self._awaited)

    def had_grad(self, index: i64) -> bool:
        """True if a backward pass had reached a Value before the call."""
        return self._awaited[index] == 0 or self._grads[index] != 0.0

    def restore(self) -> None:
        """Put all that was changed back."""
        for index in range(len(self.values)):
            if self.moved[index] == 1 or self.reached[index] != KEPT:
                value = self.values[index]
                value._data = self._data[index]
                value._grad = self._grads[index]
                value._awaited = i32(self._awaited[index])

    def leave_out(self, indices: set[int]) -> None:
        """Forget the Values with these indices, which were made in the call after all.

        The call is over: nothing asks for an index any more, nor for what was before.
        """
        if not indices:
            return
        kept = [i for i in range(len(self.values)) if i not in indices]
        new = {old: i for i, old in enumerate(kept)}
        self.values = [self.values[i] for i in kept]
        self.data = vec[i64]([self.data[i] for i in kept])
        self.grad = vec[i64]([self.grad[i] for i in kept])
        self.moved = vec[i64]([self.moved[i] for i in kept])
        self.reached = vec[i64]([self.reached[i] for i in kept])
        self.flag = vec[i64]([self.flag[i] for i in kept])
        pairs = list(zip(self.sources[::3], self.sources[1::3]))
        self.sources = []
        for part, i in pairs:
            if i in new:
                self.sources += [part, new[i], 0]
        self.leaves = [new[i] for i in self.leaves if i in new]


class Effects:
    """What a call changes of Values.

    Attributes:
        count: the number of changes.
        data_of: the indices of the Values whose data is changed.
        grad_of: those of the Values whose grad is.
        awaited: for each of the latter, 0 if a backward pass has reached it, else `UNREACHED`.
        has_grad_of: those of the Values of which an index decides if a pass has reached them.
    """

    def __init__(self, outside: Outside) -> None:
        moved, reached, flag = outside.moved, outside.reached, outside.flag
        count = len(outside.values)
        self.data_of: list[int] = [i for i in range(count) if moved[i] == 1]
        self.grad_of: list[int] = [i for i in range(count) if reached[i] != KEPT]
        self.awaited: list[int] = [reached[i] for i in self.grad_of]
        self.has_grad_of: list[int] = [i for i in range(count) if flag[i] >= 0]
        self.count = len(self.data_of) + len(self.grad_of) + len(self.has_grad_of)

    def changes(self) -> list[int]:
        """The changes as `Links` have them, those of data first."""
        found: list[int] = []
        for index in self.data_of:
            found += [DATA, index, 0]
        first = len(self.data_of) + len(self.grad_of)
        under_flags = {index: first + k for k, index in enumerate(self.has_grad_of)}
        for index, awaited in zip(self.grad_of, self.awaited):
            found += [GRAD, index, under_flags.get(index, awaited)]
        for index in self.has_grad_of:
            found += [HAS_GRAD, index, 0]
        return found

    def difference(self, values: list[Value], before: Numbers, outputs: list[float]) -> str | None:
        """How Values differ from what they become by these changes, if they were so before."""
        first = len(outputs) - self.count
        grads = first + len(self.data_of)
        flags = grads + len(self.grad_of)
        now = Numbers(values)
        expected = _changed(before.data, self.data_of, outputs, first)
        problem = _difference("data", values, expected, now.data, self.data_of)
        if problem is None:
            expected = _changed(before.grads, self.grad_of, outputs, grads)
            problem = _difference("grad", values, expected, now.grads, self.grad_of)
        if problem is not None:
            return problem
        under_flags = dict(zip(self.has_grad_of, outputs[flags:]))
        for index, awaited in zip(self.grad_of, self.awaited):
            value = values[index]
            replayed, found = awaited == 0, value._awaited == 0
            if index in under_flags:
                replayed, found = under_flags[index] != 0.0 or value._grad != 0.0, value.has_grad
            if replayed != found:
                return f"{_named('grad', value)} is reached in one of the two only"
        return None


class Numbers:
    """The data and the grads of Values, at one time."""

    def __init__(self, values: list[Value]) -> None:
        count: i64 = len(values)
        self.data = data = vec[float]([0.0] * count)
        self.grads = grads = vec[float]([0.0] * count)
        self._awaited = awaited = vec[i32]([0] * count)
        for index in range(count):
            value = values[index]
            data[index] = value._data
            grads[index] = value._grad
            awaited[index] = i32(value._awaited)

    def put_back(self, values: list[Value]) -> None:
        """Let the Values have them again."""
        for index in range(len(values)):
            value = values[index]
            value._data = self.data[index]
            value._grad = self.grads[index]
            value._awaited = self._awaited[index]


def _changed(
    numbers: vec[float], indices: list[int], outputs: list[float], first: i64
) -> vec[float]:
    """Numbers, of which those with these indices are outputs now."""
    changed = numbers[:]
    for k in range(len(indices)):
        changed[indices[k]] = outputs[first + k]
    return changed


def _difference(
    what: str, values: list[Value], expected: vec[float], now: vec[float], changed: list[int]
) -> str | None:
    """How numbers of Values differ from what some of them become by a replay."""
    for index in range(len(now)):
        x, y = expected[index], now[index]
        is_same = x == y and math.copysign(1.0, x) == math.copysign(1.0, y)
        if is_same or (x != x and y != y):
            continue
        name = _named(what, values[index])
        if index not in changed:
            return f"{name} is changed by the function only"
        return f"{name} is {x!r} replayed, {y!r} as it is"
    return None


def _named(what: str, value: Value) -> str:
    return f"the {what} of {value.label or 'a Value'}"
