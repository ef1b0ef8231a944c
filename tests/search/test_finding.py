"""What is found, in which order, and what never is."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.clocks import Clocks
from commitments.models import Actor, Area, Commitment, CommitmentActor, Instrument, Source, reason_for_change
from commitments.search import finding
from commitments.search.asking import read_question
from commitments.search.finding import find, narrow
from tests.factories import (
    make_actor,
    make_area,
    make_commitment,
    make_instrument,
    make_source,
    make_update,
    moment,
)

pytestmark = pytest.mark.django_db

TODAY = datetime.datetime.now(datetime.UTC).date()
NOW = Clocks.at(TODAY)
BEFORE = datetime.date(2025, 1, 1)


def found(typed: str, clocks: Clocks = NOW) -> list[tuple[str, int]]:
    return [(hit.kind.value, hit.key) for hit in find(read_question(typed), clocks).hits]


def test_words_are_found_in_every_form_and_all_are_needed() -> None:
    first = make_commitment(title="Hold joint exercises")
    make_commitment(title="Hold joint dialogues")
    assert found("exercise joint") == [("commitment", first.pk)]


def test_a_phrase_is_found_exactly() -> None:
    first = make_commitment(title="A joint exercise of the navies")
    make_commitment(title="Joint exercises", summary="An exercise, joint or not.")
    assert found('"joint exercise"') == [("commitment", first.pk)]
    assert found('"exercise of the"') == [("commitment", first.pk)]


def test_a_phrase_does_not_run_from_one_field_into_the_next() -> None:
    make_commitment(title="Something joint", summary="Exercise of the navies.")
    assert found('"joint exercise"') == []


def test_a_minus_leaves_out() -> None:
    first = make_commitment(title="Zebra patrol")
    make_commitment(title="Zebra debris")
    assert found("zebra -debris") == [("commitment", first.pk)]
    assert len(found("zebra")) == 2


def test_words_are_found_while_they_are_typed() -> None:
    first = make_commitment(title="Zebracrossing meetings")
    for length in range(2, len("zebracrossing") + 1):
        assert found("zebracrossing"[:length]) == [("commitment", first.pk)]
    for length in range(3, len("meetings") + 1):
        assert ("commitment", first.pk) in found("zebra* " + "meetings"[:length])


@pytest.mark.parametrize(
    "typed", ["サイバー", "ｻｲﾊﾞｰ", "イバ", "ー", "第5回", "第５回", "日EU", "日ＥＵ戦略", "EU", "戦略 サイバー"]
)
def test_japanese_is_found_by_any_part_of_it_in_either_width(typed: str) -> None:
    first = make_commitment(title="Zebra", title_ja="第５回日EU戦略対話とｻｲﾊﾞｰ")
    assert found(typed) == [("commitment", first.pk)]


@pytest.mark.parametrize(
    "typed", ["さいばー", "サイバー", "ｻｲﾊﾞｰ", "いば", "イハ\u3099", "さ", "宇宙 まもる", '"ヲマモル"', "ｦ"]
)
def test_japanese_is_found_in_either_kana(typed: str) -> None:
    first = make_commitment(title="Zebra", title_ja="サイバーと宇宙をまもる")
    make_commitment(title="Zebra", title_ja="サハリン")
    assert ("commitment", first.pk) in found(typed)


def test_a_register_of_an_earlier_version_is_searched_in_either_kana_once_it_is_migrated() -> None:
    MigrationExecutor(connection).migrate([("commitments", "0004_support")])
    source, instrument = make_source(title="さいばー"), make_instrument(title_ja="さいばー")
    commitment = make_commitment(title_ja="さいばー", sources=[source], instrument=instrument)
    make_update(title="さいばー", assessments=[{"commitment": commitment}])
    before = found("サイバー")

    MigrationExecutor(connection).migrate([("commitments", "0005_kana")])

    assert before == []
    assert [kind for kind, _key in found("サイバー")] == ["commitment", "instrument", "update", "source"]
    MigrationExecutor(connection).migrate([("commitments", "0004_support")])
    assert found("サイバー") == []


def test_japanese_characters_apart_are_no_substring() -> None:
    make_commitment(title="Zebra", title_ja="防空と衛星")
    assert found("防衛") == []


def test_a_question_may_mix_languages() -> None:
    first = make_commitment(title="Zebra patrol", title_ja="防衛産業")
    make_commitment(title="Zebra", title_ja="宇宙")
    assert found("zebras 防衛") == [("commitment", first.pk)]
    assert len(found("zebras -宇宙")) == 1


def test_an_update_is_found_by_its_reasoning_its_locator_and_the_reference_it_is_about() -> None:
    commitment = make_commitment()
    update = make_update(assessments=[{"commitment": commitment, "reasoning": "Since zebras crossed."}])
    assert found("zebra") == [("update", update.pk)]
    assert ("update", update.pk) in found(commitment.reference)


def test_a_commitment_is_found_by_the_names_of_its_area_and_actors() -> None:
    first = make_commitment(
        area=make_area(name="Zebra area", name_ja="縞馬"), actors=[make_actor(name="Okapi agency", name_ja="岡")]
    )
    for typed in ("zebra", "縞馬", "okapi", "岡"):
        assert found(typed) == [("commitment", first.pk)]


def test_a_source_is_found_by_title_publisher_and_address_and_an_instrument_by_title_and_description() -> None:
    source = make_source(title="Zebra", publisher="Okapi Press", url="https://www.example.org/a-file/45.pdf")
    instrument = make_instrument(title="Gnu text", description="About quaggas.")
    make_commitment(sources=[source], instrument=instrument)
    for typed in ("zebra", "okapi", "https://www.example.org/a-file/45.pdf"):
        assert ("source", source.pk) in found(typed)
    for typed in ("gnu", "quagga"):
        assert found(typed) == [("instrument", instrument.pk)]


def test_a_commitment_stands_before_an_update_that_mentions_it() -> None:
    commitment = make_commitment(title="Zebra patrol")
    mentions = make_update(
        title="Okapi",
        summary="zebra patrol " * 20,
        assessments=[{"commitment": commitment, "reasoning": "zebra patrol"}],
    )
    assert found("zebra patrol") == [("commitment", commitment.pk), ("update", mentions.pk)]


def test_a_title_stands_before_a_mention_and_within_that_commitments_before_updates() -> None:
    titled, mentioning = make_commitment(title="Zebra"), make_commitment(summary="About the zebra.")
    update = make_update(title="Zebra", assessments=[{"commitment": make_commitment()}])
    other = make_update(summary="zebra " * 9, assessments=[{"commitment": make_commitment()}])
    assert found("zebra") == [
        ("commitment", titled.pk),
        ("update", update.pk),
        ("commitment", mentioning.pk),
        ("update", other.pk),
    ]


def test_within_a_kind_what_says_more_of_it_stands_first_and_of_the_same_the_newer() -> None:
    often = make_commitment(summary="A zebra, another zebra and a third zebra.")
    once, newer = make_commitment(summary="One zebra."), make_commitment(summary="One zebra.")
    assert found("zebra") == [("commitment", row.pk) for row in (often, newer, once)]


def test_no_draft_is_found() -> None:
    hidden = make_source(title="Zebra")
    draft = make_commitment(
        published=False, title="Zebra", area=make_area(name="Zebra"), instrument=make_instrument(title="Zebra")
    )
    make_update(published=False, title="Zebra", assessments=[{"commitment": make_commitment()}], sources=[hidden])
    Commitment.objects.filter(pk=draft.pk).update(summary="Zebra")
    assert found("zebra") == []


def test_on_a_past_day_only_what_was_public_is_found() -> None:
    commitment = make_commitment(title="Zebra", published_at=moment(BEFORE))
    later = make_commitment(title="Zebra")
    update = make_update(title="Zebra", happened_on=datetime.date(2025, 6, 1), assessments=[{"commitment": commitment}])
    assert found("zebra") == [("commitment", later.pk), ("commitment", commitment.pk), ("update", update.pk)]
    known = Clocks(today=TODAY, as_of=TODAY, known_on=BEFORE)
    assert found("zebra", known) == [("commitment", commitment.pk)]
    happened = Clocks(today=TODAY, as_of=datetime.date(2025, 5, 31))
    assert ("update", update.pk) not in found("zebra", happened)
    assert found("zebra", Clocks(today=TODAY, as_of=datetime.date(2019, 1, 1))) == []


def test_later_words_are_found_at_once_and_earlier_ones_no_more() -> None:
    area, actor, source = make_area(name="Quagga"), make_actor(name="Quagga"), make_source(title="Quagga")
    instrument = make_instrument(title="Quagga")
    commitment = make_commitment(title="Quagga", area=area, actors=[actor], sources=[source], instrument=instrument)
    assert len(found("quagga")) == 3
    with reason_for_change("Made up."):
        for rows, words in (
            (Area.objects.filter(pk=area.pk), {"name": "Zebra"}),
            (Actor.objects.filter(pk=actor.pk), {"name": "Okapi"}),
            (Source.objects.filter(pk=source.pk), {"title": "Zebra"}),
            (Instrument.objects.filter(pk=instrument.pk), {"title": "Zebra"}),
            (Commitment.objects.filter(pk=commitment.pk), {"title": "Renamed"}),
        ):
            rows.update(**words)
    assert found("quagga") == []
    assert found("okapi renamed") == [("commitment", commitment.pk)]
    assert len(found("zebra")) == 3
    with reason_for_change("Made up."):
        CommitmentActor.objects.filter(commitment=commitment).update(actor=make_actor(name="Gnu"))
    assert found("okapi") == []
    assert found("gnu") == [("commitment", commitment.pk)]


def test_of_very_many_updates_the_newest_are_looked_at_and_choices_narrow_before_the_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finding, "MOST_OF_A_KIND", 2)
    area = make_area(slug="early")
    early, late = make_commitment(area=area), make_commitment()
    updates = [
        make_update(title="Zebra", happened_on=datetime.date(year, 6, 1), assessments=[{"commitment": commitment}])
        for year, commitment in ((2021, early), (2024, late), (2024, late), (2025, late))
    ]
    question = read_question("zebra")
    everything = find(question, NOW)
    assert [hit.key for hit in everything.hits] == [updates[3].pk, updates[2].pk]
    assert everything.cut_off == ["update"]
    for chosen in ({"year": ["2021"]}, {"area": ["early"]}):
        narrowed = narrow(everything, question, NOW, chosen)
        assert [hit.key for hit in narrowed.hits] == [updates[0].pk]
        assert narrowed.cut_off == []
    assert narrow(everything, question, NOW, {"kind": ["source"]}).hits == []


titles = st.text(
    st.one_of(st.characters(categories=("L", "N"), max_codepoint=0xFFEE), st.sampled_from(" -/'’“”()第回サイバー")),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(title=titles)
def test_every_title_is_found_by_its_own_words(title: str) -> None:
    question = read_question(title)
    if not question.wanted or question.excluded:
        return
    source = make_source(title=title)
    make_commitment(sources=[source], title="Something else")
    assert ("source", source.pk) in [(hit.kind.value, hit.key) for hit in find(question, NOW).hits]
