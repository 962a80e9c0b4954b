"""Formulas read back: what the text of a formula says, as a number."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from autograd.engine import table
from autograd.engine.primitive import Primitive

# What the plain text of a formula may call, by the names that Python and the table have.
FUNCTIONS: dict[str, Any] = {
    **{row.name: row for row in vars(table).values() if isinstance(row, Primitive)},
    "abs": table.absolute,
    "pi": math.pi,
    "inf": math.inf,
    "nan": math.nan,
}

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def value_of_plain(text: str, names: Mapping[str, Any]) -> Any:
    """What a plain formula computes: the last line, after the assignments before it."""
    scope = {**FUNCTIONS, **names}
    *assignments, last = text.split("\n")
    exec("\n".join(assignments), scope)
    return eval(last, scope)


def value_of_unicode(text: str, names: Mapping[str, Any]) -> Any:
    """What a formula in Unicode says, by the rules that every reader of mathematics follows."""
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
