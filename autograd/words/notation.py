"""How a formula looks in plain text, in Unicode and in LaTeX: names, numbers, operators.

Nothing here knows what a formula means. A piece that is written carries its `Level`,
which says how tightly it holds together, so that whoever puts it into something
larger knows whether it needs parentheses there.
"""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Sequence
from enum import IntEnum
from typing import Final, NamedTuple


class Level(IntEnum):
    """How tightly a piece of a formula holds together, loosest first."""

    LOOSE = -1  # in parentheses wherever it is a part
    SUM = 0
    NEGATIVE = 1  # begins with a minus
    QUOTIENT = 2
    PRODUCT = 3
    TIGHT = 4  # a power or a root, which only a further power would tear apart
    ATOM = 5


class Written(NamedTuple):
    """A piece of a formula."""

    text: str
    level: Level = Level.ATOM


class Name(NamedTuple):
    """What a formula calls a value.

    A name that is ``literal`` is shown letter for letter and in quotation marks:
    written as others are, it could be taken for one of them.
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
# The place of a parameter in a model, such as layers.0.w.1.
_PATH: Final = re.compile(r"[^\W\d]\w*(\.\w+)+")

# What is not itself in LaTeX's text, written in its mathematics. A "<" is braced so that
# no Markdown takes it for the beginning of a tag.
_LATEX_SIGNS: Final = {
    "\\": r"\backslash ",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\hat{\ }",
    "~": r"\sim ",
    "<": "{<}",
    ">": "{>}",
    "*": r"\ast ",
    "|": r"\vert ",
    "`": r"\grave{\ }",
    "[": "{[}",
    "]": "{]}",
    "!": "{!}",
}


def printable(text: str) -> str:
    r"""The text with a line's end as a space, and what cannot be shown as U+FFFD.

    >>> printable("learning\nrate")
    'learning rate'
    """
    spaced = " ".join(text.split("\n"))
    return "".join([c if c.isprintable() else "\ufffd" for c in spaced])


def _quoted(text: str, left: str, right: str) -> str:
    """The text in quotation marks, so that its end cannot be mistaken."""
    shown = text.replace("\\", "\\\\").replace(right, "\\" + right).replace("\n", "\\n")
    return left + "".join([c if c.isprintable() else "\ufffd" for c in shown]) + right


class Style:
    """Plain text that reads like Python, and the base of the other styles."""

    title = "plain"
    minus = "-"
    times = "*"
    ellipsis = "..."
    quotes = ('"', '"')
    # A quotient that a product begins with: a/b*c is as Python means it.
    product_begins = Level.QUOTIENT

    # ── Names ─────────────────────────────────────────────────────────────────

    def name(self, name: Name) -> str:
        """A value's name."""
        text = name.text
        is_word = text.isidentifier() and not keyword.iskeyword(text)
        if not name.literal and (is_word or _PATH.fullmatch(text)):
            return text
        return _quoted(text, *self.quotes)

    def function(self, text: str) -> str:
        """The name of an operation that says nothing of how it is written."""
        return text if text.isidentifier() else _quoted(text, *self.quotes)

    def subscript(self, index: str) -> str:
        """A number below the line; nothing for nothing."""
        return index

    # ── Numbers ───────────────────────────────────────────────────────────────

    def number(self, number: float, digits: int | None) -> Written:
        """A number, with so many significant digits, or with all that it takes."""
        if math.isnan(number):
            return Written(self.special("nan"))
        sign = self.minus if math.copysign(1.0, number) < 0.0 else ""
        if sign and number == 0.0:
            return Written(f"{sign}0.0", Level.NEGATIVE)
        written = self._size(abs(number), digits)
        return Written(sign + written.text, Level.NEGATIVE) if sign else written

    def special(self, word: str) -> str:
        """Either of the words nan and inf."""
        return word

    def _size(self, number: float, digits: int | None) -> Written:
        if math.isinf(number):
            return Written(self.special("inf"))
        return self.decimal(_decimal(number, digits))

    def decimal(self, text: str) -> Written:
        """A decimal number as Python writes it, such as ``1e-05``."""
        return Written(text)

    # ── Operators ─────────────────────────────────────────────────────────────

    def sum(self, terms: Sequence[tuple[bool, Written]]) -> Written:
        """Terms, each with whether it is subtracted."""
        if len(terms) == 1:
            return self.negative(terms[0][1]) if terms[0][0] else terms[0][1]
        text = ""
        for subtracted, term in terms:
            if not text:
                text = self.negative(term).text if subtracted else self.within(term, Level.SUM)
                continue
            sign = self.minus if subtracted else "+"
            text += f" {sign} {self.within(term, Level.QUOTIENT)}"
        return Written(text, Level.SUM)

    def product(self, factors: Sequence[Written]) -> Written:
        """Two factors or more."""
        first, *others = factors
        level = Level.NEGATIVE if first.level is Level.NEGATIVE else Level.PRODUCT
        begins = Level.NEGATIVE if level is Level.NEGATIVE else self.product_begins
        texts = [self.within(first, begins), *[self.within(x, Level.TIGHT) for x in others]]
        return Written(self.times.join(texts), level)

    def quotient(self, dividend: Written, divisor: Written) -> Written:
        """One thing over another."""
        level = Level.NEGATIVE if dividend.level is Level.NEGATIVE else Level.QUOTIENT
        begins = Level.NEGATIVE if level is Level.NEGATIVE else self.product_begins
        return Written(
            f"{self.within(dividend, begins)}/{self.within(divisor, Level.TIGHT)}", level
        )

    def operator(self, sign: str, left: Written, right: Written) -> Written:
        """Python's ``//`` or ``%``, of which few know how tightly they bind."""
        left_text, right_text = self.within(left, Level.TIGHT), self.within(right, Level.TIGHT)
        return Written(f"{left_text} {sign} {right_text}", Level.LOOSE)

    def negative(self, operand: Written) -> Written:
        """Minus something."""
        return Written(self.minus + self.within(operand, Level.QUOTIENT), Level.NEGATIVE)

    def power(self, base: Written, exponent: Written, whole: int | None) -> Written:  # noqa: ARG002
        """A power; ``whole`` is the exponent if that is a small whole number."""
        text = f"{self.within(base, Level.ATOM)}**{self.within(exponent, Level.TIGHT)}"
        return Written(text, Level.TIGHT)

    def call(self, function: str, operands: Sequence[Written], sequences: int) -> Written:
        """A function of operands; of so many sequences if it takes any, else 0."""
        texts = [operand.text for operand in operands]
        if sequences:
            length = len(texts) // sequences
            texts = [
                f"[{', '.join(texts[i * length : (i + 1) * length])}]" for i in range(sequences)
            ]
        return Written(f"{function}({', '.join(texts)})")

    def template(self, template: str, operands: Sequence[Written]) -> Written:
        """A template, its ``#1``, ``@1`` and ``#*`` replaced; see `Primitive`."""

        def replaced(match: re.Match[str]) -> str:
            if match[0] == "#*":
                return ", ".join([operand.text for operand in operands])
            operand = operands[int(match[0][1]) - 1]
            return self.within(operand, Level.ATOM) if match[0][0] == "@" else operand.text

        text = re.sub(r"#\*|[#@][1-9]", replaced, template)
        torn = "^" in template or template[-2:-1] in ("@", "#")
        return Written(text, Level.TIGHT if torn else Level.ATOM)

    def within(self, operand: Written, level: Level) -> str:
        """The text of an operand, in parentheses if it does not hold together so tightly."""
        return operand.text if operand.level >= level else self.parenthesised(operand.text)

    def parenthesised(self, text: str) -> str:
        """The text in parentheses."""
        return f"({text})"

    def derivative(self, above: str, below: str) -> str:
        """The derivative of one thing with respect to another."""
        return f"d{above}/d{below}"


