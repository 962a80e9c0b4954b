"""Explanations: the chain rule at work on one graph, written down for a person.

The page shows what was computed, statement by statement, and then
goes back over it: each step is the derivative from above times a local derivative, and
what reaches a value on several ways is summed. It is all worked out on a snapshot of the
graph, so that no gradient of any Value is needed, looked at or changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from autograd.engine import table
from autograd.snapshot import Node, Snapshot
from autograd.snapshot.paths import Found, Step, size_of, steps_of, strongest
from autograd.words.expressions import expanded, holds, written
from autograd.words.formulas import Reading, Use
from autograd.words.notation import Level, Style, Written
from autograd.words.page import PAGES, Page

# How many ways from a leaf are listed, of how many factors, and how many contributions.
_MOST_WAYS: Final = 4
_MOST_FACTORS: Final = 10
_MOST_CONTRIBUTIONS: Final = 6
# Ways are counted up to here.
_MANY: Final = 10**12

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one statement adds to the derivative with respect to a value that it uses.

    Attributes:
        user: the id of the node whose statement it is.
        uses: the places where it uses the value.
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
class Derivation:
    """How the derivative with respect to one value comes about.

    Attributes:
        node: the id of the value's node.
        contributions: what each statement that uses the value adds to it.
        derivative: the derivative of the output, which is their sum.
    """

    node: int
    contributions: tuple[Contribution, ...]
    derivative: float


@dataclass(frozen=True, slots=True)
class UsePath:
    """A path from the leaf to the output: for each step the statement, and the place in it."""

    steps: tuple[tuple[int, Use], ...]

    @property
    def product(self) -> float:
        """The product of the local derivatives, which is what the path contributes."""
        product = 1.0
        for _, use in reversed(self.steps):
            product = use.contribution(product)
        return product


class Explanation:
    """The chain rule for one output, worked out; `autograd.explain` makes one.

    Attributes:
        graph: the snapshot that it was worked out on.
        leaf: the node that it is about, or None if it is about all.
        derivative: the derivative of the output with respect to ``leaf``; nan without one.
        steps: how each derivative comes about, from the output backwards.
    """

    def __init__(self, graph: Snapshot, leaf: Node | None, digits: int, limit: int) -> None:
        self.graph = graph
        self.leaf = leaf
        self.digits = digits
        self.limit = limit
        self.reading = Reading(graph, [] if leaf is None else [leaf.id])
        self.adjoints = graph.adjoints()
        self.derivative = math.nan if leaf is None else self.adjoints[leaf.id]
        self.relevant = self._relevant()
        self.users = self._users()
        order = sorted(self.relevant & self.reading.names.keys(), reverse=True)
        self.steps = tuple([self._step(id) for id in order])

    def _relevant(self) -> set[int]:
        """The nodes that are on a way from the leaf to the output; without a leaf, all."""
        if self.leaf is None:
            return set(range(len(self.graph)))
        return {self.leaf.id, *[node.id for node in self.graph.descendants(self.leaf)]}

    def _users(self) -> dict[int, dict[int, list[Use]]]:
        """For each value, the statements that use it, and where."""
        users: dict[int, dict[int, list[Use]]] = {}
        for statement in reversed(self.reading.statements):
            if statement in self.relevant:
                for use in self.reading.uses(statement):
                    if use.source in self.relevant:
                        users.setdefault(use.source, {}).setdefault(statement, []).append(use)
        return users

    def _step(self, id: int) -> Derivation:
        contributions = []
        for user, uses in self.users.get(id, {}).items():
            upstream = self.adjoints[user]
            local = sum([use.contribution(1.0) for use in uses])
            product = sum([use.contribution(upstream) for use in uses])
            contributions.append(Contribution(user, tuple(uses), upstream, local, product))
        return Derivation(id, tuple(contributions), self.adjoints[id])

    def paths(self) -> tuple[int, list[UsePath]]:
        """How many paths lead from the leaf to the output, and the largest of them."""
        assert self.leaf is not None
        steps = {
            id: [
                Step(user, sum(map(size_of, use.numbers)), use)
                for user, uses in users.items()
                for use in uses
            ]
            for id, users in self.users.items()
        }
        found = strongest(self.graph.root.id, steps, _MOST_WAYS, _MANY)
        count, trails = found.get(self.leaf.id, Found(0, []))
        return count, [
            UsePath(tuple([(step.above, step.data) for step in steps_of(trail)]))
            for trail in trails
        ]

    # ── Showing itself ────────────────────────────────────────────────────────

    def __str__(self) -> str:
        return self._written("text")

    __repr__ = __str__

    def to_markdown(self) -> str:
        """The page in Markdown, its mathematics in LaTeX between dollar signs."""
        return self._written("markdown")

    def to_latex(self) -> str:
        """The page in LaTeX, to be put into a document that uses the package amsmath."""
        return self._written("latex")

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/markdown": self.to_markdown(), "text/plain": str(self)}

    def _written(self, kind: str) -> str:
        page = PAGES[kind]()
        return _Author(self, page).write()


class _Author:
    """Writes the page of an explanation, in one of the styles."""

    def __init__(self, explanation: Explanation, page: Page) -> None:
        self.it = explanation
        self.page = page
        self.style: Style = page.style
        self.reading = explanation.reading
        self.root = explanation.graph.root
        self._brackets = False
        self._given: list[int] = []

    def write(self) -> str:
        """The whole page."""
        output, leaf = self.name(self.root.id), self.it.leaf
        if leaf is None:
            self.page.title(f"How {output} depends on its inputs")
        else:
            self.page.title(f"How {output} changes with {self.name(leaf.id)}")
        if self.root.op is None:
            number = self.math(self.number(self.root.data).text)
            self.page.paragraph(f"{output} is an input, {number}: it was not computed.")
            return self.page.text()
        self._write_forward()
        if leaf is not None and leaf.id != self.root.id:
            self._write_ways(leaf)
        self._write_backward()
        if leaf is None:
            self._write_gradient()
        else:
            self._write_result(leaf)
        self.page.paragraph(
            f"Numbers are shown with {self.it.digits} digits, and calculated with all of them."
        )
        return self.page.text()

    # ── Pieces ────────────────────────────────────────────────────────────────

    def math(self, text: str) -> str:
        """A formula in the midst of a sentence."""
        return self.page.math(text)

    def symbol(self, id: int) -> str:
        """The name of a value in an equation."""
        return self.style.name(self.reading.names[id].name)

    def name(self, id: int) -> str:
        """The name of a value in the midst of a sentence."""
        return self.math(self.symbol(id))

    def number(self, number: float) -> Written:
        """A number that is no constant of a formula."""
        return self.style.number(number + self.reading.zero, self.it.digits)

    def adjoint(self, id: int) -> str:
        """The derivative of the output with respect to a value."""
        return self.style.derivative(self.symbol(self.root.id), self.symbol(id))

    def local(self, user: int, uses: Sequence[Use]) -> tuple[Written, Written]:
        """A local derivative as a formula, and the same with the numbers in it."""
        shown = _few(uses)
        formula = self.reading.local(user, shown, self.style, len(uses) - len(shown))
        self._brackets = self._brackets or holds(formula, _CONDITIONS)
        return (
            written(formula, self.style, self.it.digits),
            written(formula, self.style, self.it.digits, self.reading.numbers),
        )

    def times(self, factors: Sequence[Written]) -> Written:
        """A product whose factors are kept apart."""
        if len(factors) == 1:
            return factors[0]
        texts = [self.style.within(x, Level.QUOTIENT) for x in factors]
        return Written(self.page.cross.join(texts), Level.PRODUCT)

    def plus(self, terms: Sequence[Written]) -> str:
        """A sum; a term that begins with a minus is subtracted."""
        minus = self.style.minus
        signed = [
            (True, Written(term.text.removeprefix(minus), Level.PRODUCT))
            if term.level is Level.NEGATIVE
            else (False, term)
            for term in terms
        ]
        return self.style.sum(signed).text

    @property
    def ellipsis(self) -> Written:
        """What stands where something is left out."""
        return Written(self.style.ellipsis)

    # ── Forward ───────────────────────────────────────────────────────────────

    def _write_forward(self) -> None:
        it = self.it
        self.page.heading("Forward")
        statements = [id for id in self.reading.statements if id in it.relevant]
        shown = _ends(statements, it.limit)
        sources = dict.fromkeys([use.source for id in shown for use in self.reading.uses(id)])
        used = [id for id in sources if id not in it.relevant or it.graph[id].op is None]
        self._given = [id for id in used if it.graph[id].op is None]
        self._write_given("Given:", self._given)
        apart = [id for id in used if it.graph[id].op is not None]
        if it.leaf is not None and apart:
            self._write_given(f"Computed without {self.name(it.leaf.id)}:", apart)
        half = (len(shown) + 1) // 2 if len(shown) < len(statements) else len(shown)
        self.page.equations([self._statement(id) for id in shown[:half]])
        self._write_omission(len(statements) - len(shown), "statements")
        self.page.equations([self._statement(id) for id in shown[half:]])
        for id in shown:
            self._note_statement(it.graph[id])

    def _write_omission(self, count: int, what: str) -> None:
        if count:
            self.page.paragraph(f"… and {count} more {what} …")

    def _write_given(self, introduction: str, ids: Sequence[int]) -> None:
        texts = [
            self.math(f"{self.symbol(id)} = {self.number(self.it.graph[id].data).text}")
            for id in ids[: self.it.limit]
        ]
        if len(ids) > len(texts):
            texts.append(f"and {len(ids) - len(texts)} more")
        if texts:
            self.page.paragraph(f"{introduction} {', '.join(texts)}.")

    def _statement(self, id: int) -> list[str]:
        right = expanded(self.reading.expression(id), self.style, {})
        sides = [
            written(right, self.style, self.it.digits).text,
            written(right, self.style, self.it.digits, self.reading.numbers).text,
            self.number(self.it.graph[id].data).text,
        ]
        return _without_repetition([self.symbol(id), *sides])

    def _note_statement(self, node: Node) -> None:
        if node.op is table.where:
            self.page.paragraph(
                f"For {self.name(node.id)}, where() took this branch; the other has no part in it."
            )
        inputs = [self.it.graph[use.source].data for use in self.reading.uses(node.id)]
        if not math.isfinite(node.data) and all(map(math.isfinite, inputs)):
            number = self.math(self.number(node.data).text)
            self.page.paragraph(f"{self.name(node.id)} = {number} is the first that is not finite.")

    # ── Ways ──────────────────────────────────────────────────────────────────

    def _write_ways(self, leaf: Node) -> None:
        if self.it.users[leaf.id].keys() == {self.root.id}:
            return  # the step backward says as much
        count, ways = self.it.paths()
        start, end = self.name(leaf.id), self.name(self.root.id)
        if count == 1:
            self.page.heading(f"The way from {start} to {end}")
            self.page.paragraph(self._arrows(leaf, ways[0]))
            self.page.paragraph("By the chain rule, the local derivatives along it multiply:")
            self.page.equations([[self.adjoint(leaf.id), *self._along(ways[0])]])
            return
        self.page.heading(f"The ways from {start} to {end}")
        number = f"more than {_MANY:,}" if count >= _MANY else f"{count:,}"
        listed = "" if count == len(ways) else f" The {len(ways)} that contribute most:"
        self.page.paragraph(
            f"There are {number} ways. By the chain rule, the local derivatives along each "
            f"multiply, and the products add up.{listed}"
        )
        for way in ways:
            self.page.paragraph(self._arrows(leaf, way))
            self.page.equations([self._along(way)[1:]])
        self._write_sum_of_ways(leaf, count, ways)

    def _arrows(self, leaf: Node, way: UsePath) -> str:
        ids = [leaf.id, *[user for user, _ in way.steps]]
        names = [self.style.ellipsis if id is None else self.symbol(id) for id in _middle_out(ids)]
        return self.math(f" {self.page.arrow} ".join(names))

    def _along(self, way: UsePath) -> list[str]:
        """The product along a way: the local derivatives, as formulas, in numbers, as one."""
        signs: list[Written] = []
        formulas: list[Written] = []
        numbers: list[Written] = []
        for step in _middle_out(way.steps[::-1]):
            if step is None:
                for side in (signs, formulas, numbers):
                    side.append(self.ellipsis)
                continue
            user, use = step
            sign = self.style.derivative(self.symbol(user), self.symbol(use.source))
            signs.append(Written(sign))
            formulas.append(self.local(user, [use])[0])
            numbers.append(self.number(use.contribution(1.0)))
        sides = [self.times(side).text for side in (signs, formulas, numbers)]
        return _without_repetition([*sides, self.number(way.product).text])

    def _write_sum_of_ways(self, leaf: Node, count: int, ways: Sequence[UsePath]) -> None:
        products = [way.product for way in ways]
        terms = [self.number(product) for product in products]
        total = self.it.derivative
        if count > len(ways):
            rest = self.number(total - sum(products)) if math.isfinite(total) else None
            terms.append(self.ellipsis)
            if rest is not None:
                self.page.paragraph(f"All the others add up to {self.math(rest.text)}. Together:")
        else:
            self.page.paragraph("Together:")
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
        shown = _ends(steps, self.it.limit)
        half = (len(shown) + 1) // 2 if len(shown) < len(steps) else len(shown)
        self._write_steps(shown[:half])
        self._write_omission(len(steps) - len(shown), "steps")
        self._write_steps(shown[half:])
        if self._brackets:
            self.page.paragraph(
                "A condition in brackets stands for 1 where it holds, and for 0 where it does not."
            )

    def _write_steps(self, steps: Sequence[Derivation]) -> None:
        equations: list[list[str]] = []
        for step in steps:
            equations.append(self._equation(step))
            notes = dict.fromkeys(self._notes(step))
            if notes:
                self.page.equations(equations)
                equations = []
                self.page.paragraph(" ".join(notes))
        self.page.equations(equations)

    def _equation(self, step: Derivation) -> list[str]:
        """The derivative with respect to one value: in signs, formulas and numbers."""
        shown = _beginning(step.contributions)
        sides = [list(side) for side in zip(*[self._shares(step.node, part) for part in shown])]
        if len(shown) < len(step.contributions):
            for side in sides:
                side.append(self.ellipsis)
        equation = [self.adjoint(step.node), *[self.plus(side) for side in sides]]
        return _without_repetition([*equation, self.number(step.derivative).text])

    def _shares(self, id: int, part: Contribution) -> list[Written]:
        """What one statement contributes to each side of the equation."""
        formula, filled = self.local(part.user, part.uses)
        local, product = self._local_number(part), self.number(part.product)
        if part.user == self.root.id:  # upstream there is nothing but a 1
            return [formula, formula, filled, local, product]
        sign = Written(self.style.derivative(self.symbol(part.user), self.symbol(id)))
        upstream, number = Written(self.adjoint(part.user)), self.number(part.upstream)
        return [
            self.times([upstream, sign]),
            self.times([upstream, formula]),
            self.times([number, filled]),
            self.times([number, local]),
            product,
        ]

    def _local_number(self, part: Contribution) -> Written:
        """A local derivative in numbers: of several places in one statement, the sum of theirs."""
        shown = _few(part.uses)
        numbers = [self.number(use.contribution(1.0)) for use in shown]
        if len(numbers) == 1:
            return numbers[0]
        if len(shown) < len(part.uses):
            numbers.insert(-1, self.ellipsis)
        return Written(self.plus(numbers), Level.SUM)

    def _notes(self, step: Derivation) -> Iterable[str]:
        shown = _beginning(step.contributions)
        others = [part.product for part in step.contributions[len(shown) :]]
        if others:
            rest = self.math(self.number(sum(others)).text)
            yield f"The {len(others)} contributions left out add up to {rest}."
        for part in shown:
            omitted = len(part.uses) - len(_few(part.uses))
            if omitted:
                middle = [use.contribution(part.upstream) for use in part.uses[3:-1]]
                rest = self.math(self.number(sum(middle)).text)
                yield f"The {omitted} contributions left out in the middle add up to {rest}."
            yield from self._kinks(part)
            yield from self._bad_numbers(step.node, part)

    def _kinks(self, part: Contribution) -> Iterable[str]:
        """What has been agreed on where a function has no single slope."""
        for use in part.uses:
            for id, position in use.trail:
                node = self.it.graph[id]
                assert node.op is not None
                numbers = [
                    self.it.graph[x].data if type(x) is int else float(x) for x in node.operands
                ]
                if node.op.kinks and numbers[0] in node.op.kinks and position == 0:
                    at = self.math(self.number(numbers[0]).text)
                    taken = self.math(self.number(node.local_derivatives[0]).text)
                    what = f"At {at}, {node.op.symbol} has a kink"
                    yield f"{what}; its derivative there is taken as {taken}."
                elif node.op in _CHOOSING and numbers.count(node.data) > 1:
                    yield f"This is a tie, and {node.op.symbol} shares its derivative equally."

    def _bad_numbers(self, id: int, part: Contribution) -> Iterable[str]:
        """Where a derivative stops being finite, and why."""
        if math.isfinite(part.product) or math.isnan(part.upstream):
            return
        factors = [part.upstream, *[number for use in part.uses for number in use.numbers]]
        if math.isnan(part.product) and 0.0 in factors and math.inf in map(abs, factors):
            yield "0 times infinity has no value, which is what nan says."
        elif math.isfinite(part.upstream) and not math.isfinite(part.local):
            local = self.math(self.number(part.local).text)
            yield (
                f"Here it stops being finite: {self.name(part.user)} changes with "
                f"{self.name(id)} at the rate {local}."
            )
        elif math.isfinite(part.upstream):
            yield "Here it stops being finite: the product is beyond the largest float."

    # ── Result ────────────────────────────────────────────────────────────────

    def _write_gradient(self) -> None:
        leaves = [node.id for node in self.it.graph if node.op is None]
        self.page.heading("The gradient")
        shown = [*dict.fromkeys(self._given + leaves)][: self.it.limit]
        self.page.equations(
            [[self.adjoint(id), self.number(self.it.adjoints[id]).text] for id in shown]
        )
        self._write_omission(len(leaves) - len(shown), "inputs")

    def _write_result(self, leaf: Node) -> None:
        derivative = self.it.derivative
        equation = self.math(f"{self.adjoint(leaf.id)} = {self.number(derivative).text}")
        sentence = f"So {equation}."
        if math.isfinite(derivative) and derivative != 0.0:
            small, change = self.number(_SMALL), self.number(abs(derivative) * _SMALL)
            direction = "larger" if derivative > 0.0 else "smaller"
            sentence += (
                f" Were {self.name(leaf.id)} larger by {self.math(small.text)}, "
                f"{self.name(self.root.id)} would be {direction} by about {self.math(change.text)}."
            )
        self.page.paragraph(sentence)
        if leaf.grad is not None and _differ(leaf.grad, derivative):
            grad = self.math(self.number(leaf.grad).text)
            self.page.paragraph(
                f"The grad of {self.name(leaf.id)} is {grad}. That is the sum over all backward "
                f"passes since it was last 0, and not of this one output alone."
            )


_CONDITIONS: Final = (table.below, table.inside, table.top_share, table.bottom_share)
_CHOOSING: Final = (table.maximum, table.minimum, table.max, table.min)
_SMALL: Final = 0.001


def _differ(grad: float, derivative: float) -> bool:
    both_nan = math.isnan(grad) and math.isnan(derivative)
    return not both_nan and not math.isclose(grad, derivative, rel_tol=1e-9)


def _without_repetition(sides: Sequence[str]) -> list[str]:
    """The sides of an equation, none of them twice in a row."""
    return [side for i, side in enumerate(sides) if i == 0 or side != sides[i - 1]]


def _ends(items: Sequence[_Item], limit: int) -> list[_Item]:
    """The items; of more than ``limit``, as many from the beginning and from the end."""
    if len(items) <= limit:
        return list(items)
    half = (limit + 1) // 2
    return [*items[:half], *items[len(items) - (limit - half) :]]


def _middle_out(items: Sequence[_Item]) -> list[_Item | None]:
    """The items, with None in place of the middle ones of very many."""
    if len(items) <= _MOST_FACTORS:
        return list(items)
    return [*items[:4], None, *items[-3:]]


def _few(uses: Sequence[Use]) -> Sequence[Use]:
    """The places; of very many, the first and the last."""
    if len(uses) <= _MOST_CONTRIBUTIONS:
        return uses
    return [*uses[:3], uses[-1]]


def _beginning(contributions: Sequence[Contribution]) -> Sequence[Contribution]:
    if len(contributions) <= _MOST_CONTRIBUTIONS:
        return contributions
    return contributions[: _MOST_CONTRIBUTIONS - 2]
