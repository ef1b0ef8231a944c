"""Publishing several updates at once: all of them or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.effects import Effects, effects
from commitments.models import StatusUpdate, latest_entry_id
from commitments.publishing import Refused, RefusedAmongSeveral, in_order_of_events, publish_several, refusals

from .versions import VERSION, require_version


@dataclass(frozen=True)
class Row:
    update: StatusUpdate
    version: int
    effects: Effects
    refusal: str


def publish_chosen(admin: Any, request: HttpRequest, updates: Iterable[StatusUpdate]) -> HttpResponse | None:
    """First the page that shows what would happen; then, where each is still as it was shown there, publication."""
    chosen = in_order_of_events(updates)
    refused: dict[int, str] = {}
    if request.POST.get("confirmed"):
        try:
            _publish_as_seen(request, chosen)
        except RefusedAmongSeveral as refusal:
            refused[refusal.update.pk] = _("Nothing was published: %(reason)s") % {"reason": refusal}
        else:
            sentence = ngettext("%(count)d update published.", "%(count)d updates published.", len(chosen))
            admin.message_user(request, sentence % {"count": len(chosen)}, messages.SUCCESS)
            return None
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Publish the chosen updates"),
        "opts": admin.opts,
        "rows": [_row(update, refused) for update in chosen],
        "media": admin.media,
    }
    return TemplateResponse(request, "admin/commitments/statusupdate/publish_several.html", context)


def _publish_as_seen(request: HttpRequest, chosen: Iterable[StatusUpdate]) -> None:
    with refusals():
        for update in chosen:
            try:
                require_version(update, request.POST.get(f"{VERSION}_{update.pk}"))
            except Refused as refusal:
                raise RefusedAmongSeveral(update, refusal) from refusal
        publish_several(chosen, by=cast("User", request.user))


def _row(update: StatusUpdate, refused: dict[int, str]) -> Row:
    version = latest_entry_id(update)
    found = effects(update, timezone.now().date())
    return Row(update, version, found, refused.get(update.pk) or found.refusal)
