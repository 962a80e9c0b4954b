"""Checks for tests of numerical code.

What needs mpmath or Hypothesis is loaded when it is first used, so that the rest works
where they are not installed; ``pip install "chainrule[testing]"`` brings both.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from autograd.testing.gradients import GradientError, KinkError, check_gradients

if TYPE_CHECKING:
    from autograd.testing.primitives import check_primitive, units_off

__all__ = ["GradientError", "KinkError", "check_gradients", "check_primitive", "units_off"]

# The module that has each of the names that are loaded when they are first used.
_HOMES: Final = {
    "check_primitive": "autograd.testing.primitives",
    "units_off": "autograd.testing.primitives",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        home = import_module(_HOMES[name])
    except ModuleNotFoundError as error:
        if error.name not in ("hypothesis", "mpmath"):
            raise
        raise ModuleNotFoundError(
            f'autograd.testing.{name} needs {error.name}: pip install "chainrule[testing]"',
            name=error.name,
        ) from error
    return getattr(home, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
