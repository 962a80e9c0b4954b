"""The errors and the warning of compiled functions."""

from __future__ import annotations


class CompileError(RuntimeError):
    """A compiled function does something that a replay would not do."""


class CompileWarning(RuntimeWarning):
    """A compiled function runs as it is from now on."""
