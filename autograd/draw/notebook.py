"""The picture of a graph in a notebook, shown for a Value or a snapshot.

A notebook asks an object for several formats and shows the best that it can (IPython's
``_repr_mimebundle_``). Inline SVG is shown only in trusted notebooks and is lost in some
exports; the same SVG within an ``<img>`` is shown everywhere, since an image cannot run
anything. So the picture is given in both formats, and as text for terminals.
"""

from __future__ import annotations

import sys
from base64 import b64encode
from html import escape
from typing import Any, Final

from autograd.draw.content import picture_of
from autograd.draw.svg import to_svg
from autograd.engine.value import Value
from autograd.snapshot import Snapshot

_SVG: Final = "image/svg+xml"

# A Value is often shown in passing, which must not take long. A snapshot is taken on
# purpose, and always drawn.
_MOST_VALUES: Final = 5000


def show(snapshot: Snapshot) -> dict[str, str]:
    """The picture of a snapshot, in several formats.

    >>> sorted(show(Snapshot.of(Value(2.0) * 3)))
    ['image/svg+xml', 'text/html', 'text/plain']
    """
    return _formats(to_svg(picture_of(snapshot)), repr(snapshot))


def show_value(value: Value) -> dict[str, str]:
    """The picture of a Value in several formats; only its text if the graph is very large."""
    if value.op is None or _is_larger_than(_MOST_VALUES, value):
        return {"text/plain": repr(value)}
    return _formats(to_svg(picture_of(Snapshot.of(value))), repr(value))


def is_running() -> bool:
    """True in a cell of a notebook."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def display(thing: object, **options: Any) -> None:
    """Show something below the cell that is running, as IPython's ``display`` does."""
    from IPython.display import display

    display(thing, **options)  # type: ignore[no-untyped-call]


def display_picture(svg: str, plain: str) -> None:
    """Show a picture below the cell that is running; ``plain`` stands for it in a text."""
    display(_formats(svg, plain), raw=True)


def with_image(formats: dict[str, Any], plain: str) -> dict[str, Any]:
    """The formats, and the SVG among them as an image; ``plain`` stands for it in a text."""
    svg = formats.get(_SVG)
    if svg is None:
        return formats
    data = b64encode(svg.encode()).decode()
    image = f'<img src="data:{_SVG};base64,{data}" alt="{escape(plain)}">'
    return {**formats, "text/html": image}


def _formats(svg: str, plain: str) -> dict[str, str]:
    return with_image({"text/plain": plain, _SVG: svg}, plain)


def _is_larger_than(limit: int, root: Value) -> bool:
    """True if the graph has more than ``limit`` values; no more are visited."""
    seen: set[Any] = {root}
    unvisited = [root]
    while unvisited and len(seen) <= limit:
        for source in unvisited.pop().inputs:
            if source not in seen:
                seen.add(source)
                unvisited.append(source)
    return len(seen) > limit
