"""The chain rule in its plainest form, as an independent check of the engine.

`backward` and `gradients` are written for speed and to be differentiated again. Here the
same is written as a textbook has it, with a bound on the rounding errors, so that a
larger difference means a fault.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from autograd.engine.order import topological_order
from autograd.engine.value import Value
from autograd.functional import gradients
from autograd.testing.uses import Use

# A value or a local derivative is right to 4 units in the last place, and a product is
# rounded. Below the least normal number there are fewer digits.
_UNITS: Final = 4.0
_PRODUCT_ROUNDING: Final = (_UNITS + 1.0) * sys.float_info.epsilon
_UNDERFLOW: Final = sys.float_info.min


@dataclass(frozen=True, slots=True)
class Adjoint:
    """The derivative of a result by a value, and a bound on its rounding error."""

    value: float
    error: float


def adjoints(root: Value) -> dict[Value, Adjoint]:
    """The derivative of ``root`` by each value that it was computed from.

    >>> x = Value(3.0)
    >>> adjoints(x * x)[x].value
    6.0
    """
    found = {root: Adjoint(1.0, 0.0)}
    for value in reversed(topological_order(root)):
        adjoint = found[value]
        for source, local in zip(value.inputs, value.local_derivatives, strict=True):
            share = local * adjoint.value
            before = found.get(source, Adjoint(0.0, 0.0))
            rounding = _PRODUCT_ROUNDING * abs(share) + _UNDERFLOW * max(1.0, abs(adjoint.value))
            found[source] = Adjoint(
                before.value + share, before.error + abs(local) * adjoint.error + rounding
            )
    return found


def derivatives(root: Value | float, values: Iterable[Value]) -> list[Adjoint]:
    """The derivative of ``root`` by each of the values; 0 by one that it does not depend on."""
    found = adjoints(root) if isinstance(root, Value) else {}
    return [found.get(value, Adjoint(0.0, 0.0)) for value in values]


def noise(root: Value) -> float:
    """A bound on the error of ``root`` from the rounding of each value it was computed from."""
    shares = [
        abs(adjoint.value) * _UNITS * math.ulp(value.data)
        for value, adjoint in adjoints(root).items()
        if value.op is not None
    ]
    return sum(share for share in shares if math.isfinite(share))


def is_moderate(root: Value) -> bool:
    """True if no value or adjoint is so large or small that a product of two loses digits."""
    sizes = [
        abs(x) for value, adjoint in adjoints(root).items() for x in (value.data, adjoint.value)
    ]
    return all(size == 0.0 or 1e-150 < size < 1e150 for size in sizes)


def broken_promise(root: Value, names: Mapping[Value, str]) -> str:
    """A description of what recording, `backward` or `gradients` did wrong; else an empty string.

    The local derivatives on the record should be what the rules give. By either, the values,
    from ``root`` down, should have the gradient that their uses hand to them. A second
    backward pass should double it in a leaf, and set it afresh elsewhere. ``names`` has the
    names of the leaves in messages. Every gradient is left as it was.
    """
    order = list(reversed(topological_order(root)))
    before = [(value, value._grad, value._awaited) for value in order]
    try:
        for value in order:
            value.grad = 0.0
        return next(_broken_promises(root, order, names), "")
    finally:
        for value, grad, awaited in before:
            value._grad, value._awaited = grad, awaited


def _broken_promises(root: Value, order: list[Value], names: Mapping[Value, str]) -> Iterator[str]:
    for value in order:
        for recorded, by_rule in zip(
            value.local_derivatives, _derivatives_by_rule(value), strict=True
        ):
            if not is_same(recorded, by_rule):
                yield (
                    f"{shown(value, names)} is recorded with the local derivative {recorded!r}, "
                    f"where the rule of {_operation_name(value)} gives {by_rule!r}."
                )
    expected = adjoints(root)
    root.backward()
    first = [value.grad for value in order]
    for value, got in zip(order, first, strict=True):
        if not is_close(got, expected[value]):
            yield f"backward() {_added_up(value, got, expected[value], order, names)}"
    for value, traced in zip(order, gradients(root, order), strict=True):
        if not is_close(traced.data, expected[value]):
            yield f"gradients() {_added_up(value, traced.data, expected[value], order, names)}"
    for value, got in zip(order, first, strict=True):
        if not is_same(value.grad, got):
            yield f"gradients() changes the grad of {shown(value, names)}: it should change none."
    root.backward()
    for value, got in zip(order, first, strict=True):
        again, rule = got, "in a value that was computed, each pass should set it afresh"
        if value.op is None:
            again, rule = 2.0 * got, "in a leaf, it should double exactly"
        if not is_same(value.grad, again):
            yield (
                f"backward() a second time changes the gradient of {shown(value, names)} "
                f"from {got!r} to {value.grad!r}: {rule}."
            )


def _derivatives_by_rule(value: Value) -> list[float]:
    """The local derivative for each input, by the table's rules on floats."""
    if value.op is None:
        return []
    use = Use.of(value)
    rules = use.primitive.local_derivatives(use.operands, value.data)
    return [float(rules[i]) for i in use.varying]


def _operation_name(value: Value) -> str:
    return value.op.name if value.op else ""


def _added_up(
    value: Value, got: float, expected: Adjoint, order: list[Value], names: Mapping[Value, str]
) -> str:
    uses = [_operation_name(user) for user in order for source in user.inputs if source is value]
    if not uses:
        return f"gives the result the gradient {got!r}: it should be 1."
    times = "once" if len(uses) == 1 else f"{len(uses)} times"
    return (
        f"gives {shown(value, names)} the gradient {got!r}. It is used {times}, by "
        f"{', '.join(sorted(set(uses)))}, and what it is handed adds up to {expected.value!r}."
    )


def shown(value: Value, names: Mapping[Value, str]) -> str:
    """A value in a message: its name and number, or the operation and its operands."""
    if value.op is not None:
        return Use.of(value).shown
    name = names.get(value) or value.label
    return f"{name} = {value.data!r}" if name else repr(value.data)


def is_close(got: float, expected: Adjoint) -> bool:
    """True if a derivative is the expected one, within the rounding errors of both."""
    return is_same(got, expected.value) or abs(got - expected.value) <= 2.0 * expected.error


def is_same(a: float, b: float) -> bool:
    """True if two numbers are equal, or both are nan."""
    return a == b or (math.isnan(a) and math.isnan(b))
