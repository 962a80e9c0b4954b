"""A snapshot of a graph, which everything that shows or explains a graph reads.

`Snapshot.of` copies a graph into one immutable object: the nodes in topological order,
with their numbers as they are now, and the groups that they belong to, which are the
modules of the models that took part. `autograd.views` adds pictures and words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any, Self, TypeAlias

from autograd.engine.operands import kind_of
from autograd.engine.order import topological_order
from autograd.engine.primitive import Primitive
from autograd.engine.value import Value
from autograd.snapshot.grouping import Group, grouped


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the graph as it was when the snapshot was taken.

    Attributes:
        id: its position in `Snapshot.nodes`. Inputs have smaller ids than what is computed
            from them, and a program that runs again gives its nodes the same ids.
        label: the label of the value.
        data: the number.
        grad: the gradient; None where no backward pass has been.
        op: the operation that computed it; None for a leaf.
        operands: the operands of the operation, in order: an int is the id of a node, a
            float a constant.
        local_derivatives: for each of the `inputs`, the derivative of this node with
            respect to it alone.
        name: the name of a parameter within its innermost group, such as ``"w.1"``; else "".
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


Which: TypeAlias = Value | Node | int | str


class Snapshot:
    """An immutable snapshot of a graph; `Snapshot.of` takes one.

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
        # For finding nodes only; the values may have other numbers by now.
        object.__setattr__(self, "_ids", ids)
        object.__setattr__(self, "_users", users)

    @classmethod
    def of(cls, root: Value) -> Self:
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
        return cls(nodes, groups, ids)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.nodes, self.groups, self._ids)

    def __setattr__(self, name: str, _: object) -> None:
        kind = type(self).__name__
        raise AttributeError(f"a {kind} is a snapshot, and its {name} cannot be changed")

    @property
    def root(self) -> Node:
        """The node that was computed from all others."""
        return self.nodes[-1]

    @property
    def values(self) -> tuple[Value, ...]:
        """The Values that the nodes were taken of, in their order; they may have other numbers.

        >>> x = Value(3.0)
        >>> snapshot = Snapshot.of(x * 2)
        >>> x.data = 4.0
        >>> snapshot.values[0].data, snapshot[0].data
        (4.0, 3.0)
        """
        return tuple(self._ids)

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
                ids = f"ids go from 0 to {len(self) - 1}" if len(self) > 1 else "the only id is 0"
                raise KeyError(f"there is no node {which}: {ids}")
            return self.nodes[which]
        if isinstance(which, Value):
            if which not in self._ids:
                raise KeyError(f"{which!r} has no part in this graph")
            return self.nodes[self._ids[which]]
        if not isinstance(which, str):
            raise TypeError(
                f"a node is found by a Value, an id or a label, not by {kind_of(which)}"
            )
        return self._labelled(which)

    def _labelled(self, label: str) -> Node:
        found = [node for node in self.nodes if label and node.label == label]
        found = found or [node for node in self.nodes if self.name(node) == label]
        if not found:
            raise KeyError(f"no node has the label {label!r}: find() searches for a pattern")
        if len(found) > 1:
            ids = ", ".join([str(node.id) for node in found[:5]]) + (", ..." if found[5:] else "")
            raise KeyError(
                f"{len(found)} nodes have the label {label!r}: choose one by its id, of {ids}"
            )
        return found[0]

    def find(self, pattern: str) -> list[Node]:
        """The nodes whose label, or name as a parameter, matches ``pattern``.

        Args:
            pattern: ``*`` stands for any text, ``?`` for any character and ``[ab]`` for
                one of those, as in file names; case counts. A parameter's name may be
                given with the names of its groups, as ``"MLP.layers.0.*"``.

        >>> a, b = Value(1.0, "w1"), Value(2.0, "w2")
        >>> [node.data for node in Snapshot.of(a * b).find("w*")]
        [1.0, 2.0]
        """
        if not isinstance(pattern, str):
            raise TypeError(f"find() takes a pattern, such as 'w*', got {kind_of(pattern)}")
        return [
            node
            for node in self.nodes
            if (node.label and fnmatchcase(node.label, pattern))
            or (node.name and fnmatchcase(node.name, pattern))
            or (node.name and fnmatchcase(f"{self.place(node)}.{node.name}", pattern))
        ]

    def group(self, which: str | int | Group) -> Group:
        """The group of a place, such as ``"MLP.layers.0"``, or of an id.

        Raises:
            TypeError: ``which`` is none of these.
            KeyError: there is no such group; the message names one with a similar place.
        """
        if isinstance(which, Group):
            which = which.id
        if isinstance(which, int) and not isinstance(which, bool):
            if not 0 <= which < len(self.groups):
                raise KeyError(f"there is no group {which}: the graph has {len(self.groups)}")
            return self.groups[which]
        if not isinstance(which, str):
            raise TypeError(f"a group is found by its place or an id, not by {kind_of(which)}")
        places = {self.place(group): group for group in self.groups}
        if which not in places:
            near = get_close_matches(which, places, n=1, cutoff=0.0)
            hint = f"did you mean {near[0]!r}?" if near else "the graph has no groups"
            raise KeyError(f"there is no group {which!r}: {hint}")
        return places[which]

    def place(self, which: Which | Group) -> str:
        """The place of a node or a group in its model, such as ``"MLP.layers.0"``; "" outside."""
        group = which.id if isinstance(which, Group) else self[which].group
        return ".".join([each.name for each in reversed(self._around(group))])

    def _around(self, group: int | None) -> list[Group]:
        """The group of that id and those around it, the innermost first."""
        found = []
        while group is not None:
            found.append(self.groups[group])
            group = found[-1].parent
        return found

    def name(self, which: Which) -> str:
        """The name of the node in a text: its label, its name in the model, or ``v`` and its id.

        >>> x = Value(3.0, "x")
        >>> snapshot = Snapshot.of(x * 2)
        >>> snapshot.name(0), snapshot.name(1)
        ('x', 'v1')
        """
        node = self[which]
        if node.label:
            return node.label if node.label.isprintable() else repr(node.label)
        if node.name:
            return f"{self.place(node)}.{node.name}"
        return f"v{node.id}"

    def short_name(self, which: Which) -> str:
        """The name of the node inside its group: its label or its name as a parameter, or "".

        A label that begins with the place of the group, or with the end of that place, is
        given without it: in ``MLP.layers.0``, the label ``"layers.0.scale"`` is ``"scale"``.
        """
        node = self[which]
        place, short = "", node.label
        for group in self._around(node.group):
            if group.kind != "sample":
                place = f"{group.name}.{place}"
                if node.label.startswith(place):
                    short = node.label[len(place) :]
        return short or node.label or node.name

    # ── Walking ───────────────────────────────────────────────────────────────

    def users(self, which: Which) -> tuple[int, ...]:
        """The ids of the nodes that have this one among their operands, in order."""
        return tuple(self._users[self[which].id])

    def ancestors(self, which: Which) -> list[Node]:
        """Every node that this one was computed from, in order.

        >>> a, b = Value(1.0, "a"), Value(2.0, "b")
        >>> c = a + b
        >>> [node.label for node in Snapshot.of(c * 2).ancestors(c)]
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

        They are computed from the local derivatives of the snapshot; no backward pass is
        needed. The adjoint is 0 where no path leads from the node to the root.

        >>> x = Value(3.0)
        >>> Snapshot.of(x * x).adjoints()
        (6.0, 1.0)
        """
        target = self.root if which is None else self[which]
        adjoints = [0.0] * len(self.nodes)
        adjoints[target.id] = 1.0
        for node in [target, *reversed(self.ancestors(target))]:
            for source, local in zip(node.inputs, node.local_derivatives):
                adjoints[source] += local * adjoints[node.id]
        return tuple(adjoints)
