"""Gradients and Hessians of well-known test functions of optimisation, against mpmath."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

import autograd
from autograd import grad, hessian

TOLERANCE = 1e-12

# Closer to 0, but not 0, the differences that mpmath takes would say nothing.
coordinates = st.floats(-4.0, 4.0).filter(lambda x: x == 0.0 or abs(x) > 1e-6)

Landscape = Callable[[Any, Sequence[Any]], Any]

# Each is written once, for the functions of `autograd` and for those of `mpmath`.


def rosenbrock(m: Any, p: Sequence[Any]) -> Any:  # noqa: ARG001
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


def himmelblau(m: Any, p: Sequence[Any]) -> Any:  # noqa: ARG001
    return (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2


def rastrigin(m: Any, p: Sequence[Any]) -> Any:
    tau = 2 * math.pi  # a float, so that both differentiate the same function
    return 10 * len(p) + sum(x**2 - 10 * m.cos(tau * x) for x in p)


def ackley(m: Any, p: Sequence[Any]) -> Any:
    tau = 2 * math.pi
    radius = m.sqrt((p[0] ** 2 + p[1] ** 2) / 2)
    waves = (m.cos(tau * p[0]) + m.cos(tau * p[1])) / 2
    return -20 * m.exp(-0.2 * radius) - m.exp(waves) + 20 + math.e


def beale(m: Any, p: Sequence[Any]) -> Any:  # noqa: ARG001
    x, y = p
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def log_sum_exp_of_quadratics(m: Any, p: Sequence[Any]) -> Any:
    x, y = p
    quadratics = [x**2 + x * y + 2 * y**2, 3 - (x - y) ** 2, 0.5 * x**2 - 2 * y]
    if m is autograd:
        return autograd.logsumexp(quadratics)
    return m.log(sum(m.exp(q) for q in quadratics))


LANDSCAPES: list[Landscape] = [
    rosenbrock,
    himmelblau,
    rastrigin,
    ackley,
    beale,
    log_sum_exp_of_quadratics,
]


def exact(landscape: Landscape, point: Sequence[float], by: Sequence[int]) -> Any:
    """The derivative by the coordinates in ``by``, to 40 digits and more."""
    orders = tuple(by.count(i) for i in range(len(point)))
    with mp.workdps(60):
        numbers = tuple(mpf(x) for x in point)
        return mp.diff(lambda *p: landscape(mp, p), numbers, orders)


def assert_agrees(
    got: float, landscape: Landscape, point: Sequence[float], by: Sequence[int]
) -> None:
    """To 1e-12 of the number, and of what it changes by when each coordinate does.

    Where terms cancel, near a zero of the derivative, no better is to be had.
    """
    number = exact(landscape, point, by)
    changes = [x * exact(landscape, point, [*by, k]) for k, x in enumerate(point)]
    size = abs(number) + sum(abs(change) for change in changes)
    assert abs(got - number) <= TOLERANCE * max(size, mpf(10) ** -10), (got, number)


@pytest.mark.parametrize("landscape", LANDSCAPES)
@settings(max_examples=40)
@example(point=[0.0, 1e-2])
@given(point=st.lists(coordinates, min_size=2, max_size=2))
def test_the_gradient_and_the_hessian_agree_with_mpmath(
    landscape: Landscape, point: list[float]
) -> None:
    if landscape is ackley:  # it has a tip at 0, near which large terms cancel
        assume(math.hypot(*point) > 1e-3)
    slopes = grad(lambda p: landscape(autograd, p))(point)
    rows = hessian(lambda p: landscape(autograd, p))(point)
    for i in range(2):
        assert_agrees(slopes[i], landscape, point, [i])
        for j in range(2):
            assert_agrees(rows[i][j], landscape, point, [i, j])


def test_newtons_method_converges_quadratically_on_rosenbrock() -> None:
    def function(p: Any) -> Any:
        return rosenbrock(autograd, p)

    x, y = -1.2, 1.0
    errors = []
    for _ in range(7):
        g = grad(function)([x, y])
        (a, b), (c, d) = hessian(function)([x, y])
        determinant = a * d - b * c
        x -= (d * g[0] - b * g[1]) / determinant
        y -= (a * g[1] - c * g[0]) / determinant
        errors.append(math.hypot(x - 1, y - 1))
    assert errors[-1] < 1e-14
    # Once it is near, each error is less than the square of the one before.
    near = [(before, after) for before, after in itertools.pairwise(errors) if 1e-7 < before < 0.5]
    assert len(near) == 3
    assert all(after < before**2 for before, after in near)
