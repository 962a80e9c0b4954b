"""copy, deepcopy and pickle."""

from __future__ import annotations

import copy
import io
import math
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import autograd
from autograd import Value, no_grad, topological_order
from autograd import sum as total
from nn import MLP
from tests.identity import are


def pickled(protocol: int) -> Callable[[Any], Any]:
    return lambda thing: pickle.loads(pickle.dumps(thing, protocol))


COPIES = [copy.deepcopy, *[pickled(protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]]


@pytest.mark.parametrize("copied", [copy.copy, *COPIES])
def test_a_leaf_is_copied_with_all_it_shows(copied: Callable[[Any], Any]) -> None:
    x = Value(3.0, "x")
    (x * 2).backward()
    y = copied(x)
    assert y is not x
    assert (y.data, y.grad, y.has_grad, y.label, y.op) == (3.0, 2.0, True, "x", None)
    y.data = 7.0
    y.grad = 0.0
    assert (x.data, x.grad) == (3.0, 2.0)


@pytest.mark.parametrize("copied", [copy.copy, *COPIES])
def test_a_result_is_copied_with_its_label(copied: Callable[[Any], Any]) -> None:
    x = Value(0.5)
    for y in (x.exp(), x * 2, autograd.clamp(x, 0, 1), total([x, 1.0])):
        y.label = "y"
        assert copied(y).label == "y"


@pytest.mark.parametrize("copied", COPIES)
def test_a_graph_is_copied_whole(copied: Callable[[Any], Any]) -> None:
    x, y = Value(0.5, "x"), Value(-2.0, "y")
    product = x * y
    root = total([product, 2 - x, product / 4, x**2, 3.0]).tanh()
    root.backward()
    twin = copied(root)
    originals, copies = topological_order(root), topological_order(twin)
    assert len(originals) == len(copies)
    assert not set(originals) & set(copies)
    for one, other in zip(originals, copies, strict=True):
        assert (one.data, one.grad, one.label, one.op) == (
            other.data,
            other.grad,
            other.label,
            other.op,
        )
        assert one.local_derivatives == other.local_derivatives
        assert sys.getsizeof(one) == sys.getsizeof(other)
        assert [originals.index(i) for i in one.inputs] == [copies.index(i) for i in other.inputs]
    twin.backward()
    leaves = [value for value in copies if value.op is None]
    assert [leaf.grad for leaf in leaves] == [2 * x.grad, 2 * y.grad]


@pytest.mark.parametrize("copied", COPIES)
def test_what_is_shared_stays_shared(copied: Callable[[Any], Any]) -> None:
    x = Value(3.0)
    middle = x * x
    root = middle + 1
    for things in ([x, middle, root], [root, middle, x], [middle, root, x], [root, root]):
        copies = copied(things)
        by_original = dict(zip(things, copies, strict=True))
        twin = by_original[root]
        assert len(set(copies)) == len(set(things))
        if middle in by_original:
            assert are(twin.inputs, [by_original[middle]])
            assert are(by_original[middle].inputs, [by_original[x], by_original[x]])


def test_a_shallow_copy_has_the_same_inputs() -> None:
    x = Value(3.0)
    y = x * x
    for twin in (copy.copy(y), copy.copy(total([x, x, 1.0]))):
        assert are(twin.inputs, [x, x])
        twin.backward()
    assert x.grad == 8.0


class Interrupted(str):
    """A label; while it is stored for the first time, another thread makes a call."""

    call: Callable[[], Any] | None = None
    result: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        call, self.call = self.call, None
        if call is not None:
            with ThreadPoolExecutor(1) as other_thread:
                self.result = other_thread.submit(call).result()
        return str, (str(self),)


@pytest.mark.parametrize("copied", COPIES)
def test_threads_store_values_of_one_graph_at_the_same_time(copied: Callable[[Any], Any]) -> None:
    chain = [Value(1.0)]
    for _ in range(3_000):
        chain.append(chain[-1] * 1)
    chain[0].label = label = Interrupted("x")
    label.call = lambda: copied(chain[-2])
    twins = copied(chain[-1]), label.result
    assert [len(topological_order(twin)) for twin in twins] == [3_001, 3_000]
    assert [topological_order(twin)[0].label for twin in twins] == ["x", "x"]


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled(pickle.HIGHEST_PROTOCOL)])
def test_depth_is_no_limit(copied: Callable[[Any], Any]) -> None:
    x = Value(1.0)
    root = x
    for _ in range(20_000):
        root = root + x
    twin = copied([root])[0]
    twin.backward()
    assert topological_order(twin)[0].grad == 20_001.0


def chain(length: int) -> list[Value]:
    """A leaf, and so many operations, each on the result of the one before it."""
    values = [Value(1.0)]
    for _ in range(length):
        values.append(values[-1] * 1)
    return values


