"""A draft as the public will read it, with what publishing it would change."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from commitments.chronicle import update_context
from commitments.clocks import Clocks
from commitments.effects import differences, effects
from commitments.models import StatusUpdate, latest_entry_id
from commitments.public import page

from .steps import ReasonPage, Step


def review_of(
    update: StatusUpdate,
    request: HttpRequest,
    today: datetime.date,
    steps: Sequence[tuple[Step, str]],
    form: ReasonPage | None = None,
    *,
    may_edit: bool,
) -> HttpResponse:
    """Kept by no cache. `steps` are the buttons offered to this person, each with its address.

    `form` is a note that was not accepted: it is shown again, with the reason.
    """
    # Before all else: what is shown is at least as new as the version that the buttons carry.
    version = latest_entry_id(update)
    update.refresh_from_db()
    is_own = request.user.pk in {update.written_by_id, update.last_edited_by_id, update.submitted_by_id}
    publishes = settings.TRACKER_ALLOW_SELF_PUBLISHING or not is_own
    context = {
        "version": version,
        "effects": effects(update, today),
        "differences": differences(update),
        "exchange": update.review_notes.select_related("by"),
        "steps": [(step, address) for step, address in steps if publishes or step.name != "publish"],
        "form": form,
        "may_edit": may_edit,
        "is_own": is_own,
        "publishes_own": settings.TRACKER_ALLOW_SELF_PUBLISHING,
    }
    template = "admin/commitments/statusupdate/review.html"
    response = page(request, Clocks.at(today), template, {**update_context(update, Clocks.at(today)), **context})
    patch_cache_control(response, no_store=True, private=True)
    return response
