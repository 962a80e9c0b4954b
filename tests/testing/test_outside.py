"""check_gradients on derivatives that are not ours."""

from __future__ import annotations

import math
import random
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from autograd import Value
from autograd.testing import GradientError, KinkError, check_gradients

NUMBERS = st.floats(-10.0, 10.0)


def wave(x: Any) -> float:
    """A function of an array; its gradient is `slopes_of_wave`."""
    return float(np.sum(np.sin(x) * x))


def slopes_of_wave(x: Any) -> Any:
    return np.cos(x) * x + np.sin(x)


def polar(r: float, angle: float) -> Any:
    return np.array([r * math.cos(angle), r * math.sin(angle)])


@given(arrays(float, array_shapes(max_dims=3, max_side=3), elements=NUMBERS))
def test_a_right_gradient_passes(x: Any) -> None:
    check_gradients(wave, x, gradient=slopes_of_wave)


@given(arrays(float, 3, elements=NUMBERS), st.integers(0, 2), st.floats(1e-6, 1e6), st.booleans())
def test_a_wrong_derivative_is_found_and_its_input_named(
    x: Any, i: int, size: float, more: bool
) -> None:
    def wrong(x: Any) -> Any:
        slopes = slopes_of_wave(x)
        slopes[i] += size if more else -size
        return slopes

    with pytest.raises(GradientError, match=rf"^The derivative of wave\(\) by x\[{i}\] is wrong: "):
        check_gradients(wave, x, gradient=wrong)


@given(NUMBERS, NUMBERS)
def test_a_function_of_several_inputs_has_a_derivative_for_each(x: float, y: float) -> None:
    check_gradients(lambda x, y: x * y**2, x, y, gradient=lambda x, y: (y**2, 2 * x * y))


@pytest.mark.parametrize(
    ("factor", "hint"), [(-1, " Its sign is wrong."), (2, " It is twice that."), (1.5, "")]
)
def test_a_likely_cause_is_named(factor: float, hint: str) -> None:
    with pytest.raises(GradientError) as caught:
        check_gradients(math.exp, 0.0, gradient=lambda x: factor * math.exp(x))
    first, place = str(caught.value).splitlines()
    assert first.startswith(
        f"The derivative of exp() by x is wrong: {factor * 1.0!r} by the given gradient, 1 ± "
    )
    assert first.endswith(f" by differences.{hint}")
    assert place == "  At x = 0.0"


def test_a_jacobian_has_the_shape_of_the_result_and_then_of_the_inputs() -> None:
    def jacobian(r: float, angle: float) -> Any:
        across, along = math.cos(angle), math.sin(angle)
        return [(across, -r * along), (along, r * across)]

    check_gradients(polar, 2.0, 0.5, gradient=jacobian)
    with pytest.raises(GradientError, match="It is that of the transposed matrix"):
        check_gradients(polar, 2.0, 0.5, gradient=lambda *x: np.array(jacobian(*x)).T)


def test_a_jacobian_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="shape") as caught:
        check_gradients(lambda x: np.append(x, 1.0), np.ones(2), gradient=lambda x: np.eye(2, 3))
    assert str(caught.value) == (
        "the given gradient is to have the shape of the result, with that of the inputs in each: "
        "there is no number at [2][0]"
    )
    with pytest.raises(ValueError, match=r"the shape of the inputs: there is no number at \[0\]"):
        check_gradients(wave, np.ones(2), gradient=lambda x: 0.0)


@pytest.mark.parametrize("form", [lambda x: x, lambda x: x[np.newaxis], list])
def test_the_gradient_of_one_number_may_be_a_row(form: Any) -> None:
    check_gradients(
        lambda x: np.array([wave(x)]), np.ones(2), gradient=lambda x: form(slopes_of_wave(x))
    )


class Spring(NamedTuple):
    """An input with names."""

    stiffness: float
    lengths: list[float]


def test_containers_keep_their_form_and_values_are_passed_as_floats() -> None:
    seen = []

    def energy(spring: Spring) -> float:
        seen.append(spring)
        return spring.stiffness * sum(x**2 for x in spring.lengths)

    def forces(spring: Spring) -> Spring:
        lengths = [2 * spring.stiffness * x for x in spring.lengths]
        return Spring(sum(x**2 for x in spring.lengths), lengths)

    check_gradients(energy, Spring(2.0, [Value(1.0), 3.0]), gradient=forces)  # type: ignore[list-item]
    assert all(type(x) is float for spring in seen for x in (spring.stiffness, *spring.lengths))
    with pytest.raises(GradientError, match=r"by spring\.lengths\[1\] is wrong"):
        check_gradients(
            energy,
            Spring(2.0, [1.0, 3.0]),
            gradient=lambda spring: forces(spring)._replace(lengths=[4.0, 0.0]),
        )


