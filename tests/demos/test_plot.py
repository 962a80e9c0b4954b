"""Line charts of the demos: where their lines run, read back from the SVG."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demos.plot import COLORS, DASHES, HEIGHT, LEFT, TOP, WIDTH, Axis, line_chart
from tests.drawings import SVG

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


# All that XML can hold.
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=12)


def number(text: str) -> float:
    """The number that a tick says."""
    base, ten, power = re.fullmatch(r"(?:(.*)·)?(10(?=[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]))?(.*)", text).groups()  # type: ignore[union-attr]
    if ten is None:
        return float(text)
    return float(f"{base or 1}e{power.translate(SUPERSCRIPTS)}")


def ticks_of(chart: ElementTree.Element) -> tuple[dict[float, float], dict[float, float]]:
    """The places and numbers of the ticks of both axes."""
    across, up = {}, {}
    for text in chart.iter(f"{SVG}text"):
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        if text.attrib["text-anchor"] == "end":
            up[y - 4] = number(text.text or "")
        elif y == TOP + HEIGHT + 20:
            across[x] = number(text.text or "")
    return across, up


def between(ticks: dict[float, float], place: float) -> float:
    """The number at a place of a linear axis, from its first and last tick."""
    (a, first), (b, last) = min(ticks.items()), max(ticks.items())
    return first + (last - first) * (place - a) / (b - a)


def places_of(line: ElementTree.Element) -> list[tuple[float, float]]:
    points = [point.split(",") for point in line.attrib["points"].split()]
    return [(float(x), float(y)) for x, y in points]


def test_lines_run_where_the_ticks_say() -> None:
    points = [(0.0, -3.0), (10.0, 40.0), (25.0, 8.0)]
    svg = line_chart({"one": points}, title="", x="", y="")
    chart = ElementTree.fromstring(svg)
    across, up = ticks_of(chart)
    assert list(across.values()) == [0, 5, 10, 15, 20, 25]
    assert list(up.values()) == [0, 10, 20, 30, 40]
    [line] = chart.iter(f"{SVG}polyline")
    read = [(between(across, x), between(up, y)) for x, y in places_of(line)]
    assert read == [pytest.approx(point, abs=0.01) for point in points]


def test_a_logarithmic_axis_has_equal_steps_for_equal_ratios() -> None:
    points = [(float(n), 10.0**-n) for n in range(10)]
    chart = ElementTree.fromstring(
        line_chart({"one": points}, title="", x="", y="", log_y=True, log_x=False)
    )
    [line] = chart.iter(f"{SVG}polyline")
    heights = [y for _, y in places_of(line)]
    steps = [below - above for above, below in pairwise(heights)]
    assert steps == pytest.approx([steps[0]] * 9, abs=0.02)
    _, up = ticks_of(chart)
    assert [up[y] for y in sorted(up)] == [1.0, 1e-2, 1e-4, 1e-6, 1e-8]
    for tick_place, tick in up.items():
        assert any(
            tick_place == pytest.approx(y, abs=0.02) and tick == point[1]
            for (_, y), point in zip(places_of(line), points)
        )


LINEAR = st.builds(
    lambda low, span: Axis(low, low + span, False, 0, 100),
    st.floats(-1e6, 1e6),
    st.floats(1e-3, 1e6),
)
LOGARITHMIC = st.builds(
    lambda low, span: Axis(low, low + span, True, 0, 100),
    st.floats(-150, 150),
    st.floats(1e-3, 150),
)


@given(LINEAR | LOGARITHMIC)
def test_ticks_are_few_round_and_within(axis: Axis) -> None:
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 9
    assert ticks == sorted(set(ticks))
    assert all(-1e-6 <= axis.place(tick) <= 100 + 1e-6 for tick in ticks)


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(1e-300, 1e300)), min_size=1))
def test_every_point_is_within_the_panel(points: list[tuple[float, float]]) -> None:
    chart = ElementTree.fromstring(line_chart({"": points}, title="", x="", y="", log_y=True))
    [line] = chart.iter(f"{SVG}polyline")
    for x, y in places_of(line):
        assert LEFT <= x <= LEFT + WIDTH
        assert TOP <= y <= TOP + HEIGHT


def test_dots_are_not_joined() -> None:
    points = [(0.0, 1.0), (1.0, 2.0), (2.0, 0.5)]
    svg = line_chart({"line": points, "dots": points}, title="", x="", y="", dots={"dots"})
    chart = ElementTree.fromstring(svg)
    [line] = chart.iter(f"{SVG}polyline")
    circles = [
        (float(circle.attrib["cx"]), float(circle.attrib["cy"]))
        for circle in chart.iter(f"{SVG}circle")
    ]
    assert circles[:-1] == places_of(line)
    assert circles[-1][0] > LEFT + WIDTH  # in the legend


def test_sixteen_lines_are_told_apart_by_colour_and_dashes() -> None:
    lines = {f"line {n}": [(0.0, n), (1.0, n + 1.0)] for n in range(16)}
    chart = ElementTree.fromstring(line_chart(lines, title="", x="", y=""))
    looks = [
        (line.attrib["stroke"], line.attrib["stroke-dasharray"])
        for line in chart.iter(f"{SVG}polyline")
    ]
    assert len(set(looks)) == 16
    assert len({dashes for _, dashes in looks[:4]}) == 4 == len(DASHES) == len(COLORS)


def luminance(color: str) -> float:
    """Relative luminance, as the Web Content Accessibility Guidelines define it."""
    channels = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("page", ["#ffffff", "#161616"])
def test_lines_are_seen_on_light_and_dark(color: str, page: str) -> None:
    """The guidelines ask for a contrast of 3 of lines and the like."""
    dark, light = sorted([luminance(color), luminance(page)])
    assert (light + 0.05) / (dark + 0.05) >= 3
    assert f"{page[:4]}" in line_chart({"a": [(0, 0)]}, title="", x="", y="")


@given(TEXTS, TEXTS, TEXTS)
def test_texts_are_shown_as_they_are(title: str, x: str, name: str) -> None:
    svg = line_chart({name: [(0.0, 1.0)]}, title=title, x=x, y="")
    texts = [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert [texts[0], texts[-1]] == [title, name]
    assert x in texts


@pytest.mark.parametrize(
    ("lines", "log", "message"),
    [
        ({}, False, "a chart needs at least one point"),
        ({"a": []}, False, "a chart needs at least one point"),
        ({"a": [(0, float("inf"))]}, False, "inf has no place on an axis: leave the point out"),
        (
            {"a": [(0, 1.0), (1, 0.0)]},
            True,
            "0.0 has no place on a logarithmic axis: leave the point out",
        ),
    ],
)
def test_what_has_no_place_is_refused(
    lines: dict[str, list[tuple[float, float]]], log: bool, message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        line_chart(lines, title="", x="", y="", log_y=log)
