"""Buttons that change the state of a record: each a POST of its own, checked for permission, done by `publishing`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from commitments.models import latest_entry_id
from commitments.publishing import Refused, refusals
from commitments.typed import VERSION

from .fields import ReasonField
from .versions import STALE, require_version

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[models.Model]
else:
    ModelAdmin = admin.ModelAdmin


def address_of(row: models.Model, view: str) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{view}", args=[quote(row.pk)])


class ReasonPage(forms.Form):
    reason = ReasonField(label=_("Reason"))
    reason.widget.attrs["autofocus"] = True


class NotePage(ReasonPage):
    reason = ReasonField(label=_("Note"), required=False)


@dataclass(frozen=True)
class Step:
    """`take(row, user, reason=…)` returns the record to open next, or raises Refused.

    A step that asks for a reason shows `form` first, and hands on all that was typed there.

    A step that `saves` is a button of the record's form and follows its saving; the others stand on the page of a
    record that has no form any more. `offered` only decides whether the button is shown: what may happen is decided
    by the permission and by `publishing`. `opens` is the view of the record that follows; "" is the desk itself, where
    the day's work goes on.
    """

    name: str
    label: Promise
    done: Promise
    permission: str
    offered: Callable[[Any], bool]
    take: Callable[..., models.Model]
    saves: bool = False
    asks_reason: Promise | None = None
    form: type[ReasonPage] = ReasonPage
    opens: str = "change"


class StepsMixin(ModelAdmin):
    steps: tuple[Step, ...] = ()

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        view = self.admin_site.admin_view(self.step_view)
        own = [
            path(f"<path:object_id>/{step.name}/", view, {"name": step.name}, name=f"{name}_{step.name}")
            for step in self.steps
            if not step.saves
        ]
        return own + super().get_urls()

    def may_take(self, request: HttpRequest, step: Step) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.{step.permission}_{self.opts.model_name}")

    def offered_steps(self, request: HttpRequest, obj: Any) -> list[tuple[Step, str]]:
        """The buttons of a record that has no form any more, each with its address."""
        prefix = f"admin:{self.opts.app_label}_{self.opts.model_name}_step"
        return [
            (step, reverse(f"{prefix}_{step.name}", args=[quote(obj.pk)]))
            for step in self.steps
            if not step.saves and step.offered(obj) and self.may_take(request, step)
        ]

    def offered_saving_steps(self, request: HttpRequest, obj: Any) -> list[Step]:
        row = obj or self.model()
        return [step for step in self.steps if step.saves and step.offered(row) and self.may_take(request, step)]

    def step_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        step = next(step for step in self.steps if step.name == name)
        if not self.may_take(request, step):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if step.asks_reason is not None:
            return self._reason_page(request, row, step)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            row = self._take_as_seen(request, row, step, {"reason": ""})
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(address_of(row, "change"))
        self._say_done(request, row, step)
        return self._open(row, step)

    def _take_as_seen(self, request: HttpRequest, row: models.Model, step: Step, typed: dict[str, Any]) -> models.Model:
        """Nobody decides on a text that was not on their screen."""
        with refusals():
            require_version(row, request.POST.get(VERSION))
            return step.take(row, request.user, **typed)

    def take_step(self, request: HttpRequest, row: models.Model, step: Step) -> HttpResponseRedirect:
        """Of a record that this request has just saved."""
        try:
            row = step.take(row, request.user, reason="")
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(address_of(row, "change"))
        self._say_done(request, row, step)
        return self._open(row, step)

    def _reason_page(self, request: HttpRequest, row: models.Model, step: Step) -> HttpResponse:
        is_sent = request.method == "POST"
        form = step.form(request.POST if is_sent else None)
        version = (request.POST if is_sent else request.GET).get(VERSION)
        if form.is_valid():
            try:
                following = self._take_as_seen(request, row, step, form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                version = str(latest_entry_id(row)) if refusal.rule == STALE else version
            else:
                self._say_done(request, following, step)
                return self._open(following, step)
        return self.show_reason_page(request, row, step, form, version=version)

    def show_reason_page(
        self, request: HttpRequest, row: Any, step: Step, form: ReasonPage, **context: Any
    ) -> HttpResponse:
        """Where the reason is typed, with what is wrong with it."""
        context |= {
            **self.admin_site.each_context(request),
            "title": step.label,
            "subtitle": str(row),
            "opts": self.opts,
            "original": row,
            "step": step,
            "form": form,
        }
        templates = [f"admin/commitments/{self.opts.model_name}/reason.html", "admin/commitments/reason.html"]
        return TemplateResponse(request, templates, context)

    def _say_done(self, request: HttpRequest, row: models.Model, step: Step) -> None:
        self.log_change(request, row, str(step.done))
        done = str(step.done)
        if not step.opens:
            done = format_html('{} <a href="{}">{}</a>', done, address_of(row, "change"), row)
        self.message_user(request, done, messages.SUCCESS)

    def _open(self, row: models.Model, step: Step) -> HttpResponseRedirect:
        return redirect(address_of(row, step.opens) if step.opens else reverse("admin:index"))

    def response_post_save_add(self, request: HttpRequest, obj: models.Model) -> HttpResponseRedirect:
        return self._pressed_step(request, obj) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: models.Model) -> HttpResponseRedirect:
        return self._pressed_step(request, obj) or super().response_post_save_change(request, obj)

    def _pressed_step(self, request: HttpRequest, obj: models.Model) -> HttpResponseRedirect | None:
        name = request.POST.get("_step")
        if name is None:
            return None
        step = next((step for step in self.steps if step.name == name and step.saves), None)
        if step is None or not self.may_take(request, step):
            raise PermissionDenied
        return self.take_step(request, obj, step)
