"""The notations of formulas, plain text, Unicode and LaTeX: names, numbers, operators.

A notation joins texts and knows nothing of the operations behind them. Each fragment of a
formula carries its `Level`, which tells whether it needs parentheses in a larger one.
"""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Sequence
from enum import IntEnum
from typing import Final, NamedTuple


class Level(IntEnum):
    """The binding strength of a fragment of a formula, the loosest first."""

    LOOSE = -1  # in parentheses in every larger fragment
    SUM = 0
    NEGATIVE = 1  # begins with a minus
    QUOTIENT = 2
    PRODUCT = 3
    TIGHT = 4  # a power or a root, in parentheses only in a further power
    ATOM = 5


class Fragment(NamedTuple):
    """A fragment of a formula: its text, and the strength that binds it together."""

    text: str
    level: Level = Level.ATOM


class Name(NamedTuple):
    """The name of a value in a formula.

    A ``literal`` name is shown letter for letter and in quotation marks, because it would
    otherwise look like another name.
    """

    text: str
    literal: bool = False


_LETTERS: Final = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "sigma tau upsilon phi chi psi omega"
)
_GREEK: Final = dict(zip(_LETTERS.split(), "αβγδεζηθικλμνξοπρστυφχψω", strict=True))
_SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

# Letters and then digits, such as w11 or x_1: the digits become a subscript.
_INDEXED: Final = re.compile(r"([^\W\d_]+)_?([0-9]+)", re.ASCII)
# The name of a parameter in a model, such as layers.0.w.1.
_DOTTED: Final = re.compile(r"[^\W\d]\w*(\.\w+)+")

# Characters with a meaning in LaTeX's text, written in its mathematics. A "<" is braced so that
# no Markdown takes it for the beginning of a tag.
_LATEX_SIGNS: Final = {
    **{sign: f"\\{sign}" for sign in "{}$&#%_"},
    **{sign: f"{{{sign}}}" for sign in "<>[]!"},
    "\\": r"\backslash ",
    "^": r"\hat{\ }",
    "~": r"\sim ",
    "*": r"\ast ",
    "|": r"\vert ",
    "`": r"\grave{\ }",
}


def printable(text: str) -> str:
    r"""The text with spaces for line ends, and U+FFFD for characters that cannot be shown.

    >>> printable("learning\nrate")
    'learning rate'
    """
    spaced = " ".join(text.split("\n"))
    return "".join([c if c.isprintable() else "\ufffd" for c in spaced])


def _in_quotes(text: str, left: str, right: str) -> str:
    """The text in quotation marks, with those in it escaped."""
    shown = text.replace("\\", "\\\\").replace(right, "\\" + right).replace("\n", "\\n")
    return left + "".join([c if c.isprintable() else "\ufffd" for c in shown]) + right


