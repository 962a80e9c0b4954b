"""The hand-worked example: its exact figures, the verdicts, and the program as a user runs it."""

from __future__ import annotations

import math
import re
import subprocess
from pathlib import Path

import pytest

from autograd import Value
from demos import hand_example
from demos.hand_example import (
    ARTICLE_A,
    ARTICLE_B,
    ARTICLES,
    Article,
    Figure,
    Verdict,
    derivation,
    derivation_of,
    exact_figures,
    judge,
    main,
    updates_to_target,
)
from demos.output import Output
from tests.latex import check_math, formulas_of_markdown
from tests.programs import run_module

BOTH = pytest.mark.parametrize("article", ARTICLES, ids=["A", "B"])


# ── The exact figures ─────────────────────────────────────────────────────────


def sigmoid(a: float) -> float:
    """Written out, so that the engine has no part in it."""
    return 1.0 / (1.0 + math.exp(-a))


def by_hand(w: dict[str, float]) -> dict[str, float]:
    """The articles' formulas for one pass, put right, on plain floats."""
    q = {"a1": 0.35 * w["w11"] + 0.7 * w["w21"], "a2": 0.35 * w["w12"] + 0.7 * w["w22"]}
    q["y3"] = sigmoid(q["a1"])
    q["y4"] = sigmoid(q["a2"])
    q["a3"] = w["w13"] * q["y3"] + w["w23"] * q["y4"]
    q["y5"] = sigmoid(q["a3"])
    q["error"] = 0.5 - q["y5"]
    q["delta5"] = q["y5"] * (1 - q["y5"]) * q["error"]
    q["delta3"] = q["y3"] * (1 - q["y3"]) * w["w13"] * q["delta5"]
    q["delta4"] = q["y4"] * (1 - q["y4"]) * w["w23"] * q["delta5"]
    q["Delta w11"] = q["delta3"] * 0.35
    q["Delta w21"] = q["delta3"] * 0.7
    q["Delta w12"] = q["delta4"] * 0.35
    q["Delta w22"] = q["delta4"] * 0.7
    q["Delta w13"] = q["delta5"] * q["y3"]
    q["Delta w23"] = q["delta5"] * q["y4"]
    return q


def weights_of(w21: float) -> dict[str, float]:
    """The example's weights, as the task gives them."""
    return {"w11": 0.2, "w12": 0.3, "w21": w21, "w22": 0.3, "w13": 0.3, "w23": 0.9}


def after_update(w: dict[str, float]) -> dict[str, float]:
    """The weights after one step with learning rate 1."""
    q = by_hand(w)
    return {name: weight + q[f"Delta {name}"] for name, weight in w.items()}


@pytest.mark.parametrize(("article", "w21"), [(ARTICLE_A, 0.2), (ARTICLE_B, 0.3)])
def test_exact_figures_are_those_of_the_formulas(article: Article, w21: float) -> None:
    weights = weights_of(w21)
    new_weights = after_update(weights)
    expected = by_hand(weights)
    expected |= {f"new {name}": weight for name, weight in new_weights.items()}
    expected |= {
        f"{name} again": by_hand(new_weights)[name]
        for name in ("a1", "a2", "a3", "y3", "y4", "y5", "error")
    }
    exact = exact_figures(article)
    assert {name: exact[name] for name in expected} == pytest.approx(expected, rel=0, abs=1e-12)


def test_deltas_are_minus_the_derivative_of_half_the_squared_error() -> None:
    """Checked by differences, since the formulas above take the deltas' own definition."""

    def loss(shift: float) -> float:
        y3, y4 = sigmoid(0.35 * 0.2 + 0.7 * 0.2), sigmoid(0.35 * 0.3 + 0.7 * 0.3)
        return (0.5 - sigmoid(0.3 * y3 + 0.9 * y4 + shift)) ** 2 / 2

    slope = (loss(1e-5) - loss(-1e-5)) / 2e-5
    assert exact_figures(ARTICLE_A)["delta5"] == pytest.approx(-slope, rel=1e-8)


@pytest.mark.parametrize(("article", "output"), [(ARTICLE_A, "0.6596"), (ARTICLE_B, "0.6605")])
def test_output_after_one_update(article: Article, output: str) -> None:
    assert f"{exact_figures(article)['y5 again']:.4f}" == output


