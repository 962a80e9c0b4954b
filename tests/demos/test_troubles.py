"""The demo of three troubles: its numbers against NumPy, and what a user sees."""

from __future__ import annotations

import math
import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from demos import troubles
from demos.output import OutputFolder
from nn import MLP, data, init
from tests.programs import ROOT, run_module

Array = np.ndarray
Function = Callable[[Array], Array]
ACTIVATIONS: dict[str, tuple[Function, Function]] = {  # with their slopes
    "sigmoid": (lambda a: 1 / (1 + np.exp(-a)), lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2),
    "elu": (
        lambda a: np.where(a > 0, a, np.expm1(np.minimum(a, 0))),
        lambda a: np.where(a > 0, 1, np.exp(np.minimum(a, 0))),
    ),
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "linear": (lambda a: a, np.ones_like),
}


class NumPyNetwork:
    """A network of the same weights, one layer of it a matrix."""

    def __init__(self, model: MLP, activations: list[str]) -> None:
        self.weights = [
            np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
            for layer in model.layers
        ]
        self.biases = [np.zeros(len(layer.neurons)) for layer in model.layers]
        self.activations = [ACTIVATIONS[name] for name in activations]

    def outputs(self, inputs: Array) -> list[tuple[Array, Array]]:
        """The sums and the outputs of every layer, a row for each case."""
        found = []
        for weights, bias, (function, _) in zip(self.weights, self.biases, self.activations):
            sums = inputs @ weights.T + bias
            inputs = function(sums)
            found.append((sums, inputs))
        return found

    def deltas(self, inputs: Array, targets: Array) -> list[Array]:
        """The derivative of the mean squared error by the sums of each layer, by case."""
        passed = self.outputs(inputs)
        back = 2 * (passed[-1][1] - targets[:, None]) / len(targets)
        found = []
        for (sums, _), weights, (_, slope) in reversed(
            list(zip(passed, self.weights, self.activations))
        ):
            found.append(back * slope(sums))
            back = found[-1] @ weights
        return found[::-1]

    def error(self, inputs: Array, targets: Array) -> float:
        """The mean squared error."""
        return float(np.mean((self.outputs(inputs)[-1][1][:, 0] - targets) ** 2))

    def update(self, inputs: Array, targets: Array, rate: float, decay: float = 0.0) -> None:
        """Take one step of gradient descent."""
        sources = [inputs] + [output for _, output in self.outputs(inputs)]
        for n, delta in enumerate(self.deltas(inputs, targets)):
            self.weights[n] = self.weights[n] - rate * (
                delta.T @ sources[n] + decay * self.weights[n]
            )
            self.biases[n] = self.biases[n] - rate * (delta.sum(axis=0) + decay * self.biases[n])


def arrays(samples: troubles.Samples) -> tuple[Array, Array]:
    inputs, targets = samples
    return np.array(inputs), np.array(targets)


TEN_LAYERS = [
    pytest.param("sigmoid", init.uniform(-1, 1), id="vanishing"),
    pytest.param("elu", init.normal(std=3), id="exploding"),
    pytest.param("elu", init.kaiming_normal(), id="cured"),
]


@pytest.mark.parametrize(("activation", "weights"), TEN_LAYERS)
def test_ten_layers_have_the_deltas_and_losses_of_a_numpy_program(
    activation: str, weights: init.Initializer, tmp_path: Path
) -> None:
    run = troubles.ten_layers(
        activation, weights, OutputFolder(tmp_path, "own"), "graph", updates=10
    )
    names = [activation] * 9 + ["linear"]
    model = MLP(2, [4] * 9 + [1], activation=names, init=weights, rng=random.Random(5))
    network, (inputs, targets) = NumPyNetwork(model, names), arrays(data.xor())  # type: ignore[arg-type]
    deltas = [np.sqrt(np.mean(np.square(d))) for d in network.deltas(inputs, targets)]
    assert [layer.delta for layer in run.diagnosis.layers] == pytest.approx(deltas, rel=1e-9)
    with np.errstate(over="ignore", invalid="ignore"):
        for loss in run.losses:
            assert loss == pytest.approx(network.error(inputs, targets), rel=1e-6)
            network.update(inputs, targets, 0.05)
        assert len(run.losses) == 11 or not math.isfinite(network.error(inputs, targets))


