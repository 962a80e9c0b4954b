"""What every row of the table should give, in arithmetic of 60 digits and more.

`ROWS` has an entry for each primitive: its value and its derivatives as a textbook
writes them, in mpmath. A textbook formula may cancel, overflow or vanish in floating
point; with enough digits, and mpmath's unlimited exponents, it does not. So the entries
are not copies of the table, whose formulas are chosen for 53 bits.

An entry also says how many units in the last place the table may be off, and why if that
is more than 4, and where to look for errors. `Tangent` differentiates the table's rules.
"""

# ruff: noqa: E501 - the rows are aligned by hand, as those of the table are

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mpmath import mp, mpf

from autograd import primitives as table
from autograd.primitives import Primitive, Reduction, Traced

PRIMITIVES: dict[str, Primitive] = {
    primitive.name: primitive
    for primitive in vars(table).values()
    if isinstance(primitive, Primitive)
}


class Tangent(Traced):
    """A number and how fast it changes, with one input of a computation: forward mode.

    It knows nothing of any operation but what the table says, and so differentiates the
    table's own rules. What does not change is a float, so that no derivative is ever
    multiplied by a 0 that stands for "does not change".
    """

    def __init__(self, number: float, rate: float) -> None:
        self.number = number
        self.rate = rate

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Tangent:
        """The number and its rate of change, by the chain rule."""
        numbers = [number_of(operand) for operand in operands]
        out = primitive.evaluate(numbers)
        locals_ = primitive.local_derivatives(numbers, out)
        rates = [
            local * operand.rate
            for local, operand in zip(locals_, operands, strict=True)
            if isinstance(operand, Tangent)
        ]
        return Tangent(out, sum(rates, 0.0))

    def __add__(self, other: Any) -> Any:
        return table.add(self, other)

    def __radd__(self, other: Any) -> Any:
        return table.add(other, self)

    def __sub__(self, other: Any) -> Any:
        return table.subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return table.subtract(other, self)

    def __mul__(self, other: Any) -> Any:
        return table.multiply(self, other)

    def __rmul__(self, other: Any) -> Any:
        return table.multiply(other, self)

    def __neg__(self) -> Any:
        return table.negative(self)


def number_of(operand: Any) -> float:
    return operand.number if isinstance(operand, Tangent) else operand


def rate_of(operand: Any) -> float:
    return operand.rate if isinstance(operand, Tangent) else 0.0


def second_derivative(primitive: Primitive, operands: Sequence[float], i: int, j: int) -> float:
    """How fast the derivative with respect to operand i changes with operand j."""
    traced: list[Any] = list(operands)
    traced[j] = Tangent(operands[j], 1.0)
    out = traced[j].apply(primitive, tuple(traced))
    return rate_of(primitive.local_derivatives(traced, out)[i])


# ── Errors ────────────────────────────────────────────────────────────────────


class UndefinedError(Exception):
    """The textbook formula gives no number here; the table of special points does."""


def is_real(number: Any) -> bool:
    return not (isinstance(number, mp.mpc) and number.imag != 0)


def real(number: Any) -> Any:
    return number.real if isinstance(number, mp.mpc) else number


