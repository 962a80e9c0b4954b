"""Followed: what a recorder knows of the Values of a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from autograd.engine import table
from autograd.engine.node import Node
from autograd.engine.operands import Traced, as_float, has_elements
from autograd.engine.primitive import Primitive
from autograd.engine.recording import is_recording
from autograd.engine.tracked import record_tracked
from autograd.engine.value import Value
from autograd.native import append, i32, i64, vec
from autograd.replay.reach import NONE
from autograd.replay.recording.calculations import FLOAT, Calculations, is_stand_in
from autograd.replay.recording.indices import Index
from autograd.replay.recording.outside import DATA, Indices, Outside
from autograd.replay.recording.standins import NOT_EQUAL, Flag, Number
from autograd.replay.recording.taken import Takes
from autograd.replay.tape import choose


class Followed(Calculations):
    """A recorder of numbers and of Values.

    Attributes:
        outside: the Values from outside that the function has read or changed.
        created: every Value that an operation has made, or that was made of a stand-in, in order.
    """

    def __init__(self, name: str, is_apart: bool = False) -> None:
        super().__init__(name, is_apart)
        self.outside = Outside()
        self.created: list[Value] = []
        # The entries of these. The `_number` of such a Value is an index into them, unless a pass
        # or a walk has put one of its own there: then the index is found by the id. Those of
        # operations are noted only once one is asked for.
        self._places = vec[i64]()
        self._indices = Indices([])
        self._noted: i64 = 0
        # The leaves that gradients end in, and the entries that these must reach for it: each is
        # higher than those before.
        self._leaves: list[Value] = []
        self._ends = vec[i64]()
        self._operations: dict[int, Primitive | None] = {}  # of arguments, by the id of the twin
        self._used: set[int] | None = None  # the entries that gradients flow to, once it is asked
        self._takes = Takes(self)
        # The operation that the engine is about to tell of, if it has followed operands.
        self._pending: tuple[Any, list[int], list[bool]] | None = None

    def forget(self) -> None:
        """Let go of what the call has made, and of what refers to this recorder."""
        self.families = []
        self.created = []

    def bring(self, twin: Value, value: Value) -> None:
        """``twin`` takes the place of an argument."""
        self._operations[id(twin)] = value.op
        twin._grad = value._grad
        twin._awaited = value._awaited
        self.entry(twin)
        self.outside.arguments += 1
        self.outside.replaced.add(id(value))

    def _has_made(self, value: Value, entry: i64, is_leaf: bool) -> None:
        """``value`` is new, and this is the entry of its data."""
        value._number = i32(len(self.created))
        if is_leaf:
            self._indices.add(value, len(self.created))
        self.created.append(value)
        self._places = append(self._places, entry)

    def _has_end(self, entry: i64, leaf: Value) -> None:
        """Gradients that reach this entry, which is data of a leaf, end in that."""
        self._leaves.append(leaf)
        self._ends = append(self._ends, entry)

    def _end(self, entry: i64) -> Value | None:
        """The leaf that gradients which reach this entry end in, if there is one."""
        ends = self._ends
        first: i64 = 0
        last: i64 = len(ends)
        while first < last:
            middle = (first + last) >> 1
            if ends[middle] < entry:
                first = middle + 1
            else:
                last = middle
        return self._leaves[first] if first < len(ends) and ends[first] == entry else None

    def _index(self, value: Value) -> i64:
        """The index of a Value among those that the call has made, or -1."""
        number = i64(value._number)
        if number < len(self.created) and self.created[number] is value:
            return number
        if value.op is not None:
            for at in range(self._noted, len(self.created)):
                if self.created[at].op is not None:
                    self._indices.add(self.created[at], at)
            self._noted = len(self.created)
        return self._indices.find(value)

    def _found(self, value: Value) -> i64:
        """The entry of the data of a Value, or -1 if it is not known."""
        self.note_waiting()
        index = self.outside.find(value)
        if index >= 0:
            return self.outside.data[index]
        index = self._index(value)
        return NONE if index < 0 else self._places[index]

    def entry(self, value: Value) -> i64:
        """The entry of the data of a Value, which may come from outside."""
        self.note_waiting()
        outside = self.outside
        index = outside.find(value)
        if index < 0:
            at = self._index(value)
            if at >= 0:
                if value.op is None and self._takes.version > 0:
                    self._takes.refresh(value)
                return self._places[at]
            index = outside.add(value)
        if outside.data[index] < 0:
            entry = self._input(DATA, index, value._data)
            self._is_leaf(value, index, entry)
        return outside.data[index]

    def _input(self, part: i64, index: i64, number: float) -> i64:
        self.outside.add_source(part, index)
        return self.tape.input(number)

    def _is_leaf(self, value: Value, index: i64, entry: i64) -> None:
        """From now on gradients that reach this entry are handed out to the Value."""
        outside, tape = self.outside, self.tape
        before = outside.data[index]
        outside.data[index] = entry
        if before >= 0:  # its data has changed
            tape.move(entry, before)
        else:
            self._has_end(entry, value)
            if value._label:  # of what it is at first: a name stands for one number
                tape.labels[entry] = value.label

    def is_from_outside(self, value: Value) -> bool:
        """True if the Value was not made in the call, as far as is known during the call."""
        return self.outside.find(value) >= 0

    def was_used_as_leaf(self, value: Value) -> bool:
        """True if an operation on this leaf, which the call has made, has been recorded."""
        tape = self.tape
        if self._used is None:
            self._used = {
                tape.gradient_entry(operand)
                for operand, flowing in zip(tape.operands, tape.flows)
                if flowing
            }
        return tape.gradient_entry(self._found(value)) in self._used

    def operate(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """Carry out an operation, one of whose operands is a stand-in."""
        if len(operands) == 1 and primitive.arity == 1:
            return self._operate_on_one(primitive, operands[0])
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

    def _operate_on_one(self, primitive: Primitive, x: Any) -> Any:
        entry = self._operand(x)
        try:
            result: Any = primitive.forward(self.tape.data[entry])
        except Exception:
            self._look_for_an_error([x])
            raise
        if type(result) is not FLOAT:
            return primitive.forward(self._bare(x, "arithmetic"))
        return self.number(self.tape.one(primitive, entry, False, result), FLOAT)

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
        recording = is_recording()
        first, second = made._input0, made._input1
        has_twin = len(self._takes.looks) > 0 and self._has_twin(first, second)
        is_pair = first is not None and second is not None
        if is_pair and recording and not has_twin and self._pending is None:
            made._number = i32(len(self.created))
            self.created.append(made)
            self._waiting += 1
            return
        tape = self.tape
        op: Any = made.op
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
        elif second is None and made.op is not None and made.op.arity == 1:
            entry = tape.one(op, self._slot(first, made._local0), recording, number)
        else:
            one, two = self._slot(first, made._local0), self._slot(second, made._local1)
            one_flows, two_flows = recording and first is not None, recording and second is not None
            entry = tape.pair(op, one, one_flows, two, two_flows, number)
        if not recording:  # it becomes a leaf
            self._has_end(entry, made)
        if has_twin:
            self._takes.put_rows(made)
        self._has_made(made, entry, not recording)

    def copied(self, value: Any, copy: Any) -> None:
        """A copy takes the place of a Value of the call."""
        self._has_made(copy, self.entry(value), False)

    def note_waiting(self) -> None:
        """Note the operations on two Values that have been carried out one after the other.

        Most are such, and many at a time are noted faster. It is done before anything else is
        noted or looked up.
        """
        if self._waiting == 0:
            return
        created, tape = self.created, self._tape
        self._waiting = 0
        count: i64 = len(created)
        try:
            for at in range(len(self._places), count):
                made = created[at]
                one, two = self._slot(made._input0, 0.0), self._slot(made._input1, 0.0)
                entry = tape.pair(made.op, one, True, two, True, made._data)
                self._places = append(self._places, entry)
        finally:
            # Where an argument has been found, some are left: whatever is next finds it again.
            self._waiting = count - len(self._places)

    def _has_twin(self, first: Node | None, second: Node | None) -> bool:
        """True if what has these inputs, or more than can be told here, may have a twin."""
        if first is None and second is None:
            return True
        return self._may_be_twin(first) or self._may_be_twin(second)

    def _may_be_twin(self, node: Node | None) -> bool:
        return node is not None and node.op is None and self._takes.twin(node) is not None

    def _slot(self, node: Node | None, constant: float) -> i64:
        """The entry of an operand: of the Value in a slot, or of the constant beside it."""
        if node is None:
            return self._constant(constant)
        number = i64(node._number)
        if number < len(self.created) and self.created[number] is node and not self._takes.version:
            return self._places[number]
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
        self._has_end(entry, leaf)
        self._has_made(leaf, entry, True)

    def _copied(self, number: Any) -> i64:
        """A number in an entry of its own: gradients that reach it end here."""
        operand = self._operand(number)
        return self.tape.one(table.where, operand, False, self.tape.data[operand])

    def read(self, value: Any) -> Any:
        """The data of a Value."""
        return Number(self.families[0], self.entry(value))

    def write(self, value: Any, number: Any) -> float:
        """The float that becomes the data of a Value."""
        self.note_waiting()
        outside = self.outside
        index = outside.find(value)
        at = NONE
        if index < 0:
            if self._takes.twin(value) is not None:
                row = self.row_of(value)
                row.data = number
                return row._data
            at = self._index(value)
            if at >= 0 and value.op is not None:
                self.refuse("changes the data of a Value that it has computed")
        entry = self._copied(number)
        if at >= 0:
            self.tape.move(entry, self._places[at])
            self._places[at] = entry
        else:
            if index < 0:
                index = outside.add(value)
            outside.moved[index] = True
            self._is_leaf(value, index, entry)
        self._takes.has_changed(value, self.tape.data[entry])
        return self.tape.data[entry]

    # ── What an index has chosen ──────────────────────────────────────────────────

    def take(self, rows: Any, i: Any) -> Any:
        """The row of that index; NotImplemented if it cannot be followed."""
        self.note_waiting()
        return self._takes.take(rows, i)

    def row_of(self, value: Value) -> Value:
        """The Value itself, in place of one that stands for what an index has chosen."""
        self.note_waiting()
        return self._takes.row(value, "take() of Values")

    def stands_for(self, value: Value, entry: int) -> None:
        """``value`` stands for what an index has chosen, which is this entry."""
        at = self._index(value)
        if at >= 0:
            self._places[at] = entry
        else:
            self._has_made(value, entry, True)
