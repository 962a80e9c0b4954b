"""The entry point that Hypothesis calls, so that ``st.from_type(Value)`` works.

It is a package of its own, because an import of Hypothesis should not import `autograd` too, nor
raise an error where another package has that name.
"""

from __future__ import annotations

import sys


def register() -> None:
    """Register the strategy if `autograd` is imported; if that comes later, it registers itself."""
    if "autograd.engine.value" in sys.modules:
        from autograd.testing import registration

        registration.register()
