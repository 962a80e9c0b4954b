"""Recorded: one recorded call of a function, as a program that stands for other calls."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from autograd.engine.arrays import is_array
from autograd.engine.recording import Alteration, observed
from autograd.engine.value import Value
from autograd.replay.arguments import Arguments, is_index
from autograd.replay.bound import Links
from autograd.replay.captured import Captured
from autograd.replay.checks import is_unchanged
from autograd.replay.errors import ArgumentFound, CompileError
from autograd.replay.lift import Run, lift
from autograd.replay.parts import mapped
from autograd.replay.recording.calculations import is_stand_in
from autograd.replay.recording.leaks import release, settle
from autograd.replay.recording.outside import Effects, Numbers
from autograd.replay.recording.recorder import Recorder
from autograd.replay.replays import Call
from autograd.replay.results import Form


class Recorded:
    """A program, with what it takes to run it for a call of the function.

    Attributes:
        key: that of the calls that it may stand for.
        tape: what was recorded.
        runs: the number of calls it has stood for.
        next_check: the number of the call at which it is compared with the function.
    """

    def __init__(self, key: Any, recorder: Recorder, form: Form, effects: Effects) -> None:
        outside = recorder.outside
        self.key = key
        self.tape = recorder.tape
        self._captured = Captured(outside.values[outside.arguments :], outside.leaves)
        self._effects = effects
        self._form = form
        tape = self.tape
        self._kept = len(tape.outputs) - len(effects.entries)
        self.replay = lift(tape)
        self._bound = self.replay.bind(
            Links(
                self._captured.values,
                len(tape.inputs) - len(outside.sources) // 2,
                outside.arguments,
                self._kept,
                outside.sources,
                effects.changes,
                self._captured.references,
                self._captured.recount,
            )
        )
        for root in form.roots:
            root.replay = self.replay
        self.runs = 0
        self.next_check = 1 if recorder.is_doubtful else 2

    @property
    def captured(self) -> tuple[Value, ...]:
        """The Values from outside that it reads or changes, which were not arguments."""
        return self._captured.values

    def is_stale(self) -> bool:
        """True if nobody but this program holds a Value that it reads: it has been replaced."""
        return self._bound.is_stale()

    def reads(self, values: list[Value]) -> bool:
        """True if one of these Values is captured as well."""
        return self._captured.are_any(values)

    def call(self, parts: Arguments) -> Call | None:
        """Stand for a call; None if it cannot.

        Then a guard has found another number than in the recording, a Value has been replaced, or
        an operation has raised an error, which the function may catch.
        """
        try:
            state = self._bound.forward(parts.numbers, parts.values)
        except Exception:
            return None
        if state is None:
            return None
        return Call(Run(self.replay, state), parts.values, self._captured)

    def steps(self, parts: Arguments, times: int) -> tuple[list[Any], BaseException | None]:
        """Stand for so many calls in a row, or for fewer, and change Values as the last one does.

        Returns:
            What each call returned, and an error that a signal has raised after the last one, such
            as KeyboardInterrupt. There is no call if a guard finds another number than in the
            recording, or if calls have to be made one by one.
        """
        if self._form.roots:
            return [], None
        try:
            outputs, runs, error = self._bound.repeat(parts.numbers, parts.values, times)
        except Exception:  # of an operation in the first: the call that follows raises it again
            return [], None
        call = Call(Run(self.replay, None), parts.values, self._captured)
        return self._form.all_of(outputs, runs, call), error

    def is_as_recorded(self, call: Call) -> bool:
        """True if a call has given what was recorded of the same call."""
        return self.tape.gives(call.run.outputs)

    def result(self, call: Call) -> Any:
        """What the call returns; nothing is changed yet."""
        return self._form.filled(call.run.first(self._kept), call)

    def apply(self, call: Call) -> None:
        """Change the Values that the call changes."""
        if self._effects.entries:
            self._bound.apply(call.run.state, call.arguments)

    def difference(self, call: Call, values: list[Value], before: Numbers) -> str | None:
        """How what the function has made of Values differs from what the program makes of them."""
        return self._effects.difference(values, before, call.run.outputs)


@cache
def _keep_memory() -> None:
    """Have the C library keep the memory that a recording frees, for the next one.

    glibc gives most of it back to the system, and takes it anew page by page, until it has seen a
    block freed that is as large as what it is to keep. This is such a block, of which nothing is
    ever written; without it a recording takes a third longer.
    """
    with suppress(MemoryError):
        bytes(31 << 20)  # of 32 MB and more it learns nothing


def recorded(
    key: Any,
    function: Callable[..., Any],
    name: str,
    parts: Arguments,
    *,
    is_apart: bool = False,
    room: int = 0,
) -> Recorded:
    """Call the function with stand-ins, and make a program of what it does.

    Values that it changes are as before afterwards: it is the program that changes them.

    Args:
        key: that of the calls that it may stand for.
        function: the function.
        name: its name.
        parts: the arguments.
        is_apart: True to give each constant of the tape the line of its own.
        room: for how many entries memory is made ready at once, which saves the time to copy it.

    Raises:
        CompileError: it does what a replay would not do.
        ArgumentFound: it finds a Value elsewhere that is also among the arguments.
    """
    _keep_memory()
    recorder = Recorder(name, is_apart)
    recorder.tape.reserve(room)
    # All that the call makes is kept to its end: the collector would look at it for nothing.
    collects = gc.isenabled()
    try:
        gc.disable()
        form = _form(recorder, function, parts)
        release(recorder, [] if form is None else form.others)
        if form is None:
            raise ArgumentFound(*recorder.outside.found)
        settle(recorder)
        form.settle(recorder.tape, recorder.outside)
        effects = recorder.effects()
        recorder.tape.trim()
        return Recorded(key, recorder, form, effects)
    except BaseException as error:
        _put_numbers(error)
        recorder.forget()
        raise
    finally:
        if collects:
            gc.enable()


def _put_numbers(error: BaseException | None) -> None:
    """Let an error, and those before it, have numbers in place of what stands for them."""

    def bare(part: Any) -> Any:
        return part.kind(part.recorder.tape.data[part.entry]) if is_stand_in(part) else part

    while error is not None:
        error.args = tuple(map(bare, error.args))
        vars(error).update({name: bare(part) for name, part in vars(error).items()})
        error = error.__context__


def _form(recorder: Recorder, function: Callable[..., Any], parts: Arguments) -> Form | None:
    """What a call returned; None if it has found an argument elsewhere.

    The function may have gone on then, as after a bare ``except``, and may end in any error.
    """
    form = None
    try:
        form = _recorded_call(recorder, function, parts)
    except (Exception, ArgumentFound):
        if not recorder.outside.found:
            raise
    return None if recorder.outside.found else form


def _recorded_call(recorder: Recorder, function: Callable[..., Any], parts: Arguments) -> Form:
    tape = recorder.tape
    inputs = iter([tape.input(number) for number in parts.numbers])
    # A Value of its own, so that an argument is told from the same Value found elsewhere.
    twins = {id(value): Value(value.data, value.label) for value in parts.values}
    for value in parts.values:
        recorder.bring(twins[id(value)], value)

    def stand_in(part: Any) -> Any:
        if isinstance(part, Value):
            return twins[id(part)]
        kind = type(part)
        if kind is float:
            return recorder.number(next(inputs), float)
        if is_index(part):
            return recorder.index(next(inputs))
        if parts.follows_integers(part):
            recorder.is_doubtful = True  # results of NumPy's are of NumPy's types, and may overflow
            whole = part.astype(object)
            return mapped(lambda _: recorder.index(next(inputs)), whole)
        if kind.__name__ == "float64":  # of an array: NumPy may add floats in another order
            recorder.is_doubtful = True
            return recorder.number(next(inputs), kind)
        return part.copy() if is_array(part) else part

    given = mapped(stand_in, (parts.positional, parts.options))
    before = mapped(lambda part: part.copy() if is_array(part) else part, given)
    outer = observed.get()
    try:
        recorder.start()
        observed.set(Alteration(recorder))
        result = function(*given[0], **given[1])
        form = Form(recorder, result)
        recorder.complete()
    finally:
        # Not at the end of a block: Ctrl-C may come there, before what ends the block is called.
        try:
            observed.set(outer)
        finally:
            recorder.stop()
    if not is_unchanged(before, given):
        raise CompileError(
            f"{recorder.name}() changes an argument, which a replay would not do: work on a copy, "
            "and return it"
        )
    return form