@pytest.mark.parametrize("limit", [math.inf, 1.0])
def test_the_recurrent_weight_takes_the_way_of_a_plain_program(limit: float) -> None:
    rng = random.Random(1)
    inputs = [rng.gauss(0, 1) for _ in range(50)]

    def states(weight: float) -> list[float]:
        found = [0.0]
        for number in inputs:
            found.append(weight * found[-1] + number)
        return found

    targets, weight = states(0.8), 1.5
    for got in troubles.train_recurrence(limit, updates=100):
        assert got == pytest.approx(weight, rel=1e-9)
        slope, gradient = 0.0, 0.0  # of a state, and of the loss, by the weight
        past = states(weight)
        for step in range(1, 51):
            slope = past[step - 1] + weight * slope
            gradient += 2 * (past[step] - targets[step]) * slope / 50
        weight -= 0.01 * min(max(gradient, -limit), limit)
    assert math.isfinite(weight) == math.isfinite(limit)


@pytest.fixture(scope="module")
def large() -> troubles.Fitted:
    """The first half of the fit that the demo shows first."""
    return troubles.fit(12, updates=200)


@pytest.mark.parametrize(
    ("neurons", "decay", "parameters"), [(12, 0.0, 37), (12, 0.03, 37), (1, 0.0, 4)]
)
def test_a_fit_has_the_errors_of_a_numpy_program(
    neurons: int, decay: float, parameters: int, large: troubles.Fitted
) -> None:
    training, validation, rng = troubles.points()
    names = ["tanh", "linear"]
    model = MLP(1, [neurons, 1], activation=names, init=init.normal(std=2.5), rng=rng)
    network = NumPyNetwork(model, names)
    fitted = large if parameters == 37 and not decay else troubles.fit(neurons, decay, updates=40)
    for number, fit in enumerate(fitted.fits):
        for _ in range(10 if number else 0):
            network.update(*arrays(training), 0.05, decay)
        assert (fit.update, fit.parameters) == (10 * number, parameters)
        assert fit.training == pytest.approx(network.error(*arrays(training)), rel=1e-7)
        assert fit.validation == pytest.approx(network.error(*arrays(validation)), rel=1e-7)
    xs, ys = np.array(fitted.curve).T
    assert ys == pytest.approx(network.outputs(xs[:, None])[-1][1][:, 0], rel=1e-7, abs=1e-7)


def test_the_validation_error_turns_while_the_training_error_falls(large: troubles.Fitted) -> None:
    training = [fit.training for fit in large.fits[1:]]
    validation = [fit.validation for fit in large.fits[1:]]
    assert training == sorted(training, reverse=True)
    least = validation.index(min(validation))
    assert 0 < least < len(validation) - 1
    assert validation[: least + 1] == sorted(validation[: least + 1], reverse=True)
    assert validation[least:] == sorted(validation[least:])


# ── The program ───────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("troubles")


@pytest.fixture(scope="module")
def run(folder: Path) -> subprocess.CompletedProcess[str]:
    """The demo as a user runs it, without any other program."""
    return run_module("demos.troubles", "--output", str(folder), path="")


def section(run: subprocess.CompletedProcess[str], title: str) -> str:
    """The text that is printed of one trouble."""
    parts = re.split(r"^(.+)\n=+\n", run.stdout, flags=re.M)
    return next(text for found, text in zip(parts[1::2], parts[2::2]) if found.startswith(title))


def row(text: str, start: str) -> list[float]:
    """The numbers of the first line that starts so."""
    line = next(line for line in text.splitlines() if line.strip().startswith(start))
    return [
        float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e[-+]\d+)?", line.strip()[len(start) :])
    ]


def delta_of(text: str, layer: int) -> float:
    """The delta in the first table that has such a layer."""
    return row(text, f"layers.{layer}  ")[2]


def found(text: str) -> dict[str, list[str]]:
    """The titles of what each diagnosis has found."""
    parts = re.split(r"^-- (.+) --\n", text, flags=re.M)
    titles = "|".join(["Vanishing gradient", "Exploding gradient", "Overfitting", "Dead units"])
    return {
        name: re.findall(rf"^(?:{titles})$", part, re.M)
        for name, part in zip(parts[1::2], parts[2::2])
    }


def test_every_trouble_is_shown(run: subprocess.CompletedProcess[str]) -> None:
    assert (run.returncode, run.stderr) == (0, "")
    assert re.findall(r"^(\S.*)\n=+$", run.stdout, re.M) == [
        "A vanishing gradient: ten layers of sigmoids",
        "An exploding gradient: weights too large",
        "An exploding gradient: one weight used 50 times",
        "Overfitting: 37 parameters for 8 noisy points",
    ]
    for title in ("A vanishing", "An exploding", "Overfitting"):
        cause, cure = section(run, title).split("Cure: ")
        assert cause.count(".") - cause.count("1.") == 2, "two sentences"
        assert cure


def test_the_readme_shows_what_is_printed(run: subprocess.CompletedProcess[str]) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.findall(r"^(?:loss after updates|  sigmoid,|  cured:).*$", readme, re.M)
    assert len(shown) == 3
    assert "\n".join(shown) in run.stdout


