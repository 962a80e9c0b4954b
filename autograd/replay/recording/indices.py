"""Index: what takes the place of a whole number of a call while it is recorded.

Arithmetic with whole numbers, comparisons and `autograd.take` are followed; beside a float or a
Value it counts as a float. Any other look at it, such as ``rows[i]`` or ``range(i)``, is a guard.
"""

from __future__ import annotations

import operator
from numbers import Number as AnyNumber
from typing import Any, Final

from autograd.engine.primitive import Primitive
from autograd.engine.value import Value
from autograd.native import mypyc_attr
from autograd.replay.recording.standins import (
    OPERATORS,
    POWER,
    SUBTRACT,
    Comparable,
    is_a_float,
    rounding_to,
)

# A whole number up to this size is the same as a float.
EXACT: Final = 2**53

_AND: Final[Any] = operator.and_
_OR: Final[Any] = operator.or_
_XOR: Final[Any] = operator.xor
_SHIFT_LEFT: Final[Any] = operator.lshift
_SHIFT_RIGHT: Final[Any] = operator.rshift


@mypyc_attr(acyclic=True)
class Index(Comparable):
    """The place of an int: an argument, or computed from such with ints."""

    __slots__ = ()

    def _with(self, function: Any, other: Any) -> Any:
        """The result of an operator on this number and another."""
        if is_whole(other):
            return self.recorder.calculate_whole(function, (self, other))
        if isinstance(other, Value) or is_a_float(other):
            return function(self.recorder.number(self.entry, float), other)
        return (
            function(self.seen("arithmetic"), other)
            if isinstance(other, AnyNumber)
            else NotImplemented
        )

    def _reflected(self, function: Any, other: Any) -> Any:
        """The result of an operator on another number and this one."""
        if is_whole(other):
            return self.recorder.calculate_whole(function, (other, self))
        if isinstance(other, Value) or is_a_float(other):
            return function(other, self.recorder.number(self.entry, float))
        return (
            function(other, self.seen("arithmetic"))
            if isinstance(other, AnyNumber)
            else NotImplemented
        )

    def _left(self, primitive: Primitive, other: Any) -> Any:
        return self._with(OPERATORS[primitive], other)

    def _right(self, primitive: Primitive, other: Any) -> Any:
        return self._reflected(OPERATORS[primitive], other)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        if modulus is not None:
            return pow(self.seen("pow()"), other, modulus)
        return self._with(POWER, other)

    def __and__(self, other: Any) -> Any:
        return self._with(_AND, other)

    def __rand__(self, other: Any) -> Any:
        return self._reflected(_AND, other)

    def __or__(self, other: Any) -> Any:
        return self._with(_OR, other)

    def __ror__(self, other: Any) -> Any:
        return self._reflected(_OR, other)

    def __xor__(self, other: Any) -> Any:
        return self._with(_XOR, other)

    def __rxor__(self, other: Any) -> Any:
        return self._reflected(_XOR, other)

    def __lshift__(self, other: Any) -> Any:
        return self._with(_SHIFT_LEFT, other)

    def __rlshift__(self, other: Any) -> Any:
        return self._reflected(_SHIFT_LEFT, other)

    def __rshift__(self, other: Any) -> Any:
        return self._with(_SHIFT_RIGHT, other)

    def __rrshift__(self, other: Any) -> Any:
        return self._reflected(_SHIFT_RIGHT, other)

    def __neg__(self) -> Any:
        return self.recorder.calculate_whole(SUBTRACT, (0, self))

    def __abs__(self) -> Any:
        return self.recorder.calculate_whole(operator.abs, (self,))

    def __invert__(self) -> Any:
        return self.recorder.calculate_whole(operator.invert, (self,))

    def __round__(self, digits: Any = None) -> Any:
        if digits is None:
            return self
        return self.recorder.calculate_whole(rounding_to(operator.index(digits)), (self,))

    def __trunc__(self) -> Any:
        return self

    def __floor__(self) -> Any:
        return self

    def __ceil__(self) -> Any:
        return self

    def __index__(self) -> Any:
        return self.seen("index")

    def __int__(self) -> Any:
        return self.seen("int()")

    @property
    def numerator(self) -> Any:
        """The number itself."""
        return self


def is_exact(whole: int) -> bool:
    """True for an int that a float is equal to."""
    return -EXACT <= whole <= EXACT


def is_whole(thing: Any) -> bool:
    """True for such an int, and for what takes the place of one."""
    kind: Any = type(thing)
    return kind is Index or (kind is int and is_exact(thing))


# What messages of Python's call it.
_shown: Any = Index
_shown.__name__ = "int"
_shown.__index__ = _shown.__index__  # which a compiled class has as an attribute only
