"""The local derivatives of an operation as terms.

No derivative is declared here: the rule of the table is run on names instead of numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from autograd.engine.primitive import Primitive, Reduction
from autograd.words.notation import NOTATIONS
from autograd.words.terms import Constant, Operation, Term, as_term

# The rule of a reduction is not run on more names than these: nobody would read the formula.
MOST_OPERANDS: Final = 100


def local_derivatives(op: Primitive, operands: Sequence[Term], out: Term) -> list[Term]:
    """The derivative of ``op`` with respect to each operand, by the rules of the table.

    A rule that needs its numbers has no formula: its derivative is written like ``f'(x)``.

    >>> from autograd.engine import table
    >>> from autograd.words.notation import Name
    >>> from autograd.words.terms import Symbol
    >>> x, y = Symbol(Name("x")), Symbol(Name("y"))
    >>> over_x, over_y = local_derivatives(table.multiply, (x, y), x * y)
    >>> over_x is y, over_y is x
    (True, True)
    """
    places = range(len(operands))
    if not isinstance(op, Reduction):
        return [_local_derivative(op, i, operands, out) for i in places]
    if len(operands) <= MOST_OPERANDS:
        with suppress(Exception):  # a rule of a user's own may do anything
            return [as_term(x) for x in op.gradient(operands, out)]
    return [_without_formula(op, i, operands) for i in places]


def _local_derivative(op: Primitive, position: int, operands: Sequence[Term], out: Term) -> Term:
    rule = op.derivatives[position]
    numbers = [x.number if isinstance(x, Constant) else x for x in operands]
    for arguments in (operands, numbers):  # as `math.log` of a constant needs it to be a number
        with suppress(Exception):  # a rule of a user's own may do anything
            return as_term(rule(*arguments, out))
    return _without_formula(op, position, operands)


def _without_formula(op: Primitive, position: int, operands: Sequence[Term]) -> Term:
    """A derivative that has no formula, as a function of its own, such as ``f'(x)``."""
    index = "" if len(operands) == 1 else str(position + 1)
    sign = Primitive(
        f"d{index}_{op.name}",
        op.forward,
        unicode=f"{NOTATIONS['unicode'].function(op.name)}′{NOTATIONS['unicode'].subscript(index)}",
        latex=f"{NOTATIONS['latex'].function(op.name)}'{NOTATIONS['latex'].subscript(index)}",
    )
    return Operation(sign, tuple(operands))
