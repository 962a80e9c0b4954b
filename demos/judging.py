"""Verdicts on the figures that the articles print (demos/articles.py), beside the exact ones.

A figure may be wrong in itself, or right in itself and made from one that was wrong already. So
each is held against two numbers: the exact one, and what its step gives from the figures, as
printed, that it starts from.
`MEANINGS` says what the verdicts are. None is written down in advance.
"""

from __future__ import annotations

import argparse
import math
import operator
import textwrap
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from demos.articles import INPUTS, RATE, SITE, TARGET, TITLE, Article, Figure, Slip

DIGITS = 6  # significant ones, of every number of ours
TRACED = (0, 1, 2, 5, 10, 20, 50)  # updates after which y5 is shown
SMALLEST_TOLERANCE = 1e-12  # far above the rounding errors of floats, so that y5 comes so near

# ── The steps, one by one ─────────────────────────────────────────────────────


def weighted_sum(weight: float, x: float, other_weight: float, other_x: float) -> float:
    """The sum that goes into a neuron."""
    return weight * x + other_weight * other_x


def sigmoid(a: float) -> float:
    """The output of a neuron for the sum ``a``."""
    return 1.0 / (1.0 + math.exp(-a))


def neuron(weight: float, x: float, other_weight: float, other_x: float) -> float:
    """The output of a neuron for its inputs."""
    return sigmoid(weighted_sum(weight, x, other_weight, other_x))


def error(y: float) -> float:
    """The target minus the output."""
    return TARGET - y


def output_delta(y: float, error: float) -> float:
    """The delta of the output neuron."""
    return y * (1 - y) * error


def hidden_delta(y: float, weight: float, delta: float) -> float:
    """The delta of a hidden neuron, from that of the output neuron that ``weight`` leads to."""
    return y * (1 - y) * weight * delta


def change(delta: float, x: float) -> float:
    """The change of a weight that leads from the output ``x`` to the neuron with ``delta``."""
    return RATE * delta * x


def changed(weight: float, delta: float, x: float) -> float:
    """That weight, after the change."""
    return weight + change(delta, x)


# The step that computes each figure, and the figures that it starts from.
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
    """The verdict on a printed figure."""

    AGREES = "agrees"
    BY_LUCK = "by luck"
    ROUNDING = "rounding"
    FOLLOWS = "follows"
    WRONG = "WRONG"


MEANINGS = {
    Verdict.AGREES: "the exact value, rounded to the digits printed",
    Verdict.BY_LUCK: "the exact value, but not what the step gives from the figures it starts from",
    Verdict.ROUNDING: "not the exact value, but what the step gives from figures rounded before",
    Verdict.FOLLOWS: "what the step gives, but from a figure that was already wrong",
    Verdict.WRONG: "neither the exact value nor what the step gives",
}

NOTATION = (
    '"y3 in a3" is a y3 put into the formula of a3, listed where it is not the one printed last or '
    'was wrong before; "again" is the second forward pass; F is the sigmoid.'
)
DELTAS = (
    "The articles' deltas are minus the gradient of (target - y5)^2 / 2 with respect to a1, a2 and "
    "a3. Both write the loss as (predicted - actual)^2, whose deltas are twice as large."
)


class JudgedFigure(NamedTuple):
    """A printed figure and the verdict on it.

    ``sources`` are the figures that its step starts from, by quantity, and ``step`` is what the
    step gives from these. ``wrong_sources`` are those that were wrong already.
    """

    figure: Figure
    exact: float
    sources: dict[str, Figure]
    step: float
    wrong_sources: list[str]
    verdict: Verdict


def rounded(x: float) -> str:
    """A number as it is shown beside the articles' figures.

    >>> rounded(2 / 3), rounded(0.35)
    ('0.666667', '0.35')
    """
    return f"{x:.{DIGITS}g}"


def reads_as(x: float, printed: str) -> bool:
    """True if ``x``, rounded to as many decimals, is the figure as printed.

    >>> reads_as(0.5781, "0.58"), reads_as(0.5781, "0.57")
    (True, False)
    """
    decimals = len(printed.partition(".")[2])
    return f"{x:.{decimals}f}" == printed


