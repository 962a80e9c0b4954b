"""Containers of numbers: taken apart into one list, and put together again.

What a function takes and returns may be a number, or a list, tuple, namedtuple, dict,
dataclass or NumPy array of numbers, or one of these in another. To differentiate it is
enough to know a list of numbers, and how to give a list of results the same shape.

A module, which is anything with ``named_parameters()``, counts as the dict of its
parameters by name: that is the shape of derivatives by it. A function gets the module itself.

A field of a dataclass that is declared with ``metadata={"static": True}``, as JAX has it, is
no part of the container: it is passed on as it is.

NumPy is not imported here: whoever has an array has imported it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import fields
from typing import Any, Final, TypeAlias

from autograd.engine.operands import Traced, as_float, is_graph, kind_of

# The path to a place in a container, the last step first: the path to what holds it, then the
# form in which that step is written, such as "[{!r}]", and the key or index to write.
Path: TypeAlias = "tuple[Path, str, Any] | tuple[()]"

# The form of a step to a field of a dataclass, told from that of a namedtuple.
_FIELD: Final = ".{!s}"


class NotANumberError(TypeError):
    """Something in a container is no number; ``place`` says where, as in ``"['w'][0]"``."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"at {place}: {problem}" if place else problem)
        self.place = place
        self.problem = problem


class MismatchError(ValueError):
    """A container has another shape than it is to have."""


class Block:
    """A number or an array of a container, as a part of the list of all numbers.

    Attributes:
        start: the position of its first number.
        shape: of the array; None for a single number.
    """

    __slots__ = ("shape", "start")

    def __init__(self, start: int, shape: tuple[int, ...] | None) -> None:
        self.start = start
        self.shape = shape

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Block) and self.start == other.start and self.shape == other.shape

    @property
    def positions(self) -> range:
        """The places of its numbers in the list of all."""
        return range(self.start, self.start + math.prod(self.shape or ()))

    def of(self, numbers: Sequence[Any]) -> Any:
        """The number or array that ``numbers``, the list of all, has in this place."""
        if self.shape is None:
            return numbers[self.start]
        return _array([numbers[i] for i in self.positions], self.shape)

    def times(self, columns: Block, rows: Sequence[Sequence[Any]]) -> Any:
        """The part of a matrix that belongs to this block of rows and that block of columns."""
        if self.shape is None and columns.shape is None:
            return rows[self.start][columns.start]
        elements = [rows[i][j] for i in self.positions for j in columns.positions]
        return _array(elements, (self.shape or ()) + (columns.shape or ()))


class Structure:
    """The shape of a container, apart from the numbers in it.

    Attributes:
        size: the number of numbers in it.
    """

    __slots__ = ("_template", "size")

    def __init__(self, template: Any, size: int) -> None:
        self._template = template  # the container, with a Block for each number or array
        self.size = size

    @property
    def is_number(self) -> bool:
        """True if it is a single number, in no container."""
        return isinstance(self._template, Block) and not self._template.shape

    @property
    def is_one_element(self) -> bool:
        """True if it is a single number, or an array of one element."""
        return isinstance(self._template, Block) and self.size == 1

    def rebuild(self, numbers: Sequence[Any]) -> Any:
        """The container with these numbers: arrays of floats, or of objects if one is a Value.

        >>> numbers, structure = flatten({"w": [1.0, 2.0], "b": 3.0})
        >>> structure.rebuild([x * 10 for x in numbers])
        {'w': [10.0, 20.0], 'b': 30.0}
        """
        return _mapped(lambda block, _: block.of(numbers), self._template)

    def outer(self, columns: Structure, rows: Sequence[Sequence[Any]]) -> Any:
        """A matrix, in this container a container like ``columns`` in place of each number.

        An array of the one and an array of the other make one array, of both shapes.

        >>> _, pair = flatten((0.0, 0.0))
        >>> _, named = flatten({"x": 0.0, "y": 0.0})
        >>> pair.outer(named, [[1.0, 2.0], [3.0, 4.0]])
        ({'x': 1.0, 'y': 2.0}, {'x': 3.0, 'y': 4.0})
        """

        def row(block: Block, _: Path) -> Any:
            return _mapped(lambda column, _: block.times(column, rows), columns._template)

        return _mapped(row, self._template)

    def places(self) -> list[str]:
        """The place of each number, as text.

        >>> flatten({"w": [1.0, 2.0], "b": 3.0})[1].places()
        ["['w'][0]", "['w'][1]", "['b']"]
        """
        found: list[str] = []
        for path, block in self._blocks():
            if block.shape is None:
                found.append(_written(path))
            else:
                found.extend(
                    [_written(_step(path, block.shape, i)) for i in range(len(block.positions))]
                )
        return found

    def _blocks(self) -> list[tuple[Path, Block]]:
        """Each number or array with the path to it."""
        found: list[tuple[Path, Block]] = []
        _mapped(lambda block, path: found.append((path, block)), self._template)
        return found

    def numbers_of(self, container: Any) -> list[Any]:
        """The numbers of a container of this shape, in the order that they have here.

        Raises:
            MismatchError: it has another shape; the message names a place.
            NotANumberError: it holds something else than numbers.

        >>> _, structure = flatten({"w": 1.0, "b": 2.0})
        >>> structure.numbers_of({"b": 20.0, "w": 10.0})
        [10.0, 20.0]
        """
        numbers, structure = flatten(container)
        with suppress(RecursionError):  # which comparing very deep ones ends in
            if structure._blocks() == self._blocks():
                return numbers
        # An array's [0, 1] is a list's [0][1].
        found = [place.replace(", ", "][") for place in structure.places()]
        at = dict(zip(found, numbers, strict=True))
        expected = [place.replace(", ", "][") for place in self.places()]
        for place in expected:
            if place not in at:
                missing = (
                    f"no number at {place}"
                    if place
                    else f"not one number, but {kind_of(container)}"
                )
                raise MismatchError(f"there is {missing}")
        for place in at:
            if place not in expected:
                raise MismatchError(f"there is a number too many, at {place}")
        return [at[place] for place in expected]


