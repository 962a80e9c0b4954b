"""What a function is checked at: its inputs taken apart into numbers, each with a name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd.primitives import Primitive, Reduction, as_float
from autograd.recording import no_grad
from autograd.value import Value

__tracebackhide__ = True  # pytest shows the user's lines


class Function:
    """A function of numbers in containers and modules, as one of a list of numbers.

    Attributes:
        name: what messages call the function.
        names: how each of the numbers is reached, such as ``"weights[0]"``.
        point: the numbers that the inputs hold.
        parameters: those of the modules among the inputs.
        output_names: the same of what the last call returned.
    """

    def __init__(self, function: Callable[..., Any], inputs: Sequence[Any]) -> None:
        self._function = function
        self._inputs = inputs
        self.name = _name(function)
        self.names: list[str] = []
        self.point: list[float] = []
        self.parameters: list[Value] = []
        self.output_names: list[str] = []
        self._holders: list[Value | None] = []
        for name, thing in zip(_input_names(function, len(inputs)), inputs, strict=True):
            for place, number, holder in _numbers(name, thing):
                self.names.append(place)
                self.point.append(number)
                self._holders.append(holder)
        self.parameters = [holder for holder in self._holders if holder is not None]

    def values(self, numbers: Sequence[float]) -> list[float]:
        """The numbers that the function returns, without a record."""
        with no_grad():
            return [out.data for out in self.record(numbers)[1]]

    def record(self, numbers: Sequence[float]) -> tuple[list[Value], list[Value]]:
        """The inputs and outputs of one call of the function, as Values."""
        leaves = []
        for number, holder in zip(numbers, self._holders, strict=True):
            if holder is None:
                leaves.append(Value(number))
            else:
                holder.data = number
                leaves.append(holder)
        return leaves, self.call(leaves)

    def call(self, leaves: Sequence[Value]) -> list[Value]:
        """What the function returns for these Values; a module has its own already."""
        remaining = iter(leaves)
        arguments = [_rebuilt(thing, remaining) for thing in self._inputs]
        outputs = list(_parts(self.name, self._function(*arguments)))
        self.output_names = [place for place, _ in outputs]
        return [_output(place, part) for place, part in outputs]


def _output(place: str, part: Any) -> Value:
    try:
        return part if isinstance(part, Value) else Value(part)
    except TypeError as error:
        raise TypeError(
            f"check_gradients() needs a function that returns numbers; {place} is none: {error}"
        ) from None


def _name(function: Callable[..., Any]) -> str:
    name = function.name if isinstance(function, Primitive) else getattr(function, "__name__", "")
    return "the function" if name in ("", "<lambda>") else f"{name}()"


def _input_names(function: Callable[..., Any], count: int) -> list[str]:
    """The names of the first parameters of a function; numbers where it has none."""
    if isinstance(function, Primitive) and not isinstance(function, Reduction):
        function = function.forward
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return [f"input {i}" for i in range(count)]
    ordinary = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [p.name for p in signature.parameters.values() if p.kind in ordinary]
    return [*names[:count], *[f"input {i}" for i in range(len(names), count)]]


def _parts(place: str, thing: Any) -> Iterator[tuple[str, Any]]:
    """Each part of a container that is no container itself, and how it is reached."""
    if isinstance(thing, dict):
        for key, part in thing.items():
            yield from _parts(f"{place}[{key!r}]", part)
    elif isinstance(thing, (list, tuple)):
        for i, part in enumerate(thing):
            yield from _parts(f"{place}[{i}]", part)
    else:
        yield place, thing


def _numbers(name: str, thing: Any) -> Iterator[tuple[str, float, Value | None]]:
    """Each number in an input: how it is reached, itself, and the parameter that holds it."""
    for place, part in _parts(name, thing):
        if _is_module(part):
            for path, parameter in part.named_parameters():
                yield f"{place}.{path}", parameter.data, parameter
        elif isinstance(part, Value):
            label = f" (labelled {part.label!r})" if part.label else ""
            yield f"{place}{label}", part.data, None
        else:
            yield place, _number(place, part), None


def _number(place: str, part: Any) -> float:
    try:
        if isinstance(part, bool):
            raise TypeError(f"expected a real number, got the bool {part}")
        return as_float(part)
    except TypeError as error:
        raise TypeError(
            f"check_gradients() varies each of its inputs; at {place}: {error}. "
            "What is not to be varied belongs into the function, such as lambda x: f(x, option)"
        ) from None


def _is_module(part: Any) -> bool:
    return hasattr(part, "named_parameters")


def _rebuilt(thing: Any, leaves: Iterator[Value]) -> Any:
    """The input with the next of the leaves in it."""
    if isinstance(thing, dict):
        return {key: _rebuilt(part, leaves) for key, part in thing.items()}
    if isinstance(thing, (list, tuple)):
        parts = [_rebuilt(part, leaves) for part in thing]
        if hasattr(thing, "_fields"):
            return type(thing)(*parts)
        return parts if isinstance(thing, list) else tuple(parts)
    if _is_module(thing):
        for _ in thing.named_parameters():
            next(leaves)
        return thing
    leaf = next(leaves)
    leaf.label = thing.label if isinstance(thing, Value) else ""
    return leaf
