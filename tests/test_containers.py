"""Containers of numbers, taken apart and put together."""

from __future__ import annotations

import subprocess
import sys
from collections import OrderedDict, defaultdict, namedtuple
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, grad, jacobian
from autograd.containers import MismatchError, NotANumberError, flatten, holds_a_value
from tests.identity import are

Point = namedtuple("Point", ["x", "y"])

numbers = st.floats(allow_nan=False)
arrays = st.lists(st.integers(0, 3), max_size=3).flatmap(
    lambda shape: st.builds(
        lambda start: np.arange(start, start + np.prod(shape, dtype=int)).reshape(shape) / 2,
        st.integers(-5, 5),
    )
)
containers = st.recursive(
    st.one_of(numbers, st.integers(-5, 5), arrays),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
        st.builds(Point, inner, inner),
    ),
    max_leaves=8,
)


def same(one: Any, other: Any) -> bool:
    """True if two containers are equal, their classes and arrays included."""
    if isinstance(one, np.ndarray):
        return (
            isinstance(other, np.ndarray)
            and one.shape == other.shape
            and bool((one == other).all())
        )
    if isinstance(one, (int, float)):
        return isinstance(other, float) and one == other
    if type(one) is not type(other) or len(one) != len(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return all(map(same, one, other))


@given(containers)
def test_what_is_taken_apart_is_put_together_again(container: Any) -> None:
    found, structure = flatten(container)
    assert same(container, structure.rebuild(found))
    assert all(type(number) is float for number in found)
    assert structure.size == len(found) == len(structure.places())
    assert structure.numbers_of(container) == found


@given(containers)
def test_each_place_leads_to_its_number(container: Any) -> None:
    found, structure = flatten(container)
    assert len(set(structure.places())) == len(found)
    for place, number in zip(structure.places(), found, strict=True):
        assert eval(f"container{place}", {"container": container}) == number


@given(containers, containers)
def test_a_matrix_is_a_container_of_containers(rows: Any, columns: Any) -> None:
    heights, height = flatten(rows)
    widths, width = flatten(columns)
    matrix = [[float(i * 100 + j) for j in range(len(widths))] for i in range(len(heights))]
    found, _ = flatten(height.outer(width, matrix))
    assert sorted(found) == sorted(x for row in matrix for x in row)


def test_the_class_of_a_container_is_kept() -> None:
    counts: Any = defaultdict(float, a=1.0)
    for container in (
        OrderedDict(b=1.0, a=2.0),
        counts,
        Point(1.0, 2.0),
        [1.0],
        (1.0,),
        {"a": 1.0},
    ):
        found, structure = flatten(container)
        again = structure.rebuild(found)
        assert type(again) is type(container)
        assert again == container
    assert counts.default_factory is float


def test_numbers_are_floats_and_values_stay_as_they_are() -> None:
    x = Value(3.0)
    found, structure = flatten([1, np.float32(0.5), np.int64(2), Fraction(1, 4), x])
    assert found == [1.0, 0.5, 2.0, 0.25, x]
    assert [type(number) for number in found] == [float] * 4 + [Value]
    assert structure.rebuild(found)[4] is x


def test_arrays_of_values_are_arrays_of_objects() -> None:
    array = np.array([[1.0, 2.0], [3.0, 4.0]])
    found, structure = flatten(array)
    values = structure.rebuild([Value(x) for x in found])
    assert values.dtype == object
    assert values[1, 0].data == 3.0
    assert structure.rebuild(found).dtype == np.float64
    assert are(flatten(values)[0], values.ravel())
    assert structure.rebuild([1, 2.0, 3.0, 4.0]).dtype == np.float64


def test_a_number_alone_is_told_from_a_container_of_one() -> None:
    assert flatten(1.0)[1].is_number
    assert flatten(np.array(1.0))[1].is_number
    for container in ([1.0], (1.0,), {"a": 1.0}, np.array([1.0])):
        assert not flatten(container)[1].is_number


@pytest.mark.parametrize(
    ("wrong", "place", "problem"),
    [
        (None, "", "got None: pass 0.0 if nothing is meant"),
        ([1.0, "2"], "[1]", "got the str '2': convert it first, with float(...)"),
        ({"a": (0.0, {3: b"x"})}, "['a'][1][3]", "got the bytes b'x': convert it first, with"),
        (Point(1.0, 2j), ".y", "got the complex number 2j: pass its .real or .imag"),
        ([True], "[0]", "got the bool True"),
        ([np.bool_(False)], "[0]", "got the bool False"),
        (np.array([[0.0, 1j]]), "[0, 0]", "got the complex number 0j: pass its .real or .imag"),
        (np.array([[1.0], [None]], dtype=object), "[1, 0]", "got None: pass 0.0"),
        (np.array([True]), "[0]", "got the bool True"),
        ([np.array("x")], "[0]", "got the str 'x': convert it first"),
        ({1, 2}, "", "got a set: make one Value of each element"),
    ],
)
def test_what_is_no_number_is_named_by_its_place(wrong: Any, place: str, problem: str) -> None:
    with pytest.raises(NotANumberError) as error:
        flatten(wrong)
    assert error.value.place == place
    assert str(error.value).startswith(f"at {place}: expected" if place else "expected")
    assert f"expected a real number, {problem}" in str(error.value)


def test_numbers_are_found_by_their_places() -> None:
    _, structure = flatten({"a": [1.0, 2.0], "b": np.array([3.0, 4.0])})
    assert structure.numbers_of({"b": [30, 40], "a": (10, 20)}) == [10.0, 20.0, 30.0, 40.0]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"a": 1.0}, "there is no number at ['b'][0]"),
        ({"a": 1.0, "b": [1.0]}, "there is no number at ['b'][1]"),
        ({"a": 1.0, "b": [1.0, 2.0, 3.0]}, "there is a number too many, at ['b'][2]"),
        (1.0, "there is no number at ['a']"),
    ],
)
def test_a_container_of_another_shape_is_refused(wrong: Any, problem: str) -> None:
    _, structure = flatten({"a": 1.0, "b": [1.0, 2.0]})
    with pytest.raises(MismatchError) as error:
        structure.numbers_of(wrong)
    assert str(error.value) == problem


