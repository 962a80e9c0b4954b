"""Running a program of the repository as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def environment(**changes: str | None) -> dict[str, str]:
    """The environment of this process with some variables set, or with None removed.

    A program that a test starts is handed it, so that it runs on the engine of the test run.
    """
    changed = {**os.environ, **changes}
    return {name: text for name, text in changed.items() if text is not None}


def run_module(
    name: str, *arguments: str, path: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m name`` from the root of the repository, with ``path`` for PATH if given."""
    return subprocess.run(
        [sys.executable, "-m", name, *arguments],
        cwd=ROOT,
        env=environment(PATH=os.environ["PATH"] if path is None else path),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
