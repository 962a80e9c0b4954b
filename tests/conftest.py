"""Settings for the whole test suite."""

import gc
import os

from hypothesis import settings

import autograd

# Time limits are left out: they measure the machine, not the code. In continuous integration
# the examples are the same in each run, as Hypothesis has it by itself.
settings.register_profile("chainrule", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("chainrule")


def pytest_collection_finish() -> None:
    """Leave what the tests are made of out of each collection of garbage: it is not freed."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> str:
    return f"autograd engine: {'compiled (mypyc)' if autograd.__compiled__ else 'interpreted'}"
