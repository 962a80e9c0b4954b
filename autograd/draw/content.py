"""What a picture of a graph shows: from a snapshot to boxes, edges, frames and colours.

A value and the operation that computed it share one box; what an operation was
applied to besides Values stands in its box as well, such as ``… ** 2``. In the
classic style, each operation and each constant is a shape of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from autograd.draw.colors import Scale, blend, readable_on
from autograd.draw.folding import Folding, Part, fold
from autograd.draw.options import Choices, ColorBy, LocalDerivatives, Style, ThemeName
from autograd.draw.picture import (
    Box,
    Direction,
    Edge,
    Frame,
    Legend,
    Line,
    Picture,
    Swatch,
)
from autograd.draw.summary import SMALL, computed, count, operations, summary
from autograd.engine.primitive import Reduction
from autograd.snapshot import Node, Snapshot, Which
from autograd.snapshot.grouping import Group
from autograd.snapshot.ways import ways as ways_of
from autograd.words.formulas import local_derivative_formulas

_DASH: Final = "–"
_GAP: Final = "…"  # what stands in an operation for an operand that has a box of its own
_MOST_OPERANDS: Final = 4  # that are written out in an operation
_LARGE: Final = 1.1  # the size of names
_MARKED_BOX: Final = 3.0  # the width of lines that stand out
_MARKED_EDGE: Final = 2.5


def picture_of(
    graph: Snapshot,
    *,
    local_derivatives: LocalDerivatives | None = None,
    color_by: ColorBy | None = "gradient",
    path_from: Which | None = None,
    depth: int | None = None,
    max_boxes: int | None = 40,
    frames: bool = True,
    style: Style = "one box",
    theme: ThemeName = "light",
    direction: Direction = "LR",
    precision: int = 4,
    font_size: float = 12.0,
    title: str = "",
) -> Picture:
    """What is to be seen of a graph, yet without a place for anything.

    Args:
        graph: the snapshot.
        local_derivatives: what stands on the edge into an operation: the local
            derivative in ``"numbers"``, in ``"symbols"``, or ``"both"``; None for nothing.
        color_by: what the colours show: the ``"gradient"`` or the ``"value"`` in the
            boxes, or the ``"local derivative"`` in the edges; None for no such colours.
            Blue is negative and orange positive; a folded group has the colour of the
            number of the greatest size in it.
        path_from: a leaf, from which every way to the root is marked; a Value, an id or
            a label, as `Snapshot.__getitem__` takes it.
        depth: how many levels of groups are open: at 0 a model is one box, at 1 each of
            its layers, and so on. None opens as many as ``max_boxes`` allows.
        max_boxes: how many boxes there may be, and twice as many edges. Beyond that
            groups are folded, and what is in no group is contracted; the caption says
            so. A ``depth`` that is given is kept to all the same. None shows everything.
        frames: whether open groups are framed.
        style: ``"one box"`` for a value and its operation, or ``"classic"``, with the
            operation apart in an oval.
        theme: ``"light"``, ``"dark"``, or ``"print"``, which does without colours.
        direction: where the computation goes: ``"LR"`` from left to right, ``"TB"``
            from top to bottom, ``"RL"`` or ``"BT"``.
        precision: how many significant digits numbers have, 1 to 17.
        font_size: in pixels, 4 to 100.
        title: a line above the picture.

    Raises:
        ValueError: an option is none of those listed; the message names them.
        TypeError: an option is not of the right type.
        KeyError: ``path_from`` is not in the graph.

    >>> from autograd import Value, graph
    >>> x = Value(3.0, "x")
    >>> [[line.text for line in box.lines] for box in picture_of(Snapshot.of(x**2)).boxes]
    [['x', '3', 'grad –'], ['… ** 2', '9', 'grad –']]
    """
    choices = Choices(
        local_derivatives=local_derivatives,
        color_by=color_by,
        path_from=path_from,
        depth=depth,
        max_boxes=max_boxes,
        frames=frames,
        style=style,
        theme=theme,
        direction=direction,
        precision=precision,
        font_size=font_size,
        title=title,
    )
    return _Drawing(graph, fold(graph, depth, max_boxes), choices).picture()


class _Drawing:
    """A picture while it is being made."""

    def __init__(self, graph: Snapshot, folding: Folding, choices: Choices) -> None:
        self.graph = graph
        self.folding = folding
        self.choices = choices
        self.colors = choices.colors
        ways = (
            None if choices.path_from is None else ways_of(graph, graph[choices.path_from], limit=0)
        )
        self.ways = ways
        self.marked = frozenset() if ways is None else ways.nodes
        # What begins the ways is on them, and the operation that computed it is not.
        self.entered = self.marked if ways is None else self.marked - {ways.leaf}
        self.scale = self._scale()
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
        if self.choices.frames:
            self._add_frames()
        for part in self.folding.parts:
            self._add_part(part)
        self._add_edges()
        return Picture(
            tuple(self.boxes),
            tuple(self.edges),
            tuple(self.frames),
            direction=self.choices.direction,
            font_size=float(self.choices.font_size),
            background=self.colors.background,
            text_color=self.colors.text,
            legend=self._legend(),
            caption=self._caption(),
            title=self.choices.title,
        )

    # ── Numbers and their colours ─────────────────────────────────────────────

    def _number(self, number: float) -> str:
        return f"{number:.{self.choices.precision}g}"

    def _scale(self) -> Scale | None:
        if self.choices.color_by == "gradient":
            return Scale.of([node.grad for node in self.graph if node.grad is not None])
        if self.choices.color_by == "value":
            return Scale.of([node.data for node in self.graph])
        if self.choices.color_by == "local derivative":
            return Scale.of([local for node in self.graph for local in node.local_derivatives])
        return None

    def _shown(self, nodes: Sequence[Node]) -> list[float]:
        """The numbers that give a box its colour."""
        if self.choices.color_by == "value":
            return [node.data for node in nodes]
        if self.choices.color_by == "gradient":
            return [node.grad for node in nodes if node.grad is not None]
        return []

    def _paint(self, nodes: Sequence[Node], fill: str) -> tuple[str, str, bool]:
        """The colours behind and of the letters, and whether the outline is dashed.

        Args:
            nodes: what is in the box.
            fill: the colour behind the letters where no number gives one.
        """
        numbers = self._shown(nodes)
        if not all(map(math.isfinite, numbers)):
            self.alarming = True
            return self.colors.alarm, readable_on(self.colors.alarm), False
        if not numbers or self.scale is None:
            return fill, self.colors.text, False
        strongest = max(numbers, key=abs)
        fill = blend(self.colors.stops, self.scale.position(strongest))
        return fill, readable_on(fill), self.colors.dashes and strongest < 0.0

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
                    _title(group),
                    None if group.parent is None else self.frame_of[group.parent],
                    fill=fills[levels[-1] % len(fills)],
                    stroke=self.colors.frame_stroke,
                    text_color=self.colors.frame_text,
                )
            )

    def _add_part(self, part: Part) -> None:
        nodes = [self.graph.nodes[id] for id in part.nodes]
        self.entries.append(len(self.boxes))
        if part.kind != "value":
            self._add_folded(part, nodes)
        elif self.choices.style == "classic":
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
        fill, text_color, dashed = self._paint(nodes, fill)
        marked = not self.marked.isdisjoint([node.id for node in nodes])
        box = Box(
            tuple(lines),
            fill=fill,
            stroke=self.colors.highlight if marked else self.colors.stroke,
            text_color=text_color,
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
        if node.label or not node.name or self.choices.frames or node.group is None:
            return node.label or node.name
        return f"{self.graph.place(node)}.{node.name}"

    def _operation(self, node: Node) -> str:
        """How the operation is written, with its constants where there are some."""
        assert node.op is not None
        symbol = node.op.symbol
        operands = [
            self._number(operand) if isinstance(operand, float) else _GAP
            for operand in node.operands
        ]
        if set(operands) <= {_GAP}:
            return symbol
        if len(operands) > _MOST_OPERANDS:
            constants = len(operands) - operands.count(_GAP)
            return f"{symbol} ({constants} of {len(operands)} constant)"
        if len(operands) == 2 and not symbol[-1].isalnum() and not isinstance(node.op, Reduction):
            return f"{operands[0]} {symbol} {operands[1]}"
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
            self._add_operation(node, node.op.symbol, node.op.name)
            self._add_constants(node, operation)
        name = self._name(node)
        lines = [Line(name, bold=True, scale=_LARGE)] if name else []
        self._add_value_box(node, [*lines, *self._numbers(node)])
        if node.op is not None:
            marked = node.id in self.entered
            self.edges.append(self._edge(operation, len(self.boxes) - 1, marked))

    def _add_operation(self, node: Node, symbol: str, name: str) -> None:
        marked = node.id in self.entered
        operation = Box(
            (Line(symbol),),
            shape="oval",
            fill=self.colors.box,
            stroke=self.colors.highlight if marked else self.colors.stroke,
            text_color=self.colors.text,
            stroke_width=_MARKED_BOX if marked else 1.0,
            frame=self._frame(node.group),
            tooltip=name,
            id=f"operation{node.id}",
        )
        self.boxes.append(operation)

    def _add_constants(self, node: Node, operation: int) -> None:
        for position, operand in enumerate(node.operands):
            if isinstance(operand, float):
                self.edges.append(self._edge(len(self.boxes), operation, False))
                self.boxes.append(
                    Box(
                        (Line(self._number(operand)),),
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
            title, frame, id = _title(group), group.parent, f"group{group.id}"
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
        if self.choices.color_by == "local derivative":
            edge = self._painted(edge, local)
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

    def _painted(self, edge: Edge, local: float) -> Edge:
        """The edge in the colour of a local derivative; what is marked stays wider."""
        if not math.isfinite(local):
            self.alarming = True
            return replace(edge, color=self.colors.alarm, width=_MARKED_EDGE)
        if self.scale is None:
            return edge
        color = blend(self.colors.lines, self.scale.position(local))
        width = max(edge.width, 1.5)
        return replace(edge, color=color, width=width, dashed=self.colors.dashes and local < 0.0)

    def _local_derivative(self, node: Node, position: int, formulas: Sequence[str]) -> str:
        """What stands on an edge into ``node``."""
        number = self._number(node.local_derivatives[position])
        if self.choices.local_derivatives == "numbers":
            return number
        if not formulas:
            return ""
        formula = formulas[position]
        if self.choices.local_derivatives == "symbols":
            return formula
        # A constant need not be said twice.
        return number if formula.replace("−", "-") == number else f"{formula} = {number}"

    def _formulas(self, node: Node) -> Sequence[str]:
        """The local derivatives of a value in symbols, where these are asked for."""
        if self.choices.local_derivatives in ("symbols", "both"):
            return local_derivative_formulas(node, self.graph)
        return ()

    # ── Below the picture ─────────────────────────────────────────────────────

    def _legend(self) -> Legend | None:
        if self.scale is None:
            return None
        swatches = [Swatch(self.colors.alarm, "inf or nan")] if self.alarming else []
        stops = self.colors.lines if self.choices.color_by == "local derivative" else None
        title = str(self.choices.color_by)
        if self.colors.dashes:
            title += " (dashed: negative)"
        return self.scale.legend(stops or self.colors.stops, title, swatches)

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
        if self.choices.depth is None:
            ways_out.append("max_boxes=None shows everything")
        elif said[-1].endswith("contracted"):
            ways_out.append("max_boxes=None contracts nothing")
        numbers = f"{count(len(self.graph), 'value')} in {count(len(self.folding.parts), 'box')}"
        beginning = ", ".join(said)
        return [f"{beginning[0].upper()}{beginning[1:]}: {numbers}. {', '.join(ways_out)}."]


def _title(group: Group) -> str:
    """What a group is called, with its kind where the name does not tell."""
    if group.kind == "sample" or group.name.startswith(group.kind):
        return group.name
    return f"{group.name} ({group.kind})"
