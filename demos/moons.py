"""Two moons, told apart: a first training with `nn.fit`, and a picture of what was learned.

The points of two half circles reach into each other, so that no straight line parts them. A network
with one hidden layer learns a curved boundary. The picture shows its answer at every place: the
colour is the class, and the darker it is, the surer the network. Another picture shows the losses.
A page, written before the training, trains the same network in the browser.

Run it from the root of the repository::

    python -m demos.moons
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence

from autograd import Value, no_grad
from demos.output import OutputFolder, add_output_options, run_program
from demos.plot import boundary_chart, loss_chart
from nn import MLP, accuracy, data, diagnose, fit
from nn.losses import binary_cross_entropy_with_logits
from nn.optim import Adam

Samples = tuple[list[list[float]], list[int]]


def draw_boundary(model: MLP, samples: Samples, title: str) -> str:
    """The points, over the probability that the model gives to class 1."""
    classes = {f"class {label}": [x for x, t in zip(*samples) if t == label] for label in (0, 1)}

    def answer(x: float, y: float) -> float:
        return float(model([x, y]).sigmoid().data)

    with no_grad():
        return boundary_chart(classes, answer, title=title, x="first input", y="second input")


def save_page(model: MLP, samples: Samples, output: OutputFolder) -> None:
    """Write the page of one point, which trains on all of them; its classes are -1 and 1."""
    points, labels = samples
    columns = [*zip(*points), [2 * label - 1 for label in labels]]
    x, y, target = [Value(column[0], name) for column, name in zip(columns, ["x", "y", "target"])]
    score = model([x, y])
    loss = (-target * score).softplus()  # binary cross-entropy with the logit, for such classes
    score.label, loss.label = "score", "loss"
    data = dict(zip([x, y, target], columns, strict=True))
    output.save_training(loss, "moons", "Two moons, learned by gradient descent", data, score)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, and draw what was learned; 0 if at least 95 % of new points are right."""
    parser = argparse.ArgumentParser(prog="python -m demos.moons", description="Learn two moons.")
    parser.add_argument("--points", type=int, default=200, help="default: %(default)s")
    parser.add_argument("--epochs", type=int, default=60, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    add_output_options(parser)
    options = parser.parse_args(arguments)
    if options.points < 10 or options.epochs < 1:
        parser.error("--points must be 10 or more, and --epochs 1 or more")
    output = OutputFolder(options.output, options.layout)

    training, validation = data.split(data.moons(options.points, noise=0.15, seed=options.seed))
    model = MLP(2, [8, 1], activation="tanh", rng=random.Random(options.seed))
    save_page(model, training, output)
    loss = binary_cross_entropy_with_logits
    history = fit(
        model,
        training,
        loss,
        Adam(model.parameters(), lr=0.05),
        epochs=options.epochs,
        batch_size=20,
        validation=validation,
        metrics=[accuracy],
    )
    print(history)
    print(diagnose(model, training, loss, validation=validation, history=history))

    title = f"Two moons after {len(history)} epochs: the class that the network answers"
    output.save_chart(draw_boundary(model, training, title), "moons")
    output.save_chart(loss_chart(history, "Two moons: the losses"), "moons_losses")
    output.say_how_to_look()
    return 0 if history["validation accuracy"][-1] >= 0.95 else 1


if __name__ == "__main__":
    run_program(main)
