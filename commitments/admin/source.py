from __future__ import annotations

import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments.models import Citation, LinkCheck, LinkOutcome, MilestoneSource, Source
from commitments.models.source import FROZEN

from .base import AddressedForm, ReasonedAdmin, ReasonedForm
from .fields import ReasonField


class SourceForm(AddressedForm, ReasonedForm):
    address_from = ("publisher", "title")

    reason = ReasonField(
        label=_("Reason for the change"),
        required=False,
        help_text=_("Public. Needed where readers have seen the earlier wording, but not to add an archived copy."),
    )

    def clean(self) -> dict[str, Any] | None:
        """An archived copy that is only added says itself why."""
        cleaned = super().clean()
        if self.changed_data == ["archived_url"] and not self.initial.get("archived_url"):
            self.cleaned_data["reason"] = gettext("Archived copy added.")
        return cleaned


class ArchiveFilter(admin.SimpleListFilter):
    title = _("archived copy")
    parameter_name = "archive"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("held", _("Known")), ("none", _("None"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() == "held":
            return queryset.exclude(archived_url="")
        return queryset.filter(archived_url="") if self.value() == "none" else queryset


class LinkFilter(admin.SimpleListFilter):
    title = _("link")
    parameter_name = "link"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("dead", _("Dead")), *LinkOutcome.choices, ("unasked", _("Not asked yet"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        current = LinkCheck.objects.current()
        if self.value() == "dead":
            return queryset.filter(pk__in=LinkCheck.objects.dead().values("source"))
        if self.value() == "unasked":
            return queryset.exclude(pk__in=current.values("source"))
        if self.value() in LinkOutcome.values:
            return queryset.filter(pk__in=current.filter(outcome=self.value()).values("source"))
        return queryset


def carries_judgement(source: Source) -> bool:
    """Whether something published rests on it, so that what tells its weight stays as it is."""
    cited = Citation.objects.filter(source=source, update__published_at__isnull=False)
    announced = MilestoneSource.objects.filter(source=source, milestone__recorded_at__isnull=False)
    return cited.exists() or announced.exists()


@admin.register(Source)
class SourceAdmin(ReasonedAdmin):
    form = SourceForm
    list_display = ("title", "publisher", "side", "kind", "language", "published_on")
    list_filter = (ArchiveFilter, LinkFilter, "side", "kind", "language")
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
        if obj is not None:
            fields = [each for name in fields for each in ((name, "link_state") if name == "archived_url" else (name,))]
        frozen = _("What a published judgement rests on stays as it is.") if obj and carries_judgement(obj) else ""
        return [(None, {"fields": fields, "description": frozen})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        frozen = FROZEN if obj is not None and carries_judgement(obj) else ()
        return [*super().get_readonly_fields(request, obj), *frozen, "link_state"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"accessed_on": timezone.now().date()} | super().get_changeform_initial_data(request)

    @admin.display(description=_("link"))
    def link_state(self, source: Source) -> str:
        """What the last run of check_links found; the address may have changed since."""
        link = LinkCheck.objects.current().filter(source=source).first()
        if link is None:
            return gettext("Not asked yet.")
        words = [gettext("Dead.")] if link.is_dead else []
        answer = " ".join(str(part) for part in (link.status_code, link.detail) if part)
        words.append(
            gettext("Asked on %(day)s: %(outcome)s (%(answer)s).")
            % {"day": date_format(link.asked_at), "outcome": link.get_outcome_display(), "answer": answer}
        )
        if link.last_ok_at and link.outcome != LinkOutcome.OK:
            words.append(gettext("Last answered on %s.") % date_format(link.last_ok_at))
        return " ".join(words)

    def view_on_site(self, obj: Source) -> str | None:
        return obj.get_absolute_url() if is_public(obj, timezone.now().date()) else None


def is_public(source: Source, today: datetime.date) -> bool:
    return Source.objects.published(today).filter(pk=source.pk).exists()
