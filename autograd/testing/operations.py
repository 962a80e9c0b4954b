"""The operation of a graph that is at fault: each is checked by itself, at its own operands."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from types import ModuleType
from typing import Final

from autograd.engine import table
from autograd.engine.value import Value
from autograd.testing.chain_rule import derivatives
from autograd.testing.numerical import Slope, direction, slope, slopes
from autograd.testing.uses import RULE_ROUNDING, Use

_ASIDE: Final = 1e-3  # as a part of the operands, so far that a pole is left
_GREAT: Final = 1e300
_ONE_BY_ONE: Final = 16  # the most operands that are moved one by one to find a kink
_SMOOTHNESS_DIRECTIONS: Final = 3  # tried for a function of several numbers
_HAS_MPMATH: Final = find_spec("mpmath") is not None


def _precise() -> ModuleType:
    """The module with the formulas, which loads mpmath."""
    from autograd.testing import precise

    return precise


def first_fault(
    graph: Sequence[Value], look: Callable[[Use], Iterable[str]], by: Value | None = None
) -> str:
    """The first description that ``look`` gives of the use of an operation; else empty.

    Args:
        graph: in topological order.
        look: gives descriptions of what is wrong with an operation at its operands.
        by: a Value; then only operations on what varies with it are looked at.
    """
    reached = None if by is None else {by}
    uses: dict[Use, None] = {}
    for value in graph:
        if value.op is None:
            continue
        if reached is not None:
            if reached.isdisjoint(value.inputs):
                continue
            reached.add(value)
        uses[Use.of(value, reached)] = None
    return next((fault for use in uses for fault in look(use)), "")


def _slope_of_value(use: Use, operand: int) -> Slope:
    return slope(
        lambda at: float(use.primitive.evaluate(use.moved(operand, at))),
        use.operands[operand],
    )


def overflows(use: Use) -> Iterator[str]:
    """A description, if the value or a derivative is beyond the floats, and not at a pole."""
    if not all(map(math.isfinite, use.operands)):
        return
    places = [
        [x + aside * (x or 1.0) if i in use.varying else x for i, x in enumerate(use.operands)]
        for aside in (0.0, _ASIDE, -_ASIDE)
    ]
    if _is_beyond([float(use.primitive.evaluate(operands)) for operands in places]):
        yield f"{use.shown} overflows"
    elif any(map(_is_beyond, zip(*[use.rules(operands) for operands in places], strict=True))):
        yield f"the derivative of {use.shown} overflows"


def _is_beyond(numbers: Sequence[float]) -> bool:
    """True if the first of these is infinite, and no other that there is comes near to ordinary."""
    return math.isinf(numbers[0]) and not any(abs(x) < _GREAT for x in numbers)


def kinks(use: Use) -> Iterator[str]:
    """The use as it was called, if it has a kink at its operands, as in ``relu(0.0)``."""
    is_short = len(use.moving) <= _ONE_BY_ONE
    if not _is_smooth(use) or (is_short and _HAS_MPMATH and _has_kink_by_formula(use)):
        yield use.shown


def _has_kink_by_formula(use: Use) -> bool:
    precise = _precise()
    return bool(precise.has_kink(use)) or any(precise.is_undefined(use, i) for i in use.moving)


def _is_right_by_formula(use: Use, operand: int) -> bool:
    precise = _precise()
    return bool(precise.has_precise_rule(use, operand) or precise.is_undefined(use, operand))


def _is_smooth(use: Use) -> bool:
    """True if an operation has a derivative, also where all operands move at once."""
    is_short = len(use.moving) <= _ONE_BY_ONE
    if is_short and any(_slope_of_value(use, i).problem for i in use.moving):
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


def _slopes_of_rules(use: Use, operand: int) -> list[Slope]:
    return slopes(lambda at: use.rules(use.moved(operand, at)), use.operands[operand])


def _agree(derivative: float, found: Slope, error: float = 0.0) -> bool:
    bound = found.error + error + RULE_ROUNDING * abs(derivative) + sys.float_info.min
    return abs(derivative - found.value) <= bound


def wrong_rules(use: Use) -> Iterator[str]:
    """The rules that disagree with differences of the values, described."""
    rules = use.rules(use.operands)
    for i in use.moving:
        found = _slope_of_value(use, i)
        if found.problem or _agree(rules[i], found) or not _is_smooth(use):
            continue
        # The steps of differences reach over those of `floor`, and formulas do not.
        if _HAS_MPMATH and _is_right_by_formula(use, i):
            continue
        yield (
            f"The rule of {use.primitive.name} for {use.name(i)} is at fault: at {use.shown} "
            f"it gives {rules[i]!r}, differences {found}.{_hint(use, rules, i, found)}"
        )


def imprecise_rules(use: Use) -> Iterator[str]:
    """The rules that are off their formulas, where there are some, by more than rounding."""
    return _precise().imprecise_rules(use) if _HAS_MPMATH else iter(())


def fine_steps(use: Use) -> Iterator[str]:
    """The use as it was called, if differences step over its structure, as in ``floor(1e8)``."""
    rules = use.rules(use.operands) if _HAS_MPMATH else []
    for i in use.moving if rules else ():
        found = _slope_of_value(use, i)
        # As the saw of a remainder is, or its noise, from far off.
        is_rough = found.problem == "rough" or math.inf > found.error > abs(rules[i]) > 0.0
        if (is_rough or not (found.problem or _agree(rules[i], found))) and (
            _precise().has_precise_rule(use, i) and not (is_rough and _precise().has_kink(use))
        ):
            yield use.shown


def has_precise_rules(use: Use) -> bool:
    """True if the rules of all that varies are right to the last digits, by the formula."""
    return _HAS_MPMATH and all(_precise().has_precise_rule(use, i) for i in use.moving)


def _hint(use: Use, rules: list[float], i: int, found: Slope) -> str:
    if _agree(-rules[i], found):
        return " Its sign is wrong."
    for j, rule in enumerate(rules):
        if j != i and _agree(rule, found):
            return f" That is what the rule for {use.name(j)} gives: are the two swapped?"
    return ""


def wrong_rules_of_rules(use: Use) -> Iterator[str]:
    """The rules the derivatives of which disagree with differences of the rules, described."""
    if not use.varying:  # a number that `where` has taken
        return
    inputs = {i: Value(use.operands[i]) for i in use.varying}
    operands = tuple([inputs.get(i, x) for i, x in enumerate(use.operands)])
    out = inputs[use.varying[0]].apply(use.primitive, operands)
    rules = use.primitive.local_derivatives(operands, out)
    for j in use.moving:
        found_by_rule = _slopes_of_rules(use, j)
        for i in use.varying:
            [derivative] = derivatives(rules[i], [inputs[j]])
            found = found_by_rule[i]
            is_right = _agree(derivative.value, found, derivative.error)
            if found.problem or is_right or not _is_smooth(use) or any(fine_steps(use)):
                continue
            yield (
                f"The rule of {use.primitive.name} for {use.name(i)} is right, but not its own "
                f"derivative by {use.name(j)}: at {use.shown} that is {derivative.value!r}, "
                f"by differences {found}. A rule is to use nothing but operators and operations "
                "of autograd: `.data`, float() and the functions of math leave the record."
            )


def wrong_own_rules(use: Use) -> Iterator[str]:
    """The same as `wrong_rules`, of operations that are not of the table."""
    return iter(()) if _is_of_table(use) else wrong_rules(use)


def wrong_own_rules_of_rules(use: Use) -> Iterator[str]:
    """The same as `wrong_rules_of_rules`, of operations that are not of the table."""
    return iter(()) if _is_of_table(use) else wrong_rules_of_rules(use)


def _is_of_table(use: Use) -> bool:
    return use.primitive in vars(table).values()
