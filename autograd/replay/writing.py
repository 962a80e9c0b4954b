"""Programs as text: Python that can be run, and the same with numbers and remarks to be read."""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Iterator
from typing import Final

from autograd.replay.program import (
    CASES,
    GUARD,
    MINUS_ONE,
    MINUS_ZERO,
    ONE,
    PART,
    SUM,
    Program,
)

_MOST_ROWS: Final = 40  # of a part of a program that `describe` shows
_MOST_TERMS: Final = 100  # in an expression: Python compiles none of thousands
_FEW_CASES: Final = 10  # of a sum that `describe` shows


class _Names:
    """The names of cells: labels where they are names in Python, else a letter and a number."""

    def __init__(self, program: Program, data: int) -> None:
        self.program = program
        self._data = data  # the number of inputs that are data
        taken = Counter(program.labels.values())
        self._known = {
            cell: label
            for cell, label in program.labels.items()
            if cell >= 0 and label.isidentifier() and taken[label] == 1 and _is_free(label)
        }

    def __getitem__(self, cell: int) -> str:
        if cell < 0:
            return repr(self.program.constants[~cell])
        known = self._known.get(cell)
        if known is not None:
            return known
        row = cell - self.program.inputs
        if row >= 0:
            return f"v{row + 1}"
        if cell < self._data:
            return f"x{cell + 1}"
        return "seed" if cell == self._data else f"sum{cell - self._data}"


def _is_free(label: str) -> bool:
    """True if a label is no word that a program needs itself."""
    numbered = label.rstrip("0123456789") in ("v", "x", "sum", "call") and label[-1].isdigit()
    reserved = {"inputs", "sums", "seed", "inf", "nan", "repr"}
    return not (numbered or label in reserved or label.endswith("_") or keyword.iskeyword(label))


class _Writer:
    """Writes the rows of a program."""

    def __init__(self, program: Program, data: int) -> None:
        self.program = program
        self.names = _Names(program, data)
        names = Counter(operation.name for operation in program.operations)
        self.calls = [
            f"call{index}"
            if names[operation.name] > 1 or not operation.name.isidentifier()
            else f"{operation.name}_"
            for index, operation in enumerate(program.operations)
        ]

    def sum(self, cells: list[int]) -> str:
        """A sum of products; what it does not say is exact: 1.0 * x is x, and -0.0 + x is x."""
        return self.terms("" if cells[0] == MINUS_ZERO else self.names[cells[0]], cells[1:])

    def terms(self, text: str, cells: list[int]) -> str:
        """The same, with the text of what comes first, if anything."""
        names = self.names
        for a, b in zip(cells[::2], cells[1::2]):
            if b in (ONE, MINUS_ONE):
                a, b = b, a
            term = names[b] if a in (ONE, MINUS_ONE) else f"{names[a]} * {names[b]}"
            sign = "-" if a == MINUS_ONE else "+"
            if text:
                text += f" {sign} {term}"
            else:
                text = f"-({term})" if sign == "-" and b < 0 else f"{sign.strip('+')}{term}"
        return text or names[MINUS_ZERO]

    def cases(self, cells: list[int]) -> str:
        """A sum of terms that are there only where their flag is not 0.0."""
        names = self.names
        terms = [
            self.terms("", [a, b])
            if flag == ONE
            else f"({self.terms('', [a, b])} if {names[flag]})"
            for flag, a, b in zip(cells[1::3], cells[2::3], cells[3::3])
        ]
        return " + ".join([names[cells[0]], *terms][cells[0] == MINUS_ZERO :])

    def call(self, row: int, function: str) -> str:
        """A call of the function of an elementwise row."""
        program = self.program
        operands = [self.names[cell] for cell in program.row(row)]
        operation = program.operations[program.kinds[row]]
        text = ", ".join(operands)
        return f"{function}([{text}])" if operation.takes_list else f"{function}({text})"

    def row(self, row: int, function: str) -> str:
        """A row as a statement."""
        program = self.program
        kind, cells = program.kinds[row], program.row(row)
        if kind == GUARD:
            return f"guard {self.names[cells[0]]} is {self.names[cells[1]]}"
        targets = self.names[program.inputs + row]
        if kind == SUM:
            most = 2 * _MOST_TERMS + 1
            more = f" + ... {(len(cells) - most) // 2:,} more terms" if len(cells) > most else ""
            return f"{targets} = {self.sum(cells[:most])}{more}"
        if kind == CASES:
            most = 3 * _FEW_CASES + 1
            more = f" + ... {(len(cells) - most) // 3:,} more cases" if len(cells) > most else ""
            return f"{targets} = {self.cases(cells[:most])}{more}"
        if program.operations[kind].parts:
            names = [self.names[program.inputs + part] for part in _with_parts(program, row)]
            targets = ", ".join(names)
            if len(names) == 1:
                targets = f"[{targets}]"
        return f"{targets} = {self.call(row, function)}"


def _with_parts(program: Program, row: int) -> Iterator[int]:
    """A row and the parts that follow it."""
    yield row
    while row + 1 < len(program.kinds) and program.kinds[row + 1] == PART:
        row += 1
        yield row


# ── Python ────────────────────────────────────────────────────────────────────


