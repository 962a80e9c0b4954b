"""The methods of a traced number, written from the rows of the table.

`python -m tests.methods` writes those in `autograd/engine/operators.py` anew. They are source, not
made at run time, because mypyc compiles them, and mypy and editors are to know them.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from autograd.engine import table
from autograd.engine.primitive import Primitive

SOURCE = Path(__file__).parent.parent / "autograd" / "engine" / "operators.py"
# The lines before the methods and after them.
BEFORE = "    # ── Methods, which `python -m tests.methods` writes from the table ────────────\n\n"
AFTER = "\n\ndef as_constant("

# NumPy's functions of an array of objects call the method that has the name of the ufunc. Those who
# come from micrograd use sigmoid and relu as methods too.
METHODS: dict[str, Primitive] = {
    "rint" if name == "round" else name: row
    for name, row in vars(table).items()
    if isinstance(row, Primitive)
    and (
        isinstance(getattr(np, "rint" if name == "round" else name, None), np.ufunc)
        or name in ("sigmoid", "relu")
    )
}


def method(name: str, row: Primitive) -> str:
    """The source of a method."""
    other = "x" if name == "arctan2" else "y"  # the number itself is then y
    parameters, operands = ("", "") if row.arity == 1 else (f", {other}: Any", f" {other}")
    summary = re.sub(r"^[a-z]{2,}(?= )", lambda word: word[0].capitalize(), row.summary)
    return (
        f"    def {name}(self{parameters}) -> Self:\n"
        f'        """{summary}."""\n'
        f"        return self.apply(table.{row.name}, (self,{operands}))\n"
    )


def source() -> str:
    """`operators.py` with its methods as the table has them."""
    before, _, rest = SOURCE.read_text("utf-8").partition(BEFORE)
    after = rest[rest.index(AFTER) :]
    return before + BEFORE + "\n".join([method(*each) for each in METHODS.items()]) + after


if __name__ == "__main__":
    SOURCE.write_text(source(), "utf-8")
