"""The worked example of two backpropagation articles, checked figure by figure.

Two versions of one article carry a small network through a step of
backpropagation by hand. It has two inputs, two hidden neurons and one output,
all sigmoid, and no bias::

    x1 --w11--> h1      h1: a1 = w11 x1 + w21 x2,   y3 = F(a1)
    x2 --w21--> h1      h2: a2 = w12 x1 + w22 x2,   y4 = F(a2)
    x1 --w12--> h2      o3: a3 = w13 y3 + w23 y4,   y5 = F(a3)
    x2 --w22--> h2
    h1 --w13--> o3      F is the sigmoid, F(a) = 1 / (1 + exp(-a))
    h2 --w23--> o3

Here the engine does the same, and every figure that the articles print is set
beside the exact one with a verdict:

* agrees: the exact value, rounded to the digits printed;
* rounding: not that, but what the step gives from figures rounded before;
* follows: what the step gives, but from a figure that was already wrong;
* WRONG: not even what the step gives from the figures it starts from.

The program finds the verdicts by itself. Written by hand are only the articles'
figures and, where one is wrong, how it came about. It also writes down the whole
derivation as it should have been, in Markdown. Run it from the root of the
repository::

    python -m demos.hand_example
"""

from __future__ import annotations

import argparse
import math
import operator
import sys
import textwrap
from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

from autograd import Value, explain
from demos.output import Output, add_output_options

TARGET = 0.5
RATE = 1.0
INPUTS = {"x1": 0.35, "x2": 0.7}
# w21 is missing: it is where the articles differ.
WEIGHTS = {"w11": 0.2, "w12": 0.3, "w22": 0.3, "w13": 0.3, "w23": 0.9}

# Far above the rounding errors of floats, so that the output always gets there.
SMALLEST_TOLERANCE = 1e-12


# ── What the articles print ───────────────────────────────────────────────────


class Figure(NamedTuple):
    """A number as an article prints it.

    ``name`` is the quantity; "y3 in a3" is the y3 that the article puts into a3,
    where that is not the y3 it has printed before. "again" is the second forward
    pass. ``why`` says what went wrong.
    """

    name: str
    printed: str
    why: str = ""


class Article(NamedTuple):
    """One version of the article: its w21, its figures in order, and remarks."""

    name: str
    w21: float
    figures: tuple[Figure, ...]
    remarks: tuple[str, ...]


WHY_Y4 = "That rounds to 0.58. For 0.59 the sum would have to be about 0.36: F(0.36) = 0.5890"
WHY_CHANGE_OF_W11 = "The sign is lost; the weight must shrink, not grow."

