"""What notebooks show in place of a Value or a snapshot: the picture of its graph.

A notebook asks an object for what it is in several formats, and takes the one that
it can show best (IPython's ``_repr_mimebundle_``). Inline SVG is shown only where
the notebook is trusted, and is lost in some exports; the same SVG within an
``<img>`` is shown everywhere, since an image can do nothing. So the picture is
given both ways, and as text for terminals.
"""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import Any, Final

from autograd.draw.content import picture_of
from autograd.draw.svg import to_svg
from autograd.engine.value import Value
from autograd.snapshot import Snapshot

# A Value is often shown in passing, so that this must not take long. A snapshot, which
# nobody takes in passing, is always drawn.
_MOST_VALUES: Final = 5000


def show(snapshot: Snapshot) -> dict[str, str]:
    """The picture of a snapshot, in the formats that a notebook chooses from.

    >>> sorted(show(Snapshot.of(Value(2.0) * 3)))
    ['image/svg+xml', 'text/html', 'text/plain']
    """
    return _formats(snapshot, repr(snapshot))


def show_value(value: Value) -> dict[str, str]:
    """The same for a Value: its picture if its graph is not too large, and else its text."""
    if value.op is None or _is_larger_than(_MOST_VALUES, value):
        return {"text/plain": repr(value)}
    return _formats(Snapshot.of(value), repr(value))


def _formats(snapshot: Snapshot, plain: str) -> dict[str, str]:
    svg = to_svg(picture_of(snapshot))
    data = b64encode(svg.encode()).decode()
    image = f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(plain)}">'
    return {"text/plain": plain, "text/html": image, "image/svg+xml": svg}


def _is_larger_than(limit: int, root: Value) -> bool:
    """Whether more than ``limit`` values have a part in the graph, counting no further."""
    seen: set[Any] = {root}
    unvisited = [root]
    while unvisited and len(seen) <= limit:
        for source in unvisited.pop().inputs:
            if source not in seen:
                seen.add(source)
                unvisited.append(source)
    return len(seen) > limit
