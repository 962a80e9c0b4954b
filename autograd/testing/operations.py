"""Which operation of a graph is at fault: each is looked at by itself, at its own operands."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograd.engine.primitive import Primitive, Reduction
from autograd.engine.value import Value
from autograd.testing.chain_rule import Adjoint, adjoints
from autograd.testing.numerical import Slope, direction, slope

_ROUNDING: Final = 16.0 * sys.float_info.epsilon
_DIRECTIONS: Final = 3  # in which it is tried whether a function of several numbers is smooth


def wrong_rule(graph: Iterable[Value]) -> str:
    """The first operation whose values and derivative rules disagree, described; or nothing."""
    return next((fault for step in steps(graph) for fault in _first_order(step)), "")


def wrong_rule_of_rule(graph: Iterable[Value]) -> str:
    """The same for a rule and the derivatives of that rule."""
    return next((fault for step in steps(graph) for fault in _second_order(step)), "")


def kink(graph: Iterable[Value]) -> str:
    """The first operation that has a kink where it is used, such as ``relu(0.0)``; or nothing."""
    return next((step.shown for step in steps(graph) if not _is_smooth(step)), "")


@dataclass(frozen=True, slots=True)
class Step:
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
        """What to call an operand: as the function does that computes the operation."""
        if not isinstance(self.primitive, Reduction):
            try:
                return list(inspect.signature(self.primitive.forward).parameters)[operand]
            except (TypeError, ValueError, IndexError):
                pass
        return f"operand {operand}"

    def moved(self, operand: int, to: float) -> list[float]:
        """The operands with one of them elsewhere."""
        return [*self.operands[:operand], to, *self.operands[operand + 1 :]]

    def rules(self, operands: Sequence[float]) -> list[float]:
        """What the derivative rules give on floats."""
        out = self.primitive.evaluate(operands)
        return [float(x) for x in self.primitive.local_derivatives(operands, out)]


def steps(graph: Iterable[Value]) -> Iterator[Step]:
    """Each different operation of a graph, in its order."""
    seen: set[Step] = set()
    for value in graph:
        if value.op is None:
            continue
        operands = value.operands
        step = Step(
            value.op,
            tuple([x.data if isinstance(x, Value) else x for x in operands]),
            tuple([i for i, x in enumerate(operands) if isinstance(x, Value)]),
        )
        if step not in seen:
            seen.add(step)
            yield step


def _slope(step: Step, operand: int) -> Slope:
    return slope(
        lambda at: float(step.primitive.evaluate(step.moved(operand, at))), step.operands[operand]
    )


def _is_smooth(step: Step) -> bool:
    """Whether an operation has a derivative, also where all operands move at once."""
    if any(_slope(step, i).problem for i in step.varying):
        return False
    for seed in range(_DIRECTIONS):
        rates = direction(step.operands, seed)

        def value(length: float, rates: Sequence[float] = rates) -> float:
            moved = list(step.operands)
            for i in step.varying:
                moved[i] += length * rates[i]
            return float(step.primitive.evaluate(moved))

        if slope(value, 0.0).problem:
            return False
    return True


def _slope_of_rule(step: Step, rule: int, operand: int) -> Slope:
    return slope(lambda at: step.rules(step.moved(operand, at))[rule], step.operands[operand])


def _agree(derivative: float, found: Slope, error: float = 0.0) -> bool:
    bound = found.error + error + _ROUNDING * abs(derivative) + sys.float_info.min
    return abs(derivative - found.value) <= bound


def _first_order(step: Step) -> Iterator[str]:
    rules = step.rules(step.operands)
    for i in step.varying:
        found = _slope(step, i)
        if found.problem or _agree(rules[i], found) or not _is_smooth(step):
            continue
        yield (
            f"The rule of {step.primitive.name} for {step.name(i)} is at fault: at {step.shown} "
            f"it gives {rules[i]!r}, differences {found}.{_hint(step, rules, i, found)}"
        )


def _hint(step: Step, rules: list[float], i: int, found: Slope) -> str:
    if _agree(-rules[i], found):
        return " Its sign is wrong."
    for j, rule in enumerate(rules):
        if j != i and _agree(rule, found):
            return f" That is what the rule for {step.name(j)} gives: are the two swapped?"
    return ""


def _second_order(step: Step) -> Iterator[str]:
    operands: list[Any] = list(step.operands)
    for i in step.varying:
        operands[i] = Value(operands[i])
    if not step.varying:  # a number that `where` has taken
        return
    out = operands[step.varying[0]].apply(step.primitive, tuple(operands))
    rules = step.primitive.local_derivatives(operands, out)
    for i in step.varying:
        traced = adjoints(rules[i]) if isinstance(rules[i], Value) else {}
        for j in step.varying:
            found = _slope_of_rule(step, i, j)
            derivative = traced.get(operands[j], Adjoint(0.0, 0.0))
            if found.problem or _agree(derivative.value, found, derivative.error):
                continue
            if not _is_smooth(step):
                continue
            yield (
                f"The rule of {step.primitive.name} for {step.name(i)} is right, but not its own "
                f"derivative by {step.name(j)}: at {step.shown} that is {derivative.value!r}, "
                f"by differences {found}. A rule is to use nothing but operators and operations "
                "of autograd: `.data`, float() and the functions of math leave the record."
            )
