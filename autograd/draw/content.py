"""What a picture of a graph shows: from a snapshot to boxes, edges, frames and colours.

A value and the operation that computed it share one box; what an operation was
applied to besides Values stands in its box as well, such as ``(·) ** 2``. In the
classic style, each operation and each constant is a shape of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Unpack

from autograd.draw.colors import THEMES, Scale, blend, readable_on
from autograd.draw.folding import Folding, Part, fold
from autograd.draw.options import DotOptions, completed, takes_options
from autograd.draw.picture import (
    Box,
    Edge,
    Frame,
    Legend,
    Line,
    Picture,
    Swatch,
)
from autograd.draw.summary import SMALL, computed, count, operations, summary
from autograd.engine.primitive import Primitive, Reduction
from autograd.snapshot import Node, Snapshot
from autograd.snapshot.grouping import Group
from autograd.snapshot.paths import paths
from autograd.words.formulas import local_derivative_formulas

_DASH: Final = "–"
_BLANK: Final = "·"  # stands in an operation for an operand that has a box of its own
_MOST_OPERANDS: Final = 4  # that are written out in an operation
_LARGE: Final = 1.1  # the size of names
_MARKED_BOX: Final = 3.0  # the width of lines that stand out
_MARKED_EDGE: Final = 2.5


@takes_options(DotOptions)
def picture_of(graph: Snapshot, **options: Unpack[DotOptions]) -> Picture:
    """What is to be seen of a graph, yet without a place for anything.

    Args:
        graph: the snapshot.
        options: those of `PictureOptions`, and of `DotOptions` for what Graphviz lays out.

    Raises:
        ValueError: an option is none of those listed there; the message names them.
        TypeError: there is no such option, or it is not of the right type.
        KeyError: ``path_from`` is not in the graph.

    >>> from autograd import Value, graph
    >>> x = Value(3.0, "x")
    >>> [[line.text for line in box.lines] for box in picture_of(Snapshot.of(x**2)).boxes]
    [['x', '3', 'grad –'], ['(·) ** 2', '9', 'grad –']]
    """
    chosen = completed(options)
    return _Drawing(graph, fold(graph, chosen["depth"], chosen["max_boxes"]), chosen).picture()


class _Drawing:
    """A picture while it is being made."""

    def __init__(self, graph: Snapshot, folding: Folding, options: DotOptions) -> None:
        self.graph = graph
        self.folding = folding
        self.options = options
        self.colors = THEMES[options["theme"]]
        start = options["path_from"]
        ways = None if start is None else paths(graph, graph[start], limit=0)
        self.ways = ways
        self.marked = frozenset() if ways is None else ways.nodes
        # What begins the ways is on them, and the operation that computed it is not.
        self.entered = self.marked if ways is None else self.marked - {ways.leaf}
        on_edges = options["color_by"] == "local derivative"
        self.stops = self.colors.lines if on_edges else self.colors.stops
        self.scale = Scale.of(self._coloring())
        self.alarming = False  # whether there is anything in the colour of bad numbers
        self.boxes: list[Box] = []
        self.edges: list[Edge] = []
        self.frames: list[Frame] = []
        self.frame_of: dict[int, int] = {}  # for each open group
        # For each part, the index of the box that edges into it enter, and of the one that
        # edges out of it leave.
        self.entries: list[int] = []
        self.exits: list[int] = []

    def picture(self) -> Picture:
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
            legend=self._legend(),
            caption=self._caption(),
            title=self.options["title"],
        )

    # ── Numbers and their colours ─────────────────────────────────────────────

    def _number(self, number: float) -> str:
        """A result; a zero has no sign in it, which tooltips tell."""
        return self._constant(number + 0.0)  # -0.0 + 0.0 is 0.0

    def _constant(self, number: float) -> str:
        return f"{number:.{self.options['precision']}g}"

    def _coloring(self) -> list[float]:
        """The numbers, one each, that give boxes or edges their colours."""
        if self.options["color_by"] == "local derivative":
            return [
                local
                for node in self.graph
                for source, local in zip(node.inputs, node.local_derivatives)
                if self._is_one_box(node.id) and self._is_one_box(source)
            ]
        boxes = [self._shown(self._nodes(part)) for part in self.folding.parts]
        return [max(numbers, key=abs) for numbers in boxes if numbers and _all_finite(numbers)]

    def _nodes(self, part: Part) -> list[Node]:
        return [self.graph.nodes[id] for id in part.nodes]

    def _is_one_box(self, id: int) -> bool:
        """Whether a node has a box to itself."""
        return self.folding.parts[self.folding.part_of[id]].kind == "value"

    def _shown(self, nodes: Sequence[Node]) -> list[float]:
        """The numbers that give a box its colour."""
        if self.options["color_by"] == "value":
            return [node.data for node in nodes]
        if self.options["color_by"] == "gradient":
            return [node.grad for node in nodes if node.grad is not None]
        return []

    def _color(self, numbers: Sequence[float], plain: str) -> tuple[str, bool]:
        """The colour of the largest of the numbers, and whether dashes stand for its sign.

        Args:
            numbers: those that are seen by the colour.
            plain: the colour where there are none.
        """
        if not _all_finite(numbers):
            self.alarming = True
            return self.colors.alarm, False
        if not numbers or self.scale is None:
            return plain, False
        largest = max(numbers, key=abs)
        color = blend(self.stops, self.scale.position(largest))
        return color, self.colors.dashes and largest < 0.0

    # ── Boxes ─────────────────────────────────────────────────────────────────

    def _add_frames(self) -> None:
        levels: list[int] = []
        for group in self.graph.groups:
            levels.append(0 if group.parent is None else levels[group.parent] + 1)
            if levels[-1] >= self.folding.depth:
                continue
            fills = self.colors.frames
            self.frame_of[group.id] = len(self.frames)
            self.frames.append(
                Frame(
                    self._title(group),
                    None if group.parent is None else self.frame_of[group.parent],
                    fill=fills[levels[-1] % len(fills)],
                    stroke=self.colors.frame_stroke,
                    text_color=self.colors.frame_text,
                )
            )

    def _add_part(self, part: Part) -> None:
        nodes = self._nodes(part)
        self.entries.append(len(self.boxes))
        if part.kind != "value":
            self._add_folded(part, nodes)
        elif self.options["style"] == "classic":
            self._add_classic(nodes[0])
        else:
            self._add_value(nodes[0])
        self.exits.append(len(self.boxes) - 1)

    def _add_box(
        self,
        nodes: Sequence[Node],
        lines: Sequence[Line],
        fill: str,
        frame: int | None,
        id: str,
        tooltip: str,
    ) -> None:
        plain = fill
        fill, dashed = self._color(self._shown(nodes), plain)
        marked = not self.marked.isdisjoint([node.id for node in nodes])
        box = Box(
            tuple(lines),
            fill=fill,
            stroke=self.colors.highlight if marked else self.colors.stroke,
            text_color=self.colors.text if fill == plain else readable_on(fill),
            stroke_width=_MARKED_BOX if marked else 1.0,
            dashed=dashed,
            frame=frame,
            tooltip=tooltip,
            id=id,
        )
        self.boxes.append(box)

    def _frame(self, group: int | None) -> int | None:
        """The frame of a group that is open."""
        return None if group is None else self.frame_of.get(group)

    def _add_value(self, node: Node) -> None:
        lines = []
        name = self._name(node)
        if name:
            lines.append(Line(name, bold=True, scale=_LARGE))
        if node.op is not None:
            lines.append(Line(self._operation(node), bold=not name))
        lines += self._numbers(node)
        self._add_value_box(node, lines)

    def _add_value_box(self, node: Node, lines: Sequence[Line]) -> None:
        fill = self.colors.leaf if node.op is None else self.colors.box
        frame = self._frame(node.group)
        self._add_box([node], lines, fill, frame, f"value{node.id}", self._tooltip(node))

    def _numbers(self, node: Node) -> list[Line]:
        grad = _DASH if node.grad is None else self._number(node.grad)
        return [Line(self._number(node.data)), Line(f"grad {grad}", scale=SMALL)]

    def _name(self, node: Node) -> str:
        """The name of a node in its frame; without frames, it says where the node is."""
        if self.options["frames"]:
            return self.graph.short_name(node)
        return node.label or (f"{self.graph.place(node)}.{node.name}" if node.name else "")

    def _title(self, group: Group) -> str:
        """The name of a group in the frame around it, and its kind where the name does not tell."""
        name = group.name if self.options["frames"] else self.graph.place(group)
        if group.kind == "sample" or group.name.startswith(group.kind):
            return name
        return f"{name} ({group.kind})"

    def _operation(self, node: Node) -> str:
        """How the operation is written, with its constants where there are some."""
        assert node.op is not None
        symbol = node.op.symbol
        operands = [
            self._constant(operand) if isinstance(operand, float) else _BLANK
            for operand in node.operands
        ]
        if set(operands) <= {_BLANK}:
            return symbol
        if len(operands) > _MOST_OPERANDS:
            constants = len(operands) - operands.count(_BLANK)
            return f"{symbol} ({constants} of {len(operands)} constant)"
        if len(operands) == 2 and not symbol[-1].isalnum() and not isinstance(node.op, Reduction):
            return f" {symbol} ".join([x.replace(_BLANK, f"({_BLANK})") for x in operands])
        return f"{symbol}({', '.join(operands)})"

    def _tooltip(self, node: Node) -> str:
        """Everything in full."""
        name = f"{self.graph.place(node)}.{node.name}" if node.name else self.graph.place(node)
        return "\n".join(
            [
                *([node.label] if node.label else []),
                *([name] if name else []),
                *([node.op.name] if node.op is not None else []),
                f"data {node.data!r}",
                f"grad {_DASH if node.grad is None else repr(node.grad)}",
            ]
        )

    def _add_classic(self, node: Node) -> None:
        """The value in a box, before it the operation in an oval and constants as they are."""
        operation = len(self.boxes)
        if node.op is not None:
            self._add_operation(node, node.op)
            self._add_constants(node, operation)
        name = self._name(node)
        lines = [Line(name, bold=True, scale=_LARGE)] if name else []
        self._add_value_box(node, [*lines, *self._numbers(node)])
        if node.op is not None:
            marked = node.id in self.entered
            self.edges.append(self._edge(operation, len(self.boxes) - 1, marked))

    def _add_operation(self, node: Node, op: Primitive) -> None:
        marked = node.id in self.entered
        operation = Box(
            (Line(op.symbol),),
            shape="oval",
            fill=self.colors.box,
            stroke=self.colors.highlight if marked else self.colors.stroke,
            text_color=self.colors.text,
            stroke_width=_MARKED_BOX if marked else 1.0,
            frame=self._frame(node.group),
            tooltip=op.name,
            id=f"operation{node.id}",
        )
        self.boxes.append(operation)

    def _add_constants(self, node: Node, operation: int) -> None:
        for position, operand in enumerate(node.operands):
            if isinstance(operand, float):
                self.edges.append(self._edge(len(self.boxes), operation, False))
                self.boxes.append(
                    Box(
                        (Line(self._constant(operand)),),
                        shape="text",
                        text_color=self.colors.text,
                        frame=self._frame(node.group),
                        id=f"constant{node.id}_{position}",
                    )
                )

    # ── What is folded ────────────────────────────────────────────────────────

    def _add_folded(self, part: Part, nodes: Sequence[Node]) -> None:
        frame, id = part.group, f"{part.kind}{part.nodes[0]}"
        if part.kind == "group":
            assert part.group is not None
            group = self.graph.groups[part.group]
            title, frame, id = self._title(group), group.parent, f"group{group.id}"
        elif computed(nodes):
            title = f"… {count(computed(nodes), 'operation')} …"
        else:
            title = count(len(nodes), "leaf")
        lines = [Line(title, bold=True), *summary(part, nodes, self._number)]
        tooltip = operations(nodes)
        self._add_box(nodes, lines, self.colors.folded, self._frame(frame), id, tooltip)

    # ── Edges ─────────────────────────────────────────────────────────────────

    def _add_edges(self) -> None:
        part_of = self.folding.part_of
        parts = self.folding.parts
        # Where something is folded, all that leads from one box to another is one edge.
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
                    ways = merged.setdefault((tail, head), [])
                    ways.append(self._is_on_a_way(source, node.id))
        for (tail, head), ways in merged.items():
            label = f"×{len(ways):,}" if len(ways) > 1 else ""
            self.edges.append(self._edge(self.exits[tail], self.entries[head], any(ways), label))

    def _is_on_a_way(self, source: int, user: int) -> bool:
        return source in self.marked and user in self.marked

    def _add_edge(self, node: Node, position: int, source: int, formulas: Sequence[str]) -> None:
        """An edge between two values."""
        local = node.local_derivatives[position]
        edge = self._edge(
            self.exits[self.folding.part_of[source]],
            self.entries[self.folding.part_of[node.id]],
            self._is_on_a_way(source, node.id),
            self._local_derivative(node, position, formulas),
            f"local derivative {local!r}",
        )
        if self.options["color_by"] == "local derivative":
            color, dashed = self._color([local], edge.color)
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
        """What stands on an edge into ``node``."""
        number = self._number(node.local_derivatives[position])
        if self.options["local_derivatives"] == "numbers":
            return number
        if not formulas:
            return ""
        formula = formulas[position]
        if self.options["local_derivatives"] == "symbols":
            return formula
        # A constant need not be said twice.
        return number if formula.replace("−", "-") == number else f"{formula} = {number}"

    def _formulas(self, node: Node) -> Sequence[str]:
        """The local derivatives of a value in symbols, where these are asked for."""
        if self.options["local_derivatives"] in ("symbols", "both"):
            return local_derivative_formulas(node, self.graph)
        return ()

    # ── Below the picture ─────────────────────────────────────────────────────

    def _legend(self) -> Legend | None:
        if self.scale is None:
            return None
        swatches = [Swatch(self.colors.alarm, "inf or nan")] if self.alarming else []
        title = str(self.options["color_by"])
        if self.colors.dashes:
            title += " (dashed: negative)"
        return Legend((*self.scale.legend(self.stops, self._number), *swatches), title)

    def _caption(self) -> str:
        return "\n".join([*self._ways_in_words(), *self._folding_in_words()])

    def _ways_in_words(self) -> list[str]:
        if self.ways is None:
            return []
        name = self.graph.name(self.ways.leaf)
        total = self._number(self.ways.total)
        ways = count(self.ways.count, "way")
        verb = "leads" if self.ways.count == 1 else "lead"
        return [f"{ways} {verb} from {name} to the root; the derivative is {total}."]

    def _folding_in_words(self) -> list[str]:
        depth, full = self.folding.depth, self.folding.full_depth
        said = []
        ways_out = []
        if depth < full:
            said.append(f"folded to depth {depth} of {full}")
            ways_out.append(f"depth={depth + 1} unfolds more")
        if "operations" in self.folding.kinds:
            said.append("operations contracted")
        elif "leaves" in self.folding.kinds:
            said.append("leaves contracted")
        if not said:
            return []
        if self.options["depth"] is None:
            ways_out.append("max_boxes=None shows everything")
        elif said[-1].endswith("contracted"):
            ways_out.append("max_boxes=None contracts nothing")
        numbers = f"{count(len(self.graph), 'value')} in {count(len(self.folding.parts), 'box')}"
        beginning = ", ".join(said)
        return [f"{beginning[0].upper()}{beginning[1:]}: {numbers}. {', '.join(ways_out)}."]


def _all_finite(numbers: Sequence[float]) -> bool:
    return all(map(math.isfinite, numbers))
