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
from tests.demos.xor_program import numpy_training
from tests.programs import ROOT, run_module


def train(model: MLP, epochs: int, rate: float, batch: int = 4, seed: int = 7) -> dict[str, float]:
    """The demo's training, with a generator of its own for the order of the cases."""
    return xor.train(model, epochs, rate, batch, random.Random(seed))


def weights(arrays: list[np.ndarray]) -> list[float]:
    """The results of `numpy_training`, in the order of ``model.parameters()``."""
    w1, b1, w2, b2 = arrays
    return [
        number
        for weights, biases in ((w1, b1), (w2, b2))
        for column, bias in zip(weights.T, biases[0], strict=True)
        for number in [*column, bias]
    ]


def test_ten_thousand_epochs_end_at_the_weights_of_a_numpy_program(
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = xor.make_model(random.Random(7))
    expected = weights(numpy_training(model, 10_000, 0.1))
    figures = train(model, 10_000, 0.1)
    got = [parameter.data for parameter in model.parameters()]
    assert got == pytest.approx(expected, rel=0, abs=1e-9)
    losses = re.findall(r"^Epoch (\d+), Loss:(\S+)$", capsys.readouterr().out, re.MULTILINE)
    assert [epoch for epoch, _ in losses] == ["0", "4000", "8000"]
    assert figures == {f"Loss at epoch {epoch}": float(loss) for epoch, loss in losses}
    assert float(losses[0][1]) > 0.2 > 0.02 > float(losses[2][1])


@pytest.mark.parametrize("batch", [1, 2, 3, 4])
def test_every_batch_ends_at_the_weights_of_a_numpy_program(batch: int) -> None:
    model = xor.make_model(random.Random(7))
    expected = weights(numpy_training(model, 300, 0.5, batch, seed=11))
    train(model, 300, 0.5, batch, seed=11)
    got = [parameter.data for parameter in model.parameters()]
    assert got == pytest.approx(expected, rel=0, abs=1e-11)


def test_the_loss_is_printed_as_the_mean_squared_error(capsys: pytest.CaptureFixture[str]) -> None:
    model = xor.make_model(random.Random(7))
    outputs = [model(x).data for x in xor.INPUTS]
    error = np.mean(np.square(np.array(xor.TARGETS) - outputs))
    train(model, 1, 0.1)
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
    graphs, networks = ["xor_before", "xor"], ["xor_network_before", "xor_network"]
    lines = iter(result.stdout.splitlines())
    for name in (graphs[0], networks[0]):
        assert next(lines).startswith(f"Drawn: {tmp_path / name}.svg (by this library, ")
    assert next(lines) == "Gradient descent: an update for all 4 cases together"
    page = tmp_path / "xor.html"
    assert next(lines) == f"Written: {page} (a page to step through, and to train in)"
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert page.stat().st_size <= 130_000
    losses = [re.fullmatch(r"Epoch (\d+), Loss:(\S+)", next(lines)) for _ in range(3)]
    assert next(lines).split() == ["this", "run", "article", "A", "article", "B"]
    for loss, epoch in zip(losses, [0, 4000, 8000], strict=True):
        assert loss is not None
        assert int(loss[1]) == epoch
        line = next(lines)
        assert line.startswith(f"Loss at epoch {epoch:<4}  ")
        assert line.split()[4] == f"{float(loss[2]):.4f}"
    for (a, b), target in zip(xor.INPUTS, xor.TARGETS, strict=True):
        row = re.fullmatch(rf"{a} xor {b} = {target} +(\d\.\d{{4}}) +- +0\.\d{{4}}", next(lines))
        assert row is not None
        assert abs(float(row[1]) - target) < 0.1
    assert "python -m demos.xor_starts" in next(lines)
    assert next(lines) == "Learned: every prediction is within 0.1 of its target."
    for name in (graphs[1], networks[1]):
        assert next(lines).startswith(f"Drawn: {tmp_path / name}.svg (by this library, ")
    assert next(lines) == f"A browser shows the pictures: open {tmp_path / 'xor_network.svg'}"
    assert next(lines).startswith("Graphviz's program dot draws them once it is there: ")
    assert "epoch/s" in result.stderr
    texts = {name: (tmp_path / f"{name}.svg").read_text("utf-8") for name in graphs + networks}
    for name in graphs:
        for label in ["x1", "h4.w2", "O5.b", "prediction", "loss"]:
            assert f">{label}</text>" in texts[name]
    for name in networks:
        assert all(f">{unit}</text>" in texts[name] for unit in ["x1", "x2", "h1", "h4", "O5"])
    for name in graphs + networks:
        when = "before" if name.endswith("before") else "after"
        assert f"0 xor 1 = 1, {when} training</text>" in texts[name]
    assert texts["xor"] != texts["xor_before"]
    assert texts["xor_network"] != texts["xor_network_before"]


def test_a_network_that_has_not_learned_exits_with_an_error(tmp_path: Path) -> None:
    result = run("--epochs", "10", "--output", str(tmp_path))
    assert result.returncode == 1
    assert "Not learned: a prediction is 0.1 or more from its target." in result.stdout.splitlines()


@pytest.mark.parametrize("batch", ["full", "1"])
def test_the_seed_decides_the_run(
    batch: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--epochs", "3", "--batch", batch, "--output", str(tmp_path)]
    once = run("--seed", "3", *options).stdout
    xor.main(["--seed", "3", *options])
    assert capsys.readouterr().out == once
    xor.main(["--seed", "4", *options])
    assert capsys.readouterr().out != once


@pytest.mark.parametrize(
    ("batch", "method"),
    [
        ("1", "Stochastic gradient descent: an update for each case, in random order"),
        (
            "2",
            "Stochastic gradient descent in mini-batches: an update for every 2 cases, "
            "in random order",
        ),
        ("4", "Gradient descent: an update for all 4 cases together"),
        ("full", "Gradient descent: an update for all 4 cases together"),
    ],
)
def test_the_run_names_its_method(
    batch: str, method: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--epochs", "1", "--output", str(tmp_path), "--layout", "own"]
    assert xor.main(["--batch", batch, *options]) == 1
    assert capsys.readouterr().out.splitlines()[2] == method


def test_the_help_says_which_of_the_articles_words_a_batch_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        xor.main(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "full is the articles' 'gradient descent', which their program does" in text
    assert "1 is their 'stochastic gradient descent'" in text


def test_a_run_stands_beside_what_the_articles_print(capsys: pytest.CaptureFixture[str]) -> None:
    xor.compare({"Loss at epoch 0": 0.25, "Loss at epoch 4000": 0.01, "1 xor 1 = 0": 0.0625})
    assert capsys.readouterr().out.splitlines()[:4] == [
        "                        this run   article A   article B",
        "Loss at epoch 0           0.2500      0.2713      0.3627",
        "Loss at epoch 4000        0.0100           -      0.0055",
        "1 xor 1 = 0               0.0625           -      0.0473",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--epochs", "-1"], "--epochs must be 0 or more, got -1"),
        (["--batch", "5"], "argument --batch: must be full or 1 to 4, got '5'"),
        (["--batch", "0"], "argument --batch: must be full or 1 to 4, got '0'"),
        (["--batch", "some"], "argument --batch: must be full or 1 to 4, got 'some'"),
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
