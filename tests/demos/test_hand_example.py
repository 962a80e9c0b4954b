"""The hand-worked example: its exact figures, by hand and with nn, and the program."""

from __future__ import annotations

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from autograd.draw import draw_dot
from demos.articles import ARTICLE_A, ARTICLE_B, ARTICLES, Article
from demos.derivation import page_of
from demos.hand_example import (
    deltas,
    forward_and_backward,
    main,
    make_model,
    outputs_by_hand,
    outputs_of_model,
    starting_weights,
    work_out,
)
from demos.judging import SMALLEST_TOLERANCE, Worked, traced
from tests.demos.by_hand import BOTH, WITH_W21, exact_of, outputs_of, sigmoid, weights_of
from tests.drawings import svg_texts
from tests.programs import ROOT, run_module

WORKED = [work_out(article) for article in ARTICLES]

# ── The exact figures ─────────────────────────────────────────────────────────


@WITH_W21
def test_exact_figures_are_those_of_the_formulas(article: Article, w21: float) -> None:
    exact = work_out(article).exact
    expected = exact_of(w21)
    assert {name: exact[name] for name in expected} == pytest.approx(expected, rel=0, abs=1e-12)


def loss_of(shift: float) -> float:
    """The loss of article A, were the sum of its output neuron larger by ``shift``."""
    y3, y4 = sigmoid(0.35 * 0.2 + 0.7 * 0.2), sigmoid(0.35 * 0.3 + 0.7 * 0.3)
    return (0.5 - sigmoid(0.3 * y3 + 0.9 * y4 + shift)) ** 2 / 2


def test_deltas_are_minus_the_derivative_of_half_the_squared_error() -> None:
    """Checked by differences, since the formulas above take the deltas' own definition."""
    slope = (loss_of(1e-5) - loss_of(-1e-5)) / 2e-5
    assert work_out(ARTICLE_A).exact["delta5"] == pytest.approx(-slope, rel=1e-8)


@pytest.mark.parametrize("worked", WORKED, ids=["A", "B"])
def test_the_squared_error_makes_every_delta_twice_as_large(worked: Worked) -> None:
    assert list(worked.squared) == ["delta5", "delta3", "delta4"]
    assert worked.squared == {name: 2 * worked.exact[name] for name in worked.squared}
    quantities = forward_and_backward(starting_weights(worked.article), divisor=1)
    assert quantities["loss"].data == 2 * worked.exact["loss"]
    assert deltas(quantities) == worked.squared


def test_the_derivative_of_the_sigmoid_is_a_product_of_its_output() -> None:
    """F' = F (1 - F), for all three neurons, by differences of the formula."""
    for article in ARTICLES:
        exact = work_out(article).exact
        for a, y in [("a1", "y3"), ("a2", "y4"), ("a3", "y5")]:
            slope = (sigmoid(exact[a] + 1e-5) - sigmoid(exact[a] - 1e-5)) / 2e-5
            assert exact[y] * (1 - exact[y]) == pytest.approx(slope, rel=1e-8)


@pytest.mark.parametrize(("article", "output"), [(ARTICLE_A, "0.6596"), (ARTICLE_B, "0.6605")])
def test_output_after_one_update(article: Article, output: str) -> None:
    assert f"{work_out(article).exact['y5 again']:.4f}" == output


# ── Until the target is reached ───────────────────────────────────────────────


@WITH_W21
@pytest.mark.parametrize("tolerance", [0.1, 0.01, 1e-6, 1e-12])
def test_the_updates_are_those_of_a_plain_loop(
    article: Article, w21: float, tolerance: float
) -> None:
    expected = outputs_of(weights_of(w21), tolerance)
    outputs = outputs_by_hand(article, tolerance)
    # So near the target, rounding may shift the last step.
    assert abs(len(outputs) - len(expected)) <= (1 if tolerance < 1e-9 else 0)
    both = min(len(outputs), len(expected))
    assert outputs[:both] == pytest.approx(expected[:both], rel=0, abs=1e-12)
    assert abs(0.5 - outputs[-1]) < tolerance <= abs(0.5 - outputs[-2])


@pytest.mark.parametrize("worked", WORKED, ids=["A", "B"])
def test_the_updates_until_a_tolerance(worked: Worked) -> None:
    for tolerance in (0.1, 0.01, 1e-6, 1e-12):
        updates = worked.updates_until(tolerance)
        assert worked.outputs[: updates + 1] == outputs_by_hand(worked.article, tolerance)


