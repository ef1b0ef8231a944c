"""Schedule and freshness, against DESIGN's sentences restated day by day."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commitments.judgements import (
    GROUP_OF,
    STATUSES_OF,
    Facts,
    FreshnessState,
    Schedule,
    ScheduleState,
    StatusGroup,
    add_months,
    freshness,
    schedule,
    window_end,
)
from commitments.models import CommitmentKind, DeliveryStatus

Day = datetime.date
ONE_DAY = datetime.timedelta(days=1)

days = st.dates(Day(2023, 1, 1), Day(2027, 12, 31))
maybe_day = st.none() | days


@st.composite
def facts_of(draw: st.DrawFn) -> Facts:
    """Such facts as the database's rules allow together."""
    kind = draw(st.sampled_from(CommitmentKind.values))
    recurs = kind in (CommitmentKind.RECURRING, CommitmentKind.STANDING)
    unfit = DeliveryStatus.DELIVERED if recurs else DeliveryStatus.KEPT_UP
    status = draw(st.sampled_from([status for status in DeliveryStatus if status != unfit]))
    adopted_by = draw(days)
    return Facts(
        kind=kind,
        status=status,
        adopted_by=adopted_by,
        cadence_months=draw(st.none() | st.sampled_from([1, 3, 6, 12, 18, 24])) if kind == "recurring" else None,
        due_by=draw(maybe_day) if kind != CommitmentKind.RECURRING else None,
        delivered_by=draw(days) if status == DeliveryStatus.DELIVERED else None,
        last_evidence_by=draw(maybe_day),
        last_checked_on=draw(maybe_day),
        last_occurrence_by=draw(st.none() | st.dates(adopted_by, Day(2028, 12, 31))) if recurs else None,
        milestone_due_by=draw(maybe_day),
    )


def is_last_of_month(day: Day) -> bool:
    return (day + ONE_DAY).day == 1


def months_later(day: Day, months: int) -> Day:
    """Walks from day to day; a month without such a day ends on its last one."""
    wanted, passed, at = day.day, 0, day
    while passed < months:
        at += ONE_DAY
        passed += at.day == 1
    while at.day != wanted and not is_last_of_month(at):
        at += ONE_DAY
    return at


def expected_by(facts: Facts) -> Day:
    """A yearly pledge: 31 December of the year after it was last kept. Any other: its months after that day."""
    since = facts.last_occurrence_by or facts.adopted_by
    if facts.cadence_months != 12:
        return months_later(since, facts.cadence_months or 0)
    at = since + ONE_DAY
    while not (at.year > since.year and (at.month, at.day) == (12, 31)):
        at += ONE_DAY
    return at


def restated_schedule(facts: Facts, today: Day) -> tuple[str, Day | None]:
    announced = facts.milestone_due_by
    has_passed = announced is not None and announced < today
    if facts.status == "ended":
        return "closed", None
    if facts.due_by is not None and facts.status == "delivered":
        return ("met_on_time" if facts.delivered_by <= facts.due_by else "met_late"), facts.due_by
    if facts.due_by is not None and facts.due_by < today:
        return "overdue", facts.due_by
    if facts.status == "delivered":
        return "closed", None
    if facts.cadence_months is not None and expected_by(facts) < today:
        return "window_missed", expected_by(facts)
    if has_passed:
        return "announced_passed", announced
    if facts.due_by is not None:
        return ("due_soon" if facts.due_by <= today + 90 * ONE_DAY else "open"), facts.due_by
    if facts.cadence_months is not None:
        return "next_expected", expected_by(facts)
    if announced is not None:
        return "announced_ahead", announced
    return "no_date", None


REVIEWED_AFTER = {"moving": 90, "still": 180, "unrated": 180, "done": 365, "ended": 365}


def restated_freshness(facts: Facts, today: Day) -> str:
    looks = sorted(day for day in (facts.last_evidence_by, facts.last_checked_on) if day)
    if not looks:
        return "never_checked"
    unseen = (today - looks[-1]).days
    interval = REVIEWED_AFTER[GROUP_OF[DeliveryStatus(facts.status)]]
    if unseen <= interval:
        return "current"
    return "review_due" if unseen <= 2 * interval else "stale"


@settings(max_examples=500, deadline=None)
@given(facts=facts_of(), today=days)
def test_the_schedule_is_what_the_design_says_in_words(facts: Facts, today: Day) -> None:
    answer = schedule(facts, today)

    assert (answer.state, answer.on) == restated_schedule(facts, today)
    assert answer.is_late == (answer.state in ("overdue", "window_missed"))
    assert not (answer.is_ahead and answer.on is not None and answer.on < today)


@settings(max_examples=300, deadline=None)
@given(facts=facts_of(), today=days)
def test_freshness_is_what_the_design_says_in_words(facts: Facts, today: Day) -> None:
    answer = freshness(facts, today)

    assert answer.state == restated_freshness(facts, today)
    if answer.state == FreshnessState.CURRENT:
        assert answer.review_on is not None
        assert today <= answer.review_on


@settings(max_examples=200, deadline=None)
@given(day=days, months=st.integers(1, 40))
def test_months_are_added_without_falling_off_the_end_of_one(day: Day, months: int) -> None:
    assert add_months(day, months) == months_later(day, months)


def yearly(**fields: object) -> Facts:
    return Facts(
        **{"kind": "recurring", "status": "kept_up", "adopted_by": Day(2024, 11, 1), "cadence_months": 12} | fields
    )


def test_a_yearly_pledge_adopted_in_november_is_first_expected_by_the_end_of_the_next_year() -> None:
    assert window_end(yearly()) == Day(2025, 12, 31)
    assert schedule(yearly(), Day(2025, 12, 31)).state == ScheduleState.NEXT_EXPECTED
    assert schedule(yearly(), Day(2026, 1, 1)).state == ScheduleState.WINDOW_MISSED


def test_a_yearly_pledge_kept_in_january_is_next_expected_by_the_december_after_next() -> None:
    assert window_end(yearly(last_occurrence_by=Day(2025, 1, 15))) == Day(2026, 12, 31)


def test_without_a_cadence_nothing_is_expected() -> None:
    assert schedule(yearly(cadence_months=None), Day(2030, 1, 1)) == Schedule(ScheduleState.NO_DATE)


def test_a_deadline_of_a_month_is_met_on_its_last_day_and_missed_on_the_next() -> None:
    facts = Facts(kind="one_off", status="under_way", adopted_by=Day(2024, 1, 1), due_by=Day(2025, 3, 31))

    assert schedule(facts, Day(2025, 3, 31)).state == ScheduleState.DUE_SOON
    assert schedule(facts, Day(2025, 4, 1)).state == ScheduleState.OVERDUE


def test_every_status_is_in_exactly_one_group() -> None:
    grouped = [status for group in StatusGroup for status in STATUSES_OF[group]]

    assert sorted(grouped) == sorted(DeliveryStatus)


@pytest.mark.parametrize("status", DeliveryStatus)
def test_every_status_has_a_schedule_and_a_freshness(status: DeliveryStatus) -> None:
    facts = Facts(kind="one_off", status=status, adopted_by=Day(2024, 1, 1), last_checked_on=Day(2024, 1, 1))

    assert schedule(facts, Day(2024, 1, 2)).state in ScheduleState
    assert freshness(facts, Day(2024, 1, 2)).state == FreshnessState.CURRENT
