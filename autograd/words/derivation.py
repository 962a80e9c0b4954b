"""The chain rule worked out in numbers, on the statements of one graph.

A snapshot of the graph is enough: no gradient of any Value is needed, read or changed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from autograd.snapshot import Node, Snapshot
from autograd.snapshot.paths import PathStep, logarithm_of, steps_of, strongest_paths
from autograd.words.statements import Statements, Use

_MOST_PATHS: Final = 4
# The number up to which paths are counted.
MOST_COUNTED: Final = 10**12


@dataclass(frozen=True, slots=True)
class Contribution:
    """The amount that one statement adds to the derivative with respect to a value it uses.

    Attributes:
        user: the id of the node whose statement it is.
        uses: the occurrences of the value in it.
        upstream: the derivative of the output with respect to that node.
        local: the derivative of that node with respect to the value, in that statement alone.
        product: ``upstream * local``.
    """

    user: int
    uses: tuple[Use, ...]
    upstream: float
    local: float
    product: float


@dataclass(frozen=True, slots=True)
class DerivationStep:
    """The derivative of the output with respect to one value, and its summands.

    Attributes:
        node: the id of the value's node.
        contributions: one for each statement that uses the value.
        derivative: the derivative, which is their sum.
    """

    node: int
    contributions: tuple[Contribution, ...]
    derivative: float


@dataclass(frozen=True, slots=True)
class UsePath:
    """A path from the leaf to the output: its steps, each with the use of a value."""

    steps: tuple[PathStep[Use], ...]

    @property
    def product(self) -> float:
        """The contribution of the path: the product of its local derivatives."""
        product = 1.0
        for step in reversed(self.steps):
            product = step.item.contribution(product)
        return product


class Derivation:
    """The chain rule for one output, worked out.

    Attributes:
        graph: the snapshot of the graph.
        leaf: the node whose derivative is asked for, or None for all.
        derivative: the derivative of the output with respect to ``leaf``; nan without one.
        statements: the statements of the graph.
        adjoints: for each node, the derivative of the output with respect to it.
        relevant: the ids of the nodes on a path from the leaf to the output; without a leaf, all.
        users: for each value, the statements that use it, and its uses there.
        steps: the adjoints of the values that have a name, from the output backwards.
    """

    def __init__(self, graph: Snapshot, leaf: Node | None) -> None:
        self.graph = graph
        self.leaf = leaf
        self.statements = Statements(graph, [] if leaf is None else [leaf.id])
        self.adjoints = graph.adjoints()
        self.derivative = math.nan if leaf is None else self.adjoints[leaf.id]
        self.relevant = self._relevant()
        self.users = self._users()
        order = sorted(self.relevant & self.statements.names.keys(), reverse=True)
        self.steps = tuple([self._adjoint(id) for id in order])

    def _relevant(self) -> set[int]:
        if self.leaf is None:
            return set(range(len(self.graph)))
        return {self.leaf.id, *[node.id for node in self.graph.descendants(self.leaf)]}

    def _users(self) -> dict[int, dict[int, list[Use]]]:
        users: dict[int, dict[int, list[Use]]] = {}
        for statement in reversed(self.statements.ids):
            if statement in self.relevant:
                for use in self.statements.uses(statement):
                    if use.source in self.relevant:
                        users.setdefault(use.source, {}).setdefault(statement, []).append(use)
        return users

    def _adjoint(self, id: int) -> DerivationStep:
        contributions = []
        for user, uses in self.users.get(id, {}).items():
            upstream = self.adjoints[user]
            local = sum([use.contribution(1.0) for use in uses])
            product = sum([use.contribution(upstream) for use in uses])
            contributions.append(Contribution(user, tuple(uses), upstream, local, product))
        return DerivationStep(id, tuple(contributions), self.adjoints[id])

    def paths(self) -> tuple[int, list[UsePath]]:
        """The number of paths from the leaf to the output, and the largest of them.

        Raises:
            ValueError: there is no leaf.
        """
        if self.leaf is None:
            raise ValueError("paths() are those from a leaf: take explain(output, leaf).paths()")
        steps = {
            id: [
                PathStep(user, sum(map(logarithm_of, use.factors)), use)
                for user, uses in users.items()
                for use in uses
            ]
            for id, users in self.users.items()
        }
        found = strongest_paths(self.graph.root.id, steps, _MOST_PATHS, MOST_COUNTED)
        count, paths = found[self.leaf.id]
        return count, [UsePath(tuple(steps_of(path))) for path in paths]
