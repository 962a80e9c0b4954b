"""PNG and PDF of an SVG of this library, by renderers that pip installs.

resvg draws the PNG, which needs nothing else; cairosvg the PDF, which needs the library cairo.
Neither is imported before such a picture is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Final

# Pixels of a PNG for each pixel of the SVG, so that it is sharp on a slide.
PIXELS: Final = 2

_EMPTY: Final = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{}</svg>'


def has_renderer(format: str) -> bool:
    """True if the package is installed that draws that format."""
    return format in RENDERERS and find_spec(RENDERERS[format][0]) is not None


def render(svg: str, format: str) -> bytes:
    """The SVG as a picture in another format.

    Args:
        svg: the document.
        format: ``"png"`` or ``"pdf"``.

    Raises:
        ImportError: what draws it is not installed.
        RuntimeError: there is no font to write texts with.
    """
    package, draw = RENDERERS[format]
    distribution = package.replace("_", "-")
    try:
        picture = draw(svg)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise ModuleNotFoundError(
            f"a .{format} with the layout of this library is drawn by {distribution}: "
            f"pip install {distribution}",
            name=package,
        ) from None
    except OSError as error:  # of cairocffi, which is imported with cairosvg
        raise ImportError(
            f"{distribution} draws with the library cairo, which it does not find: "
            "`apt install libcairo2` (Debian, Ubuntu) or `brew install cairo` (macOS) brings it"
        ) from error
    if not _finds_a_font(draw):
        raise RuntimeError(
            f"{distribution} finds no font, and would draw the picture without its texts: "
            "`apt install fonts-dejavu-core` (Debian, Ubuntu) brings one"
        )
    return picture


def _png(svg: str) -> bytes:
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=PIXELS))


def _pdf(svg: str) -> bytes:
    import cairosvg

    picture: bytes = cairosvg.svg2pdf(bytestring=svg.encode())
    return picture


@cache
def _finds_a_font(draw: Callable[[str], bytes]) -> bool:
    """True if a text leaves a mark, of which there is none without a font."""
    text = _EMPTY.format('<text y="30" font-family="sans-serif">text</text>')
    # A PDF has the font in it.
    return len(draw(text)) > len(draw(_EMPTY.format(""))) + 20


# For each format the package that draws it, and how.
RENDERERS: Final[dict[str, tuple[str, Callable[[str], bytes]]]] = {
    "png": ("resvg_py", _png),
    "pdf": ("cairosvg", _pdf),
}
