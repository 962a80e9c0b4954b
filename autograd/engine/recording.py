"""Recording of operations: on, off or observed, in each thread for itself.

Ordinarily every operation is recorded, and asking whether that is so must cost
next to nothing. So `switches.altered` says in one look whether anything is out
of the ordinary in any thread; only then is the thread's own state looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, Final

from autograd.engine.locks import flag
from autograd.engine.operands import as_float
from autograd.native import mypyc_attr


class Share:
    """A share that an edge has carried, in a backward pass or another sweep.

    Attributes:
        quantity: a part of which it is, see `carried`.
        owner: the value whose operation it belongs to.
        giver, receiver: the values between which it was carried.
        factor: the derivative by which it was multiplied.
        rate: the whole quantity of the giver, which was multiplied.
        total: the whole quantity of the receiver, after all shares.
    """

    __slots__ = ("factor", "giver", "owner", "quantity", "rate", "receiver", "total")

    def __init__(
        self,
        quantity: str,
        owner: Any,
        giver: Any,
        receiver: Any,
        factor: float,
        rate: float,
        total: float,
    ) -> None:
        self.quantity = quantity
        self.owner = owner
        self.giver = giver
        self.receiver = receiver
        self.factor = factor
        self.rate = rate
        self.total = total


@mypyc_attr(allow_interpreted_subclasses=True)
class Observer:
    """The interface of an observer of recorded operations, and of the sweeps through them."""

    def recorded(self, value: Any) -> None:
        """``value`` has just been computed."""
        raise NotImplementedError

    def backward(self, root: Any, gradient: float) -> None:
        """Carry out the backward pass from ``root``, whose gradient is given."""
        raise NotImplementedError

    def carried(self, shares: Sequence[Share]) -> None:
        """A sweep of a derivative of a function has carried these shares, in this order.

        They are of gradients from outputs to inputs, of tangents the other way, or of
        changes: the tangents of gradients.
        """

    def pulled_back(self, gradients: Sequence[float]) -> None:
        """The function that `vjp` returned, perhaps at another time, has given these."""


@mypyc_attr(allow_interpreted_subclasses=True)
class Follower(Observer):
    """An observer that records a function for replay: it follows each number in it.

    To it, the data of a Value is an object that takes the place of a float and tells of what is
    done with it. `autograd/replay/recording/recorder.py` is the one there is. It is told of
    operations within `no_grad` as well.
    """

    def operate(self, primitive: Any, operands: tuple[Any, ...]) -> Any:
        """Carry out an operation, one of whose operands is a Value."""
        raise NotImplementedError

    def copied(self, value: Any, copy: Any) -> None:
        """``copy`` takes the place of ``value``, which has just been computed."""
        raise NotImplementedError

    def choose(self, primitive: Any, operands: tuple[Any, ...]) -> Any:
        """Carry out ``where``; NotImplemented if there is nothing to follow."""
        raise NotImplementedError

    def take(self, rows: Any, i: Any) -> Any:
        """The row of that index; NotImplemented if it cannot be followed."""
        raise NotImplementedError

    def row_of(self, value: Any) -> Any:
        """The Value itself, in place of one that stands for what an index has chosen."""
        raise NotImplementedError

    def given(self, number: Any) -> float:
        """The float of a number that a new leaf is about to be made of."""
        raise NotImplementedError

    def made(self, value: Any, number: Any) -> None:
        """``value`` is a new leaf, made of ``number``, which is no float."""
        raise NotImplementedError

    def read(self, value: Any) -> Any:
        """The data of a Value."""
        raise NotImplementedError

    def write(self, value: Any, number: Any) -> float:
        """The float that becomes the data of a Value."""
        raise NotImplementedError

    def read_grad(self, value: Any) -> Any:
        """The grad of a Value."""
        raise NotImplementedError

    def write_grad(self, value: Any, number: Any) -> float:
        """The float that becomes the grad of a Value, which then counts as not reached."""
        raise NotImplementedError

    def compare(self, comparison: Any, value: Any, other: Any) -> Any:
        """The comparison of a Value with anything."""
        raise NotImplementedError

    def look(self, value: Any, how: str) -> None:
        """Python looks at the data of a Value; what it does then may depend on it."""
        raise NotImplementedError

    def operands(self, value: Any, operands: tuple[Any, ...]) -> tuple[Any, ...]:
        """The operands of a Value, which are ``operands`` in this call."""
        raise NotImplementedError

    def slope(self, value: Any, position: int) -> Any:
        """The local derivative of a Value by the operand at that position; None if it is 1."""
        raise NotImplementedError

    def walked(self, values: Sequence[Any]) -> None:
        """What follows depends on the graph of these values."""
        raise NotImplementedError

    def refuse(self, deed: str) -> None:
        """An error for what a replay would not do, such as ``"calls backward()"``."""
        raise NotImplementedError


class _Switches:
    """Flags that say if any thread has recording turned off or observed.

    Attributes:
        altered: True if one has.
        followed: True if one has a `Follower`.
        set_values: the Values whose data or grad is set, while there are `Changes`; else None.
    """

    __slots__ = ("altered", "changes", "count", "followed", "followers", "set_values")

    def __init__(self) -> None:
        self.altered = False
        self.followed = False
        self.count = 0
        self.followers = 0
        self.set_values: list[Any] | None = None
        self.changes = 0

    def note(self, change: int) -> None:
        """Count one of the `Changes` more, or one less."""
        with flag:
            self.changes += change
            if self.changes == 0:
                self.set_values = None
            elif self.set_values is None:
                self.set_values = []

    def alter(self, change: int, observer: Observer | None) -> None:
        """Count one `Alteration` more, or one less."""
        with flag:
            self.count += change
            self.altered = self.count > 0
            if isinstance(observer, Follower):
                self.followers += change
                self.followed = self.followers > 0


switches: Final = _Switches()


class Alteration:
    """Recording that is turned off, or observed.

    `switches` counts it from its beginning to its end, which comes once no context has it: a
    task, for example, goes on with a copy of the context in which it was made.
    """

    __slots__ = ("follower", "observer")

    def __init__(self, observer: Observer | None = None) -> None:
        switches.alter(+1, observer)
        self.follower = observer if isinstance(observer, Follower) else None
        self.observer = observer

    def __del__(self) -> None:
        if hasattr(self, "observer"):  # not where `__init__` has refused or not counted it
            switches.alter(-1, self.observer)


class Changes:
    """The Values whose data or grad is set from now on, until the `end`, by whichever thread.

    Not among them is what a backward pass changes, or a program of a compiled function.
    """

    __slots__ = ("_first",)

    def __init__(self) -> None:
        switches.note(+1)
        self._first = len(switches.set_values or [])

    def end(self) -> list[Any]:
        """They, in the order in which they were set."""
        if self._first < 0:
            return []
        values, first = switches.set_values or [], self._first
        self._first = -1
        switches.note(-1)
        # Others may still go on with the list.
        return values if first == 0 and switches.set_values is None else values[first:]

    def __del__(self) -> None:
        if hasattr(self, "_first"):  # not where `__init__` has refused or not counted it
            self.end()


# True while derivative rules and sweeps compute: Values that are no operations of the user's.
deriving: Final[ContextVar[bool]] = ContextVar("deriving", default=False)

turned_off: Final[ContextVar[Alteration | None]] = ContextVar("turned_off", default=None)
observed: Final[ContextVar[Alteration | None]] = ContextVar("observed", default=None)

_here: Final[Any] = observed.get  # found once: it is asked at every operation that is observed

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

    >>> from autograd import no_grad
    >>> with no_grad():
    ...     is_recording()
    False
    """
    # Nobody has turned it off if all that is altered is that functions are recorded for replay.
    return switches.count == switches.followers or turned_off.get() is None


