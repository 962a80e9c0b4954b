"""The choice of the engine: the compiled modules, or the same files interpreted.

`setup.py` compiles the modules of autograd/engine with mypyc where it finds a C
compiler, and those of autograd/replay that record calls and make programs, with the
kernel that runs these. The source stays beside the result, so that either can be run, and the
environment variable ``CHAINRULE_COMPILE`` says which:

* not set: the compiled modules, if there are any and the source has not changed
  since; otherwise the source;
* ``0``: the source, as for stepping through it with a debugger;
* ``1``: the compiled modules, and an error if there are none.

``autograd.__compiled__`` tells which it has become.
"""

from __future__ import annotations

import os
import sys
import warnings
import zlib
from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, Final

SWITCH: Final = "CHAINRULE_COMPILE"
LIBRARY_PREFIX: Final = "_native_"

# C that is part of the compiled library: it has the memory of Values, and runs programs.
KERNEL: Final = (
    "autograd/engine/slabs.c",
    *[f"autograd/replay/{name}.c" for name in ("bound", "kernel", "links", "machine", "runs")],
)
# What is read before each file of C that mypyc generates, and the header of the kernel.
HEADERS: Final = (
    "autograd/engine/freeing.h",
    "autograd/engine/classes.h",
    "autograd/engine/arguments.h",
)
KERNEL_HEADER: Final = "autograd/replay/kernel.h"

_REBUILD: Final = "`pip install -e .`"
_ROOT: Final = os.path.dirname(os.path.dirname(__file__))
_ENGINE: Final = os.path.join(_ROOT, "autograd", "engine")
_REPLAY: Final = os.path.join(_ROOT, "autograd", "replay")
_RECORDING: Final = os.path.join(_REPLAY, "recording")

# The folders with compiled modules, in that of the package.
FOLDERS: Final = ("engine", "replay", "replay/recording")

# Compiled besides all of the engine: what records a call on a tape, what makes programs of it, and
# finds what a function reads from outside. What takes arguments apart is not: they may contain
# themselves, and compiled code calls itself without a limit.
RECORDING: Final = (
    "calculations",
    "followed",
    "gradients",
    "indices",
    "leaks",
    "outside",
    "places",
    "recorder",
    "standins",
    "taken",
)
_LIFTING: Final = (
    "levels",
    "lowering",
    "optimizer",
    "packing",
    "program",
    "reach",
    "shares",
    "slopes",
    "sums",
    "surroundings",
    "tape",
)

if TYPE_CHECKING:
    from librt.vecs import append as append
    from librt.vecs import extend as extend
    from librt.vecs import vec as vec
    from mypy_extensions import i32 as i32
    from mypy_extensions import i64 as i64
    from mypy_extensions import mypyc_attr as mypyc_attr
    from mypy_extensions import u8 as u8
else:
    # These concern the compiler alone; the source runs without them.
    i32 = i64 = u8 = int

    class vec:  # noqa: N801
        """In place of an array of ``vec[kind]``: a list."""

        def __class_getitem__(cls, kind):
            return list

    def append(numbers, number):
        """The array with ``number`` at its end; the one before is used up."""
        numbers.append(number)
        return numbers

    def extend(numbers, more):
        """The array with more at its end, which may be itself; the one before is used up."""
        numbers.extend(more)
        return numbers

    def mypyc_attr(**options):  # noqa: ARG001
        """Leave a class as it is."""
        return lambda cls: cls


