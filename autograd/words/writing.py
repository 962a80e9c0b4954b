"""Terms as text: with operators, templates or the names of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from autograd.engine import table
from autograd.engine.primitive import Primitive, Reduction
from autograd.words.notation import Fragment, Name, Notation
from autograd.words.shortening import shortened
from autograd.words.terms import (
    Constant,
    Operation,
    Sum,
    Symbol,
    Term,
    constant_value,
    is_operation,
)
from autograd.words.typesetting import pattern

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
        return _write_sum(notation, term, write_part)
    assert isinstance(term, Operation)
    op, operands = term.op, term.parts
    template = pattern(op, notation)
    if not template and op in _OPERATORS:
        return _OPERATORS[op](notation, term, write_part)
    shown = shortened(operands, _ELLIPSIS)
    if "#" in template or "@" in template:
        return notation.template(template, [write_part(x) for x in shown])
    is_pair = isinstance(op, Reduction) and op.sequences > 1
    texts = [write_part(x).text for x in (operands if is_pair else shown)]
    if isinstance(op, Reduction):
        texts = [notation.sequence(part) for part in op.split(texts)]
    return notation.call(template or notation.function(op.name), texts)


def _write_sum(notation: Notation, term: Term, write_part: _WritePart) -> Fragment:
    """A sum or a difference; a + (b + c) keeps its parentheses in plain text only."""
    terms = terms_of(term, notation)
    if not isinstance(term, Sum):
        terms = shortened(terms, (False, _ELLIPSIS))
    elif term.omitted:
        terms = [*term.terms[:-1], (False, _ELLIPSIS), term.terms[-1]]
    return notation.sum([(sign, write_part(part)) for sign, part in terms])


def terms_of(term: Term, notation: Notation) -> list[tuple[bool, Term]]:
    """The terms of nested sums, each with True if it is subtracted."""
    terms: Sequence[tuple[bool, Term]]
    if isinstance(term, Sum) and not term.omitted:
        terms = term.terms
    elif isinstance(term, Operation) and term.op in (table.add, table.subtract):
        terms = [(False, term.parts[0]), (term.op is table.subtract, term.parts[1])]
    elif is_operation(term, table.sum) and not pattern(term.op, notation):
        return [(False, operand) for operand in term.parts]
    else:
        return [(False, term)]
    found: list[tuple[bool, Term]] = []
    for subtracted, part in terms:
        is_joined = not subtracted and (not found or notation.style != "plain")
        found += terms_of(part, notation) if is_joined else [(subtracted, part)]
    return found


def factors_of(term: Term, notation: Notation) -> list[Term]:
    """The factors of nested products."""
    if not is_operation(term, table.multiply):
        return [term]
    left, right = term.parts
    is_joined = notation.style != "plain"
    return factors_of(left, notation) + (factors_of(right, notation) if is_joined else [right])


def _write_product(notation: Notation, term: Operation, write_part: _WritePart) -> Fragment:
    factors = term.parts if term.op is table.prod else factors_of(term, notation)
    parts = [write_part(factor) for factor in shortened(factors, _ELLIPSIS)]
    return notation.product(parts) if len(parts) > 1 else parts[0]


def _write_power(notation: Notation, term: Operation, write_part: _WritePart) -> Fragment:
    base, exponent = term.parts
    number = constant_value(exponent)
    is_whole = number is not None and number.is_integer() and abs(number) < 1000.0
    whole = int(number or 0.0) if is_whole else None
    return notation.power(write_part(base), write_part(exponent), whole)


def _write_floor(notation: Notation, term: Operation, write_part: _WritePart) -> Fragment:
    x, y = term.parts
    if notation.style == "plain":
        return notation.loose("//", write_part(x), write_part(y))
    return write_part(table.floor(x / y))


# The operations that have signs of their own in Python and in mathematics.
_OPERATORS: Final[dict[Primitive, Callable[[Notation, Operation, _WritePart], Fragment]]] = {
    table.add: _write_sum,
    table.subtract: _write_sum,
    table.sum: _write_sum,
    table.multiply: _write_product,
    table.prod: _write_product,
    table.power: _write_power,
    table.floor_divide: _write_floor,
    table.divide: lambda notation, term, write: notation.quotient(*map(write, term.parts)),
    table.negative: lambda notation, term, write: notation.negative(write(term.parts[0])),
    table.remainder: lambda notation, term, write: notation.remainder(*map(write, term.parts)),
}
