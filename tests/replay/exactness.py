"""Whole trainings, compiled and as they are: the same bits in every loss and every parameter.

    python -m tests.replay.exactness

trains a transformer by Adam for 200 steps on names of varying length, XOR's network for 10,000
epochs, and a 2-16-16-1 network for 50 steps: by the engine, and compiled on each back end there
is. It takes some minutes; with ``CHAINRULE_COMPILE=0`` the engine is the interpreted one.
"""

from __future__ import annotations

import struct
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import autograd
import autograd.replay.lift as lifting
from autograd import CompileWarning
from autograd.replay.levels import levelled
from autograd.replay.lists import ListMachine
from autograd.replay.machine import native_machine
from benchmarks import training, transformer
from benchmarks.training import Training

# What runs programs.
BACK_ENDS: Final[dict[str, Any]] = {"lists": ListMachine} | (
    {"kernel": native_machine} if autograd.__compiled__ else {}
)

# Names for the transformer: 20 of ten lengths.
NAMES: Final = [name for n in range(3, 13) for name in transformer.NAMES if len(name) == n][::4]

TRAININGS: Final[dict[str, Callable[[], Training]]] = {
    "transformer, 200 steps": lambda: training.of_names(200, NAMES),
    "XOR, 10,000 epochs": lambda: training.of_xor(10_000),
    "2-16-16-1, 50 steps": lambda: training.of_crescents(50),
}


@contextmanager
def back_end(name: str) -> Iterator[None]:
    """Have programs run by this back end."""
    before: Any = vars(lifting)["machine"]
    made = BACK_ENDS[name]
    vars(lifting)["machine"] = lambda program: made(levelled(program))
    try:
        yield
    finally:
        vars(lifting)["machine"] = before


def outcome(made: Training, compiled: bool) -> tuple[list[bytes], int]:
    """The bits of all losses, and of the parameters at the end; and the number of programs."""
    step: Any = made.step
    if compiled:
        step = autograd.compile(step, programs=1000)
    if compiled and not any(made.arguments):
        losses = step.repeat(len(made.arguments))
    else:
        losses = [step(*arguments) for arguments in made.arguments]
    ends = [x for value in made.values for x in (value.data, value.grad, float(value.has_grad))]
    programs = len(step.programs) if compiled else 0
    return [struct.pack("<d", number) for number in [*losses, *ends]], programs


def differences(make: Callable[[], Training], name: str) -> tuple[int, int, int]:
    """How many of the numbers of a training differ on a back end; of how many; and programs."""
    expected, _ = outcome(make(), compiled=False)
    with back_end(name), warnings.catch_warnings():
        warnings.simplefilter("error", CompileWarning)
        found, programs = outcome(make(), compiled=True)
    return sum(map(bytes.__ne__, found, expected)), len(expected), programs


def main() -> int:
    engine = "compiled" if autograd.__compiled__ else "interpreted"
    total = 0
    for title, make in TRAININGS.items():
        for name in BACK_ENDS:
            start = time.process_time()
            differ, count, programs = differences(make, name)
            seconds = time.process_time() - start
            total += differ
            print(
                f"{title}, {engine} engine, {name}: {differ} of {count:,} numbers differ; "
                f"{programs} programs, {seconds:.0f} s"
            )
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
