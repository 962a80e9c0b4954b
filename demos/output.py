"""What the demos share: saving pictures and pages, and saying where they are."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograd import Value
from autograd.draw import save


def add_output_option(parser: argparse.ArgumentParser) -> None:
    """Let a demo be told where to save what it makes."""
    parser.add_argument(
        "--output",
        type=_output_folder,
        default="output",
        help="folder of the pictures and pages (default: %(default)s)",
    )


def _output_folder(text: str) -> str:
    """The folder that a command line names, made if it is not there yet."""
    try:
        Path(text).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be a folder: {error.strerror}") from None
    return text


def save_graph(root: Value, folder: str, name: str) -> None:
    """Draw a graph with its local derivatives to ``folder/name.svg``, and print where it is."""
    path = save(root, Path(folder) / f"{name}.svg", local_derivatives="numbers")
    print(f"Graph drawn in {path}")


def save_page(text: str, folder: str, name: str) -> None:
    """Write a page of Markdown to ``folder/name.md``, and print one line that says so."""
    path = Path(folder) / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    print(f"Derivation written to {path}")
