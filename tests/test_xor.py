"""The XOR demo: the same weights as a NumPy program, and what a user sees."""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from demos import xor
from nn import MLP
from tests.programs import ROOT, run_module


def numpy_training(model: MLP, epochs: int, rate: float) -> list[np.ndarray]:
    """The articles' network in NumPy, from the weights that ``model`` has now."""
    hidden, output = model.layers
    w1 = np.array([[w.data for w in neuron.w] for neuron in hidden.neurons]).T
    w2 = np.array([[w.data for w in neuron.w] for neuron in output.neurons]).T
    b1, b2 = np.zeros((1, 4)), np.zeros((1, 1))
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([[0], [1], [1], [0]])
    for _ in range(epochs):
        h = 1 / (1 + np.exp(-(x @ w1 + b1)))
        out = 1 / (1 + np.exp(-(h @ w2 + b2)))
        delta2 = (y - out) * out * (1 - out)
        delta1 = delta2 @ w2.T * h * (1 - h)
        w2 += rate * h.T @ delta2
        b2 += rate * delta2.sum(axis=0)
        w1 += rate * x.T @ delta1
        b1 += rate * delta1.sum(axis=0)
    return [w1, b1, w2, b2]


def test_ten_thousand_epochs_end_at_the_weights_of_a_numpy_program(
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = xor.make_model(random.Random(7))
    w1, b1, w2, b2 = numpy_training(model, 10_000, 0.1)
    xor.train(model, 10_000, 0.1)
    expected = [
        number
        for weights, biases in ((w1, b1), (w2, b2))
        for column, bias in zip(weights.T, biases[0], strict=True)
        for number in [*column, bias]
    ]
    got = [parameter.data for parameter in model.parameters()]
    assert got == pytest.approx(expected, rel=0, abs=1e-9)
    losses = re.findall(r"^Epoch (\d+), Loss:(\S+)$", capsys.readouterr().out, re.MULTILINE)
    assert [epoch for epoch, _ in losses] == ["0", "4000", "8000"]
    assert float(losses[0][1]) > 0.2 > 0.02 > float(losses[2][1])


def test_the_loss_is_printed_as_the_mean_squared_error(capsys: pytest.CaptureFixture[str]) -> None:
    model = xor.make_model(random.Random(7))
    outputs = [model(x).data for x in xor.INPUTS]
    error = np.mean(np.square(np.array(xor.TARGETS) - outputs))
    xor.train(model, 1, 0.1)
    assert capsys.readouterr().out.strip() == f"Epoch 0, Loss:{error}"


def test_weights_start_normal_and_biases_at_zero() -> None:
    model = xor.make_model(random.Random(7))
    generator = random.Random(7)
    for layer in model.layers:
        for neuron in layer.neurons:
            assert [w.data for w in neuron.w] == [generator.gauss(0, 1) for _ in neuron.w]
            assert neuron.b.data == 0.0


def run(*options: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the demo as a user does, from the root of the repository."""
    return run_module("demos.xor", *options, path=path)


def test_the_demo_as_a_user_runs_it(tmp_path: Path) -> None:
    result = run("--output", str(tmp_path), path="")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"Drawn: {tmp_path / 'xor_before.svg'} (by this library, ")
    assert [line.split(",")[0] for line in lines[1:4]] == ["Epoch 0", "Epoch 4000", "Epoch 8000"]
    assert lines[4] == "Predictions after training:"
    for line, (a, b), target in zip(lines[5:9], xor.INPUTS, xor.TARGETS, strict=True):
        prediction = re.fullmatch(rf"  {a} xor {b} = {target}   predicted (\d\.\d{{4}})", line)
        assert prediction is not None
        assert abs(float(prediction[1]) - target) < 0.1
    assert lines[9] == "Learned: every prediction is within 0.1 of its target."
    assert lines[10].startswith(f"Drawn: {tmp_path / 'xor.svg'} (by this library, ")
    assert lines[11] == f"A browser shows the pictures: open {tmp_path / 'xor.svg'}"
    assert "epoch/s" in result.stderr
    texts = {name: (tmp_path / f"{name}.svg").read_text() for name in ["xor_before", "xor"]}
    for label in ["x0", "hidden3.w1", "output0.b", "prediction", "loss"]:
        assert f">{label}</text>" in texts["xor"]
        assert f">{label}</text>" in texts["xor_before"]
    assert texts["xor"] != texts["xor_before"]


def test_a_network_that_has_not_learned_exits_with_an_error(tmp_path: Path) -> None:
    result = run("--epochs", "10", "--output", str(tmp_path))
    assert result.returncode == 1
    assert "Not learned: a prediction is 0.1 or more from its target." in result.stdout.splitlines()


def test_the_seed_decides_the_run(tmp_path: Path) -> None:
    options = ["--epochs", "1", "--output", str(tmp_path)]
    assert run("--seed", "3", *options).stdout == run("--seed", "3", *options).stdout
    assert run("--seed", "3", *options).stdout != run("--seed", "4", *options).stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--epochs", "-1"], "--epochs must be 0 or more, got -1"),
        (["--rate", "0"], "--rate must be a positive number, got 0.0"),
        (["--rate", "nan"], "--rate must be a positive number, got nan"),
        (
            ["--output", "README.md"],
            "argument --output: 'README.md' cannot be a folder: File exists",
        ),
        (["--rate", "fast"], "argument --rate: invalid float value: 'fast'"),
    ],
)
def test_bad_options_are_refused(
    options: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as exit_:
        xor.main(options)
    assert exit_.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"python -m demos.xor: error: {message}"
