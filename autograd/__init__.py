"""Scalar automatic differentiation: `Value` records, ``backward()`` differentiates.

>>> from autograd import Value
>>> x = Value(2.0)
>>> y = (x * x + 1).log()
>>> y.backward()
>>> x.grad  # 2x / (x**2 + 1)
0.8
"""

import sys
import typing

from autograd import native  # first, because it settles which engine the rest is

# isort: split

import autograd.copying  # makes Values copy and pickle
import autograd.engine.derived  # noqa: F401  derives the rules of Primitive.from_formula
from autograd.anomaly import AnomalyError, detect_anomaly
from autograd.clash import warn_of_foreign_files
from autograd.contexts import enable_grad, no_grad
from autograd.engine import table
from autograd.engine.help import writers
from autograd.engine.known import record
from autograd.engine.order import topological_order
from autograd.engine.outputs import output_of
from autograd.engine.primitive import Primitive, Reduction
from autograd.engine.recording import is_recording
from autograd.engine.resetting import zero_grad
from autograd.engine.value import Value, viewers
from autograd.functional import (
    backward,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from autograd.taking import take

if not typing.TYPE_CHECKING:
    from autograd.engine.table import *
    from autograd.engine.table import max as max
    from autograd.engine.table import min as min
    from autograd.engine.table import round as round
    from autograd.engine.table import sum as sum

if typing.TYPE_CHECKING:
    # The same operations, with types that tell what each takes and gives.
    import autograd.operations as operations
    from autograd.operations import *
    from autograd.operations import max as max
    from autograd.operations import min as min
    from autograd.operations import round as round
    from autograd.operations import sum as sum
    from autograd.replay.compiled import compile as compile
    from autograd.replay.errors import CompileError, CompileWarning
    from autograd.views import Graph, explain, formula, graph

__all__ = [
    "AnomalyError",
    "CompileError",
    "CompileWarning",
    "Graph",
    "Primitive",
    "Reduction",
    "Value",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "explain",
    "formula",
    "grad",
    "gradients",
    "graph",
    "hessian",
    "hvp",
    "is_recording",
    "jacobian",
    "jvp",
    "no_grad",
    "output_of",
    "record",
    "take",
    "topological_order",
    "value_and_grad",
    "vjp",
    "zero_grad",
]
# A type checker takes a name for public if it finds it here, in a list that is written out.
if typing.TYPE_CHECKING:
    __all__ += operations.__all__
else:
    __all__ += table.__all__

# True if the compiled engine runs; see native.py.
__compiled__ = native.COMPILED

__version__ = "0.1.0"

# These names, and all that they need, are loaded at their first use.
_VIEWS = ("Graph", "explain", "formula", "graph")
_REPLAY = ("CompileError", "CompileWarning", "compile")


def __getattr__(name: str) -> object:
    if name in _VIEWS:
        from autograd import views

        return getattr(views, name)
    if name in _REPLAY:
        from autograd.replay import compiled, errors

        return getattr(compiled if name == "compile" else errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_VIEWS, *_REPLAY]


warn_of_foreign_files()
del warn_of_foreign_files


def _show(value: Value) -> dict[str, str]:
    """The formats in which a notebook shows a Value."""
    from autograd.draw.notebook import show_value

    return show_value(value)


viewers.append(_show)
del viewers


def _document(operation: Primitive) -> str:
    """The docstring of an operation."""
    from autograd.words.documentation import docstring

    return docstring(operation)


writers.append(_document)
del writers

if sys.modules.get("hypothesis") is not None:
    from autograd.testing import registration

    registration.register()
    del registration
