"""The docstring of an operation, written from its row: formulas, and values at special points."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final

from autograd.engine.primitive import Choice, Primitive, Reduction
from autograd.words.expressions import (
    Expression,
    Operation,
    Symbol,
    as_expression,
    expanded,
    local_derivatives,
    simplified,
    written,
)
from autograd.words.notation import STYLES, Name
from autograd.words.typesetting import textbook, typeset

_PLAIN: Final = STYLES["plain"]
_DIGITS: Final = 6

# Where functions of one number, of two, and of a sequence tend to be special.
_NUMBERS: Final = (-math.inf, -1.0, 0.0, 1.0, math.inf)
_PAIRS: Final = (*product((0.0, 1.0), repeat=2), (math.inf, math.inf))
_SEQUENCES: Final = ((), (3.0,), (3.0, 4.0), (1.0, 1.0), (0.0, 0.0), (math.inf, 1.0))


def docstring(op: Primitive) -> str:
    """What ``help()`` shows of an operation.

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
        paragraphs += ["\n".join(_formulas(op, names)), _table(list(_lines(op, names)))]
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
    names = inspect.signature(op).parameters
    if isinstance(op, Reduction):
        return [f"{name[:-1]}{i}" for name in names for i in (1, 2)]
    return list(names)


def _formulas(op: Primitive, names: Sequence[str]) -> Iterator[str]:
    """The textbook formula, if the summary does not say it, and those of the derivatives."""
    operands = [Symbol(Name(name)) for name in names]
    order = {operand.key: i for i, operand in enumerate(operands)}
    out = Operation(op, tuple(operands))

    def text(expression: Expression) -> str:
        return written(simplified(expanded(expression, _PLAIN, {}, order)), _PLAIN, _DIGITS).text

    if typeset(op).formula is not None:
        formula = text(as_expression(textbook(op, operands)))
        if formula.replace(" ", "") not in op.summary.replace(" ", ""):
            yield f"{written(out, _PLAIN, _DIGITS).text} = {formula}"
    for name, derivative in zip(names, local_derivatives(op, operands, out)):
        if isinstance(derivative, Operation) and not derivative.op.rules:
            continue  # only a sign for the derivative, of which there is no formula
        yield f"d/d{name} = {text(derivative)}"


def _lines(op: Primitive, names: Sequence[str]) -> Iterator[list[str]]:
    """The table of special points: in each line operands, value and derivatives."""
    parameters = list(inspect.signature(op).parameters)
    called = f"{op.name}({', '.join(parameters)})"
    if isinstance(op, Reduction):
        yield [*parameters, called, "derivatives"]
    else:
        yield [*parameters, called, *[f"d/d{name}" for name in names]]
    for point in special_points(op):
        try:
            value = op(*_arguments(op, point))
            derivatives = op.local_derivatives(point, value) if point else []
            if isinstance(op, Reduction):
                yield [*map(_list, _arguments(op, point)), f"{value:.6g}", _list(derivatives)]
            else:
                yield [f"{number:.6g}" for number in (*point, value, *derivatives)]
        except Exception:  # a function of a user's own may fail where it is not defined
            continue


def _arguments(op: Primitive, point: Sequence[float]) -> list[Any]:
    """What to call an operation with, so that its operands are those of ``point``."""
    if not isinstance(op, Reduction):
        return list(point)
    length = len(point) // op.sequences
    return [point[i * length : (i + 1) * length] for i in range(op.sequences)]


def _list(numbers: Any) -> str:
    return f"[{', '.join([f'{number:.6g}' for number in numbers])}]"


def _table(lines: Sequence[Sequence[str]]) -> str:
    """Lines below a heading, in columns; nothing if there is only the heading."""
    if len(lines) == 1:
        return ""
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join(
        ["  ".join([text.rjust(width) for text, width in zip(line, widths)]) for line in lines]
    )