ARTICLE_A = Article(
    name="A",
    w21=0.2,
    figures=(
        Figure("a1", "0.21"),
        Figure("y3", "0.56", "That rounds to 0.55. The article does not show how it came to 0.56."),
        Figure("a2", "0.315"),
        Figure(
            "y3 in a3",
            "0.57",
            "That is the y3 of article B, where w21 is 0.3 and a1 is 0.28: F(0.28) = 0.5695",
        ),
        Figure("y4", "0.59", WHY_Y4),
        Figure("a3", "0.702"),
        Figure("y5", "0.67"),
        Figure("error", "-0.17"),
        Figure("delta5", "-0.0376"),
        Figure("delta3", "-0.0027"),
        Figure(
            "delta4",
            "-0.0819",
            "The point has slipped: it is ten times too large. Article B takes -0.376 for delta5:\n"
            "0.59 x (1 - 0.59) x 0.9 x -0.376 = -0.0819",
        ),
        Figure("Delta w23", "-0.022184"),
        Figure("new w23", "0.877816"),
        Figure("Delta w11", "0.000945", WHY_CHANGE_OF_W11),
        Figure("new w11", "0.200945"),
        Figure(
            "new w12",
            "0.273225",
            "Two changes are made: its own, with the delta4 that is ten times too large, and that"
            " of w21 with its sign lost:\n"
            "0.3 - 0.0819 x 0.35 + 0.0027 x 0.7 = 0.273225",
        ),
        Figure(
            "new w13",
            "0.086615",
            "Article B's wrong 0.08567, made with -0.376 for delta5, and the change of w11 with its"
            " sign lost on top:\n"
            "0.08567 + 0.0027 x 0.35 = 0.086615",
        ),
        Figure(
            "new w21",
            "0.269445",
            "It starts from article B's w21 of 0.3, not 0.2, and the change of w12 is made as well"
            " as its own:\n"
            "0.3 - 0.0027 x 0.7 - 0.0819 x 0.35 = 0.269445",
        ),
        Figure(
            "new w22",
            "0.18534",
            "Its change is made twice, with the delta4 that is ten times too large:\n"
            "0.3 - 0.0819 x 0.7 - 0.0819 x 0.7 = 0.18534",
        ),
        Figure(
            "y3 again",
            "0.57",
            "That is article B's figure, from B's weights:\n"
            "F(0.200945 x 0.35 + 0.29811 x 0.7) = 0.5693",
        ),
        Figure("y4 again", "0.56"),
        Figure(
            "y5 again",
            "0.61",
            "No correct reading of the example gives 0.61, nor do this article's own weights. It is"
            " article B's figure, from B's wrong weights:\n"
            "F(0.08567 x 0.57 + 0.67816 x 0.56) = 0.6055",
        ),
        Figure("error again", "-0.11"),
    ),
    remarks=(
        "w12, w13, w21 and w22 are article B's new weights with one change more: that of w21 on"
        " w12, that of w11 on w13, that of w12 on w21, and that of w22 once again.",
        "It defines y_j = F(a_j) with a_1 in the exponent; a_j is meant.",
        "It defines Delta w_ij with O_j; O_i is meant, the output that the weight multiplies, and"
        " that is what the numbers take.",
    ),
)

ARTICLE_B = Article(
    name="B",
    w21=0.3,
    figures=(
        Figure("a1", "0.28"),
        Figure("y3", "0.57"),
        Figure("a2", "0.315"),
        Figure("y4", "0.59", WHY_Y4),
        Figure("a3", "0.702"),
        Figure("y5", "0.67"),
        Figure("error", "-0.17"),
        Figure("delta5", "-0.0376"),
        Figure(
            "delta5 in delta3",
            "-0.0375",
            "Here it is cut off rather than rounded: 0.67 x (1 - 0.67) x -0.17 = -0.037587",
        ),
        Figure("delta3", "-0.0027"),
        Figure("delta5 in delta4", "-0.376", "The point has slipped: 10 x -0.0376 = -0.376"),
        Figure(
            "delta4",
            "-0.0819",
            "That is ten times too large. With delta5 as it was first printed:\n"
            "0.59 x (1 - 0.59) x 0.9 x -0.0376 = -0.0082",
        ),
        Figure("delta5 in Delta w23", "-0.376", "The point has slipped: 10 x -0.0376 = -0.376"),
        Figure(
            "Delta w23",
            "-0.22184",
            "That is ten times too large. With delta5 as it was first printed:\n"
            "1 x -0.0376 x 0.59 = -0.022184",
        ),
        Figure("new w23", "0.67816"),
        Figure("Delta w11", "0.000945", WHY_CHANGE_OF_W11),
        Figure("new w11", "0.200945"),
        Figure("new w12", "0.271335"),
        Figure(
            "new w13",
            "0.08567",
            "delta5 is ten times too large here too, and the last digit is off besides:\n"
            "0.3 - 0.376 x 0.57 = 0.08568",
        ),
        Figure("new w21", "0.29811"),
        Figure("new w22", "0.24267"),
        Figure("y3 again", "0.57"),
        Figure(
            "y4 again", "0.56", "That is cut off rather than rounded, and the weights are wrong."
        ),
        Figure(
            "y5 again",
            "0.61",
            "No correct reading of the example gives 0.61. It comes of the wrong w13 and w23, which"
            " were changed ten times too much.",
        ),
        Figure("error again", "-0.11"),
    ),
    remarks=(
        "It says that w_ij leads from the jth input to the ith neuron; its numbers have it lead"
        " from the ith to the jth.",
        "It defines the change of w_ij with O_j; O_i is meant, the output that the weight"
        " multiplies. For a hidden unit it writes O_j (1 - O); 1 - O_j is meant.",
        "In delta4 it writes (1 - y5); 1 - y4 is meant, and that is what the numbers take.",
        "In the change of w11 it writes O4; x1 is meant, and that is what the numbers take.",
        "In the update of w23 it calls this weight w4,5.",
        "It writes nabla, the sign of a gradient, for the change of a weight, which is minus the"
        " gradient.",
    ),
)

