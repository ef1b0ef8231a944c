"""Publishing several updates at once: all of them or none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.effects import Effects, effects
from commitments.models import StatusUpdate, latest_entry_id
from commitments.publishing import Refused, RefusedAmongSeveral, in_order_of_events, publish_several, refusals
from commitments.typed import VERSION

from .versions import require_version

# Each is tried out before it is shown.
MOST = 100


@dataclass(frozen=True)
class Row:
    update: StatusUpdate
    version: int
    effects: Effects
    refusal: str


def publish_chosen(admin: Any, request: HttpRequest, updates: QuerySet[StatusUpdate]) -> HttpResponse | None:
    """First the page that shows what would happen; then, where each is still as it was shown there, publication."""
    if updates.count() > MOST:
        admin.message_user(request, _("Choose at most %(most)d updates at once.") % {"most": MOST}, messages.ERROR)
        return None
    chosen = in_order_of_events(updates)
    refused: dict[int, str] = {}
    if request.POST.get("confirmed"):
        try:
            _publish_as_seen(request, chosen)
        except RefusedAmongSeveral as refusal:
            refused[refusal.update.pk] = _("Nothing was published: %(reason)s") % {"reason": refusal}
        except Refused as refusal:
            admin.message_user(request, str(refusal), messages.ERROR)
        else:
            sentence = ngettext("%(count)d update published.", "%(count)d updates published.", len(chosen))
            admin.message_user(request, sentence % {"count": len(chosen)}, messages.SUCCESS)
            return None
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Publish the chosen updates"),
        "opts": admin.opts,
        "rows": [_row(update, refused) for update in chosen],
    }
    return TemplateResponse(request, "admin/commitments/statusupdate/publish_several.html", context)


def _publish_as_seen(request: HttpRequest, chosen: Collection[StatusUpdate]) -> None:
    """Django drops from the chosen what was deleted, or left the list, since they were shown."""
    if len(chosen) < len(set(request.POST.getlist(ACTION_CHECKBOX_NAME))):
        raise Refused(_("Nothing was published: one of the chosen updates is no longer in this list."))
    with refusals():
        for update in sorted(chosen, key=lambda update: update.pk):
            try:
                require_version(update, request.POST.get(f"{VERSION}_{update.pk}"))
            except Refused as refusal:
                raise RefusedAmongSeveral(update, refusal) from refusal
        publish_several(chosen, by=cast("User", request.user))


def _row(update: StatusUpdate, refused: dict[int, str]) -> Row:
    # Before the text: what is shown is at least as new as the version that the button carries.
    version = latest_entry_id(update)
    update.refresh_from_db()
    found = effects(update, timezone.now().date())
    return Row(update, version, found, refused.get(update.pk) or found.refusal)