def test_sigmoids_lose_the_gradient_and_learn_nothing(
    run: subprocess.CompletedProcess[str],
) -> None:
    text = section(run, "A vanishing")
    deltas, losses = text.split("loss after updates")
    first, middle, last = (delta_of(deltas, n) for n in (0, 4, 9))
    assert first < 2e-2 * middle < 1e-4 * last
    assert row(losses, "sigmoid, weights from -1 to 1")[-1] == 0.25  # as of a constant 1/2
    assert found(text) == {
        "sigmoid, weights from -1 to 1": ["Vanishing gradient"],
        "cured: elu, variance 2/inputs": [],
    }


def test_weights_that_are_too_large_blow_the_gradient_up(
    run: subprocess.CompletedProcess[str],
) -> None:
    text = section(run, "An exploding gradient: weights")
    deltas, losses = text.split("loss after updates")
    first, middle, last = (delta_of(deltas, n) for n in (0, 4, 9))
    assert first > 1e2 * middle > 1e4 * last > 1e9
    start, after_one = row(losses, "elu, variance 9")
    assert after_one > 1e6 * start
    assert "not finite" in losses
    assert found(text) == {
        "elu, variance 9": ["Exploding gradient"],
        "cured: elu, variance 2/inputs": [],
    }


@pytest.mark.parametrize("trouble", ["A vanishing", "An exploding"])
def test_ten_layers_are_cured(run: subprocess.CompletedProcess[str], trouble: str) -> None:
    text = section(run, trouble)
    deltas, losses = text.split("loss after updates")
    cured = deltas.partition("-- cured")[2]
    sizes = [delta_of(cured, n) for n in range(10)]
    assert max(sizes) < 10 * min(sizes)
    assert row(losses, "cured: elu, variance 2/inputs")[-1] < 1e-3


def test_one_weight_used_again_and_again(run: subprocess.CompletedProcess[str]) -> None:
    text = section(run, "An exploding gradient: one")
    for weight in (1.5, 1.0, 0.8):
        [gradient] = row(text, f"d state 50 / d state 0 for w = {weight}:")
        assert gradient == pytest.approx(weight**50, rel=0.005)
    assert "Exploding gradient\n  What reaches the first use of Recurrence is 7.7e+08 times" in text
    unclipped = row(text, "unclipped:")
    assert abs(unclipped[1]) > 1e9
    assert "then not finite" in text
    assert row(text, "cured:")[-2:] == [0.8, 300]


def test_too_many_parameters_learn_the_noise_and_the_cures_do_not(
    run: subprocess.CompletedProcess[str],
) -> None:
    text = section(run, "Overfitting")
    assert found(text) == {
        "12 hidden neurons": ["Overfitting"],
        "cured: weight decay": [],
    }
    parameters, _, training, validation = row(text, "12 hidden neurons")
    assert parameters == 37
    assert training < validation / 4
    for cure in ("stopped early", "weight decay", "1 hidden neuron"):
        *_, learned, unseen = row(text, f"cured: {cure}")
        assert learned > training
        assert unseen < validation / 3


CHARTS = ["vanishing", "exploding", "repetition", "overfitting", "overfitting_curves"]
GRAPHS = [
    *("vanishing_graph", "vanishing_cured_graph"),
    *("exploding_graph", "exploding_cured_graph", "repetition_graph"),
]


def test_each_is_drawn(run: subprocess.CompletedProcess[str], folder: Path) -> None:
    expected = {f"troubles_{name}.svg" for name in [*CHARTS, *GRAPHS]}
    assert {path.name for path in folder.glob("*.svg")} == expected
    assert {path.stem for path in folder.glob("*.gv")} == {f"troubles_{name}" for name in GRAPHS}
    for name in expected:
        assert f"Drawn: {folder / name}" in run.stdout
        assert ElementTree.parse(folder / name).getroot().tag.endswith("svg")


@pytest.mark.usefixtures("run")
def test_the_graph_of_ten_layers_has_a_box_for_each(folder: Path) -> None:
    text = (folder / "troubles_vanishing_graph.svg").read_text("utf-8")
    assert [f"layers.{n} (Layer)" in text for n in range(11)] == [True] * 10 + [False]


def test_one_trouble_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert troubles.main(["repetition", "--output", str(tmp_path), "--layout", "own"]) == 0
    printed = capsys.readouterr().out
    assert re.findall(r"^(\S.*)\n=+$", printed, re.M) == [
        "An exploding gradient: one weight used 50 times"
    ]
    stems = {"troubles_repetition", "troubles_repetition_graph"}
    assert {path.stem for path in tmp_path.iterdir()} == stems


def test_a_trouble_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        troubles.main(["underfitting"])
    assert refusal.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "python -m demos.troubles: error: no trouble is named 'underfitting': "
        "choose from vanishing, exploding, repetition, overfitting"
    )
