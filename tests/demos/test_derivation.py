"""The page of the hand example: its numbers, its formulas, and that docs has it as it is now.

``python -m tests.demos.test_derivation`` writes it to docs anew, with its pictures.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from demos.articles import ARTICLES, SLIPS_OF_BOTH
from demos.derivation import approach, in_latex, page_of
from demos.hand_example import main, work_out
from demos.judging import MEANINGS, Verdict
from tests.demos.by_hand import exact_of, outputs_of, sigmoid, weights_of
from tests.drawings import svg_texts
from tests.latex import check_math, formulas_of_markdown

DOCS = Path(__file__).parent.parent.parent / "docs"
NAMES = ["hand_example_A_before", "hand_example_A_after", "hand_example_approach"]

WORKED = [work_out(article) for article in ARTICLES]
PAGE = page_of(WORKED, 0.01)
EXACT = {"A": exact_of(0.2), "B": exact_of(0.3)}


def rows_of(page: str) -> list[list[str]]:
    """The cells of the rows of all tables, with their heads, but without the lines below these."""
    return [row[2:-2].split(" | ") for row in re.findall(r"^\| .* \|$", page, re.M)]


def section(title: str) -> str:
    """A section of the page, without those below it."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", PAGE, re.M | re.S)
    assert found is not None, title
    return found[1]


# ── docs has it ───────────────────────────────────────────────────────────────


def test_docs_has_the_page_as_it_is_now() -> None:
    assert (DOCS / "hand_example.md").read_text("utf-8") == PAGE


@pytest.mark.parametrize("name", NAMES)
def test_docs_has_the_pictures_as_they_are_now(name: str, tmp_path: Path) -> None:
    main(["--output", str(tmp_path), "--layout", "own"])
    drawn = (tmp_path / f"{name}.svg").read_text("utf-8")
    assert svg_texts((DOCS / f"{name}.svg").read_text("utf-8")) == svg_texts(drawn)


def test_the_page_shows_these_pictures() -> None:
    assert re.findall(r"^!\[.*\]\((\w+)\.svg\)$", PAGE, re.M) == [NAMES[0], NAMES[2], NAMES[1]]


# ── Its numbers ───────────────────────────────────────────────────────────────


def names_in(title: str, names: list[str]) -> None:
    """Check the table of a section: of each quantity, both exact values and printed figures."""
    rows = rows_of(section(title))[1:]
    assert [cells[0] for cells in rows] == [in_latex(name) for name in names]
    for name, cells in zip(names, rows, strict=True):
        for worked, exact, printed in zip(WORKED, cells[1::2], cells[2::2], strict=True):
            assert exact == f"{EXACT[worked.article.name][name]:.6g}"
            figures = {row.figure.name: row for row in worked.rows}
            row = figures.get(name)
            assert printed == (f"{row.figure.printed} ({row.verdict.value})" if row else "–")


WEIGHTS = ["w11", "w21", "w12", "w22", "w13", "w23"]


def test_the_forward_pass_has_the_numbers_of_the_formulas() -> None:
    names_in("Forward pass", ["a1", "a2", "y3", "y4", "a3", "y5", "error"])


def test_the_deltas_are_those_of_the_formulas() -> None:
    names_in("Backward pass", ["delta5", "delta3", "delta4"])


def test_the_second_pass_has_its_four_figures() -> None:
    names_in("Second forward pass", ["y3 again", "y4 again", "y5 again", "error again"])


def test_every_weight_has_its_change_and_its_new_value() -> None:
    text = section("Update")
    changes, new = text.split("The new weights:")
    assert len(rows_of(changes)) == len(rows_of(new)) == 1 + 6
    for kind, part in [("Delta", changes), ("new", new)]:
        for name, cells in zip(WEIGHTS, rows_of(part)[1:], strict=True):
            assert cells[0] == in_latex(f"{kind} {name}")
            for article, number in zip("AB", cells[1::2], strict=True):
                assert number == f"{EXACT[article][f'{kind} {name}']:.6g}"


def test_the_rules_for_the_layers_give_the_changes() -> None:
    """Each of them stands for one or two weights."""
    rules = re.findall(
        r"\$\\Delta w_\{([i12])(\d)\} =\s\\eta \\delta_(\d) ([xy])_([i\d])\$", section("Update")
    )
    assert len(rules) == 4
    checked = set()
    for i, j, delta, source, k in rules:
        for n in "12" if i == "i" else i:
            multiplied = (EXACT["A"] | {"x1": 0.35, "x2": 0.7})[f"{source}{n if k == 'i' else k}"]
            change = EXACT["A"][f"Delta w{n}{j}"]
            assert change == pytest.approx(EXACT["A"][f"delta{delta}"] * multiplied)
            checked.add(f"w{n}{j}")
    assert checked == set(WEIGHTS)


def test_the_squared_error_is_shown_to_double_the_deltas() -> None:
    half, whole = (
        [float(cell) for cell in cells[1:]]
        for cells in rows_of(section("The half of the square"))[1:]
    )
    assert half == pytest.approx([EXACT["A"][f"delta{j}"] for j in (5, 3, 4)], rel=1e-5)
    assert whole == pytest.approx([2 * delta for delta in half], rel=1e-5)


def test_the_trace_is_that_of_a_plain_loop() -> None:
    text = section("Until the target is reached")
    head, *rows = rows_of(text)
    assert head == ["updates", "$y_5$ in A", "$y_5$ in B"]
    assert [int(cells[0]) for cells in rows] == [0, 1, 2, 5, 10, 20, 50, 71, 74]
    for number, w21 in [(1, 0.2), (2, 0.3)]:
        outputs = outputs_of(weights_of(w21), 1e-12)
        assert [cells[number] for cells in rows] == [f"{outputs[int(c[0])]:.6g}" for c in rows]
    words = " ".join(text.split())
    assert "That is so near after 74 updates in A, and after 71 in B." in words
    assert "after 11 updates in A (0.611669) and 11 in B (0.611183)." in words
    assert "To within 1e-12 it takes 658 updates in A, and 637 in B." in words


