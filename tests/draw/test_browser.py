"""Pictures in a browser: no text is cut, and no two texts overlap."""

from __future__ import annotations

import base64
import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograd import Value, graph
from autograd.draw import save
from demos.articles import ARTICLES
from demos.hand_example import forward_and_backward, starting_weights
from tests.drawings import HOSTILE, example, network

BROWSER = next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="needs chromium")
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs the dot program")

# Measures the texts of a page. A text is cut if it extends beyond the outline of its box, and
# it overlaps another if their boxes do. About a pixel is tolerated: the browser's box of a
# text has some room above and below the letters.
PROGRAM = """
const inner = (outer, box) => box.left >= outer.left - 0.5 && box.right <= outer.right + 0.5
    && box.top >= outer.top - 1 && box.bottom <= outer.bottom + 1;
const measured = (section) => {
    const image = section.querySelector("img");
    const texts = [...section.querySelectorAll(":not([aria-hidden]) > text")]
        .filter(text => text.textContent.trim());
    const places = new Map(texts.map(text => [text, text.getBoundingClientRect()]));
    const page = section.querySelector("svg").getBoundingClientRect();
    const cut = texts.filter(text => !inner(page, places.get(text)));
    const boxes = [...section.querySelectorAll("g[data-id], g.node")];
    for (const box of boxes) {
        const outline = box.querySelector("rect, path, polygon");
        for (const text of outline ? box.querySelectorAll("text") : []) {
            if (places.has(text) && !inner(outline.getBoundingClientRect(), places.get(text))) {
                cut.push(text);
            }
        }
    }
    const room = Number(section.dataset.room);
    const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > room;
    const overlapping = texts.flatMap((text, i) => texts.slice(i + 1)
        .filter(other => overlap(places.get(text), places.get(other)))
        .map(other => [text.textContent, other.textContent]));
    return {
        image: [image.naturalWidth, image.naturalHeight],
        scripts: section.querySelectorAll("script").length,
        boxes: boxes.length,
        cut: [...new Set(cut)].map(text => text.textContent),
        overlapping: overlapping,
    };
};
document.getElementById("report").textContent =
    JSON.stringify([...document.querySelectorAll("section")].map(measured));
"""


def looked_at(svgs: Sequence[str], folder: Path, room: float = 3.0) -> list[dict[str, Any]]:
    """The report of a browser on a page with each of the pictures, inline and as an image.

    Args:
        svgs: the pictures.
        folder: for the page.
        room: how far the boxes of two texts may reach into each other's height.
    """
    assert BROWSER is not None
    sections = []
    for svg in svgs:
        data = base64.b64encode(svg.encode()).decode()
        inline = re.sub(r"^<\?xml.*?<svg", "<svg", svg, flags=re.S)
        image = f'<img src="data:image/svg+xml;base64,{data}">'
        sections.append(f'<section data-room="{room}">{inline}{image}</section>')
    page = folder / "page.html"
    page.write_text(
        f'<!DOCTYPE html><meta charset="utf-8">{"".join(sections)}'
        f'<pre id="report"></pre><script>window.onload = () => {{{PROGRAM}}}</script>',
        "utf-8",
    )
    result = subprocess.run(
        [
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *("--virtual-time-budget=5000", f"--user-data-dir={folder / 'profile'}"),
            page.as_uri(),
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    found = re.search(r'<pre id="report">(.*?)</pre>', result.stdout, re.S)
    assert found is not None, result.stderr
    report: list[dict[str, Any]] = json.loads(html.unescape(found[1]))
    return report


@cache
def hand_example() -> Value:
    return forward_and_backward(starting_weights(ARTICLES[0]))["loss"]


def hostile() -> Value:
    total = Value(0.0, "total")
    for label in HOSTILE:
        total = total + Value(1.0, label) * 2.0
    total.backward()
    return total


PICTURES: dict[str, Callable[[], str]] = {
    "one operation": lambda: graph(example()).to_svg(),
    "the hand example": lambda: graph(hand_example()).to_svg(local_derivatives="numbers"),
    "in symbols": lambda: graph(hand_example()).to_svg(local_derivatives="both", direction="TB"),
    "a folded network": lambda: network([4, 1], 4).to_svg(),
    "a network in full": lambda: network([4, 1], 1).to_svg(
        max_boxes=None, theme="dark", font_size=17, title="all of it", path_from=3
    ),
    "a large network": lambda: network([16, 16, 1], 8).to_svg(),
    "hostile labels": lambda: graph(hostile()).to_svg(max_boxes=None),
}


@pytest.fixture(scope="module")
def pictures() -> dict[str, str]:
    return {name: picture() for name, picture in PICTURES.items()}


@pytest.fixture(scope="module")
def reports(
    pictures: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("browser")
    return dict(zip(pictures, looked_at(list(pictures.values()), folder), strict=True))


@needs_browser
@pytest.mark.parametrize("name", PICTURES)
def test_every_text_has_its_place(
    name: str, pictures: dict[str, str], reports: dict[str, dict[str, Any]]
) -> None:
    svg, report = pictures[name], reports[name]
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg)
    assert size is not None
    assert report["image"] == pytest.approx([float(size[1]), float(size[2])], abs=1.0)
    assert report["boxes"] == svg.count("data-id=") > 0
    assert report["scripts"] == 0
    assert report["cut"] == []
    assert report["overlapping"] == []


@needs_browser
@needs_dot
def test_so_it_has_where_dot_lays_out(tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    save(hand_example(), path, layout="dot", local_derivatives="numbers")
    (report,) = looked_at([path.read_text("utf-8")], tmp_path, room=6.0)  # dot sets lines closer
    assert report["boxes"] == 23
    assert report["cut"] == []
    assert report["overlapping"] == []


@needs_browser
def test_what_is_cut_or_overlaps_is_found(tmp_path: Path) -> None:
    svg = graph(example()).to_svg()
    cut = svg.replace(">tanh<", ">tanh of more than there is room for<")
    moved = re.sub(r'y="[\d.]+" font-size="[\d.]+">grad', 'y="48">grad', svg)
    reports = looked_at([cut, moved], tmp_path)
    assert reports[0]["cut"] == ["tanh of more than there is room for"]
    assert reports[1]["overlapping"] != []
