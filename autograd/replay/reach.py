"""What a backward pass within a call reaches, and under which condition.

Which entry a `take` gives depends on an index, and so on a **flag** for each entry that it may
give. A program is the same for all indices: it has the shares of each of these entries, each
under its flag, and adds those whose flag is set. That is right if the order in which the engine
goes through the graph is the same whichever are set. That is found here: where it may not be, the
`take` is to be fixed, which means that the tape is for calls with the same index only.
"""

from __future__ import annotations

from typing import Final

from autograd.native import append, i64, vec
from autograd.replay.shares import Flows, Shares, shares_of
from autograd.replay.tape import Tape, choose, take

# How an entry is reached, if not under a flag, which is an entry.
ALWAYS: Final[i64] = -1
UNDER_SEVERAL: Final[i64] = -2
NEVER: Final[i64] = -3


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
        givers: for each entry those that may give it.
        unsettled: takes that have to be fixed, since what is reached through them would depend
            on several flags.
    """

    def __init__(self, tape: Tape, root: i64) -> None:
        self.tape = tape
        self.entries = vec[i64]()
        self.flows = Flows()
        self.sources = vec[i64]()
        self.states = vec[i64]()
        self.flags: dict[int, list[int]] = {}
        self.takes: dict[int, set[int]] = {}
        self.givers: dict[int, set[int]] = {}
        self.unsettled: set[int] = set()
        if tape.takes:
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
        tape = self.tape
        count: i64 = 0
        start, end = tape.starts[entry], tape.starts[entry + 1]
        taken: i64 = -1
        if tape.ops[entry] is choose:
            taken = start + (1 if tape.data[tape.operands[start]] != 0.0 else 2)
        for at in range(start, end):
            if not tape.flows[at] or (taken >= 0 and at != taken):
                continue
            source = tape.operands[at]
            if tape.ops[source] is not take:
                count = self._put(count, source, at - start, -1)
            elif source in tape.fixed:
                count = self._put(count, tape.taken(source), at - start, -1)
            else:
                for pair in range(tape.starts[source], tape.starts[source + 1], 2):
                    flag, given = tape.operands[pair], tape.operands[pair + 1]
                    count = self._put(count, given, at - start, flag)
        return count

    def _put(self, count: i64, source: i64, position: i64, flag: i64) -> i64:
        same_leaf = self.tape.same_leaf
        sources, at = self.sources, 3 * count
        if at == len(sources):
            for _ in range(3):
                sources = append(sources, 0)
            self.sources = sources
        sources[at] = same_leaf.get(source, source) if same_leaf else source
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
            for one in self.takes[flag]:
                if all(each in flags for each in self.tape.operands_of(one)[::2]):
                    return ALWAYS
        return UNDER_SEVERAL

    def _note_takes(self, entry: i64) -> None:
        """Note the takes among the operands of an entry."""
        tape = self.tape
        for at in range(tape.starts[entry], tape.starts[entry + 1]):
            source = tape.operands[at]
            if tape.flows[at] and tape.ops[source] is take and source not in tape.fixed:
                operands: list[int] = tape.operands_of(source)
                for flag, given in zip(operands[::2], operands[1::2]):
                    self.takes.setdefault(flag, set()).add(source)
                    given = tape.same_leaf.get(given, given)
                    self.givers.setdefault(given, set()).add(source)

    def _fix_below(self, entry: i64) -> None:
        """What this entry is reached under, or what it takes itself, is more than one flag."""
        tape = self.tape
        for flag in self.flags[entry]:
            self.unsettled |= self.takes[flag]
        for at in range(tape.starts[entry], tape.starts[entry + 1]):
            source = tape.operands[at]
            if tape.flows[at] and tape.ops[source] is take and source not in tape.fixed:
                self.unsettled.add(source)

    # ── The graph ─────────────────────────────────────────────────────────────

    def find_graph(self, root: i64, numbering: vec[i64]) -> None:
        """Fill in `entries` and `flows`; ``numbering`` has a zero for each entry of the tape."""
        entries = vec[i64]([root])
        numbering[root] = 1
        index: i64 = 0
        with_takes = len(self.states) > 0
        while index < len(entries):
            entry = entries[index]
            count = self.find_sources(entry)
            sources = self.sources
            for at in range(0, 3 * count, 3):
                source, position, flag = sources[at], sources[at + 1], sources[at + 2]
                if with_takes:
                    if self.states[entry] >= 0:
                        flag = self.states[entry]
                    if flag == self.states[source] and self._hands_on(source):
                        flag = -1  # without that flag nothing asks for its gradient
                if numbering[source] == 0:
                    entries = append(entries, source)
                    numbering[source] = len(entries)
                self.flows.add(numbering[source] - 1, position, flag)
            self.flows.close()
            index += 1
        for index in range(len(entries)):
            numbering[entries[index]] = 0
        self.entries = entries

    def _hands_on(self, entry: i64) -> bool:
        """True if gradients flow from an entry to others."""
        tape = self.tape
        return any(tape.flows[at] for at in range(tape.starts[entry], tape.starts[entry + 1]))

    def of_tape(self) -> Flows:
        """The flows by entries of the tape, in place of indices."""
        flows, found, entries = Flows(), self.flows, self.entries
        places = vec[i64]([-1] * len(self.tape.ops))
        for index in range(len(entries)):
            places[entries[index]] = index
        for entry in range(len(places)):
            if places[entry] >= 0:
                index = places[entry]
                for at in range(found.starts[index], found.starts[index + 1]):
                    source = entries[found.entries[at]]
                    flows.add(source, found.positions[at], found.conditions[at])
            flows.close()
        return flows

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
            flag = shares.conditions[end - 1]
            if flag < 0:
                continue
            user = self.entries[users[end - 1]]
            givers = self.givers.get(user, set())
            if states[user] == ALWAYS or len(givers) != 1:
                fixed |= self.takes[flag]
            else:
                completing.setdefault(min(givers), []).append(index)
        for one, completed in completing.items():
            if one in deep or not self._complete_alike(one, completed, shares):
                fixed.add(one)
        return fixed

    def _is_end(self, index: i64) -> bool:
        return self.flows.starts[index] == self.flows.starts[index + 1]

    def _complete_alike(self, one: i64, completed: list[int], shares: Shares) -> bool:
        """True if whichever entry a take gives completes these, in the same order."""
        operands: list[int] = self.tape.operands_of(one)
        places: dict[int, int] = {}
        for index in range(len(self.entries)):
            places[self.entries[index]] = index
        given: list[int] = []
        for flag, entry in zip(operands[::2], operands[1::2]):
            entry = self.tape.same_leaf.get(entry, entry)
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


def below(tape: Tape, root: i64, numbering: vec[i64]) -> tuple[Below, Shares]:
    """What is below an entry of a tape, and the shares of a pass from there.

    Args:
        tape: the tape.
        root: the entry.
        numbering: a zero for each entry of the tape, as which they are left.
    """
    found = Below(tape, root)
    found.find_graph(root, numbering)
    shares = shares_of(found.flows, 0)
    shares.entries = found.entries
    return found, shares


def below_root(tape: Tape, root: i64) -> tuple[Below, Shares]:
    """The same of an output that gradients may start at, with the shares by entries of the tape."""
    found = Below(tape, root)
    found.find_graph(root, vec[i64]([0] * len(tape.ops)))
    return found, shares_of(found.of_tape(), root)


def flags_of_takes(tape: Tape) -> list[int]:
    """The flags by which it is known what the gradient of a root reaches, as entries."""
    if not tape.roots:
        return []
    free = [entry for entry in tape.takes if entry not in tape.fixed]
    return list(dict.fromkeys([flag for entry in free for flag in tape.operands_of(entry)[::2]]))
