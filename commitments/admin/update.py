"""The page on which an editor logs what happened."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from commitments.clocks import Clocks
from commitments.models import (
    RULES,
    Precision,
    StatusUpdate,
)
from commitments.publishing import Refused, publish, send_back, start_correction, submit

from .assessing import AssessmentInline
from .base import RegisterForm
from .citing import CitationInline
from .filing import FilingAdmin
from .prefill import Prefill, prefilled
from .preview import preview_of
from .steps import Step


def is_open(update: StatusUpdate) -> bool:
    return update.submitted_at is None and update.published_at is None


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("draft", _("Draft")), ("review", _("In review")), ("published", _("Published"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() == "draft":
            return queryset.filter(published_at__isnull=True, submitted_at__isnull=True)
        if self.value() == "review":
            return queryset.filter(published_at__isnull=True, submitted_at__isnull=False)
        if self.value() == "published":
            return queryset.filter(published_at__isnull=False)
        return queryset


def take_submit(update: StatusUpdate, by: Any, reason: str) -> StatusUpdate:
    submit(update, by=by)
    return update


def take_send_back(update: StatusUpdate, by: Any, reason: str) -> StatusUpdate:
    send_back(update)
    return update


def take_publish(update: StatusUpdate, by: Any, reason: str) -> StatusUpdate:
    publish(update, by=by)
    return update


def take_correct(update: StatusUpdate, by: Any, reason: str) -> StatusUpdate:
    return start_correction(update, reason=reason, by=by)


@admin.register(StatusUpdate)
class StatusUpdateAdmin(FilingAdmin):
    list_display = ("shown_number", "title", "happened", "state", "who")
    list_display_links = ("shown_number", "title")
    list_filter = (StateFilter, "kind", "is_context")
    list_select_related = ("written_by", "submitted_by", "published_by")
    search_fields = ("title", "summary", "=number")
    inlines = (CitationInline, AssessmentInline)
    radio_fields = {"happened_precision": admin.HORIZONTAL}
    steps = (
        Step(
            name="submit",
            label=_("Save and submit for review"),
            done=_("Submitted for review."),
            permission="change",
            offered=is_open,
            take=take_submit,
            saves=True,
        ),
        Step(
            name="publish",
            label=_("Publish"),
            done=_("Published."),
            permission="publish",
            offered=lambda update: update.is_in_review,
            take=take_publish,
        ),
        Step(
            name="send_back",
            label=_("Send back"),
            done=_("Sent back: a draft again."),
            permission="publish",
            offered=lambda update: update.is_in_review,
            take=take_send_back,
        ),
        Step(
            name="correct",
            label=_("Correct"),
            done=_("Correction begun as a copy of the published update."),
            permission="add",
            offered=lambda update: update.is_published,
            take=take_correct,
            asks_reason=_(
                "A draft that begins as a copy of the update opens. Once published it replaces the update, whose page "
                "stays and links to it. Without assessments it withdraws the update. The reason is public."
            ),
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview)
        return [path("<path:object_id>/preview/", view, name="commitments_statusupdate_preview"), *super().get_urls()]

    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The update's page as the public will see it; for whoever may read the draft, and for no cache."""
        update: Any = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, update):
            raise PermissionDenied
        if update is None:
            raise Http404
        return preview_of(update, request, Clocks.at(timezone.now().date()))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, Any]]:
        written = ["title", "summary", ("happened_on", "happened_precision"), "kind", "is_context", "note"]
        fieldsets: list[tuple[Any, Any]] = [(None, {"fields": written})]
        if obj is not None and obj.corrects_id:
            fieldsets.insert(0, (_("Correction"), {"fields": ["corrects", "correction_reason"]}))
        if obj is not None:
            record = ["written_by", "last_edited_by", "submitted_by", "published_by", "published_at"]
            fieldsets.append((_("Record"), {"fields": record, "classes": ["collapse"]}))
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        record = ["corrects", "written_by", "last_edited_by", "submitted_by", "published_by", "published_at"]
        return [*super().get_readonly_fields(request, obj), *record]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[RegisterForm]:
        form_class = super().get_form(request, obj, change=change, **kwargs)
        if "correction_reason" in form_class.base_fields:
            form_class.base_fields["correction_reason"].required = True
        return form_class

    def read_prefill(self, request: HttpRequest) -> Prefill:
        return prefilled(request)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"happened_precision": Precision.DAY} | super().get_changeform_initial_data(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Writes no column that a step writes: a form opened before the update was submitted must not undo that."""
        obj.last_edited_by = request.user
        if not change:
            obj.written_by = request.user
            super().save_model(request, obj, form, change)
            return
        row = StatusUpdate.objects.select_for_update().filter(pk=obj.pk).first()
        if row is None or not is_open(row):
            raise Refused(gettext("Somebody submitted, published or deleted this draft meanwhile."))
        obj.save(update_fields=[*(name for name in form.fields if name != "reason"), "last_edited_by"])

    def why_read_only(self, obj: Any) -> str:
        if obj.is_published:
            return gettext(RULES["published_update_is_final"])
        if obj.is_in_review:
            return gettext("The update is in review. It can be edited again once a reviewer has sent it back.")
        return ""

    def view_on_site(self, obj: StatusUpdate) -> str | None:
        return obj.get_absolute_url() if obj.is_published else None

    @admin.display(description=_("number"), ordering="number", empty_value="–")
    def shown_number(self, update: StatusUpdate) -> int | None:
        return update.number

    @admin.display(description=_("happened"), ordering="happened_on")
    def happened(self, update: StatusUpdate) -> str:
        form = {Precision.YEAR: "Y", Precision.MONTH: "F Y"}.get(Precision(update.happened_precision), "j F Y")
        return date_format(update.happened_on, form)

    @admin.display(description=_("state"))
    def state(self, update: StatusUpdate) -> str:
        if update.is_published:
            return pgettext("state of an update", "Published")
        if update.is_in_review:
            return pgettext("state of an update", "In review")
        return pgettext("state of an update", "Draft")

    @admin.display(description=_("who"))
    def who(self, update: StatusUpdate) -> str:
        people = [update.written_by, update.submitted_by, update.published_by]
        return " → ".join(dict.fromkeys(person.get_username() for person in people if person)) or "–"
