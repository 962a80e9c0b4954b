"""A picture in the language of Graphviz.

`to_digraph` makes a `graphviz.Digraph` of it, which a user can change before the program
``dot`` lays it out.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from autograd.draw.options import check_picture
from autograd.draw.picture import Box, Edge, Frame, Legend, Line, Picture, Ramp, Swatch
from autograd.draw.text import lines_of
from autograd.engine.operands import kind_of

if TYPE_CHECKING:
    import graphviz

_SHAPES: Final = {"box": "box", "oval": "oval", "text": "plaintext"}
_POINTS_PER_PIXEL: Final = 0.75
_TABLE: Final = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">'
_PACKED: Final = _TABLE.replace('PADDING="2"', 'PADDING="0"')


def to_digraph(picture: Picture, format: str = "svg") -> graphviz.Digraph:
    """The picture as a `graphviz.Digraph`; the same picture always gives the same text.

    Args:
        picture: the picture.
        format: of the files that ``render()`` and ``pipe()`` make.

    Raises:
        ModuleNotFoundError: the package graphviz is missing.
        ValueError: ``format`` is unknown to graphviz.

    >>> picture = Picture((Box((Line("x"),), id="x"), Box((Line("y"),))), (Edge(0, 1, "2"),))
    >>> source = to_digraph(picture).source
    >>> 'x [label=x' in source, 'x -> box1 [label=2' in source
    (True, True)
    """
    check_picture("to_digraph", picture)
    if not isinstance(format, str):
        raise TypeError(f"format is the name of one, such as 'svg', got {kind_of(format)}")
    _package()
    from autograd.draw.digraph import Digraph

    dot = Digraph(format=format)
    size = picture.font_size * _POINTS_PER_PIXEL
    font = {"fontname": "Helvetica", "fontsize": f"{size:g}"}
    dot.attr(
        "graph",
        rankdir=picture.direction,
        nodesep="0.15",
        ranksep="0.3",
        bgcolor=picture.background,
        fontcolor=picture.text_color,
        **font,
    )
    dot.attr("node", height="0.25", width="0.3", margin="0.08,0.04", **font)
    dot.attr("edge", arrowsize="0.6", fontname=font["fontname"], fontsize=f"{size * 0.85:g}")
    names = [box.id or f"box{number}" for number, box in enumerate(picture.boxes)]
    _add_boxes(dot, picture, names)
    for edge in picture.edges:
        dot.edge(names[edge.tail], names[edge.head], **_edge_attributes(edge))
    _add_surroundings(dot, picture)
    return dot


def known_formats() -> frozenset[str]:
    """The formats that Graphviz writes, such as ``"png"``."""
    return frozenset(_package().FORMATS)


def _package() -> Any:
    """The package graphviz, imported here since an SVG does not need it."""
    try:
        import graphviz
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "pictures in Graphviz's language need the package graphviz: pip install graphviz"
        ) from error
    return graphviz


def _add_boxes(dot: graphviz.Digraph, picture: Picture, names: Sequence[str]) -> None:
    """Add every box, within the frames that it lies in."""
    inside: dict[int | None, list[tuple[str, Box]]] = {}
    for name, box in zip(names, picture.boxes):
        inside.setdefault(box.frame, []).append((name, box))
    graphs: dict[int | None, graphviz.Digraph] = {None: dot}
    for number, frame in enumerate(picture.frames):
        graphs[number] = _package().Digraph(name=f"cluster{number}")
        graphs[number].attr(**_frame_attributes(frame))
    # Backwards, so that a frame is complete before it is added to its parent.
    for frame_or_page in [*reversed(range(len(picture.frames))), None]:
        for name, box in inside.get(frame_or_page, []):
            graphs[frame_or_page].node(name, **_box_attributes(box, picture.font_size))
        if frame_or_page is not None:
            graphs[picture.frames[frame_or_page].parent].subgraph(graphs[frame_or_page])


def _box_attributes(box: Box, size: float) -> dict[str, str]:
    styles = ["filled", *(["rounded"] if box.shape == "box" else [])]
    attributes = {
        "label": dot_label(box.lines, size * _POINTS_PER_PIXEL),
        "shape": _SHAPES[box.shape],
        "fontcolor": box.text_color,
    }
    if box.shape != "text":
        if box.dashed:
            styles.append("dashed")
        attributes |= {
            "style": ",".join(styles),
            "fillcolor": box.fill,
            "color": box.stroke,
            "penwidth": f"{box.stroke_width:g}",
        }
    if box.tooltip:
        attributes["tooltip"] = dot_text(box.tooltip)
    return attributes


def _edge_attributes(edge: Edge) -> dict[str, str]:
    attributes = {"color": edge.color, "penwidth": f"{edge.width:g}"}
    if edge.label:
        attributes["label"] = dot_text(edge.label)
        attributes["fontcolor"] = edge.label_color or edge.color
    if edge.dashed:
        attributes["style"] = "dashed"
    if edge.tooltip:
        # Without these, Graphviz shows the names of the boxes at parts of the edge.
        text = dot_text(edge.tooltip)
        attributes |= {"tooltip": text, "labeltooltip": text}
    return attributes


def _frame_attributes(frame: Frame) -> dict[str, str]:
    attributes = {
        "label": dot_text(frame.title),
        "labeljust": "l",
        "style": "rounded",
        "color": frame.stroke,
        "fontcolor": frame.text_color,
        "tooltip": dot_text(frame.title),
    }
    if frame.fill != "none":
        attributes |= {"style": "rounded,filled", "fillcolor": frame.fill}
    return attributes


# ── Text ──────────────────────────────────────────────────────────────────────


def dot_label(lines: Sequence[Line], size: float) -> str:
    """Lines of text as Graphviz reads a label: as markup if one is bold, coloured or scaled.

    Args:
        lines: below each other.
        size: of the font, in points.
    """
    if all(not line.bold and line.color is None and line.scale == 1.0 for line in lines):
        return dot_text("\n".join([line.text for line in lines]))
    marked_up = [text for line in lines for text in _marked_up(line, size)]
    return f"<{'<BR/>'.join(marked_up)}>"


def _marked_up(line: Line, size: float) -> Iterator[str]:
    for text in lines_of(line.text):
        marked_up = _as_markup(text)
        if line.bold:
            marked_up = f"<B>{marked_up}</B>"
        attributes = "" if line.color is None else f' COLOR="{line.color}"'
        if line.scale != 1.0:
            attributes += f' POINT-SIZE="{size * line.scale:g}"'
        yield f"<FONT{attributes}>{marked_up}</FONT>" if attributes else marked_up


def _as_markup(text: str) -> str:
    """Text in Graphviz's markup, which knows backslashes, no empty element and no lone "]"."""
    escaped = html.escape(text).replace("\\", "\\\\")
    return escaped.replace("]", "&#93;") or " "


