"""Check an operation of your own as the operations of the table are checked: against mpmath."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

from mpmath import mp, mpf

from autograd.engine.primitive import Primitive, Reduction
from autograd.engine.value import Value
from autograd.functional import gradients

_DIGITS = 60
_MANY_DIGITS = 400
_GREATEST = mpf(sys.float_info.max)
_BEYOND = mpf(2) ** 1024


def units_off(actual: float, exact: Any, scale: Any = 0) -> float:
    """The distance of ``actual`` from ``exact``, in units in the last place of the exact number.

    A number beyond the greatest float, and inf, counts as 2**1024. With a ``scale``, the
    unit is that of the larger of the two: where large terms cancel, say.

    >>> units_off(1.0 + 2**-52, mpf(1))
    1.0
    >>> units_off(math.inf, mpf(10) ** 400)
    0.0
    """
    if math.isnan(actual) or mp.isnan(exact):
        return 0.0 if math.isnan(actual) and mp.isnan(exact) else math.inf
    exact, number = (max(-_BEYOND, min(_BEYOND, mpf(x))) for x in (exact, actual))
    size = min(_GREATEST, max(abs(exact), abs(scale)))
    return float(abs(number - exact) / mpf(math.ulp(float(size))))


def check_primitive(
    primitive: Primitive,
    exact: Callable[..., Any],
    *points: Sequence[float],
    units: float = 4.0,
    second_units: float = 100.0,
) -> None:
    """Check the value of a primitive, its derivatives, and theirs, against mpmath.

    The derivatives are those of ``exact``, taken by mpmath, so only points are of use
    around which the function is smooth. The rules are checked on floats and on Values.

    Args:
        primitive: the operation.
        exact: the same function of mpmath numbers.
        points: the operands to check at, each a sequence of floats.
        units: the greatest error of values and first derivatives, in units in the last place.
        second_units: the same for second derivatives.

    Raises:
        TypeError: the primitive is a `Reduction`.
        ValueError: there are no points.
        AssertionError: the message has the number that is off, the exact one and the point.

    >>> from autograd import Primitive, cos, sin
    >>> versine = Primitive("versine", lambda x: 2 * math.sin(x / 2) ** 2, lambda x, out: sin(x))
    >>> check_primitive(versine, lambda x: 1 - mp.cos(x), [0.5], [1e-9], [-3.0])
    >>> wrong = Primitive("wrong", versine.forward, lambda x, out: cos(x))
    >>> check_primitive(wrong, lambda x: 1 - mp.cos(x), [0.5])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    AssertionError: d wrong / d operand 0 at (0.5,) is 0.87758..., should be 0.47942...
    """
    if isinstance(primitive, Reduction):
        raise TypeError(f"{primitive.name}() takes a sequence; what is checked takes its operands")
    if not points:
        raise ValueError("check_primitive() needs at least one point, such as [0.5]")
    for point in points:
        operands = [float(x) for x in point]
        inputs = [Value(x) for x in operands]
        out = primitive(*inputs)
        with mp.workdps(_DIGITS):
            value = exact(*map(mpf, operands))
            _compare(f"{primitive.name}{tuple(operands)}", out.data, value, units)
            for i, x in enumerate(inputs):
                what = f"d {primitive.name} / d operand {i} at {tuple(operands)}"
                slope = _derivative(exact, operands, i)
                _compare(what, primitive.derivatives[i](*operands, out.data), slope, units)
                [traced] = gradients(out, [x])
                _compare(f"{what}, traced,", traced.data, slope, units)
                for j, curvature in enumerate(gradients(traced, inputs)):
                    second = _derivative(exact, operands, i, j)
                    _compare(f"d/d operand {j} of {what}", curvature.data, second, second_units)


def _derivative(exact: Callable[..., Any], operands: list[float], *by: int) -> Any:
    """The derivative of ``exact`` by the operands numbered ``by``, in turn."""
    point = [mpf(x) for x in operands]

    def scaled(*parts: Any) -> Any:  # so that the steps of mpmath suit operands of any size
        return exact(*[x * part if x else part for x, part in zip(point, parts, strict=True)])

    ones = tuple(mpf(1) if x else mpf(0) for x in point)
    orders = tuple(by.count(i) for i in range(len(point)))
    rough = mp.diff(scaled, ones, orders)
    with mp.workdps(_MANY_DIGITS):
        slope = mp.diff(scaled, ones, orders)
    # mpmath differentiates by differences, which leave a trace even where nothing varies;
    # but that shrinks with more digits.
    if abs(slope) < abs(rough) * mpf(10) ** (-_DIGITS // 3):
        return mpf(0)
    for i in by:
        slope /= point[i] or 1
    return slope


def _compare(what: str, actual: float, exact: Any, units: float) -> None:
    off = units_off(actual, exact)
    if off > units:
        raise AssertionError(
            f"{what} is {actual!r}, should be {float(exact)!r}: {off:.3g} units in the last place "
            f"apart, and {units:g} are allowed"
        )
