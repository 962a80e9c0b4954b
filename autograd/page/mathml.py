"""Formulas as MathML with places for operands, where the page writes names or numbers.

An element is a list of its name and its children, which are texts, elements and places. A place
is ``{"x": i}`` for operand i, ``{"out": 1}`` for the result, or ``{"number": x}``, which the page
writes with few digits. What binds less tightly than its ``"within"`` is to be put in parentheses:
only the page knows whether an operand is negative.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from autograd.page.formulas import Tree

Element: TypeAlias = Any

# How tightly a fragment of a formula is bound together; formula.js has the same levels.
SUM, NEGATIVE, QUOTIENT, PRODUCT, TIGHT, ATOM = range(6)

_PIECES: Final = re.compile(r"(#\*|[#@][1-9])")


@dataclass(frozen=True)
class Fragment:
    """A part of a formula, and how tightly it is bound together."""

    level: int
    shown: Element

    def within(self, level: int) -> Element:
        """What it shows, in parentheses if it binds less tightly than that."""
        if isinstance(self.shown, dict):
            return self.shown | {"within": level}
        return self.shown if self.level >= level else _parenthesised(self.shown)


def fragment(tree: Tree) -> Fragment:
    """A tree of `formulas.py` as MathML.

    >>> fragment(["+", [0, 1], {"x": 0}, 2.0]).shown
    ['mrow', {'x': 0, 'within': 0}, ['mo', '−'], {'number': 2.0, 'within': 2}]
    """
    if isinstance(tree, (float, str)):
        return Fragment(NEGATIVE if str(tree).startswith("-") else ATOM, {"number": tree})
    if isinstance(tree, dict):
        return Fragment(ATOM, ["mi", tree["s"]] if "s" in tree else tree)
    kind, *rest = tree
    if kind == "+":
        return Fragment(SUM, _row(_terms(rest[0], map(fragment, rest[1:]))))
    if kind == "call":
        name, *operands = rest
        listed = _listed([fragment(part) for part in operands])
        return Fragment(ATOM, _row([["mi", name], _parenthesised(listed)]))
    if kind == "as":
        return _typeset(rest[0], [fragment(part) for part in rest[1:]])
    parts = [fragment(part) for part in rest]
    match kind:
        case "*":
            first, *others = [part.within(TIGHT if i else PRODUCT) for i, part in enumerate(parts)]
            return Fragment(PRODUCT, _row(_between("·", [first, *others])))
        case "/":
            return Fragment(TIGHT, ["mfrac", *[part.shown for part in parts]])
        case "-":
            return Fragment(NEGATIVE, _row([_sign("−"), parts[0].within(QUOTIENT)]))
        case "^":
            return Fragment(TIGHT, ["msup", parts[0].within(ATOM), parts[1].shown])
        case "root":
            return Fragment(TIGHT, ["msqrt", parts[0].shown])
    assert kind == "mod", kind
    return Fragment(SUM, _row(_between("mod", [part.within(TIGHT) for part in parts])))


def _terms(signs: Sequence[int], terms: Iterable[Fragment]) -> Iterable[Element]:
    for i, (minus, term) in enumerate(zip(signs, terms, strict=True)):
        if i or minus:
            yield _sign("−" if minus else "+")
        yield term.within(QUOTIENT if i or minus else SUM)


def _typeset(template: str, operands: Sequence[Fragment]) -> Fragment:
    """Operands in the typesetting of `autograd.Primitive`, such as ``"|#1|"``."""
    out: list[Element] = []
    for piece in filter(None, _PIECES.split(template)):
        if piece == "#*":
            out.append(_listed(operands))
        elif _PIECES.fullmatch(piece):
            operand = operands[int(piece[1]) - 1]
            out.append(operand.within(ATOM) if piece[0] == "@" else operand.shown)
        else:
            out.append(["mi", piece])
    is_tight = "^" in template or template[-2:-1] in ("#", "@")
    return Fragment(TIGHT if is_tight else ATOM, _row(out))


def _listed(operands: Sequence[Fragment]) -> Element:
    return _row(_between(",", [operand.shown for operand in operands]))


def _parenthesised(shown: Element) -> Element:
    return _row([_sign("("), shown, _sign(")")])


def _between(sign: str, elements: Sequence[Element]) -> list[Element]:
    return [x for i, each in enumerate(elements) for x in ([_sign(sign), each] if i else [each])]


def _row(elements: Iterable[Element]) -> Element:
    return ["mrow", *elements]


def _sign(text: str) -> Element:
    return ["mo", text]
