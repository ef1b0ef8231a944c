from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from ..chronicle import page_by_number, update_context
from ..citations import cite_update
from ..clocks import Clocks
from ..filters.updates import UpdateFilter, update_scope
from ..models import Commitment, StatusUpdate, known_by, restore_labels
from ..public import page, public
from .citations import root_of
from .listing import filtered


@public
def update_list(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    scope = update_scope(clocks)
    chosen = UpdateFilter.read(request.GET, [scope])
    updates = chosen.narrow(StatusUpdate.objects.published(clocks.as_of, clocks.known_on))
    cursor = request.GET.get("before", "")
    context: dict[str, Any] = {
        "is_first": not cursor,
        "is_by_todays_areas": clocks.known_on is not None and "area" in chosen.chosen,
        "listing": page_by_number(updates, clocks, cursor, chosen.touching()),
        "asked": chosen.query_string(clocks),
        # Without the clocks, which a link to a feed adds by itself.
        "filtered_by": chosen.query_string(Clocks.at(clocks.today)),
    }
    asked = "&".join(part for part in (context["asked"], cursor and f"before={cursor}") if part)
    return filtered(request, clocks, chosen, [scope], "update", context, asked=asked)


@public
def update_detail(request: HttpRequest, clocks: Clocks, number: int) -> HttpResponse:
    published = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    update = get_object_or_404(published, number=number)
    context = {**update_context(update, clocks), "work": cite_update(update, clocks, root_of(request))}
    return page(request, clocks, "commitments/update_detail.html", context)


@public
def corrections(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    published = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    commitments = Commitment.objects.published(clocks.as_of, clocks.known_on)
    withdrawn = list(commitments.filter(known_by("withdrawn_at", clocks.known_on)))
    restore_labels(withdrawn, clocks.known_on)
    cursor = request.GET.get("before", "")
    context = {
        "listing": page_by_number(published.filter(corrects__isnull=False), clocks, cursor),
        "withdrawn": withdrawn,
    }
    asked = clocks.query_string(before=cursor)
    return page(request, clocks, "commitments/corrections.html", context, asked=asked)
