"""What Hypothesis calls when it is imported, so that ``st.from_type(Value)`` works.

This stands outside of `autograd`, because whoever imports Hypothesis should not thereby import
`autograd` too, nor have an error where another package goes by that name.
"""

from __future__ import annotations

import sys


def register() -> None:
    """Register the strategy if `autograd` is there; if it comes later, it does so itself."""
    if "autograd.engine.value" in sys.modules:
        from autograd.testing import registration

        registration.register()
