"""Whether these are the very objects: `==` compares Values by their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from operator import is_
from typing import Any


def are(found: Iterable[Any], expected: Iterable[Any]) -> bool:
    """True if the objects found are those expected, in the same order."""
    found, expected = [*found], [*expected]
    return len(found) == len(expected) and all(map(is_, found, expected))
