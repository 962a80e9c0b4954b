"""The verdicts on the articles' figures, and what is said of the slips in them."""

from __future__ import annotations

import re

import pytest

from demos.articles import ARTICLE_A, ARTICLE_B, ARTICLES, SLIPS_OF_BOTH, Article, Figure
from demos.judging import (
    DELTAS,
    MEANINGS,
    JudgedFigure,
    Verdict,
    comment,
    judge,
    print_introduction,
    print_slips,
    print_table,
)
from tests.demos.by_hand import BOTH, WITH_W21, by_hand, exact_of, sigmoid, weights_of

A = judge(ARTICLE_A, exact_of(0.2))
B = judge(ARTICLE_B, exact_of(0.3))
ROWS = [(ARTICLE_A, A), (ARTICLE_B, B)]


def verdicts_of(rows: list[JudgedFigure]) -> list[tuple[str, str, str]]:
    return [(row.figure.name, row.figure.printed, row.verdict.value) for row in rows]


def row_of(rows: list[JudgedFigure], name: str) -> JudgedFigure:
    return next(row for row in rows if row.figure.name == name)


# ── The verdicts ──────────────────────────────────────────────────────────────


# fmt: off
def test_verdicts_on_article_a() -> None:
    assert verdicts_of(A) == [
        ("a1",           "0.21",     "agrees"),
        ("y3",           "0.56",     "WRONG"),
        ("a2",           "0.315",    "agrees"),
        ("y3 in a3",     "0.57",     "WRONG"),
        ("y4",           "0.59",     "WRONG"),
        ("a3",           "0.702",    "follows"),
        ("y5",           "0.67",     "agrees"),
        ("error",       "-0.17",     "agrees"),
        ("delta5",      "-0.0376",   "rounding"),
        ("y3 in delta3", "0.56",     "follows"),
        ("delta3",      "-0.0027",   "by luck"),
        ("delta4",      "-0.0819",   "WRONG"),
        ("Delta w23",   "-0.022184", "follows"),
        ("new w23",      "0.877816", "follows"),
        ("Delta w11",    "0.000945", "WRONG"),
        ("new w11",      "0.200945", "follows"),
        ("new w12",      "0.273225", "WRONG"),
        ("new w13",      "0.086615", "WRONG"),
        ("new w21",      "0.269445", "WRONG"),
        ("new w22",      "0.18534",  "WRONG"),
        ("y3 again",     "0.57",     "WRONG"),
        ("y4 again",     "0.56",     "follows"),
        ("y5 again",     "0.61",     "WRONG"),
        ("error again", "-0.11",     "follows"),
    ]


def test_verdicts_on_article_b() -> None:
    assert verdicts_of(B) == [
        ("a1",                   "0.28",     "agrees"),
        ("y3",                   "0.57",     "agrees"),
        ("a2",                   "0.315",    "agrees"),
        ("y4",                   "0.59",     "WRONG"),
        ("a3",                   "0.702",    "follows"),
        ("y5",                   "0.67",     "agrees"),
        ("error",               "-0.17",     "agrees"),
        ("delta5",              "-0.0376",   "rounding"),
        ("delta5 in delta3",    "-0.0375",   "WRONG"),
        ("delta3",              "-0.0027",   "by luck"),
        ("delta5 in delta4",    "-0.376",    "WRONG"),
        ("delta4",              "-0.0819",   "follows"),
        ("delta5 in Delta w23", "-0.376",    "follows"),
        ("Delta w23",           "-0.22184",  "follows"),
        ("new w23",              "0.67816",  "follows"),
        ("Delta w11",            "0.000945", "WRONG"),
        ("new w11",              "0.200945", "follows"),
        ("new w12",              "0.271335", "follows"),
        ("new w13",              "0.08567",  "WRONG"),
        ("new w21",              "0.29811",  "rounding"),
        ("new w22",              "0.24267",  "follows"),
        ("y3 again",             "0.57",     "agrees"),
        ("y4 again",             "0.56",     "WRONG"),
        ("y5 again",             "0.61",     "follows"),
        ("error again",         "-0.11",     "follows"),
    ]
# fmt: on


def judged(*figures: tuple[str, str]) -> list[Verdict]:
    """The verdicts on figures that article A might have printed."""
    article = ARTICLE_A._replace(figures=tuple(Figure(*figure) for figure in figures))
    return [row.verdict for row in judge(article, exact_of(0.2))]


def test_a_figure_is_judged_by_its_number() -> None:
    """With other figures the verdicts change: none of them is written down in advance."""
    assert judged(("a1", "0.21"), ("y3", "0.55")) == [Verdict.AGREES, Verdict.AGREES]
    assert judged(("a1", "0.24"), ("y3", "0.56")) == [Verdict.WRONG, Verdict.FOLLOWS]
    assert judged(("a1", "0.21"), ("y3", "0.552"), ("a2", "0.33"), ("y4", "0.578")) == [
        Verdict.AGREES,
        Verdict.AGREES,
        Verdict.WRONG,
        Verdict.BY_LUCK,
    ]


