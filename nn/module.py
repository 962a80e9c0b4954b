"""Module: the base of everything that has parameters."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import Any, cast

from autograd import Value


class Module:
    """The base of everything that has parameters.

    Its parameters are the leaf Values among its attributes, and those of the
    modules among its attributes; lists, tuples, dictionaries and NumPy arrays of
    either count as well. A subclass sets attributes and need declare nothing.

    Where ``__call__`` ends in ``return output_of(self, ...)``, as with the modules of this
    package, pictures frame what the module has computed; see `autograd.output_of`.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope = Value(2.0)
    ...         self.offsets = [Value(0.0), Value(1.0)]
    >>> [name for name, parameter in Line().named_parameters()]
    ['slope', 'offsets.0', 'offsets.1']
    """

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Each parameter once, with the path of attributes that leads to it.

        The order is that in which the attributes were set.
        """
        return [(name, part) for name, part in _named(self) if isinstance(part, Value)]

    def named_modules(self) -> list[tuple[str, Module]]:
        """The module itself, named "", and each within it, with the path that leads to it.

        >>> from nn import MLP
        >>> [name for name, module in MLP(2, [1, 1]).named_modules()]
        ['', 'layers.0', 'layers.0.neurons.0', 'layers.1', 'layers.1.neurons.0']
        """
        return [(name, part) for name, part in _named(self) if isinstance(part, Module)]

    def parameters(self) -> list[Value]:
        """Each parameter once, in the order of `named_parameters`.

        The attributes are read at each call, so that a module may change its structure.
        """
        found: list[Value] = []
        opened: dict[int, Any] = {}
        unread = [iter([cast(Any, self)])]
        while unread:
            for part in unread[-1]:
                if isinstance(part, Value):
                    if part.op is None:
                        found.append(part)
                    continue
                children = _children(part)
                if children and id(part) not in opened:
                    opened[id(part)] = part  # kept, because an id is used again once it is gone
                    unread.append(iter(children))
                    break
            else:
                unread.pop()
        return found if len(set(found)) == len(found) else list(dict.fromkeys(found))

    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0."""
        if type(self).parameters is not Module.parameters:  # a subclass that lists its own
            for parameter in self.parameters():
                parameter.grad = 0.0
            return
        # Without a list, and in any order, it takes a third less time.
        opened: dict[int, Any] = {}
        unopened: list[Any] = [self]
        while unopened:
            whole = unopened.pop()
            if id(whole) in opened:
                continue
            opened[id(whole)] = whole
            for part in _children(whole):
                if not isinstance(part, Value):
                    unopened.append(part)
                elif part.op is None:
                    part.grad = 0.0


def _named(module: Module) -> list[tuple[str, Value | Module]]:
    """The module, its modules and its parameters, each once, with the path to it."""
    found: list[tuple[str, Value | Module]] = []
    seen: dict[int, Any] = {}
    # Each part with the path to it, as linked pairs: the texts of deep ones would be long.
    unopened: list[tuple[Any, Any]] = [(module, None)]
    while unopened:
        part, path = unopened.pop()
        children = _children(part)
        is_named = isinstance(part, Module) or (isinstance(part, Value) and part.op is None)
        if id(part) in seen or not (is_named or children):
            continue
        seen[id(part)] = part
        if is_named:
            found.append((_written(path), part))
        named = vars(part) if isinstance(part, Module) else part
        keys = named if isinstance(named, dict) else range(len(children))
        unopened += [(child, (path, key)) for key, child in zip(keys, children)][::-1]
    return found


def _children(part: Any) -> Collection[Any]:
    """The attributes of a module, or the contents of a container; nothing of anything else."""
    if isinstance(part, Module):
        return vars(part).values()
    if isinstance(part, (list, tuple)):
        return part
    if isinstance(part, dict):
        return part.values()
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(part, numpy.ndarray) and part.dtype == object:
        elements: list[Any] = part.tolist() if part.ndim else [part.item()]
        return elements
    return ()


def _written(path: Any) -> str:
    steps = []
    while path is not None:
        path, key = path
        steps.append(str(key))
    return ".".join(reversed(steps))
