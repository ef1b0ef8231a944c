"""Pages of the things that commitments have in common: areas, actors, instruments."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ..chronicle import latest_events
from ..clauses import clauses, lineage
from ..clocks import BadQuery, Clocks
from ..judgements import Judged
from ..models import (
    Actor,
    Area,
    Assessment,
    Commitment,
    CommitmentActor,
    Instrument,
    InstrumentSource,
    linked_ids,
    linked_rows,
    restore_labels,
)
from ..overview import count_groups, judged_set
from ..presets import presets
from ..public import page, public

LATEST = 10


@public
def area_detail(request: HttpRequest, clocks: Clocks, slug: str) -> HttpResponse:
    context = {**area_context(slug, clocks, LATEST), "presets": presets(clocks)}
    return page(request, clocks, "commitments/area_detail.html", context)


def area_context(slug: str, clocks: Clocks, listed: int) -> dict[str, Any]:
    """An area as it was classified by these clocks, its pledges and the latest events that touch them. Five queries."""
    area = get_object_or_404(Area, slug=slug)
    rows = [row for row in _judged_near(clocks, area=area) if row.commitment.area_id == area.pk]
    if not rows:
        raise Http404
    touching = Assessment.objects.published().filter(commitment__in=[row.commitment.pk for row in rows])
    return {
        "area": rows[0].commitment.area,
        "rows": rows,
        "counts": count_groups(rows),
        "latest": latest_events(clocks, listed, touching),
    }


@public
def actor_detail(request: HttpRequest, clocks: Clocks, slug: str) -> HttpResponse:
    actor = get_object_or_404(Actor, slug=slug)
    rows = _judged_near(clocks, actors=actor)
    links = linked_ids(CommitmentActor, "commitment", "actor", [row.commitment.pk for row in rows], clocks.known_on)
    rows = [row for row in rows if actor.pk in links[row.commitment.pk]]
    if not rows:
        raise Http404
    restore_labels([actor], clocks.known_on)
    return page(request, clocks, "commitments/actor_detail.html", {"actor": actor, "rows": rows})


@public
def instrument_detail(request: HttpRequest, clocks: Clocks, slug: str) -> HttpResponse:
    instrument = get_object_or_404(Instrument, slug=slug, adopted_by__lte=clocks.as_of)
    published = Commitment.objects.published(clocks.as_of, clocks.known_on).filter(instrument=instrument)
    if not published.exists():
        raise Http404
    sources = linked_rows(InstrumentSource, "instrument", "source", instrument.pk, clocks.known_on)
    restore_labels([instrument, *sources], clocks.known_on)
    rows = judged_set(clocks, Commitment.objects.filter(instrument=instrument))
    lines = lineage(instrument, clocks)
    context = {
        "instrument": instrument,
        "clauses": [(clause, [(row, lines.get(row.commitment.pk)) for row in clause.rows]) for clause in clauses(rows)],
        "sources": sources,
    }
    return page(request, clocks, "commitments/instrument_detail.html", context)


def _judged_near(clocks: Clocks, **today: Area | Actor) -> list[Judged]:
    """The commitments of an area or actor; on a past known-on day all of them, since links may have been others."""
    return judged_set(clocks, Commitment.objects.filter(**today) if clocks.known_on is None else None)


@public
def compare(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    rows = judged_set(clocks)
    ends = [_chosen(request.GET.get(name, ""), rows) for name in ("left", "right")]
    chosen = [row for row in ends if row is not None]
    keys = [row.commitment.pk for row in chosen]
    links = linked_ids(CommitmentActor, "commitment", "actor", keys, clocks.known_on)
    actors = Actor.objects.in_bulk({key for found in links.values() for key in found})
    restore_labels(actors.values(), clocks.known_on)
    context = {
        "rows": rows,
        "left": ends[0],
        "right": ends[1],
        "pair": [(row, [actors[key] for key in links[row.commitment.pk]]) for row in chosen],
    }
    asked = clocks.query_string(left=request.GET.get("left", ""), right=request.GET.get("right", ""))
    return page(request, clocks, "commitments/compare.html", context, asked=asked)


def _chosen(reference: str, rows: list[Judged]) -> Judged | None:
    found = next((row for row in rows if row.commitment.reference == reference), None)
    if reference and found is None:
        raise BadQuery(_("There is no pledge “%(reference)s” in the count.") % {"reference": reference[:40]})
    return found
