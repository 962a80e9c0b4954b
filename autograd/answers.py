"""Types of what the engine takes and gives, for type checkers: no program imports them.

The engine checks what it takes itself, so that its errors say what to pass, and the result of an
operator may be NotImplemented, though never for whoever writes the operator. Compiled code enforces
types; mypyc, which does not follow imports from here, takes these for Any.
"""

from __future__ import annotations

from typing import TypeAlias, TypeVar

Number = TypeVar("Number")

Given: TypeAlias = Number
Answer: TypeAlias = Number
