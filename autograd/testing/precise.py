"""Derivatives to 60 digits, of functions that can be carried out with that many.

`check_gradients` calls a function with numbers of mpmath where it can: where each
operation that it uses has a formula in `autograd.testing.formulas`. Differences of such
numbers leave nothing to be estimated. Where a function cannot be so carried out, since it
uses an operation of one's own, NumPy or `.data`, there are the differences of its floats.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from operator import eq, ge, gt, le, lt
from typing import Any, Final, Self

from mpmath import mp, mpf

from autograd.engine import table
from autograd.engine.primitive import Primitive, Traced, as_float, kind_of
from autograd.engine.value import Value
from autograd.testing.exact import Local, UndefinedError
from autograd.testing.formulas import FORMULAS, Number
from autograd.testing.numerical import Slope
from autograd.testing.operations import RULE_ROUNDING
from autograd.testing.uses import Use

__tracebackhide__ = True  # pytest shows the user's lines

_WORKING_DIGITS: Final = 100
_STEP: Final = mpf(10) ** -20
_SPARE: Final = 40  # digits that the differences, and what cancels in the function, may take
# The greatest difference of the slopes to the left and to the right, as a part of the function.
_SMOOTH: Final = mpf(10) ** -12
# The errors of a function that needs a Value or a float, or has no real value close by.
_CANNOT: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    UndefinedError,
    ValueError,
)


class Precise(Number):
    """A number of 60 digits, which goes through operations as a Value does."""

    __slots__ = ()

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Self:
        """Carry out ``primitive`` by its formula.

        Raises:
            LookupError: there is no formula for it.
            UndefinedError: there is no real result, or more than one.
        """
        numbers = [_mpmath_number(operand) for operand in operands]
        if primitive is table.where:  # handed the one that was taken
            return type(self)(numbers[0])
        return type(self)(Local(primitive, {}).value(numbers))

    # Compiled, those of Numeric would first ask a Value on the left, which takes no such number.

    def __radd__(self, other: Any) -> Any:  # other + self
        return self._right(table.add, other)

    def __rsub__(self, other: Any) -> Any:  # other - self
        return self._right(table.subtract, other)

    def __rmul__(self, other: Any) -> Any:  # other * self
        return self._right(table.multiply, other)

    # A function branches on these numbers as it does on Values.

    def _compared(self, comparison: Callable[[Any, Any], Any], other: Any) -> Any:
        try:
            return bool(comparison(self.number, _mpmath_number(other)))
        except TypeError:
            return NotImplemented

    def __eq__(self, other: object) -> Any:
        return self._compared(eq, other)

    def __lt__(self, other: Any) -> Any:
        return self._compared(lt, other)

    def __le__(self, other: Any) -> Any:
        return self._compared(le, other)

    def __gt__(self, other: Any) -> Any:
        return self._compared(gt, other)

    def __ge__(self, other: Any) -> Any:
        return self._compared(ge, other)

    def __bool__(self) -> bool:
        return bool(self.number)

    def __hash__(self) -> int:
        return id(self)


def precise_slopes(
    function: Callable[[Sequence[Any]], Sequence[Any]], point: Sequence[float], i: int
) -> list[Slope | None]:
    """The derivative of each number that ``function`` gives by number ``i`` of the point.

    An element is None where there is no derivative to that many digits, and the list is empty if
    the function cannot be carried out so.

    >>> from autograd import exp
    >>> [slope] = precise_slopes(lambda x: [exp(x[0]) * x[1]], [1.0, 3.0], 0)
    >>> slope.value, slope.error < 2e-15  # 3 e
    (8.154845485377136, True)
    """
    scale = abs(mpf(point[i])) or mpf(1)
    # A step that is small for a small number has to show in a function that is not.
    with mp.workdps(_WORKING_DIGITS + max(0, -int(mp.log10(scale)))):
        numbers = [mpf(x) for x in point]
        step = _STEP * scale

        def outputs(steps: int) -> list[Any]:
            moved = [*numbers[:i], numbers[i] + steps * step, *numbers[i + 1 :]]
            return [*map(_mpmath_number, function([*map(Precise, moved)]))]

        try:
            values = [*map(outputs, (-2, -1, 0, 1, 2))]
        except _CANNOT:
            return []
        return [_from_five_values(each, scale) for each in zip(*values, strict=True)]


def _from_five_values(values: Sequence[Any], scale: Any) -> Slope | None:
    """The derivative from five values: at -2, -1, 0, 1 and 2 steps from the point."""
    far_below, below, at, above, far_above = values
    step = _STEP * scale
    left, right = (at - below) / step, (above - at) / step
    apart, size = abs(right - left), max(map(abs, values)) / scale
    # Twice as far from the point they differ twice as much, unless this is a kink.
    farther = abs(far_above - 2 * at + far_below) / (2 * step)
    if apart > _SMOOTH * (abs(left) + abs(right) + size) and apart > 0.75 * farther:
        return None
    central = (left + right) / 2
    if not math.isfinite(float(central)):
        return None
    truncation = abs(central - (far_above - far_below) / (4 * step))
    rounding = size * mpf(10) ** (_SPARE - mp.dps)
    value = float(central)
    return Slope(value, float(truncation + apart + rounding) + math.ulp(value))


def imprecise_rules(use: Use) -> Iterator[str]:
    """The rules that are off by more than rounding, described."""
    formula = FORMULAS.get(use.primitive)
    if formula is None or formula.cancels or use.primitive is table.where:
        return
    rules = use.rules(use.operands)
    with mp.workdps(_WORKING_DIGITS):
        for i in use.moving:
            try:
                exact = Local(use.primitive, {}).slope(i)([mpf(x) for x in use.operands])
            except UndefinedError:
                continue
            if abs(exact) > sys.float_info.max:
                continue  # and is inf in floats
            if abs(rules[i] - exact) > RULE_ROUNDING * abs(exact) + sys.float_info.min:
                yield (
                    f"The rule of {use.primitive.name} for {use.name(i)} is at fault: at "
                    f"{use.shown} it gives {rules[i]!r}, and should give {float(exact)!r}."
                )


def _mpmath_number(operand: Any) -> Any:
    """The mpmath number of an operand."""
    if isinstance(operand, Precise):
        return operand.number
    if isinstance(operand, Value):
        return mpf(operand.data)
    if isinstance(operand, Traced):
        raise TypeError(f"{kind_of(operand)} has not that many digits")
    return mpf(as_float(operand))
