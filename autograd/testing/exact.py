"""The exact value and derivatives of an expression, to 60 digits, with error bounds for floats.

The formulas of `autograd.testing.formulas` are carried through the expression in forward
mode, on mpmath numbers: each number has its first and second derivatives by the inputs.
So nothing is shared with the engine, neither the table nor the order of the chain rule.

Each number also has a bound on the error of floats. That is derived, not guessed: an
operation is taken to be right to a few units in the last place, for operands that are
themselves off by the errors before. The effect on its value and on its derivatives is
found by moving the operands that far. Where they lie so near a kink or a jump that the
other side is within reach, the allowance is then as large as the step between the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mpmath import mp, mpf

from autograd.engine.primitive import Primitive, Reduction
from autograd.testing.formulas import FORMULAS, Formula

DIGITS: Final = 60
_MORE_DIGITS: Final = 100  # for differences
_DIFFERENCE_STEP: Final = mpf(10) ** -25
_LONGER: Final = 2.5  # times as long is the step to the left

# Numbers and slopes outside of this range have no bound: products of them may overflow or
# vanish, depending on the order.
LEAST: Final = mpf(10) ** -20
GREATEST: Final = mpf(10) ** 15

# The table is right to 4 units in the last place, in a few rows to 7, and the products and
# sums of the chain rule come on top. A second derivative is a formula in several such terms.
_FIRST: Final = 8 * 2.0**-52
_SECOND: Final = 32 * 2.0**-52
_RESOLUTION: Final = 1e-40  # below this, neither underflow nor a difference tells from 0

_NEAR: Final = 2.0**-10  # the greatest error of operands, as a part of their size


class UndefinedError(Exception):
    """There is no real number here, or more than one answer."""


def is_tame(number: Any) -> bool:
    """True if the number is 0 or of a size that allows products."""
    return not number or bool(LEAST <= abs(number) <= GREATEST)


@dataclass(frozen=True)
class Expected:
    """An exact number, and a bound on the error of a float.

    Attributes:
        number: the exact number, of mpmath; nan where there is none.
        error: the bound; inf where nothing can be said.

    >>> Expected(mpf(2), 1e-15).allows(2.0)
    True
    >>> Expected(mpf(2), 0.25) * Expected(mpf(-3), 0.5)  # 2 * 0.5 + 0.25 * 3 + 0.25 * 0.5
    Expected(number=mpf('-6.0'), error=1.875)
    """

    number: Any
    error: float

    def allows(self, actual: float) -> bool:
        """True if ``actual`` is within the bound."""
        return self.error == math.inf or bool(abs(actual - self.number) <= self.error)

    def __bool__(self) -> bool:
        return bool(self.number) or self.error > 0.0

    def __add__(self, other: Expected) -> Expected:
        return Expected(self.number + other.number, self.error + other.error)

    def __mul__(self, other: Expected) -> Expected:
        if math.inf in (self.error, other.error):
            return _ANYTHING
        if not self or not other:
            return _EXACT_ZERO
        error = float(abs(self.number)) * other.error + self.error * float(abs(other.number))
        return Expected(self.number * other.number, error + self.error * other.error)


_EXACT_ZERO: Final = Expected(mpf(0), 0.0)
_EXACT_ONE: Final = Expected(mpf(1), 0.0)
_ANYTHING: Final = Expected(mp.nan, math.inf)


@dataclass(frozen=True)
class Expectation:
    """The exact value and derivatives of an expression.

    Attributes:
        value: its value.
        gradient: its derivative with respect to each input.
        hessian: the derivatives of those: a row for each.
    """

    value: Expected
    gradient: list[Expected]
    hessian: list[list[Expected]]


def expectation(
    point: Sequence[float],
    evaluate: Callable[..., list[Any]],
    formulas: Mapping[Primitive, Any],
    order: int,
) -> Expectation:
    """The exact value of an expression, with derivatives up to ``order``.

    Args:
        point: the number for each input.
        evaluate: `Expression.evaluate`, which carries the expression out in any arithmetic.
        formulas: a function or `Formula` for each operation that is not in the table.
        order: 0 for the value alone, 1 for its derivatives as well, 2 for theirs too.
    """
    count = len(point)

    def carry_out(operation: Primitive, operands: list[Any]) -> Expectation:
        known = [x if isinstance(x, Expectation) else _seeded(x, count) for x in operands]
        varying = [i for i, x in enumerate(operands) if isinstance(x, Expectation)]
        return _result(Local(operation, formulas), known, varying, order)

    with mp.workdps(DIGITS):
        inputs = [_seeded(x, count, position=i) for i, x in enumerate(point)]
        out: Expectation = evaluate(inputs, carry_out)[-1]
    return out


def _seeded(number: float, count: int, position: int | None = None) -> Expectation:
    """A constant, or the input at ``position`` of ``count``."""
    gradient = [_EXACT_ONE if i == position else _EXACT_ZERO for i in range(count)]
    return Expectation(Expected(mpf(number), 0.0), gradient, [[_EXACT_ZERO] * count] * count)


# ── One operation ─────────────────────────────────────────────────────────────


class Local:
    """An operation by its formula: value and derivatives at the operands that are passed.

    Raises:
        LookupError: there is no formula for it.
    """

    def __init__(self, operation: Primitive, own: Any) -> None:
        found = own.get(operation, FORMULAS.get(operation))
        if found is None:
            raise LookupError(
                f"there is no formula for {operation.name}() to compare with: pass one, as in "
                f"formulas={{{operation.name}: lambda x: ...}}, a function of mpmath numbers"
            )
        self.formula = found if isinstance(found, Formula) else Formula(found)
        self.over_sequence = isinstance(operation, Reduction)

    def value(self, numbers: list[Any]) -> Any:
        """The value, a real number."""
        return _real(self.formula.value, *([numbers] if self.over_sequence else numbers))

    def slope(self, i: int) -> Callable[[list[Any]], Any]:
        """The derivative with respect to operand i, as a function of the operands."""
        rules = self.formula.derivatives
        if not rules:
            return lambda numbers: _difference(self.value, numbers, i)
        if self.over_sequence:
            return lambda numbers: _real(rules[0], numbers, i)
        return lambda numbers: _real(rules[i], *numbers)

    def curvature(self, i: int, j: int) -> Callable[[list[Any]], Any]:
        """The derivative of that with respect to operand j."""
        return lambda numbers: _difference(self.slope(i), numbers, j)

    def is_smooth(self, i: int, j: int, numbers: list[Any]) -> bool:
        """True if that is defined. At a kink it may be so in one order of i and j only."""
        try:
            self.curvature(i, j)(numbers)
        except UndefinedError:
            return False
        return True


def _real(function: Callable[..., Any], *arguments: Any) -> Any:
    """The result of the function, if that is a real number."""
    try:
        number = function(*arguments)
    except (ZeroDivisionError, ValueError, OverflowError) as error:
        raise UndefinedError from error
    if isinstance(number, mp.mpc):
        if number.imag != 0:
            raise UndefinedError
        return number.real
    if not mp.isfinite(number):
        raise UndefinedError
    return mpf(number)


def _difference(function: Callable[[list[Any]], Any], numbers: list[Any], i: int) -> Any:
    """The derivative of ``function`` with respect to number i, by differences of 100 digits.

    Raises:
        UndefinedError: there is a kink or a jump.
    """
    with mp.workdps(_MORE_DIGITS):
        sizes = [abs(x) for x in numbers if x]
        scale = min(mpf(1), abs(numbers[i]) or min(sizes, default=mpf(1)))
        step = scale * _DIFFERENCE_STEP

        def at(distance: Any) -> Any:
            return function([*numbers[:i], numbers[i] + distance, *numbers[i + 1 :]])

        middle = at(0)
        # Steps of two lengths: where there is a jump, the two slopes differ, as at a kink.
        longer = _LONGER * step
        right, left = (at(step) - middle) / step, (middle - at(-longer)) / longer
        size = abs(right) + abs(left) + abs(middle) / scale + scale
        if abs(right - left) > size * mpf(10) ** -12:
            raise UndefinedError
        slope = (_LONGER * right + left) / (_LONGER + 1)
        return slope if abs(slope) > size * mpf(10) ** -60 else mpf(0)


# ── The chain rule ────────────────────────────────────────────────────────────


def _result(
    local: Local, operands: list[Expectation], varying: list[int], order: int
) -> Expectation:
    numbers = [x.value.number for x in operands]
    rounding = _FIRST if local.formula.cancels or local.formula.shift_invariant else 0.0
    reach = _reach(local, operands, rounding)
    value = _within_reach(local.value, numbers, reach, _FIRST)
    count = len(operands[0].gradient)
    if value is _ANYTHING:
        return Expectation(_ANYTHING, [_ANYTHING] * count, [[_ANYTHING] * count] * count)
    first: dict[int, Expected] = {}
    second: dict[tuple[int, int], Expected] = {}
    if order > 0:
        first = {i: _within_reach(local.slope(i), numbers, reach, _FIRST) for i in varying}
    if order > 1:
        reach = _reach(local, operands, _SECOND)
        second = {
            (i, j): _within_reach(local.curvature(i, j), numbers, reach, _SECOND)
            if i == j or local.is_smooth(j, i, numbers)
            else _ANYTHING
            for i in varying
            for j in varying
            if i <= j
        }

    def slope(a: int) -> Expected:
        return sum([by * operands[i].gradient[a] for i, by in first.items()], _EXACT_ZERO)

    def curvature(a: int, b: int) -> Expected:
        terms = [by * operands[i].hessian[a][b] for i, by in first.items()]
        for (i, j), bend in second.items():
            x, y = operands[i].gradient, operands[j].gradient
            terms.append(bend * (x[a] * y[b]))
            if i != j:
                terms.append(bend * (x[b] * y[a]))
        return sum(terms, _EXACT_ZERO)

    places = range(count)
    gradient = [slope(a) for a in places if order > 0]
    hessian = [[curvature(a, b) for b in places] for a in places if order > 1]
    return Expectation(value, gradient, hessian)


def _reach(local: Local, operands: list[Expectation], rounding: float) -> list[float] | None:
    """The error bound of each operand, rounding included; None if one is too large to be of use."""
    values = [x.value for x in operands]
    if any(x.error == math.inf for x in values):
        return None
    least = 1.0 if local.formula.shift_invariant else 0.0
    sizes = [float(abs(x.number)) for x in values]
    reach = [x.error + rounding * max(size, least) for x, size in zip(values, sizes)]
    scale = min([1.0, *[size for size in sizes if size]])
    return reach if max(reach) < scale * _NEAR else None


def _within_reach(
    function: Callable[[list[Any]], Any],
    numbers: list[Any],
    reach: list[float] | None,
    rounding: float,
) -> Expected:
    """The value of ``function``, with a bound for operands that are off by ``reach``."""
    if reach is None:
        return _ANYTHING
    try:
        number = function(numbers)
        if rounding == _FIRST and not is_tame(number):
            return _ANYTHING
        error = rounding * float(abs(number)) + _RESOLUTION
        for i, distance in enumerate(reach):
            if distance:
                before, after = numbers[:i], numbers[i + 1 :]
                # Twice, because the step of a jump is more than from one end to the other.
                error += 2 * max(
                    float(abs(function([*before, numbers[i] + move, *after]) - number))
                    for move in (-distance, distance)
                )
    except UndefinedError:
        return _ANYTHING
    return Expected(number, error)
