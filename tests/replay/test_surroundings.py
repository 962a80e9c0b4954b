"""What a function reads from outside, in all the places where it may be: at once the new number."""

from __future__ import annotations

import types
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pytest

from autograd import CompileError, Value
from autograd import compile as compile  # noqa: A004  # as users import it
from autograd.engine import table
from autograd.replay.identity import namespace
from nn import Module


class Slotted:
    """An object that keeps its rate in a slot."""

    __slots__ = ("rate",)

    def __init__(self) -> None:
        self.rate: Any = 2.0

    def scaled(self, x: Any) -> Any:
        """x times the rate."""
        return self.rate * x


class Renamable(Slotted):
    """One that has room for another name."""

    __slots__ = ("other",)


@dataclass(slots=True)
class Settings:
    """Settings in slots."""

    rate: Any = 2.0


class OfClass:
    """A class that keeps the rate for its objects."""

    rate: ClassVar[Any] = 2.0

    def scaled(self, x: Any) -> Any:
        """x times the rate."""
        return self.rate * x


class Plain:
    """An object with a rate."""

    def __init__(self) -> None:
        self.rate: Any = 2.0


w = Value(3.0, "w")


def _slotted() -> tuple[Callable[..., Any], Any]:
    thing = Slotted()
    return thing.scaled, thing


def _settings() -> tuple[Callable[..., Any], Any]:
    settings = Settings()
    return lambda x: settings.rate * x, settings


def _default() -> tuple[Callable[..., Any], Any]:
    settings = Settings()

    def scaled(x: Any, by: Settings = settings) -> Any:
        return by.rate * x

    return scaled, settings


def _partial() -> tuple[Callable[..., Any], Any]:
    settings = Settings()
    return partial(lambda by, x: by.rate * x, settings), settings


def _of_class() -> tuple[Callable[..., Any], Any]:
    class Own(OfClass):
        rate = 2.0

    thing = Own()
    return lambda x: thing.scaled(x), Own


def _class() -> tuple[Callable[..., Any], Any]:
    class Own(OfClass):
        rate = 2.0

    return lambda x: Own.rate * x, Own


def _module() -> tuple[Callable[..., Any], Any]:
    settings = types.ModuleType("settings")
    vars(settings)["rate"] = 2.0
    return lambda x: settings.rate * x, settings


def _plain() -> tuple[Callable[..., Any], Any]:
    thing = Plain()
    return lambda x: thing.rate * x, thing


def _empty() -> tuple[Callable[..., Any], Any]:
    class Own(OfClass):
        pass

    thing = Own()
    return lambda x: thing.rate * x, thing  # it has no attribute of its own at first


def _property() -> tuple[Callable[..., Any], Any]:
    class Own:
        rate = 2.0

        @property
        def scale(self) -> Any:
            """The rate."""
            return self.rate

    thing = Own()
    return lambda x: thing.scale * x, Own


def _of_metaclass() -> tuple[Callable[..., Any], Any]:
    class Meta(type):
        @property
        def scale(cls: Any) -> Any:
            """The rate of the class."""
            return cls.rate

    class Own(metaclass=Meta):
        rate = 2.0

    return lambda x: Own.scale * x, Own


def _function() -> tuple[Callable[..., Any], Any]:
    def scaled(x: Any) -> Any:
        return kept.rate * x

    kept: Any = scaled
    kept.rate = 2.0
    return scaled, scaled


PLACES = [
    _empty,
    _property,
    _of_metaclass,
    _function,
    _slotted,
    _settings,
    _default,
    _partial,
    _of_class,
    _class,
    _module,
    _plain,
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: str(place.__name__))
@pytest.mark.parametrize("kind", [float, np.float64, np.float32, Fraction])
def test_a_rate_is_read_where_it_is_kept(place: Any, kind: Any) -> None:
    function, owner = place()
    if place is not _empty:
        owner.rate = kind(2.0)
    compiled = compile(lambda x: float(function(1.0)) * w * x)
    for rate in (2.0, 2.0, 2.0, 3.0, 3.0, 2.0, 5.0):
        if rate != float(owner.rate):
            owner.rate = kind(rate)
        assert compiled(1.5).data == rate * 3.0 * 1.5
    assert len(compiled.programs) <= 4  # one for each rate, and where it is kept


def test_a_global_of_code_without_a_module_is_read() -> None:
    names: dict[str, Any] = {"w": w, "rate": 2.0}
    exec("def scaled(x): return w * x * rate", names)
    compiled = compile(names["scaled"])
    found = []
    for rate in (2.0, 2.0, 2.0, 3.0, 0.0, -0.0):
        names["rate"] = rate
        found.append(str(compiled(1.0).data))
    assert found == ["6.0", "6.0", "6.0", "9.0", "0.0", "-0.0"]


def test_the_attributes_of_a_compiled_function_are_none() -> None:
    # Its type has a ``__dict__``, and it has none.
    assert namespace(table.tanh.derivatives[0]) == {}


def test_a_number_in_a_dict_of_names_is_read() -> None:
    settings = {"rate": 2.0}
    compiled = compile(lambda x: settings["rate"] * x * w)
    found = []
    for rate in (2.0, 2.0, 2.0, 3.0, 2.0):
        settings["rate"] = rate
        found.append(compiled(1.0).data)
    assert found == [6.0, 6.0, 6.0, 9.0, 6.0]
    assert len(compiled.programs) == 2


def test_a_short_tuple_of_numbers_is_read() -> None:
    thing = Plain()
    compiled = compile(lambda x: thing.rate[1] * x * w)
    found = []
    for rate in (2.0, 2.0, 2.0, 3.0, 2.0):
        thing.rate = ("rate", rate)
        found.append(compiled(1.0).data)
    assert found == [6.0, 6.0, 6.0, 9.0, 6.0]
    assert len(compiled.programs) == 2


