"""The size of a text, and the characters that can be shown.

No font is opened, since the reader's is not known. A width is that of the widest of the
usual sans-serif fonts (Helvetica and Arial, and DejaVu Sans, which is as wide as Verdana),
so that no label is cut in any of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from autograd.draw.picture import Line

LINE_HEIGHT: Final = 1.3  # of a line of text, as a multiple of the font size

# fmt: off
# Hundredths of the font size, for the characters from the space to the tilde, plain and bold.
_WIDTHS: Final = {False: (
     32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34,  # !"#$%&'()*+,-./
     64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 56,  # 0123456789:;<=>?
    102, 69, 69, 73, 78, 67, 62, 78, 76, 30, 50, 67, 56, 87, 75, 79,  # @ABCDEFGHIJKLMNO
     67, 79, 73, 67, 62, 74, 69, 99, 69, 67, 69, 40, 34, 40, 84, 56,  # PQRSTUVWXYZ[\]^_
     50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62,  # `abcdefghijklmno
     64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,  # pqrstuvwxyz{|}~
), True: (
     35, 46, 53, 84, 70,101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37,  # !"#$%&'()*+,-./
     70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40, 40, 84, 84, 84, 62,  # 0123456789:;<=>?
    100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 56, 78, 64,100, 84, 86,  # @ABCDEFGHIJKLMNO
     74, 86, 78, 73, 69, 82, 78,111, 78, 73, 73, 46, 37, 46, 84, 56,  # PQRSTUVWXYZ[\]^_
     50, 68, 72, 60, 72, 68, 44, 72, 72, 35, 35, 67, 35,105, 72, 69,  # `abcdefghijklmno
     72, 72, 50, 60, 48, 72, 66, 93, 65, 66, 59, 72, 37, 72, 84,  # pqrstuvwxyz{|}~
)}
# fmt: on
_ALPHABETIC: Final = 90  # Latin beyond ASCII, Greek, Cyrillic, Hebrew, Arabic
_WIDE: Final = 100  # a full square, as Chinese, Japanese and Korean are written
_EMOJI: Final = 140
_UNKNOWN: Final = 125  # signs of mathematics, arrows, and all other scripts
_BROADER: Final = {False: 1.0, True: 1.15}  # other letters, plain and bold
_REPLACEMENT: Final = "\ufffd"


def clean(text: str) -> str:
    r"""``text`` with a replacement character for each that cannot be in a line of a picture.

    These are the characters that XML forbids (most control characters, lone surrogates,
    U+FFFE), and the marks that turn the direction of the text around them. Right-to-left
    letters stay: only their own direction is turned.

    >>> clean("a\x00b") == "a\ufffdb"
    True
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_REPLACEMENT if _is_barred(character) else character for character in text)


def lines_of(text: str) -> list[str]:
    r"""The lines of ``text``, clean, each without its end.

    >>> lines_of("one\ntwo")
    ['one', 'two']
    """
    if text.isascii() and text.isprintable():
        return [text]
    return [clean(line.replace("\t", " ")) for line in text.splitlines()] or [""]


def split(lines: Iterable[Line]) -> list[Line]:
    """The lines as they are shown: clean, and divided at newlines."""
    return [
        line if text == line.text else replace(line, text=text)
        for line in lines
        for text in lines_of(line.text)
    ]


def size_of(lines: Iterable[Line], size: float) -> tuple[float, float]:
    """The width and the height in pixels of lines from `split`, below each other."""
    widest = height = 0.0
    for line in lines:
        widest = max(widest, width(line.text, size * line.scale, line.bold))
        height += size * line.scale * LINE_HEIGHT
    return widest, height


@lru_cache(maxsize=4096)
def width(text: str, size: float, bold: bool = False) -> float:
    """The width in pixels that one line of ``text`` needs at most.

    Args:
        text: a line from `lines_of`.
        size: of the font, in pixels.
        bold: True if the letters are bold.

    >>> width("0.5", 10.0)  # two digits of 6.4 and a dot of 3.2
    16.0
    """
    if text.isascii():
        return sum([_WIDTHS[bold][code - 32] for code in text.encode()]) * size / 100
    # A compatibility form is as wide as its letters: one Arabic ligature is a sentence.
    text = unicodedata.normalize("NFKD", text)
    return sum(_character_width(character, bold) for character in text) * size / 100


def _character_width(character: str, bold: bool) -> float:
    code = ord(character)
    if 32 <= code < 127:
        return _WIDTHS[bold][code - 32]
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if code >= 0x1F000:
        return _EMOJI * _BROADER[bold] if code < 0x20000 else _WIDE
    if unicodedata.east_asian_width(character) in "WF":
        return _EMOJI if unicodedata.category(character) == "So" else _WIDE
    return (_ALPHABETIC if code < 0x900 else _UNKNOWN) * _BROADER[bold]


def _is_barred(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in _DIRECTION_MARKS
        or ord(character) & 0xFFFE == 0xFFFE  # not characters
    )


_DIRECTION_MARKS: Final = frozenset(["LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"])
