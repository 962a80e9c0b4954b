"""A snapshot of a graph: what everything that shows or explains a graph reads.

`graph` copies all that there is to know of a graph into one immutable `Graph`:
the nodes in order, with their numbers as they are now, and the groups that they
belong to, which are the modules of the models that took part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

from autograd.primitives import Primitive
from autograd.snapshot.grouping import Group, grouped
from autograd.value import Value, topological_order

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import graphviz

    from autograd.draw.options import Layout, PictureOptions
    from autograd.snapshot.diagnosis import Anomaly
    from autograd.snapshot.ways import Ways
    from autograd.words.explanation import Explanation


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the graph as it was when the snapshot was taken.

    Attributes:
        id: its position in `Graph.nodes`. Inputs have smaller ids than what is computed
            from them, and a program that runs again gives its nodes the same ids.
        label: the label of the value.
        data: the number.
        grad: the gradient; None where no backward pass has been.
        op: the operation that computed it; None for a leaf.
        operands: what the operation was applied to, in order: an int is the id of a
            node, a float a constant.
        local_derivatives: for each of the `inputs`, the derivative of this node with
            respect to it alone.
        name: of a parameter of a module, the path that leads to it there, such as ``"w.1"``.
        group: the id of the innermost group that the node belongs to, if any.
    """

    id: int
    label: str
    data: float
    grad: float | None
    op: Primitive | None
    operands: tuple[int | float, ...]
    local_derivatives: tuple[float, ...]
    name: str
    group: int | None

    @property
    def inputs(self) -> tuple[int, ...]:
        """The ids of the nodes among the operands, in order."""
        return tuple([operand for operand in self.operands if type(operand) is int])


Which: TypeAlias = "Value | Node | int | str"


def graph(root: Value) -> Graph:
    """A snapshot of the graph that ``root`` was computed by; see `autograd.graph`."""
    if not isinstance(root, Value):
        raise TypeError(
            "graph() takes the Value that a graph leads to, such as the loss of a model; "
            f"got {kind_of(root)}"
        )
    values = topological_order(root)
    ids = {value: id for id, value in enumerate(values)}
    groups, members, names = grouped(values, ids)
    nodes = tuple(
        Node(
            id=id,
            label=value.label,
            data=value.data,
            grad=value.grad if value.has_grad else None,
            op=value.op,
            operands=tuple([ids[x] if isinstance(x, Value) else x for x in value.operands]),
            local_derivatives=value.local_derivatives,
            name=names.get(id, ""),
            group=members[id],
        )
        for id, value in enumerate(values)
    )
    return Graph(nodes, groups, ids)


def kind_of(thing: object) -> str:
    """The type of ``thing`` with its article, for an error.

    >>> kind_of(3)
    'an int'
    """
    kind = type(thing).__name__
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"


