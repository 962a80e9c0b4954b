"""Operands: what an operation accepts as a number, and what it says of anything else."""

from __future__ import annotations

import math
import sys
from numbers import Real
from typing import Any

from autograd.engine.arrays import is_array
from autograd.native import mypyc_attr


# A graph points backwards in time, so its nodes need no cyclic garbage collector.
@mypyc_attr(acyclic=True, allow_interpreted_subclasses=True)
class Traced:
    """A number that a primitive accepts in place of a float.

    A subclass says what becomes of an operation on its instances: `Value`
    records it.
    """

    __slots__ = ()

    def apply(self, primitive: Any, operands: tuple[Any, ...]) -> Any:
        """Carry out ``primitive`` on ``operands``, of which this object is one."""
        raise NotImplementedError

    def is_float(self) -> bool:
        """True if it takes the place of a float, while a function is recorded for replay."""
        return False


def is_graph(operand: Any) -> bool:
    """True for a traced number, unless it takes the place of a float."""
    return isinstance(operand, Traced) and not operand.is_float()


def has_elements(thing: Any) -> bool:
    """True for an array, a list and their like; not for text, nor for a Value."""
    return is_array(thing) or (
        hasattr(thing, "__iter__")
        and not isinstance(thing, (str, bytes, Traced))
        and getattr(thing, "shape", None) != ()
    )


def kind_of(thing: object) -> str:
    """The type of ``thing`` with its article, for an error.

    >>> kind_of(3)
    'an int'
    """
    kind = type(thing).__name__
    return f"{'an' if kind[0] in 'aeiouAEIOU' or kind == 'ndarray' else 'a'} {kind}"


def counted(count: int, noun: str) -> str:
    """The number and what it counts, as in "2 operands"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def as_float(number: Any) -> float:
    """The Python float that ``number`` stands for: an int, a float or a NumPy scalar.

    Raises:
        TypeError: it is anything else; the message says what to pass instead.

    >>> as_float(3)
    3.0
    """
    if type(number) is float:
        return number
    if isinstance(number, (int, float, Real)):
        try:
            return float(number)
        except OverflowError:  # an int beyond the range of floats
            beyond: Any = number
            return math.inf if beyond > 0 else -math.inf
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(number, (numpy.bool_, numpy.integer, numpy.floating)):
        return float(number)
    raise TypeError(f"expected a real number, got {_describe(number)}")


def _describe(wrong: Any) -> str:
    """Name what was passed instead of a number, and what to pass."""
    kind = kind_of(wrong)
    if isinstance(wrong, Traced):
        return f"{kind}: use it as it is, or its .data for the number alone"
    if isinstance(wrong, (str, bytes)):
        return f"the {type(wrong).__name__} {wrong!r}: convert it first, with float(...)"
    if isinstance(wrong, complex) or type(wrong).__name__.startswith(("complex", "clongdouble")):
        return f"the complex number {wrong}: pass its .real or .imag"
    if wrong is None:
        return "None: pass 0.0 if nothing is meant"
    if getattr(wrong, "shape", None) == ():
        return f"{kind} of one number: pass its .item()"
    if hasattr(wrong, "__len__") or hasattr(wrong, "__iter__"):
        return f"{kind}: make one Value of each element, such as [Value(x) for x in data]"
    return f"{kind}: pass an int or a float"
