"""The limit on the time of a test, which pyproject.toml sets."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import ROOT, environment

DEADLOCK = """
from threading import Lock
from hypothesis import given, settings
from hypothesis.strategies import integers

def test_that_ends():
    pass

@settings(deadline=None)
@given(integers())
def test_that_waits_for_itself(number):
    lock = Lock()
    with lock, lock:
        pass
"""


def test_a_deadlock_ends_the_run_and_is_shown(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "test_deadlock.py").write_text(DEADLOCK)
    command = [sys.executable, "-m", "pytest", "-o", "faulthandler_timeout=3", "test_deadlock.py"]
    result = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=300
    )
    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    assert "Timeout (0:00:03)!" in result.stderr
    assert "in test_that_waits_for_itself" in result.stderr


def test_the_limit_is_far_above_what_a_test_takes(pytestconfig: pytest.Config) -> None:
    assert 300.0 <= float(pytestconfig.getini("faulthandler_timeout")) <= 1200.0