class Tensor:
    """As much of a tensor of PyTorch as is asked for, in single precision."""

    def __init__(self, numbers: Any) -> None:
        self.numbers = np.array(numbers, np.float32)
        self.shape = self.numbers.shape

    def new_tensor(self, numbers: Any) -> Tensor:
        """Another tensor of the kind."""
        return Tensor(numbers)

    def tolist(self) -> Any:
        """The numbers, in lists."""
        return self.numbers.tolist()


@given(st.lists(st.floats(-3.0, 3.0, width=32), min_size=1, max_size=4))
def test_single_precision_is_neither_a_kink_nor_a_fault(x: list[float]) -> None:
    def function(x: Tensor) -> Any:
        return np.sum(np.exp(-(x.numbers**2)) * np.sin(x.numbers))

    def gradient(x: Tensor) -> Tensor:
        at = x.numbers
        return Tensor(np.exp(-(at**2)) * (np.cos(at) - 2 * at * np.sin(at)))

    check_gradients(function, Tensor(x), gradient=gradient)


@pytest.mark.parametrize("x", [0.0, 1.0, 2.0**-8, 2.0**-17, -8.83397e-06, 0.0146484, -3.0])
@pytest.mark.parametrize(
    ("function", "gradient"),
    [
        (lambda x: x, lambda x: 1.0),
        (np.exp, np.exp),
        (lambda x: np.sqrt(x * x + np.float32(1)), lambda x: x / np.sqrt(x * x + np.float32(1))),
        (lambda x: np.cos(5 * x), lambda x: -5 * np.sin(5 * x)),
        (
            lambda x: np.exp(-(x**2)) * np.sin(x),
            lambda x: np.exp(-(x**2)) * (np.cos(x) - 2 * x * np.sin(x)),
        ),
        (lambda x: float(np.exp(x)) / 3, lambda x: np.exp(x) / np.float32(3)),
    ],
)
@pytest.mark.parametrize(("kind", "fault"), [(np.float32, 0.05), (np.float16, 0.5)])
def test_close_to_0_too_a_function_may_compute_with_less_precision(
    kind: Any, fault: float, function: Any, gradient: Any, x: float
) -> None:
    check_gradients(
        lambda x: float(function(kind(x))), x, gradient=lambda x: float(kind(gradient(kind(x))))
    )
    with pytest.raises(GradientError):
        check_gradients(
            lambda x: function(kind(x)), x, gradient=lambda x: gradient(kind(x)) + fault
        )


def soft_dtw(x: Any, y: Any, gamma: float) -> tuple[float, Any]:
    """The soft distance of two series by dynamic time warping (Cuturi 2017), and its gradient."""
    n, m = len(x), len(y)
    costs = np.full((n + 2, m + 2), 0.0)
    costs[1 : n + 1, 1 : m + 1] = (np.asarray(x)[:, None] - np.asarray(y)) ** 2
    least = np.full((n + 2, m + 2), np.inf)
    least[0, 0] = 0.0
    for i, j in np.ndindex(n, m):
        before = np.array([least[i, j], least[i, j + 1], least[i + 1, j]]) / -gamma
        greatest = before.max()
        total = greatest + math.log(np.exp(before - greatest).sum())
        least[i + 1, j + 1] = costs[i + 1, j + 1] - gamma * total
    shares = np.zeros((n + 2, m + 2))
    shares[n + 1, m + 1] = 1.0
    ends = least.copy()
    ends[n + 1, :], ends[:, m + 1] = -np.inf, -np.inf
    ends[n + 1, m + 1] = least[n, m]
    for i, j in [*np.ndindex(n, m)][::-1]:
        shares[i + 1, j + 1] = sum(
            shares[k, h] * math.exp((ends[k, h] - least[i + 1, j + 1] - costs[k, h]) / gamma)
            for k, h in ((i + 2, j + 1), (i + 1, j + 2), (i + 2, j + 2))
        )
    slopes = shares[1 : n + 1, 1 : m + 1] * 2 * (np.asarray(x)[:, None] - np.asarray(y))
    return least[n, m], slopes.sum(axis=1)


@pytest.mark.parametrize("gamma", [1.0, 0.1, 0.01, 0.003, 0.001])
def test_a_distance_of_a_series_from_itself_may_be_0_by_rounding(gamma: float) -> None:
    series = [0.1, 0.5, -0.3, 1.2]
    for x in (series, [0.1, 0.5, -0.3, 1.3]):
        check_gradients(
            lambda x: soft_dtw(x, series, gamma)[0],
            x,
            gradient=lambda x: soft_dtw(x, series, gamma)[1],
        )


def test_no_order_but_the_first_can_be_asked_for() -> None:
    check_gradients(math.exp, 1.0, gradient=math.exp, order=1)
    with pytest.raises(ValueError, match=r"^order is 2, and of a gradient that is passed first"):
        check_gradients(math.exp, 1.0, gradient=math.exp, order=2)


