"""Types for editors and type checkers alone."""

from collections.abc import Iterator
from typing import Protocol, TypeVar

from autograd import Value

class Output(Value, list[Value]):  # type: ignore[misc]  # of which there is no instance
    """The output of a model: a Value if there is one, a list of Values if there are several.

    A type checker does not know the sizes of a model, and takes an output for both.
    """

_Element_co = TypeVar("_Element_co", covariant=True)

class ListOf(Protocol[_Element_co]):
    """A list or tuple, which a str is not."""

    def __iter__(self) -> Iterator[_Element_co]: ...
    def __len__(self) -> int: ...
    def __contains__(self, element: object, /) -> bool: ...
