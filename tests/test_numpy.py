"""NumPy arrays of Values."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import autograd
from autograd import Value

RNG = np.random.default_rng(0)
VALUES = np.vectorize(Value, otypes=[object])


def data(array: Any) -> Any:
    return np.vectorize(lambda value: value.data, otypes=[float])(array)


def grads(array: Any) -> Any:
    return np.vectorize(lambda value: value.grad, otypes=[float])(array)


@pytest.mark.parametrize(
    "name",
    [
        "add",
        "subtract",
        "multiply",
        "divide",
        "power",
        "remainder",
        "floor_divide",
        "maximum",
        "minimum",
        "hypot",
        "arctan2",
    ],
)
def test_ufuncs_of_two_arrays(name: str) -> None:
    a, b = RNG.uniform(0.5, 2, (2, 3)), RNG.uniform(0.5, 2, (2, 3))
    ufunc = getattr(np, name)
    pairs = [(VALUES(a), VALUES(b)), (VALUES(a), b), (VALUES(a), 1.5)]
    if name not in ("hypot", "arctan2"):  # of these NumPy asks the first operand, a float here
        pairs.append((a, VALUES(b)))
    for x, y in pairs:
        other = b if not isinstance(y, float) else y
        result = ufunc(x, y)
        np.testing.assert_allclose(
            [value.data if isinstance(value, Value) else value for value in result.flat],
            ufunc(a, other).flat,
            rtol=1e-15,
        )
        assert any(isinstance(value, Value) for value in result.flat)


@pytest.mark.parametrize(
    "name",
    [
        "exp",
        "exp2",
        "expm1",
        "log",
        "log2",
        "log10",
        "log1p",
        "sqrt",
        "cbrt",
        "square",
        "reciprocal",
        "sin",
        "cos",
        "tan",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "arcsinh",
        "arctanh",
        "floor",
        "ceil",
        "rint",
        "absolute",
        "negative",
    ],
)
def test_ufuncs_of_one_array(name: str) -> None:
    a = RNG.uniform(0.1, 0.9, (2, 3))
    result = getattr(np, name)(VALUES(a))
    assert all(type(value) is Value for value in result.flat)
    np.testing.assert_allclose(data(result), getattr(np, name)(a), rtol=1e-15)


def test_arccosh_and_sign_and_rounding() -> None:
    a = np.array([1.5, 2.5])
    np.testing.assert_allclose(data(np.arccosh(VALUES(a))), np.arccosh(a), rtol=1e-15)
    np.testing.assert_array_equal(data(np.round(VALUES(a))), np.round(a))


@pytest.mark.parametrize(
    "product", [lambda w, x: w @ x, np.dot, np.matmul, lambda w, x: np.sum(w * x, axis=1)]
)
def test_products_of_a_matrix_and_a_vector(product: Callable[[Any, Any], Any]) -> None:
    w, x = RNG.normal(size=(3, 2)), RNG.normal(size=2)
    weights, inputs = VALUES(w), VALUES(x)
    out = product(weights, inputs)
    np.testing.assert_allclose(data(out), w @ x, rtol=1e-15)
    np.sum(np.tanh(out)).backward()
    slope = 1 - np.tanh(w @ x) ** 2
    np.testing.assert_allclose(grads(weights), np.outer(slope, x), rtol=1e-13)
    np.testing.assert_allclose(grads(inputs), w.T @ slope, rtol=1e-13)


def test_means_and_sums_over_axes() -> None:
    a = RNG.normal(size=(3, 2))
    x = VALUES(a)
    np.testing.assert_allclose(data(np.mean(x, axis=0)), a.mean(axis=0), rtol=1e-14)
    mean: Any = np.mean(x)
    assert mean.data == pytest.approx(a.mean(), rel=1e-14)
    mean.backward()
    np.testing.assert_allclose(grads(x), np.full((3, 2), 1 / 6), rtol=1e-15)


def test_our_functions_take_arrays_as_sequences() -> None:
    a = RNG.normal(size=5)
    assert autograd.sum(a) == pytest.approx(a.sum())
    assert autograd.norm(VALUES(a)).data == pytest.approx(np.linalg.norm(a))


def test_statistics_and_products_that_ask_for_conjugates() -> None:
    a = RNG.normal(size=6)
    x = VALUES(a)
    for function in (np.var, np.std):
        found: Any = function(x)
        assert found.data == pytest.approx(function(a), rel=1e-14)
        found.backward()
        slopes = 2 * (a - a.mean()) / 6
        expected = slopes if function is np.var else slopes / (2 * np.std(a))
        np.testing.assert_allclose(grads(x), expected, rtol=1e-12)
        for value in x:
            value.grad = 0.0
    assert np.vdot(x, a).data == pytest.approx(np.vdot(a, a), rel=1e-15)
    assert [*np.real(x)] == [*x]
    assert not any(np.imag(x))
    assert Value(2.0).imag == 0.0


@pytest.mark.parametrize("name", ["fmod", "fabs", "trunc", "deg2rad", "degrees", "radians"])
def test_further_ufuncs(name: str) -> None:
    a = RNG.uniform(-3, 3, 5)
    others = (0.7,) if name == "fmod" else ()
    result = getattr(np, name)(VALUES(a), *others)
    np.testing.assert_allclose(data(result), getattr(np, name)(a, *others), rtol=1e-15)
    assert all(value.op is not None for value in result)


# ── Functions over arrays ─────────────────────────────────────────────────────


SOFTCAP = autograd.Primitive(
    "softcap",
    lambda x, c: c * math.tanh(x / c),
    lambda x, c, out: autograd.tanh(x / c) ** 2,
    lambda x, c, out: out,
    defaults=(2.0,),
)
ELEMENTWISE = [
    row
    for name in (*autograd.table.__all__, "round")
    if isinstance(row := getattr(autograd, name), autograd.Primitive)
    and not isinstance(row, autograd.Reduction)
    and name != "where"
]


@settings(max_examples=5)
@given(st.data())
@pytest.mark.parametrize("operation", [*ELEMENTWISE, SOFTCAP], ids=lambda row: str(row.name))
def test_an_operation_on_arrays_is_that_on_their_elements(operation: Any, data: Any) -> None:
    least = operation.arity - len(operation.defaults)
    count = data.draw(st.integers(least, operation.arity))
    shapes = data.draw(npst.mutually_broadcastable_shapes(num_shapes=count, max_dims=3, max_side=3))
    operands = []
    for shape in shapes.input_shapes:
        numbers = RNG.uniform(-1.5, 1.5, shape)
        kind = data.draw(st.sampled_from(["floats", "float32", "Values"]))
        array = VALUES(numbers) if kind == "Values" else numbers.astype(kind.rstrip("s"))
        operands.append(array[()])  # a number where there is no axis
    found = operation(*operands)
    broadcast = np.broadcast_arrays(*operands)
    expected = [operation(*elements) for elements in zip(*[each.flat for each in broadcast])]
    assert np.shape(found) == shapes.result_shape
    elements = [*np.asarray(found, dtype=object).flat]
    assert [*map(repr, elements)] == [*map(repr, expected)]
    assert all(type(x) is float or isinstance(x, Value) for x in elements)
    if shapes.result_shape:
        is_value = any(isinstance(x, Value) for x in expected)
        assert found.dtype == (object if is_value else float)


def test_gradients_go_through_functions_of_arrays() -> None:
    w, x = RNG.normal(size=(3, 2)), RNG.normal(size=2)

    def loss(w: Any) -> Any:
        return autograd.sum(autograd.maximum(autograd.sigmoid(w @ x), 0.5))

    active = 1 / (1 + np.exp(-w @ x))
    slopes = np.where(active > 0.5, active * (1 - active), 0.0)
    np.testing.assert_allclose(autograd.grad(loss)(w), np.outer(slopes, x), rtol=1e-13)


def test_where_chooses_for_each_element() -> None:
    a = np.array([[-1.0, 4.0], [9.0, -16.0]])
    x = VALUES(a)
    root = autograd.where(x > 0, autograd.sqrt(x), 0.0)
    assert [[y.data for y in row] for row in root] == [[0.0, 2.0], [3.0, 0.0]]
    autograd.backward(root)
    np.testing.assert_array_equal(grads(x), [[0.0, 0.25], [1 / 6, 0.0]])
    np.testing.assert_array_equal(autograd.where(a > 0, a, [[0.0]][0][0]), np.where(a > 0, a, 0))
    assert autograd.where(True, a, Value(1.0)).shape == (2, 2)
    assert autograd.where(False, a, Value(1.0)).shape == (2, 2)
    assert autograd.where(np.array(True), 1, 2) == 1.0


def test_an_array_without_elements_is_one_of_floats() -> None:
    for array in (np.zeros((0, 2)), np.zeros((0, 2), dtype=object)):
        assert autograd.exp(array).shape == (0, 2)
        assert autograd.exp(array).dtype == float


def test_softmax_of_an_array_is_an_array() -> None:
    a = np.array([0.0, 1.0, 3.0])
    for function in (autograd.softmax, autograd.log_softmax):
        np.testing.assert_array_equal(function(a), function([*a]), strict=True)
        traced = function(VALUES(a))
        assert isinstance(traced, np.ndarray)
        np.testing.assert_array_equal(data(traced), function(a))
        assert isinstance(function([*a]), list)


MATRIX = np.ones((2, 2))


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: autograd.exp([1, 2]),  # type: ignore[call-overload]
            "exp() takes numbers, Values and NumPy arrays, got a list: write [exp(x) for x in "
            "data], or pass numpy.array(data)",
        ),
        (
            lambda: autograd.maximum(MATRIX, (1, 2)),  # type: ignore[call-overload]
            "maximum() takes numbers, Values and NumPy arrays, got a tuple: write "
            "[maximum(x, ...) for x in data], or pass numpy.array(data)",
        ),
        (
            lambda: autograd.maximum(Value(1.0), [Value(2.0)]),  # type: ignore[call-overload]
            "maximum() takes numbers, Values and NumPy arrays, got a list: write "
            "[maximum(x, ...) for x in data], or pass numpy.array(data)",
        ),
        (
            lambda: SOFTCAP([1.0]),
            "softcap() takes numbers, Values and NumPy arrays, got a list: write "
            "[softcap(x, ...) for x in data], or pass numpy.array(data)",
        ),
        (
            lambda: autograd.where([True], 1.0, 2.0),  # type: ignore[call-overload]
            "where() takes numbers, Values and NumPy arrays, got a list: write "
            "[where(x, ...) for x in data], or pass numpy.array(data)",
        ),
        (
            lambda: autograd.where(False, [1.0], Value(2.0)),  # type: ignore[call-overload]
            "where() takes numbers, Values and NumPy arrays, got a list: write "
            "[where(x, ...) for x in data], or pass numpy.array(data)",
        ),
        (
            lambda: autograd.sum(MATRIX),
            "sum() takes a sequence of numbers, and an element is an ndarray: write "
            "[sum(row) for row in data], or of an array sum(a.ravel())",
        ),
        (
            lambda: autograd.max([[1.0], [2.0]]),  # type: ignore[list-item]
            "max() takes a sequence of numbers, and an element is a list: write "
            "[max(row) for row in data], or of an array max(a.ravel())",
        ),
        (
            lambda: autograd.softmax(VALUES(MATRIX)),
            "softmax() takes a sequence of numbers, and an element is an ndarray: write "
            "[softmax(row) for row in data], or of an array softmax(a.ravel())",
        ),
        (
            lambda: autograd.exp(np.array(["a"])),
            "expected a real number, got the str 'a': convert it first, with float(...)",
        ),
    ],
)
def test_what_a_function_of_arrays_refuses(call: Callable[[], Any], text: str) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value) == text
    assert caught.value.__context__ is None


def test_a_shape_that_does_not_fit_is_an_error_of_numpy() -> None:
    with pytest.raises(ValueError, match="could not be broadcast together"):
        autograd.maximum(VALUES(np.ones(2)), np.ones(3))


@pytest.mark.parametrize("scalar", [np.float64(2), np.float32(2), np.int64(2), np.bool_(True)])
def test_a_numpy_scalar_on_either_side_gives_a_value(scalar: Any) -> None:
    x = Value(3.0)
    results = [x + scalar, scalar + x, x - scalar, scalar - x, x * scalar, scalar * x]
    results += [x / scalar, scalar / x, x**scalar, scalar**x, x % scalar, scalar % x]
    assert all(type(result) is Value for result in results)
    assert all(type(result.data) is float for result in results)
    s = float(scalar)
    expected = [3 + s, s + 3, 3 - s, s - 3, 3 * s, s * 3, 3 / s, s / 3, 3**s, s**3, 3 % s, s % 3]
    assert [result.data for result in results] == expected
    assert (scalar < x, scalar > x, x > scalar) == (True, False, True)


def test_an_array_on_either_side_gives_an_array() -> None:
    x, array = Value(3.0), np.array([1.0, 2.0])
    results: list[Any] = [x * array, array * x, x - array, array / x, x / array, x**array]
    for result in [*results, array @ VALUES(array)]:
        kinds = {type(value) for value in np.atleast_1d(result)}
        assert kinds == {Value}


def test_an_array_of_floats_takes_no_value() -> None:
    array = np.zeros(2)
    for leave in (
        lambda x: np.array([x], dtype=float),
        lambda x: np.array([x, x]).astype(np.float32),
        lambda x: array.__setitem__(0, x),
        np.float64,
    ):
        with pytest.raises(
            TypeError, match=r"^a Value is not turned into a float, .* autograd\.exp"
        ):
            leave(Value(1.0))
    assert np.asarray(Value(1.0)).dtype == object


def test_the_library_works_where_numpy_is_not_installed() -> None:
    program = """
import sys
sys.modules["numpy"] = None
from autograd import Value
x = Value(2)
(x * 3).tanh().backward()
try:
    Value("2")
except TypeError as error:
    print(x.grad > 0, error)
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout == (
        "True expected a real number, got the str '2': convert it first, with float(...)\n"
    )
