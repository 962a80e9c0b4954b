"""What one can choose of a picture: each option once, with its type, its default and its bounds.

`PictureOptions` is what type checkers see of the keywords of everything that draws;
`takes_options` shows them to whoever asks for help, and `completed` checks them.
"""

from __future__ import annotations

import inspect
import math
import typing
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from types import NoneType
from typing import Annotated, Any, Final, Literal, NamedTuple, SupportsIndex, TypeAlias, TypedDict

from autograd.draw.picture import Direction
from autograd.snapshot import Which

ColorBy: TypeAlias = Literal["gradient", "value", "local derivative"]
LocalDerivatives: TypeAlias = Literal["numbers", "symbols", "both"]
Style: TypeAlias = Literal["one box", "classic"]
ThemeName: TypeAlias = Literal["light", "dark", "print"]
Layout: TypeAlias = Literal["own", "dot"]

_Function = typing.TypeVar("_Function", bound=Callable[..., Any])

DIRECTIONS: Final = typing.get_args(Direction)
LAYOUTS: Final = typing.get_args(Layout)


class Option(NamedTuple):
    """The default of an option, and the bounds of a number."""

    default: Any
    least: int = 0
    most: float = math.inf


class PictureOptions(TypedDict, total=False):
    """The keywords of everything that makes a picture.

    Attributes:
        local_derivatives: what stands on the edge into an operation: the local
            derivative in ``"numbers"``, in ``"symbols"``, or ``"both"``; None for nothing.
        color_by: what the colours show: the ``"gradient"`` or the ``"value"`` in the
            boxes, or the ``"local derivative"`` in the edges; None for no such colours.
            Blue is negative and orange positive; a folded group has the colour of the
            number of the greatest size in it.
        path_from: a leaf, from which every way to the root is marked; a Value, an id or
            a label, as `Graph.__getitem__` takes it.
        depth: how many levels of groups are open: at 0 a model is one box, at 1 each of
            its layers, and so on. None opens as many as ``max_boxes`` allows.
        max_boxes: how many boxes there may be, and twice as many edges. Beyond that
            groups are folded, and what is in no group is contracted; the caption says
            so. A ``depth`` that is given is kept to all the same. None shows everything.
        frames: whether open groups are framed.
        theme: ``"light"``, ``"dark"``, or ``"print"``, which does without colours.
        direction: where the computation goes: ``"LR"`` from left to right, ``"TB"``
            from top to bottom, ``"RL"`` or ``"BT"``.
        precision: how many significant digits numbers have, 1 to 17.
        font_size: in pixels, 4 to 100.
        title: a line above the picture.
    """

    local_derivatives: Annotated[LocalDerivatives | None, Option(None)]
    color_by: Annotated[ColorBy | None, Option("gradient")]
    path_from: Annotated[Which | None, Option(None)]
    depth: Annotated[int | None, Option(None)]
    max_boxes: Annotated[int | None, Option(40, least=10)]
    frames: Annotated[bool, Option(True)]
    theme: Annotated[ThemeName, Option("light")]
    direction: Annotated[Direction, Option("LR")]
    precision: Annotated[int, Option(4, least=1, most=17)]
    font_size: Annotated[float, Option(12.0, least=4, most=100)]
    title: Annotated[str, Option("")]


class DotOptions(PictureOptions, total=False):
    """The keywords of what Graphviz lays out.

    Attributes:
        style: ``"one box"`` for a value and its operation, or ``"classic"``, with the
            operation apart in an oval.
    """

    style: Annotated[Style, Option("one box")]


# The type of each option, and what else is declared of it.
_OPTIONS: Final[dict[str, tuple[Any, Option]]] = {
    name: (hint.__origin__, hint.__metadata__[0])
    for name, hint in typing.get_type_hints(DotOptions, include_extras=True).items()
}


def takes_options(kind: type, *but: str) -> Callable[[_Function], _Function]:
    """Show the options in the signature of a function that takes them as ``**options``.

    Args:
        kind: `PictureOptions` or `DotOptions`.
        but: the options that the function takes by another name.
    """
    added = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=option.default, annotation=hint
        )
        for name, (hint, option) in _OPTIONS.items()
        if name in kind.__annotations__ and name not in but
    ]

    def shown(function: _Function) -> _Function:
        signature = inspect.signature(function)
        own = list(signature.parameters.values())[:-1]
        function.__signature__ = signature.replace(parameters=own + added)  # type: ignore[attr-defined]
        return function

    return shown


def completed(options: Mapping[str, Any]) -> DotOptions:
    """All options, each known to be one that there is: those given, and the defaults of others.

    Raises:
        TypeError: there is no such option, or it is not of the right type.
        ValueError: it is none of those that there are.
    """
    for name in [each for each in options if each not in _OPTIONS]:
        near = get_close_matches(name, _OPTIONS, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_OPTIONS)}"
        raise TypeError(f"no picture has the option {name!r}: {hint}")
    chosen = {name: option.default for name, (_, option) in _OPTIONS.items()} | dict(options)
    for name, (hint, option) in _OPTIONS.items():
        if name != "path_from":  # which is looked up in the graph
            _check(name, chosen[name], hint, option)
    return typing.cast(DotOptions, chosen)


def check_own(options: Mapping[str, Any]) -> None:
    """Refuse what only Graphviz draws.

    Raises:
        ValueError: it is asked for.
    """
    if options.get("style") == "classic":
        raise ValueError(
            'style="classic" is laid out by Graphviz alone: take to_dot() or draw_dot(), '
            'or save with layout="dot"'
        )


def check_names(options: Mapping[str, object], *others: str) -> None:
    """Refuse options that there are not.

    Args:
        options: what was passed by keyword.
        others: keywords that the function takes beside those of a picture.

    Raises:
        TypeError: there is no such option; the message names the nearest that there is.
    """
    known = sorted([*PictureOptions.__annotations__, *others])
    for name in options:
        if name not in known:
            [nearest] = get_close_matches(name, known, n=1, cutoff=0.0)
            raise TypeError(
                f"there is no option {name!r}: did you mean {nearest!r}? "
                f"The options are {', '.join(known)}"
            )


def check_choice(name: str, choice: Any, allowed: Collection[Any]) -> None:
    """Refuse what is none of the choices that there are.

    Raises:
        ValueError: it is not; the message lists those that are.
    """
    if choice not in list(allowed):
        known = ", ".join([repr(each) for each in allowed])
        raise ValueError(f"{name} must be one of {known}, got {choice!r}")


# What may be given for each type, and how that is said.
_KINDS: Final[dict[Any, tuple[Any, str]]] = {
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
    given, said = _KINDS[kind]
    is_number = kind in (int, float)
    if is_number:
        to = " up" if option.most == math.inf else f" to {option.most}"
        said = f"{'None or ' * optional}{said} from {option.least}{to}"
    if not isinstance(choice, given) or (is_number and isinstance(choice, bool)):
        raise TypeError(f"{name} must be {said}, got {choice!r}")
    if is_number and not option.least <= choice <= option.most:
        raise ValueError(f"{name} must be {said}, got {choice!r}")
