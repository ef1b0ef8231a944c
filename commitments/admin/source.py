from __future__ import annotations

import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models import Citation, MilestoneSource, Source
from commitments.models.source import FROZEN

from .base import AddressedForm, ReasonedAdmin, ReasonedForm


class SourceForm(AddressedForm, ReasonedForm):
    address_from = ("publisher", "title")


def carries_judgement(source: Source) -> bool:
    """Whether something published rests on it, so that what tells its weight stays as it is."""
    cited = Citation.objects.filter(source=source, update__published_at__isnull=False)
    announced = MilestoneSource.objects.filter(source=source, milestone__recorded_at__isnull=False)
    return cited.exists() or announced.exists()


@admin.register(Source)
class SourceAdmin(ReasonedAdmin):
    form = SourceForm
    list_display = ("title", "publisher", "side", "kind", "language", "published_on")
    list_filter = ("side", "kind", "language")
    search_fields = ("title", "publisher", "url", "slug")
    radio_fields = {"published_precision": admin.HORIZONTAL}
    fields = (
        "url",
        "title",
        "is_title_seen",
        "publisher",
        "side",
        "kind",
        "language",
        ("published_on", "published_precision"),
        "accessed_on",
        "archived_url",
        "note",
        "slug",
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, Any]]:
        fields = self.get_fields(request, obj)
        frozen = _("What a published judgement rests on stays as it is.") if obj and carries_judgement(obj) else ""
        return [(None, {"fields": fields, "description": frozen})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        frozen = FROZEN if obj is not None and carries_judgement(obj) else ()
        return [*super().get_readonly_fields(request, obj), *frozen]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"accessed_on": timezone.now().date()} | super().get_changeform_initial_data(request)

    def view_on_site(self, obj: Source) -> str | None:
        return obj.get_absolute_url() if is_public(obj, timezone.now().date()) else None


def is_public(source: Source, today: datetime.date) -> bool:
    return Source.objects.published(today).filter(pk=source.pk).exists()
