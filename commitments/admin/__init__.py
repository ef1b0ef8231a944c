"""The editors' desk: one noun a file."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from . import actor, area, check, commitment, discrepancy, history, instrument, milestone, people, source, update

__all__ = [
    "actor",
    "area",
    "check",
    "commitment",
    "discrepancy",
    "history",
    "instrument",
    "milestone",
    "people",
    "source",
    "update",
]

admin.site.site_header = _("Editors’ desk")
admin.site.site_title = _("Editors’ desk")
admin.site.index_title = _("The register")

admin.site.empty_value_display = "–"
