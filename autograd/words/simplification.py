"""Equal terms that are easier to read.

`expanded` replaces operations by their textbook formulas, `tidied` removes zeros and ones, and
`simplified` also gathers constants and joins fractions.
"""

from __future__ import annotations

import functools
import math
import operator
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from autograd.engine import floats, table
from autograd.words.notation import Name, Notation
from autograd.words.terms import (
    Constant,
    Operation,
    Sum,
    Symbol,
    Term,
    as_term,
    constant_value,
    is_negative,
    is_operation,
    negated,
)
from autograd.words.typesetting import pattern, textbook

# A fraction with more characters than these is written as one over a whole number if it is one.
_MOST_CHARACTERS: Final = 8
# A smaller one is not: the whole number would have more than 15 digits.
_LEAST_FRACTION: Final = 1e-15
IN_PRODUCTS: Final = (table.multiply, table.divide, table.negative)

_TWO: Final = Constant(2.0)
_PI: Final = Symbol(Name("pi"))

# Constants of the rules of the table, as a textbook writes them.
_KNOWN: Final[dict[float, Term]] = {
    floats.LN2: table.log(_TWO),
    floats.ONE_OVER_LN2: 1.0 / table.log(_TWO),
    floats.ONE_OVER_LN10: 1.0 / table.log(Constant(10.0)),
    floats.SQRT_HALF: 1.0 / table.sqrt(_TWO),
    floats.RADIANS_PER_DEGREE: _PI / 180.0,
    floats.DEGREES_PER_RADIAN: 180.0 / _PI,
    floats.TWO_OVER_SQRT_PI: 2.0 / table.sqrt(_PI),
    floats.ONE_OVER_SQRT_TAU: 1.0 / table.sqrt(2.0 * _PI),
}

# The operations on a sequence whose order does not matter.
_SYMMETRIC: Final = frozenset(
    {table.sum, table.mean, table.prod, table.norm, table.max, table.min, table.logsumexp}
)

Key: TypeAlias = tuple[Any, ...]
_NOTHING: Final[Mapping[Key, Any]] = MappingProxyType({})


def expanded(
    term: Term,
    notation: Notation,
    named: Mapping[Key, Symbol] = _NOTHING,
    order: Mapping[Key, int] = _NOTHING,
) -> Term:
    """The term with operations replaced by their textbook formulas, and parts by their names.

    Args:
        term: the term.
        notation: the notation that it is to be written in, which has signs of its own.
        named: the names of the parts that have one, by the keys of these.
        order: the positions of symbols, by their keys, used where the order does not matter.
    """
    if isinstance(term, Operation) and term.op in _SYMMETRIC:
        in_order = sorted(term.parts, key=lambda operand: _first_position(operand, order))
        term = Operation(term.op, tuple(in_order))
    if term.key in named:
        return named[term.key]
    if isinstance(term, Operation) and not pattern(term.op, notation):
        formula = textbook(term.op, term.parts)
        if formula is not None:
            return expanded(as_term(formula), notation, named, order)
    return term.mapped(lambda part: expanded(part, notation, named, order))


def _first_position(term: Term, order: Mapping[Key, int]) -> int:
    """The position of the first symbol of the term; 0 if it has none."""
    while isinstance(term, Operation):
        term = term.parts[0]
    return order.get(term.key, 0)


def tidied(term: Term) -> Term:
    """The term without ``1 *``, ``+ 0``, ``-(-x)`` and the like, which change nothing."""
    return _tidied(term.mapped(tidied))


def _tidied(term: Term) -> Term:
    """The term, the parts of which are tidied already."""
    if isinstance(term, Sum):
        terms = [pair for pair in term.terms if constant_value(pair[1]) != 0.0] or term.terms[-1:]
        if len(terms) == 1 and not term.omitted:
            sign, only = terms[0]
            return negated(only) if sign else only
        return Sum(terms, term.omitted)
    if not isinstance(term, Operation):
        return term
    op = term.op
    if op is table.negative:
        return negated(term.parts[0])
    if len(term.parts) == 2:
        x, y = term.parts
        a, b = constant_value(x), constant_value(y)
        if (op is table.add and a == 0.0) or (op is table.multiply and a == 1.0):
            return y
        if op in (table.add, table.subtract) and b == 0.0:
            return x
        if op in (table.multiply, table.divide, table.power) and b == 1.0:
            return x
    return term


