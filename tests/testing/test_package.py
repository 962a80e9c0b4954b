"""autograd.testing as a whole: what it offers, and what it loads when."""

from __future__ import annotations

import subprocess
import sys

import pytest

import autograd.testing


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


def test_nothing_heavy_is_loaded_before_it_is_used() -> None:
    result = run("import sys, autograd.testing; print(*sys.modules)")
    assert not {"hypothesis", "mpmath", "numpy", "pytest"} & set(result.stdout.split())
    assert "autograd.testing" in result.stdout.split()


def test_every_public_name_is_there() -> None:
    for name in autograd.testing.__all__:
        assert getattr(autograd.testing, name).__name__ == name
        assert name in dir(autograd.testing)


def test_without_mpmath_the_way_out_is_named() -> None:
    program = (
        "import sys; sys.modules['mpmath'] = None; import autograd.testing; print('loaded');"
        "from autograd.testing import check_primitive"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stdout == "loaded\n"
    assert result.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: autograd.testing.check_primitive needs mpmath: "
        'pip install "chainrule[testing]"'
    )


def test_a_name_that_is_not_there_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'autograd.testing' has no attribute 'nope'"):
        autograd.testing.nope  # noqa: B018
    assert "check_primitive" in dir(autograd.testing)
