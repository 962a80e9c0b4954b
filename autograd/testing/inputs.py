"""The inputs of a function that is checked, as a list of numbers with names."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from autograd.containers import NotANumberError, Structure, flatten, is_module
from autograd.contexts import no_grad
from autograd.engine.operands import Traced
from autograd.engine.primitive import Primitive, Reduction
from autograd.engine.recording import differentiated
from autograd.engine.value import Value

__tracebackhide__ = True  # pytest shows the user's lines

_SHOWN_INPUTS: Final = 6  # that a message lists


class Function:
    """A function of numbers in containers and modules, as one of a list of numbers.

    Attributes:
        name: the name of the function in messages.
        names: the name of each number, such as ``"weights[0]"``.
        point: the numbers that the inputs hold.
        parameters: those of the modules among the inputs.
        output_names: the name of each number that the last call returned.
    """

    def __init__(self, function: Callable[..., Any], inputs: Sequence[Any]) -> None:
        self._function = function
        # For each input its shape, the count of its numbers, and its modules by their positions.
        self._inputs: list[tuple[Structure, int, dict[int, Any]]] = []
        self.name = function_name(function)
        self.names: list[str] = []
        self.point: list[float] = []
        self.output_names: list[str] = []
        self._holders: list[Value | None] = []
        self._labels: dict[int, str] = {}
        taken: set[Value | None] = set()
        for name, thing in zip(input_names(function, len(inputs)), inputs, strict=True):
            parts, structure = _taken_apart(name, thing)
            modules = {i: part for i, part in enumerate(parts) if is_module(part)}
            self._inputs.append((structure, len(parts) - len(modules), modules))
            for place, part in zip(structure.places(), parts, strict=True):
                if isinstance(part, Value) and part.label:
                    self._labels[len(self.point)] = part.label
                for path, number, holder in _numbers(name + place, part):
                    if holder is not None and holder in taken:
                        continue  # of a module that is passed twice
                    taken.add(holder)
                    self.names.append(path)
                    self.point.append(number)
                    self._holders.append(holder)
        self.parameters = [holder for holder in self._holders if holder is not None]

    def values(self, numbers: Sequence[float]) -> list[float]:
        """The numbers that the function returns, without a record."""
        with no_grad():
            return [out.data for out in self.record(numbers)[1]]

    def on_floats(self, numbers: Sequence[float]) -> list[float]:
        """The numbers that the function returns for plain floats, as `outputs` may raise anything.

        A module keeps its parameters, which are Values.
        """
        with no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's, at what Values and it have inf or nan for
            outputs = self.outputs(numbers)
        return [out.data if isinstance(out, Value) else out for out in outputs]

    def record(self, numbers: Sequence[float]) -> tuple[list[Value], list[Value]]:
        """The inputs and outputs of one call of the function, as Values."""
        leaves = [
            Value(number) if holder is None else holder
            for number, holder in zip(numbers, self._holders, strict=True)
        ]
        for leaf, number in zip(leaves, numbers) if self.parameters else ():
            leaf.data = number
        # A derivative that the function takes by a module is then a Value, as by a number.
        token = differentiated.set((*differentiated.get(), tuple(leaves)))
        try:
            return leaves, self.call(leaves)
        finally:
            differentiated.reset(token)

    def call(self, leaves: Sequence[Value]) -> list[Value]:
        """The outputs of the function for these Values, as Values; a module has its own already."""
        return [out if isinstance(out, Value) else Value(out) for out in self.outputs(leaves)]

    def outputs(self, leaves: Sequence[Traced | float]) -> list[Any]:
        """The outputs of the function for any numbers, traced or not."""
        for j, label in self._labels.items():
            leaf = leaves[j]
            if isinstance(leaf, Value):
                leaf.label = label
        if self.parameters:
            leaves = [leaf for leaf, holder in zip(leaves, self._holders) if holder is None]
        remaining = iter(leaves)
        arguments = []
        for structure, count, modules in self._inputs:
            parts: list[Any] = [*islice(remaining, count)]
            for i, module in modules.items():
                parts.insert(i, module)
            arguments.append(structure.rebuild(parts))
        result = self._function(*arguments)
        try:
            outputs, structure = flatten(result)
        except NotANumberError as error:
            raise TypeError(
                f"check_gradients() needs a function that returns numbers; "
                f"{self.name}{error.place} is not one: {error.problem}"
            ) from None
        self.output_names = [self.name + place for place in structure.places()]
        return outputs


def function_name(function: Callable[..., Any]) -> str:
    """The name of a function in messages."""
    name = function.name if isinstance(function, Primitive) else getattr(function, "__name__", "")
    return "the function" if name in ("", "<lambda>") else f"{name}()"


def input_names(function: Callable[..., Any], count: int) -> list[str]:
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


def place(names: Sequence[str], point: Sequence[float], j: int = 0) -> str:
    """The point, as a line of a message; of many inputs, number j and some others."""
    shown = [f"{name} = {x!r}" for name, x in zip(names, point, strict=True)]
    if j >= _SHOWN_INPUTS:
        shown.insert(0, shown.pop(j))
    more = [f"and {len(shown) - _SHOWN_INPUTS} more"] if len(shown) > _SHOWN_INPUTS else []
    return f"At {', '.join([*shown[:_SHOWN_INPUTS], *more])}"


def _taken_apart(name: str, thing: Any) -> tuple[list[Any], Structure]:
    """The numbers, Values and modules in an input, and its shape."""
    try:
        return flatten(thing, whole=is_module)
    except NotANumberError as error:
        raise TypeError(
            f"check_gradients() varies each of its inputs; at {name}{error.place}: "
            f"{error.problem}. What is not to be varied belongs into the function, such as "
            "lambda x: f(x, option)"
        ) from None


def _numbers(place: str, part: Any) -> Iterator[tuple[str, float, Value | None]]:
    """For each number in a part its name, itself, and the parameter that holds it."""
    if is_module(part):
        for path, parameter in part.named_parameters():
            yield f"{place}.{path}", parameter.data, parameter
    elif isinstance(part, Value):
        yield f"{place} (labelled {part.label!r})" if part.label else place, part.data, None
    else:
        yield place, part, None
