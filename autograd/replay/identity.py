"""Identity: what tells one object from another, as a part of keys, without code of its class."""

from __future__ import annotations

import contextlib
import sys
import types
from enum import Enum
from numbers import Number
from typing import Any, Final

from autograd.containers import is_module
from autograd.engine.value import Value

PLAIN: Final = frozenset((int, float, bool, str, bytes, type(None), complex))
_OPAQUE: Final = (type, types.BuiltinFunctionType, types.ModuleType)

# What is equal to another of its type only if it is the same in all.
_EXACT: Final = frozenset((int, bool, str, bytes, type(None)))

# The most entries of a dict that is as an object, and of a tuple that is as a number.
_FEW: Final = 32

# The attributes of what has none.
NOTHING: Final[dict[str, Any]] = {}

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


def exactly(number: Any) -> tuple[Any, ...]:
    """A plain thing as a part of a key: True is not 1, 0.0 is not -0.0, and nan is nan."""
    kind = type(number)
    if kind is tuple:
        return kind, tuple(map(exactly, number))
    return kind, number if kind in _EXACT else repr(number)


def is_plain(thing: Any) -> bool:
    """True for numbers, texts and flags, which are told from others by what they are.

    And for a short tuple of these.
    """
    if type(thing) is tuple:
        return len(thing) <= _FEW and all(map(is_plain, thing))
    return type(thing) in PLAIN or (isinstance(thing, Number) and not isinstance(thing, Enum))


def hashed(part: Any) -> Any:
    """The part, if it can be a part of a key by what it is equal to, else its identity."""
    if is_plain(part):
        return exactly(part)
    kind: Any = type(part)
    if kind is tuple or kind is frozenset:
        return kind, kind(map(hashed, part))
    try:
        hash(part)
    except TypeError:
        return Identity(part)
    return Identity(part) if kind.__eq__ is object.__eq__ else part


def attributes_in_key(thing: Any) -> tuple[Any, ...]:
    """What can be told of the attributes of an object, with their names.

    Numbers, texts and flags are told by what they are, lists of parameters and of layers by the
    ids of these: a reference to a parameter would hide that it has been replaced.
    """
    return tuple(
        [
            (name, *exactly(x)) if is_plain(x) else (name, Identity(x), *map(id, x))
            for name, x in attributes_of(thing).items()
            if is_plain(x) or is_of_parameters(x)
        ]
    )


def is_of_parameters(thing: Any) -> bool:
    """True for a list of Values, or of modules."""
    return (
        type(thing) is list
        and len(thing) > 0
        and (isinstance(thing[0], Value) or is_module(thing[0]))
    )


def attributes_of(thing: Any) -> dict[str, Any]:
    """The attributes of an object; none of a module, a class and their like.

    A small dict of names is as an object with attributes.
    """
    if type(thing) is dict:
        named = len(thing) <= _FEW and all(isinstance(key, str) for key in thing)
        return thing if named else NOTHING
    if isinstance(thing, (*_OPAQUE, Value)) or is_of_autograd(thing):
        return NOTHING
    found = namespace(thing)
    if isinstance(thing, types.FunctionType):
        return found or NOTHING  # one that is read is there when the function is recorded
    slots = slots_of(type(thing))
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
            held: Any = None
            if isinstance(found, _OF_PYTHON):
                with contextlib.suppress(AttributeError):  # of a function that mypyc has made
                    held = found.__get__(thing)
            return held if isinstance(held, dict) else NOTHING
    return NOTHING


def slots_of(kind: type) -> list[Any]:
    """The descriptors of the attributes for which a class has ``__slots__``."""
    return [
        found
        for base in kind.__mro__
        if "__slots__" in vars(base) and not is_settled(base)
        for found in vars(base).values()
        if isinstance(found, types.MemberDescriptorType)
    ]


def is_settled(thing: Any) -> bool:
    """True for a function, a class or a module of a package of which nothing changes."""
    name = thing.__name__ if isinstance(thing, types.ModuleType) else thing.__module__
    return bool(name) and name.split(".")[0] in _SETTLED


def is_of_autograd(thing: Any) -> bool:
    """True for an object such as a compiled function or a derivative."""
    return type(thing).__module__.startswith("autograd.")