def observer() -> Observer | None:
    """The observer of recording here and now, or None."""
    alteration: Alteration | None = _here()
    return None if alteration is None else alteration.observer


def follower() -> Follower | None:
    """The observer here and now, if it follows numbers for replay."""
    alteration: Alteration | None = _here() if switches.followed else None
    return None if alteration is None else alteration.follower


def itself(value: Any) -> Any:
    """The Value, where what stands for it is at hand while a function is recorded for replay."""
    watcher = follower()
    return value if watcher is None else watcher.row_of(value)


def float_of(number: Any) -> float:
    """The float of a number that a new leaf is about to be made of."""
    watcher = follower()
    return as_float(number) if watcher is None else watcher.given(number)


def note_made(value: Any, number: Any) -> None:
    """Tell the follower, if there is one, of a new leaf that is made of what is no float."""
    watcher = None if type(number) is float else follower()
    if watcher is not None:
        watcher.made(value, number)


def note_set(value: Any) -> None:
    """Note that data or the grad of a Value has been set; for who has seen `switches.set_values`.

    Not by a function that is recorded for replay: its Values are put back.
    """
    if switches.set_values is not None and follower() is None:
        switches.set_values.append(value)


def look(value: Any, how: str) -> None:
    """Tell the follower, if there is one, that Python looks at the data of a Value."""
    watcher = follower() if switches.followed else None
    if watcher is not None:
        watcher.look(value, how)


def refuse(deed: str) -> None:
    """An error if a function is recorded that cannot be replayed when it does such a thing."""
    watcher = follower() if switches.followed else None
    if watcher is not None:
        watcher.refuse(deed)
