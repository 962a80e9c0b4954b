"""Containers of a call: taken apart, and made anew with other parts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from copy import copy
from dataclasses import fields
from typing import Any

from autograd.replay.keys import is_dataclass


def mapped(function: Callable[[Any], Any], thing: Any) -> Any:
    """The container with what ``function`` makes of its parts; of anything else, what it makes.

    Parts of an array are its elements, if these are floats or objects; an array of others is one.
    """
    kind = type(thing)
    container: Any
    if kind is list:
        return [mapped(function, x) for x in thing]
    if kind is tuple:
        return tuple([mapped(function, x) for x in thing])
    if isinstance(thing, dict):
        container = copy(thing)
        for key, x in thing.items():
            container[key] = mapped(function, x)
        return container
    if isinstance(thing, tuple) and hasattr(thing, "_make"):
        return kind._make([mapped(function, x) for x in thing])
    if isinstance(thing, list):
        container = copy(thing)
        container[:] = [mapped(function, x) for x in thing]
        return container
    if is_dataclass(thing):
        container = copy(thing)
        for field in fields(thing):
            part = mapped(function, getattr(thing, field.name))
            object.__setattr__(container, field.name, part)
        return container
    if is_open_array(thing):
        return _array([mapped(function, x) for x in elements(thing)], thing.shape)
    return function(thing)


def is_open_array(thing: Any) -> bool:
    """True for an array of which each element is a part: one of floats, or of objects."""
    numpy = sys.modules.get("numpy")
    return (
        numpy is not None
        and isinstance(thing, numpy.ndarray)
        and (thing.dtype == float or thing.dtype.kind == "O")
    )


def elements(array: Any) -> list[Any]:
    """The elements of an array in a list: floats as NumPy's own, as they are in the array."""
    return list(array.ravel())


def _array(parts: list[Any], shape: tuple[int, ...]) -> Any:
    """An array of floats, or of objects if a part is something else."""
    numpy = sys.modules["numpy"]
    of_floats = all(type(x) in (float, numpy.float64) for x in parts)
    array = numpy.empty(len(parts), dtype=float if of_floats else object)
    array[:] = parts
    return array.reshape(shape)
