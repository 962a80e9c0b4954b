"""Points where only this library is right: ``python -m benchmarks.accuracy``.

Prints two Markdown tables. In the first there is one true answer, from mpmath with
60 digits, and a formula that is right on paper loses it to rounding, overflow or a
limit. In the second the textbook has no single answer, and conventions differ. A
library that is not installed is left out and named. All compute in float64.
"""

from __future__ import annotations

import importlib
import math
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from mpmath import mp, mpf

import autograd


@dataclass(frozen=True)
class Question:
    """A number that is asked of every library.

    Attributes:
        title: its name in the table.
        order: 0 for the value, 1 for the first derivative, 2 for the second.
        function: of a library's functions and of x.
        at: the point x.
    """

    title: str
    order: int
    function: Callable[[Any, Any], Any]
    at: float


@dataclass(frozen=True)
class Case(Question):
    """A question with one true answer, which ``true`` gives, in mpmath."""

    true: Callable[[], Any]


@dataclass(frozen=True)
class Convention(Question):
    """A question that the textbook leaves open, and why this library answers as it does."""

    since: str


CASES = [
    Case("tanh′(20)", 1, lambda m, x: m.tanh(x), 20.0, lambda: mp.sech(20) ** 2),
    Case("sigmoid′(40)", 1, lambda m, x: m.sigmoid(x), 40.0, lambda: mp.exp(-40) / (1 + mp.exp(-40)) ** 2),
    Case("expm1′(−40)", 1, lambda m, x: m.expm1(x), -40.0, lambda: mp.exp(-40)),
    Case("exp2′(1024)", 1, lambda m, x: m.exp2(x), 1024.0, lambda: mp.log(2) * mpf(2) ** 1024),
    Case("softplus(20.5)", 0, lambda m, x: m.softplus(x), 20.5, lambda: mp.log1p(mp.exp(mpf("20.5")))),
    Case("∂ arctan2(y, x)/∂y at (1e200, 1e200)", 1, lambda m, x: m.arctan2(x, m.number(1e200)), 1e200,
         lambda: 1 / (2 * mpf(1e200))),
    Case("∂ arctan2(y, x)/∂y at (1e-200, 1e-200)", 1, lambda m, x: m.arctan2(x, m.number(1e-200)), 1e-200,
         lambda: 1 / (2 * mpf(1e-200))),
    Case("∂ hypot(x, y)/∂x at (1e200, 1e200)", 1, lambda m, x: m.hypot(x, m.number(1e200)), 1e200,
         lambda: 1 / mp.sqrt(2)),
    Case("arcsinh′(1e200)", 1, lambda m, x: m.arcsinh(x), 1e200, lambda: 1 / mpf(1e200)),
    Case("arccosh′(1e200)", 1, lambda m, x: m.arccosh(x), 1e200, lambda: 1 / mpf(1e200)),
    Case("sinc″(0)", 2, lambda m, x: m.sinc(x), 0.0, lambda: -mp.pi**2 / 3),
    Case("∂² logaddexp(x, y)/∂x² at (−inf, 0)", 2, lambda m, x: m.logaddexp(x, m.number(0.0)), -math.inf,
         lambda: mpf(0)),
    # It tends to 0 through negative numbers; mpmath has no signed zero.
    Case("gelu(−inf)", 0, lambda m, x: m.gelu(x), -math.inf, lambda: -0.0),
    Case("d/dx where(x > 0, sqrt(x), 0) at −1", 1,
         lambda m, x: m.where(x > 0, m.sqrt(x), m.number(0.0)), -1.0, lambda: mpf(0)),
]  # fmt: skip

CONVENTIONS = [
    Convention("∂ hypot(x, y)/∂x at (0, 0)", 1, lambda m, x: m.hypot(x, m.number(0.0)), 0.0,
               "the subgradient of least norm"),
    Convention("log′(−1)", 1, lambda m, x: m.log(x), -1.0, "the value is nan, and 1/x would hide that"),
    Convention("relu′(nan)", 1, lambda m, x: m.relu(x), math.nan, "nan stays nan"),
]  # fmt: skip


