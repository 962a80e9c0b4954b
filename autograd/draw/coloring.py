"""The colours of boxes and edges: the numbers that choose them, and the legend."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from autograd.draw.colors import THEMES, Scale, blend
from autograd.draw.folding import Folding
from autograd.draw.options import DotOptions
from autograd.draw.picture import Legend, Swatch
from autograd.snapshot import Node, Snapshot


class Coloring:
    """The colours of one picture, on a scale that fits its numbers."""

    def __init__(self, graph: Snapshot, folding: Folding, options: DotOptions) -> None:
        self.by = options["color_by"]
        self.theme = THEMES[options["theme"]]
        on_edges = self.by == "local derivative"
        self.stops = self.theme.lines if on_edges else self.theme.stops
        self.scale = Scale.of(
            _on_edges(graph, folding) if on_edges else self._in_boxes(graph, folding)
        )
        self.alarming = False  # True once anything has the colour of numbers that are not finite

    def _in_boxes(self, graph: Snapshot, folding: Folding) -> list[float]:
        """The numbers that give boxes their colours, one each."""
        boxes = [self.numbers([graph.nodes[id] for id in part.nodes]) for part in folding.parts]
        return [max(numbers, key=abs) for numbers in boxes if numbers and _all_finite(numbers)]

    def numbers(self, nodes: Sequence[Node]) -> list[float]:
        """The numbers of a box, the largest of which gives it its colour."""
        if self.by == "value":
            return [node.data for node in nodes]
        if self.by == "gradient":
            return [node.grad for node in nodes if node.grad is not None]
        return []

    def color(self, numbers: Sequence[float], plain: str) -> tuple[str, bool]:
        """The colour of the largest of some numbers, and True if dashes show its sign.

        Args:
            numbers: of a box or an edge.
            plain: the colour if there are none.
        """
        if not _all_finite(numbers):
            self.alarming = True
            return self.theme.alarm, False
        if not numbers or self.scale is None:
            return plain, False
        largest = max(numbers, key=abs)
        color = blend(self.stops, self.scale.position(largest))
        return color, self.theme.dashes and largest < 0.0

    def legend(self, formatted: Callable[[float], str]) -> Legend | None:
        """The legend of the colours used so far; None if numbers have none."""
        if self.scale is None:
            return None
        swatches = [Swatch(self.theme.alarm, "inf or nan")] if self.alarming else []
        title = str(self.by)
        if self.theme.dashes:
            title += " (dashed: negative)"
        return Legend((*self.scale.legend(self.stops, formatted), *swatches), title)


def _on_edges(graph: Snapshot, folding: Folding) -> list[float]:
    """The local derivatives on the edges between values that have a box each."""

    def has_a_box(id: int) -> bool:
        return folding.parts[folding.part_of[id]].kind == "value"

    return [
        local
        for node in graph
        for source, local in zip(node.inputs, node.local_derivatives)
        if has_a_box(node.id) and has_a_box(source)
    ]


def _all_finite(numbers: Sequence[float]) -> bool:
    return all(map(math.isfinite, numbers))
