"""Names and numbers in each style."""

from __future__ import annotations

import math
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.words.notation import NOTATIONS, Fragment, Level, Name, printable
from tests.latex import check_math

PLAIN, UNICODE, LATEX = NOTATIONS["plain"], NOTATIONS["unicode"], NOTATIONS["latex"]

labels = st.one_of(
    st.text(),
    st.text(alphabet=string.printable),
    st.sampled_from(
        [
            "x_1", "learning rate", "100%", r"\frac", "<b>bold</b>", "a$b$c", "`code`", "*em*",
            "[step](url)", "line\nline", 'say "x"', "“x”", "שלום", "مرحبا", "🎉", "a&b", "#1", "~",
            "^", "{", "}", "\\", "|a|", "\u202eevil", "x'", "lambda", "3", "x + y", "", " ", "é",
        ]
    ),
)  # fmt: skip


# fmt: off
@pytest.mark.parametrize(
    ("label", "plain", "unicode", "latex"),
    [
        ("x",             "x",               "x",               "x"),
        ("w11",           "w11",             "w₁₁",             "w_{11}"),
        ("x_1",           "x_1",             "x₁",              "x_{1}"),
        ("loss",          "loss",            "loss",            r"\mathrm{loss}"),
        ("alpha",         "alpha",           "α",               r"\alpha"),
        ("beta2",         "beta2",           "β₂",              r"\beta_{2}"),
        ("learning_rate", "learning_rate",   "learning_rate",   r"\mathrm{learning\_rate}"),
        ("learning rate", '"learning rate"', "“learning rate”", r"{\text{learning rate}}"),
        ("layers.0.w.1",  "layers.0.w.1",    "layers.0.w.1",    r"\mathrm{layers.0.w.1}"),
        ("100%",          '"100%"',          "“100%”",          r"{\text{“100}\%\text{”}}"),
        (r"\fr",          r'"\\fr"',         r"“\\fr”",         r"{\text{“}\backslash \text{fr”}}"),
        ("lambda",        '"lambda"',        "λ",               r"\lambda"),
        ("3",             '"3"',             "“3”",             r"{\text{“3”}}"),
        ("a\nb",          r'"a\nb"',         r"“a\nb”",         r"{\text{a b}}"),
        ("é",             "é",               "é",               r"{\text{é}}"),
        ("",              '""',              "“”",              r"{\text{“”}}"),
    ],
)
def test_names(label: str, plain: str, unicode: str, latex: str) -> None:
    name = Name(label)
    assert [style.name(name) for style in (PLAIN, UNICODE, LATEX)] == [plain, unicode, latex]


@pytest.mark.parametrize(
    ("number", "digits", "plain", "unicode", "latex"),
    [
        (3.0,      None, "3",         "3",           "3"),
        (-2.5,     None, "-2.5",      "−2.5",        "-2.5"),
        (2 / 3,    4,    "0.6667",    "0.6667",      "0.6667"),
        (2 / 3,    None, "0.6666666666666666", "0.6666666666666666", "0.6666666666666666"),
        (1e-5,     6,    "1e-05",     "10⁻⁵",        "10^{-5}"),
        (-2.5e-7,  6,    "-2.5e-07",  "−2.5·10⁻⁷",   r"-2.5 \cdot 10^{-7}"),
        (1e300,    6,    "1e+300",    "10³⁰⁰",       "10^{300}"),
        (1e6,      6,    "1e+06",     "10⁶",         "10^{6}"),
        (math.inf, 6,    "inf",       "∞",           r"\infty"),
        (-math.inf, 6,   "-inf",      "−∞",          r"-\infty"),
        (math.nan, 6,    "nan",       "nan",         r"\mathrm{nan}"),
        (0.0,      6,    "0",         "0",           "0"),
        (-0.0,     6,    "-0.0",      "−0.0",        "-0.0"),
    ],
)
def test_numbers(number: float, digits: int | None, plain: str, unicode: str, latex: str) -> None:
    texts = [style.number(number, digits).text for style in (PLAIN, UNICODE, LATEX)]
    assert texts == [plain, unicode, latex]
# fmt: on


@given(st.floats())
def test_a_plain_number_is_that_number(number: float) -> None:
    text = PLAIN.number(number, None).text
    again = eval(text, {"inf": math.inf, "nan": math.nan})
    assert again == number or (math.isnan(again) and math.isnan(number))
    assert math.isnan(number) or math.copysign(1.0, again) == math.copysign(1.0, number)


@given(labels)
def test_a_label_survives_in_plain_text_and_in_unicode(label: str) -> None:
    shown = "".join([c if c.isprintable() or c == "\n" else "\ufffd" for c in label])
    for style, quotes in [(PLAIN, '""'), (UNICODE, "“”")]:
        text = style.name(Name(label, literal=True))
        assert text[0] + text[-1] == quotes
        assert "\n" not in text
        inside = text[1:-1]
        again = re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], inside)
        assert again == shown


@given(labels)
def test_a_quoted_name_ends_where_it_seems_to(label: str) -> None:
    for style, end in [(PLAIN, '"'), (UNICODE, "”")]:
        inside = style.name(Name(label, literal=True))[1:-1]
        assert not re.search(rf"(?<!\\)(\\\\)*{end}", inside)


@given(labels, st.booleans())
def test_a_label_cannot_break_latex(label: str, literal: bool) -> None:
    check_math(LATEX.name(Name(label, literal)) + "^{2}")


@given(labels)
def test_a_label_can_be_read_back_from_latex(label: str) -> None:
    latex = LATEX.name(Name(label, literal=True))[1:-1]
    signs = {
        r"\backslash ": "\\", r"\hat{\ }": "^", r"\sim ": "~", r"\ast ": "*", r"\vert ": "|",
        r"\grave{\ }": "`", r"\{": "{", r"\}": "}", **{"\\" + c: c for c in "$&#%_"},
        **{f"{{{c}}}": c for c in "<>[]!"},
    }  # fmt: skip
    pattern = "|".join(map(re.escape, signs)) + r"|\\text\{([^{}]*)\}"
    pieces = re.finditer(pattern, latex)
    again = "".join([signs[m[0]] if m[0] in signs else m[1] for m in pieces])
    assert again == f"“{printable(label)}”"


@given(labels)
def test_no_markup_comes_through(label: str) -> None:
    latex = LATEX.name(Name(label))
    assert not re.search(r"<\w|`|\]\(|(?<!\\)\*", latex)


def test_parentheses_stand_where_a_piece_is_too_loose() -> None:
    total, product = Fragment("a + b", Level.SUM), Fragment("a*b", Level.PRODUCT)
    assert PLAIN.within(total, Level.PRODUCT) == "(a + b)"
    assert PLAIN.within(product, Level.PRODUCT) == "a*b"


def test_a_template_is_filled_in() -> None:
    operands = [Fragment("x"), Fragment("a + b", Level.SUM)]
    assert UNICODE.template("[#1 < #2]", operands) == Fragment("[x < a + b]", Level.ATOM)
    assert UNICODE.template("√@2", operands) == Fragment("√(a + b)", Level.TIGHT)
    assert UNICODE.template("max(#*)", operands) == Fragment("max(x, a + b)", Level.ATOM)