def test_a_figure_put_into_a_formula_is_held_against_those_printed_before() -> None:
    assert judged(("a1", "0.21"), ("y3", "0.56"), ("y3 in a3", "0.57"), ("y3 in x", "0.56")) == [
        Verdict.AGREES,
        Verdict.WRONG,
        Verdict.WRONG,
        Verdict.FOLLOWS,
    ]


def test_a_slip_is_counted_once() -> None:
    """B's -0.376 is put in twice, and slips the first time."""
    slip, again = (row_of(B, f"delta5 in {name}") for name in ("delta4", "Delta w23"))
    assert slip.figure.printed == again.figure.printed == "-0.376"
    assert again.sources["delta5"] == slip.figure
    assert (slip.verdict, again.verdict) == (Verdict.WRONG, Verdict.FOLLOWS)


def test_a_step_takes_what_the_article_printed_last() -> None:
    assert row_of(A, "delta3").sources["y3"].printed == "0.56"
    assert row_of(A, "a3").sources["y3"].printed == "0.57"
    assert row_of(B, "delta4").sources["delta5"].printed == "-0.376"
    assert row_of(B, "new w13").sources["delta5"].printed == "-0.376"


@pytest.mark.parametrize(("article", "rows"), ROWS, ids=["A", "B"])
def test_every_slip_is_explained(article: Article, rows: list[JudgedFigure]) -> None:
    assert [row.figure for row in rows] == list(article.figures)
    explained = (Verdict.WRONG, Verdict.BY_LUCK)
    unexplained = [row for row in rows if row.verdict in explained and not row.figure.why]
    assert unexplained == []
    assert all(comment(row) for row in rows if row.verdict is not Verdict.AGREES)


def test_every_verdict_has_a_meaning() -> None:
    assert list(MEANINGS) == list(Verdict)


# ── What is said of the slips ─────────────────────────────────────────────────

# "0.3 - 0.0819 x 0.7 = 0.24267", with F for the sigmoid.
EQUATION = re.compile(r"(?<![\w.,])([-F(0-9][-F()x+0-9. ]*) = (-?\d+\.\d+)")
EQUATIONS = [
    equation
    for article in ARTICLES
    for figure in article.figures
    for equation in EQUATION.findall(figure.why)
]


def test_the_explanations_hold_equations() -> None:
    signs = sum(figure.why.count(" = ") for article in ARTICLES for figure in article.figures)
    assert len(EQUATIONS) == signs == 21


@pytest.mark.parametrize(("left", "right"), EQUATIONS, ids=[" = ".join(e) for e in EQUATIONS])
def test_every_equation_in_an_explanation_is_true(left: str, right: str) -> None:
    number = eval(left.replace("x", "*"), {"F": sigmoid})
    decimals = len(right.partition(".")[2])
    assert f"{number:.{decimals}f}" == right


def test_what_is_cut_off_is_not_rounded() -> None:
    """A number that is said to be cut off begins with the digits printed, and rounds to others."""
    cut_off = {
        "y3": ("0.56", sigmoid(0.28)),
        "A's delta3": ("-0.0027", 0.56 * (1 - 0.56) * 0.3 * -0.0376),
        "B's delta3": ("-0.0027", 0.57 * (1 - 0.57) * 0.3 * -0.0375),
        "delta5": ("-0.0375", 0.67 * (1 - 0.67) * -0.17),
        "y4 again": ("0.56", sigmoid(0.271335 * 0.35 + 0.24267 * 0.7)),
    }
    for printed, number in cut_off.values():
        assert f"{number:.9f}".startswith(printed)
        assert f"{number:.{len(printed.partition('.')[2])}f}" != printed
    said = [f for article in ARTICLES for f in article.figures if "cut off" in f.why]
    assert sorted(f.printed for f in said) == sorted(printed for printed, _ in cut_off.values())


def test_which_sums_059_suits() -> None:
    assert "0.59 suits sums from 0.3433 to 0.3847" in row_of(A, "y4").figure.why
    for low, high in [(0.3433, 0.3434), (0.3846, 0.3847)]:
        assert (f"{sigmoid(low):.2f}" == "0.59") != (f"{sigmoid(high):.2f}" == "0.59")


PRINTED_A = {figure.name: figure.printed for figure in ARTICLE_A.figures}
PRINTED_B = {figure.name: figure.printed for figure in ARTICLE_B.figures}


