"""What the register holds of some commitments that has a day, and what became of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery

from ..clocks import Clocks
from ..judgements import Judged
from ..models import (
    Assessment,
    Citation,
    Commitment,
    CommitmentSource,
    DeliveryStatus,
    Milestone,
    MilestoneSource,
    StatusUpdate,
    end_of_day,
    known_by,
    linked_ids,
)

# Of what was held the latest; a calendar is read whole at every poll.
MOST = 100
# Of what settled a deadline, which stands in a calendar whatever was held since.
MOST_SETTLING = 500


@dataclass(frozen=True)
class Found:
    """`marks` are published assessments, those corrected since among them: each with what corrected it, and when."""

    clocks: Clocks
    commitments: dict[int, Commitment]
    milestones: list[Any]
    marks: list[Any]
    links: dict[int, list[int]]

    @classmethod
    def of(cls, rows: Sequence[Judged], clocks: Clocks) -> Found:
        commitments = {row.commitment.pk: row.commitment for row in rows}
        dated = [key for key, row in commitments.items() if row.due_on or row.cadence_months]
        return cls(
            clocks=clocks,
            commitments=commitments,
            milestones=list(_milestones(list(commitments), clocks)),
            marks=list(_marks(list(commitments), clocks)),
            links=linked_ids(CommitmentSource, "commitment", "source", dated, clocks.known_on),
        )

    @cached_property
    def marks_of(self) -> dict[int, list[Any]]:
        """By the key of their commitment."""
        found: dict[int, list[Any]] = {}
        for mark in self.marks:
            found.setdefault(mark.commitment_id, []).append(mark)
        return found

    @cached_property
    def held_since(self) -> datetime.date:
        """Whether a window was kept is known from this day on: of earlier occurrences only some were found."""
        days = [mark.happened_by for mark in self.marks if mark.is_occurrence]
        found: datetime.date = days[-MOST] if len(days) >= MOST else datetime.date.min
        return found

    def held(self, marks: Iterable[Any]) -> list[Any]:
        """The occurrences among these marks."""
        return [mark for mark in marks if mark.is_occurrence and mark.happened_by >= self.held_since]

    def withdrawals(self, commitments: Iterable[Commitment]) -> list[datetime.datetime]:
        known_on = self.clocks.known_on
        return [row.withdrawn_at for row in commitments if row.withdrawn_at and row.is_withdrawn(known_on)]

    def passing(self, last: datetime.date) -> list[datetime.datetime]:
        """The moment at which the last day was over, if it is."""
        return [end_of_day(last)] if last < self.clocks.as_of else []


def _milestones(commitments: list[int], clocks: Clocks) -> Any:
    recorded = Milestone.objects.recorded(clocks.as_of, clocks.known_on)
    links = MilestoneSource.objects.filter(milestone=OuterRef("pk")).order_by("position", "pk")
    return recorded.filter(commitment__in=commitments).annotate(
        source_ids=ArraySubquery(links.values("source")),
        replaced_at=Subquery(recorded.filter(replaces=OuterRef("pk")).values("recorded_at")[:1]),
    )


def _marks(commitments: list[int], clocks: Clocks) -> Any:
    """What meets a milestone, settles or ends what has a day, or was held: each kind from an index of its own."""
    published = Assessment.objects.filter(
        known_by("published_at", clocks.known_on),
        # Implied on a past day, and said so that the planner may use the partial indexes.
        published_at__isnull=False,
        commitment__in=commitments,
        happened_by__lte=clocks.as_of,
    )
    settling = published.filter(
        Q(commitment__due_on__isnull=False) | Q(commitment__cadence_months__isnull=False),
        status__in=[DeliveryStatus.DELIVERED, DeliveryStatus.ENDED],
    )
    latest = [
        part.order_by("-happened_by", "-pk").values("pk")[:most]
        for part, most in ((settling, MOST_SETTLING), (published.filter(is_occurrence=True), MOST))
    ]
    chosen = published.filter(meets__isnull=False).order_by().values("pk").union(*latest)
    correction = StatusUpdate.objects.correcting("update", clocks.known_on)
    citations = Citation.objects.filter(update=OuterRef("update")).order_by("position", "pk")
    return (
        Assessment.objects.filter(pk__in=chosen)
        .annotate(
            corrected_by=Subquery(correction.values("number")[:1]),
            corrected_at=Subquery(correction.values("published_at")[:1]),
            source_ids=ArraySubquery(citations.values("source")),
        )
        .select_related("update")
        .order_by("happened_by", "published_at", "update_id")
    )


def moments_of(marks: Iterable[Any]) -> list[datetime.datetime]:
    """Of their publication, and of their correction."""
    return [moment for mark in marks for moment in (mark.published_at, mark.corrected_at) if moment]


def first_counted(marks: Iterable[Any]) -> Any:
    return next((mark for mark in marks if mark.corrected_at is None), None)