class Holder:
    """Has a value in each attribute, the first one first."""

    def __init__(self, values: list[Value]) -> None:
        for i, value in enumerate(values):
            setattr(self, f"after_{i}", value)


class History(list[Value]):
    """Pickles its last value by itself as well."""

    def __getstate__(self) -> dict[str, bytes]:
        return {"last": pickle.dumps(self[-1])}


def calls_of(function: Callable[[], Any]) -> int:
    """The number of calls, of Python and of C functions, that a call of ``function`` makes."""
    count = 0

    def note(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "together",
    [
        lambda values: values,
        lambda values: values[::-1],
        lambda values: dict(enumerate(values)),
        lambda values: [{"loss": value} for value in values],
        Holder,
        History,
    ],
    ids=["list", "reversed", "dict", "dicts", "attributes", "history"],
)
def test_copying_many_values_of_one_graph_takes_steps_in_proportion(
    together: Callable[[list[Value]], Any],
) -> None:
    few, many = together(chain(100)), together(chain(300))
    assert len(pickle.dumps(many)) < 3.5 * len(pickle.dumps(few))
    assert calls_of(lambda: copy.deepcopy(many)) < 3.5 * calls_of(lambda: copy.deepcopy(few))


def test_picklers_that_take_turns_do_not_disturb_one_another() -> None:
    file = io.BytesIO()
    first = pickle.Pickler(file)
    first.dump(Value(0.0) + 1)
    long = chain(5_000)
    for _ in range(2):
        pickle.dumps(long[-1])
        first.dump(long[-1])  # by recursion it would be too deep
    assert copy.deepcopy(History(long))[-1].data == 1.0
    assert pickle.loads(pickle.dumps([History(long), long]))[1][-1].data == 1.0
    file.seek(0)
    unpickler = pickle.Unpickler(file)
    assert [unpickler.load().data for _ in range(3)] == [1.0, 1.0, 1.0]


def test_a_copy_keeps_nothing_of_the_original() -> None:
    values = chain(3)
    before = [sys.getrefcount(value) for value in values]
    for copied in COPIES:
        copied(values)
    assert [sys.getrefcount(value) for value in values] == before


def test_a_pickle_that_failed_does_not_spoil_the_next() -> None:
    root = chain(5_000)[-1]
    with pytest.raises(Exception, match="pickle"):
        pickle.dumps([root, lambda: None])
    assert len(topological_order(pickle.loads(pickle.dumps(root)))) == 5_001


def test_a_pickle_that_failed_half_way_does_not_spoil_the_next() -> None:
    local = autograd.Primitive("local", lambda x: x, lambda x, out: 1.0)
    root = chain(5_000)[-1]
    with pytest.raises(TypeError, match="cannot pickle the primitive local"):
        pickle.dumps(local(root) + 1)
    assert len(topological_order(pickle.loads(pickle.dumps(root)))) == 5_001


def test_a_deep_copy_needs_no_name_for_an_operation() -> None:
    local = autograd.Primitive("local", lambda x: 3 * x, lambda x, out: 3.0)
    assert copy.copy(local) is copy.deepcopy(local) is local
    x = Value(1.0)
    for root in (local(x), local(x) + 0):
        twin = copy.deepcopy(root)
        twin.backward()
        assert (topological_order(twin)[0].grad, x.grad) == (3.0, 0.0)


def test_a_model_and_its_copy_have_parameters_of_their_own() -> None:
    model = MLP(2, [3, 1], activation="tanh")
    for copied in COPIES:
        twin = copied(model)
        assert repr(twin) == repr(model)
        assert [p.data for p in twin.parameters()] == [p.data for p in model.parameters()]
        assert not set(twin.parameters()) & set(model.parameters())
        assert twin([0.5, 1.0]).data == model([0.5, 1.0]).data


def test_a_graph_is_copied_within_no_grad_too() -> None:
    y = Value(3.0) * 2
    with no_grad():
        twin = copy.deepcopy(y)
    twin.backward()
    assert twin.inputs[0].grad == 2.0


@pytest.mark.parametrize("name", [*autograd.__all__, "max", "min", "round", "sum"])
def test_every_primitive_is_pickled_by_name(name: str) -> None:
    thing = getattr(autograd, name)
    assert pickle.loads(pickle.dumps(thing)) is thing
    assert copy.deepcopy(thing) is thing


def test_a_primitive_that_cannot_be_found_again_is_refused() -> None:
    local = autograd.Primitive("local", math.sin, lambda x, out: autograd.cos(x))
    with pytest.raises(TypeError) as error:
        pickle.dumps(local(Value(1.0)))
    assert str(error.value) == (
        "cannot pickle the primitive local: "
        "give it a global name in the module tests.test_copying, to find it by"
    )
