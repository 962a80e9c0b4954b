"""A pass for speed: equal rows that do not need each other, side by side.

What follows carries out eight of them at a time; see `packing`.
"""

from __future__ import annotations

from typing import Final

from autograd.native import i64, vec
from autograd.replay.optimizer import rearranged, unmoved
from autograd.replay.program import CASES, GUARD, PART, SUM, Operation, Program

EIGHT: Final[i64] = 8
_RECENT: Final[i64] = 256


def levelled(program: Program) -> Program:
    """The program with rows of a kind that do not need each other side by side.

    Each comes after all that it needs. Rows with effects stay in their order, and what may raise an
    error stays behind the guards before it.
    """
    kinds, starts, cells, inputs = program.kinds, program.starts, program.cells, program.inputs
    count: i64 = len(kinds)
    acts = vec[i64]([_act(x) for x in program.operations])
    levels = vec[i64]([0] * count)
    classes = vec[i64]([0] * count)
    found: dict[int, int] = {}  # the classes of equal rows, by kind and length
    recent = vec[i64]([-1] * _RECENT)  # some of these, and the class of each
    recent_classes = vec[i64]([0] * _RECENT)
    latest: i64 = 0  # the greatest level so far
    first: i64 = 0  # the least level of the values, or else of the gradients
    least: i64 = 0  # the level after the last row with an effect
    after: i64 = 0  # the level after all that may raise an error
    for row in range(count):
        kind = kinds[row]
        if kind == PART:  # the parts of a row stay with it
            levels[row] = levels[row - 1]
            classes[row] = classes[row - 1]
            continue
        if row == program.forward:
            first = least = latest + 1
        level = first
        for at in range(starts[row], starts[row + 1]):
            cell = cells[at]
            if cell >= inputs:
                level = max(level, levels[cell - inputs] + 1)
        act = _EFFECT if kind == GUARD else _PURE if kind < 0 else acts[kind]
        if act != _PURE:
            level = max(level, least)
            if act == _EFFECT:
                level = max(level, after)
                least = level + 1
            after = max(after, level + 1)
        levels[row] = level
        latest = max(latest, level)
        length = starts[row + 1] - starts[row]
        # The gradient of a bias has a constant where that of a weight has an operand.
        at = starts[row] + _middle(length)
        if kind == SUM and length > 1 and (cells[at] < 0 or cells[at + 1] < 0):
            length += 1
        key = (kind + 8) << 40 | length
        slot = (31 * kind + length) & (_RECENT - 1)
        if key != recent[slot]:
            recent[slot] = key
            recent_classes[slot] = found.setdefault(int(key), len(found))
        classes[row] = recent_classes[slot]
    order, keys = classes, levels  # neither is needed any more
    different: i64 = len(found)
    for row in range(count):
        keys[row] = levels[row] * different + classes[row]
        order[row] = row
    order = _sorted(order, keys, (latest + 1) * different)
    place = unmoved(program)
    begin: i64 = 0
    while begin < count:
        key = keys[order[begin]]
        end = begin + 1
        while end < count and keys[order[end]] == key:
            end += 1
        if end - begin >= EIGHT and kinds[order[end - 1]] != PART:
            _sort_by_operands(program, place, keys, order, begin, end)
        while begin < end:
            place[inputs + order[begin]] = inputs + begin
            begin += 1
    return rearranged(program, order, place)


def _sort_by_operands(
    program: Program, place: vec[i64], keys: vec[i64], order: vec[i64], begin: i64, end: i64
) -> None:
    """Put equal rows in the order of what they take, which is most often how others are laid out.

    Of a product in the middle it is the second operand that counts first, or one that is constant:
    the products of a layer, or of an example, have it in common.
    """
    starts, cells, inputs = program.starts, program.cells, program.inputs
    row = order[begin]
    start, length = starts[row], starts[row + 1] - starts[row]
    if length == 0:
        return
    # The operand that counts last, and the one that counts first.
    last: i64 = 0
    first: i64 = 0
    if program.kinds[row] == CASES:  # what is chosen, of rows with the same flag
        last, first = 2, 1
        if cells[start + last] < 0:
            last = 3
    elif program.kinds[row] == SUM and length > 1:
        last = _middle(length)
        first = last + 1
        if cells[start + last] < 0:
            last, first = first, last
    elif length > 1:
        last = 1
    for operand in (last, first):
        is_sorted = True
        latest: i64 = -len(program.constants)
        least, greatest = inputs + len(order), latest
        for k in range(begin, end):
            cell = place[cells[starts[order[k]] + operand]]
            if cell < latest:
                is_sorted = False
            latest = keys[order[k]] = cell
            least, greatest = min(least, cell), max(greatest, cell)
        if not is_sorted:
            for k in range(begin, end):
                keys[order[k]] -= least
            rows = _sorted(order[begin:end], keys, greatest - least)
            for k in range(begin, end):
                order[k] = rows[k - begin]


def _middle(length: i64) -> i64:
    """Where in the cells of a sum the product in the middle begins."""
    return 1 + 2 * (((length - 1) // 2 - 1) // 2)


def _bits(number: i64) -> i64:
    """How many bits a number has."""
    bits: i64 = 0
    while number >> bits > 0:
        bits += 1
    return bits


def _sorted(rows: vec[i64], keys: vec[i64], greatest: i64) -> vec[i64]:
    """Rows by the key of each, of 0 to `greatest`; equal ones stay in their order."""
    if greatest <= len(rows):
        return _sorted_by(rows, keys, 0, _bits(greatest))
    half = (_bits(greatest) + 1) // 2
    return _sorted_by(_sorted_by(rows, keys, 0, half), keys, half, half)


def _sorted_by(rows: vec[i64], keys: vec[i64], from_bit: i64, bits: i64) -> vec[i64]:
    """Rows by some bits of the key of each."""
    one: i64 = 1
    starts = vec[i64]([0] * ((one << bits) + 1))
    last = (one << bits) - 1
    for at in range(len(rows)):
        starts[((keys[rows[at]] >> from_bit) & last) + 1] += 1
    for key in range(last):
        starts[key + 1] += starts[key]
    by_key = vec[i64]([0] * len(rows))
    for at in range(len(rows)):
        row = rows[at]
        key = (keys[row] >> from_bit) & last
        by_key[starts[key]] = row
        starts[key] += 1
    return by_key


def _act(operation: Operation) -> i64:
    if operation.has_effect:
        return _EFFECT
    return _PURE if operation.is_pure else _ERROR


# What else a row may do than give a number.
_PURE: Final[i64] = 0
_ERROR: Final[i64] = 1
_EFFECT: Final[i64] = 2