def test_the_chart_shows_every_update_until_the_target() -> None:
    chart = approach(WORKED, 0.01)
    lines = re.findall(r'points="([^"]*)"', chart)
    assert [len(line.split()) for line in lines] == [75, 72, 2]
    assert {"article A", "article B", "target"} <= set(svg_texts(chart))


def formulas() -> list[str]:
    """Each line of the formulas that stand by themselves."""
    blocks = re.findall(r"\\begin\{aligned\}\n(.*?)\n\\end\{aligned\}", PAGE, re.S)
    return [line.replace("&", "").strip() for block in blocks for line in block.split("\\\\\n")]


# "0.3 \cdot (1 - 0.5)", with F for the sigmoid
NUMBERS = re.compile(r"(?:[-+F()0-9. ]|\\cdot)+")


def test_every_line_of_numbers_in_a_formula_is_true() -> None:
    checked = 0
    for line in formulas():
        *_, numbers, result = ["", *line.replace("\n", " ").split("=")]
        if NUMBERS.fullmatch(numbers):
            number = eval(numbers.replace(r"\cdot", "*"), {"F": sigmoid})
            assert float(result) == pytest.approx(number, rel=1e-5), line
            checked += 1
    assert checked == 7 + 3  # the forward pass, and the deltas


def test_one_weight_in_full_is_its_derivative() -> None:
    *_, product, result = (line.removeprefix("= ") for line in formulas())
    assert eval(product.replace(r"\cdot", "*")) == pytest.approx(float(result), rel=1e-5)
    assert result == f"{-EXACT['A']['Delta w11']:.6g}"


def test_numbers_have_six_digits() -> None:
    """All but those of the articles, and of what is said of them."""
    ours = PAGE.split("## What the articles print")[0]
    ours = re.sub(r"-?[\d.]+ \(", "", ours)
    digits = [number.replace(".", "").lstrip("0") for number in re.findall(r"\d+\.\d+", ours)]
    assert max(map(len, digits)) == 6


# ── Its words ─────────────────────────────────────────────────────────────────


def test_its_sections_are_those_of_a_lesson() -> None:
    assert re.findall("^#+ .*$", PAGE, re.M) == [
        "# A step of backpropagation by hand",
        "## The network",
        "### Two numberings at once",
        "## Forward pass",
        "## Backward pass",
        "### The half of the square",
        "## Update",
        "### One weight in full",
        "## Second forward pass",
        "## Until the target is reached",
        "## The same with nn",
        "## What the articles print",
        "### Article A",
        "### Article B",
        "### Both articles",
    ]


def test_the_numberings_are_set_side_by_side() -> None:
    text = section("Two numberings at once")
    rows = rows_of(text)
    assert rows[1:4] == [
        ["h1", "$a_1$", "$y_3$", r"$\delta_3$"],
        ["h2", "$a_2$", "$y_4$", r"$\delta_4$"],
        ["O3", "$a_3$", "$y_5$", r"$\delta_5$"],
    ]
    units = {"$x_1$": 1, "$x_2$": 2, "h1": 3, "h2": 4, "O3": 5}
    weights = rows[5:]
    assert [cells[0] for cells in weights] == [in_latex(name) for name in WEIGHTS]
    for _, tail, head, by_units in weights:
        assert by_units == f"$w_{{{units[tail]},{units[head]}}}$"


def test_it_is_sound_markdown() -> None:
    for inside in formulas_of_markdown(PAGE):
        check_math(inside)
    assert "<" not in PAGE.replace(">>>", "")
    for table in re.findall(r"(?:^\|.*\|\n)+", PAGE, re.M):
        assert len({row.count("|") for row in table.splitlines()}) == 1


def test_it_says_what_the_verdicts_mean_where_they_are_first_seen() -> None:
    first = section("Forward pass")
    for verdict, meaning in MEANINGS.items():
        assert f"- **{verdict.value}**: {meaning}\n" in first


def test_it_lists_every_figure_that_does_not_agree_and_every_slip() -> None:
    for worked in WORKED:
        text = section(f"Article {worked.article.name}")
        for row in worked.rows:
            item = f"- `{row.figure.name}`: {row.figure.printed} for {row.exact:.6g}, "
            agrees = row.verdict is Verdict.AGREES
            assert (item in text) == (not agrees)
            assert agrees or f"{item}**{row.verdict.value}**. " in text
        for slip in worked.article.slips:
            assert f"- `{slip.says}`: {slip.remark}\n" in text
    for slip in SLIPS_OF_BOTH:
        assert f"- `{slip.says}`: {slip.remark}\n" in section("Both articles")


def test_it_keeps_the_word_error_for_one_thing() -> None:
    """Of its own words: the articles' "error rate" is quoted in their slips."""
    ours = PAGE.split("## What the articles print")[0]
    assert "errors" not in ours
    assert r"\mathrm{error} &= \mathrm{target} - y_5" in ours


def test_it_says_whose_example_this_is() -> None:
    first = " ".join(PAGE.split("## The network")[0].split())
    assert 'The article "Backpropagation in Neural Network" of GeeksforGeeks' in first
    assert "published in two versions" in first


if __name__ == "__main__":
    import tempfile

    (DOCS / "hand_example.md").write_text(PAGE, "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        main(["--output", folder, "--layout", "own"])
        for name in NAMES:
            (DOCS / f"{name}.svg").write_bytes((Path(folder) / f"{name}.svg").read_bytes())
