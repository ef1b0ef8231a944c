"""Sources, and what rests on them."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy
from ninja import Router

from ..filters.sources import SourceFilter, listed_sources
from ..models import Source
from ..records import reading
from ..support import supported, with_support
from .operations import Asked, Slug, dated, operation, page_of_rows
from .parameters import LIMIT, after, of_filter, text
from .shapes import SourceAnswer, SourceList

router = Router(tags=["Sources"])


@operation(
    router, "/sources", SourceList, *of_filter(SourceFilter), after(gettext_lazy("slug"), text(), "made-up"), LIMIT
)
def list_sources(request: Asked) -> dict[str, Any]:
    """Sources.

    Every document that something public rests on, with the filters of the page and how much rests on each.
    """
    listed = listed_sources(request.clocks)
    chosen = SourceFilter.read(request.GET, listed)
    shown, answer = page_of_rows(request, chosen, listed, lambda source: source.slug)
    records = reading.sources(request.clocks, shown)
    items = [
        record | {"updates": updates, "commitments": commitments}
        for record, (_source, updates, commitments) in zip(records, with_support(shown, request.clocks), strict=True)
    ]
    return answer | {"items": items}


@operation(router, "/sources/{slug:slug}", SourceAnswer)
def get_source(request: Asked, slug: Slug) -> dict[str, Any]:
    """One source.

    With what it supports: the updates that cite it, and the commitments, instruments and milestones that it gives.
    """
    clocks = request.clocks
    source = Source.objects.published(clocks.as_of, clocks.known_on).filter(slug=slug).first()
    if source is None:
        raise Http404
    found = supported(source, clocks)
    [record] = reading.sources(clocks, [source])
    supports = {
        "updates": [update.number for update in found.updates],
        "commitments": [commitment.reference for commitment in found.commitments],
        "instruments": [instrument.slug for instrument in found.instruments],
        "milestones": [milestone.slug for milestone in found.milestones],
    }
    return dated(request, source=record | {"supports": supports})