ARTICLES = (ARTICLE_A, ARTICLE_B)


# ── The example, computed ─────────────────────────────────────────────────────


def starting_weights(article: Article) -> dict[str, Value]:
    """The weights before the first update, by name."""
    numbers = {**WEIGHTS, "w21": article.w21}
    return {name: Value(number, label=name) for name, number in numbers.items()}


def forward_and_backward(w: dict[str, Value]) -> dict[str, Value]:
    """Every quantity of one pass by name; afterwards these and the weights have gradients."""
    x = {name: Value(number, label=name) for name, number in INPUTS.items()}
    a1 = w["w11"] * x["x1"] + w["w21"] * x["x2"]
    a2 = w["w12"] * x["x1"] + w["w22"] * x["x2"]
    y3 = a1.sigmoid()
    y4 = a2.sigmoid()
    a3 = w["w13"] * y3 + w["w23"] * y4
    y5 = a3.sigmoid()
    error = TARGET - y5
    loss = error**2 / 2
    loss.backward()

    quantities = {
        "a1": a1, "a2": a2, "a3": a3, "y3": y3, "y4": y4, "y5": y5, "error": error, "loss": loss,
    }  # fmt: skip
    for name, value in quantities.items():
        value.label = name
    return quantities


def updated(weights: dict[str, Value]) -> dict[str, Value]:
    """The weights one step down their gradients."""
    return {
        name: Value(weight.data - RATE * weight.grad, label=name)
        for name, weight in weights.items()
    }


def exact_figures(article: Article) -> dict[str, float]:
    """What the articles' quantities really are, by name."""
    weights = starting_weights(article)
    first = forward_and_backward(weights)
    new_weights = updated(weights)
    second = forward_and_backward(new_weights)

    exact = {name: value.data for name, value in first.items()}
    # An article's delta is minus the derivative of the loss with respect to the sum a.
    for delta, a in [("delta3", "a1"), ("delta4", "a2"), ("delta5", "a3")]:
        exact[delta] = -first[a].grad
    for name, weight in weights.items():
        exact[f"Delta {name}"] = -RATE * weight.grad
        exact[f"new {name}"] = new_weights[name].data
    for name, value in second.items():
        exact[f"{name} again"] = value.data
    return exact


def updates_to_target(article: Article, tolerance: float) -> tuple[int, float]:
    """How many updates bring y5 within ``tolerance`` of the target, and where it is then."""
    weights = starting_weights(article)
    updates = 0
    while True:
        quantities = forward_and_backward(weights)
        if abs(quantities["error"].data) < tolerance:
            return updates, quantities["y5"].data
        weights = updated(weights)
        updates += 1


# ── The steps, one by one ─────────────────────────────────────────────────────


def weighted_sum(weight: float, x: float, other_weight: float, other_x: float) -> float:
    """The sum that goes into a neuron."""
    return weight * x + other_weight * other_x


def sigmoid(a: float) -> float:
    """The output of a neuron for the sum ``a``."""
    return Value(a).sigmoid().data


def neuron(weight: float, x: float, other_weight: float, other_x: float) -> float:
    """The output of a neuron for its inputs."""
    return sigmoid(weighted_sum(weight, x, other_weight, other_x))


def error(y: float) -> float:
    """What is missing to the target."""
    return TARGET - y


def output_delta(y: float, error: float) -> float:
    """The error term of the output unit."""
    return y * (1 - y) * error


def hidden_delta(y: float, weight: float, delta: float) -> float:
    """The error term of a hidden unit, from that of the output unit behind ``weight``."""
    return y * (1 - y) * weight * delta


def change(delta: float, x: float) -> float:
    """The change of a weight that multiplies ``x`` on the way to the unit with ``delta``."""
    return RATE * delta * x


def changed(weight: float, delta: float, x: float) -> float:
    """That weight, after the change."""
    return weight + change(delta, x)


