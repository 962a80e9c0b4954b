"""Keys: what has to be the same for a recorded call to stand for another.

The key of a call has the structure of its arguments, without the floats and the Values in them,
and what the function reads from outside as plain numbers and texts. Floats and Values among the
arguments come in lists of their own: a program takes those of each call.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import types
from array import array
from collections import deque
from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from numbers import Number
from operator import is_not, itemgetter
from typing import Any, Final

from autograd.containers import is_dataclass, is_module
from autograd.engine.primitive import Primitive
from autograd.engine.value import Value

_PLAIN: Final = frozenset((int, float, bool, str, bytes, type(None), complex))
_SIZED: Final = frozenset((list, dict, set, tuple))
_NUMBERS: Final = (Primitive, Value)
_OPAQUE: Final = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)

# What is equal to another of its type only if it is the same in all.
_EXACT: Final = frozenset((int, bool, str, bytes, type(None)))

_ONLY_FLOATS: Final = {float}
_ONLY_INTS: Final = {int}

# The most entries of a dict that is as an object.
_FEW: Final = 32

# The attributes of what has none.
_NOTHING: Final[dict[str, Any]] = {}

# What Python finds the attributes of an object by.
_OF_PYTHON: Final = (types.GetSetDescriptorType, types.MemberDescriptorType)

# Packages of which nothing changes between calls.
_SETTLED: Final = frozenset((*sys.stdlib_module_names, "autograd", "nn", "numpy")) - {"__main__"}


class Identity:
    """An object as a part of a key, where only the same object is equal to it."""

    __slots__ = ("thing",)

    def __init__(self, thing: Any) -> None:
        self.thing = thing  # kept, so that its id is not used again

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and self.thing is other.thing


class Arguments:
    """The arguments of a call, taken apart.

    Attributes:
        positional: those that are given by their position.
        options: those that are given by name.
        key: their structure.
        numbers: the floats in them, those of arrays included.
        values: the Values in them, each once.
        are_used_up: True if one is an iterator, which goes through its elements once.
    """

    __slots__ = (
        "_positions",
        "are_used_up",
        "key",
        "numbers",
        "options",
        "positional",
        "values",
    )

    def __init__(self, positional: tuple[Any, ...], options: dict[str, Any]) -> None:
        self.positional = positional
        self.options = options
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
        if kind in _PLAIN:
            return _exactly(part)
        if isinstance(part, dict):
            return kind, tuple([(_hashed(key), self._part(x)) for key, x in part.items()])
        if isinstance(part, (list, tuple)):
            kinds = set(map(type, part))
            if kinds == _ONLY_FLOATS:
                self.numbers.extend(part)
                return kind, (float,) * len(part)
            if kinds == _ONLY_INTS and is_index(min(part)) and is_index(max(part)):
                self.numbers.extend(map(float, part))
                return kind, (int,) * len(part)
            return kind, tuple([self._part(x) for x in part])
        if kind is set or kind is frozenset:
            return kind, frozenset(map(_hashed, part))
        if kind is deque:
            return Identity(part), tuple(map(_hashed, part))
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
                return kind, part.tobytes()
        self.are_used_up = self.are_used_up or hasattr(kind, "__next__")
        return kind, _hashed(part), attributes(part)

    def _elements(self, array: Any) -> Any:
        if array.dtype == float:
            self.numbers.extend(array.ravel().tolist())
            return float
        if array.dtype.kind == "O":
            return tuple([self._part(x) for x in array.ravel().tolist()])
        return array.dtype.str, array.tobytes()


def is_index(part: Any) -> bool:
    """True for an int that is an input of a program, as a float that is equal to it."""
    return type(part) is int and -(2**53) <= part <= 2**53


def _exactly(number: Any) -> tuple[Any, ...]:
    """A plain thing as a part of a key: True is not 1, 0.0 is not -0.0, and nan is nan."""
    kind = type(number)
    return kind, number if kind in _EXACT else repr(number)


def _is_plain(thing: Any) -> bool:
    """True for numbers, texts and flags, which are told from others by what they are."""
    return type(thing) in _PLAIN or (isinstance(thing, Number) and not isinstance(thing, Enum))


def _hashed(part: Any) -> Any:
    """The part, if it can be a part of a key by what it is equal to, else its identity."""
    if _is_plain(part):
        return _exactly(part)
    kind: Any = type(part)
    if kind is tuple or kind is frozenset:
        return kind, kind(map(_hashed, part))
    try:
        hash(part)
    except TypeError:
        return Identity(part)
    return Identity(part) if kind.__eq__ is object.__eq__ else part


def attributes(thing: Any) -> tuple[Any, ...]:
    """What can be told of the attributes of an object, with their names.

    Numbers, texts and flags are told by what they are, lists of parameters and of layers by the
    ids of these: a reference to a parameter would hide that it has been replaced.
    """
    return tuple(
        [
            (name, *_exactly(x)) if _is_plain(x) else (name, Identity(x), *map(id, x))
            for name, x in _held(thing).items()
            if _is_plain(x) or _is_of_parameters(x)
        ]
    )


def _is_of_parameters(thing: Any) -> bool:
    """True for a list of Values, or of modules."""
    return (
        type(thing) is list
        and len(thing) > 0
        and (isinstance(thing[0], Value) or is_module(thing[0]))
    )


def _held(thing: Any) -> dict[str, Any]:
    """The attributes of an object; none of a module, a class, a function and their like.

    A small dict of names is as an object with attributes.
    """
    if type(thing) is dict:
        named = len(thing) <= _FEW and all(isinstance(key, str) for key in thing)
        return thing if named else _NOTHING
    if isinstance(thing, (*_OPAQUE, Value)) or _is_of_autograd(thing):
        return _NOTHING
    found = namespace(thing)
    slots = _slots(type(thing))
    if not slots:
        return found
    held = dict(found)
    for slot in slots:
        with contextlib.suppress(AttributeError):  # nothing has been assigned to it
            held[slot.__name__] = slot.__get__(thing)
    return held


def namespace(thing: Any) -> dict[str, Any]:
    """The ``__dict__`` of an object, found without code of its class; else a dict of nothing.

    A class may have a property of that name: what is behind it, only its code could tell.
    """
    for kind in type(thing).__mro__:
        found = vars(kind).get("__dict__")
        if found is not None:
            held = found.__get__(thing) if isinstance(found, _OF_PYTHON) else None
            return held if isinstance(held, dict) else _NOTHING
    return _NOTHING


def _slots(kind: type) -> list[Any]:
    """The descriptors of the attributes for which a class has ``__slots__``."""
    return [
        found
        for base in kind.__mro__
        if "__slots__" in vars(base) and not _is_settled(base)
        for found in vars(base).values()
        if isinstance(found, types.MemberDescriptorType)
    ]


def _is_settled(thing: Any) -> bool:
    """True for a function, a class or a module of a package of which nothing changes."""
    name = thing.__name__ if isinstance(thing, types.ModuleType) else thing.__module__
    return bool(name) and name.split(".")[0] in _SETTLED


def _is_of_autograd(thing: Any) -> bool:
    """True for an object such as a compiled function or a derivative."""
    return type(thing).__module__.startswith("autograd.")


class Surroundings:
    """What a function, and functions that it names, read from outside: closures and globals.

    The names are found in the code, once. No property is read, and no code of the user's runs,
    unless a class has a ``__class__`` of its own, which `isinstance` asks for.
    """

    def __init__(self, function: Any) -> None:
        self._cells: list[tuple[str, Any]] = []
        self._globals: list[tuple[str, Mapping[str, Any]]] = []
        self._objects: list[tuple[str, Any]] = []
        self._latest: Seen | None = None
        known: set[int] = set()
        pending = [(function, None)]
        while pending:
            thing, owner = pending.pop()
            if id(thing) not in known and not isinstance(
                thing, (type, types.ModuleType, *_NUMBERS)
            ):
                known.add(id(thing))
                pending += self._search(thing, owner)
        self._owners = [thing for _, thing in self._objects]
        self._names = [name for name, _ in (*self._cells, *self._globals, *self._objects)]

    def _search(self, thing: Any, owner: Any) -> list[tuple[Any, Any]]:
        """Note what one thing that may be called reads; returns what it may call, and on what."""
        if isinstance(thing, types.MethodType):
            self._objects.append((f"{thing.__func__.__name__}.__self__", thing.__self__))
            return [(thing.__func__, thing.__self__)]
        if isinstance(thing, property):
            return [(thing.fget, owner)]
        if isinstance(thing, (staticmethod, classmethod)):
            return [(thing.__func__, owner)]
        if isinstance(thing, functools.partial):
            self._bind(thing.args, thing.keywords)
            return [(thing.func, None)]
        if not isinstance(thing, types.FunctionType):
            return self._behind(thing)
        self._bind(thing.__defaults__, thing.__kwdefaults__)
        cells = list(zip(thing.__code__.co_freevars, thing.__closure__ or ()))
        self._cells += cells
        found = [_content(cell) for _, cell in cells]
        if _is_settled(thing):
            return [(x, None) for x in found]
        names = _names(thing.__code__)
        for name in names:
            if name in thing.__globals__:
                self._globals.append((name, thing.__globals__))
                found.append(thing.__globals__[name])
        members = [pair for x in [*found, owner] for pair in self._members(x, names)]
        return [*[(x, None) for x in found], *members]

    def _bind(self, things: tuple[Any, ...] | None, named: dict[str, Any] | None) -> None:
        """Note objects that a function has been given beforehand."""
        for thing in [*(things or ()), *(named or {}).values()]:
            if not _is_plain(thing):
                self._objects.append((type(thing).__name__, thing))

    def _members(self, thing: Any, names: list[str]) -> list[tuple[Any, Any]]:
        """Note what of a class or a module a function reads by name; of an object, its class's."""
        if thing is None or isinstance(thing, (types.FunctionType, *_NUMBERS)):
            return []
        if isinstance(thing, types.ModuleType):
            kinds: tuple[Any, ...] = (thing,)
        else:
            kinds = (thing if isinstance(thing, type) else type(thing)).__mro__
        spaces = [vars(kind) for kind in kinds if not _is_settled(kind)]
        read = [(x, space) for x in names if any(x in y for y in spaces) for space in spaces]
        self._globals += read
        return [(space[name], thing) for name, space in read if name in space]

    def _behind(self, thing: Any) -> list[tuple[Any, Any]]:
        """The function that an object stands for, such as a compiled one or a derivative."""
        held = namespace(thing)
        if held is _NOTHING:
            return []
        if _is_of_autograd(thing):
            return [(held[name], None) for name in ("__wrapped__", "_function") if name in held]
        methods = (vars(kind).get("__call__") for kind in type(thing).__mro__)
        method = next((found for found in methods if found is not None), None)
        if not isinstance(method, types.FunctionType):
            return []
        self._objects.append((type(thing).__name__, thing))
        return [(method, thing)]

    def seen(self) -> Seen:
        """What is there now; the object of the last time, where nothing has changed."""
        latest = self._latest
        if latest is not None and self._is_unchanged():
            return latest
        things = [_content(cell) for _, cell in self._cells]
        things += [names.get(name) for name, names in self._globals]
        things += self._owners
        parts = [_described(thing) for thing in things]
        self._watch(things)
        if latest is None or parts != latest.parts:
            latest = self._latest = Seen(self._names, things, parts)
        return latest

    def _watch(self, things: list[Any]) -> None:
        """Note the objects by which it is seen, at little expense, that nothing has changed."""
        cells = [cell for _, cell in self._cells]
        self._filled = [cell for cell in cells if _is_filled(cell)]
        self._empty = [cell for cell in cells if not _is_filled(cell)]
        self._absent = [(name, names) for name, names in self._globals if name not in names]
        spaces = {id(names): names for _, names in self._globals}
        self._read = []
        for key, names in spaces.items():
            read = [name for name, others in self._globals if id(others) == key and name in names]
            if read:  # of one name alone `itemgetter` would give no tuple
                self._read.append((itemgetter(read[0], *dict.fromkeys(read)), names))
        # An object without attributes may get some.
        held = [(x, found) for x in things if (found := _held(x)) is not _NOTHING]
        self._slotted = [x for x, _ in held if _slots(type(x))]
        self._attributes = [found for x, found in held if not _slots(type(x))]
        lists = [x for _, found in held for x in found.values() if type(x) is list]
        sized = [x for x in [*things, *lists] if type(x) in _SIZED]
        self._sized = [*sized, *self._attributes]
        self._sizes = [*map(len, self._sized)]
        self._known = self._there()

    def _there(self) -> list[Any]:
        """The objects that are there now."""
        there = [cell.cell_contents for cell in self._filled]
        for get, names in self._read:
            there += get(names)
        for found in self._attributes:
            there += found.values()
        for thing in self._slotted:
            there += (thing, *_held(thing).values())
        return there

    def _is_unchanged(self) -> bool:
        """True if all is the same objects as the last time."""
        for name, names in self._absent:
            if name in names:
                return False
        for cell in self._empty:
            if _is_filled(cell):
                return False
        try:
            there = self._there()
        except (KeyError, ValueError):  # a name or the content of a cell has been deleted
            return False
        if len(there) != len(self._known) or [*map(len, self._sized)] != self._sizes:
            return False
        return not any(map(is_not, there, self._known))


