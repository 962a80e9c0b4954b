"""A graph as statements, such as ``a = w * x + b``, with names for their values.

A value has a statement of its own if it has a label, or is used twice, or is an argument
of a function; everything else is written out where it is used.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from autograd.engine import table
from autograd.engine.primitive import Reduction
from autograd.snapshot import Node, Snapshot
from autograd.words.derivatives import MOST_OPERANDS, local_derivatives
from autograd.words.notation import NOTATIONS, Name, Notation
from autograd.words.shortening import MOST_CONTRIBUTIONS, MOST_TERMS, shortened
from autograd.words.simplification import IN_PRODUCTS, Key, expanded, simplified, tidied
from autograd.words.terms import Constant, Operation, Sum, Symbol, Term, is_negative, negated

# The greatest number of operations in a statement; a sum counts as its largest term.
_LARGEST_STATEMENT: Final = 10
_SUMS: Final = (table.add, table.subtract)
# The operations that may be applied to a formula rather than to a value with a name.
_ARITHMETIC: Final = (*_SUMS, *IN_PRODUCTS, table.sum, table.where)
# A sum of more terms gets a name before anything is done with it.
_MOST_INLINE_TERMS: Final = 4
# Up to this number of statements, a local derivative may refer to any of them.
_FEW_STATEMENTS: Final = 1000

_RESERVED: Final = frozenset({"π", "∞", "nan", "inf", "…"})


@dataclass(frozen=True, slots=True)
class Use:
    """One occurrence of a value in a statement.

    Attributes:
        source: the id of the node that is used.
        negative: True if the number of minus signs before it is odd.
        factors: the local derivatives on the path to it from the value of the statement,
            except for those that are 1 or -1 because of a plus or a minus sign.
        edges: for each of these the node, and the position among its operands.
    """

    source: int
    negative: bool
    factors: tuple[float, ...]
    edges: tuple[tuple[int, int], ...]

    def contribution(self, upstream: float) -> float:
        """The amount it adds to the derivative with respect to the value."""
        for factor in self.factors:
            upstream = factor * upstream
        return -upstream if self.negative else upstream


class Statements:
    """The statements of a graph.

    Attributes:
        graph: the graph.
        names: the symbols of the nodes that have a name, by id.
        ids: the ids of the nodes that have a statement, inputs first.
        numbers: the values of the nodes that have a name, by that name, ready to be shown.
        zero: the number added to others before they are shown: 0.0 turns -0.0 into 0.0.
    """

    def __init__(self, graph: Snapshot, asked: Sequence[int] = ()) -> None:
        self.graph = graph
        named = _named(graph, asked)
        self.names = _symbols(graph, named)
        self.ids = tuple([id for id in sorted(named) if graph[id].op is not None])
        # The sign of a zero is not shown, unless it may be why a number is not finite.
        self.zero = 0.0 if all(math.isfinite(node.data) for node in graph) else -0.0
        self.numbers = {
            symbol.name: graph[id].data + self.zero for id, symbol in self.names.items()
        }
        self._locals: dict[int, list[Term]] = {}

    def expression(self, id: int, notation: Notation) -> Term:
        """The right side of a statement, as it is to be written in a notation."""
        return expanded(tidied(self._body(id)), notation)

    def _body(self, id: int) -> Term:
        node = self.graph[id]
        assert node.op is not None
        if node.op in _SUMS:
            return self._terms(node)
        return Operation(node.op, self._operands(node))

    def _operands(self, node: Node) -> tuple[Term, ...]:
        return tuple([self._operand(operand) for operand in node.operands])

    def _operand(self, operand: int | float) -> Term:
        if type(operand) is not int:
            return Constant(operand)
        return self.names[operand] if operand in self.names else self._body(operand)

    def _terms(self, node: Node) -> Term:
        """The sum of all terms of nested additions."""
        terms: list[tuple[bool, int | float]] = []
        left: int | float = node.id
        while type(left) is int and (left == node.id or self._is_nested_sum(left)):
            inner = self.graph[left]
            left, right = inner.operands
            terms.append((inner.op is table.subtract, right))
        if left != 0.0 or type(left) is int or terms[-1][0]:  # sum() begins with 0 + x
            terms.append((False, left))
        terms.reverse()
        shown = [term for term in shortened(terms, None, MOST_TERMS) if term is not None]
        omitted = len(terms) - len(shown)
        return Sum([(sign, self._operand(x)) for sign, x in shown], omitted)

    def _is_nested_sum(self, id: int) -> bool:
        return id not in self.names and self.graph[id].op in _SUMS

    def uses(self, id: int) -> list[Use]:
        """The occurrences of values in a statement, from left to right."""
        uses: list[Use] = []
        pending = [Use(id, False, (), ())]
        while pending:
            use = pending.pop()
            if use.source in self.names and use.source != id:
                uses.append(use)
            else:
                pending.extend(reversed([*self._inner(use)]))
        return uses

    def _inner(self, outer: Use) -> Iterator[Use]:
        """The uses of the operands of an operation within a statement."""
        node = self.graph[outer.source]
        numbers = iter(node.local_derivatives)
        is_sign = node.op in (*_SUMS, table.negative, table.sum, table.where)
        for position, operand in enumerate(node.operands):
            if type(operand) is not int:
                continue
            number = next(numbers)
            if is_sign:
                negative = outer.negative != (number < 0.0)
                yield Use(operand, negative, outer.factors, outer.edges)
            else:
                edges = (*outer.edges, (node.id, position))
                yield Use(operand, outer.negative, (*outer.factors, number), edges)

    def local(self, statement: int, uses: Sequence[Use], notation: Notation) -> Term:
        """The derivative of a statement's value with respect to a value, by these uses of it."""
        known, order = self._known_by(statement), self._order(statement)
        shown = shown_uses(uses)
        terms = [simplified(expanded(self._product(use), notation, known, order)) for use in shown]
        if len(terms) == 1:
            return terms[0]
        signed = [(True, negated(x)) if is_negative(x) else (False, x) for x in terms]
        return Sum(signed, len(uses) - len(shown))

    def _product(self, use: Use) -> Term:
        """The product of the local derivatives on the path to a use."""
        product: Term = Constant(-1.0 if use.negative else 1.0)
        for id, position in use.edges:
            product = product * self._factors(id)[position]
        return product

    def _factors(self, id: int) -> list[Term]:
        """The local derivatives of a node."""
        if id not in self._locals:
            node = self.graph[id]
            assert node.op is not None
            operands = self._operands(node)
            self._locals[id] = local_derivatives(node.op, operands, Operation(node.op, operands))
        return self._locals[id]

    def _order(self, statement: int) -> dict[Key, int]:
        """The positions of the values that a statement names, if they are not too many."""
        inputs = self.graph[statement].inputs[:MOST_OPERANDS]
        named = [self.names[x] for x in inputs if x in self.names]
        return {symbol.key: position for position, symbol in enumerate(named)}

    def _known_by(self, statement: int) -> Mapping[Key, Symbol]:
        """The formulas that a local derivative may call by their names."""
        if len(self.ids) > _FEW_STATEMENTS:
            return {self._body(statement).key: self.names[statement]}
        return self._known

    @cached_property
    def _known(self) -> dict[Key, Symbol]:
        return {self._body(id).key: self.names[id] for id in self.ids}


