"""Keeps what is typed into a form until it is saved, and says who else has the form open."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from commitments.models import OpenForm, latest_entry_id
from commitments.typed import TOKEN, VERSION, as_token, take, write

from .noted import lay_in, noted
from .versions import last_change_of, moment

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[models.Model]
else:
    ModelAdmin = admin.ModelAdmin

CLOSING, NOTHING_NEW = "_closing", "_nothing_new"


def own_form(request: HttpRequest, model: type[models.Model], token: object) -> OpenForm | None:
    """The form that this person opened, and nobody else's."""
    key = as_token(token)
    own = OpenForm.objects.filter(user_id=writer(request), model=model._meta.label_lower)
    return own.filter(token=key).first() if key else None


def writer(request: HttpRequest) -> Any:
    """Nobody comes here who is not logged in."""
    return request.user.pk


def as_sent_before(form: OpenForm) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in (form.fields or {}).items():
        data.setlist(name, values)
    data[TOKEN], data[VERSION] = str(form.token), str(form.version)
    return data


def colleagues_at(record: models.Model, user_id: Any) -> list[str]:
    """A sentence for each colleague who has the record open."""
    others = OpenForm.objects.of_record(record).open_at(timezone.now()).exclude(user=user_id)
    latest = {form.user_id: form for form in others.select_related("user").order_by("-opened_at")}
    return [
        gettext("%(who)s has this record open too, since %(time)s UTC.")
        % {"who": form.user.get_full_name() or form.user.get_username(), "time": date_format(form.opened_at, "H:i")}
        for form in latest.values()
    ]


class AutosaveMixin(ModelAdmin):
    """Not for forms that carry passwords."""

    class Media:
        js = ["js/desk-autosave.js"]

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        site = self.admin_site
        own = [
            path("unsaved/keep/", site.admin_view(self.keep_view), name=f"{name}_keep"),
            path("unsaved/<uuid:token>/restore/", site.admin_view(self.restore_view), name=f"{name}_restore"),
            path("unsaved/<uuid:token>/discard/", site.admin_view(self.discard_view), name=f"{name}_discard"),
        ]
        return own + super().get_urls()

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """What the script of an open form tells from time to time, and is told in return.

        Asked without telling, it gives the token that forms carry: after a login in another tab it is another one.
        """
        if request.method not in ("GET", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        if request.method == "GET":
            return JsonResponse({"token": get_token(request)})
        form = own_form(request, self.model, request.POST.get(TOKEN))
        if form is None:
            return JsonResponse({"state": gettext("This page is too old to be kept: save what you typed.")})
        state = self._keep(request.POST, form)
        record = self._record_of(form)
        if record is None:
            return JsonResponse({"state": state, "notices": []})
        notices = colleagues_at(record, writer(request))
        if latest_entry_id(record) != form.version:
            save = gettext("When you save, you will be shown both texts.")
            notices.append(f"{last_change_of(record)} {save}")
        return JsonResponse({"state": state, "notices": notices})

    def _keep(self, sent: QueryDict, form: OpenForm) -> str:
        now = timezone.now()
        state = ""
        if NOTHING_NEW not in sent and take(form, sent):
            state = gettext("Kept at %(time)s UTC, not saved yet.") % {"time": date_format(now, "H:i")}
        elif NOTHING_NEW not in sent:
            state = gettext("This text is too long to be kept: save it soon.")
        write(form, now, is_open=CLOSING not in sent)
        return state

    def _record_of(self, form: OpenForm) -> models.Model | None:
        return None if form.record_id is None else self.model(pk=form.record_id)

    def restore_view(self, request: HttpRequest, token: uuid.UUID) -> HttpResponse:
        """The form with what was typed, to go on with. Saves nothing."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = own_form(request, self.model, token)
        if form is None or form.fields is None:
            self.message_user(request, gettext("That text is not kept any more."), messages.WARNING)
            return redirect(reverse(self._address("changelist")))
        # Were they read later, the body would be read with them, and take the place of what is laid here.
        request.FILES.clear()
        lay_in(request, as_sent_before(form))
        noted(request).restored = form
        return self.changeform_view(request, self._object_id(form), self._address_of(form))

    def discard_view(self, request: HttpRequest, token: uuid.UUID) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = own_form(request, self.model, token)
        if form is None:
            return redirect(reverse(self._address("changelist")))
        form.delete()
        self.message_user(request, gettext("Discarded."), messages.SUCCESS)
        return redirect(self._address_of(form))

    def _address(self, view: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{view}"

    def _object_id(self, form: OpenForm) -> str | None:
        return None if form.record_id is None else str(form.record_id)

    def _address_of(self, form: OpenForm) -> str:
        object_id = self._object_id(form)
        if object_id is None:
            return reverse(self._address("add"))
        return reverse(self._address("change"), args=[object_id])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        saved = own_form(request, self.model, request.POST.get(TOKEN))
        if saved is not None:
            saved.delete()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """What colleagues typed and did not save is not ours to throw away."""
        OpenForm.objects.of_record(obj).filter(user_id=writer(request)).delete()
        super().delete_model(request, obj)

    def open_form_context(self, request: HttpRequest, obj: Any, is_editable: bool) -> dict[str, Any]:
        """For the template of the form; notes that it is open."""
        form = self._note_opened(request, obj) if is_editable else None
        return {
            "open_form": form,
            "keep_address": reverse(self._address("keep")),
            "is_unsaved": request.method == "POST",
            "colleagues": [] if obj is None else colleagues_at(obj, writer(request)),
            "unsaved": [] if request.method == "POST" else self._unsaved(request, obj),
        }

    def _note_opened(self, request: HttpRequest, obj: Any) -> OpenForm:
        now = timezone.now()
        known = own_form(request, self.model, request.POST.get(TOKEN))
        with transaction.atomic():
            OpenForm.objects.clear(now)
            if known is None:
                return OpenForm.objects.create(
                    user_id=writer(request),
                    model=self.opts.label_lower,
                    record_id=obj and obj.pk,
                    version=noted(request).version,
                    opened_at=now,
                    seen_at=now,
                )
        if request.method == "POST":
            # What could not be saved is kept, by whichever browser it was sent.
            take(known, request.POST)
            known.version = noted(request).version
        write(known, now, is_open=True)
        return known

    def _unsaved(self, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        """What this person typed into such a form before; with an add form, also what was of records that are gone."""
        own = OpenForm.objects.filter(user_id=writer(request), model=self.opts.label_lower).unsaved()
        if obj is not None:
            own = own.of_record(obj)
        else:
            own = own.exclude(record_id__in=self.model._default_manager.values("pk"))
        return [
            {
                "when": moment(form.seen_at),
                "first_words": first_words(form),
                "restore": reverse(self._address("restore"), args=[form.token]),
                "discard": reverse(self._address("discard"), args=[form.token]),
            }
            for form in own
        ]


def first_words(form: OpenForm) -> str:
    """The first line that was typed, to tell one text from another."""
    fields = form.fields or {}
    texts = (fields.get(name, [""])[0] for name in ("title", "name", "topic", "reference", "url", "summary"))
    return next((text for text in texts if text), "")
