"""Derivative rules as steps: what a rule computes, found by carrying it out on symbols.

A rule is transparent: written with operators and operations only. So it need not be called in each
run: what it calls becomes rows like those of the function itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from autograd.engine import table
from autograd.engine.operands import as_float
from autograd.engine.operators import Numeric
from autograd.engine.primitive import Primitive

# What a step or a result refers to: an operand, the output or an earlier step by its number, or
# else a constant.
Reference = int | float

# The operations of the library, whose functions have no side effects.
OF_THE_TABLE: Final = frozenset(row for row in vars(table).values() if isinstance(row, Primitive))


class Steps:
    """What a rule computes.

    Attributes:
        steps: operations, each with what it is applied to. Numbers below ``first`` refer to the
            operands and, last of these, to the output; the steps have the numbers from there on.
        results: what the rule gives.
    """

    def __init__(self, first: int) -> None:
        self.first = first
        self.steps: list[tuple[Primitive, tuple[Reference, ...]]] = []
        self.results: list[Reference] = []


class _Symbol(Numeric):
    """A number that notes the operations on it."""

    __slots__ = ("noted", "number")

    def __init__(self, noted: Steps, number: int) -> None:
        self.noted = noted
        self.number = number

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """Note ``primitive`` as a step."""
        steps = self.noted.steps
        steps.append((primitive, tuple([_reference(x) for x in operands])))
        return _Symbol(self.noted, self.noted.first + len(steps) - 1)


def _reference(x: Any) -> Reference:
    return x.number if isinstance(x, _Symbol) else as_float(x)


def _carried_out(rule: Callable[[list[Any]], Sequence[Any]], arity: int) -> Steps:
    noted = Steps(arity + 1)
    results = rule([_Symbol(noted, number) for number in range(arity + 1)])
    noted.results = [_reference(x) for x in results]
    return noted


def steps_of_rule(primitive: Primitive, place: int) -> Steps | None:
    """What the rule for one operand computes; None if only a call of it tells."""
    if primitive not in OF_THE_TABLE:
        return None  # it may branch as it likes
    rule = primitive.derivatives[place]
    return _carried_out(lambda symbols: [rule(*symbols)], primitive.arity)


# Reductions whose derivatives, of floats, are operands or constants. The others compute theirs all
# at once, and in another way than the rows for second derivatives do.
_SIMPLE: Final = frozenset({table.sum, table.mean, table.dot})


def steps_of_gradient(primitive: Any, count: int) -> Steps | None:
    """The same of a reduction of ``count`` operands, for all of them."""
    if primitive not in _SIMPLE:
        return None
    return _carried_out(lambda x: primitive.local_derivatives(x[:-1], x[-1]), count)
