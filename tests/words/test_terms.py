"""Local derivatives as formulas: those of a textbook, and the numbers of the table."""

from __future__ import annotations

import math

import pytest

from autograd.engine import table
from autograd.engine.primitive import Primitive, Reduction
from autograd.words.derivatives import local_derivatives
from autograd.words.notation import NOTATIONS, Name
from autograd.words.simplification import expanded, simplified, tidied
from autograd.words.terms import Constant, Operation, Sum, Symbol, Term
from autograd.words.writing import fragment_of
from tests.latex import check_math
from tests.oracle import PRIMITIVES
from tests.reading import as_python, value_of_plain

X, Y, Z, W = (Symbol(Name(name)) for name in "xyzw")


def text(term: Term, style: str = "unicode") -> str:
    return fragment_of(term, NOTATIONS[style], None).text


def operands_of(op: Primitive) -> tuple[Symbol, ...]:
    count = 2 if isinstance(op, Reduction) else op.arity
    return (X, Y, Z, W)[:count]


def derivatives(op: Primitive, style: str = "unicode", out: str = "") -> list[str]:
    operands = operands_of(op)
    result = Operation(op, operands)
    known = {result.key: Symbol(Name(out))} if out else {}
    order = {symbol.key: place for place, symbol in enumerate(operands)}
    return [
        text(simplified(expanded(local, NOTATIONS[style], known, order)), style)
        for local in local_derivatives(op, operands, result)
    ]


# fmt: off
@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (table.add,         ["1", "1"]),
        (table.subtract,    ["1", "−1"]),
        (table.multiply,    ["y", "x"]),
        (table.divide,      ["1/y", "−x/y²"]),
        (table.power,       ["y·x^(y − 1)", "x^y·ln(x)"]),
        (table.negative,    ["−1"]),
        (table.reciprocal,  ["−1/x²"]),
        (table.square,      ["2·x"]),
        (table.sqrt,        ["1/(2·√x)"]),
        (table.hypot,       ["x/√(x² + y²)", "y/√(x² + y²)"]),
        (table.absolute,    ["sign(x)"]),
        (table.maximum,     ["[x = max(x, y)]", "[y = max(y, x)]"]),
        (table.minimum,     ["[x = min(x, y)]", "[y = min(y, x)]"]),
        (table.clamp,       ["[y ≤ x ≤ z]", "[x < y]·(1 − [z < y])", "[z < max(x, y)]"]),
        (table.where,       ["1"]),
        (table.exp,         ["exp(x)"]),
        (table.exp2,        ["ln(2)·2^x"]),
        (table.expm1,       ["exp(x)"]),
        (table.log,         ["1/x"]),
        (table.log2,        ["1/(ln(2)·x)"]),
        (table.log10,       ["1/(ln(10)·x)"]),
        (table.log1p,       ["1/(1 + x)"]),
        (table.xlogy,       ["ln(y)", "x/y"]),
        (table.logaddexp,   ["exp(x)/(exp(x) + exp(y))", "exp(y)/(exp(x) + exp(y))"]),
        (table.sin,         ["cos(x)"]),
        (table.cos,         ["−sin(x)"]),
        (table.tan,         ["1 + tan(x)²"]),
        (table.arcsin,      ["1/√(1 − x²)"]),
        (table.arccos,      ["−1/√(1 − x²)"]),
        (table.arctan,      ["1/(1 + x²)"]),
        (table.sinh,        ["cosh(x)"]),
        (table.cosh,        ["sinh(x)"]),
        (table.tanh,        ["1 − tanh(x)²"]),
        (table.arcsinh,     ["1/√(1 + x²)"]),
        (table.arccosh,     ["1/(√(x − 1)·√(x + 1))"]),
        (table.arctanh,     ["1/(1 − x²)"]),
        (table.erf,         ["2·exp(−x²)/√π"]),
        (table.erfc,        ["−2·exp(−x²)/√π"]),
        (table.sigmoid,     ["σ(x)·(1 − σ(x))"]),
        (table.log_sigmoid, ["σ(−x)"]),
        (table.softplus,    ["σ(x)"]),
        (table.relu,        ["[0 < x]"]),
        (table.leaky_relu,  ["[1 if x > 0, else y]", "min(x, 0)"]),
        (table.silu,        ["σ(x)·(1 + x·(1 − σ(x)))"]),
        (table.softsign,    ["1/(1 + |x|)²"]),
        (table.hard_tanh,   ["[−1 ≤ x ≤ 1]"]),
        (table.sum,        ["1", "1"]),
        (table.mean,        ["0.5", "0.5"]),
        (table.prod,        ["y", "x"]),
        (table.dot,         ["y", "x"]),
        (table.norm,        ["x/√(x² + y²)", "y/√(x² + y²)"]),
        (table.max,        ["[x = max(x, y)]", "[y = max(y, x)]"]),
        (table.logsumexp,   ["exp(x)/(exp(x) + exp(y))", "exp(y)/(exp(x) + exp(y))"]),
        (table.cbrt,        ["1/(3·(∛x)²)"]),
        (table.over_square, ["1/y²", "−2·x/y³"]),
        (table.power_slope, ["y·(y − 1)·x^(y − 2)", "x^(y − 1)·(1 + y·ln(x))"]),
        (table.power_rate,  ["x^(y − 1)·(1 + y·ln(x))", "x^y·ln(x)²"]),
        (table.inversion,   ["(y² − x²)/(x² + y²)²", "−2·x·y/(x² + y²)²"]),
        (table.power_derivative, ["power_derivative(x, y, z + 1, w)",
                                  "power_derivative(x, y, z, w + 1)", "nan", "nan"]),
    ],
    ids=lambda argument: argument.name if isinstance(argument, Primitive) else "",
)
def test_local_derivatives_are_those_of_a_textbook(op: Primitive, expected: list[str]) -> None:
    assert derivatives(op) == expected


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (table.exp,     ["out"]),
        (table.sqrt,    ["1/(2·out)"]),
        (table.tanh,    ["1 − out²"]),
        (table.sigmoid, ["out·(1 − out)"]),
        (table.tan,     ["1 + out²"]),
        (table.norm,    ["x/out", "y/out"]),
        (table.share,   ["out·(1 − out)", "−out·exp(y)/(exp(x) + exp(y))"]),
    ],
    ids=lambda argument: argument.name if isinstance(argument, Primitive) else "",
)
def test_the_result_is_called_by_its_name(op: Primitive, expected: list[str]) -> None:
    assert derivatives(op, out="out") == expected
