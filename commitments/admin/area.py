from __future__ import annotations

from django.contrib import admin

from commitments.models import Area

from .base import ReasonedAdmin


@admin.register(Area)
class AreaAdmin(ReasonedAdmin):
    list_display = ("name", "name_ja", "is_headline", "position")
    search_fields = ("name", "name_ja", "slug")
    fields = ("slug", "name", "name_ja", "is_headline", "description", "position")

    def view_on_site(self, obj: Area) -> str | None:
        return obj.get_absolute_url()
