"""What waits for an editor today: rows and days, without a word or an address."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.contrib.auth.models import User
from django.db.models import Exists, Min, OuterRef, Prefetch, Q, QuerySet

from .clocks import Clocks
from .judgements import DUE_SOON, Judged, ScheduleState
from .models import (
    AuditEntry,
    Check,
    Commitment,
    LinkCheck,
    Milestone,
    ReviewAct,
    ReviewNote,
    Source,
    StatusUpdate,
)
from .overview import Attention, attention, judged_set

Row = TypeVar("Row")

# Nothing more is expected of these: an announced date that stands open beside them needs nobody.
SETTLED = (ScheduleState.CLOSED, ScheduleState.MET_ON_TIME, ScheduleState.MET_LATE)
DATED = (ScheduleState.OPEN, ScheduleState.DUE_SOON, ScheduleState.NEXT_EXPECTED)


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """The first rows, and how many there are in all."""

    rows: list[Row]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def listed(queryset: QuerySet[Any, Row], most: int) -> Listed[Row]:
    """Two queries."""
    return Listed(list(queryset[:most]), queryset.count())


def bounded(rows: Sequence[Row], most: int) -> Listed[Row]:
    return Listed(list(rows[:most]), len(rows))


@dataclass(frozen=True)
class Draft:
    """`begun_at` is unknown for what was written before there was an audit; `sent_back` is the reviewer's last note."""

    update: StatusUpdate
    begun_at: datetime.datetime | None = None
    sent_back: ReviewNote | None = None


@dataclass(frozen=True)
class Ahead:
    """A date to come, and whose: a milestone's, or (None) that of the commitment itself."""

    on: datetime.date
    precision: str
    commitment: Commitment
    state: ScheduleState
    milestone: Milestone | None = None


@dataclass(frozen=True)
class Desk:
    """The day's work of one person. Each list is asked for by itself, so that nobody waits for what they may not do.

    `publishes_own` is whether a setting lets people publish what they wrote.
    """

    person: User
    today: datetime.date
    publishes_own: bool = False

    @cached_property
    def _judged(self) -> list[Judged]:
        return judged_set(Clocks.at(self.today))

    @cached_property
    def _attention(self) -> Attention:
        return attention(self._judged)

    def drafts(self, most: int) -> Listed[Draft]:
        """Of this person's hand and not in review, the oldest first. Four queries."""
        returns = ReviewNote.objects.filter(act=ReviewAct.SENT_BACK).select_related("by").order_by("-id")
        own = self._own().filter(submitted_at__isnull=True).order_by("pk")
        drafts = listed(own.prefetch_related(Prefetch("review_notes", returns, to_attr="returns")), most)
        begun_at = beginnings(drafts.rows)
        rows = [Draft(row, begun_at.get(row.pk), next(iter(row.returns), None)) for row in drafts.rows]
        return Listed(rows, drafts.total)

    def own_in_review(self) -> int:
        return self._own().filter(submitted_at__isnull=False).count()

    def _own(self) -> QuerySet[StatusUpdate]:
        return StatusUpdate.objects.drafts().filter(Q(written_by=self.person) | Q(last_edited_by=self.person))

    def waiting(self, most: int) -> Listed[StatusUpdate]:
        """In review, and this person's to publish, the longest waiting first. Two queries."""
        in_review = StatusUpdate.objects.drafts().filter(submitted_at__isnull=False)
        if not self.publishes_own:
            in_review = in_review.exclude(
                Q(written_by=self.person) | Q(last_edited_by=self.person) | Q(submitted_by=self.person)
            )
        return listed(in_review.select_related("written_by", "submitted_by").order_by("submitted_at", "pk"), most)

    def review_due(self, most: int) -> Listed[Judged]:
        """Not looked at within their interval: those never looked at first, then those due for longest."""
        return bounded(self._attention.review_due, most)

    def late(self, most: int) -> Listed[Judged]:
        """Windows missed and deadlines passed, the earliest first."""
        return bounded(self._attention.late, most)

    @cached_property
    def _milestones(self) -> list[Milestone]:
        """Outstanding, of commitments of which something is still expected, and due within the next weeks or before."""
        schedules = {row.commitment.pk: row.schedule.state for row in self._judged}
        rows = Milestone.objects.outstanding(self.today).filter(due_by__lte=self.today + DUE_SOON)
        return [
            milestone
            for milestone in rows.select_related("commitment").order_by("due_by", "slug")
            if schedules.get(milestone.commitment_id, ScheduleState.CLOSED) not in SETTLED
        ]

    def announced_passed(self, most: int) -> Listed[Milestone]:
        return bounded([milestone for milestone in self._milestones if milestone.due_by < self.today], most)

    def ahead(self, most: int) -> Listed[Ahead]:
        """Announced dates, deadlines and windows that end within the next weeks, the next one first."""
        announced = (
            Ahead(
                milestone.due_by,
                milestone.due_precision,
                milestone.commitment,
                ScheduleState.ANNOUNCED_AHEAD,
                milestone,
            )
            for milestone in self._milestones
            if milestone.due_by >= self.today
        )
        dates = [*announced, *own_dates(self._judged, self.today + DUE_SOON)]
        return bounded(sorted(dates, key=lambda ahead: (ahead.on, ahead.commitment.reference)), most)

    def unrecorded_checks(self, most: int) -> Listed[Check]:
        """Written, but neither final nor public: they count for nothing yet. Two queries."""
        return listed(Check.objects.filter(recorded_at__isnull=True).order_by("checked_on", "pk"), most)

    def unrecorded_milestones(self, most: int) -> Listed[Milestone]:
        rows = Milestone.objects.filter(recorded_at__isnull=True).select_related("commitment")
        return listed(rows.order_by("due_on", "pk"), most)

    def sources(self, most: int) -> Listed[Source]:
        """Without an archived copy: those whose link is dead first, then those read last. Two queries.

        Annotated with `is_dead`; `link_check` comes with the row where there is one.
        """
        dead = LinkCheck.objects.dead().filter(source=OuterRef("pk"))
        rows = Source.objects.filter(archived_url="").annotate(is_dead=Exists(dead)).select_related("link_check")
        return listed(rows.order_by("-is_dead", "-accessed_on", "slug"), most)

    def dead_but_archived(self) -> int:
        return LinkCheck.objects.dead().exclude(source__archived_url="").count()

    def commitment_drafts(self, most: int) -> Listed[Commitment]:
        return listed(Commitment.objects.filter(published_at__isnull=True).order_by("reference"), most)


def own_dates(rows: Iterable[Judged], last: datetime.date) -> list[Ahead]:
    """Deadlines and windows of the commitments themselves that end by then."""
    return [
        Ahead(row.schedule.on, row.schedule.precision, row.commitment, row.schedule.state)
        for row in rows
        if row.schedule.state in DATED and row.schedule.on is not None and row.schedule.on <= last
    ]


def beginnings(drafts: Sequence[StatusUpdate]) -> dict[int, datetime.datetime]:
    """When each was first written. One query."""
    table = StatusUpdate._meta.db_table
    entries = AuditEntry.objects.filter(record_table=table, record_id__in=[draft.pk for draft in drafts])
    return dict(entries.order_by().values_list("record_id").annotate(Min("at")))
