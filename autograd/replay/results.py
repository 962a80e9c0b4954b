"""Results: what a call returned, as a form to fill in with the numbers of a replay."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from autograd.engine.arrays import is_array
from autograd.engine.value import Value
from autograd.replay.errors import CompileError
from autograd.replay.identity import is_plain
from autograd.replay.parts import is_open_array, rebuilt
from autograd.replay.recording.indices import Index
from autograd.replay.recording.outside import Outside
from autograd.replay.recording.recorder import Recorder
from autograd.replay.recording.standins import Flag, Number
from autograd.replay.replays import Call, Root
from autograd.replay.tape import Tape


class _Filling(NamedTuple):
    """What a result is made of: the outputs of a call, the call, and the new Values made so far."""

    outputs: list[float]
    call: Call
    made: dict[int, Value]


# What makes a part of a result.
_Part: TypeAlias = Callable[[_Filling], Any]


class _Value:
    """A Value of a result, an output of the tape.

    Attributes:
        root: what gradients may start at, and its operation; None for a leaf.
        leaf: the leaf of the tape that it is, or -1.
        index: that of the Value from outside, if it is one; when the call is over, it is known.
    """

    def __init__(self, output: int, label: str, root: Root | None, leaf: int = -1) -> None:
        self.output = output
        self.label = label
        self.root = None if root is None else (root, root.operation())
        self.leaf = leaf
        self.index: int | None = None

    def filled(self, filling: _Filling) -> Value:
        """The Value of a call."""
        outputs, call, made = filling
        if self.index is not None:
            return call.values[self.index]
        at, label = self.output, self.label
        if at not in made:
            number = outputs[at]
            if self.root is None:
                made[at] = Value(number, label)
            else:
                made[at] = call.value(*self.root, number, label)
        return made[at]


class Form:
    """What a function returned, with a place for each number that a replay gives.

    Attributes:
        roots: the outputs that gradients may start at.
        others: until it is settled, the parts that are neither numbers nor Values nor containers.
    """

    def __init__(self, recorder: Recorder, result: Any) -> None:
        """Note the outputs on the tape of the recorder."""
        self._recorder = recorder
        self._values: dict[int, _Value] = {}  # by the id of a Value: it is returned as one object
        self.roots: list[Root] = []
        self.others: list[Any] = []
        self._kind = _kind(result)
        self._is_number = type(result) in _STAND_INS or self._kind is float
        self._filled = self._part(result)
        del self._recorder

    def settle(self, tape: Tape, outside: Outside) -> None:
        """The call is over: the leaves of the tape are data of Values from outside."""
        if self._values:
            indices = dict(zip(tape.leaves, outside.leaves))
            for value in self._values.values():
                value.index = indices.get(value.leaf)
        del self._values, self.others

    def _part(self, part: Any) -> _Part:
        """Note the outputs of a part, and return what makes it of them."""
        kind = _kind(part)
        if _are_floats(part):
            run, shape = self._floats(part), getattr(part, "shape", None)
            return lambda filling: _shaped(filling.outputs[run], shape)
        if kind is list and part and all(type(x) is list and _are_floats(x) for x in part):
            rows = [self._floats(x) for x in part]
            return lambda filling: [*map(filling.outputs.__getitem__, rows)]
        if kind is list or kind is tuple:
            parts = [self._part(x) for x in part]
            return lambda filling: kind([made(filling) for made in parts])
        container = rebuilt(self._part, part)
        if container is not None:
            return lambda filling: rebuilt(lambda made: made(filling), container)
        if type(part) in _STAND_INS or kind is float:  # a float may be among other numbers
            at = self._number(part)
            return lambda filling: kind(filling.outputs[at])
        if isinstance(part, Value):
            part = self._recorder.row_of(part)
            if id(part) not in self._values:
                self._values[id(part)] = self._value(part)
            return self._values[id(part)].filled
        if not is_plain(part):
            self.others.append(part)
        kept = part.copy() if is_array(part) else part
        return lambda _: kept.copy() if is_array(kept) else kept

    def _floats(self, part: Any) -> slice:
        """The outputs that the floats of a list or an array are, one after the other."""
        outputs = [self._number(x) for x in (part if type(part) is list else part.ravel())]
        return slice(outputs[0], outputs[-1] + 1)

    def _number(self, part: Any) -> int:
        """The output that a number is."""
        is_followed = type(part) in _STAND_INS
        return self._output(
            part.entry if is_followed else self._recorder.tape.constant(float(part), "")
        )

    def _output(self, entry: int) -> int:
        outputs = self._recorder.tape.outputs
        outputs.append(entry)
        return len(outputs) - 1

    def _value(self, value: Value) -> _Value:
        recorder, tape = self._recorder, self._recorder.tape
        entry = recorder.entry(value)
        output = self._output(entry)
        if recorder.is_from_outside(value):
            return _Value(output, value.label, None, tape.gradient_entry(entry))
        if value.op is not None:
            tape.roots.append(output)
            self.roots.append(Root(recorder.name, len(tape.roots) - 1))
            recorder.settle_root(entry)
            return _Value(output, value.label, self.roots[-1])
        if recorder.was_used_as_leaf(value):
            raise CompileError(
                f"{recorder.name}() returns a leaf that it has made and computed with, which no "
                "gradient would reach in a replay: pass the leaf as an argument"
            )
        return _Value(output, value.label, None)

    def filled(self, outputs: list[float], call: Call) -> Any:
        """What a call returns, which has these outputs."""
        if self._is_number:
            return self._kind(outputs[0])
        return self._filled(_Filling(outputs, call, {}))

    def all_of(self, outputs: list[float], calls: int, call: Call) -> list[Any]:
        """What so many calls return, which have these outputs, one call after the other.

        They return no roots; Values from outside are those of ``call``.
        """
        count = len(outputs) // max(calls, 1)
        if self._is_number and self._kind is float and count == 1:
            return outputs
        if self._is_number and calls:
            return [*map(self._kind, outputs[::count])]
        return [self.filled(outputs[i * count : (i + 1) * count], call) for i in range(calls)]


_STAND_INS: Final = (Number, Flag, Index)


def _kind(part: Any) -> Any:
    """The type of a part of a result, or of what is stood for."""
    return part.kind if type(part) in _STAND_INS else type(part)


def _are_floats(part: Any) -> bool:
    """True for a list of floats or an array of such, NumPy's own among them."""
    is_list = type(part) is list
    kinds = {_kind(x) for x in (part if is_list else part.ravel() if is_open_array(part) else ())}
    return len(kinds) > 0 and all(
        x is float or (not is_list and issubclass(x, float)) for x in kinds
    )


def _shaped(floats: list[float], shape: tuple[int, ...] | None) -> Any:
    return floats if shape is None else sys.modules["numpy"].reshape(floats, shape)
