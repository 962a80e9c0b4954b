"""What a page of many boxes rests on: what of its lines is joined, and what is found where."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.page.nodejs import AllRules, needs_node, run

pytestmark = needs_node

Segment: TypeAlias = tuple[int, int, int, int]

_NUMBERS: Final = st.integers(-40, 40)
_FEW: Final = st.integers(0, 6)  # so that many lie on one line


@st.composite
def segments(draw: st.DrawFn) -> list[Segment]:
    """Straight stretches along both directions, of which many meet."""
    found = []
    for _ in range(draw(st.integers(1, 30))):
        line, one, other = draw(_FEW), draw(_NUMBERS), draw(_NUMBERS)
        is_level = draw(st.booleans())
        found.append((one, line, other, line) if is_level else (line, one, line, other))
    return found


@st.composite
def places(draw: st.DrawFn) -> dict[str, float]:
    """Rectangles of sizes from a point to far more than a cell."""
    size = st.sampled_from([0.0, 1.0, 30.0, 255.0, 256.0, 257.0, 3000.0, 70000.0])
    x, y = [draw(st.floats(-3000.0, 90000.0, width=32)) for _ in range(2)]
    return {"x": x, "y": y, "width": draw(size), "height": draw(size)}


def answer(script: str, data: Any) -> Any:
    """What a script assigns to ``answer``, of ``data``, with the modules of the picture."""
    return run(AllRules(), script, data, "scene.js")


def covered(segments: list[list[float]]) -> tuple[set[tuple[int, int, int]], int]:
    """The unit stretches that segments cover: line, position and direction; and their lengths."""
    units = set()
    length = 0
    for x, y, x1, y1 in segments:
        is_level = int(y == y1 and x != x1)
        line, one, other = (y, x, x1) if is_level else (x, y, y1)
        length += abs(int(other) - int(one))
        for at in range(int(min(one, other)), int(max(one, other))):
            units.add((is_level, int(line), at))
    return units, length


@settings(max_examples=3)
@given(st.lists(segments(), min_size=40, max_size=40))
def test_strokes_cover_what_the_lines_cover_and_each_place_once(
    cases: list[list[Segment]],
) -> None:
    script = "const answer = data.map((lines) => strokes(lines));"
    for lines, strokes in zip(cases, answer(script, cases)):
        ends = [[s["x"], s["y"], s["x"] + s["width"], s["y"] + s["height"]] for s in strokes]
        units, length = covered(ends)
        assert units == covered([list(line) for line in lines])[0]
        assert length == len(units)  # nowhere two of them


def test_curves_and_slanted_lines_are_drawn_once_each() -> None:
    curve, slanted = [0, 0, 10, 0, 10, 20, 20, 20], [0, 0, 5, 9]
    lines = [curve, slanted, curve, slanted, [0, 20, 9, 20]]
    script = "const answer = strokes(data).map((each) => pathOf(each, each));"
    assert sorted(answer(script, lines)) == ["M0 0C10 0 10 20 20 20", "M0 0L5 9", "M0 20H9"]


@settings(max_examples=3)
@given(
    st.lists(
        st.tuples(st.lists(places(), max_size=60), st.lists(places(), min_size=1, max_size=8)),
        min_size=20,
        max_size=20,
    )
)
def test_a_grid_finds_exactly_what_meets_a_place_or_a_point(
    cases: list[tuple[list[dict[str, float]], list[dict[str, float]]]],
) -> None:
    script = """
    const answer = data.map(([places, seen]) => {
      const grid = new Grid(places);
      return seen.map((place) => grid.within(place));
    });
    """

    def meet(one: dict[str, float], other: dict[str, float]) -> bool:
        return all(
            one[at] <= other[at] + other[size] and other[at] <= one[at] + one[size]
            for at, size in (("x", "width"), ("y", "height"))
        )

    for (known, seen), found in zip(cases, answer(script, cases)):
        for place, ids in zip(seen, found):
            assert ids == [id for id, each in enumerate(known) if meet(each, place)]


def test_a_point_on_a_line_is_at_its_share_of_the_length() -> None:
    script = """
    const line = stretches("M0,0H30V40C30,60 30,60 30,80");
    const answer = [0, 0.25, 0.5, 1].map((share) => pointOn(line, share));
    """
    found = [(point["x"], point["y"]) for point in answer(script, None)]
    expected = [(0.0, 0.0), (27.5, 0.0), (30.0, 25.0), (30.0, 80.0)]
    assert [x for pair in found for x in pair] == pytest.approx([x for p in expected for x in p])
    assert all(one != other for one, other in pairwise(found))
