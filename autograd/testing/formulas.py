"""The operations of the table, as a textbook writes them, in mpmath.

`FORMULAS` has an entry for each operation that users call, and for those with steps that the rules
are written with: the value and the derivatives, those at kinks included. A formula is written so that 60 digits are enough for it, and not
as the table in `autograd.engine.table` writes it, whose formulas are chosen for 53 bits:
the two check each other. An operation of one's own is given a `Formula` by its user.

Where words have a textbook formula for an operation (`autograd.words.typesetting`), that is
carried out here, by `textbook`, and not stated again. All other values are basic: they come
straight from mpmath, and nothing of the engine is used to compute them.
"""

# ruff: noqa: D103, E501 - the rows are aligned by hand, and say what each function is

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from mpmath import mp, mpf

from autograd.engine import table
from autograd.engine.operators import Numeric
from autograd.engine.primitive import Primitive, Reduction
from autograd.words import typesetting

# A textbook formula may cancel: 400 digits more leave enough over the whole range of floats.
_SPARE_DIGITS: Final = 400

# From here on mpmath computes exponentials bit by bit, and so never ends.
_HUGE: Final = mpf(2) ** 14


@dataclass(frozen=True)
class Formula:
    """The exact value of an operation, as a function of mpmath numbers.

    Attributes:
        value: a function of the operands; for a `Reduction`, of the list of them.
        derivatives: one for each operand; for a `Reduction`, one function of the list and the
            position. Where they are left out, they are found by differences of the value.
        cancels: True if terms of opposite sign are added in the value or in a derivative: close
            to a zero the error is then that of rounded operands.
        shift_invariant: True if, besides, only the differences of the operands matter, so that
            one near 0 has the rounding error of one near 1.

    >>> versine = Formula(lambda angle: 1 - mp.cos(angle), (mp.sin,))
    """

    value: Callable[..., Any]
    derivatives: tuple[Callable[..., Any], ...] = ()
    cancels: bool = False
    shift_invariant: bool = False


# ── Carrying out formulas ─────────────────────────────────────────────────────


class Number(Numeric):
    """A number of mpmath, which goes through operations by their formulas."""

    __slots__ = ("number",)

    def __init__(self, number: Any) -> None:
        self.number = number

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Self:
        """Carry out ``primitive`` by its formula."""
        numbers = [x.number if isinstance(x, Number) else mpf(x) for x in operands]
        value = FORMULAS[primitive].value
        return type(self)(value(numbers) if isinstance(primitive, Reduction) else value(*numbers))


def textbook(primitive: Primitive) -> Callable[..., Any]:
    """The formula that words write for an operation, as a function of mpmath numbers."""

    def value(*operands: Any) -> Any:
        numbers = operands[0] if isinstance(primitive, Reduction) else operands
        with mp.extradps(_SPARE_DIGITS):
            found = typesetting.textbook(primitive, [*map(Number, numbers)])
        return +found.number  # rounded to the digits that were asked for

    return value


# ── Textbook formulas ─────────────────────────────────────────────────────────


def sgn(x: Any) -> Any:
    return mpf((x > 0) - (x < 0))


def cut(x: Any) -> Any:
    return mp.floor(x) if x >= 0 else mp.ceil(x)


def floored(x: Any, y: Any) -> Any:
    return mp.floor(x / y)


def rounded(x: Any, digits: Any) -> Any:
    return mp.nint(x * mpf(10) ** digits) / mpf(10) ** digits


def exp(x: Any) -> Any:
    if abs(x) < _HUGE:
        return mp.exp(x)
    with mp.extraprec(mp.mag(x)):
        twos = mp.floor(x / mp.ln2)
        rest = x - twos * mp.ln2
    return mp.ldexp(mp.exp(rest), int(twos))


def expm1(x: Any) -> Any:
    return mp.expm1(x) if abs(x) < _HUGE else exp(x) - 1


def sinh(x: Any) -> Any:
    return mp.sinh(x) if abs(x) < _HUGE else sgn(x) * exp(abs(x)) / 2


def cosh(x: Any) -> Any:
    return mp.cosh(x) if abs(x) < _HUGE else exp(abs(x)) / 2


def sech(x: Any) -> Any:
    return 1 / cosh(x)


