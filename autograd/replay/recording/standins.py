"""Stand-ins: what takes the place of the floats and bools of a call while it is recorded.

A function that is recorded is run, once, with stand-ins: `Number` for a float and `Flag` for the
outcome of a comparison. Arithmetic and comparisons are **followed**: they are done on the numbers
of the call, and noted on the tape. Any other look at a number is a **guard**: Python goes on with
the number itself, and the tape is then right only where that number is the same.

A stand-in passes for what it stands for, as far as a class can: `isinstance` is true of it.
"""

from __future__ import annotations

import math
import operator
import sys
from copy import copy, deepcopy
from typing import Any, Final

from autograd.engine import table
from autograd.engine.operators import Numeric
from autograd.engine.primitive import Primitive
from autograd.engine.recording import Follower
from autograd.engine.value import Value
from autograd.native import i64, mypyc_attr
from autograd.replay.tape import rounding_to

# The operators of Python's, as functions of two numbers.
ADD: Final[Any] = operator.add
SUBTRACT: Final[Any] = operator.sub
MULTIPLY: Final[Any] = operator.mul
DIVIDE: Final[Any] = operator.truediv
POWER: Final[Any] = operator.pow
EQUAL: Final[Any] = operator.eq
NOT_EQUAL: Final[Any] = operator.ne
LESS: Final[Any] = operator.lt
LESS_OR_EQUAL: Final[Any] = operator.le
GREATER: Final[Any] = operator.gt
GREATER_OR_EQUAL: Final[Any] = operator.ge

# For the operations that operators stand for, these on floats and ints.
OPERATORS: Final[dict[Primitive, Any]] = {
    table.add: ADD,
    table.subtract: SUBTRACT,
    table.multiply: MULTIPLY,
    table.divide: DIVIDE,
    table.floor_divide: operator.floordiv,
    table.remainder: operator.mod,
    table.power: POWER,
}

_BITWISE: Final = (operator.and_, operator.or_, operator.xor)

_SUM_IS_COMPENSATED: Final = sys.version_info >= (3, 12)


