"""Places: the lines of code that messages name."""

from __future__ import annotations

import linecache
import os
import sys
from typing import Any, Final

from autograd import native

# A line in the folders of autograd and nn, or of Python itself, is not the one to look for.
_AUTOGRAD: Final = os.path.dirname(os.path.abspath(native.__file__))
_NN: Final = os.path.join(os.path.dirname(_AUTOGRAD), "nn")
_LIBRARIES: Final[Any] = (
    _AUTOGRAD + os.sep,
    _NN + os.sep,
    os.path.dirname(os.__file__) + os.sep,
    "<string>",
)

# What is known of codes, by their ids: whether they belong to a library, and the lines of their
# instructions. The codes are kept, so that no other has the id of one of them.
_codes: Final[dict[int, tuple[Any, bool]]] = {}
_written: Final[dict[tuple[int, int], str]] = {}
_MOST: Final = 10_000


def place() -> str:
    """The line of the user's code that is being run, as in ``"train.py:43: return w * x"``."""
    frame: Any = sys._getframe()
    code: Any = frame.f_code
    while _is_passed_over(code):
        outer: Any = frame.f_back
        if outer is None:
            break
        frame = outer
        code = frame.f_code
    key = (id(code), frame.f_lasti)
    known = _written.get(key)
    if known is None:
        file: str = code.co_filename
        number: int = frame.f_lineno
        line = linecache.getline(file, number, frame.f_globals).strip()
        known = f"{os.path.basename(file)}:{number}: {line}".removesuffix(": ")
        _written[key] = known
    return known


def _is_passed_over(code: Any) -> bool:
    known = _codes.get(id(code))
    if known is None:
        if len(_written) > _MOST:  # of functions that are made anew again and again
            _codes.clear()
            _written.clear()
        file: str = code.co_filename
        is_ours = file.startswith(_LIBRARIES) and "site-packages" not in file.removeprefix(
            _AUTOGRAD
        )
        known = _codes[id(code)] = code, is_ours
    return known[1]
