"""st.from_type(Value): without an import of ours, in either order, at no cost."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
# The folder of the hook that is installed beside the packages.
HOOK = f"import sys; sys.path.append({str(ROOT / 'autograd' / 'testing')!r}); "
FIND = "print(find(st.from_type(autograd.Value), lambda value: value.data > 1.5))"

installed = pytest.mark.skipif(
    not any(entry.name == "chainrule" for entry in metadata.entry_points(group="hypothesis")),
    reason="the distribution is not installed, or by an earlier version, so Hypothesis cannot know",
)


def run(program: str, path: Path = ROOT) -> str:
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        cwd=path,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_values_are_drawn_where_hypothesis_is_imported_first() -> None:
    program = f"from hypothesis import find, strategies as st; import autograd; {FIND}"
    assert run(program) == "Value(2.0)"


@installed
def test_values_are_drawn_where_hypothesis_is_imported_second() -> None:
    program = f"import autograd; from hypothesis import find, strategies as st; {FIND}"
    assert run(program) == "Value(2.0)"


def test_the_hook_registers_what_is_there_already() -> None:
    program = (
        f"{HOOK}import autograd, _chainrule_hypothesis; _chainrule_hypothesis.register(); "
        f"from hypothesis import find, strategies as st; {FIND}"
    )
    assert run(program) == "Value(2.0)"


def test_a_function_that_takes_values_is_given_them() -> None:
    program = """
from hypothesis import given, strategies as st
import autograd

@given(...)
def test(number: float, value: autograd.Value) -> None:
    assert type(value) is autograd.Value

test()
print("passed")
"""
    assert run(program) == "passed"


@installed
def test_importing_hypothesis_does_not_import_the_library() -> None:
    program = "import sys, hypothesis; print(*[x for x in sys.modules if 'autograd' in x])"
    assert run(program) == ""


def test_another_package_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd" / "__init__.py").write_text("grad = 1\n")
    program = (
        f"{HOOK}import autograd, hypothesis, _chainrule_hypothesis; "
        "_chainrule_hypothesis.register(); print(autograd.grad)"
    )
    assert run(program, tmp_path) == "1"


def test_without_hypothesis_nothing_is_registered_and_nothing_fails() -> None:
    program = (
        "import sys; sys.modules['hypothesis'] = None; import autograd, autograd.testing; "
        "print('autograd.testing.registration' in sys.modules)"
    )
    assert run(program) == "False"
