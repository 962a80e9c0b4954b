"""Operators and methods of a traced number.

Nothing is computed here: each operator and each method names the row of the
table that it stands for. Every function of numbers is a method too, of its first
operand, and under NumPy's other names of it: ``np.tanh`` of an array of objects
calls the method ``tanh`` of each (``np.sign`` alone compares instead). In what a
method says, x is the number itself, as in the table.
"""

from __future__ import annotations

from numbers import Number, Rational
from operator import index
from typing import TYPE_CHECKING, Any, Self, SupportsFloat, SupportsIndex

from autograd.engine import table
from autograd.engine.operands import Traced, as_float
from autograd.engine.primitive import Primitive
from autograd.native import mypyc_attr

if TYPE_CHECKING:
    from autograd.answers import Answer, Given


@mypyc_attr(acyclic=True, allow_interpreted_subclasses=True)
class Numeric(Traced):
    """A traced number that is written like any other: ``-x``, ``x ** 2``, ``x.exp()``."""

    __slots__ = ()

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Self:
        """Carry out ``primitive`` on ``operands``, of which this object is one."""
        raise NotImplementedError

    # A binary operator declines what is not a number, as Python asks of operators: an
    # array on the other side then has its turn. `Any` stands for NotImplemented, which
    # compiled code, which enforces signatures, would not let pass for a traced number.

    def _left(self, primitive: Primitive, other: Any) -> Self | Any:
        operand = other if isinstance(other, Traced) else as_constant(other)
        return NotImplemented if operand is None else self.apply(primitive, (self, operand))

    def _right(self, primitive: Primitive, other: Any) -> Self | Any:
        operand = other if isinstance(other, Traced) else as_constant(other)
        return NotImplemented if operand is None else self.apply(primitive, (operand, self))

    # ── Operators ─────────────────────────────────────────────────────────────

    # `Value` has + - * a second time, for speed; and comparisons, which not every number has.

    def __add__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:
        return self._left(table.add, other)

    def __radd__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:  # other + self
        return self._right(table.add, other)

    def __sub__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:
        return self._left(table.subtract, other)

    def __rsub__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:  # other - self
        return self._right(table.subtract, other)

    def __mul__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:
        return self._left(table.multiply, other)

    def __rmul__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:  # other * self
        return self._right(table.multiply, other)

    def __truediv__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:
        return self._left(table.divide, other)

    def __rtruediv__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:  # other / self
        return self._right(table.divide, other)

    def __floordiv__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:
        return self._left(table.floor_divide, other)

    def __rfloordiv__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:  # other // self
        return self._right(table.floor_divide, other)

    def __mod__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:
        return self._left(table.remainder, other)

    def __rmod__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:  # other % self
        return self._right(table.remainder, other)

    def __pow__(
        self, other: Given[Self | SupportsFloat], modulus: Given[None] = None
    ) -> Answer[Self]:
        if modulus is not None:
            raise TypeError("pow() with a modulus is for ints: use pow(x, y) % modulus")
        return self._left(table.power, other)

    def __rpow__(self, other: Given[Self | SupportsFloat]) -> Answer[Self]:  # other ** self
        return self._right(table.power, other)

    def __neg__(self) -> Self:
        return self.apply(table.negative, (self,))

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Self:
        return self.apply(table.absolute, (self,))

    def __floor__(self) -> Self:
        return self.apply(table.floor, (self,))

    def __ceil__(self) -> Self:
        return self.apply(table.ceil, (self,))

    def __trunc__(self) -> Self:
        return self.apply(table.trunc, (self,))

    def __round__(self, digits: Given[SupportsIndex | None] = None) -> Self:
        if digits is None:
            return self.apply(table.round, (self,))
        return self.apply(table.round_to, (self, float(index(digits))))

    def __divmod__(self, other: Given[Self | SupportsFloat]) -> Answer[tuple[Self, Self]]:
        quotient = self._left(table.floor_divide, other)
        if quotient is NotImplemented:
            return NotImplemented
        return quotient, self._left(table.remainder, other)

    def __rdivmod__(
        self, other: Given[Self | SupportsFloat]
    ) -> Answer[tuple[Self, Self]]:  # divmod(other, self)
        quotient = self._right(table.floor_divide, other)
        if quotient is NotImplemented:
            refused: Answer[tuple[Self, Self]] = NotImplemented
            return refused
        return quotient, self._right(table.remainder, other)

    # What would leave the graph without a word is an error.

    def __float__(self) -> float:
        """An error that says what to write."""
        kind = type(self).__name__
        raise TypeError(
            f"a {kind} is not turned into a float, which would leave the graph: take x.data for "
            "the number alone, [x.data for x in values] for an array of floats, "
            'f"{x:.2f}" in place of "%.2f" % x, and autograd.exp in place of math.exp, as for '
            "every function of math"
        )

    def __int__(self) -> int:
        """An error that says what to write."""
        kind = type(self).__name__
        raise TypeError(
            f"a {kind} is not turned into an int, which would leave the graph: take int(x.data) "
            "for the number alone, or math.trunc(x), round(x) or math.floor(x) for a Value"
        )

    # ── What NumPy asks of the elements of an array ───────────────────────────────

    @property
    def real(self) -> Self:
        """The number itself, which has no imaginary part."""
        return self

    @property
    def imag(self) -> float:
        """The number 0.0."""
        return 0.0

    def conjugate(self) -> Self:
        """The number itself, as `np.var`, `np.std` and `np.vdot` ask for it."""
        return self

    # ── Methods, which `python -m tests.methods` writes from the table ────────────

    def add(self, y: Given[Self | SupportsFloat]) -> Self:
        """x + y."""
        return self.apply(table.add, (self, y))

    def subtract(self, y: Given[Self | SupportsFloat]) -> Self:
        """x - y."""
        return self.apply(table.subtract, (self, y))

    def multiply(self, y: Given[Self | SupportsFloat]) -> Self:
        """x * y."""
        return self.apply(table.multiply, (self, y))

    def divide(self, y: Given[Self | SupportsFloat]) -> Self:
        """x / y, with IEEE's inf and nan for a division by 0."""
        return self.apply(table.divide, (self, y))

    def power(self, y: Given[Self | SupportsFloat]) -> Self:
        """x to the power y."""
        return self.apply(table.power, (self, y))

    def remainder(self, y: Given[Self | SupportsFloat]) -> Self:
        """x - y * floor(x / y), with the sign of y."""
        return self.apply(table.remainder, (self, y))

    def floor_divide(self, y: Given[Self | SupportsFloat]) -> Self:
        """The greatest whole number up to x / y."""
        return self.apply(table.floor_divide, (self, y))

    def fmod(self, y: Given[Self | SupportsFloat]) -> Self:
        """x - y * trunc(x / y), with the sign of x."""
        return self.apply(table.fmod, (self, y))

    def hypot(self, y: Given[Self | SupportsFloat]) -> Self:
        """The length of the vector (x, y)."""
        return self.apply(table.hypot, (self, y))

    def negative(self) -> Self:
        """-x."""
        return self.apply(table.negative, (self,))

    def reciprocal(self) -> Self:
        """1 / x."""
        return self.apply(table.reciprocal, (self,))

    def square(self) -> Self:
        """x * x."""
        return self.apply(table.square, (self,))

    def sqrt(self) -> Self:
        """The square root of x; nan below 0."""
        return self.apply(table.sqrt, (self,))

    def cbrt(self) -> Self:
        """The cube root of x, of negative numbers too."""
        return self.apply(table.cbrt, (self,))

    def abs(self) -> Self:
        """x without its sign; at 0 the derivative is 0."""
        return self.apply(table.absolute, (self,))

    def absolute(self) -> Self:
        """x without its sign; at 0 the derivative is 0."""
        return self.apply(table.absolute, (self,))

    def fabs(self) -> Self:
        """x without its sign; at 0 the derivative is 0."""
        return self.apply(table.absolute, (self,))

    def sign(self) -> Self:
        """1 for positive x, -1 for negative x, 0 for 0; the derivative is 0."""
        return self.apply(table.sign, (self,))

    def floor(self) -> Self:
        """The nearest whole number not above x; the derivative is 0."""
        return self.apply(table.floor, (self,))

    def ceil(self) -> Self:
        """The nearest whole number not below x; the derivative is 0."""
        return self.apply(table.ceil, (self,))

    def trunc(self) -> Self:
        """The whole part of x, towards 0; the derivative is 0."""
        return self.apply(table.trunc, (self,))

    def rint(self) -> Self:
        """The nearest whole number, the even one of two; the derivative is 0."""
        return self.apply(table.round, (self,))

    def maximum(self, y: Given[Self | SupportsFloat]) -> Self:
        """The greater of x and y, nan if one is; a tie shares the derivative."""
        return self.apply(table.maximum, (self, y))

    def minimum(self, y: Given[Self | SupportsFloat]) -> Self:
        """The lesser of x and y, nan if one is; a tie shares the derivative."""
        return self.apply(table.minimum, (self, y))

    def clamp(self, low: Given[Self | SupportsFloat], high: Given[Self | SupportsFloat]) -> Self:
        """x, but not below low nor above high."""
        return self.apply(table.clamp, (self, low, high))

    def exp(self) -> Self:
        """e to the power x."""
        return self.apply(table.exp, (self,))

    def exp2(self) -> Self:
        """2 to the power x."""
        return self.apply(table.exp2, (self,))

    def expm1(self) -> Self:
        """exp(x) - 1, accurate near 0."""
        return self.apply(table.expm1, (self,))

    def log(self) -> Self:
        """The natural logarithm of x; -inf at 0, nan below."""
        return self.apply(table.log, (self,))

    def log2(self) -> Self:
        """The logarithm of x to the base 2."""
        return self.apply(table.log2, (self,))

    def log10(self) -> Self:
        """The logarithm of x to the base 10."""
        return self.apply(table.log10, (self,))

    def log1p(self) -> Self:
        """log(1 + x), accurate near 0."""
        return self.apply(table.log1p, (self,))

    def xlogy(self, y: Given[Self | SupportsFloat]) -> Self:
        """x * log(y), and 0 where x is 0."""
        return self.apply(table.xlogy, (self, y))

    def logaddexp(self, y: Given[Self | SupportsFloat]) -> Self:
        """log(exp(x) + exp(y)), without overflow."""
        return self.apply(table.logaddexp, (self, y))

    def sin(self) -> Self:
        """The sine of x, an angle in radians."""
        return self.apply(table.sin, (self,))

    def cos(self) -> Self:
        """The cosine of x, an angle in radians."""
        return self.apply(table.cos, (self,))

    def tan(self) -> Self:
        """The tangent of x, an angle in radians."""
        return self.apply(table.tan, (self,))

    def arcsin(self) -> Self:
        """The angle whose sine is x; nan outside [-1, 1]."""
        return self.apply(table.arcsin, (self,))

    def arccos(self) -> Self:
        """The angle whose cosine is x; nan outside [-1, 1]."""
        return self.apply(table.arccos, (self,))

    def arctan(self) -> Self:
        """The angle whose tangent is x."""
        return self.apply(table.arctan, (self,))

    def arctan2(self, x: Given[Self | SupportsFloat]) -> Self:
        """The angle of the point (x, y), y given first."""
        return self.apply(table.arctan2, (self, x))

    def deg2rad(self) -> Self:
        """An angle of x degrees, in radians."""
        return self.apply(table.deg2rad, (self,))

    def radians(self) -> Self:
        """An angle of x degrees, in radians."""
        return self.apply(table.deg2rad, (self,))

    def rad2deg(self) -> Self:
        """An angle of x radians, in degrees."""
        return self.apply(table.rad2deg, (self,))

    def degrees(self) -> Self:
        """An angle of x radians, in degrees."""
        return self.apply(table.rad2deg, (self,))

    def sinc(self) -> Self:
        """sin(pi x) / (pi x), and 1 at 0."""
        return self.apply(table.sinc, (self,))

    def sinh(self) -> Self:
        """The hyperbolic sine of x."""
        return self.apply(table.sinh, (self,))

    def cosh(self) -> Self:
        """The hyperbolic cosine of x."""
        return self.apply(table.cosh, (self,))

    def tanh(self) -> Self:
        """The hyperbolic tangent of x."""
        return self.apply(table.tanh, (self,))

    def arcsinh(self) -> Self:
        """The number whose hyperbolic sine is x."""
        return self.apply(table.arcsinh, (self,))

    def arccosh(self) -> Self:
        """The number whose hyperbolic cosine is x; nan below 1."""
        return self.apply(table.arccosh, (self,))

    def arctanh(self) -> Self:
        """The number whose hyperbolic tangent is x; nan outside [-1, 1]."""
        return self.apply(table.arctanh, (self,))

    def erf(self) -> Self:
        """The error function."""
        return self.apply(table.erf, (self,))

    def erfc(self) -> Self:
        """1 - erf(x), accurate for large x."""
        return self.apply(table.erfc, (self,))

    def sigmoid(self) -> Self:
        """1 / (1 + exp(-x)), without overflow."""
        return self.apply(table.sigmoid, (self,))

    def log_sigmoid(self) -> Self:
        """log(sigmoid(x)), finite for every x."""
        return self.apply(table.log_sigmoid, (self,))

    def softplus(self) -> Self:
        """log(1 + exp(x)), finite for every x."""
        return self.apply(table.softplus, (self,))

    def gelu(self) -> Self:
        """x * P(a standard normal variable < x)."""
        return self.apply(table.gelu, (self,))

    def silu(self) -> Self:
        """x * sigmoid(x)."""
        return self.apply(table.silu, (self,))

    def mish(self) -> Self:
        """x * tanh(softplus(x))."""
        return self.apply(table.mish, (self,))

    def softsign(self) -> Self:
        """x / (1 + abs(x))."""
        return self.apply(table.softsign, (self,))

    def relu(self) -> Self:
        """The greater of 0 and x; at 0 the derivative is 0."""
        return self.apply(table.relu, (self,))

    def leaky_relu(self, slope: Given[Self | SupportsFloat] = 0.01) -> Self:
        """x, but slope * x for negative x."""
        return self.apply(table.leaky_relu, (self, slope))

    def elu(self, alpha: Given[Self | SupportsFloat] = 1.0) -> Self:
        """x, but alpha * (exp(x) - 1) for negative x."""
        return self.apply(table.elu, (self, alpha))

    def hard_tanh(self) -> Self:
        """x, but not below -1 nor above 1."""
        return self.apply(table.hard_tanh, (self,))


def as_constant(operand: Any) -> float | None:
    """The float that an operand stands for, or None if it is not a number."""
    if type(operand) is float:
        return operand
    try:
        return as_float(operand)
    except TypeError:
        return None


def compared(comparison: Any, number: float, other: Any) -> Any:
    """The ``comparison`` of ``number`` with another; NotImplemented for what is no number."""
    if type(other) is not float and not isinstance(other, int):
        constant = as_constant(other)
        if constant is None and not isinstance(other, Number):
            return NotImplemented
        if constant is not None and not isinstance(other, Rational):
            other = constant  # of one of NumPy's; a Fraction, say, is not rounded for this
    try:
        return bool(comparison(number, other))
    except TypeError:  # there is no order of complex numbers
        return NotImplemented
