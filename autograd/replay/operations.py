"""What elementwise rows compute: the operations of a tape, as functions of floats."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from autograd.engine.primitive import Primitive, Reduction, checked
from autograd.replay.program import Operation
from autograd.replay.rules import OF_THE_TABLE
from autograd.replay.tape import choose

# Functions, besides those of the table, that raise no error and have no side effect.
_PURE: Final = frozenset(
    {
        abs,
        choose,
        operator.lt,
        operator.le,
        operator.gt,
        operator.ge,
        operator.eq,
        operator.ne,
    }
)


def forward(operation: Any) -> Operation:
    """The value of an operation."""
    if not isinstance(operation, Primitive):
        name = getattr(operation, "__name__", repr(operation))
        function = operation if operation is choose else _AsFloat(operation)
        return Operation(name, function, is_pure=operation in _PURE, source=operation)
    pure = operation in OF_THE_TABLE
    return Operation(
        operation.name,
        operation.forward if pure else _Checked(operation, operation.forward),
        takes_list=isinstance(operation, Reduction),
        is_pure=pure,
    )


def derivative(operation: Primitive, place: int) -> Operation:
    """The local derivative by one operand, from the operands and the output."""
    rule = operation.derivatives[place]
    name = f"{operation.name}.derivatives[{place}]"
    return Operation(name, _Checked(operation, rule), is_pure=operation in OF_THE_TABLE)


def derivatives(operation: Reduction) -> Operation:
    """The local derivatives of a reduction by all its operands, which are followed by the output.

    They are computed at once, as the engine does.
    """
    return Operation(
        f"{operation.name}.gradient",
        _AllDerivatives(operation),
        takes_list=True,
        parts=True,
        is_pure=operation in OF_THE_TABLE,
    )


class _AsFloat:
    """A function of Python's, whose result is made a float."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *operands: float) -> float:
        return float(self.function(*operands))


class _Checked:
    """A function of a user's operation, whose result is held to be a number."""

    __slots__ = ("function", "operation")

    def __init__(self, operation: Primitive, function: Callable[..., Any]) -> None:
        self.operation = operation
        self.function = function

    def __call__(self, *operands: Any) -> float:
        return checked(self.operation, self.function(*operands))


class _AllDerivatives:
    """The derivatives of a reduction."""

    __slots__ = ("operation",)

    def __init__(self, operation: Reduction) -> None:
        self.operation = operation

    def __call__(self, numbers: list[float]) -> list[float]:
        found = self.operation.local_derivatives(numbers[:-1], numbers[-1])
        return [checked(self.operation, x) for x in found]
