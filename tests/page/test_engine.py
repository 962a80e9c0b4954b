"""The engine of the page: it computes what Python computes, forwards and backwards."""

from __future__ import annotations

import math
from typing import Any

import pytest

import autograd
from autograd import Primitive, Reduction, Value, graph
from autograd.engine import table
from autograd.page.data import graph_data
from autograd.page.operations import Operations
from tests.drawings import network
from tests.page.nodejs import from_json, needs_node, run
from tests.page.programs import compared, computed, drawn, recorded

pytestmark = needs_node


def on_tape(y: Value, script: str) -> Any:
    """What a script makes of the ``tape`` of a graph."""
    snapshot = graph(y)
    operations = Operations(snapshot)
    data = graph_data(snapshot, operations)
    return run(operations, f"const tape = new Tape(data);\n{script}", data)


# ── As Python computes it ─────────────────────────────────────────────────────


def test_values_and_gradients_of_programs_are_those_of_the_oracle() -> None:
    for program, comparisons in compared(drawn(30)):
        for what, found, expected in comparisons:
            assert expected.allows(found), f"{what} is {found!r} in\n{program}"


def test_from_the_same_numbers_come_the_same_infinities_and_nans() -> None:
    programs = drawn(30, allow_nan=True, allow_infinity=True)
    graphs = [recorded(program) for program in programs]
    for program, snapshot, (values, _) in zip(programs, graphs, computed(graphs), strict=True):
        for node in snapshot:
            if all(repr(values[x]) == repr(snapshot[x].data) for x in node.inputs):
                assert math.isfinite(values[node.id]) == math.isfinite(node.data), program
                assert values[node.id] == pytest.approx(node.data, 1e-9, 1e-300, True), program


def test_a_network_gives_the_gradients_of_its_own_backward_pass() -> None:
    snapshot = network([3, 4, 1], 2)
    [(values, grads)] = computed([snapshot])
    assert values == pytest.approx([node.data for node in snapshot], 1e-13)
    assert grads == pytest.approx(snapshot.adjoints(), 1e-12, 1e-300)


# ── Edits and steps ───────────────────────────────────────────────────────────


def test_a_number_that_is_set_changes_all_that_follows() -> None:
    x, w = Value(3.0, "x"), Value(2.0, "w")
    y = (x * w).tanh() + w**2
    script = """
    tape.value[WHICH] = 0.25;
    const before = tape.value[tape.root];
    tape.recompute();
    const answer = [before, tape.value[tape.root], [...tape.grad]];
    """
    where = graph(y)[w].id
    before, after, grad = on_tape(y, script.replace("WHICH", str(where)))
    changed = Value(0.25)
    out = (x * changed).tanh() + changed**2
    out.backward()
    assert before == y.data
    assert after == out.data
    assert grad[where] == changed.grad


def test_values_alone_are_computed_by_evaluate() -> None:
    x = Value(3.0)
    script = """
    tape.value[0] = 5;
    tape.evaluate();
    const answer = [tape.value[tape.root], tape.local[0]];
    """
    assert on_tape(x**2.0, script) == [25.0, 6.0]


def test_a_pass_may_stop_at_a_node() -> None:
    a, b = Value(2.0), Value(3.0)
    c = a * b
    d = c + a
    out = d * c
    script = "const answer = [4, 3, 2, 1].map((until) => [...tape.backward(until)]);"
    ids = [graph(out)[x].id for x in (a, b, c, d, out)]
    assert ids == [0, 1, 2, 3, 4]
    assert on_tape(out, script) == [
        [0.0, 0.0, 8.0, 6.0, 1.0],  # c and d have the shares of out
        [6.0, 0.0, 14.0, 6.0, 1.0],  # c and a those of d
        [48.0, 28.0, 14.0, 6.0, 1.0],  # a and b those of c
        [48.0, 28.0, 14.0, 6.0, 1.0],
    ]


def test_gradients_may_go_elsewhere() -> None:
    script = """
    const elsewhere = new Float64Array(tape.count);
    tape.backward(2, elsewhere);
    const answer = [[...elsewhere], [...tape.grad]];
    """
    assert on_tape((Value(2.0) * 3.0) * 5.0, script) == [[0.0, 5.0, 1.0], [15.0, 5.0, 1.0]]


def test_the_uses_of_a_node_are_known() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    out = a * b + a * a * 7.0
    script = """
    const answer = [];
    for (let i = 0; i < tape.count; i++) {
      answer.push([...tape.usesOf(i)].map((k) => [tape.owner[k], k - tape.start[tape.owner[k]]]));
    }
    """
    snapshot = graph(out)
    uses: list[list[list[int]]] = [[] for _ in snapshot]
    for node in snapshot:
        for place, x in enumerate(node.operands):
            if isinstance(x, int):
                uses[x].append([node.id, place])
    assert on_tape(out, script) == uses


