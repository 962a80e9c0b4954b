"""Certified nonlinear regression problems: our derivatives at the certified solutions."""

from __future__ import annotations

import math
from typing import Any

import pytest
from mpmath import mp

from autograd import dot, grad, hessian, jacobian
from tests.nist import PROBLEMS, Problem

HALF_A_UNIT = 0.5e-10  # of the last of 11 digits, at most, relative to the number

each_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=list(PROBLEMS))


def sum_of_squares(problem: Problem, parameters: Any) -> Any:
    residuals = problem.residuals(parameters)
    return dot(residuals, residuals)


def norm(numbers: list[float]) -> float:
    return math.hypot(*numbers)


@each_problem
def test_the_data_have_the_certified_sum_of_squares(problem: Problem) -> None:
    assert sum_of_squares(problem, problem.parameters) == pytest.approx(
        problem.sum_of_squares, rel=HALF_A_UNIT
    )


@each_problem
def test_the_certified_parameters_are_stationary(problem: Problem) -> None:
    parameters = list(problem.parameters)
    slopes = grad(lambda b: sum_of_squares(problem, b))(parameters)
    curvatures = hessian(lambda b: sum_of_squares(problem, b))(parameters)
    for slope, row in zip(slopes, curvatures, strict=True):
        # The parameters are rounded to 11 digits, which moves the slope from 0 by this at most.
        allowed = sum(abs(c * b) for c, b in zip(row, parameters, strict=True)) * HALF_A_UNIT
        assert abs(slope) <= allowed
    # It takes more than that much to be elsewhere: one parameter, off in its ninth digit.
    parameters[0] *= 1 + 1e-8
    moved = grad(lambda b: sum_of_squares(problem, b))(parameters)
    sizes = [sum(abs(c * b) for c, b in zip(row, parameters)) for row in curvatures]
    assert any(abs(s) > size * HALF_A_UNIT for s, size in zip(moved, sizes, strict=True))


@each_problem
def test_the_standard_errors_from_our_jacobian_are_the_certified_ones(problem: Problem) -> None:
    parameters = list(problem.parameters)
    rows = jacobian(problem.residuals)(parameters)
    freedom = len(rows) - len(parameters)
    with mp.workdps(40):  # so that inverting loses nothing that the Jacobian has
        matrix = mp.matrix(rows)
        covariance = (matrix.T * matrix) ** -1 * (problem.sum_of_squares / freedom)
        errors = [float(mp.sqrt(covariance[i, i])) for i in range(len(parameters))]
    assert errors == pytest.approx(problem.standard_deviations, rel=1e-8)


@each_problem
def test_the_gradient_is_twice_the_jacobian_times_the_residuals(problem: Problem) -> None:
    start = list(problem.start)
    rows = jacobian(problem.residuals)(start)
    residuals = problem.residuals(start)
    slopes = grad(lambda b: sum_of_squares(problem, b))(start)
    for j, slope in enumerate(slopes):
        column = [row[j] for row in rows]
        assert slope == pytest.approx(
            2 * dot(column, residuals), abs=1e-12 * norm(column) * norm(residuals)
        )
