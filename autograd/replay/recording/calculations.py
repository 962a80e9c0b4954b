"""Calculations: what a recorder does with the numbers of a call, which stand-ins stand for."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Sequence
from numbers import Number as AnyNumber
from typing import Any, Final

from autograd.engine import table
from autograd.engine.operands import as_float
from autograd.engine.operators import compared
from autograd.engine.primitive import Primitive
from autograd.engine.value import Value
from autograd.native import append, i64, vec
from autograd.replay.errors import CompileError
from autograd.replay.reach import NONE
from autograd.replay.recording.indices import EXACT, Index, is_exact
from autograd.replay.recording.places import place
from autograd.replay.recording.standins import (
    ADD,
    DIVIDE,
    MULTIPLY,
    OPERATORS,
    POWER,
    SUBTRACT,
    Calculator,
    Family,
    Flag,
    Number,
    StandIn,
)
from autograd.replay.recording.ufuncs import applied
from autograd.replay.tape import Tape, of_kinds

# Operations on floats for which the table has a row with the same result, to the bit.
_ROWS: Final[dict[Any, Any]] = {
    operator.add: table.add,
    operator.sub: table.subtract,
    operator.mul: table.multiply,
    operator.neg: table.negative,
}

FLOAT: Final[Any] = float

_FEW: Final = 16  # constants that are looked for before the dict is asked

_ADDITION: Final[Any] = table.add
_DIFFERENCE: Final[Any] = table.subtract
_PRODUCT: Final[Any] = table.multiply
_QUOTIENT: Final[Any] = table.divide


class Calculations(Calculator):
    """A recorder of numbers.

    Attributes:
        name: that of the function.
        families: the stand-ins; those for floats come first.
        finished: True once the call is over.
        is_doubtful: True if floats may have been added in another order than that of the function
            itself, as NumPy does in arrays.
        is_apart: True if each constant is an entry of its own, with its own line; otherwise one
            entry stands for all constants of the same bits.
    """

    def __init__(self, name: str, is_apart: bool = False) -> None:
        self.name = name
        self.is_apart = is_apart
        # The entries of constants, by the float or, for 0.0 and where it is another, by the text.
        self._constants: dict[Any, int] = {}
        # The first of them other than 0.0, which are found faster.
        self._first_numbers = vec[float]()
        self._first_entries = vec[i64]()
        self._tape = Tape(name)
        self._waiting: i64 = 0  # operations that are still to be noted, see `Followed.note_waiting`
        self.families: list[Family] = [Family(self, FLOAT)]
        self.finished = False
        self.is_doubtful = False

    @property
    def tape(self) -> Tape:
        """What has been noted."""
        if self._waiting > 0:
            self.note_waiting()
        return self._tape

    def note_waiting(self) -> None:
        """Note the operations that are still to be noted."""
        raise NotImplementedError

    def entry(self, value: Value) -> i64:
        """The entry of the data of a Value."""
        raise NotImplementedError

    def _family(self, kind: Any) -> Family:
        """The stand-ins for numbers of that type."""
        for family in self.families:
            if family.kind is kind:
                return family
        self.families.append(Family(self, kind))
        return self.families[-1]

    def number(self, entry: i64, kind: Any) -> Number:
        """The stand-in for a float, or for a number of NumPy's of that type."""
        return Number(self._family(kind), entry)

    def index(self, entry: i64) -> Index:
        """The stand-in for a whole number."""
        return Index(self._family(int), entry)

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
        if is_stand_in(operand):
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

    def _operand(self, operand: Any) -> i64:
        """The entry of an operand."""
        if isinstance(operand, StandIn):
            if self.finished or operand.recorder is not self:
                self._check(operand)
            return operand.entry
        if isinstance(operand, Value):
            return self.entry(operand)
        return self._constant(as_float(operand))

    def _plain(self, operand: Any) -> i64:
        """The entry of an operand that is a float, or takes the place of one; -1 of another."""
        kind: Any = type(operand)
        if self.finished:
            return NONE
        if kind is Number:
            number: Number = operand
            if number.family is self.families[0]:
                return number.entry
        elif kind is FLOAT:
            return self._constant(operand)
        elif kind is int and is_exact(operand):
            return self._constant(float(operand))
        return NONE

    def _constant(self, number: float) -> i64:
        """The entry of a constant that comes from the line that is being run."""
        numbers = self._first_numbers
        for at in range(len(numbers)):
            if numbers[at] == number:
                return self._first_entries[at]
        key: Any = number
        if number == 0.0:
            key = "-0.0" if math.copysign(1.0, number) < 0.0 else "0.0"
        known = self._constants.get(key)
        if known is None:
            known = self.tape.constant(number, place())
            if not self.is_apart:
                self._constants[key] = known
                if number != 0.0 and len(numbers) < _FEW:
                    self._first_numbers = append(numbers, number)
                    self._first_entries = append(self._first_entries, known)
        return known

    def _taken(self, operand: Any, entry: i64) -> Any:
        """What the engine is to take in place of an operand."""
        return operand if isinstance(operand, Value) else self.tape.data[entry]

    def _zero(self, zero: float = 0.0) -> i64:
        """The entry of 0.0, or of -0.0, as a constant that comes from nowhere."""
        key = "" if math.copysign(1.0, zero) > 0.0 else "-"
        known = self._constants.get(key)
        if known is None:
            known = self._constants[key] = self.tape.constant(zero, "")
        return known

    def calculate(self, primitive: Primitive, x: Any, y: Any) -> Any:
        """The result of an operator on two numbers, one of which is a stand-in."""
        first, second = self._plain(x), self._plain(y)
        if first < 0 or second < 0:
            return self._calculate(primitive, x, y)
        tape = self.tape
        a, b = tape.data[first], tape.data[second]
        op: Any = primitive
        if primitive is _ADDITION:
            result = a + b
        elif primitive is _PRODUCT:
            result = a * b
        elif primitive is _DIFFERENCE:
            result = a - b
        elif primitive is _QUOTIENT and b != 0.0:
            op = DIVIDE
            result = a / b
        else:
            return self._calculate(primitive, x, y)
        return Number(self.families[0], tape.pair(op, first, False, second, False, result))

    def _calculate(self, primitive: Primitive, x: Any, y: Any) -> Any:
        """The same of numbers of other types, of Values, and where Python may raise an error."""
        if isinstance(x, Value) or isinstance(y, Value):
            return self.operate(primitive, (x, y))
        function = OPERATORS[primitive]
        kind_x, kind_y = _kind(x), _kind(y)
        if kind_x is None or kind_y is None:
            if not isinstance(x, NUMBERS) or not isinstance(y, NUMBERS):
                return NotImplemented
            return function(self._bare(x, "arithmetic"), self._bare(y, "arithmetic"))
        first, second = self._operand(x), self._operand(y)
        try:
            result: Any = function(kind_x(self.tape.data[first]), kind_y(self.tape.data[second]))
        except Exception:
            self._look_for_an_error([x, y])
            raise
        kind: Any = type(result)
        if kind is not kind_x and kind is not kind_y:  # such as a complex power
            return function(self._bare(x, "arithmetic"), self._bare(y, "arithmetic"))
        op: Any = _ROWS.get(function, function)
        if op is function and (kind_x is not FLOAT or kind_y is not FLOAT):
            op = of_kinds(function, (kind_x, kind_y))
        entry = self.tape.pair(op, first, False, second, False, float(result))
        return self.number(entry, kind)

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
        if op is function and kind is not FLOAT:
            op = of_kinds(function, (kind,))
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
            return self.number(tape.row(function, entries, (), result), FLOAT)
        if type(result) is not int or abs(result) >= EXACT:
            return function(*[self._bare(x, "arithmetic") for x in operands])
        if function is POWER and is_stand_in(operands[1]):
            bool(operands[1] >= 0)  # else it is a float
        if function is ADD or function is SUBTRACT:
            entry = tape.row(_ROWS[function], entries, (), float(result))
        elif function is MULTIPLY:
            product = tape.data[entries[0]] * tape.data[entries[1]]
            entry = tape.row(table.multiply, entries, (), product)
            total = float(result)  # never -0.0
            entry = tape.pair(table.add, entry, False, self._zero(), False, total)
        else:
            entry = tape.row(of_kinds(function, (int,) * len(entries)), entries, (), float(result))
        size = tape.row(operator.abs, (entry,), (), float(abs(result)))
        exact = tape.row(operator.lt, (size, tape.constant(float(EXACT), "")), (), 1.0)
        tape.guard(exact, "a whole number beyond 2**53", place())
        return self.index(entry)

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

    def apply_ufunc(
        self, ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        """The result of a function of NumPy's, among whose inputs is a stand-in."""
        return applied(ufunc, method, inputs, options)

    def compare(self, comparison: Any, x: Any, other: Any) -> Any:
        """The outcome of a comparison of a Value or a stand-in with anything."""
        if not isinstance(other, NUMBERS):
            return NotImplemented
        if not isinstance(other, Value) and _kind(other) is None:
            number = self._bare(x, "comparison")
            if isinstance(x, Value):
                return compared(comparison, number, other)
            return comparison(number, other)
        entries = [self._operand(x), self._operand(other)]
        outcome = comparison(*[self.tape.data[k] for k in entries])
        kinds = [_kind(y) for y in (x, other) if not isinstance(y, Value)]
        is_of_numpy = any(kind is not FLOAT for kind in kinds)
        kind = sys.modules["numpy"].bool_ if is_of_numpy else bool
        entry = self.tape.row(comparison, entries, (), float(outcome))
        return Flag(self._family(kind), entry)


# What operators of numbers take. Other things, such as arrays, have operators of their own.
NUMBERS: Final[Any] = (float, Value, Number, Flag, AnyNumber)


def is_stand_in(thing: Any) -> bool:
    """True for what takes the place of a number."""
    kind: Any = type(thing)
    return kind is Number or kind is Flag or kind is Index


def _kind(operand: Any) -> Any:
    """The type with which a number is calculated: float, NumPy's float64, or None for another."""
    kind: Any = type(operand)
    if kind is FLOAT or kind is Flag or kind is Index:
        return FLOAT
    if kind is Number:
        return operand.kind
    if kind is int:
        return FLOAT if is_exact(operand) else None
    numpy: Any = sys.modules.get("numpy")
    if numpy is None:
        return None
    if kind is numpy.float64:
        return kind
    return None
