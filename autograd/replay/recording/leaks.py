"""Leaks: numbers and Values of a call that something outside has kept.

A replay makes none of them, so it would not keep them there. When a call is over and what it
returned has been noted, nothing else should refer to them: their reference counts tell.
"""

from __future__ import annotations

import gc
import sys
import types
from typing import Any, Final, NoReturn

from autograd.native import COMPILED, i64, library
from autograd.replay.errors import CompileError
from autograd.replay.identity import namespace
from autograd.replay.recording.calculations import is_stand_in
from autograd.replay.recording.recorder import Recorder

_count: Final[Any] = sys.getrefcount


def _references(things: list[Any], index: i64) -> i64:
    """The count of references to an object in a list."""
    count: i64 = _count(things[index])
    return count


# The references to an object in a list that nobody else holds; it depends on the interpreter.
_ALONE: Final = _references([object()], 0)


def _references_of_popped(things: list[Any]) -> i64:
    thing = things.pop()
    count: i64 = _count(thing)
    return count


_IN_A_VARIABLE: Final = _references_of_popped([object()])  # of a function alone


def held(things: list[Any]) -> Any:
    """The first object in a list that somebody else holds as well; None if there is none."""
    for index in range(len(things)):
        if _references(things, index) > _ALONE:
            return things[index]
    return None


def release(recorder: Recorder) -> None:
    """Let go of all that the call has made.

    Raises:
        CompileError: something is kept outside.
    """
    if not _all_freed(recorder):
        gc.collect()  # it may be in a cycle, such as that of a local function that calls itself
        if not _all_freed(recorder):
            _raise(recorder)
    recorder.forget()


def _all_freed(recorder: Recorder) -> bool:
    """Free the Values of the call, the last first, since it refers to what is before it."""
    created: list[Any] = recorder.created
    if not _is_without_numbers(recorder):
        return False
    if COMPILED:
        are_all: bool = library().free_last(created)
        return are_all
    while created:
        value = created.pop()
        count: i64 = _count(value)
        if count > _IN_A_VARIABLE:
            created.append(value)
            return False
    return True


def _is_without_numbers(recorder: Recorder) -> bool:
    """True if there is no stand-in any more."""
    return held(recorder.families) is None


def _raise(recorder: Recorder) -> NoReturn:
    kind = "a Value"
    if not _is_without_numbers(recorder):
        kind = "a number"
        recorder.created = []
    raise CompileError(
        f"{recorder.name}() keeps {kind} outside of itself{_holder(recorder)}, which a replay "
        "would not do: return it instead"
    )


def _holder(recorder: Recorder) -> str:
    """The kind of an object that refers to what is kept, where it can be found."""
    others = (dict, types.FrameType, types.CellType)
    for holder in gc.get_objects():
        things = gc.get_referents(holder)
        # The collector does not follow a dict of compiled Values alone: it is found by its owner.
        if getattr(type(holder), "__dictoffset__", 0):
            things.extend(namespace(holder).values())
        is_other = holder is not recorder.created and not isinstance(holder, others)
        if is_other and _has_kept(things, recorder):
            return f" in a {type(holder).__name__}"
    return ""


def _has_kept(things: list[Any], recorder: Recorder) -> bool:
    """True if among these is a number of the call, or the last Value that is not freed."""
    made = recorder.created
    for thing in things:
        if thing.recorder is recorder if is_stand_in(thing) else made and thing is made[-1]:
            return True
    return False


def settle(recorder: Recorder) -> None:
    """Make constants of leaves that were made in the call, of a number that Python had.

    Nobody else refers to these, once all that the call has made is gone.

    Raises:
        CompileError: it has read a Value that is gone and is no leaf.
    """
    tape, outside = recorder.tape, recorder.outside
    values: list[Any] = outside.values
    made = {
        index
        for index in range(outside.arguments, len(outside.values))
        if _references(values, index) <= _ALONE
    }
    for index in made:
        if values[index].op is not None:
            raise CompileError(
                f"{recorder.name}() reads {values[index]!r}, which another thread has computed or "
                "which nobody holds any more, and a replay would not compute it: compute it in "
                "the function itself"
            )
    if made:
        sources = outside.sources
        first = len(tape.inputs) - len(sources) // 2
        constant = {
            tape.inputs[first + at // 2]
            for at in range(0, len(sources), 2)
            if sources[at + 1] in made
        }
        tape.inputs = [entry for entry in tape.inputs if entry not in constant]
        tape.constants.update(dict.fromkeys(constant, ""))
        outside.leave_out(made)
    outside.leaves = [i for i in range(len(outside.values)) if outside.data[i] >= 0]
    tape.leaves = [tape.gradient_entry(outside.data[i]) for i in outside.leaves]
