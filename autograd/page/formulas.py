"""Formulas as trees, which `mathml.py` writes for the page.

A tree is a number; or ``{"x": i}`` for operand i, ``{"out": 1}`` for the result, ``{"s": text}``
for a sign such as π; or a list of the kind of formula and its parts:

- ``["+", [minus, ...], part, ...]``, a sum, with 1 where a term is subtracted;
- ``["*", part, ...]``, ``["/", above, below]``, ``["-", part]``, ``["^", base, exponent]``,
  ``["mod", part, part]`` and ``["root", part]``;
- ``["call", name, part, ...]``, and ``["as", template, part, ...]`` for the typesetting of
  `autograd.Primitive`, such as ``"|#1|"``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from autograd.engine import table
from autograd.engine.primitive import Primitive, Reduction
from autograd.snapshot import Node
from autograd.words.derivatives import local_derivatives
from autograd.words.notation import NOTATIONS, Name
from autograd.words.shortening import shortened
from autograd.words.simplification import expanded, simplified, tidied
from autograd.words.terms import Constant, Operation, Sum, Symbol, Term, is_operation
from autograd.words.typesetting import pattern
from autograd.words.writing import factors_of, terms_of

Tree: TypeAlias = Any

# An operation on more operands is not written out: nobody would read the formula.
MOST_OPERANDS: Final = 8

_UNICODE: Final = NOTATIONS["unicode"]
_OUT: Final = Symbol(Name("#out"))
_ELLIPSIS: Final = Symbol(Name("…"))
_SUMS: Final = (table.add, table.subtract, table.sum)
_KINDS: Final[dict[Primitive, str]] = {
    table.divide: "/",
    table.negative: "-",
    table.power: "^",
    table.remainder: "mod",
    table.sqrt: "root",
}


def trees_of(node: Node) -> tuple[Tree, list[Tree]]:
    """The formula of an operation, and its local derivatives, in terms of its operands.

    The derivative with respect to a constant is None; so is everything where the operation has
    too many operands.

    >>> from autograd import Value, graph
    >>> trees_of(graph(Value(2.0) ** 3).root)
    (['^', {'x': 0}, 3.0], [['*', 3.0, ['^', {'x': 0}, 2.0]], None])
    """
    op = node.op
    assert op is not None
    if len(node.operands) > MOST_OPERANDS:
        return None, [None] * len(node.operands)
    symbols = [Symbol(Name(f"#{position}")) for position in range(len(node.operands))]
    operands = [
        Constant(x) if isinstance(x, float) else symbol for x, symbol in zip(node.operands, symbols)
    ]
    out = Operation(op, tuple(operands))
    order = {symbol.key: position for position, symbol in enumerate(symbols)}
    locals_ = [
        None
        if isinstance(operand, Constant)
        else _tree(simplified(expanded(term, _UNICODE, {out.key: _OUT}, order)))
        for term, operand in zip(local_derivatives(op, operands, out), operands)
    ]
    return _tree(expanded(tidied(out), _UNICODE, order=order)), locals_


def number(value: float) -> float | str:
    """A number in JSON, which has no infinite ones and no nan."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0.0 else "-Infinity"


def _tree(term: Term) -> Tree:
    if isinstance(term, Constant):
        return number(term.number)
    if isinstance(term, Symbol):
        return _leaf(term)
    if isinstance(term, Sum) or (isinstance(term, Operation) and term.op in _SUMS):
        terms = shortened(terms_of(term, _UNICODE), (False, _ELLIPSIS))
        if len(terms) == 1:
            return _tree(terms[0][1])
        return ["+", [int(minus) for minus, _ in terms], *[_tree(part) for _, part in terms]]
    assert isinstance(term, Operation)
    if is_operation(term, table.multiply) or is_operation(term, table.prod):
        factors = factors_of(term, _UNICODE) if term.op is table.multiply else term.parts
        return ["*", *_trees(shortened(factors, _ELLIPSIS))]
    if term.op is table.floor_divide:
        x, y = term.parts
        return ["as", "⌊#1⌋", _tree(x / y)]
    if term.op in _KINDS:
        return [_KINDS[term.op], *_trees(term.parts)]
    template = pattern(term.op, _UNICODE)
    parts = shortened(term.parts, _ELLIPSIS)
    if "#" in template or "@" in template:
        return ["as", template, *_trees(parts)]
    is_pair = isinstance(term.op, Reduction) and term.op.sequences > 1
    name = template or _UNICODE.function(term.op.name)
    return ["call", name, *_trees(term.parts if is_pair else parts)]


def _trees(terms: Sequence[Term]) -> list[Tree]:
    return [_tree(term) for term in terms]


def _leaf(symbol: Symbol) -> Tree:
    text = symbol.name.text
    if symbol is _OUT:
        return {"out": 1}
    return {"x": int(text[1:])} if text.startswith("#") else {"s": _UNICODE.name(symbol.name)}
