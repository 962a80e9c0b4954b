"""What Python's help shows of an operation: its docstring and its signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from inspect import Signature

# The function that writes the docstring of a primitive. The package sets it, since words are built
# on primitives.
writers: Final[list[Callable[[Any], str]]] = []


# A class and its instances have each a docstring and a signature of their own.


class _Docstring:
    """The docstring of a primitive, written when it is asked for; of its class, the source's."""

    def __init__(self, of_class: str | None) -> None:
        self.of_class = of_class

    def __get__(self, primitive: Any, kind: Any) -> str | None:
        return self.of_class if primitive is None else writers[0](primitive)


class _Signature:
    """The signature of a primitive; a class has none, so that Python finds that of its calls."""

    def __get__(self, primitive: Any, kind: Any) -> Signature:
        if primitive is None:
            raise AttributeError("__signature__")
        # Imported here, because few programs ask for a signature.
        from inspect import Parameter, Signature

        names = primitive.parameters()
        required = len(names) - len(primitive.defaults)
        defaults = [Parameter.empty] * required + list(primitive.defaults)
        return Signature(
            [
                Parameter(name, Parameter.POSITIONAL_ONLY, default=default)
                for name, default in zip(names, defaults)
            ]
        )


def show_in_help(kind: Any) -> None:
    """Give a class of primitives the docstrings and signatures of its instances."""
    kind.__doc__ = _Docstring(kind.__doc__)
    kind.__signature__ = _Signature()


def signature_of(function: Any) -> tuple[list[str], list[Any]]:
    """The names of the positional parameters of a function, and the last ones' defaults.

    None where the function does not say, or takes any number of arguments.
    """
    from inspect import Parameter, signature

    try:
        parameters = signature(function).parameters.values()
    except (TypeError, ValueError):  # as some of those that are written in C
        return [], []
    positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    fixed = [parameter for parameter in parameters if parameter.kind in positional]
    defaults = [x.default for x in fixed if x.default is not Parameter.empty]
    return [parameter.name for parameter in fixed], defaults
