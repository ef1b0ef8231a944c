"""The editors' desk as a whole. Outside `admin/`, whose modules register with it while they are imported."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import acting

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class DeskSite(admin.AdminSite):
    site_header = site_title = _("Editors’ desk")
    index_title = _("The register")
    empty_value_display = "–"

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Whatever a request of the desk changes, the audit names its user."""

        @functools.wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method in SAFE_METHODS or not request.user.is_authenticated:
                return view(request, *args, **kwargs)
            with acting(by=request.user, via="admin"):
                return view(request, *args, **kwargs)

        return super().admin_view(answer, cacheable)
