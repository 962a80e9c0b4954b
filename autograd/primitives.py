"""The table: every operation once, with its value and its local derivatives.

Read this file first. It holds all the mathematics of the library; the engine
(`value.py`) only carries out the chain rule with what is declared here, and
drawings and tests read the same rows.

A row is a `Primitive`, and two rules make it serve every purpose:

* ``forward`` is **opaque**: floats in, one float out. It may branch and call
  `math`, and it follows IEEE arithmetic as NumPy does: where `math` raises, it
  answers inf or nan.
* A derivative rule is **transparent**: there is one for each input, written
  with ``+ - *`` and other primitives only. It is handed the inputs and the
  output; given floats it yields a float, given Values it yields a Value, so the
  rules are themselves differentiable and no second table is needed. It divides
  with ``divide``, because ``/`` between Python floats raises at zero.

What a derivative is where the textbook has no single answer, in this order:
where the function is differentiable, the derivative; for a convex function the
subgradient of least norm, for a concave one the supergradient of least norm;
the limit, infinite ones included, where the function goes on by continuity;
otherwise nan. A derivative at nan is nan, never a clean 0 or 1.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from numbers import Real
from typing import Any, Final

INFINITY: Final = math.inf
NAN: Final = math.nan


class Traced:
    """What a primitive may be handed in place of a float.

    A subclass says what becomes of an operation on its instances: `Value`
    records it.
    """

    __slots__ = ()

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """Carry out ``primitive`` on ``operands``, of which this object is one."""
        raise NotImplementedError


class Primitive:
    """One operation: how it is computed, differentiated and written.

    A primitive is called like the function that it is. On numbers it returns a
    float; as soon as one argument is a Value, the result is one too.

    Attributes:
        name: NumPy's name of the operation, such as ``"multiply"``.
        forward: the value, floats in and one float out.
        derivatives: for each input, the rule that gives the derivative of the
            output with respect to it, called as ``rule(*inputs, output)``.
        symbol: how the operation is written in pictures, such as ``"*"``.

    >>> multiply(6, 7)
    42.0
    >>> multiply.derivatives[0](6.0, 7.0, 42.0)
    7.0
    """

    __slots__ = ("derivatives", "forward", "name", "symbol")

    def __init__(
        self,
        name: str,
        forward: Callable[..., float],
        *derivatives: Callable[..., Any],
        symbol: str = "",
    ) -> None:
        self.name = name
        self.forward = forward
        self.derivatives = derivatives
        self.symbol = symbol or name

    @property
    def arity(self) -> int:
        """The number of inputs."""
        return len(self.derivatives)

    def __call__(self, *operands: Any) -> Any:
        """The value of the operation, recorded if an operand is a Value."""
        if len(operands) != len(self.derivatives):
            raise TypeError(f"{self.name}() takes {self.arity} operands, got {len(operands)}")
        for operand in operands:
            if isinstance(operand, Traced):
                return operand.apply(self, operands)
        return self.forward(*[as_float(operand) for operand in operands])

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"


def as_float(number: Any) -> float:
    """The Python float that ``number`` stands for: an int, a float or a NumPy scalar.

    Raises:
        TypeError: it is anything else; the message says what to pass instead.

    >>> as_float(3)
    3.0
    """
    if isinstance(number, (int, float, Real)):
        return float(number)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(number, numpy.generic):
        return as_float(number.item())
    raise TypeError(f"expected a real number, got {_describe(number)}")


def _describe(wrong: Any) -> str:
    """Name what was passed instead of a number, and what to pass."""
    kind = type(wrong).__name__
    if isinstance(wrong, Traced):
        return f"a {kind}: use it as it is, or its .data for the number alone"
    if isinstance(wrong, (str, bytes)):
        return f"the {kind} {wrong!r}: convert it first, with float(...)"
    if isinstance(wrong, complex) or kind == "complex64":
        return f"the complex number {wrong}: pass its .real or .imag"
    if wrong is None:
        return "None: pass 0.0 if nothing is meant"
    if hasattr(wrong, "__len__") or hasattr(wrong, "__iter__"):
        return f"a {kind}: make one Value of each element, such as [Value(x) for x in data]"
    return f"a {kind}: pass an int or a float"


# ── Forward functions where Python's own arithmetic raises ───────────────────


def _divide(x: float, y: float) -> float:
    try:
        return x / y
    except ZeroDivisionError:
        if x == 0.0 or x != x:
            return NAN
        return math.copysign(INFINITY, x) * math.copysign(1.0, y)


def _is_odd(y: float) -> bool:
    return math.fmod(y, 2.0) in (1.0, -1.0)


def _power(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except OverflowError:
        return -INFINITY if x < 0.0 and _is_odd(y) else INFINITY
    except ValueError:
        if x < 0.0:
            return NAN  # a negative number to a broken power has no real value
        return math.copysign(INFINITY, x) if _is_odd(y) else INFINITY  # zero to a negative power


def _power_slope(x: float, y: float) -> float:
    """The derivative of x**y with respect to x; 0 for y = 0, whatever x is."""
    return 0.0 if y == 0.0 else y * _power(x, y - 1.0)


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return INFINITY


def _log(x: float) -> float:
    try:
        return math.log(x)
    except ValueError:
        return -INFINITY if x == 0.0 else NAN


def _sech_squared(x: float) -> float:
    try:
        return (1.0 / math.cosh(x)) ** 2
    except OverflowError:
        return 0.0


def _sigmoid(x: float) -> float:
    # exp of a negative number cannot overflow, and 1 + it cannot cancel.
    small = math.exp(-abs(x))
    return 1.0 / (1.0 + small) if x > 0.0 else small / (1.0 + small)


def _relu(x: float) -> float:
    return 0.0 if x <= 0.0 else x  # nan is not <= 0, so it passes


def _in_domain(x: float) -> float:
    """x itself, but nan where the logarithm has no value; -0.0 counts as 0.0."""
    return NAN if x < 0.0 else abs(x)


def _xlogy(x: float, y: float) -> float:
    return 0.0 if x == 0.0 and y == y else x * _log(y)


def _sign(x: float) -> float:
    return x if x == 0.0 or x != x else math.copysign(1.0, x)


def _step(x: float) -> float:
    return x if x != x else float(x > 0.0)


def _flat(x: float) -> float:
    return x if x != x else 0.0


# ── The table ─────────────────────────────────────────────────────────────────
#
#   name = Primitive(name, forward, derivative for each input..., symbol)
#
# A rule takes the inputs and the output: `lambda x, y, out: ...`.

# fmt: off

# Arithmetic.
add: Final[Primitive]      = Primitive("add",      lambda x, y: x + y,  lambda x, y, out: 1.0,
                                                             lambda x, y, out: 1.0,             symbol="+")
subtract: Final[Primitive] = Primitive("subtract", lambda x, y: x - y,  lambda x, y, out: 1.0,
                                                             lambda x, y, out: -1.0,            symbol="-")
multiply: Final[Primitive] = Primitive("multiply", lambda x, y: x * y,  lambda x, y, out: y,
                                                             lambda x, y, out: x,               symbol="*")
divide: Final[Primitive]   = Primitive("divide",   _divide,             lambda x, y, out: divide(1.0, y),
                                                             lambda x, y, out: divide(-out, y), symbol="/")
power: Final[Primitive]    = Primitive("power",    _power,              lambda x, y, out: power_slope(x, y),
                                                             lambda x, y, out: xlogy(out, x),   symbol="**")
negative: Final[Primitive] = Primitive("negative", lambda x: -x,        lambda x, out: -1.0,               symbol="neg")
absolute: Final[Primitive] = Primitive("absolute", abs,                 lambda x, out: sign(x),            symbol="abs")

# Exponentials and logarithms. The derivative of tanh is not 1 - out * out, nor that of
# sigmoid out * (1 - out): both cancel to nothing where out rounds to 1.
exp: Final[Primitive]      = Primitive("exp",      _exp,                lambda x, out: out)
log: Final[Primitive]      = Primitive("log",      _log,                lambda x, out: divide(1.0, in_domain(x)))
xlogy: Final[Primitive]    = Primitive("xlogy",    _xlogy,              lambda x, y, out: log(y),
                                                             lambda x, y, out: divide(x, y))
tanh: Final[Primitive]     = Primitive("tanh",     math.tanh,           lambda x, out: sech_squared(x))
sigmoid: Final[Primitive]  = Primitive("sigmoid",  _sigmoid,            lambda x, out: out * sigmoid(-x))
relu: Final[Primitive]     = Primitive("relu",     _relu,               lambda x, out: step(x))

# What the rules above are written with. Where a derivative has to branch, it is a
# primitive too, so that the branch stays inside an opaque forward function.
power_slope: Final[Primitive]  = Primitive("power_slope",  _power_slope,  lambda x, y, out: y * power_slope(x, y - 1.0),
                                                               lambda x, y, out: power(x, y - 1.0) + xlogy(out, x))
sech_squared: Final[Primitive] = Primitive("sech_squared", _sech_squared, lambda x, out: -2.0 * tanh(x) * out)
in_domain: Final[Primitive]    = Primitive("in_domain",    _in_domain,    lambda x, out: 1.0)
sign: Final[Primitive]         = Primitive("sign",         _sign,         lambda x, out: flat(x))
step: Final[Primitive]         = Primitive("step",         _step,         lambda x, out: flat(x))
flat: Final[Primitive]         = Primitive("flat",         _flat,         lambda x, out: flat(x))

# fmt: on
