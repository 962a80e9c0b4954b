"""Stand-ins: what takes the place of the floats and bools of a call while it is recorded.

A function that is recorded is run, once, with stand-ins: `Number` for a float and `Flag` for the
outcome of a comparison. Arithmetic and comparisons are **followed**: they are done on the numbers
of the call, and noted on the tape. Any other look at a number is a **guard**: Python goes on with
the number itself, and the tape is then right only where that number is the same.

A stand-in passes for what it stands for, as far as a class can: `isinstance` is true of it.
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable
from typing import Any, ClassVar

from autograd.engine.operands import Traced
from autograd.engine.operators import Numeric
from autograd.engine.primitive import Primitive
from autograd.engine.value import Value


def _arithmetic(function: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The methods of an operator, ``x + y`` and ``y + x``, for numbers."""
    name = f"__{function.__name__.strip('_')}__"
    reflected_name = f"__r{function.__name__.strip('_')}__"

    def method(self: Number, other: Any) -> Any:
        if isinstance(other, Value):
            return getattr(Numeric, name)(self, other)
        return self.recorder.calculate(function, (self, other))

    def reflected(self: Number, other: Any) -> Any:
        if isinstance(other, Value):
            return getattr(Numeric, reflected_name)(self, other)
        return self.recorder.calculate(function, (other, self))

    return method, reflected


def _comparison(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Number, other: Any) -> Any:
        return self.recorder.compare(function, self, other)

    return method


class _StandIn:
    """What numbers and flags have in common: every look at them is a guard."""

    __slots__ = ()

    entry: int
    recorder: Any  # a `Recorder`, whose module needs this one

    def seen(self, how: str) -> Any:
        """The number itself, at which Python now looks."""
        return self.recorder.seen(self, how)

    def __hash__(self) -> int:
        return hash(self.seen("hash"))

    def __repr__(self) -> str:
        return repr(self.seen("text"))

    def __str__(self) -> str:
        return str(self.seen("text"))

    def __format__(self, spec: str) -> str:
        return format(self.seen("text"), spec)

    def __float__(self) -> float:
        return float(self.seen("float()"))

    def __complex__(self) -> complex:
        return complex(self.seen("complex()"))

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.seen("copy").__reduce_ex__(protocol)


class Number(_StandIn, Numeric):
    """The place of a float: an argument, the data of a Value, or computed from such.

    Attributes:
        recorder: that of the call.
        entry: the number of the entry of the tape.
        kind: the type of the number, float or one of NumPy's.
    """

    __slots__ = ("entry", "kind", "recorder")

    def __init__(self, recorder: Any, entry: int, kind: Any = float) -> None:
        self.recorder = recorder
        self.entry = entry
        self.kind = kind

    @property  # type: ignore[misc]  # only a class can be assigned to it
    def __class__(self) -> Any:
        return self.kind

    def is_float(self) -> bool:
        """True: it takes the place of a float."""
        return True

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """Carry out ``primitive``, and note it."""
        return self.recorder.operate(primitive, operands)

    __add__, _added_to = _arithmetic(operator.add)
    __sub__, __rsub__ = _arithmetic(operator.sub)
    __mul__, __rmul__ = _arithmetic(operator.mul)
    __truediv__, __rtruediv__ = _arithmetic(operator.truediv)
    __floordiv__, __rfloordiv__ = _arithmetic(operator.floordiv)
    __mod__, __rmod__ = _arithmetic(operator.mod)
    __eq__ = _comparison(operator.eq)
    __ne__ = _comparison(operator.ne)
    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)
    __hash__ = _StandIn.__hash__

    _power, _reflected_power = _arithmetic(operator.pow)

    def __radd__(self, other: Any) -> Any:
        if type(other) is int and sys.version_info >= (3, 12):
            self.recorder.is_doubtful = True  # the builtin sum adds floats in a way of its own
        return self._added_to(other)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        if modulus is not None:
            return pow(self.seen("pow()"), other, modulus)
        # A power of a negative number may be complex.
        fraction = isinstance(other, float) and not (type(other) is float and other.is_integer())
        if fraction and self.kind is float and self < 0.0:
            self.seen("pow()")
            if type(other) is Number:
                other.seen("pow()")
        return self._power(other)

    def __rpow__(self, other: Any) -> Any:
        if isinstance(other, float) and other < 0.0:
            self.seen("pow()")
        return self._reflected_power(other)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __neg__(self) -> Any:
        return self.recorder.calculate(operator.neg, (self,))

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self.recorder.calculate(operator.abs, (self,))

    def __bool__(self) -> bool:
        return bool(self.recorder.compare(operator.ne, self, 0.0))

    def __round__(self, digits: Any = None) -> Any:
        if digits is None:
            return self.recorder.whole(round, self)
        return self.recorder.calculate(_Rounding(operator.index(digits)), (self,))

    def __int__(self) -> Any:
        return self.recorder.whole(int, self)

    def __trunc__(self) -> Any:
        return self.recorder.whole(math.trunc, self)

    def __floor__(self) -> Any:
        return self.recorder.whole(math.floor, self)

    def __ceil__(self) -> Any:
        return self.recorder.whole(math.ceil, self)

    @property
    def real(self) -> Any:
        """The number itself."""
        return self

    @property
    def imag(self) -> float:
        """The number 0.0."""
        return 0.0

    def conjugate(self) -> Any:
        """The number itself."""
        return self

    def item(self) -> Any:
        """The number as a float, as NumPy's numbers have it."""
        if self.kind is float:
            raise AttributeError("'float' object has no attribute 'item'")
        return Number(self.recorder, self.entry)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(self.kind, name):
            raise AttributeError(f"{self.kind.__name__!r} object has no attribute {name!r}")
        return getattr(self.seen(name), name)


