"""The order in which a backward pass adds its shares, found by going through it on integers.

This is the one place that knows it; `autograd/engine/node.py` does the same with Values.
"""

from __future__ import annotations

from autograd.native import append, i64, vec


class Flows:
    """For each entry of a tape those that it passes shares of its gradient to, in that order.

    Attributes:
        starts: where those of each entry begin in the lists that follow; and last, the end.
        entries: the entries.
        positions: their positions among the operands.
        conditions: the flag under which there is a share at all, as an entry; -1 if there always
            is one. Nothing if there are no flags.
    """

    __slots__ = ("conditions", "entries", "positions", "starts")

    def __init__(self) -> None:
        self.starts = vec[i64]([0])
        self.entries = vec[i64]()
        self.positions = vec[i64]()
        self.conditions = vec[i64]()

    def add(self, entry: i64, position: i64) -> None:
        """Add one to those that `close` will end."""
        self.entries = append(self.entries, entry)
        self.positions = append(self.positions, position)

    def close(self) -> None:
        """End those of an entry."""
        self.starts = append(self.starts, len(self.entries))


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

    __slots__ = ("conditions", "ends", "entries", "order", "positions", "starts", "users")

    def __init__(self) -> None:
        self.entries = vec[i64]()
        self.order = vec[i64]()
        self.ends: list[int] = []
        self.starts = vec[i64]()
        self.users = vec[i64]()
        self.positions = vec[i64]()
        self.conditions = vec[i64]()


def shares_of(flows: Flows, root: i64) -> Shares:
    """The shares that a backward pass from ``root`` hands down, an index into ``flows``."""
    firsts, sources, positions = flows.starts, flows.entries, flows.positions
    count: i64 = len(firsts) - 1
    # How many shares each entry is to get.
    uses = vec[i64]([0] * count)
    stack = vec[i64]([0] * (count + 1))
    stack[0] = root
    height: i64 = 1
    while height > 0:
        height -= 1
        entry = stack[height]
        for at in range(firsts[entry], firsts[entry + 1]):
            source = sources[at]
            uses[source] += 1
            if uses[source] == 1:
                stack[height] = source
                height += 1
    starts = vec[i64]([0] * (count + 1))
    following = vec[i64]([0] * count)  # where the next share of each entry goes
    total: i64 = 0
    for entry in range(count):
        starts[entry] = total
        following[entry] = total
        total += uses[entry]
    starts[count] = total
    shares = Shares()
    users = vec[i64]([0] * total)
    places = vec[i64]([0] * total)
    has_conditions = len(flows.conditions) > 0
    conditions = vec[i64]()
    if has_conditions:
        conditions = vec[i64]([0] * total)
    # Of the entries that have all their shares, the one that was completed last goes first.
    order = vec[i64]()
    stack[0] = root
    height = 1
    while height > 0:
        height -= 1
        entry = stack[height]
        order = append(order, entry)
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
    shares.entries = vec[i64]([0] * count)
    for index in range(count):
        shares.entries[index] = index
    shares.order = order
    shares.starts = starts
    shares.users = users
    shares.positions = places
    shares.conditions = conditions
    return shares
