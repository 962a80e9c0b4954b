"""Running the modules of the page in Node, as the one program that a page has."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from autograd.page.bundle import program
from autograd.page.operations import Operations
from autograd.page.rules import RULES

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node")

READ = 'const data = JSON.parse(require("fs").readFileSync(0, "utf-8"));\n'
# JSON has no numbers that are not finite, and no -0: they are written as texts.
WRITE = """
process.stdout.write(JSON.stringify(answer, (_, x) => typeof x !== "number" ? x
  : Object.is(x, -0) ? "-0" : Number.isFinite(x) ? x : String(x)));
"""


class AllRules(Operations):
    """The operations of no graph, with all rules of the table."""

    def __init__(self) -> None:
        pass

    def rules(self) -> str:
        """All of the module."""
        return RULES.read_text("utf-8")


def run(operations: Operations, script: str, data: Any, entry: str = "engine.js") -> Any:
    """What a script assigns to ``answer``, of ``data``: beside a module and all it imports."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "script.js"
        path.write_text(f"{program(entry, operations)}{{{READ}{script}{WRITE}}}", "utf-8")
        result = subprocess.run(
            [str(NODE), str(path)],
            input=json.dumps(data, allow_nan=False),
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def as_json(x: float) -> float | str:
    """A number as JSON holds it, and JavaScript's ``Number`` reads it."""
    if math.isfinite(x):
        return x
    return "NaN" if x != x else "Infinity" if x > 0.0 else "-Infinity"


def from_json(x: float | str) -> float:
    return float(x)