class Notation:
    """Plain text that is valid Python, and the base of the other notations."""

    style = "plain"
    minus = "-"
    times = "*"
    modulo = "%"
    ellipsis = "..."
    quotes = ('"', '"')
    infinity = "inf"
    nan = "nan"
    # The level of a first factor without parentheses: a/b*c is right in Python.
    product_begins = Level.QUOTIENT

    # ── Names ─────────────────────────────────────────────────────────────────

    def name(self, name: Name) -> str:
        """A value's name."""
        text = name.text
        is_word = text.isidentifier() and not keyword.iskeyword(text)
        if not name.literal and (is_word or _DOTTED.fullmatch(text)):
            return text
        return _in_quotes(text, *self.quotes)

    def function(self, text: str) -> str:
        """The name of an operation that has no typesetting of its own."""
        return text if text.isidentifier() else _in_quotes(text, *self.quotes)

    def subscript(self, index: str) -> str:
        """An index as a subscript; "" for ""."""
        return index

    # ── Numbers ───────────────────────────────────────────────────────────────

    def number(self, number: float, digits: int | None) -> Fragment:
        """A number with ``digits`` significant digits, or with as many as it needs."""
        if math.isnan(number):
            return Fragment(self.nan)
        if math.copysign(1.0, number) < 0.0:
            size = "0.0" if number == 0.0 else self.number(-number, digits).text
            return Fragment(self.minus + size, Level.NEGATIVE)
        if math.isinf(number):
            return Fragment(self.infinity)
        text = repr(number) if digits is None else f"{number:.{digits}g}"
        return self.decimal(text.removesuffix(".0"))

    def decimal(self, text: str) -> Fragment:
        """A decimal number as Python writes it, such as ``1e-05``."""
        return Fragment(text)

    # ── Operators ─────────────────────────────────────────────────────────────

    def sum(self, terms: Sequence[tuple[bool, Fragment]]) -> Fragment:
        """The sum of terms, each with True if it is subtracted."""
        if len(terms) == 1:
            return self.negative(terms[0][1]) if terms[0][0] else terms[0][1]
        text = ""
        for subtracted, term in terms:
            if not text:
                text = self.negative(term).text if subtracted else self.within(term, Level.SUM)
                continue
            sign = self.minus if subtracted else "+"
            text += f" {sign} {self.within(term, Level.QUOTIENT)}"
        return Fragment(text, Level.SUM)

    def product(self, factors: Sequence[Fragment]) -> Fragment:
        """The product of two factors or more."""
        first, *others = factors
        level, begins = self._levels(first, Level.PRODUCT)
        texts = [self.within(first, begins), *[self.within(x, Level.TIGHT) for x in others]]
        return Fragment(self.times.join(texts), level)

    def quotient(self, dividend: Fragment, divisor: Fragment) -> Fragment:
        """A fraction."""
        level, begins = self._levels(dividend, Level.QUOTIENT)
        above, below = self.within(dividend, begins), self.within(divisor, Level.TIGHT)
        return Fragment(f"{above}/{below}", level)

    def _levels(self, first: Fragment, usual: Level) -> tuple[Level, Level]:
        """The level of a product that begins with this factor, and of what it may begin with."""
        if first.level is Level.NEGATIVE:
            return Level.NEGATIVE, Level.NEGATIVE
        return usual, self.product_begins

    def loose(self, sign: str, left: Fragment, right: Fragment) -> Fragment:
        """``//`` or modulo, in parentheses as an operand, since few know how they bind."""
        left_text, right_text = self.within(left, Level.TIGHT), self.within(right, Level.TIGHT)
        return Fragment(f"{left_text} {sign} {right_text}", Level.LOOSE)

    def remainder(self, left: Fragment, right: Fragment) -> Fragment:
        """The remainder of a division."""
        return self.loose(self.modulo, left, right)

    def negative(self, operand: Fragment) -> Fragment:
        """Minus the operand."""
        return Fragment(self.minus + self.within(operand, Level.QUOTIENT), Level.NEGATIVE)

    def power(self, base: Fragment, exponent: Fragment, whole: int | None) -> Fragment:  # noqa: ARG002
        """A power; ``whole`` is the exponent if that is a small whole number."""
        text = f"{self.within(base, Level.ATOM)}**{self.within(exponent, Level.TIGHT)}"
        return Fragment(text, Level.TIGHT)

    def sequence(self, operands: Sequence[str]) -> str:
        """The operand of a function that takes a sequence."""
        return f"[{', '.join(operands)}]"

    def call(self, function: str, operands: Sequence[str]) -> Fragment:
        """A function of operands."""
        return Fragment(function + self.parenthesised(", ".join(operands)))

    def template(self, template: str, operands: Sequence[Fragment]) -> Fragment:
        """A template, its ``#1``, ``@1`` and ``#*`` replaced; see `Primitive`."""

        def replaced(match: re.Match[str]) -> str:
            if match[0] == "#*":
                return ", ".join([operand.text for operand in operands])
            operand = operands[int(match[0][1]) - 1]
            return self.within(operand, Level.ATOM) if match[0][0] == "@" else operand.text

        text = re.sub(r"#\*|[#@][1-9]", replaced, template)
        is_power = "^" in template or template[-2:-1] in ("@", "#")
        return Fragment(text, Level.TIGHT if is_power else Level.ATOM)

    def within(self, operand: Fragment, level: Level) -> str:
        """The text of an operand, in parentheses if it binds less tightly than ``level``."""
        return operand.text if operand.level >= level else self.parenthesised(operand.text)

    def parenthesised(self, text: str) -> str:
        """The text in parentheses."""
        return f"({text})"

    def derivative(self, above: str, below: str) -> str:
        """The sign for the derivative of one value with respect to another."""
        return f"d{above}/d{below}"


class MathNotation(Notation):
    """The base of the notations of mathematics, which have superscripts and no lists."""

    def superscript(self, number: str) -> str:
        """An exponent."""
        raise NotImplementedError

    def decimal(self, text: str) -> Fragment:
        """A decimal number; a power of ten is written out."""
        digits, _, exponent = text.partition("e")
        if not exponent:
            return Fragment(text)
        power = "10" + self.superscript(str(int(exponent)))
        if digits == "1":
            return Fragment(power, Level.TIGHT)
        return Fragment(digits + self.times + power, Level.PRODUCT)

    def sequence(self, operands: Sequence[str]) -> str:
        """The operands of a function, without brackets."""
        return ", ".join(operands)


