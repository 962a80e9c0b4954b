"""The typesetting of each operation: a name, a pattern, or its textbook formula.

Any other operation is written by its name, or by a sign of its own in `writing.py`. A formula
takes the operands, and is made of operators and other operations, as a derivative rule is.
Tests also carry it out in mpmath: see `autograd.testing.formulas`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NamedTuple

from autograd.engine import floats, table
from autograd.engine.primitive import Primitive, Reduction
from autograd.words.notation import Notation

# isort: off
# fmt: off
from autograd.engine.table import (
    bell, cbrt, erf, exp, exp2, gauss, log, logsumexp, norm, share, sigmoid, softplus, sqrt, tanh,
    tanh_slope,
)
# fmt: on
# isort: on
from autograd.words.terms import constant_value


class Typeset(NamedTuple):
    """The typesetting of an operation; the fields have the meaning of those of a `Primitive`."""

    plain: str = ""
    unicode: str = ""
    latex: str = ""
    formula: Callable[..., Any] | None = None


def typeset(op: Primitive) -> Typeset | Primitive:
    """The typesetting of an operation: of the table from here, of any other from itself."""
    return TYPESETTING.get(op, op)


def pattern(op: Primitive, notation: Notation) -> str:
    """The name or pattern of an operation in a notation; "" if it has none of its own."""
    return str(getattr(typeset(op), notation.style))


def textbook(op: Primitive, operands: Any) -> Any:
    """The textbook formula of an operation, applied to its operands; None if there is none."""
    formula: Any = typeset(op).formula
    if formula is None:
        return None
    arguments = [operands] if isinstance(op, Reduction) else operands
    if op in TYPESETTING:
        return formula(*arguments)
    with suppress(Exception):  # one of a user's own may branch, and has then no one form
        return formula(*arguments)
    return None


# A derivative of a family has a formula where its orders are known and low; else it has none.


def _of_cbrt(x: Any, n: Any) -> Any:
    return 1 / (3 * cbrt(x) ** 2) if constant_value(n) == 1.0 else None


def _of_silu(x: Any, n: Any) -> Any:
    return bell(x) * (2 - x * tanh(x / 2)) if constant_value(n) == 2.0 else None


def _of_gauss(x: Any, scale: Any, n: Any) -> Any:
    factors = {1.0: -2 * scale * x, 2.0: 4 * scale**2 * x**2 - 2 * scale}
    order = constant_value(n)
    return factors[order] * gauss(x, scale) if order in factors else None


def _of_quotient(x: Any, y: Any, n: Any) -> Any:
    order = int(constant_value(n) or 0.0)
    return (-1.0) ** order * math.factorial(order) * x / y ** (order + 1) if order else None


def _of_power(x: Any, y: Any, m: Any, n: Any) -> Any:
    by_x, by_y = constant_value(m), constant_value(n)
    if by_x == 0.0 and by_y is not None:
        return x**y * log(x) ** by_y
    if by_x == by_y == 1.0:
        return x ** (y - 1) * (1 + y * log(x))
    if by_x is None or by_y != 0.0:
        return None
    return math.prod([y - i for i in range(1, int(by_x))], start=y) * x ** (y - by_x)


def _of_arctan2(y: Any, x: Any, m: Any, n: Any) -> Any:
    square = (x**2 + y**2) ** 2
    mixed = 2 * x * y / square
    formulas: dict[Any, Any] = {
        (2.0, 0.0): -mixed,
        (1.0, 1.0): (y**2 - x**2) / square,
        (0.0, 2.0): mixed,
    }
    return formulas.get((constant_value(m), constant_value(n)))


def _of_norm(xs: Any) -> Any:
    numbers, places = xs[: len(xs) // 2], _places(xs[len(xs) // 2 :])
    if len(places) != 2:
        return None
    i, j = places
    return (float(i == j) - numbers[i] * numbers[j] / norm(numbers) ** 2) / norm(numbers)


def _of_logsumexp(xs: Any) -> Any:
    numbers, places = xs[: len(xs) // 2], _places(xs[len(xs) // 2 :])
    if len(places) != 2:
        return None
    p, q = [share([numbers[i], *numbers[:i], *numbers[i + 1 :]]) for i in places]
    return p * (1 - p) if places[0] == places[1] else -p * q


def _places(orders: Any) -> list[int]:
    """The index of an operand once for each order; those that are no numbers are left out."""
    return [i for i, n in enumerate(orders) for _ in range(int(constant_value(n) or 0.0))]


# fmt: off
TYPESETTING: Final[dict[Primitive, Typeset]] = {
    # Arithmetic.
    table.hypot:       Typeset("hypot", formula=lambda x, y: norm([x, y])),
    table.reciprocal:  Typeset("reciprocal", formula=lambda x: 1 / x),
    table.square:      Typeset("square", formula=lambda x: x**2),
    table.sqrt:        Typeset(unicode="√@1", latex=r"\sqrt{#1}"),
    table.cbrt:        Typeset(unicode="∛@1", latex=r"\sqrt[3]{#1}"),

    # Choosing and rounding.
    table.absolute:    Typeset("abs", "|#1|", r"\lvert #1 \rvert"),
    table.floor:       Typeset(unicode="⌊#1⌋", latex=r"\lfloor #1 \rfloor"),
    table.ceil:        Typeset(unicode="⌈#1⌉", latex=r"\lceil #1 \rceil"),
    table.round_to:    Typeset(unicode="round", latex=r"\operatorname{round}"),
    table.maximum:     Typeset("maximum", "max", r"\max"),
    table.minimum:     Typeset("minimum", "min", r"\min"),
    table.where:       Typeset(formula=lambda taken: taken),

    # Exponentials and logarithms.
    table.exp:         Typeset(latex=r"e^{#1}"),
    table.exp2:        Typeset("exp2", formula=lambda x: 2**x),
    table.expm1:       Typeset("expm1", formula=lambda x: exp(x) - 1),
    table.log:         Typeset(unicode="ln", latex=r"\ln"),
    table.log2:        Typeset(unicode="log₂", latex=r"\log_{2}"),
    table.log10:       Typeset(unicode="log₁₀", latex=r"\log_{10}"),
    table.log1p:       Typeset("log1p", formula=lambda x: log(1 + x)),
    table.xlogy:       Typeset("xlogy", formula=lambda x, y: x * log(y)),
    table.logaddexp:   Typeset("logaddexp", formula=lambda x, y: log(exp(x) + exp(y))),

    # Trigonometry and hyperbolic functions, which LaTeX knows by name, as it does the extremes.
    **{op: Typeset(latex=f"\\{op.name}") for op in (
        table.sin, table.cos, table.tan, table.arcsin, table.arccos, table.arctan,
        table.sinh, table.cosh, table.tanh, table.max, table.min,
    )},

    # Activations.
    table.sigmoid:     Typeset(unicode="σ", latex=r"\sigma"),
    table.log_sigmoid: Typeset("log_sigmoid", formula=lambda x: log(sigmoid(x))),

    # Over a sequence.
    table.sum:         Typeset("sum"),
    table.mean:        Typeset("mean", formula=lambda xs: table.sum(xs) / len(xs)),
    table.prod:        Typeset("prod"),
    table.dot:         Typeset("dot", formula=lambda xs: table.sum(
                           [x * y for x, y in zip(xs[: len(xs) // 2], xs[len(xs) // 2 :])])),
    table.norm:        Typeset("norm", formula=lambda xs: sqrt(table.sum([x**2 for x in xs]))),
    table.logsumexp:   Typeset("logsumexp", formula=lambda xs: log(table.sum(map(exp, xs)))),

    # Helpers of the derivative rules.
    table.in_domain:    Typeset(formula=lambda x: x),
    table.cos_arcsin:   Typeset(formula=lambda x: sqrt(1 - x**2)),
    table.over_square:  Typeset(formula=lambda x, y: x / y**2),
    table.power_slope:  Typeset(formula=lambda x, y: y * x ** (y - 1)),
    table.power_rate:   Typeset(formula=lambda x, y: x**y * log(x)),
    table.inversion:    Typeset(formula=lambda x, y: x / (x**2 + y**2)),
    table.cut_quotient: Typeset(formula=lambda x, y: table.trunc(x / y)),
    table.whole_quotient: Typeset(formula=lambda x, y: x // y),
    table.bell:         Typeset(formula=lambda x: sigmoid(x) * (1 - sigmoid(x))),
    table.tanh_slope:   Typeset(formula=lambda x: 1 - tanh(x) ** 2),
    table.mish_slope:   Typeset(formula=lambda x: tanh(softplus(x))
                                                  + x * sigmoid(x) * tanh_slope(softplus(x))),
    table.silu_slope:   Typeset(formula=lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
    table.gelu_slope:   Typeset(formula=lambda x: 0.5 * (1 + erf(floats.SQRT_HALF * x))
                                                  + floats.ONE_OVER_SQRT_TAU * x * gauss(x, 0.5)),
    table.gauss:        Typeset(formula=lambda x, scale: exp(-scale * x**2)),
    table.damped:       Typeset(formula=lambda x, weight: x * weight),
    table.flat:         Typeset(formula=lambda x: 0.0),
    table.share:        Typeset(formula=lambda xs: exp(xs[0]) / table.sum(map(exp, xs))),
    table.log_share:    Typeset(formula=lambda xs: xs[0] - logsumexp(xs)),
    table.other_shares: Typeset(formula=lambda xs: 1 - share(xs)),
    table.component:    Typeset(formula=lambda xs: xs[0] / norm(xs)),
    table.elu_slope:    Typeset("(1 if #1 > 0 else @2*exp(#1))", "[1 if #1 > 0, else @2·exp(#1)]",
                        r"\begin{cases} 1 & \text{if } #1 > 0 \\ "
                        r"@2 \, e^{#1} & \text{else} \end{cases}"),
    table.two_slopes:   Typeset("(1 if #1 > 0 else #2)", "[1 if #1 > 0, else #2]",
                        r"\begin{cases} 1 & \text{if } #1 > 0 \\ #2 & \text{else} \end{cases}"),
    table.inside:       Typeset("(#2 <= #1 <= #3)", "[#2 ≤ #1 ≤ #3]", r"[#2 \le #1 \le #3]"),
    table.below:        Typeset("(#1 < #2)", "[#1 < #2]", r"[#1 < #2]"),
    table.top_share:    Typeset("(#1 == max([#*]))", "[#1 = max(#*)]", r"[#1 = \max(#*)]"),
    table.bottom_share: Typeset("(#1 == min([#*]))", "[#1 = min(#*)]", r"[#1 = \min(#*)]"),

    # Families of derivatives.
    table.cbrt_derivative:      Typeset(formula=_of_cbrt),
    table.exp2_derivative:      Typeset(formula=lambda x, n: floats.LN2**n * exp2(x)),
    table.sinc_derivative:      Typeset("", "sinc^(#2)(#1)", r"\operatorname{sinc}^{(#2)}(#1)"),
    table.silu_derivative:      Typeset(formula=_of_silu),
    table.gauss_derivative:     Typeset(formula=_of_gauss),
    table.quotient_derivative:  Typeset(formula=_of_quotient),
    table.power_derivative:     Typeset(formula=_of_power),
    table.arctan2_derivative:   Typeset(formula=_of_arctan2),
    table.norm_derivative:      Typeset(formula=_of_norm),
    table.logsumexp_derivative: Typeset(formula=_of_logsumexp),
}
# fmt: on
