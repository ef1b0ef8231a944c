"""The rows of the page on which an editor files what happened."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext

from commitments.models import (
    RULES,
    Assessment,
    Bearing,
    Citation,
    CommitmentKind,
    DeliveryStatus,
    Instrument,
    StatusUpdate,
    last_day,
)

from .base import BaseModelForm, PositionedFormSet, RegisterInline, TabularInline
from .prefill import PrefilledRowsMixin

if TYPE_CHECKING:
    StackedInline = admin.StackedInline[models.Model, models.Model]
else:
    StackedInline = admin.StackedInline

ENDS = (CommitmentKind.ONE_OFF, CommitmentKind.EXPLORATORY)


def precedes(update: StatusUpdate, instrument: Instrument) -> bool:
    """Whether it all happened before the instrument was adopted."""
    day: datetime.date | None = update.happened_on
    return day is not None and last_day(day, update.happened_precision) < instrument.adopted_on


class AssessmentForm(BaseModelForm):
    """Says at once what publication would refuse for this row."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        values = self.cleaned_data
        commitment = values.get("commitment")
        if commitment is None:
            return cleaned
        ends = commitment.kind in ENDS
        status = values.get("status")
        if (status == DeliveryStatus.DELIVERED and not ends) or (status == DeliveryStatus.KEPT_UP and ends):
            self._refuse("status", "status_fits_kind")
        if values.get("is_occurrence") and ends:
            self._refuse("is_occurrence", "occurrence_fits_kind")
        milestone = values.get("meets")
        if milestone and (milestone.commitment_id != commitment.pk or milestone.recorded_at is None):
            self._refuse("meets", "milestone_of_same_commitment")
        return cleaned

    def _refuse(self, field: str, rule: str) -> None:
        self.add_error(field, gettext(RULES[rule]))


class AssessmentFormSet(PositionedFormSet):
    """Says what publication would refuse for a row because of the update above it."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            if form.is_valid() and form.has_changed() and not form.cleaned_data.get("DELETE"):
                self._compare_with_update(form)

    def _compare_with_update(self, form: Any) -> None:
        update: Any = self.instance
        values = form.cleaned_data
        bearing, commitment = values.get("bearing"), values.get("commitment")
        sets_status = values.get("status") or values.get("is_occurrence")
        if update.is_context and (sets_status or bearing not in (Bearing.CONTEXT, Bearing.NEUTRAL)):
            form.add_error("bearing", gettext(RULES["context_sets_no_status"]))
        if commitment and bearing != Bearing.CONTEXT and precedes(update, commitment.instrument):
            form.add_error("bearing", gettext(RULES["context_before_adoption"]))


class AssessmentInline(PrefilledRowsMixin, RegisterInline, StackedInline):
    model = Assessment
    form = AssessmentForm
    formset = AssessmentFormSet
    fields = ("commitment", ("bearing", "status", "evidence"), "reasoning", ("is_occurrence", "meets"))
    autocomplete_fields = ("commitment", "meets")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("commitment__instrument", "meets")


class CitationInline(PrefilledRowsMixin, RegisterInline, TabularInline):
    model = Citation
    fields = ("source", "locator")
    autocomplete_fields = ("source",)
