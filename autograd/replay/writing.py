"""Programs as text: Python that can be run, and the same with numbers and remarks to be read."""

from __future__ import annotations

import keyword
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from operator import truediv
from typing import Any, Final

from autograd.replay.program import (
    CASES,
    GUARD,
    MINUS_ONE,
    MINUS_ZERO,
    ONE,
    PART,
    SUM,
    Operation,
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
    is_word = label in reserved or keyword.iskeyword(label)
    # To Python, a name is the same as another one in its normal form.
    is_itself = unicodedata.normalize("NFKC", label) == label
    return is_itself and not (numbered or is_word or label.endswith("_"))


class Writer:
    """Writes the rows of a program, with these names of its operations.

    Attributes:
        names: those of cells.
    """

    names: Any

    def __init__(self, program: Program, calls: list[str]) -> None:
        self.program = program
        self.calls = calls

    def terms(self, text: str, cells: list[int]) -> str:
        """A sum of products after this text; what it does not say is exact, as 1.0 * x is x."""
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

    def statements(self, row: int) -> list[str]:
        """A row in Python: a part has no statement of its own, and a long sum has several."""
        program, names = self.program, self.names
        kind, cells, target = program.kinds[row], program.row(row), names[program.inputs + row]
        if kind == PART:
            return []
        if kind == GUARD:
            return [f"assert repr({names[cells[0]]}) == repr({names[cells[1]]})"]
        if kind == SUM:
            text, found = "" if cells[0] == MINUS_ZERO else names[cells[0]], []
            for start in range(1, max(len(cells), 2), 2 * _MOST_TERMS):
                text = self.terms(text, cells[start : start + 2 * _MOST_TERMS])
                found.append(f"{target} = {text}")
                text = target
            return found
        if kind == CASES:
            found = [f"{target} = {names[cells[0]]}"]
            for flag, a, b in zip(cells[1::3], cells[2::3], cells[3::3]):
                condition = "" if flag == ONE else f"if {names[flag]}: "
                found.append(f"{condition}{target} += {self.terms('', [a, b])}")
            return found
        operation = program.operations[kind]
        if operation.source is truediv:
            return [f"{target} = {names[cells[0]]} / {names[cells[1]]}"]
        operands = ", ".join([names[cell] for cell in cells])
        if operation.takes_list:
            operands = f"[{operands}]"
        if operation.parts:
            end = row + 1
            while end < len(program.kinds) and program.kinds[end] == PART:
                end += 1
            target = ", ".join([names[program.inputs + part] for part in range(row, end)])
            target = f"[{target}]"
        return [f"{target} = {self.calls[kind]}({operands})"]

    def ways(self) -> list[str]:
        """What has to be true of flags for the gradients to be those of the values."""
        outputs, ways = self.program.outputs, self.program.ways
        found = [f"{self.names[outputs[at]]} {'!=' if ways[at] else '=='} 0.0" for at in ways]
        return list(dict.fromkeys(found))


# ── Python ────────────────────────────────────────────────────────────────────


def source(name: str, programs: dict[int, Program], data: int, results: int) -> str:
    """Python that does what programs do, to the bit.

    Args:
        name: the name of the function.
        programs: the programs, each with the gradients of another root, by its place among the
            values, counted from 1.
        data: the number of their inputs that are data; the gradient of the root follows them, and
            the sums that shares are added to.
        results: the number of their values that are returned: flags of choices follow them.
    """
    operations = dict.fromkeys(
        [_text(x) for program in programs.values() for x in program.operations]
    )
    known = Counter(name for name, _, _ in operations)
    calls = {
        text: f"{text[0]}_" if known[text[0]] == 1 and text[0].isidentifier() else f"call{index}"
        for index, text in enumerate(operations)
    }
    called = {
        _text(program.operations[kind])
        for program in programs.values()
        for kind in program.kinds
        if kind >= 0 and program.operations[kind].source is not truediv
    }
    used = [text for text in operations if text in called]
    lines = [f'"""{name}: what it computes, row by row."""', "", "from math import inf, nan", ""]
    lines += sorted({line for _, _, needs in used for line in needs.splitlines()})
    lines.append("")
    lines += [f"{calls[text]} = {text[1]}" for text in used]
    titles = ["program", *[f"program_{number}" for number in [*programs][1:]]]
    for title, (number, program) in zip(titles, programs.items()):
        writer = Writer(program, [calls[_text(x)] for x in program.operations])
        writer.names = _Names(program, data)
        says = f"The values, and the gradients of result {number}." if len(programs) > 1 else ""
        lines += ["", "", *_function(title, says, writer, data, results)]
    return "\n".join(lines) + "\n"


def _text(operation: Operation) -> tuple[str, str, str]:
    """All that is written of an operation."""
    return operation.name, operation.expression, operation.needs


def _function(name: str, says: str, writer: Writer, data: int, results: int) -> list[str]:
    """The lines of a program as a function, with this docstring."""
    program, names, ways = writer.program, writer.names, writer.ways()
    gradients = len(program.outputs) > program.values or ways
    further = program.inputs - data - 1
    parameters = f"inputs, seed=1.0, sums=(0.0,) * {further}" if gradients else "inputs"
    lines = [f"def {name}({parameters}):"]
    if says:
        lines.append(f'    """{says}"""')
    lines += _unpacked([names[cell] for cell in range(data)], "inputs")
    lines += _written(writer, range(program.forward))
    values = ", ".join([names[cell] for cell in program.outputs[:results]])
    if not gradients:
        return [*lines, f"    return [{values}]"]
    for way in ways:
        error = f"where() goes another way: these are the gradients where {way}"
        lines.append(f'    assert {way}, "{error}"')
    lines += _unpacked([names[cell] for cell in range(data + 1, program.inputs)], "sums")
    lines += _written(writer, range(program.forward, len(program.kinds)))
    sums = ", ".join([names[cell] for cell in program.outputs[program.values :]])
    return [*lines, f"    return [{values}], [{sums}]"]


def _unpacked(names: list[str], sequence: str) -> list[str]:
    return [f"    [{', '.join(names)}] = {sequence}"] if names else []


def _written(writer: Writer, rows: range) -> list[str]:
    return [f"    {statement}" for row in rows for statement in writer.statements(row)]


# ── To be read ────────────────────────────────────────────────────────────────


def describe(programs: dict[int, Program], data: int, places: dict[int, str]) -> str:
    """The rows of programs, numbered, with what became one row and where numbers come from.

    Args:
        programs: the programs, each with the gradients of another root, by its place among the
            values, counted from 1. Most often the rows of the values are the same, and shown once.
        data: the number of their inputs that are data.
        places: the lines that constants come from, by their cells, the same in all programs.
    """
    sections: list[str] = []
    for number, program in programs.items():
        writer = Writer(program, [operation.name for operation in program.operations])
        writer.names = _Names(program, data)
        origins = _origins(program, places)
        of = f" of result {number}" if len(programs) > 1 else ""
        forward, outputs = program.forward, list(program.outputs)
        values, sums = outputs[: program.values], outputs[program.values :]
        sections += _section("values", writer, range(forward), values, [], origins)
        rows = range(forward, len(program.kinds))
        sections += _section(f"gradients{of}", writer, rows, sums, writer.ways(), origins)
    return "\n".join(dict.fromkeys(sections))


def _origins(program: Program, places: dict[int, str]) -> dict[int, list[str]]:
    """The lines that constants come from; those of one that is computed from others are theirs.

    Not that of 0.0, which sums begin with.
    """
    origins = {cell: [place] for cell, place in places.items() if place}
    for cell, operands in program.made_of.items():
        others = [origins.get(operand, []) for operand in operands if operand < MINUS_ZERO]
        origins.setdefault(cell, list(dict.fromkeys(chain.from_iterable(others))))
    return origins


def _section(
    title: str,
    writer: Writer,
    rows: range,
    outputs: list[int],
    ways: list[str],
    origins: dict[int, list[str]],
) -> list[str]:
    """The text of a part of a program, if there is anything in it."""
    if not (rows or outputs or ways):
        return []
    lines = [f"{title}:"]
    if ways:
        lines.append(f"        where {_listed(ways)}")
    lines += _numbered(writer, rows, origins)
    names = _listed([writer.names[cell] for cell in outputs[: _MOST_ROWS + 1]])
    computed = [cell for cell in outputs[:_MOST_ROWS] if cell < MINUS_ONE]
    remark = "; ".join(_from(writer.program, computed, origins))
    lines.append(f"        return {names}".rstrip() + (f"  # {remark}" if remark else ""))
    return ["\n".join(lines)]


def _listed(names: list[str]) -> str:
    """Names one after the other, not more than so many."""
    return ", ".join(names[:_MOST_ROWS]) + (", ..." if len(names) > _MOST_ROWS else "")


def _numbered(writer: Writer, rows: range, origins: dict[int, list[str]]) -> Iterator[str]:
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
            remark = _remark(program, row, origins)
            yield f"{row + 1:6}  {_shown(writer, row)}" + (f"  # {remark}" if remark else "")


def _shown(writer: Writer, row: int) -> str:
    """A row in one line, of which no more than so much is shown."""
    names, program = writer.names, writer.program
    kind, cells = program.kinds[row], program.row(row)
    if kind == GUARD:
        return f"guard {names[cells[0]]} is {names[cells[1]]}"
    text = writer.statements(row)[0]
    left = (len(cells) - 1) // 2 - _MOST_TERMS if kind == SUM else 0
    what = "terms"
    if kind == CASES:
        cases = list(zip(cells[1::3], cells[2::3], cells[3::3]))
        left, what = len(cases) - _FEW_CASES, "cases"
        terms = [
            writer.terms("", [a, b])
            if flag == ONE
            else f"({writer.terms('', [a, b])} if {names[flag]})"
            for flag, a, b in cases[:_FEW_CASES]
        ]
        begun = [] if cells[0] == MINUS_ZERO and terms else [names[cells[0]]]
        text = f"{names[program.inputs + row]} = {' + '.join([*begun, *terms])}"
    return f"{text} + ... {left:,} more {what}" if left > 0 else text


def _remark(program: Program, row: int, origins: dict[int, list[str]]) -> str:
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
    remarks += _from(program, cells, origins)
    return "; ".join([remark for remark in remarks if remark])


def _from(program: Program, cells: list[int], origins: dict[int, list[str]]) -> list[str]:
    """The lines that each of the constants among some cells comes from."""
    return [
        f"{program.constants[~cell]!r} from {' and '.join(origins[cell])}"
        for cell in dict.fromkeys(cells)
        if origins.get(cell)
    ]
