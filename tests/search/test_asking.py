"""From what is typed to terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.clocks import BadQuery
from commitments.search.asking import MOST_CHARACTERS, Term, read_question


def test_words_phrases_exclusions_and_beginnings() -> None:
    question = read_question('Cyb* "Joint Exercise" -debris space')
    assert question.terms == [
        Term(("cyb",), is_beginning=True),
        Term(("joint", "exercise"), is_quoted=True),
        Term(("debris",), is_excluded=True),
        Term(("space",), is_beginning=True),
    ]


def test_the_last_word_wanted_is_a_beginning_whatever_follows_it() -> None:
    assert read_question('the -of "to"').terms[0] == Term(("the",), is_beginning=True)


def test_a_hyphen_within_a_word_excludes_nothing() -> None:
    assert read_question("EUJP-07").terms == [Term(("eujp", "07"), is_beginning=True)]


@pytest.mark.parametrize("typed", ["“joint exercise”", "「joint exercise」", "＂joint exercise＂", '"joint exercise'])
def test_quotes_of_every_kind_quote(typed: str) -> None:
    assert read_question(typed).terms == [Term(("joint", "exercise"), is_quoted=True)]


def test_japanese_is_taken_as_it_stands_in_one_width() -> None:
    assert read_question("ｻｲﾊﾞｰ　第５回").terms == [Term((), "サイバー"), Term((), "第5回")]
    assert read_question("－防衛").terms == [Term((), "防衛", is_excluded=True)]


def test_one_word_in_both_kana_is_asked_for_once() -> None:
    assert read_question("さいばー サイバー").terms == [Term((), "サイバー")]


@pytest.mark.parametrize("typed", ["", " ", "-", '""', "- - -", "* % _ \\ ' ; --", "\x00", "\ud800", "-*", "()|&!<->:"])
def test_signs_alone_ask_for_nothing(typed: str) -> None:
    assert read_question(typed).terms == []


@given(st.text(st.characters(codec=None), max_size=MOST_CHARACTERS))
def test_any_text_is_a_question(typed: str) -> None:
    question = read_question(typed)
    question.typed.encode()
    for term in question.terms:
        assert term.words or term.text
        assert read_question(term.typed()).terms


def test_a_text_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(BadQuery, match="401"):
        read_question("a" * 401)
