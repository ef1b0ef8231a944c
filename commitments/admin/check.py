from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments.models import RULES, Check, CheckCommitment, Commitment
from commitments.publishing import record_check

from .base import AddressedForm
from .fields import SeveralByAutocomplete, SeveralField
from .merging import Earlier
from .prefill import PrefilledAdmin, prefilled_check
from .steps import Step


class CheckForm(AddressedForm):
    address_from = ("checked_on", "found")

    covers = SeveralField(
        label=_("Commitments covered"),
        queryset=Commitment.objects.filter(published_at__isnull=False, withdrawn_at__isnull=True),
        widget=SeveralByAutocomplete(Check._meta.get_field("commitments"), admin.site),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "covers" in self.fields:
            links = CheckCommitment.objects.filter(performed_check=self.instance.pk)
            self.initial.setdefault("covers", list(links.values_list("commitment_id", flat=True)))


def cover(check: Check, commitments: models.QuerySet[Commitment]) -> None:
    """Make these the commitments that the draft covers."""
    wanted = {commitment.pk for commitment in commitments}
    links = CheckCommitment.objects.filter(performed_check=check)
    links.exclude(commitment__in=wanted).delete()
    kept = set(links.values_list("commitment_id", flat=True))
    for position, commitment in enumerate(commitments.order_by("reference")):
        if commitment.pk not in kept:
            CheckCommitment.objects.create(performed_check=check, commitment=commitment, position=position)


def take_record(check: Check, by: Any, reason: str) -> Check:
    record_check(check, by=by)
    return check


@admin.register(Check)
class CheckAdmin(PrefilledAdmin):
    form = CheckForm
    read_prefill = staticmethod(prefilled_check)
    list_display = ("checked_on", "found", "covered", "is_recorded", "recorded_by")
    list_display_links = ("checked_on", "found")
    list_filter = (("recorded_at", admin.EmptyFieldListFilter),)
    list_select_related = ("recorded_by",)
    search_fields = ("slug", "found", "commitments__reference")
    steps = (
        Step(
            name="record",
            label=_("Save and record"),
            done=_("Recorded: final and public."),
            permission="change",
            offered=lambda check: check.recorded_at is None,
            take=take_record,
            saves=True,
            opens="",
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        may_edit = obj is None or self.has_change_permission(request, obj)
        covers = "covers" if may_edit else "covered"
        return [covers, ("checked_on", "covers_from"), "places", "terms", "languages", "found", "note", "slug"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), "covered"]

    def earlier_initial(self, obj: Any, earlier: Earlier) -> dict[str, Any]:
        links = earlier.rows(CheckCommitment.objects.filter(performed_check=obj))
        return {"covers": [link.commitment_id for link in links]}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"checked_on": timezone.now().date()} | super().get_changeform_initial_data(request)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("commitments")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        cover(form.instance, form.cleaned_data["covers"])

    def why_read_only(self, obj: Any) -> str:
        return gettext(RULES["recorded_check_is_final"]) if obj.recorded_at else ""

    @admin.display(description=_("commitments covered"))
    def covered(self, check: Check) -> str:
        return ", ".join(commitment.reference for commitment in check.commitments.all())

    @admin.display(description=_("recorded"), boolean=True, ordering="recorded_at")
    def is_recorded(self, check: Check) -> bool:
        return check.recorded_at is not None
