"""What several parts of `nn` check of what they are handed, and what they say of it."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from reprlib import repr as shown
from typing import Any


def check_count(name: str, count: Any) -> None:
    """Refuse what is not a whole number from 1 on."""
    if not hasattr(count, "__index__") or isinstance(count, bool):
        raise TypeError(f"{name} must be a whole number, got {shown(count)}")
    if operator.index(count) < 1:
        raise ValueError(f"{name} must be at least 1, got {count}")


def counted(count: int, noun: str) -> str:
    """The noun in singular or plural.

    >>> counted(1, "layer"), counted(2, "layer")
    ('1 layer', '2 layers')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@contextmanager
def needed_by(user: str, *packages: str) -> Iterator[None]:
    """Say of an import within that fails what needs it, and what to install.

    >>> with needed_by("a picture", "no-such-package"):
    ...     import no_such_package
    Traceback (most recent call last):
        ...
    ModuleNotFoundError: a picture needs no-such-package: pip install no-such-package
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{user} needs {' and '.join(packages)}: pip install {' '.join(packages)}",
            name=error.name,
        ) from error
