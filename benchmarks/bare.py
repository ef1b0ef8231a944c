"""The project's addresses and one more: a view that does nothing but return bytes, to compare with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

BODY = b""


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY)


urlpatterns = [path("bare/", bare), path("", include("partnership.urls"))]
