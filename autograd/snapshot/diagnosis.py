"""What is wrong with the numbers of a graph: where it began, and where in the model.

`detect_anomaly` stops a program at the first bad number, if it was entered
before. Here the question is asked of a snapshot, afterwards: which value was the
first that is not finite, which gradient, which activations no longer pass
anything on, and on which way a gradient is lost or blown up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from autograd.engine.primitive import Primitive
from autograd.engine.table import arctan, erf, hard_tanh, relu, sigmoid, softsign, tanh
from autograd.snapshot import Node, Snapshot
from autograd.snapshot.paths import Step, Trail, size_of, steps_of, strongest

# Activations that go flat on both sides, with their slope at 0, which is their greatest.
_FLATTENING: Final[dict[Primitive, float]] = {
    op: op.derivatives[0](0.0, op(0.0)) for op in (arctan, erf, hard_tanh, sigmoid, softsign, tanh)
}


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something that is wrong at a node of a graph.

    Attributes:
        kind: ``"value"`` or ``"gradient"`` for the first number that is not finite,
            ``"dead"`` for a relu that lets nothing pass, ``"saturated"`` for an activation
            in its flat part, ``"vanishing"`` or ``"exploding"`` for a gradient.
        node: the id of the node.
        formula: the operation at the node with the names of its operands.
        inputs: the numbers that these stood for.
        place: where in the model the node is, or "".
        message: what is wrong, in a sentence.
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
    """What is wrong with the numbers of ``graph``; see `Graph.anomalies`."""
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
        *_flat_activations(graph, saturated),
        *_lost_and_blown_up(graph, vanishing, exploding),
    ]


def _first_bad_value(graph: Snapshot) -> Iterator[Anomaly]:
    for node in graph:
        if not math.isfinite(node.data):
            what = "given" if node.op is None else "computed"
            yield _anomaly(
                graph, "value", node, f"The first value that is not finite, {what}: {node.data}."
            )
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
        for position, source in enumerate(node.inputs):
            local = node.local_derivatives[position]
            share = local * adjoints[node.id]
            if not math.isfinite(share):
                yield _anomaly(
                    graph,
                    "gradient",
                    node,
                    f"The first gradient that is not finite: {graph.name(source)} gets "
                    f"{share}, the local derivative {local:g} times {adjoints[node.id]:g}.",
                )
                return


def _flat_activations(graph: Snapshot, saturated: float) -> Iterator[Anomaly]:
    """Activations that are flat in every sample, one report for each neuron."""
    for nodes in _activations(graph):
        often = "" if len(nodes) == 1 else f" in all of {len(nodes)} samples"
        first = nodes[0]
        if all(node.op is relu and node.data == 0.0 for node in nodes):
            message = f"A dead relu: its input is not above 0{often}, so no gradient passes."
            yield _anomaly(graph, "dead", first, message)
        elif all(_is_flat(node, saturated) for node in nodes):
            slopes = [abs(node.local_derivatives[0]) for node in nodes]
            message = (
                f"A saturated activation: its slope is at most {max(slopes):.3g}{often}, "
                f"against {_FLATTENING[_operation(first)]:.3g} in the middle."
            )
            yield _anomaly(graph, "saturated", first, message)


def _activations(graph: Snapshot) -> Iterable[list[Node]]:
    """The nodes of each activation: those of all samples together, where they are known."""
    found: dict[tuple[Primitive, int | str], list[Node]] = {}
    for node in graph:
        if node.op is not None and node.inputs and (node.op is relu or node.op in _FLATTENING):
            owner: int | str = f"node {node.id}"
            if node.group is not None:
                group = graph.groups[node.group]
                owner = group.id if group.kind != "sample" or group.parent is None else group.parent
            found.setdefault((node.op, owner), []).append(node)
    return found.values()


def _is_flat(node: Node, saturated: float) -> bool:
    op = _operation(node)
    return op in _FLATTENING and abs(node.local_derivatives[0]) <= saturated * _FLATTENING[op]


def _operation(node: Node) -> Primitive:
    assert node.op is not None
    return node.op


def _lost_and_blown_up(graph: Snapshot, vanishing: float, exploding: float) -> Iterator[Anomaly]:
    """The leaves that the smallest and the largest gradient reach, on the strongest way to each."""
    steps: dict[int, list[Step[float]]] = {}
    for node in reversed(graph.nodes):
        for source, local in zip(node.inputs, node.local_derivatives):
            if local != 0.0 and math.isfinite(local):
                steps.setdefault(source, []).append(Step(node.id, size_of(local), local))
    # No gradient but 1 reaches the root, even if it is a leaf.
    leaves = {
        id: trail
        for id, found in strongest(graph.root.id, steps, 1).items()
        for trail in found.trails
        if trail is not None and graph[id].op is None
    }
    if not leaves:
        return
    weakest = min(sorted(leaves), key=lambda leaf: leaves[leaf].size)
    greatest = max(sorted(leaves), key=lambda leaf: leaves[leaf].size)
    if leaves[weakest].size <= _logarithm(vanishing):
        yield _change(graph, "vanishing", weakest, leaves[weakest])
    if leaves[greatest].size >= _logarithm(exploding):
        yield _change(graph, "exploding", greatest, leaves[greatest])


def _change(graph: Snapshot, kind: str, leaf: int, trail: Trail[float]) -> Anomaly:
    """What becomes of the gradient on the strongest way to ``leaf``, and where most of it does."""
    steps = list(steps_of(trail))
    product = math.prod([step.data for step in steps])
    extreme = min if kind == "vanishing" else max
    node, _, local = extreme(steps, key=lambda step: abs(step.data))
    verb = "vanishes" if kind == "vanishing" else "explodes"
    message = (
        f"The gradient {verb} on its way to {graph.name(leaf)}: the strongest of the "
        f"ways there multiplies it by {product:.3g} in {len(steps)} steps, "
        f"and one step by {local:.3g}."
    )
    return _anomaly(graph, kind, graph[node], message)


def _logarithm(size: float) -> float:
    return math.log(size) if size > 0.0 else -math.inf


def _anomaly(graph: Snapshot, kind: str, node: Node, message: str) -> Anomaly:
    operands = [graph[x] if isinstance(x, int) else x for x in node.operands]
    names = [graph.name(x) if isinstance(x, Node) else f"{x:g}" for x in operands]
    formula = graph.name(node)
    if node.op is not None:
        formula += f" = {node.op.name}({', '.join(names)}) = {node.data:.6g}"
        with_numbers = [
            f"{name} = {x.data:.6g}" for name, x in zip(names, operands) if isinstance(x, Node)
        ]
        formula += f" with {', '.join(dict.fromkeys(with_numbers))}" if with_numbers else ""
    else:
        formula += f" = {node.data:.6g}"
    inputs = tuple([graph[source].data for source in node.inputs])
    return Anomaly(kind, node.id, formula, inputs, graph.place(node), message)
