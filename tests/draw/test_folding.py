"""Folding: the values that share a box, and the size of the picture."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Graph, Value, graph
from autograd import sum as total
from autograd.draw import picture_of
from autograd.draw.folding import Folding, fold
from autograd.draw.picture import Picture
from autograd.draw.statistics import statistics
from nn import Neuron
from tests.drawings import contents, edges, network, trained


def connected(snapshot: Graph, folding: Folding) -> set[tuple[int, int]]:
    """The edges between parts."""
    return {
        (folding.part_of[source], folding.part_of[node.id])
        for node in snapshot
        for source in node.inputs
        if folding.part_of[source] != folding.part_of[node.id]
    }


def is_acyclic(count: int, pairs: set[tuple[int, int]]) -> bool:
    waiting = [0] * count
    for _, head in pairs:
        waiting[head] += 1
    ready = [part for part in range(count) if not waiting[part]]
    for part in ready:
        for tail, head in pairs:
            if tail == part:
                waiting[head] -= 1
                if not waiting[head]:
                    ready.append(head)
    return len(ready) == count


def titles(picture: Picture) -> list[str]:
    return [lines[0] for lines in contents(picture).values()]


# ── By groups ─────────────────────────────────────────────────────────────────


def test_each_depth_opens_one_level_of_groups_more() -> None:
    snapshot = network([2, 1], 1)
    groups = {
        depth: [title for title in titles(picture_of(snapshot, depth=depth)) if title[-1] == ")"]
        for depth in range(4)
    }
    assert titles(picture_of(snapshot, depth=0))[1] == "MLP"
    assert groups == {
        0: [],
        1: ["layers.1 (Layer)", "layers.0 (Layer)"],
        2: ["neurons.0 (Neuron)", "neurons.0 (Neuron)", "neurons.1 (Neuron)"],
        3: [],
    }
    frames = {
        depth: [frame.title for frame in picture_of(snapshot, depth=depth).frames]
        for depth in range(4)
    }
    assert frames[0] == []
    assert frames[1] == ["MLP"]
    assert frames[2] == ["MLP", "layers.0 (Layer)", "layers.1 (Layer)"]
    assert len(frames[3]) == 6
    assert picture_of(snapshot, depth=17) == picture_of(snapshot, depth=3)


def test_boxes_and_frames_lie_in_the_frames_of_their_groups() -> None:
    picture = picture_of(network([2, 1], 1), depth=3, max_boxes=None)
    places = []
    for box in picture.boxes:
        if box.lines[0].text == "relu":
            place, frame = [], box.frame
            while frame is not None:
                place.append(picture.frames[frame].title)
                frame = picture.frames[frame].parent
            places.append(place)
    assert places == [[f"neurons.{i} (Neuron)", "layers.0 (Layer)", "MLP"] for i in (0, 1)]
    loss = next(box for box in picture.boxes if box.lines[0].text == "loss")
    assert loss.frame is None
    assert picture_of(network([2, 1], 1), frames=False).frames == ()


def test_samples_of_a_batch_are_the_deepest_level() -> None:
    picture = picture_of(network([2, 1], 3), depth=3, max_boxes=None)
    assert sum(re.fullmatch(r"sample \d", title) is not None for title in titles(picture)) == 9
    assert "w.0" in titles(picture)


def test_without_a_depth_as_much_is_open_as_fits() -> None:
    snapshot = network([4, 1], 1)
    boxes = {depth: len(picture_of(snapshot, depth=depth).boxes) for depth in range(4)}
    assert boxes == {0: 7, 1: 8, 2: 11, 3: 51}
    for limit, depth in [(50, 2), (51, 3), (11, 2), (10, 1), (None, 3)]:
        assert fold(snapshot, None, limit).depth == depth
    # Too many edges make a picture as unreadable as too many boxes.
    dense = network([16, 16, 1], 1)
    assert len(picture_of(dense, depth=2).boxes) <= 40
    assert fold(dense, None, 40).depth == 1


def test_a_picture_says_that_it_is_folded_and_how_to_unfold_it() -> None:
    snapshot = network([4, 1], 1)
    assert picture_of(snapshot).caption == (
        "Folded to depth 2 of 3: 51 values in 11 boxes. "
        "depth=3 unfolds more, max_boxes=None shows everything."
    )
    assert picture_of(snapshot, depth=0).caption == (
        "Folded to depth 0 of 3: 51 values in 7 boxes. depth=1 unfolds more."
    )
    assert picture_of(snapshot, max_boxes=None).caption == ""
    assert picture_of(network([4, 1], 30)).caption.startswith(
        "Folded to depth 2 of 4, operations contracted: "
    )
    assert picture_of(graph(long_chain(100))).caption == (
        "Operations contracted: 101 values in 8 boxes. max_boxes=None shows everything."
    )
    assert picture_of(graph(total([Value(1.0) for _ in range(60)]))).caption == (
        "Leaves contracted: 61 values in 2 boxes. max_boxes=None shows everything."
    )
    assert picture_of(network([2, 1], 30), depth=1).caption == (
        "Folded to depth 1 of 4, operations contracted: 580 values in 7 boxes. "
        "depth=2 unfolds more, max_boxes=None contracts nothing."
    )


def test_chosen_groups_are_open_with_what_is_around_them_and_no_other() -> None:
    snapshot = network([2, 1], 2)
    picture = picture_of(snapshot, open=["MLP.layers.0.neurons.1.sample 1"], max_boxes=None)
    frames = ["MLP", "layers.0 (Layer)", "neurons.1 (Neuron)", "sample 1"]
    assert [frame.title for frame in picture.frames] == frames
    folded = ["layers.1 (Layer)", "neurons.0 (Neuron)", "sample 0"]
    assert [lines[0] for name, lines in contents(picture).items() if "group" in name] == folded
    assert picture.caption == (
        "4 of 12 groups open: 48 values in 22 boxes. "
        "depth=4 opens all, max_boxes=None shows everything."
    )


def test_chosen_groups_are_open_besides_those_of_a_depth() -> None:
    snapshot = network([2, 1], 1)
    by_depth = fold(snapshot, 2, None)
    neuron = snapshot.group("MLP.layers.0.neurons.1").id
    assert fold(snapshot, 2, None, [neuron]).open == by_depth.open | {neuron}
    assert fold(snapshot, 2, None, [0]) == by_depth
    everything = range(len(snapshot.groups))
    assert fold(snapshot, None, None, everything).parts == fold(snapshot, None, None).parts


@given(st.data())
@settings(max_examples=25)
def test_every_value_is_in_one_part_whichever_groups_are_open(data: st.DataObject) -> None:
    snapshot = network([2, 1], 2)
    ids = st.sets(st.integers(0, len(snapshot.groups) - 1))
    folding = fold(snapshot, None, data.draw(st.sampled_from([None, 20, 40])), data.draw(ids))
    assert sorted(id for part in folding.parts for id in part.nodes) == [*range(len(snapshot))]
    for part in folding.parts:
        assert {folding.part_of[id] for id in part.nodes} == {folding.parts.index(part)}
        if part.kind == "group":
            assert part.group not in folding.open
        elif part.group is not None:
            assert part.group in folding.open


def test_where_one_sample_is_open_in_a_large_graph_the_others_of_its_module_share_a_box() -> None:
    snapshot = network([4, 1], 30)
    neuron = snapshot.group("MLP.layers.0.neurons.2")
    samples = [group for group in snapshot.groups if group.parent == neuron.id]
    folding = fold(snapshot, None, 60, [samples[3].id])
    assert len(folding.parts) <= 60
    inside = [part for part in folding.parts if part.group == neuron.id]
    others = [node.id for node in snapshot if node.group in {each.id for each in samples}]
    others = [id for id in others if snapshot[id].group != samples[3].id]
    assert [part.nodes for part in inside if part.kind == "operations"] == [tuple(others)]
    opened = [part for part in folding.parts if part.group == samples[3].id]
    assert opened
    assert all(part.kind == "value" for part in opened)
    assert is_acyclic(len(folding.parts), connected(snapshot, folding))


def test_the_losses_of_many_samples_share_a_box() -> None:
    model = Neuron(2)
    outputs = [model([Value(0.1 * i), Value(0.2)]) for i in range(100)]
    loss = total([(output - 1.0) ** 2 for output in outputs])
    snapshot = graph(loss)
    folding = fold(snapshot, 0, 50)
    assert sorted(len(part.nodes) for part in folding.parts if part.kind == "operations") == [200]
    assert len(folding.parts) < 10
    assert is_acyclic(len(folding.parts), connected(snapshot, folding))


def test_a_group_that_is_not_in_the_graph_cannot_be_open() -> None:
    snapshot = network([2, 1], 1)
    message = "there is no group 'MLP.layer.0': did you mean 'MLP.layers.0'?"
    with pytest.raises(KeyError, match=re.escape(message)):
        picture_of(snapshot, open=["MLP.layer.0"])
    with pytest.raises(KeyError, match="there is no group 99: the graph has 6"):
        picture_of(snapshot, open=[99])
    with pytest.raises(KeyError, match="there is no group 'x': the graph has no groups"):
        picture_of(graph(Value(1.0)), open=["x"])
    with pytest.raises(TypeError, match="by its place or an id, not by a float"):
        picture_of(snapshot, open=[1.5])  # type: ignore[list-item]
    for wrong in ("MLP", 3):
        with pytest.raises(TypeError, match="open takes a list of places of groups, got"):
            picture_of(snapshot, open=wrong)  # type: ignore[arg-type]


def test_edges_between_folded_groups_are_one_with_a_count() -> None:
    picture = picture_of(network([3, 2, 1], 4), depth=1)
    groups = {lines[0]: id for id, lines in contents(picture).items()}
    first, second = groups["layers.0 (Layer)"], groups["layers.1 (Layer)"]
    assert [edge for edge in edges(picture) if edge[:2] == (first, second)] == [
        (first, second, "×24")  # 3 outputs into 2 neurons, in 4 samples
    ]


@pytest.mark.parametrize("layer", [0, 1])
def test_a_folded_group_shows_the_statistics_that_numpy_gives(layer: int) -> None:
    model, loss = trained([5, 3, 1], 4)
    snapshot = graph(loss)
    picture = picture_of(snapshot, depth=1, precision=17)
    shown = next(
        lines for lines in contents(picture).values() if lines[0] == f"layers.{layer} (Layer)"
    )
    part = model.layers[layer]
    inside = [node for node in snapshot if snapshot.place(node).startswith(f"MLP.layers.{layer}")]
    values = np.array([node.data for node in inside])
    grads = np.array([node.grad for node in inside], dtype=float)
    norm = np.linalg.norm([parameter.grad for parameter in part.parameters()])
    operations = sum(node.op is not None for node in inside)

    assert shown[1:3] == [f"{len(part.parameters())} parameters", f"{operations} operations"] or (
        shown[1] == f"{len(part.parameters())} parameters, {operations} operations"
    )
    numbers = {
        line.split()[0]: [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", line)]
        for line in shown
        if line.startswith(("values", "grads", "|grad|"))
    }
    assert numbers["values"] == [values.min(), values.max()]
    assert numbers["grads"] == [grads.min(), grads.max()]
    assert numbers["|grad|"] == pytest.approx([norm], rel=1e-15)
    zeros = ", ".join(line for line in shown if "zero" in line)
    assert zeros == ", ".join(
        f"{count} {noun}{'s' if count > 1 else ''} zero"
        for count, noun in [((values == 0).sum(), "value"), ((grads == 0).sum(), "grad")]
        if count
    )


def test_a_folded_group_shows_how_many_numbers_are_not_finite() -> None:
    neuron = Neuron(2, activation="linear")
    out = neuron([Value(math.inf, "x"), Value(1.0, "y")]) * 2.0
    neuron.w[0].data = 0.5
    out = neuron([Value(math.inf, "x"), Value(1.0, "y")]) * 2.0
    out.backward()
    picture = picture_of(graph(out), depth=0)
    box = next(box for box in picture.boxes if box.id == "group0")
    assert [line.text for line in box.lines if line.bold] == [
        "Neuron",
        # The product with inf, the two sums that it is in; and the gradient of its weight.
        "3 values not finite",
        "1 grad not finite",
    ]
    assert box.fill == "#facc15"


def test_without_a_backward_pass_there_are_no_gradients_to_sum_up() -> None:
    neuron = Neuron(2)
    lines = contents(picture_of(graph(neuron([1.0, 2.0]) * 2), depth=0))["group0"]
    assert lines[0] == "Neuron"
    assert "grads –" in lines
    assert not any("|grad|" in line for line in lines)


@given(st.lists(st.floats(width=32), max_size=20))
def test_statistics_are_those_of_numpy(numbers: list[float]) -> None:
    found = statistics(numbers)
    array = np.array(numbers, dtype=float)
    finite = array[np.isfinite(array)]
    assert found.count == len(numbers)
    assert found.not_finite == len(numbers) - len(finite)
    assert found.zeros == (array == 0.0).sum()
    if len(finite):
        assert (found.least, found.largest) == (finite.min(), finite.max())
    else:
        assert math.isnan(found.least)
        assert math.isnan(found.largest)
    with np.errstate(over="ignore"):
        assert found.norm == pytest.approx(np.linalg.norm(array), rel=1e-12, nan_ok=True)


def test_a_norm_is_right_where_squares_leave_the_range_of_floats() -> None:
    assert statistics([3e300, 4e300]).norm == 5e300
    assert statistics([3e-300, 4e-300]).norm == 5e-300
    assert math.isnan(statistics([math.inf, math.nan]).norm)


# ── What is in no group ───────────────────────────────────────────────────────


def long_chain(length: int) -> Value:
    y = Value(1.0, "x")
    for i in range(length):
        y = y.tanh() if i % 2 else y * 2.0
    return y


def test_a_long_chain_is_its_ends_and_the_rest_in_one_box() -> None:
    picture = picture_of(graph(long_chain(20_000)))
    assert titles(picture) == [
        "x",
        "(·) * 2",
        "tanh",
        "(·) * 2",
        "… 19,994 operations …",
        "tanh",
        "(·) * 2",
        "tanh",
    ]
    ids = [box.id for box in picture.boxes]
    assert {edge[:2] for edge in edges(picture)} == set(pairwise(ids))


def test_a_long_sum_is_one_box_of_operations_and_leaves() -> None:
    y = total([Value(float(i)) for i in range(1000)])
    assert titles(picture_of(graph(y))) == ["1,000 leaves", "sum"]
    y = Value(0.0)
    for i in range(1000):
        y = y + Value(float(i))
    folded = [lines for lines in contents(picture_of(graph(y))).values() if len(lines) > 3]
    # Three sums at each end are shown, each with the leaf that it adds: 0 + 0, + 1, + 2, and
    # + 997, + 998, + 999. The last one within is 3 + 4 + ... + 996 and the 3 before it.
    assert folded == [["… 994 operations …", "994 leaves", "values 3 to 4.965e+05", "grads –"]]
    assert sum(range(997)) == 496_506


def test_what_has_a_label_keeps_its_box_where_few_have() -> None:
    y = Value(1.0, "x")
    for i in range(500):
        y = y * 1.5 + Value(1.0)
        if i % 100 == 50:
            y.label = f"step {i}"
    shown = titles(picture_of(graph(y)))
    assert [title for title in shown if title.startswith("step")] == [
        "step 50",
        "step 150",
        "step 250",
        "step 350",
        "step 450",
    ]


def test_neurons_that_nobody_has_declared_are_recognised() -> None:
    """Values that are computed for one value alone are contracted into it."""
    inputs = [Value(1.0, "a"), Value(2.0, "b")]
    hidden = [total([Value(0.5) * x for x in inputs]).tanh() for _ in range(8)]
    snapshot = graph(total(hidden) * total(hidden))
    cones = [part for part in fold(snapshot, None, 40).parts if part.kind == "operations"]
    assert len(cones) == 8
    assert {len(part.nodes) for part in cones} == {6}  # 2 weights, 2 products, sum and tanh


def test_many_models_side_by_side_are_contracted_too() -> None:
    neurons = [Neuron(1) for _ in range(200)]
    x = Value(1.0, "x")
    picture = picture_of(graph(total([neuron([x]) for neuron in neurons])))
    assert len(picture.boxes) <= 40


@st.composite
def any_graphs(draw: st.DrawFn) -> Value:
    """Graphs in which any value may be used by any later one."""
    values = [Value(1.0, "x"), Value(0.5)]
    for choice in draw(st.lists(st.integers(0, 10_000), min_size=1, max_size=120)):
        # Mostly recent values, so that graphs are deep.
        a = values[-1 - choice % min(len(values), 7)]
        b = values[choice // 7 % len(values)]
        out = (a * b, a + b, a.tanh(), a + 1.0)[choice % 4]
        if choice % 11 == 0:
            out.label = f"v{len(values)}"
        values.append(out)
    root: Value = total(values[-3:])
    return root


@settings(max_examples=200)
@given(any_graphs(), st.sampled_from([10, 15, 40]))
def test_whatever_the_graph_it_fits_and_no_cycle_arises(root: Value, limit: int) -> None:
    snapshot = graph(root)
    folding = fold(snapshot, None, limit)
    assert len(folding.parts) <= limit
    found = connected(snapshot, folding)
    assert len(found) <= 2 * limit
    assert is_acyclic(len(folding.parts), found)
    together = [id for part in folding.parts for id in part.nodes]
    assert sorted(together) == list(range(len(snapshot)))
    for position, part in enumerate(folding.parts):
        assert list(part.nodes) == sorted(part.nodes)
        assert {folding.part_of[id] for id in part.nodes} == {position}
        if part.kind == "operations":
            leaving = {
                source
                for node in snapshot
                for source in node.inputs
                if source in part.nodes and node.id not in part.nodes
            }
            assert leaving
    everything = fold(snapshot, None, None)
    assert [part.nodes for part in everything.parts] == [(id,) for id in range(len(snapshot))]
    if len(snapshot) <= limit and len(connected(snapshot, everything)) <= 2 * limit:
        assert folding.parts == everything.parts


def test_a_depth_that_is_asked_for_is_kept_to_however_much_that_is() -> None:
    snapshot = network([8, 8, 1], 8)
    folding = fold(snapshot, 3, 10)
    assert folding.depth == 3
    assert len(folding.parts) > 100
    assert "operations" in folding.kinds  # the sum over the batch


def test_a_label_keeps_a_leaf_from_being_lumped_together_with_others() -> None:
    neuron = Neuron(6)
    inputs = [Value(1.0, "a"), Value(2.0, "b"), *[Value(0.5) for _ in range(4)]]
    picture = picture_of(graph(neuron(inputs) * 2.0), depth=0)
    assert titles(picture) == ["Neuron", "a", "b", "4 leaves", "(·) * 2"]
    assert {label for tail, _, label in edges(picture) if tail.startswith("leaves")} == {"×4"}


def test_an_edge_that_stands_for_one_use_has_no_count() -> None:
    neuron = Neuron(2)
    x = Value(1.0, "x")
    out = neuron([x, x])
    picture = picture_of(graph(out * 2.0), depth=0)
    assert sorted(label for _, _, label in edges(picture)) == ["", "×2"]


def test_a_tangle_is_cut_into_stretches_of_about_equal_size() -> None:
    """If every value is used several times, none is computed for one value alone."""
    values = [Value(0.5), Value(0.25)]
    for i in range(1000):
        values.append(values[-1] * values[-2] + values[i // 2])
    folding = fold(graph(values[-1]), None, 40)
    sizes = [len(part.nodes) for part in folding.parts]
    assert len(sizes) == 6
    assert sizes[-1] == 1
    assert max(sizes[:-1]) <= 1.1 * min(sizes[:-1])


def test_a_module_that_is_called_on_its_own_output_may_be_folded() -> None:
    """The edges form a cycle then."""
    cell = Neuron(2, activation="tanh")
    state = Value(0.0, "state")
    for step in range(3):
        state = cell([state * 0.5, Value(1.0, f"x{step}")])
    state = state * 2.0
    state.backward()
    snapshot = graph(state)
    picture = picture_of(snapshot, depth=0)
    assert not is_acyclic(len(picture.boxes), {(edge.tail, edge.head) for edge in picture.edges})
    assert "Neuron" in snapshot.to_svg(depth=0)
    assert {"sample 0", "sample 1", "sample 2"} <= set(titles(picture_of(snapshot, depth=1)))
