"""What a backward pass within a call reaches, and under which condition.

Which entry a `take` gives depends on an index, and so on a **flag** for each entry that it may
give. A program is the same for all indices: it has the shares of each of these entries, each
under its flag, and adds those whose flag is set. That is right if the order in which the engine
goes through the graph is the same whichever are set. That is found here: where it may not be, the
`take` is to be fixed, which means that the tape is for calls with the same index only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autograd.native import append, extend, i64, vec
from autograd.replay.shares import SHIFT, Flows, Shares, shares_of
from autograd.replay.tape import CHOICE, Tape

NONE: Final[i64] = -1  # in place of an entry or an index

# How an entry is reached, if not under a flag, which is an entry.
ALWAYS: Final[i64] = -1
UNDER_SEVERAL: Final[i64] = -2
NEVER: Final[i64] = -3

# Whether an entry is a take: a fixed one, or one whose flags are still to be noted, or noted.
_NO_TAKE: Final[i64] = 0
_FIXED: Final[i64] = 1
_FREE: Final[i64] = 2
_NOTED: Final[i64] = 3


class Below:
    """What is below an entry: the graph that a backward pass from there goes through.

    Attributes:
        flows: where gradients flow, among what it reaches under some flag, the root first.
        choices: the flags of the choices that it reaches, which say where.
        states: for each entry up to the root how it is reached: `ALWAYS`, `NEVER`, under a flag,
            which is an entry, or `UNDER_SEVERAL`. Nothing if there are no takes.
        flags: those of the entries that are reached under several.
        takes: the takes that are reached and not fixed, by all of their flags: one index often
            chooses many numbers.
        alike: what flags these have, by each of them.
        givers: for each entry those that may give it.
        unsettled: takes that have to be fixed, since what is reached through them would depend
            on several flags.
        has_takes: True if there are any on the tape.
        taking: then for each entry up to the root whether it is one, and what is known of it.
    """

    def __init__(
        self, tape: Tape, root: i64, numbering: vec[i64], room: i64, chosen: dict[int, bool]
    ) -> None:
        self.tape = tape
        self._chosen = chosen
        self.choices: list[int] = []
        self.states = vec[i64]()
        self.flags: dict[int, list[int]] = {}
        self.takes: dict[tuple[int, ...], list[int]] = {}
        self.alike: dict[int, list[tuple[int, ...]]] = {}
        self.givers: dict[int, list[int]] = {}
        self.unsettled: set[int] = set()
        self.taking = vec[i64]()
        self.has_takes = len(tape.takes) > 0
        if self.has_takes:
            self.states = vec[i64]([NEVER] * (root + 1))
            self.states[root] = ALWAYS
            self.taking = vec[i64]([_NO_TAKE] * (root + 1))
            for one in tape.takes:
                if one <= root:
                    self.taking[one] = _FIXED if one in tape.fixed else _FREE
        self.flows = self._find(root, numbering, room)

    def flags_of(self, entry: int) -> list[int]:
        """The flags under one of which an entry is reached; none if it always is."""
        state = self.states[entry]
        if state >= 0:
            return [state]
        return self.flags[entry] if state == UNDER_SEVERAL else []

    def takes_under(self, flag: int) -> set[int]:
        """The takes that are reached and not fixed of which this is a flag."""
        return {one for every in self.alike[flag] for one in self.takes[every]}

    # ── The graph ─────────────────────────────────────────────────────────────

    def _find(self, root: i64, numbering: vec[i64], room: i64) -> Flows:
        """Go through the graph: an entry comes after all that use it, as these have higher numbers.

        That is also their order in memory. ``numbering`` has a zero for each entry of the tape. It
        has the number of shares of those that are yet to come, and 1 more than the index of those
        before: in the end of all of them.
        """
        tape, states, taking, has_takes = self.tape, self.states, self.taking, self.has_takes
        codes, starts, operands = tape.codes, tape.starts, tape.operands
        flowing, same_leaf = tape.flows, tape.same_leaf
        # Of these so many are filled in.
        count: i64 = 0
        entries = vec[i64]([0] * room)
        ends, gets = vec[i64]([0] * (room + 1)), vec[i64]([0] * (room + 1))
        total: i64 = 0
        edges = 1 + starts[root + 1] - starts[root + 1 - room]
        receivers = vec[i64]([0] * edges)
        conditions = vec[i64]([NONE] * edges) if has_takes else vec[i64]()
        state = ALWAYS
        flag = NONE
        left: i64 = 1
        entry = root + 1
        while left > 0:
            entry -= 1
            shares = numbering[entry]
            if shares == 0 and entry != root:
                continue
            left -= 1
            if count == len(entries):
                entries = extend(entries, entries)
                ends, gets = extend(ends, ends), extend(gets, gets)
            entries[count] = entry
            gets[count + 1] = gets[count] + shares
            count += 1
            numbering[entry] = count
            start, end = starts[entry], starts[entry + 1]
            taken = NONE
            if codes[entry] == CHOICE:
                taken = self._chosen_operand(start)
            if has_takes:
                state = states[entry]
                if state == UNDER_SEVERAL:
                    states[entry] = state = self._settled(entry)
            for at in range(start, end):
                if not flowing[at] or (taken >= 0 and at != taken):
                    continue
                # The operand, or all that a take may give, each after its flag.
                operand, first, last = operands[at], at, at + 1
                flag = NONE
                if has_takes and taking[operand] != _NO_TAKE:
                    if taking[operand] == _FIXED:
                        operand = tape.taken(operand)
                    else:
                        first, last = starts[operand], starts[operand + 1]
                        if state == ALWAYS and taking[operand] == _FREE:
                            self._note_take(operand)
                for pair in range(first, last, 2):
                    if last > first + 1:
                        flag, operand = operands[pair], operands[pair + 1]
                    receiver = operand if operand >= len(same_leaf) else same_leaf[operand]
                    if has_takes:
                        if state != ALWAYS:
                            if state == UNDER_SEVERAL or flag >= 0:
                                self._fix_below(entry)
                            flag = state
                        if flag < 0:
                            states[receiver] = ALWAYS
                        elif states[receiver] == NEVER:
                            states[receiver] = flag
                        elif states[receiver] not in (ALWAYS, flag):
                            self._reach(receiver, flag)
                        if total == len(conditions):
                            conditions = extend(conditions, conditions)
                        conditions[total] = flag
                    if numbering[receiver] == 0:
                        left += 1
                    numbering[receiver] += 1
                    if total == len(receivers):
                        receivers = extend(receivers, receivers)
                    receivers[total] = receiver << SHIFT | at - start
                    total += 1
            ends[count] = total
        conditions = conditions[:total]
        for at in range(len(conditions)):
            receiver = receivers[at] >> SHIFT
            is_alone = conditions[at] >= 0 and conditions[at] == states[receiver]
            if is_alone and self._hands_on(receiver):
                conditions[at] = NONE  # without that flag nothing asks for its gradient
        return Flows(count, entries, ends, receivers, conditions, gets)

    def _chosen_operand(self, start: i64) -> i64:
        """Where the operand is that a choice has taken, whose operands start there."""
        flag = self.tape.operands[start]
        self.choices.append(flag)
        is_set = self._chosen.get(int(flag), self.tape.data[flag] != 0.0)
        return start + (1 if is_set else 2)

    def _hands_on(self, entry: i64) -> bool:
        """True if gradients flow from an entry to others."""
        tape = self.tape
        return any(tape.flows[at] for at in range(tape.starts[entry], tape.starts[entry + 1]))

    # ── Under which flags ─────────────────────────────────────────────────────

    def _reach(self, source: i64, flag: i64) -> None:
        """Note one more flag under which an entry is reached."""
        if self.states[source] != UNDER_SEVERAL:
            self.flags[source] = [self.states[source]]
            self.states[source] = UNDER_SEVERAL
        known = self.flags[source]
        if flag not in known:
            known.append(flag)

    def _settled(self, entry: i64) -> i64:
        """The state of an entry that is reached under several flags: they may be all of a take."""
        flags = self.flags[entry]
        for flag in flags:
            for every in self.alike[flag]:
                if len(every) <= len(flags) and all(each in flags for each in every):
                    return ALWAYS
        return UNDER_SEVERAL

    def _note_take(self, one: i64) -> None:
        """Note a take that is not fixed."""
        self.taking[one] = _NOTED
        tape = self.tape
        start, end = tape.starts[one], tape.starts[one + 1]
        every = tuple([tape.operands[at] for at in range(start, end, 2)])
        if every not in self.takes:
            self.takes[every] = []
            for flag in every:
                self.alike.setdefault(flag, []).append(every)
        self.takes[every].append(one)
        for at in range(start + 1, end, 2):
            self.givers.setdefault(tape.gradient_entry(tape.operands[at]), []).append(one)

    def _fix_below(self, entry: i64) -> None:
        """What this entry is reached under, or what it takes itself, is more than one flag."""
        tape = self.tape
        for flag in self.flags_of(entry):
            self.unsettled |= self.takes_under(flag)
        for at in range(tape.starts[entry], tape.starts[entry + 1]):
            source = tape.operands[at]
            if tape.flows[at] and self.taking[source] >= _FREE:
                self.unsettled.add(source)

    # ── The order ─────────────────────────────────────────────────────────────

    def takes_to_fix(self, shares: Shares) -> set[int]:
        """The takes by which the order of a pass may depend on the flags.

        An entry that is always reached is complete with its last share. If that is always there, so
        is its place in the order. If it comes from an entry that is there under a flag, then
        whichever take gives it gives one that completes the same entries in the same order. What is
        below an entry under a flag is then a part of the order by itself.
        """
        fixed = set(self.unsettled)
        if fixed:
            return fixed
        completing: dict[int, list[int]] = {}
        deep: set[int] = set()
        entries, firsts = self.flows.entries, self.flows.starts
        starts, users, states = shares.starts, shares.users, self.states
        conditions = shares.conditions
        for index in range(shares.count):
            first, end = starts[index], starts[index + 1]
            if first == end or firsts[index] == firsts[index + 1]:
                continue
            state = states[entries[index]]
            if state != ALWAYS:
                if any(states[users[at] >> SHIFT] >= 0 for at in range(first, end)):
                    deep |= self.takes_under(state)
                continue
            flag = conditions[end - 1]
            if flag < 0:
                continue
            user = users[end - 1] >> SHIFT
            givers = set(self.givers.get(user, []))
            if states[user] == ALWAYS or len(givers) != 1:
                fixed |= self.takes_under(flag)
            else:
                completing.setdefault(min(givers), []).append(index)
        for one, completed in completing.items():
            if one in deep or not self._complete_alike(one, completed, shares):
                fixed.add(one)
        return fixed

    def _complete_alike(self, one: i64, completed: list[int], shares: Shares) -> bool:
        """True if whichever entry a take gives completes these, in the same order."""
        operands: list[int] = self.tape.operands_of(one)
        given: list[int] = []
        for flag, entry in zip(operands[::2], operands[1::2]):
            entry = self.tape.gradient_entry(entry)
            if self.states[entry] != flag:
                return False
            given.append(entry)
        for index in completed:
            end = shares.starts[index + 1]
            first = end - len(given)
            if first < shares.starts[index]:
                return False
            if {int(shares.users[at] >> SHIFT) for at in range(first, end)} != set(given):
                return False
        receivers = {int(self.flows.entries[index]) for index in completed}
        orders = [self._completed_by(entry, receivers) for entry in given]
        return all(order == orders[0] for order in orders)

    def _completed_by(self, entry: i64, completed: set[int]) -> list[int]:
        """Those of some entries that this one passes shares to, in that order."""
        entries, starts, receivers = self.flows.entries, self.flows.starts, self.flows.receivers
        first: i64 = 0  # it is searched for: each entry is lower than those before
        last = self.flows.count - 1
        while first < last:
            middle = (first + last) >> 1
            if entries[middle] > entry:
                first = middle + 1
            else:
                last = middle
        return [
            receivers[at] >> SHIFT
            for at in range(starts[first], starts[first + 1])
            if receivers[at] >> SHIFT in completed
        ]


def below(
    tape: Tape, root: i64, numbering: vec[i64], room: i64, chosen: dict[int, bool] | None = None
) -> tuple[Below, Shares]:
    """What is below an entry of a tape, and the shares of a pass from there.

    Args:
        tape: the tape.
        root: the entry.
        numbering: a zero for each entry of the tape, as which they are left.
        room: about how many entries are reached.
        chosen: flags of choices, by their entries, where they are not those of the recording.
    """
    room = min(max(room, 1), root + 1)
    found = Below(tape, root, numbering, room, chosen or {})
    shares = shares_of(found.flows, numbering)
    entries = shares.entries
    for index in range(shares.count):
        numbering[entries[index]] = 0
    return found, shares


def below_root(tape: Tape, root: int, flags: Sequence[bool]) -> tuple[Below, Shares]:
    """The same of an output that gradients may start at, where choices go these ways."""
    numbering = vec[i64]([0] * tape.count)
    found, shares = below(tape, root, numbering, root + 1, dict(zip(choices_of(tape), flags)))
    leaves, entries, ends = tape.leaves, shares.entries, shares.ends
    for leaf in range(len(leaves)):
        numbering[leaves[leaf]] = leaf + 1
    for at in range(len(ends)):
        shares.leaves = append(shares.leaves, numbering[entries[ends[at]]] - 1)
    return found, shares


def choices_of(tape: Tape) -> list[int]:
    """The flags by which gradients choose their way, as entries."""
    starts = tape.starts
    return [
        tape.operands[starts[entry]]
        for entry in tape.choices
        if any(tape.flows[at] for at in range(starts[entry], starts[entry + 1]))
    ]


def flags_of_takes(tape: Tape) -> list[int]:
    """The flags by which it is known what the gradient of a root reaches, as entries."""
    free = [entry for entry in tape.takes if entry not in tape.fixed]
    return list(dict.fromkeys([flag for entry in free for flag in tape.operands_of(entry)[::2]]))