class UnicodeStyle(Style):
    """Text with the signs of mathematics."""

    title = "unicode"
    minus = "−"
    times = "·"
    ellipsis = "…"
    quotes = ("“", "”")
    product_begins = Level.PRODUCT

    def name(self, name: Name) -> str:
        """A value's name: ``w11`` with a subscript, and ``alpha`` as α."""
        if name.literal:
            return _quoted(name.text, *self.quotes)
        if name.text in _GREEK:
            return _GREEK[name.text]
        indexed = _INDEXED.fullmatch(name.text)
        if indexed:
            return _GREEK.get(indexed[1], indexed[1]) + indexed[2].translate(_SUBSCRIPTS)
        return super().name(name)

    def subscript(self, index: str) -> str:
        """A number below the line."""
        return index.translate(_SUBSCRIPTS)

    def special(self, word: str) -> str:
        """Either of the words nan and inf."""
        return "∞" if word == "inf" else word

    def decimal(self, text: str) -> Written:
        """A decimal number; a power of ten is written out."""
        digits, _, exponent = text.partition("e")
        if not exponent:
            return Written(text)
        power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
        if digits == "1":
            return Written(power, Level.TIGHT)
        return Written(f"{digits}·{power}", Level.PRODUCT)

    def power(self, base: Written, exponent: Written, whole: int | None) -> Written:
        """A power; whole exponents are raised."""
        text = self.within(base, Level.ATOM)
        if whole is not None:
            return Written(text + str(whole).translate(_SUPERSCRIPTS), Level.TIGHT)
        return Written(f"{text}^{self.within(exponent, Level.ATOM)}", Level.TIGHT)

    def call(self, function: str, operands: Sequence[Written], sequences: int) -> Written:  # noqa: ARG002
        """A function of operands."""
        return super().call(function, operands, 0)

    def derivative(self, above: str, below: str) -> str:
        """The derivative of one thing with respect to another."""
        return f"∂{above}/∂{below}"