def test_no_update_is_needed_within_a_wide_tolerance() -> None:
    assert len(outputs_by_hand(ARTICLE_A, 0.5)) == 1
    assert WORKED[0].updates_until(0.5) == 0


@pytest.mark.parametrize("worked", WORKED, ids=["A", "B"])
def test_the_output_approaches_the_target_and_does_not_reach_it(worked: Worked) -> None:
    """Each update takes away a share of the error, and never all of it."""
    errors = [y5 - 0.5 for y5 in worked.outputs]
    shares = [after / before for before, after in pairwise(errors)]
    assert all(0.95 < share < 0.98 for share in shares)


@pytest.mark.parametrize(
    ("worked", "updates"), [(WORKED[0], 658), (WORKED[1], 637)], ids=["A", "B"]
)
def test_how_many_updates_bring_the_output_to_the_target(worked: Worked, updates: int) -> None:
    assert len(worked.outputs) - 1 == worked.updates_until(SMALLEST_TOLERANCE) == updates


@pytest.mark.parametrize(
    ("worked", "y5"), [(WORKED[0], "0.6117"), (WORKED[1], "0.6112")], ids=["A", "B"]
)
def test_061_is_reached_after_eleven_updates(worked: Worked, y5: str) -> None:
    assert worked.updates_to("0.61") == 11
    assert f"{worked.outputs[11]:.4f}" == y5
    assert f"{worked.outputs[10]:.2f}" == "0.62"


def test_which_updates_are_traced() -> None:
    assert traced(WORKED[:1], 0.01) == [0, 1, 2, 5, 10, 20, 50, 74]
    assert traced(WORKED, 0.01) == [0, 1, 2, 5, 10, 20, 50, 71, 74]
    assert traced(WORKED[:1], 0.1) == [0, 1, 2, 5, 10, WORKED[0].updates_until(0.1)]
    assert traced(WORKED, 0.5) == [0]


# ── The same with nn ──────────────────────────────────────────────────────────


@BOTH
def test_the_network_of_nn_is_that_of_the_hand(article: Article) -> None:
    model = make_model(article)
    weights = {weight.label: weight.data for weight in model.parameters()}
    assert weights == article.weights
    y5 = model([0.35, 0.7])
    ((0.5 - y5) ** 2 / 2).backward()
    by_hand = starting_weights(article)
    quantities = forward_and_backward(by_hand)
    assert y5.data == quantities["y5"].data
    assert {weight.label: weight.grad for weight in model.parameters()} == {
        name: weight.grad for name, weight in by_hand.items()
    }


@BOTH
def test_the_outputs_of_nn_are_the_same_to_the_last_bit(article: Article) -> None:
    """All of them, over more than six hundred updates."""
    model = make_model(article)
    assert outputs_of_model(model, 1e-12) == outputs_by_hand(article, 1e-12)
    assert abs(0.5 - model([0.35, 0.7]).data) < 1e-12  # it is trained now


# ── The program ───────────────────────────────────────────────────────────────

PICTURES = [
    f"hand_example_{article}{state}" for article in "AB" for state in ("", "_before", "_after")
]