def quantity_of(name: str) -> str:
    """The quantity that a figure is.

    >>> quantity_of("y3 in a3"), quantity_of("y3 again")
    ('y3', 'y3 again')
    """
    return name.partition(" in ")[0]


def judge(article: Article, exact: Mapping[str, float]) -> list[JudgedFigure]:
    """The verdict on each figure of an article, in its order.

    Args:
        article: the article.
        exact: its exact quantities, by name.
    """
    given = {**INPUTS, **article.weights}
    history = {name: [Figure(name, str(number))] for name, number in given.items()}
    wrong: set[Figure] = set()
    rows = []
    for figure in article.figures:
        quantity = quantity_of(figure.name)
        if quantity == figure.name:
            compute, inputs = STEPS[quantity]
            sources = {name: history[name][-1] for name in inputs}
        else:  # such as "y3 in a3", which repeats a y3 printed before
            printed_so = [old for old in history[quantity] if old.printed == figure.printed]
            compute, sources = float, {quantity: [*history[quantity], *printed_so][-1]}
        step = compute(*(float(source.printed) for source in sources.values()))
        wrong_sources = [name for name, source in sources.items() if source in wrong]

        follows = reads_as(step, figure.printed)
        if reads_as(exact[quantity], figure.printed):
            verdict = Verdict.AGREES if follows else Verdict.BY_LUCK
        elif not follows:
            verdict = Verdict.WRONG
        else:
            verdict = Verdict.FOLLOWS if wrong_sources else Verdict.ROUNDING

        rows.append(JudgedFigure(figure, exact[quantity], sources, step, wrong_sources, verdict))
        history.setdefault(quantity, []).append(figure)
        if verdict in (Verdict.FOLLOWS, Verdict.WRONG):
            wrong.add(figure)
    return rows


def summary(rows: Sequence[JudgedFigure]) -> str:
    """The number of figures, and of those with each verdict.

    >>> from demos.articles import ARTICLE_A
    >>> beginning = ARTICLE_A._replace(figures=ARTICLE_A.figures[:2])
    >>> summary(judge(beginning, {"a1": 0.21, "y3": 0.552308}))
    '2 figures: agrees 1, by luck 0, rounding 0, follows 0, WRONG 1'
    """
    verdicts = [row.verdict for row in rows]
    counts = [f"{verdict.value} {verdicts.count(verdict)}" for verdict in Verdict]
    return f"{len(rows)} figures: {', '.join(counts)}"


def comment(row: JudgedFigure) -> list[str]:
    """The remarks on a figure, one to a line; none where it agrees."""
    if row.verdict is Verdict.AGREES:
        return []
    sources = [f"{name} = {source.printed}" for name, source in row.sources.items()]
    gives = "give" if len(sources) > 1 else "gives"
    step = f"{', '.join(sources)} {gives} {rounded(row.step)}"
    if quantity_of(row.figure.name) != row.figure.name:
        step = f"Printed before: {sources[0]}"
    if row.wrong_sources:
        step = f"{step}; wrong already: {', '.join(row.wrong_sources)}"
    return [step, *row.figure.why.splitlines()]


# ── All of an article ─────────────────────────────────────────────────────────


class Worked(NamedTuple):
    """One version of the article, worked out.

    Attributes:
        article: its given numbers and its printed figures.
        exact: its quantities by name, from the first forward pass to the second.
        squared: its deltas by name, if the loss is the whole squared error and not half of it.
        rows: its figures, judged.
        outputs: y5 before the first update and after each, to within `SMALLEST_TOLERANCE`.
    """

    article: Article
    exact: dict[str, float]
    squared: dict[str, float]
    rows: list[JudgedFigure]
    outputs: list[float]

    def updates_until(self, tolerance: float) -> int:
        """The number of updates that bring y5 within ``tolerance`` of the target."""
        return next(n for n, y5 in enumerate(self.outputs) if abs(TARGET - y5) < tolerance)

    def updates_to(self, printed: str) -> int:
        """The number of updates that bring y5 to a figure, rounded as that is."""
        return next(n for n, y5 in enumerate(self.outputs) if reads_as(y5, printed))


