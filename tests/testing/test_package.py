"""autograd.testing as a whole: its public names, and the modules that it loads."""

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
    assert all(hasattr(autograd.testing, name) for name in autograd.testing.__all__)
    assert set(autograd.testing.__all__) <= set(dir(autograd.testing))


@pytest.mark.parametrize(
    ("name", "module", "package"),
    [
        ("check_primitive", "mpmath", "mpmath"),
        ("expressions", "mpmath", "mpmath"),
        ("expressions", "hypothesis", "Hypothesis"),
        ("values", "hypothesis", "Hypothesis"),
        ("value_arrays", "numpy", "NumPy"),
    ],
)
def test_where_a_package_is_missing_the_way_out_is_named(
    name: str, module: str, package: str
) -> None:
    result = run(
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {module!r}:\n"
        "            raise ModuleNotFoundError(name=name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "import autograd.testing\n"
        "print('imported')\n"
        f"from autograd.testing import {name}"
    )
    assert result.stdout == "imported\n"
    assert result.stderr.splitlines()[-1] == (
        f"ModuleNotFoundError: autograd.testing.{name} needs {package}: "
        f"pip install hypothesis mpmath{' numpy' * (package == 'NumPy')}"
    )


def test_a_name_that_is_not_there_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'autograd.testing' has no attribute 'nope'"):
        autograd.testing.nope  # noqa: B018
    assert "check_primitive" in dir(autograd.testing)
