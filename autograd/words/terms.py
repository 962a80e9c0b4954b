"""Formulas as trees of operations, numbers and names.

A `Term` is a `Numeric`: operators and the operations of the table, applied to terms, make
larger terms. So a rule or a formula that is written for numbers makes one of names.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any, Final, Self, TypeGuard

from autograd.engine import table
from autograd.engine.operands import as_float
from autograd.engine.operators import Numeric
from autograd.engine.primitive import Primitive
from autograd.words.notation import Name

_GREATEST_DEPTH: Final = 40


class Term(Numeric):
    """A formula or a part of one.

    Attributes:
        key: equal for formulas that are the same.
        parts: the terms that it consists of.
        depth: the number of operations nested in one another.
    """

    __slots__ = ("depth", "key", "parts")

    key: tuple[Any, ...]
    depth: int

    def __init__(self, head: tuple[Any, ...], parts: tuple[Term, ...] = ()) -> None:
        self.key = (*head, *[part.key for part in parts])
        self.parts = parts
        self.depth = 1 + max([part.depth for part in parts], default=-1)

    def mapped(self, function: Callable[[Term], Term]) -> Self:  # noqa: ARG002
        """The term with each of its parts replaced by what ``function`` returns for it."""
        return self

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
        super().__init__((name,))
        self.name = name


class Constant(Term):
    """A number."""

    __slots__ = ("number",)

    def __init__(self, number: float) -> None:
        super().__init__((repr(number),))
        self.number = number


class Operation(Term):
    """An operation on formulas."""

    __slots__ = ("op",)

    def __init__(self, op: Primitive, operands: tuple[Term, ...]) -> None:
        super().__init__((op.name, id(op)), operands)
        self.op = op
        if self.depth > _GREATEST_DEPTH:
            raise ValueError("the formula is nested too deeply to be read")

    def mapped(self, function: Callable[[Term], Term]) -> Operation:
        """The same operation on the operands that ``function`` returns."""
        return Operation(self.op, tuple([function(operand) for operand in self.parts]))


class Sum(Term):
    """A sum of terms.

    Attributes:
        terms: the terms, each with True if it is subtracted.
        omitted: the number of terms left out before the last one.
    """

    __slots__ = ("omitted", "terms")

    def __init__(self, terms: Sequence[tuple[bool, Term]], omitted: int = 0) -> None:
        signs = [sign for sign, _ in terms]
        super().__init__(("terms", omitted, *signs), tuple([term for _, term in terms]))
        self.terms = terms
        self.omitted = omitted

    def mapped(self, function: Callable[[Term], Term]) -> Sum:
        """The sum of the terms that ``function`` returns."""
        return Sum([(sign, function(term)) for sign, term in self.terms], self.omitted)


def holds(term: Term, ops: Container[Primitive]) -> bool:
    """True if the term contains one of the operations."""
    is_one = isinstance(term, Operation) and term.op in ops
    return is_one or any(holds(part, ops) for part in term.parts)


def as_term(operand: Any) -> Term:
    """The operand if it is a term, else the number as one."""
    return operand if isinstance(operand, Term) else Constant(as_float(operand))


def constant_value(term: Term) -> float | None:
    """The number of a constant; None for any other term."""
    return term.number if isinstance(term, Constant) else None


def negated(operand: Term) -> Term:
    """Minus the term."""
    if is_operation(operand, table.negative):
        return operand.parts[0]
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
