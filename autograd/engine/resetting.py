"""Gradients, set back to 0."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.engine.operands import kind_of
from autograd.engine.recording import follower, note_set, switches
from autograd.engine.value import Value


def zero_grad(values: Iterable[Value]) -> None:
    """Set the gradient of each leaf among ``values`` back to 0.

    Those of other values stay as they are: each pass sets them afresh.

    Raises:
        TypeError: ``values`` is not a list of Values or its like; then no gradient is set.

    >>> w, b = Value(2.0), Value(1.0)
    >>> (3 * w + b).backward()
    >>> zero_grad([w, b])
    >>> w.grad, b.grad
    (0.0, 0.0)
    """
    if not hasattr(values, "__iter__"):
        raise TypeError(f"zero_grad() takes a list of Values, got {kind_of(values)}")
    elements: list[Any] = list(values)
    for element in elements:
        if not isinstance(element, Value):
            raise TypeError(f"zero_grad() takes a list of Values, and {kind_of(element)} is in it")
    watcher = follower() if switches.followed else None
    for element in elements:
        value: Value = element
        if value.op is None:
            value._grad = 0.0 if watcher is None else watcher.write_grad(value, 0.0)
            value._awaited = -1
            if switches.set_values is not None:
                note_set(value)
