from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ..citations import cite_source
from ..clocks import Clocks
from ..coverage import Thinness, coverage
from ..filters.sources import SourceFilter, listed_sources
from ..models import Source
from ..public import page, public
from ..support import supported, with_support
from .listing import Listing


@public
def source_list(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    listing = Listing.of(request, clocks, SourceFilter, listed_sources(clocks))
    return listing.answer("source", sources=with_support(list(listing.shown), clocks))


@public
def source_coverage(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    found = coverage(clocks)
    meanings = {
        Thinness.ONE_SIDE: _("Every source of every update that counts is the EU's, or every one is Japan's."),
        Thinness.NEWS_ONLY: _(
            "Every source is reporting, or a rewrite of it: no text and no statement of a party, and no analysis."
        ),
        Thinness.OLD: _("The latest update that counts happened more than 365 days before this day."),
        Thinness.NOTHING: _(
            "No update counts for it but context, or none. The text of the pledge itself is not evidence."
        ),
    }
    lists = [(kind, meanings[kind], rows) for kind, rows in found.lists.items()]
    return page(request, clocks, "commitments/source_coverage.html", {"lists": lists, "total": found.total})


@public
def source_detail(request: HttpRequest, clocks: Clocks, slug: str) -> HttpResponse:
    source = get_object_or_404(Source.objects.published(clocks.as_of, clocks.known_on), slug=slug)
    found = supported(source, clocks)
    context = {"source": source, "work": cite_source(source), "supported": found}
    return page(request, clocks, "commitments/source_detail.html", context)
