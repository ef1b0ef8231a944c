"""References as files, for reference managers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from ..citations import FORMATS, Work, cite_commitment, cite_source, cite_update
from ..clocks import Clocks
from ..models import Commitment, Source, StatusUpdate, restore_labels
from ..public import public


@public
def commitment_citation(request: HttpRequest, clocks: Clocks, reference: str, extension: str) -> HttpResponse:
    published = Commitment.objects.published(clocks.as_of, clocks.known_on).select_related("instrument")
    commitment = get_object_or_404(published, reference=reference)
    restore_labels([commitment], clocks.known_on)
    return citation_file(cite_commitment(commitment, clocks, root_of(request)), extension)


@public
def update_citation(request: HttpRequest, clocks: Clocks, number: int, extension: str) -> HttpResponse:
    published = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    return citation_file(cite_update(get_object_or_404(published, number=number), clocks, root_of(request)), extension)


@public
def source_citation(request: HttpRequest, clocks: Clocks, slug: str, extension: str) -> HttpResponse:
    source = get_object_or_404(Source.objects.published(clocks.as_of, clocks.known_on), slug=slug)
    restore_labels([source], clocks.known_on)
    return citation_file(cite_source(source), extension)


def root_of(request: HttpRequest) -> str:
    """What stands before the path of an address of this site."""
    return request.build_absolute_uri("/").rstrip("/")


def citation_file(work: Work, extension: str) -> HttpResponse:
    form = FORMATS[extension]
    disposition = content_disposition_header(as_attachment=True, filename=f"{work.key}.{extension}")
    return HttpResponse(form.write(work), content_type=form.content_type, headers={"Content-Disposition": disposition})
