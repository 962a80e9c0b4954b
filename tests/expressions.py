"""Generated expressions: programs that build a graph, shared values included.

A program is a list of steps, each an operation on earlier results, so that the
same program runs on Values, on floats and on mpmath numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from mpmath import mp

UNARY: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    # name: (on a Value, on an mpmath number)
    "exp": (lambda x: x.exp(), mp.exp),
    "tanh": (lambda x: x.tanh(), mp.tanh),
    "sigmoid": (lambda x: x.sigmoid(), lambda x: 1 / (1 + mp.exp(-x))),
    "relu": (lambda x: x.relu(), lambda x: x if x > 0 else mp.mpf(0)),
    "abs": (abs, abs),
    "neg": (lambda x: -x, lambda x: -x),
    "log": (lambda x: (x * x + 1).log(), lambda x: mp.log(x * x + 1)),
    "cube": (lambda x: x**3, lambda x: x**3),
    "twice": (lambda x: 2 * x, lambda x: 2 * x),
}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / (y * y + 1),
    "power": lambda x, y: (x * x + 1) ** y,
}


@dataclass(frozen=True)
class Step:
    """One operation, on the results at the given positions."""

    name: str
    operands: tuple[int, ...]


def run_on_values(program: Sequence[Step], inputs: Sequence[Any]) -> list[Any]:
    """The inputs, then the result of every step."""
    return _run(program, inputs, kind=0)


def run_on_mpmath(program: Sequence[Step], inputs: Sequence[Any]) -> list[Any]:
    """The same in mpmath's precision."""
    return _run(program, inputs, kind=1)


def _run(program: Sequence[Step], inputs: Sequence[Any], kind: int) -> list[Any]:
    results = list(inputs)
    for step in program:
        operands = [results[i] for i in step.operands]
        function = UNARY[step.name][kind] if step.name in UNARY else BINARY[step.name]
        results.append(function(*operands))
    return results


@st.composite
def programs(draw: st.DrawFn, inputs: int = 2, max_steps: int = 8) -> list[Step]:
    """Programs of some steps on ``inputs`` numbers; the last step is the result."""
    program: list[Step] = []
    for count in range(inputs, inputs + draw(st.integers(1, max_steps))):
        name = draw(st.sampled_from([*UNARY, *BINARY]))
        operand = st.integers(0, count - 1)
        arity = 1 if name in UNARY else 2
        program.append(Step(name, tuple(draw(operand) for _ in range(arity))))
    return program


points = st.lists(st.floats(min_value=-2, max_value=2), min_size=2, max_size=2)


def assume_smooth_and_tame(program: Sequence[Step], results: Sequence[float]) -> None:
    """Leave out the kinks of relu and abs, and numbers so large that little can be said."""
    assume(all(abs(result) < 1e3 for result in results))
    for step in program:
        if step.name in ("relu", "abs"):
            assume(abs(results[step.operands[0]]) > 1e-4)
