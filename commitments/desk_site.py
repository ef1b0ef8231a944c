"""The editors' desk as a whole. Outside `admin/`, whose modules register with it while they are imported."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class DeskSite(admin.AdminSite):
    site_header = site_title = _("Editors’ desk")
    index_title = _("The register")
    empty_value_display = "–"
