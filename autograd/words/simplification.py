"""Equal terms that are easier to read.

`expanded` replaces operations by their textbook formulas, `tidied` removes zeros and ones, and
`simplified` also gathers constants and joins fractions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from autograd.engine import floats, table
from autograd.engine.primitive import Primitive
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
from autograd.words.typesetting import textbook, typeset

# A fraction with more characters than these is written as one over a whole number if it is one.
_MOST_CHARACTERS: Final = 8
# A smaller one is not: the whole number would have more than 15 digits.
_LEAST_FRACTION: Final = 1e-15
IN_PRODUCTS: Final = (table.multiply, table.divide, table.negative)

_PI: Final = Symbol(Name("pi"))

# Constants of the rules of the table, as a textbook writes them.
_KNOWN: Final[dict[float, Callable[[], Term]]] = {
    floats.LN2: lambda: Operation(table.log, (Constant(2.0),)),
    floats.ONE_OVER_LN2: lambda: _ratio(1.0, Operation(table.log, (Constant(2.0),))),
    floats.ONE_OVER_LN10: lambda: _ratio(1.0, Operation(table.log, (Constant(10.0),))),
    floats.SQRT_HALF: lambda: _ratio(1.0, Operation(table.sqrt, (Constant(2.0),))),
    floats.TWO_OVER_SQRT_PI: lambda: _ratio(2.0, Operation(table.sqrt, (_PI,))),
    floats.ONE_OVER_SQRT_TAU: lambda: _ratio(1.0, Operation(table.sqrt, (2.0 * _PI,))),
}


def _ratio(dividend: float, divisor: Term) -> Term:
    return Operation(table.divide, (Constant(dividend), divisor))


# The operations on a sequence whose order does not matter.
_SYMMETRIC: Final = frozenset(
    {table.sum, table.mean, table.prod, table.norm, table.max, table.min, table.logsumexp}
)

Key: TypeAlias = tuple[Any, ...]


def expanded(
    term: Term,
    notation: Notation,
    named: Mapping[Key, Symbol],
    order: Mapping[Key, int] = MappingProxyType({}),
) -> Term:
    """The term with operations replaced by their textbook formulas, and parts by their names.

    Args:
        term: the term.
        notation: the notation that it is to be written in, which has signs of its own.
        named: the names of the parts that have one, by the keys of these.
        order: the positions of symbols, by their keys, used where the order does not matter.
    """
    if isinstance(term, Operation) and term.op in _SYMMETRIC:
        in_order = sorted(term.operands, key=lambda operand: _first_position(operand, order))
        term = Operation(term.op, tuple(in_order))
    if term.key in named:
        return named[term.key]
    if isinstance(term, Sum):
        terms = [(sign, expanded(part, notation, named, order)) for sign, part in term.terms]
        return Sum(terms, term.omitted)
    if not isinstance(term, Operation):
        return term
    op = term.op
    formula = None if getattr(typeset(op), notation.style) else textbook(op, term.operands)
    if formula is None:
        operands = [expanded(operand, notation, named, order) for operand in term.operands]
        return Operation(op, tuple(operands))
    return expanded(as_term(formula), notation, named, order)


def _first_position(term: Term, order: Mapping[Key, int]) -> int:
    """The position of the first symbol of the term; 0 if it has none."""
    while isinstance(term, Operation):
        term = term.operands[0]
    return order.get(term.key, 0)


def tidied(term: Term) -> Term:
    """The term without ``1 *``, ``+ 0``, ``-(-x)`` and the like, which change nothing."""
    if isinstance(term, Sum):
        terms = [(sign, tidied(part)) for sign, part in term.terms]
        terms = [pair for pair in terms if constant_value(pair[1]) != 0.0] or terms[-1:]
        if len(terms) == 1 and not term.omitted:
            sign, only = terms[0]
            return negated(only) if sign else only
        return Sum(terms, term.omitted)
    if not isinstance(term, Operation):
        return term
    operands = tuple([tidied(operand) for operand in term.operands])
    return _tidied_operation(term.op, operands)


def _tidied_operation(op: Primitive, operands: tuple[Term, ...]) -> Term:
    if op is table.negative:
        return negated(operands[0])
    if len(operands) == 2:
        x, y = operands
        a, b = constant_value(x), constant_value(y)
        if (op is table.add and a == 0.0) or (op is table.multiply and a == 1.0):
            return y
        if op in (table.add, table.subtract) and b == 0.0:
            return x
        if op in (table.multiply, table.divide, table.power) and b == 1.0:
            return x
    return Operation(op, operands)


def simplified(term: Term) -> Term:
    """The term with its constants gathered and its fractions joined."""
    if isinstance(term, Sum):
        return tidied(Sum([(sign, simplified(part)) for sign, part in term.terms], term.omitted))
    if isinstance(term, Constant):
        return _recognised(term)
    if not isinstance(term, Operation):
        return term
    op = term.op
    if op in IN_PRODUCTS:
        return _Product().times(term).as_term()
    operands = tuple([simplified(operand) for operand in term.operands])
    numbers = [constant_value(operand) for operand in operands]
    if op in (table.add, table.subtract, table.power) and None not in numbers:
        return _recognised(Constant(op(*numbers)))
    if op is table.power and numbers[0] == 1.0:
        return Constant(1.0)
    if op is table.power and numbers[1] == 2.0 and is_operation(operands[0], table.sqrt):
        return operands[0].operands[0]
    if op is table.add and is_negative(operands[1]):
        return simplified(Operation(table.subtract, (operands[0], negated(operands[1]))))
    if op is table.subtract and is_negative(operands[1]):
        return simplified(Operation(table.add, (operands[0], negated(operands[1]))))
    if op is table.subtract and numbers[0] == 0.0:
        return negated(operands[1])
    return _tidied_operation(op, operands)


def _recognised(constant: Constant) -> Term:
    """The term for a known number, such as ln 2 or 1/3; any other number as it is."""
    size = abs(constant.number)
    known: Term = constant
    if size in _KNOWN:
        known = _KNOWN[size]()
    elif _LEAST_FRACTION < size < 1.0 and len(repr(size)) > _MOST_CHARACTERS:
        below = float(round(1.0 / size))
        known = _ratio(1.0, Constant(below)) if 1.0 / below == size else constant
    return negated(known) if known is not constant and constant.number < 0.0 else known


class _Product:
    """A product being gathered: a fraction of numbers, and the factors above and below its line."""

    def __init__(self) -> None:
        self.coefficient = 1.0
        self.divisor = 1.0
        self.above: list[Term] = []
        self.below: list[Term] = []

    def times(self, factor: Term, below: bool = False) -> _Product:
        """The product, multiplied by a factor, or divided by it."""
        if is_operation(factor, table.negative):
            self.coefficient = -self.coefficient
            return self.times(factor.operands[0], below)
        if is_operation(factor, table.multiply):
            return self.times(factor.operands[0], below).times(factor.operands[1], below)
        if is_operation(factor, table.divide):
            return self.times(factor.operands[0], below).times(factor.operands[1], not below)
        return self._gather(simplified(factor), below)

    def _gather(self, factor: Term, below: bool) -> _Product:
        number = constant_value(factor)
        if number is not None and not below:
            self.coefficient *= number
        elif number is not None:
            self.divisor *= number
        elif isinstance(factor, Operation) and factor.op in IN_PRODUCTS:
            return self.times(factor, below)
        else:
            (self.below if below else self.above).append(factor)
        return self

    def as_term(self) -> Term:
        """The product as one term."""
        coefficient, divisor = self._fraction()
        negative = coefficient < 0.0
        above = _multiplied(abs(coefficient), self.above)
        below = _multiplied(divisor, self.below)
        is_whole = constant_value(below) == 1.0
        product = above if is_whole else Operation(table.divide, (above, below))
        return negated(product) if negative else product

    def _fraction(self) -> tuple[float, float]:
        """The numerator and the denominator, reduced where that is exact."""
        coefficient, divisor = self.coefficient, self.divisor
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
    powers: dict[tuple[Any, ...], list[Term]] = {}
    for factor in factors:
        powers.setdefault(factor.key, []).append(factor)
    product: Term | None = None
    if coefficient != 1.0 or not factors:
        product = Constant(coefficient)
    for same in powers.values():
        power = same[0]
        if len(same) > 1:
            power = Operation(table.power, (power, Constant(float(len(same)))))
        product = power if product is None else Operation(table.multiply, (product, power))
    assert product is not None
    return product