def source(name: str, program: Program, data: int) -> str:
    """Python that does what a program does, to the bit.

    Args:
        name: the name of the function.
        program: the program.
        data: the number of its inputs that are data; the gradient of the root follows them, and
            the sums that shares are added to.
    """
    writer = _Writer(program, data)
    names = writer.names
    lines = [f'"""{name}: what it computes, row by row."""', "", "from math import inf, nan", ""]
    used = sorted({kind for kind in program.kinds if kind >= 0})
    lines += sorted({program.operations[kind].needs for kind in used} - {""})
    lines.append("")
    lines += [f"{writer.calls[kind]} = {program.operations[kind].expression}" for kind in used]
    lines += ["", ""]
    gradients = len(program.outputs) > program.values
    further = program.inputs - data - 1
    parameters = f"inputs, seed=1.0, sums=(0.0,) * {further}" if gradients else "inputs"
    lines.append(f"def program({parameters}):")
    lines += _unpacked([names[cell] for cell in range(data)], "inputs")
    lines += _written(writer, range(program.forward))
    values = ", ".join([names[cell] for cell in program.outputs[: program.values]])
    if gradients:
        lines += _unpacked([names[cell] for cell in range(data + 1, program.inputs)], "sums")
        lines += _written(writer, range(program.forward, len(program.kinds)))
        sums = ", ".join([names[cell] for cell in program.outputs[program.values :]])
        lines.append(f"    return [{values}], [{sums}]")
    else:
        lines.append(f"    return [{values}]")
    return "\n".join(lines) + "\n"


def _unpacked(names: list[str], sequence: str) -> list[str]:
    return [f"    [{', '.join(names)}] = {sequence}"] if names else []


def _written(writer: _Writer, rows: range) -> Iterator[str]:
    program = writer.program
    for row in rows:
        kind = program.kinds[row]
        if kind == GUARD:
            x, y = [writer.names[cell] for cell in program.row(row)]
            yield f"    assert repr({x}) == repr({y})"
        elif kind == SUM:
            cells, target = program.row(row), writer.names[program.inputs + row]
            most = 2 * _MOST_TERMS
            yield f"    {target} = {writer.sum(cells[: most + 1])}"
            for start in range(most + 1, len(cells), most):
                yield f"    {target} = {writer.terms(target, cells[start : start + most])}"
        elif kind == CASES:
            cells, target = program.row(row), writer.names[program.inputs + row]
            yield f"    {target} = {writer.names[cells[0]]}"
            for flag, a, b in zip(cells[1::3], cells[2::3], cells[3::3]):
                term = f"{target} += {writer.terms('', [a, b])}"
                yield f"    {term}" if flag == ONE else f"    if {writer.names[flag]}: {term}"
        elif kind != PART:
            yield "    " + writer.row(row, writer.calls[kind])


# ── To be read ────────────────────────────────────────────────────────────────


def describe(program: Program, data: int, places: dict[int, str]) -> str:
    """The rows of a program, numbered, with what became one row and where numbers come from.

    Args:
        program: the program.
        data: the number of its inputs that are data.
        places: the lines that constants come from, by their cells.
    """
    writer = _Writer(program, data)
    lines: list[str] = []
    count = len(program.kinds)
    for title, rows, outputs in (
        ("values", range(program.forward), program.outputs[: program.values]),
        ("gradients", range(program.forward, count), program.outputs[program.values :]),
    ):
        if rows or outputs:
            lines.append(f"{title}:")
            lines += _numbered(writer, rows, places)
            names = [writer.names[cell] for cell in outputs[:_MOST_ROWS]]
            more = ", ..." if len(outputs) > _MOST_ROWS else ""
            lines.append(f"        return {', '.join(names)}{more}")
    return "\n".join(lines)


def _numbered(writer: _Writer, rows: range, places: dict[int, str]) -> Iterator[str]:
    program = writer.program
    skipped = range(0)
    if len(rows) > _MOST_ROWS:
        half = _MOST_ROWS // 2
        skipped = rows[half:-half]
    for row in rows:
        kind = program.kinds[row]
        if row in skipped:
            if row == skipped[0]:
                yield f"    ... {len(skipped)} more rows ..."
        elif kind != PART:
            text = writer.row(row, program.operations[kind].name if kind >= 0 else "")
            remark = _remark(program, row, places)
            yield f"{row + 1:6}  {text}" + (f"  # {remark}" if remark else "")


def _remark(program: Program, row: int, places: dict[int, str]) -> str:
    """What became one row, and the lines that a guard or a constant come from."""
    kind, cells = program.kinds[row], program.row(row)
    remarks = []
    if kind == GUARD:
        remarks.append(program.labels.get(program.inputs + row, ""))
    elif kind == SUM:
        terms = list(zip(cells[1::2], cells[2::2]))
        products = sum([ONE not in term and MINUS_ONE not in term for term in terms])
        additions = len(terms) - (cells[0] == MINUS_ZERO)
        if products + additions > 1:
            parts = [(products, "product"), (additions, "addition")]
            remarks += [f"{n} {what}{'s' * (n > 1)}" for n, what in parts if n]
    remarks += [
        f"{program.constants[~cell]!r} from {places[cell]}"
        for cell in dict.fromkeys(cells)
        if places.get(cell)
    ]
    return "; ".join([remark for remark in remarks if remark])
