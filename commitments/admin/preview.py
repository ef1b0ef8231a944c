"""The public page of something that is not public yet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from commitments.chronicle import update_context
from commitments.clocks import Clocks
from commitments.models import StatusUpdate
from commitments.public import page


def preview_of(update: StatusUpdate, request: HttpRequest, clocks: Clocks) -> HttpResponse:
    """The update's page as the public will read it, kept by no cache."""
    response = page(request, clocks, "admin/commitments/statusupdate/preview.html", update_context(update, clocks))
    patch_cache_control(response, no_store=True, private=True)
    return response
