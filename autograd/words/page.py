"""Pages: headings, sentences and equations, set for a terminal, in Markdown or in LaTeX."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import ClassVar, Final

from autograd.words.notation import NOTATIONS, Notation

# The widths up to which an equation is set in one line.
_TEXT_COLUMNS: Final = 88
_LATEX_COLUMNS: Final = 60
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"


class Page:
    """A page for a terminal, and the base of the others.

    An equation is the sequence of its sides, of which the first is on the left.
    """

    notation: ClassVar[Notation] = NOTATIONS["unicode"]
    cross: ClassVar[str] = " × "
    arrow: ClassVar[str] = "→"

    def __init__(self) -> None:
        self._blocks: list[str] = []

    def title(self, text: str) -> None:
        """The heading of the page."""
        self._underline(text, "=")

    def heading(self, text: str) -> None:
        """The heading of a part."""
        self._underline(text, "-")

    def _underline(self, text: str, line: str) -> None:
        self._blocks.append(f"{text.replace(_NO_BREAK, ' ')}\n{line * len(text)}")

    def paragraph(self, text: str) -> None:
        """Sentences."""
        # Spaces within a formula are no-break spaces so far.
        lines = textwrap.wrap(text, _TEXT_COLUMNS, break_long_words=False, break_on_hyphens=False)
        self._blocks.append("\n".join(lines).replace(_NO_BREAK, " "))

    def equations(self, equations: Sequence[Sequence[str]]) -> None:
        """Equations, one below the other."""
        lines: list[str] = []
        for left, *right in equations:
            line = "  " + " = ".join([left, *right])
            if len(line) <= _TEXT_COLUMNS or not right:
                lines.append(line)
                continue
            indent = " " * (len(left) + 3)
            lines.append(f"  {left} = {right[0]}")
            lines += [f"{indent}= {side}" for side in right[1:]]
        if lines:
            self._blocks.append("\n".join(lines))

    def math(self, text: str) -> str:
        """A formula within a sentence; no line ends within it."""
        return text.replace(" ", _NO_BREAK)

    def text(self) -> str:
        """The whole page."""
        return "\n\n".join(self._blocks)


class MarkdownPage(Page):
    """A page in Markdown, for notebooks and other programs that have MathJax or KaTeX."""

    notation = NOTATIONS["latex"]
    cross = r" \times "
    arrow = r"\to"
    # The parts of the page, with braces in place of their texts.
    title_form: ClassVar[str] = "## {}"
    heading_form: ClassVar[str] = "### {}"
    math_form: ClassVar[str] = "${}$"
    equations_form: ClassVar[str] = "$$\n\\begin{{aligned}}\n{}\n\\end{{aligned}}\n$$"

    def title(self, text: str) -> None:
        """The heading of the page."""
        self._blocks.append(self.title_form.format(text))

    def heading(self, text: str) -> None:
        """The heading of a part."""
        self._blocks.append(self.heading_form.format(text))

    def paragraph(self, text: str) -> None:
        """Sentences."""
        self._blocks.append(text)

    def equations(self, equations: Sequence[Sequence[str]]) -> None:
        """Equations, one below the other."""
        if equations:
            self._blocks.append(self.equations_form.format(_aligned(equations)))

    def math(self, text: str) -> str:
        """A formula within a sentence."""
        return self.math_form.format(text)

    def text(self) -> str:
        """The whole page."""
        return super().text() + "\n"


class LatexPage(MarkdownPage):
    """A page in LaTeX, a part of a document."""

    title_form = "\\section*{{{}}}"
    heading_form = "\\subsection*{{{}}}"
    math_form = "\\({}\\)"
    equations_form = "\\begin{{align*}}\n{}\n\\end{{align*}}"

    def paragraph(self, text: str) -> None:
        """Sentences."""
        self._blocks.append(text.replace("…", r"\dots{}"))


def _aligned(equations: Sequence[Sequence[str]]) -> str:
    """Rows of LaTeX, aligned at their first equals signs."""
    rows = []
    for left, *right in equations:
        if _width(" = ".join(right)) <= _LATEX_COLUMNS:
            right = [" = ".join(right)] if right else []
        first, *others = right or [""]
        rows.append(f"{left} &= {first}" if first else f"& {left}")
        rows += [f"&= {side}" for side in others]
    return " \\\\\n".join(rows)


def _width(latex: str) -> int:
    """The approximate width of a formula, in characters."""
    return len(re.sub(r"\\[A-Za-z]+ ?|[{}_^]", " ", latex)) - latex.count("\\frac") * 4
