"""Outside: the Values of a call that were not made in it, and what the call changes of them.

While a call is recorded, it changes these Values as it always does. Afterwards they are put back:
what was recorded is a program, and it is the program that then changes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from autograd.engine.value import Value
from autograd.replay.bound import Change, Part
from autograd.replay.checks import same

UNREACHED: Final = -1  # the count of uses of a Value that no backward pass has reached


# The data and the grad of a Value, and the count of its uses.
State: TypeAlias = "tuple[float, float, int]"


def state_of(value: Value) -> State:
    """The state of a Value."""
    return value._data, value._grad, value._awaited


class Effects:
    """What a call changes of Values.

    Attributes:
        count: the number of changes.
        data_of: the indices of the Values whose data is changed.
        grad_of: those of the Values whose grad is.
        awaited: for each of the latter, 0 if a backward pass has reached it, else `UNREACHED`.
        has_grad_of: those of the Values of which an index decides if a pass has reached them.
    """

    def __init__(self, changed: dict[tuple[int, Part], int]) -> None:
        data, grad, has_grad = Part.DATA, Part.GRAD, Part.HAS_GRAD
        self.data_of = [index for index, part in changed if part is data]
        self.grad_of = [index for index, part in changed if part is grad]
        self.awaited = [x for (_, part), x in changed.items() if part is grad]
        self.has_grad_of = [index for index, part in changed if part is has_grad]
        self.count = len(changed)

    def changes(self) -> list[Change]:
        """The changes, those of data first."""
        data, grad, has_grad = Part.DATA, Part.GRAD, Part.HAS_GRAD
        return [
            *[Change(data, index, 0) for index in self.data_of],
            *[Change(grad, index, x) for index, x in zip(self.grad_of, self.awaited)],
            *[Change(has_grad, index, 0) for index in self.has_grad_of],
        ]

    def difference(
        self, values: Sequence[Value], before: list[State], outputs: list[float]
    ) -> str | None:
        """How Values differ from what they become by these changes, if they were so before."""
        moved, reached = set(self.data_of), set(self.grad_of)
        for index, (value, (data, grad, _)) in enumerate(zip(values, before)):
            data_is_kept = index in moved or same(data, value._data)
            if not data_is_kept or not (index in reached or same(grad, value._grad)):
                what = "grad" if data_is_kept else "data"
                return f"{_named(what, value)} is changed by the function only"
        numbers = iter(outputs[len(outputs) - self.count :])
        for index in self.data_of:
            problem = _difference("data", values[index], next(numbers), values[index]._data)
            if problem is not None:
                return problem
        for index, awaited in zip(self.grad_of, self.awaited):
            problem = _difference("grad", values[index], next(numbers), values[index]._grad)
            if problem is not None:
                return problem
            is_certain = index not in self.has_grad_of
            if is_certain and (awaited == 0) != (values[index]._awaited == 0):
                return f"{_named('grad', values[index])} is reached in one of the two only"
        for index in self.has_grad_of:
            value = values[index]
            if (next(numbers) != 0.0 or value._grad != 0.0) != value.has_grad:
                return f"{_named('grad', values[index])} is reached in one of the two only"
        return None


def _named(what: str, value: Value) -> str:
    return f"the {what} of {value.label or 'a Value'}"


def _difference(what: str, value: Value, number: float, now: float) -> str | None:
    if same(number, now):
        return None
    return f"{_named(what, value)} is {number!r} replayed, {now!r} as it is"


class Outside:
    """The Values of a call that were not made in it: its arguments, and those that it has found.

    Attributes:
        values: each once; the arguments first.
        arguments: the number of arguments.
        sources: for each input of the tape, after the floats among the arguments, what of which
            Value it is.
        leaves: for each leaf of the tape the index of its Value.
        changed: for each Value that is changed, what becomes of it: for its data True, for its
            grad the count of its uses, and the entry that says if a pass has reached it where that
            is not certain.
    """

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.arguments = 0
        self.sources: list[tuple[Part, int]] = []
        self.leaves: list[int] = []
        self.changed: dict[tuple[int, Part], int] = {}
        self._indices: dict[int, int] = {}
        self._before: dict[int, State] = {}

    def __contains__(self, value: Value) -> bool:
        return id(value) in self._indices

    def index(self, value: Value) -> int:
        """The index of a Value, which may be new."""
        index = self._indices.setdefault(id(value), len(self.values))
        if index == len(self.values):
            self.values.append(value)
        return index

    def change(self, value: Value, part: Part, awaited: int = 0) -> int:
        """Note that a Value is about to be changed; returns its index."""
        index = self.index(value)
        self._before.setdefault(index, state_of(value))
        self.changed[index, part] = awaited
        return index

    def had_grad(self, value: Value) -> bool:
        """True if a backward pass had reached a Value before the call."""
        _, grad, awaited = self._before[self._indices[id(value)]]
        return awaited == 0 or grad != 0.0

    def restore(self) -> None:
        """Put all that was changed back."""
        for index, (data, grad, awaited) in self._before.items():
            value = self.values[index]
            value._data = data
            value._grad = grad
            value._awaited = awaited

    def leave_out(self, indices: set[int]) -> None:
        """Forget the Values with these indices, which were made in the call after all."""
        if not indices:
            return
        kept = [i for i in range(len(self.values)) if i not in indices]
        new = {old: i for i, old in enumerate(kept)}
        self.values = [self.values[i] for i in kept]
        self.sources = [(part, new[i]) for part, i in self.sources if i in new]
        self.leaves = [new[i] for i in self.leaves if i in new]
        self.changed = {(new[i], part): x for (i, part), x in self.changed.items() if i in new}
        self._indices = {key: new[i] for key, i in self._indices.items() if i in new}
