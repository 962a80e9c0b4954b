"""Generated programs on the engine of the page, compared with 60 digits.

    python -m tests.page.programs [count]

prints how close the values and the gradients come to their bounds, which are derived for each
program, and how many are what Python gives to the last bit.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from autograd import graph
from autograd.page.data import graph_data
from autograd.page.operations import Operations
from autograd.snapshot import Snapshot
from autograd.testing import Expression, expressions
from autograd.testing.exact import Expected
from tests.page.nodejs import AllRules, from_json, run


def drawn(count: int, **options: Any) -> list[Expression]:
    """Programs of up to 12 operations."""
    programs: list[Expression] = []

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(expressions(max_size=12, **options))
    def keep(program: Expression) -> None:
        programs.append(program)

    keep()
    return programs


def recorded(program: Expression) -> Snapshot:
    """The graph of a program, whose inputs are labelled by their positions."""
    inputs, out = program.on_values()
    out.backward()
    for i, x in enumerate(inputs):
        x.label = str(i)
    return graph(out)


def computed(graphs: Sequence[Snapshot]) -> list[tuple[list[float], list[float]]]:
    """The values and the gradients of each graph, all by one run of Node."""
    script = """
    const answer = data.map((graph) => {
      const { value, grad, count } = new Tape(graph);
      return [[...value.subarray(0, count)], [...grad]];
    });
    """
    data = [graph_data(snapshot, Operations(snapshot)) for snapshot in graphs]
    return [
        ([from_json(x) for x in value], [from_json(x) for x in grad])
        for value, grad in run(AllRules(), script, data)
    ]


def compared(
    programs: Sequence[Expression],
) -> Iterator[tuple[Expression, list[tuple[str, float, Expected]]]]:
    """For each program its numbers in the page, and what they should be."""
    graphs = [recorded(program) for program in programs]
    for program, snapshot, (values, grads) in zip(programs, graphs, computed(graphs), strict=True):
        expected = program.exact()
        comparisons = [("the value", values[-1], expected.value)]
        for node in snapshot:
            if node.label:
                slope = expected.gradient[int(node.label)]
                comparisons.append((f"d out / d x{node.label}", grads[node.id], slope))
        yield program, comparisons


def main(count: int) -> int:
    programs = drawn(count)
    compare, failed, worst = 0, 0, 0.0
    for program, comparisons in compared(programs):
        for what, found, expected in comparisons:
            compare += 1
            if not expected.allows(found):
                failed += 1
                print(f"{what} is {found!r}, should be {expected}, in\n{program}\n")
            elif 0.0 < expected.error < math.inf:
                worst = max(worst, float(abs(found - expected.number)) / expected.error)
    same, numbers = 0, 0
    graphs = [recorded(program) for program in programs]
    for snapshot, (values, grads) in zip(graphs, computed(graphs), strict=True):
        for node, value, grad in zip(snapshot, values, grads, strict=True):
            same += (repr(value) == repr(node.data)) + (repr(grad) == repr(node.grad))
            numbers += 2
    print(f"{len(programs)} programs, {compare} numbers compared, {failed} beyond their bounds;")
    print(f"the worst within comes to {worst:.2f} of its bound")
    print(f"{same} of {numbers} values and gradients are Python's to the last bit")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
