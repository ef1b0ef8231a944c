from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from commitments.models import Discrepancy, DiscrepancySource

from .base import ReasonedAdmin, SourceLinkInline


class DiscrepancySourceInline(SourceLinkInline):
    model = DiscrepancySource


@admin.register(Discrepancy)
class DiscrepancyAdmin(ReasonedAdmin):
    list_display = ("topic", "position")
    search_fields = ("topic", "article", "official")
    fields = ("topic", "article", "official", "assessment", "position")
    inlines = (DiscrepancySourceInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Public from its first saving."""
        return False
