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
    from autograd.testing.against import DifferenceError as DifferenceError
    from autograd.testing.against import check_against as check_against
    from autograd.testing.arrays import value_arrays as value_arrays
    from autograd.testing.exact import Expected as Expected
    from autograd.testing.expression import Expression as Expression
    from autograd.testing.expression import Step as Step
    from autograd.testing.formulas import FORMULAS as FORMULAS
    from autograd.testing.formulas import Formula as Formula
    from autograd.testing.gradients import GradientError as GradientError
    from autograd.testing.gradients import KinkError as KinkError
    from autograd.testing.gradients import check_gradients as check_gradients
    from autograd.testing.primitives import check_primitive as check_primitive
    from autograd.testing.primitives import units_off as units_off
    from autograd.testing.strategies import expressions as expressions
    from autograd.testing.strategies import values as values

# The public names of each module.
_NAMES: Final = {
    "against": ["DifferenceError", "check_against"],
    "arrays": ["value_arrays"],
    "exact": ["Expected"],
    "expression": ["Expression", "Step"],
    "formulas": ["FORMULAS", "Formula"],
    "gradients": ["GradientError", "KinkError", "check_gradients"],
    "primitives": ["check_primitive", "units_off"],
    "strategies": ["expressions", "values"],
}
# What some of them need, by module.
_PACKAGES: Final = {"hypothesis": "Hypothesis", "mpmath": "mpmath", "numpy": "NumPy"}
_MODULES: Final = {name: module for module, names in _NAMES.items() for name in names}
__all__ = [*_MODULES]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_MODULES[name]}")
    except ModuleNotFoundError as error:
        if error.name not in _PACKAGES:
            raise
        command = f"pip install hypothesis mpmath{' numpy' * (name == 'value_arrays')}"
        raise ModuleNotFoundError(
            f"autograd.testing.{name} needs {_PACKAGES[error.name]}: {command}",
            name=error.name,
        ) from error
    return getattr(module, name)


def __dir__() -> list[str]:
    return [*globals(), *_MODULES]
