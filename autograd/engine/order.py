"""The topological order of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.engine.operands import kind_of
from autograd.engine.value import Value

if TYPE_CHECKING:
    from autograd.answers import Given


def topological_order(root: Given[Value]) -> list[Value]:
    """Every value that ``root`` was computed from, each after its inputs, ``root`` last.

    The order depends on the graph alone: inputs are visited from left to right.

    Raises:
        TypeError: ``root`` is not a Value.

    >>> a = Value(2.0, "a")
    >>> [value.label or value.op.symbol for value in topological_order(a * a + 1)]
    ['a', '*', '+']
    """
    if not isinstance(root, Value):
        raise TypeError(f"topological_order() takes a Value, got {kind_of(root)}")
    return order_of_unvisited(root, set())


def order_of_unvisited(root: Value, visited: set[Value]) -> list[Value]:
    """The topological order of what is not among ``visited`` yet, and then is.

    Nothing that a visited value was computed from is looked at.
    """
    order: list[Value] = []
    stack = [(root, False)]
    while stack:
        value, inputs_are_done = stack.pop()
        if inputs_are_done:
            order.append(value)
        elif value not in visited:
            visited.add(value)
            stack.append((value, True))
            stack.extend([(source, False) for source in reversed(value.inputs)])
    return order
