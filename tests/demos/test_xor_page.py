"""docs/xor.md: its figures are those of the articles, of the demo, and of the starts it names."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from demos.xor import ARTICLE_A, ARTICLE_B, INPUTS
from demos.xor_starts import Outcome, comparison, failures, random_weights, train

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "xor.md").read_text("utf-8")


def rows(lines: list[str]) -> list[list[str]]:
    """The cells of a table in Markdown, without its two lines of head."""
    table = [line for line in lines if line.startswith("|")]
    return [line.strip("| ").split(" | ") for line in table[2:]]


FIGURES, FAILURES = [rows(part.splitlines()) for part in PAGE.split("## ")[1:]]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """The demo's start, and those that the page says have not learned."""
    w1, w2 = random_weights(2000, seed=0)
    starts = [0, *[int(row[0]) for row in FAILURES]]
    return train(w1[:, :, starts], w2[:, starts], 10_000)


def test_the_figures_of_the_articles_are_on_the_page() -> None:
    for column, article in ((2, ARTICLE_A), (3, ARTICLE_B)):
        shown = {row[0]: row[column].split(" (")[0] for row in FIGURES if row[column] != "-"}
        assert shown == {name: f"{figure:.4f}" for name, figure in article.items()}
    for figure in [*ARTICLE_A.values(), *ARTICLE_B.values()]:
        assert str(figure) in PAGE


def test_the_figures_of_the_demo_are_on_the_page_and_in_the_readme(outcome: Outcome) -> None:
    computed = rows(list(comparison(outcome)))
    assert [row[0] for row in computed] == [row[0] for row in FIGURES]
    figures = {row[0]: row[1].split(" (")[0] for row in FIGURES}
    assert figures == {row[0]: row[1].split(" (")[0] for row in computed}
    readme = (ROOT / "README.md").read_text("utf-8")
    lines = [re.split(r" {2,}", line) for line in readme.splitlines()]
    for name, figure in figures.items():
        assert [name, figure] in [cells[:2] for cells in lines]


def test_the_starts_on_the_page_have_not_learned(outcome: Outcome) -> None:
    assert list(outcome.learned) == [True] + [False] * 12
    computed = rows(list(failures(outcome)))
    for shown, row in zip(FAILURES, computed, strict=True):
        for figure, exact in zip([*shown[1:5], shown[6]], [*row[1:5], row[6]], strict=True):
            assert float(figure) == pytest.approx(float(exact), abs=0.0011)
        assert shown[5] == row[5]


def test_the_stuck_starts_are_on_the_plateau_that_the_page_describes(outcome: Outcome) -> None:
    stuck = [place for place, row in enumerate(FAILURES, start=1) if float(row[6]) < 0.01]
    assert len(stuck) == 7
    for place in stuck:
        cases = [INPUTS.index((int(a), int(b))) for a, b in pairs(FAILURES[place - 1][5])]
        predictions = outcome.predictions[cases, place]
        assert abs(predictions - 0.5).max() < 0.01
        hidden = outcome.hidden[cases, :, place]
        assert (hidden * (1 - hidden)).max() < 0.04
        loss = np.square(outcome.predictions[:, place] - [0, 1, 1, 0]).mean()
        assert loss == pytest.approx(1 / 8, abs=0.005)


def pairs(text: str) -> list[tuple[str, str]]:
    return re.findall(r"(\d) xor (\d)", text)
