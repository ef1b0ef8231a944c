"""All operations, put together."""

from __future__ import annotations

from typing import NoReturn

from django.http import Http404, HttpRequest
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer

from . import about, commitments, dates, files, finds, overview, pictures, searches, sources, subjects, updates

ROOT = "/api/v1"


class Renderer(JSONRenderer):
    """Letters of every script as they are."""

    json_dumps_params = {"ensure_ascii": False}


def _raise_again(request: HttpRequest, error: Exception | type[Exception]) -> NoReturn:
    raise error


def _is_nowhere(request: HttpRequest, error: Exception | type[Exception]) -> NoReturn:
    """Paths alone are read here: what cannot be the name of a record is none."""
    raise Http404


api = NinjaAPI(version="1", openapi_url=None, docs_url=None, urls_namespace="api-v1", renderer=Renderer())
for noun in (commitments, updates, sources, subjects, searches, finds, dates, overview, pictures, files, about):
    api.add_router("", noun.router)
# What stands around every operation answers them, and Django what is left.
for kind in (Http404, Exception):
    api.add_exception_handler(kind, _raise_again)
api.add_exception_handler(ValidationError, _is_nowhere)
