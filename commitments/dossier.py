"""Everything that the page of one commitment shows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from .chronicle import Entry, EntryPage, page_by_event
from .clocks import Clocks
from .judgements import Judged, judge
from .models import (
    Actor,
    Assessment,
    Check,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    Milestone,
    MilestoneSource,
    Source,
    StatusUpdate,
    linked_rows,
    restore_labels,
)
from .overview import restore_commitments
from .rewording import ACTORS, SOURCES, Rewording, kept_revisions, rewordings

if TYPE_CHECKING:
    from .models.commitment import CommitmentQuerySet

HISTORY = 60


@dataclass(frozen=True)
class Step:
    """A milestone with its sources and what became of it by these clocks; `met_by` is the number of an update."""

    milestone: Milestone
    sources: list[Source]
    met_by: int | None
    is_replaced: bool

    def is_passed(self, day: datetime.date) -> bool:
        return self.met_by is None and not self.is_replaced and self.milestone.due_by < day


@dataclass(frozen=True)
class Dossier:
    """`turning_points` are the latest counted assessments that set a status or count as an occurrence."""

    judged: Judged
    is_withdrawn: bool
    actors: list[Actor]
    sources: list[Source]
    steps: list[Step]
    turning_points: list[Assessment]
    checks: list[Check]
    entries: EntryPage
    followed_by: list[Commitment]
    rewordings: list[Rewording] = field(default_factory=list)

    @property
    def commitment(self) -> Commitment:
        return self.judged.commitment

    @property
    def history(self) -> list[Assessment]:
        return [assessment for assessment in self.turning_points if assessment.status]

    @property
    def current(self) -> Assessment | None:
        """The assessment that the status rests on; None where it is derived."""
        return next(iter(self.history), None)

    @property
    def current_entry(self) -> Entry | None:
        """The same with its sources, if this page of events shows it."""
        shown = (entry for entry in self.entries.entries if self.current and entry.update.pk == self.current.update_id)
        return next(shown, None)

    @property
    def occurrences(self) -> list[StatusUpdate]:
        return [assessment.update for assessment in self.turning_points if assessment.is_occurrence]


def dossier(reference: str, clocks: Clocks, *, cursor: str = "") -> Dossier:
    """Ten queries, however much has happened; nine more on a past known-on day. Raises Commitment.DoesNotExist."""
    published = Commitment.objects.published(clocks.as_of, clocks.known_on)
    row: Any = (
        published.with_status(clocks.as_of, clocks.known_on)
        .with_dates(clocks.as_of, clocks.known_on)
        .annotate(kept_revisions=kept_revisions(clocks), later=_later(published))
        .select_related("area", "instrument", "follows", "wording_source")
        .get(reference=reference)
    )
    restore_commitments([row], clocks)
    found = Dossier(
        judged=judge(row, clocks.as_of),
        is_withdrawn=row.is_withdrawn(clocks.known_on),
        actors=linked_rows(CommitmentActor, "commitment", "actor", row.pk, clocks.known_on),
        sources=linked_rows(CommitmentSource, "commitment", "source", row.pk, clocks.known_on),
        steps=_steps(row, clocks),
        turning_points=_turning_points(row, clocks),
        checks=list(Check.objects.recorded(clocks.known_on).filter(commitments=row)[:HISTORY]),
        entries=page_by_event(clocks, cursor, row),
        followed_by=[Commitment(**columns) for columns in row.later],
    )
    _restore(found, clocks)
    linked: dict[str, Sequence[Actor | Source]] = {ACTORS: found.actors, SOURCES: found.sources}
    return replace(found, rewordings=rewordings(row, linked, clocks))


def _later(published: CommitmentQuerySet) -> ArraySubquery:
    """The commitments that follow this one: their keys, references and titles."""
    later = published.filter(follows=OuterRef("pk")).order_by("reference")
    return ArraySubquery(later.values(json=JSONObject(id="id", reference="reference", title="title")))


def _restore(found: Dossier, clocks: Clocks) -> None:
    step_sources = [source for step in found.steps for source in step.sources]
    related = [row for row in (found.commitment.follows, found.commitment.wording_source) if row is not None]
    restore_labels([*found.actors, *found.sources, *step_sources, *found.followed_by, *related], clocks.known_on)


def _turning_points(commitment: Commitment, clocks: Clocks) -> list[Assessment]:
    counted = Assessment.objects.counted(clocks.as_of, clocks.known_on).filter(commitment=commitment)
    turning = counted.filter(~Q(status="") | Q(is_occurrence=True))
    latest_first = turning.order_by("-happened_by", "-published_at", "-update_id")
    return list(latest_first.select_related("update")[:HISTORY])


def _steps(commitment: Commitment, clocks: Clocks) -> list[Step]:
    """One query: a recorded milestone has a source, so the links bring all of them."""
    recorded = Milestone.objects.recorded(clocks.as_of, clocks.known_on).filter(commitment=commitment)
    met = Assessment.objects.counted(clocks.as_of, clocks.known_on).filter(meets=OuterRef("milestone"))
    links = (
        MilestoneSource.objects.filter(milestone__in=recorded)
        .annotate(
            met_by_number=Subquery(met.order_by("happened_by").values("update__number")[:1]),
            is_replaced=Exists(recorded.filter(replaces=OuterRef("milestone"))),
        )
        .select_related("milestone", "source")
        .order_by("milestone__due_on", "milestone__slug", "position", "pk")
    )
    steps: dict[int, Step] = {}
    for link in links:
        step = Step(link.milestone, [], link.met_by_number, link.is_replaced)
        steps.setdefault(link.milestone_id, step).sources.append(link.source)
    return list(steps.values())
