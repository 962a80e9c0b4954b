"""Settings for the whole test suite."""

from hypothesis import settings

import autograd

# Time limits are left out: they measure the machine, not the code.
settings.register_profile("chainrule", deadline=None)
settings.load_profile("chainrule")


def pytest_report_header() -> str:
    return f"autograd engine: {'compiled (mypyc)' if autograd.__compiled__ else 'interpreted'}"