def test_a_fault_of_a_percent_is_found_in_single_precision() -> None:
    def square(x: Tensor) -> Any:
        return np.sum(x.numbers**2)

    with pytest.raises(GradientError, match=r"by x\[0\]\[1\] is wrong"):
        check_gradients(
            square, Tensor([[0.3, 0.7]]), gradient=lambda x: Tensor(x.numbers * [2, 2.02])
        )


def test_an_array_of_another_library_is_filled_by_its_namespace() -> None:
    class Array(Tensor):
        new_tensor: Any = property()
        dtype = np.float32

        def __array_namespace__(self) -> Any:
            return self

        @staticmethod
        def asarray(numbers: Any, dtype: Any) -> Array:
            assert dtype is np.float32
            return Array(numbers)

    check_gradients(
        lambda x: np.sum(x.numbers**2), Array([0.5]), gradient=lambda x: Array(2 * x.numbers)
    )


def test_a_sparse_jacobian_is_taken() -> None:
    class Sparse:
        def __init__(self, dense: Any) -> None:
            self.toarray = lambda: dense

    check_gradients(lambda x: x**2, np.ones(2), gradient=lambda x: Sparse(np.diag(2 * x)))


def test_a_kink_is_no_fault_of_the_gradient() -> None:
    with pytest.raises(KinkError) as caught:
        check_gradients(abs, 0.0, gradient=lambda x: 0.0)
    assert str(caught.value) == (
        "There is no derivative of abs() by x here: the slope is -1 to the left and 1 to the "
        "right, a kink.\n  Check at another point, or pass skip_kinks=True to leave out what does "
        "not exist.\n  At x = 0.0"
    )
    check_gradients(abs, 0.0, gradient=lambda x: 0.0, skip_kinks=True)


def test_the_edge_of_what_is_defined_is_a_kink() -> None:
    with pytest.raises(KinkError, match="the values on the two sides are not all finite"):
        check_gradients(math.sqrt, 0.0, gradient=lambda x: 1.0)


def test_a_gradient_that_loses_digits_is_right_as_far_as_it_shows() -> None:
    def careful(x: float) -> float:
        return math.expm1(x) - x  # about x**2 / 2

    def cancelling(x: float) -> float:
        return math.exp(x) - 1.0

    for x in (1e-5, 1e-7, 3e-9):
        check_gradients(careful, x, gradient=cancelling)
        with pytest.raises(GradientError):
            check_gradients(careful, x, gradient=lambda x: 1.01 * cancelling(x))


def test_a_tolerance_allows_for_a_gradient_that_approximates() -> None:
    def forward(x: float) -> float:
        return (math.exp(x + 1e-4) - math.exp(x)) / 1e-4

    with pytest.raises(GradientError):
        check_gradients(math.exp, 1.0, gradient=forward)
    check_gradients(math.exp, 1.0, gradient=forward, tolerance=1e-4)


@pytest.mark.parametrize("faulty", ["value", "gradient"])
def test_chance_is_found(faulty: str) -> None:
    chance = random.Random(1)

    def noise(where: str) -> float:
        return chance.random() * (where == faulty)

    with pytest.raises(ValueError, match=r"for the same inputs: where a function draws"):
        check_gradients(
            lambda x: x + noise("value"), 1.0, gradient=lambda x: 1.0 + noise("gradient")
        )


def test_one_wrong_derivative_of_thousands_is_found_in_few_calls() -> None:
    calls = []
    weights = np.linspace(-1.0, 1.0, 3000)

    def loss(x: Any) -> float:
        calls.append(1)
        return float(np.sum(weights * x**2))

    def gradient(x: Any, wrong: float) -> Any:
        slopes = 2 * weights * x
        slopes[2345] *= wrong
        return slopes

    point = np.random.default_rng(0).normal(size=3000)
    check_gradients(loss, point, gradient=lambda x: gradient(x, 1.0))
    assert len(calls) < 500
    with pytest.raises(GradientError, match=r"x\[2345\] is wrong.*\n  At x\[2345\] = "):
        check_gradients(loss, point, gradient=lambda x: gradient(x, 1.01))
    assert len(calls) < 5000


def test_what_holds_no_number_is_refused() -> None:
    def zero(*_: Any) -> Any:
        return 0.0

    with pytest.raises(ValueError, match="they hold none"):
        check_gradients(zero, [], gradient=zero)
    with pytest.raises(ValueError, match="holds none"):
        check_gradients(lambda x: [], 1.0, gradient=zero)
    with pytest.raises(ValueError, match=r"it has to be finite; input 0 is inf"):
        check_gradients(zero, math.inf, gradient=zero)
    with pytest.raises(TypeError, match=r"at x\['a'\]: .*belongs into the function"):
        check_gradients(lambda x: 0.0, {"a": "text"}, gradient=zero)
    with pytest.raises(TypeError, match="needs a function that returns numbers"):
        check_gradients(lambda x: "text", 1.0, gradient=zero)
    with pytest.raises(TypeError, match="the given gradient is to be numbers; expected a real"):
        check_gradients(zero, 1.0, gradient=lambda x: "text")