def ask_ours(case: Question) -> float:
    """The answer of this library."""
    functions = SimpleNamespace(**{name: getattr(autograd, name) for name in autograd.__all__})
    functions.number = float
    derivative: Callable[[float], Any] = lambda x: case.function(functions, x)  # noqa: E731
    for _ in range(case.order):
        derivative = autograd.grad(derivative)
    return float(derivative(case.at))


def ask_torch(case: Question) -> float:
    """The answer of PyTorch."""
    torch = importlib.import_module("torch")
    functional = torch.nn.functional
    functions = SimpleNamespace(
        **{name: getattr(torch, name) for name in dir(torch) if not name.startswith("_")}
    )
    functions.number = lambda x: torch.tensor(x, dtype=torch.float64)
    functions.softplus, functions.gelu = functional.softplus, functional.gelu
    x = torch.tensor(case.at, dtype=torch.float64, requires_grad=True)
    out = case.function(functions, x)
    for _ in range(case.order):
        (out,) = torch.autograd.grad(out, x, create_graph=True)
    return float(out.detach())


def ask_jax(case: Question) -> float:
    """The answer of JAX."""
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    numpy = importlib.import_module("jax.numpy")
    functions = SimpleNamespace(**vars(numpy))
    functions.number = numpy.float64
    for name in ("sigmoid", "softplus", "relu"):
        setattr(functions, name, getattr(jax.nn, name))
    functions.gelu = lambda x: jax.nn.gelu(x, approximate=False)
    derivative: Callable[[float], Any] = lambda x: case.function(functions, x)  # noqa: E731
    for _ in range(case.order):
        derivative = jax.grad(derivative)
    return float(derivative(case.at))


def agrees(answer: float, true: Any) -> bool:
    """True if the two have twelve digits in common."""
    return math.isclose(answer, float(true), rel_tol=1e-12)


def row_of_case(case: Case, answers: Sequence[float]) -> str:
    """A row of the first table, wrong answers in bold."""
    with mp.workdps(60):
        true = case.true()
    shown = [
        f"{answer:.12g}" if agrees(answer, true) else f"**{answer:.12g}**" for answer in answers
    ]
    return _row(case.title, f"{float(true):.12g}", *shown)


def row_of_convention(convention: Convention, ours: float, others: Sequence[float]) -> str:
    """A row of the second table."""
    shown = [f"{answer:.12g}" for answer in (ours, *others)]
    return _row(convention.title, shown[0], convention.since, *shown[1:])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the tables."""
    others: dict[str, Callable[[Question], float]] = {}
    versions = [f"Python {platform.python_version()}", f"chainrule {autograd.__version__}"]
    for name, package, ask in [("PyTorch", "torch", ask_torch), ("JAX", "jax", ask_jax)]:
        try:
            module = importlib.import_module(package)
        except ModuleNotFoundError:
            print(f"{name} is not installed and left out: pip install {package}\n")
            continue
        others[name] = ask
        versions.append(f"{name} {module.__version__}")
    rule = "|---|---|---|" + "---|" * len(others)
    print("One true answer; wrong ones in bold:\n")
    print(_row("", "true", "this library", *others), rule, sep="\n")
    for case in CASES:
        print(row_of_case(case, [ask_ours(case), *[ask(case) for ask in others.values()]]))
    print("\nNo single answer; conventions differ:\n")
    print(_row("", "this library", "since", *others), rule, sep="\n")
    for convention in CONVENTIONS:
        answers = [ask(convention) for ask in others.values()]
        print(row_of_convention(convention, ask_ours(convention), answers))
    print(f"\n{', '.join(versions)}; float64.")


if __name__ == "__main__":
    main()
