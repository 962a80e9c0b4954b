"""What a page trains with: the cases that Python gives it, and what it refuses."""

from __future__ import annotations

import math
import re
import zlib
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import Graph, Primitive, Value, graph
from autograd.page.operations import Operations
from autograd.page.training import training_data
from nn import MLP


def line() -> tuple[Graph, dict[str, Value]]:
    """The loss of a line for one case, and its values by name."""
    values = {name: Value(number, name) for name, number in zip("xwbt", (1.0, 0.5, -0.5, 2.0))}
    values["y"] = values["w"] * values["x"] + values["b"]
    values["y"].label = "y"
    loss = (values["y"] - values["t"]) ** 2 + Value(0.0)
    return graph(loss), values


def program_of(page: str) -> str:
    """The program in a page."""
    found = re.search(r'id="program">([^<]*)<', page)
    assert found is not None
    return zlib.decompress(b64decode(found[1])).decode()


def data_of(snapshot: Graph, data: Any, output: Any = None) -> dict[str, Any]:
    return training_data(snapshot, Operations(snapshot), data, output)


def test_cases_are_numbers_of_inputs_and_parameters_the_other_leaves_with_a_name() -> None:
    snapshot, v = line()
    x, t, y = v["x"], v["t"], v["y"]
    found = data_of(snapshot, {x: [1, 2.5, 3], "t": np.array([2.0, 4.0, 6.0])}, y)
    assert found == {
        "inputs": [snapshot[x].id, snapshot[t].id],
        "cases": [[1.0, 2.0], [2.5, 4.0], [3.0, 6.0]],
        "parameters": sorted([snapshot["w"].id, snapshot["b"].id]),  # and not the 0 without a name
        "output": snapshot[y].id,
    }
    assert data_of(snapshot, {x: [1.0], t: [2.0]})["output"] == snapshot.root.id


def test_what_belongs_to_a_model_needs_no_label() -> None:
    model = MLP(1, [1])
    x = Value(1.0)
    snapshot = graph(model([x]) ** 2)
    parameters = data_of(snapshot, {x: [1.0, 2.0]})["parameters"]
    assert parameters == sorted([snapshot[each].id for each in model.parameters()])


def test_what_an_operation_is_frozen_for_is_neither_data_nor_trained() -> None:
    strange = Primitive("strange", lambda x: math.exp(-x), lambda x, out: -out)
    x, w, held = Value(1.0, "x"), Value(2.0, "w"), Value(3.0, "held")
    snapshot = graph(w * x + strange(held))
    assert data_of(snapshot, {x: [1.0]})["parameters"] == [snapshot[w].id]
    with pytest.raises(
        ValueError, match=r"^data has numbers for held, and something computed from"
    ):
        data_of(snapshot, {held: [1.0]})


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ([1.0, 2.0], TypeError, "x: [0.0, 1.0], target: [1.0, 0.0]}; got a list"),
        ({}, ValueError, "target: [1.0, 0.0]}; got no inputs"),
        ({"x": [], "t": []}, ValueError, "target: [1.0, 0.0]}; got no cases"),
        ({"x": 3.0}, TypeError, "data of x is a list of numbers, one for each case; got 3.0"),
        ({"x": "12"}, TypeError, "data of x is a list of numbers, one for each case; got '12'"),
        (
            {"x": [1.0, "2"]},
            TypeError,
            "data of x, case 1: expected a real number, got the str '2': convert it first, with "
            "float(...)",
        ),
        ({"x": [[1.0]]}, TypeError, "data of x, case 0: expected a real number, got a list"),
        ({"x": [1.0, math.nan]}, ValueError, "data of x, case 1: nan is not finite"),
        (
            {"x": [1.0, 2.0], "t": [1.0]},
            ValueError,
            "each input has one number for each case: x has 2 numbers, and t has 1",
        ),
        (
            {"y": [1.0]},
            ValueError,
            "data has numbers for y, which is computed, by add: it takes inputs of the graph",
        ),
        ({"z": [1.0]}, KeyError, "no node has the label 'z'"),
        ({2.5: [1.0]}, TypeError, "a node is found by a Value, an id or a label, not by a float"),
        ({"x": [1.0], 0: [1.0]}, ValueError, "data has x twice"),
        (
            {"x": [1.0], "w": [1.0], "b": [1.0], "t": [1.0]},
            ValueError,
            "there is nothing to train: parameters are the leaves with a label, or of a model, "
            "that have no data",
        ),
    ],
)
def test_bad_data_are_refused_in_words(data: Any, error: type[Exception], message: str) -> None:
    snapshot, v = line()
    if isinstance(data, dict) and 0 in data:
        data = {"x": [1.0], snapshot[v["x"]].id: [1.0]}
    with pytest.raises(error) as raised:
        data_of(snapshot, data)
    assert message in str(raised.value)


def test_an_output_is_of_the_graph_and_has_data(tmp_path: Path) -> None:
    snapshot, v = line()
    data = {v["x"]: [1.0], v["t"]: [2.0]}
    with pytest.raises(KeyError, match="has no part in this graph"):
        snapshot.to_html(data=data, output=Value(1.0, "other"))
    with pytest.raises(TypeError, match="output is what a page shows of each case: it takes data"):
        snapshot.to_html(output=v["y"])
    with pytest.raises(TypeError, match=r"data and output are for a page, .* not '.*loss\.svg'"):
        snapshot.save(tmp_path / "loss.svg", data=data)
    assert list(tmp_path.iterdir()) == []


def test_a_page_trains_only_where_it_has_data(tmp_path: Path) -> None:
    snapshot, v = line()
    data = {v["x"]: [1.0], v["t"]: [2.0]}
    plain, trained = snapshot.to_html(), snapshot.to_html(data=data, output=v["y"])
    assert "class Training " not in program_of(plain)
    assert "class Training " in program_of(trained)
    assert snapshot.save(tmp_path / "a.html", data=data, output="y").read_text("utf-8") == trained
    shown = snapshot.show(opener=lambda _: True, data=data, output="y")
    assert shown is not None
    assert shown.read_text("utf-8") == trained