@BOTH
@pytest.mark.parametrize("tolerance", [0.1, 0.01, 1e-6, 1e-12])
def test_number_of_updates_is_that_of_a_plain_loop(article: Article, tolerance: float) -> None:
    weights = weights_of(article.w21)
    count = 0
    while abs(by_hand(weights)["error"]) >= tolerance:
        weights = after_update(weights)
        count += 1
    updates, y5 = updates_to_target(article, tolerance)
    # So near the target, rounding may shift the last step.
    assert abs(updates - count) <= (1 if tolerance < 1e-9 else 0)
    assert abs(0.5 - y5) < tolerance


def test_no_update_is_needed_within_a_wide_tolerance() -> None:
    assert updates_to_target(ARTICLE_A, 0.5)[0] == 0


# ── The verdicts ──────────────────────────────────────────────────────────────


def verdicts_of(article: Article) -> list[tuple[str, str, str]]:
    return [(row.figure.name, row.figure.printed, row.verdict.value) for row in judge(article)]


# fmt: off
def test_verdicts_on_article_a() -> None:
    assert verdicts_of(ARTICLE_A) == [
        ("a1",           "0.21",     "agrees"),
        ("y3",           "0.56",     "WRONG"),
        ("a2",           "0.315",    "agrees"),
        ("y3 in a3",     "0.57",     "WRONG"),
        ("y4",           "0.59",     "WRONG"),
        ("a3",           "0.702",    "follows"),
        ("y5",           "0.67",     "agrees"),
        ("error",       "-0.17",     "agrees"),
        ("delta5",      "-0.0376",   "rounding"),
        ("delta3",      "-0.0027",   "agrees"),
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
    assert verdicts_of(ARTICLE_B) == [
        ("a1",                   "0.28",     "agrees"),
        ("y3",                   "0.57",     "agrees"),
        ("a2",                   "0.315",    "agrees"),
        ("y4",                   "0.59",     "WRONG"),
        ("a3",                   "0.702",    "follows"),
        ("y5",                   "0.67",     "agrees"),
        ("error",               "-0.17",     "agrees"),
        ("delta5",              "-0.0376",   "rounding"),
        ("delta5 in delta3",    "-0.0375",   "WRONG"),
        ("delta3",              "-0.0027",   "agrees"),
        ("delta5 in delta4",    "-0.376",    "WRONG"),
        ("delta4",              "-0.0819",   "follows"),
        ("delta5 in Delta w23", "-0.376",    "WRONG"),
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


def test_a_figure_is_judged_by_its_number() -> None:
    """With other figures the verdicts change: none of them is written down in advance."""
    right = judge(ARTICLE_A._replace(figures=(Figure("a1", "0.21"), Figure("y3", "0.55"))))
    assert [row.verdict for row in right] == [Verdict.AGREES, Verdict.AGREES]
    wrong = judge(ARTICLE_A._replace(figures=(Figure("a1", "0.24"), Figure("y3", "0.56"))))
    assert [row.verdict for row in wrong] == [Verdict.WRONG, Verdict.FOLLOWS]


@BOTH
def test_every_slip_is_explained(article: Article) -> None:
    unexplained = [
        row.figure.name
        for row in judge(article)
        if row.verdict is Verdict.WRONG and not row.figure.why
    ]
    assert unexplained == []


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
    assert len(EQUATIONS) == 16
    assert sum(figure.why.count(" = ") for article in ARTICLES for figure in article.figures) == 16


@pytest.mark.parametrize(("left", "right"), EQUATIONS, ids=[" = ".join(e) for e in EQUATIONS])
def test_every_equation_in_an_explanation_is_true(left: str, right: str) -> None:
    number = eval(left.replace("x", "*"), {"F": sigmoid})
    decimals = len(right.partition(".")[2])
    assert f"{number:.{decimals}f}" == right


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


@pytest.mark.parametrize(
    ("article", "name", "times"),
    [
        (ARTICLE_A, "delta4", 10),
        (ARTICLE_B, "delta4", 10),
        (ARTICLE_B, "delta5 in delta4", 10),
        (ARTICLE_B, "Delta w23", 10),
        (ARTICLE_A, "Delta w11", -1),
        (ARTICLE_B, "Delta w11", -1),
    ],
    ids=lambda argument: argument.name if isinstance(argument, Article) else None,
)
def test_slips_of_size_and_sign(article: Article, name: str, times: float) -> None:
    row = next(row for row in judge(article) if row.figure.name == name)
    ratio = float(row.figure.printed) / row.exact
    assert ratio == pytest.approx(times, rel=0.05)  # the rest is rounding


@pytest.mark.parametrize(
    ("article", "own_outputs"),
    [
        # y3 and y4 from the article's weights, y5 from its weights and its y3 and y4
        (ARTICLE_A, ["0.564", "0.556", "0.632"]),
        (ARTICLE_B, ["0.569", "0.566", "0.606"]),
    ],
    ids=["A", "B"],
)
def test_the_second_pass_of_the_articles_own_weights(
    article: Article, own_outputs: list[str]
) -> None:
    """0.61 comes of B's wrong weights, and not of A's."""
    printed = {figure.name: figure.printed for figure in article.figures}
    new = {name: float(printed[f"new {name}"]) for name in weights_of(0)}
    y3, y4 = float(printed["y3 again"]), float(printed["y4 again"])
    outputs = [
        sigmoid(new["w11"] * 0.35 + new["w21"] * 0.7),
        sigmoid(new["w12"] * 0.35 + new["w22"] * 0.7),
        sigmoid(new["w13"] * y3 + new["w23"] * y4),
    ]
    assert [f"{output:.3f}" for output in outputs] == own_outputs
    steps = {row.figure.name: row.step for row in judge(article)}
    assert [steps[f"{name} again"] for name in ("y3", "y4", "y5")] == pytest.approx(outputs)


@pytest.mark.parametrize("w21", [0.2, 0.3])
@pytest.mark.parametrize("factor", [1, 2], ids=["half the squared error", "the squared error"])
def test_no_correct_reading_gives_061(w21: float, factor: int) -> None:
    weights = weights_of(w21)
    changes = by_hand(weights)
    new = {name: weight + factor * changes[f"Delta {name}"] for name, weight in weights.items()}
    assert by_hand(new)["y5"] > 0.65


# ── The derivation ────────────────────────────────────────────────────────────


def table_of(page: str) -> dict[str, list[float]]:
    """The rows of the page's table, by weight."""
    rows = re.findall(r"^\| \$w_\{(\d+)\}\$ \|(.*)\|$", page, re.M)
    return {f"w{index}": [float(cell) for cell in cells.split("|")] for index, cells in rows}


@pytest.mark.parametrize(("article", "w21"), [(ARTICLE_A, 0.2), (ARTICLE_B, 0.3)])
def test_the_derivation_has_the_numbers_of_the_formulas(article: Article, w21: float) -> None:
    before = weights_of(w21)
    figures, after = by_hand(before), after_update(before)
    page = derivation_of(article)
    table = table_of(page)
    assert set(table) == set(before)
    for name, cells in table.items():
        change = figures[f"Delta {name}"]
        assert cells == pytest.approx([before[name], -change, change, after[name]], abs=5e-9)
    for number, name in [(5, "delta5"), (3, "delta3"), (4, "delta4")]:
        assert re.search(rf"delta_{number} = .* = {figures[name]:.8f}\$", page)
    assert f"$y_5$ is {by_hand(after)['y5']:.8f}, where it was {figures['y5']:.8f}" in page


def test_the_derivation_explains_every_weight() -> None:
    for article in ARTICLES:
        page = derivation_of(article)
        for index in ("11", "12", "13", "21", "22", "23"):
            assert (
                page.count(rf"\frac{{\partial \mathrm{{loss}}}}{{\partial w_{{{index}}}}} &=") == 2
            )
    assert (
        r"&= \mathrm{error} \times (-1) \times y_{5} \cdot (1 - y_{5}) \times w_{13}"
        in derivation()
    )


def test_the_derivation_is_sound_markdown() -> None:
    page = derivation()
    for inside in formulas_of_markdown(page):
        check_math(inside)
    assert re.findall("^# .*$", page, re.M) == [
        "# A step of backpropagation by hand",
        "# Article A: one weight in full",
        "# Article A: all the weights, with $w_{21}$ = 0.2",
        "# Article B: all the weights, with $w_{21}$ = 0.3",
    ]


# ── The program ───────────────────────────────────────────────────────────────


def run(*arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the demo as a user does, from the root of the repository."""
    return run_module("demos.hand_example", *arguments, path=path)


def test_a_run(tmp_path: Path) -> None:
    result = run("--output", str(tmp_path))
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    for line in [
        "  y3                        0.56    0.55230791   WRONG",
        "  delta5                 -0.0376   -0.03677027   rounding",
        "      By luck: y3 = 0.56, w13 = 0.3, delta5 = -0.0376 give -0.00277939",
        "      0.3 - 0.0819 x 0.35 + 0.0027 x 0.7 = 0.273225",
        "  y5 again                  0.61    0.65955374   WRONG",
        "  y5 again                  0.61    0.66052523   follows",
        "Article A, 23 figures: agrees 5, rounding 1, follows 6, WRONG 11",
        "Article B, 25 figures: agrees 7, rounding 2, follows 9, WRONG 7",
        "It takes 74 updates until |0.5 - y5| < 0.01; then y5 = 0.50963713",
        "It takes 71 updates until |0.5 - y5| < 0.01; then y5 = 0.50999158",
    ]:
        assert lines.count(line) == 1, line
    assert "(target - y5)^2 / 2" in result.stdout
    stems = ["hand_example_A", "hand_example_B"]
    names = {
        "hand_example.md",
        *[f"{stem}{suffix}" for stem in stems for suffix in (".gv", ".svg")],
    }
    assert {path.name for path in tmp_path.iterdir()} == names
    assert (tmp_path / "hand_example.md").read_text("utf-8") == derivation()
    assert f"Written: {tmp_path / 'hand_example.md'}" in lines


def test_lines_fit_a_terminal_of_100_columns(capsys: pytest.CaptureFixture[str]) -> None:
    hand_example.print_table(judge(ARTICLE_A))
    hand_example.print_table(judge(ARTICLE_B))
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


def test_the_pictures_need_no_other_program(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = run("--output", str(tmp_path), path=str(empty))
    assert (result.returncode, result.stderr) == (0, "")
    for name in ("hand_example_A", "hand_example_B"):
        drawing = (tmp_path / f"{name}.svg").read_text()
        assert all(f">{label}</text>" in drawing for label in ("w21", "a1", "y5", "loss"))
        assert f"Drawn: {tmp_path / name}.svg (by this library, since" in result.stdout
    # dy5/da3 in the first pass of article A: 0.66507364 x (1 - 0.66507364)
    assert ">0.2228</text>" in (tmp_path / "hand_example_A.svg").read_text()


def test_the_graph_shows_the_gradients_of_the_first_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []

    def save_graph(_: Output, root: Value, name: str) -> None:
        drawn.append((root, name))

    monkeypatch.setattr(Output, "save_graph", save_graph)
    assert main(["--output", str(tmp_path)]) == 0
    assert [name for _, name in drawn] == ["hand_example_A", "hand_example_B"]
    loss = drawn[0][0]
    assert loss.label == "loss"
    assert loss.grad == 1.0
    assert loss.data == pytest.approx(0.5 * (0.5 - 0.6650736395) ** 2)


@pytest.mark.parametrize("tolerance", ["0", "-0.01", "nan", "inf", "1e-13"])
def test_a_tolerance_out_of_range_is_refused(
    tolerance: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Were it accepted, the updates might never end.
    monkeypatch.setattr(hand_example, "report", lambda *_: None)
    with pytest.raises(SystemExit) as refusal:
        main([f"--tolerance={tolerance}"])
    assert refusal.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "--tolerance must be a number of at least 1e-12, such as 0.01, got" in captured.err


def test_bad_options_end_the_run_with_status_2() -> None:
    result = run("--tolerance", "close")
    assert result.returncode == 2
    assert result.stdout == ""
    assert "argument --tolerance: invalid float value: 'close'" in result.stderr


def test_the_tolerance_is_used_and_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Output, "save_graph", lambda *_: None)
    assert main(["--tolerance", "0.1"]) == 0
    updates = updates_to_target(ARTICLE_A, 0.1)[0]
    assert 0 < updates < 74
    assert f"It takes {updates} updates until |0.5 - y5| < 0.1; then" in capsys.readouterr().out
