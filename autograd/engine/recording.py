"""Recording of operations: on, off or observed, in each thread for itself.

Ordinarily every operation is recorded, and asking whether that is so must cost
next to nothing. So `switches.altered` says in one look whether anything is out
of the ordinary in any thread; only then is the thread's own state looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, Final

from autograd.native import mypyc_attr


@mypyc_attr(allow_interpreted_subclasses=True)
class Observer:
    """The interface of an observer of recorded operations and backward passes."""

    def recorded(self, value: Any) -> None:
        """``value`` has just been computed."""
        raise NotImplementedError

    def backward(self, root: Any, gradient: float) -> None:
        """Carry out the backward pass from ``root``, whose gradient is given."""
        raise NotImplementedError


class _Switches:
    """A flag that says if any thread has recording turned off or observed."""

    __slots__ = ("altered", "count")

    def __init__(self) -> None:
        self.altered = False
        self.count = 0

    def alter(self, change: int) -> None:
        """Count one context more, or one less, in which recording is turned off or observed."""
        with _lock:
            self.count += change
            self.altered = self.count > 0


_lock: Final = Lock()
_enabled: Final[ContextVar[bool]] = ContextVar("enabled", default=True)
_observer: Final[ContextVar[Observer | None]] = ContextVar("observer", default=None)

switches: Final = _Switches()

# For each function that is being differentiated here and now, the Values it is differentiated
# by. What is computed meanwhile may depend on them through a closure.
differentiated: Final[ContextVar[tuple[tuple[Any, ...], ...]]] = ContextVar(
    "differentiated", default=()
)


def is_constant(value: Any) -> bool:
    """True if ``value`` is a Value only because a function is being differentiated here and now.

    The derivative that a rule takes of floats is one. It does not depend on the variables of that
    function; if it did, their derivatives would be lost.
    """
    variables = {id(x) for call in differentiated.get() for x in call}
    unvisited = [value]
    visited: set[int] = set()
    while unvisited:
        one = unvisited.pop()
        if id(one) in variables:
            return False
        if id(one) not in visited:
            visited.add(id(one))
            unvisited.extend(one.inputs)
    return len(variables) > 0


def is_recording() -> bool:
    """True if operations are recorded here and now: not within `no_grad`.

    >>> with no_grad():
    ...     is_recording()
    False
    """
    return _enabled.get()


def observer() -> Observer | None:
    """The observer of recording here and now, or None."""
    return _observer.get()


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording: results are leaves, and nothing below them is kept.

    It holds for the thread, or the asynchronous task, that enters it. It can
    decorate a function as well.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y, y.inputs
    (Value(9.0), ())
    """
    with _altered(_enabled, False):
        yield


@contextmanager
def enable_grad() -> Iterator[None]:
    """Record operations after all, within `no_grad`.

    >>> from autograd import Value
    >>> with no_grad(), enable_grad():
    ...     is_recording()
    True
    """
    with _altered(_enabled, True):
        yield


@contextmanager
def observed_by(watcher: Observer) -> Iterator[None]:
    """Tell ``watcher`` of every operation and backward pass, in this thread."""
    with _altered(_observer, watcher):
        yield


@contextmanager
def _altered(variable: ContextVar[Any], setting: Any) -> Iterator[None]:
    """Set a variable of this thread, and let the others know that it is not as usual."""
    if variable.get() is setting:
        yield  # it is so already, and operations are recorded no slower for asking
        return
    token = variable.set(setting)
    switches.alter(+1)
    try:
        yield
    finally:
        switches.alter(-1)
        variable.reset(token)
