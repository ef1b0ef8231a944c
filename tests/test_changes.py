"""What moved between two days, on each of the two clocks."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.http import QueryDict

from commitments.changes import REASONS_EACH, Changes, Period, compare, explain
from commitments.clocks import BadQuery, Clocks
from commitments.models import Commitment, reason_for_change
from commitments.presets import presets
from commitments.publishing import withdraw_commitment
from tests.factories import make_commitment, make_instrument, make_milestone, make_source, make_update, moment
from tests.raw_sql import fire_deferred

TODAY = datetime.date(2026, 6, 1)
JANUARY, MARCH, MAY = (datetime.date(2026, month, 10) for month in (1, 3, 5))

pytestmark = pytest.mark.django_db


def period(query: str = "", today: datetime.date = TODAY) -> Period:
    read = QueryDict(query)
    return Period.read(read, Clocks.read(read, today))


def changes(query: str) -> Changes:
    return compare(period(query))


def announced(commitment: Commitment, on: datetime.date, known: datetime.date | None = None, **fields: Any) -> Any:
    assessment = {"commitment": commitment, "status": "announced"} | fields
    return make_update(happened_on=on, published_at=moment(known or on), assessments=[assessment])


@pytest.fixture
def commitment() -> Commitment:
    return make_commitment(published_at=moment(datetime.date(2025, 1, 1)))


def test_a_status_set_in_the_period_is_a_turn_with_its_update(commitment: Commitment) -> None:
    update = announced(commitment, MARCH)

    [row] = changes("since=2026-01-10&until=2026-05-10").turned

    assert [(move.judgement, move.before, move.after) for move in row.moves][:2] == [
        ("status", "not_assessed", "announced"),
        ("evidence", "", "both_sides"),
    ]
    assert (row.latest.number, row.latest.happened_by) == (update.number, MARCH)


def test_only_what_set_a_status_is_a_reason(commitment: Commitment) -> None:
    update = announced(commitment, MARCH)
    announced(commitment, MAY, status="")

    [row] = changes("since=2026-01-10&until=2026-05-31").turned

    assert (row.latest.number, row.latest.happened_by) == (update.number, MARCH)


def test_the_latest_few_that_set_a_status_explain_a_turn(commitment: Commitment) -> None:
    days = [MARCH + datetime.timedelta(days=day) for day in range(REASONS_EACH + 1)]
    told = [announced(commitment, day) for day in days]
    asked = period("since=2026-01-10&until=2026-05-10")

    [row] = explain(asked, compare(asked).lists)["turned"]
    [of_fewer] = compare(period("since=2026-01-10&until=2026-03-12")).turned

    assert (row.has_earlier, of_fewer.has_earlier) == (True, False)
    assert [reason.update for reason in row.reasons] == told[:0:-1]
    assert (row.latest.number, row.latest.happened_by) == (told[-1].number, days[-1])


@pytest.mark.parametrize(
    ("query", "turns"),
    [
        ("since=2026-03-09&until=2026-03-10", True),
        ("since=2026-03-10&until=2026-05-31", False),
        ("since=2026-01-01&until=2026-03-09", False),
        ("since=2026-03-09&until=2026-03-10&by=publication", False),
        ("since=2026-03-10&until=2026-05-10&by=publication", True),
        ("since=2026-05-09&until=2026-05-10&by=publication", True),
        ("since=2026-05-10&until=2026-05-31&by=publication", False),
    ],
)
def test_each_clock_counts_the_first_day_out_and_the_second_in(
    commitment: Commitment, query: str, *, turns: bool
) -> None:
    announced(commitment, MARCH, known=MAY)

    found = changes(query)

    assert bool(found.turned) == turns
    assert found.updates == int(turns)


def test_an_event_before_the_period_that_was_found_in_it_moved_nothing_by_event(commitment: Commitment) -> None:
    announced(commitment, JANUARY, known=MARCH)

    assert changes("since=2026-02-01&until=2026-04-01").turned == []
    assert len(changes("since=2026-02-01&until=2026-04-01&by=publication").turned) == 1


def test_a_past_known_on_day_knows_nothing_later(commitment: Commitment) -> None:
    announced(commitment, JANUARY, known=MAY)

    assert changes("since=2026-01-01&until=2026-02-01&known_on=2026-04-01").turned == []
    assert changes("since=2026-01-01&until=2026-06-01&by=publication&known_on=2026-04-01").updates == 0


def test_a_commitment_of_an_instrument_adopted_in_the_period_was_added(commitment: Commitment) -> None:
    instrument = make_instrument(adopted_on=MARCH)
    new = make_commitment(instrument=instrument, published_at=moment(datetime.date(2025, 1, 1)))

    found = changes("since=2026-01-10&until=2026-05-10")

    assert [row.row.commitment for row in found.added] == [new]
    assert (found.total_before, found.total_after) == (1, 2)


def test_a_withdrawn_commitment_left_the_count_by_publication(commitment: Commitment) -> None:
    withdraw_commitment(commitment, reason="Made up.", at=moment(MARCH))

    found = changes("since=2026-01-10&until=2026-05-10&by=publication")

    assert [row.row.commitment for row in found.ended] == [commitment]
    assert (found.total_before, found.total_after) == (1, 0)


def test_what_left_the_count_still_names_what_set_its_status_in_the_period(commitment: Commitment) -> None:
    update = announced(commitment, MARCH)
    fire_deferred()
    withdraw_commitment(commitment, reason="Made up.")
    tomorrow = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)

    [row] = compare(period("since=2026-01-10&by=publication", today=tomorrow)).ended

    assert row.latest.number == update.number


def test_a_date_that_passed_only_shifts(commitment: Commitment) -> None:
    make_milestone(
        commitment,
        due_on=MARCH,
        recorded_at=moment(JANUARY),
        sources=[make_source(published_on=JANUARY, published_precision="day", accessed_on=JANUARY)],
    )

    found = changes("since=2026-02-01&until=2026-05-10")

    assert found.turned == []
    assert [move.after for row in found.shifted for move in row.moves] == ["announced_passed"]


def test_announced_dates_and_corrections_of_the_period_are_listed(commitment: Commitment) -> None:
    wrong = announced(commitment, JANUARY)
    correction = make_update(
        corrects=wrong, correction_reason="Made up.", happened_on=JANUARY, published_at=moment(MARCH)
    )
    milestone = make_milestone(commitment, recorded_at=moment(MARCH), due_on=TODAY)

    found = changes("since=2026-02-01&until=2026-05-10")

    assert found.corrections == [correction]
    assert found.milestones == [milestone]
    assert changes("since=2026-03-10&until=2026-05-10").corrections == []


def test_acts_and_context_are_counted_apart(commitment: Commitment) -> None:
    announced(commitment, MARCH)
    make_update(
        happened_on=MARCH,
        is_context=True,
        published_at=moment(MAY),
        assessments=[{"commitment": commitment, "bearing": "context"}],
    )

    found = changes("since=2026-01-10&until=2026-05-10")

    assert (found.acts, found.context, len(found.latest)) == (1, 1, 2)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=2026-05-01&until=2026-04-01", "first day comes after"),
        ("since=yesterday", "since is not a day"),
        ("until=2027-01-01", "lies in the future"),
        ("by=hearsay", "event or publication"),
    ],
)
def test_a_period_that_is_none_is_refused(query: str, sentence: str) -> None:
    with pytest.raises(BadQuery, match=sentence):
        period(query)


def test_without_days_the_last_ninety_are_compared() -> None:
    assert (period().since, period().until) == (TODAY - datetime.timedelta(days=90), TODAY)
    assert period("as_of=2026-03-10").until == MARCH


def test_presets_name_the_instruments_and_the_last_dialogue() -> None:
    instrument = make_instrument(title="Made-up statement", adopted_on=JANUARY)
    dialogue = make_commitment(kind="recurring", cadence_months=12, instrument=instrument, published_at=moment(JANUARY))
    make_update(
        happened_on=MARCH,
        published_at=moment(MARCH),
        assessments=[{"commitment": dialogue, "status": "kept_up", "is_occurrence": True}],
    )

    found = {preset.label: preset.since for preset in presets(Clocks.at(TODAY))}

    assert found["Since the last dialogue"] == MARCH
    assert found["Since: Made-up statement"] == JANUARY


def test_instruments_of_one_day_keep_their_order_whatever_is_edited(db: None) -> None:
    first, second = (make_commitment(published_at=moment(datetime.date(2025, 1, 1))).instrument for _ in range(2))
    known = [preset.label for preset in presets(Clocks.at(TODAY))]

    with reason_for_change("Made up."):
        type(first).objects.filter(pk=first.pk).update(description="Reworded")

    assert [preset.label for preset in presets(Clocks.at(TODAY))] == known
    assert known[1:] == [f"Since: {first.title}", f"Since: {second.title}"]


@pytest.mark.parametrize(
    ("pledge", "kind", "is_occurrence"),
    [("recurring", "statement", True), ("recurring", "meeting", False), ("standing", "meeting", True)],
    ids=["no meeting", "no occurrence", "of a pledge that does not recur"],
)
def test_a_dialogue_is_a_meeting_that_counts_as_an_occurrence_of_what_recurs(
    commitment: Commitment, pledge: str, kind: str, *, is_occurrence: bool
) -> None:
    others = {"recurring": make_commitment(kind="recurring", cadence_months=12), "standing": commitment}
    announced(others["recurring"], JANUARY, status="", is_occurrence=True)
    make_update(
        happened_on=MARCH,
        published_at=moment(MARCH),
        kind=kind,
        assessments=[{"commitment": others[pledge], "is_occurrence": is_occurrence}],
    )

    found = {preset.label: preset.since for preset in presets(Clocks.at(TODAY))}

    assert found["Since the last dialogue"] == JANUARY


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ("since=2026-03-10", "2026-03-10", "2026-05-31"),
        ("since=2026-03-10&until=2026-05-10", "2026-03-10", "2026-05-10"),
        ("since=2026-03-10&as_of=2026-05-10&until=2026-05-31", "2026-03-10", "2026-05-10"),
        ("since=2026-06-01&until=2026-06-01", "2026-05-31", "2026-05-31"),
    ],
    ids=["until today", "closed already", "beyond the day of the page", "of today alone"],
)
def test_a_cited_period_ends_on_a_closed_day_and_begins_no_later(query: str, since: str, until: str) -> None:
    asked = period(query)

    cited = asked.closed()

    assert (cited.since.isoformat(), cited.until.isoformat()) == (since, until)
    assert cited.closed() == cited
