"""The package as a whole: its public names, which way imports point, what they load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import autograd
import nn
from autograd import native

ROOT = Path(__file__).parent.parent

# What each module of the project may import from it; a name stands for all below it.
READERS = ["autograd.primitives", "autograd.recording", "autograd.value"]
ALLOWED = {
    "autograd.native": [],
    "autograd.floats": [],
    "autograd.primitives": ["autograd", "autograd.floats", "autograd.native"],
    "autograd.recording": ["autograd.native"],
    "autograd.operators": ["autograd", "autograd.native", "autograd.primitives"],
    "autograd.value": [
        "autograd.native",
        "autograd.operators",
        "autograd.primitives",
        "autograd.recording",
    ],
    "autograd.differential": READERS,
    "autograd.containers": READERS,
    "autograd.functional": [*READERS, "autograd.containers", "autograd.differential"],
    "autograd.anomaly": READERS,
    "autograd.copying": READERS,
    "autograd.draw": READERS,
    "autograd.testing": [*READERS, "autograd.functional"],  # to differentiate twice
    "autograd": [
        *READERS,
        "autograd",
        "autograd.anomaly",
        "autograd.copying",
        "autograd.functional",
        "autograd.native",
    ],
    "nn": ["autograd", "nn"],
    "demos": ["autograd", "autograd.draw", "nn", "demos"],
}


def imports(path: Path) -> set[str]:
    """The modules of this project that the file at ``path`` imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add(node.module or "")
    return {name for name in found if name.split(".")[0] in ("autograd", "nn", "demos", "tests")}


def modules() -> list[tuple[str, Path]]:
    found = []
    for package in ("autograd", "nn", "demos"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found.append((name.removesuffix(".__init__"), path))
    return found


@pytest.mark.parametrize(("name", "path"), modules(), ids=lambda x: x if isinstance(x, str) else "")
def test_imports_point_one_way(name: str, path: Path) -> None:
    allowed = ALLOWED[name if name in ALLOWED else name.split(".")[0]]
    for imported in imports(path):
        within = imported.split(".")[0] if imported.split(".")[0] != "autograd" else imported
        assert within in allowed, f"{name} must not import {imported}"


@pytest.mark.parametrize("package", [autograd, nn])
def test_all_is_the_namespace(package: ModuleType) -> None:
    public = {
        name
        for name, thing in vars(package).items()
        if not name.startswith("_") and not isinstance(thing, ModuleType)
    }
    modules = {"init"} if package is nn else set()
    assert set(package.__all__) == public | modules
    assert len(package.__all__) == len(set(package.__all__))


def test_the_compiled_modules_import_none_that_are_not() -> None:
    compiled = {source.removesuffix(".py").replace("/", ".") for source in native.SOURCES}
    for source in native.SOURCES:
        assert imports(ROOT / source) <= compiled | {"autograd", "autograd.native"}


def test_importing_the_library_loads_nothing_heavy() -> None:
    program = "import sys, autograd, nn; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.split(".")[0] for name in result.stdout.split()}
    heavy = {"graphviz", "hypothesis", "numpy", "matplotlib", "mpmath", "tqdm", "pytest"}
    assert {"autograd", "nn"} <= loaded
    assert not loaded & heavy
