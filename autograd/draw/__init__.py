"""Pictures of a graph: `draw_dot` makes a `graphviz.Digraph`, `save` writes it.

A value is a box with its label, its data and its gradient, an operation is an
oval, and a constant is bare text. The number on an edge into an operation is
the local derivative: following edges from a leaf to the result, the product of
these numbers is what that path contributes to the leaf's gradient.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import graphviz

from autograd.value import Value, topological_order

_RANKDIRS = ("LR", "RL", "TB", "BT")
_LEAF_COLOR = "#e8f1fb"
_RECORD_SPECIAL = "{}|<>"  # what builds the fields of a record


def draw_dot(root: Value, format: str = "svg", rankdir: str = "LR") -> graphviz.Digraph:
    """The graph that ``root`` was computed by, as a picture.

    The same graph always gives the same text. A gradient is shown only where a
    backward pass has been. A notebook shows the picture by itself; elsewhere use
    `save`, or what `graphviz.Digraph` offers.

    Args:
        root: the value at the end of the graph.
        format: of the rendered picture, such as ``"svg"``, ``"png"`` or ``"pdf"``.
        rankdir: the direction of the computation: ``"LR"`` from left to right,
            ``"TB"`` from top to bottom, ``"RL"`` or ``"BT"``.

    Raises:
        TypeError: ``root`` is not a Value.
        ValueError: ``format`` or ``rankdir`` is not one that graphviz knows.

    >>> x = Value(3.0, label="x")
    >>> print(draw_dot(x * x).source.expandtabs(4))
    digraph {
        graph [nodesep=0.15 rankdir=LR ranksep=0.3]
        node [fontname=Helvetica fontsize=11 height=0.25]
        edge [arrowsize=0.6 fontcolor=gray40 fontname=Helvetica fontsize=9]
        value0 [label="x | data 3" fillcolor="#e8f1fb" shape=record style=filled]
        value1 [label="data 9" shape=record]
        operation1 [label="*" shape=oval]
        operation1 -> value1
        value0 -> operation1 [label=3]
        value0 -> operation1 [label=3]
    }
    <BLANKLINE>
    """
    if not isinstance(root, Value):
        raise TypeError(f"draw_dot() draws the graph of a Value, got a {type(root).__name__}")
    if rankdir not in _RANKDIRS:
        raise ValueError(f"rankdir must be one of {', '.join(_RANKDIRS)}, got {rankdir!r}")
    dot = graphviz.Digraph(format=format)
    dot.attr("graph", rankdir=rankdir, nodesep="0.15", ranksep="0.3")
    dot.attr("node", fontname="Helvetica", fontsize="11", height="0.25")
    dot.attr("edge", fontname="Helvetica", fontsize="9", fontcolor="gray40", arrowsize="0.6")
    numbers: dict[Value, int] = {}
    for number, value in enumerate(topological_order(root)):
        numbers[value] = number
        _add_value(dot, value, f"value{number}", rankdir)
        if value.op is not None:
            _add_operation(dot, value, number, numbers)
    return dot


def save(root: Value, path: str | os.PathLike[str]) -> Path:
    """Draw the graph of ``root`` into a file, in the format that the suffix names.

    Where the ``dot`` program is not installed, or ``path`` ends in ``.dot``, the
    picture's source is saved instead, with the suffix ``.dot``: ``dot -Tsvg -O FILE``
    turns it into a picture, on any machine that has Graphviz.

    The file is replaced as a whole or not at all.

    Returns:
        The file that was written.

    Raises:
        TypeError: ``root`` is not a Value.
        ValueError: ``path`` has no suffix, or one that is not a format of graphviz.
    """
    path = Path(path)
    if not path.suffix:
        raise ValueError(
            f"{str(path)!r} names no picture format: add a suffix such as .svg or .png"
        )
    if path.suffix.lower() == ".dot":
        content = draw_dot(root).source.encode()
    else:
        dot = draw_dot(root, format=path.suffix[1:].lower())
        try:
            content = dot.pipe()
        except graphviz.ExecutableNotFound:
            path = path.with_suffix(".dot")
            content = dot.source.encode()
    _replace(path, content)
    return path


def _add_value(dot: graphviz.Digraph, value: Value, name: str, rankdir: str) -> None:
    fields = [f"data {value.data:.6g}"]
    if value.label:
        fields.insert(0, _escape(str(value.label), _RECORD_SPECIAL))
    if value.has_grad:
        fields.append(f"grad {value.grad:.6g}")
    style = {"style": "filled", "fillcolor": _LEAF_COLOR} if value.op is None else {}
    label = " | ".join(fields)
    if rankdir in ("TB", "BT"):
        label = f"{{ {label} }}"  # braces turn the fields of a record from a row into a column
    dot.node(name, label=label, shape="record", **style)


def _add_operation(
    dot: graphviz.Digraph, value: Value, number: int, numbers: dict[Value, int]
) -> None:
    assert value.op is not None
    operation = f"operation{number}"
    dot.node(operation, label=graphviz.nohtml(_escape(value.op.symbol, "")), shape="oval")
    dot.edge(operation, f"value{number}")
    local_derivatives = iter(value.local_derivatives)
    for position, operand in enumerate(value.operands):
        if isinstance(operand, Value):
            local = next(local_derivatives)
            dot.edge(f"value{numbers[operand]}", operation, label=f"{local:.4g}")
        else:
            constant = f"constant{number}_{position}"
            dot.node(constant, label=f"{operand:.6g}", shape="plaintext")
            dot.edge(constant, operation)


def _escape(text: str, special: str) -> str:
    """``text`` so that graphviz shows it as it is, in a label where ``special`` has a meaning."""
    text = "".join(c if c == "\n" or c.isprintable() else "\ufffd" for c in text)
    for character in "\\" + special:
        text = text.replace(character, "\\" + character)
    return text.replace("&", "&amp;").replace("\n", "\\n")


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that it is never seen half-written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.resolve()  # of a link, the file that it leads to
    if target.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder: name a file in it")
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        draft.write_bytes(content)
        os.replace(draft, target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