def flatten(
    container: Any, whole: Callable[[Any], bool] | None = None
) -> tuple[list[Any], Structure]:
    """The numbers of a container, and its shape.

    Args:
        container: a number or Value, or a list, tuple, namedtuple, dict, dataclass or NumPy
            array of such, or of such containers, or of modules.
        whole: of which parts that are no numbers to take the place of one, as they are.

    Returns:
        The numbers, Values as they are and all else as floats, and the `Structure`.

    Raises:
        NotANumberError: it holds something else; a bool too is not to be calculated with.

    >>> flatten([1, (2, 3)])[0]
    [1.0, 2.0, 3.0]
    """
    numbers: list[Any] = []

    def block(part: Any, path: Path) -> Any:
        start = len(numbers)
        if not _is_array(part):
            if whole and whole(part):
                numbers.append(part)
            elif is_module(part):
                parameters = _parameters(part, path)
                numbers.extend(parameters.values())
                return {name: Block(start + i, None) for i, name in enumerate(parameters)}
            else:
                numbers.append(_number(part, path))
            return Block(start, None)
        elements = part.ravel().tolist()
        if part.dtype.kind in "fiu":
            numbers.extend(map(float, elements))
        else:
            for i, element in enumerate(elements):
                numbers.append(_number(element, _step(path, part.shape, i)))
        return Block(start, part.shape)

    template = _mapped(block, container)
    return numbers, Structure(template, len(numbers))


def substituted(container: Any, variable: Callable[[Any], Traced]) -> tuple[Any, list[Any]]:
    """A container with variables in place of its numbers, and these in the order of `flatten`.

    Args:
        container: what `flatten` takes.
        variable: makes one for a number. Those of a module are its parameters, and it stays.
    """
    variables: list[Any] = []

    def place(part: Any, path: Path) -> Any:
        start = len(variables)
        if _is_array(part):
            variables.extend(map(variable, part.ravel().tolist()))
            return _array(variables[start:], part.shape)
        if is_module(part):
            variables.extend(_parameters(part, path).values())
            return part
        variables.append(variable(part))
        return variables[start]

    return _mapped(place, container), variables


def is_module(part: Any) -> bool:
    """True for what has parameters with names, as an `nn.Module` has."""
    return hasattr(part, "named_parameters") and not isinstance(part, type)


def _parameters(module: Any, path: Path) -> dict[str, Any]:
    """The parameters of a module, which must be Values, by their names."""
    named = dict(module.named_parameters())
    for name, parameter in named.items():
        if not isinstance(parameter, Traced):
            place = _written((path, "[{!r}]", name))
            raise NotANumberError(place, f"expected a Value, got {kind_of(parameter)}")
    return named


def holds_a_value(container: Any) -> bool:
    """True if a container holds a Value, among anything else.

    >>> holds_a_value({"x": [1.0, "two"]})
    False
    """
    pending = [container]
    seen: dict[int, Any] = {}  # with what they belong to, since ids are used again
    while pending:
        part = pending.pop()
        if is_graph(part):
            return True
        if id(part) in seen:
            continue
        seen[id(part)] = part
        if isinstance(part, dict):
            pending.extend(part.values())
        elif isinstance(part, (list, tuple)):
            pending.extend(part)
        elif _is_array(part) and part.dtype.kind == "O":
            pending.extend(part.ravel().tolist())
        elif is_dataclass(part):
            pending.extend(getattr(part, field.name, None) for field in fields(part))
    return False


