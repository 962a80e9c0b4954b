"""Arguments of a call, as a part of its key, and as what a program takes."""

from __future__ import annotations

import sys
from array import array
from collections import deque
from dataclasses import fields
from typing import Any, Final

from autograd.containers import is_dataclass
from autograd.engine.value import Value
from autograd.replay.identity import PLAIN, Identity, attributes_in_key, exactly, hashed

_ONLY_FLOATS: Final = {float}
_ONLY_INTS: Final = {int}
_MOST: Final = 2**16  # integers of an array that are followed, and the greatest of them


class Arguments:
    """The arguments of a call, taken apart.

    Attributes:
        positional: those that are given by their position.
        options: those that are given by name.
        key: their structure.
        numbers: the floats in them, those of arrays included, and whole numbers.
        values: the Values in them, each once.
        are_used_up: True if one is an iterator, which goes through its elements once.
        follows: True if integers of NumPy's, and those in arrays, are among the numbers as far as
            they can be; otherwise they are a part of the key.
        has_integers: True if some are.
    """

    __slots__ = (
        "_positions",
        "are_used_up",
        "follows",
        "has_integers",
        "key",
        "numbers",
        "options",
        "positional",
        "values",
    )

    def __init__(
        self, positional: tuple[Any, ...], options: dict[str, Any], follows: bool = True
    ) -> None:
        self.positional = positional
        self.options = options
        self.follows = follows
        self.has_integers = False
        self.are_used_up = False
        self.numbers: list[float] = []
        self.values: list[Value] = []
        self._positions: dict[int, int] = {}
        self.key = (
            tuple(map(self._part, positional)),
            tuple([(name, self._part(x)) for name, x in options.items()]) if options else (),
        )

    def given_to(self, function: Any) -> Any:
        """What a function returns for them."""
        return function(*self.positional, **self.options)

    def _part(self, part: Any) -> Any:
        kind = type(part)
        if kind is float:
            self.numbers.append(part)
            return float
        if is_index(part):
            self.numbers.append(float(part))
            return int
        if isinstance(part, Value):
            position = self._positions.setdefault(id(part), len(self.values))
            if position == len(self.values):
                self.values.append(part)
            return Value, position, part.op is None
        if kind in PLAIN:
            return exactly(part)
        if isinstance(part, dict):
            return kind, tuple([(hashed(key), self._part(x)) for key, x in part.items()])
        if isinstance(part, (list, tuple)):
            kinds = set(map(type, part))
            if kinds == _ONLY_FLOATS:
                self.numbers.extend(part)
                return kind, float, len(part)
            if kinds == _ONLY_INTS and is_index(min(part)) and is_index(max(part)):
                self.numbers.extend(map(float, part))
                return kind, int, len(part)
            return kind, tuple([self._part(x) for x in part])
        if kind is set or kind is frozenset:
            return kind, frozenset(map(hashed, part))
        if kind is deque:
            return Identity(part), tuple(map(hashed, part))
        if kind is array:
            return Identity(part), part.typecode, part.tobytes()
        if is_dataclass(part):
            return kind, tuple([self._part(getattr(part, x.name)) for x in fields(part)])
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            if isinstance(part, numpy.ndarray):
                return kind, part.shape, self._elements(part)
            if kind is numpy.float64:
                self.numbers.append(float(part))
                return kind
            if isinstance(part, numpy.generic):
                if self.follows_integers(part):
                    return kind, self._integers([int(part)])
                return kind, part.tobytes()
        self.are_used_up = self.are_used_up or hasattr(kind, "__next__")
        return kind, hashed(part), attributes_in_key(part)

    def _elements(self, array: Any) -> Any:
        if array.dtype == float:
            self.numbers.extend(array.ravel().tolist())
            return float
        if array.dtype.kind == "O":
            return tuple([self._part(x) for x in array.ravel().tolist()])
        if self.follows_integers(array):
            return self._integers(array.ravel().tolist())
        return array.dtype.str, array.tobytes()

    def follows_integers(self, part: Any) -> bool:
        """True for integers of NumPy's that are among the numbers: one, or those of an array."""
        return self.follows and _are_integers(part)

    def _integers(self, numbers: list[int]) -> Any:
        self.has_integers = True
        self.numbers.extend(map(float, numbers))
        return int


def _are_integers(part: Any) -> bool:
    """True for a small integer of NumPy's, and for a small array of such.

    As whole numbers they have powers and shifts without a limit, where NumPy's overflow.
    """
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(part, (numpy.ndarray, numpy.int64)):
        return False
    if part.dtype != numpy.int64 or not 0 < part.size <= _MOST:
        return False
    return bool(part.min() >= -_MOST and part.max() <= _MOST)


def is_index(part: Any) -> bool:
    """True for an int that is an input of a program, as a float that is equal to it."""
    return type(part) is int and -(2**53) <= part <= 2**53
