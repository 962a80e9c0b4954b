"""Leaks: numbers and Values of a call that something outside has kept.

A replay makes none of them, so it would not keep them there. When a call is over and what it
returned has been noted, nothing else should refer to them: their reference counts tell.
"""

from __future__ import annotations

import gc
import sys
import types
from typing import Any, Final, NoReturn

from autograd.engine.value import Value
from autograd.replay.errors import CompileError
from autograd.replay.keys import namespace
from autograd.replay.recording.recorder import Recorder

_count: Final[Any] = sys.getrefcount


def _references(things: list[Any], index: int) -> int:
    """The count of references to an object in a list."""
    count: int = _count(things[index])
    return count


# The references to an object in a list that nobody else holds; it depends on the interpreter.
_ALONE: Final = _references([object()], -1)


def settle(recorder: Recorder) -> None:
    """Let go of all that the call has made, and make constants of the leaves among it.

    Raises:
        CompileError: something is kept outside.
    """
    if not _all_freed(recorder):
        gc.collect()  # it may be in a cycle, such as that of a local function that calls itself
        if not _all_freed(recorder):
            _raise(recorder)
    _make_constants(recorder)


def _all_freed(recorder: Recorder) -> bool:
    """Free what the call has made, the last first, since it refers to what is before it."""
    kept: list[list[Any]] = [recorder.numbers, recorder.created]
    for made in kept:
        while made:
            if _references(made, -1) > _ALONE:
                return False
            made.pop()
    return True


def _raise(recorder: Recorder) -> NoReturn:
    kept: list[list[Any]] = [recorder.numbers, recorder.created]
    made = next(things for things in kept if things)
    kind = "a Value" if isinstance(made[-1], Value) else "a number"
    raise CompileError(
        f"{recorder.name}() keeps {kind} outside of itself{_holder(made)}, which a replay would "
        "not do: return it instead"
    )


def _holder(made: list[Any]) -> str:
    """The kind of the object that refers to the last of a list, where it can be found."""
    others = (dict, types.FrameType, types.CellType)
    for holder in gc.get_referrers(made[-1]):
        if holder is not made and not isinstance(holder, others):
            return f" in a {type(holder).__name__}"
    # The collector does not follow a dict of compiled Values alone: it is found by its owner.
    for owner in gc.get_objects():
        if getattr(type(owner), "__dictoffset__", 0) and _has_attribute(owner, made):
            return f" in a {type(owner).__name__}"
    return ""


def _has_attribute(owner: Any, made: list[Any]) -> bool:
    return any(x is made[-1] for x in [*namespace(owner).values()])


def _make_constants(recorder: Recorder) -> None:
    """Leaves to which nobody else refers were made in the call, of a number that Python had."""
    tape, outside = recorder.tape, recorder.outside
    values: list[Any] = outside.values
    made = {
        index
        for index in range(outside.arguments, len(outside.values))
        if _references(values, index) <= _ALONE
    }
    if not made:
        return
    indices = outside.sources[1::3]
    first = len(tape.inputs) - len(indices)
    sources = zip(tape.inputs[first:], indices)
    constant = {entry for entry, index in sources if index in made}
    leaves = zip(tape.leaves, outside.leaves)
    tape.leaves = [entry for entry, index in leaves if index not in made]
    tape.inputs = [entry for entry in tape.inputs if entry not in constant]
    tape.constants.update(dict.fromkeys(constant, ""))
    outside.leave_out(made)