def power(x: Any, y: Any) -> Any:
    if x == 0 and y < 0:
        raise ZeroDivisionError
    if x == 0 or abs(y) < _HUGE:
        return mp.power(x, y)
    if x < 0 and not mp.isint(y):
        raise ValueError("a power of a negative number")
    with mp.extraprec(mp.mag(y)):
        return (-1 if x < 0 and y % 2 else 1) * exp(y * mp.log(abs(x)))


def power_slope(x: Any, y: Any) -> Any:
    if y == 0:
        return mpf(0)
    # With so many digits that y - 1 is another number: odd, if y is even.
    with mp.extraprec(0 if abs(y) < _HUGE else mp.mag(y)):
        return y * power(x, y - 1)


def power_rate(x: Any, y: Any) -> Any:
    if x == 0:
        if y > 0:
            return mpf(0)
        raise ZeroDivisionError
    if x < 0:  # where the product of two complex numbers may be real
        return mp.mpc(0, 1)
    return power(x, y) * mp.log(x)


def xlogy_slope(x: Any, y: Any) -> Any:
    return x / y if y >= 0 else mp.mpc(0, 1)


def angle(y: Any, x: Any) -> Any:
    if y == 0 and x <= 0:
        raise ZeroDivisionError  # it depends on the sign of zero, which mpmath does not know
    return mp.atan2(y, x)


def logistic(x: Any) -> Any:
    return 1 / (1 + exp(-x))


def bell(x: Any) -> Any:
    return logistic(x) * logistic(-x)


def soft_plus(x: Any) -> Any:
    return mp.log1p(exp(x)) if x < 0 else x + mp.log1p(exp(-x))


def erfc(x: Any) -> Any:
    return mpf(0) if x > 100 else mpf(2) if x < -100 else mp.erfc(x)


def bell_curve(x: Any) -> Any:
    return exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def cdf(x: Any) -> Any:
    return erfc(-x / mp.sqrt(2)) / 2


def gelu_slope(x: Any) -> Any:
    return cdf(x) + x * bell_curve(x)


def silu_slope(x: Any) -> Any:
    return logistic(x) * (1 + x * logistic(-x))


def mish_slope(x: Any) -> Any:
    return mp.tanh(soft_plus(x)) + x * sech(soft_plus(x)) ** 2 * logistic(x)


def sinc(x: Any) -> Any:
    return mp.sinpi(x) / (mp.pi * x) if x != 0 else mpf(1)


def sinc_slope(x: Any) -> Any:
    if abs(x) < mpf(10) ** -25:
        return -(mp.pi**2) * x / 3  # the next term of the series is x**2 times smaller
    with mp.extradps(60):
        return (mp.cospi(x) - sinc(x)) / x


def norm(xs: Sequence[Any]) -> Any:
    return mp.sqrt(mp.fsum([x * x for x in xs]))


def unit(xs: Sequence[Any], i: int) -> Any:
    return xs[i] / norm(xs) if norm(xs) else mpf(0)


def product_of_others(xs: list[Any], i: int) -> Any:
    return mp.fprod(xs[:i] + xs[i + 1 :])


def top(xs: list[Any], i: int) -> Any:
    return mpf(1) / xs.count(max(xs)) if xs[i] == max(xs) else mpf(0)


def bottom(xs: list[Any], i: int) -> Any:
    return top([-x for x in xs], i)


