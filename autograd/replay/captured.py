"""Captured: the Values that a program reads or changes in each call, and who else holds them.

A program holds these Values. That one has been replaced, such as a parameter, is told by its count
of references: only programs hold it. So they count together how many of the references are theirs.
"""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Iterable, Sequence
from operator import is_
from typing import Final

from autograd.engine.locks import flag
from autograd.engine.replayed import Reached
from autograd.engine.value import Value


class _Tuple:
    """The Values that some programs capture, in one tuple.

    Attributes:
        values: these Values.
        indices: the index of each, by its id.
        references: for each of the Values the references to it that are from programs, and before
            these the greatest of them.
    """

    def __init__(self, values: tuple[Value, ...]) -> None:
        self.values = values
        self.indices = {id(value): i for i, value in enumerate(values, 1)}
        self.references = array("q", [0]) * (len(values) + 1)
        for other in _tuples:
            for key in self.indices.keys() & other.indices.keys():
                self.references[self.indices[key]] = other.references[other.indices[key]]
        _tuples.add(self)
        _hold(self, self.indices)

    def count(self, ids: Iterable[int], references: int) -> None:
        """Count so many more references to each of these Values, as far as they are here."""
        for key in ids:
            if key in self.indices:
                self.references[self.indices[key]] += references
        self.references[0] = 0
        self.references[0] = max(self.references)


_tuples: weakref.WeakSet[_Tuple] = weakref.WeakSet()


def _hold(owner: object, ids: Iterable[int], references: int = 1) -> None:
    """Count references to each of these Values, as long as their owner lives."""
    _count(ids, references)
    weakref.finalize(owner, _count, ids, -references).atexit = False


def _count(ids: Iterable[int], references: int) -> None:
    with flag:
        for each in _tuples:
            each.count(ids, references)


def _tuple_of(values: Sequence[Value]) -> _Tuple:
    """The tuple of these Values, which is one for all programs that capture the same."""
    with flag:
        for each in _tuples:
            if len(each.values) == len(values) and all(map(is_, each.values, values)):
                return each
        return _Tuple(tuple(values))


class Captured:
    """The Values that a program captures: those that are the same in each call.

    Attributes:
        values: these Values.
        leaves: for each leaf of the tape the index of its Value; those of a call come first.
        references: for each of the Values the references to it that are from programs, and before
            these the greatest of them.
    """

    def __init__(self, values: Sequence[Value], leaves: Sequence[int]) -> None:
        self._tuple = _tuple_of(values)
        self.values = self._tuple.values
        self.references = self._tuple.references
        self.leaves = leaves
        self._reached: dict[int, tuple[list[int], Reached]] = {}

    def are_any(self, values: list[Value]) -> bool:
        """True if one of these Values is captured."""
        return bool(values) and not self._tuple.indices.keys().isdisjoint(map(id, values))

    def reached(self, leaves: list[int]) -> Reached:
        """The Values of these leaves, all captured ones; the list of leaves is kept."""
        known = self._reached.get(id(leaves))
        if known is None:
            reached = Reached([self.values[self.leaves[leaf]] for leaf in leaves])
            known = self._reached[id(leaves)] = leaves, reached
            _hold(self, [*map(id, reached.values)], _IN_REACHED)
        return known[1]


# The references that `Reached` adds: from its list of values, and from its list of steps.
_IN_REACHED: Final = 2
