"""Values and gradients of generated expressions, beside those of PyTorch and JAX.

Each runs where it is installed, with 64-bit floats on the CPU. Their answers are held to the
exact ones too, within what they can be expected to give: the same bound that ours are held
to, but with more rounding, and with the rounding of a derivative counted from 1, since they
compute that of tanh, say, as 1 - tanh**2. Kinks are left out, where conventions differ, and so
is sinc, of whose derivative their formula leaves 9 digits at 1e-4 and fewer below.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from autograd.engine import table
from autograd.engine.primitive import Primitive
from autograd.testing import Expression, expressions

UNITS = 100  # times what the bound is for ours
COARSE = 1e-14  # the error of a derivative, where it is smaller than 1

Functions = dict[Primitive, Callable[..., Any]]
Answer = tuple[float, list[float]]


def ours(expression: Expression) -> Answer:
    inputs, out = expression.on_values()
    out.backward()
    return out.data, [x.grad for x in inputs]


def arithmetic() -> Functions:
    """The operations that arrays write as floats do."""
    return {
        table.add: lambda x, y: x + y,
        table.subtract: lambda x, y: x - y,
        table.multiply: lambda x, y: x * y,
        table.divide: lambda x, y: x / y,
        table.power: lambda x, y: x**y,
        table.negative: lambda x: -x,
        table.reciprocal: lambda x: 1.0 / x,
        table.leaky_relu: lambda x, slope: x * (1.0 if x > 0.0 else slope),
        table.dot: lambda *xs: sum(x * y for x, y in zip(xs[: len(xs) // 2], xs[len(xs) // 2 :])),
    }


def in_torch() -> tuple[Functions, Callable[..., Answer]]:
    torch = pytest.importorskip("torch")
    functions = arithmetic()

    def tensor(x: Any) -> Any:
        return x if isinstance(x, torch.Tensor) else torch.tensor(x, dtype=torch.float64)

    def elementwise(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *xs: function(*map(tensor, xs))

    def over(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *xs: function(torch.stack(list(map(tensor, xs))))

    names = "square sqrt hypot floor ceil round maximum minimum where exp exp2 expm1 log log2 log10"
    names += " log1p xlogy logaddexp sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh"
    names += " arcsinh arccosh arctanh erf erfc sigmoid relu clamp absolute sign"
    names += " remainder fmod trunc deg2rad rad2deg"
    for name in names.split():
        functions[row(name)] = elementwise(
            getattr(torch, name, None) or getattr(torch.special, name)
        )
    activations = torch.nn.functional
    for name in ("gelu", "silu", "mish", "softsign"):
        functions[row(name)] = elementwise(getattr(activations, name))
    functions[table.log_sigmoid] = elementwise(activations.logsigmoid)
    functions[table.softplus] = elementwise(lambda x: activations.softplus(x, threshold=1000))
    functions[table.hard_tanh] = elementwise(activations.hardtanh)
    functions[table.sum] = over(torch.sum)
    functions[table.mean] = over(torch.mean)
    functions[table.prod] = over(torch.prod)
    functions[table.norm] = over(torch.linalg.vector_norm)
    functions[table.max] = over(torch.amax)
    functions[table.min] = over(torch.amin)
    functions[table.logsumexp] = over(lambda xs: torch.logsumexp(xs, 0))
    functions[table.share] = over(lambda xs: torch.softmax(xs, 0)[0])
    functions[table.log_share] = over(lambda xs: torch.log_softmax(xs, 0)[0])

    def answer(expression: Expression) -> Answer:
        inputs = [
            torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in expression.point
        ]
        out = run(expression, inputs, functions)
        if out.requires_grad:
            out.backward()
        return out.item(), [0.0 if x.grad is None else x.grad.item() for x in inputs]

    return functions, answer


def in_jax() -> tuple[Functions, Callable[..., Answer]]:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    numpy, activations = jax.numpy, jax.nn
    functions = arithmetic()

    def over(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *xs: function(numpy.stack([numpy.float64(x) for x in xs]))

    names = "square sqrt cbrt hypot floor ceil round maximum minimum where exp exp2 expm1 log log2"
    names += " log10 log1p logaddexp sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh"
    names += " arcsinh arccosh arctanh absolute sign floor_divide fmod trunc deg2rad rad2deg"
    for name in names.split():
        functions[row(name)] = getattr(numpy, name)
    functions[table.clamp] = numpy.clip
    for name in ("erf", "erfc", "xlogy"):
        functions[row(name)] = getattr(jax.scipy.special, name)
    for name in ("sigmoid", "log_sigmoid", "softplus", "relu", "silu", "mish", "hard_tanh"):
        functions[row(name)] = getattr(activations, name)
    functions[table.softsign] = activations.soft_sign
    functions[table.gelu] = lambda x: activations.gelu(x, approximate=False)
    functions[table.sum] = over(numpy.sum)
    functions[table.mean] = over(numpy.mean)
    functions[table.prod] = over(numpy.prod)
    functions[table.norm] = over(numpy.linalg.norm)
    functions[table.max] = over(numpy.max)
    functions[table.min] = over(numpy.min)
    functions[table.logsumexp] = over(activations.logsumexp)
    functions[table.share] = over(lambda xs: activations.softmax(xs)[0])
    functions[table.log_share] = over(lambda xs: activations.log_softmax(xs)[0])
    # A function that chooses a branch by data cannot be traced.
    functions[table.leaky_relu] = lambda x, slope: numpy.where(x > 0.0, x, slope * x)

    def answer(expression: Expression) -> Answer:
        def function(*inputs: Any) -> Any:
            return run(expression, inputs, functions)

        places = tuple(range(len(expression.point)))
        point = [numpy.float64(x) for x in expression.point]
        out, gradient = jax.value_and_grad(function, places)(*point)
        return float(out), [float(slope) for slope in gradient]

    return functions, answer


def row(name: str) -> Primitive:
    found: Primitive = getattr(table, name, None) or getattr(table, f"{name}_")
    return found


def run(expression: Expression, inputs: Sequence[Any], functions: Functions) -> Any:
    def apply(operation: Primitive, operands: list[Any]) -> Any:
        if operation is table.where:
            operands = [operands[0] > 0.0, *operands[1:]]
        return functions[operation](*operands)

    return expression.evaluate(inputs, apply)[-1]


def compare(functions: Functions, theirs: Callable[[Expression], Answer], count: int) -> None:
    @settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(expressions(functions, inputs=st.floats(-3.0, 3.0)))
    def agree(expression: Expression) -> None:
        expected = expression.exact(2)
        # A second derivative that is left open means a kink in some operation.
        assume(all(x.error < math.inf for line in expected.hessian for x in line))
        value, gradient = ours(expression)
        their_value, their_gradient = theirs(expression)
        assert abs(value - their_value) <= UNITS * expected.value.error + COARSE
        for slope, their_slope, exact in zip(
            gradient, their_gradient, expected.gradient, strict=True
        ):
            assert abs(slope - their_slope) <= UNITS * exact.error + COARSE

    agree()


def test_pytorch_gives_the_same() -> None:
    compare(*in_torch(), count=300)


def test_jax_gives_the_same() -> None:
    compare(*in_jax(), count=60)
