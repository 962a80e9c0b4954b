"""Value: a number that remembers how it was made, and `backward`.

This is the engine. An operation on Values computes its result, and notes on it
the operation, the inputs and, for each input, the **local derivative**: how
fast the result changes when that input alone does. The Values and their inputs
form a graph that points back in time, from the result to the leaves.

``backward()`` walks that graph from the result down. By the chain rule, what
one path contributes to the derivative of the result with respect to a leaf is
the product of the local derivatives along it, and the contributions of
different paths add up. So the whole of backpropagation is one line, carried
out for every input of every value in an order that finishes a value before its
inputs::

    input.grad += local_derivative * value.grad

What the operations are, and what their derivatives are, stands in the table in
`table.py`, and `operators.py` says how they are written. Only addition,
subtraction and multiplication, which are nearly all of a real graph, are
written out here a second time, for speed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, SupportsFloat, TypeAlias

from autograd.engine.operators import Numeric, as_constant
from autograd.engine.primitive import Primitive, as_float
from autograd.engine.recording import differentiated, is_recording, observer, switches
from autograd.engine.table import add, multiply, subtract
from autograd.native import i32, mypyc_attr

Operand: TypeAlias = "Value | float"

# Compiled code enforces signatures. An operator takes any number, a Fraction or one of
# NumPy's as well, and it returns NotImplemented where it cannot answer.
AnyOperand: TypeAlias = "Value | SupportsFloat"
Recorded: TypeAlias = "Value | Any"

# What shows a Value in a notebook; the package puts it here, since drawing is built
# on values and not the other way round.
viewers: Final[list[Callable[[Any], dict[str, str]]]] = []

# What `_awaited` holds while no backward pass is under way.
_NEVER_REACHED: Final = -1
_REACHED: Final = 0


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
        label: str = "",
        _local0: float = 0.0,
        _local1: float = 0.0,
        _op: Primitive | None = None,
        _input0: Value | None = None,
        _input1: Value | None = None,
    ) -> None:
        # The parameters with an underscore are how an operation records its result.
        # A constant operand leaves its input None, and the number itself stands where
        # its local derivative would have stood.
        if _op is None:
            data = as_float(data)
            _check_label(label)
        self._data: float = data
        self._grad: float = 0.0
        # A string, or what goes with it once a module has given this value.
        self._label: str | Output = label
        self.op: Primitive | None = _op
        self._input0: Value | None = _input0
        self._input1: Value | None = _input1
        self._local0: float = _local0
        self._local1: float = _local1
        # How many of the values computed from this one have yet to hand it their share
        # of the gradient; used by `backward` alone.
        self._awaited: i32 = _NEVER_REACHED
        # Where this one stands in a list of values; used by differential.py alone, which looks
        # whether it does stand there. (Compiled, the two numbers share the room of one.)
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
        """The derivative of what ``backward()`` was called on with respect to this value.

        0.0 until a backward pass reaches the value. Passes add up in a leaf, which
        is why a training loop sets it back to 0 before each; a value whose ``grad`` was
        set to 0 counts as not reached.
        """
        return self._grad

    @grad.setter
    def grad(self, number: Any) -> None:
        self._grad = as_float(number)
        self._awaited = _NEVER_REACHED if self._grad == 0.0 else _REACHED

    @property
    def has_grad(self) -> bool:
        """Whether a backward pass has reached this value, so that a ``grad`` of 0 means 0.

        >>> x = Value(3.0)
        >>> x.has_grad
        False
        >>> (x * 0).backward()
        >>> x.grad, x.has_grad
        (0.0, True)
        """
        return self._awaited != _NEVER_REACHED

    @property
    def label(self) -> str:
        """The name that pictures and explanations show; it may be assigned."""
        label = self._label
        return label.label if isinstance(label, Output) else label

    @label.setter
    def label(self, label: str) -> None:
        _check_label(label)
        if isinstance(self._label, Output):
            self._label.label = label
        else:
            self._label = label

    @property
    def calls(self) -> tuple[Any, ...]:
        """The calls of modules that returned this value, the innermost first; see `output_of`."""
        calls = []
        output = self._label if isinstance(self._label, Output) else None
        while output is not None:
            calls.append(output.call)
            output = output.inner
        return tuple(reversed(calls))

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
        if len(operands) == 1 and primitive.arity == 1:
            return _unary(primitive, operands[0])
        if len(operands) == 2 and primitive.arity == 2:
            return _binary(primitive, operands[0], operands[1])
        return _wide(primitive, operands)

    def _reconsider(self) -> None:
        """Where recording is out of the ordinary: take the record back, or show it around."""
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

        Args:
            gradient: the derivative of what is differentiated with respect to this value;
                1 for the value itself.

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
        if self.op is None:
            self._grad += gradient
            self._awaited = _REACHED
            return
        try:
            _count_uses(self)
            self._grad = gradient
            _hand_down(self)
        except BaseException:  # such as Ctrl-C: leave nothing half done behind
            for value in topological_order(self):
                _restore(value)
            raise


@mypyc_attr(acyclic=True)
class Output:
    """What stands for the label of a value that a call of a module has returned.

    Few values are, so that the calls need no place of their own in every value.
    """

    __slots__ = ("call", "inner", "label")

    def __init__(self, label: str, call: Any, inner: Output | None) -> None:
        self.label: str = label
        self.call: Any = call
        # What the value was before: the output of a part of the module, if anything.
        self.inner: Output | None = inner


@mypyc_attr(acyclic=True)
class _WideValue(Value):
    """The result of an operation on a sequence, or on more operands than two."""

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
        return self._operands

    @property
    def inputs(self) -> tuple[Value, ...]:
        return tuple([source for source, _ in self._steps])

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        return tuple([local for _, local in self._steps])


# The two loops of a backward pass. What they do for an input is written out for the first
# and for the second input, since calling a function would take longer than doing it.


def _count_uses(root: Value) -> None:
    """Clear the gradient of every interior value below ``root``, and count its uses."""
    root._awaited = 1
    unvisited = [root]
    # Python 3.11 makes a loop fast where it jumps back unconditionally. Where it is
    # `while unvisited:`, a first backward pass takes three times as long.
    while True:
        if not unvisited:
            return
        value = unvisited.pop()
        first, second = value._input0, value._input1
        if first is not None and first.op is not None:
            if first._awaited > 0:
                first._awaited += 1
            else:
                first._awaited = 1
                first._grad = 0.0
                unvisited.append(first)
        if second is not None:
            if second.op is not None:
                if second._awaited > 0:
                    second._awaited += 1
                else:
                    second._awaited = 1
                    second._grad = 0.0
                    unvisited.append(second)
        elif first is None and isinstance(value, _WideValue):
            for source, _ in value._steps:
                if source._awaited > 0:
                    source._awaited += 1
                elif source.op is not None:
                    source._awaited = 1
                    source._grad = 0.0
                    unvisited.append(source)


def _hand_down(root: Value) -> None:
    """Pass gradients from ``root`` to the leaves, each value after all of its uses."""
    root._awaited = _REACHED
    complete = [root]
    leaves: list[Value] = []
    while True:
        if not complete:
            break
        value = complete.pop()
        grad = value._grad
        first, second = value._input0, value._input1
        if first is not None:
            share = value._local0 * grad
            if first.op is not None:
                first._grad += share
                first._awaited -= 1
                if first._awaited == 0:
                    complete.append(first)
            elif first._awaited > 0:
                first._grad += share
            else:
                _begin_leaf(first, share)
                leaves.append(first)
        if second is not None:
            share = value._local1 * grad
            if second.op is not None:
                second._grad += share
                second._awaited -= 1
                if second._awaited == 0:
                    complete.append(second)
            elif second._awaited > 0:
                second._grad += share
            else:
                _begin_leaf(second, share)
                leaves.append(second)
        elif first is None and isinstance(value, _WideValue):
            for source, local in value._steps:
                share = local * grad
                if source.op is None and source._awaited <= 0:
                    _begin_leaf(source, share)
                    leaves.append(source)
                    continue
                source._grad += share
                if source.op is not None:
                    source._awaited -= 1
                    if source._awaited == 0:
                        complete.append(source)
    for leaf in leaves:
        _end_leaf(leaf)


# In a leaf the passes add up. What one pass brings is summed by itself and then added at
# once, so that the same pass again doubles the gradient to the last bit. Meanwhile the old
# gradient stands where an operation keeps its first local derivative, and `_awaited` is 2
# more than it was.


def _begin_leaf(leaf: Value, share: float) -> None:
    leaf._local0 = leaf._grad
    leaf._grad = share
    leaf._awaited += 2


def _end_leaf(leaf: Value) -> None:
    leaf._grad += leaf._local0
    leaf._awaited = _REACHED


def _restore(value: Value) -> None:
    """Undo what an interrupted pass has begun."""
    if value.op is not None:
        value._awaited = _NEVER_REACHED
    elif value._awaited > 0:
        value._grad = value._local0
        value._awaited -= 2


def topological_order(root: Value) -> list[Value]:
    """Every value that ``root`` was computed from, each after its inputs, ``root`` last.

    The order depends on the graph alone: inputs are visited from left to right.

    >>> a = Value(2.0, "a")
    >>> [value.label or value.op.symbol for value in topological_order(a * a + 1)]
    ['a', '*', '+']
    """
    order: list[Value] = []
    visited: set[Value] = set()
    stack = [(root, False)]
    while stack:
        value, inputs_are_done = stack.pop()
        if inputs_are_done:
            order.append(value)
        elif value not in visited:
            visited.add(value)
            stack.append((value, True))
            stack.extend([(source, False) for source in reversed(value.inputs)])
    return order


def _unary(primitive: Primitive, x: Any) -> Value:
    if not isinstance(x, Value):  # `where` has taken a number in place of a Value
        number = as_float(x)
        return Value(_checked(primitive, primitive.forward(number)), "", number, 0.0, primitive)
    out = _checked(primitive, primitive.forward(x._data))
    local = _checked(primitive, primitive.derivatives[0](x._data, out))
    return Value(out, "", local, 0.0, primitive, x)


def _binary(primitive: Primitive, x: Any, y: Any) -> Value:
    a = x._data if isinstance(x, Value) else as_float(x)
    b = y._data if isinstance(y, Value) else as_float(y)
    out = _checked(primitive, primitive.forward(a, b))
    input0, local0 = None, a
    if isinstance(x, Value):
        input0, local0 = x, _checked(primitive, primitive.derivatives[0](a, b, out))
    input1, local1 = None, b
    if isinstance(y, Value):
        input1, local1 = y, _checked(primitive, primitive.derivatives[1](a, b, out))
    return Value(out, "", local0, local1, primitive, input0, input1)


def _wide(primitive: Primitive, operands: tuple[Any, ...]) -> Value:
    recorded = [x if isinstance(x, Value) else as_float(x) for x in operands]
    numbers = [x._data if isinstance(x, Value) else x for x in recorded]
    out = _checked(primitive, primitive.evaluate(numbers))
    derivatives = primitive.local_derivatives(numbers, out)
    if len(derivatives) != len(recorded):
        raise ValueError(
            f"the rule of {primitive.name}() gave {len(derivatives)} derivatives "
            f"for {len(recorded)} operands"
        )
    steps = [
        (x, _checked(primitive, local))
        for x, local in zip(recorded, derivatives)
        if isinstance(x, Value)
    ]
    return _WideValue(out, primitive, tuple(recorded), steps)


def _check_label(label: Any) -> None:
    if not isinstance(label, str):
        raise TypeError(
            f"a label is a string, got {label!r}; "
            "an operation of your own is declared with autograd.Primitive"
        )


def _checked(primitive: Primitive, number: Any) -> float:
    """What a primitive gave, as a float; an error names the primitive."""
    if type(number) is float:
        return number
    if isinstance(number, Value) and _is_constant(number):
        return number._data
    try:
        return as_float(number)
    except TypeError as error:
        raise TypeError(f"{primitive.name}() or a derivative rule of it: {error}") from None


def _is_constant(value: Value) -> bool:
    """Whether ``value`` is one only because a function is being differentiated meanwhile.

    As the derivative that a rule takes of floats is; it does not depend on that function's
    variables, where the derivative by them would be lost.
    """
    variables = {id(x) for call in differentiated.get() for x in call}
    return len(variables) > 0 and all(id(x) not in variables for x in topological_order(value))