# fmt: on

POINTS = [
    (0.3, 0.7, 1.9, 0.2),
    (1.7, 0.4, 2.5, 1.0),
    (-0.6, 1.2, 2.2, 0.0),
    (2.5, 1.5, 3.0, 2.0),
    (0.4, -0.3, 0.8, 1.0),
    (0.6, 2.0, 1.0, 1.0),
]


@pytest.mark.parametrize("op", PRIMITIVES.values(), ids=PRIMITIVES)
def test_a_formula_of_a_local_derivative_gives_the_number_of_the_rule(op: Primitive) -> None:
    compared = 0
    for point in POINTS:
        numbers = point[: len(operands_of(op))]
        names = dict(zip("xyzw", numbers))
        rules = op.local_derivatives(numbers, op.evaluate(numbers))
        for formula, number in zip(derivatives(op, "plain"), rules, strict=True):
            if math.isfinite(number):
                assert value_of_plain(formula, names) == pytest.approx(number, rel=1e-12, abs=1e-15)
                compared += 1
    assert compared > 0


@pytest.mark.parametrize("op", PRIMITIVES.values(), ids=PRIMITIVES)
def test_a_formula_of_an_operation_gives_its_value(op: Primitive) -> None:
    formula = text(expanded(Operation(op, operands_of(op)), NOTATIONS["plain"], {}), "plain")
    for point in POINTS:
        numbers = point[: len(operands_of(op))]
        value = op.evaluate(numbers)
        if math.isfinite(value):
            again = value_of_plain(formula, dict(zip("xyzw", numbers)))
            assert again == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("op", PRIMITIVES.values(), ids=PRIMITIVES)
def test_latex_is_well_formed(op: Primitive) -> None:
    check_math(text(expanded(Operation(op, operands_of(op)), NOTATIONS["latex"], {}), "latex"))
    for formula in derivatives(op, "latex"):
        check_math(f"({formula}) \\cdot 2")


# ── Parentheses ───────────────────────────────────────────────────────────────


