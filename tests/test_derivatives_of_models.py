"""Derivatives by modules and dataclasses, and what a derivative is as a function."""

from __future__ import annotations

import copy
import inspect
import math
import multiprocessing
import pickle
import random
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    Primitive,
    Value,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    sin,
    value_and_grad,
    vjp,
)
from autograd.engine.help import writers
from autograd.testing import check_gradients
from nn import MLP, Module
from nn.testing import Network, networks

SAMPLE = [0.5, -1.0]


def model() -> MLP:
    return MLP(2, [2, 1], activation="tanh", rng=random.Random(1))


def loss(model: MLP, x: Any = SAMPLE, target: float = 0.5) -> Any:
    """The squared error."""
    return (model(x) - target) ** 2


def as_function_of_numbers(model: MLP) -> tuple[Callable[[Any], Any], list[float]]:
    """The loss as a function of a list, and the numbers of the parameters: an oracle."""

    def function(numbers: Any) -> Any:
        w = iter(numbers)
        hidden = [
            sum((next(w) * x for x in SAMPLE[1:]), next(w) * SAMPLE[0]) + next(w) for _ in range(2)
        ]
        hidden = [x.tanh() for x in hidden]
        out = next(w) * hidden[0] + next(w) * hidden[1] + next(w)
        return (out - 0.5) ** 2

    return function, [parameter.data for parameter in model.parameters()]


# ── Modules ───────────────────────────────────────────────────────────────────


@given(networks(max_width=2, max_samples=1))
def test_gradients_by_a_model_are_those_of_backward_by_name(network: Network) -> None:
    slopes = grad(lambda model: network.loss())(network.model)
    assert all(parameter.grad == 0.0 for parameter in network.model.parameters())
    network.loss().backward()
    expected = {name: parameter.grad for name, parameter in network.model.named_parameters()}
    assert slopes == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_every_derivative_takes_a_model() -> None:
    m = model()
    function, point = as_function_of_numbers(m)
    names = [name for name, _ in m.named_parameters()]
    close = partial(pytest.approx, rel=1e-12, abs=1e-12)
    slopes = grad(function)(point)
    rows = hessian(function)(point)
    direction = [float(i) for i in range(len(point))]
    named = dict(zip(names, direction, strict=True))

    assert loss(m).data == close(function([Value(x) for x in point]).data)
    assert grad(loss)(m) == close(dict(zip(names, slopes, strict=True)))
    value, by_name = value_and_grad(loss)(m)
    assert (type(value), value, by_name) == (float, loss(m).data, grad(loss)(m))
    table = hessian(loss)(m)
    assert list(table) == names
    for name, row in zip(names, rows, strict=True):
        assert table[name] == close(dict(zip(names, row, strict=True)))
    product = hvp(function, (point,), (direction,))
    assert hvp(loss, (m,), (named,)) == close(dict(zip(names, product, strict=True)))
    rate = sum(a * b for a, b in zip(slopes, direction, strict=True))
    assert jvp(loss, (m,), (named,)) == (value, close(rate))
    assert vjp(loss, m)[1](2.0)[0] == close({name: 2 * by_name[name] for name in names})
    assert jacobian(lambda model: [loss(model)])(m) == [close(by_name)]
    assert {name: x.data for name, x in gradients(loss(m), m).items()} == close(by_name)


def test_a_model_stands_among_other_arguments_and_in_containers() -> None:
    m = model()
    by_target = grad(loss, argnums=2)(m, SAMPLE, 0.5)
    assert by_target == -2 * (m(SAMPLE).data - 0.5)
    by_model, by_inputs = grad(loss, argnums=(0, 1))(m, SAMPLE, 0.5)
    assert by_model == grad(loss)(m)
    assert by_inputs == grad(lambda x: loss(m, x))(SAMPLE)
    both = grad(lambda p: p["scale"] * loss(p["model"]))({"model": m, "scale": 3.0})
    assert both["scale"] == loss(m).data
    assert both["model"] == pytest.approx({k: 3 * x for k, x in grad(loss)(m).items()})


def test_a_derivative_by_a_model_can_be_differentiated() -> None:
    m = model()

    def squared_norm(model: MLP) -> Any:
        return sum(slope**2 for slope in grad(loss)(model).values())

    check_gradients(squared_norm, m)
    slopes, table = grad(loss)(m), hessian(loss)(m)
    expected = {a: 2 * sum(slopes[b] * row[b] for b in row) for a, row in table.items()}
    assert grad(squared_norm)(m) == pytest.approx(expected)
    # and by a number that the inner function closes over
    first = "layers.0.neurons.0.w.0"
    mixed = grad(lambda t: grad(lambda model: loss(model, target=t))(m)[first])(0.5)
    assert mixed == pytest.approx(grad(lambda model: grad(loss, 2)(model, SAMPLE, 0.5))(m)[first])


