"""The long comparison of the two engines, kept short."""

from __future__ import annotations

import pytest

import autograd
from tests import engines


@pytest.mark.skipif(not autograd.__compiled__, reason="only the interpreted engine is here")
def test_both_engines_compute_the_same_bits(capsys: pytest.CaptureFixture[str]) -> None:
    assert engines.main(["--count", "300"]) == 0
    assert capsys.readouterr().out == "300 programs: 0 differ, 0 disagree\n"


def test_the_ways_of_differentiating_agree() -> None:
    lines = list(engines.run(200, seed=1_000))
    assert [line.split(":")[0] for line in lines] == ["chunk 1000", "chunk 1100"]


def test_a_way_that_gives_something_else_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    jvp = autograd.jvp
    monkeypatch.setattr(
        autograd, "jvp", lambda *arguments: (jvp(*arguments)[0], jvp(*arguments)[1] * 1.001 + 1e-9)
    )
    assert any("jvp() gives" in line for line in engines.run(100, seed=0))
