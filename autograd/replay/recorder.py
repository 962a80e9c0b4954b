"""Recorder: follows one call of a function, and notes on a tape what it computes.

The Values of the call are the engine's own, and the engine tells the recorder what is done with
them (`Follower` in autograd/engine/recording.py). Stand-ins take the place of floats.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Sequence
from numbers import Number as AnyNumber
from typing import Any, ClassVar, Final, NoReturn

from autograd.engine import table
from autograd.engine.node import propagate
from autograd.engine.operands import as_float
from autograd.engine.operators import compared
from autograd.engine.primitive import Primitive, tracking
from autograd.engine.recording import Follower, is_recording
from autograd.engine.tracked import record_tracked
from autograd.engine.value import Value
from autograd.replay.backward import Pass
from autograd.replay.bound import Part
from autograd.replay.checks import same
from autograd.replay.errors import CompileError, place
from autograd.replay.outside import UNREACHED, Effects, Outside
from autograd.replay.standins import Flag, Number
from autograd.replay.tape import Operation, Slope, Tape, choose

# Operations on floats for which the table has a row with the same result, to the bit.
_ROWS: Final[dict[Callable[..., Any], Primitive]] = {
    operator.add: table.add,
    operator.sub: table.subtract,
    operator.mul: table.multiply,
    operator.neg: table.negative,
}

# A whole number up to this size is the same as a float.
_EXACT: Final = 2**53


class Recorder(Follower):
    """One call of a function.

    Attributes:
        tape: what has been noted.
        outside: the Values from outside that the function has read or changed.
        finished: True once the call is over.
        is_doubtful: True if floats may have been added in another order than that of the function
            itself, as NumPy does in arrays.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.tape = Tape(name)
        self.outside = Outside()
        self.finished = False
        self.is_doubtful = False
        self.computed: list[Value] = []  # every Value that an operation has made, in order
        self.made_leaves: list[Value] = []  # those that were made of stand-ins
        self.numbers: list[Any] = []  # every stand-in
        self._entries: dict[int, int] = {}  # by the id of a Value, which is kept above
        self._leaves: dict[int, int] = {}  # the first entry of each Value from outside
        self._gradients: dict[int, int] = {}  # the entry of the grad, by the id of a Value
        self._operations: dict[int, Primitive | None] = {}  # of arguments, by the id of the twin
        self._flowing: set[int] = set()  # the ids of Values from which gradients go outside
        self._used_leaves: set[int] = set()  # the ids of leaves that something was computed from
        self._slopes: dict[tuple[int, int], int] = {}  # entries
        # The operation that the engine is about to tell of, if it has followed operands.
        self._pending: tuple[Operation, tuple[int, ...], tuple[int, ...]] | None = None

    def start(self) -> None:
        """Have the engine ask this recorder where an operand is a stand-in."""
        tracking.of_recording(+1)

    def stop(self) -> None:
        """The call is over."""
        tracking.of_recording(-1)
        self.outside.restore()
        self.finished = True

    # ── Numbers ───────────────────────────────────────────────────────────────

    def number(self, entry: int, kind: Any = float) -> Number:
        """The stand-in for a float."""
        number = Number(self, entry, kind)
        self.numbers.append(number)
        return number

    def _flag(self, entry: int, kind: Any = bool) -> Flag:
        flag = Flag(self, entry, kind)
        self.numbers.append(flag)
        return flag

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
        if type(operand) in _STANDINS:
            return operand.recorder.seen(operand, how)
        if isinstance(operand, Value):
            self.look(operand, how)
            return operand._data
        return operand

    def calculate(self, function: Callable[..., Any], operands: tuple[Any, ...]) -> Any:
        """The result of an operator of Python's on numbers, one of which is a stand-in."""
        kinds = [_kind(x) for x in operands]
        if None in kinds:
            if not all(isinstance(x, _NUMBERS) for x in operands):
                return NotImplemented
            return function(*[self._bare(x, "arithmetic") for x in operands])
        entries = tuple([self._entry_of_number(x) for x in operands])
        data = self.tape.data
        op: Operation = _ROWS.get(function, function)
        result = self._attempt(
            function, [kind(data[k]) for kind, k in zip(kinds, entries)], operands
        )
        if float not in kinds or len(set(kinds)) > 1:
            op = op if function in _ROWS else OfKinds(function, tuple(kinds))
        if type(result) not in kinds:  # such as the complex root of a negative number
            return function(*[self._bare(x, "arithmetic") for x in operands])
        return self.number(self.tape.row(op, entries, (), float(result)), type(result))

    def _attempt(
        self, function: Callable[..., Any], numbers: list[Any], operands: Sequence[Any]
    ) -> Any:
        """The result of a function; if it raises an error, that is a look at the operands.

        The error may be caught, and then another path is taken than at other numbers.
        """
        try:
            return function(*numbers)
        except Exception:
            for operand in operands:
                self._bare(operand, "an error")
            raise

    def whole(self, function: Callable[..., int], number: Number) -> Any:
        """The whole number that ``function`` gives, at which Python looks."""
        self._check(number)
        result = self._attempt(function, [number.kind(self.tape.data[number.entry])], [number])
        if not isinstance(result, int) or abs(result) > _EXACT:
            return function(self.seen(number, "int()"))
        row = self.tape.row(function, (number.entry,), (), float(result))
        self.tape.guard(row, f"{function.__name__}()", place())
        return result

    def _entry_of_number(self, operand: Any) -> int:
        if type(operand) in _STANDINS:
            self._check(operand)
            entry: int = operand.entry
            return entry
        return self.tape.constant(float(operand), place())

    # ── Values ────────────────────────────────────────────────────────────────

    def bring(self, twin: Value, value: Value) -> None:
        """``twin`` takes the place of an argument."""
        self._operations[id(twin)] = value.op
        twin._grad = value._grad
        twin._awaited = value._awaited
        self.entry(twin)
        self.outside.arguments += 1

    def entry(self, value: Value) -> int:
        """The entry of the data of a Value, which may come from outside."""
        entry = self._entries.get(id(value))
        if entry is None:
            entry = self._input(Part.DATA, value, value._data)
            self._is_leaf(value, entry)
        return entry

    def _input(self, source: Part, value: Value, number: float) -> int:
        self.outside.sources.append((source, self.outside.index(value)))
        return self.tape.input(number)

    def _is_leaf(self, value: Value, entry: int) -> None:
        """From now on gradients that reach this entry are handed out to the Value."""
        self._entries[id(value)] = entry
        self._flowing.add(id(value))
        index = self.outside.index(value)
        first = self._leaves.setdefault(index, entry)
        if first != entry:  # its data has changed
            self.tape.same_leaf[entry] = first
        else:
            self.tape.leaves.append(entry)
            self.outside.leaves.append(index)
        if value.label:
            self.tape.labels[entry] = value.label

    def _is_made_here(self, value: Value) -> bool:
        return id(value) in self._entries and value not in self.outside

    def operation_outside(self, value: Value) -> Primitive | None:
        """The operation of a Value that was computed outside; None of another, and of a leaf."""
        return None if self._is_made_here(value) else self._operations.get(id(value), value.op)

    def _operand(self, operand: Any) -> tuple[int, Any]:
        """The entry of an operand, and what the engine is to take in place of it."""
        if isinstance(operand, Value):
            return self.entry(operand), operand
        if type(operand) in _STANDINS:
            self._check(operand)
            return operand.entry, self.tape.data[operand.entry]
        number = as_float(operand)
        return self.tape.constant(number, place()), number

    def _flows(self, operands: Sequence[Any]) -> tuple[int, ...]:
        """The positions of the operands to which gradients flow."""
        if not is_recording():
            return ()
        flowing = self._flowing
        flows = [i for i, x in enumerate(operands) if id(x) in flowing]
        if len(flows) < len(operands):
            leaves = [x for x in operands if isinstance(x, Value) and x.op is None]
            self._used_leaves.update(map(id, leaves))
        return tuple(flows)

    def operate(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """Carry out an operation, one of whose operands is a stand-in."""
        pairs = [self._operand(x) for x in operands]
        entries = tuple([entry for entry, _ in pairs])
        taken = tuple([x for _, x in pairs])
        if any(isinstance(x, Value) for x in taken):
            return self._record(primitive, primitive, entries, operands, taken)
        result = self._attempt(lambda *numbers: primitive.evaluate(numbers), [*taken], operands)
        if type(result) is not float:
            return primitive.evaluate([self._bare(x, "arithmetic") for x in operands])
        return self.number(self.tape.row(primitive, entries, (), result))

    def _record(
        self,
        op: Operation,
        primitive: Primitive,
        entries: tuple[int, ...],
        operands: Sequence[Any],
        taken: tuple[Any, ...],
    ) -> Value:
        """Let the engine record ``primitive``; on the tape it is ``op`` of these entries."""
        self._pending = op, entries, self._flows(operands)
        try:
            return record_tracked(primitive, taken)
        except Exception:
            for operand in operands:
                self._bare(operand, "an error")
            raise
        finally:
            self._pending = None

    def recorded(self, value: Any) -> None:
        """The engine has carried out an operation on Values."""
        if self._pending is not None:
            op, entries, flows = self._pending
        else:
            operands = value._recorded_operands()
            op = value.op
            # Of a Value the id is known, unless it is one from outside that is new.
            known = self._entries.get
            found: list[Any] = [known(id(x)) for x in operands]
            if None in found:
                found = [self._operand(x)[0] for x in operands]
            entries = tuple(found)
            flows = self._flows(operands)
        entry = self.tape.row(op, entries, flows, value._data)
        if flows:
            self._flowing.add(id(value))
        self._entries[id(value)] = entry
        self.computed.append(value)

    def given(self, number: Any) -> float:
        """The float of a number that a new leaf is about to be made of."""
        if type(number) not in _STANDINS:
            return as_float(number)
        self._check(number)
        data: float = self.tape.data[number.entry]
        return data

    def made(self, value: Any, number: Any) -> None:
        """``value`` is a new leaf, made of a stand-in or of a whole number."""
        entry, _ = self._operand(number if type(number) in _STANDINS else as_float(number))
        self._entries[id(value)] = entry
        self.made_leaves.append(value)

    def read(self, value: Any) -> Number:
        """The data of a Value."""
        return self.number(self.entry(value))

    def look(self, value: Any, how: str) -> None:
        """Python looks at the data of a Value."""
        if how == "truth":
            bool(self.compare(operator.ne, value, 0.0))
        elif how == "grad":
            self.tape.guard(self._gradient(value), how, place())
        elif how == "has_grad":
            index = self.outside.index(value) if not self._is_made_here(value) else -1
            if index >= 0 and (index, Part.GRAD) not in self.outside.changed:
                number = float(value._awaited == 0 or value._grad != 0.0)
                self.tape.guard(self._input(Part.HAS_GRAD, value, number), how, place())
        else:
            self.tape.guard(self.entry(value), how, place())

    def write(self, value: Any, number: Any) -> float:
        """The float that becomes the data of a Value."""
        if self._is_made_here(value) and value.op is not None:
            self.refuse("changes the data of a Value that it has computed")
        operand, data = self._operand(number if type(number) in _STANDINS else as_float(number))
        # An entry of its own: gradients that reach it end here.
        entry = self.tape.row(table.where, (operand,), (), data)
        if self._is_made_here(value):
            self._entries[id(value)] = entry
        else:
            self.outside.change(value, Part.DATA)
            self._is_leaf(value, entry)
        return float(data)

    def _gradient(self, value: Value) -> int:
        """The entry of the grad of a Value."""
        entry = self._gradients.get(id(value))
        if entry is None:
            if self._is_made_here(value):
                entry = self._zero()
            else:
                entry = self._input(Part.GRAD, value, value._grad)
            self._gradients[id(value)] = entry
        return entry

    def _zero(self) -> int:
        return self.tape.constant(0.0, "")

    def read_grad(self, value: Any) -> Number:
        """The grad of a Value."""
        return self.number(self._gradient(value))

    def write_grad(self, value: Any, number: Any) -> float:
        """The float that becomes the grad of a Value, which then counts as not reached."""
        operand, data = self._operand(number if type(number) in _STANDINS else as_float(number))
        if not self._is_made_here(value):
            self.outside.change(value, Part.GRAD, UNREACHED)
        self._gradients[id(value)] = operand
        return float(data)

    def first_gradient(self, value: Value) -> int:
        """The entry that a pass adds the first share to."""
        if value.op is not None:
            return self._zero()
        earlier = self._gradient(value)
        number = self.tape.data[earlier]
        if earlier in self.tape.constants:
            return earlier if number == 0.0 else self._zero()
        # A gradient of -0.0 is left as it is where only such shares are added to it.
        sign = self.tape.row(table.sign, (earlier,), (), table.sign.forward(number))
        zero = self.tape.data[sign] * 0.0
        return self.tape.row(table.multiply, (sign, self._zero()), (), zero)

    def backward(self, root: Any, gradient: float) -> None:
        """Carry out a backward pass, and note what it adds."""
        noted = Pass(self, root, self.tape.constant(gradient, place()))
        for value in noted.values:
            entry = noted.gradients[id(value)]
            if value.op is None:
                entry = self._with_earlier(entry, self._gradient(value))
                if not self._is_made_here(value):
                    self.outside.change(value, Part.GRAD)
            self._gradients[id(value)] = entry
        propagate(root, gradient)
        for value in noted.values:
            if not same(value._grad, self.tape.data[self._gradients[id(value)]]):
                raise CompileError(
                    f"{self.name}() cannot be recorded: a local derivative is another one when it "
                    f"is computed again, at {place()}"
                )

    def _with_earlier(self, entry: int, earlier: int) -> int:
        """The gradient of a leaf, with what earlier passes have left."""
        number = self.tape.data[earlier]
        if number == 0.0 and earlier in self.tape.constants:
            return entry
        total = self.tape.data[entry] + number
        return self.tape.row(table.add, (entry, earlier), (), total)

    def compare(self, comparison: Any, x: Any, other: Any) -> Any:
        """The outcome of a comparison of a Value or a stand-in with anything."""
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        if not isinstance(other, Value) and _kind(other) is None:
            return compared(comparison, float(self._bare(x, "comparison")), other)
        entries = (self._operand(x)[0], self._operand(other)[0])
        outcome = comparison(*[self.tape.data[k] for k in entries])
        kinds = [_kind(y) for y in (x, other) if not isinstance(y, Value)]
        numpy_kind = next((kind for kind in kinds if kind is not float), None)
        kind = bool if numpy_kind is None else sys.modules["numpy"].bool_
        return self._flag(self.tape.row(comparison, entries, (), float(outcome)), kind)

    def choose(self, primitive: Any, operands: tuple[Any, ...]) -> Any:
        """Carry out ``where`` on a flag or on numbers that are followed."""
        if len(operands) != 3 or not any(type(x) in _STANDINS for x in operands):
            return NotImplemented
        flag, x, y = operands
        if not isinstance(x, _NUMBERS) or not isinstance(y, _NUMBERS):
            return NotImplemented  # arrays, and mistakes
        is_value = isinstance(x, Value) or isinstance(y, Value)
        if type(flag) is not Flag:
            if isinstance(flag, Value) or type(flag) is Number:
                return NotImplemented  # a mistake
            taken = x if flag else y
            if is_value:
                return self._chosen_of_one(primitive, taken)
            return taken if type(taken) is Number else as_float(taken)
        self._check(flag)
        pairs = [self._operand(operand) for operand in (x, y)]
        entries = (flag.entry, *[entry for entry, _ in pairs])
        number = pairs[0 if self.tape.data[flag.entry] else 1][1]
        if is_value:
            return self._record(choose, primitive, entries, operands, (number,))
        return self.number(self.tape.row(choose, entries, (), number))

    def _chosen_of_one(self, primitive: Primitive, taken: Any) -> Value:
        entry, number = self._operand(taken)
        return self._record(primitive, primitive, (entry,), (taken,), (number,))

    def effects(self) -> Effects:
        """What the call has changed; the new numbers become the last outputs of the tape."""
        values, found = self.outside.values, Effects(self.outside.changed)
        outputs = self.tape.outputs
        outputs.extend([self._entries[id(values[index])] for index in found.data_of])
        outputs.extend([self._gradients[id(values[index])] for index in found.grad_of])
        return found

    # ── Derivatives within the call ───────────────────────────────────────────────

    def operands(self, value: Any, operands: tuple[Any, ...]) -> tuple[Any, ...]:
        """The operands of a Value, with stand-ins for those that are followed."""
        entry = self._entries.get(id(value))
        if entry is None or self.tape.ops[entry] is None:
            return operands
        entries = self.tape.operands[entry]
        if self.tape.ops[entry] is choose:
            entries = (entries[1 if self.tape.data[entries[0]] else 2],)
        return tuple(
            [
                x if isinstance(x, Value) or k in self.tape.constants else self.number(k)
                for x, k in zip(operands, entries)
            ]
        )

    def slope(self, value: Any, position: int) -> Any:
        """The local derivative of a Value by one operand; None if it is 1."""
        entry = self._entries.get(id(value))
        op = None if entry is None else self.tape.ops[entry]
        if entry is None or op is None:  # it was computed outside
            derivatives = iter(value._recorded_derivatives())
            by_operand = [
                next(derivatives) if isinstance(x, Value) else 0.0
                for x in value._recorded_operands()
            ]
            return by_operand[position]
        entries = self.tape.operands[entry]
        if op in (choose, table.where, table.add) or (op is table.subtract and position == 0):
            return None
        if op is table.multiply:
            return self.number(entries[1 - position])
        if (entry, position) not in self._slopes:
            assert isinstance(op, Primitive)
            rule = Slope(op, position)
            arguments = (*entries, entry)
            local = rule.evaluate([self.tape.data[k] for k in arguments])
            self._slopes[entry, position] = self.tape.row(rule, arguments, (), local)
        return self.number(self._slopes[entry, position])

    def walked(self, values: Sequence[Any]) -> None:
        """What follows depends on the graph of these values, and so on the choices in it."""
        for value in values:
            entry = self._entries.get(id(value))
            if entry is not None and self.tape.ops[entry] is choose:
                self.tape.guard(self.tape.operands[entry][0], "where in a derivative", place())

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
        """True if an operation on this leaf has been recorded."""
        return id(value) in self._used_leaves


class OfKinds:
    """An operator on numbers of these types, such as NumPy's, as a function of floats."""

    _made: ClassVar[dict[Any, OfKinds]] = {}

    def __new__(cls, function: Callable[..., Any], kinds: tuple[Any, ...]) -> OfKinds:
        """The one there is of this operator and these types."""
        return cls._made.setdefault((function, kinds), super().__new__(cls))

    def __init__(self, function: Callable[..., Any], kinds: tuple[Any, ...]) -> None:
        self.function = function
        self.kinds = kinds
        self.__name__ = function.__name__

    def __call__(self, *operands: float) -> Any:
        """The result, of one of the types."""
        return self.function(*[kind(x) for kind, x in zip(self.kinds, operands)])


_STANDINS: Final = frozenset((Number, Flag))

# What operators of numbers take. Other things, such as arrays, have operators of their own.
_NUMBERS: Final = (AnyNumber, Value, Number, Flag)


def _kind(operand: Any) -> Any:
    """The type with which a number is calculated: float, NumPy's float64, or None for another."""
    kind = type(operand)
    if kind is float or kind is Number:
        return float if kind is float else operand.kind
    if kind is Flag:
        return float
    if kind is int:
        return float if -_EXACT <= operand <= _EXACT else None
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if kind is numpy.float64:
        return kind
    return None
