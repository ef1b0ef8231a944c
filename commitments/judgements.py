"""The two judgements that are computed, and the grouping of the two that editors make. Pure: no database, no clock."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from .models import Commitment, CommitmentKind, DeliveryStatus, Evidence, Precision

DUE_SOON = datetime.timedelta(days=90)


class StatusGroup(models.TextChoices):
    """In the order of charts and legends: what has been achieved first."""

    ACHIEVED = "done", _("Achieved")
    MOVING = "moving", _("Moving")
    NOT_MOVING = "still", _("Not moving")
    UNRATED = "unrated", _("Unrated")
    ENDED = "ended", _("Ended")


STATUSES_OF = {
    StatusGroup.ACHIEVED: (DeliveryStatus.DELIVERED, DeliveryStatus.KEPT_UP),
    StatusGroup.MOVING: (DeliveryStatus.PARTLY_DELIVERED, DeliveryStatus.UNDER_WAY, DeliveryStatus.ANNOUNCED),
    StatusGroup.NOT_MOVING: (DeliveryStatus.STALLED, DeliveryStatus.NO_PUBLIC_ACTION),
    StatusGroup.UNRATED: (DeliveryStatus.NOT_ASSESSED, DeliveryStatus.NOT_ASSESSABLE),
    StatusGroup.ENDED: (DeliveryStatus.ENDED,),
}
GROUP_OF = {status: group for group, statuses in STATUSES_OF.items() for status in statuses}

REVIEW_INTERVAL = {
    StatusGroup.ACHIEVED: datetime.timedelta(days=365),
    StatusGroup.MOVING: datetime.timedelta(days=90),
    StatusGroup.NOT_MOVING: datetime.timedelta(days=180),
    StatusGroup.UNRATED: datetime.timedelta(days=180),
    StatusGroup.ENDED: datetime.timedelta(days=365),
}


class ScheduleState(models.TextChoices):
    NO_DATE = "no_date", _("No date in the text")
    OPEN = "open", _("Open")
    DUE_SOON = "due_soon", _("Due soon")
    OVERDUE = "overdue", _("Overdue")
    MET_ON_TIME = "met_on_time", _("Met on time")
    MET_LATE = "met_late", _("Met late")
    NEXT_EXPECTED = "next_expected", _("Next expected")
    WINDOW_MISSED = "window_missed", _("Window missed")
    ANNOUNCED_AHEAD = "announced_ahead", _("Announced date ahead")
    ANNOUNCED_PASSED = "announced_passed", _("Announced date passed")
    CLOSED = "closed", _("Nothing more expected")


class FreshnessState(models.TextChoices):
    CURRENT = "current", _("Current")
    REVIEW_DUE = "review_due", _("Review due")
    STALE = "stale", _("Stale")
    NEVER_CHECKED = "never_checked", _("Never checked")


@dataclass(frozen=True)
class Facts:
    """What schedule and freshness read. Every day is the last one of the period in which the thing is known to lie."""

    kind: str
    status: str
    adopted_by: datetime.date
    cadence_months: int | None = None
    due_by: datetime.date | None = None
    delivered_by: datetime.date | None = None
    last_evidence_by: datetime.date | None = None
    last_checked_on: datetime.date | None = None
    last_occurrence_by: datetime.date | None = None
    milestone_due_by: datetime.date | None = None
    # How exactly three of these days are known; only for showing them.
    due_precision: str = Precision.DAY
    last_evidence_precision: str = Precision.DAY
    milestone_precision: str = Precision.DAY


@dataclass(frozen=True)
class Schedule:
    """`on` is the last day of what the state is about: the deadline, the end of the window, the announced date."""

    state: ScheduleState
    on: datetime.date | None = None
    precision: str = Precision.DAY

    @property
    def is_late(self) -> bool:
        return self.state in (ScheduleState.OVERDUE, ScheduleState.WINDOW_MISSED)

    @property
    def is_ahead(self) -> bool:
        return self.state in (
            ScheduleState.OPEN,
            ScheduleState.DUE_SOON,
            ScheduleState.NEXT_EXPECTED,
            ScheduleState.ANNOUNCED_AHEAD,
        )


@dataclass(frozen=True)
class Freshness:
    """`since` is the last day on which evidence or a search is recorded; `review_on` is when the next look is due."""

    state: FreshnessState
    since: datetime.date | None = None
    review_on: datetime.date | None = None


@dataclass(frozen=True)
class Judged:
    """A commitment with its four judgements on one day."""

    commitment: Commitment
    facts: Facts
    status: DeliveryStatus
    evidence: str
    schedule: Schedule
    freshness: Freshness

    @property
    def group(self) -> StatusGroup:
        return GROUP_OF[self.status]


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day some months later; the last of the month where that one is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return datetime.date(year, month + 1, min(day.day, (following - datetime.timedelta(days=1)).day))


def window_end(facts: Facts) -> datetime.date:
    """The day by which a recurring commitment should have been kept once more.

    A yearly one counts by calendar year, the first being the year after its adoption. Any other cadence runs from
    the last occurrence, or from the adoption.
    """
    if facts.cadence_months is None:
        raise ValueError("without a cadence nothing is expected")
    last = facts.last_occurrence_by or facts.adopted_by
    if facts.cadence_months == 12:
        return datetime.date(last.year + 1, 12, 31)
    return add_months(last, facts.cadence_months)


def schedule(facts: Facts, day: datetime.date) -> Schedule:
    """Where the commitment stands against the dates of its instrument and, failing those, announced ones."""
    if facts.status == DeliveryStatus.ENDED:
        return Schedule(ScheduleState.CLOSED)
    if facts.due_by is not None:
        return _deadline(facts, facts.due_by, day)
    if facts.status == DeliveryStatus.DELIVERED:
        return Schedule(ScheduleState.CLOSED)
    if facts.kind == CommitmentKind.RECURRING and facts.cadence_months is not None:
        expected = window_end(facts)
        if day > expected:
            return Schedule(ScheduleState.WINDOW_MISSED, expected)
        return _announced(facts, day, ahead=False) or Schedule(ScheduleState.NEXT_EXPECTED, expected)
    return _announced(facts, day, ahead=True) or Schedule(ScheduleState.NO_DATE)


def _deadline(facts: Facts, due_by: datetime.date, day: datetime.date) -> Schedule:
    if facts.delivered_by is not None:
        met = ScheduleState.MET_ON_TIME if facts.delivered_by <= due_by else ScheduleState.MET_LATE
        return Schedule(met, due_by, facts.due_precision)
    if day > due_by:
        return Schedule(ScheduleState.OVERDUE, due_by, facts.due_precision)
    passed = _announced(facts, day, ahead=False)
    if passed is not None:
        return passed
    state = ScheduleState.DUE_SOON if due_by - day <= DUE_SOON else ScheduleState.OPEN
    return Schedule(state, due_by, facts.due_precision)


def _announced(facts: Facts, day: datetime.date, *, ahead: bool) -> Schedule | None:
    """The earliest announced date still outstanding, if it has passed or (`ahead`) lies in the future."""
    if facts.milestone_due_by is None:
        return None
    if facts.milestone_due_by < day:
        return Schedule(ScheduleState.ANNOUNCED_PASSED, facts.milestone_due_by, facts.milestone_precision)
    return Schedule(ScheduleState.ANNOUNCED_AHEAD, facts.milestone_due_by, facts.milestone_precision) if ahead else None


def freshness(facts: Facts, day: datetime.date) -> Freshness:
    """How long ago anybody looked: stale after twice the review interval of the status."""
    looked = [known for known in (facts.last_evidence_by, facts.last_checked_on) if known is not None]
    if not looked:
        return Freshness(FreshnessState.NEVER_CHECKED)
    since = max(looked)
    interval = REVIEW_INTERVAL[GROUP_OF[DeliveryStatus(facts.status)]]
    if day <= since + interval:
        state = FreshnessState.CURRENT
    elif day <= since + 2 * interval:
        state = FreshnessState.REVIEW_DUE
    else:
        state = FreshnessState.STALE
    return Freshness(state, since, since + interval)


def judge(commitment: Any, day: datetime.date) -> Judged:
    """The four judgements of a Commitment that `with_status` and `with_dates` annotated; `day` is the as-of day."""
    status = DeliveryStatus(commitment.status)
    facts = Facts(
        kind=commitment.kind,
        status=status,
        adopted_by=commitment.instrument.adopted_by,
        cadence_months=commitment.cadence_months,
        due_by=commitment.due_by,
        delivered_by=commitment.delivered_by,
        last_evidence_by=commitment.last_evidence_by,
        last_checked_on=commitment.last_checked_on,
        last_occurrence_by=commitment.last_occurrence_by,
        milestone_due_by=commitment.milestone_due_by,
        due_precision=commitment.due_precision or Precision.DAY,
        last_evidence_precision=commitment.last_evidence_precision or Precision.DAY,
        milestone_precision=commitment.milestone_precision or Precision.DAY,
    )
    return Judged(
        commitment=commitment,
        facts=facts,
        status=status,
        # A search that found nothing is as much of a grade as the one an editor gives.
        evidence=Evidence.NONE_FOUND if status == DeliveryStatus.NO_PUBLIC_ACTION else commitment.evidence,
        schedule=schedule(facts, day),
        freshness=freshness(facts, day),
    )
