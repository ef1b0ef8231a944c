from __future__ import annotations

from django.contrib import admin

from commitments.models import Actor

from .base import ReasonedAdmin


@admin.register(Actor)
class ActorAdmin(ReasonedAdmin):
    list_display = ("name", "abbreviation", "side", "position")
    list_filter = ("side",)
    search_fields = ("name", "name_ja", "abbreviation", "slug")
    fields = ("slug", "name", "name_ja", "abbreviation", "side", "position")

    def view_on_site(self, obj: Actor) -> str | None:
        return obj.get_absolute_url()
