"""Operations of a user's that lead to objects: their results compute alike, and are freed."""

from __future__ import annotations

import copy
import gc
import math
import pickle
import sys
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import autograd
from autograd import (
    Primitive,
    Reduction,
    Value,
    clamp,
    cos,
    detect_anomaly,
    exp,
    grad,
    gradients,
    graph,
    hessian,
    jvp,
    no_grad,
    output_of,
    sin,
    topological_order,
    where,
)
from autograd import sum as total
from autograd.engine.primitive import tracking
from autograd.engine.tracked import _TrackedValue
from nn import Module


@pytest.fixture(autouse=True)
def _tracking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the interpreted engine do as the compiled one."""
    needed = tracking.needed
    if not autograd.__compiled__:
        monkeypatch.setattr("autograd.engine.primitive.COMPILED", True)
    yield
    tracking.needed = needed


class Scaled(Module):
    """Scales by an operation of its own, and keeps its last output."""

    def __init__(self) -> None:
        self.factor = 2.0
        self.kept: Any = None
        self.operation = Primitive("scaled", self.scale, self.slope)

    def scale(self, x: float) -> float:
        """The operation."""
        return self.factor * x

    def slope(self, x: Any, out: Any) -> float:  # noqa: ARG002
        """Its derivative."""
        return self.factor

    def __call__(self, x: Any) -> Any:
        """What is computed with it."""
        self.last = output_of(self, self.operation(x) * x)
        return self.last


def closure() -> Any:
    """A function that keeps its last output, and an operation that refers to it."""
    last: Any = None

    def run(x: Any) -> Any:
        nonlocal last
        last = operation(x) + 1
        return last

    operation = Primitive("closure", lambda x: (run, x)[1], lambda x, out: 1.0)
    return run


def reduction() -> Any:
    """An object with a reduction that refers to it, and with what that computed."""
    owner = Scaled()
    owner.operation = Reduction(
        "first", lambda xs: xs[0], lambda xs, out: [owner.factor for _ in xs]
    )
    owner.last = owner.operation([Value(1.0), Value(2.0)]) / 2
    return owner


def formula() -> Any:
    """An object to which only the formula of its operation refers."""
    owner = Scaled()
    owner.operation = Primitive(
        "formula", math.sin, lambda x, out: cos(x), formula=lambda x: x * owner.factor
    )
    owner.last = 3 - owner.operation(Value(1.0))
    return owner


def default() -> Any:
    """An object to which a default of a function refers."""
    owner = Scaled()
    owner.operation = Primitive("default", lambda x, o=owner: x, lambda x, out: 1.0)
    owner.last = -owner.operation(Value(1.0))
    return owner


def nested() -> Any:
    """An object to whose operation that of another leads."""
    owner = Scaled()
    outer = Primitive("outer", owner.operation, lambda x, out: 1.0)
    owner.last = outer(Value(1.0)) * 1
    return owner


def namespace() -> Any:
    """A module that nothing imported, with an operation and what it computed."""
    module = types.ModuleType("unknown")
    exec(
        "from autograd import Primitive, Value\n"
        "operation = Primitive('mine', lambda x: x, lambda x, out: 1.0)\n"
        "last = operation(Value(1.0)) * 2\n",
        vars(module),
    )
    return module


def through_every_operator() -> Any:
    """An object that keeps what every operator and several functions computed."""
    owner = Scaled()
    y = owner.operation(Value(1.0))
    x = Value(2.0)
    for z in (y + x, x + y, y - x, x - y, y * x, x * y, y / x, x / y, y**x, x**y, y + 1, 1 - y):
        x = z.tanh() + clamp(z, 0.0, 1.0) + total([x, z]) + where(True, z, 0.0)
    owner.last = exp(x * 1e-3)
    return owner


def differentiated() -> Any:
    """An object that keeps derivatives, which are graphs as well."""
    owner = Scaled()
    x = Value(3.0)
    owner.last = [*gradients(owner(x), [x]), copy.deepcopy(owner(x)), copy.copy(owner(x))]
    derivative = grad(owner)
    owner.kept = [derivative, derivative(Value(2.0))]
    return owner


@pytest.mark.parametrize(
    "make",
    [
        lambda: (owner := Scaled(), owner(Value(1.0)))[0],
        closure,
        reduction,
        formula,
        default,
        nested,
        namespace,
        through_every_operator,
        differentiated,
    ],
)
def test_an_object_that_keeps_what_its_operation_computed_is_freed(
    make: Callable[[], Any],
) -> None:
    thing = make()
    if make is closure:
        thing(Value(1.0))
    left = weakref.ref(thing)
    del thing
    gc.collect()
    assert left() is None


def test_the_results_are_those_of_an_operation_that_leads_nowhere() -> None:
    owner = Scaled()
    plain = Primitive("plain", twice, slope_of_twice)

    def program(operation: Any, x: Any, y: Any) -> Any:
        z = operation(x) * y - y / operation(x)
        z = z + total([z, x, operation(y), 2.0]) + clamp(operation(z), -5.0, y) + 1 - z * 3
        return z**2 + sin(z * x) - where(y.data > 0, z, x) + (2 - z) * (4 * z) / (1 + z * z)

    results = []
    for operation in (owner.operation, plain):
        x, y = Value(0.7), Value(1.3)
        out = program(operation, x, y)
        out.backward()
        slopes = gradients(out, (x, y))
        slopes[0].backward()
        values = [
            (value.data, value.grad, value.local_derivatives, value.label)
            for value in topological_order(out)
        ]
        results.append(
            (
                values,
                [slope.data for slope in slopes],
                grad(lambda a, f=operation: program(f, a, Value(1.3)))(0.7),
                hessian(lambda p, f=operation: program(f, *p))([Value(0.7), Value(1.3)]),
                jvp(
                    lambda a, b, f=operation: program(f, a, b), (Value(0.7), Value(1.3)), (1.0, 2.0)
                ),
            )
        )
        assert isinstance(out, _TrackedValue) == (operation is owner.operation)
    first, second = (
        [values, slopes, float_of(slope), *map(str, rest)]
        for values, slopes, slope, *rest in results
    )
    assert first == second


def float_of(number: Any) -> float:
    return number.data if isinstance(number, Value) else number


def twice(x: float) -> float:
    return 2.0 * x


def slope_of_twice(x: Any, out: Any) -> float:  # noqa: ARG001
    return 2.0


def test_functions_of_modules_and_operations_of_the_table_cost_nothing() -> None:
    for primitive in (
        Primitive("plain", twice, slope_of_twice),
        Primitive("builtin", math.sin, lambda x, out: cos(x)),
        Primitive("with default", lambda x, k=2.0: k * x, lambda x, out, k=2.0: k),
        Primitive("of operations", sin, lambda x, out: cos(x)),
        *[getattr(autograd, name) for name in autograd.table.__all__],
    ):
        if not isinstance(primitive, Primitive):  # softmax, which computes with others
            continue
        assert not primitive.is_tracked
    assert not isinstance(Value(1.0) * Value(2.0), _TrackedValue)
    assert not isinstance(sin(Value(1.0)), _TrackedValue)


def test_tracked_values_are_values_in_every_respect() -> None:
    owner = Scaled()
    x = Value(3.0, "x")
    y = owner.operation(x)
    assert repr(y) == "Value(6.0, op=scaled)"
    assert (y.operands, y.inputs, y.local_derivatives) == ((x,), (x,), (2.0,))
    y.label = "y"
    assert (y + x).inputs == (y, x)
    assert (x + y).inputs == (x, y)
    assert [node.label for node in graph(y)] == ["x", "y"]
    assert y.detach().op is None
    with no_grad():
        assert owner.operation(x).op is None
        assert (x + y).op is None
        assert (x / y).operands == ()
    with detect_anomaly(), pytest.raises(ArithmeticError, match=r"in .*: y / 0"):
        y / 0
    twin = copy.deepcopy(y)
    twin.backward()
    assert (twin.inputs[0].grad, x.grad) == (2.0, 0.0)
    assert isinstance(twin, _TrackedValue) == isinstance(copy.copy(y), _TrackedValue) is True
    with pytest.raises(TypeError, match=r"for \+: 'Value' and 'str'"):
        y + "text"
    with pytest.raises(TypeError, match="cannot pickle the primitive scaled"):
        pickle.dumps(y)


@pytest.mark.skipif(not autograd.__compiled__, reason="interpreted, every value is tracked")
def test_only_those_are_tracked_that_have_to_be() -> None:
    owner = Scaled()
    x = Value(1.0)
    assert not gc.is_tracked(x)
    assert not gc.is_tracked(x * x)
    assert gc.is_tracked(owner.operation(x))
    assert gc.is_tracked(x + owner.operation(x))
    assert sys.getsizeof(x * x) <= 100


def test_a_long_graph_of_tracked_values_is_freed_without_recursion() -> None:
    owner = Scaled()
    z = owner.operation(Value(1.0))
    for _ in range(100_000):
        z = z + 1.0
    z.backward()
    owner.last = z
    left = weakref.ref(owner)
    del owner, z
    gc.collect()
    assert left() is None
