"""The three troubles that the backpropagation articles end with, each made, seen and cured.

A gradient that vanishes in ten layers of sigmoids; one that explodes, because the
weights are too large or because one weight is used again and again; and a network
that learns the noise of its few points. `nn.diagnose` tells each by its numbers.

Run it from the root of the repository::

    python -m demos.troubles
"""

from __future__ import annotations

import argparse
import math
import random
import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from autograd import Value, graph, no_grad
from autograd.draw import draw_dot
from demos.output import OutputFolder, add_output_options, run_program
from demos.plot import line_chart
from nn import MLP, Diagnosis, Module, data, diagnose, init
from nn.losses import mse_loss
from nn.optim import SGD, clip_grad_value

Samples = tuple[list[list[float]], list[float]]  # inputs and targets

LAYERS, WIDTH = 10, 4
STEPS, TOO_LARGE, LEARNABLE = 50, 1.5, 0.8  # of a recurrent network, and two weights of it
NOISE = 0.4  # standard deviation
UPDATES = 400  # of a fit


# ── Ten layers: a gradient that vanishes, and one that explodes ───────────────


class TenLayers(NamedTuple):
    """Observations of ten layers that learn XOR.

    Attributes:
        diagnosis: that of the first backward pass, before the first update.
        losses: the mean squared error before the first update and after each, while it is finite.
    """

    diagnosis: Diagnosis
    losses: list[float]


def ten_layers(
    activation: str, weights: init.Initializer, output: OutputFolder, name: str, updates: int = 100
) -> TenLayers:
    """Train ten layers, and draw their first backward pass with a box for each layer."""
    activations = [activation] * (LAYERS - 1) + ["linear"]
    sizes = [WIDTH] * (LAYERS - 1) + [1]
    model = MLP(2, sizes, activation=activations, init=weights, rng=random.Random(5))
    inputs, targets = data.xor()
    diagnosis = diagnose(model, (inputs, targets), mse_loss)
    optimizer = SGD(model.parameters(), lr=0.05)
    losses: list[float] = []
    for _ in range(updates + 1):
        loss = mse_loss(model(inputs), targets)
        if not math.isfinite(loss.data):
            break
        optimizer.zero_grad()
        loss.backward()
        if not losses:
            output.save_picture(draw_dot(loss, depth=1), partial(graph(loss).to_svg, depth=1), name)
        losses.append(loss.data)
        optimizer.step()
    return TenLayers(diagnosis, losses)


def vanishing(output: OutputFolder) -> None:
    """Ten layers of sigmoids do not learn XOR; the same ten learn it with another activation."""
    begin(
        "A vanishing gradient: ten layers of sigmoids",
        "In the backward pass, each layer multiplies the gradient by weights and by the slope of "
        "the activation, and that of a sigmoid is 1/4 at most. After ten layers almost nothing is "
        "left, and the first layers do not learn.",
        "An activation whose slope is 1 for every positive sum, such as elu or ReLU, with weights "
        "whose size makes up for the negative sums that it cuts off.",
    )
    runs = {
        "sigmoid, weights from -1 to 1": ten_layers(
            "sigmoid", init.uniform(-1, 1), output, "troubles_vanishing_graph"
        ),
        "cured: elu, variance 2/inputs": ten_layers(
            "elu", init.kaiming_normal(), output, "troubles_vanishing_cured_graph"
        ),
    }
    show_layers(runs, output, "vanishing")


def exploding(output: OutputFolder) -> None:
    """Ten layers with weights that are too large; the same ten with smaller weights."""
    begin(
        "An exploding gradient: weights too large",
        "Where weights are large, each layer multiplies the gradient by more than 1, and ten "
        "layers by a number of many digits. The first update throws the weights so far that the "
        "next loss is larger still, and soon infinite or nan.",
        "Weights whose variance is 2 / inputs, so that outputs are about as large as inputs.",
    )
    runs = {
        "elu, variance 9": ten_layers(
            "elu", init.normal(std=3), output, "troubles_exploding_graph"
        ),
        "cured: elu, variance 2/inputs": ten_layers(
            "elu", init.kaiming_normal(), output, "troubles_exploding_cured_graph"
        ),
    }
    show_layers(runs, output, "exploding")


def show_layers(runs: dict[str, TenLayers], output: OutputFolder, name: str) -> None:
    """Print what `diagnose` says and the losses, and draw the deltas of all layers."""
    for title, run in runs.items():
        print(f"-- {title} --\n{run.diagnosis}\n")
    print(f"{'loss after updates':41}{'0':>12}{'1':>12}{'100':>12}")
    for title, run in runs.items():
        shown = dict(enumerate(f"{loss:.3g}" for loss in run.losses))
        print(f"  {title:39}" + "".join(f"{shown.get(n, 'not finite'):>12}" for n in (0, 1, 100)))
    chart = line_chart(
        {
            title: [(n, layer.delta) for n, layer in enumerate(run.diagnosis.layers, 1)]
            for title, run in runs.items()
        },
        title=f"The {name} gradient: the delta of each layer before the first update",
        x="layer",
        y="size of the delta",
        log_y=True,
    )
    output.save_chart(chart, f"troubles_{name}")


