"""The data of a page: a graph, its names and formulas, and its scenes, as JSON.

Nothing is stored that the page can compute: gradients, local derivatives, colours and texts of
numbers are not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.draw import text
from autograd.draw.content import group_title, operation_text
from autograd.engine.primitive import Primitive
from autograd.page.columns import packed
from autograd.page.formulas import MOST_OPERANDS, number, trees_of
from autograd.page.mathml import fragment
from autograd.page.operations import LEAF, Operations
from autograd.page.scenes import scenes
from autograd.snapshot import Node, Snapshot
from autograd.words.notation import NOTATIONS, Name
from autograd.words.statements import Statements


def page_data(graph: Snapshot, operations: Operations, title: str) -> dict[str, Any]:
    """The data of the page of a graph.

    Args:
        graph: the snapshot.
        operations: of the graph, as the page computes them.
        title: of the page, or "".
    """
    kinds, patterns = _patterns(graph)
    return {
        "title": title,
        "graph": graph_data(graph, operations),
        "names": _names(graph),
        "short": _short_names(graph),
        "pattern": packed("H", kinds),
        "patterns": patterns,
        "group": packed("i", [-1 if node.group is None else node.group for node in graph]),
        "groups": _groups(graph),
        "scenes": scenes(graph),
    }


def graph_data(graph: Snapshot, operations: Operations) -> dict[str, Any]:
    """A graph as columns, which ``Tape`` in ``engine.js`` reads.

    An operand is the id of a node; or a constant, if it is the number of nodes or more. The
    numbers are those of the leaves, and of what the page cannot compute: for that there are local
    derivatives besides.
    """
    count, frozen = len(graph), frozenset(operations.frozen)
    constants: list[float] = []
    operands: list[int] = []
    for node in graph:
        for operand in node.operands:
            if isinstance(operand, float):
                operands.append(count + len(constants))
                constants.append(operand)
            else:
                operands.append(operand)
    return {
        "count": count,
        "ops": operations.rows,
        "op": packed("H", operations.column),
        "arity": packed("I", [len(node.operands) for node in graph]),
        "operand": packed("i", operands),
        "constants": packed("d", constants),
        "held": packed("H", _held(graph, operations)),
        "data": packed("d", [node.data for node in graph if node.op is None or node.id in frozen]),
        "locals": {id: [*_locals(graph[id])] for id in sorted(frozen)},
    }


def _held(graph: Snapshot, operations: Operations) -> list[int]:
    """For each node the operation that a change of it does not pass, or `LEAF`.

    It is that of the first frozen node that was computed from it.
    """
    none = len(graph)
    first = [none] * none
    for node in reversed(graph.nodes):
        found = node.id if operations.is_frozen(node.id) else first[node.id]
        for input in node.inputs:
            first[input] = min(first[input], found)
    return [LEAF if id == none else operations.column[id] for id in first]


def _locals(node: Node) -> Iterable[float | str]:
    """The local derivative of a node by each operand, 0 by a constant."""
    derivatives = iter(node.local_derivatives)
    for operand in node.operands:
        yield 0.0 if isinstance(operand, float) else number(next(derivatives))


def _groups(graph: Snapshot) -> list[dict[str, Any]]:
    """What the page says of the groups, and how they lie in one another: at level 1 in no other."""
    found: list[dict[str, Any]] = []
    for group in graph.groups:
        level = 1 if group.parent is None else 1 + found[group.parent]["level"]
        title, place = _shown(group_title(group, group.name)), _shown(graph.place(group))
        found.append({"title": title, "place": place, "parent": group.parent, "level": level})
    return found


def _names(graph: Snapshot) -> dict[int, str]:
    """The names of the nodes in formulas, as `explain` has them, but for ``v`` and the id."""
    notation = NOTATIONS["unicode"]
    symbols = Statements(graph, range(len(graph))).names
    return {
        id: notation.name(symbol.name)
        for id, symbol in sorted(symbols.items())
        if symbol.name != Name(f"v{id}")
    }


def _short_names(graph: Snapshot) -> dict[int, str]:
    """The names of the nodes in boxes, for those that have a label or a name in a model."""
    short = {node.id: graph.short_name(node) for node in graph}
    return {id: _shown(name) for id, name in short.items() if name}


def _shown(name: str) -> str:
    return "\n".join(text.lines_of(name))


def _patterns(graph: Snapshot) -> tuple[list[int], list[dict[str, Any]]]:
    """For each node the number of its pattern, and the patterns.

    A pattern is an operation with its constants: its text in a box, its formula and its local
    derivatives. The first stands for leaves.
    """
    found: dict[tuple[Primitive, Any], int] = {}
    kinds: list[int] = []
    patterns: list[dict[str, Any]] = [{}]
    for node in graph:
        if node.op is None:
            kinds.append(0)
            continue
        constants: Any = tuple([repr(x) if isinstance(x, float) else None for x in node.operands])
        if len(constants) > MOST_OPERANDS:
            constants = len(constants), sum(x is not None for x in constants)
        key = node.op, constants
        if key not in found and len(patterns) < LEAF:
            found[key] = len(patterns)
            forward, derivatives = trees_of(node)
            described = operation_text(node, lambda x: f"{x:.4g}")
            patterns.append(
                {
                    "text": described,
                    "formula": None if forward is None else fragment(forward).shown,
                    "locals": [
                        None if tree is None else vars(fragment(tree)) for tree in derivatives
                    ],
                }
            )
        kinds.append(found.get(key, 0))
    return kinds, patterns
