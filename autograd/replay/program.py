"""A program: what a function computes, and its derivatives, as rows that each give one number.

Every number has a **cell**, and a cell is written as one int:

* ``cell >= inputs``: what row ``cell - inputs`` gives;
* ``0 <= cell < inputs``: an input of the program;
* ``cell < 0``: the constant ``constants[~cell]``.

So a list of all numbers, the inputs first, then the rows and last the constants in reverse order,
can be indexed by cells as they are: a run goes from row to row over one such list.

A row is one of these:

* a **sum of products**, ``init + a * b + c * d + ...``, with the cells ``init, a, b, c, d, ...``.
  Each product and each sum is rounded, from left to right, as an expression of Python is. Of a
  product by a constant, the constant comes first: so equal rows are found to be equal;
* a **sum of cases**, of such terms as are there only under a condition, with the cells ``init,
  flag, a, b, flag, c, d, ...``: a term whose flag is 0.0 is left out;
* an **elementwise** row, which calls the function of its `Operation` with the numbers of its cells;
* a **part**: one of further results of an operation that has several at once. Parts follow it;
* a **guard**, which has two cells and no number of its own: the run ends where they differ.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, Final

from autograd.engine import floats
from autograd.native import append, extend, i64, vec

SUM: Final[i64] = -1
PART: Final[i64] = -2
GUARD: Final[i64] = -3
CASES: Final[i64] = -4

# Constants that every program has, by their cells.
ZERO: Final[i64] = -1
MINUS_ZERO: Final[i64] = -2
ONE: Final[i64] = -3
MINUS_ONE: Final[i64] = -4


# Functions that the kernel has for eight rows at once.
BY_EIGHT: Final[frozenset[Any]] = frozenset(
    (
        floats.below,
        floats.bump,
        floats.decay,
        floats.divide,
        floats.exp,
        floats.logistic,
        floats.over_square,
        floats.relu,
        floats.sign,
        floats.sqrt,
        operator.truediv,
    )
)


class Operation:
    """What elementwise rows of a kind compute.

    Attributes:
        name: how it is written.
        expression: the function in Python, in text.
        needs: the import that the expression needs.
        source: the function that computes it, whatever it is wrapped in.
        function: takes as many floats as the row has cells, or all of them as one list.
        takes_list: True if it is handed a list.
        parts: True if the function gives a list: its first number is that of the row, and the
            others are those of the parts that follow.
        is_pure: True if equal operands are known to give equal results, without a side effect.
        has_effect: True if it may do more than give a number or raise an error.
        by_eight: True if the kernel has the function for eight rows at once.
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        expression: str,
        needs: str,
        *,
        takes_list: bool = False,
        parts: bool = False,
        is_pure: bool = True,
        has_effect: bool = False,
        source: Callable[..., Any] | None = None,
    ) -> None:
        self.name = name
        self.expression = expression
        self.needs = needs
        self.function = function
        self.takes_list = takes_list
        self.parts = parts
        self.is_pure = is_pure
        self.has_effect = has_effect
        self.source = function if source is None else source
        self.by_eight = self.source in BY_EIGHT

    def evaluate(self, numbers: Sequence[float]) -> Any:
        """What the function gives for these numbers: a float, or a list of them."""
        return self.function(list(numbers)) if self.takes_list else self.function(*numbers)


