"""The first step of a layered drawing: which layer each box stands in.

Sugiyama, Tagawa and Toda (1981) draw a graph in layers, so that every edge leads
from a layer to a later one. Edges that close a cycle are turned round first, as
in Gansner, Koutsofios, North and Vo (1993). Layers are then counted back from
the results, so that a leaf stands just before the first box that uses it, and
boxes move towards the side where more of their edges are: the step of the network
simplex method of the same paper that matters in graphs of computations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Neighbours: TypeAlias = list[list[int]]  # of each box


@dataclass(frozen=True, slots=True)
class Layering:
    """In which layer each box stands, and which edges had to be turned round.

    Attributes:
        layers: of each box, from 0 on; every layer has a box.
        turned: of each edge, whether it leads back to an earlier layer.
    """

    layers: list[int]
    turned: list[bool]


def assign_layers(
    tails: Sequence[int], heads: Sequence[int], frames: Sequence[int | None]
) -> Layering:
    """Layers such that every edge that is not turned leads from a layer to a later one.

    An edge from a box to itself stays within its layer.

    Args:
        tails: of each edge, the index of the box that it leaves.
        heads: of each edge, the index of the box that it enters.
        frames: of each box, its frame or None.

    >>> assign_layers([0, 1, 0], [1, 2, 2], [None, None, None]).layers
    [0, 1, 2]
    >>> assign_layers([0, 1], [1, 0], [None, None]).turned
    [False, True]
    """
    inputs, users = _neighbours(len(frames), tails, heads)
    turned = [False] * len(tails)
    order = _topological_order(inputs, users)
    if len(order) < len(frames):
        rank = _depth_first_ranks(inputs, users)
        turned = [rank[tail] > rank[head] for tail, head in zip(tails, heads)]
        inputs, users = _neighbours(
            len(frames),
            [head if turn else tail for tail, head, turn in zip(tails, heads, turned)],
            [tail if turn else head for tail, head, turn in zip(tails, heads, turned)],
        )
        order = _topological_order(inputs, users)
    _keep_leaves_in_their_frames(order, inputs, users, frames)
    layers = _latest_layers(order, users)
    _tighten(order, inputs, users, layers)
    return Layering(_without_gaps(layers), turned)


def _neighbours(
    count: int, tails: Sequence[int], heads: Sequence[int]
) -> tuple[Neighbours, Neighbours]:
    """The inputs and the users of each box."""
    inputs: Neighbours = [[] for _ in range(count)]
    users: Neighbours = [[] for _ in range(count)]
    for tail, head in zip(tails, heads):
        if tail != head:
            inputs[head].append(tail)
            users[tail].append(head)
    return inputs, users


def _topological_order(inputs: Neighbours, users: Neighbours) -> list[int]:
    """The boxes, each after its inputs; those on a cycle, and behind one, are missing."""
    waiting_for = [len(each) for each in inputs]
    order = [box for box, count in enumerate(waiting_for) if not count]
    for box in order:
        for user in users[box]:
            waiting_for[user] -= 1
            if not waiting_for[user]:
                order.append(user)
    return order


def _depth_first_ranks(inputs: Neighbours, users: Neighbours) -> list[int]:
    """Ranks that rise along every edge but those that close a cycle in a depth-first search."""
    count = len(users)
    rank = [-1] * count
    seen = [False] * count
    next_rank = count
    for start in sorted(range(count), key=lambda box: bool(inputs[box])):
        if seen[start]:
            continue
        seen[start] = True
        path = [(start, iter(users[start]))]
        while path:
            box, rest = path[-1]
            user = next((user for user in rest if not seen[user]), None)
            if user is None:
                path.pop()
                next_rank -= 1
                rank[box] = next_rank
            else:
                seen[user] = True
                path.append((user, iter(users[user])))
    return rank


def _keep_leaves_in_their_frames(
    order: list[int], inputs: Neighbours, users: Neighbours, frames: Sequence[int | None]
) -> None:
    """Let a leaf come after what enters its frame from outside, so that frames can stand in a row.

    The weights of a layer would else stand beside the results of the layer before it,
    and neither frame could end where the other begins.
    """
    if all(frame is None for frame in frames):
        return
    position = {box: number for number, box in enumerate(order)}
    computed = [bool(each) for each in inputs]
    leaves = [box for box in order if users[box] and not computed[box]]
    for leaf in leaves:
        first = min(users[leaf], key=position.__getitem__)
        # What the first of its users waits for anyway depends on none of them: no cycle arises.
        entering = {
            other
            for other in inputs[first]
            if computed[other] and frames[other] != frames[leaf] == frames[first]
        }
        for other in sorted(entering):
            users[other].append(leaf)
            inputs[leaf].append(other)
    order[:] = _topological_order(inputs, users)


def _latest_layers(order: Sequence[int], users: Neighbours) -> list[int]:
    """For each box, minus the number of edges on the longest way from it to a result."""
    layers = [0] * len(users)
    for box in reversed(order):
        if users[box]:
            layers[box] = min([layers[user] for user in users[box]]) - 1
    return layers


def _tighten(
    order: Sequence[int], inputs: Neighbours, users: Neighbours, layers: list[int]
) -> None:
    """Move each box to its inputs where these are more than its users, then leaves to their users.

    Whatever is shorter by that is the sum of the lengths of its edges.
    """
    for box in order:
        computed = [each for each in inputs[box] if inputs[each]]
        if len(computed) > len(users[box]):
            layers[box] = max([layers[each] for each in inputs[box] if inputs[each]]) + 1
    for box in reversed(order):
        if users[box] and len(inputs[box]) <= len(users[box]):
            layers[box] = min([layers[user] for user in users[box]]) - 1


def _without_gaps(layers: list[int]) -> list[int]:
    """The same layers, counted from 0 with none left empty."""
    number = {layer: i for i, layer in enumerate(sorted(set(layers)))}
    return [number[layer] for layer in layers]
