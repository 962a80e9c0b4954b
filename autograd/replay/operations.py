"""What elementwise rows compute: the operations of a tape, as functions of floats."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from operator import eq, ge, gt, le, lt, ne, truediv
from typing import Any, Final

from autograd.engine.primitive import Primitive, Reduction, checked
from autograd.replay.program import Operation
from autograd.replay.rules import OF_THE_TABLE
from autograd.replay.tape import OfKinds, Rounding, Slope, choose

# Functions, besides those of the table, that raise no error and have no side effect.
_PURE: Final = frozenset({abs, choose, lt, le, gt, ge, eq, ne})


def is_pure(operation: Any) -> bool:
    """True if an operation is known to raise no error and to have no side effect."""
    if isinstance(operation, Slope):
        operation = operation.primitive
    return operation in OF_THE_TABLE or operation in _PURE


def operation_of(operation: Any, place: int | None = None) -> Operation:
    """What a row of an operation computes, or of its derivative by one operand.

    Derivatives are computed from the operands and the output. At the place -1 it is those of a
    reduction by all its operands, at once, as the engine computes them.
    """
    needs, path = _origin(operation)
    if operation is choose:
        return Operation("choose", choose, path, needs)
    if not isinstance(operation, Primitive):
        return Operation(
            getattr(operation, "__name__", repr(operation)),
            operation if operation is truediv else lambda *xs: float(operation(*xs)),
            *_written(operation),
            is_pure=operation in _PURE,
            has_effect=operation.__module__ not in ("_operator", "builtins"),
            source=operation,
        )
    pure = operation in OF_THE_TABLE
    if place == -1:
        all_of: Any = operation.local_derivatives
        return Operation(
            f"{operation.name}.local_derivatives",
            lambda xs: [checked(operation, x) for x in all_of(xs[:-1], xs[-1])],
            f"lambda xs: {path}.local_derivatives(xs[:-1], xs[-1])",
            needs,
            takes_list=True,
            parts=True,
            is_pure=pure,
            has_effect=not pure,
        )
    rule = "forward" if place is None else f"derivatives[{place}]"
    function = operation.forward if place is None else operation.derivatives[place]
    is_plain = pure and place is None
    return Operation(
        operation.name if place is None else f"{operation.name}.{rule}",
        function if is_plain else _checked(operation, function),
        f"{path}.{rule}" if is_plain else f"lambda *xs: float({path}.{rule}(*xs))",
        needs,
        takes_list=place is None and isinstance(operation, Reduction),
        is_pure=pure,
        has_effect=not pure,
    )


def _written(function: Any) -> tuple[str, str]:
    """A function of numbers as a function of floats, in Python, and the imports that it takes."""
    if not isinstance(function, OfKinds):
        needs, call = _call(function, ["*xs"])
        return f"lambda *xs: float({call})", "\n".join(needs)
    names = [f"x{position}" for position in range(1, len(function.kinds) + 1)]
    kinds, converted = zip(*[_call(kind, [x]) for kind, x in zip(function.kinds, names)])
    needs, call = _call(function.function, list(converted))
    needs = sorted({*needs, *chain(*kinds)})
    return f"lambda {', '.join(names)}: float({call})", "\n".join(needs)


def _call(function: Any, operands: list[str]) -> tuple[list[str], str]:
    """The imports that a call of a function takes, and the call."""
    if isinstance(function, Rounding):
        return [], f"round({operands[0]}, {function.digits})"
    needs, path = _origin(function)
    return [needs] if needs else [], f"{path}({', '.join(operands)})"


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
