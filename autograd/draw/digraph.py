"""The `graphviz.Digraph` of a picture, which says in a notebook what it lacks.

Imported where one is made, since it needs the package graphviz.
"""

from __future__ import annotations

import shutil
from typing import Any, Final

import graphviz

from autograd.draw.notebook import with_image

_MISSING: Final = (
    "Graphviz's program dot, which lays this picture out, is not installed: `apt install "
    "graphviz` (Debian, Ubuntu), `brew install graphviz` (macOS) or `winget install graphviz` "
    "(Windows) brings it. autograd.graph(y) shows the graph of y without it."
)


class Digraph(graphviz.Digraph):  # type: ignore[misc]  # graphviz comes without types
    """A `graphviz.Digraph`; where there is no ``dot``, a notebook shows what brings it."""

    def _repr_mimebundle_(self, *args: Any, **options: Any) -> dict[str, Any]:
        if shutil.which(self.engine) is None:
            return {"text/plain": _MISSING}
        return with_image(super()._repr_mimebundle_(*args, **options), repr(self))
