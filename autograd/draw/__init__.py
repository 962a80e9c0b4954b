"""Pictures of a graph: `draw_dot` makes a `graphviz.Digraph`, `save` writes a file.

Each value is a box with its label, the operation that computed it, its number and
its gradient. Orange stands for positive gradients, blue for negative ones. On
request, the number on an edge into an operation is the local derivative. The product of
these numbers along a path from a leaf to the root is the contribution of that path to the
leaf's gradient.

`PictureOptions` lists all options. `picture_of` makes a `Picture` by them, without places;
`to_svg` lays it out and writes an SVG without any other program, and `to_digraph` writes it
in Graphviz's language. The methods of `autograd.graph`'s snapshots do the same. Other pictures
take their colours from `THEMES`, with `blend`, and their texts from `Line` and `dot_label`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from autograd.draw.colors import THEMES, blend
from autograd.draw.content import picture_of
from autograd.draw.dot import dot_label, dot_text, to_digraph
from autograd.draw.elements import pixels
from autograd.draw.files import DotError, check_target, replace_file, run_dot, show, write
from autograd.draw.notebook import with_image
from autograd.draw.options import (
    DIRECTIONS,
    DotOptions,
    LayoutName,
    PictureOptions,
    check_choice,
    checks_options,
    complete_options,
    takes_options,
)
from autograd.draw.picture import Line
from autograd.draw.svg import to_svg
from autograd.engine.operands import kind_of
from autograd.engine.value import Value
from autograd.snapshot import Snapshot

if TYPE_CHECKING:
    import graphviz

__all__ = [
    "THEMES",
    "DotError",
    "DotOptions",
    "Line",
    "PictureOptions",
    "blend",
    "checks_options",
    "complete_options",
    "dot_label",
    "dot_text",
    "draw_dot",
    "picture_of",
    "pixels",
    "replace_file",
    "run_dot",
    "save",
    "show",
    "to_digraph",
    "to_svg",
    "with_image",
]


@takes_options(DotOptions, "direction")
def draw_dot(
    root: Value | Snapshot,
    format: str = "svg",
    rankdir: str = "LR",
    **options: Unpack[DotOptions],
) -> graphviz.Digraph:
    """The graph that ``root`` was computed by, as a picture.

    The same graph always gives the same text. Gradients are shown after a backward pass.
    A notebook shows the picture by itself if Graphviz's program ``dot`` is installed;
    `save` needs no program.

    Args:
        root: the value at the end of the graph, or a snapshot of one.
        format: of the rendered picture, such as ``"svg"``, ``"png"`` or ``"pdf"``.
        rankdir: the direction of the computation: ``"LR"`` from left to right,
            ``"TB"`` from top to bottom, ``"RL"`` or ``"BT"``.
        options: see `PictureOptions` and `DotOptions`.

    Raises:
        TypeError: ``root`` is neither a Value nor a snapshot, or an option does not exist.
        ValueError: an option is none of its choices.
        ModuleNotFoundError: the package graphviz is missing.

    >>> x = Value(3.0, label="x")
    >>> picture = draw_dot(x * x, color_by=None, local_derivatives="numbers")
    >>> edges = [line.strip() for line in picture.source.splitlines() if "->" in line]
    >>> [edge.split(" [")[0] for edge in edges], edges[0].count("label=3 ")
    (['value0 -> value1', 'value0 -> value1'], 1)
    """
    snapshot = _snapshot("draw_dot", root)
    check_choice("rankdir", rankdir, DIRECTIONS)
    if "direction" in options:
        raise TypeError("draw_dot() takes the direction as rankdir")
    options["direction"] = rankdir  # type: ignore[typeddict-item]  # checked above
    return to_digraph(picture_of(snapshot, **options), format)


@takes_options(DotOptions)
def save(
    root: Value | Snapshot,
    path: str | os.PathLike[str],
    *,
    layout: LayoutName | None = None,
    **options: Unpack[DotOptions],
) -> Path:
    """Draw the graph of ``root`` into a file, in the format that the suffix names.

    An ``.svg`` needs no other program. Other pictures, such as ``.png`` and ``.pdf``,
    are made by Graphviz's program ``dot``, and a ``.dot`` is its input. With the layout of this
    library, a ``.png`` is drawn by the package resvg-py, with two pixels for each of the
    ``.svg``, and a ``.pdf`` by cairosvg.

    The file is replaced as a whole or not at all, and keeps its mode. The same graph always
    gives the same bytes, unless ``dot`` lays it out.

    Args:
        root: the value at the end of the graph, or a snapshot of one.
        path: the file.
        layout: ``"own"`` for the layout of this library, or ``"dot"`` for that of Graphviz.
            None stands for ``"own"`` in an ``.svg``, and for ``"dot"`` in other pictures,
            except where ``dot`` is not installed and the package is that draws them.
        options: see `PictureOptions`; and `DotOptions` with the layout ``"dot"``.

    Returns:
        The file that was written.

    Raises:
        TypeError: ``root`` is neither a Value nor a snapshot.
        ValueError: ``path`` has no suffix, or one that is no format; an option is none
            of its choices; or the picture is so large that ``dot`` would take minutes.
        DotError: the program ``dot`` is needed and missing, and the message says how to
            install it; or it has failed, and the message says why. It is a RuntimeError.
        OSError: the file cannot be written, or is a folder, a pipe or a device.
        ModuleNotFoundError: the package graphviz, resvg-py or cairosvg is needed and missing.
    """
    snapshot = _snapshot("save", root)
    check_target(path, layout)  # before the picture is made, which may take a while
    return write(picture_of(snapshot, **options), path, layout)


def _snapshot(function: str, root: object) -> Snapshot:
    if isinstance(root, Snapshot):
        return root
    if not isinstance(root, Value):
        raise TypeError(f"{function}() draws the graph of a Value, got {kind_of(root)}")
    return Snapshot.of(root)
