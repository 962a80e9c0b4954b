"""What type checkers and editors know of the library."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest

from nn.activations import ACTIVATIONS, LAYER_ACTIVATIONS, ActivationName, LayerActivationName
from tests import stubs
from tests.programs import ROOT

PROGRAM = "tests/typed_program.py"


def test_the_types_of_the_operations_are_current() -> None:
    assert stubs.PATH.read_text(encoding="utf-8") == stubs.stubs(), "run `python -m tests.stubs`"


def test_the_names_of_activations_are_those_there_are() -> None:
    assert list(get_args(ActivationName)) == list(ACTIVATIONS)
    assert sorted(get_args(LayerActivationName)) == sorted(LAYER_ACTIVATIONS)


@pytest.mark.skipif(find_spec("mypy") is None, reason="needs mypy")
def test_mypy_finds_the_mistakes_of_a_program_and_no_others() -> None:
    # What it says of the library's own files depends on what else is installed.
    command = [sys.executable, "-m", "mypy", "--follow-imports=silent", PROGRAM]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.stdout == "Success: no issues found in 1 source file\n"


@pytest.mark.skipif(shutil.which("pyright") is None, reason="needs pyright")
def test_pyright_finds_them_too() -> None:
    command = ["pyright", "--pythonpath", sys.executable]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.strip() == "0 errors, 0 warnings, 0 informations"


@pytest.mark.skipif(shutil.which("pyright") is None, reason="needs pyright")
def test_pyright_finds_them_in_an_installed_library(tmp_path: Path) -> None:
    """Of that it takes for public what is exported by name, and no more."""
    venv.create(tmp_path / "venv", symlinks=True)
    [python] = (tmp_path / "venv").glob("*/python")
    [packages] = (tmp_path / "venv").glob("**/site-packages")
    for package in ("autograd", "nn"):
        shutil.copytree(ROOT / package, packages / package)
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"))
    (tmp_path / "tests").mkdir()
    for name in ("pyproject.toml", PROGRAM):
        shutil.copy(ROOT / name, tmp_path / name)
    command = ["pyright", "--pythonpath", str(python)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout.strip() == "0 errors, 0 warnings, 0 informations"
