"""Rows of sums of products, and which sums get none: they are a part of the row of another.

Nothing is ever added in another order than the engine's, and no product fused with the sum it is
added to. All that is done are steps that are exact in IEEE arithmetic:

* ``-0.0 + x`` is x, and ``1.0 * x`` is x (``0.0 + x`` is not, if x is -0.0);
* ``x + y`` is ``y + x``, ``x * y`` is ``y * x``, ``x - y`` is ``x + -1.0 * y``, and
  ``-1.0 * (x * y)`` is ``-x * y``.

A row begins where the sum begins that it is continued from: ``(a * b + c * d) + e * f`` is one row,
and so is ``e * f + (a * b + c * d)``, since addition is commutative. Two sums that are added stay
two.
"""

from __future__ import annotations

from typing import Any, Final

from autograd.engine import table
from autograd.native import append, extend, i64, u8, vec
from autograd.replay.program import MINUS_ONE, MINUS_ZERO, ONE, SUM, Program

# The operations that are sums of products.
ADD: Final[u8] = 0
SUBTRACT: Final[u8] = 1
NEGATIVE: Final[u8] = 2
MULTIPLY: Final[u8] = 3
SQUARE: Final[u8] = 4

SUMS: Final[dict[Any, int]] = {
    table.add: 0,
    table.subtract: 1,
    table.negative: 2,
    table.multiply: 3,
    table.square: 4,
}

# In place of its cell, what an inner sum has, which has no row: this and its index in `inner`.
INNER: Final[i64] = 1 << 40


def terms(way: u8, x: i64, y: i64) -> tuple[i64, i64, i64]:
    """The ``init, a, b`` of one of these operations; of one operand, it is both."""
    if way <= SUBTRACT:
        return x, ONE if way == ADD else MINUS_ONE, y
    return MINUS_ZERO, MINUS_ONE if way == NEGATIVE else x, y


class Sums:
    """The rows of sums of a program in the making.

    Attributes:
        program: the program.
        inner: three cells ``init, a, b`` for each inner sum.
        filled: how many cells these are; there may be more, which are not needed any more.
        chain: room for the sums of a row.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.inner = vec[i64]([0] * 96)
        self.filled: i64 = 0
        self.chain = vec[i64]()

    def total(self, init: i64, a: i64, b: i64, is_inner: bool) -> i64:
        """The cell of ``init + a * b``, of which ``init`` and ``b`` may be inner sums."""
        if init < INNER and b < INNER and not is_inner:
            return self.program.product(init, a, b)
        if init == MINUS_ZERO and (a == ONE or b == ONE):
            cell = b if a == ONE else a
            return cell if is_inner else self.written(cell)
        if init < 0 and a < 0 and b < 0:
            return self.program.product(init, a, b)
        if a == ONE and b >= INNER and not self.is_product(b):
            init, b = b, init
        inner, at = self.inner, self.filled
        if len(inner) < at + 3:
            self.inner = inner = extend(inner, inner)
        inner[at] = init
        inner[at + 1] = a
        inner[at + 2] = b
        self.filled = at + 3
        return INNER + at if is_inner else self.written(INNER + at)

    def is_product(self, cell: i64) -> bool:
        """True if nothing is added in an inner sum."""
        return self.inner[cell - INNER] == MINUS_ZERO

    def written(self, cell: i64) -> i64:
        """The cell itself, or that of the row that is added if it is an inner sum."""
        if cell < INNER:
            return cell
        self.push(cell)
        return self.program.close(SUM)

    def push(self, cell: i64) -> None:
        """Begin a row with a cell, or with an inner sum and all that is in it."""
        inner, program, chain = self.inner, self.program, self.chain
        # The sums that it continues, the first one at the end.
        length: i64 = 0
        least = self.filled
        while cell >= INNER:
            if length == len(chain):
                chain = append(chain, 0)
            chain[length] = cell - INNER
            least = min(least, cell - INNER)
            length += 1
            cell = inner[cell - INNER]
        self.chain = chain
        used = length
        to = program.reserve(1 + 2 * length)
        cells = program.cells
        cells[to] = cell
        while length > 0:
            length -= 1
            a, b = inner[chain[length] + 1], inner[chain[length] + 2]
            while b >= INNER:  # a product, and a is 1.0 or -1.0
                is_negative = a == MINUS_ONE
                least = min(least, b - INNER)
                used += 1
                a, b = inner[b - INNER + 1], inner[b - INNER + 2]
                if is_negative and a < 0:
                    a = program.negated(a)
                elif is_negative:
                    b = program.negated(b)
            if b < 0:
                a, b = b, a
            cells[to + 1] = a
            cells[to + 2] = b
            to += 2
        if least + 3 * used == self.filled:  # they were the latest, as they are most often
            self.filled = least
