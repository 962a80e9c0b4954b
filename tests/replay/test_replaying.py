"""Random functions, compiled and as they are: the same to the bit, or the same error."""

import pytest

from tests.replaying import Case, campaign
from tests.steps import Training


@pytest.mark.parametrize("seed", range(4))
def test_a_compiled_function_is_the_function(seed: int) -> None:
    found = campaign(Case, 25, seed)
    assert set(found) == {"calls", "programs"}
    assert found["calls"] == 150


@pytest.mark.parametrize("seed", range(3))
def test_a_compiled_step_with_indices_is_the_step(seed: int) -> None:
    found = campaign(Training, 6, seed)
    assert set(found) == {"calls", "programs"}
    assert found["programs"] < found["calls"]
