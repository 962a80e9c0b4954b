"""The errors and the warning of compiled functions, and the lines of code that they name."""

from __future__ import annotations

import linecache
import os
import sys

# A line in the folders of autograd and nn, or of Python itself, is not the one to look for.
_AUTOGRAD = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_NN = os.path.join(os.path.dirname(_AUTOGRAD), "nn")
_LIBRARIES = (_AUTOGRAD + os.sep, _NN + os.sep, os.path.dirname(os.__file__) + os.sep, "<string>")

_written: dict[tuple[str, int], str] = {}


class CompileError(RuntimeError):
    """A compiled function does something that a replay would not do."""


class CompileWarning(RuntimeWarning):
    """A compiled function runs as it is from now on."""


def place() -> str:
    """The line of the user's code that is being run, as in ``"train.py:43: return w * x"``."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_of_a_library(frame.f_code.co_filename):
        frame = frame.f_back
    file, number = key = frame.f_code.co_filename, frame.f_lineno
    if key not in _written:
        line = linecache.getline(file, number, frame.f_globals).strip()
        _written[key] = f"{os.path.basename(file)}:{number}: {line}".removesuffix(": ")
    return _written[key]


def _is_of_a_library(file: str) -> bool:
    return file.startswith(_LIBRARIES) and "site-packages" not in file.removeprefix(_AUTOGRAD)
