"""Formulas: what a graph computes, and its local derivatives, as one would write them.

A `Reading` divides a graph into statements, such as ``a = w * x + b``. A value has a
statement of its own if it has a label, or is used twice, or is what a function is applied
to; everything else is written out where it is used.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from autograd.engine import table
from autograd.engine.primitive import Reduction
from autograd.engine.value import Value
from autograd.snapshot import Node, Snapshot
from autograd.words.expressions import (
    IN_PRODUCTS,
    MOST_OPERANDS,
    MOST_TERMS,
    SHOWN_FIRST,
    Constant,
    Expression,
    Key,
    Operation,
    Symbol,
    Terms,
    expanded,
    is_negative,
    local_derivatives,
    negated,
    simplified,
    tidied,
    written,
)
from autograd.words.notation import STYLES, Name, Style

# How many operations a statement may hold, a sum of many terms counted as its largest one.
_LARGEST_STATEMENT: Final = 10
_SUMS: Final = (table.add, table.subtract)
# What may be applied to a formula rather than to a value with a name.
_ARITHMETIC: Final = (*_SUMS, *IN_PRODUCTS, table.sum, table.where)
# A sum of more terms gets a name before anything is done with it.
_MOST_INLINE_TERMS: Final = 4
# Up to so many statements, a local derivative may refer to any of them.
_FEW_STATEMENTS: Final = 1000

_RESERVED: Final = frozenset({"π", "∞", "nan", "inf", "…"})


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a statement uses a value, and how the statement's value changes with it there.

    Attributes:
        source: the id of the node that is used.
        negative: whether an odd number of minus signs stands before it.
        numbers: the local derivatives on the way into the statement, outermost first,
            but for those that are 1 or -1 because of a plus or a minus sign.
        trail: for each of these the node, and the position among its operands.
    """

    source: int
    negative: bool
    numbers: tuple[float, ...]
    trail: tuple[tuple[int, int], ...]

    def contribution(self, upstream: float) -> float:
        """What the place adds to the derivative with respect to the value."""
        for number in self.numbers:
            upstream = number * upstream
        return -upstream if self.negative else upstream


