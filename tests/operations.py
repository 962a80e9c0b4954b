"""The page docs/operations.md, generated from the rows of the table and the tests of them.

``python -m tests.operations`` writes it anew; a test fails while it is out of date.
"""

from __future__ import annotations

import builtins
import inspect
import re
from collections.abc import Iterator, Sequence

from autograd import Value
from autograd.engine import table
from autograd.engine.primitive import Choice, Primitive, Reduction
from autograd.words.formulas import local_derivative_formulas
from tests.engine.test_table import SPECIAL_POINTS
from tests.oracle import ROWS
from tests.programs import ROOT

PAGE = ROOT / "docs" / "operations.md"

INTRODUCTION = """\
# Operations

Every operation of the package, as the table in
[`autograd/engine/table.py`](../autograd/engine/table.py) declares it. Each is a function of
`autograd`; those with a name that NumPy has for a ufunc are methods of a `Value` too, and the
arithmetic ones are operators. In a derivative, `out` is the result.

*Error* is the bound, in units in the last place, that tests hold the value and each derivative to,
against arithmetic of 60 digits and over the whole range of floats. Two bounds are those of the
value and of the derivatives.

This page is generated from the rows and their tests: `python -m tests.operations`.
"""

FUNCTIONS = {"softmax": "share", "log_softmax": "log_share"}  # a row for each of their elements


def sections() -> Iterator[tuple[str, list[str]]]:
    """The headings of the table, each with the names of the operations below it."""
    heading = ""
    names: list[str] = []
    offered = {*table.__all__, *(name for name in vars(builtins) if is_row(name))}
    source = (ROOT / "autograd" / "engine" / "table.py").read_text("utf-8")
    for line in source.splitlines():
        found = re.match(r"# ── (.+?) ─", line)
        if found:
            if names:
                yield heading, names
            heading, names = found[1], []
        declared = re.match(r"(?:def )?(\w+)(?:: +Final|\()", line)
        if declared and declared[1] in offered:
            names.append(declared[1])
    if names:
        yield heading, names


def is_row(name: str) -> bool:
    return isinstance(getattr(table, name, None), Primitive)


def row(name: str) -> str:
    """A line of the table of a section."""
    primitive = getattr(table, FUNCTIONS.get(name, name))
    summary = primitive.summary
    if name in FUNCTIONS:
        summary = inspect.getdoc(getattr(table, name)) or ""
        summary = summary.splitlines()[0].rstrip(".")
    cells = [f"`{name}`", summary[0].lower() + summary[1:], derivative(primitive), error(primitive)]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def derivative(primitive: Primitive) -> str:
    """The local derivatives, as pictures and explanations write them."""
    if isinstance(primitive, Choice):
        return "1 for the operand taken"
    operands = [Value(0.5, name) for name in names_of(primitive)]
    if isinstance(primitive, Reduction):
        out = primitive(*primitive.split(operands))
    else:
        out = primitive(*operands)
    formulas = local_derivative_formulas(out)
    return "<br>".join(f"by {x.label}: {text}" for x, text in zip(operands, formulas, strict=True))


def names_of(primitive: Primitive) -> Sequence[str]:
    if isinstance(primitive, Reduction):
        return ["x1", "x2", "y1", "y2"] if primitive.sequences == 2 else ["x1", "x2"]
    return list(inspect.signature(primitive.derivatives[0]).parameters)[:-1]


def error(primitive: Primitive) -> str:
    if isinstance(primitive, Choice):
        return "0"
    entry = ROWS[primitive.name]
    if entry.formula is not None:
        return "that of its formula"
    count = 1 if isinstance(primitive, Reduction) else primitive.arity
    bounds = [f"{entry.bound(position):g}" for position in range(-1, count)]
    return bounds[0] if len(set(bounds)) == 1 else ", ".join(bounds)


def number(value: float) -> str:
    return f"{value:.6g}".replace("inf", "∞").replace("-", "−")


def points(name: str) -> Iterator[str]:
    for row_name, operands, value, derivatives in SPECIAL_POINTS:
        if row_name == FUNCTIONS.get(name, name):
            cells = [", ".join(map(number, each)) for each in (operands, [value], derivatives)]
            yield f"| `{name}` | {' | '.join(cells)} |"


def page() -> str:
    lines = [INTRODUCTION]
    for heading, names in sections():
        lines += [f"## {heading}", ""]
        lines += ["| operation | value | derivative | error |", "|---|---|---|---|"]
        lines += [*map(row, names), ""]
        special = [line for name in names for line in points(name)]
        if special:
            lines += ["At special points:", ""]
            lines += ["| operation | at | value | derivative |", "|---|---|---|---|", *special, ""]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
