"""Copies and pickles of Values, however deep their graph.

``copy.copy(value)`` is a value with the same inputs. ``copy.deepcopy(value)`` and
pickles take the whole graph along, so that the copy can be differentiated; what
is shared stays shared, also between several Values that are copied together.

Both walk from an object to what it refers to by calling themselves, which a
deep graph would take beyond any limit. So a value is stored together with all
that it was computed from, inputs first: by the time a value is stored, its inputs
have been, and nothing goes deeper than one step.
"""

from __future__ import annotations

import copyreg
from threading import local
from typing import Any

from autograd.engine.order import topological_order
from autograd.engine.primitive import Primitive
from autograd.engine.value import Operand, Value, _WideValue


class _Ancestors(local):
    """The ids of the values that are being stored as part of another's graph, in this thread."""

    def __init__(self) -> None:
        self.ids: set[int] = set()


_being_stored = _Ancestors()


class _Graph:
    """Stands for all that ``value`` was computed from, to be stored before it."""

    def __init__(self, value: Value) -> None:
        self.value = value

    def __reduce__(self) -> tuple[Any, ...]:
        ancestors = topological_order(self.value)[:-1]
        for primitive in {ancestor.op for ancestor in ancestors if ancestor.op is not None}:
            primitive.__reduce__()  # raises an error now, if ever
        ids = {id(ancestor) for ancestor in ancestors}
        _being_stored.ids = ids
        return _nothing, (*ancestors, _End())


class _End:
    """Comes after the ancestors of a value."""

    def __reduce__(self) -> tuple[Any, ...]:
        _being_stored.ids = set()
        return _nothing, ()


def _nothing(*_: Any) -> None:
    """The remainder of a stored graph: None, since its values are in those that refer to them."""


def _reduce(value: Value) -> tuple[Any, ...]:
    """Say how to make ``value`` anew, in the form of `object.__reduce__`."""
    graph = None
    if value.op is not None and id(value) not in _being_stored.ids:
        graph = _Graph(value)
    state = (value._data, value._grad, value._awaited, value.label)
    return _restore, (graph, state, value.op, value.operands, value.local_derivatives)


def _restore(
    _graph: None,
    state: tuple[float, float, int, str],
    op: Primitive | None,
    operands: tuple[Operand, ...],
    local_derivatives: tuple[float, ...],
) -> Value:
    data, grad, awaited, label = state
    derivatives = iter(local_derivatives)
    steps = [(x, next(derivatives)) if isinstance(x, Value) else (None, x) for x in operands]
    # Made as a leaf and then given its past, because a copy is no new operation: it is
    # made within no_grad() too, and detect_anomaly() has nothing to say about it.
    if op is None or op.arity in (1, 2):
        value = Value(data, label)
        if steps:
            value._input0, value._local0 = steps[0]
        if len(steps) == 2:
            value._input1, value._local1 = steps[1]
    else:
        value = _WideValue(data, operands, [])
        value.label = label
        value._steps = [(source, local) for source, local in steps if source is not None]
    value.op = op
    value._grad = grad
    value._awaited = awaited
    return value


copyreg.pickle(Value, _reduce)
copyreg.pickle(_WideValue, _reduce)
