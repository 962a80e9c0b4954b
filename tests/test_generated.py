"""The long run over generated expressions, kept short."""

from __future__ import annotations

import math

import pytest

from autograd import Primitive
from autograd.engine import table
from autograd.testing import FORMULAS, Expression, Step
from tests.generated import Tally, draw, main


def test_the_run_passes_and_prints_what_it_covered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "60"]) == 0
    output = capsys.readouterr().out
    assert "\n60 expressions, " in output
    assert "operations that never came up: " in output
    assert output.endswith("\nfailures: 0\n")


def test_a_seed_draws_the_same_again() -> None:
    assert draw(7, 40, 5).operations == draw(7, 40, 5).operations


def test_a_failure_is_counted_and_shown() -> None:
    wrong = Primitive("tanh", math.tanh, lambda x, out: 1.0)
    tally = Tally()
    formulas = {wrong: FORMULAS[table.tanh]}
    tally.add(Expression((0.5,), (Step(wrong, (0,)),), formulas), "seed 3")
    assert len(tally.failures) == 3  # by backward(), by gradients(), and twice by gradients()
    assert tally.failures[0].startswith(
        "seed 3: d out / d x0 is 1.0, should be 0.7864477329659274, to within 1.4e-15, in\n"
    )
