"""The groups of a graph: the modules and their calls that its values belong to.

A call of a module is known by the values it returned (`autograd.engine.calls`), and the
module by its parameters. A value belongs to the call if it is on a path from a
parameter of the module to a returned value, with no other call of that module in
between. So the weighted sum in a neuron belongs to the neuron; the inputs of the
neuron and everything computed from its output do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograd.engine.value import Value

# The number of the sample, for a value that belongs to all calls of a module.
_ALL_SAMPLES: Final = -1

# In place of a call, for a value that leads to the output of none, or of several.
_UNCLAIMED: Final = -1
_CONTESTED: Final = -2


@dataclass(frozen=True, slots=True)
class Group:
    """A module that took part in a graph, or one of several calls of it.

    Attributes:
        id: its position in `Snapshot.groups`. A group has a larger id than its parent.
        name: its name within its parent, such as ``"layers.0"``; the class of a model; for
            one call of several ``"sample 0"`` and so on.
        kind: the class of the module, such as ``"Neuron"``, or ``"sample"``.
        parent: the id of the group that it is a part of; None for a model.
        parameters: the ids of the leaves that are its parameters, those of its parts included.
    """

    id: int
    name: str
    kind: str
    parent: int | None
    parameters: tuple[int, ...]


class _Part:
    """A called module, from which its group is made."""

    def __init__(self, module: Any, name: str, parent: _Part | None) -> None:
        self.module = module
        self.name = name
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.calls: list[list[int]] = []  # for each call, the ids of the values it returned
        self.parameters: list[int] = []

    def chain(self) -> Iterator[_Part]:
        """The part and those around it, the model last."""
        part: _Part | None = self
        while part is not None:
            yield part
            part = part.parent


def grouped(
    values: Sequence[Value], ids: dict[Value, int]
) -> tuple[tuple[Group, ...], list[int | None], dict[int, str]]:
    """The groups of a graph, the group of each value, and the names of the parameters.

    Args:
        values: the graph, inputs first.
        ids: the position of each value.
    """
    parts = _called_parts(values)
    owners, names = _parameter_owners(parts, ids)
    places: list[tuple[_Part, int] | None] = [None] * len(values)
    inputs = [[ids[source] for source in value.inputs] for value in values]
    for depth in range(max([part.depth + 1 for part in parts], default=0)):
        _move_to_parts(parts, depth, inputs, owners, places)
    for parameter, owner in owners.items():
        places[parameter] = (owner, _ALL_SAMPLES)
    groups, numbers = _groups(parts, places)
    return groups, [None if place is None else numbers[place] for place in places], names


def _called_parts(values: Sequence[Value]) -> list[_Part]:
    """The modules that were called, each after the one that it is a part of."""
    calls: dict[Any, list[int]] = {}
    for position, value in enumerate(values):
        for call in value.calls:
            calls.setdefault(call, []).append(position)
    modules = {id(call.module): call.module for call in calls if call.module is not None}
    within = {
        id(part)
        for module in modules.values()
        for _, part in module.named_modules()
        if part is not module
    }
    parts: dict[int, _Part] = {}
    for key, module in modules.items():
        if key not in within:
            _add_model(module, modules, parts)
    for call, outputs in calls.items():
        if id(call.module) in parts:
            parts[id(call.module)].calls.append(outputs)
    return list(parts.values())


def _add_model(model: Any, called: dict[int, Any], parts: dict[int, _Part]) -> None:
    by_name: dict[str, _Part] = {}
    for full_name, module in model.named_modules():
        if id(module) not in called or id(module) in parts:
            continue
        parent, name = _innermost(full_name, by_name)
        part = _Part(module, name if parent else type(model).__name__, parent)
        parts[id(module)] = by_name[full_name] = part


def _innermost(full_name: str, parts: dict[str, _Part]) -> tuple[_Part | None, str]:
    """The part whose name in the model is the longest prefix of this one, and the rest of it."""
    beginning = full_name
    while beginning:
        beginning = beginning.rpartition(".")[0]
        if beginning in parts:
            return parts[beginning], full_name[len(beginning) :].removeprefix(".")
    return None, full_name


def _parameter_owners(
    parts: Sequence[_Part], ids: dict[Value, int]
) -> tuple[dict[int, _Part], dict[int, str]]:
    """The innermost module that owns each parameter in the graph, and its name there."""
    owners: dict[int, _Part] = {}
    names: dict[int, str] = {}
    for part in reversed(parts):  # inner ones first
        for name, parameter in part.module.named_parameters():
            if parameter in ids:
                id = ids[parameter]
                part.parameters.append(id)
                owners.setdefault(id, part)
                names.setdefault(id, name)
    return owners, names


def _move_to_parts(
    parts: Sequence[_Part],
    depth: int,
    inputs: Sequence[Sequence[int]],
    owners: dict[int, _Part],
    places: list[tuple[_Part, int] | None],
) -> None:
    """Move each value from its module to the part of that module that it belongs to."""
    calls = [
        (part, number, outputs)
        for part in parts
        if part.depth == depth
        for number, outputs in enumerate(part.calls)
    ]
    claims = _claims(calls, depth, inputs, places)
    parameters = {id: _at_depth(owner, depth) for id, owner in owners.items()}
    # True for a value that depends, within the call, on a parameter of the module.
    depends = [False] * len(inputs)
    for id, sources in enumerate(inputs):
        claim = claims[id]
        if claim < 0:
            continue
        part, number, _ = calls[claim]
        depends[id] = any(
            parameters.get(source) is part or (claims[source] == claim and depends[source])
            for source in sources
        )
        if depends[id]:
            before = places[id]
            places[id] = (part, number if before is None else before[1])


def _claims(
    calls: Sequence[tuple[_Part, int, list[int]]],
    depth: int,
    inputs: Sequence[Sequence[int]],
    places: Sequence[tuple[_Part, int] | None],
) -> list[int]:
    """For each value the one call whose output it leads to directly, past no other output."""
    returned_by = {id: claim for claim, (_, _, outputs) in enumerate(calls) for id in outputs}
    claims = [returned_by.get(id, _UNCLAIMED) for id in range(len(inputs))]
    for id in reversed(range(len(inputs))):
        claim = claims[id]
        if claim >= 0 and depth > 0:
            place = places[id]
            if place is None or place[0] is not calls[claim][0].parent:
                claim = claims[id] = _UNCLAIMED
        if claim == _UNCLAIMED:
            continue
        for source in inputs[id]:
            if source in returned_by or not inputs[source]:
                continue
            if claims[source] == _UNCLAIMED:
                claims[source] = claim
            elif claims[source] != claim:
                claims[source] = _CONTESTED
    return claims


def _at_depth(part: _Part, depth: int) -> _Part | None:
    """The part itself or the part around it that has that depth."""
    return next((around for around in part.chain() if around.depth == depth), None)


def _groups(
    parts: Sequence[_Part], places: Sequence[tuple[_Part, int] | None]
) -> tuple[tuple[Group, ...], dict[tuple[_Part, int], int]]:
    """The groups, and for each place the id of its group."""
    filled = {part for place in places if place for part in place[0].chain()}
    kept = [part for part in parts if part in filled]
    models = [part for part in kept if part.parent is None]
    names = [model.name for model in models]
    groups: list[Group] = []
    numbers: dict[tuple[_Part, int], int] = {}
    for part in kept:
        name = part.name
        if part.parent is None and names.count(name) > 1:
            same = [model for model in models if model.name == name]
            name = f"{name} {same.index(part) + 1}"
        numbers[part, _ALL_SAMPLES] = len(groups)
        parent = None if part.parent is None else numbers[part.parent, _ALL_SAMPLES]
        kind = type(part.module).__name__
        groups.append(Group(len(groups), name, kind, parent, tuple(sorted(part.parameters))))
    for place in places:
        if place is None or place in numbers:
            continue
        part, sample = place
        whole = numbers[part, _ALL_SAMPLES]
        *_, model = part.chain()
        if len(model.calls) == 1:
            numbers[place] = whole
            continue
        numbers[place] = len(groups)
        groups.append(Group(len(groups), f"sample {sample}", "sample", whole, ()))
    return tuple(groups), numbers
