"""One way to say where random numbers come from, for everything in `nn` that draws them."""

from __future__ import annotations

import operator
import random
from reprlib import repr as shown
from typing import Any, Protocol, TypeAlias, cast


class _NumPyGenerator(Protocol):
    """What is used of ``numpy.random.Generator``."""

    def integers(self, low: int, high: int) -> Any:
        """A whole number from ``low`` to below ``high``."""


Seed: TypeAlias = int | random.Random | _NumPyGenerator | None

_SEEDS = 2**63


def generator(seed: Seed) -> random.Random:
    """The random generator that a seed stands for.

    Args:
        seed: a whole number; a ``random.Random``, which is used itself; a NumPy ``Generator``,
            which a seed is drawn from; or None for the generator that ``random.seed`` seeds.

    Raises:
        TypeError: it is something else.

    >>> generator(1).random() == generator(1).random()
    True
    """
    if seed is None:
        return cast(random.Random, random)  # the module offers the same functions
    if hasattr(seed, "random") and hasattr(seed, "gauss"):
        return cast(random.Random, seed)
    if hasattr(seed, "integers"):
        return random.Random(int(seed.integers(0, _SEEDS)))
    if hasattr(seed, "__index__") and not isinstance(seed, bool):
        return random.Random(operator.index(seed))
    raise TypeError(
        "random numbers come from a seed, such as 42, a random.Random or a NumPy Generator; "
        f"got {shown(seed)}"
    )
