"""The write layer: what it does, what it refuses, and in which words."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from commitments.models import (
    RULES,
    Assessment,
    Commitment,
    Milestone,
    ReviewNote,
    StatusUpdate,
    broken_rule,
)
from commitments.publishing import (
    Refused,
    RefusedAmongSeveral,
    open_correction,
    publish,
    publish_commitment,
    publish_from_register,
    publish_several,
    record_check,
    record_milestone,
    remark,
    send_back,
    start_correction,
    submit,
    withdraw_commitment,
)
from tests.factories import (
    make_check,
    make_commitment,
    make_milestone,
    make_source,
    make_update,
    make_user,
    put_in_review,
)
from tests.raw_sql import execute, fire_deferred

A_YEAR_AGO = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=365)


def legal_draft(**fields: object) -> StatusUpdate:
    return make_update(published=False, assessments=[{"commitment": make_commitment()}], **fields)


def submitted(writer: User, **fields: object) -> StatusUpdate:
    draft = legal_draft(written_by=writer, last_edited_by=writer, **fields)
    submit(draft, by=writer)
    return draft


def words_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


# --- submit and send back ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_submitted_draft_is_in_review_and_says_by_whom() -> None:
    writer = make_user()

    draft = submitted(writer)

    assert draft.is_in_review
    assert draft.submitted_by == writer


@pytest.mark.django_db
def test_a_draft_is_submitted_once() -> None:
    draft = submitted(make_user())

    assert words_of(lambda: submit(draft, by=make_user())) == "This update is in review already."


@pytest.mark.django_db
def test_what_is_sent_back_is_a_draft_again() -> None:
    draft = submitted(make_user())

    send_back(draft, by=make_user(), note="Made up.")

    assert not draft.is_in_review
    assert draft.submitted_by is None
    assert words_of(lambda: send_back(draft, by=make_user(), note="Made up.")) == "This update is not in review."


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        lambda update: submit(update, by=make_user()),
        lambda update: send_back(update, by=make_user(), note="Made up."),
        lambda update: publish_from_register(update, at=None),
    ],
)
def test_what_is_published_moves_no_more(act: Callable[..., object]) -> None:
    update = make_update(assessments=[{"commitment": make_commitment()}])

    assert words_of(lambda: act(update)) == "This update is published already."


@pytest.mark.django_db
def test_a_draft_that_another_editor_deleted_is_missed_in_plain_words() -> None:
    draft = legal_draft()
    StatusUpdate.objects.filter(pk=draft.pk).delete()

    assert words_of(lambda: submit(draft, by=make_user())) == "This draft no longer exists."


# --- publish -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_second_person_publishes_with_the_next_number_and_the_time_of_now() -> None:
    reviewer = make_user()
    earlier = make_update(assessments=[{"commitment": make_commitment()}])
    draft = submitted(make_user())

    publish(draft, by=reviewer)

    assert draft.number == earlier.number + 1
    assert draft.published_by == reviewer
    assert datetime.datetime.now(datetime.UTC) - draft.published_at < datetime.timedelta(minutes=1)
    assert not draft.is_self_published


@pytest.mark.django_db
def test_a_draft_is_not_published_unsubmitted() -> None:
    assert words_of(lambda: publish(legal_draft(), by=make_user())) == "Submit the update for review first."


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["written_by", "last_edited_by", "submitted_by"])
def test_nobody_publishes_what_they_wrote_edited_or_submitted(role: str, settings: Settings) -> None:
    settings.TRACKER_ALLOW_SELF_PUBLISHING = False
    person, draft = make_user(), submitted(make_user())
    StatusUpdate.objects.filter(pk=draft.pk).update(**{role: person})

    words = words_of(lambda: publish(draft, by=person))

    assert words == "A second person publishes it: you wrote, edited or submitted this update."
    draft.refresh_from_db()
    assert not draft.is_published


@pytest.mark.django_db
def test_a_team_of_one_may_publish_and_the_update_says_so(settings: Settings) -> None:
    settings.TRACKER_ALLOW_SELF_PUBLISHING = True
    person = make_user()
    draft = submitted(person)

    publish(draft, by=person)

    assert draft.is_published
    assert draft.is_self_published


def without_sources() -> StatusUpdate:
    draft = legal_draft(sources=[])
    put_in_review(draft, by=make_user())
    return draft


def on_a_rewrite() -> StatusUpdate:
    announced = {"commitment": make_commitment(), "status": "announced", "evidence": "one_side"}
    draft = make_update(published=False, assessments=[announced], sources=[make_source(kind="rewrite")])
    put_in_review(draft, by=make_user())
    return draft


def of_a_withdrawn_commitment() -> StatusUpdate:
    draft = submitted(make_user())
    withdraw_commitment(draft.assessments.get().commitment, reason="Made up.")
    return draft


def of_a_second_correction() -> StatusUpdate:
    update = make_update(assessments=[{"commitment": make_commitment()}])
    draft = start_correction(update, reason="Made up.", by=make_user())
    make_update(assessments=[{"commitment": make_commitment()}], corrects=update, correction_reason="First.")
    put_in_review(draft, by=make_user())
    return draft


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arrange", "rule", "words"),
    [
        (without_sources, "update_needs_citation", RULES["update_needs_citation"]),
        (on_a_rewrite, "status_needs_more_than_rewrites", RULES["status_needs_more_than_rewrites"]),
        (of_a_withdrawn_commitment, "assessed_commitment_is_public", RULES["assessed_commitment_is_public"]),
        (
            of_a_second_correction,
            "update_corrected_once",
            "That update has already been corrected. Correct its correction.",
        ),
    ],
)
def test_a_rule_of_the_database_is_explained_before_the_transaction_ends(
    arrange: Callable[[], StatusUpdate], rule: str, words: str
) -> None:
    draft = arrange()

    with pytest.raises(Refused) as refused:
        publish(draft, by=make_user())

    assert (refused.value.rule, str(refused.value)) == (rule, words)
    draft.refresh_from_db()
    assert not draft.is_published


@pytest.mark.django_db
@pytest.mark.parametrize("succeeds", [True, False])
def test_later_writes_of_the_same_transaction_are_checked_at_its_end_again(succeeds: bool) -> None:
    if succeeds:
        publish(submitted(make_user()), by=make_user())
    else:
        words_of(lambda: publish(without_sources(), by=make_user()))

    make_update(sources=[], assessments=[{"commitment": make_commitment()}])  # Deferred: nothing is said here ...

    with pytest.raises(IntegrityError) as refused, transaction.atomic():  # ... but at the end.
        fire_deferred()
    assert broken_rule(refused.value) == "update_needs_citation"
    transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_register_publishes_on_days_of_its_own_before_the_first_edition_only() -> None:
    first, second = legal_draft(), legal_draft()

    publish_from_register(first, at=A_YEAR_AGO)
    fire_deferred()

    assert (first.published_at, first.published_by) == (A_YEAR_AGO, None)
    assert words_of(lambda: publish_from_register(second, at=A_YEAR_AGO)) == RULES["published_now"]
    publish_from_register(second, at=None)
    assert second.number == 2


# --- corrections ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_correction_begins_as_a_copy_of_everything_but_the_publication() -> None:
    commitment = make_commitment(kind="recurring")
    milestone = make_milestone(commitment)
    kept_up = {"commitment": commitment, "status": "kept_up", "is_occurrence": True, "meets": milestone}
    update = make_update(
        title="Wrong", happened_precision="month", note="Seen twice.", sources=[make_source(), make_source()],
        assessments=[kept_up, {"commitment": make_commitment()}],
    )  # fmt: skip
    editor = make_user()

    draft = start_correction(update, reason="It was the other one.", by=editor)

    draft.refresh_from_db()
    assert (draft.corrects, draft.correction_reason) == (update, "It was the other one.")
    assert (draft.written_by, draft.last_edited_by) == (editor, editor)
    assert (draft.number, draft.published_at, draft.happened_by, draft.submitted_at) == (None, None, None, None)
    copied = ("title", "summary", "happened_on", "happened_precision", "kind", "is_context", "note")
    assert [getattr(draft, name) for name in copied] == [getattr(update, name) for name in copied]
    verdict = ("commitment", "bearing", "status", "evidence", "reasoning", "is_occurrence", "meets", "position")
    assert list(draft.assessments.values_list(*verdict)) == list(update.assessments.values_list(*verdict))
    cited = ("source", "locator", "position")
    assert list(draft.citations.values_list(*cited)) == list(update.citations.values_list(*cited))
    assert not Assessment.objects.filter(update=draft, published_at__isnull=False).exists()


@pytest.mark.django_db
def test_a_published_correction_takes_the_place_of_what_it_corrects() -> None:
    commitment = make_commitment()
    update = make_update(assessments=[{"commitment": commitment, "status": "announced"}])
    today = datetime.datetime.now(datetime.UTC).date()

    draft = start_correction(update, reason="It was stalled.", by=make_user())
    draft.assessments.update(status="stalled")
    submit(draft, by=draft.written_by)
    publish(draft, by=make_user())

    assert Commitment.objects.with_status(today).get(pk=commitment.pk).status == "stalled"
    assert list(StatusUpdate.objects.counted(today)) == [draft]
    assert set(StatusUpdate.objects.published(today)) == {draft, update}


@pytest.mark.django_db
def test_a_correction_without_assessments_withdraws() -> None:
    commitment = make_commitment()
    update = make_update(assessments=[{"commitment": commitment, "status": "announced"}])
    today = datetime.datetime.now(datetime.UTC).date()

    draft = start_correction(update, reason="It never happened.", by=make_user())
    draft.assessments.all().delete()
    submit(draft, by=draft.written_by)
    publish(draft, by=make_user())

    assert Commitment.objects.with_status(today).get(pk=commitment.pk).status == "not_assessed"


@pytest.mark.django_db
def test_a_correction_is_refused_in_plain_words() -> None:
    update = make_update(assessments=[{"commitment": make_commitment()}])
    person = make_user()

    assert (
        words_of(lambda: start_correction(legal_draft(), reason="Made up.", by=person))
        == "Only a published update is corrected; a draft is edited."
    )
    assert (
        words_of(lambda: start_correction(update, reason="  ", by=person))
        == "Say why it is corrected; the reason is public."
    )
    make_update(corrects=update, correction_reason="Made up.")
    assert (
        words_of(lambda: start_correction(update, reason="Made up.", by=person))
        == "That update has already been corrected. Correct its correction."
    )


@pytest.mark.django_db
def test_an_abandoned_correction_blocks_nobody() -> None:
    update = make_update(assessments=[{"commitment": make_commitment()}])
    abandoned = start_correction(update, reason="Abandoned.", by=make_user())

    second = start_correction(update, reason="Made up.", by=make_user(), beside=abandoned.pk)
    submit(second, by=second.written_by)
    publish(second, by=make_user())

    assert second.is_published


@pytest.mark.django_db
def test_nobody_begins_a_second_correction_without_having_been_told_of_the_first() -> None:
    update = make_update(assessments=[{"commitment": make_commitment()}])
    first = start_correction(update, reason="Made up.", by=make_user())
    second = start_correction(update, reason="Made up.", by=make_user(), beside=first.pk)

    for beside in (None, first.pk):
        again = partial(start_correction, update, reason="Made up.", by=make_user(), beside=beside)
        assert words_of(again) == "A correction of this update has been begun already."
    assert open_correction(update) == second


@pytest.mark.django_db
def test_a_retraction_is_a_draft_that_a_second_person_publishes() -> None:
    commitment = make_commitment()
    update = make_update(assessments=[{"commitment": commitment, "status": "announced"}])
    writer = make_user()

    draft = start_correction(update, reason="It never happened.", by=writer, retracts=True)
    submit(draft, by=writer)
    assert words_of(lambda: publish(draft, by=writer)).startswith("A second person publishes it")
    publish(draft, by=make_user())

    assert not draft.assessments.exists()
    assert draft.citations.count() == update.citations.count()
    assert Commitment.objects.with_status(datetime.date(2026, 1, 1)).get().status == "not_assessed"


# --- several at once -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_several_are_published_in_the_order_of_their_events() -> None:
    later, earlier = (submitted(make_user(), happened_on=datetime.date(2025, 6, day)) for day in (2, 1))

    publish_several([later, earlier], by=make_user())

    assert list(StatusUpdate.objects.order_by("number")) == [earlier, later]


@pytest.mark.django_db
def test_several_are_published_together_or_not_at_all() -> None:
    good, open_draft = submitted(make_user()), legal_draft()

    with pytest.raises(RefusedAmongSeveral) as refused:
        publish_several([good, open_draft], by=make_user())

    assert refused.value.update == open_draft
    assert not StatusUpdate.objects.filter(published_at__isnull=False).exists()
    assert not ReviewNote.objects.filter(act="published").exists()


# --- what is said in review ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_act_of_a_review_is_kept_with_its_note() -> None:
    writer, reviewer, draft = make_user("writer"), make_user("reviewer"), legal_draft()

    submit(draft, by=writer)
    send_back(draft, by=reviewer, note="Name the day.")
    remark(draft, by=writer, note="Done.")
    submit(draft, by=writer)
    publish(draft, by=reviewer, note="Thank you.")

    said = draft.review_notes.values_list("by__username", "act", "note")
    assert list(said) == [
        ("writer", "submitted", ""),
        ("reviewer", "sent_back", "Name the day."),
        ("writer", "remarked", "Done."),
        ("writer", "submitted", ""),
        ("reviewer", "published", "Thank you."),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("act", [send_back, remark])
def test_what_is_sent_back_or_remarked_says_something(act: Callable[..., None]) -> None:
    draft = submitted(make_user())

    assert words_of(lambda: act(draft, by=make_user(), note=" ")) == "Say what should change."

    draft.refresh_from_db()
    assert draft.is_in_review


@pytest.mark.django_db
def test_a_published_update_is_no_longer_spoken_about() -> None:
    update = make_update(assessments=[{"commitment": make_commitment()}])

    assert words_of(lambda: remark(update, by=make_user(), note="Late.")) == "This update is published already."


# --- commitments, checks, milestones -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_commitment_goes_public_and_is_withdrawn_with_a_reason() -> None:
    commitment = make_commitment(published=False)

    publish_commitment(commitment)
    assert commitment.published_at is not None
    withdraw_commitment(commitment, reason="The text says otherwise.")

    assert commitment.is_withdrawn()
    assert not commitment.is_withdrawn(datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1))
    assert commitment.withdrawal_reason == "The text says otherwise."


@pytest.mark.django_db
def test_commitments_are_refused_in_plain_words() -> None:
    commitment, draft = make_commitment(), make_commitment(published=False)

    once = "Only a published commitment can be withdrawn, and once."
    assert words_of(lambda: publish_commitment(commitment)) == "This commitment is published already."
    assert words_of(lambda: withdraw_commitment(commitment, reason=" ")) == (
        "Say why it is withdrawn; the reason is public."
    )
    assert words_of(lambda: withdraw_commitment(draft, reason="Made up.")) == once
    withdraw_commitment(commitment, reason="Made up.")
    assert words_of(lambda: withdraw_commitment(commitment, reason="Made up.")) == once
    bare = make_commitment(published=False, sources=[])
    assert words_of(lambda: publish_commitment(bare)) == RULES["commitment_needs_source"]


@pytest.mark.django_db
def test_a_check_is_recorded_once_and_covers_what_is_public() -> None:
    person, check = make_user(), make_check(make_commitment(), recorded=False)

    record_check(check, by=person)

    assert check.recorded_by == person
    assert words_of(lambda: record_check(check, by=person)) == "This check is recorded already."
    empty = make_check(recorded=False)
    assert words_of(lambda: record_check(empty, by=person)) == RULES["check_needs_commitment"]


@pytest.mark.django_db
def test_a_milestone_is_recorded_once_with_the_day_of_its_earliest_source() -> None:
    dated = [
        make_source(published_on=datetime.date(2025, 3, 1), published_precision="month"),
        make_source(published_on=datetime.date(2025, 3, 20), published_precision="day"),
        make_source(),
    ]
    milestone = make_milestone(make_commitment(), recorded=False, sources=dated)

    record_milestone(milestone)

    assert milestone.announced_by == datetime.date(2025, 3, 20)
    assert words_of(lambda: record_milestone(milestone)) == "This milestone is recorded already."
    bare = make_milestone(make_commitment(), recorded=False, sources=[])
    assert words_of(lambda: record_milestone(bare)) == RULES["milestone_needs_source"]


@pytest.mark.django_db
def test_a_milestone_is_replaced_once() -> None:
    commitment = make_commitment()
    first = make_milestone(commitment)
    make_milestone(commitment, replaces=first)
    again = make_milestone(commitment, recorded=False, replaces=first)

    assert words_of(lambda: record_milestone(again)) == (
        "That milestone has been replaced already: replace its successor."
    )
    assert Milestone.objects.filter(recorded_at__isnull=False).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        publish_commitment,
        record_milestone,
        lambda row: record_check(row, by=None),
        lambda row: withdraw_commitment(row, reason="Made up."),
    ],
)
def test_refused_or_not_nothing_is_left_half_done(act: Callable[..., object]) -> None:
    rows = {
        "publish_commitment": lambda: make_commitment(published=False, sources=[]),
        "record_milestone": lambda: make_milestone(make_commitment(), recorded=False, sources=[]),
    }
    row = rows.get(act.__name__, lambda: make_check(recorded=False))()

    words_of(lambda: act(row))
    fire_deferred()

    row.refresh_from_db()
    assert getattr(row, "published_at", None) is None
    assert getattr(row, "recorded_at", None) is None


# --- at once -------------------------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run each on a connection of its own; returns the refusals."""
    start, refusals = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            execute("SET statement_timeout = '10s'")
            start.wait(10)
            act()
        except Refused as refused:
            refusals.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act], daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(15)
        assert not thread.is_alive()
    return refusals


