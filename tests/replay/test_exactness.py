"""A few steps of the trainings that `python -m tests.replay.exactness` takes to their ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks import training
from benchmarks.training import Training
from tests.replay.exactness import BACK_ENDS, differences


@pytest.mark.parametrize("name", BACK_ENDS)
@pytest.mark.parametrize(
    "make",
    [
        lambda: training.of_names(3, ["a"], every=32),
        lambda: training.of_xor(60),
        lambda: training.of_crescents(4, points=3),
    ],
    ids=["transformer", "XOR", "2-16-16-1"],
)
def test_a_compiled_training_is_the_same_to_the_last_bit(
    make: Callable[[], Training], name: str
) -> None:
    differ, count, programs = differences(make, name)
    assert differ == 0
    assert count > 100
    assert programs == 1
