"""The document of a page: one file, with its style, its data and its program.

The content security policy in the file allows this style and this program alone, by their
hashes, and no network. Labels get into the data, which like the program are deflated, and from
there into texts.
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64encode
from dataclasses import asdict
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Final

from autograd.draw import text
from autograd.draw.colors import THEMES, Theme, blend
from autograd.draw.options import check_choice, complete_options
from autograd.page.bundle import program
from autograd.page.data import page_data
from autograd.page.operations import Operations
from autograd.page.training import Data, training_data
from autograd.snapshot import Snapshot, Which

# The most values of a graph that a page holds.
MOST_VALUES: Final = 100_000

_FOLDER: Final = Path(__file__).parent
_POLICY: Final = (
    "default-src 'none'; img-src data: blob:; style-src '{style}'; "
    "script-src '{loader}' '{program}'; base-uri 'none'; form-action 'none'"
)


def to_html(
    graph: Snapshot,
    title: str = "",
    theme: str | None = None,
    data: Data | None = None,
    output: Which | None = None,
) -> str:
    """The interactive page of a graph, as a document that needs nothing else.

    Args:
        graph: the snapshot.
        title: above the picture.
        theme: one of `autograd.draw.THEMES` to begin with; None for that of the reader.
        data: the cases that it trains with, if any; see `training_data`.
        output: what it shows of each case.

    Raises:
        TypeError: ``title`` is no string, or there is an ``output`` without ``data``.
        ValueError: the graph is too large, or there is no such theme.
    """
    complete_options({"title": title})
    if theme is not None:
        check_choice("theme", theme, THEMES)
    if len(graph) > MOST_VALUES:
        raise ValueError(
            f"a page holds up to {MOST_VALUES:,} values, and this graph has {len(graph):,}: save "
            "an .svg, which folds it, or the graph of a part, such as of one sample"
        )
    if output is not None and data is None:
        raise TypeError("output is what a page shows of each case: it takes data too")
    operations = Operations(graph)
    contents = page_data(graph, operations, title)
    if data is not None:
        contents["training"] = training_data(graph, operations, data, output)
    entry = "plain.js" if data is None else "trained.js"
    style, loader = _style(), program("loader.js", operations)
    script = f"(() => {{\n{program(entry, operations)}}})();\n"
    root = graph.root
    parts = {
        "THEME": "" if theme is None else f' data-theme="{theme}"',
        "POLICY": _POLICY.format(style=_hash(style), loader=_hash(loader), program=_hash(script)),
        "TITLE": escape(" ".join(text.lines_of(title or f"Graph of {graph.name(root)}"))),
        "ROOT": escape(contents["names"].get(root.id, graph.name(root))),
        "STYLE": style,
        "TRAINING": "" if data is None else (_FOLDER / "training.html").read_text("utf-8"),
        "DATA": _deflated(json.dumps(contents, separators=(",", ":"))),
        "PROGRAM": _deflated(script),
        "LOADER": loader,
    }
    page = re.sub(r"<!-- .*? -->\n", "", (_FOLDER / "page.html").read_text("utf-8"))
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda found: parts[found[1]], page)


def _deflated(content: str) -> str:
    return b64encode(zlib.compress(content.encode())).decode()


def frame(page: str, title: str, height: int) -> str:
    """A page as markup within another one, such as the output of a notebook.

    Args:
        page: the document.
        title: of the frame.
        height: in pixels.
    """
    return (
        f'<iframe title="{escape(title)}" sandbox="allow-scripts allow-downloads" '
        f'style="width: 100%; height: {height}px; border: 0; resize: vertical" '
        f'srcdoc="{escape(page)}"></iframe>'
    )


def _hash(content: str) -> str:
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"


# ── Style ─────────────────────────────────────────────────────────────────────


def _style() -> str:
    """The style sheet, with the colours of the themes as custom properties."""
    light, dark, print_ = [_properties(THEMES[name]) for name in ("light", "dark", "print")]
    themes = [
        f":root {{ {light} }}",
        f":root[data-theme=dark] {{ {dark} }}",
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme]) {{ {dark} }} }}",
        f":root[data-theme=print] {{ {print_} }}",
        f"@media print {{ :root:root {{ {print_} }} }}",
    ]
    sheet = re.sub(r"/\*.*?\*/", "", (_FOLDER / "page.css").read_text("utf-8"), flags=re.S)
    return "\n".join([*themes, sheet.strip()])


def _properties(theme: Theme) -> str:
    """The colours of a theme for the style sheet, and all of it as JSON for the picture."""
    mixed = (theme.background, theme.highlight)
    colors = {
        "background": theme.background,
        "text": theme.text,
        "muted": theme.muted,
        "highlight": theme.highlight,
        "surface": blend((theme.background, theme.text), -0.95),
        "line": blend((theme.background, theme.text), -0.7),
        "border": blend((theme.background, theme.text), -0.2),
        "faint": blend((theme.background, theme.text), -0.1),
        "tint": blend(mixed, -0.84),
        "trace": blend(mixed, -0.3),
        "ramp": f"linear-gradient(90deg, {', '.join(theme.stops)})",
        "theme": json.dumps(asdict(theme)),
    }
    return " ".join([f"--{name}: {color};" for name, color in colors.items()])
