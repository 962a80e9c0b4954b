"""The formula of a graph, and the formulas of local derivatives, as text."""

from __future__ import annotations

from autograd.engine.value import Value
from autograd.snapshot import Node, Snapshot
from autograd.words.derivatives import local_derivatives
from autograd.words.notation import NOTATIONS, Notation
from autograd.words.simplification import expanded, simplified
from autograd.words.statements import Namer, Statements
from autograd.words.terms import Constant, Operation, Symbol
from autograd.words.writing import fragment_of


def notation_named(style: str) -> Notation:
    """The notation of that name.

    Raises:
        ValueError: there is no such style.
    """
    if style not in NOTATIONS:
        raise ValueError(f"style must be one of {', '.join(NOTATIONS)}, got {style!r}")
    return NOTATIONS[style]


def formula_of(graph: Snapshot, style: str, digits: int | None, limit: int) -> str:
    """The formula of the root of a graph, as `autograd.formula` gives it."""
    notation = notation_named(style)
    statements = Statements(graph)
    root = graph.root
    if root.op is None:
        return notation.name(statements.names[root.id].name)

    def right(id: int) -> str:
        return fragment_of(statements.expression(id, notation), notation, digits).text

    def equation(id: int) -> str:
        return f"{notation.name(statements.names[id].name)} = {right(id)}"

    others = [id for id in statements.ids if id != root.id]
    if style == "plain":
        return "\n".join([*map(equation, others), right(root.id)])
    following = [equation(id) for id in others[::-1][:limit]]
    if len(others) > limit:
        following.append(notation.ellipsis)
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
    notation = notation_named(style)
    if node.op is None:
        return ()
    namer = Namer()
    positions: dict[Value | int, int] = {}
    for position, x in enumerate(node.operands):
        if not isinstance(x, float):
            positions.setdefault(x, position)
    labels = {x: _operand_label(x, graph) for x in positions}
    names = {  # the labelled ones first, which keep their labels
        x: Symbol(namer.named(labels[x] or _usual_name(positions[x], len(node.operands))))
        for x in sorted(positions, key=lambda x: not labels[x])
    }
    operands = [Constant(x) if isinstance(x, float) else names[x] for x in node.operands]
    out = Operation(node.op, tuple(operands))
    known = {out.key: Symbol(namer.named(node.label or "out"))}
    order = {symbol.key: position for position, symbol in enumerate(names.values())}
    return tuple(
        [
            fragment_of(simplified(expanded(local, notation, known, order)), notation, 6).text
            for local, operand in zip(local_derivatives(node.op, operands, out), operands)
            if not isinstance(operand, Constant)
        ]
    )


def _operand_label(operand: Value | int, graph: Snapshot | None) -> str:
    if isinstance(operand, Value):
        return operand.label
    return "" if graph is None else graph.short_name(operand)


def _usual_name(position: int, count: int) -> str:
    return "xyz"[position] if count <= 3 else f"x{position + 1}"