class Program:
    """Rows, and the cells of what is wanted of them.

    It begins without rows, and with room for so many cells.

    Attributes:
        inputs: the number of inputs.
        constants: the constants, each once.
        made_of: the cells of the constants from which others have been computed, by the cells of
            these: each comes after those that it is made of.
        operations: those of elementwise rows.
        kinds: for each row `SUM`, `PART`, `GUARD`, `CASES`, or the index of its operation.
        starts: for each row where its cells begin in ``cells``; and last, where they end.
        cells: the cells of all rows, one row after the other; then there may be room for more.
        outputs: the cells of the results: of the values, then of the sums of shares.
        forward: the number of rows, the first ones, that the values need.
        values: the number of outputs that are values.
        ways: the flags of choices by which its gradients have chosen their way, as indices into
            ``outputs``, and whether each was set.
        labels: the names of cells, as far as they have one; of a guard, what it is about.
    """

    def __init__(self, inputs: int, room: i64 = 0) -> None:
        self.inputs: i64 = inputs
        self.constants: list[float] = []
        self.made_of: dict[int, list[int]] = {}
        self.operations: list[Operation] = []
        self.kinds = vec[i64]()
        self.starts = vec[i64]([0])
        self.cells = vec[i64]([0] * (room + 16))
        self._filled: i64 = 0
        self.outputs = vec[i64]()
        self.forward: i64 = 0
        self.values: i64 = 0
        self.ways: dict[int, bool] = {}
        self.labels: dict[int, str] = {}
        self._known: dict[tuple[float, float], int] = {}
        for number in (0.0, math.copysign(0.0, -1.0), 1.0, -1.0):
            self.constant(number)

    def without_rows(self, further: i64 = 0) -> Program:
        """A program with the same inputs, constants and operations.

        It has room for as many cells and so many further ones.
        """
        new = Program(self.inputs, self._filled + further)
        new.constants = list(self.constants)
        new.made_of = dict(self.made_of)
        new._known = dict(self._known)
        new.operations = list(self.operations)
        return new

    def set_outputs(self, values: Sequence[int], others: Sequence[int] = ()) -> None:
        """Want these cells: those of the values, and of the sums of shares."""
        self.outputs = vec[i64](list(values) + list(others))
        self.values = len(values)

    def set_rows(self, kinds: vec[i64], starts: vec[i64], cells: vec[i64]) -> None:
        """Take these rows."""
        self.kinds, self.starts, self.cells = kinds, starts, cells
        self._filled = starts[len(kinds)]

    def constant(self, number: float) -> int:
        """The cell of a constant: one for each pattern of bits, and one for every nan."""
        key = (number, math.copysign(1.0, number)) if number == number else (0.0, 0.0)
        cell = self._known.get(key)
        if cell is None:
            cell = ~len(self.constants)
            self.constants.append(number)
            self._known[key] = cell
        return cell

    def computed(self, number: float, operands: list[int]) -> int:
        """The cell of a constant that is computed from others, which have these cells."""
        new = ~len(self.constants)
        cell = self.constant(number)
        if cell == new:
            self.made_of[cell] = operands
        return cell

    def negated(self, cell: i64) -> i64:
        """The cell of a constant with the other sign."""
        return self.computed(-self.constants[~cell], [cell])

    def push(self, cell: i64) -> None:
        """Add a cell to the row that `close` will end."""
        at = self._filled
        if at == len(self.cells):
            self.cells = extend(self.cells, self.cells)
        self.cells[at] = cell
        self._filled = at + 1

    def reserve(self, count: i64) -> i64:
        """Add so many cells, to be set by the caller, to the row; returns where they begin."""
        start = self._filled
        cells = self.cells
        while len(cells) < start + count:
            cells = extend(cells, cells)
        self.cells = cells
        self._filled = start + count
        return start

    def product(self, init: i64, a: i64, b: i64) -> i64:
        """Add the sum ``init + a * b``; returns its cell, or that of the same number.

        Whichever way round a product by a constant is given, the constant comes first.
        """
        if init == MINUS_ZERO and (a == ONE or b == ONE):
            return b if a == ONE else a
        if init < 0 and a < 0 and b < 0:
            constants = self.constants
            number = constants[~init] + constants[~a] * constants[~b]
            return self.computed(number, [init, a, b])
        at = self._filled
        if at + 3 > len(self.cells):
            self.reserve(3)
        self._filled = at + 3
        if b < 0:
            a, b = b, a
        cells = self.cells
        cells[at] = init
        cells[at + 1] = a
        cells[at + 2] = b
        return self.close(SUM)

    def total(self) -> i64:
        """End a sum; returns its cell, or that of a constant if it adds nothing else."""
        constants, cells, start = self.constants, self.cells, self.starts[len(self.kinds)]
        for at in range(start, self._filled):
            if cells[at] >= 0:
                return self.close(SUM)
        number = constants[~cells[start]]
        for at in range(start + 1, self._filled, 2):
            number += constants[~cells[at]] * constants[~cells[at + 1]]
        return self.computed(number, self._given_back())

    def call(self, kind: i64) -> i64:
        """End an elementwise row; returns its cell, or that of a constant if it always is one.

        The derivative of x**2 is no such row, but the product 2 * x.
        """
        operation = self.operations[kind]
        cells, start = self.cells, self.starts[len(self.kinds)]
        for at in range(start, self._filled):
            if cells[at] >= 0:
                exponent = cells[self._filled - 1]
                if operation.source is floats.power_slope and exponent == self.constant(2.0):
                    self._filled = start
                    return self.product(MINUS_ZERO, exponent, cells[start])
                return self.close(kind)
        if operation.parts or not operation.is_pure:
            return self.close(kind)
        operands = self._given_back()
        number = operation.evaluate([self.constants[~cell] for cell in operands])
        return self.computed(number, operands)

    def _given_back(self) -> list[int]:
        """The cells of the row that is not ended, which becomes none."""
        cells, start = self.cells, self.starts[len(self.kinds)]
        found: list[int] = [cells[at] for at in range(start, self._filled)]
        self._filled = start
        return found

    def reciprocal(self, cell: i64) -> i64:
        """The cell of 1 / x for a constant x that is a power of 2, or else of 0.

        By that it is all the same to divide or to multiply.
        """
        number = self.constants[~cell]
        mantissa, exponent = math.frexp(number)
        is_power = abs(mantissa) == 0.5 and abs(exponent) < 1000
        return self.computed(1.0 / number, [cell]) if is_power else ZERO

    def close(self, kind: i64) -> i64:
        """End a row, of the cells since the one before; returns its cell."""
        self.kinds = append(self.kinds, kind)
        self.starts = append(self.starts, self._filled)
        return self.inputs + len(self.kinds) - 1

    def close_alike(self, kind: i64, rows: i64) -> i64:
        """End so many rows, of as many cells each; returns the cell of the first."""
        kinds, starts, start = self.kinds, self.starts, self.starts[len(self.kinds)]
        length = (self._filled - start) // rows
        first: i64 = self.inputs + len(kinds)
        for row in range(1, rows + 1):
            kinds = append(kinds, kind)
            starts = append(starts, start + row * length)
        self.kinds, self.starts = kinds, starts
        return first

    def add(self, kind: i64, cells: Sequence[int]) -> i64:
        """Add a row; returns its cell."""
        for cell in cells:
            self.push(cell)
        return self.close(kind)

    def row(self, row: i64) -> list[int]:
        """The cells of a row."""
        cells = self.cells
        return [cells[at] for at in range(self.starts[row], self.starts[row + 1])]

    def terms(self) -> i64:
        """The number of products in all sums."""
        starts = self.starts
        total: i64 = 0
        for row in range(len(self.kinds)):
            cells = starts[row + 1] - starts[row] - 1
            if self.kinds[row] == SUM:
                total += cells // 2
            elif self.kinds[row] == CASES:
                total += cells // 3
        return total
