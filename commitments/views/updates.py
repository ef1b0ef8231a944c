from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ..chronicle import page_by_number, update_context
from ..clocks import BadQuery, Clocks
from ..models import Area, Assessment, Commitment, StatusUpdate, known_by, restore_labels
from ..public import page, public


@public
def update_list(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    updates = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    areas = list(Area.objects.published(clocks.as_of, clocks.known_on))
    restore_labels(areas, clocks.known_on)
    area = _area(request.GET.get("area", ""), areas)
    touching = Assessment.objects.filter(commitment__area=area) if area else None
    cursor = request.GET.get("before", "")
    context = {
        "area": area,
        "areas": areas,
        "is_first": not cursor,
        "listing": page_by_number(updates, clocks, cursor, touching),
    }
    return page(request, clocks, "commitments/update_list.html", context)


def _area(slug: str, areas: list[Area]) -> Area | None:
    area = next((area for area in areas if area.slug == slug), None)
    if slug and area is None:
        raise BadQuery(_("There is no area “%(slug)s”.") % {"slug": slug[:80]})
    return area


@public
def update_detail(request: HttpRequest, clocks: Clocks, number: int) -> HttpResponse:
    published = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    update = get_object_or_404(published, number=number)
    return page(request, clocks, "commitments/update_detail.html", update_context(update, clocks))


@public
def corrections(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    published = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    commitments = Commitment.objects.published(clocks.as_of, clocks.known_on)
    withdrawn = list(commitments.filter(known_by("withdrawn_at", clocks.known_on)))
    restore_labels(withdrawn, clocks.known_on)
    context = {
        "listing": page_by_number(published.filter(corrects__isnull=False), clocks, request.GET.get("before", "")),
        "withdrawn": withdrawn,
    }
    return page(request, clocks, "commitments/corrections.html", context)
