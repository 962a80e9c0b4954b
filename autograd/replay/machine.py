"""What runs a program: the kernel of the compiled library, or else pure Python.

The kernel, `kernel.c`, goes through the rows one after the other. Elementwise rows call
compiled functions of `floats` directly, and any other function through Python.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Final, Protocol

from autograd.engine import floats
from autograd.native import COMPILED, library_name
from autograd.replay.lists import ListMachine
from autograd.replay.program import GUARD, PART, SUM, Operation, Program
from autograd.replay.tape import choose


class Machine(Protocol):
    """A program, prepared to be run."""

    def forward(self, numbers: Sequence[float]) -> Any:
        """The numbers of a run, as far as the values need them; None if a guard ends it."""

    def values(self, state: Any) -> list[float]:
        """The outputs of a run that are values."""

    def backward(self, state: Any, numbers: Sequence[float]) -> list[float]:
        """The other outputs, for these numbers in place of the last inputs."""


# The codes of rows in kernel.c.
_PRODUCT, _TOTAL, _GUARD, _PART, _ONE, _PYTHON, _LIST, _PARTS = 0, 1, 2, 3, 4, 8, 9, 10

# What the kernel calls those of its functions that are not functions of `floats`.
_OTHERS: Final[dict[Any, str]] = {
    choose: "choose",
    abs: "abs",
    math.tanh: "math.tanh",
    math.atan: "math.atan",
    **{getattr(operator, name): name for name in ("lt", "le", "gt", "ge", "eq", "ne")},
}


def machine(program: Program) -> Machine:
    """What runs ``program``."""
    return native_machine(program) if COMPILED else ListMachine(program)


def native_machine(program: Program) -> Machine:
    """The program for the kernel, which is there if the engine is compiled."""
    kernel, natives = _kernel()
    python: list[Callable[..., Any]] = []
    prefixes = [_prefix(operation, natives, python) for operation in program.operations]
    code: list[int] = []
    backward = 0
    for row, kind in enumerate(program.kinds):
        if row == program.forward:
            backward = len(code)
        cells = program.row(row)
        if kind == SUM:
            code.extend((_PRODUCT,) if len(cells) == 3 else (_TOTAL, len(cells) // 2))
        elif kind == GUARD:
            code.append(_GUARD)
        elif kind == PART:
            code.append(_PART)
            continue
        else:
            prefix = prefixes[kind]
            code.extend(prefix)
            if prefix[0] >= _PYTHON:
                code.append(len(cells))
        code.extend(cells)
    if program.forward == len(program.kinds):
        backward = len(code)
    made: Machine = kernel.machine(
        program.inputs,
        len(program.kinds),
        program.forward,
        program.constants,
        code,
        backward,
        tuple(python),
        program.outputs[: program.values],
        program.outputs[program.values :],
    )
    return made


@cache
def _kernel() -> tuple[Any, dict[tuple[Any, int], int]]:
    """The kernel; and the indices of its functions, by function and number of operands."""
    kernel = import_module(f"autograd.engine.{library_name()}__mypyc")
    others = {name: function for function, name in _OTHERS.items()}
    return kernel, {
        (others[name] if name in others else getattr(floats, name), arity): index
        for index, (name, arity) in enumerate(kernel.functions())
    }


def _prefix(
    operation: Operation,
    natives: dict[tuple[Any, int], int],
    python: list[Callable[..., Any]],
) -> tuple[int, int]:
    """What the code of a row of an operation begins with."""
    for arity in range(1, 5):
        index = natives.get((operation.source, arity))
        if index is not None and not operation.takes_list:
            return (_ONE + arity - 1, index)
    python.append(operation.function)
    code = _PARTS if operation.parts else _LIST if operation.takes_list else _PYTHON
    return (code, len(python) - 1)
