"""The examples in docstrings, run on the engine that is live.

They are read from the source rather than from the imported objects, because
what mypyc compiles does not say on which line it stands.
"""

from __future__ import annotations

import ast
import doctest
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstrings(name: str, node: ast.AST) -> Iterator[tuple[str, str, int]]:
    """The name, the text and the line before it of each docstring at and below ``node``."""
    if isinstance(node, Documented):
        text = ast.get_docstring(node, clean=False)
        if text is not None:
            yield name, text, node.body[0].lineno - 1
    for child in ast.iter_child_nodes(node):
        inner = f"{name}.{child.name}" if hasattr(child, "name") else name
        yield from docstrings(inner, child)


def examples() -> list[tuple[str, doctest.DocTest]]:
    """Each docstring that has an example, with the name of its module."""
    found = []
    for package in ("autograd", "nn", "demos"):
        for path in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            module = module.removesuffix(".__init__")
            for name, text, line in docstrings(module, ast.parse(path.read_text("utf-8"))):
                example = doctest.DocTestParser().get_doctest(text, {}, name, str(path), line)
                if example.examples:
                    found.append((module, example))
    return found


@pytest.mark.parametrize(
    ("module", "example"), [pytest.param(*found, id=found[1].name) for found in examples()]
)
def test_the_example_shows_what_happens(module: str, example: doctest.DocTest) -> None:
    example.globs = dict(vars(importlib.import_module(module)))
    report: list[str] = []
    result = doctest.DocTestRunner().run(example, out=report.append)
    assert result.failed == 0, "".join(report)


def test_examples_are_found_in_every_kind_of_docstring() -> None:
    names = {example.name for _, example in examples()}
    assert {
        "autograd",
        "autograd.engine.value.Value",
        "autograd.engine.value.Value.backward",
    } <= names
