"""The rows that say what an update means for each commitment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext

from commitments.models import Assessment
from commitments.standing import Standing, standings

from .base import BaseModelForm, PositionedFormSet, RegisterInline, StackedInline
from .fields import looks_like_key
from .prefill import PrefilledRowsMixin


def unchanged(standing: Standing) -> str:
    """What an empty status means for this commitment."""
    return gettext("Unchanged: %(status)s") % {"status": standing.judged.status.label}


class AssessmentForm(BaseModelForm):
    standing: Standing | None = None

    def lay_beside(self, standing: Standing | None) -> None:
        self.standing = standing
        if standing is not None and "status" in self.fields:
            status: Any = self.fields["status"]
            status.choices = [("", unchanged(standing)), *list(status.choices)[1:]]


def keys_of(forms: Iterable[Any], name: str) -> list[int]:
    """What these forms show as chosen in this field: saved, filled in by the address, or sent."""
    values = (form[name].value() if name in form.fields else form.initial.get(name) for form in forms)
    return [int(value) for value in values if looks_like_key(value)]


def lay_beside(forms: Iterable[Any], today: Any) -> None:
    """Give every row where its commitment stands. Three queries for all of them."""
    of_row = {form: keys_of([form], "commitment") for form in forms}
    found = standings({key for keys in of_row.values() for key in keys}, today)
    for form, keys in of_row.items():
        form.lay_beside(found.get(keys[0]) if keys else None)


class AssessmentInline(PrefilledRowsMixin, RegisterInline, StackedInline):
    model = Assessment
    form = AssessmentForm
    formset = PositionedFormSet
    template = "admin/commitments/filing_rows.html"
    beside = "admin/commitments/filing_standing.html"
    fieldsets = (
        (None, {"fields": ("commitment",)}),
        (None, {"fields": (("bearing", "status", "evidence"), "reasoning", ("is_occurrence", "meets"))}),
    )
    autocomplete_fields = ("commitment", "meets")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("commitment__instrument", "meets")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "commitment":
            field.widget.attrs |= {
                "hx-get": reverse_lazy("admin:commitments_statusupdate_standing"),
                "hx-trigger": "change",
                "hx-target": "next .filing-beside",
            }
        return field
