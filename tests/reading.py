"""Formulas read back: the number that the text of a formula gives."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from autograd import Value, topological_order
from autograd.engine import table
from autograd.engine.primitive import Primitive
from autograd.testing import Expression, expressions
from tests.engine.test_gradients import MOST_USED, thousandths

# The functions that the plain text of a formula may call, by name.
FUNCTIONS: dict[str, Any] = {
    **{row.name: row for row in vars(table).values() if isinstance(row, Primitive)},
    "abs": table.absolute,
    "pi": math.pi,
    "inf": math.inf,
    "nan": math.nan,
}


def has_no_power_of_zero(expression: Expression) -> bool:
    """False where the local derivative of a power is a limit, such as that of 0 * log(0)."""
    _, out = expression.on_values()
    powers = [value for value in topological_order(out) if value.op is table.power]
    bases = [value.operands[0] for value in powers]
    return all((x.data if isinstance(x, Value) else x) != 0.0 for x in bases)


readable = expressions(MOST_USED, inputs=thousandths).filter(has_no_power_of_zero)

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def labelled(expression: Expression) -> tuple[dict[str, Value], Value]:
    """The inputs of an expression by their labels, a, b and c, and its result."""
    inputs, out = expression.on_values()
    names = dict(zip("abc", inputs))
    for name, x in names.items():
        x.label = name
    return names, out


def value_of_plain(text: str, names: Mapping[str, Any]) -> Any:
    """The result of a plain formula: its last line, after the assignments before it."""
    scope = {**FUNCTIONS, **names}
    *assignments, last = text.split("\n")
    exec("\n".join(assignments), scope)
    return eval(last, scope)


def value_of_unicode(text: str, names: Mapping[str, Any]) -> Any:
    """The result of a formula in Unicode, by the usual rules of mathematics."""
    formula, _, where = text.partition(", where ")
    scope = {**FUNCTIONS, "σ": table.sigmoid, "ln": table.log, **names}
    for equation in reversed(where.split(", v")) if where else []:
        name, _, right = equation.removeprefix("v").partition(" = ")
        scope["v" + name.translate(_SUBSCRIPTS)] = eval(as_python(right), scope)
    return eval(as_python(formula), scope)


def as_python(text: str) -> str:
    """A formula in Unicode as an expression of Python."""
    text = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"**({m[0].translate(_SUPERSCRIPTS)})", text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text.translate(_SUBSCRIPTS))
    text = re.sub(r"√([\w.]+)", r"sqrt(\1)", text).replace("√", "sqrt")
    signs = {"·": "*", "×": "*", "−": "-", "∞": "inf", "^": "**", "π": "pi"}
    return re.sub("[·×−∞^π]", lambda match: signs[match[0]], text)