class Graph:
    """An immutable snapshot of a graph; `graph` takes one.

    It is a sequence of nodes, inputs first and the root last.

    Attributes:
        nodes: the nodes, each at the position that is its id.
        groups: the groups, each at the position that is its id.
    """

    __slots__ = ("_ids", "_users", "groups", "nodes")

    nodes: tuple[Node, ...]
    groups: tuple[Group, ...]
    _ids: dict[Value, int]
    _users: list[list[int]]

    def __init__(
        self, nodes: tuple[Node, ...], groups: tuple[Group, ...], ids: dict[Value, int]
    ) -> None:
        users: list[list[int]] = [[] for _ in nodes]
        for node in nodes:
            for source in dict.fromkeys(node.inputs):
                users[source].append(node.id)
        object.__setattr__(self, "nodes", nodes)
        object.__setattr__(self, "groups", groups)
        # Only to look nodes up by: what the values hold by now is not looked at.
        object.__setattr__(self, "_ids", ids)
        object.__setattr__(self, "_users", users)

    def __reduce__(self) -> tuple[Any, ...]:
        return Graph, (self.nodes, self.groups, self._ids)

    def __setattr__(self, name: str, _: object) -> None:
        raise AttributeError(f"a Graph is a snapshot, and its {name} cannot be changed")

    @property
    def root(self) -> Node:
        """The node that everything else leads to."""
        return self.nodes[-1]

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __repr__(self) -> str:
        groups = f", {len(self.groups)} groups" if self.groups else ""
        return f"<graph of {len(self.nodes)} nodes{groups}>"

    # ── Finding nodes ─────────────────────────────────────────────────────────

    def __getitem__(self, which: Which) -> Node:
        """The node of a Value, of an id, or of a label or a `name` that only one node has.

        Raises:
            TypeError: ``which`` is none of these.
            KeyError: there is no such node, or there are several of that label.
        """
        if isinstance(which, Node):
            which = which.id
        if isinstance(which, int) and not isinstance(which, bool):
            if not 0 <= which < len(self.nodes):
                raise KeyError(f"there is no node {which}: ids go from 0 to {len(self.nodes) - 1}")
            return self.nodes[which]
        if isinstance(which, Value):
            if which not in self._ids:
                raise KeyError(f"{which!r} has no part in this graph")
            return self.nodes[self._ids[which]]
        if not isinstance(which, str):
            raise TypeError(
                f"a node is found by a Value, an id or a label, not by a {type(which).__name__}"
            )
        return self._labelled(which)

    def _labelled(self, label: str) -> Node:
        found = [node for node in self.nodes if label and node.label == label]
        if not found:
            found = [node for node in self.nodes if self.name(node) == label]
        if not found:
            raise KeyError(f"no node has the label {label!r}: find() searches for a pattern")
        if len(found) > 1:
            ids = ", ".join([str(node.id) for node in found[:5]]) + (", ..." if found[5:] else "")
            raise KeyError(
                f"{len(found)} nodes have the label {label!r}: choose one by its id, of {ids}"
            )
        return found[0]

    def find(self, pattern: str) -> list[Node]:
        """The nodes whose label, or whose name as a parameter, fits ``pattern``.

        Args:
            pattern: ``*`` stands for any text, ``?`` for any character and ``[ab]`` for
                one of those, as in file names; case counts. A parameter's name may be
                given with the path of its groups, as ``"MLP.layers.0.*"``.

        >>> a, b = Value(1.0, "w1"), Value(2.0, "w2")
        >>> [node.data for node in graph(a * b).find("w*")]
        [1.0, 2.0]
        """
        return [
            node
            for node in self.nodes
            if (node.label and fnmatchcase(node.label, pattern))
            or (node.name and fnmatchcase(node.name, pattern))
            or (node.name and fnmatchcase(f"{self.place(node)}.{node.name}", pattern))
        ]

    def place(self, which: Which) -> str:
        """Where in the model the node is, such as ``"MLP.layers.0.neurons.1"``; "" outside."""
        names: list[str] = []
        group = self[which].group
        while group is not None:
            names.append(self.groups[group].name)
            group = self.groups[group].parent
        return ".".join(reversed(names))

    def name(self, which: Which) -> str:
        """How a sentence refers to the node: its label, or its path in the model, or its number.

        >>> x = Value(3.0, "x")
        >>> snapshot = graph(x * 2)
        >>> snapshot.name(0), snapshot.name(1)
        ('x', 'node1')
        """
        node = self[which]
        if node.label:
            return node.label if node.label.isprintable() else repr(node.label)
        if node.name:
            return f"{self.place(node)}.{node.name}"
        return f"node{node.id}"

    # ── Walking ───────────────────────────────────────────────────────────────

    def users(self, which: Which) -> tuple[int, ...]:
        """The ids of the nodes that have this one among their operands, in order."""
        return tuple(self._users[self[which].id])

    def ancestors(self, which: Which) -> list[Node]:
        """Every node that this one was computed from, in order.

        >>> a, b = Value(1.0, "a"), Value(2.0, "b")
        >>> c = a + b
        >>> [node.label for node in graph(c * 2).ancestors(c)]
        ['a', 'b']
        """
        start = self[which].id
        reached = {start}
        for node in reversed(self.nodes[: start + 1]):
            if node.id in reached:
                reached.update(node.inputs)
        return [self.nodes[id] for id in sorted(reached - {start})]

    def descendants(self, which: Which) -> list[Node]:
        """Every node that was computed from this one, in order."""
        start = self[which].id
        reached = {start}
        for node in self.nodes[start + 1 :]:
            if not reached.isdisjoint(node.inputs):
                reached.add(node.id)
        return [self.nodes[id] for id in sorted(reached - {start})]

    # ── The chain rule ────────────────────────────────────────────────────────

    def adjoints(self, which: Which | None = None) -> tuple[float, ...]:
        """For each node, the derivative of the root, or of another node, with respect to it.

        They are computed from the local derivatives of the snapshot, whether or not a
        backward pass has been; 0 where nothing leads from the node to the root.

        >>> x = Value(3.0)
        >>> graph(x * x).adjoints()
        (6.0, 1.0)
        """
        target = self.root if which is None else self[which]
        adjoints = [0.0] * len(self.nodes)
        adjoints[target.id] = 1.0
        reached = {target.id}
        for node in reversed(self.nodes[: target.id + 1]):
            if node.id in reached:
                reached.update(node.inputs)
                for source, local in zip(node.inputs, node.local_derivatives):
                    adjoints[source] += local * adjoints[node.id]
        return tuple(adjoints)

    def path(self, leaf: Which, limit: int = 10) -> Ways:
        """Every way from ``leaf`` to the root, with the product of its local derivatives.

        The sum of the products is the derivative of the root with respect to the leaf.

        Args:
            leaf: a node; it need not be a leaf.
            limit: how many ways are listed at most: those with the largest products.

        >>> x = Value(3.0, "x")
        >>> y = x * x + x
        >>> y.label = "y"
        >>> print(graph(y).path(x))
        3 ways from x to y, whose products add up to 7
          3 = 3 * 1: x -> node1 -> y
          3 = 3 * 1: x -> node1 -> y
          1 = 1: x -> y
        """
        from autograd.snapshot.ways import ways

        return ways(self, self[leaf], limit)

    # ── Words ─────────────────────────────────────────────────────────────────

    def explain(
        self, leaf: Which | None = None, *, digits: int = 6, limit: int = 20
    ) -> Explanation:
        """The chain rule, step by step, as a page to read; see `autograd.explain`."""
        from autograd.reading import explain

        return explain(self, leaf, digits=digits, limit=limit)

    # ── Bad numbers ───────────────────────────────────────────────────────────

    def anomalies(
        self, *, saturated: float = 0.01, vanishing: float = 1e-6, exploding: float = 1e6
    ) -> list[Anomaly]:
        """What is wrong with the numbers: the first that is not finite, dead ends, lost gradients.

        Args:
            saturated: an activation is saturated where its slope is at most this fraction
                of its slope at 0.
            vanishing: a gradient vanishes where it is multiplied by at most this on the
                strongest way to a leaf.
            exploding: it explodes where it is multiplied by at least this.

        Raises:
            ValueError: one of these is no such number.

        >>> x = Value(0.0, "x")
        >>> for anomaly in graph(x.sqrt() * 2).anomalies():
        ...     print(anomaly)
        The first gradient that is not finite: x gets inf, the local derivative inf times 2.
          node1 = sqrt(x) = 0 with x = 0
        """
        from autograd.snapshot.diagnosis import anomalies

        return anomalies(self, saturated=saturated, vanishing=vanishing, exploding=exploding)

    # ── Pictures ──────────────────────────────────────────────────────────────

    def to_svg(self, **options: Unpack[PictureOptions]) -> str:
        """The graph as an SVG document; no other program is needed.

        Args:
            options: those of `autograd.draw.picture_of`.

        >>> x = Value(3.0, "x")
        >>> graph(x * x).to_svg(theme="dark").startswith("<svg ")
        True
        """
        from autograd import draw

        return draw.to_svg(draw.picture_of(self, **options))

    def to_dot(self, format: str = "svg", **options: Unpack[PictureOptions]) -> graphviz.Digraph:
        """The graph as a `graphviz.Digraph`, which can be changed before it is rendered.

        Args:
            format: of what it is rendered to.
            options: those of `autograd.draw.picture_of`.
        """
        from autograd import draw
        from autograd.draw.options import check_names

        check_names(options, "format")
        return draw.to_digraph(draw.picture_of(self, **options), format)

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        layout: Layout | None = None,
        **options: Unpack[PictureOptions],
    ) -> Path:
        """Draw the graph into a file, such as ``"x.svg"``; see `autograd.draw.save`."""
        from autograd import draw

        return draw.save(self, path, layout=layout, **options)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows: the picture."""
        from autograd.draw import notebook

        return notebook.show(self)
