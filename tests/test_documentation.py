"""The examples in docs/derivatives.md."""

from __future__ import annotations

import doctest
from importlib.util import find_spec
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "derivatives.md"
SCIPY = "## With SciPy"


def sections() -> list[str]:
    """The page in parts, each of which begins with a heading."""
    return [
        "\n## " + part if i else part
        for i, part in enumerate(PAGE.read_text("utf-8").split("\n## "))
    ]


def test_every_example_of_the_page_shows_what_happens() -> None:
    text = "".join(
        section
        for section in sections()
        if find_spec("scipy") is not None or not section.startswith(f"\n{SCIPY}")
    )
    example = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    assert len(example.examples) > 20
    report: list[str] = []
    result = doctest.DocTestRunner().run(example, out=report.append)
    assert result.failed == 0, "".join(report)


def test_the_page_shows_how_to_use_it_with_scipy() -> None:
    [section] = [section for section in sections() if section.startswith(f"\n{SCIPY}")]
    for use in ("jac=grad(", "hess=hessian(", "jac=True", "hessp=", "jac=jacobian("):
        assert use in section


def test_every_block_of_code_is_a_session_that_is_run() -> None:
    blocks = PAGE.read_text("utf-8").split("```python\n")[1:]
    assert blocks
    for block in blocks:
        assert block.startswith(">>> ")
        assert block.split("```")[0].endswith("\n\n")  # what ends the last example