class LatexStyle(Style):
    """The mathematics of LaTeX, as MathJax and KaTeX know it too."""

    title = "latex"
    times = r" \cdot "
    ellipsis = r"\dots"

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
        """The name of an operation that says nothing of how it is written."""
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", text):
            return rf"\operatorname{{{_underscored(text)}}}"
        return f"{{{_latex_text(printable(text))}}}"

    def subscript(self, index: str) -> str:
        """A number below the line."""
        return f"_{{{index}}}" if index else ""

    def special(self, word: str) -> str:
        """Either of the words nan and inf."""
        return r"\infty" if word == "inf" else rf"\mathrm{{{word}}}"

    def decimal(self, text: str) -> Written:
        """A decimal number; a power of ten is written out."""
        digits, _, exponent = text.partition("e")
        if not exponent:
            return Written(text)
        power = f"10^{{{int(exponent)}}}"
        if digits == "1":
            return Written(power, Level.TIGHT)
        return Written(rf"{digits} \cdot {power}", Level.PRODUCT)

    def quotient(self, dividend: Written, divisor: Written) -> Written:
        """A fraction."""
        return Written(rf"\frac{{{dividend.text}}}{{{divisor.text}}}", Level.TIGHT)

    def operator(self, sign: str, left: Written, right: Written) -> Written:
        """Python's ``%``."""
        return super().operator(r"\bmod" if sign == "%" else sign, left, right)

    def power(self, base: Written, exponent: Written, whole: int | None) -> Written:  # noqa: ARG002
        """A power."""
        return Written(f"{self.within(base, Level.ATOM)}^{{{exponent.text}}}", Level.TIGHT)

    def call(self, function: str, operands: Sequence[Written], sequences: int) -> Written:  # noqa: ARG002
        """A function of operands."""
        inside = ", ".join([operand.text for operand in operands])
        return Written(function + self.parenthesised(inside))

    def parenthesised(self, text: str) -> str:
        """The text in parentheses, as high as it is."""
        return rf"\left({text}\right)" if r"\frac" in text or r"\begin" in text else f"({text})"

    def derivative(self, above: str, below: str) -> str:
        """The derivative of one thing with respect to another."""
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"


STYLES: Final = {style.title: style for style in (Style(), UnicodeStyle(), LatexStyle())}


def _underscored(word: str) -> str:
    return word.replace("_", r"\_")


def _latex_text(text: str) -> str:
    """A text for LaTeX's mathematics, in which each sign shows as it is."""
    pieces = re.split(r"([\\{}$&#%_^~<>*|`\[\]!])", text)
    return "".join([_LATEX_SIGNS.get(x, rf"\text{{{x}}}") for x in pieces if x])


def _decimal(number: float, digits: int | None) -> str:
    """A number that is finite and not negative, as Python writes it, without a needless ``.0``.

    >>> _decimal(3.0, None), _decimal(0.1, None), _decimal(2 / 3, 4), _decimal(1e-5, 4)
    ('3', '0.1', '0.6667', '1e-05')
    """
    text = repr(number) if digits is None else f"{number:.{digits}g}"
    return text.removesuffix(".0")
