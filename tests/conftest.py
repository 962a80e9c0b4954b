"""Settings for the whole test suite."""

import gc
import os
import signal
from collections.abc import Iterator

import pytest
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


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as Python has it, which a test run in the background ignores.

    No garbage is collected, since Hypothesis is told of each collection, and Python would drop an
    error that Ctrl-C raises there.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()
    yield
    gc.enable()
    signal.signal(signal.SIGINT, before)
