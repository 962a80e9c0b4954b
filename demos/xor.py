"""XOR, learned by the network of the backpropagation articles.

Two inputs, four hidden neurons, one output, all with sigmoid activation. The
weights start from the normal distribution and the biases from 0. An update is one
step down the summed half squared error of a batch. The articles name two methods, and
use the first: in gradient descent a batch is all four cases, in stochastic gradient
descent it is a few of them, in random order.

Run it from the root of the repository::

    python -m demos.xor
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence

try:
    from tqdm import tqdm
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("this demo shows its progress with tqdm: pip install tqdm") from error

import autograd
from autograd import Value
from demos.output import OutputFolder, add_output_options, run_program
from nn import MLP, init
from nn.data import batches

INPUTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
TARGETS = [0, 1, 1, 0]
EPOCHS_BETWEEN_REPORTS = 4000
LEARNED_WITHIN = 0.1

# By the number of cases in an update.
METHODS = {
    1: "Stochastic gradient descent: an update for each case, in random order",
    2: "Stochastic gradient descent in mini-batches: an update for every 2 cases, in random order",
    3: "Stochastic gradient descent in mini-batches: an update for 3 cases, then for the other",
    4: "Gradient descent: an update for all 4 cases together",
}

# The figures that the articles print of their runs. A shows its predictions in a picture.
ARTICLE_A = {"Loss at epoch 0": 0.2713, "Loss at epoch 8000": 0.0066}
ARTICLE_B = {
    "Loss at epoch 0": 0.36270360966344145,
    "Loss at epoch 4000": 0.005546947165311874,
    "Loss at epoch 8000": 0.00202378766386817,
    "0 xor 0 = 0": 0.02477654,
    "0 xor 1 = 1": 0.95625286,
    "1 xor 0 = 1": 0.96418129,
    "1 xor 1 = 0": 0.04729297,
}


def make_model(rng: random.Random) -> MLP:
    """The articles' network, its parameters labelled for the pictures."""
    model = MLP(2, [4, 1], activation=["sigmoid", "sigmoid"], init=init.normal(), rng=rng)
    for layer, names in zip(model.layers, [["h1", "h2", "h3", "h4"], ["O5"]], strict=True):
        for neuron, name in zip(layer.neurons, names, strict=True):
            neuron.b.label = f"{name}.b"
            for i, weight in enumerate(neuron.w, start=1):
                weight.label = f"{name}.w{i}"
    return model


def half_squared_error(output: Value, target: Value | float) -> Value:
    """The loss whose gradient the articles' deltas are."""
    return (target - output) ** 2 / 2


def train(model: MLP, epochs: int, rate: float, batch: int, rng: random.Random) -> dict[str, float]:
    """Gradient descent, reporting the mean squared error as the articles do.

    It is that of the predictions made before each update.
    """
    parameters = model.parameters()

    @autograd.compile  # recorded once, then replayed: the same bits, several times as fast
    def update(inputs: list[tuple[int, int]], targets: list[int]) -> float:
        loss = sum(map(half_squared_error, model(inputs), targets), Value(0.0))
        model.zero_grad()
        loss.backward()
        for parameter in parameters:
            parameter.data -= rate * parameter.grad
        return loss.data

    losses = {}
    for epoch in tqdm(range(epochs), desc="training", unit="epoch", leave=False):
        is_part = batch < len(INPUTS)
        parts = batches((INPUTS, TARGETS), batch, rng, shuffle=is_part)
        half_squares = sum(update(inputs, targets) for inputs, targets in parts)
        if epoch % EPOCHS_BETWEEN_REPORTS == 0:
            # The mean of the squares is twice the sum of their halves over their number.
            mean_square = 2 * half_squares / len(INPUTS)
            tqdm.write(f"Epoch {epoch}, Loss:{mean_square}")
            losses[f"Loss at epoch {epoch}"] = mean_square
    return losses


