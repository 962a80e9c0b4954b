"""Followed: what a recorder knows of the Values of a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from autograd.engine import table
from autograd.engine.node import Node
from autograd.engine.operands import Traced, as_float, has_elements
from autograd.engine.primitive import Primitive
from autograd.engine.recording import is_recording
from autograd.engine.tracked import record_tracked
from autograd.engine.value import Value
from autograd.native import append, i64, vec
from autograd.replay.bound import Part
from autograd.replay.recording.calculations import FLOAT, Calculations, is_stand_in
from autograd.replay.recording.indices import Index
from autograd.replay.recording.outside import Outside
from autograd.replay.recording.places import place
from autograd.replay.recording.standins import NOT_EQUAL, Flag, Number
from autograd.replay.recording.taken import Takes
from autograd.replay.tape import choose

NO_ENTRY: Final[i64] = -1
_DATA: Final[Any] = Part.DATA


class Followed(Calculations):
    """A recorder of numbers and of Values.

    Attributes:
        outside: the Values from outside that the function has read or changed.
        computed: every Value that an operation has made, in order.
        made_leaves: the leaves that were made of stand-ins.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.outside = Outside()
        self.computed: list[Value] = []
        self.made_leaves: list[Value] = []
        # The entries of what is computed. Its `_number` is an index into these, unless a pass or
        # a walk has put one of its own there: then the index is found by the id.
        self._places = vec[i64]()
        self._indices: dict[int, int] = {}
        self._entries: dict[int, int] = {}  # of leaves, by their ids
        self._ends: dict[int, Value] = {}  # the leaf that a first entry is the data of
        self._leaves: dict[int, int] = {}  # the first entry of each Value from outside, by index
        self._operations: dict[int, Primitive | None] = {}  # of arguments, by the id of the twin
        self._used: set[int] | None = None  # the entries that gradients flow to, once it is asked
        self._takes = Takes(self)
        # The operation that the engine is about to tell of, if it has followed operands.
        self._pending: tuple[Any, list[int], list[bool]] | None = None

    def forget(self) -> None:
        """Let go of what the call has made: stand-ins, for one, refer to this recorder."""
        self.numbers = []
        self.computed = []
        self.made_leaves = []

    def bring(self, twin: Value, value: Value) -> None:
        """``twin`` takes the place of an argument."""
        self._operations[id(twin)] = value.op
        twin._grad = value._grad
        twin._awaited = value._awaited
        self.entry(twin)
        self.outside.arguments += 1

    def _found(self, value: Value) -> i64:
        """The entry of the data of a Value, if it is known."""
        if value.op is not None:
            number = i64(value._number)
            if number < len(self.computed) and self.computed[number] is value:
                return self._places[number]
        known = self._entries.get(id(value))
        if known is not None:
            return known
        if value.op is None:
            return NO_ENTRY
        for at in range(len(self._indices), len(self.computed)):
            self._indices[id(self.computed[at])] = at
        index = self._indices.get(id(value))
        return NO_ENTRY if index is None else self._places[index]

    def entry(self, value: Value) -> i64:
        """The entry of the data of a Value, which may come from outside."""
        if self._takes.twins:
            self._takes.refresh(value)
        entry = self._found(value)
        if entry < 0:
            entry = self._input(_DATA, value, value._data)
            self._is_leaf(value, entry)
        return entry

    def _input(self, source: Any, value: Value, number: float) -> i64:
        self.outside.sources.append((source, self.outside.index(value)))
        return self.tape.input(number)

    def _is_leaf(self, value: Value, entry: i64) -> None:
        """From now on gradients that reach this entry are handed out to the Value."""
        self._entries[id(value)] = entry
        index = self.outside.index(value)
        first = self._leaves.setdefault(index, entry)
        if first != entry:  # its data has changed
            self.tape.same_leaf[entry] = first
        else:
            self._ends[entry] = value
            self.tape.leaves.append(entry)
            self.outside.leaves.append(index)
        if value.label:
            self.tape.labels[entry] = value.label

    def _is_made_here(self, value: Value) -> bool:
        return self._found(value) >= 0 and value not in self.outside

    def is_from_outside(self, value: Value) -> bool:
        """True if the Value was not made in the call, as far as is known during the call."""
        return value in self.outside

    def was_used_as_leaf(self, value: Value) -> bool:
        """True if an operation on this leaf, which the call has made, has been recorded."""
        tape = self.tape
        if self._used is None:
            self._used = {
                tape.same_leaf.get(operand, operand)
                for operand, flowing in zip(tape.operands, tape.flows)
                if flowing
            }
        entry = self._entries[id(value)]
        return tape.same_leaf.get(entry, entry) in self._used

    def operate(self, primitive: Any, operands: tuple[Any, ...]) -> Any:
        """Carry out an operation, one of whose operands is a stand-in."""
        entries: list[int] = [self._operand(x) for x in operands]
        taken = [self._taken(x, entry) for x, entry in zip(operands, entries)]
        for x in operands:
            if isinstance(x, Value):
                return self._record(primitive, primitive, entries, operands, tuple(taken))
        try:
            result: Any = primitive.evaluate(taken)
        except Exception:
            self._look_for_an_error(operands)
            raise
        if type(result) is not FLOAT:
            return primitive.evaluate([self._bare(x, "arithmetic") for x in operands])
        return self.number(self.tape.row(primitive, entries, (), result), FLOAT)

    def _record(
        self,
        op: Any,
        primitive: Primitive,
        entries: list[int],
        operands: Sequence[Any],
        taken: tuple[Any, ...],
    ) -> Value:
        """Let the engine record ``primitive``; on the tape it is ``op`` of these entries."""
        recording = is_recording()
        self._pending = op, entries, [recording and isinstance(x, Value) for x in operands]
        try:
            return record_tracked(primitive, taken)
        except Exception:
            self._look_for_an_error(operands)
            raise
        finally:
            self._pending = None

    def recorded(self, value: Any) -> None:
        """The engine has carried out an operation on Values."""
        made: Value = value
        op: Any = made.op
        tape = self.tape
        recording = is_recording()
        first, second = made._input0, made._input1
        number = made._data
        if self._pending is not None:
            op, entries, flows = self._pending
            for operand, flowing in zip(entries, flows):
                tape.push(operand, flowing)
            entry = tape.close(op, number)
        elif first is None and second is None:
            operands = made._recorded_operands()
            listed: list[int] = [self._operand(x) for x in operands]
            for operand, x in zip(listed, operands):
                tape.push(operand, recording and isinstance(x, Value))
            entry = tape.close(op, number)
        elif made.op is not None and made.op.arity == 1:
            tape.push(self._slot(first, made._local0), recording)
            entry = tape.close(op, number)
        else:
            one, two = self._slot(first, made._local0), self._slot(second, made._local1)
            one_flows, two_flows = recording and first is not None, recording and second is not None
            entry = tape.pair(op, one, one_flows, two, two_flows, number)
        if not recording:  # it becomes a leaf
            self._entries[id(made)] = entry
            self._ends[entry] = made
        if self._takes.twins:
            self._takes.put_rows(made)
        made._number = len(self.computed)
        self.computed.append(made)
        self._places = append(self._places, entry)

    def _slot(self, node: Node | None, constant: float) -> i64:
        """The entry of an operand: of the Value in a slot, or of the constant beside it."""
        if node is None:
            return self.tape.constant(constant, place())
        return self.entry(cast(Value, node))

    def choose(self, primitive: Any, operands: tuple[Any, ...]) -> Any:
        """Carry out ``where`` on a flag or on numbers that are followed."""
        if len(operands) != 3 or not any(is_stand_in(x) for x in operands):
            return NotImplemented
        flag, x, y = operands
        if isinstance(flag, Value) or any(map(has_elements, operands)):
            return NotImplemented
        if type(flag) is Number or type(flag) is Index:
            flag = self.compare(NOT_EQUAL, flag, 0.0)
        if type(flag) is Flag:
            self._check(flag)
            at = 1 if self.tape.data[flag.entry] != 0.0 else 2
        else:
            at = 1 if flag else 2
        taken = operands[at]
        for operand in (taken, operands[3 - at]):
            # A mistake in the operand that is not taken is a mistake all the same.
            if not isinstance(operand, Traced):
                as_float(operand)
        is_value = isinstance(x, Value) or isinstance(y, Value)
        if type(flag) is Flag:
            entries = [flag.entry, self._operand(x), self._operand(y)]
            if is_value:
                numbers = (self._taken(taken, entries[at]),)
                return self._record(choose, primitive, entries, operands, numbers)
            number = self.tape.data[entries[at]]
            return self.number(self.tape.row(choose, entries, (), number), FLOAT)
        if is_value:
            entry = self._operand(taken)
            numbers = (self._taken(taken, entry),)
            return self._record(primitive, primitive, [entry], (taken,), numbers)
        if type(taken) is Index:
            taken = self.number(taken.entry, FLOAT)
        return taken if type(taken) is Number else as_float(taken)

    def given(self, number: Any) -> float:
        """The float of a number that a new leaf is about to be made of."""
        if not is_stand_in(number):
            return as_float(number)
        self._check(number)
        entry: i64 = number.entry
        return self.tape.data[entry]

    def made(self, value: Any, number: Any) -> None:
        """``value`` is a new leaf, made of a stand-in or of a whole number."""
        leaf: Value = value
        entry = self._copied(number)
        self._entries[id(leaf)] = entry
        self._ends[entry] = leaf
        self.made_leaves.append(leaf)

    def _copied(self, number: Any) -> i64:
        """A number in an entry of its own: gradients that reach it end here."""
        operand = self._operand(number)
        return self.tape.row(table.where, (operand,), (), self.tape.data[operand])

    def read(self, value: Any) -> Any:
        """The data of a Value."""
        return self.number(self.entry(value), FLOAT)

    def write(self, value: Any, number: Any) -> float:
        """The float that becomes the data of a Value."""
        if id(value) in self._takes.twins:
            row = self.row_of(value)
            row.data = number
            return row._data
        is_made_here = self._is_made_here(value)
        if is_made_here and value.op is not None:
            self.refuse("changes the data of a Value that it has computed")
        entry = self._copied(number)
        if is_made_here:
            earlier = self._entries[id(value)]
            self.tape.same_leaf[entry] = self.tape.same_leaf.get(earlier, earlier)
            self._entries[id(value)] = entry
        else:
            self.outside.change(value, _DATA)
            self._is_leaf(value, entry)
        self._takes.has_changed(value, self.tape.data[entry])
        return self.tape.data[entry]

    # ── What an index has chosen ──────────────────────────────────────────────────

    def take(self, rows: Any, i: Any) -> Any:
        """The row of that index; NotImplemented if it cannot be followed."""
        return self._takes.take(rows, i)

    def row_of(self, value: Value) -> Value:
        """The Value itself, in place of one that stands for what an index has chosen."""
        return self._takes.row(value, "take() of Values")

    def stands_for(self, value: Value, entry: int) -> None:
        """``value`` stands for what an index has chosen, which is this entry."""
        if id(value) not in self._entries:
            self.made_leaves.append(value)
        self._entries[id(value)] = entry
