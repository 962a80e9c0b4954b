"""The demo of digits: what a user sees, with few of them."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from demos import digits
from tests.drawings import SVG


def test_it_trains_and_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sklearn")
    options = ["--digits", "60", "--epochs", "1", "--hidden", "2", "--output", str(tmp_path)]
    assert digits.main(options) == 1
    printed = capsys.readouterr().out
    assert printed.startswith(
        "Sequential(Linear(64, 2), ReLU(), Linear(2, 10))\nHistory of 1 epoch"
    )
    assert {path.name for path in tmp_path.iterdir()} == {"digits.svg", "digits_losses.svg"}
    wrong = re.findall(r">\d, not \d<", (tmp_path / "digits.svg").read_text("utf-8"))
    [accuracy] = re.findall(r"validation accuracy ([\d.]+)", printed)
    assert len(wrong) == round(12 * (1 - float(accuracy)))


def test_a_picture_has_the_ink_and_the_answers() -> None:
    pixels = [0.0] * 64
    pixels[9] = 0.5
    svg = digits.draw_digits([(pixels, 3, 3), (pixels, 4, 9)])
    chart = ElementTree.fromstring(svg)
    ink = [rect for rect in chart.iter(f"{SVG}rect") if "fill-opacity" in rect.attrib]
    assert [rect.attrib["fill-opacity"] for rect in ink] == ["0.5", "0.5"]
    assert [text.text for text in chart.iter(f"{SVG}text")][1:] == ["3", "9, not 4"]


def test_options_that_make_no_sense_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        digits.main(["--digits", "1798"])
    assert "--digits from 10 to 1797" in capsys.readouterr().err