class UnicodeNotation(MathNotation):
    """Text with the signs of mathematics."""

    style = "unicode"
    minus = "−"
    times = "·"
    modulo = "mod"
    ellipsis = "…"
    quotes = ("“", "”")
    infinity = "∞"
    product_begins = Level.PRODUCT

    def name(self, name: Name) -> str:
        """A value's name: ``w11`` with a subscript, and ``alpha`` as α."""
        if name.literal:
            return _in_quotes(name.text, *self.quotes)
        if name.text in _GREEK:
            return _GREEK[name.text]
        indexed = _INDEXED.fullmatch(name.text)
        if indexed:
            return _GREEK.get(indexed[1], indexed[1]) + indexed[2].translate(_SUBSCRIPTS)
        return super().name(name)

    def subscript(self, index: str) -> str:
        """An index as a subscript."""
        return index.translate(_SUBSCRIPTS)

    def superscript(self, number: str) -> str:
        """A whole number as a superscript."""
        return number.translate(_SUPERSCRIPTS)

    def power(self, base: Fragment, exponent: Fragment, whole: int | None) -> Fragment:
        """A power, with a superscript for a whole exponent."""
        text = self.within(base, Level.ATOM)
        if whole is not None:
            return Fragment(text + self.superscript(str(whole)), Level.TIGHT)
        return Fragment(f"{text}^{self.within(exponent, Level.ATOM)}", Level.TIGHT)

    def derivative(self, above: str, below: str) -> str:
        """The sign for the derivative of one value with respect to another."""
        return f"∂{above}/∂{below}"


class LatexNotation(MathNotation):
    """The mathematics of LaTeX, MathJax and KaTeX."""

    style = "latex"
    times = r" \cdot "
    modulo = r"\bmod"
    ellipsis = r"\dots"
    infinity = r"\infty"
    nan = r"\mathrm{nan}"

    def name(self, name: Name) -> str:
        """A value's name: one letter in italics, a word upright, anything else as text."""
        text = name.text
        if not name.literal:
            indexed = _INDEXED.fullmatch(text)
            word, index = (indexed[1], f"_{{{indexed[2]}}}") if indexed else (text, "")
            if word in _GREEK:
                return ("o" if word == "omicron" else f"\\{word}") + index
            if re.fullmatch(r"[A-Za-z]", word):
                return word + index
            if re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]*", word):
                return rf"\mathrm{{{_underscored(word)}}}{index}"
        begins_like_a_word = text[:1].isalpha() and not name.literal
        shown = printable(text) if begins_like_a_word else f"“{printable(text)}”"
        return f"{{{_latex_text(shown)}}}"

    def function(self, text: str) -> str:
        """The name of an operation that has no typesetting of its own."""
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", text):
            return rf"\operatorname{{{_underscored(text)}}}"
        return f"{{{_latex_text(printable(text))}}}"

    def subscript(self, index: str) -> str:
        """An index as a subscript."""
        return f"_{{{index}}}" if index else ""

    def superscript(self, number: str) -> str:
        """An exponent, which need not be a number."""
        return f"^{{{number}}}"

    def quotient(self, dividend: Fragment, divisor: Fragment) -> Fragment:
        """A fraction."""
        return Fragment(rf"\frac{{{dividend.text}}}{{{divisor.text}}}", Level.TIGHT)

    def power(self, base: Fragment, exponent: Fragment, whole: int | None) -> Fragment:  # noqa: ARG002
        """A power."""
        return Fragment(
            self.within(base, Level.ATOM) + self.superscript(exponent.text), Level.TIGHT
        )

    def parenthesised(self, text: str) -> str:
        """The text in parentheses, as high as a fraction where it has one."""
        return rf"\left({text}\right)" if r"\frac" in text or r"\begin" in text else f"({text})"

    def derivative(self, above: str, below: str) -> str:
        """The sign for the derivative of one value with respect to another."""
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"


NOTATIONS: Final = {
    notation.style: notation for notation in (Notation(), UnicodeNotation(), LatexNotation())
}


def _underscored(word: str) -> str:
    return word.replace("_", r"\_")


def _latex_text(text: str) -> str:
    """The text for LaTeX's mathematics, with its special characters escaped."""
    pieces = re.split(f"([{re.escape(''.join(_LATEX_SIGNS))}])", text)
    return "".join([_LATEX_SIGNS.get(x, rf"\text{{{x}}}") for x in pieces if x])