class Reading:
    """A graph, divided into statements.

    Attributes:
        graph: the graph.
        names: the symbols of the nodes that have a name, by id.
        statements: the ids of the nodes that have a statement, inputs first.
        numbers: the values of the nodes that have a name, by that name, as they are shown.
        zero: added to a number that is shown: 0.0 makes 0.0 of -0.0, and -0.0 leaves it.
    """

    def __init__(self, graph: Snapshot, asked: Sequence[int] = ()) -> None:
        # What is asked for gets a name, whatever it is.
        self.graph = graph
        named = _named(graph, asked)
        self.names = _symbols(graph, named)
        self.statements = tuple([id for id in sorted(named) if graph[id].op is not None])
        # The sign of a zero is not shown, unless it may be why a number is not finite.
        self.zero = 0.0 if all(math.isfinite(node.data) for node in graph) else -0.0
        self.numbers = {
            symbol.name: graph[id].data + self.zero for id, symbol in self.names.items()
        }
        self._known: dict[Key, Symbol] | None = None
        self._locals: dict[int, list[Expression]] = {}

    def expression(self, id: int) -> Expression:
        """The right side of a statement."""
        return tidied(self._body(id))

    def _body(self, id: int) -> Expression:
        node = self.graph[id]
        assert node.op is not None
        if node.op in _SUMS:
            return self._terms(node)
        return Operation(node.op, tuple([self._operand(x) for x in node.operands]))

    def _operand(self, operand: int | float) -> Expression:
        if type(operand) is not int:
            return Constant(operand)
        return self.names[operand] if operand in self.names else self._body(operand)

    def _terms(self, node: Node) -> Expression:
        """A sum; that of a chain of additions, however long, is one sum."""
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
        return Terms([(sign, self._operand(x)) for sign, x in terms], omitted)

    def _continues(self, left: int | float) -> bool:
        return type(left) is int and left not in self.names and self.graph[left].op in _SUMS

    def uses(self, id: int) -> list[Use]:
        """The places where a statement uses values, from left to right."""
        uses: list[Use] = []
        places = [Use(id, False, (), ())]
        while places:
            place = places.pop()
            if place.source in self.names and place.source != id:
                uses.append(place)
            else:
                places.extend(reversed(self._inner(place)))
        return uses

    def _inner(self, place: Use) -> list[Use]:
        """The operands of an operation within a statement, as places."""
        node = self.graph[place.source]
        numbers = iter(node.local_derivatives)
        is_sign = node.op in (*_SUMS, table.negative, table.sum, table.where)
        inner = []
        for position, operand in enumerate(node.operands):
            if type(operand) is not int:
                continue
            number = next(numbers)
            if is_sign:
                negative = place.negative != (number < 0.0)
                inner.append(Use(operand, negative, place.numbers, place.trail))
            else:
                trail = (*place.trail, (node.id, position))
                inner.append(Use(operand, place.negative, (*place.numbers, number), trail))
        return inner

    def local(
        self, statement: int, uses: Sequence[Use], style: Style, omitted: int = 0
    ) -> Expression:
        """The derivative of a statement's value by a value that it uses in these places.

        Where places are omitted, they are those before the last one.
        """
        known, order = self._known_by(statement), self._order(statement)
        terms = []
        for use in uses:
            product: Expression = Constant(-1.0 if use.negative else 1.0)
            for id, position in use.trail:
                product = product * self._factors(id)[position]
            term = simplified(expanded(product, style, known, order))
            terms.append((True, negated(term)) if is_negative(term) else (False, term))
        if len(terms) == 1:
            return negated(terms[0][1]) if terms[0][0] else terms[0][1]
        return Terms(terms, omitted)

    def _factors(self, id: int) -> list[Expression]:
        """The local derivatives of a node."""
        if id not in self._locals:
            node = self.graph[id]
            assert node.op is not None
            operands = tuple([self._operand(x) for x in node.operands])
            self._locals[id] = local_derivatives(node.op, operands, Operation(node.op, operands))
        return self._locals[id]

    def _order(self, statement: int) -> dict[Key, int]:
        """The places of the values that a statement names, if they are not too many."""
        inputs = self.graph[statement].inputs[:MOST_OPERANDS]
        named = [self.names[x] for x in inputs if x in self.names]
        return {symbol.key: place for place, symbol in enumerate(named)}

    def _known_by(self, statement: int) -> Mapping[Key, Symbol]:
        """What may be called by its name in a local derivative."""
        if len(self.statements) > _FEW_STATEMENTS:
            return {self._body(statement).key: self.names[statement]}
        if self._known is None:
            self._known = {self._body(id).key: self.names[id] for id in self.statements}
        return self._known


def _named(graph: Snapshot, asked: Sequence[int]) -> set[int]:
    """The nodes that have a name: leaves, and what has a statement of its own."""
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
            if source not in named and _fits(graph, node, source, named, size, terms):
                inline.append(source)
            else:
                named.add(source)
        _measure(node, inline, size, terms)
    return named


def _fits(
    graph: Snapshot, user: Node, source: int, named: set[int], size: list[int], terms: list[int]
) -> bool:
    """Whether a node may be written out where it is used."""
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
    """Note how large the formula of a node is, and of how many terms if it is a sum."""
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
    """A name for each of the nodes: its label, its path in a model, or ``v`` and its id."""
    namer = _Namer()
    paths = _paths(graph)
    names: dict[int, Name] = {}
    texts = {id: graph[id].label or paths.get(id, "") for id in sorted(named)}
    firsts: dict[str, int] = {}
    for id, text in texts.items():
        if text and firsts.setdefault(text, id) == id:
            names[id] = namer.named(text)  # whoever comes first has the label as it is
    for id, text in texts.items():
        if id not in names:
            names[id] = namer.named(text or f"v{id}")
    return {id: Symbol(name) for id, name in names.items()}