class Seen:
    """What a function read from outside at one time, as a part of keys.

    Attributes:
        parts: the description of each thing.
    """

    __slots__ = ("_hash", "_names", "_things", "parts")

    def __init__(self, names: list[str], things: list[Any], parts: list[Any]) -> None:
        self._names = names
        self._things = things  # kept, so that their ids are not used again
        self.parts = parts
        self._hash = hash(tuple(parts))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Seen):
            return False
        if self.parts is not other.parts and self.parts == other.parts:
            self.parts = other.parts  # thousands of them, which are compared once
        return self.parts is other.parts

    def difference(self, later: Seen) -> str | None:
        """The name of what has changed since."""
        for name, before, now in zip(self._names, self.parts, later.parts):
            if before != now:
                if before[0] == now[0]:  # the same object
                    for x, y in zip(before[1:], now[1:]):
                        if x != y and isinstance(y, tuple):
                            return f"{name}.{y[0]}"
                return name
        return None


def _names(code: types.CodeType) -> list[str]:
    """The names that a code reads, and those of the functions within it."""
    names = list(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names.extend(_names(constant))
    return list(dict.fromkeys(names))


def _content(cell: Any) -> Any:
    return cell.cell_contents if _is_filled(cell) else None


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:  # nothing has been assigned to it
        return False
    return True


def _described(thing: Any) -> tuple[Any, ...]:
    """A thing from outside: a plain one by what it is, another by its identity and attributes."""
    kind = type(thing)
    if _is_plain(thing):
        return _exactly(thing)
    if kind in _SIZED:
        parts = map(id, thing) if _is_of_parameters(thing) else attributes(thing)
        return id(thing), len(thing), *parts
    return id(thing), *attributes(thing)


def key_difference(old: Any, new: Any) -> str:
    """What makes two keys of a function differ, in words."""
    name = old[3].difference(new[3])
    if name is not None:
        return (
            f"{name}, which it reads from outside; pass it as an argument, or keep it in the data "
            "of a Value"
        )
    (before, before_named), (now, now_named) = old[0], new[0]
    known = [*enumerate(before), *before_named]
    changed = (name for name, part in [*enumerate(now), *now_named] if (name, part) not in known)
    name = next(changed, None)
    if name is None:
        return "the arguments"
    return f"argument {name}, which is neither a float nor a Value throughout"
