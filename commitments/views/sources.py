from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ..citations import cite_source
from ..clocks import BadQuery, Clocks
from ..coverage import Reports, Thinness, coverage, supports
from ..filters.core import on_its_day
from ..filters.sources import SourceFilter, listed_sources
from ..judgements import StatusGroup
from ..models import Source
from ..overview import judged_set
from ..public import page, public
from ..support import supported, with_support
from .listing import Listing


@public
def source_list(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    listing = Listing.of(request, clocks, SourceFilter, listed_sources(clocks))
    return listing.answer("source", sources=with_support(list(listing.shown), clocks))


@public
def source_coverage(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    if request.GET.get("reports"):
        return _reported(request, clocks)
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
    lists = [(kind, kind.label, meanings[kind], rows) for kind, rows in found.lists.items()]
    return page(
        request,
        clocks,
        "commitments/source_coverage.html",
        {
            "heading": _("What the pledges rest on"),
            "lists": lists,
            "total": len(found.rows),
            "filtered": list(Thinness),
        },
    )


def _reported(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    """The one list that `?reports=` asks for, narrowed to a group by `?group=`."""
    reports, group = request.GET["reports"], request.GET.get("group", "")
    if reports not in Reports.values or group not in ("", *StatusGroup.values):
        raise BadQuery(_("“reports” and “group” are those of the picture “Who reports”."))
    rows = supports(judged_set(clocks), clocks)
    found = [row for row in rows if row.reports == reports and group in ("", row.judged.group)]
    heading = str(Reports(reports).label)
    if group:
        heading = f"{heading}: {str(StatusGroup(group).label).lower()}"
    meaning = _("By the sides of every source of every update that counts.")
    title = on_its_day(_("Who reports: %(list)s") % {"list": heading}, clocks)
    context = {"heading": title, "lists": [(reports, heading, meaning, found)], "total": len(rows), "filtered": ()}
    asked = urlencode({"reports": reports, **({"group": group} if group else {}), **clocks.parameters})
    return page(request, clocks, "commitments/source_coverage.html", context, asked=asked)


@public
def source_detail(request: HttpRequest, clocks: Clocks, slug: str) -> HttpResponse:
    source = get_object_or_404(Source.objects.published(clocks.as_of, clocks.known_on), slug=slug)
    found = supported(source, clocks)
    context = {"source": source, "work": cite_source(source), "supported": found}
    return page(request, clocks, "commitments/source_detail.html", context)
