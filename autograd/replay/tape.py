"""Tape: all that one call of a function has computed, as numbered entries without branches.

This is the boundary between the two halves of the package. The upper half records calls on tapes
and keeps them true to the function (`recording/`, `compiled.py`). The lower half makes a program
of a tape (`lift`) and runs it; it knows nothing of functions, arguments and Values.

Every entry stands for one float, and has a number: entry k is computed from entries below k. It is
of one of three kinds.

* An **input**: `op(k)` is None, and k is in `inputs`. A run is given a float for each.
* A **constant**: `op(k)` is None, and k is in `constants`. Its float is `data[k]` in every run.
* A **row**: `op(k)` says how it is computed from the floats of the entries `operands_of(k)`:

  | operation            | the float                                                             |
  |----------------------|-----------------------------------------------------------------------|
  | a `Primitive`        | ``op.evaluate([floats of the operands])``                             |
  | a `Slope`            | the local derivative ``op.evaluate([operands of it, its output])``    |
  | `choose`             | of three operands ``(flag, x, y)``: x, or y if the flag is 0.0        |
  | `take`               | of ``(flag, x, flag, y ...)``: the one whose flag is 1.0, as one is    |
  | `backward_pass`      | 0.0: it stands for a pass, see below                                  |
  | `gradient_of`        | of two operands ``(pass, entry)``: the gradient of the entry          |
  | another function     | ``float(op(*[floats of the operands]))``; it may raise, as in eager   |

Comparisons are functions of the last kind, such as `operator.lt`; a flag is 1.0 or 0.0.

**Derivatives.** `flows_of(k)` are the positions of those operands of entry k that were Values:
gradients flow to them. The operands at other positions are constants to the chain rule, though
they may vary from run to run, and entries may have no flow at all. An entry without flows is where
gradients end: in an entry of `leaves`, the Values from outside of the call, they are handed out; in
another they are dropped. Through `choose` a gradient flows only to the operand that is taken, with
the local derivative 1.0: the other is not there, neither for the gradient nor for the order of
additions, which is the engine's own (`autograd/engine/node.py`) on the graph that is there.

A `take` is not in that graph at all: an entry that has it as an operand hands its share to the one
that is taken, as if that were the operand. If it is among `fixed`, a guard holds its flags.

**Passes.** A backward pass in the call is an entry, with the operands ``(root, seed, end, sum,
end, sum ...)``. It starts at the entry ``root`` with the gradient ``seed``, on the graph that is
there: a `choose` that it reaches has a guard on its flag. Each ``end`` is data of a leaf, whose
shares are added to ``sum``; in all other entries the sum of shares starts with 0.0.

**Guards.** Python has decided something by the float of an entry: an ``if``, a text, an index. A
tape is right for a run in which each guard finds the float that it found when it was recorded, bit
for bit, a nan equal to any other. A guard comes before entry `Guard.before`: what follows it must
have no visible effect, such as an exception, in a run in which it finds another float.

`data` has the float of every entry in the recorded call, so a tape is its own first run.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, TypeAlias

from autograd.engine import table
from autograd.engine.primitive import Primitive, Reduction
from autograd.native import extend, i32, i64, vec


class Slope:
    """The local derivative of an operation by one of its operands, as an operation itself.

    Its operands are those of the operation, followed by the output.

    >>> from autograd import multiply
    >>> Slope(multiply, 0).evaluate([6.0, 7.0, 42.0])
    7.0
    """

    __slots__ = ("position", "primitive")

    def __init__(self, primitive: Primitive, position: int) -> None:
        self.primitive = primitive
        self.position = position

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Slope):
            return False
        return self.primitive is other.primitive and self.position == other.position

    def __hash__(self) -> int:
        return hash((self.primitive, self.position))

    def evaluate(self, operands: Sequence[float]) -> float:
        """The derivative, by the rule that the engine uses when it records."""
        primitive = self.primitive
        if isinstance(primitive, Reduction):
            return float(
                primitive.local_derivatives(list(operands[:-1]), operands[-1])[self.position]
            )
        return float(primitive.derivatives[self.position](*operands))


def choose(flag: float, x: float, y: float) -> float:
    """``x`` if the flag is set, else ``y``: what `where` records of a comparison."""
    return x if flag else y


def take(*operands: float) -> float:
    """Of pairs of a flag and a number the number whose flag is set.

    >>> take(0.0, 5.0, 1.0, 6.0)
    6.0
    """
    return next(x for flag, x in zip(operands[::2], operands[1::2]) if flag)


def backward_pass(*operands: float) -> float:
    """A backward pass: of its root, its seed, and pairs of an end and what its sum starts with."""
    raise NotImplementedError("a pass is made rows of, see lowering.py")


def gradient_of(*operands: float) -> float:
    """The gradient that a pass leaves in an entry: its operands are the two."""
    raise NotImplementedError("a pass is made rows of, see lowering.py")


class OfKinds:
    """A function of numbers of these types, such as ints or NumPy's, as a function of floats.

    >>> import operator
    >>> OfKinds(operator.floordiv, (int, int))(7.0, 2.0)
    3
    """

    def __init__(self, function: Any, kinds: tuple[Any, ...]) -> None:
        self.function = function
        self.kinds = kinds
        self.__name__ = function.__name__

    def __call__(self, *operands: Any) -> Any:
        """The result, of one of the types."""
        return self.function(*[kind(x) for kind, x in zip(self.kinds, operands)])


class Rounding:
    """``round(x, digits)`` as a function of x."""

    def __init__(self, digits: int) -> None:
        self.digits = digits
        self.__name__ = f"round_to_{digits}"

    def __call__(self, x: Any) -> Any:
        """The number, rounded."""
        return round(x, self.digits)


# The one there is of a function and types, and of a number of digits.
of_kinds: Final[Any] = cache(OfKinds)
rounding_to: Final[Any] = cache(Rounding)

Operation: TypeAlias = "Primitive | Slope | Callable[..., Any]"


class Guard:
    """A float that Python has looked at.

    Attributes:
        entry: the number of the entry.
        value: the float that it had.
        before: the number of the entry that was recorded next.
        look: the way in which Python looked, such as "truth" or "text".
        place: the line, such as ``"train.py:43: if x > 0:"``.
    """

    __slots__ = ("before", "entry", "look", "place", "value")

    def __init__(self, entry: int, value: float, before: int, look: str, place: str) -> None:
        self.entry = entry
        self.value = value
        self.before = before
        self.look = look
        self.place = place


def same(x: float, y: float) -> bool:
    """True if two floats have the same bits, or are both nan."""
    if x == y:
        return math.copysign(1.0, x) == math.copysign(1.0, y)
    return x != x and y != y


_ROOM: Final[i64] = 64  # the least that a tape has

# Compiled code looks a function up by its name each time, but not a constant.
_ADDITION: Final[Any] = table.add
_PRODUCT: Final[Any] = table.multiply
_COPY: Final[Any] = table.where
_QUOTIENT: Final[Any] = operator.truediv
_DIFFERENCE: Final[Any] = table.subtract
_ROOT: Final[Any] = table.sqrt
_GRADIENT: Final[Any] = gradient_of

# Operations by their codes, which are the same on every tape; see `Tape._code`.
_CODED: Final[tuple[Any, ...]] = (
    None,
    choose,
    _ADDITION,
    _PRODUCT,
    _COPY,
    _QUOTIENT,
    _DIFFERENCE,
    _ROOT,
    _GRADIENT,
)

GIVEN: Final[i32] = 0  # the code of inputs and constants
CHOICE: Final[i32] = 1  # that of `choose`


class Tape:
    """What one call has computed; see the docstring of this module.

    Attributes:
        name: the name of the function.
        count: the number of entries; the arrays have room for more.
        operations: the different operations; the first is None.
        codes: for each entry the index of its operation among these.
        starts: for each entry where its operands begin in ``operands``; and last, where they end.
        operands: the numbers of the operands of all entries, one entry after the other.
        flows: for each of these, whether gradients flow to it.
        data: for each entry its float in the recorded call.
        inputs: the entries that a run is given floats for, in that order.
        constants: the entries that are the same in every run, with the line each came from.
        guards: what Python has looked at, in order.
        leaves: the entries that are data of Values from outside, each Value once; gradients are
            handed out to them.
        same_leaf: for the first entries, and all of which it is another one, `gradient_entry`.
        outputs: the entries whose floats a run gives, in that order.
        labels: the names of entries, as far as they have one.
        roots: the positions in `outputs` of those that are Values, which gradients may start at.
        choices: the entries that are a `choose`.
        takes: the entries that are a `take` of Values.
        fixed: those of them that take the same in each run.
        passes: for entries that are a pass the shares that it hands on, as far as they are known.
    """

    def __init__(self, name: str) -> None:
        self.name: str = name
        self.count: i64 = 0
        self.operations: list[Any] = list(_CODED)
        self._codes: dict[Any, int] = {op: code for code, op in enumerate(_CODED)}
        self.codes = vec[i32]([GIVEN] * _ROOM)
        self.starts = vec[i64]([0] * (_ROOM + 1))
        self.operands = vec[i64]([0] * _ROOM)
        self.flows = vec[bool]([False] * _ROOM)
        self.data = vec[float]([0.0] * _ROOM)
        self._pushed: i64 = 0  # the number of operands
        self.inputs: list[int] = []
        self.constants: dict[int, str] = {}
        self.guards: list[Guard] = []
        self.leaves: list[int] = []
        self.same_leaf = vec[i64]()
        self.outputs: list[int] = []
        self.roots: list[int] = []
        self.labels: dict[int, str] = {}
        self.choices: list[int] = []
        self.takes: list[int] = []
        self.fixed: set[int] = set()
        self.passes: dict[int, Any] = {}

    @property
    def ops(self) -> list[Any]:
        """For each entry its operation."""
        return [self.op(entry) for entry in range(self.count)]

    def op(self, entry: i64) -> Any:
        """The operation of an entry; None for inputs and constants."""
        return self.operations[i64(self.codes[entry])]

    def reserve(self, count: i64) -> None:
        """Let there be room for so many entries on a new tape, and for two operands of each."""
        if count > len(self.data):
            self.codes = vec[i32]([GIVEN] * count)
            self.data = vec[float]([0.0] * count)
            self.starts = vec[i64]([0] * (count + 1))
            self.operands = vec[i64]([0] * (2 * count))
            self.flows = vec[bool]([False] * (2 * count))

    def trim(self) -> None:
        """Give back most of the room, if entries have taken less than half of it."""
        count = self.count + _ROOM
        if 2 * count < len(self.data):
            self.codes = self.codes[:count]
            self.data = self.data[:count]
            self.starts = self.starts[: count + 1]
            self.operands = self.operands[: self._pushed + _ROOM]
            self.flows = self.flows[: self._pushed + _ROOM]

    def push(self, operand: i64, flows: bool) -> None:
        """Add an operand to the entry that `close` will end."""
        at = self._pushed
        if at == len(self.operands):
            self._make_room_for_operands()
        self.operands[at] = operand
        self.flows[at] = flows
        self._pushed = at + 1

    def close(self, op: Any, number: float) -> i64:
        """End an entry, of the operands since the one before; returns its number."""
        entry = self.count
        if entry == len(self.data):
            self._make_room()
        code = self._code(op)
        self.codes[entry] = code
        if code == CHOICE:
            self.choices.append(entry)
        self.data[entry] = number
        self.starts[entry + 1] = self._pushed
        self.count = entry + 1
        return entry

    def _code(self, op: Any) -> i32:
        """The code of an operation, which may be new.

        To look at the most frequent ones first is faster than the dict.
        """
        if op is _ADDITION:
            return 2
        if op is _PRODUCT:
            return 3
        if op is None:
            return GIVEN
        if op is _COPY:
            return 4
        if op is _QUOTIENT:
            return 5
        if op is _DIFFERENCE:
            return 6
        if op is _ROOT:
            return 7
        if op is _GRADIENT:
            return 8
        code = self._codes.get(op)
        if code is None:
            code = self._codes[op] = len(self.operations)
            self.operations.append(op)
        return i32(code)

    def _make_room(self) -> None:
        """Let there be room for twice as many entries."""
        self.codes = extend(self.codes, self.codes)
        self.data = extend(self.data, self.data)
        self.starts = extend(self.starts, self.starts)

    def _make_room_for_operands(self) -> None:
        self.operands = extend(self.operands, self.operands)
        self.flows = extend(self.flows, self.flows)

    def one(self, op: Any, x: i64, flows: bool, number: float) -> i64:
        """Append an entry with one operand; returns its number."""
        self.push(x, flows)
        return self.close(op, number)

    def pair(self, op: Any, x: i64, x_flows: bool, y: i64, y_flows: bool, number: float) -> i64:
        """Append an entry with two operands, ``x`` and ``y``; returns its number."""
        at = self._pushed
        if at + 2 > len(self.operands):
            self._make_room_for_operands()
        operands, flows = self.operands, self.flows
        operands[at] = x
        operands[at + 1] = y
        flows[at] = x_flows
        flows[at + 1] = y_flows
        self._pushed = at + 2
        return self.close(op, number)

    def row(self, op: Any, operands: Sequence[int], flows: Sequence[int], number: float) -> int:
        """Append an entry, given the positions that gradients flow to; returns its number."""
        for position, operand in enumerate(operands):
            self.push(operand, position in flows)
        return self.close(op, number)

    def input(self, number: float) -> int:
        """Append an input."""
        entry = self.close(None, number)
        self.inputs.append(entry)
        return entry

    def constant(self, number: float, place: str) -> int:
        """Append a constant that comes from the line ``place``."""
        entry = self.close(None, number)
        self.constants[entry] = place
        return entry

    def move(self, entry: i64, first: i64) -> None:
        """Let gradients go where those of ``first`` go: the entry is new data of the same leaf."""
        same_leaf = self.same_leaf
        place = self.gradient_entry(first)
        known: i64 = len(same_leaf)
        if entry >= known:
            more = max(entry + 1 - known, known)
            self.same_leaf = same_leaf = extend(same_leaf, vec[i64]([0] * more))
            for other in range(known, known + more):
                same_leaf[other] = other
        same_leaf[entry] = place

    def gradient_entry(self, entry: i64) -> i64:
        """The entry that the gradients of one go to: another, if its data was given to a leaf."""
        return self.same_leaf[entry] if entry < len(self.same_leaf) else entry

    def guard(self, entry: int, look: str, place: str) -> None:
        """Note that Python has looked at the float of an entry."""
        self.guards.append(Guard(entry, self.data[entry], self.count, look, place))

    def operands_of(self, entry: int) -> list[int]:
        """The numbers of the operands of an entry."""
        return [self.operands[at] for at in range(self.starts[entry], self.starts[entry + 1])]

    def taken(self, entry: i64) -> i64:
        """The operand that a `take` has given in the recorded call."""
        at = self.starts[entry]
        while self.data[self.operands[at]] == 0.0:
            at += 2
        return self.operands[at + 1]

    def gives(self, outputs: list[float]) -> bool:
        """True if these are the `same` as the outputs of the recorded call."""
        return all(
            same(self.data[self.outputs[at]], outputs[at]) for at in range(len(self.outputs))
        )

    def flows_of(self, entry: int) -> list[int]:
        """The positions of the operands of an entry that gradients flow to."""
        start = self.starts[entry]
        return [at - start for at in range(start, self.starts[entry + 1]) if self.flows[at]]
