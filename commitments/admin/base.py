"""What every page of the desk shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import IntegrityError, models
from django.db.models import Max
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.addresses import Addresses, stem_of
from commitments.models import Commitment, Milestone, broken_rule, explain, reason_for_change
from commitments.publishing import Refused

from .autosave import AutosaveMixin
from .conflict import ConflictMixin
from .fields import OneByAutocomplete, ReasonField, options_for
from .history import AuditedHistoryMixin
from .noted import noted
from .steps import StepsMixin

if TYPE_CHECKING:
    BaseModelAdmin = admin.options.BaseModelAdmin[Any]
    BaseModelForm = forms.ModelForm[models.Model]
    BaseInlineFormSet = forms.BaseInlineFormSet[models.Model, models.Model, forms.ModelForm[models.Model]]
    InlineModelAdmin = admin.options.InlineModelAdmin[models.Model, models.Model]
    StackedInline = admin.StackedInline[models.Model, models.Model]
    TabularInline = admin.TabularInline[models.Model, models.Model]
else:
    BaseModelAdmin = admin.options.BaseModelAdmin
    BaseModelForm = forms.ModelForm
    BaseInlineFormSet = forms.BaseInlineFormSet
    InlineModelAdmin = admin.options.InlineModelAdmin
    StackedInline = admin.StackedInline
    TabularInline = admin.TabularInline


def forget_messages(request: HttpRequest) -> None:
    """A refusal at commit comes after the message of success."""
    waiting: Any = messages.get_messages(request)
    waiting._queued_messages.clear()  # noqa: SLF001 - there is no public way


def focus_first_error(context: dict[str, Any]) -> None:
    """A form that comes back opens at the first field that was refused, in the order of the page."""
    own = [(each.opts.leads, form) for each in context["inline_admin_formsets"] for form in each.formset.forms]
    before, behind = ([form for leads, form in own if leads is is_before] for is_before in (True, False))
    for form in [*before, context["adminform"].form, *behind]:
        refused = next((name for name in form.fields if form.is_bound and name in form.errors), None)
        if refused:
            form.fields[refused].widget.attrs["autofocus"] = True
            return


class RegisterForm(BaseModelForm):
    """Shown again with all that was typed, and a sentence, when the database refused to save it."""

    refusal: Refused | None = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal is not None:
            needs_reason = self.refusal.rule == "change_needs_reason" and "reason" in self.fields
            self.add_error("reason" if needs_reason else None, str(self.refusal))
        return cleaned


class ReasonedForm(RegisterForm):
    """For records whose earlier wordings the public saw: they are kept, each with the reason of its change."""

    reason = ReasonField(
        label=_("Reason for the change"),
        required=False,
        help_text=_("Public. Needed where readers have seen the earlier wording."),
    )
    is_reason_required = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = self.is_reason_required


class AddressedForm(RegisterForm):
    """Makes the permanent address of a new record from these fields where none was typed."""

    address_from: tuple[str, ...] = ("title",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Permanent. Made for you if left empty.")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        values = self.cleaned_data
        if "slug" in self.fields and not values.get("slug") and "slug" not in self.errors:
            words = " ".join(str(values.get(name) or "") for name in self.address_from)
            values["slug"] = self.free_address(words)
        return cleaned

    def free_address(self, words: str) -> str:
        """An address of these words that no record has yet."""
        model: Any = self._meta.model
        stem = stem_of(words, model._meta.model_name, model._meta.get_field("slug").max_length)
        return Addresses(model.objects.filter(slug__startswith=stem).values_list("slug", flat=True)).free(stem)


class FormFieldsMixin(BaseModelAdmin):
    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **options_for(db_field) | kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # In place, only what an update can rest on at once is made; nothing is changed or deleted by the way.
            field.widget.can_change_related = field.widget.can_delete_related = False
            field.widget.can_add_related &= db_field.related_model not in (Commitment, Milestone)
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", OneByAutocomplete(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class RegisterAdmin(FormFieldsMixin, AutosaveMixin, ConflictMixin, AuditedHistoryMixin, StepsMixin):
    """Turns every refusal of the database into a sentence on the form, with nothing lost."""

    form = RegisterForm
    # One record at a time: what an action on many rows may do is not settled by the state of one.
    actions: tuple[str, ...] | None = None
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    class Media:
        js = ["admin/js/jquery.init.js", "js/desk-lists.js"]

    def view_on_site(self, obj: Any) -> str | None:
        return None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not self.why_read_only(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not self.why_read_only(obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The address is permanent from the first saving on."""
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "slug"] if obj is not None and hasattr(obj, "slug") else fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Any]:
        form_class = super().get_form(request, obj, change=change, **kwargs)
        if issubclass(form_class, RegisterForm):
            form_class.refusal = noted(request).refusal
        return form_class

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            refusal = Refused(explain(error), broken_rule(error))
        except Refused as error:
            refusal = error
        forget_messages(request)
        noted(request).refusal = refusal
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except IntegrityError as error:
            forget_messages(request)
            self.message_user(request, explain(error), messages.ERROR)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return redirect(reverse(name, args=[object_id]))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if any("\0" in value for value in request.GET.values()):
            return redirect(request.path)
        return super().changelist_view(request, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """PostgreSQL knows no text with NUL."""
        return super().get_search_results(request, queryset, search_term.replace("\0", ""))

    def is_autocomplete_for(self, request: HttpRequest, *fields: str) -> bool:
        """Whether the desk asks on behalf of one of these `model.field`."""
        asking = f"{request.GET.get('model_name', '')}.{request.GET.get('field_name', '')}"
        return request.path == reverse("admin:autocomplete") and asking in fields

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        is_editable = self._can_save(request, obj)
        focus_first_error(context)
        context |= {
            "why_read_only": self.why_read_only(obj) if obj is not None else "",
            "steps": self.offered_steps(request, obj) if obj is not None else [],
            "saving_steps": self.offered_saving_steps(request, obj) if is_editable else [],
        }
        context |= self.open_form_context(request, obj, is_editable)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _can_save(self, request: HttpRequest, obj: Any) -> bool:
        return self.has_add_permission(request) if obj is None else self.has_change_permission(request, obj)


class ReasonedAdmin(RegisterAdmin):
    """For records whose labels may change in public, with a reason."""

    form = ReasonedForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = [field for field in super().get_fields(request, obj) if field != "reason"]
        return [*fields, "reason"] if obj is not None and self.has_change_permission(request, obj) else fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with reason_for_change(form.cleaned_data.get("reason", "")):
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        with reason_for_change(form.cleaned_data.get("reason", "")):
            super().save_related(request, form, formsets, change)


class PositionedFormSet(BaseInlineFormSet):
    """New rows go behind the ones that are there."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """The box that deletes a row has a name where a table leaves out its label."""
        super().add_fields(form, index)
        if DELETION_FIELD_NAME in form.fields:
            form.fields[DELETION_FIELD_NAME].widget.attrs["aria-label"] = _("Delete this row")

    def save_new(self, form: Any, commit: bool = True) -> Any:
        last = self.get_queryset().aggregate(last=Max("position"))["last"]
        form.instance.position = (-1 if last is None else last) + 1 + self.forms.index(form)
        return super().save_new(form, commit=commit)


class RegisterInline(FormFieldsMixin, InlineModelAdmin):
    """Rows that are part of their parent: to be edited exactly while the parent is."""

    formset = PositionedFormSet
    extra = 0
    # Whether the page begins with these rows.
    leads = False

    def _parent_is_open(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or self.admin_site.get_model_admin(self.parent_model).has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and self._parent_is_open(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._parent_is_open(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._parent_is_open(request, obj)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """One empty row on a new record."""
        return 1 if obj is None else self.extra


class SourceLinkInline(RegisterInline, TabularInline):
    fields = ("source",)
    autocomplete_fields = ("source",)
    verbose_name = _("source")
    verbose_name_plural = _("sources")
