"""What was asked for is marked in the text, and nothing of the text is markup."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.models import english_stems
from commitments.search.asking import read_question
from commitments.search.folding import words_of
from commitments.search.marking import LONGEST_PASSAGE, Marker, Text


def marker(typed: str, stems: dict[str, str] | None = None) -> Marker:
    return Marker(read_question(typed), stems or {})


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("zebra", "A Zebra, zebras", "A <mark>Zebra</mark>, <mark>zebras</mark>"),
        ('"joint drill"', "joint drill, joint", "<mark>joint drill</mark>, joint"),
        ("EUJP-07", "On EUJP-07.", "On <mark>EUJP-07</mark>."),
        ("ｻｲﾊﾞｰ", "新サイバー法", "新<mark>サイバー</mark>法"),
        ("サイバー", "新ｻｲﾊﾞｰ法", "新<mark>ｻｲﾊﾞｰ</mark>法"),
        ("さいばー", "新サイバー法", "新<mark>サイバー</mark>法"),
        ("ｻｲﾊﾞｰ", "新さいは\u3099ー法", "新<mark>さいは\u3099ー</mark>法"),
        ("ハイブリッド EU", "はいぶりっどとEU", "<mark>はいぶりっど</mark>と<mark>EU</mark>"),
        ("zurich", "Zürich", "<mark>Zürich</mark>"),
        ("zebra -okapi", "zebra okapi", "<mark>zebra</mark> okapi"),
        ("b", "<b>&amp;</b>", "&lt;<mark>b</mark>&gt;&amp;amp;&lt;/<mark>b</mark>&gt;"),
    ],
)
def test_every_place_is_marked(typed: str, text: str, marked: str) -> None:
    assert marker(typed).mark(text) == marked


@pytest.mark.django_db
def test_other_forms_of_a_word_are_marked() -> None:
    text = "They exercised; exercises."
    stems = english_stems({*words_of(text), "exercise"})
    assert marker('exercise "x"', stems).mark(text) == "They <mark>exercised</mark>; <mark>exercises</mark>."


def test_passages_show_the_place_and_one_more_for_what_is_missing_there() -> None:
    long = "word " * 100 + "zebra " + "word " * 100
    passages = marker("zebra okapi").passages([Text("No match."), Text(long), Text("An okapi.", "ja")])
    assert "<mark>zebra</mark>" in passages[0].html
    assert passages[0].html.startswith("…")
    assert passages[0].html.endswith("…")
    assert len(passages[0].html) < LONGEST_PASSAGE + 40
    assert (passages[1].html, passages[1].language) == ("An <mark>okapi</mark>.", "ja")


def test_without_a_place_the_beginning_is_shown() -> None:
    assert [passage.html for passage in marker("zebra").passages([Text("One."), Text("Two.")])] == ["One."]
    assert marker("zebra").passages([Text("")]) == []


texts = st.text(st.one_of(st.sampled_from("<>&\"'ab 日本ｶﾞ"), st.characters(codec="utf-8")), max_size=400)


@given(typed=texts, text=texts)
def test_whatever_is_asked_of_whatever_text_only_marks_are_markup(typed: str, text: str) -> None:
    marked = marker(typed).mark(text)
    assert html.unescape(re.sub("</?mark>", "", marked)) == html.unescape(html.escape(text))
    assert re.findall("</?mark>", marked) == ["<mark>", "</mark>"] * (marked.count("<mark>"))
    for passage in marker(typed).passages([Text(text)]):
        assert "<" not in re.sub("</?mark>", "", passage.html)
