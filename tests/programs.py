"""Running a program of the repository as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run_module(
    name: str, *arguments: str, path: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m name`` from the root of the repository, with ``path`` for PATH if given."""
    environment = dict(os.environ)
    if path is not None:
        environment["PATH"] = path
    return subprocess.run(
        [sys.executable, "-m", name, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
