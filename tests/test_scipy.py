"""SciPy's optimisers take what our functions return. Skipped where SciPy is not installed."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import grad, hessian, hvp, jacobian, value_and_grad
from tests.nist import PROBLEMS
from tests.test_landscapes import beale, himmelblau, rosenbrock

optimize: Any = pytest.importorskip("scipy.optimize")

METHODS_WITH_GRADIENT = ["CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP"]
METHODS_WITH_HESSIAN = ["Newton-CG", "trust-ncg", "trust-exact", "dogleg"]
METHODS_WITH_PRODUCT = ["Newton-CG", "trust-ncg"]


def function(x: Any) -> Any:
    return rosenbrock(autograd, x)


START = np.array([-1.2, 1.0])


@pytest.mark.parametrize("method", METHODS_WITH_GRADIENT)
def test_minimize_takes_a_gradient(method: str) -> None:
    result = optimize.minimize(function, START, jac=grad(function), method=method, tol=1e-9)
    np.testing.assert_allclose(result.x, [1.0, 1.0], atol=1e-3)


@pytest.mark.parametrize("method", METHODS_WITH_GRADIENT)
def test_minimize_takes_a_value_and_a_gradient_together(method: str) -> None:
    both = value_and_grad(function)
    result = optimize.minimize(both, START, jac=True, method=method, tol=1e-9)
    np.testing.assert_allclose(result.x, [1.0, 1.0], atol=1e-3)


@pytest.mark.parametrize("method", METHODS_WITH_HESSIAN)
def test_minimize_takes_a_hessian(method: str) -> None:
    # dogleg needs a positive definite Hessian at every step
    start = [1.2, 1.2] if method == "dogleg" else START
    result = optimize.minimize(
        function, start, jac=grad(function), hess=hessian(function), method=method, tol=1e-8
    )
    assert result.success
    np.testing.assert_allclose(result.x, [1.0, 1.0], atol=1e-6)


@pytest.mark.parametrize("method", METHODS_WITH_PRODUCT)
def test_minimize_takes_a_product_with_the_hessian(method: str) -> None:
    result = optimize.minimize(
        function,
        START,
        jac=grad(function),
        hessp=partial(hvp, function),
        method=method,
        tol=1e-8,
    )
    assert result.success
    np.testing.assert_allclose(result.x, [1.0, 1.0], atol=1e-6)


def test_minimize_passes_arguments_on() -> None:
    def scaled(x: Any, scale: float, shift: float) -> Any:
        return scale * himmelblau(autograd, x) + shift

    result = optimize.minimize(
        scaled,
        [3.5, 1.5],
        args=(2.0, 1.0),
        jac=grad(scaled),
        hess=hessian(scaled),
        method="trust-exact",
    )
    np.testing.assert_allclose(result.x, [3.0, 2.0], atol=1e-6)
    assert result.fun == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["Misra1a", "MGH09", "Rat43"])
def test_least_squares_takes_a_jacobian(name: str) -> None:
    problem = PROBLEMS[name]

    def residuals(parameters: Any) -> Any:
        return np.array(problem.residuals(parameters))

    result = optimize.least_squares(
        residuals,
        problem.start,
        jac=jacobian(residuals),
        x_scale="jac",
        xtol=1e-14,
        ftol=1e-14,
        gtol=1e-14,
    )
    np.testing.assert_allclose(result.x, problem.parameters, rtol=1e-6)


def test_curve_fit_takes_a_jacobian_by_an_array_of_the_parameters() -> None:
    x = np.linspace(0.0, 4.0, 40)
    y = 2.5 * np.exp(-1.3 * x) + 0.5

    def decay(x: Any, height: Any, rate: Any, shift: Any) -> Any:
        return height * autograd.exp(-rate * x) + shift

    def slopes(x: Any, *p: float) -> Any:
        return jacobian(lambda p: decay(x, *p))(np.array(p))

    found, _ = optimize.curve_fit(decay, x, y, p0=[1.0, 1.0, 0.0], jac=slopes)
    np.testing.assert_allclose(found, [2.5, 1.3, 0.5], rtol=1e-7)


def test_root_takes_a_jacobian() -> None:
    slopes = grad(lambda x: beale(autograd, x))
    result = optimize.root(slopes, [2.8, 0.4], jac=jacobian(slopes))
    np.testing.assert_allclose(result.x, [3.0, 0.5], atol=1e-8)


def test_newton_takes_derivatives_of_a_function_of_one_number() -> None:
    def cubic(x: Any) -> Any:
        return x**3 - 2 * x - 5

    root = optimize.newton(cubic, 2.0, fprime=grad(cubic), fprime2=grad(grad(cubic)))
    assert root == pytest.approx(2.0945514815423265, rel=1e-14)


def test_check_grad_finds_no_fault() -> None:
    assert optimize.check_grad(function, grad(function), START) < 1e-4