@pytest.mark.django_db(transaction=True)
def test_of_two_who_submit_at_once_one_is_told_so() -> None:
    draft, first, second = legal_draft(), make_user(), make_user()

    refusals = at_once(lambda: submit(draft, by=first), lambda: submit(draft, by=second))

    assert refusals == ["This update is in review already."]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_one_update_at_once_one_is_told_so() -> None:
    draft, first, second = submitted(make_user()), make_user(), make_user()
    again = StatusUpdate.objects.get(pk=draft.pk)

    refusals = at_once(lambda: publish(draft, by=first), lambda: publish(again, by=second))

    assert refusals == ["This update is published already."]
    assert StatusUpdate.objects.get().number == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_published_at_once_one_is_told_so() -> None:
    update = make_update(assessments=[{"commitment": make_commitment()}])
    writer, reviewer = make_user(), make_user()
    first = start_correction(update, reason="Reason 1.", by=writer)
    drafts = [first, start_correction(update, reason="Reason 2.", by=writer, beside=first.pk)]
    for draft in drafts:
        submit(draft, by=writer)

    refusals = at_once(*[lambda draft=draft: publish(draft, by=reviewer) for draft in drafts])

    assert refusals == ["That update has already been corrected. Correct its correction."]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_a_correction_at_once_one_is_told_of_the_other() -> None:
    update = make_update(assessments=[{"commitment": make_commitment()}])
    people = make_user(), make_user()

    refusals = at_once(
        *[lambda person=person: start_correction(update, reason="Made up.", by=person) for person in people]
    )

    assert refusals == ["A correction of this update has been begun already."]
    assert StatusUpdate.objects.filter(corrects=update).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_the_same_updates_at_once_do_not_wait_for_each_other() -> None:
    updates = [submitted(make_user(), happened_on=datetime.date(2025, 6, 3 - number)) for number in range(3)]
    first, second = make_user(), make_user()

    refusals = at_once(
        lambda: publish_several(updates, by=first), lambda: publish_several(reversed(updates), by=second)
    )

    assert refusals == ["This update is published already."]
    assert set(StatusUpdate.objects.values_list("published_by", flat=True)) in ({first.pk}, {second.pk})


@pytest.mark.django_db(transaction=True)
def test_sending_back_and_publishing_at_once_ends_in_one_of_the_two() -> None:
    draft, reviewer = submitted(make_user()), make_user()
    again = StatusUpdate.objects.get(pk=draft.pk)

    refusals = at_once(lambda: publish(draft, by=reviewer), lambda: send_back(again, by=reviewer, note="Made up."))

    row = StatusUpdate.objects.get()
    assert refusals == [
        "This update is published already." if row.is_published else "Submit the update for review first."
    ]
