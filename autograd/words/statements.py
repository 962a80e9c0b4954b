"""A graph as statements, such as ``a = w * x + b``, with names for their values.

A value has a statement of its own if it has a label, or is used twice, or is an argument
of a function; everything else is written out where it is used.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from autograd.engine import table
from autograd.engine.primitive import Reduction
from autograd.snapshot import Node, Snapshot
from autograd.words.derivatives import MOST_OPERANDS, local_derivatives
from autograd.words.notation import NOTATIONS, Name, Notation
from autograd.words.simplification import IN_PRODUCTS, Key, expanded, simplified, tidied
from autograd.words.terms import Constant, Operation, Sum, Symbol, Term, is_negative, negated
from autograd.words.writing import MOST_TERMS, SHOWN_FIRST

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
        self._known: dict[Key, Symbol] | None = None
        self._locals: dict[int, list[Term]] = {}

    def expression(self, id: int) -> Term:
        """The right side of a statement."""
        return tidied(self._body(id))

    def _body(self, id: int) -> Term:
        node = self.graph[id]
        assert node.op is not None
        if node.op in _SUMS:
            return self._terms(node)
        return Operation(node.op, tuple([self._operand(x) for x in node.operands]))

    def _operand(self, operand: int | float) -> Term:
        if type(operand) is not int:
            return Constant(operand)
        return self.names[operand] if operand in self.names else self._body(operand)

    def _terms(self, node: Node) -> Term:
        """The sum of all terms of nested additions."""
        terms: list[tuple[bool, int | float]] = []
        while True:
            left, right = node.operands
            terms.append((node.op is table.subtract, right))
            if not self._continues(left):
                break
            node = self.graph[int(left)]
        if left != 0.0 or type(left) is int or terms[-1][0]:  # sum() begins with 0 + x
            terms.append((False, left))
        terms.reverse()
        omitted = 0
        if len(terms) > MOST_TERMS:
            omitted = len(terms) - SHOWN_FIRST - 1
            terms = [*terms[:SHOWN_FIRST], terms[-1]]
        return Sum([(sign, self._operand(x)) for sign, x in terms], omitted)

    def _continues(self, left: int | float) -> bool:
        return type(left) is int and left not in self.names and self.graph[left].op in _SUMS

    def uses(self, id: int) -> list[Use]:
        """The occurrences of values in a statement, from left to right."""
        uses: list[Use] = []
        pending = [Use(id, False, (), ())]
        while pending:
            use = pending.pop()
            if use.source in self.names and use.source != id:
                uses.append(use)
            else:
                pending.extend(reversed(self._inner(use)))
        return uses

    def _inner(self, outer: Use) -> list[Use]:
        """The uses of the operands of an operation within a statement."""
        node = self.graph[outer.source]
        numbers = iter(node.local_derivatives)
        is_sign = node.op in (*_SUMS, table.negative, table.sum, table.where)
        inner = []
        for position, operand in enumerate(node.operands):
            if type(operand) is not int:
                continue
            number = next(numbers)
            if is_sign:
                negative = outer.negative != (number < 0.0)
                inner.append(Use(operand, negative, outer.factors, outer.edges))
            else:
                edges = (*outer.edges, (node.id, position))
                inner.append(Use(operand, outer.negative, (*outer.factors, number), edges))
        return inner

    def local(
        self, statement: int, uses: Sequence[Use], notation: Notation, omitted: int = 0
    ) -> Term:
        """The derivative of a statement's value with respect to a value, by these uses of it.

        The omitted uses are those before the last one.
        """
        known, order = self._known_by(statement), self._order(statement)
        terms = []
        for use in uses:
            product: Term = Constant(-1.0 if use.negative else 1.0)
            for id, position in use.edges:
                product = product * self._factors(id)[position]
            term = simplified(expanded(product, notation, known, order))
            terms.append((True, negated(term)) if is_negative(term) else (False, term))
        if len(terms) == 1:
            return negated(terms[0][1]) if terms[0][0] else terms[0][1]
        return Sum(terms, omitted)

    def _factors(self, id: int) -> list[Term]:
        """The local derivatives of a node."""
        if id not in self._locals:
            node = self.graph[id]
            assert node.op is not None
            operands = tuple([self._operand(x) for x in node.operands])
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
        if self._known is None:
            self._known = {self._body(id).key: self.names[id] for id in self.ids}
        return self._known


def _named(graph: Snapshot, asked: Sequence[int]) -> set[int]:
    """The nodes that have a name: leaves, and those with a statement of their own."""
    uses = [0] * len(graph)
    for node in graph:
        for source in node.inputs:
            uses[source] += 1
    named = {graph.root.id, *asked}
    size = [0] * len(graph)
    terms = [1] * len(graph)
    for node in graph:
        if node.op is None or node.label or node.name or uses[node.id] > 1:
            named.add(node.id)
        inline = []
        for source in node.inputs:
            if source not in named and _is_inline(graph, node, source, named, size, terms):
                inline.append(source)
            else:
                named.add(source)
        _measure(node, inline, size, terms)
    return named


def _is_inline(
    graph: Snapshot, user: Node, source: int, named: set[int], size: list[int], terms: list[int]
) -> bool:
    """True if a node may be written out where it is used."""
    op, inputs = graph[source].op, graph[source].inputs
    if user.op in _SUMS and op in _SUMS and _is_id(user.operands[0], source):
        return True
    if (
        op is table.where
        or terms[source] > _MOST_INLINE_TERMS
        or size[source] >= _LARGEST_STATEMENT
    ):
        return False
    if user.op in _ARITHMETIC:
        return True
    is_simple = op in (*_SUMS, *IN_PRODUCTS) and all(x in named for x in inputs)
    return is_simple and (len(inputs) == 1 or isinstance(user.op, Reduction))


def _is_id(operand: int | float, id: int) -> bool:
    return type(operand) is int and operand == id


def _measure(node: Node, inline: Sequence[int], size: list[int], terms: list[int]) -> None:
    """Note the number of operations in the formula of a node, and of terms if it is a sum."""
    sizes = [size[source] for source in inline]
    if node.op in _SUMS:
        size[node.id] = 1 + max(sizes, default=0)
        left = node.operands[0]
        terms[node.id] = 1 + (terms[left] if type(left) is int and left in inline else 1)
    elif node.op is table.sum:
        size[node.id] = 1 + max(sizes, default=0)
        terms[node.id] = len(node.operands)
    else:
        size[node.id] = 1 + sum(sizes)


def _symbols(graph: Snapshot, named: set[int]) -> dict[int, Symbol]:
    """A name for each of the nodes: its label, its name in a model, or ``v`` and its id."""
    namer = Namer()
    parameter_names = _parameter_names(graph)
    names: dict[int, Name] = {}
    texts = {id: graph[id].label or parameter_names.get(id, "") for id in sorted(named)}
    firsts: dict[str, int] = {}
    for id, text in texts.items():
        if text and firsts.setdefault(text, id) == id:
            names[id] = namer.named(text)  # unchanged for the first node of that label
    for id, text in texts.items():
        if id not in names:
            names[id] = namer.named(text or f"v{id}")
    return {id: Symbol(name) for id, name in names.items()}


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
        self._uses: Counter[str] = Counter()

    def named(self, text: str) -> Name:
        """The text as a name; with a number if it is taken, literal if it looks like another."""
        if not self._uses[text]:
            self._uses[text] = 1
            for name in (Name(text), Name(text, literal=True)):
                if self._take(name):
                    return name
        while True:
            self._uses[text] += 1
            name = Name(f"{text}_{self._uses[text]}")
            if self._take(name):
                return name

    def _take(self, name: Name) -> bool:
        shown = NOTATIONS["unicode"].name(name)
        if shown in self._taken:
            return False
        self._taken.add(shown)
        return True
