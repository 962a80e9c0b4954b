"""Recorder: follows one call of a function, and notes on a tape what it computes.

The Values of the call are the engine's own, and the engine tells the recorder what is done with
them (`Follower` in autograd/engine/recording.py). Stand-ins take the place of floats.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Sequence
from numbers import Number as AnyNumber
from typing import Any, ClassVar, Final, NoReturn, cast

from autograd.engine import table
from autograd.engine.known import Known
from autograd.engine.node import Node, propagate
from autograd.engine.operands import as_float
from autograd.engine.operators import compared
from autograd.engine.primitive import Primitive, tracking
from autograd.engine.recording import is_recording
from autograd.engine.tracked import record_tracked
from autograd.engine.value import Value
from autograd.native import append, i64, vec
from autograd.replay.bound import Part
from autograd.replay.errors import CompileError
from autograd.replay.indices import EXACT, Index
from autograd.replay.outside import UNREACHED, Effects, Outside
from autograd.replay.places import place
from autograd.replay.reach import Below, below
from autograd.replay.standins import (
    ADD,
    DIVIDE,
    MULTIPLY,
    NOT_EQUAL,
    POWER,
    SUBTRACT,
    Calculator,
    Flag,
    Number,
)
from autograd.replay.taken import Takes
from autograd.replay.tape import Slope, Tape, backward_pass, choose, gradient_of, take

# Operations on floats for which the table has a row with the same result, to the bit.
_ROWS: Final[dict[Any, Any]] = {
    operator.add: table.add,
    operator.sub: table.subtract,
    operator.mul: table.multiply,
    operator.neg: table.negative,
}

_FLOAT: Final[Any] = float

# What may be read or changed of a Value, looked up once.
_DATA: Final[Any] = Part.DATA
_GRAD: Final[Any] = Part.GRAD
_HAS_GRAD: Final[Any] = Part.HAS_GRAD
_NO_ENTRY: Final[i64] = -1


class Recorder(Calculator):
    """One call of a function.

    Attributes:
        name: that of the function.
        tape: what has been noted.
        outside: the Values from outside that the function has read or changed.
        finished: True once the call is over.
        is_doubtful: True if floats may have been added in another order than that of the function
            itself, as NumPy does in arrays.
        computed: every Value that an operation has made, in order.
        made_leaves: the leaves that were made of stand-ins.
        numbers: every stand-in.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.tape = Tape(name)
        self.outside = Outside()
        self.finished = False
        self.is_doubtful = False
        self.computed: list[Value] = []
        self.made_leaves: list[Value] = []
        self.numbers: list[Any] = []
        # The entries of what is computed. Its `_number` is an index into these, unless a pass or
        # a walk has put one of its own there: then the index is found by the id.
        self._places = vec[i64]()
        self._indices: dict[int, int] = {}
        self._entries: dict[int, int] = {}  # of leaves, by their ids
        self._ends: dict[int, Value] = {}  # the leaf that a first entry is the data of
        self._leaves: dict[int, int] = {}  # the first entry of each Value from outside, by index
        self._gradients: dict[int, int] = {}  # the entry of the grad, by the id of a Value
        self._interior: list[Value] = []  # those of the last that are no leaves
        self._pass_entries: list[int] = []  # of the backward passes in the call
        self._passes = vec[i64]()  # for each entry the index of the last of these to reach it
        self._operations: dict[int, Primitive | None] = {}  # of arguments, by the id of the twin
        self._used: set[int] | None = None  # the entries that gradients flow to, once it is asked
        self._slopes: dict[tuple[int, int], int] = {}  # entries
        self._takes = Takes(self)
        # The flags under one of which alone the last pass has reached an entry.
        self._conditions: dict[int, list[int]] = {}
        # Whether Values from outside have been reached: whether it is unknown if they had been
        # before, and the flags under one of which they have.
        self._reached_under: list[tuple[bool, list[int]]] = []
        self._sums_of_flags: dict[Any, int] = {}
        # The operation that the engine is about to tell of, if it has followed operands.
        self._pending: tuple[Any, list[int], list[bool]] | None = None

    def start(self) -> None:
        """Have the engine ask this recorder where an operand is a stand-in."""
        tracking.of_recording(+1)

    def stop(self) -> None:
        """The call is over."""
        tracking.of_recording(-1)
        self._note_what_was_reached()
        self.outside.restore()
        self.finished = True
        self._ends = {}
        self._interior = []
        self._takes.stop()

    def _note_what_was_reached(self) -> None:
        outside = self.outside
        for index, part in list(outside.changed):
            if part is _HAS_GRAD:
                known = outside.changed[index, part]
                entry = self._has_been_reached(outside.values[index], known)
                outside.changed[index, part] = entry

    def forget(self) -> None:
        """Let go of what the call has made: stand-ins, for one, refer to this recorder."""
        self.numbers = []
        self.computed = []
        self.made_leaves = []

    # ── Numbers ───────────────────────────────────────────────────────────────

    def number(self, entry: int, kind: Any) -> Number:
        """The stand-in for a float, or for a number of NumPy's of that type."""
        number = Number(self, entry, kind)
        self.numbers.append(number)
        return number

    def index(self, entry: int) -> Index:
        """The stand-in for a whole number."""
        index = Index(self, entry, int)
        self.numbers.append(index)
        return index

    def _flag(self, entry: int, kind: Any) -> Flag:
        flag = Flag(self, entry, kind)
        self.numbers.append(flag)
        return flag

    def doubt(self) -> None:
        """Floats may be added in another order than that of the function itself."""
        self.is_doubtful = True

    def seen(self, standin: Any, how: str) -> Any:
        """The number that a stand-in stands for, at which Python looks."""
        self._check(standin)
        self.tape.guard(standin.entry, how, place())
        return standin.kind(self.tape.data[standin.entry])

    def _check(self, standin: Any) -> None:
        if self.finished or standin.recorder is not self:
            raise CompileError(
                f"a number of a call of {standin.recorder.name}() is used after it: the function "
                "has kept it outside of itself, which a replay would not do: return it instead"
            )

    def _bare(self, operand: Any, how: str) -> Any:
        """An operand of any kind, without a stand-in or a Value."""
        if _is_stand_in(operand):
            return operand.recorder.seen(operand, how)
        if isinstance(operand, Value):
            self.look(operand, how)
            return operand._data
        return operand

    def _look_for_an_error(self, operands: Sequence[Any]) -> None:
        """An operation has raised an error, and so Python has looked at its operands.

        The error may be caught, and then another path is taken than at other numbers.
        """
        for operand in operands:
            self._bare(operand, "an error")

    def calculate(self, function: Any, x: Any, y: Any) -> Any:
        """The result of an operator of Python's on two numbers, one of which is a stand-in."""
        kind_x, kind_y = _kind(x), _kind(y)
        if kind_x is None or kind_y is None:
            if not isinstance(x, _NUMBERS) or not isinstance(y, _NUMBERS):
                return NotImplemented
            return function(self._bare(x, "arithmetic"), self._bare(y, "arithmetic"))
        first, second = self._operand(x), self._operand(y)
        a, b = self.tape.data[first], self.tape.data[second]
        if kind_x is _FLOAT and kind_y is _FLOAT:
            if function is ADD:
                return self._calculated(table.add, first, second, a + b, _FLOAT)
            if function is MULTIPLY:
                return self._calculated(table.multiply, first, second, a * b, _FLOAT)
            if function is SUBTRACT:
                return self._calculated(table.subtract, first, second, a - b, _FLOAT)
        try:
            result: Any = function(kind_x(a), kind_y(b))
        except Exception:
            self._look_for_an_error([x, y])
            raise
        kind: Any = type(result)
        if kind is not kind_x and kind is not kind_y:  # such as a complex power
            return function(self._bare(x, "arithmetic"), self._bare(y, "arithmetic"))
        op: Any = _ROWS.get(function, function)
        if op is function and (kind_x is not _FLOAT or kind_y is not _FLOAT):
            op = OfKinds.of(function, (kind_x, kind_y))
        return self._calculated(op, first, second, float(result), kind)

    def _calculated(self, op: Any, first: i64, second: i64, result: float, kind: Any) -> Number:
        return self.number(self.tape.pair(op, first, False, second, False, result), kind)

    def calculate_one(self, function: Any, x: Any) -> Any:
        """The result of a function of Python's on a stand-in."""
        kind: Any = x.kind
        entry = self._operand(x)
        try:
            result: Any = function(kind(self.tape.data[entry]))
        except Exception:
            self._look_for_an_error([x])
            raise
        if type(result) is not kind:
            return function(self._bare(x, "arithmetic"))
        op: Any = _ROWS.get(function, function)
        if op is function and kind is not _FLOAT:
            op = OfKinds.of(function, (kind,))
        return self.number(self.tape.row(op, (entry,), (), float(result)), kind)

    def calculate_whole(self, function: Any, operands: tuple[Any, ...]) -> Any:
        """The result of a function of whole numbers, one of which is a stand-in."""
        entries: list[int] = [self._operand(x) for x in operands]
        tape = self.tape
        try:
            result: Any = function(*[int(tape.data[entry]) for entry in entries])
        except Exception:
            self._look_for_an_error(operands)
            raise
        if function is DIVIDE:
            return self.number(tape.row(function, entries, (), result), _FLOAT)
        if type(result) is not int or abs(result) >= EXACT:
            return function(*[self._bare(x, "arithmetic") for x in operands])
        if function is POWER and _is_stand_in(operands[1]):
            bool(operands[1] >= 0)  # else it is a float
        if function is ADD or function is SUBTRACT:
            entry = tape.row(_ROWS[function], entries, (), float(result))
        elif function is MULTIPLY:
            entry = tape.row(
                table.multiply, entries, (), tape.data[entries[0]] * tape.data[entries[1]]
            )
            entry = tape.row(table.add, (entry, self._zero()), (), float(result))  # never -0.0
        else:
            entry = tape.row(
                OfKinds.of(function, (int,) * len(entries)), entries, (), float(result)
            )
        size = tape.row(operator.abs, (entry,), (), float(abs(result)))
        exact = tape.row(operator.lt, (size, tape.constant(float(EXACT), "")), (), 1.0)
        tape.guard(exact, "a whole number beyond 2**53", place())
        return self.index(entry)

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

    def whole(self, function: Any, number: Any) -> Any:
        """The whole number that ``function`` gives, at which Python looks."""
        self._check(number)
        try:
            result: Any = function(number.kind(self.tape.data[number.entry]))
        except Exception:
            self._look_for_an_error([number])
            raise
        if not isinstance(result, int) or abs(result) > EXACT:
            return function(self.seen(number, "int()"))
        row = self.tape.row(function, (number.entry,), (), float(result))
        self.tape.guard(row, f"{function.__name__}()", place())
        return result

    # ── Values ────────────────────────────────────────────────────────────────

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
            return _NO_ENTRY
        for at in range(len(self._indices), len(self.computed)):
            self._indices[id(self.computed[at])] = at
        index = self._indices.get(id(value))
        return _NO_ENTRY if index is None else self._places[index]

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

    def _operand(self, operand: Any) -> i64:
        """The entry of an operand."""
        if isinstance(operand, Value):
            return self.entry(operand)
        if _is_stand_in(operand):
            self._check(operand)
            entry: i64 = operand.entry
            return entry
        return self.tape.constant(as_float(operand), place())

    def _taken(self, operand: Any, entry: i64) -> Any:
        """What the engine is to take in place of an operand."""
        return operand if isinstance(operand, Value) else self.tape.data[entry]

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
        if type(result) is not _FLOAT:
            return primitive.evaluate([self._bare(x, "arithmetic") for x in operands])
        return self.number(self.tape.row(primitive, entries, (), result), _FLOAT)

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

    def given(self, number: Any) -> float:
        """The float of a number that a new leaf is about to be made of."""
        if not _is_stand_in(number):
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
        return self.number(self.entry(value), _FLOAT)

    def look(self, value: Any, how: str) -> None:
        """Python looks at the data of a Value."""
        if id(value) in self._takes.twins and how in ("grad", "has_grad"):
            row = self.row_of(value)
            self.look(row, how)
            value._grad, value._awaited = row._grad, row._awaited
        elif how == "truth":
            bool(self.compare(NOT_EQUAL, value, 0.0))
        elif how == "grad":
            self.tape.guard(self._gradient(value), how, place())
        elif how == "has_grad":
            self._look_whether_reached(value)
        else:
            self.tape.guard(self.entry(value), how, place())

    def _look_whether_reached(self, value: Value) -> None:
        if value._awaited != 0 and id(value) in self._gradients:
            gradient, zero = self._gradients[id(value)], self._zero()
            differs = float(self.tape.data[gradient] != 0.0)
            row = self.tape.row(operator.ne, (gradient, zero), (), differs)
            self.tape.guard(row, "has_grad", place())
        if self._is_made_here(value):
            for flag in self._conditions.get(int(self._found(value)), []):
                self.tape.guard(flag, "has_grad", place())
            return
        index: int = self.outside.index(value)
        changed = self.outside.changed
        known = changed.get((index, _HAS_GRAD))
        if (index, _GRAD) not in changed:
            number = float(value._awaited == 0 or value._grad != 0.0)
            self.tape.guard(self._input(_HAS_GRAD, value, number), "has_grad", place())
        elif known is not None:
            self.tape.guard(self._has_been_reached(value, known), "has_grad", place())

    def write(self, value: Any, number: Any) -> float:
        """The float that becomes the data of a Value."""
        if id(value) in self._takes.twins:
            row = self.row_of(value)
            row.data = number
            return row._data
        self._takes.version += 1
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
        return self.tape.data[entry]

    def compare(self, comparison: Any, x: Any, other: Any) -> Any:
        """The outcome of a comparison of a Value or a stand-in with anything."""
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        if not isinstance(other, Value) and _kind(other) is None:
            return compared(comparison, float(self._bare(x, "comparison")), other)
        entries = [self._operand(x), self._operand(other)]
        outcome = comparison(*[self.tape.data[k] for k in entries])
        kinds = [_kind(y) for y in (x, other) if not isinstance(y, Value)]
        is_of_numpy = any(kind is not _FLOAT for kind in kinds)
        kind = sys.modules["numpy"].bool_ if is_of_numpy else bool
        return self._flag(self.tape.row(comparison, entries, (), float(outcome)), kind)

    def choose(self, primitive: Any, operands: tuple[Any, ...]) -> Any:
        """Carry out ``where`` on a flag or on numbers that are followed."""
        if len(operands) != 3 or not any(_is_stand_in(x) for x in operands):
            return NotImplemented
        flag, x, y = operands
        if not isinstance(x, _NUMBERS) or not isinstance(y, _NUMBERS):
            return NotImplemented  # arrays, and mistakes
        is_value = isinstance(x, Value) or isinstance(y, Value)
        if type(flag) is not Flag:
            if isinstance(flag, Value) or type(flag) in (Number, Index):
                return NotImplemented  # a mistake
            taken = x if flag else y
            if type(taken) is Index:
                taken = self.number(taken.entry, _FLOAT)
            if not is_value:
                return taken if type(taken) is Number else as_float(taken)
            entry = self._operand(taken)
            numbers = (self._taken(taken, entry),)
            return self._record(primitive, primitive, [entry], (taken,), numbers)
        self._check(flag)
        entries = [flag.entry, self._operand(x), self._operand(y)]
        at = 1 if self.tape.data[flag.entry] != 0.0 else 2
        if is_value:
            numbers = (self._taken(operands[at], entries[at]),)
            return self._record(choose, primitive, entries, operands, numbers)
        number = self.tape.data[entries[at]]
        return self.number(self.tape.row(choose, entries, (), number), _FLOAT)

    def effects(self) -> Effects:
        """What the call has changed; the new numbers become the last outputs of the tape."""
        values, found = self.outside.values, Effects(self.outside.changed)
        outputs = self.tape.outputs
        for index in found.data_of:
            outputs.append(self._entries[id(values[index])])
        for index in found.grad_of:
            outputs.append(self._gradients[id(values[index])])
        for index in found.has_grad_of:
            outputs.append(self.outside.changed[index, _HAS_GRAD])
        return found

    # ── Gradients ─────────────────────────────────────────────────────────────────

    def read_grad(self, value: Any) -> Any:
        """The grad of a Value."""
        return self.number(self._gradient(self.row_of(value)), _FLOAT)

    def write_grad(self, value: Any, number: Any) -> float:
        """The float that becomes the grad of a Value, which then counts as not reached."""
        if id(value) in self._takes.twins:
            row = self.row_of(value)
            row.grad = number
            return row._grad
        operand = self._operand(number)
        if not self._is_made_here(value):
            index: int = self.outside.change(value, _GRAD, UNREACHED)
            self.outside.changed.pop((index, _HAS_GRAD), None)
        self._has_gradient(value, operand)
        return self.tape.data[operand]

    def _gradient(self, value: Value) -> i64:
        """The entry of the grad of a Value."""
        known = self._gradients.get(id(value))
        if known is not None:
            return known
        if not self._is_made_here(value):
            entry = self._input(_GRAD, value, value._grad)
        else:
            data = self._found(value)
            number = self._passes[data] if data < len(self._passes) else _NO_ENTRY
            if number < 0 or value.op is None:
                entry = self._zero()
            else:
                pass_ = self._pass_entries[number]
                entry = self.tape.row(gradient_of, (pass_, data), (), value._grad)
                for flag in self._conditions.get(int(data), []):
                    entries = (flag, entry, self._zero())
                    entry = self.tape.row(choose, entries, (), value._grad)
        self._has_gradient(value, entry)
        return entry

    def _has_gradient(self, value: Value, entry: i64) -> None:
        self._gradients[id(value)] = entry
        if value.op is not None:
            self._interior.append(value)

    def _zero(self) -> i64:
        return self.tape.constant(0.0, "")

    def backward(self, root: Any, gradient: float) -> None:
        """Carry out a backward pass, and note it as one entry of the tape."""
        tape = self.tape
        root = self.row_of(root)
        seed = tape.constant(gradient, place())
        start = self._entry_of_root(root)
        ends = self._reached(start)
        leaves = [self._ends[end] for end in ends]
        earlier: list[int] = [self._gradient(leaf) for leaf in leaves]
        sums: list[int] = [self._sum_before(entry) for entry in earlier]
        pass_ = self._pass_of(start, seed, ends, sums)
        for leaf, end, entry in zip(leaves, ends, sums):
            if not self._is_made_here(leaf):
                self._is_reached(leaf, end)
            leaf._grad = tape.data[entry]
        try:
            propagate(root, gradient)
        except BaseException:
            for leaf, entry in zip(leaves, earlier):
                leaf._grad = tape.data[entry]
            raise
        for leaf, end, before in zip(leaves, ends, earlier):
            entry = tape.row(gradient_of, (pass_, end), (), leaf._grad)
            entry = self._with_earlier(entry, before)
            leaf._grad = tape.data[entry]
            self._gradients[id(leaf)] = entry

    def _entry_of_root(self, root: Value) -> i64:
        """The entry that a pass starts at."""
        if not isinstance(root.op, Known) or self._found(root) >= 0:
            entry = self.entry(root)
            return self.tape.same_leaf.get(entry, entry)
        # It stands for several outputs, each with its own gradient, and nothing has recorded it.
        outputs = [self.row_of(output) for output in root.inputs]
        self._takes.put_rows(root)
        weights = root._recorded_derivatives()
        entries: list[int] = [self.entry(output) for output in outputs]
        entries += [self.tape.constant(weight, place()) for weight in weights]
        number = table.dot.evaluate([*[output._data for output in outputs], *weights])
        return self.tape.row(table.dot, entries, range(len(outputs)), number)

    def _reached(self, start: i64) -> list[int]:
        """The entries of the leaves that a pass reaches; it is noted for all that it reaches."""
        tape = self.tape
        number = len(self._pass_entries)
        for _ in range(len(self._passes), len(tape.ops)):
            self._passes = append(self._passes, _NO_ENTRY)
        if tape.takes:
            return self._reached_by_takes(start)
        ends: list[int] = []
        self._passes[start] = number
        stack: list[int] = [start]
        while stack:
            entry = stack.pop()
            is_end = True
            taken = self._operand_taken(entry)
            for at in range(tape.starts[entry], tape.starts[entry + 1]):
                if tape.flows[at]:
                    is_end = False
                    if taken < 0 or at == taken:
                        source = tape.operands[at]
                        source = tape.same_leaf.get(source, source)
                        if self._passes[source] != number:
                            self._passes[source] = number
                            stack.append(source)
            if is_end and entry in self._ends:
                self._check_leaf(self._ends[entry])
                ends.append(entry)
        self._forget_gradients(number)
        return ends

    def _forget_gradients(self, number: int) -> None:
        """What was known of gradients is so no longer where this pass has reached."""
        for value in self._interior:
            if self._passes[self._found(value)] == number:
                self._gradients.pop(id(value), None)

    def _reached_by_takes(self, start: i64) -> list[int]:
        """The same where an index may decide what is reached: all that may be."""
        found = self._settled(start)
        number = len(self._pass_entries)
        ends: list[int] = []
        for index in range(len(found.entries)):
            entry: int = found.entries[index]
            self._operand_taken(entry)
            flags = found.flags_of(entry)
            if entry in self._ends:
                self._check_leaf(self._ends[entry])
                ends.append(entry)
                flags = [*self._conditions.get(entry, []), *flags] if flags else []
            if flags:
                self._conditions[entry] = flags
            else:
                self._conditions.pop(entry, None)
            self._passes[entry] = number
        self._forget_gradients(number)
        return ends

    def _settled(self, start: i64) -> Below:
        """What a pass reaches, once every take is fixed by which its order would depend on it."""
        tape = self.tape
        written = {int(self._found(value)) for value in self._interior}
        while True:
            found, shares = below(tape, start, vec[i64]([0] * len(tape.ops)))
            takes = found.takes_to_fix(shares)
            for index in range(len(found.entries)):
                entry: int = found.entries[index]
                flag: int = found.states[entry]
                # It has a gradient, which it keeps where this pass does not reach it.
                is_known = self._passes[entry] >= 0 or entry in written
                if flag >= 0 and is_known and entry not in self._ends:
                    takes |= found.takes[flag]
            if not takes:
                return found
            self._takes.fix(list(takes))

    def settle_root(self, start: i64) -> None:
        """Fix every take that a pass from outside, through this entry, cannot follow.

        What it reaches may depend on choices or on indices, not on both; and Values that are not
        reached at all are leaves.
        """
        tape = self.tape
        if tape.takes:
            self._takes.fix(self._takes_beside_choices(start))
        while tape.takes:
            found, shares = below(tape, start, vec[i64]([0] * len(tape.ops)))
            takes = found.takes_to_fix(shares)
            for index in range(len(found.entries)):
                entry: int = found.entries[index]
                leaf = self._ends.get(entry)
                if leaf is not None and self._operations.get(id(leaf), leaf.op) is not None:
                    for flag in found.flags_of(entry):
                        takes |= found.takes[flag]
            if not takes:
                return
            self._takes.fix(list(takes))

    def _takes_beside_choices(self, start: i64) -> list[int]:
        """All takes below an entry, whichever way choices go, if there are any choices."""
        tape = self.tape
        seen: set[int] = {start}
        stack: list[int] = [start]
        takes: list[int] = []
        has_choices = False
        while stack:
            entry = stack.pop()
            if tape.ops[entry] is choose:
                has_choices = True
            elif tape.ops[entry] is take:
                takes.append(entry)
            for at in range(tape.starts[entry], tape.starts[entry + 1]):
                source: int = tape.operands[at]
                source = tape.same_leaf.get(source, source)
                if tape.flows[at] and source not in seen:
                    seen.add(source)
                    stack.append(source)
        return takes if has_choices else []

    def _is_reached(self, leaf: Value, end: int) -> None:
        """A pass has reached a leaf from outside, or has under some flags."""
        outside = self.outside
        index: int = outside.index(leaf)
        key = (index, _HAS_GRAD)
        flags = self._conditions.get(end, [])
        before = outside.changed.get((index, _GRAD))
        if not flags:
            outside.changed.pop(key, None)
            outside.change(leaf, _GRAD)
        elif before is None or before == UNREACHED:
            if key not in outside.changed:
                outside.change(leaf, _GRAD, UNREACHED)
                outside.change(leaf, _HAS_GRAD, len(self._reached_under))
                self._reached_under.append((before is None, []))
            known = self._reached_under[outside.changed[key]][1]
            known.extend([flag for flag in flags if flag not in known])

    def _has_been_reached(self, value: Value, known: int) -> i64:
        """The entry of whether a Value from outside has been reached, under some flags."""
        tape = self.tape
        was_outside, flags = self._reached_under[known]
        entry = self._sum_of(tuple(flags))
        if was_outside:
            before = float(self.outside.had_grad(value))
            earlier = self._input(_HAS_GRAD, value, before)
            entry = tape.row(table.add, (earlier, entry), (), before + tape.data[entry])
        elif len(flags) == 1:
            return entry
        return tape.row(operator.ne, (entry, self._zero()), (), float(tape.data[entry] != 0.0))

    def _sum_of(self, flags: tuple[int, ...]) -> i64:
        known = self._sums_of_flags.get(flags)
        if known is None:
            known = flags[0]
            for flag in flags[1:]:
                total = self.tape.data[known] + self.tape.data[flag]
                known = self.tape.row(table.add, (known, flag), (), total)
            self._sums_of_flags[flags] = known
        return known

    def _operand_taken(self, entry: i64) -> i64:
        """Where the operand that a choice has taken is; -1 if the entry is none, or has no flows.

        What follows depends on the graph, and so on the choice.
        """
        tape = self.tape
        if tape.ops[entry] is not choose:
            return -1
        start = tape.starts[entry]
        flag = tape.operands[start]
        tape.guard(flag, "where in a derivative", place())
        return start + (1 if tape.data[flag] != 0.0 else 2)

    def _check_leaf(self, leaf: Value) -> None:
        op = None if self._is_made_here(leaf) else self._operations.get(id(leaf), leaf.op)
        if op is not None:
            label = f", label={leaf._label!r}" if leaf._label else ""
            raise CompileError(
                f"{self.name}(): backward() reaches Value({leaf._data!r}{label}, op={op.name}), "
                "which was computed outside of the compiled function; compute it inside, or call "
                f"backward() outside; at {place()}"
            )

    def _sum_before(self, earlier: i64) -> i64:
        """The entry that the sum of a leaf's shares starts with; the gradient it has is given."""
        number = self.tape.data[earlier]
        if earlier in self.tape.constants:
            return earlier if number == 0.0 else self._zero()
        # A gradient of -0.0 is left as it is where only such shares are added to it.
        sign = self.tape.row(table.sign, (earlier,), (), table.sign.forward(number))
        zero = self.tape.data[sign] * 0.0
        return self.tape.row(table.multiply, (sign, self._zero()), (), zero)

    def _pass_of(self, start: i64, seed: i64, ends: list[int], sums: list[int]) -> i64:
        """Append the entry of a pass."""
        self.tape.push(start, False)
        self.tape.push(seed, False)
        for end, entry in zip(ends, sums):
            self.tape.push(end, False)
            self.tape.push(entry, False)
        pass_ = self.tape.close(backward_pass, 0.0)
        self._pass_entries.append(pass_)
        return pass_

    def _with_earlier(self, entry: i64, earlier: i64) -> i64:
        """The gradient of a leaf, with what earlier passes have left."""
        number = self.tape.data[earlier]
        if number == 0.0 and earlier in self.tape.constants:
            return entry
        total = self.tape.data[entry] + number
        return self.tape.row(table.add, (entry, earlier), (), total)

    # ── Derivatives within the call ───────────────────────────────────────────────

    def operands(self, value: Any, operands: tuple[Any, ...]) -> tuple[Any, ...]:
        """The operands of a Value, with stand-ins for those that are followed."""
        entry = self._found(value)
        if entry < 0 or self.tape.ops[entry] is None:
            return operands
        entries: list[int] = self.tape.operands_of(entry)
        if self.tape.ops[entry] is choose:
            entries = [entries[1 if self.tape.data[entries[0]] != 0.0 else 2]]
        return tuple(
            [
                x if isinstance(x, Value) or k in self.tape.constants else self.number(k, _FLOAT)
                for x, k in zip(operands, entries)
            ]
        )

    def slope(self, value: Any, position: int) -> Any:
        """The local derivative of a Value by one operand; None if it is 1."""
        entry = self._found(value)
        op: Any = None if entry < 0 else self.tape.ops[entry]
        if op is None:  # it was computed outside
            derivatives = list(value._recorded_derivatives())
            derivatives.reverse()
            by_operand = [
                derivatives.pop() if isinstance(x, Value) else 0.0
                for x in value._recorded_operands()
            ]
            return by_operand[position]
        if op is choose or op is table.where or op is table.add:
            return None
        if op is table.subtract and position == 0:
            return None
        entries: list[int] = self.tape.operands_of(entry)
        if op is table.multiply:
            return self.number(entries[1 - position], _FLOAT)
        key = (int(entry), position)
        known = self._slopes.get(key)
        if known is None:
            rule = Slope(op, position)
            arguments: list[int] = [*entries, entry]
            local = rule.evaluate([self.tape.data[k] for k in arguments])
            known = self._slopes[key] = self.tape.row(rule, arguments, (), local)
        return self.number(known, _FLOAT)

    def walked(self, values: Sequence[Any]) -> None:
        """What follows depends on the graph of these values, and so on the choices in it."""
        for value in values:
            entry = self._found(value)
            if entry >= 0 and self.tape.ops[entry] is choose:
                flag = self.tape.operands[self.tape.starts[entry]]
                self.tape.guard(flag, "where in a derivative", place())

    # ── What a replay would not do ────────────────────────────────────────────────

    def refuse(self, deed: str) -> NoReturn:
        """The error for an effect on Values, which is not recorded."""
        raise CompileError(
            f"{self.name}() {deed}, which a replay would not do: do it outside of the compiled "
            f"function; at {place()}"
        )

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


