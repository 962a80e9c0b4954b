"""Handwritten digits, read by a network of 32 hidden neurons.

scikit-learn has 1,797 digits, pictures of 8 x 8 pixels. The network sees four fifths of them, six
epochs of Adam with a rate that falls along a cosine, and is then asked about the rest. The picture
shows digits that it gets wrong, if there are any, and others, each with its answer. Run it from the
root of the repository; it needs scikit-learn::

    python -m demos.digits
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from html import escape

from autograd import no_grad
from demos.output import OutputFolder, add_output_options, run_program
from demos.plot import DARK, loss_chart
from nn import Linear, Sequential, accuracy, data, diagnose, fit
from nn.losses import cross_entropy
from nn.optim import Adam
from nn.schedules import cosine

PIXEL, ACROSS, DOWN = 9, 10, 3  # the size of a pixel, and digits in the picture


def draw_digits(answers: Sequence[tuple[Sequence[float], int, int]]) -> str:
    """The SVG of digits, each a list of 64 brightnesses, its class and the answer to it."""
    cell, title = 8 * PIXEL + 16, 40
    size = f'width="{ACROSS * cell + 16}" height="{DOWN * (cell + 20) + title}"'
    elements = []
    for number, (pixels, target, answer) in enumerate(answers):
        left, top = 16 + number % ACROSS * cell, title + number // ACROSS * (cell + 20)
        ink = "".join(
            f'<rect x="{left + n % 8 * PIXEL}" y="{top + n // 8 * PIXEL}" width="{PIXEL}" '
            f'height="{PIXEL}" fill-opacity="{brightness:g}"/>'
            for n, brightness in enumerate(pixels)
            if brightness
        )
        is_right = answer == target
        caption = f"{answer}" if is_right else f"{answer}, not {target}"
        style = "" if is_right else ' style="fill: #d55e00" font-weight="bold"'
        elements.append(f'<g class="ink">{ink}</g>')
        elements.append(
            f'<text x="{left + 4 * PIXEL}" y="{top + 8 * PIXEL + 16}" text-anchor="middle"{style}>'
            f"{escape(caption)}</text>"
        )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} class="chart" role="img" '
            'aria-label="Digits and answers" font-family="sans-serif" font-size="13">',
            DARK,
            "<style>@media (prefers-color-scheme: dark) { .ink { fill: #ddd } }</style>",
            f'<rect class="panel" fill="#fff" {size}/>',
            '<text x="16" y="24" font-size="16">What the network reads</text>',
            *elements,
            "</svg>\n",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, and draw some answers; 0 if at least 95 % of new digits are read rightly."""
    parser = argparse.ArgumentParser(prog="python -m demos.digits", description="Read digits.")
    parser.add_argument("--epochs", type=int, default=6, help="default: %(default)s")
    parser.add_argument("--hidden", type=int, default=32, help="neurons (default: %(default)s)")
    parser.add_argument("--digits", type=int, default=1797, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    add_output_options(parser)
    options = parser.parse_args(arguments)
    if options.epochs < 1 or options.hidden < 1 or not 10 <= options.digits <= 1797:
        parser.error("--epochs and --hidden must be 1 or more, and --digits from 10 to 1797")
    output = OutputFolder(options.output, options.layout)

    inputs, targets = data.digits()
    training, validation = data.split((inputs[: options.digits], targets[: options.digits]), seed=0)
    rng = random.Random(options.seed)
    model = Sequential(
        Linear(64, options.hidden, rng=rng), "relu", Linear(options.hidden, 10, rng=rng)
    )
    print(model)
    batch = 16
    steps = options.epochs * -(-len(training[0]) // batch)
    optimizer = Adam(model.parameters(), lr=cosine(0.01, steps))
    history = fit(
        model,
        training,
        cross_entropy,
        optimizer,
        epochs=options.epochs,
        batch_size=batch,
        validation=validation,
        metrics=[accuracy],
    )
    print(history)
    print(diagnose(model, training, cross_entropy, validation=validation, history=history))

    with no_grad():
        scores = [[score.data for score in model(pixels)] for pixels in validation[0]]
    answers = [numbers.index(max(numbers)) for numbers in scores]
    read = sorted(zip(*validation, answers), key=lambda each: each[1] == each[2])
    output.save_chart(draw_digits(read[: ACROSS * DOWN]), "digits")
    output.save_chart(loss_chart(history, "Digits: the losses"), "digits_losses")
    output.say_how_to_look()
    return 0 if history["validation accuracy"][-1] >= 0.95 else 1


if __name__ == "__main__":
    run_program(main)
