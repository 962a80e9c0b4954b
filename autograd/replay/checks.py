"""Checks: what a replay gives is compared, bit for bit, with what the function itself gives."""

from __future__ import annotations

import gc
from collections.abc import Callable
from itertools import chain
from typing import Any, Final, TypeVar

from autograd.engine.arrays import is_array
from autograd.engine.order import topological_order
from autograd.engine.recording import Changes
from autograd.engine.value import Value
from autograd.replay.identity import exactly, is_plain
from autograd.replay.parts import opened
from autograd.replay.recording.leaks import held
from autograd.replay.recording.outside import Indices
from autograd.replay.tape import Tape, same

R = TypeVar("R")


def with_changes(function: Callable[[], R]) -> tuple[R, list[Value]]:
    """What a function returns, and the Values whose data or grad was set meanwhile."""
    changes = Changes()
    try:
        result = function()
    finally:
        changed = changes.end()
    return result, changed


def changed_only(changed: list[Value], outside: Indices) -> dict[Value, str]:
    """The Values that are changed, and that the program does not have from outside.

    One of them may have taken the place of a Value with which the program goes on. Each is given
    with what is to be said of it then.
    """
    return {
        value: f"{_named(value)} is changed by the function only"
        for value in outside.others(changed)
    }


def difference(
    place: str,
    replayed: Any,
    result: Any,
    doubtful: dict[Value, str],
    outside: Indices,
) -> str | None:
    """How the result of a replay differs from that of the function; None if it does not.

    Args:
        place: what it is called.
        replayed: the result of the replay.
        result: that of the function.
        doubtful: gets the leaves that a backward pass reaches from the function's result only,
            each with what is to be said of it if it comes from outside.
        outside: the Values that the program has from outside.
    """
    if isinstance(result, Value) and isinstance(replayed, Value):
        if (
            outside.find(replayed) >= 0
            and result is not replayed
            and same(replayed.data, result.data)
        ):
            return f"{place} is {_named(replayed)} replayed, another Value as it is"
        return _difference_of_values(place, replayed, result, doubtful)
    if _kind(replayed) is not _kind(result):
        return f"{place} is {_article(replayed)} replayed, {_article(result)} as it is"
    ours, theirs = opened(replayed), opened(result)
    if ours is None or theirs is None:
        if _is_same(replayed, result):
            return None
        return f"{place} is {replayed!r} replayed, {result!r} as it is"
    if [*ours] != [*theirs]:
        return f"{place} has the parts {[*ours]} replayed, {[*theirs]} as it is"
    for key, x, y in zip(theirs, ours.values(), theirs.values()):
        found = difference(f"{place}[{key!r}]", x, y, doubtful, outside)
        if found is not None:
            return found
    return None


def _is_same(x: Any, y: Any) -> bool:
    """True if two parts of one type are the same, which are no containers."""
    if isinstance(x, float):
        return same(x, y)
    if is_plain(x):
        return exactly(x) == exactly(y)
    return is_unchanged(x, y) or (not is_array(x) and bool(x == y))


def is_unchanged(before: Any, now: Any) -> bool:
    """True if a part, in containers or not, is the same object, or an array of the same."""
    if type(before) is not type(now):
        return False
    parts, others = opened(before), opened(now)
    if parts is not None and others is not None:
        return [*parts] == [*others] and all(map(is_unchanged, parts.values(), others.values()))
    if is_array(before) and is_array(now):
        same_shape: bool = (before.dtype, before.shape) == (now.dtype, now.shape)
        return same_shape and before.tobytes() == now.tobytes()
    return before is now


def _kind(thing: Any) -> type:
    """The type; that of Values is one."""
    return Value if isinstance(thing, Value) else type(thing)


def _article(thing: Any) -> str:
    name = _kind(thing).__name__
    return "None" if thing is None else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _difference_of_values(
    place: str, replayed: Value, result: Value, doubtful: dict[Value, str]
) -> str | None:
    if not same(replayed.data, result.data):
        return f"{place} is {replayed.data!r} replayed, {result.data!r} as it is"
    ours, theirs = _gradients(replayed), _gradients(result)
    for leaf, slope in ours.items():
        if leaf not in theirs:
            return f"the gradient of {place} reaches {_named(leaf)} replayed only"
        if not same(slope, theirs[leaf]):
            pair = f"{slope!r} replayed, {theirs[leaf]!r} as it is"
            return f"the gradient of {place} by {_named(leaf)} is {pair}"
    for leaf in theirs:
        if leaf not in ours:
            doubtful[leaf] = f"a gradient of {place} reaches {_named(leaf)} as it is only"
    return None


def _named(leaf: Value) -> str:
    return leaf.label or "a Value"


def held_values(doubtful: dict[Value, str]) -> list[Value]:
    """These Values if somebody holds one, once what the function has returned is gone, else none.

    The others have been made in the call. The dict is emptied.
    """
    values = list(doubtful)
    doubtful.clear()
    if held(values) is not None:
        gc.collect()  # it may be in a cycle
    return [] if held(values) is None else values


def _gradients(value: Value) -> dict[Value, float]:
    """The gradient of each leaf that a backward pass from here reaches; nothing is changed."""
    if value.op is None:
        return {}
    order = topological_order(value)
    before = [(x, x._grad, x._awaited) for x in order]
    for x in order:
        x._grad = 0.0
    value.backward()
    slopes = {x: x._grad for x in order if x.op is None}
    for x, grad, awaited in before:
        x._grad = grad
        x._awaited = awaited
    return slopes


OTHER_VALUES: Final = (
    "It reads other Values now than when it was recorded: one has been replaced, such as a "
    "parameter. Change the data of Values, or call clear()."
)


def what_differs(old: Tape, new: Tape) -> str:
    """Why the same call, recorded again, does not give what was recorded, from the same Values.

    Args:
        old: the tape of the program.
        new: the tape of the call, with each constant an entry of its own.
    """
    rows = [[k for k, op in enumerate(tape.ops) if op is not None] for tape in (old, new)]
    used = [
        [*chain.from_iterable(map(tape.operands_of, listed)), *tape.outputs]
        for tape, listed in zip((old, new), rows)
    ]
    for entry, now in zip(*used):
        is_constant = entry in old.constants and now in new.constants
        if is_constant and not same(old.data[entry], new.data[now]):
            return (
                f"The constant {old.data[entry]!r} of the recording is {new.data[now]!r} now, at "
                f"{new.constants[now]}. Pass it as an argument, or keep it in the data of a Value."
            )
    calculations = [
        [(tape.op(k), [*tape.flows_of(k)]) for k in listed]
        for tape, listed in zip((old, new), rows)
    ]
    if calculations[0] != calculations[1]:
        return (
            "It computes something else now than when it was recorded, and has not branched on a "
            "number. Pass what it depends on as an argument, or keep it in the data of a Value."
        )
    return (
        "The recorded operations are the same: the function depends on the kind of its numbers "
        "(isinstance, NumPy's own arithmetic)."
    )
