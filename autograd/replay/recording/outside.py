"""Outside: the Values of a call that were not made in it, and what the call changes of them.

While a call is recorded, it changes these Values as it always does. Afterwards they are put back:
what was recorded is a program, and it is the program that then changes them.
"""

from __future__ import annotations

from typing import Final

from autograd.engine.node import Node
from autograd.engine.value import Value
from autograd.native import append, i32, i64, vec
from autograd.replay.bound import Part
from autograd.replay.errors import ArgumentFound
from autograd.replay.reach import NONE
from autograd.replay.tape import same

# What of a Value an input or an output is.
DATA: Final[i64] = int(Part.DATA)
GRAD: Final[i64] = int(Part.GRAD)
HAS_GRAD: Final[i64] = int(Part.HAS_GRAD)
UNREACHED: Final[i64] = int(Part.UNREACHED)

KEPT: Final[i64] = -1  # in place of `GRAD` or `UNREACHED`: the grad is not changed

_ROOM: Final = 32  # of what is new


class Indices:
    """The indices of Values, by their ids: a table of ids, each as near as it can be to its place.

    The Values are to be kept, so that no other has the id of one of them.

    Args:
        values: the first of them.
    """

    def __init__(self, values: list[Value]) -> None:
        room: i64 = _ROOM
        while room < len(values):
            room *= 2
        self._table = vec[i64]([0] * (4 * room))  # of ids, each followed by the index
        self._count: i64 = 0
        for index in range(len(values)):
            self.add(values[index], index)

    def others(self, values: list[Value]) -> list[Value]:
        """Those of the Values that have none."""
        return [value for value in values if self.find(value) < 0]

    def find(self, value: Node) -> i64:
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
        values: each once; the arguments first. What follows has an item for each.
        data: the entry of its data, or -1.
        grad: the entry of its grad, or -1.
        moved: True if its data is changed.
        reached: if its grad is changed, `GRAD` if a pass has reached it, or else `UNREACHED`; if it
            is not, `KEPT`.
        flag: where an index decides if a pass has reached it, what says so: during the call the
            index of a list of flags, and in the end an entry; else -1.
        arguments: the number of arguments.
        replaced: the ids of the Values whose place these take in the call.
        found: those of them that the function has found elsewhere.
        sources: for each input of the tape, after the floats among the arguments, the part of a
            Value that it is, and the index of the Value.
        leaves: for each leaf of the tape the index of its Value, once the call is over.
    """

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.data = vec[i64]()
        self.grad = vec[i64]()
        self.moved = vec[bool]()
        self.reached = vec[i64]()
        self.flag = vec[i64]()
        self.arguments = 0
        self.replaced: set[int] = set()
        self.found: set[int] = set()
        self.sources = vec[i64]()
        self.leaves: list[int] = []
        self._indices = Indices([])
        self._before = Numbers([])

    def find(self, value: Value) -> i64:
        """The index of a Value, or -1."""
        return self._indices.find(value)

    def index(self, value: Value) -> i64:
        """The index of a Value, which may be new; it is as before the call then."""
        index = self.find(value)
        return self.add(value) if index < 0 else index

    def add(self, value: Value) -> i64:
        """The index of a Value that is new."""
        if len(self.replaced) > 0:
            self.check(value)
        index: i64 = len(self.values)
        self.data = append(self.data, NONE)
        self.grad = append(self.grad, NONE)
        self.moved = append(self.moved, False)
        self.reached = append(self.reached, KEPT)
        self.flag = append(self.flag, NONE)
        self._before.add(value)
        self._indices.add(value, index)
        self.values.append(value)
        return index

    def check(self, value: Value) -> None:
        """Give the recording up if a Value that is found is one that was passed."""
        if id(value) in self.replaced:
            self.found.add(id(value))
            raise ArgumentFound(id(value))

    def add_source(self, part: i64, index: i64) -> None:
        """Note that the next input is this part of a Value."""
        self.sources = append(append(self.sources, part), index)

    def had_grad(self, index: i64) -> bool:
        """True if a backward pass had reached a Value before the call."""
        return self._before.awaited[index] == 0 or self._before.grads[index] != 0.0

    def restore(self) -> None:
        """Put all that was changed back."""
        for index in range(len(self.values)):
            if self.moved[index] or self.reached[index] != KEPT:
                self._before.put_one_back(self.values[index], index)

    def leave_out(self, indices: set[int]) -> None:
        """Forget the Values with these indices, which were made in the call after all.

        The call is over: nothing asks for an index any more, nor for what was before.
        """
        kept = [i for i in range(len(self.values)) if i not in indices]
        new = {old: i for i, old in enumerate(kept)}
        self.values = [self.values[i] for i in kept]
        self.data = vec[i64]([self.data[i] for i in kept])
        self.grad = vec[i64]([self.grad[i] for i in kept])
        self.moved = vec[bool]([self.moved[i] for i in kept])
        self.reached = vec[i64]([self.reached[i] for i in kept])
        self.flag = vec[i64]([self.flag[i] for i in kept])
        sources = self.sources
        self.sources = vec[i64]()
        for at in range(0, len(sources), 2):
            if sources[at + 1] in new:
                self.add_source(sources[at], new[sources[at + 1]])


class Effects:
    """What a call changes of Values.

    Attributes:
        changes: as `Links` have them, those of data first.
        entries: for each of them the entry that is the new number.
    """

    def __init__(self, outside: Outside) -> None:
        self.changes = vec[i64]()
        self.entries: list[int] = []
        count = len(outside.values)
        for index in range(count):
            if outside.moved[index]:
                self._add(DATA, index, outside.data[index])
        for index in range(count):
            if outside.reached[index] != KEPT:
                self._add(outside.reached[index], index, outside.grad[index])
        for index in range(count):
            if outside.flag[index] >= 0:
                self._add(HAS_GRAD, index, outside.flag[index])

    def _add(self, part: i64, index: i64, entry: i64) -> None:
        self.changes = append(append(self.changes, part), index)
        self.entries.append(entry)

    def difference(self, values: list[Value], before: Numbers, outputs: list[float]) -> str | None:
        """How Values differ from what they become by these changes, if they were so before.

        ``before`` is changed.
        """
        changes = self.changes
        output: i64 = len(outputs) - len(self.entries)
        flags: dict[int, bool] = {}
        for at in range(0, len(changes), 2):
            part, index = changes[at], changes[at + 1]
            if part == DATA:
                before.data[index] = outputs[output]
            elif part == HAS_GRAD:
                flags[index] = outputs[output] != 0.0
            else:
                before.grads[index] = outputs[output]
            output += 1
        data, grads = before.data, before.grads
        for index in range(len(values)):
            now = values[index]._data
            if not same(data[index], now):
                return self._said("data", values[index], index, data[index], now)
        for index in range(len(values)):
            now = values[index]._grad
            if not same(grads[index], now):
                return self._said("grad", values[index], index, grads[index], now)
        for at in range(0, len(changes), 2):
            part, index = changes[at], changes[at + 1]
            if part in (DATA, HAS_GRAD):
                continue
            replayed, found = part == GRAD, values[index]._awaited == 0
            if len(flags) > 0 and index in flags:
                replayed, found = flags[index] or values[index]._grad != 0.0, values[index].has_grad
            if replayed != found:
                return f"{_named('grad', values[index])} is reached in one of the two only"
        return None

    def _said(self, what: str, value: Value, index: i64, replayed: float, now: float) -> str:
        """A difference in a number of a Value, in words."""
        pairs = range(0, len(self.changes), 2)
        parts = [self.changes[at] for at in pairs if self.changes[at + 1] == index]
        if all((part == DATA) != (what == "data") for part in parts):
            return f"{_named(what, value)} is changed by the function only"
        return f"{_named(what, value)} is {replayed!r} replayed, {now!r} as it is"


class Numbers:
    """The data and the grads of Values, at one time."""

    def __init__(self, values: list[Value]) -> None:
        self.data = vec[float]()
        self.grads = vec[float]()
        self.awaited = vec[i32]()
        for value in values:
            self.add(value)

    def add(self, value: Value) -> None:
        """Note those of another Value."""
        self.data = append(self.data, value._data)
        self.grads = append(self.grads, value._grad)
        self.awaited = append(self.awaited, i32(value._awaited))

    def put_back(self, values: list[Value]) -> None:
        """Let the Values have them again."""
        for index in range(len(values)):
            self.put_one_back(values[index], index)

    def put_one_back(self, value: Value, index: i64) -> None:
        """Let a Value have those with this index again."""
        value._data = self.data[index]
        value._grad = self.grads[index]
        value._awaited = self.awaited[index]


def _named(what: str, value: Value) -> str:
    return f"the {what} of {value.label or 'a Value'}"
