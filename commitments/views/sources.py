from __future__ import annotations

import re

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ..clocks import BadQuery, Clocks
from ..models import Commitment, Instrument, Milestone, Source, StatusUpdate, restore_labels
from ..public import page, public

PAGE_SIZE = 100
SUPPORTED = 50


@public
def source_list(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    after = request.GET.get("after", "")
    if after and not re.fullmatch(r"[-a-z0-9]{1,80}", after):
        raise BadQuery(_("“after” is the address of a source, such as mofa-2024."))
    sources = Source.objects.published(clocks.as_of, clocks.known_on).order_by("slug")
    shown = list(sources.filter(slug__gt=after)[: PAGE_SIZE + 1])
    restore_labels(shown, clocks.known_on)
    context = {
        "sources": shown[:PAGE_SIZE],
        "is_first": not after,
        "next_cursor": shown[PAGE_SIZE - 1].slug if len(shown) > PAGE_SIZE else "",
    }
    return page(request, clocks, "commitments/source_list.html", context)


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
        "updates": updates.distinct().order_by("-number")[:SUPPORTED],
        "commitments": resting,
        "instruments": origins,
        "milestones": milestones.select_related("commitment")[:SUPPORTED],
    }
    return page(request, clocks, "commitments/source_detail.html", context)
