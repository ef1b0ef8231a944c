"""The only code that changes what the public sees. Each function is one transaction.

Every function raises `Refused` with a sentence for the person who asked; the rules themselves stand in the database
and refuse the same on any other path.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Iterator

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Func
from django.utils.translation import gettext as _

from .announcing import announce_check, announce_pledge, announce_update
from .models import (
    PUBLICATION_LOCK,
    Check,
    Commitment,
    Milestone,
    ReviewAct,
    ReviewNote,
    StatusUpdate,
    broken_rule,
    explain,
)
from .readiness import Problem, problems


class Refused(Exception):
    """Nothing was changed; the message says why. `rule` names the rule or constraint, where one of them refused."""

    def __init__(self, message: str, rule: str = "") -> None:
        super().__init__(message)
        self.rule = rule


class ClockTimestamp(Func):
    """The moment of execution, unlike now(), which is that of the transaction's begin."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """One transaction whose integrity errors reach the caller as `Refused`."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused(explain(error), broken_rule(error)) from error


def check_now(constraint: str) -> None:
    """Fire one deferred constraint trigger here rather than at commit, where nobody could explain it.

    On success it stays immediate until the end of the transaction: name single triggers, never all of them.
    """
    pgtrigger.constraints(pgtrigger.Immediate, f"commitments.{constraint}")
    pgtrigger.constraints(pgtrigger.Deferred, f"commitments.{constraint}")


def submit(update: StatusUpdate, *, by: User) -> None:
    """Hand a draft that could be published to review. Nobody edits it until it is sent back."""
    with refusals():
        row = _locked_draft(update)
        if row.submitted_at is not None:
            raise Refused(_("This update is in review already."))
        found = problems(row)
        if found:
            raise Refused(_words_of(found), found[0].rule)
        StatusUpdate.objects.filter(pk=row.pk).update(submitted_at=ClockTimestamp(), submitted_by=by)
        _note(row, ReviewAct.SUBMITTED, by=by)
    update.refresh_from_db()


def _words_of(found: list[Problem]) -> str:
    sentences = dict.fromkeys(problem.sentence for problem in found)
    return " ".join([_("Not submitted, as it could not be published yet."), *sentences])


def send_back(update: StatusUpdate, *, by: User, note: str) -> None:
    """Make an update in review a draft again; the note says what should change, and is kept."""
    with refusals():
        row = _locked_draft(update)
        if row.submitted_at is None:
            raise Refused(_("This update is not in review."))
        StatusUpdate.objects.filter(pk=row.pk).update(submitted_at=None, submitted_by=None)
        _note(row, ReviewAct.SENT_BACK, by=by, note=note)
    update.refresh_from_db()


def remark(update: StatusUpdate, *, by: User, note: str) -> None:
    """Say something about a draft to those who work on it."""
    with refusals():
        _note(_locked_draft(update), ReviewAct.REMARKED, by=by, note=note)


def _note(update: StatusUpdate, act: ReviewAct, *, by: User, note: str = "") -> None:
    ReviewNote.objects.create(update=update, act=act, by=by, note=note)


def publish(update: StatusUpdate, *, by: User, note: str = "") -> None:
    """Publish a submitted update, for good, with the next number and the time of now; the note is not public.

    The person who wrote, last edited or submitted it cannot, unless a setting allows it; the page then says so.
    """
    with refusals():
        row = _locked_draft(update)
        if row.submitted_at is None:
            raise Refused(_("Submit the update for review first."))
        if not settings.TRACKER_ALLOW_SELF_PUBLISHING and by.pk in {
            row.written_by_id,
            row.last_edited_by_id,
            row.submitted_by_id,
        }:
            raise Refused(_("A second person publishes it: you wrote, edited or submitted this update."))
        _publish(row, by=by)
        _note(row, ReviewAct.PUBLISHED, by=by, note=note)
    update.refresh_from_db()


class RefusedAmongSeveral(Refused):
    """Nothing was published, because of this one."""

    def __init__(self, update: StatusUpdate, refusal: Refused) -> None:
        super().__init__(str(refusal), refusal.rule)
        self.update = update


def in_order_of_events(updates: Iterable[StatusUpdate]) -> list[StatusUpdate]:
    return sorted(updates, key=lambda update: (update.happened_on, update.pk))


def publish_several(updates: Iterable[StatusUpdate], *, by: User) -> None:
    """All of them or none, numbered in the order of their events. Raises RefusedAmongSeveral."""
    chosen = in_order_of_events(updates)
    with transaction.atomic():
        # All rows before the first number, and in one order: two who publish would wait for each other otherwise.
        rows = StatusUpdate.objects.select_for_update().filter(pk__in=[update.pk for update in chosen])
        list(rows.order_by("pk").values_list("pk"))
        for update in chosen:
            try:
                publish(update, by=by)
            except Refused as refusal:
                raise RefusedAmongSeveral(update, refusal) from refusal


@contextlib.contextmanager
def rehearsal(update: StatusUpdate) -> Iterator[None]:
    """Inside, the draft is published; afterwards it never was. Raises Refused where it could not be."""
    with transaction.atomic():
        try:
            with refusals():
                _publish(_locked_draft(update), by=None)
            yield
        finally:
            transaction.set_rollback(True)


