"""The locks of the engine, which are free in a forked process.

While one thread forks, another may hold a lock, and is gone in the child. So forking waits until
the locks are free, and no graph is then half gone through.
"""

from __future__ import annotations

import os
from threading import RLock
from typing import Any, Final

# Held by the thread that goes through a graph.
turn: Final[Any] = RLock()

# Held while the flag of `recording.py` changes, or what programs hold is counted, also by a thread
# that holds the other. Freeing an object does either, which may happen at any time: so these are
# locks that can be nested.
flag: Final[Any] = RLock()


def _acquire() -> None:
    turn.acquire()
    flag.acquire()


def _release() -> None:
    flag.release()
    turn.release()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(before=_acquire, after_in_parent=_release, after_in_child=_release)
