"""The table: every operation once, with its value and its local derivatives.

All the mathematics of the library is here and in `floats.py`. A row is a `Primitive`, or a
`Reduction` of a sequence; `primitive.py` says what their options are:

    name = Row(name, value, derivative with respect to each operand...)

* The value is a function of floats and gives one float. It may branch and call `math`, and follows
  IEEE arithmetic as NumPy does: where `math` raises, it answers inf or nan.
* A derivative rule takes the operands and the output, and is written with ``+ - *``, constants and
  other rows: on floats it gives a float, on Values a Value or a constant, so it can itself be
  differentiated and no second table is needed. It divides with ``divide``: ``/`` of floats raises at 0.

Both are right to about 4 units in the last place over the whole range of floats, which is why many
a rule is not the textbook's: that one cancels, overflows or vanishes somewhere. `tests/oracle.py`
has the bound of each row, and the reason where it is another; CONTRIBUTING adds a row step by step; its typesetting and its textbook formula are in
`autograd/words/typesetting.py`.

A derivative that has to branch, to scale or to correct a rounding error is a row of its own, among
the helper rows at the end, so that this care is taken within an opaque value.

Where a textbook has no single answer, such as at a kink, the first of these applies: the derivative
where there is one; of a convex function the slope of least size among the lines that touch it from
below, of a concave one from above; the limit, infinite ones included; nan. Exceptions: a tie is
shared, as in ``maximum``, and at the bounds of ``clamp`` and ``hard_tanh`` the derivative is 1. At
nan a derivative that is not constant is nan, never a clean 0 or 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

from autograd.engine import floats
from autograd.engine.arrays import as_given
from autograd.engine.floats import (
    DEGREES_PER_RADIAN,
    ONE_OVER_LN2,
    ONE_OVER_LN10,
    ONE_OVER_SQRT_TAU,
    RADIANS_PER_DEGREE,
    TWO_OVER_SQRT_PI,
)
from autograd.engine.operands import as_float, has_elements, is_graph
from autograd.engine.primitive import Choice, Primitive, Reduction

# fmt: off

# The operations that the package offers, except max, min, round and sum, which `import *` must not put in the
# place of Python's own.
__all__ = [
    "absolute", "add", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh",
    "cbrt", "ceil", "clamp", "cos", "cosh", "deg2rad", "divide", "dot", "elu", "erf", "erfc", "exp",
    "exp2", "expm1", "floor", "floor_divide", "fmod", "gelu", "hard_tanh", "hypot", "leaky_relu", "log",
    "log1p", "log2", "log10", "log_sigmoid", "log_softmax", "logaddexp", "logsumexp", "maximum",
    "mean", "minimum", "mish", "multiply", "negative", "norm", "power", "prod", "rad2deg", "reciprocal",
    "relu", "remainder", "sigmoid", "sign", "silu", "sin", "sinc", "sinh", "softmax",
    "softplus", "softsign", "sqrt", "square", "subtract", "tan", "tanh", "trunc", "where", "xlogy",
]

Row: TypeAlias = Primitive

# ── Arithmetic ────────────────────────────────────────────────────────────────
#
# The rules of x**y do not use out: it can overflow, vanish or lose digits where they do not.

add:          Final[Row] = Row("add",          lambda x, y: x + y,  lambda x, y, out: 1.0,
                                                                    lambda x, y, out: 1.0,
                                                                    symbol="+")
subtract:     Final[Row] = Row("subtract",     lambda x, y: x - y,  lambda x, y, out: 1.0,
                                                                    lambda x, y, out: -1.0,
                                                                    symbol="-")
multiply:     Final[Row] = Row("multiply",     lambda x, y: x * y,  lambda x, y, out: y,
                                                                    lambda x, y, out: x, symbol="*")
divide:       Final[Row] = Row("divide",       floats.divide,  lambda x, y, out: divide(1.0, y),
                                                               lambda x, y, out: -over_square(x, y),
                                                               symbol="/")
power:        Final[Row] = Row("power",        floats.power,    lambda x, y, out: power_slope(x, y),
                                                                lambda x, y, out: power_rate(x, y),
                                                                symbol="**")
remainder:    Final[Row] = Row("remainder",    floats.remainder,
                                              lambda x, y, out: 1.0 + flat(whole_quotient(x, y)),
                                              lambda x, y, out: -whole_quotient(x, y),
                                                   symbol="%")
floor_divide: Final[Row] = Row("floor_divide", floats.floor_divide, lambda x, y, out: flat(out),
                                                                    lambda x, y, out: flat(out),
                                                                    symbol="//")
fmod:         Final[Row] = Row("fmod",         floats.fmod,
                                                lambda x, y, out: 1.0 + flat(cut_quotient(x, y)),
                                                lambda x, y, out: -cut_quotient(x, y))
hypot:        Final[Row] = Row("hypot",        math.hypot,      lambda x, y, out: component([x, y]),
                                                                lambda x, y, out: component([y, x]))

negative:   Final[Row] = Row("negative",   lambda x: -x, lambda x, out: -1.0, symbol="neg")
reciprocal: Final[Row] = Row("reciprocal", lambda x: floats.divide(1.0, x),
                                                              lambda x, out: -over_square(1.0, x),
                                                              symbol="1/")

square: Final[Row] = Row("square", lambda x: x * x, lambda x, out: 2.0 * x)
sqrt:   Final[Row] = Row("sqrt",   floats.sqrt, lambda x, out: divide(1.0, 2.0 * in_domain(out)))
cbrt:   Final[Row] = Row("cbrt",   floats.cbrt, lambda x, out: cbrt_derivative(x, 1.0))

# ── Choosing and rounding ─────────────────────────────────────────────────────
#
# Straight pieces. Where two meet, the derivative is the number of least size between the two slopes.
# A tie is shared between the operands. At a bound of clamp, the derivative by x is 1, as in PyTorch.

absolute: Final[Row] = Row("absolute", abs, lambda x, out: sign(x), kinks=(0.0,), symbol="abs")
sign:     Final[Row] = Row("sign",     floats.sign, lambda x, out: flat(x))
floor:    Final[Row] = Row("floor",    floats.floor, lambda x, out: flat(x))
ceil:     Final[Row] = Row("ceil",     floats.ceil, lambda x, out: flat(x))
trunc:    Final[Row] = Row("trunc",    floats.trunc, lambda x, out: flat(x))
round:    Final[Row] = Row("round",    floats.round_, lambda x, out: flat(x))

maximum: Final[Row] = Row("maximum",  floats.maximum,      lambda x, y, out: top_share([x, y]),
                                                           lambda x, y, out: top_share([y, x]),
                                                           symbol="max")
minimum: Final[Row] = Row("minimum",  floats.minimum,      lambda x, y, out: bottom_share([x, y]),
                                                           lambda x, y, out: bottom_share([y, x]),
                                                           symbol="min")
clamp:   Final[Row] = Row("clamp",    floats.clamp,
                                 lambda x, low, high, out: inside(x, low, high),
                                 lambda x, low, high, out: below(x, low) * (1.0 - below(high, low)),
                                 lambda x, low, high, out: below(high, maximum(x, low)))
where:   Final[Row] = Choice("where", lambda taken: taken, lambda taken, out: 1.0)

# ── Exponentials and logarithms ───────────────────────────────────────────────

exp:   Final[Row] = Row("exp",   floats.exp,   lambda x, out: out)
exp2:  Final[Row] = Row("exp2",  floats.exp2,  lambda x, out: exp2_derivative(x, 1.0))
expm1: Final[Row] = Row("expm1", floats.expm1, lambda x, out: exp(x))
log:   Final[Row] = Row("log",   floats.log,   lambda x, out: divide(1.0, in_domain(x)))
log2:  Final[Row] = Row("log2",  floats.log2,  lambda x, out: divide(ONE_OVER_LN2, in_domain(x)))
log10: Final[Row] = Row("log10", floats.log10, lambda x, out: divide(ONE_OVER_LN10, in_domain(x)))
log1p: Final[Row] = Row("log1p", floats.log1p, lambda x, out: divide(1.0, in_domain(1.0 + x)))

xlogy:     Final[Row] = Row("xlogy",     floats.xlogy,    lambda x, y, out: log(y),
                                                          lambda x, y, out: divide(x, in_domain(y)))
logaddexp: Final[Row] = Row("logaddexp", floats.logaddexp, lambda x, y, out: share([x, y]),
                                                           lambda x, y, out: share([y, x]))

# ── Trigonometry, in radians ──────────────────────────────────────────────────

sin:     Final[Row] = Row("sin",     floats.sin,    lambda x, out: cos(x))
cos:     Final[Row] = Row("cos",     floats.cos,    lambda x, out: -sin(x))
tan:     Final[Row] = Row("tan",     floats.tan,    lambda x, out: 1.0 + out * out)
arcsin:  Final[Row] = Row("arcsin",  floats.arcsin, lambda x, out: divide(1.0, cos_arcsin(x)))
arccos:  Final[Row] = Row("arccos",  floats.arccos, lambda x, out: divide(-1.0, cos_arcsin(x)))
arctan:  Final[Row] = Row("arctan",  math.atan,     lambda x, out: inversion(1.0, x))
arctan2: Final[Row] = Row("arctan2", math.atan2,    lambda y, x, out: inversion(x, y),
                                                    lambda y, x, out: -inversion(y, x))
deg2rad: Final[Row] = Row("deg2rad", lambda x: x * RADIANS_PER_DEGREE, lambda x, out: RADIANS_PER_DEGREE)
rad2deg: Final[Row] = Row("rad2deg", lambda x: x * DEGREES_PER_RADIAN, lambda x, out: DEGREES_PER_RADIAN)
sinc:    Final[Row] = Row("sinc",    floats.sinc,   lambda x, out: sinc_derivative(x, 1.0))

# ── Hyperbolic functions ──────────────────────────────────────────────────────
#
# The derivative of tanh is not 1 - out * out, nor that of sigmoid out * (1 - out): both cancel
# to nothing where out rounds to 1.

sinh:    Final[Row] = Row("sinh",    floats.sinh,    lambda x, out: cosh(x))
cosh:    Final[Row] = Row("cosh",    floats.cosh,    lambda x, out: sinh(x))
tanh:    Final[Row] = Row("tanh",    math.tanh,      lambda x, out: tanh_slope(x))
arcsinh: Final[Row] = Row("arcsinh", math.asinh,     lambda x, out: divide(1.0, hypot(1.0, x)))
arccosh: Final[Row] = Row("arccosh", floats.arccosh,
                                  lambda x, out: divide(divide(1.0, sqrt(x - 1.0)), sqrt(x + 1.0)))
arctanh: Final[Row] = Row("arctanh", floats.arctanh, lambda x, out: over_square(1.0, cos_arcsin(x)))

# ── The error function ────────────────────────────────────────────────────────

erf:  Final[Row] = Row("erf",  math.erf,  lambda x, out: TWO_OVER_SQRT_PI * gauss(x, 1.0))
erfc: Final[Row] = Row("erfc", math.erfc, lambda x, out: -TWO_OVER_SQRT_PI * gauss(x, 1.0))

# ── Activations ───────────────────────────────────────────────────────────────

sigmoid:     Final[Row] = Row("sigmoid",     floats.sigmoid,     lambda x, out: bell(x))
log_sigmoid: Final[Row] = Row("log_sigmoid", floats.log_sigmoid, lambda x, out: sigmoid(-x))
softplus:    Final[Row] = Row("softplus",    floats.softplus,    lambda x, out: sigmoid(x))
gelu:        Final[Row] = Row("gelu",        floats.gelu,        lambda x, out: gelu_slope(x))
silu:        Final[Row] = Row("silu",        floats.silu,        lambda x, out: silu_slope(x))
mish:        Final[Row] = Row("mish",        floats.mish,        lambda x, out: mish_slope(x))
softsign:    Final[Row] = Row("softsign",    floats.softsign,
                                                 lambda x, out: over_square(1.0, 1.0 + absolute(x)))

relu:       Final[Row] = Row("relu",       floats.relu, lambda x, out: below(0.0, x), kinks=(0.0,))
leaky_relu: Final[Row] = Row("leaky_relu", floats.leaky_relu,
                                                         lambda x, slope, out: two_slopes(x, slope),
                                                         lambda x, slope, out: minimum(x, 0.0),
                                                         defaults=(0.01,), kinks=(0.0,))
elu:        Final[Row] = Row("elu",        floats.elu, lambda x, alpha, out: elu_slope(x, alpha),
                                                       lambda x, alpha, out: expm1(minimum(x, 0.0)),
                                                       defaults=(1.0,))
hard_tanh:  Final[Row] = Row("hard_tanh",  lambda x: floats.clamp(x, -1.0, 1.0),
                                                                lambda x, out: inside(x, -1.0, 1.0),
                                                                kinks=(-1.0, 1.0))

# ── Over a sequence ───────────────────────────────────────────────────────────
#
# A rule here takes all operands as a sequence, and gives a list.

sum:  Final[Reduction] = Reduction("sum",  floats.sum_, lambda xs, out: [1.0 for _ in xs],
                                                        of_nothing=0.0)
mean: Final[Reduction] = Reduction("mean", floats.mean, lambda xs, out: [1.0 / len(xs) for _ in xs])
norm: Final[Reduction] = Reduction("norm", floats.norm, lambda xs, out: components(xs),
                                                        of_nothing=0.0)

prod:      Final[Reduction] = Reduction("prod",      floats.prod,
                                                             lambda xs, out: _products_gradient(xs),
                                                             of_nothing=1.0)
logsumexp: Final[Reduction] = Reduction("logsumexp", floats.logsumexp, lambda xs, out: softmax(xs))

dot: Final[Reduction] = Reduction("dot", floats.dot,
                                         lambda xs, out: [*xs[len(xs) // 2 :], *xs[: len(xs) // 2]],
                                         of_nothing=0.0, sequences=2)
max: Final[Reduction] = Reduction("max", floats.max_,
                                            lambda xs, out: _each(top_share, floats.top_shares, xs))
min: Final[Reduction] = Reduction("min", floats.min_,
                                      lambda xs, out: _each(bottom_share, floats.bottom_shares, xs))

# ── What the rules above are written with ─────────────────────────────────────
#
# The last lines of the file say what each computes.

in_domain:      Final[Row] = Row("in_domain",   floats.in_domain,   lambda x, out: 1.0)
cos_arcsin:     Final[Row] = Row("cos_arcsin",  floats.cos_arcsin,  lambda x, out: divide(-x, out))
over_square:    Final[Row] = Row("over_square", floats.over_square,
                                                 lambda x, y, out: over_square(1.0, y),
                                                 lambda x, y, out: -quotient_derivative(x, y, 2.0))
power_slope:    Final[Row] = Row("power_slope", floats.power_slope,
                                                 lambda x, y, out: power_derivative(x, y, 2.0, 0.0),
                                                 lambda x, y, out: power_derivative(x, y, 1.0, 1.0))
power_rate:     Final[Row] = Row("power_rate",  floats.power_rate,
                                                 lambda x, y, out: power_derivative(x, y, 1.0, 1.0),
                                                 lambda x, y, out: power_derivative(x, y, 0.0, 2.0))
inversion:      Final[Row] = Row("inversion",   floats.inversion,
                                               lambda x, y, out: arctan2_derivative(y, x, 1.0, 1.0),
                                               lambda x, y, out: arctan2_derivative(y, x, 2.0, 0.0))
whole_quotient: Final[Row] = Row("whole_quotient", floats.whole_quotient,
                                                                         lambda x, y, out: flat(out),
                                                                         lambda x, y, out: flat(out))
cut_quotient:   Final[Row] = Row("cut_quotient",   floats.cut_quotient,
                                                                         lambda x, y, out: flat(out),
                                                                         lambda x, y, out: flat(out))
round_to:       Final[Row] = Row("round_to",       floats.round_to, lambda x, digits, out: flat(x),
                                                                    lambda x, digits, out: flat(out),
                                                                    symbol="round")

bell:       Final[Row] = Row("bell",       floats.bell,       lambda x, out: -out * tanh(0.5 * x))
tanh_slope: Final[Row] = Row("tanh_slope", floats.tanh_slope, lambda x, out: -2.0 * out * tanh(x))
silu_slope: Final[Row] = Row("silu_slope", floats.silu_slope, lambda x, out: silu_derivative(x, 2.0))
mish_slope: Final[Row] = Row("mish_slope", floats.mish_slope, lambda x, out: mish_derivative(x, 2.0))
gelu_slope: Final[Row] = Row("gelu_slope", floats.gelu_slope,
                lambda x, out: ONE_OVER_SQRT_TAU * (gauss(x, 0.5) - gauss_derivative(x, 0.5, 2.0)))
gauss:      Final[Row] = Row("gauss",      floats.gauss,
                                              lambda x, scale, out: gauss_derivative(x, scale, 1.0),
                                              lambda x, scale, out: floats.NAN)

elu_slope:  Final[Row] = Row("elu_slope",  floats.elu_slope,
                                         lambda x, alpha, out: below(x, 0.0) * out,
                                         lambda x, alpha, out: below(x, 0.0) * exp(minimum(x, 0.0)))
two_slopes: Final[Row] = Row("two_slopes", floats.two_slopes, lambda x, left, out: flat(x),
                                                              lambda x, left, out: below(x, 0.0))
damped:     Final[Row] = Row("damped",     floats.damped,     lambda x, weight, out: weight,
                                                              lambda x, weight, out: x)
inside:     Final[Row] = Row("inside",     floats.inside,     lambda x, low, high, out: flat(out),
                                                              lambda x, low, high, out: flat(out),
                                                              lambda x, low, high, out: flat(out))
below:      Final[Row] = Row("below",      floats.below,      lambda x, y, out: flat(out),
                                                              lambda x, y, out: flat(out),
                                                              symbol="<")
flat:       Final[Row] = Row("flat",       floats.flat,       lambda x, out: flat(x))

share:        Final[Reduction] = Reduction("share",        lambda xs: floats.shares(xs)[0],
                                                           lambda xs, out: _share_gradient(xs),
                                                           symbol="softmax")
log_share:    Final[Reduction] = Reduction("log_share",    lambda xs: floats.log_shares(xs)[0],
                                                            lambda xs, out: _log_share_gradient(xs),
                                                            symbol="log_softmax")
other_shares: Final[Reduction] = Reduction("other_shares", floats.other_shares,
                                               lambda xs, out: [-x for x in _share_gradient(xs)])
component:    Final[Reduction] = Reduction("component",    lambda xs: floats.components(xs)[0],
                                                           lambda xs, out: _component_gradient(xs))
top_share:    Final[Reduction] = Reduction("top_share",    lambda xs: floats.top_shares(xs)[0],
                                                            lambda xs, out: [flat(out) for _ in xs])
bottom_share: Final[Reduction] = Reduction("bottom_share", lambda xs: floats.bottom_shares(xs)[0],
                                                            lambda xs, out: [flat(out) for _ in xs])

# Families of rows: the order of a derivative is an operand. So each is exact, where products of
# lower ones would be of 0 and infinity, would cancel, or would lose digits below the normal numbers.

cbrt_derivative:     Final[Row] = Row("cbrt_derivative", floats.cbrt_derivative,
                                       lambda x, n, out: cbrt_derivative(x, n + 1.0),
                                       lambda x, n, out: floats.NAN)
exp2_derivative:     Final[Row] = Row("exp2_derivative", floats.exp2_derivative,
                                       lambda x, n, out: exp2_derivative(x, n + 1.0),
                                       lambda x, n, out: floats.NAN)
sinc_derivative:     Final[Row] = Row("sinc_derivative", floats.sinc_derivative,
                                       lambda x, n, out: sinc_derivative(x, n + 1.0),
                                       lambda x, n, out: floats.NAN)
silu_derivative:     Final[Row] = Row("silu_derivative", floats.silu_derivative,
                                       lambda x, n, out: silu_derivative(x, n + 1.0),
                                       lambda x, n, out: floats.NAN)
mish_derivative:     Final[Row] = Row("mish_derivative", floats.mish_derivative,
                                       lambda x, n, out: mish_derivative(x, n + 1.0),
                                       lambda x, n, out: floats.NAN)
gauss_derivative:    Final[Row] = Row("gauss_derivative", floats.gauss_derivative,
                                       lambda x, scale, n, out: gauss_derivative(x, scale, n + 1.0),
                                       lambda x, scale, n, out: floats.NAN,
                                       lambda x, scale, n, out: floats.NAN)
quotient_derivative: Final[Row] = Row("quotient_derivative", floats.quotient_derivative,
                                       lambda x, y, n, out: quotient_derivative(1.0, y, n),
                                       lambda x, y, n, out: quotient_derivative(x, y, n + 1.0),
                                       lambda x, y, n, out: floats.NAN)
power_derivative:    Final[Row] = Row("power_derivative", floats.power_derivative,
                                       lambda x, y, m, n, out: power_derivative(x, y, m + 1.0, n),
                                       lambda x, y, m, n, out: power_derivative(x, y, m, n + 1.0),
                                       lambda x, y, m, n, out: floats.NAN,
                                       lambda x, y, m, n, out: floats.NAN)
arctan2_derivative:  Final[Row] = Row("arctan2_derivative", floats.arctan2_derivative,
                                       lambda y, x, m, n, out: arctan2_derivative(y, x, m + 1.0, n),
                                       lambda y, x, m, n, out: arctan2_derivative(y, x, m, n + 1.0),
                                       lambda y, x, m, n, out: floats.NAN,
                                       lambda y, x, m, n, out: floats.NAN)

norm_derivative:      Final[Reduction] = Reduction("norm_derivative", floats.norm_derivative,
                               lambda xs, out: _next_in_family(norm_derivative, xs), sequences=2)
logsumexp_derivative: Final[Reduction] = Reduction("logsumexp_derivative",
                               floats.logsumexp_derivative,
                               lambda xs, out: _next_in_family(logsumexp_derivative, xs), sequences=2)

# fmt: on


# ── Over a sequence, as a list ────────────────────────────────────────────────

# Such a list is a derivative too: the components of a unit vector are that of the norm. On floats the
# whole list is computed at once, in time proportional to its length. On Values each element
# is an operation on all the operands, which has accurate derivatives of its own (a second
# derivative of n operands takes time n * n); the operand that it belongs to comes first.


def _each(
    row: Reduction, at_once: Callable[[list[float]], list[float]], operands: Iterable[Any]
) -> list[Any]:
    """For each operand, ``row`` of that operand followed by the others."""
    numbers = list(operands)
    for operand in numbers:
        if is_graph(operand):
            return [row([numbers[i], *numbers[:i], *numbers[i + 1 :]]) for i in range(len(numbers))]
    try:
        return at_once([as_float(x) for x in numbers]) if numbers else []
    except TypeError:
        if not any(map(has_elements, numbers)):
            raise
    return [row(numbers)]  # an error that says what to write


def softmax(operands: Iterable[Any]) -> list[Any] | Any:
    """exp of each operand, divided by the sum of them all.

    >>> softmax([0, 1000])
    [0.0, 1.0]
    >>> softmax([5, 5])
    [0.5, 0.5]
    """
    return as_given(operands, _each(share, floats.shares, operands))


def log_softmax(operands: Iterable[Any]) -> list[Any] | Any:
    """The logarithm of each element of `softmax`, finite also where that is too small.

    >>> log_softmax([0, 1000])
    [-1000.0, 0.0]
    """
    return as_given(operands, _each(log_share, floats.log_shares, operands))


def components(operands: Iterable[Any]) -> list[Any] | Any:
    """The operands, divided by their Euclidean norm: a vector of length 1; zeros stay zeros.

    >>> components([3, 4])
    [0.6, 0.8]
    """
    return as_given(operands, _each(component, floats.components, operands))


def _products_gradient(operands: Sequence[Any]) -> list[Any]:
    for operand in operands:
        if is_graph(operand):
            return [prod([*operands[:i], *operands[i + 1 :]]) for i in range(len(operands))]
    return floats.products_of_others(list(operands))


def _share_gradient(operands: Sequence[Any]) -> list[Any]:
    return _second(logsumexp_derivative, floats.share_slopes, operands)


def _log_share_gradient(operands: Sequence[Any]) -> list[Any]:
    return [other_shares(operands), *[-p for p in softmax(operands)[1:]]]


def _component_gradient(operands: Sequence[Any]) -> list[Any]:
    return _second(norm_derivative, floats.component_slopes, operands)


def _second(
    row: Reduction, at_once: Callable[[list[float], int], list[float]], operands: Sequence[Any]
) -> list[Any]:
    """The derivatives, by each operand, of the derivative by the first, from a family of rows."""
    for operand in operands:
        if is_graph(operand):
            once = [1.0, *[0.0 for _ in operands[1:]]]
            return _next_in_family(row, [*operands, *once])[: len(operands)]
    return at_once(list(operands), 0)


def _next_in_family(row: Reduction, operands: Sequence[Any]) -> list[Any]:
    """The derivatives of ``row``, whose operands are numbers and, for each, an order."""
    half = len(operands) // 2
    xs, orders = operands[:half], operands[half:]
    derivatives = [row(xs, [*orders[:i], orders[i] + 1.0, *orders[i + 1 :]]) for i in range(half)]
    return [*derivatives, *[floats.NAN for _ in orders]]


# ── In a line each ────────────────────────────────────────────────────────────


def _summarize(summaries: dict[Row, str]) -> None:
    for row, summary in summaries.items():
        object.__setattr__(row, "summary", summary)


# fmt: off
_summarize({
    add: "x + y", subtract: "x - y", multiply: "x * y",
    divide: "x / y, with IEEE's inf and nan for a division by 0", power: "x to the power y",
    remainder: "x - y * floor(x / y), with the sign of y",
    floor_divide: "the greatest whole number up to x / y",
    fmod: "x - y * trunc(x / y), with the sign of x", hypot: "the length of the vector (x, y)",
    negative: "-x", reciprocal: "1 / x", square: "x * x", sqrt: "the square root of x; nan below 0",
    cbrt: "the cube root of x, of negative numbers too",

    absolute: "x without its sign; at 0 the derivative is 0",
    sign: "1 for positive x, -1 for negative x, 0 for 0; the derivative is 0",
    floor: "the nearest whole number not above x; the derivative is 0",
    ceil: "the nearest whole number not below x; the derivative is 0",
    trunc: "the whole part of x, towards 0; the derivative is 0",
    round: "the nearest whole number, the even one of two; the derivative is 0",
    maximum: "the greater of x and y, nan if one is; a tie shares the derivative",
    minimum: "the lesser of x and y, nan if one is; a tie shares the derivative",
    clamp: "x, but not below low nor above high", where: "x where the condition holds, else y",

    exp: "e to the power x", exp2: "2 to the power x", expm1: "exp(x) - 1, accurate near 0",
    log: "the natural logarithm of x; -inf at 0, nan below",
    log2: "the logarithm of x to the base 2", log10: "the logarithm of x to the base 10",
    log1p: "log(1 + x), accurate near 0", xlogy: "x * log(y), and 0 where x is 0",
    logaddexp: "log(exp(x) + exp(y)), without overflow",

    sin: "the sine of x, an angle in radians", cos: "the cosine of x, an angle in radians",
    tan: "the tangent of x, an angle in radians",
    arcsin: "the angle whose sine is x; nan outside [-1, 1]",
    arccos: "the angle whose cosine is x; nan outside [-1, 1]",
    arctan: "the angle whose tangent is x", arctan2: "the angle of the point (x, y), y given first",
    deg2rad: "an angle of x degrees, in radians", rad2deg: "an angle of x radians, in degrees",
    sinc: "sin(pi x) / (pi x), and 1 at 0",

    sinh: "the hyperbolic sine of x", cosh: "the hyperbolic cosine of x",
    tanh: "the hyperbolic tangent of x", arcsinh: "the number whose hyperbolic sine is x",
    arccosh: "the number whose hyperbolic cosine is x; nan below 1",
    arctanh: "the number whose hyperbolic tangent is x; nan outside [-1, 1]",

    erf: "the error function", erfc: "1 - erf(x), accurate for large x",

    sigmoid: "1 / (1 + exp(-x)), without overflow",
    log_sigmoid: "log(sigmoid(x)), finite for every x",
    softplus: "log(1 + exp(x)), finite for every x", gelu: "x * P(a standard normal variable < x)",
    silu: "x * sigmoid(x)", mish: "x * tanh(softplus(x))", softsign: "x / (1 + abs(x))",
    relu: "the greater of 0 and x; at 0 the derivative is 0",
    leaky_relu: "x, but slope * x for negative x",
    elu: "x, but alpha * (exp(x) - 1) for negative x", hard_tanh: "x, but not below -1 nor above 1",

    sum: "the sum of the numbers, rounded once", mean: "the sum of the numbers over their count",
    norm: "the square root of the sum of the squares", prod: "the product of the numbers",
    logsumexp: "the log of the sum of the exponentials", dot: "the scalar product of two sequences",
    max: "the greatest of the numbers; nan if one is",
    min: "the least of the numbers; nan if one is",

    in_domain: "x, and nan where x is negative", cos_arcsin: "sqrt(1 - x**2)",
    cut_quotient: "trunc(x / y), and nan where y is 0",
    round_to: "x, rounded to that number of decimal digits; the derivative is 0",
    over_square: "x / y**2", whole_quotient: "floor_divide(x, y), and nan where y is 0",
    power_slope: "y * x**(y - 1), and 0 where y is 0", power_rate: "x**y * log(x)",
    inversion: "x / (x**2 + y**2)", bell: "the derivative of sigmoid",
    tanh_slope: "the derivative of tanh", mish_slope: "the derivative of mish",
    silu_slope: "the derivative of silu", gelu_slope: "the derivative of gelu",
    gauss: "exp(-scale * x**2)",
    elu_slope: "the derivative of elu", two_slopes: "1 for positive x, left for negative x",
    damped: "x * weight, and 0 where weight is 0", inside: "1 if low <= x <= high, else 0",
    below: "1 if x < y, else 0", flat: "0, the derivative of a constant; nan at nan",
    share: "the first element of softmax(numbers)",
    log_share: "the first element of log_softmax(numbers)",
    other_shares: "1 - share(numbers), accurate where that is small",
    component: "the first number over the norm of them all",
    top_share: "1 if the first number is the greatest, 1/n in a tie, else 0",
    bottom_share: "1 if the first number is the least, 1/n in a tie, else 0",

    cbrt_derivative: "the derivative of cbrt of order n, from 1 on",
    exp2_derivative: "the derivative of exp2 of order n",
    sinc_derivative: "the derivative of sinc of order n",
    silu_derivative: "the derivative of silu of order n, from 2 on",
    mish_derivative: "the derivative of mish of order n, from 2 on",
    gauss_derivative: "the derivative of gauss by x of order n",
    quotient_derivative: "the derivative of x / y by y of order n",
    power_derivative: "the derivative of x**y of order m by x and n by y",
    arctan2_derivative: "the derivative of arctan2 of order m by y and n by x",
    norm_derivative: "the derivative of the norm of given orders by each number",
    logsumexp_derivative: "the derivative of logsumexp of given orders by each number",
})
# fmt: on
