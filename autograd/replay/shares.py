"""The order in which a backward pass adds its shares, found by going through it on integers.

This is the one place that knows it; `autograd/engine/node.py` does the same with Values.
"""

from __future__ import annotations

from typing import Final

from autograd.native import append, i64, vec

# An entry and the position of an operand are one number: the first shifted by so much, and the
# other. There may be millions of them, and it is memory that takes the time.
SHIFT: Final[i64] = 28
MASK: Final[i64] = (1 << 28) - 1


class Flows:
    """Where shares of gradients flow among some entries of a tape.

    Attributes:
        count: the number of entries; the arrays have room for more.
        entries: the entries, each after all that pass shares to it; what follows has indices into
            these.
        starts: for each of them where those that it passes shares to begin in the lists that
            follow, which have them in that order; and last, the end.
        receivers: the entries that get shares, each with its position among the operands.
        conditions: the flag under which there is a share at all, as an entry of the tape; -1 if
            there always is one. Nothing if there are no flags.
        gets: for each of the entries how many shares all those before it get; and last, the sum.
    """

    def __init__(
        self,
        count: i64,
        entries: vec[i64],
        starts: vec[i64],
        receivers: vec[i64],
        conditions: vec[i64],
        gets: vec[i64],
    ) -> None:
        self.count = count
        self.entries = entries
        self.starts = starts
        self.receivers = receivers
        self.conditions = conditions
        self.gets = gets


class Shares:
    """The shares of the gradient of each entry, in the order in which they are added.

    Attributes:
        count: the number of entries; the arrays have room for more.
        entries: the entries of the tape; what follows has indices into these.
        order: the entries that hand shares down, each after all that use it, the root first.
        ends: all others, in the order in which they get their last share.
        starts: for each entry where its shares begin in the lists that follow; and last, the end.
        users: the entry of the tape that a share comes from, with the position of the operand.
        conditions: the flag under which there is a share at all, as an entry of the tape, or -1;
            nothing if there are no flags.
        leaves: for each of the ends its index among the leaves of the tape, or -1; nothing of a
            pass within the call.
    """

    def __init__(
        self,
        count: i64,
        entries: vec[i64],
        order: vec[i64],
        ends: vec[i64],
        starts: vec[i64],
        users: vec[i64],
        conditions: vec[i64],
    ) -> None:
        self.count = count
        self.entries = entries
        self.order = order
        self.ends = ends
        self.starts = starts
        self.users = users
        self.conditions = conditions
        self.leaves = vec[i64]()


def shares_of(flows: Flows, numbering: vec[i64]) -> Shares:
    """The shares that a backward pass hands down.

    Args:
        flows: where they flow, from the first entry to all others.
        numbering: for each of the entries, by its number on the tape, 1 more than its index.
    """
    entries, firsts, receivers = flows.entries, flows.starts, flows.receivers
    of_flows, starts = flows.conditions, flows.gets
    count = flows.count
    total = firsts[count]
    following = starts[:count]  # where the next share of each entry goes
    users = vec[i64]([0] * total)
    has_conditions = len(of_flows) > 0
    conditions = vec[i64]([0] * len(of_flows))
    # Of the entries that have all their shares, the one that was completed last goes first.
    order = vec[i64]([0] * count)
    ends = vec[i64]()
    handed: i64 = 0
    stack = vec[i64]([0] * count)
    height: i64 = 1
    while height > 0:
        height -= 1
        index = stack[height]
        user = entries[index] << SHIFT
        order[handed] = index
        handed += 1
        for at in range(firsts[index], firsts[index + 1]):
            edge = receivers[at]
            receiver = numbering[edge >> SHIFT] - 1
            share = following[receiver]
            users[share] = user | edge & MASK
            if has_conditions:
                conditions[share] = of_flows[at]
            following[receiver] = share + 1
            if share + 1 == starts[receiver + 1]:
                if firsts[receiver] < firsts[receiver + 1]:
                    stack[height] = receiver
                    height += 1
                else:
                    ends = append(ends, receiver)
    return Shares(count, entries, order, ends, starts, users, conditions)
