"""Compiled functions with all else: eager graphs, derivatives, each other, pictures, observers."""

from __future__ import annotations

import copy
import math
import pickle
import random
import struct
from typing import Any

import pytest

import autograd
from autograd import AnomalyError, CompileError, Value, detect_anomaly, exp, no_grad, sigmoid
from autograd import compile as compile  # noqa: A004  # as users import it
from nn import MLP, init


def bits(numbers: Any) -> bytes:
    """The bits of floats."""
    numbers = list(numbers)
    return struct.pack(f"{len(numbers)}d", *numbers)


def gradients(root: Value, leaves: list[Value]) -> bytes:
    """The bits of the gradients of leaves after a backward pass."""
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    return bits(leaf.grad for leaf in leaves)


# ── In an eager graph ─────────────────────────────────────────────────────────


def test_shares_are_added_as_the_function_itself_adds_them() -> None:
    rng = random.Random(1)
    w, b = Value(2.0), Value(0.5)

    def f(x: Any) -> Any:
        return (w * x + b).tanh() * w

    compiled = compile(f)
    for _ in range(50):
        numbers = [rng.gauss(0, 1) for _ in range(5)]
        found = [
            gradients(sum(each(x) for x in numbers) / 7 + w * 0.3 * b, [w, b])
            for each in (compiled, f)
        ]
        assert found[0] == found[1]


def test_a_batch_is_a_sum_of_samples() -> None:
    rng = random.Random(2)
    model = MLP(2, [4, 1], rng=rng)
    rows = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(8)]
    targets = [rng.gauss(0, 1) for _ in rows]

    def loss(x: Any, y: Any) -> Any:
        return (model(x) - y) ** 2

    compiled = compile(loss)
    eager = sum(loss(x, y) for x, y in zip(rows, targets)) / len(rows)
    replayed = sum(compiled.map(rows, targets)) / len(rows)
    assert replayed.data == eager.data
    assert gradients(replayed, model.parameters()) == gradients(eager, model.parameters())


def test_an_operation_may_be_an_argument() -> None:
    rng = random.Random(3)
    w = Value(1.3)

    def f(u: Any, x: Any) -> Any:
        return (u * x + w).tanh() * w * u

    compiled = compile(f)
    for _ in range(30):
        x = rng.gauss(0, 1)
        found = [gradients(each(w * 1.7, x), [w]) for each in (compiled, f)]
        assert found[0] == found[1]


def test_gradients_accumulate_in_leaves() -> None:
    w = Value(3.0)
    square = compile(lambda: w * w)
    for times in range(1, 5):
        square().backward()
        assert (w.grad, w.has_grad) == (6.0 * times, True)
    out = square()
    out.backward(10.0)
    out.backward(10.0)
    assert (w.grad, out.grad) == (24.0 + 120.0, 10.0)


def test_a_later_backward_pass_is_of_the_numbers_of_its_own_call() -> None:
    w = Value(3.0)
    scaled = compile(lambda x: (w * x).exp())
    outs = [scaled(x) for x in (0.1, 0.2, 0.3)]
    w.data = 5.0
    for x, out in zip((0.1, 0.2, 0.3), outs):
        w.grad = 0.0
        out.backward()
        assert w.grad == math.exp(3.0 * x) * x


def test_the_order_of_additions_depends_on_what_where_has_taken() -> None:
    w, v = Value(0.1), Value(1e16)

    def f(x: Any) -> Any:
        a, b = w * x, v * x
        chosen = autograd.where(a > b, a * 3, b * 0.3)
        return chosen * a + b * w * 7.7 + a * 1e-16

    compiled = compile(f)
    for first, second in [(0.1, 1e16), (3.0, 0.2), (1e16, -0.1), (0.1, 1e15)]:
        w.data, v.data = first, second
        assert gradients(compiled(1.1), [w, v]) == gradients(f(1.1), [w, v])
    assert len(compiled.programs) == 1


