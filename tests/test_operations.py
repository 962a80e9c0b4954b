"""The page of operations is what the rows and their tests say."""

from __future__ import annotations

import autograd
from autograd.engine import table
from tests import operations


def test_the_page_is_current() -> None:
    written = operations.PAGE.read_text("utf-8")
    assert written == operations.page(), "python -m tests.operations writes docs/operations.md anew"


def test_every_operation_of_the_package_is_on_it_once() -> None:
    listed = [name for _, names in operations.sections() for name in names]
    builtin = [name for name in ("max", "min", "round", "sum") if hasattr(autograd, name)]
    assert sorted(listed) == sorted([*table.__all__, *builtin])
