"""The guarantees of the library's own layout, for pictures of any shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd.draw import text
from autograd.draw.layout import Layout, Point, Rectangle, Route, layout
from autograd.draw.layout.ordering import spread
from autograd.draw.picture import Box, Direction, Edge, Frame, Line, Picture

DIRECTIONS: tuple[Direction, ...] = ("LR", "RL", "TB", "BT")
TEXTS = ["", "x", "0.5", "-1.2346e-05", "log_softmax", "two\nlines", "日本", "a much longer label"]


@st.composite
def frames(draw: st.DrawFn, most: int = 5) -> tuple[Frame, ...]:
    titles = st.sampled_from(["", "MLP", "a title that is wider than a box of a number"])
    found: list[Frame] = []
    for number in range(draw(st.integers(0, most))):
        parent = draw(st.sampled_from([None, *range(number)]))
        beside = [other for other in range(number) if found[other].parent == parent]
        follows = draw(st.sampled_from([None, *beside]))
        found.append(Frame(draw(titles), parent, follows=follows))
    return tuple(found)


@st.composite
def pictures(draw: st.DrawFn, acyclic: bool = False, most: int = 24) -> Picture:
    groups = draw(frames())
    count = draw(st.integers(1, most))
    places = st.sampled_from([None, *range(len(groups))])
    boxes = tuple(
        Box(
            tuple(Line(each) for each in draw(st.lists(st.sampled_from(TEXTS), max_size=3))),
            frame=draw(places),
        )
        for _ in range(count)
    )
    pairs = draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=2 * most)
    )
    pairs = [pair for pair in pairs if pair[0] != pair[1]]
    if acyclic:
        pairs = [(min(pair), max(pair)) for pair in pairs]
    labels = (
        st.sampled_from(["", "", "1", "-0.3333", "a\nb"]) if draw(st.booleans()) else st.just("")
    )
    edges = tuple(Edge(tail, head, label=draw(labels)) for tail, head in pairs)
    return Picture(boxes, edges, groups, direction=draw(st.sampled_from(DIRECTIONS)))


def chain(count: int, label: str = "") -> Picture:
    """A chain with a leaf beside every third box, and an edge from its start to its end."""
    boxes = [Box((Line(f"{number}"),)) for number in range(count)]
    edges = [Edge(number, number + 1) for number in range(count - 1)]
    for number in range(2, count, 3):
        edges.append(Edge(len(boxes), number, label=label))
        boxes.append(Box((Line("leaf"),)))
    edges.append(Edge(0, count - 1))
    return Picture(tuple(boxes), tuple(edges))


def fan(leaves: int) -> Picture:
    boxes = tuple(Box((Line(f"{number}"),)) for number in range(leaves + 1))
    return Picture(boxes, tuple(Edge(number, leaves) for number in range(leaves)))


# ── Geometry ──────────────────────────────────────────────────────────────────

SLACK = 1e-6


def overlap(one: Rectangle, other: Rectangle) -> bool:
    return (
        one.x < other.x + other.width - SLACK
        and other.x < one.x + one.width - SLACK
        and one.y < other.y + other.height - SLACK
        and other.y < one.y + one.height - SLACK
    )


def lies_in(inner: Rectangle, outer: Rectangle) -> bool:
    return (
        inner.x >= outer.x - SLACK
        and inner.y >= outer.y - SLACK
        and inner.x + inner.width <= outer.x + outer.width + SLACK
        and inner.y + inner.height <= outer.y + outer.height + SLACK
    )


def points_of(route: Route) -> Iterator[Point]:
    """Points along a route, a few pixels from each other or less."""
    here = route[0][-1]
    for stretch in route[1:]:
        controls = [here, *stretch] if len(stretch) == 3 else [here, here, stretch[0], stretch[0]]
        reach = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(controls))
        steps = max(int(reach / 4), 2)
        for step in range(1, steps + 1):
            t = step / steps
            weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
            yield (
                sum(w * p[0] for w, p in zip(weights, controls)),
                sum(w * p[1] for w, p in zip(weights, controls)),
            )
        here = stretch[-1]


def touches(point: Point, place: Rectangle) -> bool:
    return (
        place.x + SLACK < point[0] < place.x + place.width - SLACK
        and place.y + SLACK < point[1] < place.y + place.height - SLACK
    )


def touches_any(route: Route, places: Sequence[Rectangle]) -> bool:
    """Whether a route touches one of several places, most of which are far from it."""
    points = list(points_of(route))
    (left, right), (top, bottom) = ((min(numbers), max(numbers)) for numbers in zip(*points))
    around = Rectangle(left - 1, top - 1, right - left + 2, bottom - top + 2)
    near = [place for place in places if overlap(around, place)]
    return any(touches(point, place) for place in near for point in points)


def along(direction: str, place: Rectangle) -> tuple[float, float]:
    """The begin and the end of a rectangle in the direction of the computation."""
    start, size = (place.x, place.width) if direction in ("LR", "RL") else (place.y, place.height)
    return (start, start + size) if direction in ("LR", "TB") else (-start - size, -start)


def frames_around(picture: Picture, frame: int | None) -> list[int]:
    around = []
    while frame is not None:
        around.append(frame)
        frame = picture.frames[frame].parent
    return around


# ── What is promised ──────────────────────────────────────────────────────────


def check(picture: Picture) -> Layout:
    """Check every guarantee of a layout."""
    placed = layout(picture)
    check_boxes(picture, placed)
    check_frames(picture, placed)
    check_edges(placed)
    check_labels(placed)
    canvas = Rectangle(0, 0, placed.width, placed.height)
    places = [*placed.boxes, *(panel.place for panel in placed.panels)]
    for place in [*places, *filter(None, placed.labels)]:
        assert lies_in(place, canvas)
    for route in placed.routes:
        for point in points_of(route):
            assert lies_in(Rectangle(*point, 0, 0), canvas)
    return placed


def check_boxes(picture: Picture, placed: Layout) -> None:
    for one, other in combinations(placed.boxes, 2):
        assert not overlap(one, other)
    for lines, place in zip(placed.texts, placed.boxes):
        width, height = text.size_of(lines, picture.font_size)
        assert width <= place.width + SLACK
        assert height <= place.height + SLACK


def check_frames(picture: Picture, placed: Layout) -> None:
    for one, other in combinations(placed.panels, 2):
        inner, outer = (
            max(one, other, key=lambda panel: panel.frame),
            min(one, other, key=lambda panel: panel.frame),
        )
        if outer.frame not in frames_around(picture, inner.frame):
            assert not overlap(one.place, other.place)
    for box, place in zip(picture.boxes, placed.boxes):
        around = frames_around(picture, box.frame)
        for frame in around:
            assert any(
                lies_in(place, panel.place) for panel in placed.panels if panel.frame == frame
            )
        for panel in placed.panels:
            assert panel.frame in around or not overlap(place, panel.place)


def check_edges(placed: Layout) -> None:
    for route in placed.routes:
        assert not touches_any(route, placed.boxes)
    assert len({tuple(route) for route in placed.routes}) == len(placed.routes)


def check_labels(placed: Layout) -> None:
    labels = [place for place in placed.labels if place is not None]
    for one, other in combinations(labels, 2):
        assert not overlap(one, other)
    for place in labels:
        assert not any(overlap(place, box) for box in placed.boxes)
    for route in placed.routes:
        assert not touches_any(route, labels)


@settings(max_examples=150)
@given(pictures())
def test_nothing_overlaps_and_no_edge_touches_a_foreign_box(picture: Picture) -> None:
    check(picture)


@settings(max_examples=60)
@given(pictures(acyclic=True))
def test_edges_lead_in_the_direction_of_the_computation(picture: Picture) -> None:
    placed = layout(picture)
    for edge, route in zip(picture.edges, placed.routes):
        _, start = along(picture.direction, placed.boxes[edge.tail])
        end, _ = along(picture.direction, placed.boxes[edge.head])
        assert start < end
        steps = [along(picture.direction, Rectangle(*point, 0, 0))[0] for point in points_of(route)]
        assert all(later >= earlier - SLACK for earlier, later in pairwise(steps))


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("label", ["", "-0.33"])
def test_a_long_chain_is_broken_into_rows(direction: Direction, label: str) -> None:
    placed = check(replace(chain(130, label=label), direction=direction))
    sideways = direction in ("LR", "RL")
    length, breadth = sorted([placed.width, placed.height], reverse=sideways)
    assert 0.5 < length / breadth < 5  # in one row it would be more than 50


@pytest.mark.parametrize("count", [250, 500])
def test_rows_together_are_about_half_as_wide_again_as_high(count: int) -> None:
    placed = layout(chain(count))
    assert 1.3 < placed.width / placed.height < 1.9


def test_frames_are_cut_where_a_row_ends() -> None:
    long = chain(130)
    boxes = [replace(box, frame=number % 130 // 60) for number, box in enumerate(long.boxes)]
    frames = (Frame("all"), Frame("first", 0), Frame("second", 0))
    boxes = [replace(box, frame=min(box.frame or 0, 1) + 1) for box in boxes]
    placed = check(replace(long, boxes=tuple(boxes), frames=frames))
    assert len(placed.panels) > len(frames)


def test_short_drawings_stay_in_one_row() -> None:
    placed = layout(chain(12))
    assert len({place.x for place in placed.boxes[:12]}) == 12


def test_a_picture_that_does_not_wrap_stays_in_one_row_however_long() -> None:
    placed = check(replace(chain(130), wraps=False))
    starts = [place.x for place in placed.boxes[:130]]
    assert starts == sorted(starts)
    assert placed.width > 50 * placed.height


@settings(max_examples=40)
@given(pictures())
def test_the_same_picture_gets_the_same_layout(picture: Picture) -> None:
    assert layout(picture) == layout(picture)


@settings(max_examples=60)
@given(pictures())
def test_other_numbers_of_the_same_width_leave_everything_in_its_place(picture: Picture) -> None:
    swapped = str.maketrans("0123456789", "5432109876")
    boxes = [
        replace(
            box, lines=tuple(replace(line, text=line.text.translate(swapped)) for line in box.lines)
        )
        for box in picture.boxes
    ]
    edges = [replace(edge, label=edge.label.translate(swapped)) for edge in picture.edges]
    other = layout(replace(picture, boxes=tuple(boxes), edges=tuple(edges)))
    placed = layout(picture)
    assert replace(other, texts=placed.texts) == placed


def test_a_number_that_gets_a_sign_leaves_everything_in_its_place() -> None:
    def picture(number: str) -> Picture:
        boxes = (Box((Line("x"), Line(number))), Box((Line("sin"), Line("0.5"))))
        return Picture(boxes, (Edge(0, 1, label=number[:-2]),))

    one, other = layout(picture("0.4621")), layout(picture("-0.4621"))
    assert one.boxes == other.boxes
    assert one.routes == other.routes


def test_a_leaf_stands_just_before_what_uses_it() -> None:
    picture = chain(12)
    placed = layout(picture)
    leaf_of_8 = placed.boxes[12 + 2]
    box_7 = placed.boxes[7]
    assert leaf_of_8.x + leaf_of_8.width / 2 == pytest.approx(box_7.x + box_7.width / 2)


def test_a_box_stands_near_its_inputs_where_these_are_more_than_its_users() -> None:
    # A chain of 8, of which 1 and 2 also feed 8, which the last of the chain uses.
    boxes = tuple(Box((Line(f"{number}"),)) for number in range(9))
    chain_edges = [Edge(number, number + 1) for number in range(7)]
    placed = layout(Picture(boxes, (*chain_edges, Edge(1, 8), Edge(2, 8), Edge(8, 7))))
    assert placed.boxes[8].x == placed.boxes[3].x


def test_a_chain_is_straight_and_what_joins_it_arrives_beside_it() -> None:
    picture = chain(12)
    placed = layout(picture)
    middles = {round(place.y + place.height / 2, 6) for place in placed.boxes[1:12]}
    assert len(middles) == 1
    arrivals = [
        route[-1][-1] for edge, route in zip(picture.edges, placed.routes) if edge.head == 8
    ]
    assert len({y for _, y in arrivals}) == len(arrivals) == 2


def test_parallel_edges_run_side_by_side() -> None:
    boxes = (Box((Line("x"),)), Box((Line("*"),)))
    placed = layout(Picture(boxes, (Edge(0, 1), Edge(0, 1))))
    (one, other) = placed.routes
    for a, b in zip(one, other):
        assert abs(a[-1][1] - b[-1][1]) > 5


def test_frames_that_feed_each_other_stand_side_by_side() -> None:
    # Two layers of two neurons each; every neuron has a weight of its own.
    frames = (
        Frame("0"),
        Frame("1"),
        Frame("0.0", 0),
        Frame("0.1", 0),
        Frame("1.0", 1),
        Frame("1.1", 1),
    )
    boxes, edges = [Box((Line("x"),))], []
    outputs: list[int] = [0]
    for groups in ((2, 3), (4, 5)):
        results = []
        for group in groups:
            boxes += [Box((Line("w"),), frame=group), Box((Line("*"),), frame=group)]
            edges += [Edge(each, len(boxes) - 1) for each in [*outputs, len(boxes) - 2]]
            results.append(len(boxes) - 1)
        outputs = results
    placed = check(Picture(tuple(boxes), tuple(edges), frames))
    place = {panel.frame: panel.place for panel in placed.panels}
    assert placed.boxes[0].x + placed.boxes[0].width < place[0].x
    assert place[0].x + place[0].width < place[1].x
    assert place[2].x == place[3].x
    assert place[2].y < place[3].y


def test_a_frame_that_follows_another_stands_beside_it() -> None:
    frames = (Frame("0"), Frame("1"), Frame("2", follows=1), Frame("3", follows=0))
    boxes = tuple(Box((Line(f"{number}"),), frame=number % 4) for number in range(8))
    edges = tuple(Edge(number, number + 4) for number in range(4))
    placed = check(Picture(boxes, edges, frames))
    one, two, three, four = [panel.place for panel in placed.panels]
    assert one.x == two.x
    assert one.x + one.width < four.x
    assert two.x + two.width < three.x


def test_a_frame_that_follows_another_and_leads_to_it_is_drawn_all_the_same() -> None:
    boxes = (Box((Line("x"),), frame=1), Box((Line("y"),), frame=0))
    check(Picture(boxes, (Edge(0, 1),), (Frame("later"), Frame("sooner", follows=0))))


def test_the_label_of_an_edge_into_a_frame_lies_in_the_frame() -> None:
    boxes = (Box((Line("x"),)), Box((Line("sin"),), frame=0))
    placed = check(Picture(boxes, (Edge(0, 1, label="0.5"),), (Frame("sine"),)))
    (label,) = placed.labels
    assert label is not None
    assert lies_in(label, placed.panels[0].place)


def test_frames_that_feed_each_other_both_ways_are_drawn_above_each_other() -> None:
    boxes = tuple(Box((Line(f"{number}"),), frame=number % 2) for number in range(6))
    edges = tuple(Edge(number, number + 1) for number in range(5))
    check(Picture(boxes, edges, (Frame("even"), Frame("odd"))))


def test_the_title_of_a_frame_fits_in_it() -> None:
    title = "a title that is much wider than the only box"
    for direction in DIRECTIONS:
        picture = Picture((Box((Line("x"),), frame=0),), (), (Frame(title),), direction=direction)
        (panel,) = layout(picture).panels
        assert panel.place.width > text.width(title, picture.font_size, bold=True)


def test_an_edge_that_closes_a_cycle_leads_back() -> None:
    boxes = tuple(Box((Line(name),)) for name in "abc")
    placed = check(Picture(boxes, (Edge(0, 1), Edge(1, 2), Edge(2, 0))))
    forward, _, back = placed.routes
    assert forward[0][-1][0] < forward[-1][-1][0]
    assert back[0][-1][0] > back[-1][-1][0]
    assert abs(back[-1][-1][1] - forward[0][-1][1]) > 5  # it arrives beside the edges that leave


def test_few_leaves_stand_in_a_column_and_many_in_several() -> None:
    few, many = check(fan(8)), check(fan(100))
    assert len({place.x + place.width / 2 for place in few.boxes[:8]}) == 1
    assert len({place.x + place.width / 2 for place in many.boxes[:100]}) == 4
    assert many.height < 100 * many.boxes[0].height


@pytest.mark.parametrize("count", [18, 40])
def test_many_leaves_of_a_box_may_be_in_several_frames(count: int) -> None:
    many = fan(count)
    boxes = [replace(box, frame=number % 3) for number, box in enumerate(many.boxes)]
    check(replace(many, boxes=tuple(boxes), frames=(Frame("a"), Frame("b"), Frame("c"))))


def test_many_lines_arrive_beside_each_other() -> None:
    arrivals = sorted(route[-1][-1][1] for route in layout(fan(40)).routes)
    assert min(later - earlier for earlier, later in pairwise(arrivals)) > 4


def test_an_edge_along_a_long_chain_is_one_straight_line() -> None:
    placed = layout(chain(15))
    assert len(placed.routes[-1]) <= 6


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 9)), min_size=1, max_size=8))
def test_spreading_keeps_the_distances_and_moves_nothing_for_long(
    items: list[tuple[int, int]],
) -> None:
    wanted = sorted(place for place, _ in items)
    rooms = [float(room) for _, room in items]
    places = spread([float(place) for place in wanted], rooms, rooms)
    for i in range(len(places) - 1):
        assert places[i + 1] - places[i] >= rooms[i] + rooms[i + 1] - SLACK
    # Of the least squares: moving any group that touches, or a part of it, gains nothing.
    cost = sum((place - goal) ** 2 for place, goal in zip(places, wanted))
    for start in range(len(places)):
        for step in (-0.01, 0.01):
            moved = list(places)
            for i in range(start, len(places)):
                moved[i] += step
            fits = all(
                moved[i + 1] - moved[i] >= rooms[i] + rooms[i + 1] - SLACK
                for i in range(len(moved) - 1)
            )
            if fits:
                assert sum((a - b) ** 2 for a, b in zip(moved, wanted)) >= cost - SLACK
