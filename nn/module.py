"""Module: the base of everything that has parameters."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

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
        return [(name, part) for name, part in _parts("", self, {}) if isinstance(part, Value)]

    def named_modules(self) -> list[tuple[str, Module]]:
        """The module itself, named "", and each within it, with the path that leads to it.

        >>> from nn import MLP
        >>> [name for name, module in MLP(2, [1, 1]).named_modules()]
        ['', 'layers.0', 'layers.0.neurons.0', 'layers.1', 'layers.1.neurons.0']
        """
        return [(name, part) for name, part in _parts("", self, {}) if isinstance(part, Module)]

    def parameters(self) -> list[Value]:
        """Each parameter once, in the order of `named_parameters`."""
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0."""
        for parameter in self.parameters():
            parameter.grad = 0.0


def _is_object_array(thing: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(thing, numpy.ndarray) and thing.dtype == object


def _parts(path: str, thing: Any, seen: dict[int, Any]) -> Iterator[tuple[str, Value | Module]]:
    """The modules and parameters in ``thing``, which may be one itself and may be anything."""
    children: Any = ()
    if isinstance(thing, Module):
        children = vars(thing).items()
    elif isinstance(thing, dict):
        children = thing.items()
    elif isinstance(thing, (list, tuple)):
        children = enumerate(thing)
    elif _is_object_array(thing):
        children = enumerate(thing.tolist())
    elif not isinstance(thing, Value) or thing.op is not None:
        return
    if id(thing) in seen:
        return
    seen[id(thing)] = thing  # kept, because an id is used again once its object is gone
    if isinstance(thing, (Value, Module)):
        yield path, thing
    for name, child in children:
        yield from _parts(f"{path}.{name}" if path else str(name), child, seen)