def test_local_derivatives_are_those_of_python_and_0_for_constants() -> None:
    a, b = Value(-2.0), Value(3.0)
    out = autograd.clamp(a * 0.5, -3.0, b) + autograd.dot([a, 1.0], [b, 2.0]) + a**2.0
    snapshot = graph(out)
    local = on_tape(out, "const answer = [...tape.local];")
    expected = []
    for node in snapshot:
        known = iter(node.local_derivatives)
        expected += [next(known) if isinstance(x, int) else 0.0 for x in node.operands]
    assert local == expected


# ── Operations of one's own ───────────────────────────────────────────────────

softcap = Primitive.from_formula("softcap", lambda x, c=2.0: c * autograd.tanh(x / c))
rms = Reduction(
    "rms",
    lambda xs: (sum(x * x for x in xs) / len(xs)) ** 0.5,
    lambda xs, out: [x / (len(xs) * out) for x in xs],
)
strange = Primitive("strange", lambda x: math.exp(-x), lambda x, out: -out)


def test_an_operation_of_ones_own_is_computed_as_python_does() -> None:
    a, b = Value(1.5), Value(-2.0)
    out = softcap(a * b) + rms([a, b, 3.0]) * rms([a, b])
    out.backward()
    script = "const { value, root, grad } = tape, reasons = [0, 1].map((i) => tape.reason(i));"
    script += "const answer = [value[root], grad[0], grad[1], reasons];"
    value, *grad, reasons = on_tape(out, script)
    assert value == pytest.approx(out.data, 1e-15)
    assert grad == pytest.approx([a.grad, b.grad], 1e-15)
    assert reasons == ["", ""]


def test_programs_as_operations_of_ones_own_are_within_the_bounds_of_the_programs() -> None:
    graphs = []
    for program in drawn(25):
        if any(step.operation is table.where for step in program.steps):
            continue  # it looks at a number
        names = [f"x{i}" for i in range(len(program.point))]
        formula = eval(
            f"lambda {', '.join(names)}: program({', '.join(names)})", {"program": program}
        )
        inputs = [Value(number) for number in program.point]
        graphs.append((program, inputs, Primitive.from_formula("program", formula)(*inputs)))
    snapshot = graph(autograd.sum([out for _, _, out in graphs]))
    operations = Operations(snapshot)
    assert operations.frozen == []
    data = graph_data(snapshot, operations)
    script = "const { value, grad } = new Tape(data), answer = [[...value], [...grad]];"
    value, grad = run(operations, script, data)
    for program, inputs, out in graphs:
        expected = program.exact()
        assert expected.value.allows(from_json(value[snapshot[out].id])), program
        for x, slope in zip(inputs, expected.gradient, strict=True):
            assert slope.allows(from_json(grad[snapshot[x].id])), program


def test_a_frozen_node_keeps_its_number_and_its_local_derivatives() -> None:
    a, b = Value(0.5, "a"), Value(3.0, "b")
    out = strange(a) * b
    script = """
    tape.value[WHICH] = 4;
    tape.recompute();
    const answer = [[...tape.value], [...tape.grad], tape.isFrozen(FROZEN)];
    """
    snapshot = graph(out)
    ids = {x: snapshot[x].id for x in (a, b)}
    frozen = next(node.id for node in snapshot if node.op is strange)
    script = script.replace("WHICH", str(ids[b])).replace("FROZEN", str(frozen))
    value, grad, is_frozen = on_tape(out, script)
    assert is_frozen
    assert value[snapshot.root.id] == math.exp(-0.5) * 4.0
    assert grad[ids[a]] == -math.exp(-0.5) * 4.0


def test_what_a_frozen_node_was_computed_from_is_held_with_the_reason() -> None:
    a, b = Value(0.5), Value(3.0)
    inner = a * 2.0
    out = strange(inner.sin()) * b + b
    snapshot = graph(out)
    reasons, leaves = on_tape(
        out,
        "const all = [...tape.op.keys()], each = (f) => all.map((i) => f.call(tape, i));"
        "const answer = [each(tape.reason), each(tape.isLeaf)];",
    )
    below = {node.id for node in snapshot.ancestors(next(n for n in snapshot if n.op is strange))}
    assert {i for i, each in enumerate(reasons) if each} == below == {0, 1, 2}
    for node in snapshot:
        assert leaves[node.id] == (node.op is None)
    assert reasons[0] == (
        "a change would not reach strange, which the page cannot compute: its functions do more "
        "than combine operations of autograd"
    )


def test_numbers_that_are_not_finite_arrive() -> None:
    x = Value(math.inf)
    infinite = autograd.record(-math.inf, [x], [math.nan])
    script = "const answer = [[...tape.value], [...tape.local], [...tape.grad]];"
    value, local, grad = on_tape(infinite * 2.0, script)
    assert value == ["Infinity", "-Infinity", "-Infinity", 2.0]
    assert local == ["NaN", 2.0, 0.0]
    assert grad == ["NaN", 2.0, 1.0]
