"""The anomalies in the numbers of a graph, with their origin and their place in the model.

`detect_anomaly` stops a program at the first bad number. `anomalies` reads a snapshot,
afterwards: it finds the first value and the first gradient that are not finite, saturated
activations, and the path on which a gradient vanishes or explodes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from autograd.engine.operands import kind_of
from autograd.engine.primitive import Primitive
from autograd.engine.table import arctan, erf, hard_tanh, relu, sigmoid, softsign, tanh
from autograd.snapshot import Node, Snapshot
from autograd.snapshot.paths import LinkedPath, PathStep, logarithm_of, steps_of, strongest_paths

# Activations that saturate on both sides, with their slope at 0, which is the greatest.
_SATURATING: Final[dict[Primitive, float]] = {
    op: op.derivatives[0](0.0, op(0.0)) for op in (arctan, erf, hard_tanh, sigmoid, softsign, tanh)
}


@dataclass(frozen=True, slots=True)
class Anomaly:
    """An anomaly at a node of a graph.

    Attributes:
        kind: ``"value"`` or ``"gradient"`` for the first number that is not finite,
            ``"dead"`` for a relu that passes no gradient, ``"saturated"`` for an activation
            of small slope, ``"vanishing"`` or ``"exploding"`` for a gradient.
        node: the id of the node.
        formula: the operation at the node with the names of its operands.
        inputs: the numbers of the operands that are nodes.
        place: the place of the node in the model, or "".
        message: the anomaly in a sentence.
    """

    kind: str
    node: int
    formula: str
    inputs: tuple[float, ...]
    place: str
    message: str

    def __str__(self) -> str:
        place = f"\n  in {self.place}" if self.place else ""
        return f"{self.message}\n  {self.formula}{place}"


def anomalies(
    graph: Snapshot, *, saturated: float, vanishing: float, exploding: float
) -> list[Anomaly]:
    """The anomalies in the numbers of ``graph``; see `Graph.anomalies`."""
    for limit in (saturated, vanishing, exploding):
        if not isinstance(limit, (int, float)):
            raise TypeError(f"saturated, vanishing and exploding are numbers, got {kind_of(limit)}")
    if not 0.0 <= saturated <= 1.0:
        raise ValueError(f"saturated is a fraction of the greatest slope, 0 to 1; got {saturated}")
    if not 0.0 <= vanishing <= exploding:
        raise ValueError(
            "vanishing and exploding are sizes of a derivative, the first the smaller; "
            f"got {vanishing} and {exploding}"
        )
    adjoints = graph.adjoints()
    return [
        *_first_bad_value(graph),
        *_first_bad_gradient(graph, adjoints),
        *_saturated_activations(graph, saturated),
        *_vanishing_or_exploding(graph, vanishing, exploding),
    ]


def _first_bad_value(graph: Snapshot) -> Iterator[Anomaly]:
    for node in graph:
        if not math.isfinite(node.data):
            what = "given" if node.op is None else "computed"
            message = f"The first value that is not finite, {what}: {node.data}."
            yield _anomaly(graph, "value", node, message)
            return


def _first_bad_gradient(graph: Snapshot, adjoints: Sequence[float]) -> Iterator[Anomaly]:
    for node in reversed(graph.nodes):
        if not math.isfinite(adjoints[node.id]):
            message = (
                f"The first gradient that is not finite: what {graph.name(node)} gets "
                f"adds up to {adjoints[node.id]}."
            )
            yield _anomaly(graph, "gradient", node, message)
            return
        for source, local in zip(node.inputs, node.local_derivatives):
            share = local * adjoints[node.id]
            if not math.isfinite(share):
                message = (
                    f"The first gradient that is not finite: {graph.name(source)} gets "
                    f"{share}, the local derivative {local:g} times {adjoints[node.id]:g}."
                )
                yield _anomaly(graph, "gradient", node, message)
                return


def _saturated_activations(graph: Snapshot, saturated: float) -> Iterator[Anomaly]:
    """The activations that are saturated or dead in every sample, one report for each neuron."""
    for op, nodes in _activations(graph):
        often = "" if len(nodes) == 1 else f" in all of {len(nodes)} samples"
        if op is relu:
            if all(node.data == 0.0 for node in nodes):
                message = f"A dead relu: its input is not above 0{often}, so no gradient passes."
                yield _anomaly(graph, "dead", nodes[0], message)
            continue
        slopes = [abs(node.local_derivatives[0]) for node in nodes]
        if all(slope <= saturated * _SATURATING[op] for slope in slopes):
            message = (
                f"A saturated activation: its slope is at most {max(slopes):.3g}{often}, "
                f"against {_SATURATING[op]:.3g} in the middle."
            )
            yield _anomaly(graph, "saturated", nodes[0], message)


def _activations(graph: Snapshot) -> Iterator[tuple[Primitive, list[Node]]]:
    """The nodes of each activation, with those of all samples together."""
    found: dict[tuple[Primitive, int | str], list[Node]] = {}
    for node in graph:
        if node.inputs and (node.op is relu or node.op in _SATURATING):
            owner: int | str = f"node {node.id}"
            if node.group is not None:
                group = graph.groups[node.group]
                owner = group.id if group.kind != "sample" or group.parent is None else group.parent
            found.setdefault((node.op, owner), []).append(node)
    for (op, _), nodes in found.items():
        yield op, nodes


def _vanishing_or_exploding(
    graph: Snapshot, vanishing: float, exploding: float
) -> Iterator[Anomaly]:
    """The leaves that get the smallest and the largest gradient on the strongest path to each."""
    steps: dict[int, list[PathStep[float]]] = {}
    for node in reversed(graph.nodes):
        for source, local in zip(node.inputs, node.local_derivatives):
            if local != 0.0 and math.isfinite(local):
                steps.setdefault(source, []).append(PathStep(node.id, logarithm_of(local), local))
    # No gradient but 1 reaches the root, even if it is a leaf.
    leaves = {
        id: path
        for id, found in strongest_paths(graph.root.id, steps, 1).items()
        if graph.nodes[id].op is None
        for path in found.paths
        if path is not None
    }
    if not leaves:
        return
    weakest = min(sorted(leaves), key=lambda leaf: leaves[leaf].logarithm)
    greatest = max(sorted(leaves), key=lambda leaf: leaves[leaf].logarithm)
    if leaves[weakest].logarithm <= logarithm_of(vanishing):
        yield _change(graph, "vanishing", weakest, leaves[weakest])
    if leaves[greatest].logarithm >= logarithm_of(exploding):
        yield _change(graph, "exploding", greatest, leaves[greatest])


def _change(graph: Snapshot, kind: str, leaf: int, path: LinkedPath[float]) -> Anomaly:
    """The report of a gradient that changes along ``path``, at the step that changes it most."""
    steps = list(steps_of(path))
    product = math.prod([step.item for step in steps])
    extreme = min if kind == "vanishing" else max
    node, _, local = extreme(steps, key=lambda step: abs(step.item))
    verb = "vanishes" if kind == "vanishing" else "explodes"
    message = (
        f"The gradient {verb} on the paths to {graph.name(leaf)}: the strongest multiplies it "
        f"by {product:.3g} in {len(steps)} steps, and one of these by {local:.3g}."
    )
    return _anomaly(graph, kind, graph[node], message)


def _anomaly(graph: Snapshot, kind: str, node: Node, message: str) -> Anomaly:
    formula = f"{graph.name(node)} = {node.data:.6g}"
    if node.op is not None:
        names = [graph.name(x) if isinstance(x, int) else f"{x:g}" for x in node.operands]
        formula = f"{graph.name(node)} = {node.op.name}({', '.join(names)}) = {node.data:.6g}"
        numbers = dict.fromkeys([f"{graph.name(x)} = {graph[x].data:.6g}" for x in node.inputs])
        formula += f" with {', '.join(numbers)}" if numbers else ""
    inputs = tuple([graph[source].data for source in node.inputs])
    return Anomaly(kind, node.id, formula, inputs, graph.place(node), message)
