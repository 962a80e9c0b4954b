"""Operations whose local derivatives are known as numbers, and the gradients of several outputs.

Such an operation has no rules: its value and its local derivatives were computed elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, SupportsFloat

from autograd.engine.help import show_in_help
from autograd.engine.node import Node, propagate
from autograd.engine.operands import Traced, as_float, kind_of
from autograd.engine.primitive import Primitive
from autograd.engine.recording import observer, refuse, switches
from autograd.engine.tracked import tracked
from autograd.engine.value import Operand, Value, _WideValue, result, wide_result

if TYPE_CHECKING:
    from autograd.answers import Given


class Known(Primitive):
    """An operation without rules; there is one of each name and number of inputs."""

    __slots__ = ()

    def __init__(self, name: Any, arity: int) -> None:
        refusal: Callable[..., Any] = _Refusal(name)
        super().__init__(name, refusal, *[refusal for _ in range(arity)])

    def __reduce__(self) -> tuple[Any, ...]:
        return _known, (self.name, self.arity)


show_in_help(Known)


class _Refusal:
    """In place of the value and of each rule of a `Known` operation: an error if it is needed."""

    __slots__ = ("name",)

    def __init__(self, name: Any) -> None:
        self.name = name

    def __call__(self, *_: Any) -> Any:
        raise TypeError(
            f"{self.name!r} was recorded with numbers for its local derivatives, and these have no "
            "derivatives: backward() and derivatives of functions of numbers are all that "
            "record() allows. For second derivatives, and for derivatives that are Values, "
            "declare the operation as an autograd.Primitive"
        )


_operations: Final[dict[tuple[str, int], Known]] = {}


def _known(name: Any, arity: int) -> Known:
    key = (name, arity)
    known = _operations.get(key)
    if known is None:
        known = Known(name, arity)
        _operations[key] = known
    return known


def record(
    data: Given[SupportsFloat],
    inputs: Given[Iterable[Value | SupportsFloat]],
    local_derivatives: Given[Iterable[SupportsFloat]],
    name: Given[str] = "record",
) -> Value:
    """Record an operation whose value and local derivatives are known as numbers.

    It is differentiated, drawn, explained and copied like any other. A second derivative of it
    is an error, for which `Primitive` declares an operation by functions.

    Args:
        data: the value of the operation.
        inputs: what it was computed from: a sequence of Values; a number in it is a constant.
        local_derivatives: the derivative of ``data`` by each of the inputs, as numbers; that by a
            constant is not used.
        name: the name of the operation, in pictures and texts.

    Returns:
        The Value; a leaf if there are no inputs, and within `no_grad`.

    Raises:
        TypeError: something that is to be a number is not, such as a Value.
        ValueError: the inputs are more or fewer than the derivatives.

    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> product = record(a.data * b.data, (a, b), (b.data, a.data), name="product")
    >>> product.backward()
    >>> product.data, a.grad, b.grad
    (6.0, 3.0, 2.0)
    """
    refuse("calls record()")
    operands = _sequence("inputs", inputs)
    derivatives = _sequence("local derivatives", local_derivatives)
    if len(derivatives) != len(operands):
        raise ValueError(
            "record() takes a local derivative for each input, "
            f"got {len(derivatives)} for {len(operands)}"
        )
    number = _number("value", data)
    recorded = tuple([x if isinstance(x, Value) else _number("inputs", x) for x in operands])
    locals_ = [_number("local derivatives", x) for x in derivatives]
    op = _known(name, len(recorded)) if isinstance(name, str) else Known(name, 0)
    if not recorded:
        return Value(number)
    return tracked(op, recorded, _recorded(op, number, recorded, locals_))


def _recorded(
    op: Known, data: float, operands: tuple[Operand, ...], derivatives: list[float]
) -> Value:
    if len(operands) > 2:
        steps: list[tuple[Node, float]] = [
            (x, local) for x, local in zip(operands, derivatives) if isinstance(x, Value)
        ]
        return wide_result(op, data, operands, steps)
    inputs = [x if isinstance(x, Value) else None for x in operands]
    held = [local if isinstance(x, Value) else x for x, local in zip(operands, derivatives)]
    if len(operands) == 1:
        return result(op, data, held[0], 0.0, inputs[0], None)
    return result(op, data, held[0], held[1], inputs[0], inputs[1])


def backward_of_all(outputs: Sequence[Value], gradients: Sequence[float]) -> None:
    """One backward pass from several outputs, each with its upstream gradient.

    It is the pass from the sum of the outputs, each times its gradient.
    """
    root = _WideValue(0.0, tuple(outputs), list(zip(outputs, gradients)))
    root.op = _known("backward", 0)
    watcher = observer() if switches.altered else None
    if watcher is None:
        propagate(root, 1.0)
    else:
        watcher.backward(root, 1.0)


def _sequence(what: str, numbers: Any) -> list[Any]:
    if isinstance(numbers, (str, bytes, Traced)) or not hasattr(numbers, "__iter__"):
        raise TypeError(
            f"record() takes the {what} as a sequence, such as (x, y), got {kind_of(numbers)}"
        )
    return list(numbers)


def _number(what: str, number: Any) -> float:
    if isinstance(number, Traced) and what != "inputs":
        raise TypeError(
            f"record() takes the {what} as numbers, got {kind_of(number)}: pass its .data, or "
            "declare an autograd.Primitive, whose rules may be differentiated"
        )
    try:
        return as_float(number)
    except TypeError as error:
        raise TypeError(f"record() takes numbers and Values: {error}") from None