def test_the_value_that_is_returned() -> None:
    w, b = Value(2.0, "w"), Value(1.0, "b")
    out = compile(lambda x: w * x + b.data, programs=4)(3.0)
    assert out.op is not None
    assert (out.op.name, out.op.arity) == ("<lambda>", 0)
    assert out.operands == (3.0, w, 1.0)
    assert out.inputs == (w,)
    assert out.local_derivatives == (3.0,)
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError) as caught:
            copied(out)
        assert str(caught.value) == (
            "cannot copy or pickle a Value that the compiled function <lambda>() returned: take "
            "its data, or call the function that was compiled"
        )


def test_pictures_and_formulas_show_it_as_one_operation() -> None:
    w = Value(2.0, "w")

    def loss(x: Any) -> Any:
        return (w * x - 1.0) ** 2

    out = compile(loss)(3.0) * 2
    assert "loss" in autograd.graph(out).to_svg()
    assert "loss(" in str(autograd.formula(out))
    assert "loss" in str(autograd.explain(out, w))


# ── Derivatives of compiled functions ─────────────────────────────────────────


def bumpy(v: Any) -> Any:
    """A function of two numbers."""
    return v[0] ** 3 * v[1] + autograd.sin(v[0] * v[1]) * exp(-v[1])


def test_derivatives_of_a_compiled_function() -> None:
    compiled = compile(bumpy)
    for v in ([2.0, 5.0], [0.3, -1.0], [1.0, 0.0]):
        assert autograd.grad(compiled)(v) == autograd.grad(bumpy)(v)
        assert autograd.value_and_grad(compiled)(v) == autograd.value_and_grad(bumpy)(v)
        near = pytest.approx
        for row, expected in zip(autograd.hessian(compiled)(v), autograd.hessian(bumpy)(v)):
            assert row == near(expected, rel=1e-12)
        tangents = ([1.0, -0.5],)
        assert autograd.hvp(compiled, (v,), tangents) == near(
            autograd.hvp(bumpy, (v,), tangents), rel=1e-12
        )
        assert autograd.jacobian(compiled)(v) == near(autograd.jacobian(bumpy)(v), rel=1e-12)
        ours, theirs = autograd.jvp(compiled, (v,), tangents), autograd.jvp(bumpy, (v,), tangents)
        assert ours == near(theirs, rel=1e-12)
    assert autograd.grad(autograd.grad(compile(lambda x: x**3)))(2.0) == 12.0


def test_second_derivatives_from_a_graph() -> None:
    w = Value(3.0)
    out = compile(lambda x: w**3 * x)(2.0)
    [slope] = autograd.gradients(out, [w])
    assert slope.data == 54.0
    slope.backward()
    assert w.grad == 36.0


def test_second_derivatives_of_what_has_a_pass_a_choice_and_a_take_within() -> None:
    w, rows = Value(3.0), [Value(0.5), Value(-2.0)]

    def function(x: Value, i: int) -> Value:
        (w**2 * x.data).backward()
        slope, w.grad = w.grad, 0.0
        return autograd.where(x > 1.0, x**3, x) * slope * autograd.take(rows, i) * x

    compiled = compile(function)
    for x in (0.75, 1.25):
        for i in (0, 1, 0):
            ours, theirs = (
                autograd.grad(autograd.grad(lambda x, f=f, i=i: f(x, i)))(x)
                for f in (compiled, function)
            )
            assert ours == pytest.approx(theirs, rel=1e-12)


def test_a_derivative_beyond_a_guard_is_an_error() -> None:
    compiled = compile(lambda x: x * x if x > 0 else -x)
    x = Value(2.0)
    out = compiled(x)
    assert out.op is not None
    assert out.op.evaluate([3.0]) == 9.0
    with pytest.raises(CompileError) as caught:
        out.op.evaluate([-3.0])
    assert str(caught.value) == (
        "<lambda>() takes another path at these numbers than in the call that is differentiated: "
        "differentiate the function itself, before it is compiled"
    )


# ── Compiled derivatives ──────────────────────────────────────────────────────


