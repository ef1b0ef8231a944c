"""Commitments, with their judgements and all that is known of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy
from ninja import Router

from ..chronicle import BY_EVENT, PAGE_SIZE, event_cursor, first_updates
from ..clocks import Clocks
from ..definitions import meaning
from ..dossier import Dossier, dossier
from ..filters.commitments import CommitmentFilter, Row, listed_rows
from ..models import Assessment, Check, Commitment, Evidence, StatusUpdate
from ..records import Record, reading
from .operations import Asked, Reference, dated, operation, page_of, page_of_rows
from .parameters import LIMIT, after, of_filter, text
from .shapes import CommitmentAnswer, CommitmentList, EventList
from .updates import entries

router = Router(tags=["Commitments"])

MOST_CHECKS = 60
AFTER_REFERENCE = after(gettext_lazy("reference"), text(12, pattern=r"^EUJP-[0-9]{2,}$"), "EUJP-07")
AFTER_EVENT = after(
    gettext_lazy("last day and number"), text(24, pattern=r"^\d{4}-\d{2}-\d{2}\.[0-9]{1,9}$"), "2025-06-01.31"
)


@operation(router, "/commitments", CommitmentList, *of_filter(CommitmentFilter), AFTER_REFERENCE, LIMIT)
def list_commitments(request: Asked) -> dict[str, Any]:
    """Commitments.

    Every pledge in force with its four judgements, with the filters of the page and the counts beside their options.
    In the orders by area and by reference a commitment keeps its place while the register changes; in the others it may
    move between two pages.
    """
    clocks = request.clocks
    every = listed_rows(clocks, with_withdrawn=True)
    listed = [row for row in every if not row.judged.commitment.is_withdrawn(clocks.known_on)]
    chosen = CommitmentFilter.read(request.GET, listed)
    shown, answer = page_of_rows(request, chosen, listed, _reference, every)
    return answer | {"items": list(reading.commitments(clocks, shown))}


def _reference(row: Row) -> str:
    return row.judged.commitment.reference


@operation(router, "/commitments/{reference:reference}", CommitmentAnswer)
def get_commitment(request: Asked, reference: Reference) -> dict[str, Any]:
    """One commitment.

    With the reasons of its four judgements, who is to act, what was announced, what happened, what was searched, its
    sources, what it follows and what follows it, and how its words have changed.
    """
    clocks = request.clocks
    try:
        found = dossier(reference, clocks, with_history=False)
    except Commitment.DoesNotExist as error:
        raise Http404 from error
    number = _status_update(found)
    return dated(request, commitment=_record(found, number, clocks) | _detail(found, number, clocks))


def _status_update(found: Dossier) -> int | None:
    """The number of the update that the status rests on. One query where it lies behind many occurrences."""
    if found.current is not None:
        return found.current.update.number
    commitment: Any = found.commitment
    resting = StatusUpdate.objects.filter(assessments=commitment.current_assessment_id)
    return resting.values_list("number", flat=True).first() if commitment.current_assessment_id else None


def _record(found: Dossier, status_update: int | None, clocks: Clocks) -> Record:
    """The one of the list. No query."""
    commitment = found.commitment
    source, earlier = commitment.wording_source, commitment.follows
    return reading.commitment(
        clocks,
        Row(found.judged, found.actors),
        sources=[source.slug for source in found.sources],
        wording_source=source.slug if source else None,
        follows=earlier.reference if earlier and earlier.is_public(clocks.as_of, clocks.known_on) else None,
        status_update=status_update,
    )


def _detail(found: Dossier, status_update: int | None, clocks: Clocks) -> Record:
    """What the page shows beside the record itself. Seven queries; eight on a past day."""
    commitment = found.commitment
    milestones = reading.recorded_milestones(clocks).filter(commitment=commitment).order_by("due_by", "slug")
    checks = Check.objects.recorded(clocks.known_on).filter(commitments=commitment)[:MOST_CHECKS]
    [instrument] = reading.instruments(clocks, [commitment.instrument])
    [area] = reading.areas(clocks, [commitment.area])
    updates = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    touching = Assessment.objects.published().filter(commitment=commitment)
    latest = list(reading.updates(clocks, first_updates(updates, touching, BY_EVENT, PAGE_SIZE)))
    events = entries(latest, clocks, commitment)
    earlier = commitment.follows
    return {
        "judgements": None if found.is_withdrawn else judgements(found, _cited(events, status_update)),
        "area_record": area,
        "instrument_record": instrument,
        "actor_records": list(reading.actors(clocks, found.actors)),
        "source_records": list(reading.sources(clocks, found.sources)),
        "earlier": _related(earlier, commitment.follows_relation) if earlier else None,
        "later": [_related(later, later.follows_relation) for later in found.followed_by],
        "occurrences": [
            {"update": update.number, "happened_on": update.happened_on, "happened_by": update.happened_by}
            for update in found.occurrences
        ],
        "milestones": list(reading.milestones(clocks, milestones)),
        "checks": list(reading.checks(clocks, checks)),
        "events": events,
        "rewordings": found.rewordings,
    }


def _cited(events: Sequence[Record], number: int | None) -> list[str]:
    """The slugs of what this update cites, if it is among the events."""
    return [citation["source"] for event in events if event["number"] == number for citation in event["citations"]]


def judgements(found: Dossier, cited: Sequence[str]) -> dict[str, Any]:
    """`cited` are the slugs of what the status rests on."""
    judged, current = found.judged, found.current
    evidence = Evidence(judged.evidence) if judged.evidence else None
    return {
        "delivery": {
            "group": judged.group,
            "status": judged.status,
            "is_derived": current is None,
            "reasoning": current.reasoning if current else None,
            "update": current.update.number if current else None,
            **_words(judged.status),
        },
        "evidence": {
            "grade": evidence,
            "sources": list(cited),
            **(_words(evidence) if evidence else {"label": None, "meaning": None}),
        },
        "schedule": {"state": judged.schedule.state, "on": judged.schedule.on, **_words(judged.schedule.state)},
        "freshness": {
            "state": judged.freshness.state,
            "since": judged.freshness.since,
            "review_on": judged.freshness.review_on,
            **_words(judged.freshness.state),
        },
    }


def _words(choice: Any) -> dict[str, str]:
    return {"label": str(choice.label), "meaning": str(meaning(choice))}


def _related(commitment: Commitment, relation: str) -> dict[str, str]:
    return {"reference": commitment.reference, "title": commitment.title, "relation": relation}


@operation(router, "/commitments/{reference:reference}/events", EventList, AFTER_EVENT, LIMIT)
def list_events(request: Asked, reference: Reference) -> dict[str, Any]:
    """What happened to one commitment.

    Every event that touches it, latest event first, also those that were corrected since.
    """
    clocks = request.clocks
    public = Commitment.objects.published(clocks.as_of, clocks.known_on)
    commitment = public.filter(reference=reference).first()
    if commitment is None:
        raise Http404
    updates = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    if cursor := request.GET.get("after"):
        happened_by, number = event_cursor(cursor)
        updates = updates.filter(Q(happened_by__lt=happened_by) | Q(happened_by=happened_by, number__lt=number))
    touching = Assessment.objects.filter(commitment=commitment)
    shown = page_of(
        request,
        lambda count: list(reading.updates(clocks, first_updates(updates, touching, BY_EVENT, count))),
        lambda record: f"{record['happened_by']}.{record['number']}",
    )
    return dated(request, next=request.next, items=entries(shown, clocks, commitment))
