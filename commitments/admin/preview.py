"""The public page of something that is not public yet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from commitments.clocks import Clocks
from commitments.models import StatusUpdate
from commitments.public import page


def update_context(update: StatusUpdate, clocks: Clocks) -> dict[str, Any]:
    return {"update": update}


def preview_of(update: StatusUpdate, request: HttpRequest, clocks: Clocks) -> HttpResponse:
    """The update's page, under a banner. A draft counts nowhere: not even on its own preview."""
    response = page(request, clocks, "admin/commitments/statusupdate/preview.html", update_context(update, clocks))
    patch_cache_control(response, no_store=True, private=True)
    return response