class _Rounding:
    """``round(x, digits)`` as a function of x."""

    _made: ClassVar[dict[int, _Rounding]] = {}

    def __new__(cls, digits: int) -> _Rounding:
        """The one there is of that number of digits."""
        return cls._made.setdefault(digits, super().__new__(cls))

    def __init__(self, digits: int) -> None:
        self.digits = digits
        self.__name__ = f"round_to_{digits}"

    def __call__(self, x: Any) -> Any:
        return round(x, self.digits)


def _of_flag(function: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The methods of an operator for flags, which count as 1.0 or 0.0 beside floats and Values."""

    def method(self: Flag, other: Any) -> Any:
        return function(self.counted(other), other)

    def reflected(self: Flag, other: Any) -> Any:
        return function(other, self.counted(other))

    return method, reflected


class Flag(_StandIn, Traced):
    """The place of a bool, the outcome of a comparison; `where` and arithmetic follow it."""

    __slots__ = ("entry", "kind", "recorder")

    def __init__(self, recorder: Any, entry: int, kind: Any = bool) -> None:
        self.recorder = recorder
        self.entry = entry
        self.kind = kind

    @property  # type: ignore[misc]  # only a class can be assigned to it
    def __class__(self) -> Any:
        return self.kind

    def is_float(self) -> bool:
        """True: it takes the place of a number."""
        return True

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """Carry out ``primitive``, and note it."""
        return self.recorder.operate(primitive, operands)

    def counted(self, other: Any) -> Any:
        """The flag as a number, to calculate with ``other``."""
        if isinstance(other, (Value, float)):
            return Number(self.recorder, self.entry)
        return self.seen("truth")

    def __bool__(self) -> bool:
        return bool(self.seen("truth"))

    def __index__(self) -> int:
        return int(self.seen("index"))

    def __int__(self) -> int:
        return int(self.seen("truth"))

    __add__, __radd__ = _of_flag(operator.add)
    __sub__, __rsub__ = _of_flag(operator.sub)
    __mul__, __rmul__ = _of_flag(operator.mul)
    __truediv__, __rtruediv__ = _of_flag(operator.truediv)
    __floordiv__, __rfloordiv__ = _of_flag(operator.floordiv)
    __mod__, __rmod__ = _of_flag(operator.mod)
    __pow__, __rpow__ = _of_flag(operator.pow)
    __and__, __rand__ = _of_flag(operator.and_)
    __or__, __ror__ = _of_flag(operator.or_)
    __xor__, __rxor__ = _of_flag(operator.xor)

    def __eq__(self, other: object) -> Any:
        return self.seen("truth") == other

    def __lt__(self, other: Any) -> Any:
        return self.seen("truth") < other

    def __le__(self, other: Any) -> Any:
        return self.seen("truth") <= other

    def __gt__(self, other: Any) -> Any:
        return self.seen("truth") > other

    def __ge__(self, other: Any) -> Any:
        return self.seen("truth") >= other

    __hash__ = _StandIn.__hash__

    def __neg__(self) -> Any:
        return -self.seen("truth")

    def __pos__(self) -> Any:
        return +self.seen("truth")

    def __abs__(self) -> Any:
        return abs(self.seen("truth"))

    def __invert__(self) -> Any:
        return ~self.seen("truth")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(self.kind, name):
            raise AttributeError(f"{self.kind.__name__!r} object has no attribute {name!r}")
        return getattr(self.seen(name), name)


# What messages of Python's call them.
_shown: Any = Number
_shown.__name__ = "float"
_shown = Flag
_shown.__name__ = "bool"
