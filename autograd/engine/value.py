"""Value: a number that records how it was made, and `backward`.

This is the engine. An operation on Values computes its result and records in it
the operation, the inputs and, for each input, the **local derivative**: the
derivative of the result with respect to that input alone. The Values and their
inputs form a graph whose edges point from the result back to the leaves.

``backward()`` goes through that graph from the result, the root, to the leaves, and
hands each input its share of the gradient. `node.py` has the slots of a Value, and
that pass.

The operations and their derivatives are rows of the table in `table.py`, and
`operators.py` contains the operators and methods, which call those rows. Only addition,
subtraction and multiplication, which are nearly all of a real graph, are
written out here a second time, for speed.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Any, Final, SupportsFloat, TypeAlias, cast, final

from autograd.engine.calls import Output, label_error
from autograd.engine.node import Node, propagate
from autograd.engine.operands import as_float
from autograd.engine.operators import as_constant, compared
from autograd.engine.primitive import Primitive, checked, tracking
from autograd.engine.recording import (
    Follower,
    float_of,
    follower,
    is_recording,
    look,
    note_made,
    note_set,
    observer,
    refuse,
    switches,
)
from autograd.engine.table import add, multiply, subtract
from autograd.native import COMPILED, library, mypyc_attr

if TYPE_CHECKING:
    from autograd.answers import Answer, Given

Operand: TypeAlias = "Value | float"

# Compiled code checks the types of arguments. An operator takes any number, a Fraction or one of
# NumPy's as well; what it returns may be NotImplemented.
AnyOperand: TypeAlias = "Value | SupportsFloat"

# The function that shows a Value in a notebook. The package sets it, since drawing is built on
# values.
viewers: Final[list[Callable[[Any], dict[str, str]]]] = []


@final
@mypyc_attr(acyclic=True)
class Value(Node):
    """A number that records the operations it goes through.

    Args:
        data: the number: an int, a float or a NumPy scalar.
        label: a name to show in pictures and in the repr.

    Raises:
        TypeError: ``data`` is not a real number; the message says what to pass.

    A Value compares as its number does, and is false if that is 0. Sets and dictionaries tell equal
    Values apart; lists do not: their ``in``, ``index`` and ``remove`` go by the number.

    >>> x = Value(3.0, label="x")
    >>> y = x * x + 2 * x
    >>> y.data
    15.0
    >>> y.backward()
    >>> x.grad  # 2x + 2
    8.0
    """

    __slots__ = ()

    def __init__(
        self, data: Given[SupportsFloat], label: Given[str] = "", _op: Given[None] = None
    ) -> None:
        if not isinstance(label, str) or _op is not None:
            raise label_error(label, _op)
        # Called in one place, so that mypyc knows that every slot is set, and spends none on it.
        super().__init__(data if type(data) is float else float_of(data), label)
        if switches.followed:
            note_made(self, data)

    def __init_subclass__(cls: Any) -> None:
        if not cls.__module__.startswith("autograd.engine."):
            raise TypeError(
                "Value cannot be subclassed: keep one in a class of your own, and declare an "
                "operation of your own with autograd.Primitive"
            )

    # ── What a value shows ────────────────────────────────────────────────────

    @property
    def data(self) -> Answer[float]:
        """The number. It may be assigned, as an optimiser does to a parameter."""
        watcher = follower() if switches.followed else None
        return self._data if watcher is None else watcher.read(self)

    @data.setter
    def data(self, number: Given[SupportsFloat]) -> None:
        watcher = follower() if switches.followed else None
        self._data = as_float(number) if watcher is None else watcher.write(self, number)
        if switches.set_values is not None:
            note_set(self)

    @property
    def grad(self) -> Answer[float]:
        """The derivative of the root of the last ``backward()`` with respect to this value.

        0.0 until a backward pass reaches the value. Passes add up in a leaf, which
        is why a training loop sets it back to 0 before each; a value whose ``grad`` was
        set to 0 counts as not reached.
        """
        watcher = follower() if switches.followed else None
        return self._grad if watcher is None else watcher.read_grad(self)

    @grad.setter
    def grad(self, number: Given[SupportsFloat]) -> None:
        watcher = follower() if switches.followed else None
        self._grad = as_float(number) if watcher is None else watcher.write_grad(self, number)
        self._awaited = -1
        if switches.set_values is not None:
            note_set(self)

    @property
    def has_grad(self) -> bool:
        """True if a backward pass has reached this value, so that a ``grad`` of 0 means 0.

        >>> x = Value(3.0)
        >>> x.has_grad
        False
        >>> (x * 0).backward()
        >>> x.grad, x.has_grad
        (0.0, True)
        """
        look(self, "has_grad")
        return self._awaited == 0 or self._grad != 0.0

    @property
    def label(self) -> str:
        """The name that pictures and explanations show; it may be assigned."""
        look(self, "label")
        label = self._label
        return label.label if isinstance(label, Output) else label

    @label.setter
    def label(self, label: Given[str]) -> None:
        if not isinstance(label, str):
            raise label_error(label)
        if isinstance(self._label, Output):
            self._label.label = label
        else:
            self._label = label

    @property
    def calls(self) -> tuple[Any, ...]:
        """The calls of modules that returned this value, the innermost first; see `output_of`."""
        return self._label.calls() if isinstance(self._label, Output) else ()

    @property
    def operands(self) -> tuple[Answer[Operand], ...]:
        """The operands of the operation, in order: Values, and constants as floats.

        >>> (Value(3.0) - 1).operands
        (Value(3.0), 1.0)
        """
        operands: tuple[Answer[Operand], ...] = self._recorded_operands()
        watcher = follower() if switches.followed else None
        return operands if watcher is None else watcher.operands(self, operands)

    def _recorded_operands(self) -> tuple[Operand, ...]:
        if self.op is None:
            return ()
        # A constant is in the slot of its derivative.
        first = self._local0 if self._input0 is None else cast(Value, self._input0)
        if self.op.arity == 1:
            return (first,)
        return (first, self._local1 if self._input1 is None else cast(Value, self._input1))

    @property
    def inputs(self) -> tuple[Value, ...]:
        """The Values among the operands, in order; empty for a leaf.

        >>> x = Value(3.0)
        >>> (x * x).inputs
        (Value(3.0), Value(3.0))
        """
        operands = self.operands if switches.followed else self._recorded_operands()
        return tuple([operand for operand in operands if isinstance(operand, Value)])

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        """For each of the `inputs`, the derivative of this value with respect to it alone.

        They were computed when the operation was recorded, and are the factors that
        the chain rule multiplies.

        >>> (Value(3.0) * Value(5.0)).local_derivatives
        (5.0, 3.0)
        """
        refuse("reads the local derivatives of a Value")
        return self._recorded_derivatives()

    def _recorded_derivatives(self) -> tuple[float, ...]:
        if self._input0 is not None and self._input1 is not None:
            return (self._local0, self._local1)
        if self._input0 is not None:
            return (self._local0,)
        return () if self._input1 is None else (self._local1,)

    @property
    def _prev(self) -> tuple[Value, ...]:
        """micrograd's name for `inputs`."""
        return self.inputs

    @property
    def _op(self) -> str:
        """micrograd's name for the symbol of `op`; the empty string for a leaf."""
        return "" if self.op is None else self.op.symbol

    @property
    def _backward(self) -> Any:
        """An error: in micrograd, the function that passes the gradient on."""
        raise _no_closure()

    @_backward.setter
    def _backward(self, _: Any) -> None:
        raise _no_closure()

    @property
    def softmax(self) -> Any:
        """An error: softmax is a function of several Values."""
        raise AttributeError("softmax is of several Values: write autograd.softmax(values)")

    def item(self) -> Answer[float]:
        """The number, as of NumPy's scalars and PyTorch's tensors: `data`."""
        return self.data

    def __format__(self, spec: Given[str]) -> str:
        """The number in that format, as in ``f"{loss:.4f}"``."""
        look(self, "text")
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        look(self, "text")
        parts = [repr(self._data)]
        if self.has_grad:
            look(self, "grad")
            parts.append(f"grad={self._grad!r}")
        if self.label:
            parts.append(f"label={self.label!r}")
        if self.op is not None:
            parts.append(f"op={self.op.name}")
        return f"Value({', '.join(parts)})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """The picture of the graph, which a notebook shows; see `autograd.draw.notebook`."""
        return viewers[0](self)

    # ── Recording ─────────────────────────────────────────────────────────────

    def apply(self, primitive: Any, operands: Any) -> Value:
        """Record ``primitive`` applied to a tuple of ``operands``, which are Values and numbers."""
        if not isinstance(primitive, Primitive) or not isinstance(operands, tuple):
            got = f"{primitive!r} and {operands!r}"
            raise TypeError(f"apply() takes a Primitive and a tuple of operands, got {got}")
        if tracking.needed:
            value: Value = tracking.record(primitive, operands)
            return value
        return record(primitive, operands)

    def _reconsider(self) -> None:
        """Become a leaf within `no_grad`; otherwise tell the observer, as in `detect_anomaly`."""
        watcher = observer()
        recording = is_recording()
        if watcher is not None and (recording or isinstance(watcher, Follower)):
            watcher.recorded(self)
        if not recording:
            self._forget()

    def _forget(self) -> None:
        """Become a leaf."""
        self.op = self._input0 = self._input1 = None

    def detach(self) -> Value:
        """A leaf with the same data and label: nothing computed from it leads back to this graph.

        >>> x = Value(3.0)
        >>> y = x.detach() * x
        >>> y.backward()
        >>> x.grad
        3.0
        """
        return Value(self.data, self.label)

    # The local derivatives of these are written out here as well as in the table;
    # tests/engine/test_value.py holds the two together.

    def __add__(self, other: AnyOperand) -> Answer[Value]:
        if isinstance(other, Value):
            return result(add, self._data + other._data, 1.0, 1.0, self, other)
        constant = as_constant(other)
        if constant is None:
            return NotImplemented
        return result(add, self._data + constant, 1.0, constant, self, None)

    def __radd__(self, other: SupportsFloat) -> Answer[Value]:  # other + self
        constant = as_constant(other)
        if constant is None:
            return NotImplemented
        return result(add, constant + self._data, constant, 1.0, None, self)

    def __sub__(self, other: AnyOperand) -> Answer[Value]:
        if isinstance(other, Value):
            return result(subtract, self._data - other._data, 1.0, -1.0, self, other)
        constant = as_constant(other)
        if constant is None:
            return NotImplemented
        return result(subtract, self._data - constant, 1.0, constant, self, None)

    def __rsub__(self, other: SupportsFloat) -> Answer[Value]:  # other - self
        constant = as_constant(other)
        if constant is None:
            return NotImplemented
        return result(subtract, constant - self._data, constant, -1.0, None, self)

    def __mul__(self, other: AnyOperand) -> Answer[Value]:
        if isinstance(other, Value):
            x = self._data
            y = other._data
            return result(multiply, x * y, y, x, self, other)
        constant = as_constant(other)
        if constant is None:
            return NotImplemented
        return result(multiply, self._data * constant, constant, constant, self, None)

    def __rmul__(self, other: SupportsFloat) -> Answer[Value]:  # other * self
        constant = as_constant(other)
        if constant is None:
            return NotImplemented
        return result(multiply, constant * self._data, constant, constant, None, self)

    # ── Comparison and truth ──────────────────────────────────────────────────

    # By data, so that a program branches as it does on floats. Equal Values have different hashes,
    # on purpose: sets and dictionaries tell them apart.

    def __eq__(self, other: object) -> Answer[bool]:
        if switches.followed:
            return _compared(self, eq, other)
        x = self._data
        return x == other._data if isinstance(other, Value) else compared(eq, x, other)

    def __lt__(self, other: AnyOperand) -> Answer[bool]:
        if switches.followed:
            return _compared(self, lt, other)
        x = self._data
        return x < other._data if isinstance(other, Value) else compared(lt, x, other)

    def __le__(self, other: AnyOperand) -> Answer[bool]:
        if switches.followed:
            return _compared(self, le, other)
        x = self._data
        return x <= other._data if isinstance(other, Value) else compared(le, x, other)

    def __gt__(self, other: AnyOperand) -> Answer[bool]:
        if switches.followed:
            return _compared(self, gt, other)
        x = self._data
        return x > other._data if isinstance(other, Value) else compared(gt, x, other)

    def __ge__(self, other: AnyOperand) -> Answer[bool]:
        if switches.followed:
            return _compared(self, ge, other)
        x = self._data
        return x >= other._data if isinstance(other, Value) else compared(ge, x, other)

    def __bool__(self) -> bool:
        look(self, "truth")
        return self._data != 0.0

    def __hash__(self) -> int:
        return id(self)

    # ── The chain rule ────────────────────────────────────────────────────────

    def backward(self, gradient: Given[SupportsFloat] = 1.0) -> None:
        """Set ``grad`` of this value and of every value that it was computed from.

        A leaf adds the new derivative to the ``grad`` it has; any other value's
        ``grad`` is set afresh. So calling ``backward()`` twice doubles the gradients
        of the leaves exactly, and every other value shows the last pass.

        If Ctrl-C or a lack of memory interrupts the pass, every ``grad`` is restored. The compiled
        engine restores the ``grad`` of leaves only, and Ctrl-C does not interrupt it.

        Args:
            gradient: the upstream gradient: the derivative of the final quantity with respect to
                this value; 1 if this value is that quantity.

        Raises:
            TypeError: ``gradient`` is not a real number.

        >>> a, b = Value(2.0), Value(5.0)
        >>> product = a * b
        >>> (product + a).backward()
        >>> a.grad, b.grad, product.grad
        (6.0, 2.0, 1.0)
        """
        number = as_float(gradient)
        watcher = observer() if switches.altered else None
        if watcher is None:
            propagate(self, number)
        else:
            watcher.backward(self, number)


@mypyc_attr(acyclic=True)
class _WideValue(Value):  # type: ignore[misc]  # Value is final to users
    """The result of an operation on a sequence, or on more operands than two.

    If it lists no operands, the slots of `Node` have them; see `tracked.py`.
    """

    __slots__ = ("_operands", "_steps")

    def __init__(
        self, data: float, operands: tuple[Operand, ...], steps: list[tuple[Node, float]]
    ) -> None:
        super().__init__(data)
        self._operands: tuple[Operand, ...] = operands
        self._steps: list[tuple[Node, float]] = steps

    def steps(self) -> list[tuple[Node, float]]:
        return self._steps

    def _forget(self) -> None:
        super()._forget()
        self._operands = ()
        self._steps = []

    def _recorded_operands(self) -> tuple[Operand, ...]:
        return self._operands or super()._recorded_operands()

    @property
    def inputs(self) -> tuple[Value, ...]:
        return tuple([cast(Value, source) for source, _ in self._steps]) or super().inputs

    def _recorded_derivatives(self) -> tuple[float, ...]:
        return tuple([local for _, local in self._steps]) or super()._recorded_derivatives()


def _no_closure() -> AttributeError:
    return AttributeError(
        "a Value has no _backward: backward() multiplies the local_derivatives of its inputs; an "
        "operation of your own is autograd.record(data, inputs, local_derivatives) or a Primitive"
    )


def _compared(value: Value, comparison: Any, other: Any) -> Answer[bool]:
    """The comparison of ``value`` with another while a function is recorded for replay."""
    watcher = follower()
    if watcher is None:
        other = other._data if isinstance(other, Value) else other
        answer: Answer[bool] = compared(comparison, value._data, other)
    else:
        answer = watcher.compare(comparison, value, other)
    return answer


# ── Recording ─────────────────────────────────────────────────────────────────

_COMPILED: Final[bool] = COMPILED
_ZERO: Final[Any] = as_float(0)  # made once: compiled code would make an object at each use


def result(
    op: Primitive, data: float, local0: float, local1: float, x: Value | None, y: Value | None
) -> Value:
    """The result of an operation; `node.py` says what each slot holds."""
    if _COMPILED:
        value = Value(_ZERO)
    else:  # faster when interpreted
        value = object.__new__(Value)
        value._grad = 0.0
        value._label = ""
        value._awaited = -1
        value._number = 0
    value._data = data
    value.op = op
    value._input0 = x
    value._input1 = y
    value._local0 = local0
    value._local1 = local1
    if switches.altered:
        value._reconsider()
    return value


def record(primitive: Primitive, operands: tuple[Any, ...]) -> Value:
    """Record ``primitive`` applied to ``operands``."""
    if len(operands) == 1 and primitive.arity == 1:
        return _unary(primitive, operands[0])
    if len(operands) == 2 and primitive.arity == 2:
        return _binary(primitive, operands[0], operands[1])
    return _wide(primitive, operands)


def _unary(primitive: Primitive, x: Any) -> Value:
    if not isinstance(x, Value):  # `where` records a number too, if that is what was taken
        number = as_float(x)
        out = checked(primitive, primitive.forward(number))
        return result(primitive, out, number, 0.0, None, None)
    out = checked(primitive, primitive.forward(x._data))
    local = checked(primitive, primitive.derivatives[0](x._data, out))
    return result(primitive, out, local, 0.0, x, None)


def _binary(primitive: Primitive, x: Any, y: Any) -> Value:
    a = x._data if isinstance(x, Value) else as_float(x)
    b = y._data if isinstance(y, Value) else as_float(y)
    out = checked(primitive, primitive.forward(a, b))
    input0, local0 = None, a
    if isinstance(x, Value):
        input0, local0 = x, checked(primitive, primitive.derivatives[0](a, b, out))
    input1, local1 = None, b
    if isinstance(y, Value):
        input1, local1 = y, checked(primitive, primitive.derivatives[1](a, b, out))
    return result(primitive, out, local0, local1, input0, input1)


def _wide(primitive: Primitive, operands: tuple[Any, ...]) -> Value:
    recorded = [x if isinstance(x, Value) else as_float(x) for x in operands]
    numbers = [x._data if isinstance(x, Value) else x for x in recorded]
    out = checked(primitive, primitive.evaluate(numbers))
    derivatives = primitive.local_derivatives(numbers, out)
    steps: list[tuple[Node, float]] = [
        (x, checked(primitive, local))
        for x, local in zip(recorded, derivatives)
        if isinstance(x, Value)
    ]
    return wide_result(primitive, out, tuple(recorded), steps)


def wide_result(
    op: Primitive, data: float, operands: tuple[Operand, ...], steps: list[tuple[Node, float]]
) -> Value:
    """The result of an operation on a sequence, or on more operands than two."""
    value = _WideValue(data, operands, steps)
    value.op = op
    if switches.altered:
        value._reconsider()
    return value


if COMPILED:
    library().use_slabs(Value)
