"""The methods of a traced number, written from the rows of the table.

`python -m tests.methods` writes those in `autograd/engine/operators.py` anew. They are source, not
made at run time, because mypyc compiles them, and mypy and editors are to know them.
"""

from __future__ import annotations

import re
from pathlib import Path

from autograd.engine import table
from autograd.engine.primitive import Choice, Primitive, Reduction

SOURCE = Path(__file__).parent.parent / "autograd" / "engine" / "operators.py"
# The lines before the methods and after them.
BEFORE = "    # ── Methods, which `python -m tests.methods` writes from the table ────────────\n\n"
AFTER = "\n\ndef as_constant("

# Further names: NumPy's functions of an array of objects call the method that has the name of the
# ufunc, and torch and Python have `abs`. `round` is rint, since `x.round(2)` would be a guess too.
_NAMES = {
    "absolute": ("abs", "absolute", "fabs"),
    "deg2rad": ("deg2rad", "radians"),
    "rad2deg": ("rad2deg", "degrees"),
    "round": ("rint",),
}

METHODS: dict[str, Primitive] = {
    method: row
    for name, row in vars(table).items()
    if (name in table.__all__ or name == "round")
    and isinstance(row, Primitive)
    and not isinstance(row, (Choice, Reduction))
    for method in _NAMES.get(name, (name,))
}


def method(name: str, row: Primitive) -> str:
    """The source of a method."""
    # The first operand is the number itself, and called x in what the table says.
    others = ["x"] if row.name == "arctan2" else row.parameters()[1:]
    required = len(others) - len(row.defaults)
    defaults = ["" for _ in range(required)] + [f" = {default}" for default in row.defaults]
    parameters = [
        "self",
        *[
            f"{other}: Given[Self | SupportsFloat]{default}"
            for other, default in zip(others, defaults)
        ],
    ]
    operands = f"(self, {', '.join(others)})" if others else "(self,)"
    summary = re.sub(r"^[a-z]{2,}(?= )", lambda word: word[0].capitalize(), row.summary)
    return (
        f"    def {name}({', '.join(parameters)}) -> Self:\n"
        f'        """{summary}."""\n'
        f"        return self.apply(table.{row.name}, {operands})\n"
    )


def source() -> str:
    """`operators.py` with its methods as the table has them."""
    before, _, rest = SOURCE.read_text("utf-8").partition(BEFORE)
    after = rest[rest.index(AFTER) :]
    return before + BEFORE + "\n".join([method(*each) for each in METHODS.items()]) + after


if __name__ == "__main__":
    SOURCE.write_text(source(), "utf-8")
