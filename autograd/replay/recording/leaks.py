"""Leaks: numbers and Values of a call that something outside has kept.

A replay makes none of them, so it would not keep them there. When a call is over and what it
returned has been noted, nothing else should refer to them: their reference counts tell.
"""

from __future__ import annotations

import gc
import sys
import types
from typing import Any, Final, NoReturn

from autograd.engine.operands import kind_of
from autograd.native import COMPILED, i64, library
from autograd.replay.errors import CompileError
from autograd.replay.identity import namespace
from autograd.replay.recording.calculations import is_stand_in
from autograd.replay.recording.recorder import Recorder
from autograd.replay.recording.standins import Family

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


def held(things: list[Any], count: int | None = None) -> Any:
    """The first object in a list that somebody else holds as well; None if there is none.

    Only so many of them are looked at, if that is given.
    """
    for index in range(len(things) if count is None else count):
        if _references(things, index) > _ALONE:
            return things[index]
    return None


def release(recorder: Recorder, returned: list[Any]) -> None:
    """Let go of all that the call has made.

    Args:
        recorder: that of the call.
        returned: what it returned that is neither a number nor a Value nor a container of these.

    Raises:
        CompileError: something is kept outside, or in what was returned.
    """
    if _kept(recorder) is not None:
        gc.collect()  # it may be in a cycle, such as that of a local function that calls itself
        kept = _kept(recorder)
        if kept is not None:
            _raise(recorder, kept, returned)
    recorder.forget()


def _kept(recorder: Recorder) -> Any:
    """Free the Values of the call; what of it somebody else holds, or None.

    That is the stand-ins of a type, or a Value that the call has made or that took the place of an
    argument.
    """
    family = held(recorder.families)
    if family is not None:
        return family
    created = recorder.created
    _free(created)
    if created:
        return created[-1]
    return held(recorder.outside.values, recorder.outside.arguments)


def _free(created: list[Any]) -> None:
    """Free Values that nobody else holds, the last first, since it refers to what is before it."""
    if COMPILED:
        library().free_last(created)
        return
    while created:
        value = created.pop()
        count: i64 = _count(value)
        if count > _IN_A_VARIABLE:
            created.append(value)
            return


def _raise(recorder: Recorder, kept: Any, returned: list[Any]) -> NoReturn:
    is_number = type(kept) is Family
    kind = "a number" if is_number else "a Value"
    for part in returned:
        if _is_in(part, kept, 3):
            raise CompileError(
                f"{recorder.name}() returns {kind} in {kind_of(part)}, which a replay would not "
                "make anew: return a list, tuple, dict or dataclass"
            )
    instead = "return it instead"
    if is_number:
        instead += ", or keep it in the data of a Value"
    raise CompileError(
        f"{recorder.name}() keeps {kind} outside of itself{_holder(recorder, kept)}, which a "
        f"replay would not do: {instead}"
    )


def _is_in(part: Any, kept: Any, depth: int) -> bool:
    """True if what is kept is in this object, or in one of those in it, down to that depth."""
    if isinstance(part, types.FunctionType):
        things: list[Any] = [*(part.__closure__ or ())]
    else:
        things = gc.get_referents(part)
    return any(
        _is_kept(thing, kept) or (depth > 0 and _is_in(thing, kept, depth - 1))
        for thing in things
        if not isinstance(thing, (type, types.ModuleType))
    )


def _holder(recorder: Recorder, kept: Any) -> str:
    """The kind of an object that refers to what is kept, where it can be found."""
    others = (dict, types.FrameType, types.CellType)
    own = (recorder.families, recorder.created, recorder.outside.values)
    for holder in gc.get_objects():
        things = gc.get_referents(holder)
        # The collector does not follow a dict of compiled Values alone: it is found by its owner.
        if getattr(type(holder), "__dictoffset__", 0):
            things.extend(namespace(holder).values())
        is_other = not isinstance(holder, others) and not any(holder is x for x in own)
        if is_other and any(_is_kept(thing, kept) for thing in things):
            return f" in a {type(holder).__name__}"
    return ""


def _is_kept(thing: Any, kept: Any) -> bool:
    """True for the Value that is kept, or for a stand-in of that family."""
    return thing is kept or (is_stand_in(thing) and thing.family is kept)


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
