"""Pictures as SVG: valid, self-contained, and harmless with any label."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd.draw import text
from autograd.draw.layout import layout
from autograd.draw.picture import Box, Edge, Frame, Legend, Line, Picture, Ramp, Swatch
from autograd.draw.svg import to_svg
from tests.draw.test_layout import pictures

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {
    *("svg", "g", "defs", "marker", "linearGradient", "stop"),
    *("rect", "path", "text", "title"),
}
ATTRIBUTES = {
    *("width", "height", "viewBox", "role", "aria-label", "data-id", "id", "transform"),
    *("x", "y", "rx", "ry", "cx", "cy", "d", "fill", "stroke", "stroke-width", "aria-hidden"),
    *("stroke-dasharray", "stroke-linejoin", "font-family", "font-size", "font-weight"),
    *("text-anchor", "direction", "unicode-bidi", "offset", "stop-color", "orient"),
    *("marker-end", "markerWidth", "markerHeight", "markerUnits", "refX", "refY"),
    "{http://www.w3.org/XML/1998/namespace}space",
}
HOSTILE = [
    "<script>alert(1)</script>",
    "</text></svg><script>",
    '" onload="alert(1)',
    "' onmouseover='alert(1)",
    "&lt;b&gt; &amp; &#0; &nbsp;",
    "]]><!--",
    "a\x00b\x1f\x7f\x85",
    "\ud800 lone \udfff",
    "\ufffe\uffff",
    "שלום עולם 12",
    "العربية ﷽",
    "\u202etxt.exe\u202c",
    "👩‍👩‍👧 🎉 é 日本語 ｆｕｌｌ",
    "one\ntwo\r\nthree\u2028four",
    "tab\tand  spaces ",
]
labels = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(codec=None), max_size=12))


def picture_of(label: str) -> Picture:
    """A picture with the label in every place of a text."""
    line = Line(label, color=label)
    boxes = (
        Box((line,), tooltip=label, id=label, frame=0, fill=label, stroke=label, text_color=label),
        Box((line, Line(label, bold=True)), frame=0),
        Box((line,)),
    )
    edges = (Edge(0, 1, label, tooltip=label, color=label), Edge(0, 1, dashed=True), Edge(1, 2))
    frame = Frame(label, fill=label, stroke=label, text_color=label)
    legend = Legend((Swatch(label, label), Ramp((label, label), (label, "1"))), title=label)
    return Picture(
        boxes,
        edges,
        (frame,),
        background=label,
        text_color=label,
        legend=legend,
        caption=label,
        title=label,
    )


def shown(svg: str) -> list[str]:
    return ["".join(each.itertext()) for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def visible(label: str) -> str:
    """The characters of a label that a picture shows as they are."""
    return "".join(text.lines_of(label))


@settings(max_examples=200)
@given(labels)
def test_no_label_becomes_markup(label: str) -> None:
    document = ElementTree.fromstring(to_svg(picture_of(label)).encode())
    for element in document.iter():
        assert element.tag.removeprefix(SVG) in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES
    # The texts are the label, and nothing else.
    assert visible(label) in "".join(shown(to_svg(picture_of(label))))


@settings(max_examples=60)
@given(pictures())
def test_any_picture_is_valid_xml_and_the_same_each_time(picture: Picture) -> None:
    svg = to_svg(picture)
    assert to_svg(picture) == svg
    document = ElementTree.fromstring(svg)
    lines = [line for box in picture.boxes for line in text.split(box.lines) if line.text]
    boxes = [each for each in document.iter(f"{SVG}text") if each.text]
    assert len(boxes) >= len(lines)
    paths = [path for path in document.iter(f"{SVG}path") if not path.get("fill")]
    assert len(paths) == len(picture.edges)


@pytest.mark.parametrize("label", HOSTILE)
def test_tooltips_and_names_say_what_they_are_given(label: str) -> None:
    document = ElementTree.fromstring(to_svg(picture_of(label)))
    tooltips = {each.text for each in document.iter(f"{SVG}title")}
    assert "\n".join(text.lines_of(label)) in tooltips
    names = {each.get("data-id") for each in document.iter(f"{SVG}g")}
    assert re.sub(r"\s", " ", text.clean(label)) in {
        re.sub(r"\s", " ", name or "") for name in names
    }


def test_it_refers_to_nothing_outside_of_itself() -> None:
    svg = to_svg(picture_of("https://example.org/x.css"))
    assert not re.search(r"(href|src|style|on\w+)\s*=", svg)
    assert "@import" not in svg
    for target in re.findall(r"url\((.*?)\)", svg):
        assert f'id="{target.removeprefix("#")}"' in svg


def test_two_pictures_in_one_page_share_no_id() -> None:
    picture = picture_of("x")
    other = replace(picture, boxes=(*picture.boxes, Box((Line("y"),))))
    one, two = (set(re.findall(r' id="(.*?)"', to_svg(each))) for each in (picture, other))
    assert one
    assert two
    assert not one & two


def test_it_has_a_size_and_a_name_for_those_who_cannot_see_it() -> None:
    document = ElementTree.fromstring(to_svg(replace(picture_of("x"), title="")))
    assert document.get("viewBox") == f"0 0 {document.get('width')} {document.get('height')}"
    assert document.get("role") == "img"
    assert document.get("aria-label") == "graph of 3 boxes, 3 edges"
    named = ElementTree.fromstring(to_svg(replace(picture_of("x"), title="XOR")))
    assert named.get("aria-label") == "XOR"


def test_right_to_left_text_is_set_as_it_is_read() -> None:
    svg = to_svg(Picture((Box((Line("שלום 12"),)), Box((Line("abc"),)))))
    hebrew, latin = ElementTree.fromstring(svg).iter(f"{SVG}text")
    assert hebrew.get("direction") == "rtl"
    assert latin.get("direction") is None


def test_a_newline_begins_another_line() -> None:
    svg = to_svg(Picture((Box((Line("one\ntwo", bold=True),)),)))
    assert shown(svg) == ["one", "two"]
    one, two = ElementTree.fromstring(svg).iter(f"{SVG}text")
    assert float(one.get("y", "")) < float(two.get("y", ""))
    assert one.get("font-weight") == two.get("font-weight") == "bold"


def test_a_stretch_that_edges_share_is_drawn_once() -> None:
    boxes = tuple(Box((Line(f"{number}"),)) for number in range(6))
    chain = [Edge(number, number + 1) for number in range(5)]
    svg = to_svg(Picture(boxes, (*chain, Edge(0, 3), Edge(0, 5))))
    lines = re.findall(r'<path d="M([\d.]+),[^"]*"/>', svg)
    starts = [float(start) for start in lines]
    # The edge to 5 begins where that to 3 has branched off, and not at the box.
    assert starts[-2] == starts[0]
    assert starts[-1] > starts[-2] + 50


def test_marked_edges_lie_above_others() -> None:
    boxes = tuple(Box((Line(f"{number}"),)) for number in range(3))
    edges = (Edge(0, 1, width=3, color="#aa0000"), Edge(1, 2, color="#00aa00"))
    svg = to_svg(Picture(boxes, edges))
    assert svg.index('stroke="#00aa00"') < svg.index('stroke="#aa0000"')


def test_a_picture_has_the_same_margin_along_and_across() -> None:
    picture = Picture((Box((Line("x"),)), Box((Line("y"),))), (Edge(0, 1),))
    placed, svg = layout(picture), ElementTree.fromstring(to_svg(picture))
    margins = [
        float(svg.get(name, "")) - size
        for name, size in (("width", placed.width), ("height", placed.height))
    ]
    assert margins[0] == pytest.approx(margins[1], abs=0.2)  # lengths are rounded
    assert margins[0] > 0


def test_legend_and_caption_stand_below_the_picture_and_inside_it() -> None:
    picture = picture_of("text")
    plain = replace(picture, legend=None, caption="", title="")
    heights = [
        float(ElementTree.fromstring(to_svg(each)).get("height", ""))
        for each in (plain, replace(plain, caption="a line"), picture)
    ]
    assert heights == sorted(set(heights))
    long = replace(plain, caption="a line that is much wider than the picture " * 3)
    width = float(ElementTree.fromstring(to_svg(long)).get("width", ""))
    assert width > text.width(long.caption, long.font_size)


def test_a_small_picture_is_a_small_file() -> None:
    boxes = tuple(Box((Line("0.5"),)) for _ in range(1000))
    edges = tuple(Edge(number, number + 1) for number in range(999))
    assert len(to_svg(Picture(boxes, edges))) < 300 * 1000


def test_a_title_stands_above_its_ground_without_the_help_of_paint_order() -> None:
    """Cairo knows no ``paint-order``: it strokes letters after it has filled them."""
    for fill, ground in [("#fafafa", "#fafafa"), ("none", "#ffffff")]:
        svg = to_svg(Picture((Box((Line("x"),), frame=0),), frames=(Frame("title", fill=fill),)))
        assert "paint-order" not in svg
        titles = [
            group
            for group in ElementTree.fromstring(svg).iter(f"{SVG}g")
            if [text.text for text in group.iterfind(f"{SVG}text")] == ["title"]
        ]
        assert [group.get("stroke") for group in titles] == [ground, None]
        assert [group.get("aria-hidden") for group in titles] == ["true", None]
