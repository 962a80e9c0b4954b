"""The page of an explanation, sentence by sentence.

It shows the statements forwards, and then goes back over them: each step is an upstream
gradient times a local derivative, and the contributions of several paths are summed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from autograd.engine import table
from autograd.snapshot import Node
from autograd.words.derivation import (
    MOST_COUNTED,
    Contribution,
    Derivation,
    DerivationStep,
    UsePath,
)
from autograd.words.notation import Fragment, Level
from autograd.words.page import Page
from autograd.words.phrases import Phrases
from autograd.words.shortening import MOST_CONTRIBUTIONS, ends, shortened
from autograd.words.statements import shown_uses

# The greatest number of factors that one equation shows.
_MOST_FACTORS: Final = 10  # of which the first 4 and the last 3 are shown if there are more
_CHOOSING: Final = (table.maximum, table.minimum, table.max, table.min)
_CHANGE: Final = 0.001  # of the leaf, in the last sentence


class Writer(Phrases):
    """A writer of the page of one explanation."""

    def __init__(self, derivation: Derivation, page: Page, digits: int, limit: int) -> None:
        super().__init__(derivation, page, digits)
        self.limit = limit
        self._given: list[int] = []

    def write(self) -> str:
        """The whole page."""
        output, leaf = self.name(self.root.id), self.it.leaf
        ending = "depends on its inputs" if leaf is None else f"changes with {self.name(leaf.id)}"
        self.page.title(f"How {output} {ending}")
        if self.root.op is None:
            number = self.figure(self.root.data)
            self.page.paragraph(f"{output} is an input, {number}: it was not computed.")
            return self.page.text()
        self._write_forward()
        if leaf is not None and leaf.id != self.root.id:
            self._write_paths(leaf)
        self._write_backward()
        if leaf is None:
            self._write_gradient()
        else:
            self._write_result(leaf)
        self.page.paragraph(
            f"Numbers are shown with {self.digits} digits, and calculated with all of them."
        )
        return self.page.text()

    # ── Forward ───────────────────────────────────────────────────────────────

    def _write_forward(self) -> None:
        it = self.it
        self.page.heading("Forward")
        statements = [id for id in self.statements.ids if id in it.relevant]
        beginning, end = ends(statements, self.limit)
        shown = beginning + end
        sources = dict.fromkeys([use.source for id in shown for use in self.statements.uses(id)])
        used = [id for id in sources if id not in it.relevant or it.graph[id].op is None]
        self._given = [id for id in used if it.graph[id].op is None]
        self._write_given("Given:", self._given)
        apart = [id for id in used if it.graph[id].op is not None]
        if it.leaf is not None and apart:
            self._write_given(f"Computed without {self.name(it.leaf.id)}:", apart)
        self.page.equations([self._statement(id) for id in beginning])
        self._write_omission(len(statements) - len(shown), "statements")
        self.page.equations([self._statement(id) for id in end])
        for id in shown:
            self._note_statement(it.graph[id])

    def _write_omission(self, count: int, what: str) -> None:
        if count:
            self.page.paragraph(f"… and {count} more {what} …")

    def _write_given(self, introduction: str, ids: Sequence[int]) -> None:
        texts = [
            self.math(f"{self.symbol(id)} = {self.number(self.it.graph[id].data).text}")
            for id in ids[: self.limit]
        ]
        if len(ids) > len(texts):
            texts.append(f"and {len(ids) - len(texts)} more")
        if texts:
            self.page.paragraph(f"{introduction} {', '.join(texts)}.")

    def _statement(self, id: int) -> list[str]:
        right, filled = self.written(self.statements.expression(id, self.notation))
        number = self.number(self.it.graph[id].data)
        return _without_repetition([self.symbol(id), right.text, filled.text, number.text])

    def _note_statement(self, node: Node) -> None:
        if node.op is table.where:
            self.page.paragraph(
                f"For {self.name(node.id)}, where() took this branch; the other has no part in it."
            )
        inputs = [self.it.graph[use.source].data for use in self.statements.uses(node.id)]
        if not math.isfinite(node.data) and all(map(math.isfinite, inputs)):
            statement = f"{self.name(node.id)} = {self.figure(node.data)}"
            self.page.paragraph(f"{statement} is the first that is not finite.")

    # ── Paths ─────────────────────────────────────────────────────────────────

    def _write_paths(self, leaf: Node) -> None:
        if self.it.users[leaf.id].keys() == {self.root.id}:
            return  # the backward step says the same
        count, paths = self.it.paths()
        start, end = self.name(leaf.id), self.name(self.root.id)
        if count == 1:
            self.page.heading(f"The path from {start} to {end}")
            self.page.paragraph(self._arrows(leaf, paths[0]))
            self.page.paragraph("By the chain rule, the local derivatives along it multiply:")
            self.page.equations([[self.adjoint(leaf.id), *self._along(paths[0])]])
            return
        self.page.heading(f"The paths from {start} to {end}")
        number = f"more than {MOST_COUNTED:,}" if count >= MOST_COUNTED else f"{count:,}"
        listed = "" if count == len(paths) else f" The {len(paths)} that contribute most:"
        self.page.paragraph(
            f"There are {number} paths. By the chain rule, the local derivatives along each "
            f"multiply, and the products add up.{listed}"
        )
        for path in paths:
            self.page.paragraph(self._arrows(leaf, path))
            self.page.equations([self._along(path)[1:]])
        self._write_sum_of_paths(leaf, count, paths)

    def _arrows(self, leaf: Node, path: UsePath) -> str:
        ids = [leaf.id, *[step.user for step in path.steps]]
        names = shortened([*map(self.symbol, ids)], self.notation.ellipsis, _MOST_FACTORS, 4, 3)
        return self.math(f" {self.page.arrow} ".join(names))

    def _along(self, path: UsePath) -> list[str]:
        """The product of the local derivatives along a path, in signs, formulas and numbers."""
        rows = []
        for step in shortened(path.steps[::-1], None, _MOST_FACTORS, 4, 3):
            if step is None:
                rows.append([self.ellipsis] * 3)
                continue
            use = step.item
            sign = Fragment(self.derivative(step.user, use.source))
            formula, _ = self.local(step.user, [use])
            rows.append([sign, formula, self.number(use.contribution(1.0))])
        sides = [self.times(side).text for side in zip(*rows)]
        return _without_repetition([*sides, self.number(path.product).text])

    def _write_sum_of_paths(self, leaf: Node, count: int, paths: Sequence[UsePath]) -> None:
        products = [path.product for path in paths]
        terms = [self.number(product) for product in products]
        total = self.it.derivative
        if count == len(paths):
            self.page.paragraph("Together:")
        else:
            terms.append(self.ellipsis)
            if math.isfinite(total):
                rest = self.figure(total - sum(products))
                self.page.paragraph(f"All the others add up to {rest}. Together:")
        equation = [self.adjoint(leaf.id), self.plus(terms), self.number(total).text]
        self.page.equations([equation])

    # ── Backward ──────────────────────────────────────────────────────────────

    def _write_backward(self) -> None:
        self.page.heading("Backward, step by step")
        steps = self.it.steps[1:]
        introduction = (
            f"We begin with {self.math(f'{self.adjoint(self.root.id)} = 1')} and go back. Each "
            "derivative is one found before, the upstream one, times a local derivative: how fast "
            "a statement changes with one of the values in it."
        )
        if any(len(part.uses) > 1 or len(step.contributions) > 1
               for step in steps for part in step.contributions):  # fmt: skip
            introduction += " What is used in several places gets a contribution from each."
        self.page.paragraph(introduction)
        beginning, end = ends(steps, self.limit)
        self._write_steps(beginning)
        self._write_omission(len(steps) - len(beginning) - len(end), "steps")
        self._write_steps(end)
        if self.has_conditions:
            self.page.paragraph(
                "A condition in brackets stands for 1 where it holds, and for 0 where it does not."
            )

    def _write_steps(self, steps: Sequence[DerivationStep]) -> None:
        equations: list[list[str]] = []
        for step in steps:
            equations.append(self._equation(step))
            notes = dict.fromkeys(self._notes(step))
            if notes:
                self.page.equations(equations)
                equations = []
                self.page.paragraph(" ".join(notes))
        self.page.equations(equations)

    def _equation(self, step: DerivationStep) -> list[str]:
        """The derivative with respect to one value: in signs, formulas and numbers."""
        shown = _shown_contributions(step.contributions)
        rows = [self._shares(step.node, part) for part in shown]
        if len(shown) < len(step.contributions):
            rows.append([self.ellipsis] * len(rows[0]))
        equation = [self.adjoint(step.node), *[self.plus(side) for side in zip(*rows)]]
        return _without_repetition([*equation, self.number(step.derivative).text])

    def _shares(self, id: int, part: Contribution) -> list[Fragment]:
        """The contribution of one statement to each side of the equation."""
        formula, filled = self.local(part.user, part.uses)
        local, product = self._local_number(part), self.number(part.product)
        if part.user == self.root.id:  # the upstream gradient is 1
            return [formula, formula, filled, local, product]
        sign = Fragment(self.derivative(part.user, id))
        upstream, number = Fragment(self.adjoint(part.user)), self.number(part.upstream)
        return [
            self.times([upstream, sign]),
            self.times([upstream, formula]),
            self.times([number, filled]),
            self.times([number, local]),
            product,
        ]

    def _local_number(self, part: Contribution) -> Fragment:
        """A local derivative in numbers: for several uses in one statement, the sum of theirs."""
        shown = shown_uses(part.uses)
        numbers = [self.number(use.contribution(1.0)) for use in shown]
        if len(numbers) == 1:
            return numbers[0]
        if len(shown) < len(part.uses):
            numbers.insert(-1, self.ellipsis)
        return Fragment(self.plus(numbers), Level.SUM)

    def _notes(self, step: DerivationStep) -> Iterable[str]:
        shown = _shown_contributions(step.contributions)
        others = [part.product for part in step.contributions[len(shown) :]]
        if others:
            rest = self.figure(sum(others))
            yield f"The {len(others)} contributions left out add up to {rest}."
        for part in shown:
            omitted = len(part.uses) - len(shown_uses(part.uses))
            if omitted:
                rest = self.figure(
                    sum([use.contribution(part.upstream) for use in part.uses[3:-1]])
                )
                yield f"The {omitted} contributions left out in the middle add up to {rest}."
            yield from self._kinks(part)
            yield from self._bad_numbers(step.node, part)

    def _kinks(self, part: Contribution) -> Iterable[str]:
        """The derivatives taken by convention, at kinks and ties."""
        for use in part.uses:
            for id, position in use.edges:
                node = self.it.graph[id]
                assert node.op is not None
                numbers = [
                    self.it.graph[x].data if type(x) is int else float(x) for x in node.operands
                ]
                if node.op.kinks and numbers[0] in node.op.kinks and position == 0:
                    what = f"At {self.figure(numbers[0])}, {node.op.symbol} has a kink"
                    taken = self.figure(node.local_derivatives[0])
                    yield f"{what}; its derivative there is taken as {taken}."
                elif node.op in _CHOOSING and numbers.count(node.data) > 1:
                    yield f"This is a tie, and {node.op.symbol} shares its derivative equally."

    def _bad_numbers(self, id: int, part: Contribution) -> Iterable[str]:
        """The reason why a derivative is the first that is not finite."""
        if math.isfinite(part.product) or math.isnan(part.upstream):
            return
        factors = [part.upstream, *[number for use in part.uses for number in use.factors]]
        if math.isnan(part.product) and 0.0 in factors and math.inf in map(abs, factors):
            yield "0 times infinity has no value, which is what nan says."
        elif math.isfinite(part.upstream) and not math.isfinite(part.local):
            yield (
                f"Here it stops being finite: {self.name(part.user)} changes with "
                f"{self.name(id)} at the rate {self.figure(part.local)}."
            )
        elif math.isfinite(part.upstream):
            yield "Here it stops being finite: the product is beyond the largest float."

    # ── Result ────────────────────────────────────────────────────────────────

    def _write_gradient(self) -> None:
        leaves = [node.id for node in self.it.graph if node.op is None]
        self.page.heading("The gradient")
        shown = [*dict.fromkeys(self._given + leaves)][: self.limit]
        self.page.equations(
            [[self.adjoint(id), self.number(self.it.adjoints[id]).text] for id in shown]
        )
        self._write_omission(len(leaves) - len(shown), "inputs")

    def _write_result(self, leaf: Node) -> None:
        derivative = self.it.derivative
        equation = self.math(f"{self.adjoint(leaf.id)} = {self.number(derivative).text}")
        sentence = f"So {equation}."
        if math.isfinite(derivative) and derivative != 0.0:
            change = self.figure(abs(derivative) * _CHANGE)
            direction = "larger" if derivative > 0.0 else "smaller"
            sentence += (
                f" Were {self.name(leaf.id)} larger by {self.figure(_CHANGE)}, "
                f"{self.name(self.root.id)} would be {direction} by about {change}."
            )
        self.page.paragraph(sentence)
        if leaf.grad is not None and _differ(leaf.grad, derivative):
            self.page.paragraph(
                f"The grad of {self.name(leaf.id)} is {self.figure(leaf.grad)}. That is the sum "
                f"over all backward passes since it was last 0, and not of this one output alone."
            )


def _differ(grad: float, derivative: float) -> bool:
    both_nan = math.isnan(grad) and math.isnan(derivative)
    return not both_nan and not math.isclose(grad, derivative, rel_tol=1e-9)


def _without_repetition(sides: Sequence[str]) -> list[str]:
    """The sides of an equation without those equal to the one before."""
    return [side for i, side in enumerate(sides) if i == 0 or side != sides[i - 1]]


def _shown_contributions(contributions: Sequence[Contribution]) -> Sequence[Contribution]:
    if len(contributions) <= MOST_CONTRIBUTIONS:
        return contributions
    return contributions[: MOST_CONTRIBUTIONS - 2]
