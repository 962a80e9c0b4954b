"""The content of the picture of a network, before anything has a place.

It is plain data, made by `reading` from a model: columns of units, from the inputs to the
outputs, and links between neighbouring columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from autograd.draw import Line

Kind: TypeAlias = Literal["input", "neuron", "gap"]


@dataclass(frozen=True, slots=True)
class Unit:
    """An input or a neuron, drawn as a circle; or a gap in place of those left out.

    Attributes:
        name: its identifier in Graphviz's source, such as ``"h1"``.
        lines: the text in the circle.
        kind: of the unit.
        beside: lines on the right of the circle.
        tooltip: shown while the pointer rests on it.
    """

    name: str
    lines: tuple[Line, ...]
    kind: Kind = "neuron"
    beside: tuple[Line, ...] = ()
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """Units below each other: the inputs, or a layer.

    Attributes:
        heading: the text above them.
        units: from top to bottom.
    """

    heading: str
    units: Sequence[Unit]


@dataclass(frozen=True, slots=True)
class Link:
    """A weight, drawn as an arrow from a unit to one of the next column.

    Attributes:
        tail: the column and the row of the unit that it leaves.
        head: those of the unit that it enters.
        weight: the number that its colour and width show.
        lines: the text on it, if there is room.
        tooltip: shown while the pointer rests on it.
    """

    tail: tuple[int, int]
    head: tuple[int, int]
    weight: float
    lines: tuple[Line, ...]
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class NetworkContent:
    """A network, as it is to be drawn.

    Attributes:
        columns: from left to right.
        links: between neighbouring columns.
        title: above the picture, or "".
        notes: lines below the picture.
    """

    columns: Sequence[Column]
    links: Sequence[Link]
    title: str
    notes: Sequence[str]
