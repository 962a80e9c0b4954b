"""What a backward pass within a call reaches, and under which condition.

Which entry a `take` gives depends on an index, and so on a **flag** for each entry that it may
give. A program is the same for all indices: it has the shares of each of these entries, each
under its flag, and adds those whose flag is set. That is right if the order in which the engine
goes through the graph is the same whichever are set. That is found here: where it may not be, the
`take` is to be fixed, which means that the tape is for calls with the same index only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from autograd.native import append, i64, vec
from autograd.replay.shares import Flows, Shares, shares_of
from autograd.replay.tape import Tape, choose

# How an entry is reached, if not under a flag, which is an entry.
ALWAYS: Final[i64] = -1
UNDER_SEVERAL: Final[i64] = -2
NEVER: Final[i64] = -3

# Whether an entry is a take: a fixed one, or one whose flags are still to be noted, or noted.
_NO_TAKE: Final[i64] = 0
_FIXED: Final[i64] = 1
_FREE: Final[i64] = 2
_NOTED: Final[i64] = 3

_CHOOSE: Final[Any] = choose


class Below:
    """What is below an entry: the graph that a backward pass from there goes through.

    Attributes:
        entries: what it reaches under some flag, the root first; what follows has indices into
            these.
        flows: where gradients flow.
        sources: what `find_sources` has found last.
        states: for each entry of the tape how it is reached: `ALWAYS`, `NEVER`, under a flag,
            which is an entry, or `UNDER_SEVERAL`.
        flags: those of the entries that are reached under several.
        takes: the takes that are reached and not fixed, by each of their flags.
        alike: what flags these have, by each of them: one index often chooses many numbers.
        givers: for each entry those that may give it.
        unsettled: takes that have to be fixed, since what is reached through them would depend
            on several flags.
        has_takes: True if there are any on the tape.
        taking: then for each entry whether it is one, and what is known of it.
    """

    def __init__(self, tape: Tape, root: i64, chosen: dict[int, bool]) -> None:
        self.tape = tape
        self._chosen = chosen
        self.entries = vec[i64]()
        self.flows = Flows()
        self.sources = vec[i64]()
        self.states = vec[i64]()
        self.flags: dict[int, list[int]] = {}
        self.takes: dict[int, set[int]] = {}
        self.alike: dict[int, set[tuple[int, ...]]] = {}
        self.givers: dict[int, set[int]] = {}
        self.unsettled: set[int] = set()
        self.taking = vec[i64]()
        self.has_takes = len(tape.takes) > 0
        if self.has_takes:
            self.taking = vec[i64]([_NO_TAKE] * len(tape.ops))
            for one in tape.takes:
                self.taking[one] = _FIXED if one in tape.fixed else _FREE
            self._find_states(root)

    def flags_of(self, entry: int) -> list[int]:
        """The flags under one of which an entry is reached; none if it always is."""
        state = self.states[entry]
        if state >= 0:
            return [state]
        return self.flags[entry] if state == UNDER_SEVERAL else []

    def find_sources(self, entry: i64) -> i64:
        """Find where the gradient of an entry flows, and return to how many operands.

        They are in `sources`, each followed by its position, and by a flag or -1.
        """
        tape, taking = self.tape, self.taking
        operands, flows = tape.operands, tape.flows
        count: i64 = 0
        start, end = tape.starts[entry], tape.starts[entry + 1]
        taken: i64 = -1
        if tape.ops[entry] is _CHOOSE:
            is_set = tape.data[operands[start]] != 0.0
            if self._chosen:
                is_set = self._chosen.get(operands[start], is_set)
            taken = start + (1 if is_set else 2)
        for at in range(start, end):
            if not flows[at] or (taken >= 0 and at != taken):
                continue
            source = operands[at]
            if not self.has_takes or taking[source] == _NO_TAKE:
                count = self._put(count, source, at - start, -1)
            elif taking[source] == _FIXED:
                count = self._put(count, tape.taken(source), at - start, -1)
            else:
                for pair in range(tape.starts[source], tape.starts[source + 1], 2):
                    flag, given = operands[pair], operands[pair + 1]
                    count = self._put(count, given, at - start, flag)
        return count

    def _put(self, count: i64, source: i64, position: i64, flag: i64) -> i64:
        sources, at = self.sources, 3 * count
        if at == len(sources):
            for _ in range(3):
                sources = append(sources, 0)
            self.sources = sources
        sources[at] = self.tape.same_leaf[source]
        sources[at + 1] = position
        sources[at + 2] = flag
        return count + 1

    # ── Under which flags ─────────────────────────────────────────────────────

    def _find_states(self, root: i64) -> None:
        """Find how each entry is reached: after all that use it, which have higher numbers."""
        tape = self.tape
        self.states = states = vec[i64]([NEVER] * len(tape.ops))
        states[root] = ALWAYS
        entry = root + 1
        while entry > 0:
            entry -= 1
            if states[entry] == NEVER:
                continue
            if states[entry] == UNDER_SEVERAL:
                states[entry] = self._settled(entry)
            state = states[entry]
            if state == ALWAYS:
                self._note_takes(entry)
            for at in range(0, 3 * self.find_sources(entry), 3):
                source, flag = self.sources[at], self.sources[at + 2]
                if state != ALWAYS:
                    if state == UNDER_SEVERAL or flag >= 0:
                        self._fix_below(entry)
                    flag = state
                self._reach(source, flag)

    def _reach(self, source: i64, flag: i64) -> None:
        states = self.states
        if flag < 0:
            states[source] = ALWAYS
        elif states[source] != ALWAYS:
            states[source] = UNDER_SEVERAL
            known = self.flags.setdefault(source, [])
            if flag not in known:
                known.append(flag)

    def _settled(self, entry: i64) -> i64:
        """The state of an entry that is reached under one flag or more."""
        flags = self.flags[entry]
        if len(flags) == 1:
            return flags[0]
        for flag in flags:
            for every in self.alike[flag]:
                if len(every) <= len(flags) and all(each in flags for each in every):
                    return ALWAYS
        return UNDER_SEVERAL

    def _note_takes(self, entry: i64) -> None:
        """Note the takes among the operands of an entry."""
        tape, taking = self.tape, self.taking
        for at in range(tape.starts[entry], tape.starts[entry + 1]):
            source = tape.operands[at]
            if tape.flows[at] and taking[source] == _FREE:
                taking[source] = _NOTED
                operands: list[int] = tape.operands_of(source)
                every = tuple(operands[::2])
                for flag, given in zip(every, operands[1::2]):
                    self.takes.setdefault(flag, set()).add(source)
                    self.alike.setdefault(flag, set()).add(every)
                    self.givers.setdefault(tape.same_leaf[given], set()).add(source)

    def _fix_below(self, entry: i64) -> None:
        """What this entry is reached under, or what it takes itself, is more than one flag."""
        tape = self.tape
        for flag in self.flags[entry]:
            self.unsettled |= self.takes[flag]
        for at in range(tape.starts[entry], tape.starts[entry + 1]):
            source = tape.operands[at]
            if tape.flows[at] and self.taking[source] >= _FREE:
                self.unsettled.add(source)

    # ── The graph ─────────────────────────────────────────────────────────────

    def find_graph(self, root: i64, numbering: vec[i64]) -> None:
        """Fill in `entries` and `flows`; ``numbering`` has a zero for each entry of the tape."""
        flows = self.flows
        entries = vec[i64]([root])
        numbering[root] = 1
        index: i64 = 0
        while index < len(entries):
            entry = entries[index]
            count = self.find_sources(entry)
            sources = self.sources
            for at in range(0, 3 * count, 3):
                source, position, flag = sources[at], sources[at + 1], sources[at + 2]
                if self.has_takes:
                    if self.states[entry] >= 0:
                        flag = self.states[entry]
                    if flag >= 0 and flag == self.states[source] and self._hands_on(source):
                        flag = -1  # without that flag nothing asks for its gradient
                if numbering[source] == 0:
                    entries = append(entries, source)
                    numbering[source] = len(entries)
                flows.add(numbering[source] - 1, position)
                if self.has_takes:
                    flows.conditions = append(flows.conditions, flag)
            flows.close()
            index += 1
        for index in range(len(entries)):
            numbering[entries[index]] = 0
        self.entries = entries

    def _hands_on(self, entry: i64) -> bool:
        """True if gradients flow from an entry to others."""
        tape = self.tape
        return any(tape.flows[at] for at in range(tape.starts[entry], tape.starts[entry + 1]))

    def _places(self) -> vec[i64]:
        """For each entry of the tape its index here, or -1."""
        places = vec[i64]([-1] * len(self.tape.ops))
        for index in range(len(self.entries)):
            places[self.entries[index]] = index
        return places

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
        starts, users, states = shares.starts, shares.users, self.states
        for index in range(len(self.entries)):
            first, end = starts[index], starts[index + 1]
            if first == end or self._is_end(index):
                continue
            entry = self.entries[index]
            if states[entry] != ALWAYS:
                if any(states[self.entries[users[at]]] >= 0 for at in range(first, end)):
                    deep |= self.takes[states[entry]]
                continue
            flag: i64 = shares.conditions[end - 1] if shares.conditions else -1
            if flag < 0:
                continue
            user = self.entries[users[end - 1]]
            givers = self.givers.get(user, set())
            if states[user] == ALWAYS or len(givers) != 1:
                fixed |= self.takes[flag]
            else:
                completing.setdefault(min(givers), []).append(index)
        if completing:
            places = self._places()
            for one, completed in completing.items():
                if one in deep or not self._complete_alike(one, completed, shares, places):
                    fixed.add(one)
        return fixed

    def _is_end(self, index: i64) -> bool:
        return self.flows.starts[index] == self.flows.starts[index + 1]

    def _complete_alike(
        self, one: i64, completed: list[int], shares: Shares, places: vec[i64]
    ) -> bool:
        """True if whichever entry a take gives completes these, in the same order."""
        operands: list[int] = self.tape.operands_of(one)
        given: list[int] = []
        for flag, entry in zip(operands[::2], operands[1::2]):
            entry = self.tape.same_leaf[entry]
            if self.states[entry] != flag:
                return False
            given.append(places[entry])
        for index in completed:
            end = shares.starts[index + 1]
            first = end - len(given)
            if first < shares.starts[index]:
                return False
            if {int(shares.users[at]) for at in range(first, end)} != set(given):
                return False
        orders = [self._completed_by(index, completed) for index in given]
        return all(order == orders[0] for order in orders)

    def _completed_by(self, index: i64, completed: list[int]) -> list[int]:
        starts, entries = self.flows.starts, self.flows.entries
        return [
            entries[at]
            for at in range(starts[index], starts[index + 1])
            if entries[at] in completed
        ]


def below(
    tape: Tape, root: i64, numbering: vec[i64], chosen: dict[int, bool] | None = None
) -> tuple[Below, Shares]:
    """What is below an entry of a tape, and the shares of a pass from there.

    Args:
        tape: the tape.
        root: the entry.
        numbering: a zero for each entry of the tape, as which they are left.
        chosen: flags of choices, by their entries, where they are not those of the recording.
    """
    found = Below(tape, root, chosen or {})
    found.find_graph(root, numbering)
    shares = shares_of(found.flows, 0)
    shares.entries = found.entries
    return found, shares


def below_root(tape: Tape, root: int, flags: Sequence[bool]) -> tuple[Below, Shares]:
    """The same of an output that gradients may start at, where choices go these ways."""
    numbering = vec[i64]([0] * len(tape.ops))
    return below(tape, root, numbering, dict(zip(choices_of(tape), flags)))


def choices_of(tape: Tape) -> list[int]:
    """The flags by which gradients choose their way, as entries."""
    starts, ops = tape.starts, tape.ops
    found: list[int] = []
    for entry in range(len(ops)):
        if ops[entry] is _CHOOSE:
            start, end = starts[entry], starts[entry + 1]
            if any(tape.flows[at] for at in range(start, end)):
                found.append(tape.operands[start])
    return found


def flags_of_takes(tape: Tape) -> list[int]:
    """The flags by which it is known what the gradient of a root reaches, as entries."""
    if not tape.roots:
        return []
    free = [entry for entry in tape.takes if entry not in tape.fixed]
    return list(dict.fromkeys([flag for entry in free for flag in tape.operands_of(entry)[::2]]))
