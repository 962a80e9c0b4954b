"""Which sections of these pages are run as tests: those that import nothing that is missing."""

from __future__ import annotations

import re
from bisect import bisect
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Leave out the examples of a section, or page, that imports what is not installed."""
    for item in items:
        if item.path.parent == Path(__file__).parent and hasattr(item, "dtest"):
            lines = item.path.read_text("utf-8").splitlines()
            headings = [i for i, line in enumerate(lines) if line.startswith("## ")]
            sections: dict[int, list[Any]] = {}
            for example in item.dtest.examples:
                sections.setdefault(bisect(headings, example.lineno), []).append(example)
            item.dtest.examples = [
                example
                for section in sections.values()
                if _is_runnable(section)
                for example in section
            ]


def _is_runnable(section: list[Any]) -> bool:
    text = "".join(example.source for example in section)
    names = re.findall(r"^(?:from|import) (\w+)", text, re.M)
    return all(find_spec(name) is not None for name in names)
