"""Two libraries of one import name, as pip installs them: one over the other."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import ROOT, environment

CURE = (
    "`pip uninstall autograd chainrule` removes both; then install the one that you want, or each "
    "in a virtual environment of its own"
)

# What HIPS autograd begins with, in essence.
FOREIGN = """
def grad(function, argnum=0):
    raise NotImplementedError
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder in which this library is installed."""
    for package in ("autograd", "nn"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.so", "__pycache__")
        )
    return tmp_path


def run(program: str, site: Path) -> str:
    """What a program writes to stderr where packages are found in ``site``."""
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=site,
        env=environment(PYTHONPATH=str(site), CHAINRULE_COMPILE="0"),
        capture_output=True,
        text=True,
    ).stderr


def test_alone_it_has_nothing_to_say(site: Path) -> None:
    assert run("import autograd, nn", site) == ""


def test_installed_over_the_other_the_package_says_so(site: Path) -> None:
    (site / "autograd" / "tracer.py").write_text("")
    for program in ("import autograd", "import nn"):
        said = run(program, site)
        assert (
            f"RuntimeWarning: the folder {site / 'autograd'} has files of two libraries, chainrule "
            "and HIPS autograd, which have the same import name and have overwritten each other's: "
            f"{CURE}\n"
        ) in said


def test_overwritten_by_the_other_nn_says_so(site: Path) -> None:
    initial = site / "autograd" / "__init__.py"
    initial.write_text(FOREIGN)
    assert run("import nn", site).splitlines()[-1] == (
        f"ImportError: nn needs the package autograd of chainrule, and {initial} belongs to "
        "another library of that name, HIPS autograd, which was installed besides or over it: "
        f"{CURE}"
    )
