"""Two people at one record: the second is shown both texts, and nothing that either typed is lost.

Whatever is pressed on a page of a record carries the version that was on the screen. The record is locked before the
version is compared, so that of two who save at once exactly one goes through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.models import latest_entry_id
from commitments.typed import VERSION, as_version, typed_into

from .merging import Earlier, as_new, merge
from .noted import lay_in, noted
from .versions import deletion_of, entries_since, hold, last_change_of, moment

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[models.Model]
else:
    ModelAdmin = admin.ModelAdmin

CONFLICT = 409


def never(form: Any) -> bool:
    return False


class ConflictMixin(ModelAdmin):
    """For every admin whose records two people can have open at once."""

    delete_confirmation_template = "admin/commitments/delete_confirmation.html"
    # Where the form of a new record has room for what was typed for one that is gone.
    offers_words_as_new = True

    def why_read_only(self, obj: Any) -> str:
        """The sentence that stands on the page of a record that nobody may edit, "" where one may."""
        return ""

    def earlier_initial(self, obj: Any, earlier: Earlier) -> dict[str, Any]:
        """What fields of the form that are no columns of the record held at that time."""
        return {}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Any]:
        form_class: type[Any] = super().get_form(request, obj, change=change, **kwargs)
        if noted(request).is_only_shown:
            # The class was made for this request.
            form_class.is_valid = never
        return form_class

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self._named(object_id)
        if request.method != "POST":
            # Read before the text: a version that is older than the text does no harm, a newer one would.
            noted(request).version = 0 if row is None else latest_entry_id(row)
        elif row is not None:
            with transaction.atomic():
                return self._answer(request, row, object_id, form_url, extra_context)
        elif object_id is None and noted(request).restored:
            return self._show(request, None, form_url, {"restored": self._restored_at(request)})
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _named(self, object_id: str | None) -> Any:
        """A row with that key, which need not exist."""
        if object_id is None:
            return None
        try:
            return self.model(pk=self.model._meta.pk.to_python(unquote(object_id)))
        except ValidationError:
            return None

    def _answer(
        self, request: HttpRequest, row: Any, object_id: str | None, form_url: str, extra_context: Any
    ) -> HttpResponse:
        is_there = hold(row)
        may_change = self.has_change_permission(request)
        if not is_there and may_change and (deletion := deletion_of(row)):
            return self._show_as_new(request, None, deletion)
        obj: Any = self.get_object(request, str(row.pk)) if is_there else None
        if obj is not None and may_change and (reason := self.why_read_only(obj)):
            return self._show_as_new(request, obj, reason)
        if obj is None or not self.has_change_permission(request, obj):
            return super().changeform_view(request, object_id, form_url, extra_context)
        sent, version = as_version(request.POST.get(VERSION)), latest_entry_id(obj)
        noted(request).version = version
        if sent != version:
            return self._show_conflict(request, obj, form_url, sent)
        if noted(request).restored:
            return self._show(request, obj, form_url, {"restored": self._restored_at(request)})
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _restored_at(self, request: HttpRequest) -> str:
        """When the kept text that is shown was typed; "" where it is none."""
        form = noted(request).restored
        return "" if form is None else moment(form.seen_at)

    def _formsets(self, request: HttpRequest, obj: Any, *, change: bool) -> list[Any]:
        formsets, _inlines = self._create_formsets(request, obj, change)  # type: ignore[attr-defined]  # not in stubs
        return list(formsets)

    def _show(self, request: HttpRequest, obj: Any, form_url: str, context: dict[str, Any]) -> HttpResponse:
        """The form with what was sent, whatever that is worth; nothing is saved."""
        noted(request).is_only_shown = True
        object_id = None if obj is None else str(obj.pk)
        return super().changeform_view(request, object_id, form_url, context)

    def _show_conflict(self, request: HttpRequest, obj: Any, form_url: str, sent: int | None) -> HttpResponse:
        is_known = sent is not None and sent < latest_entry_id(obj)
        earlier = Earlier(entries_since(obj, sent)) if sent is not None and is_known else None
        form_class = self.get_form(
            request, obj, change=True, fields=flatten_fieldsets(self.get_fieldsets(request, obj))
        )
        formsets = self._formsets(request, obj, change=True)
        initial = {} if earlier is None else self.earlier_initial(obj, earlier)
        merged = merge(form_class, initial, formsets, obj, request.POST, earlier)
        lay_in(request, merged.data)
        change = last_change_of(obj) if is_known else _("It is not known which text of it you had open.")
        conflict = {
            "change": change,
            "kept": [difference for difference in merged.differences if not difference.is_taken],
            "taken": [difference for difference in merged.differences if difference.is_taken],
        }
        context = {"conflict": conflict, "restored": self._restored_at(request), "title": _("Compare")}
        response = self._show(request, obj, form_url, context)
        response.status_code = CONFLICT
        return response

    def _show_as_new(self, request: HttpRequest, obj: Any, why: str) -> HttpResponse:
        """What was typed for a record that takes no edit any more."""
        lost = {"why": why, "record": obj}
        if not (self.offers_words_as_new and self.has_add_permission(request)):
            lost["words"] = self._words(request.POST, without=())
            return self._show_words(request, lost)
        form_class = self.get_form(request, None, fields=flatten_fieldsets(self.get_fieldsets(request)))
        formsets = self._formsets(request, self.model(), change=False)
        lost["words"] = self._words(request.POST, without=form_class.base_fields)
        lay_in(request, as_new(formsets, request.POST))
        noted(request).version = 0
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add")
        response = self._show(request, None, address, {"lost": lost})
        response.status_code = CONFLICT
        return response

    def _words(self, sent: QueryDict, without: Any) -> list[tuple[str, str]]:
        """What was typed into other fields than these."""
        typed = typed_into(sent)
        names = [name for name in typed if not name.endswith("_FORMS")]
        if without:
            names = [name for name in names if name not in without and "-" not in name]
        found = ((self._label_of(name), ", ".join(typed[name])) for name in names)
        return [(label, words) for label, words in found if words]

    def _label_of(self, name: str) -> str:
        columns = {field.name: field.verbose_name for field in self.opts.concrete_fields}
        return str(capfirst(columns.get(name, name.replace("_", " "))))

    def _show_words(self, request: HttpRequest, lost: dict[str, Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Not saved"),
            "opts": self.opts,
            "lost": lost,
        }
        return TemplateResponse(request, "admin/commitments/conflict_words.html", context, status=CONFLICT)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context.setdefault("version", noted(request).version)
        return super().render_change_form(request, context, *args, **kwargs)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self._named(object_id)
        if row is None:
            return super().delete_view(request, object_id, extra_context)
        if request.method != "POST":
            return super().delete_view(request, object_id, {"version": latest_entry_id(row)} | (extra_context or {}))
        with transaction.atomic():
            return self._delete(request, row, object_id, extra_context or {})

    def _delete(self, request: HttpRequest, row: Any, object_id: str, extra_context: dict[str, Any]) -> HttpResponse:
        if not hold(row):
            return super().delete_view(request, object_id, extra_context)
        sent, version = as_version(request.POST.get(VERSION)), latest_entry_id(row)
        obj: Any = self.get_object(request, str(row.pk))
        if sent == version or obj is None:
            return super().delete_view(request, object_id, extra_context)
        if sent is not None and self.has_delete_permission(request) and (reason := self.why_read_only(obj)):
            self.message_user(request, reason, messages.WARNING)
            return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[quote(obj.pk)]))
        if not self.has_delete_permission(request, obj):
            raise PermissionDenied
        # Asked again, as if nothing had been confirmed.
        request.POST = QueryDict()
        response = super().delete_view(
            request, object_id, extra_context | {"version": version, "change": last_change_of(obj)}
        )
        response.status_code = CONFLICT
        return response
