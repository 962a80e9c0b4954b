"""Formulas as trees of operations, numbers and names.

A `Term` is a `Numeric`: operators and the operations of the table, applied to terms, make
larger terms. So a rule or a formula that is written for numbers makes one of names.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any, Final, TypeGuard

from autograd.engine import table
from autograd.engine.operators import Numeric
from autograd.engine.primitive import Primitive, as_float
from autograd.words.notation import Name

_GREATEST_DEPTH: Final = 40


class Term(Numeric):
    """A formula or a part of one.

    Attributes:
        key: equal for formulas that are the same.
        depth: the number of operations nested in one another.
    """

    __slots__ = ("depth", "key")

    key: tuple[Any, ...]
    depth: int

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """``primitive`` applied to ``operands``, as a term."""
        return Operation(primitive, tuple([as_term(operand) for operand in operands]))

    # A rule that branches on its operands has no one formula.

    def __bool__(self) -> bool:
        raise TypeError("a formula is neither true nor false")

    def __eq__(self, other: object) -> bool:
        raise TypeError("a formula is compared by its key")

    def __hash__(self) -> int:
        return id(self)


class Symbol(Term):
    """The name of a value."""

    __slots__ = ("name",)

    def __init__(self, name: Name) -> None:
        self.name = name
        self.key = (name,)
        self.depth = 0


class Constant(Term):
    """A number."""

    __slots__ = ("number",)

    def __init__(self, number: float) -> None:
        self.number = number
        self.key = (repr(number),)
        self.depth = 0


class Operation(Term):
    """An operation on formulas."""

    __slots__ = ("op", "operands")

    def __init__(self, op: Primitive, operands: tuple[Term, ...]) -> None:
        self.op = op
        self.operands = operands
        self.key = (op.name, id(op), *[operand.key for operand in operands])
        self.depth = 1 + max([operand.depth for operand in operands], default=0)
        if self.depth > _GREATEST_DEPTH:
            raise ValueError("the formula is nested too deeply to be read")


class Sum(Term):
    """A sum of terms.

    Attributes:
        terms: the terms, each with True if it is subtracted.
        omitted: the number of terms left out before the last one.
    """

    __slots__ = ("omitted", "terms")

    def __init__(self, terms: Sequence[tuple[bool, Term]], omitted: int = 0) -> None:
        self.terms = tuple(terms)
        self.omitted = omitted
        self.key = ("terms", omitted, *[(sign, term.key) for sign, term in self.terms])
        self.depth = 1 + max([term.depth for _, term in self.terms])


def holds(term: Term, ops: Container[Primitive]) -> bool:
    """True if the term contains one of the operations."""
    if isinstance(term, Sum):
        return any(holds(part, ops) for _, part in term.terms)
    return isinstance(term, Operation) and (
        term.op in ops or any(holds(operand, ops) for operand in term.operands)
    )


def as_term(operand: Any) -> Term:
    """The operand if it is a term, else the number as one."""
    return operand if isinstance(operand, Term) else Constant(as_float(operand))


def constant_value(term: Term) -> float | None:
    """The number of a constant; None for any other term."""
    return term.number if isinstance(term, Constant) else None


def negated(operand: Term) -> Term:
    """Minus the term."""
    if is_operation(operand, table.negative):
        return operand.operands[0]
    if isinstance(operand, Constant):
        return Constant(-operand.number)
    return Operation(table.negative, (operand,))


def is_operation(term: Term, op: Primitive) -> TypeGuard[Operation]:
    """True if the term is the operation ``op`` on operands."""
    return isinstance(term, Operation) and term.op is op


def is_negative(operand: Term) -> bool:
    """True if the term is a negative number, or minus another term."""
    number = constant_value(operand)
    return number < 0.0 if number is not None else is_operation(operand, table.negative)