class OfKinds:
    """An operator on numbers of these types, such as NumPy's, as a function of floats."""

    _made: ClassVar[dict[Any, Any]] = {}

    def __init__(self, function: Any, kinds: tuple[Any, ...]) -> None:
        self.function = function
        self.kinds = kinds
        self.__name__ = function.__name__

    @staticmethod
    def of(function: Any, kinds: tuple[Any, ...]) -> OfKinds:
        """The one there is of this operator and these types."""
        key = (function, kinds)
        if key not in OfKinds._made:
            OfKinds._made[key] = OfKinds(function, kinds)
        made: OfKinds = OfKinds._made[key]
        return made

    def __call__(self, *operands: Any) -> Any:
        """The result, of one of the types."""
        return self.function(*[kind(x) for kind, x in zip(self.kinds, operands)])


# What operators of numbers take. Other things, such as arrays, have operators of their own.
_NUMBERS: Final[Any] = (float, Value, Number, Flag, Index, AnyNumber)


def _is_stand_in(thing: Any) -> bool:
    kind: Any = type(thing)
    return kind is Number or kind is Flag or kind is Index


def _kind(operand: Any) -> Any:
    """The type with which a number is calculated: float, NumPy's float64, or None for another."""
    kind: Any = type(operand)
    if kind is _FLOAT or kind is Flag or kind is Index:
        return _FLOAT
    if kind is Number:
        return operand.kind
    if kind is int:
        return _FLOAT if -EXACT <= operand <= EXACT else None
    numpy: Any = sys.modules.get("numpy")
    if numpy is None:
        return None
    if kind is numpy.float64:
        return kind
    return None
