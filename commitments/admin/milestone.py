from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments.models import RULES, Milestone, MilestoneSource
from commitments.publishing import record_milestone

from .base import AddressedForm, RegisterAdmin, SourceLinkInline
from .steps import Step


class MilestoneSourceInline(SourceLinkInline):
    model = MilestoneSource


def take_record(milestone: Milestone, by: Any, reason: str) -> Milestone:
    record_milestone(milestone)
    return milestone


@admin.register(Milestone)
class MilestoneAdmin(RegisterAdmin):
    form = AddressedForm
    list_display = ("title", "commitment", "due_on", "due_precision", "is_recorded")
    list_filter = (("recorded_at", admin.EmptyFieldListFilter),)
    list_select_related = ("commitment",)
    search_fields = ("title", "commitment__reference", "slug")
    fields = ("commitment", "title", ("due_on", "due_precision"), "replaces", "note", "slug")
    autocomplete_fields = ("commitment", "replaces")
    radio_fields = {"due_precision": admin.HORIZONTAL}
    inlines = (MilestoneSourceInline,)
    steps = (
        Step(
            name="record",
            label=_("Save and record"),
            done=_("Recorded: final and public."),
            permission="change",
            offered=lambda milestone: milestone.recorded_at is None,
            take=take_record,
            saves=True,
            opens="",
        ),
    )

    def why_read_only(self, obj: Any) -> str:
        return gettext(RULES["recorded_milestone_is_final"]) if obj.recorded_at else ""

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        if self.is_autocomplete_for(request, "assessment.meets", "milestone.replaces"):
            queryset = queryset.filter(recorded_at__isnull=False)
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=_("recorded"), boolean=True, ordering="recorded_at")
    def is_recorded(self, milestone: Milestone) -> bool:
        return milestone.recorded_at is not None