def _paths(graph: Snapshot) -> dict[int, str]:
    """The paths of the parameters, beginning within the model if there is but one."""
    paths = {node.id: f"{graph.place(node)}.{node.name}" for node in graph if node.name}
    models = {path.partition(".")[0] for path in paths.values()}
    if len(models) > 1:
        return paths
    return {id: path.partition(".")[2] for id, path in paths.items()}


class _Namer:
    """Gives names, none of which looks like another."""

    def __init__(self) -> None:
        self._taken = set(_RESERVED)
        self._uses: Counter[str] = Counter()

    def named(self, text: str) -> Name:
        """The text; with a number if it has been given, literally if it looks like another."""
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
        shown = STYLES["unicode"].name(name)
        if shown in self._taken:
            return False
        self._taken.add(shown)
        return True


# ── As text ───────────────────────────────────────────────────────────────


def style_named(style: str) -> Style:
    """The style of that name.

    Raises:
        ValueError: there is no such style.
    """
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, got {style!r}")
    return STYLES[style]


def formula_of(graph: Snapshot, style: str, digits: int | None, limit: int) -> str:
    """The formula of the root of a graph, as `autograd.formula` gives it."""
    chosen = style_named(style)
    reading = Reading(graph)
    root = reading.graph.root
    if root.op is None:
        return chosen.name(reading.names[root.id].name)

    def right(id: int) -> str:
        return written(expanded(reading.expression(id), chosen, {}), chosen, digits).text

    def equation(id: int) -> str:
        return f"{chosen.name(reading.names[id].name)} = {right(id)}"

    others = [id for id in reading.statements if id != root.id]
    if style == "plain":
        return "\n".join([*map(equation, others), right(root.id)])
    following = [equation(id) for id in others[::-1][:limit]]
    if len(others) > limit:
        following.append(chosen.ellipsis)
    where = ", where " if style == "unicode" else r", \quad\text{where } "
    separator = ", " if style == "unicode" else r",\; "
    return right(root.id) + (where + separator.join(following) if following else "")


def local_derivative_formulas(
    node: Value | Node, graph: Snapshot | None = None, style: str = "unicode"
) -> tuple[str, ...]:
    """The local derivatives of an operation as formulas, one for each of its inputs.

    They are short, as for the edges of a picture: in terms of the operands, which are called
    by their labels, or x, y, ..., and of the result, which is called by its label, or out.

    Args:
        node: a Value, or a node of a snapshot.
        graph: the snapshot that a node belongs to; without it, operands have no labels.
        style: ``"plain"``, ``"unicode"`` or ``"latex"``.

    Raises:
        ValueError: there is no such style.

    >>> a, b = Value(6.0, "a"), Value(7.0, "b")
    >>> local_derivative_formulas(a / b), local_derivative_formulas(a.tanh() * 2)
    (('1/b', '−a/b²'), ('2',))
    >>> local_derivative_formulas((a * b).sigmoid())
    ('out·(1 − out)',)
    """
    chosen = style_named(style)
    if node.op is None:
        return ()
    namer = _Namer()
    places: dict[Value | int, int] = {}
    for place, x in enumerate(node.operands):
        if not isinstance(x, float):
            places.setdefault(x, place)
    labels = {x: _label(x, graph) for x in places}
    names = {x: Symbol(namer.named(label)) for x, label in labels.items() if label}
    for x, place in places.items():
        if x not in names:
            names[x] = Symbol(namer.named(_usual_name(place, len(node.operands))))
    operands = [Constant(x) if isinstance(x, float) else names[x] for x in node.operands]
    out = Operation(node.op, tuple(operands))
    known = {out.key: Symbol(namer.named(node.label or "out"))}
    order = {symbol.key: place for place, symbol in enumerate(names.values())}
    return tuple(
        [
            written(simplified(expanded(local, chosen, known, order)), chosen, 6).text
            for local, operand in zip(local_derivatives(node.op, operands, out), operands)
            if not isinstance(operand, Constant)
        ]
    )


def _label(operand: Value | int, graph: Snapshot | None) -> str:
    if isinstance(operand, Value):
        return operand.label
    return "" if graph is None else graph.short_name(operand)


def _usual_name(position: int, count: int) -> str:
    return "xyz"[position] if count <= 3 else f"x{position + 1}"