def test_a_container_in_place_of_a_number_is_refused() -> None:
    with pytest.raises(MismatchError) as error:
        flatten(1.0)[1].numbers_of([1.0])
    assert str(error.value) == "there is not one number, but a list"


def test_values_are_found_wherever_they_are() -> None:
    x = Value(1.0)
    array = np.array([1.0, x], dtype=object)
    container: Any
    for container in (x, [1.0, {"a": (None, x)}], Point("x", [x]), array, {"a": array}):
        assert holds_a_value(container)
    for container in (1.0, None, [1.0, {"a": ("x", object())}], np.array([None]), np.ones(2)):
        assert not holds_a_value(container)


def test_a_part_may_be_taken_whole_in_the_place_of_a_number() -> None:
    model, tag = object(), "tag"
    parts, structure = flatten({"a": [1, model], "b": tag}, whole=lambda x: x in (model, tag))
    assert parts == [1.0, model, "tag"]
    assert structure.places() == ["['a'][0]", "['a'][1]", "['b']"]
    assert structure.rebuild(parts) == {"a": [1.0, model], "b": "tag"}
    with pytest.raises(NotANumberError, match=r"^at \['b'\]: expected a real number"):
        flatten({"a": [1, model], "b": tag}, whole=lambda x: x is model)


def test_numpy_is_not_imported() -> None:
    program = """
import sys
from autograd import grad
print(grad(lambda p: p["a"] * p["b"][0])({"a": 2.0, "b": (3.0,)}), "numpy" in sys.modules)
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout == "{'a': 3.0, 'b': (2.0,)} False\n"


def test_nested_lists_fill_an_array_and_the_reverse() -> None:
    _, structure = flatten(np.zeros((2, 2)))
    assert structure.numbers_of([[1.0, 2.0], [3.0, 4.0]]) == [1.0, 2.0, 3.0, 4.0]
    _, structure = flatten([np.zeros(2), np.zeros(2)])
    assert structure.numbers_of(np.array([[1.0, 2.0], [3.0, 4.0]])) == [1.0, 2.0, 3.0, 4.0]


def test_a_value_is_looked_for_in_whatever_is_passed_on() -> None:
    deep: list[object] = []
    deep.append(deep)
    for _ in range(5000):
        deep = [deep]
    assert not holds_a_value(deep)
    assert holds_a_value([deep, {"x": Value(1.0)}])


def test_a_container_may_be_nested_to_any_depth() -> None:
    nested: Any = 3.0
    for depth in range(5_000):
        nested = (nested,) if depth % 2 else {"a": nested}
    numbers, structure = flatten(nested)
    assert numbers == [3.0]
    [place] = structure.places()
    assert place.startswith("[0]['a'][0]")
    assert structure.numbers_of(nested) == [3.0]
    again = structure.rebuild([4.0])
    assert flatten(again)[0] == [4.0]
    by = grad(lambda x: flatten(x)[0][0] ** 2)(nested)
    assert flatten(by)[0] == [6.0]


@pytest.mark.parametrize("kind", ["list", "dict"])
def test_a_container_that_holds_itself_is_refused(kind: str) -> None:
    loop: Any
    if kind == "list":
        loop = [1.0]
        loop.append((2.0, loop))
        place = "[1][1]"
    else:
        loop = {"a": 1.0}
        loop["b"] = loop
        place = "['b']"
    problem = f"expected a real number, got a {kind} that holds itself"
    with pytest.raises(NotANumberError) as error:
        flatten(loop)
    assert (error.value.place, error.value.problem) == (place, problem)
    shared = [1.0]
    assert flatten([shared, shared])[0] == [1.0, 1.0]
    with pytest.raises(TypeError) as refused:
        grad(lambda x: 1.0)(loop)
    assert str(refused.value) == (
        f"grad() cannot differentiate by argument 0 (x) at {place}: {problem}"
    )
    with pytest.raises(TypeError) as returned:
        jacobian(lambda x: loop)(1.0)
    assert str(returned.value).endswith(f"returned a {kind}: at {place}: {problem}")
