"""The editors' desk as a whole. Outside `admin/`, whose modules register with it while they are imported."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .desk import Desk
from .desk_page import sections
from .models import acting
from .people import invitation_tokens
from .typed import TOKEN, keep_after_logout, typed_into

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class DeskSite(admin.AdminSite):
    site_header = site_title = _("Editors’ desk")
    index_title = _("Today")
    index_template = "admin/desk.html"
    empty_value_display = "–"

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Whatever a request of the desk changes, the audit names its user; what a logged-out one types is kept."""

        @functools.wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method in SAFE_METHODS or not request.user.is_authenticated:
                return view(request, *args, **kwargs)
            with acting(by=request.user, via="admin"):
                return view(request, *args, **kwargs)

        admit = super().admin_view(answer, cacheable)

        @functools.wraps(view)
        def lose_nothing(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            now = timezone.now()
            if not self.has_permission(request) and keep_after_logout(request.POST, now, by=request.user):
                messages.warning(
                    request, _("You are logged out. What you typed is kept: log in, then take it up again.")
                )
            return admit(request, *args, **kwargs)

        return lose_nothing

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [path("invitation/<uidb64>/<token>/", self.invitation, name="invitation")]
        return [*own, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits for this person; with `?all=`, one of the lists at length."""
        person: Any = request.user
        only = request.GET.get("all", "")
        desk = Desk(person, timezone.now().date(), publishes_own=settings.TRACKER_ALLOW_SELF_PUBLISHING)
        shown = sections(person, desk, only)
        if only and not shown:
            raise Http404
        return super().index(request, {"sections": shown, "only": only, **(extra_context or {})})

    def invitation(self, request: HttpRequest, uidb64: str, token: str) -> HttpResponseBase:
        """Where somebody invited chooses a password, and enters."""
        view = PasswordResetConfirmView.as_view(
            template_name="admin/commitments/invitation.html",
            token_generator=invitation_tokens,
            post_reset_login=True,
            success_url=reverse_lazy("admin:index"),
            extra_context=self.each_context(request),
        )
        if request.method in SAFE_METHODS:
            return view(request, uidb64=uidb64, token=token)
        with acting(via="invitation"):
            return view(request, uidb64=uidb64, token=token)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form was sent with another token than the browser's: nothing was saved, and its words are on the screen."""
    typed = typed_into(request.POST).items() if TOKEN in request.POST else ()
    words = [(name.rpartition("-")[2].replace("_", " "), ", ".join(values)) for name, values in typed]
    told = [(name, text) for name, text in words if text and not text.isdecimal()]
    return render(request, "403_csrf.html", {"words": told}, status=403)
