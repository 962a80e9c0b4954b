"""The demo of two moons: what a user sees, and what its picture shows."""

from __future__ import annotations

import random
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from demos import moons
from demos.plot import HEIGHT, LEFT, TOP, WIDTH, boundary_chart
from nn import MLP
from tests.drawings import SVG


def test_it_trains_diagnoses_and_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--points", "40", "--epochs", "2", "--output", str(tmp_path)]
    assert moons.main(options) == 1  # two epochs are not enough
    printed = capsys.readouterr().out
    written = f"Written: {tmp_path / 'moons.html'} (a page to step through, and to train in)\n"
    assert printed.startswith(written)
    assert re.match(
        r"History of 2 epochs, the last: loss .*\nNo trouble found in 2 layers",
        printed.removeprefix(written),
    )
    pictures = {tmp_path / "moons.svg", tmp_path / "moons_losses.svg"}
    assert {*tmp_path.iterdir()} == {*pictures, tmp_path / "moons.html"}
    for path in pictures:
        ElementTree.parse(path)
        assert f"Drawn: {path}" in printed


def test_the_picture_asks_the_model_for_its_class() -> None:
    model = MLP(2, [1], rng=random.Random(1))
    for weight, number in zip(model.parameters(), [4.0, 0.0, -2.0], strict=True):
        weight.data = number  # class 1 where 4x - 2 > 0
    svg = moons.draw_boundary(model, ([[0.0, 0.0], [1.0, 1.0]], [0, 1]), "Halves")
    places = boundary(svg)
    assert [x for x, _ in places] == pytest.approx([LEFT + WIDTH / 2] * len(places), abs=0.1)
    assert min(y for _, y in places) < TOP + HEIGHT / 20
    assert max(y for _, y in places) > TOP + HEIGHT * 19 / 20


def boundary(svg: str) -> list[tuple[float, float]]:
    [line] = re.findall(r'class="boundary"[^>]* d="([^"]*)"', svg)
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", line)]


def test_a_boundary_runs_where_the_answer_is_one_half() -> None:
    classes = {"inside": [(-2.0, -2.0), (2.0, 2.0)], "outside": [(0.0, 0.0)]}

    def answer(x: float, y: float) -> float:
        return min(1.0, 0.5 + (x * x + y * y - 1.0) / 4.0)

    svg = boundary_chart(classes, answer, title="", x="", y="")
    chart = ElementTree.fromstring(svg)
    dots = [circle.attrib for circle in chart.iter(f"{SVG}circle")][:2]
    (x0, y0), (x1, y1) = [(float(dot["cx"]), float(dot["cy"])) for dot in dots]
    for x, y in boundary(svg):
        across, up = -2 + 4 * (x - x0) / (x1 - x0), -2 + 4 * (y - y0) / (y1 - y0)
        assert across**2 + up**2 == pytest.approx(1.0, abs=0.02)
    shades = re.findall(r'<path fill="(#\w+)" fill-opacity="([\d.]+)"', svg)
    assert {color for color, opacity in shades if float(opacity)} == {"#0072b2", "#d55e00"}


def test_options_that_make_no_sense_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        moons.main(["--points", "3"])
    assert "--points must be 10 or more, and --epochs 1 or more" in capsys.readouterr().err
