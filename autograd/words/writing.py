"""Terms as text: with operators, templates or the names of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from autograd.engine import table
from autograd.engine.primitive import Primitive, Reduction
from autograd.words.notation import Fragment, Name, Notation
from autograd.words.terms import Constant, Operation, Sum, Symbol, Term, constant_value
from autograd.words.typesetting import typeset

# Sums and lists longer than this are written with an ellipsis.
MOST_TERMS: Final = 8
SHOWN_FIRST: Final = 3

# In place of operands that are left out.
_ELLIPSIS: Final = Symbol(Name("..."))

_WritePart = Callable[[Term], Fragment]


def fragment_of(
    term: Term,
    notation: Notation,
    digits: int | None,
    numbers: Mapping[Name, float] | None = None,
) -> Fragment:
    """The term as text, with ``numbers`` in place of the names that have one."""

    def write_part(part: Term) -> Fragment:
        return fragment_of(part, notation, digits, numbers)

    if isinstance(term, Constant):
        return notation.number(term.number, digits)
    if term is _ELLIPSIS:
        return Fragment(notation.ellipsis)
    if isinstance(term, Symbol):
        if numbers is not None and term.name in numbers:
            return notation.number(numbers[term.name], digits)
        return Fragment(notation.name(term.name))
    if isinstance(term, Sum):
        return _write_terms(term, notation, write_part)
    assert isinstance(term, Operation)
    op, operands = term.op, term.operands
    template = getattr(typeset(op), notation.style)
    if "#" in template or "@" in template:
        return notation.template(template, [write_part(x) for x in _without_middle(operands)])
    if not template and op in _OPERATORS:
        return _OPERATORS[op](notation, term, write_part)
    sequences = op.sequences if isinstance(op, Reduction) else 0
    shown = operands if sequences == 2 else _without_middle(operands)
    function = template or notation.function(op.name)
    return notation.call(function, [write_part(x) for x in shown], sequences)


def _without_middle(operands: Sequence[Term]) -> Sequence[Term]:
    """The operands; of many, the first ones, an ellipsis and the last."""
    if len(operands) <= MOST_TERMS:
        return operands
    return [*operands[:SHOWN_FIRST], _ELLIPSIS, operands[-1]]


def _write_terms(term: Sum, notation: Notation, write_part: _WritePart) -> Fragment:
    if term.omitted:
        terms = [(sign, write_part(part)) for sign, part in term.terms]
        terms.insert(-1, (False, Fragment(notation.ellipsis)))
    else:
        terms = [(sign, write_part(part)) for sign, part in _terms_of(term, notation)]
    return notation.sum(terms)


def _write_sum(notation: Notation, term: Operation, write_part: _WritePart) -> Fragment:
    """A sum or a difference; a + (b + c) keeps its parentheses in plain text only."""
    terms = _terms_of(term, notation)
    if len(terms) > MOST_TERMS:
        shown = Sum([*terms[:SHOWN_FIRST], terms[-1]], len(terms) - SHOWN_FIRST - 1)
        return _write_terms(shown, notation, write_part)
    return notation.sum([(sign, write_part(part)) for sign, part in terms])


def _terms_of(term: Term, notation: Notation) -> list[tuple[bool, Term]]:
    """The terms of nested sums, each with True if it is subtracted."""
    exact = notation.style == "plain"
    if isinstance(term, Sum) and not term.omitted:
        first, *others = term.terms
        found = [first] if first[0] else _terms_of(first[1], notation)
        for subtracted, part in others:
            found += [(subtracted, part)] if exact or subtracted else _terms_of(part, notation)
        return found
    if isinstance(term, Operation) and not getattr(typeset(term.op), notation.style):
        if term.op is table.sum:
            return [(False, operand) for operand in term.operands]
        if term.op in (table.add, table.subtract):
            left, right = term.operands
            subtracted = term.op is table.subtract
            following = [(subtracted, right)] if exact or subtracted else _terms_of(right, notation)
            return _terms_of(left, notation) + following
    return [(False, term)]


def _factors_of(term: Term, notation: Notation) -> list[Term]:
    """The factors of nested products."""
    if isinstance(term, Operation) and term.op is table.multiply:
        left, right = term.operands
        exact = notation.style == "plain"
        return _factors_of(left, notation) + ([right] if exact else _factors_of(right, notation))
    return [term]


def _write_product(notation: Notation, term: Operation, write_part: _WritePart) -> Fragment:
    factors = term.operands if term.op is table.prod else _factors_of(term, notation)
    parts = [write_part(factor) for factor in _without_middle(factors)]
    return notation.product(parts) if len(parts) > 1 else parts[0]


def _write_power(notation: Notation, term: Operation, write_part: _WritePart) -> Fragment:
    base, exponent = term.operands
    number = constant_value(exponent)
    is_whole = number is not None and number.is_integer() and abs(number) < 1000.0
    whole = int(number or 0.0) if is_whole else None
    return notation.power(write_part(base), write_part(exponent), whole)


def _write_quotient(notation: Notation, term: Operation, write_part: _WritePart) -> Fragment:
    return notation.quotient(*map(write_part, term.operands))


def _write_negative(notation: Notation, term: Operation, write_part: _WritePart) -> Fragment:
    return notation.negative(write_part(term.operands[0]))


def _write_floor(notation: Notation, term: Operation, write_part: _WritePart) -> Fragment:
    x, y = term.operands
    if notation.style == "plain":
        return notation.operator("//", write_part(x), write_part(y))
    return write_part(Operation(table.floor, (Operation(table.divide, (x, y)),)))


def _write_remainder(notation: Notation, term: Operation, write_part: _WritePart) -> Fragment:
    sign = "mod" if notation.style == "unicode" else "%"
    return notation.operator(sign, *map(write_part, term.operands))


# The operations that have signs of their own in Python and in mathematics.
_OPERATORS: Final[dict[Primitive, Callable[[Notation, Operation, _WritePart], Fragment]]] = {
    table.add: _write_sum,
    table.subtract: _write_sum,
    table.sum: _write_sum,
    table.multiply: _write_product,
    table.prod: _write_product,
    table.divide: _write_quotient,
    table.power: _write_power,
    table.negative: _write_negative,
    table.floor_divide: _write_floor,
    table.remainder: _write_remainder,
}
