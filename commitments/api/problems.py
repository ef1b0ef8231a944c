"""Refusals as problem details (RFC 9457), for whatever is asked beneath /api/."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from ninja import Field, Schema

MEDIA_TYPE = "application/problem+json"


class Problem(Schema):
    """Why a request was not answered (RFC 9457)."""

    type: str = Field(..., description="Always about:blank: the status says what kind of problem it is.")
    title: str = Field(..., description="The status in words.")
    status: int = Field(..., description="The status of the answer.", ge=400, le=599)
    detail: str = Field(..., description=str(gettext_lazy("What was wrong with this request, for people.")))


def problem(status: HTTPStatus, detail: str, **headers: str) -> HttpResponse:
    words = Problem(type="about:blank", title=status.phrase, status=status.value, detail=detail)
    body = json.dumps(words.model_dump(), ensure_ascii=False)
    return open_to_everybody(HttpResponse(body, status=status.value, content_type=MEDIA_TYPE, headers=headers))


def open_to_everybody(response: HttpResponse) -> HttpResponse:
    """Scripts of any site may read it; nothing here depends on who asks."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link"
    return response


def refused(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(HTTPStatus.BAD_REQUEST, str(error))


def not_found() -> HttpResponse:
    return problem(
        HTTPStatus.NOT_FOUND, _("There is no such record or address, or not at these days. All are listed at /api/.")
    )


def not_allowed() -> HttpResponse:
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, _("This is only read: use GET or HEAD."), Allow="GET, HEAD, OPTIONS")


# The project's handlers of errors, which see those that no view has answered.


def _is_for_programs(request: HttpRequest) -> bool:
    return request.path.startswith("/api/v")


def bad_request(request: HttpRequest, exception: Exception) -> Any:
    if _is_for_programs(request):
        return problem(HTTPStatus.BAD_REQUEST, _("The request was malformed."))
    if isinstance(exception, RequestDataTooBig):
        message = _("More was sent than a form may hold. Nothing was saved: go back, what you typed is still there.")
        return render(request, "400.html", {"message": message}, status=HTTPStatus.BAD_REQUEST)
    return defaults.bad_request(request, exception)


def page_not_found(request: HttpRequest, exception: Http404) -> Any:
    return not_found() if _is_for_programs(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> Any:
    if _is_for_programs(request):
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, _("Something failed on our side. Please try again."))
    return defaults.server_error(request)
