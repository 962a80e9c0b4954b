"""The output of the demos: pictures and pages in files, and messages that name them.

A picture is saved twice. The ``.gv`` is its source in Graphviz's language; the
``.svg`` shows it, drawn by Graphviz's program ``dot``. Where there is no ``dot``,
or it fails, the library draws the same picture by itself.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from autograd import Value, graph
from autograd.draw import DotError, draw_dot, replace_file, run_dot
from nn import Module, draw_network

if TYPE_CHECKING:
    import graphviz

# It needs less than one; the rest is for what a first start may have to set up, such as fonts.
SECONDS_FOR_DOT = 30.0


def run_program(main: Callable[[], int]) -> NoReturn:
    """Run a program, and exit with its status; quietly, if its output is cut off by ``| head``."""
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left would be written at the exit, and fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Add the options ``--output``, the folder, and ``--layout``, the program that draws."""
    parser.add_argument(
        "--output",
        type=_output_folder,
        default="output",
        help="folder of the pictures and pages (default: %(default)s)",
    )
    parser.add_argument(
        "--layout",
        choices=["dot", "own"],
        default="dot",
        help="the program that lays out the pictures and draws them: Graphviz's dot, where it is "
        "installed, or this library, which needs no other program (default: %(default)s)",
    )


def _output_folder(text: str) -> Path:
    """The folder that a command line names, made if it does not exist."""
    try:
        Path(text).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be a folder: {error.strerror}") from None
    return Path(text)


class NotDrawnError(Exception):
    """``dot`` has not drawn a picture: the reason, and a remedy."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


@dataclass
class OutputFolder:
    """The files of one run of a demo; each is named on the screen as it is written.

    Args:
        folder: the folder of the files.
        layout: ``"dot"``, or ``"own"`` for the library's own layout.
    """

    folder: Path
    layout: str = "dot"
    pictures: list[Path] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    def save_graph(self, root: Value, name: str, title: str = "") -> None:
        """Draw the graph of ``root``, with the local derivatives."""
        self.save_picture(
            draw_dot(root, local_derivatives="numbers", max_boxes=None, title=title),
            lambda: graph(root).to_svg(local_derivatives="numbers", max_boxes=None, title=title),
            name,
        )

    def save_network(
        self,
        model: Module,
        inputs: Sequence[Value | float],
        target: float,
        name: str,
        title: str = "",
    ) -> None:
        """Draw a network with its weights, and with what one case computes in it."""
        network = draw_network(model, inputs, target, title=title)
        self.save_picture(network, network.to_svg, name)

    def save_picture(self, dot: graphviz.Digraph, own: Callable[[], str], name: str) -> None:
        """Save ``name.gv`` and ``name.svg``; ``own`` draws the SVG if ``dot`` does not."""
        source, svg = self.folder / f"{name}.gv", self.folder / f"{name}.svg"
        replace_file(source, dot.source.encode())
        try:
            drawn = svg_by_dot(source, self.layout)
            how = f"by Graphviz's dot, from {source}"
            hint = "With --layout own, this library draws them, without any other program."
        except NotDrawnError as error:
            drawn = own().encode()
            how = f"by this library, {error}; Graphviz's source is {source}"
            hint = error.remedy
        replace_file(svg, drawn)
        print(f"Drawn: {svg} ({how})")
        self.pictures.append(svg)
        if hint not in self.hints:
            self.hints.append(hint)

    def save_chart(self, svg: str, name: str) -> None:
        """Save a chart (demos/plot.py) as ``name.svg``."""
        path = self.folder / f"{name}.svg"
        replace_file(path, svg.encode())
        print(f"Drawn: {path}")
        self.pictures.append(path)

    def save_page(self, text: str, name: str) -> None:
        """Write a page of Markdown to ``name.md``."""
        path = self.folder / f"{name}.md"
        replace_file(path, text.encode())
        print(f"Written: {path}")

    def save_training(
        self,
        loss: Value,
        name: str,
        title: str,
        data: Mapping[Value, Sequence[float]],
        prediction: Value,
    ) -> None:
        """Write the interactive page ``name.html``, which trains on the cases of ``data``."""
        path = self.folder / f"{name}.html"
        graph(loss).save(path, title=title, data=data, output=prediction)
        print(f"Written: {path} (a page to step through, and to train in)")

    def say_how_to_look(self) -> None:
        """Print how to look at the pictures, and how to have them drawn by the other program."""
        if self.pictures:
            print(f"A browser shows the pictures: open {self.pictures[-1]}")
        for hint in self.hints:
            print(hint)


def svg_by_dot(source: Path, layout: str = "dot") -> bytes:
    """The picture of a ``.gv`` file as an SVG, drawn by ``dot``.

    Raises:
        NotDrawnError: there is no ``dot``, it fails or takes too long, or ``layout`` is ``"own"``.
    """
    if layout == "own":
        raise NotDrawnError(
            "as --layout own asks",
            "Without --layout own, Graphviz's program dot draws them, where it is installed.",
        )
    try:
        return run_dot(source.read_text("utf-8"), "svg", SECONDS_FOR_DOT)
    except DotError as error:
        dot = shutil.which("dot")
        by_hand = shlex.join([dot or "dot", "-Tsvg", str(source.resolve())])
        raise NotDrawnError(
            f"since {error.reason}",
            f"To have dot draw a picture, and see what it says: {by_hand} -O"
            if dot
            else "Graphviz's program dot draws them once it is there: `apt install graphviz` "
            "(Debian,\nUbuntu), `brew install graphviz` (macOS) or `winget install graphviz` "
            "(Windows).",
        ) from None
