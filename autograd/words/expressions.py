"""Expressions: formulas as trees, and what a derivative rule makes of names.

No operation and no derivative is declared here. A local derivative is found by running
the rule of the table on symbols instead of numbers, and what remains of the rule's own
operations is put into a textbook's terms as `typesetting.py` says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeGuard

from autograd.engine import floats, table
from autograd.engine.operators import Numeric
from autograd.engine.primitive import Primitive, Reduction, as_float
from autograd.words.notation import STYLES, Name, Style, Written
from autograd.words.typesetting import textbook, typeset

# Sums and lists longer than this are written with an ellipsis.
MOST_TERMS: Final = 8
SHOWN_FIRST: Final = 3
# Beyond these, a rule is not run on names: what it gives would not be read anyway.
MOST_OPERANDS: Final = 100
_DEEPEST_FORMULA: Final = 40
# A fraction with more digits than these is written as one over a whole number if it is one.
_LONG: Final = 8
_LEAST_FRACTION: Final = 1e-15  # below which nobody writes one over a number in full


# ── Trees ───────────────────────────────────────────────────────────────


class Expression(Numeric):
    """A formula, or a part of one; operations on it make larger ones.

    Attributes:
        key: equal for formulas that are the same.
        depth: how many operations it holds within one another.
    """

    __slots__ = ("depth", "key")

    key: tuple[Any, ...]
    depth: int

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """The formula of ``primitive`` on ``operands``."""
        return Operation(primitive, tuple([as_expression(operand) for operand in operands]))

    def __bool__(self) -> bool:
        raise TypeError("a formula is neither true nor false")


class Symbol(Expression):
    """The name of a value."""

    __slots__ = ("name",)

    def __init__(self, name: Name) -> None:
        self.name = name
        self.key = (name,)
        self.depth = 0


class Constant(Expression):
    """A number."""

    __slots__ = ("number",)

    def __init__(self, number: float) -> None:
        self.number = number
        self.key = (repr(number),)
        self.depth = 0


class Operation(Expression):
    """An operation on formulas."""

    __slots__ = ("op", "operands")

    def __init__(self, op: Primitive, operands: tuple[Expression, ...]) -> None:
        self.op = op
        self.operands = operands
        self.key = (op.name, id(op), *[operand.key for operand in operands])
        self.depth = 1 + max([operand.depth for operand in operands], default=0)
        if self.depth > _DEEPEST_FORMULA:
            raise ValueError("a formula so deep could not be read")


class Terms(Expression):
    """A sum of terms, each added or subtracted; some in the middle may be left out."""

    __slots__ = ("omitted", "terms")

    def __init__(self, terms: Sequence[tuple[bool, Expression]], omitted: int = 0) -> None:
        self.terms = tuple(terms)
        self.omitted = omitted
        self.key = ("terms", omitted, *[(sign, term.key) for sign, term in self.terms])
        self.depth = 1 + max([term.depth for _, term in self.terms])


def holds(expression: Expression, ops: Container[Primitive]) -> bool:
    """Whether one of the operations is part of the formula."""
    if isinstance(expression, Terms):
        return any(holds(term, ops) for _, term in expression.terms)
    return isinstance(expression, Operation) and (
        expression.op in ops or any(holds(operand, ops) for operand in expression.operands)
    )


def as_expression(operand: Any) -> Expression:
    """A formula as it is, a number as one."""
    return operand if isinstance(operand, Expression) else Constant(as_float(operand))


_PI: Final = Symbol(Name("pi"))

# Numbers that the rules of the table contain, as a textbook writes them.
_KNOWN: Final[dict[float, Callable[[], Expression]]] = {
    floats.LN2: lambda: Operation(table.log, (Constant(2.0),)),
    floats.ONE_OVER_LN2: lambda: _ratio(1.0, Operation(table.log, (Constant(2.0),))),
    floats.ONE_OVER_LN10: lambda: _ratio(1.0, Operation(table.log, (Constant(10.0),))),
    floats.SQRT_HALF: lambda: _ratio(1.0, Operation(table.sqrt, (Constant(2.0),))),
    floats.TWO_OVER_SQRT_PI: lambda: _ratio(2.0, Operation(table.sqrt, (_PI,))),
    floats.ONE_OVER_SQRT_TAU: lambda: _ratio(1.0, Operation(table.sqrt, (2.0 * _PI,))),
}


def _ratio(dividend: float, divisor: Expression) -> Expression:
    return Operation(table.divide, (Constant(dividend), divisor))


# ── In other words ────────────────────────────────────────────────────────────


# The operations on a sequence whose order does not matter.
_SYMMETRIC: Final = frozenset(
    {table.sum, table.mean, table.prod, table.norm, table.max, table.min, table.logsumexp}
)

Key: TypeAlias = tuple[Any, ...]


def expanded(
    expression: Expression,
    style: Style,
    named: Mapping[Key, Symbol],
    order: Mapping[Key, int] = MappingProxyType({}),
) -> Expression:
    """The formula in a textbook's terms, and with names for the parts that have one.

    Args:
        expression: the formula.
        style: the style that it is to be written in.
        named: by their keys, the parts that have a name.
        order: the places of symbols, by their keys, where the order does not matter.
    """
    if isinstance(expression, Operation) and expression.op in _SYMMETRIC:
        in_order = sorted(expression.operands, key=lambda operand: _place(operand, order))
        expression = Operation(expression.op, tuple(in_order))
    if expression.key in named:
        return named[expression.key]
    if isinstance(expression, Terms):
        terms = [(sign, expanded(term, style, named, order)) for sign, term in expression.terms]
        return Terms(terms, expression.omitted)
    if not isinstance(expression, Operation):
        return expression
    op = expression.op
    if typeset(op).formula is None or getattr(typeset(op), style.title):
        operands = [expanded(operand, style, named, order) for operand in expression.operands]
        return Operation(op, tuple(operands))
    return expanded(as_expression(textbook(op, expression.operands)), style, named, order)


def _place(expression: Expression, order: Mapping[Key, int]) -> int:
    """The first place of a symbol in the formula; 0 if none has one."""
    while isinstance(expression, Operation):
        expression = expression.operands[0]
    return order.get(expression.key, 0)


def tidied(expression: Expression) -> Expression:
    """The same formula without what changes nothing, as ``1 * x``, ``x + 0`` and ``-(-x)``."""
    if isinstance(expression, Terms):
        terms = [(sign, tidied(term)) for sign, term in expression.terms]
        terms = [term for term in terms if _number(term[1]) != 0.0] or terms[-1:]
        if len(terms) == 1 and not expression.omitted:
            sign, term = terms[0]
            return negated(term) if sign else term
        return Terms(terms, expression.omitted)
    if not isinstance(expression, Operation):
        return expression
    operands = tuple([tidied(operand) for operand in expression.operands])
    return _tidied_operation(expression.op, operands)


def _tidied_operation(op: Primitive, operands: tuple[Expression, ...]) -> Expression:
    if op is table.negative:
        return negated(operands[0])
    if len(operands) == 2:
        x, y = operands
        a, b = _number(x), _number(y)
        if (op is table.add and a == 0.0) or (op is table.multiply and a == 1.0):
            return y
        if op in (table.add, table.subtract) and b == 0.0:
            return x
        if op in (table.multiply, table.divide, table.power) and b == 1.0:
            return x
    return Operation(op, operands)


def _number(expression: Expression) -> float | None:
    return expression.number if isinstance(expression, Constant) else None


def negated(operand: Expression) -> Expression:
    """Minus the formula."""
    if _is(operand, table.negative):
        return operand.operands[0]
    if isinstance(operand, Constant):
        return Constant(-operand.number)
    return Operation(table.negative, (operand,))


def simplified(expression: Expression) -> Expression:
    """A local derivative as one would write it: its constants gathered, its fractions joined."""
    if isinstance(expression, Terms):
        return tidied(
            Terms([(sign, simplified(term)) for sign, term in expression.terms], expression.omitted)
        )
    if isinstance(expression, Constant):
        return _known(expression)
    if not isinstance(expression, Operation):
        return expression
    op = expression.op
    if op in IN_PRODUCTS:
        return _Product().times(expression).expression()
    operands = tuple([simplified(operand) for operand in expression.operands])
    numbers = [_number(operand) for operand in operands]
    if op in (table.add, table.subtract, table.power) and None not in numbers:
        return Constant(op(*numbers))
    if op is table.power and numbers[0] == 1.0:
        return Constant(1.0)
    if op is table.power and numbers[1] == 2.0 and _is(operands[0], table.sqrt):
        return operands[0].operands[0]
    if op is table.add and is_negative(operands[1]):
        return simplified(Operation(table.subtract, (operands[0], negated(operands[1]))))
    if op is table.subtract and is_negative(operands[1]):
        return simplified(Operation(table.add, (operands[0], negated(operands[1]))))
    if op is table.subtract and numbers[0] == 0.0:
        return negated(operands[1])
    return _tidied_operation(op, operands)


def _known(constant: Constant) -> Expression:
    """A number that has a name, or is one over a whole number, as one writes it."""
    size = abs(constant.number)
    known: Expression = constant
    if size in _KNOWN:
        known = _KNOWN[size]()
    elif _LEAST_FRACTION < size < 1.0 and len(repr(size)) > _LONG:
        below = float(round(1.0 / size))
        known = _ratio(1.0, Constant(below)) if 1.0 / below == size else constant
    return negated(known) if known is not constant and constant.number < 0.0 else known


def _is(expression: Expression, op: Primitive) -> TypeGuard[Operation]:
    return isinstance(expression, Operation) and expression.op is op


def is_negative(operand: Expression) -> bool:
    """Whether the formula begins with a minus, which stands for all of it."""
    number = _number(operand)
    return number < 0.0 if number is not None else _is(operand, table.negative)


IN_PRODUCTS: Final = (table.multiply, table.divide, table.negative)


class _Product:
    """A product being gathered: a fraction of numbers, and the factors above and below."""

    def __init__(self) -> None:
        self.coefficient = 1.0
        self.divisor = 1.0
        self.above: list[Expression] = []
        self.below: list[Expression] = []

    def times(self, factor: Expression, below: bool = False) -> _Product:
        """The product, multiplied by a factor, or divided by it."""
        if _is(factor, table.negative):
            self.coefficient = -self.coefficient
            return self.times(factor.operands[0], below)
        if _is(factor, table.multiply):
            return self.times(factor.operands[0], below).times(factor.operands[1], below)
        if _is(factor, table.divide):
            return self.times(factor.operands[0], below).times(factor.operands[1], not below)
        return self._gather(simplified(factor), below)

    def _gather(self, factor: Expression, below: bool) -> _Product:
        number = _number(factor)
        if number is not None and not below:
            self.coefficient *= number
        elif number is not None:
            self.divisor *= number
        elif isinstance(factor, Operation) and factor.op in IN_PRODUCTS:
            return self.times(factor, below)
        else:
            (self.below if below else self.above).append(factor)
        return self

    def expression(self) -> Expression:
        """The product as one formula."""
        coefficient, divisor = self._fraction()
        negative = coefficient < 0.0
        above = _multiplied(abs(coefficient), self.above)
        below = _multiplied(divisor, self.below)
        is_whole = _number(below) == 1.0
        product = above if is_whole else Operation(table.divide, (above, below))
        return negated(product) if negative else product

    def _fraction(self) -> tuple[float, float]:
        """The numbers above and below, as one number where that is exact."""
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


def _multiplied(coefficient: float, factors: Sequence[Expression]) -> Expression:
    """A number times factors, those that are the same as a power."""
    powers: dict[tuple[Any, ...], list[Expression]] = {}
    for factor in factors:
        powers.setdefault(factor.key, []).append(factor)
    product: Expression | None = None
    if coefficient != 1.0 or not factors:
        product = Constant(coefficient)
    for same in powers.values():
        power = same[0]
        if len(same) > 1:
            power = Operation(table.power, (power, Constant(float(len(same)))))
        product = power if product is None else Operation(table.multiply, (product, power))
    assert product is not None
    return product


# ── Writing ───────────────────────────────────────────────────────────────────


def written(
    expression: Expression,
    style: Style,
    digits: int | None,
    numbers: Mapping[Name, float] | None = None,
) -> Written:
    """The formula as text; with ``numbers``, these stand in place of the names."""

    def write(part: Expression) -> Written:
        return written(part, style, digits, numbers)

    if isinstance(expression, Constant):
        return style.number(expression.number, digits)
    if expression is _ELLIPSIS:
        return Written(style.ellipsis)
    if isinstance(expression, Symbol):
        if numbers is not None and expression.name in numbers:
            return style.number(numbers[expression.name], digits)
        return Written(style.name(expression.name))
    if isinstance(expression, Terms):
        return _written_terms(expression, style, write)
    assert isinstance(expression, Operation)
    op, operands = expression.op, expression.operands
    template = getattr(typeset(op), style.title)
    if "#" in template or "@" in template:
        return style.template(template, [write(operand) for operand in _few(operands)])
    if not template and op in _OPERATORS:
        return _OPERATORS[op](style, expression, write)
    sequences = op.sequences if isinstance(op, Reduction) else 0
    shown = operands if sequences == 2 else _few(operands)
    return style.call(template or style.function(op.name), [write(x) for x in shown], sequences)


_Write = Callable[[Expression], Written]


def _few(operands: Sequence[Expression]) -> Sequence[Expression]:
    """The operands, the middle of many left out."""
    if len(operands) <= MOST_TERMS:
        return operands
    return [*operands[:SHOWN_FIRST], _ELLIPSIS, operands[-1]]


# Stands where operands are left out.
_ELLIPSIS: Final = Symbol(Name("..."))


def _written_terms(expression: Terms, style: Style, write: _Write) -> Written:
    if expression.omitted:
        terms = [(sign, write(term)) for sign, term in expression.terms]
        terms.insert(-1, (False, Written(style.ellipsis)))
    else:
        terms = [(sign, write(term)) for sign, term in _terms_of(expression, style)]
    return style.sum(terms)


def _write_sum(style: Style, expression: Operation, write: _Write) -> Written:
    """a + b + c and a - b; on paper, parentheses in a + (b + c) serve nothing."""
    terms = _terms_of(expression, style)
    if len(terms) > MOST_TERMS:
        return _written_terms(
            Terms([*terms[:SHOWN_FIRST], terms[-1]], len(terms) - SHOWN_FIRST - 1), style, write
        )
    return style.sum([(sign, write(term)) for sign, term in terms])


def _terms_of(expression: Expression, style: Style) -> list[tuple[bool, Expression]]:
    exact = style.title == "plain"
    if isinstance(expression, Terms) and not expression.omitted:
        first, *others = expression.terms
        found = [first] if first[0] else _terms_of(first[1], style)
        for subtracted, term in others:
            found += [(subtracted, term)] if exact or subtracted else _terms_of(term, style)
        return found
    if isinstance(expression, Operation) and not getattr(typeset(expression.op), style.title):
        if expression.op is table.sum:
            return [(False, operand) for operand in expression.operands]
        if expression.op in (table.add, table.subtract):
            left, right = expression.operands
            subtracted = expression.op is table.subtract
            following = [(subtracted, right)] if exact or subtracted else _terms_of(right, style)
            return _terms_of(left, style) + following
    return [(False, expression)]


def _factors_of(expression: Expression, style: Style) -> list[Expression]:
    if isinstance(expression, Operation) and expression.op is table.multiply:
        left, right = expression.operands
        exact = style.title == "plain"
        return _factors_of(left, style) + ([right] if exact else _factors_of(right, style))
    return [expression]


def _write_product(style: Style, expression: Operation, write: _Write) -> Written:
    is_list = expression.op is table.prod
    factors = list(expression.operands) if is_list else _factors_of(expression, style)
    return style.product([write(x) for x in _few(factors)]) if factors[1:] else write(factors[0])


def _write_power(style: Style, expression: Operation, write: _Write) -> Written:
    base, exponent = expression.operands
    number = _number(exponent)
    is_whole = number is not None and number.is_integer() and abs(number) < 1000.0
    return style.power(write(base), write(exponent), int(number or 0.0) if is_whole else None)


def _write_quotient(style: Style, expression: Operation, write: _Write) -> Written:
    return style.quotient(write(expression.operands[0]), write(expression.operands[1]))


def _write_negative(style: Style, expression: Operation, write: _Write) -> Written:
    return style.negative(write(expression.operands[0]))


def _write_floor(style: Style, expression: Operation, write: _Write) -> Written:
    x, y = expression.operands
    if style.title == "plain":
        return style.operator("//", write(x), write(y))
    return write(Operation(table.floor, (Operation(table.divide, (x, y)),)))


def _write_remainder(style: Style, expression: Operation, write: _Write) -> Written:
    sign = "mod" if style.title == "unicode" else "%"
    return style.operator(sign, write(expression.operands[0]), write(expression.operands[1]))


# The operations that have signs of their own in Python and in mathematics.
_OPERATORS: Final[dict[Primitive, Callable[[Style, Operation, _Write], Written]]] = {
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


# ── Local derivatives ─────────────────────────────────────────────────────────


def local_derivatives(
    op: Primitive, operands: Sequence[Expression], out: Expression
) -> list[Expression]:
    """The derivative of ``op`` with respect to each operand, by the rules of the table.

    A rule that looks at its numbers has no formula; then it is the sign for a derivative.

    >>> x, y = Symbol(Name("x")), Symbol(Name("y"))
    >>> over_x, over_y = local_derivatives(table.multiply, (x, y), x * y)
    >>> over_x is y, over_y is x
    (True, True)
    """
    if isinstance(op, Reduction):
        return _by_one_rule(op, operands, out)
    return [_by_rule(op, i, operands, out) for i in range(len(operands))]


def _by_rule(
    op: Primitive, position: int, operands: Sequence[Expression], out: Expression
) -> Expression:
    rule = op.derivatives[position]
    numbers = [x.number if isinstance(x, Constant) else x for x in operands]
    for arguments in (operands, numbers):  # as `math.log` of a constant needs it to be a number
        try:
            return as_expression(rule(*arguments, out))
        except Exception:  # a rule of a user's own may do anything
            continue
    return _unwritten(op, position, operands)


def _by_one_rule(
    op: Reduction, operands: Sequence[Expression], out: Expression
) -> list[Expression]:
    if len(operands) <= MOST_OPERANDS:
        with suppress(Exception):  # a rule of a user's own may do anything
            return [as_expression(x) for x in op.gradient(operands, out)]
    return [_unwritten(op, i, operands) for i in range(len(operands))]


def _unwritten(op: Primitive, position: int, operands: Sequence[Expression]) -> Expression:
    """The sign for a derivative that has no formula, such as ``f'(x)``."""
    index = "" if len(operands) == 1 else str(position + 1)
    sign = Primitive(
        f"d{index}_{op.name}",
        op.forward,
        unicode=f"{STYLES['unicode'].function(op.name)}′{STYLES['unicode'].subscript(index)}",
        latex=f"{STYLES['latex'].function(op.name)}'{STYLES['latex'].subscript(index)}",
    )
    return Operation(sign, tuple(operands))
