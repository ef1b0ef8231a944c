from __future__ import annotations

from django.contrib import admin

from commitments.models import Instrument, InstrumentSource

from .base import ReasonedAdmin, SourceLinkInline


class InstrumentSourceInline(SourceLinkInline):
    model = InstrumentSource


@admin.register(Instrument)
class InstrumentAdmin(ReasonedAdmin):
    list_display = ("title", "kind", "adopted_on")
    search_fields = ("title", "title_ja", "slug")
    fields = (
        "slug",
        "title",
        "title_ja",
        "kind",
        ("adopted_on", "adopted_precision"),
        "description",
        "position",
    )
    inlines = (InstrumentSourceInline,)

    def view_on_site(self, obj: Instrument) -> str | None:
        return obj.get_absolute_url()
