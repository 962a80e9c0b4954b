"""Derivatives as functions, and as Values that can be differentiated again.

``backward()`` multiplies numbers. Here the same walk multiplies Values, with the
very same derivative rules, so that what comes out is a graph like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, Final

from autograd.recording import enable_grad
from autograd.value import Operand, Value, topological_order

# Whether a derivative is being taken here and now; what is computed meanwhile may depend on
# its variable by way of a closure, and so stays a Value.
_differentiating: Final[ContextVar[bool]] = ContextVar("differentiating", default=False)


def gradients(root: Value, inputs: Sequence[Value]) -> list[Value]:
    """The derivative of ``root`` with respect to each of ``inputs``, as Values.

    No ``grad`` is changed. A derivative is 0 where ``root`` does not depend on an input. The
    rules are evaluated at the data that the values have now.

    Raises:
        TypeError: ``root`` or one of ``inputs`` is not a Value.

    >>> x = Value(3.0)
    >>> [slope] = gradients(x ** 3, [x])
    >>> slope.data  # 3 x**2
    27.0
    >>> slope.backward()
    >>> x.grad  # 6 x
    18.0
    """
    if not isinstance(root, Value):
        raise TypeError(f"gradients() differentiates a Value, got a {type(root).__name__}")
    if isinstance(inputs, Value) or not all(isinstance(x, Value) for x in inputs):
        raise TypeError("gradients() takes a list of the Values to differentiate by")
    order = topological_order(root)
    dependent = set(inputs)
    for value in order:
        if any(source in dependent for source in value.inputs):
            dependent.add(value)
    adjoints: dict[Value, Operand] = {root: 1.0}
    with enable_grad():
        for value in reversed(order):
            if value not in adjoints or value not in dependent:
                continue
            for source, local in _local_derivatives(value, dependent):
                share = local * adjoints[value]
                adjoints[source] = adjoints[source] + share if source in adjoints else share
        return [
            adjoint if isinstance(adjoint, Value) else Value(adjoint)
            for adjoint in [adjoints.get(x, 0.0) for x in inputs]
        ]


def grad(function: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The derivative of ``function`` with respect to one of its arguments.

    The result is a function of the same arguments. Where it is handed numbers it
    returns a float; where it is handed a Value, or called by a function that is itself
    being differentiated, a Value that can be differentiated in its turn. So
    ``grad(grad(f))`` is the second derivative.

    Args:
        function: takes numbers or Values, and computes one number from them.
        argnum: which of the positional arguments, counted from 0.

    >>> def f(x, y):
    ...     return x**3 * y
    >>> grad(f)(2.0, 5.0), grad(f, 1)(2.0, 5.0), grad(grad(f))(2.0, 5.0)
    (60.0, 8.0, 60.0)
    >>> grad(grad(f), 1)(2.0, 5.0)
    12.0
    """
    if not isinstance(argnum, int):
        raise TypeError(f"argnum is the number of one argument, counted from 0; got {argnum!r}")

    def derivative(*arguments: Any, **options: Any) -> Any:
        if not 0 <= argnum < len(arguments):
            raise TypeError(
                f"grad() is to differentiate by argument {argnum}, "
                f"but the function was called with {len(arguments)} positional arguments"
            )
        point = arguments[argnum]
        handed_a_value = any(isinstance(x, Value) for x in (*arguments, *options.values()))
        outermost = not _differentiating.get()
        token = _differentiating.set(True)
        try:
            slope = slope_at(point, arguments, options)
        finally:
            _differentiating.reset(token)
        return slope.data if outermost and not handed_a_value else slope

    def slope_at(point: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Value:
        with enable_grad():
            # A value of its own, so that it is told from the same Value used elsewhere in
            # the function; times 1, so that an outer derivative still reaches the point.
            x = point * 1.0 if isinstance(point, Value) else Value(point)
            out = function(*arguments[:argnum], x, *arguments[argnum + 1 :], **options)
            if not isinstance(out, (Value, int, float)):
                raise TypeError(
                    "grad() differentiates a function that returns one number, "
                    f"and this one returned a {type(out).__name__}"
                )
            [slope] = gradients(out if isinstance(out, Value) else Value(out), [x])
        return slope

    return derivative


def _local_derivatives(value: Value, wanted: set[Value]) -> list[tuple[Value, Operand]]:
    """Each input of ``value`` that is wanted, with its local derivative by the table's rules."""
    if value.op is None:
        return []
    operands = value.operands
    if value.op.derivatives:  # a rule for each operand; a constant's is not touched
        return [
            (operand, value.op.derivatives[i](*operands, value))
            for i, operand in enumerate(operands)
            if isinstance(operand, Value) and operand in wanted
        ]
    derivatives = value.op.local_derivatives(operands, value)
    return [
        (operand, derivative)
        for operand, derivative in zip(operands, derivatives, strict=True)
        if isinstance(operand, Value) and operand in wanted
    ]
