"""Pictures in files: the suffix chooses the format, and a file is replaced as a whole."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from autograd.draw.dot import known_formats, to_digraph
from autograd.draw.options import LAYOUTS, LayoutName, check_choice
from autograd.draw.picture import Picture
from autograd.draw.svg import to_svg

_SOURCE: Final = ("dot", "gv")

# The most boxes and edges together that ``dot`` is given: with frames, it lays out so many in
# about two seconds, twice as many in twenty, and three times as many in two minutes.
MOST_FOR_DOT: Final = 2500


def check_target(path: str | os.PathLike[str], layout: LayoutName | None) -> str:
    """The format of ``path``, such as ``"svg"``.

    Raises:
        ValueError: the format does not exist, or the layout cannot write it.
    """
    path = Path(path)
    if not path.suffix:
        raise ValueError(
            f"{str(path)!r} names no picture format: add a suffix such as .svg or .png"
        )
    format = path.suffix[1:].lower()
    if layout is not None:
        check_choice("layout", layout, LAYOUTS)
    if format == "svg" or format in _SOURCE:
        return format
    if format not in known_formats():
        raise ValueError(
            f"{path.suffix} is no format of pictures: take .svg, .png, .pdf, .dot, "
            "or another that Graphviz writes"
        )
    if layout == "own":
        raise ValueError(
            f'a {path.suffix} picture is laid out by Graphviz: take layout="dot", or save an .svg'
        )
    return format


def write(picture: Picture, path: str | os.PathLike[str], layout: LayoutName | None) -> Path:
    """Write a picture to a file in the format of its suffix; see `autograd.draw.save`."""
    format = check_target(path, layout)
    if format in _SOURCE:
        content = to_digraph(picture).source
        return _replace(Path(path), content.encode())
    if format == "svg" and layout != "dot":
        return _replace(Path(path), to_svg(picture).encode())
    return _replace(Path(path), _by_dot(picture, format))


def _by_dot(picture: Picture, format: str) -> bytes:
    """The picture in a format of Graphviz, by its program ``dot``."""
    size = len(picture.boxes) + len(picture.edges)
    if size > MOST_FOR_DOT:
        raise ValueError(
            f"dot might take minutes over {len(picture.boxes):,} boxes and "
            f"{len(picture.edges):,} edges: fold the graph, with max_boxes or depth, or save "
            'an .svg with layout="own"'
        )
    digraph = to_digraph(picture, format)
    import graphviz

    try:
        rendered: bytes = digraph.pipe()
    except graphviz.ExecutableNotFound:
        raise RuntimeError(
            f"a picture laid out by Graphviz, such as this .{format}, needs its program dot, which "
            "is not installed: `apt install graphviz` (Debian, Ubuntu), `brew install graphviz` "
            "(macOS) or `winget install graphviz` (Windows) brings it; "
            'an .svg with layout="own" needs nothing'
        ) from None
    return rendered


def _replace(path: Path, content: bytes) -> Path:
    """Replace a file in one step, so that no reader sees it half-written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.resolve()  # the target of a link is replaced, not the link
    if target.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder: name a file in it")
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        draft.write_bytes(content)
        os.replace(draft, target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return path