def test_the_function_gets_the_model_itself_and_leaves_it_as_it_was() -> None:
    m = model()
    seen = []
    before = [(x, x.data, x.grad) for x in m.parameters()]
    grad(lambda model: seen.append(model) or loss(model))(m)  # type: ignore[func-returns-value]
    assert seen == [m]
    after = [(x, x.data, x.grad) for x in m.parameters()]
    assert all(a[0] is b[0] and a[1:] == b[1:] for a, b in zip(before, after, strict=True))
    with no_grad():
        assert grad(loss)(m) == grad(loss)(m)


def test_a_shared_parameter_counts_once_and_in_two_modules_not_at_all() -> None:
    class Tied(Module):
        def __init__(self) -> None:
            self.w = Value(3.0)
            self.same = [self.w]

    tied = Tied()
    assert grad(lambda m: m.w * m.same[0])(tied) == {"w": 6.0}
    text = (
        "grad() is to differentiate by a parameter twice, at [0]['w'] and at [1]['w']: "
        "a module that holds both counts it once"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        grad(lambda a, b: a.w * b.w, (0, 1))(tied, tied)


def test_what_only_looks_like_a_model_is_refused() -> None:
    class Foreign:
        def named_parameters(self) -> list[tuple[str, object]]:
            return [("weight", [1.0])]

    with pytest.raises(TypeError) as raised:
        grad(lambda m: 1.0)([Foreign()])
    assert str(raised.value) == (
        "grad() cannot differentiate by argument 0 (m) at [0]['weight']: "
        "expected a Value, got a list"
    )
    with pytest.raises(TypeError, match="expected a real number, got a type"):
        grad(lambda m: 1.0)(MLP)
    m = model()
    with pytest.raises(ValueError, match=r"there is no number at \[0\]\['layers.0.neurons.0.b'\]"):
        hvp(loss, (m,), ({"layers.0.neurons.0.w.0": 1.0, "layers.0.neurons.0.w.1": 1.0},))


# ── A model that a function closes over ───────────────────────────────────────


def test_a_gradient_by_the_parameters_of_a_closed_over_model_says_why_it_is_0() -> None:
    m = model()
    with pytest.warns(RuntimeWarning) as caught:
        slopes = grad(lambda parameters: loss(m))(m.parameters())
    assert [slope.data for slope in slopes] == [0.0] * len(slopes)
    [warning] = caught
    assert warning.filename == __file__
    assert str(warning.message) == (
        "grad() gives 0 at [0]: the function did not use its argument but the Value that was "
        "passed, which it found elsewhere, as in a model that it closes over. "
        "Pass the model itself: grad(loss)(model)"
    )
    for function in (value_and_grad, hessian):
        with pytest.warns(RuntimeWarning, match=rf"^{function.__name__}\(\) gives 0 at \[0\]"):
            function(lambda parameters: loss(m))(m.parameters())
    with pytest.warns(RuntimeWarning, match=r"^grad\(\) gives 0: the function"):
        grad(lambda w: m.parameters()[0] * 2)(m.parameters()[0])


def test_other_derivatives_of_0_are_no_reason_to_warn() -> None:
    m, x = model(), Value(3.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [s.data for s in grad(lambda p: p[0] * 2)([x, Value(1.0)])] == [2.0, 0.0]
        assert grad(lambda y: 5.0)(x).data == 0.0
        # a variable of an outer derivative, which is closed over with reason
        assert grad(lambda x: x * grad(lambda y: x + 1.0)(x))(3.0) == 0.0
        assert grad(lambda model: 1.0)(m) == dict.fromkeys(dict(m.named_parameters()), 0.0)


# ── Dataclasses ───────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """A line, with a check of its own and a field that is no number."""

    slope: Any
    offsets: Any
    name: str = field(default="line", metadata={"static": True})

    def __post_init__(self) -> None:
        if isinstance(self.slope, float) and self.slope < 0:
            raise ValueError("of the class itself, which derivatives do not concern")

    def __call__(self, x: float) -> Any:
        """The height at x."""
        return self.slope * x + self.offsets[0] * self.offsets[1]


@dataclass
class Derived:
    """A field that another is computed from."""

    x: float
    square: float = field(init=False, default=0.0)


@dataclass
class Named:
    """Fields that are no numbers, undeclared."""

    x: float
    name: str = "named"
    flag: bool = True


def test_a_dataclass_is_a_container() -> None:
    line = Line(2.0, (3.0, 5.0), "mine")
    slopes = grad(lambda p: p(-7.0))(line)
    assert (slopes.slope, slopes.offsets, slopes.name) == (-7.0, (5.0, 3.0), "mine")
    assert type(slopes) is Line
    assert jvp(lambda p: p(1.0), (line,), (Line(1.0, (10.0, 0.0)),)) == (17.0, 51.0)
    _, pull_back = vjp(lambda x: Line(x, (2 * x, x**2)), 3.0)
    assert pull_back(Line(1.0, (10.0, 100.0))) == (621.0,)
    rows = hessian(lambda p: p(1.0))(line)
    assert rows.offsets[0].offsets == (0.0, 1.0)
    check_gradients(lambda p: p(2.0), line)


def test_a_dataclass_of_values_gives_values_and_one_of_arrays_arrays() -> None:
    slopes = grad(lambda p: p(4.0))(Line(Value(2.0), [3.0, 5.0]))
    assert isinstance(slopes.slope, Value)
    assert slopes.slope.data == 4.0
    slopes = grad(lambda p: p(4.0))(Line(2.0, np.array([3.0, 5.0])))
    np.testing.assert_array_equal(slopes.offsets, [5.0, 3.0])


def test_equality_of_a_dataclass_is_never_asked_for() -> None:
    @dataclass(eq=False)
    class Odd:
        x: Any

        def __eq__(self, other: object) -> bool:
            raise AssertionError("compared")

    assert jvp(lambda p: p.x**2, (Odd(3.0),), (Odd(1.0),)) == (9.0, 6.0)
    with pytest.raises(ValueError, match=r"there is no number at \[0\]\.x"):
        jvp(lambda p: p.x, (Odd(3.0),), (1.0,))


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (
            Derived(1.0),
            "at .square: a field with init=False follows from others, and no derivative would "
            "reach them through it: make it a property, or, if it depends on none of them, declare "
            'it with metadata={"static": True}',
        ),
        (
            Named(1.0),
            "at .name: expected a real number, got the str 'named': convert it first, with "
            'float(...); a field to be passed on as it is has metadata={"static": True}',
        ),
        (
            [Named(1.0, name=2.0)],  # type: ignore[arg-type]
            "at [0].flag: expected a real number, got the bool True; "
            'a field to be passed on as it is has metadata={"static": True}',
        ),
    ],
)
def test_a_field_that_is_no_number_is_named_with_what_to_do(wrong: Any, text: str) -> None:
    with pytest.raises(TypeError) as raised:
        grad(lambda p: p.x)(wrong)
    assert str(raised.value) == f"grad() cannot differentiate by argument 0 (p) {text}"


