"""Passes through graphs: one at a time, and numbered.

A backward pass, and a walk of `differential.py`, leave counts and numbers on the values
that they reach. Two threads may have values in common, so passes and walks take turns.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from autograd.engine.locks import turn
from autograd.native import COMPILED, i32, mypyc_attr

# The numbers of passes. The indices of a walk, which share their slot, are below the first.
FIRST: Final = 2**30
LAST: Final = 2**31 - 1

# True if no other code runs during a backward pass: the compiled one keeps the interpreter's lock.
UNINTERRUPTED: Final[bool] = COMPILED and getattr(sys, "_is_gil_enabled", lambda: True)()


@mypyc_attr(acyclic=True)
class _Passes:
    """The turn to go through a graph, and the numbers of backward passes.

    Attributes:
        turn: a lock, held by the thread that goes through a graph. A pass that no other code
            can interrupt needs it only during a walk.
        walks: the number of walks that have begun and not ended.
        replays: True once there is a `_ReplayedValue`, at which other code runs during a pass.
        latest: the number of the latest backward pass.
    """

    __slots__ = ("latest", "replays", "turn", "walks")

    def __init__(self) -> None:
        self.turn: Any = turn
        self.walks: i32 = 0
        self.replays = False
        self.latest: i32 = FIRST


passes: Final = _Passes()
