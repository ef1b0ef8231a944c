"""Misspelt words, and whose words are offered."""

from __future__ import annotations

import datetime

import pytest

from commitments.clocks import Clocks
from commitments.models import Area, Commitment, Source, reason_for_change
from commitments.search.asking import read_question
from commitments.search.suggesting import respelt, vocabulary
from tests.factories import make_area, make_commitment, make_instrument, make_source, make_update, moment

pytestmark = pytest.mark.django_db

TODAY = datetime.datetime.now(datetime.UTC).date()
NOW = Clocks.at(TODAY)
BEFORE = datetime.date(2025, 1, 1)
KNOWN_BEFORE = Clocks(today=TODAY, as_of=TODAY, known_on=BEFORE)


def meant(typed: str, clocks: Clocks = NOW) -> str:
    areas = list(Area.objects.published(clocks.as_of, clocks.known_on))
    return respelt(read_question(typed), clocks, areas).typed


def test_the_nearest_word_of_the_register_is_offered() -> None:
    make_commitment(title="Cybersecurity exercise")
    assert meant("cyberscurity") == "cybersecurity"
    assert meant('cybersecurity "excercise" -okapi') == 'cybersecurity "exercise" -okapi'
    assert meant("xylophone") == "xylophone"


def test_of_words_as_near_the_commonest_is_offered() -> None:
    make_commitment(title="Zebra zebra", summary="Zebro.")
    assert meant("zebrx") == "zebra"


def test_short_words_and_japanese_stay() -> None:
    make_commitment(title="Zebu 防衛")
    # Near enough, but of three letters anything is near.
    assert meant("zeb") == "zeb"
    assert meant("防空") == "防空"


def test_a_suggestion_leaves_japanese_words_in_the_kana_they_were_typed_in() -> None:
    make_commitment(title="Cybersecurity", title_ja="サイバー")
    assert meant("さいばー cyberscurity") == "さいばー cybersecurity"
    assert meant("-「ｻｲﾊﾞｰ EU」 cyberscurity") == '-"サイバー EU" cybersecurity'


def test_no_word_of_a_draft_is_in_the_vocabulary() -> None:
    marker = "zebracrossing"
    public = make_commitment()
    hidden = make_source(title=marker, publisher=marker)
    make_commitment(
        published=False,
        title=marker,
        summary=marker,
        area=make_area(name=marker, name_ja=marker),
        instrument=make_instrument(title=marker),
        sources=[hidden],
    )
    make_update(published=False, title=marker, summary=marker, assessments=[{"commitment": public}], sources=[hidden])
    areas = list(Area.objects.published(NOW.as_of))
    assert marker not in vocabulary(NOW, areas)
    assert meant("zebracrosing") == "zebracrosing"


def test_of_a_past_day_only_its_own_words_are_offered() -> None:
    source = make_source(title="Earlier okapi")
    commitment = make_commitment(title="Earlier zebra", sources=[source], published_at=moment(BEFORE))
    make_update(title="Laterquagga", assessments=[{"commitment": commitment}])
    make_commitment(title="Latergnu")
    with reason_for_change("Made up."):
        Commitment.objects.filter(pk=commitment.pk).update(title="Retitled giraffe")
        Source.objects.filter(pk=source.pk).update(title="Retitled giraffe")
    known = vocabulary(KNOWN_BEFORE, [])
    assert {"zebra", "okapi"} <= set(known)
    assert not {"giraffe", "laterquagga", "latergnu"} & set(known)
    assert {"giraffe", "laterquagga", "latergnu"} <= set(vocabulary(NOW, []))