# ── The derivative as a function ──────────────────────────────────────────────


def cube(x: Any) -> Any:
    """The third power of x."""
    return x**3


@value_and_grad
def decorated(x: Any) -> Any:
    """The square of x."""
    return x * x


class Potential:
    """A class with a derivative for a method."""

    @partial(grad, argnums=1)
    def force(self, x: Any) -> Any:
        """The derivative of what this is the body of."""
        return x**2 * 0.5


@pytest.mark.parametrize("derive", [grad, value_and_grad, jacobian, hessian])
def test_a_derivative_has_the_name_docstring_and_signature_of_its_function(derive: Any) -> None:
    derivative = derive(cube)
    assert derivative.__name__ == "cube"
    assert derivative.__doc__ == "The third power of x."
    assert inspect.signature(derivative) == inspect.signature(cube)
    assert repr(derivative) == f"{derive.__name__}({cube!r})"
    assert repr(derive(cube, -1)) == f"{derive.__name__}({cube!r}, argnums=-1)"


def test_a_docstring_is_written_when_it_is_asked_for() -> None:
    asked: list[object] = []
    write = writers[0]

    def note(operation: Primitive) -> str:
        asked.append(operation)
        return "noted"

    writers[0] = note
    try:
        derivative = grad(sin)
        assert not asked
        assert derivative.__doc__ == "noted"
        assert asked == [sin]
    finally:
        writers[0] = write


@given(st.floats(-5, 5), st.sampled_from([grad, value_and_grad, jacobian, hessian]))
def test_a_derivative_pickles_and_copies(x: float, derive: Any) -> None:
    for derivative in (derive(cube), derive(derive(cube) if derive is grad else cube, (0,))):
        for again in (pickle.loads(pickle.dumps(derivative)), copy.deepcopy(derivative)):
            assert again(x) == derivative(x)
            assert again.__name__ == "cube"


def test_a_decorated_function_pickles_by_its_name() -> None:
    assert decorated(3.0) == (9.0, 6.0)
    assert pickle.loads(pickle.dumps(decorated)) is decorated


def test_a_derivative_is_a_method_where_a_function_is() -> None:
    assert Potential().force(3.0) == 3.0
    assert Potential.force(Potential(), 3.0) == 3.0


def test_processes_may_share_the_work() -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        assert pool.map(grad(sin), [0.0, 1.0]) == [1.0, math.cos(1.0)]


def test_an_array_of_one_element_is_one_number() -> None:
    for shape in ((), (1,), (1, 1)):
        function = lambda x, s=shape: np.array([x[0] ** 2 * x[1]]).reshape(s)  # noqa: E731
        assert grad(function)([3.0, 5.0]) == [30.0, 9.0]
        assert hessian(function)([3.0, 5.0]) == [[10.0, 6.0], [6.0, 0.0]]
        assert hvp(function, ([3.0, 5.0],), ([1.0, 0.0],)) == [10.0, 6.0]
        value, _ = value_and_grad(function)([3.0, 5.0])
        assert np.shape(value) == shape
    for several in (np.zeros(2), np.zeros(0), [1.0]):
        with pytest.raises(TypeError, match="returns one number"):
            grad(lambda x, s=several: s)(1.0)
