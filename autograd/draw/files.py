"""Pictures in files: the suffix chooses the format, and a file is replaced as a whole."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import subprocess
import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Final

from autograd.draw.dot import known_formats, to_digraph
from autograd.draw.options import LAYOUTS, LayoutName, check_choice
from autograd.draw.picture import Picture
from autograd.draw.rendering import RENDERERS, has_renderer, render
from autograd.draw.svg import to_svg

_SOURCE: Final = ("dot", "gv")

# The most boxes and edges together that ``dot`` is given: with frames, it lays out so many in
# about two seconds, twice as many in twenty, and three times as many in two minutes.
MOST_FOR_DOT: Final = 2500

# It takes two or three; the rest is for a busy machine, and for what a first start sets up.
SECONDS_FOR_DOT: Final = 60.0

# The bytes that a picture begins with, and those that it ends with.
_SIGNATURES: Final = {
    "svg": (b"<?xml", b"</svg>"),
    "png": (b"\x89PNG", b"IEND\xaeB`\x82"),
    "pdf": (b"%PDF", b"%%EOF"),
    "ps": (b"%!PS", b"%%EOF"),
    "eps": (b"%!PS", b"%%EOF"),
    "jpg": (b"\xff\xd8", b"\xff\xd9"),
    "jpeg": (b"\xff\xd8", b"\xff\xd9"),
    "gif": (b"GIF8", b";"),
}


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
    if format in ("html", "htm"):
        raise ValueError(
            f"{path.suffix} is no picture, but a page: graph(loss).save({str(path)!r}) writes one"
        )
    if format not in known_formats():
        raise ValueError(
            f"{path.suffix} is no format of pictures: take .svg, .png, .pdf, .dot, "
            "or another that Graphviz writes"
        )
    if layout == "own" and format not in RENDERERS:
        raise ValueError(
            f'a {path.suffix} picture is laid out by Graphviz: take layout="dot", or save an '
            ".svg, .png or .pdf"
        )
    return format


def write(picture: Picture, path: str | os.PathLike[str], layout: LayoutName | None) -> Path:
    """Write a picture to a file in the format of its suffix; see `autograd.draw.save`."""
    format = check_target(path, layout)
    if format in _SOURCE:
        content = to_digraph(picture).source
        return replace_file(path, content.encode())
    if layout is None:
        # Graphviz's own formats are left to it where it is, and its layout is what they had first.
        by_dot = format != "svg" and (shutil.which("dot") or not has_renderer(format))
        layout = "dot" if by_dot else "own"
    if layout == "dot":
        return replace_file(path, _by_dot(picture, format))
    svg = to_svg(picture)
    return replace_file(path, svg.encode() if format == "svg" else render(svg, format))


def show(
    content: str, opener: Callable[[str], object] | None = None, name: str = "graph.svg"
) -> Path:
    """Open a picture or a page in the browser; see `autograd.Graph.show`.

    Args:
        content: the text of the file that is opened.
        opener: called with its address; None for the browser.
        name: of the file, in a new folder.
    """
    path = Path(tempfile.mkdtemp(prefix="autograd-"), name)
    path.write_text(content, encoding="utf-8")
    if (webbrowser.open if opener is None else opener)(path.as_uri()) is False:
        raise RuntimeError(f"no browser was found to open the graph: it is in {path}")
    return path


def _by_dot(picture: Picture, format: str) -> bytes:
    """The picture in a format of Graphviz, by its program ``dot``."""
    size = len(picture.boxes) + len(picture.edges)
    if size > MOST_FOR_DOT:
        raise ValueError(
            f"dot might take minutes over {len(picture.boxes):,} boxes and "
            f"{len(picture.edges):,} edges: fold the graph, with max_boxes or depth, or save "
            'an .svg with layout="own"'
        )
    return run_dot(to_digraph(picture, format).source, format, SECONDS_FOR_DOT)


class DotError(RuntimeError):
    """Graphviz's program ``dot`` has not made a picture.

    Attributes:
        reason: the reason, in a few words.
    """

    def __init__(self, format: str, reason: str, advice: str) -> None:
        super().__init__(
            f"a picture laid out by Graphviz, such as this .{format}, needs its program dot, "
            f"{advice}; without it, pip install resvg-py draws a .png, pip install cairosvg "
            'a .pdf, and an .svg with layout="own" needs nothing'
        )
        self.reason = reason


def run_dot(source: str, format: str, seconds: float = SECONDS_FOR_DOT) -> bytes:
    """The picture of a text in Graphviz's language, as its program ``dot`` draws it.

    Args:
        source: the text.
        format: of the picture, such as ``"svg"``.
        seconds: the time after which ``dot`` is stopped.

    Raises:
        DotError: there is no ``dot``, it fails or takes too long, or what it writes is no
            picture of that format.
    """
    dot = shutil.which("dot")
    if dot is None:
        raise DotError(
            format,
            "dot is not installed",
            "which is not installed: `apt install graphviz` (Debian, Ubuntu), `brew install "
            "graphviz` (macOS) or `winget install graphviz` (Windows) brings it",
        )
    try:
        run = subprocess.run(
            [dot, f"-T{format}"], input=source.encode(), capture_output=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        reason = f"dot took more than {seconds:g} seconds"
    except OSError as error:
        reason = f"dot cannot be run ({error.strerror})"
    else:
        begin, end = _SIGNATURES.get(format, (b"", b""))
        picture = run.stdout.strip()
        said = run.stderr.decode(errors="replace").split("\n")[0].strip()
        if run.returncode:
            reason = f"dot failed ({said or f'exit status {run.returncode}'})"
        elif picture and picture.startswith(begin) and picture.endswith(end):
            return run.stdout
        else:
            reason = f"dot wrote no {format} picture ({said or f'{len(run.stdout)} bytes'})"
    raise DotError(format, reason, f"and {reason}; the program is {dot}")


def replace_file(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write a file in one step, so that no reader sees it half-written.

    A file that is replaced keeps its mode; of a link, the target is replaced. Folders on the
    way to it are made.

    Raises:
        OSError: it cannot be written, or ``path`` is a folder, a pipe or a device; a file that
            was there is as before.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A short name, since that of the file may be as long as a name can be.
    draft = path.resolve().with_name(f".{secrets.token_hex(8)}")
    try:
        mode = path.stat().st_mode if path.exists() else None
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(f"{str(path)!r} is a folder: name a file in it")
        if mode is not None and not stat.S_ISREG(mode):
            raise OSError(f"{str(path)!r} is a pipe or a device: name a file")
        draft.touch(0o666 if mode is None else 0o600)
        draft.write_bytes(content)
        if mode is not None:
            draft.chmod(stat.S_IMODE(mode))
        os.replace(draft, path.resolve())
    except BaseException as error:
        draft.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None:
            raise type(error)(error.errno, error.strerror, str(path)) from None
        raise
    return path
