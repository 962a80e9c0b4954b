"""Results: what a call returned, as a form to fill in with the numbers of a replay."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from autograd.engine.value import Value
from autograd.replay.errors import CompileError
from autograd.replay.parts import elements, is_open_array, mapped
from autograd.replay.recording.indices import Index
from autograd.replay.recording.outside import Outside
from autograd.replay.recording.recorder import Recorder
from autograd.replay.recording.standins import Flag, Number
from autograd.replay.replays import Call, Root
from autograd.replay.tape import Tape


class _Numbers:
    """What is made of outputs of the tape alone."""

    def made(self, outputs: list[float]) -> Any:
        """The result of a call."""
        raise NotImplementedError


class _Float(_Numbers):
    """A number: an output of the tape, of this type."""

    def __init__(self, output: int, kind: Any) -> None:
        self.output = output
        self.kind = kind

    def made(self, outputs: list[float]) -> Any:
        """The number of a call."""
        return self.kind(outputs[self.output])


class _New:
    """A new Value, an output of the tape: a leaf, unless gradients may start at it as a root."""

    def __init__(self, output: int, label: str, root: Root | None) -> None:
        self.output = output
        self.label = label
        self.root = root

    def made(self, outputs: list[float], call: Call | None) -> Value:
        """The Value of a call."""
        number = outputs[self.output]
        if self.root is None or call is None:
            return Value(number, self.label)
        return call.value(self.root, number, self.label)


class _Outside(_New):
    """A Value that was not made in the call, or was made of a constant.

    Only when the call is over, it is known which.
    """

    def __init__(self, entry: int, output: int, label: str) -> None:
        super().__init__(output, label, None)
        self.entry = entry


class _Copied:
    """An array of whole numbers or the like, of which each call returns a copy."""

    def __init__(self, array: Any) -> None:
        self.array = array


class _Floats(_Numbers):
    """A list or an array of floats that are outputs one after the other."""

    def __init__(self, start: int, stop: int, shape: tuple[int, ...] | None) -> None:
        self.part = slice(start, stop)
        self.shape = shape  # of an array

    def made(self, outputs: list[float]) -> Any:
        """The list or array of a call."""
        floats = outputs[self.part]
        if self.shape is None:
            return floats
        return sys.modules["numpy"].array(floats).reshape(self.shape)


class _Group(_Numbers):
    """A list or a tuple of such."""

    def __init__(self, kind: type, parts: Sequence[_Numbers]) -> None:
        self.kind = kind
        self.parts = parts
        rows = [x for x in parts if type(x) is _Floats and x.shape is None]
        self.rows = [x.part for x in rows] if len(rows) == len(parts) else None

    def made(self, outputs: list[float]) -> Any:
        """The list or tuple of a call."""
        if self.rows is not None:
            return self.kind([outputs[part] for part in self.rows])
        return self.kind([part.made(outputs) for part in self.parts])


def _gathered(template: Any) -> Any:
    """The template with one form in place of each list, tuple and array of numbers."""
    kind = type(template)
    if kind is list and not template:
        return template
    if kind is list or is_open_array(template):
        parts = template if kind is list else elements(template)
        start = getattr(parts[0], "output", 0) if parts else 0
        if parts and all(
            type(x) is _Float and x.output == i and (kind is not list or x.kind is float)
            for i, x in enumerate(parts, start=start)
        ):
            return _Floats(start, start + len(parts), None if kind is list else template.shape)
    if kind in (list, tuple):
        gathered = [_gathered(x) for x in template]
        if gathered and all(isinstance(x, _Numbers) for x in gathered):
            return _Group(kind, gathered)
        return kind(gathered)
    return template


class Form:
    """What a function returned, with a place for each number that a replay gives.

    Attributes:
        roots: the outputs that gradients may start at.
    """

    def __init__(self, recorder: Recorder, result: Any) -> None:
        """Note the outputs on the tape of the recorder."""
        self._recorder = recorder
        self._indices: dict[int, int] = {}
        self._parts: dict[int, Any] = {}  # by the id of a Value: it is returned as one object
        self.roots: list[Root] = []
        self._template = _gathered(mapped(self._part, result))
        del self._recorder, self._parts

    def settle(self, tape: Tape, outside: Outside) -> None:
        """The call is over: the leaves of the tape are data of Values from outside."""
        self._indices = dict(zip(tape.leaves, outside.leaves))

    def _output(self, entry: int) -> int:
        outputs = self._recorder.tape.outputs
        outputs.append(entry)
        return len(outputs) - 1

    def _part(self, part: Any) -> Any:
        if type(part) in (Number, Flag, Index):
            return _Float(self._output(part.entry), part.kind)
        if type(part) is float:  # an output as well, since it may be among others
            return _Float(self._output(self._recorder.tape.constant(part, "")), float)
        if isinstance(part, Value):
            part = self._recorder.row_of(part)
            if id(part) not in self._parts:
                self._parts[id(part)] = self._of_value(part)
            return self._parts[id(part)]
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(part, numpy.ndarray):
            return _Copied(part.copy())
        return part

    def _of_value(self, value: Value) -> Any:
        recorder, tape = self._recorder, self._recorder.tape
        entry = recorder.entry(value)
        output = self._output(entry)
        if recorder.is_from_outside(value):
            return _Outside(tape.same_leaf[entry], output, value.label)
        if value.op is not None:
            tape.roots.append(output)
            self.roots.append(Root(recorder.name, len(tape.roots) - 1))
            recorder.settle_root(entry)
            return _New(output, value.label, self.roots[-1])
        if recorder.was_used_as_leaf(value):
            raise CompileError(
                f"{recorder.name}() returns a leaf that it has made and computed with, which no "
                "gradient would reach in a replay: pass the leaf as an argument"
            )
        return _New(output, value.label, None)

    def filled(self, call: Call, count: int) -> Any:
        """What the call returns, which is made of the first ``count`` outputs."""
        template = self._template
        outputs = call.run.first(count)
        if type(template) is _New:  # a Value, as most functions return
            return template.made(outputs, call)
        if isinstance(template, _Numbers):
            return template.made(outputs)
        return self.of(outputs, call.values, call)

    def all_of(self, outputs: list[float], calls: int, values: Sequence[Value]) -> list[Any]:
        """What so many calls return, which have these outputs, one call after the other."""
        template = self._template
        count = len(outputs) // max(calls, 1)
        if type(template) is _Float and calls:
            return [*map(template.kind, outputs[template.output :: count])]
        return [self.of(outputs[i * count : (i + 1) * count], values) for i in range(calls)]

    def of(self, outputs: list[float], values: Sequence[Value], call: Call | None = None) -> Any:
        """What a call with these outputs returns; it is known itself if there is a root."""
        template = self._template
        if isinstance(template, _Numbers):
            return template.made(outputs)
        made: dict[int, Value] = {}

        def part(form: Any) -> Any:
            if isinstance(form, _Numbers):
                return form.made(outputs)
            if isinstance(form, _Copied):
                return form.array.copy()
            if isinstance(form, _Outside) and form.entry in self._indices:
                return values[self._indices[form.entry]]
            if not isinstance(form, _New):
                return form
            if id(form) not in made:
                made[id(form)] = form.made(outputs, call)
            return made[id(form)]

        return mapped(part, template)
