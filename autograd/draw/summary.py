"""The text of a box that stands for many values: their number and their statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from autograd.draw.folding import Part
from autograd.draw.picture import Line
from autograd.draw.statistics import Statistics, statistics
from autograd.snapshot import Node

SMALL: Final = 0.9  # the scale of less important lines
DASH: Final = "–"  # in place of a number that does not exist
_LONGEST_LINE: Final = 28  # of counts, in characters
_PLURALS: Final = {"box": "boxes", "leaf": "leaves"}


def summary(part: Part, nodes: Sequence[Node], formatted: Callable[[float], str]) -> list[Line]:
    """The lines below the title of a box.

    Args:
        part: the part of the graph that the box stands for.
        nodes: the nodes of the part.
        formatted: the function that writes a number.
    """
    values = statistics([node.data for node in nodes])
    grads = statistics([node.grad for node in nodes if node.grad is not None])
    texts = [
        *_joined(contents(part, nodes)),
        f"values {_range(values, formatted)}",
        f"grads {_range(grads, formatted)}",
        *([_norm(nodes, grads, formatted)] if grads.count else []),
        *_joined(_counts("zero", values.zeros, grads.zeros)),
    ]
    bad = _joined(_counts("not finite", values.not_finite, grads.not_finite))
    return [
        *[Line(text, scale=SMALL) for text in texts],
        *[Line(text, bold=True, scale=SMALL) for text in bad],
    ]


def _norm(nodes: Sequence[Node], grads: Statistics, formatted: Callable[[float], str]) -> str:
    """The norm of the gradients: of the parameters, where there are any."""
    own = [node.grad for node in nodes if node.name and node.grad is not None]
    if own:
        return f"|grad| of parameters {formatted(statistics(own).norm)}"
    return f"|grad| {formatted(grads.norm)}"


def _range(numbers: Statistics, formatted: Callable[[float], str]) -> str:
    if not numbers.count:
        return DASH
    if numbers.count == numbers.not_finite:
        return "not finite"
    least, largest = formatted(numbers.least), formatted(numbers.largest)
    return least if least == largest else f"{least} to {largest}"


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "path"), count(20000, "box")
    ('1 path', '20,000 boxes')
    """
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {_PLURALS.get(noun, noun + 's')}"


def contents(part: Part, nodes: Sequence[Node]) -> list[str]:
    """The numbers of parameters, operations and leaves, unless the title gives them.

    The only leaves of a group are its parameters.
    """
    operations = computed(nodes)
    if not operations:
        return []
    parameters = sum([bool(node.name) for node in nodes])
    leaves = len(nodes) - parameters - operations
    others = (operations, "operation") if part.kind == "group" else (leaves, "leaf")
    return [count(number, noun) for number, noun in ((parameters, "parameter"), others) if number]


def _joined(texts: Sequence[str]) -> list[str]:
    """Texts in one line if it is short, or else each in a line of its own."""
    line = ", ".join(texts)
    if len(line) > _LONGEST_LINE:
        return list(texts)
    return [line] if line else []


def computed(nodes: Sequence[Node]) -> int:
    """The number of nodes that are not leaves."""
    return sum([node.op is not None for node in nodes])


def operations(nodes: Sequence[Node]) -> str:
    """The number of nodes of each operation, the most frequent first."""
    counts = Counter([node.op.name for node in nodes if node.op is not None])
    return "\n".join([f"{number:,} {name}" for name, number in counts.most_common()])


def _counts(kind: str, in_values: int, in_grads: int) -> list[str]:
    """The numbers of values and of gradients of a kind, such as "zero"."""
    counts = [(in_values, "value"), (in_grads, "grad")]
    return [f"{count(number, noun)} {kind}" for number, noun in counts if number]
