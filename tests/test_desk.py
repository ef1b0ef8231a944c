"""What waits for an editor, as data."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from commitments.desk import Desk
from commitments.judgements import FreshnessState, ScheduleState
from commitments.models import AuditEntry, Commitment, StatusUpdate
from commitments.publishing import Refused, publish, send_back, submit, withdraw_commitment
from tests.factories import (
    make_check,
    make_commitment,
    make_instrument,
    make_link_check,
    make_milestone,
    make_source,
    make_update,
    make_user,
    moment,
)

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 3, 1)
MOST = 50


def day(number: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=number)


@pytest.fixture
def me() -> User:
    return make_user("me")


@pytest.fixture
def desk(me: User) -> Desk:
    return Desk(me, TODAY)


def in_review(by: User, **fields: Any) -> StatusUpdate:
    update = make_update(published=False, assessments=[{"commitment": make_commitment()}], **fields)
    submit(update, by=by)
    return update


class TestDrafts:
    def test_they_are_those_of_my_hand_that_nobody_reviews_yet(self, desk: Desk, me: User) -> None:
        written = make_update(published=False, written_by=me)
        taken_over = make_update(published=False, written_by=make_user(), last_edited_by=me)
        make_update(published=False, written_by=make_user())
        make_update(written_by=me, assessments=[{"commitment": make_commitment()}])
        in_review(me, written_by=me)

        drafts = desk.drafts(MOST)

        assert [draft.update for draft in drafts.rows] == [written, taken_over]
        assert drafts.total == 2
        assert desk.own_in_review() == 1

    def test_their_age_runs_from_the_first_saving(self, desk: Desk, me: User) -> None:
        draft = make_update(published=False, written_by=me)
        begun = AuditEntry.objects.of(draft).filter(action="insert", table=StatusUpdate._meta.db_table).get()
        StatusUpdate.objects.filter(pk=draft.pk).update(title="Later")

        [row] = desk.drafts(MOST).rows

        assert row.begun_at == begun.at

    def test_those_that_a_reviewer_sent_back_are_known(self, desk: Desk, me: User) -> None:
        sent_back, again = in_review(me, written_by=me), in_review(me, written_by=me)
        edited = make_update(published=False, written_by=me)
        StatusUpdate.objects.filter(pk=edited.pk).update(title="Later")
        for update in (sent_back, again):
            send_back(update, by=me, note="Made up.")
        submit(again, by=me)
        submit(sent_back, by=me)
        send_back(sent_back, by=me, note="Made up again.")

        drafts = desk.drafts(MOST).rows

        assert [(draft.update, draft.sent_back and draft.sent_back.note) for draft in drafts] == [
            (sent_back, "Made up again."),
            (edited, None),
        ]


class TestWaiting:
    @pytest.mark.parametrize("publishes_own", [False, True])
    def test_it_is_exactly_what_i_may_publish(self, me: User, settings: Any, publishes_own: bool) -> None:
        settings.TRACKER_ALLOW_SELF_PUBLISHING = publishes_own
        other = make_user("other")
        updates = [
            in_review(submitter, written_by=writer, last_edited_by=last)
            for submitter in (me, other)
            for writer in (me, other, None)
            for last in (me, other, None)
        ]

        waiting = Desk(me, TODAY, publishes_own=publishes_own).waiting(MOST)

        allowed = []
        for update in updates:
            try:
                publish(update, by=me)
            except Refused:
                continue
            allowed.append(update)
        assert waiting.rows == allowed
        assert waiting.total == len(allowed) == (18 if publishes_own else 4)

    def test_drafts_and_published_ones_do_not_wait(self, desk: Desk) -> None:
        make_update(published=False)
        make_update(assessments=[{"commitment": make_commitment()}])

        assert not desk.waiting(MOST).rows

    def test_the_one_that_waits_longest_comes_first(self, desk: Desk) -> None:
        other = make_user()
        first, second = in_review(other), in_review(other)
        StatusUpdate.objects.filter(pk=second.pk).update(submitted_at=moment(day(-4)))

        assert desk.waiting(MOST).rows == [second, first]


class TestDates:
    def test_a_review_is_due_after_its_interval_the_longest_due_first(self, desk: Desk) -> None:
        checked = [make_commitment() for _number in range(4)]
        for commitment, number in zip(checked, (-10, -200, -400, -181), strict=True):
            make_check(commitment, checked_on=day(number))
        never = make_commitment()

        due = desk.review_due(MOST).rows

        assert [(row.commitment, row.freshness.state) for row in due] == [
            (never, FreshnessState.NEVER_CHECKED),
            (checked[2], FreshnessState.STALE),
            (checked[1], FreshnessState.REVIEW_DUE),
            (checked[3], FreshnessState.REVIEW_DUE),
        ]

    def test_windows_missed_and_deadlines_passed_stand_together(self, desk: Desk) -> None:
        overdue = make_commitment(kind="one_off", due_on=day(-3), due_precision="day", deadline_wording="by then")
        missed = make_commitment(kind="recurring", cadence_months=12)
        make_commitment(kind="one_off", due_on=TODAY, due_precision="day", deadline_wording="by then")

        late = desk.late(MOST)

        assert [(row.commitment, row.schedule.state) for row in late.rows] == [
            (missed, ScheduleState.WINDOW_MISSED),
            (overdue, ScheduleState.OVERDUE),
        ]

    def test_a_milestone_passes_the_day_after_its_last_day(self, desk: Desk) -> None:
        commitment = make_commitment()
        passed = make_milestone(commitment, due_on=day(-1), sources=[self.dated()])
        today = make_milestone(commitment, due_on=TODAY, sources=[self.dated()])
        last = make_milestone(commitment, due_on=day(90), sources=[self.dated()])
        make_milestone(commitment, due_on=day(91), sources=[self.dated()])
        make_milestone(commitment, due_on=day(1), recorded=False)

        assert desk.announced_passed(MOST).rows == [passed]
        assert [row.milestone for row in desk.ahead(MOST).rows] == [today, last]

    def test_one_that_was_met_or_replaced_waits_no_more(self, desk: Desk) -> None:
        commitment = make_commitment()
        met = make_milestone(commitment, due_on=day(-5), sources=[self.dated()])
        replaced = make_milestone(commitment, due_on=day(-4), sources=[self.dated()])
        new = make_milestone(commitment, due_on=day(9), replaces=replaced, sources=[self.dated()])
        make_update(assessments=[{"commitment": commitment, "meets": met}])

        assert not desk.announced_passed(MOST).rows
        assert [row.milestone for row in desk.ahead(MOST).rows] == [new]

    def test_of_a_commitment_that_is_settled_or_withdrawn_nothing_is_expected(
        self, desk: Desk, check_rules: Callable[[], None]
    ) -> None:
        ended, withdrawn = make_commitment(), make_commitment()
        for commitment in (ended, withdrawn):
            make_milestone(commitment, due_on=day(-5), sources=[self.dated()])
            make_milestone(commitment, due_on=day(5), sources=[self.dated()])
        make_update(assessments=[{"commitment": ended, "status": "ended"}])
        check_rules()
        withdraw_commitment(withdrawn, reason="Made up.")

        assert not desk.announced_passed(MOST).rows
        assert not desk.ahead(MOST).rows

    def test_deadlines_and_windows_that_end_soon_are_ahead_too(self, desk: Desk) -> None:
        deadline = make_commitment(kind="one_off", due_on=day(30), due_precision="day", deadline_wording="by then")
        make_commitment(kind="one_off", due_on=day(91), due_precision="day", deadline_wording="by then")
        window = make_commitment(kind="recurring", cadence_months=1, instrument=make_instrument(adopted_on=day(-10)))

        assert [(row.commitment, row.state, row.milestone) for row in desk.ahead(MOST).rows] == [
            (window, ScheduleState.NEXT_EXPECTED, None),
            (deadline, ScheduleState.DUE_SOON, None),
        ]

    def dated(self) -> Any:
        """A source that announces early enough to be known at the desk's day."""
        return make_source(published_on=day(-100), published_precision="day", accessed_on=day(-50))


