"""The parts of a picture of a graph, before anything has a place.

A `Picture` is plain data: boxes with lines of text, edges between them, frames
around them, a legend and a caption. `content` makes it of a graph; `layout` gives
everything a place. Nothing here knows values or gradients.

Colours are those of SVG: ``"#1f77b4"``, ``"none"``, or a name. All texts are
plain: nothing in them is markup, and a newline in a `Line` begins another line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Shape: TypeAlias = Literal["box", "oval", "text"]
Direction: TypeAlias = Literal["LR", "RL", "TB", "BT"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a box or at the head of a frame.

    Attributes:
        text: the text.
        bold: True if the letters are bold.
        color: of the letters; None stands for the colour of the box's or frame's text.
        scale: its size, as a multiple of the picture's font size.
    """

    text: str
    bold: bool = False
    color: str | None = None
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Box:
    """A box that edges lead to and from, with its text inside.

    Attributes:
        lines: its text, from top to bottom.
        shape: a rectangle with round corners, an oval, or bare text without an outline.
        fill: the colour behind the text.
        stroke: the colour of the outline.
        text_color: of the letters, unless their line names another.
        stroke_width: of the outline, in pixels.
        dashed: True if the outline is.
        frame: the index of the innermost frame that it lies in, or None.
        tooltip: shown while the pointer rests on it.
        id: an identifier that no other box has, for programs that read the picture; or "".
    """

    lines: tuple[Line, ...]
    shape: Shape = "box"
    fill: str = "#ffffff"
    stroke: str = "#4b5563"
    text_color: str = "#111827"
    stroke_width: float = 1.0
    dashed: bool = False
    frame: int | None = None
    tooltip: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow from one box to another, in the direction of the computation.

    Several edges may join the same two boxes; each is drawn. None joins a box to itself.

    Attributes:
        tail: the index of the box that it leaves.
        head: the index of the box that it enters.
        label: a text beside it, or "".
        color: of the line and its arrowhead.
        width: of the line, in pixels.
        dashed: True if the line is.
        tooltip: shown while the pointer rests on it.
        label_color: of the label's letters; None stands for the colour of the line.
    """

    tail: int
    head: int
    label: str = ""
    color: str = "#6b7280"
    width: float = 1.0
    dashed: bool = False
    tooltip: str = ""
    label_color: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A group of boxes, drawn as a rectangle around them with a title.

    A box lies in its frame and in all frames around it. A frame without boxes is
    not drawn.

    Attributes:
        title: its name.
        parent: the index of the frame that it lies in, which is smaller than its own; or None.
        fill: the colour behind everything in it.
        stroke: the colour of its outline.
        text_color: of its title.
        follows: the index of another frame in the same one, beside which it is to be: all of it
            comes later than all of that. Or None.
    """

    title: str
    parent: int | None = None
    fill: str = "#f8fafc"
    stroke: str = "#cbd5e1"
    text_color: str = "#475569"
    follows: int | None = None


@dataclass(frozen=True, slots=True)
class Swatch:
    """An entry of a legend: a patch of one colour and its meaning.

    Attributes:
        color: of the patch.
        text: the meaning of the colour.
        stroke: the colour of its outline, which shows a patch as pale as the page.
    """

    color: str
    text: str
    stroke: str = "#9ca3af"


@dataclass(frozen=True, slots=True)
class Ramp:
    """An entry of a legend: colours that pass into each other, with a text at each end.

    Attributes:
        colors: two or more, from the left end to the right, evenly spaced.
        texts: at the left end and at the right end.
    """

    colors: tuple[str, ...]
    texts: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Legend:
    """The meaning of the colours, in rows below the picture."""

    entries: tuple[Swatch | Ramp, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, before its layout.

    Attributes:
        boxes: of the picture; an edge names them by index.
        edges: between the boxes.
        frames: around boxes and each other; a parent comes before its children.
        direction: of the computation: left to right, right to left, top to bottom, or
            bottom to top.
        font_size: in pixels.
        background: the colour of the page.
        text_color: of title, caption and legend.
        legend: below the picture, or None.
        caption: a line below the picture, such as "folded to depth 2", or "".
        title: above the picture and read out by a screen reader, or "".
        wraps: True if a drawing that is much longer than wide is broken into rows.
    """

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...] = ()
    frames: tuple[Frame, ...] = ()
    direction: Direction = "LR"
    font_size: float = 12.0
    background: str = "#ffffff"
    text_color: str = "#111827"
    legend: Legend | None = None
    caption: str = ""
    title: str = ""
    wraps: bool = True
