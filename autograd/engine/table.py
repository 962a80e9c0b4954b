"""The table: every operation once, with its value and its local derivatives.

Read this file first. It holds all the mathematics of the library; the engine
(`value.py`) only carries out the chain rule with what is declared here, and
drawings and tests read the same rows.

A row is a `Primitive`, and two rules make it serve every purpose:

* ``forward`` is **opaque**: floats in, one float out. It may branch and call
  `math`, and it follows IEEE arithmetic as NumPy does: where `math` raises, it
  answers inf or nan.
* A derivative rule is **transparent**: there is one for each input, written
  with ``+ - *`` and other primitives only. It is handed the inputs and the
  output; given floats it yields a float, given Values it yields a Value, so the
  rules are themselves differentiable and no second table is needed. It divides
  with ``divide``, because ``/`` between Python floats raises at zero.

An operation over a whole sequence, such as a sum, is a `Reduction`: the same, but
with a single rule that gives the derivatives for all operands at once. `softmax`
and `log_softmax`, which give a list, are functions that make one such operation
for each element.

Values and derivatives are right to about 4 units in the last place over the whole
range of floats, which is why many a formula here is not the one that a textbook
has: that one cancels, overflows or vanishes somewhere. `testing/formulas.py` has
the textbook's, to compare with, and `tests/oracle.py` the bound that each row is held to.

What a derivative is where the textbook has no single answer, in this order:
where the function is differentiable, the derivative; for a convex function the
subgradient of least norm, for a concave one the supergradient of least norm;
the limit, infinite ones included, where the function goes on by continuity;
otherwise nan. A derivative at nan is nan, never a clean 0 or 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from autograd.engine import floats
from autograd.engine.primitive import Choice, Primitive, Reduction, Traced, as_float

# What the package offers, but for max, min, round and sum, which `import *` must not put in the
# place of Python's own. The other rows are what derivative rules are written with.
# fmt: off
__all__ = [
    "absolute",
    "add",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "cbrt",
    "ceil",
    "clamp",
    "cos",
    "cosh",
    "divide",
    "dot",
    "elu",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "floor_divide",
    "gelu",
    "hard_tanh",
    "hypot",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_sigmoid",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "mish",
    "multiply",
    "negative",
    "norm",
    "power",
    "prod",
    "reciprocal",
    "relu",
    "remainder",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "where",
    "xlogy",
]
# fmt: on
# fmt: off

# ── The table ─────────────────────────────────────────────────────────────────
#
#   name = Primitive(name, forward, derivative for each input..., symbol, how it is written, summary)
#
# A rule takes the inputs and the output: `lambda x, y, out: ...`. A formula takes the inputs.

# Arithmetic. In x**y it is not out that the rules are written with: it overflows, vanishes
# and loses digits in places where the derivatives do not.
add: Final[Primitive] = Primitive("add", lambda x, y: x + y,        lambda x, y, out: 1.0,
                                                                    lambda x, y, out: 1.0,
                                         symbol="+", summary="x + y")
subtract: Final[Primitive] = Primitive("subtract", lambda x, y: x - y,
                                                                    lambda x, y, out: 1.0,
                                                                    lambda x, y, out: -1.0,
                                         symbol="-", summary="x - y")
multiply: Final[Primitive] = Primitive("multiply", lambda x, y: x * y,
                                                                    lambda x, y, out: y,
                                                                    lambda x, y, out: x,
                                         symbol="*", summary="x * y")
divide: Final[Primitive] = Primitive("divide", floats.divide,       lambda x, y, out: divide(1.0, y),
                                                                    lambda x, y, out: -over_square(x, y),
                                         symbol="/", summary="x / y")
power: Final[Primitive] = Primitive("power", floats.power,          lambda x, y, out: power_slope(x, y),
                                                                    lambda x, y, out: power_rate(x, y),
                                         symbol="**", summary="x to the power y")
remainder: Final[Primitive] = Primitive("remainder", floats.remainder,    lambda x, y, out: 1.0 + flat(out),
                                                                    lambda x, y, out: flat(out) - floor_divide(x, y),
                                         symbol="%", summary="x - y * floor(x / y), with the sign of y")
floor_divide: Final[Primitive] = Primitive("floor_divide", floats.floor_divide,
                                                                    lambda x, y, out: flat(out),
                                                                    lambda x, y, out: flat(out),
                                         symbol="//", summary="the whole number below x / y")
negative: Final[Primitive] = Primitive("negative", lambda x: -x,    lambda x, out: -1.0,
                                         symbol="neg", summary="-x")
reciprocal: Final[Primitive] = Primitive("reciprocal", lambda x: floats.divide(1.0, x),
                                                                    lambda x, out: divide(-out, x),
                                         symbol="1/", plain="reciprocal", formula=lambda x: divide(1.0, x), summary="1 / x")
square: Final[Primitive] = Primitive("square", lambda x: x * x,     lambda x, out: 2.0 * x,
                                         plain="square", formula=lambda x: power(x, 2.0), summary="x * x")
sqrt: Final[Primitive] = Primitive("sqrt", floats.sqrt,             lambda x, out: divide(1.0, 2.0 * in_domain(out)),
                                         unicode="√@1", latex=r"\sqrt{#1}", summary="the square root of x")
cbrt: Final[Primitive] = Primitive("cbrt", floats.cbrt,             lambda x, out: divide(1.0, 3.0 * out * out),
                                         unicode="∛@1", latex=r"\sqrt[3]{#1}", summary="the cube root of x")
hypot: Final[Primitive] = Primitive("hypot", math.hypot,            lambda x, y, out: component([x, y]),
                                                                    lambda x, y, out: component([y, x]),
                                         plain="hypot", formula=lambda x, y: norm([x, y]),
                                         summary="the length of the vector (x, y)")

# Choosing and rounding: straight pieces. Where two meet, the derivative is that of least size
# between the two slopes; a tie is shared; a bound belongs to the inside.
absolute: Final[Primitive] = Primitive("absolute", abs,             lambda x, out: sign(x),
                                         plain="abs", unicode="|#1|", latex=r"\lvert #1 \rvert", kinks=(0.0,),
                                         symbol="abs", summary="x without its sign")
sign: Final[Primitive] = Primitive("sign", floats.sign,             lambda x, out: flat(x),
                                         summary="1 for positive x, -1 for negative x, 0 for 0")
floor: Final[Primitive] = Primitive("floor", floats.floor,          lambda x, out: flat(x),
                                         unicode="⌊#1⌋", latex=r"\lfloor #1 \rfloor",
                                         summary="the nearest whole number not above x")
ceil: Final[Primitive] = Primitive("ceil", floats.ceil,             lambda x, out: flat(x),
                                         unicode="⌈#1⌉", latex=r"\lceil #1 \rceil",
                                         summary="the nearest whole number not below x")
round: Final[Primitive] = Primitive("round", floats.round_,        lambda x, out: flat(x),
                                         summary="the nearest whole number; of two, the even")
maximum: Final[Primitive] = Primitive("maximum", floats.maximum,    lambda x, y, out: top_share([x, y]),
                                                                    lambda x, y, out: top_share([y, x]),
                                         plain="maximum", unicode="max", latex=r"\max",
                                         symbol="max", summary="the greater of x and y; nan if one is")
minimum: Final[Primitive] = Primitive("minimum", floats.minimum,    lambda x, y, out: bottom_share([x, y]),
                                                                    lambda x, y, out: bottom_share([y, x]),
                                         plain="minimum", unicode="min", latex=r"\min",
                                         symbol="min", summary="the lesser of x and y; nan if one is")
clamp: Final[Primitive] = Primitive("clamp", floats.clamp,
                                         lambda x, low, high, out: inside(x, low, high),
                                         lambda x, low, high, out: below(x, low) * (1.0 - below(high, low)),
                                         lambda x, low, high, out: below(high, maximum(x, low)),
                                         summary="x, but not below low nor above high")
where: Final[Primitive] = Choice("where", lambda taken: taken,      lambda taken, out: 1.0,
                                         formula=lambda taken: taken, summary="x where the condition holds, else y")

# Exponentials and logarithms.
exp: Final[Primitive] = Primitive("exp", floats.exp,                lambda x, out: out,
                                         latex=r"e^{#1}", summary="e to the power x")
exp2: Final[Primitive] = Primitive("exp2", floats.exp2,             lambda x, out: exp2_slope(x),
                                         plain="exp2", formula=lambda x: power(2.0, x), summary="2 to the power x")
expm1: Final[Primitive] = Primitive("expm1", floats.expm1,          lambda x, out: exp(x),
                                         plain="expm1", formula=lambda x: exp(x) - 1.0,
                                         summary="exp(x) - 1, accurate near 0")
log: Final[Primitive] = Primitive("log", floats.log,                lambda x, out: divide(1.0, in_domain(x)),
                                         unicode="ln", latex=r"\ln", summary="the natural logarithm of x")
log2: Final[Primitive] = Primitive("log2", floats.log2,             lambda x, out: divide(floats.ONE_OVER_LN2, in_domain(x)),
                                         unicode="log₂", latex=r"\log_{2}", summary="the logarithm of x to the base 2")
log10: Final[Primitive] = Primitive("log10", floats.log10,          lambda x, out: divide(floats.ONE_OVER_LN10, in_domain(x)),
                                         unicode="log₁₀", latex=r"\log_{10}", summary="the logarithm of x to the base 10")
log1p: Final[Primitive] = Primitive("log1p", floats.log1p,          lambda x, out: divide(1.0, in_domain(1.0 + x)),
                                         plain="log1p", formula=lambda x: log(1.0 + x),
                                         summary="log(1 + x), accurate near 0")
xlogy: Final[Primitive] = Primitive("xlogy", floats.xlogy,          lambda x, y, out: log(y),
                                                                    lambda x, y, out: divide(x, in_domain(y)),
                                         plain="xlogy", formula=lambda x, y: x * log(y),
                                         summary="x * log(y), and 0 where x is 0")
logaddexp: Final[Primitive] = Primitive("logaddexp", floats.logaddexp,    lambda x, y, out: share([x, y]),
                                                                    lambda x, y, out: share([y, x]),
                                         plain="logaddexp", formula=lambda x, y: log(exp(x) + exp(y)),
                                         summary="log(exp(x) + exp(y))")

# Trigonometry, in radians.
sin: Final[Primitive] = Primitive("sin", floats.sin,                lambda x, out: cos(x),
                                         latex=r"\sin", summary="the sine of x")
cos: Final[Primitive] = Primitive("cos", floats.cos,                lambda x, out: -sin(x),
                                         latex=r"\cos", summary="the cosine of x")
tan: Final[Primitive] = Primitive("tan", floats.tan,                lambda x, out: 1.0 + out * out,
                                         latex=r"\tan", summary="the tangent of x")
arcsin: Final[Primitive] = Primitive("arcsin", floats.arcsin,       lambda x, out: divide(1.0, cos_arcsin(x)),
                                         latex=r"\arcsin", summary="the angle whose sine is x")
arccos: Final[Primitive] = Primitive("arccos", floats.arccos,       lambda x, out: divide(-1.0, cos_arcsin(x)),
                                         latex=r"\arccos", summary="the angle whose cosine is x")
arctan: Final[Primitive] = Primitive("arctan", math.atan,           lambda x, out: inversion(1.0, x),
                                         latex=r"\arctan", summary="the angle whose tangent is x")
arctan2: Final[Primitive] = Primitive("arctan2", math.atan2,        lambda y, x, out: inversion(x, y),
                                                                    lambda y, x, out: -inversion(y, x),
                                         summary="the angle of the point (x, y), y given first")
sinc: Final[Primitive] = Primitive("sinc", floats.sinc,             lambda x, out: sinc_derivative(x, 1.0),
                                         summary="sin(pi x) / (pi x), and 1 at 0")

# Hyperbolic functions. The derivative of tanh is not 1 - out * out, nor that of sigmoid
# out * (1 - out): both cancel to nothing where out rounds to 1.
sinh: Final[Primitive] = Primitive("sinh", floats.sinh,             lambda x, out: cosh(x),
                                         latex=r"\sinh", summary="the hyperbolic sine of x")
cosh: Final[Primitive] = Primitive("cosh", floats.cosh,             lambda x, out: sinh(x),
                                         latex=r"\cosh", summary="the hyperbolic cosine of x")
tanh: Final[Primitive] = Primitive("tanh", math.tanh,               lambda x, out: tanh_slope(x),
                                         latex=r"\tanh", summary="the hyperbolic tangent of x")
arcsinh: Final[Primitive] = Primitive("arcsinh", math.asinh,        lambda x, out: divide(1.0, hypot(1.0, x)),
                                         summary="the number whose hyperbolic sine is x")
arccosh: Final[Primitive] = Primitive("arccosh", floats.arccosh,    lambda x, out: divide(1.0, sinh_arccosh(x)),
                                         summary="the number whose hyperbolic cosine is x")
arctanh: Final[Primitive] = Primitive("arctanh", floats.arctanh,    lambda x, out: over_square(1.0, cos_arcsin(x)),
                                         summary="the number whose hyperbolic tangent is x")

# The error function.
erf: Final[Primitive] = Primitive("erf", math.erf,                  lambda x, out: floats.TWO_OVER_SQRT_PI * gauss(x, 1.0),
                                         summary="the error function")
erfc: Final[Primitive] = Primitive("erfc", math.erfc,               lambda x, out: -floats.TWO_OVER_SQRT_PI * gauss(x, 1.0),
                                         summary="1 - erf(x), accurate for large x")

# Activations.
sigmoid: Final[Primitive] = Primitive("sigmoid", floats.sigmoid,    lambda x, out: bell(x),
                                         unicode="σ", latex=r"\sigma", summary="1 / (1 + exp(-x))")
log_sigmoid: Final[Primitive] = Primitive("log_sigmoid", floats.log_sigmoid,
                                                                    lambda x, out: sigmoid(-x),
                                         plain="log_sigmoid", formula=lambda x: log(sigmoid(x)),
                                         summary="log(sigmoid(x)), finite for every x")
softplus: Final[Primitive] = Primitive("softplus", floats.softplus, lambda x, out: sigmoid(x),
                                         summary="log(1 + exp(x)), finite for every x")
relu: Final[Primitive] = Primitive("relu", floats.relu,             lambda x, out: below(0.0, x),
                                         kinks=(0.0,), summary="the greater of 0 and x")
leaky_relu: Final[Primitive] = Primitive("leaky_relu", floats.leaky_relu, lambda x, slope, out: two_slopes(x, slope),
                                                                    lambda x, slope, out: minimum(x, 0.0),
                                         defaults=(0.01,), kinks=(0.0,), summary="x, but slope * x for negative x")
elu: Final[Primitive] = Primitive("elu", floats.elu,                lambda x, alpha, out: elu_slope(x, alpha),
                                                                    lambda x, alpha, out: expm1(minimum(x, 0.0)),
                                         defaults=(1.0,), summary="x, but alpha * (exp(x) - 1) for negative x")
gelu: Final[Primitive] = Primitive("gelu", floats.gelu,             lambda x, out: gelu_slope(x),
                                         summary="x * P(a standard normal variable < x)")
silu: Final[Primitive] = Primitive("silu", floats.silu,             lambda x, out: silu_slope(x),
                                         summary="x * sigmoid(x)")
mish: Final[Primitive] = Primitive("mish", floats.mish,             lambda x, out: mish_slope(x),
                                         summary="x * tanh(softplus(x))")
softsign: Final[Primitive] = Primitive("softsign", floats.softsign, lambda x, out: over_square(1.0, 1.0 + absolute(x)),
                                         summary="x / (1 + abs(x))")
hard_tanh: Final[Primitive] = Primitive("hard_tanh", lambda x: floats.clamp(x, -1.0, 1.0),
                                                                    lambda x, out: inside(x, -1.0, 1.0),
                                         kinks=(-1.0, 1.0), summary="x, but not below -1 nor above 1")

# Over a sequence. A rule here takes all operands as a sequence, and gives a list.
sum: Final[Reduction] = Reduction("sum", floats.sum_,              lambda xs, out: [1.0 for _ in xs],
                                         of_nothing=0.0, plain="sum", summary="the sum of the numbers, rounded once")
mean: Final[Reduction] = Reduction("mean", floats.mean,             lambda xs, out: [1.0 / len(xs) for _ in xs],
                                         plain="mean", formula=lambda xs: divide(sum(xs), len(xs)),
                                         summary="the sum of the numbers over their count")
prod: Final[Reduction] = Reduction("prod", floats.prod,             lambda xs, out: _products_gradient(xs),
                                         of_nothing=1.0, plain="prod", summary="the product of the numbers")
dot: Final[Reduction] = Reduction("dot", floats.dot,                lambda xs, out: [*xs[len(xs) // 2 :],
                                                                                     *xs[: len(xs) // 2]],
                                         plain="dot", formula=lambda xs: sum(_products(xs)),
                                         of_nothing=0.0, sequences=2, summary="the scalar product of two sequences")
norm: Final[Reduction] = Reduction("norm", floats.norm,             lambda xs, out: components(xs),
                                         plain="norm", formula=lambda xs: sqrt(sum([power(x, 2.0) for x in xs])),
                                         of_nothing=0.0, summary="the square root of the sum of the squares")
max: Final[Reduction] = Reduction("max", floats.max_,              lambda xs, out: _each(top_share, floats.top_shares, xs),
                                         latex=r"\max", summary="the greatest of the numbers; nan if one is")
min: Final[Reduction] = Reduction("min", floats.min_,              lambda xs, out: _each(bottom_share, floats.bottom_shares, xs),
                                         latex=r"\min", summary="the least of the numbers; nan if one is")
logsumexp: Final[Reduction] = Reduction("logsumexp", floats.logsumexp,    lambda xs, out: softmax(xs),
                                         plain="logsumexp", formula=lambda xs: log(sum([exp(x) for x in xs])),
                                         summary="the log of the sum of the exponentials")
share: Final[Reduction] = Reduction("share", lambda xs: floats.shares(xs)[0],
                                                                    lambda xs, out: _share_gradient(xs, out),
                                         formula=lambda xs: divide(exp(xs[0]), sum([exp(x) for x in xs])),
                                         symbol="softmax", summary="the first element of softmax(numbers)")
log_share: Final[Reduction] = Reduction("log_share", lambda xs: floats.log_shares(xs)[0],
                                                                    lambda xs, out: _log_share_gradient(xs),
                                         formula=lambda xs: xs[0] - logsumexp(xs),
                                         symbol="log_softmax", summary="the first element of log_softmax(numbers)")
other_shares: Final[Reduction] = Reduction("other_shares", floats.other_shares, lambda xs, out: _other_shares_gradient(xs, out),
                                         formula=lambda xs: 1.0 - share(xs),
                                         summary="1 - share(numbers), accurate where that is small")
component: Final[Reduction] = Reduction("component", lambda xs: floats.components(xs)[0],
                                                                    lambda xs, out: _component_gradient(xs, out),
                                         formula=lambda xs: divide(xs[0], norm(xs)),
                                         summary="the first number over the norm of them all")
top_share: Final[Reduction] = Reduction("top_share", lambda xs: floats.top_shares(xs)[0],
                                                                    lambda xs, out: [flat(out) for _ in xs],
                                         plain="(#1 == max([#*]))", unicode="[#1 = max(#*)]", latex=r"[#1 = \max(#*)]",
                                         summary="1 if the first number is the greatest, 1/n in a tie, else 0")
bottom_share: Final[Reduction] = Reduction("bottom_share", lambda xs: floats.bottom_shares(xs)[0],
                                                                    lambda xs, out: [flat(out) for _ in xs],
                                         plain="(#1 == min([#*]))", unicode="[#1 = min(#*)]", latex=r"[#1 = \min(#*)]",
                                         summary="1 if the first number is the least, 1/n in a tie, else 0")

# What the rules above are written with. Where a derivative has to branch, to scale or to
# put back what rounding took, it is a primitive too, so that this stays inside an opaque
# forward function.
over_square: Final[Primitive] = Primitive("over_square", floats.over_square,
                                                                    lambda x, y, out: over_square(1.0, y),
                                                                    lambda x, y, out: divide(-2.0 * out, y),
                                         formula=lambda x, y: divide(x, power(y, 2.0)), summary="x / y**2")
power_slope: Final[Primitive] = Primitive("power_slope", floats.power_slope,
                                         lambda x, y, out: damped(power_slope(x, y - 1.0), y),
                                         lambda x, y, out: damped(1.0 + xlogy(y, in_domain(x)), power(x, y - 1.0)),
                                         formula=lambda x, y: y * power(x, y - 1.0),
                                         summary="y * x**(y - 1), and 0 where y is 0")
power_rate: Final[Primitive] = Primitive("power_rate", floats.power_rate,
                                         lambda x, y, out: damped(1.0 + xlogy(y, in_domain(x)), power(x, y - 1.0)),
                                         lambda x, y, out: damped(log(x), out),
                                         formula=lambda x, y: power(x, y) * log(x), summary="x**y * log(x)")
exp2_slope: Final[Primitive] = Primitive("exp2_slope", floats.exp2_slope, lambda x, out: floats.LN2 * out,
                                         formula=lambda x: floats.LN2 * exp2(x), summary="log(2) * 2**x")
in_domain: Final[Primitive] = Primitive("in_domain", floats.in_domain,    lambda x, out: 1.0,
                                         formula=lambda x: x, summary="x, and nan where x is negative")
cos_arcsin: Final[Primitive] = Primitive("cos_arcsin", floats.cos_arcsin, lambda x, out: divide(-x, out),
                                         formula=lambda x: sqrt(1.0 - power(x, 2.0)), summary="sqrt(1 - x**2)")
sinh_arccosh: Final[Primitive] = Primitive("sinh_arccosh", floats.sinh_arccosh,
                                                                    lambda x, out: divide(x, out),
                                         formula=lambda x: sqrt(power(x, 2.0) - 1.0), summary="sqrt(x**2 - 1)")
inversion: Final[Primitive] = Primitive("inversion", floats.inversion,
                                         lambda x, y, out: difference_of_squares(inversion(y, x), out),
                                         lambda x, y, out: -2.0 * out * inversion(y, x),
                                         formula=lambda x, y: divide(x, power(x, 2.0) + power(y, 2.0)),
                                         summary="x / (x**2 + y**2)")
difference_of_squares: Final[Primitive] = Primitive("difference_of_squares", lambda x, y: (x - y) * (x + y),
                                                                    lambda x, y, out: 2.0 * x,
                                                                    lambda x, y, out: -2.0 * y,
                                         summary="x**2 - y**2")
sinc_derivative: Final[Primitive] = Primitive("sinc_derivative", floats.sinc_derivative,
                                         lambda x, order, out: sinc_derivative(x, order + 1.0),
                                         lambda x, order, out: floats.NAN,
                                         unicode="sinc^(#2)(#1)", latex=r"\operatorname{sinc}^{(#2)}(#1)",
                                         summary="the derivative of sinc of that order")
bell: Final[Primitive] = Primitive("bell", floats.bell,             lambda x, out: -out * tanh(0.5 * x),
                                         formula=lambda x: sigmoid(x) * (1.0 - sigmoid(x)),
                                         summary="the derivative of sigmoid")
tanh_slope: Final[Primitive] = Primitive("tanh_slope", floats.tanh_slope, lambda x, out: -2.0 * out * tanh(x),
                                         formula=lambda x: 1.0 - power(tanh(x), 2.0), summary="the derivative of tanh")
gauss: Final[Primitive] = Primitive("gauss", floats.gauss,          lambda x, scale, out: -2.0 * scale * bounded(x) * out,
                                                                    lambda x, scale, out: -square(bounded(x)) * out,
                                         formula=lambda x, scale: exp(-scale * power(x, 2.0)), summary="exp(-scale * x**2)")
gelu_slope: Final[Primitive] = Primitive("gelu_slope", floats.gelu_slope,
                                         lambda x, out: floats.ONE_OVER_SQRT_TAU * ((2.0 - square(bounded(x))) * gauss(x, 0.5)),
                                         formula=lambda x: 0.5 * (1.0 + erf(floats.SQRT_HALF * x))
                                                           + floats.ONE_OVER_SQRT_TAU * x * gauss(x, 0.5),
                                         summary="the derivative of gelu")
silu_slope: Final[Primitive] = Primitive("silu_slope", floats.silu_slope,
                                         lambda x, out: (2.0 - bounded(x) * tanh(0.5 * x)) * bell(x),
                                         formula=lambda x: sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x))),
                                         summary="the derivative of silu")
mish_slope: Final[Primitive] = Primitive("mish_slope", floats.mish_slope, lambda x, out: _mish_curvature(x),
                                         formula=lambda x: tanh(softplus(x)) + x * sigmoid(x) * tanh_slope(softplus(x)),
                                         summary="the derivative of mish")
elu_slope: Final[Primitive] = Primitive("elu_slope", floats.elu_slope,
                                         lambda x, alpha, out: below(x, 0.0) * out,
                                         lambda x, alpha, out: below(x, 0.0) * exp(minimum(x, 0.0)),
                                         plain="(1 if #1 > 0 else @2*exp(#1))", unicode="[1 if #1 > 0, else @2·exp(#1)]",
                                         latex=r"\begin{cases} 1 & \text{if } #1 > 0 \\ @2 \, e^{#1} & \text{else} \end{cases}",
                                         summary="the derivative of elu")
two_slopes: Final[Primitive] = Primitive("two_slopes", floats.two_slopes, lambda x, left, out: flat(x),
                                                                    lambda x, left, out: below(x, 0.0),
                                         plain="(1 if #1 > 0 else #2)", unicode="[1 if #1 > 0, else #2]",
                                         latex=r"\begin{cases} 1 & \text{if } #1 > 0 \\ #2 & \text{else} \end{cases}",
                                         summary="1 for positive x, left for negative x")
damped: Final[Primitive] = Primitive("damped", floats.damped,       lambda x, weight, out: weight,
                                                                    lambda x, weight, out: x,
                                         formula=lambda x, weight: x * weight, summary="x * weight, and 0 where weight is 0")
# Each derivative of a bell curve is a polynomial times that curve, which vanishes before the
# polynomial in x overflows; the product would be nan further out.
bounded: Final[Primitive] = Primitive("bounded", lambda x: floats.clamp(x, -800.0, 800.0),
                                                                    lambda x, out: inside(x, -800.0, 800.0),
                                         formula=lambda x: x, summary="x, but not beyond -800 and 800, where exp(-abs(x)) is 0")
inside: Final[Primitive] = Primitive("inside", floats.inside,       lambda x, low, high, out: flat(out),
                                                                    lambda x, low, high, out: flat(out),
                                                                    lambda x, low, high, out: flat(out),
                                         plain="(#2 <= #1 <= #3)", unicode="[#2 ≤ #1 ≤ #3]", latex=r"[#2 \le #1 \le #3]",
                                         summary="1 if low <= x <= high, else 0")
below: Final[Primitive] = Primitive("below", floats.below,          lambda x, y, out: flat(out),
                                                                    lambda x, y, out: flat(out),
                                         plain="(#1 < #2)", unicode="[#1 < #2]", latex=r"[#1 < #2]",
                                         symbol="<", summary="1 if x < y, else 0")
flat: Final[Primitive] = Primitive("flat", floats.flat,             lambda x, out: flat(x),
                                         formula=lambda x: 0.0, summary="0, the derivative of a constant; nan at nan")

# fmt: on


# ── Derivatives over a sequence ───────────────────────────────────────────────

# They come as a list, such as the components of a unit vector for the norm. On floats the
# whole list is computed at once, in time proportional to its length. On Values each element
# is an operation on all the operands, which has accurate derivatives of its own (a second
# derivative of n operands takes time n * n); the operand that it belongs to comes first.


def _each(
    row: Reduction, at_once: Callable[[list[float]], list[float]], operands: Iterable[Any]
) -> list[Any]:
    """For each operand, ``row`` of that operand followed by the others."""
    numbers = list(operands)
    for operand in numbers:
        if isinstance(operand, Traced):
            return [row([numbers[i], *numbers[:i], *numbers[i + 1 :]]) for i in range(len(numbers))]
    return at_once([as_float(x) for x in numbers]) if numbers else []


def softmax(operands: Iterable[Any]) -> list[Any]:
    """exp of each operand, divided by the sum of them all.

    >>> softmax([0, 1000])
    [0.0, 1.0]
    >>> softmax([5, 5])
    [0.5, 0.5]
    """
    return _each(share, floats.shares, operands)


def log_softmax(operands: Iterable[Any]) -> list[Any]:
    """The logarithm of each element of `softmax`, finite also where that is too small.

    >>> log_softmax([0, 1000])
    [-1000.0, 0.0]
    """
    return _each(log_share, floats.log_shares, operands)


def components(operands: Iterable[Any]) -> list[Any]:
    """The operands, divided by their Euclidean norm: a vector of length 1; zeros stay zeros.

    >>> components([3, 4])
    [0.6, 0.8]
    """
    return _each(component, floats.components, operands)


def _products(operands: Sequence[Any]) -> list[Any]:
    """The products that add up to the scalar product of the two halves of ``operands``."""
    half = len(operands) // 2
    return [operands[i] * operands[half + i] for i in range(half)]


def _products_gradient(operands: Sequence[Any]) -> list[Any]:
    for operand in operands:
        if isinstance(operand, Traced):
            return [prod([*operands[:i], *operands[i + 1 :]]) for i in range(len(operands))]
    return floats.products_of_others(list(operands))


def _component_gradient(operands: Sequence[Any], out: Any) -> list[Any]:
    # For the first operand 1 - out * out would cancel: the squares of all components are 1.
    others = components(operands)[1:]
    length = norm(operands)
    return [
        divide(sum([c * c for c in others]), length),
        *[divide(-out * c, length) for c in others],
    ]


def _share_gradient(operands: Sequence[Any], out: Any) -> list[Any]:
    return [out * other_shares(operands), *[-out * p for p in softmax(operands)[1:]]]


def _log_share_gradient(operands: Sequence[Any]) -> list[Any]:
    return [other_shares(operands), *[-p for p in softmax(operands)[1:]]]


def _other_shares_gradient(operands: Sequence[Any], out: Any) -> list[Any]:
    first, *others = softmax(operands)
    return [-first * out, *[first * p for p in others]]


def _mish_curvature(x: Any) -> Any:
    # mish(x) = x * tanh(s) with s = softplus(x), differentiated twice.
    s = softplus(x)
    slope = sigmoid(x)
    bend = bell(x) - 2.0 * tanh(s) * slope * slope
    return (2.0 * slope + bounded(x) * bend) * tanh_slope(s)