def test_a_method_that_is_replaced_is_another_function() -> None:
    class Own(OfClass):
        pass

    thing = Own()
    compiled = compile(lambda x: thing.scaled(x) * w)
    assert [compiled(1.0).data for _ in range(3)] == [6.0, 6.0, 6.0]
    Own.scaled = lambda _, x: 5.0 * x  # type: ignore[method-assign, assignment]
    assert compiled(1.0).data == 15.0


class Grown(Module):
    """A model whose parameters come and go."""

    def __init__(self) -> None:
        self.weights = [Value(1.0), Value(2.0), Value(4.0)]

    def __call__(self, x: Any) -> Any:
        """The sum of the weights, times x."""
        return sum(weight * x for weight in self.weights)


@pytest.mark.parametrize("is_argument", [False, True])
def test_parameters_that_come_and_go_are_read(is_argument: bool) -> None:
    model = Grown()
    compiled = compile((lambda m, x: m(x)) if is_argument else (lambda _, x: model(x)))
    found = []
    for change in (0.0, 0.0, 0.0, 8.0, 16.0, -1.0, 0.0):
        if change > 0.0:
            model.weights.append(Value(change))
        if change < 0.0:
            model.weights.pop(0)
        found.append(compiled(model if is_argument else None, 1.0).data)
    assert found == [7.0, 7.0, 7.0, 15.0, 31.0, 30.0, 30.0]


@pytest.mark.parametrize("is_argument", [False, True])
def test_a_parameter_that_is_replaced_in_a_list_of_a_model_is_found_at_once(
    is_argument: bool,
) -> None:
    model = Grown()
    compiled = compile((lambda m, x: m(x)) if is_argument else (lambda _, x: model(x)))
    found = []
    for first in (1.0, 1.0, 1.0, 8.0, 8.0, 8.0):
        if model.weights[0].data != first:
            model.weights[0] = Value(first)
        found.append(compiled(model if is_argument else None, 1.0).data)
    assert found == [7.0, 7.0, 7.0, 14.0, 14.0, 14.0]


@pytest.mark.parametrize("kind", [deque, partial(array, "d")], ids=["deque", "array"])
def test_other_sequences_of_numbers_are_arguments_by_what_is_in_them(kind: Any) -> None:
    compiled = compile(lambda xs: sum(w * x for x in xs))
    row = kind([1.0, 2.0])
    found = []
    for first in (1.0, 1.0, 1.0, 5.0, 1.0):
        row[0] = first
        found.append(compiled(row).data)
    assert found == [9.0, 9.0, 9.0, 21.0, 9.0]


@pytest.mark.parametrize(
    "pair",
    [
        ({1}, {True}),
        (frozenset([0.0]), frozenset([-0.0])),
        ({1: 2.0}, {True: 2.0}),
        ((0j,), (-0j,)),
        ({(0.0, 1): 2.0}, {(-0.0, 1): 2.0}),
    ],
    ids=repr,
)
def test_what_is_equal_and_differs_is_another_argument(pair: Any) -> None:
    compiled = compile(lambda thing: str([*thing]))
    assert [compiled(pair[i]) for i in (0, 0, 1, 0, 1)] == [
        str([*pair[i]]) for i in (0, 0, 1, 0, 1)
    ]


@pytest.mark.parametrize(
    ("operation", "error", "where"),
    [
        (lambda x: 1.0 / x, ZeroDivisionError, 0.0),
        (lambda x: x % x, ZeroDivisionError, 0.0),
        (lambda x: x**2, OverflowError, 1e200),
        (round, ValueError, float("nan")),
        (int, OverflowError, float("inf")),
    ],
)
@pytest.mark.parametrize("comes_first", [False, True])
def test_an_error_that_the_function_catches_is_a_path(
    operation: Any, error: type[Exception], where: float, comes_first: bool
) -> None:
    def caught(x: Any) -> Any:
        try:
            y = operation(x)
        except error:
            y = 100.0
        return w * y

    compiled = compile(caught)
    numbers = [2.0, 2.0, 3.0, where, 4.0, where, 2.0]
    if comes_first:
        numbers = [where, where, *numbers]
    assert [compiled(x).data for x in numbers] == [caught(x).data for x in numbers]


class Loud:
    """An object that lets nobody look at its attributes, as some that are going to be removed."""

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":  # which isinstance() asks for
            return Loud
        raise RuntimeError(f"nobody asks for {name}")


class Shadowed:
    """An object whose class has a property in place of its attributes, as proxies do."""

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        raise RuntimeError("nobody asks for the attributes")


loud = Loud()
shadowed = Shadowed()


def test_no_code_of_an_object_runs_that_a_function_names() -> None:
    """Nor of one that is only alive while the holder of a number is searched for."""

    @compile
    def f(x: Any) -> Any:
        return w * x if loud is not None and shadowed is not None else x

    assert [f(2.0).data, f(5.0).data] == [6.0, 15.0]
    kept = Plain()

    @compile
    def keeps(x: Any) -> Any:
        kept.__dict__["rate"] = w * x
        return w * x

    with pytest.raises(CompileError, match="keeps a Value outside of itself in a Plain"):
        keeps(2.0)


@pytest.mark.parametrize("holder", [Plain, Renamable])
def test_an_attribute_that_gets_another_name_is_another_one(holder: Any) -> None:
    held = holder()
    held.rate = 3.5

    @compile
    def scaled(x: float) -> Any:
        return x * getattr(held, "rate", 1.0)

    assert scaled(2.0) == 7.0
    number = held.rate
    del held.rate
    held.other = number
    assert scaled(2.0) == 2.0
