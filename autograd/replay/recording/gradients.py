"""Gradients: what a recorder knows of those of a call, and of the backward passes in it."""

from __future__ import annotations

import math
import operator
from typing import Any, Final

from autograd.engine import table
from autograd.engine.known import Known
from autograd.engine.node import propagate
from autograd.engine.primitive import Primitive
from autograd.engine.value import Value
from autograd.native import append, extend, i32, i64, vec
from autograd.replay.errors import CompileError
from autograd.replay.reach import ALWAYS, NONE, Below, below, choices_of
from autograd.replay.recording.followed import Followed
from autograd.replay.recording.outside import GRAD, HAS_GRAD, KEPT, UNREACHED
from autograd.replay.recording.places import place
from autograd.replay.recording.standins import NOT_EQUAL, Number
from autograd.replay.shares import Shares
from autograd.replay.tape import CHOICE, backward_pass, choose, gradient_of, take

# Functions of another module are looked up by their names at each use.
_GRADIENT_OF: Final[Any] = gradient_of
_TAKE: Final[Any] = take


class Gradients(Followed):
    """A recorder of numbers, of Values, and of their gradients."""

    def __init__(self, name: str, is_apart: bool = False) -> None:
        super().__init__(name, is_apart)
        # The entry of the grad of a Value that the call has made, by its id.
        self._gradients: dict[int, int] = {}
        self._interior: list[Value] = []  # those of them that are no leaves
        self._pass_entries: list[int] = []  # of the backward passes in the call
        self._passes = vec[i64]()  # for each entry the index of the last of these to reach it
        self._numbering = vec[i64]()  # zeros for `below`
        # The flags under one of which alone the last pass has reached an entry.
        self._conditions: dict[int, list[int]] = {}
        # Whether Values from outside have been reached: whether it is unknown if they had been
        # before, and the flags under one of which they have.
        self._reached_under: list[tuple[bool, list[int]]] = []
        self._sums_of_flags: dict[Any, int] = {}

    def look(self, value: Any, how: str) -> None:
        """Python looks at the data of a Value."""
        self.note_waiting()
        if how in ("grad", "has_grad") and self._takes.twin(value) is not None:
            row = self.row_of(value)
            self.look(row, how)
            value._grad, value._awaited = row._grad, row._awaited
        elif how == "label":
            self._takes.look_at_label(value)
        elif how == "truth":
            bool(self.compare(NOT_EQUAL, value, 0.0))
        elif how == "grad":
            self.tape.guard(self._gradient(value), how, place())
        elif how == "has_grad":
            self._look_whether_reached(value)
        else:
            self.tape.guard(self.entry(value), how, place())

    def _look_whether_reached(self, value: Value) -> None:
        gradient = self._known_gradient(value)
        if value._awaited != 0 and gradient >= 0:
            self.tape.guard(self._differs_from_zero(gradient), "has_grad", place())
        if self._index(value) >= 0:
            for flag in self._conditions.get(self._end_of(value), []):
                self.tape.guard(flag, "has_grad", place())
            return
        outside = self.outside
        index = outside.index(value)
        if outside.reached[index] == KEPT:
            number = float(value._awaited == 0 or value._grad != 0.0)
            self.tape.guard(self._input(HAS_GRAD, index, number), "has_grad", place())
        elif outside.flag[index] >= 0:
            self.tape.guard(self._has_been_reached(index), "has_grad", place())

    def _end_of(self, value: Value) -> int:
        """The entry of a Value; of a leaf whose data has changed the first one."""
        entry = self._found(value)
        return NONE if entry < 0 else self.tape.gradient_entry(entry)

    def read_grad(self, value: Any) -> Any:
        """The grad of a Value."""
        self.note_waiting()
        row = value if self.is_from_outside(value) else self.row_of(value)
        return Number(self.families[0], self._gradient(row))

    def write_grad(self, value: Any, number: Any) -> float:
        """The float that becomes the grad of a Value, which then counts as not reached."""
        self.note_waiting()
        outside = self.outside
        index = outside.find(value)
        if index < 0 and self._takes.twin(value) is not None:
            row = self.row_of(value)
            row.grad = number
            return row._grad
        operand = self._operand(number)
        if index < 0 and self._index(value) < 0:
            index = outside.index(value)
        if index >= 0:
            outside.reached[index] = UNREACHED
            outside.flag[index] = NONE
        if self._conditions:
            self._conditions.pop(self._end_of(value), None)
        self._has_gradient(value, index, operand)
        return self.tape.data[operand]

    def _known_gradient(self, value: Value) -> i64:
        """The entry of the grad of a Value, or -1."""
        index = self.outside.find(value)
        if index >= 0:
            return self.outside.grad[index]
        known = self._gradients.get(id(value))
        if known is None:
            return NONE
        return known

    def _gradient(self, value: Value) -> i64:
        """The entry of the grad of a Value."""
        entry = self._known_gradient(value)
        if entry >= 0:
            return entry
        at = NONE if self.is_from_outside(value) else self._index(value)
        if at < 0:
            return self._gradient_from_outside(self.outside.index(value))
        data = self._places[at]
        number = self._passes[data] if data < len(self._passes) else NONE
        if number < 0 or value.op is None:
            entry = self._zero()
        else:
            pass_ = self._pass_entries[number]
            entry = self.tape.row(_GRADIENT_OF, (pass_, data), (), value._grad)
            for flag in self._conditions.get(int(data), []):
                entries = (flag, entry, self._zero())
                entry = self.tape.row(choose, entries, (), value._grad)
        self._has_gradient(value, NONE, entry)
        return entry

    def _gradient_from_outside(self, index: i64) -> i64:
        """The same of a Value from outside, by its index."""
        outside = self.outside
        if outside.grad[index] < 0:
            outside.grad[index] = self._input(GRAD, index, outside.values[index]._grad)
        return outside.grad[index]

    def _has_gradient(self, value: Value, index: i64, entry: i64) -> None:
        """The grad of a Value, which has this index if it is from outside, is this entry now."""
        if index >= 0:
            self.outside.grad[index] = entry
        else:
            self._gradients[id(value)] = entry
            if value.op is not None:
                self._interior.append(value)

    def backward(self, root: Any, gradient: float) -> None:
        """Carry out a backward pass, and note it as one entry of the tape."""
        tape = self.tape
        root = self.row_of(root)
        place_of_root = self._index(root)
        seed = self._constant(gradient)
        start = self._entry_of_root(root)
        ends, leaves, shares = self._reached(start)
        # For each of the leaves: if it is from outside its index, else -1; the entry of the
        # gradient that it has; and that of what the sum of its shares starts with.
        indices, earlier, sums = vec[i64](), vec[i64](), vec[i64]()
        for leaf in leaves:
            index = self.outside.find(leaf)
            before = self._gradient(leaf) if index < 0 else self._gradient_from_outside(index)
            indices = append(indices, index)
            earlier = append(earlier, before)
            sums = append(sums, self._sum_before(before))
        pass_ = self._pass_of(start, seed, ends, sums)
        tape.passes[pass_] = shares
        for at in range(len(ends)):
            if indices[at] >= 0:
                self._is_reached(indices[at], ends[at])
            leaves[at]._grad = tape.data[sums[at]]
        try:
            propagate(root, gradient)
            if place_of_root >= 0:  # its number is that of the pass now, and it is asked for next
                root._number = i32(place_of_root)
        except BaseException:
            for at in range(len(ends)):
                leaves[at]._grad = tape.data[earlier[at]]
            raise
        for at in range(len(ends)):
            leaf = leaves[at]
            entry = tape.pair(_GRADIENT_OF, pass_, False, ends[at], False, leaf._grad)
            if sums[at] != earlier[at]:  # it is not 0.0 in each call
                entry = self._added_to(earlier[at], entry, ends[at] == start)
                leaf._grad = tape.data[entry]
            self._has_gradient(leaf, indices[at], entry)

    def _added_to(self, earlier: i64, entry: i64, is_root: bool) -> i64:
        """The entry of the gradient of a leaf that had an earlier one."""
        tape = self.tape
        before, found = tape.data[earlier], tape.data[entry]
        if is_root and found == 0.0 and math.copysign(1.0, found) < 0.0:
            # The engine adds the earlier gradient if it is not 0.0: -0.0 + 0.0 would be 0.0.
            flag = self._differs_from_zero(earlier)
            number = found if before == 0.0 else before
            return tape.row(choose, (flag, earlier, entry), (), number)
        return tape.pair(table.add, entry, False, earlier, False, found + before)

    def _entry_of_root(self, root: Value) -> i64:
        """The entry that a pass starts at."""
        if not isinstance(root.op, Known) or self._found(root) >= 0:
            return self.tape.gradient_entry(self.entry(root))
        # It stands for several outputs, each with its own gradient, and nothing has recorded it.
        outputs = [self.row_of(output) for output in root.inputs]
        self._takes.put_rows(root)
        weights = root._recorded_derivatives()
        entries: list[int] = [self.entry(output) for output in outputs]
        entries += [self._constant(weight) for weight in weights]
        number = table.dot.evaluate([*[output._data for output in outputs], *weights])
        return self.tape.row(table.dot, entries, range(len(outputs)), number)

    def _reached(self, start: i64) -> tuple[vec[i64], list[Value], Shares]:
        """The leaves that a pass reaches, or may reach, their entries first; and its shares.

        It is noted for all that it reaches.
        """
        number = len(self._pass_entries)
        found, shares = self._settled(start, False)
        for flag in found.choices:
            # What follows depends on the graph, and so on the choice.
            self.tape.guard(flag, "where in a derivative", place())
        passes, entries, starts = self._passes, shares.entries, found.flows.starts
        ends, leaves = vec[i64](), list[Value]()
        for index in range(shares.count):
            entry = entries[index]
            passes[entry] = number
            if starts[index] == starts[index + 1]:
                leaf = self._end(entry)
                if leaf is not None:
                    self._check_leaf(leaf)
                    ends = append(ends, entry)
                    leaves.append(leaf)
        if found.has_takes:
            self._note_conditions(found)
        self._forget_gradients(number)
        return ends, leaves, shares

    def _note_conditions(self, found: Below) -> None:
        """Note under which flags alone a pass has reached entries."""
        entries, starts, conditions = found.flows.entries, found.flows.starts, self._conditions
        any_before = len(conditions) > 0
        for index in range(found.flows.count):
            entry = entries[index]
            if found.states[entry] != ALWAYS:
                flags = found.flags_of(entry)
                if starts[index] == starts[index + 1] and self._end(entry) is not None:
                    flags = [*conditions.get(entry, []), *flags]
                conditions[entry] = flags
            elif any_before and entry in conditions:
                del conditions[entry]

    def _forget_gradients(self, number: int) -> None:
        """What was known of gradients is so no longer where this pass has reached."""
        for value in self._interior:
            if self._passes[self._found(value)] == number:
                self._gradients.pop(id(value), None)

    def _settled(self, start: i64, is_root: bool) -> tuple[Below, Shares]:
        """What a pass reaches, once every take is fixed by which its order would depend on it.

        And every take that decides whether a Value is reached which is no leaf: in the call such a
        Value keeps the gradient that it has, and one from outside gets the gradient of a leaf.
        """
        passes, numbering = self._passes, self._numbering
        more = self.tape.count - len(passes)
        self._passes = passes = extend(passes, vec[i64]([NONE] * more))
        self._numbering = numbering = extend(numbering, vec[i64]([0] * more))
        written: set[int] = {int(self._found(value)) for value in self._interior}
        # Most of what it reaches is new since the last one.
        room = start - (self._pass_entries[-1] if self._pass_entries else 0)
        while True:
            found, shares = below(self.tape, start, numbering, room)
            if not found.has_takes:
                return found, shares
            takes = found.takes_to_fix(shares)
            for index in range(shares.count):
                entry = shares.entries[index]
                if found.states[entry] == ALWAYS:
                    continue
                leaf = self._end(entry)
                if is_root:
                    is_fixed = leaf is not None and self._op_of(leaf) is not None
                else:
                    is_fixed = leaf is None and (passes[entry] >= 0 or entry in written)
                if is_fixed:
                    for flag in found.flags_of(entry):
                        takes |= found.takes_under(flag)
            if not takes:
                return found, shares
            self._takes.fix(list(takes))

    def settle_root(self, start: i64) -> None:
        """Fix every take that a pass from outside, through this entry, cannot follow.

        What it reaches may depend on choices or on indices, not on both.
        """
        tape = self.tape
        if tape.takes:
            if choices_of(tape):
                self._takes.fix(self._takes_beside_choices(start))
            self._settled(start, True)

    def _takes_beside_choices(self, start: i64) -> list[int]:
        """All takes below an entry, whichever way choices go, if there are any choices."""
        tape = self.tape
        seen: set[int] = {start}
        stack: list[int] = [start]
        takes: list[int] = []
        has_choices = False
        while stack:
            entry = stack.pop()
            if tape.codes[entry] == CHOICE:
                has_choices = True
            elif tape.op(entry) is _TAKE:
                takes.append(entry)
            for at in range(tape.starts[entry], tape.starts[entry + 1]):
                source: int = tape.gradient_entry(tape.operands[at])
                if tape.flows[at] and source not in seen:
                    seen.add(source)
                    stack.append(source)
        return takes if has_choices else []

    def _op_of(self, leaf: Value) -> Primitive | None:
        """The operation of a leaf of the call, which may have been computed outside."""
        return self._operations.get(id(leaf), leaf.op) if self._operations else leaf.op

    def _check_leaf(self, leaf: Value) -> None:
        op = self._op_of(leaf)
        if op is not None and self._index(leaf) < 0:
            label = f", label={leaf._label!r}" if leaf._label else ""
            raise CompileError(
                f"{self.name}(): backward() reaches Value({leaf._data!r}{label}, op={op.name}), "
                "which was computed outside of the compiled function; compute it inside, or call "
                f"backward() outside; at {place()}"
            )

    def _sum_before(self, earlier: i64) -> i64:
        """The entry that the sum of a leaf's shares starts with; the gradient it has is given.

        The engine starts with a gradient of 0.0 or of -0.0, and adds another one at the end. To
        start with -0.0, and to add each at the end, has the same bits.
        """
        if self.tape.data[earlier] == 0.0 and earlier in self.tape.constants:
            return earlier
        return self._zero(-0.0)

    def _pass_of(self, start: i64, seed: i64, ends: vec[i64], sums: vec[i64]) -> i64:
        """Append the entry of a pass."""
        self.tape.push(start, False)
        self.tape.push(seed, False)
        for at in range(len(ends)):
            self.tape.push(ends[at], False)
            self.tape.push(sums[at], False)
        pass_ = self.tape.close(backward_pass, 0.0)
        self._pass_entries.append(pass_)
        return pass_

    def _is_reached(self, index: i64, end: i64) -> None:
        """A pass has reached a leaf from outside, or has under some flags."""
        outside = self.outside
        before = outside.reached[index]
        flags = self._conditions.get(end) if self._conditions else None
        if flags is None:
            outside.reached[index] = GRAD
            outside.flag[index] = NONE
        elif before != GRAD:
            if outside.flag[index] < 0:
                outside.reached[index] = UNREACHED
                outside.flag[index] = len(self._reached_under)
                self._reached_under.append((before == KEPT, []))
            known = self._reached_under[outside.flag[index]][1]
            known.extend([flag for flag in flags if flag not in known])

    def _has_been_reached(self, index: i64) -> i64:
        """The entry of whether a Value from outside has been reached, under some flags."""
        tape, outside = self.tape, self.outside
        was_outside, flags = self._reached_under[outside.flag[index]]
        entry = self._sum_of(tuple(flags))
        if was_outside:
            before = float(outside.had_grad(index))
            earlier = self._input(HAS_GRAD, index, before)
            total = before + tape.data[entry]
            entry = tape.pair(table.add, earlier, False, entry, False, total)
        elif len(flags) == 1:
            return entry
        return self._differs_from_zero(entry)

    def _differs_from_zero(self, entry: i64) -> i64:
        """The flag that says so."""
        differs = float(self.tape.data[entry] != 0.0)
        return self.tape.pair(operator.ne, entry, False, self._zero(), False, differs)

    def _sum_of(self, flags: tuple[int, ...]) -> i64:
        known = self._sums_of_flags.get(flags)
        if known is None:
            known = flags[0]
            for flag in flags[1:]:
                total = self.tape.data[known] + self.tape.data[flag]
                known = self.tape.row(table.add, (known, flag), (), total)
            self._sums_of_flags[flags] = known
        return known

    def _note_what_was_reached(self) -> None:
        outside = self.outside
        for index in range(len(outside.values)):
            if outside.flag[index] >= 0:
                outside.flag[index] = self._has_been_reached(index)
