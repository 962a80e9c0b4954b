"""Containers of a call: taken apart, and made anew with other parts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from copy import copy
from dataclasses import fields
from typing import Any

from autograd.containers import is_dataclass
from autograd.engine.arrays import is_array


def mapped(function: Callable[[Any], Any], thing: Any) -> Any:
    """The container with what ``function`` makes of its parts, also of those of containers in it.

    Of anything else, what it makes of it.
    """
    container = rebuilt(lambda part: mapped(function, part), thing)
    return function(thing) if container is None else container


def rebuilt(function: Callable[[Any], Any], thing: Any) -> Any:
    """The container with what ``function`` makes of each part; None if it is no container.

    Parts of an array are its elements, if these are floats or objects; an array of others is one.
    """
    kind = type(thing)
    container: Any
    if kind is list:
        return [function(x) for x in thing]
    if kind is tuple:
        return tuple([function(x) for x in thing])
    if isinstance(thing, tuple) and hasattr(thing, "_make"):
        return kind._make([function(x) for x in thing])
    if is_open_array(thing):
        return _array([function(x) for x in thing.ravel()], thing.shape)
    if not isinstance(thing, (dict, list)) and not is_dataclass(thing):
        return None
    container = copy(thing)
    if isinstance(thing, dict):
        for key, x in thing.items():
            container[key] = function(x)
    elif isinstance(thing, list):
        container[:] = [function(x) for x in thing]
    else:
        for field in fields(thing):
            object.__setattr__(container, field.name, function(getattr(thing, field.name)))
    return container


def opened(thing: Any) -> dict[Any, Any] | None:
    """The parts of a container by their keys, indices or names; None if it is no container."""
    if isinstance(thing, dict):
        return thing
    if isinstance(thing, (list, tuple)):
        return dict(enumerate(thing))
    if is_open_array(thing):
        return dict(zip(sys.modules["numpy"].ndindex(thing.shape), thing.ravel().tolist()))
    if is_dataclass(thing):
        named = {field.name: getattr(thing, field.name) for field in fields(thing)}
        return named | getattr(thing, "__dict__", {})
    return None


def is_open_array(thing: Any) -> bool:
    """True for an array of which each element is a part: one of floats, or of objects."""
    return is_array(thing) and (thing.dtype == float or thing.dtype.kind == "O")


def _array(parts: list[Any], shape: tuple[int, ...]) -> Any:
    """An array of floats, or of objects if a part is something else."""
    numpy = sys.modules["numpy"]
    of_floats = all(type(x) in (float, numpy.float64) for x in parts)
    array = numpy.empty(len(parts), dtype=float if of_floats else object)
    array[:] = parts
    return array.reshape(shape)
