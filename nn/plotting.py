"""Figures of matplotlib, which is loaded when one is asked for."""

from __future__ import annotations

from typing import Any

from nn.checks import needed_by


def panels(caller: str, count: int) -> tuple[Any, list[Any]]:
    """A figure, and its axes side by side.

    Raises:
        ModuleNotFoundError: matplotlib is not installed; ``caller`` is what needs it.
    """
    with needed_by(caller, "matplotlib"):
        from nn.figures import Panels
    figure = Panels(figsize=(5 * count, 3.5), layout="constrained")
    return figure, [figure.add_subplot(1, count, position) for position in range(1, count + 1)]
