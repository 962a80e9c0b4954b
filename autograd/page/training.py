"""What a page trains with: numbers for some inputs of its graph, one for each case."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from autograd.engine.operands import as_float, counted, has_elements, kind_of
from autograd.page.operations import Operations
from autograd.snapshot import Node, Snapshot, Which

# By a Value, an id or a label; a dict of one of these would not be a Mapping of any of them.
Data: TypeAlias = Mapping[Any, Sequence[float]]

_EXPECTED: Final = (
    "data is a dict of inputs of the graph, each with a list of its numbers, one for each case, "
    "such as {x: [0.0, 1.0], target: [1.0, 0.0]}"
)


def training_data(
    graph: Snapshot, operations: Operations, data: Data, output: Which | None
) -> dict[str, Any]:
    """The cases of a page, its parameters and its output, as JSON.

    Parameters are the leaves with a name, a label or that of a parameter of a model, that have no
    data and that the root depends on.

    Args:
        graph: the snapshot, whose root is the loss of one case.
        operations: of the graph, as the page computes them.
        data: the numbers of inputs.
        output: what the page shows of each case; None for the root.

    Raises:
        TypeError: ``data`` is no such dict, or has what is no number.
        KeyError: an input or the output is not in the graph.
        ValueError: an input is computed, or cannot be changed; the cases have not as many numbers
            for each input; a number is not finite; or there is no parameter.
    """
    if not isinstance(data, Mapping):
        raise TypeError(f"{_EXPECTED}; got {kind_of(data)}")
    held = set(operations.frozen)
    for node in reversed(graph.nodes):
        if node.id in held:
            held.update(node.inputs)
    columns: dict[int, list[float]] = {}
    for which, numbers in data.items():
        node = graph[which]
        _check_input(graph, node, node.id in held)
        if node.id in columns:
            raise ValueError(f"data has {graph.name(node)} twice")
        columns[node.id] = _numbers(graph.name(node), numbers)
    if not any(columns.values()):
        raise ValueError(f"{_EXPECTED}; got no {'cases' if columns else 'inputs'}")
    _check_lengths(graph, columns)
    parameters = [
        node.id
        for node in graph
        if node.op is None and (node.label or node.name) and node.id not in held | columns.keys()
    ]
    if not parameters:
        raise ValueError(
            "there is nothing to train: parameters are the leaves with a label, or of a model, "
            "that have no data"
        )
    return {
        "inputs": [*columns],
        "cases": [list(case) for case in zip(*columns.values(), strict=True)],
        "parameters": parameters,
        "output": (graph.root if output is None else graph[output]).id,
    }


def _check_input(graph: Snapshot, node: Node, is_held: bool) -> None:
    """Refuse numbers for what is no input that the page can change."""
    name = graph.name(node)
    if node.op is not None:
        raise ValueError(
            f"data has numbers for {name}, which is computed, by {node.op.name}: it takes inputs "
            "of the graph"
        )
    if is_held:
        raise ValueError(
            f"data has numbers for {name}, and something computed from it is an operation that the "
            "page cannot compute: it keeps its number"
        )


def _numbers(name: str, numbers: Any) -> list[float]:
    """The numbers of an input."""
    if not has_elements(numbers) or isinstance(numbers, Mapping):
        raise TypeError(f"data of {name} is a list of numbers, one for each case; got {numbers!r}")
    found = []
    for case, number in enumerate(numbers):
        try:
            found.append(as_float(number))
        except TypeError as error:
            raise TypeError(f"data of {name}, case {case}: {error}") from None
        if not math.isfinite(found[-1]):
            raise ValueError(f"data of {name}, case {case}: {number!r} is not finite")
    return found


def _check_lengths(graph: Snapshot, columns: Mapping[int, list[float]]) -> None:
    """Refuse cases that have no number for some input."""
    first, *others = columns
    for id in others:
        if len(columns[id]) != len(columns[first]):
            raise ValueError(
                f"each input has one number for each case: {graph.name(first)} has "
                f"{counted(len(columns[first]), 'number')}, and {graph.name(id)} has "
                f"{len(columns[id])}"
            )
