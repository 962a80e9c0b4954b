"""What `lift` makes of a tape gives the bits that the engine gives."""

from __future__ import annotations

import pytest

from tests.replay.graphs import difference


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_random_graphs_are_replayed_bit_for_bit(first: int) -> None:
    found = [difference(seed) for seed in range(first, first + 50)]
    assert [text for text in found if text is not None] == []
