"""Surroundings: what a function reads from outside, as a part of the keys of its calls."""

from __future__ import annotations

import functools
import types
from collections.abc import Mapping
from operator import itemgetter
from typing import Any, Final

from autograd.engine.primitive import Primitive
from autograd.engine.value import Value
from autograd.replay.identity import (
    NOTHING,
    attributes_in_key,
    attributes_of,
    exactly,
    is_of_autograd,
    is_of_parameters,
    is_plain,
    is_settled,
    namespace,
    slots_of,
)

_SIZED: Final = frozenset((list, dict, set, tuple))
_NUMBERS: Final = (Primitive, Value)

# In place of a Value.
_A_VALUE: Final = object()


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
        pending: list[tuple[Any, Any]] = [(function, None)]
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
        if is_settled(thing):
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
            if not is_plain(thing):
                self._objects.append((type(thing).__name__, thing))

    def _members(self, thing: Any, names: list[str]) -> list[tuple[Any, Any]]:
        """Note what of a class or a module a function reads by name; of an object, its class's."""
        if thing is None or isinstance(thing, (types.FunctionType, *_NUMBERS)):
            return []
        if isinstance(thing, types.ModuleType):
            kinds: tuple[Any, ...] = (thing,)
        else:
            own = thing.__mro__ if isinstance(thing, type) else ()
            kinds = (*own, *type(thing).__mro__)
        spaces = [vars(kind) for kind in kinds if not is_settled(kind)]
        read = [(x, space) for x in names if any(x in y for y in spaces) for space in spaces]
        self._globals += read
        return [(space[name], thing) for name, space in read if name in space]

    def _behind(self, thing: Any) -> list[tuple[Any, Any]]:
        """The function that an object stands for, such as a compiled one or a derivative."""
        held = namespace(thing)
        if held is NOTHING:
            return []
        if is_of_autograd(thing):
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
        held = [(x, found) for x in things if (found := attributes_of(x)) is not NOTHING]
        self._slotted = [x for x, _ in held if slots_of(type(x))]
        self._attributes: list[dict[str, Any]] = [
            found for x, found in held if not slots_of(type(x))
        ]
        lists = [x for _, found in held for x in found.values() if type(x) is list]
        sized = [x for x in [*things, *lists] if type(x) in _SIZED]
        self._sized = [*sized, *self._attributes]
        self._sizes: list[int] = [*map(len, self._sized)]
        there = self._there()
        # A Value is told by its id: a reference would hide that it has been replaced. Where that
        # matters a program holds it, so that its id is not used again.
        self._known = [_A_VALUE if isinstance(x, Value) else x for x in there]
        self._ids = [id(x) for x in there]

    def _there(self) -> list[Any]:
        """The objects that are there now."""
        there = [cell.cell_contents for cell in self._filled]
        for get, names in self._read:
            there += get(names)
        for found in self._attributes:  # lists, since the views of a dict are slower to go through
            there += list(found.keys())
            there += list(found.values())
        for thing in self._slotted:
            found = attributes_of(thing)
            there += (thing, *found, *found.values())
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
        known = self._known
        if len(there) != len(known):
            return False
        for i in range(len(known)):
            known_one = known[i]
            if known_one is _A_VALUE:
                if id(there[i]) != self._ids[i]:
                    return False
            elif there[i] is not known_one:
                return False
        return all(len(thing) == size for thing, size in zip(self._sized, self._sizes))


class Seen:
    """What a function read from outside at one time, as a part of keys.

    Attributes:
        parts: the description of each thing.
    """

    __slots__ = ("_hash", "_names", "_things", "parts")

    def __init__(self, names: list[str], things: list[Any], parts: list[Any]) -> None:
        self._names = names
        # Kept, so that their ids are not used again; but for Values, as in `_watch`.
        self._things = [x for x in things if not isinstance(x, Value)]
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
    if is_plain(thing):
        plain: tuple[Any, ...] = exactly(thing)
        return plain
    if kind in _SIZED:
        parts = map(id, thing) if is_of_parameters(thing) else attributes_in_key(thing)
        return id(thing), len(thing), *parts
    return id(thing), *attributes_in_key(thing)
