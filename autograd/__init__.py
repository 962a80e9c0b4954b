"""Scalar automatic differentiation: `Value` records, ``backward()`` differentiates.

>>> from autograd import Value
>>> x = Value(2.0)
>>> y = (x * x + 1).log()
>>> y.backward()
>>> x.grad  # 2x / (x**2 + 1)
0.8
"""

import sys

from autograd import native  # first, because it settles which engine the rest is

# isort: split

import autograd.copying  # noqa: F401  makes Values copy and pickle
from autograd import primitives
from autograd.anomaly import AnomalyError, detect_anomaly
from autograd.calls import output_of
from autograd.functional import (
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from autograd.primitives import (
    Primitive,
    Reduction,
    absolute,
    add,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    cbrt,
    ceil,
    clamp,
    cos,
    cosh,
    divide,
    dot,
    elu,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    floor,
    floor_divide,
    gelu,
    hard_tanh,
    hypot,
    leaky_relu,
    log,
    log1p,
    log2,
    log10,
    log_sigmoid,
    log_softmax,
    logaddexp,
    logsumexp,
    maximum,
    mean,
    minimum,
    mish,
    multiply,
    negative,
    norm,
    power,
    prod,
    reciprocal,
    relu,
    remainder,
    sigmoid,
    sign,
    silu,
    sin,
    sinc,
    sinh,
    softmax,
    softplus,
    softsign,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    where,
    xlogy,
)
from autograd.reading import explain, formula, graph
from autograd.recording import enable_grad, is_recording, no_grad
from autograd.value import Value, topological_order

max = primitives.max_
min = primitives.min_
round = primitives.round_
sum = primitives.sum_

# All of the public names but max, min, round and sum, by which a star import would replace
# Python's own.
__all__ = [
    "AnomalyError",
    "Primitive",
    "Reduction",
    "Value",
    "absolute",
    "add",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "cbrt",
    "ceil",
    "clamp",
    "cos",
    "cosh",
    "detect_anomaly",
    "divide",
    "dot",
    "elu",
    "enable_grad",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "explain",
    "expm1",
    "floor",
    "floor_divide",
    "formula",
    "gelu",
    "grad",
    "gradients",
    "graph",
    "hard_tanh",
    "hessian",
    "hvp",
    "hypot",
    "is_recording",
    "jacobian",
    "jvp",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_sigmoid",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "mish",
    "multiply",
    "negative",
    "no_grad",
    "norm",
    "output_of",
    "power",
    "prod",
    "reciprocal",
    "relu",
    "remainder",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "topological_order",
    "value_and_grad",
    "vjp",
    "where",
    "xlogy",
]

# Whether the engine that runs is the compiled one; see native.py.
__compiled__ = native.COMPILED

__version__ = "0.1.0"

if sys.modules.get("hypothesis") is not None:
    from autograd.testing import registration

    registration.register()
    del registration
