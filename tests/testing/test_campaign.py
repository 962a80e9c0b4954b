"""The long campaigns, for a few dozen cases: what is planted is named, and what is right passes."""

from __future__ import annotations

from tests import campaign


def test_planted_faults_are_named() -> None:
    faults = [*campaign.faults(100, number=3)][::4]
    assert {fault.outcome() for fault in faults} == {"named"}


def test_programs_on_floats_of_any_size_pass_within_the_bound_of_work() -> None:
    tally = campaign.Tally([])
    for expression in campaign.programs(25, "3"):
        steps = len(expression.steps)
        tally.check(expression, *expression.point, steps=steps, shown=repr(expression))
    assert tally.alarms == []
    assert 0.0 < tally.calls <= 1.0
    assert 0.0 < tally.operations <= 1.0
