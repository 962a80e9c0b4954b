"""The operations of a graph in the page: which it can compute, and by what.

Those of the table have their rules in `modules/rules.js`. An operation of one's own is traced, and
its rule written into the page, since the page makes no code. One that cannot be traced is frozen:
the page keeps its number and its local derivatives, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from autograd.engine.known import Known
from autograd.engine.primitive import Primitive, Reduction
from autograd.page.javascript import js_function
from autograd.page.rules import needed, rule
from autograd.page.tracing import OF_THE_TABLE, Trace, traced, traced_rules
from autograd.snapshot import Node, Snapshot

LEAF: Final = 65535  # in place of the operation of a leaf

# An operation, and for a reduction of one's own the number of its operands.
_Kind = tuple[Primitive, int]


class Operations:
    """The operations of a graph.

    Attributes:
        rows: for each operation its ``"name"`` and its ``"rule"``, or None and a ``"reason"``.
        column: for each node its operation, by its position among the rows; `LEAF` for a leaf.
        frozen: the ids of the nodes that the page does not compute.

    >>> from autograd import Value, graph
    >>> Operations(graph(Value(2.0).tanh())).rows
    [{'name': 'tanh', 'rule': 'tanh'}]
    """

    def __init__(self, snapshot: Snapshot) -> None:
        nodes: dict[_Kind, list[Node]] = {}
        for node in snapshot:
            if node.op is not None:
                nodes.setdefault(_kind(node.op, node), []).append(node)
        self.rows: list[dict[str, str | None]] = []
        self._own: list[str] = []
        for (op, _), those in nodes.items():
            self.rows.append(self._row(op, those, snapshot))
        places = {kind: place for place, kind in enumerate(nodes)}
        self.column: list[int] = [
            LEAF if node.op is None else places[_kind(node.op, node)] for node in snapshot
        ]
        self.frozen: list[int] = [node.id for node in snapshot if self.is_frozen(node.id)]

    def is_frozen(self, id: int) -> bool:
        """True if the page keeps the number of that node, and its local derivatives."""
        place = self.column[id]
        return place != LEAF and self.rows[place]["rule"] is None

    def rules(self) -> str:
        """The rules of these operations, in place of `modules/rules.js`."""
        names = [row["rule"] for row in self.rows]
        return needed([name for name in names if name is not None], self._own)

    def _row(self, op: Primitive, nodes: Sequence[Node], snapshot: Snapshot) -> dict[str, Any]:
        if op in OF_THE_TABLE:
            return {"name": op.name, "rule": op.name}
        row: dict[str, Any] = {"name": op.name, "rule": None}
        if isinstance(op, Known):
            row["reason"] = "it was recorded with numbers, without a function to compute it by"
            return row
        try:
            forward, rules = _traces(op, len(nodes[0].operands))
        except Exception:  # a function of a user's may raise anything
            row["reason"] = "its functions do more than combine operations of autograd"
            return row
        for node in nodes:
            operands = [snapshot[x].data if isinstance(x, int) else x for x in node.operands]
            if not _agree(op, operands, forward, rules):
                row["reason"] = "its functions do not give the same for the same numbers"
                return row
        row["rule"] = f"own{len(self._own)}"
        self._own.append(_written(row["rule"], op, forward, rules))
        return row


def _kind(op: Primitive, node: Node) -> _Kind:
    is_own_reduction = isinstance(op, Reduction) and op not in OF_THE_TABLE
    return op, len(node.operands) if is_own_reduction else 0


def _traces(op: Primitive, count: int) -> tuple[Trace, list[Trace]]:
    """The steps of the value of an operation, and of its rules."""
    forward = traced(op.evaluate, count)
    if isinstance(op, Reduction):
        return forward, [traced(lambda xs: op.local_derivatives(xs[:-1], xs[-1]), count + 1)]
    return forward, traced_rules(op)


def _agree(op: Primitive, operands: list[float], forward: Trace, rules: list[Trace]) -> bool:
    """True if the steps give what the functions give: they might look at the kind of a number."""
    try:
        out = float(op.evaluate(operands))
        locals_ = [float(x) for x in op.local_derivatives(operands, out)]
        steps = [x for trace in rules for x in trace.evaluate([*operands, out])]
        return _same([out, *locals_], [*forward.evaluate(operands), *steps])
    except Exception:  # as above
        return False


def _same(xs: list[float], ys: list[float]) -> bool:
    return len(xs) == len(ys) and all(x == y or (x != x and y != y) for x, y in zip(xs, ys))


def _written(name: str, op: Primitive, forward: Trace, rules: list[Trace]) -> str:
    """The rule of an operation in JavaScript."""
    if isinstance(op, Reduction):
        names = [f"xs[{i}]" for i in range(forward.count)]
        value = js_function(forward, names, "(xs)")
        gradient = js_function(rules[0], [*names, "out"], "(xs, out)", listed=True)
        return rule(name, value, f"gradient: {gradient}")
    names = [f"x{i}" for i in range(forward.count)]
    value = js_function(forward, names, f"({', '.join(names)})")
    arguments = [*names, "out"]
    derivatives = [js_function(trace, arguments, f"({', '.join(arguments)})") for trace in rules]
    return rule(name, value, f"derivatives: [{', '.join(derivatives)}]")