@pytest.mark.parametrize(
    ("weight", "changed_by"),
    [
        ("w12", +0.0027 * 0.7),  # the change of w21, its sign lost
        ("w13", +0.0027 * 0.35),  # the change of w11, its sign lost
        ("w21", -0.0819 * 0.35),  # the change of w12
        ("w22", -0.0819 * 0.7),  # its own
    ],
)
def test_weights_of_a_are_those_of_b_with_one_change_more(weight: str, changed_by: float) -> None:
    a, b = float(PRINTED_A[f"new {weight}"]), float(PRINTED_B[f"new {weight}"])
    assert a == pytest.approx(b + changed_by, rel=0, abs=1e-12)


def test_the_sign_is_kept_for_w21_and_lost_for_w11() -> None:
    assert float(PRINTED_B["new w21"]) == pytest.approx(0.3 - 0.0027 * 0.7)
    assert float(PRINTED_B["new w11"]) == pytest.approx(0.2 + 0.0027 * 0.35)


def test_the_second_pass_of_a_is_that_of_b() -> None:
    for name in ("y3 again", "y4 again", "y5 again", "error again"):
        assert PRINTED_A[name] == PRINTED_B[name]


@pytest.mark.parametrize(
    ("rows", "name", "times"),
    [
        (A, "delta4", 10),
        (B, "delta4", 10),
        (B, "delta5 in delta4", 10),
        (B, "Delta w23", 10),
        (A, "Delta w11", -1),
        (B, "Delta w11", -1),
    ],
    ids=lambda argument: "" if isinstance(argument, list) else None,
)
def test_slips_of_size_and_sign(rows: list[JudgedFigure], name: str, times: float) -> None:
    row = row_of(rows, name)
    ratio = float(row.figure.printed) / row.exact
    assert ratio == pytest.approx(times, rel=0.05)  # the rest is rounding


@pytest.mark.parametrize(
    ("rows", "own_outputs"),
    [
        # y3 and y4 from the article's weights, y5 from its weights and its y3 and y4
        (A, ["0.564", "0.556", "0.632"]),
        (B, ["0.569", "0.566", "0.606"]),
    ],
    ids=["A", "B"],
)
def test_the_second_pass_of_the_articles_own_weights(
    rows: list[JudgedFigure], own_outputs: list[str]
) -> None:
    """0.61 comes of B's wrong weights, and not of A's."""
    printed = {row.figure.name: row.figure.printed for row in rows}
    new = {name: float(printed[f"new {name}"]) for name in weights_of(0)}
    y3, y4 = float(printed["y3 again"]), float(printed["y4 again"])
    outputs = [
        sigmoid(new["w11"] * 0.35 + new["w21"] * 0.7),
        sigmoid(new["w12"] * 0.35 + new["w22"] * 0.7),
        sigmoid(new["w13"] * y3 + new["w23"] * y4),
    ]
    assert [f"{output:.3f}" for output in outputs] == own_outputs
    steps = {row.figure.name: row.step for row in rows}
    assert [steps[f"{name} again"] for name in ("y3", "y4", "y5")] == pytest.approx(outputs)


@pytest.mark.parametrize("w21", [0.2, 0.3])
@pytest.mark.parametrize("factor", [1, 2], ids=["half the squared error", "the squared error"])
def test_no_correct_reading_gives_061_after_one_update(w21: float, factor: int) -> None:
    weights = weights_of(w21)
    changes = by_hand(weights)
    new = {name: weight + factor * changes[f"Delta {name}"] for name, weight in weights.items()}
    assert by_hand(new)["y5"] > 0.65


@WITH_W21
def test_the_rule_for_changes_is_false_by_its_letters(article: Article, w21: float) -> None:
    """No delta_j and O_i of the articles' numbering, and no two of one index, give a change."""
    exact = exact_of(w21)
    units = {1: 0.35, 2: 0.7, 3: exact["y3"], 4: exact["y4"], 5: exact["y5"]}
    for name in article.weights:
        i, j = int(name[1]), int(name[2])
        delta = exact.get(f"delta{j}")  # there is none of 1 or 2
        assert delta is None or exact[f"Delta {name}"] != pytest.approx(delta * units[i])


# ── The report ────────────────────────────────────────────────────────────────


@BOTH
def test_lines_fit_a_terminal_of_100_columns(
    article: Article, capsys: pytest.CaptureFixture[str]
) -> None:
    print_introduction()
    print_table(A if article is ARTICLE_A else B)
    print_slips([*article.slips, *SLIPS_OF_BOTH])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    assert not any(line.endswith(" ") for line in lines)


def test_the_introduction_says_whose_deltas_these_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_introduction()
    said = " ".join(capsys.readouterr().out.split())
    assert '"Backpropagation in Neural Network" (GeeksforGeeks)' in said
    assert "in its two published versions, A and B" in said
    assert DELTAS in said
    for verdict, meaning in MEANINGS.items():
        assert f"{verdict.value} {meaning}" in said
