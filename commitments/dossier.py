"""Everything that the page of one commitment shows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery

from .chronicle import EntryPage, page_by_event
from .clocks import Clocks
from .judgements import Judged, judge
from .models import (
    Actor,
    Assessment,
    Check,
    Citation,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    Milestone,
    Source,
    StatusUpdate,
    linked_ids,
    restore_labels,
)
from .overview import restore_commitments

HISTORY = 50


@dataclass(frozen=True)
class Step:
    """A milestone with what became of it by these clocks; `met_by` is the number of an update."""

    milestone: Milestone
    met_by: int | None
    is_replaced: bool

    def is_passed(self, day: datetime.date) -> bool:
        return self.met_by is None and not self.is_replaced and self.milestone.due_by < day


@dataclass(frozen=True)
class Dossier:
    judged: Judged
    is_withdrawn: bool
    current: Assessment | None
    current_sources: list[Source]
    actors: list[Actor]
    sources: list[Source]
    steps: list[Step]
    occurrences: list[StatusUpdate]
    checks: list[Check]
    history: list[Assessment]
    entries: EntryPage
    followed_by: list[Commitment]

    @property
    def commitment(self) -> Commitment:
        return self.judged.commitment


def dossier(commitment: Commitment, clocks: Clocks, *, cursor: str = "") -> Dossier:
    """Ten queries, however much has happened; some more on a past known-on day."""
    published = Commitment.objects.published(clocks.as_of, clocks.known_on)
    [row] = restore_commitments(
        published.filter(pk=commitment.pk)
        .with_status(clocks.as_of, clocks.known_on)
        .with_dates(clocks.as_of, clocks.known_on)
        .select_related("area", "instrument", "follows"),
        clocks,
    )
    judged = judge(row, clocks.as_of)
    history = _history(row, clocks)
    source_ids = linked_ids(CommitmentSource, "commitment", "source", [row.pk], clocks.known_on)[row.pk]
    sources = Source.objects.in_bulk([*source_ids, *_ids(row.wording_source_id)])
    restore_labels(sources.values(), clocks.known_on)
    row.wording_source = sources.get(row.wording_source_id)
    current = next((assessment for assessment in history if assessment.pk == row.current_assessment_id), None)
    return Dossier(
        judged=judged,
        is_withdrawn=row.is_withdrawn(clocks.known_on),
        current=current,
        current_sources=_sources_of(current, clocks),
        actors=_actors(row, clocks),
        sources=[sources[source_id] for source_id in source_ids],
        steps=_steps(row, clocks),
        occurrences=_occurrences(row, clocks),
        checks=list(Check.objects.recorded(clocks.known_on).filter(commitments=row)[:HISTORY]),
        history=history,
        entries=page_by_event(
            StatusUpdate.objects.published(clocks.as_of, clocks.known_on).touching(
                Assessment.objects.filter(commitment=row)
            ),
            clocks,
            cursor,
            commitment=row,
        ),
        followed_by=restore_commitments(published.filter(follows=row).select_related("area", "instrument"), clocks),
    )


def _ids(value: int | None) -> Sequence[int]:
    return () if value is None else (value,)


def _history(commitment: Commitment, clocks: Clocks) -> list[Assessment]:
    """The counted assessments that set a status, latest first."""
    counted = Assessment.objects.counted(clocks.as_of, clocks.known_on).filter(commitment=commitment)
    latest_first = counted.exclude(status="").order_by("-happened_by", "-published_at", "-update_id")
    return list(latest_first.select_related("update")[:HISTORY])


def _sources_of(assessment: Assessment | None, clocks: Clocks) -> list[Source]:
    if assessment is None:
        return []
    citations = Citation.objects.filter(update=assessment.update_id).select_related("source")
    sources = [citation.source for citation in citations.order_by("position", "id")]
    restore_labels(sources, clocks.known_on)
    return sources


def _actors(commitment: Commitment, clocks: Clocks) -> list[Actor]:
    actor_ids = linked_ids(CommitmentActor, "commitment", "actor", [commitment.pk], clocks.known_on)[commitment.pk]
    actors = Actor.objects.in_bulk(actor_ids)
    restore_labels(actors.values(), clocks.known_on)
    return [actors[actor_id] for actor_id in actor_ids]


def _steps(commitment: Commitment, clocks: Clocks) -> list[Step]:
    met = Assessment.objects.counted(clocks.as_of, clocks.known_on).filter(meets=OuterRef("pk"))
    recorded = Milestone.objects.recorded(clocks.as_of, clocks.known_on)
    milestones = (
        recorded.filter(commitment=commitment)
        .annotate(
            met_by_number=Subquery(met.order_by("happened_by").values("update__number")[:1]),
            is_replaced=Exists(recorded.filter(replaces=OuterRef("pk"))),
        )
        .prefetch_related("source_links__source")
    )
    return [Step(milestone, milestone.met_by_number, milestone.is_replaced) for milestone in milestones]


def _occurrences(commitment: Commitment, clocks: Clocks) -> list[StatusUpdate]:
    """The latest updates that count as occurrences, earliest first."""
    counted = Assessment.objects.counted(clocks.as_of, clocks.known_on)
    latest = counted.filter(commitment=commitment, is_occurrence=True).order_by("-happened_by")
    return [assessment.update for assessment in latest.select_related("update")[:HISTORY]][::-1]