class Calculator(Follower):
    """The interface of a recorder, as far as stand-ins ask for it; see recorder.py."""

    def seen(self, standin: Any, how: str) -> Any:
        """The number that a stand-in stands for, at which Python looks."""
        raise NotImplementedError

    def number(self, entry: i64, kind: Any) -> Number:
        """The stand-in for a float, or for a number of NumPy's of that type."""
        raise NotImplementedError

    def calculate(self, primitive: Primitive, x: Any, y: Any) -> Any:
        """The result of an operator on two numbers, one of which is a stand-in."""
        raise NotImplementedError

    def calculate_one(self, function: Any, x: Any) -> Any:
        """The result of a function of Python's on a stand-in."""
        raise NotImplementedError

    def calculate_whole(self, function: Any, operands: tuple[Any, ...]) -> Any:
        """The result of a function of whole numbers, one of which is a stand-in."""
        raise NotImplementedError

    def whole(self, function: Any, number: Any) -> Any:
        """The whole number that ``function`` gives, at which Python looks."""
        raise NotImplementedError

    def apply_ufunc(
        self, ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        """The result of a function of NumPy's, among whose inputs is a stand-in."""
        raise NotImplementedError

    def doubt(self) -> None:
        """Floats may be added in another order than that of the function itself."""
        raise NotImplementedError


class Family:
    """All stand-ins of one call for numbers of one type: its references tell if there are any.

    Attributes:
        recorder: that of the call.
        kind: the type, such as float.
    """

    def __init__(self, recorder: Calculator, kind: Any) -> None:
        self.recorder = recorder
        self.kind = kind


@mypyc_attr(acyclic=True)
class StandIn(Numeric):
    """What numbers and flags have in common: every look at them is a guard.

    Attributes:
        family: those of the same call and type.
        entry: the number of the entry of the tape.
    """

    __slots__ = ("entry", "family")

    def __init__(self, family: Family, entry: i64) -> None:
        self.family = family
        self.entry = entry

    @property
    def recorder(self) -> Calculator:
        """That of the call."""
        return self.family.recorder

    @property
    def kind(self) -> Any:
        """The type of what it stands for, such as float."""
        return self.family.kind

    @property  # type: ignore[misc]  # only a class can be assigned to it
    def __class__(self) -> Any:
        return self.family.kind

    def is_float(self) -> bool:
        """True: it takes the place of a number."""
        return True

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """Carry out ``primitive``, and note it."""
        return self.recorder.operate(primitive, operands)

    def seen(self, how: str) -> Any:
        """The number itself, at which Python now looks."""
        return self.recorder.seen(self, how)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Carry out a function of NumPy's, which may be an operator of its numbers or arrays."""
        return self.recorder.apply_ufunc(ufunc, method, inputs, options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(self.kind, name):
            raise AttributeError(f"{self.kind.__name__!r} object has no attribute {name!r}")
        return getattr(self.seen(name), name)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        if modulus is not None:
            return pow(self.seen("pow()"), other, modulus)
        return self._left(table.power, other)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.seen("copy").__reduce_ex__(protocol)


@mypyc_attr(acyclic=True)
class Comparable(StandIn):
    """What takes the place of a number: comparisons of it are followed, and so is its truth."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return bool(self.recorder.compare(NOT_EQUAL, self, 0.0))


@mypyc_attr(acyclic=True)
class Number(Comparable):
    """The place of a float: an argument, the data of a Value, or computed from such.

    Its ``kind`` is float or one of NumPy's types.
    """

    __slots__ = ()

    def _left(self, primitive: Primitive, other: Any) -> Any:
        return self.family.recorder.calculate(primitive, self, other)

    def _right(self, primitive: Primitive, other: Any) -> Any:
        return self.family.recorder.calculate(primitive, other, self)

    def __add__(self, other: Any) -> Any:
        return self._left(table.add, other)

    def __radd__(self, other: Any) -> Any:
        if _SUM_IS_COMPENSATED and type(other) is int:
            self.recorder.doubt()  # the builtin sum adds floats in a way of its own
        return self._right(table.add, other)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        # A power of a negative number may be complex.
        fraction = is_a_float(other) and not (type(other) is float and other.is_integer())
        if fraction and self.kind is float and self.recorder.compare(LESS, self, 0.0):
            self.seen("pow()")
            if type(other) is Number:
                other.seen("pow()")
        return super().__pow__(other, modulus)

    def __rpow__(self, other: Any) -> Any:
        if is_a_float(other) and other < 0.0:
            self.seen("pow()")
        return self._right(table.power, other)

    def __round__(self, digits: Any = None) -> Any:
        if digits is None:
            return self.recorder.whole(round, self)
        return self.recorder.calculate_one(rounding_to(operator.index(digits)), self)

    def item(self) -> Any:
        """The number as a float, as NumPy's numbers have it."""
        if self.kind is float:
            raise AttributeError("'float' object has no attribute 'item'")
        return self.recorder.number(self.entry, float)


def is_a_float(thing: Any) -> bool:
    """True for a float, and for what takes the place of one."""
    return type(thing) is Number or isinstance(thing, float)


@mypyc_attr(acyclic=True)
class Flag(StandIn):
    """The place of a bool, the outcome of a comparison; `where` and arithmetic follow it.

    Its ``kind`` is bool or NumPy's. It counts as 1.0 or 0.0 beside floats and Values.
    """

    __slots__ = ()

    def counted(self, other: Any) -> Any:
        """The flag as a number, to calculate with ``other``."""
        if isinstance(other, Value) or is_a_float(other):
            return self.recorder.number(self.entry, float)
        return self.seen("truth")

    def _left(self, primitive: Primitive, other: Any) -> Any:
        return OPERATORS[primitive](self.counted(other), other)

    def _right(self, primitive: Primitive, other: Any) -> Any:
        return OPERATORS[primitive](other, self.counted(other))


# ── Methods that are one and the same but for a function ──────────────────────


def looking(function: Any, how: str, is_reflected: bool = False) -> Any:
    """A method: a function of the number itself, at which Python looks."""
    if is_reflected:
        return lambda self, other: function(other, self.seen(how))
    return lambda self, *others: function(self.seen(how), *others)


def followed(how: str, function: Any) -> Any:
    """A method: what this method of the recorder makes of a function and the number."""
    return lambda self, *others: getattr(self.recorder, how)(function, self, *others)


def set_method(kind: Any, function: Any, method: Any, prefix: str = "") -> None:
    """Give a class the method by which Python carries out a function; with an "r" the reflected."""
    setattr(kind, f"__{prefix}{function.__name__.removesuffix('_')}__", method)


_function: Any
for _function in (hash, repr, str, format, float, complex):
    _how = {float: "float()", complex: "complex()", hash: "hash"}.get(_function, "text")
    set_method(StandIn, _function, looking(_function, _how))
for _function in (copy, deepcopy):
    set_method(StandIn, _function, lambda self, *_: self)
for _function in (EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL):
    set_method(Comparable, _function, followed("compare", _function))
    set_method(Flag, _function, looking(_function, "truth"))
for _function in (operator.neg, operator.abs):
    set_method(Number, _function, followed("calculate_one", _function))
for _function in (int, math.trunc, math.floor, math.ceil):
    set_method(Number, _function, followed("whole", _function))
    set_method(Flag, _function, looking(_function, "truth"))
for _function in (bool, abs, round, operator.neg, operator.pos, operator.invert, *_BITWISE):
    set_method(Flag, _function, looking(_function, "truth"))
for _function in _BITWISE:
    set_method(Flag, _function, looking(_function, "truth", is_reflected=True), "r")
_stand_in: Any = StandIn
_stand_in.imag = property(lambda self: self.kind(0).imag)  # 0 of a type of its own
_flag: Any = Flag
_flag.__index__ = looking(int, "index")
_flag.real = property(looking(operator.attrgetter("real"), "truth"))
_flag.conjugate = looking(operator.methodcaller("conjugate"), "truth")

# What messages of Python's call them.
_flag.__name__ = "bool"
_number: Any = Number
_number.__name__ = "float"