@dataclass(frozen=True)
class Row:
    """What a primitive should give.

    Attributes:
        value: a function of the operands; for a reduction, of the list of them.
        derivatives: one for each operand; for a reduction, one function of the list and
            the position.
        bounds: the greatest errors allowed: of the value, then of each derivative.
        because: why a bound is more than 4.
        scales: for the value (at -1) and the derivatives, the size of the largest term
            where terms of opposite sign meet, and the unit of the error is that of the
            terms: near a zero of the sum no better is to be had from rounded terms.
        intervals: where each operand is of interest, besides the whole line.
        related: makes the second operand from the first and an ordinary number, so that
            the two together are of interest.
        digits: of the arithmetic; more where the textbook formula cancels.
        supporting: a primitive that only the rules of others are written with. Its own
            derivatives are second derivatives, and tested as such.
        shift_invariant: only the differences of the operands matter, so that an operand near
            0 is not known any better than one near 1.
        integer: the operand that stands for a choice among formulas, and is no variable.
    """

    value: Callable[..., Any]
    derivatives: tuple[Callable[..., Any], ...] = ()
    bounds: tuple[float, ...] = ()
    because: str = ""
    scales: tuple[tuple[int, Callable[..., Any]], ...] = ()
    intervals: tuple[tuple[float, float], ...] = ((-40.0, 40.0),)
    related: Callable[[float, float], float] | None = None
    digits: int = 60
    supporting: bool = False
    integer: int | None = None
    shift_invariant: bool = False

    def bound(self, position: int) -> float:
        """The bound of the value, at -1, or of a derivative."""
        return self.bounds[position + 1] if position + 1 < len(self.bounds) else 4.0

    def exact(self, primitive: Primitive, operands: Sequence[float], position: int) -> Any:
        """The value, at position -1, or a derivative; None where the value is no real number.

        Raises:
            UndefinedError: the formula divides by zero or the like.
        """
        with mp.workdps(self.digits):
            numbers = [mpf(operand) for operand in operands]
            try:
                value = self._call(primitive, self.value, numbers)
                if not is_real(value):
                    return None
                if position == -1:
                    return real(value)
                out = (
                    self.derivatives[0](numbers, position)
                    if isinstance(primitive, Reduction)
                    else self.derivatives[position](*numbers)
                )
                return real(out) if is_real(out) else None
            except (ZeroDivisionError, ValueError) as error:
                raise UndefinedError from error

    def scale(self, primitive: Primitive, operands: Sequence[float], position: int) -> Any:
        """The size of the terms whose unit the error is measured in; 0 for the number's own unit."""
        for place, function in self.scales:
            if place == position or (isinstance(primitive, Reduction) and place == 0 <= position):
                with mp.workdps(self.digits):
                    return abs(self._call(primitive, function, [mpf(x) for x in operands]))
        return 0

    def exact_conditioned(
        self, primitive: Primitive, operands: Sequence[float], i: int, j: int | None = None
    ) -> tuple[Any, Any]:
        """Derivative i, or its own derivative with respect to operand j, and a fair unit of error.

        The unit is one in the last place, plus what the number changes by when each operand
        moves by one in its last place: nothing better is to be had from operands that are
        themselves rounded, and so from a rule that is a formula in rounded terms.
        """

        def slope(numbers: list[Any]) -> Any:
            if isinstance(primitive, Reduction):
                return self.derivatives[0](numbers, i)
            return self.derivatives[i](*numbers)

        def number(numbers: list[Any]) -> Any:
            if j is None:
                return slope(numbers)
            before, after = numbers[:j], numbers[j + 1 :]
            return mp.diff(lambda moving: slope([*before, moving, *after]), numbers[j])

        with mp.workdps(250):
            operands = [mpf(operand) for operand in operands]
            try:
                first = slope(operands)
                size = abs(first)
                exact = number(operands)
                if not (is_real(first) and is_real(exact)) or not (
                    size == 0 or 1e-290 < size < 1e290
                ):
                    raise UndefinedError
                exact = real(exact)
                unit = mpf(math.ulp(float(exact)))
                for k, operand in enumerate(operands):
                    size = max(1, abs(operand)) if self.shift_invariant else operand
                    moved = [*operands[:k], operand + size * mpf(2) ** -40, *operands[k + 1 :]]
                    unit += abs(real(number(moved)) - exact) * mpf(2) ** (40 - 52)
            except (ZeroDivisionError, ValueError, OverflowError) as error:
                raise UndefinedError from error
        return exact, unit

    @staticmethod
    def _call(primitive: Primitive, function: Callable[..., Any], numbers: list[Any]) -> Any:
        return function(numbers) if isinstance(primitive, Reduction) else function(*numbers)


# ── Textbook formulas ─────────────────────────────────────────────────────────


def sgn(x: Any) -> Any:
    return mpf((x > 0) - (x < 0))