def run(*arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the demo as a user does, from the root of the repository."""
    return run_module("demos.hand_example", *arguments, path=path)


def test_a_run(tmp_path: Path) -> None:
    result = run("--output", str(tmp_path))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.isascii()  # for terminals that know no more
    lines = result.stdout.splitlines()
    for line in [
        "  y3                        0.56      0.552308   WRONG",
        "  delta5                 -0.0376    -0.0367703   rounding",
        "  delta3                 -0.0027   -0.00272759   by luck",
        "      0.3 - 0.0819 x 0.35 + 0.0027 x 0.7 = 0.273225",
        "  y5 again                  0.61      0.659554   WRONG",
        "  y5 again                  0.61      0.660525   follows",
        "24 figures: agrees 4, by luck 1, rounding 1, follows 7, WRONG 11",
        "25 figures: agrees 6, by luck 1, rounding 2, follows 10, WRONG 6",
        "  delta5                  -0.0367703    -0.0735405",
        "       20    0.579629",
        "       74    0.509637",
        "It takes 74 updates until |0.5 - y5| < 0.01, and 658 until < 1e-12.",
        "It takes 71 updates until |0.5 - y5| < 0.01, and 637 until < 1e-12.",
    ]:
        assert lines.count(line) == 1, line
    assert lines.count("nn's network gives the same outputs, to the last bit.") == 2
    excerpt = (ROOT / "README.md").read_text("utf-8").split("  delta4 ")[1].split("```")[0]
    for line in f"  delta4 {excerpt}".splitlines():
        assert line == "..." or line in lines, line
    files = [*(f"{name}{suffix}" for name in PICTURES for suffix in (".gv", ".svg"))]
    written = [*files, "hand_example.md", "hand_example_approach.svg"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(written)
    assert (tmp_path / "hand_example.md").read_text("utf-8") == page_of(WORKED, 0.01)
    assert f"Written: {tmp_path / 'hand_example.md'}" in lines
    assert f"Drawn: {tmp_path / 'hand_example_approach.svg'}" in lines
    page = (tmp_path / "hand_example.md").read_text("utf-8")
    for picture in re.findall(r"\]\(([^)#]+)\)", page):
        assert (tmp_path / picture).exists(), picture


def test_the_pictures_need_no_other_program(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = run("--output", str(tmp_path), path=str(empty))
    assert (result.returncode, result.stderr) == (0, "")
    for name in PICTURES:
        assert f"Drawn: {tmp_path / name}.svg (by this library, since" in result.stdout
    for name in ("hand_example_A", "hand_example_B"):
        drawing = (tmp_path / f"{name}.svg").read_text()
        assert all(f">{label}</text>" in drawing for label in ("w21", "a1", "y5", "loss"))
    # dy5/da3 in the first pass of article A: 0.66507364 x (1 - 0.66507364)
    assert ">0.2228</text>" in (tmp_path / "hand_example_A.svg").read_text()


def test_the_graph_is_that_of_the_first_pass(tmp_path: Path) -> None:
    assert main(["--output", str(tmp_path), "--layout", "own"]) == 0
    for article in ARTICLES:
        loss = forward_and_backward(starting_weights(article))["loss"]
        assert (loss.label, loss.grad) == ("loss", 1.0)
        source = (tmp_path / f"hand_example_{article.name}.gv").read_text("utf-8")
        assert source == draw_dot(loss, local_derivatives="numbers", max_boxes=None).source


def test_the_network_is_drawn_before_the_first_and_after_the_last_update(tmp_path: Path) -> None:
    assert main(["--output", str(tmp_path), "--layout", "own"]) == 0
    for worked in WORKED:
        for state, update in [("before", 0), ("after", worked.updates_until(0.01))]:
            name = f"hand_example_{worked.article.name}_{state}"
            shown = svg_texts((tmp_path / f"{name}.svg").read_text("utf-8"))
            y5 = worked.outputs[update]
            assert f"y = {y5:.6g}" in shown
            assert f"δ = {y5 * (1 - y5) * (0.5 - y5):.6g}" in shown
            assert f"target - y = {0.5 - y5:.6g}" in shown
            assert ("w23 = 0.9" in shown) == (state == "before")
            when = "before the first update" if update == 0 else f"after update {update}"
            assert f"The network {when}" in shown


@pytest.mark.parametrize("tolerance", ["0", "-0.01", "nan", "inf", "1e-13", "close", ""])
def test_a_tolerance_out_of_range_is_refused(
    tolerance: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # Were it accepted, the updates might never end.
    with pytest.raises(SystemExit) as refusal:
        main([f"--tolerance={tolerance}"])
    assert refusal.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    reason = f"must be a number of at least 1e-12, such as 0.01, got {tolerance!r}"
    assert f"error: argument --tolerance: {reason}\n" in captured.err


def test_bad_options_end_the_run_with_status_2() -> None:
    result = run("--tolerance", "close")
    assert result.returncode == 2
    assert result.stdout == ""
    assert "argument --tolerance: must be a number of at least 1e-12" in result.stderr


def test_the_tolerance_is_used_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--tolerance", "0.1", "--output", str(tmp_path), "--layout", "own"]) == 0
    updates = WORKED[0].updates_until(0.1)
    assert 0 < updates < 74
    assert f"It takes {updates} updates until |0.5 - y5| < 0.1, and" in capsys.readouterr().out
    assert "within 0.1 of the" in (tmp_path / "hand_example.md").read_text("utf-8")


def test_other_outputs_of_nn_would_be_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("demos.hand_example.outputs_of_model", lambda *_: [0.5])
    main(["--output", str(tmp_path), "--layout", "own"])
    assert capsys.readouterr().out.count("nn's network gives OTHER outputs") == 2


def test_both_articles_have_the_figures_that_are_given() -> None:
    assert ARTICLE_A.weights == weights_of(0.2)
    assert ARTICLE_B.weights == weights_of(0.3)
