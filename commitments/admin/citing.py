"""The rows that say what an update rests on: a known source by its address, or a new one made in place."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments.models import Citation, Precision, Source
from commitments.models.validators import web_address
from commitments.recognition import known_source, suggested_details
from commitments.web_addresses import clean_address, normalised_address

from .base import AddressedForm, BaseModelForm, PositionedFormSet, RegisterInline, StackedInline
from .prefill import PrefilledRowsMixin

if TYPE_CHECKING:
    StackedFieldsets = list[tuple[Any, Any]]

ADDRESS_FIELD: Any = Source._meta.get_field("url")
# What a person types of a source, and no suggestion fills in: kept when the address is mended.
TYPED = ("title", "published_on", "published_precision")


def checked_address(pasted: str) -> str:
    """The address as it is kept; a ValidationError with a sentence where it is none."""
    address = clean_address(pasted)
    if len(address) > ADDRESS_FIELD.max_length:
        raise ValidationError(
            gettext("An address has at most %(most)d characters."), params={"most": ADDRESS_FIELD.max_length}
        )
    try:
        ADDRESS_FIELD.clean(address, None)
    except ValidationError:
        raise ValidationError(web_address.message) from None
    return address


class NewSourceForm(AddressedForm):
    """The few fields of a source that is not known yet, filled in as other sources of its site are."""

    given_for = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Source
        fields = (
            "title",
            "publisher",
            "side",
            "kind",
            "language",
            "published_on",
            "published_precision",
            "accessed_on",
        )
        widgets = {
            name: forms.DateInput(attrs={"placeholder": _("YYYY-MM-DD")}, format="%Y-%m-%d")
            for name in ("published_on", "accessed_on")
        }

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = address

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        values = self.cleaned_data
        if values.get("published_on") is None:
            values["published_precision"] = ""
        elif not values.get("published_precision"):
            values["published_precision"] = Precision.DAY
        return cleaned

    def save(self, commit: bool = True) -> Any:
        source: Any = self.instance
        source.url = self.url
        source.slug = self.free_address(f"{source.publisher} {source.title}")
        return super().save(commit)


def suggestion(pasted: str, typed: Mapping[str, Any], prefix: str, today: datetime.date) -> dict[str, Any]:
    """The values of a new source's form: what its site suggests, and what was typed already."""
    kept = {name: typed[f"{prefix}-{name}"] for name in TYPED if typed.get(f"{prefix}-{name}")}
    fixed = {"given_for": normalised_address(pasted), "accessed_on": today.isoformat()}
    return suggested_details(pasted) | fixed | kept


@dataclass(frozen=True)
class Recognised:
    """What an address turned out to be: one of these."""

    source: Source | None = None
    new: NewSourceForm | None = None
    complaint: str = ""


def recognise(pasted: str, typed: Mapping[str, Any], prefix: str, *, may_add: bool) -> Recognised:
    """What a pasted address is, before anything is sent; `prefix` is that of the new source's fields."""
    if not pasted.strip():
        return Recognised()
    try:
        address = checked_address(pasted)
    except ValidationError as error:
        return Recognised(complaint=" ".join(error.messages))
    source = known_source(pasted)
    if source is not None:
        return Recognised(source=source)
    if not may_add:
        return Recognised(complaint=gettext("No source of this address is known, and you may not add one."))
    initial = suggestion(pasted, typed, prefix, timezone.now().date())
    return Recognised(new=NewSourceForm(initial=initial, prefix=prefix, address=address))


class CitationForm(BaseModelForm):
    """A source chosen, or named by its address; one that is not known yet is saved with the row."""

    address = forms.CharField(
        label=_("Address"),
        required=False,
        help_text=_("Paste it: a known source is recognised in any spelling, another is made here."),
        widget=forms.TextInput(
            attrs={
                "class": "vTextField",
                "inputmode": "url",
                "autocomplete": "off",
                "spellcheck": "false",
                "hx-get": reverse_lazy("admin:commitments_statusupdate_recognise"),
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "next .filing-beside",
                "hx-include": "closest .inline-related",
                "hx-sync": "this:replace",
            }
        ),
    )
    # A row is known to its readers by its source.
    field_order = ("source", "locator", "address")
    may_add_sources = False
    recognised = Recognised()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "source" in self.fields:
            self.fields["source"].required = False

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        pasted = self.cleaned_data.get("address")
        if pasted:
            self._take(pasted)
        elif not self.cleaned_data.get("source") and not self.errors:
            self.add_error("address", gettext("Paste the address of a source, or choose one."))
        return cleaned

    def _take(self, pasted: str) -> None:
        found = recognise(pasted, self.data, f"{self.prefix}-new", may_add=self.may_add_sources)
        if found.complaint:
            self.add_error("address", found.complaint)
        elif self._names_another(found.source):
            self.add_error("address", gettext("This is the address of another source than the one chosen. Keep one."))
        elif found.source is not None:
            self.cleaned_data["source"] = found.source
        elif found.new is not None:
            self._take_new(found.new)

    def _names_another(self, source: Source | None) -> bool:
        chosen = self.cleaned_data.get("source") if "source" in self.changed_data else None
        return chosen is not None and chosen != source

    def _take_new(self, unsent: NewSourceForm) -> None:
        given_for = self.data.get(unsent.add_prefix("given_for"))
        sent = self.data if given_for == unsent.initial["given_for"] else None
        data = sent or {unsent.add_prefix(name): value for name, value in unsent.initial.items()}
        new = NewSourceForm(data, prefix=unsent.prefix, address=unsent.url)
        self.recognised = Recognised(new=new)
        self.cleaned_data["source"] = None
        if not new.is_valid():
            self.add_error("address", gettext("This source is not known yet: complete it below."))

    def save(self, commit: bool = True) -> Any:
        citation: Any = self.instance
        if self.recognised.new is not None:
            citation.source = self.recognised.new.save()
        return super().save(commit)


class CitationFormSet(PositionedFormSet):
    def clean(self) -> None:
        """A new source is made once, however many rows paste it."""
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            new = getattr(form, "recognised", Recognised()).new
            if new is None:
                continue
            address = normalised_address(new.url)
            if address in seen:
                form.add_error("address", gettext("This new source stands in a row above: save, then cite it again."))
            seen.add(address)


class CitationInline(PrefilledRowsMixin, RegisterInline, StackedInline):
    model = Citation
    form = CitationForm
    formset = CitationFormSet
    template = "admin/commitments/filing_rows.html"
    beside = "admin/commitments/filing_source.html"
    leads = True
    verbose_name = _("source")
    verbose_name_plural = _("sources")
    autocomplete_fields = ("source",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> StackedFieldsets:
        chosen: tuple[Any, Any] = (None, {"fields": [("source", "locator")]})
        return [(None, {"fields": ["address"]}), chosen] if self.has_change_permission(request, obj) else [chosen]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        form: Any = formset.form
        form.may_add_sources = request.user.has_perm("commitments.add_source")
        return formset