def traced(worked: Sequence[Worked], tolerance: float) -> list[int]:
    """The numbers of updates after which y5 is shown, up to those that bring it to the target."""
    last = {each.updates_until(tolerance) for each in worked}
    return sorted(last.union(updates for updates in TRACED if updates < max(last)))


# ── The report ────────────────────────────────────────────────────────────────

# The figures at which a part of the table begins.
HEADINGS = {
    "a1": "Forward pass",
    "delta5": "Backward pass",
    "delta5 in Delta w23": "Update of the weights",
    "Delta w23": "Update of the weights",
    "y3 again": "Second forward pass",
}


def print_paragraph(text: str, first_indent: str, indent: str) -> None:
    """Print a text, wrapped."""
    print(textwrap.fill(text, 100, initial_indent=first_indent, subsequent_indent=indent))


def add_tolerance_option(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--tolerance``, the distance from the target at which it stops."""
    parser.add_argument(
        "--tolerance",
        type=_tolerance,
        default=0.01,
        help="update until y5 is closer to the target than this (default: %(default)s)",
    )


def _tolerance(text: str) -> float:
    """The tolerance that a command line gives; with a smaller one the updates might never end."""
    try:
        tolerance = float(text)
    except ValueError:
        tolerance = math.nan
    if not SMALLEST_TOLERANCE <= tolerance < math.inf:
        raise argparse.ArgumentTypeError(
            f"must be a number of at least {SMALLEST_TOLERANCE:g}, such as 0.01, got {text!r}"
        )
    return tolerance


def print_introduction() -> None:
    """Print the source of the example, and the meaning of each verdict."""
    print_paragraph(
        f'The example of "{TITLE}" ({SITE}), in its two published versions, A and B. Each figure '
        "that they print is set beside the exact one, and gets a verdict:",
        "",
        "",
    )
    for verdict, meaning in MEANINGS.items():
        print(f"  {verdict.value:<11}{meaning}")
    print_paragraph(NOTATION, "", "")
    print_paragraph(DELTAS, "", "")
    print()


def print_table(rows: Sequence[JudgedFigure]) -> None:
    """Print the figures of one article, each with its remarks beneath."""
    print(f"{'quantity':<22}{'article':>10}{'exact':>14}   verdict")
    part = ""
    for row in rows:
        name, printed, _ = row.figure
        if HEADINGS.get(name, part) != part:
            part = HEADINGS[name]
            print(part)
        print(f"  {name:<20}{printed:>10}{rounded(row.exact):>14}   {row.verdict.value}")
        for line in comment(row):
            print_paragraph(line, " " * 6, " " * 8)


def print_slips(slips: Sequence[Slip]) -> None:
    """Print the slips in words and letters, each with a remark beneath."""
    for slip in slips:
        print_paragraph(f'"{slip.says}"', "  * ", "    ")
        print_paragraph(slip.remark, "    ", "    ")


def print_report(worked: Worked, tolerance: float) -> None:
    """Print all about one article, up to the update that brings y5 within ``tolerance``."""
    article = worked.article
    print(f"Article {article.name}, where w21 = {article.w21}\n")
    print_table(worked.rows)
    print(f"{summary(worked.rows)}\n")
    print("Its other slips")
    print_slips(article.slips)
    print("\nThe deltas of half the squared error, and of the squared error")
    for name, twice in worked.squared.items():
        print(f"  {name:<20}{rounded(worked.exact[name]):>14}{rounded(twice):>14}")
    print(f"\n{'updates':>9}{'y5':>12}")
    for updates in traced([worked], tolerance):
        print(f"{updates:>9}{rounded(worked.outputs[updates]):>12}")
    last = worked.updates_until(tolerance)
    print(
        f"It takes {last} updates until |{TARGET} - y5| < {tolerance:g}, and"
        f" {worked.updates_until(SMALLEST_TOLERANCE)} until < {SMALLEST_TOLERANCE:g}."
    )
