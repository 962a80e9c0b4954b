"""Values that the garbage collector follows, since they lead to objects of the user's.

A compiled Value is unknown to the garbage collector, which asks for 16 bytes of each object that
it knows, and for time. That is safe as long as Values are in no cycle: they refer to earlier Values
and to operations, and those of the table refer to nothing else. But an operation of the user's
may be a method of an object that keeps its last output. What it computes, and all that is computed
from that, is therefore recorded in a `_TrackedValue`.
"""

from __future__ import annotations

from typing import Any, Final

from autograd.engine.node import Node
from autograd.engine.operands import Traced
from autograd.engine.primitive import Primitive, tracking
from autograd.engine.recording import follower, switches
from autograd.engine.table import add, multiply, subtract
from autograd.engine.value import AnyOperand, Value, _WideValue, record

# Of all that are not wide: a list of its own would be one more object for the garbage collector.
_NO_STEPS: Final[list[tuple[Node, float]]] = []


class _TrackedValue(_WideValue):  # type: ignore[misc]  # Value is final to users
    """A Value that the garbage collector knows, with all that ``value`` has."""

    __slots__ = ()

    def __init__(self, value: Value) -> None:
        super().__init__(
            value._data,
            value._operands if isinstance(value, _WideValue) else (),
            value._steps if isinstance(value, _WideValue) else _NO_STEPS,
        )
        self._label = value._label
        self.op = value.op
        self._input0 = value._input0
        self._input1 = value._input1
        self._local0 = value._local0
        self._local1 = value._local1
        watcher = follower() if switches.altered else None
        if watcher is not None:
            watcher.copied(value, self)
        elif switches.altered:
            self._reconsider()

    def __add__(self, other: AnyOperand) -> Any:
        return self._left(add, other)

    def __radd__(self, other: AnyOperand) -> Any:  # other + self
        return self._right(add, other)

    def __sub__(self, other: AnyOperand) -> Any:
        return self._left(subtract, other)

    def __rsub__(self, other: AnyOperand) -> Any:  # other - self
        return self._right(subtract, other)

    def __mul__(self, other: AnyOperand) -> Any:
        return self._left(multiply, other)

    def __rmul__(self, other: AnyOperand) -> Any:  # other * self
        return self._right(multiply, other)


def to_be_tracked(primitive: Primitive, operands: tuple[Any, ...]) -> bool:
    """True if the result of this operation may lead to objects of the user's."""
    return primitive.is_tracked or any(isinstance(x, _TrackedValue) for x in operands)


def record_tracked(primitive: Primitive, operands: tuple[Any, ...]) -> Value:
    """Record ``primitive`` applied to ``operands``, tracked if need be.

    A function that is recorded for replay has its own way, which comes back here with floats in
    place of the numbers that it follows.
    """
    watcher = follower()
    if watcher is not None and any(isinstance(x, Traced) and x.is_float() for x in operands):
        followed: Value = watcher.operate(primitive, operands)
        return followed
    try:
        return tracked(primitive, operands, record(primitive, operands))
    except Exception:
        if watcher is not None:  # the function may go on in another way than at other numbers
            for x in operands:
                if isinstance(x, Value):
                    watcher.look(x, "an error")
        raise


def tracked(primitive: Primitive, operands: tuple[Any, ...], value: Value) -> Value:
    """``value``, the result of ``primitive`` applied to ``operands``, tracked if need be."""
    if value.op is None or not to_be_tracked(primitive, operands):
        return value
    return _TrackedValue(value)


# What messages about operators call it.
_shown: Any = _TrackedValue
_shown.__name__ = "Value"
tracking.record = record_tracked