def dot_text(text: str) -> str:
    """``text`` so that Graphviz shows it as it is."""
    lines = [line.replace("\\", "\\\\").replace("&", "&amp;") for line in lines_of(text)]
    # A text in angle brackets would be taken for markup.
    escaped: str = _package().nohtml("\\n".join(lines))
    return escaped


# ── Around the picture ────────────────────────────────────────────────────────


def _add_surroundings(dot: graphviz.Digraph, picture: Picture) -> None:
    """Add the title, the legend and the caption, in the one label that Graphviz offers."""
    size = picture.font_size * _POINTS_PER_PIXEL
    rows = []
    if picture.title:
        rows.append(
            _row(f'<FONT POINT-SIZE="{size * 1.2:g}"><B>{_lines(picture.title)}</B></FONT>')
        )
    if picture.legend is not None:
        rows.append(_row(_legend(picture.legend, size)))
    if picture.caption:
        rows.append(_row(_lines(picture.caption)))
    if rows:
        dot.attr("graph", label=f"<{_TABLE}{''.join(rows)}</TABLE>>", labelloc="b")


def _lines(text: str) -> str:
    return "<BR/>".join([_as_markup(line) for line in lines_of(text)])


def _row(content: str) -> str:
    return f'<TR><TD CELLPADDING="0">{content}</TD></TR>'


def _legend(legend: Legend, size: float) -> str:
    cells = [f'<TD ALIGN="RIGHT">{_lines(legend.title)}</TD>']
    for entry in legend.entries:
        cells.append(_swatch(entry, size) if isinstance(entry, Swatch) else _ramp(entry, size))
    return f"{_TABLE}<TR>{''.join(cells)}</TR></TABLE>"


def _swatch(swatch: Swatch, size: float) -> str:
    outline = f' BORDER="1" COLOR="{swatch.stroke}"'
    return f"{_patch(swatch.color, 1.8 * size, size, outline)}<TD>{_lines(swatch.text)}</TD>"


def _patch(color: str, width: float, height: float, outline: str = "") -> str:
    place = f'WIDTH="{width:.0f}" HEIGHT="{height:.0f}" FIXEDSIZE="TRUE"'
    return f'<TD BGCOLOR="{color}" {place}{outline}></TD>'


def _ramp(ramp: Ramp, size: float) -> str:
    """The colours in a row of cells, and the texts in a row below."""
    width = round(1.8 * size)
    patches = "".join([_patch(color, width, 1.2 * size) for color in ramp.colors])
    half = width * len(ramp.colors) // 2
    texts = "".join(
        [
            f'<TD ALIGN="{side}" WIDTH="{half}">{_lines(text)}</TD>'
            for text, side in zip(ramp.texts, ("LEFT", "RIGHT"))
        ]
    )
    rows = [_row(f"{_PACKED}<TR>{cells}</TR></TABLE>") for cells in (patches, texts)]
    # The size is fixed, since a longer line elsewhere would pull the colours apart.
    whole = f'WIDTH="{width * len(ramp.colors)}" HEIGHT="{math.ceil(2.8 * size)}"'
    return f'<TD ALIGN="LEFT">{_PACKED[:-1]} FIXEDSIZE="TRUE" {whole}>{"".join(rows)}</TABLE></TD>'
