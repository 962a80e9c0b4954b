"""What runs a program: the kernel of the compiled library, or else pure Python.

The kernel, `kernel.c`, goes through the rows one after the other. Elementwise rows call
compiled functions of `floats` directly, and any other function through Python.
"""

from __future__ import annotations

import math
import operator
from array import array
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from autograd.engine import floats
from autograd.native import COMPILED, library
from autograd.replay.bound import Links, ListBound
from autograd.replay.levels import levelled
from autograd.replay.lists import ListMachine
from autograd.replay.packing import Packed
from autograd.replay.program import Operation, Program
from autograd.replay.tape import choose

# The codes of calls in kernel.c.
_ONE, _PYTHON, _LIST, _PARTS, _FOLD = 4, 8, 9, 10, 11

# Functions of a list that are one of two numbers, again and again.
_FOLDS: Final[dict[Any, Any]] = {floats.max_: floats.maximum, floats.min_: floats.minimum}

# What the kernel calls those of its functions that are not functions of `floats`.
_OTHERS: Final[dict[Any, str]] = {
    choose: "choose",
    abs: "abs",
    math.tanh: "math.tanh",
    math.atan: "math.atan",
    **{getattr(operator, name): name for name in ("lt", "le", "gt", "ge", "eq", "ne", "truediv")},
}


def machine(program: Program) -> ListMachine:
    """What runs ``program``: a `ListMachine`, or one of the kernel with the same methods."""
    program = levelled(program)
    return native_machine(program) if COMPILED else ListMachine(program)


def native_machine(program: Program) -> ListMachine:
    """The program for the kernel, which is there if the engine is compiled."""
    kernel, natives = _kernel()
    packed = Packed(program)
    program = packed.program
    python: list[Callable[..., Any]] = []
    calls = [_call(operation, natives, python) for operation in program.operations]
    made: ListMachine = kernel.machine(
        program.inputs,
        program.forward,
        program.constants,
        *[_array(numbers) for numbers in (program.kinds, program.starts, program.cells)],
        array("q", packed.blocks),
        _array(packed.places),
        calls,
        tuple(python),
        list(program.outputs[: program.values]),
        list(program.outputs[program.values :]),
    )
    return made


def bound(machine: Any, links: Links) -> ListBound:
    """The program of a machine, bound to Values."""
    if isinstance(machine, ListMachine):
        return ListBound(machine, links)
    made: ListBound = machine.bind(*links[:4], *map(_array, links[4:7]), links.recount)
    return made


def _array(numbers: Any) -> Any:
    """Whole numbers for the kernel, which `program.py` has in a list if it is interpreted."""
    return array("q", numbers) if isinstance(numbers, list) else numbers


@cache
def _kernel() -> tuple[Any, dict[tuple[Any, int], int]]:
    """The kernel; and the indices of its functions, by function and number of operands."""
    kernel = library()
    others = {name: function for function, name in _OTHERS.items()}
    return kernel, {
        (others[name] if name in others else getattr(floats, name), arity): index
        for index, (name, arity) in enumerate(kernel.functions())
    }


def _call(
    operation: Operation,
    natives: dict[tuple[Any, int], int],
    python: list[Callable[..., Any]],
) -> tuple[int, int]:
    """How the kernel calls an operation: a code, and the index of the function."""
    for arity in range(1, 5):
        index = natives.get((operation.source, arity))
        if index is not None and not operation.takes_list:
            return (_ONE + arity - 1, index)
    if operation.source in _FOLDS:
        return (_FOLD, natives[_FOLDS[operation.source], 2])
    python.append(operation.function)
    code = _PARTS if operation.parts else _LIST if operation.takes_list else _PYTHON
    return (code, len(python) - 1)
