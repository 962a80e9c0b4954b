"""The gradient of generated expressions, against mpmath and against finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from mpmath import mp

from autograd import Value
from tests.expressions import Step, programs, run_on_mpmath, run_on_values

points = st.lists(st.floats(min_value=-2, max_value=2), min_size=2, max_size=2)


def engine(program: Sequence[Step], point: Sequence[float]) -> tuple[list[float], list[float]]:
    """The value of every step, and the gradient of the last by the inputs."""
    inputs = [Value(number) for number in point]
    results = run_on_values(program, inputs)
    results[-1].backward()
    return [value.data for value in results], [value.grad for value in inputs]


def assume_smooth_and_tame(program: Sequence[Step], results: Sequence[float]) -> None:
    """Leave out the kinks of relu and abs, and numbers so large that little can be said."""
    assume(all(abs(result) < 1e3 for result in results))
    for step in program:
        if step.name in ("relu", "abs"):
            assume(abs(results[step.operands[0]]) > 1e-4)


def difference_quotient(
    function: Callable[[Any], Any], point: Sequence[Any], i: int, step: Any
) -> Any:
    """The central difference quotient of ``function`` along input ``i``."""
    above = [x + step * (j == i) for j, x in enumerate(point)]
    below = [x - step * (j == i) for j, x in enumerate(point)]
    return (function(above) - function(below)) / (2 * step)


@given(programs(), points)
def test_values_and_gradients_agree_with_fifty_digits(
    program: list[Step], point: list[float]
) -> None:
    results, gradient = engine(program, point)
    assume_smooth_and_tame(program, results)
    with mp.workdps(50):
        exact_point = [mp.mpf(number) for number in point]
        exact = run_on_mpmath(program, exact_point)[-1]
        assert abs(results[-1] - exact) <= 1e-10 * (1 + abs(exact))
        for i, got in enumerate(gradient):
            slope = difference_quotient(
                lambda at: run_on_mpmath(program, at)[-1], exact_point, i, mp.mpf(10) ** -20
            )
            assume(abs(slope) < 1e6)
            assert abs(got - slope) <= 1e-9 * (1 + abs(slope))


@given(programs(max_steps=5), points)
def test_gradients_agree_with_finite_differences(program: list[Step], point: list[float]) -> None:
    results, gradient = engine(program, point)
    assume_smooth_and_tame(program, results)
    assume(all(abs(result) < 20 for result in results))
    for i, got in enumerate(gradient):
        slopes = [
            difference_quotient(lambda at: engine(program, at)[0][-1], point, i, step)
            for step in (1e-5, 2e-5)
        ]
        # Two step sizes tell how far a difference quotient can be trusted here.
        trust = 10 * abs(slopes[0] - slopes[1]) + 1e-7 * (1 + abs(slopes[0]))
        assume(trust < 1e-2 * (1 + abs(got)))
        assert abs(got - slopes[0]) <= trust
