"""Who changed what, earlier wordings, and editions: for reading."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from commitments.models import AuditEntry, Edition, Revision
from commitments.wording import model_of

from .trail import Told, marked, noun, told

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[models.Model]
else:
    ModelAdmin = admin.ModelAdmin

PER_PAGE = 50


class AuditedHistoryMixin(ModelAdmin):
    """The history of a record is what the audit keeps; Django's own log, which sees only the admin, is not written."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        record: Any = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        shown = Paginator(AuditEntry.objects.of(record), PER_PAGE).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": str(record),
            "opts": self.opts,
            "object": record,
            "page": shown,
            "told": [(each, [(change, marked(change)) for change in each.changes]) for each in told(list(shown))],
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/commitments/history.html", context)


class ReadOnlyAdmin(ModelAdmin):
    actions = None
    show_facets = admin.ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WayFilter(admin.SimpleListFilter):
    title = _("way")
    parameter_name = "way"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("admin", _("The desk")), ("command", _("A command")), ("database", _("The database itself"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() == "admin":
            return queryset.filter(via="admin")
        if self.value() == "command":
            return queryset.filter(via__startswith="manage.py")
        return queryset.filter(via="") if self.value() == "database" else queryset


class RecordFilter(admin.SimpleListFilter):
    title = _("record")
    parameter_name = "record"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return sorted((table, capfirst(noun(table))) for table in RECORDS)

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(record_table=self.value()) if self.value() in RECORDS else queryset


ACCOUNTS = User._meta.db_table
RECORDS = [
    ACCOUNTS,
    *(
        f"commitments_{name}"
        for name in (
            "instrument",
            "area",
            "actor",
            "source",
            "commitment",
            "statusupdate",
            "check",
            "milestone",
            "discrepancy",
        )
    ),
]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("moment", "who", "way", "record", "what")
    list_filter = (WayFilter, RecordFilter, "action", ("at", admin.DateFieldListFilter))
    search_fields = ("by_name", "=record_id", "=transaction")
    list_per_page = PER_PAGE
    show_full_result_count = False
    fields = ("moment", "who", "way", "record", "what", "changes", "transaction")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Accounts are for those who may see them."""
        entries = super().get_queryset(request)
        return entries if request.user.has_perm("auth.view_user") else entries.exclude(record_table=ACCOUNTS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Every entry of the page with its words: names are asked for once for all of them."""
        page = super().get_changelist_instance(request)
        for each in told(list(page.result_list)):
            each.entry.told = each  # type: ignore[attr-defined]  # for the columns, which see one entry each
        return page

    @admin.display(description=_("when (UTC)"), ordering="id")
    def moment(self, entry: AuditEntry) -> str:
        return date_format(entry.at, "j F Y, H:i:s")

    @admin.display(description=_("who"))
    def who(self, entry: AuditEntry) -> str:
        return entry.by_name or "–"

    @admin.display(description=_("by way of"))
    def way(self, entry: AuditEntry) -> str:
        return words_of(entry).way

    @admin.display(description=_("record"))
    def record(self, entry: AuditEntry) -> str:
        """Linked while it is there."""
        words, model = words_of(entry), model_of(entry.record_table)
        if model is None or not words.name:
            return words.record
        try:
            address = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_history", args=[entry.record_id])
        except NoReverseMatch:
            return words.record
        return format_html('<a href="{}">{}</a>', address, words.record)

    @admin.display(description=_("what"))
    def what(self, entry: AuditEntry) -> str:
        return capfirst(words_of(entry).what)

    @admin.display(description=_("changes"))
    def changes(self, entry: AuditEntry) -> SafeString:
        lines = ((change.label, marked(change)) for change in words_of(entry).changes)
        return format_html('<dl class="desk-trail">{}</dl>', format_html_join("", "<dt>{}</dt><dd>{}</dd>", lines))


def words_of(entry: AuditEntry) -> Told:
    words: Told = getattr(entry, "told", None) or told([entry])[0]
    return words


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ("changed_at", "record", "reason")
    search_fields = ("reason",)
    ordering = ("-changed_at", "-id")
    fields = ("changed_at", "record", "reason", "earlier")
    readonly_fields = ("record", "earlier")

    @admin.display(description=_("record"))
    def record(self, revision: Revision) -> str:
        was = revision.was
        label = next((was[name] for name in ("reference", "title", "name", "topic") if was.get(name)), revision.row_id)
        return f"{noun(revision.table)}: {label}"

    @admin.display(description=_("was"))
    def earlier(self, revision: Revision) -> str:
        return format_html("<pre>{}</pre>", json.dumps(revision.was, ensure_ascii=False, indent=2))


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ("number", "changed_at")
    fields = ("number", "changed_at")