# ── One weight used again and again ───────────────────────────────────────────


class Recurrence(Module):
    """A recurrent neuron without activation: each state is weight × the last one + an input."""

    def __init__(self, weight: float) -> None:
        self.weight = Value(weight, "w")

    def __call__(self, inputs: Sequence[float]) -> list[Value]:
        """The states after each input."""
        return self.states(inputs)[1:]

    def states(self, inputs: Sequence[float]) -> list[Value]:
        """The same after the state 0, which is 0."""
        states = [Value(0.0, "state 0")]
        for step, number in enumerate(inputs, 1):
            states.append(self.weight * states[-1] + number)
            states[-1].label = f"state {step}"
        return states


def sequence() -> tuple[list[list[float]], list[list[float]]]:
    """One sequence of inputs, and the states that the weight to be learned gives."""
    rng = random.Random(1)
    inputs = [rng.gauss(0, 1) for _ in range(STEPS)]
    with no_grad():
        return [inputs], [[state.data for state in Recurrence(LEARNABLE)(inputs)]]


def train_recurrence(limit: float, updates: int = 300) -> list[float]:
    """The weight before the first update and after each, while it is finite.

    Args:
        limit: the largest size of a gradient; a larger one is clipped.
        updates: the number of updates.
    """
    [inputs], [targets] = sequence()
    model = Recurrence(TOO_LARGE)
    optimizer = SGD(model.parameters(), lr=0.01)
    weights = [model.weight.data]
    for _ in range(updates):
        loss = mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        clip_grad_value(model.parameters(), limit)
        optimizer.step()
        if not math.isfinite(model.weight.data):
            break
        weights.append(model.weight.data)
    return weights


def repetition(output: OutputFolder) -> None:
    """A recurrent neuron explodes by its one weight, and learns once gradients are clipped."""
    begin(
        f"An exploding gradient: one weight used {STEPS} times",
        f"In a recurrent network every step uses the same weight w, and over {STEPS} steps the "
        f"gradient is multiplied by it {STEPS} times. Above 1 that explodes (below 1 it vanishes), "
        "and the first update is far too large.",
        "Clipping: a gradient of a size above 1 is cut down to 1, its sign kept.",
    )
    reached = {}
    for number in (TOO_LARGE, 1.0, LEARNABLE):
        repeated = Recurrence(number).states([1.0] * STEPS)
        repeated[-1].backward()
        reached[f"w = {number}"] = [(back, s.grad) for back, s in enumerate(reversed(repeated))]
        print(f"d state {STEPS} / d state 0 for w = {number}: {repeated[0].grad:.3g}")
    print(f"\n{diagnose(Recurrence(TOO_LARGE), sequence(), mse_loss)}\n")
    plain, clipped = train_recurrence(math.inf), train_recurrence(1.0)
    print(f"The weight to be learned is {LEARNABLE}. By number of updates, it is")
    print("  unclipped: " + ", ".join(f"{weight:.3g}" for weight in plain) + ", then not finite")
    shown = ", ".join(f"{clipped[n]:.4f} ({n})" for n in (0, 10, 50, 100, 300))
    print(f"  cured:     {shown}")
    chart = line_chart(
        reached,
        title=f"The exploding gradient: of state {STEPS} by the states before it",
        x="steps back",
        y="gradient",
        log_y=True,
    )
    output.save_chart(chart, "troubles_repetition")
    last = Recurrence(TOO_LARGE)([1.0] * 4)[-1]
    last.backward()
    output.save_graph(last, "troubles_repetition_graph")


# ── Overfitting ───────────────────────────────────────────────────────────────


def truth(x: float) -> float:
    """The curve behind the points."""
    return math.sin(2 * x)


def noisy_points(count: int, rng: random.Random) -> Samples:
    """Points of the curve, each with noise."""
    xs = [rng.uniform(-1, 1) for _ in range(count)]
    return [[x] for x in xs], [truth(x) + rng.gauss(0, NOISE) for x in xs]


class Fit(NamedTuple):
    """A network, after some updates that fit it to the training points.

    Attributes:
        parameters: the number of parameters.
        update: the number of updates so far.
        training: the mean squared error of the training points.
        validation: that of other points.
    """

    parameters: int
    update: int
    training: float
    validation: float


class Fitted(NamedTuple):
    """A network that was fitted to the training points.

    Attributes:
        fits: its errors after every 10 updates, the first after none.
        diagnosis: that of the end.
        curve: points of the function that it computes in the end.
    """

    fits: list[Fit]
    diagnosis: Diagnosis
    curve: list[tuple[float, float]]


def points() -> tuple[Samples, Samples, random.Random]:
    """Training points, validation points, and the generator to draw weights from."""
    rng = random.Random(10)
    return noisy_points(8, rng), noisy_points(40, rng), rng


