"""What rests on a source."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from .clocks import Clocks
from .models import (
    Commitment,
    Instrument,
    Milestone,
    Source,
    SourceBacking,
    SourceUse,
    StatusUpdate,
    restore_labels,
)

MOST = 50


@dataclass(frozen=True)
class Supported:
    """The latest updates that cite a source, and the commitments, instruments and milestones that it is a source of.

    No more than `MOST` of each. Of the commitments of milestones only the reference is read, which is permanent.
    """

    updates: list[StatusUpdate]
    commitments: list[Commitment]
    instruments: list[Instrument]
    milestones: list[Milestone]


def supported(source: Source, clocks: Clocks) -> Supported:
    """Four queries; on a past known-on day more, for the wordings, also that of the source. Links are today's."""
    updates = StatusUpdate.objects.published(clocks.as_of, clocks.known_on).filter(citations__source=source)
    public = Commitment.objects.published(clocks.as_of, clocks.known_on)
    resting = public.filter(Q(source_links__source=source) | Q(wording_source=source)).distinct()
    origins = Instrument.objects.filter(source_links__source=source, commitments__in=public).distinct()
    milestones = Milestone.objects.recorded(clocks.as_of, clocks.known_on).filter(source_links__source=source)
    found = Supported(
        updates=list(updates.distinct().order_by("-number")[:MOST]),
        commitments=list(resting.order_by("reference")[:MOST]),
        instruments=list(origins),
        milestones=list(milestones.select_related("commitment")[:MOST]),
    )
    restore_labels([source, *found.commitments, *found.instruments], clocks.known_on)
    return found


def with_support(sources: list[Source], clocks: Clocks) -> list[tuple[Source, int, int]]:
    """With how many published updates cite each, and how many commitments those updates count for. Two queries."""
    uses, backings = (
        rows.objects.known(clocks.as_of, clocks.known_on).filter(source__in=sources).values_list("source")
        for rows in (SourceUse, SourceBacking)
    )
    updates = dict(uses.annotate(count=Count("*")))
    commitments = dict(backings.annotate(Count("commitment", distinct=True)))
    return [(source, updates.get(source.pk, 0), commitments.get(source.pk, 0)) for source in sources]