def logistic(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def log_sum(xs: list[Any]) -> Any:
    return mp.log(mp.fsum([mp.exp(x) for x in xs]))


def probabilities(xs: list[Any]) -> list[Any]:
    total = mp.fsum([mp.exp(x) for x in xs])
    return [mp.exp(x) / total for x in xs]


def erfc(x: Any) -> Any:
    return mpf(0) if x > 100 else mpf(2) if x < -100 else mp.erfc(x)


def bell_curve(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def cdf(x: Any) -> Any:
    return erfc(-x / mp.sqrt(2)) / 2


def silu_slope(x: Any) -> Any:
    return logistic(x) + x * logistic(x) * (1 - logistic(x))


def gelu_slope(x: Any) -> Any:
    return cdf(x) + x * bell_curve(x)


def soft_plus(x: Any) -> Any:
    return mp.log(1 + mp.exp(x))


def mish_slope(x: Any) -> Any:
    return mp.tanh(soft_plus(x)) + x * (1 - mp.tanh(soft_plus(x)) ** 2) * logistic(x)


def silu_term(x: Any) -> Any:
    """The positive one of the two terms of silu'(x) = e (1 + x + e) / (1 + e)**2, e = exp(x) < 1."""
    return logistic(x) ** 2 if x < 0 else 0


def mish_term(x: Any) -> Any:
    """The same, of e (4 (1 + x) (1 + e) + e (2 + 4 e + e**2)) / (2 + 2 e + e**2)**2."""
    e = mp.exp(x)
    return e * e * (2 + 4 * e + e * e) / (2 + 2 * e + e * e) ** 2 if x < 0 else 0


def sinc(x: Any) -> Any:
    return mp.sinpi(x) / (mp.pi * x) if x != 0 else mpf(1)


def sinc_slope(x: Any) -> Any:
    if abs(x) < mpf(10) ** -25:
        return -(mp.pi**2) * x / 3  # the next term of the series is x**2 times smaller
    with mp.extradps(60):
        return (mp.cospi(x) - sinc(x)) / x


def floored(x: Any, y: Any) -> Any:
    return mp.floor(x / y)


def power(x: Any, y: Any) -> Any:
    if x == 0 and y < 0:
        raise ZeroDivisionError
    return mp.power(x, y)


def power_slope(x: Any, y: Any) -> Any:
    return mpf(0) if y == 0 else y * power(x, y - 1)


def power_rate(x: Any, y: Any) -> Any:
    if x == 0:
        if y > 0:
            return mpf(0)
        raise ZeroDivisionError
    return power(x, y) * mp.log(x)


def xlogy_slope(x: Any, y: Any) -> Any:
    return x / y if y >= 0 else mp.mpc(0, 1)


def angle(y: Any, x: Any) -> Any:
    if y == 0 and x <= 0:
        raise ZeroDivisionError  # it depends on the sign of zero, which mpmath does not know
    return mp.atan2(y, x)


def power_mixed(x: Any, y: Any) -> Any:
    return power(x, y - 1) * (1 + y * mp.log(x))


def norm(xs: Sequence[Any]) -> Any:
    return mp.sqrt(mp.fsum([x * x for x in xs]))


def unit(xs: Sequence[Any], i: int) -> Any:
    return xs[i] / norm(xs) if norm(xs) else mpf(0)


def product(xs: Sequence[Any]) -> Any:
    return mp.fprod(xs)


def product_of_others(xs: list[Any], i: int) -> Any:
    return mp.fprod(xs[:i] + xs[i + 1 :])


def top(xs: list[Any], i: int) -> Any:
    return mpf(1) / xs.count(max(xs)) if xs[i] == max(xs) else mpf(0)


def inner(xs: list[Any]) -> Any:
    n = len(xs) // 2
    return mp.fsum([x * y for x, y in zip(xs[:n], xs[n:], strict=True)])


def inner_terms(xs: list[Any]) -> Any:
    n = len(xs) // 2
    return mp.fsum([abs(x * y) for x, y in zip(xs[:n], xs[n:], strict=True)])


def share_slope(xs: list[Any], i: int) -> Any:
    p = probabilities(xs)
    return p[0] * (mp.fsum(p[1:]) if i == 0 else -p[i])


def component_slope(xs: list[Any], i: int) -> Any:
    length = norm(xs)
    return ((1 if i == 0 else 0) - xs[0] * xs[i] / length**2) / length


def nothing(*_: Any) -> Any:
    return mpf(0)


def one(*_: Any) -> Any:
    return mpf(1)


# ── Where to look ─────────────────────────────────────────────────────────────


def same_size(x: float, ordinary: float) -> float:
    return x * ordinary


def nearby(x: float, ordinary: float) -> float:
    return x + ordinary


def fitting_exponent(x: float, ordinary: float) -> float:
    """An exponent that keeps x**y, or nearly, within the range of floats."""
    logarithm = math.log(abs(x)) if x else 1.0
    return 18.6 * ordinary / logarithm if logarithm else ordinary


def fitting_scale(_: float, ordinary: float) -> float:
    return 0.5 if ordinary < 0.0 else 1.0


ANGLES = ((-40.0, 40.0), (-1e6, 1e6))
UNIT = ((-1.0, 1.0), (-1e-3, 1e-3))
CANCELS = "the terms cancel; the unit is that of the terms"
LIBM = "glibc's erfc is said to be off by 5 at worst, though less was found here"
ROUNDED_POLYNOMIALS = (
    "two polynomials of a rounded exponential, one cubic and one squared; and " + CANCELS
)

# fmt: off
ROWS: dict[str, Row] = {
    # Arithmetic.
    "add":          Row(lambda x, y: x + y, (one, one), digits=1300),
    "subtract":     Row(lambda x, y: x - y, (one, lambda x, y: mpf(-1)), digits=1300),
    "multiply":     Row(lambda x, y: x * y, (lambda x, y: y, lambda x, y: x)),
    "divide":       Row(lambda x, y: x / y, (lambda x, y: 1 / y, lambda x, y: -x / y**2), related=same_size),
    "power":        Row(power, (power_slope, power_rate), related=fitting_exponent, digits=400),
    "remainder":    Row(lambda x, y: x - y * floored(x, y), (one, lambda x, y: -floored(x, y)), related=same_size,
                        digits=1300),
    "floor_divide": Row(floored, (nothing, nothing), related=same_size, digits=1300),
    "negative":     Row(lambda x: -x, (lambda x: mpf(-1),)),
    "reciprocal":   Row(lambda x: 1 / x, (lambda x: -1 / x**2,)),
    "square":       Row(lambda x: x**2, (lambda x: 2 * x,)),
    "sqrt":         Row(mp.sqrt, (lambda x: 1 / (2 * mp.sqrt(x)),)),
    "cbrt":         Row(lambda x: sgn(x) * mp.cbrt(abs(x)), (lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2),)),
    "hypot":        Row(lambda x, y: norm([x, y]), (lambda x, y: unit([x, y], 0), lambda x, y: unit([x, y], 1)),
                        related=same_size),

    # Choosing and rounding.
    "absolute":     Row(abs, (sgn,)),
    "sign":         Row(sgn, (nothing,)),
    "floor":        Row(mp.floor, (nothing,), digits=400),
    "ceil":         Row(mp.ceil, (nothing,), digits=400),
    "round":        Row(mp.nint, (nothing,), digits=400),
    "maximum":      Row(max, (lambda x, y: top([x, y], 0), lambda x, y: top([x, y], 1)), related=same_size),
    "minimum":      Row(min, (lambda x, y: top([-x, -y], 0), lambda x, y: top([-x, -y], 1)), related=same_size),
    "clamp":        Row(lambda x, low, high: min(max(x, low), high),
                        (lambda x, low, high: mpf(low <= x <= high),
                         lambda x, low, high: mpf(x < low <= high),
                         lambda x, low, high: mpf(high < max(x, low)))),
    "where":        Row(lambda x: x, (one,)),

    # Exponentials and logarithms.
    "exp":          Row(mp.exp, (mp.exp,), intervals=((-750.0, 720.0),)),
    "exp2":         Row(lambda x: mpf(2) ** x, (lambda x: mp.log(2) * mpf(2) ** x,),
                        intervals=((-1080.0, 1030.0), (1023.0, 1025.0))),
    "expm1":        Row(mp.expm1, (mp.exp,), intervals=((-750.0, 720.0), (-1.0, 1.0))),
    "log":          Row(mp.log, (lambda x: 1 / x,), intervals=((0.0, 2.0),)),
    "log2":         Row(lambda x: mp.log(x) / mp.log(2), (lambda x: 1 / (x * mp.log(2)),), intervals=((0.0, 2.0),)),
    "log10":        Row(lambda x: mp.log(x) / mp.log(10), (lambda x: 1 / (x * mp.log(10)),), intervals=((0.0, 2.0),)),
    "log1p":        Row(mp.log1p, (lambda x: 1 / (1 + x),), intervals=((-1.0, 2.0),), digits=400),
    "xlogy":        Row(lambda x, y: x * mp.log(y) if x else mpf(0), (lambda x, y: mp.log(y), xlogy_slope),
                        intervals=((0.0, 2.0),), related=same_size),
    "logaddexp":    Row(lambda x, y: log_sum([x, y]),
                        (lambda x, y: probabilities([x, y])[0], lambda x, y: probabilities([x, y])[1]),
                        scales=((-1, max),), because=CANCELS, shift_invariant=True, intervals=((-800.0, 800.0),), related=nearby,
                        digits=750),

    # Trigonometry.
    "sin":          Row(mp.sin, (mp.cos,), intervals=ANGLES),
    "cos":          Row(mp.cos, (lambda x: -mp.sin(x),), intervals=ANGLES),
    "tan":          Row(mp.tan, (lambda x: 1 / mp.cos(x) ** 2,), intervals=ANGLES),
    "arcsin":       Row(mp.asin, (lambda x: 1 / mp.sqrt(1 - x**2),), intervals=UNIT),
    "arccos":       Row(mp.acos, (lambda x: -1 / mp.sqrt(1 - x**2),), intervals=UNIT),
    "arctan":       Row(mp.atan, (lambda x: 1 / (1 + x**2),)),
    "arctan2":      Row(angle, (lambda y, x: x / (x**2 + y**2), lambda y, x: -y / (x**2 + y**2)),
                        related=same_size),
    "sinc":         Row(sinc, (sinc_slope,), scales=((0, lambda x: 1 / x if abs(x) > 1 else 0),), because=CANCELS,
                        intervals=((-1.0, 1.0), (-20.0, 20.0), (-1e6, 1e6))),

    # Hyperbolic functions.
    "sinh":         Row(mp.sinh, (mp.cosh,), intervals=((-720.0, 720.0), (-2.0, 2.0))),
    "cosh":         Row(mp.cosh, (mp.sinh,), intervals=((-720.0, 720.0), (-2.0, 2.0))),
    "tanh":         Row(mp.tanh, (lambda x: 1 - mp.tanh(x) ** 2,), intervals=((-380.0, 380.0), (-2.0, 2.0)),
                        digits=450),
    "arcsinh":      Row(mp.asinh, (lambda x: 1 / mp.sqrt(1 + x**2),)),
    "arccosh":      Row(mp.acosh, (lambda x: 1 / mp.sqrt(x**2 - 1),), intervals=((1.0, 2.0), (1.0, 40.0))),
    "arctanh":      Row(mp.atanh, (lambda x: 1 / (1 - x**2),), intervals=UNIT),

    # The error function.
    "erf":          Row(lambda x: mp.erf(x) if abs(x) < 100 else sgn(x),
                        (lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),), intervals=((-28.0, 28.0), (-2.0, 2.0))),
    "erfc":         Row(erfc, (lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x),), bounds=(6.0,), because=LIBM,
                        intervals=((-6.0, 28.0), (-2.0, 2.0))),

    # Activations.
    "sigmoid":      Row(logistic, (lambda x: logistic(x) * (1 - logistic(x)),), intervals=((-750.0, 750.0),),
                        digits=450),
    "log_sigmoid":  Row(lambda x: mp.log(logistic(x)), (lambda x: 1 - logistic(x),), intervals=((-750.0, 750.0),),
                        digits=450),
    "softplus":     Row(soft_plus, (logistic,), intervals=((-750.0, 750.0),), digits=450),
    "relu":         Row(lambda x: max(x, mpf(0)), (lambda x: mpf(x > 0),)),
    "leaky_relu":   Row(lambda x, a: x if x > 0 else a * x,
                        (lambda x, a: mpf(1) if x > 0 else a if x < 0 else min(max(a, 0), 1),
                         lambda x, a: min(x, mpf(0)))),
    "elu":          Row(lambda x, a: x if x > 0 else a * mp.expm1(x),
                        (lambda x, a: mpf(1) if x > 0 else a * mp.exp(x) if x < 0 else min(max(a, 0), 1),
                         lambda x, a: mp.expm1(min(x, 0))), intervals=((-750.0, 1.0),)),
    "gelu":         Row(lambda x: x * cdf(x), (gelu_slope,), bounds=(7.0, 6.0),
                        scales=((0, lambda x: x * bell_curve(x)),), because=f"{LIBM}; {CANCELS}", intervals=((-39.0, 10.0), (-2.0, 2.0))),
    "silu":         Row(lambda x: x * logistic(x), (silu_slope,),
                        scales=((0, silu_term),), because=CANCELS,
                        intervals=((-755.0, 755.0), (-3.0, 3.0)), digits=450),
    "mish":         Row(lambda x: x * mp.tanh(soft_plus(x)), (mish_slope,),
                        bounds=(4.0, 7.0), scales=((0, mish_term),), because=ROUNDED_POLYNOMIALS,
                        intervals=((-755.0, 755.0), (-3.0, 3.0)), digits=450),
    "softsign":     Row(lambda x: x / (1 + abs(x)), (lambda x: 1 / (1 + abs(x)) ** 2,), digits=400),
    "hard_tanh":    Row(lambda x: min(max(x, mpf(-1)), mpf(1)), (lambda x: mpf(abs(x) <= 1),), intervals=((-2.0, 2.0),)),

    # Over a sequence. The derivative is a function of the list and the position.
    "sum":          Row(mp.fsum, (lambda xs, i: mpf(1),), digits=1300),
    "mean":         Row(lambda xs: mp.fsum(xs) / len(xs), (lambda xs, i: mpf(1) / len(xs),), digits=1300),
    # A product is rounded once for each factor: half a unit for each of up to five.
    "prod":         Row(product, (product_of_others,)),
    "dot":          Row(inner, (lambda xs, i: xs[(i + len(xs) // 2) % len(xs)],), scales=((-1, inner_terms),),
                        because=CANCELS, digits=1300),
    "norm":         Row(norm, (unit,)),
    "max":          Row(max, (top,)),
    "min":          Row(min, (lambda xs, i: top([-x for x in xs], i),)),
    "logsumexp":    Row(log_sum, (lambda xs, i: probabilities(xs)[i],), scales=((-1, max),), because=CANCELS,
                        shift_invariant=True, intervals=((-800.0, 800.0),), digits=750),
    "share":        Row(lambda xs: probabilities(xs)[0], (share_slope,), bounds=(4.0, 6.0), because="a product of two shares, each off by 2",
                        shift_invariant=True, intervals=((-800.0, 800.0),), digits=750),
    "log_share":    Row(lambda xs: xs[0] - log_sum(xs),
                        (lambda xs, i: mp.fsum(probabilities(xs)[1:]) if i == 0 else -probabilities(xs)[i],),
                        shift_invariant=True, intervals=((-800.0, 800.0),), digits=750),
    "other_shares": Row(lambda xs: mp.fsum(probabilities(xs)[1:]), (lambda xs, i: -share_slope(xs, i),),
                        shift_invariant=True, intervals=((-800.0, 800.0),), digits=750, supporting=True),
    "component":    Row(lambda xs: unit(xs, 0), (component_slope,), supporting=True),
    "top_share":    Row(lambda xs: top(xs, 0), (lambda xs, i: mpf(0),), supporting=True),

    # What the rules are written with.
    "over_square":  Row(lambda x, y: x / y**2, (lambda x, y: 1 / y**2, lambda x, y: -2 * x / y**3),
                        related=same_size, supporting=True),
    "power_slope":  Row(power_slope, (lambda x, y: y * power_slope(x, y - 1), power_mixed),
                        related=fitting_exponent, digits=400, supporting=True),
    "power_rate":   Row(power_rate, (power_mixed, lambda x, y: power_rate(x, y) * mp.log(x)),
                        related=fitting_exponent, digits=400, supporting=True),
    "exp2_slope":   Row(lambda x: mp.log(2) * mpf(2) ** x, (lambda x: mp.log(2) ** 2 * mpf(2) ** x,),
                        intervals=((-1080.0, 1030.0),), supporting=True),
    "in_domain":    Row(lambda x: x if x >= 0 else mp.mpc(0, 1), (one,), supporting=True),
    "cos_arcsin":   Row(lambda x: mp.sqrt(1 - x**2), (lambda x: -x / mp.sqrt(1 - x**2),), intervals=UNIT,
                        supporting=True),
    "sinh_arccosh": Row(lambda x: mp.sqrt(x**2 - 1) if x >= 1 else mp.mpc(0, 1),
                        (lambda x: x / mp.sqrt(x**2 - 1),), intervals=((1.0, 40.0),), supporting=True),
    "inversion":    Row(lambda x, y: x / (x**2 + y**2),
                        (lambda x, y: (y**2 - x**2) / (x**2 + y**2) ** 2, lambda x, y: -2 * x * y / (x**2 + y**2) ** 2),
                        related=same_size, supporting=True),
    "difference_of_squares": Row(lambda x, y: x**2 - y**2, (lambda x, y: 2 * x, lambda x, y: -2 * y),
                        related=same_size, digits=400, supporting=True),
    "sinc_derivative": Row(lambda x, n: sinc(x) if n == 0 else sinc_slope(x),
                        (lambda x, n: sinc_slope(x) if n == 0 else mp.diff(sinc_slope, x), nothing),
                        scales=((-1, lambda x, n: 1 / x if abs(x) > 1 else 0),), because=CANCELS,
                        intervals=((-20.0, 20.0),), related=lambda x, ordinary: float(ordinary < 0.0),
                        integer=1, supporting=True),
    "bell":         Row(lambda x: logistic(x) * (1 - logistic(x)),
                        (lambda x: logistic(x) * (1 - logistic(x)) * (1 - 2 * logistic(x)),),
                        intervals=((-750.0, 750.0),), digits=450, supporting=True),
    "gauss":        Row(lambda x, a: mp.exp(-a * x * x),
                        (lambda x, a: -2 * a * x * mp.exp(-a * x * x), lambda x, a: -x * x * mp.exp(-a * x * x)),
                        intervals=((-40.0, 40.0), (-2.0, 2.0)), related=fitting_scale, integer=1, supporting=True),
    "gelu_slope":   Row(gelu_slope, (lambda x: bell_curve(x) * (2 - x * x),),
                        bounds=(6.0,), scales=((-1, lambda x: x * bell_curve(x)),),
                        because=f"{LIBM}; {CANCELS}",
                        intervals=((-39.0, 10.0), (-2.0, 2.0)), supporting=True),
    "silu_slope":   Row(silu_slope, (lambda x: mp.diff(silu_slope, x),),
                        scales=((-1, silu_term),), because=CANCELS,
                        intervals=((-755.0, 755.0), (-3.0, 3.0)), digits=450, supporting=True),
    "mish_slope":   Row(mish_slope, (lambda x: mp.diff(mish_slope, x),),
                        bounds=(7.0,), scales=((-1, mish_term),), because=ROUNDED_POLYNOMIALS,
                        intervals=((-755.0, 755.0), (-3.0, 3.0)), digits=450, supporting=True),
    "elu_slope":    Row(lambda x, a: mpf(1) if x > 0 else a * mp.exp(x) if x < 0 else min(max(a, 0), 1),
                        (lambda x, a: a * mp.exp(x) if x < 0 else mpf(0),
                         lambda x, a: mp.exp(x) if x < 0 else mpf(0)), intervals=((-750.0, 1.0),), supporting=True),
    "two_slopes":   Row(lambda x, a: mpf(1) if x > 0 else a if x < 0 else min(max(a, 0), 1),
                        (nothing, lambda x, a: mpf(x < 0)), supporting=True),
    "damped":       Row(lambda x, weight: x * weight, (lambda x, weight: weight, lambda x, weight: x), supporting=True),
    "inside":       Row(lambda x, low, high: mpf(low <= x <= high), (nothing, nothing, nothing), supporting=True),
    "below":        Row(lambda x, y: mpf(x < y), (nothing, nothing), supporting=True),
    "flat":         Row(nothing, (nothing,), supporting=True),
}
# fmt: on
