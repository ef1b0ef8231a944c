"""How many records each dataset has, without reading them."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Count, QuerySet, Value

from ..clocks import Clocks
from ..models import (
    Check,
    CheckCommitment,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    MilestoneSource,
    StatusUpdate,
    linked_ids,
    restore_labels,
)
from .reading import (
    flat,
    instrument_links,
    named_by,
    recorded_milestones,
)


def record_counts(clocks: Clocks) -> dict[str, int]:
    """By name of the dataset. Six queries; ten on a past known-on day.

    Assessments and citations are left out: each update has a few, and to count them is to read as many rows.
    """
    public = list(Commitment.objects.published(clocks.as_of, clocks.known_on))
    restore_labels(public, clocks.known_on)
    keys = [row.pk for row in public]
    instruments = {row.instrument_id for row in public}
    actors = linked_ids(CommitmentActor, "commitment", "actor", keys, clocks.known_on)
    sources = linked_ids(CommitmentSource, "commitment", "source", keys, clocks.known_on)
    origins = instrument_links(list(instruments), clocks)
    return {
        "areas": len({row.area_id for row in public}),
        "actors": len(flat(actors)),
        "sources": named_by(public, flat(sources) | flat(origins), clocks).count(),
        "instruments": len(instruments),
        "commitments": len(public),
        "instrument-sources": sum(map(len, origins.values())),
        "commitment-actors": sum(map(len, actors.values())),
        "commitment-sources": sum(map(len, sources.values())),
        **_counts_of_what_grows(clocks),
    }


def _counts_of_what_grows(clocks: Clocks) -> dict[str, int]:
    """One query."""
    milestones, checks = recorded_milestones(clocks), Check.objects.recorded(clocks.known_on)
    rows: dict[str, QuerySet[Any]] = {
        "milestones": milestones,
        "updates": StatusUpdate.objects.published(clocks.as_of, clocks.known_on),
        "checks": checks,
        "milestone-sources": MilestoneSource.objects.filter(milestone__in=milestones),
        "check-commitments": CheckCommitment.objects.filter(
            performed_check__in=checks, commitment__instrument__adopted_by__lte=clocks.as_of
        ),
    }
    first, *others = (
        each.order_by().values(name=Value(name, CharField())).annotate(count=Count("pk")) for name, each in rows.items()
    )
    counted = {row["name"]: row["count"] for row in first.union(*others, all=True)}
    return {name: counted.get(name, 0) for name in rows}
