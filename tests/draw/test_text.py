"""The width of texts, and the characters that are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.draw import text
from autograd.draw.picture import Line


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("é", "e"),  # composed, and as a letter with a combining accent:
        ("e\u0301", "e"),
        ("x\u200d", "x"),  # a joiner takes no room
    ],
)
def test_marks_take_no_room(one: str, other: str) -> None:
    assert text.width(one, 10) == text.width(other, 10)


def test_wide_characters_take_a_full_square_or_more() -> None:
    assert text.width("日本", 10) == 20
    assert text.width("🎉", 10) >= 13
    assert text.width("ﷺ", 10) > 100  # one character, a sentence


def test_bold_letters_are_wider() -> None:
    for shown in ("0.4621", "sigmoid", "Ж", "∂"):
        assert text.width(shown, 10, bold=True) > text.width(shown, 10)


@given(st.text(), st.text())
def test_width_grows_with_the_text(one: str, other: str) -> None:
    one, other = text.clean(one), text.clean(other)
    assert text.width(one, 12) >= 0
    # A mark can join two Hangul letters, and so on; never is more text much narrower.
    assert text.width(one + " " + other, 12) >= text.width(one, 12)


@pytest.mark.parametrize(
    "barred", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\ufffe", "\uffff", "\u202e"]
)
def test_what_no_xml_may_hold_is_replaced(barred: str) -> None:
    assert text.clean(f"a{barred}b") == "a\ufffdb"


def test_all_kinds_of_line_ends_end_a_line() -> None:
    assert text.lines_of("a\nb\r\nc\rd\u2028e") == ["a", "b", "c", "d", "e"]
    assert text.lines_of("a\tb") == ["a b"]
    assert text.lines_of("") == [""]


def test_lines_keep_their_style_when_they_are_split() -> None:
    (one, two) = text.split([Line("a\nb", bold=True, color="#ff0000", scale=0.5)])
    assert (one.text, two.text) == ("a", "b")
    assert one.bold
    assert two.bold
    assert one.color == two.color == "#ff0000"
    assert one.scale == two.scale == 0.5


def test_the_size_of_lines_is_that_of_the_widest_and_of_all_heights() -> None:
    width, height = text.size_of([Line("0.5"), Line("0", scale=2.0)], 10)
    assert width == 16.0  # two digits of 6.4 and a dot of 3.2
    assert height == pytest.approx(3 * 10 * text.LINE_HEIGHT)
