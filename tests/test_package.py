"""The package as a whole: its public names, which way imports point, what they load."""

from __future__ import annotations

import ast
import builtins
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
LAYOUT = [
    "autograd.draw",
    *(
        f"autograd.draw.{step}"
        for step in (
            *("coordinates", "items", "layering", "ordering"),
            *("picture", "routing", "rows", "text"),
        )
    ),
]
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
    "autograd.calls": ["autograd.native", "autograd.value"],
    "autograd.snapshot.grouping": ["autograd.value"],
    "autograd.snapshot": [
        *READERS,
        "autograd.snapshot.grouping",
        # These are readers of it, which its methods import where they are called.
        "autograd",
        "autograd.draw",
        "autograd.draw.options",
        "autograd.reading",
        "autograd.snapshot.diagnosis",
        "autograd.snapshot.ways",
        "autograd.words.explanation",
    ],
    "autograd.snapshot.ways": ["autograd.snapshot"],
    "autograd.snapshot.diagnosis": ["autograd.primitives", "autograd.snapshot"],
    "autograd.words.notation": [],
    "autograd.words.page": ["autograd.words.notation"],
    "autograd.words.expressions": [
        "autograd",
        "autograd.words.notation",
        "autograd.operators",
        *READERS,
    ],
    "autograd.words.formulas": [
        *READERS,
        "autograd",
        "autograd.words.expressions",
        "autograd.words.notation",
        "autograd.snapshot",
    ],
    "autograd.words.explanation": [
        *READERS,
        "autograd",
        "autograd.words.expressions",
        "autograd.words.formulas",
        "autograd.words.notation",
        "autograd.words.page",
        "autograd.snapshot",
        "autograd.snapshot.ways",
    ],
    "autograd.words": [],
    # It imports these where its functions are called.
    "autograd.reading": [
        "autograd.draw.notebook",
        "autograd.words.explanation",
        "autograd.words.formulas",
        "autograd.snapshot",
        "autograd.value",
    ],
    "autograd.differential": READERS,
    "autograd.containers": READERS,
    "autograd.functional": [*READERS, "autograd.containers", "autograd.differential"],
    "autograd.anomaly": READERS,
    "autograd.copying": READERS,
    # What is shown of a graph is decided by these.
    "autograd.draw": [
        "autograd.draw.content",
        "autograd.draw.dot",
        "autograd.draw.files",
        "autograd.draw.options",
        "autograd.draw.svg",
        "autograd.snapshot",
        "autograd.value",
    ],
    "autograd.draw.colors": ["autograd.draw.picture"],
    "autograd.draw.options": [
        "autograd.draw.colors",
        "autograd.draw.picture",
        "autograd.snapshot",
    ],
    "autograd.draw.statistics": [],
    "autograd.draw.folding": ["autograd.snapshot"],
    "autograd.draw.summary": [
        "autograd.draw.folding",
        "autograd.draw.picture",
        "autograd.draw.statistics",
        "autograd.snapshot",
    ],
    "autograd.draw.content": [
        "autograd.draw.colors",
        "autograd.draw.folding",
        "autograd.draw.options",
        "autograd.draw.picture",
        "autograd.draw.summary",
        "autograd.words.formulas",
        "autograd.snapshot.grouping",
        "autograd.primitives",
        "autograd.snapshot",
    ],
    # The layout and what writes it know of pictures, and nothing of values.
    "autograd.draw.picture": [],
    "autograd.draw.text": ["autograd.draw", "autograd.draw.picture"],
    "autograd.draw.layering": [],
    "autograd.draw.items": [],
    "autograd.draw.ordering": ["autograd.draw.items"],
    "autograd.draw.coordinates": ["autograd.draw.items"],
    "autograd.draw.rows": ["autograd.draw.items"],
    "autograd.draw.routing": ["autograd.draw.items", "autograd.draw.rows"],
    "autograd.draw.layout": LAYOUT,
    "autograd.draw.svg": [*LAYOUT, "autograd.draw.layout"],
    "autograd.draw.dot": ["autograd.draw.picture", "autograd.draw.text"],
    "autograd.draw.files": [
        "autograd.draw.dot",
        "autograd.draw.options",
        "autograd.draw.picture",
        "autograd.draw.svg",
    ],
    "autograd.draw.notebook": ["autograd.snapshot", "autograd.value"],
    # What is tested with is built on what is tested: on all of the interface of the library.
    "autograd.testing": [
        *READERS,
        "autograd",
        "autograd.containers",
        "autograd.functional",
        "autograd.operators",
        "autograd.testing",
        "nn",  # networks to test with, where they are asked for
    ],
    "autograd": [
        *READERS,
        "autograd",
        "autograd.anomaly",
        "autograd.calls",
        "autograd.copying",
        "autograd.functional",
        "autograd.native",
        "autograd.reading",
        "autograd.testing",  # its registration with Hypothesis, where that is imported
    ],
    "nn": ["autograd", "nn"],
    "demos": ["autograd", "autograd.draw", "nn", "demos"],
}


PACKAGES = {"autograd.testing"}  # within autograd


def nearest(name: str, packages: set[str]) -> str | None:
    """The module ``name`` or the innermost package around it, if it is one of ``packages``."""
    while name and name not in packages:
        name = name.rpartition(".")[0]
    return name or None


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
    allowed = ALLOWED[nearest(name, set(ALLOWED) - {"autograd"}) or name.split(".")[0]]
    for imported in imports(path):
        within = imported.split(".")[0] if imported.split(".")[0] != "autograd" else imported
        assert within in allowed or nearest(within, PACKAGES & set(allowed)), (
            f"{name} must not import {imported}"
        )


@pytest.mark.parametrize("package", [autograd, nn])
def test_all_is_the_namespace(package: ModuleType) -> None:
    public = {
        name
        for name, thing in vars(package).items()
        if not name.startswith("_") and not isinstance(thing, ModuleType)
    }
    modules = {"init"} if package is nn else set()
    assert set(package.__all__) == (public | modules) - set(dir(builtins))
    assert len(package.__all__) == len(set(package.__all__))


def test_a_star_import_leaves_the_functions_of_python_as_they_are() -> None:
    public = {name for name in vars(autograd) if not name.startswith("_")}
    assert public & set(dir(builtins)) == {"max", "min", "round", "sum"}
    namespace: dict[str, object] = {}
    exec("from autograd import *; from nn import *", namespace)
    assert not namespace.keys() & (set(dir(builtins)) - {"__doc__", "__name__"})
    assert namespace["maximum"] is autograd.maximum


def test_the_compiled_modules_import_none_that_are_not() -> None:
    compiled = {source.removesuffix(".py").replace("/", ".") for source in native.SOURCES}
    for source in native.SOURCES:
        assert imports(ROOT / source) <= compiled | {"autograd", "autograd.native"}


def test_importing_the_library_loads_nothing_heavy() -> None:
    program = "import sys, autograd, autograd.testing, nn; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.split(".")[0] for name in result.stdout.split()}
    heavy = {"graphviz", "hypothesis", "numpy", "matplotlib", "mpmath", "tqdm", "pytest"}
    assert {"autograd", "nn"} <= loaded
    assert not loaded & heavy
    words = {"autograd.words.explanation", "autograd.words.formulas", "autograd.words.expressions"}
    assert not words & set(result.stdout.split())