def publish_from_register(update: StatusUpdate, *, at: datetime.datetime | None) -> None:
    """Publish a draft that came from the reviewed register file, in which nobody's name stands.

    Here and below, `at` is the time in the file; the database accepts one other than now only before the first
    edition, while an empty register is being filled.
    """
    with refusals():
        _publish(_locked_draft(update), by=None, at=at)
    update.refresh_from_db()


def hold_publication() -> None:
    """Let nobody else publish an update until this transaction ends: the next number is known from here on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLICATION_LOCK])


def _publish(row: StatusUpdate, *, by: User | None, at: datetime.datetime | None = None) -> None:
    hold_publication()
    newest = StatusUpdate.objects.aggregate(newest=models.Max("number"))["newest"] or 0
    StatusUpdate.objects.filter(pk=row.pk).update(
        number=newest + 1, published_at=at or ClockTimestamp(), published_by=by
    )
    check_now("StatusUpdate:publishable")
    announce_update(row)


def _locked_draft(update: StatusUpdate) -> StatusUpdate:
    """The row as it is now, locked, if it is still a draft."""
    row = StatusUpdate.objects.select_for_update().filter(pk=update.pk).first()
    if row is None:
        raise Refused(_("This draft no longer exists."))
    if row.is_published:
        raise Refused(_("This update is published already."))
    return row


def open_correction(update: StatusUpdate) -> StatusUpdate | None:
    """The draft that would replace this update, if somebody has begun one; of several the newest."""
    return StatusUpdate.objects.drafts().filter(corrects=update).order_by("-pk").first()


def start_correction(
    update: StatusUpdate, *, reason: str, by: User, retracts: bool = False, beside: int | None = None
) -> StatusUpdate:
    """A draft that begins as a copy of a published update and will replace it once published.

    One that retracts makes no assessments: the update is withdrawn, and nothing takes its place. Where another has
    been begun, `beside` is the id of that draft: nobody begins a second one without having been told.
    """
    with refusals():
        if not update.is_published:
            raise Refused(_("Only a published update is corrected; a draft is edited."))
        if not reason.strip():
            raise Refused(_("Say why it is corrected; the reason is public."))
        if StatusUpdate.objects.filter(corrects=update, published_at__isnull=False).exists():
            raise Refused(_("That update has already been corrected. Correct its correction."))
        # Two people who begin at once come one after the other, so that the second is told.
        StatusUpdate.objects.select_for_update().get(pk=update.pk)
        begun = open_correction(update)
        if begun is not None and begun.pk != beside:
            raise Refused(_("A correction of this update has been begun already."))
        draft = StatusUpdate.objects.create(
            corrects=update,
            correction_reason=reason,
            written_by=by,
            last_edited_by=by,
            **{
                name: getattr(update, name)
                for name in ("title", "summary", "happened_on", "happened_precision", "kind", "is_context", "note")
            },
        )
        for assessment in () if retracts else update.assessments.all():
            assessment.pk, assessment.update = None, draft
            assessment.happened_by = assessment.published_at = None
            assessment.save()
        for citation in update.citations.all():
            citation.pk, citation.update = None, draft
            citation.save()
    return draft


def publish_commitment(commitment: Commitment, *, at: datetime.datetime | None = None) -> None:
    """Make a draft commitment public; what its judgements rest on is frozen from then on."""
    with refusals():
        changed = Commitment.objects.filter(pk=commitment.pk, published_at__isnull=True).update(
            published_at=at or ClockTimestamp()
        )
        if not changed:
            raise Refused(_("This commitment is published already."))
        check_now("Commitment:publishable")
        announce_pledge()
    commitment.refresh_from_db()


def withdraw_commitment(commitment: Commitment, *, reason: str, at: datetime.datetime | None = None) -> None:
    """Take a published commitment out of the count. Its page stays and says why."""
    with refusals():
        if not reason.strip():
            raise Refused(_("Say why it is withdrawn; the reason is public."))
        changed = Commitment.objects.filter(
            pk=commitment.pk, published_at__isnull=False, withdrawn_at__isnull=True
        ).update(withdrawn_at=at or ClockTimestamp(), withdrawal_reason=reason)
        if not changed:
            raise Refused(_("Only a published commitment can be withdrawn, and once."))
        announce_pledge()
    commitment.refresh_from_db()


def record_check(check: Check, *, by: User | None, at: datetime.datetime | None = None) -> None:
    """Make a check final and public."""
    with refusals():
        if not Check.objects.filter(pk=check.pk, recorded_at__isnull=True).update(
            recorded_at=at or ClockTimestamp(), recorded_by=by
        ):
            raise Refused(_("This check is recorded already."))
        check_now("Check:recordable")
        announce_check()
    check.refresh_from_db()


def record_milestone(milestone: Milestone, *, at: datetime.datetime | None = None) -> None:
    """Make a milestone final and public."""
    with refusals():
        if not Milestone.objects.filter(pk=milestone.pk, recorded_at__isnull=True).update(
            recorded_at=at or ClockTimestamp()
        ):
            raise Refused(_("This milestone is recorded already."))
        check_now("Milestone:recordable")
    milestone.refresh_from_db()
