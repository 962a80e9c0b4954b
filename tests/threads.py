"""Threads that take turns as often as Python lets them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable


def run_at_once(steps: Iterable[Callable[[], object]]) -> None:
    """Call each of these in a thread of its own; returns once all have ended."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=step) for step in steps]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
