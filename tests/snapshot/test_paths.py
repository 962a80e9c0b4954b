"""Graph.path: every path from a leaf to the root."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Graph, Value, graph
from autograd import sum as total
from autograd.snapshot import Node
from autograd.testing import Expression, expressions
from tests.engine.test_gradients import MOST_USED


def all_paths(graph: Graph, node: Node, leaf: Node) -> list[tuple[tuple[int, ...], float]]:
    """Every path from ``leaf`` to ``node`` with its product, by following all of them."""
    if node.id == leaf.id:
        return [((leaf.id,), 1.0)]
    return [
        ((*path, node.id), so_far * local)
        for source, local in zip(node.inputs, node.local_derivatives)
        for path, so_far in all_paths(graph, graph[source], leaf)
    ]


@given(expressions(MOST_USED, max_size=6))
def test_every_path_is_found_with_its_product(expression: Expression) -> None:
    inputs, out = expression.on_values()
    snapshot = graph(out)
    leaf = snapshot[inputs[0]]
    expected = all_paths(snapshot, snapshot.root, leaf)
    found = snapshot.path(leaf, limit=10_000)
    assert found.count == len(found) == len(expected)
    assert sorted(path.nodes for path in found) == sorted(nodes for nodes, _ in expected)
    by_nodes = sorted((path.nodes, path.product) for path in found)
    for (_, actual), (_, wanted) in zip(by_nodes, sorted(expected)):
        assert actual == pytest.approx(wanted, rel=1e-9, abs=1e-300, nan_ok=True)
    assert found.nodes == {id for nodes, _ in expected for id in nodes}
    for path in found:
        for below, above, position, local in zip(
            path.nodes[:-1], path.nodes[1:], path.positions, path.local_derivatives, strict=True
        ):
            assert snapshot[above].inputs[position] == below
            assert str(snapshot[above].local_derivatives[position]) == str(local)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=5), st.integers(0, 12))
def test_the_paths_that_contribute_most_are_listed(factors: list[float], limit: int) -> None:
    # Each step doubles the paths: value * factor + value.
    x = value = Value(1.0)
    for factor in factors:
        value = value * factor + value
    paths = graph(value).path(x, limit=limit)
    sizes = sorted((abs(math.prod(w)) for w in product(*[(f, 1.0) for f in factors])), reverse=True)
    assert paths.count == 2 ** len(factors)
    assert [abs(path.product) for path in paths] == pytest.approx(
        sizes[:limit], rel=1e-12, abs=1e-200
    )


def test_their_sum_is_the_gradient_however_few_are_listed() -> None:
    x = value = Value(1.0)
    for _ in range(200):
        value = value * 0.5 + value
    value.backward()
    paths = graph(value).path(x, limit=3)
    assert (paths.count, len(paths)) == (2**200, 3)
    assert paths.total == pytest.approx(x.grad, rel=1e-12)
    assert [path.product for path in paths] == [1.0, 0.5, 0.5]


def test_there_is_no_path_from_where_nothing_leads_to_the_root() -> None:
    x = Value(2.0, "x")
    y = x * 3
    root = y + 1
    snapshot = graph(root)
    assert snapshot.path(root).count == 1
    assert snapshot.path(root).listed[0].nodes == (snapshot.root.id,)
    assert snapshot.path(root).total == 1.0
    # A leaf of the graph always has a path, so one is made by a snapshot of more.
    assert [path.nodes for path in snapshot.path(x)] == [(0, 1, 2)]


def test_zeros_and_infinities_are_paths_too() -> None:
    x = Value(0.0, "x")
    paths = graph(x.sqrt() + x * 0 + x * 5).path(x)
    assert [path.product for path in paths] == [math.inf, 5.0, 0.0]
    assert paths.total == math.inf


def test_the_limit_is_not_negative() -> None:
    x = Value(1.0)
    with pytest.raises(
        ValueError, match=r"^limit is the number of paths listed, 0 or more; got -1$"
    ):
        graph(x * 2).path(x, limit=-1)
    assert graph(x * 2).path(x, limit=0).listed == ()


def test_paths_are_printed_with_the_names_of_the_nodes() -> None:
    x = Value(2.0, "x")
    y = x * x * 5
    y.label = "y"
    assert str(graph(y).path(x, limit=1)) == (
        "2 paths from x to y, whose products add up to 20\n  10 = 2 * 5: x -> v1 -> y\n  and 1 more"
    )
    assert str(graph(x).path(x)) == "1 path from x to x, whose products add up to 1\n  1 = 1: x"


def test_paths_that_contribute_alike_are_no_trouble() -> None:
    x = value = Value(1.0, "x")
    for _ in range(300):
        value = value + value
    paths = graph(value).path(x)
    assert (paths.count, [path.product for path in paths]) == (2**300, [1.0] * 10)
    assert len({path.positions for path in paths}) == 10


def test_a_path_of_13_values_is_printed_whole_and_a_longer_one_shortened() -> None:
    x = value = Value(1.0, "x")
    for _ in range(12):
        value = value + 1
    whole = " -> ".join(["x", *[f"v{number}" for number in range(1, 13)]])
    assert str(graph(value).path(x)).endswith(f": {whole}")
    assert str(graph(value + 1).path(x)).endswith(
        ": x -> v1 -> v2 -> v3 -> v4 -> v5 -> ... -> v8 -> v9 -> v10 -> v11 -> v12 -> v13"
    )


def test_long_paths_and_large_counts_are_shortened() -> None:
    x = value = Value(1.0, "x")
    for _ in range(20_000):
        value = value + value
    shown = str(graph(value).path(x, limit=1))
    assert shown.startswith("more than 1e+18 paths from x to v20000, ")
    assert "-> v5 -> ... -> v19995 ->" in shown
    assert shown.endswith("\n  and more than 1e+18 more")


@pytest.mark.parametrize(
    ("count", "shown"), [(10, str(10**18)), (11, "more than 1e+18")], ids=["written", "more"]
)
def test_a_count_is_said_to_be_more_than_a_bound_only_if_it_is(count: int, shown: str) -> None:
    x = value = Value(1.0, "x")
    for _ in range(17):
        value = total([value] * 10)
    value = total([value] * count)
    assert str(graph(value).path(x, limit=0)).startswith(f"{shown} paths from x to ")
