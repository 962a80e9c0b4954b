"""How a page is set: where lines break, and how equations are aligned."""

from __future__ import annotations

from autograd.words.page import LatexPage, MarkdownPage, Page


def test_no_line_ends_within_a_formula() -> None:
    for length in range(60, 88):
        page = Page()
        page.paragraph(f"{'x' * length} {page.math('a = 1')} and {page.math('b = 2')}.")
        lines = page.text().splitlines()
        assert sum("a = 1" in line for line in lines) == 1
        assert sum("b = 2" in line for line in lines) == 1
        assert all(len(line) <= 88 for line in lines)


def test_headings_are_underlined() -> None:
    page = Page()
    page.title("On " + page.math("a = 1"))
    page.heading("Part")
    assert page.text() == "On a = 1\n========\n\nPart\n----"


def test_a_long_equation_is_broken_at_its_signs_of_equality() -> None:
    page = Page()
    page.equations([["a", "b", "1"], ["long", "x" * 50, "y" * 50]])
    assert page.text().splitlines() == [
        "  a = b = 1",
        f"  long = {'x' * 50}",
        f"       = {'y' * 50}",
    ]


def test_in_latex_equations_are_aligned_at_the_first_sign() -> None:
    page = LatexPage()
    page.equations([["a", "b", "1"], ["c", "x" * 50, "y" * 50], ["alone"]])
    rows = ["a &= b = 1", f"c &= {'x' * 50}", f"&= {'y' * 50}", "& alone"]
    assert page.text().splitlines() == [
        r"\begin{align*}",
        *[rf"{row} \\" for row in rows[:-1]],
        rows[-1],
        r"\end{align*}",
    ]


def test_no_equations_leave_no_trace() -> None:
    for page in (Page(), MarkdownPage(), LatexPage()):
        page.equations([])
        assert page.text().strip() == ""
