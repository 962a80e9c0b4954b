"""The errors and the warning of compiled functions, and the lines of code that they name."""

from __future__ import annotations

import linecache
import os
import sys
import types

# A line in the folders of autograd and nn, or of Python itself, is not the one to look for.
_AUTOGRAD = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_NN = os.path.join(os.path.dirname(_AUTOGRAD), "nn")
_LIBRARIES = (_AUTOGRAD + os.sep, _NN + os.sep, os.path.dirname(os.__file__) + os.sep, "<string>")


class CompileError(RuntimeError):
    """A compiled function does something that a replay would not do."""


class CompileWarning(RuntimeWarning):
    """A compiled function runs as it is from now on."""


def place() -> str:
    """The line of the user's code that is being run, as in ``"train.py:43: return w * x"``."""
    frame = sys._getframe()
    code = frame.f_code
    while frame.f_back is not None and _is_passed_over(code):
        frame = frame.f_back
        code = frame.f_code
    key = id(code), frame.f_lasti
    known = _written.get(key)
    if known is None:
        if len(_written) > _MOST:
            _written.clear()
            _known.clear()
        file, number = code.co_filename, frame.f_lineno
        line = linecache.getline(file, number, frame.f_globals).strip()
        text = f"{os.path.basename(file)}:{number}: {line}".removesuffix(": ")
        known = _written[key] = text
        _known[id(code)] = code, False
    return known


# By the ids of codes, each of which is kept: whether its lines are none to look for; and the
# lines, by the instruction as well.
_known: dict[int, tuple[types.CodeType, bool]] = {}
_written: dict[tuple[int, int], str] = {}
_MOST = 10_000


def _is_passed_over(code: types.CodeType) -> bool:
    known = _known.get(id(code))
    if known is None:
        known = _known[id(code)] = code, _is_of_a_library(code.co_filename)
    return known[1]


def _is_of_a_library(file: str) -> bool:
    return file.startswith(_LIBRARIES) and "site-packages" not in file.removeprefix(_AUTOGRAD)