# fmt: off
@pytest.mark.parametrize(
    ("term", "plain", "unicode", "latex"),
    [
        (-(X**2),        "-x**2",         "−x²",           "-x^{2}"),
        ((-X) ** 2,      "(-x)**2",       "(−x)²",         "(-x)^{2}"),
        ((X - Y) - Z,    "x - y - z",     "x − y − z",     "x - y - z"),
        (X - (Y - Z),    "x - (y - z)",   "x − (y − z)",   "x - (y - z)"),
        (X + (Y + Z),    "x + (y + z)",   "x + y + z",     "x + y + z"),
        (X * (Y * Z),    "x*(y*z)",       "x·y·z",         r"x \cdot y \cdot z"),
        (X / (Y * Z),    "x/(y*z)",       "x/(y·z)",       r"\frac{x}{y \cdot z}"),
        (X / Y * Z,      "x/y*z",         "(x/y)·z",       r"\frac{x}{y} \cdot z"),
        (X * (Y / Z),    "x*(y/z)",       "x·(y/z)",       r"x \cdot \frac{y}{z}"),
        (X * Y / Z,      "x*y/z",         "x·y/z",         r"\frac{x \cdot y}{z}"),
        (X / Y / Z,      "x/y/z",         "(x/y)/z",       r"\frac{\frac{x}{y}}{z}"),
        (X / (Y / Z),    "x/(y/z)",       "x/(y/z)",       r"\frac{x}{\frac{y}{z}}"),
        (X**Y**Z,        "x**y**z",       "x^(y^z)",       "x^{y^{z}}"),
        ((X**Y) ** Z,    "(x**y)**z",     "(x^y)^z",       "(x^{y})^{z}"),
        (X ** -2.0,      "x**(-2)",       "x⁻²",           "x^{-2}"),
        (X ** (Y + 1.0), "x**(y + 1)",    "x^(y + 1)",     "x^{y + 1}"),
        (X * -Y,         "x*(-y)",        "x·(−y)",        r"x \cdot (-y)"),
        (-X * Y,         "-x*y",          "−x·y",          r"-x \cdot y"),
        (-(X + Y),       "-(x + y)",      "−(x + y)",      "-(x + y)"),
        (-X.negative(),  "-(-x)",         "−(−x)",         "-(-x)"),
        (X + -3.0,       "x + (-3)",      "x + (−3)",      "x + (-3)"),
        (X - -3.0,       "x - (-3)",      "x − (−3)",      "x - (-3)"),
        (-(X // Y),      "-(x // y)",     "−⌊x/y⌋",        r"-\lfloor \frac{x}{y} \rfloor"),
        (X % Y + Z,      "(x % y) + z",   "(x mod y) + z", r"(x \bmod y) + z"),
        (Z + X % Y,      "z + (x % y)",   "z + (x mod y)", r"z + (x \bmod y)"),
        (X * 1e-05,      "x*1e-05",       "x·10⁻⁵",        r"x \cdot 10^{-5}"),
        (X * 2.5e-05,    "x*2.5e-05",     "x·(2.5·10⁻⁵)",  r"x \cdot (2.5 \cdot 10^{-5})"),
        (X.exp() ** 2,   "exp(x)**2",     "exp(x)²",       "(e^{x})^{2}"),
        (X.sqrt() ** 2,  "sqrt(x)**2",    "(√x)²",         r"\sqrt{x}^{2}"),
        ((X + Y).sqrt(), "sqrt(x + y)",   "√(x + y)",      r"\sqrt{x + y}"),
        (abs(X) ** 2,    "abs(x)**2",     "|x|²",          r"\lvert x \rvert^{2}"),
        ((X / Y) ** 2,   "(x/y)**2",      "(x/y)²",        r"\left(\frac{x}{y}\right)^{2}"),
        (1.0 / X,        "1/x",           "1/x",           r"\frac{1}{x}"),
    ],
)
def test_parentheses(term: Term, plain: str, unicode: str, latex: str) -> None:
    assert text(term, "plain") == plain
    assert text(term, "unicode") == unicode
    assert text(term, "latex") == latex
    check_math(latex)
    names = {"x": 1.3, "y": 0.7, "z": 2.9}
    if "mod" not in unicode and "⌊" not in unicode:
        again = value_of_plain(as_python(unicode), names)
        assert again == pytest.approx(value_of_plain(plain, names), rel=1e-12)
# fmt: on


# ── Simplification ────────────────────────────────────────────────────────────


# fmt: off
@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (1.0 * X, "x"), (X * 1.0, "x"), (X / 1.0, "x"), (X**1.0, "x"), (0.0 + X, "x"),
        (X + 0.0, "x"), (X - 0.0, "x"), (-X.negative(), "x"), (0.0 - X, "0 − x"), (0.0 * X, "0·x"),
        (2.0 * X, "2·x"), (X * 2.0, "x·2"), (X - X, "x − x"),
    ],
)
def test_what_changes_nothing_is_left_out(term: Term, expected: str) -> None:
    assert text(tidied(term)) == expected


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (X * 2.0 * Y * 3.0,        "6·x·y"),
        (Constant(0.5) * (2.0 * X), "x"),
        (-X * -Y,                  "x·y"),
        (X * -1.0,                 "−x"),
        (2.0 / X * Y,              "2·y/x"),
        (X / (Y / Z),              "x·z/y"),
        (Constant(1 / 3) * X,      "x/3"),
        (X / 3.0 * 2.0,            "2·x/3"),
        (4.0 * X / 2.0,            "2·x"),
        (X * X * Y,                "x²·y"),
        (X + -Y,                   "x − y"),
        (X - -Y,                   "x + y"),
        (Constant(3.0) - 1.0,      "2"),
        (X ** (Constant(2.0) - 1.0), "x"),
        (0.0 * X,                  "0·x"),
        (0.1 * X,                  "0.1·x"),
        (Constant(2.225073858507203e-309) + X, "2.225073858507203·10⁻³⁰⁹ + x"),
        (X / 0.0,                  "x/0"),
        (math.inf * X,             "∞·x"),
    ],
)
def test_a_local_derivative_is_put_in_order(term: Term, expected: str) -> None:
    assert text(simplified(term)) == expected
