"""What one can choose of a picture, and what is said of a choice that there is not."""

from __future__ import annotations

import operator
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal, TypeAlias, TypedDict

from autograd.draw.colors import THEMES, Theme
from autograd.draw.picture import Direction
from autograd.snapshot import Which

ColorBy: TypeAlias = Literal["gradient", "value", "local derivative"]
LocalDerivatives: TypeAlias = Literal["numbers", "symbols", "both"]
Style: TypeAlias = Literal["one box", "classic"]
ThemeName: TypeAlias = Literal["light", "dark", "print"]
Layout: TypeAlias = Literal["own", "dot"]

DIRECTIONS: Final = ("LR", "RL", "TB", "BT")
LAYOUTS: Final = ("own", "dot")
_LEAST_BOXES: Final = 10


class PictureOptions(TypedDict, total=False):
    """The keywords of everything that makes a picture; `picture_of` says what they mean."""

    local_derivatives: LocalDerivatives | None
    color_by: ColorBy | None
    path_from: Which | None
    depth: int | None
    max_boxes: int | None
    frames: bool
    style: Style
    theme: ThemeName
    direction: Direction
    precision: int
    font_size: float
    title: str


@dataclass(frozen=True, slots=True)
class Choices:
    """The options, each known to be one that there is."""

    local_derivatives: LocalDerivatives | None
    color_by: ColorBy | None
    path_from: Which | None
    depth: int | None
    max_boxes: int | None
    frames: bool
    style: Style
    theme: ThemeName
    direction: Direction
    precision: int
    font_size: float
    title: str

    def __post_init__(self) -> None:
        check_choice(
            "local_derivatives", self.local_derivatives, (None, "numbers", "symbols", "both")
        )
        check_choice("color_by", self.color_by, (None, "gradient", "value", "local derivative"))
        check_choice("style", self.style, ("one box", "classic"))
        check_choice("theme", self.theme, THEMES)
        check_choice("direction", self.direction, DIRECTIONS)
        if self.depth is not None:
            _check_number("depth", self.depth, 0, None, "None")
        if self.max_boxes is not None:
            _check_number("max_boxes", self.max_boxes, _LEAST_BOXES, None, "None")
        _check_number("precision", self.precision, 1, 17)
        if not isinstance(self.font_size, (int, float)) or not 4 <= self.font_size <= 100:
            raise ValueError(
                f"font_size must be a number of pixels from 4 to 100, got {self.font_size!r}"
            )
        if not isinstance(self.frames, bool):
            raise TypeError(f"frames must be True or False, got {self.frames!r}")
        if not isinstance(self.title, str):
            raise TypeError(f"title must be a string, got {self.title!r}")

    @property
    def colors(self) -> Theme:
        """The colours of the theme."""
        return THEMES[self.theme]


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


def _check_number(
    name: str, number: Any, least: int, most: int | None = None, other: str = ""
) -> None:
    to = "" if most is None else f" to {most}"
    bounds = f"{f'{other} or ' if other else ''}a whole number from {least}{to or ' up'}"
    try:
        if isinstance(number, bool):
            raise TypeError
        whole = operator.index(number)
    except TypeError:
        raise TypeError(f"{name} must be {bounds}, got {number!r}") from None
    if whole < least or (most is not None and whole > most):
        raise ValueError(f"{name} must be {bounds}, got {number!r}")
