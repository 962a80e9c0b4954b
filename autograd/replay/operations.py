"""What elementwise rows compute: the operations of a tape, as functions of floats."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne, truediv
from typing import Any, Final

from autograd.engine.primitive import Primitive, Reduction, checked
from autograd.replay.program import Operation
from autograd.replay.rules import OF_THE_TABLE
from autograd.replay.tape import Slope, choose

# Functions, besides those of the table, that raise no error and have no side effect.
_PURE: Final = frozenset({abs, choose, lt, le, gt, ge, eq, ne})


def is_pure(operation: Any) -> bool:
    """True if an operation is known to raise no error and to have no side effect."""
    if isinstance(operation, Slope):
        operation = operation.primitive
    return operation in OF_THE_TABLE or operation in _PURE


def forward(operation: Any) -> Operation:
    """The value of an operation."""
    needs, path = _origin(operation)
    if operation is choose:
        return Operation("choose", choose, path, needs)
    if not isinstance(operation, Primitive):
        return Operation(
            getattr(operation, "__name__", repr(operation)),
            operation if operation is truediv else lambda *xs: float(operation(*xs)),
            f"lambda *xs: float({path}(*xs))",
            needs,
            is_pure=operation in _PURE,
            has_effect=operation.__module__ not in ("_operator", "builtins"),
            source=operation,
        )
    pure = operation in OF_THE_TABLE
    return Operation(
        operation.name,
        operation.forward if pure else _checked(operation, operation.forward),
        f"{path}.forward" if pure else f"lambda *xs: float({path}.forward(*xs))",
        needs,
        takes_list=isinstance(operation, Reduction),
        is_pure=pure,
        has_effect=not pure,
    )


def derivative(operation: Primitive, place: int) -> Operation:
    """The local derivative by one operand, from the operands and the output."""
    needs, path = _origin(operation)
    return Operation(
        f"{operation.name}.derivatives[{place}]",
        _checked(operation, operation.derivatives[place]),
        f"lambda *xs: float({path}.derivatives[{place}](*xs))",
        needs,
        is_pure=operation in OF_THE_TABLE,
        has_effect=operation not in OF_THE_TABLE,
    )


def derivatives(operation: Reduction) -> Operation:
    """The local derivatives of a reduction by all its operands, which are followed by the output.

    They are computed at once, as the engine does.
    """
    needs, path = _origin(operation)
    return Operation(
        f"{operation.name}.local_derivatives",
        lambda xs: [checked(operation, x) for x in operation.local_derivatives(xs[:-1], xs[-1])],
        f"lambda xs: {path}.local_derivatives(xs[:-1], xs[-1])",
        needs,
        takes_list=True,
        parts=True,
        is_pure=operation in OF_THE_TABLE,
        has_effect=operation not in OF_THE_TABLE,
    )


def _origin(operation: Any) -> tuple[str, str]:
    """The import that gives an operation, and its name then."""
    if isinstance(operation, Primitive):
        if operation in OF_THE_TABLE:
            return "from autograd.engine import table", f"table.{operation.name}"
        try:
            _, (module, name) = operation.__reduce__()
        except TypeError:  # it has no global name
            return f"# {operation.name} is an operation of yours without a global name", "..."
    else:
        module, name = operation.__module__, getattr(operation, "__qualname__", "...")
    return ("", name) if module == "builtins" else (f"from {module} import {name}", name)


def _checked(operation: Primitive, function: Callable[..., Any]) -> Callable[..., float]:
    """A function of a user's operation, whose result is held to be a number."""
    return lambda *operands: checked(operation, function(*operands))