# fmt: on


# ── Operations of a user's own ────────────────────────────────────────────────


def test_an_operation_of_a_users_own_is_written_by_its_name() -> None:
    versine = Primitive("versine", lambda x: 2 * math.sin(x / 2) ** 2, lambda x, out: table.sin(x))
    assert text(versine(X)) == "versine(x)"
    assert text(versine(X), "latex") == r"\operatorname{versine}(x)"
    assert derivatives(versine) == ["sin(x)"]


def test_it_can_say_how_it_is_written() -> None:
    cube = Primitive(
        "cube",
        lambda x: x**3,
        lambda x, out: 3.0 * x * x,
        formula=lambda x: x**3,
        latex=r"\operatorname{cube}",
    )
    assert text(expanded(cube(X), NOTATIONS["unicode"], {})) == "x³"
    assert text(expanded(cube(X), NOTATIONS["latex"], {}), "latex") == r"\operatorname{cube}(x)"
    assert derivatives(cube) == ["3·x²"]


def test_a_name_that_is_no_word_is_quoted() -> None:
    odd = Primitive("my op!", lambda x: x, lambda x, out: 1.0)
    assert text(odd(X)) == "“my op!”(x)"
    check_math(text(odd(X), "latex"))


@pytest.mark.parametrize(
    "rule",
    [
        lambda x, out: math.cos(x),
        lambda x, out: 1.0 if x else 0.0,
        lambda x, out: 1.0 if x > 0 else 0.0,
        lambda x, out: "no number",
    ],
)
def test_a_rule_that_looks_at_its_numbers_has_the_sign_of_a_derivative(rule: object) -> None:
    opaque = Primitive("opaque", lambda x: x, rule)  # type: ignore[arg-type]
    assert derivatives(opaque) == ["opaque′(x)"]
    assert derivatives(opaque, "plain") == ["d_opaque(x)"]
    assert derivatives(opaque, "latex") == [r"\operatorname{opaque}'(x)"]


def test_of_several_inputs_the_sign_says_which() -> None:
    opaque = Primitive(
        "opaque", lambda x, y: x, lambda x, y, out: math.cos(x), lambda x, y, out: math.cos(y)
    )
    assert derivatives(opaque) == ["opaque′₁(x, y)", "opaque′₂(x, y)"]


def test_a_rule_may_need_a_constant_as_a_number() -> None:
    scaled = Primitive(
        "scaled",
        lambda x, n: x * math.sqrt(n),
        lambda x, n, out: math.sqrt(n) + 0.0 * x,
        lambda x, n, out: x / (2.0 * math.sqrt(n)),
    )
    operands = (X, Constant(4.0))
    first, second = local_derivatives(scaled, operands, Operation(scaled, operands))
    assert text(simplified(first)) == "2 + 0·x"
    assert text(simplified(second)) == "x/4"


def test_a_rule_that_goes_deep_is_not_written_out() -> None:
    def deep(x: Term, _out: Term) -> Term:
        for _ in range(10_000):
            x = table.sin(x)
        return x

    assert derivatives(Primitive("deep", lambda x: x, deep)) == ["deep′(x)"]


def test_a_formula_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match=r"^a formula is neither true nor false$"):
        bool(X)


def test_many_operands_are_shortened() -> None:
    many = tuple(Symbol(Name(f"x{i}")) for i in range(1, 51))
    assert text(Operation(table.max, many)) == "max(x₁, x₂, x₃, …, x₅₀)"
    assert text(Operation(table.sum, many)) == "x₁ + x₂ + x₃ + … + x₅₀"
    assert text(Operation(table.prod, many)) == "x₁·x₂·x₃·…·x₅₀"
    softmax = text(expanded(Operation(table.share, many), NOTATIONS["unicode"], {}))
    assert softmax == "exp(x₁)/(exp(x₁) + exp(x₂) + exp(x₃) + … + exp(x₅₀))"


def test_terms_that_are_left_out_leave_an_ellipsis() -> None:
    assert text(Sum([(False, X), (True, Y), (False, Z)], omitted=7)) == "x − y + … + z"
    assert text(Sum([(True, X), (False, Y)])) == "−x + y"