def fit(neurons: int, decay: float = 0.0, updates: int = UPDATES) -> Fitted:
    """Fit a network to the training points.

    Args:
        neurons: the size of its one hidden layer.
        decay: each update also subtracts this times the learning rate times the parameter.
        updates: the number of updates.
    """
    training, validation, rng = points()
    model = MLP(1, [neurons, 1], activation="tanh", init=init.normal(std=2.5), rng=rng)
    optimizer = SGD(model.parameters(), lr=0.05, weight_decay=decay)
    fits = []
    for update in range(updates + 1):
        loss = mse_loss(model(training[0]), training[1])
        if update % 10 == 0:
            with no_grad():
                error = mse_loss(model(validation[0]), validation[1])
            fits.append(Fit(len(model.parameters()), update, loss.data, error.data))
        if update < updates:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with no_grad():
        curve = [(n / 50, model([n / 50]).data) for n in range(-50, 51)]
    return Fitted(fits, diagnose(model, training, mse_loss, validation=validation), curve)


def overfitting(output: OutputFolder) -> None:
    """37 parameters learn 8 points with their noise; three cures have them learn the curve."""
    begin(
        "Overfitting: 37 parameters for 8 noisy points",
        "A network with more parameters than points can pass through every point, noise and all, "
        "and between the points nothing holds it. So the error of the training points keeps "
        "falling, while that of other points, the validation error, has begun to rise.",
        "Stopping where the validation error is least; or keeping the weights small (weight "
        "decay); or having fewer of them.",
    )
    large, decayed, small = fit(12), fit(12, decay=0.03), fit(1)
    runs = {
        "12 hidden neurons": large.fits[-1],
        "cured: stopped early": min(large.fits, key=lambda fit: fit.validation),
        "cured: weight decay": decayed.fits[-1],
        "cured: 1 hidden neuron": small.fits[-1],
    }
    print(f"-- 12 hidden neurons --\n{large.diagnosis}\n")
    print(f"-- cured: weight decay --\n{decayed.diagnosis}\n")
    print(f"{'':24}{'parameters':>12}{'updates':>10}{'training':>10}{'validation':>12}")
    for title, run in runs.items():
        print(
            f"  {title:22}{run.parameters:12}{run.update:10}"
            f"{run.training:10.3f}{run.validation:12.3f}"
        )
    training, validation, _ = points()
    noise = mse_loss([truth(x) for [x] in validation[0]], validation[1])
    print(
        f"The noise of the validation points alone is an error of {noise:.3f}. That of the network"
    )
    print("that was stopped early is a little too low, since it decided when to stop.")
    errors = line_chart(
        {
            "training error": [(fit.update, fit.training) for fit in large.fits[1:]],
            "validation error": [(fit.update, fit.validation) for fit in large.fits[1:]],
            "validation error, weight decay": [
                (fit.update, fit.validation) for fit in decayed.fits[1:]
            ],
        },
        title="Overfitting: the error of points that were learned, and of points that were not",
        x="updates, from the 10th on",
        y="mean squared error",
        log_y=True,
    )
    curves = line_chart(
        {
            "12 hidden neurons": large.curve,
            "weight decay": decayed.curve,
            "the curve behind the points": [(x, truth(x)) for x, _ in large.curve],
            "training points": [(x, y) for [x], y in zip(*training)],
        },
        title="Overfitting: what was learned of 8 noisy points",
        x="x",
        y="y",
        dots={"training points"},
    )
    output.save_chart(errors, "troubles_overfitting")
    output.save_chart(curves, "troubles_overfitting_curves")


# ── The program ───────────────────────────────────────────────────────────────

TROUBLES: dict[str, Callable[[OutputFolder], None]] = {
    "vanishing": vanishing,
    "exploding": exploding,
    "repetition": repetition,
    "overfitting": overfitting,
}


def begin(title: str, cause: str, cure: str) -> None:
    """Print the title of a trouble, its cause and its cure."""
    print(f"\n{title}\n{'=' * len(title)}\n")
    print(textwrap.fill(cause, 88))
    print(textwrap.fill(f"Cure: {cure}", 88) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the troubles that the command line names, or all."""
    parser = argparse.ArgumentParser(
        prog="python -m demos.troubles", description="Three troubles of training, and their cures."
    )
    parser.add_argument(
        "troubles", nargs="*", metavar="trouble", help=f"of {', '.join(TROUBLES)} (default: all)"
    )
    add_output_options(parser)
    options = parser.parse_args(arguments)
    for name in options.troubles:
        if name not in TROUBLES:
            parser.error(f"no trouble is named {name!r}: choose from {', '.join(TROUBLES)}")
    output = OutputFolder(options.output, options.layout)
    for name in options.troubles or TROUBLES:
        TROUBLES[name](output)
    output.say_how_to_look()
    return 0


if __name__ == "__main__":
    run_program(main)
