"""The errors and the warning of compiled functions, and the lines of code that they name."""

from __future__ import annotations

import linecache
import os
import sys

# The folders of autograd and nn: a line in them is never the one that a user looks for.
_AUTOGRAD = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LIBRARY = (_AUTOGRAD, os.path.join(os.path.dirname(os.path.dirname(_AUTOGRAD)), "nn") + os.sep)

_written: dict[tuple[str, int], str] = {}


class CompileError(RuntimeError):
    """A compiled function does something that a replay would not do."""


class CompileWarning(RuntimeWarning):
    """A compiled function runs as it is from now on."""


def place() -> str:
    """The line of the user's code that is being run, as in ``"train.py:43: return w * x"``."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_LIBRARY):
        frame = frame.f_back
    file, number = key = frame.f_code.co_filename, frame.f_lineno
    if key not in _written:
        line = linecache.getline(file, number, frame.f_globals).strip()
        _written[key] = f"{os.path.basename(file)}:{number}: {line}".removesuffix(": ")
    return _written[key]
