"""Tools for testing programs that use this library.

>>> from autograd import tanh
>>> from autograd.testing import check_primitive
>>> from mpmath import mp
>>> check_primitive(tanh, mp.tanh, [0.3], [20.0])

A name is loaded at its first use, since its module may need mpmath or Hypothesis, which
``pip install hypothesis mpmath`` brings.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from autograd.testing.exact import Expected
    from autograd.testing.expression import Expression, Step
    from autograd.testing.formulas import FORMULAS, Formula
    from autograd.testing.gradients import GradientError, KinkError, check_gradients
    from autograd.testing.primitives import check_primitive, units_off
    from autograd.testing.strategies import expressions, values

__all__ = [
    "FORMULAS",
    "Expected",
    "Expression",
    "Formula",
    "GradientError",
    "KinkError",
    "Step",
    "check_gradients",
    "check_primitive",
    "expressions",
    "units_off",
    "values",
]

_MODULES: Final = {
    "Expected": "exact",
    "Expression": "expression",
    "FORMULAS": "formulas",
    "Formula": "formulas",
    "GradientError": "gradients",
    "KinkError": "gradients",
    "Step": "expression",
    "check_gradients": "gradients",
    "check_primitive": "primitives",
    "expressions": "strategies",
    "units_off": "primitives",
    "values": "strategies",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_MODULES[name]}")
    except ModuleNotFoundError as error:
        if error.name not in ("hypothesis", "mpmath"):
            raise
        package = {"hypothesis": "Hypothesis"}.get(error.name, error.name)
        raise ModuleNotFoundError(
            f"autograd.testing.{name} needs {package}: pip install hypothesis mpmath",
            name=error.name,
        ) from error
    return getattr(module, name)


def __dir__() -> list[str]:
    return [*globals(), *_MODULES]
