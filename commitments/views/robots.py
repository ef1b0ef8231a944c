"""What robots ask for: where the pages are, which to leave alone, and whom to tell of a hole."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ..clocks import Clocks
from ..public import public
from ..sitemaps import entries, files

# RFC 9116 asks for less than a year.
CONTACT_HOLDS = datetime.timedelta(days=180)


@public
def sitemap(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    return _listed(request, "sitemap_index.xml", {"entries": files(clocks.today)})


@public
def sitemap_file(request: HttpRequest, clocks: Clocks, section: str, number: int) -> HttpResponse:
    found = entries(section, number, clocks.today)
    if not found:
        raise Http404
    return _listed(request, "sitemap.xml", {"entries": found})


def _listed(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    context["root"] = request.build_absolute_uri("/").rstrip("/")
    return render(request, template, context, content_type="application/xml")


@public
def robots(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    context = {"sitemap": request.build_absolute_uri(reverse("commitments:sitemap"))}
    return render(request, "robots.txt", context, content_type="text/plain")


@public
def security(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    """RFC 9116. Without a contact there is no file: nobody is promised an answer."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    context = {
        "contacts": settings.SECURITY_CONTACT,
        "expires_on": clocks.today + CONTACT_HOLDS,
        "address": request.build_absolute_uri(request.path),
    }
    return render(request, "security.txt", context, content_type="text/plain; charset=utf-8")
