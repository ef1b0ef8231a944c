"""What the address of an add form fills in.

    statusupdate/add/?commitment=EUJP-07&meets=3&source=gazette-minutes&happened_on=2026-03-01&kind=meeting
    check/add/?covers=EUJP-07&covers=EUJP-08

`commitment`, `meets`, `source` and `covers` may be repeated; each is a key, or a reference or address. What cannot be
made out is left empty, and a message says so.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from commitments.clocks import DAY
from commitments.models import Assessment, Citation, Commitment, Milestone, Source, UpdateKind

from .base import RegisterAdmin
from .fields import looks_like_key
from .noted import noted

if TYPE_CHECKING:
    InlineModelAdmin = admin.options.InlineModelAdmin[models.Model, models.Model]
else:
    InlineModelAdmin = admin.options.InlineModelAdmin

# Read by the functions below, and by nothing of Django.
ASKED = {"commitment", "meets", "source", "happened_on", "kind", "covers"}
# A form with more rows than this could not be sent.
MOST = 40


@dataclass
class Prefill:
    """Initial values of the form's own fields, and of the rows below it by their model."""

    fields: dict[str, Any] = field(default_factory=dict)
    rows: dict[type[models.Model], list[dict[str, Any]]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def ignore(self, name: str, value: str) -> None:
        self.complaints.append(_("Ignored: %(name)s=%(value)s.") % {"name": name, "value": value[:80]})


def prefilled(request: HttpRequest) -> Prefill:
    """What the address asks for an update; one query for each kind of row that it names."""
    prefill = Prefill()
    rows: dict[int, dict[str, Any]] = {
        commitment.pk: {"commitment": commitment.pk} for commitment in commitments_in(request, "commitment", prefill)
    }
    milestones = Milestone.objects.filter(recorded_at__isnull=False, commitment__in=assessable())
    for milestone in named(request, "meets", milestones, "slug", prefill):
        row = rows.setdefault(milestone.commitment_id, {"commitment": milestone.commitment_id})
        row["meets"] = milestone.pk
    sources = named(request, "source", Source.objects.all(), "slug", prefill)
    prefill.rows = {Assessment: list(rows.values()), Citation: [{"source": source.pk} for source in sources]}
    read_day(request, prefill)
    read_kind(request, prefill)
    return prefill


def prefilled_check(request: HttpRequest) -> Prefill:
    prefill = Prefill()
    covered = commitments_in(request, "covers", prefill, most=None)
    if covered:
        prefill.fields["covers"] = [commitment.pk for commitment in covered]
    return prefill


def assessable() -> models.QuerySet[Commitment]:
    return Commitment.objects.filter(published_at__isnull=False, withdrawn_at__isnull=True)


def commitments_in(request: HttpRequest, name: str, prefill: Prefill, most: int | None = MOST) -> list[Commitment]:
    return named(request, name, assessable(), "reference", prefill, most)


def named(
    request: HttpRequest,
    name: str,
    queryset: models.QuerySet[Any],
    label: str,
    prefill: Prefill,
    most: int | None = MOST,
) -> list[Any]:
    """The rows that the address names, by key or by this field, each once and in its order."""
    values = list(dict.fromkeys(value for value in request.GET.getlist(name) if value))
    if not values:
        return []
    found = found_by(queryset, label, [value for value in values[:most] if "\0" not in value])
    for value in values:
        if value not in found:
            prefill.ignore(name, value)
    return list(dict.fromkeys(found.values()))


def found_by(queryset: models.QuerySet[Any], label: str, values: Sequence[str]) -> dict[str, Any]:
    keys = [int(value) for value in values if looks_like_key(value)]
    matching = queryset.filter(models.Q(pk__in=keys) | models.Q((f"{label}__in", values)))
    by_key = {str(row.pk): row for row in matching}
    by_label = {getattr(row, label): row for row in matching}
    found = {value: by_label.get(value) or by_key.get(value) for value in values}
    return {value: row for value, row in found.items() if row is not None}


def read_day(request: HttpRequest, prefill: Prefill) -> None:
    value = request.GET.get("happened_on", "")
    if not value:
        return
    try:
        day = datetime.date.fromisoformat(value) if DAY.match(value) else None
    except ValueError:
        day = None
    if day is None:
        prefill.ignore("happened_on", value)
    else:
        prefill.fields["happened_on"] = day


def read_kind(request: HttpRequest, prefill: Prefill) -> None:
    value = request.GET.get("kind", "")
    if value in UpdateKind.values:
        prefill.fields["kind"] = value
    elif value:
        prefill.ignore("kind", value)


def prefill_of(request: HttpRequest) -> Prefill:
    """What `PrefilledAdmin` read for this request; empty where a form is sent or an existing record is opened."""
    return noted(request).prefill or Prefill()


class PrefilledAdmin(RegisterAdmin):
    """An add form that its address fills in, by `read_prefill`. A form that comes back is as it was sent."""

    read_prefill: ClassVar[staticmethod[[HttpRequest], Prefill]]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "GET" and self.has_add_permission(request):
            prefill = self.read_prefill(request)
            noted(request).prefill = prefill
            for complaint in prefill.complaints:
                self.message_user(request, complaint, messages.WARNING)
        return super().add_view(request, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        asked = {
            name: value for name, value in super().get_changeform_initial_data(request).items() if name not in ASKED
        }
        return asked | prefill_of(request).fields

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        options: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        rows = prefill_of(request).rows.get(inline.model)
        return options | {"initial": rows} if rows else options


class PrefilledRowsMixin(InlineModelAdmin):
    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Enough empty rows for what the address fills in."""
        return max(super().get_extra(request, obj, **kwargs), len(prefill_of(request).rows.get(self.model, ())))
