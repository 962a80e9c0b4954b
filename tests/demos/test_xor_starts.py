"""XOR from many starts: the same numbers as from one, and how they are counted."""

from __future__ import annotations

import random

import numpy as np
import pytest

from demos import xor, xor_starts
from demos.xor_starts import Outcome
from tests.demos.xor_program import numpy_training


def test_each_start_is_trained_as_by_itself() -> None:
    w1, w2 = xor_starts.random_weights(3, seed=5)
    outcome = xor_starts.train(w1, w2, epochs=60, rate=0.4)
    for start in range(3):
        model = xor.make_model(random.Random(0))
        for j, neuron in enumerate(model.layers[0].neurons):
            for i, weight in enumerate(neuron.w):
                weight.data = w1[i, j, start]
        for j, weight in enumerate(model.layers[1].neurons[0].w):
            weight.data = w2[j, start]
        first = [model(x).data for x in xor.INPUTS]
        a, b, c, d = numpy_training(model, 60, 0.4)
        hidden = 1 / (1 + np.exp(-(np.array(xor.INPUTS) @ a + b)))
        predictions = 1 / (1 + np.exp(-(hidden @ c + d)))
        assert outcome.hidden[:, :, start] == pytest.approx(hidden, abs=1e-12)
        assert outcome.predictions[:, start] == pytest.approx(predictions[:, 0], abs=1e-12)
        loss = np.mean(np.square(np.array(xor.TARGETS) - first))
        assert outcome.losses["Loss at epoch 0"][start] == pytest.approx(loss, abs=1e-14)
    assert list(outcome.losses) == ["Loss at epoch 0"]


def test_the_first_start_is_that_of_the_demo() -> None:
    w1, w2 = xor_starts.random_weights(2, seed=5)
    outcome = xor_starts.train(w1, w2, epochs=20)
    model = xor.make_model(random.Random(1))
    losses = xor.train(model, 20, 0.1, 4, random.Random(1))
    assert outcome.losses["Loss at epoch 0"][0] == pytest.approx(losses["Loss at epoch 0"])
    predictions = [model(x).data for x in xor.INPUTS]
    assert outcome.predictions[:, 0] == pytest.approx(predictions, abs=1e-12)


def test_the_starts_are_normal_and_follow_the_seed() -> None:
    w1, w2 = xor_starts.random_weights(4000, seed=5)
    again = xor_starts.random_weights(4000, seed=5)
    assert (w1 == again[0]).all()
    assert (w2 == again[1]).all()
    assert (w1[:, :, 1:] != xor_starts.random_weights(4000, seed=6)[0][:, :, 1:]).all()
    for weights in (w1, w2):
        # Five standard errors of the mean and of the variance.
        assert abs(weights.mean()) < 5 / weights.size**0.5
        assert abs(weights.var() - 1) < 5 * (2 / weights.size) ** 0.5


def outcome_of(*predictions: list[float]) -> Outcome:
    """Starts of which only the predictions are known, and four losses."""
    losses = {"Loss at epoch 0": np.array([0.2, 0.3, 0.1, 0.4])}
    columns = np.array(predictions).T
    hidden = np.zeros((4, 4, len(predictions)))
    hidden[3, 2] = 0.25  # the case 1 xor 1, in the third neuron
    return Outcome(losses, hidden, columns)


LEARNED = [0.05, 0.95, 0.95, 0.05]


def test_a_figure_stands_with_the_share_of_the_starts_below_it() -> None:
    lines = list(xor_starts.comparison(outcome_of(LEARNED, LEARNED, LEARNED, LEARNED)))
    assert len(lines) == 2 + 1 + 4
    assert lines[0] == "| | the demo | article A | article B | 1 % | median | 99 % |"
    assert lines[2].split(" | ") == [
        "| Loss at epoch 0",
        *["0.2000 (25%)", "0.2713 (50%)", "0.3627 (75%)"],
        *["0.1030", "0.2500", "0.3970 |"],
    ]
    assert lines[5].split(" | ") == [
        "| 1 xor 0 = 1",
        *["0.9500 (0%)", "-", "0.9642 (100%)"],
        *["0.9500", "0.9500", "0.9500 |"],
    ]


def test_a_start_that_has_not_learned_is_shown_with_its_two_worst_cases() -> None:
    lines = list(xor_starts.failures(outcome_of(LEARNED, [0.05, 0.95, 0.5, 0.45])))
    assert lines[0] == "1 of 2 starts have learned XOR."
    assert lines[-1] == "| 1 | 0.050 | 0.950 | 0.500 | 0.450 | 1 xor 0 and 1 xor 1 | 0.250 |"
    assert sum(line.startswith("| ") for line in lines) == 2


def test_where_all_have_learned_there_is_no_table() -> None:
    assert list(xor_starts.failures(outcome_of(LEARNED))) == ["1 of 1 starts have learned XOR."]


def test_the_program_prints_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert xor_starts.main(["--starts", "3", "--epochs", "2", "--seed", "4"]) == 0
    outcome = xor_starts.train(*xor_starts.random_weights(3, 4), epochs=2)
    expected = [*xor_starts.comparison(outcome), "", *xor_starts.failures(outcome)]
    assert capsys.readouterr().out.splitlines() == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--starts", "0"], "--starts must be 1 or more, got 0"),
        (["--epochs", "0"], "--epochs must be 1 or more, got 0"),
        (["--seed", "-1"], "--seed must be 0 or more, got -1"),
    ],
)
def test_bad_options_are_refused(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        xor_starts.main(options)
    assert exit_.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: {message}\n")
