from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ..citations import cite_source
from ..clocks import Clocks
from ..coverage import coverage
from ..filters.sources import SourceFilter, listed_sources
from ..models import Commitment, Instrument, Milestone, Source, StatusUpdate, restore_labels
from ..public import page, public
from .listing import Listing

SUPPORTED = 50


@public
def source_list(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    listing = Listing.of(request, clocks, SourceFilter, listed_sources(clocks))
    return listing.answer("source", sources=with_support(list(listing.shown), clocks))


@public
def source_coverage(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    found = coverage(clocks)
    lists = [
        (
            "one-side",
            _("One side only"),
            _("Every source of every update that counts is the EU's, or every one is Japan's."),
            found.one_side,
        ),
        (
            "news",
            _("News only"),
            _("Every source is reporting, or a rewrite of it: no text and no statement of a party, and no analysis."),
            found.news_only,
        ),
        (
            "old",
            _("Nothing newer than a year"),
            _("The latest update that counts happened more than 365 days before this day."),
            found.old,
        ),
        (
            "nothing",
            _("Nothing at all"),
            _("No update counts for it but context, or none. The text of the pledge itself is not evidence."),
            found.nothing,
        ),
    ]
    return page(request, clocks, "commitments/source_coverage.html", {"lists": lists, "total": found.total})


@public
def source_detail(request: HttpRequest, clocks: Clocks, slug: str) -> HttpResponse:
    source = get_object_or_404(Source.objects.published(clocks.as_of, clocks.known_on), slug=slug)
    updates = StatusUpdate.objects.published(clocks.as_of, clocks.known_on).filter(citations__source=source)
    commitments = Commitment.objects.published(clocks.as_of, clocks.known_on)
    supported = commitments.filter(Q(source_links__source=source) | Q(wording_source=source)).distinct()
    instruments = Instrument.objects.filter(source_links__source=source, commitments__in=commitments).distinct()
    milestones = Milestone.objects.recorded(clocks.as_of, clocks.known_on).filter(source_links__source=source)
    resting = [*supported.order_by("reference")[:SUPPORTED]]
    origins = [*instruments]
    restore_labels([source, *resting, *origins], clocks.known_on)
    context = {
        "source": source,
        "work": cite_source(source),
        "updates": updates.distinct().order_by("-number")[:SUPPORTED],
        "commitments": resting,
        "instruments": origins,
        # Of their commitments the page shows the reference, which is permanent.
        "milestones": milestones.select_related("commitment")[:SUPPORTED],
    }
    return page(request, clocks, "commitments/source_detail.html", context)


def with_support(sources: list[Source], clocks: Clocks) -> list[tuple[Source, int, int]]:
    """With how many published updates cite each, and how many commitments those updates count for. One query."""
    updates = StatusUpdate.objects.published(clocks.as_of, clocks.known_on).filter(citations__source__in=sources)
    counted = (
        updates.order_by()
        .values_list("citations__source")
        .annotate(updates=Count("pk", distinct=True), commitments=Count("assessments__commitment", distinct=True))
    )
    numbers = {source: (updates, commitments) for source, updates, commitments in counted}
    return [(source, *numbers.get(source.pk, (0, 0))) for source in sources]
