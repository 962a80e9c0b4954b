"""What the demos share: saving the picture of a graph and saying where it is."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograd import Value
from autograd.draw import save


def add_output_option(parser: argparse.ArgumentParser) -> None:
    """Let a demo be told where to save its pictures."""
    parser.add_argument(
        "--output",
        type=_output_folder,
        default="output",
        help="folder of the pictures (default: %(default)s)",
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
