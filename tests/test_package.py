"""The package as a whole: its public names, the direction of imports, the modules they load."""

from __future__ import annotations

import ast
import builtins
import subprocess
import sys
import tomllib
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest

import autograd
import nn

ROOT = Path(__file__).parent.parent

# For each folder, the parts of the project that its modules may import besides each other.
RULES = {
    "autograd/engine": ["autograd.native", "autograd.answers"],
    "autograd/snapshot": ["autograd.engine*"],
    "autograd/words": ["autograd.engine*", "autograd.snapshot*"],
    "autograd/draw/layout": ["autograd.draw.picture", "autograd.draw.text"],
    "autograd/draw": [
        "autograd.engine*",
        "autograd.snapshot*",
        "autograd.words*",
        "autograd.draw.layout*",
    ],
    "autograd/page": [
        "autograd.engine*",
        "autograd.snapshot*",
        "autograd.words*",
        "autograd.draw*",
    ],
    "autograd/replay": [
        "autograd.engine*",
        "autograd.functional",
        "autograd.contexts",
        "autograd.containers",
        "autograd.native",
        "autograd.replay.recording*",
    ],
    "autograd/replay/recording": [
        "autograd.engine*",
        "autograd.native",
        "autograd.replay.bound",
        "autograd.replay.checks",
        "autograd.replay.errors",
        "autograd.replay.identity",
        "autograd.replay.reach",
        "autograd.replay.shares",
        "autograd.replay.tape",
    ],
    "autograd/testing": [
        "autograd.engine*",
        "autograd.functional",
        "autograd.contexts",
        "autograd.containers",
        "autograd.words.typesetting",
    ],
    "autograd/testing/_chainrule_hypothesis": ["autograd.testing.registration"],
    "autograd": ["autograd*"],
    "nn": ["autograd", "autograd.draw", "autograd.testing", "nn.drawing"],
    "nn/drawing": [
        "autograd",
        "autograd.draw",
        "nn.activations",
        "nn.checks",
        "nn.init",
        "nn.inputs",
        "nn.layers",
        "nn.module",
    ],
    "demos": [
        "autograd",
        "autograd.draw",
        "autograd.testing",
        "nn",
        "nn.data",
        "nn.init",
        "nn.losses",
        "nn.optim",
        "nn.schedules",
    ],
}


def modules() -> dict[str, Path]:
    """Each module of the project by its name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for package in ("autograd", "nn", "demos")
        for path in sorted((ROOT / package).rglob("*.py"))
    }


MODULES = modules()


def imports(path: Path) -> set[str]:
    """The modules of the project that the file at ``path`` imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in MODULES else str(node.module))
    return found & MODULES.keys()


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_one_way(name: str) -> None:
    folder = MODULES[name].parent
    allowed = RULES[folder.relative_to(ROOT).as_posix()]
    for imported in imports(MODULES[name]):
        assert MODULES[imported].parent == folder or any(
            fnmatchcase(imported, pattern) for pattern in allowed
        ), f"{name} must not import {imported}"


def test_no_imports_go_in_a_circle() -> None:
    # Those within functions and those for types alone are counted as well.
    TopologicalSorter({name: imports(path) for name, path in MODULES.items()}).prepare()


@pytest.mark.parametrize("package", ["autograd", "nn"])
def test_a_distribution_has_all_files_of_a_package(package: str) -> None:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    tools = configuration["tool"]["setuptools"]
    patterns = tools["package-data"][package]
    built = ("*.py", "*.pyc", "*.so", "*.pyd")
    for path in (ROOT / package).rglob("*"):
        name = path.relative_to(ROOT / package).as_posix()
        if path.is_file() and not any(fnmatchcase(name, pattern) for pattern in built):
            assert any(path.match(f"{package}/{pattern}") for pattern in patterns), name
        if path.name == "__init__.py" and "_chainrule_hypothesis" not in path.parts:
            assert ".".join(path.parent.relative_to(ROOT).parts) in tools["packages"]


@pytest.mark.parametrize("package", [autograd, nn])
def test_all_is_the_namespace(package: ModuleType) -> None:
    public = {
        name
        for name in dir(package)
        if not name.startswith("_") and not isinstance(getattr(package, name), ModuleType)
    }
    modules = {"data", "init", "losses", "optim", "schedules"} if package is nn else set()
    assert set(package.__all__) == (public | modules) - set(dir(builtins))
    assert len(package.__all__) == len(set(package.__all__))


def test_a_star_import_leaves_the_functions_of_python_as_they_are() -> None:
    public = {name for name in vars(autograd) if not name.startswith("_")}
    assert public & set(dir(builtins)) == {"max", "min", "round", "sum"}
    namespace: dict[str, object] = {}
    exec("from autograd import *; from nn import *", namespace)
    assert not namespace.keys() & (set(dir(builtins)) - {"__doc__", "__name__"})
    assert namespace["maximum"] is autograd.maximum


def test_importing_the_library_loads_nothing_heavy() -> None:
    program = "import sys, autograd, autograd.testing, nn; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.split(".")[0] for name in result.stdout.split()}
    heavy = {"graphviz", "hypothesis", "numpy", "matplotlib", "mpmath", "tqdm", "pytest"}
    assert {"autograd", "nn"} <= loaded
    assert not loaded & heavy
    words = {"autograd.words.explanation", "autograd.words.formulas", "autograd.words.terms"}
    assert not words & set(result.stdout.split())
    assert "autograd.page" not in result.stdout.split()
