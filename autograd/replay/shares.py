"""The order in which a backward pass adds its shares, found by going through it on integers.

This is the one place that knows it; `autograd/engine/node.py` does the same with Values.
"""

from __future__ import annotations

from collections.abc import Sequence


class Shares:
    """The shares of the gradient of each entry, in the order in which they are added.

    Attributes:
        order: the entries that hand shares down, each after all that use it, the root first.
        ends: those that do not, in the order in which they get their last share.
        starts: for each entry where its shares begin in the lists that follow; and last, the end.
        users: the entry that a share comes from.
        places: for which of its sources.
        handed: the shares of ``ends`` in the order in which they are handed out: the indices of
            these in the lists above.
    """

    __slots__ = ("ends", "handed", "order", "places", "starts", "users")

    def __init__(self) -> None:
        self.order: list[int] = []
        self.ends: list[int] = []
        self.starts: list[int] = []
        self.users: list[int] = []
        self.places: list[int] = []
        self.handed: list[int] = []


def shares_of(sources: Sequence[Sequence[int]], root: int) -> Shares:
    """The shares that a backward pass from ``root`` hands down.

    Args:
        sources: for each entry those that it passes shares of its gradient to, in that order.
        root: the entry that the pass starts from.
    """
    # How many shares each entry is to get.
    uses = [0] * len(sources)
    stack = [root]
    while stack:
        for source in sources[stack.pop()]:
            uses[source] += 1
            if uses[source] == 1:
                stack.append(source)
    shares = Shares()
    starts = shares.starts
    total = 0
    for number in uses:
        starts.append(total)
        total += number
    starts.append(total)
    at = starts[:]  # where the next share of each entry goes
    users = shares.users = [0] * total
    places = shares.places = [0] * total
    # Of the entries that have all their shares, the one that was completed last goes first.
    complete = [root]
    while complete:
        entry = complete.pop()
        shares.order.append(entry)
        for place, source in enumerate(sources[entry]):
            share = at[source]
            users[share] = entry
            places[share] = place
            at[source] = share + 1
            if sources[source]:
                if share + 1 == starts[source + 1]:
                    complete.append(source)
            else:
                shares.handed.append(share)
                if share + 1 == starts[source + 1]:
                    shares.ends.append(source)
    return shares