def partner(xs: list[Any], i: int) -> Any:
    return xs[(i + len(xs) // 2) % len(xs)]


def probability(xs: list[Any], i: int) -> Any:
    return 1 / mp.fsum([exp(x - xs[i]) for x in xs])


def probability_of_others(xs: list[Any]) -> Any:
    return mp.fsum([probability(xs, i) for i in range(1, len(xs))])


def share_slope(xs: list[Any], i: int) -> Any:
    return probability(xs, 0) * (probability_of_others(xs) if i == 0 else -probability(xs, i))


def leaky_slope(x: Any, a: Any) -> Any:
    return mpf(1) if x > 0 else a if x < 0 else min(max(a, 0), 1)


def elu_slope(x: Any, a: Any) -> Any:
    return mpf(1) if x > 0 else a * exp(x) if x < 0 else min(max(a, 0), 1)


def nothing(*_: Any) -> Any:
    return mpf(0)


def one(*_: Any) -> Any:
    return mpf(1)


# fmt: off
_BY_NAME: Final[dict[str, Formula]] = {
    # Arithmetic.
    "add":          Formula(lambda x, y: x + y, (one, one)),
    "subtract":     Formula(lambda x, y: x - y, (one, lambda x, y: mpf(-1))),
    "multiply":     Formula(lambda x, y: x * y, (lambda x, y: y, lambda x, y: x)),
    "divide":       Formula(lambda x, y: x / y, (lambda x, y: 1 / y, lambda x, y: -x / y**2)),
    "power":        Formula(power, (power_slope, power_rate)),
    "remainder":    Formula(lambda x, y: x - y * floored(x, y), (one, lambda x, y: -floored(x, y))),
    "floor_divide": Formula(floored, (nothing, nothing)),
    "fmod":         Formula(lambda x, y: x - y * cut(x / y), (one, lambda x, y: -cut(x / y))),
    "whole_quotient": Formula(floored, (nothing, nothing)),
    "cut_quotient": Formula(lambda x, y: cut(x / y), (nothing, nothing)),
    "round_to":     Formula(rounded, (nothing, nothing)),
    "negative":     Formula(lambda x: -x, (lambda x: mpf(-1),)),
    "reciprocal":   Formula(textbook(table.reciprocal), (lambda x: -1 / x**2,)),
    "square":       Formula(textbook(table.square), (lambda x: 2 * x,)),
    "sqrt":         Formula(mp.sqrt, (lambda x: 1 / (2 * mp.sqrt(x)),)),
    "cbrt":         Formula(lambda x: sgn(x) * mp.cbrt(abs(x)), (lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2),)),
    "hypot":        Formula(textbook(table.hypot), (lambda x, y: unit([x, y], 0), lambda x, y: unit([x, y], 1))),

    # Choosing and rounding.
    "absolute":     Formula(abs, (sgn,)),
    "sign":         Formula(sgn, (nothing,)),
    "floor":        Formula(mp.floor, (nothing,)),
    "ceil":         Formula(mp.ceil, (nothing,)),
    "trunc":        Formula(cut, (nothing,)),
    "round":        Formula(mp.nint, (nothing,)),
    "maximum":      Formula(max, (lambda x, y: top([x, y], 0), lambda x, y: top([x, y], 1))),
    "minimum":      Formula(min, (lambda x, y: bottom([x, y], 0), lambda x, y: bottom([x, y], 1))),
    "clamp":        Formula(lambda x, low, high: min(max(x, low), high),
                            (lambda x, low, high: mpf(low <= x <= high),
                             lambda x, low, high: mpf(x < low <= high),
                             lambda x, low, high: mpf(high < max(x, low)))),
    "where":        Formula(lambda test, x, y: x if test > 0 else y,  # as `Step` has it
                            (nothing, lambda test, x, y: mpf(test > 0), lambda test, x, y: mpf(test <= 0))),

    # Exponentials and logarithms.
    "exp":          Formula(exp, (exp,)),
    "exp2":         Formula(textbook(table.exp2), (lambda x: mp.log(2) * power(mpf(2), x),)),
    "expm1":        Formula(expm1, (exp,)),
    "log":          Formula(mp.log, (lambda x: 1 / x,)),
    "log2":         Formula(lambda x: mp.log(x) / mp.log(2), (lambda x: 1 / (x * mp.log(2)),)),
    "log10":        Formula(lambda x: mp.log(x) / mp.log(10), (lambda x: 1 / (x * mp.log(10)),)),
    "log1p":        Formula(mp.log1p, (lambda x: 1 / (1 + x),)),
    "xlogy":        Formula(lambda x, y: x * mp.log(y) if x else mpf(0), (lambda x, y: mp.log(y), xlogy_slope)),
    "logaddexp":    Formula(textbook(table.logaddexp),
                            (lambda x, y: probability([x, y], 0), lambda x, y: probability([x, y], 1)), shift_invariant=True),

    # Trigonometry.
    "sin":          Formula(mp.sin, (mp.cos,)),
    "cos":          Formula(mp.cos, (lambda x: -mp.sin(x),)),
    "tan":          Formula(mp.tan, (lambda x: 1 / mp.cos(x) ** 2,)),
    "arcsin":       Formula(mp.asin, (lambda x: 1 / mp.sqrt(1 - x**2),)),
    "arccos":       Formula(mp.acos, (lambda x: -1 / mp.sqrt(1 - x**2),)),
    "arctan":       Formula(mp.atan, (lambda x: 1 / (1 + x**2),)),
    "arctan2":      Formula(angle, (lambda y, x: x / (x**2 + y**2), lambda y, x: -y / (x**2 + y**2))),
    "deg2rad":      Formula(mp.radians, (lambda x: mp.pi / 180,)),
    "rad2deg":      Formula(mp.degrees, (lambda x: 180 / mp.pi,)),
    "sinc":         Formula(sinc, (sinc_slope,), cancels=True),

    # Hyperbolic functions.
    "sinh":         Formula(sinh, (cosh,)),
    "cosh":         Formula(cosh, (sinh,)),
    "tanh":         Formula(mp.tanh, (lambda x: sech(x) ** 2,)),
    "arcsinh":      Formula(mp.asinh, (lambda x: 1 / mp.sqrt(1 + x**2),)),
    "arccosh":      Formula(mp.acosh, (lambda x: 1 / mp.sqrt(x**2 - 1),)),
    "arctanh":      Formula(mp.atanh, (lambda x: 1 / (1 - x**2),)),

    # The error function.
    "erf":          Formula(lambda x: mp.erf(x) if abs(x) < 100 else sgn(x),
                            (lambda x: 2 / mp.sqrt(mp.pi) * exp(-x * x),)),
    "erfc":         Formula(erfc, (lambda x: -2 / mp.sqrt(mp.pi) * exp(-x * x),)),

    # Activations.
    "sigmoid":      Formula(logistic, (bell,)),
    "log_sigmoid":  Formula(textbook(table.log_sigmoid), (lambda x: logistic(-x),)),
    "softplus":     Formula(soft_plus, (logistic,)),
    "relu":         Formula(lambda x: max(x, mpf(0)), (lambda x: mpf(x > 0),)),
    "leaky_relu":   Formula(lambda x, a: x if x > 0 else a * x, (leaky_slope, lambda x, a: min(x, mpf(0)))),
    "elu":          Formula(lambda x, a: x if x > 0 else a * expm1(x), (elu_slope, lambda x, a: expm1(min(x, 0)))),
    "gelu":         Formula(lambda x: x * cdf(x), (gelu_slope,), cancels=True),
    "silu":         Formula(lambda x: x * logistic(x), (silu_slope,), cancels=True),
    "mish":         Formula(lambda x: x * mp.tanh(soft_plus(x)), (mish_slope,), cancels=True),
    "softsign":     Formula(lambda x: x / (1 + abs(x)), (lambda x: 1 / (1 + abs(x)) ** 2,)),
    "hard_tanh":    Formula(lambda x: min(max(x, mpf(-1)), mpf(1)), (lambda x: mpf(abs(x) <= 1),)),

    # Over a sequence.
    "sum":          Formula(mp.fsum, (one,)),
    "mean":         Formula(textbook(table.mean), (lambda xs, i: mpf(1) / len(xs),)),
    "prod":         Formula(mp.fprod, (product_of_others,)),
    "dot":          Formula(textbook(table.dot), (partner,), cancels=True),
    "norm":         Formula(textbook(table.norm), (unit,)),
    "max":          Formula(max, (top,)),
    "min":          Formula(min, (bottom,)),
    "logsumexp":    Formula(textbook(table.logsumexp), (probability,), shift_invariant=True),
    "share":        Formula(textbook(table.share), (share_slope,), shift_invariant=True),
    "log_share":    Formula(textbook(table.log_share),
                            (lambda xs, i: probability_of_others(xs) if i == 0 else -probability(xs, i),), shift_invariant=True),
}
# fmt: on

FORMULAS: Final[dict[Primitive, Formula]] = {
    primitive: _BY_NAME[primitive.name]
    for primitive in vars(table).values()
    if isinstance(primitive, Primitive) and primitive.name in _BY_NAME
}
