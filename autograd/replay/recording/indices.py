"""Index: what takes the place of a whole number of a call while it is recorded.

Arithmetic with whole numbers, comparisons and `autograd.take` are followed; beside a float or a
Value it counts as a float. Any other look at it, such as ``rows[i]`` or ``range(i)``, is a guard.
"""

from __future__ import annotations

import math
import operator
from numbers import Number as AnyNumber
from typing import Any, Final

from autograd.engine.primitive import Primitive
from autograd.engine.value import Value
from autograd.native import mypyc_attr
from autograd.replay.recording.standins import (
    OPERATORS,
    SUBTRACT,
    Comparable,
    is_a_float,
    looking,
    set_method,
)
from autograd.replay.tape import rounding_to

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

    def __neg__(self) -> Any:
        return self.recorder.calculate_whole(SUBTRACT, (0, self))

    def __round__(self, digits: Any = None) -> Any:
        if digits is None:
            return self
        return self.recorder.calculate_whole(rounding_to(operator.index(digits)), (self,))


def is_exact(whole: int) -> bool:
    """True for an int that a float is equal to."""
    return -EXACT <= whole <= EXACT


def is_whole(thing: Any) -> bool:
    """True for such an int, and for what takes the place of one."""
    kind: Any = type(thing)
    return kind is Index or (kind is int and is_exact(thing))


def _with(function: Any, is_reflected: bool = False) -> Any:
    if is_reflected:
        return lambda self, other: self.calculated(function, other, self, other)
    return lambda self, other: self.calculated(function, self, other, other)


def _of_itself(function: Any) -> Any:
    return lambda self: self.recorder.calculate_whole(function, (self,))


_function: Any
for _function in (operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift):
    set_method(Index, _function, _with(_function))
    set_method(Index, _function, _with(_function, is_reflected=True), "r")
for _function in (operator.abs, operator.invert):
    set_method(Index, _function, _of_itself(_function))
for _function in (math.trunc, math.floor, math.ceil):
    set_method(Index, _function, lambda self: self)
set_method(Index, int, looking(int, "int()"))
set_method(Index, operator.index, looking(int, "index"))
_index: Any = Index
_index.numerator = property(lambda self: self)
_index.__name__ = "int"  # what messages of Python's call it
