"""graph: an immutable snapshot, and finding nodes in it."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given

from autograd import Value, graph, topological_order
from autograd.testing import Expression, expressions
from autograd.testing.expression import apply
from nn import MLP


def two_to_three() -> dict[str, Value]:
    """c = a * b; d = c + a; the root e = d * 2."""
    a, b = Value(3.0, "a"), Value(5.0, "b")
    c = a * b
    d = c + a
    c.label, d.label = "c", "d"
    e = d * 2
    e.label = "e"
    return {"a": a, "b": b, "c": c, "d": d, "e": e}


def test_a_node_says_what_its_value_says() -> None:
    values = two_to_three()
    values["e"].backward()
    snapshot = graph(values["e"])
    assert len(snapshot) == 5
    for node, value in zip(snapshot, topological_order(values["e"]), strict=True):
        assert snapshot[value] is node
        assert (node.label, node.data, node.grad, node.op) == (
            value.label,
            value.data,
            value.grad,
            value.op,
        )
        assert node.local_derivatives == value.local_derivatives
        operands = [snapshot[x] if isinstance(x, int) else x for x in node.operands]
        assert [x if isinstance(x, float) else x.data for x in operands] == [
            x if isinstance(x, float) else x.data for x in value.operands
        ]
        assert [snapshot.nodes[id] for id in node.inputs] == [snapshot[x] for x in value.inputs]
    assert snapshot.root is snapshot[values["e"]]


def test_a_gradient_is_none_where_no_backward_pass_has_been() -> None:
    x = Value(2.0)
    y = x * 0
    assert [node.grad for node in graph(y)] == [None, None]
    y.backward()
    assert [node.grad for node in graph(y)] == [0.0, 1.0]


def test_a_snapshot_does_not_change_with_the_values() -> None:
    values = two_to_three()
    snapshot = graph(values["e"])
    before = snapshot.nodes
    values["a"].data = 100.0
    values["e"].backward()
    values["a"].label = "changed"
    assert snapshot.nodes is before
    assert (snapshot["a"].data, snapshot["a"].grad) == (3.0, None)


def test_a_snapshot_cannot_be_changed() -> None:
    snapshot = graph(Value(1.0) * 2)
    with pytest.raises(AttributeError) as error:
        snapshot.nodes = ()
    assert str(error.value) == "a Graph is a snapshot, and its nodes cannot be changed"
    with pytest.raises(AttributeError):
        snapshot.root.data = 3.0  # type: ignore[misc]


@given(expressions())
def test_the_same_program_gives_the_same_ids(expression: Expression) -> None:
    first, second = (graph(expression.on_values()[1]) for _ in range(2))
    assert repr(first.nodes) == repr(second.nodes)
    assert all(source < node.id for node in first for source in node.inputs)
    assert [node.id for node in first] == list(range(len(first)))


def test_a_node_is_found_by_value_id_node_and_label() -> None:
    values = two_to_three()
    snapshot = graph(values["e"])
    node = snapshot["c"]
    assert node.data == 15.0
    assert snapshot[values["c"]] is snapshot[node.id] is snapshot[node] is node


def test_a_node_that_is_not_there_is_an_error_that_says_so() -> None:
    a = Value(1.0, "twin")
    snapshot = graph(a * Value(2.0, "twin"))
    stranger = Value(7.0, "stranger")
    messages: dict[Value | int | str, str] = {
        stranger: "Value(7.0, label='stranger') has no part in this graph",
        3: "there is no node 3: ids go from 0 to 2",
        -1: "there is no node -1: ids go from 0 to 2",
        "none": "no node has the label 'none': find() searches for a pattern",
        "twin": "2 nodes have the label 'twin': choose one by its id, of 0, 1",
    }
    for which, message in messages.items():
        with pytest.raises(KeyError) as error:
            snapshot[which]
        assert error.value.args == (message,)
    with pytest.raises(TypeError) as type_error:
        snapshot[1.5]  # type: ignore[index]
    assert str(type_error.value) == "a node is found by a Value, an id or a label, not by a float"


def test_only_a_value_has_a_graph() -> None:
    with pytest.raises(TypeError) as error:
        graph(3.0)  # type: ignore[arg-type]
    assert str(error.value) == (
        "graph() takes the Value that a graph leads to, such as the loss of a model; got a float"
    )


def test_nodes_are_found_by_label_by_name_and_by_place() -> None:
    model = MLP(1, [2, 1])
    x = Value(1.0, "x[1]")
    y = model([x])
    y.label = "output"
    snapshot = graph(y)
    assert [node.label for node in snapshot.find("out*")] == ["output"]
    assert [node.label for node in snapshot.find("OUT*")] == []
    assert [node.label for node in snapshot.find("x[[]1]")] == ["x[1]"]
    assert len(snapshot.find("w.?")) == 4
    assert len(snapshot.find("MLP.layers.1.*")) == 3
    assert snapshot.find("") == []


def test_ancestors_descendants_and_users() -> None:
    values = two_to_three()
    snapshot = graph(values["e"])
    assert [node.label for node in snapshot.ancestors("c")] == ["a", "b"]
    assert [node.label for node in snapshot.descendants("c")] == ["d", "e"]
    assert [node.label for node in snapshot.descendants("b")] == ["c", "d", "e"]
    assert snapshot.ancestors("a") == snapshot.descendants("e") == []
    assert [snapshot[id].label for id in snapshot.users("a")] == ["c", "d"]
    square = graph(values["a"] * values["a"])
    assert square.users("a") == (1,)


@given(expressions())
def test_adjoints_are_what_backward_gives(expression: Expression) -> None:
    inputs = [Value(x) for x in expression.point]
    *_, inner, root = expression.evaluate(inputs, apply)
    for target in (root, inner):
        snapshot = graph(root)
        if target not in set(topological_order(root)):
            continue
        for value in topological_order(root):
            value.grad = 0.0
        target.backward()
        expected = [value.grad for value in topological_order(root)]
        adjoints = snapshot.adjoints(target)
        assert adjoints == pytest.approx(expected, rel=1e-9, abs=1e-300, nan_ok=True)


def test_adjoints_need_no_backward_pass_and_leave_no_trace() -> None:
    values = two_to_three()
    snapshot = graph(values["e"])
    adjoints = snapshot.adjoints()
    assert {label: adjoints[snapshot[label].id] for label in values} == {
        "a": 12.0,  # 2 * (b + 1)
        "b": 6.0,  # 2 * a
        "c": 2.0,
        "d": 2.0,
        "e": 1.0,
    }
    assert snapshot.adjoints("c")[snapshot["d"].id] == 0.0
    assert not values["a"].has_grad


def test_what_does_not_lead_to_the_target_hands_nothing_on() -> None:
    # The logarithm of 0 has the local derivative inf, which must not meet its adjoint of 0.
    x = Value(0.0, "x")
    y = x * 3
    y.label = "y"
    assert graph(y + x.log()).adjoints("y")[0] == 3.0


def test_a_deep_graph_is_no_trouble() -> None:
    value = x = Value(1.0, "x")
    for _ in range(50_000):
        value = value + 1
    snapshot = graph(value)
    assert len(snapshot.ancestors(value)) == 50_000
    assert len(snapshot.descendants(x)) == 50_000
    assert snapshot.path(x).listed[0].product == 1.0


def test_a_graph_shows_its_size() -> None:
    assert repr(graph(Value(1.0) + 1)) == "<graph of 2 nodes>"
    model = MLP(1, [1])
    assert repr(graph(model([1.0]))) == "<graph of 4 nodes, 3 groups>"


def test_a_snapshot_is_copied_and_pickled() -> None:
    values = two_to_three()
    snapshot = graph(values["e"])
    for copied in (
        copy.copy(snapshot),
        copy.deepcopy(snapshot),
        pickle.loads(pickle.dumps(snapshot)),
    ):
        assert copied.nodes == snapshot.nodes
        assert copied.users("a") == snapshot.users("a")


def test_a_parameter_is_found_by_what_it_is_called() -> None:
    model = MLP(1, [1])
    snapshot = graph(model([2.0]))
    weight = model.layers[0].neurons[0].w[0]
    assert snapshot.name(weight) == "MLP.layers.0.neurons.0.w.0"
    assert snapshot["MLP.layers.0.neurons.0.w.0"] is snapshot[weight]
    assert snapshot["v2"] is snapshot[2]


def test_what_cannot_be_printed_is_quoted_in_a_name() -> None:
    assert graph(Value(1.0, "a\nb")).name(0) == "'a\\nb'"
