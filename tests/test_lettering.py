"""Lines of text in drawings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.lettering import ELLIPSIS, broken, width


def test_words_are_kept_whole_and_in_order() -> None:
    assert broken("One made-up pledge of two", 8, 3) == ["One made-up", "pledge of two"]


def test_what_does_not_fit_ends_with_an_ellipsis() -> None:
    lines = broken("made up " * 40, 10, 2)

    assert len(lines) == 2
    assert lines[-1].endswith(f"made{ELLIPSIS}") or lines[-1].endswith(f"up{ELLIPSIS}")


def test_a_word_broader_than_a_line_is_cut() -> None:
    assert broken("W" * 7, 3.1, 3) == ["WWW", "WWW", "W"]


def test_japanese_breaks_between_any_two_letters() -> None:
    assert broken("日本とEUの協力", 4.2, 3) == ["日本と", "EUの協", "力"]


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_has_no_lines(text: str) -> None:
    assert broken(text, 10, 3) == []


@given(st.text(max_size=200), st.floats(3, 20), st.integers(1, 4))
def test_no_line_is_broader_than_its_room_and_nothing_is_lost_but_the_end(text: str, room: float, most: int) -> None:
    lines = broken(text, room, most)

    assert len(lines) <= most
    assert all(width(line) <= room for line in lines)
    read = "".join("".join(lines).split()).removesuffix(ELLIPSIS)
    assert "".join(text.split()).startswith(read.rstrip(" ,;:–-"))
