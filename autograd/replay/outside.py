"""Outside: the Values of a call that were not made in it, and what the call changes of them.

While a call is recorded, it changes these Values as it always does. Afterwards they are put back:
what was recorded is a program, and it is the program that then changes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final, NamedTuple

from autograd.engine.value import Value

UNREACHED: Final = -1  # the count of uses of a Value that no backward pass has reached


class Source(Enum):
    """What of a Value an input of a program is: a part of its state."""

    DATA = "data"
    GRAD = "grad"
    HAS_GRAD = "has_grad"

    def of(self, value: Value) -> float:
        """The number, as it is now."""
        if self is Source.DATA:
            return value._data
        return value._grad if self is Source.GRAD else float(value.has_grad)


class Effect(NamedTuple):
    """A change of a Value.

    Attributes:
        value: the index of the Value.
        source: what of it is changed, its data or its grad.
        output: the position of the new number among the outputs of the tape.
        awaited: of a grad, 0 if a backward pass has reached the Value, else `UNREACHED`.
    """

    value: int
    source: Source
    output: int
    awaited: int


class Outside:
    """The Values of a call that were not made in it: its arguments, and those that it has found.

    Attributes:
        values: each once; the arguments first.
        arguments: the number of arguments.
        sources: for each input of the tape, after the floats among the arguments, what of which
            Value it is.
        leaves: for each leaf of the tape the index of its Value.
        changed: for each Value that is changed, what becomes of it: for its data True, for its
            grad the count of its uses.
    """

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.arguments = 0
        self.sources: list[tuple[Source, int]] = []
        self.leaves: list[int] = []
        self.changed: dict[tuple[int, Source], int] = {}
        self._indices: dict[int, int] = {}
        self._before: dict[int, tuple[float, float, int]] = {}

    def __contains__(self, value: Value) -> bool:
        return id(value) in self._indices

    def index(self, value: Value) -> int:
        """The index of a Value, which may be new."""
        index = self._indices.setdefault(id(value), len(self.values))
        if index == len(self.values):
            self.values.append(value)
        return index

    def change(self, value: Value, source: Source, awaited: int = 0) -> int:
        """Note that a Value is about to be changed; returns its index."""
        index = self.index(value)
        self._before.setdefault(index, (value._data, value._grad, value._awaited))
        self.changed[index, source] = awaited
        return index

    def restore(self) -> None:
        """Put all that was changed back."""
        for index, (data, grad, awaited) in self._before.items():
            value = self.values[index]
            value._data = data
            value._grad = grad
            value._awaited = awaited

    def leave_out(self, indices: set[int]) -> None:
        """Forget the Values with these indices, which were made in the call after all."""
        kept = [i for i in range(len(self.values)) if i not in indices]
        new = {old: i for i, old in enumerate(kept)}
        self.values = [self.values[i] for i in kept]
        self.sources = [(source, new[i]) for source, i in self.sources if i in new]
        self.leaves = [new[i] for i in self.leaves if i in new]
        self.changed = {(new[i], source): x for (i, source), x in self.changed.items() if i in new}
        self._indices = {key: new[i] for key, i in self._indices.items() if i in new}

    def reads_data_alone(self) -> bool:
        """True if the inputs are the data of each Value, in order."""
        return self.sources == [(Source.DATA, i) for i in range(len(self.values))]


def numbers(values: list[Value], sources: list[tuple[Source, int]]) -> list[Any]:
    """The numbers that these sources have now."""
    return [source.of(values[index]) for source, index in sources]


def apply(effects: list[Effect], values: Sequence[Value], outputs: list[float]) -> None:
    """Change Values as a call does. If Ctrl-C comes meanwhile, all of it is done before it ends."""
    try:
        _apply(effects, values, outputs)
    except BaseException:
        _apply(effects, values, outputs)
        raise


def _apply(effects: list[Effect], values: Sequence[Value], outputs: list[float]) -> None:
    for index, source, output, awaited in effects:
        value = values[index]
        if source is Source.DATA:
            value._data = outputs[output]
        else:
            value._grad = outputs[output]
            value._awaited = awaited
