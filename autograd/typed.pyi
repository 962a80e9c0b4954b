"""The types of operations, for editors and type checkers alone."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Protocol, TypeAlias, TypeVar, overload

from autograd.engine.primitive import Primitive, Reduction
from autograd.engine.value import Value
from autograd.functional import Derivative

class Array(Protocol):
    """An array of NumPy: of numbers, or of Values."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> Any: ...
    def __len__(self) -> int: ...
    def __array__(self) -> Any: ...

_Array = TypeVar("_Array", bound=Array)

class NumPyScalar(Protocol):
    """A number of NumPy."""

    @property
    def dtype(self) -> Any: ...
    def __float__(self) -> float: ...

Scalar: TypeAlias = NumPyScalar | Fraction

class Unary(Primitive):
    """An operation of one operand."""

    @overload
    def __call__(self, x: Value, /) -> Value: ...
    @overload
    def __call__(self, x: float, /) -> float: ...
    @overload
    def __call__(self, x: _Array, /) -> _Array: ...
    @overload
    def __call__(self, x: Scalar, /) -> float: ...

class Binary(Primitive):
    """An operation of two operands."""

    @overload
    def __call__(self, x: Value, y: Value | float, /) -> Value: ...
    @overload
    def __call__(self, x: float, y: Value, /) -> Value: ...
    @overload
    def __call__(self, x: float, y: float, /) -> float: ...
    @overload
    def __call__(self, x: _Array, y: Array | Value | float, /) -> _Array: ...
    @overload
    def __call__(self, x: Value | float, y: _Array, /) -> _Array: ...
    @overload
    def __call__(self, x: Scalar | float, y: Scalar | float, /) -> float: ...

class UnaryWithOption(Primitive):
    """An operation of one operand and an option, which may be a Value too."""

    @overload
    def __call__(self, x: Value, option: Value | float = ..., /) -> Value: ...
    @overload
    def __call__(self, x: float, option: Value, /) -> Value: ...
    @overload
    def __call__(self, x: float, option: float = ..., /) -> float: ...
    @overload
    def __call__(self, x: _Array, option: Array | Value | float = ..., /) -> _Array: ...

class Ternary(Primitive):
    """An operation of three operands."""

    @overload
    def __call__(self, x: Value, y: Value | float, z: Value | float, /) -> Value: ...
    @overload
    def __call__(self, x: float, y: Value, z: Value | float, /) -> Value: ...
    @overload
    def __call__(self, x: float, y: float, z: Value, /) -> Value: ...
    @overload
    def __call__(self, x: float, y: float, z: float, /) -> float: ...
    @overload
    def __call__(
        self, x: _Array, y: Array | Value | float, z: Array | Value | float, /
    ) -> _Array: ...

class Where(Primitive):
    """The choice between two operands."""

    @overload
    def __call__(self, condition: bool, x: Value, y: Value | float, /) -> Value: ...
    @overload
    def __call__(self, condition: bool, x: float, y: Value, /) -> Value: ...
    @overload
    def __call__(self, condition: bool, x: float, y: float, /) -> float: ...
    @overload
    def __call__(self, condition: bool, x: _Array, y: Array | Value | float, /) -> _Array: ...
    @overload
    def __call__(self, condition: bool, x: Value | float, y: _Array, /) -> _Array: ...
    @overload
    def __call__(
        self, condition: _Array, x: Array | Value | float, y: Array | Value | float, /
    ) -> _Array: ...

class OverSequence(Reduction):
    """An operation over a sequence; NumPy does not say what an array of objects contains."""

    @overload
    def __call__(self, xs: Array, /) -> Any: ...
    @overload
    def __call__(self, xs: Iterable[float], /) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, xs: Iterable[Value | float], /) -> Value: ...

class OverSequences(Reduction):
    """An operation over two sequences."""

    @overload
    def __call__(self, xs: Array, ys: Array, /) -> Any: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self, xs: Iterable[float], ys: Iterable[float], /
    ) -> float: ...
    @overload
    def __call__(self, xs: Iterable[Value | float], ys: Iterable[Value | float], /) -> Value: ...

class ToSequence(Protocol):
    """A function of a sequence that gives one as long."""

    @property
    def __name__(self) -> str: ...
    @overload
    def __call__(self, operands: Array) -> list[Any]: ...
    @overload
    def __call__(self, operands: Iterable[float]) -> list[float]: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, operands: Iterable[Value | float]) -> list[Value]: ...

class Parametrized(Protocol):
    """A model, or another module."""

    def named_parameters(self) -> list[tuple[str, Value]]: ...

_Argument = TypeVar("_Argument")

class Gradient(Derivative):
    """A derivative by the first argument, in the shape of this."""

    @overload
    def __call__(self, x: Value, /, *arguments: Any, **options: Any) -> Value: ...
    @overload
    def __call__(self, x: float, /) -> float: ...
    @overload
    def __call__(self, x: float, /, *arguments: Any, **options: Any) -> Any: ...
    @overload
    def __call__(self, x: Parametrized, /, *arguments: Any, **options: Any) -> dict[str, float]: ...
    @overload
    def __call__(self, x: _Argument, /, *arguments: Any, **options: Any) -> _Argument: ...
