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
    looking,
    rounding_to,
)

# A whole number up to this size is the same as a float.
EXACT: Final = 2**53


@mypyc_attr(acyclic=True)
class Index(Comparable):
    """The place of an int: an argument, or computed from such with ints."""

    __slots__ = ()

    def calculated(self, function: Any, x: Any, y: Any, other: Any) -> Any:
        """The result of an operator on this number and another, which are x and y or y and x."""
        if is_whole(other):
            return self.recorder.calculate_whole(function, (x, y))
        number: Any
        if isinstance(other, Value) or is_a_float(other):
            number = self.recorder.number(self.entry, float)
        elif isinstance(other, AnyNumber):
            number = self.seen("arithmetic")
        else:
            return NotImplemented
        return function(number, y) if x is self else function(x, number)

    def _left(self, primitive: Primitive, other: Any) -> Any:
        return self.calculated(OPERATORS[primitive], self, other, other)

    def _right(self, primitive: Primitive, other: Any) -> Any:
        return self.calculated(OPERATORS[primitive], other, self, other)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        if modulus is not None:
            return pow(self.seen("pow()"), other, modulus)
        return self.calculated(POWER, self, other, other)

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

    @property
    def numerator(self) -> Any:
        """The number itself."""
        return self


def is_whole(thing: Any) -> bool:
    """True for an int that a float is equal to, and for what takes the place of one."""
    kind: Any = type(thing)
    return kind is Index or (kind is int and -EXACT <= thing <= EXACT)


def _left(function: Any) -> Any:
    return lambda self, other: self.calculated(function, self, other, other)


def _right(function: Any) -> Any:
    return lambda self, other: self.calculated(function, other, self, other)


for _name in ("and", "or", "xor", "lshift", "rshift"):
    _function: Any = getattr(operator, f"__{_name}__")
    setattr(Index, f"__{_name}__", _left(_function))
    setattr(Index, f"__r{_name}__", _right(_function))
_shown: Any = Index
_shown.__int__ = looking(int, "int()")
_shown.__index__ = looking(int, "index")
_shown.__name__ = "int"  # what messages of Python's call it
