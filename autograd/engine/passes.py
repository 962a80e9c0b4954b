"""Passes through graphs: one at a time, and numbered.

A backward pass, and a walk of `differential.py`, leave counts and numbers on the values
that they reach. Two threads may have values in common, so passes and walks take turns.
"""

from __future__ import annotations

from typing import Any, Final

from autograd.engine.locks import turn
from autograd.native import i32, mypyc_attr

# The indices of a walk, which share the slot of the numbers of passes, are below this.
_FIRST: Final = 2**30
_LAST: Final = 2**31 - 1


@mypyc_attr(acyclic=True)
class _Passes:
    """The turn to go through a graph, and the numbers of backward passes.

    Attributes:
        turn: a lock, held by the thread that goes through a graph.
    """

    __slots__ = ("_latest", "turn")

    def __init__(self) -> None:
        self.turn: Any = turn
        self._latest: i32 = _FIRST

    def begin(self) -> i32:
        """The number of a new backward pass; `turn` is held."""
        self._latest = _FIRST if self._latest == _LAST else self._latest + 1
        return self._latest


passes: Final = _Passes()
