"""The options of a picture: each once, with its type, its default and its bounds.

`PictureOptions` declares them for type checkers, `takes_options` declares them of a function,
and `complete_options` checks their values and adds the defaults. `checks_options` is for functions
with options of their own.
"""

from __future__ import annotations

import functools
import inspect
import math
import typing
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from reprlib import repr as shown
from types import NoneType
from typing import Annotated, Any, Final, Literal, NamedTuple, SupportsIndex, TypeAlias, TypedDict

from autograd.draw.picture import Direction, Picture
from autograd.engine.operands import kind_of
from autograd.snapshot import Which

ColorBy: TypeAlias = Literal["gradient", "value", "local derivative"]
LocalDerivatives: TypeAlias = Literal["numbers", "symbols", "both"]
StyleName: TypeAlias = Literal["one box", "classic"]
ThemeName: TypeAlias = Literal["light", "dark", "print"]
LayoutName: TypeAlias = Literal["own", "dot"]

_Function = typing.TypeVar("_Function", bound=Callable[..., Any])

DIRECTIONS: Final = typing.get_args(Direction)
LAYOUTS: Final = typing.get_args(LayoutName)


class Option(NamedTuple):
    """The default of an option, and the bounds of a number."""

    default: Any
    least: int = 0
    most: float = math.inf


class PictureOptions(TypedDict, total=False):
    """The keywords of every function that makes a picture.

    Attributes:
        local_derivatives: the local derivative on the edge into an operation: in
            ``"numbers"``, in ``"symbols"``, or ``"both"``; None for none.
        color_by: the numbers that colours show: the ``"gradient"`` or the ``"value"`` in the
            boxes, or the ``"local derivative"`` on the edges; None for no such colours.
            Blue is negative and orange positive; a folded group has the colour of the
            number of the greatest size in it.
        path_from: a leaf, from which every path to the root is marked; a Value, an id or
            a label, as `Graph.__getitem__` takes it.
        depth: the number of levels of groups that are open: at 0 a model is one box, at 1
            each of its layers, and so on. None opens as many as ``max_boxes`` allows.
        open: the places of groups that are open besides, such as ``["MLP.layers.0"]``, with all
            that are around them; the others are folded unless ``depth`` opens them.
        max_boxes: the most boxes, and half the most edges. Beyond that, groups are folded,
            and values outside of groups are contracted; the caption says so. A ``depth``
            that is given is kept nevertheless. None shows everything.
        frames: True if open groups are framed.
        theme: ``"light"``, ``"dark"``, or ``"print"``, which needs no colours.
        direction: of the computation: ``"LR"`` from left to right, ``"TB"`` from top to
            bottom, ``"RL"`` or ``"BT"``.
        precision: the number of significant digits, 1 to 17.
        font_size: in pixels, 4 to 100.
        title: a line above the picture.
    """

    local_derivatives: Annotated[LocalDerivatives | None, Option(None)]
    color_by: Annotated[ColorBy | None, Option("gradient")]
    path_from: Annotated[Which | None, Option(None)]
    depth: Annotated[int | None, Option(None)]
    open: Annotated[Collection[str | int], Option(())]
    max_boxes: Annotated[int | None, Option(40, least=10)]
    frames: Annotated[bool, Option(True)]
    theme: Annotated[ThemeName, Option("light")]
    direction: Annotated[Direction, Option("LR")]
    precision: Annotated[int, Option(4, least=1, most=17)]
    font_size: Annotated[float, Option(12.0, least=4, most=100)]
    title: Annotated[str, Option("")]


class DotOptions(PictureOptions, total=False):
    """The keywords of every function that makes a picture for Graphviz.

    Attributes:
        style: ``"one box"`` for a value and its operation, or ``"classic"``, with the
            operation in an oval of its own.
    """

    style: Annotated[StyleName, Option("one box")]


# The type of each option, with its default and its bounds.
_OPTIONS: Final[dict[str, tuple[Any, Option]]] = {
    name: (hint.__origin__, hint.__metadata__[0])
    for name, hint in typing.get_type_hints(DotOptions, include_extras=True).items()
}