class _Open:
    """A container of which some parts have been mapped."""

    __slots__ = ("container", "mapped", "rest")

    def __init__(self, container: Any, path: Path) -> None:
        self.container = container
        self.mapped: list[Any] = []
        # The parts that are left, each with the path to it.
        self.rest: Iterator[tuple[Any, Path]]
        if isinstance(container, dict):
            self.rest = ((x, (path, "[{!r}]", key)) for key, x in container.items())
        elif hasattr(container, "_fields"):
            self.rest = ((x, (path, ".{}", y)) for x, y in zip(container, container._fields))
        elif is_dataclass(container):
            self.rest = (
                (getattr(container, name), (path, _FIELD, name))
                for name in _field_names(container, path)
            )
        else:
            self.rest = ((x, (path, "[{!r}]", i)) for i, x in enumerate(container))

    def rebuilt(self) -> Any:
        """The container with what has become of its parts."""
        if isinstance(self.container, dict):
            out = copy(self.container)  # of the same class, and with its keys in the same order
            out.update(zip(self.container, self.mapped))
            return out
        if hasattr(self.container, "_fields"):
            return self.container._make(self.mapped)
        if is_dataclass(self.container):
            # Not by its __init__, which may check or convert what it takes.
            out = copy(self.container)
            for name, part in zip(_field_names(self.container, ()), self.mapped):
                object.__setattr__(out, name, part)
            return out
        return self.mapped if isinstance(self.container, list) else tuple(self.mapped)


def _mapped(function: Callable[[Any, Path], Any], container: Any) -> Any:
    """The container with ``function(part, path)`` in place of each part that is no container.

    Raises:
        NotANumberError: it holds itself.
    """
    if not _is_opened(container):
        return function(container, ())
    opened = [_Open(container, ())]  # each within the one before it
    ids = {id(container)}
    while True:
        innermost = opened[-1]
        for part, path in innermost.rest:
            if not _is_opened(part):
                innermost.mapped.append(function(part, path))
                continue
            if id(part) in ids:
                raise NotANumberError(
                    _written(path),
                    f"expected a real number, got {kind_of(part)} that holds itself",
                )
            ids.add(id(part))
            opened.append(_Open(part, path))
            break
        else:
            rebuilt = opened.pop().rebuilt()
            ids.remove(id(innermost.container))
            if not opened:
                return rebuilt
            opened[-1].mapped.append(rebuilt)


def _is_opened(part: Any) -> bool:
    """True for a container of which each part is mapped by itself."""
    if isinstance(part, (float, Traced, Block)):  # as most are
        return False
    return isinstance(part, (dict, list, tuple)) or is_dataclass(part)


def is_dataclass(part: Any) -> bool:
    """True for an instance of a dataclass whose fields are parts of it; a module is a whole."""
    return hasattr(type(part), "__dataclass_fields__") and not is_module(part)


def _field_names(container: Any, path: Path) -> list[str]:
    """The fields of a dataclass that are parts of it as a container."""
    parts = [field for field in fields(container) if not field.metadata.get("static")]
    for field in parts:
        if not field.init:
            raise NotANumberError(
                _written((path, _FIELD, field.name)),
                "a field with init=False follows from others, and no derivative would reach "
                "them through it: make it a property, or, if it depends on none of them, declare "
                'it with metadata={"static": True}',
            )
    return [field.name for field in parts]


def _step(path: Path, shape: tuple[int, ...], position: int) -> Path:
    """The path to the element of an array at ``position`` in the list of all."""
    indices: list[int] = []
    for size in reversed(shape):
        position, index = divmod(position, size)
        indices.append(index)
    return (path, "[{}]", ", ".join(map(str, reversed(indices)))) if shape else path


def _written(path: Path) -> str:
    steps = []
    while path:
        path, form, key = path
        steps.append(form.format(key))
    return "".join(reversed(steps))


def _number(part: Any, path: Path) -> Any:
    if isinstance(part, Traced):
        return part
    if type(part).__name__ in ("bool", "bool_"):  # Python's own, and NumPy's
        raise NotANumberError(
            _written(path), f"expected a real number, got the bool {part}{_advice(path)}"
        )
    try:
        return as_float(part)
    except TypeError as error:
        raise NotANumberError(_written(path), f"{error}{_advice(path)}") from None


def _advice(path: Path) -> str:
    """What to do about a field of a dataclass that is no number."""
    if not path or path[1] is not _FIELD:
        return ""
    return '; a field to be passed on as it is has metadata={"static": True}'


def _is_array(part: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(part, numpy.ndarray)


def _array(elements: list[Any], shape: tuple[int, ...]) -> Any:
    """An array of floats, or of objects if one of the elements is a Value."""
    numpy = sys.modules["numpy"]
    kind = object if any(isinstance(x, Traced) for x in elements) else float
    array = numpy.empty(len(elements), dtype=kind)
    array[:] = elements
    return array.reshape(shape)
