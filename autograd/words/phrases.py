"""The phrases of an explanation: names, numbers and derivatives, in the notation of its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autograd.engine import table
from autograd.words.derivation import Derivation
from autograd.words.notation import Fragment, Level, Notation
from autograd.words.page import Page
from autograd.words.statements import Use
from autograd.words.terms import Term, holds
from autograd.words.writing import fragment_of

_CONDITIONS: Final = (table.below, table.inside, table.top_share, table.bottom_share)


class Phrases:
    """The phrases of one explanation.

    Attributes:
        it: the derivation that is explained.
        has_conditions: True after a formula with a condition in brackets.
    """

    def __init__(self, derivation: Derivation, page: Page, digits: int) -> None:
        self.it = derivation
        self.page = page
        self.digits = digits
        self.notation: Notation = page.notation
        self.statements = derivation.statements
        self.root = derivation.graph.root
        self.has_conditions = False

    def math(self, text: str) -> str:
        """A formula within a sentence."""
        return self.page.math(text)

    def symbol(self, id: int) -> str:
        """The name of a value in an equation."""
        return self.notation.name(self.statements.names[id].name)

    def name(self, id: int) -> str:
        """The name of a value within a sentence."""
        return self.math(self.symbol(id))

    def number(self, number: float) -> Fragment:
        """A number that is not a constant of a formula."""
        return self.notation.number(number + self.statements.zero, self.digits)

    def figure(self, number: float) -> str:
        """The same within a sentence."""
        return self.math(self.number(number).text)

    def derivative(self, of: int, by: int) -> str:
        """The sign for the derivative of one value with respect to another."""
        return self.notation.derivative(self.symbol(of), self.symbol(by))

    def adjoint(self, id: int) -> str:
        """The sign for the derivative of the output with respect to a value."""
        return self.derivative(self.root.id, id)

    def local(self, user: int, uses: Sequence[Use]) -> tuple[Fragment, Fragment]:
        """A local derivative as a formula, with names and with numbers."""
        formula = self.statements.local(user, uses, self.notation)
        self.has_conditions = self.has_conditions or holds(formula, _CONDITIONS)
        return self.written(formula)

    def written(self, term: Term) -> tuple[Fragment, Fragment]:
        """A term with names, and with their numbers in place of these."""
        numbers = self.statements.numbers
        return (
            fragment_of(term, self.notation, self.digits),
            fragment_of(term, self.notation, self.digits, numbers),
        )

    def times(self, factors: Sequence[Fragment]) -> Fragment:
        """A product with a cross between its factors."""
        if len(factors) == 1:
            return factors[0]
        texts = [self.notation.within(x, Level.QUOTIENT) for x in factors]
        return Fragment(self.page.cross.join(texts), Level.PRODUCT)

    def plus(self, terms: Sequence[Fragment]) -> str:
        """A sum; a term that begins with a minus is subtracted."""
        minus = self.notation.minus
        signed = [
            (True, Fragment(term.text.removeprefix(minus), Level.PRODUCT))
            if term.level is Level.NEGATIVE
            else (False, term)
            for term in terms
        ]
        return self.notation.sum(signed).text

    @property
    def ellipsis(self) -> Fragment:
        """The sign for something left out."""
        return Fragment(self.notation.ellipsis)