def takes_options(kind: type, *but: str) -> Callable[[_Function], _Function]:
    """Declare the options of a function that takes them as ``**options``.

    Its signature lists them, and any other keyword is an error that names the nearest one.

    Args:
        kind: `PictureOptions` or `DotOptions`.
        but: options that the function takes by another name.
    """
    added = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=option.default, annotation=hint
        )
        for name, (hint, option) in _OPTIONS.items()
        if name in kind.__annotations__ and name not in but
    ]

    def declared(function: _Function) -> _Function:
        signature = inspect.signature(function)
        own = list(signature.parameters.values())[:-1]
        known = {each.name for each in own} | _OPTIONS.keys()
        return _checked(function, signature.replace(parameters=own + added), known)

    return declared


def checks_options(function: _Function) -> _Function:
    """Make a keyword that a function does not take an error that names the nearest one."""
    signature = inspect.signature(function)
    return _checked(function, signature, signature.parameters)


def _checked(
    function: _Function, signature: inspect.Signature, known: Collection[str]
) -> _Function:
    parameters = signature.parameters.values()
    listed = sorted([each.name for each in parameters if each.default is not each.empty])
    these = f"option{'s are' if len(listed) > 1 else ' is'} {', '.join(listed)}"

    @functools.wraps(function)
    def checked(*args: Any, **options: Any) -> Any:
        for name in options:
            if name not in known:
                near = get_close_matches(name, listed, n=1, cutoff=0.5)
                hint = f"did you mean {near[0]!r}? The" if near else "the"
                raise TypeError(f"there is no option {name!r}: {hint} {these}")
        return function(*args, **options)

    checked.__signature__ = signature  # type: ignore[attr-defined]
    return typing.cast(_Function, checked)


def complete_options(options: Mapping[str, Any]) -> DotOptions:
    """All options: those given, once checked, and the defaults of the others.

    Raises:
        TypeError: an option is not of its type.
        ValueError: an option is outside of its bounds, or none of its choices.
    """
    chosen = {name: option.default for name, (_, option) in _OPTIONS.items()} | dict(options)
    for name, (hint, option) in _OPTIONS.items():
        if name not in ("path_from", "open"):  # looking these up in the graph checks them
            _check(name, chosen[name], hint, option)
    return typing.cast(DotOptions, chosen)


def check_choice(name: str, choice: Any, allowed: Collection[Any]) -> None:
    """Refuse anything but the choices that are allowed.

    Raises:
        ValueError: ``choice`` is none of them; the message lists them.
    """
    if choice not in list(allowed):
        known = ", ".join([repr(each) for each in allowed])
        raise ValueError(f"{name} must be one of {known}, got {shown(choice)}")


def check_picture(function: str, picture: object) -> None:
    """Refuse what is no picture."""
    if not isinstance(picture, Picture):
        raise TypeError(
            f"{function}() takes a picture, such as picture_of(autograd.graph(loss)), "
            f"got {kind_of(picture)}"
        )


# For each type, the types that are accepted for it, and their name in errors.
_ACCEPTED: Final[dict[Any, tuple[Any, str]]] = {
    bool: (bool, "True or False"),
    str: (str, "a string"),
    int: (SupportsIndex, "a whole number"),
    float: ((int, float), "a number of pixels"),
}


def _check(name: str, choice: Any, hint: Any, option: Option) -> None:
    optional = NoneType in typing.get_args(hint)
    kind = typing.get_args(hint)[0] if optional else hint
    if typing.get_origin(kind) is Literal:
        check_choice(name, choice, [None] * optional + [*typing.get_args(kind)])
        return
    if optional and choice is None:
        return
    accepted, expected = _ACCEPTED[kind]
    is_number = kind in (int, float)
    if is_number:
        to = " up" if option.most == math.inf else f" to {option.most}"
        expected = f"{'None or ' * optional}{expected} from {option.least}{to}"
    if not isinstance(choice, accepted) or (is_number and isinstance(choice, bool)):
        raise TypeError(f"{name} must be {expected}, got {shown(choice)}")
    if is_number and not option.least <= choice <= option.most:
        raise ValueError(f"{name} must be {expected}, got {choice!r}")
