"""The memory of Values: they keep their numbers whatever else is dropped, and it is given back."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

import autograd
from autograd import Value, dot, no_grad, tanh


def kinds(number: float) -> list[Value]:
    """Values of all kinds with that number: leaves, results, wide ones, constants."""
    with no_grad():
        constant = Value(number) * 1.0
    return [Value(number), Value(number) * 1.0, dot([Value(number)], [1.0]), constant]


@pytest.mark.parametrize("seed", range(5))
def test_values_keep_their_numbers_whatever_else_is_dropped(seed: int) -> None:
    chance = random.Random(seed)
    alive: list[tuple[float, Value]] = []
    for number in range(6000):
        alive += [(float(number), value) for value in kinds(float(number))]
        if chance.random() < 0.1:  # so that slabs fill, empty in part, and fill up again
            chance.shuffle(alive)
            del alive[chance.randrange(len(alive)) :]
    assert all(value.data == number for number, value in alive)
    assert all(value.grad == 0.0 and not value.has_grad for _, value in alive)


def test_a_new_value_has_nothing_of_the_one_whose_place_it_takes() -> None:
    for _ in range(3):
        x = Value(2.0, "x")
        y = tanh(x * x) + x
        y.backward()
        del y
        fresh = [Value(1.0) for _ in range(10)]
        assert [(z.label, z.op, z.grad, z.has_grad) for z in fresh] == [("", None, 0.0, False)] * 10


MEMORY = """
from autograd import Value

def megabytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024

before = megabytes()
values = [Value(1.0) for _ in range(1_000_000)]
full = megabytes()
kept = values[::7]
del values
again = [Value(1.0) for _ in range(800_000)]
refilled = megabytes()
del again, kept
print(full - before, refilled - full, megabytes() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="VmRSS is of Linux")
@pytest.mark.skipif(not autograd.__compiled__, reason="slabs are of the compiled engine")
def test_memory_is_used_again_and_given_back() -> None:
    command = [sys.executable, "-c", MEMORY]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    full, more, left = map(int, printed.split())
    assert 90 <= full <= 125  # 96 bytes each, and a list of eight
    assert more <= 15  # the places between those that are kept
    assert left <= 30  # the slabs that are kept for the next graph
