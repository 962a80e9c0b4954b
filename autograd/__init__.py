"""Scalar automatic differentiation: `Value` records, ``backward()`` differentiates.

>>> from autograd import Value
>>> x = Value(2.0)
>>> y = (x * x + 1).log()
>>> y.backward()
>>> x.grad  # 2x / (x**2 + 1)
0.8
"""

from autograd.primitives import exp, log, relu, sigmoid, tanh
from autograd.value import Value, topological_order

__all__ = [
    "Value",
    "exp",
    "log",
    "relu",
    "sigmoid",
    "tanh",
    "topological_order",
]

__version__ = "0.1.0"
