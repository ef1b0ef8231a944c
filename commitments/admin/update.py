"""The page on which an editor logs what happened."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from commitments.clocks import Clocks
from commitments.models import (
    RULES,
    Precision,
    StatusUpdate,
)
from commitments.publishing import open_correction, publish, remark, send_back, start_correction, submit

from .assessing import AssessmentInline
from .base import RegisterForm
from .citing import CitationInline
from .filing import FilingAdmin
from .prefill import prefilled
from .preview import preview_of
from .review import review_of
from .several import publish_chosen
from .steps import NotePage, ReasonPage, Step


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
    send_back(update, by=by, note=reason)
    return update


def take_remark(update: StatusUpdate, by: Any, reason: str) -> StatusUpdate:
    remark(update, by=by, note=reason)
    return update


def take_publish(update: StatusUpdate, by: Any, reason: str) -> StatusUpdate:
    publish(update, by=by, note=reason)
    return update


def take_correct(update: StatusUpdate, by: Any, reason: str, beside: int | None) -> StatusUpdate:
    return start_correction(update, reason=reason, by=by, beside=beside)


def take_retract(update: StatusUpdate, by: Any, reason: str, beside: int | None) -> StatusUpdate:
    return start_correction(update, reason=reason, by=by, beside=beside, retracts=True)


class CorrectionPage(ReasonPage):
    """`beside` is the draft of a correction of which the page told."""

    beside = forms.IntegerField(required=False)


@admin.register(StatusUpdate)
class StatusUpdateAdmin(FilingAdmin):
    read_prefill = staticmethod(prefilled)
    list_display = ("shown_number", "title", "happened", "state", "who")
    list_display_links = ("title",)
    list_filter = (StateFilter, "kind", "is_context")
    list_select_related = ("written_by", "submitted_by", "published_by")
    search_fields = ("title", "summary", "=number")
    actions = ("publish_chosen",)
    inlines = (AssessmentInline, CitationInline)
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
            opens="",
        ),
        Step(
            name="publish",
            label=_("Publish"),
            done=_("Published."),
            permission="publish",
            offered=lambda update: update.is_in_review,
            take=take_publish,
            asks_reason=_("A note is kept with the update and never public."),
            form=NotePage,
            opens="",
        ),
        Step(
            name="send_back",
            label=_("Send back"),
            done=_("Sent back: a draft again."),
            permission="publish",
            offered=lambda update: update.is_in_review,
            take=take_send_back,
            asks_reason=_("Say what should change. The note is kept with the update and never public."),
            opens="",
        ),
        Step(
            name="remark",
            label=_("Remark"),
            done=_("Remark kept."),
            permission="change",
            offered=lambda update: not update.is_published,
            take=take_remark,
            opens="review",
            asks_reason=_("A note for those who work on this update. It is kept and never public."),
        ),
        Step(
            name="correct",
            label=_("Correct"),
            done=_("Correction begun as a copy of the published update."),
            permission="add",
            offered=lambda update: update.is_published,
            take=take_correct,
            form=CorrectionPage,
            asks_reason=_(
                "A draft that begins as a copy of the update opens. Once published it replaces the update, whose page "
                "stays and links to it. The reason is public."
            ),
        ),
        Step(
            name="retract",
            label=_("Retract"),
            done=_("Retraction begun. It takes effect once a second person has published it."),
            permission="add",
            offered=lambda update: update.is_published,
            take=take_retract,
            form=CorrectionPage,
            asks_reason=_(
                "A draft without assessments opens. Once published it takes the update out of the record; its page "
                "stays and links to the retraction. The reason is public."
            ),
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"commitments_statusupdate_{name}")
            for name, view in (("preview", self.preview), ("review", self.review))
        ]
        return [*own, *super().get_urls()]

    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The update's page as the public will see it; for whoever may read the draft, and for no cache."""
        return preview_of(self._readable(request, object_id), request, Clocks.at(timezone.now().date()))

    def review(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._review_page(request, self._readable(request, object_id))

    def _review_page(self, request: HttpRequest, update: StatusUpdate, form: ReasonPage | None = None) -> HttpResponse:
        """With the note that was refused, if one was; of an update no longer to be decided on, its record."""
        row = StatusUpdate.objects.filter(pk=update.pk).first()
        if row is not None and not row.is_published:
            may_edit = self.has_change_permission(request, row)
            steps = super().offered_steps(request, row)
            return review_of(row, request, timezone.now().date(), steps, form, may_edit=may_edit)
        if form is not None and form.non_field_errors():
            note = form.cleaned_data.get("reason")
            unkept = gettext("Your note was not kept: “%(note)s”") % {"note": note} if note else ""
            self.message_user(request, " ".join([*form.non_field_errors(), unkept]).strip(), messages.ERROR)
        return redirect(reverse("admin:commitments_statusupdate_change", args=[update.pk]))

    def _readable(self, request: HttpRequest, object_id: str) -> StatusUpdate:
        update: Any = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, update):
            raise PermissionDenied
        if update is None:
            raise Http404
        return cast("StatusUpdate", update)

    def offered_steps(self, request: HttpRequest, obj: Any) -> list[tuple[Step, str]]:
        """Deciding on an update in review is done on the page that shows what is decided."""
        return [] if obj.is_in_review else super().offered_steps(request, obj)

    def show_reason_page(
        self, request: HttpRequest, row: StatusUpdate, step: Step, form: ReasonPage, **context: Any
    ) -> HttpResponse:
        if step.form is CorrectionPage:
            return super().show_reason_page(request, row, step, form, begun=open_correction(row), **context)
        return self._review_page(request, row, form)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("commitments.publish_statusupdate")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.action(description=_("Publish the chosen updates"), permissions=["publish"])
    def publish_chosen(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        return publish_chosen(self, request, queryset)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None:
            context["exchange"] = obj.review_notes.select_related("by")
            context["open_correction"] = open_correction(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

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

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"happened_precision": Precision.DAY} | super().get_changeform_initial_data(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.last_edited_by = request.user
        if not change:
            obj.written_by = request.user
        super().save_model(request, obj, form, change)

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
            address = reverse("admin:commitments_statusupdate_review", args=[update.pk])
            return format_html('<a href="{}">{}</a>', address, pgettext("state of an update", "In review"))
        return pgettext("state of an update", "Draft")

    @admin.display(description=_("who"))
    def who(self, update: StatusUpdate) -> str:
        people = [update.written_by, update.submitted_by, update.published_by]
        return " → ".join(dict.fromkeys(person.get_username() for person in people if person)) or "–"
