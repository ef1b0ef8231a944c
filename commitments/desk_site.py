"""The editors' desk as a whole. Outside `admin/`, whose modules register with it while they are imported."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, reverse_lazy
from django.utils.translation import gettext_lazy as _

from .people import invitation_tokens


class DeskSite(admin.AdminSite):
    site_header = site_title = _("Editors’ desk")
    index_title = _("The register")
    empty_value_display = "–"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [path("invitation/<uidb64>/<token>/", self.invitation, name="invitation")]
        return [*own, *super().get_urls()]

    def invitation(self, request: HttpRequest, uidb64: str, token: str) -> HttpResponseBase:
        """Where somebody invited chooses a password, and enters."""
        view = PasswordResetConfirmView.as_view(
            template_name="admin/commitments/invitation.html",
            token_generator=invitation_tokens,
            post_reset_login=True,
            success_url=reverse_lazy("admin:index"),
            title=_("Choose a password"),
            extra_context=self.each_context(request),
        )
        return view(request, uidb64=uidb64, token=token)