# How each quantity is computed from given numbers and figures before it. The engine does
# not need this; it serves to tell a slip in a step from a slip in what the step starts from.
# fmt: off
STEPS: dict[str, tuple[Callable[..., float], tuple[str, ...]]] = {
    "a1":          (weighted_sum, ("w11", "x1", "w21", "x2")),
    "y3":          (sigmoid,      ("a1",)),
    "a2":          (weighted_sum, ("w12", "x1", "w22", "x2")),
    "y4":          (sigmoid,      ("a2",)),
    "a3":          (weighted_sum, ("w13", "y3", "w23", "y4")),
    "y5":          (sigmoid,      ("a3",)),
    "error":       (error,        ("y5",)),
    "delta5":      (output_delta, ("y5", "error")),
    "delta3":      (hidden_delta, ("y3", "w13", "delta5")),
    "delta4":      (hidden_delta, ("y4", "w23", "delta5")),
    "Delta w23":   (change,       ("delta5", "y4")),
    "new w23":     (operator.add, ("w23", "Delta w23")),
    "Delta w11":   (change,       ("delta3", "x1")),
    "new w11":     (operator.add, ("w11", "Delta w11")),
    "new w12":     (changed,      ("w12", "delta4", "x1")),
    "new w13":     (changed,      ("w13", "delta5", "y3")),
    "new w21":     (changed,      ("w21", "delta3", "x2")),
    "new w22":     (changed,      ("w22", "delta4", "x2")),
    "y3 again":    (neuron,       ("new w11", "x1", "new w21", "x2")),
    "y4 again":    (neuron,       ("new w12", "x1", "new w22", "x2")),
    "y5 again":    (neuron,       ("new w13", "y3 again", "new w23", "y4 again")),
    "error again": (error,        ("y5 again",)),
}
# fmt: on


# ── The verdicts ──────────────────────────────────────────────────────────────


class Verdict(Enum):
    """What is to be said of a printed figure; the module's docstring explains each."""

    AGREES = "agrees"
    ROUNDING = "rounding"
    FOLLOWS = "follows"
    WRONG = "WRONG"


class Row(NamedTuple):
    """A printed figure, judged.

    ``sources`` are the figures that its step starts from, as the article has them,
    and ``step`` is what the step gives from these.
    """

    figure: Figure
    exact: float
    sources: dict[str, str]
    step: float
    wrong_sources: list[str]
    verdict: Verdict


def reads_as(number: float, printed: str) -> bool:
    """Whether ``number``, rounded to as many decimals, is the figure as printed.

    >>> reads_as(0.5781, "0.58"), reads_as(0.5781, "0.57")
    (True, False)
    """
    decimals = len(printed.partition(".")[2])
    return f"{number:.{decimals}f}" == printed


def quantity_of(name: str) -> str:
    """The quantity that a figure is.

    >>> quantity_of("y3 in a3"), quantity_of("y3 again")
    ('y3', 'y3 again')
    """
    return name.partition(" in ")[0]


def step_to(name: str, printed: dict[str, str]) -> tuple[Callable[..., float], dict[str, str]]:
    """The step to a figure, and the figures to take from those ``printed`` so far."""
    quantity = quantity_of(name)
    if quantity != name:  # such as "y3 in a3", which is to be the same as y3
        return float, {quantity: printed[quantity]}
    compute, inputs = STEPS[name]
    # What the article puts into this formula goes before what it has printed for it.
    rewritten = {source: f"{source} in {name}" for source in inputs}
    names = [rewritten[source] if rewritten[source] in printed else source for source in inputs]
    return compute, {source: printed[source] for source in names}


def judge(article: Article) -> list[Row]:
    """The verdict on each figure of an article, in its order."""
    exact = exact_figures(article)
    given = {**INPUTS, **WEIGHTS, "w21": article.w21}
    printed = {name: str(number) for name, number in given.items()}
    wrong: set[str] = set()
    rows = []
    for figure in article.figures:
        true = exact[quantity_of(figure.name)]
        compute, sources = step_to(figure.name, printed)
        step = compute(*map(float, sources.values()))
        wrong_sources = [source for source in sources if source in wrong]

        if reads_as(true, figure.printed):
            verdict = Verdict.AGREES
        elif not reads_as(step, figure.printed):
            verdict = Verdict.WRONG
        elif wrong_sources:
            verdict = Verdict.FOLLOWS
        else:
            verdict = Verdict.ROUNDING

        rows.append(Row(figure, true, sources, step, wrong_sources, verdict))
        printed[figure.name] = figure.printed
        if verdict in (Verdict.FOLLOWS, Verdict.WRONG):
            wrong.add(figure.name)
    return rows


