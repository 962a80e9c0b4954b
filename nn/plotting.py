"""Figures of matplotlib, which is loaded when one is asked for."""

from __future__ import annotations

from typing import Any


def panels(caller: str, count: int) -> tuple[Any, list[Any]]:
    """A figure, and its axes side by side.

    Raises:
        ModuleNotFoundError: matplotlib is not installed; ``caller`` is what needs it.
    """
    try:
        from nn.figures import Panels
    except ModuleNotFoundError as error:
        message = f"{caller} needs matplotlib: pip install matplotlib"
        raise ModuleNotFoundError(message, name=error.name) from error
    figure = Panels(figsize=(5 * count, 3.5), layout="constrained")
    return figure, [figure.add_subplot(1, count, position) for position in range(1, count + 1)]
