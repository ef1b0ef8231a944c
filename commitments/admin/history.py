"""Earlier wordings and editions, for reading."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from commitments.models import Edition, Revision

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[models.Model]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def noun(table: str) -> str:
    """What the rows of a table are called."""
    names = {model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models()}
    return names.get(table, table)


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