def compare(figures: dict[str, float]) -> None:
    """Print the figures of a run beside what the articles print of theirs."""
    print(f"{'':20}{'this run':>12}{'article A':>12}{'article B':>12}")
    for name in figures:
        row = [run.get(name) for run in (figures, ARTICLE_A, ARTICLE_B)]
        cells = ["-" if number is None else f"{number:.4f}" for number in row]
        print(f"{name:20}{''.join(f'{cell:>12}' for cell in cells)}")
    print("Starts are random: python -m demos.xor_starts (it needs NumPy) compares 2,000 of them.")


def save_pictures(model: MLP, output: OutputFolder, suffix: str = "") -> None:
    """Draw one case: the graph of all that it computes, with gradients, and the network."""
    x = [Value(number, label=f"x{i}") for i, number in enumerate(INPUTS[1], start=1)]
    prediction = model(x)
    prediction.label = "prediction"
    loss = half_squared_error(prediction, TARGETS[1])
    loss.label = "loss"
    model.zero_grad()
    loss.backward()
    when = "before training" if suffix else "after training"
    case = f"{INPUTS[1][0]} xor {INPUTS[1][1]} = {TARGETS[1]}, {when}"
    output.save_graph(loss, f"xor{suffix}", f"The graph of {case}")
    output.save_network(model, x, TARGETS[1], f"xor_network{suffix}", f"The network for {case}")


def save_page(model: MLP, output: OutputFolder) -> None:
    """Write the page of the same case, which trains on all four."""
    *x, target = [Value(number, label) for number, label in [(0, "x1"), (1, "x2"), (1, "target")]]
    prediction = model(x)
    prediction.label = "prediction"
    loss = half_squared_error(prediction, target)
    loss.label = "loss"
    data = dict(zip([*x, target], [*zip(*INPUTS), TARGETS], strict=True))
    output.save_training(loss, "xor", "XOR, learned by gradient descent", data, prediction)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, show the predictions, draw the graphs; 0 if the network has learned XOR."""
    options = _parse(arguments)
    output = OutputFolder(options.output, options.layout)
    rng = random.Random(options.seed)
    model = make_model(rng)
    save_pictures(model, output, "_before")
    print(METHODS[options.batch])
    save_page(model, output)
    figures = train(model, options.epochs, options.rate, options.batch, rng)

    learned = True
    for (a, b), target in zip(INPUTS, TARGETS, strict=True):
        prediction = model([a, b]).data
        figures[f"{a} xor {b} = {target}"] = prediction
        learned = learned and abs(prediction - target) < LEARNED_WITHIN
    compare(figures)
    if learned:
        print(f"Learned: every prediction is within {LEARNED_WITHIN} of its target.")
    else:
        print(f"Not learned: a prediction is {LEARNED_WITHIN} or more from its target.")
    save_pictures(model, output)
    output.say_how_to_look()
    return 0 if learned else 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demos.xor", description="Learn XOR.")
    parser.add_argument(
        "--batch",
        type=_batch,
        default="full",
        metavar="full|N",
        help="cases in an update. full is the articles' 'gradient descent', which their program "
        "does: all 4 cases. 1 is their 'stochastic gradient descent': one case after the other, "
        "in random order. 2 and 3, mini-batches, lie between (default: %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help="of the random start, and of the order of the cases (default: %(default)s)",
    )
    parser.add_argument("--epochs", type=int, default=10_000, help="default: %(default)s")
    parser.add_argument(
        "--rate", type=float, default=0.1, help="learning rate (default: %(default)s)"
    )
    add_output_options(parser)
    options = parser.parse_args(arguments)
    if options.epochs < 0:
        parser.error(f"--epochs must be 0 or more, got {options.epochs}")
    if not 0.0 < options.rate < float("inf"):
        parser.error(f"--rate must be a positive number, got {options.rate}")
    return options


def _batch(text: str) -> int:
    sizes = {"full": len(INPUTS), **{str(size): size for size in METHODS}}
    if text not in sizes:
        raise argparse.ArgumentTypeError(f"must be full or 1 to {len(INPUTS)}, got {text!r}")
    return sizes[text]


if __name__ == "__main__":
    run_program(main)
