"""The figure of matplotlib that a history and a diagnosis are plotted in.

Imported where one is made, since it needs matplotlib.
"""

from __future__ import annotations

from io import BytesIO

from matplotlib.figure import Figure


class Panels(Figure):  # type: ignore[misc]  # matplotlib is not installed where types are checked
    """A figure that a notebook shows, also where it has not loaded pyplot."""

    def _repr_png_(self) -> bytes:
        content = BytesIO()
        self.savefig(content, format="png")
        return content.getvalue()
