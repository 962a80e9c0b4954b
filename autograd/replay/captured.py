"""Captured: the Values that a program reads or changes in each call, and who else holds them.

A program holds these Values. That one has been replaced, such as a parameter, is told by its count
of references: only programs hold it. How many of the references are theirs is counted when it may
matter, since there are thousands of Values, and many programs that share them.
"""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Sequence
from typing import Final

from autograd.engine.locks import flag
from autograd.engine.replayed import Reached
from autograd.engine.value import Value


class _Programs:
    """What all programs capture.

    Attributes:
        captured: that of each.
        changes: how often a program has come or gone, or has come to hold Values once more.
    """

    def __init__(self) -> None:
        self.captured: weakref.WeakSet[Captured] = weakref.WeakSet()
        self.changes = 0

    def have_changed(self) -> None:
        """Count one change more."""
        with flag:
            self.changes += 1


_programs: Final = _Programs()


class Captured:
    """The Values that a program captures: those that are the same in each call.

    Attributes:
        values: these Values.
        leaves: for each leaf of the tape the index of its Value; those of a call come first.
        references: for each of the Values the references to it that are from programs, when they
            were counted last; and before these, how many there may be more of now to any of them.
    """

    def __init__(self, values: Sequence[Value], leaves: Sequence[int]) -> None:
        self.values = tuple(values)
        self.leaves = leaves
        self.references = array("q", [1]) * (len(values) + 1)
        self.references[0] = 0
        self._ids = frozenset(map(id, values))
        self._reached: dict[int, tuple[list[int], Reached]] = {}
        with flag:
            _programs.have_changed()
            self._counted = -1
            for other in self._others():
                self.references[0] += 1 + _IN_REACHED * len(other._reached)
                other.references[0] += 1
            _programs.captured.add(self)
        weakref.finalize(self, _programs.have_changed).atexit = False

    def _others(self) -> list[Captured]:
        """The others that have some of these Values."""
        return [x for x in _programs.captured if x is not self and not x._ids.isdisjoint(self._ids)]

    def are_any(self, values: list[Value]) -> bool:
        """True if one of these Values is captured."""
        return bool(values) and not self._ids.isdisjoint(map(id, values))

    def reached(self, leaves: list[int]) -> Reached:
        """The Values of these leaves, all captured ones; the list of leaves is kept."""
        known = self._reached.get(id(leaves))
        if known is None:
            reached = Reached([self.values[self.leaves[leaf]] for leaf in leaves])
            with flag:
                known = self._reached[id(leaves)] = leaves, reached
                _programs.have_changed()
                for each in [self, *self._others()]:
                    each.references[0] += _IN_REACHED
        return known[1]

    def recount(self) -> int:
        """Count the references, if that may give another number than the last time.

        A signal may end it at any place: what is known then is still not too little.

        Returns:
            The number in `references` of those that there may be more, which is to be subtracted.
        """
        with flag:
            changes, more = _programs.changes, self.references[0]
            if self._counted == changes:
                return 0
            counts = dict.fromkeys(self._ids, 0)
            for each in [self, *self._others()]:
                for key in self._ids & each._ids:
                    counts[key] += 1
                for _, reached in each._reached.values():
                    for key in self._ids.intersection(map(id, reached.values)):
                        counts[key] += _IN_REACHED
            for i, value in enumerate(self.values, 1):
                self.references[i] = counts[id(value)]
            self._counted = changes
        return more


# The references that `Reached` adds: from its list of values, and from its list of steps.
_IN_REACHED: Final = 2
