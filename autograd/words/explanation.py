"""The explanation of one output: the chain rule worked out, and the page that says so."""

from __future__ import annotations

from typing import Any

from autograd.snapshot import Node, Snapshot
from autograd.words.derivation import Derivation
from autograd.words.page import LatexPage, MarkdownPage, Page
from autograd.words.writer import Writer


class Explanation(Derivation):
    """The chain rule for one output, as a page to read; `autograd.explain` makes one.

    Attributes:
        graph: the snapshot of the graph.
        leaf: the node whose derivative is explained, or None for all.
        derivative: the derivative of the output with respect to ``leaf``; nan without one.
        steps: the derivatives and their summands, from the output backwards.
    """

    def __init__(self, graph: Snapshot, leaf: Node | None, digits: int, limit: int) -> None:
        super().__init__(graph, leaf)
        self.digits = digits
        self.limit = limit

    def __str__(self) -> str:
        return self._on(Page())

    __repr__ = __str__

    def to_markdown(self) -> str:
        """The page in Markdown, its mathematics in LaTeX between dollar signs."""
        return self._on(MarkdownPage())

    def to_latex(self) -> str:
        """The page in LaTeX, for a document that uses the package amsmath."""
        return self._on(LatexPage())

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/markdown": self.to_markdown(), "text/plain": str(self)}

    def _on(self, page: Page) -> str:
        return Writer(self, page, self.digits, self.limit).write()
