"""The content of the picture of a graph: from a snapshot to boxes, edges and frames.

A value and the operation that computed it share one box, with the constants that the
operation was applied to, such as ``(·) ** 2``. In the classic style, each operation and
each constant has a shape of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from reprlib import repr as shown
from typing import Final, Unpack

from autograd.draw.captions import caption
from autograd.draw.coloring import Coloring
from autograd.draw.colors import THEMES, readable_on
from autograd.draw.folding import Folding, Part, fold
from autograd.draw.options import DotOptions, complete_options, takes_options
from autograd.draw.picture import Box, Edge, Frame, Line, Picture
from autograd.draw.summary import DASH, SMALL, computed, count, operations, summary
from autograd.engine.operands import kind_of
from autograd.engine.primitive import Primitive, Reduction
from autograd.snapshot import Node, Snapshot
from autograd.snapshot.grouping import Group
from autograd.snapshot.paths import paths
from autograd.words.formulas import local_derivative_formulas

_BLANK: Final = "·"  # an operand of an operation that has a box of its own
_MOST_OPERANDS: Final = 4  # an operation with more is abbreviated
_LARGE: Final = 1.1  # the scale of names
_MARKED_BOX: Final = 3.0  # the width of marked lines
_MARKED_EDGE: Final = 2.5


@takes_options(DotOptions)
def picture_of(graph: Snapshot, **options: Unpack[DotOptions]) -> Picture:
    """The picture of a graph, without a place for anything.

    Args:
        graph: the snapshot.
        options: those of `PictureOptions`, and of `DotOptions` if Graphviz lays it out.

    Raises:
        ValueError: an option is none of its choices; the message names them.
        TypeError: an option does not exist, or is not of its type.
        KeyError: ``path_from`` or a group of ``open`` is not in the graph.

    >>> from autograd import Value, graph
    >>> x = Value(3.0, "x")
    >>> [[line.text for line in box.lines] for box in picture_of(Snapshot.of(x**2)).boxes]
    [['x', '3', 'grad –'], ['(·) ** 2', '9', 'grad –']]
    """
    if not isinstance(graph, Snapshot):
        raise TypeError(
            f"picture_of() takes a snapshot, such as autograd.graph(loss), got {kind_of(graph)}"
        )
    chosen = complete_options(options)
    places = chosen["open"]
    if isinstance(places, str) or not isinstance(places, Collection):
        raise TypeError(f"open takes a list of places of groups, got {shown(places)}")
    opened = [graph.group(place).id for place in places]
    folding = fold(graph, chosen["depth"], chosen["max_boxes"], opened)
    return Drawing(graph, folding, chosen).picture()


class Drawing:
    """A picture while it is being made."""

    def __init__(self, graph: Snapshot, folding: Folding, options: DotOptions) -> None:
        self.graph = graph
        self.folding = folding
        self.options = options
        self.colors = THEMES[options["theme"]]
        start = options["path_from"]
        self.paths = None if start is None else paths(graph, graph[start], limit=0)
        self.marked = frozenset() if self.paths is None else self.paths.nodes
        # The value where the paths begin is on them, and the operation that computed it is not.
        self.entered = self.marked if self.paths is None else self.marked - {self.paths.leaf}
        self.coloring = Coloring(graph, folding, options)
        self.boxes: list[Box] = []
        self.edges: list[Edge] = []
        self.frames: list[Frame] = []
        self.frame_of: dict[int, int] = {}  # for each open group
        # For each part, the index of the box that edges enter, and of the one that they leave.
        self.entries: list[int] = []
        self.exits: list[int] = []

    def picture(self) -> Picture:
        """The picture."""
        if self.options["frames"]:
            self._add_frames()
        for part in self.folding.parts:
            self._add_part(part)
        self._add_edges()
        return Picture(
            tuple(self.boxes),
            tuple(self.edges),
            tuple(self.frames),
            direction=self.options["direction"],
            font_size=float(self.options["font_size"]),
            background=self.colors.background,
            text_color=self.colors.text,
            legend=self.coloring.legend(self._formatted),
            caption=caption(
                self.graph, self.folding, self.paths, self.options["depth"], self._formatted
            ),
            title=self.options["title"],
        )

    def _formatted(self, number: float) -> str:
        """A result; the sign of a zero is only in the tooltips."""
        return self._constant(number + 0.0)  # -0.0 + 0.0 is 0.0

    def _constant(self, number: float) -> str:
        return f"{number:.{self.options['precision']}g}"

    # ── Boxes ─────────────────────────────────────────────────────────────────

    def _add_frames(self) -> None:
        fills = self.colors.frames
        for group, level in zip(self.graph.groups, self.folding.levels):
            if group.id not in self.folding.open:
                continue
            self.frame_of[group.id] = len(self.frames)
            self.frames.append(
                Frame(
                    self._title(group),
                    None if group.parent is None else self.frame_of[group.parent],
                    fill=fills[(level - 1) % len(fills)],
                    stroke=self.colors.frame_stroke,
                    text_color=self.colors.frame_text,
                )
            )

    def _add_part(self, part: Part) -> None:
        nodes = [self.graph.nodes[id] for id in part.nodes]
        self.entries.append(len(self.boxes))
        if part.kind == "value":
            self._add_value(nodes[0])
        else:
            self._add_folded(part, nodes)
        self.exits.append(len(self.boxes) - 1)

    def _add_value(self, node: Node) -> None:
        """Add a value and, in the same box or in an oval of its own, its operation."""
        name = self._name(node)
        lines = [Line(name, bold=True, scale=_LARGE)] if name else []
        operation = None
        if node.op is not None and self.options["style"] == "classic":
            operation = self._add_operation(node, node.op)
        elif node.op is not None:
            lines.append(Line(operation_text(node, self._constant), bold=not name))
        lines += self._numbers(node)
        fill = self.colors.leaf if node.op is None else self.colors.box
        box = Box(tuple(lines), fill=fill, tooltip=self._tooltip(node), id=f"value{node.id}")
        self._add_box([node], node.group, box)
        if operation is not None:
            marked = node.id in self.entered
            self.edges.append(self._edge(operation, len(self.boxes) - 1, marked))

    def _add_box(self, nodes: Sequence[Node], group: int | None, box: Box) -> None:
        """Add a box in the frame of a group, coloured by the numbers of its nodes."""
        marked = not self.marked.isdisjoint([node.id for node in nodes])
        box = self._outlined(box, marked, group)
        fill, dashed = self.coloring.color(self.coloring.numbers(nodes), box.fill)
        text_color = box.text_color if fill == box.fill else readable_on(fill)
        self.boxes.append(replace(box, fill=fill, dashed=dashed, text_color=text_color))

    def _outlined(self, box: Box, marked: bool, group: int | None) -> Box:
        """The box with its outline, in the frame of a group if that is open."""
        return replace(
            box,
            stroke=self.colors.highlight if marked else self.colors.stroke,
            stroke_width=_MARKED_BOX if marked else 1.0,
            text_color=self.colors.text,
            frame=None if group is None else self.frame_of.get(group),
        )

    def _numbers(self, node: Node) -> list[Line]:
        grad = DASH if node.grad is None else self._formatted(node.grad)
        return [Line(self._formatted(node.data)), Line(f"grad {grad}", scale=SMALL)]

    def _name(self, node: Node) -> str:
        """The name of a node in its frame; without frames, the name with its groups."""
        if self.options["frames"]:
            return self.graph.short_name(node)
        return node.label or (f"{self.graph.place(node)}.{node.name}" if node.name else "")

    def _title(self, group: Group) -> str:
        """The title of a group in the frame around it."""
        return group_title(group, group.name if self.options["frames"] else self.graph.place(group))

    def _tooltip(self, node: Node) -> str:
        """The name, the operation and the numbers of a node in full."""
        place = ".".join(filter(None, [self.graph.place(node), node.name]))
        names = [node.label or self.graph.name(node), place]
        return "\n".join(
            [
                *[name for name in dict.fromkeys(names) if name],
                *([node.op.name] if node.op is not None else []),
                f"data {node.data!r}",
                f"grad {DASH if node.grad is None else repr(node.grad)}",
            ]
        )

    def _add_operation(self, node: Node, op: Primitive) -> int:
        """Add an operation in an oval, and its constants as bare text; the index of its box."""
        operation, id = len(self.boxes), f"operation{node.id}"
        oval = Box((Line(op.symbol),), "oval", self.colors.box, tooltip=op.name, id=id)
        self.boxes.append(self._outlined(oval, node.id in self.entered, node.group))
        for position, operand in enumerate(node.operands):
            if isinstance(operand, float):
                self.edges.append(self._edge(len(self.boxes), operation, False))
                id = f"constant{node.id}_{position}"
                constant = Box((Line(self._constant(operand)),), "text", id=id)
                self.boxes.append(self._outlined(constant, False, node.group))
        return operation

    def _add_folded(self, part: Part, nodes: Sequence[Node]) -> None:
        around, id = part.group, f"{part.kind}{part.nodes[0]}"
        if part.kind == "group":
            assert part.group is not None
            group = self.graph.groups[part.group]
            title, around, id = self._title(group), group.parent, f"group{group.id}"
        elif computed(nodes):
            title = f"… {count(computed(nodes), 'operation')} …"
        else:
            title = count(len(nodes), "leaf")
        lines = (Line(title, bold=True), *self._summary(part, nodes))
        box = Box(lines, fill=self.colors.folded, tooltip=operations(nodes), id=id)
        self._add_box(nodes, around, box)

    def _summary(self, part: Part, nodes: Sequence[Node]) -> Sequence[Line]:
        """The lines below the title of a box that stands for many values."""
        return summary(part, nodes, self._formatted)

    # ── Edges ─────────────────────────────────────────────────────────────────

    def _add_edges(self) -> None:
        part_of = self.folding.part_of
        parts = self.folding.parts
        # All edges between two boxes are merged into one if a box is folded.
        merged: dict[tuple[int, int], list[bool]] = {}
        for node in self.graph:
            head = part_of[node.id]
            formulas = self._formulas(node) if parts[head].kind == "value" else ()
            for position, source in enumerate(node.inputs):
                tail = part_of[source]
                if tail == head:
                    continue
                if parts[tail].kind == parts[head].kind == "value":
                    self._add_edge(node, position, source, formulas)
                else:
                    marks = merged.setdefault((tail, head), [])
                    marks.append(self._is_marked(source, node.id))
        for (tail, head), marks in merged.items():
            label = self._count(len(marks))
            self.edges.append(self._edge(self.exits[tail], self.entries[head], any(marks), label))

    def _count(self, uses: int) -> str:
        """The label of an edge that stands for so many."""
        return f"×{uses:,}" if uses > 1 else ""

    def _is_marked(self, source: int, user: int) -> bool:
        return source in self.marked and user in self.marked

    def _add_edge(self, node: Node, position: int, source: int, formulas: Sequence[str]) -> None:
        """An edge between two values."""
        local = node.local_derivatives[position]
        edge = self._edge(
            self.exits[self.folding.part_of[source]],
            self.entries[self.folding.part_of[node.id]],
            self._is_marked(source, node.id),
            self._local_derivative(node, position, formulas),
            f"local derivative {local!r}",
        )
        if self.options["color_by"] == "local derivative":
            color, dashed = self.coloring.color([local], edge.color)
            width = max(edge.width, 1.5) if math.isfinite(local) else _MARKED_EDGE
            edge = replace(edge, color=color, width=width, dashed=dashed)
        self.edges.append(edge)

    def _edge(self, tail: int, head: int, marked: bool, label: str = "", tooltip: str = "") -> Edge:
        return Edge(
            tail,
            head,
            label,
            color=self.colors.highlight if marked else self.colors.edge,
            width=_MARKED_EDGE if marked else 1.0,
            tooltip=tooltip,
            label_color=self.colors.muted,
        )

    def _local_derivative(self, node: Node, position: int, formulas: Sequence[str]) -> str:
        """The label of an edge into ``node``."""
        number = self._formatted(node.local_derivatives[position])
        if self.options["local_derivatives"] == "numbers":
            return number
        if not formulas:
            return ""
        formula = formulas[position]
        if self.options["local_derivatives"] == "symbols":
            return formula
        # A constant derivative is its own formula.
        return number if formula.replace("−", "-") == number else f"{formula} = {number}"

    def _formulas(self, node: Node) -> Sequence[str]:
        """The local derivatives of a value in symbols, if the options ask for them."""
        if self.options["local_derivatives"] in ("symbols", "both"):
            return local_derivative_formulas(node, self.graph)
        return ()


def group_title(group: Group, name: str) -> str:
    """The name of a group, with its kind unless the name tells it."""
    if group.kind == "sample" or group.name.startswith(group.kind):
        return name
    return f"{name} ({group.kind})"


def operation_text(node: Node, formatted: Callable[[float], str]) -> str:
    """The symbol of an operation, with its constants if it has any, such as ``(·) ** 2``."""
    assert node.op is not None
    symbol = node.op.symbol
    operands = [
        formatted(operand) if isinstance(operand, float) else _BLANK for operand in node.operands
    ]
    if set(operands) <= {_BLANK}:
        return symbol
    if len(operands) > _MOST_OPERANDS:
        constants = len(operands) - operands.count(_BLANK)
        return f"{symbol} ({constants} of {len(operands)} constant)"
    if len(operands) == 2 and not symbol[-1].isalnum() and not isinstance(node.op, Reduction):
        return f" {symbol} ".join([x.replace(_BLANK, f"({_BLANK})") for x in operands])
    return f"{symbol}({', '.join(operands)})"
