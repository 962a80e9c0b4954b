"""The typesetting of each operation: a name, a pattern, or its textbook formula.

Any other operation is written by its name, or by a sign of its own in `writing.py`. A formula
takes the operands, and is made of operators and other operations, as a derivative rule is.
Tests also carry it out in mpmath: see `autograd.testing.formulas`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from autograd.engine import floats, table
from autograd.engine.primitive import Primitive, Reduction
from autograd.words.notation import Notation

# isort: off
# fmt: off
from autograd.engine.table import (
    erf, exp, exp2, gauss, log, logsumexp, norm, share, sigmoid, softplus, sqrt, tanh, tanh_slope,
)
# fmt: on
# isort: on


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
    """The textbook formula of an operation that has one, applied to its operands."""
    formula: Any = typeset(op).formula
    return formula(operands) if isinstance(op, Reduction) else formula(*operands)


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
    table.exp2_slope:   Typeset(formula=lambda x: floats.LN2 * exp2(x)),
    table.cos_arcsin:   Typeset(formula=lambda x: sqrt(1 - x**2)),
    table.sinh_arccosh: Typeset(formula=lambda x: sqrt(x**2 - 1)),
    table.over_square:  Typeset(formula=lambda x, y: x / y**2),
    table.power_slope:  Typeset(formula=lambda x, y: y * x ** (y - 1)),
    table.power_rate:   Typeset(formula=lambda x, y: x**y * log(x)),
    table.inversion:    Typeset(formula=lambda x, y: x / (x**2 + y**2)),
    table.bell:         Typeset(formula=lambda x: sigmoid(x) * (1 - sigmoid(x))),
    table.tanh_slope:   Typeset(formula=lambda x: 1 - tanh(x) ** 2),
    table.mish_slope:   Typeset(formula=lambda x: tanh(softplus(x))
                                                  + x * sigmoid(x) * tanh_slope(softplus(x))),
    table.silu_slope:   Typeset(formula=lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
    table.gelu_slope:   Typeset(formula=lambda x: 0.5 * (1 + erf(floats.SQRT_HALF * x))
                                                  + floats.ONE_OVER_SQRT_TAU * x * gauss(x, 0.5)),
    table.gauss:        Typeset(formula=lambda x, scale: exp(-scale * x**2)),
    table.bounded:      Typeset(formula=lambda x: x),
    table.damped:       Typeset(formula=lambda x, weight: x * weight),
    table.flat:         Typeset(formula=lambda x: 0.0),
    table.share:        Typeset(formula=lambda xs: exp(xs[0]) / table.sum(map(exp, xs))),
    table.log_share:    Typeset(formula=lambda xs: xs[0] - logsumexp(xs)),
    table.other_shares: Typeset(formula=lambda xs: 1 - share(xs)),
    table.component:    Typeset(formula=lambda xs: xs[0] / norm(xs)),
    table.sinc_derivative: Typeset("", "sinc^(#2)(#1)", r"\operatorname{sinc}^{(#2)}(#1)"),
    table.elu_slope:    Typeset("(1 if #1 > 0 else @2*exp(#1))", "[1 if #1 > 0, else @2·exp(#1)]",
                        r"\begin{cases} 1 & \text{if } #1 > 0 \\ "
                        r"@2 \, e^{#1} & \text{else} \end{cases}"),
    table.two_slopes:   Typeset("(1 if #1 > 0 else #2)", "[1 if #1 > 0, else #2]",
                        r"\begin{cases} 1 & \text{if } #1 > 0 \\ #2 & \text{else} \end{cases}"),
    table.inside:       Typeset("(#2 <= #1 <= #3)", "[#2 ≤ #1 ≤ #3]", r"[#2 \le #1 \le #3]"),
    table.below:        Typeset("(#1 < #2)", "[#1 < #2]", r"[#1 < #2]"),
    table.top_share:    Typeset("(#1 == max([#*]))", "[#1 = max(#*)]", r"[#1 = \max(#*)]"),
    table.bottom_share: Typeset("(#1 == min([#*]))", "[#1 = min(#*)]", r"[#1 = \min(#*)]"),
}
# fmt: on
