"""docs/articles.md and docs/glossary.md: what they name is there, and what they must have.

Their examples run as doctests.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import nn
from tests.programs import ROOT

DOCS = ROOT / "docs"
ARTICLES = (DOCS / "articles.md").read_text("utf-8")
GLOSSARY = re.sub(r"```.*?```", "", (DOCS / "glossary.md").read_text("utf-8"), flags=re.S)

# The last cell of each row of the tables: what shows the sentences before it.
SHOWN_BY = [
    line.strip("|").split("|")[-1].strip()
    for line in ARTICLES.splitlines()
    if re.match(r"\|(?! A \||---)", line)
]


@cache
def functions(path: Path) -> set[str]:
    """The names of the functions at the top of a file."""
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@cache
def anchors(page: Path) -> set[str]:
    """The names under which the headings of a page are linked to."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S)
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def check_link(page: Path, target: str) -> None:
    """Fail unless the file that a page links to is there, and has the heading it links to."""
    name, _, anchor = target.partition("#")
    path = (page.parent / name).resolve() if name else page
    assert path.is_file(), target
    assert not anchor or anchor in anchors(path), target


def check_code(code: str) -> None:
    """Fail unless what is named in code is there: a command, a test or a name of `nn`."""
    command = re.fullmatch(r"python -m (demos\.\w+)((?: [\w.-]+)*)", code)
    test = re.fullmatch(r"(test_\w+\.py)::(test_\w+)", code)
    if command:
        source = (ROOT / command[1].replace(".", "/")).with_suffix(".py").read_text("utf-8")
        words = [word for word in command[2].split() if not word[0].isdigit()]
        assert all(f'"{word}"' in source for word in words), code
    elif test:
        [path] = (ROOT / "tests").rglob(test[1])
        assert test[2] in functions(path), code
    else:
        assert code == "loss.backward()" or getattr(nn, code.removeprefix("nn.")), code


def code_of(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def links_of(text: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", text)


@pytest.mark.parametrize("shown_by", SHOWN_BY)
def test_everything_named_is_there(shown_by: str) -> None:
    for code in code_of(shown_by):
        check_code(code)
    for link in links_of(shown_by):
        check_link(DOCS / "articles.md", link)


def test_every_row_names_something_that_runs() -> None:
    assert len(SHOWN_BY) > 50
    for shown_by in SHOWN_BY:
        assert links_of(shown_by) or code_of(shown_by) or shown_by == "this page"


@pytest.mark.parametrize("page", ["articles.md", "glossary.md"])
def test_the_rest_of_a_page_names_what_is_there_too(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    for link in links_of(text):
        check_link(DOCS / page, link)
    for code in re.findall(r"`(test_[^`]+|nn\.[^`]+)`", text):
        check_code(code)


@pytest.mark.parametrize(
    "wrong",
    [
        "python -m demos.trouble",
        "python -m demos.troubles underfitting",
        "python -m demos.xor --batches full",
        "test_articles.py::test_that_is_not_there",
        "test_nothing.py::test_everything_named_is_there",
        "test_articles.py::check_code",
        "nn.draw_networks",
    ],
)
def test_what_is_not_there_is_found(wrong: str) -> None:
    with pytest.raises((AssertionError, AttributeError, OSError, ValueError)):
        check_code(wrong)


@pytest.mark.parametrize("wrong", ["nothing.md", "hand_example.md#nothing", "#nothing"])
def test_a_link_to_nothing_is_found(wrong: str) -> None:
    with pytest.raises(AssertionError):
        check_link(DOCS / "articles.md", wrong)


WORDS = (
    "epoch, cost, loss, activation, forward pass, backward pass, delta, gradient, learning rate, "
    "gradient descent, stochastic, mini-batch, full-batch gradient descent, chain rule, "
    "local derivative, vanishing gradient, exploding gradient, overfitting, generalisation, "
    "value, operation, leaf, graph, root, path, label, snapshot, module, anomaly"
)


@pytest.mark.parametrize("term", WORDS.split(", "))
def test_the_glossary_explains_the_words_of_the_articles_and_the_library(term: str) -> None:
    terms = {found.lower() for found in re.findall(r"\*\*([^*]+)\*\*", GLOSSARY)}
    assert term in terms