def slope_of_slopes(f: Any) -> Any:
    """The derivative of the sum of the derivatives."""

    def slopes(x: Any) -> Any:
        found: Any = autograd.grad(f)(x)
        return autograd.sum(found)

    return autograd.grad(slopes)


def rosenbrock(x: Any) -> Any:
    """The function that optimisers are tried on."""
    return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1))


@pytest.mark.parametrize(
    "derive",
    [
        autograd.grad,
        autograd.value_and_grad,
        autograd.hessian,
        autograd.jacobian,
        lambda f: lambda x: autograd.hvp(f, (x,), ([1.0, 2.0, -1.0],)),
        lambda f: lambda x: autograd.jvp(f, (x,), ([1.0, 2.0, -1.0],)),
        lambda f: lambda x: autograd.vjp(f, x)[1](2.5),
        slope_of_slopes,
    ],
)
@pytest.mark.parametrize("function", [rosenbrock, lambda x: bumpy(x) + autograd.softmax(x)[2]])
def test_a_derivative_is_recorded_as_any_function_is(derive: Any, function: Any) -> None:
    rng = random.Random(4)
    derived = derive(function)
    compiled = compile(derived)
    for _ in range(4):
        x = [rng.gauss(0, 1) for _ in range(3)]
        assert repr(compiled(x)) == repr(derived(x))
    assert len(compiled.programs) == 1


def test_a_derivative_reads_parameters_from_outside() -> None:
    w = Value(3.0)
    compiled = compile(autograd.value_and_grad(lambda p: (p[0] - 1) ** 2 + w * p[1]))
    for number in (3.0, 4.0, 5.0):
        w.data = number
        assert compiled([1.0, 2.0]) == (2 * number, [0.0, number])


def test_a_derivative_by_the_parameters_of_a_model() -> None:
    model = MLP(2, [3, 1], rng=random.Random(1))
    derived = autograd.grad(lambda model, x: model(x) ** 2)
    compiled = compile(derived)
    for x in ([1.0, 2.0], [0.5, -1.0], [3.0, 0.1]):
        for parameter in model.parameters():
            parameter.data *= 1.1
        assert compiled(model, x) == derived(model, x)
    assert len(compiled.programs) == 1


def test_where_in_a_derivative_is_a_guard() -> None:
    derived = autograd.grad(lambda x: autograd.where(x > 1, x**3, -x) * x)
    compiled = compile(derived)
    for x in (2.0, 0.5, 3.0, -1.0):
        assert compiled(x) == derived(x)
    assert len(compiled.programs) == 2


# ── Whole programs ────────────────────────────────────────────────────────────


def test_newtons_method_visits_the_same_points() -> None:
    numpy = pytest.importorskip("numpy")
    slope, curvature = autograd.grad(rosenbrock), autograd.hessian(rosenbrock)
    ways: list[Any] = [(slope, curvature), (compile(slope), compile(curvature))]
    paths = []
    for f, g in ways:
        x = numpy.array([-1.2, 1.0, 0.8, 1.1, 0.9])
        path = [x]
        for _ in range(12):
            x = x - numpy.linalg.solve(g(x), f(x))
            path.append(x)
        paths.append(numpy.array(path).tobytes())
    assert paths[0] == paths[1]


def test_a_fit_by_scipy_visits_the_same_points() -> None:
    numpy = pytest.importorskip("numpy")
    optimize = pytest.importorskip("scipy.optimize")
    t = numpy.linspace(0.0, 4.0, 30)
    y = 2.5 * numpy.exp(-1.3 * t) + 0.5 + 0.01 * numpy.sin(40 * t)

    def loss(p: Any) -> Any:
        amplitude, decay, offset = p
        return sum((amplitude * exp(-decay * ti) + offset - yi) ** 2 for ti, yi in zip(t, y))

    paths = []
    fast = compile(autograd.value_and_grad(loss))
    for f in (autograd.value_and_grad(loss), fast):
        path: list[bytes] = []

        def followed(p: Any, f: Any = f, path: list[bytes] = path) -> Any:
            path.append(p.tobytes())
            return f(p)

        optimize.minimize(followed, [1.0, 1.0, 0.0], jac=True, method="BFGS")
        paths.append(path)
    assert paths[0] == paths[1]
    assert len(fast.programs) == 1


