"""The order in which a backward pass adds its shares, found by going through it on integers.

This is the one place that knows it; `autograd/engine/node.py` does the same with Values.
"""

from __future__ import annotations

from autograd.native import i64, vec


class Flows:
    """For each of some entries those that it passes shares of its gradient to, in that order.

    Attributes:
        starts: where those of each entry begin in the lists that follow; and last, the end.
        entries: the entries.
        positions: their positions among the operands.
        conditions: the flag under which there is a share at all, as an entry of the tape; -1 if
            there always is one. Nothing if there are no flags.
    """

    def __init__(
        self, starts: vec[i64], entries: vec[i64], positions: vec[i64], conditions: vec[i64]
    ) -> None:
        self.starts = starts
        self.entries = entries
        self.positions = positions
        self.conditions = conditions


class Shares:
    """The shares of the gradient of each entry, in the order in which they are added.

    Attributes:
        entries: the entries of the tape; what follows has indices into these.
        order: the entries that hand shares down, each after all that use it, the root first.
        ends: those that do not, in the order in which they get their last share.
        starts: for each entry where its shares begin in the lists that follow; and last, the end.
        users: the entry that a share comes from.
        positions: for which of its operands.
        conditions: the flag under which there is a share at all, as an entry of the tape, or -1;
            nothing if there are no flags.
    """

    def __init__(self, entries: vec[i64]) -> None:
        self.entries = entries
        self.order = vec[i64]()
        self.ends: list[int] = []
        self.starts = vec[i64]()
        self.users = vec[i64]()
        self.positions = vec[i64]()
        self.conditions = vec[i64]()


def shares_of(flows: Flows, tape_entries: vec[i64]) -> Shares:
    """The shares that a backward pass hands down.

    Args:
        flows: where they flow, from the first entry to all others.
        tape_entries: the number that each of these has on the tape.
    """
    firsts, sources, positions = flows.starts, flows.entries, flows.positions
    count: i64 = len(firsts) - 1
    total: i64 = len(sources)
    starts = vec[i64]([0] * (count + 1))
    for at in range(total):
        starts[sources[at] + 1] += 1
    for entry in range(count):
        starts[entry + 1] += starts[entry]
    following = starts[:count]  # where the next share of each entry goes
    shares = Shares(tape_entries)
    users = vec[i64]([0] * total)
    places = vec[i64]([0] * total)
    has_conditions = len(flows.conditions) > 0
    conditions = vec[i64]([0] * len(flows.conditions))
    # Of the entries that have all their shares, the one that was completed last goes first.
    order = vec[i64]([0] * count)
    handed: i64 = 0
    stack = vec[i64]([0] * (count + 1))
    height: i64 = 1
    while height > 0:
        height -= 1
        entry = stack[height]
        order[handed] = entry
        handed += 1
        for at in range(firsts[entry], firsts[entry + 1]):
            source = sources[at]
            share = following[source]
            users[share] = entry
            places[share] = positions[at]
            if has_conditions:
                conditions[share] = flows.conditions[at]
            following[source] = share + 1
            if share + 1 == starts[source + 1]:
                if firsts[source] < firsts[source + 1]:
                    stack[height] = source
                    height += 1
                else:
                    shares.ends.append(source)
    shares.order = order[:handed]
    shares.starts = starts
    shares.users = users
    shares.positions = places
    shares.conditions = conditions
    return shares
