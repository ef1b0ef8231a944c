"""The database and the pages fold text in the same way."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.search.folding import VOICING, Folded, fold, words_of

SCRIPTS = st.characters(
    categories=("L", "M", "N", "P", "S", "Zs"),
    min_codepoint=1,
    max_codepoint=0xFFEE,
)
texts = st.text(
    st.one_of(
        SCRIPTS,
        st.sampled_from("ｻｲﾊﾞｰガｶﾞさがか\u3099わゝゟ第５回日EU戦略対話éÉßΣς’'\\\"-–/ 　"),
    ),
    max_size=60,
)


def of_database(text: str) -> tuple[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT commitments_fold(%s), array(SELECT lexeme FROM unnest(commitments_vector('A', %s)) "
            "WHERE lexeme LIKE '=%%' ORDER BY positions[1])",
            [text, text],
        )
        folded, words = cursor.fetchone()
    return folded, [word[1:] for word in words]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ｻｲﾊﾞｰ", "サイバー"),
        ("ＥＵ", "eu"),
        ("Zürich Évian", "zurich evian"),
        ("さいばー", "サイバー"),
        ("か\u3099", "ガ"),
        ("ｶﾞ", "ガ"),
        ("ﾊﾟﾋﾟ", "パピ"),
        ("わ\u3099", "ヷ"),
        ("ゝゞゟゔゖ", "ヽヾヨリヴヶ"),
        ("ΟΔΟΣ", "οδοσ"),
    ],
)
def test_accents_width_kana_and_case_make_no_difference(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=texts)
def test_the_database_cuts_the_same_words(text: str) -> None:
    _folded, words = of_database(text)
    assert words == list(dict.fromkeys(words_of(text)))


@pytest.mark.django_db
def test_the_database_folds_every_kana_alike() -> None:
    kana = [chr(point) for point in (*range(0x3041, 0x3100), *range(0xFF66, 0xFFA0))]
    texts = [*kana, *(f"{each}{mark}" for each in kana for mark in VOICING)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT said, commitments_fold(said) FROM unnest(%s::text[]) AS said", [texts])
        folded = dict(cursor.fetchall())
    assert folded == {text: fold(text) for text in texts}


@given(text=texts)
def test_a_span_leads_back_to_where_its_characters_stood(text: str) -> None:
    folded = Folded.of(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    for _word, start, end in folded.words():
        first, last = folded.span(start, end)
        assert 0 <= first < last <= len(text)
        assert folded.text[start:end] in fold(text[first:last])


def test_a_half_width_kana_and_its_mark_are_one_place() -> None:
    folded = Folded.of("「ｻｲﾊﾞｰ」")
    place = folded.text.find("バ")
    assert folded.span(place, place + 1) == (3, 5)
