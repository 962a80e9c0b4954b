"""What a viewer sees of the choices of the layout: which lines are straight, and the room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, permutations

import pytest

from autograd.draw.layout import ARROW, Layout, layout
from autograd.draw.picture import Box, Edge, Frame, Line, Picture


def picture(edges: Iterable[tuple[int, int]], frames: Sequence[int | None] = ()) -> Picture:
    """A picture of these edges; with ``frames``, one frame of the boxes with the number 0."""
    edges = list(edges)
    count = len(frames) or 1 + max(max(edge) for edge in edges)
    boxes = [
        Box((Line(f"{number}"),), frame=frames[number] if frames else None)
        for number in range(count)
    ]
    return Picture(
        tuple(boxes), tuple(Edge(*edge) for edge in edges), (Frame(""),) if frames else ()
    )


def middles(placed: Layout) -> list[float]:
    """How far down the middle of each box is."""
    return [round(box.y + box.height / 2, 6) for box in placed.boxes]


def joined(count: int, leaves: int) -> Picture:
    """A chain of ``count`` operations; each also takes a function of some leaves of its own."""
    edges = [(number, number + 1) for number in range(count)]
    box = count
    for number in range(1, count + 1):
        box += 1
        function = box
        edges.append((function, number))
        for _ in range(leaves):
            box += 1
            edges.append((box, function))
    return picture(edges)


def wide_network(late: Sequence[int]) -> Picture:
    """A box 1 that feeds 2 to 6, which feed 7, where a chain begins; 1 feeds ``late`` of it too."""
    neurons = range(2, 7)
    edges = [(0, 1), *[(1, each) for each in neurons], *[(each, 7) for each in neurons]]
    for each in late:
        edges += [(1, each), (each - 1, each)]
    return picture(edges)


def test_the_longest_path_is_straight_from_its_leaf_to_the_result() -> None:
    # Each operation takes the one before and a leaf; the first takes two leaves.
    heights = middles(layout(picture([(0, 1), (2, 1), (1, 3), (4, 3), (3, 5), (6, 5), (5, 7)])))
    assert len({heights[box] for box in (0, 1, 3, 5, 7)}) == 1
    # Here it begins at the leaf of a function, 5, and not where the chain does.
    heights = middles(layout(joined(4, leaves=1)))
    assert len({heights[box] for box in (5, 6, 1, 2, 3, 4)} - {heights[0]}) == 1


def test_a_leaf_is_level_with_the_only_function_of_it() -> None:
    heights = middles(layout(joined(4, leaves=1)))
    for function in (5, 7, 9, 11):
        assert heights[function] == heights[function + 1]


@pytest.mark.parametrize("leaves", [2, 3])
def test_leaves_form_no_stairs(leaves: int) -> None:
    # Twice as many operations need hardly more height.
    assert layout(joined(12, leaves)).height < 1.05 * layout(joined(6, leaves)).height


def test_what_joins_many_boxes_is_level_with_the_middle_one() -> None:
    heights = middles(layout(wide_network([8, 9, 10])))
    assert heights[7] == sorted(heights[2:7])[2]


@pytest.mark.parametrize("inputs", [*permutations(range(3))])
def test_the_middle_one_is_the_middle_one_of_the_picture(inputs: tuple[int, ...]) -> None:
    # Three chains of two boxes each, joined by 6 in any order of its inputs.
    edges = [(0, 3), (1, 4), (2, 5), *[(3 + each, 6) for each in inputs]]
    heights = middles(layout(picture(edges)))
    assert heights[6] == sorted(heights[3:6])[1]


def test_what_joins_two_boxes_is_level_with_the_upper_one() -> None:
    heights = middles(layout(picture([(0, 2), (1, 3), (2, 4), (3, 4)])))
    assert heights[4] == min(heights[2], heights[3]) < max(heights[2], heights[3])


def test_what_joins_two_boxes_and_two_long_lines_is_level_with_the_upper_middle_one() -> None:
    edges = [(1, 2), (3, 4), (4, 6), (5, 6), (0, 5), (3, 6), (1, 6)]
    placed = layout(picture(edges))
    arriving = [
        [piece[-1][1] for piece in route if piece[-1][0] <= placed.boxes[4].x + 36][-1]
        for (_, head), route in zip(edges, placed.routes)
        if head == 6
    ]
    assert middles(placed)[6] == pytest.approx(sorted(arriving)[1])


@pytest.mark.parametrize("late", [[8], [8, 9]])
def test_a_long_line_for_one_or_two_boxes_leaves_straight(late: list[int]) -> None:
    heights = middles(layout(wide_network(late)))
    assert heights[1] not in heights[2:7]


def test_a_box_is_level_with_one_that_it_feeds_if_its_long_line_is_for_many() -> None:
    heights = middles(layout(wide_network([8, 9, 10])))
    assert heights[1] in heights[2:7]


def test_a_box_with_three_users_is_level_with_an_input_of_it() -> None:
    edges = [(0, 2), (1, 2), (2, 3), (2, 4), (2, 5), (3, 6), (4, 6), (5, 6)]
    placed = layout(picture(edges))
    assert len(placed.routes[0]) == 2


def test_a_frame_moves_nothing_that_its_boxes_leave_in_place() -> None:
    # Below and above each other: two boxes in a frame, then two beside it.
    placed = layout(picture([(1, 3)], frames=[0, 0, None, None]))
    (panel,) = placed.panels
    assert (panel.place.y, panel.place.height) == (0, placed.height)


# ── Room along the computation ────────────────────────────────────────────────


def gaps(placed: Layout) -> list[float]:
    """From each column of boxes to the next."""
    columns = sorted({(round(box.x, 6), round(box.x + box.width, 6)) for box in placed.boxes})
    return [begin - end for (_, end), (begin, _) in pairwise(columns)]


def fan(leaves: int, lines: int = 1) -> Picture:
    """Boxes of so many lines that all lead to one."""
    boxes = tuple(Box((Line("x"),) * lines) for _ in range(leaves + 1))
    return Picture(boxes, tuple(Edge(number, leaves) for number in range(leaves)))


def test_the_boxes_of_a_chain_are_evenly_spaced() -> None:
    one, *others = gaps(layout(picture([(0, 1), (1, 2), (2, 3)])))
    assert others == pytest.approx([one, one])


def test_a_line_that_leads_back_gets_room_for_its_arrowhead_too() -> None:
    chain = [(0, 1), (1, 2)]
    (plain, _), wider = gaps(layout(picture(chain))), gaps(layout(picture([*chain, (2, 0)])))
    assert min(wider) >= plain + ARROW * 12


def test_a_label_lengthens_the_gap_that_it_is_in_by_its_length() -> None:
    boxes = tuple(Box((Line("x"),)) for _ in range(4))
    labels = ("1", "-0.3333333333", "")
    edges = tuple(Edge(number, number + 1, label=label) for number, label in enumerate(labels))
    placed = layout(Picture(boxes, edges))
    (plain,) = gaps(layout(picture([(0, 1)])))
    lengths = [label.width if label else 0 for label in placed.labels]
    assert gaps(placed) == pytest.approx([plain + length for length in lengths])
    for label, left, right in zip(placed.labels, placed.boxes, placed.boxes[1:]):
        if label:
            before, after = label.x - left.x - left.width, right.x - label.x - label.width
            assert after - before == pytest.approx(ARROW * 12)


def test_a_column_of_labels_has_the_room_of_the_longest() -> None:
    boxes = tuple(Box((Line("x"),)) for _ in range(3))
    wide, narrow = Edge(0, 2, label="a much longer label"), Edge(1, 2, label="1")
    for edges in ((wide, narrow), (narrow, wide)):
        placed = layout(Picture(boxes, edges))
        assert gaps(placed)[0] > max(label.width for label in placed.labels if label)


def test_a_gap_grows_with_the_farthest_climb_in_it_up_to_a_bound() -> None:
    (plain,) = gaps(layout(picture([(0, 1)])))
    small, large = layout(fan(4)), layout(fan(8))
    more = [gaps(placed)[0] - plain for placed in (small, large)]
    climbs = [max(abs(y - ys[-1]) for y in ys) for ys in (middles(small), middles(large))]
    assert more[1] / more[0] == pytest.approx(climbs[1] / climbs[0])
    assert gaps(layout(fan(7, lines=40))) == gaps(layout(fan(8, lines=40)))


def test_only_the_gap_grows_in_which_lines_climb() -> None:
    first, second, third = gaps(layout(picture([(0, 1), (1, 2), (2, 3), (4, 3), (5, 3)])))
    assert first == pytest.approx(second)
    assert second < third - 1
    first, second, third = gaps(layout(picture([(0, 1), (0, 4), (1, 2), (4, 2), (2, 3)])))
    assert third < first - 1
    assert first == pytest.approx(second)


def test_a_frame_lengthens_the_gaps_at_its_ends_by_its_borders() -> None:
    (plain,) = gaps(layout(picture([(0, 1)])))
    chain = [(0, 1), (1, 2), (2, 3)]
    for frames in ([None, 0, None, None], [None, 0, 0, None]):
        placed = layout(picture(chain, frames))
        (panel,) = placed.panels
        last = placed.boxes[2 - frames.count(None) // 3]
        before = placed.boxes[1].x - panel.place.x
        after = panel.place.x + panel.place.width - last.x - last.width
        expected = [plain + before, plain, plain]
        expected[2 - frames.count(None) // 3] += after
        assert before > 0
        assert after > 0
        assert gaps(placed) == pytest.approx(expected)


@pytest.mark.parametrize("after", [[], [(3, 4)]])
def test_what_a_frame_leads_to_stands_after_all_of_it(after: list[tuple[int, int]]) -> None:
    # A chain of three boxes in the frame, the first of which leads to one outside.
    edges = [(0, 1), (1, 2), (0, 3), *after]
    placed = layout(picture(edges, [0, 0, 0, None, *[None for _ in after]]))
    (panel,) = placed.panels
    assert all(box.x > panel.place.x + panel.place.width for box in placed.boxes[3:])


def test_a_frame_is_as_wide_as_its_boxes_or_its_title_need() -> None:
    def width(leaves: int, title: str) -> float:
        boxes = tuple(Box((Line("x"),), frame=0) for _ in range(leaves + 1))
        edges = tuple(Edge(number, leaves) for number in range(leaves))
        (panel,) = layout(Picture(boxes, edges, (Frame(title),))).panels
        return panel.place.width

    titles = ["i" * length for length in range(20, 50, 3)]
    needed = [width(0, title) for title in titles]
    for leaves in range(1, 5):
        plain = width(leaves, "")
        for title, least in zip(titles, needed):
            assert width(leaves, title) == pytest.approx(max(plain, least))


# ── Lines ─────────────────────────────────────────────────────────────────────


def test_lines_lead_from_rim_to_arrowhead_and_bend_only_between_columns() -> None:
    edges = [(0, 2), (1, 2), (2, 3), (3, 4), (0, 4)]
    placed = layout(picture(edges))
    for (tail, head), route in zip(edges, placed.routes):
        (start, leaves), (stop, arrives) = route[0][-1], route[-1][-1]
        for box, y in ((placed.boxes[tail], leaves), (placed.boxes[head], arrives)):
            assert box.y < y < box.y + box.height
        assert start == pytest.approx(placed.boxes[tail].x + placed.boxes[tail].width)
        assert stop == pytest.approx(placed.boxes[head].x - ARROW * 12)
        begins = [stop, *[box.x for box in placed.boxes if box.x < placed.boxes[head].x]]
        for piece, following in pairwise(route):
            (x, here), there = piece[-1], following[-1]
            if len(following) == 1:
                assert there[1] == here  # straight on
                continue
            first, second, _ = following  # a curve that begins and ends along the columns
            assert first == ((x + there[0]) / 2, here)
            assert second == ((x + there[0]) / 2, there[1])
            # It takes all of the gap, except that an arrowhead is straight.
            assert any(x == pytest.approx(box.x + box.width) for box in placed.boxes)
            assert any(there[0] == pytest.approx(each) for each in begins)
            assert not any(x < box.x + box.width / 2 < there[0] for box in placed.boxes)


def test_a_line_that_leads_back_goes_from_rim_to_arrowhead() -> None:
    placed = layout(picture([(0, 1), (1, 2), (2, 0)]))
    (start, leaves), (stop, arrives) = placed.routes[2][0][-1], placed.routes[2][-1][-1]
    first, _, last = placed.boxes
    assert start == pytest.approx(last.x)
    assert stop == pytest.approx(first.x + first.width + ARROW * 12)
    assert last.y < leaves < last.y + last.height
    assert first.y < arrives < first.y + first.height


def test_lines_arrive_in_the_order_in_which_they_come() -> None:
    routes = sorted(layout(fan(9)).routes, key=lambda route: route[0][-1][1])
    arrivals = [route[-1][-1][1] for route in routes]
    assert arrivals == sorted(set(arrivals))


def test_long_lines_of_a_box_are_one_line_until_they_branch_off() -> None:
    chain = [(number, number + 1) for number in range(5)]
    *_, near, far = layout(picture([*chain, (0, 3), (0, 5)])).routes
    assert near[:2] == far[:2]
    assert len(near[1]) == 3  # a curve beside the chain
    assert near[-2][0][1] == far[2][-1][1]  # from there on, straight


def test_parallel_lines_are_straight() -> None:
    placed = layout(picture([(0, 1), (0, 1), (0, 1)]))
    assert all(len(route) == 2 for route in placed.routes)


# ── Rows ──────────────────────────────────────────────────────────────────────


def rows(placed: Layout, boxes: int) -> int:
    """The number of rows, from the first boxes, a chain."""
    return 1 + sum(right.x < left.x for left, right in pairwise(placed.boxes[:boxes]))


@pytest.mark.parametrize("last", [40, 79])
def test_a_drawing_stays_in_one_row_if_too_many_lines_would_return_anywhere(last: int) -> None:
    chain = [(number, number + 1) for number in range(79)]
    few, many = (layout(picture([*chain, *[(i, last) for i in range(n)]])) for n in (23, 24))
    assert rows(few, 80) > 1
    assert rows(many, 80) == 1


def test_a_drawing_is_broken_from_200_font_sizes_on() -> None:
    placed = [layout(picture([(i, i + 1) for i in range(n)])) for n in (38, 39)]
    assert [rows(each, 38) for each in placed] == [1, 2]
    assert placed[0].width < 200 * 12


def test_a_drawing_is_broken_if_it_is_four_times_as_long_as_broad() -> None:
    broken = {}
    for lines in (30, 50):
        boxes = [Box((Line("x"),)) for _ in range(50)]
        boxes[25] = Box((Line("x"),) * lines)
        edges = tuple(Edge(number, number + 1) for number in range(49))
        placed = layout(Picture(tuple(boxes), edges))
        whole = sum(box.width for box in placed.boxes) + 49 * gaps(layout(picture([(0, 1)])))[0]
        broken[whole > 4 * placed.boxes[25].height] = rows(placed, 50) > 1
    assert broken == {True: True, False: False}
