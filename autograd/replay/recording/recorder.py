"""Recorder: follows one call of a function, and notes on a tape what it computes.

The Values of the call are the engine's own, and the engine tells the recorder what is done with
them (`Follower` in autograd/engine/recording.py). Stand-ins take the place of floats.

It is made in layers: numbers (`calculations.py`), Values (`followed.py`), gradients
(`gradients.py`), and here derivatives, and the call as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from autograd.engine import table
from autograd.engine.primitive import tracking
from autograd.engine.value import Value
from autograd.replay.errors import CompileError
from autograd.replay.recording.calculations import FLOAT
from autograd.replay.recording.gradients import Gradients
from autograd.replay.recording.outside import Effects
from autograd.replay.recording.places import place
from autograd.replay.tape import CHOICE, GIVEN, Slope, choose


class Recorder(Gradients):
    """One call of a function."""

    def __init__(self, name: str, is_apart: bool = False) -> None:
        super().__init__(name, is_apart)
        self._slopes: dict[tuple[int, int], int] = {}  # entries
        self._has_begun = False

    def start(self) -> None:
        """Have the engine ask this recorder where an operand is a stand-in."""
        tracking.of_recording(+1)
        self._has_begun = True

    def complete(self) -> None:
        """The function has returned: note what is left."""
        self.note_waiting()
        self._note_what_was_reached()

    def stop(self) -> None:
        """The call is over, or an error has ended it: Values are as before."""
        if self._has_begun:
            tracking.of_recording(-1)
        self.outside.restore()
        self.finished = True
        self._leaves = []
        self._interior = []
        self._takes.stop()

    def effects(self) -> Effects:
        """What the call has changed; the new numbers become the last outputs of the tape."""
        found = Effects(self.outside)
        self.tape.outputs += found.entries
        return found

    def operands(self, value: Any, operands: tuple[Any, ...]) -> tuple[Any, ...]:
        """The operands of a Value, with stand-ins for those that are followed."""
        row = self.row_of(value)
        if row is not value:
            return tuple(row.operands)
        entry = self._found(value)
        if entry < 0 or self.tape.codes[entry] == GIVEN:
            return operands
        entries: list[int] = self.tape.operands_of(entry)
        self._takes.look_at(entries, "operands")
        if self.tape.codes[entry] == CHOICE:
            entries = [entries[1 if self.tape.data[entries[0]] != 0.0 else 2]]
        return tuple(
            [
                x if isinstance(x, Value) or k in self.tape.constants else self.number(k, FLOAT)
                for x, k in zip(operands, entries)
            ]
        )

    def slope(self, value: Any, position: int) -> Any:
        """The local derivative of a Value by one operand; None if it is 1."""
        entry = self._found(value)
        op: Any = None if entry < 0 else self.tape.op(entry)
        if op is None:  # it was computed outside
            derivatives = list(value._recorded_derivatives())
            derivatives.reverse()
            by_operand = [
                derivatives.pop() if isinstance(x, Value) else 0.0
                for x in value._recorded_operands()
            ]
            return by_operand[position]
        if op is choose or op is table.where or op is table.add:
            return None
        if op is table.subtract and position == 0:
            return None
        entries: list[int] = self.tape.operands_of(entry)
        if op is table.multiply:
            return self.number(entries[1 - position], FLOAT)
        key = (int(entry), position)
        known = self._slopes.get(key)
        if known is None:
            rule = Slope(op, position)
            arguments: list[int] = [*entries, entry]
            local = rule.evaluate([self.tape.data[k] for k in arguments])
            known = self._slopes[key] = self.tape.row(rule, arguments, (), local)
        return self.number(known, FLOAT)

    def walked(self, values: Sequence[Any]) -> None:
        """What follows depends on the graph of these values, and so on the choices in it."""
        for value in values:
            entry = self._found(value)
            if entry < 0:
                self.outside.check(value)
                continue
            if self.tape.codes[entry] == CHOICE:
                flag = self.tape.operands[self.tape.starts[entry]]
                self.tape.guard(flag, "where in a derivative", place())
            if self._takes.looks:
                self._takes.look_at(self.tape.operands_of(entry), "take() in a derivative")

    def refuse(self, deed: str) -> NoReturn:
        """The error for an effect on Values, which is not recorded."""
        raise CompileError(
            f"{self.name}() {deed}, which a replay would not do: do it outside of the compiled "
            f"function; at {place()}"
        )
