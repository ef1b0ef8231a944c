from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from . import page
from .document import openapi
from .interface import api
from .operations import reading
from .problems import not_found


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    return not_found()


def operations() -> Iterator[URLPattern]:
    """Those of the interface, each read like everything else that is public."""
    patterns, _app_name, _namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            yield path(str(pattern.pattern), reading(pattern.callback), name=pattern.name)


urlpatterns = [
    path("", page.interface, name="api"),
    path("try/<slug:name>/", page.attempt, name="api_attempt"),
    path("v1/openapi.json", reading(openapi), name="openapi"),
    path("v1/", include(list(operations()))),
    re_path("", nowhere),
]
