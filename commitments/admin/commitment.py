from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from commitments.models import Commitment, CommitmentActor, CommitmentSource
from commitments.models.commitment import FROZEN
from commitments.publishing import check_now, publish_commitment, withdraw_commitment

from .base import ReasonedAdmin, RegisterInline, SourceLinkInline, TabularInline
from .steps import Step


class CommitmentActorInline(RegisterInline, TabularInline):
    model = CommitmentActor
    fields = ("actor",)
    autocomplete_fields = ("actor",)
    verbose_name = _("actor")
    verbose_name_plural = _("actors")


class CommitmentSourceInline(SourceLinkInline):
    model = CommitmentSource


class CommitmentStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("draft", _("Draft")), ("published", _("Published")), ("withdrawn", _("Withdrawn"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() == "draft":
            return queryset.filter(published_at__isnull=True)
        if self.value() == "published":
            return queryset.filter(published_at__isnull=False, withdrawn_at__isnull=True)
        if self.value() == "withdrawn":
            return queryset.filter(withdrawn_at__isnull=False)
        return queryset


def take_publish(commitment: Commitment, by: Any, reason: str) -> Commitment:
    publish_commitment(commitment)
    return commitment


def take_withdraw(commitment: Commitment, by: Any, reason: str) -> Commitment:
    withdraw_commitment(commitment, reason=reason)
    return commitment


def closest_reference_first(typed: str) -> list[Any]:
    """So that "7", "07" and "EUJP-07" have that commitment as the first answer, before all that merely mention it."""
    number = f"EUJP-{int(typed):02d}" if typed.isascii() and typed.isdecimal() else typed
    nearness = models.Case(
        models.When(reference__iexact=number, then=0),
        models.When(models.Q(reference__istartswith=typed) | models.Q(reference__istartswith=f"EUJP-{typed}"), then=1),
        default=2,
    )
    return [nearness, "reference"]


@admin.register(Commitment)
class CommitmentAdmin(ReasonedAdmin):
    list_display = ("reference", "title", "area", "kind", "state")
    list_display_links = ("reference", "title")
    list_filter = (CommitmentStateFilter, "area", "kind", "basis")
    list_select_related = ("area",)
    search_fields = ("reference", "title", "title_ja", "summary")
    autocomplete_fields = ("wording_source", "follows")
    radio_fields = {"due_precision": admin.HORIZONTAL}
    inlines = (CommitmentActorInline, CommitmentSourceInline)
    steps = (
        Step(
            name="publish",
            label=_("Save and publish"),
            done=_("Published: what judgements rest on is frozen from now on."),
            permission="publish",
            offered=lambda commitment: commitment.published_at is None,
            take=take_publish,
            saves=True,
        ),
        Step(
            name="withdraw",
            label=_("Withdraw"),
            done=_("Withdrawn."),
            permission="publish",
            offered=lambda commitment: commitment.published_at is not None and commitment.withdrawn_at is None,
            take=take_withdraw,
            asks_reason=_(
                "The commitment leaves every count from now on and cannot come back. Its page stays and says why. "
                "The reason is public."
            ),
        ),
    )
    fieldsets = (
        (None, {"fields": ("reference", "title", "title_ja", "summary", "area", "strength")}),
        (_("In the text"), {"fields": ("instrument", "paragraph", "basis")}),
        (_("Quoted wording"), {"fields": ("wording_text", "wording_language", "wording_source")}),
        (
            _("What is promised"),
            {
                "fields": (
                    "kind",
                    "fulfilled_when",
                    "progress_looks_like",
                    ("due_on", "due_precision"),
                    "deadline_wording",
                    "cadence_months",
                )
            },
        ),
        (_("Context"), {"fields": (("follows", "follows_relation"), "note")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, Any]]:
        fieldsets: list[tuple[Any, Any]] = list(self.fieldsets)
        if obj is not None and obj.withdrawn_at:
            fieldsets.append((_("Withdrawal"), {"fields": ("withdrawn_at", "withdrawal_reason")}))
        if obj is not None and obj.published_at and self.has_change_permission(request, obj):
            fieldsets.append((_("This change"), {"fields": ("reason",)}))
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        frozen = FROZEN if obj is not None and obj.published_at else ()
        return [*super().get_readonly_fields(request, obj), *frozen, "withdrawn_at", "withdrawal_reason"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Any]:
        form_class = super().get_form(request, obj, change=change, **kwargs)
        form_class.is_reason_required = obj is not None and obj.published_at is not None
        return form_class

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        check_now("Commitment:publishable")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.published_at is None)

    def view_on_site(self, obj: Commitment) -> str | None:
        return obj.get_absolute_url() if obj.published_at else None

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        if self.is_autocomplete_for(request, "check.commitments", "milestone.commitment"):
            queryset = queryset.filter(published_at__isnull=False, withdrawn_at__isnull=True)
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.path == reverse("admin:autocomplete"):
            found = found.order_by(*closest_reference_first(search_term.strip()))
        return found, may_repeat

    @admin.display(description=_("state"))
    def state(self, commitment: Commitment) -> str:
        if commitment.withdrawn_at:
            return pgettext("state of a commitment", "Withdrawn")
        if commitment.published_at:
            return pgettext("state of a commitment", "Published")
        return pgettext("state of a commitment", "Draft")
