"""Tells Hypothesis how to draw Values, so that ``st.from_type(Value)`` works.

Whichever of `autograd` and Hypothesis is imported second calls `register`: `autograd` by
itself, Hypothesis by way of `_chainrule_hypothesis`. Neither imports the other.
"""

from __future__ import annotations

from typing import Any

from autograd.engine.value import Value


def register() -> None:
    """Register the strategy, which is made only when it is asked for."""
    from hypothesis.strategies import register_type_strategy

    register_type_strategy(Value, _strategy)


def _strategy(_type: Any) -> Any:
    from autograd.testing.strategies import values

    return values()
