"""The engine on generated expressions, against 60 digits and against finite differences."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd.testing import Expression, expressions

MOST_USED = [*"+-*/", "**", "neg", "abs", "relu", "tanh", "sigmoid", "exp", "log"]
ORDINARY = st.floats(-2.0, 2.0).map(lambda x: x if abs(x) > 1e-6 else 0.0)


@settings(max_examples=250)
@given(expressions())
def test_values_and_gradients_agree_with_sixty_digits(expression: Expression) -> None:
    expression.check()


@settings(max_examples=250)
@given(expressions(MOST_USED, max_size=12))
def test_those_of_the_operations_that_are_used_most_do(expression: Expression) -> None:
    expression.check()


@settings(max_examples=300)
@given(expressions(max_size=5))
def test_second_derivatives_agree_with_sixty_digits(expression: Expression) -> None:
    expression.check(order=2)


def difference_quotient(
    function: Callable[[Any], Any], point: Sequence[Any], i: int, step: Any
) -> Any:
    """The central difference quotient of ``function`` along input ``i``."""
    above = [x + step * (j == i) for j, x in enumerate(point)]
    below = [x - step * (j == i) for j, x in enumerate(point)]
    return (function(above) - function(below)) / (2 * step)


thousandths = st.integers(-2000, 2000).map(lambda n: n / 1000)


@given(expressions(inputs=thousandths, max_size=5))
def test_gradients_agree_with_finite_differences(expression: Expression) -> None:
    inputs, out = expression.on_values()
    out.backward()
    # Where the function is steep, it may also bend within one step. Where a second derivative
    # is left open, there is a kink, though along one input it need not show.
    assume(abs(out.data) < 20.0)
    expected = expression.exact(order=2)
    assume(all(abs(slope.number) < 100.0 for slope in expected.gradient))
    assume(all(bend.error < math.inf for row in expected.hessian for bend in row))
    for i, x in enumerate(inputs):

        def quotient(centre: float, step: float, i: int = i) -> Any:
            point = [number + centre * (j == i) for j, number in enumerate(expression.point)]
            return difference_quotient(lambda at: expression(*at), point, i, step)

        # At a kink, at a jump, or at the edge of where an operation is defined, the slopes to
        # the left and to the right differ.
        assume(abs(quotient(1e-5, 1e-5) - quotient(-1e-5, 1e-5)) < 1e-3 * (1 + abs(x.grad)))
        # Two step sizes tell how far a difference quotient can be trusted here.
        slopes = [quotient(0.0, 1e-5), quotient(0.0, 2e-5)]
        trust = 10 * abs(slopes[0] - slopes[1]) + 1e-7 * (1 + abs(slopes[0]))
        assume(trust < 1e-2 * (1 + abs(x.grad)))
        assert abs(x.grad - slopes[0]) <= trust
