"""README: its commands, pictures, tables and links. Its examples run as doctests."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from autograd import Value, graph
from autograd.draw import draw_dot, save
from benchmarks import accuracy
from tests.drawings import dot_texts, svg_texts

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_two_commands_install_and_run_the_demo_and_the_tests() -> None:
    commands = re.findall(r"^```sh\n(.*?)\n```$", README, re.M | re.S)
    install = ".venv/bin/python -m pip install -e"
    assert commands == [
        f'python3 -m venv .venv && CHAINRULE_COMPILE=0 {install} ".[demos]" '
        "&& .venv/bin/python -m demos.xor",
        f'python3 -m venv .venv && {install} ".[test]" && .venv/bin/python -m pytest',
    ]


def example() -> Value:
    """The y of the twelve lines."""
    lines = re.findall(r"^>>> (.*)$", README.split("```python")[1].split("```")[0], re.M)
    names: dict[str, Value] = {}
    exec("\n".join(line for line in lines if "print" not in line), names)
    return names["y"]


def test_the_picture_shows_the_graph_of_the_example() -> None:
    drawn = graph(example()).to_svg(local_derivatives="numbers")
    shown = svg_texts((ROOT / "docs" / "example.svg").read_text("utf-8"))
    assert shown == svg_texts(drawn)
    assert len(shown) == 29


def test_a_file_has_the_numbers_on_the_edges_on_request_and_a_notebook_has_not(
    tmp_path: Path,
) -> None:
    y = example()
    with_numbers = save(y, tmp_path / "y.svg", local_derivatives="numbers").read_text("utf-8")
    assert with_numbers == graph(y).to_svg(local_derivatives="numbers")
    without = save(y, tmp_path / "plain.svg").read_text("utf-8")
    edges = 5
    assert len(svg_texts(with_numbers)) - len(svg_texts(without)) == edges
    shown = graph(y)._repr_mimebundle_()["image/svg+xml"]
    assert svg_texts(shown) == svg_texts(without)


def test_the_picture_of_graphviz_shows_the_same() -> None:
    """Positions by dot depend on its version and its fonts."""
    kept = dot_texts((ROOT / "docs" / "graphviz.svg").read_text("utf-8"))
    drawn = graph(example()).to_svg(local_derivatives="numbers")
    assert sorted(kept) == sorted(svg_texts(drawn))


@pytest.mark.skipif(shutil.which("dot") is None, reason="dot is not installed")
def test_the_picture_of_graphviz_is_what_dot_makes_of_draw_dot() -> None:
    kept = dot_texts((ROOT / "docs" / "graphviz.svg").read_text("utf-8"))
    made = draw_dot(example(), local_derivatives="numbers").pipe(encoding="utf-8")
    assert kept == dot_texts(made)


def test_the_tables_of_accuracy_hold_what_the_library_answers() -> None:
    rows = [line for line in README.splitlines() if line.startswith("| ")]
    for case in accuracy.CASES:
        ours = accuracy.ask_ours(case)
        start = accuracy.row_of_case(case, [ours])
        assert "**" not in start
        assert any(row.startswith(start.removesuffix(" |")) for row in rows), start
    for convention in accuracy.CONVENTIONS:
        start = accuracy.row_of_convention(convention, accuracy.ask_ours(convention), [])
        assert any(row.startswith(start.removesuffix(" |")) for row in rows), start


def test_what_pip_installs_is_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    installed = {name.split(".")[0] for name in project["tool"]["setuptools"]["packages"]}
    sentence = re.search(r"^What pip installs is (.*?);", README, re.M | re.S)
    assert sentence is not None
    assert set(re.findall(r"`(\w+)`", sentence[1])) == installed | {"Value"}


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(links) > 20
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_no_text_has_pip_fetch_the_distribution_by_its_name() -> None:
    """It is installed from a checkout, and no index need know it."""
    texts = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    for folder in ("autograd", "nn", "demos", "benchmarks"):
        texts += (ROOT / folder).rglob("*.py")
    for path in texts:
        assert re.search(r"pip install [^\n]*chainrule", path.read_text("utf-8")) is None, path