class TestSources:
    def test_dead_ones_come_first_and_archived_ones_not_at_all(self, desk: Desk) -> None:
        alive, dead, saved, doubtful = (make_source(accessed_on=day(-number)) for number in (3, 9, 1, 2))
        make_link_check(dead, outcome="gone", failures_in_a_row=3)
        make_link_check(doubtful, outcome="gone", failures_in_a_row=2)
        make_link_check(saved, outcome="gone", failures_in_a_row=3)
        type(saved).objects.filter(pk=saved.pk).update(archived_url="https://archive.example.org/1")

        sources = desk.sources(MOST)

        assert sources.rows == [dead, doubtful, alive]
        assert [getattr(row, "is_dead", None) for row in sources.rows] == [True, False, False]
        assert desk.dead_but_archived() == 1


def test_what_was_written_but_not_recorded_is_found(desk: Desk) -> None:
    commitment = make_commitment()
    check = make_check(commitment, recorded=False)
    make_check(commitment)
    milestone = make_milestone(commitment, recorded=False)
    make_milestone(commitment)

    assert desk.unrecorded_checks(MOST).rows == [check]
    assert desk.unrecorded_milestones(MOST).rows == [milestone]


def test_commitments_not_yet_published_are_found(desk: Desk) -> None:
    draft = make_commitment(published=False)
    make_commitment()

    assert desk.commitment_drafts(MOST).rows == [draft]


def test_a_list_is_bounded_and_says_how_many_there_are(desk: Desk) -> None:
    for _number in range(3):
        make_commitment()

    bounded = desk.review_due(2)
    counted = desk.sources(2)

    assert (len(bounded.rows), bounded.total, bounded.more) == (2, 3, 1)
    assert (len(counted.rows), counted.total, counted.more) == (2, 3, 1)


def test_an_empty_register_leaves_an_empty_desk(desk: Desk) -> None:
    assert not Commitment.objects.exists()
    for listed in (desk.drafts, desk.waiting, desk.review_due, desk.late, desk.announced_passed, desk.ahead):
        assert listed(MOST).total == 0
