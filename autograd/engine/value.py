"""Value: a number that records how it was made, and `backward`.

This is the engine. An operation on Values computes its result and records in it
the operation, the inputs and, for each input, the **local derivative**: the
derivative of the result with respect to that input alone. The Values and their
inputs form a graph whose edges point from the result back to the leaves.

``backward()`` goes through that graph from the result, the root, to the leaves.
By the chain rule, one path contributes to the derivative of the root with respect
to a leaf the product of the local derivatives along it, and the contributions of
different paths add up. So the heart of backpropagation is one line, carried
out for every input of every value in an order that finishes a value before its
inputs::

    input.grad += local_derivative * value.grad

The operations and their derivatives are rows of the table in `table.py`, and
`operators.py` contains the operators and methods that name them. Only addition,
subtraction and multiplication, which are nearly all of a real graph, are
written out here a second time, for speed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, SupportsFloat, TypeAlias

from autograd.engine.calls import Output, check_label
from autograd.engine.operators import Numeric, as_constant
from autograd.engine.passes import passes
from autograd.engine.primitive import Primitive, as_float, checked, tracking
from autograd.engine.recording import is_recording, observer, switches
from autograd.engine.table import add, multiply, subtract
from autograd.native import COMPILED, i32, mypyc_attr

Operand: TypeAlias = "Value | float"

# Compiled code enforces signatures. An operator takes any number, a Fraction or one of
# NumPy's as well; what it returns may be NotImplemented, hence Any.
AnyOperand: TypeAlias = "Value | SupportsFloat"
Recorded: TypeAlias = "Value | Any"

# The function that shows a Value in a notebook. The package sets it, since drawing is built on
# values.
viewers: Final[list[Callable[[Any], dict[str, str]]]] = []


@mypyc_attr(acyclic=True)
class Value(Numeric):
    """A number that records the operations it goes through.

    Args:
        data: the number: an int, a float or a NumPy scalar.
        label: a name to show in pictures and in the repr.

    Raises:
        TypeError: ``data`` is not a real number; the message says what to pass.

    It is not made to be subclassed, which the compiled engine refuses.

    >>> x = Value(3.0, label="x")
    >>> y = x * x + 2 * x
    >>> y.data
    15.0
    >>> y.backward()
    >>> x.grad  # 2x + 2
    8.0
    """

    # slot      in an operation                  if the operand is a constant  in a leaf
    # --------  -------------------------------  ----------------------------  ----------------
    # op        the primitive                                                  None
    # _data     the number                                                     the number
    # _grad     the gradient of the last pass                                  the sum of all passes
    # _label    the label, or an `Output`                                      the label
    # _input0   the first operand                None                          None
    # _local0   the local derivative by it       the constant                  0.0
    # _input1   the second operand, or None      None                          None
    # _local1   the local derivative by it       the constant                  0.0
    # _awaited  in any value: the number of its uses that have yet to pass their share of the
    #           gradient down to it; -1 until a pass reaches the value
    # _number   in any value: the number of the last backward pass that reached it, or its index
    #           in the list of a walk (differential.py), which checks it before use
    #
    # Compiled, _awaited and _number share one word. A `_WideValue` lists its operands and their
    # local derivatives instead.
    __slots__ = (
        "_awaited",
        "_data",
        "_grad",
        "_input0",
        "_input1",
        "_label",
        "_local0",
        "_local1",
        "_number",
        "op",
    )

    def __init__(
        self,
        data: Any,
        label: Any = "",  # not str, which compiled code would refuse in words of its own
        _local0: float = 0.0,
        _local1: float = 0.0,
        _op: Primitive | None = None,
        _input0: Value | None = None,
        _input1: Value | None = None,
    ) -> None:
        # The parameters with an underscore are how an operation records its result.
        if _op is None:
            data = as_float(data)
            check_label(label)
        self._data: float = data
        self._grad: float = 0.0
        self._label: str | Output = label
        self.op: Primitive | None = _op
        self._input0: Value | None = _input0
        self._input1: Value | None = _input1
        self._local0: float = _local0
        self._local1: float = _local1
        self._awaited: i32 = -1
        self._number: i32 = 0
        if switches.altered and _op is not None:
            self._reconsider()

    # ── What a value shows ────────────────────────────────────────────────────

    @property
    def data(self) -> float:
        """The number. It may be assigned, as an optimiser does to a parameter."""
        return self._data

    @data.setter
    def data(self, number: Any) -> None:
        self._data = as_float(number)

    @property
    def grad(self) -> float:
        """The derivative of the root of the last ``backward()`` with respect to this value.

        0.0 until a backward pass reaches the value. Passes add up in a leaf, which
        is why a training loop sets it back to 0 before each; a value whose ``grad`` was
        set to 0 counts as not reached.
        """
        return self._grad

    @grad.setter
    def grad(self, number: Any) -> None:
        self._grad = as_float(number)
        self._awaited = -1

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
        return self._awaited == 0 or self._grad != 0.0

    @property
    def label(self) -> str:
        """The name that pictures and explanations show; it may be assigned."""
        label = self._label
        return label.label if isinstance(label, Output) else label

    @label.setter
    def label(self, label: Any) -> None:
        check_label(label)
        if isinstance(self._label, Output):
            self._label.label = label
        else:
            self._label = label

    @property
    def calls(self) -> tuple[Any, ...]:
        """The calls of modules that returned this value, the innermost first; see `output_of`."""
        return self._label.calls() if isinstance(self._label, Output) else ()

    @property
    def operands(self) -> tuple[Operand, ...]:
        """What the operation was applied to, in order: Values, and constants as floats.

        >>> (Value(3.0) - 1).operands
        (Value(3.0), 1.0)
        """
        if self.op is None:
            return ()
        first: Operand = self._local0 if self._input0 is None else self._input0
        if self.op.arity == 1:
            return (first,)
        return (first, self._local1 if self._input1 is None else self._input1)

    @property
    def inputs(self) -> tuple[Value, ...]:
        """The Values among the operands, in order; empty for a leaf.

        >>> x = Value(3.0)
        >>> (x * x).inputs
        (Value(3.0), Value(3.0))
        """
        return tuple([operand for operand in self.operands if isinstance(operand, Value)])

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        """For each of the `inputs`, the derivative of this value with respect to it alone.

        They were computed when the operation was recorded, and are the factors that
        the chain rule multiplies.

        >>> (Value(3.0) * Value(5.0)).local_derivatives
        (5.0, 3.0)
        """
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

    def __format__(self, spec: str) -> str:
        """The number in that format, as in ``f"{loss:.4f}"``."""
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        parts = [repr(self._data)]
        if self.has_grad:
            parts.append(f"grad={self._grad!r}")
        if self.label:
            parts.append(f"label={self.label!r}")
        if self.op is not None:
            parts.append(f"op={self.op.name}")
        return f"Value({', '.join(parts)})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows: the picture of the graph; see `autograd.draw.notebook`."""
        return viewers[0](self)

    # ── Recording ─────────────────────────────────────────────────────────────

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Value:
        """Record ``primitive`` applied to ``operands``, which are Values and numbers."""
        if tracking.needed:
            value: Value = tracking.record(primitive, operands)
            return value
        return record(primitive, operands)

    def _reconsider(self) -> None:
        """Within `no_grad`, become a leaf; otherwise tell the observer, if there is one."""
        watcher = observer()
        if not is_recording():
            self._forget()
        elif watcher is not None:
            watcher.recorded(self)

    def _forget(self) -> None:
        """Become a leaf."""
        self.op = self._input0 = self._input1 = None

    def detach(self) -> Value:
        """A leaf with the same data and label: what comes of it has no part in this graph.

        >>> x = Value(3.0)
        >>> y = x.detach() * x
        >>> y.backward()
        >>> x.grad
        3.0
        """
        return Value(self._data, self.label)

    # The local derivatives of these are written out here as well as in the table;
    # tests/engine/test_value.py holds the two together.

    def __add__(self, other: AnyOperand) -> Recorded:
        if isinstance(other, Value):
            return Value(self._data + other._data, "", 1.0, 1.0, add, self, other)
        constant = as_constant(other)
        if constant is None:
            return NotImplemented
        return Value(self._data + constant, "", 1.0, constant, add, self, None)

    def __radd__(self, other: SupportsFloat) -> Recorded:  # other + self
        constant = as_constant(other)
        if constant is None:
            return NotImplemented
        return Value(constant + self._data, "", constant, 1.0, add, None, self)

    def __sub__(self, other: AnyOperand) -> Recorded:
        if isinstance(other, Value):
            return Value(self._data - other._data, "", 1.0, -1.0, subtract, self, other)
        constant = as_constant(other)
        if constant is None:
            return NotImplemented
        return Value(self._data - constant, "", 1.0, constant, subtract, self, None)

    def __rsub__(self, other: SupportsFloat) -> Recorded:  # other - self
        constant = as_constant(other)
        if constant is None:
            return NotImplemented
        return Value(constant - self._data, "", constant, -1.0, subtract, None, self)

    def __mul__(self, other: AnyOperand) -> Recorded:
        if isinstance(other, Value):
            x = self._data
            y = other._data
            return Value(x * y, "", y, x, multiply, self, other)
        constant = as_constant(other)
        if constant is None:
            return NotImplemented
        return Value(self._data * constant, "", constant, constant, multiply, self, None)

    def __rmul__(self, other: SupportsFloat) -> Recorded:  # other * self
        constant = as_constant(other)
        if constant is None:
            return NotImplemented
        return Value(constant * self._data, "", constant, constant, multiply, None, self)

    # ── Comparison ────────────────────────────────────────────────────────────

    # By data, so that a program can branch on it. Equality stays identity: two
    # parameters that happen to hold the same number are not the same parameter.

    # Said here because a compiled class that defines an order would otherwise lose it.
    def __hash__(self) -> int:
        return id(self)

    def __lt__(self, other: AnyOperand) -> bool:
        number = other._data if isinstance(other, Value) else as_constant(other)
        return NotImplemented if number is None else self._data < number

    def __le__(self, other: AnyOperand) -> bool:
        number = other._data if isinstance(other, Value) else as_constant(other)
        return NotImplemented if number is None else self._data <= number

    def __gt__(self, other: AnyOperand) -> bool:
        number = other._data if isinstance(other, Value) else as_constant(other)
        return NotImplemented if number is None else self._data > number

    def __ge__(self, other: AnyOperand) -> bool:
        number = other._data if isinstance(other, Value) else as_constant(other)
        return NotImplemented if number is None else self._data >= number

    # ── The chain rule ────────────────────────────────────────────────────────

    def backward(self, gradient: Any = 1.0) -> None:
        """Set ``grad`` of every value that this one was computed from.

        A leaf adds the new derivative to the ``grad`` it has; any other value's
        ``grad`` is set afresh. So calling ``backward()`` twice doubles the gradients
        of the leaves exactly, and every other value shows the last pass.

        If Ctrl-C or a lack of memory interrupts the pass, every ``grad`` is restored; on the
        compiled engine, which Ctrl-C does not interrupt, that of every leaf.

        Args:
            gradient: the upstream gradient: the derivative, with respect to this value, of what
                is differentiated; 1 for the value itself.

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
            self._propagate(number)
        else:
            watcher.backward(self, number)

    def _propagate(self, gradient: float) -> None:
        reached: list[Value] = []
        earlier: list[tuple[Value, float]] = []
        with passes.turn:
            try:
                try:
                    _count_uses(self, passes.begin(), reached, earlier)
                    _hand_down(self, gradient)
                    # The shares of this pass have been summed by themselves, so that the same
                    # pass again doubles the gradient of a leaf to the last bit.
                    for value, grad in earlier:
                        if value.op is None:
                            value._grad += grad
                except BaseException:  # such as Ctrl-C, or no memory left
                    _restore(reached, earlier)
                    raise
            except BaseException:  # such as a second Ctrl-C in the meantime
                _restore(reached, earlier)
                raise


@mypyc_attr(acyclic=True)
class _WideValue(Value):
    """The result of an operation on a sequence, or on more operands than two.

    If it lists no operands, it is as any other; see `tracked.py`.
    """

    __slots__ = ("_operands", "_steps")

    def __init__(
        self,
        data: float,
        op: Primitive | None,
        operands: tuple[Operand, ...],
        steps: list[tuple[Value, float]],
    ) -> None:
        self._operands: tuple[Operand, ...] = operands
        # The inputs, each with the local derivative that leads to it.
        self._steps: list[tuple[Value, float]] = steps
        super().__init__(data, "", 0.0, 0.0, op)

    def _forget(self) -> None:
        super()._forget()
        self._operands = ()
        self._steps = []

    @property
    def operands(self) -> tuple[Operand, ...]:
        return self._operands or super().operands

    @property
    def inputs(self) -> tuple[Value, ...]:
        return tuple([source for source, _ in self._steps]) or super().inputs

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        return tuple([local for _, local in self._steps]) or super().local_derivatives


# The two loops of a backward pass. Their step is written out for the first and for the second
# input, since a call of a function would take longer than the step.


# The bottom of a stack. A list that shrinks to next to nothing gives its memory back and asks for
# it again at once: along a path without branches that would take longer than all the rest.
_BOTTOM: Final[list[Value | None]] = [None] * 8


def _count_uses(
    root: Value, number: i32, reached: list[Value], earlier: list[tuple[Value, float]]
) -> None:
    """Count the uses of each value below ``root``, and move its gradient to ``earlier``.

    A count belongs to the pass of that ``number``, so the counts of a pass that was interrupted
    mean nothing to the next.
    """
    root._number = number
    root._awaited = 1
    # To note all values would take compiled code as long as the pass, and only a lack of memory can
    # interrupt it.
    note_all = not COMPILED
    unvisited: list[Value | None] = [*_BOTTOM, root]
    # Python 3.11 makes a loop fast where it jumps back unconditionally. Written as
    # `while unvisited:`, a first backward pass takes three times as long.
    while True:
        value = unvisited.pop()
        if value is None:
            return
        if note_all or value.op is None:
            if value._grad != 0.0:
                earlier.append((value, value._grad))
                value._grad = 0.0
            reached.append(value)
        else:
            value._grad = 0.0
        first, second = value._input0, value._input1
        if first is not None:
            if first._number == number:
                first._awaited += 1
            else:
                first._number = number
                first._awaited = 1
                unvisited.append(first)
        if second is not None:
            if second._number == number:
                second._awaited += 1
            else:
                second._number = number
                second._awaited = 1
                unvisited.append(second)
        elif first is None and isinstance(value, _WideValue):
            for source, _ in value._steps:
                if source._number == number:
                    source._awaited += 1
                else:
                    source._number = number
                    source._awaited = 1
                    unvisited.append(source)


def _hand_down(root: Value, gradient: float) -> None:
    """Pass ``gradient`` from ``root`` down to the leaves, through each value after all its uses."""
    complete: list[Value | None] = [*_BOTTOM, root]
    root._grad = gradient
    root._awaited = 0
    while True:
        value = complete.pop()
        if value is None:
            return
        grad = value._grad
        first, second = value._input0, value._input1
        if first is not None:
            first._grad += value._local0 * grad
            first._awaited -= 1
            if first._awaited == 0:
                complete.append(first)
        if second is not None:
            second._grad += value._local1 * grad
            second._awaited -= 1
            if second._awaited == 0:
                complete.append(second)
        elif first is None and isinstance(value, _WideValue):
            for source, local in value._steps:
                source._grad += local * grad
                source._awaited -= 1
                if source._awaited == 0:
                    complete.append(source)


def _restore(reached: list[Value], earlier: list[tuple[Value, float]]) -> None:
    """Undo a pass. It asks for no memory, and goes on where it was interrupted."""
    while reached:
        reached[-1]._grad = 0.0
        reached[-1]._awaited = -1
        reached.pop()
    while earlier:
        value, grad = earlier[-1]
        value._grad = grad
        value._awaited = -1
        earlier.pop()


def record(primitive: Primitive, operands: tuple[Any, ...]) -> Value:
    """Record ``primitive`` applied to ``operands``."""
    if len(operands) == 1 and primitive.arity == 1:
        return _unary(primitive, operands[0])
    if len(operands) == 2 and primitive.arity == 2:
        return _binary(primitive, operands[0], operands[1])
    return _wide(primitive, operands)


def _unary(primitive: Primitive, x: Any) -> Value:
    if not isinstance(x, Value):  # `where` has taken a number in place of a Value
        number = as_float(x)
        return Value(checked(primitive, primitive.forward(number)), "", number, 0.0, primitive)
    out = checked(primitive, primitive.forward(x._data))
    local = checked(primitive, primitive.derivatives[0](x._data, out))
    return Value(out, "", local, 0.0, primitive, x)


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
    return Value(out, "", local0, local1, primitive, input0, input1)


def _wide(primitive: Primitive, operands: tuple[Any, ...]) -> Value:
    recorded = [x if isinstance(x, Value) else as_float(x) for x in operands]
    numbers = [x._data if isinstance(x, Value) else x for x in recorded]
    out = checked(primitive, primitive.evaluate(numbers))
    derivatives = primitive.local_derivatives(numbers, out)
    steps = [
        (x, checked(primitive, local))
        for x, local in zip(recorded, derivatives)
        if isinstance(x, Value)
    ]
    return _WideValue(out, primitive, tuple(recorded), steps)
