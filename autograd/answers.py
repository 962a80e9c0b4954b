"""The type of what an operator gives, for type checkers: nothing imports it when a program runs.

The result of an operator may be NotImplemented, though never for whoever writes the operator.
Compiled code enforces types; mypyc, which does not follow imports from here, takes this one for
Any.
"""

from __future__ import annotations

from typing import TypeAlias, TypeVar

Number = TypeVar("Number")

Answer: TypeAlias = Number
