"""Ways to pick rows: what is public on a day, and what never is."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection, models

from commitments.models import (
    Assessment,
    CheckCommitment,
    Citation,
    Commitment,
    InstrumentSource,
    Milestone,
    Source,
    StatusUpdate,
    known_by,
)
from tests.factories import (
    make_check,
    make_commitment,
    make_instrument,
    make_milestone,
    make_source,
    make_update,
    moment,
)
from tests.models.breaches import make_discrepancy

EVENT, EVE = datetime.date(2025, 6, 1), datetime.date(2025, 5, 31)
PUBLISHED = datetime.date(2025, 7, 1)
TODAY = datetime.date(2026, 1, 1)

pytestmark = pytest.mark.django_db


def test_a_moment_is_known_on_its_own_utc_day_and_not_on_the_day_before() -> None:
    last_second = datetime.datetime(2025, 7, 1, 23, 59, 59, 999_999, datetime.UTC)
    make_commitment(published_at=last_second)

    assert Commitment.objects.filter(known_by("published_at", PUBLISHED)).exists()
    assert not Commitment.objects.filter(known_by("published_at", PUBLISHED - datetime.timedelta(days=1))).exists()


def test_drafts_are_picked_by_nothing_that_is_public() -> None:
    commitment, source = make_commitment(published=False, sources=[]), make_source()
    make_commitment(published=False, sources=[source])
    InstrumentSource.objects.create(instrument=commitment.instrument, source=source)
    make_update(published=False, sources=[source], assessments=[{"commitment": commitment, "status": "announced"}])
    make_milestone(commitment, recorded=False, sources=[source])
    make_check(commitment, recorded=False)

    for rows in (
        Commitment.objects.published(TODAY),
        Commitment.objects.in_force(TODAY),
        StatusUpdate.objects.published(TODAY),
        StatusUpdate.objects.counted(TODAY),
        Assessment.objects.counted(TODAY),
        Citation.objects.published(TODAY),
        Milestone.objects.recorded(TODAY),
        CheckCommitment.objects.known(),
        Source.objects.published(TODAY),
    ):
        assert not rows.exists(), rows.model
    assert StatusUpdate.objects.drafts().count() == 1


def cited() -> Source:
    source = make_source()
    commitment = make_commitment(published_at=moment(PUBLISHED))
    make_update(
        happened_on=EVENT, published_at=moment(PUBLISHED), sources=[source], assessments=[{"commitment": commitment}]
    )
    return source


def named_by_a_commitment() -> Source:
    source = make_source()
    make_commitment(instrument=make_instrument(adopted_on=EVENT), sources=[source], published_at=moment(PUBLISHED))
    return source


def quoted() -> Source:
    source = make_source()
    make_commitment(
        instrument=make_instrument(adopted_on=EVENT),
        wording_text="will",
        wording_language="en",
        wording_source=source,
        published_at=moment(PUBLISHED),
    )
    return source


def named_by_an_instrument() -> Source:
    instrument = make_instrument(adopted_on=EVENT)
    link = InstrumentSource.objects.create(instrument=instrument, source=make_source())
    make_commitment(instrument=instrument, published_at=moment(PUBLISHED))
    return link.source


def named_by_a_milestone() -> Source:
    source = make_source(published_on=EVENT, published_precision="day")
    commitment = make_commitment(published_at=moment(PUBLISHED))
    make_milestone(commitment, sources=[source], recorded_at=moment(PUBLISHED))
    return source


@pytest.mark.parametrize(
    "arrange", [cited, named_by_a_commitment, quoted, named_by_an_instrument, named_by_a_milestone]
)
def test_a_source_is_public_from_what_rests_on_it_on_both_clocks(arrange: Callable[[], Source]) -> None:
    source = arrange()

    assert source in Source.objects.published(EVENT)
    assert source in Source.objects.published(EVENT, PUBLISHED)
    assert source not in Source.objects.published(EVE)
    assert source not in Source.objects.published(TODAY, PUBLISHED - datetime.timedelta(days=1))


def test_a_source_of_a_discrepancy_is_public() -> None:
    source = make_source()
    make_discrepancy().sources.add(source)

    assert source in Source.objects.published(TODAY)


def test_updates_that_touch_a_commitment_include_the_withdrawals_of_those() -> None:
    commitment, other = make_commitment(), make_commitment()
    update = make_update(assessments=[{"commitment": commitment}])
    withdrawal = make_update(corrects=update, correction_reason="Made up.")
    make_update(assessments=[{"commitment": other}])

    assessments = Assessment.objects.filter(commitment=commitment)
    touching = StatusUpdate.objects.touching(assessments, order=["-number"], count=5)
    newest = StatusUpdate.objects.touching(assessments, order=["-number"], count=1)

    assert list(touching) == [withdrawal, update]
    assert list(newest) == [withdrawal]


@pytest.mark.parametrize(("covers_from", "covers"), [(None, True), (EVE, True), (EVENT, False)])
def test_a_search_covers_the_days_before_an_event_on_which_the_commitment_existed(
    covers_from: datetime.date | None, *, covers: bool
) -> None:
    make_check(make_commitment(), covers_from=covers_from)

    assert CheckCommitment.objects.covering_before(EVENT).exists() == covers


def test_an_index_answers_the_status_of_a_commitment() -> None:
    """The dates are copied into the assessments for its sake."""
    bearing_status = Assessment.objects.counted(TODAY, PUBLISHED).filter(commitment=1).exclude(status="")
    latest: models.QuerySet[Assessment] = bearing_status.order_by("-happened_by", "-published_at", "-update_id")

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_incremental_sort = off")
    assert "assessment_current" in latest[:1].explain()