# ── The report ────────────────────────────────────────────────────────────────

# The figures at which a part of the table begins.
HEADINGS = {
    "a1": "Forward pass",
    "delta5": "Backward pass",
    "delta5 in Delta w23": "Update of the weights",
    "Delta w23": "Update of the weights",
    "y3 again": "Second forward pass",
}


def comment(row: Row) -> str:
    """The lines to print beneath a row; nothing where all is well."""
    sources = [f"{quantity_of(name)} = {printed}" for name, printed in row.sources.items()]
    gives = "give" if len(sources) > 1 else "gives"
    step = f"{', '.join(sources)} {gives} {row.step:.6g}"
    if row.verdict is Verdict.AGREES:
        return "" if reads_as(row.step, row.figure.printed) else f"By luck: {step}"
    if quantity_of(row.figure.name) != row.figure.name:
        step = f"Printed before: {sources[0]}"
    if row.wrong_sources:
        wrong = ", ".join(quantity_of(name) for name in row.wrong_sources)
        step = f"{step}; wrong already: {wrong}"
    return f"{step}\n{row.figure.why}".rstrip()


def print_paragraph(text: str, first_indent: str, indent: str) -> None:
    """Print a text, wrapped."""
    print(textwrap.fill(text, 100, initial_indent=first_indent, subsequent_indent=indent))


def print_table(rows: Sequence[Row]) -> None:
    """The figures of one article, each comment beneath its row."""
    print(f"{'quantity':<22}{'article':>10}{'exact':>14}   verdict")
    part = ""
    for row in rows:
        name, printed, _ = row.figure
        if HEADINGS.get(name, part) != part:
            part = HEADINGS[name]
            print(part)
        print(f"  {name:<20}{printed:>10}{row.exact:>14.8f}   {row.verdict.value}")
        for line in comment(row).splitlines():
            print_paragraph(line, " " * 6, " " * 8)


def summary(rows: Sequence[Row]) -> str:
    """How many figures there are, and how many with each verdict.

    >>> summary(judge(ARTICLE_B)[:5])
    '5 figures: agrees 3, rounding 0, follows 1, WRONG 1'
    """
    verdicts = [row.verdict for row in rows]
    counts = [f"{verdict.value} {verdicts.count(verdict)}" for verdict in Verdict]
    return f"{len(rows)} figures: {', '.join(counts)}"


def report(article: Article, tolerance: float, output: Output) -> None:
    """Everything about one article, and the picture of its gradient graph."""
    print(f"Article {article.name}, where w21 = {article.w21}")
    print()
    rows = judge(article)
    print_table(rows)
    print("Elsewhere in the example")
    for text in article.remarks:
        print_paragraph(text, "  * ", "    ")
    print()
    print(f"Article {article.name}, {summary(rows)}")
    updates, y5 = updates_to_target(article, tolerance)
    print(f"It takes {updates} updates until |{TARGET} - y5| < {tolerance:g}; then y5 = {y5:.8f}")
    first_pass = forward_and_backward(starting_weights(article))
    output.save_graph(first_pass["loss"], f"hand_example_{article.name}")
    print()


# ── The derivation ────────────────────────────────────────────────────────────

NETWORK = f"""# A step of backpropagation by hand

The network has two inputs, two hidden neurons and one output neuron, and no bias. The weight
$w_{{ij}}$ leads from unit $i$ to unit $j$ of the next layer; $a_j$ is the sum of what arrives at
a neuron, each input times its weight, and $y_j = \\sigma(a_j) = 1 / (1 + e^{{-a_j}})$ is what the
neuron makes of it. The target is {TARGET}, the learning rate $\\eta$ is {RATE:g}, and the loss is
half the squared error: half, so that its derivative is the error itself.
"""

ONE_WEIGHT = """# Article A: one weight in full

There is one way from $w_{11}$ to the loss, and the derivative is the product along it.
"""

