"""XOR, learned by the network of the backpropagation articles.

Two inputs, four hidden neurons, one output, all with sigmoid activation. The
weights start from the normal distribution and the biases from 0. Every epoch
takes one step of gradient descent down the summed half squared error of the
four cases.

Run it from the root of the repository::

    python -m demos.xor
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence

try:
    from tqdm import tqdm
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("this demo shows its progress with tqdm: pip install tqdm") from error

from autograd import Value
from demos.output import Output, add_output_options
from nn import MLP, init

INPUTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
TARGETS = [0, 1, 1, 0]
EPOCHS_BETWEEN_REPORTS = 4000
LEARNED_WITHIN = 0.1


def make_model(rng: random.Random) -> MLP:
    """The articles' network, its parameters labelled for the picture."""
    model = MLP(2, [4, 1], activation=["sigmoid", "sigmoid"], init=init.normal(), rng=rng)
    for layer, name in zip(model.layers, ["hidden", "output"], strict=True):
        for i, neuron in enumerate(layer.neurons):
            neuron.b.label = f"{name}{i}.b"
            for j, weight in enumerate(neuron.w):
                weight.label = f"{name}{i}.w{j}"
    return model


def half_squared_error(output: Value, target: float) -> Value:
    """The loss whose gradient the articles' deltas are."""
    return (target - output) ** 2 / 2


def train(model: MLP, epochs: int, rate: float) -> None:
    """Full-batch gradient descent, reporting the mean squared error as the articles do."""
    parameters = model.parameters()
    for epoch in tqdm(range(epochs), desc="training", unit="epoch", leave=False):
        outputs = [model(x) for x in INPUTS]
        loss = sum(map(half_squared_error, outputs, TARGETS), Value(0.0))
        if epoch % EPOCHS_BETWEEN_REPORTS == 0:
            # The mean of the squares is twice the sum of their halves over their number.
            tqdm.write(f"Epoch {epoch}, Loss:{2 * loss.data / len(INPUTS)}")
        model.zero_grad()
        loss.backward()
        for parameter in parameters:
            parameter.data -= rate * parameter.grad


def save_picture(model: MLP, output: Output, name: str) -> None:
    """Draw the graph of one case: all that is computed for it, with its gradients."""
    x = [Value(number, label=f"x{i}") for i, number in enumerate(INPUTS[1])]
    prediction = model(x)
    prediction.label = "prediction"
    loss = half_squared_error(prediction, TARGETS[1])
    loss.label = "loss"
    model.zero_grad()
    loss.backward()
    output.save_graph(loss, name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, show the predictions, draw the graphs; 0 if the network has learned XOR."""
    options = _parse(arguments)
    output = Output(options.output, options.layout)
    model = make_model(random.Random(options.seed))
    save_picture(model, output, "xor_before")
    train(model, options.epochs, options.rate)

    print("Predictions after training:")
    learned = True
    for x, target in zip(INPUTS, TARGETS, strict=True):
        prediction = model(x).data
        learned = learned and abs(prediction - target) < LEARNED_WITHIN
        print(f"  {x[0]} xor {x[1]} = {target}   predicted {prediction:.4f}")
    if learned:
        print(f"Learned: every prediction is within {LEARNED_WITHIN} of its target.")
    else:
        print(f"Not learned: a prediction is {LEARNED_WITHIN} or more from its target.")
    save_picture(model, output, "xor")
    output.say_how_to_look()
    return 0 if learned else 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demos.xor", description="Learn XOR.")
    parser.add_argument(
        "--seed", type=int, default=1, help="of the random start (default: %(default)s)"
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


if __name__ == "__main__":
    sys.exit(main())
