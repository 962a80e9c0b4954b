"""The docstring of an operation, written from its row: formulas, and values at special points."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import product
from typing import Any, Final

from autograd.engine.derived import Evaluated
from autograd.engine.primitive import Choice, Primitive, Reduction
from autograd.words.derivatives import local_derivatives
from autograd.words.notation import NOTATIONS, Name
from autograd.words.simplification import expanded, simplified
from autograd.words.terms import Operation, Symbol, Term, as_term
from autograd.words.typesetting import textbook
from autograd.words.writing import fragment_of

_PLAIN: Final = NOTATIONS["plain"]
_SHOWN_DIGITS: Final = 6

# Operands at which many functions of one number, of two, and of a sequence are special.
_NUMBERS: Final = (-math.inf, -1.0, 0.0, 1.0, math.inf)
_PAIRS: Final = (*product((0.0, 1.0), repeat=2), (math.inf, math.inf))
_SEQUENCES: Final = ((), (3.0,), (3.0, 4.0), (1.0, 1.0), (0.0, 0.0), (math.inf, 1.0))


def docstring(op: Primitive) -> str:
    """The text that ``help()`` shows of an operation.

    >>> from autograd import sigmoid
    >>> print(docstring(sigmoid))
    sigmoid(x)
    <BLANKLINE>
    1 / (1 + exp(-x)), without overflow.
    <BLANKLINE>
    d/dx = sigmoid(x)*(1 - sigmoid(x))
    <BLANKLINE>
       x  sigmoid(x)      d/dx
    -inf           0         0
      -1    0.268941  0.196612
       0         0.5      0.25
       1    0.731059  0.196612
     inf           1         0
    """
    call = f"{op.name}({', '.join(map(_parameter, inspect.signature(op).parameters.values()))})"
    summary = re.sub(r"^[a-z]{2,}(?= )", lambda word: word[0].capitalize(), op.summary)
    paragraphs = [call, f"{summary}." if summary else ""]
    if not isinstance(op, Choice):
        names = _operands(op)
        paragraphs.append("\n".join(_formulas(op, names)))
        if isinstance(op.forward, Evaluated):
            paragraphs.append("Declared by its formula: its accuracy is that of the formula.")
        paragraphs.append(_table(list(_special_rows(op, names))))
    return "\n\n".join([paragraph for paragraph in paragraphs if paragraph])


def special_points(op: Primitive) -> list[tuple[float, ...]]:
    """Operands at which the values and derivatives of an operation are worth knowing.

    >>> from autograd import hard_tanh, leaky_relu
    >>> special_points(leaky_relu)
    [(-inf, 0.01), (-1.0, 0.01), (0.0, 0.01), (1.0, 0.01), (inf, 0.01)]
    """
    if isinstance(op, Reduction):
        return [point for point in _SEQUENCES if len(point) % op.sequences == 0]
    free = op.arity - len(op.defaults)
    if free == 2:
        return [(*pair, *op.defaults) for pair in _PAIRS]
    others = (*[float(i) for i in range(free - 1)], *op.defaults)
    return [(x, *others) for x in sorted({*_NUMBERS, *op.kinks})]


def _parameter(parameter: inspect.Parameter) -> str:
    default = parameter.default
    return parameter.name if default is parameter.empty else f"{parameter.name}={default:g}"


def _operands(op: Primitive) -> list[str]:
    """Names for the operands in formulas; two of each sequence."""
    names = op.parameters()
    if isinstance(op, Reduction):
        return [f"{name[:-1]}{i}" for name in names for i in (1, 2)]
    return names


def _formulas(op: Primitive, names: Sequence[str]) -> Iterator[str]:
    """The textbook formula, if the summary does not say it, and those of the derivatives."""
    operands = [Symbol(Name(name)) for name in names]
    order = {operand.key: i for i, operand in enumerate(operands)}
    out = Operation(op, tuple(operands))

    def text(term: Term) -> str:
        ordered = expanded(term, _PLAIN, order=order)
        return fragment_of(simplified(ordered), _PLAIN, _SHOWN_DIGITS).text

    textbook_formula = textbook(op, operands)
    if textbook_formula is not None:
        formula = text(as_term(textbook_formula))
        if formula.replace(" ", "") not in op.summary.replace(" ", ""):
            yield f"{fragment_of(out, _PLAIN, _SHOWN_DIGITS).text} = {formula}"
    for name, derivative in zip(names, local_derivatives(op, operands, out)):
        if isinstance(derivative, Operation) and not derivative.op.rules:
            continue  # the derivative has no formula
        yield f"d/d{name} = {text(derivative)}"


def _special_rows(op: Primitive, names: Sequence[str]) -> Iterator[list[str]]:
    """The rows of the table of special points: operands, value and derivatives."""
    parameters = op.parameters()
    over_sequence = isinstance(op, Reduction)
    headings = ["derivatives"] if over_sequence else [f"d/d{name}" for name in names]
    yield [*parameters, f"{op.name}({', '.join(parameters)})", *headings]
    for point in special_points(op):
        with suppress(Exception):  # a user's function may fail outside its domain
            arguments = op.split(point) if isinstance(op, Reduction) else point
            value = op(*arguments)
            derivatives = op.local_derivatives(point, value) if point else []
            cells = [*arguments, value, *([derivatives] if over_sequence else derivatives)]
            yield [*map(_cell, cells)]


def _cell(content: Any) -> str:
    """A number, or a sequence of numbers, as text."""
    if isinstance(content, Sequence):
        return f"[{', '.join(map(_cell, content))}]"
    return f"{content:.6g}"


def _table(lines: Sequence[Sequence[str]]) -> str:
    """The lines in columns, the first one a heading; "" if it is the only one."""
    if len(lines) == 1:
        return ""
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join(
        ["  ".join([text.rjust(width) for text, width in zip(line, widths)]) for line in lines]
    )
