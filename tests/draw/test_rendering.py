"""PNG and PDF without Graphviz, and the picture in a browser."""

from __future__ import annotations

import struct
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest

from autograd import graph
from autograd.draw import draw_dot, rendering, save
from tests.drawings import example


def draws_png() -> bool:
    try:
        rendering.render(graph(example()).to_svg(), "png")
    except (ImportError, RuntimeError):  # there is no font, for one
        return False
    return True


needs_resvg = pytest.mark.skipif(not draws_png(), reason="needs resvg-py, and a font")
needs_cairosvg = pytest.mark.skipif(find_spec("cairosvg") is None, reason="needs cairosvg")


@pytest.fixture
def no_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


def size_of_png(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@needs_resvg
@pytest.mark.usefixtures("no_dot")
@pytest.mark.parametrize("options", [{}, {"layout": "own", "theme": "dark"}])
def test_a_png_needs_no_dot(tmp_path: Path, options: dict[str, Any]) -> None:
    path = save(example(), tmp_path / "graph.png", **options)
    svg = graph(example()).to_svg()
    width, height = (float(svg.split(f'{name}="')[1].split('"')[0]) for name in ("width", "height"))
    drawn = size_of_png(path.read_bytes())
    assert drawn == pytest.approx((width * 2, height * 2), abs=1.0)
    assert sorted(tmp_path.iterdir()) == [path]


@needs_resvg
def test_texts_are_in_the_picture(tmp_path: Path) -> None:
    x = example()
    with_label = save(x, tmp_path / "a.png", layout="own").read_bytes()
    svg = graph(x).to_svg()
    assert with_label != rendering.render(svg.replace("<text", "<g").replace("/text", "/g"), "png")


@needs_cairosvg
@pytest.mark.usefixtures("no_dot")
def test_a_pdf_needs_no_dot(tmp_path: Path) -> None:
    path = save(example(), tmp_path / "graph.pdf")
    assert path.read_bytes().startswith(b"%PDF")
    assert path.read_bytes().rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize(("format", "package"), [("png", "resvg-py"), ("pdf", "cairosvg")])
def test_a_missing_renderer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package.replace("-", "_"), None)
    with pytest.raises(ModuleNotFoundError) as raised:
        save(example(), tmp_path / f"graph.{format}", layout="own")
    assert str(raised.value) == (
        f"a .{format} with the layout of this library is drawn by {package}: pip install {package}"
    )
    assert list(tmp_path.iterdir()) == []


def drawn_by(monkeypatch: pytest.MonkeyPatch, draw: Any) -> None:
    monkeypatch.setitem(rendering.RENDERERS, "png", ("resvg_py", draw))


def test_a_picture_without_its_texts_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_by(monkeypatch, lambda svg: b"without a font all is alike")
    with pytest.raises(RuntimeError) as raised:
        save(example(), tmp_path / "graph.png", layout="own")
    assert str(raised.value) == (
        "resvg-py finds no font, and would draw the picture without its texts: "
        "`apt install fonts-dejavu-core` (Debian, Ubuntu) brings one"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_of_a_renderer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(svg: str) -> bytes:
        assert svg
        raise OSError('no library called "cairo-2" was found')

    drawn_by(monkeypatch, draw)
    with pytest.raises(ImportError, match=r"draws with the library cairo, which it does not find"):
        save(example(), tmp_path / "graph.png", layout="own")


# ── In a notebook and a browser ───────────────────────────────────────────────


@pytest.mark.usefixtures("no_dot")
def test_a_notebook_says_what_a_digraph_lacks() -> None:
    assert draw_dot(example())._repr_mimebundle_(include=None, exclude=None) == {
        "text/plain": "Graphviz's program dot, which lays this picture out, is not installed: "
        "`apt install graphviz` (Debian, Ubuntu), `brew install graphviz` (macOS) or "
        "`winget install graphviz` (Windows) brings it. autograd.graph(y) shows the graph of y "
        "without it."
    }


def test_show_opens_the_page_or_with_an_option_of_pictures_the_picture() -> None:
    opened: list[str] = []
    page = graph(example()).show(theme="dark", opener=opened.append)
    picture = graph(example()).show(theme="dark", depth=1, opener=opened.append)
    assert page is not None
    assert picture is not None
    assert [Path(url2pathname(urlparse(url).path)) for url in opened] == [page, picture]
    assert page.read_text(encoding="utf-8") == graph(example()).to_html(theme="dark")
    assert picture.read_text(encoding="utf-8") == graph(example()).to_svg(theme="dark", depth=1)


def test_show_opens_a_picture_of_a_graph_that_is_too_large_for_a_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("autograd.page.document.MOST_VALUES", 4)
    path = graph(example()).show(opener=lambda url: True)
    assert path is not None
    assert path.name == "graph.svg"


def test_show_opens_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    path = graph(example()).show()
    assert path is not None
    assert path.as_uri() == opened[0]


def test_show_says_where_the_picture_is_without_a_browser() -> None:
    with pytest.raises(RuntimeError) as raised:
        graph(example()).show(opener=lambda url: False)
    before, path = str(raised.value).split(": it is in ")
    assert before == "no browser was found to open the graph"
    assert Path(path).read_text(encoding="utf-8") == graph(example()).to_html()
    with pytest.raises(TypeError, match=r"there is no option 'them': did you mean 'theme'\?"):
        graph(example()).show(them="dark")  # type: ignore[call-arg]