def simplified(term: Term) -> Term:
    """The term with its constants gathered and its fractions joined."""
    if isinstance(term, Constant):
        return _recognised(term)
    if isinstance(term, Operation) and term.op in IN_PRODUCTS:
        return _product(term)
    term = term.mapped(simplified)
    if isinstance(term, Sum):
        return tidied(term)
    if isinstance(term, Operation) and len(term.parts) == 2:
        op, (x, y) = term.op, term.parts
        a, b = constant_value(x), constant_value(y)
        if op in (table.add, table.subtract, table.power) and a is not None and b is not None:
            return _recognised(Constant(op(a, b)))
        if op is table.power and a == 1.0:
            return Constant(1.0)
        if op is table.power and b == 2.0 and is_operation(x, table.sqrt):
            return x.parts[0]
        if op in (table.add, table.subtract) and is_negative(y):
            opposite = table.subtract if op is table.add else table.add
            return simplified(opposite(x, negated(y)))
        if op is table.subtract and a == 0.0:
            return negated(y)
    return _tidied(term)


def _recognised(constant: Constant) -> Term:
    """The term for a known number, such as ln 2 or 1/3; any other number as it is."""
    size = abs(constant.number)
    known = _KNOWN.get(size)
    if known is None and _LEAST_FRACTION < size < 1.0 and len(repr(size)) > _MOST_CHARACTERS:
        below = float(round(1.0 / size))
        known = 1.0 / Constant(below) if 1.0 / below == size else None
    if known is None:
        return constant
    return negated(known) if constant.number < 0.0 else known


def _product(term: Term) -> Term:
    """A product with its numbers gathered: a fraction of numbers, then the other factors."""
    numbers: tuple[list[float], list[float]] = ([], [])
    terms: tuple[list[Term], list[Term]] = ([], [])
    for factor, is_below in _factors(term):
        number = constant_value(factor)
        if number is None:
            terms[is_below].append(factor)
        else:
            numbers[is_below].append(number)
    coefficient, divisor = _reduced(*[math.prod(each, start=1.0) for each in numbers])
    above = _multiplied(abs(coefficient), terms[False])
    below = _multiplied(divisor, terms[True])
    product = above if constant_value(below) == 1.0 else above / below
    return negated(product) if coefficient < 0.0 else product


def _factors(term: Term, is_below: bool = False) -> Iterator[tuple[Term, bool]]:
    """The factors of a product, simplified, each with True if it stands below the line."""
    if not (isinstance(term, Operation) and term.op in IN_PRODUCTS):
        term = simplified(term)
        if not (isinstance(term, Operation) and term.op in IN_PRODUCTS):
            yield term, is_below
            return
    if term.op is table.negative:
        yield Constant(-1.0), False
    for position, part in enumerate(term.parts):
        yield from _factors(part, is_below != (term.op is table.divide and position == 1))


def _reduced(coefficient: float, divisor: float) -> tuple[float, float]:
    """The numerator and the denominator of a fraction, reduced where that is exact."""
    if divisor < 0.0:
        coefficient, divisor = -coefficient, -divisor
    if divisor == 0.0 or not math.isfinite(coefficient) or not math.isfinite(divisor):
        return coefficient, divisor
    whole = coefficient / divisor
    if whole * divisor == coefficient and (whole.is_integer() or not divisor.is_integer()):
        return whole, 1.0
    if coefficient.is_integer() and divisor.is_integer():
        common = math.gcd(int(coefficient), int(divisor))
        return coefficient / common, divisor / common
    return coefficient, divisor


def _multiplied(coefficient: float, factors: Sequence[Term]) -> Term:
    """A number times factors; equal factors become a power."""
    counts = Counter([factor.key for factor in factors])
    powers = [
        factor ** counts[factor.key] if counts[factor.key] > 1 else factor
        for factor in {factor.key: factor for factor in factors}.values()
    ]
    if coefficient != 1.0 or not factors:
        powers.insert(0, Constant(coefficient))
    return functools.reduce(operator.mul, powers)
