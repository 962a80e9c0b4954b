"""Copies and pickles of Values, however deep their graph.

``copy.copy(value)`` is a value with the same inputs. ``copy.deepcopy(value)`` and
pickles take the whole graph along, so that the copy can be differentiated; what
is shared stays shared, also between several Values that are copied together.

Both walk from an object to what it refers to by calling themselves, which a
deep graph would take beyond any limit. So a value is stored together with all
that it was computed from, inputs first: by the time a value is stored, its inputs
have been, and nothing goes deeper than one step. What was stored before, with another
value, is not gone through again.
"""

from __future__ import annotations

import copyreg
from threading import local
from typing import Any
from weakref import ref

from autograd.engine.order import order_of_unvisited
from autograd.engine.primitive import Primitive
from autograd.engine.recording import refuse
from autograd.engine.replayed import _ReplayedValue
from autograd.engine.tracked import _TrackedValue, to_be_tracked
from autograd.engine.value import Operand, Value, _WideValue


class _Session:
    """One pickler, or one deep copy, and the values that it has stored.

    Picklers and deep copies say nothing of themselves to what they store, but each stores an
    object once. So every value comes with the session of the thread, before its graph. A session
    that is stored a second time is in the hands of another pickler, and makes way for a new one.
    It lives as long as the pickler that has stored it.
    """

    def __init__(self) -> None:
        self.stored: set[Value] = set()
        self._taken = False
        _latest.session = ref(self)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._taken:
            return _nothing, (_Session(),)
        self._taken = True
        return _nothing, ()


class _Latest(local):
    """The session of this thread that began last, if it goes on."""

    session: Any = staticmethod(lambda: None)


_latest = _Latest()


class _Graph:
    """Stands for all that ``value`` was computed from, to be stored before it."""

    def __init__(self, value: Value) -> None:
        self.value = value

    def __reduce__(self) -> tuple[Any, ...]:
        return _nothing, tuple(order_of_unvisited(self.value, _session().stored)[:-1])


def _session() -> _Session:
    return _latest.session() or _Session()


def _nothing(*_: Any) -> None:
    """The remainder of a stored graph: None, since its values are in those that refer to them."""


def _reduce(value: Value) -> tuple[Any, ...]:
    """Say how to make ``value`` anew, in the form of `object.__reduce__`."""
    refuse("copies a Value")
    session = _session()
    graph = None if value.op is None or value in session.stored else _Graph(value)
    state = (value._data, value._grad, value._awaited, value.label)
    return _restore, (session, graph, state, value.op, value.operands, value.local_derivatives)


def _refuse(value: Value) -> Any:
    """Say why a Value of a compiled function cannot be made anew: its graph is in a program."""
    return value.op.__reduce__() if value.op is not None else None


def _restore(
    _session: None,
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
    if op is not None and to_be_tracked(op, operands):
        value = _TrackedValue(value)
    value.op = op
    value._grad = grad
    value._awaited = awaited
    return value


copyreg.pickle(Value, _reduce)
copyreg.pickle(_WideValue, _reduce)
copyreg.pickle(_TrackedValue, _reduce)
copyreg.pickle(_ReplayedValue, _refuse)
