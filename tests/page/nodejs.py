"""Running the modules of the page in Node, as the one program that a page has."""

from __future__ import annotations

import base64
import json
import math
import shutil
import subprocess
from array import array
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from autograd.page.bundle import program
from autograd.page.operations import Operations
from autograd.page.rules import RULES
from autograd.snapshot import Snapshot

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
        return RULES.read_text("utf-8")


def run(operations: Operations, script: str, data: Any) -> Any:
    """What a script assigns to ``answer``, of ``data``: beside `engine.js` and all it imports."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "script.js"
        path.write_text(program("engine.js", operations) + READ + script + WRITE, "utf-8")
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


def packed(kind: str, numbers: list[Any]) -> str:
    return base64.b64encode(array(kind, numbers).tobytes()).decode()


def graph_data(snapshot: Snapshot, operations: Operations) -> dict[str, Any]:
    """A graph as `engine.js` reads it."""
    constants: dict[str, int] = {}
    operands = []
    for node in snapshot:
        for x in node.operands:
            place = x if isinstance(x, int) else len(snapshot) + constants.setdefault(repr(x), len(constants))
            operands.append(place)
    given = [node for node in snapshot if node.op is None or operations.is_frozen(node.id)]
    locals_ = {}
    for id in operations.frozen:
        node = snapshot[id]
        derivatives = iter(node.local_derivatives)
        locals_[id] = [as_json(next(derivatives)) if isinstance(x, int) else 0 for x in node.operands]
    return {
        "count": len(snapshot),
        "ops": operations.rows,
        "op": packed("H", operations.column),
        "arity": packed("I", [len(node.operands) for node in snapshot]),
        "operand": packed("i", operands),
        "constants": packed("d", [float(x) for x in constants]),
        "data": packed("d", [node.data for node in given]),
        "locals": locals_,
    }
