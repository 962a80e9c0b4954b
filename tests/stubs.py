"""The types of operations, generated from the table: ``python -m tests.stubs``.

Type checkers and editors read them; a program never does.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from autograd.engine import table
from autograd.engine.primitive import Choice, Primitive, Reduction

PATH: Final = Path(__file__).parent.parent / "autograd" / "operations.pyi"

_HEADER: Final = '''"""The types of the operations, from the table; see `tests.stubs`."""

from typing import Final

'''

_BY_ARITY: Final = {1: "Unary", 2: "Binary", 3: "Ternary"}


def kind_of(operation: object) -> str:
    """The name in `autograd/typed.pyi` of the type that a public name of the table has."""
    if isinstance(operation, Choice):
        return "Where"
    if isinstance(operation, Reduction):
        return "OverSequence" if operation.sequences == 1 else "OverSequences"
    if not isinstance(operation, Primitive):
        return "ToSequence"
    if operation.defaults:
        return "UnaryWithOption"
    return _BY_ARITY[operation.arity]


def _natural(name: str) -> list[tuple[int, str]]:
    """Where a name stands among others, log2 before log10."""
    return [(int(part) if part.isdigit() else -1, part) for part in re.split(r"(\d+)", name)]


def stubs() -> str:
    """The content of `autograd/operations.pyi`."""
    names = sorted([*table.__all__, "max", "min", "round", "sum"])
    kinds = {name: kind_of(getattr(table, name)) for name in names}
    imports = ",\n".join(f"    {kind}" for kind in sorted(set(kinds.values())))
    public = ",\n".join(f'    "{name}"' for name in sorted(table.__all__, key=_natural))
    declared = "\n".join(f"{name}: Final[{kind}]" for name, kind in kinds.items())
    return (
        f"{_HEADER}from autograd.typed import (\n{imports},\n)\n\n"
        f"__all__ = [\n{public},\n]\n\n{declared}\n"
    )


if __name__ == "__main__":
    PATH.write_text(stubs(), encoding="utf-8")