def shown_uses(uses: Sequence[Use]) -> list[Use]:
    """The uses that an equation shows; of many, the first and the last."""
    return [use for use in shortened(uses, None, MOST_CONTRIBUTIONS) if use is not None]


def _named(graph: Snapshot, asked: Sequence[int]) -> set[int]:
    """The nodes that have a name: leaves, and those with a statement of their own."""
    uses = Counter([source for node in graph for source in node.inputs])
    named = {graph.root.id, *asked}
    # The number of operations in the formula of each node, and of terms if it is a sum.
    size = [0] * len(graph)
    terms = [1] * len(graph)

    def is_inline(source: int, user: Node) -> bool:
        """True if a node may be written out where it is used."""
        op, inputs = graph[source].op, graph[source].inputs
        first = user.operands[0]
        if source in named:
            return False
        if user.op in _SUMS and op in _SUMS and type(first) is int and first == source:
            return True
        is_large = terms[source] > _MOST_INLINE_TERMS or size[source] >= _LARGEST_STATEMENT
        if op is table.where or is_large:
            return False
        is_simple = op in (*_SUMS, *IN_PRODUCTS) and all(x in named for x in inputs)
        may_be_operand = len(inputs) == 1 or isinstance(user.op, Reduction)
        return user.op in _ARITHMETIC or (is_simple and may_be_operand)

    for node in graph:
        if node.op is None or node.label or node.name or uses[node.id] > 1:
            named.add(node.id)
        inline = [source for source in node.inputs if is_inline(source, node)]
        named.update([source for source in node.inputs if source not in inline])
        sizes = [size[source] for source in inline]
        is_sum = node.op in (*_SUMS, table.sum)
        size[node.id] = 1 + (max(sizes, default=0) if is_sum else sum(sizes))
        if node.op is table.sum:
            terms[node.id] = len(node.operands)
        elif node.op in _SUMS:
            left = node.operands[0]
            terms[node.id] = 1 + (terms[left] if type(left) is int and left in inline else 1)
    return named


def _symbols(graph: Snapshot, named: set[int]) -> dict[int, Symbol]:
    """A name for each of the nodes: its label, its name in a model, or ``v`` and its id."""
    namer = Namer()
    parameter_names = _parameter_names(graph)
    texts = {id: graph[id].label or parameter_names.get(id, "") for id in sorted(named)}
    firsts = {text: id for id, text in reversed(texts.items()) if text}
    # The first node of a label has it unchanged, whatever the others are called.
    order = sorted(texts, key=lambda node: firsts.get(texts[node]) != node)
    return {id: Symbol(namer.named(texts[id] or f"v{id}")) for id in order}


def _parameter_names(graph: Snapshot) -> dict[int, str]:
    """The dotted names of the parameters, without that of the model if there is only one."""
    names = {node.id: f"{graph.place(node)}.{node.name}" for node in graph if node.name}
    models = {name.partition(".")[0] for name in names.values()}
    if len(models) > 1:
        return names
    return {id: name.partition(".")[2] for id, name in names.items()}


class Namer:
    """A source of names, no two of which look alike."""

    def __init__(self) -> None:
        self._taken = set(_RESERVED)
        self._numbers: dict[str, Iterator[int]] = {}

    def named(self, text: str) -> Name:
        """The text as a name; with a number if it is taken, literal if it looks like another."""
        candidates = [] if text in self._numbers else [Name(text), Name(text, literal=True)]
        numbers = self._numbers.setdefault(text, itertools.count(2))
        numbered = (Name(f"{text}_{number}") for number in numbers)
        for name in itertools.chain(candidates, numbered):
            shown = NOTATIONS["unicode"].name(name)
            if shown not in self._taken:
                break
        self._taken.add(shown)
        return name