def test_a_training_by_hand_gives_the_same_parameters() -> None:
    cases = [((0.0, 0.0), 0), ((0.0, 1.0), 1), ((1.0, 0.0), 1), ((1.0, 1.0), 0)]
    ends = []
    both: list[Any] = [compile, lambda f: f]
    for each in both:
        model = MLP(
            2, [4, 1], activation=["sigmoid", "sigmoid"], init=init.normal(), rng=random.Random(1)
        )

        def loss(model: Any = model) -> Any:
            return sum((target - model(x)) ** 2 / 2 for x, target in cases)

        losses: list[float] = []
        step: Any = each(loss)
        for _ in range(60):
            total = step()
            for parameter in model.parameters():
                parameter.grad = 0.0
            total.backward()
            for parameter in model.parameters():
                parameter.data -= 0.1 * parameter.grad
            losses.append(total.data)
        parameters = model.parameters()
        ends.append(
            bits(losses) + bits(p.data for p in parameters) + bits(p.grad for p in parameters)
        )
    assert ends[0] == ends[1]


# ── Each other, and settings ──────────────────────────────────────────────────


def test_a_compiled_function_in_another_is_a_part_of_it() -> None:
    w = Value(2.0)
    inner = compile(lambda x: sigmoid(w * x))
    outer = compile(lambda x: inner(x) * inner(x + 1))
    for x in (1.0, 2.0, 3.0):
        expected = sigmoid(w * x) * sigmoid(w * (x + 1))
        assert gradients(outer(x), [w]) == gradients(expected, [w])
    assert len(outer.programs) == 1


def test_a_compiled_function_may_call_itself() -> None:
    w = Value(2.0)

    @compile
    def power(n: int, x: Any) -> Any:
        return w if n == 0 else x * power(n - 1, x)

    assert [power(3, 2.0).data, power(3, 3.0).data, power(4, 2.0).data] == [16.0, 54.0, 32.0]
    assert len(power.programs) == 3  # of 3, of 4, and of 2, where a call is checked


def test_recording_may_be_turned_off_within() -> None:
    w = Value(2.0)

    def half(x: Any) -> Any:
        with no_grad():
            target = w * x
        return (w - target) ** 2

    compiled = compile(half)
    for x in (3.0, 4.0, 5.0):
        w.data = x / 2
        assert gradients(compiled(x), [w]) == gradients(half(x), [w])
    assert len(compiled.programs) == 1


def test_recording_may_be_turned_on_within() -> None:
    w = Value(2.0)

    def recorded(x: Any) -> Any:
        with autograd.enable_grad():
            return w * x

    compiled = compile(recorded)
    with no_grad():
        outs = [compiled(x) for x in (3.0, 4.0, 5.0)]
    assert [out.inputs for out in outs] == [(w,)] * 3


def test_anomalies_are_looked_for_in_the_function_itself() -> None:
    w = Value(0.0)
    compiled = compile(lambda x: autograd.log(w * x))
    compiled(1.0)
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"^log"):
        compiled(1.0)
    with detect_anomaly():
        out = compile(lambda x: w * x)(2.0)
    assert out.op is autograd.multiply


def test_a_backward_pass_through_it_may_be_watched() -> None:
    w = Value(0.0)
    out = compile(lambda: autograd.sqrt(w))()
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"<lambda>\(.*inf"):
        out.backward()
    assert (w.grad, w.has_grad) == (0.0, False)


def test_a_copied_model_has_a_compiled_method_of_its_own() -> None:
    model = MLP(2, [2, 1], rng=random.Random(1))
    out = compile(lambda x: model(x))
    shared = copy.deepcopy({"model": model, "out": out})
    assert shared["out"] is out
