"""The operation of a graph that is at fault: each is checked by itself, at its own operands."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograd.engine.primitive import Choice, Primitive, Reduction
from autograd.engine.value import Value
from autograd.testing.chain_rule import Adjoint, adjoints
from autograd.testing.numerical import Slope, direction, slope

RULE_ROUNDING: Final = 16.0 * sys.float_info.epsilon  # the relative error that a rule may have
_SMOOTHNESS_DIRECTIONS: Final = 3  # tried for a function of several numbers


def wrong_rule(graph: Iterable[Value]) -> str:
    """The first operation whose values and rules disagree, described; else empty."""
    return next((fault for use in uses(graph) for fault in _first_order(use)), "")


def wrong_rule_of_rule(graph: Iterable[Value]) -> str:
    """The same for a rule and the derivatives of that rule."""
    return next((fault for use in uses(graph) for fault in _second_order(use)), "")


def kink(graph: Iterable[Value]) -> str:
    """The first operation that has a kink at its operands, as in ``relu(0.0)``; else empty."""
    return next((use.shown for use in uses(graph) if not _is_smooth(use)), "")


@dataclass(frozen=True, slots=True)
class Use:
    """An operation and the numbers that it was applied to.

    Attributes:
        varying: which of the operands were Values.
    """

    primitive: Primitive
    operands: tuple[float, ...]
    varying: tuple[int, ...]

    @property
    def shown(self) -> str:
        """The operation as it was called, such as ``tanh(0.5)``."""
        return f"{self.primitive.name}({', '.join(map(repr, self.operands))})"

    def name(self, operand: int) -> str:
        """What to call an operand: as the derivative rules do."""
        if isinstance(self.primitive, (Choice, Reduction)):  # not called with its operands
            return f"operand {operand}"
        return self.primitive.parameters()[operand]

    def moved(self, operand: int, to: float) -> list[float]:
        """The operands with one of them replaced."""
        return [*self.operands[:operand], to, *self.operands[operand + 1 :]]

    def rules(self, operands: Sequence[float]) -> list[float]:
        """The local derivatives that the rules give on floats."""
        out = self.primitive.evaluate(operands)
        return [float(x) for x in self.primitive.local_derivatives(operands, out)]


def uses(graph: Iterable[Value]) -> Iterator[Use]:
    """Each use of an operation in a graph, in its order; equal uses once."""
    seen: set[Use] = set()
    for value in graph:
        if value.op is None:
            continue
        operands = value.operands
        use = Use(
            value.op,
            tuple([x.data if isinstance(x, Value) else x for x in operands]),
            tuple([i for i, x in enumerate(operands) if isinstance(x, Value)]),
        )
        if use not in seen:
            seen.add(use)
            yield use


def _slope_of_value(use: Use, operand: int) -> Slope:
    return slope(
        lambda at: float(use.primitive.evaluate(use.moved(operand, at))),
        use.operands[operand],
    )


def _is_smooth(use: Use) -> bool:
    """True if an operation has a derivative, also where all operands move at once."""
    if any(_slope_of_value(use, i).problem for i in use.varying):
        return False
    for seed in range(_SMOOTHNESS_DIRECTIONS):
        rates = direction(use.operands, seed)

        def value(length: float, rates: Sequence[float] = rates) -> float:
            moved = list(use.operands)
            for i in use.varying:
                moved[i] += length * rates[i]
            return float(use.primitive.evaluate(moved))

        if slope(value, 0.0).problem:
            return False
    return True


def _slope_of_rule(use: Use, rule: int, operand: int) -> Slope:
    return slope(lambda at: use.rules(use.moved(operand, at))[rule], use.operands[operand])


def _agree(derivative: float, found: Slope, error: float = 0.0) -> bool:
    bound = found.error + error + RULE_ROUNDING * abs(derivative) + sys.float_info.min
    return abs(derivative - found.value) <= bound


def _first_order(use: Use) -> Iterator[str]:
    rules = use.rules(use.operands)
    for i in use.varying:
        found = _slope_of_value(use, i)
        if found.problem or _agree(rules[i], found) or not _is_smooth(use):
            continue
        yield (
            f"The rule of {use.primitive.name} for {use.name(i)} is at fault: at {use.shown} "
            f"it gives {rules[i]!r}, differences {found}.{_hint(use, rules, i, found)}"
        )


def _hint(use: Use, rules: list[float], i: int, found: Slope) -> str:
    if _agree(-rules[i], found):
        return " Its sign is wrong."
    for j, rule in enumerate(rules):
        if j != i and _agree(rule, found):
            return f" That is what the rule for {use.name(j)} gives: are the two swapped?"
    return ""


def _second_order(use: Use) -> Iterator[str]:
    operands: list[Any] = list(use.operands)
    for i in use.varying:
        operands[i] = Value(operands[i])
    if not use.varying:  # a number that `where` has taken
        return
    out = operands[use.varying[0]].apply(use.primitive, tuple(operands))
    rules = use.primitive.local_derivatives(operands, out)
    for i in use.varying:
        traced = adjoints(rules[i]) if isinstance(rules[i], Value) else {}
        for j in use.varying:
            found = _slope_of_rule(use, i, j)
            derivative = traced.get(operands[j], Adjoint(0.0, 0.0))
            if found.problem or _agree(derivative.value, found, derivative.error):
                continue
            if not _is_smooth(use):
                continue
            yield (
                f"The rule of {use.primitive.name} for {use.name(i)} is right, but not its own "
                f"derivative by {use.name(j)}: at {use.shown} that is {derivative.value!r}, "
                f"by differences {found}. A rule is to use nothing but operators and operations "
                "of autograd: `.data`, float() and the functions of math leave the record."
            )