def called_by_python(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, called from a function that is never compiled."""

    # Not the docstring, which an operation writes when it is asked for.
    @wraps(function, assigned=("__module__", "__name__", "__qualname__"))
    def call(*arguments: Any) -> Any:
        return function(*arguments)

    return call


def refusing(name: str, this: Any) -> Callable[..., Any]:
    """A function that raises Python's error for arguments that a compiled one has refused.

    Args:
        name: that of the compiled one in C, such as ``CPyPy_value___Value___backward``.
        this: the object of a method, the module of a function.
    """
    from inspect import signature
    from types import MethodType

    module, *path = name.removeprefix("CPyPy_").split("___")
    refused = this
    if path[0].endswith("_obj"):  # a lambda is an object of a class of its own
        path = ["<lambda>"]
    else:
        names = [f"autograd.{folder.replace('/', '.')}.{module}" for folder in FOLDERS]
        refused = next(sys.modules[name] for name in names if name in sys.modules)
        for part in path:
            refused = refused if part == "__init__" else getattr(refused, part)
    parameters = str(signature(refused)).replace(", /", "")
    if path[-1] == "__init__" or isinstance(getattr(refused, "__self__", None), type):
        parameters = parameters.replace("(", "(self, ", 1)
    scope: dict[str, Any] = {}
    exec(f"def function{parameters}: pass", scope)
    function = scope["function"]
    function.__qualname__ = ".".join(path)
    return MethodType(function, this) if len(path) > 1 else function


def sources() -> list[str]:
    """The files that mypyc compiles, all of them into one library, from the root on."""
    names = sorted(name for name in os.listdir(_ENGINE) if name.endswith(".py"))
    engine = [f"autograd/engine/{name}" for name in names if name != "__init__.py"]
    recording = [f"autograd/replay/recording/{name}.py" for name in RECORDING]
    return [*engine, *recording, *[f"autograd/replay/{name}.py" for name in _LIFTING]]


@cache
def library_name() -> str:
    """The name of the compiled library that belongs to the present source.

    It holds a checksum of the source, so that a library that was compiled from
    another source has another name. Times would not do: git sets them afresh.
    """
    checksum = 0
    for source in (*sources(), *KERNEL, *HEADERS, KERNEL_HEADER):
        with open(os.path.join(_ROOT, source), "rb") as file:
            checksum = zlib.crc32(file.read(), checksum)
    return f"{LIBRARY_PREFIX}{checksum:08x}"


def library() -> Any:
    """The compiled library, where the compiled modules are loaded."""
    from importlib import import_module

    return import_module(f"autograd.engine.{library_name()}__mypyc")


def requested() -> bool | None:
    """True if the environment asks for the compiled engine, False if not to; None if for neither.

    Raises:
        ValueError: the variable holds something else than 0 or 1.
    """
    choice = os.environ.get(SWITCH, "")
    if choice not in ("", "0", "1"):
        raise ValueError(
            f"{SWITCH} is {choice!r}: set it to 1 for the compiled engine, to 0 for the "
            "interpreted one, or not at all for whichever the machine allows"
        )
    return None if choice == "" else choice == "1"


def _built_library() -> str | None:
    """The name of the compiled library that is installed for this Python, if any."""
    from importlib.machinery import EXTENSION_SUFFIXES

    try:
        names = os.listdir(_ENGINE)
    except OSError:  # inside a zip archive, from which nothing compiled can be loaded
        return None
    for name in names:
        if name.startswith(LIBRARY_PREFIX) and name.endswith(EXTENSION_SUFFIXES[0]):
            return name.split("__mypyc")[0]
    return None


def load_lifting() -> None:
    """Load what makes programs: the source, where the compiled modules cannot be loaded.

    They need the arrays of librt, the run time library of mypyc, and look whether its interface is
    the one that they were compiled for.
    """
    from importlib import import_module

    if COMPILED:
        try:
            import_module("autograd.replay.program")
        except (ImportError, ValueError, AttributeError):
            _load_source_only(_REPLAY, _RECORDING)


def _load_source_only(*folders: str) -> None:
    """Let the import system see the source in these folders and nothing compiled."""
    from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader

    for folder in folders:
        finder = FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES))
        sys.path_importer_cache[folder] = finder


def _choose_engine() -> bool:
    """Settle which engine the imports after this one load; True for the compiled one."""
    choice = requested()
    library = _built_library()
    if choice is not False and library is not None and library == library_name():
        return True
    if choice:
        state = "there are none" if library is None else "they are older than their source"
        raise ImportError(
            f"{SWITCH}=1 asks for the compiled modules of autograd, but {state}: "
            f"with a C compiler at hand, {_REBUILD} makes them"
        )
    if library is not None:
        _load_source_only(_ENGINE, _REPLAY, _RECORDING)
        if choice is None:
            warnings.warn(
                "the compiled modules of autograd are older than their source, which therefore "
                f"runs interpreted: {_REBUILD} compiles it, {SWITCH}=0 leaves it so",
                RuntimeWarning,
                stacklevel=2,
            )
    return False


# setup.py runs this file as well, under another name, to learn what to compile.
COMPILED: Final = _choose_engine() if __name__ == "autograd.native" else False
