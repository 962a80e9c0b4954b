"""Functions of NumPy's on stand-ins.

NumPy takes a stand-in for an object, and some of its functions have other results for objects than
for numbers: of nan and another number, say, the maximum may be the other one. So functions of
numbers alone are called on the numbers themselves, but for arithmetic, which is followed.
"""

from __future__ import annotations

import operator
import sys
from contextlib import suppress
from typing import Any, Final

from autograd.replay.recording.standins import Flag, Number, StandIn

# The functions of NumPy's that do what an operator does: its method, and the reflected one.
_OPERATORS_OF_NUMPY: Final[dict[str, tuple[str, str]]] = {
    "absolute": ("__abs__", ""),
    "add": ("__add__", "__radd__"),
    "bitwise_and": ("__and__", "__rand__"),
    "bitwise_or": ("__or__", "__ror__"),
    "bitwise_xor": ("__xor__", "__rxor__"),
    "conjugate": ("conjugate", ""),
    "divide": ("__truediv__", "__rtruediv__"),
    "equal": ("__eq__", "__eq__"),
    "floor_divide": ("__floordiv__", "__rfloordiv__"),
    "greater": ("__gt__", "__lt__"),
    "greater_equal": ("__ge__", "__le__"),
    "invert": ("__invert__", ""),
    "left_shift": ("__lshift__", "__rlshift__"),
    "less": ("__lt__", "__gt__"),
    "less_equal": ("__le__", "__ge__"),
    "multiply": ("__mul__", "__rmul__"),
    "negative": ("__neg__", ""),
    "not_equal": ("__ne__", "__ne__"),
    "positive": ("__pos__", ""),
    "remainder": ("__mod__", "__rmod__"),
    "right_shift": ("__rshift__", "__rrshift__"),
    "square": ("square", ""),
    "subtract": ("__sub__", "__rsub__"),
}
# With a number of NumPy's on the left these are operators too, but the functions round otherwise.
_OPERATORS_ONLY: Final = {"divmod": "__rdivmod__", "power": "__rpow__"}

_OF_WHOLE_NUMBERS: Final = (
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "invert",
    "left_shift",
    "right_shift",
)
_COMPARISONS: Final = ("equal", "greater", "greater_equal", "less", "less_equal", "not_equal")
# Those that IEEE arithmetic prescribes to the bit, and floats that are recorded have as methods.
_OF_FLOATS: Final = ("fabs", "rint", "sqrt")


def applied(ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """The result of a function of NumPy's, among whose inputs is a stand-in."""
    if isinstance(options.get("where"), StandIn):
        options["where"] = bool(options["where"])
    if method == "__call__" and "out" not in options and all(map(_is_scalar, inputs)):
        return _of_scalars(ufunc, inputs, options)
    return _of_objects(ufunc, method, inputs, options)


def _of_scalars(ufunc: Any, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """The result for numbers alone: arithmetic is followed, and anything else is a look."""
    name: str = ufunc.__name__
    result: Any = NotImplemented
    with suppress(ZeroDivisionError):  # which NumPy does not raise
        if not options:
            result = _operated(name, inputs)
        if result is NotImplemented and _is_as_of_objects(name, inputs):
            result = _of_objects(ufunc, "__call__", inputs, options)
    if result is not NotImplemented:
        return result
    how = f"numpy.{name}()"
    return ufunc(*[x.seen(how) if isinstance(x, StandIn) else x for x in inputs], **options)


def _operated(name: str, inputs: tuple[Any, ...]) -> Any:
    """The result of an operator on a stand-in and a number of NumPy's, whose type it may have."""
    if len(inputs) != 2:
        return NotImplemented
    x, y = inputs
    forward, reflected = _OPERATORS_OF_NUMPY.get(name, ("", ""))
    if type(x) is sys.modules["numpy"].ndarray and name in _COMPARISONS:
        x = x[()]  # a number, of which NumPy has made an array to compare it
    if _is_of_numpy(x):
        standin, number, operation = y, x, _OPERATORS_ONLY.get(name, reflected)
    elif (
        _is_of_numpy(y)
        and not isinstance(y, sys.modules["numpy"].integer)
        and x.kind in (float, int)
    ):
        standin, number, operation = x, y, forward
    else:  # the function of objects, if it has the same result, is followed where this may not be
        return NotImplemented
    method = getattr(standin, operation, None)
    return NotImplemented if method is None else method(number)


def _is_as_of_objects(name: str, inputs: tuple[Any, ...]) -> bool:
    """True if NumPy's function of objects has the same result, and the stand-ins follow it."""
    x = inputs[0]
    if name == "reciprocal":  # of a whole number a whole one
        return type(x) is Number
    if name in _OF_FLOATS:
        return isinstance(x, StandIn) and (x.kind is float or x.kind is int)
    if name in _OF_WHOLE_NUMBERS:
        return any(isinstance(operand, StandIn) and operand.kind is int for operand in inputs)
    # Python adds bools as whole numbers, and NumPy does not.
    return name in _OPERATORS_OF_NUMPY and not all(
        type(operand) in (bool, Flag) for operand in inputs
    )


def _of_objects(ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """The result for objects, of which NumPy asks what to do: arrays go on element by element."""
    numpy: Any = sys.modules["numpy"]
    taken: list[Any] = []
    for x in inputs:
        if not isinstance(x, StandIn):
            taken.append(x)
        elif method == "at" and len(taken) == 1:
            taken.append(operator.index(x))
        else:
            cell = numpy.empty((), dtype=object)
            cell[()] = x
            taken.append(cell)
    return getattr(ufunc, method)(*taken, **options)


def _is_scalar(thing: Any) -> bool:
    """True for one number of Python's or NumPy's, and for what takes the place of one."""
    if isinstance(thing, StandIn) or type(thing) in (float, int, bool, complex):
        return True
    array: Any = sys.modules["numpy"].ndarray
    return _is_of_numpy(thing) or (
        type(thing) is array and thing.ndim == 0 and thing.dtype != object
    )


def _is_of_numpy(thing: Any) -> bool:
    """True for a number of NumPy's, and not for what takes the place of one."""
    return issubclass(type(thing), sys.modules["numpy"].generic)
