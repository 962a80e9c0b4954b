"""A step of backpropagation by hand, and on until the target is reached.

The example is that of the article "Backpropagation in Neural Network" of GeeksforGeeks. It has
been published in two versions, here called A and B. Both carry this network through one step:
two inputs, two hidden neurons, one output, all sigmoid, and no bias::

    x1 --w11--> h1      h1: a1 = w11 x1 + w21 x2,   y3 = F(a1)
    x2 --w21--> h1      h2: a2 = w12 x1 + w22 x2,   y4 = F(a2)
    x1 --w12--> h2      O3: a3 = w13 y3 + w23 y4,   y5 = F(a3)
    x2 --w22--> h2
    h1 --w13--> O3      F is the sigmoid, F(a) = 1 / (1 + exp(-a))
    h2 --w23--> O3

Here the engine does the same. demos/articles.py contains the numbers that are given and those that
the articles print; demos/judging.py judges the latter; demos/derivation.py contains the page that
explains each step. Run it from the root of the repository::

    python -m demos.hand_example
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial

from autograd import Value, graph
from autograd.draw import draw_dot
from demos import derivation, judging
from demos.articles import ARTICLES, INPUTS, RATE, SLIPS_OF_BOTH, TARGET, Article
from demos.judging import DIGITS, SMALLEST_TOLERANCE, Worked
from demos.output import OutputFolder, add_output_options, run_program
from nn import MLP, draw_network


def starting_weights(article: Article) -> dict[str, Value]:
    """The weights before the first update, by name."""
    return {name: Value(number, label=name) for name, number in article.weights.items()}


def forward(w: dict[str, Value], divisor: float = 2) -> dict[str, Value]:
    """Every quantity of a forward pass, by name."""
    x1, x2 = (Value(number, label=name) for name, number in INPUTS.items())
    a1 = w["w11"] * x1 + w["w21"] * x2
    a2 = w["w12"] * x1 + w["w22"] * x2
    y3 = a1.sigmoid()
    y4 = a2.sigmoid()
    a3 = w["w13"] * y3 + w["w23"] * y4
    y5 = a3.sigmoid()
    error = TARGET - y5
    loss = error**2 / divisor

    quantities = {
        "a1": a1, "a2": a2, "a3": a3, "y3": y3, "y4": y4, "y5": y5, "error": error, "loss": loss,
    }  # fmt: skip
    for name, value in quantities.items():
        value.label = name
    return quantities


def forward_and_backward(w: dict[str, Value], divisor: float = 2) -> dict[str, Value]:
    """The same, after a backward pass, which gives them and the weights their gradients."""
    quantities = forward(w, divisor)
    quantities["loss"].backward()
    return quantities


def deltas(quantities: dict[str, Value]) -> dict[str, float]:
    """The deltas: minus the derivatives of the loss with respect to the sums of the neurons."""
    neurons = {"delta5": "a3", "delta3": "a1", "delta4": "a2"}
    return {delta: -quantities[a].grad for delta, a in neurons.items()}


def updated(weights: dict[str, Value]) -> dict[str, Value]:
    """The weights one step down their gradients."""
    return {
        name: Value(weight.data - RATE * weight.grad, label=name)
        for name, weight in weights.items()
    }


def outputs_by_hand(article: Article, tolerance: float) -> list[float]:
    """y5 before the first update and after each, until it is within ``tolerance`` of the target."""
    weights = starting_weights(article)
    outputs = []
    while True:
        quantities = forward_and_backward(weights)
        outputs.append(quantities["y5"].data)
        if abs(quantities["error"].data) < tolerance:
            return outputs
        weights = updated(weights)


def make_model(article: Article) -> MLP:
    """The same network, made of layers without biases."""
    model = MLP(2, [2, 1], activation=["sigmoid", "sigmoid"], bias=False)
    for parameter, (name, weight) in zip(model.parameters(), article.weights.items(), strict=True):
        parameter.data, parameter.label = weight, name
    return model


def outputs_of_model(model: MLP, tolerance: float) -> list[float]:
    """The same outputs, to the last bit, of ``model``, which this trains."""
    outputs = []
    while True:
        y5 = model(list(INPUTS.values()))
        error = TARGET - y5
        outputs.append(y5.data)
        if abs(error.data) < tolerance:
            return outputs
        loss = error**2 / 2
        model.zero_grad()
        loss.backward()
        for parameter in model.parameters():
            parameter.data -= RATE * parameter.grad


def work_out(article: Article) -> Worked:
    """All the numbers of one version of the article."""
    weights = starting_weights(article)
    first = forward_and_backward(weights)
    new_weights = updated(weights)
    second = forward_and_backward(new_weights)

    exact = {**INPUTS, **article.weights, **deltas(first)}
    exact |= {name: value.data for name, value in first.items()}
    exact |= {f"Delta {name}": -RATE * weight.grad for name, weight in weights.items()}
    exact |= {f"new {name}": weight.data for name, weight in new_weights.items()}
    exact |= {f"{name} again": value.data for name, value in second.items()}
    squared = deltas(forward_and_backward(starting_weights(article), divisor=1))
    outputs = outputs_by_hand(article, SMALLEST_TOLERANCE)
    return Worked(article, exact, squared, judging.judge(article, exact), outputs)


def draw_graph(article: Article, output: OutputFolder, name: str) -> None:
    """Draw all that is computed in the first pass, with gradients and local derivatives."""
    loss = forward_and_backward(starting_weights(article))["loss"]
    picture = draw_dot(loss, local_derivatives="numbers", max_boxes=None)
    own = partial(graph(loss).to_svg, local_derivatives="numbers", max_boxes=None)
    output.save_picture(picture, own, name)


def draw_model(model: MLP, when: str, output: OutputFolder, name: str) -> None:
    """Draw the network, with its weights, sums, outputs, deltas and gradients."""
    inputs = list(INPUTS.values())
    picture = draw_network(model, inputs, TARGET, title=f"The network {when}", precision=DIGITS)
    output.save_picture(picture, picture.to_svg, name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Work out both versions of the article, and save the pictures and the derivation."""
    parser = argparse.ArgumentParser(
        prog="python -m demos.hand_example",
        description="Work through the hand example of two backpropagation articles.",
    )
    judging.add_tolerance_option(parser)
    add_output_options(parser)
    options = parser.parse_args(arguments)
    output = OutputFolder(options.output, options.layout)

    judging.print_introduction()
    worked = [work_out(article) for article in ARTICLES]
    for each in worked:
        judging.print_report(each, options.tolerance)
        name = f"hand_example_{each.article.name}"
        draw_graph(each.article, output, name)
        model = make_model(each.article)
        draw_model(model, "before the first update", output, f"{name}_before")
        outputs = outputs_of_model(model, options.tolerance)
        draw_model(model, f"after update {len(outputs) - 1}", output, f"{name}_after")
        same = outputs == each.outputs[: len(outputs)]
        print(f"nn's network gives {'the same' if same else 'OTHER'} outputs, to the last bit.\n")
    print("In both articles")
    judging.print_slips(SLIPS_OF_BOTH)
    output.save_chart(derivation.approach(worked, options.tolerance), "hand_example_approach")
    output.save_page(derivation.page_of(worked, options.tolerance), "hand_example")
    output.say_how_to_look()
    return 0


if __name__ == "__main__":
    run_program(main)
