"""README: its commands and its picture. Its example runs as a doctest."""

from __future__ import annotations

import re
from pathlib import Path

from autograd import Value, graph
from tests.drawings import svg_texts

ROOT = Path(__file__).parent.parent


def test_the_two_commands_install_and_run_the_demo_and_the_tests() -> None:
    commands = re.findall(r"^```sh\n(.*?)\n```$", (ROOT / "README.md").read_text(), re.M | re.S)
    install = "python3 -m venv .venv && .venv/bin/python -m pip install -q -e"
    assert commands == [
        f'{install} ".[demos]" && .venv/bin/python -m demos.xor',
        f'{install} ".[test]" && .venv/bin/python -m pytest',
    ]


def test_the_picture_shows_the_graph_of_the_example() -> None:
    first_block = (ROOT / "README.md").read_text().split("```python")[1].split("```")[0]
    example = re.findall(r"^>>> (.*)$", first_block, re.M)
    names: dict[str, Value] = {}
    exec("\n".join(line for line in example if "print" not in line), names)
    drawn = graph(names["y"]).to_svg(local_derivatives="numbers")
    shown = svg_texts((ROOT / "docs" / "example.svg").read_text("utf-8"))
    assert shown == svg_texts(drawn)
    assert len(shown) == 29