DELTAS = """### The errors of the units

The articles do not speak of derivatives but of the error $\\delta$ of each unit. It is minus the
derivative of the loss with respect to the sum that arrives there, so it says which way, and how
much, that sum should move:
"""

UPDATE = """### The update

Each weight takes a step down its derivative: its change is minus $\\eta$ times the derivative. In
the articles' words, the change of $w_{ij}$ is $\\eta \\, \\delta_j \\, o_i$, where $o_i$ is what
the weight multiplies.

| weight | before | derivative | change | after |
|---|---|---|---|---|
"""


def derivation() -> str:
    """The articles' step of backpropagation, worked out and explained, in Markdown."""
    weights = starting_weights(ARTICLE_A)
    one_weight = explain(forward_and_backward(weights)["loss"], weights["w11"]).to_markdown()
    parts = [NETWORK, ONE_WEIGHT, one_weight, *[derivation_of(article) for article in ARTICLES]]
    return "\n".join(parts)


def derivation_of(article: Article) -> str:
    """The derivatives with respect to all weights of an article, and the update, in Markdown."""
    weights = starting_weights(article)
    first = forward_and_backward(weights)
    new_weights = updated(weights)
    second = forward_and_backward(new_weights)
    deltas = [
        rf"- $\{delta} = -\partial\mathrm{{loss}}/\partial {indexed(a)} = {-first[a].grad:.8f}$"
        for delta, a in [("delta_5", "a3"), ("delta_3", "a1"), ("delta_4", "a2")]
    ]
    rows = [
        f"| ${indexed(name)}$ | {weight.data:g} | {weight.grad:.8f} | {-RATE * weight.grad:.8f} "
        f"| {new_weights[name].data:.8f} |"
        for name, weight in sorted(weights.items())
    ]
    outcome = (
        f"With the new weights $y_5$ is {second['y5'].data:.8f}, where it was "
        f"{first['y5'].data:.8f}: nearer to the target. The loss has fallen from "
        f"{first['loss'].data:.8f} to {second['loss'].data:.8f}."
    )
    parts = [
        f"# Article {article.name}: all the weights, with $w_{{21}}$ = {article.w21}\n",
        explain(first["loss"]).to_markdown(),
        DELTAS,
        *deltas,
        "",
        UPDATE + "\n".join(rows),
        f"\n{outcome}\n",
    ]
    return "\n".join(parts)


def indexed(name: str) -> str:
    """A letter and its number in LaTeX.

    >>> indexed("w11")
    'w_{11}'
    """
    return f"{name[0]}_{{{name[1:]}}}"


# ── The program ───────────────────────────────────────────────────────────────

INTRODUCTION = """Each figure that an article prints, beside the exact one from the engine.
  agrees     the exact value, rounded to the digits printed
  rounding   what the step gives from figures rounded before
  follows    what the step gives, but from a figure that was already wrong
  WRONG      not even what the step gives from the figures it starts from
"y3 in a3" is the y3 put into the formula of a3, where it is not the one printed before;
"again" is the second forward pass; F is the sigmoid.

The articles' deltas are minus the gradient of (target - y5)^2 / 2 with respect to a1, a2, a3.
Both write the loss as (predicted - actual)^2, which would make every delta twice as large.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the reports of both articles, and save their graphs and the derivation."""
    options = _parse(arguments)
    output = Output(options.output, options.layout)
    print(INTRODUCTION)
    for article in ARTICLES:
        report(article, options.tolerance, output)
    output.save_page(derivation(), "hand_example")
    output.say_how_to_look()
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m demos.hand_example",
        description="Check the worked example of two backpropagation articles.",
    )
    parser.add_argument(
        "--tolerance",
        type=float,
        default=0.01,
        help="update until y5 is closer to the target than this (default: %(default)s)",
    )
    add_output_options(parser)
    options = parser.parse_args(arguments)
    if not SMALLEST_TOLERANCE <= options.tolerance < math.inf:
        parser.error(
            f"--tolerance must be a number of at least {SMALLEST_TOLERANCE:g}, such as 0.01,"
            f" got {options.tolerance}"
        )
    return options


if __name__ == "__main__":
    sys.exit(main())
